-- Actions: what somebody undertakes, what it is expected to bring, and what it brought.

CREATE TABLE action (
    code text PRIMARY KEY CHECK (code <> ''),
    title text NOT NULL CHECK (title <> ''),
    actor_code text REFERENCES actor (code) ON UPDATE CASCADE,
    territory_code text NOT NULL REFERENCES territory (code) ON UPDATE CASCADE,
    sector text NOT NULL CHECK (terrcarbon_internal.is_sector(sector)),
    geom geometry(Geometry, 4326),
    status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'running', 'done', 'abandoned')),
    year_from int NOT NULL CHECK (year_from BETWEEN 1900 AND 2200),
    year_to int CHECK (year_to BETWEEN 1900 AND 2200),
    base_year int NOT NULL CHECK (base_year BETWEEN 1900 AND 2200),
    investment float8 CHECK (investment >= 0 AND investment < 'Infinity'),
    yearly_cost float8 CHECK (yearly_cost > '-Infinity' AND yearly_cost < 'Infinity'),
    source text,
    CHECK (year_from <= year_to)
);
CREATE INDEX action_territory ON action (territory_code);
CREATE INDEX action_geom ON action USING gist (geom);
COMMENT ON TABLE action IS 'Actions of a plan: who does what, where and when, and what it costs. Expected effects are rows of action_effect, the lines of the ledger it touches those of action_part.';
COMMENT ON COLUMN action.code IS 'Code';
COMMENT ON COLUMN action.title IS 'Title for readers';
COMMENT ON COLUMN action.actor_code IS 'Actor that answers for it';
COMMENT ON COLUMN action.territory_code IS 'Territory it takes effect in';
COMMENT ON COLUMN action.sector IS 'Sector it takes effect in';
COMMENT ON COLUMN action.geom IS 'Ground it is on, where there is one';
COMMENT ON COLUMN action.status IS 'planned, running, done or abandoned';
COMMENT ON COLUMN action.year_from IS 'Year it starts';
COMMENT ON COLUMN action.year_to IS 'Year it ends; NULL: open';
COMMENT ON COLUMN action.base_year IS 'Year its effects are compared with';
COMMENT ON COLUMN action.investment IS 'Investment, EUR';
COMMENT ON COLUMN action.yearly_cost IS 'Cost a year, EUR; negative: it saves';
COMMENT ON COLUMN action.source IS 'Where it was decided';

CREATE TABLE action_effect (
    action_code text NOT NULL REFERENCES action ON UPDATE CASCADE ON DELETE CASCADE,
    year int NOT NULL CHECK (year BETWEEN 1900 AND 2200),
    reduction float8 NOT NULL CHECK (reduction > '-Infinity' AND reduction < 'Infinity'),
    u95_percent float8 NOT NULL CHECK (u95_percent >= 0 AND u95_percent < 'Infinity'),
    method text NOT NULL CHECK (method <> ''),
    PRIMARY KEY (action_code, year)
);
COMMENT ON TABLE action_effect IS 'What an action is expected to bring, by year. Its error is one in all years.';
COMMENT ON COLUMN action_effect.action_code IS 'Action';
COMMENT ON COLUMN action_effect.year IS 'Year';
COMMENT ON COLUMN action_effect.reduction IS 'By how much less is emitted, or more removed, than without it, t CO2e';
COMMENT ON COLUMN action_effect.u95_percent IS 'Half-width of its 95 % interval, in %';
COMMENT ON COLUMN action_effect.method IS 'Model or source of the figure';

CREATE TABLE action_part (
    action_code text NOT NULL REFERENCES action ON UPDATE CASCADE ON DELETE CASCADE,
    sector text NOT NULL CHECK (terrcarbon_internal.is_sector(sector)),
    scope text CHECK (scope IN ('1', '2', '3')),
    layer text,
    actor_code text REFERENCES actor (code) ON UPDATE CASCADE,
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);
CREATE INDEX action_part_action ON action_part (action_code);
COMMENT ON TABLE action_part IS 'Which lines of the ledger an action touches, in its territory and the parts of it: those of a sector, and of a scope, layer and actor where these are given.';
COMMENT ON COLUMN action_part.action_code IS 'Action';
COMMENT ON COLUMN action_part.sector IS 'Sector of the lines';
COMMENT ON COLUMN action_part.scope IS 'Scope of the lines; NULL: 1 and 2';
COMMENT ON COLUMN action_part.layer IS 'Layer of the lines; NULL: all';
COMMENT ON COLUMN action_part.actor_code IS 'Actor the lines name; NULL: whoever';
COMMENT ON COLUMN action_part.id IS 'Number of the row';

