-- carbon_stock: tonnes of carbon by pool.
SET client_min_messages = warning;
SET search_path = terrcarbon, terrcarbon_internal, public;
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all

-- Text form: the order of the pools; 0 is an estimate, absence is none.
SELECT '{"soil_depth_cm": 30, "products": 0, "soil": 80, "litter": -0.0, "dead_wood": 0.5, "below": 2, "above": 1}'::carbon_stock;
SELECT '{}'::carbon_stock, '{"above": 0}'::carbon_stock, '{"soil": 80, "soil_depth_cm": 30.0}'::carbon_stock;
SELECT carbon_stock(above => 60, below => 15, soil => 80, soil_depth_cm => 30), carbon_stock() AS nothing, carbon_stock(litter => NULL, products => 7);

-- Parts.
SELECT p, pool('{"above": 1, "litter": 0, "soil": 80, "soil_depth_cm": 30}', p)
FROM unnest(ARRAY['above', 'below', 'dead_wood', 'litter', 'soil', 'products']) AS p;
SELECT soil_depth_cm('{"soil": 80, "soil_depth_cm": 30}'), soil_depth_cm('{"above": 1}') AS none;
SELECT total('{"above": 1, "below": 2, "dead_wood": 0.5, "litter": 9, "soil": 80, "products": 7.5, "soil_depth_cm": 30}'),
       total('{"above": 0}') AS zero, total('{}') AS unknown;
-- 12 t C is 44 t CO2.
SELECT tonnes_co2('{"above": 9, "soil": 3, "soil_depth_cm": 30}'::carbon_stock), tonnes_co2('{}'::carbon_stock) AS unknown;

-- Arithmetic: a pool is there when one side has it.
SELECT '{"above": 1, "soil": 80, "soil_depth_cm": 30}'::carbon_stock + '{"above": 2, "below": 3}' AS plus,
       '{"above": 1}'::carbon_stock - '{"above": 1, "soil": 5, "soil_depth_cm": 100}' AS minus,
       - '{"above": 1, "litter": 0}'::carbon_stock AS opposite;
SELECT '{"above": 1, "soil": 80, "soil_depth_cm": 30}'::carbon_stock * 2.5 AS times, 2.5 * '{"above": 1}'::carbon_stock AS times_too,
       '{"above": 1, "soil": 80, "soil_depth_cm": 30}'::carbon_stock / 4 AS quarter, '{"above": 1}'::carbon_stock * 0 AS zero;

-- Equality: 0 is not absence, and depth counts.
SELECT '{"above": 0}'::carbon_stock = '{}' AS zero_is_absent, '{"above": 0}'::carbon_stock = '{"above": -0.0}' AS zeros,
       '{"soil": 1, "soil_depth_cm": 30}'::carbon_stock <> '{"soil": 1, "soil_depth_cm": 100}' AS depths_differ;
SELECT s, count(*) FROM (VALUES ('{"above": 1, "below": 2}'::carbon_stock), ('{"below": 2, "above": 1}'), ('{}')) AS v(s)
GROUP BY s ORDER BY count(*);
SET enable_nestloop = off;
SELECT count(*) FROM generate_series(1, 100) AS a JOIN generate_series(51, 150) AS b ON carbon_stock(a) = carbon_stock(b);
RESET enable_nestloop;
CREATE TEMP TABLE parted (s carbon_stock) PARTITION BY HASH (s);
CREATE TEMP TABLE part0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE part1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT carbon_stock(i) FROM generate_series(1, 100) AS i;
SELECT count(*) AS kept, count(*) FILTER (WHERE tableoid = 'part0'::regclass) BETWEEN 20 AND 80 AS spread FROM parted;

-- jsonb.
SELECT '{"soil": 0.1, "soil_depth_cm": 30}'::carbon_stock::jsonb, '{"soil_depth_cm": 30, "soil": 0.1}'::jsonb::carbon_stock;

-- Sums. NULL rows are skipped; no row at all is NULL; nothing but {} is {}.
SELECT sum(s) FROM (VALUES ('{"above": 3, "soil": 80, "soil_depth_cm": 30}'::carbon_stock), (NULL), ('{"below": 1}'),
                           ('{"soil": 20, "soil_depth_cm": 30}')) AS v(s);
