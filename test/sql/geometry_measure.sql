-- Shared and true areas and lengths.
SET search_path = terrcarbon, public;
SET extra_float_digits = 0;

-- A tessellation with ragged borders: every cell walks around its border over
-- the same points as its neighbours, near Royan in EPSG:2154.
CREATE FUNCTION pg_temp.border(x1 int, y1 int, x2 int, y2 int, steps int, step int)
RETURNS geometry LANGUAGE sql IMMUTABLE
RETURN (WITH p AS (SELECT x1 + (x2 - x1) * step / steps::float8 AS x, y1 + (y2 - y1) * step / steps::float8 AS y)
        SELECT public.ST_MakePoint(380000 + 1000 * (x + 0.06 * sin(3 * x + 5 * y)),
                                   6500000 + 1000 * (y + 0.06 * cos(7 * x + 2 * y))) FROM p);
CREATE FUNCTION pg_temp.cell(i int, j int, steps int)
RETURNS geometry LANGUAGE sql IMMUTABLE
RETURN (SELECT public.ST_SetSRID(public.ST_MakePolygon(public.ST_MakeLine(p ORDER BY side, step)), 2154)
        FROM (SELECT side, step, CASE side
                  WHEN 0 THEN pg_temp.border(i, j, i + 1, j, steps, step)
                  WHEN 1 THEN pg_temp.border(i + 1, j, i + 1, j + 1, steps, step)
                  WHEN 2 THEN pg_temp.border(i + 1, j + 1, i, j + 1, steps, step)
                  ELSE pg_temp.border(i, j + 1, i, j, steps, step) END AS p
              FROM generate_series(0, 3) side, generate_series(0, 19) step
              UNION ALL SELECT 4, 0, pg_temp.border(i, j, i + 1, j, steps, 0)) points);

CREATE TEMP TABLE zone AS
SELECT 10 * i + j AS id, pg_temp.cell(i, j, 20) AS geom
FROM generate_series(0, 5) i, generate_series(0, 5) j;
SELECT count(*), bool_and(ST_IsValid(geom)) AS valid, sum(ST_NPoints(geom)) AS points FROM zone;

-- Parcels of every sort, inside the tessellation.
CREATE TEMP TABLE parcel (id int GENERATED ALWAYS AS IDENTITY, kind text, geom geometry);
INSERT INTO parcel (kind, geom)
SELECT 'free', ST_Buffer(ST_SetSRID(ST_MakePoint(380700 + 337 * i, 6500900 + 293 * j), 2154), 150 + 10 * i)
FROM generate_series(0, 11) i, generate_series(0, 11) j;
INSERT INTO parcel (kind, geom)
SELECT 'holed', ST_Difference(geom, ST_Buffer(ST_Centroid(geom), 60)) FROM parcel WHERE kind = 'free' AND id % 3 = 0;
INSERT INTO parcel (kind, geom)
SELECT 'multi', ST_Union(a.geom, ST_Translate(a.geom, 777, 555)) FROM parcel a WHERE kind = 'holed' AND id % 2 = 0;
INSERT INTO parcel (kind, geom)
SELECT 'cut', ST_Intersection(p.geom, z.geom) FROM parcel p JOIN zone z ON ST_Intersects(p.geom, z.geom)
WHERE kind = 'free' AND p.id % 4 = 0;
INSERT INTO parcel (kind, geom)
SELECT 'zone', geom FROM zone WHERE id / 10 BETWEEN 1 AND 3 AND id % 10 BETWEEN 1 AND 3;
INSERT INTO parcel (kind, geom)
SELECT 'measured and reversed', ST_Reverse(ST_Force4D(geom, 7, 8)) FROM parcel WHERE kind = 'multi';
DELETE FROM parcel WHERE ST_Dimension(geom) < 2;
SELECT kind, count(*) FROM parcel GROUP BY kind ORDER BY kind;

-- The same as the overlay, in either order, and the parts add up to the whole.
CREATE TEMP TABLE pair AS
SELECT p.id, kind, p.geom AS parcel, z.geom AS zone,
       shared_area(p.geom, z.geom, planar => true) AS plane, shared_area(p.geom, z.geom) AS ground
