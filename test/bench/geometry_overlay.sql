-- How fast areas and lengths are shared, against plain PostGIS.
--
--   make bench                                    a tenth of the full size
--   psql -v size=1 -f test/bench/geometry_overlay.sql      the full size
--
-- Deterministic input: zones that tessellate a square, their borders ragged and
-- of the same points on both sides; zones merged from 25 of them; parcels (free,
-- holed, of several parts, cut on zone borders, digitised on border points);
-- buildings; roads, some of them on borders.
\set QUIET on
\pset footer off
\timing off
\if :{?size} \else \set size 0.1 \endif
\if :{?repeats} \else \set repeats 3 \endif
-- Edges of a zone's side from node to node: zones of 601 points.
\if :{?edges} \else \set edges 150 \endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS terrcarbon;
DROP SCHEMA IF EXISTS bench_overlay CASCADE;
CREATE SCHEMA bench_overlay;
SET search_path = bench_overlay, terrcarbon, public;
SET jit = off;
SET work_mem = '64MB';

-- A number in [0, 1) that depends on its arguments only.
CREATE FUNCTION chance(a int, b int) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN ((hashint8extended(a::bigint * 1000003 + b, 17) & 1048575) / 1048576.0)::float8;

-- Columns and rows of zones of 2 km, multiples of 5: 3000 zones at full size.
SELECT 5 * greatest(1, round(11 * sqrt(:size))) AS columns,
       5 * greatest(1, round(11 * sqrt(:size))) AS rows \gset

-- Borders, wavy at several wavelengths.
CREATE FUNCTION place(x float8, y float8) RETURNS geometry LANGUAGE sql IMMUTABLE
RETURN ST_MakePoint(
    350000 + 2000 * (x + 0.04 * sin(5 * x + 3 * y) + 0.005 * sin(29 * y - 11 * x) + 0.0008 * sin(171 * y + 63 * x) + 0.00015 * sin(913 * y)),
    6400000 + 2000 * (y + 0.04 * cos(4 * x - 5 * y) + 0.005 * cos(31 * x + 13 * y) + 0.0008 * cos(167 * x - 71 * y) + 0.00015 * cos(907 * x)));
CREATE TABLE border AS
SELECT i, j, across, ST_SetSRID(ST_MakeLine(ARRAY(
           SELECT place(i + CASE WHEN across THEN s / :edges.0 ELSE 0 END, j + CASE WHEN across THEN 0 ELSE s / :edges.0 END)
           FROM generate_series(0, :edges) s)), 2154) AS geom
FROM generate_series(0, :columns) i, generate_series(0, :rows) j, (VALUES (true), (false)) side(across)
WHERE CASE WHEN across THEN i < :columns ELSE j < :rows END;
CREATE INDEX ON border (i, j, across);

CREATE FUNCTION walk(i int, j int, n int) RETURNS geometry LANGUAGE sql STABLE
RETURN (SELECT ST_MakePolygon(ST_MakeLine(g ORDER BY side, step))
        FROM (SELECT 0 AS side, b.i AS step, geom AS g FROM border b WHERE across AND b.j = walk.j AND b.i >= walk.i AND b.i < walk.i + n
              UNION ALL SELECT 1, b.j, geom FROM border b WHERE NOT across AND b.i = walk.i + n AND b.j >= walk.j AND b.j < walk.j + n
              UNION ALL SELECT 2, -b.i, ST_Reverse(geom) FROM border b WHERE across AND b.j = walk.j + n AND b.i >= walk.i AND b.i < walk.i + n
              UNION ALL SELECT 3, -b.j, ST_Reverse(geom) FROM border b WHERE NOT across AND b.i = walk.i AND b.j >= walk.j AND b.j < walk.j + n) b);
CREATE TABLE zone AS
SELECT row_number() OVER () AS id, walk(i, j, 1) AS geom
FROM generate_series(0, :columns - 1) i, generate_series(0, :rows - 1) j;
CREATE TABLE large_zone AS
SELECT row_number() OVER () AS id, walk(i, j, 5) AS geom
FROM generate_series(0, :columns - 5, 5) i, generate_series(0, :rows - 5, 5) j;

-- Shapes to be placed: blobs of 12 to 90 points, with and without a hole.
CREATE TABLE shape AS
SELECT k, geom AS plain, ST_MakePolygon(ST_ExteriorRing(geom), ARRAY[ST_ExteriorRing(ST_Scale(ST_Reverse(geom), 0.4, 0.4))]) AS holed
FROM generate_series(0, 99) k,
     LATERAL (SELECT ST_MakePolygon(ST_AddPoint(l, ST_StartPoint(l))) AS geom
              FROM (SELECT ST_MakeLine(ST_MakePoint(r * cos(a), r * sin(a)) ORDER BY s) AS l
                    FROM generate_series(0, 11 + (k * 7) % 80) s,
                         LATERAL (SELECT 2 * pi() * s / (12 + (k * 7) % 80) AS a) x,
                         LATERAL (SELECT 60 + 40 * chance(k, 1) + 25 * sin(a * (2 + k % 5) + k) + 8 * chance(k, s + 10) AS r) y) z) g;
