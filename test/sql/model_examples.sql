-- The examples of docs/model, as they stand there.
\set SHOW_CONTEXT never
SET client_encoding = 'UTF8';
SELECT * FROM terrcarbon.building_floor_area(100, 3, 10.5);
SELECT * FROM terrcarbon.building_floor_area(100, NULL, 7.5);
SELECT terrcarbon.climate_corrected(10000, 0.8, 2000, 1600);
SELECT round(terrcarbon.value(terrcarbon.sum(e))::numeric) AS kwh, round(terrcarbon.half_width(terrcarbon.sum(e))::numeric) AS half_width
FROM (VALUES ('house', 'gas', 1960, 100), ('house', 'gas', 1970, 120), ('house', 'electricity', 1985, 90)) AS b(use, carrier, year, m2),
     terrcarbon.building_heating(use, carrier, year, m2, 'h2b', 20) AS e;
SELECT terrcarbon.dpe_ghg_class(75, 100, 'h1a', '400-800m') AS plain,
       terrcarbon.dpe_ghg_class(75, 100, 'h1c', 'supérieur à 800m') AS mountain,
       terrcarbon.dpe_ghg_class(75, 15, 'h1a', '400-800m') AS small;
SELECT terrcarbon.dpe_energy_class(340, 100, 'h1a', '400-800m') AS energy, terrcarbon.dpe_energy_class(340, 30, 'h1a', '400-800m') AS small,
       terrcarbon.dpe_class(170, 55, 100, 'h1a', '400-800m') AS label;
SELECT round(after_kwh::numeric) AS kwh, round(terrcarbon.co2e(before)::numeric) AS before, round(terrcarbon.co2e(after)::numeric) AS after
FROM terrcarbon.renovation_saving('wall', 80, 0.23, 1960, false, 'h2b', 20, 0.8) AS saved,
     terrcarbon.renovation(20000, saved, 'kWh LHV', 'natural_gas', 'kWh', 'electricity', 2022, 'FR', 4);
BEGIN;
INSERT INTO terrcarbon.coastal_habitat (code, name, source) VALUES ('our mangrove', 'Mangrove', 'test of InVEST');
INSERT INTO terrcarbon.coastal_habitat_pool
    (habitat, pool, initial, accumulation, half_life, disturbed_low, disturbed_medium, disturbed_high) VALUES
    ('our mangrove', 'soil', 313, 5.35, 7.5, 0.3, 0.5, 0.66),
    ('our mangrove', 'biomass', 64, 2, 15, 0.5, 0.5, 1),
    ('our mangrove', 'litter', 3, 1, NULL, 0, 0, 0);
SELECT year / 10 * 10 AS decade, round(sum(accumulated - emitted)::numeric, 4) AS net
FROM terrcarbon.coastal_carbon(
    ARRAY[(2000, 'our mangrove', NULL), (2010, 'developed', 'high')]::terrcarbon.coastal_change[], 2019)
GROUP BY decade ORDER BY decade;
ROLLBACK;
SELECT round(terrcarbon.discounted_value('{1,-2,3}', '{10,20,30}', 0.1)::numeric, 6) AS value;
SELECT round(terrcarbon.co2e(terrcarbon.coastal_emission(0.91 * 10, terrcarbon.coastal_ch4('salt_marsh', 5) * 10), 'AR5')::numeric) AS fresh_kg,
       round(terrcarbon.co2e(terrcarbon.coastal_emission(0.91 * 10, terrcarbon.coastal_ch4('salt_marsh', 30) * 10), 'AR5')::numeric) AS saline_kg;
SELECT year, round(soil_t::numeric, 2) AS soil_tc, round(terrcarbon.co2e(emission)::numeric) AS kg_co2
FROM terrcarbon.practice_flow('cover_crops', 10, 5, 30) WHERE year IN (1, 5, 6, 25, 26);
SELECT round(terrcarbon.total(terrcarbon.line_stock('ALDO', 'haies', 0.1, 2020, 'FR-49'))::numeric, 2) AS held_by_100_m;
SELECT year, soil_t, biomass_t, round(change_t::numeric, 2) AS change FROM terrcarbon.hedge_flow(100, 50, 25) WHERE year IN (1, 20, 21);
BEGIN;
CREATE ROLE example_owner;
SELECT terrcarbon.register_dataset('example-herds', 'Herds', 'example_owner', 'etalab-2.0', 'open') AS herds \gset
SELECT terrcarbon.create_account('example', 2154, owner => 'example_owner');
INSERT INTO example.territory (code, name, level, geom) VALUES ('A', 'Aville', 'commune', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154)));
INSERT INTO example.herd (dataset_id, territory_code, year, species, heads, climate, u95_percent)
    VALUES (:herds, 'A', 2020, 'dairy_cattle', 100, 'cool', 5), (:herds, 'A', 2020, 'layer', 500, 'cool', 5);
