# Deposits and loaders on real files: communes of Charente-Maritime, the members and
# populations of an agglomeration, ALDO's zones, and its published climate plan.
# TERRCARBON_DATA names the folder of the data.
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
	ALTER DATABASE postgres SET search_path = public, terrcarbon;
	CREATE ROLE observatory;
	CREATE ROLE town;
	GRANT CREATE ON DATABASE postgres TO observatory;
	GRANT CREATE ON SCHEMA public TO observatory, town});
$node->safe_psql('postgres', qq{
	CREATE TABLE feature AS SELECT f #>> '{properties,code}' AS code, f #>> '{properties,nom}' AS nom, ST_GeomFromGeoJSON(f ->> 'geometry') AS geom
		FROM jsonb_array_elements(pg_read_file('$data/geo/communes_17_charente_maritime.geojson')::jsonb -> 'features') AS f;
	CREATE TABLE member (year int, siren text, epci_name text, nature text, insee text, commune text, pop_total int, pop_municipale int);
	COPY member FROM '$data/france/epci_241700434_membership_1999_2017.csv' (FORMAT csv, HEADER);
	CREATE TABLE people (insee text, commune text, census_year int, population text, kind text, source text);
	COPY people FROM '$data/france/pop_communes_241700434_1962_2022.csv' (FORMAT csv, HEADER);
	CREATE TABLE zone (insee text, zpc text);
	COPY zone FROM '$data/stocks/aldo_zpc_by_commune.csv' (FORMAT csv, HEADER);
	CREATE TABLE plan (demarche_id text, siren text, territory text, population_declared text, measure text, unit text, item text,
		period text, year int, value_as_published text, source_column text);
	COPY plan FROM '$data/france/pcaet_la_rochelle_valenciennes_published.csv' (FORMAT csv, HEADER);
	CREATE VIEW commune AS SELECT f.code, f.nom, f.geom, m.siren, m.epci_name, '17' AS dep, 'Charente-Maritime' AS dep_name, '75' AS reg, 'Nouvelle-Aquitaine' AS reg_name
		FROM feature f LEFT JOIN member m ON m.insee = f.code AND m.year = 2017;
	GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
	SET ROLE observatory;
	SELECT create_account('aunis', 2154)});

is($node->safe_psql('postgres', q{
	SET ROLE observatory;
	SELECT level, territories, notes FROM load_territories('aunis', 'commune', '{"name": "nom", "epci_code": "siren", "department_code": "dep",
		"department_name": "dep_name", "region_code": "reg", "region_name": "reg_name"}', repair => true);
	SELECT count(*), count(*) FILTER (WHERE parent_code = '241700434'), count(*) FILTER (WHERE parent_code = 'FR-17')
	FROM aunis.territory WHERE level = 'commune';
	SELECT code, reference_code FROM aunis.place WHERE code IN ('241700434', 'R75') ORDER BY 1}),
	"commune|466|\nEPCI|1|\ndepartment|1|\nregion|1|\n466|28|438\n241700434|FR-17\nR75|FR-NAQ", 'communes, agglomeration, department, region');

# The communes of the file are those of one day; earlier ones became a part of them, over
# several mergers.
$node->safe_psql('postgres', qq{CREATE TABLE change_of_commune (mod text, date_eff text, typecom_av text, com_av text, tncc_av text, ncc_av text, nccenr_av text,
		libelle_av text, typecom_ap text, com_ap text, tncc_ap text, ncc_ap text, nccenr_ap text, libelle_ap text);
	COPY change_of_commune FROM '$data/france/communes_17_mvtcommune_1943_2019.csv' (FORMAT csv, HEADER);
	GRANT SELECT ON change_of_commune TO PUBLIC});
