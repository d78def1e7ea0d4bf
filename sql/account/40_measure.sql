-- What one dataset says of some territories: its lines, summed before they are
-- priced, with the account on the path.

CREATE FUNCTION terrcarbon_internal.layers_of(dataset int) RETURNS text[]
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    -- An order, lest a dataset without rows be looked for in all rows of the others.
    RETURN ARRAY(SELECT l.name FROM layer l
                 WHERE l.deposits IS NULL
                     OR (SELECT d.dataset_id FROM deposit d
                         WHERE d.layer = l.name AND d.dataset_id BETWEEN dataset AND dataset
                         ORDER BY d.dataset_id LIMIT 1) IS NOT NULL);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.layers_of(int) IS
    'Layers in which a dataset has or may have rows: the others are not looked through for it.';

CREATE FUNCTION terrcarbon_internal.row_groups(dataset int, codes text[], layers text[], land boolean)
    RETURNS TABLE (layer text, territory_code text, sector text, scope text, allocation text, kind text, factor text, unit text,
        nomenclature text, code text, notation text, finding text, notes text[], given boolean, years int4range, year int, reference_code text,
        area_m2 float8, item_count bigint, emission ghg, amount estimate, measure float8, measure_unit text)
    LANGUAGE plpgsql STABLE ROWS 20000
    SET jit = off
    -- Planning the layers takes longer than passing those over that are not asked for.
    SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN QUERY
    WITH s AS (
        SELECT coalesce(x.assumed_u95_percent, 0) AS assumed, x.gwp FROM setting x
    ), g AS (
        SELECT i.layer, i.territory_code, i.sector, i.scope, i.allocation, i.kind, i.factor, i.unit, i.nomenclature, i.code,
               i.notation, i.finding, i.note, i.cause, i.daily, i.heating_share, i.year_from, i.year_to, i.emission IS NOT NULL AS given,
               i.u95_percent IS NULL AND i.notation IS NULL AS unstated, i.measure_unit,
               count(*) AS item_count, sum(i.emission) AS emission,
               sum(terrcarbon_internal.row_estimate(CASE WHEN i.emission IS NULL THEN i.quantity ELSE co2e(i.emission, s.gwp) END,
                   i.u95_percent, i.cause, i.dataset_id, s.assumed)) AS amount,
               value(sum(estimate(i.measure, 0))) AS measure
        FROM s CROSS JOIN item i
        WHERE i.dataset_id = dataset AND i.territory_code = ANY (codes) AND i.layer = ANY (layers)
            AND (i.kind = 'stock') = land
        GROUP BY i.layer, i.territory_code, i.sector, i.scope, i.allocation, i.kind, i.factor, i.unit, i.nomenclature, i.code,
                 i.notation, i.finding, i.note, i.cause, i.daily, i.heating_share, i.year_from, i.year_to, i.emission IS NOT NULL,
                 i.u95_percent IS NULL, i.measure_unit
    ), shared AS (
        SELECT g.layer, g.territory_code, g.sector, g.scope, g.allocation, g.kind, g.factor, g.unit, g.nomenclature, g.code,
               g.notation, g.finding,
               array_remove(ARRAY[g.note, CASE WHEN g.unstated AND g.kind <> 'stock' THEN 'uncertainty not stated' END], NULL) AS notes,
               g.given, g.daily, g.heating_share, g.year_from, g.year_to, g.item_count, g.emission,
               -- Rows of several years are one error in all of them.
               CASE WHEN g.year_from < g.year_to AND g.cause IS NULL
                   THEN estimate(value(g.amount), half_width(g.amount), 'rows:' || md5(concat_ws('/', dataset, g.layer, g.territory_code,
                       g.sector, g.scope, g.allocation, g.kind, g.factor, g.unit, g.nomenclature, g.code, g.finding, g.note, g.year_from,
                       g.year_to, g.given, g.daily, g.heating_share, g.unstated, g.measure_unit)), dataset)
                   ELSE g.amount END AS amount,
               g.measure, g.measure_unit
        FROM g
        OFFSET 0
    )
    SELECT g.layer, g.territory_code, g.sector, g.scope, g.allocation, g.kind, g.factor, g.unit, g.nomenclature, g.code,
           g.notation, coalesce(g.finding, CASE WHEN h.factor IS NULL THEN 'no degree days' END), g.notes, g.given,
           int4range(r.year_from, r.year_to, '[]'), y.year, t.reference_code, t.area_m2, g.item_count, g.emission,
           CASE WHEN g.daily THEN g.amount * road_vehicle_km(1, 1, y.year) WHEN g.heating_share > 0 AND NOT g.given THEN g.amount * h.factor
                ELSE g.amount END, g.measure, g.measure_unit
    FROM shared g
    JOIN place t ON t.code = g.territory_code AND t.code = ANY (codes)
    CROSS JOIN LATERAL (SELECT greatest(g.year_from, t.first_year), least(g.year_to, t.last_year)) AS r (year_from, year_to)
    CROSS JOIN LATERAL generate_series(r.year_from, r.year_to) AS y (year)
    CROSS JOIN LATERAL (SELECT CASE WHEN g.heating_share > 0 AND NOT g.given THEN climate_factor(g.territory_code, y.year, g.heating_share) ELSE 1 END) AS h (factor);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.row_groups(int, text[], text[], boolean) IS
    'The rows of a dataset in some territories by year, those that are priced alike added up exactly: what the land holds, or all else.';