-- An action that touches lines brings its effect on each in proportion to what the line
-- emitted in the base year.  Where several actions touch a line, the largest effect counts
-- and the others do not.
CREATE FUNCTION action_account() RETURNS TABLE (action_code text, year int, effect terrcarbon.estimate, counted_share float8,
        overlaps_with text, lines bigint, baseline terrcarbon.estimate, measured terrcarbon.estimate)
    LANGUAGE sql STABLE COST 100000 ROWS 100
    SET jit = off
BEGIN ATOMIC
    WITH RECURSIVE down (top, code) AS (
        SELECT DISTINCT a.territory_code, a.territory_code FROM action a
      UNION
        SELECT down.top, t.code FROM down JOIN territory t ON t.parent_code = down.code
    ), touched AS MATERIALIZED (
        SELECT a.code, l.year, concat_ws('/', l.dataset_id, l.layer, l.row_id, l.territory_code, l.sector, l.scope, l.factor_id) AS key,
               l.co2e, l.finding IS NOT NULL OR coalesce(l.notation IN ('NE', 'C'), false) AS unknown
        FROM line l
        JOIN down ON down.code = l.territory_code
        JOIN action a ON a.territory_code = down.top
        WHERE l.allocation = 'territorial' AND l.kind IN ('emission', 'removal')
          AND (l.year = a.base_year OR l.year IN (SELECT e.year FROM action_effect e WHERE e.action_code = a.code))
          AND EXISTS (
              SELECT FROM action_part p
              WHERE p.action_code = a.code AND p.sector = l.sector AND coalesce(l.scope = p.scope, l.scope IN ('1', '2'))
                AND coalesce(l.layer = p.layer, true) AND (p.actor_code IS NULL OR l.actor_code = p.actor_code))
    ), total AS (
        SELECT t.code, t.year, terrcarbon.sum(t.co2e) AS co2e, sum(abs(terrcarbon.value(t.co2e))) AS size, bool_or(t.unknown) AS unknown, count(*) AS lines
        FROM touched t GROUP BY t.code, t.year
    ), placed AS (
        SELECT e.action_code, e.year, t.key, abs(terrcarbon.value(t.co2e)) / b.size AS share,
               row_number() OVER side AS rank, count(*) OVER (PARTITION BY t.key, e.year) AS others
        FROM action_effect e
        JOIN action a ON a.code = e.action_code AND a.status <> 'abandoned'
        JOIN total b ON b.code = a.code AND b.year = a.base_year AND b.size > 0
        JOIN touched t ON t.code = a.code AND t.year = a.base_year AND t.co2e IS NOT NULL
        WINDOW side AS (PARTITION BY t.key, e.year ORDER BY e.reduction * abs(terrcarbon.value(t.co2e)) / b.size DESC, e.action_code)
    )
    SELECT e.action_code, e.year,
           terrcarbon.estimate(e.reduction, abs(e.reduction) * e.u95_percent / 100, 'action:' || e.action_code),
           CASE WHEN a.status = 'abandoned' THEN 0 WHEN NOT w.whole THEN NULL ELSE coalesce(s.share, 1) END, s.overlaps,
           coalesce(b.lines, 0), CASE WHEN w.whole AND NOT b.unknown THEN b.co2e END,
           CASE WHEN w.whole AND NOT b.unknown AND NOT y.unknown THEN b.co2e - y.co2e END
    FROM action_effect e
    JOIN action a ON a.code = e.action_code
    -- Of lines that are not all seen, no share can be told.
    CROSS JOIN LATERAL (
        SELECT missing_datasets(a.territory_code) IS NULL OR NOT EXISTS (SELECT FROM action_part p WHERE p.action_code = a.code)
    ) AS w (whole)
    LEFT JOIN total b ON b.code = a.code AND b.year = a.base_year
    LEFT JOIN total y ON y.code = a.code AND y.year = e.year
    LEFT JOIN LATERAL (
        SELECT coalesce(sum(p.share) FILTER (WHERE p.rank = 1), 0) AS share,
               (SELECT string_agg(DISTINCT o.action_code, ', ' ORDER BY o.action_code)
                FROM placed o JOIN placed m ON m.key = o.key AND m.year = o.year AND m.action_code = e.action_code
                WHERE o.year = e.year AND o.action_code <> e.action_code) AS overlaps
        FROM placed p
        WHERE p.action_code = e.action_code AND p.year = e.year
        HAVING count(*) > 0
    ) AS s ON true;
