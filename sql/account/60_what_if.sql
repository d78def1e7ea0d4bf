-- What a project on a piece of land would cost or gain.

CREATE FUNCTION what_if(account name, geom geometry, to_code text, start_year int, horizon int,
        dataset_id int DEFAULT NULL)
    RETURNS TABLE (year int, pool text, stock float8, change float8, change_low float8, change_high float8,
        emissions float8, emissions_low float8, emissions_high float8, covered_ha float8, uncovered_ha float8,
        classes text, land_cover text, sources int[], publishable boolean, licences text[], attribution text,
        missing_datasets text, change_estimate estimate)
    LANGUAGE plpgsql STABLE ROWS 100
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
DECLARE
    ground record;
    place record;
    settings record;
    ground_ha float8;
    missing text;
BEGIN
    IF to_regclass(format('%I.land_cover', account)) IS NULL THEN
        RAISE EXCEPTION 'there is no account %', quote_ident(account)
            USING ERRCODE = 'invalid_schema_name',
                  HINT = 'SELECT terrcarbon.create_account(...) makes one.';
    END IF;
    IF geom IS NULL OR to_code IS NULL OR start_year IS NULL OR NOT coalesce(horizon BETWEEN 1 AND 500, false) THEN
        RAISE EXCEPTION 'what_if needs a polygon, a class, a start year and a horizon of 1 to 500 years'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The class is %s, the start year %s, the horizon %s.', to_code, start_year, horizon);
    END IF;
    EXECUTE format('SELECT * FROM %I.setting', account) INTO settings;
    EXECUTE format('SELECT CASE WHEN %1$I.st_srid($1) = $2 THEN $1 ELSE %1$I.st_transform($1, $2) END', terrcarbon_internal.postgis_schema())
        INTO geom USING geom, settings.srid;
    ground_ha := true_area(geom) / 1e4;
    IF NOT ground_ha > 0 THEN
        RAISE EXCEPTION 'the project has no area'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give a polygon or a multipolygon.';
    END IF;

    -- Vintages describe the same ground: the one that covers the most is taken,
    -- at last the latest that is not after the start.
    EXECUTE format($query$
        SELECT part.dataset_id, part.nomenclature, part.year,
               array_agg(ROW(part.code, part.ha)::terrcarbon.land_part ORDER BY part.code) AS parts,
               string_agg(part.code || ': ' || round(part.ha::numeric, 2) || ' ha', ', ' ORDER BY part.ha DESC, part.code) AS classes
        FROM (
            SELECT l.dataset_id, l.nomenclature, l.year, l.code, sum(terrcarbon.shared_area(l.geom, $1)) / 1e4 AS ha
            FROM %1$I.land_cover l
            WHERE l.geom OPERATOR(terrcarbon.&&) $1 AND coalesce(l.dataset_id = $3, true)
            GROUP BY l.dataset_id, l.nomenclature, l.year, l.code
        ) AS part
        WHERE part.ha > 0 AND part.year IS NOT NULL
        GROUP BY part.dataset_id, part.nomenclature, part.year
        ORDER BY part.year > $2, round(least(sum(part.ha) / $4, 1)::numeric, 3) DESC,
                 abs(part.year - $2), part.dataset_id, part.nomenclature
        LIMIT 1
    $query$, account) INTO ground USING geom, start_year, dataset_id, ground_ha;
    EXECUTE format($query$
        WITH RECURSIVE up (code, parent_code, reference, step) AS (
            SELECT t.code, t.parent_code, coalesce(t.reference_code, r.code), 0
            FROM (SELECT * FROM %1$I.territory t
                  WHERE t.geom OPERATOR(terrcarbon.&&) $1
                    AND NOT EXISTS (SELECT FROM %1$I.territory child WHERE child.parent_code = t.code)
                    AND coalesce(t.valid_from <= make_date($2, 1, 1), true)
                    AND coalesce(t.valid_to >= make_date($2, 1, 1), true)
                  ORDER BY terrcarbon.shared_area(t.geom, $1) DESC, t.code LIMIT 1) AS t
            LEFT JOIN terrcarbon.reference_territory r USING (code)
          UNION ALL
            SELECT t.code, t.parent_code, coalesce(t.reference_code, r.code), up.step + 1
            FROM up
            JOIN %1$I.territory t ON t.code = up.parent_code
            LEFT JOIN terrcarbon.reference_territory r ON r.code = t.code
            WHERE up.reference IS NULL
        )
        SELECT (SELECT code FROM up WHERE step = 0) AS code, max(reference) AS reference FROM up
    $query$, account) INTO place USING geom, start_year;
    EXECUTE format('SELECT %I.missing_datasets($1)', account) INTO missing USING place.code;

    RETURN QUERY
    WITH scenario AS MATERIALIZED (
        SELECT s.year, s.pool, s.stock_t, s.change_t, s.change, s.emission, s.sources, s.covered_ha
        FROM land_scenario(ground.parts, to_code, start_year, horizon, ground.nomenclature, place.reference,
            settings.assumed_u95_percent) AS s
    ),
    row AS (
        SELECT s.year, s.pool, s.stock_t, s.change_t, s.change, s.emission, s.covered_ha, 1 AS place FROM scenario s
      UNION ALL
        SELECT s.year, 'all', sum(s.stock_t), sum(s.change_t),
               -- A pool that does not change is certain not to.
               CASE WHEN bool_and(s.change IS NOT NULL OR coalesce(s.change_t, 0) = 0) THEN sum(s.change) END,
               sum(s.emission), max(s.covered_ha), 2
        FROM scenario s GROUP BY s.year
    ),
    used AS (
        SELECT array_agg(DISTINCT id ORDER BY id) AS ids
        FROM (SELECT unnest(s.sources) FROM scenario s UNION SELECT ground.dataset_id) AS u (id)
        WHERE id IS NOT NULL
    )
    SELECT r.year, r.pool, r.stock_t, r.change_t, lower(r.change), upper(r.change),
           terrcarbon.co2e(r.emission, settings.gwp) / 1000,
           terrcarbon.co2e(r.emission, settings.gwp) / 1000 - half_width(r.change) * 44 / 12,
           terrcarbon.co2e(r.emission, settings.gwp) / 1000 + half_width(r.change) * 44 / 12,
           coalesce(r.covered_ha, 0), greatest(ground_ha - coalesce(r.covered_ha, 0), 0),
           ground.classes, terrcarbon_internal.dataset_name(ground.dataset_id) || ' ' || ground.year,
           used.ids, licence.publishable, licence.licences, licence.attribution, missing, r.change
    FROM row r
    CROSS JOIN used
    CROSS JOIN LATERAL effective_licence(used.ids) AS licence
    ORDER BY r.year, r.place, r.pool;
END;
$outer$;
COMMENT ON FUNCTION what_if(name, geometry, text, int, int, int) IS
    'What becomes of the carbon when all land of a polygon passes to one class in start_year, for horizon years, by year and pool (soil, biomass, litter, dead_wood, all): stock at the end of the year and change within it (tC, gain positive) with its 95 % interval, and emission with N2O (t CO2e, positive is emitted; the interval is that of the carbon). covered_ha is land with a class and references, uncovered_ha the rest of the polygon; classes: what was found there; land_cover: dataset and vintage it was found in, the one that covers the most not after start_year, or the best of the dataset given. sources with their effective licence; missing_datasets: what the current user may not see there. change_estimate: subtract two projects'' to compare them. Polygons in another SRID are transformed. NULL figures where nothing is covered. Errors: 3F000 no such account, 22023 a polygon without area, a NULL or a horizon out of 1 to 500.';
