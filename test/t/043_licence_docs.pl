# docs/licence.md: every example gives the result that follows it.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $page = slurp_file('docs/licence.md');
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

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

	is($results[$i] =~ s/[ \t]+$//mgr =~ s/\s+\z//r, ($expected[$i] // '') =~ s/[ \t]+$//mgr =~ s/\s+\z//r, $first_line);
}
cmp_ok(scalar(grep { defined } @expected), '>=', 8, 'the page has examples');

$node->stop;
done_testing();
