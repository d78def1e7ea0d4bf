-- Land in motion: what a change of land use does to carbon and nitrous oxide.

CREATE FUNCTION soil_n2o(mineralised_tc float8, aldo_compatible boolean DEFAULT false)
    RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF NOT (mineralised_tc >= 0 AND mineralised_tc < 'Infinity') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'mineralised carbon must be finite and not negative',
            DETAIL = format('It is %s tC.', mineralised_tc),
            HINT = 'Soil that gains carbon mineralises none: greatest(-change, 0).';
    END IF;
    -- C:N 15; EF1 0.01 direct; 30 % leached, of which EF5 0.0075; N2O-N to N2O 44/28
    RETURN mineralised_tc / 15 * (0.01 * 44.0 / CASE WHEN aldo_compatible THEN 25 ELSE 28 END
                                  + 0.3 * 0.0075 * 44.0 / 28);
END;
$$;
COMMENT ON FUNCTION soil_n2o(float8, boolean) IS
    'Nitrous oxide (t N2O) from the nitrogen that goes with mineralised soil carbon (tC): C / 15 x (0.01 direct + 0.3 x 0.0075 from leaching) x 44/28. aldo_compatible takes 44/25 for the direct part, as ALDO does. Error 22023: a negative or non-finite amount. Source: IPCC 2006, volume 4, chapter 11, equations 11.1, 11.8 and 11.10, tables 11.1 and 11.3.';

CREATE DOMAIN hectares AS float8
    CONSTRAINT hectares_finite_not_negative CHECK (VALUE IS NOT NULL AND VALUE >= 0 AND VALUE < 'Infinity');
COMMENT ON DOMAIN hectares IS 'An area in hectares: known, finite and not negative.';

CREATE TYPE land_change AS (territory_code text, from_code text, to_code text, area_ha hectares);
COMMENT ON TYPE land_change IS
    'An area that passes from one land class to another each year: territory (reference_territory), classes, ha a year.';
COMMENT ON COLUMN land_change.territory_code IS 'Where, a code of reference_territory; NULL is everywhere.';
COMMENT ON COLUMN land_change.from_code IS 'Class the land leaves.';
COMMENT ON COLUMN land_change.to_code IS 'Class the land enters.';
COMMENT ON COLUMN land_change.area_ha IS 'ha a year.';

CREATE FUNCTION land_change_per_ha(changes land_change[], year int, nomenclature text)
    RETURNS TABLE (territory_code text, from_code text, to_code text,
                   soil float8, biomass float8, litter float8, dead_wood float8, soil_years int)
    LANGUAGE sql STABLE PARALLEL SAFE COST 5000 ROWS 100
BEGIN ATOMIC
    WITH pair AS MATERIALIZED (
        SELECT DISTINCT c.territory_code, c.from_code, c.to_code FROM unnest(changes) AS c
    ), place AS MATERIALIZED (
        SELECT p.territory_code, chain.code, chain.place
        FROM (SELECT DISTINCT territory_code FROM pair) AS p, territory_chain(p.territory_code) AS chain
    ), density AS MATERIALIZED (
        -- Each class once a territory, however many pairs it is in.
        SELECT coalesce(c.territory_code, '') AS territory_code, c.code,
               stock_density(nomenclature, c.code, land_change_per_ha.year, c.territory_code) AS stock
        FROM (SELECT territory_code, from_code FROM pair UNION SELECT territory_code, to_code FROM pair) AS c (territory_code, code)
    ), published AS MATERIALIZED (
        SELECT DISTINCT ON (p.territory_code, p.from_code, p.to_code)
               p.territory_code, p.from_code, p.to_code, f.flux * f.years AS change, f.years
        FROM pair p
        JOIN place ON place.territory_code = p.territory_code
        JOIN soil_flux f ON f.territory_code = place.code
        WHERE lower(f.nomenclature) = lower(land_change_per_ha.nomenclature)
          AND starts_with(lower(p.from_code), lower(f.from_code))
          AND starts_with(lower(p.to_code), lower(f.to_code))
        ORDER BY p.territory_code, p.from_code, p.to_code,
                 length(f.from_code) + length(f.to_code) DESC, place.place, f.shipped
    ), change AS (
        -- An error where the soils are of different depth. A pool that neither
        -- class has (litter outside forests) does not change.
        SELECT p.*, later.stock - earlier.stock AS stock, published.change AS soil, published.years
        FROM pair p
        LEFT JOIN density earlier ON earlier.territory_code = coalesce(p.territory_code, '') AND earlier.code = p.from_code
        LEFT JOIN density later ON later.territory_code = coalesce(p.territory_code, '') AND later.code = p.to_code
        LEFT JOIN published ON published.territory_code = p.territory_code
                           AND published.from_code = p.from_code AND published.to_code = p.to_code
    ), amount AS (
        SELECT c.*, coalesce(c.soil, pool(c.stock, 'soil'), CASE WHEN c.stock IS NOT NULL THEN 0 END) AS change
        FROM change c
    )
    SELECT a.territory_code, a.from_code, a.to_code, a.change,
           CASE WHEN a.stock IS NOT NULL THEN coalesce(pool(a.stock, 'above'), 0) + coalesce(pool(a.stock, 'below'), 0) END,
           CASE WHEN a.stock IS NOT NULL THEN coalesce(pool(a.stock, 'litter'), 0) END,
           CASE WHEN a.stock IS NOT NULL THEN coalesce(pool(a.stock, 'dead_wood'), 0) END,
           CASE WHEN a.change < 0 THEN coalesce(a.years,
                    CASE WHEN land_kind(nomenclature, a.to_code) = 'artificial'
                           OR land_kind(nomenclature, a.from_code) = 'wetland' THEN 1 ELSE 20 END)
                WHEN a.change > 0 THEN coalesce(nullif(a.years, 1), 20)
                ELSE 1 END
    FROM amount a;
