-- The deposit desk: good rows come in, bad ones are kept with their reason for their
-- depositor alone.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE dep_owner;
CREATE ROLE dep_town;
CREATE ROLE dep_other;
CREATE ROLE dep_reader;
GRANT CREATE ON DATABASE :DBNAME TO dep_owner;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES
    ('dep-gas', 'Gas', 'kWh HHV', '{"CO2": 0.2}', 5, 'combustion', 'test');
SELECT register_dataset('dep-gas', 'Gas', 'dep_town', 'etalab-2.0', 'open') AS gas \gset
SELECT register_dataset('dep-house', 'Houses', 'dep_town', 'etalab-2.0', 'open') AS house \gset

SET ROLE dep_owner;
SELECT create_account('dep', 2154);
INSERT INTO dep.territory (code, name, level, geom)
    SELECT 17000 + i, 'Commune ' || i, 'commune', ST_Multi(ST_MakeEnvelope(4e5 + i * 1000, 65e5, 4e5 + i * 1000 + 1000, 65e5 + 1000, 2154))
    FROM generate_series(1, 9) AS i;
SELECT grant_depositing('dep', 'dep_town'), grant_depositing('dep', 'dep_other'), grant_reading('dep', 'dep_reader');
RESET ROLE;
SELECT pg_temp.outcome($$SET ROLE dep_town; SELECT terrcarbon.grant_depositing('dep', 'dep_reader')$$) ~ '42501' AS only_the_owner_grants;

-- Columns of any order and case, decimal commas, names of sectors; five bad rows among 200.
SET ROLE dep_town;
CREATE TEMP TABLE staging (fid int, "Quantité" text, "Secteur" text, commune text, year text, "U95 percent" text);
INSERT INTO staging
    SELECT i, replace((i * 0.5)::text, '.', ','), (ARRAY['residential', 'TERTIARY ', 'Résidentiel', 'Déchets'])[1 + i % 4],
           (17001 + i % 9)::text, (2015 + i % 3)::text, '5'
    FROM generate_series(1, 195) AS i;
INSERT INTO staging VALUES
    (196, '3,5', 'residentail', '17001', '2015', '5'),
    (197, '3', 'residential', '17999', '2015', '5'),
    (198, ' ', 'residential', '17001', '2015', '5'),
    (199, '4', 'residential', '17001', '2015', '-3'),
    (200, '4', 'residential', '17001', '20124', '5');
\set mapping '{"quantity": "Quantité", "sector": "Secteur", "territory_code": "commune", "unit": {"value": "MWh HHV"}, "factor": {"value": "dep-gas"}}'
SELECT * FROM deposit('dep', 'activity', 'staging', 'dep-gas', :'mapping', dry_run => true) \gx
SELECT (SELECT count(*) FROM dep.activity) AS rows, (SELECT count(*) FROM dep.rejected) AS rejected, (SELECT count(*) FROM dep.deposit_batch) AS batches;
SELECT batch_id, rows_in, rows_rejected FROM deposit('dep', 'activity', 'staging', 'dep-gas', :'mapping') \gset
SELECT :rows_in, :rows_rejected;
SELECT line, column_name, value, reason, proposal, "row" ->> 'fid' AS fid FROM dep.rejected ORDER BY line;
SELECT count(*), sum(quantity), array_agg(DISTINCT sector ORDER BY sector), min(year), max(year), bool_and(batch_id = :batch_id AND dataset_id = :gas)
FROM dep.activity;
SELECT sum(i * 0.5) FROM generate_series(1, 195) AS i;
SELECT dataset_id = :gas AS dataset, layer, rows_in, rows_rejected, depositor FROM dep.deposit_batch;

-- Neither the owner of the account nor another depositor sees what was refused.
SET ROLE dep_owner;
SELECT count(*) FROM dep.rejected;
SET ROLE dep_other;
SELECT (SELECT count(*) FROM dep.rejected) AS rejected, (SELECT count(*) FROM dep.deposit_batch) AS batches;
SELECT pg_temp.outcome(format('SELECT undo_deposit(%L, %s)', 'dep', :batch_id)) ~ '^P0002' AS refused;
SET ROLE dep_reader;
SELECT pg_temp.outcome('SELECT count(*) FROM dep.rejected') ~ '^42501' AS refused, pg_temp.outcome('SELECT count(*) FROM dep.activity') AS activities,
       pg_temp.outcome('SELECT count(*) FROM dep.trajectory_by_territory') AS trajectory;

