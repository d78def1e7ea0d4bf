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
\echo 'self_consumption_groups, 200 producers among 20 000 sites: at most 10 s'
SELECT * FROM pg_temp.measure(200, 1, ARRAY[
    ['2 km, 40 x 40 km', 'SELECT sum(largest) FROM self_consumption_groups(ARRAY(SELECT wide FROM site ORDER BY i), ARRAY(SELECT kw FROM site ORDER BY i), 2, 5000)'],
    ['2 km, 16 x 16 km', 'SELECT sum(largest) FROM self_consumption_groups(ARRAY(SELECT dense FROM site ORDER BY i), ARRAY(SELECT kw FROM site ORDER BY i), 2, 5000)'],
    ['10 km, 40 x 40 km', 'SELECT sum(largest) FROM self_consumption_groups(ARRAY(SELECT wide FROM site ORDER BY i), ARRAY(SELECT kw FROM site ORDER BY i), 10, 5000)']]);
DROP TABLE site;

CREATE UNLOGGED TABLE wetland AS
SELECT i AS id, (ARRAY['salt_marsh', 'mangrove', 'peat.poor'])[1 + i % 3] AS kind, (ARRAY['intact', 'drained', 'embanked', 'degraded'])[1 + i % 4] AS state,
       (i % 36)::float8 AS salinity_ppt, ST_Buffer(ST_SetSRID(ST_MakePoint(400000 + 300 * (i % 70), 6550000 + 300 * (i / 70)), 2154), 120, 16) AS geom
FROM generate_series(1, 5000) AS i;
CREATE INDEX ON wetland USING gist (geom);
ANALYZE wetland;
\echo 'Wetlands, 5 000 polygons of 64 points: wetland_potential at most 3 s'
SELECT * FROM pg_temp.measure(5000, 3, ARRAY[
    ['wetland_potential', 'SELECT count(p.if_lost_t) FROM wetland w, wetland_potential(w.kind, w.geom, w.state, w.salinity_ppt) p'],
    ['wetlands_at_stake, 2 x 2 km', 'SELECT count(*) FROM wetlands_at_stake(''wetland'', ST_MakeEnvelope(405000, 6555000, 407000, 6557000, 2154))'],
    ['wetland_alternatives, 80 places', 'SELECT count(*) FROM wetland_alternatives(''wetland'', ST_MakeEnvelope(405000, 6555000, 406000, 6556000, 2154), 2500, 500)']]);
DROP TABLE wetland;
