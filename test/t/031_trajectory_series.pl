# trajectory: yearly energy series of a real territory, 2015 to 2050, against
# sums in decimals and the textbook formulas, computed here.
use strict;
use warnings;
use Math::BigFloat;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $path = ($ENV{TERRCARBON_DATA} // '') . '/emissions/trajectory_energy_series.csv';
plan skip_all => 'set TERRCARBON_DATA to a folder with emissions/trajectory_energy_series.csv'
  unless -f $path;

my %series;
open my $file, '<', $path or die $!;
<$file>;
while (my $line = <$file>)
{
	chomp $line;
	my ($id, $title, $unit, $year, $value) = split /,/, $line;
	$series{$id}{$year} = $value;
}
close $file;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = terrcarbon, public;');
$node->safe_psql('postgres', 'CREATE TABLE reading (id text, year int, value float8)');
$node->safe_psql('postgres', join '', map {
	my $id = $_;
	map { "INSERT INTO reading VALUES ('$id', $_, $series{$id}{$_});\n" } keys %{ $series{$id} };
} keys %series);
$node->safe_psql('postgres',
	'CREATE VIEW energy AS SELECT id, trajectory_agg(year, value) AS t FROM reading GROUP BY id');

sub near
{
	my ($got, $expected, $name) = @_;
	ok(abs($got - $expected) <= 1e-9 * (abs($expected) || 1), $name) or diag "got $got, expected $expected";
}

for my $id (sort keys %series)
{
	my %value = %{ $series{$id} };
	my @years = sort { $a <=> $b } keys %value;
	my $n = @years;
	my ($budget, $sx, $sy, $sxx, $sxy, $syy) = map { Math::BigFloat->new(0) } 1 .. 6;

	for my $year (@years)
	{
		my $x = Math::BigFloat->new($year);
		my $y = Math::BigFloat->new($value{$year});
		$budget += $y;
		$sx += $x;
		$sy += $y;
		$sxx += $x * $x;
		$sxy += $x * $y;
		$syy += $y * $y;
	}
	my $slope = ($n * $sxy - $sx * $sy) / ($n * $sxx - $sx * $sx);
	my $intercept = ($sy - $slope * $sx) / $n;
	my @got = split /\|/, $node->safe_psql('postgres', qq{
		SELECT budget(t, 2015, 2050), f.slope, f.intercept, f.n, zero_year(t, 2015, 2050),
			value_at(project(t, 2060, 'linear'), 2060), reduction(t, 2015, 2050), required_rate(slice(t, 2015, 2025), 2050, 10),
			neutrality_year(t), cardinality(years(t))
		FROM energy, trend(t, 2015, 2050) f WHERE id = '$id'});

	near($got[0], $budget, "$id: budget");
	near($got[1], $slope, "$id: slope");
	near($got[2], $intercept, "$id: intercept");
	is($got[3], $n, "$id: years of the trend");
	is($got[9], $n, "$id: years");
	near($got[5], $intercept + $slope * 2060, "$id: projection");
	if ($value{2015} == 0)
	{
		# No waste energy at all: flat at zero.
		is("@got[4, 6, 7]", '  ', "$id: no zero year, reduction or rate");
		is($got[8], 2015, "$id: at zero from the start");
		next;
	}
	if ($slope < 0)
	{
		near($got[4], -$intercept / $slope, "$id: zero year");
	}
	else
	{
		is($got[4], '', "$id: no zero year, it rises");
	}
	near($got[6], ($value{2015} - $value{2050}) / $value{2015}, "$id: reduction");
	near($value{2025} * (1 + $got[7])**25, 10, "$id: required rate");
	is($got[8], '', "$id: not at zero");
}

# Total of the parts in every year; the published whole is a rounded one.
for my $whole ('cae_2.e', 'cae_2.f')
{
	my @parts = grep { /^${whole}.$/ } keys %series;
	my $rows = $node->safe_psql('postgres',
		"SELECT p.* FROM points((SELECT sum(t) FROM energy WHERE id LIKE '${whole}_')) p");
	my %total = map { split /\|/ } split /\n/, $rows;
	my @off = grep {
		my $year = $_;
		my $sum = Math::BigFloat->new(0);
		$sum += $series{$_}{$year} for @parts;
		!defined $total{$year} || abs($total{$year} - $sum) > 1e-9 || abs($sum - $series{$whole}{$year}) > 0.15;
	} keys %{ $series{$whole} };
	is("@off", '', "$whole: the sum of " . @parts . ' parts, in every year');
}

# One reading lost: the part is missing in that year, and so are the total and its budget.
$node->safe_psql('postgres', q{UPDATE reading SET value = NULL WHERE id = 'cae_2.ea' AND year = 2030});
is($node->safe_psql('postgres', q{
	SELECT value_at(t, 2030) IS NULL, value_at(t, 2029) IS NOT NULL, budget(t, 2015, 2050) IS NULL, budget(t, 2015, 2029) IS NOT NULL, cardinality(years(t))
	FROM (SELECT sum(t) AS t FROM energy WHERE id LIKE 'cae_2.e_') s}), 't|t|t|t|35', 'a hole stays a hole');

$node->stop;
done_testing();
