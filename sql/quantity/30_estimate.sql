-- Values with their uncertainty and its causes.

CREATE TYPE estimate;

CREATE FUNCTION estimate_in(cstring) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_in';
COMMENT ON FUNCTION estimate_in(cstring) IS
    'Reads the JSON text form of an estimate. Error 22P02 when malformed.';

CREATE FUNCTION estimate_out(estimate) RETURNS cstring
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_out';
COMMENT ON FUNCTION estimate_out(estimate) IS
    'Writes the JSON text form of an estimate; lossless.';

CREATE FUNCTION estimate_recv(internal) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_recv';
COMMENT ON FUNCTION estimate_recv(internal) IS
    'Receives an estimate in binary form. Error 22P03 when malformed.';

CREATE FUNCTION estimate_send(estimate) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_send';
COMMENT ON FUNCTION estimate_send(estimate) IS
    'Sends an estimate in binary form; lossless.';

CREATE TYPE estimate (
    INPUT = estimate_in,
    OUTPUT = estimate_out,
    RECEIVE = estimate_recv,
    SEND = estimate_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE estimate IS
    'A value, the standard deviation of what is uncertain in it alone, the linear term of each cause it shares with others (by how much it moves when the cause moves by one standard deviation), and the ids of the datasets it came from. Normal distributions, first order: IPCC 2006 guidelines, volume 1, chapter 3, approach 1, with rows made by one cause fully correlated.';

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

CREATE FUNCTION value(estimate) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_value';
COMMENT ON FUNCTION value(estimate) IS
    'The central value.';

CREATE FUNCTION half_width(estimate, confidence float8 DEFAULT 0.95) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_half_width';
COMMENT ON FUNCTION half_width(estimate, float8) IS
    'Half the width of the interval that holds the value with the given confidence, by the normal distribution. Error 22023 unless the confidence is between 0 and 1.';

CREATE FUNCTION lower(estimate, confidence float8 DEFAULT 0.95) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_lower';
COMMENT ON FUNCTION lower(estimate, float8) IS
    'Lower end of the interval that holds the value with the given confidence, by the normal distribution. Error 22023 unless the confidence is between 0 and 1.';

CREATE FUNCTION upper(estimate, confidence float8 DEFAULT 0.95) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_upper';
COMMENT ON FUNCTION upper(estimate, float8) IS
    'Upper end of the interval that holds the value with the given confidence, by the normal distribution. Error 22023 unless the confidence is between 0 and 1.';

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

CREATE FUNCTION estimate_plus(estimate, estimate) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_plus';
COMMENT ON FUNCTION estimate_plus(estimate, estimate) IS
    'Adds two estimates: terms of one cause add, all else adds in quadrature. Behind operator +.';

CREATE FUNCTION estimate_minus(estimate, estimate) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_minus';
COMMENT ON FUNCTION estimate_minus(estimate, estimate) IS
    'Subtracts the second from the first: terms of one cause subtract, all else adds in quadrature. Behind operator -.';

CREATE FUNCTION estimate_negate(estimate) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_negate';
COMMENT ON FUNCTION estimate_negate(estimate) IS
    'Changes the sign. Behind prefix operator -.';

CREATE FUNCTION estimate_times(estimate, float8) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_times';
COMMENT ON FUNCTION estimate_times(estimate, float8) IS
    'Multiplies value and uncertainty by a number. Behind operator *. Error 22023 unless it is finite, 22003 when the result is out of range.';

CREATE FUNCTION estimate_times(float8, estimate) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_times_left';
COMMENT ON FUNCTION estimate_times(float8, estimate) IS
    'Multiplies value and uncertainty by a number. Behind operator *. Error 22023 unless it is finite, 22003 when the result is out of range.';

CREATE FUNCTION estimate_divide(estimate, float8) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_divide';
COMMENT ON FUNCTION estimate_divide(estimate, float8) IS
    'Divides value and uncertainty by a number. Behind operator /. Error 22012 by 0, 22023 unless it is finite, 22003 when the result is out of range.';

CREATE FUNCTION estimate_product(estimate, estimate) RETURNS estimate
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_product';
COMMENT ON FUNCTION estimate_product(estimate, estimate) IS
    'Multiplies two estimates, independent but for their common causes, to first order. Behind operator *.';

CREATE FUNCTION estimate_eq(estimate, estimate) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_eq';
COMMENT ON FUNCTION estimate_eq(estimate, estimate) IS
    'Whether the values are the same. Behind operator =.';

CREATE FUNCTION estimate_ne(estimate, estimate) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_ne';
COMMENT ON FUNCTION estimate_ne(estimate, estimate) IS
    'Whether the values differ. Behind operator <>.';

CREATE FUNCTION estimate_hash(estimate) RETURNS int4
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_hash';
COMMENT ON FUNCTION estimate_hash(estimate) IS
    'Hash of the value, for GROUP BY, DISTINCT and hash joins.';

CREATE FUNCTION estimate_hash_extended(estimate, int8) RETURNS int8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_hash_extended';
COMMENT ON FUNCTION estimate_hash_extended(estimate, int8) IS
    'Hash of the value with a seed, for hash partitions.';

CREATE OPERATOR + (LEFTARG = estimate, RIGHTARG = estimate, FUNCTION = estimate_plus, COMMUTATOR = +);
COMMENT ON OPERATOR + (estimate, estimate) IS 'sum';

CREATE OPERATOR - (LEFTARG = estimate, RIGHTARG = estimate, FUNCTION = estimate_minus);
COMMENT ON OPERATOR - (estimate, estimate) IS 'difference';

CREATE OPERATOR - (RIGHTARG = estimate, FUNCTION = estimate_negate);
COMMENT ON OPERATOR - (NONE, estimate) IS 'opposite';

CREATE OPERATOR * (LEFTARG = estimate, RIGHTARG = float8, FUNCTION = estimate_times, COMMUTATOR = *);
COMMENT ON OPERATOR * (estimate, float8) IS 'multiple';

CREATE OPERATOR * (LEFTARG = float8, RIGHTARG = estimate, FUNCTION = estimate_times, COMMUTATOR = *);
COMMENT ON OPERATOR * (float8, estimate) IS 'multiple';

CREATE OPERATOR * (LEFTARG = estimate, RIGHTARG = estimate, FUNCTION = estimate_product, COMMUTATOR = *);
COMMENT ON OPERATOR * (estimate, estimate) IS 'product of independent estimates';

CREATE OPERATOR / (LEFTARG = estimate, RIGHTARG = float8, FUNCTION = estimate_divide);
COMMENT ON OPERATOR / (estimate, float8) IS 'fraction';

CREATE OPERATOR = (LEFTARG = estimate, RIGHTARG = estimate, FUNCTION = estimate_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES);
COMMENT ON OPERATOR = (estimate, estimate) IS 'same value';

CREATE OPERATOR <> (LEFTARG = estimate, RIGHTARG = estimate, FUNCTION = estimate_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR <> (estimate, estimate) IS 'different value';

-- No btree: neither the value nor the uncertainty alone orders estimates.
CREATE OPERATOR CLASS estimate_hash_ops DEFAULT FOR TYPE estimate USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 estimate_hash(estimate),
    FUNCTION 2 estimate_hash_extended(estimate, int8);
COMMENT ON OPERATOR FAMILY estimate_hash_ops USING hash IS 'Equality of estimate for GROUP BY, DISTINCT and hash joins.';
COMMENT ON OPERATOR CLASS estimate_hash_ops USING hash IS 'Equality of estimate for GROUP BY, DISTINCT and hash joins.';
COMMENT ON OPERATOR FAMILY estimate_hash_ops USING hash IS 'Equality of estimate.';

CREATE TYPE estimate_sum;

CREATE FUNCTION estimate_sum_in(cstring) RETURNS estimate_sum
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_in';
COMMENT ON FUNCTION estimate_sum_in(cstring) IS
    'Reads the hexadecimal text form of an estimate_sum. Error 22P02 when malformed.';

CREATE FUNCTION estimate_sum_out(estimate_sum) RETURNS cstring
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_out';
COMMENT ON FUNCTION estimate_sum_out(estimate_sum) IS
    'Writes an estimate_sum as the hexadecimal form of its binary representation; lossless.';

CREATE FUNCTION estimate_sum_recv(internal) RETURNS estimate_sum
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_recv';
COMMENT ON FUNCTION estimate_sum_recv(internal) IS
    'Receives an estimate_sum in binary form. Error 22P03 when malformed.';

CREATE FUNCTION estimate_sum_send(estimate_sum) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_send';
COMMENT ON FUNCTION estimate_sum_send(estimate_sum) IS
    'Sends an estimate_sum in binary form; lossless.';

CREATE TYPE estimate_sum (
    INPUT = estimate_sum_in,
    OUTPUT = estimate_sum_out,
    RECEIVE = estimate_sum_recv,
    SEND = estimate_sum_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE estimate_sum IS
    'The transition state of sum(estimate): exact sums of values, variances and terms by cause, and the set of sources.';

CREATE FUNCTION estimate_sum_add(estimate_sum, estimate) RETURNS estimate_sum
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_add';
COMMENT ON FUNCTION estimate_sum_add(estimate_sum, estimate) IS
    'Transition function of sum(estimate).';

CREATE FUNCTION estimate_sum_combine(estimate_sum, estimate_sum) RETURNS estimate_sum
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_combine';
COMMENT ON FUNCTION estimate_sum_combine(estimate_sum, estimate_sum) IS
    'Adds two partial sums of estimates, exactly.';

CREATE FUNCTION estimate_sum_final(estimate_sum) RETURNS estimate
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'estimate_sum_final';
COMMENT ON FUNCTION estimate_sum_final(estimate_sum) IS
    'Final function of sum(estimate). Error 22003 out of range.';

CREATE AGGREGATE sum(estimate) (
    SFUNC = estimate_sum_add,
    STYPE = estimate_sum,
    SSPACE = 2048,
    FINALFUNC = estimate_sum_final,
    COMBINEFUNC = estimate_sum_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(estimate) IS
    'Total of estimates, exact whatever the plan: terms of one cause add, causes and independent parts add in quadrature, sources unite. NULL rows are skipped, NULL when there is no other. Error 22003 out of range.';
