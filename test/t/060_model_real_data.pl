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
	skip 'no land cover', 5 unless -f $cover && -f $communes;

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
}

$node->stop;
done_testing();