END;
COMMENT ON FUNCTION land_change_per_ha(land_change[], int, text) IS
    'land_change_per_ha for many pairs at once, each territory and pair once; the areas do not matter.';

CREATE FUNCTION land_change_per_ha(nomenclature text, from_code text, to_code text, year int,
        territory_code text DEFAULT NULL,
        OUT soil float8, OUT biomass float8, OUT litter float8, OUT dead_wood float8, OUT soil_years int)
    LANGUAGE sql STABLE PARALLEL SAFE COST 5000
BEGIN ATOMIC
    SELECT c.soil, c.biomass, c.litter, c.dead_wood, c.soil_years
    FROM land_change_per_ha(ARRAY[ROW(territory_code, from_code, to_code, 1)::land_change], year, nomenclature) AS c;
END;
COMMENT ON FUNCTION land_change_per_ha(text, text, text, int, text) IS
    'What one hectare gains or loses in all, tC/ha by pool, when it passes from one land class to another: soil from soil_flux, else the difference of the stock references; biomass, litter and dead wood the difference of the references. soil_years: over how many years soil changes: the published period; where none is published, 1 for a loss where land becomes artificial or wetland is lost, else 20 (IPCC 2006, volume 4, equation 2.25). A gain is never at once: published as such, it takes 20. A pool without reference is NULL: not known, not 0. Error 22023 where the soils of the two are of different depth.';

CREATE FUNCTION land_change_flux(changes land_change[], year int,
        nomenclature text DEFAULT 'ALDO', aldo_compatible boolean DEFAULT false)
    RETURNS TABLE (territory_code text, from_code text, to_code text, area_ha float8,
                   pool text, carbon_t float8, n2o_t float8, emission ghg)
    LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 100