CREATE TABLE parcel AS
SELECT n AS id, CASE WHEN n % 10 < 6 THEN 'free' WHEN n % 10 = 6 THEN 'holed' WHEN n % 10 = 7 THEN 'multi' ELSE 'cut' END AS kind,
       ST_SetSRID(ST_Translate(CASE WHEN n % 10 < 6 THEN plain WHEN n % 10 = 6 THEN holed
                                    WHEN n % 10 = 7 THEN ST_Collect(plain, ST_Translate(holed, 310, 130)) ELSE plain END,
                               350500 + chance(n, 2) * (2000 * :columns - 1200), 6400500 + chance(n, 3) * (2000 * :rows - 1200)), 2154) AS geom
FROM generate_series(1, (135000 * :size)::int) n JOIN shape ON k = hashint4(n) & 127 AND k < 100
UNION ALL
SELECT n, 'free', ST_SetSRID(ST_Translate(plain, 350500 + chance(n, 2) * (2000 * :columns - 1200), 6400500 + chance(n, 3) * (2000 * :rows - 1200)), 2154)
FROM generate_series(1, (135000 * :size)::int) n JOIN shape ON k = (hashint4(n) & 127) - 100;
CREATE INDEX ON zone USING gist (geom);
CREATE INDEX ON large_zone USING gist (geom);
ANALYZE zone;
UPDATE parcel p SET geom = part
FROM (SELECT p.id, (array_agg(ST_CollectionExtract(ST_Intersection(p.geom, z.geom), 3) ORDER BY z.id))[1] AS part
      FROM parcel p JOIN zone z ON ST_Intersects(p.geom, z.geom) WHERE kind = 'cut' GROUP BY p.id) c
WHERE c.id = p.id AND NOT ST_IsEmpty(part);
-- digitised on the border's own points
INSERT INTO parcel
SELECT 1000000 + row_number() OVER (), 'snapped', geom
FROM (SELECT ST_MakePolygon(ST_MakeLine(ARRAY(SELECT ST_PointN(b.geom, f + s) FROM generate_series(0, 20) s)
                || ST_Translate(ST_PointN(b.geom, f + 10), CASE WHEN across THEN 10 ELSE 120 END, CASE WHEN across THEN 120 ELSE 10 END)
                || ST_PointN(b.geom, f))) AS geom
      FROM border b, LATERAL (SELECT 1 + (m * 23) % (:edges - 30) AS f FROM generate_series(1, 3) m) x
      WHERE i > 0 AND j > 0 AND i < :columns AND j < :rows) s
WHERE ST_IsValid(geom);

CREATE TABLE building AS
SELECT n AS id, ST_SetSRID(ST_Affine(outline, cos(a), -sin(a), sin(a), cos(a), 350500 + chance(n, 4) * (2000 * :columns - 1200), 6400500 + chance(n, 5) * (2000 * :rows - 1200)), 2154) AS geom
FROM generate_series(1, (200000 * :size)::int) n, LATERAL (SELECT 6.3 * chance(n, 6) AS a) x,
     LATERAL (SELECT CASE n % 3
         WHEN 0 THEN 'POLYGON((0 0,12 0,12 9,0 9,0 0))'::geometry
         WHEN 1 THEN 'POLYGON((0 0,20 0,20 8,9 8,9 15,0 15,0 0))'
         ELSE 'POLYGON((0 0,30 0,30 30,0 30,0 0),(10 10,20 10,20 20,10 20,10 10))' END AS outline) o;
CREATE TABLE road AS
SELECT n AS id, ST_SetSRID(ST_Translate(line, 350900 + chance(n, 7) * (2000 * :columns - 2400), 6400900 + chance(n, 8) * (2000 * :rows - 2400)), 2154) AS geom
FROM generate_series(1, (180000 * :size)::int) n JOIN
     (SELECT k, ST_MakeLine(ST_MakePoint(s * 15, 40 * sin(k + s / 3.0) + 20 * chance(k, s)) ORDER BY s) AS line
      FROM generate_series(0, 49) k, generate_series(0, 24) s GROUP BY k) l ON k = (hashint4(n) & 1023) % 50
