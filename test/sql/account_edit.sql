-- Editing views, as a map client uses them: statements that QGIS 3.22 sends.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE edit_owner;
CREATE ROLE edit_town;
CREATE ROLE edit_reader;
GRANT CREATE ON DATABASE :DBNAME TO edit_owner;
SELECT register_dataset('edit-houses', 'Houses', 'edit_town', 'etalab-2.0', 'open') AS houses \gset
SELECT register_dataset('edit-more', 'Houses', 'edit_town', 'etalab-2.0', 'open') AS more \gset
SELECT register_dataset('edit-other', 'Other', 'edit_owner', 'etalab-2.0', 'open') AS other \gset
SET ROLE edit_owner;
SELECT create_account('edit', 2154);
SELECT grant_depositing('edit', 'edit_town'), grant_reading('edit', 'edit_reader');
INSERT INTO edit.building (dataset_id, name, year_from, geom) VALUES (:other, 'other', 2020, ST_Multi(ST_MakeEnvelope(401100, 6500100, 401110, 6500110, 2154)));
SET ROLE edit_town;
-- A feature is added with its key given back; defaults are filled in.
INSERT INTO "edit"."building_edit"("geom","dataset_id","id","name","sector","scope","floors","height_m","carrier","unit","energy","energy_per_m2","u95_percent","year_from","year_to","area_m2","cause","actor_code","unit_key","units","largest_share","dataset")
    VALUES (st_multi(st_geomfromwkb(ST_AsBinary(ST_MakeEnvelope(401200, 6500200, 401210, 6500210)), 2154)), :houses, NULL, 'mine', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2020, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    RETURNING "dataset_id" = :houses AS dataset_id, "id";
SELECT name, sector, unit, units, area_m2::int AS area_m2, dataset FROM edit.building_edit ORDER BY name;
-- By the name of the dataset, or the setting; without either it is not known whose it is.
INSERT INTO edit.building_edit (geom, name, dataset, year_from) SELECT geom, 'named', 'edit-more', 2020 FROM edit.building WHERE name = 'mine';
SET terrcarbon.dataset = 'edit-houses';
INSERT INTO edit.building_edit (geom, name, id, year_from) SELECT geom, 'default', 100, 2020 FROM edit.building WHERE name = 'mine' RETURNING dataset_id = :houses AS dataset_id, id;
RESET terrcarbon.dataset;
SELECT pg_temp.outcome($$INSERT INTO edit.building_edit (geom) SELECT geom FROM edit.building WHERE name = 'mine'$$);
-- Attributes, shape and dataset are changed.
UPDATE "edit"."building_edit" SET "floors" = 3 WHERE "dataset_id" = :houses AND "id" = 2;
UPDATE "edit"."building_edit" SET "geom" = st_multi(st_geomfromwkb(ST_AsBinary(ST_MakeEnvelope(401200, 6500200, 401210, 6500220)), 2154)) WHERE "dataset_id" = :houses AND "id" = 2;
UPDATE edit.building_edit SET dataset = 'edit-more' WHERE name = 'default';
SELECT name, floors, area_m2::int AS area_m2, dataset FROM edit.building_edit ORDER BY name;
SELECT pg_temp.outcome(format($$UPDATE "edit"."building_edit" SET "floors" = -3 WHERE "dataset_id" = %s AND "id" = 2$$, :houses));
SELECT pg_temp.outcome($$UPDATE edit.building_edit SET sector = 'residentail' WHERE name = 'mine'$$);
SELECT pg_temp.outcome($$UPDATE edit.building_edit SET year_from = NULL WHERE name = 'mine'$$);
-- What one may not change is an error; in the table itself it is passed over.
SELECT pg_temp.outcome($$UPDATE edit.building_edit SET floors = 3 WHERE name = 'other'$$);
SELECT pg_temp.outcome($$DELETE FROM edit.building_edit WHERE name = 'other'$$);
SELECT pg_temp.outcome($$UPDATE edit.building_edit SET dataset = 'edit-other' WHERE name = 'mine'$$);
SELECT pg_temp.outcome($$UPDATE edit.building_edit SET dataset = 'edit-none' WHERE name = 'mine'$$);
SELECT pg_temp.outcome(format($$UPDATE edit.building_edit SET dataset_id = %s WHERE name = 'mine'$$, :other));
UPDATE edit.building SET floors = 3 WHERE name = 'other';
DELETE FROM "edit"."building_edit" WHERE ("dataset_id" = :houses AND "id" = 2);
SELECT name FROM edit.building ORDER BY 1;
-- The other layers.
INSERT INTO edit.activity_edit (dataset, sector, year, notation) VALUES ('edit-more', 'waste', 2020, 'NO') RETURNING sector, units;
UPDATE edit.activity_edit SET year = 2021 WHERE sector = 'waste' RETURNING year;
INSERT INTO edit.land_cover_edit (dataset, code, year, geom) SELECT 'edit-more', '211', 2018, geom FROM edit.building WHERE name = 'named' RETURNING nomenclature;
INSERT INTO edit.road_segment_edit (dataset, aadt, year_from, geom) VALUES ('edit-more', 100, 2020, 'SRID=2154;MULTILINESTRING((401200 6500200, 401210 6500220))') RETURNING unit;
INSERT INTO edit.trip_edit (dataset, person_trips, trip_km, year) VALUES ('edit-more', 100, 3, 2020);
SELECT (SELECT count(*) FROM edit.land_cover) AS land_cover, (SELECT length_m::int FROM edit.road_segment) AS road_m, (SELECT sector FROM edit.trip) AS trip;
-- Readers have no use of them.
SET ROLE edit_reader;
SELECT pg_temp.outcome($$SELECT count(*) FROM edit.building_edit$$) ~ '^42501' AS refused;
-- An upgrade keeps them.
SET ROLE edit_owner;
SELECT upgrade_account('edit');
SET ROLE edit_town;
UPDATE edit.activity_edit SET year = 2022 WHERE sector = 'waste' RETURNING year;
SET ROLE edit_owner;
SELECT drop_account('edit');
RESET ROLE;
DELETE FROM dataset WHERE slug LIKE 'edit-%';
DROP OWNED BY edit_owner, edit_town, edit_reader;
DROP ROLE edit_owner, edit_town, edit_reader;
