# Rows that appear in the transaction that closes their dataset, and go in the
# one that opens it again, are never seen, however the sessions interleave.
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
	CREATE TABLE measure (dataset_id int NOT NULL, secret boolean NOT NULL);
	SELECT terrcarbon.protect('measure');
	GRANT SELECT ON measure TO PUBLIC;
	SELECT terrcarbon.register_dataset('a', 'A', 'city', 'CC0-1.0', 'open');
	SELECT terrcarbon.register_dataset('b', 'B', 'city', 'CC0-1.0', 'shared');
	INSERT INTO measure SELECT 1, false FROM generate_series(1, 20);
	-- what the readers looked at, and whether they saw rows and secrets
	CREATE TABLE looked (rows bigint, secrets bigint);
	GRANT INSERT ON looked TO PUBLIC;
});

my $folder = PostgreSQL::Test::Utils::tempdir;

sub script
{
	my ($name, $text) = @_;
	append_to_file("$folder/$name", $text);
	return "$folder/$name";
}

# One writer closes and opens by access, another by a grant.
my $access = script('access', q{
BEGIN;
SELECT terrcarbon.set_access(1, 'private');
INSERT INTO measure VALUES (1, true);
COMMIT;
BEGIN;
DELETE FROM measure WHERE dataset_id = 1 AND secret;
SELECT terrcarbon.set_access(1, 'open');
COMMIT;
});
my $grant = script('grant', q{
BEGIN;
DELETE FROM measure WHERE dataset_id = 2 AND secret;
SELECT terrcarbon.grant_access(2, 'reader', 'test');
COMMIT;
BEGIN;
SELECT terrcarbon.revoke_access(2, 'reader');
INSERT INTO measure VALUES (2, true);
COMMIT;
});
my $read = script('read', q{
SELECT count(*) AS rows, count(*) FILTER (WHERE secret) AS secrets FROM measure \gset
\if :secrets
INSERT INTO looked VALUES (:rows, :secrets);
\endif
});
# within one transaction locks are held already, so messages come late
my $read_long = script('read_long', 'BEGIN;' . slurp_file($read) x 10 . 'COMMIT;');
my $seen_both = script('seen', q{INSERT INTO looked SELECT count(*), 0 FROM measure;});

my @pgbench = ('pgbench', '-n', '-d', $node->connstr('postgres'), '-T', $ENV{TERRCARBON_RACE_SECONDS} // 4);
my @running = map { IPC::Run::start($_, '>', \my $out, '2>', \my $err) } (
	[ @pgbench, '-f', $access ],
	[ @pgbench, '-f', $grant ],
	[ @pgbench, '-U', 'reader', '-M', 'prepared', '-c', 2, '-f', "$read\@3", '-f', "$read_long\@2", '-f', "$seen_both\@1" ]);
ok($_->finish, 'pgbench ran') for @running;

is($node->safe_psql('postgres', 'SELECT count(*) FROM looked WHERE secrets > 0'), '0', 'no secret was seen');
is($node->safe_psql('postgres', 'SELECT count(DISTINCT rows > 0) FROM looked'), '2', 'readers met the open and the closed dataset');

done_testing();
