# What a map client sees: every public view of an account, filled or empty,
# loads in GDAL as an ordinary reader, with a typed geometry, its key and no
# column lost; and an account survives dump and restore.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon;
	CREATE ROLE owner; CREATE ROLE town; CREATE ROLE citizen LOGIN;
	GRANT CREATE ON DATABASE postgres TO owner;
	SET search_path = terrcarbon, public;
	INSERT INTO factor (code, name, unit, amount, u95_percent, part, source)
		VALUES ('t-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 5, 'combustion', 'test'),
			('t-car', 'Car', 'km', '{"CO2": 0.2}', 5, 'combustion', 'test');
	INSERT INTO stock_reference (nomenclature, code, name, stock, u95_percent, source)
		VALUES ('T', 'F', 'Forest', '{"above": 50, "soil": 80, "soil_depth_cm": 30}', 30, 'test');
	INSERT INTO wetland_class (nomenclature, code, kind) VALUES ('T', 'F', 'salt_marsh');
	SELECT register_dataset('open', 'D', 'town', 'CC0-1.0', 'open'), register_dataset('closed', 'D', 'town', 'CC0-1.0', 'private');
	SET ROLE owner;
	SELECT create_account('acc', 2154), create_account('void', 4326);
	GRANT USAGE ON SCHEMA acc, void TO PUBLIC;
	GRANT SELECT ON ALL TABLES IN SCHEMA acc, void TO PUBLIC;
	RESET ROLE;
	INSERT INTO acc.territory (code, name, level, geom)
		VALUES ('A', 'A', 'commune', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154)));
	INSERT INTO acc.land_cover (dataset_id, nomenclature, code, year, geom) SELECT 1, 'T', 'F', 2018, geom FROM acc.territory;
	INSERT INTO acc.building (dataset_id, name, floors, carrier, unit, energy_per_m2, u95_percent, year_from, geom)
		SELECT d, 'b' || d, 2, 't-gas', 'kWh LHV', 100, 5, 2018, ST_Multi(ST_MakeEnvelope(380100, 6570100, 380110, 6570110, 2154))
		FROM generate_series(1, 2) AS d;
	INSERT INTO acc.road_segment (dataset_id, aadt, factor, u95_percent, year_from, geom)
		VALUES (1, 1000, 't-car', 5, 2018, 'SRID=2154;MULTILINESTRING((380000 6570500, 381000 6570500))');
	INSERT INTO acc.population VALUES ('A', 2018, 100);
	INSERT INTO acc.plan (territory_code, plan) VALUES ('A', 'plan');
	INSERT INTO acc.target (territory_code, plan, year, value) VALUES ('A', 'plan', 2018, 100), ('A', 'plan', 2020, 80);
	SET client_min_messages = warning;
	CALL refresh('acc');});

my %geometry = (
	trajectory_map => 'Multi Polygon', target_map => 'Multi Polygon', land_stock_latest => 'Multi Polygon', wetland_map => 'Multi Polygon',
	land_stock_map => 'Multi Polygon', emission_map => 'Multi Polygon', balance_gpc => 'None', building_map => 'Multi Polygon', road_map => 'Multi Line String',
	balance_by_territory => 'None', trajectory_by_territory => 'None', coverage_by_territory => 'None', target_by_territory => 'None');
my $source = sprintf('PG:host=%s port=%d dbname=postgres user=citizen', $node->host, $node->port);

