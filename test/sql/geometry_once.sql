-- Overlapping polygons, each place counted once.
SET search_path = terrcarbon, public;

-- Three squares over each other, worked by hand: 0-4, 2-6 and 3-5 on both axes.
SELECT * FROM area_once(ST_MakeEnvelope(0, 0, 10, 10),
    ARRAY[ST_MakeEnvelope(0, 0, 4, 4), ST_MakeEnvelope(2, 2, 6, 6), ST_MakeEnvelope(3, 3, 5, 5)]) ORDER BY 1, 2;
-- another order, a zone that cuts, a NULL part
SELECT * FROM area_once(ST_MakeEnvelope(0, 0, 4.5, 10),
    ARRAY[ST_MakeEnvelope(3, 3, 5, 5), NULL, ST_MakeEnvelope(2, 2, 6, 6), ST_MakeEnvelope(0, 0, 4, 4)]) ORDER BY 1, 2;
SELECT * FROM area_once(ST_MakeEnvelope(0, 0, 10, 10),
    ARRAY[ST_MakeEnvelope(0, 0, 4, 4), ST_MakeEnvelope(2, 2, 6, 6), ST_MakeEnvelope(3, 3, 5, 5)],
    ARRAY['wood', 'field', 'wood']) ORDER BY 1;
SELECT count(*) FROM area_once(ST_MakeEnvelope(0, 0, 1, 1), '{}');
SELECT count(*) FROM area_once('POLYGON EMPTY', ARRAY[ST_MakeEnvelope(0, 0, 1, 1)]);
SELECT count(*) FROM area_once(ST_MakeEnvelope(0, 0, 1, 1), ARRAY['POLYGON EMPTY'::geometry, ST_MakeEnvelope(1, 0, 2, 1)]);
-- crossing edges, a hole that another part fills, the same part twice
SELECT * FROM area_once(ST_MakeEnvelope(0, 0, 10, 10),
    ARRAY['POLYGON((0 0,4 4,8 0,0 0))'::geometry, 'POLYGON((0 4,8 4,4 0,0 4))']) ORDER BY 1, 2;
SELECT * FROM area_once(ST_MakeEnvelope(0, 0, 10, 10),
    ARRAY['POLYGON((0 0,9 0,9 9,0 9,0 0),(3 3,6 3,6 6,3 6,3 3))'::geometry, ST_MakeEnvelope(3, 3, 6, 6),
          ST_MakeEnvelope(3, 3, 6, 6)]) ORDER BY 1, 2;

-- Random discs and rings against the overlay, on the ground and in the plane.
CREATE TEMP TABLE part AS
SELECT n AS id, n % 4 AS class, n % 3 AS dataset,
       CASE WHEN n % 5 = 0 THEN ST_Difference(disc, ST_Buffer(centre, 30)) ELSE disc END AS geom
FROM generate_series(1, 120) n,
     LATERAL (SELECT ST_SetSRID(ST_MakePoint(380000 + (n * 7919) % 1500, 6500000 + (n * 104729) % 1300), 2154) AS centre) c,
     LATERAL (SELECT ST_Buffer(centre, 40 + n % 90) AS disc) d;
CREATE TEMP TABLE zone AS
SELECT i AS id, ST_MakeEnvelope(380000 + 400 * i, 6500000, 380400 + 400 * i, 6501300, 2154) AS geom FROM generate_series(0, 3) i;
CREATE TEMP TABLE answer AS
SELECT z.id, planar, o.*
FROM (VALUES (true), (false)) how(planar), zone z, (SELECT array_agg(geom ORDER BY id) AS geoms FROM part) p,
     LATERAL area_once(z.geom, p.geoms, planar) o;
-- Σ = union, and per part all that it covers
SELECT planar, bool_and(abs(a.area / (CASE WHEN planar THEN ST_Area(u.geom) ELSE true_area(u.geom) END) - 1) < 1e-10) AS as_union
FROM (SELECT planar, id, sum(area) AS area FROM answer WHERE part = winner GROUP BY 1, 2) a
     JOIN zone z USING (id), LATERAL (SELECT ST_Intersection(z.geom, ST_Union(p.geom)) AS geom FROM part p) u
GROUP BY planar ORDER BY planar;
SELECT planar, max(abs(a.area - shared_area(p.geom, z.geom, planar))) < 1e-7 AS as_shared
FROM (SELECT planar, id, part, sum(area) AS area FROM answer GROUP BY 1, 2, 3) a
     JOIN zone z USING (id) JOIN part p ON p.id = a.part GROUP BY planar ORDER BY planar;
