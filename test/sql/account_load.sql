-- Territories, populations and reference places from files as they are published.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE load_owner;
GRANT CREATE ON DATABASE :DBNAME TO load_owner;
SET ROLE load_owner;
SELECT create_account('load', 2154);
-- Six communes in two EPCI and two departments; one EPCI lies in both.
CREATE TEMP TABLE communes (insee text, nom text, epci text, nom_epci text, dep text, nom_dep text, reg text, nom_reg text, geometry geometry);
INSERT INTO communes
    SELECT (CASE WHEN i < 4 THEN 17000 ELSE 79000 END + i)::text, 'Commune ' || i, CASE WHEN i < 6 THEN (ARRAY['2001', '2002'])[1 + i / 3] END, 'EPCI',
           CASE WHEN i < 4 THEN '17' ELSE '79' END, CASE WHEN i < 4 THEN 'Charente-Maritime' ELSE 'Deux-Sèvres' END, '75', 'Nouvelle-Aquitaine',
           ST_Transform(ST_MakeEnvelope(4e5 + i * 1000, 65e5, 4e5 + i * 1000 + 1000, 65e5 + 1000, 2154), 4326)
    FROM generate_series(1, 6) AS i;
\set mapping '{"code": "insee", "name": "nom", "geom": "geometry", "epci_code": "epci", "epci_name": "nom_epci", "department_code": "dep", "department_name": "nom_dep", "region_code": "reg", "region_name": "nom_reg"}'
SELECT level, territories, round(area_ha::numeric) AS ha, notes FROM load_territories('load', 'communes', :'mapping');
SELECT code, name, level, parent_code, reference_code, round((area_m2 / 1e4)::numeric) AS ha FROM load.territory ORDER BY code COLLATE "C";
-- Parts tile their whole.
SELECT p.code, abs(p.area_m2 - sum(t.area_m2)) < 1 AS tiled FROM load.territory p JOIN load.territory t ON t.parent_code = p.code GROUP BY p.code, p.area_m2 ORDER BY 1;
-- Again, with a new name.
UPDATE communes SET nom = 'New name' WHERE insee = '17001';
SELECT level, territories FROM load_territories('load', 'communes', :'mapping');
SELECT name FROM load.territory WHERE code = '17001';
SELECT pg_temp.outcome($$SELECT load_territories('load', 'communes')$$);
UPDATE communes SET geometry = NULL WHERE insee = '17001';
SELECT pg_temp.outcome(format($$SELECT load_territories('load', 'communes', %L)$$, :'mapping'));
SELECT pg_temp.outcome($$SELECT load_territories('load_none', 'communes')$$) ~ '^3F000' AS refused;

-- A row a year, and a column a year; what all parts have is added up.
CREATE TEMP TABLE people (insee text, annee text, population text);
INSERT INTO people SELECT insee, y::text, '1 000,0' FROM communes, generate_series(2019, 2020) AS y;
INSERT INTO people VALUES ('99999', '2019', '5'), ('17001', '20x9', '5');
DELETE FROM people WHERE insee = '79006' AND annee = '2020';
SELECT * FROM load_population('load', 'people', '{"code": "insee", "year": "annee", "residents": "population"}', 'census');
SELECT territory_code, year, residents, source FROM load.population WHERE territory_code !~ '^(17|79)' ORDER BY 1, 2;
CREATE TEMP TABLE wide ("CODGEO" text, "P16_POP" int, "P22_POP" int);
INSERT INTO wide VALUES ('17001', 900, 1100), ('17002', NULL, 1200);
SELECT * FROM load_population('load', 'wide', '{"code": "CODGEO", "years": {"2016": "P16_POP", "2022": "P22_POP"}}');
SELECT territory_code, year, residents FROM load.population WHERE year IN (2016, 2022) ORDER BY 1, 2;
SELECT pg_temp.outcome($$SELECT load_population('load', 'wide')$$);

