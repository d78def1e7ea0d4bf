# ALTER EXTENSION UPDATE leaves what a fresh installation makes: every object with
# its definition, owner, privileges and comment, policies, triggers and shipped rows.
#
# Each sql/upgrade/terrcarbon--A--B.sql that ends with the present version is tried
# from the script of A, which stands beside it from A's release on.  Until there is
# one, and to show that the comparison sees what an upgrade forgets, an older version
# is made up from the present script.
use strict;
use warnings;

use File::Basename;
use File::Copy;
use File::Path qw(make_path);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# A server of its own that reads extension scripts from a folder of its own: the
# server looks for shared files beside its program, so links will do for the rest.
my $pg_config = $ENV{PG_CONFIG} // "pg_config";
my %place = map { $_ => qx($pg_config --$_) =~ s{\n}{}r } qw(bindir sharedir pkglibdir);
my $root = PostgreSQL::Test::Utils::tempdir;
make_path("$root$place{bindir}", "$root$place{sharedir}/extension", dirname("$root$place{pkglibdir}"));
for my $program (glob "$place{bindir}/*")
{
	copy($program, "$root$place{bindir}/") or die "$program: $!";
	chmod 0755, "$root$place{bindir}/" . basename($program);
}
-e "$root$place{pkglibdir}" or symlink($place{pkglibdir}, "$root$place{pkglibdir}") or die $!;
for my $shared (glob("$place{sharedir}/*"), glob("$place{sharedir}/extension/*"))
{
	my $link = "$root$shared";
	-e $link or symlink($shared, $link) or die "$link: $!";
}
my $node = PostgreSQL::Test::Cluster->new('main', install_path => dirname("$root$place{bindir}"));
$node->init;
$node->start;

my $folder = "$root$place{sharedir}/extension";
my ($version) = slurp_file("$folder/terrcarbon.control") =~ /^default_version = '(.*)'/m;
my $script = slurp_file("$folder/terrcarbon--$version.sql");

sub write_script
{
	my ($name, $text) = @_;
	unlink "$folder/$name";
	open my $file, '>', "$folder/$name" or die "$name: $!";
	print $file $text;
	close $file;
}

# What objects.sql says of a database.
sub objects
{
	my ($database) = @_;
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'psql', '-XAtq', '-v', "schemas={}", '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database),
			'-f', 'test/objects.sql' ], '>', \$out, '2>', \$err) or die $err;
	return $out;
}

# What is in one of two lists of lines only: - the first, + the second.
sub difference
{
	my ($first, $second) = @_;
	my %balance;
	$balance{$_}-- for split /\n/, $first;
	$balance{$_}++ for split /\n/, $second;
	return join "\n", map { ($balance{$_} < 0 ? '-' : '+') . substr($_, 0, 200) } grep { $balance{$_} } sort keys %balance;
}

# The objects after CREATE EXTENSION ... VERSION and an update to the present one.
sub upgraded
{
	my ($from) = @_;
	$node->safe_psql('postgres', 'CREATE DATABASE upgraded');
	$node->safe_psql('upgraded', "CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon VERSION '$from'");
	my $before = objects('upgraded');
	$node->safe_psql('upgraded', 'ALTER EXTENSION terrcarbon UPDATE');
	is($node->safe_psql('upgraded', q{SELECT extversion FROM pg_extension WHERE extname = 'terrcarbon'}),
		$version, "from $from: it is the present version");
	my $after = objects('upgraded');
	$node->safe_psql('postgres', 'DROP DATABASE upgraded');
	return ($before, $after);
}

$node->safe_psql('postgres', 'CREATE DATABASE fresh');
$node->safe_psql('fresh', 'CREATE EXTENSION terrcarbon CASCADE');
my $fresh = objects('fresh');
cmp_ok(scalar(() = $fresh =~ /\n/g), '>', 3000, 'there is much to compare');

# --- released versions ---
for my $step (glob "sql/upgrade/terrcarbon--*--$version.sql")
{
	my ($from) = basename($step) =~ /^terrcarbon--(.*)--/;
	ok(-f "sql/upgrade/terrcarbon--$from.sql", "$from: its script is kept") or next;
	copy("sql/upgrade/terrcarbon--$from.sql", "$folder/terrcarbon--$from.sql");
	my (undef, $after) = upgraded($from);
	is(difference($fresh, $after), '', "from $from: as a fresh installation");
}

