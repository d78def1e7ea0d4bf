-- trajectory: operators and aggregates. A year missing in a part is missing in
-- the whole, and totals do not depend on the order of the rows nor on the plan.
SET search_path = terrcarbon, terrcarbon_internal, public;

\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/failure.psql'
\set ECHO none
\i :include
\set ECHO all

SELECT a + b AS sum, a - b AS difference, b - a AS opposite, a + '{}' AS with_nothing, a + NULL AS with_null
FROM (VALUES ('{"2015": 900, "2016": 880, "2018": 1}'::trajectory,
              '{"2014": 5, "2016": 80, "2017": 2, "2018": -1}'::trajectory)) v(a, b);
SELECT t * 2 AS doubled, 0.5 * t AS halved, t / 4 AS quarter, t * -1 AS opposite, t * 0 AS zero
FROM (VALUES ('{"2015": 900, "2016": -3}'::trajectory)) v(t);

-- Joined when they agree.
SELECT a || b AS joined, b || a = a || b AS commutes, a || '{}' = a AS neutral
FROM (VALUES ('{"2015": 900, "2017": 800}'::trajectory, '{"2016": 5, "2017": 800, "2018": 7}'::trajectory)) v(a, b);

SELECT statement, pg_temp.failure('SELECT ' || statement) AS failure
FROM (VALUES
    ($$'{"2015": 1e308}'::trajectory + '{"2015": 1e308}'$$),
    ($$'{"2015": -1e308}'::trajectory - '{"2015": 1e308}'$$),
    ($$'{"2015": 1e308}'::trajectory * 10$$),
    ($$'{"2015": 1e308}'::trajectory / 0.1$$),
    ($$'{"2015": 1}'::trajectory / 0$$),
    ($$'{"2015": 1}'::trajectory * 'NaN'$$),
    ($$'{"2015": 1}'::trajectory / 'Infinity'$$),
    ($$'{"2015": 1, "2016": 2}'::trajectory || '{"2016": 3}'$$)
) v(statement);

-- trajectory_agg: rows of a year are summed; an unknown part makes the year unknown.
SELECT trajectory_agg(year, value) FROM (VALUES (2016, 1.5), (2015, 900), (2016, -2), (2015, 0)) v(year, value);
SELECT trajectory_agg(year, value) FROM (VALUES (2015, 900), (2016, 1), (2016, NULL), (2016, 2)) v(year, value);
SELECT trajectory_agg(year, value) FROM (VALUES (2015, NULL::float8)) v(year, value);
SELECT trajectory_agg(year, value) AS no_rows FROM (VALUES (2015, 1)) v(year, value) WHERE false;
SELECT trajectory_agg(year, value) AS outer_join
FROM (VALUES (1)) t(id) LEFT JOIN (VALUES (2, 2015, 1)) v(id, year, value) USING (id);
SELECT statement, pg_temp.failure('SELECT trajectory_agg' || statement) AS failure
FROM (VALUES ('(NULL, 3.5)'), ('(0, 1)'), ('(10000, 1)'), ('(0, NULL)'), ($$(2015, 'NaN')$$),
    ($$(2015, '-Infinity')$$), ('(2015, 1e308) FROM generate_series(1, 2)')) v(statement);

-- sum: a year missing in a child is missing in the total; a missing child too.
SELECT sum(t) FROM (VALUES ('{"2015": 1, "2016": 2, "2017": 3}'::trajectory),
    ('{"2015": 10, "2017": 30}'), ('{"2014": 5, "2015": 100, "2017": 300}')) v(t);
SELECT sum(t) FROM (VALUES ('{"2015": 1}'::trajectory), ('{}')) v(t);
SELECT sum(t) AS null_child FROM (VALUES ('{"2015": 1}'::trajectory), (NULL)) v(t);
SELECT sum(t) AS no_rows FROM (VALUES ('{"2015": 1}'::trajectory)) v(t) WHERE false;
SELECT pg_temp.failure($$SELECT sum('{"2015": 1e308}'::trajectory) FROM generate_series(1, 2)$$);
-- Beyond float8 on the way, not in the end.
SELECT sum(t) FROM (VALUES ('{"2015": 1e308}'::trajectory), ('{"2015": 1e308}'), ('{"2015": -1.5e308}')) v(t);

