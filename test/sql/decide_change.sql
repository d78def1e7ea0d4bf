-- Why a published figure changed: causes worked out by hand, that add up exactly.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE chg_owner;
CREATE ROLE chg_citizen;
GRANT CREATE ON DATABASE :DBNAME TO chg_owner;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES ('chg-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 10, 'combustion', 'test'),
    ('chg-wood', 'Wood', 'kWh LHV', '{"CH4": 0.001}', 10, 'combustion', 'test');
SELECT register_dataset('chg-a', 'A', 'chg_owner', 'etalab-2.0', 'open', updated => '2024-01-01') AS a \gset
SELECT register_dataset('chg-b', 'B', 'chg_owner', 'etalab-2.0', 'open', updated => '2024-01-01') AS b \gset
SELECT register_dataset('chg-c', 'C', 'chg_owner', 'etalab-2.0', 'open', updated => '2024-01-01') AS c \gset
SET ROLE chg_owner;
SELECT create_account('cape', 4326);
INSERT INTO cape.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Cape', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.05, 4326))),
    ('N', 'Northport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326))),
    ('S', 'Southport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.05, 46, 0.1, 46.05, 4326)));
INSERT INTO cape.activity (id, dataset_id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent) VALUES
    (1, :a, 'N', 'residential', '1', 2023, 1000, 'MWh LHV', 'chg-gas', 0), (2, :a, 'S', 'residential', '1', 2023, 100, 'MWh LHV', 'chg-gas', 0),
    (3, :a, 'S', 'residential', '1', 2023, 30, 'MWh LHV', 'chg-gas', 0), (4, :a, 'N', 'residential', '1', 2023, 1000, 'MWh LHV', 'chg-wood', 0),
    (5, :b, 'N', 'residential', '1', 2023, 50, 'MWh LHV', 'chg-gas', 0);
CALL refresh('cape');
SELECT publish('cape', 'First', 2023) AS first \gset
-- Nothing but time.
SELECT publish('cape', 'Second', 2023) AS second \gset
-- Row 1 corrected to 1100 MWh, row 3 removed, row 6 added; B closed, C came; gas is 0.21
-- from now on; and CO2e by the potentials of AR6 (methane 27.9 a kg there, 28 in AR5).
UPDATE cape.activity SET quantity = 1100 WHERE id = 1;
DELETE FROM cape.activity WHERE id = 3;
INSERT INTO cape.activity (id, dataset_id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent) VALUES
    (6, :a, 'S', 'residential', '1', 2023, 7, 'MWh LHV', 'chg-gas', 0), (7, :c, 'S', 'residential', '1', 2023, 11, 'MWh LHV', 'chg-gas', 0);
SELECT set_access(:b, 'private');
UPDATE cape.setting SET gwp = 'AR6';
DELETE FROM cape.activity WHERE dataset_id = :b;
RESET ROLE;
UPDATE factor SET superseded_at = now() WHERE code = 'chg-gas';
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES ('chg-gas', 'Gas', 'kWh LHV', '{"CO2": 0.21}', 10, 'combustion', 'test');
SET ROLE chg_owner;
CALL refresh('cape');
SELECT publish('cape', 'Third', 2023) AS third \gset
SET ROLE chg_citizen;
SELECT cause, lines, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :first, :second, 'E', 'residential');
-- Before 200 + 20 + 6 + 28 + 10 t; after 231 + 21 + 27.9 + 1.47 + 2.31.  Datasets: 2.31 - 10;
-- added 7 x 0.21, removed 30 x 0.2, corrected 100 x 0.2; factor 1100 x 0.01 + 100 x 0.01; GWP 27.9 - 28.
SELECT cause, lines, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :first, :third, 'E', 'residential');
SELECT co2e(ghg('CH4', 1), 'AR6') AS ar6, co2e(ghg('CH4', 1), 'AR5') AS ar5;
SELECT cause, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :first, :third, 'S', 'residential') WHERE tonnes <> 0;
SELECT sum(tonnes) FILTER (WHERE cause <> 'difference') = sum(tonnes) FILTER (WHERE cause = 'difference') AS exact,
       sum(tonnes) FILTER (WHERE cause = 'difference') = (SELECT sum(CASE publication_id WHEN :third THEN 1 ELSE -1 END * (content ->> 'emissions')::numeric)
           FROM cape.publication_item WHERE kind = 'figure' AND key = 'E/residential/1' AND publication_id IN (:first, :third)) AS difference
