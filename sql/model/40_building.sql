-- Buildings: floor area, energy, climate correction, greenhouse-gas class.

CREATE FUNCTION building_floor_area(
    footprint_m2 float8, floors int, height_m float8,
    OUT floor_area_m2 float8, OUT floors_assumed boolean)
    LANGUAGE C IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'building_floor_area';
COMMENT ON FUNCTION building_floor_area(float8, int, float8) IS
    'Floor area of a building in m2: footprint x floors. Without floors, height / 3 m stands for them, at least 1, and floors_assumed is true; without either both results are NULL. Error 22023: a negative or non-finite footprint, floors or height not above 0. Error 22003 out of range.';

CREATE FUNCTION building_floor_area(
    footprint geometry, floors int, height_m float8,
    OUT floor_area_m2 float8, OUT floors_assumed boolean)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 200
BEGIN ATOMIC
    SELECT b.floor_area_m2, b.floors_assumed
    FROM building_floor_area(true_area(footprint), floors, height_m) AS b;
END;
COMMENT ON FUNCTION building_floor_area(geometry, int, float8) IS
    'Floor area of a building in m2, its footprint measured by true_area. Errors as the form with a footprint in m2, and as true_area.';

CREATE FUNCTION building_energy(
    metered_kwh float8, floor_area_m2 float8, kwh_per_m2 float8,
    OUT kwh float8, OUT metered boolean)
    LANGUAGE C IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'building_energy';
COMMENT ON FUNCTION building_energy(float8, float8, float8) IS
    'Energy a building uses in a year, in kWh: the metered amount when there is one, else floor area x intensity (kWh/m2); metered says which. NULL when neither is known. The heating-value basis (LHV, HHV) is the caller''s, and goes with the unit given to emission. Error 22023: a negative or non-finite value.';

CREATE FUNCTION climate_corrected(
    energy float8, heating_share float8, degree_days_reference float8, degree_days_observed float8)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'climate_corrected';
COMMENT ON FUNCTION climate_corrected(float8, float8, float8, float8) IS
    'Energy as it would be in a reference climate: E x (1 - s + s x DJU_reference / DJU_observed), s the share of heating (0 .. 1), DJU unified degree days. In the unit of the energy given. Error 22023: a share outside 0 .. 1, observed degree days not above 0, a negative or non-finite value.';

CREATE FUNCTION dpe_ghg_class(kg_per_m2 float8, area_m2 float8, climate_zone text, altitude_class text)
    RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'dpe_ghg_class';
COMMENT ON FUNCTION dpe_ghg_class(float8, float8, text, text) IS
    'Greenhouse-gas class A .. G of a dwelling in France, from kg CO2e per m2 and year: below 6, 11, 30, 50, 70, 100 (E and F: 80, 110 above 800 m in zones h1b, h1c, h2d), with the higher limits of the area rounded to whole m2 up to 40 m2. Zones h1a h1b h1c h2a h2b h2c h2d h3; altitudes as in the DPE register: below 400 m, 400-800m, above 800 m (in French). Error 22023: an unknown zone or altitude, a negative or non-finite value. Source: arrete of 31 March 2021, as amended in 2024.';
