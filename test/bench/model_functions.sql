-- What the models cost, and the same formulas written by hand in SQL.
SET client_min_messages = warning;
SET search_path = terrcarbon, public;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
\ir include/measure.psql
\pset footer off

CREATE UNLOGGED TABLE road AS
SELECT 5 + 100 * abs(sin(i)) AS speed, 1000 + i % 9000 AS aadt, 0.1 + abs(cos(i)) AS km, 5.0 + i % 120 AS kg_m2, 9.0 + i % 150 AS m2
FROM generate_series(1, 300000) AS i;
VACUUM ANALYZE road;

\echo 'Functions of values, 300 000 rows'
SELECT * FROM pg_temp.measure(3e5, 5, ARRAY[
    ['a scan', 'SELECT sum(speed) FROM road'],
    ['EMEP formula by hand, no checks', 'SELECT sum((0.00012 * v ^ 2 + 0.0048 * v + 1.206 + 5.79 / v) / (-0.000006 * v ^ 2 + 0.00358 * v + 0.0439)) FROM (SELECT least(greatest(speed, 11), 86) AS v FROM road) AS r'],
    ['hot_emission_factor', 'SELECT sum(hot_emission_factor(0.00012, 0.0048, 1.206, 5.79, -0.000006, 0.00358, 0.0439, 0, 11, 86, speed)) FROM road'],
    ['aadt x km x 365 x factor by hand', 'SELECT sum(aadt * km * 365 * 0.192) FROM road'],
    ['road_emission', 'SELECT sum(road_emission(aadt, km, 2023, 0.192)) FROM road'],
    ['dpe_ghg_class', 'SELECT count(DISTINCT dpe_ghg_class(kg_m2, m2, ''h2b'', ''400-800m'')) FROM road'],
    ['building_floor_area', 'SELECT sum((building_floor_area(m2, NULL, 7.5)).floor_area_m2) FROM road']]);

\echo 'One answer a planner waits for'
SELECT * FROM pg_temp.measure(1, 9, ARRAY[
    ['land_scenario, 1 class, 30 years', 'SELECT sum(change_t) FROM land_scenario(ARRAY[(''421'', 5)]::land_part[], ''122'', 2025, 30, ''CLC'', ''ZPC_4_1'')'],
    ['land_scenario, 5 classes, 30 years', 'SELECT sum(change_t) FROM land_scenario(ARRAY[(''421'', 5), (''211'', 3), (''231'', 3), (''112'', 1), (''311'', 2)]::land_part[], ''122'', 2025, 30, ''CLC'', ''ZPC_4_1'')'],
    ['land_change_flow, 25 years', 'SELECT sum(change_t) FROM land_change_flow(''CLC'', ''211'', ''231'', 100.19, 2013, 2018, 2037, ''ZPC_4_1'')'],
    ['coastal_carbon, 3 steps, 100 years', 'SELECT sum(emitted) FROM coastal_carbon(ARRAY[(1990, ''salt_marsh'', NULL), (2010, ''developed'', ''high''), (2030, ''salt_marsh'', ''reconnect'')]::coastal_change[], 2089)'],
    ['land_change_flux, 14 zones x 72 pairs', 'SELECT sum(carbon_t) FROM land_change_flux((SELECT array_agg((territory_code, from_code, to_code, 1)::land_change) FROM soil_flux WHERE from_code <> to_code), 2020)']]);
DROP TABLE road;
