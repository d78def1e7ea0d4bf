# The models on real data: buildings of a French commune (IGN BD TOPO) and soil
# cores of Wadden Sea salt marshes (Nolte 2020).  Runs where TERRCARBON_DATA names
# a folder with them.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{TERRCARBON_DATA};
plan skip_all => 'TERRCARBON_DATA is not set' unless defined $data;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon;');
my $path = 'SET search_path = terrcarbon, public;';

SKIP:
{
	my $cores = "$data/stocks/saltmarsh_cores_nolte2020";
	skip 'no soil cores', 3 unless -f "${cores}_slices.csv";

	$node->safe_psql('postgres', 'CREATE TABLE slice (core text, top float8, bottom float8, density float8, organic float8)');
	$node->safe_psql('postgres', "\\copy slice FROM '${cores}_slices.csv' WITH (FORMAT csv, HEADER)");
	$node->safe_psql('postgres', 'CREATE TABLE expected (core text, quality text, whole text, thickness float8, to_30 float8, to_30_thickness float8)');
	$node->safe_psql('postgres', "\\copy expected FROM '${cores}_expected.csv' WITH (FORMAT csv, HEADER)");

	is( $node->safe_psql('postgres', qq{$path
			SELECT count(*) FROM (
				SELECT core, soil_core_stock(top, bottom, density, carbon_of_organic_matter(organic), max_depth) AS whole,
				       soil_core_stock(top, bottom, density, carbon_of_organic_matter(organic), 30) AS to_30
				FROM slice JOIN expected USING (core),
				     LATERAL (SELECT max(bottom) FROM slice s WHERE s.core = slice.core) AS d(max_depth)
				WHERE quality = 'contiguous' GROUP BY core) AS computed
			JOIN expected e USING (core)
			WHERE abs(computed.whole - e.whole::float8) < 1e-5 AND abs(computed.to_30 - e.to_30) < 1e-5}),
		'10', 'ten cores have the stocks computed apart');

	foreach my $core ($node->safe_psql('postgres', q{SELECT core FROM expected WHERE quality <> 'contiguous' ORDER BY 1}) =~ /(\S+)/g)
	{
		my ($ret, $out, $err) = $node->psql('postgres', qq{$path
			SELECT soil_core_stock(top, bottom, density, carbon_of_organic_matter(organic), 30)
			FROM slice WHERE core = '$core'});
		like($err, qr/soil slices overlap|must reach from its top down/, "$core is refused");
	}
}

