-- ghg: masses of greenhouse gases.
SET client_min_messages = warning;
SET search_path = terrcarbon, terrcarbon_internal, public;
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all

-- The gases, in the order of their ids: this list may only grow at its end.
SELECT gas, in_total, jsonb_object_agg(gwp, kg_co2e ORDER BY gwp) AS kg_co2e
FROM unnest(gwp_sets()) AS gwp, gases(gwp) WITH ORDINALITY
GROUP BY gas, in_total, ordinality ORDER BY ordinality;

-- Text form: order of ids, no zeros, shortest numbers that read back the same.
SELECT '{"N2O": 1, "CO2": 1000.0, "CH4": 1e1, "HFC134a": 0.5, "SF6": 0, "NF3": -0.0}'::ghg;
SELECT '{}'::ghg, '{"CO2": -12.5}'::ghg, '{"CO2": 0.1, "CH4": 5e-324, "N2O": 1.7976931348623157e308}'::ghg;
SELECT ghg('CH4_fossil', 2.5), ghg('CO2', 0), ghg('CO2', NULL), ghg(NULL, 1);

-- Known figures: 1000 kg CO2, 10 kg CH4, 1 kg N2O.
SELECT gwp, co2e('{"CO2": 1000, "CH4": 10, "N2O": 1}', gwp)
FROM unnest(ARRAY['AR4', 'AR5', 'AR6']) AS gwp;
-- 1000 + 10 * 29.8 + 10 * 27 + 0.5 * 1530; biogenic CO2 is a memo item.
SELECT co2e('{"CO2": 1000, "CO2_biogenic": 77, "CH4_fossil": 10, "CH4_biogenic": 10, "HFC134a": 0.5}', 'AR6');
SELECT co2e('{"CO2_biogenic": 77}', 'AR5'), co2e('{}', 'AR5'), co2e(NULL, 'AR5');
-- Every gas and set: 1 kg is worth its potential, or an error.
SELECT gwp, count(kg_co2e) AS gases,
       count(*) FILTER (WHERE pg_temp.outcome(format('SELECT terrcarbon.co2e(terrcarbon.ghg(%L, 1), %L)', gas, gwp)) = kg_co2e::text) AS right,
       count(*) FILTER (WHERE pg_temp.outcome(format('SELECT terrcarbon.co2e(terrcarbon.ghg(%L, 1), %L)', gas, gwp)) LIKE '22023%') AS refused
FROM unnest(gwp_sets()) AS gwp, gases(gwp)
WHERE in_total
GROUP BY gwp ORDER BY gwp;

-- The setting.
SHOW terrcarbon.gwp;
SELECT co2e(ghg('CH4', 1));
SET terrcarbon.gwp = 'AR6';
SELECT co2e(ghg('CH4', 1));
SELECT pg_temp.outcome('SET terrcarbon.gwp = ''SAR''');
RESET terrcarbon.gwp;
SELECT oid::regprocedure, provolatile FROM pg_proc
WHERE proname = 'co2e' AND pronamespace = 'terrcarbon'::regnamespace ORDER BY 1::text;

-- One gas.
SELECT gas('{"CO2": 3}', 'CO2'), gas('{"CO2": 3}', 'CH4'), gas(NULL, 'CH4');

-- Arithmetic.
SELECT '{"CO2": 3, "CH4": 1}'::ghg + '{"CO2": 4, "N2O": 2}'::ghg AS plus,
       '{"CO2": 3, "CH4": 1}'::ghg - '{"CO2": 3, "N2O": 2}'::ghg AS minus,
       - '{"CO2": 3, "CH4": -1}'::ghg AS opposite;
SELECT '{"CO2": 3, "CH4": 1}'::ghg * 2 AS twice, 2 * '{"CO2": 3, "CH4": 1}'::ghg AS twice_too,
       '{"CO2": 3, "CH4": 1}'::ghg / 4 AS quarter, '{"CO2": 3}'::ghg * 0 AS nothing;

