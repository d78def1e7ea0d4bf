-- Figures on boundaries, figures in words, and the project and styles that QGIS finds in
-- the database.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
-- Figures in words: whole from 100 on, thousands apart, the sign of the language.
SELECT v, figure_text(v, 'fr') AS fr, figure_text(v, 'en') AS en, figure_text(v, 'en', true) AS signed
FROM unnest('{0,0.0004,0.1234,5.256,56.78,999.5,1234.5,-1234567.4,99999999999999}'::float8[]) AS v;
SELECT figure_text(1, 'de');
SELECT figure_text('NaN');
SELECT figure_text('-Infinity', 'en');
SELECT figure_text(1e15);

CREATE ROLE map_owner;
CREATE ROLE map_town;
CREATE ROLE map_reader;
CREATE ROLE map_stranger;
GRANT CREATE ON DATABASE :DBNAME TO map_owner;
SELECT register_dataset('map-land', 'Land & "more" <1>', 'map_town', 'etalab-2.0', 'open', updated => '2024-01-01', producer_name => 'Town') AS land,
       register_dataset('map-gas', 'Gas', 'map_town', 'etalab-2.0', 'shared', updated => '2024-01-01') AS gas \gset
SELECT grant_access(:gas, 'map_owner', 'account') \g /dev/null
INSERT INTO stock_reference (nomenclature, code, name, stock, complete, u95_percent, source)
    SELECT n, c, c, '{"above": 50, "below": 12, "soil": 80, "soil_depth_cm": 30}', true, 30, 'test' FROM (VALUES ('CLC', '421'), ('MAP', 'wood')) AS v (n, c);
SET ROLE map_owner;
SELECT create_account('map "a"', 2154) \g /dev/null
SET search_path = "map ""a""", terrcarbon, public;
INSERT INTO territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Bay', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(380000, 6570000, 382000, 6571000, 2154))),
    ('N', 'Saint-Nazaire-sur-Charente', 'commune', 'E', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154))),
    ('S', 'Port-des-Barques', 'commune', 'E', ST_Multi(ST_MakeEnvelope(381000, 6570000, 382000, 6571000, 2154)));
INSERT INTO population (territory_code, year, residents) SELECT c, 2020, 500 FROM unnest('{N,S}'::text[]) AS c;
INSERT INTO plan (territory_code, plan) VALUES ('N', 'all');
INSERT INTO target (territory_code, plan, year, value) VALUES ('N', 'all', 2018, 1000), ('N', 'all', 2020, 800);
SELECT grant_reading('map "a"', 'map_reader');
SELECT grant_depositing('map "a"', 'map_town');
SET ROLE map_town;
INSERT INTO land_cover (dataset_id, nomenclature, code, year, geom)
    SELECT :land, n, c, y, ST_Multi(ST_MakeEnvelope(x, 6570000, x + 1000, 6571000, 2154))
    FROM (VALUES ('CLC', '421', 380000), ('MAP', 'wood', 381000)) AS v (n, c, x), unnest('{2012,2018}'::int[]) AS y;
INSERT INTO activity (dataset_id, territory_code, sector, year, emission, u95_percent)
    SELECT d, c, s, y, ghg('CO2', kg), 10
    FROM (VALUES (:land, 'N', 'waste', 2019, 1e6), (:land, 'N', 'waste', 2020, 1.1e6), (:land, 'S', 'waste', 2020, 2e5), (:gas, 'S', 'residential', 2020, 3e5)) AS v (d, c, s, y, kg);
SET ROLE map_owner;
CALL refresh('map "a"');

-- One row a territory, for the latest year or a chosen one; a key first, unique.
SELECT territory_code, year, latest, emissions, replace(label_fr, E'\n', ' | ') AS label_fr FROM trajectory_map WHERE territory_code <> 'E' AND year IN (2019, 2020) ORDER BY 1, 2;
SELECT territory_code, year, emissions, replace(label_en, E'\n', ' | ') AS label_en FROM emission_map ORDER BY 1;
SELECT territory_code, year, round(gap) AS gap, round(gap_percent::numeric, 1) AS gap_percent, replace(label_en, E'\n', ' | ') AS label_en FROM target_map WHERE latest AND in_force;
SELECT territory_code, year, round(carbon) AS carbon, round(carbon_per_ha) AS per_ha, complete, replace(label_en, E'\n', ' | ') AS label_en FROM land_stock_latest ORDER BY 1;
SELECT kind, year, latest, round(area_ha) AS ha, round(soil_per_ha) AS per_ha, round(soil) AS soil, round(co2_if_lost) AS co2, soil_low < soil AND soil < soil_high AS inside FROM wetland_map ORDER BY year;
SELECT relation, attname FROM (
    SELECT c.relname AS relation, a.attname, a.attnum FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
    WHERE c.relnamespace = '"map ""a"""'::regnamespace AND c.relkind = 'v' AND c.relname ~ '(_map|_latest|_by_\w+|_progress|_gpc|_figure)$' AND c.relname NOT IN ('land_cover_map', 'refresh_progress')) AS v
