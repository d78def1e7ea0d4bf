# A hub over the databases of regions, by postgres_fdw: partitions by region, sums that
# the regions add up, each role reading as itself there; statistics of the hub that
# would tell of hidden rows; a region that is down.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my %node;
for my $name (qw(north south hub))
{
	my $node = $node{$name} = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\njit = off\nsession_preload_libraries = terrcarbon\n");
	$node->start;
	$node->safe_psql('postgres', q{
		CREATE EXTENSION terrcarbon CASCADE;
		ALTER DATABASE postgres SET search_path = public, terrcarbon;
		CREATE ROLE town; CREATE ROLE citizen LOGIN; CREATE ROLE minister LOGIN; CREATE ROLE stranger LOGIN;});
}

my $columns = q{region text NOT NULL, dataset_id int NOT NULL, year int NOT NULL, tonnes float8 NOT NULL,
	emission terrcarbon.ghg NOT NULL, co2e terrcarbon.estimate NOT NULL, geom geometry(Polygon, 2154) NOT NULL};
my @regions = qw(north south);
$node{hub}->safe_psql('postgres', qq{
	CREATE EXTENSION postgres_fdw;
	CREATE TABLE measure ($columns) PARTITION BY LIST (region);
	GRANT SELECT ON measure TO PUBLIC;});
# Open values end at 2000, those of the shared dataset at 777777.
for my $region (@regions)
{
	my $west = $region eq 'north' ? 0 : 100000;
	$node{$region}->safe_psql('postgres', qq{
		SELECT register_dataset('$region-open', 'O', 'town', 'CC0-1.0', 'open'), register_dataset('$region-shared', 'S', 'town', 'CC0-1.0', 'shared');
		SELECT grant_access(2, 'minister', 'roll-up');
		CREATE TABLE measure ($columns);
		SELECT protect('measure');
		CREATE INDEX ON measure (dataset_id);
		CREATE INDEX ON measure USING gist (geom);
		GRANT SELECT ON measure TO PUBLIC;
		INSERT INTO measure
			SELECT '$region', 1 + i % 2, 2020 + i % 4 / 2, v.tonnes, format('{"CO2": %s}', 1000 * v.tonnes)::ghg, estimate(1000 * v.tonnes, 5),
				ST_MakeEnvelope($west + i * 10, 0, $west + i * 10 + 10, 10, 2154)
			FROM generate_series(1, 2000) AS i, LATERAL (SELECT CASE WHEN i % 2 = 0 THEN i WHEN i = 1999 THEN 777777 ELSE 5000 + i END AS tonnes) AS v;
		ANALYZE measure;});
	my ($host, $port) = ($node{$region}->host, $node{$region}->port);
	$node{hub}->safe_psql('postgres', join(' ', qq{
		CREATE SERVER $region FOREIGN DATA WRAPPER postgres_fdw
			OPTIONS (host '$host', port '$port', dbname 'postgres', extensions 'postgis, terrcarbon', async_capable 'true');
		CREATE FOREIGN TABLE measure_$region PARTITION OF measure FOR VALUES IN ('$region') SERVER $region OPTIONS (table_name 'measure');
		GRANT SELECT ON measure_$region TO PUBLIC;
		CREATE USER MAPPING FOR CURRENT_USER SERVER $region;},
		map { "CREATE USER MAPPING FOR $_ SERVER $region OPTIONS (user '$_', password_required 'false');" } qw(citizen minister)));
}

my $recipe = 'SET enable_partitionwise_aggregate = on;';
sub hub
{
	my ($role, $sql) = @_;
	return $node{hub}->safe_psql('postgres', "$recipe $sql", extra_params => [ '-U', $role ]);
}
sub hub_error
{
	my ($role, $sql) = @_;
	my ($out, $err) = ('', '');
	$node{hub}->psql('postgres', "$recipe $sql", stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ]);
	return "$out$err";
}

# The sum over all, from the sums that each region makes of the rows it shows to the role.
my $sums = q{SELECT gas(sum(emission), 'CO2'), value(sum(co2e)), sum(tonnes)
	FROM (SELECT region, sum(emission) AS emission, sum(co2e) AS co2e, sum(tonnes) AS tonnes FROM measure WHERE year = 2021 GROUP BY region) AS s};
for my $role (qw(citizen minister))
{
	my @there = map { $node{$_}->safe_psql('postgres', q{SELECT sum(tonnes) FROM measure WHERE year = 2021}, extra_params => [ '-U', $role ]) } @regions;
	my $tonnes = $there[0] + $there[1];
	is(hub($role, $sums), join('|', 1000 * $tonnes, 1000 * $tonnes, $tonnes), "the sum that the $role may know");
	is(hub($role, q{SELECT gas(sum(emission), 'CO2') FROM measure WHERE year = 2021}), 1000 * $tonnes, '... and as the hub adds rows up');
}
isnt(hub('citizen', $sums), hub('minister', $sums), 'they differ');
like(hub_error('stranger', $sums), qr/user mapping not found/, 'no login there, no rows');