BEGIN ATOMIC
    WITH part AS MATERIALIZED (
        SELECT c.territory_code, f.code AS from_code, t.code AS to_code, c.area_ha * f.share * t.share AS area_ha
        FROM unnest(changes) AS c
        -- Artificial land of CORINE is 80 % sealed, 20 % grassed with shrubs. ALDO
        -- counts it whole in both when it leaves.
        CROSS JOIN LATERAL (VALUES
            (c.from_code, 1.0::float8, lower(c.from_code) IS DISTINCT FROM 'sols_artificiels'),
            ('sols_artificiels_impermeabilises', CASE WHEN aldo_compatible THEN 1 ELSE 0.8 END, lower(c.from_code) = 'sols_artificiels'),
            ('sols_artificiels_arbustifs', CASE WHEN aldo_compatible THEN 1 ELSE 0.2 END, lower(c.from_code) = 'sols_artificiels')
        ) AS f (code, share, applies)
        CROSS JOIN LATERAL (VALUES
            (c.to_code, 1.0::float8, lower(c.to_code) IS DISTINCT FROM 'sols_artificiels'),
            ('sols_artificiels_impermeabilises', 0.8, lower(c.to_code) = 'sols_artificiels'),
            ('sols_artificiels_arbustifs', 0.2, lower(c.to_code) = 'sols_artificiels')
        ) AS t (code, share, applies)
        WHERE lower(c.from_code) IS DISTINCT FROM lower(c.to_code)
          AND f.applies AND t.applies
    ), amount AS (
        SELECT p.*, h.soil * p.area_ha AS soil, h.biomass * p.area_ha AS biomass,
               h.litter * p.area_ha AS litter, h.dead_wood * p.area_ha AS dead_wood,
               soil_n2o(greatest(0, CASE WHEN aldo_compatible THEN -(h.soil + coalesce(h.litter, 0)) ELSE -h.soil END * p.area_ha),
                        aldo_compatible) AS n2o
        FROM part p
        LEFT JOIN land_change_per_ha(
            (SELECT array_agg(ROW(p.territory_code, p.from_code, p.to_code, 0)::land_change) FROM part p),
            land_change_flux.year, nomenclature) AS h
          ON coalesce(h.territory_code, '') = coalesce(p.territory_code, '')
         AND h.from_code = p.from_code AND h.to_code = p.to_code
    )
    SELECT a.territory_code, a.from_code, a.to_code, a.area_ha, flow.pool, flow.carbon, flow.n2o,
           ghg('CO2', -flow.carbon * 44000 / 12)
           + CASE WHEN flow.n2o > 0 THEN ghg('N2O', flow.n2o * 1000) ELSE '{}' END
    FROM amount a
    CROSS JOIN LATERAL (VALUES ('soil', a.soil, CASE WHEN a.soil IS NOT NULL THEN a.n2o END),
                               ('biomass', a.biomass, NULL), ('litter', a.litter, NULL),
                               ('dead_wood', a.dead_wood, NULL)) AS flow (pool, carbon, n2o)
    WHERE flow.carbon IS DISTINCT FROM 0
      -- ALDO counts the wood of a new forest with the growth of all forests.
      AND NOT (aldo_compatible AND starts_with(lower(a.to_code), 'foret') AND flow.pool IN ('biomass', 'dead_wood'));
END;
COMMENT ON FUNCTION land_change_flux(land_change[], int, text, boolean) IS
    'Yearly carbon and N2O of land that changes class at a steady pace, by territory, pair of classes and pool: carbon_t (tC/year, gain positive), n2o_t (t N2O/year), emission (ghg, kg/year, gain of carbon negative). Each year''s change counts with all it will gain or lose. The ALDO class sols_artificiels is taken as 80 % sealed and 20 % grassed with shrubs. What has no reference is a row with NULL. aldo_compatible reproduces ALDO: N2O with 44/25 and on soil plus litter, artificial land that leaves counted twice, no wood in new forests; ALDO prints the opposite sign (sink positive). Source: IPCC 2006, volume 4; ALDO (ADEME).';

