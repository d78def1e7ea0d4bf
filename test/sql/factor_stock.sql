-- Stock references: which row serves a class, and what is guarded.
SET search_path = terrcarbon, public;
\set VERBOSITY terse
\pset null NULL
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all

BEGIN;
INSERT INTO reference_territory (code, level, name) VALUES
    ('T-EPCI', 'EPCI', 'Test EPCI'),
    ('T-COM', 'commune', 'Test commune'),
    ('T-IRIS', 'IRIS', 'Test quarter');
INSERT INTO reference_territory_parent (code, parent_code) VALUES
    ('T-IRIS', 'T-COM'), ('T-COM', 'T-EPCI'), ('T-COM', 'FR-17'), ('T-COM', 'ZPC_4_1'),
    ('T-COM', 'SER_F1'), ('T-EPCI', 'FR-NAQ');

-- The most specific territory first, whatever the paths; each once.
SELECT * FROM territory_chain('T-IRIS') ORDER BY place;
SELECT * FROM territory_chain('nowhere');
SELECT * FROM territory_chain(NULL);
-- A loop does no harm.
INSERT INTO reference_territory_parent (code, parent_code) VALUES ('T-EPCI', 'T-IRIS');
SELECT count(*), max(place) FROM territory_chain('T-IRIS');

CREATE FUNCTION add_stock(code text, stock carbon_stock, territory text DEFAULT NULL,
        dataset int DEFAULT NULL, year_from int DEFAULT NULL, year_to int DEFAULT NULL)
    RETURNS void LANGUAGE sql
AS $$
    INSERT INTO stock_reference (nomenclature, code, name, territory_code, stock, dataset_id, year_from, year_to, source)
    VALUES ('Test', code, code, territory, stock, dataset, year_from, year_to, 'test')
$$;

-- Longest code, case aside, before territory.
SELECT add_stock('A', '{"soil": 1, "soil_depth_cm": 30}', 'T-IRIS');
SELECT add_stock('A1', '{"soil": 2, "soil_depth_cm": 30}');
SELECT stock_density('test', 'a12', 2020, 'T-IRIS'), stock_density('TEST', 'A2', 2020, 'T-IRIS'),
       stock_density('TEST', 'B', 2020, 'T-IRIS') AS no_such_class,
       stock_density('TEST', 'A2', 2020) AS only_elsewhere;
-- Most specific territory; an unknown territory has only what holds everywhere.
SELECT add_stock('B', '{"above": 1}'), add_stock('B', '{"above": 2}', 'FR'),
       add_stock('B', '{"above": 3}', 'ZPC_4_1'), add_stock('B', '{"above": 4}', 'T-EPCI');
SELECT t, stock_density('test', 'b', 2020, t)
FROM unnest('{T-IRIS,T-EPCI,ZPC_4_1,FR-17,nowhere,NULL}'::text[]) AS t;
-- Pools come from different rows, each from its best; a year has its row.
SELECT add_stock('C', '{"above": 1, "soil": 10, "soil_depth_cm": 30}'),
       add_stock('C', '{"above": 5}', 'T-COM', NULL, 2000, 2010),
       add_stock('C', '{"above": 6}', 'T-COM', NULL, 2011);
SELECT y, stock_density('test', 'c', y, 'T-IRIS') FROM unnest('{1999,2000,2010,2011,2050,NULL}'::int[]) AS y;
SELECT s.pool, r.code, r.territory_code, r.year_from
FROM stock_references('test', 'c', 2020, 'T-IRIS') AS s
JOIN stock_reference r ON r.id = s.reference_id
ORDER BY s.pool;
-- A set that knows the soil elsewhere leaves the class uncovered here, and only
-- that set does: rows of no dataset are taken as they are.
SELECT add_stock('D', '{"above": 1}', NULL, 1), add_stock('D', '{"soil": 5, "soil_depth_cm": 30}', 'ZPC_1_1', 1);
SELECT stock_density('test', 'd', 2020, 'T-IRIS'), stock_density('test', 'd', 2020, 'ZPC_1_1');
SELECT * FROM stock_references('test', 'd', 2020, 'T-IRIS') AS s WHERE reference_id IS NULL;
SELECT add_stock('D', '{"soil": 6, "soil_depth_cm": 30}', 'T-COM');
SELECT stock_density('test', 'd', 2020, 'T-IRIS');
SELECT add_stock('E', '{"above": 1}'), add_stock('E', '{"below": 1}', 'ZPC_1_1');
SELECT stock_density('test', 'e', 2020, 'T-IRIS');
-- Zero is a stock, and an area of it is covered.
SELECT add_stock('F', '{"above": 0}');
SELECT land_stock('test', 'f', 12, 2020), land_stock('test', 'b', 2.5, 2020, 'FR'),
       land_stock('test', 'b', NULL, 2020, 'FR'), land_stock('test', 'no', 1, 2020);
-- A place that is not there, and what is less than nothing; what holds everywhere needs no place.
SELECT pg_temp.outcome($$SELECT land_stock('CLC', '231', 1, 2018, 'zpc_4_1')$$) AS place,
       pg_temp.outcome($$SELECT line_stock('ALDO', 'haies', 1, 2018, 'nowhere')$$) AS line,
       pg_temp.outcome($$SELECT land_stock_estimate('CLC', '231', 1, 2018, 'nowhere', 30)$$) AS estimate,
       pg_temp.outcome($$SELECT land_stock('CLC', '231', -5, 2018, 'ZPC_4_1')$$) AS negative;
