-- Vector tiles, as pg_tileserv and Martin publish functions: z, x, y first.  They read
-- under the policies of whoever asks.

CREATE FUNCTION emission_tile(z int, x int, y int, level text DEFAULT 'commune', year int DEFAULT NULL) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE COST 10000
BEGIN ATOMIC
    SELECT coalesce(st_asmvt(f, 'emission', 4096, 'geom'), '')
    FROM (
        SELECT t.code, t.name, t.level, r.year, r.emissions, r.emissions_low, r.emissions_high, r.emissions_per_inhabitant, r.emissions_per_ha,
               r.known_part, r.complete, r.missing, st_asmvtgeom(st_transform(t.geom, 3857), tile.box, 4096, 64) AS geom
        FROM (SELECT st_tileenvelope(emission_tile.z, emission_tile.x, emission_tile.y)) AS tile (box)
        JOIN territory t ON t.geom && st_transform(tile.box, 4326) AND t.level = emission_tile.level
        LEFT JOIN LATERAL (
            SELECT a.* FROM trajectory_by_territory a
            WHERE a.territory_code = t.code AND (a.emissions IS NOT NULL OR a.known_part IS NOT NULL)
              AND coalesce(a.year = emission_tile.year, true)
            ORDER BY a.emissions IS NULL, a.year DESC LIMIT 1) AS r ON true
    ) AS f
    WHERE f.geom IS NOT NULL;
END;
COMMENT ON FUNCTION emission_tile(int, int, int, text, int) IS
    'A vector tile (MVT, layer emission) of the territories of a level with their emissions of a year, or of the latest year that has some: t CO2e. Coordinates fall on the grid of the tile, so that neighbours keep their common border at every zoom.';

CREATE FUNCTION land_stock_tile(z int, x int, y int, level text DEFAULT 'commune', year int DEFAULT NULL) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE COST 10000
BEGIN ATOMIC
    SELECT coalesce(st_asmvt(f, 'land_stock', 4096, 'geom'), '')
    FROM (
        SELECT t.code, t.name, t.level, r.year, r.carbon, r.carbon_low, r.carbon_high, r.carbon_per_ha, r.soil, r.covered_ha, r.complete,
               st_asmvtgeom(st_transform(t.geom, 3857), tile.box, 4096, 64) AS geom
        FROM (SELECT st_tileenvelope(land_stock_tile.z, land_stock_tile.x, land_stock_tile.y)) AS tile (box)
        JOIN territory t ON t.geom && st_transform(tile.box, 4326) AND t.level = land_stock_tile.level
        LEFT JOIN LATERAL (
            SELECT m.* FROM land_stock_map m
            WHERE m.territory_code = t.code AND m.counted AND coalesce(m.year = land_stock_tile.year, true)
            ORDER BY m.year DESC LIMIT 1) AS r ON true
    ) AS f
    WHERE f.geom IS NOT NULL;
END;
COMMENT ON FUNCTION land_stock_tile(int, int, int, text, int) IS
    'A vector tile (MVT, layer land_stock) of the territories of a level with the carbon of their land, t, in a year or the latest.';