WHERE attname <> 'id';
SET ROLE map_reader;
SELECT territory_code, emissions, complete, replace(label_fr, E'\n', ' | ') AS label_fr FROM emission_map ORDER BY 1;

-- What a map client lists for him: layers and no steps, and all can be read.
SELECT string_agg(f_table_name::text, ', ' ORDER BY f_table_name) AS layers FROM geometry_columns
WHERE f_table_schema = 'map "a"' AND has_table_privilege(format('%I.%I', f_table_schema, f_table_name), 'SELECT');
DO $$
DECLARE r regclass; n bigint;
BEGIN
    FOR r IN SELECT oid FROM pg_class WHERE relnamespace::regnamespace::text = '"map ""a"""' AND relkind IN ('r', 'v') AND has_table_privilege(oid, 'SELECT') AND relname <> 'line' LOOP
        EXECUTE format('SELECT count(x::text) FROM %s AS x', r) INTO n;
    END LOOP;
END $$;
-- The owner may not make the table of styles; without them, or once it is there, he writes.
SET ROLE map_owner;
\set VERBOSITY default
SELECT write_qgis_project('map "a"');
\set VERBOSITY sqlstate
SELECT write_qgis_project('map "a"', styles_in => NULL, connection => 'host=db.example.org port=5432 dbname=territory sslmode=require');
SELECT write_qgis_project('map "a"', styles_in => NULL, connection => 'service=x user=owner');
SELECT write_qgis_project('map "a"', styles_in => NULL, language => 'de');
SELECT write_qgis_project('map "a"', styles_in => NULL, level => 'IRIS');
SELECT write_qgis_project('none', styles_in => NULL);
SELECT write_qgis_project(NULL, styles_in => NULL);
RESET ROLE;
CREATE SCHEMA map_styles;
GRANT USAGE ON SCHEMA map_styles TO PUBLIC;
SELECT write_qgis_project('map "a"', connection => 'service=territory', styles_in => 'map_styles', language => 'en', title => 'A <title> & "more"');
SET ROLE map_owner;
SELECT write_qgis_project('map "a"', connection => 'service=territory', styles_in => 'map_styles', language => 'en', title => 'A <title> & "more"');
-- An archive with one file whose size and checksum are right.
CREATE TEMP TABLE project AS
SELECT content AS zip, length(name) + 4 AS n, substr(content, 30 + length(name) + 5, length(content) - 98 - 2 * (length(name) + 4)) AS file
FROM (SELECT name, content FROM "map ""a""".qgis_projects) AS p;
SELECT encode(substr(zip, 1, 4), 'hex') AS head, encode(substr(zip, 31, n), 'escape') AS name, encode(substr(zip, length(zip) - 21, 4), 'hex') AS ending,
       ('x' || encode(substr(zip, 22, 1), 'hex') || encode(substr(zip, 21, 1), 'hex') || encode(substr(zip, 20, 1), 'hex') || encode(substr(zip, 19, 1), 'hex'))::bit(32)::int = length(file) AS size
