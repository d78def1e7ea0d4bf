-- The ledger: what a row means reaches the total.  Each case against a figure worked
-- out by hand.
SET search_path = terrcarbon, public;
SET client_min_messages = error;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE led_owner;
CREATE ROLE led_town;
CREATE ROLE led_reader;
GRANT CREATE ON DATABASE :DBNAME TO led_owner;
CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN abs(a - b) <= 1e-9 * greatest(abs(a), abs(b));
INSERT INTO factor (code, name, unit, amount, u95_percent, part, lumped_gwp, source) VALUES
    ('led-gas', 'Gas burnt', 'kWh LHV', '{"CO2": 0.2}', 0, 'combustion', NULL, 'test'),
    ('led-gas', 'Gas brought', 'kWh LHV', '{"CO2": 0.03}', 0, 'upstream', NULL, 'test'),
    ('led-one', 'Gas, one figure', 'kWh LHV', '{"CO2": 0.221}', 0, 'full', NULL, 'test'),
    ('led-old', 'Gas, in another set of potentials', 'kWh LHV', '{"CO2": 0.3}', 0, 'combustion', 'AR4', 'test'),
    ('led-car', 'Car', 'km', '{"CO2": 0.2}', 0, 'combustion', NULL, 'test'),
    ('led-bus', 'Bus', 'pkm', '{"CO2": 0.1135}', 0, 'combustion', NULL, 'test');
INSERT INTO stock_reference (nomenclature, code, name, stock, u95_percent, complete, source) VALUES
    ('LED', 'crop', 'Crop', '{"soil": 50, "soil_depth_cm": 30}', 0, true, 'test'),
    ('LED', 'grass', 'Grass', '{"soil": 80, "soil_depth_cm": 30}', 0, true, 'test'),
    ('LED', 'wood', 'Wood', '{"above": 60, "soil": 80, "soil_depth_cm": 30}', 0, false, 'test'),
    ('LED', 'bare', 'Bare', '{"soil": 50, "soil_depth_cm": 30}', 0, false, 'test'),
    ('LEX', 'crop', 'Crop, otherwise named', '{"soil": 50, "soil_depth_cm": 30}', 0, true, 'test');

-- A superuser makes accounts for others only.
SELECT regexp_replace(pg_temp.outcome($$SELECT create_account('led', 2154)$$), '\m' || session_user || '\M', 'postgres') AS outcome;
SELECT create_account('led', 2154, owner => 'led_owner');
SET ROLE led_owner;
GRANT USAGE ON SCHEMA led TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA led TO PUBLIC;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA led TO led_town;
-- P holds A and B, 1 km2 each.
INSERT INTO led.territory (code, name, level, parent_code, geom) VALUES
    ('P', 'Whole', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(380000, 6570000, 382000, 6571000, 2154))),
    ('A', 'Aville', 'commune', 'P', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154))),
    ('B', 'Bville', 'commune', 'P', ST_Multi(ST_MakeEnvelope(381000, 6570000, 382000, 6571000, 2154)));
INSERT INTO led.population (territory_code, year, residents) VALUES ('A', 2020, 100), ('A', 2021, 200);
RESET ROLE;
SELECT register_dataset('led-town', 'Town', 'led_town', 'CC0-1.0', 'open') AS town \gset
SELECT register_dataset('led-other', 'Other', 'led_town', 'CC0-1.0', 'open') AS other \gset
SELECT register_dataset('led-shut', 'Shut', 'led_town', 'CC0-1.0', 'shared') AS shut \gset

-- --- trips: persons and vehicles -------------------------------------------------------
SET ROLE led_town;
-- 1000 trips of 6 km by bus, 20 aboard: passenger-km know how full the bus is.
SELECT pg_temp.outcome(format($$INSERT INTO led.trip (dataset_id, home_code, year, person_trips, trip_km, occupancy, unit, factor)
    VALUES (%s, 'A', 2020, 1000, 6, 20, 'pkm', 'led-bus')$$, :town)) ~ '^23514.*no occupancy beside a unit per passenger' AS refused;
