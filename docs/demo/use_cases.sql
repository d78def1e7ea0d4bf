-- The use cases on the ground of the demo: wetlands under a project, electricity to
-- share, materials to reuse, visitors to count, houses, buses, fields.  Needs a territory and its land cover.
-- States of wetlands, sites, offers and occupancy are made up.
SET search_path = demo, terrcarbon, public;
\pset border 2
\pset footer off
\pset numericlocale off

-- 1. Wetlands: marshes of the map, one in four drained, one in four behind a dyke.
CREATE TABLE wetland AS
SELECT l.id, w.kind, CASE WHEN w.kind <> 'salt_marsh' THEN 'intact' WHEN l.id % 4 = 0 THEN 'drained' WHEN l.id % 4 = 1 THEN 'embanked' ELSE 'intact' END AS state,
       CASE WHEN w.kind = 'salt_marsh' THEN 30.0 END AS salinity_ppt, l.geom
FROM land_cover l
JOIN wetland_class w ON w.nomenclature = 'CLC' AND w.code = l.code
WHERE w.kind IN ('salt_marsh', 'inland_marsh');
CREATE INDEX ON wetland USING gist (geom);
ANALYZE wetland;
CREATE TABLE wetland_value AS
SELECT w.id, w.kind, w.state, w.geom, true_area(w.geom) / 10000 AS ha, p.*
FROM wetland w
CROSS JOIN LATERAL wetland_potential(w.kind, w.geom, w.state, w.salinity_ppt, 30, assumed_u95_percent => 50) AS p;
\echo
\echo 'Wetlands: what 30 years of loss or restoration would do, kt CO2e (95 % interval)'
SELECT kind, state, count(*) AS places, to_char(sum(ha), 'FM999,990') AS ha, to_char(value(sum(soil_t)) / 1000, 'FM999,990') AS "kt C in soil",
       format('%s (%s to %s)', to_char(value(sum(if_lost_t)) / 1000, 'FM999,990'), to_char(lower(sum(if_lost_t)) / 1000, 'FM999,990'), to_char(upper(sum(if_lost_t)) / 1000, 'FM999,990')) AS "if lost",
       coalesce(round(value(sum(if_restored_t)) / 1000)::text, '-') AS "if restored"
FROM wetland_value GROUP BY kind, state ORDER BY kind, state;

-- A development of 1.2 x 0.8 km over the largest salt marsh.
CREATE TABLE project AS
SELECT ST_SetSRID(ST_MakeEnvelope(ST_X(c) - 600, ST_Y(c) - 400, ST_X(c) + 600, ST_Y(c) + 400), 2154) AS geom
FROM (SELECT ST_PointOnSurface(geom) AS c FROM wetland WHERE kind = 'salt_marsh' ORDER BY ST_Area(geom) DESC, id LIMIT 1) AS largest;
\echo
\echo 'What a development of 96 ha would take, t CO2e in 30 years'
SELECT s.rank, s.id, s.kind, s.state, round(s.area_ha::numeric, 1) AS ha, to_char(value(s.if_lost_t), 'FM999,990') AS "if lost"
FROM project p, wetlands_at_stake('wetland', p.geom, 30, 50) AS s
ORDER BY s.rank LIMIT 5;
-- Only where there is land.
CREATE TABLE alternative AS
SELECT a.*
FROM project p, wetland_alternatives('wetland', p.geom, 2500, 500, 30, 50) AS a
WHERE (SELECT sum(shared_area(l.geom, a.geom)) FROM land_cover l
       WHERE l.geom && a.geom AND l.code NOT LIKE '5%' AND l.code <> '423') > 0.99 * true_area(a.geom);
\echo
\echo 'Where else it would cost less, within 2.5 km'
SELECT east_m AS "m east", north_m AS "m north", round(wetland_ha::numeric, 1) AS "ha of wetland", to_char(if_lost_t, 'FM999,990') AS "if lost", to_char(saved_t, 'FM999,990') AS saved
FROM alternative ORDER BY if_lost_t, east_m ^ 2 + north_m ^ 2, east_m, north_m LIMIT 3;

-- 2. Electricity: parcels of towns as sites, twenty of them with a roof of 36 to 500 kW.
CREATE TABLE site AS
SELECT row_number() OVER (ORDER BY l.id)::int AS n, ST_PointOnSurface(l.geom) AS place
FROM land_cover l WHERE l.code IN ('111', '112', '121');
\echo
\echo 'Electricity to share: for a roof that produces, the most sites within 2 km of each other and below 5 MW; the three largest groups'
WITH sites AS (
    SELECT array_agg(place ORDER BY n) AS places,
           array_agg(CASE WHEN n % greatest((SELECT count(*) FROM site) / 20, 1) = 0 THEN 36.0 + n * 37 % 465 ELSE 0 END ORDER BY n) AS kw
    FROM site)
