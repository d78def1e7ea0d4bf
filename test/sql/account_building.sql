-- Buildings of an account: archetypes where nothing was metered, heating brought to a
-- reference climate, renovation.  Figures by hand: a square of 100 m2 of ground has
-- 100 m2 x its scale on the map; factors have no uncertainty unless said.
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
CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN abs(a - b) <= 1e-9 * greatest(abs(a), abs(b));
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES
    ('acc-gas', 'Gas burnt', 'kWh LHV', '{"CO2": 0.2}', 0, 'combustion', 'test'),
    ('acc-gas', 'Gas brought', 'kWh LHV', '{"CO2": 0.03}', 0, 'upstream', 'test'),
    ('acc-power', 'Electricity', 'kWh', '{"CO2": 0.05}', 10, 'full', 'test');
-- Archetypes of our own, with two periods and a default factor.
INSERT INTO building_archetype (id, use, carrier, year_from, year_to, kwh_per_m2, u95_percent, unit, factor, source) VALUES
    (900001, 'acc-house', 'gas', NULL, 1974, 200, 30, 'kWh LHV', 'acc-gas', 'test'),
    (900002, 'acc-house', 'gas', 1975, NULL, 100, 30, 'kWh LHV', 'acc-gas', 'test'),
    (900003, 'acc-house', 'network', NULL, NULL, 80, NULL, 'kWh', NULL, 'test');
SET ROLE acc_owner;
SELECT create_account('acc', 2154);
GRANT USAGE ON SCHEMA acc TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA acc TO PUBLIC;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA acc TO acc_town;
INSERT INTO acc.territory (code, name, level, parent_code, geom) VALUES
    ('P', 'Whole', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(380000, 6570000, 382000, 6571000, 2154))),
    ('A', 'Aville', 'commune', 'P', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154))),
    ('B', 'Bville', 'commune', 'P', ST_Multi(ST_MakeEnvelope(381000, 6570000, 382000, 6571000, 2154)));
RESET ROLE;
SELECT register_dataset('bld-town', 'Town', 'acc_town', 'CC0-1.0', 'open') AS town \gset
SELECT register_dataset('bld-more', 'More', 'acc_town', 'CC0-1.0', 'open') AS more \gset
SELECT register_dataset('bld-shut', 'Shut', 'acc_town', 'CC0-1.0', 'shared') AS shut \gset

-- --- archetypes ---------------------------------------------------------------------------
SET ROLE acc_town;
INSERT INTO acc.building (dataset_id, name, floors, use, heating, year_built, climate_zone, altitude_m, carrier, unit, energy, energy_per_m2,
    u95_percent, year_from, geom)
SELECT d, name, floors, use, heating, built, 'h2b', 20, carrier, 'MWh LHV', energy, per_m2, u, 2020, ST_Multi(ST_MakeEnvelope(x, 6570100, x + 10, 6570110, 2154))
FROM (VALUES
    (:town, 'old', 2, 'acc-house', 'gas', 1960, NULL, NULL, NULL, NULL, 380100),
    (:more, 'old, of another dataset', 1, 'acc-house', 'gas', 1974, NULL, NULL, NULL, NULL, 380200),
    (:town, 'newer', 1, 'acc-house', 'gas', 1975, NULL, NULL, NULL, NULL, 380300),
    (:town, 'metered', 1, 'acc-house', 'gas', 1960, 'acc-gas', 10, NULL, 0, 380400),
    (:town, 'intensity', 1, 'acc-house', 'gas', 1960, 'acc-gas', NULL, 0.3, 0, 380500),
    (:town, 'network of no name', 1, 'acc-house', 'network', 1960, NULL, NULL, NULL, NULL, 381100),
    (:town, 'network', 1, 'acc-house', 'network', NULL, 'acc-power', NULL, NULL, NULL, 381200),
    (:town, 'of no archetype', 1, 'castle', 'gas', 1500, 'acc-gas', NULL, NULL, NULL, 381300),
    (:town, 'of no known year', 1, 'acc-house', 'gas', NULL, 'acc-gas', NULL, NULL, NULL, 381400)
) AS v (d, name, floors, use, heating, built, carrier, energy, per_m2, u, x);
SET ROLE acc_owner;
CALL refresh('acc');
-- 0.9 in h2 below 800 m.
SELECT m.name, m.archetype_id, m.metered, m.energy_unit, round((m.energy / m.footprint_m2)::numeric, 6) AS per_m2_of_ground, m.carrier
FROM acc.building_map m ORDER BY m.name COLLATE "C";
SELECT b.name, l.scope, pg_temp.near(value(l.co2e), CASE b.name WHEN 'old' THEN 2 * 180 WHEN 'old, of another dataset' THEN 180 WHEN 'newer' THEN 90
           WHEN 'metered' THEN 10000 / b.area_m2 WHEN 'intensity' THEN 300 WHEN 'network' THEN 72 END
           * b.area_m2 * CASE WHEN b.name = 'network' THEN 0.05 WHEN l.scope = '1' THEN 0.2 ELSE 0.03 END) AS by_hand, l.finding, l.note