INSERT INTO led.trip (dataset_id, home_code, year, person_trips, trip_km, occupancy, unit, factor, u95_percent) VALUES
    (:town, 'A', 2020, 1000, 6, NULL, NULL, 'led-bus', 0),
    (:town, 'A', 2021, 1000, 6, 1.5, NULL, 'led-car', 0),
    (:town, 'A', 2022, 1000, 6, NULL, 'km', 'led-car', 0),
    (:town, 'A', 2023, 1000, 6, 20, NULL, 'led-bus', 0);
-- --- scopes ----------------------------------------------------------------------------
INSERT INTO led.activity (dataset_id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent) VALUES
    (:town, 'A', 'residential', NULL, 2020, 1000, 'MWh LHV', 'led-gas', 0),
    (:town, 'A', 'residential', '1', 2021, 1000, 'MWh LHV', 'led-gas', 0),
    (:town, 'A', 'residential', '2', 2022, 1000, 'MWh LHV', 'led-gas', 0),
    (:town, 'A', 'residential', '3', 2023, 1000, 'MWh LHV', 'led-one', 0),
    (:town, 'A', 'residential', NULL, 2024, 1000, 'MWh LHV', 'led-old', 0),
-- A negative quantity corrects.
    (:town, 'A', 'tertiary', NULL, 2020, 1000, 'MWh LHV', 'led-one', 0),
    (:town, 'A', 'tertiary', NULL, 2020, -100, 'MWh LHV', 'led-one', 0);
-- A removal is one because it says so; energy industries say what they are.
INSERT INTO led.activity (dataset_id, territory_code, sector, kind, year, emission, u95_percent) VALUES
    (:town, 'A', 'agriculture', 'removal', 2020, ghg('CO2', -7000), 0),
    (:town, 'A', 'agriculture', NULL, 2020, ghg('CO2', 9000), 0),
    (:town, 'A', 'energy', 'memo', 2020, ghg('CO2', 4e6), 0),
    (:town, 'A', 'energy', 'emission', 2020, ghg('CO2', 1e6), 0);
SELECT pg_temp.outcome(format($$INSERT INTO led.activity (dataset_id, territory_code, sector, year, emission)
    VALUES (%s, 'A', 'energy', 2020, ghg('CO2', 1))$$, :town)) ~ '^23514.*kind .* in sector energy' AS refused;
-- --- a whole beside its parts: in 2020 both parts have a row, in 2021 one, in 2022 none -----
INSERT INTO led.activity (dataset_id, territory_code, sector, year, emission, u95_percent) VALUES
    (:town, 'P', 'waste', 2020, ghg('CO2', 100000), 0), (:town, 'A', 'waste', 2020, ghg('CO2', 30000), 0), (:town, 'B', 'waste', 2020, ghg('CO2', 50000), 0),
    (:town, 'P', 'waste', 2021, ghg('CO2', 100000), 0), (:town, 'A', 'waste', 2021, ghg('CO2', 30000), 0),
    (:town, 'P', 'waste', 2022, ghg('CO2', 100000), 0),
-- equal rows twice
    (:town, 'B', 'industry', 2020, ghg('CO2', 1000), 0), (:town, 'B', 'industry', 2020, ghg('CO2', 1000), 0);
SET ROLE led_owner;
CALL refresh('led');
SELECT year, allocation, round((emissions * 1000)::numeric, 3) AS kg, missing FROM led.balance_by_territory
WHERE territory_code = 'A' AND allocation = 'resident' ORDER BY 1;
SELECT year, sector, scope, round(emissions::numeric, 3) AS emissions, round(removals::numeric, 3) AS removals
FROM led.balance_by_territory WHERE territory_code = 'A' AND allocation = 'territorial' AND sector <> 'waste' ORDER BY 2, 1, 3;
SELECT year, sector, scope, kind, reason FROM led.coverage_by_territory
WHERE territory_code IN ('A', 'B') AND kind = 'note' AND reason NOT LIKE 'uncertainty%' ORDER BY 2, 1, 3, 5;
SELECT year, emissions, complete FROM led.balance_by_territory WHERE territory_code = 'P' AND sector = 'waste' ORDER BY 1;
SELECT year, reason FROM led.coverage_by_territory WHERE territory_code = 'P' AND kind = 'note' AND sector = 'waste' ORDER BY 1;
-- What the plant emits counts where it stands, and in no other total.
SELECT reporting_level, round(known_part::numeric, 3) AS known_part FROM led.balance_gpc WHERE territory_code = 'A' AND year = 2020 ORDER BY 1;
-- Per inhabitant of the year; unknown without them.
SELECT year, emissions_per_inhabitant FROM led.balance_by_territory WHERE territory_code = 'A' AND sector = 'residential' AND scope IN ('1', '2')
    AND year < 2023 ORDER BY 1;

