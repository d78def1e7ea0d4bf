-- Maps under a policy: the answers of PostGIS, found through the index.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE lic_city;
CREATE ROLE lic_reader;
CREATE TABLE public.lic_map (dataset_id int NOT NULL, id int, geom geometry);
SELECT grant_registering('lic_city', 3);
SET ROLE lic_city;
SELECT register_dataset('lic-map-open', 'Map', 'lic_city', 'CC0-1.0', 'open') AS open \gset
SELECT register_dataset('lic-map-shared', 'Map', 'lic_city', 'CC0-1.0', 'shared') AS shared \gset
RESET ROLE;
INSERT INTO public.lic_map
SELECT d, i, ST_SetSRID(CASE i % 5
    WHEN 0 THEN ST_MakePoint(i % 100, i / 100)
    WHEN 1 THEN ST_MakeEnvelope(i % 100, i / 100, i % 100 + 0.5, i / 100 + 0.5)
    WHEN 2 THEN ST_GeomFromText('MULTILINESTRING((0 0, 1 1))')
    WHEN 3 THEN ST_GeomFromText('POLYGON EMPTY')
    END, 2154)
FROM unnest(ARRAY[:open, :shared]) d, generate_series(0, 9999) i;
CREATE INDEX lic_map_geom ON public.lic_map USING gist (geom);
CREATE INDEX lic_map_dataset ON public.lic_map (dataset_id);
ANALYZE public.lic_map;
SELECT protect('public.lic_map');
GRANT SELECT ON public.lic_map TO PUBLIC;

-- The same answers.
SELECT count(*) FILTER (WHERE a.geom OPERATOR(terrcarbon.&&) b.geom) > 0 AS some,
       count(*) FILTER (WHERE (a.geom OPERATOR(terrcarbon.&&) b.geom) IS DISTINCT FROM (a.geom OPERATOR(public.&&) b.geom)) AS other_box,
       count(*) FILTER (WHERE terrcarbon.st_intersects(a.geom, b.geom) IS DISTINCT FROM public.st_intersects(a.geom, b.geom)) AS other_intersection,
       count(*) FILTER (WHERE a.geom OPERATOR(public.&&) b.geom IS NULL) > 0 AS nulls
FROM public.lic_map a, public.lic_map b
WHERE a.id < 300 AND b.id < 300 AND a.dataset_id = :open AND b.dataset_id = :open;

-- How often an index was looked at during a query, and its answer.
CREATE FUNCTION lic_scans(reader name, query text, OUT answer bigint, OUT geom_scans bigint, OUT dataset_scans bigint)
LANGUAGE plpgsql AS $$
BEGIN
    geom_scans := pg_stat_get_xact_numscans('public.lic_map_geom'::regclass);
    dataset_scans := pg_stat_get_xact_numscans('public.lic_map_dataset'::regclass);
    EXECUTE format('SET LOCAL ROLE %I', reader);
    EXECUTE query INTO answer;
    RESET ROLE;
    geom_scans := pg_stat_get_xact_numscans('public.lic_map_geom'::regclass) - geom_scans;
    dataset_scans := pg_stat_get_xact_numscans('public.lic_map_dataset'::regclass) - dataset_scans;
END $$;
SELECT answer, geom_scans > 0 AS by_geom FROM lic_scans('lic_reader', 'SELECT count(*) FROM lic_map WHERE geom && ST_MakeEnvelope(10, 10, 20, 20, 2154)');
SELECT answer, geom_scans > 0 AS by_geom FROM lic_scans('lic_reader', 'SELECT count(*) FROM lic_map WHERE ST_MakeEnvelope(10, 10, 20, 20, 2154) && geom');
SELECT answer, geom_scans > 0 AS by_geom FROM lic_scans('lic_reader', 'SELECT count(*) FROM lic_map WHERE bbox_overlaps(geom, ST_MakeEnvelope(10, 10, 20, 20, 2154))');
SELECT answer, geom_scans > 0 AS by_geom FROM lic_scans('lic_reader', 'SELECT count(*) FROM lic_map WHERE ST_Intersects(geom, ST_MakeEnvelope(10, 10, 20, 20, 2154))');
SELECT answer, geom_scans > 0 AS by_geom FROM lic_scans('lic_city', 'SELECT count(*) FROM lic_map WHERE ST_Intersects(geom, ST_MakeEnvelope(10, 10, 20, 20, 2154))');
-- a join
SELECT answer, geom_scans > 1 AS each_zone FROM lic_scans('lic_reader',
    'SELECT count(*) FROM (VALUES (ST_MakeEnvelope(0, 0, 3, 3, 2154)), (ST_MakeEnvelope(50, 50, 53, 53, 2154)), (ST_MakeEnvelope(70, 50, 73, 53, 2154))) z(g) JOIN lic_map m ON m.geom && z.g');
-- PostGIS's own operator answers the same, without the index
SELECT answer, geom_scans > 0 AS by_geom FROM lic_scans('lic_reader', 'SELECT count(*) FROM lic_map WHERE geom OPERATOR(public.&&) ST_MakeEnvelope(10, 10, 20, 20, 2154)');
-- somebody who reads little is led to it by the index on the dataset
SET ROLE lic_city;
SELECT set_access(:open, 'private');
SELECT register_dataset('lic-map-small', 'Map', 'lic_city', 'CC0-1.0', 'open') AS small \gset
RESET ROLE;
INSERT INTO public.lic_map SELECT :small, i FROM generate_series(1, 10) i;
SELECT answer, dataset_scans > 0 AS by_dataset FROM lic_scans('lic_reader', 'SELECT count(*) FROM lic_map');
SELECT answer, dataset_scans > 0 AS by_dataset FROM lic_scans('lic_city', 'SELECT count(*) FROM lic_map');

DROP TABLE public.lic_map;
DROP FUNCTION lic_scans(name, text);
DELETE FROM dataset WHERE slug LIKE 'lic-%';
SELECT revoke_registering('lic_city');
DROP ROLE lic_city, lic_reader;