FROM explain_change('cape', :first, :third, 'E', 'residential');
SELECT pg_temp.outcome(format(c, :first)) FROM unnest(ARRAY[
    $$SELECT cause FROM explain_change('cape', %s, 99, 'E', 'residential')$$, $$SELECT cause FROM explain_change('cape', %1$s, %1$s, 'E', 'waste')$$,
    $$SELECT cause FROM explain_change('cape', %1$s, %1$s, 'E', 'residential', '1', 'net')$$]) AS c;

-- A publication against the account now.  Who may not read the account's tables gets no
-- figure of them; nor does anybody where a dataset that is not open has a part.
-- Which of its views is named first is PostgreSQL's choice.
SELECT regexp_replace(pg_temp.outcome(format(c, :first)), 'for view \w+', 'for a view') AS outcome FROM unnest(ARRAY[$$SELECT cause FROM explain_change('cape', %s, NULL, 'E', 'residential')$$,
    $$SELECT cause FROM explain_change('cape', NULL, NULL, 'E', 'residential')$$]) AS c;
SET ROLE chg_owner;
GRANT SELECT ON ALL TABLES IN SCHEMA cape TO chg_citizen;
SET ROLE chg_citizen;
SELECT n = ARRAY(SELECT (cause, lines, tonnes) FROM explain_change('cape', :first, :third, 'E', 'residential')) AS as_published
FROM (SELECT ARRAY(SELECT (cause, lines, tonnes) FROM explain_change('cape', :first, NULL, 'E', 'residential') WHERE cause <> 'not refreshed')) AS s (n);
-- 100 MWh more at 0.21 wait for a refresh: the account says as before.
SET ROLE chg_owner;
UPDATE cape.activity SET quantity = 1200 WHERE id = 1;
SET ROLE chg_citizen;
SELECT cause, lines, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :third, NULL, 'E', 'residential') WHERE tonnes <> 0;
SET ROLE chg_owner;
CALL refresh('cape');
SET ROLE chg_citizen;
SELECT cause, lines, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :third, NULL, 'E', 'residential') WHERE tonnes <> 0 OR cause = 'not refreshed';
-- The first three were published without a population; now 283.68 + 21 t for 1000, and then
-- 21 t more (row 2: 200 MWh) for 800: 21 / 1000, and 325.68 / 800 - 325.68 / 1000.
SELECT pg_temp.outcome(format($$SELECT cause FROM explain_change('cape', %s, NULL, 'E', 'residential', '1', 'emissions_per_inhabitant')$$, :third));
SET ROLE chg_owner;
INSERT INTO cape.population (territory_code, year, residents) VALUES ('E', 2023, 1000), ('N', 2023, 0);
SELECT publish('cape', 'Fourth', 2023) AS fourth \gset
UPDATE cape.population SET residents = 800 WHERE territory_code = 'E';
UPDATE cape.activity SET quantity = 200 WHERE id = 2;
CALL refresh('cape');
SELECT publish('cape', 'Fifth', 2023) AS fifth \gset
SET ROLE chg_citizen;
SELECT territory_code, emissions, emissions_per_inhabitant FROM cape.publication_figure WHERE publication_id IN (:fourth, :fifth) AND sector = 'residential' ORDER BY publication_id, territory_code;
SELECT cause, lines, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :fourth, :fifth, 'E', 'residential', '1', 'emissions_per_inhabitant');
SELECT 304.68 / 1000 AS before, 325.68 / 800 AS after, 21 / 1000.0 AS rows, 325.68 / 800 - 325.68 / 1000 AS population;
SELECT pg_temp.outcome(format(c, :fourth, :fifth)) FROM unnest(ARRAY[$$SELECT cause FROM explain_change('cape', %s, %s, 'N', 'residential', '1', 'emissions_per_inhabitant')$$,
    $$SELECT cause FROM explain_change('cape', %s, %s, 'E', 'residential', '1', 'emissions_per_')$$]) AS c;
