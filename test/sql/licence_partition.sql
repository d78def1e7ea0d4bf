-- Partitions by dataset: those that hold nothing one may read are not scanned, and
-- every row is still asked for.
SET search_path = public, terrcarbon;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE part_city;
CREATE ROLE part_farm;
CREATE ROLE part_reader;
CREATE ROLE part_auditor IN ROLE part_city, part_farm;
SELECT array_agg(register_dataset('part-' || i, 'P', CASE WHEN i < 4 THEN 'part_city' ELSE 'part_farm' END::regrole, 'CC0-1.0',
                                  CASE WHEN i IN (1, 4) THEN 'open' ELSE 'shared' END) ORDER BY i) AS ids
FROM generate_series(1, 6) AS i \gset
SELECT (:'ids'::int[])[1] AS d1, (:'ids'::int[])[2] AS d2, (:'ids'::int[])[3] AS d3, (:'ids'::int[])[4] AS d4,
       (:'ids'::int[])[5] AS d5, (:'ids'::int[])[6] AS d6 \gset

-- One dataset, one dataset by year, two datasets, and the rest.
CREATE TABLE part_row (dataset_id int NOT NULL, year int NOT NULL, value int NOT NULL) PARTITION BY LIST (dataset_id);
CREATE TABLE part_1 PARTITION OF part_row FOR VALUES IN (:d1);
-- Its columns in another order.
CREATE TABLE part_2 (value int NOT NULL, year int NOT NULL, dataset_id int NOT NULL);
ALTER TABLE part_row ATTACH PARTITION part_2 FOR VALUES IN (:d2);
CREATE TABLE part_3 PARTITION OF part_row FOR VALUES IN (:d3) PARTITION BY RANGE (year);
CREATE TABLE part_3_early PARTITION OF part_3 FOR VALUES FROM (2000) TO (2010);
CREATE TABLE part_3_late PARTITION OF part_3 FOR VALUES FROM (2010) TO (2020);
CREATE TABLE part_45 PARTITION OF part_row FOR VALUES IN (:d4, :d5);
CREATE TABLE part_rest PARTITION OF part_row DEFAULT;
SELECT protect('part_row');
GRANT SELECT, INSERT, UPDATE, DELETE ON part_row TO PUBLIC;
GRANT SELECT ON part_2 TO PUBLIC;
INSERT INTO part_row SELECT (:'ids'::int[])[d], y, d * 10 FROM generate_series(1, 6) AS d, generate_series(2005, 2014) AS y;
CREATE INDEX ON part_row (year);
ANALYZE part_row;

-- Asked once where the bounds name one dataset.  The numbers of datasets are those of
-- the database.
CREATE FUNCTION part_plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
        RETURN NEXT regexp_replace(line, '\m\d+\)$', 'N)');
    END LOOP;
END $$;
SET ROLE part_auditor;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SET max_parallel_workers_per_gather = 0;
SELECT part_plan('SELECT value FROM part_row');
SELECT part_plan('SELECT value FROM part_2');
RESET enable_indexscan;
RESET enable_bitmapscan;
RESET max_parallel_workers_per_gather;

-- The rows of each reader, whatever the plan and whoever made it.
RESET ROLE;
CREATE FUNCTION part_seen() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(value || '*' || n, ' ' ORDER BY value) FROM (SELECT value, count(*) AS n FROM public.part_row GROUP BY value) AS v
$$;
SET plan_cache_mode = force_generic_plan;
PREPARE seen AS SELECT value, count(*) FROM part_row GROUP BY value ORDER BY value;
PREPARE late AS SELECT sum(value) FROM part_row WHERE year >= 2013;
SET ROLE part_reader;
EXECUTE seen;
EXECUTE late;
SELECT part_seen();
SELECT count(*) FROM part_2;
RESET ROLE;
SELECT grant_access(:d3, 'part_reader', 'test'), grant_access(:d5, 'part_reader', 'test') \g /dev/null
SET ROLE part_reader;
EXECUTE seen;
EXECUTE late;
RESET ROLE;
SELECT revoke_access(:d3, 'part_reader') \g /dev/null
SELECT set_access(:d2, 'open') \g /dev/null
SET ROLE part_reader;
EXECUTE seen;
EXECUTE late;
SELECT count(*) FROM part_2;
-- A plan that one role made, and another uses.
SET ROLE part_auditor;
EXECUTE seen;
SET ROLE part_reader;
EXECUTE seen;
-- Within joins, subqueries, and parallel workers.
SELECT count(*) FROM part_row a JOIN part_row b USING (dataset_id, year);
SELECT count(*) FROM part_row WHERE value IN (SELECT value FROM part_2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*), sum(value) FROM part_row;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET plan_cache_mode;

-- Writing is the producer's, as ever.
UPDATE part_row SET value = value + 1;
DELETE FROM part_row;
SET ROLE part_farm;
UPDATE part_row SET value = value + 1;
SET ROLE part_city;
DELETE FROM part_row WHERE year > 2013;
RESET ROLE;
SELECT value, count(*) FROM part_row GROUP BY value ORDER BY value;

DROP TABLE part_row;
DROP FUNCTION part_seen, part_plan;
DELETE FROM access_grant WHERE dataset_id = ANY (:'ids');
DELETE FROM dataset WHERE id = ANY (:'ids');
DROP ROLE part_city, part_farm, part_reader, part_auditor;
