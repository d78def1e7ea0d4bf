-- Collective self-consumption: who may take part, how much of the production is
-- used at once, and by whom.

CREATE TABLE self_consumption_rule (
    code            text PRIMARY KEY CHECK (code <> ''),
    name            text NOT NULL,
    max_distance_km float8 NOT NULL CHECK (max_distance_km > 0 AND max_distance_km < 'Infinity'),
    max_power_kw    float8 CHECK (max_power_kw > 0 AND max_power_kw < 'Infinity'),
    valid_from      date,
    valid_to        date,
    source          text NOT NULL CHECK (source <> ''),
    shipped         boolean NOT NULL DEFAULT false,
    CONSTRAINT self_consumption_rule_days CHECK (valid_from <= valid_to)
);
COMMENT ON TABLE self_consumption_rule IS
    'Who may share electricity in an operation of collective self-consumption: how far apart, and how much power in all.';
COMMENT ON COLUMN self_consumption_rule.code IS 'What self_consumption_groups calls it.';
COMMENT ON COLUMN self_consumption_rule.name IS 'Name for readers: to whom it applies.';
COMMENT ON COLUMN self_consumption_rule.max_distance_km IS 'Greatest distance between any two participants, km.';
COMMENT ON COLUMN self_consumption_rule.max_power_kw IS 'The power of all production plants is below this, kW; NULL: no limit.';
COMMENT ON COLUMN self_consumption_rule.valid_from IS 'First day it was in force; NULL: not known.';
COMMENT ON COLUMN self_consumption_rule.valid_to IS 'Last day it was in force; NULL: still in force.';
COMMENT ON COLUMN self_consumption_rule.source IS 'The text it comes from.';
COMMENT ON COLUMN self_consumption_rule.shipped IS 'Came with the extension.';
INSERT INTO self_consumption_rule (code, name, max_distance_km, max_power_kw, valid_from, valid_to, source, shipped) VALUES
    ('fr.standard', 'Continental France: any participants', 2, 5000, '2025-03-06', NULL,
     'Arrete of 21 November 2019 on the proximity of extended collective self-consumption, as amended on 21 February 2025 (Journal officiel of 5 March 2025)', true),
    ('fr.standard.2019', 'Continental France: any participants, before the amendment of 2025', 2, 3000, '2019-11-25', '2025-03-05',
     'Arrete of 21 November 2019 on the proximity of extended collective self-consumption', true),
    ('fr.periurban', 'Continental France: all participants in rural or peri-urban communes', 10, 5000, '2025-03-06', NULL,
     'The same arrete as amended in 2024 (JORFARTI000049345660) and, for the power, on 21 February 2025', true),
    ('fr.rural', 'Continental France: all participants in rural communes', 20, 5000, '2025-03-06', NULL,
     'The same arrete as amended in 2024 (JORFARTI000049345660) and, for the power, on 21 February 2025', true);
SELECT pg_catalog.pg_extension_config_dump('self_consumption_rule', 'WHERE NOT shipped');
GRANT SELECT ON self_consumption_rule TO PUBLIC;

CREATE FUNCTION terrcarbon_internal.self_consumption_groups(xs float8[], ys float8[], flat boolean,
        production_kw float8[], max_distance_m float8, max_power_kw float8)
    RETURNS TABLE (producer int, members int[], power_kw float8, largest int)
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000 ROWS 100
    AS 'MODULE_PATHNAME', 'self_consumption_groups';
COMMENT ON FUNCTION terrcarbon_internal.self_consumption_groups(float8[], float8[], boolean, float8[], float8, float8) IS
    'The same from coordinates: longitudes and latitudes in degrees, or flat, metres in a plane.';

CREATE FUNCTION self_consumption_groups(places geometry[], production_kw float8[],
        max_distance_km float8, max_power_kw float8 DEFAULT NULL)
    RETURNS TABLE (producer int, members int[], power_kw float8, largest int)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000000 ROWS 100
