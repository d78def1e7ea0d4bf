# A disk that is full in the middle of a deposit, a refresh, a release and a
# publication: an error each time, nothing half done, and with more room it goes on.
# The database is on a file system of its own, which needs a name space where this
# user may mount one.
use strict;
use warnings;
# Before the modules turn the output to their log.
my $refused;
BEGIN
{
	my @own = ('unshare', '--user', '--map-current-user', '--keep-caps', '--mount');
	if ($ENV{TERRCARBON_OWN_MOUNTS}) { }
	elsif (system("@own mount -t tmpfs tmpfs /mnt >/dev/null 2>&1") != 0) { $refused = 1 }
	else
	{
		$ENV{TERRCARBON_OWN_MOUNTS} = 1;
		exec @own, $^X, (map { "-I$_" } @INC), $0 or die $!;
	}
}
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'a file system of its own cannot be mounted here' if $refused;
my $folder = PostgreSQL::Test::Utils::tempdir_short;
system('mount', '-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', $folder) == 0 or die 'mount';
mkdir "$folder/tablespace" or die $!;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\njit = off\nlog_statement = none");
$node->start;
$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$folder/tablespace'");
$node->safe_psql('postgres', 'CREATE DATABASE bay TABLESPACE small');
$node->safe_psql('bay', q{
	CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE bay SET search_path = public, terrcarbon;
	ALTER DATABASE bay SET client_min_messages = error});
$node->safe_psql('bay', q{
	CREATE ROLE keeper;
	SELECT register_dataset('firms', 'Firms', 'keeper', 'lov2', 'aggregate', updated => '2024-01-31');
	SELECT register_dataset('homes', 'Homes', 'keeper', 'lov2', 'open', updated => '2024-01-31');
	SELECT create_account('bay', 4326, owner => 'keeper');
	INSERT INTO bay.territory (code, name, level, parent_code, geom)
	SELECT 'E', 'E', 'EPCI', NULL::text, ST_Multi(ST_MakeEnvelope(0, 45, 50, 46, 4326))
	UNION ALL SELECT 'C' || i, 'C', 'commune', 'E', ST_Multi(ST_MakeEnvelope(i, 45, i + 1, 46, 4326)) FROM generate_series(0, 49) AS i;
	INSERT INTO bay.activity (dataset_id, territory_code, sector, year, emission, u95_percent)
	SELECT 1, 'C' || c, sector, y, ghg('CO2', 1000 * i), 10
	FROM generate_series(0, 49) AS c, unnest('{industry,tertiary}'::text[]) AS sector, generate_series(1, 12) AS i, generate_series(2000, 2004) AS y;
	CREATE TABLE staging AS
	SELECT 'C' || i % 50 AS territory_code, 'residential' AS sector, 2000 + i % 5 AS year, 0.1 * i AS quantity, 'MWh HHV' AS unit,
		CASE WHEN i % 50 = 0 THEN 'no such factor' ELSE 'natural_gas' END AS factor
	FROM generate_series(1, 5000) AS i;
	CREATE FUNCTION digest() RETURNS text LANGUAGE plpgsql AS $$
	DECLARE t name; part text; whole text := ''; BEGIN
		FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'bay'::regnamespace AND relkind = 'r' AND relname <> 'refresh_state' ORDER BY 1 LOOP
			EXECUTE format($q$SELECT count(*) || ' ' || md5(string_agg(r, '' ORDER BY r)) FROM (SELECT (to_jsonb(x) - 'refreshed_at')::text AS r FROM bay.%I AS x) AS x$q$, t) INTO part;
			whole := concat(whole, t, ' ', part, E'\n');
		END LOOP;
		RETURN whole;
	END $$});
# What reads goes on with a full disk.
sub state { return $node->safe_psql('bay', "SET work_mem = '64MB'; SELECT digest()") }

# Leaves so many kB free; a file takes the rest.
sub leave
{
	my ($room) = @_;
	unlink "$folder/filler";
	return if !defined $room;
	my (undef, undef, undef, $free) = split ' ', (split /\n/, `df -Pk '$folder'`)[1];
	open my $filler, '>', "$folder/filler" or die $!;
	print $filler ("\0" x 1024) x ($free - $room);
	close $filler;
}

for my $case (
	[ 'deposit', q{SELECT rows_in, rows_rejected FROM deposit('bay', 'activity', 'staging', 'homes')}, '4900|100', 1 ],
	[ 'refresh', q{CALL refresh('bay')}, '', 0 ],
	[ 'release', q{SELECT release('bay', 2004)}, qr/^\d+$/, 1 ],
	[ 'publish', q{SELECT publish('bay', 'Figures', 2004)}, qr/^\d+$/, 1 ])
{
	my ($name, $statement, $result, $whole) = @$case;
	my ($failed, $changed, $others) = (0, 0, '');
	my ($code, $out, $err);
	my $before = state();
	for (my $room = 32; $room <= 65536; $room *= 3)
	{
		leave($room);
		($code, $out, $err) = $node->psql('bay', "\\set VERBOSITY verbose\n$statement");
		last if $code == 0;
		$failed++;
		$others .= $err unless $err =~ /ERROR:  53100/;
		$changed++ if $whole && state() ne $before;
	}
	cmp_ok($failed, '>', 0, "$name: the disk was full $failed times");
	is($others, '', "$name: that was the error each time");
	is($changed, 0, "$name: and nothing was half done");
	ref $result ? like($out, $result, "$name: with more room it is done") : is($out, $result, "$name: with more room it is done");
	leave(undef);
	if (!$whole)
	{
		my $done = state();
		$node->safe_psql('bay', q{CALL refresh('bay', "full" => true)});
		is($done, state(), "$name: as if there had been room from the beginning");
	}
}
is($node->safe_psql('bay', q{SELECT bool_and(intact) FROM verify_publication('bay')}), 't', 'the publication is intact');
$node->stop;
system('umount', $folder);
done_testing();
