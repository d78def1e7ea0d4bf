-- Masses of greenhouse gases.

CREATE TYPE ghg;

CREATE FUNCTION terrcarbon_internal.ghg_in(cstring) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_in';
COMMENT ON FUNCTION terrcarbon_internal.ghg_in(cstring) IS
    'Reads the JSON text form of masses of greenhouse gases. Error 22P02 when malformed.';

CREATE FUNCTION terrcarbon_internal.ghg_out(ghg) RETURNS cstring
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_out';
COMMENT ON FUNCTION terrcarbon_internal.ghg_out(ghg) IS
    'Writes the JSON text form of masses of greenhouse gases; lossless.';

CREATE FUNCTION terrcarbon_internal.ghg_recv(internal) RETURNS ghg
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_recv';
COMMENT ON FUNCTION terrcarbon_internal.ghg_recv(internal) IS
    'Receives masses of greenhouse gases in binary form. Error 22P03 when malformed.';

CREATE FUNCTION terrcarbon_internal.ghg_send(ghg) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_send';
COMMENT ON FUNCTION terrcarbon_internal.ghg_send(ghg) IS
    'Sends masses of greenhouse gases in binary form; lossless.';

CREATE TYPE ghg (
    INPUT = terrcarbon_internal.ghg_in,
    OUTPUT = terrcarbon_internal.ghg_out,
    RECEIVE = terrcarbon_internal.ghg_recv,
    SEND = terrcarbon_internal.ghg_send,
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

CREATE FUNCTION gwp_sets() RETURNS text[]
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_gwp_sets';
COMMENT ON FUNCTION gwp_sets() IS
    'The sets of global warming potentials, by IPCC assessment report.';

CREATE FUNCTION gases(gwp text DEFAULT NULL, OUT gas text, OUT kg_co2e float8, OUT in_total boolean)
    RETURNS SETOF record
    LANGUAGE C STABLE PARALLEL SAFE COST 1 ROWS 92
    AS 'MODULE_PATHNAME', 'ghg_gases';
COMMENT ON FUNCTION gases(text) IS
    'The gases that ghg knows, with the kg of CO2 that have the warming of 1 kg over 100 years by a set of global warming potentials (that of the setting terrcarbon.gwp unless given): IPCC AR4 WG1 table 2.14, AR5 WG1 table 8.A.1, AR6 WG1 tables 7.SM.7 and, for methane of known origin, 7.15. NULL where the report gives none; not in_total is a memo item, reported beside the total. Error 22023 for an unknown set.';

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
    'Mass in kg of CO2 with the same warming over 100 years, with one of the sets of global warming potentials that gwp_sets() names; memo gases left out. Error 22023 when the set has no value for a gas.';

CREATE FUNCTION co2e(ghg) RETURNS float8
    LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_co2e_default';
COMMENT ON FUNCTION co2e(ghg) IS
    'Mass in kg of CO2 with the same warming over 100 years, with the global warming potentials named by the setting terrcarbon.gwp (AR5 unless set); memo gases left out. Error 22023 when the set has no value for a gas.';

CREATE FUNCTION terrcarbon_internal.ghg_sum_final(terrcarbon_internal.sum_state) RETURNS ghg
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'ghg_sum_final';
COMMENT ON FUNCTION terrcarbon_internal.ghg_sum_final(terrcarbon_internal.sum_state) IS
    'Final function of sum(ghg) and sum(ghg, float8). Error 22003 out of range.';
