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
	skip 'no buildings', 3 unless -f $buildings;

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
}

$node->stop;
done_testing();
