# The catalogue in a dump: into a cluster whose roles have other OIDs, where one
# is missing, one was renamed and one was dropped before the dump.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $origin = PostgreSQL::Test::Cluster->new('origin');
$origin->init;
$origin->start;
my $copy = PostgreSQL::Test::Cluster->new('copy');
$copy->init;
$copy->start;

# Here OIDs and names are crossed on purpose: what is farm's OID over there
# belongs to a stranger here, or to nobody.
$origin->safe_psql('postgres', q{
	CREATE ROLE city; CREATE ROLE farm; CREATE ROLE lab; CREATE ROLE "Odd ""name"; CREATE ROLE office;
	CREATE ROLE lost; CREATE ROLE dropped; CREATE ROLE account;
	CREATE ROLE former; CREATE ROLE heir; CREATE ROLE mover;
	CREATE EXTENSION terrcarbon CASCADE;
	CREATE TABLE measure (dataset_id int NOT NULL, value int);
	GRANT SELECT ON measure TO PUBLIC;
	SELECT terrcarbon.protect('measure');
	SELECT terrcarbon.register_dataset('a', 'A', 'city', 'lov2', 'shared', reason => E'tab\tand "quotes"', updated => '2024-05-06', producer_name => 'The City');
	SELECT terrcarbon.register_dataset('b', 'B', 'farm', 'CC0-1.0', 'aggregate');
	SELECT terrcarbon.register_dataset('c', 'C', 'dropped', 'unspecified');
	SELECT terrcarbon.register_dataset('d', 'D', 'city', 'ODbL-1.0', 'open');
	SELECT terrcarbon.grant_access(1, 'lab', 'study', '2999-01-01');
	SELECT terrcarbon.grant_access(1, '"Odd ""name"', 'study');
	SELECT terrcarbon.grant_access(1, 'account', 'totals');
	SELECT terrcarbon.grant_access(2, 'lost', 'study');
	SELECT terrcarbon.grant_access(2, 'dropped', 'study');
	SELECT terrcarbon.grant_registering('city', 10), terrcarbon.grant_registering('lost', 5);
	SELECT terrcarbon.register_dataset('f', 'F', 'former', 'CC0-1.0', 'shared', producer_name => 'former');
	SELECT terrcarbon.grant_access(5, 'mover', 'study');
	SELECT terrcarbon.set_producer(5, 'heir');
	ALTER ROLE mover RENAME TO moved;
	CREATE TABLE parted (dataset_id int NOT NULL, value int) PARTITION BY LIST (dataset_id);
	SELECT terrcarbon.protect('parted');
	CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
	CREATE TABLE parted_rest (value int, dataset_id int NOT NULL);
	ALTER TABLE parted ATTACH PARTITION parted_rest DEFAULT;
	CREATE TABLE parted_child () INHERITS (measure);
	INSERT INTO terrcarbon.dataset_usage VALUES (1, '2024-05-06', 'lab', 'study', 2, 3), (4, '2024-05-06', NULL, NULL, 4, 5);
	INSERT INTO terrcarbon.steward VALUES ('office'::regrole), ('lost'::regrole), ('dropped'::regrole);
	INSERT INTO measure SELECT d, i FROM generate_series(1, 4) d, generate_series(1, d) i;
	SET ROLE lab;
	SELECT terrcarbon.request_access(3, 'why not');
	RESET ROLE;
	-- names move after they were noted
	ALTER ROLE lab RENAME TO institute;
	CREATE ROLE lab;
	DROP ROLE dropped;
	GRANT CREATE ON SCHEMA public TO account;
	SET ROLE account;
	CREATE MATERIALIZED VIEW total AS SELECT terrcarbon.sources_agg(dataset_id) AS sources, sum(value) AS value FROM measure;
	GRANT SELECT ON total TO PUBLIC;
	SELECT terrcarbon.protect_matview('total');
});

# What each of these roles reads: datasets and rows.
sub rights
{
	my ($node) = @_;
	return join "\n", map {
		my $role = $_;
		$node->safe_psql('postgres', "SET ROLE $role; SELECT '$role', terrcarbon.readable_datasets(), (SELECT sum(value) FROM measure)")
	} 'city', 'farm', 'institute', 'lab', '"Odd ""name"', 'office', 'account';
}

