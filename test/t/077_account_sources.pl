# Real files by the tools that people load them with: buildings of the BD TOPO come out the
# same by ogr2ogr, shp2pgsql, COPY, geopandas, QGIS and through an inbox; CORINE, parcels and
# traffic fit their mappings.  TERRCARBON_DATA names the folder of the data.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{TERRCARBON_DATA} or plan skip_all => 'TERRCARBON_DATA is not set';
plan skip_all => 'ogr2ogr is not installed' if !grep { -x "$_/ogr2ogr" } split /:/, $ENV{PATH};
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = public, terrcarbon;
	SET search_path = public, terrcarbon;
	CREATE ROLE observatory;
	CREATE ROLE town LOGIN;
	GRANT CREATE ON DATABASE postgres TO observatory;
	GRANT CREATE, USAGE ON SCHEMA public TO town;
	SELECT count(register_dataset(s, s, 'town', 'etalab-2.0', 'open'))
	FROM unnest('{ogr,shp,copy,geopandas,qgis,inbox,clc,vegetation,parcel,tmja,road}'::text[]) AS s;
	SET ROLE observatory;
	SELECT create_account('olemps', 2154);
	SELECT create_inbox('olemps', 'bdtopo', 'building', mapping_of('bdtopo_building', '{"year_from": {"value": 2022}}'), repair => true);
	SELECT grant_depositing('olemps', 'town')});
my $host = $node->host;
my $port = $node->port;
my $folder = PostgreSQL::Test::Utils::tempdir;
my $file = "$data/geo/bdtopo_batiment_olemps.geojson";
my $to = "PG:host=$host port=$port dbname=postgres user=town";
local $ENV{PGHOST} = $host;
local $ENV{PGPORT} = $port;
local $ENV{PGDATABASE} = 'postgres';
local $ENV{PGOPTIONS} = '-c terrcarbon.dataset=inbox -c client_min_messages=error';

# What a layer has of a dataset, as one text; a shapefile turns rings, and begins them elsewhere.
sub rows_of
{
	my ($dataset) = @_;
	return $node->safe_psql('postgres', qq{SELECT count(*), count(height_m), count(floors), string_agg(DISTINCT sector, ' ' ORDER BY sector),
		round(sum(area_m2)::numeric, 3), md5(string_agg(concat_ws('|', name, sector, floors, height_m, ST_AsBinary(ST_Normalize(ST_RemoveRepeatedPoints(geom)))), E'\n' ORDER BY name))
		FROM olemps.building WHERE dataset_id = (SELECT id FROM dataset WHERE slug = '$dataset')});
}

sub deposit
{
	my ($table, $dataset, $change) = @_;
	$change //= '{}';
	return $node->safe_psql('postgres', qq{SET client_min_messages = error; SET ROLE town;
		SELECT rows_in, rows_rejected, reasons FROM deposit('olemps', 'building', '$table', '$dataset', mapping_of('bdtopo_building', '{"year_from": {"value": 2022}}'::jsonb || '$change'), repair => true)});
}

command_ok([ 'ogr2ogr', '-f', 'PostgreSQL', $to, $file, '-nln', 'b_ogr', '-nlt', 'PROMOTE_TO_MULTI' ], 'ogr2ogr loads the file');
is(deposit('b_ogr', 'ogr'), '2273|0|', 'every building is in');
my $expected = rows_of('ogr');
my ($heights) = $node->safe_psql('postgres', 'SELECT count(*) FROM b_ogr WHERE hauteur > 0');
like($expected, qr/^2273\|$heights\|1334\|agriculture industry residential tertiary\|/, 'no height is 0, no storey made up');

# A shapefile has no empty number: heights that are not known are 0 there.
system_or_bail('ogr2ogr', '-f', 'ESRI Shapefile', "$folder/batiment.shp", $file, '-lco', 'ENCODING=UTF-8');
SKIP:
{
	skip 'shp2pgsql is not installed', 2 if !grep { -x "$_/shp2pgsql" } split /:/, $ENV{PATH};
	system_or_bail("shp2pgsql -s 4326 -D -W UTF-8 $folder/batiment.shp b_shp 2>/dev/null | psql -Xq -U town >/dev/null");
	is(deposit('b_shp', 'shp'), '2273|0|', 'shp2pgsql: every building is in');
	is(rows_of('shp'), $expected, 'shp2pgsql: the same');
}

system_or_bail('ogr2ogr', '-f', 'CSV', "$folder/batiment.csv", $file, '-lco', 'GEOMETRY=AS_WKT', '-lco', 'SEPARATOR=COMMA');
my ($header) = slurp_file("$folder/batiment.csv") =~ /^(.*?)\r?\n/;
$node->safe_psql('postgres', 'SET ROLE town; CREATE TABLE b_copy (' . join(', ', map { qq("$_" text) } split /,/, $header) . ')');
system_or_bail('psql', '-XqU', 'town', '-c', "\\copy b_copy FROM '$folder/batiment.csv' (FORMAT csv, HEADER)");
is(deposit('b_copy', 'copy', '{"geom": {"column": "WKT", "srid": 4326}}'), '2273|0|', 'COPY: every building is in');
is(rows_of('copy'), $expected, 'COPY: the same');