SELECT sum(s, ha) AS of_30_ha FROM (VALUES (carbon_stock(above => 60, soil => 80, soil_depth_cm => 30), 10.0),
                                           (carbon_stock(above => 0, soil => 50, soil_depth_cm => 30), 20.0),
                                           (carbon_stock(above => 1), NULL), (NULL, 1.0)) AS v(s, ha);
SELECT sum(s) AS none, sum(s, 1) AS none_weighted FROM (VALUES (NULL::carbon_stock)) AS v(s);
SELECT sum('{}'::carbon_stock) AS empty, sum(carbon_stock(1), NULL) AS no_weight, sum(carbon_stock(1)) FILTER (WHERE false) AS no_row;
SELECT sum(carbon_stock(above => x)) AS exact FROM unnest(ARRAY[1e16, 1, -1e16, 1e300, 0.5, -1e300]) AS x;
SELECT sum(carbon_stock(above => x)) AS cancelled FROM unnest(ARRAY[0.1, 0.2, -0.1, -0.2]) AS x;

-- Moving sums: a pool leaves with its last row, and its depth with the soil.
SELECT i, sum(s) OVER frame, sum(s, i) OVER frame AS weighted
FROM (VALUES (1, carbon_stock(soil => 1e16, soil_depth_cm => 30)), (2, carbon_stock(above => 1)), (3, NULL),
             (4, carbon_stock(soil => 0.1, soil_depth_cm => 100)), (5, carbon_stock(soil => 0.2, soil_depth_cm => 100))) AS v(i, s)
