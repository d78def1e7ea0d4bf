# Random histories of rows, sectors, datasets, boundaries, factors and potentials: every
# change of a figure, and of a total, between two publications is split completely, and method is left with nothing
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
		VALUES (1, 1000, 'A', 'residential', '1', 2023, 7, 'kWh LHV', 'gas', 0), (1, 1001, 'B', 'residential', '1', 2023, 1 / 3.0, 'kWh LHV', 'wood', 0),
		(1, 1002, 'A', 'tertiary', '2', 2023, 11, 'kWh LHV', 'wood', 0), (1, 1003, 'B', 'tertiary', '2', 2023, 1 / 7.0, 'kWh LHV', 'gas', 0),
		(1, 1004, 'A', 'tertiary', '3', 2023, 1e6, 'kWh LHV', 'gas', 0), (1, 1005, 'A', 'land', '1', 2023, 1e6, 'kWh LHV', 'gas', 0);
	INSERT INTO bay.population (territory_code, year, residents) VALUES ('E', 2023, 30001), ('A', 2023, 7), ('B', 2023, 29994);
	INSERT INTO bay.building (dataset_id, floors, carrier, unit, energy, sector, scope, u95_percent, year_from, geom)
		SELECT 1, 2, 'gas', 'kWh LHV', 1000 + i, 'residential', '1', 5, 2023, ST_Multi(ST_MakeEnvelope(0.09 + i * 0.001, 45.05, 0.0907 + i * 0.001, 45.051, 4326)) FROM generate_series(1, 15) i;
});

