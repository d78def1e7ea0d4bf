-- Land in motion: what a change of land use does to carbon and nitrous oxide.

CREATE FUNCTION soil_n2o(mineralised_tc float8, aldo_compatible boolean DEFAULT false)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'soil_n2o';
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

CREATE FUNCTION land_change_per_ha(nomenclature text, from_code text, to_code text, year int,
        territory_code text DEFAULT NULL, assumed_u95_percent float8 DEFAULT NULL,
        OUT pool text, OUT before_tc float8, OUT change_tc float8, OUT change estimate, OUT years int,
        OUT reason text, OUT detail text)
    RETURNS SETOF record
    LANGUAGE C STABLE PARALLEL SAFE COST 20 ROWS 4
    AS 'MODULE_PATHNAME', 'land_change_per_ha';
COMMENT ON FUNCTION land_change_per_ha(text, text, text, int, text, float8) IS
    'What one hectare holds before, and gains or loses in all, tC/ha by pool (soil, biomass, litter, dead_wood, and products where a class has them), when it passes from one land class to another: soil from soil_flux, else the difference of the stock references; the other pools the difference of the references. The change comes as a number and as an estimate (cause stock_reference:ID; NULL where a reference has no interval and assumed_u95_percent is not given). years: over how many years it happens. Soil: the published period; where none is published, 1 for a loss where land becomes artificial or wetland is lost, else 20 (IPCC 2006, volume 4, equation 2.25); a gain is never at once, published as such it takes 20. Other pools: 1 for a loss, 20 for a gain. What is not known has NULL and the reason: those of stock_references, soil_depths_differ, or one_side_only: a pool that one class has and the other does not, unless its references are complete, is no loss. A pool that neither class has does not change. No row when an argument before territory_code is NULL.';

CREATE FUNCTION transition_share(year int, year_from int, year_to int, years int) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'transition_share_sql';
COMMENT ON FUNCTION transition_share(int, int, int, int) IS
    'The fraction of a change of carbon that falls in a year, where the ground changed evenly over year_from .. year_to and each year''s share takes effect in equal parts over so many years, its own the first. Over all years it adds up to 1. A change seen between maps of 2012 and 2018 is of 2013 .. 2018. Error 22023: years out of order, less than 1 year.';

CREATE FUNCTION land_change_flow(from_density carbon_stock, to_density carbon_stock, area_ha float8,
        year_from int, year_to int, last_year int, at_once boolean DEFAULT false, complete boolean DEFAULT false,
        OUT year int, OUT pool text, OUT change_t float8, OUT n2o_t float8, OUT emission ghg)
    RETURNS SETOF record
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50 ROWS 80
    AS 'MODULE_PATHNAME', 'land_change_flow_of_stocks';
COMMENT ON FUNCTION land_change_flow(carbon_stock, carbon_stock, float8, int, int, int, boolean, boolean) IS
    'The yearly flow of carbon of an area that passes from one density (tC/ha) to another evenly over year_from .. year_to, from then to last_year, by pool: change (tC within the year, gain positive), N2O of mineralised soil (t) and the emission (ghg, kg). Each year''s share runs its own time: soil 20 years, a loss of it 1 year with at_once (ground sealed, wetland lost); other pools lose in the year of the change and grow over 20. complete: a pool that a density lacks is none; else a pool that only one of them has is not known, and NULL. Errors: 22023 for soils of different depth, a negative area, years out of order; 54000 over 10000 years. Source: IPCC 2006, volume 4, chapters 2 and 5.';

CREATE FUNCTION land_change_flow(nomenclature text, from_code text, to_code text, area_ha float8,
        year_from int, year_to int, last_year int, territory_code text DEFAULT NULL,
        assumed_u95_percent float8 DEFAULT NULL,
        OUT year int, OUT pool text, OUT stock_t float8, OUT change_t float8, OUT n2o_t float8,
        OUT emission ghg, OUT change estimate, OUT sources int[], OUT reason text, OUT detail text)
    RETURNS SETOF record
    LANGUAGE C STABLE PARALLEL SAFE COST 100 ROWS 80
    AS 'MODULE_PATHNAME', 'land_change_flow_of_classes';
COMMENT ON FUNCTION land_change_flow(text, text, text, float8, int, int, int, text, float8) IS
    'The same for an area that passes from one land class to another, by their references of the year year_from: besides, the stock of the whole area at the end of the year (t), the change as an estimate, the datasets of the references, and the reason where a pool is not known; as land_change_per_ha. No row when an argument before territory_code is NULL.';

