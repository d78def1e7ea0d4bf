-- What a deposit looks at beyond the cells: rows that would be in no total, prices that do
-- not exist, slips that have a likely meaning.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE look_town;
CREATE ROLE look_firm;
GRANT CREATE ON DATABASE :DBNAME TO look_town;
SELECT register_dataset('look', 'Looked at', 'look_town', 'etalab-2.0', 'open') AS look \gset
SELECT register_dataset('look-firm', 'Of a firm', 'look_firm', 'etalab-2.0', 'open') AS firm \gset
SET ROLE look_town;
SELECT create_account('look', 2154);
INSERT INTO look.territory (code, name, level, reference_code, geom) VALUES ('P1', 'Le Port', 'commune', 'ZPC_4_1', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154)));

-- Without a year or a territory a row would be in no total: refused, unless the mapping says null for the territory.
CREATE TEMP TABLE bare (territory_code text, sector text, year text, emission text, u95_percent text);
INSERT INTO bare VALUES ('P1', 'waste', '2020', '{"CO2": 1000}', '5'), ('P1', 'waste', '', '{"CO2": 2000}', '5'), ('', 'waste', '2020', '{"CO2": 4000}', '5'), (' ', 'waste', NULL, '{"CO2": 8000}', '5');
SELECT rows_in, rows_rejected, reasons FROM deposit('look', 'activity', 'bare', 'look');
SELECT line, column_name, reason, proposal FROM look.rejected ORDER BY batch_id, line;
CREATE TEMP TABLE cattle AS SELECT 'dairy_cattle' AS species, 10 AS heads;
SELECT rows_in, rows_rejected, reasons FROM deposit('look', 'herd', 'cattle', 'look');
SELECT column_name, reason, proposal FROM look.rejected WHERE layer = 'herd';
CREATE TEMP TABLE journeys (origin_code text, home_code text, year int, person_trips int, trip_km int);
INSERT INTO journeys VALUES ('P1', '', 2020, 10, 5), ('', 'P1', 2020, 10, 5), ('', '', 2020, 10, 5);
SELECT rows_in, rows_rejected, reasons FROM deposit('look', 'trip', 'journeys', 'look');
BEGIN;
SELECT rows_in, rows_rejected FROM deposit('look', 'activity', 'bare', 'look', '{"territory_code": null}', repeated => 'append');
ROLLBACK;
BEGIN;
SELECT rows_in, rows_rejected, reasons FROM deposit('look', 'activity', 'bare', 'look', '{"year": null, "territory_code": null}', repeated => 'append');
SELECT DISTINCT column_name, reason, proposal FROM look.rejected r JOIN look.deposit_batch b ON b.id = r.batch_id WHERE b.rows_rejected = 4;
ROLLBACK;
-- The refresh counts those that are there all the same.
INSERT INTO look.activity (dataset_id, territory_code, sector, year, emission) VALUES (:look, NULL, 'waste', 2020, '{"CO2": 1}'), (:look, NULL, 'waste', 2021, '{"CO2": 1}');
DELETE FROM look.trip;
CALL refresh('look');
DELETE FROM look.activity WHERE territory_code IS NULL;

-- A reason is told to its end, what is wrong first.
INSERT INTO look.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent) VALUES (:look, 'P1', 'residential', 2020, 5, 'MWh', 'heating_oil', 5);
CALL refresh('look');
SELECT missing FROM look.balance_by_territory WHERE sector = 'residential' AND year = 2020 AND scope = '1';
DELETE FROM look.activity WHERE sector = 'residential';

-- What a refresh could not price is told at once, worst first: 3 rows name no factor, 2 a unit of
-- another heating value, 1 another kind of unit; and so in a dry run.
CREATE TEMP TABLE energy (territory_code text, sector text, year text, quantity text, unit text, factor text);
INSERT INTO energy VALUES ('P1', 'Industrie', '2020', '1,234', 'MWh HHV', NULL), ('P1', 'Logements', '2020', '2', 'MWh HHV', NULL), ('P1', 'road traffic', '2020', '3', 'MWh HHV', NULL),
    ('P1', 'ÉNERGIE', '2020', '4', 'MWh', 'heating_oil'), ('P1', 'services', '2020', '4,5', 'MWh', 'heating_oil'), ('P1', 'Farming', '2020', '4', 'km', 'natural_gas'),
    ('P1', 'waste', '2020', '12,345', 'MWh HHV', 'natural_gas');
