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

-- A motorcycle whose formula has a pole at 11.4 km/h, of which speeds from 20 on are used.
SELECT hot_emission_factor(0.0002, -0.02, 2, 0, 0, 2.4059, -27.498, 0, 10, 130, 50);
SELECT round(hot_emission_factor(0.0002, -0.02, 2, 0, 0, 2.4059, -27.498, 0, 10, 130, 50, 20, 130)::numeric, 9) AS used,
       round(((0.0002 * 50 ^ 2 - 0.02 * 50 + 2) / (2.4059 * 50 - 27.498))::numeric, 9) AS by_hand;
SELECT hot_emission_factor(0.0002, -0.02, 2, 0, 0, 2.4059, -27.498, 0, 10, 130, 15, 20, 130);
SELECT hot_emission_factor(0.0002, -0.02, 2, 0, 0, 2.4059, -27.498, 0, 10, 130, 50, 11, 130);
SELECT hot_emission_factor(0.0002, -0.02, 2, 0, 0, 2.4059, -27.498, 0, 10, 130, 50, 20, 140);

-- Cold starts: petrol at 10 degrees takes 1.38 times as much, diesel 1.26 times; of
-- 12 km 0.2908 are cold: 2.5 x 0.2908 x 0.38 MJ more a km.
SELECT cold_energy_ratio('petrol', 10) AS petrol, cold_energy_ratio('diesel', 10) AS diesel, cold_energy_ratio('diesel', 31) AS hot,
       round(cold_excess_factor(2.5, 'petrol', 12, 10)::numeric, 6) AS excess, round((2.5 * 0.2908 * 0.38)::numeric, 6) AS by_hand;
SELECT cold_energy_ratio('petrol', -10.1);
SELECT cold_energy_ratio('coal', 10);
SELECT cold_energy_ratio('petrol', 'NaN');

-- 9000 passenger-km by car, 1.5 a car, then by bus: 0.192 kg a km and 0.1135 a passenger.
SELECT round(co2e(before)::numeric, 3) AS before, round(co2e(after)::numeric, 3) AS after, round(change_kg::numeric, 3) AS change
FROM modal_shift(9000, 'car', 'bus', 2023, 'FR', 1.5);
SELECT modal_shift(9000, 'car', 'bus', 2023, 'FR');

-- A feed by hand. Line A, 0.02 degrees of longitude on the equator (2.226 km), runs on
-- weekdays but not on Thursday 9 October 2025, and on Saturday 11; line B twice an
-- hour from 23:00 to 25:30 every day, on a shape that is known; line C has no shape.
SELECT create_gtfs('model_feed');
INSERT INTO model_feed.routes (route_id, route_type) VALUES ('A', '3'), ('B', '0'), ('C', '3');
INSERT INTO model_feed.shapes VALUES ('a', '0', '0.02', '10'), ('a', '0', '0', '2'), ('b', '0', '0', '1'), ('b', '0.01', '0', '2');
INSERT INTO model_feed.calendar VALUES
    ('week', '1', '1', '1', '1', '1', '0', '0', '20251001', '20251031'),
    ('daily', '1', '1', '1', '1', '1', '1', '1', '20251008', '20251031');
INSERT INTO model_feed.calendar_dates VALUES ('week', '20251009', '2'), ('week', '20251011', '1'), ('week', '20251231', '1');
INSERT INTO model_feed.trips (route_id, service_id, trip_id, shape_id) VALUES
    ('A', 'week', 'a1', 'a'), ('A', 'week', 'a2', 'a'), ('B', 'daily', 'b1', 'b'), ('C', 'week', 'c1', 'a'), ('C', 'week', 'c2', '');
INSERT INTO model_feed.frequencies VALUES ('b1', '23:00:00', '25:30:00', '1800', NULL);
-- Monday 6 to Sunday 12: A on 5 days x 2, B on 5 days x 5; km on the WGS 84 ellipsoid
SELECT route_id, runs, round(vehicle_km::numeric, 3) AS km,
       round((CASE route_id WHEN 'A' THEN 10 * 0.02 * pi() / 180 * 6378.137 WHEN 'B' THEN 25 * 0.01 * 110.5743 END)::numeric, 3) AS by_hand
FROM gtfs_vehicle_km('model_feed', '2025-10-06', '2025-10-12');
-- two territories share it, and a third has none of it
SELECT count(*) AS routes, bool_and(abs(whole.vehicle_km - west.vehicle_km - east.vehicle_km) < 1e-9) AS add_up,
       round(max(west.vehicle_km / whole.vehicle_km) FILTER (WHERE route_id = 'A')::numeric, 6) AS west_of_a
