-- Areas and lengths of PostGIS geometries, on the ground.
--
-- IMMUTABLE although spatial_ref_sys is read for the SRID, as PostGIS declares
-- ST_Transform and ST_Area(geography): the definition of a SRID does not change,
-- and only so can the functions be indexed, inlined and pushed to workers.

CREATE FUNCTION terrcarbon_internal.geometry_measure_support(internal)
    RETURNS internal
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'geometry_measure_support';
COMMENT ON FUNCTION terrcarbon_internal.geometry_measure_support(internal) IS
    'Planner support: the cost of a measure, by the average size of its geometries.';

CREATE FUNCTION shared_area(a geometry, b geometry, planar boolean DEFAULT false)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 150 SUPPORT terrcarbon_internal.geometry_measure_support
    AS 'MODULE_PATHNAME', 'shared_area';
COMMENT ON FUNCTION shared_area(geometry, geometry, boolean) IS
    'Area of what two polygons, multipolygons or collections share: m2 on the ellipsoid, with edges straight in the SRID''s coordinates; with planar, or SRID 0, square units of the coordinates, equal to ST_Area(ST_Intersection(a, b)). 0 when they do not meet or one is empty; the areas shared with the zones of a tessellation add up to the area inside it. Assumes valid input (ST_IsValid): where a ring crosses itself or parts overlap, the area counts as often as it is wound around. Lines count as 0. Errors: 22023 for different SRIDs, an unknown SRID, points, curves, surfaces, unclosed rings, NaN or infinite coordinates; 22P03 for corrupted bytes; 22003 when out of range.';

CREATE FUNCTION shared_area(a geometry, b geometry, c geometry, planar boolean DEFAULT false)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300 SUPPORT terrcarbon_internal.geometry_measure_support
    AS 'MODULE_PATHNAME', 'shared_area_of_three';
COMMENT ON FUNCTION shared_area(geometry, geometry, geometry, boolean) IS
    'Area of what three polygons, multipolygons or collections share, as a territory, a parcel of an earlier and one of a later map: m2 on the ellipsoid, or square units with planar or SRID 0. 0 when they do not all meet; the areas shared with the zones of tessellations add up. Fastest with the largest first. Assumes valid input. Errors as for shared_area(a, b).';

CREATE FUNCTION shared_length(line geometry, polygon geometry, planar boolean DEFAULT false)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 150 SUPPORT terrcarbon_internal.geometry_measure_support
    AS 'MODULE_PATHNAME', 'shared_length';
COMMENT ON FUNCTION shared_length(geometry, geometry, boolean) IS
    'Length of a line, multiline or collection inside polygons: m on the ellipsoid, along edges straight in the SRID''s coordinates; with planar, or SRID 0, units of the coordinates. What runs exactly on a border belongs to the zone above it, or right of a vertical border, so that the lengths in two neighbours add up (ST_Length(ST_Intersection) counts it in both). Assumes valid polygons. Errors: 22023 for swapped arguments and as for shared_area.';

CREATE FUNCTION true_area(g geometry)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT terrcarbon_internal.geometry_measure_support
    AS 'MODULE_PATHNAME', 'true_area';
COMMENT ON FUNCTION true_area(geometry) IS
    'Area of a geometry: m2 on the ellipsoid whatever its SRID, with edges straight in the SRID''s coordinates (ST_Area(geography) has geodesic edges); square units for SRID 0. Equal to shared_area(g, g). Errors as for shared_area.';

CREATE FUNCTION true_length(g geometry)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 SUPPORT terrcarbon_internal.geometry_measure_support
    AS 'MODULE_PATHNAME', 'true_length';
COMMENT ON FUNCTION true_length(geometry) IS
    'Length of the lines of a geometry: m on the ellipsoid whatever its SRID, along edges straight in the SRID''s coordinates; units of the coordinates for SRID 0. Polygons count as 0, as in ST_Length. Errors as for shared_area.';
