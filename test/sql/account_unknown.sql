-- What is not known stays so in each total it belongs to: of a fuel's parts in each scope, of a
-- sector's scopes, of removals, and in words where a sum is explained.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
CREATE ROLE unk_owner;
GRANT CREATE ON DATABASE :DBNAME TO unk_owner;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source, grid, year_from, year_to) VALUES
    ('unk-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 5, 'combustion', 'test', NULL, NULL, NULL),
    ('unk-gas', 'Gas', 'kWh LHV', '{"CO2": 0.04}', 5, 'upstream', 'test', NULL, NULL, NULL),
    ('unk-power', 'Power', 'kWh', '{"CO2": 0.05}', 5, 'combustion', 'test', 'location', NULL, NULL),
    ('unk-power', 'Power', 'kWh', '{"CO2": 0.01}', 5, 'upstream', 'test', 'location', 2017, NULL),
    ('unk-heat', 'Heat', 'kWh', '{"CO2": 0.1}', 5, 'full', 'test', 'location', 2016, 2016);
SELECT part, ghg_scope, reason FROM resolve_factor_parts('unk-power', 2016, NULL, 'kWh');
SELECT part, ghg_scope, reason FROM resolve_factor_parts('unk-gas', 2016, NULL, 'kWh');
SELECT part, ghg_scope, reason FROM resolve_factor_parts('unk-gas', 2016, NULL, NULL);
SELECT part, ghg_scope, reason FROM resolve_factor_parts('unk-heat', 2017, NULL, 'kWh');

SELECT register_dataset('unk', 'Rows', 'unk_owner', 'CC0-1.0', 'open') AS d \gset
SELECT create_account('unk', 4326, owner => 'unk_owner');
INSERT INTO unk.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Epci', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.2, 45.1, 4326))),
    ('A', 'Aville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.1, 45.1, 4326))),
    ('B', 'Bville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.1, 45.0, 0.2, 45.1, 4326)));
SET ROLE unk_owner;
INSERT INTO unk.activity (dataset_id, territory_code, sector, kind, year, quantity, unit, factor) VALUES
    -- Nobody knows the heating value of the second row: neither its combustion nor its upstream.
    (:d, 'A', 'industry', NULL, 2016, 10000, 'kWh LHV', 'unk-gas'), (:d, 'A', 'industry', NULL, 2016, 10000, 'kWh', 'unk-gas'),
    -- Power without upstream, heat without a factor: scopes 3 and 2.
    (:d, 'A', 'tertiary', NULL, 2016, 10000, 'kWh', 'unk-power'),
    (:d, 'A', 'waste', NULL, 2016, 10000, 'kWh', 'unk-heat'), (:d, 'A', 'waste', NULL, 2017, 10000, 'kWh', 'unk-heat'),
    -- Gas and power in 2016, gas alone in 2017.
    (:d, 'B', 'residential', NULL, 2016, 10000, 'kWh LHV', 'unk-gas'), (:d, 'B', 'residential', NULL, 2016, 20000, 'kWh', 'unk-power'),
    (:d, 'B', 'residential', NULL, 2017, 5000, 'kWh LHV', 'unk-gas'),
    -- A removal that has a value in 2016 and none in 2017, beside land that has both.
    (:d, 'B', 'agriculture', 'removal', 2016, -3000, 'kWh', 'unk-heat'), (:d, 'B', 'agriculture', 'removal', 2017, -3000, 'kWh', 'unk-heat');
INSERT INTO unk.activity (dataset_id, territory_code, sector, kind, year, emission) VALUES
    (:d, 'B', 'land', 'removal', 2016, '{"CO2": -5000}'), (:d, 'B', 'land', 'removal', 2017, '{"CO2": -5000}'),
    (:d, 'A', 'land', 'removal', 2017, '{"CO2": -1000}');
INSERT INTO unk.plan (territory_code, sector, plan) VALUES ('B', 'residential', 'Plan');
INSERT INTO unk.target (territory_code, sector, plan, year, value) VALUES ('B', 'residential', 'Plan', 2016, 3), ('B', 'residential', 'Plan', 2017, 3);
-- Each row once, whatever the scopes it lacks in.
CALL refresh('unk');
SELECT count(*) FROM unk.pending;
SELECT sector, scope, year, emissions, known_part, complete FROM unk.balance_by_territory
WHERE territory_code = 'A' AND sector <> 'land' ORDER BY 1, 2, 3;
SELECT row_id, scope, finding FROM unk.line WHERE finding IS NOT NULL ORDER BY 1, 2;
-- 10,000 x 0.2 + 20,000 x 0.05 kg, then not known: power is not 0 because nobody told.
SELECT year, actual, gap, on_track FROM unk.target_by_territory ORDER BY 1;
-- -5 - 0.3 t, then not known; and of A, which has no other removals, the land's.
SELECT territory_code, year, removals, net FROM unk.trajectory_by_territory WHERE territory_code IN ('A', 'B') AND year IN (2016, 2017) ORDER BY 1, 2;
-- 2 + 1 t, and on the ground 2 and 1; then power lacks, and with all scopes the power's upstream.
SELECT reporting_level, year, emissions, known_part, complete FROM unk.balance_gpc WHERE territory_code = 'B' AND year IN (2016, 2017) ORDER BY 1, 2;
UPDATE unk.setting SET required_sectors = '{residential,agriculture}';
SELECT reporting_level, year, emissions, complete FROM unk.balance_gpc WHERE territory_code = 'B' AND year = 2016 ORDER BY 1, 2;
UPDATE unk.setting SET required_sectors = '{tertiary}';
SELECT reporting_level, year, emissions, complete FROM unk.balance_gpc WHERE territory_code = 'B' AND year = 2016 ORDER BY 1, 2;
-- Required twice is required.
UPDATE unk.setting SET required_sectors = '{residential,agriculture,residential}';
SELECT year, emissions, complete, missing FROM unk.trajectory_by_territory WHERE territory_code = 'B' AND year = 2016;
UPDATE unk.setting SET required_sectors = '{waste,waste}';
SELECT emissions, complete, missing FROM unk.trajectory_by_territory WHERE territory_code = 'B' AND year = 2016;
UPDATE unk.setting SET required_sectors = '{}';
-- The sum of what is known is told as that.
SELECT territory_code, amount, detail
FROM unk.territory t (territory_code)
CROSS JOIN LATERAL explain_number('unk', t.territory_code, 'residential', 2017) AS x
WHERE x.kind = 'figure' AND t.territory_code IN ('B', 'E') ORDER BY 1;
SELECT amount, detail FROM explain_number('unk', 'B', 'residential', 2016) WHERE kind = 'figure';

RESET ROLE;
SELECT drop_account('unk');
DELETE FROM factor WHERE code LIKE 'unk-%';
DELETE FROM dataset WHERE slug = 'unk';
REVOKE CREATE ON DATABASE :DBNAME FROM unk_owner;
DROP ROLE unk_owner;
