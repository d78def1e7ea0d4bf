-- An account made by an older version, here by taking things away and changing others,
-- becomes what the installed version makes, and keeps what is in it.
SET search_path = terrcarbon, public;
SET client_min_messages = error;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE upg_owner;
CREATE ROLE upg_reader;
CREATE ROLE upg_member;
GRANT CREATE ON DATABASE :DBNAME TO upg_owner;
SELECT register_dataset('upg', 'D', 'upg_owner', 'CC0-1.0', 'open') AS d \gset
SET ROLE upg_owner;
SELECT create_account('upg', 2154);
SELECT create_account('upg_fresh', 2154);
INSERT INTO upg.territory (code, name, level, geom) VALUES ('A', 'A', 'commune', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154)));
INSERT INTO upg.activity (dataset_id, territory_code, sector, year, emission, u95_percent) VALUES (:d, 'A', 'waste', 2020, ghg('CO2', 5000), 10);
GRANT USAGE ON SCHEMA upg TO upg_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA upg TO upg_reader;
SELECT grant_reading('upg', 'upg_member');
CALL refresh('upg');
-- The older version: without a table, a column, an index, a trigger, policies; with another
-- check, another view, another function.  And what the owner added.
DROP TABLE upg.actor CASCADE;
ALTER TABLE upg.activity DROP COLUMN batch_id, DROP CONSTRAINT kind_of_energy_industry, DROP CONSTRAINT activity_year_check,
    ADD CONSTRAINT activity_year_check CHECK (year > 0), ADD COLUMN remark text;
UPDATE upg.activity SET remark = 'mine';
DROP INDEX upg.trip_home;
DROP TRIGGER note_insert ON upg.trip;
DROP POLICY licence_read ON upg.building;
ALTER TABLE upg.building NO FORCE ROW LEVEL SECURITY;
ALTER VIEW upg.coverage_by_territory SET (security_invoker = off);
DROP VIEW upg.balance_gpc;
CREATE TABLE upg.own AS SELECT 1 AS one;

CREATE FUNCTION pg_temp.differences() RETURNS TABLE (side text, kind text, relation text, name text) LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE a AS SELECT o.kind, o.relation, o.name, o.definition, o.comment FROM terrcarbon_internal.account_objects('upg') AS o;
    CREATE TEMP TABLE b AS SELECT o.kind, o.relation, o.name, o.definition, o.comment FROM terrcarbon_internal.account_objects('upg_fresh') AS o;
    RETURN QUERY
        SELECT 'upgraded only', d.kind, d.relation, d.name FROM (TABLE a EXCEPT TABLE b) AS d
        UNION ALL SELECT 'fresh only', d.kind, d.relation, d.name FROM (TABLE b EXCEPT TABLE a) AS d ORDER BY 1, 2, 3, 4;
    DROP TABLE a, b;
END;
$$;
COMMENT ON SCHEMA upg IS 'Carbon account (terrcarbon 0.0.9), SRID 2154';
SELECT count(*) > 10 AS many FROM pg_temp.differences();
SELECT account_version('upg');
RESET ROLE;
SELECT object, remedy FROM doctor() WHERE object = 'account upg';
SET ROLE upg_owner;
SELECT regexp_replace(upgrade_account('upg'), '\d+ changes', 'N changes') AS done;
-- The same view made from its own definition is written a little otherwise: so for both.
SELECT upgrade_account('upg_fresh');
SELECT * FROM pg_temp.differences();
SELECT remark, emission FROM upg.activity;
SELECT account_version('upg') = account_version('upg_fresh') AS current;
CALL refresh('upg', full => true);
SET ROLE upg_reader;
SELECT emissions, complete FROM upg.trajectory_by_territory;
-- Grants by column stay too.
SET ROLE upg_member;
SELECT count(*) AS lines FROM upg.line;
SELECT has_table_privilege('upg.leaf', 'SELECT') AS listed, has_column_privilege('upg.leaf', 'geom', 'SELECT') AS readable;
SET ROLE upg_owner;
SELECT reporting_level, emissions FROM upg.balance_gpc ORDER BY 1;
-- What rests on its views is not lost, and a column of another type is said.
CREATE SCHEMA upg_other;
CREATE VIEW upg_other.upg_report AS SELECT * FROM upg.trajectory_by_territory;
SELECT pg_temp.outcome($$SELECT upgrade_account('upg')$$);
DROP SCHEMA upg_other CASCADE;
ALTER TABLE upg.own ADD two int;
ALTER TABLE upg.population ALTER source TYPE varchar(10);
SELECT pg_temp.outcome($$SELECT upgrade_account('upg')$$);
SELECT pg_temp.outcome($$SELECT upgrade_account('upg_none')$$);
SET ROLE upg_reader;
SELECT pg_temp.outcome($$SELECT upgrade_account('upg')$$) ~ '^42501' AS refused;
SET ROLE upg_owner;
SELECT drop_account('upg_fresh'), drop_account('upg');
DROP FUNCTION pg_temp.differences();
RESET ROLE;
REVOKE CREATE ON DATABASE :DBNAME FROM upg_owner;
DELETE FROM dataset WHERE slug = 'upg';
DROP ROLE upg_owner, upg_reader, upg_member;