-- Mended, and deposited again.
SET ROLE dep_town;
CREATE TEMP TABLE mended AS SELECT s.* FROM dep.rejected r, jsonb_populate_record(NULL::staging, r."row") AS s;
UPDATE mended SET "Secteur" = 'residential', commune = '17001', "Quantité" = coalesce(nullif("Quantité", ' '), '7'), "U95 percent" = '3', year = '2012';
SELECT rows_in, rows_rejected, reasons FROM deposit('dep', 'activity', 'mended', 'dep-gas', :'mapping');
SELECT count(*) FROM dep.activity;

-- The same rows again, in another order.
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', 'mended', 'dep-gas', '{}')$$) ~ '^23505' AS refused;
CREATE TEMP TABLE shuffled AS SELECT * FROM mended ORDER BY fid DESC;
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', 'shuffled', 'dep-gas', '{}')$$) ~ '^23505' AS refused;
SELECT rows_in FROM deposit('dep', 'activity', 'mended', 'dep-gas', :'mapping', repeated => 'replace');
SELECT count(*) FROM dep.activity;
SELECT rows_in FROM deposit('dep', 'activity', 'mended', 'dep-gas', :'mapping', repeated => 'append');
SELECT count(*) FROM dep.activity;
SELECT undo_deposit('dep', :batch_id);
SELECT count(*), (SELECT count(*) FROM dep.rejected) AS rejected FROM dep.activity;

-- Geometries: another SRID, single, with Z, invalid, of another kind, none, as text.
CREATE TEMP TABLE house (hauteur float8, year_from int, geom geometry);
INSERT INTO house VALUES
    (6, 2020, ST_Transform(ST_MakeEnvelope(401100, 6500100, 401110, 6500110, 2154), 4326)),
    (6, 2020, ST_Force3D(ST_MakeEnvelope(401200, 6500100, 401210, 6500110, 2154))),
    (0, 2020, ST_MakeEnvelope(401300, 6500100, 401310, 6500110, 2154)),
    (6, 2020, 'SRID=2154;POLYGON((401400 6500100, 401410 6500110, 401410 6500100, 401400 6500110, 401400 6500100))'),
    (6, 2020, 'SRID=2154;POINT(401400 6500100)'),
    (6, 2020, 'POLYGON((401400 6500100, 401410 6500110, 401410 6500100, 401400 6500100))'),
    (6, 2020, NULL);
\set mapping '{"height_m": "hauteur", "carrier": {"value": "dep-gas"}}'
SELECT rows_in, rows_rejected, notes FROM deposit('dep', 'building', 'house', 'dep-house', :'mapping') \gx
SELECT line, column_name, value IS NULL AS no_value, reason, proposal, "row" ->> 'geom' ~ '^01' AS has_geometry FROM dep.rejected ORDER BY line;
SELECT height_m, sector, unit, round(area_m2::numeric) AS area, ST_SRID(geom), GeometryType(geom), ST_NDims(geom) FROM dep.building;
SELECT rows_in, rows_rejected, notes FROM deposit('dep', 'building', 'house', 'dep-house', :'mapping', repair => true, repeated => 'replace') \gx
CREATE TEMP TABLE written (geom text, year_from text);
INSERT INTO written SELECT geom::text, '2020.0' FROM house WHERE hauteur = 0 UNION ALL VALUES ('POLYGON((', '2020'), ('0103', '20a'), ('', '2020');
SELECT rows_in, rows_rejected, reasons FROM deposit('dep', 'building', 'written', 'dep-house');

-- Inboxes: COPY, one statement a row in one transaction, a mapping of one's own.
SET terrcarbon.dataset = 'dep-gas';
SET client_min_messages = error;
COPY dep.inbox_activity (territory_code, sector, year, quantity, unit, factor, u95_percent) FROM stdin (FORMAT csv);
17001,residential,2020,"12,5",MWh HHV,dep-gas,5
17002,residential,2020,10,MWh HHV,dep-gas,5
17002,residental,2020,10,MWh HHV,dep-gas,5
\.
SELECT (SELECT count(*) FROM dep.inbox_activity) AS left_there, (SELECT count(*) FROM dep.activity WHERE year = 2020) AS taken;
SELECT line, reason, proposal, "row" ->> 'territory_code' AS place FROM dep.rejected WHERE layer = 'activity';
BEGIN;
INSERT INTO dep.inbox_activity (dataset, territory_code, sector, year, quantity, unit, factor) VALUES ('dep-gas', '17003', 'waste', '2021', '1', 'MWh HHV', 'dep-gas');
INSERT INTO dep.inbox_activity (territory_code, sector, year, quantity, unit, factor) VALUES ('17003', 'waste', '2021', 'x', 'MWh HHV', 'dep-gas');
INSERT INTO dep.inbox_activity (territory_code, sector, year, quantity, unit, factor) VALUES ('17003', 'waste', '2021', 'y', 'MWh HHV', 'dep-gas'),
    ('17003', 'waste', '2021', 3, 'MWh HHV', 'dep-gas') RETURNING quantity;
