-- Depositing 200 000 activities, five of them bad, and 100 000 polygons, beside a bare
-- INSERT of the same rows: by deposit from a table, and by an INSERT into the inbox.
\set ON_ERROR_STOP on
SET client_min_messages = error;
SET search_path = terrcarbon, public;
CREATE ROLE bench_desk_owner;
CREATE ROLE bench_desk_town;
SELECT current_database() AS db \gset
GRANT CREATE ON DATABASE :"db" TO bench_desk_owner;
SELECT register_dataset('bench-desk', 'Bench', 'bench_desk_town', 'CC0-1.0', 'open') AS id \gset
SET ROLE bench_desk_owner;
SELECT create_account('desk', 2154) AS account;
INSERT INTO desk.territory (code, name, level, geom)
    SELECT 17000 + i, 'Commune ' || i, 'commune', ST_Multi(ST_MakeEnvelope(4e5 + i * 1000, 65e5, 4e5 + i * 1000 + 1000, 65e5 + 1000, 2154))
    FROM generate_series(1, 463) AS i;
SELECT grant_depositing('desk', 'bench_desk_town');
SET ROLE bench_desk_town;
CREATE TEMP TABLE staging (territory_code text, sector text, year text, quantity text, unit text, factor text, u95_percent text);
INSERT INTO staging
    SELECT (17001 + i % 463)::text, (ARRAY['residential', 'tertiary', 'Résidentiel'])[1 + i % 3], (2010 + i % 12)::text,
           replace((i * 0.5)::text, '.', ','), 'MWh HHV', 'natural_gas', '5'
    FROM generate_series(1, 199995) AS i;
INSERT INTO staging VALUES
    ('17001', 'residentail', '2015', '3,5', 'MWh HHV', 'natural_gas', '5'),
    ('17999', 'residential', '2015', '3', 'MWh HHV', 'natural_gas', '5'),
    ('17001', 'residential', '2015', '', 'MWh HHV', 'natural_gas', '5'),
    ('17001', 'residential', '2015', '4', 'MWh HHV', 'natural_gas', '-3'),
    ('17001', 'residential', '20124', '4', 'MWh HHV', 'natural_gas', '5');
\timing on
\echo A bare INSERT of the good rows, converted by hand:
BEGIN;
INSERT INTO desk.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent)
    SELECT :id, territory_code, CASE sector WHEN 'tertiary' THEN 'tertiary' ELSE 'residential' END, year::int,
           replace(quantity, ',', '.')::float8, unit, factor, u95_percent::float8
    FROM staging WHERE quantity <> '' AND sector <> 'residentail' AND year <> '20124' AND territory_code <> '17999' AND u95_percent <> '-3';
ROLLBACK;
\echo By deposit:
SELECT rows_in, rows_rejected FROM deposit('desk', 'activity', 'staging', 'bench-desk');
\timing off
SELECT line, column_name, value, reason, proposal FROM desk.rejected ORDER BY line;
\echo By INSERT into the inbox:
SET terrcarbon.dataset = 'bench-desk';
\timing on
INSERT INTO desk.inbox_activity (territory_code, sector, year, quantity, unit, factor, u95_percent) SELECT * FROM staging;
\timing off
SELECT rows_in, rows_rejected FROM desk.deposit_batch ORDER BY id;
CREATE TEMP TABLE parcel AS
    SELECT '211' AS code, 2018 AS year,
           ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(401000 + (i % 1000) * 20, 6500000 + (i / 1000) * 20), 2154), 8, 4)) AS geom
    FROM generate_series(1, 100000) AS i;
\echo Polygons by a bare INSERT:
\timing on
BEGIN;
INSERT INTO desk.land_cover (dataset_id, code, year, geom) SELECT :id, code, year, geom FROM parcel;
ROLLBACK;
\echo By deposit:
SELECT rows_in FROM deposit('desk', 'land_cover', 'parcel', 'bench-desk');
\timing off
RESET ROLE;
SET ROLE bench_desk_owner;
SELECT drop_account('desk');
