-- Matching 2 000 offers with 2 000 needs, 20 feasible partners each.
SET client_min_messages = warning;
SET search_path = terrcarbon, public;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
\ir include/measure.psql
\pset footer off

SELECT register_dataset('bench-materials', 'Materials', current_user::regrole, 'etalab-2.0') AS dataset \gset
INSERT INTO material_substitution (offered, needed, name, ratio, production_kg, production_u95_percent, treatment_kg, treatment_u95_percent, source)
SELECT 'o' || k, 'n' || k, 'bench', 0.6 + 0.1 * (k % 5), 500 + 100 * k, 20, 50, 30, 'bench' FROM generate_series(0, 9) k;
-- of ten kinds, over 100 x 80 km: 200 needs of the kind of an offer, a tenth of them within 18 km
SELECT setseed(0.4);
INSERT INTO material_offer (dataset_id, material, quantity_t, place)
SELECT :dataset, 'o' || i % 10, 1 + 99 * random(), ST_SetSRID(ST_MakePoint(-1 + 1.3 * random(), 45.5 + 0.72 * random()), 4326) FROM generate_series(1, 2000) i;
INSERT INTO material_need (dataset_id, material, quantity_t, place)
SELECT :dataset, 'n' || i % 10, 1 + 99 * random(), ST_SetSRID(ST_MakePoint(-1 + 1.3 * random(), 45.5 + 0.72 * random()), 4326) FROM generate_series(1, 2000) i;
ANALYZE material_offer;
ANALYZE material_need;
SELECT count(*) AS pairs, round(count(*) / 2000.0, 1) AS partners_each FROM material_pairs(18, 2023, 'FR');
\echo 'match_materials: at most 5 s'
SELECT * FROM pg_temp.measure(2000, 3, ARRAY[
    ['material_pairs', 'SELECT sum(value(avoided)) FROM material_pairs(18, 2023, ''FR'')'],
    ['match_materials', 'SELECT sum(value(avoided)) FROM match_materials(18, 2023, ''FR'')']]);