FROM acc.line l JOIN acc.building b ON b.dataset_id = l.dataset_id AND b.id = l.row_id ORDER BY b.name COLLATE "C", l.scope;
-- The two old houses err alike though they are of two datasets, the newer one apart.
SELECT pg_temp.near(half_width(sum(l.co2e)), 0.3 * value(sum(l.co2e))) AS alike
FROM acc.line l JOIN acc.building b ON b.dataset_id = l.dataset_id AND b.id = l.row_id WHERE b.name LIKE 'old%' AND l.scope = '1';
SELECT pg_temp.near(half_width(b.co2e), 0.3 * sqrt((180 * 2 * 0.2 * o.area_m2 + 180 * 0.2 * m.area_m2) ^ 2 + (90 * 0.2 * n.area_m2) ^ 2)) AS in_the_balance
FROM (SELECT sum(co2e) AS co2e FROM acc.balance WHERE territory_code = 'A' AND scope = '1') AS b, acc.building o, acc.building m, acc.building n
WHERE o.name = 'old' AND m.name LIKE 'old,%' AND n.name = 'newer';
SELECT kind, reason, detail, item_count FROM acc.coverage_by_territory WHERE territory_code = 'B' AND layer = 'building' AND kind <> 'measured' ORDER BY 2, 3;

-- --- the climate ----------------------------------------------------------------------------
SET ROLE acc_town;
DELETE FROM acc.building;
INSERT INTO acc.building (dataset_id, name, carrier, unit, energy, heating_share, u95_percent, year_from, year_to, geom)
SELECT :town, name, 'acc-gas', 'MWh LHV', 10, share, u, 2019, 2021, ST_Multi(ST_MakeEnvelope(x, 6570100, x + 10, 6570110, 2154))
FROM (VALUES ('heated', 0.8, 10, 380100), ('kitchen', 0, 10, 380200), ('not told', NULL, 10, 381100)) AS v (name, share, u, x);
INSERT INTO acc.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, heating_share, u95_percent) VALUES
    (:town, 'A', 'tertiary', 2020, 100, 'MWh LHV', 'acc-gas', 0.5, 0), (:town, 'A', 'industry', 2020, 100, 'MWh LHV', 'acc-gas', DEFAULT, 0);
SELECT pg_temp.outcome(format($$INSERT INTO acc.activity (dataset_id, territory_code, sector, year, emission, heating_share)
    VALUES (%s, 'A', 'tertiary', 2020, ghg('CO2', 1), 0.5)$$, :town)) ~ '^23514' AS refused;
