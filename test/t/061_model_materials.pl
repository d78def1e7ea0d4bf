# The best assignment of materials, against GLPK, and against all assignments where
# quantities are few and whole.
use strict;
use warnings FATAL => 'all';

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION terrcarbon CASCADE');
my $folder = PostgreSQL::Test::Utils::tempdir;

# Numbers that are the same everywhere.
my $state = 20251126;
sub below
{
	my ($n) = @_;
	$state = ($state * 1103515245 + 12345) % 2147483648;
	return int($state / 65536) % $n;
}

# What the extension gets out of a problem, by its own quantities, and whether these
# keep the limits.
sub assigned
{
	my ($p) = @_;
	my $list = sub { '{' . join(',', @_) . '}' };
	my @pairs = @{ $p->{pairs} };
	my $out = $node->safe_psql('postgres', sprintf(
		q{SELECT array_to_string(terrcarbon_internal.match_quantities('%s', '%s', '%s', '%s', '%s', '%s'), ' ')},
		$list->(map { $_->[0] + 1 } @pairs), $list->(map { $_->[1] + 1 } @pairs),
		$list->(map { $_->[2] } @pairs), $list->(map { $_->[3] } @pairs),
		$list->(@{ $p->{offered} }), $list->(@{ $p->{needed} })));
	my @x = split / /, $out;
	my ($total, $kept) = (0, 1);
	my (@given, @taken);
	for my $i (0 .. $#pairs)
	{
		$kept = 0 if $x[$i] < -1e-9;
		$total += $x[$i] * $pairs[$i][2];
		$given[ $pairs[$i][0] ] += $x[$i];
		$taken[ $pairs[$i][1] ] += $x[$i] * $pairs[$i][3];
	}
	$kept = 0 if grep { ($given[$_] // 0) > $p->{offered}[$_] + 1e-7 } 0 .. $#{ $p->{offered} };
	$kept = 0 if grep { ($taken[$_] // 0) > $p->{needed}[$_] + 1e-7 } 0 .. $#{ $p->{needed} };
	return ($total, $kept);
}

sub problem
{
	my ($noffers, $nneeds, $quantity, $share, $ratios) = @_;
	my $p = {
		offered => [ map { 1 + below($quantity) } 1 .. $noffers ],
		needed => [ map { 1 + below($quantity) } 1 .. $nneeds ],
		pairs => []
	};
	for my $i (0 .. $noffers - 1)
	{
		for my $j (0 .. $nneeds - 1)
		{
			push @{ $p->{pairs} }, [ $i, $j, 1 + below(1000), $ratios ? 0.2 + below(20) / 10 : 1 ]
				if below(100) < $share;
		}
	}
	push @{ $p->{pairs} }, [ 0, 0, 1, 1 ] if !@{ $p->{pairs} };
	return $p;
}

# The optimum of GLPK, from the problem as a text.
sub glpk
{
	my ($p) = @_;
	my @pairs = @{ $p->{pairs} };
	my $text = 'Maximize v: ' . join(' + ', map { "$pairs[$_][2] x$_" } 0 .. $#pairs) . "\nSubject To\n";
	for my $side (0, 1)
	{
		my $limits = $side ? $p->{needed} : $p->{offered};
		for my $k (0 .. $#$limits)
		{
			my @terms = map { ($side ? $pairs[$_][3] : 1) . " x$_" } grep { $pairs[$_][$side] == $k } 0 .. $#pairs;
			$text .= "c${side}_$k: " . join(' + ', @terms) . " <= $limits->[$k]\n" if @terms;
		}
	}
	open my $file, '>', "$folder/p.lp" or die $!;
	print $file "$text" . "End\n";
	close $file;
	my $log;
	IPC::Run::run([ 'glpsol', '--lp', "$folder/p.lp", '-w', "$folder/p.out" ], '>', \$log) or die $log;
	my ($best) = slurp_file("$folder/p.out") =~ /^s bas \d+ \d+ f f (\S+)/m;
	return $best;
}

# The best of all whole assignments: with whole quantities and no ratios the optimum
# is one of them.
sub try_all
{
	my ($p, $i, $offered, $needed) = @_;
	return 0 if $i > $#{ $p->{pairs} };
	my ($offer, $need, $value) = @{ $p->{pairs}[$i] };
	my $most = $offered->[$offer] < $needed->[$need] ? $offered->[$offer] : $needed->[$need];
	my $best = 0;
	for my $x (0 .. $most)
	{
		my @o = @$offered;
		my @n = @$needed;
		$o[$offer] -= $x;
		$n[$need] -= $x;
		my $total = $x * $value + try_all($p, $i + 1, \@o, \@n);
		$best = $total if $total > $best;
	}
	return $best;
}

my ($worse, $broken) = (0, 0);
for (1 .. 40)
{
	my $p = problem(2 + below(2), 2 + below(2), 4, 70, 0);
	my ($total, $kept) = assigned($p);
	$worse++ if abs($total - try_all($p, 0, $p->{offered}, $p->{needed})) > 1e-6;
	$broken++ if !$kept;
}
is("$worse $broken", '0 0', '40 small problems: no whole assignment is better');

SKIP:
{
	skip 'no glpsol', 1 if system('glpsol --version >/dev/null 2>&1') != 0;
	($worse, $broken) = (0, 0);
	for my $n (1 .. 30)
	{
		my $p = problem(1 + below(40), 1 + below(40), 100, 5 + below(60), 1);
		my ($total, $kept) = assigned($p);
		my $best = glpk($p);
		$worse++ if abs($total - $best) > 1e-6 * $best;
		$broken++ if !$kept;
	}
	is("$worse $broken", '0 0', '30 problems with ratios: the optimum is that of GLPK');
}

$node->stop;
done_testing();