FROM parcel p JOIN zone z ON p.geom && z.geom;
SELECT kind, max(abs(plane - ST_Area(ST_Intersection(parcel, zone))) / ST_Area(parcel)) < 1e-11 AS as_overlay,
       max(abs(plane - shared_area(zone, parcel, true)) / ST_Area(parcel)) < 1e-14 AS symmetric
FROM pair GROUP BY kind ORDER BY kind;
SELECT kind, max(abs(plane / ST_Area(geom) - 1)) < 1e-12 AS plane_adds_up,
       max(abs(ground / true_area(geom) - 1)) < 1e-10 AS ground_adds_up,
       max(abs(shared_area(geom, geom) / true_area(geom) - 1)) < 1e-13 AS itself
FROM (SELECT id, sum(plane) AS plane, sum(ground) AS ground FROM pair GROUP BY id) s JOIN parcel USING (id)
GROUP BY kind ORDER BY kind;
SELECT count(*) > 50 AS neighbours, max(abs(plane)) < 1e-9 AS share_nothing
FROM pair WHERE kind = 'zone' AND NOT ST_Equals(parcel, zone);

-- Small cases worked by hand.
SELECT shared_area('POLYGON((0 0,2 0,2 2,0 2,0 0))', 'POLYGON((1 1,3 1,3 3,1 3,1 1))') AS corner,
       shared_area('POLYGON((0 0,2 0,2 2,0 2,0 0))', 'POLYGON((2 0,4 0,4 2,2 2,2 0))') AS touching,
       shared_area('POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,3 1,3 3,1 3,1 1))', 'POLYGON((1 1,3 1,3 3,1 3,1 1))') AS fills_hole,
       shared_area('MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0),(1 1,3 1,3 3,1 3,1 1)),((1.5 1.5,2 1.5,2 2,1.5 2,1.5 1.5)))',
                   'POLYGON((0 0,2 0,2 2,0 2,0 0))') AS island,
       shared_area('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,5 5),POLYGON((0 0,2 0,0 2,0 0)))',
                   'POLYGON((0 0,0 1,1 1,1 0,0 0))') AS collection,
       shared_area('POLYGON((0 0,10 0,10 10,0 10,0 0))', 'POLYGON((4 4,5 4,5 5,4 5,4 4))') AS inside;
SELECT shared_area('POLYGON EMPTY', 'POLYGON((0 0,1 0,1 1,0 0))') AS empty,
       shared_area('MULTIPOLYGON(EMPTY,((0 0,1 0,1 1,0 0)))', 'POLYGON((0 0,1 0,1 1,0 0))') AS empty_part,
       shared_area('POLYGON((0 0,1 1,2 2,0 0))', 'POLYGON((0 0,1 0,1 1,0 0))') AS no_area,
       shared_area('LINESTRING(0 0,1 1)', 'POLYGON((0 0,1 0,1 1,0 0))') AS line,
       shared_area(NULL, 'POLYGON((0 0,1 0,1 1,0 0))') AS nothing,
       true_area('POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,3 1,3 3,1 3,1 1))') AS plain,
       true_length('MULTILINESTRING((0 0,3 4),EMPTY,(0 0,0 2))') AS plain_length;
-- far from the origin, and thin
SELECT shared_area('POLYGON((1e7 1e7,10000001 1e7,10000001 10000001,1e7 10000001,1e7 1e7))',
                   'POLYGON((10000000.5 9999999,10000002 9999999,10000002 10000002,10000000.5 10000002,10000000.5 9999999))') AS far,
       shared_area('POLYGON((0 0,1000 0,1000 0.001,0 0.001,0 0))',
                   'POLYGON((500 -5,501 -5,501 5,500 5,500 -5))') AS thin;