# --- a version made up ---
my $older = $script . q{
CREATE FUNCTION terrcarbon.gone() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION terrcarbon.allocations();
DROP FUNCTION terrcarbon_internal.stated_purpose(text);
CREATE OR REPLACE FUNCTION terrcarbon.can_read(dataset_id int) RETURNS boolean LANGUAGE sql AS 'SELECT false';
ALTER EXTENSION terrcarbon DROP TABLE terrcarbon.self_consumption_rule;
DROP TABLE terrcarbon.self_consumption_rule;
ALTER TABLE terrcarbon.unit ADD COLUMN gone int, DROP CONSTRAINT unit_pkey CASCADE;
CREATE POLICY gone ON terrcarbon.factor USING (true);
REVOKE ALL ON terrcarbon.unit FROM PUBLIC;
COMMENT ON TABLE terrcarbon.factor IS 'Something else';
DROP TRIGGER guard_change ON terrcarbon.factor;
ALTER TABLE terrcarbon.unit DISABLE TRIGGER guard_change;
UPDATE terrcarbon.unit SET in_base = 2 WHERE code = 'kWh';
ALTER TABLE terrcarbon.unit ENABLE TRIGGER guard_change;
};

# The statements of the present script from the beginning of one to the end of another.
sub statements
{
	my ($from, $to) = @_;
	my ($found) = $script =~ /^(\Q$from\E.*?\Q$to\E.*?;\n)/ms;
	defined $found or die "no statements from $from to $to";
	return $found;
}
my %step = (
	'a function' => 'DROP FUNCTION gone();',
	'a new function' => statements('CREATE FUNCTION allocations()', 'COMMENT ON FUNCTION allocations()'),
	'a new inner function' => statements('CREATE FUNCTION terrcarbon_internal.stated_purpose', 'COMMENT ON FUNCTION terrcarbon_internal.stated_purpose'),
	'a body' => statements('CREATE FUNCTION can_read(', "'can_read'") =~ s/CREATE/CREATE OR REPLACE/r,
	'a table' => statements('CREATE TABLE self_consumption_rule', 'GRANT SELECT ON self_consumption_rule'),
	'a column' => 'ALTER TABLE unit DROP COLUMN gone;',
	'a key' => 'ALTER TABLE unit ADD PRIMARY KEY (code); ALTER TABLE factor ADD FOREIGN KEY (unit) REFERENCES unit;',
	'a policy' => 'DROP POLICY gone ON factor;',
	'a privilege' => 'GRANT SELECT ON unit TO PUBLIC;',
	'a comment' => statements('COMMENT ON TABLE factor IS', ''),
	'a row' => q{
		ALTER TABLE unit DISABLE TRIGGER guard_change;
		UPDATE unit SET in_base = 1 WHERE code = 'kWh';
		ALTER TABLE unit ENABLE TRIGGER guard_change;});
my ($tail) = $script =~ /^(-- The end of the install script.*)\z/ms;
write_script('terrcarbon--0.0.1.sql', $older);
write_script("terrcarbon--0.0.1--$version.sql", join("\n", map { $step{$_} } sort keys %step) . $tail);
my ($before, $after) = upgraded('0.0.1');
cmp_ok(scalar(split /\n/, difference($fresh, $before)), '>', 20, 'the older version differs');
is(difference($fresh, $after), '', 'the upgrade leaves what a fresh installation makes');

# What a step forgets is seen.
for my $forgotten (sort keys %step)
{
	write_script("terrcarbon--0.0.1--$version.sql", join("\n", map { $step{$_} } grep { $_ ne $forgotten } sort keys %step) . $tail);
	(undef, $after) = upgraded('0.0.1');
	isnt(difference($fresh, $after), '', "it is seen when $forgotten is forgotten");
}
write_script("terrcarbon--0.0.1--$version.sql", join("\n", map { $step{$_} } sort keys %step));
(undef, $after) = upgraded('0.0.1');
my $lost = difference($fresh, $after);
like($lost, qr/^-terrcarbon\.factor \| trigger \| CREATE TRIGGER guard_change/m, 'without the tail, a guard is lost');
like($lost, qr/^\+terrcarbon_internal\.stated_purpose\(text\) \| privilege \| =X/m, '... and an inner function is open to all');

done_testing();
