-- The rules of the road of a ledger: what a row's quantity is worth, and why not.

CREATE FUNCTION terrcarbon_internal.price_parts(factor text, unit text, year int, reference_code text, stated_scope text,
        gwp text, assumed_u95_percent float8)
    RETURNS TABLE (scope text, factor_id int, emission ghg, co2e estimate, finding text, notes text[], detail text)
    LANGUAGE sql STABLE PARALLEL SAFE COST 50 ROWS 2
BEGIN ATOMIC
    SELECT CASE WHEN p.part IS NULL OR NOT p.agrees OR p.part = 'full' THEN coalesce(stated_scope, p.ghg_scope::text, '1')
                ELSE p.ghg_scope::text END,
           CASE WHEN p.reason IS NULL THEN p.factor_id END,
           CASE WHEN p.reason IS NULL THEN p.emission END,
           CASE WHEN p.reason IS NULL THEN emission_estimate(1, unit, p.factor_id, gwp, assumed_u95_percent) END,
           CASE WHEN p.reason IN ('no_code', 'unknown_code', 'unknown_territory', 'other_territory', 'other_year') THEN 'no factor'
                WHEN p.reason IS NOT NULL THEN 'cannot be priced' END,
           CASE WHEN p.reason IS NULL THEN array_remove(ARRAY[
               CASE WHEN NOT p.agrees THEN 'scope contradicts the factor' END,
               CASE WHEN p.part = 'full' THEN 'combustion and upstream in one figure' END,
               CASE WHEN p.lumped_gwp <> gwp AND p.lumped_gwp <> 'unknown' THEN 'published CO2e uses other GWP than setting.gwp' END,
               CASE WHEN p.u95_percent IS NULL AND p.low_percent IS NULL THEN 'uncertainty of the factor not stated' END], NULL) END,
           CASE WHEN p.reason IN ('no_code', 'unknown_code') THEN 'factor ' || coalesce(left(factor, 100), 'not stated')
                WHEN p.reason IS NOT NULL THEN 'factor ' || left(factor, 100) || ': ' || p.detail
                ELSE 'factor ' || left(factor, 100) END
    FROM (
        SELECT r.*, coalesce(stated_scope IS NULL OR bool_or(r.ghg_scope::text = stated_scope) OVER (), true) AS agrees
        FROM resolve_factor_parts(factor, year, reference_code, unit) AS r
    ) AS p;
END;
COMMENT ON FUNCTION terrcarbon_internal.price_parts(text, text, int, text, text, text, float8) IS
    'What one unit of an activity emits by a factor in a year and a place, a row for each part of the factor: the scope the part counts in (that of the factor; the one stated where the factor does not know the parts apart, or contradicts it), kg by gas, and kg CO2e with the factor''s uncertainty (assumed_u95_percent where it states none). Or the finding that keeps it unknown: no factor, cannot be priced. notes say what is doubtful.';

CREATE FUNCTION terrcarbon_internal.stock_per_ha(nomenclature text, code text, year int, reference_code text,
        assumed_u95_percent float8,
        OUT stock carbon_stock, OUT carbon estimate, OUT finding text, OUT notes text[], OUT detail text)
    LANGUAGE sql STABLE PARALLEL SAFE COST 50
BEGIN ATOMIC
    -- a place that is not there is a finding here, and no error
    SELECT s.stock, CASE WHEN s.stock IS NOT NULL THEN land_stock_estimate(nomenclature, code, 1, year, reference_code, assumed_u95_percent) END,
           CASE WHEN s.stock IS NULL THEN 'no reference' END,
           CASE WHEN s.stock IS NOT NULL AND EXISTS (
                    SELECT FROM stock_references(nomenclature, code, year, reference_code) AS r
                    WHERE r.reference_id IS NOT NULL AND r.u95_percent IS NULL)
                THEN ARRAY['uncertainty of the reference not stated'] END,
           concat_ws(' ', nomenclature, code)
    FROM (SELECT stock_density(nomenclature, code, year, reference_code)) AS s (stock);