CREATE FUNCTION land_change_flux(changes land_change[], year int,
        nomenclature text DEFAULT 'ALDO', aldo_compatible boolean DEFAULT false)
    RETURNS TABLE (territory_code text, from_code text, to_code text, area_ha float8,
                   pool text, carbon_t float8, n2o_t float8, emission ghg)
    LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 100
BEGIN ATOMIC
    WITH part AS MATERIALIZED (
        SELECT row_number() OVER () AS place, c.territory_code, f.code AS from_code, t.code AS to_code,
               c.area_ha * f.share * t.share AS area_ha
        FROM unnest(changes) AS c
        -- Artificial land of CORINE is 80 % sealed, 20 % grassed with shrubs. ALDO
        -- counts it whole in both when it leaves.
        CROSS JOIN LATERAL (VALUES
            (c.from_code, 1.0::float8, lower(c.from_code COLLATE "C") IS DISTINCT FROM 'sols_artificiels'),
            ('sols_artificiels_impermeabilises', CASE WHEN aldo_compatible THEN 1 ELSE 0.8 END, lower(c.from_code COLLATE "C") = 'sols_artificiels'),
            ('sols_artificiels_arbustifs', CASE WHEN aldo_compatible THEN 1 ELSE 0.2 END, lower(c.from_code COLLATE "C") = 'sols_artificiels')
        ) AS f (code, share, applies)
        CROSS JOIN LATERAL (VALUES
            (c.to_code, 1.0::float8, lower(c.to_code COLLATE "C") IS DISTINCT FROM 'sols_artificiels'),
            ('sols_artificiels_impermeabilises', 0.8, lower(c.to_code COLLATE "C") = 'sols_artificiels'),
            ('sols_artificiels_arbustifs', 0.2, lower(c.to_code COLLATE "C") = 'sols_artificiels')
        ) AS t (code, share, applies)
        WHERE lower(c.from_code COLLATE "C") IS DISTINCT FROM lower(c.to_code COLLATE "C")
          AND f.applies AND t.applies
    ), change AS (
        SELECT p.*, h.pool, h.change_tc * p.area_ha AS carbon,
               -- What of the litter ALDO adds to the soil that is mineralised.
               CASE WHEN h.pool = 'soil' AND h.change_tc IS NOT NULL THEN
                   soil_n2o(greatest(0, -p.area_ha * (h.change_tc + CASE WHEN aldo_compatible THEN
                       coalesce(lead(h.change_tc, 2) OVER (PARTITION BY p.place ORDER BY h.place), 0) ELSE 0 END)),
                       aldo_compatible) END AS n2o
        FROM part p
        CROSS JOIN LATERAL land_change_per_ha(nomenclature, p.from_code, p.to_code,
            land_change_flux.year, p.territory_code) WITH ORDINALITY
            AS h (pool, before_tc, change_tc, change, years, reason, detail, place)
    )
    SELECT c.territory_code, c.from_code, c.to_code, c.area_ha, c.pool, c.carbon, c.n2o,
           ghg('CO2', -c.carbon * 44000 / 12)
           + CASE WHEN c.n2o > 0 THEN ghg('N2O', c.n2o * 1000) ELSE '{}' END
    FROM change c
    WHERE c.carbon IS DISTINCT FROM 0
      -- ALDO counts the wood of a new forest with the growth of all forests.
      AND NOT (aldo_compatible AND starts_with(lower(c.to_code COLLATE "C"), 'foret') AND c.pool IN ('biomass', 'dead_wood'));
END;
COMMENT ON FUNCTION land_change_flux(land_change[], int, text, boolean) IS
    'Yearly carbon and N2O of land that changes class at a steady pace, by territory, pair of classes and pool: carbon_t (tC/year, gain positive), n2o_t (t N2O/year), emission (ghg, kg/year, gain of carbon negative). Each year''s change counts with all it will gain or lose. The ALDO class sols_artificiels is taken as 80 % sealed and 20 % grassed with shrubs. What has no reference is a row with NULL. aldo_compatible reproduces ALDO: N2O with 44/25 and on soil plus litter, artificial land that leaves counted twice, no wood in new forests; ALDO prints the opposite sign (sink positive). Source: IPCC 2006, volume 4; ALDO (ADEME).';