-- --- uncertainty that knows what it shares ----------------------------------------------------
SET ROLE led_town;
DELETE FROM led.activity;
DELETE FROM led.trip;
-- One building of ten years, +-50 %; three of one year each, alone and by one cause.
INSERT INTO led.building (dataset_id, carrier, unit, energy, u95_percent, cause, year_from, year_to, geom)
SELECT :town, 'led-one', 'MWh LHV', 1000, u, cause, y1, y2, ST_Multi(ST_MakeEnvelope(x, 6570100, x + 10, 6570110, 2154))
FROM (VALUES (50, NULL, 2001, 2010, 380100), (50, NULL, 2011, 2011, 380200), (50, NULL, 2011, 2011, 380300),
             (40, 'intensity', 2012, 2012, 380400), (40, 'intensity', 2012, 2012, 380500), (40, 'intensity', 2012, 2012, 380600))
     AS v (u, cause, y1, y2, x);
SET ROLE led_owner;
CALL refresh('led');
SELECT round(half_width(sum(co2e))::numeric / value(sum(co2e))::numeric, 6) AS ten_years,
       round(half_width(min(co2e::text) FILTER (WHERE year = 2001)::estimate - min(co2e::text) FILTER (WHERE year = 2010)::estimate)::numeric, 6) AS difference
FROM led.balance WHERE territory_code = 'A' AND year <= 2010;
SELECT year, round((half_width(co2e) / value(co2e))::numeric, 6) AS relative, round(sqrt(0.5)::numeric * 0.5, 6) AS of_two_alone
FROM led.balance WHERE territory_code = 'A' AND year IN (2011, 2012) ORDER BY 1;
-- What the balance loses: years with partly other rows.  A second building from 2003 on,
-- alike: the difference of 2003 and 2002 is uncertain by this building, as the lines say;
-- in the balance, where both are one cause of the territory, by sqrt(2) - 1 of it.
SET ROLE led_town;
INSERT INTO led.building (dataset_id, carrier, unit, energy, u95_percent, year_from, year_to, geom)
VALUES (:town, 'led-one', 'MWh LHV', 1000, 50, 2003, 2010, ST_Multi(ST_MakeEnvelope(380700, 6570100, 380710, 6570110, 2154)));
SET ROLE led_owner;
CALL refresh('led');
SELECT round((half_width(b.co2e - a.co2e) / 110500)::numeric, 6) AS of_balance,
       round((SELECT half_width(sum(CASE year WHEN 2003 THEN co2e ELSE co2e * -1 END)) FROM led.line
              WHERE territory_code = 'A' AND year IN (2002, 2003))::numeric / 110500, 6) AS of_lines
FROM led.balance a, led.balance b
WHERE a.territory_code = 'A' AND a.year = 2002 AND b.territory_code = 'A' AND b.year = 2003;

-- --- land --------------------------------------------------------------------------------------
SET ROLE led_town;
DELETE FROM led.building;
-- A: all crop in 2012, half of it grass in 2018.
INSERT INTO led.land_cover (dataset_id, nomenclature, code, year, geom) VALUES
    (:town, 'LED', 'crop', 2012, ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154))),
    (:town, 'LED', 'crop', 2018, ST_Multi(ST_MakeEnvelope(380000, 6570000, 380500, 6571000, 2154))),
    (:town, 'LED', 'grass', 2018, ST_Multi(ST_MakeEnvelope(380500, 6570000, 381000, 6571000, 2154)));
