-- What the inventory lacks and who might have it; opinions on a reuse, in nobody's name but one's own.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET jit = off;
\set SHOW_CONTEXT never
CREATE ROLE gov_owner;
CREATE ROLE gov_grid;
CREATE ROLE gov_committee;
CREATE ROLE gov_anne;
CREATE ROLE gov_citizen;
GRANT gov_committee TO gov_anne;
GRANT CREATE ON DATABASE :DBNAME TO gov_owner;
SELECT register_dataset('gov-meters', 'Meters', 'gov_grid', 'CC0-1.0', 'open', producer_name => 'The grid', contact => 'data@grid.example') AS meters \gset
SELECT register_dataset('gov-plants', 'Plants', 'gov_owner', 'CC0-1.0', 'shared') AS plants \gset
SET ROLE gov_owner;
SELECT create_account('fell', 4326);
GRANT USAGE ON SCHEMA fell TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA fell TO PUBLIC;
GRANT INSERT ON fell.activity, fell.reuse_proposal, fell.reuse_opinion TO PUBLIC;
INSERT INTO fell.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Fell', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.05, 4326))),
    ('N', 'Northport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326))),
    ('S', 'Southport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.05, 46, 0.1, 46.05, 4326)));
INSERT INTO fell.data_holder (sector, name, holds, contact) VALUES ('waste', 'The tip', 'weighbridge records', 'tip@example.org');
-- In the north homes are known in both years, waste is not estimated in 2022, a row of industry
-- has no factor and energy does not occur; nobody said anything of the south.
SET ROLE gov_grid;
INSERT INTO fell.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent, quantity, unit, factor, notation) VALUES
    (:meters, 'N', 'residential', '1', 2022, '{"CO2": 1000}', 0, NULL, NULL, NULL, NULL), (:meters, 'N', 'residential', '1', 2023, '{"CO2": 1000}', 0, NULL, NULL, NULL, NULL),
    (:meters, 'N', 'waste', '1', 2022, NULL, NULL, NULL, NULL, NULL, 'NE'), (:meters, 'N', 'industry', '1', 2023, NULL, 0, 5, 'MWh LHV', 'gov-none', NULL),
    (:meters, 'N', 'energy', '1', 2022, NULL, NULL, NULL, NULL, NULL, 'NO'), (:meters, 'N', 'energy', '1', 2023, NULL, NULL, NULL, NULL, NULL, 'NO');
RESET ROLE;
CALL refresh('fell');
SET ROLE gov_citizen;
SELECT sector, lacks, years, producers, holders FROM fell.inventory_gap WHERE territory_code = 'N' ORDER BY sector COLLATE "C", lacks;
SELECT sector, lacks, years FROM fell.inventory_gap WHERE territory_code = 'E' AND sector IN ('residential', 'energy') ORDER BY 1, 2;
SELECT count(*), bool_and(lacks = 'no figure' AND years = '{}') AS nothing_at_all FROM fell.inventory_gap WHERE territory_code = 'S';
SELECT count(*) = count(DISTINCT id) AS unique_by_id, count(hidden) AS hidden FROM fell.inventory_gap;
-- What one may not see may fill the gap.
SET ROLE gov_owner;
INSERT INTO fell.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent) VALUES (:plants, 'N', 'tertiary', '1', 2022, '{"CO2": 777000}', 0), (:plants, 'N', 'tertiary', '1', 2023, '{"CO2": 1}', 0);
CALL refresh('fell');
SELECT count(*) AS owner FROM fell.inventory_gap WHERE territory_code = 'N' AND sector = 'tertiary';
SET ROLE gov_citizen;
SELECT lacks, years, producers, hidden FROM fell.inventory_gap WHERE territory_code = 'N' AND sector = 'tertiary';

-- A citizen proposes; the producer, the owner and the committee speak, each for itself alone.
INSERT INTO fell.reuse_proposal (dataset_id, title, purpose) VALUES (:plants, 'Heat map', 'to find waste heat');
\set VERBOSITY terse
INSERT INTO fell.reuse_proposal (dataset_id, title, purpose, proposer) VALUES (:plants, 'x', 'x', 'gov_owner');
INSERT INTO fell.reuse_proposal (dataset_id, title, purpose, proposed_at) VALUES (:plants, 'x', 'x', '2020-01-01');
INSERT INTO fell.reuse_proposal (dataset_id, title, purpose) VALUES (-1, 'x', 'x');
INSERT INTO fell.reuse_opinion (proposal_id, body, opinion, reasons) VALUES (1, 'citizen committee', 'for', 'x');
INSERT INTO fell.reuse_opinion (proposal_id, body, opinion, reasons) VALUES (1, 'producer', 'for', 'x');
INSERT INTO fell.reuse_opinion (proposal_id, body, opinion, reasons) VALUES (1, 'steward', 'for', 'x');
SELECT id, slug, title, purpose, proposer, silent FROM fell.reuse_by_proposal;
SET ROLE gov_anne;
INSERT INTO fell.reuse_opinion (proposal_id, body, opinion, reasons) VALUES (1, 'citizen committee', 'for', 'it heats homes');
SET ROLE gov_owner;
INSERT INTO fell.committee (role_name, title) VALUES ('gov_committee', 'Citizens of the fell');
SET ROLE gov_anne;
INSERT INTO fell.reuse_opinion (proposal_id, body, opinion, reasons) VALUES (1, 'citizen committee', 'for', 'it heats homes');
INSERT INTO fell.reuse_opinion (proposal_id, body, opinion, reasons) VALUES (1, 'citizen committee', 'against', 'twice');
INSERT INTO fell.reuse_opinion (proposal_id, body, member, opinion, reasons) VALUES (1, 'citizen committee', 'gov_owner', 'for', 'as another');
UPDATE fell.reuse_opinion SET opinion = 'against';
SET ROLE gov_grid;
INSERT INTO fell.reuse_opinion (proposal_id, body, opinion, reasons) VALUES (1, 'producer', 'for', 'not my dataset');
SET ROLE gov_owner;
INSERT INTO fell.reuse_opinion (proposal_id, body, opinion, reasons) VALUES (1, 'producer', 'abstains', 'to be discussed'), (1, 'steward', 'against', 'one plant would be known');
UPDATE fell.reuse_opinion SET opinion = 'against' RETURNING member;
DELETE FROM fell.reuse_opinion RETURNING member;
UPDATE fell.reuse_proposal SET title = 'Another' RETURNING id;
\set VERBOSITY default
SET ROLE gov_citizen;
SELECT body, member, opinion, reasons FROM fell.reuse_opinion ORDER BY 1;
SELECT id, slug, opinions_for, opinions_against, abstentions, silent FROM fell.reuse_by_proposal;
-- A committee whose role is gone speaks no more, whoever takes its name.
SET ROLE gov_owner;
INSERT INTO fell.reuse_proposal (dataset_id, title, purpose) VALUES (:meters, 'Open meters', 'research');
UPDATE fell.committee SET role_name = 'gov_gone';
SET ROLE gov_anne;
\set VERBOSITY terse
INSERT INTO fell.reuse_opinion (proposal_id, body, opinion, reasons) VALUES (2, 'citizen committee', 'for', 'x');
\set VERBOSITY default
RESET ROLE;
SELECT drop_account('fell');
REVOKE CREATE ON DATABASE :DBNAME FROM gov_owner;
DELETE FROM dataset WHERE slug LIKE 'gov-%';
DROP ROLE gov_owner, gov_grid, gov_committee, gov_anne, gov_citizen;
