# The nightly job: pg_cron runs a refresh and what comes after it, here every minute; one
# that leaves figures stale fails where the account says so.
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
$node->safe_psql('postgres', q{
	CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon; CREATE EXTENSION pg_cron;
	CREATE ROLE owner LOGIN; CREATE ROLE town;
	GRANT CREATE ON DATABASE postgres TO owner;
	GRANT USAGE ON SCHEMA cron TO owner;
	SET search_path = terrcarbon, public;
	SELECT register_dataset('d', 'D', 'town', 'CC0-1.0', 'open');
	SET ROLE owner;
	SELECT create_account('acc', 4326);
	INSERT INTO acc.territory (code, name, level, geom)
		VALUES ('A', 'A', 'commune', ST_Multi(ST_MakeEnvelope(0, 45, 0.1, 45.1, 4326)));
	RESET ROLE;
	INSERT INTO acc.activity (dataset_id, territory_code, sector, year, emission, u95_percent)
		VALUES (1, 'A', 'waste', 2020, ghg('CH4', 1000), 30);
	SET ROLE owner;
	CREATE MATERIALIZED VIEW acc.by_year AS SELECT year, emissions FROM acc.trajectory_by_territory;
	CREATE PROCEDURE acc.nightly() LANGUAGE plpgsql AS $$
	BEGIN
		CALL terrcarbon.refresh('acc');
		REFRESH MATERIALIZED VIEW acc.by_year;
	END $$;
	-- Another account, with rows its owner may not read.
	SELECT create_account('shut', 4326);
	INSERT INTO shut.territory (code, name, level, geom) SELECT code, name, level, geom FROM acc.territory;
	UPDATE shut.setting SET when_stale = 'fail';
	RESET ROLE;
	SELECT register_dataset('closed', 'D', 'town', 'CC0-1.0', 'private') AS closed;
	INSERT INTO shut.activity (dataset_id, territory_code, sector, year, emission, u95_percent)
		SELECT id, 'A', 'waste', 2020, ghg('CH4', 1000), 30 FROM dataset WHERE slug = 'closed';
	SET ROLE owner;
	SELECT cron.schedule('nightly account', '* * * * *', 'CALL acc.nightly()');
	SELECT cron.schedule('shut account', '* * * * *', $$CALL terrcarbon.refresh('shut')$$);});
my $done = $node->poll_query_until('postgres', q{SELECT count(DISTINCT command) = 2 FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')});
ok($done, 'the jobs ran');
is($node->safe_psql('postgres', q{SELECT status FROM cron.job_run_details WHERE command = 'CALL acc.nightly()' AND status IN ('succeeded', 'failed') LIMIT 1}),
	'succeeded', 'one succeeded');
is($node->safe_psql('postgres', q{SELECT emissions FROM acc.by_year}), '28', 'and refreshed a materialized view afterwards');
like($node->safe_psql('postgres', q{SELECT status || ': ' || return_message FROM cron.job_run_details WHERE command LIKE '%shut%' AND status IN ('succeeded', 'failed') LIMIT 1}),
	qr/^failed: .*stale.*closed/s, 'one that leaves figures stale failed, and says which');
is($node->safe_psql('postgres', q{SELECT emissions FROM acc.trajectory_by_territory}), '28', 'the figure is there');
$node->stop;
done_testing();