my $row = 1;
# A change of a kind, or of any.
sub change
{
	my ($kind) = @_;
	my $d = 1 + int rand 3;
	my $town = (qw(A B))[ rand 2 ];
	my $code = (qw(gas wood))[ rand 2 ];
	my $q = (1, 1e-7, 3e9)[ rand 3 ] * rand;
	my ($sector, $scope) = @{ ([ 'residential', 1 ], [ 'tertiary', 2 ])[ rand 2 ] };
	my $one = "id = (SELECT id FROM bay.activity WHERE id < 1000 ORDER BY random() LIMIT 1)";
	return (
		(map { "INSERT INTO bay.activity (dataset_id, id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent) VALUES ($d, @{[$row++]}, '$town', '$sector', '$scope', 2023, $q, 'kWh LHV', '$code', 0)" } 1 .. 3),
		"INSERT INTO bay.activity (dataset_id, id, territory_code, sector, scope, year, emission, u95_percent) VALUES ($d, @{[$row++]}, '$town', '$sector', '$scope', 2023, ghg('CH4', $q), 0)",
		"UPDATE bay.activity SET sector = '$sector', scope = '$scope' WHERE $one",
		"UPDATE bay.activity SET quantity = quantity * @{[rand 2]} WHERE $one AND quantity IS NOT NULL",
		"UPDATE bay.activity SET factor = '$code' WHERE $one AND factor IS NOT NULL",
		"DELETE FROM bay.activity WHERE $one",
		"UPDATE bay.setting SET gwp = (ARRAY['AR4', 'AR5', 'AR6'])[1 + floor(random() * 3)]",
		"UPDATE factor SET superseded_at = clock_timestamp() WHERE code = '$code' AND superseded_at IS NULL;
		 INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES ('$code', 'x', 'kWh LHV', ghg('CO2', @{[rand]}) + ghg('CH4', @{[rand 0.01]}), 10, 'combustion', 'test')",
		"SELECT set_access(@{[2 + int rand 2]}, '@{[(qw(open shared))[rand 2]]}')",
		"INSERT INTO bay.population (territory_code, year, residents) VALUES ((ARRAY['E', 'A', 'B'])[1 + floor(random() * 3)], 2023, @{[1 + int rand 1e5]})
		 ON CONFLICT (territory_code, year) DO UPDATE SET residents = excluded.residents",
		do { my $x = 0.09 + rand 0.02; "UPDATE bay.territory SET geom = CASE code WHEN 'A' THEN ST_Multi(ST_MakeEnvelope(0.0, 45.0, $x, 45.1, 4326)) ELSE ST_Multi(ST_MakeEnvelope($x, 45.0, 0.2, 45.1, 4326)) END WHERE code <> 'E'" },
	)[ $kind // rand 13 ];
}

# What explain_change says of a measure between the figures x and y, checked by the items
# that publications hold.
sub splits
{
	my ($later, $measure, $pairs, $sector) = @_;
	$sector //= 'residential';
	my $figure = qq{(SELECT f.publication_id AS id, f.content ->> 'territory_code' AS code,
		(f.content ->> 'emissions')::numeric AS t, CASE WHEN '$measure' = 'emissions' THEN 1 ELSE (p.content ->> 'residents')::numeric END AS n
		FROM bay.publication_item f JOIN bay.publication_item p ON p.publication_id = f.publication_id AND p.kind = 'territory' AND p.key = f.content ->> 'territory_code'
		WHERE f.kind = 'figure' AND f.content ->> 'sector' = '$sector')};
	return $node->safe_psql('postgres', qq{
	SELECT count(*), count(*) FILTER (WHERE parts = difference AND difference = published),
		count(*) FILTER (WHERE abs(method) <= 1e-9 * (1 + size)), count(*) FILTER (WHERE difference <> 0), count(*) FILTER (WHERE inhabitants <> 0)
	FROM (
		SELECT sum(c.tonnes) FILTER (WHERE c.cause <> 'difference') AS parts, sum(c.tonnes) FILTER (WHERE c.cause = 'difference') AS difference,
			sum(c.tonnes) FILTER (WHERE c.cause = 'method') AS method, coalesce(sum(c.tonnes) FILTER (WHERE c.cause = 'population'), 0) AS inhabitants,
			max(abs(c.tonnes)) + max(abs(y.t)) + max(abs(x.t)) AS size,
			CASE '$measure' WHEN 'emissions' THEN max(y.t - x.t) ELSE max(y.t / y.n - x.t / x.n) END AS published
		FROM $figure AS x JOIN $figure AS y ON y.code = x.code AND $pairs
		CROSS JOIN LATERAL explain_change('bay', x.id, $later, x.code, '$sector', NULL, '$measure') AS c
		GROUP BY x.id, y.id, x.code) AS s});
}

my $publications = 21;
my ($known, $exact, $explained, $totals) = (0, 0, 0, 0);
for my $turn (1 .. $publications)
{
	# Each kind in its turn, and others; what the server draws is drawn again with the same seed, too.
	$node->safe_psql('postgres', "SELECT setseed(@{[rand]}); " . change($_)) for $turn % 13, (undef) x (1 + rand 6);
	$node->safe_psql('postgres', 'UPDATE bay.activity SET quantity = quantity + 1 WHERE id = 1000') if $turn % 5 == 0;
	# A closed dataset makes every figure it has a part in one that is not open.
	$node->safe_psql('postgres', "DELETE FROM bay.activity a USING dataset_catalogue c WHERE c.id = a.dataset_id AND c.access <> 'open'");
	# Before the refresh the figures are not those of the rows, and nobody can say what
	# they would be: the parts add up all the same, to what the balance says.
	my $now = $turn == 1 ? '' : $node->safe_psql('postgres', qq{
		SELECT count(*), count(*) FILTER (WHERE parts = difference AND difference = says - published) FROM (
			SELECT sum(c.tonnes) FILTER (WHERE c.cause <> 'difference') AS parts, sum(c.tonnes) FILTER (WHERE c.cause = 'difference') AS difference,
				max(b.emissions::text::numeric) AS says, max((f.content ->> 'emissions')::numeric) AS published
			FROM bay.publication_item f
			JOIN (SELECT territory_code, sector, emissions FROM bay.balance_by_territory
					WHERE sector = 'residential' AND scope = '1' AND year = 2023 AND allocation = 'territorial' AND complete
				UNION ALL
				SELECT territory_code, 'all', emissions FROM bay.trajectory_by_territory WHERE year = 2023 AND complete) AS b
				ON b.territory_code = f.content ->> 'territory_code' AND b.sector = f.content ->> 'sector'
				AND NOT EXISTS (SELECT FROM bay.balance o JOIN dataset_catalogue c ON c.id = o.dataset_id AND c.access <> 'open' WHERE o.territory_code = b.territory_code)
			CROSS JOIN LATERAL explain_change('bay', f.publication_id, NULL, b.territory_code, b.sector) AS c
			WHERE f.kind = 'figure' AND f.publication_id = @{[$turn - 1]}
			GROUP BY f.key) AS s});
	if ($turn > 1) { my ($n, $same) = split /\|/, $now; $known += $n; $exact += $same; }
	$node->safe_psql('postgres', "SET client_min_messages = error; CALL refresh('bay')");
	$node->safe_psql('postgres', "SELECT publish('bay', 'history', 2023)");
	# The total is the one of the account, and by hand the sum of its lines.
	$totals += $node->safe_psql('postgres', qq{
		SELECT count(*) FROM bay.publication_figure f JOIN bay.trajectory_by_territory t ON t.territory_code = f.territory_code AND t.year = f.year AND t.complete
		WHERE f.publication_id = $turn AND f.sector = 'all' AND f.scope = '1+2' AND (f.emissions, f.emissions_low, f.emissions_high) = (t.emissions, t.emissions_low, t.emissions_high)
			AND abs(f.emissions - (SELECT sum((l.content ->> 'kg_co2e')::numeric) / 1000 FROM bay.publication_item l WHERE l.publication_id = $turn AND l.kind = 'line'
				AND l.content ->> 'sector' IN ('residential', 'tertiary') AND l.content ->> 'scope' <> '3'
				AND (f.territory_code = 'E' OR l.content ->> 'territory_code' = f.territory_code))) <= 1e-9 * f.emissions});
	# What was just published is what the account says now.
	$explained += $node->safe_psql('postgres', qq{
		SELECT count(*) FROM (SELECT t FROM unnest('{E,A,B}'::text[]) AS t WHERE (SELECT jsonb_object_agg(n.cause, n.tonnes) FROM explain_change('bay', 1, NULL, t, 'residential', '1', 'emissions_per_inhabitant') AS n WHERE n.cause <> 'not refreshed' OR n.tonnes <> 0)
			= (SELECT jsonb_object_agg(p.cause, p.tonnes) FROM explain_change('bay', 1, $turn, t, 'residential', '1', 'emissions_per_inhabitant') AS p)) AS s});
}
my $pairs = 3 * $publications * ($publications - 1) / 2;
my $result = splits('y.id', 'emissions', 'y.id > x.id');
like($result, qr/^$pairs\|$pairs\|$pairs\|[1-9]\d\d+\|0$/, "$pairs changes of figures are split to the last digit");
$result = splits('y.id', 'emissions_per_inhabitant', 'y.id > x.id');
like($result, qr/^$pairs\|$pairs\|$pairs\|[1-9]\d\d+\|[1-9]\d\d+$/, "so are those of figures per inhabitant, with what the population does to them");
$result = splits('y.id', 'emissions', 'y.id > x.id', 'all');
like($result, qr/^$pairs\|$pairs\|$pairs\|[1-9]\d\d+\|0$/, "so are $pairs changes of totals");
is($totals, 3 * $publications, 'totals are those of the account, and the sums of their lines');
is($node->safe_psql('postgres', q{SELECT count(DISTINCT version) || ' ' || max(version) FROM bay.publication}), "$publications $publications", 'one title, a version each');
is($explained, 3 * $publications, 'what was just published is what the account says now');
ok($known > 20 && $known == $exact, "before a refresh the parts add up to what the balance says, $exact times");
my $causes = $node->safe_psql('postgres', q{SELECT string_agg(DISTINCT c.cause, ', ' ORDER BY c.cause) FROM generate_series(2, 21) i, explain_change('bay', i - 1, i, 'E', 'residential') c WHERE c.lines > 0 AND c.cause <> 'method'});
note $causes;
like($causes, qr/boundary.*rows added.*rows corrected/, 'by several causes');
$node->stop;
done_testing();