-- The two below are inlined into measure, as long as they are plain SQL without SET.
CREATE FUNCTION terrcarbon_internal.priced_groups(dataset int, codes text[], layers text[])
    RETURNS TABLE (layer text, territory_code text, sector text, scope text, allocation text, kind text, years int4range,
        year int, item_count bigint, emission ghg, co2e estimate, stock carbon_stock, carbon estimate, area_ha float8, notation text,
        finding text, notes text[], detail text, amount float8, unit text, measure float8, measure_unit text, input text)
    LANGUAGE sql STABLE ROWS 20000
AS $$
    WITH g AS MATERIALIZED (
        SELECT *, NOT x.given AND x.notation IS NULL AS by_factor FROM terrcarbon_internal.row_groups(dataset, codes, layers, false) AS x
    ), priced AS MATERIALIZED (
        SELECT k.*, p.*
        FROM (SELECT DISTINCT g.factor, g.unit, g.year, g.reference_code, g.scope AS stated FROM g WHERE g.by_factor) AS k
        CROSS JOIN setting s
        CROSS JOIN LATERAL terrcarbon_internal.price_parts(k.factor, k.unit, k.year, k.reference_code, k.stated, s.gwp,
            coalesce(s.assumed_u95_percent, 0)) WITH ORDINALITY AS p (scope, factor_id, emission, co2e, finding, notes, detail, part)
    )
    -- What a factor divides into scopes is measured once.
    SELECT g.layer, g.territory_code, g.sector, p.scope, g.allocation, g.kind, g.years, g.year, g.item_count,
           CASE WHEN g.finding IS NULL THEN p.emission * value(g.amount) END, CASE WHEN g.finding IS NULL THEN g.amount * p.co2e END,
           NULL::carbon_stock, NULL::estimate, NULL::float8, NULL::text, coalesce(g.finding, p.finding), g.notes || p.notes,
           p.detail, value(g.amount), g.unit, CASE WHEN p.part = 1 THEN g.measure END, g.measure_unit, g.factor
    FROM g
    -- No code is empty, so this is equality with NULL, by hashing.
    JOIN priced p ON p.year = g.year AND coalesce(p.factor, '') = coalesce(g.factor, '') AND coalesce(p.unit, '') = coalesce(g.unit, '')
        AND coalesce(p.reference_code, '') = coalesce(g.reference_code, '') AND coalesce(p.stated, '') = coalesce(g.scope, '')
    WHERE g.by_factor
  UNION ALL
    SELECT g.layer, g.territory_code, g.sector, coalesce(g.scope, '1'), g.allocation, g.kind, g.years, g.year, g.item_count,
           g.emission, g.amount, NULL, NULL, NULL, g.notation, g.finding, g.notes, NULL, value(g.amount), 'kg CO2e', g.measure,
           g.measure_unit, NULL
    FROM g
    WHERE NOT g.by_factor
