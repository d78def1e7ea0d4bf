-- Sectors of a balance.

CREATE FUNCTION terrcarbon_internal.is_sector(sector text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN sector IN ('residential', 'tertiary', 'road_transport', 'other_transport', 'agriculture',
                  'waste', 'industry', 'energy', 'land');
COMMENT ON FUNCTION terrcarbon_internal.is_sector(text) IS
    'Whether a sector exists: residential, tertiary, road_transport, other_transport, agriculture, waste, industry, energy (the eight of French climate plans, energy without the electricity and heat counted where they are used) or land.';
