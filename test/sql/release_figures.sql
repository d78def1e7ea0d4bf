-- Releases: from confidential rows to figures for everybody.
SET search_path = terrcarbon, public;
SET client_min_messages = notice;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\set VERBOSITY default
CREATE ROLE rel_owner;
CREATE ROLE rel_grid;
CREATE ROLE rel_plants;
CREATE ROLE rel_public;
GRANT CREATE ON DATABASE :DBNAME TO rel_owner;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES
    ('rel-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 5, 'combustion', 'test'),
    ('rel-car', 'Car', 'km', '{"CO2": 0.15}', NULL, 'combustion', 'test');

SET ROLE rel_owner;
SELECT create_account('rel', 4326);
GRANT INSERT, UPDATE, DELETE, SELECT ON ALL TABLES IN SCHEMA rel TO rel_grid, rel_plants;
GRANT USAGE ON SCHEMA rel TO rel_grid, rel_plants;
INSERT INTO rel.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Epci', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.4, 45.1, 4326))),
    ('A', 'Aville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.1, 45.1, 4326))),
    ('B', 'Bville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.1, 45.0, 0.2, 45.1, 4326))),
    ('C', 'Cville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.2, 45.0, 0.3, 45.1, 4326))),
    ('D', 'Dville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.3, 45.0, 0.4, 45.1, 4326)));
RESET ROLE;
SELECT register_dataset('rel-grid', 'Grid', 'rel_grid', 'lov2', 'aggregate', updated => '2024-01-31') AS grid \gset
SELECT register_dataset('rel-plants', 'Plants', 'rel_plants', 'CC-BY-4.0', 'aggregate', updated => '2024-01-31') AS plants \gset
SELECT register_dataset('rel-roads', 'Roads', 'rel_plants', 'CC0-1.0', 'open') AS roads \gset
SELECT register_dataset('rel-secret', 'Secret', 'rel_plants', 'CC0-1.0', 'shared') AS secret \gset
SELECT grant_access(d, 'rel_owner', 'roll-up') FROM unnest(ARRAY[:grid, :plants, :secret]) AS d;

SET ROLE rel_grid;
-- 12 dwellings in each commune.
INSERT INTO rel.building (dataset_id, carrier, unit, energy, floors, year_from, geom)
SELECT :grid, 'rel-gas', 'kWh LHV', 10000 + 100 * i, 1, 2020,
       ST_Multi(ST_MakeEnvelope(x + i * 0.005, 45.01, x + i * 0.005 + 0.001, 45.011, 4326))
FROM unnest('{0.01,0.11,0.21,0.31}'::float8[]) AS x, generate_series(1, 12) AS i;
SET ROLE rel_plants;
-- Firms: one in A, four each in B, C and D.
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, emission)
SELECT :plants, t, 'industry', 2020, ghg('CO2', 1e6 + 1e4 * i)
FROM unnest('{A,B,C,D}'::text[]) AS t, generate_series(1, 4) AS i WHERE t <> 'A' OR i = 1;
-- Three capture carbon in B.
INSERT INTO rel.activity (dataset_id, territory_code, sector, kind, year, emission)
SELECT :plants, 'B', 'industry', 'removal', 2020, ghg('CO2', -1e5 * i) FROM generate_series(1, 3) AS i;
INSERT INTO rel.road_segment (dataset_id, aadt, factor, year_from, geom)
VALUES (:roads, 1000, 'rel-car', 2020, 'SRID=4326;MULTILINESTRING((0.0 45.05, 0.4 45.05))');
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, emission) VALUES (:secret, 'A', 'waste', 2020, '{"CO2": 5000}');
SET ROLE rel_owner;

-- Not before the balance is there.
SELECT release('rel', 2020);
SET client_min_messages = warning;
CALL refresh('rel');
-- In a new session, where nothing is loaded yet.
\c -
SET search_path = terrcarbon, public;
SET extra_float_digits = 0;
SET ROLE rel_owner;
SELECT release('rel', 2020) AS first \gset
SELECT current_setting('terrcarbon.gwp');


-- What the public reads.  The one firm of A fails by itself, and all of A too: who
-- delivers the energy knows the rest of it.  D goes with A, in both.
SET ROLE rel_public;
CREATE VIEW pg_temp.cube AS
SELECT territory_code, sector, measure, round(tonnes::numeric, 3) AS tonnes, notation,
       (SELECT string_agg(replace(slug, 'rel-', ''), ' ' ORDER BY slug) FROM dataset_catalogue WHERE id = ANY (string_to_array(datasets, ', ')::int[])) AS datasets
FROM rel.released ORDER BY measure, sector, territory_code;
TABLE pg_temp.cube;
-- The figures by another way.  Dwellings: 12 of (10000 + 100 i) kWh of 0.2 kg.
SELECT 0.2 * sum(10000 + 100 * i) / 1000 AS residential FROM generate_series(1, 12) AS i;
-- A road of 0.1 degree of longitude at 45.05 N, 1000 vehicles a day, a leap year.
SELECT abs(tonnes - ST_Length('LINESTRING(0 45.05, 0.1 45.05)'::geography) / 1000 * 1000 * 366 * 0.15 / 1000) < 1e-4 AS road
FROM rel.released WHERE territory_code = 'A' AND sector = 'road_transport';
-- Parts add up to the whole, sectors to all.
SELECT sector, abs(max(tonnes) FILTER (WHERE territory_code = 'E') - sum(tonnes) FILTER (WHERE territory_code <> 'E')) < 1e-9 AS adds_up
FROM rel.released WHERE sector IN ('residential', 'road_transport') GROUP BY sector ORDER BY sector;
SELECT territory_code, abs(max(tonnes) FILTER (WHERE sector = 'all') - sum(tonnes) FILTER (WHERE sector <> 'all')) < 1e-9 AS adds_up
FROM rel.released WHERE measure = 'emissions' AND territory_code IN ('B', 'C', 'E') GROUP BY territory_code ORDER BY territory_code;
-- Terms.
SELECT licences, attribution, released_on = (now() AT TIME ZONE 'UTC')::date AS today FROM rel.released LIMIT 1;
SELECT dataset_id = :secret AS secret, used, access, licence, reason FROM rel.release_dataset ORDER BY dataset_id;
SELECT replaces, correction, released_by, gwp, sources = ARRAY[:grid, :plants, :roads] AS sources, cardinality(duties) > 0 AS duties
FROM rel.release;
-- Nothing else.
SELECT * FROM rel.release_part;
SELECT * FROM rel.balance;
SELECT release('rel', 2021);
RESET ROLE;
DROP VIEW pg_temp.cube;

-- The balance says the same to those who read it all.
SET ROLE rel_owner;
SELECT count(*), max(abs(r.tonnes - b.kg / 1000)) < 1e-9 AS same
FROM rel.released r
JOIN (SELECT territory_code, sector, value(sum(co2e)) AS kg FROM rel.balance
      WHERE year = 2020 AND dataset_id <> :secret GROUP BY territory_code, sector) AS b USING (territory_code, sector)
WHERE r.measure = 'emissions' AND r.tonnes IS NOT NULL;
-- The owner keeps the parts, under the licences of their rows.
SELECT dataset_id = :plants AS plants, sector, measure, count(*), sum(amount) FROM rel.release_part GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- What tells rows of withdrawn datasets is the owner's alone, whatever it grants.
SELECT count(*) = (SELECT count(*) FROM rel.release_part) AS traced FROM rel.release_trace;
GRANT SELECT ON ALL TABLES IN SCHEMA rel TO rel_public;
SET ROLE rel_public;
SELECT count(*) FROM rel.release_trace;
SET ROLE rel_owner;
REVOKE SELECT ON ALL TABLES IN SCHEMA rel FROM rel_public;

-- --- final ------------------------------------------------------------------------
SELECT release('rel', 2020);
UPDATE rel.release_cell SET tonnes = 0 WHERE territory_code = 'E';
DELETE FROM rel.release_cell;
TRUNCATE rel.release_cell;
UPDATE rel.release SET year = 2019;
DELETE FROM rel.release_dataset;
DELETE FROM rel.release_part;
INSERT INTO rel.release_cell (release_id, territory_code, sector, measure, territory_name, level, tonnes)
VALUES (:first, 'Z', 'waste', 'emissions', 'Z', 'commune', 1);
SELECT release('rel', 2020, correction => ' ');
SELECT release('rel', 2019, correction => 'never released');
SELECT release('rel', NULL);
SELECT release('rel', 2020, 'all');
SELECT release('nowhere', 2020);

-- Every table and column says what it is; rows are under the licences of theirs.
SELECT c.oid::regclass AS object, a.attname AS col
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum >= 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'rel'::regnamespace AND c.relkind IN ('r', 'v')
    AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL);
SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
WHERE oid IN ('rel.release_part'::regclass) ORDER BY 1;

-- --- corrections ------------------------------------------------------------------
-- One firm of B corrects its figure: the two releases would give it away.
SET client_min_messages = warning;
SET ROLE rel_plants;
UPDATE rel.activity SET emission = ghg('CO2', 9e5) WHERE territory_code = 'B' AND emission = ghg('CO2', 1.01e6);
SET ROLE rel_owner;
SELECT release('rel', 2020, correction => 'a firm was wrong');
CALL refresh('rel');
SELECT release('rel', 2020, correction => 'a firm was wrong');
-- Two more, but the first changed most.
SET ROLE rel_plants;
UPDATE rel.activity SET emission = ghg('CO2', 1) + emission
WHERE territory_code = 'B' AND gas(emission, 'CO2') BETWEEN 1.02e6 AND 1.03e6;
CALL refresh('rel');
SET ROLE rel_owner;
CALL refresh('rel');
SELECT release('rel', 2020, correction => 'firms were wrong');
-- Three of similar size.
SET ROLE rel_plants;
UPDATE rel.activity SET emission = ghg('CO2', 1e5) + emission
WHERE territory_code = 'B' AND gas(emission, 'CO2') BETWEEN 1.02e6 AND 1.035e6;
SET ROLE rel_owner;
CALL refresh('rel');
SELECT release('rel', 2020, correction => 'three firms were wrong') AS second \gset
SELECT territory_code, sector, round(tonnes::numeric, 3) AS tonnes, notation, release_id = :second AS corrected
FROM rel.released WHERE sector IN ('industry', 'all') AND measure = 'emissions' ORDER BY sector, territory_code;
-- The first one stays readable, and is not corrected twice.
SELECT id, replaces, correction FROM rel.release ORDER BY id;
SELECT count(*) FROM rel.release_cell WHERE release_id = :first AND tonnes IS NOT NULL;
-- A better factor changes all dwellings.
RESET ROLE;
UPDATE factor SET superseded_at = now() WHERE code = 'rel-gas';
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES
    ('rel-gas', 'Gas', 'kWh LHV', '{"CO2": 0.21}', 5, 'combustion', 'test');
SET ROLE rel_owner;
CALL refresh('rel');
SELECT release('rel', 2020, correction => 'a better factor') - :second AS later;
SELECT territory_code, round(tonnes::numeric, 3) AS tonnes FROM rel.released WHERE sector = 'residential' ORDER BY 1;
-- Three firms more make A safe from now on, and yet the pattern stays.
SET ROLE rel_plants;
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, emission)
SELECT :plants, 'A', 'industry', 2020, ghg('CO2', 1e6) FROM generate_series(1, 3);
SET ROLE rel_owner;
CALL refresh('rel');
SELECT release('rel', 2020, correction => 'firms of A were missing') - :second AS later;
SELECT territory_code, sector, notation FROM rel.released WHERE tonnes IS NULL ORDER BY sector, territory_code;
-- A territory changes.
UPDATE rel.territory SET parent_code = NULL WHERE code = 'D';
CALL refresh('rel');
SELECT release('rel', 2020, correction => 'D has left');
UPDATE rel.territory SET parent_code = 'E' WHERE code = 'D';
CALL refresh('rel');
-- Two of the three firms take their correction back, and another makes one: three
-- changes to the last release, but two to the first.
SET ROLE rel_plants;
UPDATE rel.activity SET emission = emission - ghg('CO2', 1e5 + (gas(emission, 'CO2')::int % 10))
WHERE territory_code = 'B' AND gas(emission, 'CO2') BETWEEN 1.12e6 AND 1.131e6;
UPDATE rel.activity SET emission = emission + ghg('CO2', 1e5)
WHERE territory_code = 'B' AND gas(emission, 'CO2') = 1.04e6;
SET ROLE rel_owner;
CALL refresh('rel');
SELECT release('rel', 2020, correction => 'back again');
-- A producer withdraws, and takes its figures of the past out of no release.
SET ROLE rel_plants;
SELECT set_access(:plants, 'private');
SET ROLE rel_owner;
SELECT release('rel', 2020, correction => 'without the plants');
SELECT count(*) FROM rel.released WHERE sector = 'industry' AND tonnes IS NOT NULL;
SET ROLE rel_plants;
SELECT set_access(:plants, 'aggregate');

-- --- what everybody knows hides nobody ----------------------------------------------
RESET ROLE;
SELECT register_dataset('rel-known', 'Known', 'rel_plants', 'CC0-1.0', 'open') AS known \gset
SELECT register_dataset('rel-terms', 'Terms', 'rel_plants', 'unspecified', 'aggregate') AS terms \gset
SELECT grant_access(:terms, 'rel_owner', 'roll-up');
SET ROLE rel_owner;
SET ROLE rel_plants;
-- 2021: 20 open firms and one confidential in each commune, of one owner in B, C and D.
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, emission)
SELECT :known, t, 'tertiary', 2021, ghg('CO2', 1000) FROM unnest('{A,B,C,D}'::text[]) AS t, generate_series(1, 20);
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, emission)
SELECT :plants, t, 'tertiary', 2021, ghg('CO2', 1000) FROM unnest('{A,B,C,D}'::text[]) AS t;
UPDATE rel.activity SET unit_key = '732829320'
WHERE dataset_id = :plants AND year = 2021 AND territory_code <> 'A';
-- Agriculture: only A and B say something. Waste: does not occur.
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, emission)
SELECT :known, t, 'agriculture', 2021, ghg('CH4', 1000) FROM unnest('{A,B}'::text[]) AS t;
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, notation)
SELECT :known, t, 'waste', 2021, 'NO' FROM unnest('{A,B,C,D}'::text[]) AS t;
SET ROLE rel_owner;
CALL refresh('rel');
SELECT release('rel', 2021) - :second AS later;
SELECT sector, string_agg(concat(territory_code, ' ', coalesce(tonnes::text, notation)), ', ' ORDER BY territory_code) AS figures
FROM rel.released WHERE year = 2021 GROUP BY sector ORDER BY sector;
-- A meter total of one row stands for many units, if it says so: A does not.
SET ROLE rel_plants;
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, emission)
SELECT :plants, t, 'residential', 2023, ghg('CO2', 8e5) FROM unnest('{A,B,C,D}'::text[]) AS t;
UPDATE rel.activity SET unit_key = 'meter ' || territory_code, units = 800, largest_share = 0.05
WHERE dataset_id = :plants AND year = 2023 AND territory_code <> 'A';
UPDATE rel.activity SET unit_key = 'x', units = 2 WHERE dataset_id = :plants;
UPDATE rel.activity SET unit_key = 'x', units = 2, largest_share = 0.4 WHERE dataset_id = :plants;
SET ROLE rel_owner;
CALL refresh('rel');
SELECT release('rel', 2023) - :second AS later;
SELECT string_agg(concat(territory_code, ' ', coalesce(tonnes::text, notation)), ', ' ORDER BY territory_code) AS figures
FROM rel.released WHERE year = 2023 AND sector = 'residential';
-- Terms that are not known let nothing out.
SET ROLE rel_plants;
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, emission)
SELECT :terms, t, 'waste', 2022, ghg('CO2', 1000) FROM unnest('{A,B,C,D}'::text[]) AS t, generate_series(1, 5);
SET ROLE rel_owner;
CALL refresh('rel');
\set VERBOSITY terse
SELECT release('rel', 2022);
\set VERBOSITY default
-- Nor does a dataset that the owner does not read.
SET ROLE rel_plants;
SELECT revoke_access(:terms, 'rel_owner');
SET ROLE rel_owner;
SET client_min_messages = notice;
SELECT release('rel', 2022);
SET client_min_messages = warning;