SET ROLE led_owner;
CALL refresh('led');
-- 30 tC/ha over 20 years, a sixth of the ground a year: for 100.19 ha these figures.
SELECT year, round((known_removals / ha * 100.19)::numeric, 1) AS removals, complete
FROM (SELECT y.year, value(e.removal_co2e) / 1000 AS known_removals, e.complete,
             (SELECT true_area(ST_MakeEnvelope(380500, 6570000, 381000, 6571000, 2154)) / 1e4) AS ha
      FROM generate_series(2013, 2038) AS y (year)
      LEFT JOIN led.balance_estimate e ON e.territory_code = 'A' AND e.year = y.year AND e.sector = 'land' AND e.scope = '1') AS f
WHERE year IN (2013, 2014, 2015, 2016, 2017, 2018, 2019, 2037, 2038) ORDER BY 1;
SELECT round((sum(value(removal_co2e)) / 1000 / (true_area(ST_MakeEnvelope(380500, 6570000, 381000, 6571000, 2154)) / 1e4) * 100.19)::numeric, 1) AS in_all
FROM led.balance WHERE territory_code = 'A' AND sector = 'land' AND scope = '1';
-- The last change goes on for two years when the setting says so.
UPDATE led.setting SET carry_land_years = 2;
CALL refresh('led');
SELECT e.year, round((value(e.removal_co2e) / 1000 / (true_area(ST_MakeEnvelope(380500, 6570000, 381000, 6571000, 2154)) / 1e4) * 100.19)::numeric, 1) AS removals,
       e.complete, (SELECT string_agg(DISTINCT c.reason, '; ') FROM led.coverage_by_territory c WHERE c.territory_code = 'A' AND c.year = e.year AND c.layer = 'land_cover' AND c.kind <> 'measured') AS said
FROM led.balance_estimate e WHERE e.territory_code = 'A' AND e.sector = 'land' AND e.scope = '1' AND e.year BETWEEN 2018 AND 2021 ORDER BY 1;
UPDATE led.setting SET carry_land_years = 0;
-- The net difference of stocks, for maps that cannot be overlaid: 1/6 of 30 tC/ha a year.
UPDATE led.setting SET land_flow = 'stock_difference';
CALL refresh('led');
SELECT count(*), bool_and(pg_temp.near(removals, -true_area(ST_MakeEnvelope(380500, 6570000, 381000, 6571000, 2154)) / 1e4 * 30 / 6 * 44 / 12)) AS even
FROM led.balance_by_territory WHERE territory_code = 'A' AND sector = 'land';
UPDATE led.setting SET land_flow = 'transition';
-- Another map of the same ground, and one that leaves a tenth of B out: one of each is counted.
SET ROLE led_town;
INSERT INTO led.land_cover (dataset_id, nomenclature, code, year, geom) VALUES
    (:other, 'LED', 'wood', 2018, ST_Multi(ST_MakeEnvelope(380000, 6570000, 380900, 6571000, 2154))),
    (:other, 'LED', 'grass', 2018, ST_Multi(ST_MakeEnvelope(381000, 6570000, 381900, 6571000, 2154)));
SET ROLE led_owner;
CALL refresh('led');
SELECT territory_code, dataset_id = :town AS town, round(carbon_per_ha::numeric, 3) AS per_ha, complete, counted FROM led.land_stock_map
WHERE year = 2018 ORDER BY 1, 2;
-- 90.16 ha (on the ellipsoid) of each commune are on the other map: wood with 140 t/ha in A, grass with 80 in B.
SELECT territory_code, round(known_part::numeric) AS known_part, missing ~ 'land not mapped' AS told FROM led.land_stock_map
WHERE year = 2018 AND dataset_id = :other ORDER BY 1;
SELECT territory_code, value(carbon) > 0 AS some, complete, hidden FROM led.balance_estimate WHERE scope = 'stock' AND year = 2018 ORDER BY 1;
SELECT reason, round((amount / 1e4)::numeric, 1) AS ha, kind FROM led.coverage_by_territory WHERE territory_code = 'B' AND reason LIKE 'land%' ORDER BY 1;
UPDATE led.setting SET land_dataset_id = :other, land_tolerance = 0.2;
CALL refresh('led');
SELECT territory_code, dataset_id = :town AS town, complete, counted FROM led.land_stock_map WHERE year = 2018 ORDER BY 1, 2;
UPDATE led.setting SET land_dataset_id = NULL, land_tolerance = 0.005;
-- Two nomenclatures are no change of land; a pool known on one side only is no loss,
-- and what is known of the soil is a part.
SET ROLE led_town;
DELETE FROM led.land_cover;
INSERT INTO led.land_cover (dataset_id, nomenclature, code, year, geom)
SELECT :town, n, c, y, t.geom FROM led.territory t JOIN (VALUES ('A', 'LED', 'crop', 2012), ('A', 'LEX', 'crop', 2014),
    ('B', 'LED', 'wood', 2012), ('B', 'LED', 'bare', 2014)) AS v (t, n, c, y) ON v.t = t.code;