CREATE TABLE land_practice (
    code       text PRIMARY KEY CHECK (code <> ''),
    name       text NOT NULL,
    land       text NOT NULL,
    soil       float8 NOT NULL,
    biomass    float8 NOT NULL,
    years      int NOT NULL DEFAULT 20 CHECK (years BETWEEN 1 AND 1000),
    reversal_years int DEFAULT 20 CHECK (reversal_years BETWEEN 1 AND 1000),
    m_per_ha   float8 CHECK (m_per_ha > 0 AND m_per_ha < 'Infinity'),
    source     text NOT NULL CHECK (source <> ''),
    shipped    boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE land_practice IS
    'Carbon that a farming practice adds, tC/ha/year in soil and in biomass, in the years after it begins, and what becomes of it when the practice ends.';
COMMENT ON COLUMN land_practice.code IS 'What practice_gain calls it.';
COMMENT ON COLUMN land_practice.name IS 'Name for readers.';
COMMENT ON COLUMN land_practice.land IS 'ALDO class of the land it is used on.';
COMMENT ON COLUMN land_practice.soil IS 'Gain of soil carbon, tC/ha/year.';
COMMENT ON COLUMN land_practice.biomass IS 'Gain of carbon in biomass, tC/ha/year.';
COMMENT ON COLUMN land_practice.years IS 'For how many years it adds; then soil and biomass are in balance.';
COMMENT ON COLUMN land_practice.reversal_years IS 'Over how many years soil gives back what it gained once the practice ends, biomass going at once; NULL: both stay.';
COMMENT ON COLUMN land_practice.m_per_ha IS 'Metres of hedge on a hectare that the gain is of; NULL: it is no hedge.';
COMMENT ON COLUMN land_practice.source IS 'Where the figures were published.';
COMMENT ON COLUMN land_practice.shipped IS 'Came with the extension.';
-- Twenty years to the balance: ALDO's documentation, and the default of the IPCC (2006,
-- volume 4, equation 2.25), which gives soil back over as many.
INSERT INTO land_practice (code, name, land, soil, biomass, m_per_ha, source, shipped)
    SELECT code, name, land, soil, biomass, substring(name FROM '([0-9]+) m/ha')::float8, 'ALDO (ADEME), agricultural practices, tC/ha/year', true
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
            MESSAGE = format('unknown practice %L or invalid area %s ha', left(practice, 100), area_ha),
            HINT = 'Practices are rows of land_practice; areas are finite and not negative.';
    END IF;
    RETURN QUERY SELECT gain.pool, gain.carbon, ghg('CO2', -gain.carbon * 44000 / 12)
        FROM (VALUES ('soil', known.soil * area_ha), ('biomass', known.biomass * area_ha)) AS gain (pool, carbon);
END;
$$;
COMMENT ON FUNCTION practice_gain(text, float8) IS
    'Carbon (tC/year) that a farming practice adds on an area, by pool, and its emission (ghg, kg/year, negative), in the years while it adds; practice_flow knows when it ends. Error 22023: an unknown practice, a negative area. Source: ALDO (ADEME).';

CREATE FUNCTION practice_flow(practice text, area_ha float8, kept_years int, horizon int)
    RETURNS TABLE (year int, soil_t float8, biomass_t float8, change_t float8, emission ghg)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 200 ROWS 30
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
BEGIN
    IF kept_years < 0 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'a practice is kept for no negative number of years',
            DETAIL = format('It is kept for %s.', kept_years);
    END IF;
    PERFORM practice_gain(practice, area_ha);        -- which refuses what is unknown
    RETURN QUERY
    WITH known AS (
        SELECT p.*, p.soil * area_ha AS soil_gain, p.biomass * area_ha AS biomass_gain, least(kept_years, p.years)::float8 AS gaining
        FROM land_practice p
        WHERE p.code = practice
    ), held AS (
        SELECT y.y, k.soil_gain * CASE WHEN y.y <= kept_years THEN least(y.y, k.years)
                    WHEN k.reversal_years IS NULL THEN k.gaining
                    ELSE k.gaining * greatest(1 - (y.y - kept_years) / k.reversal_years::float8, 0) END AS soil,
               k.biomass_gain * CASE WHEN y.y <= kept_years THEN least(y.y, k.years)
                    WHEN k.reversal_years IS NULL THEN k.gaining ELSE 0 END AS biomass
        FROM known k
        CROSS JOIN generate_series(0, terrcarbon_internal.checked_horizon(horizon)) AS y
    ), changed AS (
        SELECT h.*, h.soil + h.biomass - lag(h.soil + h.biomass) OVER (ORDER BY h.y) AS change FROM held h
    )
    SELECT c.y, c.soil, c.biomass, c.change, ghg('CO2', -c.change * 44000 / 12) FROM changed c WHERE c.y > 0 ORDER BY c.y;
END;
$$;
COMMENT ON FUNCTION practice_flow(text, float8, int, int) IS
    'A farming practice year by year to the horizon: what soil and biomass hold more at the end of the year (tC), the change within it (tC, gain positive) and the emission (ghg, kg). It adds land_practice.soil and .biomass for land_practice.years; kept_years after it began it ends, biomass is cut at once and soil gives back what it gained in equal parts over reversal_years. Error 22023: an unknown practice, a negative area or time, a horizon outside 1 .. 10000. Source: ALDO (ADEME); IPCC 2006, volume 4, equation 2.25.';

