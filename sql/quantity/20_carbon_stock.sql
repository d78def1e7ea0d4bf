-- Stocks of carbon by pool.

CREATE TYPE carbon_stock;

CREATE FUNCTION carbon_stock_in(cstring) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_in';
COMMENT ON FUNCTION carbon_stock_in(cstring) IS
    'Reads the JSON text form of a carbon stock. Error 22P02 when malformed.';

CREATE FUNCTION carbon_stock_out(carbon_stock) RETURNS cstring
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_out';
COMMENT ON FUNCTION carbon_stock_out(carbon_stock) IS
    'Writes the JSON text form of a carbon stock; lossless.';

CREATE FUNCTION carbon_stock_recv(internal) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_recv';
COMMENT ON FUNCTION carbon_stock_recv(internal) IS
    'Receives a carbon stock in binary form. Error 22P03 when malformed.';

CREATE FUNCTION carbon_stock_send(carbon_stock) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_send';
COMMENT ON FUNCTION carbon_stock_send(carbon_stock) IS
    'Sends a carbon stock in binary form; lossless.';

CREATE TYPE carbon_stock (
    INPUT = carbon_stock_in,
    OUTPUT = carbon_stock_out,
    RECEIVE = carbon_stock_recv,
    SEND = carbon_stock_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE carbon_stock IS
    'Tonnes of carbon by IPCC pool (above, below, dead_wood, litter, soil, products), and the depth in cm its soil refers to. A pool that is not there has not been estimated: it adds nothing, and is not 0.';

CREATE CAST (carbon_stock AS jsonb) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (carbon_stock AS jsonb) IS 'The JSON text form as jsonb; lossless.';
CREATE CAST (jsonb AS carbon_stock) WITH INOUT;
COMMENT ON CAST (jsonb AS carbon_stock) IS 'Reads the JSON text form from jsonb, which keeps only the last of duplicate members.';

CREATE FUNCTION carbon_stock(above float8 DEFAULT NULL, below float8 DEFAULT NULL,
                             dead_wood float8 DEFAULT NULL, litter float8 DEFAULT NULL,
                             soil float8 DEFAULT NULL, products float8 DEFAULT NULL,
                             soil_depth_cm int4 DEFAULT NULL) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_make';
COMMENT ON FUNCTION carbon_stock(float8, float8, float8, float8, float8, float8, int4) IS
    'A carbon stock in tC of the pools given; NULL is not estimated. Error 22023 for soil without depth or depth without soil, NaN or infinity.';

CREATE FUNCTION pool(carbon_stock, pool text) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_pool';
COMMENT ON FUNCTION pool(carbon_stock, text) IS
    'tC of one pool, NULL when it has not been estimated. Error 22023 for an unknown pool.';

CREATE FUNCTION soil_depth_cm(carbon_stock) RETURNS int4
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_soil_depth';
COMMENT ON FUNCTION soil_depth_cm(carbon_stock) IS
    'Depth in cm that the soil pool refers to, NULL when there is no soil.';

CREATE FUNCTION total(carbon_stock) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_total';
COMMENT ON FUNCTION total(carbon_stock) IS
    'tC of all pools there are, NULL when there is none.';

CREATE FUNCTION co2e(carbon_stock) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_co2e';
COMMENT ON FUNCTION co2e(carbon_stock) IS
    'The total as tonnes of CO2: tC times 44/12; NULL when there is no pool.';

CREATE FUNCTION carbon_stock_plus(carbon_stock, carbon_stock) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_plus';
COMMENT ON FUNCTION carbon_stock_plus(carbon_stock, carbon_stock) IS
    'Adds two values of carbon_stock. Behind operator +.';

CREATE FUNCTION carbon_stock_minus(carbon_stock, carbon_stock) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_minus';
COMMENT ON FUNCTION carbon_stock_minus(carbon_stock, carbon_stock) IS
    'Subtracts the second from the first. Behind operator -.';

CREATE FUNCTION carbon_stock_negate(carbon_stock) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_negate';
COMMENT ON FUNCTION carbon_stock_negate(carbon_stock) IS
    'Changes the sign. Behind prefix operator -.';

CREATE FUNCTION carbon_stock_times(carbon_stock, float8) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_times';
COMMENT ON FUNCTION carbon_stock_times(carbon_stock, float8) IS
    'Multiplies each pool by a number. Behind operator *. Error 22023 unless it is finite, 22003 when the result is out of range.';

CREATE FUNCTION carbon_stock_times(float8, carbon_stock) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_times_left';
COMMENT ON FUNCTION carbon_stock_times(float8, carbon_stock) IS
    'Multiplies each pool by a number. Behind operator *. Error 22023 unless it is finite, 22003 when the result is out of range.';

CREATE FUNCTION carbon_stock_divide(carbon_stock, float8) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_divide';
COMMENT ON FUNCTION carbon_stock_divide(carbon_stock, float8) IS
    'Divides each pool by a number. Behind operator /. Error 22012 by 0, 22023 unless it is finite, 22003 when the result is out of range.';

CREATE FUNCTION carbon_stock_eq(carbon_stock, carbon_stock) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_eq';
COMMENT ON FUNCTION carbon_stock_eq(carbon_stock, carbon_stock) IS
    'Whether the values are the same. Behind operator =.';

CREATE FUNCTION carbon_stock_ne(carbon_stock, carbon_stock) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_ne';
COMMENT ON FUNCTION carbon_stock_ne(carbon_stock, carbon_stock) IS
    'Whether the values differ. Behind operator <>.';

CREATE FUNCTION carbon_stock_hash(carbon_stock) RETURNS int4
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_hash';
COMMENT ON FUNCTION carbon_stock_hash(carbon_stock) IS
    'Hash of the value, for GROUP BY, DISTINCT and hash joins.';

CREATE FUNCTION carbon_stock_hash_extended(carbon_stock, int8) RETURNS int8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_hash_extended';
COMMENT ON FUNCTION carbon_stock_hash_extended(carbon_stock, int8) IS
    'Hash of the value with a seed, for hash partitions.';

CREATE OPERATOR + (LEFTARG = carbon_stock, RIGHTARG = carbon_stock, FUNCTION = carbon_stock_plus, COMMUTATOR = +);
COMMENT ON OPERATOR + (carbon_stock, carbon_stock) IS 'sum';

CREATE OPERATOR - (LEFTARG = carbon_stock, RIGHTARG = carbon_stock, FUNCTION = carbon_stock_minus);
COMMENT ON OPERATOR - (carbon_stock, carbon_stock) IS 'difference';

CREATE OPERATOR - (RIGHTARG = carbon_stock, FUNCTION = carbon_stock_negate);
COMMENT ON OPERATOR - (NONE, carbon_stock) IS 'opposite';

CREATE OPERATOR * (LEFTARG = carbon_stock, RIGHTARG = float8, FUNCTION = carbon_stock_times, COMMUTATOR = *);
COMMENT ON OPERATOR * (carbon_stock, float8) IS 'multiple';

CREATE OPERATOR * (LEFTARG = float8, RIGHTARG = carbon_stock, FUNCTION = carbon_stock_times, COMMUTATOR = *);
COMMENT ON OPERATOR * (float8, carbon_stock) IS 'multiple';

CREATE OPERATOR / (LEFTARG = carbon_stock, RIGHTARG = float8, FUNCTION = carbon_stock_divide);
COMMENT ON OPERATOR / (carbon_stock, float8) IS 'fraction';

CREATE OPERATOR = (LEFTARG = carbon_stock, RIGHTARG = carbon_stock, FUNCTION = carbon_stock_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES);
COMMENT ON OPERATOR = (carbon_stock, carbon_stock) IS 'same value';

CREATE OPERATOR <> (LEFTARG = carbon_stock, RIGHTARG = carbon_stock, FUNCTION = carbon_stock_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR <> (carbon_stock, carbon_stock) IS 'different value';

-- No btree: more than one number has no order that means anything.
CREATE OPERATOR CLASS carbon_stock_hash_ops DEFAULT FOR TYPE carbon_stock USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 carbon_stock_hash(carbon_stock),
    FUNCTION 2 carbon_stock_hash_extended(carbon_stock, int8);
COMMENT ON OPERATOR FAMILY carbon_stock_hash_ops USING hash IS 'Equality of carbon_stock for GROUP BY, DISTINCT and hash joins.';
COMMENT ON OPERATOR CLASS carbon_stock_hash_ops USING hash IS 'Equality of carbon_stock for GROUP BY, DISTINCT and hash joins.';
COMMENT ON OPERATOR FAMILY carbon_stock_hash_ops USING hash IS 'Equality of carbon_stock.';

CREATE FUNCTION carbon_stock_sum_combine(sum_state, sum_state) RETURNS sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_sum_combine';
COMMENT ON FUNCTION carbon_stock_sum_combine(sum_state, sum_state) IS
    'Adds two partial sums of carbon_stock, exactly. Error 22023 when their soils differ in depth.';

CREATE FUNCTION carbon_stock_sum_add(sum_state, carbon_stock) RETURNS sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_sum_add';
COMMENT ON FUNCTION carbon_stock_sum_add(sum_state, carbon_stock) IS
    'Transition function of sum(carbon_stock).';

CREATE FUNCTION carbon_stock_sum_remove(sum_state, carbon_stock) RETURNS sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_sum_remove';
COMMENT ON FUNCTION carbon_stock_sum_remove(sum_state, carbon_stock) IS
    'Inverse transition function of sum(carbon_stock).';

CREATE FUNCTION carbon_stock_sum_add_weighted(sum_state, carbon_stock, float8) RETURNS sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_sum_add_weighted';
COMMENT ON FUNCTION carbon_stock_sum_add_weighted(sum_state, carbon_stock, float8) IS
    'Transition function of sum(carbon_stock, float8).';

CREATE FUNCTION carbon_stock_sum_remove_weighted(sum_state, carbon_stock, float8) RETURNS sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_sum_remove_weighted';
COMMENT ON FUNCTION carbon_stock_sum_remove_weighted(sum_state, carbon_stock, float8) IS
    'Inverse transition function of sum(carbon_stock, float8).';

CREATE FUNCTION carbon_stock_sum_final(sum_state) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_sum_final';
COMMENT ON FUNCTION carbon_stock_sum_final(sum_state) IS
    'Final function of sum(carbon_stock) and sum(carbon_stock, float8). Error 22003 out of range.';

CREATE AGGREGATE sum(carbon_stock) (
    SFUNC = carbon_stock_sum_add,
    STYPE = sum_state,
    SSPACE = 3400,
    FINALFUNC = carbon_stock_sum_final,
    COMBINEFUNC = carbon_stock_sum_combine,
    MSFUNC = carbon_stock_sum_add,
    MINVFUNC = carbon_stock_sum_remove,
    MSTYPE = sum_state,
    MSSPACE = 3400,
    MFINALFUNC = carbon_stock_sum_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(carbon_stock) IS
    'Total tC by pool, exact whatever the plan; a pool is there when one row has it. NULL rows are skipped, NULL when there is no other. Error 22023 for soils of different depth, 22003 out of range.';

CREATE AGGREGATE sum(carbon_stock, float8) (
    SFUNC = carbon_stock_sum_add_weighted,
    STYPE = sum_state,
    SSPACE = 3400,
    FINALFUNC = carbon_stock_sum_final,
    COMBINEFUNC = carbon_stock_sum_combine,
    MSFUNC = carbon_stock_sum_add_weighted,
    MINVFUNC = carbon_stock_sum_remove_weighted,
    MSTYPE = sum_state,
    MSSPACE = 3400,
    MFINALFUNC = carbon_stock_sum_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(carbon_stock, float8) IS
    'Total of carbon_stock * weight, such as tC/ha by ha, row by row without making the product; to the last bit the same as sum(carbon_stock * weight).';
