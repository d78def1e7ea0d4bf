-- Overlapping polygons, each place counted once.

CREATE FUNCTION area_once(zone geometry, parts geometry[], planar boolean DEFAULT false)
    RETURNS TABLE (part int, winner int, area float8)
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 100
    AS 'MODULE_PATHNAME', 'area_once';
COMMENT ON FUNCTION area_once(geometry, geometry[], boolean) IS
    'What parts cover of a zone, counted once: each place goes to the first part of the array that covers it. A row where part = winner is what this part is counted for; a row where they differ is what part also covers but lost to winner, so the overlap removed, if it is more than 1e-13 of the total. Parts are positions in the array; the areas counted add up to the area of the union. m2 on the ellipsoid, or plain units with planar or SRID 0. NULL parts cover nothing. Assumes valid input. Errors as for shared_area.';

CREATE FUNCTION area_once(zone geometry, parts geometry[], classes text[], planar boolean DEFAULT false)
    RETURNS TABLE (class text, area float8, overlap float8)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 10
BEGIN ATOMIC
    SELECT classes[o.part], COALESCE(sum(o.area) FILTER (WHERE o.part = o.winner), 0),
           COALESCE(sum(o.area) FILTER (WHERE o.part <> o.winner), 0)
    FROM area_once(zone, parts, planar) o
    GROUP BY classes[o.part];
END;
COMMENT ON FUNCTION area_once(geometry, geometry[], text[], boolean) IS
    'What parts cover of a zone by class, each place counted once for the class of the first part that covers it, and the overlap that was removed from each class. classes[i] is the class of parts[i]; a class may also be a dataset. The areas add up to the area of the union. Units and errors as for area_once(zone, parts).';

CREATE FUNCTION change_matrix(zone geometry, from_parts geometry[], from_codes text[], to_parts geometry[], to_codes text[], planar boolean DEFAULT false)
    RETURNS TABLE (from_code text, to_code text, area float8)
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 50
    AS 'MODULE_PATHNAME', 'change_matrix';
COMMENT ON FUNCTION change_matrix(geometry, geometry[], text[], geometry[], text[], boolean) IS
    'What became of what within a zone, between an earlier and a later map: the area with from_code in the one and to_code in the other, m2 on the ellipsoid, or square units with planar or SRID 0. from_codes[i] is the class of from_parts[i], to_codes likewise; a NULL polygon covers nothing. Areas add up over a tessellation of zones; those of a from_code add up to what its polygons share with the zone, less what the later map leaves uncovered. Each map is taken to cover a place once at most (use area_once to find out); a polygon that is equal in both maps has become itself and nothing else. Areas of less than 1e-13 of the total are rounding and left out. Errors: 22023 when polygons and codes differ in number, 22004 for a NULL code, and as for shared_area.';

CREATE FUNCTION miscounted_area(g geometry, planar boolean DEFAULT false)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000
    AS 'MODULE_PATHNAME', 'miscounted_area';
COMMENT ON FUNCTION miscounted_area(geometry, boolean) IS
    'How much area the measures of this geometry count wrongly: places that its rings wind around twice or more (overlapping parts), or backwards (a bow tie, a hole outside its shell), times how often too much. 0, or a rounding error, for geometries whose measures are right, crossings of ring points by less than what matters included: CHECK (miscounted_area(geom) <= 1e-6 * true_area(geom)). m2 on the ellipsoid, or plain units with planar or SRID 0. Errors as for shared_area.';
