-- A worked year of a territory that acts on its plan, all invented: five communes of a
-- harbour, six firms, ten actions and two projects that sell credits.  year_views.sql shows
-- it to a reader.
SET client_min_messages = warning;
SET search_path = public, terrcarbon;
CREATE ROLE harbour_council;
CREATE ROLE harbour_mill;
CREATE ROLE harbour_study;
CREATE ROLE harbour_citizen;
CREATE ROLE harbour_registry;
SELECT create_account('harbour', 4326, owner => 'harbour_council') \g /dev/null
GRANT USAGE ON SCHEMA harbour TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA harbour TO PUBLIC;
SELECT register_dataset('harbour-inventory', 'Inventory of the harbour', 'harbour_council', 'etalab-2.0', 'open', updated => '2024-02-01') AS inventory,
       register_dataset('harbour-firms', 'Meters of firms', 'harbour_council', 'etalab-2.0', 'aggregate', updated => '2024-02-01') AS firms \gset
INSERT INTO harbour.territory (code, name, level, parent_code, geom)
    SELECT 'H', 'The harbour', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 46, 0.5, 46.05, 4326)) UNION ALL
    SELECT c, c || 'ville', 'commune', 'H', ST_Multi(ST_MakeEnvelope((k - 1) * 0.1, 46, k * 0.1, 46.05, 4326)) FROM unnest('{A,B,C,D,E}'::text[]) WITH ORDINALITY AS t (c, k);
INSERT INTO harbour.population (territory_code, year, residents)
    SELECT c, y, 1000 * k FROM unnest('{A,B,C,D,E}'::text[]) WITH ORDINALITY AS t (c, k), generate_series(2021, 2023) AS y UNION ALL SELECT 'H', y, 15000 FROM generate_series(2021, 2023) AS y;

-- Six firms, the first with a role of its own, and five others in each commune.
INSERT INTO harbour.actor (code, name, kind, sector, role_name)
    SELECT (j * 111)::text, n, 'firm', 'industry', CASE j WHEN 1 THEN 'harbour_mill' END
    FROM unnest('{The mill,The dairy,The shipyard,The bakery,The smokehouse,The cooperage}'::text[]) WITH ORDINALITY AS f (n, j);
INSERT INTO harbour.activity (dataset_id, territory_code, sector, scope, kind, year, emission, u95_percent)
SELECT :inventory, c, s.sector, '1', s.kind, y, ghg('CO2', 1000 * (s.base + s.more * k) * CASE s.sector WHEN 'land' THEN 1 ELSE 1.04 - 0.02 * (y - 2021) END), s.u95
FROM unnest('{A,B,C,D,E}'::text[]) WITH ORDINALITY AS t (c, k), generate_series(2021, 2023) AS y,
     (VALUES ('residential', 'emission', 1000, 100, 10), ('road_transport', 'emission', 500, 50, 20), ('land', 'removal', -700, -10, 30)) AS s (sector, kind, base, more, u95);
INSERT INTO harbour.activity (dataset_id, territory_code, sector, year, notation)
    SELECT :inventory, c, s, y, 'NO' FROM unnest('{A,B,C,D,E}'::text[]) AS c, unnest('{tertiary,other_transport,agriculture,waste,energy}'::text[]) AS s, generate_series(2021, 2023) AS y;
INSERT INTO harbour.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent, unit_key, actor_code)
SELECT :firms, f.c, 'industry', '1', y, ghg('CO2', 1000 * f.tonnes * (1.04 - 0.02 * (y - 2021))), 5, f.unit, f.actor
FROM generate_series(2021, 2023) AS y,
     (SELECT c, 40.0 + 5 * k + i AS tonnes, c || i AS unit, NULL AS actor FROM unnest('{A,B,C,D,E}'::text[]) WITH ORDINALITY AS t (c, k), generate_series(1, 5) AS i
      UNION ALL
      SELECT (ARRAY['A','B','C','D','E'])[1 + (j - 1) % 5], 40 + 5 * j, 'F' || j, (j * 111)::text FROM generate_series(1, 6) AS j) AS f;
INSERT INTO harbour.actor_target (actor_code, year, tonnes)
    SELECT (j * 111)::text, y, (40 + 5 * j) * CASE y WHEN 2021 THEN 1.04 ELSE 0.5 END FROM generate_series(1, 6) AS j, unnest('{2021,2030}'::int[]) AS y;