SELECT detail, round(terrcarbon.value(co2e)::numeric / 1000, 1) AS t, round(terrcarbon.half_width(co2e)::numeric / 1000, 1) AS half_width, finding
FROM example.line ORDER BY row_id, detail;
ROLLBACK;
SELECT pool, round(change_tc::numeric, 2) AS tc, years
FROM terrcarbon.land_change_per_ha('ALDO', 'cultures', 'prairies_herbacees', 2020, 'ZPC_4_1') WHERE change_tc <> 0;
SELECT pool, round(change_tc::numeric, 2) AS tc, years
FROM terrcarbon.land_change_per_ha('ALDO', 'foret_feuillu', 'sols_artificiels_impermeabilises', 2020, 'ZPC_4_1');
SELECT year, round(change_t::numeric, 2) AS tc, round(terrcarbon.co2e(emission)::numeric / 1000, 1) AS t_co2
FROM terrcarbon.land_change_flow('{"soil": 50, "soil_depth_cm": 30}', '{"soil": 80, "soil_depth_cm": 30}',
                                 100.19, 2013, 2018, 2037)
WHERE year IN (2013, 2014, 2018, 2032, 2037) ORDER BY year;
SELECT from_code, to_code, pool, round(carbon_t::numeric, 3) AS tc, round(n2o_t::numeric, 6) AS tn2o,
       round(terrcarbon.co2e(emission, 'AR6')::numeric / 1000, 2) AS tco2e
FROM terrcarbon.land_change_flux(
    ARRAY[('ZPC_4_1', 'cultures', 'sols_artificiels', 26)]::terrcarbon.land_change[], 2018)
ORDER BY to_code, pool;
SELECT year, pool, round(stock_t::numeric, 1) AS stock, round(change_t::numeric, 1) AS change,
       round(n2o_t::numeric, 3) AS n2o, round(terrcarbon.co2e(emission, 'AR5')::numeric / 1000) AS tco2e,
       covered_ha, uncovered_ha
FROM terrcarbon.land_scenario(ARRAY[('421', 5)]::terrcarbon.land_part[], '122', 2025, 2, 'CLC', 'ZPC_4_1')
WHERE pool IN ('soil', 'biomass') ORDER BY year, pool;
SELECT round(terrcarbon.gas(terrcarbon.emission(3, 'ha.yr', 'wetland.drained.temperate.cropland', 2020), 'CO2')::numeric / 1000, 1) AS t_co2_drained,
       round(terrcarbon.gas(terrcarbon.emission(3, 'ha.yr', 'wetland.rewetted.temperate.rich.ch4', 2020), 'CH4_biogenic')::numeric, 1) AS kg_ch4_rewetted;
BEGIN;
SELECT terrcarbon.register_dataset('example-exchange', 'Exchange', current_user::regrole, 'etalab-2.0') AS dataset \gset
INSERT INTO terrcarbon.material_offer (dataset_id, material, quantity_t, quality, place) VALUES
    (:dataset, '15 01 04.aluminium', 10, 1, ST_SetSRID(ST_MakePoint(-1, 46), 4326)),
    (:dataset, '15 01 04.aluminium', 5, 3, ST_SetSRID(ST_MakePoint(-1, 46.2), 4326));
INSERT INTO terrcarbon.material_need (dataset_id, material, quantity_t, quality, place) VALUES
    (:dataset, 'aluminium', 8, NULL, ST_SetSRID(ST_MakePoint(-1, 46.1), 4326)),
    (:dataset, 'aluminium', 4, 2, ST_SetSRID(ST_MakePoint(-1, 46.3), 4326));
SELECT quantity_t, round(distance_km::numeric, 2) AS km, round(terrcarbon.value(avoided)::numeric) AS avoided_kg,
       round(terrcarbon.half_width(avoided)::numeric) AS half_width
