-- Coastal ("blue") carbon: habitats, their history year by year, methane, value.

CREATE FUNCTION terrcarbon_internal.coastal_pools() RETURNS text[]
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'coastal_pool_list';
COMMENT ON FUNCTION terrcarbon_internal.coastal_pools() IS
    'The pools of the coastal model, in the order of its arrays.';

CREATE TABLE coastal_habitat (
    code       text PRIMARY KEY CHECK (code <> ''),
    name       text NOT NULL,
    ch4_fresh  float8 CHECK (ch4_fresh >= 0 AND ch4_fresh < 'Infinity'),
    ch4_saline float8 CHECK (ch4_saline >= 0 AND ch4_saline < 'Infinity'),
    source     text NOT NULL CHECK (source <> ''),
    shipped    boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE coastal_habitat IS
    'Habitats of the coastal model; what it knows of their pools is in coastal_habitat_pool. Rows that came with the extension hold only figures of the 2013 Wetlands Supplement that two sources agree on; enter your own habitats with your own figures.';
COMMENT ON COLUMN coastal_habitat.code IS 'What a history calls it.';
COMMENT ON COLUMN coastal_habitat.name IS 'Name for readers.';
COMMENT ON COLUMN coastal_habitat.ch4_fresh IS 'Methane where salinity is below 18 ppt, kg CH4/ha/year; NULL: no method.';
COMMENT ON COLUMN coastal_habitat.ch4_saline IS 'Methane where salinity is 18 ppt or more, kg CH4/ha/year; NULL: no method.';
COMMENT ON COLUMN coastal_habitat.source IS 'Where the figures were published.';
COMMENT ON COLUMN coastal_habitat.shipped IS 'Came with the extension.';

CREATE TABLE coastal_habitat_pool (
    habitat          text NOT NULL REFERENCES coastal_habitat ON UPDATE CASCADE ON DELETE CASCADE,
    pool             text NOT NULL CONSTRAINT coastal_habitat_pool_known CHECK (pool = ANY (terrcarbon_internal.coastal_pools())),
    initial          float8 CHECK (initial >= 0 AND initial < 'Infinity'),
    accumulation     float8 CHECK (accumulation >= 0 AND accumulation < 'Infinity'),
    ceiling          float8 CHECK (ceiling >= 0 AND ceiling < 'Infinity'),
    half_life        float8 CHECK (half_life >= 0 AND half_life < 'Infinity'),
    disturbed_low    float8 CHECK (disturbed_low BETWEEN 0 AND 1),
    disturbed_medium float8 CHECK (disturbed_medium BETWEEN 0 AND 1),
    disturbed_high   float8 CHECK (disturbed_high BETWEEN 0 AND 1),
    shipped          boolean NOT NULL DEFAULT false,
    PRIMARY KEY (habitat, pool)
);
COMMENT ON TABLE coastal_habitat_pool IS
    'What the coastal model knows of a pool of a habitat. NULL, or no row, is not known, and what depends on it comes out NULL; a NULL ceiling is none.';
COMMENT ON COLUMN coastal_habitat_pool.habitat IS 'The habitat.';
COMMENT ON COLUMN coastal_habitat_pool.pool IS 'soil; biomass: living, roots included; litter: with standing dead wood.';
COMMENT ON COLUMN coastal_habitat_pool.initial IS 'Stock where the history begins with this habitat, tC/ha.';
COMMENT ON COLUMN coastal_habitat_pool.accumulation IS 'Yearly gain, tC/ha.';
COMMENT ON COLUMN coastal_habitat_pool.ceiling IS 'Stock at which gain ends, tC/ha; NULL: it does not end.';
COMMENT ON COLUMN coastal_habitat_pool.half_life IS 'Half-life of what a disturbance sets free, years; 0 is at once.';
COMMENT ON COLUMN coastal_habitat_pool.disturbed_low IS 'Fraction of the stock that a low impact sets free.';
COMMENT ON COLUMN coastal_habitat_pool.disturbed_medium IS 'Fraction that a medium impact sets free.';
COMMENT ON COLUMN coastal_habitat_pool.disturbed_high IS 'Fraction that a high impact sets free.';
COMMENT ON COLUMN coastal_habitat_pool.shipped IS 'Came with the extension.';

SELECT pg_catalog.pg_extension_config_dump('coastal_habitat', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('coastal_habitat_pool', 'WHERE NOT shipped');
GRANT SELECT ON coastal_habitat, coastal_habitat_pool TO PUBLIC;

CREATE FUNCTION terrcarbon_internal.coastal_series(
    first_year int, last_year int,
    initial float8[], accumulation float8[], ceiling float8[],
    event_years int[], event_actions text[], event_rates float8[])
    RETURNS TABLE (year int, pool text, stock_start float8, accumulated float8, emitted float8, stock_end float8)
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500 ROWS 90
    AS 'MODULE_PATHNAME', 'coastal_series';
COMMENT ON FUNCTION terrcarbon_internal.coastal_series(int, int, float8[], float8[], float8[], int[], text[], float8[]) IS
    'The coastal simulation from plain values; coastal_carbon is the convenient form. initial, accumulation and ceiling have one element for soil, biomass and litter; an event has a year, an action (disturb, plant, reconnect) and 12 rates: disturbed fraction, half-life, accumulation and ceiling, each for the three pools. An event happens at the beginning of its year. NULL is not known, and what depends on it is NULL; a NULL ceiling is none. Errors 22023, 54000 (over 100 events).';

CREATE TYPE coastal_change AS (year int, habitat text, how text);
COMMENT ON TYPE coastal_change IS
    'A step in a place''s history: from this year on it is this habitat (coastal_habitat.code). how: NULL for the first step; then low, medium or high (impact of a disturbance), plant (restored by planting) or reconnect (restored by letting the tide back in).';
COMMENT ON COLUMN coastal_change.year IS 'From the beginning of this year on.';
COMMENT ON COLUMN coastal_change.habitat IS 'What the place is then, a code of coastal_habitat.';
COMMENT ON COLUMN coastal_change.how IS 'low, medium, high, plant, reconnect; NULL for the first step.';

CREATE FUNCTION terrcarbon_internal.coastal_figures(habitat text, impact text,
        OUT initial float8[], OUT accumulation float8[], OUT ceiling float8[], OUT half_life float8[], OUT disturbed float8[])
    LANGUAGE sql STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
    SELECT array_agg(p.initial ORDER BY known.place), array_agg(p.accumulation ORDER BY known.place),
           array_agg(p.ceiling ORDER BY known.place), array_agg(p.half_life ORDER BY known.place),
           array_agg(CASE impact WHEN 'low' THEN p.disturbed_low WHEN 'medium' THEN p.disturbed_medium
                                 WHEN 'high' THEN p.disturbed_high END ORDER BY known.place)
    FROM unnest(terrcarbon_internal.coastal_pools()) WITH ORDINALITY AS known (pool, place)
    LEFT JOIN coastal_habitat_pool p ON p.habitat = coastal_figures.habitat AND p.pool = known.pool;
END;
COMMENT ON FUNCTION terrcarbon_internal.coastal_figures(text, text) IS
    'The figures of a habitat, one element a pool in the order of coastal_pools(); disturbed is what an impact (low, medium, high) sets free.';

CREATE FUNCTION coastal_carbon(history coastal_change[], last_year int)
    RETURNS TABLE (year int, pool text, stock_start float8, accumulated float8, emitted float8, stock_end float8)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 90
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    step coastal_change;
    earlier text;
    lost record;
    gained record;
    first record;
    years int[] := '{}';
    actions text[] := '{}';
    rates float8[] := '{}';
BEGIN
    IF cardinality(history) > 101 THEN
        RAISE program_limit_exceeded USING
            MESSAGE = 'a coastal history has too many steps',
            DETAIL = format('There are %s, and at most 101 are possible.', cardinality(history));
    END IF;
    FOREACH step IN ARRAY history LOOP
        IF step.year IS NULL OR NOT EXISTS (SELECT FROM coastal_habitat h WHERE h.code = step.habitat) THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('unknown coastal habitat %L or year %L', left(step.habitat, 100), step.year),
                HINT = 'Habitats are rows of coastal_habitat; enter your own there.';
        END IF;
        IF earlier IS NULL THEN
            IF step.how IS NOT NULL THEN
                RAISE invalid_parameter_value USING
                    MESSAGE = 'the first step of a history is what was there, and how is NULL';
            END IF;
            first := terrcarbon_internal.coastal_figures(step.habitat, NULL);
        ELSIF step.how = ANY ('{low,medium,high,plant,reconnect}') THEN
            -- What is lost is lost by the earlier habitat; what is gained, by the new one.
            lost := terrcarbon_internal.coastal_figures(earlier, step.how);
            gained := terrcarbon_internal.coastal_figures(step.habitat, NULL);
            years := years || step.year;
            actions := actions || CASE WHEN step.how IN ('plant', 'reconnect') THEN step.how ELSE 'disturb' END;
            rates := rates || lost.disturbed || lost.half_life || gained.accumulation || gained.ceiling;
        ELSE
            RAISE invalid_parameter_value USING
                MESSAGE = format('step of %s does not say how %L became %L', step.year, earlier, step.habitat),
                DETAIL = format('It says %s.', coalesce(quote_literal(left(step.how, 100)), 'NULL')),
                HINT = 'It is one of low, medium, high (a disturbance), plant, reconnect (a restoration).';
        END IF;
        earlier := step.habitat;
    END LOOP;
    IF earlier IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a history has at least one step';
    END IF;
    RETURN QUERY SELECT s.*
        FROM terrcarbon_internal.coastal_series(history[array_lower(history, 1)].year, last_year,
            first.initial, first.accumulation, first.ceiling, years, actions, rates) AS s;
END;
$$;
COMMENT ON FUNCTION coastal_carbon(coastal_change[], int) IS
    'Carbon of one hectare of coast, year by year and pool (soil, biomass, litter), through a history of habitats up to last_year included; tC/ha, or the unit of the habitats'' own figures. A habitat gains its yearly accumulation up to its ceiling. A disturbance sets free the fraction of the undisturbed stock that its impact has in coastal_habitat_pool; of D set free, D (0.5^((n-1)/H) - 0.5^(n/H)) is emitted in year n, and what an earlier disturbance set free goes on. Gain resumes only after plant or reconnect; reconnect also stops the decay of soil. stock_end = stock_start + accumulated - emitted. What depends on a figure that is NULL is NULL. Errors 22023, 54000 over 101 steps. Method: InVEST Coastal Blue Carbon user''s guide, with several disturbances.';

CREATE FUNCTION coastal_ch4(habitat text, salinity_ppt float8)
    RETURNS float8
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 100
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    known coastal_habitat;
BEGIN
    IF NOT (salinity_ppt >= 0 AND salinity_ppt < 'Infinity') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'salinity must be finite and not negative',
            DETAIL = format('It is %s ppt.', salinity_ppt);
    END IF;
    SELECT h.* INTO known FROM coastal_habitat h WHERE h.code = coastal_ch4.habitat;
    IF NOT FOUND THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown coastal habitat %L', left(habitat, 100)),
            HINT = 'Habitats are rows of coastal_habitat; enter your own there.';
    END IF;
    RETURN CASE WHEN salinity_ppt < 18 THEN known.ch4_fresh ELSE known.ch4_saline END;
END;
$$;
COMMENT ON FUNCTION coastal_ch4(text, float8) IS
    'Methane of a rewetted or restored coastal wetland, kg CH4/ha/year: one figure below 18 ppt of salinity, another from 18 ppt on. NULL for habitats the method does not cover (seagrass, tidal flat ...): not known, not 0. Error 22023 for an unknown habitat, a negative salinity. Source: IPCC 2013 Wetlands Supplement, table 4.14.';

CREATE FUNCTION discounted_value(changes float8[], prices float8[], discount_rate float8)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'discounted_value';
COMMENT ON FUNCTION discounted_value(float8[], float8[], float8) IS
    'Present value of yearly changes of stock: sum of p_t x change_t / (1 + d)^t, t from 0 for the first element; gains count positive, losses negative, in the currency of the prices per unit of the changes. d is a fraction (0.03). NULL when a year is missing. Error 22023: unequal lengths, a rate not above -1. Source: InVEST user''s guide, coastal blue carbon, net present value.';

CREATE FUNCTION coastal_emission(carbon_change_t float8, ch4_kg float8)
    RETURNS ghg
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ghg('CO2', -carbon_change_t * 44000 / 12) + ghg('CH4_biogenic', ch4_kg);
COMMENT ON FUNCTION coastal_emission(float8, float8) IS
    'Emission (ghg, kg) of a change of carbon stock (tC, gain positive: a removal) with methane (kg); co2e gives the net. NULL when either is not known: where no method gives methane, say 0 yourself if 0 is what you mean.';
