-- Who reads, who decides: the producer functions, policies and every way in
-- which rights change between two statements.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE lic_city;
CREATE ROLE lic_clerk IN ROLE lic_city;
CREATE ROLE lic_temp NOINHERIT IN ROLE lic_city;
CREATE ROLE lic_lab;
CREATE ROLE lic_student IN ROLE lic_lab;
CREATE ROLE lic_anybody;
CREATE ROLE lic_steward;
CREATE TABLE lic_row (dataset_id int NOT NULL, value int);
SELECT protect('lic_row');
GRANT SELECT, INSERT, UPDATE, DELETE ON lic_row TO PUBLIC;

-- The producer's members register, once they have the right; nobody else does in
-- its name.
SET ROLE lic_clerk;
SELECT register_dataset('lic-plan', 'Plan', 'lic_city', 'CC0-1.0');
SELECT grant_registering('lic_city', 10);
RESET ROLE;
SELECT grant_registering('lic_city', 0);
SELECT grant_registering(NULL);
CREATE ROLE "lic ""Odd" SUPERUSER;
SET ROLE "lic ""Odd";
SELECT grant_registering('lic_city', 3);
RESET ROLE;
SELECT actor, action, detail FROM event ORDER BY id DESC LIMIT 1;
DROP ROLE "lic ""Odd";
SELECT grant_registering('lic_city', 4);
SET ROLE lic_clerk;
SELECT register_dataset('lic-plan', 'Plan', 'lic_city', 'CC0-1.0') AS plan \gset
SELECT register_dataset('lic-meter', 'Meters', 'lic_city', 'lov2', 'shared',
    reason => 'personal data', updated => '2024-03-01', producer_name => 'The City') AS meter \gset
SELECT register_dataset('lic-tree', 'Trees', 'lic_city', 'odbl', 'open') AS tree \gset
SELECT register_dataset('lic-x', 'X', 'lic_lab', 'CC0-1.0');
SELECT register_dataset('Lic X', 'X', 'lic_city', 'CC0-1.0');
SELECT register_dataset('lic-x', 'X', 'lic_city', 'no such licence');
SELECT register_dataset('lic-x', 'X', 'lic_city', 'CC0-1.0', 'closed');
SELECT register_dataset('lic-x', 'X', NULL, 'CC0-1.0');
SELECT register_dataset('lic-tree', 'X', 'lic_city', 'CC0-1.0');
-- so many in all, and what failed does not count
SELECT register_dataset('lic-last', 'Last', 'lic_city', 'CC0-1.0', 'shared') AS last \gset
SELECT register_dataset('lic-x', 'X', 'lic_city', 'CC0-1.0');
SET ROLE lic_temp;
SELECT register_dataset('lic-x', 'X', 'lic_city', 'CC0-1.0');
RESET ROLE;
SELECT slug, producer, producer_name, licence, access, reason, updated
FROM dataset WHERE slug LIKE 'lic-%' ORDER BY 1;

-- The producer deposits; a reader does not, nor does it change what it reads.
SET ROLE lic_clerk;
INSERT INTO lic_row SELECT d, i FROM unnest(ARRAY[:plan, :meter, :tree]) d, generate_series(1, 10) i;
SET ROLE lic_anybody;
INSERT INTO lic_row VALUES (:tree, 1);
INSERT INTO lic_row VALUES (2147483647, 1);
INSERT INTO lic_row VALUES (-1, 1);
UPDATE lic_row SET value = 0;
DELETE FROM lic_row;
SELECT dataset_id = :tree AS tree, count(*), sum(value) FROM lic_row GROUP BY 1;
SELECT can_read(:tree), can_read(:plan), can_read(NULL), can_read(-1), can_read(0),
    can_read(2147483647), can_read(-2147483648), can_deposit(:tree), can_deposit(NULL);
