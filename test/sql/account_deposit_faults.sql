-- What a deposit looks at beyond the cells: rows that would be in no total, prices that do
-- not exist, slips that have a likely meaning.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE look_town;
GRANT CREATE ON DATABASE :DBNAME TO look_town;
SELECT register_dataset('look', 'Looked at', 'look_town', 'etalab-2.0', 'open') AS look \gset
SET ROLE look_town;
SELECT create_account('look', 2154);
INSERT INTO look.territory (code, name, level, geom) VALUES ('P1', 'Le Port', 'commune', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154)));

-- Without a year or a territory a row would be in no total: refused, unless the mapping says null.
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
SELECT rows_in, rows_rejected FROM deposit('look', 'activity', 'bare', 'look', '{"year": null, "territory_code": null}', repeated => 'append');
ROLLBACK;
-- The refresh counts those that are there all the same, each once.
INSERT INTO look.activity (dataset_id, territory_code, sector, year, emission) VALUES (:look, 'P1', 'waste', NULL, '{"CO2": 1}'), (:look, NULL, 'waste', 2020, '{"CO2": 1}'), (:look, NULL, 'waste', NULL, '{"CO2": 1}');
DELETE FROM look.trip;
CALL refresh('look');
DELETE FROM look.activity WHERE year IS NULL OR territory_code IS NULL;

-- A reason is told to its end, what is wrong first.
INSERT INTO look.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent) VALUES (:look, 'P1', 'residential', 2020, 5, 'MWh', 'heating_oil', 5);
CALL refresh('look');
SELECT missing FROM look.balance_by_territory WHERE sector = 'residential' AND year = 2020 AND scope = '1';
DELETE FROM look.activity WHERE sector = 'residential';

SELECT drop_account('look');
RESET ROLE;
DELETE FROM dataset WHERE slug = 'look';
DROP OWNED BY look_town;
DROP ROLE look_town;
