-- What the licence policy costs: the time of a query under it, divided by the
-- time of the same query without any policy, beside the policies that are
-- usually written. Size: psql -v rows=...
\set ON_ERROR_STOP on
\if :{?rows}
\else
    \set rows 2000000
\endif
SET client_min_messages = warning;
SET search_path = public, terrcarbon;
SET jit = off;
CREATE ROLE bench_producer;
CREATE ROLE bench_reader;
CREATE ROLE bench_everybody BYPASSRLS;
CREATE SCHEMA bench;
GRANT ALL ON SCHEMA bench TO PUBLIC;

CREATE TABLE bench.measure (
    dataset_id int NOT NULL,
    territory int NOT NULL,
    year int NOT NULL,
    value float8 NOT NULL,
    geom geometry(Polygon, 2154) NOT NULL
);
SELECT count(register_dataset('bench-' || i, 'Bench ' || i, 'bench_producer', 'CC0-1.0', 'shared')) AS datasets
FROM generate_series(1, 200) i;
CREATE TABLE bench.numbered AS
    SELECT id, row_number() OVER (ORDER BY id)::int AS number FROM dataset WHERE slug LIKE 'bench-%';
-- Each dataset was deposited at once and covers the whole territory.
INSERT INTO bench.measure
SELECT n.id, k % 400, 2000 + k % 25, k,
       ST_MakeEnvelope(x, y, x + 20, y + 20, 2154)
FROM bench.numbered n,
     generate_series(1, :rows / 200) k,
     LATERAL (SELECT (hashint4(k * 211 + n.number)::bigint & 65535) * 0.5 AS x,
                     (hashint4(k * 7919 + n.number)::bigint & 65535) * 0.5 AS y) p
ORDER BY n.number, k;
CREATE INDEX ON bench.measure (dataset_id);
CREATE INDEX ON bench.measure USING gist (geom);
VACUUM (ANALYZE) bench.measure;
GRANT SELECT ON bench.measure TO bench_reader, bench_everybody;

CREATE TABLE bench.grants (dataset_id int, reader name, PRIMARY KEY (reader, dataset_id));
GRANT SELECT ON bench.grants TO PUBLIC;
CREATE FUNCTION bench.allowed(d int) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM bench.grants g WHERE g.dataset_id = d AND g.reader = session_user) $$;

CREATE TABLE bench.result (
    query text, workers int, readable int, policy text, none_ms float8, ms float8, answer text);