SELECT readable_datasets() @> ARRAY[:tree], readable_datasets() && ARRAY[:plan, :meter], reads_all_datasets();
-- The catalogue itself is closed.
SELECT * FROM dataset;
SELECT * FROM access_grant;
SELECT * FROM event;
SELECT terrcarbon_internal.set_access('lic_city'::regrole, :plan, 'open', NULL);
SELECT terrcarbon_internal.note_event('lic_city'::regrole, 'x', 1, NULL);
SELECT set_licence(:plan, 'CC0-1.0');
SELECT set_access(:plan, 'open');
SELECT grant_access(:meter, 'lic_anybody', 'me');
SELECT revoke_access(:meter, 'lic_anybody');
SELECT describe_dataset(:plan, title => 'Mine');
SELECT set_producer(:plan, 'lic_anybody');
SELECT explain_access(:meter, 'lic_student');

-- Who acts is the caller: not the session user, and the owner of a definer
-- function only inside it.
RESET ROLE;
CREATE FUNCTION lic_helpful() RETURNS text LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT terrcarbon.explain_access(d.id) FROM terrcarbon.dataset d WHERE d.slug = 'lic-plan' $$;
GRANT SELECT ON dataset TO lic_city;
ALTER FUNCTION lic_helpful() OWNER TO lic_city;
SET ROLE lic_anybody;
SELECT lic_helpful();
SELECT explain_access(:plan);
RESET ROLE;
DROP FUNCTION lic_helpful();
REVOKE SELECT ON dataset FROM lic_city;
SET SESSION AUTHORIZATION lic_clerk;
SELECT explain_access(:plan);
SET ROLE lic_city;
SELECT explain_access(:plan);
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION lic_temp;
SELECT explain_access(:plan);
SET ROLE lic_city;
SELECT explain_access(:plan);
RESET SESSION AUTHORIZATION;

-- Grants reach members, end when revoked, and end with their transaction.
SET ROLE lic_clerk;
SELECT grant_access(:meter, 'lic_lab', 'a study', '2999-01-01');
SELECT grant_access(:meter, 'lic_lab', 'a study', '2000-01-01');
SELECT grant_access(:plan, 'lic_lab', 'a study');
SELECT grant_access(:meter, NULL, 'a study');
SELECT grant_access(:meter, 'lic_lab', NULL);
SET ROLE lic_student;
SELECT count(*) FROM lic_row WHERE dataset_id = :meter;
SELECT explain_access(:meter);
SELECT slug, grantee, purpose, until AT TIME ZONE 'UTC' AS until, granted_by FROM my_grants;
RESET ROLE;
BEGIN;
SELECT revoke_access(:meter, 'lic_lab');
SET LOCAL ROLE lic_student;
SELECT count(*) FROM lic_row WHERE dataset_id = :meter;
ROLLBACK;
SET ROLE lic_student;
SELECT count(*) FROM lic_row WHERE dataset_id = :meter;
RESET ROLE;
BEGIN;
SAVEPOINT s;
SELECT set_access(:plan, 'shared');
SELECT grant_access(:plan, 'lic_anybody', 'for a moment');
SET LOCAL ROLE lic_anybody;
SELECT count(*) FROM lic_row WHERE dataset_id = :plan;
ROLLBACK TO s;
SET LOCAL ROLE lic_anybody;
SELECT count(*) FROM lic_row WHERE dataset_id = :plan;
COMMIT;
SET ROLE lic_anybody;
SELECT count(*) FROM lic_row WHERE dataset_id = :plan;
-- what others do next does not bring back what was rolled back
RESET ROLE;
SELECT describe_dataset(:tree, coverage => 'La Rochelle');
SET ROLE lic_anybody;
SELECT count(*) FROM lic_row WHERE dataset_id = :plan;
RESET ROLE;
SELECT describe_dataset(:tree, coverage => 'Aytré');
SET ROLE lic_anybody;
SELECT count(*) FROM lic_row WHERE dataset_id = :plan;
-- many changes are brought together
RESET ROLE;
DO $$
BEGIN
    FOR i IN 1 .. 300 LOOP
        UPDATE terrcarbon.dataset SET title = title WHERE slug = 'lic-tree';
        IF i % 3 = 0 THEN COMMIT; END IF;
    END LOOP;
