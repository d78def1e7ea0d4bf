# Random histories of rows, datasets, boundaries, factors and potentials: every change of
# a figure between two publications is split completely, and method is left with nothing
# but the rounding of sums.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{TERRCARBON_SEED} // 7;
srand($seed);
note "seed $seed";

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "jit = off\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = public, terrcarbon;
});
$node->safe_psql('postgres', q{
	CREATE ROLE keeper;
	SELECT create_account('bay', 4326, owner => 'keeper');
	INSERT INTO bay.territory (code, name, level, parent_code, geom) VALUES
		('E', 'E', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.2, 45.1, 4326))),
		('A', 'A', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.1, 45.1, 4326))),
		('B', 'B', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.1, 45.0, 0.2, 45.1, 4326)));
	SELECT register_dataset('d' || i, 'D', 'keeper', 'lov2', 'open', updated => '2024-01-31') FROM generate_series(1, 3) i;
	INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES
		('gas', 'Gas', 'kWh LHV', '{"CO2": 0.2, "CH4": 0.0003}', 10, 'combustion', 'test'), ('wood', 'Wood', 'kWh LHV', '{"CH4": 0.001, "N2O": 0.00001}', 10, 'combustion', 'test');
	-- the first dataset stays open and keeps a row for each town, so that there is a figure
	INSERT INTO bay.activity (dataset_id, id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent)
		VALUES (1, 1000, 'A', 'residential', '1', 2023, 7, 'kWh LHV', 'gas', 0), (1, 1001, 'B', 'residential', '1', 2023, 1 / 3.0, 'kWh LHV', 'wood', 0);
	INSERT INTO bay.building (dataset_id, floors, carrier, unit, energy, sector, scope, u95_percent, year_from, geom)
		SELECT 1, 2, 'gas', 'kWh LHV', 1000 + i, 'residential', '1', 5, 2023, ST_Multi(ST_MakeEnvelope(0.09 + i * 0.001, 45.05, 0.0907 + i * 0.001, 45.051, 4326)) FROM generate_series(1, 15) i;
});

my $row = 1;
sub change
{
	my $d = 1 + int rand 3;
	my $town = (qw(A B))[ rand 2 ];
	my $code = (qw(gas wood))[ rand 2 ];
	my $q = (1, 1e-7, 3e9)[ rand 3 ] * rand;
	my $one = "id = (SELECT id FROM bay.activity WHERE id < 1000 ORDER BY random() LIMIT 1)";
	return (
		(map { "INSERT INTO bay.activity (dataset_id, id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent) VALUES ($d, @{[$row++]}, '$town', 'residential', '1', 2023, $q, 'kWh LHV', '$code', 0)" } 1 .. 3),
		"INSERT INTO bay.activity (dataset_id, id, territory_code, sector, scope, year, emission, u95_percent) VALUES ($d, @{[$row++]}, '$town', 'residential', '1', 2023, ghg('CH4', $q), 0)",
		"UPDATE bay.activity SET quantity = quantity * @{[rand 2]} WHERE $one AND quantity IS NOT NULL",
		"UPDATE bay.activity SET factor = '$code' WHERE $one AND factor IS NOT NULL",
		"DELETE FROM bay.activity WHERE $one",
		"UPDATE bay.setting SET gwp = (ARRAY['AR4', 'AR5', 'AR6'])[1 + floor(random() * 3)]",
		"UPDATE factor SET superseded_at = clock_timestamp() WHERE code = '$code' AND superseded_at IS NULL;
		 INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES ('$code', 'x', 'kWh LHV', ghg('CO2', @{[rand]}) + ghg('CH4', @{[rand 0.01]}), 10, 'combustion', 'test')",
		"SELECT set_access(@{[2 + int rand 2]}, '@{[(qw(open shared))[rand 2]]}')",
		do { my $x = 0.09 + rand 0.02; "UPDATE bay.territory SET geom = CASE code WHEN 'A' THEN ST_Multi(ST_MakeEnvelope(0.0, 45.0, $x, 45.1, 4326)) ELSE ST_Multi(ST_MakeEnvelope($x, 45.0, 0.2, 45.1, 4326)) END WHERE code <> 'E'" },
	)[ rand 11 ];
}

my $publications = 21;
for (1 .. $publications)
{
	$node->safe_psql('postgres', change()) for 1 .. 1 + rand 6;
	# A closed dataset makes every figure it has a part in one that is not open.
	$node->safe_psql('postgres', "DELETE FROM bay.activity a USING dataset_catalogue c WHERE c.id = a.dataset_id AND c.access <> 'open'");
	$node->safe_psql('postgres', "SET client_min_messages = error; CALL refresh('bay')");
	$node->safe_psql('postgres', "SELECT publish('bay', 'history', 2023)");
}
my $result = $node->safe_psql('postgres', q{
	SELECT count(*), count(*) FILTER (WHERE parts = difference AND difference = published),
		count(*) FILTER (WHERE abs(method) <= 1e-9 * (1 + size)), count(*) FILTER (WHERE difference <> 0) > 100
	FROM (
		SELECT sum(c.tonnes) FILTER (WHERE c.cause <> 'difference') AS parts, sum(c.tonnes) FILTER (WHERE c.cause = 'difference') AS difference,
			sum(c.tonnes) FILTER (WHERE c.cause = 'method') AS method, max(abs(c.tonnes)) + max(abs(y.t)) + max(abs(x.t)) AS size, max(y.t - x.t) AS published
		FROM (SELECT publication_id AS id, content ->> 'territory_code' AS code, (content ->> 'emissions')::numeric AS t FROM bay.publication_item WHERE kind = 'figure') AS x
		JOIN (SELECT publication_id AS id, content ->> 'territory_code' AS code, (content ->> 'emissions')::numeric AS t FROM bay.publication_item WHERE kind = 'figure') AS y
			ON y.code = x.code AND y.id > x.id
		CROSS JOIN LATERAL explain_change('bay', x.id, y.id, x.code, 'residential') AS c
		GROUP BY x.id, y.id, x.code) AS s});
my $pairs = 3 * $publications * ($publications - 1) / 2;
is($result, "$pairs|$pairs|$pairs|t", "$pairs changes of figures are split to the last digit");
my $causes = $node->safe_psql('postgres', q{SELECT string_agg(DISTINCT c.cause, ', ' ORDER BY c.cause) FROM generate_series(2, 21) i, explain_change('bay', i - 1, i, 'E', 'residential') c WHERE c.lines > 0 AND c.cause <> 'method'});
note $causes;
like($causes, qr/boundary.*rows added.*rows corrected/, 'by several causes');
$node->stop;
done_testing();
