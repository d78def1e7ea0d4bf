# CREATE EXTENSION and a schema that somebody prepared for it.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN; CREATE ROLE chief SUPERUSER LOGIN');

# What is there before CREATE EXTENSION, who runs that, and what comes of it.
my @cases = (
	[ 'nothing', '', undef ],
	[ 'a schema of the installing role', 'CREATE SCHEMA terrcarbon', undef ],
	[ 'a schema of another superuser, as a restore makes it',
		'CREATE SCHEMA terrcarbon AUTHORIZATION chief', undef ],
	[ 'a schema of an ordinary role', 'CREATE SCHEMA terrcarbon AUTHORIZATION mallory',
		qr/its owner is mallory/ ],
	[ 'a schema that others may create in',
		'CREATE SCHEMA terrcarbon; GRANT CREATE ON SCHEMA terrcarbon TO mallory',
		qr/others may create objects/ ],
	[ 'a schema with a planted operator', q{
		CREATE SCHEMA terrcarbon;
		CREATE FUNCTION terrcarbon.planted(oid, regproc) RETURNS boolean LANGUAGE plpgsql AS
			'BEGIN ALTER ROLE mallory SUPERUSER; RETURN true; END';
		CREATE OPERATOR terrcarbon.= (LEFTARG = oid, RIGHTARG = regproc, FUNCTION = terrcarbon.planted)},
		qr/objects are in it/ ],
	[ 'an inner schema', 'CREATE SCHEMA terrcarbon_internal',
		qr/Schema terrcarbon_internal exists/ ]);
for my $case (@cases)
{
	my ($what, $prepare, $refused) = @$case;
	$node->safe_psql('postgres', 'CREATE DATABASE place');
	$node->safe_psql('place', $prepare) if $prepare;
	my ($out, $err);
	$node->psql('place', 'CREATE EXTENSION terrcarbon CASCADE',
		stdout => \$out, stderr => \$err, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	if ($refused)
	{
		like($err, qr/ERROR:  55000: .*HINT/s, "$what: refused");
		like($err, $refused, "$what: the reason is given");
	}
	else
	{
		unlike($err, qr/ERROR/, "$what: installs");
	}
	$node->safe_psql('postgres', 'DROP DATABASE place');
}
is($node->safe_psql('postgres', q{SELECT rolsuper FROM pg_roles WHERE rolname = 'mallory'}),
	'f', 'nothing planted ran');

# Operators planted in the schema of PostGIS, for every pair of types that has no
# operator of its own, are not what the install script uses.
$node->safe_psql('postgres', 'CREATE DATABASE place');
$node->safe_psql('place', q{
	CREATE EXTENSION postgis;
	GRANT CREATE ON SCHEMA public TO mallory;
	SET ROLE mallory;
	DO $$
	DECLARE
		pair record;
	BEGIN
		FOR pair IN
			SELECT a, b FROM unnest('{oid,regproc,regprocedure,regclass,regtype,regrole,regnamespace,name,text,"char",int2,int4,int8}'::text[]) a,
				unnest('{oid,regproc,regprocedure,regclass,regtype,regrole,regnamespace,name,text,"char",int2,int4,int8}'::text[]) b
			WHERE NOT EXISTS (SELECT FROM pg_operator WHERE oprname = '='
				AND oprleft = a::regtype AND oprright = b::regtype)
		LOOP
			EXECUTE format('CREATE FUNCTION public.planted(%s, %s) RETURNS boolean LANGUAGE plpgsql AS
				$f$ BEGIN RAISE EXCEPTION ''planted %s = %s ran as %%'', current_user; END $f$', pair.a, pair.b, pair.a, pair.b);
			EXECUTE format('CREATE OPERATOR public.= (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.planted)', pair.a, pair.b);
		END LOOP;
	END $$;
});
my ($out, $err);
$node->psql('place', 'CREATE EXTENSION terrcarbon', stdout => \$out, stderr => \$err);
is($err, '', 'the install script runs no planted operator');
# ... nor has it written one into a view or function that a superuser calls
$node->psql('place', q{SET search_path = pg_catalog; SELECT count(*) FROM terrcarbon.doctor()}, stdout => \$out, stderr => \$err);
is($err, '', 'nor does doctor()');

# The library is that of the script, where the server can tell.
SKIP:
{
	skip 'PostgreSQL 18 tells the version of a library', 1
	  if $node->safe_psql('postgres', 'SHOW server_version_num') < 180000;
	is($node->safe_psql('place', q{LOAD 'terrcarbon';
		SELECT m.version = e.extversion
		FROM pg_get_loaded_modules() AS m, pg_extension AS e
		WHERE m.module_name = 'terrcarbon' AND e.extname = 'terrcarbon'}), 't', 'script and library are of one version');
}

done_testing();