CREATE FUNCTION bench.set_policy(policy text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM terrcarbon.unprotect('bench.measure');
    DROP POLICY IF EXISTS usual ON bench.measure;
    IF policy = 'terrcarbon' THEN
        PERFORM terrcarbon.protect('bench.measure');
        RETURN;
    END IF;
    ALTER TABLE bench.measure ENABLE ROW LEVEL SECURITY;
    EXECUTE 'CREATE POLICY usual ON bench.measure USING (' || CASE policy
        WHEN 'EXISTS' THEN 'EXISTS (SELECT FROM bench.grants g WHERE g.dataset_id = measure.dataset_id AND g.reader = current_user)'
        WHEN 'IN' THEN 'dataset_id IN (SELECT g.dataset_id FROM bench.grants g WHERE g.reader = current_user)'
        WHEN 'SQL function' THEN 'bench.allowed(dataset_id)'
        -- what asking anything of each row costs: other rows, but as many
        WHEN 'comparison' THEN format('dataset_id > %s', (SELECT max(id) - (SELECT count(DISTINCT dataset_id) FROM bench.grants) FROM bench.numbered))
    END || ')';
END $$;

-- The query as somebody whom no policy concerns and as the reader, in turns;
-- the least time of each, since what the machine does besides only adds.
CREATE FUNCTION bench.compare(query text, runs int, OUT none_ms float8, OUT ms float8, OUT answer text)
    LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz;
BEGIN
    FOR i IN 1 .. runs LOOP
        SET LOCAL ROLE bench_everybody;
        start := clock_timestamp();
        EXECUTE query INTO answer;
        none_ms := least(none_ms, extract(epoch FROM clock_timestamp() - start) * 1000);
        SET LOCAL ROLE bench_reader;
        start := clock_timestamp();
        EXECUTE query INTO answer;
        ms := least(ms, extract(epoch FROM clock_timestamp() - start) * 1000);
    END LOOP;
    RESET ROLE;
END $$;

CREATE PROCEDURE bench.all_queries() LANGUAGE plpgsql AS $$
DECLARE
    n int;
    w int;
    p text;
    q record;
BEGIN
    FOREACH n IN ARRAY ARRAY[5, 100, 190] LOOP
        DELETE FROM terrcarbon.access_grant WHERE grantee::oid = 'bench_reader'::regrole::oid;
        INSERT INTO terrcarbon.access_grant (dataset_id, grantee, grantee_name, purpose, granted_by)
            SELECT id, 'bench_reader'::regrole, 'bench_reader', 'bench', 'bench'
            FROM bench.numbered WHERE (number * 7) % 200 < n;
        DELETE FROM bench.grants;
        -- session_user for the definer function, current_user for the others
        INSERT INTO bench.grants
            SELECT id, v.reader FROM bench.numbered, unnest(ARRAY['bench_reader', session_user]) v(reader)
            WHERE (number * 7) % 200 < n;
        ANALYZE bench.grants;
        COMMIT;
        FOREACH p IN ARRAY ARRAY['terrcarbon', 'comparison', 'EXISTS', 'IN', 'SQL function'] LOOP
            -- it takes seconds, whatever the grants
            CONTINUE WHEN p = 'SQL function' AND n <> 100;
            PERFORM bench.set_policy(p);
            COMMIT;
            FOR q IN SELECT * FROM (VALUES
                ('sum(value)', 0, 'SELECT sum(value) FROM bench.measure'),
                ('sum(value)', 2, 'SELECT sum(value) FROM bench.measure'),
                ('window &&', 0, 'SELECT count(*) FROM bench.measure WHERE geom && ST_MakeEnvelope(10000, 10000, 11000, 11000, 2154)'),
                ('window ST_Intersects', 0, 'SELECT count(*) FROM bench.measure WHERE ST_Intersects(geom, ST_MakeEnvelope(10000, 10000, 11000, 11000, 2154))')) v(name, workers, sql)
            LOOP
                CONTINUE WHEN p = 'SQL function' AND q.workers > 0 OR p = 'comparison' AND q.name <> 'sum(value)';
                PERFORM set_config('max_parallel_workers_per_gather', q.workers::text, true),
                        set_config('parallel_setup_cost', '0', true);
                INSERT INTO bench.result
                    SELECT q.name, q.workers, n, p, c.*
                    FROM bench.compare(q.sql, CASE WHEN p = 'SQL function' THEN 1 WHEN p = 'terrcarbon' AND q.name LIKE 'window%' THEN 25 ELSE 7 END) c;
                COMMIT;
            END LOOP;
        END LOOP;
    END LOOP;
END $$;
CALL bench.all_queries();

\echo Time under a policy over time without, :rows rows, 200 datasets
SELECT query, workers, readable, round(min(none_ms)::numeric, 1) AS none_ms,
       max(round((ms / none_ms)::numeric, 2)) FILTER (WHERE policy = 'terrcarbon') AS terrcarbon,
       max(round((ms / none_ms)::numeric, 2)) FILTER (WHERE policy = 'comparison') AS comparison,
       max(round((ms / none_ms)::numeric, 2)) FILTER (WHERE policy = 'EXISTS') AS "EXISTS",
       max(round((ms / none_ms)::numeric, 2)) FILTER (WHERE policy = 'IN') AS "IN",
       max(round((ms / none_ms)::numeric, 2)) FILTER (WHERE policy = 'SQL function') AS "SQL function",
       count(DISTINCT answer) FILTER (WHERE policy <> 'comparison') = 1 AS same_answer
FROM bench.result
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- Planning is most of a small query, so that what the policy adds to it shows here.
SELECT bench.set_policy('terrcarbon') \g /dev/null
CREATE TABLE bench.tile AS
    SELECT k AS id, ST_MakeEnvelope(k * 1000, k * 1000, k * 1000 + 200, k * 1000 + 200, 2154) AS geom FROM generate_series(0, 30) k;
ANALYZE bench.tile;
GRANT SELECT ON bench.tile TO PUBLIC;
\echo Predicates of PostGIS on windows of a map, by their side in m, under the policy over without, 190 of 200 datasets readable
SELECT p.predicate, p.side, round(c.none_ms::numeric, 3) AS none_ms, round((c.ms / c.none_ms)::numeric, 2) AS terrcarbon
FROM (SELECT predicate, side, format('SELECT count(ST_AsBinary(geom)) FROM bench.measure WHERE ' || predicate, format('ST_MakeEnvelope(10000, 10000, %1$s, %1$s, 2154)', 10000 + side)) AS query
      FROM unnest('{geom && %s,geom @ %s,geom ~ ST_Centroid(%s),"ST_Intersects(geom, %s)","ST_DWithin(geom, %s, 10)","ST_Contains(%s, geom)","ST_Within(geom, %s)","ST_Covers(%s, geom)","ST_CoveredBy(geom, %s)"}'::text[]) predicate,
           unnest('{200,2000}'::int[]) side
    UNION ALL
      SELECT 'join, ' || predicate, 200, format('SELECT count(ST_AsBinary(m.geom)) FROM bench.tile t JOIN bench.measure m ON %s WHERE t.id < 10', predicate)
      FROM unnest('{m.geom && t.geom,"ST_Intersects(m.geom, t.geom)"}'::text[]) predicate) AS p,
     LATERAL bench.compare(p.query, 51) AS c
ORDER BY 2, 1;

SELECT unprotect('bench.measure');
DROP SCHEMA bench CASCADE;
DELETE FROM access_grant WHERE dataset_id IN (SELECT id FROM dataset WHERE slug LIKE 'bench-%');
DELETE FROM dataset WHERE slug LIKE 'bench-%';
DROP ROLE bench_producer, bench_reader, bench_everybody;
