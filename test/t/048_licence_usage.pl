# The record of use: who read which dataset, how much and for what.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', q{
shared_preload_libraries = 'terrcarbon'
terrcarbon.usage_interval = 60
max_parallel_workers_per_gather = 0
restart_after_crash = on
jit = off
});
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	CREATE ROLE city; CREATE ROLE farm; CREATE ROLE university; CREATE ROLE town; CREATE ROLE anybody;
	CREATE ROLE clerk LOGIN IN ROLE city;
	CREATE ROLE noah LOGIN IN ROLE university;
	CREATE ROLE ada LOGIN IN ROLE university, town;
	CREATE ROLE lone LOGIN;
	CREATE ROLE monitor LOGIN IN ROLE university, pg_monitor;
	SELECT terrcarbon.register_dataset('open', 'Open', 'city', 'CC0-1.0', 'open');
	SELECT terrcarbon.register_dataset('shared', 'Shared', 'city', 'CC0-1.0', 'shared');
	SELECT terrcarbon.register_dataset('farm', 'Farm', 'farm', 'CC0-1.0', 'shared');
	SELECT terrcarbon.grant_access(2, 'university', 'thesis', '2999-01-01');
	CREATE TABLE measure (dataset_id int NOT NULL, place int NOT NULL, geom geometry(Point, 2154));
	INSERT INTO measure SELECT 1 + i % 3, i, ST_Point(i, i, 2154) FROM generate_series(0, 29999) i;
	SELECT terrcarbon.protect('measure');
	CREATE INDEX ON measure (dataset_id); CREATE INDEX ON measure (place); CREATE INDEX ON measure USING gist (geom);
	GRANT SELECT ON measure TO PUBLIC;
	VACUUM ANALYZE measure;
});

# What a producer reads of its readers, as of now.
sub readers
{
	my ($role, $where, $on) = @_;
	return ($on // $node)->safe_psql('postgres', q{SET client_min_messages = warning; SELECT slug, role, purpose, statements, row_count
		FROM terrcarbon.my_readers WHERE } . ($where // 'true') . ' ORDER BY slug, role, purpose, row_count',
		extra_params => [ '-U', $role ]);
}

