# Every example of the documentation gives the result, or draws the picture, that
# follows it.  (Those of docs/model are run by the test model_examples.)
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

sub trimmed
{
	my ($text) = @_;
	return $text =~ s/[ \t]+$//mgr =~ s/\s+\z//r;
}

# One page in a server of its own, in one session, so that examples build on each
# other; a marker tells where a result begins.
sub check_page
{
	my ($page, $node) = @_;
	my $text = slurp_file($page);
	my $folder = $page =~ s|/[^/]*$||r;
	my (@commands, @expected);

	while ($text =~ /^```sql\n(.*?)^```\n(?:\n?```\n(.*?)^```\n|\n!\[.*?\]\((.*?)\)\n)?/msg)
	{
		push @commands, defined $3 ? "\\pset format unaligned\n\\pset tuples_only on\n$1\\pset format aligned\n\\pset tuples_only off\n" : $1;
		push @expected, defined $3 ? slurp_file("$folder/$3") : $2;
	}
	return 0 if !grep { defined } @expected;		# shows forms, not examples
	my $script = join '', map { "\\echo --- $_\n$commands[$_]" } 0 .. $#commands;
	$script = "CREATE EXTENSION terrcarbon CASCADE;
		ALTER DATABASE postgres SET search_path = \"\$user\", public, terrcarbon;
		\\c\n$script" if $text !~ /CREATE EXTENSION terrcarbon/;
	my $output;
	IPC::Run::run([ 'psql', '-Xq', '-d', $node->connstr('postgres') ],
		'<', \$script, '>', \$output, '2>&1');

	my @results = split /^--- \d+\n/m, $output;
	shift @results;
	is(scalar @results, scalar @commands, "$page: every example ran");
	for my $i (0 .. $#commands)
	{
		my $name = "$page: " . ($commands[$i] =~ /^(?!\\pset)(.*)/m)[0];

		if (defined $expected[$i])
		{
			is(trimmed($results[$i] // ''), trimmed($expected[$i]), $name);
		}
		else
		{
			unlike($results[$i] // '', qr/^ERROR/m, $name);
		}
	}
	return scalar grep { defined } @expected;
}

my $results = 0;
for my $page (sort glob('docs/*.md docs/fr/*.md'))
{
	my $node = PostgreSQL::Test::Cluster->new($page =~ s/\W/_/gr);
	$node->init;
	# The record of use takes it.
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'terrcarbon'");
	$node->start;
	# Examples name the superuser, who is not called so everywhere.
	$node->psql('postgres', 'CREATE ROLE postgres SUPERUSER');
	$results += check_page($page, $node);
	$node->stop;
}
cmp_ok($results, '>', 40, 'the pages have examples');
done_testing();
