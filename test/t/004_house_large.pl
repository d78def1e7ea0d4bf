# Every function that users call, with large arguments and a second to answer: a
# result, an ordinary error or "canceling statement" before ten seconds, and a server
# that goes on.  Arguments are drawn from a list by type; the draw is the same every
# time unless TERRCARBON_SEED says otherwise, TERRCARBON_ROUNDS draws more often.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

srand($ENV{TERRCARBON_SEED} // 1);
my $rounds = $ENV{TERRCARBON_ROUNDS} // 5;
my $cap = 10;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "shared_buffers = 256MB\nwork_mem = 64MB\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = public, terrcarbon;
	CREATE ROLE owner;
	GRANT CREATE ON DATABASE postgres TO owner;
	SELECT terrcarbon.grant_registering('owner', 1000);
	GRANT CREATE ON SCHEMA public TO owner;});
$node->safe_psql('postgres', q{
	SET ROLE owner;
	SELECT register_dataset('d' || i, 'D', 'owner', 'CC0-1.0', 'open') FROM generate_series(1, 100) i;
	SELECT create_account('acc', 2154);
	CREATE TABLE large_rows AS
	SELECT i AS id, 1 + i % 100 AS dataset_id, 'marsh'::text AS class, '411'::text AS code, ARRAY[1 + i % 100] AS sources,
		ST_MakeEnvelope(i % 500, i / 500, i % 500 + 1.5, i / 500 + 1.5, 2154) AS geom
	FROM generate_series(0, 199999) i;
	ANALYZE large_rows;
	CREATE MATERIALIZED VIEW large_view AS SELECT id, sources FROM large_rows;
	CREATE TABLE shape (n serial PRIMARY KEY, g geometry);
	-- a comb with 20 000 teeth, lying, and upright in degrees
	INSERT INTO shape (g) SELECT ST_SetSRID(ST_MakePolygon(ST_MakeLine(ARRAY(
		SELECT ST_MakePoint(20000 * ((s + 1) / 2 % 2), s / 2) FROM generate_series(0, 39999) s)
		|| ST_MakePoint(1, 19999.5) || ST_MakePoint(-1, 19999.5) || ST_MakePoint(-1, 0) || ST_MakePoint(0, 0))), 2154);
	INSERT INTO shape (g) SELECT ST_SetSRID(ST_Scale(ST_FlipCoordinates(g), 0.0001, 0.0001), 4326) FROM shape WHERE n = 1;
	INSERT INTO shape (g) SELECT ST_FlipCoordinates(g) FROM shape WHERE n = 1;
	-- a star whose edges all cross each other
	INSERT INTO shape (g) SELECT ST_SetSRID(ST_MakePolygon(ST_MakeLine(ARRAY(
		SELECT ST_MakePoint(10000 * cos(s * pi() * 10000 / 10001), 10000 * sin(s * pi() * 10000 / 10001))
		FROM generate_series(0, 10000) s) || ST_MakePoint(10000, 0))), 2154);
	-- a smooth outline, a line, a heap of boxes, many points
	INSERT INTO shape (g) SELECT ST_Buffer(ST_SetSRID(ST_MakePoint(0, 0), 2154), 10000, 50000);
	INSERT INTO shape (g) SELECT ST_MakeLine(ARRAY(
		SELECT ST_SetSRID(ST_MakePoint(hashint4(s) % 10000, hashint4(-s) % 10000), 2154) FROM generate_series(0, 99999) s));
	INSERT INTO shape (g) SELECT ST_Collect(geom) FROM large_rows WHERE id < 50000;
	INSERT INTO shape (g) SELECT ST_Collect(ST_SetSRID(ST_MakePoint(i, -i), 2154)) FROM generate_series(1, 100000) i;
	INSERT INTO shape (g) VALUES (ST_MakeEnvelope(0, 0, 1000, 1000, 2154)), (ST_MakeEnvelope(-1e300, -1e300, 1e300, 1e300));
	CREATE TABLE shapes (n serial PRIMARY KEY, g geometry[]);
	INSERT INTO shapes (g) SELECT array_agg(geom) FROM large_rows WHERE id < 50000;
	INSERT INTO shapes (g) SELECT array_fill(ST_MakeEnvelope(0, 0, 1000, 1000, 2154), ARRAY[20000]);
	INSERT INTO shapes (g) SELECT ARRAY(SELECT g FROM shape WHERE ST_SRID(g) = 2154);
	INSERT INTO shapes (g) SELECT ARRAY(SELECT ST_SetSRID(ST_MakePoint(i, 0), 2154) FROM generate_series(1, 50000) i);
	CREATE TABLE quantity (t trajectory, c carbon_stock, g ghg, e estimate);
	INSERT INTO quantity SELECT
		(SELECT trajectory_agg(i, i) FROM generate_series(1, 9999) i),
		carbon_stock(1e300, 1e300, 1e300, 1e300, 1e300, 1e300, 10000),
		(SELECT sum(ghg(gas, 1e300)) FROM gases()),
		(SELECT sum(estimate(i, 1, 'cause:' || i, i)) FROM generate_series(1, 20000) i);
	GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC;
});

