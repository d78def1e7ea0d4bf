# Protected tables spread over a cluster of Citus: types and sums, policies on the
# shards, the catalogue on each worker.  Where Citus is not installed, this is skipped.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my %node;
my @workers = qw(east west);

sub start
{
	my ($name, $preload) = @_;
	my $node = $node{$name} = PostgreSQL::Test::Cluster->new($name);
	$node->init(allows_streaming => 'logical');
	$node->append_conf('postgresql.conf', "fsync = off\njit = off\n$preload");
	$node->start;
	return $node;
}
my $found = start('look', '')->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'citus'});
$node{look}->stop;
plan skip_all => 'Citus is not installed for this server' unless $found;

for my $name ('coordinator', @workers)
{
	start($name, "shared_preload_libraries = 'citus, terrcarbon'\ncitus.node_conninfo = 'sslmode=prefer'\n")->safe_psql('postgres', q{
		SET citus.enable_ddl_propagation = off;
		CREATE EXTENSION citus;
		CREATE EXTENSION terrcarbon CASCADE;
		CREATE ROLE town; CREATE ROLE citizen LOGIN; CREATE ROLE minister LOGIN;
		ALTER DATABASE postgres SET search_path = public, terrcarbon;});
}
my $coordinator = $node{coordinator};
$coordinator->safe_psql('postgres', sprintf(q{SELECT citus_set_coordinator_host('%s', %d)}, $coordinator->host, $coordinator->port));
$coordinator->safe_psql('postgres', sprintf(q{SELECT citus_add_node('%s', %d)}, $node{$_}->host, $node{$_}->port)) for @workers;

$coordinator->safe_psql('postgres', q{
	SELECT register_dataset('open', 'O', 'town', 'CC0-1.0', 'open'), register_dataset('shared', 'S', 'town', 'CC0-1.0', 'shared');
	SELECT grant_access(2, 'minister', 'test');
	CREATE TABLE measure (territory_code text NOT NULL, dataset_id int NOT NULL, tonnes float8 NOT NULL, emission ghg NOT NULL,
		co2e estimate NOT NULL, stock carbon_stock NOT NULL);
	SELECT create_distributed_table('measure', 'territory_code', shard_count => 8);
	SELECT protect('measure');
	CREATE INDEX ON measure (dataset_id);
	GRANT SELECT ON measure TO PUBLIC;
	INSERT INTO measure SELECT 'T' || i, 1 + i % 2, i, format('{"CO2": %s, "CH4": %s}', i, i % 7)::ghg, estimate(i, 5), format('{"above": %s}', i)::carbon_stock
		FROM generate_series(1, 2000) AS i;
	CREATE TABLE local AS SELECT * FROM measure;});

sub as
{
	my ($role, $sql) = @_;
	return $coordinator->safe_psql('postgres', $sql, extra_params => [ '-U', $role ]);
}
sub error_of
{
	my ($role, $sql) = @_;
	my ($out, $err) = ('', '');
	$coordinator->psql('postgres', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ]);
	return $err;
}

# Without its catalogue a worker answers nothing.
like(error_of('citizen', 'SELECT count(*) FROM measure'), qr/the catalogue of datasets is empty/, 'a worker without the catalogue is an error');
$coordinator->safe_psql('postgres', 'CREATE PUBLICATION catalogue FOR TABLE terrcarbon.dataset, terrcarbon.access_grant');
for my $worker (@workers)
{
	$node{$worker}->safe_psql('postgres', sprintf(q{CREATE SUBSCRIPTION %s CONNECTION 'host=%s port=%d dbname=postgres' PUBLICATION catalogue},
		$worker, $coordinator->host, $coordinator->port));
	$node{$worker}->wait_for_subscription_sync($coordinator, $worker);
}

# The policies are on the shards.
is(as('citizen', 'SELECT count(*), max(dataset_id) FROM measure'), '1000|1', 'a citizen reads the open rows');
is(as('minister', 'SELECT count(*) FROM measure'), '2000', 'the minister all');
is(as('citizen', q{SELECT count(*) FROM measure WHERE territory_code = 'T1'}), '0', 'a hidden row by its key');
is(as('citizen', q{SELECT count(*) FROM measure WHERE territory_code = 'T2'}), '1', '... an open one');
for my $worker (@workers)
{
	is($node{$worker}->safe_psql('postgres', q{
			SET citus.override_table_visibility = off;
			SELECT count(*) > 0 AND bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class
			WHERE relname ~ '^measure_\d+$' AND relkind = 'r'}), 't', "row security on the shards of $worker");
}
my $plan = as('citizen', 'EXPLAIN SELECT * FROM measure WHERE tonnes > 5');
like($plan, qr/Could not get remote plan/, 'no plans of shards');
unlike($plan, qr/Seq Scan|Index Scan/, '... at all');

# Sums, added up by the workers and combined, are those of one table.
my @sums = ('sum(emission)', 'sum(emission, 2.0)', 'sum(stock)', 'sum(stock, 0.5)', 'sum(co2e)', 'trajectory_agg(2000 + dataset_id, tonnes)', 'sources_agg(dataset_id)');
for my $sum (@sums)
{
	is($coordinator->safe_psql('postgres', "SELECT $sum FROM measure"), $coordinator->safe_psql('postgres', "SELECT $sum FROM local"), "$sum over shards");
	like($coordinator->safe_psql('postgres', "EXPLAIN (VERBOSE, COSTS off) SELECT $sum FROM measure"), qr/worker_partial_agg/, '... in parts');
}

# A right that is taken back.
$coordinator->safe_psql('postgres', q{SELECT revoke_access(2, 'minister')});
$coordinator->wait_for_catchup($_) for @workers;
is(as('minister', 'SELECT count(*) FROM measure'), '1000', 'a revoke holds once the workers have it');

# A worker is down.
$node{west}->stop('immediate');
like(error_of('citizen', 'SELECT count(*) FROM measure'), qr/connection to the remote node|could not connect|failed/, 'a worker that is down is an error');
$node{$_}->stop for 'east', 'coordinator';
done_testing();
