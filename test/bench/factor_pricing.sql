-- Pricing 5 M activities with fallback by year and territory, against what SQL
-- can do: a LATERAL look-up per row, and resolving each distinct combination
-- once and joining.
SET client_min_messages = warning;
SET search_path = terrcarbon, public;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '512MB';
\ir include/measure.psql
\pset footer off
-- 1 is the size that docs/factor.md speaks of: psql -v size=1
\if :{?size} \else
    \set size 0.2
\endif
SELECT round(5000000 * :size) AS rows \gset

-- 3000 communes in 96 departments; 50 activities with factors of the country in
-- each of 20 years, of regions in every other code, of departments in every tenth.
INSERT INTO reference_territory (code, level, name)
    SELECT 'B-' || i, 'commune', 'Commune ' || i FROM generate_series(1, 3000) AS i;
INSERT INTO reference_territory_parent (code, parent_code)
    SELECT 'B-' || i, d.codes[1 + i % 96]
    FROM generate_series(1, 3000) AS i,
        (SELECT array_agg(code ORDER BY code) AS codes FROM reference_territory WHERE level = 'department') AS d;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, year_from, territory_code, source)
    SELECT 'b-' || c, 'bench', 'kWh', ghg('CO2', 0.1 + c * 0.01 + y * 0.0001) + ghg('N2O', 1e-6), 10, 'full', y, t.code, 'bench'
    FROM generate_series(1, 50) AS c, generate_series(2000, 2019) AS y, reference_territory t
    WHERE t.level = 'country' OR t.level = 'region' AND c % 2 = 0 OR t.level = 'department' AND c % 10 = 0;

CREATE UNLOGGED TABLE activity AS
    SELECT 'b-' || 1 + (i * 7919::bigint) % 50 AS code, 2000 + (i * 104729::bigint % 22)::int AS year,
           'B-' || 1 + (i * 15485863::bigint) % 3000 AS territory, 1000 + 900 * sin(i) AS kwh
    FROM generate_series(1, :rows) AS i;
CREATE UNLOGGED TABLE sample AS SELECT * FROM activity LIMIT 20000;
VACUUM ANALYZE activity, sample, factor;

-- What a good SQL writer would prepare.
CREATE TABLE chain AS
    SELECT t.code AS territory, c.code AS part_of, c.place
    FROM reference_territory t, territory_chain(t.code) AS c
    WHERE t.level = 'commune';
CREATE INDEX ON chain (territory);
CREATE INDEX ON factor (code, territory_code, year_from);
VACUUM ANALYZE chain;

CREATE FUNCTION pg_temp.resolved() RETURNS TABLE (code text, year int, territory text, amount ghg, kg float8) LANGUAGE sql AS $$
    SELECT DISTINCT ON (a.code, a.year, a.territory) a.code, a.year, a.territory, f.amount, co2e(f.amount, 'AR5')
    FROM (SELECT DISTINCT code, year, territory FROM activity) AS a
    JOIN chain c ON c.territory = a.territory
    JOIN factor f ON f.code = a.code AND f.territory_code = c.part_of AND f.superseded_at IS NULL
        AND a.year BETWEEN coalesce(f.year_from, a.year) AND coalesce(f.year_to, a.year)
    ORDER BY a.code, a.year, a.territory, c.place, f.year_from DESC
$$;
SELECT count(*) AS combinations FROM (SELECT DISTINCT code, year, territory FROM activity) AS a;
CREATE UNLOGGED TABLE price AS SELECT * FROM pg_temp.resolved();
VACUUM ANALYZE price;

\echo 'Agreement: kg CO2e of all activities'
SELECT round(co2e(sum(emission(kwh, 'kWh', code, year, territory)), 'AR5')::numeric, 3) AS extension,
       (SELECT round(co2e(sum(p.amount, a.kwh), 'AR5')::numeric, 3) FROM activity a JOIN price p USING (code, year, territory)) AS hash_join
FROM activity;