SELECT rows_in, rows_rejected, replace(notes, '; ', E'\n') AS notes FROM deposit('look', 'activity', 'energy', 'look', '{"kind": {"value": "emission"}}', dry_run => true) \gx
-- So for who may deposit and no more.
SELECT grant_depositing('look', 'look_firm');
SET ROLE look_firm;
CREATE TEMP TABLE fuel AS SELECT 'P1' AS territory_code, 'waste' AS sector, 2020 AS year, 5 AS quantity, 'km' AS unit, 'natural_gas' AS factor;
SELECT rows_in, notes FROM deposit('look', 'activity', 'fuel', 'look-firm');
SET ROLE look_town;
CREATE TEMP TABLE cover (code text, year int, geom geometry);
INSERT INTO cover SELECT c, 2018, ST_Multi(ST_MakeEnvelope(380000 + 10 * n, 6570000, 380010 + 10 * n, 6570010, 2154)) FROM unnest('{231,999,231,999,1x1}'::text[]) WITH ORDINALITY AS u (c, n);
SELECT rows_in, rows_rejected, notes FROM deposit('look', 'land_cover', 'cover', 'look', '{"nomenclature": {"value": "CLC"}}');
-- A proposal is alike, or there is none; no figure is a key that says so.
CREATE TEMP TABLE slips (territory_code text, sector text, year text, quantity text, unit text, factor text);
INSERT INTO slips VALUES ('lr', 'waste', '2020', '1', 'MWh HHV', 'natural_gas'), ('Le Port', 'waste', '2020', '1', 'MWh HHV', 'natural_gas'), ('P1', 'waste', '2020', '1', 'kWh/m²', 'natural_gas'),
    ('P1', 'waste', '2020', '1', 'MWh HVV', 'natural_gas'), ('P1', 'waste', '2020', '1', 'MWh HHV', 'natural_gaz'), ('P1', 'wast', '2020', '', NULL, NULL),
    ('P1', 'waste', '2020', '', NULL, NULL), ('P1', 'waste', '2020', 'n.d.', 'MWh HHV', 'natural_gas'), ('P1', 'waste', '2020', '-', 'MWh HHV', 'natural_gas'),
    ('P1', 'waste', '2020', 'NA', 'MWh HHV', 'natural_gas'), ('P1', 'waste', '2020', 'secret', 'MWh HHV', 'natural_gas'), ('P1', 'waste', '2020', 'twelve', 'MWh HHV', 'natural_gas');
SELECT batch_id AS slips, rows_in, rows_rejected FROM deposit('look', 'activity', 'slips', 'look') \gset
SELECT line, column_name, value, proposal FROM look.rejected WHERE batch_id = :slips ORDER BY line;

-- What is mended leaves rejected, by deposit and by the inbox; what is refused again is there once.
CREATE TEMP TABLE mended AS SELECT r.id AS rejected_id, s.* FROM look.rejected r CROSS JOIN jsonb_populate_record(NULL::slips, r."row") AS s WHERE r.batch_id = :slips AND r.line IN (1, 4, 12);
UPDATE mended SET territory_code = 'P1', unit = 'MWh HHV', quantity = CASE quantity WHEN 'twelve' THEN 'dozen' ELSE '8' END;
SELECT rows_in, rows_rejected, notes FROM deposit('look', 'activity', 'mended', 'look');
SELECT line, value FROM look.rejected WHERE layer = 'activity' AND "row" ->> 'factor' = 'natural_gas' ORDER BY batch_id, line;
DELETE FROM look.rejected WHERE value <> 'dozen' OR value IS NULL;
SET terrcarbon.dataset = 'look';
INSERT INTO look.inbox_activity
    SELECT b.* FROM look.rejected r CROSS JOIN jsonb_populate_record(NULL::look.inbox_activity, r."row" || jsonb_build_object('rejected_id', r.id, 'id', r.id, 'dataset', 'look', 'quantity', 12)) AS b;
SELECT count(*) FROM look.rejected;
SELECT quantity FROM look.activity WHERE dataset_id = :look ORDER BY 1;

SELECT drop_account('look');
RESET ROLE;
DELETE FROM dataset WHERE slug LIKE 'look%';
DROP OWNED BY look_town, look_firm;
DROP ROLE look_town, look_firm;