FROM terrcarbon.match_materials(50, 2023, 'FR');
ROLLBACK;
SELECT terrcarbon.road_emission(10000, 4, 2023, 0.192) AS in_2023, terrcarbon.road_emission(10000, 4, 2024, 0.192) AS in_2024;
SELECT round(terrcarbon.co2e(terrcarbon.emission(terrcarbon.road_vehicle_km(10000, 4, 2023), 'vkm', 'car', 2023, 'FR'))::numeric) AS kg;
SELECT round(terrcarbon.fleet_factor('{0.6,0.4}', '{0.2,0.9}'::float8[])::numeric, 6) AS kg_per_km;
SELECT fuel, round(share::numeric, 4) AS share, of_year FROM terrcarbon.fleet_shares('car', 2023, 'FR');
SELECT round(terrcarbon.hot_emission_factor(0.000123458858545901, 0.00480489396060039, 1.2063428663953, 5.7936330621264,
    -6.0820699527172e-06, 0.00357935708806821, 0.0438665754425075, 0, 11, 86, 25)::numeric, 4) AS mj_per_km;
SELECT round(terrcarbon.cold_share(12, 10)::numeric, 4) AS share;
SELECT round(terrcarbon.cold_excess_factor(2.5, 'petrol', 12, 10)::numeric, 4) AS mj_per_km;
BEGIN;
INSERT INTO terrcarbon.vehicle_fleet VALUES
    ('FR', 'car', 'diesel.euro5', 2023, 300, 10000, 'counts'), ('FR', 'car', 'petrol.euro4', 2023, 190, 5000, 'counts'),
    ('FR', 'car', 'electricity', 2023, 10, 5000, 'counts');
SELECT fuel, share, round(mj_per_km::numeric, 3) AS mj_per_km, round(terrcarbon.co2e(emission)::numeric / 1000, 1) AS t_co2e
FROM terrcarbon.road_fleet(10000, 4, 2023, 'car', 50, 'FR', 12, 10)
WHERE mj_per_km IS NOT NULL;
ROLLBACK;
BEGIN;
SELECT terrcarbon.create_gtfs('example_feed');
INSERT INTO example_feed.routes (route_id, route_type) VALUES ('A', '3');
INSERT INTO example_feed.shapes VALUES ('a', '46.15', '-1.15', '1'), ('a', '46.16', '-1.10', '2'), ('a', '46.18', '-1.05', '3');
INSERT INTO example_feed.calendar VALUES ('week', '1', '1', '1', '1', '1', '0', '0', '20250101', '20251231');
INSERT INTO example_feed.calendar_dates VALUES ('week', '20250501', '2');
INSERT INTO example_feed.trips (route_id, service_id, trip_id, shape_id) VALUES ('A', 'week', 'a1', 'a'), ('A', 'week', 'a2', 'a');
SELECT g.route_id, g.runs, round(g.vehicle_km::numeric) AS km,
       round(terrcarbon.co2e(terrcarbon.emission(g.vehicle_km, 'vkm', v.factor_code, 2025, 'FR'))::numeric) AS kg
FROM terrcarbon.gtfs_vehicle_km('example_feed', '2025-01-01', '2025-12-31') AS g
JOIN example_feed.routes r USING (route_id)
JOIN terrcarbon.gtfs_vehicle v ON v.route_type = r.route_type::int;
ROLLBACK;
BEGIN;
CREATE ROLE example_owner;
SELECT terrcarbon.register_dataset('example-bus', 'Timetable', 'example_owner', 'etalab-2.0', 'open') AS bus \gset
SELECT terrcarbon.create_account('example', 4326, owner => 'example_owner');
INSERT INTO example.territory (code, name, level, geom) VALUES
    ('W', 'West', 'commune', ST_Multi(ST_MakeEnvelope(-1.2, 46, -1.1, 46.3, 4326))),
    ('E', 'East', 'commune', ST_Multi(ST_MakeEnvelope(-1.1, 46, -1.0, 46.3, 4326)));