BEGIN ATOMIC
    SELECT g.*
    FROM (SELECT array_agg(ST_X(p.place) ORDER BY p.n) AS xs, array_agg(ST_Y(p.place) ORDER BY p.n) AS ys,
                 CASE WHEN bool_and(p.flat) = bool_or(p.flat) THEN bool_and(p.flat) END AS flat
          FROM (SELECT CASE WHEN ST_SRID(u.place) IN (0, 4326) THEN u.place ELSE ST_Transform(u.place, 4326) END AS place,
                       ST_SRID(u.place) = 0 AS flat, u.n
                FROM unnest(places) WITH ORDINALITY AS u (place, n)) AS p) AS site
    CROSS JOIN LATERAL terrcarbon_internal.self_consumption_groups(site.xs, site.ys, site.flat, production_kw,
            max_distance_km * 1000, max_power_kw) AS g;
END;
COMMENT ON FUNCTION self_consumption_groups(geometry[], float8[], float8, float8) IS
    'For each site that produces (production_kw above 0), the largest group of sites with it whose members are all within max_distance_km of each other, in a straight line on the ground: no group with it that keeps the distance has more members (largest). Where the plants of that group come to max_power_kw or more, the largest other producers are left out, as few as will do, and consumers that now fit are taken in; members is then at least the best for that one group, and at most largest. members NULL: the producer alone is too powerful. Sites are positions in the arrays; places are points, metres in a plane with SRID 0. Errors: 22023 for numbers of places and powers that differ, an unknown power, a distance not above 0, more than 1000 km; 22004 for an unknown place. Method: Clark, Colbourn and Johnson 1990 (the largest clique of a unit disc graph), bounded from coarse to fine.';

CREATE FUNCTION self_consumption_groups(places geometry[], production_kw float8[], rule text)
    RETURNS TABLE (producer int, members int[], power_kw float8, largest int)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 1000000 ROWS 100
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    known self_consumption_rule;
BEGIN
    SELECT r.* INTO known FROM self_consumption_rule r WHERE r.code = rule;
    IF NOT FOUND THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown rule of self-consumption %L', left(rule, 100)),
            HINT = 'Rules are rows of self_consumption_rule.';
    END IF;
    RETURN QUERY SELECT g.* FROM self_consumption_groups(places, production_kw, known.max_distance_km, known.max_power_kw) AS g;
END;
$$;
COMMENT ON FUNCTION self_consumption_groups(geometry[], float8[], text) IS
    'The same by a rule of self_consumption_rule. Error 22023 for an unknown rule.';

CREATE FUNCTION self_consumption(production_kwh float8[], consumption_kwh float8[], days float8[] DEFAULT NULL,
        grid_kg_per_kwh float8[] DEFAULT NULL, plant_kg_per_kwh float8 DEFAULT NULL,
        OUT produced_kwh float8, OUT consumed_kwh float8, OUT self_consumed_kwh float8,
        OUT self_consumption_rate float8, OUT self_sufficiency_rate float8, OUT avoided_kg float8)
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50
    AS 'MODULE_PATHNAME', 'self_consumption';
COMMENT ON FUNCTION self_consumption(float8[], float8[], float8[], float8[], float8) IS
    'How much of a production is used as it is made, from two profiles of the same steps (hours of a year, or of typical days), kWh a step. self_consumed: sum of the lesser of the two in each step; self_consumption_rate: of the production, self_sufficiency_rate: of the consumption (NULL of nothing). days: how often each step occurs, NULL once. avoided_kg: self-consumed energy x (grid - plant factor), kg CO2e, the grid''s factor one a step or one for all; NULL without both factors. Nothing is claimed for what goes to the grid. NULL where a step that matters is not known. Error 22023: lengths that differ, a negative or non-finite value.';

CREATE FUNCTION self_consumption_allocation(production_kwh float8[], consumption_kwh float8[], keys float8[] DEFAULT NULL)
    RETURNS TABLE (site int, consumed_kwh float8, allocated_kwh float8, self_sufficiency_rate float8)
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 20
    AS 'MODULE_PATHNAME', 'self_consumption_allocation';
COMMENT ON FUNCTION self_consumption_allocation(float8[], float8[], float8[]) IS
    'Whose a shared production is. consumption_kwh is a table: a row a site, in it an element a step. keys: fixed shares of the sites, at most 1 in all: a site is allocated its share of each step up to what it uses, and the rest goes to the grid; without keys, each step is shared in proportion to what the sites use then. allocated_kwh never exceeds what a site uses in a step. NULL where a step that matters is not known. Error 22023: tables that do not fit, keys not known or above 1 in all, a negative or non-finite value.';