FROM gtfs_vehicle_km('model_feed', '2025-10-06', '2025-10-12') AS whole
JOIN gtfs_vehicle_km('model_feed', '2025-10-06', '2025-10-12', ST_MakeEnvelope(-1, -1, 0.005, 1, 4326)) AS west USING (route_id)
JOIN gtfs_vehicle_km('model_feed', '2025-10-06', '2025-10-12', ST_MakeEnvelope(0.005, -1, 1, 1, 4326)) AS east USING (route_id);
SELECT sum(vehicle_km) FROM gtfs_vehicle_km('model_feed', '2025-10-06', '2025-10-12', ST_MakeEnvelope(5, 5, 6, 6, 4326)) WHERE route_id <> 'C';
-- its buses
SELECT g.route_id, round(co2e(emission(g.vehicle_km, 'vkm', v.factor_code, 2020, 'FR'))::numeric, 2) AS kg
FROM gtfs_vehicle_km('model_feed', '2025-10-06', '2025-10-12') AS g
JOIN model_feed.routes r USING (route_id) LEFT JOIN gtfs_vehicle v ON v.route_type = r.route_type::int ORDER BY 1;
SELECT count(*) FROM gtfs_vehicle_km('model_feed', '2025-12-01', '2025-12-30');
-- as rows of an account, of two territories in another SRID and a third without lines; C, of
-- which a trip has no shape, is nowhere known; the week stands for 2025: x 365 / 7
UPDATE model_feed.routes SET agency_id = 'AG', route_short_name = '1' WHERE route_id = 'A';
CREATE TEMP TABLE model_place AS
SELECT code, ST_Transform(ST_Segmentize(ST_MakeEnvelope(x1, -0.5, x2, 0.5, 4326), 0.01), 3857) AS geom
FROM (VALUES ('west', -0.5, 0.005), ('east', 0.005, 0.5), ('far', 5, 6)) AS v (code, x1, x2);
SELECT a.territory_code, a.sector, a.year, round(a.quantity::numeric, 2) AS quantity,
       round((CASE concat(a.sector, a.notation) WHEN 'road_transport' THEN 10 * CASE a.territory_code WHEN 'west' THEN 0.005 ELSE 0.015 END * pi() / 180 * 6378.137
              WHEN 'other_transport' THEN 25 * 0.01 * 110.5743 END * 365 / 7)::numeric, 2) AS by_hand, a.unit, a.factor, a.notation, a.note, a.unit_key
FROM gtfs_activity('model_feed', 'model_place', '2025-10-06', '2025-10-12', 2025) AS a;
-- without a year to stand for, the days of each year; a bus by its extended type; a factor of one's own goes first
BEGIN;
UPDATE model_feed.routes SET route_type = '704' WHERE route_id = 'A';
UPDATE model_feed.routes SET route_type = '900' WHERE route_id = 'B';
INSERT INTO gtfs_vehicle (route_type, name, factor_code, source) VALUES (900, 'Our tram', 'tram', 'test');
DELETE FROM model_feed.trips WHERE route_id = 'C';
UPDATE model_feed.calendar SET end_date = '20260131';
SELECT a.year, a.sector, a.factor, a.note, round(sum(a.quantity)::numeric, 3) AS quantity,
       round((SELECT g.vehicle_km FROM gtfs_vehicle_km('model_feed', greatest(make_date(a.year, 1, 1), '2025-12-20'), least(make_date(a.year, 12, 31), '2026-01-10')) AS g
              WHERE g.route_id = CASE a.sector WHEN 'road_transport' THEN 'A' ELSE 'B' END)::numeric, 3) AS of_the_feed
FROM gtfs_activity('model_feed', 'model_place', '2025-12-20', '2026-01-10') AS a GROUP BY 1, 2, 3, 4 ORDER BY 1, 2;
ROLLBACK;
SELECT gtfs_activity('model_feed', 'model_place', '2025-10-06', '2026-03-01');
SELECT gtfs_activity('model_feed', 'model_place', '2025-10-06', '2025-10-12', 25);
SELECT gtfs_vehicle_km('model_feed', '2025-10-06', '2025-10-05');
SELECT gtfs_vehicle_km('model_feed', '2025-10-06', NULL);
SELECT create_gtfs('model_feed');
SET client_min_messages = warning;
DROP SCHEMA model_feed CASCADE;
RESET client_min_messages;

-- Parking: 200 places used at 90 % and taken by 3 cars a day on 250 days; 150 are left, so
-- 30 of 180 are wanting: 22 500 arrivals, of which 40 % go by bus, 1.3 aboard, 2 x 8 km.
SELECT displaced, person_km, round(co2e(before)::numeric, 3) AS before, 187200 / 1.3 * 0.192 AS by_car, round(co2e(after)::numeric, 3) AS after,
       187200 * 0.1135 AS by_bus, round(change_kg::numeric, 3) AS change