INSERT INTO harbour.actor_output (actor_code, year, unit, amount) SELECT (j * 111)::text, 2023, 'employee', 20 + 5 * j FROM generate_series(1, 6) AS j;
INSERT INTO harbour.sector_output (territory_code, sector, year, unit, amount, source)
    SELECT c, 'industry', 2023, 'employee', 120 + 10 * k, 'invented' FROM unnest('{A,B,C,D,E}'::text[]) WITH ORDINALITY AS t (c, k);
CALL refresh('harbour');

-- The plan, and ten actions.
INSERT INTO harbour.plan (territory_code, plan, base_year, source) VALUES ('H', 'Climate plan', 2021, 'invented');
INSERT INTO harbour.target (territory_code, plan, year, value) VALUES ('H', 'Climate plan', 2030, -40);
INSERT INTO harbour.action (code, title, actor_code, territory_code, sector, status, year_from, base_year, investment, yearly_cost) VALUES
    ('01', 'Renovate homes', NULL, 'H', 'residential', 'running', 2024, 2023, 4000000, NULL), ('02', 'Replace boilers', NULL, 'H', 'residential', 'planned', 2025, 2023, 500000, NULL),
    ('03', 'Caulk windows of Aville', NULL, 'A', 'residential', 'planned', 2024, 2023, 20000, NULL), ('04', 'More buses', NULL, 'H', 'road_transport', 'running', 2024, 2023, NULL, 90000),
    ('05', 'Cycle paths', NULL, 'H', 'road_transport', 'planned', 2025, 2023, 600000, NULL), ('06', 'The mill''s new oven', '111', 'A', 'industry', 'running', 2024, 2023, 30000, -2000),
    ('07', 'Waste heat of the harbour', NULL, 'H', 'industry', 'planned', 2026, 2023, 100000, NULL), ('08', 'LED', NULL, 'H', 'tertiary', 'planned', 2024, 2023, 10000, -5000),
    ('09', 'A tram', NULL, 'H', 'road_transport', 'abandoned', 2026, 2023, 90000000, NULL), ('10', 'Hedges', NULL, 'H', 'land', 'planned', 2024, 2023, 50000, NULL);
INSERT INTO harbour.action_effect (action_code, year, reduction, u95_percent, method)
SELECT e.code, y, e.tonnes * (y - 2023), e.u95, 'invented'
FROM (VALUES ('01', 90, 20), ('02', 50, 10), ('03', 6, 30), ('04', 25, 40), ('05', 12, 50), ('06', 3, 10), ('07', 8, 25), ('08', 1, 20), ('09', 70, 50), ('10', 4, 50)) AS e (code, tonnes, u95),
     generate_series(2024, 2030) AS y;
INSERT INTO harbour.action_part (action_code, sector, actor_code)
    VALUES ('01', 'residential', NULL), ('02', 'residential', NULL), ('03', 'residential', NULL), ('04', 'road_transport', NULL), ('06', 'industry', '111'), ('07', 'industry', NULL);

-- Credits of two projects; a council that lets a hundredth of its emissions be set against them.
INSERT INTO credit_project (code, name, standard, issuer) VALUES ('HEDGE', 'Hedges of the heath', 'Label bas-carbone', 'harbour_registry'::regrole), ('MARSH', 'The salt marsh', 'Label bas-carbone', 'harbour_registry'::regrole);
INSERT INTO neutrality_rule (name, title, scopes, sectors, sinks, credit_share, source)
    SELECT 'harbour', 'As local, a hundredth by credits', r.scopes, r.sectors, r.sinks, 0.01, 'invented' FROM neutrality_rule r WHERE r.name = 'local' AND r.shipped;
SET ROLE harbour_registry;
SELECT issue_credits('HEDGE', 2022, 100, 'harbour_council'), issue_credits('MARSH', 2022, 60, 'harbour_council') \g /dev/null
SET ROLE harbour_council;
SELECT retire_credits('harbour', 'H', 2023, 'HEDGE', 2022, 1, 70, 'council'), retire_credits('harbour', 'A', 2023, 'MARSH', 2022, 1, 20, 'council') \g /dev/null

-- What is out: the releases and publications of the year; and what one partner may see.
SELECT release('harbour', 2023), publish('harbour', 'Figures of 2023', 2023) \g /dev/null
SELECT grant_access(:firms, 'harbour_study', 'study of the plan') \g /dev/null
