# Many sessions at once: readers beside deposits and refreshes see whole states and
# no row that is not theirs, and DROP and CREATE EXTENSION beside sessions that use
# it crash none and leave none with former answers.
#
# TERRCARBON_READERS, TERRCARBON_SECONDS: 200 and 120 by hand, before a release.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use IPC::Run;

my $readers = $ENV{TERRCARBON_READERS} // 16;
my $seconds = $ENV{TERRCARBON_SECONDS} // 8;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\nrestart_after_crash = off\nshared_preload_libraries = 'terrcarbon'\nmax_connections = " . ($readers + 30));
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = public, terrcarbon;
	ALTER DATABASE postgres SET client_min_messages = error;
	CREATE ROLE keeper;
	CREATE ROLE town;
	CREATE ROLE citizen LOGIN});
$node->safe_psql('postgres', q{
	SELECT register_dataset('homes', 'Homes', 'town', 'lov2', 'open', updated => '2024-01-31');
	SELECT register_dataset('firms', 'Firms', 'town', 'lov2', 'shared', updated => '2024-01-31');
	SELECT grant_access(2, 'keeper', 'account');
	SELECT create_account('bay', 4326, owner => 'keeper');
	SELECT grant_reading('bay', 'citizen');
	SELECT grant_depositing('bay', 'town');
	UPDATE bay.setting SET batch_size = 2;
	INSERT INTO bay.territory (code, name, level, parent_code, geom)
	SELECT 'R', 'R', 'region', NULL::text, ST_Multi(ST_MakeEnvelope(0, 45, 20, 46, 4326))
	UNION ALL SELECT 'E' || i, 'E', 'EPCI', 'R', ST_Multi(ST_MakeEnvelope(i * 10, 45, i * 10 + 10, 46, 4326)) FROM generate_series(0, 1) AS i
	UNION ALL SELECT 'C' || i, 'C', 'commune', 'E' || i / 10, ST_Multi(ST_MakeEnvelope(i, 45, i + 1, 46, 4326)) FROM generate_series(0, 19) AS i;
	CREATE TABLE staging AS
	SELECT 'C' || i % 20 AS territory_code, 'residential' AS sector, 2019 + i % 3 AS year, 0.1 * i AS quantity, 'MWh HHV' AS unit, 'natural_gas' AS factor
	FROM generate_series(1, 100) AS i;
	GRANT SELECT ON staging TO PUBLIC});
my $deposit = q{SET ROLE town; SELECT deposit('bay', 'activity', 'staging', d, repeated => 'append') FROM unnest('{homes,firms}'::text[]) AS d};
$node->safe_psql('postgres', $deposit);
$node->safe_psql('postgres', q{CALL refresh('bay')});

# --- readers ----------------------------------------------------------------------
# Each statement of a reader fails on what it must not see.
my $folder = PostgreSQL::Test::Utils::tempdir;
append_to_file("$folder/reader.sql", q{
SELECT 1 / (count(*) FILTER (WHERE abs(value(p.co2e) - s.total) > 1e-9 * s.total) = 0)::int / (count(*) > 0)::int
FROM bay.balance p
JOIN (SELECT t.parent_code, b.dataset_id, b.scope, b.year, sum(value(b.co2e)) AS total
	FROM bay.balance b JOIN bay.territory t ON t.code = b.territory_code GROUP BY 1, 2, 3, 4) AS s
	ON s.parent_code = p.territory_code AND s.dataset_id = p.dataset_id AND s.scope = p.scope AND s.year = p.year;
SELECT 1 / (count(*) % 100 = 0 AND count(*) > 0)::int / (count(*) FILTER (WHERE dataset_id <> 1) = 0)::int FROM bay.activity;
SELECT 1 / (count(*) FILTER (WHERE emissions IS NOT NULL AND NOT missing LIKE '%firms%') = 0)::int FROM bay.trajectory_by_territory WHERE year = 2020;
});
my ($out, $deposits, $refreshes) = ('', 0, 0);
my $bench = IPC::Run::start(
	[ 'pgbench', '-n', '-c', $readers, '-j', '2', '-T', $seconds, '-U', 'citizen', '-f', "$folder/reader.sql", $node->connstr('postgres') ],
	'<', \undef, '>', \$out, '2>&1');
