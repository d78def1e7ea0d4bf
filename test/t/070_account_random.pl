# After any history of deposits, edits, deletions, boundary and licence changes,
# a refresh of what changed gives what a refresh of everything gives, row for row.
#
# TERRCARBON_SEED replays a history.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{TERRCARBON_SEED} // 1;
srand($seed);
diag "seed $seed";

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
my $path = 'SET search_path = terrcarbon, public; SET client_min_messages = warning;';
$node->safe_psql('postgres', qq{
	CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon;
	CREATE ROLE owner; CREATE ROLE town; CREATE ROLE plant;
	GRANT CREATE ON DATABASE postgres TO owner;
	$path
	INSERT INTO reference_territory (code, level, name) VALUES ('X1', 'zone', 'one'), ('X2', 'zone', 'two');
	INSERT INTO factor (code, name, unit, amount, u95_percent, part, source, territory_code) VALUES
		('t-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2, "CH4": 0.001}', 5, 'combustion', 'test', NULL),
		('t-gas', 'Gas', 'kWh LHV', '{"CO2": 0.21}', 6, 'combustion', 'test', 'X1'),
		('t-car', 'Car', 'km', '{"CO2": 0.15}', NULL, 'combustion', 'test', NULL);
	INSERT INTO stock_reference (nomenclature, code, name, stock, u95_percent, source, territory_code) VALUES
		('T', 'F', 'Forest', '{"above": 50, "below": 12, "soil": 80, "soil_depth_cm": 30}', 30, 'test', NULL),
		('T', 'F', 'Forest', '{"above": 70, "below": 12, "soil": 80, "soil_depth_cm": 30}', 30, 'test', 'X2'),
		('T', 'C', 'Crop', '{"soil": 50, "soil_depth_cm": 30}', NULL, 'test', NULL);
	SELECT register_dataset('d' || i, 'D', CASE i % 2 WHEN 0 THEN 'town' ELSE 'plant' END::regrole, 'CC0-1.0', 'shared')
	FROM generate_series(1, 4) AS i;
	SET ROLE owner;
	SELECT create_account('acc', 4326);
	-- Small steps, so that a refresh has several.
	UPDATE acc.setting SET batch_size = 3;
	RESET ROLE;
	SELECT grant_access(i, 'owner', 'roll-up') FROM generate_series(1, 4) AS i;
	-- R > P0 .. P3 > four leaves each, a strip of 16.
	INSERT INTO acc.territory (code, name, level, parent_code, geom)
	SELECT 'R', 'R', 'region', NULL, ST_Multi(ST_MakeEnvelope(0, 45, 1.6, 45.1, 4326))
	UNION ALL
	SELECT 'P' || i, 'P', 'EPCI', 'R', ST_Multi(ST_MakeEnvelope(i * 0.4, 45, i * 0.4 + 0.4, 45.1, 4326))
	FROM generate_series(0, 3) AS i
	UNION ALL
	SELECT 'L' || i, 'L', 'commune', 'P' || i / 4, ST_Multi(ST_MakeEnvelope(i * 0.1, 45, i * 0.1 + 0.1, 45.1, 4326))
	FROM generate_series(0, 15) AS i;
	INSERT INTO acc.building (dataset_id, floors, carrier, unit, energy_per_m2, year_from, year_to, geom)
	SELECT 1 + i % 4, 2, 't-gas', 'kWh LHV', 100, 2010, 2015, ST_Multi(ST_MakeEnvelope(i * 0.07, 45, i * 0.07 + 0.05, 45.02, 4326))
	FROM generate_series(0, 22) AS i;
	INSERT INTO acc.road_segment (dataset_id, aadt, factor, year_from, year_to, geom)
	SELECT 1 + i % 4, 1000, 't-car', 2010, 2015, ST_Multi(ST_MakeLine(ST_Point(i * 0.1 - 0.1, 45.07, 4326), ST_Point(i * 0.1 + 0.1, 45.03, 4326)))
	FROM generate_series(0, 16) AS i;
	INSERT INTO acc.land_cover (dataset_id, nomenclature, code, year, geom)
	SELECT 3, 'T', CASE (i + y) % 3 WHEN 0 THEN 'C' ELSE 'F' END, 2010 + y * 3, ST_Multi(ST_MakeEnvelope(i * 0.03, 45, i * 0.03 + 0.03, 45.1, 4326))
	FROM generate_series(0, 53) AS i, generate_series(0, 1) AS y;
});