COMMIT;
SELECT b.rows_in, b.rows_rejected, (SELECT string_agg(format('%s %s', r.line, r.value), ', ' ORDER BY r.line) FROM dep.rejected r WHERE r.batch_id = b.id)
FROM dep.deposit_batch b ORDER BY id DESC LIMIT 1;
-- 450 rows one by one: taken 200 at a time, and the rest at the end.
BEGIN;
DO $$ BEGIN
    FOR i IN 1 .. 450 LOOP
        INSERT INTO dep.inbox_activity (territory_code, sector, year, quantity, unit, factor) VALUES ('17004', 'waste', '2019', i, 'MWh HHV', 'dep-gas');
    END LOOP;
END $$;
SELECT count(*) FROM dep.activity WHERE year = 2019;
COMMIT;
SELECT count(*), sum(quantity), count(DISTINCT batch_id) FROM dep.activity WHERE year = 2019;
-- The role that wrote deposits, or nobody.  From PostgreSQL 18 on a deferred trigger runs as
-- the role that queued it, so the rows come in (account_deposit_1.out).
BEGIN;
INSERT INTO dep.inbox_activity (territory_code, sector, year, notation) VALUES ('17004', 'waste', '2018', 'NO');
SET ROLE dep_other;
COMMIT;
SET ROLE dep_town;
SELECT count(*) FROM dep.activity WHERE year = 2018;
INSERT INTO dep.inbox_building (dataset, geom, height_m) SELECT 'dep-house', geom, hauteur FROM house WHERE ST_SRID(geom) = 2154 AND ST_NDims(geom) = 2;
SELECT rows_in, rows_rejected FROM dep.deposit_batch ORDER BY id DESC LIMIT 1;
SELECT pg_temp.outcome($$INSERT INTO dep.inbox_activity (dataset) VALUES ('dep-none')$$);
SET terrcarbon.dataset = '';
SELECT pg_temp.outcome($$INSERT INTO dep.inbox_activity (sector) VALUES ('waste')$$);
SELECT pg_temp.outcome($$SELECT create_inbox('dep', 'mine', 'activity')$$) ~ '^42501' AS refused;
SET ROLE dep_owner;
SELECT create_inbox('dep', 'gas', 'activity', '{"territory_code": "insee", "quantity": "conso", "unit": {"value": "MWh HHV"}, "factor": {"value": "dep-gas"}, "note": null}', repeated => 'refuse');
SELECT pg_temp.outcome($$SELECT create_inbox('dep', 'gas', 'activity')$$);
SELECT pg_temp.outcome($$SELECT create_inbox('dep', 'gas2', 'activity', '{"quantite": "x"}')$$) ~ '^42703' AS refused;
SELECT pg_temp.outcome($$SELECT create_inbox('dep', 'Gas', 'activity')$$) ~ '^22023' AS refused;
SELECT grant_depositing('dep', 'dep_town');
SET ROLE dep_town;
SET terrcarbon.dataset = 'dep-gas';
COPY dep.inbox_gas (insee, sector, year, conso) FROM stdin (FORMAT csv);
17004,residential,2022,5
\.
SELECT territory_code, quantity, unit, factor FROM dep.activity WHERE year = 2022;
SELECT pg_temp.outcome($$INSERT INTO dep.inbox_gas (insee, sector, year, conso) VALUES ('17004', 'residential', '2022', '5'); SET CONSTRAINTS ALL IMMEDIATE$$) ~ '^23505' AS refused;
SET client_min_messages = warning;

