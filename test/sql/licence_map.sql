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

-- The same answers as PostGIS's own operator.
SELECT count(*) FILTER (WHERE a.geom OPERATOR(terrcarbon.&&) b.geom) > 0 AS some,
       count(*) FILTER (WHERE (a.geom OPERATOR(terrcarbon.&&) b.geom) IS DISTINCT FROM (a.geom OPERATOR(public.&&) b.geom)) AS other_box,
       count(*) FILTER (WHERE a.geom OPERATOR(public.&&) b.geom IS NULL) > 0 AS nulls
FROM public.lic_map a, public.lic_map b
WHERE a.id < 300 AND b.id < 300 AND a.dataset_id = :open AND b.dataset_id = :open;

-- What a client sends unchanged, whatever the path: the answer of the policy, by
-- the index, and the same as that of somebody whom no policy concerns.
SET search_path = public, terrcarbon;
CREATE TABLE public.lic_window (id int, g geometry, box geometry);
INSERT INTO public.lic_window
SELECT i, ST_MakeEnvelope(i, i, i + 3, i + 3, 2154), ST_MakeEnvelope(i - 1, i - 1, i + 4, i + 4, 2154)
FROM unnest('{0, 50, 70}'::int[]) i;
ANALYZE public.lic_window;
GRANT SELECT ON public.lic_window TO PUBLIC;
CREATE VIEW public.lic_map_view WITH (security_invoker) AS SELECT id, dataset_id, geom AS shape FROM lic_map;
GRANT SELECT ON public.lic_map_view TO PUBLIC;
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
CREATE FUNCTION lic_by_map(open int, condition text, source text DEFAULT 'lic_map',
    OUT "where" text, OUT answer bigint, OUT same boolean, OUT by_geom boolean)
LANGUAGE plpgsql AS $$
DECLARE
    whole bigint;
BEGIN
    "where" := condition;
    SELECT s.answer, s.geom_scans > 0 INTO answer, by_geom
    FROM lic_scans('lic_reader', format('SELECT count(*) FROM %s WHERE %s', source, condition)) s;
    SET LOCAL enable_indexscan = off;
    SET LOCAL enable_bitmapscan = off;
    EXECUTE format('SELECT count(*) FROM %s WHERE (%s) AND dataset_id = %s', source, condition, open) INTO whole;
    SET LOCAL enable_indexscan = on;
    SET LOCAL enable_bitmapscan = on;
    same := answer = whole;
END $$;
\set w 'ST_MakeEnvelope(10, 10, 20, 20, 2154)'
SELECT m.* FROM unnest(ARRAY[
    'geom && %', '% && geom', 'bbox_overlaps(geom, %)', 'geom OPERATOR(terrcarbon.&&) %',
    -- an index of PostGIS 3.5 answers ~ and @ of empty geometries otherwise than they do
    'geom @ % AND NOT ST_IsEmpty(geom)', '% ~ geom AND NOT ST_IsEmpty(geom)',
    'geom ~ ST_Point(11.25, 12.25, 2154) AND NOT ST_IsEmpty(geom)', 'ST_Point(11.25, 12.25, 2154) @ geom AND NOT ST_IsEmpty(geom)',
    'ST_Intersects(geom, %)', 'ST_Intersects(%, geom)', 'ST_Within(geom, %)', 'ST_Contains(%, geom)',
    'ST_Contains(geom, ST_Point(11.25, 12.25, 2154))', 'ST_Covers(%, geom)', 'ST_CoveredBy(geom, %)',
    'ST_Touches(geom, %)', 'ST_Overlaps(geom, %)', 'ST_Crosses(geom, %)', 'ST_ContainsProperly(%, geom)',
    'ST_DWithin(geom, ST_Point(15, 15, 2154), 3)', 'ST_DWithin(ST_Point(15, 15, 2154), geom, 3)',
    'geom && % AND ST_Intersects(geom, %) AND id > 100',
    -- no condition of which a box test follows: no index, and the right answer
    'NOT ST_Intersects(geom, %)', 'ST_Intersects(geom, %) OR id = 1', 'ST_Disjoint(geom, %)',
    'ST_Intersects(ST_Buffer(geom, 1), %)', 'ST_Intersects(geom, %) IS NOT TRUE',
    'ST_Intersects(geom, ST_SetSRID(ST_Point(random() * 0 + 15, 15), 2154))']) AS c,
    lic_by_map(:open, replace(c, '%', :'w')) AS m;
-- joins, views, subqueries, outer joins
SELECT "where", answer, same, by_geom FROM lic_by_map(:open, 'ST_Intersects(m.geom, z.g)', 'lic_window z CROSS JOIN lic_map m');
SELECT "where", answer, same, by_geom FROM lic_by_map(:open, 'true', 'lic_window z JOIN lic_map m ON m.geom && z.g');
SELECT "where", answer, same, by_geom FROM lic_by_map(:open, 'm.geom IS NOT NULL', 'lic_window z LEFT JOIN lic_map m ON ST_Intersects(z.g, m.geom)');
SELECT "where", answer, same, by_geom FROM lic_by_map(:open, 'ST_Intersects(shape, ST_MakeEnvelope(10, 10, 20, 20, 2154))', 'lic_map_view');
SELECT answer, geom_scans > 0 AS by_geom FROM lic_scans('lic_reader',
    'SELECT count(*) FROM lic_window z WHERE EXISTS (SELECT FROM lic_map m WHERE ST_Intersects(z.g, m.geom) AND m.id > 100)');
-- an expression over a column of another table may leak it; a column does not
SELECT "where", answer, same, by_geom FROM lic_by_map(:open, 'ST_DWithin(m.geom, z.g, 1)', 'lic_window z CROSS JOIN lic_map m');
SELECT "where", answer, same, by_geom FROM lic_by_map(:open, 'm.geom && z.box AND ST_DWithin(m.geom, z.g, 1)', 'lic_window z CROSS JOIN lic_map m');
-- the plan, for somebody who may see it
CREATE FUNCTION lic_plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
        RETURN NEXT regexp_replace(line, '''[0-9A-F]{20,}''', 'window', 'g');
    END LOOP;
END $$;
SELECT grant_access(:shared, 'lic_reader', 'plans');
SET ROLE lic_reader;
SELECT reads_all_datasets() AS sees_plans;
SELECT * FROM lic_plan('SELECT * FROM lic_map WHERE ST_Intersects(geom, ST_MakeEnvelope(10, 10, 20, 20, 2154))');
RESET ROLE;
SELECT revoke_access(:shared, 'lic_reader');
-- somebody who reads little is led to it by the index on the dataset
SET ROLE lic_city;
SELECT set_access(:open, 'private');
SELECT register_dataset('lic-map-small', 'Map', 'lic_city', 'CC0-1.0', 'open') AS small \gset
RESET ROLE;
INSERT INTO public.lic_map SELECT :small, i FROM generate_series(1, 10) i;
SELECT answer, dataset_scans > 0 AS by_dataset FROM lic_scans('lic_reader', 'SELECT count(*) FROM lic_map');
SELECT answer, dataset_scans > 0 AS by_dataset FROM lic_scans('lic_city', 'SELECT count(*) FROM lic_map');

DROP VIEW public.lic_map_view;
DROP TABLE public.lic_map, public.lic_window;
DROP FUNCTION lic_by_map(int, text, text);
DROP FUNCTION lic_plan(text);
DROP FUNCTION lic_scans(name, text);
DELETE FROM dataset WHERE slug LIKE 'lic-%';
SELECT revoke_registering('lic_city');
DROP ROLE lic_city, lic_reader;