my %values = (
	'boolean' => [ 'true', 'false' ],
	'integer' => [ '1', '2020', '2147483647', '-2147483648', '1000000', '2050' ],
	'bigint' => [ '1', '9223372036854775807', '-9223372036854775808' ],
	'double precision' => [ '1', '100', '0.5', '1e308', '-1e300', '1e-300', '2020' ],
	'date' => [ q{'infinity'::date}, q{'4713-01-01 BC'::date}, q{'5874897-12-31'::date} ],
	'timestamp with time zone' => [ q{'infinity'::timestamptz}, q{'4713-01-01 BC'::timestamptz}, 'now()' ],
	'name' => [ q{'acc'::name}, q{repeat('x', 63)::name}, q{'geom'::name}, q{'dataset_id'::name}, q{'sources'::name}, q{'id'::name} ],
	'regclass' => [ q{'large_rows'::regclass}, q{'large_view'::regclass}, q{'acc.building'::regclass}, q{'pg_attribute'::regclass} ],
	'regrole' => [ q{'owner'::regrole}, q{'pg_monitor'::regrole}, '4294967295::oid::regrole' ],
	'text' => [ q{repeat('x', 1000000)}, q{repeat('é;,(', 250000)}, q{repeat('1', 100000)}, q{'AR6'}, q{'CO2'}, q{'CLC'},
		q{'411'}, q{'211'}, q{'kWh'}, q{'electricity'}, q{'FR'}, q{'ha'}, q{'soil'}, q{'full'}, q{'wet_meadow'}, q{'CC0-1.0'}, q{'open'}, q{'linear'} ],
	'geometry' => [ map { "(SELECT g FROM shape WHERE n = $_)" } 1 .. 10 ],
	'geometry[]' => [ map { "(SELECT g FROM shapes WHERE n = $_)" } 1 .. 4 ],
	'double precision[]' => [ q{ARRAY(SELECT i::float8 FROM generate_series(1, 1000000) i)}, 'array_fill(0.001::float8, ARRAY[1000])',
		'array_fill(1e308::float8, ARRAY[100000])', 'array_fill(1::float8, ARRAY[50000])', 'array_fill(0.5::float8, ARRAY[300, 300])' ],
	'integer[]' => [ 'ARRAY(SELECT generate_series(1, 1000000))', 'ARRAY(SELECT 1 + i % 100 FROM generate_series(1, 1000000) i)' ],
	'text[]' => [ q{array_fill('marsh'::text, ARRAY[50000])}, q{ARRAY(SELECT 'c' || i FROM generate_series(1, 50000) i)} ],
	'name[]' => [ q{ARRAY['acc'::name]}, q{array_fill('acc'::name, ARRAY[1000])}, q{ARRAY[repeat('x', 63)::name]} ],
	'trajectory' => [ '(SELECT t FROM quantity)', q{'{"2000": 1e308, "2050": -1e308}'::trajectory}, q{'{"1": 1, "9999": 2}'::trajectory},
		q{'{"2015": 900, "2020": 780}'::trajectory} ],
	'carbon_stock' => [ '(SELECT c FROM quantity)', q{'{"above": 50, "soil": 40, "soil_depth_cm": 30}'::carbon_stock} ],
	'ghg' => [ '(SELECT g FROM quantity)', q{'{"CO2": 1, "CH4": 1}'::ghg} ],
	'jsonb' => [ q{'{}'::jsonb}, q{'{"quantity": {"value": "1,5"}}'::jsonb}, q{to_jsonb(repeat('x', 1000000))}, q{(SELECT jsonb_object_agg('c' || i, i) FROM generate_series(1, 100000) i)} ],
	'trajectory[]' => [ q{(SELECT array_agg(t) FROM (SELECT trajectory_agg(y, y) AS t FROM generate_series(1, 9999) y, generate_series(1, 4) w GROUP BY w) s)} ],
	'ghg[]' => [ '(SELECT array_agg(g) FROM quantity, generate_series(1, 20000))' ],
	'estimate' => [ '(SELECT e FROM quantity)', 'estimate(100, 30)', 'estimate_lognormal(1e300, 1e300)' ],
	'coastal_change[]' => [ q{ARRAY(SELECT ROW(i, 'mangrove', 'restored')::coastal_change FROM generate_series(1, 100000) i)},
		q{ARRAY(SELECT ROW(-2000000000 + 40000000 * i, 'salt_marsh', 'drained')::coastal_change FROM generate_series(1, 99) i)} ],
	'land_change[]' => [ q{ARRAY(SELECT ROW('FR', '211', '112', i)::land_change FROM generate_series(1, 50000) i)} ],
	'tourism_stay[]' => [ q{ARRAY(SELECT ROW('hotel', i, array_fill(0.5::float8, ARRAY[12]))::tourism_stay FROM generate_series(1, 50000) i)} ],
	'land_part[]' => [ q{ARRAY(SELECT ROW('211', i)::land_part FROM generate_series(1, 50000) i)} ],
	'secrecy_territory[]' => [ q{ARRAY(SELECT ROW(1, 'T' || i, 'T' || i / 2)::secrecy_territory FROM generate_series(1, 20000) i)} ],
	'secrecy_part[]' => [ q{ARRAY(SELECT ROW(1, 'T' || i, 's', 1 + i % 100, 'u' || i % 1000, NULL, i, NULL, NULL)::secrecy_part FROM generate_series(1, 100000) i)} ],
	'secrecy_figure[]' => [ q{ARRAY(SELECT ROW(1, 'T' || i, 's')::secrecy_figure FROM generate_series(1, 20000) i)} ],
	'secrecy_reader[]' => [ q{ARRAY(SELECT ROW('r' || i, 1 + i % 100)::secrecy_reader FROM generate_series(1, 100000) i)} ],
);

