CREATE FUNCTION probability_within(estimate, upper_limit float8) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'probability_within';
COMMENT ON FUNCTION probability_within(estimate, float8) IS
    'The probability, 0 to 1, that the true value is not above a limit in the unit of the estimate, which is taken to be normal. Without uncertainty 1 or 0. Error 22023 for NaN.';
