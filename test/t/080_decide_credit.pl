# However many sessions retire the same serials at once, one of them does; those that
# retire others of the same lot are not held off by it.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	CREATE ROLE registry; CREATE ROLE council;
	INSERT INTO terrcarbon.credit_project (code, name, standard, issuer) VALUES ('P', 'Forest', 'Label bas-carbone', 'registry'::regrole);
	SELECT terrcarbon.create_account('a', 4326, owner => 'council'), terrcarbon.create_account('b', 4326, owner => 'council');
	INSERT INTO a.territory (code, name, level, geom) VALUES ('T', 'T', 'commune', ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.1, 4326)));
	INSERT INTO b.territory (code, name, level, geom) SELECT code, name, level, geom FROM a.territory;
	SELECT terrcarbon.issue_credits('P', 2022, 10000, 'council');
});

# Sessions wait for each other at a lock, then all go at once.  Gives what each said.
sub together
{
	my ($isolation, @statements) = @_;
	my $gate = $node->background_psql('postgres');
	$gate->query_safe('SELECT pg_advisory_lock(1)');
	my @runs;

	for my $i (0 .. $#statements)
	{
		my ($out, $err) = ('', '');
		my $file = PostgreSQL::Test::Utils::tempdir . '/session.sql';
		append_to_file($file, "SET default_transaction_isolation = '$isolation';\n"
		  . "SELECT pg_advisory_lock_shared(1);\n\\set VERBOSITY sqlstate\n$statements[$i];\n");
		my %run = (out => \$out, err => \$err);
		$run{handle} = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-f', $file ],
			'>', \$out, '2>', \$err);
		push @runs, \%run;
	}
	$node->poll_query_until('postgres', "SELECT count(*) = @{[scalar @statements]} FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
	  or die 'the sessions did not come';
	$gate->quit;
	$_->{handle}->finish for @runs;
	return map { ${ $_->{out} } =~ s/^\n|\n$//gr . ${ $_->{err} } =~ s/\n//gr } @runs;
}

for my $isolation ('read committed', 'repeatable read', 'serializable')
{
	my $first = { 'read committed' => 1, 'repeatable read' => 2001, 'serializable' => 4001 }->{$isolation};
	my $last = $first + 99;
	my @said = together($isolation, map { "SELECT terrcarbon.retire_credits('@{[$_ % 2 ? 'a' : 'b']}', 'T', 2023, 'P', 2022, $first, $last, 'session $_')" } 1 .. 8);
	is(scalar(grep { $_ eq '100' } @said), 1, "$isolation: one of eight retires the same serials");
	is(scalar(grep { /55000|40001/ } @said), 7, "$isolation: the others are refused");
	is($node->safe_psql('postgres', "SELECT sum(tonnes), count(DISTINCT account) FROM terrcarbon.credit_register WHERE status = 'retired' AND first_serial BETWEEN $first AND $last"),
		'100|1', "$isolation: they count once, in one account");

	# Ranges that overlap by half: a serial is retired by whoever came first, or by nobody.
	$first += 500;
	@said = together($isolation, map { my $from = $first + 10 * $_; "SELECT terrcarbon.retire_credits('a', 'T', 2023, 'P', 2022, $from, @{[$from + 19]}, 'session $_')" } 0 .. 7);
	my $won = grep { $_ eq '20' } @said;
	cmp_ok($won, '>=', $isolation eq 'read committed' ? 3 : 1, "$isolation: overlapping ranges: $won of eight are retired");
	is($node->safe_psql('postgres', "SELECT sum(tonnes) FROM terrcarbon.credit_register WHERE status = 'retired' AND first_serial BETWEEN $first AND @{[$first + 100]}"),
		20 * $won, "$isolation: as many tonnes as the winners retired");
}

my @said = together('read committed', map { my $from = 6001 + 10 * $_; "SELECT terrcarbon.retire_credits('a', 'T', 2023, 'P', 2022, $from, @{[$from + 9]}, 'session $_')" } 0 .. 7);
is(scalar(grep { $_ eq '10' } @said), 8, 'eight parts of one lot are all retired');
is($node->safe_psql('postgres', q{SELECT sum(upper(serials) - lower(serials)), max(upper(serials)) FROM terrcarbon.credit_holding}),
	'10000|10001', 'every serial is in one place');

# A dump carries it all, and the copy goes on where the original stood.
$node->safe_psql('postgres', 'CREATE DATABASE copy');
my $dump = PostgreSQL::Test::Utils::tempdir . '/dump';
$node->command_ok([ 'pg_dump', '-f', $dump, $node->connstr('postgres') ], 'dumped');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('copy'), '-f', $dump ], 'restored');
my $state = q{SELECT md5(string_agg(r::text, ' ' ORDER BY r.id)) FROM terrcarbon.credit_register r};
is($node->safe_psql('copy', $state), $node->safe_psql('postgres', $state), 'the copy holds the same');
is($node->safe_psql('copy', q{SELECT terrcarbon.issue_credits('P', 2022, 5, 'council')}), '10001', 'and issues the next serial');
$node->stop;
done_testing();
