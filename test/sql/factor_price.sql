-- Units, emission factors, and what they price.
SET search_path = terrcarbon, public;
\pset null NULL
\set SHOW_CONTEXT never

BEGIN;
INSERT INTO factor (id, code, name, unit, amount, u95_percent, part, hhv_per_lhv, source) VALUES
    (2000000011, 'T-gas', 'gas', 'kWh LHV', '{"CO2": 0.227}', 5, 'full', 1.111, 'test'),
    (2000000012, 'T-coal', 'coal', 'kWh LHV', '{"CO2": 0.385}', NULL, 'full', NULL, 'test'),
    (2000000013, 'T-grid', 'grid', 'kWh', '{"CO2": 0.05, "N2O": 1e-6}', 10, 'full', NULL, 'test'),
    (2000000014, 'T-bus', 'bus', 'pkm', '{"CO2": 0.1}', 30, 'full', NULL, 'test');

-- 12000 / 1.111 x 0.227 = 2451.845, not 2724 (HHV taken as LHV), nor 3026.
SELECT round(gas(emission(12000, 'kWh HHV', 'T-gas', 2023), 'CO2')::numeric, 3) AS kg;
SELECT emission(1000, 'kWh LHV', 'T-gas', 2023) AS kwh, emission(1, 'MWh PCI', 'T-gas', 2023) AS mwh,
       round(gas(emission(3.6, 'GJ LHV', 'T-gas', 2023), 'CO2')::numeric, 9) AS gj,
       emission(7, 'kWh', 'T-grid', 2023) AS grid, emission(-2, 'pkm', 'T-bus', 2023) AS negative,
       emission(0, 'pkm', 'T-bus', 2023) AS nothing;
-- 1 toe = 41.868 GJ = 11630 kWh.
SELECT convert_unit(1, 'toe', 'kWh LHV') AS kwh, round(convert_unit(1, 'tep', 'GJ PCI')::numeric, 9) AS gj,
       convert_unit(2.5, 't', 'kg') AS kg, round(convert_unit(12000, 'kWh HHV', 'kWh LHV', 1.111)::numeric, 3) AS lhv,
       convert_unit(convert_unit(1, 'kWh LHV', 'kWh HHV', 1.111), 'kWh PCS', 'kWh PCI', 1.111) AS there_and_back,
       convert_unit(1, 'ha', 'm2') AS m2, convert_unit(NULL, 'ha', 'm2');
SELECT resolve_factor('T-bus', 2023) = max(id) AS by_id,
       emission(5, 'pkm', max(id)) = emission(5, 'pkm', 'T-bus', 2023) AS same
FROM factor WHERE code = 'T-bus';
SELECT emission(NULL, 'pkm', 'T-bus', 2023), emission(5, NULL, 'T-bus', 2023), emission(5, 'pkm', NULL, 2023),
       emission(5, 'pkm', 'T-bus', NULL), emission(5, 'pkm', NULL::int), resolve_factor('T-bus', NULL),
       resolve_factor('T-none', 2023);

-- 100 +- 30 % and 50 +- 30 % by one factor: +- 30 %; by two: 22.36 %.
SELECT round((half_width(one) / value(one) * 100)::numeric, 2) AS one_factor, one
FROM (SELECT sum(emission_estimate(q, 'pkm', 'T-bus', 2023)) AS one FROM unnest('{1000,500}'::float8[]) AS q) AS s;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, dataset_id, source) VALUES
    ('T-coach', 'coach', 'pkm', '{"CO2": 0.1}', 30, 'full', 7, 'test');
