# What a site adds to the catalogues of factors survives a dump, what came with
# the extension stays with it; and the Base Carbone is read in the encodings it is
# published in.
use strict;
use warnings FATAL => 'all';
use utf8;

use Encode;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 2');
$node->start;

$node->safe_psql('postgres', 'CREATE DATABASE origin; CREATE DATABASE copy');
$node->safe_psql('origin', q{
	CREATE EXTENSION terrcarbon CASCADE;
	SET search_path = terrcarbon;
	INSERT INTO reference_territory (code, level, name) VALUES
		('17300', 'commune', 'La Rochelle'), ('241700434', 'EPCI', 'CA de La Rochelle');
	INSERT INTO reference_territory_parent (code, parent_code) VALUES
		('17300', '241700434'), ('17300', 'ZPC_4_1'), ('241700434', 'FR-NAQ');
	INSERT INTO unit (code, name, kind, in_base) VALUES ('stère', 'stacked cubic metre', 'volume', 1);
	INSERT INTO factor (code, name, unit, amount, part, territory_code, source, recorded_at, superseded_at) VALUES
		('own', 'own', 'stère', '{"CO2": 1}', 'full', '17300', 'test', '2020-01-01', '2021-01-01'),
		('own', 'own', 'stère', '{"CO2": 2}', 'full', '17300', 'test', '2021-01-01', NULL);
	INSERT INTO stock_reference (nomenclature, code, name, territory_code, stock, source) VALUES
		('CLC', '211', 'fields', '241700434', '{"soil": 48.2, "soil_depth_cm": 30}', 'test');
});

my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, 'origin' ], 'dump');
$node->command_ok([ 'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-d', 'copy', '-f', $dump ], 'restore');
unlike(slurp_file($dump), qr/Nouvelle-Aquitaine|ALDO/, 'shipped rows are not dumped');
for my $table ('unit', 'reference_territory', 'reference_territory_parent', 'factor', 'stock_reference')
{
	my $query = "SELECT t::text FROM terrcarbon.$table AS t ORDER BY t::text COLLATE \"C\"";
	is($node->safe_psql('copy', $query), $node->safe_psql('origin', $query), "$table is restored");
}
my $answers = q{
	SELECT terrcarbon.emission(1, 'stère', 'own', 2023, '17300'), terrcarbon.stock_density('CLC', '211', 2018, '17300');
	BEGIN;
	SELECT terrcarbon.as_known('2020-06-01') IS NOT NULL;
	SELECT terrcarbon.emission(1, 'stère', 'own', 2023, '17300');
};
my $answer = $node->safe_psql('copy', $answers);
is($answer, $node->safe_psql('origin', $answers), 'look-ups answer the same');
is($answer, qq({"CO2": 2}|{"above": 0, "soil": 48.2, "soil_depth_cm": 30}\nt\n{"CO2": 1}), 'and right');
cmp_ok($node->safe_psql('copy', q{
	INSERT INTO terrcarbon.factor (code, name, unit, amount, part, source)
		VALUES ('next', 'next', 'kg', '{"CO2": 1}', 'full', 'test') RETURNING id}),
	'>', $node->safe_psql('origin', q{SELECT max(id) FROM terrcarbon.factor}), 'ids go on');

# A change that is prepared is nobody's until it is committed, not even its own session's.
is($node->safe_psql('copy', q{
	SELECT terrcarbon.resolve_factor('prepared', 2023) IS NULL;
	BEGIN;
	INSERT INTO terrcarbon.factor (code, name, unit, amount, part, source)
		VALUES ('prepared', 'x', 'kg', '{"CO2": 1}', 'full', 'test');
	SELECT terrcarbon.resolve_factor('prepared', 2023) IS NULL;
	PREPARE TRANSACTION 'factor';
	SELECT terrcarbon.resolve_factor('prepared', 2023) IS NULL;
	COMMIT PREPARED 'factor';
	SELECT terrcarbon.resolve_factor('prepared', 2023) IS NULL;
}), "t\nf\nt\nf", 'prepared transaction');
# Nor does the extension leave anything behind, and it comes back.
is($node->safe_psql('copy', q{
	SELECT terrcarbon.resolve_factor('own', 2023, '17300') IS NULL;
	DROP EXTENSION terrcarbon;
	CREATE EXTENSION terrcarbon;
	SELECT terrcarbon.resolve_factor('own', 2023, '17300') IS NULL, terrcarbon.resolve_factor('car', 2023, 'FR') IS NULL;
}), "f\nt|f", 'dropped and created again');

