-- Buildings over the years: drawn anew, split, merged, they stay what they are.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
CREATE ROLE grd_owner;
GRANT CREATE ON DATABASE :DBNAME TO grd_owner;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES ('grd-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 5, 'combustion', 'test');
SET ROLE grd_owner;
SELECT create_account('grd', 4326);
SELECT prepare_release('grd');
INSERT INTO grd.territory (code, name, level, parent_code, geom)
SELECT 'E', 'Epci', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 45, 0.03, 45.01, 4326))
UNION ALL SELECT code, code, 'commune', 'E', ST_Multi(ST_MakeEnvelope(n * 0.01, 45, n * 0.01 + 0.01, 45.01, 4326))
FROM (VALUES ('A', 0), ('B', 1), ('C', 2)) AS v (code, n);
RESET ROLE;
SELECT register_dataset('grd-1', 'Buildings', 'grd_owner', 'lov2', 'aggregate') AS set \gset
SELECT set_config('grd.set', :'set', false) IS NOT NULL AS set;
SET ROLE grd_owner;
-- Buildings of a commune in a year, kWh a m2 of each; the first is drawn larger by so
-- many metres, the second by twice as many.
CREATE FUNCTION pg_temp.build(year int, commune text, kwh float8[], larger float8 DEFAULT 0) RETURNS bigint LANGUAGE sql AS $$
    WITH built AS (
        INSERT INTO grd.building (dataset_id, sector, carrier, unit, floors, energy_per_m2, year_from, geom)
        SELECT current_setting('grd.set')::int, 'tertiary', 'grd-gas', 'kWh LHV', 1, kwh, year,
               ST_Multi(ST_MakeEnvelope(x, 45.001, x + (20 + i * larger) * 1.27e-5, 45.0012, 4326))
        FROM unnest(kwh) WITH ORDINALITY AS k (kwh, i)
        CROSS JOIN LATERAL (SELECT (ascii(commune) - 65) * 0.01 + i * 0.001) AS p (x)
        RETURNING 1)
    SELECT count(*) FROM built
$$;
CREATE VIEW pg_temp.shown AS
SELECT year, string_agg(territory_code, ' ' ORDER BY territory_code) FILTER (WHERE tonnes IS NOT NULL) AS shown
FROM grd.released WHERE sector = 'tertiary' GROUP BY year ORDER BY year;

-- 2020: the one of A is hidden with C, which is smaller than B.
SELECT pg_temp.build(2020, 'A', '{100}') + pg_temp.build(2020, 'B', '{201,202,203,204}') + pg_temp.build(2020, 'C', '{151,152,153,154}') AS built;
CALL refresh('grd');
SELECT release('grd', 2020) AS first \gset
TABLE pg_temp.shown;

-- 2021: C is larger, so by itself B would hide A.  But the buildings of B use as much a
-- m2 as before, and were drawn anew, by a metre and by four: everybody knows them.
SELECT pg_temp.build(2021, 'A', '{110}') + pg_temp.build(2021, 'B', '{201,202,203,204}', 1) + pg_temp.build(2021, 'C', '{301,305,302,309}') AS built;
CALL refresh('grd');
SELECT release('grd', 2021) > :first AS later;
TABLE pg_temp.shown;

-- 2022: another factor, and each of B is now two, that use together what it did.
RESET ROLE;
UPDATE factor SET superseded_at = now() WHERE code = 'grd-gas';
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES ('grd-gas', 'Gas', 'kWh LHV', '{"CO2": 0.21}', 5, 'combustion', 'test');
SET ROLE grd_owner;
SELECT pg_temp.build(2022, 'A', '{121}') + pg_temp.build(2022, 'C', '{311,335,342,329}') AS built;
INSERT INTO grd.building (dataset_id, sector, carrier, unit, energy, year_from, geom)
SELECT dataset_id, sector, carrier, unit, area_m2 * energy_per_m2 * h.share, 2022,
       ST_Multi(ST_MakeEnvelope(ST_XMin(geom) + h.west * w, 45.001, ST_XMin(geom) + h.east * w, 45.0012, 4326))
FROM grd.building
CROSS JOIN LATERAL (SELECT ST_XMax(geom) - ST_XMin(geom)) AS s (w)
CROSS JOIN (VALUES (0, 0.6, 0.3), (0.6, 1.02, 0.7)) AS h (west, east, share)
WHERE year_from = 2021 AND ST_XMin(geom) BETWEEN 0.01 AND 0.02;
CALL refresh('grd');
SELECT release('grd', 2022) > :first AS later;
TABLE pg_temp.shown;

-- 2023: B uses something else, so it hides A.
SELECT pg_temp.build(2023, 'A', '{132}') + pg_temp.build(2023, 'B', '{190,230,260,180}') + pg_temp.build(2023, 'C', '{331,345,352,339}') AS built;
CALL refresh('grd');
SELECT release('grd', 2023) > :first AS later;
TABLE pg_temp.shown;

-- A correction that draws all of B larger by a thousandth: by how much E grows would
-- tell B, and B would tell A.
UPDATE grd.building SET geom = ST_Multi(ST_Scale(geom, ST_MakePoint(1.001, 1), ST_StartPoint(ST_ExteriorRing(ST_GeometryN(geom, 1)))))
WHERE year_from = 2023 AND ST_XMin(geom) BETWEEN 0.01 AND 0.02;
CALL refresh('grd');
SELECT release('grd', 2023, correction => 'drawn anew') > :first AS later;

RESET ROLE;
DROP VIEW pg_temp.shown;
DROP FUNCTION pg_temp.build;
SET client_min_messages = error;
SELECT drop_account('grd');
DELETE FROM factor WHERE code = 'grd-gas';
DELETE FROM dataset WHERE slug LIKE 'grd-%';
REVOKE CREATE ON DATABASE :DBNAME FROM grd_owner;
DROP ROLE grd_owner;