SELECT round((half_width(two) / value(two) * 100)::numeric, 2) AS two_factors, sources(two)
FROM (SELECT emission_estimate(1000, 'pkm', 'T-bus', 2023) + emission_estimate(500, 'pkm', 'T-coach', 2023) AS two) AS s;
-- An uncertain quantity: +- 5 % times +- 30 % is +- 30.41 %.
SELECT round((half_width(product) / value(product) * 100)::numeric, 2) AS product
FROM (SELECT estimate(200, 10) * emission_estimate(1, 'pkm', 'T-bus', 2023) AS product) AS s;
-- Warming potentials: 1e6 kWh is 50000 kg CO2 and 1 kg N2O (265 in AR5, 273 in AR6).
SELECT round(value(emission_estimate(1e6, 'kWh', 'T-grid', 2023))::numeric, 6) AS ar5,
       round(value(emission_estimate(1e6, 'kWh', 'T-grid', 2023, NULL, 'AR6'))::numeric, 6) AS ar6,
       round((half_width(emission_estimate(1e6, 'kWh', 'T-grid', 2023)) / 50265)::numeric, 9) AS tenth,
       value(emission_estimate(-1, 'pkm', 'T-bus', 2023)) AS removal,
       round((half_width(emission_estimate(1, 'kWh LHV', 'T-coal', 2023, assumed_u95_percent => 20)) / 0.385)::numeric, 9) AS assumed;

-- Errors, each with its way out.
INSERT INTO factor (code, name, unit, amount, year_from, territory_code, part, source) VALUES
    ('T-late', 'late', 'pkm', '{"CO2": 0.1}', 2030, 'FR', 'full', 'test');
CREATE FUNCTION fails(statement text) RETURNS TABLE (code text, message text, detail text, hint text)
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    message := 'no error';
    RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN NEXT;
END;
$$;
\x on
SELECT f.* FROM unnest(ARRAY[
    $$SELECT emission(5, 'km', 'T-bus', 2023)$$,
    $$SELECT emission(5, 'kWh', 'T-gas', 2023)$$,
    $$SELECT emission(5, 'kWh HHV', 'T-grid', 2023)$$,
    $$SELECT emission(5, 'kWh HHV', 'T-coal', 2023)$$,
    $$SELECT emission(5, 'kWhh', 'T-gas', 2023)$$,
    $$SELECT emission('NaN', 'pkm', 'T-bus', 2023)$$,
    $$SELECT emission('-Infinity', 'pkm', 'T-bus', 2023)$$,
    $$SELECT emission(1e308, 'TWh', 'T-grid', 2023)$$,
    $$SELECT emission(5, 'pkm', 'T-none', 2023)$$,
    $$SELECT emission(5, 'pkm', 'T-none', 2023, '17300')$$,
    $$SELECT emission(5, 'pkm', 'T-late', 2023)$$,
    $$SELECT emission(5, 'pkm', 'T-late', 2023, 'FR')$$,
    $$SELECT emission(5, 'pkm', 'T-late', 2023, '17300')$$,
    $$SELECT emission(5, 'pkm', -1)$$,
    $$SELECT convert_unit(5, 'kWh HHV', 'kWh LHV', 3)$$,
    $$SELECT convert_unit(5, 'kWh HHV', 'kWh LHV')$$,
    $$SELECT emission_estimate(5, 'kWh LHV', 'T-coal', 2023)$$,
    $$SELECT emission_estimate(5, 'kWh LHV', 'T-coal', 2023, NULL, 'AR3', 5)$$,
    $$SELECT emission_estimate(5, 'kWh LHV', 'T-coal', 2023, NULL, NULL, -5)$$,
    $$INSERT INTO factor (code, name, unit, amount, part, source) VALUES ('T-bus', 'bus', 'pkm', '{}', 'combustion', 'test')$$,
    $$INSERT INTO factor (code, name, unit, amount, part, source) VALUES ('T-bus', 'bus', 'pkm', '{}', 'upstream', 'test')$$,
    $$UPDATE factor SET amount = '{}' WHERE code = 'T-bus'$$,
    $$SELECT land_stock_estimate('CLC', '411', 10, 2018, 'FR')$$
]) AS statement, fails(statement) AS f;
\x off

