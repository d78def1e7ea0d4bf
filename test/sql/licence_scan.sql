-- A scan whose only condition is the policy asks it by one function.  It must say what
-- the policy says among other conditions, which PostgreSQL interprets.
SET search_path = public, terrcarbon;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE scan_city;
CREATE ROLE scan_reader;
CREATE ROLE scan_other;
SELECT array_agg(register_dataset('scan-' || i, 'S', 'scan_city', 'CC0-1.0', 'shared') ORDER BY i) AS ids FROM generate_series(1, 4) AS i \gset
SELECT (:'ids'::int[])[1] AS d1, (:'ids'::int[])[2] AS d2, (:'ids'::int[])[3] AS d3, (:'ids'::int[])[4] AS d4 \gset
SELECT grant_access(:d1, 'scan_reader', 'test'), grant_access(:d3, 'scan_reader', 'test'), grant_access(:d2, 'scan_other', 'test') \g /dev/null

-- The column of the dataset first; after columns that were dropped, of any length and NULL;
-- added to rows that were there; and in partitions with columns in another order.
CREATE TABLE scan_first (dataset_id int, value int);
CREATE TABLE scan_late (gone text, name text, empty int, dataset_id int, value int);
ALTER TABLE scan_late DROP COLUMN gone;
CREATE TABLE scan_added (name text, value int);
CREATE TABLE scan_parts (dataset_id int, value int) PARTITION BY RANGE (value);
CREATE TABLE scan_low PARTITION OF scan_parts FOR VALUES FROM (MINVALUE) TO (500);
CREATE TABLE scan_high (name text, value int, dataset_id int);
ALTER TABLE scan_high DROP COLUMN name;
ALTER TABLE scan_parts ATTACH PARTITION scan_high FOR VALUES FROM (500) TO (MAXVALUE);
CREATE TEMP TABLE row AS
    SELECT (:'ids'::int[] || NULL::int)[1 + i % 5] AS dataset_id, i AS value FROM generate_series(1, 1000) AS i;
INSERT INTO scan_first SELECT dataset_id, value FROM row;
INSERT INTO scan_late SELECT CASE WHEN value % 3 > 0 THEN repeat('n', value % 200) END, CASE WHEN value % 2 = 0 THEN 7 END, dataset_id, value FROM row;
INSERT INTO scan_added SELECT 'before', value FROM row;
SELECT set_config('scan.third', :'d3', false) \g /dev/null
DO $$ BEGIN EXECUTE 'ALTER TABLE scan_added ADD COLUMN dataset_id int DEFAULT ' || current_setting('scan.third'); END $$;
INSERT INTO scan_added (dataset_id, name, value) SELECT dataset_id, 'after', value FROM row;
INSERT INTO scan_parts SELECT dataset_id, value FROM row;
SELECT protect(t) FROM unnest('{scan_first,scan_late,scan_added,scan_parts}'::regclass[]) AS t \g /dev/null
GRANT SELECT ON scan_first, scan_late, scan_added, scan_parts TO PUBLIC;
ANALYZE scan_first, scan_late, scan_added, scan_parts;

-- By the rows themselves: who reads which datasets is written out.
CREATE FUNCTION scan_told(reader name) RETURNS TABLE (first bigint, late bigint, added bigint, parts bigint) LANGUAGE sql AS $$
    WITH told AS (
        SELECT sum(value) FILTER (WHERE dataset_id = ANY (may)) AS one, sum(value) AS all_of_d3, may
        FROM row, (SELECT array_agg(id) AS may FROM dataset WHERE slug = ANY (CASE reader
            WHEN 'scan_city' THEN '{scan-1,scan-2,scan-3,scan-4}' WHEN 'scan_reader' THEN '{scan-1,scan-3}' ELSE '{scan-2}' END::text[])) AS m
        GROUP BY may)
    SELECT one, one, one + CASE WHEN (SELECT id FROM dataset WHERE slug = 'scan-3') = ANY (may) THEN all_of_d3 ELSE 0 END, one FROM told