CREATE TABLE land_practice (
    code       text PRIMARY KEY CHECK (code <> ''),
    name       text NOT NULL,
    land       text NOT NULL,
    soil       float8 NOT NULL,
    biomass    float8 NOT NULL,
    source     text NOT NULL CHECK (source <> ''),
    shipped    boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE land_practice IS
    'Carbon that a farming practice adds, tC/ha/year in soil and in biomass, in the years after it begins; not for ever.';
COMMENT ON COLUMN land_practice.code IS 'What practice_gain calls it.';
COMMENT ON COLUMN land_practice.name IS 'Name for readers.';
COMMENT ON COLUMN land_practice.land IS 'ALDO class of the land it is used on.';
COMMENT ON COLUMN land_practice.soil IS 'Gain of soil carbon, tC/ha/year.';
COMMENT ON COLUMN land_practice.biomass IS 'Gain of carbon in biomass, tC/ha/year.';
COMMENT ON COLUMN land_practice.source IS 'Where the figures were published.';
COMMENT ON COLUMN land_practice.shipped IS 'Came with the extension.';
INSERT INTO land_practice (code, name, land, soil, biomass, source, shipped)
    SELECT code, name, land, soil, biomass, 'ALDO (ADEME), agricultural practices, tC/ha/year', true
    FROM (VALUES
        ('ley_extension', 'Longer temporary grassland in crop rotations', 'cultures', 0.14, 0),
        ('grassland_intensification', 'Moderate intensification of poor grassland', 'prairies', 0.39, 0),
        ('cropland_agroforestry', 'Agroforestry on cropland', 'cultures', 0.3, 0.7),
        ('grassland_agroforestry', 'Agroforestry on grassland', 'prairies', 0.3, 0.7),
        ('cover_crops', 'Cover crops between main crops', 'cultures', 0.24, 0),
        ('cropland_hedges', 'Hedges around cropland, 60 m/ha', 'cultures', 0.06, 0.09),
        ('grassland_hedges', 'Hedges around grassland, 100 m/ha', 'prairies', 0.1, 0.15),
        ('grass_strips', 'Grass strips', 'cultures', 0.49, 0),
        ('vineyard_cover', 'Cover between rows of vineyards', 'vignes', 0.32, 0),
        ('orchard_cover', 'Cover between rows of orchards', 'vergers', 0.49, 0),
        ('direct_sowing', 'Direct sowing, continuous', 'cultures', 0.15, 0),
        ('direct_sowing_ploughed', 'Direct sowing, ploughed every fifth year', 'cultures', 0.1, 0)
    ) AS practice (code, name, land, soil, biomass);
SELECT pg_catalog.pg_extension_config_dump('land_practice', 'WHERE NOT shipped');
GRANT SELECT ON land_practice TO PUBLIC;

CREATE FUNCTION practice_gain(practice text, area_ha float8)
    RETURNS TABLE (pool text, carbon_t float8, emission ghg)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 2
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    known land_practice;
BEGIN
    SELECT p.* INTO known FROM land_practice p WHERE p.code = practice;
    IF NOT FOUND OR NOT (area_ha >= 0 AND area_ha < 'Infinity') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown practice %L or invalid area %s ha', practice, area_ha),
            HINT = 'Practices are rows of land_practice; areas are finite and not negative.';
    END IF;
    RETURN QUERY SELECT gain.pool, gain.carbon, ghg('CO2', -gain.carbon * 44000 / 12)
        FROM (VALUES ('soil', known.soil * area_ha), ('biomass', known.biomass * area_ha)) AS gain (pool, carbon);
END;
$$;
COMMENT ON FUNCTION practice_gain(text, float8) IS
    'Carbon (tC/year) that a farming practice adds on an area, by pool, and its emission (ghg, kg/year, negative). Error 22023: an unknown practice, a negative area. Source: ALDO (ADEME).';

CREATE TYPE land_part AS (code text, area_ha hectares);
COMMENT ON TYPE land_part IS 'An area of a land class, such as one class under a drawn polygon.';
COMMENT ON COLUMN land_part.code IS 'Land class.';
COMMENT ON COLUMN land_part.area_ha IS 'ha.';

CREATE FUNCTION land_scenario(parts land_part[], to_code text, start_year int, horizon int,
        nomenclature text, territory_code text DEFAULT NULL, assumed_u95_percent float8 DEFAULT NULL)
    RETURNS TABLE (year int, pool text, stock_t float8, change_t float8, change estimate,
                   n2o_t float8, emission ghg, sources int[], covered_ha float8, uncovered_ha float8)
    LANGUAGE sql STABLE PARALLEL SAFE COST 20000 ROWS 100
BEGIN ATOMIC
    WITH part AS MATERIALIZED (
        SELECT p.code, p.area_ha, h.soil, h.biomass, h.litter, h.dead_wood, h.soil_years,
               stock_density(nomenclature, p.code, start_year, territory_code) AS density
        FROM (SELECT u.code, sum(u.area_ha) AS area_ha FROM unnest(parts) AS u GROUP BY u.code) AS p
        LEFT JOIN land_change_per_ha(
            (SELECT array_agg(ROW(territory_code, u.code, to_code, 0)::land_change) FROM unnest(parts) AS u),
            start_year, nomenclature) AS h ON h.from_code = p.code
    ), coverage AS (
        SELECT coalesce(sum(p.area_ha) FILTER (WHERE p.soil IS NOT NULL AND p.biomass IS NOT NULL), 0) AS covered,
               coalesce(sum(p.area_ha) FILTER (WHERE p.soil IS NULL OR p.biomass IS NULL), 0) AS uncovered
        FROM part p
    ), flow AS MATERIALIZED (
        -- Losses outside soil are of the first year, gains take 20.
        SELECT p.code, p.area_ha, f.pool, f.pools, p.area_ha * f.initial AS initial, p.area_ha * f.total AS total,
               coalesce(f.years, CASE WHEN f.total > 0 THEN 20 ELSE 1 END) AS years
        FROM part p
        CROSS JOIN LATERAL (VALUES
            ('soil', '{soil}'::text[], coalesce(pool(p.density, 'soil'), 0), p.soil, p.soil_years),
            ('biomass', '{above,below}', coalesce(pool(p.density, 'above'), 0) + coalesce(pool(p.density, 'below'), 0), p.biomass, NULL),
            ('litter', '{litter}', coalesce(pool(p.density, 'litter'), 0), p.litter, NULL),
            ('dead_wood', '{dead_wood}', coalesce(pool(p.density, 'dead_wood'), 0), p.dead_wood, NULL)
        ) AS f (pool, pools, initial, total, years)
        WHERE p.soil IS NOT NULL AND p.biomass IS NOT NULL
    ), yearly AS MATERIALIZED (
        SELECT f.code, f.area_ha, f.pool, f.pools, f.initial, f.total, i AS place,
               least(i, f.years)::float8 / f.years AS done,
               (least(i, f.years) - least(i - 1, f.years))::float8 / f.years AS step
        FROM flow f, generate_series(1, horizon) AS i
    ), used AS MATERIALIZED (
        SELECT c.code, r.pool, s.id, coalesce(s.u95_percent, assumed_u95_percent) AS u95_percent, s.dataset_id, pool(s.stock, r.pool) AS per_ha
        FROM (SELECT p.code FROM part p UNION SELECT land_scenario.to_code) AS c
        CROSS JOIN LATERAL stock_references(nomenclature, c.code, start_year, territory_code) AS r
        JOIN stock_reference s ON s.id = r.reference_id
    ), term AS (
        SELECT y.place, y.pool, u.id, u.u95_percent, u.dataset_id,
               sum(y.step * y.area_ha * u.per_ha * CASE WHEN side.is_later THEN 1 ELSE -1 END) AS amount
        FROM yearly y
        CROSS JOIN (VALUES (true), (false)) AS side (is_later)
        JOIN used u ON u.pool = ANY (y.pools)
                   AND u.code = CASE WHEN side.is_later THEN land_scenario.to_code ELSE y.code END
        GROUP BY y.place, y.pool, u.id, u.u95_percent, u.dataset_id
    ), uncertain AS (
        -- One reference errs alike wherever it is used; different ones do not.
        SELECT t.place, t.pool, array_agg(DISTINCT t.dataset_id) FILTER (WHERE t.dataset_id IS NOT NULL) AS sources,
               CASE WHEN bool_and(t.u95_percent IS NOT NULL OR t.amount = 0)
                    THEN sum(estimate(t.amount, abs(t.amount) * coalesce(t.u95_percent, 0) / 100, 'stock_reference:' || t.id, t.dataset_id)) END AS change
        FROM term t
        GROUP BY t.place, t.pool
    ), result AS (
        SELECT y.place, y.pool, sum(y.initial + y.total * y.done) AS stock, sum(y.total * y.step) AS change,
               CASE WHEN y.pool = 'soil' THEN soil_n2o(sum(CASE WHEN y.total < 0 THEN -y.total * y.step ELSE 0 * y.total END)) END AS n2o
        FROM yearly y
        GROUP BY y.place, y.pool
    )
    SELECT start_year + slot.place - 1, slot.pool, r.stock, r.change,
           -- A published change of soil is not the difference of the references.
           u.change + estimate(r.change - value(u.change), 0), r.n2o,
           ghg('CO2', -r.change * 44000 / 12) + CASE WHEN r.n2o > 0 THEN ghg('N2O', r.n2o * 1000) ELSE '{}' END,
           coalesce(u.sources, '{}'), c.covered, c.uncovered
    FROM (SELECT i, name FROM generate_series(1, horizon) AS i,
                 unnest('{soil,biomass,litter,dead_wood}'::text[]) AS name) AS slot (place, pool)
    CROSS JOIN coverage c
    LEFT JOIN result r USING (place, pool)
    LEFT JOIN uncertain u USING (place, pool)
    ORDER BY slot.place, slot.pool;
END;
COMMENT ON FUNCTION land_scenario(land_part[], text, int, int, text, text, float8) IS
    'What becomes of the carbon of an area when all of it passes to one land class in start_year, for horizon years: by year and pool the stock at the end of the year (tC), the change within it (tC, gain positive), the same as an estimate with cause stock_reference:ID and the datasets it came from, N2O of mineralised soil (t) and the emission (ghg, kg). Soil: at once where land becomes artificial or wetland is lost, else in equal parts over its transition; loss of biomass, litter and dead wood in the first year, gain over 20 years. assumed_u95_percent: 95 % half-width in % where a stock reference gives none; without it the estimate is NULL there. It leaves out the uncertainty of N2O. Classes without reference are left out and their area is uncovered_ha; NULL when nothing is covered. Source: IPCC 2006, volume 4, chapters 2 and 5.';