SET ROLE acc_owner;
CALL refresh('acc');
SELECT year, sector, emissions, missing FROM acc.balance_by_territory WHERE territory_code = 'A' AND scope = '1' ORDER BY 2, 1;
-- 2000 degree days against 1600 observed in the whole in 2019, 2500 in Aville in 2020, none in 2021.
INSERT INTO acc.degree_days VALUES ('P', 2019, 1600, 'test'), ('P', 2020, 1800, 'test'), ('A', 2020, 2500, 'test');
UPDATE acc.setting SET degree_days_reference = 2000;
CALL refresh('acc');
-- 2 + 2 x (0.2 + 0.8 x 2000 / observed); offices 20 x (0.5 + 0.5 x 0.8).
SELECT year, sector, emissions, CASE sector WHEN 'residential' THEN round((2 + 2 * (0.2 + 0.8 * 2000 / d))::numeric, 6) END AS by_hand, missing
FROM acc.balance_by_territory LEFT JOIN (VALUES (2019, 1600), (2020, 2500)) AS o (year, d) USING (year)
WHERE territory_code = 'A' AND scope = '1' ORDER BY 2, 1;
SELECT year, emissions, missing FROM acc.balance_by_territory WHERE territory_code = 'B' AND scope = '1' ORDER BY 1;
-- The ledger says the same, and a row of three years is one error in all.
SELECT l.year, value(sum(l.co2e)) AS kg, string_agg(DISTINCT l.finding, ', ') AS finding FROM acc.line l
WHERE l.territory_code = 'A' AND l.sector = 'residential' AND l.scope = '1' GROUP BY 1 ORDER BY 1;
SELECT pg_temp.near(half_width(sum(co2e)), 0.1 * sqrt((2 * 2000) ^ 2 + (2400 + 1680) ^ 2)) AS two_years
FROM acc.line WHERE territory_code = 'A' AND sector = 'residential' AND scope = '1' AND year < 2021;
-- Degree days that come later are counted by the next refresh.
INSERT INTO acc.degree_days VALUES ('P', 2021, 2000, 'test');
CALL refresh('acc');
SELECT year, emissions, missing FROM acc.balance_by_territory WHERE territory_code = 'A' AND sector = 'residential' AND scope = '1' AND year = 2021;
SELECT pg_temp.outcome($$INSERT INTO acc.degree_days VALUES ('A', 2021, 0)$$) ~ '^23514' AS refused,
       pg_temp.outcome($$UPDATE acc.setting SET degree_days_reference = 'NaN'$$) ~ '^23514' AS refused;

-- --- renovation ------------------------------------------------------------------------------
UPDATE acc.setting SET degree_days_reference = NULL;
SET ROLE acc_town;
INSERT INTO acc.building (dataset_id, name, floors, use, heating, year_built, climate_zone, altitude_m, year_from, geom)
SELECT d, name, 1, 'acc-house', 'gas', 1960, 'h2b', 20, 2020, ST_Multi(ST_MakeEnvelope(x, 6570100, x + 10, 6570110, 2154))
FROM (VALUES (:town, 'house', 380300), (:shut, 'shut house', 380400), (:town, 'far house', 381500)) AS v (d, name, x);
SET ROLE acc_owner;
CREATE TEMP VIEW district AS SELECT ST_MakeEnvelope(380000, 6570000, 381200, 6571000, 2154) AS geom;
GRANT SELECT ON district TO PUBLIC;
-- 40 % less, then a heat pump of 3.2 after a boiler of 0.8: 1 kWh for 4. Gas is 0.23 kg a kWh in all.
SET ROLE acc_reader;
SELECT w.name, w.unit, round((w.energy / CASE w.unit WHEN 'kWh LHV' THEN b.area_m2 ELSE 1 END)::numeric, 6) AS energy,
       round((w.heating_after / CASE w.unit WHEN 'kWh LHV' THEN b.area_m2 ELSE 1 END)::numeric, 6) AS after,
       pg_temp.near(value(w.emissions), CASE w.unit WHEN 'kWh LHV' THEN 180 * 0.23 / 1000 * b.area_m2 ELSE 2.3 END) AS emissions,
       pg_temp.near(value(w.change), CASE w.name WHEN 'house' THEN (27 * 0.05 - 180 * 0.23) / 1000 * b.area_m2 WHEN 'heated' THEN 1200 * 0.05 / 1000 - 1.84 ELSE 0 END) AS change,
       pg_temp.near(value(w.emissions_after), value(w.emissions) + value(w.change)) AS emissions_after, w.finding
