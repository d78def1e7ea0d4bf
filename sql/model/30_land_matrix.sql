-- The change matrix of two vintages of a land-cover map.

CREATE FUNCTION land_change_matrix(
    earlier regclass, earlier_column name, later regclass, later_column name,
    territory regclass, territory_column name DEFAULT 'code', geom_column name DEFAULT 'geom')
    RETURNS TABLE (territory_code text, from_code text, to_code text, area_m2 float8)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000000 ROWS 100
AS $$
DECLARE
    postgis text := (SELECT extnamespace::regnamespace::text FROM pg_catalog.pg_extension WHERE extname = 'postgis');
    -- Runs with the rights of the caller, who can read these tables or cannot.
    query text := pg_catalog.format($query$
        WITH zone AS MATERIALIZED (
            SELECT z.%1$I::text AS code, z.%2$I AS geom, terrcarbon.true_area(z.%2$I) AS area,
                   e.parts AS from_parts, e.codes AS from_codes, l.parts AS to_parts, l.codes AS to_codes
            FROM %3$s z
            CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(e.%2$I), '{}') AS parts, coalesce(array_agg(e.%4$I::text), '{}') AS codes
                FROM %5$s e WHERE e.%2$I OPERATOR(%8$s.&&) z.%2$I AND e.%4$I IS NOT NULL) AS e
            CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(l.%2$I), '{}') AS parts, coalesce(array_agg(l.%6$I::text), '{}') AS codes
                FROM %7$s l WHERE l.%2$I OPERATOR(%8$s.&&) z.%2$I AND l.%6$I IS NOT NULL) AS l
        ), kept AS MATERIALIZED (
            SELECT z.code, c.from_code, c.to_code, c.area
            FROM zone z
            CROSS JOIN LATERAL terrcarbon.change_matrix(z.geom, z.from_parts, z.from_codes, z.to_parts, z.to_codes) AS c
        ), once AS MATERIALIZED (
            SELECT z.code, o.class AS from_code, NULL AS to_code, o.area, o.overlap
            FROM zone z CROSS JOIN LATERAL terrcarbon.area_once(z.geom, z.from_parts, z.from_codes) AS o
          UNION ALL
            SELECT z.code, NULL, o.class, o.area, o.overlap
            FROM zone z CROSS JOIN LATERAL terrcarbon.area_once(z.geom, z.to_parts, z.to_codes) AS o
        ), cell AS MATERIALIZED (
            SELECT k.code, k.from_code, k.to_code, k.area, 0::float8 AS overlap FROM kept k
          UNION ALL
            -- What only one vintage covers, by difference.
            SELECT o.code, o.from_code, o.to_code, o.area, o.overlap FROM once o
          UNION ALL
            SELECT k.code, k.from_code, NULL, -k.area, 0 FROM kept k
          UNION ALL
            SELECT k.code, NULL, k.to_code, -k.area, 0 FROM kept k
        ), covered AS (
            SELECT code, from_code, to_code, sum(area) AS area, sum(overlap) AS overlap FROM cell GROUP BY 1, 2, 3
          UNION ALL
            SELECT z.code, NULL, NULL, z.area - coalesce((SELECT sum(c.area) FROM cell c WHERE c.code = z.code), 0), 0
            FROM zone z
        )
        SELECT c.code, c.from_code, c.to_code, c.area, c.overlap, z.area
        FROM covered c JOIN zone z USING (code)
        ORDER BY 1, 2, 3
        $query$,
        territory_column, geom_column, territory, earlier_column, earlier, later_column, later, postgis);
    overlap_m2 float8;
    zone_m2 float8;
BEGIN
    FOR territory_code, from_code, to_code, area_m2, overlap_m2, zone_m2 IN EXECUTE query LOOP
        -- Rounding leaves up to a billionth where the layers fit.
        IF overlap_m2 > 1e-9 * zone_m2 THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('polygons of one vintage overlap within territory %L', left(territory_code, 100)),
                DETAIL = format('%s m2 of class %L in the %s map are covered by another polygon of it too.',
                                round(overlap_m2), left(coalesce(from_code, to_code), 100),
                                CASE WHEN to_code IS NULL THEN 'earlier' ELSE 'later' END),
                HINT = 'Make each layer a coverage first: area_once says where its classes overlap.';
        END IF;
        CONTINUE WHEN abs(area_m2) <= 1e-9 * zone_m2;
        RETURN NEXT;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION land_change_matrix(regclass, name, regclass, name, regclass, name, name) IS
    'How many m2 passed from which land class to which, by territory, from two vintages of land-cover polygons: land_change_matrix(earlier table, its class column, later table, its class column, territory table, its code column, the geometry column of all three). What a vintage does not cover has class NULL, so that the rows, and the columns, of a territory add up to its area. Reads the tables with the caller''s rights; put a GiST index on their geometries. Error 22023 where polygons of one vintage overlap, and as for shared_area.';