FROM project;
SELECT encode(substr(terrcarbon_internal.zip_file('a', '123456789'), 15, 4), 'hex') AS crc_of_check_value;
SELECT terrcarbon_internal.zip_file('', '');
-- It is XML with the layers, each with its key and without a user; title and sources are whole.
CREATE TEMP TABLE xml AS SELECT xmlparse(DOCUMENT regexp_replace(convert_from(file, 'UTF8'), '<!DOCTYPE[^>]*>', '')) AS x FROM project;
SELECT unnest(xpath('/qgis/title/text()', x)) AS title FROM xml;
SELECT unnest(xpath('/qgis/projectlayers/maplayer/datasource/text()', x)) AS source FROM xml;
SELECT unnest(xpath('/qgis/projectlayers/maplayer[1]/resourceMetadata/rights/text()', x)) AS rights FROM xml;
SELECT unnest(xpath('/qgis/Layouts/Layout/@name', x)) AS page FROM xml;
SELECT count(*) AS layers_in_tree FROM xml, unnest(xpath('/qgis/layer-tree-group/layer-tree-layer/@id', x)) AS t WHERE t::text IN (SELECT unnest(xpath('/qgis/projectlayers/maplayer/id/text()', x))::text FROM xml);
-- Classes have no gap and no overlap, and come from no figure: they are the same for everybody.
SELECT map, string_agg(coalesce(filter, 'every row') || ': ' || label, '; ' ORDER BY place) AS classes FROM terrcarbon_internal.qgis_class('en') WHERE map IN ('gap', 'building', 'boundary') GROUP BY map ORDER BY map;
SELECT f_table_name, stylename, useasdefault, unnest(xpath('//rule[@key="origin"]/@label', styleqml)) IS NOT NULL AS has_source FROM map_styles.layer_styles WHERE f_table_schema = 'map "a"' ORDER BY id;
-- The reader opens it, and writes neither projects nor styles; a default of the owner's stays.
SET ROLE map_reader;
SELECT name, metadata ->> 'last_modified_user' AS by FROM "map ""a""".qgis_projects;
DELETE FROM "map ""a""".qgis_projects;
INSERT INTO map_styles.layer_styles (f_table_catalog, f_table_schema, f_table_name, stylename) VALUES (current_database(), 'map "a"', 'emission_map', 'mine');
UPDATE map_styles.layer_styles SET useasdefault = true;
SELECT count(*) FROM map_styles.layer_styles WHERE useasdefault;
SET ROLE map_owner;
INSERT INTO map_styles.layer_styles (f_table_catalog, f_table_schema, f_table_name, stylename, useasdefault) VALUES (current_database(), 'map "a"', 'road_map', 'mine', true);
SELECT write_qgis_project('map "a"', connection => 'service=territory', styles_in => 'map_styles') \g /dev/null
SELECT stylename, useasdefault FROM map_styles.layer_styles WHERE f_table_name IN ('road_map', 'building_map') ORDER BY stylename COLLATE "C";
SET ROLE map_reader;
SELECT write_qgis_project('map "a"', styles_in => NULL);
-- A table of styles of somebody else could run his code.
RESET ROLE;
CREATE SCHEMA map_trap AUTHORIZATION map_stranger;
GRANT ALL ON SCHEMA map_trap TO PUBLIC;
SET ROLE map_stranger;
CREATE TABLE map_trap.layer_styles (LIKE map_styles.layer_styles INCLUDING ALL);
GRANT ALL ON map_trap.layer_styles TO PUBLIC;
SET ROLE map_owner;
\set VERBOSITY default
SELECT write_qgis_project('map "a"', styles_in => 'map_trap');
\set VERBOSITY terse
-- Where PostgreSQL can compile, it compiles plans of other tables and none of accounts.
CREATE FUNCTION pg_temp.compiled(query text) RETURNS boolean LANGUAGE plpgsql SET jit = on SET jit_above_cost = 1 AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN plan -> 0 -> 'JIT' IS NOT NULL;
END;
$$;
RESET ROLE;
SET jit = on;
SELECT pg_temp.compiled('SELECT count(*) FROM pg_attribute WHERE attnum > 5') = pg_jit_available() AS others,
       pg_temp.compiled('SELECT * FROM emission_map') AS emissions, pg_temp.compiled('SELECT * FROM line') AS lines;
RESET jit;
SET ROLE map_owner;
-- An upgrade leaves the projects.
SELECT upgrade_account('map "a"');
SELECT count(*) FROM "map ""a""".qgis_projects;
SELECT drop_account('map "a"');
RESET ROLE;
DROP SCHEMA map_styles, map_trap CASCADE;
DELETE FROM stock_reference WHERE source = 'test';
DELETE FROM access_grant WHERE dataset_id IN (SELECT id FROM dataset WHERE slug LIKE 'map-%');
DELETE FROM dataset WHERE slug LIKE 'map-%';
DROP OWNED BY map_owner, map_town, map_reader, map_stranger;
DROP ROLE map_owner, map_town, map_reader, map_stranger;
