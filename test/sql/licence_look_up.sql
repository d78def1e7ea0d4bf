-- Rights in a large catalogue: looked up one by one until many were asked for.
SET search_path = public, terrcarbon;
SET client_min_messages = error;
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE ROLE look_city;
CREATE ROLE look_farm;
CREATE ROLE look_clerk IN ROLE look_city;
CREATE ROLE look_lab;
CREATE ROLE look_student IN ROLE look_lab;
CREATE ROLE look_shy NOINHERIT IN ROLE look_lab;
CREATE ROLE look_stranger;
CREATE ROLE look_gone;
-- Every kind of access, every producer, every kind of grant.
INSERT INTO dataset (slug, title, producer, producer_name, licence, access)
SELECT 'look-' || i, 'Look up', (ARRAY['look_city', 'look_farm', 'look_gone'])[1 + i % 3]::regrole, 'x', 'CC0-1.0',
       (ARRAY['open', 'shared', 'aggregate', 'private'])[1 + i / 3 % 4]
FROM generate_series(0, 4999) i;
CREATE TABLE look_id AS
    SELECT id, row_number() OVER (ORDER BY id)::int - 1 AS i FROM dataset WHERE slug LIKE 'look-%';
INSERT INTO access_grant (dataset_id, grantee, grantee_name, purpose, granted_by, until)
SELECT id, (ARRAY['look_lab', 'look_student', 'look_farm', 'look_gone'])[1 + i / 12 % 4]::regrole, 'x', 'x', 'x',
       (ARRAY[NULL, 'infinity', '2999-01-01', '2001-01-01'])[1 + i / 48 % 4]::timestamptz
FROM look_id WHERE i / 7 % 2 = 0;
-- A second grant, which ends before or after the first.
INSERT INTO access_grant (dataset_id, grantee, grantee_name, purpose, granted_by, until)
SELECT id, 'look_lab'::regrole, 'x', 'x', 'x', (ARRAY['2002-01-01', '2998-01-01'])[1 + i % 2]::timestamptz
FROM look_id WHERE i % 5 = 0
ON CONFLICT DO NOTHING;
DROP ROLE look_gone;
CREATE TABLE look_row (dataset_id int NOT NULL, value int NOT NULL PRIMARY KEY);
INSERT INTO look_row SELECT id, i FROM look_id;
-- Rows of a dataset that there is not, and never will be.
INSERT INTO look_row SELECT 2147483647, 10000 + i FROM generate_series(1, 3) i;
CREATE INDEX ON look_row (dataset_id);
SELECT protect('look_row');
VACUUM ANALYZE look_row;
GRANT SELECT ON look_row, look_id TO PUBLIC;
GRANT INSERT ON look_row TO look_clerk, look_student;

-- What single look-ups say, and what the whole list says, and what a plain join of
-- the catalogue says.
CREATE FUNCTION look_expected(reader name) RETURNS int[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(l.i ORDER BY l.i), '{}') FROM look_id l JOIN dataset d USING (id)
    WHERE d.access = 'open' OR (d.producer::oid <> 0 AND pg_has_role(reader, d.producer::oid, 'USAGE'))
       OR d.access IN ('shared', 'aggregate') AND EXISTS (
            SELECT FROM access_grant g WHERE g.dataset_id = d.id AND g.grantee::oid <> 0
                AND pg_has_role(reader, g.grantee::oid, 'USAGE') AND coalesce(g.until > clock_timestamp(), true))
$$;
CREATE FUNCTION look_one_by_one(step int) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    found int[] := '{}';
    l record;
BEGIN
    FOR l IN SELECT id, i FROM public.look_id WHERE look_id.i % step = 0 ORDER BY look_id.i LOOP
        IF terrcarbon.can_read(l.id) THEN
            found := found || l.i;
        END IF;
    END LOOP;
    RETURN found;
END $$;
CREATE TABLE look_result (reader name, how text, found int[]);
GRANT INSERT ON look_result TO PUBLIC;

