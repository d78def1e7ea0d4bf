-- Shapes that are hard to overlay, against PostGIS (GEOS): combs, stars, fans, long
-- outlines, piles of equal polygons.  "times the first" is what the others take for
-- what PostGIS does in 1.
--
--   make bench                                    a tenth of the full size
--   psql -v size=1 -f test/bench/geometry_shapes.sql       the full size
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

-- A comb of n lying teeth; the teeth of a raked one go up by lean each.
CREATE FUNCTION pg_temp.comb(n int, lean float8) RETURNS geometry LANGUAGE sql IMMUTABLE
RETURN ST_MakePolygon(ST_MakeLine(ARRAY(
    SELECT ST_MakePoint(380000 + 10000 * ((s + 1) / 2 % 2), 6500000 + 10000 * (s / 2 / (2.0 * n) + lean * ((s + 1) / 2 % 2))) FROM generate_series(0, 4 * n - 1) s)
    || ST_MakePoint(379990, 6510000) || ST_MakePoint(379990, 6500000) || ST_MakePoint(380000, 6500000)));
-- A star of n points, or a wavy outline.
CREATE FUNCTION pg_temp.star(n int, inner_radius float8, phase float8) RETURNS geometry LANGUAGE sql IMMUTABLE
RETURN ST_MakePolygon(ST_MakeLine(ARRAY(
    SELECT ST_MakePoint(385000 + r * cos(a), 6505000 + r * sin(a))
    FROM generate_series(0, 2 * n - 1) s, LATERAL (SELECT pi() * (s + phase) / n AS a, CASE WHEN s % 2 = 0 THEN 5000 ELSE inner_radius END AS r) p)
    || ST_MakePoint(385000 + 5000 * cos(pi() * phase / n), 6505000 + 5000 * sin(pi() * phase / n))));
CREATE FUNCTION pg_temp.outline(n int, phase float8) RETURNS geometry LANGUAGE sql IMMUTABLE
RETURN (SELECT ST_MakePolygon(ST_AddPoint(l, ST_StartPoint(l)))
        FROM (SELECT ST_MakeLine(ST_MakePoint(385000 + r * cos(a), 6505000 + r * sin(a)) ORDER BY s) AS l
              FROM generate_series(0, n - 1) s,
                   LATERAL (SELECT 2 * pi() * s / n AS a) x,
                   LATERAL (SELECT 4000 + 600 * sin(7 * a + phase) + 150 * sin(61 * a) + 20 * sin(997 * a + phase) + 3 * sin(7919 * a) AS r) y) z);

SELECT greatest((10000 * :size)::int, 10) AS n \gset
CREATE TEMP TABLE pair (id int, shape text, a geometry, b geometry);
INSERT INTO pair
SELECT id, shape, ST_SetSRID(a, 2154), ST_SetSRID(b, 2154)
FROM (VALUES
    (1, 'lying combs', pg_temp.comb(:n, 0), ST_Translate(pg_temp.comb(:n, 0), 700, 0.1)),
    (2, 'upright combs', ST_Rotate(pg_temp.comb(:n, 0), pi() / 2, 385000, 6505000), ST_Translate(ST_Rotate(pg_temp.comb(:n, 0), pi() / 2, 385000, 6505000), 0.1, 700)),
    (3, 'raked combs', pg_temp.comb(:n / 10, 0.7), ST_Translate(pg_temp.comb(:n / 10, 0.7), 700, 0.1)),
    (4, 'comb and outline', pg_temp.comb(:n, 0), pg_temp.outline(10 * :n, 0)),
    (5, 'stars', pg_temp.star(:n, 4000, 0), pg_temp.star(:n, 4500, 0.3)),
    (6, 'deep stars', pg_temp.star(:n / 10, 10, 0), pg_temp.star(:n / 10, 200, 0.3)),
    (7, 'outlines', pg_temp.outline(10 * :n, 0), pg_temp.outline(10 * :n, 1)),
    (8, 'outline with itself', pg_temp.outline(10 * :n, 0), pg_temp.outline(10 * :n, 0)),
    (9, 'crossing combs', pg_temp.comb(:n / 20, 0), ST_Rotate(pg_temp.comb(:n / 20, 0), pi() / 2, 385000, 6505000))) v(id, shape, a, b);

