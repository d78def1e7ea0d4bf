-- Actors: each sees its own figures, and only those who may read the rows see all.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
CREATE ROLE act_owner;
CREATE ROLE act_mill;
CREATE ROLE act_clerk;
CREATE ROLE act_dairy;
CREATE ROLE act_study;
CREATE ROLE act_citizen;
GRANT act_mill TO act_clerk;
GRANT CREATE ON DATABASE :DBNAME TO act_owner;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES ('act-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 10, 'combustion', 'test');
SELECT register_dataset('act-firms', 'Meters of firms', 'act_owner', 'CC0-1.0', 'shared') AS firms \gset
SET ROLE act_owner;
SELECT grant_access(:firms, 'act_study', 'study');
SELECT create_account('works', 4326);
GRANT USAGE ON SCHEMA works TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA works TO PUBLIC;
INSERT INTO works.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Bay', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.05, 4326))),
    ('N', 'Northport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326))),
    ('S', 'Southport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.05, 46, 0.1, 46.05, 4326)));
INSERT INTO works.actor (code, name, kind, sector, role_name) VALUES
    ('111', 'The mill', 'firm', 'industry', 'act_mill'), ('222', 'The dairy', 'firm', 'industry', 'act_dairy'),
    ('333', 'The bakery', 'firm', 'industry', NULL), ('444', 'The smith', 'firm', 'industry', 'act_no_such_role');
-- The mill burns gas in both towns, which share its factor's error; buys power, and
-- carries goods; in 2021 one row has no factor, in 2022 something is not estimated.
INSERT INTO works.activity (dataset_id, territory_code, sector, scope, kind, year, quantity, unit, factor, emission, u95_percent, notation, actor_code) VALUES
    (:firms, 'N', 'industry', NULL, NULL, 2020, 300, 'MWh LHV', 'act-gas', NULL, 0, NULL, '111'),
    (:firms, 'S', 'industry', NULL, NULL, 2020, 200, 'MWh LHV', 'act-gas', NULL, 0, NULL, '111'),
    (:firms, 'N', 'industry', '2', NULL, 2020, NULL, NULL, NULL, '{"CO2": 20000}', 20, NULL, '111'),
    (:firms, 'N', 'industry', '3', NULL, 2020, NULL, NULL, NULL, '{"CO2": 7000}', 0, NULL, '111'),
    (:firms, 'N', 'industry', '1', 'removal', 2020, NULL, NULL, NULL, '{"CO2": -3000}', 0, NULL, '111'),
    (:firms, 'N', 'industry', NULL, NULL, 2021, 300, 'MWh LHV', 'act-gas', NULL, 0, NULL, '111'),
    (:firms, 'N', 'industry', NULL, NULL, 2021, 10, 'MWh LHV', 'act-none', NULL, 0, NULL, '111'),
    (:firms, 'N', 'industry', NULL, NULL, 2022, 300, 'MWh LHV', 'act-gas', NULL, 0, NULL, '111'),
    (:firms, 'N', 'industry', '2', NULL, 2022, NULL, NULL, NULL, NULL, NULL, 'NE', '111'),
    (:firms, 'N', 'industry', '2', NULL, 2022, NULL, NULL, NULL, NULL, NULL, 'NO', '222'),
    (:firms, 'N', 'industry', NULL, NULL, 2020, 50, 'MWh LHV', 'act-gas', NULL, 0, NULL, '222'),
    (:firms, 'N', 'industry', NULL, NULL, 2020, 60, 'MWh LHV', 'act-gas', NULL, 0, NULL, '333'),
    (:firms, 'N', 'industry', NULL, NULL, 2020, 70, 'MWh LHV', 'act-gas', NULL, 0, NULL, '444'),
    (:firms, 'N', 'industry', NULL, NULL, 2020, 80, 'MWh LHV', 'act-gas', NULL, 0, NULL, NULL);
INSERT INTO works.actor_target (actor_code, year, tonnes) VALUES ('111', 2020, 110), ('111', 2023, 80);
CALL refresh('works');

-- The mill in 2020: 500 MWh x 0.2 = 100 ± 10 of one factor, and 20 ± 4 of its own:
-- 120 ± sqrt(116); target 110, so 10 too much.
\set figures 'actor_code, year, emissions, round((emissions_high - emissions)::numeric, 6) AS half, scope_3, removals, target, gap, complete, missing'
SELECT round(sqrt(116)::numeric, 6) AS half;
SELECT id, kind, sector, known_part, :figures FROM works.trajectory_by_actor ORDER BY 1;
-- Who reads the dataset sees all; who does not sees targets only.
SET ROLE act_study;
SELECT actor_code, year, emissions, complete FROM works.trajectory_by_actor WHERE emissions IS NOT NULL ORDER BY 1, 2;
SET ROLE act_citizen;
SELECT :figures FROM works.trajectory_by_actor ORDER BY 1, 2;
SELECT count(*) FROM my_trajectory('works');
-- A member of the mill's role, itself without any grant: the mill's, and nothing else.
SET ROLE act_clerk;
SELECT :figures FROM my_trajectory('works');
SELECT count(emissions) AS rows_of_views, (SELECT count(*) FROM works.activity) AS rows FROM works.trajectory_by_actor;
SET ROLE act_dairy;
SELECT :figures FROM my_trajectory('works');
-- The inner function is told who calls, so nobody else may call it.
\set VERBOSITY terse
SELECT * FROM terrcarbon_internal.my_trajectory('act_mill'::regrole, 'works');
-- There is no such account.
SELECT * FROM my_trajectory('public');
\set VERBOSITY default
-- Neither membership without its privileges.
RESET ROLE;
ALTER ROLE act_clerk NOINHERIT;
REVOKE act_mill FROM act_clerk;
GRANT act_mill TO act_clerk;
SET ROLE act_clerk;
SELECT count(*) FROM my_trajectory('works');
-- A role that is gone gives its name to nobody.
RESET ROLE;
UPDATE works.actor SET role_name = 'act_gone' WHERE code = '222';
SET ROLE act_dairy;
SELECT count(*) FROM my_trajectory('works');
RESET ROLE;
SELECT drop_account('works');
REVOKE CREATE ON DATABASE :DBNAME FROM act_owner;
DELETE FROM factor WHERE code = 'act-gas';
DELETE FROM access_grant WHERE dataset_id = :firms;
DELETE FROM dataset WHERE slug = 'act-firms';
DROP ROLE act_owner, act_mill, act_clerk, act_dairy, act_study, act_citizen;