SELECT g.producer, cardinality(g.members) AS members, to_char(g.power_kw, 'FM999,990') AS kw, g.largest AS "most that fit"
FROM sites s, self_consumption_groups(s.places, s.kw, 'fr.standard') AS g
ORDER BY cardinality(g.members) DESC, g.producer LIMIT 3;
\echo 'A roof of 100 kW and ten shops on a sunny day, hour by hour: how much of what is made is used at once'
WITH hour AS (
    SELECT h, 90 * greatest(0, sin(pi() * (h - 6) / 13)) AS made, 15 + 40 * (h BETWEEN 8 AND 19)::int AS used FROM generate_series(0, 23) AS h)
SELECT round(produced_kwh) AS "kWh made", round(consumed_kwh) AS "kWh used", to_char(self_consumption_rate * 100, 'FM990') || ' %' AS "used at once",
       to_char(self_sufficiency_rate * 100, 'FM990') || ' %' AS "of the use", round(avoided_kg::numeric, 1) AS "kg CO2e avoided"
FROM self_consumption((SELECT array_agg(made ORDER BY h) FROM hour), (SELECT array_agg(used ORDER BY h) FROM hour)::float8[], NULL, '{0.052}', 0.025);

-- 3. Materials, between the industrial sites and the towns of the territory.
BEGIN;
SELECT register_dataset('demo-exchange', 'Exchange of materials', current_user::regrole, 'etalab-2.0') AS dataset \gset
INSERT INTO material_offer (dataset_id, material, quantity_t, quality, place)
SELECT :dataset, (ARRAY['15 01 07', '15 01 02.PET', '17 02 03.PVC', '15 01 04.aluminium'])[1 + n / 3 % 4], 5 + n * 7 % 40, 1 + n % 3, ST_Transform(place, 4326)
FROM site WHERE n % greatest((SELECT count(*) FROM site) / 40, 2) = 0;
INSERT INTO material_need (dataset_id, material, quantity_t, quality, place)
SELECT :dataset, (ARRAY['glass', 'PET granules', 'PVC', 'aluminium'])[1 + n / 5 % 4], 5 + n * 11 % 50, CASE WHEN n % 2 = 0 THEN 2 END, ST_Transform(place, 4326)
FROM site WHERE n % greatest((SELECT count(*) FROM site) / 40, 2) = 1;
\echo
\echo 'Materials: the assignment that avoids most'
SELECT concat_ws(', ', x.name, o.material) AS material, count(*) AS matches, round(sum(m.quantity_t)) AS t, round(avg(m.distance_km)::numeric, 1) AS "km by road",
       format('%s (%s to %s)', to_char(value(sum(m.avoided)) / 1000, 'FM999,990'), to_char(lower(sum(m.avoided)) / 1000, 'FM999,990'), to_char(upper(sum(m.avoided)) / 1000, 'FM999,990')) AS "t CO2e avoided"
FROM match_materials(15, 2023, 'FR') AS m
JOIN material_offer o ON o.dataset_id = m.offer_dataset_id AND o.id = m.offer_id
JOIN material_need n ON n.dataset_id = m.need_dataset_id AND n.id = m.need_id
JOIN material_substitution x ON x.offered = o.material AND x.needed = n.material
GROUP BY x.name, o.material ORDER BY value(sum(m.avoided)) DESC;
ROLLBACK;

-- 4. Visitors: a seaside town.
\echo
\echo 'Who is there: 24,600 residents, 3,000 second homes, 900 hotel rooms, 1,500 pitches'
SELECT to_char(make_date(2024, month, 1), 'Mon') AS month, to_char(visitors, 'FM999,990') AS visitors, to_char(present, 'FM999,990') AS present,
       repeat('#', round(present / 1000)::int) AS thousands
FROM seasonal_population(24600, ARRAY[
    ('second_home', 3000, '{0.05,0.08,0.06,0.15,0.18,0.2,0.6,0.8,0.2,0.12,0.06,0.08}'),
    ('hotel', 900, '{0.2,0.25,0.3,0.45,0.5,0.6,0.8,0.9,0.6,0.4,0.25,0.2}'),
    ('camping', 1500, '{0,0,0,0.1,0.2,0.4,0.85,0.95,0.3,0,0,0}')]::tourism_stay[], 2024);