-- Equality, grouping, joining.
SELECT '{"CO2": 1, "CH4": 0}'::ghg = '{"CO2": 1}'::ghg AS same, '{"CO2": 1}'::ghg <> '{"CO2": 2}'::ghg AS different,
       '{"CO2": 1}'::ghg = '{"CH4": 1}'::ghg AS other_gas;
SELECT g, count(*) FROM (VALUES ('{"CO2": 1, "CH4": 2}'::ghg), ('{"CH4": 2, "CO2": 1}'), ('{}')) AS v(g)
GROUP BY g ORDER BY count(*);
SET enable_nestloop = off;
SELECT count(*) FROM generate_series(1, 100) AS a JOIN generate_series(51, 150) AS b ON ghg('CO2', a) = ghg('CO2', b);
RESET enable_nestloop;
CREATE TEMP TABLE parted (g ghg) PARTITION BY HASH (g);
CREATE TEMP TABLE part0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE part1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT ghg('CO2', i) FROM generate_series(1, 100) AS i;
SELECT count(*) AS kept, count(*) FILTER (WHERE tableoid = 'part0'::regclass) BETWEEN 20 AND 80 AS spread FROM parted;
SELECT pg_temp.outcome('SELECT 1 FROM (VALUES (terrcarbon.ghg(''CO2'', 1))) AS v(g) ORDER BY g');

-- jsonb.
SELECT '{"CO2": 0.1, "CH4": 2}'::ghg::jsonb, '{"CH4": 2, "CO2": 0.1}'::jsonb::ghg;

-- Sums. NULL rows are skipped; no row at all is NULL; nothing but {} is {}.
SELECT sum(g) FROM (VALUES ('{"CO2": 3, "CH4": 1}'::ghg), (NULL), ('{"CO2": 4, "N2O": 2}')) AS v(g);
SELECT sum(g) AS none, sum(g, 1) AS none_weighted FROM (VALUES (NULL::ghg)) AS v(g);
SELECT sum('{}'::ghg) AS empty, sum(ghg('CO2', 1), NULL) AS no_weight, sum(ghg('CO2', 1)) FILTER (WHERE false) AS no_row;
SELECT sum(ghg('CO2', x)) AS exact FROM unnest(ARRAY[1e16, 1, -1e16, 1e300, 0.5, -1e300]) AS x;
SELECT sum(ghg('CO2', x)) AS cancelled FROM unnest(ARRAY[0.1, 0.2, -0.1, -0.2]) AS x;