SET ROLE led_owner;
CALL refresh('led');
SELECT territory_code, year, emissions, removals, round(known_part::numeric, 1) > 0 AS part, missing FROM led.balance_by_territory
WHERE sector = 'land' AND year = 2014 AND territory_code IN ('A', 'B') ORDER BY 1;

-- --- gaps that are answered for --------------------------------------------------------------------
SET ROLE led_town;
DELETE FROM led.land_cover;
INSERT INTO led.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, emission, notation, u95_percent) VALUES
    (:town, 'A', 'industry', 2020, NULL, NULL, NULL, ghg('CO2', 1e6), NULL, 0),
    (:town, 'A', 'industry', 2020, 5, 'km', 'led-gas', NULL, NULL, 0),
    (:town, 'A', 'waste', 2020, NULL, NULL, NULL, NULL, 'NE', NULL);
SET ROLE led_owner;
INSERT INTO led.plan (territory_code, plan) VALUES ('A', 'plan');
INSERT INTO led.target (territory_code, plan, year, value) VALUES ('A', 'plan', 2020, 2000);
CALL refresh('led');
SELECT emissions, known_part, complete, gap, missing FROM led.trajectory_by_territory WHERE territory_code = 'A' AND year = 2020;
-- A declared gap lets the total stand, with the estimate in it.
SELECT stale FROM led.trajectory_by_territory WHERE territory_code = 'A' AND year = 2020;
RESET ROLE;
SELECT register_dataset('led-gaps', 'Gaps', 'led_owner', 'CC0-1.0', 'open') AS gaps \gset
SET ROLE led_owner;
INSERT INTO led.declared_gap (dataset_id, territory_code, sector, year_from, year_to, notation, tonnes, u95_percent, reason, author)
SELECT :gaps, 'A', s, 2020, 2020, n, t, u, 'invented', 'the council' FROM (VALUES ('waste', 'NE', 100, 50), ('industry', 'IE', NULL, NULL)) AS v (s, n, t, u);
SET ROLE led_owner;
SELECT stale FROM led.trajectory_by_territory WHERE territory_code = 'A' AND year = 2020;
CALL refresh('led');
SELECT emissions, round(emissions_high::numeric, 6) AS high, complete, gap, missing, stale, as_of = (now() AT TIME ZONE 'UTC')::date AS today
FROM led.trajectory_by_territory WHERE territory_code = 'A' AND year = 2020;
SELECT layer, sector, reason FROM led.coverage_by_territory WHERE territory_code = 'A' AND kind = 'note' AND reason LIKE 'declared%' ORDER BY 1, 2, 3;
-- Or a share of the lines that does not matter.
DELETE FROM led.declared_gap WHERE sector = 'industry';
UPDATE led.setting SET materiality = 0.5;
CALL refresh('led');
SELECT emissions, complete FROM led.trajectory_by_territory WHERE territory_code = 'A' AND year = 2020;
UPDATE led.setting SET materiality = 0;
-- A relative target follows its base year; without interpolation only its own years count.
SET ROLE led_town;
DELETE FROM led.activity WHERE quantity IS NOT NULL;
INSERT INTO led.activity (dataset_id, territory_code, sector, year, emission, u95_percent)
    SELECT :town, 'A', s, y, ghg('CO2', CASE y WHEN 2010 THEN 2e6 ELSE 1.4e6 END / 2), 0
    FROM unnest('{waste,industry}'::text[]) AS s, unnest('{2010,2021,2022}'::int[]) AS y;
