-- What three polygons share, and what became of what between two maps.
SET search_path = terrcarbon, public;
SET extra_float_digits = 0;

-- By hand: a half of the square 0-10, the triangle above its diagonal.
SELECT shared_area(ST_MakeEnvelope(0, 0, 10, 10), ST_MakeEnvelope(5, 0, 15, 10), 'POLYGON((0 0,12 12,0 12,0 0))'::geometry) AS three,
       shared_area('POLYGON((0 0,12 12,0 12,0 0))'::geometry, ST_MakeEnvelope(5, 0, 15, 10), ST_MakeEnvelope(0, 0, 10, 10), planar => true) AS turned,
       shared_area(ST_MakeEnvelope(0, 0, 10, 10), ST_MakeEnvelope(0, 0, 10, 10), ST_MakeEnvelope(0, 0, 10, 10)) AS same,
       shared_area(ST_MakeEnvelope(0, 0, 2, 2), ST_MakeEnvelope(1, 1, 3, 3), ST_MakeEnvelope(2, 2, 4, 4)) AS corner,
       shared_area(ST_MakeEnvelope(0, 0, 2, 2), 'POLYGON EMPTY', ST_MakeEnvelope(0, 0, 2, 2)) AS empty;
SELECT shared_area(ST_MakeEnvelope(0, 0, 1, 1), ST_MakeEnvelope(0, 0, 1, 1), ST_MakeEnvelope(0, 0, 1, 1, 2154));
SELECT shared_area(ST_MakeEnvelope(0, 0, 1, 1), ST_MakeEnvelope(0, 0, 1, 1), 'POINT(0 0)'::geometry);

-- Halves become triangles; a polygon without a map on the other side is in no row.
SELECT * FROM change_matrix(ST_MakeEnvelope(0, 0, 10, 10),
    ARRAY[ST_MakeEnvelope(0, 0, 5, 10), ST_MakeEnvelope(5, 0, 15, 10)], '{wood,field}',
    ARRAY['POLYGON((0 0,12 12,0 12,0 0))'::geometry, 'POLYGON((0 0,12 12,12 0,0 0))'], '{town,wood}') ORDER BY 1, 2;
SELECT * FROM change_matrix(ST_MakeEnvelope(0, 0, 10, 10),
    ARRAY[ST_MakeEnvelope(0, 0, 4, 10), NULL, ST_MakeEnvelope(4, 0, 10, 5)], ARRAY['wood', NULL, 'field'],
    ARRAY[ST_MakeEnvelope(0, 0, 4, 10), ST_MakeEnvelope(4, 0, 8, 10)], ARRAY['wood', 'wood']) ORDER BY 1, 2;
SELECT count(*) FROM change_matrix(ST_MakeEnvelope(0, 0, 1, 1), '{}', '{}', ARRAY[ST_MakeEnvelope(0, 0, 1, 1)], '{wood}');
SELECT count(*) FROM change_matrix('POLYGON EMPTY', ARRAY[ST_MakeEnvelope(0, 0, 1, 1)], '{wood}', ARRAY[ST_MakeEnvelope(0, 0, 1, 1)], '{wood}');
-- A polygon twice in a map counts twice; one that is equal in both, once.
SELECT * FROM change_matrix(ST_MakeEnvelope(0, 0, 2, 2),
    ARRAY[ST_MakeEnvelope(0, 0, 1, 1), ST_MakeEnvelope(0, 0, 1, 1)], '{wood,wood}', ARRAY[ST_MakeEnvelope(0, 0, 1, 1)], '{wood}');
SELECT * FROM change_matrix(ST_MakeEnvelope(0, 0, 1, 1), ARRAY[ST_MakeEnvelope(0, 0, 1, 1)], '{}', '{}', '{}');
SELECT * FROM change_matrix(ST_MakeEnvelope(0, 0, 1, 1), ARRAY[ST_MakeEnvelope(0, 0, 1, 1)], ARRAY[NULL], '{}', '{}');
SELECT * FROM change_matrix(ST_MakeEnvelope(0, 0, 1, 1), '{}', '{}', ARRAY[ST_MakeEnvelope(0, 0, 1, 1), ST_MakeEnvelope(0, 0, 1, 1, 2154)], '{wood,wood}');