-- --- withdrawn ----------------------------------------------------------------------
-- A dataset that the owner read as a member of its producer, and reads no more.
RESET ROLE;
CREATE ROLE rel_heat;
GRANT rel_heat TO rel_owner;
GRANT USAGE ON SCHEMA rel TO rel_heat;
GRANT INSERT, SELECT ON ALL TABLES IN SCHEMA rel TO rel_heat;
SELECT register_dataset('rel-heat', 'Heat', 'rel_heat', 'lov2', 'aggregate') AS heat \gset
SET ROLE rel_heat;
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, emission)
SELECT :heat, t, 'waste', 2024, ghg('CO2', 1000 + i) FROM unnest('{A,B,C,D}'::text[]) AS t, generate_series(1, 5) AS i;
SET ROLE rel_plants;
INSERT INTO rel.activity (dataset_id, territory_code, sector, year, emission)
SELECT :plants, t, 'waste', y, ghg('CO2', 2000 + i) FROM unnest('{A,B,C,D}'::text[]) AS t, generate_series(1, 5) AS i, unnest('{2024,2025}'::int[]) AS y;
SET ROLE rel_owner;
CALL refresh('rel');
SELECT release('rel', 2024) - :second AS later;
SELECT sector, string_agg(concat(territory_code, ' ', coalesce(tonnes::text, notation)), ', ' ORDER BY territory_code) AS figures
FROM rel.released WHERE year = 2024 AND sector = 'waste' GROUP BY sector;
-- Its order of magnitude is kept: from 512 to 1024 kg.
SELECT magnitude, share, contribution, count(*), count(DISTINCT unit) AS units FROM rel.release_trace
WHERE of_dataset = :heat GROUP BY 1, 2, 3 ORDER BY 1;
SET ROLE rel_heat;
SELECT set_access(:heat, 'private');
RESET ROLE;
REVOKE rel_heat FROM rel_owner;
SET ROLE rel_owner;
CALL refresh('rel');
SELECT count(*) FROM rel.release_part WHERE dataset_id = :heat;
\set VERBOSITY terse
SELECT secrecy_readers(ARRAY[:heat]);
\set VERBOSITY default
-- Five units that are gone are enough, so what is left may be shown.
SELECT release('rel', 2025) - :second AS later;
SELECT sector, string_agg(concat(territory_code, ' ', coalesce(tonnes::text, notation)), ', ' ORDER BY territory_code) AS figures
FROM rel.released WHERE year = 2025 AND sector = 'waste' GROUP BY sector;

