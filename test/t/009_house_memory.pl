# The memory of a backend stays where it is: within a statement of many calls, and
# over many statements, those that fail among them.
#
# TERRCARBON_CALLS: how many, 1,000,000 by hand, before a release.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'needs /proc' unless -r '/proc/self/status';
my $calls = $ENV{TERRCARBON_CALLS} // 20000;
# What the allocator may keep, in kB; a leak of 100 bytes a call is more.
my $slack = 1024;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\nautovacuum = off\nmax_parallel_workers_per_gather = 0\nshared_preload_libraries = 'terrcarbon'");
$node->start;
$node->safe_psql('postgres', qq{
	CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = public, terrcarbon;
	CREATE ROLE town;
	CREATE ROLE citizen LOGIN;
	CREATE TABLE number AS SELECT i FROM generate_series(1, $calls) AS i;
	CREATE TABLE item (dataset_id int, n int);
	CREATE FUNCTION resident() RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER AS
		\$\$ SELECT substring(pg_read_file('/proc/self/status') FROM 'RssAnon:\\s+(\\d+)')::bigint \$\$});
$node->safe_psql('postgres', q{
	SELECT register_dataset('d' || i, 'D', 'town', 'lov2', CASE i % 2 WHEN 0 THEN 'open' ELSE 'shared' END) FROM generate_series(1, 20) AS i;
	INSERT INTO item SELECT 1 + i % 20, i FROM generate_series(1, 100) AS i;
	SELECT protect('item');
	GRANT SELECT ON item, number TO PUBLIC});

# Expressions of i, by room; no function in SQL that scans an index, of which
# PostgreSQL itself keeps some hundred bytes a call before 18.
my $box = 'ST_MakeEnvelope(i % 10, 45, i % 10 + 1.5, 46, 4326)';
my $many = "ARRAY[$box, ST_MakeEnvelope(i % 7, 45.5, i % 7 + 1, 46.5, 4326)]";
my $series = q{(format('{"2015": %s, "2020": 780, "2025": 700}', i)::trajectory)};
my $gases = q{(format('{"CO2": %s, "CH4": 1}', i)::ghg)};
my $stock = q{(format('{"above": %s, "soil": 40, "soil_depth_cm": 30}', i)::carbon_stock)};
my $guess = q{(estimate(i, 30, 'cause:' || i % 50, 2020) + estimate(i, 10, 'other', 2020))};
my @expressions = (
	"shared_area($box, ST_MakeEnvelope(0, 45, 5, 45.5, 4326))", "shared_length(ST_Boundary($box), ST_MakeEnvelope(0, 45, 5, 45.5, 4326))",
	"(SELECT count(*) FROM area_once(ST_MakeEnvelope(0, 45, 5, 46, 4326), $many))", "miscounted_area(ST_Collect($many))", "true_area($box)",
	"(SELECT count(*) FROM change_matrix(ST_MakeEnvelope(0, 45, 5, 46, 4326), $many, '{a,b}', $many, '{b,a}'))", "bbox_overlaps($box, $box)",
	"$gases + ghg('N2O', i)", "co2e($gases)", "co2e($gases, 'AR5')", "terrcarbon_internal.ghg_send($gases)",
	"$stock - $stock * 0.5", "tonnes_co2($stock)", "$guess * 2 - $guess", "upper($guess)", "causes($guess)::text",
	"upper(estimate_lognormal(i, 30) + estimate_interval(i, 0.5 * i, 3.0 * i))",
	"probability_within($guess, i)", "$series + $series", "interpolate($series)", "trend($series, 2015, 2025)::text", "budget($series, 2015, 2025)",
	"chart_svg($series, $series)",
	"emission(i, 'kWh LHV', 'natural_gas', 2015 + i % 10)", "emission_estimate(i, 'km', 'car', 2023, 'FR', assumed_u95_percent => 20)", "(SELECT count(*) FROM resolve_factor_parts('natural_gas', 2000 + i % 30, 'FR', 'kWh LHV'))",
	"resolve_factor('none' || i % 1000, 2020)", "convert_unit(i, 'MWh', 'GJ')", "stock_density('CLC', '211', 2000 + i % 30, 'FR')", "land_kind('CLC', '211')",
	"(SELECT count(*) FROM land_change_flow('CLC', '211', '112', i, 2010, 2012, 2010 + i % 10, 'FR'))", "(SELECT count(*) FROM territory_chain('FR'))",
	"dpe_class(i % 500, i % 100, i % 200 + 1, 'H1a', '400-800m')", "hot_emission_factor(i % 100 + 10, 1, 2, 3, 4, 5, 6, 0.1, 0, 5, 130)", "fleet_factor(ARRAY[0.5, 0.5], ARRAY[i, 2.0])",
	"discounted_value(ARRAY[i, 2.0], ARRAY[0.0, 1.0], 0.04)", "can_read(i % 25)", "can_read_all(ARRAY[i % 25, 2])", "effective_licence(ARRAY[2, 4, 2 * (i % 10) + 2])::text",
	"self_consumption(ARRAY[i, 2.0], ARRAY[1.0, 1.0], ARRAY[0.0, 0.0], ARRAY[0.0, 0.0], 1)::text");

