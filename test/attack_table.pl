#!/usr/bin/perl
# The table of attacks in docs/security.md, from what the regression test of them
# is expected to say.  Prints the page with the table renewed:
#   perl test/attack_table.pl >page && mv page docs/security.md
use strict;
use warnings;

sub read_file
{
	my ($path) = @_;
	open my $file, '<:encoding(UTF-8)', $path or die "$path: $!";
	local $/;
	return <$file>;
}

# Each attack is one row of psql's output: what it was, and what it got on a table
# with the usual row security and on a protected one.
my @lines = split /\n/, read_file('expected/licence_attacks.out');
my $table = "| attack | usual row security | here |\n|---|---|---|\n";
my $attacks = 0;
for my $i (2 .. $#lines)
{
	next unless $lines[$i - 2] =~ /^\s*attack_on\s*\|\s*usual\s*\|\s*here\s*$/;
	my @cells = map { s/^\s+|\s+$//gr } split /\|/, $lines[$i], -1;
	die "no row of three cells: $lines[$i]" if @cells != 3;
	s/refused: (\w+)/refused ($1)/ for @cells;
	$table .= '| ' . join(' | ', @cells) . " |\n";
	$attacks++;
}
die 'no attacks found' unless $attacks > 40;

my $page = read_file('docs/security.md');
$page =~ s/(?<=<!-- attacks: test\/attack_table.pl writes this table -->\n).*?(?=<!-- end -->)/$table/s
	or die 'docs/security.md has no place for the table';
binmode STDOUT, ':encoding(UTF-8)';
print $page;