UNION ALL
SELECT 1000000 + row_number() OVER (), ST_MakeLine(ARRAY(SELECT ST_PointN(b.geom, f + s) FROM generate_series(0, 24) s))
FROM border b, LATERAL (SELECT 1 + (m * 29) % (:edges - 30) AS f FROM generate_series(1, 3) m) x
WHERE i > 0 AND j > 0 AND i < :columns AND j < :rows;
CREATE INDEX ON parcel USING gist (geom);
CREATE INDEX ON building USING gist (geom);
CREATE INDEX ON road USING gist (geom);
VACUUM ANALYZE;
SELECT t AS "table", n AS rows, points AS "points each" FROM (
    SELECT 1 AS o, 'zone' AS t, count(*) AS n, round(avg(ST_NPoints(geom))) AS points FROM zone
    UNION ALL SELECT 2, 'large_zone', count(*), round(avg(ST_NPoints(geom))) FROM large_zone
    UNION ALL SELECT 3, 'parcel', count(*), round(avg(ST_NPoints(geom))) FROM parcel
    UNION ALL SELECT 4, 'building', count(*), round(avg(ST_NPoints(geom))) FROM building
    UNION ALL SELECT 5, 'road', count(*), round(avg(ST_NPoints(geom))) FROM road) s ORDER BY o;

-- Every query returns one number, so nothing can be optimized away.
CREATE TABLE question (n int GENERATED ALWAYS AS IDENTITY, topic text, how text, settings text DEFAULT '', query text, total float8, ms float8[]);
INSERT INTO question (topic, how, query)
SELECT 'parcels in zones', how, format('SELECT sum(%s) FROM zone z JOIN parcel p ON z.geom && p.geom', measure) FROM (VALUES
    ('ST_Intersection', 'ST_Area(ST_Intersection(z.geom, p.geom))'),
    ('ST_Intersects and ST_Intersection', 'CASE WHEN ST_Intersects(z.geom, p.geom) THEN ST_Area(ST_Intersection(z.geom, p.geom)) END'),
    ('ST_CoveredBy or ST_Intersection', 'CASE WHEN ST_CoveredBy(p.geom, z.geom) THEN ST_Area(p.geom) ELSE ST_Area(ST_Intersection(z.geom, p.geom)) END'),
    ('shared_area, planar', 'shared_area(p.geom, z.geom, true)'),
    ('shared_area, on the ground', 'shared_area(p.geom, z.geom)')) m(how, measure);
INSERT INTO question (topic, how, query) VALUES ('parcels in zones', 'join alone (floor)',
    'SELECT count(*) FROM zone z JOIN parcel p ON z.geom && p.geom');
INSERT INTO question (topic, how, query) VALUES ('parcels in zones', 'join and reading both (floor)',
    'SELECT sum(ST_NPoints(z.geom) + ST_NPoints(p.geom)) FROM zone z JOIN parcel p ON z.geom && p.geom');
INSERT INTO question (topic, how, query) VALUES ('parcels in zones', 'ST_Subdivide(zone, 64)',
    'SELECT sum(ST_Area(ST_Intersection(z.geom, p.geom))) FROM zone_piece z JOIN parcel p ON z.geom && p.geom');
INSERT INTO question (topic, how, query, settings) VALUES ('parcels in zones', 'shared_area, parcels outer',
    'SELECT sum(shared_area(p.geom, z.geom, true)) FROM (SELECT geom FROM parcel OFFSET 0) p CROSS JOIN LATERAL (SELECT geom FROM zone z WHERE z.geom && p.geom OFFSET 0) z', 'index');
INSERT INTO question (topic, how, query, settings) VALUES ('parcels in zones', 'ST_Intersection, 2 workers',
    'SELECT sum(ST_Area(ST_Intersection(z.geom, p.geom))) FROM zone z JOIN parcel p ON z.geom && p.geom', 'parallel');
INSERT INTO question (topic, how, query, settings) VALUES ('parcels in zones', 'shared_area, 2 workers',
    'SELECT sum(shared_area(p.geom, z.geom, true)) FROM zone z JOIN parcel p ON z.geom && p.geom', 'parallel');

INSERT INTO question (topic, how, query)
SELECT 'parcels in large zones', how, format('SELECT sum(%s) FROM large_zone z JOIN parcel p ON z.geom && p.geom', measure) FROM (VALUES
    ('ST_Intersection', 'ST_Area(ST_Intersection(z.geom, p.geom))'),
    ('shared_area, planar', 'shared_area(p.geom, z.geom, true)'),
    ('shared_area, on the ground', 'shared_area(p.geom, z.geom)')) m(how, measure);
