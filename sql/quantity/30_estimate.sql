-- Values with their uncertainty and its causes.

CREATE TYPE estimate;

CREATE FUNCTION terrcarbon_internal.estimate_in(cstring) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_in';
COMMENT ON FUNCTION terrcarbon_internal.estimate_in(cstring) IS
    'Reads the JSON text form of an estimate. Error 22P02 when malformed.';

CREATE FUNCTION terrcarbon_internal.estimate_out(estimate) RETURNS cstring
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_out';
COMMENT ON FUNCTION terrcarbon_internal.estimate_out(estimate) IS
    'Writes the JSON text form of an estimate; lossless.';

CREATE FUNCTION terrcarbon_internal.estimate_recv(internal) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_recv';
COMMENT ON FUNCTION terrcarbon_internal.estimate_recv(internal) IS
    'Receives an estimate in binary form. Error 22P03 when malformed.';

CREATE FUNCTION terrcarbon_internal.estimate_send(estimate) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_send';
COMMENT ON FUNCTION terrcarbon_internal.estimate_send(estimate) IS
    'Sends an estimate in binary form; lossless.';

CREATE TYPE estimate (
    INPUT = terrcarbon_internal.estimate_in,
    OUTPUT = terrcarbon_internal.estimate_out,
    RECEIVE = terrcarbon_internal.estimate_recv,
    SEND = terrcarbon_internal.estimate_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE estimate IS
    'A value, the standard deviation of what is uncertain in it alone, the linear term of each cause it shares with others (by how much it moves when the cause moves by one standard deviation), and the ids of the datasets it came from; the cube roots of third moments (skew, skews) of what is not symmetric. First order: IPCC 2006 guidelines, volume 1, chapter 3, approach 1, with rows made by one cause fully correlated.';

CREATE CAST (estimate AS jsonb) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (estimate AS jsonb) IS 'The JSON text form as jsonb; lossless.';
CREATE CAST (jsonb AS estimate) WITH INOUT;
COMMENT ON CAST (jsonb AS estimate) IS 'Reads the JSON text form from jsonb, which keeps only the last of duplicate members.';

CREATE FUNCTION estimate(value float8, half_width float8, cause text DEFAULT NULL,
                         source int4 DEFAULT NULL) RETURNS estimate
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_make';
COMMENT ON FUNCTION estimate(float8, float8, text, int4) IS
    'A normal value with the half-width of its 95 % interval, in the same unit; with a cause, all its uncertainty is shared with the other values of that cause, in proportion to the value and so with its sign. NULL when the value or its uncertainty is unknown. Error 22023 for NaN, infinity or a negative half-width.';

CREATE FUNCTION estimate_interval(value float8, low float8, high float8, cause text DEFAULT NULL,
                                  source int4 DEFAULT NULL) RETURNS estimate
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_interval';
COMMENT ON FUNCTION estimate_interval(float8, float8, float8, text, int4) IS
    'A value, the mean, with the ends of its 95 % interval as published, which need not be equally far: a shifted lognormal distribution that has them. Cause and source as in estimate(). NULL when the value or an end is unknown. Error 22023 for NaN or infinity, a value outside its interval, or one side more than 5.8 times the other, which no mean has.';

CREATE FUNCTION estimate_lognormal(value float8, half_width float8, cause text DEFAULT NULL,
                                   source int4 DEFAULT NULL) RETURNS estimate
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_lognormal';
COMMENT ON FUNCTION estimate_lognormal(float8, float8, text, int4) IS
    'A value, the mean, of a quantity that cannot change its sign: lognormal, with the standard deviation of estimate(value, half_width). For large uncertainties, whose normal interval would reach below 0. Cause and source as in estimate(). NULL when the value or its uncertainty is unknown. Error 22023 for NaN, infinity, a negative half-width, or an uncertain 0.';

CREATE FUNCTION collapse_causes(estimate, cause text, kept int4 DEFAULT 0) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_collapse_causes';
COMMENT ON FUNCTION collapse_causes(estimate, text, int4) IS
    'The same value and interval with few causes: the largest terms, as many as kept, stay, all others become one of the given name. A sum or difference with an estimate that shared the others is then wrong in its variance by at most twice the product of the two collapsed terms. Error 22023 for a name of less than 1 or more than 255 bytes or a negative number.';

CREATE FUNCTION terrcarbon_internal.collapse_prefix(estimate, prefix text, cause text) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_collapse_prefix';
COMMENT ON FUNCTION terrcarbon_internal.collapse_prefix(estimate, text, text) IS
    'The same value and interval, with the causes whose names begin with prefix made one of the given name. Error 22023 for a name of less than 1 or more than 255 bytes.';

CREATE FUNCTION value(estimate) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_value';
COMMENT ON FUNCTION value(estimate) IS
    'The value itself: the mean.';

CREATE FUNCTION half_width(estimate, confidence float8 DEFAULT 0.95) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_half_width';
COMMENT ON FUNCTION half_width(estimate, float8) IS
    'Half the width of the interval that holds the value with the given confidence. Error 22023 unless the confidence is between 0 and 1.';

CREATE FUNCTION lower(estimate, confidence float8 DEFAULT 0.95) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_lower';
COMMENT ON FUNCTION lower(estimate, float8) IS
    'Lower end of the interval that holds the value with the given confidence, with equal chances beyond either end: normal, or shifted lognormal of the same skewness. Error 22023 unless the confidence is between 0 and 1.';

CREATE FUNCTION upper(estimate, confidence float8 DEFAULT 0.95) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_upper';
COMMENT ON FUNCTION upper(estimate, float8) IS
    'Upper end of the interval that holds the value with the given confidence, with equal chances beyond either end: normal, or shifted lognormal of the same skewness. Error 22023 unless the confidence is between 0 and 1.';

CREATE FUNCTION probability_within(estimate, upper_limit float8) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'probability_within';
COMMENT ON FUNCTION probability_within(estimate, float8) IS
    'The probability, 0 to 1, that the true value is not above a limit in the unit of the estimate, by the distribution that its interval goes by. Without uncertainty 1 or 0. Error 22023 for NaN.';

CREATE FUNCTION sources(estimate) RETURNS int4[]
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sources';
COMMENT ON FUNCTION sources(estimate) IS
    'Ids of the datasets the value came from, ascending.';

CREATE FUNCTION causes(estimate) RETURNS jsonb
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_causes';
COMMENT ON FUNCTION causes(estimate) IS
    'The linear term of each shared cause, at one standard deviation, as a JSON object.';

CREATE FUNCTION terrcarbon_internal.estimate_product(estimate, estimate) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_product';
COMMENT ON FUNCTION terrcarbon_internal.estimate_product(estimate, estimate) IS
    'Multiplies two estimates, independent but for their common causes, to first order in the variance. Behind operator *.';

CREATE OPERATOR * (LEFTARG = estimate, RIGHTARG = estimate, FUNCTION = terrcarbon_internal.estimate_product, COMMUTATOR = *);
COMMENT ON OPERATOR * (estimate, estimate) IS 'product of independent estimates';

CREATE TYPE terrcarbon_internal.estimate_sum;

CREATE FUNCTION terrcarbon_internal.estimate_sum_in(cstring) RETURNS terrcarbon_internal.estimate_sum
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_in';
COMMENT ON FUNCTION terrcarbon_internal.estimate_sum_in(cstring) IS
    'Reads the hexadecimal text form of an estimate_sum. Error 22P02 when malformed.';

CREATE FUNCTION terrcarbon_internal.estimate_sum_out(terrcarbon_internal.estimate_sum) RETURNS cstring
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_out';
COMMENT ON FUNCTION terrcarbon_internal.estimate_sum_out(terrcarbon_internal.estimate_sum) IS
    'Writes an estimate_sum as the hexadecimal form of its binary representation; lossless.';

CREATE FUNCTION terrcarbon_internal.estimate_sum_recv(internal) RETURNS terrcarbon_internal.estimate_sum
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_recv';
COMMENT ON FUNCTION terrcarbon_internal.estimate_sum_recv(internal) IS
    'Receives an estimate_sum in binary form. Error 22P03 when malformed.';

CREATE FUNCTION terrcarbon_internal.estimate_sum_send(terrcarbon_internal.estimate_sum) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_send';
COMMENT ON FUNCTION terrcarbon_internal.estimate_sum_send(terrcarbon_internal.estimate_sum) IS
    'Sends an estimate_sum in binary form; lossless.';

CREATE TYPE terrcarbon_internal.estimate_sum (
    INPUT = terrcarbon_internal.estimate_sum_in,
    OUTPUT = terrcarbon_internal.estimate_sum_out,
    RECEIVE = terrcarbon_internal.estimate_sum_recv,
    SEND = terrcarbon_internal.estimate_sum_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE terrcarbon_internal.estimate_sum IS
    'The transition state of sum(estimate): exact sums of values, variances and terms by cause, and the set of sources.';

CREATE FUNCTION terrcarbon_internal.estimate_sum_add(terrcarbon_internal.estimate_sum, estimate) RETURNS terrcarbon_internal.estimate_sum
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_add';
COMMENT ON FUNCTION terrcarbon_internal.estimate_sum_add(terrcarbon_internal.estimate_sum, estimate) IS
    'Transition function of sum(estimate).';

CREATE FUNCTION terrcarbon_internal.estimate_sum_combine(terrcarbon_internal.estimate_sum, terrcarbon_internal.estimate_sum) RETURNS terrcarbon_internal.estimate_sum
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_combine';
COMMENT ON FUNCTION terrcarbon_internal.estimate_sum_combine(terrcarbon_internal.estimate_sum, terrcarbon_internal.estimate_sum) IS
    'Adds two partial sums of estimates, exactly.';

CREATE FUNCTION terrcarbon_internal.estimate_sum_final(terrcarbon_internal.estimate_sum) RETURNS estimate
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_final';
COMMENT ON FUNCTION terrcarbon_internal.estimate_sum_final(terrcarbon_internal.estimate_sum) IS
    'Final function of sum(estimate). Error 22003 out of range.';

CREATE AGGREGATE sum(estimate) (
    SFUNC = terrcarbon_internal.estimate_sum_add,
    STYPE = terrcarbon_internal.estimate_sum,
    SSPACE = 2048,
    FINALFUNC = terrcarbon_internal.estimate_sum_final,
    COMBINEFUNC = terrcarbon_internal.estimate_sum_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(estimate) IS
    'Total of estimates, exact whatever the plan: terms of one cause add, causes and independent parts add in quadrature, sources unite. NULL rows are skipped, NULL when there is no other. Error 22003 out of range.';
