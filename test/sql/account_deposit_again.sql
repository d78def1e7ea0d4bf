-- Rows that are there already: found row by row, whatever file they come with.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE again_town;
GRANT CREATE ON DATABASE :DBNAME TO again_town;
SELECT register_dataset('again-gas', 'Gas', 'again_town', 'etalab-2.0', 'open') AS gas \gset
SELECT register_dataset('again-oil', 'Oil', 'again_town', 'etalab-2.0', 'open') AS oil \gset
SET ROLE again_town;
SELECT create_account('again', 2154);
INSERT INTO again.territory (code, name, level, geom) VALUES ('A', 'A', 'commune', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154)));
CREATE TEMP VIEW there AS SELECT count(*), sum(quantity) FROM again.activity WHERE dataset_id = (SELECT id FROM dataset WHERE slug = 'again-gas');

-- A file that gained a year: 3 rows, then these and one more.  100 + 110 + 120 + 130 = 460.
CREATE TEMP TABLE sold AS
    SELECT 'A' AS territory_code, 'residential' AS sector, y AS year, 100 + 10 * (y - 2019) AS quantity, 'MWh HHV' AS unit, 'natural_gas' AS factor, 5 AS u95_percent
    FROM generate_series(2019, 2021) AS y;
SELECT batch_id > 0 AS taken FROM deposit('again', 'activity', 'sold', 'again-gas');
INSERT INTO sold VALUES ('A', 'residential', 2022, 130, 'MWh HHV', 'natural_gas', 5);
SELECT rows_in, rows_rejected, regexp_replace(notes, 'batch \d+', 'batch N') AS notes FROM deposit('again', 'activity', 'sold', 'again-gas', dry_run => true);
TABLE there;
SELECT rows_in, rows_rejected, regexp_replace(notes, 'batch \d+', 'batch N') AS notes FROM deposit('again', 'activity', 'sold', 'again-gas');
TABLE there;
SELECT rows_in FROM again.deposit_batch ORDER BY id;
CALL refresh('again');
SELECT year, complete, round((known_part / known)::numeric, 9) AS as_one_file
FROM again.balance_by_territory,
    LATERAL (SELECT co2e(emission(1000 * (100 + 10 * (year - 2019)), 'kWh HHV', factor_id)) / 1000 AS known FROM resolve_factor_parts('natural_gas', year, NULL, 'kWh HHV') WHERE part = 'combustion') AS f
WHERE sector = 'residential' AND scope = '1' ORDER BY year;
-- The very same file, and one with all its rows and others' order of columns.
SELECT pg_temp.outcome($$SELECT deposit('again', 'activity', 'sold', 'again-gas')$$) ~ '^23505 the same rows were deposited before' AS refused;
CREATE TEMP TABLE turned AS SELECT year::text, quantity || ',0' AS quantity, factor, unit, 5.0 AS u95_percent, sector, territory_code FROM sold;
SELECT rows_in, regexp_replace(notes, 'batch \d+', 'batch N', 'g') AS notes FROM deposit('again', 'activity', 'turned', 'again-gas');
-- Another dataset has rows of its own.
SELECT rows_in, notes FROM deposit('again', 'activity', 'turned', 'again-oil');
TABLE there;

-- refuse, append, replace.
CREATE TEMP TABLE newer AS SELECT territory_code, sector, year, CASE year WHEN 2020 THEN 111 ELSE quantity END AS quantity, unit, factor, u95_percent FROM sold WHERE year < 2022;
SELECT pg_temp.outcome($$SELECT deposit('again', 'activity', 'newer', 'again-gas', repeated => 'refuse')$$) ~ E'^23505 rows that are there already.*They are 2 rows \\(batch \\d+: 2 of its 3, the others still count\\)' AS refused;
BEGIN;
SELECT rows_in, notes FROM deposit('again', 'activity', 'newer', 'again-gas', repeated => 'append');
TABLE there;
ROLLBACK;
BEGIN;
SELECT rows_in, regexp_replace(notes, 'batch \d+', 'batch N') AS notes FROM deposit('again', 'activity', 'newer', 'again-gas', repeated => 'replace');
TABLE there;
SELECT rows_in FROM again.deposit_batch ORDER BY id;
ROLLBACK;

-- Equal rows of one file are two meters; of three the third is new where two were there.
CREATE TEMP TABLE meters AS SELECT 'A' AS territory_code, 'tertiary' AS sector, 2020 AS year, 7 AS quantity, 'MWh HHV' AS unit, 'natural_gas' AS factor FROM generate_series(1, 2);
SELECT rows_in, notes FROM deposit('again', 'activity', 'meters', 'again-gas');
INSERT INTO meters SELECT * FROM meters LIMIT 1;
SELECT rows_in, regexp_replace(notes, 'batch \d+', 'batch N', 'g') AS notes FROM deposit('again', 'activity', 'meters', 'again-gas');
SELECT count(*) FROM again.activity WHERE sector = 'tertiary' AND dataset_id = :gas;