-- --- trips ------------------------------------------------------------------------
SET ROLE rel_grid;
INSERT INTO rel.trip (dataset_id, origin_code, destination_code, home_code, year, person_trips, trip_km, occupancy, factor)
SELECT :grid, 'A', 'B', 'A', 2020, 1000, 10, 1, 'rel-car' FROM generate_series(1, 4);
SET ROLE rel_owner;
CALL refresh('rel');
SELECT release('rel', 2020, 'induced') - :second AS later;
SELECT territory_code, sector, tonnes, notation FROM rel.released WHERE allocation = 'induced' ORDER BY 1, 2;
SELECT release('rel', 2020, 'resident');

-- --- explanations -------------------------------------------------------------------
-- To the owner, who reads all; to a producer, who reads the open data and its own.
CREATE VIEW pg_temp.explained AS
SELECT kind, name, round(amount::numeric, 3) AS amount, unit, regexp_replace(detail, 'factor:[0-9]+ ', 'factor ') AS detail
FROM explain_number('rel', 'A', 'all', 2020) WHERE kind <> 'licence';
TABLE pg_temp.explained;
SET ROLE rel_grid;
SELECT kind, name, round(amount::numeric, 3) AS amount, unit, regexp_replace(detail, 'factor:[0-9]+ ', 'factor ') AS detail, licence
FROM explain_number('rel', 'A', 'all', 2020) WHERE kind <> 'licence';
SELECT name, detail, source FROM explain_number('rel', 'A', 'residential', 2020) WHERE kind = 'licence';
-- Emissions and removals stay apart.
SET ROLE rel_plants;
SELECT kind, name, amount FROM explain_number('rel', 'B', 'industry', 2020) WHERE kind IN ('figure', 'dataset');
-- What each factor priced is what its energy emits, so the factors make up the figure.
SET ROLE rel_owner;
SELECT abs(sum(CASE kind WHEN 'factor' THEN co2e(emission(amount, unit, id)) / 1000 ELSE -amount END)) < 1e-9 AS makes_up
FROM explain_number('rel', 'E', 'residential', 2020) WHERE kind IN ('factor', 'figure');
SELECT version ~ '^recorded .*' AND version !~ 'superseded' AS in_use, licence, source
FROM explain_number('rel', 'E', 'residential', 2020) WHERE kind = 'factor';
-- Land: a flow rests on the references of the map before and the map after, a stock on those of its own.
RESET ROLE;
INSERT INTO stock_reference (nomenclature, code, name, stock, u95_percent, complete, source) VALUES
    ('REL', 'F', 'Forest', '{"above": 50, "soil": 80, "soil_depth_cm": 30}', 30, true, 'test'),
    ('REL', 'U', 'Sealed', '{"soil": 30, "soil_depth_cm": 30}', NULL, true, 'test');