-- The ellipsoid.  The whole WGS 84 surface is 510065621.724088 km2; a 1 degree
-- cell follows from the zone formula of the authalic latitude.
SELECT true_area(ST_MakeEnvelope(-180, -90, 180, 90, 4326)) / 1e6 AS km2;
CREATE FUNCTION pg_temp.q(latitude float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (SELECT s / (1 - e * e * s * s) + ln((1 + e * s) / (1 - e * s)) / (2 * e)
        FROM (SELECT sin(radians(latitude)) AS s, sqrt(1 - (6356752.314245179 / 6378137) ^ 2) AS e) c);
SELECT abs(true_area(ST_MakeEnvelope(-1, 45, 0, 46, 4326)) /
           (radians(1) * 6356752.314245179 ^ 2 / 2 * (pg_temp.q(46) - pg_temp.q(45))) - 1) < 1e-12 AS as_formula;
-- whatever the system: with short edges, as the geography
SELECT srid, max(abs(true_area(g) / ST_Area(ST_Transform(g, 4326)::geography) - 1)) < 1e-9 AS area,
       max(abs(true_length(ST_Boundary(g)) / ST_Length(ST_Transform(ST_Boundary(g), 4326)::geography) - 1)) < 1e-9 AS length
FROM (VALUES (2154), (3857), (4326), (32630), (3035)) AS systems(srid),
     LATERAL (SELECT ST_Transform(ST_Segmentize(geom, 10), srid) AS g FROM zone WHERE id IN (0, 22, 35)) z
GROUP BY srid ORDER BY srid;
-- other units and ellipsoids: grads under metres, grads, feet, a southern zone
SELECT srid, abs(true_area(g) / ST_Area(f) - 1) < 1e-9 AS area,
       abs(true_length(ST_Boundary(g)) / ST_Perimeter(f) - 1) < 1e-9 AS length
FROM (VALUES (27572, 4275, 2, 47), (4807, 4275, 2, 47), (2263, 4269, -74, 41), (31370, 4313, 4, 51), (32755, 4326, 147, -37)) AS systems(srid, base, x, y),
     LATERAL (SELECT ST_Transform(ST_Segmentize(ST_MakeEnvelope(x, y, x + 0.01, y + 0.01, base), 0.0001), srid) AS g) z,
     LATERAL (SELECT ST_Transform(g, base)::geography AS f) b
ORDER BY srid;
-- Lambert-93 exaggerates at La Rochelle by 0.19 %, Mercator by 108 %
SELECT srid, round((ST_Area(g) / true_area(g))::numeric, 4) AS exaggeration
FROM (VALUES (2154), (3857)) AS systems(srid),
     LATERAL (SELECT ST_Transform(ST_Buffer(ST_SetSRID(ST_MakePoint(380000, 6570000), 2154), 500), srid) AS g) p;
-- regions and countries
SELECT side, abs(true_area(g) / ST_Area(ST_Transform(ST_Segmentize(g, 500), 4326)::geography) - 1) < 1e-8 AS as_geography,
       abs(parts / true_area(g) - 1) < 1e-9 AS adds_up
FROM (VALUES (200000), (1000000)) AS sides(side),
     LATERAL (SELECT ST_MakeEnvelope(150000, 6100000, 150000 + side, 6100000 + side, 2154) AS g) r,
     LATERAL (SELECT sum(shared_area(g, ST_MakeEnvelope(i * 90000, 6000000 + j * 90000, i * 90000 + 90000, 6000000 + j * 90000 + 90000, 2154))) AS parts
              FROM generate_series(0, 13) i, generate_series(0, 13) j) p;

-- Lines: a road on a border counts once.
CREATE TEMP TABLE road AS
SELECT id, ST_Boundary(geom) AS geom FROM zone WHERE id / 10 BETWEEN 1 AND 4 AND id % 10 BETWEEN 1 AND 4
UNION ALL
SELECT 100 + i, ST_SetSRID(ST_MakeLine(ST_MakePoint(380800 + 300 * i, 6500900), ST_MakePoint(380900 + 290 * i, 6504900)), 2154)
FROM generate_series(0, 13) i;
SELECT id < 100 AS on_border, max(abs(plane / ST_Length(geom) - 1)) < 1e-13 AS plane_adds_up,
       max(abs(ground / true_length(geom) - 1)) < 1e-10 AS ground_adds_up
FROM (SELECT r.id, sum(shared_length(r.geom, z.geom, true)) AS plane, sum(shared_length(r.geom, z.geom)) AS ground
      FROM road r JOIN zone z ON r.geom && z.geom GROUP BY r.id) s JOIN road USING (id)
GROUP BY 1 ORDER BY 1;
SELECT max(abs(shared_length(r.geom, z.geom, true) - ST_Length(ST_Intersection(r.geom, z.geom)))) < 1e-6 AS as_overlay
FROM road r JOIN zone z ON r.geom && z.geom WHERE r.id >= 100;
SELECT shared_length(l, 'POLYGON((0 0,2 0,2 2,0 2,0 0))') AS low, shared_length(l, 'POLYGON((0 2,2 2,2 4,0 4,0 2))') AS high,
       shared_length(l, 'POLYGON((2 0,4 0,4 2,2 2,2 0))') AS right, shared_length(l, 'POLYGON((2 2,4 2,4 4,2 4,2 2))') AS far
FROM (VALUES ('LINESTRING(1 2,3 2)'::geometry), ('LINESTRING(2 1,2 3)'), ('LINESTRING(0 0,3 3)'), ('LINESTRING(1 1,1 1)')) v(l);

-- A number or an error.
SELECT shared_area('SRID=2154;POLYGON((0 0,1 0,1 1,0 0))', 'SRID=4326;POLYGON((0 0,1 0,1 1,0 0))');
SELECT true_area('SRID=4326;POLYGON((0 0,1 0,1 1,0 0))'::geometry), true_area('SRID=987654;POLYGON((0 0,1 0,1 1,0 0))'::geometry);
SELECT true_area('SRID=4978;POLYGON((0 0,1 0,1 1,0 0))');
SELECT true_area('SRID=4326;POLYGON((0 0,1 0,1 91,0 0))');
SELECT true_area(ST_MakeEnvelope(-1e300, -1e300, 1e300, 1e300, 2154));
-- One wrong ordinate, wherever the other geometry is; what is near is not wrong.
SELECT true_area('SRID=2154;POLYGON((380000 6500000,381000 6500000,381000 20000000,380000 6500000))');
SELECT true_length('SRID=2154;LINESTRING(380000 6500000,3810000000 6500000)');
SELECT shared_area('SRID=2154;POLYGON((380000 6500000,381000 6500000,381000 20000000,380000 6500000))', ST_MakeEnvelope(380000, 6500000, 381000, 6501000, 2154));
SELECT * FROM area_once(ST_MakeEnvelope(380000, 6500000, 381000, 6501000, 2154), ARRAY['SRID=2154;POLYGON((380000 6500000,381000 6500000,381000 20000000,380000 6500000))'::geometry]);
SELECT round((true_area(ST_MakeEnvelope(1500000, 7500000, 1501000, 7501000, 2154)) / 1e4)::numeric) AS hectares_far_away;
-- The antimeridian: crossed by an edge that looks as if it went around the Earth, an
-- error; shifted, or cut, right; around the whole Earth, right.
SELECT true_area('SRID=4326;POLYGON((179 -17,-179 -17,-179 -16,179 -16,179 -17))');
SELECT round((true_area('SRID=4326;POLYGON((179 -17,181 -17,181 -16,179 -16,179 -17))') / 1e6)::numeric) AS shifted,
       round((true_area('SRID=4326;MULTIPOLYGON(((179 -17,180 -17,180 -16,179 -16,179 -17)),((-180 -17,-179 -17,-179 -16,-180 -16,-180 -17)))') / 1e6)::numeric) AS cut,
       round((true_area(ST_MakeEnvelope(-180, -90, 180, 90, 4326)) / 1e6)::numeric) AS earth;
SELECT true_area('POINT(0 0)');
SELECT true_area('CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))');
SELECT true_length('CIRCULARSTRING(0 0,1 1,2 0)');
SELECT true_area('TIN(((0 0,1 0,1 1,0 0)))');
SELECT true_area('POLYHEDRALSURFACE(((0 0,1 0,1 1,0 0)))');
SELECT shared_length('POLYGON((0 0,1 0,1 1,0 0))', 'LINESTRING(0 0,1 1)');
SELECT true_area('POLYGON((-1e308 -1e308,1e308 -1e308,1e308 1e308,-1e308 1e308,-1e308 -1e308))');

-- Hostile bytes, as if read from a damaged page (little-endian machines).
SET client_min_messages = warning;
CREATE TYPE pg_temp.raw;
CREATE FUNCTION pg_temp.raw_in(cstring) RETURNS pg_temp.raw LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION pg_temp.raw_out(pg_temp.raw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE pg_temp.raw (INPUT = pg_temp.raw_in, OUTPUT = pg_temp.raw_out, ALIGNMENT = double);
CREATE CAST (pg_temp.raw AS geometry) WITHOUT FUNCTION;
CREATE FUNCTION pg_temp.bytes(header text, body text) RETURNS geometry LANGUAGE sql IMMUTABLE
RETURN ('\x' || header || body)::pg_temp.raw::geometry;
CREATE FUNCTION pg_temp.float(x float8) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT string_agg(encode(substr(float8send(x), i, 1), 'hex'), '') FROM generate_series(8, 1, -1) i);
CREATE FUNCTION pg_temp.ring(VARIADIC xy float8[]) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT string_agg(pg_temp.float(v), '' ORDER BY i) FROM unnest(xy) WITH ORDINALITY u(v, i));
-- SRID 0, version 2, no box; polygon, 1 ring of n points, padding
SELECT true_area(pg_temp.bytes('00000040', '03000000 01000000 04000000 00000000' || pg_temp.ring(0,0, 1,0, 1,1, 0,0))) AS version_2,
       true_area(pg_temp.bytes('00000000', '03000000 01000000 04000000 00000000' || pg_temp.ring(0,0, 1,0, 1,1, 0,0))) AS version_1;
