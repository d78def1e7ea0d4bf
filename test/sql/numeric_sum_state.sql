-- sum_state: lossless I/O, malformed input refused, and states from outside that
-- are well formed but belong to nothing.
SET search_path = terrcarbon, terrcarbon_internal, public;

-- The text of a state of one entry: kind 1 sum(ghg), 2 sum(carbon_stock),
-- 3 sum(trajectory), 4 trajectory_agg, 5 allocated_sum.
CREATE FUNCTION pg_temp.state(kind int, tag int, rows bigint, key int, count bigint, digit int, digit_value bigint)
    RETURNS text LANGUAGE sql AS $$
    SELECT '\x' || encode(int2send(2::int2) || int4send(kind) || int4send(tag) || int8send(rows) || int4send(1)
        || int4send(key) || int8send(count) || int2send(digit::int2) || int2send(1::int2) || int8send(digit_value), 'hex')
$$;
-- What a command gives: its value, or its SQLSTATE and message.
CREATE FUNCTION pg_temp.outcome(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE command INTO result;
    RETURN coalesce(result, 'NULL');
EXCEPTION WHEN others THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

SELECT '\x00020000000100000000000000000000000000000000'::sum_state AS empty;
SELECT pg_temp.outcome($$SELECT '\x000100000000000000000000000000000000000000'::sum_state$$) AS other_version;
SELECT pg_temp.outcome($$SELECT '\x0002000000010000000000000000000000000000'::sum_state$$) AS short;
SELECT what, pg_temp.outcome(format('SELECT %L::sum_state', state)) ~ '^22P02' AS refused
FROM (VALUES
    ('kind 0', pg_temp.state(0, 0, 1, 1, 1, 33, 1)),
    ('kind 6', pg_temp.state(6, 0, 1, 1, 1, 33, 1)),
    ('no rows', pg_temp.state(1, 0, -1, 1, 1, 33, 1)),
    ('a count of 0', pg_temp.state(1, 0, 1, 1, 0, 33, 1)),
    ('a digit of 2^32', pg_temp.state(1, 0, 1, 1, 1, 33, 4294967296)),
    ('a negative digit', pg_temp.state(1, 0, 1, 1, 1, 33, -1)),
    ('digit 67', pg_temp.state(1, 0, 1, 1, 1, 67, 1)),
    ('a topmost digit above 2^61', pg_temp.state(1, 0, 1, 1, 1, 66, (1::bigint << 61) + 1)),
    ('a topmost digit of 2^61', pg_temp.state(1, 0, 1, 1, 1, 66, 1::bigint << 61))) AS v (what, state);

-- Aggregates of anybody over our functions: one for each final function, and one
-- for each transition function.
CREATE AGGREGATE pg_temp.finish_ghg(sum_state) (SFUNC = sum_state_combine, STYPE = sum_state, FINALFUNC = ghg_sum_final);
CREATE AGGREGATE pg_temp.finish_stock(sum_state) (SFUNC = carbon_stock_sum_combine, STYPE = sum_state, FINALFUNC = carbon_stock_sum_final);
CREATE AGGREGATE pg_temp.finish_stock_plain(sum_state) (SFUNC = sum_state_combine, STYPE = sum_state, FINALFUNC = carbon_stock_sum_final);
CREATE AGGREGATE pg_temp.finish_trajectory(sum_state) (SFUNC = sum_state_combine, STYPE = sum_state, FINALFUNC = trajectory_sum_final);
CREATE AGGREGATE pg_temp.finish_agg(sum_state) (SFUNC = sum_state_combine, STYPE = sum_state, FINALFUNC = trajectory_agg_final);
CREATE AGGREGATE pg_temp.finish_allocated(sum_state) (SFUNC = sum_state_combine, STYPE = sum_state, FINALFUNC = allocated_sum_final);

-- A topmost digit of 2^61 four times over is out of range, and so are rows.
SELECT pg_temp.outcome(format('SELECT pg_temp.finish_ghg(%L::sum_state) FROM generate_series(1, 4)',
                              pg_temp.state(1, 0, 1, 1, 1, 66, 1::bigint << 61))) AS overflow;
SELECT pg_temp.outcome(format('SELECT pg_temp.finish_ghg(s::sum_state) FROM unnest(ARRAY[%L, %L, %1$L, %2$L]) s',
                              pg_temp.state(1, 0, 1, 1, 1, 66, 1::bigint << 61),
                              pg_temp.state(1, 0, 1, 1, 1, 66, -(1::bigint << 61)))) AS overflow_taken_back;
SELECT pg_temp.outcome(format('SELECT pg_temp.finish_ghg(%L::sum_state) FROM generate_series(1, 2)',
                              pg_temp.state(1, 0, 9223372036854775807, 1, 1, 33, 1))) AS rows;
-- The state of one aggregate is not the state of another.
SELECT pg_temp.outcome(format('SELECT pg_temp.finish_ghg(%L::sum_state)', pg_temp.state(2, 30, 1, 4, 1, 33, 1))) AS other_kind;
SELECT pg_temp.outcome(format('SELECT pg_temp.finish_ghg(s::sum_state) FROM unnest(ARRAY[%L, %L]) s',
                              pg_temp.state(1, 0, 1, 1, 1, 33, 1), pg_temp.state(2, 30, 1, 4, 1, 33, 1))) AS mixed_kinds;

-- Every kind, tag, key and extreme in every final function: a value, or an error
-- of class 22.
CREATE TEMP TABLE crafted AS
SELECT f, kind, pg_temp.outcome(format('SELECT pg_temp.%I(%L::sum_state) FROM generate_series(1, 2)', f,
            pg_temp.state(kind, tag, rows, key, count, digit, value))) AS outcome
FROM unnest('{finish_ghg,finish_stock,finish_stock_plain,finish_trajectory,finish_agg,finish_allocated}'::text[]) AS f,
     generate_series(1, 5) AS kind,
     unnest('{-2147483648,-1,0,1,3,4,30,2147483647}'::int[]) AS tag,
     unnest('{-2147483648,-2018,-1,0,1,5,6,130,2018,2147483647}'::int[]) AS key,
     (VALUES (1::bigint, 1::bigint, 33, 12345::bigint), (0, 1, 66, 1::bigint << 61), (7, 9, 66, -(1::bigint << 61)))
         AS extreme (rows, count, digit, value);
SELECT f, kind, count(*) FILTER (WHERE outcome !~ '^[0-9A-Z]{5} ') AS values,
       count(*) FILTER (WHERE outcome ~ '^22') AS refused,
       count(*) FILTER (WHERE outcome ~ '^[0-9A-Z]{5} ' AND outcome !~ '^22') AS otherwise
FROM crafted GROUP BY f, kind
HAVING count(*) FILTER (WHERE outcome !~ '^[0-9A-Z]{5} ') > 0
    OR count(*) FILTER (WHERE outcome ~ '^[0-9A-Z]{5} ' AND outcome !~ '^22') > 0
ORDER BY f, kind;

-- The same states under the transition functions, forwards and backwards.
DO $$
DECLARE
    step record;
    kind int;
    tag int;
    state text;
    outcome text;
    bad bigint := 0;
    refused bigint := 0;
    taken bigint := 0;
BEGIN
    FOR step IN SELECT * FROM (VALUES
        ('ghg_sum_add', 'ghg', '''{"CO2": 1}'''), ('ghg_sum_remove', 'ghg', '''{"CO2": 1}'''),
        ('ghg_sum_add_weighted', 'ghg, float8', '''{"CO2": 1}'', 2'),
        ('ghg_sum_remove_weighted', 'ghg, float8', '''{"CO2": 1}'', 2'),
        ('carbon_stock_sum_add', 'carbon_stock', '''{"soil": 1, "soil_depth_cm": 30}'''),
        ('carbon_stock_sum_remove', 'carbon_stock', '''{"soil": 1, "soil_depth_cm": 30}'''),
        ('carbon_stock_sum_add_weighted', 'carbon_stock, float8', '''{"litter": 1}'', 2'),
        ('carbon_stock_sum_remove_weighted', 'carbon_stock, float8', '''{"litter": 1}'', 2'),
        ('trajectory_agg_add', 'int, float8', '2018, 1'), ('trajectory_agg_remove', 'int, float8', '2018, 1'),
        ('trajectory_sum_add', 'trajectory', '''{"2018": 1}'''), ('trajectory_sum_remove', 'trajectory', '''{"2018": 1}'''),
        ('allocated_sum_step', 'text, float8', '''induced'', 1')) AS t (f, args, row)
    LOOP
        FOR kind IN 1..5 LOOP
            FOREACH tag IN ARRAY '{-2147483648,-1,0,1,4,1000,2147483647}'::int[] LOOP
                FOREACH state IN ARRAY ARRAY[pg_temp.state(kind, tag, 0, 0, 1, 33, 1), pg_temp.state(kind, tag, 9223372036854775807, 2018, 9223372036854775807, 66, 1::bigint << 61)] LOOP
                    EXECUTE format('CREATE AGGREGATE pg_temp.crafted(%s) (SFUNC = terrcarbon_internal.%I, STYPE = terrcarbon_internal.sum_state, INITCOND = %L)',
                                   step.args, step.f, state);
                    outcome := pg_temp.outcome(format('SELECT pg_temp.crafted(%s) FROM generate_series(1, 3)', step.row));
                    IF outcome ~ '^\\x' THEN taken := taken + 1;
                    ELSIF outcome ~ '^22' THEN refused := refused + 1;
                    ELSE bad := bad + 1; RAISE NOTICE '% %: %', step.f, state, outcome;
                    END IF;
                    EXECUTE format('DROP AGGREGATE pg_temp.crafted(%s)', step.args);
                END LOOP;
            END LOOP;
        END LOOP;
    END LOOP;
    RAISE NOTICE '% states taken, % refused, % otherwise', taken > 0, refused > 0, bad;
END;
$$;

-- The state of sum(estimate), with rows and a variance at the end of their ranges.
CREATE AGGREGATE pg_temp.finish_estimate(estimate_sum) (SFUNC = estimate_sum_combine, STYPE = estimate_sum, FINALFUNC = estimate_sum_final);
SELECT pg_temp.outcome(format('SELECT pg_temp.finish_estimate(%L::estimate_sum) FROM generate_series(1, 8)',
    '\x' || encode(int2send(2::int2) || int8send(rows) || value || '\x000000' || int4send(0) || int4send(0), 'hex'))) AS estimate_sum
FROM (VALUES (1::bigint, '\x00420200000000' || int4send(536870911)),
             (1, '\x00420100000001'::bytea),
             (9223372036854775807, '\x000000')) AS v (rows, value);

-- An ordinary role takes our aggregates, in any plan, and makes none of its own of their parts.
CREATE ROLE regress_states;
SET ROLE regress_states;
SELECT sum(ghg('CO2', n)), sum(estimate(n, 1)), trajectory_agg(2020, n), allocated_sum('induced', n) FROM generate_series(1, 3) AS n;
SELECT sum(ghg('CO2', n)) OVER (ORDER BY n ROWS 1 PRECEDING) FROM generate_series(1, 3) AS n;
SELECT p.oid::regprocedure AS allowed
FROM pg_proc AS p
WHERE p.pronamespace = 'terrcarbon_internal'::regnamespace AND has_function_privilege(p.oid, 'EXECUTE')
  AND EXISTS (SELECT FROM unnest(p.proargtypes) AS t WHERE t IN ('sum_state'::regtype, 'estimate_sum'::regtype))
  AND NOT EXISTS (SELECT FROM pg_type AS t WHERE p.oid IN (t.typoutput, t.typsend))
ORDER BY 1;
SELECT pg_temp.outcome('CREATE AGGREGATE pg_temp.own(terrcarbon.ghg) (SFUNC = terrcarbon_internal.ghg_sum_add, STYPE = terrcarbon_internal.sum_state)');
RESET ROLE;
DROP ROLE regress_states;