\set ask 'INSERT INTO look_result SELECT current_user, ''few'', look_one_by_one(61); INSERT INTO look_result SELECT current_user, ''by key'', array_agg(value ORDER BY value) FROM look_row WHERE value % 61 = 0 AND value IN (SELECT i * 61 FROM generate_series(0, 81) i); INSERT INTO look_result SELECT current_user, ''all'', look_one_by_one(1); INSERT INTO look_result SELECT current_user, ''rows'', array_agg(value ORDER BY value) FROM look_row; INSERT INTO look_result SELECT current_user, ''list'', array_agg(i ORDER BY i) FROM look_id WHERE id = ANY (readable_datasets())'
SET ROLE look_clerk \; :ask;
SET ROLE look_farm \; :ask;
SET ROLE look_lab \; :ask;
SET ROLE look_student \; :ask;
SET ROLE look_shy \; :ask;
SET ROLE look_stranger \; :ask;
RESET ROLE;
SELECT r.reader, r.how, cardinality(r.found) AS datasets,
       r.found = CASE WHEN r.how IN ('few', 'by key')
                      THEN (SELECT array_agg(e ORDER BY e) FROM unnest(look_expected(r.reader)) e WHERE e % 61 = 0)
                      ELSE look_expected(r.reader) END AS as_expected
FROM look_result r ORDER BY r.reader, r.how;

-- The rights of a session that changed them, before it is sure that they stay.
SELECT id AS shared, i FROM look_id WHERE i / 3 % 4 = 1 AND i % 3 = 1 AND i / 7 % 2 = 1 AND i % 5 <> 0 ORDER BY i LIMIT 1 \gset
SET ROLE look_stranger;
SELECT count(*) FROM look_row WHERE value = :i;
BEGIN;
SET LOCAL ROLE look_farm;
SELECT grant_access(:shared, 'look_stranger', 'x');
SET LOCAL ROLE look_stranger;
SELECT count(*) FROM look_row WHERE value = :i;
ROLLBACK;
SELECT count(*) FROM look_row WHERE value = :i;
SET ROLE look_farm;
SELECT grant_access(:shared, 'look_stranger', 'x');
SET ROLE look_stranger;
SELECT count(*) FROM look_row WHERE value = :i;
SET ROLE look_farm;
SELECT revoke_access(:shared, 'look_stranger');
SET ROLE look_stranger;
SELECT count(*) FROM look_row WHERE value = :i;

-- A grant that ends while a statement runs: it keeps what it began with.
SET ROLE look_farm;
SELECT grant_access(:shared, 'look_stranger', 'x', clock_timestamp() + '1.2 s');
SET ROLE look_stranger;
SELECT (SELECT count(*) FROM look_row WHERE value = :i) AS before, pg_sleep(1.3)::text AS slept,
       (SELECT count(*) FROM look_row WHERE value BETWEEN :i AND :i) AS after;
SELECT count(*) FROM look_row WHERE value = :i;

-- Depositing, and rows of no dataset.
SET ROLE look_clerk;
INSERT INTO look_row SELECT id, 20000 FROM look_id WHERE i = 0;
INSERT INTO look_row SELECT id, 20001 FROM look_id WHERE i = 1;
SELECT count(*) FROM look_row WHERE dataset_id = 2147483647;
SET ROLE look_student;
INSERT INTO look_row SELECT id, 20002 FROM look_id WHERE i = 0;

-- The plans of one who reads not all are refused, also when that is not known yet.
SET ROLE look_shy;
EXPLAIN SELECT * FROM look_row WHERE value = 0;
RESET ROLE;

DROP TABLE look_row, look_result;
DELETE FROM access_grant WHERE dataset_id IN (SELECT id FROM look_id);
DELETE FROM dataset WHERE slug LIKE 'look-%';
DROP FUNCTION look_expected(name), look_one_by_one(int);
DROP TABLE look_id;
DROP ROLE look_city, look_farm, look_clerk, look_lab, look_student, look_shy, look_stranger;
