# What the guard must not let through, from the first statement of a session;
# parallel workers; ways back in; replicas.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', q{
max_parallel_workers_per_gather = 2
min_parallel_table_scan_size = 0
parallel_setup_cost = 0
parallel_tuple_cost = 0
jit = off
});
$node->start;
my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	CREATE ROLE city LOGIN; CREATE ROLE farm; CREATE ROLE reader LOGIN;
	CREATE TABLE measure (dataset_id int NOT NULL, value float8 NOT NULL);
	SELECT terrcarbon.protect('measure');
	GRANT SELECT, DELETE ON measure TO PUBLIC;
	CREATE VIEW guarded WITH (security_barrier) AS
		SELECT * FROM (VALUES (1, ARRAY[1]), (2, ARRAY[5])) v (x, sources) WHERE terrcarbon.can_read_all(sources);
	GRANT SELECT ON guarded TO PUBLIC;
	SELECT terrcarbon.register_dataset('open-' || i, 'Open', 'city', 'CC0-1.0', 'open') FROM generate_series(1, 3) i;
	SELECT terrcarbon.register_dataset('shared', 'Shared', 'city', 'CC0-1.0', 'shared');
	SELECT terrcarbon.register_dataset('farm', 'Farm', 'farm', 'CC0-1.0', 'private');
	INSERT INTO measure SELECT 1 + i % 5, i FROM generate_series(0, 199999) i;
	CREATE INDEX ON measure (value);
	ANALYZE measure;
});

# Runs statements as a role in a new session.
sub as
{
	my ($role, $sql, @options) = @_;
	my ($out, $err) = ('', '');
	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err, on_error_stop => 0,
		extra_params => [ '-U', $role ], @options);
	return ($out, $err);
}

my $refused = qr/plans of protected tables are not shown/;
for my $explain (
	'EXPLAIN SELECT * FROM measure WHERE value > 5',
	'EXPLAIN ANALYZE SELECT * FROM measure WHERE value > 5',
	'PREPARE p AS SELECT * FROM measure; EXPLAIN EXECUTE p',
	q{DO $$ DECLARE t text; BEGIN EXECUTE 'EXPLAIN SELECT * FROM measure' INTO t; RAISE NOTICE '%', t; END $$},
	'EXPLAIN CREATE TABLE x AS SELECT * FROM measure',
	'EXPLAIN DECLARE c CURSOR FOR SELECT * FROM measure',
	'EXPLAIN WITH a AS MATERIALIZED (SELECT * FROM measure) SELECT * FROM a',
	'EXPLAIN SELECT (SELECT max(value) FROM measure)',
	'EXPLAIN ANALYZE DELETE FROM measure',
	'EXPLAIN ANALYZE SELECT * FROM guarded WHERE x > 1')
{
	my ($out, $err) = as('reader', $explain);
	like($err, $refused, $explain);
	unlike("$out$err", qr/cost=/, '... and nothing is shown');
}
unlike((as($superuser, 'EXPLAIN ANALYZE SELECT * FROM measure'))[1], $refused, 'a superuser sees plans');

# debug_print_plan prints before the executor starts, to a client that listens.
my ($out, $err) = as('reader', q{
	SET client_min_messages = log; SET debug_print_plan = on;
	SELECT count(*) FROM measure WHERE value > 5;});
like($err, qr/Turn debug_print_plan off/, 'debug_print_plan');
unlike($err, qr/PLANNEDSTMT/, '... and nothing is shown');
($out, $err) = as('reader', 'SET debug_print_plan = on; SELECT count(*) FROM measure WHERE value > 5');
is($err, '', 'into the log of the server it may print');

# auto_explain logs plans; a client may listen to the log.
$node->append_conf('postgresql.conf', q{
session_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = 0
auto_explain.log_analyze = on
});
$node->reload;
($out, $err) = as('reader', 'SET client_min_messages = log; SELECT count(*) FROM measure WHERE value > 5');
like($err, $refused, 'auto_explain to a client that listens');
unlike($err, qr/Rows Removed/, '... and nothing is shown');
($out, $err) = as('reader', q{
	BEGIN; DECLARE c CURSOR FOR SELECT count(*) FROM measure WHERE value > 5; FETCH c;
	SET client_min_messages = log; CLOSE c; SELECT 'on' FROM pg_class LIMIT 1; COMMIT});
