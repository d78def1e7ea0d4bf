-- What is kept from call to call changes nothing but the time.
SET search_path = terrcarbon, public;
CREATE TEMP TABLE zone AS
SELECT i AS id, ST_Buffer(ST_SetSRID(ST_MakePoint(380000 + 700 * i, 6500000), 2154), 500, 32 * (1 + i % 4)) AS geom
FROM generate_series(1, 40) i;
CREATE TEMP TABLE parcel AS
SELECT i AS id, ST_Buffer(ST_SetSRID(ST_MakePoint(380000 + 97 * i, 6499700 + 53 * (i % 11)), 2154), 80) AS geom
FROM generate_series(1, 300) i;
-- out of line, compressed in line, and as they are
ALTER TABLE zone ALTER geom SET STORAGE EXTERNAL;
CREATE TEMP TABLE pressed (LIKE zone);
ALTER TABLE pressed ALTER geom SET STORAGE EXTENDED;
INSERT INTO pressed SELECT id, ST_SnapToGrid(geom, 50) FROM zone;
INSERT INTO pressed SELECT 100 + id, ST_SnapToGrid(geom, 0.25) FROM zone;
CREATE TEMP TABLE pressed_lz4 (LIKE zone);
ALTER TABLE pressed_lz4 ALTER geom SET STORAGE MAIN, ALTER geom SET COMPRESSION lz4;
INSERT INTO pressed_lz4 SELECT id, ST_SnapToGrid(ST_Translate(geom, n, 0), 0.5) FROM zone, generate_series(0, 2) n;
SELECT pg_column_compression(geom) AS compression, count(*) FROM pressed_lz4 WHERE ST_NPoints(geom) > 128 GROUP BY 1;

CREATE FUNCTION pg_temp.measure(zones text, OUT pairs bigint, OUT area float8, OUT turned float8, OUT length float8)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($q$
        SELECT count(*), sum(shared_area(p.geom, z.geom)), sum(shared_area(z.geom, p.geom)),
               sum(shared_length(ST_Boundary(p.geom), z.geom))
        FROM parcel p JOIN %s z ON p.geom && z.geom$q$, zones) INTO pairs, area, turned, length;
END $$;
CREATE TEMP TABLE result AS
SELECT 'kept' AS how, zones, m.* FROM (VALUES ('zone'), ('pressed'), ('pressed_lz4'), ('(SELECT ST_Translate(geom, 0, 0) AS geom FROM zone OFFSET 0)')) z(zones),
     LATERAL pg_temp.measure(zones) m;
SET terrcarbon.geometry_cache = 0;
INSERT INTO result SELECT 'none kept', zones, m.* FROM (SELECT DISTINCT zones FROM result) z, LATERAL pg_temp.measure(zones) m;
SET terrcarbon.geometry_cache = '20kB';
INSERT INTO result SELECT 'few kept', zones, m.* FROM (SELECT DISTINCT zones FROM result) z, LATERAL pg_temp.measure(zones) m;
RESET terrcarbon.geometry_cache;
SELECT how, zones, pairs, abs(area / first_value(area) OVER w - 1) < 1e-14 AS area,
       abs(turned / first_value(area) OVER w - 1) < 1e-14 AS turned,
       abs(length / first_value(length) OVER w - 1) < 1e-14 AS length
FROM result WINDOW w AS (PARTITION BY zones ORDER BY how DESC) ORDER BY zones COLLATE "C", how;
SELECT abs(r.area / o.area - 1) < 1e-8 AS as_overlay
FROM result r, (SELECT sum(ST_Area(ST_Transform(ST_Intersection(p.geom, z.geom), 4326)::geography)) AS area
                FROM parcel p JOIN zone z ON p.geom && z.geom) o
WHERE how = 'kept' AND zones = 'zone';

-- A plan keeps its cache while its data change under it.
CREATE FUNCTION pg_temp.moving() RETURNS SETOF float8 LANGUAGE plpgsql AS $$
DECLARE
    square geometry := ST_MakeEnvelope(0, 0, 100, 100);
    g geometry;
BEGIN
    FOR i IN 1 .. 6 LOOP
        -- same size, same ends, other coordinates in between
        g := ST_MakePolygon(ST_MakeLine(ARRAY(
            SELECT ST_MakePoint(CASE WHEN s BETWEEN 100 AND 200 THEN i / 2 * 10 ELSE 0 END, s / 4.0) FROM generate_series(0, 400) s)
            || ST_MakePoint(-10, 50) || ST_MakePoint(0, 0)));
        RETURN NEXT shared_area(square, g, true);
    END LOOP;
END $$;
SELECT * FROM pg_temp.moving();

-- A bad geometry is refused the second time, too.
CREATE FUNCTION pg_temp.attempt(g geometry) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN true_area(g)::text;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN SQLERRM;
END $$;
SELECT pg_temp.attempt(ST_Collect(geom, 'SRID=2154;CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))'))
FROM zone, generate_series(1, 2) WHERE id IN (3, 7);

-- What a call costs follows the size of what it measures.
CREATE FUNCTION pg_temp.cost(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN plan->0->'Plan'->>'Total Cost';
END $$;
CREATE TEMP TABLE small AS SELECT id, ST_Envelope(geom) AS geom FROM zone;
ANALYZE small;
ANALYZE zone;
SELECT pg_temp.cost('SELECT true_area(geom) FROM zone') > 1.2 * pg_temp.cost('SELECT true_area(geom) FROM small') AS larger,
       pg_temp.cost('SELECT ST_Area(ST_Intersection(geom, geom)) FROM zone') > 3 * pg_temp.cost('SELECT shared_area(geom, geom) FROM zone') AS than_overlay;