-- Figures in the wrong unit, per inhabitant.
SET ROLE dep_owner;
INSERT INTO dep.population (territory_code, year, residents) VALUES ('17005', 2018, 10000), ('17006', 2000, 10000);
SET ROLE dep_town;
CREATE TEMP TABLE wrong (territory_code text, sector text, year int, quantity float8, unit text, factor text, emission ghg, kind text);
INSERT INTO wrong (territory_code, sector, year, quantity, unit, factor) VALUES
    ('17005', 'residential', 2019, 60, 'MWh HHV', 'dep-gas'),       -- GWh: 6 kWh each
    ('17005', 'residential', 2020, 60, 'GWh HHV', 'dep-gas'),       -- 6 MWh each
    ('17005', 'tertiary', 2020, 3e10, 'kWh HHV', 'dep-gas'),        -- 3000 MWh each
    ('17005', 'road_transport', 2020, 100, 'km', 'dep-gas'),        -- no energy
    ('17006', 'residential', 2020, 60, 'MWh HHV', 'dep-gas');       -- no population near
INSERT INTO wrong (territory_code, sector, year, emission) VALUES
    ('17005', 'residential', 2021, ghg('CO2', 11e3)), ('17005', 'tertiary', 2021, ghg('CO2', 0)),
    ('17005', 'waste', 2021, ghg('CO2', 11e3)), ('17005', 'road_transport', 2021, ghg('CO2', 17e6));
SELECT batch_id AS wrong_batch, rows_in, notes FROM deposit('dep', 'activity', 'wrong', 'dep-gas') \gset
SELECT :rows_in AS rows_in, :'notes' AS notes;
SELECT territory_code, sector, year, measure, round(amount::numeric, 3) AS amount, unit, round(per_inhabitant::numeric, 6) AS each, note
FROM implausible_figures('dep', :wrong_batch);

-- What was refused is kept for a year, or as long as the account says.
SET ROLE dep_owner;
UPDATE dep.setting SET rejected_days = 30;
SET ROLE dep_town;
UPDATE dep.deposit_batch SET deposited_at = now() - interval '31 days' WHERE layer = 'building';
SELECT count(*) > 0 AS kept FROM dep.rejected WHERE layer = 'building';
SELECT rows_rejected FROM deposit('dep', 'activity', 'staging', 'dep-gas', repeated => 'append');
SELECT count(*) FILTER (WHERE layer = 'building') AS buildings, count(*) FILTER (WHERE layer = 'activity') > 200 AS activities FROM dep.rejected;

-- What may not be.
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', 'staging', 'dep-none')$$);
SELECT pg_temp.outcome($$SELECT deposit('dep_none', 'activity', 'staging', 'dep-gas')$$);
SELECT pg_temp.outcome($$SELECT deposit(NULL, 'activity', 'staging', 'dep-gas')$$);
SELECT pg_temp.outcome($$SELECT deposit('dep', 'setting', 'staging', 'dep-gas')$$);
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', 'staging', 'dep-gas', '{"quantite": "Secteur"}')$$);
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', 'staging', 'dep-gas', '{"quantity": "conso"}')$$);
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', 'staging', 'dep-gas', '{"quantity": 3}')$$);
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', 'staging', 'dep-gas', '[]')$$);
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', 'staging', 'dep-gas', repeated => 'maybe')$$);
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', NULL, 'dep-gas')$$) ~ '^22023' AS refused;
SELECT pg_temp.outcome($$SELECT undo_deposit('dep', 999)$$);
-- Somebody else's dataset, and a table one may not read.
SET ROLE dep_other;
CREATE TEMP TABLE mine (territory_code text);
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', 'mine', 'dep-gas')$$);
RESET ROLE;
SELECT register_dataset('dep-mine', 'Mine', 'dep_other', 'etalab-2.0', 'open') AS mine \gset
CREATE TABLE public.dep_secret (territory_code text);
SET ROLE dep_other;
SELECT pg_temp.outcome($$SELECT deposit('dep', 'activity', 'public.dep_secret', 'dep-mine')$$);
RESET ROLE;
DROP TABLE public.dep_secret;
SET ROLE dep_owner;
SELECT drop_account('dep');
RESET ROLE;
DELETE FROM factor WHERE code = 'dep-gas';
DELETE FROM access_grant WHERE dataset_id IN (SELECT id FROM dataset WHERE slug LIKE 'dep-%');
DELETE FROM dataset WHERE slug LIKE 'dep-%';
DROP OWNED BY dep_owner, dep_town, dep_other, dep_reader;
DROP ROLE dep_owner, dep_town, dep_other, dep_reader;
