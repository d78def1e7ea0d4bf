-- The roll-up: every figure against a formula written apart, every reader
-- against the sum of what that reader may see.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE acc_owner;
CREATE ROLE acc_town;
CREATE ROLE acc_plant;
CREATE ROLE acc_partner;
CREATE ROLE acc_citizen;
GRANT CREATE ON DATABASE :DBNAME TO acc_owner;
CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN abs(a - b) <= 1e-9 * greatest(abs(a), abs(b));

INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES
    ('acc-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2, "CH4": 0.001}', 5, 'combustion', 'test'),
    ('acc-car', 'Car', 'km', '{"CO2": 0.15}', 20, 'combustion', 'test'),
    ('acc-bus', 'Bus', 'pkm', '{"CO2": 0.1135}', 0, 'combustion', 'test');
INSERT INTO stock_reference (nomenclature, code, name, stock, u95_percent, complete, source) VALUES
    ('ACC', 'F', 'Forest', '{"above": 50, "below": 12, "soil": 80, "soil_depth_cm": 30}', 30, true, 'test'),
    ('ACC', 'C', 'Crop', '{"soil": 50, "soil_depth_cm": 30}', 20, true, 'test'),
    ('ACC', 'U', 'Sealed', '{"soil": 30, "soil_depth_cm": 30}', 50, true, 'test');

SET ROLE acc_owner;
SELECT create_account('acc', 4326);
GRANT USAGE ON SCHEMA acc TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA acc TO PUBLIC;
GRANT INSERT, UPDATE, DELETE ON acc.land_cover, acc.building, acc.road_segment, acc.trip, acc.activity,
    acc.extent TO acc_town, acc_plant;
