# docs/release.md: every example followed by a result gives that result.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $page = slurp_file('docs/release.md');
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = terrcarbon, public;
	ALTER DATABASE postgres SET client_min_messages = warning');
# The page is written for a database whose owner is postgres.
$node->safe_psql('postgres', q{DO $$ BEGIN
	IF to_regrole('postgres') IS NULL THEN CREATE ROLE postgres; END IF; END $$});

# One session for the whole page; a marker tells where a result begins.
my (@commands, @expected);
while ($page =~ /^```sql\n(.*?)^```\n(?:```\n(.*?)^```\n)?/msg)
{
	push @commands, $1;
	push @expected, $2;
}
my $script = join '', map { "\\echo --- $_\n$commands[$_]" } 0 .. $#commands;
my ($stdout, $stderr);
IPC::Run::run([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres') ],
	'<', \$script, '>', \$stdout, '2>', \$stderr);
is($stderr, '', 'no errors');

my @results = split /^--- \d+\n/m, $stdout;
shift @results;
is(scalar @results, scalar @commands, 'every example ran');
for my $i (0 .. $#commands)
{
	my ($first_line) = split /\n/, $commands[$i];

	is($results[$i] =~ s/\s+\z//r, $expected[$i] =~ s/\s+\z//r, $first_line)
	  if defined $expected[$i];
}
cmp_ok(scalar(grep { defined } @expected), '>=', 4, 'the page has examples');

$node->stop;
done_testing();
