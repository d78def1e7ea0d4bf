-- Tourism and seasons.
SET search_path = terrcarbon, public;
\set SHOW_CONTEXT never

-- 1000 residents, 100 rooms of a hotel and 200 second homes: in January 0.2 x 200 +
-- 0.05 x 1000 = 90 visitors, in August 180 + 0.8 x 1000 = 980. In August a tenth of
-- the residents are away.
SELECT * FROM seasonal_population(1000, ARRAY[
    ('hotel', 100, '{0.2,0.2,0.3,0.4,0.5,0.6,0.8,0.9,0.6,0.4,0.2,0.2}'),
    ('second_home', 200, '{0.05,0.05,0.05,0.1,0.15,0.2,0.6,0.8,0.2,0.1,0.05,0.05}')]::tourism_stay[], 2024,
    '{0,0,0,0,0,0,0,0.1,0,0,0,0}');
-- the mean day of 366, by hand
SELECT round(equivalent_residents(1000, ARRAY[('camping', 10, '{0,0,0,0,0,0.5,1,1,0.5,0,0,0}')]::tourism_stay[], 2024)::numeric, 9) AS residents,
       round((1000 + 30 * (0.5 * 30 + 31 + 31 + 0.5 * 30) / 366.0)::numeric, 9) AS by_hand;
SELECT equivalent_residents(1000, '{}', 2023) AS nobody_comes;
SELECT sum(days) AS days, bool_and(visitors = 0) AS nobody FROM seasonal_population(1000, '{}', 2100);
-- what is not known
SELECT count(visitors) AS known_months, count(present) AS present FROM seasonal_population(1000, ARRAY[('hotel', 1, '{1,1,1,1,1,1,1,NULL,1,1,1,1}')]::tourism_stay[], 2024);
SELECT equivalent_residents(1000, ARRAY[('hotel', 1, '{1,1,1,1,1,1,1,NULL,1,1,1,1}')]::tourism_stay[], 2024) IS NULL AS not_known,
       equivalent_residents(NULL, '{}', 2024) IS NULL AS no_residents;
SELECT count(visitors) AS known, count(residents_present) AS residents FROM seasonal_population(1000, ARRAY[('hotel', NULL, '{1,1,1,1,1,1,1,1,1,1,1,1}')]::tourism_stay[], 2024);
SELECT count(residents_present) FROM seasonal_population(1000, '{}', 2024, '{0,0,0,0,0,0,NULL,0,0,0,0,0}');

-- 3000 nights in stays of 6, 250 km: 500 arrivals, 250 000 passenger-km; by car with
-- 2.5 persons 100 000 km x 0.192 kg
SELECT arrivals, person_km, round(co2e(emission)::numeric, 3) AS kg FROM visitor_travel(3000, 6, 250, 'car', 2023, 'FR', 2.5);
SELECT person_km, round((co2e(emission) / 250000)::numeric, 6) AS per_pkm FROM visitor_travel(3000, 6, 250, 'bus', 2023, 'FR');
SELECT emission IS NULL AS not_known FROM visitor_travel(NULL, 6, 250, 'bus', 2023, 'FR');
SELECT kind, unit, persons_per_unit FROM tourism_capacity ORDER BY 1;

-- wrong input
SELECT seasonal_population(-1, '{}', 2024);
SELECT seasonal_population(1000, ARRAY[('castle', 1, '{1,1,1,1,1,1,1,1,1,1,1,1}')]::tourism_stay[], 2024);
SELECT seasonal_population(1000, ARRAY[('hotel', 1, '{1,1}')]::tourism_stay[], 2024);
SELECT seasonal_population(1000, ARRAY[('hotel', 1, '{1,1,1,1,1,1,1,80,1,1,1,1}')]::tourism_stay[], 2024);
SELECT seasonal_population(1000, ARRAY[('hotel', 1, NULL)]::tourism_stay[], 2024);
SELECT seasonal_population(1000, '{}', 2024, '{2,0,0,0,0,0,0,0,0,0,0,0}');
SELECT visitor_travel(3000, 0, 250, 'bus', 2023, 'FR');
SELECT visitor_travel(3000, 6, -1, 'bus', 2023, 'FR');
