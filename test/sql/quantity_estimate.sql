-- estimate: a value, its uncertainty, and what causes it.
SET client_min_messages = warning;
SET search_path = terrcarbon, terrcarbon_internal, public;
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all

-- Text form.
SELECT '{"sources": [7, 3, 7], "causes": {"factor:12": 22.5, "factor:1": -1, "none": 0}, "sd": 4.0, "value": 150}'::estimate;
SELECT '{"value": -0.0, "sd": -0.0, "causes": {}, "sources": []}'::estimate, '{"value": 1, "sd": 0, "causes": {"\"é\\ \u0001": 5e-324}}'::estimate;

-- Parts. 30 / 1.959963984540054 is 15.306...
SELECT estimate(100, 30), estimate(100, 30, 'factor:12', 3), estimate(-100, 30, 'f'), estimate(100, 0, 'f'), estimate(0, 30, NULL, 3);
SELECT estimate(NULL, 30) AS no_value, estimate(100, NULL) AS no_uncertainty;
SELECT value(e), half_width(e), lower(e), upper(e), sources(e), causes(e) FROM (VALUES (estimate(100, 30, 'f', 3) + estimate(50, 0, 'g', 1))) AS v(e);
SELECT sources(estimate(1, 1)), causes(estimate(1, 1));
-- Intervals of other widths: quantiles from the tables of the normal distribution.
SELECT confidence, round((half_width(estimate(0, 1.959963984540054), confidence) / z - 1)::numeric, 14) AS off
FROM (VALUES (0.5, 0.6744897501960817), (0.6826894921370859, 1), (0.9, 1.6448536269514722), (0.95, 1.959963984540054),
             (0.99, 2.5758293035489004), (0.999, 3.290526731491895)) AS v(confidence, z);

-- Same cause: 30 % of both is 30 % of the sum. Different causes, or none: in quadrature, 22.36 %.
SELECT half_width(a + b) / value(a + b) AS one_cause FROM (VALUES (estimate(100, 30, 'f'), estimate(50, 15, 'f'))) AS v(a, b);
SELECT round((half_width(a + b) / value(a + b) * 100)::numeric, 2) AS percent
FROM (VALUES (estimate(100, 30, 'f'), estimate(50, 15, 'g')), (estimate(100, 30), estimate(50, 15)), (estimate(100, 30, 'f'), estimate(50, 15))) AS v(a, b);
-- What one factor says too much of an emission, it says too much of a removal.
SELECT half_width(estimate(100, 30, 'f') + estimate(-50, 15, 'f')) AS plus, half_width(estimate(100, 30, 'f') - estimate(50, 15, 'f')) AS minus,
       round(half_width(estimate(100, 30) - estimate(50, 15))::numeric, 4) AS independent;
SELECT estimate(100, 30, 'f', 1) - estimate(100, 30, 'f', 2) AS cancelled;

-- Times a number.
SELECT estimate(100, 30) * 2 = estimate(200, 60) AS times, 2 * estimate(100, 30, 'f', 3) = estimate(200, 60, 'f', 3) AS times_too,
       - estimate(100, 30, 'f') = estimate(-100, 30, 'f') AS opposite, estimate(100, 30) / -4 = estimate(-25, 7.5) AS divided,
       estimate(100, 30, 'f', 3) * 0 AS nothing;
-- Product: 5 % and 30 % are 30.41 %; a cause of both adds: 35 %.
SELECT value(p), round((half_width(p) / value(p) * 100)::numeric, 2) AS percent, sources(p)
FROM (VALUES (estimate(12000, 600, NULL, 2) * estimate(0.2, 0.06, NULL, 1)), (estimate(12000, 600, 'f') * estimate(0.2, 0.06, 'g')),
             (estimate(12000, 600, 'f') * estimate(0.2, 0.06, 'f')), (estimate(-12000, 600) * estimate(0.2, 0.06, 'f'))) AS v(p);