-- R holds E and D; E holds A, B and C.
INSERT INTO acc.territory (code, name, level, parent_code, geom) VALUES
    ('R', 'Region', 'region', NULL, ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.4, 45.1, 4326))),
    ('E', 'Epci', 'EPCI', 'R', ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.3, 45.1, 4326))),
    ('A', 'Aville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.1, 45.1, 4326))),
    ('B', 'Bville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.1, 45.0, 0.2, 45.1, 4326))),
    ('C', 'Cville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.2, 45.0, 0.3, 45.1, 4326))),
    ('D', 'Dville', 'commune', 'R', ST_Multi(ST_MakeEnvelope(0.3, 45.0, 0.4, 45.1, 4326)));
INSERT INTO acc.population (territory_code, year, residents)
    VALUES ('R', 2015, 1200), ('E', 2015, 1000), ('A', 2015, 600), ('B', 2015, 400), ('B', 2016, 410), ('D', 2015, 200);
RESET ROLE;
SELECT register_dataset('acc-land', 'Land', 'acc_town', 'CC0-1.0', 'open') AS land \gset
SELECT register_dataset('acc-meter', 'Meters', 'acc_town', 'CC0-1.0', 'shared') AS meter \gset
SELECT register_dataset('acc-plant', 'Plant', 'acc_plant', 'CC0-1.0', 'shared') AS plant \gset
SET ROLE acc_town;
SELECT grant_access(:meter, 'acc_owner', 'roll-up');
SELECT grant_access(:meter, 'acc_partner', 'study');
SET ROLE acc_plant;
SELECT grant_access(:plant, 'acc_owner', 'roll-up');

SET ROLE acc_town;
-- Land: 2012 and 2018; in B a strip of forest was built over. Nothing in D.
INSERT INTO acc.land_cover (dataset_id, nomenclature, code, year, geom)
SELECT :land, 'ACC', code, year, ST_Multi(ST_MakeEnvelope(x1, 45.0, x2, 45.1, 4326))
FROM (VALUES ('F', 2012, 0.0, 0.15), ('C', 2012, 0.15, 0.3),
             ('F', 2018, 0.0, 0.12), ('U', 2018, 0.12, 0.15), ('C', 2018, 0.15, 0.3)) AS v (code, year, x1, x2);
-- A road through A, B, C and D and beyond the edge of all; traffic in a leap and another year.
INSERT INTO acc.road_segment (dataset_id, aadt, factor, u95_percent, year_from, year_to, geom)
    VALUES (:land, 10000, 'acc-car', 10, 2015, 2016, 'SRID=4326;MULTILINESTRING((0.05 45.05, 0.45 45.05))');
-- Buildings: one on the border of A and B, one with assumed floors;
-- in C one without energy, and three that cannot be priced.
INSERT INTO acc.building (dataset_id, floors, height_m, carrier, unit, energy, energy_per_m2, u95_percent, year_from, year_to, geom)
SELECT :meter, floors, height_m, carrier, unit, energy, per_m2, u95_percent, y1, y2,
       ST_Multi(ST_MakeEnvelope(x, 45.01, x + 0.001, 45.011, 4326))
FROM (VALUES (2, NULL::float8, 'acc-gas', 'kWh LHV', NULL::float8, 100::float8, 10::float8, 2015, 2016, 0.0995),
             (NULL, 9, 'acc-gas', 'kWh LHV', NULL, 100, NULL, 2015, NULL, 0.05),
             (2, NULL, 'acc-gas', 'kWh LHV', NULL, NULL, 10, 2015, NULL, 0.26),
             (2, NULL, 'acc-gas', 'km', 5000, NULL, 10, 2015, NULL, 0.28),
             (2, NULL, NULL, 'kWh LHV', 5000, NULL, 10, 2015, NULL, 0.29),
             (2, NULL, 'acc-none', 'kWh LHV', 5000, NULL, 10, 2015, NULL, 0.295)
     ) AS v (floors, height_m, carrier, unit, energy, per_m2, u95_percent, y1, y2, x);
INSERT INTO acc.trip (dataset_id, origin_code, destination_code, home_code, year, person_trips, trip_km, occupancy, factor)
    VALUES (:meter, 'A', 'B', 'A', 2015, 1000, 10, 1.25, 'acc-car'), (:meter, 'A', NULL, 'D', 2015, 100, 10, NULL, 'acc-bus');
-- The meters say all of residential in E; D has none.
INSERT INTO acc.extent VALUES (:meter, 'E', 'residential');
INSERT INTO acc.activity (dataset_id, territory_code, sector, year, notation) VALUES (:meter, 'D', 'residential', 2015, 'NO');
SET ROLE acc_plant;
INSERT INTO acc.activity (dataset_id, territory_code, sector, kind, year, quantity, unit, factor, emission, u95_percent, notation) VALUES
    (:plant, 'A', 'industry', NULL, 2015, 1000, 'MWh LHV', 'acc-gas', NULL, 2, NULL),
    (:plant, 'A', 'industry', 'removal', 2015, NULL, NULL, NULL, '{"CO2": -5000}', 50, NULL),
    (:plant, 'B', 'industry', NULL, 2015, NULL, NULL, NULL, NULL, NULL, 'NO'),
    (:plant, 'C', 'industry', NULL, 2015, NULL, NULL, NULL, NULL, NULL, 'IE'),
    (:plant, 'D', 'industry', NULL, 2015, NULL, NULL, NULL, NULL, NULL, 'NE'),
    (:plant, 'E', 'waste', NULL, 2015, NULL, NULL, NULL, '{"CH4": 1000}', 30, NULL),
    (:plant, NULL, 'waste', NULL, 2015, NULL, NULL, NULL, '{"CH4": 1}', 30, NULL);
SET ROLE acc_owner;
CALL refresh('acc');

-- Land, from areas cut by PostGIS: the stock.
WITH expected AS (
    SELECT t.code, l.year, sum(true_area(ST_Intersection(l.geom, t.geom)) / 1e4
        * CASE l.code WHEN 'F' THEN 142 WHEN 'C' THEN 50 ELSE 30 END) AS tc
    FROM acc.territory t JOIN acc.land_cover l ON ST_Intersects(l.geom, t.geom)
    WHERE t.code IN ('A', 'B', 'C')
    GROUP BY t.code, l.year
)
SELECT e.code, e.year, pg_temp.near(e.tc, m.carbon) AS stock
FROM expected e
JOIN acc.land_stock_map m ON m.territory_code = e.code AND m.year = e.year
ORDER BY 1, 2;
-- The flow: forest built over between 2012 and 2018, a sixth in each year from 2013 on.
-- Its wood (62 tC/ha) is lost in the year, 50 tC/ha of its soil in equal parts over 20
-- years, with N2O of 1/15 of what is lost (IPCC 2006, equations 2.25 and 11.8).  What
-- is known after the last map is a part.
WITH ha AS (
    SELECT true_area(ST_MakeEnvelope(0.12, 45.0, 0.15, 45.1, 4326)) / 1e4 AS strip
), expected AS (
    SELECT y AS year, CASE WHEN y <= 2018 THEN strip / 6 * 62 ELSE 0 END AS wood,
           50 * strip / 6 / 20 * (SELECT count(*) FROM generate_series(2013, 2018) AS s (start) WHERE y BETWEEN start AND start + 19) AS soil
    FROM ha, generate_series(2013, 2037) AS y
)
SELECT min(e.year) AS from_year, max(e.year) AS to_year, count(*) AS years, b.emissions IS NULL AS unknown, b.complete,
       bool_and(pg_temp.near(b.known_part, (e.wood + e.soil) * 44 / 12 + e.soil / 15 * (0.01 + 0.3 * 0.0075) * 44 / 28 * 265)) AS flow,
       bool_and(b.removals = 0) AS removals, min(b.missing) AS missing
FROM expected e
JOIN acc.balance_by_territory b ON b.territory_code = 'B' AND b.year = e.year AND b.sector = 'land'
GROUP BY b.emissions IS NULL, b.complete ORDER BY 1;
SELECT year, emissions, removals, complete FROM acc.balance_by_territory WHERE territory_code = 'A' AND sector = 'land' AND complete ORDER BY 1;

-- Its interval: one reference is one cause, so the areas' terms add up before they are squared.
SELECT pg_temp.near(m.carbon_high - m.carbon,
           sqrt(power(0.3 * 142 * f.ha, 2) + power(0.2 * 50 * c.ha, 2))) AS high
FROM acc.land_stock_map m,
     LATERAL (SELECT true_area(ST_MakeEnvelope(0.1, 45, 0.15, 45.1, 4326)) / 1e4) AS f (ha),
     LATERAL (SELECT true_area(ST_MakeEnvelope(0.15, 45, 0.2, 45.1, 4326)) / 1e4) AS c (ha)
WHERE m.id LIKE 'B/2012/%';

-- Road: AADT x km x days x factor, km from PostGIS's own cut.
SELECT b.territory_code, b.year,
       pg_temp.near(b.emissions, 10000 * true_length(ST_Intersection(r.geom, t.geom)) / 1000
           * CASE b.year WHEN 2016 THEN 366 ELSE 365 END * 0.15 / 1000) AS road,
       pg_temp.near((b.emissions_high - b.emissions) / b.emissions, sqrt(0.1 ^ 2 + 0.2 ^ 2)) AS interval
FROM acc.balance_by_territory b
JOIN acc.territory t ON t.code = b.territory_code, acc.road_segment r
WHERE b.sector = 'road_transport' AND b.allocation = 'territorial' AND t.level = 'commune'
ORDER BY 1, 2;

-- Buildings: two floors x footprint, shared between A and B, and three assumed floors in A.
SELECT b.territory_code, b.year,
       pg_temp.near(b.emissions, (0.2 + 0.001 * 28) * 100 / 1000 * (
           2 * true_area(ST_Intersection(ST_MakeEnvelope(0.0995, 45.01, 0.1005, 45.011, 4326), t.geom))
           + CASE WHEN b.territory_code = 'A' AND b.year = 2015
                 THEN 3 * true_area(ST_MakeEnvelope(0.05, 45.01, 0.051, 45.011, 4326)) ELSE 0 END)) AS building
FROM acc.balance_by_territory b
JOIN acc.territory t ON t.code = b.territory_code
WHERE b.sector = 'residential' AND t.code IN ('A', 'B')
ORDER BY 1, 2;

-- Trips: half for each end, all for the home; persons in cars of 1.25, or per passenger-km when not said.
SELECT territory_code, allocation, round((emissions * 1000)::numeric, 6) AS kg
FROM acc.balance_by_territory WHERE allocation <> 'territorial' AND level = 'commune' ORDER BY 1, 2;

-- Activities: gross emissions and removals stay apart; notation keys; a row for a parent.
SELECT territory_code, sector, round(emissions::numeric, 6) AS emissions, round(removals::numeric, 6) AS removals,
       round((emissions_high - emissions)::numeric, 6) AS half_width, notation, complete
FROM acc.balance_by_territory WHERE sector IN ('industry', 'waste') ORDER BY 2, 1;

-- A parent is the sum of its children, or nothing.
SELECT p.sector, p.year, p.emissions IS NULL AS none, pg_temp.near(p.emissions, sum(c.emissions)) AS sum
FROM acc.balance_by_territory p
JOIN acc.territory t ON t.parent_code = p.territory_code
LEFT JOIN acc.balance_by_territory c ON c.territory_code = t.code AND c.sector = p.sector
    AND c.scope = p.scope AND c.allocation = p.allocation AND c.year = p.year
WHERE p.territory_code = 'E' AND p.allocation = 'territorial'
GROUP BY p.sector, p.year, p.emissions ORDER BY 1, 2;

-- A row without a price makes its total unknown, and every total above it; what is
-- known is a part, and says what it lacks.
SELECT territory_code, emissions IS NULL AS unknown, complete, missing,
       pg_temp.near(known_part, (SELECT sum(emissions) FROM acc.balance_by_territory a
            WHERE a.sector = b.sector AND a.year = b.year AND a.territory_code IN ('A', 'B'))) AS known_part
FROM acc.balance_by_territory b WHERE sector = 'residential' AND year = 2015 AND territory_code IN ('C', 'E') ORDER BY 1;
SELECT emissions IS NULL AS unknown, net IS NULL AS net_unknown, known_part > 0 AS known_part, complete, missing
FROM acc.trajectory_by_territory WHERE territory_code = 'E' AND year = 2015;

-- What was not counted is said.
SELECT layer, territory_code, sector, scope, year, kind, reason, detail, item_count, unit,
       pg_temp.near(amount, CASE reason
           WHEN 'no territory' THEN true_length('SRID=4326;LINESTRING(0.4 45.05, 0.45 45.05)')
           WHEN 'floors assumed' THEN 3 * true_area(ST_MakeEnvelope(0.05, 45.01, 0.051, 45.011, 4326))
           WHEN 'no energy' THEN true_area(ST_MakeEnvelope(0.26, 45.01, 0.261, 45.011, 4326))
           ELSE 5000 END) AS amount
FROM acc.coverage_by_territory
WHERE kind <> 'measured' AND reason NOT LIKE 'uncertainty%' AND layer <> 'land_cover' ORDER BY 1, 2, 3, 4, 5, 6, 7, 8;

-- The same query, and what each may see: Σ datasets, sectors and intervals.
\set query 'SELECT year, round(emissions::numeric, 3) AS emissions, round(emissions_low::numeric, 3) AS low, round(emissions_high::numeric, 3) AS high, round(removals::numeric, 3) AS removals, round(net::numeric, 3) AS net, complete, missing FROM acc.trajectory_by_territory WHERE territory_code = ''A'' AND year BETWEEN 2014 AND 2016 ORDER BY year'
SET ROLE acc_citizen;
:query;
SET ROLE acc_partner;
:query;
SET ROLE acc_plant;
:query;
SET ROLE acc_owner;
:query;

-- Targets: gap to the plan in force.
INSERT INTO acc.plan (territory_code, plan) VALUES ('A', 'plan');
INSERT INTO acc.target (territory_code, plan, year, value) VALUES ('A', 'plan', 2014, 2000), ('A', 'plan', 2016, 1800);
SELECT year, target, pg_temp.near(gap, emissions - target) AS gap FROM acc.trajectory_by_territory
WHERE territory_code = 'A' AND target IS NOT NULL ORDER BY 1;
-- A change in % without its year is refused, both ways; a net balance may be below 0.
INSERT INTO acc.target (territory_code, plan, year, value) VALUES ('A', 'plan', 2030, -40);
BEGIN;
INSERT INTO acc.plan (territory_code, plan, base_year, covers, in_force) VALUES ('A', 'percent', 2014, 'emissions', false), ('A', 'sink', NULL, 'net', false);
INSERT INTO acc.target (territory_code, plan, year, value) VALUES ('A', 'percent', 2030, -40), ('A', 'sink', 2030, -40);
UPDATE acc.plan SET base_year = NULL WHERE plan = 'percent';
ROLLBACK;
-- Who lacks a dataset is shown the target, and no gap to it.
SET ROLE acc_citizen;
SELECT count(target) AS targets, count(emissions) > 0 AS some, count(gap) AS gaps FROM acc.trajectory_by_territory WHERE territory_code = 'A';
SELECT count(target) AS targets, count(actual) AS actuals, count(probability) AS odds FROM acc.target_by_territory;
SET ROLE acc_owner;
-- The normal distribution, half a standard deviation above and one below its mean
-- (tables give 0.6915 and 0.1587); then plans, by sector and whole, and a budget.
SELECT probability_within(estimate(12, 1.959963984540054 * 2), 13) AS half, probability_within(estimate(12, 1.959963984540054 * 2), 10) AS less,
       probability_within(estimate(5, 0), 5) AS even, probability_within(estimate(5, 0), 4.9) AS above,
       probability_within(estimate(5, 1), 'Infinity') AS sure;
SELECT probability_within(estimate(5, 1), 'NaN');
INSERT INTO acc.plan (territory_code, sector, plan) VALUES ('A', 'road_transport', 'roads');
INSERT INTO acc.target (territory_code, sector, plan, year, value)
    SELECT 'A', 'road_transport', 'roads', year, CASE year WHEN 2017 THEN 2000 ELSE emissions + 100 END
    FROM (SELECT year, emissions FROM acc.balance_by_territory WHERE territory_code = 'A' AND sector = 'road_transport' AND allocation = 'territorial'
          UNION ALL SELECT 2017, NULL) AS r;
SELECT g.year, g.on_track, pg_temp.near(g.gap, -100) AS gap, g.probability > 0.5 AND g.probability < 0.75 AS probability,
       pg_temp.near(g.remaining_budget, (SELECT sum(target) FROM acc.target_by_territory WHERE sector = 'road_transport')
           - (SELECT sum(b.emissions) FROM acc.balance_by_territory b WHERE b.territory_code = 'A' AND b.sector = 'road_transport'
                AND b.allocation = 'territorial' AND b.year <= g.year)) AS budget
FROM acc.target_by_territory g WHERE g.sector = 'road_transport' ORDER BY 1;
SELECT sector, year, target, pg_temp.near(gap, actual - target) AS gap, on_track, probability < 0.001 AS unlikely, remaining_budget
FROM acc.target_by_territory WHERE sector = 'all' ORDER BY 2;
DELETE FROM acc.plan;

-- Heating oil in a unit that does not fit its factor: the total is unknown, no target
-- is met or missed by it, and nothing is probable; with the right unit it is known.
INSERT INTO acc.plan (territory_code, plan) VALUES ('A', 'plan');
INSERT INTO acc.target (territory_code, plan, year, value) VALUES ('A', 'plan', 2014, 1e6), ('A', 'plan', 2016, 1e6);
SELECT emissions AS before FROM acc.trajectory_by_territory WHERE territory_code = 'A' AND year = 2015 \gset
SET ROLE acc_plant;
INSERT INTO acc.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent)
    VALUES (:plant, 'A', 'tertiary', 2015, 1000, 'km', 'acc-gas', 0);
SET ROLE acc_owner;
SET client_min_messages = warning;
CALL refresh('acc');
SELECT t.emissions, t.gap, pg_temp.near(t.known_part, :before) AS known_part, t.complete, t.missing, g.actual, g.on_track, g.probability
FROM acc.trajectory_by_territory t JOIN acc.target_by_territory g USING (territory_code, year)
WHERE territory_code = 'A' AND year = 2015;
SET ROLE acc_plant;
UPDATE acc.activity SET unit = 'kWh LHV' WHERE sector = 'tertiary';
SET ROLE acc_owner;
SET client_min_messages = error;
CALL refresh('acc');
SET client_min_messages = warning;
SELECT pg_temp.near(t.emissions, :before + 0.2 + 0.028) AS emissions, pg_temp.near(t.known_part, t.emissions) AS known_part, t.complete, t.missing, g.on_track, g.probability
FROM acc.trajectory_by_territory t JOIN acc.target_by_territory g USING (territory_code, year)
WHERE territory_code = 'A' AND year = 2015;
DELETE FROM acc.plan;
SET ROLE acc_plant;
DELETE FROM acc.activity WHERE sector = 'tertiary';
SET ROLE acc_owner;
SET client_min_messages = error;
CALL refresh('acc');
SET client_min_messages = warning;

-- Only what a change touches is computed again.
SET ROLE acc_plant;
UPDATE acc.activity SET quantity = 2000 WHERE quantity = 1000;
SET ROLE acc_owner;
SET client_min_messages = notice;
CALL refresh('acc');
CALL refresh('acc');
-- Names are no change; neither is a target.
UPDATE acc.territory SET name = 'Anyville' WHERE code = 'A';
CALL refresh('acc');
-- A new factor changes the datasets that name it, found or not; one that none names changes nothing.
RESET ROLE;
INSERT INTO factor (code, name, unit, amount, part, source) VALUES ('acc-unused', 'Of no row', 'kWh LHV', '{"CO2": 1}', 'combustion', 'test');
SET client_min_messages = notice;
SET ROLE acc_owner;
CALL refresh('acc');
SELECT total FROM acc.refresh_progress;
RESET ROLE;
INSERT INTO factor (code, name, unit, amount, part, source) VALUES ('acc-none', 'Late', 'kWh LHV', '{"CO2": 1}', 'combustion', 'test');
SET ROLE acc_owner;
CALL refresh('acc');
SELECT reason, count(*) FROM acc.coverage WHERE reason LIKE 'no factor' GROUP BY 1;

-- A dataset that the refreshing role cannot read keeps its figures, and that is said.
SET client_min_messages = warning;
SET ROLE acc_plant;
SELECT revoke_access(:plant, 'acc_owner');
DELETE FROM acc.activity WHERE sector = 'waste' AND territory_code = 'E';
SET ROLE acc_owner;
CALL refresh('acc', full => true);
SELECT state, pending > 0 AS pending, unreadable_datasets FROM acc.refresh_progress;
-- A job may be told to fail then, after all else is done.
UPDATE acc.setting SET when_stale = 'fail';
SET client_min_messages = error;
CALL refresh('acc');
SET client_min_messages = warning;
UPDATE acc.setting SET when_stale = 'warn';
SELECT state FROM acc.refresh_progress;
-- A dataset of one's own does not make a depositor.
BEGIN;
RESET ROLE;
CREATE ROLE acc_stranger;
GRANT USAGE ON SCHEMA acc TO acc_stranger;
SELECT register_dataset('acc-stranger', 'Stranger', 'acc_stranger', 'CC0-1.0', 'open') AS stranger \gset
SET LOCAL ROLE acc_stranger;
INSERT INTO acc.change (dataset_id) VALUES (:stranger);
ROLLBACK;
-- Who may not see locks cannot tell a refresh that runs from one that was cut off.
BEGIN;
RESET ROLE;
REVOKE EXECUTE ON FUNCTION pg_lock_status() FROM PUBLIC;
UPDATE acc.refresh_state SET finished_at = NULL, step_at = now() - interval '1 hour';
SELECT state FROM acc.refresh_progress;
SET LOCAL ROLE acc_owner;
SELECT state FROM acc.refresh_progress;
ROLLBACK;
SET ROLE acc_plant;
SELECT count(*) FROM acc.balance WHERE sector = 'waste';
SELECT grant_access(:plant, 'acc_owner', 'roll-up');
SET ROLE acc_owner;
CALL refresh('acc');
SET ROLE acc_plant;
SELECT count(*) FROM acc.balance WHERE sector = 'waste';

-- Territories live and end: C becomes part of B on 1 January 2016.
SET ROLE acc_owner;
UPDATE acc.territory SET valid_to = '2015-12-31' WHERE code = 'C';
UPDATE acc.territory SET valid_to = '2015-12-31' WHERE code = 'B';
INSERT INTO acc.territory (code, name, level, parent_code, valid_from, geom) VALUES
    ('BC', 'New town', 'commune', 'E', '2016-01-01', ST_Multi(ST_MakeEnvelope(0.1, 45.0, 0.3, 45.1, 4326)));
CALL refresh('acc');
SELECT p.year, array_agg(c.territory_code ORDER BY c.territory_code) AS children,
       pg_temp.near(p.emissions, sum(c.emissions)) AS sum
FROM acc.balance_by_territory p
JOIN acc.balance_by_territory c ON c.year = p.year AND c.sector = p.sector AND c.allocation = p.allocation
JOIN acc.territory t ON t.code = c.territory_code AND t.parent_code = 'E'
WHERE p.territory_code = 'E' AND p.sector = 'road_transport' AND p.allocation = 'territorial'
GROUP BY p.year, p.emissions ORDER BY 1;

RESET ROLE;
SELECT drop_account('acc');
REVOKE CREATE ON DATABASE :DBNAME FROM acc_owner;
DELETE FROM factor WHERE code LIKE 'acc-%';
DELETE FROM stock_reference WHERE nomenclature = 'ACC';
DELETE FROM access_grant WHERE dataset_id IN (:land, :meter, :plant);
DELETE FROM dataset WHERE slug LIKE 'acc-%';
DROP ROLE acc_owner, acc_town, acc_plant, acc_partner, acc_citizen;
