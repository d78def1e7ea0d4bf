-- Refresh: computes again what changed, in steps that commit.

CREATE FUNCTION terrcarbon_internal.dataset_name(dataset int) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE COST 10
RETURN coalesce((SELECT slug FROM terrcarbon.dataset_catalogue WHERE id = dataset), dataset::text);
COMMENT ON FUNCTION terrcarbon_internal.dataset_name(int) IS 'The slug of a dataset, or its id when it is not in the catalogue.';

-- What one unit of a factor emits; a mismatch is a finding, not the end of a refresh.
CREATE FUNCTION terrcarbon_internal.price(factor text, unit text, year int, territory text, assumed_u95_percent float8 DEFAULT NULL,
    OUT factor_id int, OUT emission ghg, OUT co2e estimate, OUT u95_assumed boolean, OUT problem text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 50
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
BEGIN
    SELECT max(p.factor_id), sum(p.emission), bool_or(p.u95_percent IS NULL AND p.low_percent IS NULL),
           min(p.detail) FILTER (WHERE p.reason NOT IN ('no_code', 'unknown_code', 'unknown_territory', 'other_territory', 'other_year'))
    INTO factor_id, emission, u95_assumed, problem
    FROM resolve_factor_parts(factor, year, territory, unit) AS p;
    IF emission IS NULL OR problem IS NOT NULL THEN
        factor_id := NULL;
        emission := NULL;
        u95_assumed := NULL;
    ELSE
        co2e := emission_estimate(1, unit, factor, year, territory, assumed_u95_percent => coalesce(assumed_u95_percent, 0));
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.price(text, text, int, text, float8) IS
    'What one unit of activity emits by a factor in a year and territory: masses in kg, and kg CO2e (terrcarbon.gwp) with the uncertainty of the factor, or assumed_u95_percent (%; NULL: none) where it states none. factor_id is NULL when there is no factor; problem is the error when the unit does not fit it.';

CREATE FUNCTION terrcarbon_internal.account_measure(account name, dataset int, codes text[])
    RETURNS TABLE (territory text, sector text, scope text, allocation text, year int,
        emission ghg, co2e estimate, removal ghg, removal_co2e estimate,
        stock carbon_stock, carbon estimate, area estimate, notation text, unpriced bigint,
        layer text, finding text, detail text, item_count bigint, amount float8, unit text)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
DECLARE
    assumed_u95_percent float8;
BEGIN
    EXECUTE format('SELECT coalesce(s.assumed_u95_percent, 0) FROM %I.setting s', account) INTO assumed_u95_percent;
    RETURN QUERY EXECUTE format($query$
WITH RECURSIVE up (code, step, at_code, reference) AS (
    SELECT t.code, 0, t.parent_code, coalesce(t.reference_code, r.code)
    FROM %1$I.territory t
    LEFT JOIN terrcarbon.reference_territory r USING (code)
    WHERE t.code = ANY ($2)
  UNION ALL
    SELECT up.code, up.step + 1, t.parent_code, coalesce(t.reference_code, r.code)
    FROM up
    JOIN %1$I.territory t ON t.code = up.at_code
    LEFT JOIN terrcarbon.reference_territory r ON r.code = t.code
    WHERE up.reference IS NULL
),
t AS MATERIALIZED (
    SELECT t.code, up.reference, t.area_m2, t.geom,
           coalesce(extract(year FROM t.valid_from - 1)::int + 1, 1) AS first_year,
           coalesce(extract(year FROM t.valid_to)::int, 9999) AS last_year,
           NOT EXISTS (SELECT FROM %1$I.territory child WHERE child.parent_code = t.code) AS leaf
    FROM %1$I.territory t
    JOIN (SELECT code, max(reference) AS reference FROM up GROUP BY code) AS up USING (code)
),

-- Buildings -----------------------------------------------------------------
building AS MATERIALIZED (
    SELECT t.code AS territory, t.reference, b.sector, b.scope, b.carrier, b.unit, b.u95_percent,
           greatest(b.year_from, t.first_year) AS year_from,
           least(coalesce(b.year_to, b.year_from), t.last_year) AS year_to,
           shared.m2, floor.floor_area_m2 * shared.m2 / b.area_m2 AS floor_m2,
           floor.floors_assumed, used.kwh * shared.m2 / b.area_m2 AS energy
    FROM t
    JOIN %1$I.building b ON b.geom OPERATOR(terrcarbon.&&) t.geom
    CROSS JOIN LATERAL terrcarbon.shared_area(b.geom, t.geom) AS shared (m2)
    CROSS JOIN LATERAL terrcarbon.building_floor_area(b.area_m2, b.floors, b.height_m) AS floor
    CROSS JOIN LATERAL terrcarbon.building_energy(b.energy, floor.floor_area_m2, b.energy_per_m2) AS used
    WHERE t.leaf AND b.dataset_id = $1 AND shared.m2 > 0 AND b.year_from IS NOT NULL
),

-- Roads ---------------------------------------------------------------------
road AS MATERIALIZED (
    SELECT t.code AS territory, t.reference, r.factor, r.unit, r.u95_percent, r.aadt,
           greatest(r.year_from, t.first_year) AS year_from,
           least(coalesce(r.year_to, r.year_from), t.last_year) AS year_to,
           shared.m
    FROM t
    JOIN %1$I.road_segment r ON r.geom OPERATOR(terrcarbon.&&) t.geom
    CROSS JOIN LATERAL terrcarbon.shared_length(r.geom, t.geom) AS shared (m)
    WHERE t.leaf AND r.dataset_id = $1 AND shared.m > 0 AND r.year_from IS NOT NULL
),

-- Trips: half for each end, all for the home -----------------------------------
trip AS MATERIALIZED (
    SELECT t.code AS territory, t.reference, p.sector, share.allocation, p.factor, p.unit, p.u95_percent, p.year,
           share.part * CASE WHEN p.occupancy IS NULL THEN p.person_trips * p.trip_km
               ELSE terrcarbon.trip_vehicle_km(p.person_trips, p.trip_km, p.occupancy) END AS km
    FROM t
    CROSS JOIN LATERAL (
        SELECT 'induced', 0.5, o.* FROM %1$I.trip o WHERE o.dataset_id = $1 AND o.origin_code = t.code
        UNION ALL
        SELECT 'induced', 0.5, d.* FROM %1$I.trip d WHERE d.dataset_id = $1 AND d.destination_code = t.code
        UNION ALL
        SELECT 'resident', 1, h.* FROM %1$I.trip h WHERE h.dataset_id = $1 AND h.home_code = t.code
    ) AS share (allocation, part, dataset_id, id)
    JOIN %1$I.trip p ON p.dataset_id = share.dataset_id AND p.id = share.id
    WHERE p.year BETWEEN t.first_year AND t.last_year
),

-- Activities --------------------------------------------------------------------
activity AS MATERIALIZED (
    SELECT t.code AS territory, t.reference, a.sector, a.scope, a.year, a.quantity, a.unit, a.factor,
           a.emission, a.u95_percent, a.notation, a.year NOT BETWEEN t.first_year AND t.last_year AS not_valid
    FROM t
    JOIN %1$I.activity a ON a.dataset_id = $1 AND a.territory_code = t.code
    WHERE a.year IS NOT NULL
),

-- Quantities to price, summed exactly before -----------------------------------
quantity AS (
    SELECT 'building' AS layer, territory, reference, sector, scope, 'territorial' AS allocation,
           carrier AS factor, unit, year_from, year_to, false AS daily, count(*) AS item_count,
           sum(terrcarbon.estimate(energy, energy * coalesce(u95_percent, $4) / 100, NULL, $1)) AS amount
    FROM building
    WHERE energy IS NOT NULL AND carrier IS NOT NULL AND year_from <= year_to
    GROUP BY territory, reference, sector, scope, carrier, unit, year_from, year_to
  UNION ALL
    SELECT 'road_segment', territory, reference, 'road_transport', '1', 'territorial',
           factor, unit, year_from, year_to, true, count(*),
           sum(terrcarbon.estimate(aadt * m / 1000, aadt * m / 1000 * coalesce(u95_percent, $4) / 100, NULL, $1))
    FROM road
    WHERE aadt IS NOT NULL AND factor IS NOT NULL AND year_from <= year_to
    GROUP BY territory, reference, factor, unit, year_from, year_to
  UNION ALL
    SELECT 'trip', territory, reference, sector, '1', allocation,
           factor, unit, year, year, false, count(*),
           sum(terrcarbon.estimate(km, km * coalesce(u95_percent, $4) / 100, NULL, $1))
    FROM trip
    WHERE factor IS NOT NULL
    GROUP BY territory, reference, sector, allocation, factor, unit, year
  UNION ALL
    SELECT 'activity', territory, reference, sector, scope, 'territorial',
           factor, unit, year, year, false, count(*),
           sum(terrcarbon.estimate(quantity, abs(quantity) * coalesce(u95_percent, $4) / 100, NULL, $1))
    FROM activity
    WHERE quantity IS NOT NULL AND factor IS NOT NULL AND NOT not_valid
    -- What is removed must not hide in what is emitted.
    GROUP BY territory, reference, sector, scope, factor, unit, year, quantity < 0
),
yearly AS MATERIALIZED (
    SELECT q.*, y.year,
           CASE WHEN daily THEN terrcarbon.road_vehicle_km(1, 1, y.year) ELSE 1 END AS times
    FROM quantity q
    CROSS JOIN LATERAL generate_series(q.year_from, q.year_to) AS y (year)
),
priced AS MATERIALIZED (
    SELECT k.*, p.*
    FROM (SELECT DISTINCT factor, unit, year, reference FROM yearly) AS k
    CROSS JOIN LATERAL terrcarbon_internal.price(k.factor, k.unit, k.year, k.reference, $4) AS p
),
flow AS (
    SELECT y.territory, y.sector, y.scope, y.allocation, y.year,
           p.emission * (terrcarbon.value(y.amount) * y.times) AS emission,
           (y.amount * y.times) * p.co2e AS co2e
    FROM yearly y
    JOIN priced p ON p.factor = y.factor AND p.unit = y.unit AND p.year = y.year
        AND p.reference IS NOT DISTINCT FROM y.reference
    WHERE p.emission IS NOT NULL
  UNION ALL
    SELECT territory, sector, scope, 'territorial', year, emission,
           terrcarbon.estimate(kg, abs(kg) * coalesce(u95_percent, $4) / 100, NULL, $1)
    FROM activity, LATERAL terrcarbon.co2e(emission, $3) AS kg
    WHERE emission IS NOT NULL AND NOT not_valid
),

-- Land ----------------------------------------------------------------------------
land AS MATERIALIZED (
    SELECT t.code AS territory, t.reference, t.first_year, t.last_year, t.area_m2 AS territory_m2,
           l.nomenclature, l.code, l.year, shared.m2
    FROM t
    JOIN %1$I.land_cover l ON l.geom OPERATOR(terrcarbon.&&) t.geom
    CROSS JOIN LATERAL terrcarbon.shared_area(l.geom, t.geom) AS shared (m2)
    WHERE t.leaf AND l.dataset_id = $1 AND shared.m2 > 0
        AND l.year BETWEEN t.first_year AND t.last_year
),
land_class AS MATERIALIZED (
    SELECT territory, reference, first_year, last_year, territory_m2, nomenclature, code, year,
           count(*) AS item_count, sum(terrcarbon.estimate(m2 / 1e4, 0, NULL, $1)) AS ha
    FROM land
    GROUP BY territory, reference, first_year, last_year, territory_m2, nomenclature, code, year
),
density AS MATERIALIZED (
    SELECT k.*, terrcarbon.stock_density(k.nomenclature, k.code, k.year, k.reference) AS stock,
           terrcarbon.land_stock_estimate(k.nomenclature, k.code, 1, k.year, k.reference, $4) AS carbon,
           EXISTS (SELECT FROM terrcarbon.stock_references(k.nomenclature, k.code, k.year, k.reference) AS s
                   JOIN terrcarbon.stock_reference r ON r.id = s.reference_id
                   WHERE r.u95_percent IS NULL) AS u95_assumed
    FROM (SELECT DISTINCT nomenclature, code, year, reference FROM land_class) AS k
),
vintage AS MATERIALIZED (
    SELECT c.territory, c.year, min(c.first_year) AS first_year, min(c.last_year) AS last_year,
           min(c.territory_m2) AS territory_m2, sum(c.ha) AS ha,
           sum(c.ha) FILTER (WHERE d.stock IS NOT NULL) AS covered,
           sum(d.stock * terrcarbon.value(c.ha)) AS stock,
           sum(d.carbon * c.ha) FILTER (WHERE d.stock IS NOT NULL) AS carbon,
           bool_and(d.stock IS NOT NULL) AS complete
    FROM land_class c
    JOIN density d ON d.nomenclature = c.nomenclature AND d.code = c.code AND d.year = c.year
        AND d.reference IS NOT DISTINCT FROM c.reference
    GROUP BY c.territory, c.year
),
change AS MATERIALIZED (
    SELECT v.*, lag(v.year) OVER w AS former_year, lag(v.carbon) OVER w AS former_carbon,
           lag(v.complete) OVER w AS former_complete,
           abs(terrcarbon.value(v.ha) / lag(terrcarbon.value(v.ha)) OVER w - 1) > 1e-3 AS differ
    FROM vintage v
    WINDOW w AS (PARTITION BY v.territory ORDER BY v.year)
),
land_flow AS (
    SELECT c.territory, 'land' AS sector, '1' AS scope, 'territorial' AS allocation, y.year,
           terrcarbon.ghg('CO2', terrcarbon.value(f.kg)) AS emission, f.kg AS co2e
    FROM change c
    CROSS JOIN LATERAL generate_series(c.former_year + 1, c.year) AS y (year)
    CROSS JOIN LATERAL (
        SELECT (c.carbon - c.former_carbon) * (-44.0 / 12 * 1000 / (c.year - c.former_year))::float8
    ) AS f (kg)
    WHERE c.complete AND c.former_complete AND NOT c.differ
),
flows AS (
    SELECT * FROM flow UNION ALL SELECT * FROM land_flow
),

-- Rows whose emission is unknown: so is every total they belong to.
unpriced AS (
    SELECT y.territory, y.sector, y.scope, y.allocation, y.year, y.item_count
    FROM yearly y
    JOIN priced p ON p.factor = y.factor AND p.unit = y.unit AND p.year = y.year
        AND p.reference IS NOT DISTINCT FROM y.reference
    WHERE p.emission IS NULL
  UNION ALL
    SELECT territory, sector, scope, 'territorial', y.year, 1
    FROM building CROSS JOIN LATERAL generate_series(year_from, year_to) AS y (year)
    WHERE energy IS NULL OR carrier IS NULL
  UNION ALL
    SELECT territory, 'road_transport', '1', 'territorial', y.year, 1
    FROM road CROSS JOIN LATERAL generate_series(year_from, year_to) AS y (year)
    WHERE aadt IS NULL OR factor IS NULL
  UNION ALL
    SELECT territory, sector, '1', allocation, year, 1 FROM trip WHERE factor IS NULL
  UNION ALL
    SELECT territory, sector, scope, 'territorial', year, 1
    FROM activity WHERE quantity IS NOT NULL AND factor IS NULL AND NOT not_valid
  UNION ALL
    SELECT c.territory, 'land', 'stock', 'territorial', c.year, c.item_count
    FROM land_class c
    JOIN density d ON d.nomenclature = c.nomenclature AND d.code = c.code AND d.year = c.year
        AND d.reference IS NOT DISTINCT FROM c.reference
    WHERE d.stock IS NULL
)
SELECT territory, sector, scope, allocation, year,
       CASE WHEN NOT removed THEN emission END, CASE WHEN NOT removed THEN co2e END,
       CASE WHEN removed THEN emission END, CASE WHEN removed THEN co2e END,
       NULL::terrcarbon.carbon_stock, NULL::terrcarbon.estimate, NULL::terrcarbon.estimate, NULL, 0::bigint,
       NULL, NULL, NULL, NULL::bigint, NULL::float8, NULL
FROM flows, LATERAL (SELECT terrcarbon.value(co2e) < 0) AS sign (removed)
UNION ALL
SELECT territory, 'land', 'stock', 'territorial', year, NULL, NULL, NULL, NULL,
       stock, carbon, covered, CASE WHEN stock IS NULL THEN 'NE' END, 0,
       NULL, NULL, NULL, NULL, NULL, NULL
FROM vintage
UNION ALL
SELECT territory, sector, scope, 'territorial', year, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       notation, 0, NULL, NULL, NULL, NULL, NULL, NULL
FROM activity
WHERE notation IS NOT NULL AND NOT not_valid
UNION ALL
SELECT territory, sector, scope, allocation, year, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, sum(item_count)::bigint, NULL, NULL, NULL, NULL, NULL, NULL
FROM unpriced
GROUP BY territory, sector, scope, allocation, year

-- What was and what was not counted -------------------------------------------
UNION ALL
SELECT territory, NULL, NULL, NULL, year, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       layer, finding, detail, item_count, amount, unit
FROM (
    SELECT territory, y.year, 'building' AS layer, 'measured' AS finding, NULL AS detail,
           item_count, amount, 'm2 of ground' AS unit
    FROM (SELECT territory, year_from, year_to, count(*) AS item_count,
                 terrcarbon.value(sum(terrcarbon.estimate(m2, 0))) AS amount
          FROM building WHERE year_from <= year_to GROUP BY territory, year_from, year_to) AS g
    CROSS JOIN LATERAL generate_series(year_from, year_to) AS y (year)
  UNION ALL
    SELECT territory, y.year, 'road_segment', 'measured', NULL, item_count, amount, 'm'
    FROM (SELECT territory, year_from, year_to, count(*) AS item_count,
                 terrcarbon.value(sum(terrcarbon.estimate(m, 0))) AS amount
          FROM road WHERE year_from <= year_to GROUP BY territory, year_from, year_to) AS g
    CROSS JOIN LATERAL generate_series(year_from, year_to) AS y (year)
  UNION ALL
    SELECT territory, year, 'land_cover', 'measured', NULL, item_count, terrcarbon.value(ha) * 1e4, 'm2'
    FROM land_class
  UNION ALL
    SELECT territory, year, 'land_cover', 'land covered twice', NULL, 1,
           terrcarbon.value(ha) * 1e4 - territory_m2, 'm2'
    FROM vintage
    WHERE terrcarbon.value(ha) * 1e4 > territory_m2 * (1 + 1e-6)
  UNION ALL
    SELECT territory, year, 'land_cover', 'no land cover', NULL, 1,
           territory_m2 - terrcarbon.value(ha) * 1e4, 'm2'
    FROM vintage
    WHERE terrcarbon.value(ha) * 1e4 < territory_m2 * (1 - 1e-6)
  UNION ALL
    SELECT territory, year, 'land_cover', 'areas differ', former_year::text, 1, NULL, NULL
    FROM change
    WHERE differ
  UNION ALL
    SELECT c.territory, c.year, 'land_cover', 'no reference', c.nomenclature || ' ' || c.code,
           c.item_count, terrcarbon.value(c.ha) * 1e4, 'm2'
    FROM land_class c
    JOIN density d ON d.nomenclature = c.nomenclature AND d.code = c.code AND d.year = c.year
        AND d.reference IS NOT DISTINCT FROM c.reference
    WHERE d.stock IS NULL
  UNION ALL
    SELECT c.territory, c.year, 'land_cover', 'uncertainty not stated', c.nomenclature || ' ' || c.code,
           c.item_count, terrcarbon.value(c.ha) * 1e4, 'm2'
    FROM land_class c
    JOIN density d ON d.nomenclature = c.nomenclature AND d.code = c.code AND d.year = c.year
        AND d.reference IS NOT DISTINCT FROM c.reference
    WHERE d.u95_assumed AND d.stock IS NOT NULL
  UNION ALL
    SELECT y.territory, y.year, y.layer, 'uncertainty not stated', 'factor ' || y.factor,
           y.item_count, terrcarbon.value(y.amount) * y.times, y.unit
    FROM yearly y
    JOIN priced p ON p.factor = y.factor AND p.unit = y.unit AND p.year = y.year
        AND p.reference IS NOT DISTINCT FROM y.reference
    WHERE p.u95_assumed
  UNION ALL
    SELECT y.territory, y.year, y.layer,
           CASE WHEN p.problem IS NULL THEN 'no factor' ELSE 'cannot be priced' END,
           coalesce(p.problem, y.factor), y.item_count, terrcarbon.value(y.amount) * y.times, y.unit
    FROM yearly y
    JOIN priced p ON p.factor = y.factor AND p.unit = y.unit AND p.year = y.year
        AND p.reference IS NOT DISTINCT FROM y.reference
    WHERE p.factor_id IS NULL OR p.problem IS NOT NULL
  UNION ALL
    SELECT territory, year, 'activity', 'no factor', NULL, 1, quantity, unit
    FROM activity WHERE quantity IS NOT NULL AND factor IS NULL
  UNION ALL
    SELECT territory, year, 'activity', 'no territory', 'the territory does not exist in that year',
           1, quantity, unit
    FROM activity WHERE not_valid
  UNION ALL
    SELECT territory, year, 'trip', 'no factor', allocation, 1, km, 'km'
    FROM trip WHERE factor IS NULL
  UNION ALL
    SELECT territory, 0, 'building', 'no factor', NULL, 1, energy, unit
    FROM building WHERE carrier IS NULL
  UNION ALL
    SELECT territory, 0, 'road_segment', 'no factor', NULL, 1, m, 'm'
    FROM road WHERE factor IS NULL
  UNION ALL
    SELECT territory, 0, 'building', 'no energy', NULL, 1, m2, 'm2 of ground'
    FROM building WHERE energy IS NULL
  UNION ALL
    SELECT territory, 0, 'building', 'floors assumed', NULL, 1, floor_m2, 'm2 of floor'
    FROM building WHERE floors_assumed
  UNION ALL
    SELECT territory, 0, 'road_segment', 'no traffic', NULL, 1, m, 'm'
    FROM road WHERE aadt IS NULL
  UNION ALL
    SELECT territory, 0, 'building', 'uncertainty not stated', NULL, 1, NULL, NULL
    FROM building WHERE u95_percent IS NULL AND energy IS NOT NULL
  UNION ALL
    SELECT territory, 0, 'road_segment', 'uncertainty not stated', NULL, 1, NULL, NULL
    FROM road WHERE u95_percent IS NULL AND aadt IS NOT NULL
  UNION ALL
    SELECT territory, year, 'trip', 'uncertainty not stated', allocation, 1, NULL, NULL
    FROM trip WHERE u95_percent IS NULL
  UNION ALL
    SELECT territory, year, 'activity', 'uncertainty not stated', NULL, 1, NULL, NULL
    FROM activity WHERE u95_percent IS NULL AND notation IS NULL
) AS found
$query$, account)
    USING dataset, codes, current_setting('terrcarbon.gwp'), assumed_u95_percent;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.account_measure(name, int, text[]) IS
    'What one dataset says of some territories by itself, without their children: figures (finding is NULL) and findings. One statement, so one moment.';

-- Children come before their parents, so that a parent can add them up.
CREATE FUNCTION terrcarbon_internal.account_levels(account name, codes text[])
    RETURNS TABLE (members text[])
    LANGUAGE plpgsql STABLE ROWS 5
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $outer$
BEGIN
    RETURN QUERY EXECUTE format($query$
        WITH RECURSIVE up (start, code, step) AS (
            SELECT c, c, 0 FROM unnest($1) AS c
          UNION ALL
            SELECT up.start, t.parent_code, up.step + 1
            FROM up JOIN %1$I.territory t ON t.code = up.code
            WHERE t.parent_code IS NOT NULL
        ), depth AS (
            SELECT code, max(top.step - up.step) AS depth
            FROM up
            JOIN (SELECT start, max(step) AS step FROM up GROUP BY start) AS top USING (start)
            GROUP BY code
        )
        SELECT array_agg(code ORDER BY code) FROM depth GROUP BY depth ORDER BY depth DESC
    $query$, account) USING codes;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.account_levels(name, text[]) IS
    'Territories and all they are part of, by depth, the deepest first.';

CREATE FUNCTION terrcarbon_internal.account_replace(account name, dataset int, codes text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
DECLARE
    level text[];
    touched text[] := '{}';
BEGIN
    FOR level IN SELECT members FROM terrcarbon_internal.account_levels(account, codes) LOOP
        touched := touched || level;
        EXECUTE format('DELETE FROM %I.balance WHERE dataset_id = $1 AND territory_code = ANY ($2)', account)
            USING dataset, level;
        EXECUTE format('DELETE FROM %I.coverage WHERE dataset_id = $1 AND territory_code = ANY ($2)', account)
            USING dataset, level;
        EXECUTE format($query$
            WITH RECURSIVE part AS MATERIALIZED (
                SELECT * FROM terrcarbon_internal.account_measure(%1$L, $1, $2)
            ),
            found AS (
                INSERT INTO %1$I.coverage
                SELECT $1, territory, layer, coalesce(year, 0), finding, coalesce(detail, ''),
                       sum(item_count), terrcarbon.value(sum(terrcarbon.estimate(amount, 0))), min(unit)
                FROM part
                WHERE finding IS NOT NULL
                GROUP BY territory, layer, coalesce(year, 0), finding, coalesce(detail, '')
            ),
            down (code, at_code) AS (
                SELECT c, c FROM unnest($2) AS c
              UNION ALL
                SELECT down.code, t.code
                FROM down JOIN %1$I.territory t ON t.parent_code = down.at_code
            ),
            leaf AS (
                SELECT down.code, t.valid_from, t.valid_to, count(*) AS n
                FROM down JOIN %1$I.territory t ON t.code = down.at_code
                WHERE NOT EXISTS (SELECT FROM %1$I.territory child WHERE child.parent_code = t.code)
                GROUP BY down.code, t.valid_from, t.valid_to
            ),
            up (code, at_code) AS (
                SELECT c, c FROM unnest($2) AS c
              UNION ALL
                SELECT up.code, t.parent_code
                FROM up JOIN %1$I.territory t ON t.code = up.at_code
                WHERE t.parent_code IS NOT NULL
            ),
            whole AS (
                SELECT DISTINCT up.code, e.sector
                FROM %1$I.extent e JOIN up ON up.at_code = e.territory_code
                WHERE e.dataset_id = $1
            ),
            figure AS (
                SELECT territory, sector, scope, allocation, year, emission, co2e, removal, removal_co2e,
                       stock, carbon, area, notation, unpriced, NULL::int AS leaves,
                       notation IN ('NE', 'C') AS unknown
                FROM part
                WHERE finding IS NULL
              UNION ALL
                SELECT t.parent_code, b.sector, b.scope, b.allocation, b.year, b.emission, b.co2e, b.removal,
                       b.removal_co2e, b.stock, b.carbon, b.area, b.notation, b.unpriced, b.leaves, NULL
                FROM %1$I.territory t
                JOIN %1$I.balance b ON b.dataset_id = $1 AND b.territory_code = t.code
                WHERE t.parent_code = ANY ($2)
            ),
            total AS (
                SELECT territory, sector, scope, allocation, year,
                       sum(emission) AS emission, sum(co2e) AS co2e, sum(removal) AS removal,
                       sum(removal_co2e) AS removal_co2e, sum(stock) AS stock, sum(carbon) AS carbon,
                       sum(area) AS area,
                       CASE WHEN bool_or(notation = 'C') THEN 'C' WHEN bool_or(notation = 'NE') THEN 'NE'
                            WHEN count(co2e) + count(removal_co2e) + count(carbon) > 0 THEN NULL
                            WHEN bool_or(notation = 'IE') THEN 'IE' ELSE min(notation) END AS notation,
                       sum(unpriced)::bigint AS unpriced,
                       -- A row of its own speaks for all of a territory.
                       bool_or(leaves IS NULL) AND NOT bool_or(coalesce(unknown, false)) AS own,
                       coalesce(sum(leaves), 0) AS leaves
                FROM figure
                GROUP BY territory, sector, scope, allocation, year
            ),
            expected AS (
                SELECT y.territory, y.year, sum(leaf.n) AS n
                FROM (SELECT DISTINCT territory, year FROM total) AS y
                JOIN leaf ON leaf.code = y.territory
                    AND coalesce(leaf.valid_from <= make_date(y.year, 1, 1), true)
                    AND coalesce(leaf.valid_to >= make_date(y.year, 1, 1), true)
                GROUP BY y.territory, y.year
            )
            INSERT INTO %1$I.balance
            SELECT $1, v.territory, v.sector, v.scope, v.allocation, v.year, v.emission, v.co2e, v.removal,
                   v.removal_co2e, v.stock, v.carbon, v.area, v.notation, v.unpriced,
                   CASE WHEN v.own OR w.code IS NOT NULL THEN coalesce(x.n, 0) ELSE v.leaves END,
                   coalesce(x.n, 0)
            FROM total v
            LEFT JOIN expected x ON x.territory = v.territory AND x.year = v.year
            LEFT JOIN whole w ON w.code = v.territory AND w.sector = v.sector
        $query$, account) USING dataset, level;
    END LOOP;

    EXECUTE format($query$
        WITH there AS (
            SELECT territory_code FROM %1$I.balance WHERE dataset_id = $1 AND territory_code = ANY ($2)
            UNION
            SELECT territory_code FROM %1$I.coverage WHERE dataset_id = $1 AND territory_code = ANY ($2)
        ), gone AS (
            DELETE FROM %1$I.contribution c
            WHERE dataset_id = $1 AND territory_code = ANY ($2)
                AND NOT EXISTS (SELECT FROM there WHERE there.territory_code = c.territory_code)
        )
        INSERT INTO %1$I.contribution
        SELECT territory_code, $1, now() FROM there
        ON CONFLICT (territory_code, dataset_id) DO UPDATE SET refreshed_at = excluded.refreshed_at
    $query$, account) USING dataset, touched;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.account_replace(name, int, text[]) IS
    'Computes again what a dataset says of some territories and of all they are part of.';

-- What lies in no territory belongs to none: a finding of the dataset.
CREATE FUNCTION terrcarbon_internal.account_outside(account name, dataset int) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
BEGIN
    EXECUTE format('DELETE FROM %I.coverage WHERE dataset_id = $1 AND territory_code = ''''', account)
        USING dataset;
    EXECUTE format($query$
        WITH there AS (
            SELECT 'land_cover' AS layer, year AS year_from, year AS year_to, 'm2' AS unit, count(*) AS item_count,
                   terrcarbon.value(sum(terrcarbon.estimate(area_m2, 0))) AS amount
            FROM %1$I.land_cover WHERE dataset_id = $1
            GROUP BY year
          UNION ALL
            SELECT 'building', year_from, coalesce(year_to, year_from), 'm2 of ground', count(*),
                   terrcarbon.value(sum(terrcarbon.estimate(area_m2, 0)))
            FROM %1$I.building WHERE dataset_id = $1
            GROUP BY year_from, coalesce(year_to, year_from)
          UNION ALL
            SELECT 'road_segment', year_from, coalesce(year_to, year_from), 'm', count(*),
                   terrcarbon.value(sum(terrcarbon.estimate(length_m, 0)))
            FROM %1$I.road_segment WHERE dataset_id = $1
            GROUP BY year_from, coalesce(year_to, year_from)
        ),
        yearly AS (
            SELECT layer, y.year, unit, sum(item_count) AS item_count,
                   terrcarbon.value(sum(terrcarbon.estimate(amount, 0))) AS amount
            FROM there CROSS JOIN LATERAL generate_series(year_from, year_to) AS y (year)
            GROUP BY layer, y.year, unit
        ),
        measured AS (
            SELECT layer, year, terrcarbon.value(sum(terrcarbon.estimate(amount, 0))) AS amount
            FROM %1$I.coverage
            WHERE dataset_id = $1 AND finding = 'measured'
            GROUP BY layer, year
        )
        INSERT INTO %1$I.coverage
        SELECT $1, '', layer, 0, 'no year', '', sum(item_count),
               terrcarbon.value(sum(terrcarbon.estimate(amount, 0))), unit
        FROM there WHERE year_from IS NULL GROUP BY layer, unit
      UNION ALL
        SELECT $1, '', y.layer, y.year, 'no territory', '', y.item_count,
               y.amount - coalesce(m.amount, 0), y.unit
        FROM yearly y
        LEFT JOIN measured m USING (layer, year)
        WHERE y.amount - coalesce(m.amount, 0) > 1e-6 * y.amount
      UNION ALL
        SELECT $1, '', 'activity', coalesce(year, 0),
               CASE WHEN territory_code IS NULL THEN 'no territory' ELSE 'no year' END, '', count(*), NULL, NULL
        FROM %1$I.activity
        WHERE dataset_id = $1 AND (territory_code IS NULL OR year IS NULL)
        GROUP BY coalesce(year, 0), territory_code IS NULL
      UNION ALL
        SELECT $1, '', 'trip', coalesce(year, 0),
               CASE WHEN coalesce(origin_code, destination_code, home_code) IS NULL
                   THEN 'no territory' ELSE 'no year' END, '', count(*), NULL, NULL
        FROM %1$I.trip
        WHERE dataset_id = $1
            AND (coalesce(origin_code, destination_code, home_code) IS NULL OR year IS NULL)
        GROUP BY coalesce(year, 0), coalesce(origin_code, destination_code, home_code) IS NULL
    $query$, account) USING dataset;
    -- That a dataset was seen at all, even if all of it lies elsewhere.
    EXECUTE format('INSERT INTO %I.contribution VALUES ('''', $1, now())
        ON CONFLICT (territory_code, dataset_id) DO UPDATE SET refreshed_at = excluded.refreshed_at', account)
        USING dataset;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.account_outside(name, int) IS
    'Notes what of a dataset lies in no territory or has no year.';

-- The lock spans a step, not a refresh: it cannot outlive a cancelled one.
-- A row, and not an advisory lock, which anybody may take.
CREATE FUNCTION terrcarbon_internal.account_lock(account name) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
BEGIN
    IF to_regclass(format('%I.refresh_state', account)) IS NULL THEN
        RAISE EXCEPTION 'there is no account %', quote_ident(account)
            USING ERRCODE = 'invalid_schema_name',
                  HINT = 'SELECT terrcarbon.create_account(...) makes one.';
    END IF;
    BEGIN
        EXECUTE format('SELECT FROM %I.refresh_state FOR UPDATE NOWAIT', account);
    EXCEPTION WHEN lock_not_available THEN
        RAISE NOTICE 'another refresh of account % is at work: taking turns with it', account;
        EXECUTE format('SELECT FROM %I.refresh_state FOR UPDATE', account);
    END;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.account_lock(name) IS
    'Waits, until the end of the transaction, to be the only refresh of an account at work. Error 3F000 when there is no such account.';

CREATE FUNCTION terrcarbon_internal.account_at_work(refresh_state oid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'relation' AND relation = refresh_state AND mode = 'RowShareLock' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));
EXCEPTION WHEN insufficient_privilege THEN
    -- Who closes the hole of pg_locks, as doctor() advises, lets few see locks.
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.account_at_work(oid) IS
    'Whether a refresh is at work now on the account that the table refresh_state is of; NULL when the current user may not see locks.';

CREATE FUNCTION terrcarbon_internal.account_readable(account name) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
    SELECT CASE WHEN row_security_active(format('%I.balance', account))
        THEN 'terrcarbon.can_read(dataset_id)' ELSE 'true' END
$$;
COMMENT ON FUNCTION terrcarbon_internal.account_readable(name) IS
    'The condition under which the current user reads the rows of a dataset_id in an account.';

CREATE FUNCTION terrcarbon_internal.account_references_seen() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
    SELECT md5(concat_ws('/',
        (SELECT string_agg(id || ' ' || coalesce(superseded_at::text, ''), ',' ORDER BY id)
         FROM stock_reference),
        (SELECT string_agg(id || ' ' || coalesce(superseded_at::text, ''), ',' ORDER BY id)
         FROM factor),
        (SELECT string_agg(code || ' ' || level, ',' ORDER BY code) FROM reference_territory),
        (SELECT string_agg(code || ' ' || parent_code, ',' ORDER BY code, parent_code)
         FROM reference_territory_parent)))
$$;
COMMENT ON FUNCTION terrcarbon_internal.account_references_seen() IS
    'Fingerprint of the factors and references in use: another one means that every figure may change.';

CREATE FUNCTION terrcarbon_internal.refresh_begin(account name, whole boolean)
    RETURNS TABLE (pairs bigint, datasets bigint)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
DECLARE
    seen text;
    present text;
    resumed bigint;
    readable text;
BEGIN
    PERFORM terrcarbon_internal.account_lock(account);
    readable := terrcarbon_internal.account_readable(account);
    EXECUTE format('SELECT s.references_seen FROM %I.refresh_state s', account) INTO seen;
    EXECUTE format('SELECT count(*) FROM %I.pending', account) INTO resumed;
    IF resumed > 0 THEN
        RAISE NOTICE 'account %: resuming an interrupted refresh, % pairs left', account, resumed;
    END IF;
    present := terrcarbon_internal.account_references_seen();
    IF seen IS DISTINCT FROM present AND NOT whole THEN
        IF seen IS NOT NULL THEN
            RAISE NOTICE 'account %: factors or references changed, everything is computed again', account;
        END IF;
        whole := true;
    END IF;
    IF whole THEN
        EXECUTE format('INSERT INTO %I.change DEFAULT VALUES', account);
    END IF;

    -- A note is either taken with what it led to, or stays: for as long as its
    -- dataset cannot be read.  One on all datasets is left for each of those.
    EXECUTE format($query$
        WITH noted AS (
            DELETE FROM %1$I.change WHERE dataset_id IS NULL OR %2$s RETURNING *
        ),
        left_over AS (
            INSERT INTO %1$I.change (dataset_id)
            SELECT dataset_id FROM (
                SELECT dataset_id FROM %1$I.contribution
                UNION SELECT dataset_id FROM %1$I.pending
                UNION SELECT dataset_id FROM %1$I.change WHERE dataset_id IS NOT NULL) AS known
            WHERE NOT %2$s AND EXISTS (SELECT FROM noted WHERE dataset_id IS NULL)
            EXCEPT
            SELECT dataset_id FROM %1$I.change WHERE territory_code IS NULL AND box IS NULL
        ),
        leaf AS NOT MATERIALIZED (
            SELECT t.code, t.geom FROM %1$I.territory t
            WHERE NOT EXISTS (SELECT FROM %1$I.territory child WHERE child.parent_code = t.code)
        ),
        layer AS NOT MATERIALIZED (
            SELECT dataset_id, geom FROM %1$I.land_cover
            UNION ALL SELECT dataset_id, geom FROM %1$I.building
            UNION ALL SELECT dataset_id, geom FROM %1$I.road_segment
        ),
        item AS NOT MATERIALIZED (
            SELECT dataset_id, territory_code AS code FROM %1$I.activity
            UNION ALL SELECT dataset_id, origin_code FROM %1$I.trip
            UNION ALL SELECT dataset_id, destination_code FROM %1$I.trip
            UNION ALL SELECT dataset_id, home_code FROM %1$I.trip
        ),
        at AS (
            SELECT DISTINCT territory_code AS code FROM noted
            WHERE dataset_id IS NULL AND territory_code IS NOT NULL
        ),
        everything AS (
            SELECT EXISTS (SELECT FROM noted
                WHERE dataset_id IS NULL AND territory_code IS NULL AND box IS NULL)
        ),
        whole AS (
            SELECT DISTINCT dataset_id FROM noted
            WHERE dataset_id IS NOT NULL AND territory_code IS NULL AND box IS NULL
        ),
        hit (dataset_id, territory_code) AS (
            -- boxes of one dataset
            SELECT n.dataset_id, t.code
            FROM noted n JOIN leaf t ON t.geom OPERATOR(terrcarbon.&&) n.box
            WHERE n.box IS NOT NULL
          UNION
            -- one dataset in one territory
            SELECT dataset_id, territory_code FROM noted
            WHERE dataset_id IS NOT NULL AND territory_code IS NOT NULL
          UNION
            -- a territory: what has figures there, and what may newly have some
            SELECT c.dataset_id, c.territory_code
            FROM at JOIN %1$I.contribution c ON c.territory_code = at.code
          UNION
            SELECT l.dataset_id, t.code
            FROM at JOIN leaf t USING (code) JOIN layer l ON l.geom OPERATOR(terrcarbon.&&) t.geom
          UNION
            SELECT a.dataset_id, a.code FROM at JOIN item a USING (code)
          UNION
            -- the whole of a dataset
            SELECT c.dataset_id, c.territory_code
            FROM whole JOIN %1$I.contribution c USING (dataset_id)
          UNION
            SELECT l.dataset_id, t.code
            FROM whole JOIN layer l USING (dataset_id) JOIN leaf t ON l.geom OPERATOR(terrcarbon.&&) t.geom
          UNION
            SELECT a.dataset_id, coalesce(a.code, '') FROM whole JOIN item a USING (dataset_id)
          UNION
            -- everything
            SELECT dataset_id, territory_code FROM %1$I.contribution WHERE (TABLE everything)
          UNION
            SELECT l.dataset_id, t.code
            FROM layer l JOIN leaf t ON l.geom OPERATOR(terrcarbon.&&) t.geom WHERE (TABLE everything)
          UNION
            SELECT dataset_id, coalesce(code, '') FROM item WHERE (TABLE everything)
          UNION
            -- rows outside every territory
            SELECT dataset_id, '' FROM noted WHERE dataset_id IS NOT NULL
        ),
        every AS (
            SELECT dataset_id, territory_code FROM hit
            UNION
            SELECT dataset_id, '' FROM hit
        )
        INSERT INTO %1$I.pending (dataset_id, territory_code)
        SELECT dataset_id, territory_code FROM every
        ON CONFLICT DO NOTHING
    $query$, account, readable);
    EXECUTE format('UPDATE %I.pending SET problem = NULL WHERE problem IS NOT NULL', account);
    EXECUTE format('SELECT count(*), count(DISTINCT dataset_id) FROM %I.pending', account)
        INTO pairs, datasets;
    EXECUTE format('UPDATE %I.refresh_state SET started_at = clock_timestamp(), finished_at = NULL,
            step_at = clock_timestamp(), total = $1, done = 0, references_seen = $2', account)
        USING pairs, present;
    RETURN NEXT;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.refresh_begin(name, boolean) IS
    'Turns the noted changes into the list of what a refresh has to compute.';

CREATE FUNCTION terrcarbon_internal.account_compute(account name, dataset int, codes text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
BEGIN
    IF codes = '{""}' THEN
        PERFORM terrcarbon_internal.account_outside(account, dataset);
    ELSE
        PERFORM terrcarbon_internal.account_replace(account, dataset, codes);
    END IF;
    -- Rights may have gone meanwhile, and what cannot be read looks empty.
    IF row_security_active(format('%I.balance', account)) AND NOT can_read(dataset) THEN
        RAISE EXCEPTION 'access to dataset % was withdrawn while it was read, its former figures stand',
                terrcarbon_internal.dataset_name(dataset)
            USING ERRCODE = 'serialization_failure';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.account_compute(name, int, text[]) IS
    'Computes some territories of a dataset, or what lies in none. Error 40001 when access went meanwhile.';

CREATE FUNCTION terrcarbon_internal.refresh_step(account name, OUT dataset int, OUT pairs int, OUT failed int)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $outer$
DECLARE
    codes text[];
    code text;
    size int;
    potentials text;
    attempt int;
    readable text;
BEGIN
    PERFORM terrcarbon_internal.account_lock(account);
    readable := terrcarbon_internal.account_readable(account);
    EXECUTE format('SELECT batch_size, gwp FROM %I.setting', account) INTO size, potentials;
    PERFORM set_config('terrcarbon.gwp', potentials, true), as_known(NULL);
    failed := 0;

    EXECUTE format('SELECT min(d.dataset_id)
        FROM (SELECT DISTINCT dataset_id FROM %1$I.pending WHERE problem IS NULL) AS d WHERE %2$s',
        account, readable) INTO dataset;
    IF dataset IS NULL THEN
        pairs := 0;
        RETURN;
    END IF;
    -- Siblings together: their parents are then computed once.
    EXECUTE format('SELECT array_agg(code) FROM (
            SELECT p.territory_code AS code
            FROM %1$I.pending p
            LEFT JOIN %1$I.territory t ON t.code = p.territory_code
            WHERE p.dataset_id = $1 AND p.problem IS NULL AND p.territory_code <> ''''
            ORDER BY t.parent_code, t.code, p.territory_code
            LIMIT $2) AS batch', account) INTO codes USING dataset, size;
    codes := coalesce(codes, '{""}');
    pairs := cardinality(codes);

    BEGIN
        PERFORM terrcarbon_internal.account_compute(account, dataset, codes);
    EXCEPTION
        WHEN serialization_failure THEN
            RAISE WARNING 'account %: %', account, SQLERRM;
            RETURN;
        WHEN OTHERS THEN
            -- One by one: the fault of one row must not hold up the others.
            FOREACH code IN ARRAY codes LOOP
                BEGIN
                    PERFORM terrcarbon_internal.account_compute(account, dataset, ARRAY[code]);
                EXCEPTION WHEN OTHERS THEN
                    failed := failed + 1;
                    RAISE WARNING 'account %: dataset % in territory % keeps its former figures: %',
                        account, terrcarbon_internal.dataset_name(dataset), coalesce(nullif(code, ''), '(none)'), SQLERRM;
                    EXECUTE format('UPDATE %I.pending SET problem = $3 WHERE dataset_id = $1 AND territory_code = $2',
                        account) USING dataset, code, SQLERRM;
                END;
            END LOOP;
    END;
    EXECUTE format('DELETE FROM %I.pending WHERE dataset_id = $1 AND territory_code = ANY ($2) AND problem IS NULL',
        account) USING dataset, codes;
    EXECUTE format('UPDATE %I.refresh_state SET step_at = clock_timestamp(), done = done + $1', account)
        USING pairs;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.refresh_step(name) IS
    'Computes one batch of what is pending; 0 pairs when nothing is left that can be computed.';

-- What keeps a total from being known.
CREATE FUNCTION terrcarbon_internal.makes_unknown(finding text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN finding IN ('no factor', 'cannot be priced', 'no energy', 'no traffic', 'no reference');
COMMENT ON FUNCTION terrcarbon_internal.makes_unknown(text) IS
    'Whether a finding of coverage means that rows could not be priced, so that the totals they belong to are unknown.';

CREATE FUNCTION terrcarbon_internal.counted_rows(n numeric) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN n || CASE WHEN n = 1 THEN ' row' ELSE ' rows' END;
COMMENT ON FUNCTION terrcarbon_internal.counted_rows(numeric) IS 'A number of rows in words.';

CREATE FUNCTION terrcarbon_internal.account_warn_of_unpriced(account name) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    reasons text;
    total bigint;
BEGIN
    EXECUTE format('SELECT string_agg(line, E''\n'' ORDER BY n DESC, line) FILTER (WHERE place <= 20), sum(n) FROM (
            SELECT n, line, row_number() OVER (ORDER BY n DESC, line) AS place FROM (
                SELECT sum(item_count) AS n, format(''%%s of %%s, dataset %%s: %%s'', terrcarbon_internal.counted_rows(sum(item_count)), layer,
                       terrcarbon_internal.dataset_name(dataset_id), concat_ws('', '', finding, left(nullif(detail, ''''), 100))) AS line
                FROM %I.coverage
                WHERE terrcarbon_internal.makes_unknown(finding)
                GROUP BY layer, dataset_id, finding, detail) AS reason) AS ranked', account)
        INTO reasons, total;
    IF total > 0 THEN
        RAISE WARNING 'account %: % without a price, so the totals they belong to are unknown', account,
                terrcarbon_internal.counted_rows(total)
            USING DETAIL = reasons,
                  HINT = format('See %I.coverage_by_territory; mend the rows, or add the factor or the reference.', account);
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.account_warn_of_unpriced(name) IS
    'One warning that counts the rows without a price by reason, at most 20.';

CREATE FUNCTION terrcarbon_internal.refresh_end(account name) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $outer$
DECLARE
    left_over record;
    pairs bigint;
BEGIN
    PERFORM terrcarbon_internal.account_lock(account);
    FOR left_over IN EXECUTE format('SELECT dataset_id FROM (
                SELECT dataset_id FROM %1$I.pending
                UNION SELECT dataset_id FROM %1$I.change WHERE dataset_id IS NOT NULL) AS waiting
            WHERE NOT %2$s ORDER BY dataset_id', account, terrcarbon_internal.account_readable(account))
    LOOP
        RAISE WARNING 'account %: dataset % cannot be read by %, its former figures stand',
            account, terrcarbon_internal.dataset_name(left_over.dataset_id), current_user
            USING HINT = 'Its producer can grant access: terrcarbon.grant_access(...).';
    END LOOP;
    EXECUTE format('UPDATE %I.refresh_state SET finished_at = clock_timestamp() RETURNING total', account)
        INTO pairs;
    PERFORM terrcarbon_internal.account_warn_of_unpriced(account);
    -- Statistics pay when much is new.
    IF pairs > 1000 AND pg_has_role((SELECT relowner FROM pg_class
            WHERE oid = format('%I.balance', account)::regclass), 'USAGE') THEN
        EXECUTE format('ANALYZE %1$I.balance, %1$I.coverage, %1$I.contribution', account);
    END IF;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.refresh_end(name) IS 'Closes a refresh and says what is left.';

-- No SET clause here: it would forbid COMMIT.
CREATE PROCEDURE refresh(account name, "full" boolean DEFAULT false)
    LANGUAGE plpgsql
AS $$
DECLARE
    todo record;
    step record;
    done pg_catalog.int8 := 0;
    failed pg_catalog.int8 := 0;
BEGIN
    -- A step must see what was committed while it waited for its turn.
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SELECT * INTO todo FROM terrcarbon_internal.refresh_begin(account, "full");
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    LOOP
        SELECT * INTO step FROM terrcarbon_internal.refresh_step(account);
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        EXIT WHEN step.pairs OPERATOR(pg_catalog.=) 0;
        done := done OPERATOR(pg_catalog.+) step.pairs;
        failed := failed OPERATOR(pg_catalog.+) step.failed;
        RAISE NOTICE 'account %: % of % pairs done', account, done, todo.pairs;
    END LOOP;
    PERFORM terrcarbon_internal.refresh_end(account);
    COMMIT;
END;
$$;
COMMENT ON PROCEDURE refresh(name, boolean) IS
    'Brings the roll-up of an account up to date: what changed since the last time, or everything with full, in steps that commit, so not inside a transaction block. What was interrupted is resumed by the next call. Warns of what it could not read or compute, which keeps its former figures. For the owner of the account, who needs to read the datasets. Error 3F000 when there is no such account.';