-- Mergers, a merger of mergers, a split, as the national table of changes has them.
CREATE TEMP TABLE changes (mod text, date_eff text, typecom_av text, com_av text, typecom_ap text, com_ap text);
INSERT INTO changes VALUES
    ('32', '2016-01-01', 'COM', '17101', 'COM', '17001'), ('32', '2016-01-01', 'COM', '17001', 'COM', '17001'), ('32', '2016-01-01', 'COM', '17101', 'COMD', '17101'),
    ('31', '1972-12-31', 'COM', '17102', 'COM', '17103'), ('33', '1999-05-31', 'COM', '17103', 'COM', '17002'),
    ('21', '1950-01-01', 'COM', '17104', 'COM', '17001'), ('21', '1950-01-01', 'COM', '17104', 'COM', '17003'),
    ('32', '2016-01-01', 'COM', '17105', 'COM', '86001'), ('31', '1940', 'COM', '17106', 'COM', '17102'), ('31', '20x6', 'COM', '17107', 'COM', '17001'),
    ('31', '1980-01-01', 'COM', '17108', 'COM', '17109'), ('21', '1985-01-01', 'COM', '17109', 'COM', '17108');
SELECT * FROM load_former_codes('load', 'changes', '{"code": "com_av", "successor": "com_ap", "since": "date_eff", "kind": "typecom_av", "successor_kind": "typecom_ap"}', 'INSEE');
SELECT * FROM load_former_codes('load', 'changes', '{"code": "com_av", "successor": "com_ap", "since": "date_eff", "kind": "typecom_av", "successor_kind": "typecom_ap"}', 'INSEE');
SELECT * FROM load.successor ORDER BY 1, 2;
CREATE TEMP TABLE census (code text, year int, residents int);
INSERT INTO census VALUES ('17001', 1968, 100), ('17101', 1968, 20), ('17102', 1968, 3), ('17002', 1968, 50), ('17104', 1968, 7), ('17105', 1968, 7);
SELECT * FROM load_population('load', 'census', source => 'census');
SELECT territory_code, residents FROM load.population WHERE year = 1968 ORDER BY 1;
RESET ROLE;
SELECT 1 FROM register_dataset('load-rows', 'Rows', 'load_owner', 'etalab-2.0', 'open');
SET ROLE load_owner;
CREATE TEMP TABLE waste AS SELECT c AS territory_code, 'waste' AS sector, 2010 AS year, 'NO' AS notation FROM unnest('{17101,17106,17104,17105,17001}'::text[]) AS c;
SELECT rows_in, rows_rejected, notes FROM deposit('load', 'activity', 'waste', 'load-rows');
-- 17003 kept its code when 79004 was taken out of it in 2012.
INSERT INTO load.former_territory VALUES ('17003', '79004', '2012-03-01', 'test');
CREATE TEMP TABLE kept AS SELECT c AS territory_code, 'industry' AS sector, y AS year, 'NO' AS notation FROM unnest('{17003,79004}'::text[]) AS c, unnest('{2012,2013}'::int[]) AS y;
SELECT rows_in, notes FROM deposit('load', 'activity', 'kept', 'load-rows');
DELETE FROM kept WHERE year < 2013;
SELECT rows_in, notes FROM deposit('load', 'activity', 'kept', 'load-rows', repeated => 'append');
DELETE FROM load.activity WHERE sector = 'industry';
SELECT territory_code, value, reason FROM load.rejected r LEFT JOIN load.activity a ON false ORDER BY value;
SELECT territory_code FROM load.activity ORDER BY 1;
SELECT pg_temp.outcome($$INSERT INTO load.activity (dataset_id, territory_code, sector, year, notation) SELECT id, '17106', 'waste', 2020, 'NO' FROM dataset WHERE slug = 'load-rows'$$);
SELECT pg_temp.outcome($$SELECT load_former_codes('load', 'changes')$$);
RESET ROLE;

-- Who was a member of what: in 2010 and 2011 17002 was in no EPCI, 17003 in 2001 and not in
-- 2002; 2003 is none of the account, 17199 neither.
SET ROLE load_owner;
CREATE TEMP TABLE members (insee text, siren text, annee text);
INSERT INTO members VALUES ('17001', '2001', '2010'), ('17003', '2001', '2010'), ('79004', '2002', '2010'), ('79005', '2003', '2010'), ('17199', '2001', '2010'),
    ('17001', '2001', '2011'), ('17003', '2001', '2011'), ('79004', '2002', '2011'), ('79005', '2002', '2011'),
    ('17001', '2001', '2012'), ('17002', '2001', '2012'), ('17003', '2002', '2012'), ('79004', '2002', '2012'), ('79005', '2002', '2012'), ('79005', NULL, '2013');