SELECT land_stock('test', 'f', 1, 2020, 'nowhere') AS everywhere, land_stock('CLC', 'marais', 1, 2018, 'ZPC_4_1') AS no_such_class,
       (SELECT reason FROM stock_references('CLC', 'marais', 2018, 'ZPC_4_1')) AS why;
-- Per km is another table than per ha.
SELECT line_stock('test', 'b', 3, 2020), line_stock('aldo', 'HAIES', 2, 2020, 'FR-16'),
       land_stock('aldo', 'haies', 2, 2020, 'FR-16');
-- A row of one's own is preferred to a shipped one of the same reach, not to a nearer one.
INSERT INTO stock_reference (nomenclature, code, name, territory_code, stock, source) VALUES
    ('CLC', '41', 'Marsh, own', 'FR', '{"soil": 200, "soil_depth_cm": 30}', 'test'),
    ('CLC', '21', 'Fields, own', 'FR', '{"soil": 40, "soil_depth_cm": 30}', 'test');
SELECT code, stock_density('CLC', code, 2020, 'T-COM') FROM unnest('{411,211}'::text[]) AS code;
ROLLBACK;

-- Two clocks: what was known when a figure was published.
BEGIN;
INSERT INTO stock_reference (nomenclature, code, name, stock, source, recorded_at, superseded_at) VALUES
    ('Test', 'A', 'first', '{"above": 1}', 'test', '2020-01-01', '2021-01-01'),
    ('Test', 'A', 'second', '{"above": 2}', 'test', '2021-01-01', NULL);
SELECT stock_density('test', 'a', 2020);
SELECT as_known('2020-06-01') = '2020-06-01' AS as_known, stock_density('test', 'a', 2020);
SELECT as_known('2019-06-01') = '2019-06-01' AS as_known, stock_density('test', 'a', 2020);
SELECT as_known(NULL), stock_density('test', 'a', 2020);
SELECT as_known('infinity'), stock_density('test', 'a', 2020);
SELECT as_known('-infinity'), stock_density('test', 'a', 2020);
-- The very moment of the change is the new figure's.
SELECT as_known('2021-01-01') = '2021-01-01' AS as_known, stock_density('test', 'a', 2020);
SAVEPOINT before;
SELECT as_known('2020-06-01') = '2020-06-01' AS as_known;
ROLLBACK TO before;
SELECT stock_density('test', 'a', 2020) AS rolled_back;
SELECT as_known('2020-06-01') = '2020-06-01' AS as_known;
COMMIT;
SELECT stock_density('test', 'a', 2020) AS present_again;
DELETE FROM stock_reference WHERE nomenclature = 'Test';

-- What is guarded.
UPDATE stock_reference SET u95_percent = 10 WHERE id = 2400;
DELETE FROM stock_reference WHERE id = 2400;
TRUNCATE stock_reference;
INSERT INTO stock_reference (id, nomenclature, code, name, stock, source, shipped)
    VALUES (99999, 'CLC', '6', 'x', '{"above": 1}', 'test', true);
INSERT INTO stock_reference (id, nomenclature, code, name, stock, source)
    VALUES (99999, 'CLC', '6', 'x', '{"above": 1}', 'test');
UPDATE reference_territory SET name = 'x' WHERE code = 'FR';
DELETE FROM reference_territory_parent WHERE code = 'FR-17';
TRUNCATE reference_territory_parent;
BEGIN;
INSERT INTO stock_reference (id, nomenclature, code, name, stock, source)
    VALUES (2000000000, 'Test', 'A', 'x', '{"above": 1}', 'test');
SAVEPOINT before;
UPDATE stock_reference SET stock = '{"above": 2}' WHERE id = 2000000000;
ROLLBACK TO before;
INSERT INTO stock_reference (nomenclature, code, name, stock, source)
    VALUES ('TEST', 'a', 'same again', '{"above": 3}', 'test');
ROLLBACK TO before;
UPDATE stock_reference SET superseded_at = now() WHERE id = 2000000000;
INSERT INTO stock_reference (nomenclature, code, name, stock, source)
    VALUES ('TEST', 'a', 'next', '{"above": 3}', 'test');
SELECT stock_density('test', 'A', 2020);
ROLLBACK;
SET terrcarbon.as_known = 'when it was better';
INSERT INTO stock_reference (nomenclature, code, name, stock, source)
    VALUES ('Test', 'A', 'no pool', '{}', 'test');
INSERT INTO stock_reference (nomenclature, code, name, stock, u95_percent, source)
    VALUES ('Test', 'A', 'x', '{"above": 1}', 'NaN', 'test');
INSERT INTO stock_reference (nomenclature, code, name, territory_code, stock, source)
    VALUES ('Test', 'A', 'x', 'nowhere', '{"above": 1}', 'test');

-- Every shipped row says where it is from.
SELECT count(*) FROM stock_reference WHERE shipped AND source !~ 'ALDO';
-- A reader needs no more than what everyone has.
CREATE ROLE factor_reader;
SET ROLE factor_reader;
SET search_path = terrcarbon, public;
SELECT stock_density('CLC', '411', 2018, 'FR');
SELECT has_table_privilege('stock_reference', 'INSERT') AS may_insert;
RESET ROLE;
DROP ROLE factor_reader;
