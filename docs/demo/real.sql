-- The demo on real ground: the communes of Charente-Maritime and the CORINE
-- Land Cover polygons of the Charente estuary, from two GeoJSON files in the
-- folder that the environment variable TERRCARBON_DATA names.
--
-- Tables as in territory.sql; there are no buildings or roads.
CREATE SCHEMA demo;
SET search_path = demo, public;

\set communes `cat "$TERRCARBON_DATA"/geo/communes_17_charente_maritime.geojson`
\set corine `cat "$TERRCARBON_DATA"/geo/clc18_charente_estuary.geojson`

-- What stands below each picture.
CREATE TABLE about (source text NOT NULL, licence text NOT NULL, year int NOT NULL);
INSERT INTO about VALUES ('CORINE Land Cover (Copernicus, EEA, SDES); communes: IGN Admin Express, INSEE', 'Copernicus full, free and open; Licence Ouverte', 2018);

CREATE TABLE territory (
    code text PRIMARY KEY,
    name text NOT NULL,
    seat geometry(Point, 2154) NOT NULL,      -- where a map writes the name
    geom geometry(MultiPolygon, 2154) NOT NULL
);
INSERT INTO territory
SELECT f -> 'properties' ->> 'code', f -> 'properties' ->> 'nom', ST_PointOnSurface(g.geom), g.geom
FROM jsonb_array_elements(:'communes'::jsonb -> 'features') AS f,
     LATERAL (SELECT ST_Multi(ST_Transform(ST_GeomFromGeoJSON(f -> 'geometry'), 2154))) AS g(geom);

CREATE TABLE land_cover (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL,
    geom geometry(MultiPolygon, 2154) NOT NULL
);
INSERT INTO land_cover (code, geom)
SELECT f -> 'properties' ->> 'CODE_18', ST_Multi(ST_Transform(ST_GeomFromGeoJSON(f -> 'geometry'), 2154))
FROM jsonb_array_elements(:'corine'::jsonb -> 'features') AS f;

CREATE TABLE building (id int, geom geometry(Polygon, 2154));
CREATE TABLE road (id int, geom geometry(LineString, 2154));

CREATE INDEX ON territory USING gist (geom);
CREATE INDEX ON land_cover USING gist (geom);
ANALYZE territory, land_cover;
