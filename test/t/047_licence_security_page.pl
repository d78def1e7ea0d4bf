# The table of attacks in docs/security.md is what the tests say.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;

my ($page, $errors) = run_command([ $^X, 'test/attack_table.pl' ]);
is($errors, '', 'the table is made');
is($page, slurp_file('docs/security.md') =~ s/\n\z//r, 'and it is the one in the page; else run test/attack_table.pl');
# Every test that the page names is there.
my @named = $page =~ m{`(test/[\w/.]+|licence_\w+|release_\w+)`}g;
cmp_ok(scalar @named, '>', 8, 'the page names tests');
for my $test (@named)
{
	ok(-e $test || -e "test/sql/$test.sql" || -e "test/specs/$test.spec", "$test exists");
}
done_testing();
