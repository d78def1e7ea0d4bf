-- A territory's account: a refresh of everything, one after a change of 1 % of
-- the ground, and one territory's trajectory; under the policy and without it.
-- Size: psql -v side=... is the square root of the number of communes, 55 for
-- 3000 communes, 100 000 land polygons, 200 000 buildings and as many roads.
\set ON_ERROR_STOP on
\if :{?side}
\else
    \set side 30
\endif
SET client_min_messages = warning;
SET search_path = terrcarbon, public;
CREATE ROLE bench_owner;
CREATE ROLE bench_town;
SELECT current_database() AS db \gset
GRANT CREATE ON DATABASE :"db" TO bench_owner;
INSERT INTO stock_reference (nomenclature, code, name, stock, u95_percent, source)
    SELECT 'BENCH', c, 'Class', format('{"above": %s, "soil": 80, "soil_depth_cm": 30}', c)::carbon_stock, 30, 'bench'
    FROM generate_series(1, 20) AS c;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source)
    SELECT 'bench-' || c, 'Factor', CASE WHEN c < 5 THEN 'kWh LHV' ELSE 'km' END, '{"CO2": 0.2}', 5, 'combustion', 'bench'
    FROM generate_series(1, 8) AS c;
SET ROLE bench_owner;
SELECT create_account('bench', 2154) AS account;
RESET ROLE;
SELECT count(register_dataset('bench-' || i, 'Bench', 'bench_town', 'CC0-1.0', 'shared')) AS datasets FROM generate_series(1, 3) AS i;
SELECT id AS land FROM dataset WHERE slug = 'bench-1' \gset
SELECT id AS house FROM dataset WHERE slug = 'bench-2' \gset
SELECT id AS road FROM dataset WHERE slug = 'bench-3' \gset
SELECT count(grant_access(id, 'bench_owner', 'roll-up')) AS grants FROM dataset WHERE slug LIKE 'bench-%';

-- A region of side x side communes of 25 km2 with 200 points each, 25 in an EPCI.
INSERT INTO bench.territory (code, name, level, parent_code, geom)
    SELECT 'R', 'Region', 'region', NULL, ST_Multi(ST_MakeEnvelope(5e5, 65e5, 5e5 + :side * 5000, 65e5 + :side * 5000, 2154))
  UNION ALL
    SELECT format('E%s-%s', i, j), 'EPCI', 'EPCI', 'R',
           ST_Multi(ST_MakeEnvelope(5e5 + i * 25000, 65e5 + j * 25000, 5e5 + (i + 1) * 25000, 65e5 + (j + 1) * 25000, 2154))
    FROM generate_series(0, (:side - 1) / 5) AS i, generate_series(0, (:side - 1) / 5) AS j
  UNION ALL
    SELECT format('C%s-%s', i, j), 'Commune', 'commune', format('E%s-%s', i / 5, j / 5),
           ST_Multi(ST_Segmentize(ST_MakeEnvelope(5e5 + i * 5000, 65e5 + j * 5000, 5e5 + (i + 1) * 5000, 65e5 + (j + 1) * 5000, 2154), 100))
    FROM generate_series(0, :side - 1) AS i, generate_series(0, :side - 1) AS j;
INSERT INTO bench.land_cover (dataset_id, nomenclature, code, year, geom)
    SELECT :land, 'BENCH', 1 + (i * 7 + j * 3 + y) % 20, 2010 + y * 5,
           ST_Multi(ST_MakeEnvelope(5e5 + i * 1200, 65e5 + j * 1200, 5e5 + (i + 1) * 1200, 65e5 + (j + 1) * 1200, 2154))
    FROM generate_series(0, :side * 5000 / 1200) AS i, generate_series(0, :side * 5000 / 1200) AS j, generate_series(0, 1) AS y;
INSERT INTO bench.building (dataset_id, sector, floors, carrier, unit, energy_per_m2, u95_percent, year_from, year_to, geom)
    SELECT :house, CASE i % 4 WHEN 0 THEN 'tertiary' ELSE 'residential' END, 2, 'bench-' || 1 + i % 4, 'kWh LHV', 100, 10, 2005, 2024,
           ST_Multi(ST_MakeEnvelope(5e5 + x, 65e5 + y, 5e5 + x + 15, 65e5 + y + 15, 2154))
    FROM generate_series(1::bigint, :side * :side * 66) AS i, LATERAL (SELECT i * 7919 % (:side * 5000), i * 104729 % (:side * 5000)) AS at (x, y);
