-- Mappings with codes: what a cell means, where it is, and what such mappings may not say.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE map_owner;
CREATE ROLE map_town;
GRANT CREATE ON DATABASE :DBNAME TO map_owner;
SELECT register_dataset('map-town', 'Town', 'map_town', 'etalab-2.0', 'open') AS town \gset
SET ROLE map_owner;
SELECT create_account('map', 2154);
SELECT grant_depositing('map', 'map_town');
SET ROLE map_town;
-- Exact codes go before those with a star, long ones before short ones; null is empty.
CREATE TEMP TABLE house ("USAGE" text, use2 text, "Étages" text, wkb_geometry geometry);
INSERT INTO house SELECT u, v, e, ST_MakeEnvelope(401200, 6500200, 401210, 6500210, 2154) FROM (VALUES
    ('Habitat', 'x', '2'), ('Habitat 100%', 'x', '0'), ('Hab_tat', 'x', '3'), (' Commerce ', NULL, ''), ('Commerce de gros', 'y', '1'), ('?', 'y', NULL), ('waste', 'z', '1')) AS v (u, v, e);
SELECT rows_in, rows_rejected, reasons FROM deposit('map', 'building', 'house', 'map-town', '{
    "sector": {"column": ["usage_1", "usage"], "codes": {"Habitat": "residential", "H*%": "industry", "Hab_*": "energy", "Commerce*": "tertiary", "Commerce*gros": "other_transport", "?": null}},
    "floors": {"column": "etages", "codes": {"0": null}}, "name": {"columns": ["USAGE", "use2"], "codes": {"Commerce": "shop"}}, "scope": {"column": "lacking", "optional": true}, "year_from": {"value": 2020}}');
SELECT name, sector, floors FROM map.building ORDER BY name COLLATE "C";
-- A year of a date.
CREATE TEMP TABLE dated (sector text, year text, notation text);
INSERT INTO dated VALUES ('waste', '2022-05-02', 'NO'), ('waste', '2022-05-02T00:00:00', 'NO'), ('waste', '2023/05/02', 'NO'), ('waste', '02/05/2022', 'NO');
SELECT rows_in, rows_rejected, reasons FROM deposit('map', 'activity', 'dated', 'map-town', '{"territory_code": null}');
SELECT year FROM map.activity;
-- Certificates of dwellings as before 2025, communes given for arrondissements, and what a spreadsheet makes of them.
SET ROLE map_owner;
INSERT INTO map.territory (code, name, level, geom) SELECT '69123', 'City', 'commune', ST_Multi(ST_MakeEnvelope(401000, 6500000, 402000, 6501000, 2154));
SET ROLE map_town;
CREATE TEMP TABLE certificate ("N°DPE" text, "Date_établissement_DPE" text, "Code_INSEE_(BAN)" text, "Conso_5_usages_énergie_n°1" text,
    "Type_énergie_n°1" text, "Conso_5_usages_é_finale_énergie_n°1" text, "Type_énergie_n°2" text, "Conso_5_usages_é_finale_énergie_n°2" text);
INSERT INTO certificate VALUES
    ('24E1', '2024-08-29', '69381', NULL, 'Gaz naturel', '14907.3', 'Électricité', '254.6'),
    ('24E2', '2024-08-29', '69381', NULL, 'Électricité d''origine renouvelable utilisée dans le bâtiment', '4469', NULL, NULL),
    ('21E3', '2021-09-07', '69388', NULL, 'Bois – Granulés (pellets) ou briquettes', '9 100,5', NULL, NULL),
    ('24E4', '2024-08-29', '69381', NULL, 'autre combustible fossile', '100', NULL, NULL),
    ('24E5', '2024-08-29', '69381', NULL, 'Réseau de Froid Urbain', '100', NULL, NULL),
    ('24E6', '2024-08-29', '69381', NULL, 'Non renseigné', '100', NULL, NULL),
    ('24E7', '29/08/2024', '69381.0', NULL, 'Électricité', '100', NULL, NULL);
