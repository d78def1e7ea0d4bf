-- Which cells of a cube may be published, checked by exact elimination over the
-- integers, independent of how they were chosen.
SET search_path = terrcarbon, public;
\set VERBOSITY terse

SELECT sector, min_units, max_share FROM secrecy_rule_in_force ORDER BY sector;

CREATE TABLE sec_node (code text, parent_code text);
CREATE TABLE sec_part (territory text, sector text, dataset int, unit text, amount float8);
CREATE TABLE sec_figure (territory text, sector text);
CREATE TABLE sec_cell (territory text, sector text, published boolean);

-- --- by hand ----------------------------------------------------------------------
INSERT INTO sec_node VALUES ('R', NULL), ('A', 'R'), ('B', 'R'), ('C', 'R');
INSERT INTO sec_part
SELECT t, s, 1, concat(t, s, i), 10
FROM unnest('{A,B,C}'::text[]) AS t, unnest('{industry,waste}'::text[]) AS s, generate_series(1, 5) AS i;
CREATE VIEW sec_published AS
SELECT c.sector, string_agg(territory, ' ' ORDER BY territory) FILTER (WHERE published) AS published
FROM publishable_cells('SELECT * FROM sec_node', 'SELECT * FROM sec_part') AS c
WHERE c.sector IN ('industry', 'waste', 'all')
GROUP BY c.sector ORDER BY c.sector;

-- Nothing to hide.
SELECT * FROM sec_published;
-- A single firm in A: A cannot be told from R minus B and C, nor from all minus
-- waste, so a rectangle goes.
DELETE FROM sec_part WHERE territory = 'A' AND sector = 'industry' AND unit <> 'Aindustry1';
SELECT * FROM sec_published;
-- Two more firms, but one has 90 % of the sum.
INSERT INTO sec_part VALUES ('A', 'industry', 1, 'x', 10), ('A', 'industry', 1, 'y', 180);
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
INSERT INTO sec_part SELECT 'A', 'industry', 2, concat('more', i), 10 FROM generate_series(1, 10) AS i;
SELECT * FROM sec_published;
-- Two single firms would hide each other from everybody but each other, so a
-- third cell goes too, and then all three add up to enough.
TRUNCATE sec_part;
INSERT INTO sec_part
SELECT t, 'industry', 1, concat(t, i), 10
FROM unnest('{A,B,C}'::text[]) AS t, generate_series(1, 5) AS i
WHERE t = 'C' OR i = 1;
INSERT INTO sec_node VALUES ('D', 'R');
INSERT INTO sec_part SELECT 'D', 'industry', 1, concat('D', i), 100 FROM generate_series(1, 5) AS i;
SELECT * FROM sec_published;
-- What a parent says itself is the difference to its parts.
TRUNCATE sec_part;
INSERT INTO sec_part
SELECT t, 'waste', 1, concat(t, i), 10
FROM unnest('{R,A,B,C,D}'::text[]) AS t, generate_series(1, 5) AS i
WHERE t <> 'R' OR i = 1;
SELECT * FROM sec_published;
-- Two years.  In the first, C is withheld to hide the one firm of A.
TRUNCATE sec_node, sec_part;
INSERT INTO sec_node VALUES ('R', NULL), ('A', 'R'), ('B', 'R'), ('C', 'R');
INSERT INTO sec_part
SELECT t, 'waste', 1, concat(t, i), CASE t WHEN 'B' THEN 20 ELSE 10 END
FROM unnest('{A,B,C}'::text[]) AS t, generate_series(1, 5) AS i WHERE t <> 'A' OR i = 1;
SELECT published FROM sec_published WHERE sector = 'waste';
CREATE TABLE sec_former_cell AS
SELECT 2020 AS cube, c.territory, n.parent_code, c.sector, c.published
FROM publishable_cells('SELECT * FROM sec_node', 'SELECT * FROM sec_part') AS c
JOIN sec_node n ON n.code = c.territory;
CREATE TABLE sec_former_part AS SELECT 2020 AS cube, * FROM sec_part;
-- In the second, C has grown and B is as it was.  By itself, B would be withheld
-- to hide A: but everybody knows it from the first.
UPDATE sec_part SET amount = 40 + substr(unit, 2)::int WHERE territory = 'C';
SELECT published FROM sec_published WHERE sector = 'waste';
CREATE VIEW sec_second AS
SELECT string_agg(territory, ' ' ORDER BY territory) AS published
FROM publishable_cells('SELECT * FROM sec_node', 'SELECT * FROM sec_part', NULL,
    'SELECT * FROM sec_former_cell', 'SELECT * FROM sec_former_part') AS c