SELECT register_dataset('rel-land', 'Land', 'rel_grid', 'CC0-1.0', 'open') AS land \gset
SET ROLE rel_grid;
INSERT INTO rel.land_cover (dataset_id, nomenclature, code, year, geom)
SELECT :land, 'REL', code, year, ST_Multi(ST_MakeEnvelope(x1, 45.0, x2, 45.1, 4326))
FROM (VALUES ('F', 2015, 0.0, 0.1), ('F', 2021, 0.0, 0.08), ('U', 2021, 0.08, 0.1)) AS v (code, year, x1, x2);
SET ROLE rel_owner;
CALL refresh('rel');
SELECT kind, name, amount > 0 AS sign, unit
FROM explain_number('rel', 'A', 'land', 2020) WHERE kind IN ('figure', 'reference');
SELECT kind, name, amount > 0 AS sign, unit FROM explain_number('rel', 'A', 'land', 2015, 'stock') WHERE kind IN ('figure', 'dataset', 'reference');
SELECT abs(max(amount) FILTER (WHERE kind = 'figure') - max(amount) FILTER (WHERE kind = 'reference')
    * (SELECT area_m2 / 1e4 FROM rel.territory WHERE code = 'A')) < 1e-6 AS makes_up
FROM explain_number('rel', 'A', 'land', 2015, 'stock');
SELECT * FROM explain_number('rel', 'Z', 'land', 2020);
SELECT * FROM explain_number('rel', 'A', 'everything', 2020);
SELECT * FROM explain_number('rel', 'A', 'land', NULL);
SELECT * FROM explain_number('rel', 'A', 'land', 2020, 'all');
SELECT * FROM explain_number('nowhere', 'A', 'land', 2020);