like($out, qr/^\d+$/m, 'a cursor opened before the client listens');
like($err, qr/pg_class/, '... gets the plans of other tables');
unlike($err, qr/measure/, '... and not of this one');
like($node->safe_psql('postgres', 'SELECT object FROM terrcarbon.doctor()'), qr/^auto_explain$/m, 'doctor tells of auto_explain');

# Parallel workers see what their leader sees; the log proves that they ran.
my $offset = -s $node->logfile;
($out, $err) = as('reader', 'SELECT count(*), sum(value), min(dataset_id), max(dataset_id) FROM measure');
is("$err$out", '120000|11999820000|1|3', 'rows of the readable datasets, in parallel');
like(slurp_file($node->logfile, $offset), qr/Workers Launched: [12]/, '... with workers');
$node->append_conf('postgresql.conf', "session_preload_libraries = ''\nauto_explain.log_min_duration = -1");
$node->reload;

# Rights changed by the session itself reach its workers too.
is($node->safe_psql('postgres', q{
		BEGIN;
		SELECT terrcarbon.grant_access(4, 'reader', 'x');
		SET LOCAL ROLE reader;
		SELECT count(*) FROM measure;
		ROLLBACK;
		SET ROLE reader;
		SELECT count(*) FROM measure}),
	"\n160000\n120000", 'a grant that is rolled back');

# A grant that ends while a statement runs: the statement keeps the rights it
# began with, or stops; it never shows half.
for my $workers (0, 2)
{
	$node->safe_psql('postgres', q{SELECT terrcarbon.grant_access(4, 'reader', 'x', clock_timestamp() + '4 s')});
	($out, $err) = as('reader', qq{SET max_parallel_workers_per_gather = $workers;
		SELECT count(*) FROM measure WHERE (SELECT pg_sleep(4.5)::text) IS NOT NULL});
	if ($workers)
	{
		# Workers that start after the end refuse; where none is free the leader
		# reads alone and keeps its rights.
		like("$err$out", qr/access to a dataset ended while the statement was running|^160000$/,
			'a grant ends before the workers start: all or nothing is shown');
		isnt($out, '120000', '... and not the rest');
	}
	else
	{
		is($out, '160000', 'a grant ends in a statement');
	}
	is((as('reader', 'SELECT count(*) FROM measure'))[0], '120000', '... and has ended for the next');
}

# Back in through a foreign server that holds somebody else's login.
SKIP:
{
skip 'dblink and postgres_fdw are not installed', 3
	if $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name IN ('dblink', 'postgres_fdw')}) ne '2';
my ($host, $port) = ($node->host, $node->port);
$node->safe_psql('postgres', qq{
	CREATE EXTENSION dblink; CREATE EXTENSION postgres_fdw;
	CREATE SERVER loopback FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'postgres');
	CREATE USER MAPPING FOR PUBLIC SERVER loopback OPTIONS (user '$superuser', password_required 'false');
	CREATE FOREIGN TABLE far (dataset_id int, value float8) SERVER loopback OPTIONS (table_name 'measure');
	GRANT SELECT ON far TO PUBLIC;});
is((as('reader', 'SELECT count(*) FROM far'))[0], '200000', 'a stored login shows all rows');
like((as('reader', qq{SELECT * FROM dblink('host=$host port=$port dbname=postgres user=$superuser', 'SELECT count(*) FROM measure') AS t(n int)}))[1],
	qr/password is required|password or GSSAPI/i, 'dblink asks a reader for a password');
my $remedy = $node->safe_psql('postgres', q{SELECT remedy FROM terrcarbon.doctor() WHERE object = 'loopback'});
$node->safe_psql('postgres', $remedy);
like((as('reader', 'SELECT count(*) FROM far'))[1], qr/user mapping not found/, "closed by: $remedy");
}

