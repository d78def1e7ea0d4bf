-- Wetlands: what they hold and take up, what their loss would release, what
-- restoring them would gain, and which are at stake under a project.

CREATE TABLE wetland_kind (
    code    text PRIMARY KEY CHECK (code <> ''),
    name    text NOT NULL,
    name_fr text,
    shipped boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE wetland_kind IS 'Kinds of wetland; what is known of each is in wetland_figure.';
COMMENT ON COLUMN wetland_kind.code IS 'What wetland_potential calls it.';
COMMENT ON COLUMN wetland_kind.name IS 'Name for readers.';
COMMENT ON COLUMN wetland_kind.name_fr IS 'Name for readers of French; NULL: name.';
COMMENT ON COLUMN wetland_kind.shipped IS 'Came with the extension.';

CREATE TABLE wetland_class (
    nomenclature text NOT NULL CHECK (nomenclature <> ''),
    code         text NOT NULL CHECK (code <> ''),
    kind         text NOT NULL REFERENCES wetland_kind ON UPDATE CASCADE ON DELETE CASCADE,
    shipped      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (nomenclature, code)
);
COMMENT ON TABLE wetland_class IS 'Which classes of a land-cover nomenclature are wetlands, and of which kind.';
COMMENT ON COLUMN wetland_class.nomenclature IS 'CLC, or your own.';
COMMENT ON COLUMN wetland_class.code IS 'Class.';
COMMENT ON COLUMN wetland_class.kind IS 'Kind of wetland.';
COMMENT ON COLUMN wetland_class.shipped IS 'Came with the extension.';

CREATE TABLE wetland_figure (
    kind     text NOT NULL REFERENCES wetland_kind ON UPDATE CASCADE ON DELETE CASCADE,
    figure   text NOT NULL CONSTRAINT wetland_figure_known
             CHECK (figure IN ('soil', 'biomass', 'accumulation', 'ch4_fresh', 'ch4_saline') OR figure ~ '^drained(_n2o)?($|\.)'),
    value    float8 NOT NULL CHECK (value > '-Infinity' AND value < 'Infinity'),
    low      float8,
    high     float8,
    amount   estimate GENERATED ALWAYS AS
             (estimate_interval(value, low, high, 'wetland:' || kind || ':' || figure)) STORED,
    source   text NOT NULL CHECK (source <> ''),
    shipped  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (kind, figure, shipped),
    CONSTRAINT wetland_figure_interval CHECK ((low IS NULL) = (high IS NULL) AND low <= value AND value <= high),
    CONSTRAINT wetland_figure_sign CHECK (value >= 0 OR figure = 'accumulation')
);
COMMENT ON TABLE wetland_figure IS
    'What is known of a kind of wetland, a row a figure; a row of your own goes before a shipped one. No row: not known.';
COMMENT ON COLUMN wetland_figure.kind IS 'The kind of wetland.';
COMMENT ON COLUMN wetland_figure.figure IS
    'soil, biomass: tC/ha; accumulation: yearly gain of soil carbon of an intact or restored wetland, tC/ha; ch4_fresh, ch4_saline: methane below 18 ppt of salinity and from 18 ppt on, kg CH4/ha/year; drained, drained.USE: yearly loss of soil carbon once drained (for a use), tC/ha; drained_n2o, drained_n2o.USE: nitrous oxide then, kg N2O/ha/year.';
COMMENT ON COLUMN wetland_figure.value IS 'The mean.';
COMMENT ON COLUMN wetland_figure.low IS 'Lower end of its 95 % interval; NULL: not known.';
COMMENT ON COLUMN wetland_figure.high IS 'Upper end.';
COMMENT ON COLUMN wetland_figure.amount IS 'The same as an estimate, cause wetland:KIND:FIGURE; NULL without an interval.';
COMMENT ON COLUMN wetland_figure.source IS 'Where it was published.';
COMMENT ON COLUMN wetland_figure.shipped IS 'Came with the extension.';
SELECT pg_catalog.pg_extension_config_dump('wetland_kind', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('wetland_class', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('wetland_figure', 'WHERE NOT shipped');
GRANT SELECT ON wetland_kind, wetland_class, wetland_figure TO PUBLIC;

CREATE FUNCTION terrcarbon_internal.wetland_figures(kind text, drained_state text, salinity_ppt float8, assumed_u95_percent float8)
    RETURNS TABLE (soil estimate, biomass estimate, gain estimate, loss estimate, n2o estimate, ch4 estimate)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 COST 100
BEGIN ATOMIC
    SELECT (array_agg(f.amount ORDER BY f.shipped) FILTER (WHERE f.figure = 'soil'))[1],
           (array_agg(f.amount ORDER BY f.shipped) FILTER (WHERE f.figure = 'biomass'))[1],
           (array_agg(f.amount ORDER BY f.shipped) FILTER (WHERE f.figure = 'accumulation'))[1],
           (array_agg(f.amount ORDER BY f.shipped) FILTER (WHERE f.figure = drained_state))[1],
           (array_agg(f.amount ORDER BY f.shipped) FILTER (WHERE f.figure = replace(drained_state, 'drained', 'drained_n2o')))[1],
           CASE WHEN salinity_ppt >= 18 THEN (array_agg(f.amount ORDER BY f.shipped) FILTER (WHERE f.figure = 'ch4_saline'))[1]
                WHEN salinity_ppt IS NOT NULL OR count(*) FILTER (WHERE f.figure = 'ch4_saline') = 0
                THEN (array_agg(f.amount ORDER BY f.shipped) FILTER (WHERE f.figure = 'ch4_fresh'))[1] END
    FROM (SELECT w.figure, w.shipped,
                 coalesce(w.amount, estimate(w.value, abs(w.value) * assumed_u95_percent / 100, 'wetland:' || w.kind || ':' || w.figure)) AS amount
          FROM wetland_figure w
          WHERE w.kind = wetland_figures.kind) AS f;
END;
COMMENT ON FUNCTION terrcarbon_internal.wetland_figures(text, text, float8, float8) IS
    'The figures of a kind of wetland, per hectare; NULL where one, or its interval and an assumed one, is not known, and methane where it depends on a salinity that is not known.';

CREATE FUNCTION terrcarbon_internal.check_wetland(kind text, state text, area_ha float8, salinity_ppt float8, horizon int)
    RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 50
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM wetland_kind k WHERE k.code = check_wetland.kind) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown kind of wetland %L', left(kind, 100)),
            HINT = 'Kinds are rows of wetland_kind.';
    END IF;
    IF state !~ '^(intact|restored|embanked|degraded|lost|drained(\..+)?)$' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown state of a wetland %L', left(state, 100)),
            HINT = 'It is one of intact, restored, embanked, degraded, drained, drained.USE, lost.';
    END IF;
    IF NOT (area_ha >= 0 AND area_ha < 'Infinity') OR NOT (salinity_ppt >= 0 AND salinity_ppt < 'Infinity') OR horizon NOT BETWEEN 1 AND 10000 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'area, salinity or horizon of a wetland is out of range',
            DETAIL = format('They are %s ha, %s ppt and %s years.', area_ha, salinity_ppt, horizon),
            HINT = 'Areas and salinities are finite and not negative; a horizon is within 1 .. 10000.';
    END IF;
    RETURN true;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_wetland(text, text, float8, float8, int) IS
    'True, or error 22023.';

CREATE FUNCTION wetland_flow(kind text, state text, area_ha float8, salinity_ppt float8, horizon int,
        soil_tc_ha estimate DEFAULT NULL, assumed_u95_percent float8 DEFAULT NULL, gwp text DEFAULT NULL)
    RETURNS TABLE (year int, soil_t estimate, soil_change_t estimate, ch4_kg estimate, n2o_kg estimate, emission_t estimate)
    LANGUAGE sql STABLE PARALLEL SAFE COST 5000 ROWS 30
BEGIN ATOMIC
    WITH known AS MATERIALIZED (
        SELECT area_ha * coalesce(soil_tc_ha, f.soil) AS soil,
               area_ha * CASE WHEN state IN ('intact', 'restored') THEN f.gain ELSE estimate(0, 0) END AS gain,
               area_ha * f.loss AS loss,
               area_ha * CASE WHEN starts_with(state, 'drained') OR state = 'lost' THEN estimate(0, 0) ELSE f.ch4 END AS ch4,
               area_ha * CASE WHEN starts_with(state, 'drained') THEN f.n2o END AS n2o,
               co2e(ghg('CH4_biogenic', 1), coalesce(gwp, current_setting('terrcarbon.gwp'))) AS ch4_potential, co2e(ghg('N2O', 1), coalesce(gwp, current_setting('terrcarbon.gwp'))) AS n2o_potential
        FROM terrcarbon_internal.wetland_figures(kind, state, salinity_ppt, assumed_u95_percent) AS f
        WHERE terrcarbon_internal.check_wetland(kind, state, area_ha, salinity_ppt, horizon)
    ), step AS (
        SELECT y.year, k.soil, k.ch4, k.ch4_potential, k.n2o_potential,
               -- A drained soil loses no more than is left of it.
               CASE WHEN state = 'lost' THEN CASE WHEN y.year = 1 THEN -k.soil ELSE estimate(0, 0) END
                    WHEN NOT starts_with(state, 'drained') THEN k.gain
                    WHEN k.loss IS NULL OR k.soil IS NULL THEN NULL
                    WHEN y.year * value(k.loss) <= value(k.soil) THEN -k.loss
                    WHEN (y.year - 1) * value(k.loss) < value(k.soil) THEN (y.year - 1)::float8 * k.loss - k.soil
                    ELSE estimate(0, 0) END AS change,
               CASE WHEN state = 'lost' THEN estimate(0, 0)
                    WHEN NOT starts_with(state, 'drained') THEN y.year::float8 * k.gain + k.soil
                    WHEN k.loss IS NULL OR k.soil IS NULL THEN NULL
                    WHEN y.year * value(k.loss) < value(k.soil) THEN k.soil - y.year::float8 * k.loss
                    ELSE estimate(0, 0) END AS soil_after,
               -- Nitrogen goes with the carbon that is left.
               CASE WHEN k.loss IS NULL OR k.soil IS NULL THEN NULL
                    WHEN value(k.loss) = 0 THEN k.n2o
                    ELSE greatest(0, least(1, value(k.soil) / value(k.loss) - (y.year - 1))) * k.n2o END AS n2o
        FROM known k
        CROSS JOIN LATERAL generate_series(1, horizon) AS y (year)
    )
    SELECT s.year, s.soil_after, s.change, s.ch4, s.n2o,
           (-44.0::float8 / 12) * s.change + (s.ch4_potential / 1000) * s.ch4
           + (s.n2o_potential / 1000) * coalesce(s.n2o, estimate(0, 0))
    FROM step s
    ORDER BY s.year;
END;
COMMENT ON FUNCTION wetland_flow(text, text, float8, float8, int, estimate, float8, text) IS
    'A wetland that passes into a state at the beginning of year 1, year by year to the horizon: carbon of its soil at the end of the year and its change (tC), methane and nitrous oxide (kg), net emission (t CO2e, uptake negative). States: intact and restored gain the accumulation and give off methane by salinity; embanked and degraded gain nothing and give off methane; drained and drained.USE lose soil carbon each year until none is left, without methane, with nitrous oxide where the method has it; lost (built, dug out) loses the soil at once. A kind without ch4_saline needs no salinity. soil_tc_ha: a local reference, as from soil_core_stock. NULL where a figure is not known, or its interval is neither known nor assumed. Error 22023.';

CREATE FUNCTION wetland_potential(kind text, area_ha float8, state text DEFAULT 'intact', salinity_ppt float8 DEFAULT NULL,
        horizon int DEFAULT 30, soil_tc_ha estimate DEFAULT NULL, assumed_u95_percent float8 DEFAULT NULL, gwp text DEFAULT NULL,
        drained_state text DEFAULT 'drained')
    RETURNS TABLE (soil_t estimate, biomass_t estimate, soil_change_t estimate, ch4_kg estimate, emission_t estimate,
                   if_lost_t estimate, if_drained_t estimate, if_restored_t estimate, left_out text[])
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 COST 1000
BEGIN ATOMIC
    WITH known AS MATERIALIZED (
        SELECT area_ha * coalesce(soil_tc_ha, f.soil) AS soil, area_ha * f.biomass AS biomass, area_ha * f.gain AS gain,
               area_ha * f.loss AS loss, area_ha * f.n2o AS n2o, area_ha * f.ch4 AS ch4,
               co2e(ghg('CH4_biogenic', 1), coalesce(gwp, current_setting('terrcarbon.gwp'))) / 1000 AS ch4_potential, co2e(ghg('N2O', 1), coalesce(gwp, current_setting('terrcarbon.gwp'))) / 1000 AS n2o_potential
        FROM terrcarbon_internal.wetland_figures(kind, CASE WHEN starts_with(wetland_potential.state, 'drained')
                THEN wetland_potential.state ELSE drained_state END, salinity_ppt, assumed_u95_percent) AS f
        WHERE terrcarbon_internal.check_wetland(kind, wetland_potential.state, area_ha, coalesce(salinity_ppt, 0), horizon)
    ), span AS MATERIALIZED (
        -- Years in which a drained soil loses carbon, and what it loses in all.
        SELECT k.*, CASE WHEN value(k.loss) > 0 THEN least(horizon, value(k.soil) / value(k.loss)) ELSE horizon END AS years,
               CASE WHEN horizon * value(k.loss) <= value(k.soil) THEN horizon::float8 * k.loss
                    WHEN k.loss IS NOT NULL THEN k.soil END AS all_lost
        FROM known k
    ), path AS MATERIALIZED (
        SELECT s.*,
               horizon::float8 * ((-44.0::float8 / 12) * s.gain + s.ch4_potential * s.ch4) AS wet,
               horizon::float8 * (s.ch4_potential * s.ch4) AS still,
               (44.0::float8 / 12) * s.all_lost + coalesce((s.years * s.n2o_potential) * s.n2o, estimate(0, 0)) AS drained,
               (44.0::float8 / 12) * (s.soil + coalesce(s.biomass, estimate(0, 0))) AS lost
        FROM span s
    ), now AS (
        SELECT p.*, CASE WHEN state IN ('intact', 'restored') THEN p.wet WHEN state IN ('embanked', 'degraded') THEN p.still
                         WHEN state = 'lost' THEN estimate(0, 0) ELSE p.drained END AS as_it_is
        FROM path p
    )
    SELECT CASE WHEN state = 'lost' THEN estimate(0, 0) ELSE n.soil END,
           CASE WHEN state = 'lost' THEN estimate(0, 0) ELSE n.biomass END,
           CASE WHEN state IN ('intact', 'restored') THEN n.gain
                WHEN starts_with(state, 'drained') THEN CASE WHEN value(n.loss) <= value(n.soil) THEN -n.loss WHEN n.loss IS NOT NULL THEN -n.soil END
                ELSE estimate(0, 0) END,
           CASE WHEN starts_with(state, 'drained') OR state = 'lost' THEN estimate(0, 0) ELSE n.ch4 END,
           -- Nobody divides by 0 before the horizon is checked, nor does the planner.
           (1.0::float8 / nullif(horizon, 0)) * n.as_it_is,
           CASE WHEN state <> 'lost' THEN n.lost - n.as_it_is END,
           CASE WHEN state <> 'lost' AND NOT starts_with(state, 'drained') THEN n.drained - n.as_it_is END,
           CASE WHEN state NOT IN ('intact', 'restored') THEN n.wet - n.as_it_is END,
           array_remove(ARRAY[CASE WHEN n.biomass IS NULL THEN 'biomass' END, CASE WHEN n.n2o IS NULL THEN 'drained_n2o' END], NULL)
    FROM now n;
END;
COMMENT ON FUNCTION wetland_potential(text, float8, text, float8, int, estimate, float8, text, text) IS
    'What a wetland of a kind and an area is worth in its state: carbon of its soil and biomass (tC); yearly change of soil carbon (tC, gain positive), methane (kg) and net emission (t CO2e a year, mean of the horizon); and the emission over the horizon, t CO2e, against leaving it as it is, if it were lost (soil and known biomass at once), drained (drained_state: drained or drained.USE) or restored (negative: a gain). A drained soil loses no more than it holds. States, figures and soil_tc_ha as in wetland_flow, which gives the years; salinity_ppt is needed where methane depends on it. Each is an estimate: values of the same figure err alike, sum() knows. NULL where a figure is not known. left_out names what no figure is known of, and which is in no sum. Error 22023. Source: IPCC 2013 Wetlands Supplement, chapters 2 to 5.';

CREATE FUNCTION wetland_potential(kind text, geom geometry, state text DEFAULT 'intact', salinity_ppt float8 DEFAULT NULL,
        horizon int DEFAULT 30, soil_tc_ha estimate DEFAULT NULL, assumed_u95_percent float8 DEFAULT NULL, gwp text DEFAULT NULL,
        drained_state text DEFAULT 'drained')
    RETURNS TABLE (soil_t estimate, biomass_t estimate, soil_change_t estimate, ch4_kg estimate, emission_t estimate,
                   if_lost_t estimate, if_drained_t estimate, if_restored_t estimate, left_out text[])
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 COST 1200
BEGIN ATOMIC
    SELECT p.* FROM wetland_potential(kind, true_area(geom) / 10000, state, salinity_ppt, horizon, soil_tc_ha,
        assumed_u95_percent, gwp, drained_state) AS p;
END;
COMMENT ON FUNCTION wetland_potential(text, geometry, text, float8, int, estimate, float8, text, text) IS
    'The same for a polygon, measured on the ground by true_area.';

CREATE FUNCTION wetlands_at_stake(layer regclass, zone geometry, horizon int DEFAULT 30, assumed_u95_percent float8 DEFAULT NULL,
        gwp text DEFAULT NULL)
    RETURNS TABLE (rank bigint, id text, kind text, state text, area_ha float8, share float8, soil_t estimate, if_lost_t estimate)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 ROWS 20
AS $$
DECLARE
    -- Where a wetland has a soil of its own, but no interval of it, nothing is known.
    cored CONSTANT boolean := terrcarbon_internal.columns_of(layer) @> '{soil_tc_ha,soil_u95_percent}';
BEGIN
    -- Runs with the rights of the caller.
    RETURN QUERY EXECUTE pg_catalog.format($query$
        SELECT pg_catalog.rank() OVER (ORDER BY terrcarbon.value(p.if_lost_t) DESC NULLS FIRST), w.id::text, w.kind::text, w.state::text,
               s.ha, s.m2 / terrcarbon.true_area(w.geom), p.soil_t, p.if_lost_t
        FROM %1$s w
        CROSS JOIN LATERAL (SELECT terrcarbon.shared_area(w.geom, $1) AS m2, terrcarbon.shared_area(w.geom, $1) / 10000 AS ha) AS s
        CROSS JOIN LATERAL terrcarbon.wetland_potential(w.kind::text, %3$s, w.state::text, w.salinity_ppt::float8, $2, %4$s, $3, $4) AS p
        WHERE w.geom OPERATOR(%2$s.&&) $1 AND s.m2 > 0
        ORDER BY 1, 2
        $query$, layer, (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
                         WHERE e.extname = 'postgis'),
        CASE WHEN cored THEN 'CASE WHEN w.soil_tc_ha IS NULL OR w.soil_u95_percent IS NOT NULL OR $3 IS NOT NULL THEN s.ha END' ELSE 's.ha' END,
        CASE WHEN cored THEN 'terrcarbon.estimate(w.soil_tc_ha, w.soil_tc_ha * coalesce(w.soil_u95_percent, $3) / 100, ''wetland_soil/'' || w.id)'
             ELSE 'NULL' END)
    USING zone, horizon, assumed_u95_percent, gwp;
END;
$$;
COMMENT ON FUNCTION wetlands_at_stake(regclass, geometry, int, float8, text) IS
    'The wetlands of a layer that a development zone takes, the costliest first: area within the zone (ha) and as a share of the wetland, soil carbon there (tC), and what its loss releases over the horizon against leaving it as it is (t CO2e). Those of which it is not known come first. layer: a table or view with id, kind, state, salinity_ppt and geom, in the SRID of the zone, such as wetland_site of an account; where it has soil_tc_ha and soil_u95_percent, that is the carbon of a wetland''s own soil. Read with the caller''s rights. Errors as those of wetland_potential and shared_area.';

CREATE FUNCTION terrcarbon_internal.checked_steps(distance_m float8, step_m float8) RETURNS int
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT (step_m > 0 AND distance_m >= step_m AND distance_m < 'Infinity') OR distance_m / step_m > 50 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'distance and step of alternatives do not fit',
            DETAIL = format('They are %s m and %s m.', distance_m, step_m),
            HINT = 'The distance is one to 50 steps.';
    END IF;
    RETURN floor(distance_m / step_m);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.checked_steps(float8, float8) IS
    'How many steps a distance is, or error 22023 when it is not 1 to 50.';

CREATE FUNCTION wetland_alternatives(layer regclass, zone geometry, distance_m float8, step_m float8, horizon int DEFAULT 30,
        assumed_u95_percent float8 DEFAULT NULL, gwp text DEFAULT NULL)
    RETURNS TABLE (east_m float8, north_m float8, wetland_ha float8, if_lost_t float8, saved_t float8, geom geometry)
    LANGUAGE sql STABLE PARALLEL RESTRICTED COST 1000000 ROWS 50
BEGIN ATOMIC
    WITH moved AS MATERIALIZED (
        SELECT i * step_m AS east, j * step_m AS north,
               CASE WHEN p.proj4text ~ '\+proj=longlat'
                    THEN ST_Translate(zone, i * step_m / (111320 * cos(radians(ST_Y(ST_Centroid(zone))))), j * step_m / 111320)
                    ELSE ST_Translate(zone, i * step_m, j * step_m) END AS geom
        FROM (SELECT terrcarbon_internal.checked_steps(distance_m, step_m) AS steps) AS n
        CROSS JOIN LATERAL generate_series(-n.steps, n.steps) AS i
        CROSS JOIN LATERAL generate_series(-n.steps, n.steps) AS j
        LEFT JOIN spatial_ref_sys p ON p.srid = ST_SRID(zone)
        WHERE i * i + j * j <= n.steps * n.steps
    ), cost AS MATERIALIZED (
        SELECT m.east, m.north, m.geom, c.ha, c.lost
        FROM moved m
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(s.area_ha), 0) AS ha,
                   CASE WHEN count(*) = count(s.if_lost_t) THEN coalesce(sum(value(s.if_lost_t)), 0) END AS lost
            FROM wetlands_at_stake(layer, m.geom, horizon, assumed_u95_percent, gwp) AS s) AS c
    )
    SELECT c.east, c.north, c.ha, c.lost, here.lost - c.lost, c.geom
    FROM cost c
    JOIN cost here ON here.east = 0 AND here.north = 0
    WHERE c.lost < here.lost
    ORDER BY c.lost, c.east * c.east + c.north * c.north, c.east, c.north;
END;
COMMENT ON FUNCTION wetland_alternatives(regclass, geometry, float8, float8, int, float8, text) IS
    'Where else a development zone would cost less wetland carbon: the zone moved by steps to the east and north, up to a distance, where what wetlands_at_stake loses is known and less; the cheapest first, then the nearest. if_lost_t and saved_t in t CO2e over the horizon. Metres of the SRID, or on the ground in degrees. No row where the loss at the zone itself is not known. Error 22023.';