END $$;
SELECT count(*) <= 65 AS few, sum(weight) > 300 AS all_counted FROM terrcarbon_internal.access_change;
-- inside one PL/pgSQL block, where expressions outlive statements
RESET ROLE;
CREATE FUNCTION lic_toggle(d int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    seen text := '';
    yes boolean;
BEGIN
    FOR i IN 1 .. 3 LOOP
        yes := terrcarbon.can_read(d);
        seen := seen || CASE WHEN yes THEN 'y' ELSE 'n' END;
        SET LOCAL ROLE lic_city;
        PERFORM terrcarbon.set_access(d, CASE i WHEN 2 THEN 'open' ELSE 'private' END);
        SET LOCAL ROLE lic_anybody;
    END LOOP;
    yes := terrcarbon.can_read(d);
    seen := seen || CASE WHEN yes THEN 'y' ELSE 'n' END;
    BEGIN
        SET LOCAL ROLE lic_city;
        PERFORM terrcarbon.set_access(d, 'open');
        SET LOCAL ROLE lic_anybody;
        yes := terrcarbon.can_read(d);
        seen := seen || CASE WHEN yes THEN 'y' ELSE 'n' END;
        RAISE EXCEPTION 'back';
    EXCEPTION WHEN raise_exception THEN
        SET LOCAL ROLE lic_anybody;
    END;
    yes := terrcarbon.can_read(d);
    seen := seen || CASE WHEN yes THEN 'y' ELSE 'n' END;
    RETURN seen;
END $$;
BEGIN;
SET LOCAL ROLE lic_anybody;
SELECT lic_toggle(:tree);
ROLLBACK;
DROP FUNCTION lic_toggle(int);
-- a statement that changes the rights while it runs keeps those it began with
CREATE FUNCTION lic_close(d int) RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT terrcarbon.set_access(d, 'private') $$;
ALTER FUNCTION lic_close(int) OWNER TO lic_city;
BEGIN;
SET LOCAL ROLE lic_anybody;
SELECT (SELECT count(*) FROM lic_row WHERE dataset_id = :tree) AS before,
       lic_close(:tree),
       (SELECT count(*) FROM lic_row WHERE dataset_id = :tree AND value > 0) AS after;
SELECT count(*) FROM lic_row WHERE dataset_id = :tree;
ROLLBACK;
DROP FUNCTION lic_close(int);
-- a grant ends by the clock
SET ROLE lic_clerk;
SELECT grant_access(:meter, 'lic_anybody', 'briefly', clock_timestamp() + '1.5 s');
SET ROLE lic_anybody;
SELECT count(*) FROM lic_row WHERE dataset_id = :meter;
-- one message, so one start: the end counts all the same
DO $$
DECLARE
    seen bigint[];
BEGIN
    FOR i IN 1 .. 2 LOOP
        seen := seen || (SELECT count(*) FROM terrcarbon.lic_row);
        PERFORM pg_sleep(CASE i WHEN 1 THEN 1.6 ELSE 0 END);
        -- a transaction that ends makes the next snapshot a new one
        PERFORM pg_current_xact_id();
        COMMIT;
    END LOOP;
    RAISE WARNING 'seen %', seen;
END $$;
SELECT regexp_replace(explain_access(:meter), ' on .*', '');
-- the same in one message of several statements
SET ROLE lic_clerk;
SELECT grant_access(:meter, 'lic_anybody', 'briefly', clock_timestamp() + '1.5 s');
SET ROLE lic_anybody;
SELECT count(*) AS before FROM lic_row \; SELECT pg_sleep(1.6)::text AS slept \; SELECT count(*) AS after FROM lic_row;
-- nor does it need a transaction that ends; a statement keeps what it began with,
-- and so does what runs inside it with its snapshot
SET ROLE lic_clerk;
SELECT grant_access(:meter, 'lic_anybody', 'briefly', clock_timestamp() + '1.5 s');
RESET ROLE;
CREATE FUNCTION lic_inner() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
    BEGIN RETURN (SELECT count(*) FROM terrcarbon.lic_row WHERE value > 0); END $$;
SET ROLE lic_anybody;
DO $$
DECLARE
    seen bigint[];
    one record;
BEGIN
    SELECT (SELECT count(*) FROM terrcarbon.lic_row) AS before, pg_sleep(1.6)::text AS slept,
           (SELECT count(*) FROM terrcarbon.lic_row WHERE value > 0) AS after, terrcarbon.lic_inner() AS inside
    INTO one;
    seen := seen || (SELECT count(*) FROM terrcarbon.lic_row);
    seen := seen || terrcarbon.lic_inner();
    RAISE WARNING 'one statement %, %, %; then %', one.before, one.after, one.inside, seen;
END $$;
RESET ROLE;
DROP FUNCTION lic_inner();

-- Roles are joined, left, renamed and dropped.
GRANT lic_lab TO lic_anybody;
SET ROLE lic_anybody;
SELECT count(*) FROM lic_row WHERE dataset_id = :meter;
RESET ROLE;
REVOKE lic_lab FROM lic_anybody;
SET ROLE lic_anybody;
SELECT count(*) FROM lic_row WHERE dataset_id = :meter;
RESET ROLE;
ALTER ROLE lic_lab RENAME TO lic_institute;
SET ROLE lic_student;
SELECT count(*) FROM lic_row WHERE dataset_id = :meter;
SELECT grantee, grantee_name FROM my_grants;
RESET ROLE;
CREATE ROLE lic_gone;
SELECT grant_access(:meter, 'lic_gone', 'x');
SELECT register_dataset('lic-orphan', 'Orphan', 'lic_gone', 'unspecified', 'shared') AS orphan \gset
DROP ROLE lic_gone;
CREATE ROLE lic_gone;
SET ROLE lic_gone;
SELECT can_read(:orphan), can_read(:meter), can_deposit(:orphan);
SET ROLE lic_student;
SELECT can_read(:orphan), can_read(:meter), explain_access(:orphan);
RESET ROLE;
SELECT slug, producer, producer_name FROM dataset WHERE id = :orphan;
SELECT set_producer(:orphan, 'lic_city');
SET ROLE lic_clerk;
SELECT set_licence(:orphan, 'CC-BY-4.0');

-- Requests.
SET ROLE lic_anybody;
SELECT request_access(:plan, 'curiosity') AS request \gset
SELECT request_access(:plan, 'curiosity') IS NULL;
SELECT request_access(-1, 'curiosity');
SELECT decide_request(:request, 'granted');
SET ROLE lic_clerk;
SELECT slug, requester, purpose, status FROM my_requests;
SELECT decide_request(:request, 'granted');
SELECT set_access(:plan, 'aggregate', 'figures only');
SELECT decide_request(:request, 'perhaps');
SELECT decide_request(:request, 'granted');
SELECT decide_request(:request, 'refused');
SELECT decide_request(-1, 'refused');
SET ROLE lic_anybody;
SELECT slug, status, decided_by FROM my_requests;
SELECT count(*) FROM lic_row WHERE dataset_id = :plan;
SET ROLE lic_clerk;
SELECT set_access(:plan, 'private');
SELECT explain_access(:plan, 'lic_anybody');
SELECT describe_dataset(:plan, updated => '2025-01-01', coverage => 'La Rochelle');

-- A dataset is retired: nobody but its producer reads it, and nobody can do
-- anything with it any more.
SELECT grant_access(:last, 'lic_anybody', 'until it goes');
SET ROLE lic_anybody;
SELECT request_access(:last, 'more') IS NOT NULL AS asked;
SELECT can_read(:last), EXISTS (SELECT FROM dataset_catalogue WHERE id = :last) AS listed;
SELECT retire_dataset(:last);
SET ROLE lic_clerk;
SELECT retire_dataset(:last, 'superseded');
SELECT retire_dataset(:last);
SELECT set_access(:last, 'open');
SELECT grant_access(:last, 'lic_anybody', 'again');
SELECT count(*) FROM my_grants WHERE dataset_id = :last;
SELECT status, reason FROM my_requests WHERE dataset_id = :last;
SELECT can_read(:last), EXISTS (SELECT FROM dataset_catalogue WHERE id = :last) AS listed;
-- it keeps its place among those registered
SELECT register_dataset('lic-x', 'X', 'lic_city', 'CC0-1.0');
SET ROLE lic_anybody;
SELECT can_read(:last), explain_access(:last);
SELECT request_access(:last, 'more');
RESET ROLE;
SELECT revoke_registering('lic_city'), revoke_registering('lic_city');

-- Ids go to the end of int4; the last one is read as the first.
BEGIN;
SELECT setval('dataset_id_seq', 2147483646) IS NOT NULL;
SELECT register_dataset('lic-end', 'End', 'lic_city', 'CC0-1.0', 'open') AS id;
SET LOCAL ROLE lic_anybody;
SELECT can_read(2147483647), can_read(2147483646), readable_datasets() @> ARRAY[2147483647, :tree];
RESET ROLE;
SELECT register_dataset('lic-beyond', 'Beyond', 'lic_city', 'CC0-1.0');
ROLLBACK;
SELECT setval('dataset_id_seq', max(id)) = max(id) AS back FROM dataset;

-- A steward sees requests and events, and no data.
RESET ROLE;
INSERT INTO steward VALUES ('lic_steward'::regrole);
INSERT INTO steward VALUES ('lic_no_such_role'::regrole);
SET ROLE lic_steward;
SELECT count(*) FROM lic_row WHERE dataset_id <> :tree;
SELECT slug, requester, status FROM my_requests WHERE slug LIKE 'lic-%';
SELECT actor, action, slug, detail FROM my_events WHERE slug LIKE 'lic-%' AND actor LIKE 'lic\_%'
    AND NOT detail ? 'until' AND NOT detail ? 'request' ORDER BY id;
SET ROLE lic_student;
SELECT count(*) FROM my_events;
RESET ROLE;
UPDATE event SET actor = 'somebody else';
DELETE FROM event;
TRUNCATE event;

-- What explain_access says is what can_read does.
UPDATE dataset SET access = 'aggregate' WHERE id = :tree;
CREATE FUNCTION lic_reads(reader regrole, d int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    answer boolean;
BEGIN
    EXECUTE format('SET LOCAL ROLE %s', reader);
    answer := terrcarbon.can_read(d);
    RESET ROLE;
    RETURN answer;
END $$;
SELECT count(*) AS cases,
       count(*) FILTER (WHERE explain_access(d.id, r.oid) LIKE 'yes%') AS yes,
       count(*) FILTER (WHERE explain_access(d.id, r.oid) LIKE 'yes%' IS DISTINCT FROM lic_reads(r.oid, d.id)) AS wrong
FROM dataset d, pg_roles r WHERE d.slug LIKE 'lic-%' AND r.rolname LIKE 'lic\_%';
DROP FUNCTION lic_reads(regrole, int);

-- Derived rows: the table's owner writes what it may read, others nothing.
CREATE TABLE lic_derived (dataset_id int NOT NULL, value int);
SELECT protect('lic_derived', derived => true);
GRANT SELECT, INSERT, UPDATE, DELETE ON lic_derived TO PUBLIC;
ALTER TABLE lic_derived OWNER TO lic_institute;
SELECT protect('lic_derived', derived => true);
SET ROLE lic_institute;
INSERT INTO lic_derived VALUES (:meter, 1);
INSERT INTO lic_derived VALUES (:plan, 1);
SET ROLE lic_clerk;
INSERT INTO lic_derived VALUES (:meter, 1);
UPDATE lic_derived SET value = 2;
SELECT value FROM lic_derived;
SET ROLE lic_institute;
UPDATE lic_derived SET value = 3;
DELETE FROM lic_derived;
RESET ROLE;
DROP TABLE lic_derived;

-- protect and unprotect are the owner's, and follow partitions.
CREATE TABLE lic_part (d int, v int) PARTITION BY RANGE (d);
CREATE TABLE lic_part_1 PARTITION OF lic_part FOR VALUES FROM (0) TO (1000000000);
SELECT protect('lic_part');
SELECT protect('lic_part', 'd');
SET ROLE lic_clerk;
SELECT protect('lic_row');
SELECT unprotect('lic_row');
RESET ROLE;
SELECT relname, relrowsecurity, relforcerowsecurity,
    (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid) AS policies
FROM pg_class c WHERE relname IN ('lic_part', 'lic_part_1', 'lic_row') ORDER BY 1;
-- the extension does not go while tables are protected
BEGIN;
SET LOCAL client_min_messages = error;
\set VERBOSITY terse
DROP EXTENSION terrcarbon;
\set VERBOSITY default
ROLLBACK;
-- parts that come later are protected as the whole is, and stay so when they go
CREATE TABLE lic_part_2 PARTITION OF lic_part FOR VALUES FROM (1000000000) TO (1000000001);
CREATE TABLE lic_part_3 (v int, d int) PARTITION BY RANGE (d);
CREATE TABLE lic_part_3_1 PARTITION OF lic_part_3 DEFAULT;
SELECT tbl FROM protected_table WHERE tbl::text LIKE 'lic_part_3%';
ALTER TABLE lic_part ATTACH PARTITION lic_part_3 DEFAULT;
CREATE TABLE lic_row_child () INHERITS (lic_row);
CREATE TABLE lic_row_foster (LIKE lic_row);
ALTER TABLE lic_row_foster INHERIT lic_row;
CREATE TABLE lic_whole (d int, v int);
SELECT protect('lic_whole', 'd', derived => true);
CREATE TABLE lic_whole_child () INHERITS (lic_whole);
ALTER TABLE lic_part DETACH PARTITION lic_part_2;
SELECT p.tbl, p.dataset_column, c.relrowsecurity AND c.relforcerowsecurity AS forced,
    (SELECT polroles <> '{0}' FROM pg_policy WHERE polrelid = c.oid AND polname = 'licence_insert') AS derived
FROM protected_table p JOIN pg_class c ON c.oid = p.tbl::oid
WHERE relname ~ '^lic_(part|row|whole)' ORDER BY relname;
-- other changes leave a part as it is
ALTER TABLE lic_part_3_1 DISABLE ROW LEVEL SECURITY;
ALTER TABLE lic_part_3_1 ADD CHECK (v > 0);
SELECT relrowsecurity FROM pg_class WHERE relname = 'lic_part_3_1';
SELECT unprotect('lic_part_3');
DROP TABLE lic_part_2, lic_part_3, lic_row_child, lic_row_foster, lic_whole CASCADE;
CREATE POLICY own ON lic_part USING (false);
SELECT unprotect('lic_part'), unprotect('lic_row');
SELECT relname, relrowsecurity, relforcerowsecurity,
    (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid) AS policies
FROM pg_class c WHERE relname IN ('lic_part', 'lic_part_1', 'lic_row') ORDER BY 1;

DROP TABLE lic_row, lic_part;
DELETE FROM access_request WHERE dataset_id IN (SELECT id FROM dataset WHERE slug LIKE 'lic-%');
DELETE FROM access_grant WHERE dataset_id IN (SELECT id FROM dataset WHERE slug LIKE 'lic-%');
DELETE FROM dataset WHERE slug LIKE 'lic-%';
DELETE FROM steward;
DELETE FROM registrar;
DROP ROLE lic_clerk, lic_temp, lic_student, lic_institute, lic_anybody, lic_steward, lic_gone, lic_city;
