-- Which cells of a cube may be published, by hand; test/fuzz/secrecy.c attacks
-- random ones.
SET search_path = terrcarbon, public;
\set VERBOSITY terse

SELECT sector, min_units, max_share, p_percent FROM secrecy_rule_in_force ORDER BY sector;

CREATE TABLE sec_node (cube int DEFAULT 0, code text, parent_code text);
CREATE TABLE sec_part (cube int DEFAULT 0, territory text, sector text, dataset int, unit text, contribution text, amount float8, extent float8, most float8);
CREATE TABLE sec_out (cube int, territory text, sector text);
-- Producers of the datasets, each of one.
CREATE VIEW sec_cell AS
SELECT c.* FROM publishable_cells(
    ARRAY(SELECT ROW(n.*)::secrecy_territory FROM sec_node n), ARRAY(SELECT ROW(p.*)::secrecy_part FROM sec_part p),
    ARRAY(SELECT ROW(0, code, s)::secrecy_figure FROM sec_node, (SELECT sector FROM secrecy_rule_in_force UNION ALL SELECT 'all') AS r (s) WHERE cube = 0)
        || ARRAY(SELECT ROW(o.*)::secrecy_figure FROM sec_out o),
    ARRAY(SELECT DISTINCT ROW(dataset, dataset)::secrecy_reader FROM sec_part)) AS c;

-- --- by hand ----------------------------------------------------------------------
INSERT INTO sec_node (code, parent_code) VALUES ('R', NULL), ('A', 'R'), ('B', 'R'), ('C', 'R');
INSERT INTO sec_part (territory, sector, dataset, unit, amount)
SELECT t, s, 1, concat(t, s, i), 10
FROM unnest('{A,B,C}'::text[]) AS t, unnest('{industry,waste}'::text[]) AS s, generate_series(1, 5) AS i;
CREATE VIEW sec_published AS
SELECT c.sector, string_agg(territory_code, ' ' ORDER BY territory_code) FILTER (WHERE published) AS published
FROM sec_cell AS c
WHERE c.sector IN ('industry', 'waste', 'all')
GROUP BY c.sector ORDER BY c.sector;