is($node->safe_psql('postgres', q{
	SET ROLE observatory;
	SELECT merged > 5, split, notes FROM load_former_codes('aunis', 'change_of_commune', '{"code": "com_av", "successor": "com_ap", "since": "date_eff",
		"kind": "typecom_av", "successor_kind": "typecom_ap"}', 'INSEE');
	SELECT count(*) = count(DISTINCT s.code) AND bool_and(t.code IS NOT NULL) FROM aunis.successor s LEFT JOIN aunis.territory t ON t.code = s.successor_code;
	SELECT count(*) FROM change_of_commune c WHERE c.typecom_av = 'COM' AND c.typecom_ap = 'COM'
		AND NOT EXISTS (SELECT FROM aunis.territory t WHERE t.code = c.com_av) AND NOT EXISTS (SELECT FROM aunis.successor s WHERE s.code = c.com_av)}),
	"t|0|\nt\n0", 'former communes');

is($node->safe_psql('postgres', q{
	CREATE VIEW people_of AS SELECT DISTINCT ON (insee, census_year) insee, census_year, population FROM people ORDER BY insee, census_year, kind;
	GRANT SELECT ON people_of TO PUBLIC;
	SET ROLE observatory;
	SELECT notes IS NULL FROM load_population('aunis', 'people_of', '{"code": "insee", "year": "census_year", "residents": "population"}', 'INSEE');
	SELECT residents = (SELECT sum(population::float8) FROM people_of WHERE census_year = 2022), source
	FROM aunis.population WHERE territory_code = '241700434' AND year = 2022}),
	"t\nt|sum of its parts", 'inhabitants of the agglomeration are those of its 28 communes');

# The agglomeration had 18 of its 28 communes until 2013; the others were a part of the
# department and of no other whole that the account knows.
is($node->safe_psql('postgres', q{
	SET ROLE observatory;
	SELECT * FROM load_memberships('aunis', 'member', '{"code": "insee", "parent_code": "siren"}', 'DGCL');
	SELECT * FROM load_memberships('aunis', 'member', '{"code": "insee", "parent_code": "siren"}', 'DGCL');
	SELECT DISTINCT valid_to, parent_code, source FROM aunis.former_parent;
	SELECT string_agg(format('%s %s', y, (SELECT count(*) FROM aunis.leaves_in('241700434', y))), ', ' ORDER BY y),
		bool_and((SELECT count(*) = 466 FROM aunis.leaves_in('FR-17', y)))
	FROM unnest('{1968,1999,2013,2014,2030}'::int[]) AS y;
	SELECT count(*) FROM generate_series(1999, 2017) AS y FULL JOIN member m ON m.year = y
	WHERE m.insee IS DISTINCT FROM (SELECT l FROM aunis.leaves_in('241700434', y) AS l WHERE l = m.insee);
	SELECT abs(aunis.area_in('241700434', 2013) / (SELECT sum(c.area_m2) FROM aunis.territory c JOIN member m ON m.insee = c.code AND m.year = 2013) - 1) < 1e-9,
		aunis.area_in('241700434', 2014) = area_m2 FROM aunis.territory WHERE code = '241700434'}),
	"382|10|\n382|10|\n2013-12-31|FR-17|DGCL\n1968 18, 1999 18, 2013 18, 2014 28, 2030 28|t\n0\nt|t", 'members by year');
is($node->safe_psql('postgres', q{
	SELECT string_agg(format('%s %s', p.year, p.residents), ', ' ORDER BY p.year),
		bool_and(p.residents = (SELECT sum(f.population::float8) FROM people_of f JOIN member m ON m.insee = f.insee AND m.year = p.year WHERE f.census_year = p.year))
	FROM aunis.population p WHERE p.territory_code = '241700434' AND p.year BETWEEN 2012 AND 2015;
	SELECT count(*) FROM aunis.population p WHERE p.territory_code = '241700434'}),
	"2012 147603, 2013 148496, 2014 166235, 2015 167675|t\n21", 'inhabitants by year follow');

# Invented: what each commune emits; the sums are those of the file of members.
$node->safe_psql('postgres', q{SELECT register_dataset('invented', 'Invented', 'town', 'etalab-2.0', 'open');
	SET ROLE observatory; SELECT grant_depositing('aunis', 'town');
	RESET ROLE; SET ROLE town; SET client_min_messages = error;
	CREATE TABLE emitted AS SELECT code AS territory_code, s.sector, y AS year, ghg('CO2', 1000 * (100 + code::int % 89)) AS emission, 10 AS u95_percent, 'emission' AS kind
		FROM feature, generate_series(2011, 2016) AS y, (VALUES ('industry'), ('waste')) AS s (sector);
	SELECT rows_in FROM deposit('aunis', 'activity', 'emitted', 'invented');
	RESET ROLE; SET ROLE observatory; CALL refresh('aunis')});
