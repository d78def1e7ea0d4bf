# The pictures of the demo: labels are whole and on no other, the legend has what is drawn, the
# figures are those of the table, and below stand source, licence, year and interval.  With
# TERRCARBON_DATA on real communes, whose names are long.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Encode qw(decode_utf8);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

sub run_file
{
	my ($base, $file, @options) = @_;
	my ($out, $err) = run_command([ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($base), '-f', "docs/demo/$file.sql", @options ]);
	is($err, '', "$base: $file is drawn") if $file !~ /^(?:stock|account)$/;
	return decode_utf8($out);
}

for my $base ('territory', $ENV{TERRCARBON_DATA} ? 'real' : ())
{
	$node->safe_psql('postgres', "CREATE DATABASE $base");
	$node->safe_psql($base, 'CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon');
	run_file($base, $base);
	run_file($base, 'stock');
	my %svg = map { $_ => run_file($base, $_) } 'map', 'chart';
	for my $picture (sort keys %svg)
	{
		my $text = $svg{$picture};
		$node->safe_psql($base, 'SELECT xmlparse(DOCUMENT $svg$' . Encode::encode_utf8($text) . '$svg$)');
		pass("$base: $picture is XML");
		my ($licence) = $node->safe_psql($base, 'SELECT licence FROM demo.about');
		like($text, qr/\Q$licence\E/, "$base: $picture says its licence");
		like($text, qr/95 % interval of the whole: [\d\x{202f}]+ to [\d\x{202f}]+ kt C/, "$base: $picture says how sure it is");
		like($text, qr/prefers-color-scheme:dark/, "$base: $picture has dark colours");
	}
	# Boxes of the labels, at 9.3 pixels a letter.
	my @labels;
	while ($svg{map} =~ /<text class="name" x="(-?\d+)" y="(-?\d+)">([^<]*)<tspan[^>]*>([^<]*)</g)
	{
		my ($x, $y, $name, $figure) = ($1, $2, $3, $4);
		my $half = length($name) * 9.3 > length($figure) * 7.3 ? length($name) * 4.65 : length($figure) * 3.65;
		push @labels, [ $x - $half, $x + $half, $y - 13, $y + 19, $name, $figure ];
	}
	cmp_ok(scalar @labels, '>', 7, "$base: the map has labels");
	my ($frame) = $svg{map} =~ /viewBox="0 -(\d+) 720/;
	for my $i (0 .. $#labels)
	{
		my @a = @{ $labels[$i] };
		ok($a[0] >= 0 && $a[1] <= 720 && $a[2] >= -$frame && $a[3] <= 0, "$base: $a[4] is whole");
		my @under = grep { my @b = @{ $labels[$_] }; $_ != $i && $a[0] < $b[1] && $b[0] < $a[1] && $a[2] < $b[3] && $b[2] < $a[3] } 0 .. $#labels;
		is(join(', ', map { $labels[$_][4] } @under), '', "$base: $a[4] is on no other");
		(my $name = $a[4]) =~ s/'/''/g;
		my $figure = $node->safe_psql($base, qq{SELECT format('%s kt C · %s t/ha', demo.grouped(tonnes / 1000), demo.grouped(tonnes / ha))
			FROM demo.stock_by_commune WHERE name = '} . Encode::encode_utf8($name) . q{'});
		is($a[5], decode_utf8($figure), "$base: the figure of $a[4] is that of the table");
	}
	my ($start) = sort { $a <=> $b } map { /class="name" x="(\d+)"[^>]*>([^<]*)/ ? $1 - 8.6 * length($2) : () } split /(?=<text)/, $svg{chart};
	cmp_ok($start, '>=', 0, "$base: names of the chart are whole");
	for my $drawn ('road', 'building')
	{
		is($svg{map} =~ />\u${drawn}s</ ? 1 : 0, $node->safe_psql($base, "SELECT EXISTS (SELECT FROM demo.$drawn)::int"), "$base: the legend has ${drawn}s if there are any");
	}
}
# The account: the picture of a reader ends with the figure of the table for that reader.
run_file('territory', 'account');
for my $reader ('citizen', 'partner', 'agglomeration')
{
	my $picture = run_file('territory', 'trajectory', '-v', "reader=$reader");
	my $figure = $node->safe_psql('territory', qq{SET ROLE $reader; SELECT round(emissions::numeric) FROM coast.trajectory_by_territory WHERE territory_code = 'COAST' AND year = 2024});
	my ($drawn) = $picture =~ />Actual ([^<(]*) \(2024\)</;
	($drawn //= '') =~ s/&#8239;//g;
	is($drawn, $figure, "the picture of the $reader ends with the figure of the table");
}
done_testing();