-- Equality is of value, uncertainty, causes and sources.
SELECT estimate(1, 2, 'f', 3) = estimate(1, 2, 'f', 3) AS same, estimate(1, 2, 'f') <> estimate(1, 2, 'g') AS other_cause, estimate(1, 2) <> estimate(1, 2, NULL, 1) AS other_source;
SELECT e, count(*) FROM (VALUES (estimate(1, 0)), ('{"sd": 0, "value": 1}'), (estimate(2, 0))) AS v(e) GROUP BY e ORDER BY count(*);
SET enable_nestloop = off;
SELECT count(*) FROM generate_series(1, 100) AS a JOIN generate_series(51, 150) AS b ON estimate(a, 1, 'f') = estimate(b, 1, 'f');
RESET enable_nestloop;
CREATE TEMP TABLE parted (e estimate) PARTITION BY HASH (e);
CREATE TEMP TABLE part0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE part1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT estimate(i, 1) FROM generate_series(1, 100) AS i;
SELECT count(*) AS kept, count(*) FILTER (WHERE tableoid = 'part0'::regclass) BETWEEN 20 AND 80 AS spread FROM parted;

-- jsonb.
SELECT estimate(100, 30, 'f', 3)::jsonb, estimate(100, 30, 'f', 3)::jsonb::estimate = estimate(100, 30, 'f', 3) AS back;