SELECT rows_in, rows_rejected, reasons
FROM deposit('map', 'activity', 'certificate', 'map-town', mapping_of('dpe', '{"territory_code": {"column": "code_insee_ban", "codes": {"6938*": "69123"}}}'));
SELECT "row" ->> 'N°DPE' AS certificate, column_name, value, reason FROM map.rejected WHERE "row" ? 'N°DPE' ORDER BY 1;
CREATE TEMP VIEW certificate_2 AS SELECT * FROM certificate WHERE "Type_énergie_n°2" IS NOT NULL;
SELECT rows_in, rows_rejected FROM deposit('map', 'activity', 'certificate_2', 'map-town', mapping_of('dpe_2', '{"territory_code": {"value": "69123"}}'));
SELECT unit_key, territory_code, year, factor, quantity, unit FROM map.activity WHERE unit_key IS NOT NULL ORDER BY unit_key COLLATE "C", factor COLLATE "C";
-- What is no mapping.
CREATE FUNCTION pg_temp.try(mapping text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.outcome(format('SELECT deposit(''map'', ''building'', ''house'', ''map-town'', %L, dry_run => true, repeated => ''append'')', mapping)) $$;
SELECT pg_temp.try('{"sector": {"column": "none", "codes": {}}}');
SELECT pg_temp.try('{"sector": {"columns": ["USAGE", "none"]}}');
SELECT pg_temp.try('{"sector": {"column": "USAGE", "codes": ["a"]}}');
SELECT pg_temp.try('{"sector": {"codes": {"a": "b"}}}');
SELECT pg_temp.try('{"sector": {"column": 3}}');
-- Quotes in a code stay in it.
SELECT pg_temp.try('{"sector": {"column": "USAGE", "codes": {"'' || (SELECT 1/0) || ''*": "x''y"}}, "year_from": {"value": 2020}}') LIKE '(,2,5,"sector: unknown sector (5)%' AS kept;
-- Shipped ones, one's own before them, and an inbox of one.
SELECT pg_temp.outcome($$SELECT mapping_of('none')$$);
SELECT mapping_of('wetland_inventory', '{"year": {"value": 2020}}');
RESET ROLE;
INSERT INTO source_mapping (code, target, mapping, name, source) VALUES ('wetland_inventory', 'land_cover', '{"code": {"value": "D"}, "nomenclature": {"value": "EUNIS"}}', 'ours', 'invented');
SELECT mapping_of('wetland_inventory');
DELETE FROM source_mapping WHERE NOT shipped;
SELECT pg_temp.outcome($$UPDATE source_mapping SET name = 'x'$$) ~ '^55000' AS refused;
-- Each fits its layer, and makes an inbox.
SET ROLE map_owner;
SELECT count(create_inbox('map', m.code, m.target, mapping_of(m.code), repeated => 'append')) FROM source_mapping m;
SELECT grant_depositing('map', 'map_town');
SET ROLE map_town;
SET terrcarbon.dataset = 'map-town';
INSERT INTO map.inbox_ocsge (code_cs, code_us, millesime, geom) SELECT 'CS2.1.3', 'US1.1', '2021', ST_Multi(wkb_geometry) FROM house LIMIT 1;
INSERT INTO map.inbox_bdtopo_building (cleabs, usage_1, hauteur, year_from, geom) SELECT 'B1', 'Agricole', '0.0', '2022', wkb_geometry FROM house LIMIT 1;
SELECT nomenclature, code, year FROM map.land_cover;
SELECT sector, height_m FROM map.building WHERE name = 'B1';
-- What an inbox refused is mended where it is kept, and written to the inbox again.
SET client_min_messages = error;
INSERT INTO map.inbox_bdtopo_building (cleabs, usage_1, hauteur, year_from, geom) SELECT 'B2', 'Mairie', '7.5', '2022', wkb_geometry FROM house LIMIT 1;
SET client_min_messages = warning;
SELECT column_name, value, reason FROM map.rejected WHERE "row" ->> 'cleabs' = 'B2';
UPDATE map.rejected SET "row" = jsonb_set("row", '{usage_1}', '"Commercial et services"') WHERE "row" ->> 'cleabs' = 'B2';
BEGIN;
INSERT INTO map.inbox_bdtopo_building SELECT b.* FROM map.rejected r CROSS JOIN jsonb_populate_record(NULL::map.inbox_bdtopo_building, r."row") AS b WHERE r."row" ->> 'cleabs' = 'B2';
DELETE FROM map.rejected WHERE "row" ->> 'cleabs' = 'B2';
COMMIT;
SELECT sector, height_m, ST_Equals(geom, (SELECT wkb_geometry FROM house LIMIT 1)) AS same FROM map.building WHERE name = 'B2';
SET ROLE map_owner;
SELECT drop_account('map');
RESET ROLE;
DELETE FROM dataset WHERE slug LIKE 'map-%';
DROP OWNED BY map_owner, map_town;
DROP ROLE map_owner, map_town;
