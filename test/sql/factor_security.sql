-- Row security hides rows of the catalogues from a reader, also those that other
-- rows refer to: nothing crashes, and what cannot be read is said.
SET search_path = terrcarbon, public;
\pset null NULL
\set SHOW_CONTEXT never
CREATE ROLE factor_reader;
BEGIN;
INSERT INTO unit (code, name, kind, in_base) VALUES ('T-barrel', 'barrel', 'volume', 0.159);
INSERT INTO reference_territory (code, level, name) VALUES ('T-COM', 'commune', 'Test'), ('T-EPCI', 'EPCI', 'Test'), ('T-ALT', 'EPCI', 'Test');
INSERT INTO reference_territory_parent (code, parent_code) VALUES ('T-COM', 'T-EPCI'), ('T-COM', 'T-ALT'), ('T-EPCI', 'FR-17'), ('T-ALT', 'FR-17');
INSERT INTO factor (id, code, name, part, unit, amount, territory_code, source) VALUES
    (2000000031, 'T-oil', 'oil', 'combustion', 'T-barrel', '{"CO2": 400}', NULL, 'test'),
    (2000000032, 'T-oil', 'oil', 'upstream', 'l', '{"CO2": 0.5}', NULL, 'test'),
    (2000000033, 'T-local', 'oil', 'full', 'l', '{"CO2": 1}', 'T-ALT', 'test'),
    (2000000034, 'T-local', 'oil', 'full', 'l', '{"CO2": 2}', 'T-COM', 'test'),
    (2000000035, 'T-local', 'oil', 'full', 'l', '{"CO2": 3}', 'T-EPCI', 'test'),
    (2000000036, 'T-local', 'oil', 'full', 'l', '{"CO2": 4}', 'FR', 'test');
INSERT INTO stock_reference (id, nomenclature, code, name, territory_code, stock, source) VALUES
    (2000000041, 'Test', 'A', 'a', 'T-ALT', '{"above": 1}', 'test'), (2000000042, 'Test', 'A', 'a', 'T-EPCI', '{"above": 2}', 'test'),
    (2000000043, 'Test', 'A', 'a', 'FR', '{"above": 3}', 'test');
CREATE FUNCTION pg_temp.answers() RETURNS TABLE (what text, answer text) LANGUAGE sql AS $$
    SELECT 'oil ' || coalesce(part, '-'), coalesce(factor_id::text, reason || ': ' || detail) FROM resolve_factor_parts('T-oil', 2020, 'T-COM', 'l')
    UNION ALL SELECT 'local', string_agg(concat_ws(' ', part, factor_id, reason), ', ') FROM resolve_factor_parts('T-local', 2020, 'T-COM', 'l')
    UNION ALL SELECT 'any unit', concat(resolve_factor('T-local', 2020, 'T-COM'))
    UNION ALL SELECT 'chain', string_agg(code, ' ' ORDER BY place) FROM territory_chain('T-COM')
    UNION ALL SELECT 'stock', string_agg(concat_ws(' ', pool, reference_id, reason), ', ') FROM stock_references('Test', 'A', 2020, 'T-COM')
    UNION ALL SELECT 'density', concat(stock_density('Test', 'A', 2020, 'T-COM'))
    UNION ALL SELECT 'change', concat(c.change_tc, c.reason) FROM land_change_per_ha('Test', 'A', 'A', 2020, 'T-COM') AS c WHERE c.pool = 'biomass'
    ORDER BY 1
$$;
SELECT * FROM pg_temp.answers();
CREATE FUNCTION pg_temp.hide(hidden regclass, condition text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', hidden);
    EXECUTE format('CREATE POLICY hide ON %s USING (%s)', hidden, condition);
    RETURN hidden || ' hides ' || condition;
END;
$$;
CREATE FUNCTION pg_temp.as_reader() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL ROLE factor_reader;
    RETURN QUERY SELECT a.what || ' = ' || a.answer FROM pg_temp.answers() AS a;
    RESET ROLE;
END;
$$;
DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %s TO factor_reader', pg_my_temp_schema()::regnamespace); END $$;
SAVEPOINT all_seen;
-- A unit.
SELECT pg_temp.hide('unit', $$code <> 'T-barrel'$$);
SELECT pg_temp.as_reader();
SET LOCAL ROLE factor_reader;
SELECT emission(1, 'l', 2000000031);
ROLLBACK TO all_seen;
SELECT pg_temp.hide('unit', $$code <> 'T-barrel'$$);
SET LOCAL ROLE factor_reader;
SELECT emission(1, 'l', 'T-oil', 2020);
ROLLBACK TO all_seen;
SELECT pg_temp.hide('unit', 'false');
SET LOCAL ROLE factor_reader;
SELECT reason FROM resolve_factor_parts('T-oil', 2020, 'T-COM', 'l');
SELECT convert_unit(1, 'l', 'm3');
ROLLBACK TO all_seen;
-- Territories, one of them between others, their parents and levels.
SELECT pg_temp.hide('reference_territory', $$code NOT IN ('T-COM', 'T-EPCI')$$);
SELECT pg_temp.as_reader();
ROLLBACK TO all_seen;
SELECT pg_temp.hide('reference_territory', $$code <> 'T-ALT'$$);
SELECT pg_temp.as_reader();
ROLLBACK TO all_seen;
SELECT pg_temp.hide('reference_territory_parent', $$code <> 'T-COM'$$);
SELECT pg_temp.as_reader();
ROLLBACK TO all_seen;
SELECT pg_temp.hide('territory_level', $$level <> 'commune'$$);
SELECT pg_temp.as_reader();
ROLLBACK TO all_seen;
-- Factors and references.
SELECT pg_temp.hide('factor', 'id NOT IN (2000000031, 2000000034)');
SELECT pg_temp.as_reader();
SET LOCAL ROLE factor_reader;
SELECT emission(1, 'l', 2000000034);
ROLLBACK TO all_seen;
SELECT pg_temp.hide('stock_reference', 'id <> 2000000041');
SELECT pg_temp.as_reader();
ROLLBACK TO all_seen;
SELECT pg_temp.hide('stock_reference', 'false');
SELECT pg_temp.as_reader();
ROLLBACK TO all_seen;
-- One query, two users: each sees its own rows in every row.
SELECT pg_temp.hide('factor', 'id <> 2000000034');
CREATE FUNCTION pg_temp.by_reader(i int) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT resolve_factor('T-local', 2020, 'T-COM') $$;
ALTER FUNCTION pg_temp.by_reader(int) OWNER TO factor_reader;
SELECT resolve_factor('T-local', 2020, 'T-COM') AS own, pg_temp.by_reader(i) AS reader, count(*)
FROM generate_series(1, 2000) AS i GROUP BY 1, 2;
ROLLBACK;
-- The same without row security: who may not read is refused, though another has read.
BEGIN;
CREATE FUNCTION pg_temp.by_reader(i int) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT resolve_factor('car', 2020, 'FR') $$;
ALTER FUNCTION pg_temp.by_reader(int) OWNER TO factor_reader;
SELECT resolve_factor('car', 2020, 'FR') = pg_temp.by_reader(i) AS equal, count(*) FROM generate_series(1, 2000) AS i GROUP BY 1;
REVOKE SELECT ON stock_reference FROM PUBLIC;
SELECT resolve_factor('car', 2020, 'FR') = pg_temp.by_reader(1) AS refused;
ROLLBACK;
DROP ROLE factor_reader;