SET ROLE led_owner;
DELETE FROM led.plan;
INSERT INTO led.plan (territory_code, plan, base_year, interpolated, in_force) VALUES ('A', 'minus 40', 2010, true, true), ('A', 'two dates', 2010, false, false);
INSERT INTO led.target (territory_code, plan, year, value) VALUES ('A', 'minus 40', 2030, -40), ('A', 'two dates', 2022, -20), ('A', 'two dates', 2030, -40);
CALL refresh('led');
SELECT plan, year, round(target::numeric, 3) AS target, actual, round(gap::numeric, 3) AS gap, on_track, remaining_budget FROM led.target_by_territory
WHERE year IN (2010, 2020, 2022, 2030) ORDER BY 1, 2;
SET ROLE led_town;
UPDATE led.activity SET emission = emission * 1.1::float8 WHERE year = 2010;
SET ROLE led_owner;
CALL refresh('led');
SELECT plan, year, round(target::numeric, 3) AS target FROM led.target_by_territory WHERE year = 2030 ORDER BY 1;
-- Such a target is as uncertain as its base year: -272 t, half-width sqrt(350^2 + (0.76 * 550)^2);
-- with one cause for both years |350 - 0.76 * 550|; in the base year itself nothing.
SET ROLE led_town;
UPDATE led.activity SET u95_percent = 50 WHERE sector = 'industry' AND year IN (2010, 2022);
SET ROLE led_owner;
CALL refresh('led');
SELECT year, round(probability::numeric, 4) AS probability FROM led.target_by_territory WHERE plan = 'minus 40' AND year IN (2010, 2022) ORDER BY 1;
SET ROLE led_town;
UPDATE led.activity SET cause = 'one meter' WHERE sector = 'industry' AND year IN (2010, 2022);
SET ROLE led_owner;
CALL refresh('led');
SELECT year, round(probability::numeric, 4) AS probability FROM led.target_by_territory WHERE plan = 'minus 40' AND year IN (2010, 2022) ORDER BY 1;
SET ROLE led_town;
UPDATE led.activity SET u95_percent = 0, cause = NULL WHERE sector = 'industry' AND year IN (2010, 2022);
SET ROLE led_owner;
CALL refresh('led');
-- A base year between the years of a plan lies on its line: 0 % in 2009 and -10 % in 2019 are -1 % in 2010.
INSERT INTO led.plan (territory_code, plan, base_year, interpolated, in_force) VALUES ('A', 'between', 2010, true, false), ('A', 'unknown base', 2015, true, false);
INSERT INTO led.target (territory_code, plan, year, value) VALUES ('A', 'between', 2009, 0), ('A', 'between', 2019, -10), ('A', 'unknown base', 2021, -20);
SELECT year, round(target / actual, 6) AS share FROM (SELECT year, target::numeric, actual::numeric FROM led.target_by_territory WHERE plan = 'between' AND year = 2010) AS t;
-- No budget without limits.
SELECT year, target, actual IS NOT NULL AS emitted, remaining_budget FROM led.target_by_territory WHERE plan = 'unknown base' AND year IN (2015, 2021) ORDER BY 1;
DELETE FROM led.target WHERE plan IN ('between', 'unknown base');
DELETE FROM led.plan WHERE plan IN ('between', 'unknown base');
-- A sector that the account requires and nobody deposited keeps totals unknown, until somebody answers for it.
SELECT year, emissions, complete, missing FROM led.trajectory_by_territory WHERE territory_code = 'A' AND year = 2022;
UPDATE led.setting SET required_sectors = '{waste,tertiary,energy}';
SELECT year, emissions, known_part, complete, gap, missing FROM led.trajectory_by_territory WHERE territory_code = 'A' AND year = 2022;
SELECT actual, probability FROM led.target_by_territory WHERE plan = 'minus 40' AND year = 2022;
SET ROLE led_town;
INSERT INTO led.activity (dataset_id, territory_code, sector, year, notation) SELECT :town, 'A', 'energy', y, 'NO' FROM unnest('{2010,2021,2022}'::int[]) AS y;
SET ROLE led_owner;
INSERT INTO led.declared_gap (dataset_id, territory_code, sector, year_from, year_to, notation, tonnes, u95_percent, reason, author)
    VALUES (:gaps, 'A', 'tertiary', 2022, 2022, 'NE', 100, 50, 'no meters', 'led_owner');
