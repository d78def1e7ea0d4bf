-- The change matrix of two vintages of a land-cover map.

CREATE FUNCTION terrcarbon_internal.polygons_within(a geometry, b geometry)
    RETURNS geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000
RETURN ST_CollectionExtract(ST_Intersection(a, b), 3);
COMMENT ON FUNCTION terrcarbon_internal.polygons_within(geometry, geometry) IS
    'The part of one geometry within another, its polygons alone: points and lines where they only touch are left out.';

CREATE FUNCTION land_change_matrix(
    earlier regclass, earlier_column name, later regclass, later_column name,
    territory regclass, territory_column name DEFAULT 'code', geom_column name DEFAULT 'geom')
    RETURNS TABLE (territory_code text, from_code text, to_code text, area_m2 float8)
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 100
AS $$
DECLARE
    postgis text := (SELECT extnamespace::regnamespace::text FROM pg_catalog.pg_extension WHERE extname = 'postgis');
    -- Runs with the rights of the caller, who can read these tables or cannot.
    query text := pg_catalog.format($query$
        WITH zone AS MATERIALIZED (
            SELECT %1$I::text AS code, %2$I AS geom, terrcarbon.true_area(%2$I) AS area FROM %3$s
        ), before AS MATERIALIZED (
            SELECT z.code, e.%4$I::text AS class, terrcarbon_internal.polygons_within(e.%2$I, z.geom) AS geom,
                   terrcarbon.shared_area(e.%2$I, z.geom) AS area
            FROM zone z JOIN %5$s e ON e.%2$I OPERATOR(%8$s.&&) z.geom
        ), kept AS (
            SELECT b.code, b.class AS from_code, l.%6$I::text AS to_code,
                   sum(terrcarbon.shared_area(b.geom, l.%2$I)) AS area
            FROM before b JOIN %7$s l ON l.%2$I OPERATOR(%8$s.&&) b.geom
            GROUP BY 1, 2, 3
        ), cell AS (
            SELECT * FROM kept
          UNION ALL
            -- What only one vintage covers, by difference.
            SELECT code, class, NULL, area FROM before
          UNION ALL
            SELECT code, from_code, NULL, -area FROM kept
          UNION ALL
            SELECT z.code, NULL, l.%6$I::text, terrcarbon.shared_area(l.%2$I, z.geom)
            FROM zone z JOIN %7$s l ON l.%2$I OPERATOR(%8$s.&&) z.geom
          UNION ALL
            SELECT code, NULL, to_code, -area FROM kept
        ), covered AS (
            SELECT code, from_code, to_code, sum(area) AS area FROM cell GROUP BY 1, 2, 3
          UNION ALL
            SELECT code, NULL, NULL, area - coalesce((SELECT sum(c.area) FROM cell c WHERE c.code = z.code), 0)
            FROM zone z
        )
        SELECT c.code, c.from_code, c.to_code, c.area, z.area
        FROM covered c JOIN zone z USING (code)
        ORDER BY 1, 2, 3
        $query$,
        territory_column, geom_column, territory, earlier_column, earlier, later_column, later, postgis);
    zone_m2 float8;
BEGIN
    FOR territory_code, from_code, to_code, area_m2, zone_m2 IN EXECUTE query LOOP
        -- Rounding leaves up to a billionth where the layers fit.
        CONTINUE WHEN abs(area_m2) <= 1e-9 * zone_m2;
        IF area_m2 < 0 THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('polygons of one vintage overlap within territory %L', territory_code),
                DETAIL = format('From %L to %L %s m2 are counted more than once.',
                                from_code, to_code, (-area_m2)::float4),
                HINT = 'Make each layer a coverage first: area_once says where its classes overlap.';
        END IF;
        RETURN NEXT;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION land_change_matrix(regclass, name, regclass, name, regclass, name, name) IS
    'How many m2 passed from which land class to which, by territory, from two vintages of land-cover polygons: land_change_matrix(earlier table, its class column, later table, its class column, territory table, its code column, the geometry column of all three). What a vintage does not cover has class NULL, so that the rows, and the columns, of a territory add up to its area. Reads the tables with the caller''s rights; put a GiST index on their geometries. Error 22023 where polygons of one vintage overlap, and as for shared_area.';
