# trajectory: the binary form, whole, malformed and mutated.
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
	CREATE TABLE received (t terrcarbon.trajectory);
});

my $folder = PostgreSQL::Test::Utils::tempdir;
my $nfiles = 0;

# A COPY file of one column and one row, with any bytes as its value.
sub copy_file
{
	my ($bytes) = @_;
	my $path = "$folder/" . $nfiles++;

	open my $file, '>:raw', $path or die $!;
	print $file "PGCOPY\n\377\r\n\0", pack('N N n N', 0, 0, 1, length $bytes), $bytes, pack('n', 0xffff);
	close $file;
	chmod 0644, $path;
	return $path;
}

# SQLSTATE of receiving each, '' when accepted; in one session.
sub receive
{
	my @states;
	my $script = join '', map {
		my $path = copy_file($_);
		"COPY received FROM '$path' (FORMAT binary);\n\\echo state :SQLSTATE\n";
	} @_;
	my ($status, $out) = $node->psql('postgres', $script, on_error_stop => 0);

	is($status, 0, 'the server survived');
	return map { s/^state //r } split /\n/, $out;
}

sub trajectory_bytes
{
	my ($version, @points) = @_;
	return pack('n n', $version, scalar @points) . join '', map { pack('n d>', @$_) } @points;
}

my @good = ([ 2015, 900 ], [ 2016, -880.25 ], [ 9999, 5e-324 ]);
my %refused = (
	'nothing' => '',
	'half a header' => pack('n', 1),
	'another version' => trajectory_bytes(0, @good),
	'a later version' => trajectory_bytes(2, @good),
	'more points than bytes' => pack('n n', 1, 3) . pack('n d>', 2015, 1),
	'more points than years' => pack('n n', 1, 65535) . "\0" x 655350,
	'fewer points than bytes' => trajectory_bytes(1, @good) . "\0",
	'a cut value' => substr(trajectory_bytes(1, @good), 0, -1),
	'years descending' => trajectory_bytes(1, [ 2016, 1 ], [ 2015, 1 ]),
	'a year twice' => trajectory_bytes(1, [ 2015, 1 ], [ 2015, 1 ]),
	'year 0' => trajectory_bytes(1, [ 0, 1 ]),
	'year 10000' => trajectory_bytes(1, [ 10000, 1 ]),
	'NaN' => trajectory_bytes(1, [ 2015, 'NaN' ]),
	'infinity' => trajectory_bytes(1, [ 2015, '-Inf' ]),
);
my @names = sort keys %refused;
my @states = receive(@refused{@names});
for my $i (0 .. $#names)
{
	# 08P01: PostgreSQL's own complaint about too few bytes.
	like($states[$i], qr/^(22P03|08P01)$/, "refused: $names[$i]");
}
is($node->safe_psql('postgres', 'SELECT count(*) FROM received'), 0, 'nothing of it was kept');

# Whole: read, and written as the same bytes.
my @states_good = receive(trajectory_bytes(1), trajectory_bytes(1, @good), trajectory_bytes(1, [ 2020, -0.0 ]));
is("@states_good", '00000 00000 00000', 'accepted');
is($node->safe_psql('postgres', 'SELECT t FROM received ORDER BY t::text'),
	qq({"2015": 900, "2016": -880.25, "9999": 5e-324}\n{"2020": 0}\n{}), 'read');
is($node->safe_psql('postgres', q{SELECT encode(terrcarbon_internal.trajectory_send(t), 'hex') FROM received WHERE t::text ~ '9999'}),
	unpack('H*', trajectory_bytes(1, @good)), 'written as it was read');

# Mutated: refused, or a valid trajectory.
my $seed = $ENV{TERRCARBON_SEED} // 1;
diag "seed $seed";
srand($seed);
my @mutated = map {
	my $bytes = trajectory_bytes(1, map { [ 2000 + $_, $_ * 1.5 ] } 0 .. int rand 6);
	for (0 .. int rand 3)
	{
		my $kind = int rand 4;
		if ($kind == 0) { substr($bytes, int rand length $bytes, 1) = chr int rand 256 }
		elsif ($kind == 1) { $bytes = substr($bytes, 0, 1 + int rand length $bytes) }
		elsif ($kind == 2) { $bytes .= chr int rand 256 }
		else { substr($bytes, int rand length $bytes, 1) ^= chr(1 << int rand 8) }
	}
	$bytes;
} 1 .. 1000;
$node->safe_psql('postgres', 'TRUNCATE received');
my %count;
$count{$_}++ for receive(@mutated);
ok($count{'00000'} > 0 && $count{'22P03'} > 0, 'some were accepted, some refused');
is(join(' ', sort grep { !/^(00000|22P03|08P01)$/ } keys %count), '', 'no other outcome');
is($node->safe_psql('postgres', 'SELECT bool_and(t::text::terrcarbon.trajectory OPERATOR(terrcarbon.=) t) FROM received'), 't', 'what was accepted is whole');

$node->stop;
done_testing();
