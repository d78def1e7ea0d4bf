# What the server counts: every function that counts is known, and what planning
# counts is not counted on.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	CREATE ROLE city; CREATE ROLE reader LOGIN;
	CREATE DATABASE plain;});

is($node->safe_psql('postgres', q{
		SELECT string_agg(DISTINCT p.proname, ' ') FROM pg_proc p
		WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ '^pg_stat_get_'
			AND p.proname::text NOT IN (SELECT name FROM terrcarbon_internal.server_statistics())}),
	'', 'every statistics function of this server is in the list');
is($node->safe_psql('postgres', q{
		SELECT count(*) - count(DISTINCT name) FROM terrcarbon_internal.server_statistics()}),
	'0', '... once');

# Hidden values end at 777777, open ones at 100.  The planner looks at the end of
# the index when a constant falls among the last values that statistics know.
my $table = q{
	CREATE TABLE t (dataset_id int NOT NULL, value float8);
	INSERT INTO t SELECT 1, i FROM generate_series(1, 100) i;
	INSERT INTO t SELECT 2, i FROM generate_series(5000, 7000) i;
	INSERT INTO t VALUES (2, 777777);
	CREATE INDEX t_value ON t (value);
	ANALYZE t;
	GRANT SELECT ON t TO reader;};
$node->safe_psql('plain', $table . q{
	ALTER TABLE t ENABLE ROW LEVEL SECURITY;
	CREATE POLICY p ON t USING (dataset_id = 1);});
$node->safe_psql('postgres', q{
	SELECT terrcarbon.register_dataset('open', 'O', 'city', 'CC0-1.0', 'open'), terrcarbon.register_dataset('hidden', 'H', 'city', 'CC0-1.0', 'shared');
	} . $table . q{SELECT terrcarbon.protect('t');});

# Scans of the index that planning a query makes which reads nothing.
sub planned_scans
{
	my ($database, $x) = @_;
	return $node->safe_psql($database, qq{
		SET search_path = public;
		-- the first planning of the session, which loads the library where there is one
		SELECT 1 FROM t WHERE dataset_id = 1 LIMIT 0;
		BEGIN;
		SELECT pg_stat_get_xact_numscans('t_value'::regclass) AS before \\gset
		SELECT 1 FROM t WHERE value > $x LIMIT 0;
		SELECT pg_stat_get_xact_numscans('t_value'::regclass) - :before;
		COMMIT}, extra_params => [ '-U', 'reader' ]);
}
is(planned_scans('plain', 500), '0', 'a constant in the middle: the planner does not look');
cmp_ok(planned_scans('plain', 6999), '>', 0, 'a constant near the greatest hidden value: it looks, and tells');
is(planned_scans('postgres', 500), '0', 'here it does not tell, whether it does not look');
is(planned_scans('postgres', 6999), '0', '... or does');
# Blocks, by EXPLAIN of a function that plans, in the first statement of a session,
# whose library is loaded half way.
$node->safe_psql($_, q{
	CREATE FUNCTION only_plan(x float8) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE format('SELECT 1 FROM t WHERE value > %s LIMIT 0', x);
	END $$}) for 'plain', 'postgres';
sub planned_blocks
{
	my ($database, $x) = @_;
	my $plan = $node->safe_psql($database, "EXPLAIN (ANALYZE, BUFFERS, COSTS off, TIMING off, SUMMARY off) SELECT only_plan($x)",
		extra_params => [ '-U', 'reader' ]);
	return $plan =~ /Buffers: shared hit=(\d+)/ ? $1 : 0;
}
planned_blocks($_, 500) for 'plain', 'postgres';
cmp_ok(planned_blocks('plain', 6999), '>', planned_blocks('plain', 500), 'blocks tell that the planner looked');
is(planned_blocks('postgres', 6999), planned_blocks('postgres', 500), '... not here');
# What others plan is counted as ever.
is($node->safe_psql('postgres', q{
		BEGIN;
		SELECT 1 FROM t WHERE value > 6999 LIMIT 0;
		SELECT pg_stat_get_xact_numscans('t_value'::regclass) > 0;
		COMMIT}),
	't', 'the planning of a superuser is counted');
# Tables that are written are counted as well, which autovacuum lives on.
$node->safe_psql('postgres', q{
	CREATE TABLE mine (x int); ALTER TABLE mine OWNER TO reader;});