-- The total: scopes 1 and 2 of every sector but land.  21 + 10.5 + 0.21 + 0.21 t come to it;
-- 9 MWh each of scope 3 and of land do not.
SET ROLE chg_owner;
INSERT INTO cape.activity (id, dataset_id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent) VALUES
    (20, :a, 'N', 'tertiary', '2', 2023, 100, 'MWh LHV', 'chg-gas', 0), (21, :a, 'S', 'tertiary', '2', 2023, 50, 'MWh LHV', 'chg-gas', 0),
    (22, :a, 'N', 'tertiary', '1', 2023, 1, 'MWh LHV', 'chg-gas', 0), (23, :a, 'S', 'tertiary', '1', 2023, 1, 'MWh LHV', 'chg-gas', 0),
    (24, :a, 'N', 'tertiary', '3', 2023, 9, 'MWh LHV', 'chg-gas', 0), (25, :a, 'N', 'land', '1', 2023, 9, 'MWh LHV', 'chg-gas', 0);
CALL refresh('cape');
SELECT publish('cape', 'With services', 2023) AS sixth \gset
-- Row 2 (42 t) is of services, not of homes, and row 20 is 20 MWh more: 4.2 t.
UPDATE cape.activity SET sector = 'tertiary' WHERE id = 2;
UPDATE cape.activity SET quantity = 120 WHERE id = 20;
CALL refresh('cape');
SELECT publish('cape', 'With services', 2023) AS seventh \gset
SET ROLE chg_citizen;
SELECT title, version, territory_code, sector, scope, emissions FROM cape.publication_figure WHERE publication_id IN (:fifth, :sixth, :seventh) AND territory_code = 'E' ORDER BY publication_id, sector, scope;
SELECT cause, lines, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :fifth, :sixth, 'E', 'all') WHERE tonnes <> 0;
SELECT cause, lines, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :sixth, :seventh, 'E', 'all') WHERE tonnes <> 0;
SELECT cause, lines, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :sixth, NULL, 'E', 'all') WHERE tonnes <> 0;
SELECT s AS sector, cause, lines, trim_scale(tonnes) AS tonnes FROM unnest('{residential,tertiary}'::text[]) AS s, explain_change('cape', :sixth, :seventh, 'E', s) WHERE tonnes <> 0;
SELECT cause, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :sixth, :seventh, 'E', 'all', measure => 'emissions_per_inhabitant') WHERE tonnes <> 0;
-- Waste of one town only: the whole is not known, and says so, and that town's is.
SET ROLE chg_owner;
INSERT INTO cape.activity (id, dataset_id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent) VALUES (26, :a, 'N', 'waste', '1', 2023, 3, 'MWh LHV', 'chg-gas', 0);
CALL refresh('cape');
SELECT publish('cape', 'With waste', 2023) AS eighth \gset
SET ROLE chg_citizen;
SELECT territory_code, emissions FROM cape.publication_figure WHERE publication_id = :eighth AND sector = 'all' ORDER BY territory_code;
SELECT pg_temp.outcome(format(c, :seventh, :eighth)) FROM unnest(ARRAY[$$SELECT cause FROM explain_change('cape', %s, %s, 'E', 'all')$$, $$SELECT cause FROM explain_change('cape', %s, NULL, 'E', 'all')$$,
    $$SELECT cause FROM explain_change('cape', %s, %s, 'N', 'all', '1')$$]) AS c;
SELECT cause, lines, trim_scale(tonnes) AS tonnes FROM explain_change('cape', :seventh, :eighth, 'N', 'all') WHERE tonnes <> 0;
-- Land: half of Southport's wood became a field.  Another reference of fields is a change of
-- reference; a quarter more of the wood that went, a correction, at the former reference.
RESET ROLE;
INSERT INTO stock_reference (nomenclature, code, name, stock, complete, u95_percent, source) VALUES
    ('CHG', 'wood', 'Wood', '{"above": 62, "soil": 80, "soil_depth_cm": 30}', true, 0, 'test'), ('CHG', 'field', 'Field', '{"soil": 50, "soil_depth_cm": 30}', true, 0, 'test');
SET ROLE chg_owner;
UPDATE cape.setting SET land_tolerance = 0.01;
INSERT INTO cape.land_cover (id, dataset_id, nomenclature, code, year, geom) VALUES
    (1, :a, 'CHG', 'wood', 2020, ST_Multi(ST_MakeEnvelope(0.05, 46, 0.1, 46.05, 4326))),
    (2, :a, 'CHG', 'wood', 2024, ST_Multi(ST_MakeEnvelope(0.05, 46, 0.075, 46.05, 4326))), (3, :a, 'CHG', 'field', 2024, ST_Multi(ST_MakeEnvelope(0.075, 46, 0.1, 46.05, 4326)));
