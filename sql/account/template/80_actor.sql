-- Actors: what the rows that name them emit, and what they aim at.

CREATE INDEX activity_actor ON activity (actor_code) WHERE actor_code IS NOT NULL;
CREATE INDEX building_actor ON building (actor_code) WHERE actor_code IS NOT NULL;

CREATE TABLE actor_target (
    actor_code text NOT NULL REFERENCES actor (code) ON UPDATE CASCADE ON DELETE CASCADE,
    year int NOT NULL CHECK (year BETWEEN 1900 AND 2200),
    tonnes float8 NOT NULL CHECK (tonnes > '-Infinity' AND tonnes < 'Infinity'),
    source text,
    PRIMARY KEY (actor_code, year)
);
COMMENT ON TABLE actor_target IS 'What actors aim at: a commitment, not a measurement, so no dataset. Years between two lie on the line between them.';
COMMENT ON COLUMN actor_target.actor_code IS 'Actor';
COMMENT ON COLUMN actor_target.year IS 'Year';
COMMENT ON COLUMN actor_target.tonnes IS 'Limit of its emissions, scopes 1 and 2, t CO2e a year';
COMMENT ON COLUMN actor_target.source IS 'Where it was published';

-- For the owner alone, whatever is granted: row security without a policy.
CREATE TABLE actor_output (
    actor_code text NOT NULL REFERENCES actor (code) ON UPDATE CASCADE ON DELETE CASCADE,
    year int NOT NULL CHECK (year BETWEEN 1900 AND 2200),
    unit text NOT NULL CHECK (unit <> ''),
    amount float8 NOT NULL CHECK (amount > 0 AND amount < 'Infinity'),
    source text,
    PRIMARY KEY (actor_code, year, unit)
);
ALTER TABLE actor_output ENABLE ROW LEVEL SECURITY;
COMMENT ON TABLE actor_output IS 'What actors make or how large they are, for benchmark(). For the owner alone; benchmark() tells each actor its own.';
COMMENT ON COLUMN actor_output.actor_code IS 'Actor';
COMMENT ON COLUMN actor_output.year IS 'Year';
COMMENT ON COLUMN actor_output.unit IS 'Of what, in the account''s own words: employee, m2, t of flour';
COMMENT ON COLUMN actor_output.amount IS 'How many of them';
COMMENT ON COLUMN actor_output.source IS 'Where the figure comes from';

CREATE TABLE sector_output (
    territory_code text NOT NULL REFERENCES territory (code) ON UPDATE CASCADE,
    sector text NOT NULL CHECK (terrcarbon_internal.is_sector(sector)),
    year int NOT NULL CHECK (year BETWEEN 1900 AND 2200),
    unit text NOT NULL CHECK (unit <> ''),
    amount float8 NOT NULL CHECK (amount > 0 AND amount < 'Infinity'),
    source text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (territory_code, sector, year, unit)
);
COMMENT ON TABLE sector_output IS 'Published statistics of what a sector makes in a territory, or how large it is, for benchmark(): such as employees by commune. Everybody reads them.';
COMMENT ON COLUMN sector_output.territory_code IS 'Territory';
COMMENT ON COLUMN sector_output.sector IS 'Sector';
COMMENT ON COLUMN sector_output.year IS 'Year';
COMMENT ON COLUMN sector_output.unit IS 'Of what, as in actor_output';
COMMENT ON COLUMN sector_output.amount IS 'How many of them';
COMMENT ON COLUMN sector_output.source IS 'Where the figure was published';
GRANT SELECT ON sector_output TO PUBLIC;

CREATE VIEW actor_target_path WITH (security_invoker = on) AS
SELECT m.actor_code, y.year, y.value AS target
FROM (SELECT t.actor_code, terrcarbon.trajectory_agg(t.year, t.tonnes) AS path FROM actor_target t GROUP BY t.actor_code) AS m
CROSS JOIN LATERAL terrcarbon.points(terrcarbon.interpolate(m.path)) AS y;
COMMENT ON VIEW actor_target_path IS 'Every year of the targets of actors.';
COMMENT ON COLUMN actor_target_path.actor_code IS 'Actor';
COMMENT ON COLUMN actor_target_path.year IS 'Year';
COMMENT ON COLUMN actor_target_path.target IS 'Limit, t CO2e';

-- A line without a value makes the actor's total unknown, as in the balance.
CREATE VIEW actor_estimate WITH (security_invoker = on) AS
SELECT s.actor_code, s.year, s.emissions, s.scope_3, s.removals, s.lines, s.unknown_lines, s.territories,
       (SELECT string_agg(DISTINCT h.hidden, ', ') FROM unnest(s.territories) AS t (code)
        CROSS JOIN LATERAL missing_datasets(t.code) AS h (hidden)) AS hidden
