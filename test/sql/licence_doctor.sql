-- doctor(): each hole, then the statement that closes it.
SET search_path = public, terrcarbon;
SET client_min_messages = error;
\set SHOW_CONTEXT never
CREATE ROLE lic_owner LOGIN;
CREATE ROLE lic_reader;
CREATE ROLE lic_gone;
CREATE ROLE lic_bypass LOGIN BYPASSRLS;
CREATE ROLE lic_copy REPLICATION;
CREATE ROLE lic_files;
GRANT pg_read_server_files TO lic_files;
CREATE TABLE lic_sick (dataset_id int, id int PRIMARY KEY, code text, geom geometry);
CREATE UNIQUE INDEX ON lic_sick (lower(code));
SELECT * FROM protect('lic_sick');
ALTER TABLE lic_sick OWNER TO lic_owner;
SELECT register_dataset('lic-doc-gone', 'Gone', 'lic_gone', 'CC0-1.0', 'shared') AS gone,
       register_dataset('lic-doc', 'Kept', 'lic_owner', 'CC0-1.0', 'shared') AS kept \gset
SELECT grant_access(:kept, 'lic_gone', 'x');
DROP ROLE lic_gone;
-- what goes wrong
ALTER TABLE lic_sick NO FORCE ROW LEVEL SECURITY;
CREATE POLICY too_kind ON lic_sick FOR SELECT USING (true);
GRANT REFERENCES (id) ON lic_sick TO lic_reader;
ALTER EVENT TRIGGER terrcarbon_protect DISABLE;
CREATE TABLE lic_sick_child () INHERITS (lic_sick);
CREATE TABLE lic_far (id int REFERENCES lic_sick (id));
CREATE TABLE lic_zone (code text PRIMARY KEY);
ALTER TABLE lic_sick ADD FOREIGN KEY (code) REFERENCES lic_zone ON DELETE CASCADE ON UPDATE CASCADE;
GRANT DELETE, UPDATE (code) ON lic_zone TO lic_reader;
CREATE VIEW lic_sick_view AS SELECT * FROM lic_sick;
CREATE VIEW lic_sick_view_2 AS SELECT count(*) FROM lic_sick_view;
GRANT SELECT ON lic_sick_view, lic_sick_view_2 TO lic_reader;
CREATE FUNCTION lic_sick_count() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM lic_sick';
CREATE FUNCTION lic_sick_atomic() RETURNS bigint LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT count(*) FROM lic_sick; END;
CREATE FUNCTION lic_harmless(int) RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1 / $1';
CREATE PUBLICATION lic_pub FOR TABLE lic_sick;
ALTER TABLE access_grant DISABLE TRIGGER access_changed;
GRANT SELECT ON event TO lic_reader;
GRANT UPDATE (access) ON dataset TO lic_reader;
GRANT CREATE ON SCHEMA terrcarbon TO lic_reader;
CREATE VIEW lic_ills AS SELECT * FROM doctor() WHERE object !~ 'PostGIS|estimatedextent|statistics functions' AND object <> current_user;
SELECT severity, regexp_replace(object, ' \d+', ' N') AS object, regexp_replace(problem, '\m' || current_user || '\M', 'postgres', 'g') AS problem FROM lic_ills WHERE concat(object, problem, remedy) ~ 'lic_|lic-|access_grant|terrcarbon_protect';
SELECT coalesce(regexp_replace(remedy, '(= |\()\d+', '\1N'), '-- ' || advice) AS remedy FROM lic_ills WHERE concat(object, problem, remedy) ~ 'lic_|lic-|access_grant|terrcarbon_protect';
-- each says what its statement breaks
SELECT severity, object, remedy FROM doctor() WHERE concat(breaks, advice) = '' OR (remedy IS NULL) <> (breaks IS NULL);
SELECT DISTINCT breaks, advice FROM doctor() WHERE object ~ 'estimatedextent|statistics functions' ORDER BY 1;
SELECT severity, object, length(remedy) - length(replace(remedy, '(', '')) AS functions FROM doctor() WHERE object ~ 'PostGIS|estimatedextent' ORDER BY object COLLATE "C";
-- each statement does what it says
DO $$
DECLARE
    r text;
BEGIN
    FOR i IN 1 .. 2 LOOP
        FOR r IN SELECT remedy FROM public.lic_ills
            WHERE concat(object, problem, remedy) ~ 'lic_|lic-|access_grant|terrcarbon_protect' AND remedy IS NOT NULL
        LOOP
            EXECUTE r;
        END LOOP;
    END LOOP;
END $$;
SELECT severity, object, regexp_replace(problem, '\m' || current_user || '\M', 'postgres', 'g') AS problem FROM lic_ills WHERE concat(object, problem, remedy) ~ 'lic_|lic-|access_grant|terrcarbon_protect';
SET ROLE lic_reader;
SELECT count(*) FROM doctor();
RESET ROLE;

DROP PUBLICATION lic_pub;
DROP FUNCTION lic_sick_count(), lic_sick_atomic(), lic_harmless(int);
DROP VIEW lic_ills;
DROP TABLE lic_sick, lic_sick_child, lic_far, lic_zone CASCADE;
DELETE FROM access_grant WHERE dataset_id = :kept;
DELETE FROM dataset WHERE id IN (:gone, :kept);
DROP ROLE lic_owner, lic_reader, lic_bypass, lic_copy, lic_files;
