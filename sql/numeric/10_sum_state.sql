-- The transition state shared by the aggregates of every room.

CREATE TYPE terrcarbon_internal.sum_state;

CREATE FUNCTION terrcarbon_internal.sum_state_in(cstring) RETURNS terrcarbon_internal.sum_state
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sum_state_in';
COMMENT ON FUNCTION terrcarbon_internal.sum_state_in(cstring) IS
    'Reads the hexadecimal text form of a sum_state. Error 22P02 when malformed.';

CREATE FUNCTION terrcarbon_internal.sum_state_out(terrcarbon_internal.sum_state) RETURNS cstring
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sum_state_out';
COMMENT ON FUNCTION terrcarbon_internal.sum_state_out(terrcarbon_internal.sum_state) IS
    'Writes a sum_state as the hexadecimal form of its binary representation; lossless.';

CREATE FUNCTION terrcarbon_internal.sum_state_recv(internal) RETURNS terrcarbon_internal.sum_state
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sum_state_recv';
COMMENT ON FUNCTION terrcarbon_internal.sum_state_recv(internal) IS
    'Receives a sum_state in binary form. Error 22P03 when malformed.';

CREATE FUNCTION terrcarbon_internal.sum_state_send(terrcarbon_internal.sum_state) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sum_state_send';
COMMENT ON FUNCTION terrcarbon_internal.sum_state_send(terrcarbon_internal.sum_state) IS
    'Sends a sum_state in binary form.';

CREATE TYPE terrcarbon_internal.sum_state (
    INPUT = terrcarbon_internal.sum_state_in,
    OUTPUT = terrcarbon_internal.sum_state_out,
    RECEIVE = terrcarbon_internal.sum_state_recv,
    SEND = terrcarbon_internal.sum_state_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE terrcarbon_internal.sum_state IS
    'Exact sums under integer keys: the transition state of this extension''s aggregates. Adding is exact, so a total does not depend on the order of the rows nor on the plan.';

CREATE FUNCTION terrcarbon_internal.sum_state_combine(terrcarbon_internal.sum_state, terrcarbon_internal.sum_state) RETURNS terrcarbon_internal.sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sum_state_combine';
COMMENT ON FUNCTION terrcarbon_internal.sum_state_combine(terrcarbon_internal.sum_state, terrcarbon_internal.sum_state) IS
    'Adds two partial states, exactly; NULL counts as empty. Error 22023 when their tags (such as soil depths) differ.';