FROM (
    SELECT l.actor_code, l.year,
           terrcarbon.sum(l.co2e) FILTER (WHERE l.kind = 'emission' AND l.scope IN ('1', '2')) AS emissions,
           terrcarbon.sum(l.co2e) FILTER (WHERE l.kind = 'emission' AND l.scope = '3') AS scope_3,
           terrcarbon.sum(l.co2e) FILTER (WHERE l.kind = 'removal' AND l.scope IN ('1', '2')) AS removals,
           count(*) AS lines,
           count(*) FILTER (WHERE l.finding IS NOT NULL OR l.notation IN ('NE', 'C')) AS unknown_lines,
           array_agg(DISTINCT l.territory_code) AS territories
    FROM line l
    WHERE l.actor_code IS NOT NULL AND l.allocation = 'territorial' AND l.kind IN ('emission', 'removal')
    GROUP BY l.actor_code, l.year
) AS s;
COMMENT ON VIEW actor_estimate IS 'What the rows of each actor that the reader may see add up to by year, in the types of the extension.';
COMMENT ON COLUMN actor_estimate.actor_code IS 'Actor';
COMMENT ON COLUMN actor_estimate.year IS 'Year';
COMMENT ON COLUMN actor_estimate.emissions IS 'Gross emissions of what is known, scopes 1 and 2, kg CO2e with uncertainty';
COMMENT ON COLUMN actor_estimate.scope_3 IS 'Those of scope 3, kg CO2e with uncertainty';
COMMENT ON COLUMN actor_estimate.removals IS 'Gross removals, kg CO2e with uncertainty, negative';
COMMENT ON COLUMN actor_estimate.lines IS 'Lines of the actor';
COMMENT ON COLUMN actor_estimate.unknown_lines IS 'Those of them without a value';
COMMENT ON COLUMN actor_estimate.territories IS 'Territories they are in';
COMMENT ON COLUMN actor_estimate.hidden IS 'Datasets with figures there that the reader may not see';

CREATE VIEW trajectory_by_actor WITH (security_invoker = on) AS
SELECT concat_ws('/', a.code, coalesce(e.year, g.year)) AS id, a.code AS actor_code, a.name AS actor_name, a.kind, a.sector,
       coalesce(e.year, g.year) AS year,
       CASE WHEN e.unknown_lines = 0 THEN coalesce(terrcarbon.value(e.emissions), 0) / 1000 END AS emissions,
       CASE WHEN e.unknown_lines = 0 THEN coalesce(terrcarbon.lower(e.emissions), 0) / 1000 END AS emissions_low,
       CASE WHEN e.unknown_lines = 0 THEN coalesce(terrcarbon.upper(e.emissions), 0) / 1000 END AS emissions_high,
       CASE WHEN e.unknown_lines = 0 THEN coalesce(terrcarbon.value(e.scope_3), 0) / 1000 END AS scope_3,
       CASE WHEN e.unknown_lines = 0 THEN coalesce(terrcarbon.value(e.removals), 0) / 1000 END AS removals,
       g.target,
       CASE WHEN e.unknown_lines = 0 AND e.hidden IS NULL THEN coalesce(terrcarbon.value(e.emissions), 0) / 1000 - g.target END AS gap,
       terrcarbon.value(e.emissions) / 1000 AS known_part,
       coalesce(e.unknown_lines = 0 AND e.hidden IS NULL, false) AS complete,
       CASE WHEN e.year IS NULL THEN 'no row'
            ELSE nullif(concat_ws('; ', 'datasets not readable: ' || e.hidden,
                CASE WHEN e.unknown_lines > 0 THEN e.unknown_lines || ' of ' || e.lines || ' lines have no value' END), '') END AS missing
FROM actor_estimate e
FULL JOIN actor_target_path g ON g.actor_code = e.actor_code AND g.year = e.year
JOIN actor a ON a.code = coalesce(e.actor_code, g.actor_code);
COMMENT ON VIEW trajectory_by_actor IS
    'What each actor emits by year, and its target, for those who may read the rows: NULL where one of its rows has no value. Territories and sectors together; the rows of actors are part of the balance, never added to it. Unique by id.';
COMMENT ON COLUMN trajectory_by_actor.id IS 'actor/year: unique';
COMMENT ON COLUMN trajectory_by_actor.actor_code IS 'Actor';
COMMENT ON COLUMN trajectory_by_actor.actor_name IS 'Its name';
COMMENT ON COLUMN trajectory_by_actor.kind IS 'Kind of actor';
COMMENT ON COLUMN trajectory_by_actor.sector IS 'Sector it is compared with';
COMMENT ON COLUMN trajectory_by_actor.year IS 'Year';
COMMENT ON COLUMN trajectory_by_actor.emissions IS 'Gross emissions of the rows the reader may see, scopes 1 and 2, t CO2e';
COMMENT ON COLUMN trajectory_by_actor.emissions_low IS 'Lower end of their 95 % interval, t CO2e';
COMMENT ON COLUMN trajectory_by_actor.emissions_high IS 'Upper end of their 95 % interval, t CO2e';
COMMENT ON COLUMN trajectory_by_actor.scope_3 IS 'Gross emissions of scope 3, t CO2e';
COMMENT ON COLUMN trajectory_by_actor.removals IS 'Gross removals, t CO2e, negative';
COMMENT ON COLUMN trajectory_by_actor.target IS 'Its own target, t CO2e';
COMMENT ON COLUMN trajectory_by_actor.gap IS 'Emissions minus target, t CO2e; above 0 is too much. NULL unless complete';
COMMENT ON COLUMN trajectory_by_actor.known_part IS 'Gross emissions of what is known, t CO2e';
COMMENT ON COLUMN trajectory_by_actor.complete IS 'Whether all its rows have a value and the reader may see every dataset of the territories they are in';
COMMENT ON COLUMN trajectory_by_actor.missing IS 'What lacks, in words';