$$;
COMMENT ON FUNCTION terrcarbon_internal.priced_groups(int, text[], text[]) IS
    'Lines of a dataset in some territories, those alike summed up, with what each emits or the finding that keeps it unknown. Where a row has several, the notes are all of them.';

CREATE FUNCTION terrcarbon_internal.land_groups(dataset int, codes text[], layers text[])
    RETURNS TABLE (layer text, territory_code text, sector text, scope text, allocation text, kind text, years int4range,
        year int, item_count bigint, emission ghg, co2e estimate, stock carbon_stock, carbon estimate, area_ha float8, notation text,
        finding text, notes text[], detail text, amount float8, unit text, measure float8, measure_unit text, input text)
    LANGUAGE sql STABLE ROWS 1000
AS $$
    WITH s AS MATERIALIZED (
        SELECT coalesce(x.assumed_u95_percent, 0) AS assumed, x.gwp, x.land_tolerance, x.land_flow FROM setting x
    ), g AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.row_groups(dataset, codes, layers, true)
    ), density AS MATERIALIZED (
        SELECT k.*, p.*
        FROM s CROSS JOIN (SELECT DISTINCT g.nomenclature, g.code, g.year, g.reference_code FROM g) AS k
        CROSS JOIN LATERAL terrcarbon_internal.stock_per_ha(k.nomenclature, k.code, k.year, k.reference_code, s.assumed)
            AS p (stock, carbon, finding, notes, detail)
    ), changed AS MATERIALIZED (
        SELECT c.*, t.reference_code, t.first_year, t.last_year
        FROM s CROSS JOIN changed_land c JOIN place t ON t.code = c.territory_code
        WHERE s.land_flow = 'transition' AND c.dataset_id = dataset AND c.layer = ANY (layers) AND c.territory_code = ANY (codes)
    ), per_ha AS MATERIALIZED (
        SELECT k.*, p.*
        FROM s CROSS JOIN (SELECT DISTINCT c.nomenclature, c.from_code, c.to_code, c.year_from, c.year_to, c.reference_code FROM changed c) AS k
        CROSS JOIN LATERAL terrcarbon_internal.land_flow_per_ha(k.nomenclature, k.from_code, k.to_code, k.year_from, k.year_to,
            k.reference_code, s.gwp, s.assumed) AS p
    ), flowing AS (
        SELECT c.layer, c.territory_code, 'land' AS sector, '1' AS scope, p.kind, p.year, p.emission * c.ha AS emission, p.co2e * c.ha AS co2e,
               c.ha AS area_ha, p.finding, terrcarbon_internal.carried_note(p.finding, p.year, c.carried_after) AS note, p.detail
        FROM changed c
        JOIN per_ha p ON p.nomenclature = c.nomenclature AND p.from_code = c.from_code AND p.to_code = c.to_code AND p.year_from = c.year_from
            AND p.year_to = c.year_to AND coalesce(p.reference_code, '') = coalesce(c.reference_code, '')
        WHERE p.year BETWEEN c.first_year AND c.last_year
      UNION ALL
        SELECT f.layer, f.territory_code, f.sector, f.scope, f.kind, f.year, f.emission, f.co2e, NULL, f.finding, f.note,
               CASE WHEN f.finding IS NOT NULL THEN f.detail END
        FROM flow f
        JOIN place t ON t.code = f.territory_code
        WHERE f.dataset_id = dataset AND f.layer = ANY (layers) AND f.territory_code = ANY (codes) AND f.year BETWEEN t.first_year AND t.last_year
    )
    SELECT g.layer, g.territory_code, g.sector, 'stock', g.allocation, g.kind, g.years, g.year, g.item_count,
           NULL::ghg, NULL::estimate, p.stock * value(g.amount), p.carbon * g.amount, CASE WHEN p.stock IS NOT NULL THEN value(g.amount) END,
           g.notation, coalesce(g.finding, p.finding), g.notes || p.notes, p.detail, value(g.amount), g.unit, g.measure, g.measure_unit,
           g.nomenclature
    FROM g
    JOIN density p ON p.nomenclature = g.nomenclature AND p.code = g.code AND p.year = g.year
        AND coalesce(p.reference_code, '') = coalesce(g.reference_code, '')
  UNION ALL
    -- Ground that a map leaves out, or has twice.
    SELECT w.layer, w.territory_code, w.sector, 'stock', w.allocation, 'stock', NULL, w.year, 0::bigint, NULL, NULL, NULL, NULL, NULL, NULL,
           terrcarbon_internal.ground_finding(w.m2, w.area_m2, s.land_tolerance),
           ARRAY[terrcarbon_internal.ground_finding(w.m2, w.area_m2, 1e-6)], NULL, abs(w.area_m2 - w.m2), 'm2', NULL, NULL, NULL
    FROM s CROSS JOIN (
        SELECT g.layer, g.territory_code, g.sector, g.allocation, g.year, g.area_m2, value(sum(g.amount)) * 1e4 AS m2
        FROM g WHERE g.measure_unit = 'm2'
        GROUP BY g.layer, g.territory_code, g.sector, g.allocation, g.year, g.area_m2) AS w
    WHERE terrcarbon_internal.ground_finding(w.m2, w.area_m2, 1e-6) IS NOT NULL
  UNION ALL
    SELECT f.layer, f.territory_code, f.sector, f.scope, 'territorial', f.kind, NULL, f.year, f.n, f.emission, f.co2e, NULL, NULL,
           coalesce(f.area_ha, 0), NULL, f.finding, array_remove(ARRAY[f.note], NULL), f.detail, f.area_ha, 'ha', NULL, NULL, NULL
    FROM (SELECT f.layer, f.territory_code, f.sector, f.scope, f.kind, f.year, f.finding, f.note, f.detail, count(*) AS n,
                 sum(f.emission) AS emission, sum(f.co2e) AS co2e, value(sum(estimate(f.area_ha, 0))) AS area_ha
          FROM flowing f
          GROUP BY f.layer, f.territory_code, f.sector, f.scope, f.kind, f.year, f.finding, f.note, f.detail) AS f