sub as
{
	my ($role, $sql, $on) = @_;
	return ($on // $node)->safe_psql('postgres', $sql, extra_params => [ '-U', $role ]);
}

# Takes what was counted to the table, as the background worker does.
sub written
{
	return $node->safe_psql('postgres', 'SELECT terrcarbon_internal.write_usage()');
}

# Forgets everything.
sub anew
{
	written();
	$node->safe_psql('postgres', 'DELETE FROM terrcarbon.dataset_usage');
}

# Rows and roles.
is(readers('clerk'), '', 'nobody read yet');
is(as('noah', 'SELECT count(*) FROM measure'), '20000', 'a reader with a grant');
is(readers('clerk'), "open|university||1|10000\nshared|university|thesis|1|10000",
	'his role is shown and not his login; the purpose is that of the grant');
is(readers('noah'), '', 'a reader sees no readers');
is($node->safe_psql('postgres', q{SET ROLE farm; SELECT count(*) FROM terrcarbon.my_readers}), '0', 'another producer neither');
as('noah', 'SELECT count(*) FROM measure WHERE place < 30');
is(readers('clerk'), "open|university||2|10010\nshared|university|thesis|2|10010", 'statements and rows add up');
anew();
is(readers('clerk'), '', 'nothing is left in memory once it is written and deleted');

# Whom to name for open data.
as($_, 'SELECT count(*) FROM measure WHERE place < 300') for 'noah', 'ada', 'lone', 'monitor';
as('lone', 'SELECT 1');
$node->safe_psql('postgres', 'SET ROLE anybody; SELECT count(*) FROM measure WHERE place < 30');
is(readers('clerk', q{slug = 'open'}), "open|anybody||1|10\nopen|university||2|200\nopen|||2|200",
	'open data: the role of groups, and nobody where it is not one');
as('clerk', 'SELECT count(*) FROM measure WHERE place < 3');
is(readers('clerk', q{role = 'city'}), "open|city||1|1\nshared|city||1|1", 'the producer itself');
$node->safe_psql('postgres', 'SELECT count(*) FROM measure');
is(readers('clerk', q{row_count >= 10000}), '', 'a superuser reads past the policies and is not counted');
anew();

# However the rows are found, each counts once, and hidden ones do not.
for my $how (
	[ 'index scan', 'SET enable_seqscan = off; SET enable_bitmapscan = off', 'SELECT count(*) FROM measure WHERE place BETWEEN 300 AND 599', 100 ],
	[ 'bitmap scan', 'SET enable_seqscan = off; SET enable_indexscan = off; SET enable_indexonlyscan = off', 'SELECT count(*) FROM measure WHERE place BETWEEN 300 AND 599', 100 ],
	[ 'map window', 'SET enable_seqscan = off', 'SELECT count(*) FROM measure WHERE ST_Intersects(geom, ST_MakeEnvelope(299.5, 0, 599.5, 30000, 2154))', 100 ],
	[ 'index on the dataset', 'SET enable_seqscan = off; SET enable_bitmapscan = off', 'SELECT count(*) FROM measure WHERE dataset_id IN (2, 3) AND geom IS NOT NULL', 10000 ],
	[ 'nested loop', 'SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off', 'SELECT count(*) FROM generate_series(300, 599) p JOIN measure m ON m.place = p', 100 ],
	[ 'cursor', '', 'BEGIN; DECLARE c CURSOR FOR SELECT * FROM measure WHERE dataset_id = 2; MOVE 7 FROM c; MOVE 3 FROM c; COMMIT', 10 ],
	[ 'an error after the rows', '', q{DO $$ BEGIN PERFORM 1 / (5998 - place) FROM measure WHERE dataset_id = 2 AND place BETWEEN 300 AND 5999 ORDER BY place; EXCEPTION WHEN division_by_zero THEN NULL; END $$}, 1900 ],
	[ 'a rollback', '', 'BEGIN; SELECT count(*) FROM measure WHERE place BETWEEN 300 AND 599; ROLLBACK', 100 ],
	[ 'a function', '', q{CREATE FUNCTION pg_temp.f(p int) RETURNS int LANGUAGE plpgsql AS 'DECLARE d int; BEGIN SELECT dataset_id INTO d FROM measure WHERE place = p; RETURN d; END'; SELECT count(pg_temp.f(i)) FROM generate_series(300, 599) i}, 100 ])
{
	my ($name, $settings, $query, $rows) = @$how;
	as('noah', "$settings; $query");
	my $got = readers('clerk', q{slug = 'shared'});
	like($got, qr/^shared\|university\|thesis\|\d\|$rows$/, "$name: $rows rows");
	like($got, qr/\|1\|\d+$/, "$name: one statement") if $name ne 'cursor';
	anew();
}
as('noah', 'SELECT count(*) FROM measure WHERE NOT terrcarbon.can_read(dataset_id); SELECT count(terrcarbon.can_read(i % 3)) FROM generate_series(1, 100) i');
is(readers('clerk', 'row_count <> 10000'), '', 'asking can_read is not reading');
anew();

# In parallel workers each row counts once, and the statement too.
as('noah', q{SET max_parallel_workers_per_gather = 2; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
	SELECT count(*) FROM measure});
is(readers('clerk'), "open|university||1|10000\nshared|university|thesis|1|10000", 'parallel workers');
as('noah', q{SET max_parallel_workers_per_gather = 2; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
	SET parallel_leader_participation = off; SELECT count(*) FROM measure});
is(readers('clerk'), "open|university||2|20000\nshared|university|thesis|2|20000", '... without the leader');
anew();

# Rows computed from several datasets count for each: a guarded view.
$node->safe_psql('postgres', q{
	CREATE ROLE keeper; GRANT CREATE ON SCHEMA public TO keeper;
	SELECT terrcarbon.grant_access(2, 'keeper', 'totals');
	SET ROLE keeper;
	CREATE MATERIALIZED VIEW total AS SELECT place / 10000 AS part, terrcarbon.sources_agg(dataset_id) AS sources FROM measure GROUP BY 1;
	GRANT SELECT ON total TO PUBLIC;
	SELECT terrcarbon.protect_matview('total');});
anew();
is(as('noah', 'SELECT count(*) FROM total_readable'), '3', 'a guarded view');
is(readers('clerk'), "open|university||1|3\nshared|university|thesis|1|3", '... counts for each source of a row');
anew();

# Reading what was rolled up from a dataset is reading it: an account.
$node->safe_psql('postgres', q{
	CREATE ROLE observatory;
	GRANT CREATE ON DATABASE postgres TO observatory;
	SELECT terrcarbon.register_dataset('gas', 'Gas meters', 'city', 'CC0-1.0', 'shared');
	SELECT terrcarbon.grant_access(4, 'observatory', 'roll-up'), terrcarbon.grant_access(4, 'university', 'comparison');
	ALTER DATABASE postgres SET search_path = "$user", public, terrcarbon;});
$node->safe_psql('postgres', q{
	SET ROLE observatory;
	SELECT create_account('bay', 4326);
	GRANT USAGE ON SCHEMA bay TO PUBLIC;
	GRANT SELECT ON ALL TABLES IN SCHEMA bay TO PUBLIC;
	GRANT INSERT ON bay.activity TO city;
	INSERT INTO bay.territory (code, name, level, geom) VALUES ('N', 'Northport', 'commune', ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326)));
	SET ROLE city;
	INSERT INTO bay.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent)
	VALUES (4, 'N', 'residential', 2018, 12, 'GWh HHV', 'natural_gas', 3);
	SET ROLE observatory;
	CALL refresh('bay');});
