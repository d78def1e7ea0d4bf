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
RESET ROLE;

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
DROP OWNED BY load_owner;
DROP ROLE load_owner;
