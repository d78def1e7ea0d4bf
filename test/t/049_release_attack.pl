# Attacks on releases by linear programmes: a few of each kind; make attack runs more.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# The system's python3 is the one that packages of it are installed for.
plan skip_all => 'scipy is not installed' if system('/usr/bin/python3 -c "import scipy.optimize" 2>/dev/null') != 0;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION terrcarbon CASCADE');

local $ENV{PGHOST} = $node->host;
local $ENV{PGPORT} = $node->port;
local $ENV{PGDATABASE} = 'postgres';
my $printed = qx{/usr/bin/python3 test/attack/attacker.py --seed 1 --cubes 25 --trips 15 --pairs 3 2>&1};
my $status = $? >> 8;
my @found = $printed =~ /^(ok|not ok) \d+ - (.*)$/mg;
cmp_ok(scalar @found, '>=', 2 * 13, 'all attacks were made');
while (my ($verdict, $what) = splice(@found, 0, 2)) {
	is($verdict, 'ok', $what);
}
is($status, 0, 'the attacker ends well') or diag($printed);
done_testing();