anew();
my $figure = q{SELECT count(*) FROM bay.trajectory_by_territory WHERE territory_code = 'N' AND year = 2018 AND emissions > 0};
is(as('noah', $figure), '1', 'a figure of an account');
like(readers('clerk'), qr/^gas\|university\|comparison\|1\|[1-9]\d*$/, '... counts as reading the dataset it was rolled up from');
is(as('lone', $figure), '0', 'who may not read it gets no figure');
unlike(readers('clerk'), qr/^gas\|\|/m, '... and is not said to have read it');
anew();

# A grant that is taken back before it is written keeps its purpose.
as('noah', 'SELECT count(*) FROM measure WHERE place = 1');
$node->safe_psql('postgres', q{SELECT terrcarbon.revoke_access(2, 'university')});
is(readers('clerk', q{slug = 'shared'}), 'shared|university|thesis|1|1', 'a grant taken back before the day is written');
$node->safe_psql('postgres', q{SELECT terrcarbon.grant_access(2, 'university', 'thesis')});
anew();

# Readers in several sessions at once.
$node->pgbench('-c 4 -j 2 -t 50 -n -U noah postgres', 0, [qr/processed: 200/], [qr/^$/], 'readers at once',
	{ 'usage_read' => 'SELECT count(*) FROM measure WHERE place BETWEEN 300 AND 599;' });
is(readers('clerk', q{slug = 'shared'}), 'shared|university|thesis|200|20000', 'no row is lost between sessions');
anew();

# The background worker writes, in every database where something was counted.
$node->append_conf('postgresql.conf', 'terrcarbon.usage_interval = 1');
$node->reload;
$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->safe_psql('other', q{
	CREATE EXTENSION terrcarbon CASCADE;
	SELECT terrcarbon.register_dataset('elsewhere', 'Elsewhere', 'city', 'CC0-1.0', 'open');
	CREATE TABLE measure (dataset_id int NOT NULL); SELECT terrcarbon.protect('measure'); INSERT INTO measure VALUES (1), (1);
	GRANT SELECT ON measure TO PUBLIC;
	ALTER DATABASE other SET default_transaction_read_only = on;});
as('noah', 'SELECT count(*) FROM measure WHERE place < 30');
$node->safe_psql('other', 'SELECT count(*) FROM measure', extra_params => [ '-U', 'noah' ]);
ok($node->poll_query_until('postgres', 'SELECT count(*) = 2 AND sum(row_count) = 20 FROM terrcarbon.dataset_usage'), 'the worker writes');
ok($node->poll_query_until('other', q{SELECT string_agg(role || row_count, ',') = 'university2' FROM terrcarbon.dataset_usage}),
	'... also in another database, read-only by default');
is(readers('clerk'), "open|university||1|10\nshared|university|thesis|1|10", '... and what is written is not in memory any more');

# Retention.
$node->safe_psql('postgres', q{
	INSERT INTO terrcarbon.dataset_usage VALUES (1, (now() AT TIME ZONE 'UTC')::date - 30, 'old', NULL, 1, 1), (1, (now() AT TIME ZONE 'UTC')::date - 31, 'older', NULL, 1, 1);});