SKIP:
{
	my $buildings = "$data/geo/bdtopo_batiment_olemps.geojson";
	skip 'no buildings', 4 unless -f $buildings;

	$node->safe_psql('postgres', qq{
		CREATE TABLE building AS
		SELECT (f #>> '{properties,nb_etages}')::int AS floors,
		       nullif((f #>> '{properties,hauteur}')::float8, 0) AS height,
		       ST_GeomFromGeoJSON(f ->> 'geometry') AS geom
		FROM jsonb_array_elements(pg_read_file('$buildings')::jsonb -> 'features') AS f});
	my $counts = $node->safe_psql('postgres', qq{$path
		SELECT count(*), count(*) FILTER (WHERE NOT floors_assumed), count(*) FILTER (WHERE floors_assumed),
		       count(*) FILTER (WHERE floor_area_m2 IS NULL)
		FROM building, building_floor_area(geom, floors, height)});
	is($counts, '2273|1334|693|246', 'every building is known, assumed or unknown');
	is( $node->safe_psql('postgres', qq{$path
			SELECT round(100.0 * count(*) FILTER (WHERE floors_assumed) / count(*), 1)
			FROM building, building_floor_area(geom, floors, height)}),
		'30.5', 'share of assumed floors, in %');
	# Independent: PostGIS measures, the rule written out.
	is( $node->safe_psql('postgres', qq{$path
			SELECT abs(sum(floor_area_m2) / sum(ST_Area(geom::geography) *
			           CASE WHEN floors IS NOT NULL THEN floors WHEN height >= 3 THEN height / 3 WHEN height > 0 THEN 1 END) - 1) < 1e-6
			FROM building, building_floor_area(geom, floors, height)}),
		't', 'floor area agrees with geodesic areas');
	# 110 kWh HHV of gas a m2: 0.227 kg a kWh LHV, and 1.111 kWh HHV a kWh LHV.
	is( $node->safe_psql('postgres', qq{$path
			SELECT abs(co2e(sum(emission(kwh, 'kWh HHV', 'dpe.natural_gas', 2023, 'FR'))) /
			           (sum(floor_area_m2) * 110 / 1.111 * 0.227) - 1) < 1e-9, count(kwh), count(*)
			FROM building, building_floor_area(geom, floors, height), building_energy(NULL, floor_area_m2, 110)}),
		't|2027|2273', 'emissions of the buildings whose floors are known or assumed');
}

SKIP:
{
	my $cover = "$data/geo/clc18_charente_estuary.geojson";
	my $communes = "$data/geo/communes_17_charente_maritime.geojson";
	skip 'no land cover', 8 unless -f $cover && -f $communes;

	# Land cover of an estuary as it is, the same with its salt marshes built
	# over, and squares of 5 km as territories.
	$node->safe_psql('postgres', qq{
		CREATE TABLE cover AS
		SELECT f #>> '{properties,CODE_18}' AS class, ST_GeomFromGeoJSON(f ->> 'geometry') AS geom
		FROM jsonb_array_elements(pg_read_file('$cover')::jsonb -> 'features') AS f;
		CREATE TABLE later AS SELECT CASE class WHEN '421' THEN '122' ELSE class END AS class, geom FROM cover;
		CREATE TABLE commune AS
		SELECT left(md5(f #>> '{properties,code}'), 1) AS class, ST_GeomFromGeoJSON(f ->> 'geometry') AS geom
		FROM jsonb_array_elements(pg_read_file('$communes')::jsonb -> 'features') AS f;
		CREATE INDEX ON cover USING gist (geom);
		CREATE INDEX ON later USING gist (geom);
		CREATE INDEX ON commune USING gist (geom);
		CREATE TABLE square AS
		SELECT i || '/' || j AS code, ST_Transform(ST_Segmentize(geom, 500), 4326) AS geom
		FROM ST_SquareGrid(5000, (SELECT ST_Transform(ST_SetSRID(ST_Extent(geom)::geometry, 4326), 2154) FROM cover))});

	# 135 tC a hectare in inland marshes, 255 in salt marshes, by areas of PostGIS.
	is( $node->safe_psql('postgres', qq{$path
			SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind), count(*) = count(p.soil_t),
			       abs(sum(value(p.soil_t)) / sum(ST_Area(geom::geography) / 10000
			           * CASE c.class WHEN '411' THEN 135 WHEN '421' THEN 255 END) - 1) < 1e-5
			FROM cover c JOIN wetland_class w ON w.nomenclature = 'CLC' AND w.code = c.class,
			     wetland_potential(w.kind, c.geom, 'intact', 30) p
			WHERE kind <> 'tidal_flat'}),
		'inland_marsh salt_marsh|t|t', 'soil carbon of the wetlands of an estuary');
	is( $node->safe_psql('postgres', qq{$path
			CREATE VIEW estuary AS
			SELECT row_number() OVER () AS id, w.kind, 'intact'::text AS state,
			       CASE w.kind WHEN 'salt_marsh' THEN 30.0 END AS salinity_ppt, c.geom
			FROM cover c JOIN wetland_class w ON w.nomenclature = 'CLC' AND w.code = c.class WHERE kind <> 'tidal_flat';
			SELECT count(*) > 3, count(*) = count(if_lost_t),
			       abs(sum(area_ha) / sum(ST_Area(ST_Intersection(e.geom, b.geom)::geography) / 10000) - 1) < 1e-5
			FROM (SELECT ST_Segmentize(ST_Buffer(ST_Centroid(ST_Extent(geom)::geometry)::geography, 4000)::geometry, 0.001) AS geom FROM cover) AS b,
			     wetlands_at_stake('estuary', b.geom, assumed_u95_percent => 50) AS s
			JOIN estuary e ON e.id = s.id::int}),
		't|t|t', 'wetlands of the estuary under a project');

	is( $node->safe_psql('postgres', qq{$path
			SELECT count(DISTINCT from_code || to_code) FILTER (WHERE from_code <> to_code),
			       min(from_code || to_code) FILTER (WHERE from_code <> to_code),
			       abs(sum(area_m2) FILTER (WHERE from_code <> to_code)
			           / (SELECT sum(true_area(geom)) FROM cover WHERE class = '421') - 1) < 1e-9
			FROM land_change_matrix('cover', 'class', 'later', 'class', 'square')}),
		'1|421122|t', 'only the salt marshes changed, all of them');
	is( $node->safe_psql('postgres', qq{$path
			SELECT count(*) > 10, bool_and(abs(m.area / true_area(s.geom) - 1) < 1e-9)
			FROM (SELECT territory_code, sum(area_m2) AS area
			      FROM land_change_matrix('cover', 'class', 'commune', 'class', 'square') GROUP BY territory_code) AS m
			JOIN square s ON s.code = m.territory_code}),
		't|t', 'the matrix of two unrelated maps adds up to each territory');
	is( $node->safe_psql('postgres', qq{$path
			SELECT bool_and(abs(m.area - c.area) < 1e-9 * 25e6)
			FROM (SELECT territory_code, from_code, sum(area_m2) AS area
			      FROM land_change_matrix('cover', 'class', 'commune', 'class', 'square')
			      WHERE from_code IS NOT NULL GROUP BY 1, 2) AS m
			JOIN (SELECT s.code AS territory_code, class AS from_code, sum(shared_area(c.geom, s.geom)) AS area
			      FROM square s JOIN cover c ON c.geom && s.geom GROUP BY 1, 2) AS c USING (territory_code, from_code)}),
		't', 'its rows are the areas of the earlier map');

	# The recipes: the map deposited as its file is, communes as territories, the refresh.
	$node->safe_psql('postgres', qq{SET client_min_messages = error; $path
		CREATE ROLE coast;
		SELECT register_dataset('clc', 'CORINE Land Cover 2018', 'coast', 'etalab-2.0', 'open');
		SELECT create_account('estuary_account', 2154, owner => 'coast');
		CREATE TABLE public.clc18 AS
		SELECT f #>> '{properties,CODE_18}' AS code_18, ST_GeomFromGeoJSON(f ->> 'geometry') AS geom
		FROM jsonb_array_elements(pg_read_file('$cover')::jsonb -> 'features') AS f;
		GRANT SELECT ON public.clc18 TO coast;
		INSERT INTO estuary_account.territory (code, name, level, reference_code, geom)
		SELECT f #>> '{properties,code}', f #>> '{properties,nom}', 'commune', 'ZPC_4_1', ST_Multi(ST_Transform(ST_GeomFromGeoJSON(f ->> 'geometry'), 2154))
		FROM jsonb_array_elements(pg_read_file('$communes')::jsonb -> 'features') AS f
		WHERE (SELECT sum(ST_Area(ST_Intersection(c.geom, ST_GeomFromGeoJSON(f ->> 'geometry'))::geography)) FROM cover c WHERE c.geom && ST_GeomFromGeoJSON(f ->> 'geometry'))
			> 0.999 * ST_Area(ST_GeomFromGeoJSON(f ->> 'geometry')::geography)});
	is( $node->safe_psql('postgres', q{SET client_min_messages = error; SET search_path = terrcarbon, public; SET SESSION AUTHORIZATION coast;
			SELECT rows_in = (SELECT count(*) FROM clc18), rows_rejected
			FROM deposit('estuary_account', 'land_cover', 'clc18', 'clc', mapping_of('clc_2018'), repair => true)}),
		't|0', 'CORINE of the estuary is deposited by its mapping');
	$node->safe_psql('postgres', 'SET client_min_messages = error; SET SESSION AUTHORIZATION coast; CALL terrcarbon.refresh(\'estuary_account\')');
	# Independent: PostGIS cuts and measures, times the reference of the class.
	is( $node->safe_psql('postgres', qq{$path
			SELECT count(*) > 3, bool_and(m.complete), bool_and(abs(m.carbon / e.carbon - 1) < 1e-4)
			FROM estuary_account.land_stock_map m
			JOIN (SELECT t.code, sum(ST_Area(ST_Transform(ST_Intersection(l.geom, t.geom), 4326)::geography) / 1e4
			                         * total(stock_density('CLC', l.code, 2018, 'ZPC_4_1'))) AS carbon
			      FROM estuary_account.territory t JOIN estuary_account.land_cover l ON l.geom && t.geom GROUP BY 1) AS e ON e.code = m.territory_code}),
		't|t|t', 'its communes hold the carbon computed apart');
	is( $node->safe_psql('postgres', qq{$path
			SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind), bool_and(abs(soil / (ST_Area(ST_Transform(geom, 4326)::geography) / 1e4 * CASE kind WHEN 'salt_marsh' THEN 255 WHEN 'inland_marsh' THEN 135 END) - 1) < 1e-5)
			FROM estuary_account.wetland_map}),
		'inland_marsh salt_marsh tidal_flat|t', 'and its wetlands are on the map');
}

SKIP:
{
	my $feed = "$data/geo/gtfs_amiens";
	skip 'no feed', 8 unless -f "$feed/trips.txt";

	# The feed of a town, and its vehicle-km of a day computed apart on a sphere.
	$node->safe_psql('postgres', "$path SELECT create_gtfs('amiens'); CREATE TABLE public.expected_km (route_id text, trips int, km float8)");
	foreach my $name (qw(routes trips shapes calendar calendar_dates))
	{
		my ($header) = slurp_file("$feed/$name.txt") =~ /^\x{feff}?(.*?)\r?\n/;
		$node->safe_psql('postgres', "\\copy amiens.$name ($header) FROM '$feed/$name.txt' WITH (FORMAT csv, HEADER)");
	}
	$node->safe_psql('postgres', "\\copy expected_km FROM '$feed/EXPECTED_vehicle_km_2025-10-09.csv' WITH (FORMAT csv, HEADER)");
	is( $node->safe_psql('postgres', qq{$path
			SELECT count(*), sum(runs), bool_and(runs = trips), bool_and(abs(vehicle_km / km - 1) < 0.004),
			       abs(sum(vehicle_km) / sum(km) - 1) < 0.002
			FROM gtfs_vehicle_km('amiens', '2025-10-09', '2025-10-09') FULL JOIN expected_km USING (route_id)}),
		'19|1288|t|t|t', 'trips and vehicle-km of each route on a Thursday');
	is( $node->safe_psql('postgres', qq{$path
			SELECT sum(runs), abs(sum(vehicle_km) / 13011.8 - 1) < 0.002 FROM gtfs_vehicle_km('amiens', '2025-10-11', '2025-10-11')}),
		'945|t', '... on a Saturday');
	is( $node->safe_psql('postgres', qq{$path
			SELECT sum(runs), abs(sum(vehicle_km) / 3997.4 - 1) < 0.002 FROM gtfs_vehicle_km('amiens', '2025-10-12', '2025-10-12')}),
		'287|t', '... and on a Sunday');
	# Independent: PostGIS lengths on the spheroid, services written out.
	is( $node->safe_psql('postgres', qq{$path
			WITH line AS (
				SELECT shape_id, ST_Length(ST_MakeLine(ST_MakePoint(shape_pt_lon::float8, shape_pt_lat::float8)
				                                       ORDER BY shape_pt_sequence::int)::geography) / 1000 AS km
				FROM amiens.shapes GROUP BY 1)
			SELECT abs(sum(l.km * s.days) / (SELECT sum(vehicle_km) FROM gtfs_vehicle_km('amiens', '2025-10-01', '2025-12-31')) - 1) < 1e-7
			FROM (SELECT c.service_id, count(*) AS days
			      FROM generate_series('2025-10-01'::date, '2025-12-31', '1 day') AS day CROSS JOIN amiens.calendar c
			      LEFT JOIN amiens.calendar_dates x ON x.service_id = c.service_id AND x.date = to_char(day, 'YYYYMMDD')
			      WHERE coalesce(x.exception_type, CASE WHEN to_char(day, 'YYYYMMDD') BETWEEN c.start_date AND c.end_date
			            AND to_jsonb(c) ->> trim(to_char(day, 'day')) = '1' THEN '1' END) = '1'
			      GROUP BY 1) AS s
			JOIN amiens.trips t USING (service_id)
			JOIN line l USING (shape_id)}),
		't', '... and in a quarter');
	is( $node->safe_psql('postgres', qq{$path
			SELECT abs(sum(part.km) / (SELECT sum(vehicle_km) FROM gtfs_vehicle_km('amiens', '2025-10-09', '2025-10-09')) - 1) < 1e-9
			FROM (SELECT sum(g.vehicle_km) AS km
			      FROM generate_series(0, 3) i, generate_series(0, 3) j,
			           gtfs_vehicle_km('amiens', '2025-10-09', '2025-10-09',
			               ST_MakeEnvelope(2.1 + 0.1 * i, 49.8 + 0.05 * j, 2.2 + 0.1 * i, 49.85 + 0.05 * j, 4326)) g) AS part}),
		't', 'the parts of sixteen rectangles add up');

	# The recipe: from the feed to the figures of two halves of the town. A bus emits the
	# same per km everywhere, so emissions are as the vehicle-km of the days by hand.
	$node->safe_psql('postgres', qq{$path
		CREATE ROLE observatory;
		SELECT register_dataset('timetable', 'Timetable', 'observatory', 'etalab-2.0', 'open');
		SELECT create_account('town', 2154, owner => 'observatory');
		INSERT INTO town.territory (code, name, level, reference_code, geom)
		SELECT code, code, 'commune', 'FR', ST_Multi(ST_Transform(ST_Segmentize(ST_MakeEnvelope(x, 49.7, x + 0.3, 50.1, 4326), 0.01), 2154))
		FROM (VALUES ('W', 2.0), ('E', 2.3)) AS v (code, x);
		CREATE TABLE public.bus AS SELECT * FROM gtfs_activity('amiens', 'town.leaf', '2025-10-06', '2025-10-12', 2025);
		GRANT SELECT ON public.bus TO observatory});
	is( $node->safe_psql('postgres', qq{SET search_path = terrcarbon, public; SET SESSION AUTHORIZATION observatory;
			SELECT rows_in = (SELECT count(*) FROM bus), rows_rejected, notes ~ 'sector|factor' IS NOT TRUE FROM deposit('town', 'activity', 'bus', 'timetable')}),
		't|0|t', 'all rows of the recipe are deposited');
	$node->safe_psql('postgres', qq{SET client_min_messages = error; SET SESSION AUTHORIZATION observatory; CALL terrcarbon.refresh('town')});
	is( $node->safe_psql('postgres', qq{$path
			SELECT abs(sum(a.quantity) / (SELECT sum(vehicle_km) * 365 / 7 FROM gtfs_vehicle_km('amiens', '2025-10-06', '2025-10-12')) - 1) < 1e-9,
			       count(DISTINCT a.territory_code),
			       count(DISTINCT split_part(a.note, ',', 1)) = (SELECT count(*) FROM gtfs_vehicle_km('amiens', '2025-10-06', '2025-10-12')), min(a.unit_key)
			FROM town.activity a}),
		't|2|t|amiens/KEOL', 'a week stands for the year, and the halves add up');
	is( $node->safe_psql('postgres', qq{$path
			SELECT count(*), bool_and(y.complete AND abs(y.emissions * 1000 / co2e(emission(a.km, 'vkm', 'bus_vehicle.diesel', 2025, 'FR'), 'AR5') - 1) < 1e-9)
			FROM (SELECT territory_code, sum(emissions) AS emissions, bool_and(complete) AS complete
			      FROM town.balance_by_territory WHERE year = 2025 GROUP BY 1) AS y
			JOIN (SELECT territory_code, sum(quantity) AS km FROM town.activity GROUP BY 1) AS a USING (territory_code)}),
		'2|t', 'and are priced in the account');
}

SKIP:
{
	my @files = glob("$data/france/emep_*_energy_hot*.csv");
	skip 'no speed functions', 1 unless @files;

	# Energy of cars, vans, lorries and motorcycles at all speeds they are valid for,
	# by the formula in Perl.
	my ($rows, $wrong, $poles) = (0, 0, 0);
	my $query = '';
	foreach my $file (@files)
	{
		my @lines = split /\n/, slurp_file($file);
		my @names = map { s/"//gr } split /,/, shift @lines;
		foreach my $line (@lines)
		{
			my @fields = map { s/"//gr } $line =~ /("[^"]*"|[^,]*)(?:,|\r?$)/g;
			my %r;
			@r{@names} = @fields[ 0 .. $#names ];
			my @c = map { $r{$_} || 0 } qw(alpha beta gamma delta epsilon zita hta);
			my $from = $r{minspeed_kmh};
			# two motorcycles have a pole at 11.43 km/h
			if ($r{segment} =~ /<250/ && $r{eurostandard} =~ /^(IV|V)$/ && abs($c[4] * 11.43**2 + $c[5] * 11.43 + $c[6]) < 0.1)
			{
				$from = 20;
				$poles++;
			}
			foreach my $v (map { $from + $_ * ($r{maxspeed_kmh} - $from) / 4 } 1 .. 4)
			{
				my $mj = ($c[0] * $v**2 + $c[1] * $v + $c[2] + $c[3] / $v) / ($c[4] * $v**2 + $c[5] * $v + $c[6]);
				$query .= ($query ? ",\n" : '') . '(' . join(', ', map { "'$_'::float8" } @c, $r{minspeed_kmh}, $r{maxspeed_kmh}, $v, $from, $mj) . ')';
				$rows++;
			}
		}
	}
	is( $node->safe_psql('postgres', qq{$path
			SELECT count(*), count(*) FILTER (WHERE abs(hot_emission_factor(a, b, c, d, e, z, h, 0, lo, hi, v, used, hi) - mj) <= 1e-9 * mj)
			FROM (VALUES $query) AS f(a, b, c, d, e, z, h, lo, hi, v, used, mj)}), "$rows|$rows",
		"energy of vehicles by speed, $rows values, $poles functions with a pole below the speeds used");
}

$node->stop;
done_testing();