SKIP:
{
	skip 'ogrinfo is not installed', 1 unless grep { -x "$_/ogrinfo" } split /:/, $ENV{PATH};
	for my $schema ('acc', 'void')
	{
		for my $view (sort keys %geometry)
		{
			my ($out, $err) = run_command([ 'ogrinfo', '-ro', '-al', '-so', '-oo', "SCHEMAS=$schema", $source, $view ]);
			like($out, qr/^Geometry: \Q$geometry{$view}\E$/m, "$schema.$view has a typed geometry");
			if ($geometry{$view} ne 'None')
			{
				my $srid = $schema eq 'acc' ? 2154 : 4326;
				like($out, qr/ID\["EPSG",$srid\]\]\s*$/m, "$schema.$view has its reference system");
			}
			my $columns = $node->safe_psql('postgres', qq{SELECT string_agg(attname, ',' ORDER BY attname) FROM pg_attribute
				WHERE attrelid = '$schema.$view'::regclass AND attnum > 0 AND attname <> 'geom'});
			is(join(',', sort $out =~ /^(\w+): (?:String|Integer64|Integer|Real|Date|DateTime)/mg), $columns, "$schema.$view loses no column");
			my ($count) = $out =~ /^Feature Count: (\d+)/m;
			is($count, $node->safe_psql('postgres', "SELECT count(*) FROM $schema.$view", extra_params => ['-U', 'citizen']), "$schema.$view has the reader's rows");
			unlike($err, qr/error|unknown|unrecognized/i, "$schema.$view loads without complaint");
		}
	}
}
for my $view (sort keys %geometry)
{
	is($node->safe_psql('postgres', "SELECT count(*) = count(DISTINCT id) AND count(*) > 0 FROM acc.$view"), 't', "$view has rows, unique by id");
	is($node->safe_psql('postgres', qq{SELECT count(*) FROM pg_attribute WHERE attrelid = 'acc.$view'::regclass AND attnum > 0
		AND atttypid::regtype::text NOT IN ('text', 'integer', 'bigint', 'double precision', 'boolean', 'date', 'geometry')}), '0', "$view has plain types only");
}
is($node->safe_psql('postgres', 'SELECT count(*) FROM acc.building_map', extra_params => ['-U', 'citizen']), '1', 'the reader sees the open building only');

# Vector tiles: what a tile server would ask for, read back by GDAL.
my ($tile_x, $tile_y) = split /\|/, $node->safe_psql('postgres', q{SELECT
	floor((ST_X(p) + 180) / 360 * 2 ^ 10)::int, floor((1 - ln(tan(radians(ST_Y(p))) + 1 / cos(radians(ST_Y(p)))) / pi()) / 2 * 2 ^ 10)::int
	FROM (SELECT ST_Transform(ST_Centroid(geom), 4326) AS p FROM acc.territory) AS t});
SKIP:
{
	skip 'ogrinfo is not installed', 4 unless grep { -x "$_/ogrinfo" } split /:/, $ENV{PATH};
	for my $tile (['emission', 'emissions'], ['land_stock', 'carbon'])
	{
		my ($name, $column) = @$tile;
		my $hex = $node->safe_psql('postgres', "SELECT encode(acc.${name}_tile(10, $tile_x, $tile_y), 'hex')", extra_params => ['-U', 'citizen']);
		my $file = $node->basedir . "/$name.mvt";
		open my $out, '>:raw', $file or die $!;
		print $out pack('H*', $hex);
		close $out;
		my ($info) = run_command([ 'ogrinfo', '-ro', '-al', '-oo', "X=$tile_x", '-oo', "Y=$tile_y", '-oo', 'Z=10', "MVT:$file" ]);
		like($info, qr/^Layer name: $name$/m, "$name: a tile that GDAL reads");
		my ($figure) = $info =~ /^\s+$column \(\w+\) = (\S+)/m;
		my $view = $name eq 'emission' ? 'emission_map' : 'land_stock_map';
		is(defined $figure ? sprintf('%.6g', $figure) : '', sprintf('%.6g', $node->safe_psql('postgres', "SELECT $column FROM acc.$view WHERE $column IS NOT NULL ORDER BY year DESC LIMIT 1", extra_params => ['-U', 'citizen']) || 0),
			"$name: with the figure of the view");
	}
}

# Dump and restore: tables, rows, rights and notes of changes.
my $dump = $node->basedir . '/acc.sql';
$node->safe_psql('postgres', 'UPDATE acc.building SET floors = 3 WHERE dataset_id = 1');
$node->command_ok([ 'pg_dump', '-d', $node->connstr('postgres'), '-f', $dump ], 'dump');
$node->safe_psql('postgres', 'CREATE DATABASE copy');
my ($ret, $out, $err) = $node->psql('copy', "SET client_min_messages = error;\n\\i $dump", on_error_stop => 1);
is($ret, 0, 'restore') or diag $err;
is($node->safe_psql('copy', 'SELECT count(*) FROM acc.building_map', extra_params => ['-U', 'citizen']), '1', 'licences hold in the copy');
my $figures = q{SELECT string_agg(id || ' ' || coalesce(emissions::text, '-'), ',' ORDER BY id) FROM acc.balance_by_territory};
is($node->safe_psql('copy', $figures), $node->safe_psql('postgres', $figures), 'the figures are the same');
$node->safe_psql($_, q{SET client_min_messages = warning; CALL terrcarbon.refresh('acc')}) for 'copy', 'postgres';
is($node->safe_psql('copy', $figures), $node->safe_psql('postgres', $figures), 'and after a refresh of what had changed');
done_testing();
