-- An account: ordinary tables of whoever makes it, protected and documented.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE acc_owner;
CREATE ROLE acc_town;
CREATE ROLE acc_reader;
GRANT CREATE ON DATABASE :DBNAME TO acc_owner;

-- Who may not create a schema, or asks for nonsense.
SET ROLE acc_reader;
SELECT pg_temp.outcome($$SELECT create_account('acc_none', 4326)$$) ~ '^42501' AS refused;
SET ROLE acc_owner;
SELECT pg_temp.outcome($$SELECT create_account('acc_one', 1)$$);
SELECT pg_temp.outcome($$SELECT create_account('acc_one', NULL)$$);

-- Two accounts, in different coordinates, one with a name that needs quotes.
SELECT create_account('acc_one', 4326);
SELECT create_account('acc "2"', 2154);
SELECT pg_temp.outcome($$SELECT create_account('acc_one', 4326)$$);
RESET ROLE;

-- Everything belongs to the caller.
SELECT relkind, count(*), bool_and(relowner = 'acc_owner'::regrole) AS owned
FROM pg_class WHERE relnamespace IN ('acc_one'::regnamespace, '"acc ""2"""'::regnamespace)
GROUP BY relkind ORDER BY relkind;
-- Every table of dataset rows is under row security, forced.
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum) AS led_by_dataset
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'dataset_id'
WHERE c.relnamespace = 'acc_one'::regnamespace AND c.relkind = 'r'
ORDER BY c.relname;
-- Every view reads as its reader, but for the one that tells everybody which
-- datasets wait for a refresh.
SELECT relname FROM pg_class
WHERE relnamespace = 'acc_one'::regnamespace AND relkind = 'v'
    AND NOT coalesce(reloptions && '{security_invoker=on,security_invoker=true}', false);
-- Every geometry has an index, in tables but the inboxes, which are always empty.
SELECT c.relname FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'geom'
WHERE c.relnamespace = 'acc_one'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE 'inbox\_%' AND NOT EXISTS (
    SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND m.amname = 'gist');
-- Every object and every column says what it is.
SELECT c.oid::regclass AS object, a.attname AS col
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum >= 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'acc_one'::regnamespace AND c.relkind IN ('r', 'v')
    AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL);
SELECT oid::regprocedure FROM pg_proc
WHERE pronamespace = 'acc_one'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL;

-- Accounts know the sectors of the catalogue, and no others.
SELECT bool_and(terrcarbon_internal.is_sector(code)), count(*) FROM sector;
SELECT terrcarbon_internal.is_sector('all'), terrcarbon_internal.is_sector(NULL);

-- Rows that cannot be.
SELECT register_dataset('acc-town', 'Town', 'acc_town', 'CC0-1.0', 'open') AS town \gset
SET ROLE acc_owner;
GRANT USAGE ON SCHEMA acc_one, "acc ""2""" TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA acc_one, "acc ""2""" TO PUBLIC;
GRANT INSERT, UPDATE, DELETE ON acc_one.land_cover, acc_one.building, acc_one.road_segment,
    acc_one.trip, acc_one.activity, acc_one.extent TO acc_town;
INSERT INTO acc_one.territory (code, name, level, geom)
    VALUES ('A', 'A', 'commune', ST_Multi(ST_MakeEnvelope(0, 45, 0.1, 45.1, 4326)));
INSERT INTO acc_one.territory (code, name, level, parent_code, geom)
    VALUES ('B', 'B', 'IRIS', 'A', ST_Multi(ST_MakeEnvelope(0, 45, 0.1, 45.1, 4326)));
SELECT pg_temp.outcome($$UPDATE acc_one.territory SET parent_code = 'B' WHERE code = 'A'$$);
SELECT split_part(pg_temp.outcome($$UPDATE acc_one.territory SET geom = 'SRID=4326;MULTIPOLYGON(((0 0,1 1,1 0,0 1,0 0)))'$$), E'\n', 1) AS outcome;
SELECT pg_temp.outcome($$UPDATE acc_one.territory SET geom = ST_SetSRID(geom, 3857)$$);
SELECT split_part(pg_temp.outcome($$UPDATE acc_one.territory SET level = 'planet'$$), E'\n', 1) AS outcome;
-- The owner of the tables deposits no more than others do.
SELECT pg_temp.outcome(format($$INSERT INTO acc_one.activity (dataset_id, territory_code, sector, year, notation)
    VALUES (%s, 'A', 'waste', 2020, 'NO')$$, :town));