END;
COMMENT ON FUNCTION action_account() IS
    'What each action brings by year, by the lines the current user may read: expected effect, the share of it that counts once actions on the same lines are counted once, those it overlaps with, the lines it touches, what they emitted in the base year and by how much less they do now.';

CREATE VIEW action_by_territory WITH (security_invoker = on) AS
SELECT concat_ws('/', a.code, r.year) AS id, a.code AS action_code, a.title, a.actor_code, a.territory_code, t.name AS territory_name, a.sector, a.status,
       r.year, terrcarbon.value(r.effect) AS effect, terrcarbon.lower(r.effect) AS effect_low, terrcarbon.upper(r.effect) AS effect_high,
       terrcarbon.value(r.effect) * r.counted_share AS counted, r.overlaps_with, e.method, r.lines,
       terrcarbon.value(r.baseline) / 1000 AS baseline,
       terrcarbon.value(r.measured) / 1000 AS measured, terrcarbon.lower(r.measured) / 1000 AS measured_low, terrcarbon.upper(r.measured) / 1000 AS measured_high,
       (coalesce(a.investment, 0) + coalesce(a.yearly_cost, 0) * w.years) / nullif(w.reduction, 0) AS cost_per_tonne, t.geom
FROM action_account() AS r
JOIN action a ON a.code = r.action_code
JOIN action_effect e ON e.action_code = r.action_code AND e.year = r.year
JOIN territory t ON t.code = a.territory_code
LEFT JOIN LATERAL (
    SELECT count(*) AS years, sum(x.reduction) AS reduction FROM action_effect x
    WHERE x.action_code = a.code AND num_nonnulls(a.investment, a.yearly_cost) > 0
) AS w ON true;
COMMENT ON VIEW action_by_territory IS
    'Every action by year: what it is expected to bring, how much of it counts beside the others, and what the ledger shows. measured is the change of the lines it touches, whatever its causes. Unique by id.';
COMMENT ON COLUMN action_by_territory.id IS 'action/year: unique';
COMMENT ON COLUMN action_by_territory.action_code IS 'Action';
COMMENT ON COLUMN action_by_territory.title IS 'Title';
COMMENT ON COLUMN action_by_territory.actor_code IS 'Actor that answers for it';
COMMENT ON COLUMN action_by_territory.territory_code IS 'Territory';
COMMENT ON COLUMN action_by_territory.territory_name IS 'Its name';
COMMENT ON COLUMN action_by_territory.sector IS 'Sector';
COMMENT ON COLUMN action_by_territory.status IS 'planned, running, done or abandoned';
COMMENT ON COLUMN action_by_territory.year IS 'Year';
COMMENT ON COLUMN action_by_territory.effect IS 'Expected reduction, t CO2e';
COMMENT ON COLUMN action_by_territory.effect_low IS 'Lower end of its 95 % interval, t CO2e';
COMMENT ON COLUMN action_by_territory.effect_high IS 'Upper end of its 95 % interval, t CO2e';
COMMENT ON COLUMN action_by_territory.counted IS 'The part of it that counts: on lines that several actions touch, the largest effect; 0 when abandoned, t CO2e; NULL for who may not see every dataset there';
COMMENT ON COLUMN action_by_territory.overlaps_with IS 'Actions that touch some of the same lines; NULL: none that the reader may see';
COMMENT ON COLUMN action_by_territory.method IS 'Model or source of the effect';
COMMENT ON COLUMN action_by_territory.lines IS 'Lines it touches in the base year, of those the reader may see; 0: it names none, so all of it counts';
COMMENT ON COLUMN action_by_territory.baseline IS 'What the lines emitted in the base year, t CO2e; NULL when one has no value';
COMMENT ON COLUMN action_by_territory.measured IS 'How much less they emit in this year, t CO2e; NULL when one has no value, or there are none';
COMMENT ON COLUMN action_by_territory.measured_low IS 'Lower end of its 95 % interval, t CO2e';
COMMENT ON COLUMN action_by_territory.measured_high IS 'Upper end of its 95 % interval, t CO2e';
COMMENT ON COLUMN action_by_territory.cost_per_tonne IS 'Investment and yearly costs over the years with an effect, for each tonne reduced in them, EUR/t, not discounted; NULL without costs';
COMMENT ON COLUMN action_by_territory.geom IS 'Boundary of the territory';