-- 5. Buildings: nothing was metered, so they take archetypes; seven in ten are old houses on gas, the rest are newer.
\echo
\echo 'Buildings by archetype, and what 40 % less heating and heat pumps would change'
WITH house AS (
    SELECT f.floor_area_m2 AS m2, CASE WHEN b.id % 10 < 7 THEN 1960 ELSE 1990 END AS built
    FROM building b, building_floor_area(b.geom, 1, NULL) AS f
), heated AS (
    SELECT h.built, h.m2, e AS kwh, r.change_kg
    FROM house h, building_heating('house', 'gas', h.built, h.m2, 'h2b', 20) AS e,
         renovation(value(e), 0.4 * value(e), 'kWh LHV', 'natural_gas', 'kWh', 'electricity', 2022, 'FR', 4) AS r
)
SELECT CASE built WHEN 1960 THEN 'before 1975' ELSE 'from 1975 on' END AS built, count(*) AS houses, round(sum(m2) / 1000) AS "1000 m2",
       format('%s (%s to %s)', round(value(sum(kwh)) / 1e6), round(lower(sum(kwh)) / 1e6), round(upper(sum(kwh)) / 1e6)) AS "GWh", round(sum(change_kg) / 1e6) AS "kt CO2e, change"
FROM heated GROUP BY built ORDER BY 1;

-- 6. Buses: a line from each town to the nearest one, eighteen runs a day each way.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT create_gtfs('demo_feed') \g /dev/null
INSERT INTO demo_feed.routes (route_id, route_short_name, route_type)
    SELECT code, row_number() OVER (ORDER BY code), '3' FROM territory ORDER BY code LIMIT 12;
INSERT INTO demo_feed.shapes (shape_id, shape_pt_lat, shape_pt_lon, shape_pt_sequence)
    SELECT r.route_id, ST_Y(p.geom), ST_X(p.geom), p.n
    FROM demo_feed.routes r
    JOIN territory t ON t.code = r.route_id
    CROSS JOIN LATERAL (SELECT o.seat FROM territory o WHERE o.code <> t.code ORDER BY ST_Distance(o.seat, t.seat), o.code LIMIT 1) AS other
    CROSS JOIN LATERAL (VALUES (1, ST_Transform(t.seat, 4326)), (2, ST_Transform(other.seat, 4326))) AS p (n, geom);
INSERT INTO demo_feed.calendar VALUES ('week', '1', '1', '1', '1', '1', '1', '0', '20250106', '20250112');
INSERT INTO demo_feed.trips (route_id, service_id, trip_id, shape_id)
    SELECT r.route_id, 'week', r.route_id || '/' || n, r.route_id FROM demo_feed.routes r, generate_series(1, 36) AS n;
\echo
\echo 'Buses of a week that stands for 2025, by commune'
SELECT t.name AS commune, count(*) AS lines, to_char(sum(a.quantity), 'FM999,999,990') AS "vehicle-km",
       round(co2e(sum(emission(a.quantity, a.unit, a.factor, a.year, 'FR'))) / 1000) AS "t CO2e"
FROM gtfs_activity('demo_feed', 'territory', '2025-01-06', '2025-01-12', 2025) AS a
JOIN territory t ON t.code = a.territory_code
GROUP BY t.name ORDER BY sum(a.quantity) DESC, t.name LIMIT 4;
ROLLBACK;

-- 7. Farming: a tenth of the fields under cover crops, and 40 m of hedge for each of their hectares, kept for 20 years.
\echo
\echo 'Farming: what is gained, kt CO2e taken up since the beginning, and kept if it ends after 20 years'
WITH field AS (SELECT sum(true_area(geom)) / 1e4 AS ha FROM land_cover WHERE code IN ('211', '242', '243'))
SELECT c.year, to_char(field.ha / 10, 'FM999,990') AS "ha of cover crops", round(c.soil_t * 44 / 12 / 1000, 1) AS "cover crops", round(field.ha * 4 / 1000) AS "km of hedge",
       round((h.soil_t + h.biomass_t) * 44 / 12 / 1000, 1) AS hedges
FROM field
CROSS JOIN LATERAL (SELECT f.year, f.soil_t::numeric FROM practice_flow('cover_crops', field.ha / 10, 20, 40) AS f) AS c
JOIN LATERAL (SELECT f.year, f.soil_t::numeric, f.biomass_t::numeric FROM hedge_flow(field.ha * 4, 20, 40, 'cropland_hedges') AS f) AS h USING (year)
WHERE year IN (5, 20, 21, 40);