SELECT * FROM load_memberships('load', 'members', '{"code": "insee", "parent_code": "siren", "year": "annee"}', 'list');
SELECT * FROM load.former_parent ORDER BY 1, 2;
SELECT code, string_agg(format('%s-%s %s', first_year, last_year, parent_code), ', ' ORDER BY first_year) FROM load.membership WHERE code ~ '^(17|79)' GROUP BY code ORDER BY 1;
SELECT y, array(SELECT l FROM load.leaves_in('2001', y) AS l ORDER BY 1) AS "2001", array(SELECT l FROM load.leaves_in('2002', y) AS l ORDER BY 1) AS "2002",
    array(SELECT l FROM load.leaves_in('FR-17', y) AS l ORDER BY 1) AS "FR-17" FROM unnest('{1900,2011,2012}'::int[]) AS y;
SELECT y, load.same_perimeter('2001', y, 2012) AS same, round(load.area_in('2001', y) / 1e4) AS ha, round(load.area_in('17001', y) / 1e4) AS leaf FROM unnest('{2011,2012}'::int[]) AS y;
-- The list again, corrected: 17003 was never in 2001.
UPDATE members SET siren = '2002' WHERE insee = '17003';
SELECT * FROM load_memberships('load', 'members', '{"code": "insee", "parent_code": "siren", "year": "annee"}', 'list');
SELECT territory_code, valid_to, parent_code FROM load.former_parent ORDER BY 1, 2;
-- Inhabitants follow: 2019 as before, and 2010 by the members of 2010.
INSERT INTO load.population (territory_code, year, residents) SELECT code, 2010, 10 FROM load.territory WHERE level = 'commune';
SELECT summed FROM load_population('load', 'wide', '{"code": "CODGEO", "years": {"2016": "P16_POP", "2022": "P22_POP"}}');
SELECT territory_code, residents FROM load.population WHERE year = 2010 AND territory_code !~ '^(17|79)' ORDER BY 1;
-- A refresh adds them up again when some change.
UPDATE load.population SET residents = 17 WHERE territory_code = '17001' AND year = 2010;
CALL refresh('load');
SELECT territory_code, residents FROM load.population WHERE year = 2010 AND territory_code !~ '^(17|79)' ORDER BY 1;
SELECT pg_temp.outcome($$INSERT INTO load.former_parent VALUES ('FR-17', '1999-12-31', '2001')$$);
SELECT pg_temp.outcome($$INSERT INTO load.former_parent VALUES ('17001', 'infinity', '2002')$$) ~ '^23514' AS refused;
SELECT pg_temp.outcome($$SELECT load_memberships('load', 'members')$$);
RESET ROLE;

-- The next years' communes: 17002 goes from 2001 to 2002 on 1 January 2021; then 17001 does,
-- and 2001 is no more.
BEGIN;
SET LOCAL ROLE load_owner;
DELETE FROM load.former_parent;
UPDATE communes SET geometry = (SELECT st_transform(t.geom, 4326) FROM load.territory t WHERE t.code = insee) WHERE geometry IS NULL;
UPDATE communes SET epci = '2002' WHERE insee = '17002';
SELECT level, territories, notes FROM load_territories('load', 'communes', :'mapping', since => '2021-01-01');
UPDATE communes SET epci = '2002' WHERE insee = '17001';
SELECT level, territories, notes FROM load_territories('load', 'communes', :'mapping', since => '2022-01-01');
SELECT code, string_agg(format('%s-%s %s', first_year, last_year, parent_code), ', ' ORDER BY first_year) FROM load.membership WHERE code ~ '^(1700|2001)' GROUP BY code ORDER BY 1;
SELECT count(*) FROM load.leaf WHERE code = '2001';
ROLLBACK;

-- Communes in their zones.
BEGIN;
CREATE TEMP TABLE aldo (insee text, zpc text, ser text);
INSERT INTO aldo VALUES ('17001', '2_1', 'F21'), ('17002', '4_1', 'B3'), ('17003', '9_9', NULL), ('79004', NULL, NULL);
SELECT * FROM load_reference_places('aldo', '{"code": "insee", "zone": "zpc", "forest_zone": "ser"}');
SELECT code, level, name FROM reference_territory WHERE code ~ '^(17|79)' ORDER BY 1;
SELECT code, parent_code FROM reference_territory_parent WHERE code ~ '^(17|79)' ORDER BY 1, 2;
SELECT code, reference_code FROM load.place WHERE code IN ('17001', '79005', '2001', 'R75') ORDER BY 1;
ROLLBACK;
SET ROLE load_owner;
SELECT drop_account('load');
RESET ROLE;
DELETE FROM dataset WHERE slug = 'load-rows';
DROP OWNED BY load_owner;
DROP ROLE load_owner;