CALL refresh('cape');
SELECT publish('cape', 'Land', 2023) AS land \gset
RESET ROLE;
UPDATE stock_reference SET superseded_at = now() WHERE nomenclature = 'CHG' AND code = 'field';
INSERT INTO stock_reference (nomenclature, code, name, stock, complete, u95_percent, source) VALUES ('CHG', 'field', 'Field', '{"soil": 40, "soil_depth_cm": 30}', true, 0, 'test');
SET ROLE chg_owner;
CALL refresh('cape');
SELECT publish('cape', 'Land, other reference', 2023) AS reference \gset
UPDATE cape.land_cover SET geom = ST_Multi(ST_MakeEnvelope(0.05, 46, 0.06875, 46.05, 4326)) WHERE id = 2;
UPDATE cape.land_cover SET geom = ST_Multi(ST_MakeEnvelope(0.06875, 46, 0.1, 46.05, 4326)) WHERE id = 3;
CALL refresh('cape');
SELECT publish('cape', 'Land, another map', 2023) AS map \gset
SET ROLE chg_citizen;
-- 2023 is the third of four years: a quarter of the ground loses its trees, and three quarters a
-- twentieth of what the soil loses, with its nitrogen (1 for 15 of carbon, 1.225 % of it as N2O, 273).
SELECT publication_id = :land AS first,
       abs(emissions / ((44.0 / 12 * (62 / 4.0 + soil / 20 * 3 / 4) + soil / 20 * 3 / 4 / 15 * 0.01225 * 44 / 28 * 273) * ha) - 1) < 1e-9 AS by_hand
FROM (VALUES (:land, 30.0, 1.0), (:reference, 40.0, 1.0), (:map, 40.0, 1.25)) AS v (id, soil, half)
JOIN cape.publication_figure f ON f.publication_id = v.id AND f.sector = 'land' AND f.scope = '1' AND f.territory_code = 'S'
CROSS JOIN LATERAL (SELECT half * true_area(ST_MakeEnvelope(0.075, 46, 0.1, 46.05, 4326)) / 1e4) AS g (ha) ORDER BY 1 DESC, v.id;
SELECT cause, lines, abs(tonnes - sum(tonnes) FILTER (WHERE cause = 'difference') OVER ()) < 1e-6 AS all_of_it
FROM explain_change('cape', :land, :reference, 'S', 'land') WHERE abs(tonnes) > 1e-6;
SELECT cause, lines, tonnes / emissions BETWEEN 0.249 AND 0.251 AS quarter FROM explain_change('cape', :reference, :map, 'S', 'land') AS c
JOIN cape.publication_figure f ON f.publication_id = :reference AND f.sector = 'land' AND f.scope = '1' AND f.territory_code = 'S' WHERE abs(tonnes) > 1e-6;
SELECT array_agg(content ->> 'code' ORDER BY content ->> 'code') AS frozen FROM cape.publication_item WHERE publication_id = :land AND kind = 'reference';
SET ROLE chg_owner;
DELETE FROM cape.land_cover;
CALL refresh('cape');
-- A dataset that is not open takes part: no figure now, whoever asks.
SET ROLE chg_owner;
UPDATE cape.activity SET dataset_id = :a WHERE id = 7;
INSERT INTO cape.activity (id, dataset_id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent) VALUES (9, :b, 'S', 'residential', '1', 2023, 777, 'MWh LHV', 'chg-gas', 0);
CALL refresh('cape');
SELECT pg_temp.outcome(format($$SELECT cause FROM explain_change('cape', %s, NULL, 'S', 'residential')$$, :fifth));
SET ROLE chg_citizen;
SELECT pg_temp.outcome(format($$SELECT cause FROM explain_change('cape', %s, NULL, 'S', 'residential')$$, :fifth));
SELECT count(*) > 0 AS north_all_the_same FROM explain_change('cape', :fifth, NULL, 'N', 'residential');
RESET ROLE;
SELECT drop_account('cape');
REVOKE CREATE ON DATABASE :DBNAME FROM chg_owner;
DELETE FROM factor WHERE code LIKE 'chg-%';
DELETE FROM stock_reference WHERE nomenclature = 'CHG';
DELETE FROM dataset WHERE slug LIKE 'chg-%';
DROP ROLE chg_owner, chg_citizen;
