-- Materials that one gives away and another needs.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE mat_mill;
CREATE ROLE mat_bottler;
CREATE ROLE mat_broker;
CREATE ROLE mat_curious;
SELECT grant_registering('mat_mill', 2), grant_registering('mat_bottler', 2);

-- Aluminium at three places, needed at two; 1 degree of latitude is 111.1 km here.
SET ROLE mat_mill;
SELECT register_dataset('mat-mill', 'Scrap of a mill', 'mat_mill', 'etalab-2.0', 'shared', 'prices') AS mill \gset
INSERT INTO material_offer (dataset_id, material, quantity_t, quality, place, available_from, available_to) VALUES
    (:mill, '15 01 04.aluminium', 10, 1, ST_SetSRID(ST_MakePoint(-1, 46), 4326), '2025-01-01', '2025-06-30'),
    (:mill, '15 01 04.aluminium', 5, 3, ST_SetSRID(ST_MakePoint(-1, 46.2), 4326), NULL, NULL),
    (:mill, '15 01 07', 100, 1, ST_SetSRID(ST_MakePoint(-1, 46), 4326), NULL, NULL);
SELECT grant_access(:mill, 'mat_broker', 'matching');
SET ROLE mat_bottler;
SELECT register_dataset('mat-bottler', 'Needs of a bottler', 'mat_bottler', 'etalab-2.0', 'shared', 'plans') AS bottler \gset
INSERT INTO material_need (dataset_id, material, quantity_t, quality, place, available_from, available_to) VALUES
    (:bottler, 'aluminium', 8, NULL, ST_SetSRID(ST_MakePoint(-1, 46.1), 4326), '2025-06-30', NULL),
    (:bottler, 'aluminium', 4, 2, ST_SetSRID(ST_MakePoint(-1, 46.3), 4326), NULL, NULL),
    (:bottler, 'board', 4, 2, ST_SetSRID(ST_MakePoint(-1, 46), 4326), NULL, NULL);
SELECT grant_access(:bottler, 'mat_broker', 'matching');
-- nobody deposits for another
INSERT INTO material_offer (dataset_id, material, quantity_t, place) VALUES (:mill, 'x', 1, ST_SetSRID(ST_MakePoint(-1, 46), 4326));

-- The broker sees what fits: not the poor scrap for the second need, nor anything
-- for board. A tonne over 11.1 km, x 1.3 by road: 8432 - 873 - 14.45 x 0.0837.
SET ROLE mat_broker;
SELECT offer_id - min(offer_id) OVER () AS offer, need_id - min(need_id) OVER () AS need, round(distance_km::numeric, 2) AS km, ratio,
       value(production) AS production, value(treatment) AS treatment, round(value(carriage)::numeric, 4) AS carriage,
       round(value(avoided)::numeric, 3) AS avoided
FROM material_pairs(50, 2023, 'FR') ORDER BY 1, 2;
-- interval: 20 % of 8432 and of 873, apart, 70 % of the carriage
SELECT round(half_width(avoided)::numeric, 3) AS half_width,
       round(sqrt((0.2 * 8432) ^ 2 + (0.2 * 873) ^ 2 + half_width(carriage) ^ 2)::numeric, 3) AS by_hand
FROM material_pairs(12, 2023, 'FR') ORDER BY distance_km LIMIT 1;
SELECT count(*) AS within_12_km FROM material_pairs(12, 2023, 'FR');
SELECT material_pairs(50, 2023, 'FR', 'no such lorry');
-- a substitution of one's own goes before the shipped one
RESET ROLE;
BEGIN;
INSERT INTO material_substitution (offered, needed, name, ratio, production_kg, production_u95_percent, treatment_kg, treatment_u95_percent, source)
    VALUES ('15 01 04.aluminium', 'aluminium', 'ours', 0.5, 8000, 10, 100, 10, 'test');
SET LOCAL ROLE mat_broker;
SELECT count(*), min(ratio) AS ratio, min(value(production)) AS production FROM material_pairs(50, 2023, 'FR');
ROLLBACK;
SET ROLE mat_broker;
-- The best: 4 t go to the second need, which only the first offer serves; 6 t and
-- 2 t of the poor scrap to the first.
SELECT quantity_t, replaced_t, round(distance_km::numeric, 2) AS km, round(value(avoided)::numeric, 1) AS avoided
FROM match_materials(50, 2023, 'FR');
SELECT propose_matches(50, 2023, 'FR') AS proposed;
-- ... and it does not see what comes of it
SELECT count(*) FROM material_match;
SELECT propose_matches(50, 2023, 'FR');

