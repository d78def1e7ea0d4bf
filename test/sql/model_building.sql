-- Buildings.
SET search_path = terrcarbon, public;
SET client_encoding = 'UTF8';
\set SHOW_CONTEXT never

-- known floors, assumed from the height, a shed lower than a floor, unknown
SELECT what, f.*
FROM (VALUES ('known', 100, 3, 10.5), ('assumed', 100, NULL, 7.5), ('low', 20, NULL, 2),
             ('unknown', 100, NULL, NULL), ('no footprint', NULL, 2, 6)) AS b(what, footprint, floors, height),
     building_floor_area(footprint, floors, height) AS f;
-- a footprint of 10 m x 10 m on a plane; on the ground a Lambert-93 square is
-- what true_area says
SELECT building_floor_area(ST_MakeEnvelope(0, 0, 10, 10), 3, NULL);
SELECT abs(floor_area_m2 / (2 * true_area(footprint)) - 1) < 1e-15 AS true_footprint,
       round(floor_area_m2::numeric, 2) AS m2
FROM ST_MakeEnvelope(379000, 6571000, 379010, 6571010, 2154) AS footprint, building_floor_area(footprint, 2, NULL);
SELECT building_floor_area(-1, 2, 6);
SELECT building_floor_area(100, 0, 6);
SELECT building_floor_area(100, NULL, 0);
SELECT building_floor_area(100, NULL, 'NaN');
SELECT building_floor_area('Infinity', 2, 6);
SELECT building_floor_area(1e308, 2, 6);

SELECT what, e.*
FROM (VALUES ('metered', 9000, 100, 120), ('by intensity', NULL, 100, 120),
             ('unknown', NULL, 100, NULL)) AS b(what, metered, area, intensity),
     building_energy(metered, area, intensity) AS e;
SELECT building_energy(-1, 100, 120);

-- 10 000 x (1 - 0.8 + 0.8 x 2000 / 1600) = 12 000
SELECT climate_corrected(10000, 0.8, 2000, 1600), climate_corrected(10000, 0, 2000, 1600),
       climate_corrected(10000, NULL, 2000, 1600) IS NULL AS missing_stays_missing;
SELECT climate_corrected(10000, 80, 2000, 1600);
SELECT climate_corrected(10000, 0.8, 2000, 0);

-- limits are strict
SELECT kg, dpe_ghg_class(kg, 100, 'h1a', 'inférieur à 400m') AS ordinary,
       dpe_ghg_class(kg, 100, 'h1c', 'supérieur à 800m') AS high_and_cold,
       dpe_ghg_class(kg, 100, 'h3', 'supérieur à 800m') AS high_not_cold,
       dpe_ghg_class(kg, 100, 'H1C', '400-800m') AS cold_not_high
FROM unnest('{0,5.999,6,10.9,11,29.9,30,49.9,50,69.9,70,79.9,80,99.9,100,109.9,110,1e9}'::float8[]) AS kg;
-- small dwellings: rows of the decree at 8, 15, 25, 39 and 40 m2, and the
-- rounding between them; a limit and just below it
SELECT area, kg, dpe_ghg_class(kg - 1e-9, area, 'h2b', '400-800m') AS below,
       dpe_ghg_class(kg, area, 'h2b', '400-800m') AS at
FROM (VALUES (8, '{11,16,44,68,90,122}'::float8[]), (3, '{11,16,44,68,90,122}'), (15, '{8,13,36,56,76,107}'),
             (14.5, '{8,13,36,56,76,107}'), (25.4, '{7,12,32,52,73,103}'), (39, '{7,12,31,51,71,101}'),
             (40, '{6,11,30,50,70,100}'), (41, '{6,11,30,50,70,100}')) AS small(area, limits),
     unnest(limits) AS kg
ORDER BY area, kg;
-- 10 more for E and F, high and cold: 15 m2
SELECT kg, dpe_ghg_class(kg - 1e-9, 15, 'h2d', 'supérieur à 800m') AS below, dpe_ghg_class(kg, 15, 'h2d', 'supérieur à 800m') AS at
FROM unnest('{8,13,36,56,86,117}'::float8[]) AS kg;
SELECT dpe_ghg_class(-1, 100, 'h1a', '400-800m');
SELECT dpe_ghg_class('NaN', 100, 'h1a', '400-800m');
SELECT dpe_ghg_class(10, 0, 'h1a', '400-800m');
SELECT dpe_ghg_class(10, 100, 'h4', '400-800m');
SELECT dpe_ghg_class(10, 100, 'h1a', 'montagne');
SELECT dpe_ghg_class(NULL, 100, 'h1a', '400-800m') IS NULL AS missing_stays_missing;