is($node->safe_psql('postgres', q{
		SELECT count(*) FROM t WHERE value > 6999;
		BEGIN;
		INSERT INTO mine SELECT generate_series(1, 5);
		SELECT pg_stat_get_xact_tuples_inserted('mine'::regclass);
		COMMIT}, extra_params => [ '-U', 'reader' ]),
	"0\n5", 'rows that are written are counted');

# The statement of doctor() closes the rest at once; only with hidden rows is it
# more than a notice.
my $ill = q{SELECT severity FROM terrcarbon.doctor() WHERE object = 'statistics functions'};
is($node->safe_psql('postgres', $ill), 'warning', 'doctor: a warning where something is hidden');
$node->safe_psql('postgres', q{SELECT terrcarbon.set_access(2, 'open')});
is($node->safe_psql('postgres', $ill), 'notice', '... a notice where all is open');
$node->safe_psql('postgres', q{SELECT terrcarbon.set_access(2, 'shared')});
my $remedy = $node->safe_psql('postgres', q{SELECT remedy FROM terrcarbon.doctor() WHERE object = 'statistics functions'});
$node->safe_psql('postgres', $remedy);
is($node->safe_psql('postgres', $ill), '', '... gone once it is done');
for my $function (split /\n/, $node->safe_psql('postgres', q{
	SELECT DISTINCT p.proname FROM pg_proc p JOIN terrcarbon_internal.server_statistics() s ON s.name = p.proname
	WHERE s.closed_by = 'doctor' AND p.pronamespace = 'pg_catalog'::regnamespace ORDER BY 1}))
{
	is($node->safe_psql('postgres', qq{
			SELECT bool_or(has_function_privilege('reader', oid, 'EXECUTE')) FROM pg_proc WHERE proname = '$function'}),
		'f', "$function is closed");
}
# The advice of doctor() beside it keeps monitoring alive.
$node->safe_psql('postgres', 'CREATE ROLE monitor LOGIN IN ROLE pg_monitor');
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM pg_stat_user_tables', extra_params => [ '-U', 'monitor' ]),
	'>', 0, 'a member of pg_monitor reads pg_stat_user_tables');
$node->safe_psql('postgres', q{
	CREATE FUNCTION open_tables() RETURNS SETOF pg_stat_all_tables LANGUAGE sql STABLE SECURITY DEFINER
		SET search_path = pg_catalog, pg_temp
		AS 'SELECT * FROM pg_stat_all_tables s WHERE s.relid NOT IN (SELECT tbl::oid FROM terrcarbon.protected_table)';});
is($node->safe_psql('postgres', q{SELECT relname FROM open_tables() WHERE relname IN ('t', 'mine')}, extra_params => [ '-U', 'reader' ]),
	'mine', 'a function of a superuser shows the statistics of open tables alone');

# Every statement of doctor() runs as it stands, as \gexec sends it; an object of
# each kind in our schema, too.
$node->append_conf('postgresql.conf', 'auto_explain.log_min_duration = 0');
$node->reload;
$node->safe_psql('postgres', q{
	CREATE TABLE terrcarbon.stray (id serial PRIMARY KEY, a int, b int);
	CREATE STATISTICS terrcarbon.stray_statistics ON a, b FROM terrcarbon.stray;
	CREATE DOMAIN terrcarbon.stray_domain AS int;
	CREATE PROCEDURE terrcarbon.stray_procedure() LANGUAGE sql AS '';
	CREATE AGGREGATE terrcarbon.stray_sum(int) (SFUNC = int4pl, STYPE = int);
	CREATE OPERATOR terrcarbon.=== (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int);
	CREATE TEXT SEARCH CONFIGURATION terrcarbon.stray_words (COPY = simple);});
my $remedies = q{SELECT remedy FROM terrcarbon.doctor() WHERE remedy IS NOT NULL};
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM ($remedies) r"), '>=', 10, 'doctor() has statements');
$node->safe_psql('postgres', "$remedies \\gexec");
is($node->safe_psql('postgres', $remedies), '', '... and none once they ran');
is($node->safe_psql('postgres', q{SHOW session_preload_libraries}), 'terrcarbon', 'the guard is preloaded from the next session on');
done_testing();
