-- What the exact sums of the quantities cost, next to sums of plain numbers.
SET client_min_messages = warning;
SET search_path = terrcarbon, public;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';
\ir include/measure.psql
\pset footer off

CREATE UNLOGGED TABLE emitted AS
SELECT i % 10000 AS territory, co2, co2::numeric(20, 6) AS co2_numeric, ch4, n2o, weight,
       ghg('CO2', co2) AS one_gas, ghg('CO2', co2) + ghg('CH4', ch4) + ghg('N2O', n2o) AS three_gases
FROM (SELECT i, 1000 + 900 * sin(i) AS co2, 1 + 0.9 * cos(i) AS ch4, 0.1 + 0.09 * sin(2 * i) AS n2o, 1 + 0.5 * cos(3 * i) AS weight
      FROM generate_series(1, 1000000) AS i) AS r;
VACUUM ANALYZE emitted;

\echo 'Emissions, 1 M rows, serial plan'
SELECT * FROM pg_temp.measure(1e6, 7, ARRAY[
    ['sum(float8)', 'SELECT sum(co2) FROM emitted'],
    ['sum(numeric)', 'SELECT sum(co2_numeric) FROM emitted'],
    ['sum(ghg), one gas', 'SELECT sum(one_gas) FROM emitted'],
    ['three sum(float8)', 'SELECT (sum(co2), sum(ch4), sum(n2o)) FROM emitted'],
    ['sum(ghg), three gases', 'SELECT sum(three_gases) FROM emitted'],
    ['three sum(float8 * float8)', 'SELECT (sum(co2 * weight), sum(ch4 * weight), sum(n2o * weight)) FROM emitted'],
    ['sum(ghg * float8), three gases', 'SELECT sum(three_gases * weight) FROM emitted'],
    ['sum(ghg, float8), three gases', 'SELECT sum(three_gases, weight) FROM emitted']]);
\echo 'The same by 10 000 territories'
SELECT * FROM pg_temp.measure(1e6, 5, ARRAY[
    ['three sum(float8)', 'SELECT max(total::text) FROM (SELECT (sum(co2), sum(ch4), sum(n2o)) AS total FROM emitted GROUP BY territory) AS t'],
    ['three sum(numeric)', 'SELECT max(total::text) FROM (SELECT (sum(co2_numeric), sum(co2_numeric + 1), sum(co2_numeric + 2)) AS total FROM emitted GROUP BY territory) AS t'],
    ['sum(ghg), three gases', 'SELECT max(total::text) FROM (SELECT sum(three_gases) AS total FROM emitted GROUP BY territory) AS t']]);
DROP TABLE emitted;

CREATE UNLOGGED TABLE land AS
SELECT above, below, litter, soil, ha, carbon_stock(above, below, NULL, litter, soil, NULL, 30) AS stock
FROM (SELECT 60 + 30 * sin(i) AS above, 15 + 8 * cos(i) AS below, 9 + sin(2 * i) AS litter, 80 + 20 * cos(2 * i) AS soil, 1 + 0.9 * sin(5 * i) AS ha
      FROM generate_series(1, 1000000) AS i) AS r;
VACUUM ANALYZE land;

\echo 'Carbon stocks of four pools times area, 1 M rows, serial plan'
SELECT * FROM pg_temp.measure(1e6, 7, ARRAY[
    ['four sum(float8 * float8)', 'SELECT (sum(above * ha), sum(below * ha), sum(litter * ha), sum(soil * ha)) FROM land'],
    ['sum(carbon_stock)', 'SELECT sum(stock) FROM land'],
    ['sum(carbon_stock * ha)', 'SELECT sum(stock * ha) FROM land'],
    ['sum(carbon_stock, ha)', 'SELECT sum(stock, ha) FROM land']]);
DROP TABLE land;

CREATE UNLOGGED TABLE priced AS
SELECT value, u95, 'factor:' || i % 200 AS cause, estimate(value, u95) AS own, estimate(value, u95, 'factor:1', 1) AS one_cause,
       estimate(value, u95, 'factor:' || i % 200, 1 + i % 10) AS many_causes
FROM (SELECT i, 1000 + 900 * sin(i) AS value, 100 + 90 * cos(i) AS u95 FROM generate_series(1, 1000000) AS i) AS r;
VACUUM ANALYZE priced;

\echo 'Estimates, 1 M rows, serial plan'
SELECT * FROM pg_temp.measure(1e6, 7, ARRAY[
    ['sum(float8), no uncertainty', 'SELECT sum(value) FROM priced'],
    ['plain SQL, one cause per row', 'SELECT (sum(value), sqrt(sum(term ^ 2))) FROM (SELECT sum(value) AS value, sum(u95) AS term FROM priced GROUP BY cause) AS by_cause'],
    ['sum(estimate), no cause', 'SELECT sum(own) FROM priced'],
    ['sum(estimate), one cause', 'SELECT sum(one_cause) FROM priced'],
    ['sum(estimate), 200 causes, 10 sources', 'SELECT sum(many_causes) FROM priced']]);

SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
\echo 'The same with two workers'
SELECT * FROM pg_temp.measure(1e6, 7, ARRAY[
    ['sum(float8), no uncertainty', 'SELECT sum(value) FROM priced'],
    ['sum(estimate), 200 causes, 10 sources', 'SELECT sum(many_causes) FROM priced']]);
DROP TABLE priced;
