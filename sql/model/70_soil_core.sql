-- Soil cores: from slices of a core to the carbon of a hectare.

CREATE FUNCTION carbon_of_organic_matter(organic_fraction float8)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'carbon_of_organic_matter';
COMMENT ON FUNCTION carbon_of_organic_matter(float8) IS
    'Organic carbon (fraction of dry mass) of a marsh soil from its organic matter by loss on ignition (fraction): in %, C = 0.40 LOI + 0.0025 LOI^2. Fitted on 250 salt and brackish marsh soils of North Carolina with 0 to 11 % clay. Error 22023 outside 0 .. 1. Source: Craft, Seneca and Broome 1991, doi 10.2307/1351691.';

CREATE FUNCTION terrcarbon_internal.soil_core_step(slices float8[], top_cm float8, bottom_cm float8,
        dry_bulk_density float8, carbon_fraction float8, depth_cm float8)
    RETURNS float8[]
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'soil_core_step';
COMMENT ON FUNCTION terrcarbon_internal.soil_core_step(float8[], float8, float8, float8, float8, float8) IS
    'Transition function of soil_core_stock. Six numbers a slice.';

CREATE FUNCTION terrcarbon_internal.soil_core_step(slices float8[], top_cm float8, bottom_cm float8,
        dry_bulk_density float8, carbon_fraction float8, depth_cm float8, coarse_fraction float8)
    RETURNS float8[]
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2
    AS 'MODULE_PATHNAME', 'soil_core_step';
COMMENT ON FUNCTION terrcarbon_internal.soil_core_step(float8[], float8, float8, float8, float8, float8, float8) IS
    'Transition function of soil_core_stock with coarse fragments.';

CREATE FUNCTION terrcarbon_internal.soil_core_final(slices float8[])
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'soil_core_final';
COMMENT ON FUNCTION terrcarbon_internal.soil_core_final(float8[]) IS
    'Final function of soil_core_stock.';

CREATE AGGREGATE soil_core_stock(top_cm float8, bottom_cm float8, dry_bulk_density float8,
        carbon_fraction float8, depth_cm float8) (
    SFUNC = terrcarbon_internal.soil_core_step,
    STYPE = float8[],
    FINALFUNC = terrcarbon_internal.soil_core_final,
    COMBINEFUNC = pg_catalog.array_cat,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE soil_core_stock(float8, float8, float8, float8, float8) IS
    'Organic carbon of a soil core without coarse fragments to a depth, tC/ha: sum over its slices of dry bulk density (g/cm3) x carbon fraction x thickness (cm) x 100, a slice that crosses the depth by its part above. GROUP BY core. NULL without slices. Error 22023: slices that overlap or are missing, a core that does not start at 0 or reach the depth, a slice without thickness, density or carbon; 54000 over 10000 slices a core.';

CREATE AGGREGATE soil_core_stock(top_cm float8, bottom_cm float8, dry_bulk_density float8,
        carbon_fraction float8, depth_cm float8, coarse_fraction float8) (
    SFUNC = terrcarbon_internal.soil_core_step,
    STYPE = float8[],
    FINALFUNC = terrcarbon_internal.soil_core_final,
    COMBINEFUNC = pg_catalog.array_cat,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE soil_core_stock(float8, float8, float8, float8, float8, float8) IS
    'The same where a fraction of the volume of each slice is coarser than 2 mm (stones, gravel) and holds no carbon: each slice counts x (1 - coarse_fraction). Density and carbon are those of the soil finer than 2 mm, in its own volume. A slice whose coarse_fraction is NULL or outside 0 .. 1 is an error (22023): what is not known is not 0. Source: IPCC Good Practice Guidance for LULUCF (2003), chapter 3.2: content x bulk density x depth x (1 - fragments).';
