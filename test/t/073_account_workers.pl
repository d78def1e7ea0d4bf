# A refresh shared by background workers: the same figures, the caller's rights and
# no more, and an end with the refresh that started them.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# An account of a region R of so many communes L0, L1 ..., each so many degrees wide.
sub region
{
	my ($account, $batch_size, $communes, $width) = @_;
	return qq{
	SET ROLE owner;
	SELECT create_account('$account', 4326);
	UPDATE $account.setting SET batch_size = $batch_size;
	INSERT INTO $account.territory (code, name, level, parent_code, geom)
	SELECT 'R', 'R', 'region', NULL::text, ST_Multi(ST_MakeEnvelope(0, 45, $communes * $width, 45.1, 4326))
	UNION ALL SELECT 'L' || i, 'L', 'commune', 'R', ST_Multi(ST_MakeEnvelope(i * $width, 45, (i + 1) * $width, 45.1, 4326))
	FROM generate_series(0, $communes - 1) AS i;
	RESET ROLE;};
}

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nmax_worker_processes = 8");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon;
	CREATE ROLE owner; CREATE ROLE clerk LOGIN IN ROLE owner; CREATE ROLE stranger LOGIN; CREATE ROLE town;
	GRANT CREATE ON DATABASE postgres TO owner;
	SET search_path = terrcarbon, public;
	INSERT INTO factor (code, name, unit, amount, u95_percent, part, source)
		VALUES ('t-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 5, 'combustion', 'test');
	SELECT register_dataset('d' || i, 'D', 'town', 'CC0-1.0', 'open') FROM generate_series(1, 4) AS i;
} . region('acc', 1, 40, 0.1) . q{
	INSERT INTO acc.building (dataset_id, floors, carrier, unit, energy_per_m2, year_from, year_to, geom)
	SELECT d, 2, 't-gas', 'kWh LHV', 100 + d, 2000, 2010, ST_Multi(ST_MakeEnvelope(x, 45.01, x + 0.002, 45.011, 4326))
	FROM generate_series(0, 3.99, 0.004) AS x, generate_series(1, 4) AS d;});

# The owner cannot log in; a member of it takes its role.
my ($code, $out, $err) = $node->psql('postgres', q{SET ROLE owner; CALL terrcarbon.refresh('acc', workers => 3)},
	extra_params => ['-U', 'clerk']);
is($code, 0, 'a refresh with three workers') or diag $err;
like($err, qr/of 164 pairs of dataset and territory done/, 'all pairs were planned');
my @done = $err =~ /(\d+) of 164 pairs of dataset and territory done/g;
cmp_ok($done[-1] // 164, '<', 164, 'the session did not do it all itself');
is($node->safe_psql('postgres', q{SELECT state, pending, done FROM acc.refresh_progress}), 'finished|0|164', 'nothing is left');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'terrcarbon refresh'}), '0', 'no worker is left');
$node->safe_psql('postgres', q{CREATE TABLE shared AS SELECT to_jsonb(b)::text FROM acc.balance b});
$node->safe_psql('postgres', q{SET ROLE owner; CALL terrcarbon.refresh('acc', full => true)});
is($node->safe_psql('postgres', q{
	SELECT count(*) > 1000, (SELECT count(*) FROM ((TABLE shared EXCEPT SELECT to_jsonb(b)::text FROM acc.balance b)
		UNION ALL (SELECT to_jsonb(b)::text FROM acc.balance b EXCEPT TABLE shared)) AS d) FROM shared}), 't|0',
	'the figures are those of one session, to the last bit');

# Nobody gets more by workers than by a session of his own.
($code, $out, $err) = $node->psql('postgres', q{CALL terrcarbon.refresh('acc', workers => 2)}, extra_params => ['-U', 'stranger']);
like($err, qr/ERROR:.*(permission denied|must )/s, 'a stranger refreshes nothing');
($code, $out, $err) = $node->psql('postgres', q{SELECT terrcarbon_internal.start_refresh_workers('acc', 1)}, extra_params => ['-U', 'stranger']);
$node->poll_query_until('postgres', q{SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'terrcarbon refresh')});
is($node->safe_psql('postgres', q{SELECT done FROM acc.refresh_progress}), '168', 'nor does a worker of his');
like(slurp_file($node->logfile), qr/ERROR:  .*(permission denied|must )/, 'which says so in the log');

($code, $out, $err) = $node->psql('postgres', q{\set VERBOSITY verbose
	CALL terrcarbon.refresh('acc', workers => 65)});
like($err, qr/22023/, 'too many workers');
($code, $out, $err) = $node->psql('postgres', q{SET ROLE owner; CALL terrcarbon.refresh('acc', workers => 20)});
is($code, 0, 'more workers than there are processes');
like($err, qr/workers could be started/, 'are fewer workers');

# A refresh that is cancelled takes its workers with it.
$node->safe_psql('postgres', q{UPDATE acc.building SET energy_per_m2 = 1});
my $lock = $node->background_psql('postgres');
$lock->query_safe('BEGIN; LOCK TABLE acc.balance IN ACCESS EXCLUSIVE MODE;');
($code, $out, $err) = $node->psql('postgres', q{SET statement_timeout = '2s'; CALL terrcarbon.refresh('acc', workers => 2)});
like($err, qr/statement timeout/, 'a refresh is cancelled');
$lock->query_safe('ROLLBACK');
$lock->quit;
ok($node->poll_query_until('postgres', q{SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'terrcarbon refresh')}),
	'its workers end');
cmp_ok($node->safe_psql('postgres', q{SELECT pending FROM acc.refresh_progress}), '>', 0, 'and leave the rest');
$node->safe_psql('postgres', q{SET ROLE owner; CALL terrcarbon.refresh('acc', workers => 1)});
is($node->safe_psql('postgres', q{SELECT state, pending FROM acc.refresh_progress}), 'finished|0', 'which the next one computes');

# A region of 250 communes is added up in steps of 30, not of 10; a commune that cannot be
# computed keeps none of the others back.
$node->safe_psql('postgres', q{
	SET search_path = terrcarbon, public;
	SELECT register_dataset('wide', 'W', 'town', 'CC0-1.0', 'open');
} . region('wide', 10, 250, 0.01) . q{
	INSERT INTO wide.activity (dataset_id, territory_code, sector, year, quantity, unit, factor)
	SELECT d.id, 'L' || i, 'residential', 2020, CASE WHEN i = 77 THEN 1.7e308 ELSE 1000 END, 'kWh LHV', 't-gas'
	FROM dataset d, generate_series(0, 249) AS i, generate_series(1, 2) WHERE d.slug = 'wide'});
($code, $out, $err) = $node->psql('postgres', q{SET ROLE owner; CALL terrcarbon.refresh('wide')});
is($code, 0, 'a refresh of many communes, one of which cannot be computed') or diag $err;
# Nine steps, and what lies in no territory.
is(() = $err =~ /of 251 pairs of dataset and territory done/g, 10, 'in steps of thirty');
is($node->safe_psql('postgres', q{SELECT string_agg(territory_code, ',') FROM wide.pending WHERE problem IS NOT NULL}), 'L77', 'one is left') or diag $err;
# 2 x 1000 kWh x 0.2 kg in each of the others.
is($node->safe_psql('postgres', q{
	SELECT count(*) FILTER (WHERE territory_code <> 'R' AND terrcarbon.value(co2e) = 400),
	       max(terrcarbon.value(co2e)) FILTER (WHERE territory_code = 'R') FROM wide.balance}), '249|99600', 'and the others are computed, and their sum');

done_testing();
