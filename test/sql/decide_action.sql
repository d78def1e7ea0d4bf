-- Actions: expected and measured effects, those on the same lines counted once.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
CREATE ROLE acn_owner;
CREATE ROLE acn_citizen;
GRANT CREATE ON DATABASE :DBNAME TO acn_owner;
SELECT register_dataset('acn-inventory', 'Inventory', 'acn_owner', 'CC0-1.0', 'shared') AS inventory \gset
SET ROLE acn_owner;
SELECT create_account('cove', 4326);
GRANT USAGE ON SCHEMA cove TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA cove TO PUBLIC;
INSERT INTO cove.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Bay', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.05, 4326))),
    ('N', 'Northport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326))),
    ('S', 'Southport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.05, 46, 0.1, 46.05, 4326)));
INSERT INTO cove.actor (code, name) VALUES ('9', 'The council'), ('8', 'The landlord');
-- Homes: 200 + 100 t in 2020, then 190 + 100, then 170 + 100; roads 50 + 50, 50 + 50, 60 + 50.
-- Of the 200 t, the landlord's homes emit 50, and 35 in 2022.
INSERT INTO cove.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent, actor_code)
SELECT :inventory, t, s, '1', y, ghg('CO2', 1000 * kt), 0, actor
FROM (VALUES ('N', 'residential', 2020, 150, NULL), ('N', 'residential', 2020, 50, '8'), ('S', 'residential', 2020, 100, NULL),
             ('N', 'residential', 2021, 145, NULL), ('N', 'residential', 2021, 45, '8'), ('S', 'residential', 2021, 100, NULL),
             ('N', 'residential', 2022, 135, NULL), ('N', 'residential', 2022, 35, '8'), ('S', 'residential', 2022, 100, NULL),
             ('N', 'road_transport', 2020, 50, NULL), ('S', 'road_transport', 2020, 50, NULL),
             ('N', 'road_transport', 2021, 50, NULL), ('S', 'road_transport', 2021, 50, NULL),
             ('N', 'road_transport', 2022, 60, NULL), ('S', 'road_transport', 2022, 50, NULL)) AS v (t, s, y, kt, actor);
CALL refresh('cove');
INSERT INTO cove.action (code, title, actor_code, territory_code, sector, status, year_from, base_year, investment, yearly_cost) VALUES
    ('renovate', 'Renovate the homes of Northport', '9', 'N', 'residential', 'running', 2021, 2020, 600000, -1000),
    ('boilers', 'Replace boilers in the bay', '9', 'E', 'residential', 'planned', 2024, 2020, NULL, NULL),
    ('landlord', 'The landlord''s own programme', '8', 'N', 'residential', 'done', 2021, 2020, NULL, NULL),
    ('caulk', 'Caulk windows in Northport', '8', 'N', 'residential', 'planned', 2024, 2020, NULL, NULL),
    ('buses', 'More buses', '9', 'E', 'road_transport', 'planned', 2024, 2020, 0, 5000),
    ('tram', 'A tram', '9', 'E', 'road_transport', 'abandoned', 2024, 2020, 1e8, NULL);
INSERT INTO cove.action_effect (action_code, year, reduction, u95_percent, method) VALUES
    ('renovate', 2022, 15, 20, 'audits'), ('renovate', 2025, 60, 5, 'audits'), ('boilers', 2025, 60, 30, 'standard values'),
    ('caulk', 2025, 5, 0, 'audits'), ('landlord', 2022, 10, 0, 'meters'), ('buses', 2025, 10, 0, 'model of trips'), ('tram', 2025, 40, 10, 'model of trips');
INSERT INTO cove.action_part (action_code, sector, actor_code) VALUES
    ('renovate', 'residential', NULL), ('caulk', 'residential', NULL), ('boilers', 'residential', NULL), ('landlord', 'residential', '8'), ('tram', 'road_transport', NULL);

-- In 2025 homes are renovated (60 on 200 t of Northport) and get boilers (60 on 300 t of
-- both, 40 of them in Northport): there the 60 count, and of the boilers the 20 of
-- Southport, and nothing of what caulking brings.  In 2022 the landlord's 10 count on its 50 t, where renovation would bring
-- 15 x 50 / 200 = 3.75, so 11.25 of that count.  Measured: 200 - 170 and 50 - 35.
SELECT action_code, year, status, effect, round((effect_high - effect)::numeric, 6) AS half, round(counted::numeric, 6) AS counted, overlaps_with, lines, baseline, measured,
       round(cost_per_tonne::numeric, 4) AS cost, method
FROM cove.action_by_territory ORDER BY 1, 2;
SELECT round((600000 - 2 * 1000) / 75.0, 4) AS renovate, 5000 / 10 AS buses, 1e8 / 40 AS tram;

-- 400, 390 and 380 t lead to 350 in 2025; the plan has 300 there.  Planned and running
-- actions bring 60 + 20 + 10, known to sqrt(3² + 6²).
INSERT INTO cove.plan (territory_code, plan) VALUES ('E', 'climate plan');
INSERT INTO cove.target (territory_code, plan, year, value) VALUES ('E', 'climate plan', 2020, 400), ('E', 'climate plan', 2030, 200);
SELECT year, target, actual, gap, round(trend::numeric, 6) AS trend, actions, round((actions_high - actions)::numeric, 6) AS half,
       round(gap_by_trend::numeric, 6) AS gap_by_trend, round(gap_with_actions::numeric, 6) AS gap_with_actions
FROM cove.plan_progress WHERE year IN (2020, 2022, 2023, 2025) ORDER BY year;
SELECT round(sqrt(45)::numeric, 6) AS half;
-- A plan of one town and sector counts what is done there.
INSERT INTO cove.plan (territory_code, sector, plan) VALUES ('N', 'residential', 'homes');
INSERT INTO cove.target (territory_code, sector, plan, year, value) VALUES ('N', 'residential', 'homes', 2022, 180), ('N', 'residential', 'homes', 2025, 120);
SELECT year, target, actual, gap, round(trend::numeric, 6) AS trend, actions FROM cove.plan_progress WHERE sector = 'residential' ORDER BY year;

-- A line without a value has no baseline; who may not read the lines sees what is expected.
INSERT INTO cove.activity (dataset_id, territory_code, sector, scope, year, notation) VALUES (:inventory, 'N', 'residential', '2', 2022, 'NE');
SELECT action_code, baseline, measured FROM cove.action_by_territory WHERE year = 2022 ORDER BY 1;
SET ROLE acn_citizen;
SELECT action_code, year, effect, counted, overlaps_with, lines, baseline, measured FROM cove.action_by_territory ORDER BY 1, 2;
SELECT year, target, actual, trend, actions, gap_with_actions FROM cove.plan_progress WHERE year = 2025 ORDER BY 1, 2;
RESET ROLE;
SELECT drop_account('cove');
REVOKE CREATE ON DATABASE :DBNAME FROM acn_owner;
DELETE FROM dataset WHERE slug = 'acn-inventory';
DROP ROLE acn_owner, acn_citizen;