\ir include/measure.psql
CREATE FUNCTION pg_temp.compare(queries text[]) RETURNS TABLE (shape text, what text, median_ms numeric, times_first numeric)
LANGUAGE plpgsql AS $$
DECLARE
    p record;
BEGIN
    FOR p IN SELECT * FROM pair ORDER BY id LOOP
        RETURN QUERY
        SELECT p.shape, m.query, m.median_ms, m.times_first
        FROM pg_temp.measure(1, current_setting('bench.repeats')::int,
            (SELECT array_agg(ARRAY[queries[i][1], format('SELECT %s FROM pair WHERE id = %s', queries[i][2], p.id)] ORDER BY i)
             FROM generate_subscripts(queries, 1) i)) m;
    END LOOP;
END $$;
SELECT set_config('bench.repeats', :'repeats', false) \g /dev/null
SELECT * FROM pg_temp.compare(ARRAY[
    ['ST_Area(ST_Intersection)', 'ST_Area(ST_Intersection(a, b))'],
    ['shared_area, planar', 'shared_area(a, b, true)'],
    ['shared_area, on the ground', 'shared_area(a, b)'],
    ['ST_Length(ST_Intersection)', 'ST_Length(ST_Intersection(ST_Boundary(a), b))'],
    ['shared_length, planar', 'shared_length(ST_Boundary(a), b, true)']]);
SELECT CASE WHEN max(abs(shared_area(a, b, true) - ST_Area(ST_Intersection(a, b))) / ST_Area(a)) < 1e-9
            THEN 'planar areas are equal' ELSE 'PLANAR AREAS DIFFER' END AS check FROM pair;
SELECT shape, 'miscounted_area' AS what, m.* FROM pair, LATERAL pg_temp.measure(1, 1, ARRAY[
    ['ST_IsValid', format('SELECT ST_IsValid(a) FROM pair WHERE id = %s', id)],
    ['miscounted_area', format('SELECT miscounted_area(a) FROM pair WHERE id = %s', id)]]) m
WHERE id IN (1, 3, 5, 6, 7) ORDER BY id;
-- A star each of whose edges crosses nearly all others.
CREATE TEMP TABLE chords AS
SELECT ST_SetSRID(ST_MakePolygon(ST_AddPoint(l, ST_StartPoint(l))), 2154) AS g
FROM (SELECT ST_MakeLine(ST_MakePoint(385000 + 5000 * cos(a), 6505000 + 5000 * sin(a)) ORDER BY s) AS l
      FROM (SELECT :n / 80 * 2 + 1 AS n) AS k, generate_series(0, k.n - 1) AS s, LATERAL (SELECT 2 * pi() * s * (k.n / 2) / k.n AS a) AS x) AS y;
SELECT * FROM pg_temp.measure(1, 1, ARRAY[
    ['ST_Node of a star of chords', 'SELECT ST_Node(ST_Boundary(g)) FROM chords'],
    ['miscounted_area of it', 'SELECT miscounted_area(g) FROM chords']]);
CREATE TEMP TABLE pile AS
SELECT ARRAY(SELECT ST_MakeEnvelope(0, 0, 10, 10) FROM generate_series(1, 2 * :n)) AS equal;
SELECT * FROM pg_temp.measure(1, 1, ARRAY[
    ['ST_Union of equal squares', 'SELECT ST_Area(ST_Union(equal)) FROM pile'],
    ['area_once of them', 'SELECT sum(area) FILTER (WHERE part = winner) FROM pile, area_once(ST_MakeEnvelope(0, 0, 20, 20), equal)']]);