SELECT terrcarbon.create_gtfs('example_feed');
INSERT INTO example_feed.routes (route_id, route_short_name, route_type) VALUES ('A', '1', '3');
INSERT INTO example_feed.shapes VALUES ('a', '46.15', '-1.15', '1'), ('a', '46.16', '-1.10', '2'), ('a', '46.18', '-1.05', '3');
INSERT INTO example_feed.calendar VALUES ('week', '1', '1', '1', '1', '1', '0', '0', '20251006', '20251019');
INSERT INTO example_feed.trips (route_id, service_id, trip_id, shape_id) VALUES ('A', 'week', 'a1', 'a'), ('A', 'week', 'a2', 'a');
CREATE TEMP TABLE example_bus AS
    SELECT * FROM terrcarbon.gtfs_activity('example_feed', 'example.leaf', '2025-10-06', '2025-10-12', 2025);
SELECT rows_in, rows_rejected FROM terrcarbon.deposit('example', 'activity', 'example_bus', 'example-bus');
SELECT territory_code, sector, year, round(quantity) AS quantity, unit, factor, note FROM example.activity ORDER BY 1;
ROLLBACK;
SELECT round(terrcarbon.co2e(before)::numeric) AS before, round(terrcarbon.co2e(after)::numeric) AS after, round(change_kg::numeric) AS change
FROM terrcarbon.modal_shift(9000, 'car', 'bus', 2023, 'FR', 1.5);
BEGIN;
CREATE ROLE example_owner;
SELECT terrcarbon.register_dataset('example-trips', 'Survey', 'example_owner', 'etalab-2.0', 'open') AS trips \gset
SELECT terrcarbon.create_account('example', 4326, owner => 'example_owner');
INSERT INTO example.territory (code, name, level, reference_code, geom)
    VALUES ('W', 'West', 'commune', 'FR', ST_Multi(ST_MakeEnvelope(-1.2, 46, -1.1, 46.3, 4326)));
INSERT INTO example.trip (dataset_id, home_code, purpose, year, person_trips, trip_km, occupancy, factor, u95_percent) VALUES
    (:trips, 'W', 'work', 2023, 200000, 9, 1.1, 'car', 10), (:trips, 'W', 'school', 2023, 90000, 3, 1.8, 'car', 10);
SELECT purpose, person_km, round(shifted_person_km) AS shifted, round(terrcarbon.value(emissions)::numeric, 1) AS t, round(terrcarbon.value(change)::numeric, 1) AS change
FROM terrcarbon.what_if_modal_shift('example', 'W', 2023, 0.2, 'car', 'bus');
ROLLBACK;
SELECT displaced, person_km, round(change_kg::numeric) AS change
FROM terrcarbon.parking_shift(200, 150, 0.9, 3, 250, 8, 1.3, 0.4, 'car', 'bus', 2023, 'FR');
SELECT round(terrcarbon.co2e(terrcarbon.emission(terrcarbon.trip_vehicle_km(1000, 6, 1.5), 'vkm', 'car', 2023, 'FR'))::numeric) AS by_car,
       round(terrcarbon.co2e(terrcarbon.emission(1000 * 6, 'pkm', 'bus', 2023, 'FR'))::numeric) AS by_bus;
SELECT * FROM terrcarbon.trip_allocation(20, 8, false, true, true);
SELECT * FROM terrcarbon.self_consumption_groups(
    ARRAY(SELECT ST_MakePoint(x, y)
          FROM (VALUES (0, 0), (1500, 0), (1500, 1500), (0, 1500), (750, 750), (9000, 0)) AS site(x, y)),
    '{0,0,0,0,100,50}', 'fr.standard');
SELECT produced_kwh, consumed_kwh, self_consumed_kwh, self_consumption_rate AS of_production,
       round(self_sufficiency_rate::numeric, 4) AS of_consumption, round(avoided_kg::numeric, 4) AS avoided
FROM terrcarbon.self_consumption('{0,1,5,4}', '{4,3,2,0}', NULL, '{0.05}', 0.01);
SELECT d.site, d.allocated_kwh AS by_use, f.allocated_kwh AS by_keys
FROM terrcarbon.self_consumption_allocation('{6,20}', '{{4,4},{2,2},{6,6}}') AS d
JOIN terrcarbon.self_consumption_allocation('{6,20}', '{{4,4},{2,2},{6,6}}', '{0.5,0.1,0.4}') AS f USING (site)
ORDER BY site;
SELECT core, round(terrcarbon.soil_core_stock(top, bottom, density, carbon, 30)::numeric, 3) AS tc_ha
FROM (VALUES ('A1', 0, 10, 0.5, 0.06), ('A1', 10, 20, 0.5, 0.04), ('A1', 20, 40, 0.6, 0.03))
    AS slice (core, top, bottom, density, carbon)