-- Additive: the whole is the sum of the parts, against exact numeric sums.
-- Values are multiples of 1/1024, so numeric and binary sums are both exact.
CREATE TABLE trajectory_rows (part int, year int, value float8);
INSERT INTO trajectory_rows
SELECT i % 7, 2015 + i % 36, ((i::bigint * 7919) % 1048576 - 500000) / 1024.0
FROM generate_series(1, 20000) i;
ANALYZE trajectory_rows;
SELECT count(*) AS years, bool_and(whole.value = rows.value) AS same
FROM points((SELECT sum(t) FROM (SELECT trajectory_agg(year, value) AS t
                                 FROM trajectory_rows GROUP BY part) parts)) whole
JOIN (SELECT year, sum(value::numeric)::float8 AS value FROM trajectory_rows GROUP BY year) rows USING (year);

-- Serial and parallel plans agree to the last bit, on values that plain sums
-- would round differently.
UPDATE trajectory_rows SET value = value * 10.0 ^ (part * 3) * 1.1;
VACUUM ANALYZE trajectory_rows;
ALTER TABLE trajectory_rows SET (parallel_workers = 3);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
EXPLAIN (COSTS OFF) SELECT trajectory_agg(year, value) FROM trajectory_rows;
EXPLAIN (COSTS OFF) SELECT sum(linear_target(year, value, 2060, 0)) FROM trajectory_rows;
CREATE TEMP TABLE parallel AS
SELECT trajectory_agg(year, value) AS agg, sum(linear_target(year, value, 2060, 0)) AS total FROM trajectory_rows;
SET max_parallel_workers_per_gather = 0;
SELECT p.agg::text = s.agg::text AS agg_same, p.total::text = s.total::text AS total_same,
    cardinality(years(s.agg)) AS years, years(s.total) = ARRAY(SELECT generate_series(2050, 2060)) AS total_years
FROM parallel p,
    (SELECT trajectory_agg(year, value ORDER BY value) AS agg,
            sum(linear_target(year, value, 2060, 0) ORDER BY value DESC) AS total FROM trajectory_rows) s;
DROP TABLE parallel, trajectory_rows;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- A moving window gives what its frame alone would, missing values included.
CREATE TEMP TABLE series AS
SELECT i, 2015 + i % 3 AS year, CASE WHEN i % 5 <> 0 THEN (i * 0.1) ^ 15 END AS value,
    CASE WHEN i % 7 <> 0 THEN trajectory_agg(2015 + (i + k) % 4, (i * 0.1) ^ 15 + k) END AS t
FROM generate_series(1, 40) i, generate_series(0, i % 4) k GROUP BY i;
SELECT count(*) AS frames, bool_and(w.agg IS NOT DISTINCT FROM f.agg) AS agg_same,
    bool_and(w.total IS NOT DISTINCT FROM f.total) AS total_same,
    count(w.total) AS totals, count(DISTINCT w.agg::text) > 10 AS varied
FROM (SELECT i, trajectory_agg(year, value) OVER frame AS agg, sum(t) OVER frame AS total
      FROM series WINDOW frame AS (ORDER BY i ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING)) w,
    LATERAL (SELECT trajectory_agg(year, value) AS agg, sum(t) AS total
             FROM series s WHERE s.i BETWEEN w.i - 3 AND w.i - 1) f;

-- Transition functions belong to their aggregates.
SELECT pg_temp.failure('SELECT trajectory_agg_add(NULL, 2015, 1)');

-- A state whose keys are no years is refused, however many they are.
CREATE FUNCTION pg_temp.state(kind int, VARIADIC keys int[]) RETURNS sum_state LANGUAGE sql
RETURN ('\x0002' || lpad(to_hex(kind), 8, '0') || '00000000' || '0000000000000001' || lpad(to_hex(cardinality(keys)), 8, '0') ||
    (SELECT string_agg(lpad(to_hex(key), 8, '0') || '0000000000000001' || '00000000', '' ORDER BY key)
     FROM unnest(keys) key))::sum_state;
SELECT trajectory_agg_final(pg_temp.state(4, -9999, -1, 1, 2015, 9999)) AS agg,
    trajectory_sum_final(pg_temp.state(3, 1, 2015, 9999)) AS total;
SELECT key, pg_temp.failure(format('SELECT trajectory_agg_final(pg_temp.state(4, %s))', key)) AS agg,
    pg_temp.failure(format('SELECT trajectory_sum_final(pg_temp.state(3, %s))', key)) AS total
FROM unnest('{-2147483648,-10000,-9999,10000,70000}'::int[]) key;
SELECT pg_temp.failure('SELECT trajectory_agg_final(pg_temp.state(4, VARIADIC ARRAY(SELECT generate_series(1, 40000))))') AS agg,
    pg_temp.failure('SELECT trajectory_sum_final(pg_temp.state(3, VARIADIC ARRAY(SELECT generate_series(1, 40000))))') AS total;