-- Sums.
SELECT sum(e) FROM (VALUES (estimate(100, 30, 'f', 3)), (NULL), (estimate(50, 15, 'f', 1)), (estimate(-7, 0, NULL, 3))) AS v(e);
SELECT sum(e) AS none FROM (VALUES (NULL::estimate)) AS v(e);
SELECT sum(estimate(1, 1)) FILTER (WHERE false) AS no_row;
SELECT value(sum(estimate(x, 0))) AS exact FROM unnest(ARRAY[1e16, 1, -1e16, 1e300, 0.5, -1e300]) AS x;
SELECT sum(e) OVER (ORDER BY i) AS running, value(sum(e) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS moving
FROM (VALUES (1, estimate(1e16, 0, NULL, 9)), (2, '{"value": 1, "sd": 3, "causes": {"f": 2}, "sources": [2]}'), (3, '{"value": 2, "sd": 4, "causes": {"f": -2}}')) AS v(i, e);

-- One factor over 10 000 rows keeps its full 30 %; without it 30 % / 100; with 100 factors 30 % / 10.
CREATE TABLE quantity_estimate_rows AS
SELECT i, estimate(10, 3, 'factor:1', 1) AS one, estimate(10, 3) AS none, estimate(10, 3, 'factor:' || i % 100, 1 + i % 7) AS hundred,
       estimate(sin(i) * 10 ^ (i % 40 - 20), abs(cos(i)) * 10 ^ (i % 40 - 20), CASE WHEN i % 3 > 0 THEN 'cause ' || i % 50 END, 1 + i % 1000) AS wild
FROM generate_series(1, 10000) AS i;
ANALYZE quantity_estimate_rows;
SELECT sum(one) AS one, sum(none) AS none, sum(hundred) AS hundred, sum(wild) AS wild FROM quantity_estimate_rows \gset
SELECT value(:'one') AS value, round((half_width(:'one') / value(:'one') * 100)::numeric, 10) AS one,
       round((half_width(:'none') / value(:'none') * 100)::numeric, 10) AS none,
       round((half_width(:'hundred') / value(:'hundred') * 100)::numeric, 10) AS hundred, sources(:'hundred');
-- The parts by plain SQL: the terms of each cause, and the variance of the rest.
WITH row AS (
    SELECT value(wild) AS v, half_width(wild) / 1.959963984540054 AS sd, cause.key AS cause, cause.value::float8 AS term, sources(wild) AS source
    FROM quantity_estimate_rows LEFT JOIN LATERAL jsonb_each(causes(wild)) AS cause ON true
), by_cause AS (
    SELECT cause, sum(term) AS term FROM row WHERE cause IS NOT NULL GROUP BY cause
)
SELECT abs(value(:'wild') / (SELECT sum(v) FROM row) - 1) < 1e-12 AS value,
       abs((:'wild'::jsonb ->> 'sd')::float8 / (SELECT sqrt(sum(sd ^ 2)) FROM row WHERE cause IS NULL) - 1) < 1e-12 AS sd,
       (SELECT bool_and(abs((causes(:'wild') ->> cause)::float8 / term - 1) < 1e-12) AND count(*) = 50 FROM by_cause) AS terms,
       cardinality(sources(:'wild')) AS sources,
       abs(half_width(:'wild') / (1.959963984540054 * sqrt((SELECT sum(sd ^ 2) FROM row WHERE cause IS NULL) + (SELECT sum(term ^ 2) FROM by_cause))) - 1) < 1e-12 AS half_width;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT sum(one), sum(wild) FROM quantity_estimate_rows;
SELECT estimate_send(sum(one)) = estimate_send(:'one') AS one, estimate_send(sum(none)) = estimate_send(:'none') AS none,
       estimate_send(sum(hundred)) = estimate_send(:'hundred') AS hundred, estimate_send(sum(wild)) = estimate_send(:'wild') AS wild
FROM quantity_estimate_rows;
RESET max_parallel_workers_per_gather;
SELECT count(*) AS parts, abs(value(sum(part)) / value(:'wild') - 1) < 1e-12 AND abs(half_width(sum(part)) / half_width(:'wild') - 1) < 1e-12 AS make_the_whole
FROM (SELECT sum(wild) AS part FROM quantity_estimate_rows GROUP BY i % 7) AS parts;

-- A total too wide for its row is kept out of line, and stays what it is.
CREATE TEMP TABLE kept AS SELECT sum(wild) AS e FROM quantity_estimate_rows;
SELECT pg_relation_size(reltoastrelid) > 0 AS out_of_line, e = :'wild' AS same, estimate_hash(e) = estimate_hash(:'wild') AS same_hash, sum(e) OVER () = e AS same_sum
FROM kept, pg_class WHERE pg_class.oid = 'kept'::regclass;

-- The transition state: its text and binary forms lose nothing.
CREATE AGGREGATE pg_temp.state(estimate) (SFUNC = estimate_sum_add, STYPE = estimate_sum, COMBINEFUNC = estimate_sum_combine, PARALLEL = SAFE);
CREATE TEMP TABLE states AS SELECT pg_temp.state(wild) AS s FROM quantity_estimate_rows GROUP BY i % 3;
SELECT count(*) AS states, bool_and(s::text::estimate_sum::text = s::text) AS text, bool_and(pg_temp.receive('estimate_sum', estimate_sum_send(s)) = s::text) AS binary FROM states;
CREATE AGGREGATE pg_temp.merge(estimate_sum) (SFUNC = estimate_sum_combine, STYPE = estimate_sum, FINALFUNC = estimate_sum_final);
SELECT pg_temp.merge(s) = :'wild' AS whole, pg_temp.merge(s::text::estimate_sum) = :'wild' AS whole_from_text FROM states;
SELECT pg_temp.state(e) FROM (VALUES (estimate(1.5, 0, NULL, 3)), ('{"value": -3, "sd": 2, "causes": {"f": 1}}')) AS v(e);

-- Binary form: there and back.
SELECT estimate_send('{"value": 150, "sd": 4, "causes": {"f": 22.5}, "sources": [3, 7]}');
SELECT bool_and(pg_temp.receive('estimate', estimate_send(e)) = e::text) AS binary, bool_and(e::text::estimate = e) AS text, bool_and(e::jsonb::estimate = e) AS jsonb
FROM (VALUES ('{"value": 0, "sd": 0}'::estimate), ('{"value": -1.7976931348623157e308, "sd": 5e-324, "causes": {"\"é\\": -0.1, "a": 1e23}, "sources": [1, 2147483647]}'), (:'wild')) AS v(e);

-- Everything else is refused.
\pset format unaligned
\pset fieldsep ' => '
\pset tuples_only
SELECT left(input, 60), pg_temp.outcome(format('SELECT %L::terrcarbon.estimate', input)) AS outcome
FROM unnest(ARRAY['', '{}', '{"value": 1}', '{"sd": 1}', '{"value": 1, "sd": -1}', '{"value": 1e309, "sd": 1}', '{"value": 1, "sd": NaN}', '{"value": {}, "sd": 1}',
    '{"value": 1, "sd": 1, "u95": 2}', '{"value": 1, "sd": 1, "value": 1}', '{"value": 1, "sd": 1, "sd": 1}', '{"value": 1, "sd": 1, "causes": 1}',
    '{"value": 1, "sd": 1, "causes": ["f"]}', '{"value": 1, "sd": 1, "causes": [1]}', '{"value": 1, "sd": 1, "causes": {"f": 1, "f": 1}}', '{"value": 1, "sd": 1, "causes": {"": 1}}',
    '{"value": 1, "sd": 1, "causes": {"f": "x"}}', '{"value": 1, "sd": 1, "causes": {"f": {"g": 1}}}', '{"value": 1, "sd": 1, "causes": {}, "causes": {}}',
    '{"value": 1, "sd": 1, "sources": 1}', '{"value": 1, "sd": 1, "sources": {"a": 1}}', '{"value": 1, "sd": 1, "sources": [0]}', '{"value": 1, "sd": 1, "sources": [1.5]}',
    '{"value": 1, "sd": 1, "sources": [2147483648]}', '{"value": 1, "sd": 1, "sources": [], "sources": []}', '{"value": 1, "sd": 1, "other": []}',
    '{"value": 1, "sd": 1, "causes": {"' || repeat('x', 256) || '": 1}}']) AS input;
SELECT command, pg_temp.outcome(command) AS outcome
FROM unnest(ARRAY[
    $$SELECT estimate('NaN', 1)$$, $$SELECT estimate(1, 'Infinity')$$, $$SELECT estimate(1, -1)$$, $$SELECT estimate(1, 1, '')$$, $$SELECT estimate(1, 1, NULL, 0)$$,
    $$SELECT estimate(1, 1, repeat('x', 256))$$, $$SELECT half_width(estimate(1, 1), 1)$$, $$SELECT half_width(estimate(1, 1), 0)$$, $$SELECT half_width(estimate(1, 1), 'NaN')$$,
    $$SELECT lower(estimate(1, 1), 95)$$, $$SELECT estimate(1e308, 0) + estimate(1e308, 0)$$, $$SELECT estimate(1, 1e308) + estimate(1, 1e308)$$, $$SELECT half_width(estimate(1, 3e308 / 2 * 1.1) + estimate(1, 1e308))$$,
    $$SELECT estimate(1, 1e308, 'f') + estimate(1, 1e308, 'f') + estimate(1, 1e308, 'f') + estimate(1, 1e308, 'f')$$, $$SELECT upper(estimate(1.7e308, 1e308))$$,
    $$SELECT estimate(1e308, 1) * 10$$, $$SELECT estimate(1, 1e-300) * 1e-30$$, $$SELECT estimate(1, 1) * 'NaN'::float8$$, $$SELECT 'Infinity'::float8 * estimate(1, 1)$$, $$SELECT estimate(1, 1) / 0$$,
    $$SELECT estimate(1e200, 1) * estimate(1e200, 1)$$, $$SELECT sum(estimate(1e308, 0)) FROM generate_series(1, 2)$$, $$SELECT sum(estimate(1, 1e200))$$, $$SELECT sum(estimate(1, 1e-200))$$,
    $$SELECT sum(estimate(1e308, 1e308, 'f') + estimate(-1e308, 0)) FROM generate_series(1, 4)$$, $$SELECT estimate_sum_add(NULL, estimate(1, 1))$$, $$SELECT estimate_sum_combine(NULL, NULL)$$
]) AS command;

-- Hostile binary input.
SELECT left(bytes::text, 70), pg_temp.receive('estimate', bytes) AS outcome
FROM unnest(ARRAY['\x', '\x0003', '\x0002', '\x00023ff00000000000000000000000000000', '\x00023ff000000000000000000000000000007ff80000000000000000000000000000', '\x00013ff0000000000000', '\x00017ff000000000000000000000000000000000000000000000',
    '\x00013ff0000000000000bff00000000000000000000000000000', '\x00013ff00000000000007ff80000000000000000000000000000',
    '\x00013ff000000000000000000000000000007fffffff', '\x00013ff00000000000000000000000000000ffffffff', '\x00013ff00000000000000000000000000000000000003fffffff',
    '\x00013ff00000000000000000000000000000000000000000000100000000', '\x00013ff0000000000000000000000000000000000000000000013fffffff', '\x00013ff000000000000000000000000000000000000000000002000000010000',
    '\x00013ff00000000000000000000000000000000000013ff0000000000000000000017800000000', '\x00013ff00000000000000000000000000000000000013ff00000000000000000000000000000000000000000',
    '\x00013ff00000000000000000000000000000000000013ff0000000000000000000010000000000', '\x00013ff00000000000000000000000000000000000013ff000000000000000000002c32800000000',
    '\x00013ff00000000000000000000000000000000000013ff00000000000007fffffff7800000000', '\x00013ff00000000000000000000000000000000000010000000000000000000000017800000000',
    '\x00013ff00000000000000000000000000000000000017ff8000000000000000000017800000000', '\x00013ff00000000000000000000000000000000000023ff000000000000000000001783ff0000000000000000000017800000000',
    '\x00013ff0000000000000000000000000000000000000000000000000']::bytea[]) AS bytes;
SELECT bytes, pg_temp.outcome(format('SELECT terrcarbon_internal.estimate_sum_final(%L)', bytes)) AS outcome
FROM unnest(ARRAY['\x', '\x0002', '\x00010000000000000001', '\x0002ffffffffffffffff0000000000000000000000000000', '\x0002000000000000000100', '\x000200000000000000010000000000000000000000000000',
    '\x000200000000000000010000000000000000000000000000ff', '\x00020000000000000001000000010101000000010000000000000000', '\x000200000000000000010000000000007fffffff', '\x000200000000000000010000000000000000000000000001',
    '\x00020000000000000001000000000000000000000000000100000000', '\x000200000000000000010000000000000000000000000002000000020000000100', '\x000200000000000000010000000000000000000100000000000000000000', '\x0002000000000000000100000000000000000001020178000000000000000000', '\x00020000000000000001000000000000000000010100002001000000080000',
    '\x0002000000000000000100000000000000000001000178000000000000ff', '\x000200000000000000010000000000000000000100017800000000000000', '\x00020000000000000001000000000000000000020001780000000001780000000000000000']::bytea[]) AS bytes;

DROP TABLE quantity_estimate_rows;

-- Intervals that are not symmetric. The ends are those given, and the value stays the mean.
SELECT value, round((lower(e) / low - 1)::numeric, 12) AS low_off, round((upper(e) / high - 1)::numeric, 12) AS high_off, value(e) = value AS mean
FROM (VALUES (0.01, 0.003, 0.03), (0.01, 0.002, 0.018), (0.0075, 0.0005, 0.025), (0.01, 0.002, 0.05), (-5.0, -9.0, -4.0), (10, 5, 15)) AS v(value, low, high),
    LATERAL (SELECT estimate_interval(value, low, high) AS e) AS x;
SELECT estimate_interval(10, 5, 15) = estimate(10, 5) AS symmetric, estimate_interval(10, 10, 10) AS certain, estimate_interval(0.01, 0.003, 0.03, 'factor:1', 3) AS skewed;
-- Lognormal of mean 1 and coefficient of variation 1: sigma^2 = ln 2, median 1 / sqrt 2; quantiles from the tables of the normal distribution.
SELECT round(lower(e)::numeric, 12) = round(exp(-ln(2.0::float8) / 2 - 1.959963984540054 * sqrt(ln(2.0::float8)))::numeric, 12) AS lower,
       round(upper(e)::numeric, 12) = round(exp(-ln(2.0::float8) / 2 + 1.959963984540054 * sqrt(ln(2.0::float8)))::numeric, 12) AS upper,
       round(probability_within(e, 1 / sqrt(2.0::float8))::numeric, 12) AS half, probability_within(e, 0) AS nothing,
       round(probability_within(e, upper(e))::numeric, 12) AS above, round(probability_within(-e, -upper(e))::numeric, 12) AS mirrored
FROM (VALUES (estimate_lognormal(1, 1.959963984540054))) AS v(e);
SELECT lower(estimate_lognormal(100, 300)) > 0 AS positive, upper(estimate_lognormal(-100, 300)) < 0 AS negative, lower(estimate(100, 300)) < 0 AS normal_is_not;
-- One factor for ten thousand houses stays what it was; ten thousand factors come near the normal distribution.
SELECT round((lower(shared) / lower(one) / 10000)::numeric, 9) AS shared_lower, round((upper(shared) / upper(one) / 10000)::numeric, 9) AS shared_upper,
       round((upper(own) - value(own))::numeric / (value(own) - lower(own))::numeric, 2) AS own_ratio, round((half_width(own) / half_width(one) / 100)::numeric, 1) AS own_width
FROM (SELECT sum(estimate_interval(0.01, 0.003, 0.03, 'f')) AS shared, sum(estimate_interval(0.01, 0.003, 0.03)) AS own, estimate_interval(0.01, 0.003, 0.03) AS one FROM generate_series(1, 10000)) AS s
    , LATERAL (SELECT one AS o) AS x
GROUP BY shared, own, one;
-- Sums are the same in any order and plan, + agrees with them, and what is taken away is gone.
CREATE TEMP TABLE skewed AS
SELECT n, CASE n % 4 WHEN 0 THEN estimate_interval(n, n * 0.5, n * 2.5, 'f' || n % 3, 1 + n % 5) WHEN 1 THEN estimate_lognormal(n, n * 1.5)
    WHEN 2 THEN -estimate_lognormal(n, n * 1.5, 'f1') ELSE estimate(n, n * 0.2, 'f2') END AS e
FROM generate_series(1, 200) AS n;
SELECT (SELECT sum(e ORDER BY n) FROM skewed) = (SELECT sum(e ORDER BY -n) FROM skewed) AS any_order,
       (SELECT sum(e) FROM skewed) = (SELECT sum(e::text::estimate) FROM skewed) AS text, bool_and(e::text::estimate = e AND e::jsonb::estimate = e) AS lossless,
       bool_and(pg_temp.receive('estimate', estimate_send(e)) = e::text) AS binary
FROM skewed;
SELECT pg_temp.merge(s) = (SELECT sum(e) FROM skewed) AS merged, pg_temp.merge(s::text::estimate_sum) = (SELECT sum(e) FROM skewed) AS merged_from_text
FROM (SELECT pg_temp.state(e) AS s FROM skewed GROUP BY n % 7) AS x;
SELECT a + b - b = a AS gone, (a + a) = 2 * a AS doubled FROM (VALUES (estimate_interval(8, 4, 20, 'f'), estimate_interval(1, 0.5, 2.5, 'f'))) AS v(a, b);
-- A product of two lognormal quantities is lognormal with (1 + c^2) = (1 + a^2)(1 + b^2); first order keeps a^2 + b^2.
-- Here is how far its ends are from the true ones, in percent of the interval's width.
SELECT u95, round((100 * (lower(p) - low) / (high - low))::numeric, 1) AS low_off, round((100 * (upper(p) - high) / (high - low))::numeric, 1) AS high_off
FROM unnest(ARRAY[0.2, 0.5, 1, 1.5]::float8[]) AS u95,
    LATERAL (SELECT estimate_lognormal(1, u95) * estimate_lognormal(1, u95, 'f') AS p, 2 * ln(1 + (u95 / 1.959963984540054) ^ 2) AS s2) AS x,
    LATERAL (SELECT exp(-s2 / 2 - 1.959963984540054 * sqrt(s2)) AS low, exp(-s2 / 2 + 1.959963984540054 * sqrt(s2)) AS high) AS y;
-- What is refused.
SELECT command, pg_temp.outcome(command) AS outcome
FROM unnest(ARRAY['SELECT estimate_interval(1, 2, 3)', 'SELECT estimate_interval(1, 1, 3)', 'SELECT estimate_interval(1, 0.1, 10)', $$SELECT estimate_interval(1, 'NaN', 3)$$,
    'SELECT estimate_interval(1, -1, 30)', 'SELECT estimate_lognormal(0, 1)', 'SELECT estimate_lognormal(0, 0)', 'SELECT estimate_lognormal(1, -1)', 'SELECT estimate_interval(NULL, 1, 2)',
    'SELECT sum(estimate_lognormal(1e110, 1e110))', $$SELECT probability_within('{"value": 1, "sd": 1e-300, "skew": 1e10}', 1)$$,
    $$SELECT round(probability_within('{"value": 1, "sd": 1, "skew": 1e100}', 1)::numeric, 6)$$, $$SELECT upper('{"value": 1, "sd": 0, "skew": 5}'::estimate)$$, $$SELECT collapse_causes(estimate(1, 1, 'f'), '')$$, $$SELECT collapse_causes(estimate(1, 1, 'f'), 'g', -1)$$]) AS command;

-- Few causes: the value and its interval stay; the two largest are kept.
CREATE TEMP TABLE child AS SELECT n, sum(estimate(n * f, n * f * 0.3, 'factor:' || f)) AS e FROM generate_series(1, 5) AS n, generate_series(1, 8) AS f GROUP BY n;
SELECT value(c) = value(e) AS value, round((half_width(c) / half_width(e) - 1)::numeric, 12) AS off, causes(c)
FROM (SELECT sum(e) AS e, collapse_causes(sum(e), 'others', 2) AS c FROM child) AS x;
SELECT lower(c) > 0 AS positive, round((lower(c) / lower(e) - 1)::numeric, 12) AS low_off, round((upper(c) / upper(e) - 1)::numeric, 12) AS high_off
FROM (SELECT e, collapse_causes(e, 'all') AS c FROM (SELECT estimate_lognormal(1, 1.5, 'a') + estimate_lognormal(1, 2, 'b') AS e) AS s) AS x;
SELECT collapse_causes(estimate(1, 1, 'f'), 'g', 1) = estimate(1, 1, 'f') AS few_stay, causes(collapse_causes(estimate(1, 1, 'f') + estimate(1, 1, 'g'), 'f')) AS own_name;
-- Parent minus child, when the parent's causes are collapsed: its variance is wrong by at most twice the product of
-- the collapsed terms, and it is when the child keeps its causes (too wide) or is collapsed to the same name (too narrow).
WITH parent AS (SELECT sum(e) AS e FROM child), fault AS (
    SELECT n, half_width(p.e - c.e) ^ 2 AS exact, half_width(collapse_causes(p.e, 'rest', kept) - c.e) ^ 2 AS kept_apart,
           half_width(collapse_causes(p.e, 'rest', kept) - collapse_causes(c.e, 'rest', kept)) ^ 2 AS same_name,
           2 * 1.959963984540054 ^ 2 * abs((causes(collapse_causes(p.e, 'rest', kept)) ->> 'rest')::float8 * (causes(collapse_causes(c.e, 'rest', kept)) ->> 'rest')::float8) AS bound
    FROM child AS c, parent AS p, unnest(ARRAY[0, 2, 5]) AS kept)
SELECT bool_and(abs(kept_apart - exact) <= bound * (1 + 1e-12)) AS apart, bool_and(abs(same_name - exact) <= bound * (1 + 1e-12)) AS same, bool_and(kept_apart >= exact) AS wide,
       max(abs(kept_apart - exact) / bound) > 0.9 AS reached
FROM fault;
