# A refresh cancelled, terminated or cut off by a crash: readers only ever see
# whole states, nothing is lost or doubled, and the next refresh completes it.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use IPC::Run;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nrestart_after_crash = on");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon;
	CREATE ROLE owner LOGIN; CREATE ROLE town; CREATE ROLE citizen LOGIN;
	GRANT CREATE ON DATABASE postgres TO owner;
	SET search_path = terrcarbon, public;
	INSERT INTO factor (code, name, unit, amount, u95_percent, part, source)
		VALUES ('t-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 5, 'combustion', 'test');
	SELECT register_dataset('d', 'D', 'town', 'CC0-1.0', 'open');
	SET ROLE owner;
	SELECT create_account('acc', 4326);
	GRANT USAGE ON SCHEMA acc TO PUBLIC;
	GRANT SELECT ON ALL TABLES IN SCHEMA acc TO PUBLIC;
	-- Many steps, each worth an interrupt.
	UPDATE acc.setting SET batch_size = 1;
	INSERT INTO acc.territory (code, name, level, parent_code, geom)
	SELECT 'R', 'R', 'region', NULL::text, ST_Multi(ST_MakeEnvelope(0, 45, 4, 45.1, 4326))
	UNION ALL SELECT 'P' || i, 'P', 'EPCI', 'R', ST_Multi(ST_MakeEnvelope(i, 45, i + 1, 45.1, 4326)) FROM generate_series(0, 3) AS i
	UNION ALL SELECT 'L' || i, 'L', 'commune', 'P' || i / 10, ST_Multi(ST_MakeEnvelope(i * 0.1, 45, i * 0.1 + 0.1, 45.1, 4326))
	FROM generate_series(0, 39) AS i;
	RESET ROLE;
	INSERT INTO acc.building (dataset_id, floors, carrier, unit, energy_per_m2, year_from, year_to, geom)
	SELECT 1, 2, 't-gas', 'kWh LHV', 100, 2000, 2020, ST_Multi(ST_MakeEnvelope(x, 45.01, x + 0.002, 45.011, 4326))
	FROM generate_series(0, 3.99, 0.002) AS x;});
my $refresh = q{SET client_min_messages = warning; CALL terrcarbon.refresh('acc');};
$node->safe_psql('postgres', "SET ROLE owner; $refresh");

my $sums = q{
	SELECT count(*) FILTER (WHERE abs(terrcarbon.value(p.co2e) - s.total) > 1e-9 * s.total)
	FROM acc.balance p
	JOIN (SELECT t.parent_code, b.year, sum(terrcarbon.value(b.co2e)) AS total
		FROM acc.balance b JOIN acc.territory t ON t.code = b.territory_code
		GROUP BY t.parent_code, b.year) AS s
		ON s.parent_code = p.territory_code AND s.year = p.year};
# A statement of a reader sees parents that are the sums of their children.
sub whole { is($node->safe_psql('postgres', $sums, extra_params => ['-U', 'citizen']), '0', shift) }
sub state { return $node->safe_psql('postgres', 'SELECT state FROM acc.refresh_progress') }
sub same_as_full
{
	my ($name) = @_;
	$node->safe_psql('postgres', q{DROP TABLE IF EXISTS before; CREATE TABLE before AS SELECT to_jsonb(b)::text FROM acc.balance b});
	$node->safe_psql('postgres', q{SET ROLE owner; SET client_min_messages = warning; CALL terrcarbon.refresh('acc', full => true)});
	is($node->safe_psql('postgres', q{
		SELECT count(*) > 800, (SELECT count(*) FROM (
			(TABLE before EXCEPT SELECT to_jsonb(b)::text FROM acc.balance b)
			UNION ALL (SELECT to_jsonb(b)::text FROM acc.balance b EXCEPT TABLE before)) AS d)
		FROM before}), 't|0', $name);
}

# Changes every building, so that every territory is dirty.
my $energy = 100;
sub touch { $energy += 10; $node->safe_psql('postgres', "UPDATE acc.building SET energy_per_m2 = $energy") }

# Starts a refresh, and stops it some steps later by what it is told.
sub refresh_and
{
	my ($stop) = @_;
	my ($in, $out, $err) = ('', '', '');
	my $handle = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', "SET application_name = 'refreshing'",
			'-c', 'SET ROLE owner', '-c', "CALL terrcarbon.refresh('acc')" ],
		'<', \undef, '>', \$out, '2>', \$err);
	# Watched from inside the server: the steps are short.
	$node->safe_psql('postgres', q{DO $$ BEGIN
		FOR i IN 1 .. 20000 LOOP
			EXIT WHEN (SELECT finished_at IS NULL AND done > 8 FROM acc.refresh_state);
			PERFORM pg_sleep(0.001);
		END LOOP; END $$});
	$stop->();
	$handle->finish;
	return $err;
}

for my $way (
	[ 'cancelled', sub { $node->safe_psql('postgres', "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'refreshing'") }, qr/canceling statement/ ],
	[ 'terminated', sub { $node->safe_psql('postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'refreshing'") }, qr/terminating connection/ ],
	[ 'crashed', sub { $node->stop('immediate'); $node->start; }, qr/server closed|terminating connection|connection/ ])
{
	my ($name, $stop, $message) = @$way;
	touch();
	my $err = refresh_and($stop);
	like($err, $message, "$name: it was stopped");
	usleep(2_100_000);
	is(state(), 'interrupted', "$name: that can be seen");
	my ($done, $left) = split /\|/, $node->safe_psql('postgres', 'SELECT done, pending FROM acc.refresh_progress');
	cmp_ok($done, '>', 0, "$name: what was done is kept");
	cmp_ok($left, '>', 0, "$name: what is left is known");
	whole("$name: parents are the sums of their children");
	# A deposit that comes before the next refresh is in it too.
	$node->safe_psql('postgres', 'UPDATE acc.building SET floors = floors + 1 WHERE id % 500 = 0');
	my ($ret, $out, $warned) = $node->psql('postgres', q{SET ROLE owner; CALL terrcarbon.refresh('acc')});
	like($warned, qr/resuming an interrupted refresh, $left pairs of dataset and territory left/, "$name: the next refresh resumes");
	is(state(), 'finished', "$name: and completes");
	same_as_full("$name: nothing is lost or doubled");
}

# Readers beside a running refresh.
touch();
my $started = $node->safe_psql('postgres', 'SELECT started_at FROM acc.refresh_state');
my ($out, $err) = ('', '');
my $handle = IPC::Run::start(
	[ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', 'SET ROLE owner', '-c', "CALL terrcarbon.refresh('acc')" ],
	'<', \undef, '>', \$out, '2>', \$err);
$node->poll_query_until('postgres', "SELECT started_at <> '$started' FROM acc.refresh_state");
my ($looks, $halves) = (0, 0);
for (1 .. 200)
{
	$looks++;
	$halves++ if $node->safe_psql('postgres', "SET statement_timeout = '10s'; $sums", extra_params => ['-U', 'citizen']) ne '0';
	last if state() eq 'finished';
}
$handle->finish;
cmp_ok($looks, '>', 1, 'a reader looks while a refresh runs');
is($halves, 0, 'and never sees a half state');
done_testing();
