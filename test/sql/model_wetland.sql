-- Wetlands: what they hold, and what losing, draining or restoring them does.
SET search_path = terrcarbon, public;
SET terrcarbon.gwp = 'AR5';
\set SHOW_CONTEXT never

-- 10 ha of salt marsh. Intact it gains 9.1 tC a year: -33.37 t CO2, -1001 t in 30
-- years; fresh, its methane is 1937 kg x 28 = 54.24 t. Drained it loses 79 tC a year
-- of 2550: 8690 t CO2 in 30 years. Built over, 9350 t CO2 at once.
SELECT salinity, state, round(value(soil_t)::numeric, 2) AS soil, round(value(soil_change_t)::numeric, 2) AS change,
       round(value(ch4_kg)::numeric, 1) AS ch4, round(value(emission_t)::numeric, 3) AS emission,
       round(value(if_lost_t)::numeric, 2) AS if_lost, round(value(if_drained_t)::numeric, 2) AS if_drained,
       round(value(if_restored_t)::numeric, 2) AS if_restored
FROM (VALUES (1, 35, 'intact'), (2, 35, 'drained'), (3, 35, 'embanked'), (4, 35, 'lost'), (5, 5, 'intact'), (6, 5, 'embanked')) AS w(n, salinity, state),
     wetland_potential('salt_marsh', 10, state, salinity) ORDER BY n;
-- A drained soil gives off no more than it holds: in 33 years all 2550 tC, and so in
-- 100, whatever the rate.
SELECT horizon, round(value(if_drained_t)::numeric, 2) AS if_drained,
       round((least(horizon * 79, 2550) * 44 / 12.0 + horizon * 9.1 * 44 / 12)::numeric, 2) AS by_hand
FROM unnest('{32,33,100}'::int[]) AS horizon, wetland_potential('salt_marsh', 10, 'intact', 35, horizon) ORDER BY 1;
SELECT max(year) FILTER (WHERE value(soil_change_t) < 0) AS last_year_of_loss, sum(value(soil_change_t)) AS all_lost,
       min(value(soil_t)) AS least
FROM wetland_flow('salt_marsh', 'drained', 10, 35, 100);
-- a local reference of 50 tC/ha is gone in seven years
SELECT year, round(value(soil_t)::numeric, 3) AS soil, round(value(soil_change_t)::numeric, 3) AS change, round(value(emission_t)::numeric, 3) AS emission
FROM wetland_flow('salt_marsh', 'drained', 1, 35, 8, estimate(50, 5));

-- The years add up to the potential, interval included, in every state.
SELECT kind, state, round(sum(value(f.emission_t))::numeric, 6) = round((30 * value(min_p.emission_t))::numeric, 6) AS adds_up,
       round(half_width(sum(f.emission_t))::numeric, 6) = round((30 * half_width(min_p.emission_t))::numeric, 6) AS interval_too
FROM (VALUES ('salt_marsh', 'intact'), ('salt_marsh', 'drained'), ('salt_marsh', 'embanked'), ('salt_marsh', 'restored'),
             ('peat.poor', 'intact'), ('peat.rich', 'drained.cropland'), ('mangrove', 'drained')) AS w(kind, state)
CROSS JOIN LATERAL wetland_potential(kind, 10, state, 5, 30, estimate(100, 20), 50) AS min_p
CROSS JOIN LATERAL wetland_flow(kind, state, 10, 5, 30, estimate(100, 20), 50) AS f
GROUP BY kind, state, min_p.emission_t ORDER BY kind COLLATE "C", state COLLATE "C";

-- Intervals: the loss of 10 ha is 9350 +- 1540 from the soil, with 1001 of uptake
-- that ends, 0.2 of 0.91 of it (16 to 21 %); two marshes err alike.
SELECT round(lower(if_lost_t)::numeric) AS low, round(value(if_lost_t)::numeric) AS value, round(upper(if_lost_t)::numeric) AS high
FROM wetland_potential('salt_marsh', 10, 'intact', 35);
SELECT round(half_width(sum(if_lost_t))::numeric, 3) = round((2 * half_width((array_agg(if_lost_t))[1]))::numeric, 3) AS err_alike
FROM (SELECT w.if_lost_t FROM generate_series(1, 2), wetland_potential('salt_marsh', 10, 'intact', 35) AS w) AS two;
SELECT kind, figure, value, round(lower(amount)::numeric, 2) AS low, round(upper(amount)::numeric, 2) AS high, low AS given_low, high AS given_high
FROM wetland_figure ORDER BY kind COLLATE "C", figure COLLATE "C";

