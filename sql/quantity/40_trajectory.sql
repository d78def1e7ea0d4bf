-- One value a year: what was emitted, what is aimed at, what lies between.

CREATE TYPE trajectory;

CREATE FUNCTION terrcarbon_internal.trajectory_in(cstring) RETURNS trajectory
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'trajectory_in';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_in(cstring) IS
    'Reads {"year": value, ...}, years 1 to 9999 in any order. Error 22P02 when malformed, or when a year is given twice.';

CREATE FUNCTION terrcarbon_internal.trajectory_out(trajectory) RETURNS cstring
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'trajectory_out';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_out(trajectory) IS
    'Writes a trajectory as a JSON object, years ascending; lossless.';

CREATE FUNCTION terrcarbon_internal.trajectory_recv(internal) RETURNS trajectory
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'trajectory_recv';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_recv(internal) IS
    'Receives a trajectory in binary form. Error 22P03 when malformed.';

CREATE FUNCTION terrcarbon_internal.trajectory_send(trajectory) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'trajectory_send';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_send(trajectory) IS
    'Sends a trajectory in binary form.';

CREATE TYPE trajectory (
    INPUT = terrcarbon_internal.trajectory_in,
    OUTPUT = terrcarbon_internal.trajectory_out,
    RECEIVE = terrcarbon_internal.trajectory_recv,
    SEND = terrcarbon_internal.trajectory_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE trajectory IS
    'One finite number a year, from year 1 to 9999; a year may be missing, which is not 0. The unit is the user''s.';

CREATE CAST (trajectory AS jsonb) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (trajectory AS jsonb) IS 'The text form of a trajectory as jsonb.';
CREATE CAST (jsonb AS trajectory) WITH INOUT;
COMMENT ON CAST (jsonb AS trajectory) IS 'A jsonb object of numbers under years. Error 22P02 when it is none.';

CREATE FUNCTION terrcarbon_internal.trajectory_concat(trajectory, trajectory)
    RETURNS trajectory
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'trajectory_concat';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_concat(trajectory, trajectory) IS
    'The years of both, such as measured and projected ones. Error 22023 when they have different values for a year.';

CREATE OPERATOR || (
    LEFTARG = trajectory, RIGHTARG = trajectory, FUNCTION = terrcarbon_internal.trajectory_concat, COMMUTATOR = ||
);
COMMENT ON OPERATOR || (trajectory, trajectory) IS 'The years of both; error 22023 when they disagree.';

-- Aggregates ----------------------------------------------------------------

CREATE FUNCTION terrcarbon_internal.trajectory_agg_add(terrcarbon_internal.sum_state, int, float8)
    RETURNS terrcarbon_internal.sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'trajectory_agg_add';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_agg_add(terrcarbon_internal.sum_state, int, float8) IS
    'Transition of trajectory_agg.';

CREATE FUNCTION terrcarbon_internal.trajectory_agg_remove(terrcarbon_internal.sum_state, int, float8)
    RETURNS terrcarbon_internal.sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'trajectory_agg_remove';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_agg_remove(terrcarbon_internal.sum_state, int, float8) IS
    'Inverse transition of trajectory_agg.';

CREATE FUNCTION terrcarbon_internal.trajectory_agg_final(terrcarbon_internal.sum_state) RETURNS trajectory
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'trajectory_agg_final';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_agg_final(terrcarbon_internal.sum_state) IS
    'Result of trajectory_agg.';

CREATE AGGREGATE trajectory_agg(year int, value float8) (
    STYPE = terrcarbon_internal.sum_state,
    SSPACE = 20000,
    SFUNC = terrcarbon_internal.trajectory_agg_add,
    COMBINEFUNC = terrcarbon_internal.sum_state_combine,
    FINALFUNC = terrcarbon_internal.trajectory_agg_final,
    MSTYPE = terrcarbon_internal.sum_state,
    MSFUNC = terrcarbon_internal.trajectory_agg_add,
    MINVFUNC = terrcarbon_internal.trajectory_agg_remove,
    MFINALFUNC = terrcarbon_internal.trajectory_agg_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE trajectory_agg(year int, value float8) IS
    'The trajectory of rows: values of one year are summed, exactly. A NULL value makes its year missing; a row of NULLs only does not count. NULL for no rows. Errors: 22004 for a value without a year, 22023 for a year outside 1 to 9999 or a value that is not finite.';

CREATE FUNCTION terrcarbon_internal.trajectory_sum_add(terrcarbon_internal.sum_state, trajectory)
    RETURNS terrcarbon_internal.sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'trajectory_sum_add';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_sum_add(terrcarbon_internal.sum_state, trajectory) IS
    'Transition of sum(trajectory).';

CREATE FUNCTION terrcarbon_internal.trajectory_sum_remove(terrcarbon_internal.sum_state, trajectory)
    RETURNS terrcarbon_internal.sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'trajectory_sum_remove';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_sum_remove(terrcarbon_internal.sum_state, trajectory) IS
    'Inverse transition of sum(trajectory).';

CREATE FUNCTION terrcarbon_internal.trajectory_sum_final(terrcarbon_internal.sum_state) RETURNS trajectory
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'trajectory_sum_final';
COMMENT ON FUNCTION terrcarbon_internal.trajectory_sum_final(terrcarbon_internal.sum_state) IS
    'Result of sum(trajectory).';

CREATE AGGREGATE sum(trajectory) (
    STYPE = terrcarbon_internal.sum_state,
    SSPACE = 20000,
    SFUNC = terrcarbon_internal.trajectory_sum_add,
    COMBINEFUNC = terrcarbon_internal.sum_state_combine,
    FINALFUNC = terrcarbon_internal.trajectory_sum_final,
    MSTYPE = terrcarbon_internal.sum_state,
    MSFUNC = terrcarbon_internal.trajectory_sum_add,
    MINVFUNC = terrcarbon_internal.trajectory_sum_remove,
    MFINALFUNC = terrcarbon_internal.trajectory_sum_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(trajectory) IS
    'Exact total year by year. A year missing in one trajectory is missing in the total, and one NULL trajectory makes the total NULL, as + does. NULL for no rows. Error 22003 on overflow.';

-- What a trajectory says ------------------------------------------------------
-- What the data do not allow gives NULL; what no data could allow is an error.

CREATE FUNCTION value_at(t trajectory, year int) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'trajectory_value_at';
COMMENT ON FUNCTION value_at(t trajectory, year int) IS
    'The value of a year, in the unit of the trajectory; NULL when the year is missing.';

CREATE FUNCTION years(t trajectory) RETURNS int[]
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'trajectory_years';
COMMENT ON FUNCTION years(t trajectory) IS
    'The years a trajectory has a value for, ascending.';

CREATE FUNCTION points(t trajectory, OUT year int, OUT value float8)
    RETURNS SETOF record
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 ROWS 30
    AS 'MODULE_PATHNAME', 'trajectory_points';
COMMENT ON FUNCTION points(trajectory) IS
    'A row for every year a trajectory has a value for, ascending.';

CREATE FUNCTION slice(t trajectory, from_year int, to_year int)
    RETURNS trajectory
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'trajectory_slice';
COMMENT ON FUNCTION slice(t trajectory, from_year int, to_year int) IS
    'The years from one to another, both included. Error 22023 when the first is after the last.';

CREATE FUNCTION interpolate(t trajectory) RETURNS trajectory
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'trajectory_interpolate';
COMMENT ON FUNCTION interpolate(t trajectory) IS
    'The trajectory with its inner gaps filled along straight lines; nothing is added before its first or after its last year. Makes a target of milestones.';

CREATE FUNCTION budget(t trajectory, from_year int, to_year int)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'trajectory_budget';
COMMENT ON FUNCTION budget(t trajectory, from_year int, to_year int) IS
    'Exact sum of the years from one to another, both included; NULL when one of them is missing. Errors: 22023 when the first is after the last, 22003 on overflow.';

CREATE FUNCTION linear_target(from_year int, from_value float8, to_year int, to_value float8)
    RETURNS trajectory
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'trajectory_linear_target';
COMMENT ON FUNCTION linear_target(from_year int, from_value float8, to_year int, to_value float8) IS
    'The same change every year, both ends included. Error 22023 when the first year is after the last, for a year outside 1 to 9999 or a value that is not finite; 22003 on overflow.';

CREATE FUNCTION compound_target(from_year int, from_value float8, rate float8, to_year int)
    RETURNS trajectory
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'trajectory_compound_target';
COMMENT ON FUNCTION compound_target(from_year int, from_value float8, rate float8, to_year int) IS
    'The same rate of change every year: value = from_value * (1 + rate)^(year - from_year), rate a fraction, -0.05 for a fall of 5 %. Error 22023 for a rate below -1, when the first year is after the last, for a year outside 1 to 9999 or a value that is not finite; 22003 on overflow.';

CREATE FUNCTION gap(actual trajectory, target trajectory)
    RETURNS trajectory
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'trajectory_minus';
COMMENT ON FUNCTION gap(actual trajectory, target trajectory) IS
    'Actual minus target, over the years both have: above 0 is too much.';

CREATE FUNCTION trend(t trajectory, from_year int, to_year int,
    OUT slope float8, OUT intercept float8, OUT r2 float8, OUT n int,
    OUT residual_sd float8, OUT slope_se float8)
    RETURNS record
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'trajectory_trend';
COMMENT ON FUNCTION trend(trajectory, int, int) IS
    'Least-squares line through the years it has between two: slope in units a year, intercept at year 0, r2, number of years n, standard deviation of the residuals (n - 2 degrees of freedom), standard error of the slope. NULL columns below 2 years, the last two below 3. Error 22023 when the first year is after the last, 22003 on overflow.';

CREATE FUNCTION zero_year(t trajectory, from_year int, to_year int)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'trajectory_zero_year';
COMMENT ON FUNCTION zero_year(t trajectory, from_year int, to_year int) IS
    'The moment, as a year with a fraction, at which the least-squares line through the years between two comes down to 0. NULL when the line is flat or rises, reaches 0 outside the years 1 to 9999, or has fewer than 2 years to rest on. Error 22023 when the first year is after the last.';

CREATE FUNCTION project(t trajectory, to_year int, method text)
    RETURNS trajectory
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'trajectory_project';
COMMENT ON FUNCTION project(t trajectory, to_year int, method text) IS
    'The years after the last one: method linear, the least-squares line through all its values; compound, the one through their logarithms. NULL for fewer than 2 values, and with compound for a value not above 0; empty when the last year is not before to_year. Error 22023 for an unknown method or a year outside 1 to 9999, 22003 on overflow.';

CREATE FUNCTION required_rate(t trajectory, to_year int, to_value float8)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'trajectory_required_rate';
COMMENT ON FUNCTION required_rate(t trajectory, to_year int, to_value float8) IS
    'The constant rate of change a year, a fraction, that leads from the last value to the given one; -1 when that is 0. NULL when none does: no value, no year left, a last value of 0 or of the other sign. Error 22023 for a year outside 1 to 9999 or a value that is not finite.';

CREATE FUNCTION reduction(t trajectory, from_year int, to_year int)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'trajectory_reduction';
COMMENT ON FUNCTION reduction(t trajectory, from_year int, to_year int) IS
    'The fraction gone between two years, below 0 when the value has grown; NULL when a year is missing or the first value is not above 0. Error 22023 when the first year is after the last.';

CREATE FUNCTION neutrality_year(net trajectory) RETURNS int
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'trajectory_neutrality_year';
COMMENT ON FUNCTION neutrality_year(net trajectory) IS
    'The first year from which every year up to the last is known and not above 0; NULL when the last one is above 0.';
