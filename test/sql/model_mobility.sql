-- Roads and trips.
SET search_path = terrcarbon, public;

-- Rows of the EMEP/EEA guidebook 2019 (buses, energy in MJ/km, load 0.5) at 3,
-- 25 and 200 km/h; the expected values were computed in exact fractions.
WITH bus(name, alpha, beta, gamma, delta, epsilon, zeta, eta, v_min, v_max, expected) AS (VALUES
    ('midi conventional', 0.000123458858545901, 0.00480489396060039, 1.2063428663953, 5.7936330621264,
     -6.0820699527172e-06, 0.00357935708806821, 0.0438665754425075, 11, 86,
     '{21.827286652688677,12.623560869822967,8.477218673330226}'::float8[]),
    ('midi Euro IV SCR', 0.00244974747771781, -0.0872290075485436, 0.871841735832594, 13.4926473310167,
     0.000369637069989329, -0.0154644481162187, 0.236139414412929, 11, 86,
     '{12.959469515935725,9.458740639342562,7.100694433050632}'),
    ('articulated Euro V SCR', 0.0569254928417283, 4.86164520570646, 1.44286363604206, -0.70858277536769,
     0.0103132948942481, 0.147261195595975, -0.0437043211566113, 5, 85,
     '{28.4422796328977,15.721918278218114,9.495218287686011}'))
SELECT name, speed,
       round(f::numeric, 6) AS mj_per_km,
       abs(f - expected[n]) < 1e-12 * f AS as_expected
FROM bus, unnest('{3,25,200}'::float8[]) WITH ORDINALITY AS v(speed, n),
     hot_emission_factor(alpha, beta, gamma, delta, epsilon, zeta, eta, 0, v_min, v_max, speed) AS f
ORDER BY name COLLATE "C", speed;
-- a reduction is a fraction; a constant factor may start at 0 km/h
SELECT hot_emission_factor(0, 0, 515, 0, 0, 0, 1, 0.13, 0, 75, 0);
SELECT hot_emission_factor(0, 0, 515, 0, 0, 0, 1, 1, 0, 75, 30);

\set SHOW_CONTEXT never
-- wrong input is an error, each kind its own
SELECT hot_emission_factor(0, 'NaN', 1, 0, 0, 0, 1, 0, 5, 75, 30);
SELECT hot_emission_factor(0, 0, 1, 0, 0, 0, 1, 0, 5, 75, 'Infinity');
SELECT hot_emission_factor(0, 0, 1, 0, 0, 0, 1, 0, 75, 5, 30);
SELECT hot_emission_factor(0, 0, 1, 0, 0, 0, 1, 0, -5, 75, 30);
SELECT hot_emission_factor(0, 0, 1, 0, 0, 0, 1, 0, 5, 75, -1);
SELECT hot_emission_factor(0, 0, 1, 0, 0, 0.1, -2, 0, 5, 75, 70);
-- both ends positive, negative between
SELECT hot_emission_factor(0, 0, 1, 0, 1, -80, 1500, 0, 5, 75, 10);
-- touches zero
SELECT hot_emission_factor(0, 0, 1, 0, 1, -80, 1600, 0, 5, 75, 10);
SELECT hot_emission_factor(0, 0, 1, 0, 0, 0, 0, 0, 5, 75, 10);
SELECT hot_emission_factor(0, 0, -1, 0, 0, 0, 1, 0, 5, 75, 10);
SELECT hot_emission_factor(0, 0, 515, 0, 0, 0, 1, 13, 5, 75, 30);
SELECT hot_emission_factor(0, 0, 1, 6, 0, 0, 1, 0, 0, 75, 0);
SELECT hot_emission_factor(1e308, 1e308, 1, 0, 0, 0, 1, 0, 5, 75, 70);
SELECT hot_emission_factor(0, 0, 1, 0, 0, 0, 1, 0, 5, 75, NULL) IS NULL AS missing_stays_missing;

-- 0.6474 - 0.02545 x 12 - (0.00974 - 0.000385 x 12) x 10 = 0.2908
SELECT l, t, round(cold_share(l, t)::numeric, 10)
FROM (VALUES (12, 10), (0, 0), (50, 20), (5, -20), (0, -40)) AS trip(l, t);
SELECT cold_share(-1, 10);
SELECT cold_share(12, 'NaN');