-- Which row: territory, then year; the row in use, or the one that was.
INSERT INTO reference_territory (code, level, name) VALUES ('T-COM', 'commune', 'Test');
INSERT INTO reference_territory_parent (code, parent_code) VALUES ('T-COM', 'FR-17');
INSERT INTO factor (code, name, unit, amount, part, year_from, year_to, territory_code, source, recorded_at, superseded_at) VALUES
    ('T-heat', 'a', 'kWh', '{"CO2": 1}', 'full', NULL, NULL, NULL, 'test', '2020-01-01', NULL),
    ('T-heat', 'b', 'kWh', '{"CO2": 2}', 'full', 2010, 2019, 'FR-NAQ', 'test', '2020-01-01', NULL),
    ('T-heat', 'c', 'kWh', '{"CO2": 3}', 'full', 2015, NULL, 'FR-NAQ', 'test', '2020-01-01', NULL),
    ('T-heat', 'd', 'kWh', '{"CO2": 4}', 'full', 2018, 2018, 'T-COM', 'test', '2020-01-01', '2022-01-01'),
    ('T-heat', 'e', 'kWh', '{"CO2": 5}', 'full', 2018, 2018, 'T-COM', 'test', '2022-01-01', NULL);
SELECT y, t, f.name, gas(emission(1, 'kWh', 'T-heat', y, t), 'CO2') AS kg
FROM unnest('{2000,2012,2016,2018,2019,2030}'::int[]) AS y
CROSS JOIN unnest('{T-COM,FR-NAQ,FR,elsewhere,NULL}'::text[]) AS t
JOIN factor f ON f.id = resolve_factor('T-heat', y, t)
ORDER BY y, t COLLATE "C";
SELECT as_known('2021-06-01') IS NOT NULL AS as_known, gas(emission(1, 'kWh', 'T-heat', 2018, 'T-COM'), 'CO2') AS kg;
SELECT as_known('2019-06-01') IS NOT NULL AS as_known, resolve_factor('T-heat', 2018, 'T-COM');
SELECT as_known(NULL), gas(emission(1, 'kWh', 'T-heat', 2018, 'T-COM'), 'CO2') AS kg;

-- The look-up is the ORDER BY that the table's comment promises.
CREATE FUNCTION slow_resolve(code text, year int, territory text) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT f.id
    FROM factor f
    LEFT JOIN territory_chain(slow_resolve.territory) AS c ON c.code = f.territory_code
    WHERE f.code = slow_resolve.code AND (f.territory_code IS NULL OR c.place IS NOT NULL)
      AND year BETWEEN coalesce(f.year_from, year) AND coalesce(f.year_to, year)
      AND f.superseded_at IS NULL
    ORDER BY c.place NULLS LAST, f.shipped, f.year_from DESC NULLS LAST, f.id DESC
    LIMIT 1
$$;
SELECT setseed(0.5);
INSERT INTO factor (code, name, unit, amount, part, year_from, year_to, territory_code, source)
    SELECT DISTINCT ON (code, territory, year_from)
           code, 'x', 'kg', ghg('CO2', i), 'full', year_from, year_from + (random() * 10)::int, territory, 'test'
    FROM generate_series(1, 600) AS i,
        LATERAL (SELECT 'T-' || i % 7, 2000 + (random() * 20)::int,
                 (ARRAY['FR', 'FR-NAQ', 'FR-17', 'T-COM', 'FR-OCC', NULL])[1 + i % 6])
            AS random_row (code, year_from, territory);
SELECT count(*) AS compared, count(slow) AS found, count(*) FILTER (WHERE slow IS DISTINCT FROM fast) AS different
FROM (
    SELECT slow_resolve(code, y, t) AS slow, resolve_factor(code, y, t) AS fast
    FROM (SELECT DISTINCT code FROM factor WHERE code LIKE 'T-%') AS code,
        (SELECT generate_series(1995, 2035) UNION ALL VALUES (2012 + 65536), (2012 - 65536)) AS year (y),
        unnest('{T-COM,FR-17,FR-NAQ,FR,FR-OCC,FR-34,elsewhere,NULL}'::text[]) AS t
) AS pair;
ROLLBACK;

-- Changes are seen at once, and gone when rolled back.
SELECT resolve_factor('T-new', 2023) AS before;
BEGIN;
INSERT INTO factor (id, code, name, unit, amount, part, source)
    VALUES (2000000001, 'T-new', 'new', 'kg', '{"CO2": 1}', 'full', 'test');