# The Base Carbone as it is published: CRLF, Windows-1252; or UTF-8 with a mark.
my @columns = split /\n/, $node->safe_psql('origin', q{
	SELECT attname FROM pg_attribute
	WHERE attrelid = 'terrcarbon.base_carbone_line'::regclass AND attnum > 0 ORDER BY attnum});
@columns = map { decode('UTF-8', $_) } @columns;
is(scalar @columns, 67, 'columns');
my %line = (
	'Type Ligne' => 'Elément', "Identifiant de l'élément" => '42', "Type de l'élément" => "Facteur d'émission",
	"Statut de l'élément" => 'Valide générique', 'Nom base français' => 'Fioul "léger" œuvré',
	'Commentaire français' => "deux\r\nlignes ; et un point-virgule",
	'Unité français' => 'kgCO2e/kWh PCI', 'Localisation géographique' => 'France continentale',
	'Total poste non décomposé' => '0,324', 'Incertitude' => '5');
sub cell { my $text = shift // ''; $text =~ s/"/""/g; return $text =~ /[";\n]/ ? qq("$text") : $text; }
my $file = join(';', @columns) . "\r\n" . join(';', map { cell($line{$_}) } @columns) . "\r\n";
for my $encoding ([ 'cp1252', 'WIN1252', '' ], [ 'UTF-8', 'UTF8', "\x{FEFF}" ])
{
	my ($perl, $server, $mark) = @$encoding;
	my $path = $node->basedir . "/base_carbone_$server.csv";
	append_to_file($path, encode($perl, $mark . $file));
	my $result = $node->safe_psql('origin', qq{
		BEGIN;
		CREATE TEMP TABLE staging OF terrcarbon.base_carbone_line;
		COPY staging FROM '$path' (FORMAT csv, HEADER, DELIMITER ';', ENCODING '$server');
		SELECT action, reason, code FROM terrcarbon.import_base_carbone('staging');
		SELECT name, unit, amount, u95_percent FROM terrcarbon.factor WHERE code = 'base_carbone.42';
		ROLLBACK;
	});
	is(decode('UTF-8', $result), qq(added||base_carbone.42\nFioul "léger" œuvré|kWh PCI|{"CO2": 0.324}|5),
		"file in $server");
}
my ($ret, $out, $err) = $node->psql('origin', qq{
	CREATE TEMP TABLE staging OF terrcarbon.base_carbone_line;
	COPY staging FROM '${\$node->basedir}/base_carbone_UTF8.csv' (FORMAT csv, HEADER, DELIMITER ';', ENCODING 'WIN1252');
	SELECT * FROM terrcarbon.import_base_carbone('staging');
});
like($err, qr/holds no element of the Base Carbone.*ENCODING 'WIN1252' or 'UTF8'/s, 'file read in the wrong encoding');

# Somebody who may fill the catalogue, and nothing else.
is($node->safe_psql('origin', q{
	CREATE ROLE factor_keeper;
	GRANT INSERT, UPDATE ON terrcarbon.factor TO factor_keeper;
	GRANT USAGE ON SEQUENCE terrcarbon.factor_id_seq TO factor_keeper;
	SET ROLE factor_keeper;
	CREATE TEMP TABLE staging OF terrcarbon.base_carbone_line;
	COPY staging FROM stdin (FORMAT csv, DELIMITER ';');
} . encode('UTF-8', join(';', map { cell($line{$_}) } @columns) . "\n") . q{\.
	SELECT action FROM terrcarbon.import_base_carbone('staging');
}), 'added', 'a keeper of the catalogue imports');

$node->stop;
done_testing();