$node->append_conf('postgresql.conf', 'terrcarbon.usage_retention = 30');
$node->reload;
as('noah', 'SELECT count(*) FROM measure WHERE place < 3');
ok($node->poll_query_until('postgres', q{SELECT string_agg(role, ',' ORDER BY role) = 'old' FROM terrcarbon.dataset_usage WHERE role LIKE 'old%'}),
	'what is older than the retention goes');
$node->append_conf('postgresql.conf', "terrcarbon.usage_interval = 60");
$node->reload;
anew();

# A dropped database leaves nothing behind.
$node->safe_psql('other', 'SELECT count(*) FROM measure', extra_params => [ '-U', 'noah' ]);
$node->safe_psql('postgres', 'DROP DATABASE other WITH (FORCE)');

# A clean restart loses nothing, a crash what was not written.
as('noah', 'SELECT count(*) FROM measure WHERE place < 30');
$node->restart;
is(readers('clerk', q{slug = 'shared'}), 'shared|university|thesis|1|10', 'a restart loses nothing');
written();
as('noah', 'SELECT count(*) FROM measure WHERE place < 3');
is(readers('clerk', q{slug = 'shared'}), 'shared|university|thesis|2|11', 'before the crash');
my $victim = IPC::Run::start([ 'psql', '-Xq', '-d', $node->connstr('postgres'), '-c', 'SELECT pg_sleep(600)' ], '<', \'', '&>', \my $said);
ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'}), 'a backend to kill');
kill 'KILL', $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'});
$victim->finish;
ok($node->poll_query_until('postgres', 'SELECT true'), 'the server is back');
is(readers('clerk', q{slug = 'shared'}), 'shared|university|thesis|1|10', 'a crash loses what was not written, and no more');
ok(!-e $node->data_dir . '/pg_stat/terrcarbon_usage.stat', 'no file of it is left');
$node->append_conf('postgresql.conf', "terrcarbon.usage_interval = 1");
$node->reload;
as('noah', 'SELECT count(*) FROM measure WHERE place < 3');
ok($node->poll_query_until('postgres', q{SELECT sum(row_count) = 11 FROM terrcarbon.dataset_usage WHERE dataset_id = 2}),
	'the worker is back after the crash');
$node->append_conf('postgresql.conf', "terrcarbon.usage_interval = 60");
$node->reload;

# A standby keeps its own.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
as('noah', 'SELECT count(*) FROM measure WHERE place < 300', $standby);
is(readers('clerk', q{slug = 'shared'}, $standby), 'shared|university|thesis|3|111', 'on a standby: what the primary wrote and what it read itself');
is(readers('clerk', q{slug = 'shared'}), 'shared|university|thesis|2|11', '... which the primary does not know');
$standby->restart;
is(readers('clerk', q{slug = 'shared'}, $standby), 'shared|university|thesis|3|111', '... kept over a restart');
$standby->promote;
is($standby->safe_psql('postgres', 'SELECT terrcarbon_internal.write_usage()'), '2', '... and written once it is promoted');
is(readers('clerk', q{slug = 'shared'}, $standby), 'shared|university|thesis|3|111', '... once');
$standby->stop;

# Partitions by dataset are asked for once, and their rows counted as ever.
anew();
$node->safe_psql('postgres', q{
	CREATE TABLE parted (LIKE measure) PARTITION BY LIST (dataset_id);
	CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1); CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
	CREATE TABLE parted_3 PARTITION OF parted FOR VALUES IN (3);
	INSERT INTO parted SELECT * FROM measure;
	SELECT terrcarbon.protect('parted');
	GRANT SELECT ON parted TO PUBLIC;});
is(as('noah', 'SELECT count(*) FROM parted'), '20000', 'partitions by dataset');
is(readers('clerk'), "open|university||1|10000\nshared|university|thesis|1|10000", '... each of their rows is counted');

