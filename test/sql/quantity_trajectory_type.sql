-- trajectory: text form, casts, equality, and what is refused.
SET search_path = terrcarbon, terrcarbon_internal, public;

\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/failure.psql'
\set ECHO none
\i :include
\set ECHO all

-- Any order in, ascending years out.
SELECT '{"2016": 880, "2015": 900}'::trajectory;
SELECT ' { } '::trajectory;
SELECT '{"1": -1.5e-3, "9999": 0.1}'::trajectory;
-- Lossless at the ends of float8, and one zero only.
SELECT t, t::text::trajectory = t AS same
FROM (VALUES ('{"2000": 1.7976931348623157e308, "2001": 5e-324, "2002": 0.30000000000000004}'::trajectory)) v(t);
SELECT '{"2000": -0.0}'::trajectory AS zero, '{"2000": -0.0}'::trajectory = '{"2000": 0}' AS equal;

-- Refused, with the reason.
SELECT text, pg_temp.failure(format('SELECT %L::terrcarbon.trajectory', text)) AS failure
FROM (VALUES
    ('{"2015": 900, "2016": 1, "2015": 900}'),
    ('{"0": 1}'), ('{"10000": 1}'), ('{"-5": 1}'), ('{"02015": 1}'), ('{"2015.5": 1}'),
    ('{"": 1}'), ('{" 2015": 1}'), ('{"99999999999999999999": 1}'), ('{"year": 1}'),
    ('{"2015": null}'), ('{"2015": "900"}'), ('{"2015": true}'), ('{"2015": NaN}'),
    ('{"2015": 1e400}'), ('{"2015": 1e-400}'),
    ('{"2015": []}'), ('{"2015": {}}'), ('{"2015": {"2016": 1}}'),
    ('[]'), ('[900]'), ('900'), (''), ('{"2015": 900'), ('{"2015": 900} x'), ('{2015: 900}')
) v(text);

-- jsonb and back.
SELECT '{"2015": 900, "2016": 880.5}'::trajectory::jsonb -> '2016' AS value;
SELECT jsonb_build_object('2015', 900, '2016', 880.5)::trajectory;
SELECT pg_temp.failure($$SELECT '{"2015": null}'::jsonb::terrcarbon.trajectory$$);

-- Equality is of years and values.
SELECT a::trajectory = b::trajectory AS eq, a::trajectory <> b::trajectory AS ne
FROM (VALUES
    ('{"2015": 1, "2016": 2}', '{"2016": 2.0, "2015": 1e0}'),
    ('{"2015": 1}', '{"2016": 1}'),
    ('{"2015": 1}', '{"2015": 2}'),
    ('{"2015": 1}', '{"2015": 1, "2016": 1}'),
    ('{}', '{}')
) v(a, b);
SELECT count(*) AS distinct_ones FROM (
    SELECT t FROM (VALUES ('{"1": 1}'::trajectory), ('{"1": 1.0}'), ('{"2": 1}'), ('{}')) v(t)
    GROUP BY t) g;
CREATE TEMP TABLE many AS SELECT linear_target(2000 + i % 7, 1, 2020, i % 7) AS t FROM generate_series(1, 70) i;
CREATE TEMP TABLE few AS SELECT linear_target(2000 + i, 1, 2020, i) AS t FROM generate_series(0, 4) i;
ANALYZE many, few;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM many JOIN few USING (t);
SELECT count(*) FROM many JOIN few USING (t);
RESET enable_nestloop;

-- Stored short, long (all 9999 years, compressed and out of line), and back.
CREATE TEMP TABLE stored (t trajectory);
INSERT INTO stored
SELECT trajectory_agg(y, sin(y)) FROM (VALUES (1), (100), (9999)) v(n), generate_series(1, n) y GROUP BY n;
SELECT cardinality(years(t)) AS n,
    t = (SELECT trajectory_agg(y, sin(y)) FROM generate_series(1, cardinality(years(t))) y) AS same,
    t::text::trajectory = t AS same_text
FROM stored ORDER BY n;

-- 8 bytes and 10 a year.
SELECT pg_column_size('{}'::trajectory) AS none, pg_column_size(linear_target(2016, 1, 2050, 0)) AS years_35;

-- Mutated text is refused as such, or reads and prints back.
SELECT setseed(0.5);
CREATE FUNCTION pg_temp.outcome(input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    t terrcarbon.trajectory;
BEGIN
    t := input::terrcarbon.trajectory;
    RETURN CASE WHEN t::text::terrcarbon.trajectory = t THEN 'lossless' ELSE 'LOST' END;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN 'refused';
END
$$;
SELECT outcome, count(*) > 0 AS seen
FROM (
    SELECT pg_temp.outcome(overlay(sample PLACING
        substr('{}[]":,.-+eE0123456789nulltrue\u ', 1 + (random() * 33)::int, (random() * 3)::int)
        FROM 1 + (random() * length(sample))::int FOR (random() * 2)::int)) AS outcome
    FROM (VALUES ('{"2015": 900, "2016": 880.25e-1, "1": 0}')) v(sample), generate_series(1, 5000)
) o
GROUP BY outcome ORDER BY outcome;
