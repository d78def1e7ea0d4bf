-- Territories of one kind side by side, of two accounts.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE per_owner;
CREATE ROLE per_citizen;
GRANT CREATE ON DATABASE :DBNAME TO per_owner;
SELECT register_dataset('per-open', 'Inventory', 'per_owner', 'CC0-1.0', 'open') AS inventory \gset
SELECT register_dataset('per-shared', 'Plants', 'per_owner', 'CC0-1.0', 'shared') AS plant \gset
SET ROLE per_owner;
SELECT create_account('left_bank', 4326), create_account('right_bank', 4326);
GRANT USAGE ON SCHEMA left_bank, right_bank TO per_citizen;
GRANT SELECT ON ALL TABLES IN SCHEMA left_bank, right_bank TO per_citizen;
INSERT INTO left_bank.territory (code, name, level, geom)
    SELECT c, 'Left ' || c, 'commune', ST_Multi(ST_MakeEnvelope(i, 46, i + 0.1, 46.05, 4326)) FROM unnest('{A,B,C}'::text[]) WITH ORDINALITY AS u (c, i);
INSERT INTO right_bank.territory (code, name, level, valid_to, geom)
    SELECT c, 'Right ' || c, CASE c WHEN 'R' THEN 'region' ELSE 'commune' END, CASE c WHEN 'Z' THEN '2019-12-31'::date END,
           ST_Multi(ST_MakeEnvelope(i, 47, i + 0.1, 47.05, 4326)) FROM unnest('{A,B,R,Z}'::text[]) WITH ORDINALITY AS u (c, i);
-- Left: 100 t of 50, 300 of 100, 200 of nobody knows how many; right: 500 of 100, and
-- 100 with what the plant emits, 90.
INSERT INTO left_bank.population (territory_code, year, residents) VALUES ('A', 2020, 50), ('B', 2020, 100);
INSERT INTO right_bank.population (territory_code, year, residents) VALUES ('A', 2020, 100), ('B', 2020, 100);
-- Per job 20 and 10 on the left, 50 on the right, whose other commune has none.
UPDATE left_bank.population SET jobs = 5 WHERE territory_code = 'A';
INSERT INTO left_bank.population (territory_code, year, jobs) VALUES ('C', 2020, 20);
UPDATE right_bank.population SET jobs = CASE territory_code WHEN 'A' THEN 10 ELSE 0 END;
INSERT INTO left_bank.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent)
    VALUES (:inventory, 'A', 'residential', '1', 2020, '{"CO2": 100000}', 0), (:inventory, 'B', 'residential', '1', 2020, '{"CO2": 300000}', 0),
           (:inventory, 'C', 'residential', '1', 2020, '{"CO2": 200000}', 0);
INSERT INTO right_bank.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent)
    VALUES (:inventory, 'A', 'residential', '1', 2020, '{"CO2": 500000}', 0), (:inventory, 'B', 'residential', '1', 2020, '{"CO2": 10000}', 0),
           (:plant, 'B', 'industry', '1', 2020, '{"CO2": 90000}', 0);
CALL refresh('left_bank');
CALL refresh('right_bank');
-- Per inhabitant 1, 2, 3 and 5: ranks 0, 1/3, 2/3 and 1.  The five grounds are of two
-- sizes, those of the right bank 1.8 % smaller.
\set query 'SELECT account, territory_code, territory_name, emissions, emissions_per_inhabitant AS per_inhabitant, emissions_per_job AS per_job, round(emissions_per_ha::numeric, 4) AS per_ha, complete, missing, peers, round(percentile_per_inhabitant::numeric, 4) AS p_inhabitant, percentile_per_job AS p_job, round(percentile_per_ha::numeric, 4) AS p_ha FROM compare_territories(''{left_bank,right_bank,left_bank}'', ''commune'', 2020)'
:query;
-- Who may not see the plant has one peer less, and no rank for it.
SET ROLE per_citizen;
:query;
SELECT count(*), count(emissions), min(missing) FROM compare_territories('{left_bank}', 'commune', 1999);
SELECT account, territory_code, peers FROM compare_territories('{right_bank}', 'region', 2020);
SELECT pg_temp.outcome(c) FROM unnest(ARRAY[
    $$SELECT peers FROM compare_territories('{left_bank,public}', 'commune', 2020)$$, $$SELECT peers FROM compare_territories('{left_bank}', 'town', 2020)$$,
    $$SELECT peers FROM compare_territories('{left_bank}', 'commune', NULL)$$]) AS c;
SELECT count(*) FROM compare_territories('{}', 'commune', 2020);
RESET ROLE;
SELECT drop_account('left_bank'), drop_account('right_bank');
REVOKE CREATE ON DATABASE :DBNAME FROM per_owner;
DELETE FROM dataset WHERE slug LIKE 'per-%';
DROP ROLE per_owner, per_citizen;