is($node->safe_psql('postgres', q{
	WITH expected AS (
		SELECT '241700434' AS code, m.year, count(*) AS n, sum(2 * (100 + m.insee::int % 89)) AS t, sum(c.area_m2) / 1e4 AS ha
		FROM member m JOIN aunis.territory c ON c.code = m.insee WHERE m.year BETWEEN 2011 AND 2016 GROUP BY m.year
		UNION ALL SELECT 'FR-17', y, count(*), sum(2 * (100 + f.code::int % 89)), (SELECT area_m2 / 1e4 FROM aunis.territory WHERE code = 'FR-17')
		FROM feature f, generate_series(2011, 2016) AS y GROUP BY y
	)
	SELECT e.code, string_agg(DISTINCT e.n::text, ' '), count(*), bool_and(abs(t.known_part - e.t) < 1e-6 AND t.complete
		AND abs(t.emissions_per_ha - e.t / e.ha) < 1e-9
		AND t.emissions_per_inhabitant IS NOT DISTINCT FROM t.emissions / (SELECT residents FROM aunis.population p WHERE p.territory_code = e.code AND p.year = e.year))
	FROM expected e JOIN aunis.trajectory_by_territory t ON t.territory_code = e.code AND t.year = e.year GROUP BY e.code ORDER BY 1;
	SELECT name, detail FROM terrcarbon.explain_number('aunis', '241700434', 'industry', 2013) WHERE kind = 'note'}),
	"241700434|18 28|6|t\nFR-17|466|6|t\nother parts than today|18 parts, 28 today; without 17059, 17109, 17136, 17194, 17245, 17315, 17373, 17443, 17466, 17483", 'the sum of the parts is the whole, each year');

is($node->safe_psql('postgres', q{
	SELECT places > 34000, notes FROM load_reference_places('zone', '{"code": "insee", "zone": "zpc"}');
	SELECT string_agg(parent_code, ' ' ORDER BY parent_code) FROM reference_territory_parent WHERE code = '17010';
	SELECT reference_code FROM aunis.place WHERE code = '17010';
	SELECT stock_density('CLC', '211', 2018, '17010') IS NOT NULL}),
	"t|\nFR-17 ZPC_2_1\n17010\nt", 'communes are in the soil zones of ALDO');

# The published account, straight from the file; "0" is what was not filled in.
is($node->safe_psql('postgres', q{
	SELECT 1 FROM register_dataset('pcaet-2260', 'Published plan', 'town', 'etalab-2.0', 'open');
	CREATE VIEW diagnosis AS
		SELECT siren, replace(item, 'industrie_hors_energie', 'industry') AS sector, year, 'emission' AS kind,
			CASE WHEN value_as_published::float8 > 0 THEN ghg('CO2', value_as_published::float8 * 1000) END AS emission,
			CASE WHEN value_as_published::float8 = 0 THEN 'NE' END AS notation
		FROM plan WHERE siren = '241700434' AND measure = 'GES' AND period = 'diagnostic';
	GRANT SELECT ON diagnosis TO town;
	SET ROLE observatory;
	SELECT grant_depositing('aunis', 'town');
	INSERT INTO aunis.plan (territory_code, plan, source) VALUES ('241700434', 'PCAET', 'PCAET 2260');
	INSERT INTO aunis.target (territory_code, plan, year, value)
		SELECT siren, 'PCAET', 2030, sum(value_as_published::float8) FROM plan WHERE siren = '241700434' AND measure = 'GES' AND year = 2030 GROUP BY siren;
	SET ROLE town;
	SELECT rows_in, rows_rejected, reasons FROM deposit('aunis', 'activity', 'diagnosis', 'pcaet-2260', '{"territory_code": "siren"}')}),
	"1\n\n8|0|", 'a published account is deposited');