GROUP BY core;
SELECT round(terrcarbon.soil_core_stock(0, 30, 1.3, 0.02, 30, 0.3)::numeric, 1) AS tc_ha;
SELECT round(terrcarbon.carbon_of_organic_matter(0.08)::numeric, 4) AS carbon;
SELECT month, residents_present AS residents, visitors, present
FROM terrcarbon.seasonal_population(1000, ARRAY[
    ('hotel', 100, '{0.2,0.2,0.3,0.4,0.5,0.6,0.8,0.9,0.6,0.4,0.2,0.2}'),
    ('second_home', 200, '{0.05,0.05,0.05,0.1,0.15,0.2,0.6,0.8,0.2,0.1,0.05,0.05}')]::terrcarbon.tourism_stay[], 2024,
    '{0,0,0,0,0,0,0,0.1,0,0,0,0}')
WHERE month IN (1, 8);
SELECT round(terrcarbon.equivalent_residents(1000, ARRAY[
    ('hotel', 100, '{0.2,0.2,0.3,0.4,0.5,0.6,0.8,0.9,0.6,0.4,0.2,0.2}'),
    ('second_home', 200, '{0.05,0.05,0.05,0.1,0.15,0.2,0.6,0.8,0.2,0.1,0.05,0.05}')]::terrcarbon.tourism_stay[], 2024)::numeric, 1) AS equivalent;
SELECT arrivals, person_km, round(terrcarbon.co2e(emission)::numeric) AS kg
FROM terrcarbon.visitor_travel(3000, 6, 250, 'car', 2023, 'FR', 2.5);
SELECT state, round(terrcarbon.value(soil_t)::numeric) AS soil_tc, round(terrcarbon.value(ch4_kg)::numeric) AS ch4_kg,
       round(terrcarbon.value(emission_t)::numeric, 1) AS emission_t, round(terrcarbon.value(if_restored_t)::numeric) AS if_restored,
       round(terrcarbon.value(if_drained_t)::numeric) AS if_drained, round(terrcarbon.value(if_lost_t)::numeric) AS if_lost
FROM unnest('{intact,drained,embanked}'::text[]) AS state,
     terrcarbon.wetland_potential('salt_marsh', 10, state, 30, 30)
ORDER BY if_lost DESC;
BEGIN;
CREATE TEMP TABLE marsh AS
SELECT id, 'salt_marsh' AS kind, state, 30 AS salinity_ppt, ST_MakeEnvelope(x, 6550000, x + width, 6551000, 2154) AS geom
FROM (VALUES (1, 'intact', 400000, 500), (2, 'drained', 400500, 200)) AS w(id, state, x, width);
SELECT rank, id, state, round(area_ha::numeric, 1) AS ha, round(terrcarbon.value(if_lost_t)::numeric) AS if_lost
FROM terrcarbon.wetlands_at_stake('marsh', ST_MakeEnvelope(400250, 6550000, 401250, 6551000, 2154));
SELECT east_m, north_m, round(wetland_ha::numeric, 1) AS ha, round(if_lost_t::numeric) AS if_lost, round(saved_t::numeric) AS saved
FROM terrcarbon.wetland_alternatives('marsh', ST_MakeEnvelope(400250, 6550000, 401250, 6551000, 2154), 500, 250)
LIMIT 2;
ROLLBACK;
SELECT round(terrcarbon.value(p.soil_t)::numeric) AS soil_tc, round(terrcarbon.half_width(p.soil_t)::numeric) AS half_width,
       round(terrcarbon.value(p.if_lost_t)::numeric) AS if_lost
FROM (SELECT terrcarbon.estimate(avg(tc_ha), 4.303 * stddev_samp(tc_ha) / sqrt(count(*))) AS soil
      FROM (SELECT core, terrcarbon.soil_core_stock(top, bottom, density, carbon, 100) AS tc_ha
            FROM (VALUES ('A', 0, 30, 0.6, 0.05), ('A', 30, 100, 0.8, 0.03), ('B', 0, 100, 0.7, 0.04), ('C', 0, 100, 0.65, 0.045))
                AS slice(core, top, bottom, density, carbon)
            GROUP BY core) AS cores) AS cored,
     terrcarbon.wetland_potential('salt_marsh', 10, 'intact', 30, soil_tc_ha => cored.soil) AS p;
