-- What a project would do: against the model fed with areas cut by PostGIS, and
-- for a reader who sees only part of the land cover.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE acc_town;
CREATE ROLE acc_citizen;
INSERT INTO stock_reference (nomenclature, code, name, stock, complete, u95_percent, source) VALUES
    ('ACC', 'F', 'Forest', '{"above": 50, "below": 12, "soil": 80, "soil_depth_cm": 30}', true, 30, 'test'),
    ('ACC', 'C', 'Crop', '{"soil": 50, "soil_depth_cm": 30}', true, 20, 'test'),
    ('ACC', 'U', 'Built', '{"soil": 30, "soil_depth_cm": 30}', true, 50, 'test');
SELECT create_account('acc', 4326, owner => 'acc_town');
GRANT USAGE ON SCHEMA acc TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA acc TO PUBLIC;
SELECT register_dataset('acc-open', 'Open', 'acc_town', 'etalab-2.0', 'open', updated => '2024-01-01') AS open \gset
SELECT register_dataset('acc-shut', 'Shut', 'acc_town', 'CC0-1.0', 'shared') AS shut \gset
INSERT INTO acc.territory (code, name, level, geom)
    VALUES ('A', 'A', 'commune', ST_Multi(ST_MakeEnvelope(0, 45, 0.1, 45.1, 4326)));
-- Open: forest and crop, 2012; a class without reference. Shut: all forest, 2018.
INSERT INTO acc.land_cover (dataset_id, nomenclature, code, year, geom) VALUES
    (:open, 'ACC', 'F', 2012, ST_Multi(ST_MakeEnvelope(0, 45, 0.05, 45.1, 4326))),
    (:open, 'ACC', 'C', 2012, ST_Multi(ST_MakeEnvelope(0.05, 45, 0.06, 45.1, 4326))),
    (:open, 'ACC', 'Z', 2012, ST_Multi(ST_MakeEnvelope(0.06, 45, 0.067, 45.1, 4326))),
    (:shut, 'ACC', 'F', 2018, ST_Multi(ST_MakeEnvelope(0, 45, 0.1, 45.1, 4326))),
    (:shut, 'ACC', 'C', 2030, ST_Multi(ST_MakeEnvelope(0, 45, 0.1, 45.1, 4326)));
CALL refresh('acc');

CREATE TEMP VIEW project AS SELECT ST_MakeEnvelope(0.045, 45.02, 0.08, 45.03, 4326) AS geom;
GRANT SELECT ON project TO PUBLIC;
-- The reader sees the open map only, and is told.
SET ROLE acc_citizen;
SELECT w.year, w.pool, abs(w.stock - s.stock_t) < 1e-6 AS stock, abs(w.change - s.change_t) < 1e-6 AS change,
       w.change_low <= w.change AND w.change <= w.change_high AS interval,
       abs(w.emissions - co2e(s.emission, 'AR5') / 1000) < 1e-6 AS emissions,
       abs(w.covered_ha - true_area(ST_MakeEnvelope(0.045, 45.02, 0.06, 45.03, 4326)) / 1e4) < 1e-6 AS covered,
       abs(w.uncovered_ha - true_area(ST_MakeEnvelope(0.06, 45.02, 0.08, 45.03, 4326)) / 1e4) < 1e-6 AS uncovered,
       w.land_cover, w.missing_datasets
FROM project, what_if('acc', geom, 'U', 2025, 2) AS w
LEFT JOIN land_scenario(ARRAY[
        ROW('F', true_area(ST_MakeEnvelope(0.045, 45.02, 0.05, 45.03, 4326)) / 1e4)::land_part,
        ROW('C', true_area(ST_MakeEnvelope(0.05, 45.02, 0.06, 45.03, 4326)) / 1e4)::land_part,
        ROW('Z', 1)::land_part], 'U', 2025, 2, 'ACC') AS s USING (year, pool)
ORDER BY 1, 2;
-- The sum over the pools, with the interval of causes they share: biomass and
-- soil of forest hang on one reference.
SELECT abs(a.change - b.change) < 1e-6 AS change, abs(a.change_high - a.change - b.half) < 1e-6 AS half_width,
       abs(a.emissions_high - a.emissions - b.half * 44 / 12) < 1e-6 AS emissions
FROM project, what_if('acc', geom, 'U', 2025, 1) AS a,
     LATERAL (SELECT sum(w.change) AS change, half_width(sum(w.change_estimate)) AS half
              FROM what_if('acc', geom, 'U', 2025, 1) AS w WHERE w.pool <> 'all') AS b
WHERE a.pool = 'all';
SELECT DISTINCT classes ~ '^C: [0-9.]+ ha, Z: [0-9.]+ ha, F: [0-9.]+ ha$' AS classes, sources = ARRAY[:open] AS sources,
       publishable, 'etalab-2.0' = ANY (licences) AS licences, attribution
FROM project, what_if('acc', geom, 'U', 2025, 1);
-- Where nothing is known: no figure, all of it uncovered.
SELECT year, pool, stock, change, emissions, covered_ha, uncovered_ha > 0 AS uncovered, classes, land_cover
FROM what_if('acc', ST_MakeEnvelope(0.08, 45.02, 0.09, 45.03, 4326), 'U', 2025, 1);

-- The producer sees the later map as well, not one from after the start; in any SRID.
SET ROLE acc_town;
SELECT DISTINCT land_cover, round(uncovered_ha::numeric, 3) AS uncovered_ha, missing_datasets
FROM project, what_if('acc', ST_Transform(geom, 3857), 'U', 2025, 1);
SELECT DISTINCT land_cover FROM project, what_if('acc', geom, 'U', 2025, 1, :open);
-- Two projects: building on forest against building on crop.  What both become
-- is the same, so its uncertainty is in neither's favour: only the terms of
-- forest, (62 + 80 / 20) x 30 %, and of crop, 50 / 20 x 20 %, remain.
SELECT abs(value(d) + 63.5 * ha) < 1e-6 AS difference,
       abs(half_width(d) - sqrt((0.3 * 66) ^ 2 + 0.5 ^ 2) * ha) < 1e-6 AS half_width
FROM (SELECT true_area(ST_MakeEnvelope(0.01, 45.02, 0.011, 45.021, 4326)) / 1e4) AS area (ha),
     LATERAL (SELECT a.change_estimate - b.change_estimate AS d
              FROM what_if('acc', ST_MakeEnvelope(0.01, 45.02, 0.011, 45.021, 4326), 'U', 2025, 1, :open) AS a
              JOIN what_if('acc', ST_MakeEnvelope(0.05, 45.02, 0.051, 45.021, 4326), 'U', 2025, 1, :open) AS b USING (year, pool)
              WHERE pool = 'all') AS difference;

SELECT pg_temp.outcome($$SELECT what_if('acc_none', NULL, 'U', 2025, 1)$$);
SELECT pg_temp.outcome($$SELECT what_if('acc', NULL, 'U', 2025, 1)$$);
SELECT pg_temp.outcome($$SELECT what_if('acc', ST_MakeEnvelope(0, 45, 0.1, 45.1, 4326), 'U', 2025, 0)$$);
SELECT pg_temp.outcome($$SELECT what_if('acc', ST_Point(0, 45, 4326), 'U', 2025, 1)$$);
RESET ROLE;
SELECT drop_account('acc');
DELETE FROM stock_reference WHERE nomenclature = 'ACC';
DELETE FROM dataset WHERE slug LIKE 'acc-%';
DROP ROLE acc_town, acc_citizen;
