-- The verdict on neutrality: figures and probabilities worked out by hand.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE dec_owner;
CREATE ROLE dec_citizen;
GRANT CREATE ON DATABASE :DBNAME TO dec_owner;
SELECT register_dataset('dec-open', 'Inventory', 'dec_owner', 'CC0-1.0', 'open') AS inventory \gset
SELECT register_dataset('dec-shared', 'Plants', 'dec_owner', 'CC0-1.0', 'shared') AS plant \gset
SET ROLE dec_owner;
SELECT create_account('port', 4326);
GRANT USAGE ON SCHEMA port TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA port TO PUBLIC;
INSERT INTO port.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Bay', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.05, 4326))),
    ('N', 'Northport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326))),
    ('S', 'Southport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.05, 46, 0.1, 46.05, 4326)));
-- Northport: what does not occur, then emissions in t with their intervals in %.
INSERT INTO port.activity (dataset_id, territory_code, sector, year, notation)
    SELECT :inventory, 'N', s, y, 'NO'
    FROM unnest('{tertiary,other_transport,agriculture,waste,energy}'::text[]) AS s, generate_series(2020, 2023) AS y;
INSERT INTO port.activity (dataset_id, territory_code, sector, scope, kind, year, emission, u95_percent)
SELECT CASE WHEN sector = 'industry' THEN :plant ELSE :inventory END, 'N', sector, scope, kind, year, ghg('CO2', t * 1000), u95
FROM (VALUES
    -- 1000 ± 30 and 1000 ± 0, against 2050 ± 40: net -50 ± 50.
    ('residential', '1', 'emission', 2020, 1000, 3::float8), ('road_transport', '1', 'emission', 2020, 400, 0), ('industry', '2', 'emission', 2020, 600, 0),
    ('land', '1', 'removal', 2020, -2050, 4000.0 / 2050),
    -- The land loses 200 of what it takes up: net +50 ± 50.
    ('residential', '1', 'emission', 2021, 1000, 3), ('road_transport', '1', 'emission', 2021, 400, 0), ('industry', '2', 'emission', 2021, 600, 0),
    ('land', '1', 'removal', 2021, -2150, 4000.0 / 2150), ('land', '1', 'emission', 2021, 200, 0),
    -- Nothing between the two: net 0 ± 50, of which 100 are removed by a plant.
    ('residential', '1', 'emission', 2022, 1000, 3), ('road_transport', '1', 'emission', 2022, 400, 0), ('industry', '2', 'emission', 2022, 600, 0),
    ('land', '1', 'removal', 2022, -1900, 4000.0 / 1900), ('industry', '1', 'removal', 2022, -100, 0),
    -- In 2023 nobody said what the roads emit and what the land takes up.
    ('residential', '1', 'emission', 2023, 10, 3), ('industry', '2', 'emission', 2023, 600, 0)
    ) AS v (sector, scope, kind, year, t, u95);
INSERT INTO port.activity (dataset_id, territory_code, sector, scope, year, notation)
    SELECT :plant, 'N', 'industry', '1', y, 'NO' FROM unnest('{2020,2021,2023}'::int[]) AS y;
INSERT INTO port.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent)
    SELECT :inventory, 'N', 'tertiary', '3', y, '{"CO2": 30000}', 0 FROM generate_series(2020, 2022) AS y;
-- Southport knows its homes only.
INSERT INTO port.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent)
    VALUES (:inventory, 'S', 'residential', '1', 2020, '{"CO2": 1000}', 0);
CALL refresh('port');

-- z = 50 / (50 / 1.96) is the 97.5th percentile, so 0.975 and 0.025; 0 is even.
\set query 'SELECT year, scope_1, scope_2, scope_3, memo, emissions, round((emissions_high - emissions)::numeric, 6) AS half, land_losses, removals, round((removals_high - removals)::numeric, 6) AS r_half, round(net::numeric, 6) AS net, round((net_high - net)::numeric, 6) AS n_half, complete, round(probability::numeric, 6) AS probability, verdict FROM generate_series(2020, 2023) AS y (year), neutrality(''port'', ''N'', y.year) ORDER BY year'
:query;
SELECT code, verdict, statement_fr FROM neutrality('port', NULL, 2020);
SELECT code, emissions, complete, verdict FROM neutrality('port', NULL, 1999);
-- The reasons.
SELECT kind, sector, scope, reason, detail, round(amount::numeric, 6) AS amount, unit FROM neutrality_reasons('port', 'N', 2020);
SELECT kind, sector, scope, reason, amount FROM neutrality_reasons('port', 'N', 2022) WHERE kind = 'verdict';
SELECT kind, sector, scope, reason FROM neutrality_reasons('port', 'N', 2023) WHERE kind <> 'rule';
SELECT kind, sector, scope, reason FROM neutrality_reasons('port', 'S', 2020) WHERE kind <> 'rule';
SELECT kind, sector, scope, reason FROM neutrality_reasons('port', 'E', 2020) WHERE kind = 'missing';