SELECT resolve_factor('T-new', 2023) AS inserted;
SAVEPOINT here;
DELETE FROM factor WHERE code = 'T-new';
SELECT resolve_factor('T-new', 2023) AS deleted;
ROLLBACK TO here;
SELECT resolve_factor('T-new', 2023) AS back;
UPDATE factor SET superseded_at = now() WHERE code = 'T-new';
SELECT resolve_factor('T-new', 2023) AS superseded, emission(2, 'kg', 2000000001) AS by_id;
ROLLBACK;
SELECT resolve_factor('T-new', 2023) AS after;
-- With triggers off, as under replication, the message is still sent.
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO factor (id, code, name, unit, amount, part, source)
    VALUES (2000000001, 'T-new', 'new', 'kg', '{"CO2": 1}', 'full', 'test');
SELECT resolve_factor('T-new', 2023) AS inserted;
ROLLBACK;
-- A statement sees the catalogue of its own snapshot, even when it changes it.
BEGIN;
CREATE FUNCTION add_factor() RETURNS int LANGUAGE sql AS $$
    INSERT INTO factor (id, code, name, unit, amount, part, source)
        VALUES (2000000001, 'T-new', 'new', 'kg', '{"CO2": 1}', 'full', 'test')
        RETURNING id
$$;
SELECT resolve_factor('T-new', 2023) AS before, add_factor(), resolve_factor('T-new', 2023) AS same_statement;
SELECT resolve_factor('T-new', 2023) AS next_statement;
ROLLBACK;

-- So does a cursor, opened before the change, read on after it.
BEGIN;
DECLARE c CURSOR FOR SELECT resolve_factor('T-new', 2023) AS cursor FROM generate_series(1, 3);
FETCH 1 FROM c;
INSERT INTO factor (id, code, name, unit, amount, part, source)
    VALUES (2000000001, 'T-new', 'new', 'kg', '{"CO2": 1}', 'full', 'test');
SELECT resolve_factor('T-new', 2023) AS statement;
FETCH 1 FROM c;
SELECT resolve_factor('T-new', 2023) AS statement;
FETCH 1 FROM c;
ROLLBACK;

-- Row security on the catalogue holds for prices.
BEGIN;
CREATE ROLE factor_outsider;
INSERT INTO factor (id, code, name, unit, amount, part, source)
    VALUES (2000000001, 'T-new', 'secret', 'kg', '{"CO2": 1}', 'full', 'test');
ALTER TABLE factor ENABLE ROW LEVEL SECURITY;
CREATE POLICY hide ON factor USING (name <> 'secret');
SELECT resolve_factor('T-new', 2023) AS owner;
SET LOCAL ROLE factor_outsider;
SELECT resolve_factor('T-new', 2023) AS outsider;
RESET ROLE;
SELECT resolve_factor('T-new', 2023) AS owner_again;
REVOKE SELECT ON factor FROM PUBLIC;
SET LOCAL ROLE factor_outsider;
SELECT resolve_factor('T-new', 2023) AS refused;
ROLLBACK;

-- Serial and parallel plans agree.
BEGIN;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES
    ('T-bus', 'bus', 'pkm', '{"CO2": 0.1, "CH4": 1e-5}', 30, 'full', 'test');
CREATE TABLE factor_trip AS SELECT i AS km FROM generate_series(1, 10000) AS i;
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS
    SELECT sum(emission(km, 'pkm', 'T-bus', 2023)) AS mass, sum(emission_estimate(km, 'pkm', 'T-bus', 2023)) AS kg
    FROM factor_trip;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT sum(emission(km, 'pkm', 'T-bus', 2023)) FROM factor_trip;
SELECT p.mass = s.mass AS same_mass, p.kg = s.kg AS same_kg,
       round((half_width(p.kg) / value(p.kg))::numeric, 9) AS relative
FROM (SELECT sum(emission(km, 'pkm', 'T-bus', 2023)) AS mass, sum(emission_estimate(km, 'pkm', 'T-bus', 2023)) AS kg
      FROM factor_trip) AS p, serial s;
ROLLBACK;