INSERT INTO bench.road_segment (dataset_id, aadt, factor, u95_percent, year_from, year_to, geom)
    SELECT :road, 1000 + i % 1000, 'bench-' || 5 + i % 4, 10, 2005, 2024,
           ST_Multi(ST_SetSRID(ST_MakeLine(ST_MakePoint(5e5 + x, 65e5 + y), ST_MakePoint(5e5 + x + 300, 65e5 + y + 200)), 2154))
    FROM generate_series(1::bigint, :side * :side * 66) AS i, LATERAL (SELECT i * 7927 % (:side * 5000), i * 104723 % (:side * 5000)) AS at (x, y);
ANALYZE bench.territory, bench.land_cover, bench.building, bench.road_segment;
SELECT (SELECT count(*) FROM bench.territory) AS territories, (SELECT count(*) FROM bench.land_cover) AS land_polygons,
       (SELECT count(*) FROM bench.building) AS buildings, (SELECT count(*) FROM bench.road_segment) AS roads, 20 AS years;

CREATE TABLE public.bench_result (what text, policy boolean, seconds float8);
CREATE FUNCTION pg_temp.note(what text, started timestamptz) RETURNS void LANGUAGE sql AS
    $$ INSERT INTO public.bench_result VALUES (what, row_security_active('bench.balance'), extract(epoch FROM clock_timestamp() - started)) $$;
GRANT INSERT ON public.bench_result TO PUBLIC;

SET ROLE bench_owner;
SELECT clock_timestamp() AS t \gset
CALL refresh('bench');
SELECT pg_temp.note('full refresh', :'t') \g /dev/null
RESET ROLE;
-- Before any other work of this backend: what it took beside shared memory.
SELECT round((substring(s FROM 'VmHWM:\s*(\d+)')::int - substring(s FROM 'RssShmem:\s*(\d+)')::int) / 1024.0) AS peak_mb
FROM pg_read_file('/proc/' || pg_backend_pid() || '/status') AS s;
SELECT (SELECT count(*) FROM bench.balance) AS figures, (SELECT count(*) FROM bench.coverage) AS findings;
SELECT clock_timestamp() AS t \gset
CALL refresh('bench', full => true);
SELECT pg_temp.note('full refresh', :'t') \g /dev/null

-- As the owner, so that it stands beside the full refresh under the policy.
SET ROLE bench_owner;
SELECT clock_timestamp() AS t \gset
CALL refresh('bench', full => true);
SELECT pg_temp.note('full refresh again', :'t') \g /dev/null
SELECT clock_timestamp() AS t \gset
CALL refresh('bench', full => true, workers => 1);
SELECT pg_temp.note('full refresh again, a worker beside', :'t') \g /dev/null
RESET ROLE;

-- A tenth of the side: 1 % of the ground, its buildings renovated.
UPDATE bench.building SET energy_per_m2 = 110
    WHERE ST_Intersects(geom, ST_MakeEnvelope(5e5, 65e5, 5e5 + :side * 500, 65e5 + :side * 500, 2154));
SET ROLE bench_owner;
SELECT clock_timestamp() AS t \gset
CALL refresh('bench');
SELECT pg_temp.note('refresh after 1 %', :'t') \g /dev/null
RESET ROLE;
UPDATE bench.building SET energy_per_m2 = 120
    WHERE ST_Intersects(geom, ST_MakeEnvelope(5e5, 65e5, 5e5 + :side * 500, 65e5 + :side * 500, 2154));
SELECT clock_timestamp() AS t \gset
CALL refresh('bench');
SELECT pg_temp.note('refresh after 1 %', :'t') \g /dev/null

\set look 'DO $$ DECLARE t timestamptz; r record; BEGIN FOR i IN 1 .. 21 LOOP FOR r IN SELECT unnest(ARRAY[''commune C1-1'', ''EPCI E0-0'', ''region R'']) AS what LOOP t := clock_timestamp(); PERFORM * FROM bench.trajectory_by_territory WHERE territory_code = split_part(r.what, '' '', 2); IF i > 1 THEN PERFORM pg_temp.note(''trajectory, '' || r.what, t); END IF; END LOOP; END LOOP; END $$'
SET ROLE bench_owner;
:look;
RESET ROLE;
:look;
SELECT what,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE policy) * 1000)::numeric, 1) AS policy_ms,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE NOT policy) * 1000)::numeric, 1) AS no_policy_ms
FROM public.bench_result GROUP BY what ORDER BY 1;
SELECT round((100 * min(seconds) FILTER (WHERE what LIKE 'refresh%') / min(seconds) FILTER (WHERE what LIKE 'full%'))::numeric, 1)
           AS refresh_after_1_percent_in_percent_of_full
FROM public.bench_result WHERE policy;
DROP SCHEMA bench CASCADE;
DROP TABLE public.bench_result;
REVOKE CREATE ON DATABASE :"db" FROM bench_owner;
DELETE FROM access_grant WHERE dataset_id IN (:land, :house, :road);
DELETE FROM dataset WHERE slug LIKE 'bench-%';
DROP ROLE bench_owner, bench_town;