SELECT true_area(pg_temp.bytes('00000050 0000000000000000', '03000000 01000000 04000000 00000000' || pg_temp.ring(0,0, 1,0, 1,1, 0,0))) AS extended;
SELECT true_area(pg_temp.bytes('00000040', '03000000 01000000 04000000 00000000' || pg_temp.ring(0,0, 1,0, 1,1, 0,0.5)));
SELECT true_area(pg_temp.bytes('00000040', '03000000 01000000 04000000 00000000' || pg_temp.ring(0,0, 'NaN',0, 1,1, 0,0)));
SELECT true_area(pg_temp.bytes('00000040', '03000000 01000000 04000000 00000000' || pg_temp.ring(0,0, 1,'Infinity', 1,1, 0,0)));
SELECT true_area(pg_temp.bytes('00000040', '03000000 01000000 03000000 00000000' || pg_temp.ring(0,0, 1,0, 0,0)));
SELECT true_area(pg_temp.bytes('00000040', '03000000 01000000 05000000 00000000' || pg_temp.ring(0,0, 1,0, 1,1, 0,0)));
SELECT true_area(pg_temp.bytes('00000040', '03000000 ffffffff 04000000 00000000' || pg_temp.ring(0,0, 1,0, 1,1, 0,0)));
SELECT true_area(pg_temp.bytes('00000040', '03000000 01000000 04000000 00000000' || pg_temp.ring(0,0, 1,0, 1,1, 0,0) || '00'));
SELECT true_area(pg_temp.bytes('00000040', '06000000 01000000 02000000 00000000'));
SELECT true_area(pg_temp.bytes('00000040', '07000000 ffffffff 06000000 00000000'));
SELECT true_area(pg_temp.bytes('00000040', repeat('07000000 01000000', 40)));
SELECT true_area(pg_temp.bytes('00000040', '63000000 00000000'));
SELECT true_area(pg_temp.bytes('00000040', '03'));
SELECT true_area(pg_temp.bytes('0000', ''));
SELECT true_area(pg_temp.bytes('000000c0', '03000000 00000000'));
SELECT true_area(pg_temp.bytes('00000048', '03000000 00000000'));
SELECT true_area(pg_temp.bytes('00000044', '03000000 00000000'));
DROP TYPE pg_temp.raw CASCADE;