FROM district, what_if_renovation('acc', geom, 2020, 0.4, 'acc-power', 'kWh', 4) AS w
JOIN acc.building b ON b.dataset_id = w.dataset_id AND b.id = w.row_id ORDER BY w.name;
-- What is not told is said in the call; half of a building inside counts by half; a year without buildings has none.
SELECT w.name, w.finding, round(value(w.change)::numeric, 6) AS change
FROM district, what_if_renovation('acc', geom, 2020, 0.4, heating_share => 0.5) AS w WHERE w.name = 'not told';
SELECT round(w.energy::numeric, 3) AS energy, round(value(w.emissions)::numeric, 3) AS emissions
FROM what_if_renovation('acc', ST_MakeEnvelope(380095, 6570000, 380105, 6571000, 2154), 2020, 1) AS w;
SELECT count(*) FROM district, what_if_renovation('acc', geom, 1999, 0.4);
-- The district: the far house and the shut one are not in it; both houses err alike for the owner of both.
SELECT count(*) FROM district, what_if_renovation('acc', geom, 2020, 0.4) AS w WHERE w.name LIKE '%house';
SET ROLE acc_town;
SELECT count(*), pg_temp.near(half_width(sum(w.change)), 0.3 * abs(value(sum(w.change)))) AS alike
FROM district, what_if_renovation('acc', geom, 2020, 0.4) AS w WHERE w.name LIKE '%house';
-- A saving of 0 changes nothing, whatever is uncertain.
SELECT value(sum(w.change)) AS change, half_width(sum(w.change)) AS half_width FROM district, what_if_renovation('acc', geom, 2020, 0) AS w WHERE w.finding IS NULL;
-- Unknown factors and units that are no energy keep figures unknown.
SELECT DISTINCT w.finding, w.change IS NULL AS unknown FROM district, what_if_renovation('acc', geom, 2020, 0.4, 'acc-none', 'kWh') AS w WHERE w.name = 'house';
SELECT DISTINCT w.finding FROM district, what_if_renovation('acc', geom, 2020, 0.4, 'acc-power', 'kg') AS w WHERE w.name = 'house';
SELECT pg_temp.outcome($$SELECT what_if_renovation('acc', geom, 2020, 40) FROM district$$);
SELECT pg_temp.outcome($$SELECT what_if_renovation('acc', geom, 2020, 0.4, 'acc-power') FROM district$$) ~ '^22023' AS refused,
       pg_temp.outcome($$SELECT what_if_renovation('acc', geom, 2020, 0.4, efficiency_gain => 0) FROM district$$) ~ '^22023' AS refused,
       pg_temp.outcome($$SELECT what_if_renovation('acc', geom, NULL, 0.4) FROM district$$) ~ '^22023' AS refused,
       pg_temp.outcome($$SELECT what_if_renovation('acc', NULL, 2020, 0.4)$$) ~ '^22023' AS refused,
       pg_temp.outcome($$SELECT what_if_renovation('nobody', NULL, 2020, 0.4)$$) ~ '^3F000' AS refused;
-- --- what is said of several years -----------------------------------------------------------
SET ROLE acc_town;
DELETE FROM acc.building;
INSERT INTO acc.building (dataset_id, carrier, unit, energy, u95_percent, year_from, year_to, geom)
SELECT :town, carrier, 'MWh LHV', 10, u, y, z, ST_Multi(ST_MakeEnvelope(x, 6570100, x + 10, 6570110, 2154))
FROM (VALUES ('acc-gas', 10, 2010, 2013, 380100), ('acc-gas', 10, 2012, 2015, 380200), ('acc-gas', 10, 2012, 2012, 380300),
             ('acc-gas', NULL, 2010, 2011, 380400), ('acc-gas', NULL, 2013, 2014, 380500)) AS v (carrier, u, y, z, x);
SET ROLE acc_owner;
CALL refresh('acc', full => true);
-- Year by year what the rows say, each key once.
SELECT c.year, c.item_count, pg_temp.near(c.amount, b.amount) AS amount
FROM acc.coverage_by_territory c
JOIN (SELECT y, count(*) AS n, sum(area_m2) AS amount FROM acc.building CROSS JOIN generate_series(year_from, year_to) AS y GROUP BY y) AS b
    ON b.y = c.year AND b.n = c.item_count
WHERE c.territory_code = 'A' AND c.kind = 'measured' ORDER BY 1;
SELECT count(*) - count(DISTINCT id) AS twice FROM acc.coverage_by_territory;
-- A run of years that say the same is one row.
SELECT year_from, year_to, item_count FROM acc.coverage WHERE kind = 'note' AND reason = 'uncertainty not stated' AND scope = '1' ORDER BY 1;
RESET ROLE;
DROP VIEW district;
SELECT drop_account('acc');
DELETE FROM building_archetype WHERE id > 900000;
DELETE FROM factor WHERE code LIKE 'acc-%';
DELETE FROM dataset WHERE slug LIKE 'bld-%';
DROP OWNED BY acc_owner, acc_town, acc_reader;
DROP ROLE acc_owner, acc_town, acc_reader;