CREATE FUNCTION hedge_flow(length_m float8, kept_years int, horizon int, practice text DEFAULT 'grassland_hedges')
    RETURNS TABLE (year int, soil_t float8, biomass_t float8, change_t float8, emission ghg)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 200 ROWS 30
BEGIN ATOMIC
    SELECT f.* FROM land_practice p CROSS JOIN LATERAL practice_flow(p.code, length_m / p.m_per_ha, kept_years, horizon) AS f
    WHERE p.code = practice;
END;
COMMENT ON FUNCTION hedge_flow(float8, int, int, text) IS
    'The same for a length of hedge that is planted, m, by a practice that says on how many metres a hectare its gain is (land_practice.m_per_ha); no row for another. What hedges that are there hold is line_stock(''ALDO'', ''haies'', km, year, ''FR-49''). Errors as those of practice_flow.';

CREATE FUNCTION terrcarbon_internal.checked_horizon(horizon int) RETURNS int
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'checked_horizon';
COMMENT ON FUNCTION terrcarbon_internal.checked_horizon(int) IS
    'A number of years to look ahead, or error 22023 when it is not within 1 .. 10000.';

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
        SELECT p.code, p.area_ha, known.covered
        FROM (SELECT u.code, sum(u.area_ha) AS area_ha FROM unnest(parts) AS u GROUP BY u.code) AS p
        CROSS JOIN LATERAL (
            SELECT bool_and(h.change_tc IS NOT NULL) FILTER (WHERE h.pool IN ('soil', 'biomass')) AS covered
            FROM land_change_per_ha(nomenclature, p.code, to_code, start_year, territory_code) AS h
        ) AS known
    ), coverage AS (
        SELECT coalesce(sum(p.area_ha) FILTER (WHERE p.covered), 0) AS covered,
               coalesce(sum(p.area_ha) FILTER (WHERE p.covered IS NOT TRUE), 0) AS uncovered
        FROM part p
    ), flow AS MATERIALIZED (
        SELECT f.*
        FROM part p
        CROSS JOIN LATERAL land_change_flow(nomenclature, p.code, to_code, p.area_ha, start_year, start_year,
            start_year + terrcarbon_internal.checked_horizon(horizon) - 1, territory_code, assumed_u95_percent) AS f
        WHERE p.covered
    ), source AS (
        SELECT f.year, f.pool, array_agg(DISTINCT s.id) AS ids
        FROM flow f CROSS JOIN LATERAL unnest(f.sources) AS s (id)
        GROUP BY f.year, f.pool
    ), result AS (
        SELECT f.year, f.pool, sum(f.stock_t) AS stock, sum(f.change_t) AS change_t,
               CASE WHEN bool_and(f.change IS NOT NULL OR f.change_t = 0) THEN sum(f.change) END AS change,
               sum(f.n2o_t) AS n2o, sum(f.emission) AS emission
        FROM flow f
        GROUP BY f.year, f.pool
    )
    SELECT slot.year, slot.pool, r.stock, r.change_t, r.change, r.n2o, r.emission,
           coalesce(s.ids, '{}'), c.covered, c.uncovered
    FROM (SELECT start_year + i, name
          FROM generate_series(0, terrcarbon_internal.checked_horizon(horizon) - 1) AS i,
               unnest('{soil,biomass,litter,dead_wood}'::text[]) AS name) AS slot (year, pool)
    CROSS JOIN coverage c
    LEFT JOIN result r USING (year, pool)
    LEFT JOIN source s USING (year, pool)
    ORDER BY slot.year, slot.pool;
END;
COMMENT ON FUNCTION land_scenario(land_part[], text, int, int, text, text, float8) IS
    'What becomes of the carbon of an area when all of it passes to one land class in start_year, for horizon years: by year and pool the stock at the end of the year (tC), the change within it (tC, gain positive), the same as an estimate with cause stock_reference:ID and the datasets it came from, N2O of mineralised soil (t) and the emission (ghg, kg). Soil: at once where land becomes artificial or wetland is lost, else in equal parts over its transition; loss of biomass, litter and dead wood in the first year, gain over 20 years. assumed_u95_percent: 95 % half-width in % where a stock reference gives none; without it the estimate is NULL there. It leaves out the uncertainty of N2O. Classes without reference are left out and their area is uncovered_ha; NULL when nothing is covered. Error 22023 for a horizon outside 1 .. 10000. Source: IPCC 2006, volume 4, chapters 2 and 5.';