my $before = rights($origin);
is($before, <<'EOT' =~ s/\n\z//r, 'rights at the origin');
city|{1,4}|11
farm|{2,4}|13
institute|{1,4}|11
lab|{4}|10
"Odd ""name"|{1,4}|11
office|{4}|10
account|{1,4}|11
EOT

$copy->safe_psql('postgres', q{
	CREATE ROLE stranger_1; CREATE ROLE stranger_2; CREATE ROLE account; CREATE ROLE office;
	CREATE ROLE lab; CREATE ROLE stranger_3; CREATE ROLE institute; CREATE ROLE "Odd ""name";
	CREATE ROLE farm; CREATE ROLE city;
});

my $dump = $origin->basedir . '/dump.sql';
$origin->command_ok([ 'pg_dump', '-f', $dump, 'postgres' ], 'dump');
my $oids = join '|', split /\n/, $origin->safe_psql('postgres', 'SELECT oid FROM pg_roles WHERE oid >= 16384');
unlike(slurp_file($dump), qr/(^|\t)($oids)(\t|$)/m, 'no OID of a role in the dump');
# A dump turns row security off, under which a materialized view whose owner is
# under a policy cannot be refreshed; nothing else may fail.
my (undef, $errors) = run_command([ 'psql', '-X', '-d', $copy->connstr('postgres'), '-f', $dump ]);
is(join("\n", $errors =~ /ERROR:  (.*)/g), 'query would be affected by row-level security policy for table "measure"', 'restore');
is($copy->safe_psql('postgres', q{SELECT remedy FROM terrcarbon.doctor() WHERE object = 'public.total'}),
	"SELECT terrcarbon.refresh_matview('public.total')", 'doctor says what is left to do');
$copy->safe_psql('postgres', q{SELECT terrcarbon.refresh_matview('public.total')});

is(rights($copy), $before, 'the same rights in the copy');
is($copy->safe_psql('postgres', q{
		SELECT r.rolname, terrcarbon.explain_access(d.id, r.oid)
		FROM terrcarbon.dataset d, pg_roles r
		WHERE r.rolname LIKE 'stranger%' AND d.slug <> 'd'
			AND terrcarbon.explain_access(d.id, r.oid) LIKE 'yes%'}),
	'', 'strangers got nothing');

for my $table ('dataset', 'access_grant', 'access_request', 'event', 'steward', 'registrar', 'dataset_usage')
{
	my $query = "SELECT t::text FROM terrcarbon.$table t ORDER BY t::text COLLATE \"C\"";
	my $there = $origin->safe_psql('postgres', $query);
	# a role that is missing here is nobody here, and its name is kept
	my $here = $copy->safe_psql('postgres', $query);
	$_ = join "\n", sort split /\n/ for $there, $here;
	is($here, $there, "$table is restored");
}
is($copy->safe_psql('postgres', 'SELECT tbl FROM terrcarbon.protected_table WHERE tbl::text ~ \'^(measure|parted)\' ORDER BY tbl::text'),
	"measure\nparted\nparted_1\nparted_child\nparted_rest", 'parts that were attached later are restored with their policies');
is($copy->safe_psql('postgres', q{
		SET ROLE institute; SELECT value FROM total_readable}),
	'11', 'the guarded view works');
is($copy->psql('postgres', 'SET ROLE institute; SELECT value FROM total'), 3,
	'and the materialized view is closed');

# The next dataset has an id of its own, and producers go on deciding.
is($copy->safe_psql('postgres', q{
		SET ROLE city;
		SELECT terrcarbon.register_dataset('e', 'E', 'city', 'CC0-1.0')}),
	'6', 'ids go on');
is($copy->safe_psql('postgres', q{
		SET ROLE city;
		SELECT terrcarbon.revoke_access(1, 'institute');
		SET ROLE institute;
		SELECT terrcarbon.readable_datasets()}),
	"t\n{4}", 'a producer revokes in the copy');

# Roles that come later are linked when the administrator says so.
$copy->safe_psql('postgres', 'CREATE ROLE lost');
is($copy->safe_psql('postgres', 'SET ROLE lost; SELECT terrcarbon.readable_datasets()'),
	'{4}', 'a late role has nothing by itself');
is($copy->safe_psql('postgres', q{SELECT kept_in, role FROM terrcarbon.relink_roles()}),
	"access_grant|lost\nsteward|lost\nregistrar|lost", 'relink_roles finds it');
is($copy->safe_psql('postgres', 'SET ROLE lost; SELECT terrcarbon.readable_datasets()'),
	'{2,4}', 'and it reads');

# Names of an earlier day mean nothing: neither that of the producer who handed
# the dataset over, nor that of a role before it was renamed, nor that of a role
# that was dropped before the dump.
is($copy->safe_psql('postgres', q{
		CREATE ROLE former; CREATE ROLE mover; CREATE ROLE dropped;
		SELECT count(*) FROM terrcarbon.relink_roles()}),
	'0', 'relink_roles gives nothing to roles of former names');
is($copy->safe_psql('postgres', q{
		CREATE ROLE heir; CREATE ROLE moved;
		SELECT kept_in, role FROM terrcarbon.relink_roles()}),
	"dataset|heir\naccess_grant|moved", 'but to those of the day of the dump');
is($copy->safe_psql('postgres', q{SELECT producer, producer_name FROM terrcarbon.dataset WHERE slug = 'f'}),
	'heir|former', 'the dataset is with its present producer');

# Ids are not given again, not even by a catalogue that begins anew.
my $renewed = PostgreSQL::Test::Cluster->new('renewed');
$renewed->init;
$renewed->start;
is($renewed->safe_psql('postgres', q{
		SET client_min_messages = error;
		CREATE ROLE city; CREATE ROLE lab LOGIN;
		CREATE EXTENSION terrcarbon CASCADE;
		CREATE TABLE measure (v int, d int) PARTITION BY RANGE (d);
		CREATE TABLE measure_1 PARTITION OF measure FOR VALUES FROM (1) TO (3);
		CREATE TABLE measure_2 (d int, v int);
		ALTER TABLE measure ATTACH PARTITION measure_2 DEFAULT;
		SELECT count(*) FROM terrcarbon.protect('measure', 'd');
		GRANT SELECT ON measure TO PUBLIC;
		SELECT terrcarbon.register_dataset('d' || i, 'D', 'city', 'CC0-1.0') FROM generate_series(1, 4) i;
		INSERT INTO measure (d) VALUES (1), (2), (4);
		DROP EXTENSION terrcarbon CASCADE;
		CREATE EXTENSION terrcarbon;
		SELECT terrcarbon.register_dataset('new' || i, 'New', 'lab', 'CC0-1.0') FROM generate_series(1, 2) i}),
	"2\n1\n2\n3\n4\n3\n5", 'ids that rows bear are not given again');
like($renewed->safe_psql('postgres', q{SELECT object, remedy FROM terrcarbon.doctor() WHERE problem ~ 'until the extension was dropped'}),
	qr/^public.measure\|SELECT terrcarbon.protect\('public.measure', 'd'\)$/m, 'doctor tells of tables left behind');
is($renewed->safe_psql('postgres', q{SELECT count(*) FROM measure}, extra_params => [ '-U', 'lab' ]),
	'0', 'nobody reads them meanwhile');
$renewed->safe_psql('postgres', q{SELECT terrcarbon.protect('measure', 'd')});
is($renewed->safe_psql('postgres', q{SELECT count(*) FROM measure}, extra_params => [ '-U', 'lab' ]),
	'0', 'nor afterwards, by a dataset of their number');

# A role may dump what it reads, and no more.
$origin->safe_psql('postgres', 'ALTER ROLE institute LOGIN');
my ($out, $err);
$origin->command_fails_like([ 'pg_dump', '-U', 'institute', '-t', 'measure', 'postgres' ],
	qr/row-level security/, 'pg_dump of a reader is refused');
($out, $err) = run_command([ 'pg_dump', '-U', 'institute', '--enable-row-security', '-t', 'measure', '--data-only', '-d', $origin->connstr('postgres') ]);
my @rows = $out =~ /^\d+\t\d+$/mg;
is(scalar @rows, 5, 'or holds the rows it reads');

done_testing();