$node->safe_psql('postgres', q{SET ROLE observatory; SET client_min_messages = error; CALL refresh('aunis')});
is($node->safe_psql('postgres', q{
	SELECT year, emissions, known_part::int, target::int FROM aunis.trajectory_by_territory
	WHERE territory_code = '241700434' AND year IN (2019, 2030) ORDER BY 1}),
	"2019||1093952|\n2030|||765743", 'what is known, what is aimed at, and no total without waste');

# A department from nothing, commune by commune: ten statements beside the loads of files.
$node->safe_psql('postgres', qq{
	CREATE TABLE clc AS SELECT f #>> '{properties,CODE_18}' AS code_18, ST_GeomFromGeoJSON(f ->> 'geometry') AS geom
		FROM jsonb_array_elements(pg_read_file('$data/geo/clc18_charente_estuary.geojson')::jsonb -> 'features') AS f;
	-- Invented: what communes use.
	CREATE TABLE sold AS SELECT f.code AS code_commune, y AS annee, e.filiere, s.code AS code_grand_secteur,
			round((1000 + 10 * (f.code::int % 97)) * (1 - 0.01 * (y - 2015)))::text || ',5' AS conso
		FROM feature f, generate_series(2015, 2023) AS y, (VALUES ('E'), ('G')) AS e (filiere), (VALUES ('R'), ('T')) AS s (code);
	GRANT SELECT ON clc, sold TO PUBLIC;
	SELECT terrcarbon.grant_registering('observatory', 10);
	GRANT INSERT, UPDATE ON terrcarbon.reference_territory, terrcarbon.reference_territory_parent TO observatory});
my @statements = (
	q{SELECT create_account('charente', 2154)},
	q{SELECT * FROM load_territories('charente', 'commune', '{"name": "nom", "department_code": "dep", "department_name": "dep_name"}', repair => true)},
	q{SELECT * FROM load_population('charente', 'people_of', '{"code": "insee", "year": "census_year", "residents": "population"}', 'INSEE')},
	q{SELECT * FROM load_reference_places('zone', '{"code": "insee", "zone": "zpc"}')},
	q{SELECT register_dataset('clc', 'CORINE Land Cover', 'observatory', 'etalab-2.0', 'open'), register_dataset('sold', 'Energy sold', 'observatory', 'etalab-2.0', 'open')},
	q{SELECT * FROM deposit('charente', 'land_cover', 'clc', 'clc', mapping_of('clc_2018'), repair => true)},
	q{SELECT * FROM deposit('charente', 'activity', 'sold', 'sold', mapping_of('local_energy'))},
	q{INSERT INTO charente.plan (territory_code, plan, sector) VALUES ('FR-17', 'Neutrality', 'residential')},
	q{INSERT INTO charente.target (territory_code, sector, plan, year, value) VALUES ('FR-17', 'residential', 'Neutrality', 2023, 300000), ('FR-17', 'residential', 'Neutrality', 2050, 0)},
	q{CALL refresh('charente')});
is($node->safe_psql('postgres', join(";\n", 'SET ROLE observatory', 'SET client_min_messages = error', "\\o /dev/null\n$statements[0]", @statements[1 .. 9], "\\o\nSELECT 'done'",
	# Every commune has its figures, each with a factor that came with the extension.
	q{SELECT count(*), count(emissions), min(year), max(year), bool_and(emissions > 0) FROM charente.balance_by_territory
		WHERE level = 'commune' AND sector = 'residential' AND scope = '1' AND year BETWEEN 2015 AND 2023},
	q{SELECT count(*) FROM charente.line WHERE layer = 'activity' AND (finding IS NOT NULL OR NOT factor_id IS NOT NULL)},
	# Land where CORINE is given; elsewhere it is said to be missing.
	q{SELECT count(DISTINCT territory_code) FILTER (WHERE finding IS NULL) > 0, count(DISTINCT territory_code) FILTER (WHERE stock IS NOT NULL) < 466 FROM charente.line WHERE layer = 'land_cover'},
	q{SELECT year, target::int, gap IS NOT NULL FROM charente.target_by_territory WHERE sector = 'residential' AND year IN (2023, 2050) ORDER BY 1},
	# Two sectors of eight are known, and nothing of the year of the plan: no verdict, and why.
	q{SELECT y, n.verdict, n.complete, n.emissions IS NULL, (SELECT count(DISTINCT r.sector) > 5 FROM neutrality_reasons('charente', 'FR-17', y) AS r WHERE r.kind = 'missing')
		FROM unnest('{2023,2050}'::int[]) AS y, neutrality('charente', 'FR-17', y) AS n ORDER BY y})),
	"done\n4194|4194|2015|2023|t\n0\nt|t\n2023|300000|t\n2050|0|f\n2023|cannot be said|f|t|t\n2050|cannot be said|f|t|t", 'a department in ten statements');
