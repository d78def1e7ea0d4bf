# What a superuser runs evaluates nobody's code.  Mallory, an ordinary role, owns
# tables and materialized views, and so decides what code a query of them runs.
# Each trap below makes mallory a superuser when a superuser does the plain thing,
# and does nothing when he calls our functions.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
my $version = $node->safe_psql('postgres', 'SHOW server_version_num');
my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
my $database = 'postgres';

sub as
{
	my ($role, $sql) = @_;
	my ($out, $err) = ('', '');
	$node->psql($database, $sql, stdout => \$out, stderr => \$err, on_error_stop => 0,
		extra_params => [ '-U', $role ]);
	return ($out, $err);
}

# Whether mallory is a superuser; he is not one afterwards.
sub mallory_won
{
	my $won = $node->safe_psql('postgres', q{SELECT rolsuper FROM pg_roles WHERE rolname = 'mallory'});
	$node->safe_psql('postgres', 'ALTER ROLE mallory NOSUPERUSER');
	return $won eq 't';
}

$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN; CREATE ROLE town;');
# deed() tries what it can: it leaves a role that was set, then makes mallory a
# superuser.  pwn() may stand where PostgreSQL wants an immutable function.
my $payload = q{
	CREATE SCHEMA m;
	CREATE FUNCTION m.deed() RETURNS int LANGUAGE plpgsql AS $$
	BEGIN
		BEGIN RESET ROLE; EXCEPTION WHEN OTHERS THEN NULL; END;
		BEGIN ALTER ROLE mallory SUPERUSER; EXCEPTION WHEN OTHERS THEN NULL; END;
		RETURN 1;
	END $$;
	CREATE FUNCTION m.pwn(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
	BEGIN
		RETURN m.deed();
	END $$;
	CREATE FUNCTION m.fire() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM m.deed();
		RETURN coalesce(NEW, OLD);
	END $$;
};

# A trap: what mallory sets, and the plain thing that a superuser does.
my @traps = (
	{
		name => 'expression index on a materialized view',
		set => q{
			CREATE MATERIALIZED VIEW m.mv AS SELECT 1 AS x, ARRAY[1] AS sources;
			CREATE INDEX ON m.mv ((m.pwn(1)));
			SELECT terrcarbon.protect_matview('m.mv');},
		plain => 'SELECT array_agg(s) FROM m.mv, unnest(sources) s',
	},
	{
		name => 'view in place of a materialized view',
		set => q{
			CREATE MATERIALIZED VIEW m.mv AS SELECT 1 AS x, ARRAY[1] AS sources;
			SELECT terrcarbon.protect_matview('m.mv');
			ALTER MATERIALIZED VIEW m.mv RENAME TO kept;
			CREATE VIEW m.mv AS SELECT m.pwn(1) AS x, ARRAY[1] AS sources;},
		plain => 'SELECT array_agg(s) FROM m.mv, unnest(sources) s WHERE x = 1',
	},
	{
		name => 'materialized view that runs code',
		set => q{
			CREATE VIEW m.source AS SELECT m.deed() AS x, ARRAY[1] AS sources;
			CREATE MATERIALIZED VIEW m.mv AS SELECT * FROM m.source;
			SELECT terrcarbon.protect_matview('m.mv');},
		plain => 'SELECT * FROM m.source',
	},
	{
		name => 'policy of a protected table',
		set => q{
			CREATE TABLE m.t (dataset_id int);
			SELECT terrcarbon.protect('m.t');
			CREATE POLICY p ON m.t AS RESTRICTIVE USING (m.pwn(1) = 1);},
		# leaving the rights of a superuser with SET ROLE is not enough
		plain => 'BEGIN; SET LOCAL ROLE mallory; SELECT * FROM m.t; COMMIT',
		inner => q{SELECT terrcarbon_internal.run_as('mallory'::regrole, 'SELECT count(*) FROM m.t')},
	},
	{
		name => 'trigger of a table',
		set => q{
			CREATE TABLE m.t (dataset_id int);
			CREATE TRIGGER t AFTER INSERT ON m.t FOR EACH ROW EXECUTE FUNCTION m.fire();},
		plain => 'BEGIN; SET LOCAL ROLE mallory; INSERT INTO m.t VALUES (1); COMMIT',
		inner => q{SELECT terrcarbon_internal.run_as('mallory'::regrole, 'INSERT INTO m.t VALUES (1) RETURNING 1')},
	},
	{
		name => 'deferred trigger, which fires when the caller commits',
		set => q{
			CREATE TABLE m.t (dataset_id int);
			CREATE CONSTRAINT TRIGGER t AFTER INSERT ON m.t DEFERRABLE INITIALLY DEFERRED
				FOR EACH ROW EXECUTE FUNCTION m.fire();
			CREATE FUNCTION m.step() RETURNS void LANGUAGE sql SECURITY DEFINER
				AS 'INSERT INTO m.t VALUES (1)';},
		# 18 fires it with the rights of its time
		plain => $version < 180000 && 'SELECT m.step()',
		inner => q{SELECT terrcarbon_internal.run_as('mallory'::regrole, 'INSERT INTO m.t VALUES (1) RETURNING 1')},
	},
);

# What a superuser calls.  The account's functions belong here as soon as they
# change to the account's owner by themselves, see below.
my @calls = (
	'SELECT count(*) FROM terrcarbon.doctor()',
	'SELECT count(*) FROM terrcarbon.relink_roles()',
	q{SELECT terrcarbon.refresh_matview('m.mv')},
	q{SELECT terrcarbon.protect_matview('m.mv')},
	q{SELECT terrcarbon.protect('m.t')},
	q{SELECT terrcarbon.unprotect('m.t')},
	q{SELECT terrcarbon_internal.reserve_ids()},
	q{DO $$
	DECLARE
		r text;
	BEGIN
		FOR r IN SELECT remedy FROM terrcarbon.doctor() WHERE object ~ '^m\.' AND remedy IS NOT NULL LOOP
			EXECUTE r;
		END LOOP;
	END $$},
);

for my $trap (@traps)
{
	$database = 'trap';
	$node->safe_psql('postgres', 'CREATE DATABASE trap');
	$node->safe_psql('trap', q{
		CREATE EXTENSION terrcarbon CASCADE;
		GRANT CREATE ON DATABASE trap TO mallory;
		SELECT terrcarbon.register_dataset('d', 'D', 'town', 'CC0-1.0', 'shared');
		SELECT terrcarbon.grant_access(1, 'mallory', 'totals');});
	my ($out, $err) = as('mallory', $payload . $trap->{set});
	unlike($err, qr/ERROR/, "$trap->{name}: set");
	ok(!mallory_won(), '... which alone gives nothing');
	if ($trap->{plain})
	{
		as($superuser, $trap->{plain});
		ok(mallory_won(), "... $trap->{plain} by a superuser makes mallory one");
	}
	for my $call (grep { defined } @calls, $trap->{inner})
	{
		($out, $err) = as($superuser, $call);
		ok(!mallory_won(), '... not so ' . ($call =~ /^([^\n]*)/)[0]) or diag($err);
	}
	$node->safe_psql('postgres', 'DROP DATABASE trap');
}

# An operator planted in a schema of ours, or in that of PostGIS, matches types
# that PostgreSQL would cast, and would run with the rights of our functions.
$database = 'trap';
$node->safe_psql('postgres', 'CREATE DATABASE trap');
$node->safe_psql('trap', q{
	CREATE EXTENSION terrcarbon CASCADE;
	GRANT CREATE ON DATABASE trap TO mallory;
	GRANT CREATE ON SCHEMA terrcarbon, terrcarbon_internal, public TO mallory;
	SELECT terrcarbon.grant_registering('mallory', 10);
	SELECT terrcarbon.register_dataset('town', 'T', 'town', 'CC0-1.0', 'shared');});
my (undef, $errors) = as('mallory', $payload . q{
	DO $$
	DECLARE
		o record;
		s text;
	BEGIN
		FOREACH s IN ARRAY '{terrcarbon,terrcarbon_internal,public}'::text[] LOOP
			FOR o IN
				SELECT a, b, op
				FROM unnest('{oid,regproc,regprocedure,regclass,regtype,regrole,regnamespace,name,text,"char",int2,int4,int8}'::text[]) a,
					unnest('{oid,regproc,regprocedure,regclass,regtype,regrole,regnamespace,name,text,"char",int2,int4,int8}'::text[]) b,
					unnest('{=,<>,<,>,<=,>=,~,||}'::text[]) op
				WHERE NOT EXISTS (SELECT FROM pg_operator
					WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprname = op AND oprleft = a::regtype AND oprright = b::regtype)
			LOOP
				EXECUTE format('CREATE OR REPLACE FUNCTION m.planted(%s, %s) RETURNS boolean LANGUAGE plpgsql AS
					''BEGIN RETURN m.deed() = 1; END''', o.a, o.b);
				EXECUTE format('CREATE OPERATOR %I.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = m.planted)', s, o.op, o.a, o.b);
			END LOOP;
		END LOOP;
	END $$;});
is($errors, '', 'operators are planted');
as($superuser, q{
	CREATE FUNCTION plain(r regrole) RETURNS boolean LANGUAGE sql SECURITY DEFINER
		SET search_path = pg_catalog, terrcarbon, pg_temp
		AS 'SELECT EXISTS (SELECT FROM pg_roles WHERE oid = r)';
	SELECT plain('town')});
ok(mallory_won(), 'an operator on (oid, regrole) runs in a plain SECURITY DEFINER function');
for my $call (
	'SELECT count(*) FROM terrcarbon.doctor()',
	'SELECT count(*) FROM terrcarbon.relink_roles()',
	q{SELECT terrcarbon.grant_registering('town', 3), terrcarbon.revoke_registering('town')})
{
	my ($out, $err) = as($superuser, $call);
	ok(!mallory_won(), "... not in $call") or diag($err);
	unlike($err, qr/ERROR/, '... which works');
}
for my $call (
	q{SELECT terrcarbon.register_dataset('m', 'M', 'mallory', 'CC0-1.0', 'shared')},
	q{SELECT terrcarbon.set_licence(2, 'etalab-2.0')},
	q{SELECT terrcarbon.set_access(2, 'aggregate', 'why')},
	q{SELECT terrcarbon.describe_dataset(2, title => 'New')},
	q{SELECT terrcarbon.grant_access(2, 'town', 'study', '2999-01-01')},
	q{SELECT terrcarbon.request_access(1, 'study')},
	q{SELECT terrcarbon.explain_access(1), terrcarbon.explain_access(2, 'mallory')},
	q{SELECT terrcarbon.revoke_access(2, 'town')},
	q{SELECT count(*) FROM terrcarbon.my_grants, terrcarbon.my_requests, terrcarbon.my_events, terrcarbon.dataset_catalogue},
	q{SELECT (terrcarbon.effective_licence('{1,2}')).publishable, terrcarbon.attribution('{1}'), terrcarbon.catalogue_dcat() IS NULL},
	q{SELECT terrcarbon.readable_datasets(), terrcarbon.can_read_all('{1}')},
	q{SELECT terrcarbon.retire_dataset(2)})
{
	my ($out, $err) = as('mallory', $call);
	ok(!mallory_won(), "... not in $call") or diag($err);
	unlike($err, qr/ERROR/, '... which works');
}
my $found = $node->safe_psql('trap', q{
	SELECT string_agg(DISTINCT severity || ' ' || problem, E'\n' ORDER BY severity || ' ' || problem)
	FROM terrcarbon.doctor() WHERE object ~ '^terrcarbon' OR object ~ '^schema '});
is($found, join("\n",
		'error mallory may create objects in it',
		'error operator of mallory in schema terrcarbon, and no part of the extension',
		'error operator of mallory in schema terrcarbon_internal, and no part of the extension'),
	'doctor finds them, and the way they came in');
$node->safe_psql('trap', 'ALTER SCHEMA terrcarbon_internal OWNER TO mallory');
like($node->safe_psql('trap', q{SELECT problem FROM terrcarbon.doctor() WHERE object = 'schema terrcarbon_internal'}),
	qr/^belongs to mallory/m, '... and a schema that belongs to somebody else');
# No function of the extension that runs as its owner looks anywhere but in
# pg_catalog for what it does not qualify.
is($node->safe_psql('trap', q{
		SET search_path = pg_catalog;
		SELECT string_agg(p.oid::regprocedure::text, E'\n')
		FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'terrcarbon'
		WHERE p.prosecdef AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)}),
	'', 'definer functions have pg_catalog alone on their path');
# Anybody may take an advisory lock, so nothing of ours waits for one.
is($node->safe_psql('trap', q{
		SET search_path = pg_catalog;
		SELECT string_agg(p.oid::regprocedure::text, E'\n')
		FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname IN ('terrcarbon', 'terrcarbon_internal') AND p.prosrc ~ 'advisory'}),
	'', 'no function waits for an advisory lock');
ok(!mallory_won(), 'nothing of this ran an operator of his');
$node->safe_psql('postgres', 'DROP DATABASE trap');

# The account.  Its owner puts traps on every table of it; then a superuser does
# what an administrator does.  Each call must change to the owner of the account
# by itself, in a way that the owner's code cannot leave and that leaves nothing
# deferred to the commit (terrcarbon_internal.run_as does).
# Every call belongs here that takes an account: refresh, what_if, explain_number,
# release, upgrade_account, drop_account.
my @account_calls = (
	q{CALL terrcarbon.refresh('acc')},
	q{SELECT * FROM terrcarbon.what_if('acc', 'SRID=2154;POLYGON((380000 6570000, 380100 6570000, 380100 6570100, 380000 6570000))', 'C', 2025, 2)},
	q{SELECT * FROM terrcarbon.explain_number('acc', 'T', 'waste', 2020)},
	q{SELECT terrcarbon.prepare_release('acc')},
	q{SELECT terrcarbon.release('acc', 2020)},
	q{SELECT terrcarbon.register_layer('acc', 'mine', 'acc.activity')},
	q{SELECT terrcarbon.upgrade_account('acc')},
	q{SELECT terrcarbon.drop_account('acc')},
);
$node->safe_psql('postgres', 'CREATE DATABASE trap');
$node->safe_psql('trap', q{
	CREATE EXTENSION terrcarbon CASCADE;
	GRANT CREATE ON DATABASE trap TO mallory;
	SELECT terrcarbon.register_dataset('d', 'D', 'mallory', 'CC0-1.0', 'open');});
(undef, $errors) = as('mallory', $payload . q{
	SET search_path = public, terrcarbon;
	SET client_min_messages = warning;
	SELECT create_account('acc', 2154);
	INSERT INTO acc.territory (code, name, level, reference_code, geom)
		VALUES ('T', 'T', 'commune', 'FR', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154)));
	INSERT INTO acc.activity (dataset_id, territory_code, sector, year, emission)
		VALUES (1, 'T', 'waste', 2020, ghg('CH4', 1000));
	DO $$
	DECLARE
		t regclass;
	BEGIN
		FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'acc'::regnamespace AND relkind = 'r' LOOP
			EXECUTE format('CREATE INDEX ON %s ((m.pwn(1)))', t);
			EXECUTE format('CREATE TRIGGER zz AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION m.fire()', t);
			EXECUTE format('CREATE CONSTRAINT TRIGGER zzz AFTER INSERT OR UPDATE OR DELETE ON %s DEFERRABLE INITIALLY DEFERRED
				FOR EACH ROW EXECUTE FUNCTION m.fire()', t);
		END LOOP;
	END $$;});
is($errors, '', 'traps are set on every table of an account');
ok(!mallory_won(), '... which alone gives nothing');
for my $call (@account_calls)
{
	my ($out, $err) = as($superuser, $call);
	ok(!mallory_won(), "not in $call") or diag($err);
}

done_testing();