CALL refresh('led');
SELECT year, emissions, complete, missing FROM led.trajectory_by_territory WHERE territory_code = 'A' AND year IN (2021, 2022) ORDER BY 1;
DELETE FROM led.declared_gap WHERE sector = 'tertiary';
UPDATE led.setting SET required_sectors = '{}';
SET ROLE led_town;
DELETE FROM led.activity WHERE sector = 'energy' AND notation = 'NO' AND territory_code = 'A';
SET ROLE led_owner;
CALL refresh('led');

-- --- who may not see all ------------------------------------------------------------------------------
RESET ROLE;
SELECT grant_access(:shut, 'led_owner', 'roll-up') IS NOT NULL AS granted;
SET ROLE led_town;
INSERT INTO led.activity (dataset_id, territory_code, sector, year, emission, u95_percent) VALUES (:shut, 'A', 'industry', 2021, ghg('CO2', 5e5), 0);
SET ROLE led_owner;
CALL refresh('led');
SELECT emissions, complete, gap IS NULL AS no_gap, missing FROM led.trajectory_by_territory WHERE territory_code = 'A' AND year = 2021;
SET ROLE led_reader;
SELECT emissions, complete, gap IS NULL AS no_gap, missing FROM led.trajectory_by_territory WHERE territory_code = 'A' AND year = 2021;
SELECT count(*) AS lines, sum(value(co2e)) AS kg FROM led.line WHERE territory_code = 'A' AND year = 2021;

-- --- a layer of one's own ------------------------------------------------------------------------------
SET ROLE led_owner;
CREATE TABLE led.livestock (dataset_id int NOT NULL, row_id bigint GENERATED BY DEFAULT AS IDENTITY, territory_code text, year_from int NOT NULL, year_to int,
    sector text DEFAULT 'agriculture', heads float8, quantity float8 GENERATED ALWAYS AS (heads * 60) STORED,
    emission ghg GENERATED ALWAYS AS (ghg('CH4', heads * 60)) STORED, u95_percent float8, PRIMARY KEY (dataset_id, row_id));
SELECT pg_temp.outcome($$SELECT register_layer('led', 'livestock', 'led.livestock')$$);
SELECT protect('led.livestock');
SELECT pg_temp.outcome($$SELECT register_layer('led', 'targets', 'led.plan')$$);
SELECT register_layer('led', 'livestock', 'led.livestock');
SELECT pg_temp.outcome($$SELECT register_layer('led', 'livestock', 'led.livestock')$$);
GRANT INSERT ON led.livestock TO led_town;
SET ROLE led_town;
INSERT INTO led.livestock (dataset_id, territory_code, year_from, year_to, heads, u95_percent) VALUES (:town, 'B', 2021, 2022, 100, 30);
SET ROLE led_owner;
CALL refresh('led');
SELECT year, emissions, round(emissions_high::numeric, 6) AS high FROM led.balance_by_territory WHERE territory_code = 'B' AND sector = 'agriculture' ORDER BY 1;
SELECT layer, row_id, round(value(co2e)::numeric, 3) AS kg FROM led.line WHERE territory_code = 'B' AND year = 2021 AND sector = 'agriculture';
SELECT kind, name, amount, unit FROM explain_number('led', 'B', 'agriculture', 2021) WHERE kind IN ('figure', 'dataset');

-- a layer in partitions: those that are there, that come later, and those written to by name
CREATE TABLE led.flock (dataset_id int NOT NULL, row_id bigint NOT NULL, territory_code text, year_from int NOT NULL, year_to int,
    sector text DEFAULT 'agriculture', emission ghg, u95_percent float8) PARTITION BY RANGE (year_from);
