-- The use cases at the size of a territory.
SET client_min_messages = warning;
SET search_path = terrcarbon, public;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
\ir include/measure.psql
\pset footer off

-- 20 000 sites, one in a hundred a producer: over 40 x 40 km, half of them in 150
-- towns; and the same over 16 x 16 km, as dense as a city.
CREATE UNLOGGED TABLE site AS
SELECT i, ST_SetSRID(ST_MakePoint(400000 + 40000 * x, 6550000 + 40000 * y), 2154) AS wide,
       ST_SetSRID(ST_MakePoint(400000 + 16000 * x, 6550000 + 16000 * y), 2154) AS dense,
       CASE WHEN i % 100 = 0 THEN 100.0 + i % 900 ELSE 0 END AS kw
FROM (SELECT i, CASE WHEN i % 2 = 0 THEN random() ELSE 0.5 + 0.49 * sin(i % 150 * 7.1) + 0.01 * (random() + random() - 1) END AS x,
             CASE WHEN i % 2 = 0 THEN random() ELSE 0.5 + 0.49 * cos(i % 150 * 3.7) + 0.01 * (random() + random() - 1) END AS y
      FROM (SELECT setseed(0.5)) AS s, generate_series(1, 20000) AS i OFFSET 0) AS p;
\echo 'self_consumption_groups, 200 producers among 20 000 sites'
SELECT * FROM pg_temp.measure(200, 1, ARRAY[
    ['2 km, 40 x 40 km', 'SELECT sum(largest) FROM self_consumption_groups(ARRAY(SELECT wide FROM site ORDER BY i), ARRAY(SELECT kw FROM site ORDER BY i), 2, 5000)'],
    ['2 km, 16 x 16 km', 'SELECT sum(largest) FROM self_consumption_groups(ARRAY(SELECT dense FROM site ORDER BY i), ARRAY(SELECT kw FROM site ORDER BY i), 2, 5000)'],
    ['10 km, 40 x 40 km', 'SELECT sum(largest) FROM self_consumption_groups(ARRAY(SELECT wide FROM site ORDER BY i), ARRAY(SELECT kw FROM site ORDER BY i), 10, 5000)']]);
DROP TABLE site;