-- Nothing to hide.
SELECT * FROM sec_published;
-- A single firm in A: A cannot be told from R minus B and C, nor from all minus
-- waste, so a rectangle goes.
DELETE FROM sec_part WHERE territory = 'A' AND sector = 'industry' AND unit <> 'Aindustry1';
SELECT * FROM sec_published;
-- Two more firms, but one has 90 % of the sum.
INSERT INTO sec_part (territory, sector, dataset, unit, amount) VALUES ('A', 'industry', 1, 'x', 10), ('A', 'industry', 1, 'y', 180);
SELECT * FROM sec_published;
-- 80 % of it is not too much.
UPDATE sec_part SET amount = 80 WHERE unit = 'y';
SELECT * FROM sec_published;
-- Three rows of one firm are one unit.
UPDATE sec_part SET unit = 'x' WHERE territory = 'A' AND sector = 'industry';
SELECT * FROM sec_published;
-- Firms that emit nothing do not hide the one that does.
UPDATE sec_part SET unit = concat('A', ctid), amount = CASE amount WHEN 80 THEN 80 ELSE 0 END
WHERE territory = 'A' AND sector = 'industry';
SELECT * FROM sec_published;
-- The producer of dataset 2 knows all firms of A but one.
UPDATE sec_part SET amount = 10, dataset = CASE WHEN amount = 80 THEN 1 ELSE 2 END
WHERE territory = 'A' AND sector = 'industry';
INSERT INTO sec_part (territory, sector, dataset, unit, amount) SELECT 'A', 'industry', 2, concat('more', i), 10 FROM generate_series(1, 10) AS i;
SELECT * FROM sec_published;
-- Two single firms would hide each other from everybody but each other, so a
-- third cell goes too, and then all three add up to enough.
TRUNCATE sec_part;
INSERT INTO sec_part (territory, sector, dataset, unit, amount)
SELECT t, 'industry', 1, concat(t, i), 10
FROM unnest('{A,B,C}'::text[]) AS t, generate_series(1, 5) AS i
WHERE t = 'C' OR i = 1;
INSERT INTO sec_node (code, parent_code) VALUES ('D', 'R');
INSERT INTO sec_part (territory, sector, dataset, unit, amount) SELECT 'D', 'industry', 1, concat('D', i), 100 FROM generate_series(1, 5) AS i;
SELECT * FROM sec_published;
-- What a parent says itself is the difference to its parts.
TRUNCATE sec_part;
INSERT INTO sec_part (territory, sector, dataset, unit, amount)
SELECT t, 'waste', 1, concat(t, i), 10
FROM unnest('{R,A,B,C,D}'::text[]) AS t, generate_series(1, 5) AS i
WHERE t <> 'R' OR i = 1;
SELECT * FROM sec_published;
-- Two years.  In the first, C is withheld to hide the one firm of A.
TRUNCATE sec_node, sec_part;
INSERT INTO sec_node (code, parent_code) VALUES ('R', NULL), ('A', 'R'), ('B', 'R'), ('C', 'R');
INSERT INTO sec_part (territory, sector, dataset, unit, amount)
SELECT t, 'waste', 1, concat(t, i), CASE t WHEN 'B' THEN 20 ELSE 10 END
FROM unnest('{A,B,C}'::text[]) AS t, generate_series(1, 5) AS i WHERE t <> 'A' OR i = 1;
SELECT published FROM sec_published WHERE sector = 'waste';
INSERT INTO sec_out SELECT 2020, territory_code, sector FROM sec_cell WHERE published;
INSERT INTO sec_part SELECT 2020, territory, sector, dataset, unit, contribution, amount FROM sec_part;
INSERT INTO sec_node SELECT 2020, code, parent_code FROM sec_node;
-- In the second, C has grown and B is as it was.  By itself, B would be withheld
-- to hide A: but everybody knows it from the first.
UPDATE sec_part SET amount = 40 + substr(unit, 2)::int WHERE territory = 'C' AND cube = 0;
SELECT published FROM sec_published WHERE sector = 'waste';
-- It is as if known when all firms of B changed by the same factor; not when each
-- changed by itself.
UPDATE sec_part SET amount = amount * 366 / 365 WHERE territory = 'B' AND cube = 0;
SELECT published FROM sec_published WHERE sector = 'waste';
UPDATE sec_part SET amount = amount + substr(unit, 2)::int WHERE territory = 'B' AND cube = 0;
SELECT published FROM sec_published WHERE sector = 'waste';
-- Renamed firms, under another dataset, of the same figures: B is known still, and who
-- reads dataset 7 alone knows C, so now R hides A.
UPDATE sec_part SET unit = 'new ' || unit, dataset = 7, amount = CASE territory WHEN 'B' THEN 20 ELSE amount END WHERE cube = 0;
SELECT published FROM sec_published WHERE sector = 'waste';
-- B and C have merged: their figures are known together, whatever they are called.
UPDATE sec_part SET territory = 'BC' WHERE territory IN ('B', 'C') AND cube = 0;
UPDATE sec_node SET code = 'BC' WHERE code = 'B' AND cube = 0;
DELETE FROM sec_node WHERE code = 'C' AND cube = 0;
SELECT published FROM sec_published WHERE sector = 'waste';
-- One firm more in a cell that was out: the difference would be its figure.
DELETE FROM sec_node WHERE cube = 0;
DELETE FROM sec_part WHERE cube = 0;
INSERT INTO sec_node SELECT 0, code, parent_code FROM sec_node;
INSERT INTO sec_part SELECT 0, territory, sector, dataset, unit, contribution, amount FROM sec_part;
INSERT INTO sec_part (territory, sector, dataset, unit, amount) VALUES ('B', 'waste', 1, 'more', 15);
SELECT published FROM sec_published WHERE sector = 'waste';
-- A firm of 2020 whose figure is not known but to be from 100 to most.  What is left of
-- its cell is 60, to which three new ones of 10 have come.  It must be possible that it
-- is 10 % of most less, so that the new ones are, who without the second largest are 20.
TRUNCATE sec_node, sec_part, sec_out;
INSERT INTO sec_node VALUES (0, 'A'), (2020, 'A');
INSERT INTO sec_out VALUES (2020, 'A', 'waste');
INSERT INTO sec_part (cube, territory, sector, dataset, unit, amount)
SELECT cube, 'A', 'waste', 1, i, 10 FROM (VALUES (2020), (0)) AS c (cube), generate_series(1, 9) AS i WHERE cube = 0 OR i <= 6;
INSERT INTO sec_part (cube, territory, sector, dataset, unit, amount) VALUES (2020, 'A', 'waste', 2, 'gone', 100);
SELECT published FROM sec_published WHERE sector = 'waste';
UPDATE sec_part SET most = 199 WHERE unit = 'gone';
SELECT published FROM sec_published WHERE sector = 'waste';
UPDATE sec_part SET most = 201 WHERE unit = 'gone';
SELECT published FROM sec_published WHERE sector = 'waste';
TRUNCATE sec_node, sec_part, sec_out;
INSERT INTO sec_node (code, parent_code) VALUES ('R', NULL), ('A', 'R'), ('B', 'R'), ('C', 'R'), ('D', 'R');