my $python = '/usr/bin/python3';
SKIP:
{
	skip 'geopandas is not installed', 2 if system("$python -c 'import geopandas, geoalchemy2, psycopg2' 2>/dev/null");
	system_or_bail($python, '-c', qq{import geopandas, sqlalchemy
geopandas.read_file('$file').to_postgis('b_geopandas', sqlalchemy.create_engine('postgresql://town@/postgres?host=$host&port=$port'))});
	is(deposit('b_geopandas', 'geopandas'), '2273|0|', 'geopandas: every building is in');
	is(rows_of('geopandas'), $expected, 'geopandas: the same');
}
SKIP:
{
	local $ENV{QT_QPA_PLATFORM} = 'offscreen';
	local $ENV{HOME} = $folder;
	local $ENV{XDG_RUNTIME_DIR} = $folder;
	skip 'QGIS is not installed', 2 if system("$python -c 'import qgis.core' 2>/dev/null");
	system_or_bail($python, '-c', qq{from qgis.core import *
application = QgsApplication([], False)
application.initQgis()
layer = QgsVectorLayer('$folder/batiment.shp', 'b', 'ogr')
uri = QgsDataSourceUri()
uri.setConnection('$host', '$port', 'postgres', 'town', '')
uri.setDataSource('public', 'b_qgis', 'geom', '', 'qgis_key')
result = QgsVectorLayerExporter.exportLayer(layer, uri.uri(False), 'postgres', layer.crs(), False)
assert result[0] == QgsVectorLayerExporter.NoError, result
del layer
import os
os._exit(0)});
	is(deposit('b_qgis', 'qgis'), '2273|0|', 'QGIS: every building is in');
	is(rows_of('qgis'), $expected, 'QGIS: the same');
}

# Into the inbox in one command; GDAL transforms, so that the last digits may differ.
command_ok([ 'ogr2ogr', '-f', 'PostgreSQL', $to, $file, '-nln', 'olemps.inbox_bdtopo', '-append', '-t_srs', 'EPSG:2154', '-nlt', 'PROMOTE_TO_MULTI' ],
	'ogr2ogr writes to the inbox');
is((split /\|/, rows_of('inbox'))[$_], (split /\|/, $expected)[$_], "and column $_ is the same") for 0 .. 4;
is($node->safe_psql('postgres', q{SELECT (SELECT count(*) FROM olemps.inbox_bdtopo), (SELECT count(*) FROM olemps.deposit_batch b JOIN dataset d ON d.id = b.dataset_id WHERE d.slug = 'inbox')}),
	'0|1', 'as one deposit, and nothing is left');

# Other files, each by its mapping.
for my $case ([ 'clc18_charente_estuary', 'land_cover', 'clc', 'clc_2018', '{}', '101|0|f' ],
	[ 'bdtopo_vegetation_olemps', 'land_cover', 'vegetation', 'bdtopo_vegetation', '{"year": {"value": 2022}}', '662|3|t' ],
	[ 'tmja_2019_dep17_straight', 'road_segment', 'tmja', 'tmja', '{"year_from": {"value": 2019}}', '34|0|f' ],
	[ 'bdtopo_route_geometry_olemps', 'road_segment', 'road', 'bdtopo_road', '{"year_from": {"value": 2022}}', '1094|0|f' ],
	[ 'pac_parcels_2024_test', 'land_cover', 'parcel', 'rpg_crop', '{"year": "campagne"}', '45|0|f' ])
{
	my ($name, $layer, $dataset, $mapping, $change, $rows) = @$case;
	system_or_bail('ogr2ogr', '-f', 'PostgreSQL', $to, "$data/geo/$name.geojson", '-nln', "f_$dataset");
	is($node->safe_psql('postgres', qq{SET client_min_messages = error; SET ROLE town;
		SELECT rows_in, rows_rejected, coalesce(notes LIKE '%repaired (9)%area changed by %', false) FROM deposit('olemps', '$layer', 'f_$dataset', '$dataset', mapping_of('$mapping', '$change'), repair => true)}), $rows, "$name: each row is in, or refused since nothing of it is left");
}
is($node->safe_psql('postgres', q{SELECT string_agg(DISTINCT nomenclature || year, ' ' ORDER BY nomenclature || year) FROM olemps.land_cover}), 'ALDO2022 ALDO2024 CLC2018', 'with their years');
# By their declared crops: 28 of 45 are grassland; miscanthus is of no class.
is($node->safe_psql('postgres', q{SELECT string_agg(code || ' ' || n, ', ' ORDER BY code) FROM (SELECT code, count(*) AS n FROM olemps.land_cover WHERE year = 2024 GROUP BY 1) AS c}), 'MSW 1, cultures 16, prairies_herbacees 28', 'with their classes');
$node->stop;
done_testing();