-- Parties see their matches and not the other's rows; others see nothing.
SET ROLE mat_curious;
SELECT count(*) AS pairs FROM material_pairs(50, 2023, 'FR');
SELECT count(*) AS matches FROM material_match;
\set VERBOSITY terse
INSERT INTO material_match (offer_dataset_id, offer_id, need_dataset_id, need_id, quantity_t, distance_km, avoided)
    VALUES (:mill, 1, :bottler, 1, 1, 1, estimate(1, 0));
SET ROLE mat_broker;
INSERT INTO material_match (offer_dataset_id, offer_id, need_dataset_id, need_id, quantity_t, distance_km, avoided)
    VALUES (:mill, 0, :bottler, 0, 1, 1, estimate(1, 0));
\set VERBOSITY default
SET ROLE mat_mill;
SELECT quantity_t, offer_agreed_at IS NOT NULL AS offered, need_agreed_at IS NOT NULL AS taken FROM material_match ORDER BY 1;
SELECT count(*) AS needs_seen FROM material_need;
SELECT count(*) AS on_the_map, count(offered) AS offered, count(needed) AS needed, count(geom) AS lines FROM material_match_map;
-- a party agrees for itself alone
UPDATE material_match SET need_agreed_at = now();
UPDATE material_match SET quantity_t = 1;
SELECT agree_match(min(id)) AS both FROM material_match;
SET ROLE mat_curious;
SELECT agree_match(1);
SELECT count(*) AS on_the_map FROM material_match_map;
SET ROLE mat_bottler;
SELECT agree_match(min(id)) AS both FROM material_match;
DELETE FROM material_match WHERE offer_agreed_at IS NULL;
-- what both agreed to is seen by who may read both datasets
SET ROLE mat_broker;
SELECT m.offered, m.needed, round(m.avoided_t::numeric, 3) AS avoided, m.avoided_low_t < m.avoided_t AS low, offer_agreed AND need_agreed AS agreed,
       round((ST_Length(m.geom::geography) * 1.3 / 1000 / m.distance_km)::numeric, 3) AS of_the_distance FROM material_match_map m ORDER BY m.quantity_t;
SELECT count(*), bool_and(offer_agreed_at IS NOT NULL AND need_agreed_at IS NOT NULL) AS agreed FROM material_match;
SET ROLE mat_curious;
SELECT count(*) AS matches FROM material_match;
-- an offer that goes takes its matches with it
SET ROLE mat_mill;
DELETE FROM material_offer;
SELECT count(*) AS matches FROM material_match;
RESET ROLE;
SELECT object, problem FROM doctor() WHERE object LIKE '%material%';

-- Assignments by hand. One offer of 10, needs of 4 and 20 worth 3 and 2 a tonne: all
-- of the first, the rest to the second.
SELECT terrcarbon_internal.match_quantities('{1,1}', '{1,2}', '{3,2}', '{1,1}', '{10}', '{4,20}');
-- a tonne stands for half a tonne of what is needed: 8 fill the need of 4
SELECT terrcarbon_internal.match_quantities('{1,1}', '{1,2}', '{3,2}', '{0.5,1}', '{10}', '{4,20}');
-- the greedy choice (10 x 5 + 10 x 0) is worse than 10 x 4 + 10 x 4
SELECT terrcarbon_internal.match_quantities('{1,1,2}', '{1,2,1}', '{5,4,4}', '{1,1,1}', '{10,10}', '{10,10}');
SELECT terrcarbon_internal.match_quantities('{}', '{}', '{}', '{}', '{}', '{}');
SELECT terrcarbon_internal.match_quantities('{1}', '{2}', '{1}', '{1}', '{1}', '{1}');
SELECT terrcarbon_internal.match_quantities('{1}', '{NULL}', '{1}', '{1}', '{1}', '{1}');
SELECT terrcarbon_internal.match_quantities('{1}', '{1}', '{1}', '{0}', '{1}', '{1}');
SELECT terrcarbon_internal.match_quantities('{1}', '{1}', '{1,2}', '{1}', '{1}', '{1}');
SELECT terrcarbon_internal.match_quantities('{1}', '{1}', '{NaN}', '{1}', '{1}', '{1}');

DELETE FROM material_match;
DELETE FROM material_need;
SELECT retire_dataset(:mill), retire_dataset(:bottler);
DROP OWNED BY mat_mill, mat_bottler, mat_broker, mat_curious;
DROP ROLE mat_mill, mat_bottler, mat_broker, mat_curious;
