-- Travellers of an account who take another mode.  Figures by hand.
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
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES
    ('acc-car', 'Car', 'km', '{"CO2": 0.2}', 10, 'combustion', 'test'), ('acc-car', 'Car, fuel brought', 'km', '{"CO2": 0.05}', 0, 'upstream', 'test'),
    ('acc-bus', 'Bus', 'pkm', '{"CO2": 0.1}', 20, 'combustion', 'test'), ('acc-bike', 'Bicycle', 'pkm', '{"CO2": 0}', 0, 'combustion', 'test');
SELECT register_dataset('mod-trips', 'Trips', 'acc_town', 'CC0-1.0', 'open') AS trips \gset
SELECT register_dataset('mod-shut', 'Shut trips', 'acc_town', 'CC0-1.0', 'shared') AS shut \gset
SET ROLE acc_owner;
SELECT create_account('acc', 2154);
SELECT grant_reading('acc', 'acc_reader');
SELECT grant_reading('acc', 'acc_town');
SELECT grant_depositing('acc', 'acc_town');
INSERT INTO acc.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Coast', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(380000, 6570000, 382000, 6571000, 2154))),
    ('A', 'Beach', 'commune', 'E', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154))),
    ('B', 'Inland', 'commune', 'E', ST_Multi(ST_MakeEnvelope(381000, 6570000, 382000, 6571000, 2154)));
SET ROLE acc_town;
INSERT INTO acc.trip (dataset_id, origin_code, destination_code, home_code, purpose, year, person_trips, trip_km, occupancy, factor, u95_percent)
SELECT d, 'A', 'B', h, p, 2020, n, km, o, f, u FROM (VALUES
    (:trips, 'A', 'work', 1000, 10, 1.25, 'acc-car', 0), (:trips, 'A', 'school', 1000, 2, 2, 'acc-car', 0), (:trips, 'B', 'work', 500, 10, 1.25, 'acc-car', 0),
    (:trips, 'A', 'work', 300, 10, NULL, 'acc-bus', 0), (:trips, 'A', NULL, 100, 10, NULL, 'acc-car', 0), (:shut, 'A', 'work', 9999, 10, 1.25, 'acc-car', 0)) AS v (d, h, p, n, km, o, f, u);
-- The last of these goes per vehicle-km without occupancy, by 'km' stated.
UPDATE acc.trip SET unit = 'km' WHERE purpose IS NULL;
SET ROLE acc_reader;
-- A third of the car's person-km to the bus: 10 000 person-km are 8000 km of cars, 2 t in all scopes; a
-- third of them by bus is 0.1 kg for 0.2.
SELECT w.part_code, w.purpose, w.person_km, round(w.shifted_person_km) AS shifted, round(value(w.emissions)::numeric, 6) AS t,
       round(value(w.change)::numeric, 6) AS change, round((CASE WHEN w.finding IS NULL THEN w.person_km END / 3 * (0.1 - 0.25 / CASE w.purpose WHEN 'school' THEN 2 ELSE 1.25 END) / 1000)::numeric, 6) AS by_hand, w.finding
FROM what_if_modal_shift('acc', 'E', 2020, 1.0 / 3, 'acc-car', 'acc-bus') AS w ORDER BY 1, 2;
-- The factors err alike in all rows: the interval of the sum by hand.
SELECT round(value(sum(w.change))::numeric, 6) AS change, round(half_width(sum(w.change))::numeric, 6) AS half_width,
       round((sqrt((17000 * 0.1 * 0.2) ^ 2 + ((10000 + 5000) / 1.25 * 0.2 + 2000 / 2 * 0.2) ^ 2 * 0.01) / 3 / 1000)::numeric, 6) AS by_hand
FROM what_if_modal_shift('acc', 'E', 2020, 1.0 / 3, 'acc-car', 'acc-bus') AS w;
-- Short trips to bicycles; one purpose; one commune; cars with more aboard; induced halves.
SELECT w.purpose, round(value(w.change)::numeric, 6) AS change FROM what_if_modal_shift('acc', 'E', 2020, 0.5, 'acc-car', 'acc-bike', up_to_km => 3) AS w;
SELECT w.part_code, round(value(w.change)::numeric, 6) AS change FROM what_if_modal_shift('acc', 'B', 2020, 1, 'acc-car', 'acc-bus', for_purpose => 'work') AS w;
SELECT round(value(w.change)::numeric, 6) AS change, round((10000 * (0.25 / 2.5 - 0.25 / 1.25) / 1000)::numeric, 6) AS by_hand
FROM what_if_modal_shift('acc', 'A', 2020, 1, 'acc-car', 'acc-car', 2.5, 'work') AS w;
SELECT w.part_code, sum(w.person_km) AS person_km FROM what_if_modal_shift('acc', 'E', 2020, 1, 'acc-car', 'acc-bus', for_purpose => 'work', allocation => 'induced') AS w GROUP BY 1 ORDER BY 1;
-- Not priced, and nothing there.
SELECT DISTINCT w.finding, w.change IS NULL AS unknown FROM what_if_modal_shift('acc', 'E', 2020, 1, 'acc-car', 'acc-none', for_purpose => 'work') AS w;
SELECT count(*) FROM what_if_modal_shift('acc', 'E', 2021, 1, 'acc-car', 'acc-bus');
SET ROLE acc_town;
SELECT count(*) AS with_the_shut FROM what_if_modal_shift('acc', 'E', 2020, 1, 'acc-car', 'acc-bus');
SELECT pg_temp.outcome($$SELECT what_if_modal_shift('acc', 'E', 2020, 33, 'acc-car', 'acc-bus')$$);
SELECT pg_temp.outcome($$SELECT what_if_modal_shift('acc', 'Z', 2020, 1, 'acc-car', 'acc-bus')$$) ~ '^22023' AS refused,
       pg_temp.outcome($$SELECT what_if_modal_shift('acc', 'E', 2020, 1, 'acc-car', 'acc-bus', 0)$$) ~ '^22023' AS refused,
       pg_temp.outcome($$SELECT what_if_modal_shift('acc', 'E', 2020, 1, 'acc-car', 'acc-bus', allocation => 'all')$$) ~ '^22023' AS refused,
       pg_temp.outcome($$SELECT what_if_modal_shift('acc', 'E', NULL, 1, 'acc-car', 'acc-bus')$$) ~ '^22023' AS refused,
       pg_temp.outcome($$SELECT what_if_modal_shift('nobody', 'E', 2020, 1, 'acc-car', 'acc-bus')$$) ~ '^3F000' AS refused;
RESET ROLE;
SELECT drop_account('acc');
DELETE FROM factor WHERE code LIKE 'acc-%';
DELETE FROM dataset WHERE slug LIKE 'mod-%';
DROP OWNED BY acc_owner, acc_town, acc_reader;
DROP ROLE acc_owner, acc_town, acc_reader;
