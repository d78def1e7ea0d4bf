-- The change matrix of two maps within territories, against the stocks of the two
-- maps (what each polygon shares with the territory): where few polygons have
-- changed, and where every one has other points.
--
--   make bench                                    a tenth of the full size
--   psql -v size=1 -f test/bench/geometry_change.sql       the full size
\set QUIET on
\pset footer off
\if :{?size} \else \set size 0.1 \endif
\if :{?repeats} \else \set repeats 3 \endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS terrcarbon;
SET search_path = terrcarbon, public, pg_temp;
SET jit = off;
SET max_parallel_workers_per_gather = 0;

-- Hexagons of some 120 points over a square, and discs of 360 points as territories.
SELECT 100000 * sqrt(:size) AS side \gset
CREATE TEMP TABLE earlier AS
SELECT ((h).i * 7 + (h).j * 3 + 100000) % 12 AS code, ST_Segmentize((h).geom, 15) AS geom
FROM (SELECT ST_HexagonGrid(300, ST_MakeEnvelope(400000, 6500000, 400000 + :side, 6500000 + :side, 2154)) AS h) g;
-- one in twenty has another class
CREATE TEMP TABLE few AS
SELECT CASE WHEN hashfloat8(ST_XMin(geom)) % 20 = 0 THEN (code + 1) % 12 ELSE code END AS code, geom FROM earlier;
-- all drawn anew
CREATE TEMP TABLE "all" AS
SELECT ((h).i * 7 + (h).j * 3 + 100000) % 12 AS code, ST_Segmentize(ST_SetSRID((h).geom, 2154), 14) AS geom
FROM (SELECT ST_HexagonGrid(301, ST_MakeEnvelope(400000, 6500000, 400000 + :side, 6500000 + :side, 2154)) AS h) g;
CREATE TEMP TABLE territory AS
SELECT ST_Buffer(ST_SetSRID(ST_MakePoint(400000 + :side * (x + 0.5) / 5, 6500000 + :side * (y + 0.5) / 5), 2154), :side / 11, 90) AS geom
FROM generate_series(0, 4) x, generate_series(0, 4) y;
CREATE INDEX ON earlier USING gist (geom);
CREATE INDEX ON few USING gist (geom);
CREATE INDEX ON "all" USING gist (geom);
ANALYZE earlier;
ANALYZE few;
ANALYZE "all";

\ir include/measure.psql
CREATE FUNCTION pg_temp.stock(map text) RETURNS text LANGUAGE sql
RETURN format('(SELECT sum(shared_area(m.geom, t.geom)) FROM territory t JOIN %I m ON m.geom && t.geom)', map);
CREATE FUNCTION pg_temp.matrix(map text) RETURNS text LANGUAGE sql
RETURN format('(SELECT sum(m.area) FROM territory t,
    LATERAL (SELECT array_agg(e.geom) AS geoms, array_agg(e.code::text) AS codes FROM earlier e WHERE e.geom && t.geom) a,
    LATERAL (SELECT array_agg(l.geom) AS geoms, array_agg(l.code::text) AS codes FROM %I l WHERE l.geom && t.geom) b,
    LATERAL change_matrix(t.geom, a.geoms, a.codes, b.geoms, b.codes) m)', map);
SELECT * FROM pg_temp.measure((SELECT count(*) FROM earlier), :repeats, ARRAY[
    ['stocks of both maps', 'SELECT ' || pg_temp.stock('earlier') || ' + ' || pg_temp.stock('all')],
    ['change_matrix, few have changed', 'SELECT ' || pg_temp.matrix('few')],
    ['change_matrix, all have changed', 'SELECT ' || pg_temp.matrix('all')],
    ['shared_area of three, few', 'SELECT sum(shared_area(t.geom, e.geom, l.geom)) FROM territory t JOIN earlier e ON e.geom && t.geom JOIN few l ON l.geom && e.geom AND l.geom && t.geom'],
    ['ST_Intersection of three, few', 'SELECT sum(ST_Area(ST_Intersection(ST_Intersection(t.geom, e.geom), l.geom))) FROM territory t JOIN earlier e ON e.geom && t.geom JOIN few l ON l.geom && e.geom AND l.geom && t.geom']]);
