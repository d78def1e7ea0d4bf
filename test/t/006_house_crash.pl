# A backend killed (-9) and an immediate shutdown in the middle of a deposit, a
# refresh, a release and a publication: afterwards each was not done at all, or, in
# the case of a refresh, is done up to a step; done again, it gives what it gives
# where nothing happened.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use IPC::Run;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', q{
fsync = off
restart_after_crash = on
shared_preload_libraries = 'terrcarbon'
});
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = public, terrcarbon;
	-- A trap: whoever writes when the countdown is over waits there.
	CREATE SEQUENCE countdown;
	CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
	BEGIN
		IF nextval('countdown') = 1000 THEN
			PERFORM pg_sleep(100);
		END IF;
		RETURN NULL;
	END $$});
$node->safe_psql('postgres', q{
	CREATE ROLE keeper;
	GRANT CREATE ON DATABASE postgres TO keeper;
	SELECT register_dataset('firms', 'Firms', 'keeper', 'lov2', 'aggregate', updated => '2024-01-31');
	SELECT register_dataset('homes', 'Homes', 'keeper', 'lov2', 'open', updated => '2024-01-31');
	SET ROLE keeper;
	SELECT create_account('bay', 4326);
	UPDATE bay.setting SET batch_size = 1;
	INSERT INTO bay.territory (code, name, level, parent_code, geom)
	SELECT 'E', 'E', 'EPCI', NULL::text, ST_Multi(ST_MakeEnvelope(0, 45, 10, 46, 4326))
	UNION ALL SELECT 'C' || i, 'C', 'commune', 'E', ST_Multi(ST_MakeEnvelope(i, 45, i + 1, 46, 4326)) FROM generate_series(0, 9) AS i;
	INSERT INTO bay.activity (dataset_id, territory_code, sector, year, emission, u95_percent)
	SELECT 1, 'C' || c, sector, 2023, ghg('CO2', 1000 * i), 10
	FROM generate_series(0, 9) AS c, unnest('{industry,tertiary}'::text[]) AS sector, generate_series(1, 12) AS i;
	INSERT INTO bay.activity (dataset_id, territory_code, sector, year, emission, u95_percent)
	SELECT 2, 'C' || c, 'residential', 2023, ghg('CO2', 1e6), 10 FROM generate_series(0, 9) AS c});
$node->safe_psql('postgres', q{SET client_min_messages = warning; CALL refresh('bay')});
$node->safe_psql('postgres', q{SELECT release('bay', 2023)});
$node->safe_psql('postgres', q{
	CREATE TABLE staging AS
	SELECT 'C' || i % 10 AS territory_code, 'waste' AS sector, 2023 AS year, 0.1 * i AS quantity, 'MWh HHV' AS unit,
		CASE WHEN i % 50 = 0 THEN 'no such factor' ELSE 'natural_gas' END AS factor
	FROM generate_series(1, 2000) AS i;
	DO $$ DECLARE t text; BEGIN
		FOREACH t IN ARRAY '{activity,rejected,balance,release_cell,release_part,publication_item}'::text[] LOOP
			EXECUTE format('CREATE TRIGGER trap AFTER INSERT ON bay.%I EXECUTE FUNCTION trap()', t);
		END LOOP;
	END $$;
	-- All tables of the account as they are, but for numbers and times given on the way.
	CREATE FUNCTION digest() RETURNS text LANGUAGE plpgsql AS $$
	DECLARE t name; part text; whole text := ''; BEGIN
		FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'bay'::regnamespace AND relkind = 'r' ORDER BY 1 LOOP
			EXECUTE format($q$SELECT count(*) || ' ' || md5(string_agg(r, '' ORDER BY r)) FROM (SELECT (to_jsonb(x)
				- '{id,batch_id,release_id,replaces,publication_id,digest,former_digest,refreshed_at,started_at,finished_at,step_at,total,done,deposited_at,released_at,published_at}'::text[])::text AS r
				FROM bay.%I AS x) AS x$q$, t) INTO part;
			whole := concat(whole, t, ' ', part, E'\n');
		END LOOP;
		RETURN whole;
	END $$});
sub state { return $node->safe_psql('postgres', 'SELECT digest()') }

# What sessions that are gone may have left.
sub left
{
	return $node->safe_psql('postgres', q{SELECT concat_ws(' ',
		(SELECT count(*) FROM pg_locks WHERE relation >= 16384 AND pid <> pg_backend_pid()),
		(SELECT count(*) FROM pg_class WHERE relpersistence = 't'),
		(SELECT count(*) FROM pg_ls_tmpdir()),
		(SELECT count(*) FROM pg_prepared_xacts))});
}