WHERE sector = 'waste' AND published;
TABLE sec_second;
-- It is as if known when all firms of B changed by the same factor; not when each
-- changed by itself.
UPDATE sec_part SET amount = amount * 366 / 365 WHERE territory = 'B';
TABLE sec_second;
UPDATE sec_part SET amount = amount + substr(unit, 2)::int WHERE territory = 'B';
TABLE sec_second;
DROP VIEW sec_second;
DROP TABLE sec_former_cell, sec_former_part;
INSERT INTO sec_node VALUES ('D', 'R');

-- Households: 11.
TRUNCATE sec_part;
INSERT INTO sec_part
SELECT t, 'residential', 1, concat(t, i), 1 FROM unnest('{A,B,C,D}'::text[]) AS t, generate_series(1, 12) AS i
WHERE i <= CASE t WHEN 'A' THEN 10 WHEN 'B' THEN 11 ELSE 12 END;
SELECT string_agg(territory, ' ' ORDER BY territory)
FROM publishable_cells('SELECT * FROM sec_node', 'SELECT * FROM sec_part') AS c
WHERE c.sector = 'residential' AND published;

-- --- errors -----------------------------------------------------------------------
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM publishable_cells('SELECT * FROM sec_node', $$SELECT 'Z', 'waste', 1, 'u', 1.0::float8$$);
SELECT * FROM publishable_cells('SELECT * FROM sec_node', $$SELECT 'A', 'wast', 1, 'u', 1.0::float8$$);
\set VERBOSITY terse
SELECT * FROM publishable_cells('SELECT * FROM sec_node', $$SELECT 'A', 'waste', 1, 'u', 'NaN'::float8$$);
SELECT * FROM publishable_cells('SELECT * FROM sec_node', $$SELECT 'A', 'waste', 1, 'u', NULL::float8$$);
SELECT * FROM publishable_cells($$VALUES ('A', 'B'), ('B', 'A')$$, 'SELECT * FROM sec_part WHERE false');
SELECT secrecy_choose('{0}', '{3}', '{0.85}', '{t}', '{2147483647}', '{1}', '{1}', '{1}', '{1}', '{t,t}', '{0}', '{f,f}');
SELECT secrecy_choose('{0}', '{3}', '{0.85}', '{t}', '{1}', '{1}', '{2147483647}', '{2000000000}', '{1}', '{t,t}', '{0}', '{f,f}');
SELECT secrecy_choose('{0}', '{3}', '{0}', '{t}', '{1}', '{1}', '{1}', '{1}', '{1}', '{t,t}', '{0}', '{f,f}');
SELECT secrecy_choose('{0}', '{3}', '{0.85}', '{t}', '{1}', '{1}', '{1}', '{1}', '{}', '{t,t}', '{0}', '{f,f}');
SELECT secrecy_choose('{0}', '{3}', '{0.85}', '{t}', '{1}', '{1}', '{1}', '{1}', '{1}', '{t}', '{0}', '{f,f}');
SELECT secrecy_choose('{}', '{3}', '{0.85}', '{t}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}');
INSERT INTO secrecy_rule VALUES ('waste', 2, 0.85, 'mine');
INSERT INTO secrecy_rule VALUES ('wast', 3, 0.85, 'mine');
DELETE FROM secrecy_rule WHERE sector = 'waste';

-- A rule of one's own takes the place of the shipped one.
TRUNCATE sec_part;
INSERT INTO sec_part SELECT 'R', 'waste', 1, i::text, 1 FROM generate_series(1, 5) AS i;
BEGIN;
INSERT INTO secrecy_rule VALUES ('waste', 6, 0.5, 'mine');
SELECT * FROM sec_published;
ROLLBACK;

-- --- at random ---------------------------------------------------------------------
-- Rows of an echelon form over the integers, and what is left of a vector.
CREATE TABLE sec_row (n int GENERATED ALWAYS AS IDENTITY, pivot int, v numeric[]);
CREATE FUNCTION sec_rest(v numeric[]) RETURNS numeric[] LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM sec_row ORDER BY n LOOP
        IF v[r.pivot] <> 0 THEN
            v := ARRAY(SELECT a * r.v[r.pivot] - b * v[r.pivot]
                       FROM unnest(v, r.v) WITH ORDINALITY AS u (a, b, i) ORDER BY i);
        END IF;
    END LOOP;
    RETURN v;
