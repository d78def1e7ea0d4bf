-- Coastal ("blue") carbon: habitats, their history year by year, methane, value.

CREATE TABLE coastal_habitat (
    code                 text PRIMARY KEY CHECK (code <> ''),
    name                 text NOT NULL,
    soil_initial         float8 CHECK (soil_initial >= 0 AND soil_initial < 'Infinity'),
    biomass_initial      float8 CHECK (biomass_initial >= 0 AND biomass_initial < 'Infinity'),
    litter_initial       float8 CHECK (litter_initial >= 0 AND litter_initial < 'Infinity'),
    soil_accumulation    float8 CHECK (soil_accumulation >= 0 AND soil_accumulation < 'Infinity'),
    biomass_accumulation float8 CHECK (biomass_accumulation >= 0 AND biomass_accumulation < 'Infinity'),
    litter_accumulation  float8 CHECK (litter_accumulation >= 0 AND litter_accumulation < 'Infinity'),
    soil_ceiling         float8 CHECK (soil_ceiling >= 0 AND soil_ceiling < 'Infinity'),
    biomass_ceiling      float8 CHECK (biomass_ceiling >= 0 AND biomass_ceiling < 'Infinity'),
    litter_ceiling       float8 CHECK (litter_ceiling >= 0 AND litter_ceiling < 'Infinity'),
    soil_half_life       float8 CHECK (soil_half_life >= 0 AND soil_half_life < 'Infinity'),
    biomass_half_life    float8 CHECK (biomass_half_life >= 0 AND biomass_half_life < 'Infinity'),
    litter_half_life     float8 CHECK (litter_half_life >= 0 AND litter_half_life < 'Infinity'),
    soil_disturbed       float8[] CHECK (0 <= ALL (soil_disturbed) AND 1 >= ALL (soil_disturbed)
                             AND cardinality(soil_disturbed) = 3),
    biomass_disturbed    float8[] CHECK (0 <= ALL (biomass_disturbed) AND 1 >= ALL (biomass_disturbed)
                             AND cardinality(biomass_disturbed) = 3),
    litter_disturbed     float8[] CHECK (0 <= ALL (litter_disturbed) AND 1 >= ALL (litter_disturbed)
                             AND cardinality(litter_disturbed) = 3),
    ch4_fresh            float8 CHECK (ch4_fresh >= 0 AND ch4_fresh < 'Infinity'),
    ch4_saline           float8 CHECK (ch4_saline >= 0 AND ch4_saline < 'Infinity'),
    source               text NOT NULL CHECK (source <> ''),
    shipped              boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE coastal_habitat IS
    'What the coastal model knows of a habitat. Stocks in tC/ha, gains in tC/ha/year, half-lives in years, disturbed fractions for a low, medium and high impact, methane in kg CH4/ha/year. NULL is not known, and what depends on it comes out NULL; a NULL ceiling is none. Rows that came with the extension hold only figures of the 2013 Wetlands Supplement that two sources agree on; enter your own habitats with your own figures.';
COMMENT ON COLUMN coastal_habitat.code IS 'What a history calls it.';
COMMENT ON COLUMN coastal_habitat.name IS 'Name for readers.';
COMMENT ON COLUMN coastal_habitat.soil_initial IS 'Stock of soil where the history begins with this habitat, tC/ha.';
COMMENT ON COLUMN coastal_habitat.soil_accumulation IS 'Yearly gain of soil, tC/ha.';
COMMENT ON COLUMN coastal_habitat.soil_ceiling IS 'Stock of soil at which gain ends, tC/ha; NULL: it does not end.';
COMMENT ON COLUMN coastal_habitat.soil_half_life IS 'Half-life of disturbed soil, years; 0 is at once.';
COMMENT ON COLUMN coastal_habitat.biomass_initial IS 'Stock of living biomass, roots included where the history begins with this habitat, tC/ha.';
COMMENT ON COLUMN coastal_habitat.biomass_accumulation IS 'Yearly gain of living biomass, roots included, tC/ha.';
COMMENT ON COLUMN coastal_habitat.biomass_ceiling IS 'Stock of living biomass, roots included at which gain ends, tC/ha; NULL: it does not end.';
COMMENT ON COLUMN coastal_habitat.biomass_half_life IS 'Half-life of disturbed living biomass, roots included, years; 0 is at once.';
COMMENT ON COLUMN coastal_habitat.biomass_disturbed IS 'Fraction of living biomass, roots included set free by a low, medium and high impact, in that order.';
COMMENT ON COLUMN coastal_habitat.litter_initial IS 'Stock of litter and standing dead wood where the history begins with this habitat, tC/ha.';
COMMENT ON COLUMN coastal_habitat.litter_accumulation IS 'Yearly gain of litter and standing dead wood, tC/ha.';
COMMENT ON COLUMN coastal_habitat.litter_ceiling IS 'Stock of litter and standing dead wood at which gain ends, tC/ha; NULL: it does not end.';
COMMENT ON COLUMN coastal_habitat.litter_half_life IS 'Half-life of disturbed litter and standing dead wood, years; 0 is at once.';
COMMENT ON COLUMN coastal_habitat.litter_disturbed IS 'Fraction of litter and standing dead wood set free by a low, medium and high impact, in that order.';
COMMENT ON COLUMN coastal_habitat.soil_disturbed IS 'Fraction of the soil stock set free by a low, medium and high impact, in that order.';
COMMENT ON COLUMN coastal_habitat.ch4_fresh IS 'Methane where salinity is below 18 ppt, kg CH4/ha/year; NULL: no method.';
COMMENT ON COLUMN coastal_habitat.ch4_saline IS 'Methane where salinity is 18 ppt or more, kg CH4/ha/year; NULL: no method.';
COMMENT ON COLUMN coastal_habitat.source IS 'Where the figures were published.';
COMMENT ON COLUMN coastal_habitat.shipped IS 'Came with the extension.';

INSERT INTO coastal_habitat (code, name, soil_initial, soil_accumulation, ch4_fresh, ch4_saline, source, shipped) VALUES
    ('mangrove', 'Mangrove', 386, 1.62, 193.7, 0,
     'IPCC 2013 Wetlands Supplement: tables 4.11 (soil to 1 m), 4.12 (gain after rewetting or planting), 4.14 (CH4); means as quoted in later papers', true),
    ('salt_marsh', 'Salt marsh', 255, 0.91, 193.7, 0,
     'IPCC 2013 Wetlands Supplement: tables 4.11 (soil to 1 m), 4.12 (gain after rewetting or planting), 4.14 (CH4); means as quoted in later papers', true),
    ('seagrass', 'Seagrass meadow', NULL, 0.43, NULL, NULL,
     'IPCC 2013 Wetlands Supplement: table 4.12 (gain after replanting); mean as quoted in later papers; no method for CH4', true),
    ('tidal_flat', 'Tidal flat without vegetation', NULL, NULL, NULL, NULL,
     'No default of the IPCC 2013 Wetlands Supplement: enter local figures as a habitat of your own', true),
    ('inland_marsh', 'Inland marsh', NULL, NULL, NULL, NULL,
     'No default checked: enter local figures as a habitat of your own', true);
INSERT INTO coastal_habitat (code, name, soil_initial, biomass_initial, litter_initial,
        soil_accumulation, biomass_accumulation, litter_accumulation, source, shipped) VALUES
    ('open_water', 'Open water', 0, 0, 0, 0, 0, 0, 'By definition: no land carbon, no gain', true),
    ('developed', 'Built or sealed ground', 0, 0, 0, 0, 0, 0, 'By definition: no coastal carbon, no gain', true);

SELECT pg_catalog.pg_extension_config_dump('coastal_habitat', 'WHERE NOT shipped');
GRANT SELECT ON coastal_habitat TO PUBLIC;

CREATE FUNCTION coastal_series(
    first_year int, last_year int,
    initial float8[], accumulation float8[], ceiling float8[],
    event_years int[], event_actions text[], event_rates float8[])
    RETURNS TABLE (year int, pool text, stock_start float8, accumulated float8, emitted float8, stock_end float8)
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500 ROWS 90
    AS 'MODULE_PATHNAME', 'coastal_series';
COMMENT ON FUNCTION coastal_series(int, int, float8[], float8[], float8[], int[], text[], float8[]) IS
    'The coastal simulation from plain values; coastal_carbon is the convenient form. initial, accumulation and ceiling have one element for soil, biomass and litter; an event has a year, an action (disturb, plant, reconnect) and 12 rates: disturbed fraction, half-life, accumulation and ceiling, each for the three pools. An event happens at the beginning of its year. NULL is not known, and what depends on it is NULL; a NULL ceiling is none. Errors 22023, 54000 (over 100 events).';

CREATE TYPE coastal_change AS (year int, habitat text, how text);
COMMENT ON TYPE coastal_change IS
    'A step in a place''s history: from this year on it is this habitat (coastal_habitat.code). how: NULL for the first step; then low, medium or high (impact of a disturbance), plant (restored by planting) or reconnect (restored by letting the tide back in).';
COMMENT ON COLUMN coastal_change.year IS 'From the beginning of this year on.';
COMMENT ON COLUMN coastal_change.habitat IS 'What the place is then, a code of coastal_habitat.';
COMMENT ON COLUMN coastal_change.how IS 'low, medium, high, plant, reconnect; NULL for the first step.';

CREATE FUNCTION coastal_carbon(history coastal_change[], last_year int)
    RETURNS TABLE (year int, pool text, stock_start float8, accumulated float8, emitted float8, stock_end float8)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 90
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    step coastal_change;
    earlier coastal_habitat;
    habitat coastal_habitat;
    first_habitat coastal_habitat;
    years int[] := '{}';
    actions text[] := '{}';
    rates float8[] := '{}';
    impact int;
BEGIN
    FOREACH step IN ARRAY history LOOP
        earlier := habitat;
        SELECT h.* INTO habitat FROM coastal_habitat h WHERE h.code = step.habitat;
        IF NOT FOUND OR step.year IS NULL THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('unknown coastal habitat %L or year %L', step.habitat, step.year),
                HINT = 'Habitats are rows of coastal_habitat; enter your own there.';
        END IF;
        IF earlier.code IS NULL THEN
            IF step.how IS NOT NULL THEN
                RAISE invalid_parameter_value USING
                    MESSAGE = 'the first step of a history is what was there, and how is NULL';
            END IF;
            first_habitat := habitat;
            CONTINUE;
        END IF;
        impact := array_position('{low,medium,high}', step.how);
        IF impact IS NULL AND (step.how IN ('plant', 'reconnect')) IS NOT TRUE THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('step of %s does not say how %L became %L', step.year, earlier.code, habitat.code),
                DETAIL = format('It says %s.', coalesce(quote_literal(step.how), 'NULL')),
                HINT = 'It is one of low, medium, high (a disturbance), plant, reconnect (a restoration).';
        END IF;
        years := years || step.year;
        actions := actions || CASE WHEN impact IS NULL THEN step.how ELSE 'disturb' END;
        -- What is lost is lost by the earlier habitat; what is gained, by the new one.
        rates := rates
            || ARRAY[earlier.soil_disturbed[impact], earlier.biomass_disturbed[impact], earlier.litter_disturbed[impact],
                     earlier.soil_half_life, earlier.biomass_half_life, earlier.litter_half_life,
                     habitat.soil_accumulation, habitat.biomass_accumulation, habitat.litter_accumulation,
                     habitat.soil_ceiling, habitat.biomass_ceiling, habitat.litter_ceiling];
    END LOOP;
    IF first_habitat.code IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a history has at least one step';
    END IF;
    RETURN QUERY SELECT s.*
        FROM coastal_series(history[array_lower(history, 1)].year, last_year,
            ARRAY[first_habitat.soil_initial, first_habitat.biomass_initial, first_habitat.litter_initial],
            ARRAY[first_habitat.soil_accumulation, first_habitat.biomass_accumulation, first_habitat.litter_accumulation],
            ARRAY[first_habitat.soil_ceiling, first_habitat.biomass_ceiling, first_habitat.litter_ceiling],
            years, actions, rates) AS s;
END;
$$;
COMMENT ON FUNCTION coastal_carbon(coastal_change[], int) IS
    'Carbon of one hectare of coast, year by year and pool (soil, biomass, litter), through a history of habitats up to last_year included; tC/ha, or the unit of the habitats'' own figures. A habitat gains its yearly accumulation up to its ceiling. A disturbance sets free the fraction of the undisturbed stock that its impact has in coastal_habitat; of D set free, D (0.5^((n-1)/H) - 0.5^(n/H)) is emitted in year n, and what an earlier disturbance set free goes on. Gain resumes only after plant or reconnect; reconnect also stops the decay of soil. stock_end = stock_start + accumulated - emitted. What depends on a figure that is NULL is NULL. Errors 22023. Method: InVEST Coastal Blue Carbon user''s guide, with several disturbances.';

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
            MESSAGE = format('unknown coastal habitat %L', habitat),
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