sub pick { return $_[int rand @_] }
sub box
{
	my $x = rand(1.8) - 0.1;
	my $y = 45 + rand(0.1);
	my ($w, $h) = (0.001 + rand(0.15), 0.001 + rand(0.03));
	return sprintf('ST_Multi(ST_MakeEnvelope(%.5f, %.5f, %.5f, %.5f, 4326))', $x, $y, $x + $w, $y + $h);
}
sub line
{
	return sprintf("'SRID=4326;MULTILINESTRING((%.5f %.5f, %.5f %.5f))'",
		map { (rand(1.8) - 0.1, 45 + rand(0.1)) } 1 .. 2);
}
sub dataset { return 1 + int rand 4 }
sub year { return 2010 + int rand 6 }
sub some { my ($table) = @_; return "(SELECT dataset_id, id FROM acc.$table ORDER BY random() LIMIT 1)" }
sub leaf { return 'L' . int rand 16 }
sub null { my ($value, $share) = @_; return rand() < ($share // 0.2) ? 'NULL' : $value }

my @operations = (
	sub { sprintf "INSERT INTO acc.land_cover (dataset_id, nomenclature, code, year, geom)
		SELECT %d, 'T', '%s', %s, %s FROM generate_series(1, %d)",
		dataset(), pick('F', 'C', 'Z'), null(year(), 0.05), box(), 1 + int rand 2 },
	sub { sprintf "INSERT INTO acc.land_cover (dataset_id, nomenclature, code, year, geom)
		SELECT %d, 'T', 'F', y, geom FROM acc.territory, unnest(ARRAY[2010, 2014]) AS y WHERE code = '%s'", dataset(), leaf() },
	sub { sprintf "UPDATE acc.land_cover SET %s WHERE (dataset_id, id) = %s",
		pick("code = 'F'", "code = 'C'", 'year = ' . year(), 'geom = ' . box(), 'dataset_id = ' . dataset()), some('land_cover') },
	sub { 'DELETE FROM acc.land_cover WHERE (dataset_id, id) = ' . some('land_cover') },
	sub { sprintf "INSERT INTO acc.building (dataset_id, floors, height_m, carrier, unit, energy, energy_per_m2, u95_percent, year_from, year_to, geom)
		VALUES (%d, %s, %s, %s, '%s', %s, 100, %s, %s, %s, %s)", dataset(), null(2), null(9), null("'t-gas'"),
		pick('kWh LHV', 'kWh LHV', 'MWh LHV', 'km', 'EUR'), null(1e5), null(10), 2011, null(2013), box() },
	sub { sprintf "UPDATE acc.building SET %s WHERE (dataset_id, id) = %s",
		pick('energy = 7e4', 'floors = 5', "carrier = 't-gas'", 'geom = ' . box(), 'year_from = 2010'), some('building') },
	sub { 'DELETE FROM acc.building WHERE (dataset_id, id) = ' . some('building') },
	sub { sprintf "INSERT INTO acc.road_segment (dataset_id, aadt, factor, u95_percent, year_from, year_to, geom)
		VALUES (%d, %s, %s, %s, 2010, %s, %s)", dataset(), null(1e4, 0.1), null("'t-car'", 0.1), null(10), null(2014), line() },
	sub { sprintf "UPDATE acc.road_segment SET %s WHERE (dataset_id, id) = %s",
		pick('aadt = 5000', "factor = 't-car'", 'geom = ' . line()), some('road_segment') },
	sub { 'DELETE FROM acc.road_segment WHERE (dataset_id, id) = ' . some('road_segment') },
	sub { sprintf "INSERT INTO acc.activity (dataset_id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent)
		VALUES (%d, %s, '%s', '%s', %s, %s, 'kWh LHV', 't-gas', %s)", dataset(), null("'" . pick(leaf(), leaf(), 'P1', 'R') . "'", 0.1),
		pick('industry', 'waste'), pick('1', '2', '3'), year(), 1000 - int rand 1500, null(5) },
	sub { sprintf "INSERT INTO acc.activity (dataset_id, territory_code, sector, year, notation)
		VALUES (%d, '%s', '%s', %s, '%s')", dataset(), leaf(), pick('industry', 'waste'), year(), pick('NO', 'NE', 'IE', 'C') },
	sub { sprintf "INSERT INTO acc.activity (dataset_id, territory_code, sector, year, emission)
		VALUES (%d, '%s', 'agriculture', %s, '{\"CH4\": %d, \"N2O\": 1}')", dataset(), leaf(), year(), rand(100) - 30 },
	sub { 'DELETE FROM acc.activity WHERE (dataset_id, id) = ' . some('activity') },
	sub { sprintf "INSERT INTO acc.trip (dataset_id, origin_code, destination_code, home_code, year, person_trips, trip_km, occupancy, factor)
		VALUES (%d, %s, %s, %s, %s, 1000, 10, %s, 't-car')", dataset(), null("'" . leaf() . "'"), null("'" . leaf() . "'"),
		null("'" . leaf() . "'"), year(), null(1.3) },
	sub { 'DELETE FROM acc.trip WHERE (dataset_id, id) = ' . some('trip') },
	sub { sprintf "INSERT INTO acc.extent VALUES (%d, '%s', '%s') ON CONFLICT DO NOTHING", dataset(),
		pick('R', 'P0', 'P1', leaf()), pick('residential', 'road_transport', 'land', 'industry') },
	sub { 'DELETE FROM acc.extent WHERE ctid = (SELECT ctid FROM acc.extent ORDER BY random() LIMIT 1)' },
	# Boundaries, hierarchy, dates.
	sub { my $i = int rand 15; my $x = sprintf '%.4f', ($i + 1) * 0.1 + rand(0.08) - 0.04;
		sprintf "UPDATE acc.territory SET geom = CASE code
			WHEN 'L%d' THEN ST_Multi(ST_MakeEnvelope(%s, 45, %s, 45.1, 4326)) ELSE ST_Multi(ST_MakeEnvelope(%s, 45, %s, 45.1, 4326)) END
			WHERE code IN ('L%d', 'L%d')", $i, $i * 0.1, $x, $x, ($i + 2) * 0.1, $i, $i + 1 },
	sub { sprintf "UPDATE acc.territory SET parent_code = '%s' WHERE code = '%s'", pick('P0', 'P1', 'P2', 'P3', 'R'), leaf() },
	# Who was part of what, by date.
	sub { sprintf "INSERT INTO acc.former_parent (territory_code, valid_to, parent_code) VALUES ('%s', '%s', %s)
			ON CONFLICT (territory_code, valid_to) DO UPDATE SET parent_code = excluded.parent_code",
		pick(leaf(), leaf(), 'P1'), pick('2010-12-31', '2012-06-30', '2012-09-01', '2013-12-31'), pick("'P0'", "'P1'", "'P3'", "'R'", 'NULL') },
	sub { sprintf "UPDATE acc.former_parent SET %s WHERE ctid = (SELECT ctid FROM acc.former_parent ORDER BY random() LIMIT 1)",
		pick("parent_code = 'P2'", 'parent_code = NULL', "valid_to = valid_to - interval '1 year'") },
	sub { rand() < 0.2 ? 'TRUNCATE acc.former_parent'
		: 'DELETE FROM acc.former_parent WHERE ctid = (SELECT ctid FROM acc.former_parent ORDER BY random() LIMIT 1)' },
	sub { sprintf "UPDATE acc.territory SET reference_code = %s WHERE code = '%s'", pick("'X1'", "'X2'", 'NULL'), pick('R', 'P0', 'P2', leaf()) },
	sub { sprintf "UPDATE acc.territory SET valid_from = %s WHERE code = '%s'", pick("'2012-01-01'", "'2011-06-01'", 'NULL'), leaf() },
	sub { sprintf "INSERT INTO acc.territory (code, name, level, parent_code, geom)
		SELECT 'N%d', 'N', 'IRIS', code, geom FROM acc.territory WHERE code = '%s' ON CONFLICT DO NOTHING", int rand 5, leaf() },
	sub { "DELETE FROM acc.territory WHERE code LIKE 'N%'" },
	sub { sprintf "UPDATE acc.territory SET code = code || 'x' WHERE code = '%s'", leaf() . ('x' x int rand 2) },
	# Licences, factors, references, settings.
	sub { sprintf "SELECT set_licence(%d, '%s')", dataset(), pick('CC0-1.0', 'etalab-2.0', 'ODbL-1.0') },
	sub { sprintf "SELECT set_access(%d, '%s')", dataset(), pick('open', 'shared', 'shared', 'private') },
	sub { sprintf "SELECT revoke_access(%d, 'owner')", dataset() },
	sub { sprintf "SELECT set_access(d, 'shared'), grant_access(d, 'owner', 'roll-up') FROM generate_series(1, 4) AS d" },
	sub { "UPDATE factor SET superseded_at = clock_timestamp() WHERE code = 't-gas' AND territory_code IS NULL AND superseded_at IS NULL;
		INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES
			('t-gas', 'Gas', 'kWh LHV', jsonb_build_object('CO2', 0.2 + random() / 10)::text::ghg, 5, 'combustion', 'test')" },
	sub { "UPDATE acc.setting SET " . pick("gwp = 'AR6'", "gwp = 'AR5'", 'assumed_u95_percent = 30', 'assumed_u95_percent = NULL') },
	sub { "UPDATE acc.setting SET " . pick("land_flow = 'stock_difference'", "land_flow = 'transition'", 'carry_land_years = 2',
		'carry_land_years = 0', 'land_tolerance = 0.5', 'land_tolerance = 0.005') },
	sub { sprintf "INSERT INTO acc.declared_gap (dataset_id, territory_code, sector, year_from, year_to, notation, tonnes, u95_percent, reason)
		VALUES (%d, '%s', '%s', 2010, %d, 'NE', 100, 50, 'test')", dataset(), pick(leaf(), 'P1', 'R'), pick('industry', 'waste', 'agriculture'), year() },
	sub { 'DELETE FROM acc.declared_gap WHERE (dataset_id, id) = ' . some('declared_gap') },
	sub { sprintf "INSERT INTO acc.activity (dataset_id, territory_code, sector, kind, year, emission, cause)
		VALUES (%d, '%s', 'agriculture', '%s', %s, '{\"CO2\": -50}', %s)", dataset(), leaf(), pick('removal', 'memo'), year(), null("'soil'") },
	sub { 'TRUNCATE acc.trip' });

my $compare = q{
	SELECT count(*) FROM (
		(TABLE before EXCEPT SELECT to_jsonb(b)::text FROM acc.balance b)
		UNION ALL (SELECT to_jsonb(b)::text FROM acc.balance b EXCEPT TABLE before)) AS d;
	SELECT count(*) FROM (
		(TABLE before_coverage EXCEPT SELECT to_jsonb(b)::text FROM acc.coverage b)
		UNION ALL (SELECT to_jsonb(b)::text FROM acc.coverage b EXCEPT TABLE before_coverage)) AS d;
	SELECT count(*) FROM (
		(TABLE before_contribution EXCEPT SELECT dataset_id, territory_code FROM acc.contribution)
		UNION ALL (SELECT dataset_id, territory_code FROM acc.contribution EXCEPT TABLE before_contribution)) AS d;
	SELECT count(*) FROM acc.pending WHERE problem IS NOT NULL;
	(TABLE before_contribution EXCEPT SELECT dataset_id, territory_code FROM acc.contribution)
	UNION ALL (SELECT dataset_id, territory_code FROM acc.contribution EXCEPT TABLE before_contribution);};
my $history = '';
for my $round (1 .. 10)
{
	my $script = '';
	for (1 .. 20)
	{
		$script .= pick(@operations)->() . ";\n";
		$script .= "SET ROLE owner; CALL refresh('acc'); RESET ROLE;\n" if rand() < 0.2;
	}
	$history .= $script;
	# Nothing that the owner may not read at the end is left out of the last comparison.
	$script .= "SELECT set_access(d, 'shared'), grant_access(d, 'owner', 'roll-up') FROM generate_series(1, 4) AS d;" if $round == 10;
	# random() is that of the seed too.
	my ($ret, $out, $err) = $node->psql('postgres', qq{$path
		SELECT setseed(@{[ rand() ]});
		\\set ON_ERROR_STOP 0
		$script
		SET ROLE owner; CALL refresh('acc'); RESET ROLE;
		CREATE TEMP TABLE before AS SELECT to_jsonb(b)::text FROM acc.balance b;
		CREATE TEMP TABLE before_coverage AS SELECT to_jsonb(b)::text FROM acc.coverage b;
		CREATE TEMP TABLE before_contribution AS SELECT dataset_id, territory_code FROM acc.contribution;
		SET ROLE owner; CALL refresh('acc', full => true); RESET ROLE;
		\\echo ---
		$compare});
	$out =~ s/.*---\n//s;
	is($out, "0\n0\n0\n0", "round $round: the same by full refresh");
	# Refused operations are part of a history, but only for these reasons.
	my @unexpected = grep { /ERROR/ && !/violates foreign key|unknown (territory|actor)|duplicate key|private|already|not in the catalogue|former_parent_check/ } split /\n/, $err;
	is("@unexpected", '', "round $round: no other errors");
}

cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM acc.balance'), '>', 200, 'there is something to compare');
# Σ territories = whole, each year: what only maps give, and Σ sectors = total.
$node->safe_psql('postgres', qq{$path
	INSERT INTO acc.former_parent (territory_code, valid_to, parent_code)
		SELECT code, '2012-06-30', 'P3' FROM acc.territory WHERE code ~ '^L' AND parent_code <> 'P3' ORDER BY code LIMIT 4 ON CONFLICT DO NOTHING;
	SET ROLE owner; CALL refresh('acc')});
is($node->safe_psql('postgres', qq{$path
	WITH RECURSIVE year AS (
		SELECT DISTINCT year FROM acc.balance
	), part AS (
		-- The first that ends on 1 January or later, else the last.
		SELECT t.code, y.year, CASE WHEN f.territory_code IS NULL THEN t.parent_code ELSE f.parent_code END AS parent_code
		FROM acc.territory t CROSS JOIN year y
		LEFT JOIN LATERAL (SELECT * FROM acc.former_parent f WHERE f.territory_code = t.code AND f.valid_to >= make_date(y.year, 1, 1)
			ORDER BY f.valid_to LIMIT 1) AS f ON true
	), inside (top, code, year) AS (
		SELECT t.code, t.code, y.year FROM acc.territory t CROSS JOIN year y WHERE t.code ~ '^[PR]'
		UNION ALL SELECT i.top, p.code, p.year FROM inside i JOIN part p ON p.parent_code = i.code AND p.year = i.year
	), leaf AS (
		SELECT i.top, b.* FROM acc.balance b JOIN inside i ON i.code = b.territory_code AND i.year = b.year
		WHERE NOT EXISTS (SELECT FROM acc.territory c WHERE c.parent_code = i.code)
			AND NOT EXISTS (SELECT FROM acc.former_parent c WHERE c.parent_code = i.code)
			AND sector IN ('residential', 'road_transport', 'land') AND allocation = 'territorial'
	), sum AS (
		SELECT top, dataset_id, sector, scope, allocation, year, sum(co2e) AS co2e, sum(removal_co2e) AS removal_co2e,
			sum(carbon) AS carbon, sum(emission) AS emission,
			-- What cancels in the whole is still rounded at its own size.
			sum(half_width(co2e)) AS spread
		FROM leaf GROUP BY top, dataset_id, sector, scope, allocation, year
	)
	SELECT count(*) > 150 AND count(DISTINCT top) = 5 AND (SELECT count(*) > 3 FROM acc.former_parent), string_agg(concat_ws(' ', s, r), E'\n') FILTER (WHERE
		abs(value(s.co2e) - value(r.co2e)) > 1e-9 * abs(value(r.co2e))
		OR abs(value(s.removal_co2e) - value(r.removal_co2e)) > 1e-9 * abs(value(r.removal_co2e))
		OR abs(value(s.carbon) - value(r.carbon)) > 1e-9 * abs(value(r.carbon))
		OR abs(half_width(s.co2e) - half_width(r.co2e)) > 1e-9 * spread
		OR abs(co2e(s.emission, 'AR5') - co2e(r.emission, 'AR5')) > 1e-9 * abs(co2e(r.emission, 'AR5'))
		OR num_nulls(s.co2e, s.removal_co2e, s.carbon) <> num_nulls(r.co2e, r.removal_co2e, r.carbon))
	FROM sum s FULL JOIN (SELECT b.territory_code AS top, b.* FROM acc.balance b WHERE territory_code ~ '^[PR]' AND sector IN ('residential', 'road_transport', 'land') AND allocation = 'territorial') r
		USING (top, dataset_id, sector, scope, allocation, year)}), 't|', 'the parts of a territory make the whole');
is($node->safe_psql('postgres', qq{$path
	SELECT count(*) > 0, count(*) FILTER (WHERE abs(t.emissions - s.emissions) > 1e-9 * t.emissions)
	FROM acc.trajectory_by_territory t
	JOIN (SELECT territory_code, year, sum(emissions) AS emissions FROM acc.balance_by_territory
		WHERE allocation = 'territorial' AND scope IN ('1', '2') AND sector <> 'land' GROUP BY territory_code, year) AS s
		USING (territory_code, year)
	WHERE t.emissions IS NOT NULL}), 't|0', 'the sectors make the total');
# A total is the sum of its lines: value, interval and what is unknown.
is($node->safe_psql('postgres', qq{$path
	CALL refresh('acc');
	WITH l AS (
		SELECT dataset_id, territory_code, sector, CASE kind WHEN 'memo' THEN 'memo' ELSE scope END AS scope, allocation, year,
			sum(co2e) FILTER (WHERE kind IN ('emission', 'memo')) AS co2e, sum(co2e) FILTER (WHERE kind = 'removal') AS removal_co2e,
			sum(carbon) AS carbon, count(finding) > 0 AS unknown
		FROM acc.line GROUP BY 1, 2, 3, 4, 5, 6
	), b AS (
		SELECT b.* FROM acc.balance b JOIN acc.leaf ON leaf.code = b.territory_code
	)
	SELECT count(*) > 100, count(*) FILTER (WHERE b.unknown_lines > 0) > 10, string_agg(concat_ws(' ', l, b), E'\n') FILTER (WHERE
		b.year IS NULL OR l.year IS NULL
		OR abs(value(l.co2e) - value(b.co2e)) > 1e-9 * abs(value(b.co2e)) OR (l.co2e IS NULL) <> (b.co2e IS NULL)
		OR abs(half_width(l.co2e) - half_width(b.co2e)) > 1e-6 * half_width(b.co2e)
		OR abs(value(l.removal_co2e) - value(b.removal_co2e)) > 1e-9 * abs(value(b.removal_co2e))
		OR abs(value(l.carbon) - value(b.carbon)) > 1e-9 * abs(value(b.carbon))
		OR abs(half_width(l.carbon) - half_width(b.carbon)) > 1e-6 * half_width(b.carbon)
		-- Ground that the map leaves out is no row: it is seen in the sum only.
		OR l.scope <> 'stock' AND l.unknown <> (b.unknown_lines > 0))
	FROM b FULL JOIN (SELECT l.* FROM l JOIN acc.leaf ON leaf.code = l.territory_code) AS l
		USING (dataset_id, territory_code, sector, scope, allocation, year)}), 't|t|', 'a total is the sum of its lines');
diag "replay with TERRCARBON_SEED=$seed" unless Test::More->builder->is_passing;
done_testing();
