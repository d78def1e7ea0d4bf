-- Communes of your own, from a GeoJSON file, to a map of emissions in QGIS.
--
--   psql -d territory -v file=communes.geojson -v password=… -f docs/demo/own_communes.sql
--
-- As a superuser, in a database where nothing of it is yet.  The communes are those of the
-- file; what they emit is INVENTED from their area, so that there is something to see: replace the
-- rows of the dataset "invented" by yours (docs/deposit.md), and refresh.
\set ON_ERROR_STOP on
\if :{?file} \else
\echo 'name the file: -v file=communes.geojson'
\quit
\endif
\if :{?password} \else
\set password reader
\endif
\setenv FILE :file
\set collection `cat "$FILE"`
SELECT :'collection' = '' AS unreadable \gset
\if :unreadable
\echo 'the file cannot be read'
\quit
\endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS terrcarbon;
SELECT format('ALTER DATABASE %I SET search_path = "$user", public, terrcarbon', current_database()),
       format('ALTER DATABASE %I SET session_preload_libraries = terrcarbon', current_database()) \gexec
SET search_path = "$user", public, terrcarbon;

-- Who keeps the account, and who reads it.
SELECT 'CREATE ROLE observatory' WHERE to_regrole('observatory') IS NULL \gexec
SELECT 'CREATE ROLE reader' WHERE to_regrole('reader') IS NULL \gexec
ALTER ROLE reader LOGIN PASSWORD :'password';
SELECT format('GRANT CREATE ON DATABASE %I TO observatory', current_database()) \gexec
SELECT grant_registering('observatory', 10) \g /dev/null

CREATE TEMP TABLE commune AS
SELECT coalesce(p ->> 'code', p ->> 'insee', p ->> 'code_insee', p ->> 'INSEE_COM', p ->> 'insee_com', 'C' || n) AS code,
       coalesce(p ->> 'nom', p ->> 'name', p ->> 'NOM', p ->> 'NOM_COM', p ->> 'nom_com', 'commune ' || n) AS name, g.geom
FROM jsonb_array_elements(:'collection'::jsonb -> 'features') WITH ORDINALITY AS f (f, n),
     LATERAL (SELECT f -> 'properties' AS p) AS q,
     LATERAL (SELECT ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_GeomFromGeoJSON(f -> 'geometry')), 3)) AS geom) AS g
WHERE NOT ST_IsEmpty(g.geom);
GRANT SELECT ON commune TO observatory;

SET ROLE observatory;
SELECT create_account('communes', 4326) \g /dev/null
SELECT grant_reading('communes', 'reader') \g /dev/null
INSERT INTO communes.territory (code, name, level, reference_code, geom) SELECT code, name, 'commune', 'FR', geom FROM commune;
SELECT register_dataset('invented', 'Invented figures: replace them', 'observatory', 'CC0-1.0', 'open', updated => current_date) AS dataset \gset
-- MWh of gas and km of cars, from the area and a hash of the code.
INSERT INTO communes.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent)
SELECT :dataset, t.code, v.sector, y.year, t.area_m2 / 1e6 * v.per_km2 * (0.5 + abs(hashtext(t.code || v.sector) % 1000) / 400.0) * (1 - 0.02 * (y.year - 2018)), v.unit, v.factor, 30
FROM communes.territory t, generate_series(2018, 2023) AS y (year),
     (VALUES ('residential', 400.0, 'MWh HHV', 'natural_gas'), ('road_transport', 900000.0, 'km', 'car')) AS v (sector, per_km2, unit, factor);
INSERT INTO communes.population (territory_code, year, residents, source)
SELECT t.code, y.year, greatest(100, round(t.area_m2 / 1e6 * 90))::int, 'invented' FROM communes.territory t, generate_series(2018, 2023) AS y (year);
CALL refresh('communes');
RESET ROLE;

-- The project, for whoever connects as this session does.
SELECT write_qgis_project('communes', connection => format('host=%s port=%s dbname=%s', coalesce(host(inet_server_addr()), 'localhost'),
       current_setting('port'), current_database())) AS address \gset
\echo
\echo 'Communes, t CO2e a year (invented figures)'
SELECT territory_name, year, round(emissions) AS emissions, round(emissions_low) AS low, round(emissions_high) AS high
FROM communes.emission_map ORDER BY emissions DESC NULLS LAST LIMIT 5;
\echo 'Open in QGIS, as user reader:' :address
