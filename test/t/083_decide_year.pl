# The worked year of the demo as four roles see it: every figure is worked out again from
# the rows entered, by decide_year.py.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'python3 is not installed' if system('python3 -c "" >/dev/null 2>&1') != 0;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\n");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon');
my @psql = ('psql', '-Xq', '--csv', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'));
my ($out, $err) = run_command([ @psql, '-f', 'docs/demo/year.sql' ]);
is($err, '', 'the year is entered');
for my $reader (map { "harbour_$_" } qw(council mill study citizen))
{
	my ($shown, $error) = run_command([ @psql, '-v', "reader=$reader", '-f', 'docs/demo/year_views.sql' ]);
	is($error, '', "$reader sees it");
	my ($same, $wrong);
	IPC::Run::run([ 'python3', 'test/t/decide_year.py', $reader ], '<', \"$shown\n", '>', \$same, '2>', \$wrong);
	like($same . $wrong, qr/^2[5-9]\d cells$/, "what $reader sees is what follows from the rows");
}
$node->stop;
done_testing();
