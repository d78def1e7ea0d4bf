# A measure can be cancelled, and what is kept stays within its limit.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

# Freed memory is overwritten, so that using it does not go unnoticed.
$ENV{MALLOC_PERTURB_} = 165;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon;');

# Combs whose teeth cross each other, one lying and one upright: every pair of edges meets.
$node->safe_psql('postgres', q{
	CREATE TABLE comb AS
	SELECT ST_MakePolygon(ST_MakeLine(ARRAY(
		SELECT ST_MakePoint(40000 * ((s + 1) / 2 % 2), s / 2) FROM generate_series(0, 79999) s)
		|| ST_MakePoint(1, 39999.5) || ST_MakePoint(-1, 39999.5) || ST_MakePoint(-1, 0) || ST_MakePoint(0, 0))) AS geom});
for my $measure (
	'shared_area(geom, ST_FlipCoordinates(geom))',
	'shared_length(ST_Boundary(geom), ST_FlipCoordinates(geom))',
	'shared_area(geom, ST_FlipCoordinates(geom), ST_Rotate(geom, 0.1))',
	'miscounted_area(ST_Collect(geom, ST_FlipCoordinates(geom)))',
	'area_once(geom, ARRAY[geom, ST_FlipCoordinates(geom)])',
	"change_matrix(geom, ARRAY[geom], '{a}', ARRAY[ST_FlipCoordinates(geom)], '{b}')")
{
	my $start = time;
	my ($code, $out, $err) = $node->psql('postgres',
		"SET statement_timeout = '300ms'; SELECT terrcarbon.$measure FROM comb");
	like($err, qr/canceling statement due to statement timeout/, "$measure is cancelled");
	cmp_ok(time - $start, '<', 5, 'promptly');
	# and the next one is none the worse
	is($node->safe_psql('postgres', q{
		SELECT terrcarbon.shared_area('POLYGON((0 0,2 0,2 2,0 2,0 0))', 'POLYGON((1 1,3 1,3 3,1 3,1 1))')}),
		'1', 'and measuring goes on');
}

# 10 000 zones of 1025 points, 160 MB, each used several times.
$node->safe_psql('postgres', q{
	CREATE TABLE zone AS
	SELECT ST_Buffer(ST_MakePoint(i % 100 * 10, i / 100 * 10), 9, 256) AS geom FROM generate_series(0, 9999) i});
SKIP:
{
	skip 'needs /proc', 4 unless -r '/proc/self/status';
	for my $limit ('0', '16MB')
	{
		my $grown = $node->safe_psql('postgres', qq{
			SET terrcarbon.geometry_cache = '$limit';
			CREATE FUNCTION pg_temp.resident() RETURNS bigint LANGUAGE sql AS
			\$\$ SELECT substring(pg_read_file('/proc/self/status') FROM 'RssAnon:\\s+(\\d+)')::bigint / 1024 \$\$;
			CREATE TEMP TABLE before AS SELECT pg_temp.resident() AS mb,
				terrcarbon.shared_area(a.geom, a.geom) FROM zone a LIMIT 1;
			SELECT count(terrcarbon.shared_area(a.geom, ST_MakeEnvelope(n, n, n + 500, n + 500))) > 0
			FROM generate_series(0, 2) n, zone a;
			SELECT pg_temp.resident() - mb FROM before});
		my @lines = split /\n/, $grown;
		is($lines[0], 't', "10 000 zones measured with geometry_cache = $limit");
		cmp_ok($lines[1], '<', 40, "in bounded memory ($lines[1] MB more)");
	}
}

# Each query ends with what it kept.
is($node->safe_psql('postgres', q{
	CREATE TABLE few AS SELECT geom FROM zone LIMIT 300;
	DO $$
	BEGIN
		FOR i IN 1 .. 5 LOOP
			PERFORM sum(terrcarbon.shared_area(a.geom, b.geom)) FROM few a JOIN few b ON a.geom && b.geom;
		END LOOP;
	END $$;
	SELECT 'alive'}), 'alive', 'queries that keep geometries, one after the other');

$node->stop;
done_testing();