SKIP:
{
	skip 'no background psql in this installation', 6
		unless eval { require PostgreSQL::Test::BackgroundPsql; 1 };

	# Its answers end with a newline before 17.
	my $count = sub { my $rows = shift->query_safe('SELECT count(*) FROM measure'); chomp $rows; return $rows };

	# A session that stays: what it remembers is corrected by others' changes,
	# those that replication applies included.
	my $stays = $node->background_psql('postgres', extra_params => [ '-U', 'reader' ]);
	$node->safe_psql('postgres', q{SELECT terrcarbon.grant_access(4, 'reader', 'x')});
	is($count->($stays), '160000', 'granted');
	$node->safe_psql('postgres', q{SET session_replication_role = replica; DELETE FROM terrcarbon.access_grant});
	is($count->($stays), '120000', 'revoked as a replica');

	# a writer that has not ended does not confuse it
	my $writer = $node->background_psql('postgres');
	$writer->query_safe(q{BEGIN; SELECT terrcarbon.grant_access(4, 'reader', 'x');});
	is($count->($stays), '120000', 'not yet granted');
	$writer->query_safe('COMMIT');
	is($count->($stays), '160000', 'granted now');
	$writer->quit;
	$stays->quit;

	# On a standby.
	$node->backup('base');
	my $standby = PostgreSQL::Test::Cluster->new('standby');
	$standby->init_from_backup($node, 'base', has_streaming => 1);
	$standby->start;
	my $far = $standby->background_psql('postgres', extra_params => [ '-U', 'reader' ]);
	is($count->($far), '160000', 'the standby reads');
	$node->safe_psql('postgres', q{SELECT terrcarbon.revoke_access(4, 'reader')});
	$node->wait_for_catchup($standby);
	is($count->($far), '120000', 'and follows a revoke');
	$far->quit;
	$standby->stop;
}

# Rows without a catalogue, as on a node that got only the tables: no answer.
$node->safe_psql('postgres', q{
	CREATE DATABASE bare;});
$node->safe_psql('bare', q{
	CREATE EXTENSION terrcarbon CASCADE;
	CREATE TABLE measure (dataset_id int NOT NULL);
	SELECT terrcarbon.protect('measure');
	GRANT SELECT ON measure TO PUBLIC;});
is($node->safe_psql('bare', 'SELECT count(*) FROM measure', extra_params => [ '-U', 'reader' ]),
	'0', 'no rows and no datasets: nothing to say');
$node->safe_psql('bare', 'INSERT INTO measure VALUES (1)');
($out, $err) = ("", "");
$node->psql('bare', 'SELECT count(*) FROM measure', stdout => \$out, stderr => \$err, extra_params => [ '-U', 'reader' ]);
like($err, qr/the catalogue of datasets is empty/, 'rows and no datasets: an error, not 0 rows');
is($out, '', '... and nothing is shown');
$node->safe_psql('bare', 'INSERT INTO measure SELECT 1 + i % 3 FROM generate_series(1, 20000) i; CREATE INDEX ON measure (dataset_id); VACUUM ANALYZE measure');
$node->psql('bare', 'SELECT count(*) FROM measure', stdout => \$out, stderr => \$err, extra_params => [ '-U', 'reader' ]);
like("$out$err", qr/the catalogue of datasets is empty/, '... also where an index finds the rows of datasets');

# Grants are found by the roles of the reader: direct, inherited at any depth, not
# inherited, or by owning the database; with the index on grants and without.
$node->safe_psql('bare', q{
	CREATE ROLE far; CREATE ROLE middle IN ROLE far; CREATE ROLE shy NOINHERIT IN ROLE far;
	GRANT middle, shy TO reader;
	CREATE ROLE shut; CREATE ROLE between NOINHERIT IN ROLE shut; GRANT between TO reader;
	ALTER DATABASE bare OWNER TO reader;
	SELECT terrcarbon.register_dataset('d' || i, 'D', 'city', 'CC0-1.0', 'shared') FROM generate_series(1, 5) i;
	SELECT terrcarbon.grant_access(1, 'reader', 'x'), terrcarbon.grant_access(2, 'far', 'x'),
		terrcarbon.grant_access(3, 'shut', 'x'), terrcarbon.grant_access(4, 'pg_database_owner', 'x');});
for my $how ('by the index', 'without it')
{
	is($node->safe_psql('bare', 'SELECT terrcarbon.readable_datasets()', extra_params => [ '-U', 'reader' ]),
		'{1,2,4}', "grants to roles one has, $how");
	is($node->safe_psql('bare', 'SET ROLE between; SELECT terrcarbon.readable_datasets(); SET ROLE shut; SELECT terrcarbon.readable_datasets()',
		extra_params => [ '-U', 'reader' ]), "{}\n{3}", '... after SET ROLE');
	$node->safe_psql('bare', 'DROP INDEX terrcarbon.access_grant_grantee_idx') if $how eq 'by the index';
}

done_testing();
