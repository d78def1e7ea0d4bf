# doctor() finds nightly jobs that do not belong to the owner of the account.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
my ($share) = run_command([ 'pg_config', '--sharedir' ]);
plan skip_all => 'pg_cron is not installed' unless -f "$share/extension/pg_cron.control";

$node->init;
$node->append_conf('postgresql.conf', join "\n", 'fsync = off', "shared_preload_libraries = 'pg_cron'",
	"cron.database_name = 'postgres'", "cron.host = '@{[ $node->host ]}'");
$node->start;
my $ills = q{SELECT severity, object, problem, remedy FROM terrcarbon.doctor() WHERE object LIKE 'cron job%'};

# A table that only looks like that of pg_cron is not read.
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	CREATE ROLE owner LOGIN; CREATE ROLE town LOGIN; CREATE ROLE mallory LOGIN;
	CREATE SCHEMA cron AUTHORIZATION mallory;
	SET ROLE mallory;
	CREATE VIEW cron.job AS SELECT 1 / 0 AS jobid;});
is($node->safe_psql('postgres', $ills), '', 'a look-alike of cron.job is left alone');

$node->safe_psql('postgres', q{
	DROP SCHEMA cron CASCADE;
	CREATE EXTENSION pg_cron;
	GRANT USAGE ON SCHEMA cron TO owner, town;
	CREATE SCHEMA bay AUTHORIZATION owner;
	SELECT cron.schedule('as superuser', '0 0 1 1 *', $$CALL terrcarbon.refresh('bay')$$);
	SELECT cron.schedule('something else', '0 0 1 1 *', 'VACUUM');
	SET ROLE owner;
	SELECT cron.schedule('as the owner', '0 0 1 1 *', $$CALL terrcarbon.refresh('bay')$$);
	RESET ROLE; SET ROLE town;
	SELECT cron.schedule('as another', '0 0 1 1 *', $$CALL terrcarbon.refresh('bay')$$);
	SELECT cron.schedule('his own', '0 0 1 1 *', $$REFRESH MATERIALIZED VIEW mine$$);});
my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
is($node->safe_psql('postgres', $ills), <<"EOT" =~ s/\n\z//r, 'jobs of the wrong role');
error|cron job 1|works on accounts as $superuser, who reads past every policy|UPDATE cron.job SET username = 'owner' WHERE jobid = 1
warning|cron job 4|works on account bay as town, and not as its owner, owner|UPDATE cron.job SET username = 'owner' WHERE jobid = 4
EOT
$node->safe_psql('postgres', $_) for split /\n/, $node->safe_psql('postgres', "SELECT remedy FROM ($ills) i");
is($node->safe_psql('postgres', $ills), '', '... and the statements that mend it');
$node->stop;
done_testing();
