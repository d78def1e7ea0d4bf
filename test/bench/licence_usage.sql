-- What recording the use of datasets costs: the time of a scan under the policy
-- with the record over that without, in turns, medians.  Size: psql -v rows=...
-- Without terrcarbon in shared_preload_libraries nothing is recorded.
\set ON_ERROR_STOP on
\if :{?rows}
\else
    \set rows 2000000
\endif
SET client_min_messages = warning;
SET search_path = public, terrcarbon;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
CREATE ROLE bench_producer;
CREATE ROLE bench_reader;
CREATE SCHEMA bench;
GRANT ALL ON SCHEMA bench TO PUBLIC;

SELECT count(register_dataset('bench-' || i, 'Bench ' || i, 'bench_producer', 'CC0-1.0', 'shared')) AS datasets
FROM generate_series(1, 200) i;
CREATE TABLE bench.numbered AS
    SELECT id, row_number() OVER (ORDER BY id)::int AS number FROM dataset WHERE slug LIKE 'bench-%';
INSERT INTO access_grant (dataset_id, grantee, grantee_name, purpose, granted_by)
    SELECT id, 'bench_reader'::regrole, 'bench_reader', 'bench', 'bench' FROM bench.numbered WHERE number <= 190;
-- One deposited dataset by dataset, one with the datasets mixed row by row.
CREATE TABLE bench.deposited (dataset_id int NOT NULL, place int NOT NULL, value float8 NOT NULL);
CREATE TABLE bench.mixed (LIKE bench.deposited);
INSERT INTO bench.deposited
    SELECT n.id, row_number() OVER (), k FROM bench.numbered n, generate_series(1, :rows / 200) k ORDER BY n.id;
INSERT INTO bench.mixed SELECT * FROM bench.deposited ORDER BY hashint4(place);
SELECT protect('bench.deposited'), protect('bench.mixed');
CREATE INDEX ON bench.mixed (place);
VACUUM (ANALYZE) bench.deposited, bench.mixed;
GRANT SELECT ON bench.deposited, bench.mixed TO bench_reader;

CREATE TABLE bench.result (query text, round int, recorded boolean, ms float8, answer text);
CREATE PROCEDURE bench.run(name text, query text, rounds int) LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz;
    answer text;
BEGIN
    FOR i IN 0 .. rounds LOOP
        FOR on_off IN 0 .. 1 LOOP
            PERFORM set_config('terrcarbon.record_usage', on_off::text, false);
            SET LOCAL ROLE bench_reader;
            start := clock_timestamp();
            EXECUTE query INTO answer;
            RESET ROLE;
            -- The first round warms the caches.
            IF i > 0 THEN
                INSERT INTO bench.result
                VALUES (name, i, on_off = 1, extract(epoch FROM clock_timestamp() - start) * 1000, answer);
            END IF;
            COMMIT;
        END LOOP;
    END LOOP;
END $$;
CALL bench.run('sum, dataset by dataset', 'SELECT sum(value) FROM bench.deposited', 25);
CALL bench.run('sum, datasets mixed', 'SELECT sum(value) FROM bench.mixed', 25);
CALL bench.run('one row by its key', 'SELECT value FROM bench.mixed WHERE place = 77777', 2000);

\echo Time with the record over time without, :rows rows, 190 of 200 datasets readable
SELECT query,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE NOT recorded))::numeric, 3) AS without_ms,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE recorded))::numeric, 3) AS with_ms,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE recorded)
            / percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE NOT recorded))::numeric, 3) AS ratio,
       round((min(ms) FILTER (WHERE recorded) / min(ms) FILTER (WHERE NOT recorded))::numeric, 3) AS ratio_of_least,
       count(DISTINCT answer) = 1 AS same_answer
FROM bench.result GROUP BY 1 ORDER BY 1;
SELECT current_setting('shared_preload_libraries') ~ 'terrcarbon' AS recorded;

SELECT unprotect('bench.deposited'), unprotect('bench.mixed');
DROP SCHEMA bench CASCADE;
DELETE FROM access_grant WHERE dataset_id IN (SELECT id FROM dataset WHERE slug LIKE 'bench-%');
DELETE FROM dataset WHERE slug LIKE 'bench-%';
DROP ROLE bench_producer, bench_reader;