-- Nitrous oxide where the method has it: 1 ha of peat under crops, 7.9 tC and 13 kg
-- N2O-N a year: 28.97 + 20.43 x 0.265 t.
SELECT round(value(n2o_kg)::numeric, 3) AS n2o, round(value(emission_t)::numeric, 3) AS emission
FROM wetland_flow('peat.rich', 'drained.cropland', 1, NULL, 1, estimate(500, 50), 50);

-- What is not known is NULL, and said.
SELECT soil_t IS NULL AS soil, if_lost_t IS NULL AS if_lost, if_drained_t IS NULL AS if_drained, emission_t IS NULL AS now, left_out
FROM wetland_potential('peat.poor', 10, 'intact', NULL, 30, NULL, 50, NULL, 'drained.forest');
SELECT value(soil_t) AS soil, emission_t IS NULL AS now FROM wetland_potential('salt_marsh', 10);
SELECT ch4_kg IS NULL AS salinity_not_known FROM wetland_flow('salt_marsh', 'intact', 10, NULL, 1);
SELECT emission_t IS NULL AS now FROM wetland_potential('tidal_flat', 10, 'intact', 35);
SELECT ch4_kg IS NULL AS without_interval FROM wetland_potential('inland_marsh', 1);
SELECT value(ch4_kg) AS assumed, half_width(ch4_kg) FROM wetland_potential('inland_marsh', 1, assumed_u95_percent => 40);
SELECT left_out, if_restored_t IS NULL AS nothing_to_restore FROM wetland_potential('salt_marsh', 1, 'intact', 35);
-- a figure of your own goes first
BEGIN;
INSERT INTO wetland_figure (kind, figure, value, low, high, source) VALUES ('salt_marsh', 'soil', 300, 280, 320, 'cores'), ('salt_marsh', 'biomass', 4, 3, 5, 'plots');
SELECT value(soil_t) AS soil, value(biomass_t) AS biomass, round(value(if_lost_t)::numeric, 2) AS if_lost, left_out FROM wetland_potential('salt_marsh', 1, 'degraded', 35);
ROLLBACK;

-- A project: a square of 1 km2 over two marshes and a flat.
CREATE TABLE wet (id int, kind text, state text, salinity_ppt float8, geom geometry(Polygon, 2154));
INSERT INTO wet VALUES
    (1, 'salt_marsh', 'intact', 30, ST_MakeEnvelope(400000, 6550000, 400500, 6551000, 2154)),
    (2, 'salt_marsh', 'drained', 30, ST_MakeEnvelope(400500, 6550000, 400700, 6551000, 2154)),
    (3, 'inland_marsh', 'intact', NULL, ST_MakeEnvelope(403000, 6550000, 404000, 6551000, 2154));
SELECT rank, id, state, round(area_ha::numeric, 1) AS ha, round(share::numeric, 6) AS share, round((value(if_lost_t) / area_ha)::numeric, 3) AS per_ha
FROM wetlands_at_stake('wet', ST_MakeEnvelope(400250, 6550000, 401250, 6551000, 2154));
-- 250 m to the east it takes nothing of the first, 500 m away nothing at all
SELECT east_m, north_m, round(wetland_ha::numeric, 1) AS ha, round(if_lost_t::numeric) AS if_lost, round(saved_t::numeric) AS saved, ST_Area(geom) AS area
FROM wetland_alternatives('wet', ST_MakeEnvelope(400250, 6550000, 401250, 6551000, 2154), 500, 250)
WHERE north_m = 0;
-- what is not known comes first, and no alternative is better than it
INSERT INTO wet VALUES (4, 'tidal_flat', 'intact', 30, ST_MakeEnvelope(401000, 6550000, 401500, 6551000, 2154));
SELECT rank, id, if_lost_t IS NULL AS unknown FROM wetlands_at_stake('wet', ST_MakeEnvelope(400250, 6550000, 401250, 6551000, 2154));
SELECT count(*) FROM wetland_alternatives('wet', ST_MakeEnvelope(400250, 6550000, 401250, 6551000, 2154), 500, 250);
DROP TABLE wet;

-- wrong input
SELECT wetland_potential('meadow', 1);
SELECT wetland_potential('salt_marsh', -1);
SELECT wetland_potential('salt_marsh', 'NaN'::float8);
SELECT wetland_potential('salt_marsh', 1, 'wet');
SELECT wetland_potential('salt_marsh', 1, 'intact', -5);
SELECT wetland_potential('salt_marsh', 1, 'intact', 35, 0);
SELECT wetland_flow('salt_marsh', 'intact', 1, 35, 1000000);
SELECT wetland_alternatives('pg_class', NULL, 100, 1);
INSERT INTO wetland_figure (kind, figure, value, source) VALUES ('salt_marsh', 'gold', 1, 'x');
INSERT INTO wetland_figure (kind, figure, value, low, high, source) VALUES ('salt_marsh', 'soil', 1, 2, 3, 'x');
RESET terrcarbon.gwp;
