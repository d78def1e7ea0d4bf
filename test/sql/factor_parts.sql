-- Factors in parts: combustion and upstream of one code, which part counts in
-- which scope, and why a quantity has no price, without an error.
SET search_path = terrcarbon, public;
\pset null NULL
\set SHOW_CONTEXT never
SELECT * FROM factor_parts();
BEGIN;
INSERT INTO reference_territory (code, level, name) VALUES ('T-COM', 'commune', 'Test');
INSERT INTO reference_territory_parent (code, parent_code) VALUES ('T-COM', 'FR-17');
INSERT INTO factor (id, code, name, part, unit, amount, lumped_gwp, u95_percent, low_percent, high_percent,
        year_from, year_to, territory_code, grid, hhv_per_lhv, dataset_id, source) VALUES
    (2000000011, 'T-oil', 'oil', 'combustion', 'kWh LHV', '{"CO2": 0.27, "CH4": 1e-5}', NULL, 5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'test'),
    (2000000012, 'T-oil', 'oil', 'upstream', 'kWh LHV', '{"CO2": 0.05}', 'AR5', 20, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 7, 'test'),
    (2000000013, 'T-oil', 'oil', 'combustion', 'l', '{"CO2": 2.7}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'test'),
    (2000000014, 'T-oil', 'oil', 'upstream', 'l', '{"CO2": 0.5}', 'AR5', NULL, NULL, NULL, 2015, NULL, NULL, NULL, NULL, NULL, 'test'),
    (2000000015, 'T-grid', 'grid', 'combustion', 'kWh', '{"CO2": 0.04}', NULL, NULL, NULL, NULL, 2010, 2019, 'FR', 'location', NULL, NULL, 'test'),
    (2000000016, 'T-grid', 'grid', 'upstream', 'kWh', '{"CO2": 0.02}', NULL, NULL, NULL, NULL, 2010, 2019, 'FR', 'location', NULL, NULL, 'test'),
    (2000000017, 'T-gas', 'gas', 'full', 'kWh LHV', '{"CO2": 0.2}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1.111, NULL, 'test'),
    (2000000018, 'T-n2o', 'soil', 'full', 'kg', '{"N2O": 0.01}', NULL, NULL, 30, 300, NULL, NULL, NULL, NULL, NULL, NULL, 'test'),
    (2000000019, 'T-car.manufacture', 'car', 'manufacture', 'km', '{"CO2": 0.03}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'test'),
    (2000000020, 'T-bus', 'bus', 'full', 'pkm', '{"CO2": 0.1}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'test');
-- Two parts, in scopes 1 and 3; their sum is the emission.
\x on
SELECT p.* FROM resolve_factor_parts('T-oil', 2020, 'T-COM', 'MWh LHV') AS p;
\x off
SELECT emission(1, 'MWh LHV', 'T-oil', 2020, 'T-COM'), emission(1, 'MWh LHV', 2000000012) AS upstream;
SELECT value(e), round(half_width(e)::numeric, 6) AS half_width,
       round(sqrt((270.28 * 0.05) ^ 2 + (50 * 0.2) ^ 2)::numeric, 6) AS expected, sources(e)
FROM emission_estimate(1, 'MWh LHV', 'T-oil', 2020, 'T-COM', 'AR5') AS e;
-- The unit of the quantity chooses among the rows of a code.
SELECT part, ghg_scope, factor_id, emission FROM resolve_factor_parts('T-oil', 2020, NULL, 'hl');
-- Energy of a grid is of scope 2; what stands alone says so.
SELECT code, p.part, p.ghg_scope, p.factor_id
FROM (VALUES ('T-grid', 'kWh'), ('T-gas', 'kWh HHV'), ('T-car.manufacture', 'km')) AS asked (code, unit),
     resolve_factor_parts(code, 2015, 'FR', unit) AS p;
-- An uneven interval goes with its factor: 0.3 to 3 times the value.
SELECT p.low_percent, p.high_percent, p.u95_percent, round(value(e)::numeric, 6) AS value,
       round((lower(e) / value(e))::numeric, 6) AS low, round((upper(e) / value(e))::numeric, 6) AS high
FROM resolve_factor_parts('T-n2o', 2020, NULL, 'kg') AS p, emission_estimate(100, 'kg', 'T-n2o', 2020, gwp => 'AR5') AS e;
-- Why there is none: of all, or of a part.
SELECT asked.*, p.part, p.factor_id, p.reason, p.detail
FROM (VALUES
    ('T-oil', 2010, NULL, 'l'), ('T-oil', 2020, NULL, 'km'), ('T-oil', 2020, NULL, 'kWh'), ('T-oil', 2020, NULL, 'kWh HHV'),
    ('T-oil', 2020, NULL, 'furlong'), ('T-none', 2020, NULL, 'l'), ('T-grid', 2015, NULL, 'kWh'), ('T-grid', 2015, 'nowhere', 'kWh'),
    ('T-grid', 2030, 'FR', 'kWh'), (NULL, 2020, NULL, 'l'), ('T-oil', NULL, NULL, 'l'), ('T-oil', 2020, NULL, NULL),
    ('T-bus', 2020, NULL, 'km')
) AS asked (code, year, territory_code, unit), resolve_factor_parts(code, year, territory_code, unit) AS p;
-- A code that nobody has is told those like it.
SELECT asked, detail FROM unnest('{gas,Electricity,diesel.b7,xx,zzz}'::text[]) AS asked, resolve_factor_parts(asked, 2023, 'FR', 'kWh');
-- The price of a part is no price of the whole.
SELECT emission(1, 'l', 'T-oil', 2010);
ROLLBACK;
BEGIN;
INSERT INTO factor (code, name, part, unit, amount, source) VALUES
    ('T-oil', 'oil', 'combustion', 'l', '{"CO2": 2.7}', 'test'), ('T-oil', 'oil', 'upstream', 'l', '{"CO2": 0.5}', 'test');
SELECT resolve_factor('T-oil', 2010);
ROLLBACK;
-- One place has the combustion, another the supply.
BEGIN;
INSERT INTO factor (id, code, name, part, unit, amount, territory_code, year_from, source) VALUES
    (2000000021, 'T-oil', 'oil', 'combustion', 'l', '{"CO2": 2.7}', 'FR', NULL, 'test'),
    (2000000022, 'T-oil', 'oil', 'upstream', 'l', '{"CO2": 0.5}', 'FR', NULL, 'test'),
    (2000000023, 'T-oil', 'oil', 'combustion', 'l', '{"CO2": 2.6}', 'FR-NAQ', 2015, 'test');
SELECT year, part, factor_id FROM unnest(ARRAY[2010, 2020]) AS year, resolve_factor_parts('T-oil', year, 'FR-17', 'l');
-- As known before and after the supply was given up.
UPDATE factor SET superseded_at = recorded_at + interval '1 day' WHERE id = 2000000022;
SELECT part, factor_id, reason FROM as_known(now() + interval '1 hour'), resolve_factor_parts('T-oil', 2020, 'FR-17', 'l');
SELECT part, factor_id, reason FROM as_known(now() + interval '2 days'), resolve_factor_parts('T-oil', 2020, 'FR-17', 'l');
ROLLBACK;
-- What a code may hold.
BEGIN;
INSERT INTO factor (id, code, name, part, unit, amount, source) VALUES (2000000051, 'T-oil', 'oil', 'combustion', 'l', '{"CO2": 2.7}', 'test');
SAVEPOINT here;
INSERT INTO factor (code, name, part, unit, amount, source) VALUES ('T-oil', 'oil', 'full', 'l', '{"CO2": 3.2}', 'test');
ROLLBACK TO here;
INSERT INTO factor (code, name, part, unit, amount, grid, source) VALUES ('T-oil', 'oil', 'combustion', 'kWh', '{"CO2": 3.2}', 'market', 'test');
ROLLBACK TO here;
\set VERBOSITY terse
INSERT INTO factor (code, name, part, unit, amount, source) VALUES ('T-other', 'oil', 'scope 1', 'l', '{"CO2": 3.2}', 'test');
ROLLBACK TO here;
INSERT INTO factor (code, name, part, unit, amount, u95_percent, low_percent, high_percent, source) VALUES ('T-oil', 'oil', 'combustion', 'kg', '{"CO2": 3.2}', 5, 30, 300, 'test');
ROLLBACK TO here;
INSERT INTO factor (code, name, part, unit, amount, low_percent, source) VALUES ('T-oil', 'oil', 'combustion', 'kg', '{"CO2": 3.2}', 30, 'test');
ROLLBACK TO here;
INSERT INTO factor (code, name, part, unit, amount, low_percent, high_percent, source) VALUES ('T-oil', 'oil', 'combustion', 'kg', '{"CO2": 3.2}', 90, 900, 'test');
\set VERBOSITY default
ROLLBACK;
-- A very long code is answered at once, and quoted in part.
BEGIN;
SET LOCAL statement_timeout = '5s';
SELECT left(reason, 20) AS reason, length(detail) FROM resolve_factor_parts(repeat('x', 500000), 2020, NULL, 'kg');
SELECT reason, stock_density('CLC', repeat('1', 500000), 2020, 'ZPC_4_1') IS NOT NULL AS found
FROM stock_references(repeat('x', 500000), repeat('y', 500000), 2020, repeat('z', 500000));
SELECT emission(1, 'kg', repeat('x', 500000), 2020);
ROLLBACK;
SELECT emission(1, repeat('é', 500000), 'car', 2020);