END;
COMMENT ON FUNCTION terrcarbon_internal.stock_per_ha(text, text, int, text, float8) IS
    'Carbon of one ha of a land class in a year and a place, t by pool and in all with uncertainty; or the finding no reference.';

CREATE FUNCTION terrcarbon_internal.land_flow_per_ha(nomenclature text, from_code text, to_code text, year_from int, year_to int,
        reference_code text, gwp text, assumed_u95_percent float8)
    RETURNS TABLE (year int, kind text, emission ghg, co2e estimate, finding text, detail text)
    LANGUAGE sql STABLE PARALLEL SAFE COST 200 ROWS 40
BEGIN ATOMIC
    SELECT f.year, CASE WHEN co2e(f.emission, gwp) > 0 THEN 'emission' ELSE 'removal' END, sum(f.emission),
           sum(f.change * (-44000.0 / 12)::float8 + estimate(co2e(ghg('N2O', coalesce(f.n2o_t, 0) * 1000), gwp), 0)),
           NULL, NULL
    FROM land_change_flow(nomenclature, from_code, to_code, 1, year_from, year_to, year_to + 19, reference_code,
        assumed_u95_percent) AS f
    WHERE f.reason IS NULL AND co2e(f.emission, gwp) <> 0
    GROUP BY 1, 2
  UNION ALL
    SELECT y.year, 'emission', NULL, NULL, CASE h.reason WHEN 'soil_depths_differ' THEN 'soil depths differ'
                     WHEN 'one_side_only' THEN 'pool known on one side only' ELSE 'no reference' END,
           concat_ws(' ', nomenclature, from_code, 'to', to_code || ':', h.pool)
    FROM land_change_per_ha(nomenclature, from_code, to_code, year_from, reference_code, assumed_u95_percent) AS h
    CROSS JOIN LATERAL generate_series(year_from, year_to + 19) AS y (year)
    WHERE h.reason IS NOT NULL;
END;
COMMENT ON FUNCTION terrcarbon_internal.land_flow_per_ha(text, text, text, int, int, text, text, float8) IS
    'What one ha emits and removes by year when it changes its class evenly over year_from .. year_to; or, by year, the finding that keeps a pool unknown. kg.';

CREATE FUNCTION terrcarbon_internal.stock_difference(zone geometry, geoms geometry[], codes text[], year int,
        next_geoms geometry[], next_codes text[], next_year int, nomenclatures text[], next_nomenclatures text[],
        reference_code text, assumed_u95_percent float8, dataset_id int)
    RETURNS TABLE (kind text, kg estimate, finding text, detail text)
    LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 1
BEGIN ATOMIC
    WITH part AS (
        SELECT 1 AS map, a.area / 1e4 AS ha, p.*
        FROM unnest(geoms, codes) AS m (geom, code)
        CROSS JOIN LATERAL (SELECT shared_area(m.geom, zone)) AS a (area)
        CROSS JOIN LATERAL terrcarbon_internal.stock_per_ha(nomenclatures[1], m.code, year, reference_code, assumed_u95_percent) AS p
        WHERE a.area > 0
      UNION ALL
        SELECT 2, a.area / 1e4, p.*
        FROM unnest(next_geoms, next_codes) AS m (geom, code)
        CROSS JOIN LATERAL (SELECT shared_area(m.geom, zone)) AS a (area)
        CROSS JOIN LATERAL terrcarbon_internal.stock_per_ha(next_nomenclatures[1], m.code, next_year, reference_code, assumed_u95_percent) AS p
        WHERE a.area > 0
    ), whole AS (
        SELECT sum(carbon * CASE map WHEN 1 THEN ha ELSE -ha END) * (44000.0 / 12 / (next_year - year))::float8 AS kg,
               CASE WHEN nomenclatures <> next_nomenclatures OR cardinality(nomenclatures) > 1 THEN 'nomenclatures differ'
                    WHEN bool_or(part.finding IS NOT NULL) THEN 'no reference'
                    WHEN abs(sum(CASE map WHEN 1 THEN ha ELSE -ha END)) > 1e-3 * sum(ha) / 2 THEN 'areas differ' END AS finding
        FROM part
    )
    SELECT CASE WHEN value(w.kg) < 0 THEN 'removal' ELSE 'emission' END,
           CASE WHEN w.finding IS NULL THEN w.kg + estimate(0, 0, NULL, dataset_id) END, w.finding, year || ' to ' || next_year
    FROM whole w;