my %stop = (
	'kill -9' => sub {
		my $offset = -s $node->logfile;
		kill 'KILL', shift;
		$node->wait_for_log(qr/database system is ready to accept connections/, $offset);
	},
	'immediate shutdown' => sub { $node->stop('immediate'); $node->start });

# Runs a statement until it is in the trap for so many writings, and stops it there.
sub cut_off
{
	my ($name, $statement, $after, $stop) = @_;
	$node->safe_psql('postgres', "SELECT setval('countdown', 999 - $after)");
	my ($out, $err) = ('', '');
	my $handle = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', $statement ], '<', \undef, '>', \$out, '2>', \$err);
	my $trapped = q{FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND backend_type = 'client backend'};
	for (1 .. 600)
	{
		last if $node->safe_psql('postgres', "SELECT count(*) $trapped") eq '1';
		die "$name: not in the trap: $out$err" if $_ == 600 || !$handle->pumpable;
		usleep(50_000);
	}
	$stop->($node->safe_psql('postgres', "SELECT pid $trapped"));
	$handle->finish;
	$node->safe_psql('postgres', "SELECT setval('countdown', 2000)");
	like($err, qr/server closed the connection|terminating connection|crash of another/, "$name: it was cut off");
	is(left(), '0 0 0 0', "$name: it left no lock, temporary table or file");
}

# Of one transaction; a second one, in the same state, gives what the first gave.
my $touch = q{UPDATE bay.activity SET u95_percent = u95_percent + 1 WHERE territory_code <> 'C0'};
my $intact = q{SELECT count(*) || ' ' || coalesce(bool_and(intact)::text, '-') FROM verify_publication('bay')};
for my $case (
	[ 'deposit', q{SELECT rows_in, rows_rejected FROM deposit('bay', 'activity', 'staging', 'homes', repeated => 'append')}, 1, '1960|40' ],
	[ 'release', q{SELECT release('bay', 2023, correction => 'checked again') > 1}, 1, 't' ],
	[ 'publish', q{SELECT publish('bay', 'Figures', 2023) > 0}, 3, 't' ])
{
	my ($operation, $statement, $after, $result) = @$case;
	my $before = state();
	my $publications = $node->safe_psql('postgres', $intact);
	for my $way (sort keys %stop)
	{
		cut_off("$operation, $way", $statement, $after, $stop{$way});
		is(state(), $before, "$operation, $way: nothing of it is there");
		is($node->safe_psql('postgres', $intact), $publications, "$operation, $way: publications are what they were");
	}
	is($node->safe_psql('postgres', $statement), $result, "$operation: again, and it is done");
	isnt(state(), $before, "$operation: and seen");
	$node->safe_psql('postgres', q{SET client_min_messages = error; CALL refresh('bay')});
}
is($node->safe_psql('postgres', $intact), '1 true', 'the publication is intact');

# In steps: what was done stays, the next one does the rest.
for my $way (sort keys %stop)
{
	$node->safe_psql('postgres', $touch);
	cut_off("refresh, $way", q{CALL refresh('bay')}, 6, $stop{$way});
	is($node->safe_psql('postgres', 'SELECT done > 0 AND pending > 0 FROM bay.refresh_progress'), 't', "refresh, $way: some of it is done, some is left");
	is($node->safe_psql('postgres', q{SELECT count(*) FROM bay.balance p
		JOIN (SELECT b.dataset_id, b.sector, b.scope, sum(value(b.co2e)) AS total FROM bay.balance b WHERE b.territory_code <> 'E' GROUP BY 1, 2, 3) AS s
			USING (dataset_id, sector, scope)
		WHERE p.territory_code = 'E' AND abs(value(p.co2e) - s.total) > 1e-9 * abs(s.total)}), '0', "refresh, $way: wholes are the sums of their parts");
	$node->safe_psql('postgres', q{SET client_min_messages = error; CALL refresh('bay')});
	my $resumed = state();
	$node->safe_psql('postgres', q{SET client_min_messages = error; CALL refresh('bay', "full" => true)});
	is($resumed, state(), "refresh, $way: the next one completes it");
}

# With row security on after all this: others see what the licences allow.
is($node->safe_psql('postgres', q{CREATE ROLE citizen; GRANT USAGE ON SCHEMA bay TO citizen; GRANT SELECT ON bay.activity TO citizen; SET ROLE citizen;
	SELECT count(*) FILTER (WHERE dataset_id = 1), count(*) > 0 FROM bay.activity}), '0|t', 'rows of firms are nobody else\'s');
$node->stop;
done_testing();