-- each part keeps what is left of it when those before it are taken away
SELECT max(abs(COALESCE(a.area, 0) - ST_Area(ST_Difference(ST_Intersection(p.geom, z.geom),
           COALESCE((SELECT ST_Union(b.geom) FROM part b WHERE b.id < p.id), 'SRID=2154;POLYGON EMPTY'))))) < 1e-4 AS as_difference
FROM zone z CROSS JOIN part p LEFT JOIN answer a ON a.id = z.id AND a.part = p.id AND a.winner = p.id AND a.planar
WHERE p.id <= 40 AND z.id < 2;
-- between which datasets
SELECT a.dataset, b.dataset AS lost_to, sum(o.area) > 0 AS overlap
FROM answer o JOIN part a ON a.id = o.part JOIN part b ON b.id = o.winner
WHERE part <> winner AND planar GROUP BY 1, 2 ORDER BY 1, 2;
-- by class
SELECT max(abs(c.area - d.area)) < 1e-6 AS same_area, max(abs(c.overlap - d.overlap)) < 1e-6 AS same_overlap, count(*)
FROM zone z, (SELECT array_agg(geom ORDER BY id) AS geoms, array_agg(class::text ORDER BY id) AS classes FROM part) p,
     LATERAL area_once(z.geom, p.geoms, p.classes) c
     JOIN LATERAL (SELECT class::text AS class, sum(area) FILTER (WHERE part = winner) AS area, sum(area) FILTER (WHERE part <> winner) AS overlap
           FROM answer a JOIN part ON part.id = part WHERE a.id = z.id AND NOT planar GROUP BY class) d USING (class);
-- parts that share borders have no overlap; hundreds on top of each other do not stop it
SELECT count(*) FILTER (WHERE part <> winner) AS overlaps, round(sum(area) FILTER (WHERE part = winner)::numeric, 6) AS counted
FROM area_once(ST_MakeEnvelope(0, 0, 300, 300),
    ARRAY(SELECT (h).geom FROM (SELECT ST_HexagonGrid(13, ST_MakeEnvelope(0, 0, 300, 300)) AS h) g)) o;
SELECT count(*), round(sum(area) FILTER (WHERE part = winner)) AS counted, round(sum(area) FILTER (WHERE part <> winner)) AS lost
FROM area_once(ST_MakeEnvelope(0, 0, 100, 100), ARRAY(SELECT ST_MakeEnvelope(10, 10, 20, 30) FROM generate_series(1, 300))) o;

SELECT * FROM area_once(ST_MakeEnvelope(380000, 6500000, 380001, 6500001, 2154), ARRAY[ST_MakeEnvelope(380000, 6500000, 380001, 6500001, 2154), ST_MakeEnvelope(0, 0, 1, 1)]);
SELECT * FROM area_once(ST_MakeEnvelope(0, 0, 1, 1), ARRAY['CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))'::geometry]);

-- What a measure counts wrongly.  (Why a shape is invalid, GEOS words as it likes.)
SET client_min_messages = warning;
SELECT what, miscounted_area(g) AS miscounted, ST_IsValid(g) AS valid FROM (VALUES
    ('square', 'POLYGON((0 0,2 0,2 2,0 2,0 0))'::geometry),
    ('hole', 'POLYGON((0 0,6 0,6 6,0 6,0 0),(1 1,5 1,5 5,1 5,1 1))'),
    ('island', 'MULTIPOLYGON(((0 0,6 0,6 6,0 6,0 0),(1 1,5 1,5 5,1 5,1 1)),((2 2,4 2,4 4,2 4,2 2)))'),
    ('bow tie, 1 backwards', 'POLYGON((0 0,2 2,2 0,0 2,0 0))'),
    ('parts overlap by 1', 'MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))'),
    ('three times', 'GEOMETRYCOLLECTION(POLYGON((0 0,2 0,2 2,0 2,0 0)),POLYGON((0 0,2 0,2 2,0 2,0 0)),POLYGON((0 0,2 0,2 2,0 2,0 0)))'),
    ('hole outside', 'POLYGON((0 0,2 0,2 2,0 2,0 0),(5 5,6 5,6 6,5 6,5 5))'),
    ('ring around twice', 'POLYGON((0 0,2 0,2 2,0 2,0 0,2 0,2 2,0 2,0 0))'),
    ('line', 'LINESTRING(0 0,1 1)'),
    ('spike', 'POLYGON((0 0,2 0,2 2,2 5,2 2,0 2,0 0))')) v(what, g);
SELECT max(miscounted_area(geom) / true_area(geom)) < 1e-12 AS nothing FROM part;