$$;
CREATE TEMP TABLE told AS SELECT r.reader, t.* FROM unnest('{scan_city,scan_reader,scan_other}'::name[]) AS r (reader), scan_told(r.reader) AS t;
GRANT SELECT ON told TO PUBLIC;

-- Alone, among other conditions, by the function itself, and with its calls counted.
PREPARE alone AS
    SELECT (SELECT sum(value) FROM scan_first), (SELECT sum(value) FROM scan_late), (SELECT sum(value) FROM scan_added), (SELECT sum(value) FROM scan_parts);
PREPARE among AS
    SELECT (SELECT sum(value) FROM scan_first WHERE value > 0), (SELECT sum(value) FROM scan_late WHERE value > 0),
           (SELECT sum(value) FROM scan_added WHERE value > 0), (SELECT sum(value) FROM scan_parts WHERE value > 0);
CREATE FUNCTION scan_same(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    got record;
    expected record;
BEGIN
    EXECUTE 'EXECUTE ' || statement INTO got;
    SELECT first, late, added, parts INTO expected FROM told WHERE reader = current_user;
    RETURN got = expected;
END $$;
SET enable_indexscan = off;
SET ROLE scan_city;
SELECT scan_same('alone') AS alone, scan_same('among') AS among;
SET ROLE scan_reader;
SELECT scan_same('alone') AS alone, scan_same('among') AS among;
SET ROLE scan_other;
SELECT scan_same('alone') AS alone, scan_same('among') AS among;
RESET ROLE;
SELECT first, late, added, parts FROM told ORDER BY reader;

-- Counted by PostgreSQL, if it is told to.
SET track_functions = 'all';
SET ROLE scan_reader;
SELECT scan_same('alone') AS alone;
RESET ROLE;
SELECT calls > 0 AS counted FROM pg_stat_xact_user_functions WHERE funcid = 'can_read(int)'::regprocedure;
SET track_functions = 'none';

-- In workers; and compiled.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET ROLE scan_reader;
SELECT sum(value) = (SELECT first FROM told WHERE reader = 'scan_reader') AS in_workers FROM scan_first;
SET max_parallel_workers_per_gather = 0;
SET jit = on;
SET jit_above_cost = 0;
SELECT sum(value) = (SELECT first FROM told WHERE reader = 'scan_reader') AS compiled FROM scan_first;
RESET ROLE;
RESET jit_above_cost;
RESET jit;

-- A cursor is under the rights of who fetches, whatever its conditions.
BEGIN;
SET LOCAL ROLE scan_reader;
DECLARE alone CURSOR FOR SELECT value FROM scan_first;
DECLARE among CURSOR FOR SELECT value FROM scan_first WHERE value > 0;
FETCH 2 FROM alone;
FETCH 2 FROM among;
SET LOCAL ROLE scan_other;
FETCH 2 FROM alone;
FETCH 2 FROM among;
COMMIT;

-- Rows that are locked, and a table that changes under a prepared statement.
GRANT UPDATE ON scan_first TO scan_city;
SET ROLE scan_city;
SELECT count(*) FROM (SELECT value FROM scan_first FOR SHARE) AS locked;
SET ROLE scan_reader;
PREPARE counted AS SELECT count(*) FROM scan_first;
EXECUTE counted;
RESET ROLE;
ALTER TABLE scan_first ADD COLUMN more text;
SET ROLE scan_reader;
EXECUTE counted;
RESET ROLE;

DROP TABLE scan_first, scan_late, scan_added, scan_parts;
DROP FUNCTION scan_same(text), scan_told(name);
DELETE FROM access_grant WHERE dataset_id = ANY (:'ids'::int[]);
DELETE FROM dataset WHERE id = ANY (:'ids'::int[]);
DROP ROLE scan_city, scan_reader, scan_other;