WINDOW frame AS (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY i;

-- A serial and a parallel plan, to the last bit; the parts make the whole.
CREATE TABLE quantity_stock_rows AS
SELECT i, CASE WHEN i % 3 > 0 THEN carbon_stock(above => i * 1e15 / 7, litter => 1e16 * (i % 3 * 2 - 3))
               ELSE carbon_stock(below => sin(i) * 10 ^ (i % 60 - 30), soil => i, soil_depth_cm => 30) END AS s,
       1.5 + cos(i) AS ha
FROM generate_series(1, 20001) AS i;
INSERT INTO quantity_stock_rows VALUES (0, carbon_stock(litter => 0.25), 1);
ANALYZE quantity_stock_rows;
SELECT sum(s) AS serial, sum(s, ha) AS serial_weighted FROM quantity_stock_rows \gset
-- Soil: 3 * (1 + 2 + ... + 6667).
SELECT pool(:'serial', 'soil') = 3 * 6667 * 6668 / 2 AS soil_right, pool(:'serial', 'litter') AS litter_exact;
SELECT pool(sum(part), 'soil') = pool(:'serial', 'soil') AS soil, abs(pool(sum(part), 'above') / pool(:'serial', 'above') - 1) < 1e-15 AS above
FROM (SELECT sum(s) AS part FROM quantity_stock_rows GROUP BY i % 7) AS parts;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT sum(s), sum(s, ha) FROM quantity_stock_rows;
SELECT carbon_stock_send(sum(s)) = carbon_stock_send(:'serial') AS sum,
       carbon_stock_send(sum(s, ha)) = carbon_stock_send(:'serial_weighted') AS weighted,
       sum(s, ha) = sum(s * ha) AS fused_is_the_product
FROM quantity_stock_rows;
-- One row of another depth is found by whoever meets it.
INSERT INTO quantity_stock_rows VALUES (20002, carbon_stock(soil => 1, soil_depth_cm => 100), 1);
\pset format unaligned
SELECT regexp_replace(pg_temp.outcome('SELECT sum(s) FROM quantity_stock_rows'), 'stock is to (30|100) cm, the other to (30|100) cm', 'stock is to 30|100 cm, the other to 30|100 cm') AS parallel;
RESET max_parallel_workers_per_gather;
SELECT pg_temp.outcome('SELECT sum(s) FROM quantity_stock_rows') AS serial;

-- Binary form: there and back.
SELECT carbon_stock_send('{"above": 1, "soil": 80, "soil_depth_cm": 30}');
SELECT pg_temp.receive('carbon_stock', carbon_stock_send(s)) = s::text AS back, s::text::carbon_stock = s AS text, s::jsonb::carbon_stock = s AS jsonb
FROM (VALUES ('{}'::carbon_stock), ('{"below": 0, "soil": -0.1, "soil_depth_cm": 10000}'),
             ('{"above": 5e-324, "below": 1.7976931348623157e308, "dead_wood": 1e23, "litter": 3, "soil": 4, "products": 5, "soil_depth_cm": 1}')) AS v(s);

-- Everything else is refused.
\pset fieldsep ' => '
\pset tuples_only
SELECT input, pg_temp.outcome(format('SELECT %L::terrcarbon.carbon_stock', input)) AS outcome
FROM unnest(ARRAY['', '[]', '{"above": null}', '{"above": "1"}', '{"above": NaN}', '{"above": 1e309}', '{"above": {}}', '{"roots": 1}',
    '{"Above": 1}', '{"above": 1, "above": 1}', '{"soil": 1}', '{"soil_depth_cm": 30}', '{"above": 1, "soil_depth_cm": 30}',
    '{"soil": 1, "soil_depth_cm": 0}', '{"soil": 1, "soil_depth_cm": -30}', '{"soil": 1, "soil_depth_cm": 30.5}',
    '{"soil": 1, "soil_depth_cm": 10001}', '{"soil": 1, "soil_depth_cm": 1e300}',
    '{"soil": 1, "soil_depth_cm": 30, "soil_depth_cm": 30}']) AS input;
SELECT command, pg_temp.outcome(command) AS outcome
FROM unnest(ARRAY[
    $$SELECT carbon_stock(soil => 1)$$, $$SELECT carbon_stock(above => 1, soil_depth_cm => 30)$$,
    $$SELECT carbon_stock(soil => 1, soil_depth_cm => 0)$$, $$SELECT carbon_stock(soil => 1, soil_depth_cm => 65566)$$,
    $$SELECT carbon_stock(above => 'NaN')$$, $$SELECT carbon_stock(products => 'Infinity')$$,
    $$SELECT pool('{"above": 1}', 'roots')$$,
    $$SELECT '{"soil": 1, "soil_depth_cm": 30}'::carbon_stock + '{"soil": 1, "soil_depth_cm": 100}'$$,
    $$SELECT '{"soil": 1, "soil_depth_cm": 100}'::carbon_stock - '{"soil": 1, "soil_depth_cm": 30}'$$,
    $$SELECT sum(s, 2) FROM (VALUES ('{"soil": 1, "soil_depth_cm": 30}'::carbon_stock), ('{"soil": 1, "soil_depth_cm": 100}')) AS v(s)$$,
    $$SELECT carbon_stock(1e308) + carbon_stock(1e308)$$, $$SELECT carbon_stock(1e308) * 10$$, $$SELECT carbon_stock(1e-308) * 1e-20$$,
    $$SELECT carbon_stock(1) * 'NaN'$$, $$SELECT carbon_stock(1) / 0$$, $$SELECT carbon_stock() / 0$$, $$SELECT carbon_stock(1) / 'Infinity'$$,
    $$SELECT total(carbon_stock(1e308, 1e308))$$, $$SELECT tonnes_co2(carbon_stock(1e308))$$,
    $$SELECT sum(carbon_stock(1e308)) FROM generate_series(1, 2)$$, $$SELECT sum(carbon_stock(1e308), 10)$$,
    $$SELECT sum(carbon_stock(1), 'NaN')$$, $$SELECT carbon_stock_sum_add(NULL, '{}')$$,
    $$SELECT carbon_stock_sum_final('\x0002000000020000000000000000000000010000000100000006000000000000000100000000')$$,
    $$SELECT carbon_stock_sum_final('\x0002000000020000001e000000000000000100000000')$$
]) AS command;

-- Hostile binary input: version, pools, depth without soil, soil without depth, short, NaN, infinity, long.
SELECT bytes, pg_temp.receive('carbon_stock', bytes) AS outcome
FROM unnest(ARRAY['\x', '\x00010000', '\x000200000000', '\x000100400000', '\x0001ffff001e', '\x00010001001e3ff0000000000000',
    '\x0001001000003ff0000000000000', '\x0001001027113ff0000000000000', '\x00010010001e', '\x00010010001e3ff00000000000',
    '\x00010010001e7ff8000000000000', '\x0001000100007ff0000000000000', '\x0001000100003ff000000000000000']::bytea[]) AS bytes;

DROP TABLE quantity_stock_rows;