-- Moving sums are exact too: what leaves the frame leaves nothing behind.
SELECT i, sum(g) OVER frame, sum(g, i) OVER frame AS weighted
FROM (VALUES (1, ghg('CO2', 1e16)), (2, ghg('CH4', 1)), (3, NULL), (4, ghg('CO2', 0.1)), (5, ghg('CO2', 0.2))) AS v(i, g)
WINDOW frame AS (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY i;

-- A serial and a parallel plan, to the last bit; the parts make the whole.
CREATE TABLE quantity_ghg_rows AS
SELECT i, ghg('CO2', i * 1e15 / 7) + ghg('CH4', sin(i) * 10 ^ (i % 60 - 30)) + ghg('N2O', 1e16 * (i % 2 * 2 - 1)) AS g, cos(i) AS w
FROM generate_series(1, 20000) AS i;
INSERT INTO quantity_ghg_rows VALUES (0, ghg('N2O', 0.25), 1);
ANALYZE quantity_ghg_rows;
SELECT sum(g) AS serial, sum(g, w) AS serial_weighted, gas(sum(g), 'N2O') AS n2o FROM quantity_ghg_rows \gset
SELECT abs(gas(:'serial', 'CO2') / (1e15 / 7 * 20000 * 20001 / 2) - 1) < 1e-15 AS co2_right, :'n2o' AS n2o_exact;
SELECT abs(gas(sum(part), 'CO2') / gas(:'serial', 'CO2') - 1) < 1e-15 AS parts_make_the_whole
FROM (SELECT sum(g) AS part FROM quantity_ghg_rows GROUP BY i % 7) AS parts;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT sum(g), sum(g, w) FROM quantity_ghg_rows;
SELECT ghg_send(sum(g)) = ghg_send(:'serial') AS sum, ghg_send(sum(g, w)) = ghg_send(:'serial_weighted') AS weighted,
       sum(g, w) = sum(g * w) AS fused_is_the_product, (count(g), count(w)) AS rows
FROM quantity_ghg_rows;
-- Workers use the set of their leader.
SET parallel_leader_participation = off;
SET terrcarbon.gwp = 'AR4';
EXPLAIN (COSTS OFF) SELECT count(*) FROM quantity_ghg_rows WHERE co2e(g) = co2e(g, 'AR4');
SELECT count(*) FROM quantity_ghg_rows WHERE co2e(g) = co2e(g, 'AR4');
RESET terrcarbon.gwp;
RESET parallel_leader_participation;
RESET max_parallel_workers_per_gather;

-- Binary form: there and back.
SELECT ghg_send('{"CO2": 1, "HFC134a": -0.5}');
SELECT pg_temp.receive('ghg', ghg_send(g)) = g::text AS back
FROM (VALUES ('{}'::ghg), ('{"CO2": 1, "HFC134a": -0.5, "NF3": 5e-324}')) AS v(g);
CREATE TEMP TABLE every_gas AS SELECT sum(ghg(gas, 1 / 3.0)) AS g FROM gases();
SELECT pg_temp.receive('ghg', ghg_send(g)) = g::text AS binary, g::text::ghg = g AS text, g::jsonb::ghg = g AS jsonb, pg_column_size(g) < 1000 AS small FROM every_gas;

-- Everything else is refused.
\pset format unaligned
\pset fieldsep ' => '
\pset tuples_only
SELECT input, pg_temp.outcome(format('SELECT %L::terrcarbon.ghg', input)) AS outcome
FROM unnest(ARRAY['', 'x', '1', 'null', '[1]', '{"CO2"}', '{"CO2": 1', '{"CO2": 1} 2', '{"CO2": "1"}', '{"CO2": null}',
    '{"CO2": true}', '{"CO2": NaN}', '{"CO2": Infinity}', '{"CO2": 1e400}', '{"CO2": 1e-400}', '{"CO2": {"CH4": 1}}',
    '{"CO2": [1]}', '{"CO2": []}', '{"CO2": {}}', '{"CO2": 1, "x": []}', '{"CO2": [[[[1]]]]}', '{"co2": 1}', '{"CO2 ": 1}', '{"": 1}', '{"CO2": 1, "CO2": 1}',
    '{"CO2": 0, "\u0043O2": 1}', '{"CO2": 01}', '{"CO2": +1}', '{"CO2": 0x1}']) AS input;
SELECT command, pg_temp.outcome(command) AS outcome
FROM unnest(ARRAY[
    $$SELECT ghg('co2', 1)$$, $$SELECT ghg('', 1)$$, $$SELECT ghg('CO2', 'NaN')$$, $$SELECT ghg('CO2', '-Infinity')$$,
    $$SELECT gas('{}', 'CO3')$$, $$SELECT co2e('{"CO2": 1}'::ghg, 'AR3')$$, $$SELECT co2e('{"CO2": 1}'::ghg, 'ar5')$$,
    $$SELECT co2e('{"HFC134": 1}', 'AR4')$$, $$SELECT co2e('{"cC3F6": 1}', 'AR6')$$,
    $$SELECT co2e('{"SF6": 1e308}'::ghg)$$, $$SELECT ghg('CO2', 1e308) + ghg('CO2', 1e308)$$,
    $$SELECT ghg('CO2', -1e308) - ghg('CO2', 1e308)$$, $$SELECT ghg('CO2', 1e308) * 10$$, $$SELECT ghg('CO2', 1e-308) * 1e-20$$,
    $$SELECT ghg('CO2', 1) * 'NaN'$$, $$SELECT 'Infinity' * ghg('CO2', 1)$$, $$SELECT ghg('CO2', 1) / 0$$, $$SELECT '{}'::ghg / 0$$,
    $$SELECT ghg('CO2', 1) / 'Infinity'$$, $$SELECT ghg('CO2', 1e308) / 0.1$$, $$SELECT ghg('CO2', 1e-308) / 1e20$$,
    $$SELECT sum(ghg('CO2', 1e308)) FROM generate_series(1, 2)$$, $$SELECT sum(ghg('CO2', 1e308), 10)$$,
    $$SELECT sum(ghg('CO2', 1), 'NaN')$$, $$SELECT sum(ghg('CO2', 1), 'Infinity')$$, $$SELECT '{"CO2": 1e309}'::jsonb::ghg$$,
    $$SELECT '{"CH5": 1}'::jsonb::ghg$$, $$SELECT ghg_sum_add(NULL, '{}')$$, $$SELECT ghg_sum_final('\x0002000000010000000000000000000000010000000100000064000000000000000100000000')$$
]) AS command;
-- A sum that passes the range and comes back is right.
SELECT sum(ghg('CO2', x)) FROM unnest(ARRAY[1e308, 1e308, -1e308]) AS x;

-- Hostile binary input: version, count, order, unknown gas, zero, NaN, infinity, short, long.
SELECT bytes, pg_temp.receive('ghg', bytes) AS outcome
FROM unnest(ARRAY['\x', '\x0001', '\x00020000', '\x0001ffff', '\x00010001', '\x0001000100013ff00000000000',
    '\x0001000100013ff0000000000000ff', '\x0001000100003ff0000000000000', '\x00010001005d3ff0000000000000',
    '\x00010001ffff3ff0000000000000', '\x0001000100010000000000000000', '\x0001000100018000000000000000',
    '\x0001000100017ff8000000000000', '\x000100010001fff0000000000000',
    '\x0001000200013ff000000000000000013ff0000000000000',
    '\x0001000200033ff000000000000000013ff0000000000000']::bytea[]) AS bytes;

DROP TABLE quantity_ghg_rows;

-- A state takes some 2 kB a group, once.
CREATE FUNCTION pg_temp.peak_kb(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO plan;
    RETURN plan->0->'Plan'->>'Peak Memory Usage';
END $$;
BEGIN;
SET LOCAL work_mem = '200MB';
SET LOCAL enable_sort = off;
SELECT pg_temp.peak_kb('SELECT i % 20000, sum(ghg(''CO2'', i)) FROM generate_series(1, 40000) i GROUP BY 1') / 20000.0 < 3 AS small;
ROLLBACK;

-- A moving frame that starts with rows without a value.
SELECT i, sum(g) OVER frame AS sum, sum(g, weight) OVER frame AS weighted,
    sum(c) OVER frame AS stock, sum(c, weight) OVER frame AS weighted_stock
FROM (VALUES (1, NULL::ghg, NULL::float8, NULL::carbon_stock), (2, NULL, 1, NULL), (3, '{"CO2": 3}', NULL, '{"above": 3}'),
             (4, '{"CO2": 4}', 2, '{"above": 4}'), (5, NULL, 2, NULL), (6, NULL, NULL, NULL)) AS v(i, g, weight, c)
WINDOW frame AS (ORDER BY i ROWS 1 PRECEDING);

-- Messages quote the beginning of what they were given, never all of it.
CREATE FUNCTION pg_temp.longest_message(statement text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN greatest(length(SQLERRM), length(detail));
END
$$;
SELECT type, form, pg_temp.longest_message(format('SELECT %L::%I', input, type)) <= 200 AS short
FROM unnest(ARRAY['ghg', 'carbon_stock', 'estimate', 'trajectory']) AS type,
    (VALUES ('no json', repeat('é', 50000)), ('a name', format('{"%s": 1}', repeat('é', 50000))),
        ('a string', format('{"CO2": "%s"}', repeat('é', 50000))), ('a number', format('{"value": 1%s}', repeat('0', 50000))),
        ('a member', format('{"%s": {"a": 1}}', repeat('é', 50000)))) AS v(form, input)
ORDER BY type, form;
SELECT statement, pg_temp.longest_message(format(statement, repeat('é', 50000))) <= 200 AS short
FROM unnest(ARRAY['SELECT ghg(%L, 1)', $$SELECT gas('{}', %L)$$, $$SELECT co2e('{}', %L)$$, $$SELECT pool('{}', %L)$$,
    $$SELECT project('{}', 2030, %L)$$]) AS statement;

-- An order of bytes lets PostgreSQL sort, and so count distinct values and part windows.
CREATE FUNCTION pg_temp.sorted(type text, input text[]) RETURNS TABLE (distinct_values bigint, by_window bigint, groups bigint, total bigint)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('WITH v AS (SELECT x::terrcarbon.%1$I AS x FROM unnest($1) AS x)
        SELECT (SELECT count(DISTINCT x) FROM v), (SELECT max(n) FROM (SELECT count(*) OVER (PARTITION BY x) AS n FROM v) w),
            (SELECT count(*) FROM (SELECT x FROM v GROUP BY x) g), (SELECT count(*) FROM v JOIN v AS w USING (x))', type) USING input;
END
$$;
SET enable_hashagg = off; SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT type, s.*
FROM (VALUES ('ghg', ARRAY['{"CO2": 1}', '{"CO2": 2}', '{"CO2": 1}', '{"CH4": 1}', '{}', '{"CO2": 1, "CH4": 1}']),
        ('carbon_stock', ARRAY['{"above": 1}', '{"below": 1}', '{"above": 1}', '{}']),
        ('estimate', ARRAY['{"value": 1, "sd": 0}', '{"value": 1, "sd": 2}', '{"value": 1, "sd": 0}']),
        ('trajectory', ARRAY['{"2020": 1}', '{"2021": 1}', '{"2020": 1}', '{}'])) AS v(type, input),
    pg_temp.sorted(type, input) AS s
ORDER BY type;
RESET enable_hashagg; RESET enable_hashjoin; RESET enable_nestloop;
SELECT sum(DISTINCT g) FROM (VALUES (ghg('CO2', 1)), (ghg('CO2', 1)), (ghg('CO2', 2))) AS v(g);
-- The order is total: of any two values exactly one of *<, =, *> holds, and it is transitive.
WITH v AS (SELECT sum(ghg(gas, n)) AS x FROM generate_series(1, 12) AS n, gases() WHERE hashtext(gas || n) % 7 = 0 GROUP BY n)
SELECT count(*) AS pairs, bool_and((a.x *< b.x)::int + (a.x = b.x)::int + (a.x *> b.x)::int = 1) AS one,
       bool_and((a.x *<= b.x) = NOT (a.x *> b.x)) AND bool_and((a.x *>= b.x) = NOT (a.x *< b.x)) AS negators
FROM v AS a, v AS b;
WITH v AS (SELECT sum(ghg(gas, n)) AS x FROM generate_series(1, 12) AS n, gases() WHERE hashtext(gas || n) % 7 = 0 GROUP BY n)
SELECT count(*) AS faults FROM v AS a, v AS b, v AS c WHERE a.x *< b.x AND b.x *< c.x AND NOT a.x *< c.x;
-- It says nothing of size, so < does not compare.
SELECT pg_temp.outcome($$SELECT ghg('CO2', 1) < ghg('CO2', 2)$$);