$$;
COMMENT ON FUNCTION terrcarbon_internal.land_groups(int, text[], text[]) IS
    'What the land of a dataset''s maps holds in some territories, by class and year, with its findings, and the flows of layers that value them.';

CREATE FUNCTION terrcarbon_internal.measure(dataset int, codes text[], layers text[])
    RETURNS TABLE (territory_code text, sector text, scope text, allocation text, year int,
        emission ghg, co2e estimate, removal ghg, removal_co2e estimate, stock carbon_stock, carbon estimate, area_ha float8,
        notation text, lines bigint, unknown_lines bigint)
    LANGUAGE plpgsql VOLATILE ROWS 1000
    SET jit = off
    -- Planning it takes longer than running it for one territory, and is the same for all.
    SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN QUERY
    WITH gap AS MATERIALIZED (
        SELECT a.* FROM answered_gap a WHERE a.territory_code = ANY (codes)
    ), v AS MATERIALIZED (
        SELECT g.*, g.answered AND g.finding IS NOT NULL OR g.answered AND g.notation = 'NE' AS declared,
               CASE g.kind WHEN 'memo' THEN 'memo' ELSE g.scope END AS counted_in
        FROM (SELECT x.*, EXISTS (SELECT FROM gap a WHERE a.territory_code = x.territory_code AND a.sector = x.sector
                                  AND x.year BETWEEN a.year_from AND a.year_to) AS answered
              FROM (SELECT * FROM terrcarbon_internal.priced_groups(dataset, codes, layers)
                    UNION ALL SELECT * FROM terrcarbon_internal.land_groups(dataset, codes, layers)) AS x) AS g
    ), named AS (
        INSERT INTO dataset_input
        SELECT DISTINCT dataset, CASE v.scope WHEN 'stock' THEN 'nomenclature' ELSE 'factor' END, v.input FROM v WHERE v.input IS NOT NULL
        ON CONFLICT DO NOTHING
    ), said (territory_code, layer, sector, scope, allocation, years, what, reason, about, item_count, amount, unit) AS (
        SELECT v.territory_code, v.layer, v.sector, '', v.allocation, v.years, 'measured', '', '', v.item_count, v.measure, v.measure_unit
        FROM v WHERE v.measure IS NOT NULL AND v.year = lower(v.years)
      UNION ALL
        SELECT v.territory_code, v.layer, v.sector, v.counted_in, v.allocation, int4range(v.year, v.year, '[]'),
               CASE WHEN v.declared THEN 'note' ELSE 'finding' END,
               concat_ws(': ', CASE WHEN v.declared THEN 'declared gap' END, v.finding), coalesce(v.detail, ''), v.item_count,
               coalesce(v.amount, v.measure), CASE WHEN v.amount IS NULL THEN v.measure_unit ELSE v.unit END
        FROM v WHERE v.finding IS NOT NULL
      UNION ALL
        SELECT v.territory_code, v.layer, v.sector, v.counted_in, v.allocation, int4range(v.year, v.year, '[]'), 'note', n.note,
               coalesce(v.detail, ''), v.item_count, coalesce(v.amount, v.measure),
               CASE WHEN v.amount IS NULL THEN v.measure_unit ELSE v.unit END
        FROM v CROSS JOIN LATERAL unnest(v.notes) AS n (note) WHERE v.finding IS NULL AND v.notes <> '{}'
    ), noted AS (
        -- Years of which the same is said are one row; what is measured has its years from the rows.
        INSERT INTO coverage
        SELECT dataset, x.territory_code, x.layer, x.sector, x.scope, x.allocation, lower(r.years), upper(r.years) - 1, x.what, x.reason,
               x.about, x.item_count, x.amount, x.unit
        FROM (SELECT y.territory_code, y.layer, y.sector, y.scope, y.allocation, y.what, y.reason, y.about, y.item_count, y.amount, y.unit,
                     range_agg(y.years) AS years
              FROM (SELECT s.territory_code, s.layer, s.sector, s.scope, s.allocation, s.years, s.what, s.reason, s.about,
                           greatest(sum(s.item_count), 1) AS item_count, value(sum(estimate(s.amount, 0))) AS amount, min(s.unit) AS unit
                    FROM said s
                    GROUP BY s.territory_code, s.layer, s.sector, s.scope, s.allocation, s.years, s.what, s.reason, s.about) AS y
              GROUP BY y.territory_code, y.layer, y.sector, y.scope, y.allocation, y.what, y.reason, y.about, y.item_count, y.amount, y.unit,
                       CASE WHEN y.what = 'measured' THEN y.years END) AS x
        CROSS JOIN LATERAL unnest(x.years) AS r (years)
    )
    SELECT v.territory_code, v.sector, v.counted_in, v.allocation, v.year,
           sum(v.emission) FILTER (WHERE v.kind IN ('emission', 'memo')), sum(v.co2e) FILTER (WHERE v.kind IN ('emission', 'memo')),
           -- A removal without a value leaves a sum that is there, lest it be taken for none.
           sum(v.emission) FILTER (WHERE v.kind = 'removal'), sum(coalesce(v.co2e, estimate(0, 0))) FILTER (WHERE v.kind = 'removal'),
           sum(v.stock), sum(v.carbon), value(sum(estimate(v.area_ha, 0))),
           terrcarbon_internal.total_notation(array_agg(v.notation) FILTER (WHERE v.notation IS NOT NULL AND NOT v.declared), count(v.co2e) + count(v.carbon) > 0),
           sum(v.item_count)::bigint, (sum(greatest(v.item_count, 1)) FILTER (WHERE v.finding IS NOT NULL AND NOT v.declared))::bigint
    FROM v
    GROUP BY v.territory_code, v.sector, v.counted_in, v.allocation, v.year;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.measure(int, text[], text[]) IS
    'What one dataset says of some territories by itself, without their children: sums of its lines. What was found on the way goes to coverage. One statement, so one moment.';
