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
-- small dwellings: rows of the decree at 8, 15, 39 and 40 m2, and between two of
-- them, as at 14.5 m2 with 8.5, 13.5, 36.5, 57, 77 and 107.5; a limit, up to a whole
-- one since values are rounded down, and just below it
SELECT area, kg, dpe_ghg_class(kg - 1e-9, area, 'h2b', '400-800m') AS below,
       dpe_ghg_class(kg, area, 'h2b', '400-800m') AS at
FROM (VALUES (8, '{11,16,44,68,90,122}'::float8[]), (3, '{11,16,44,68,90,122}'), (15, '{8,13,36,56,76,107}'),
             (14.5, '{9,14,37,57,77,108}'), (25.4, '{7,12,32,52,73,103}'), (39, '{7,12,31,51,71,101}'),
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

-- The energy label: limits are strict, E and F end later where it is high and cold.
SELECT kwh, dpe_energy_class(kwh, 100, 'h1a', '400-800m') AS ordinary, dpe_energy_class(kwh, 100, 'h1c', 'supérieur à 800m') AS high_and_cold
FROM unnest('{0,69.9,70,110,180,250,329.9,330,389.9,390,419.9,420,499.9,500}'::float8[]) AS kwh;
-- small dwellings: rows of the decree, a limit and just below it
SELECT area, kwh, dpe_energy_class(kwh - 1e-9, area, 'h2b', '400-800m') AS below, dpe_energy_class(kwh, area, 'h2b', '400-800m') AS at
FROM (VALUES (8, '{146,186,386,505,622,739}'::float8[]), (20, '{88,128,230,300,385,476}'), (30, '{76,116,197,267,349,439}'),
             (39, '{71,111,182,252,332,422}'), (40, '{70,110,180,250,330,420}')) AS small(area, limits),
     unnest(limits) AS kwh ORDER BY area, kwh;
-- 8 m2 high and cold: 682 and 819
SELECT kwh, dpe_energy_class(kwh - 1e-9, 8, 'h2d', 'supérieur à 800m') AS below, dpe_energy_class(kwh, 8, 'h2d', 'supérieur à 800m') AS at
FROM unnest('{682,819}'::float8[]) AS kwh;
-- limits fall as dwellings grow
SELECT bool_and(dpe_energy_class(kwh, area, 'h1a', '400-800m') <= dpe_energy_class(kwh, area + 1, 'h1a', '400-800m')) AS monotonous
FROM generate_series(8, 45, 0.1) AS area, generate_series(60, 800, 7) AS kwh;
-- Between whole m2 limits are linear, and values are rounded down to whole ones.  C ends at
-- 225 + 0.8 x 5 = 229 and at 227.5; F at 430 + 0.4 x 2 = 430.8, for kg A at 9 + 0.3 = 9.3.
SELECT dpe_energy_class(228.9, 20.2, 'h1c', 'inférieur à 400m') || dpe_energy_class(229, 20.2, 'h1c', 'inférieur à 400m') AS at_20_2,
       dpe_energy_class(227.9, 20.5, 'h1c', 'inférieur à 400m') || dpe_energy_class(228, 20.5, 'h1c', 'inférieur à 400m') AS at_20_5,
       dpe_energy_class(430.9, 33.6, 'h1c', 'inférieur à 400m') || dpe_energy_class(431, 33.6, 'h1c', 'inférieur à 400m') AS at_33_6,
       dpe_ghg_class(9.9, 11.7, 'h1c', 'inférieur à 400m') || dpe_ghg_class(10, 11.7, 'h1c', 'inférieur à 400m') AS at_11_7;
-- the worse of the two decides
SELECT dpe_class(100, 5, 100, 'h1a', '400-800m') AS by_energy, dpe_class(60, 40, 100, 'h1a', '400-800m') AS by_emission,
       dpe_class(60, NULL, 100, 'h1a', '400-800m') IS NULL AS not_known;
SELECT dpe_class(-1, 5, 100, 'h1a', '400-800m');
SELECT dpe_class(1, 'NaN', 100, 'h1a', '400-800m');
SELECT dpe_energy_class(1, 0, 'h1a', '400-800m');
SELECT dpe_energy_class(1, 1, 'h9', '400-800m');

-- Archetypes: 100 m2 of a house of 1960 on gas, 201 kWh, in zone h1 1.1 times, above
-- 800 m 1.32 times, in h3 0.6 times; +- 30 %, and a second house errs alike.
SELECT zone, altitude, round(value(e)::numeric, 3) AS kwh, round(half_width(e)::numeric, 3) AS half_width
FROM (VALUES ('h1c', 100), ('h1c', 800), ('H3', 799.9)) AS p(zone, altitude), building_heating('house', 'gas', 1960, 100, zone, altitude) AS e;
SELECT round(half_width(building_heating('house', 'gas', 1960, 100, 'h1a', 0) + building_heating('house', 'gas', 1974, 100, 'h1a', 0))::numeric, 3) AS alike,
       round(half_width(building_heating('house', 'gas', 1960, 100, 'h1a', 0) + building_heating('house', 'gas', 1975, 100, 'h1a', 0))::numeric, 3) AS apart,
       round((0.3 * 110 * sqrt(201 ^ 2 + 166 ^ 2))::numeric, 3) AS apart_by_hand;
SELECT building_heating('castle', 'gas', 1960, 100, 'h1a', 0) IS NULL AS no_such_use, building_heating('house', 'gas', NULL, 100, 'h1a', 0) IS NULL AS no_year,
       value(building_heating('office', 'gas', NULL, 100, 'h2a', 0)) AS any_year;

-- Renovation: 80 m2 of wall of 1960 from 2.5 to 0.23 W/(m2 K) in h2b below 400 m,
-- 55905.9 K h, heated at 0.8.
SELECT round(renovation_saving('wall', 80, 0.23, 1960, false, 'h2b', 50, 0.8)::numeric, 3) AS saved,
       round((80 * (2.5 - 0.23) * 55905.9 / 1000 / 0.8)::numeric, 3) AS by_hand;
SELECT envelope_saving(10, 0.5, 1, 50000, 1) AS worse, renovation_saving('door', 1, 1, 1960, false, 'h2b', 50, 0.8) IS NULL AS no_such_element;
SELECT envelope_saving(10, 1, 0.5, 50000, 0);
SELECT envelope_saving('NaN', 1, 0.5, 50000, 1);
-- 20 000 kWh of gas, 12 000 saved, then a heat pump: 8000 / 4 kWh of electricity
SELECT after_kwh, round((co2e(before) / 20000)::numeric, 4) AS gas, round((co2e(after) / 2000)::numeric, 4) AS electricity,
       round((change_kg - co2e(after) + co2e(before))::numeric, 6) AS nothing
FROM renovation(20000, 12000, 'kWh LHV', 'natural_gas', 'kWh', 'electricity', 2022, 'FR', 4);
SELECT after_kwh, co2e(after) AS nothing_left FROM renovation(20000, 30000, 'kWh LHV', 'natural_gas', 'kWh LHV', 'natural_gas', 2022, 'FR');
SELECT after_kwh IS NULL AS not_known FROM renovation(20000, NULL, 'kWh LHV', 'natural_gas', 'kWh LHV', 'natural_gas', 2022, 'FR');
