# The shipped fuels against the table they come from, and two real extracts of the
# Base Carbone, as they were published.  TERRCARBON_DATA names the folder of the data.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{TERRCARBON_DATA} or plan skip_all => 'TERRCARBON_DATA is not set';
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	CREATE TABLE fuel (id text, name_fr text, attribute_fr text, boundary_fr text, unit text, location text, valid_until text,
		uncertainty_pct float8, total float8, combustion float8, upstream float8,
		"CO2f" float8, "CH4f" float8, "CH4b" float8, "N2O" float8, "CO2b" float8)});
$node->safe_psql('postgres', "COPY fuel FROM '$data/france/fuels_headline_fr.csv' (FORMAT csv, HEADER)");
is($node->safe_psql('postgres', q{
	SET search_path = terrcarbon, public;
	SELECT count(*), count(*) FILTER (WHERE abs(co2e(f.amount, 'AR6') - CASE f.part WHEN 'combustion' THEN t.combustion ELSE t.upstream END)
			> 0.01 * CASE f.part WHEN 'combustion' THEN t.combustion ELSE t.upstream END) AS wrong,
	       count(*) FILTER (WHERE f.u95_percent IS DISTINCT FROM t.uncertainty_pct) AS other_interval,
	       count(*) FILTER (WHERE f.part = 'combustion' AND gas(f.amount, 'CO2_biogenic') IS DISTINCT FROM t."CO2b") AS other_biogenic,
	       count(*) FILTER (WHERE CASE t.unit WHEN 'kgCO2e/kWh PCI' THEN 'kWh LHV' WHEN 'kgCO2e/kWh PCS' THEN 'kWh HHV'
	           WHEN 'kgCO2e/litre' THEN 'l' WHEN 'kgCO2e/kg' THEN 'kg' WHEN 'kgCO2e/tonne' THEN 't' END IS DISTINCT FROM f.unit) AS other_unit
	FROM factor f JOIN fuel t ON t.id = substring(f.source from 'element ([0-9]+)') WHERE f.id BETWEEN 2000 AND 2999}),
	'126|0|0|0|0', 'shipped fuels are those of the table');

my %expected = (
	'base_carbone_test_118rows_cp1252.csv' => 'WIN1252',
	'base_carbone_v23_6_extract_67cols_utf8.csv' => 'UTF8');
for my $file (sort keys %expected)
{
	my $staging = "CREATE TEMP TABLE staging OF terrcarbon.base_carbone_line;
		COPY staging FROM '$data/france/$file' (FORMAT csv, HEADER, DELIMITER ';', ENCODING '$expected{$file}');
		SET search_path = terrcarbon, public;";
	# What is taken gives the published total of its element, the making of vehicles included, once.
	is($node->safe_psql('postgres', qq{
		BEGIN; $staging
		CREATE TEMP TABLE report AS SELECT * FROM import_base_carbone('staging');
		SELECT bool_and(action IN ('added', 'skipped')), count(*) FILTER (WHERE action = 'skipped' AND reason IS NULL)
		FROM report;
		SELECT count(*) > 20, count(*) FILTER (WHERE abs(priced.kg - s.total) > 0.011 * abs(s.total) + 1e-9) AS wrong
		FROM (SELECT element, sum(co2e(f.amount, 'AR6')) AS kg FROM report r JOIN factor f ON f.id = r.factor_id GROUP BY element) AS priced
		JOIN (SELECT DISTINCT ON (1) "Identifiant de l'élément" AS element, terrcarbon_internal.decimal_comma("Total poste non décomposé") AS total
		      FROM staging WHERE "Type Ligne" ILIKE 'el%' ORDER BY 1, ctid) AS s USING (element);
		SELECT count(*) FROM (SELECT code FROM factor WHERE code LIKE 'base_carbone.%'
			GROUP BY code HAVING bool_or(part = 'full') AND count(*) > 1) AS twice;
		SELECT action, count(*) > 20 FROM import_base_carbone('staging') WHERE action <> 'skipped' GROUP BY action;
		ROLLBACK}),
		"t|0\nt|0\n0\nunchanged|t", "$file: taken once, and each total is the published one");
	my $reasons = $node->safe_psql('postgres', qq{$staging
		SELECT regexp_replace(reason, '"[^"]*"|[0-9.e-]+', '..', 'g') AS why, count(*) FROM base_carbone_factors('staging') GROUP BY 1 ORDER BY 2 DESC, 1});
	note $reasons;
}
is($node->safe_psql('postgres', qq{
	CREATE TEMP TABLE staging OF terrcarbon.base_carbone_line;
	COPY staging FROM '$data/france/base_carbone_v23_6_extract_67cols_utf8.csv' (FORMAT csv, HEADER, DELIMITER ';', ENCODING 'UTF8');
	SELECT string_agg(DISTINCT year::text, ' ' ORDER BY year::text), bool_and(source ~ 'validity')
	FROM terrcarbon.base_carbone_factors('staging') WHERE year IS NOT NULL AND reason IS NULL}),
	'2008 2015 2022 2023 2024|t', 'years that figures are of; those of 2017 are archived');
$node->stop;
done_testing();