-- Trips, half and half: with three territories published, each pair is known.
INSERT INTO sec_part (territory, sector, dataset, unit, contribution, amount)
SELECT t, 'road_transport', 1, 'row ' || n || i, 'row', 5
FROM (VALUES ('A', 'B', 1), ('B', 'C', 2), ('C', 'A', 3)) AS v (a, b, n), generate_series(1, 2) AS i, unnest(ARRAY[a, b]) AS t;
SELECT string_agg(territory_code, ' ' ORDER BY territory_code) AS published FROM sec_cell WHERE sector = 'road_transport' AND published;

-- Dwellings: 10.
TRUNCATE sec_part;
INSERT INTO sec_part (territory, sector, dataset, unit, amount)
SELECT t, 'residential', 1, concat(t, i), 1 FROM unnest('{A,B,C,D}'::text[]) AS t, generate_series(1, 12) AS i
WHERE i <= CASE t WHEN 'A' THEN 9 WHEN 'B' THEN 10 ELSE 12 END;
SELECT string_agg(territory_code, ' ' ORDER BY territory_code) AS published FROM sec_cell WHERE sector = 'residential' AND published;
-- All or none.
SELECT c.sector, bool_or(published) AS published FROM publishable_cells(
    ARRAY(SELECT ROW(n.*)::secrecy_territory FROM sec_node n), ARRAY(SELECT ROW(p.*)::secrecy_part FROM sec_part p),
    ARRAY(SELECT ROW(0, code, 'residential')::secrecy_figure FROM sec_node WHERE code <> 'A'), whole => true) AS c
WHERE sector = 'residential' GROUP BY c.sector;
SELECT c.sector, bool_or(published) AS published FROM publishable_cells(
    ARRAY(SELECT ROW(n.*)::secrecy_territory FROM sec_node n), ARRAY(SELECT ROW(p.*)::secrecy_part FROM sec_part p),
    ARRAY(SELECT ROW(0, code, 'residential')::secrecy_figure FROM sec_node WHERE code NOT IN ('A', 'D')), whole => true) AS c
WHERE sector = 'residential' GROUP BY c.sector;