-- What was written without a deposit counts as there; a row edited since does not.
INSERT INTO again.activity (dataset_id, territory_code, sector, year, quantity, unit, factor) VALUES (:gas, 'A', 'waste', 2020, 0, 'MWh HHV', 'natural_gas');
CREATE TEMP TABLE mixed AS SELECT 'A' AS territory_code, 'waste' AS sector, 2020 AS year, q::float8 AS quantity, 'MWh HHV' AS unit, 'natural_gas' AS factor FROM unnest('{-0.0, 1}'::float8[]) AS q;
SELECT rows_in, notes FROM deposit('again', 'activity', 'mixed', 'again-gas');
UPDATE again.activity SET quantity = 2 WHERE sector = 'waste' AND quantity = 1;
CREATE TEMP TABLE one AS SELECT * FROM mixed WHERE quantity = 1;
SELECT rows_in, notes FROM deposit('again', 'activity', 'one', 'again-gas');

-- By an inbox: in statements of any size, compared when the transaction ends.
SET terrcarbon.dataset = 'again-gas';
SET client_min_messages = error;
DELETE FROM again.activity;
INSERT INTO again.inbox_activity (territory_code, sector, year, notation) SELECT 'A', 'waste', 1900 + i, 'NO' FROM generate_series(1, 250) AS i;
BEGIN;
INSERT INTO again.inbox_activity (territory_code, sector, year, notation) SELECT 'A', 'waste', 1900 + i, 'NO' FROM generate_series(1, 210) AS i;
INSERT INTO again.inbox_activity (territory_code, sector, year, notation) SELECT 'A', 'waste', 1900 + i, 'NO' FROM generate_series(211, 252) AS i;
COMMIT;
SET client_min_messages = warning;
SELECT count(*), min(year), max(year), count(DISTINCT year) FROM again.activity;
SELECT rows_in FROM again.deposit_batch ORDER BY id DESC LIMIT 2;
-- An inbox that appends counts them again, one that replaces takes the former ones out.
UPDATE again.inbox SET repeated = 'append';
INSERT INTO again.inbox_activity (territory_code, sector, year, notation) VALUES ('A', 'waste', 1901, 'NO');
SELECT count(*) FROM again.activity;
UPDATE again.inbox SET repeated = 'replace';
INSERT INTO again.inbox_activity (territory_code, sector, year, notation) VALUES ('A', 'waste', 1901, 'NO');
SELECT count(*) FROM again.activity;

-- Geometries are equal where their bytes are.
CREATE TEMP TABLE house AS SELECT 6 AS height_m, 2020 AS year_from, ST_MakeEnvelope(380000 + 20 * i, 6570000, 380010 + 20 * i, 6570010, 2154) AS geom FROM generate_series(1, 5) AS i;
SELECT rows_in FROM deposit('again', 'building', 'house', 'again-gas');
INSERT INTO house VALUES (6, 2020, ST_MakeEnvelope(380500, 6570000, 380510, 6570010, 2154));
SELECT rows_in, regexp_replace(notes, 'batch \d+', 'batch N', 'g') AS notes FROM deposit('again', 'building', 'house', 'again-gas');
SELECT count(*), count(DISTINCT geom::text) FROM again.building;

-- A hash by the bytes: of equal rows equal, of others not.
SELECT terrcarbon_internal.row_hash(ROW(1::float8, NULL::text, 'a'::text)) = terrcarbon_internal.row_hash(ROW(1::float8, NULL::text, 'a'::text)) AS same,
       terrcarbon_internal.row_hash(ROW(0::float8)) = terrcarbon_internal.row_hash(ROW('-0'::float8)) AS zeros,
       terrcarbon_internal.row_hash(ROW('a'::text, NULL::text)) = terrcarbon_internal.row_hash(ROW(NULL::text, 'a'::text)) AS moved,
       terrcarbon_internal.row_hash(ROW(''::text)) = terrcarbon_internal.row_hash(ROW(NULL::text)) AS empty_and_null;
SELECT count(DISTINCT terrcarbon_internal.row_hash(ROW(i, i::text, (i % 7)::float8))) FROM generate_series(1, 10000) AS i;

DROP VIEW there;
SELECT drop_account('again');
RESET ROLE;
DELETE FROM dataset WHERE slug LIKE 'again-%';
DROP OWNED BY again_town;
DROP ROLE again_town;