\echo :rows 'rows, serial plan'
SELECT * FROM pg_temp.measure(:rows, 3, ARRAY[
    ['read the rows', 'SELECT sum(kwh) FROM activity'],
    ['resolve_factor', 'SELECT count(resolve_factor(code, year, territory)) FROM activity'],
    ['sum(emission)', 'SELECT sum(emission(kwh, ''kWh'', code, year, territory)) FROM activity'],
    ['sum(emission_estimate)', 'SELECT sum(emission_estimate(kwh, ''kWh'', code, year, territory)) FROM activity'],
    ['hash join, prepared, sum(ghg, float8)', 'SELECT sum(p.amount, a.kwh) FROM activity a JOIN price p USING (code, year, territory)'],
    ['hash join, prepared, sum(float8)', 'SELECT sum(p.kg * a.kwh) FROM activity a JOIN price p USING (code, year, territory)']]);

-- Deposits come territory by territory.
CREATE UNLOGGED TABLE sorted AS SELECT * FROM activity ORDER BY territory, code, year;
VACUUM ANALYZE sorted;
\echo :rows 'rows in the order of territories, serial plan'
SELECT * FROM pg_temp.measure(:rows, 3, ARRAY[
    ['read the rows', 'SELECT sum(kwh) FROM sorted'],
    ['sum(emission)', 'SELECT sum(emission(kwh, ''kWh'', code, year, territory)) FROM sorted'],
    ['hash join, prepared, sum(float8)', 'SELECT sum(p.kg * a.kwh) FROM sorted a JOIN price p USING (code, year, territory)']]);

\echo :rows 'rows, hash join that prepares itself (resolves each combination once)'
SELECT * FROM pg_temp.measure(:rows, 1, ARRAY[
    ['hash join, whole, sum(ghg, float8)', 'SELECT sum(p.amount, a.kwh) FROM activity a JOIN pg_temp.resolved() p USING (code, year, territory)']]);

\echo '20000 rows, LATERAL with LIMIT 1'
SELECT * FROM pg_temp.measure(2e4, 1, ARRAY[
    ['sum(emission)', 'SELECT sum(emission(kwh, ''kWh'', code, year, territory)) FROM sample'],
    ['LATERAL, LIMIT 1', 'SELECT sum(f.amount, a.kwh) FROM sample a CROSS JOIN LATERAL (SELECT f.amount FROM chain c JOIN factor f ON f.territory_code = c.part_of AND f.code = a.code AND f.superseded_at IS NULL AND a.year BETWEEN coalesce(f.year_from, a.year) AND coalesce(f.year_to, a.year) WHERE c.territory = a.territory ORDER BY c.place, f.year_from DESC LIMIT 1) AS f']]);

SET max_parallel_workers_per_gather = 2;
\echo :rows 'rows, two workers'
SELECT * FROM pg_temp.measure(:rows, 3, ARRAY[
    ['sum(emission)', 'SELECT sum(emission(kwh, ''kWh'', code, year, territory)) FROM activity'],
    ['hash join, prepared, sum(float8)', 'SELECT sum(p.kg * a.kwh) FROM activity a JOIN price p USING (code, year, territory)']]);

\echo '200000 rows, one user, and two users in one query'
CREATE ROLE bench_factor_reader;
CREATE FUNCTION bench_factor_price(kwh float8, code text, year int, territory text) RETURNS ghg LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = terrcarbon, pg_catalog AS $$ BEGIN RETURN emission(kwh, 'kWh', code, year, territory); END $$;
ALTER FUNCTION bench_factor_price(float8, text, int, text) OWNER TO bench_factor_reader;
CREATE UNLOGGED TABLE sample2 AS SELECT * FROM activity LIMIT 200000;
SET max_parallel_workers_per_gather = 0;
SELECT * FROM pg_temp.measure(2e5, 3, ARRAY[
    ['as the other user', 'SELECT sum(bench_factor_price(kwh, code, year, territory)) FROM sample2'],
    ['as both', 'SELECT sum(bench_factor_price(kwh, code, year, territory)) + sum(emission(kwh, ''kWh'', code, year, territory)) FROM sample2'],
    ['resolve_factor_parts', 'SELECT count(p.factor_id) FROM sample2, resolve_factor_parts(code, year, territory, ''kWh'') AS p']]);
DROP FUNCTION bench_factor_price(float8, text, int, text);
DROP ROLE bench_factor_reader;