# Each call and the state that it ends with: 00000 for a result.
sub state_of
{
	my ($statement) = @_;
	my ($out, $err) = ('', '');
	# What a call changes goes, but a procedure may want to commit.
	my $script = $statement =~ /^CALL/ ? $statement : "BEGIN; $statement; ROLLBACK";
	$node->psql('postgres', "SET statement_timeout = '1s'; $script", stdout => \$out, stderr => \$err,
		extra_params => [ '-v', 'VERBOSITY=verbose' ], timeout => 60);
	# PostGIS has no SQLSTATEs of its own, as for points that are asked of polygons.
	return 'PostGIS' if $err =~ /ERROR:  XX000: .*LOCATION:  \w+, (lwgeom|gserialized)\w*\.c/s;
	return $err =~ /ERROR:  (\w{5})/ ? $1 : $err =~ /(terminat|FATAL|PANIC|closed)/ ? 'lost' : '00000';
}

my @functions = map { [ split /\|/, $_, -1 ] } split /\n/, $node->safe_psql('postgres', q{
	SELECT p.proname, p.prokind, array_to_string(ARRAY(SELECT format_type(t, NULL)
			FROM unnest(p.proargtypes) WITH ORDINALITY AS u (t, i) ORDER BY i), ';')
	FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	WHERE p.pronamespace = 'terrcarbon'::regnamespace ORDER BY p.oid::regprocedure::text COLLATE "C"});
cmp_ok(scalar @functions, '>', 100, 'there are functions to call');

my (%seen, $slowest, $slowest_call);
$slowest = 0;
for my $function (@functions)
{
	my ($name, $kind, $types) = @$function;
	my @types = split /;/, $types;
	my @unknown = grep { !exists $values{$_} } @types;
	is_deeply(\@unknown, [], "$name($types): there are values of its types");
	next if @unknown;
	for my $round (1 .. (@types ? $rounds : 1))
	{
		my @arguments = map { $values{$_}[ rand @{ $values{$_} } ] } @types;
		my $call = "$name(" . join(', ', @arguments) . ')';
		my $statement = $kind eq 'p' ? "CALL $call"
		  : $kind eq 'a' ? "SELECT $name(" . join(', ', map { "a$_" } 0 .. $#types) . ') FROM (SELECT '
		  . join(', ', map { "$arguments[$_] AS a$_" } 0 .. $#types) . ' OFFSET 0) AS one, generate_series(1, 100000)'
		  : "SELECT count(*) FROM (SELECT x FROM $call AS x OFFSET 0) AS every";
		my $start = time;
		my $state = state_of($statement);
		my $seconds = time - $start;
		$seen{$state}++;
		($slowest, $slowest_call) = ($seconds, $call) if $seconds > $slowest;
		next if $seconds < $cap && $state !~ /^(XX|58|F0|57P|lost)/;
		fail(sprintf '%s: %s after %.1f s', $call, $state, $seconds);
	}
}
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server goes on');
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC/, 'and never crashed');
note join ', ', map { "$_: $seen{$_}" } sort keys %seen;
note sprintf 'the longest call took %.1f s: %s', $slowest, $slowest_call;
done_testing();
