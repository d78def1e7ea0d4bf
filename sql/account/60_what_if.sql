-- What a project on a piece of land would cost or gain.

CREATE FUNCTION what_if(account name, geom geometry, to_code text, start_year int, horizon int,
        dataset_id int DEFAULT NULL)
    RETURNS TABLE (year int, pool text, stock float8, change float8, change_low float8, change_high float8,
        emissions float8, emissions_low float8, emissions_high float8, covered_ha float8, uncovered_ha float8,
        classes text, land_cover text, sources int[], publishable boolean, licences text[], attribution text,
        missing_datasets text, change_estimate estimate)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 100 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION what_if(name, geometry, text, int, int, int) IS
    'What becomes of the carbon when all land of a polygon passes to one class in start_year, for horizon years, by year and pool (soil, biomass, litter, dead_wood, all): stock at the end of the year and change within it (tC, gain positive) with its 95 % interval, and emission with N2O (t CO2e, positive is emitted; the interval is that of the carbon). covered_ha is land with a class and references, uncovered_ha the rest of the polygon; classes: what was found there; land_cover: dataset and vintage it was found in, the one that covers the most not after start_year, or the best of the dataset given. sources with their effective licence; missing_datasets: what the current user may not see there. change_estimate: subtract two projects'' to compare them. Polygons in another SRID are transformed. NULL figures where nothing is covered. Errors: 3F000 no such account, 22023 a polygon without area, a NULL or a horizon out of 1 to 500.';

CREATE FUNCTION terrcarbon_internal.project_ground(geom geometry, start_year int, dataset_id int, ground_ha float8,
        OUT dataset int, OUT nomenclature text, OUT year int, OUT parts land_part[], OUT classes text)
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    -- Maps describe the same ground: the one that covers the most is taken, at last
    -- the latest that is not after the start.
    SELECT part.dataset_id, part.nomenclature, part.year,
           array_agg(ROW(part.code, part.ha)::land_part ORDER BY part.code),
           string_agg(part.code || ': ' || round(part.ha::numeric, 2) || ' ha', ', ' ORDER BY part.ha DESC, part.code)
    INTO dataset, nomenclature, year, parts, classes
    FROM (
        SELECT l.dataset_id, l.nomenclature, l.year, l.code, sum(shared_area(l.geom, project_ground.geom)) / 1e4 AS ha
        FROM land_cover l
        WHERE l.geom OPERATOR(terrcarbon.&&) project_ground.geom AND coalesce(l.dataset_id = project_ground.dataset_id, true)
        GROUP BY l.dataset_id, l.nomenclature, l.year, l.code
    ) AS part
    WHERE part.ha > 0 AND part.year IS NOT NULL
    GROUP BY part.dataset_id, part.nomenclature, part.year
    ORDER BY part.year > start_year, round(least(sum(part.ha) / ground_ha, 1)::numeric, 3) DESC,
             abs(part.year - start_year), part.dataset_id, part.nomenclature
    LIMIT 1;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.project_ground(geometry, int, int, float8) IS
    'What the best map of a polygon has there: dataset, nomenclature, year, areas by class.';

CREATE FUNCTION terrcarbon_internal.project_place(geom geometry, year int, OUT code text, OUT reference_code text)
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    SELECT t.code, p.reference_code INTO code, reference_code
    FROM leaf t
    JOIN place p ON p.code = t.code
    WHERE t.geom OPERATOR(terrcarbon.&&) project_place.geom AND project_place.year BETWEEN p.first_year AND p.last_year
    ORDER BY shared_area(t.geom, project_place.geom) DESC, t.code LIMIT 1;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.project_place(geometry, int) IS 'The territory that has the most of a polygon, and where it looks references up.';

CREATE FUNCTION terrcarbon_internal.check_project(geom geometry, to_code text, start_year int, horizon int) RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF geom IS NULL OR to_code IS NULL OR start_year IS NULL OR NOT coalesce(horizon BETWEEN 1 AND 500, false) THEN
        RAISE EXCEPTION 'what_if needs a polygon, a class, a start year and a horizon of 1 to 500 years'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The class is %s, the start year %s, the horizon %s.', to_code, start_year, horizon);
    END IF;
    IF NOT true_area(geom) > 0 THEN
        RAISE EXCEPTION 'the project has no area'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give a polygon or a multipolygon.';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_project(geometry, text, int, int) IS 'Error 22023 for what is no project of what_if.';

CREATE FUNCTION terrcarbon_internal.what_if(account name, geom geometry, to_code text, start_year int, horizon int,
        dataset_id int)
    RETURNS TABLE (year int, pool text, stock float8, change float8, change_low float8, change_high float8,
        emissions float8, emissions_low float8, emissions_high float8, covered_ha float8, uncovered_ha float8,
        classes text, land_cover text, sources int[], publishable boolean, licences text[], attribution text,
        missing_datasets text, change_estimate estimate)
    LANGUAGE plpgsql STABLE ROWS 100
    SET jit = off
AS $$
DECLARE
    ground record;
    place record;
    settings record;
    ground_ha float8;
    missing text;
BEGIN
    PERFORM terrcarbon_internal.check_project(geom, to_code, start_year, horizon);
    SELECT s.srid, s.gwp, s.assumed_u95_percent INTO settings FROM setting s;
    geom := CASE WHEN st_srid(geom) = settings.srid THEN geom ELSE st_transform(geom, settings.srid) END;
    ground_ha := true_area(geom) / 1e4;
    SELECT * INTO ground FROM terrcarbon_internal.project_ground(geom, start_year, dataset_id, ground_ha);
    SELECT * INTO place FROM terrcarbon_internal.project_place(geom, start_year);
    missing := missing_datasets(place.code);

    RETURN QUERY
    WITH scenario AS MATERIALIZED (
        SELECT s.year, s.pool, s.stock_t, s.change_t, s.change, s.emission, s.sources, s.covered_ha
        FROM land_scenario(ground.parts, to_code, start_year, horizon, ground.nomenclature, place.reference_code,
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
        FROM (SELECT unnest(s.sources) FROM scenario s UNION SELECT ground.dataset) AS u (id)
        WHERE id IS NOT NULL
    )
    SELECT r.year, r.pool, r.stock_t, r.change_t, lower(r.change), upper(r.change),
           terrcarbon.co2e(r.emission, settings.gwp) / 1000,
           terrcarbon.co2e(r.emission, settings.gwp) / 1000 - half_width(r.change) * 44 / 12,
           terrcarbon.co2e(r.emission, settings.gwp) / 1000 + half_width(r.change) * 44 / 12,
           coalesce(r.covered_ha, 0), greatest(ground_ha - coalesce(r.covered_ha, 0), 0),
           ground.classes, terrcarbon_internal.dataset_name(ground.dataset) || ' ' || ground.year,
           used.ids, licence.publishable, licence.licences, licence.attribution, missing, r.change
    FROM row r
    CROSS JOIN used
    CROSS JOIN LATERAL effective_licence(used.ids) AS licence
    ORDER BY r.year, r.place, r.pool;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.what_if(name, geometry, text, int, int, int) IS 'Behind what_if, with the account on the path.';
