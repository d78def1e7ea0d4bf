# Rows damaged at random: each is either in or in rejected, the counts add up, and
# nothing raises.  TERRCARBON_SEED replays, TERRCARBON_DEPOSIT_ROWS says how many.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{TERRCARBON_SEED} // 1;
my $rows = $ENV{TERRCARBON_DEPOSIT_ROWS} // 4000;
srand($seed);
diag "seed $seed, $rows rows";

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = public, terrcarbon;
	CREATE ROLE owner;
	CREATE ROLE town;
	GRANT CREATE ON DATABASE postgres TO owner;
	GRANT CREATE ON SCHEMA public TO town});
$node->safe_psql('postgres', q{
	SELECT register_dataset('town', 'Town', 'town', 'CC0-1.0', 'open');
	SET ROLE owner;
	SELECT create_account('acc', 2154);
	INSERT INTO acc.territory (code, name, level, geom)
		SELECT 17000 + i, 'C' || i, 'commune', ST_Multi(ST_MakeEnvelope(4e5 + i * 1000, 65e5, 4e5 + i * 1000 + 1000, 65e5 + 1000, 2154)) FROM generate_series(1, 20) AS i;
	INSERT INTO acc.population (territory_code, year, residents) SELECT code, 2020, 1000 FROM acc.territory;
	SELECT grant_depositing('acc', 'town')});

my @strange = ('', ' ', "\x{a0}", '0', '-0', '-1', '1e308', '1e309', '-1e308', '1e-320', '1e400', 'NaN', 'Infinity', '1,5', '1.234,5', '2147483648',
	'99999999999999999999', '0x1F', "'", '"', '\\', '%s', '$1', '{}', '{"CO2": 1e308}', '{"CO2": "x"}', 'null', "\x{e9}" x 5000, 'x' x 20000, "\x{202f}7", ';--');

sub damaged
{
	my ($cell) = @_;
	my $kind = rand;
	return $cell if $kind < 0.8;
	return $strange[ rand @strange ] if $kind < 0.9;
	my $at = int rand(1 + length $cell);
	substr($cell, $at, $kind < 0.94 ? 1 : 0) = $kind < 0.97 ? '' : chr(33 + int rand 90) if $at < length $cell;
	return $cell;
}

sub csv { return join(',', map { my $c = $_; $c =~ s/"/""/g; qq("$c") } @_) . "\n" }

# Shapes as hexadecimal WKB with SRID, some in another system.
my @shapes = split /\n/, $node->safe_psql('postgres', q{
	SELECT g::text FROM (
		SELECT ST_MakeEnvelope(401000 + i * 50, 6500100, 401000 + i * 50 + 20, 6500120, 2154) AS g FROM generate_series(1, 20) AS i
		UNION ALL SELECT ST_Transform(ST_MakeEnvelope(401000, 6500100, 401020, 6500120, 2154), 4326)
		UNION ALL SELECT ST_Force3D(ST_MakeEnvelope(401000, 6500100, 401020, 6500120, 2154))
		UNION ALL SELECT 'SRID=4326;POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))'
		UNION ALL SELECT 'SRID=4326;POLYGON((500 95, 501 95, 501 96, 500 95))'
		UNION ALL SELECT 'SRID=2154;POLYGON((1e300 0, 2e300 0, 2e300 1e300, 1e300 0))'
		UNION ALL SELECT 'SRID=2154;POLYGON((NaN 0, 1 0, 1 1, NaN 0))'
		UNION ALL SELECT 'SRID=2154;CURVEPOLYGON(CIRCULARSTRING(0 0, 4 0, 4 4, 0 4, 0 0))'
		UNION ALL SELECT 'SRID=2154;MULTIPOLYGON EMPTY') AS s});

my $folder = $node->basedir;
open my $activity, '>:encoding(UTF-8)', "$folder/activity.csv" or die;
open my $building, '>:encoding(UTF-8)', "$folder/building.csv" or die;
for (1 .. $rows)
{
	my @cells = (17001 + int rand 20, (qw(residential tertiary waste energy))[ rand 4 ], 2010 + int rand 10, rand 1000, 'MWh HHV', 'natural_gas', 5,
		rand() < 0.1 ? 'NO' : '', (qw(emission removal memo))[ rand 3 ], '', 1 + int rand 3, rand(1));
	print $activity csv(map { damaged($_) } @cells);
	my @house = ((qw(residential tertiary))[ rand 2 ], 1 + int rand 5, rand 20, 'natural_gas', 'kWh HHV', rand 1e5, 2010, 2015, $shapes[ rand @shapes ]);
	print $building csv(map { damaged($_) } @house);
}
close $activity;
close $building;
$node->safe_psql('postgres', qq{
	CREATE TABLE activity_row (territory_code text, sector text, year text, quantity text, unit text, factor text, u95_percent text,
		notation text, kind text, emission text, units text, largest_share text);
	COPY activity_row FROM '$folder/activity.csv' (FORMAT csv);
	CREATE TABLE building_row (sector text, floors text, height_m text, carrier text, unit text, energy text, year_from text, year_to text, geom text);
	COPY building_row FROM '$folder/building.csv' (FORMAT csv);
	GRANT SELECT ON activity_row, building_row TO town});

for my $layer ('activity', 'building')
{
	for my $repair ('false', 'true')
	{
		my ($ret, $out, $err) = $node->psql('postgres', qq{
			SET ROLE town; SET client_min_messages = error;
			CREATE TEMP TABLE expected AS SELECT * FROM deposit('acc', '$layer', 'public.${layer}_row', 'town', dry_run => true, repair => $repair, repeated => 'replace');
			CREATE TEMP TABLE result AS SELECT * FROM deposit('acc', '$layer', 'public.${layer}_row', 'town', repair => $repair, repeated => 'replace');
			SELECT r.rows_in + r.rows_rejected, r.rows_in = e.rows_in,
				r.rows_in = (SELECT count(*) FROM acc.$layer a WHERE a.batch_id = r.batch_id),
				r.rows_rejected = (SELECT count(*) FROM acc.rejected j WHERE j.batch_id = r.batch_id AND j.reason <> '' AND j.column_name <> ''),
				r.rows_in > $rows / 50, r.rows_rejected > $rows / 5
			FROM result r, expected e});
		is($err, '', "$layer, repair $repair: nothing raises");
		is($out, "$rows|t|t|t|t|t", "$layer, repair $repair: each row is in or refused");
	}
}

# By the inbox, in statements of a few rows.
my ($ret, $out, $err) = $node->psql('postgres', q{
	SET ROLE town; SET client_min_messages = error; SET terrcarbon.dataset = 'town';
	DELETE FROM acc.activity;
	BEGIN;
	DO $$ DECLARE part int; BEGIN
		FOR part IN 0 .. 9 LOOP
			INSERT INTO acc.inbox_activity (territory_code, sector, year, quantity, unit, factor, u95_percent, notation, kind, emission, units, largest_share)
				SELECT * FROM activity_row OFFSET part * 7 LIMIT 7;
		END LOOP;
	END $$;
	COMMIT;
	SELECT rows_in + rows_rejected FROM acc.deposit_batch ORDER BY id DESC LIMIT 1;
	SELECT count(*) FROM acc.inbox_activity});
is("$err$out", "70\n0", 'ten statements of one transaction are one deposit');
$node->stop;
done_testing();