END $$;
CREATE FUNCTION sec_add(v numeric[]) RETURNS void LANGUAGE sql AS $$
    WITH rest AS MATERIALIZED (SELECT sec_rest(v) AS r)
    INSERT INTO sec_row (pivot, v)
    SELECT min(i), rest.r FROM rest, unnest(rest.r) WITH ORDINALITY AS u (a, i)
    WHERE a <> 0 GROUP BY rest.r
$$;
-- Atoms: what one dataset says of a sector in a territory itself.
CREATE VIEW sec_atom AS
SELECT territory, sector, dataset, (row_number() OVER (ORDER BY territory, sector, dataset))::int AS n,
       count(DISTINCT unit) FILTER (WHERE amount <> 0) AS units, min(unit) FILTER (WHERE amount <> 0) AS unit
FROM sec_part GROUP BY territory, sector, dataset;
-- Each cell as a vector over them.
CREATE VIEW sec_vector AS
WITH RECURSIVE down (code, at_code) AS (
    SELECT code, code FROM sec_node
  UNION ALL
    SELECT down.code, n.code FROM down JOIN sec_node n ON n.parent_code = down.at_code
)
SELECT c.territory, c.sector, c.published,
       (SELECT array_agg((d.code IS NOT NULL AND (a.sector = c.sector OR c.sector = 'all' AND a.sector <> 'land'))::int::numeric
                         ORDER BY a.n)
        FROM sec_atom a LEFT JOIN down d ON d.code = c.territory AND d.at_code = a.territory) AS v
FROM sec_cell c;
-- The rule, in SQL: for everybody and, unless asked otherwise, for each producer.
CREATE FUNCTION sec_passes(v numeric[], producers boolean DEFAULT true) RETURNS boolean LANGUAGE sql AS $$
    SELECT coalesce(bool_and(enough AND largest <= share * total), true)
    FROM (
        SELECT count(*) FILTER (WHERE amount <> 0) >= max(k) AS enough, max(share) AS share,
               max(amount) AS largest, sum(amount) AS total
        FROM (
            SELECT other.dataset, p.unit, sum(p.amount) AS amount, max(max(r.min_units)) OVER w AS k,
                   min(min(r.max_share)) OVER w AS share
            FROM (SELECT NULL::int AS dataset UNION ALL SELECT DISTINCT dataset FROM sec_part WHERE producers) AS other
            JOIN sec_part p ON p.dataset IS DISTINCT FROM other.dataset
            JOIN sec_atom a ON a.territory = p.territory AND a.sector = p.sector AND a.dataset = p.dataset
            JOIN secrecy_rule_in_force r ON r.sector = p.sector
            WHERE v[a.n] <> 0
            GROUP BY other.dataset, p.unit
            WINDOW w AS (PARTITION BY other.dataset)
        ) AS unit
        GROUP BY dataset
    ) AS checked
$$;
CREATE FUNCTION sec_trial(trial int, OUT cells int, OUT failing int, OUT published int, OUT withheld int,
    OUT wrong int, OUT computed int, OUT by_producer int, OUT by_unit int, OUT by_zero int,
    OUT by_primary_alone int)
LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    TRUNCATE sec_node, sec_part, sec_figure, sec_cell, sec_row;
    -- A tree of 9 territories; some say something of their own besides.
    INSERT INTO sec_node SELECT 'T' || i, 'T' || (ARRAY[NULL, 1, 1, 2, 2, 2, 3, 3, 3])[i] FROM generate_series(1, 9) AS i;
    INSERT INTO sec_part
    SELECT code, s, 1 + (random() < CASE trial % 3 WHEN 0 THEN 0.5 WHEN 1 THEN 0.1 ELSE 0 END)::int,
           CASE WHEN random() < 0.1 THEN 'shared' || floor(random() * 3) ELSE concat_ws('-', code, s, i) END,
           CASE WHEN random() < 0.1 OR k.empty THEN 0 ELSE round((10 ^ (random() * 2))::numeric, 1) END
    FROM sec_node
    CROSS JOIN unnest('{industry,waste,agriculture,land}'::text[]) AS s
    CROSS JOIN LATERAL (SELECT CASE WHEN code IN ('T1', 'T2', 'T3') AND random() < 0.7 THEN 0
                               WHEN random() < 0.35 THEN floor(random() * 4) ELSE 3 + floor(random() * 6) END::int AS n,
                               s AS again, random() < 0.15 AND trial % 2 = 0 AS empty) AS k
    CROSS JOIN LATERAL generate_series(1, k.n) AS i;
    INSERT INTO sec_figure
    SELECT code, s FROM sec_node, unnest('{industry,waste,agriculture,land,all}'::text[]) AS s WHERE random() < 0.95;
    INSERT INTO sec_cell
    SELECT * FROM publishable_cells('SELECT * FROM sec_node', 'SELECT * FROM sec_part', 'SELECT * FROM sec_figure') AS c
    WHERE c.sector IN ('industry', 'waste', 'agriculture', 'land', 'all');
    CREATE TEMP TABLE done ON COMMIT DROP AS
        SELECT x.*, x.v @> '{1}' AS any_part, sec_passes(x.v) AS passes FROM sec_vector x;

    SELECT count(*), count(*) FILTER (WHERE NOT d.passes), count(*) FILTER (WHERE d.published),
           count(*) FILTER (WHERE d.passes AND NOT d.published AND f.sector IS NOT NULL),
           count(*) FILTER (WHERE d.published AND (NOT d.passes OR f.sector IS NULL))
    INTO cells, failing, published, withheld, wrong
    FROM done d LEFT JOIN sec_figure f USING (territory, sector);

    -- Everybody: no cell that is withheld follows from those published.
    PERFORM sec_add(d.v) FROM done d WHERE d.published AND any_part;
    SELECT count(*) INTO computed FROM done d
    WHERE NOT d.published AND any_part AND (NOT d.passes OR (d.territory, d.sector) IN (SELECT * FROM sec_figure))
        AND 0 = ALL (sec_rest(d.v));

    -- Who knows some atoms besides: one dataset, those a unit makes up alone, zeros.
    by_producer := 0;
    by_unit := 0;
    by_zero := 0;
    FOR r IN SELECT 'producer' AS who, array_agg(n) AS known FROM sec_atom GROUP BY dataset
                 HAVING (SELECT count(DISTINCT dataset) FROM sec_atom) > 1
             UNION ALL SELECT 'unit', array_agg(n) FROM sec_atom WHERE units = 1 GROUP BY unit
             UNION ALL SELECT 'zero', array_agg(n) FROM sec_atom WHERE units = 0 HAVING count(*) > 0
    LOOP
        DECLARE
            found int;
        BEGIN
            PERFORM sec_add(ARRAY(SELECT (a.n = k)::int::numeric FROM sec_atom a ORDER BY a.n)) FROM unnest(r.known) AS k;
            SELECT count(*) INTO found FROM done d
            WHERE NOT d.passes AND 0 = ALL (sec_rest(d.v))
                AND NOT sec_passes(ARRAY(SELECT CASE WHEN a.units > 0 AND a.n <> ALL (r.known) THEN d.v[a.n] ELSE 0 END
                                         FROM sec_atom a ORDER BY a.n), false);
            -- Undo by doing it again without.
            TRUNCATE sec_row;
            PERFORM sec_add(d.v) FROM done d WHERE d.published AND any_part;
            by_producer := by_producer + CASE WHEN r.who = 'producer' THEN found ELSE 0 END;
            by_unit := by_unit + CASE WHEN r.who = 'unit' THEN found ELSE 0 END;
            by_zero := by_zero + CASE WHEN r.who = 'zero' THEN found ELSE 0 END;
        END;
    END LOOP;

    -- The check itself finds what leaks when only the failing cells are withheld.
    TRUNCATE sec_row;
    PERFORM sec_add(d.v) FROM done d JOIN sec_figure USING (territory, sector) WHERE d.passes AND any_part;
    SELECT count(*) INTO by_primary_alone FROM done d WHERE NOT d.passes AND any_part AND 0 = ALL (sec_rest(d.v));
    DROP TABLE done;
END $$;

SELECT setseed(0.5);
CREATE TABLE sec_result AS SELECT t.* FROM generate_series(1, 18) AS trial, sec_trial(trial) AS t;
SELECT sum(wrong) AS wrong, sum(computed) AS computed, sum(by_producer) AS by_producer,
       sum(by_unit) AS by_unit, sum(by_zero) AS by_zero,
       sum(by_primary_alone) > 20 AS leaks_without_secondary,
       sum(failing) > 60 AS many_fail, sum(published) > sum(withheld) AS most_is_published
FROM sec_result;

DROP VIEW sec_vector, sec_atom, sec_published;
DROP TABLE sec_node, sec_part, sec_figure, sec_cell, sec_row, sec_result;
DROP FUNCTION sec_rest, sec_add, sec_passes, sec_trial;
