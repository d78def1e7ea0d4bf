-- Visitors of an account: their travel apart from residents', and figures per equivalent
-- resident.  Each case against a figure worked out by hand.
SET search_path = terrcarbon, public;
SET client_min_messages = error;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE acc_owner;
CREATE ROLE acc_town;
CREATE ROLE acc_reader;
GRANT CREATE ON DATABASE :DBNAME TO acc_owner;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES ('acc-car', 'Car', 'km', '{"CO2": 0.2}', 0, 'combustion', 'test');
SELECT register_dataset('vis-trips', 'Trips', 'acc_town', 'CC0-1.0', 'open') AS trips \gset
SET ROLE acc_owner;
SELECT create_account('acc', 2154);
SELECT grant_reading('acc', 'acc_reader');
SELECT grant_depositing('acc', 'acc_town');
INSERT INTO acc.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Coast', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(380000, 6570000, 382000, 6571000, 2154))),
    ('A', 'Beach', 'commune', 'E', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154))),
    ('B', 'Inland', 'commune', 'E', ST_Multi(ST_MakeEnvelope(381000, 6570000, 382000, 6571000, 2154)));
-- Who is there in 2020: 1000 residents and 200 second homes for 5, full in two months of twelve.
INSERT INTO acc.population (territory_code, year, residents, equivalent_residents)
    SELECT 'A', 2020, 1000, equivalent_residents(1000, ARRAY[('second_home', 200, '{0,0,0,0,0,0,1,1,0,0,0,0}')]::tourism_stay[], 2020);
INSERT INTO acc.population (territory_code, year, residents) VALUES ('B', 2020, 500);
SET ROLE acc_town;
-- Residents of Beach drive 6 km to Inland and back; visitors of 2.5 a car come 250 km to Beach and go
-- home; one comes from Inland.
INSERT INTO acc.trip (dataset_id, origin_code, destination_code, home_code, traveller, year, person_trips, trip_km, occupancy, factor, u95_percent) VALUES
    (:trips, 'A', 'B', 'A', DEFAULT, 2020, 2000, 6, 1.2, 'acc-car', 0),
    (:trips, NULL, 'A', NULL, 'visitor', 2020, 1000, 250, 2.5, 'acc-car', 0),
    (:trips, 'B', 'A', 'B', 'visitor', 2020, 2, 5, 1, 'acc-car', 0);
SELECT pg_temp.outcome(format($$INSERT INTO acc.trip (dataset_id, destination_code, traveller, year, person_trips, trip_km) VALUES (%s, 'A', 'guest', 2020, 1, 1)$$, :trips)) ~ '^23514' AS refused;
INSERT INTO acc.activity (dataset_id, territory_code, sector, year, emission, u95_percent) VALUES (:trips, 'A', 'residential', 2020, ghg('CO2', 1e6), 0), (:trips, 'B', 'residential', 2020, ghg('CO2', 1e6), 0);
SET ROLE acc_owner;
CALL refresh('acc');
SET ROLE acc_reader;
SELECT allocations();
SELECT b.territory_code, b.allocation, round((b.emissions * 1000)::numeric, 3) AS kg,
       round(CASE b.allocation || b.territory_code
           WHEN 'residentA' THEN 0.2 * 2000 * 6 / 1.2
           WHEN 'visitorA' THEN 0.2 * (1000 * 250 / 2.5 + 10)
           WHEN 'inducedA' THEN 0.1 * (2000 * 6 / 1.2 + 1000 * 250 / 2.5 + 10)
           WHEN 'inducedB' THEN 0.1 * (2000 * 6 / 1.2 + 10) END, 3) AS by_hand
FROM acc.balance_by_territory b WHERE b.allocation <> 'territorial' AND b.territory_code <> 'E' ORDER BY 2, 1;
-- 1000 + 1000 x 62 / 366 of them; without a figure none.
SELECT y.territory_code, round(y.emissions_per_inhabitant::numeric, 6) AS per_inhabitant, round(y.emissions_per_equivalent_resident::numeric, 6) AS per_equivalent,
       CASE y.territory_code WHEN 'A' THEN round(1000 / (1000 + 1000 * 62 / 366.0), 6) END AS by_hand
FROM acc.trajectory_by_territory y WHERE y.year = 2020 ORDER BY 1;
SELECT m.territory_code, m.emissions_per_equivalent_resident IS NOT NULL AS known FROM acc.emission_map m ORDER BY 1;
SELECT b.territory_code, round(b.emissions_per_equivalent_resident::numeric, 6) AS per_equivalent FROM acc.balance_by_territory b WHERE b.allocation = 'visitor' ORDER BY 1;
SELECT kind, name, amount, unit FROM explain_number('acc', 'A', 'road_transport', 2020, allocation => 'visitor') WHERE kind = 'figure';
RESET ROLE;
-- What the travel of visitors amounts to, from nights: as visitor_travel says.
SELECT arrivals * 2 AS person_trips, person_km, round((co2e(emission) / person_km * 2.5)::numeric, 3) AS kg_per_km FROM visitor_travel(3000, 6, 250, 'acc-car', 2020, NULL, 2.5);
SELECT allocated_sum('visitor', 3), pg_temp.outcome($$SELECT allocated_sum(a, 1) FROM unnest('{visitor,resident}'::text[]) AS a$$) ~ '^22023' AS never_added;
SELECT drop_account('acc');
DELETE FROM factor WHERE code = 'acc-car';
DELETE FROM dataset WHERE slug LIKE 'vis-%';
DROP OWNED BY acc_owner, acc_town, acc_reader;
DROP ROLE acc_owner, acc_town, acc_reader;