-- --- errors -----------------------------------------------------------------------
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE FUNCTION sec_try(territory text, sector text, amount float8, parent text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM publishable_cells(ARRAY[(0, 'A', parent)]::secrecy_territory[],
        ARRAY[(0, territory, sector, 1, 'u', NULL, amount, NULL, NULL)]::secrecy_part[])
$$;
SELECT sec_try('Z', 'waste', 1);
SELECT sec_try('A', 'wast', 1);
SELECT sec_try('A', 'waste', 'NaN');
SELECT sec_try('A', 'waste', NULL);
SELECT sec_try(NULL, 'waste', 1);
SELECT sec_try('A', 'waste', 1, 'A');
SELECT sec_try('A', 'waste', 1e300);
SELECT * FROM publishable_cells(ARRAY[(0, 'A', NULL)]::secrecy_territory[], ARRAY[(0, 'A', 'waste', 1, 'u', NULL, 5, NULL, 4)]::secrecy_part[]);
\set VERBOSITY terse
SELECT * FROM publishable_cells(ARRAY[(0, 'A', NULL), (0, 'A', NULL)]::secrecy_territory[], '{}');
SELECT count(*) FROM publishable_cells(ARRAY(SELECT (0, i, i - 1)::secrecy_territory FROM generate_series(1, 65) AS i), '{}');
SELECT count(*) FROM publishable_cells('{}', '{}');
-- As many parts as one likes, and it can be cancelled.
SELECT count(*) FILTER (WHERE published) FROM publishable_cells(ARRAY[(0, 'A', NULL)]::secrecy_territory[],
    ARRAY(SELECT (0, 'A', 'waste', i, i, NULL, 1, NULL, NULL)::secrecy_part FROM generate_series(1, 100000) AS i),
    readers => ARRAY(SELECT (i, i)::secrecy_reader FROM generate_series(1, 100000) AS i));
INSERT INTO secrecy_rule VALUES ('waste', 2, 0.85, 10, 'mine');
INSERT INTO secrecy_rule VALUES ('wast', 3, 0.85, 10, 'mine');
DELETE FROM secrecy_rule WHERE sector = 'waste';

-- A rule of one's own takes the place of the shipped one.
TRUNCATE sec_part;
INSERT INTO sec_part (territory, sector, dataset, unit, amount) SELECT 'R', 'waste', 1, i::text, 1 FROM generate_series(1, 5) AS i;
BEGIN;
INSERT INTO secrecy_rule VALUES ('waste', 6, 0.5, 10, 'mine');
SELECT * FROM sec_published;
ROLLBACK;

-- --- who knows what ---------------------------------------------------------------
CREATE ROLE sec_a;
CREATE ROLE sec_b;
CREATE ROLE sec_c;
CREATE ROLE sec_both NOINHERIT;
CREATE ROLE sec_nobody;
GRANT sec_a, sec_b TO sec_both;
SELECT register_dataset('sec-a', 'A', 'sec_a', 'lov2', 'aggregate') AS a \gset
SELECT register_dataset('sec-b', 'B', 'sec_b', 'lov2', 'aggregate') AS b \gset
SELECT register_dataset('sec-c', 'C', 'sec_c', 'lov2', 'aggregate') AS c \gset
CREATE FUNCTION sec_known() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT string_agg(replace(d.slug, 'sec-', ''), ' ' ORDER BY d.slug) AS known
    FROM unnest(secrecy_readers(ARRAY(SELECT id FROM dataset_catalogue WHERE slug LIKE 'sec-_'))) AS r
    JOIN dataset_catalogue AS d ON d.id = r.dataset_id
    GROUP BY r.reader ORDER BY known
$$;
-- Producers, and who is several, whatever it inherits.
SELECT sec_known();
-- A grant makes a reader, who knows what it read when the grant has ended.
SELECT grant_access(:b, 'sec_c', 'test');
SELECT sec_known();
SELECT revoke_access(:b, 'sec_c');
SELECT sec_known();
-- So does a producer of former days.
SELECT set_producer(:c, 'sec_a');
SELECT sec_known();
SELECT set_producer(:c, 'sec_c');
SELECT sec_known();
SELECT dataset_id = :c AS c, count(*) FROM terrcarbon_internal.former_reader
WHERE dataset_id IN (:b, :c) AND role::oid IN ('sec_a'::regrole, 'sec_c'::regrole) GROUP BY 1 ORDER BY 1;
-- Everybody may have kept what was open once.
SELECT set_access(:a, 'open');
SELECT set_access(:a, 'aggregate');
SELECT sec_known();
-- Only who reads them all, or once did, may ask.
SET ROLE sec_nobody;
SELECT secrecy_readers(ARRAY[:a]);
SET ROLE sec_c;
SELECT secrecy_readers(ARRAY[:b]) = '{}' AS knows_all;
SELECT secrecy_readers(ARRAY[:c, NULL]);
SET ROLE sec_b;
SELECT secrecy_readers(ARRAY[:b, :c]);
SELECT terrcarbon_internal.knowledge_of_readers(ARRAY[:b]);
RESET ROLE;
DROP FUNCTION sec_known;
DELETE FROM access_grant WHERE dataset_id IN (:a, :b, :c);
DELETE FROM dataset WHERE slug LIKE 'sec-_';
DELETE FROM terrcarbon_internal.former_reader WHERE dataset_id IN (:a, :b, :c);
DROP ROLE sec_a, sec_b, sec_c, sec_both, sec_nobody;

DROP FUNCTION sec_try;
DROP VIEW sec_published, sec_cell;
DROP TABLE sec_node, sec_part, sec_out;