SET ROLE acc_town;
INSERT INTO acc_one.activity (dataset_id, territory_code, sector, year, notation) VALUES (:town, 'A', 'waste', 2020, 'NO');
SELECT pg_temp.outcome(format($$INSERT INTO acc_one.activity (dataset_id, territory_code, sector, year)
    VALUES (%s, 'A', 'waste', 2020)$$, :town));
SELECT pg_temp.outcome(format($$INSERT INTO acc_one.activity (dataset_id, territory_code, sector, year, quantity)
    VALUES (%s, 'A', 'waste', 2020, 3)$$, :town));
SELECT pg_temp.outcome(format($$INSERT INTO acc_one.activity (dataset_id, territory_code, sector, year, notation)
    VALUES (%s, 'A', 'magic', 2020, 'NO')$$, :town));
SELECT pg_temp.outcome(format($$INSERT INTO acc_one.activity (dataset_id, territory_code, sector, year, notation)
    VALUES (%s, 'Z', 'waste', 2020, 'NO')$$, :town));
SELECT pg_temp.outcome(format($$INSERT INTO acc_one.land_cover (dataset_id, code, year, geom)
    VALUES (%s, '311', 20200, ST_Multi(ST_MakeEnvelope(0, 45, 0.1, 45.1, 4326)))$$, :town));
-- A depositor notes its own changes and no others.
SELECT pg_temp.outcome(format($$INSERT INTO acc_one.change (dataset_id) VALUES (%s)$$, :town + 1));
SELECT pg_temp.outcome($$INSERT INTO acc_one.change DEFAULT VALUES$$);
SELECT pg_temp.outcome($$INSERT INTO acc_one.balance (dataset_id, territory_code, sector, scope, allocation, year, leaves, leaves_expected)
    VALUES (1, 'A', 'waste', '1', 'territorial', 2020, 1, 1)$$);
RESET ROLE;

-- An account is not the extension's: dropping that refuses.
SELECT pg_temp.outcome('DROP EXTENSION terrcarbon') ~ '^2BP01.*acc_one' AS refused;

-- An account without rows is a set of empty views.
SELECT (SELECT count(*) FROM "acc ""2""".balance_by_territory) AS balance,
       (SELECT count(*) FROM "acc ""2""".trajectory_by_territory) AS trajectory,
       (SELECT count(*) FROM "acc ""2""".land_stock_map) AS land,
       (SELECT count(*) FROM "acc ""2""".building_map) AS building,
       (SELECT count(*) FROM "acc ""2""".road_map) AS road,
       (SELECT count(*) FROM "acc ""2""".coverage_by_territory) AS coverage;
SELECT state, pending, noted_changes FROM "acc ""2""".refresh_progress;
SET ROLE acc_owner;
SET default_transaction_isolation = 'serializable';
CALL refresh('acc "2"');
RESET default_transaction_isolation;
BEGIN;
CALL refresh('acc "2"');
ROLLBACK;
CALL refresh('acc_none');
SELECT state, total, done, pending, noted_changes FROM "acc ""2""".refresh_progress;

-- An account's name does not give its collation, "C", to the text beside it: with it no
-- index on a code would be used.
RESET ROLE;
CREATE FUNCTION terrcarbon.acc_collation(account name, code text) RETURNS text LANGUAGE C AS '$libdir/terrcarbon', 'on_account_as_reader';
CREATE FUNCTION terrcarbon_internal.acc_collation(account name, code text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RETURN pg_collation_for(code); END $$;
SELECT acc_collation('acc_one', 'A');
DROP FUNCTION terrcarbon.acc_collation, terrcarbon_internal.acc_collation;

DROP SCHEMA acc_one CASCADE;
DROP SCHEMA "acc ""2""" CASCADE;
REVOKE CREATE ON DATABASE :DBNAME FROM acc_owner;
DROP ROLE acc_owner, acc_reader;
DELETE FROM dataset WHERE slug = 'acc-town';
DROP ROLE acc_town;
