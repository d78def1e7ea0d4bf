-- Masses of greenhouse gases.

CREATE TYPE ghg;

CREATE FUNCTION ghg_in(cstring) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_in';
COMMENT ON FUNCTION ghg_in(cstring) IS
    'Reads the JSON text form of masses of greenhouse gases. Error 22P02 when malformed.';

CREATE FUNCTION ghg_out(ghg) RETURNS cstring
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_out';
COMMENT ON FUNCTION ghg_out(ghg) IS
    'Writes the JSON text form of masses of greenhouse gases; lossless.';

CREATE FUNCTION ghg_recv(internal) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_recv';
COMMENT ON FUNCTION ghg_recv(internal) IS
    'Receives masses of greenhouse gases in binary form. Error 22P03 when malformed.';

CREATE FUNCTION ghg_send(ghg) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_send';
COMMENT ON FUNCTION ghg_send(ghg) IS
    'Sends masses of greenhouse gases in binary form; lossless.';

CREATE TYPE ghg (
    INPUT = ghg_in,
    OUTPUT = ghg_out,
    RECEIVE = ghg_recv,
    SEND = ghg_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE ghg IS
    'Mass in kg of each greenhouse gas, such as {"CO2": 1000, "CH4": 10}; negative is a removal. A gas that is not there has a mass of 0, and 0 is not kept; what is not known is NULL, not an absent gas.';

CREATE CAST (ghg AS jsonb) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (ghg AS jsonb) IS 'The JSON text form as jsonb; lossless.';
CREATE CAST (jsonb AS ghg) WITH INOUT;
COMMENT ON CAST (jsonb AS ghg) IS 'Reads the JSON text form from jsonb, which keeps only the last of duplicate members.';

CREATE FUNCTION gases(OUT gas text, OUT ar4 float8, OUT ar5 float8, OUT ar6 float8,
                      OUT in_total boolean) RETURNS SETOF record
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 ROWS 92
    AS 'MODULE_PATHNAME', 'ghg_gases';
COMMENT ON FUNCTION gases() IS
    'The gases that ghg knows, with their global warming potentials over 100 years in kg CO2e per kg: IPCC AR4 WG1 table 2.14, AR5 WG1 table 8.A.1, AR6 WG1 tables 7.SM.7 and, for methane of known origin, 7.15. NULL where a report gives none; not in_total is a memo item, reported beside the total.';

CREATE FUNCTION ghg(gas text, kg float8) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_make';
COMMENT ON FUNCTION ghg(text, float8) IS
    'A mass of one gas in kg. Error 22023 for an unknown gas, NaN or infinity.';

CREATE FUNCTION gas(ghg, gas text) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_gas_mass';
COMMENT ON FUNCTION gas(ghg, text) IS
    'Mass in kg of one gas, 0 when there is none of it. Error 22023 for an unknown gas.';

CREATE FUNCTION co2e(ghg, gwp text) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_co2e_named';
COMMENT ON FUNCTION co2e(ghg, text) IS
    'Mass in kg of CO2 with the same warming over 100 years, with the global warming potentials of AR4, AR5 or AR6; memo gases left out. Error 22023 when the set has no value for a gas.';

CREATE FUNCTION co2e(ghg) RETURNS float8
    LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_co2e_default';
COMMENT ON FUNCTION co2e(ghg) IS
    'Mass in kg of CO2 with the same warming over 100 years, with the global warming potentials named by the setting terrcarbon.gwp (AR5 unless set); memo gases left out. Error 22023 when the set has no value for a gas.';

CREATE FUNCTION ghg_plus(ghg, ghg) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_plus';
COMMENT ON FUNCTION ghg_plus(ghg, ghg) IS
    'Adds two values of ghg. Behind operator +.';

CREATE FUNCTION ghg_minus(ghg, ghg) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_minus';
COMMENT ON FUNCTION ghg_minus(ghg, ghg) IS
    'Subtracts the second from the first. Behind operator -.';

CREATE FUNCTION ghg_negate(ghg) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_negate';
COMMENT ON FUNCTION ghg_negate(ghg) IS
    'Changes the sign. Behind prefix operator -.';

CREATE FUNCTION ghg_times(ghg, float8) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_times';
COMMENT ON FUNCTION ghg_times(ghg, float8) IS
    'Multiplies each mass by a number. Behind operator *. Error 22023 unless it is finite, 22003 when the result is out of range.';

CREATE FUNCTION ghg_times(float8, ghg) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_times_left';
COMMENT ON FUNCTION ghg_times(float8, ghg) IS
    'Multiplies each mass by a number. Behind operator *. Error 22023 unless it is finite, 22003 when the result is out of range.';

CREATE FUNCTION ghg_divide(ghg, float8) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_divide';
COMMENT ON FUNCTION ghg_divide(ghg, float8) IS
    'Divides each mass by a number. Behind operator /. Error 22012 by 0, 22023 unless it is finite, 22003 when the result is out of range.';

CREATE FUNCTION ghg_eq(ghg, ghg) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_eq';
COMMENT ON FUNCTION ghg_eq(ghg, ghg) IS
    'Whether the values are the same. Behind operator =.';

CREATE FUNCTION ghg_ne(ghg, ghg) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_ne';
COMMENT ON FUNCTION ghg_ne(ghg, ghg) IS
    'Whether the values differ. Behind operator <>.';

CREATE FUNCTION ghg_hash(ghg) RETURNS int4
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_hash';
COMMENT ON FUNCTION ghg_hash(ghg) IS
    'Hash of the value, for GROUP BY, DISTINCT and hash joins.';

CREATE FUNCTION ghg_hash_extended(ghg, int8) RETURNS int8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'quantity_hash_extended';
COMMENT ON FUNCTION ghg_hash_extended(ghg, int8) IS
    'Hash of the value with a seed, for hash partitions.';

CREATE OPERATOR + (LEFTARG = ghg, RIGHTARG = ghg, FUNCTION = ghg_plus, COMMUTATOR = +);
COMMENT ON OPERATOR + (ghg, ghg) IS 'sum';

CREATE OPERATOR - (LEFTARG = ghg, RIGHTARG = ghg, FUNCTION = ghg_minus);
COMMENT ON OPERATOR - (ghg, ghg) IS 'difference';

CREATE OPERATOR - (RIGHTARG = ghg, FUNCTION = ghg_negate);
COMMENT ON OPERATOR - (NONE, ghg) IS 'opposite';

CREATE OPERATOR * (LEFTARG = ghg, RIGHTARG = float8, FUNCTION = ghg_times, COMMUTATOR = *);
COMMENT ON OPERATOR * (ghg, float8) IS 'multiple';

CREATE OPERATOR * (LEFTARG = float8, RIGHTARG = ghg, FUNCTION = ghg_times, COMMUTATOR = *);
COMMENT ON OPERATOR * (float8, ghg) IS 'multiple';

CREATE OPERATOR / (LEFTARG = ghg, RIGHTARG = float8, FUNCTION = ghg_divide);
COMMENT ON OPERATOR / (ghg, float8) IS 'fraction';

CREATE OPERATOR = (LEFTARG = ghg, RIGHTARG = ghg, FUNCTION = ghg_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES);
COMMENT ON OPERATOR = (ghg, ghg) IS 'same value';

CREATE OPERATOR <> (LEFTARG = ghg, RIGHTARG = ghg, FUNCTION = ghg_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR <> (ghg, ghg) IS 'different value';

-- No btree: more than one number has no order that means anything.
CREATE OPERATOR CLASS ghg_hash_ops DEFAULT FOR TYPE ghg USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 ghg_hash(ghg),
    FUNCTION 2 ghg_hash_extended(ghg, int8);
COMMENT ON OPERATOR FAMILY ghg_hash_ops USING hash IS 'Equality of ghg for GROUP BY, DISTINCT and hash joins.';
COMMENT ON OPERATOR CLASS ghg_hash_ops USING hash IS 'Equality of ghg for GROUP BY, DISTINCT and hash joins.';
COMMENT ON OPERATOR FAMILY ghg_hash_ops USING hash IS 'Equality of ghg.';

CREATE FUNCTION ghg_sum_add(sum_state, ghg) RETURNS sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_sum_add';
COMMENT ON FUNCTION ghg_sum_add(sum_state, ghg) IS
    'Transition function of sum(ghg).';

CREATE FUNCTION ghg_sum_remove(sum_state, ghg) RETURNS sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_sum_remove';
COMMENT ON FUNCTION ghg_sum_remove(sum_state, ghg) IS
    'Inverse transition function of sum(ghg).';

CREATE FUNCTION ghg_sum_add_weighted(sum_state, ghg, float8) RETURNS sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_sum_add_weighted';
COMMENT ON FUNCTION ghg_sum_add_weighted(sum_state, ghg, float8) IS
    'Transition function of sum(ghg, float8).';

CREATE FUNCTION ghg_sum_remove_weighted(sum_state, ghg, float8) RETURNS sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_sum_remove_weighted';
COMMENT ON FUNCTION ghg_sum_remove_weighted(sum_state, ghg, float8) IS
    'Inverse transition function of sum(ghg, float8).';

CREATE FUNCTION ghg_sum_final(sum_state) RETURNS ghg
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_sum_final';
COMMENT ON FUNCTION ghg_sum_final(sum_state) IS
    'Final function of sum(ghg) and sum(ghg, float8). Error 22003 out of range.';

CREATE AGGREGATE sum(ghg) (
    SFUNC = ghg_sum_add,
    STYPE = sum_state,
    SSPACE = 2400,
    FINALFUNC = ghg_sum_final,
    COMBINEFUNC = sum_state_combine,
    MSFUNC = ghg_sum_add,
    MINVFUNC = ghg_sum_remove,
    MSTYPE = sum_state,
    MSSPACE = 2400,
    MFINALFUNC = ghg_sum_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(ghg) IS
    'Total mass in kg of each gas, exact whatever the plan; NULL rows are skipped, NULL when there is no other. Error 22003 out of range.';

CREATE AGGREGATE sum(ghg, float8) (
    SFUNC = ghg_sum_add_weighted,
    STYPE = sum_state,
    SSPACE = 2400,
    FINALFUNC = ghg_sum_final,
    COMBINEFUNC = sum_state_combine,
    MSFUNC = ghg_sum_add_weighted,
    MINVFUNC = ghg_sum_remove_weighted,
    MSTYPE = sum_state,
    MSSPACE = 2400,
    MFINALFUNC = ghg_sum_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(ghg, float8) IS
    'Total of ghg * weight, row by row without making the product; to the last bit the same as sum(ghg * weight).';