INSERT INTO question (topic, how, query)
SELECT 'buildings in zones', how, format('SELECT sum(%s) FROM zone z JOIN building p ON z.geom && p.geom', measure) FROM (VALUES
    ('ST_Intersection', 'ST_Area(ST_Intersection(z.geom, p.geom))'),
    ('shared_area, planar', 'shared_area(p.geom, z.geom, true)'),
    ('shared_area, on the ground', 'shared_area(p.geom, z.geom)')) m(how, measure);
-- PostGIS counts roads on borders twice, so only the others give equal totals.
INSERT INTO question (topic, how, query)
SELECT 'roads in zones', how, format('SELECT sum(%s) FROM zone z JOIN road p ON z.geom && p.geom WHERE p.id < 1000000', measure) FROM (VALUES
    ('ST_Intersection', 'ST_Length(ST_Intersection(z.geom, p.geom))'),
    ('shared_length, planar', 'shared_length(p.geom, z.geom, true)'),
    ('shared_length, on the ground', 'shared_length(p.geom, z.geom)')) m(how, measure);
INSERT INTO question (topic, how, query)
SELECT 'roads on borders', how, format('SELECT sum(%s) FROM zone z JOIN road p ON z.geom && p.geom WHERE p.id >= 1000000', measure) FROM (VALUES
    ('ST_Intersection (counts them twice)', 'ST_Length(ST_Intersection(z.geom, p.geom))'),
    ('shared_length, planar', 'shared_length(p.geom, z.geom, true)')) m(how, measure);
INSERT INTO question (topic, how, query) VALUES ('roads on borders', 'ST_Length (as long as they are)',
    'SELECT sum(ST_Length(geom)) FROM road WHERE id >= 1000000');

CREATE TABLE zone_piece AS SELECT id, ST_Subdivide(geom, 64) AS geom FROM zone;
CREATE INDEX ON zone_piece USING gist (geom);
VACUUM ANALYZE zone_piece;

CREATE PROCEDURE ask_all(repeats int) LANGUAGE plpgsql AS $$
DECLARE
    q record;
    started timestamptz;
    answer float8;
BEGIN
    FOR i IN 0 .. repeats LOOP
        FOR q IN SELECT * FROM bench_overlay.question ORDER BY n LOOP
            PERFORM set_config('max_parallel_workers_per_gather', CASE q.settings WHEN 'parallel' THEN '2' ELSE '0' END, true),
                    set_config('enable_seqscan', CASE q.settings WHEN 'index' THEN 'off' ELSE 'on' END, true),
                    set_config('parallel_setup_cost', '0', true), set_config('parallel_tuple_cost', '0', true),
                    set_config('min_parallel_table_scan_size', '0', true);
            started := clock_timestamp();
            EXECUTE q.query INTO answer;
            -- the first round warms up
            UPDATE bench_overlay.question SET total = answer,
                ms = CASE WHEN i = 0 THEN '{}' ELSE ms || extract(epoch FROM clock_timestamp() - started)::float8 * 1000 END
            WHERE n = q.n;
        END LOOP;
    END LOOP;
END $$;
CALL ask_all(:repeats);

SELECT topic, how, round(total::numeric, 3) AS total, round(m::numeric, 1) AS "median ms",
       round((first_value(m) OVER (PARTITION BY topic ORDER BY n) / m)::numeric, 1) AS "times as fast as the first"
FROM question, LATERAL (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t) AS m FROM unnest(ms) t) s
ORDER BY n;
SELECT CASE WHEN bool_and(abs(total / first - 1) < 1e-9) THEN 'planar totals are equal' ELSE 'PLANAR TOTALS DIFFER' END AS check
FROM (SELECT how, total, first_value(total) OVER (PARTITION BY topic ORDER BY n) AS first, topic FROM question) q
WHERE how NOT LIKE '%ground%' AND how NOT LIKE '%floor%' AND topic <> 'roads on borders';
-- For the same without a database: see test/bench/other.
\if :{?export}
\set file :export '/zones'
COPY (SELECT encode(ST_AsBinary(geom), 'hex') FROM zone) TO STDOUT \g :file
\set file :export '/parcels'
COPY (SELECT encode(ST_AsBinary(geom), 'hex') FROM parcel) TO STDOUT \g :file
\set file :export '/here'
COPY (SELECT how || '|' || round(total::numeric, 3) || '|' || round(least::numeric, 1)
      FROM question, LATERAL (SELECT min(t) AS least FROM unnest(ms) AS t) AS m
      WHERE topic = 'parcels in zones' AND settings = '' ORDER BY how <> 'shared_area, planar', n) TO STDOUT \g :file
\endif
DROP SCHEMA bench_overlay CASCADE;