FROM parking_shift(200, 150, 0.9, 3, 250, 8, 1.3, 0.4, 'car', 'bus', 2023, 'FR');
-- more places than are used, or none used, displace nobody
SELECT displaced, change_kg FROM parking_shift(200, 190, 0.9, 3, 250, 8, 1.3, 0.4, 'car', 'bus', 2023, 'FR');
SELECT displaced, change_kg FROM parking_shift(200, 0, 0, 3, 250, 8, 1.3, 0.4, 'car', 'bus', 2023, 'FR');
SELECT displaced, change_kg FROM parking_shift(200, 100, NULL, 3, 250, 8, 1.3, 0.4, 'car', 'bus', 2023, 'FR');
SELECT parking_shift(200, 150, 90, 3, 250, 8, 1.3, 0.4, 'car', 'bus', 2023, 'FR');
SELECT parking_shift(200, -1, 0.9, 3, 250, 8, 1.3, 0.4, 'car', 'bus', 2023, 'FR');
SELECT parking_shift(200, 150, 0.9, 3, 400, 8, 1.3, 0.4, 'car', 'bus', 2023, 'FR');

-- The French cars of 2012: 21.593 million on diesel x 14931 km, 12.8 on petrol x 7938,
-- 0.007 on electricity x 8495, 0.196 on LPG x 12661.
SELECT fuel, round(share::numeric, 8) AS share, round((m / sum(m) OVER ())::numeric, 8) AS by_hand
FROM fleet_shares('car', 2012, 'FR')
JOIN (VALUES ('diesel', 21593000.0 * 14931), ('petrol', 12800000.0 * 7938), ('electricity', 7000.0 * 8495), ('lpg', 196000.0 * 12661)) AS f(fuel, m) USING (fuel)
ORDER BY share DESC;
SELECT vehicle, of_year, round(sum(share)::numeric, 12) AS whole, count(*) AS fuels
FROM unnest('{car,van,truck,bus}'::text[]) AS vehicle, fleet_shares(vehicle, 2030, 'FR') GROUP BY 1, 2 ORDER BY 1;
SELECT count(*) FROM fleet_shares('car', 2000, 'FR');
BEGIN;
INSERT INTO vehicle_fleet VALUES ('FR', 'car', 'electricity', 2020, 1, 1, 'test');
SELECT * FROM fleet_shares('car', 2021, 'FR');
ROLLBACK;

-- Functions of speed as data: all of them have a plausible value in town.
SELECT split_part(code, '.', 1) AS vehicle, count(*), round(min(speed_energy(code, 50))::numeric, 2) AS least, round(max(speed_energy(code, 50))::numeric, 2) AS most
FROM speed_function GROUP BY 1 ORDER BY 1;
SELECT round(speed_energy('car.petrol.euro4', 50)::numeric, 9) AS euro4,
       round(((0.000131723006778538 * 2500 + 0.0054859592952839 * 50 + 2.6191950512566 + 1.72774612390592e-09 / 50)
              / (-8.50415012699799e-05 * 2500 + 0.023584384067406 * 50 + 0.344297577833879))::numeric, 9) AS by_hand,
       speed_energy('car.steam', 50) IS NULL AS no_function;
INSERT INTO speed_function (code, name, v_min, v_max, zeta, eta, gamma, source) VALUES ('bad', 'bad', 10, 130, 2.4059, -27.498, 1, 'x');
INSERT INTO speed_function (code, name, v_min, v_max, used_from, zeta, eta, gamma, source) VALUES ('motorcycle', 'pole at 11.4', 10, 130, 20, 2.4059, -27.498, 1, 'x');
SELECT speed_energy('motorcycle', 15);
SELECT round(speed_energy('motorcycle', 50)::numeric, 6) AS fast;
-- A road of 10 000 cars a day on 4 km at 50 km/h: three quarters diesel Euro 5, the
-- rest petrol Euro 4 and electric, of which no function is known.
BEGIN;
INSERT INTO vehicle_fleet VALUES ('FR', 'car', 'diesel.euro5', 2023, 300, 10000, 'test'), ('FR', 'car', 'petrol.euro4', 2023, 190, 5000, 'test'),
    ('FR', 'car', 'electricity', 2023, 10, 5000, 'test');
SELECT fuel, share, vehicle_km, round(mj_per_km::numeric, 6) AS mj, round((co2e(emission) / vehicle_km)::numeric, 6) AS kg_per_km,
       round((co2e(emission) - co2e(emission(vehicle_km * mj_per_km / 3.6, 'kWh LHV', split_part(fuel, '.', 1), 2023, 'FR')))::numeric, 6) AS difference
FROM road_fleet(10000, 4, 2023, 'car', 50, 'FR');
-- with trips of 12 km at 10 degrees: 0.2908 x 0.38 and 0.2908 x 0.26 more
SELECT c.fuel, round((c.mj_per_km / h.mj_per_km - 1)::numeric, 6) AS excess
FROM road_fleet(10000, 4, 2023, 'car', 50, 'FR', 12, 10) AS c JOIN road_fleet(10000, 4, 2023, 'car', 50, 'FR') AS h USING (fuel)
WHERE c.mj_per_km IS NOT NULL ORDER BY 1;
ROLLBACK;
DELETE FROM speed_function WHERE NOT shipped;