CREATE VIEW plan_progress WITH (security_invoker = on) AS
WITH RECURSIVE down (top, code) AS (
    SELECT DISTINCT p.territory_code, p.territory_code FROM plan p
  UNION
    SELECT down.top, t.code FROM down JOIN territory t ON t.parent_code = down.code
), counted AS MATERIALIZED (
    SELECT r.year, a.territory_code, a.sector, a.status, r.effect * r.counted_share AS effect
    FROM action_account() AS r
    JOIN action a ON a.code = r.action_code
    WHERE a.status IN ('planned', 'running')
), course AS (
    SELECT g.territory_code, g.sector, g.plan, (SELECT max(y.year) FROM unnest(terrcarbon.years(s.known)) AS y (year)) AS last_year, f.slope, f.intercept
    FROM plan g
    JOIN LATERAL (
        SELECT terrcarbon.trajectory_agg(x.year, x.actual) AS known FROM (
            SELECT k.year, terrcarbon.value(CASE g.covers WHEN 'net' THEN k.net ELSE k.emissions END) / 1000 AS actual
            FROM actual_in(g.territory_code, g.sector) AS k
            CROSS JOIN LATERAL same_perimeter_in(g.territory_code, k.year, 9999) AS perimeter
            WHERE k.hidden IS NULL AND perimeter.same) AS x
        WHERE x.actual IS NOT NULL
    ) AS s ON true
    LEFT JOIN LATERAL terrcarbon.trend(s.known, 1900, 2200) AS f ON true
)
SELECT g.id, g.territory_code, g.territory_name, g.level, g.sector, g.plan, g.in_force, g.year, g.target, g.actual, g.gap,
       w.trend, terrcarbon.value(w.effect) AS actions, terrcarbon.lower(w.effect) AS actions_low, terrcarbon.upper(w.effect) AS actions_high,
       w.trend - g.target AS gap_by_trend, w.trend - terrcarbon.value(w.effect) - g.target AS gap_with_actions
FROM target_by_territory g
JOIN course c ON c.territory_code = g.territory_code AND c.sector = g.sector AND c.plan = g.plan
CROSS JOIN LATERAL (
    SELECT CASE WHEN g.year > c.last_year THEN c.intercept + c.slope * g.year END AS trend,
           CASE WHEN count(*) = count(x.effect) THEN coalesce(terrcarbon.sum(x.effect), terrcarbon.estimate(0, 0)) END AS effect
    FROM counted x
    WHERE x.year = g.year AND (x.sector = g.sector OR g.sector = 'all' AND x.sector <> 'land')
      AND x.territory_code IN (SELECT d.code FROM down d WHERE d.top = g.territory_code)
) AS w;
COMMENT ON VIEW plan_progress IS
    'Every year of every plan: target, what was emitted, where the trend leads, and what planned and running actions of the territory and its parts are expected to bring, those on the same lines counted once. The trend is the straight line through all known years, so a running action that shows in them is in both. Unique by id.';
COMMENT ON COLUMN plan_progress.id IS 'territory/sector/plan/year: unique';
COMMENT ON COLUMN plan_progress.territory_code IS 'Territory';
COMMENT ON COLUMN plan_progress.territory_name IS 'Its name';
COMMENT ON COLUMN plan_progress.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN plan_progress.sector IS 'Sector, or all';
COMMENT ON COLUMN plan_progress.plan IS 'Plan';
COMMENT ON COLUMN plan_progress.in_force IS 'Whether it is the one that other views compare with';
COMMENT ON COLUMN plan_progress.year IS 'Year';
COMMENT ON COLUMN plan_progress.target IS 'Limit of the year, t CO2e';
COMMENT ON COLUMN plan_progress.actual IS 'Emissions, or net as the plan says, t CO2e';
COMMENT ON COLUMN plan_progress.gap IS 'Actual minus target, t CO2e';
COMMENT ON COLUMN plan_progress.trend IS 'Least-squares line through the known years in which the territory had the parts of today, for years after the last of them, t CO2e; NULL with fewer than two';
COMMENT ON COLUMN plan_progress.actions IS 'Reduction that planned and running actions are expected to bring in the year, t CO2e; NULL for who may not see the lines they touch';
COMMENT ON COLUMN plan_progress.actions_low IS 'Lower end of its 95 % interval, t CO2e';
COMMENT ON COLUMN plan_progress.actions_high IS 'Upper end of its 95 % interval, t CO2e';
COMMENT ON COLUMN plan_progress.gap_by_trend IS 'Trend minus target, t CO2e';
COMMENT ON COLUMN plan_progress.gap_with_actions IS 'Trend less the actions, minus target, t CO2e';