-- A supplier's totals by commune: each passes for one unit, and nothing is out, which the
-- notice says; a row that says it stands for 800 units is.
RESET ROLE;
SET client_min_messages = warning;
SELECT register_dataset('rel-supplier', 'Supplier', 'rel_grid', 'lov2', 'aggregate', updated => '2024-01-31') AS supplier \gset
SELECT grant_access(:supplier, 'rel_owner', 'roll-up') \g /dev/null
SET ROLE rel_owner;
SELECT create_account('relsup', 4326) \g /dev/null
INSERT INTO relsup.territory (code, name, level, parent_code, geom) SELECT code, name, level, parent_code, geom FROM rel.territory;
GRANT INSERT ON relsup.activity TO rel_grid;
GRANT USAGE ON SCHEMA relsup TO rel_grid;
SET ROLE rel_grid;
INSERT INTO relsup.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, units, largest_share)
SELECT :supplier, t, 'residential', year, 1e6, 'kWh LHV', 'rel-gas', units, share
FROM unnest('{A,B,C,D}'::text[]) AS t, (VALUES (2020, 1, NULL), (2021, 800, 0.02)) AS y (year, units, share);
SET ROLE rel_owner;
CALL refresh('relsup');
SET client_min_messages = notice;
SELECT release('relsup', 2020), release('relsup', 2021);
SELECT year, territory_code, sector, tonnes, notation FROM relsup.released ORDER BY year, sector, territory_code;
RESET ROLE;
SET client_min_messages = error;
SELECT drop_account('relsup');
DROP VIEW pg_temp.explained;
SELECT drop_account('rel');
DELETE FROM factor WHERE code LIKE 'rel-%';
DELETE FROM access_grant WHERE dataset_id IN (SELECT id FROM dataset WHERE slug LIKE 'rel-%');
DELETE FROM dataset WHERE slug LIKE 'rel-%';
DELETE FROM stock_reference WHERE nomenclature = 'REL';
REVOKE CREATE ON DATABASE :DBNAME FROM rel_owner;
DROP ROLE rel_owner, rel_grid, rel_plants, rel_public, rel_heat;