cmp_ok(scalar @statements, '<=', 10, 'which are ten');

# The 52 published plans: six give kt for t (two of these no year), one MWh for GWh, and
# cells are empty.
my ($header) = slurp_file("$data/france/pcaet_v2_published_accounts.csv") =~ /^(.*?)\r?\n/;
$header =~ s/^\x{FEFF}|^\xEF\xBB\xBF//;
$node->safe_psql('postgres', 'CREATE TABLE plans (' . join(', ', map { qq("$_" text) } split /;/, $header) . ')');
$node->safe_psql('postgres', qq{COPY plans FROM '$data/france/pcaet_v2_published_accounts.csv' (FORMAT csv, HEADER, DELIMITER ';')});
is($node->safe_psql('postgres', q{
	SET ROLE observatory;
	SELECT create_account('plans', 2154);
	SELECT grant_depositing('plans', 'town');
	RESET ROLE;
	GRANT SELECT ON plans TO PUBLIC;
	SELECT 1 FROM register_dataset('plans', 'Published plans', 'town', 'etalab-2.0', 'open');
	SET ROLE observatory;
	INSERT INTO plans.territory (code, name, level, geom)
		SELECT "Id", "Id", 'EPCI', ST_Multi(ST_MakeEnvelope(n * 1000, 65e5, n * 1000 + 1000, 65e5 + 1000, 2154))
		FROM (SELECT *, row_number() OVER () AS n FROM public.plans) AS p;
	INSERT INTO plans.population (territory_code, year, residents)
		SELECT "Id", "PEC_Emission_GES_Annee_Compta"::int, nullif("Population_couverte", '')::float8 FROM public.plans
		WHERE "PEC_Emission_GES_Annee_Compta" <> '';
	SET ROLE town;
	CREATE TEMP VIEW cells AS
		SELECT p."Id" AS territory_code, s.code AS sector, 'emission' AS kind, p."PEC_Emission_GES_Annee_Compta" AS year,
			ghg('CO2', nullif(to_jsonb(p) ->> format('PEC_GES_%s_1', s.place), '')::float8 * 1000) AS emission, NULL::text AS unit, NULL::text AS quantity
		FROM public.plans p, sector s WHERE s.place <= 8
		UNION ALL
		SELECT p."Id", s.code, 'emission', p."PEC_Consommation_Annee_Compta", NULL,
			CASE WHEN to_jsonb(p) ->> format('PEC_CONSO_%s_1', s.place) <> '' THEN 'GWh' END, to_jsonb(p) ->> format('PEC_CONSO_%s_1', s.place)
		FROM public.plans p, sector s WHERE s.place <= 8;
	SELECT d.rows_in + d.rows_rejected, d.rows_rejected = (SELECT count(*) FROM cells WHERE emission IS NULL AND coalesce(quantity, '') = '' OR coalesce(year, '') = '')
	FROM deposit('plans', 'activity', 'cells', 'plans') AS d;
	SELECT string_agg(DISTINCT territory_code, ' ') FROM implausible_figures('plans') WHERE note LIKE 'a thousand%MWh for GWh' AND per_inhabitant > high;
	SELECT string_agg(DISTINCT territory_code, ' ' ORDER BY territory_code) FROM implausible_figures('plans')
	WHERE note LIKE '%kt for t' AND sector IN ('residential', 'tertiary', 'road_transport')}),
	"plans\n\n1\n832|t\n1216\n1233 1358 1582 1600", 'plans in the wrong unit are named, empty cells and rows without a year are refused');
$node->stop;
done_testing();