END;
COMMENT ON FUNCTION terrcarbon_internal.stock_difference(geometry, geometry[], text[], int, geometry[], text[], int, text[], text[], text, float8, int) IS
    'The difference of the carbon that two maps give a zone, as kg CO2 a year between them, positive when emitted; or the finding that keeps it unknown.';

CREATE FUNCTION terrcarbon_internal.carried_note(finding text, year int, carried_after int) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE WHEN finding IS NULL AND year > carried_after THEN 'last change carried forward' END;
COMMENT ON FUNCTION terrcarbon_internal.carried_note(text, int, int) IS 'The note on a flow of land in the years after the last map.';

CREATE FUNCTION terrcarbon_internal.ground_finding(mapped_m2 float8, area_m2 float8, tolerance float8) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE WHEN mapped_m2 < area_m2 * (1 - tolerance) THEN 'land not mapped'
            WHEN mapped_m2 > area_m2 * (1 + tolerance) THEN 'land mapped twice' END;
COMMENT ON FUNCTION terrcarbon_internal.ground_finding(float8, float8, float8) IS
    'Whether a map leaves out, or covers twice, more of a territory than tolerance allows: then its stock is incomplete.';

CREATE FUNCTION terrcarbon_internal.row_estimate(amount float8, u95_percent float8, cause text, dataset_id int, assumed_u95_percent float8)
    RETURNS estimate
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 2
RETURN estimate(amount, abs(amount) * coalesce(u95_percent, assumed_u95_percent) / 100,
                CASE WHEN cause LIKE 'building\_archetype:%' THEN cause
                     WHEN cause IS NOT NULL THEN 'row:' || dataset_id::text || '/' || cause END, dataset_id);
COMMENT ON FUNCTION terrcarbon_internal.row_estimate(float8, float8, text, int, float8) IS
    'A row''s amount with its uncertainty: its own, or shared by all rows of its dataset that name the same cause, by those of all datasets where it is an archetype.';

-- The one precedence of notation keys in a sum.
CREATE FUNCTION terrcarbon_internal.total_notation(keys text[], has_figure boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE WHEN 'C' = ANY (keys) THEN 'C' WHEN 'NE' = ANY (keys) THEN 'NE' WHEN has_figure THEN NULL
            WHEN 'IE' = ANY (keys) THEN 'IE' WHEN 'NO' = ANY (keys) THEN 'NO' END;
COMMENT ON FUNCTION terrcarbon_internal.total_notation(text[], boolean) IS
    'The notation key of a sum: C and NE make it unknown, IE and NO stand only where there is no figure.';

CREATE FUNCTION terrcarbon_internal.in_gpc(reporting_level text, sector text, scope text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE reporting_level
    WHEN 'BASIC' THEN scope IN ('1', '2') AND sector NOT IN ('agriculture', 'land') OR scope = '3' AND sector = 'waste'
    WHEN 'BASIC+' THEN scope IN ('1', '2', '3')
    ELSE scope = '1' OR scope = 'memo' AND sector <> 'land' END;
COMMENT ON FUNCTION terrcarbon_internal.in_gpc(text, text, text) IS 'Whether a sum belongs in a reporting level of the GPC.';

CREATE FUNCTION terrcarbon_internal.counted_rows(n numeric) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN n || CASE WHEN n = 1 THEN ' row' ELSE ' rows' END;
COMMENT ON FUNCTION terrcarbon_internal.counted_rows(numeric) IS 'A number of rows in words.';

CREATE FUNCTION terrcarbon_internal.dataset_name(dataset int) RETURNS text
    -- Not SQL: that would be planned for each row.
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10
AS $$
BEGIN
    RETURN coalesce((SELECT slug FROM terrcarbon.dataset_catalogue WHERE id OPERATOR(pg_catalog.=) dataset), dataset::text);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.dataset_name(int) IS 'The slug of a dataset, or its id when it is not in the catalogue.';