-- Who may not see the plants is shown the rest, no verdict, and why.
SET ROLE dec_citizen;
SELECT year, emissions, net, complete, probability, verdict FROM neutrality('port', 'N', 2020), (SELECT 2020) AS y (year);
SELECT kind, sector, scope, reason, detail FROM neutrality_reasons('port', 'N', 2020) WHERE kind = 'missing';
-- Nobody knows the land of 2023: nor does who sees less.
SELECT emissions, land_losses, removals, net, complete FROM neutrality('port', 'N', 2023);
SELECT sector, scope, reason FROM neutrality_reasons('port', 'N', 2023) WHERE kind = 'missing';

-- Who sees none of it is shown no figure, not 0.
RESET ROLE;
BEGIN;
UPDATE dataset SET access = 'shared' WHERE id = :inventory;
SET LOCAL ROLE dec_citizen;
SELECT emissions, removals, net, complete, verdict FROM neutrality('port', 'N', 2020);
SELECT kind, reason, detail, amount FROM neutrality_reasons('port', 'N', 2020) WHERE kind IN ('figure', 'missing') AND sector IS NULL;
ROLLBACK;

-- Targets: 1900 allowed in 2020, 1800 in 2021, so 3700 in all; emitted 2000 a year.
SET ROLE dec_owner;
INSERT INTO port.plan (territory_code, plan) VALUES ('N', 'plan');
INSERT INTO port.target (territory_code, plan, year, value) VALUES ('N', 'plan', 2020, 1900), ('N', 'plan', 2021, 1800);
SELECT target, gap, remaining_budget FROM neutrality('port', 'N', 2020);
SELECT target, gap, remaining_budget FROM neutrality('port', 'N', 2021);
SELECT reason, detail, amount, unit FROM neutrality_reasons('port', 'N', 2020) WHERE kind = 'target';
-- What changed since is said.
UPDATE port.activity SET u95_percent = NULL WHERE sector = 'road_transport' AND year = 2020;
SELECT kind, reason FROM neutrality_reasons('port', 'N', 2020) WHERE kind = 'note';
CALL refresh('port');
SELECT kind, sector, scope, reason, detail FROM neutrality_reasons('port', 'N', 2020) WHERE kind = 'note';

-- Rules are rows: surer, with scope 3, without what plants remove; each in the place of the shipped one.
RESET ROLE;
INSERT INTO neutrality_rule (name, title, scopes, sectors, sinks, confidence, source)
    SELECT 'strict', 'Surer', scopes, sectors, sinks, 0.99, 'test' FROM neutrality_rule WHERE name = 'local'
    UNION ALL SELECT 'footprint', 'With scope 3', '{1,2,3}', sectors, '{land}', 0.95, 'test' FROM neutrality_rule WHERE name = 'local'
    UNION ALL SELECT 'homes', 'Homes and land', '{1}', '{residential,land}', '{land}', 0.95, 'test'
    UNION ALL SELECT 'inventory', 'Without land', '{1,memo}', '{residential,industry}', '{}', 0.95, 'test';
SET ROLE dec_owner;
SELECT r.rule, year, scope_3, emissions, removals, round(net::numeric, 6) AS net, round(probability::numeric, 6) AS probability, verdict
FROM (VALUES ('strict', 2020), ('footprint', 2020), ('footprint', 2022), ('homes', 2022), ('inventory', 2022)) AS r (rule, year),
     neutrality('port', 'N', r.year, r.rule);
SELECT detail FROM neutrality_reasons('port', 'N', 2020, 'strict') WHERE kind = 'verdict';
-- Shipped rows stay as they are, and a rule that counts a sink it does not count is none.
RESET ROLE;
\set VERBOSITY terse
UPDATE neutrality_rule SET confidence = 0.6 WHERE name = 'local';
INSERT INTO neutrality_rule (name, title, scopes, sectors, sinks, source) VALUES ('x', 'x', '{1}', '{residential}', '{land}', 'x');
INSERT INTO neutrality_rule (name, title, scopes, sectors, sinks, source) VALUES ('x', 'x', '{stock}', '{land}', '{land}', 'x');
\set VERBOSITY default
-- What is asked wrongly.
SELECT pg_temp.outcome('SELECT verdict FROM neutrality(''port'', ''X'', 2020)');
SELECT pg_temp.outcome('SELECT verdict FROM neutrality(''port'', ''N'', NULL)');
SELECT pg_temp.outcome('SELECT verdict FROM neutrality(''port'', ''N'', 2020, ''none'')');
SELECT pg_temp.outcome('SELECT verdict FROM neutrality(''public'', ''N'', 2020)');
SELECT pg_temp.outcome('SELECT kind FROM neutrality_reasons(''port'', NULL, 2020)');

SELECT drop_account('port');
REVOKE CREATE ON DATABASE :DBNAME FROM dec_owner;
DELETE FROM neutrality_rule WHERE NOT shipped;
DELETE FROM dataset WHERE slug LIKE 'dec-%';
DROP ROLE dec_owner, dec_citizen;
