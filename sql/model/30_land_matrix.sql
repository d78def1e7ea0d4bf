-- The change matrix of two vintages of a land-cover map.

CREATE FUNCTION terrcarbon_internal.zone_change_matrix(zone geometry, from_parts geometry[], from_codes text[], to_parts geometry[], to_codes text[])
    RETURNS TABLE (from_code text, to_code text, area float8, overlap float8)
    LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 100
BEGIN ATOMIC
    WITH kept AS MATERIALIZED (
        SELECT c.from_code, c.to_code, c.area FROM change_matrix(zone, from_parts, from_codes, to_parts, to_codes) AS c
    ), cell AS MATERIALIZED (
        SELECT k.from_code, k.to_code, k.area, 0::float8 AS overlap FROM kept k
      UNION ALL
        -- What only one vintage covers, by difference.
        SELECT o.class, NULL, o.area, o.overlap FROM area_once(zone, from_parts, from_codes) AS o
      UNION ALL
        SELECT NULL, o.class, o.area, o.overlap FROM area_once(zone, to_parts, to_codes) AS o
      UNION ALL
        SELECT k.from_code, NULL, -k.area, 0 FROM kept k
      UNION ALL
        SELECT NULL, k.to_code, -k.area, 0 FROM kept k
    )
    SELECT c.from_code, c.to_code, sum(c.area), sum(c.overlap) FROM cell c GROUP BY 1, 2
  UNION ALL
    SELECT NULL, NULL, true_area(zone) - coalesce((SELECT sum(c.area) FROM cell c), 0), 0;
END;
COMMENT ON FUNCTION terrcarbon_internal.zone_change_matrix(geometry, geometry[], text[], geometry[], text[]) IS
    'The change matrix of one territory, what one vintage or both leave out included, and how much of it is covered twice; m2.';

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
        SELECT z.%1$I::text, c.from_code, c.to_code, sum(c.area), sum(c.overlap), sum(terrcarbon.true_area(z.%2$I))
        FROM %3$s z
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(e.%2$I), '{}') AS parts, coalesce(array_agg(e.%4$I::text), '{}') AS codes
            FROM %5$s e WHERE e.%2$I OPERATOR(%8$s.&&) z.%2$I AND e.%4$I IS NOT NULL) AS e
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(l.%2$I), '{}') AS parts, coalesce(array_agg(l.%6$I::text), '{}') AS codes
            FROM %7$s l WHERE l.%2$I OPERATOR(%8$s.&&) z.%2$I AND l.%6$I IS NOT NULL) AS l
        CROSS JOIN LATERAL terrcarbon_internal.zone_change_matrix(z.%2$I, e.parts, e.codes, l.parts, l.codes) AS c
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
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