# Those that are right as they stand: the list must not hide a slip.
my @bad;
for my $expression (@expressions)
{
	my ($code, $out, $err) = $node->psql('postgres', "SELECT count($expression) FROM number WHERE i BETWEEN 1 AND 3");
	push @bad, "$expression: $err" if $code != 0;
}
is(join("\n", @bad), '', scalar(@expressions) . ' expressions are right');

my (@grown, $most);
$most = 0;
for my $expression (@expressions)
{
	my $kb = $node->safe_psql('postgres', qq{
		SELECT count($expression) FROM number WHERE i <= 1000;
		SELECT max(CASE WHEN i = $calls THEN resident() END) - max(CASE WHEN i = $calls / 4 THEN resident() END) + 0 * count($expression) FROM number},
		extra_params => [ '-U', 'citizen' ]);
	$kb = (split /\n/, $kb)[-1];
	$most = $kb if $kb > $most;
	push @grown, "$expression: $kb kB" if $kb > $slack;
}
is(join("\n", @grown), '', "each of them $calls times in one statement, $most kB more at most");

# In statements of their own, with errors, rows of a guarded table, and sums.
my @statements = (
	(map { "SELECT count($_) FROM (SELECT %s) AS x (i)" } @expressions),
	(map { my $e = $_; $e =~ s/\bi\b/j/g; "SELECT sum($e) FROM generate_series(%s, %s + 2) AS j" } $gases, $stock, $guess, $series),
	'SELECT count(*) FROM item WHERE n > %s', "SELECT '{\"CO2\": x%s}'::ghg", "SELECT '{\"2000\": 1e99%s}'::trajectory", "SELECT emission(%s, 'parsec', 'natural_gas', 2020)",
	"SELECT shared_area('POINT(1 1)', 'POINT EMPTY') + %s", "SELECT estimate(%s, -1)", "SELECT stock_density('CLC', 'none%s', 2020)", 'SELECT 1 / (%s - %s)');
my $list = join ', ', map { "\$s\$$_\$s\$" } @statements;
my $result = $node->safe_psql('postgres', qq{
	SET terrcarbon.dataset = 'd1';
	CREATE TEMP TABLE measured (step int, kb bigint);
	DO \$do\$
	DECLARE
		statements text[] := ARRAY[$list];
	BEGIN
		FOR i IN 0 .. $calls LOOP
			BEGIN
				EXECUTE replace(statements[1 + i % @{[scalar @statements]}], '%s', (i % 1000)::text);
			EXCEPTION WHEN OTHERS THEN
				IF SQLSTATE LIKE 'XX%' AND SQLERRM NOT LIKE '%geometry%' THEN RAISE; END IF;
			END;
			IF i % ($calls / 4) = 0 THEN
				INSERT INTO measured VALUES (i, resident());
			END IF;
		END LOOP;
	END \$do\$;
	SELECT max(kb) FILTER (WHERE step > $calls * 0.9) - max(kb) FILTER (WHERE step BETWEEN $calls * 0.4 AND $calls * 0.6) FROM measured},
	extra_params => [ '-U', 'citizen' ]);
cmp_ok($result, '<=', $slack, "$calls statements, $result kB more over the second half");
$node->stop;
done_testing();