-- Hexagons in Lambert-93 of which some change class and some are divided, in discs.
CREATE TEMP TABLE earlier AS
SELECT row_number() OVER (ORDER BY (h).i, (h).j) AS id, ((h).i * 7 + (h).j * 3 + 1000) % 5 AS code, (h).geom
FROM (SELECT ST_HexagonGrid(300, ST_MakeEnvelope(380000, 6500000, 386000, 6506000, 2154)) AS h) g;
CREATE TEMP TABLE later AS
SELECT id, CASE WHEN id % 4 = 0 THEN (code + 1) % 5 ELSE code END AS code, geom FROM earlier WHERE id % 6 <> 1
UNION ALL
SELECT id, CASE WHEN side THEN code ELSE (code + 2) % 5 END, ST_Intersection(geom, half)
FROM earlier, LATERAL (VALUES (true, ST_MakeEnvelope(ST_XMin(geom), ST_YMin(geom), ST_X(ST_Centroid(geom)), ST_YMax(geom), 2154)),
                              (false, ST_MakeEnvelope(ST_X(ST_Centroid(geom)), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom), 2154))) v(side, half)
WHERE id % 6 = 1;
CREATE TEMP TABLE zone AS
SELECT i AS id, ST_Buffer(ST_SetSRID(ST_MakePoint(381000 + 900 * i, 6502000 + 500 * i), 2154), 700 + 200 * i, 20) AS geom FROM generate_series(0, 3) i;
CREATE TEMP TABLE matrix AS
SELECT z.id, planar, m.*
FROM zone z, (VALUES (true), (false)) how(planar),
     (SELECT array_agg(geom) AS geoms, array_agg(code::text) AS codes FROM earlier) e,
     (SELECT array_agg(geom) AS geoms, array_agg(code::text) AS codes FROM later) l,
     LATERAL change_matrix(z.geom, e.geoms, e.codes, l.geoms, l.codes, planar) m;
SELECT planar, count(*), max(abs(m.area - o.area)) < 1e-3 AS as_overlay, max(abs(m.area - o.three)) < 1e-6 AS as_three
FROM matrix m JOIN LATERAL
    (SELECT sum(CASE WHEN planar THEN ST_Area(ST_Intersection(ST_Intersection(e.geom, l.geom), z.geom)) END) AS area,
            sum(shared_area(z.geom, e.geom, l.geom, planar)) AS three
     FROM zone z, earlier e, later l
     WHERE z.id = m.id AND e.code::text = from_code AND l.code::text = to_code AND e.geom && l.geom AND e.geom && z.geom) o ON true
GROUP BY planar ORDER BY planar;
-- rows add up to the stock of a class in either map, and all to the zone
SELECT planar, max(abs(area - stock)) < 1e-5 AS as_stock
FROM (SELECT id, planar, from_code, sum(area) AS area FROM matrix GROUP BY 1, 2, 3) m,
     LATERAL (SELECT sum(shared_area(e.geom, z.geom, planar)) AS stock FROM earlier e, zone z WHERE e.code::text = from_code AND z.id = m.id) s
GROUP BY planar ORDER BY planar;
SELECT planar, max(abs(area - stock)) < 1e-5 AS as_stock
FROM (SELECT id, planar, to_code, sum(area) AS area FROM matrix GROUP BY 1, 2, 3) m,
     LATERAL (SELECT sum(shared_area(l.geom, z.geom, planar)) AS stock FROM later l, zone z WHERE l.code::text = to_code AND z.id = m.id) s
GROUP BY planar ORDER BY planar;
SELECT max(abs(m.area - true_area(z.geom))) < 1e-5 AS as_zone
FROM (SELECT id, sum(area) AS area FROM matrix WHERE NOT planar GROUP BY id) m JOIN zone z USING (id);
