-- What each part of a territory's account takes: a row, a pair of a dataset and a
-- territory, a row of the balance; in time and on disk.  docs/scale.md counts with
-- these figures.  Each layer is filled twice, by datasets of n and 3 n rows in the
-- same territories and years, so that rows and pairs can be told apart.
-- Size: psql -v side=... is the square root of the number of communes; 180 with
-- -v datasets=1 -v rounds=1, which tells no rows from pairs, is that of France.
\set ON_ERROR_STOP on
\if :{?side} \else
    \set side 20
\endif
\if :{?datasets} \else
    \set datasets 2
\endif
\if :{?rounds} \else
    \set rounds 3
\endif
\pset footer off
SET client_min_messages = warning;
SET search_path = terrcarbon, public;
CREATE ROLE scale_owner;
CREATE ROLE scale_town;
SELECT current_database() AS db \gset
GRANT CREATE ON DATABASE :"db" TO scale_owner;
INSERT INTO stock_reference (nomenclature, code, name, stock, u95_percent, source)
    SELECT 'SCALE', c, 'Class', format('{"above": %s, "soil": 80, "soil_depth_cm": 30}', c)::carbon_stock, 30, 'bench'
    FROM generate_series(1, 20) AS c;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source)
    VALUES ('scale-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 5, 'combustion', 'bench'), ('scale-car', 'Car', 'km', '{"CO2": 0.2}', 5, 'combustion', 'bench');
SET ROLE scale_owner;
SELECT create_account('scale', 2154) \g /dev/null
RESET ROLE;
-- Communes of 25 km2 with 200 points each, 25 in an EPCI, all in a region.
INSERT INTO scale.territory (code, name, level, parent_code, geom)
    SELECT 'R', 'Region', 'region', NULL, ST_Multi(ST_MakeEnvelope(5e5, 65e5, 5e5 + :side * 5000, 65e5 + :side * 5000, 2154))
  UNION ALL
    SELECT format('E%s-%s', i, j), 'EPCI', 'EPCI', 'R',
           ST_Multi(ST_MakeEnvelope(5e5 + i * 25000, 65e5 + j * 25000, 5e5 + (i + 1) * 25000, 65e5 + (j + 1) * 25000, 2154))
    FROM generate_series(0, (:side - 1) / 5) AS i, generate_series(0, (:side - 1) / 5) AS j
  UNION ALL
    SELECT format('C%s-%s', i, j), 'Commune', 'commune', format('E%s-%s', i / 5, j / 5),
           ST_Multi(ST_Segmentize(ST_MakeEnvelope(5e5 + i * 5000, 65e5 + j * 5000, 5e5 + (i + 1) * 5000, 65e5 + (j + 1) * 5000, 2154), 100))
    FROM generate_series(0, :side - 1) AS i, generate_series(0, :side - 1) AS j;
ANALYZE scale.territory;

-- n rows of a layer spread over the ground.
CREATE FUNCTION pg_temp.fill(layer text, dataset int, n int, side int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE spot AS
        SELECT i, 5e5 + i * 7919 % (side * 5000) AS x, 65e5 + i * 104729 % (side * 5000) AS y FROM generate_series(1::bigint, n) AS i;
    CASE layer
        WHEN 'activity' THEN
            INSERT INTO scale.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent)
            SELECT dataset, format('C%s-%s', i / 20 % side, i / 20 / side % side), 'residential', 2005 + i % 20, 1000, 'kWh LHV', 'scale-gas', 5 FROM spot;
        WHEN 'building' THEN
            INSERT INTO scale.building (dataset_id, floors, carrier, unit, energy_per_m2, u95_percent, year_from, year_to, geom)
            SELECT dataset, 2, 'scale-gas', 'kWh LHV', 100, 10, 2005, 2024, ST_Multi(ST_MakeEnvelope(x, y, x + 15, y + 15, 2154)) FROM spot;
        WHEN 'road_segment' THEN
            INSERT INTO scale.road_segment (dataset_id, aadt, factor, u95_percent, year_from, year_to, geom)
            SELECT dataset, 1000, 'scale-car', 10, 2005, 2024, ST_Multi(ST_SetSRID(ST_MakeLine(ST_MakePoint(x, y), ST_MakePoint(x + 300, y + 200)), 2154)) FROM spot;
        WHEN 'land_cover' THEN
            -- Two maps of squares, half of which have changed.
            INSERT INTO scale.land_cover (dataset_id, nomenclature, code, year, geom)
            SELECT dataset, 'SCALE', 1 + (i * 7 + j * 3 + y * (i % 2)) % 20, 2010 + y * 5,
                   ST_Multi(ST_MakeEnvelope(5e5 + i * s, 65e5 + j * s, 5e5 + (i + 1) * s, 65e5 + (j + 1) * s, 2154))
            FROM (SELECT ceil(sqrt(n / 2.0))::int AS k, side * 5000 / ceil(sqrt(n / 2.0)) AS s) AS g,
                 generate_series(0, g.k - 1) AS i, generate_series(0, g.k - 1) AS j, generate_series(0, 1) AS y;
    END CASE;
    DROP TABLE spot;
END $$;

-- Time of the processor, so that other work on the machine counts less; the least of
-- three counts, the first of which finds nothing to replace.
CREATE FUNCTION pg_temp.cpu() RETURNS float8 LANGUAGE sql VOLATILE AS $$
    SELECT (split_part(f, ' ', 12)::float8 + split_part(f, ' ', 13)::float8) / 100
    FROM substring(pg_read_file('/proc/' || pg_backend_pid() || '/stat') FROM '\) (.*)') AS f
$$;
CREATE TABLE scale_run (layer text, dataset int, rows bigint, seconds float8);
CREATE TABLE scale_clock AS SELECT pg_temp.cpu() AS at;
SELECT register_dataset(replace(l, '_', '-') || '-' || k, 'Scale', 'scale_town', 'CC0-1.0', 'open')
FROM unnest('{activity,building,road_segment,land_cover}'::text[]) AS l, generate_series(1, :datasets) AS k \g /dev/null
-- Each statement in a transaction of its own: a refresh commits.
SELECT s.statement
FROM (VALUES ('activity', 20000), ('building', 20000), ('road_segment', 20000), ('land_cover', 8000)) AS l (layer, n),
     generate_series(1, :datasets) AS k,
     LATERAL (SELECT d.id, l.n * (2 * k - 1) * :side * :side / 400 AS n FROM dataset d WHERE d.slug = replace(l.layer, '_', '-') || '-' || k) AS d,
     LATERAL (VALUES
         (1, format('DO $do$ BEGIN PERFORM pg_temp.fill(%L, %s, %s, %s); END $do$', l.layer, d.id, d.n, :side)),
         (2, format('ANALYZE scale.%I', l.layer)),
         (3, format('INSERT INTO scale.change (dataset_id) VALUES (%s)', d.id)),
         (4, 'UPDATE scale_clock SET at = pg_temp.cpu()'),
         (5, 'CALL refresh(''scale'')'),
         (6, format('INSERT INTO scale_run SELECT %L, %s, (SELECT count(*) FROM scale.%I WHERE dataset_id = %2$s), pg_temp.cpu() - at FROM scale_clock',
                    l.layer, d.id, l.layer))) AS s (place, statement),
     generate_series(1, :rounds) AS round
WHERE s.place > 2 OR round = 1
ORDER BY l.layer, k, round, s.place \gexec
VACUUM ANALYZE scale.balance, scale.coverage, scale.activity, scale.building, scale.road_segment, scale.land_cover, scale.territory;

\echo 'A refresh of one dataset, for n and 3 n rows; seconds of one processor'
CREATE VIEW scale_result AS
SELECT r.layer, r.rows, r.seconds, c.pairs, b.balance_rows, row_number() OVER (PARTITION BY r.layer ORDER BY r.rows) AS place
FROM (SELECT layer, dataset, rows, min(seconds) AS seconds FROM scale_run GROUP BY 1, 2, 3) AS r
CROSS JOIN LATERAL (SELECT count(*) AS pairs FROM scale.contribution c WHERE c.dataset_id = r.dataset) AS c
CROSS JOIN LATERAL (SELECT count(*) AS balance_rows FROM scale.balance b WHERE b.dataset_id = r.dataset) AS b;
SELECT layer, rows, pairs, balance_rows, round(seconds::numeric, 2) AS seconds FROM scale_result ORDER BY layer, rows;

\echo 'By the difference: a row of a layer, and a pair of a dataset and a territory with all its years'
SELECT a.layer, round(((b.seconds - a.seconds) / (b.rows - a.rows) * 1e6)::numeric, 1) AS us_per_row,
       round(((a.seconds - (b.seconds - a.seconds) / (b.rows - a.rows) * a.rows) / a.pairs * 1e3)::numeric, 2) AS ms_per_pair,
       round((a.seconds / a.balance_rows * 1e6)::numeric, 1) AS us_per_balance_row
FROM scale_result a JOIN scale_result b USING (layer) WHERE a.place = 1 AND b.place = 2 ORDER BY 1;

\echo 'On disk, indexes included'
SELECT t AS table, round(pg_total_relation_size(format('scale.%I', t)::regclass) / greatest(c.reltuples, 1)) AS bytes_per_row
FROM unnest('{activity,building,road_segment,land_cover,balance,coverage,territory}'::text[]) AS t
JOIN pg_class c ON c.oid = format('scale.%I', t)::regclass ORDER BY 1;

\echo 'What readers ask'
\ir include/measure.psql
SELECT query, median_ms FROM pg_temp.measure(1, 3, ARRAY[
    ['trajectory of a commune', 'SELECT count(emissions) FROM scale.trajectory_by_territory WHERE territory_code = ''C1-1'''],
    ['trajectory of the region', 'SELECT count(emissions) FROM scale.trajectory_by_territory WHERE territory_code = ''R'''],
    ['all EPCI, all years', 'SELECT count(emissions) FROM scale.trajectory_by_territory WHERE level = ''EPCI'''],
    ['map of all EPCI, latest year', 'SELECT count(emissions) FROM scale.emission_map WHERE level = ''EPCI'''],
    ['map of all communes, latest year', 'SELECT count(emissions) FROM scale.emission_map WHERE level = ''commune'''],
    ['all communes, one year', 'SELECT count(emissions) FROM scale.trajectory_by_territory WHERE level = ''commune'' AND year = 2020'],
    ['the same, and what is missing', 'SELECT count(emissions), count(missing) FROM scale.trajectory_by_territory WHERE level = ''commune'' AND year = 2020']]);

-- A plan for each territory, relative to a year of the account.
INSERT INTO scale.plan (territory_code, sector, plan, base_year) SELECT code, 'all', 'bench', 2010 FROM scale.territory;
INSERT INTO scale.target (territory_code, sector, plan, year, value)
    SELECT code, 'all', 'bench', year, percent FROM scale.territory, (VALUES (2030, -40), (2050, -90)) AS v (year, percent);
ANALYZE scale.plan, scale.target;

\echo 'The same where each has a plan'
SELECT query, median_ms FROM pg_temp.measure(1, 3, ARRAY[
    ['all communes, one year', 'SELECT count(emissions) FROM scale.trajectory_by_territory WHERE level = ''commune'' AND year = 2020'],
    ['the same, and the target', 'SELECT count(emissions), count(target) FROM scale.trajectory_by_territory WHERE level = ''commune'' AND year = 2020'],
    ['every target of every territory', 'SELECT count(target) FROM scale.target_by_territory'],
    ['verdict for a commune', 'SELECT count(verdict) FROM neutrality(''scale'', ''C1-1'', 2020)'],
    ['verdict for each territory', 'SELECT count(verdict) FROM neutrality(''scale'', NULL, 2020)']]);
DROP VIEW scale_result;
DROP TABLE scale_run, scale_clock;
SET ROLE scale_owner;
SELECT drop_account('scale') \g /dev/null
RESET ROLE;
DELETE FROM dataset WHERE title = 'Scale';
DELETE FROM factor WHERE code LIKE 'scale-%';
DELETE FROM stock_reference WHERE nomenclature = 'SCALE';
REVOKE CREATE ON DATABASE :"db" FROM scale_owner;
DROP ROLE scale_owner, scale_town;
