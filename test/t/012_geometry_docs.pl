# docs/geometry.md: every example followed by a result gives that result.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $page = slurp_file('docs/geometry.md');
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = terrcarbon, public');

# One session for the whole page; a marker tells where a result begins.
my (@commands, @expected);
while ($page =~ /^```sql\n(.*?)^```\n(?:```\n(.*?)^```\n)?/msg)
{
	push @commands, $1;
	push @expected, $2;
}
my $script = join '', map { "\\echo --- $_\n$commands[$_]" } 0 .. $#commands;
my $output;
IPC::Run::run([ 'psql', '-Xq', '-d', $node->connstr('postgres') ],
	'<', \$script, '>', \$output, '2>&1');

my @results = split /^--- \d+\n/m, $output;
shift @results;
is(scalar @results, scalar @commands, 'every example ran');
for my $i (0 .. $#commands)
{
	my ($first_line) = split /\n/, $commands[$i];

	is($results[$i] =~ s/\s+\z//r, ($expected[$i] // '') =~ s/\s+\z//r, $first_line);
}
cmp_ok(scalar(grep { defined } @expected), '>=', 7, 'the page has examples');

$node->stop;
done_testing();
