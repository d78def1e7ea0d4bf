-- Sectors of a balance.

CREATE FUNCTION terrcarbon_internal.is_sector(sector text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN sector IN ('residential', 'tertiary', 'road_transport', 'other_transport', 'agriculture',
                  'waste', 'industry', 'energy', 'land');
COMMENT ON FUNCTION terrcarbon_internal.is_sector(text) IS
    'Whether a sector exists: residential, tertiary, road_transport, other_transport, agriculture, waste, industry, energy (the eight of French climate plans, energy without the electricity and heat counted where they are used) or land.';

-- Written out at installation, whatever schema PostGIS is in.
CREATE FUNCTION terrcarbon_internal.geometry_fault(geom geometry) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000
RETURN st_isvalidreason(geom);
COMMENT ON FUNCTION terrcarbon_internal.geometry_fault(geometry) IS 'Why a geometry is invalid (ST_IsValidReason).';

CREATE FUNCTION terrcarbon_internal.refuse_geometry(geom geometry) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION 'invalid geometry: %', left(terrcarbon_internal.geometry_fault(geom), 200)
        USING ERRCODE = 'check_violation', COLUMN = 'geom',
              HINT = 'ST_MakeValid repairs it, as deposit does with repair => true.';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.refuse_geometry(geometry) IS 'Raises why a geometry is invalid, for conditions of tables; error 23514.';