CREATE TABLE led.flock_2021 PARTITION OF led.flock FOR VALUES FROM (2021) TO (2022);
SELECT protect('led.flock');
SELECT register_layer('led', 'flock', 'led.flock');
CREATE TABLE led.flock_2022 PARTITION OF led.flock FOR VALUES FROM (2022) TO (2023);
GRANT INSERT, UPDATE ON led.flock, led.flock_2022 TO led_town;
CALL refresh('led');
SELECT count(*) AS changes FROM led.change;
SET ROLE led_town;
INSERT INTO led.flock (dataset_id, row_id, territory_code, year_from, year_to, emission, u95_percent)
    VALUES (:town, 1, 'B', 2021, 2021, ghg('CO2', 1e6), 0), (:town, 2, 'B', 2022, 2022, ghg('CO2', 2e6), 0);
SET ROLE led_owner;
CALL refresh('led');
SELECT year, round(emissions) AS emissions FROM led.balance_by_territory WHERE territory_code = 'B' AND sector = 'agriculture' ORDER BY 1;
SET ROLE led_town;
INSERT INTO led.flock_2022 (dataset_id, row_id, territory_code, year_from, year_to, sector, emission, u95_percent)
    VALUES (:town, 3, 'B', 2022, 2022, 'agriculture', ghg('CO2', 4e6), 0);
SET ROLE led_owner;
CALL refresh('led');
SELECT layer, year, row_id, round(value(co2e)) AS kg FROM led.line WHERE territory_code = 'B' AND layer = 'flock' ORDER BY 2, 3;
SELECT year, round(emissions) AS emissions FROM led.balance_by_territory WHERE territory_code = 'B' AND sector = 'agriculture' ORDER BY 1;

-- --- two accounts in one session, a new name, an end ------------------------------------------------------
SELECT create_account('led2', 2154);
INSERT INTO led2.territory (code, name, level, geom) SELECT code, name, level, geom FROM led.territory WHERE code = 'A';
GRANT USAGE ON SCHEMA led2 TO led_town;
GRANT INSERT, SELECT ON led2.activity TO led_town;
SET ROLE led_town;
INSERT INTO led2.activity (dataset_id, territory_code, sector, year, emission, u95_percent) VALUES (:town, 'A', 'industry', 2021, ghg('CO2', 1000), 0);
SET ROLE led_owner;
CALL refresh('led2');
SELECT a.account, x.amount FROM (VALUES (1, 'led'), (2, 'led2'), (3, 'led'), (4, 'led2')) AS a (n, account)
CROSS JOIN LATERAL explain_number(a.account::name, 'A', 'industry', 2021) AS x WHERE x.kind = 'figure' ORDER BY n;
ALTER SCHEMA led2 RENAME TO led3;
SET ROLE led_town;
INSERT INTO led3.activity (dataset_id, territory_code, sector, year, emission, u95_percent) VALUES (:town, 'A', 'waste', 2021, ghg('CO2', 1000), 0);
SET ROLE led_owner;
CALL refresh('led3');
SELECT emissions FROM led3.trajectory_by_territory;
-- No relation of the extension has the name of one of an account.
SELECT c.relname FROM pg_class c JOIN pg_class a ON a.relname = c.relname AND a.relnamespace = 'led3'::regnamespace
WHERE c.relnamespace IN ('terrcarbon'::regnamespace, 'pg_catalog'::regnamespace, 'public'::regnamespace);
SET ROLE led_reader;
SELECT pg_temp.outcome($$SELECT drop_account('led3')$$);
CALL refresh('led3');
SET ROLE led_owner;
SELECT drop_account('led3'), drop_account('led');
SELECT pg_temp.outcome($$SELECT drop_account('led')$$);
RESET ROLE;
REVOKE CREATE ON DATABASE :DBNAME FROM led_owner;
DELETE FROM factor WHERE code LIKE 'led-%';
DELETE FROM stock_reference WHERE nomenclature IN ('LED', 'LEX');
DELETE FROM access_grant WHERE dataset_id IN (:town, :other, :shut);
DELETE FROM dataset WHERE slug LIKE 'led-%';
DROP ROLE led_owner, led_town, led_reader;