while ($bench->pumpable)
{
	$node->safe_psql('postgres', $deposit);
	$deposits += 2;
	$node->safe_psql('postgres', q{CALL refresh('bay')});
	$refreshes++;
	$bench->pump_nb;
}
$bench->finish;
is($bench->result(0), 0, "$readers readers beside $deposits deposits and $refreshes refreshes see whole states") or diag($out);
my ($statements) = $out =~ /actually processed: (\d+)/;
cmp_ok($statements // 0, '>=', $readers, 'each of them did') and note($out);
is($node->safe_psql('postgres', 'SELECT count(*) FROM bay.activity'), 100 * ($deposits + 2), 'no deposit is lost');
my $sums = q{SELECT string_agg(concat_ws(' ', dataset_id, territory_code, scope, year, value(co2e)), E'\n' ORDER BY dataset_id, territory_code, scope, year) FROM bay.balance};
my $after = $node->safe_psql('postgres', $sums);
$node->safe_psql('postgres', q{CALL refresh('bay', "full" => true)});
is($after, $node->safe_psql('postgres', $sums), 'and none is lacking in the balance');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_locks WHERE relation >= 16384 AND pid <> pg_backend_pid()}), '0', 'no lock is left');

# --- DROP and CREATE EXTENSION -------------------------------------------------------
# Sessions that have its library loaded, its caches filled and statements prepared.
$node->safe_psql('postgres', 'CREATE DATABASE other');
my $create = q{
	CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public;
	CREATE EXTENSION terrcarbon;
	SELECT terrcarbon.register_dataset('one', 'One', 'town', 'lov2', 'shared');
	CREATE TABLE guarded AS SELECT 1 AS dataset_id, i AS n FROM generate_series(1, 10) AS i;
	SELECT terrcarbon.protect('guarded');
	GRANT SELECT ON guarded TO PUBLIC};
my $drop = 'SET client_min_messages = error; DROP TABLE IF EXISTS guarded; DROP EXTENSION terrcarbon CASCADE';
$node->safe_psql('other', $create);

my $use = q{
	SELECT terrcarbon.co2e(terrcarbon.emission(1, 'kWh LHV', 'natural_gas', 2020)) > 0;
	SELECT count(*) FROM guarded;
	SELECT terrcarbon.shared_area('POLYGON((0 0,2 0,2 2,0 2,0 0))', 'POLYGON((1 1,3 1,3 3,1 3,1 1))');
	SELECT terrcarbon.co2e('{"CH4": 1}'::terrcarbon.ghg) > 0;};
my ($in, $said, $wrong) = ('', '', '');
my $old = IPC::Run::start([ 'psql', '-XAtq', '-U', 'citizen', '-d', $node->connstr('other') ], '<', \$in, '>', \$said, '2>', \$wrong, IPC::Run::timeout(120));
sub ask
{
	($said, $wrong) = ('', '');
	$in .= "$use\n\\echo done\n";
	$old->pump until $said =~ /done/;
	$said =~ s/done\n//;
	return $said;
}
my $answer = "t\n0\n1\nt\n";
is(ask(), $answer, 'a session uses it');
$node->safe_psql('other', $drop);
is(ask(), '', 'it is dropped beside that session: an error for each');
unlike($wrong, qr/XX000|server closed|internal/, 'and an ordinary one');
$node->safe_psql('other', $create);
is(ask(), $answer, 'it is created again, and that session goes on');
# The library is the same, the figures are not.
$node->safe_psql('other', q{SELECT terrcarbon.grant_access(1, 'citizen', 'test');
	INSERT INTO terrcarbon.factor (code, name, unit, amount, part, source) VALUES ('mine', 'Mine', 'km', '{"CO2": 1}', 'combustion', 'test')});
is(ask(), "t\n10\n1\nt\n", 'with the rights and the rows of now');
$in .= "\\q\n";
$old->finish;

append_to_file("$folder/user.sql", "$use\n");
my $users = IPC::Run::start(
	[ 'sh', '-c', 'for i in 1 2 3 4; do (while [ ! -e stop ]; do psql -XAtq -U citizen -d "$1" -f user.sql; done) & done; wait', 'sh', $node->connstr('other') ],
	init => sub { chdir $folder or die }, '<', \undef, '>', \my $answers, '2>', \my $errors);
for (1 .. 5)
{
	# PostgreSQL ends a deadlock with a reader at the cost of either; then it is tried again.
	my ($dropped, $problem);
	for (1 .. 20)
	{
		($dropped, undef, $problem) = $node->psql('other', $drop);
		last if $dropped == 0 || $problem !~ /deadlock detected/;
	}
	is($dropped, 0, 'it is dropped') or diag($problem);
	$node->safe_psql('other', $create);
	$node->safe_psql('other', 'SELECT pg_sleep(0.2)');
}
append_to_file("$folder/stop", '');
$users->finish;
my %kinds;
$kinds{$_}++ for $errors =~ /ERROR:  ([^"\d]*)/g;
note("$_: $kinds{$_}") for sort keys %kinds;
unlike($errors, qr/server closed|terminating|crash|could not access|undefined symbol/, 'five times beside four that use it: none of them ends');
is($node->safe_psql('other', $use, extra_params => [ '-U', 'citizen' ]), "t\n0\n1\nt", 'and the last one made answers');
is($node->safe_psql('other', q{SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'}), '0', 'no session is left');
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|TRAP:/, 'the server was never in trouble');
$node->stop;
done_testing();