# What a region is sent.
sub remote
{
	my ($sql, $role) = @_;
	return join("\n", grep { /Remote SQL/ } split /\n/, hub($role || 'minister', "EXPLAIN (VERBOSE, COSTS off) $sql"));
}
my $sent = remote($sums);
is(scalar(() = $sent =~ /terrcarbon\.sum\(emission\), terrcarbon\.sum\(co2e\), sum\(tonnes\)/g), 2, 'each region adds up ghg and estimate')
	or diag $sent;
$sent = remote(q{SELECT region, sum(shared_area(geom, ST_MakeEnvelope(0, 0, 100000, 5, 2154), true)) FROM measure
	WHERE geom && ST_MakeEnvelope(0, 0, 100000, 5, 2154) AND value(co2e) > 0 GROUP BY region});
like($sent, qr/terrcarbon\.shared_area/, 'measures are computed there');
like($sent, qr/WHERE .*terrcarbon\.value\(co2e\)/, '... and conditions on estimates');
like($sent, qr/WHERE .*OPERATOR\(public\.&&\)/, '... and windows');
is(hub('minister', q{SELECT sum(a) FROM (SELECT region, sum(shared_area(geom, ST_MakeEnvelope(0, 0, 200000, 5, 2154), true)) AS a FROM measure GROUP BY region) AS s}),
	2 * 2000 * 50, '... to the same areas');
$sent = remote(q{SELECT sum(tonnes) FROM measure_north});
like($sent, qr/sum\(tonnes\)/, 'of one region too, where its part is named');
unlike(hub('minister', q{EXPLAIN (COSTS off) SELECT sum(tonnes) FROM measure WHERE region = 'north'}), qr/measure_south/, '... and the other is not asked');

# Plans of the regions are shown to nobody who does not read all.
$node{hub}->safe_psql('postgres', q{ALTER SERVER north OPTIONS (ADD use_remote_estimate 'true')});
like(hub_error('citizen', q{SELECT count(*) FROM measure WHERE tonnes > 500000}), qr/plans of protected tables are not shown/,
	'use_remote_estimate asks for plans, which are refused');
$node{hub}->safe_psql('postgres', q{ALTER SERVER north OPTIONS (SET use_remote_estimate 'false')});

# Statistics of the hub: whoever analyses reads as itself, and pg_stats tells others.
my $greatest = q{SELECT max((histogram_bounds::text::float8[])[array_upper(histogram_bounds::text::float8[], 1)]) FROM pg_stats
	WHERE tablename LIKE 'measure%' AND attname = 'tonnes'};
my $ill = q{SELECT object FROM doctor() WHERE problem LIKE 'its statistics are of the rows%' ORDER BY object};
is($node{hub}->safe_psql('postgres', $ill), '', 'doctor: no statistics, no hole');
$node{hub}->safe_psql('postgres', 'ANALYZE measure');
is(hub('citizen', $greatest), '777777', 'once analysed, the hub tells of the greatest hidden value');
is($node{hub}->safe_psql('postgres', $ill), "public.measure\npublic.measure_north\npublic.measure_south", 'doctor finds it');
$node{hub}->safe_psql('postgres', q{SELECT remedy FROM doctor() WHERE problem LIKE 'its statistics are of the rows%' \gexec});
is(hub('citizen', $greatest), '', '... and closes it');
$node{hub}->safe_psql('postgres', 'ANALYZE measure');
is(hub('citizen', $greatest), '', '... for good');
is($node{hub}->safe_psql('postgres', $ill), '', '... and says no more of it');

# A right that is taken back in a region.
my $before = hub('minister', 'SELECT count(*) FROM measure');
$node{north}->safe_psql('postgres', q{SELECT revoke_access(2, 'minister')});
is(hub('minister', 'SELECT count(*) FROM measure'), $before - 1000, 'a revoke in a region holds at the hub');

# A region that is down.
$node{south}->stop('immediate');
like(hub_error('minister', $sums), qr/could not connect to server "south"/, 'a region that is down is an error');
like(hub_error('minister', 'SELECT count(*) FROM measure'), qr/could not connect to server "south"/, '... whatever is asked of all');
unlike(hub_error('minister', 'SELECT count(*) FROM measure'), qr/^\d+$/m, '... and no part of a sum');
is(hub('minister', q{SELECT count(*) FROM measure WHERE region = 'north'}), '1000', 'the others are read');
$node{$_}->stop for 'north', 'hub';
done_testing();
