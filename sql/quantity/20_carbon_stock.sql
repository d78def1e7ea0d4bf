-- Stocks of carbon by pool.

CREATE TYPE carbon_stock;

CREATE FUNCTION terrcarbon_internal.carbon_stock_in(cstring) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_in';
COMMENT ON FUNCTION terrcarbon_internal.carbon_stock_in(cstring) IS
    'Reads the JSON text form of a carbon stock. Error 22P02 when malformed.';

CREATE FUNCTION terrcarbon_internal.carbon_stock_out(carbon_stock) RETURNS cstring
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_out';
COMMENT ON FUNCTION terrcarbon_internal.carbon_stock_out(carbon_stock) IS
    'Writes the JSON text form of a carbon stock; lossless.';

CREATE FUNCTION terrcarbon_internal.carbon_stock_recv(internal) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_recv';
COMMENT ON FUNCTION terrcarbon_internal.carbon_stock_recv(internal) IS
    'Receives a carbon stock in binary form. Error 22P03 when malformed.';

CREATE FUNCTION terrcarbon_internal.carbon_stock_send(carbon_stock) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_send';
COMMENT ON FUNCTION terrcarbon_internal.carbon_stock_send(carbon_stock) IS
    'Sends a carbon stock in binary form; lossless.';

CREATE TYPE carbon_stock (
    INPUT = terrcarbon_internal.carbon_stock_in,
    OUTPUT = terrcarbon_internal.carbon_stock_out,
    RECEIVE = terrcarbon_internal.carbon_stock_recv,
    SEND = terrcarbon_internal.carbon_stock_send,
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

CREATE FUNCTION pools() RETURNS text[]
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_pools_list';
COMMENT ON FUNCTION pools() IS
    'The pools of a carbon_stock: those of the IPCC guidelines, and harvested wood products.';

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

CREATE FUNCTION tonnes_co2(carbon_stock) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_tonnes_co2';
COMMENT ON FUNCTION tonnes_co2(carbon_stock) IS
    'The total as tonnes of CO2: tC times 44/12; NULL when there is no pool.';

CREATE FUNCTION terrcarbon_internal.carbon_stock_sum_combine(terrcarbon_internal.sum_state, terrcarbon_internal.sum_state) RETURNS terrcarbon_internal.sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_sum_combine';
COMMENT ON FUNCTION terrcarbon_internal.carbon_stock_sum_combine(terrcarbon_internal.sum_state, terrcarbon_internal.sum_state) IS
    'Adds two partial sums of carbon_stock, exactly. Error 22023 when their soils differ in depth.';

CREATE FUNCTION terrcarbon_internal.carbon_stock_sum_final(terrcarbon_internal.sum_state) RETURNS carbon_stock
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_stock_sum_final';
COMMENT ON FUNCTION terrcarbon_internal.carbon_stock_sum_final(terrcarbon_internal.sum_state) IS
    'Final function of sum(carbon_stock) and sum(carbon_stock, float8). Error 22003 out of range.';
