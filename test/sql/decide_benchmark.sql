-- An actor among its sector: its own figure beside quartiles of released ones.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
CREATE ROLE bmk_owner;
CREATE ROLE bmk_mill;
CREATE ROLE bmk_citizen;
GRANT CREATE ON DATABASE :DBNAME TO bmk_owner;
SELECT register_dataset('bmk-firms', 'Meters of firms', 'bmk_owner', 'etalab-2.0', 'aggregate', updated => '2024-01-01') AS firms \gset
SET ROLE bmk_owner;
SELECT create_account('dale', 4326);
GRANT USAGE ON SCHEMA dale TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA dale TO PUBLIC;
INSERT INTO dale.territory (code, name, level, parent_code, geom)
    SELECT 'E', 'Dale', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 46, 0.7, 46.05, 4326)) UNION ALL
    SELECT c, c, 'commune', 'E', ST_Multi(ST_MakeEnvelope((i - 1) * 0.1, 46, i * 0.1, 46.05, 4326)) FROM unnest('{A,B,C,D,F,G,H}'::text[]) WITH ORDINALITY AS t (c, i);
INSERT INTO dale.actor (code, name, kind, sector, role_name) VALUES ('1', 'The mill', 'firm', 'industry', 'bmk_mill'), ('2', 'The giant', 'firm', 'industry', 'bmk_other');
-- Five firms in each town but G, which has one, the giant; the mill is one of the five of A.
INSERT INTO dale.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent, unit_key, actor_code)
SELECT :firms, v.town, 'industry', '1', 2023, ghg('CO2', 1000 * v.tonnes), 0, v.town || i, CASE WHEN v.town = 'A' AND i = 1 THEN '1' WHEN v.town = 'G' THEN '2' END
FROM (VALUES ('A', 80, 5), ('B', 120, 5), ('C', 40, 5), ('D', 160, 5), ('F', 60, 5), ('G', 777, 1), ('H', 100, 5)) AS v (town, tonnes, firms), generate_series(1, v.firms) AS i;
INSERT INTO dale.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent, unit_key, actor_code) VALUES
    (:firms, 'A', 'tertiary', '1', 2023, '{"CO2": 5000}', 0, 'A1', '1'), (:firms, 'A', 'industry', '3', 2023, '{"CO2": 9000}', 0, 'A1', '1');
INSERT INTO dale.actor_output (actor_code, year, unit, amount) VALUES ('1', 2023, 'employee', 16), ('1', 2023, 't of flour', 4000), ('1', 2022, 'employee', 15), ('2', 2023, 'employee', 300);
INSERT INTO dale.sector_output (territory_code, sector, year, unit, amount, source) SELECT c, 'industry', 2023, 'employee', 100, 'invented' FROM unnest('{A,B,C,D,F,G,H}'::text[]) AS c;
CALL refresh('dale');
-- Without a release there is nothing to compare with.
SET ROLE bmk_mill;
SELECT unit, year, intensity, peers, band, missing FROM benchmark('dale') ORDER BY year, unit;
SET ROLE bmk_owner;
SELECT release('dale', 2023) IS NOT NULL AS released;
-- G is withheld, and with it C, which would give it away; and A, whose only tertiary firm is
-- the mill.  600, 800, 300 and 500 t for 100 employees: 6, 8, 3 and 5 t, of which the
-- quartiles are 4.5, 5.5 and 6.5.  The mill emits 80 t in its sector for 16: 5 t each.
SELECT territory_code, tonnes, notation FROM dale.released WHERE sector = 'industry' AND measure = 'emissions' ORDER BY 1;
SET ROLE bmk_mill;
SELECT * FROM benchmark('dale');
SELECT peers, band, missing FROM benchmark('dale', 'EPCI') WHERE unit = 'employee' AND year = 2023;
SELECT (SELECT count(*) FROM dale.actor_output) AS outputs_it_reads, (SELECT count(*) FROM dale.sector_output) AS statistics;
-- The other firm and the citizen see nothing of the mill, nor of the giant.
SET ROLE bmk_citizen;
SELECT count(*) FROM benchmark('dale');
SELECT count(*) AS outputs FROM dale.actor_output;
\set VERBOSITY terse
SELECT * FROM terrcarbon_internal.benchmark('bmk_mill'::regrole, 'dale', 'commune');
SELECT * FROM benchmark('public');
\set VERBOSITY default
-- A row without a value, or one that the owner may not read: no figure.
SET ROLE bmk_owner;
INSERT INTO dale.activity (dataset_id, territory_code, sector, year, notation, unit_key, actor_code) VALUES (:firms, 'A', 'industry', 2023, 'NE', 'A1', '1');
CALL refresh('dale');
SET ROLE bmk_mill;
SELECT unit, emissions, intensity, median, band, missing FROM benchmark('dale') WHERE year = 2023 ORDER BY unit;
RESET ROLE;
SELECT drop_account('dale');
REVOKE CREATE ON DATABASE :DBNAME FROM bmk_owner;
DELETE FROM dataset WHERE slug LIKE 'bmk-%';
DROP ROLE bmk_owner, bmk_mill, bmk_citizen;
