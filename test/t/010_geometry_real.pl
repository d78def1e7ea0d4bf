# Shared and true measures on real communes and land cover, against PostGIS.
# Runs when TERRCARBON_DATA names a folder that has geo/*.geojson.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = ($ENV{TERRCARBON_DATA} // '') . '/geo';
my $communes = "$folder/communes_17_charente_maritime.geojson";
my $parcels = "$folder/clc18_charente_estuary.geojson";
plan skip_all => 'TERRCARBON_DATA has no geo/*.geojson' unless -r $communes && -r $parcels;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

$node->safe_psql('postgres', 'CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon;');
for my $layer ([ 'commune', $communes ], [ 'parcel', $parcels ])
{
	my ($table, $file) = @$layer;
	my $json = slurp_file($file);
	$json =~ s/\s+/ /g;
	$json =~ s/\\/\\\\/g;
	my $copy = "$PostgreSQL::Test::Utils::tmp_check/$table.copy";
	open(my $out, '>', $copy) or die "$copy: $!";
	print $out "$json\n";
	close $out;
	$node->safe_psql('postgres', qq{
		CREATE TABLE ${table}_file (content jsonb);
		\\copy ${table}_file FROM '$copy'
		CREATE TABLE $table AS
		SELECT row_number() OVER () AS id, ST_Transform(g, 2154) AS geom, g AS degrees
		FROM ${table}_file, jsonb_array_elements(content->'features') f,
		     LATERAL (SELECT ST_SetSRID(ST_GeomFromGeoJSON(f->'geometry'), 4326) AS g) x;});
}
is($node->safe_psql('postgres',
		'SELECT (SELECT count(*) FROM commune), (SELECT count(*) FROM parcel)'),
	'466|101', '466 communes and 101 land-cover polygons');

is($node->safe_psql('postgres', q{
	SELECT max(abs(ours / theirs - 1)) < 1e-9
	FROM (SELECT sum(terrcarbon.shared_area(p.geom, c.geom, planar => true)) AS ours,
	             sum(ST_Area(ST_Intersection(p.geom, c.geom))) AS theirs
	      FROM parcel p JOIN commune c ON ST_Intersects(p.geom, c.geom) GROUP BY p.id) s}),
	't', 'shared areas add up to those of the intersections');

is($node->safe_psql('postgres', q{
	SELECT max(abs(shared / terrcarbon.true_area(geom) - 1)) < 1e-9, count(*) > 50
	FROM (SELECT p.id, sum(terrcarbon.shared_area(p.geom, c.geom)) AS shared
	      FROM parcel p JOIN commune c ON p.geom && c.geom
	      WHERE ST_CoveredBy(p.geom, (SELECT ST_Union(geom) FROM commune))
	      GROUP BY p.id) s JOIN parcel USING (id)}),
	't|t', 'true shared areas add up to the true area');

for my $table ('commune', 'parcel')
{
	is($node->safe_psql('postgres', qq{
		SELECT max(abs(terrcarbon.true_area(geom) / ST_Area(degrees::geography) - 1)) < 1e-6,
		       max(abs(terrcarbon.true_area(ST_Segmentize(degrees::geography, 25)::geometry)
		               / ST_Area(degrees::geography) - 1)) < 1e-6,
		       max(abs(terrcarbon.true_length(ST_Boundary(geom)) / ST_Perimeter(degrees::geography) - 1)) < 1e-9
		FROM $table}),
		't|t|t', "true areas and lengths of $table are those of the geography");
}

$node->stop;
done_testing();