# The year of a dataset, for its producer and for stewards.
anew();
$node->safe_psql('postgres', q{
	CREATE ROLE office; CREATE ROLE clerk_of_office LOGIN IN ROLE office;
	INSERT INTO terrcarbon.steward VALUES ('office'::regrole);
	SELECT terrcarbon.register_dataset('yearly', 'Yearly', 'city', 'CC0-1.0', 'shared');
	SET ROLE university;
	SELECT terrcarbon.request_access(id, 'once') FROM terrcarbon.dataset WHERE slug = 'yearly';
	SELECT terrcarbon.request_access(id, 'twice') FROM terrcarbon.dataset WHERE slug = 'farm';
	SET ROLE city;
	SELECT terrcarbon.decide_request(id, 'refused') FROM terrcarbon.my_requests WHERE slug = 'yearly' AND status = 'pending';
	SET ROLE university;
	SELECT terrcarbon.request_access(id, 'again') FROM terrcarbon.dataset WHERE slug = 'yearly';
	SET ROLE city;
	SELECT terrcarbon.decide_request(id, 'granted') FROM terrcarbon.my_requests WHERE slug = 'yearly' AND status = 'pending';
	SELECT terrcarbon.revoke_access(id, 'university') FROM terrcarbon.dataset WHERE slug = 'yearly';
	RESET ROLE;
	INSERT INTO terrcarbon.dataset_usage SELECT id, v.* FROM terrcarbon.dataset, (VALUES
		(date '2022-12-31', 'university', 'once', 1, 10), ('2023-01-01', 'university', 'once', 2, 20), ('2023-01-02', 'university', 'again', 3, 30),
		('2023-01-02', 'town', 'x', 4, 40), ('2023-01-02', 'city', NULL, 5, 50), ('2023-01-02', NULL, NULL, 6, 60)) v WHERE slug = 'yearly';});
my $yearly = q{SELECT year = extract(year FROM now() AT TIME ZONE 'UTC') AS now, requests, refusals, grants, revocations, readers, statements, row_count
	FROM terrcarbon.sharing_by_year WHERE slug = 'yearly' ORDER BY year};
is(as('clerk', $yearly), "f|0|0|0|0|1|1|10\nf|0|0|0|0|2|15|150\nt|2|1|1|1|||", 'what became of a dataset, by year; unknown where nothing was recorded');
is(as('clerk_of_office', $yearly), as('clerk', $yearly), '... for stewards too');
is(as('noah', 'SELECT count(*) FROM terrcarbon.sharing_by_year'), '0', '... and nobody else');
is(as('clerk', q{SELECT count(*) FROM terrcarbon.sharing_by_year WHERE slug = 'farm'}), '0', '... of other producers');

# A table of entries that is full says so and counts on.
$node->append_conf('postgresql.conf', 'terrcarbon.usage_entries = 100');
$node->restart;
anew();
$node->safe_psql('postgres', q{
	INSERT INTO measure SELECT terrcarbon.register_dataset('many-' || i, 'Many', 'city', 'CC0-1.0', 'open'), 100000 + i FROM generate_series(1, 150) i});
my $offset = -s $node->logfile;
as('noah', 'SELECT count(*) FROM measure WHERE place > 100000');
is(written(), '100', 'as many datasets as there are entries');
like(slurp_file($node->logfile, $offset), qr/the reading of 50 rows was not recorded/, '... and the log says what is missing');

# Who may not: tables and functions behind it.
for my $sql ('SELECT * FROM terrcarbon.dataset_usage', 'SELECT terrcarbon_internal.write_usage()', 'SELECT terrcarbon_internal.take_usage()',
	'SELECT * FROM terrcarbon_internal.usage_unwritten')
{
	my ($out, $err);
	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', 'clerk' ]);
	like($err, qr/permission denied/, $sql);
}
as('noah', 'SELECT count(*) FROM measure WHERE place < 3');
is($node->safe_psql('postgres', 'SET ROLE farm; SELECT count(*) FROM terrcarbon_internal.usage_in_memory()'), '0', 'another producer sees nothing in memory');
isnt(as('clerk', 'SELECT count(*) FROM terrcarbon_internal.usage_in_memory()'), '0', '... where this one does');

# It says so where nothing is counted.
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
as('noah', 'SELECT count(*) FROM measure');
my ($out, $err);
$node->psql('postgres', 'SELECT * FROM terrcarbon.my_readers', stdout => \$out, stderr => \$err, extra_params => [ '-U', 'clerk' ]);
like($err, qr/the use of datasets is not recorded on this server.*shared_preload_libraries/s, 'without preload: an error that says what to do');
$node->stop;
done_testing();