-- 10 000 vehicles a day on 4 km at 0.192 kg/km, in a year of 365 and of 366 days
SELECT year, road_vehicle_km(10000, 4, year), round(road_emission(10000, 4, year, 0.192)::numeric, 6) AS kg
FROM unnest('{2023,2024,2000,2100}'::int[]) AS year;
-- 60 % cars at 0.2, 40 % lorries at 0.9: 0.48
SELECT round(road_emission(10000, 4, 2023, '{0.6,0.4}', '{0.2,0.9}'::float8[])::numeric, 6) AS kg,
       round(fleet_factor('{0.6,0.4}', '{0.2,0.9}'::float8[])::numeric, 12) AS mean;
-- gas by gas: 0.6 x 0.2 + 0.4 x 0.9 kg CO2, 0.4 x 0.00001 kg CH4 a vehicle-km
SELECT round(gas(e, 'CO2')::numeric, 6) AS co2, round(gas(e, 'CH4')::numeric, 6) AS ch4
FROM road_emission(10000, 4, 2023, '{0.6,0.4}', ARRAY['{"CO2": 0.2}', '{"CO2": 0.9, "CH4": 0.00001}']::ghg[]) AS e;
SELECT co2e(road_emission(10000, 4, 2024, '{"CO2": 0.192}'::ghg), 'AR5');
SELECT road_emission(10000, 4, 2023, '{0.6,0.5}', ARRAY['{"CO2": 0.2}', '{"CO2": 0.9}']::ghg[]);
SELECT road_vehicle_km(-1, 4, 2023);
SELECT road_vehicle_km('NaN', 4, 2023);
SELECT road_vehicle_km(1, 4, 20230);
SELECT road_vehicle_km(1e308, 4, 2023);
SELECT road_emission(1e300, 4, 2023, 1e300);
SELECT road_emission(0, 4, 2023, 0.2);
SELECT road_emission(1, 4, 2023, -0.1);
SELECT fleet_factor('{0.6,0.4}', '{0.2,-0.9}'::float8[]);
SELECT fleet_factor('{0.6,0.3}', '{0.2,0.9}'::float8[]);
SELECT fleet_factor('{1.2,-0.2}', '{0.2,0.9}'::float8[]);
SELECT fleet_factor('{0.6,0.4}', '{0.2,NULL}'::float8[]);
SELECT fleet_factor('{0.6,0.4}', '{0.2}'::float8[]);
SELECT fleet_factor('{NaN,0.4}', '{0.2,1}'::float8[]);
SELECT fleet_factor('{}', '{}'::float8[]);

-- 1000 persons' trips of 6 km, 1.5 in a car
SELECT trip_vehicle_km(1000, 6, 1.5);
SELECT trip_vehicle_km(1000, 6, 0);

-- into the territory, through it, within it by a visitor, by nobody knows whom
SELECT what, allocation, allocated_km
FROM (VALUES ('into', 20, 8, false, true, true), ('through', 20, 8, false, false, false),
             ('within', 5, 5, true, true, false), ('unknown', 5, 5, true, NULL, NULL))
         AS trip(what, km, inside, starts, ends, lives),
     trip_allocation(km, inside, starts, ends, lives)
ORDER BY what, allocation;
SELECT trip_allocation(5, 6, true, true, true);
-- each rule has its own total, and none together
SELECT allocation, allocated_sum(allocation, allocated_km)
FROM (VALUES (20, 8, false, true, true), (20, 8, false, false, false)) AS trip(km, inside, starts, ends, lives),
     trip_allocation(km, inside, starts, ends, lives)
GROUP BY allocation ORDER BY allocation;
SELECT allocated_sum(allocation, allocated_km) FROM trip_allocation(20, 8, false, true, true);
SELECT allocated_sum('total', 1);
SELECT allocated_sum('resident', 'NaN');
SELECT allocated_sum(NULL, 1);
SELECT allocated_sum('resident', NULL) IS NULL AS nothing_added;

-- Parallel or not, the same sum; and the same refusal.
CREATE TABLE model_trip AS
    SELECT CASE WHEN i % 50 = 0 THEN 'resident' ELSE 'induced' END AS allocation, 0.1::float8 AS km FROM generate_series(1, 50000) i;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT allocated_sum(allocation, km) FROM model_trip WHERE allocation = 'induced';
\set VERBOSITY terse
SELECT allocated_sum(allocation, km) FROM model_trip;
\set VERBOSITY default
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SET max_parallel_workers_per_gather = 0;
SELECT allocated_sum(allocation, km) FROM model_trip WHERE allocation = 'induced';
RESET max_parallel_workers_per_gather;
DROP TABLE model_trip;
