-- Attacks on hidden rows.  Each is tried by the same code on a table with the
-- usual row security and on a protected table whose administrator has run what
-- doctor() advises; the two columns say what it got.
SET search_path = public, terrcarbon;
SET client_min_messages = error;
SET extra_float_digits = 0;
SET jit = off;
\set SHOW_CONTEXT never
CREATE ROLE lic_owner;
CREATE ROLE lic_city;
CREATE ROLE lic_partner;
CREATE ROLE lic_mallory;
CREATE SCHEMA mallory;
GRANT ALL ON SCHEMA mallory TO PUBLIC;
SELECT register_dataset('lic-atk-open', 'Open', 'lic_city', 'CC0-1.0', 'open') AS open,
       register_dataset('lic-atk-hidden', 'Hidden', 'lic_city', 'CC0-1.0', 'shared') AS hidden \gset
SELECT grant_access(:hidden, 'lic_partner', 'test');
CREATE TABLE atk_grant (dataset_id int, reader name);
INSERT INTO atk_grant VALUES (:open, 'lic_mallory'), (:open, 'lic_partner'), (:hidden, 'lic_partner'), (:open, 'lic_city'), (:hidden, 'lic_city');
GRANT SELECT ON atk_grant TO PUBLIC;

-- Two equal tables.  Open values are 1 to 100; hidden ones end at 777777.25.
CREATE FUNCTION atk_fill(t text, open int, hidden int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (dataset_id int NOT NULL, code int PRIMARY KEY, value float8, name text, geom geometry)', t);
    EXECUTE format('INSERT INTO %I SELECT %s, i, i, ''open'', ST_Point(i, i, 2154) FROM generate_series(1, 100) i', t, open);
    EXECUTE format('INSERT INTO %I SELECT %s, 1000 + i, 5000 + i, ''secret'' || i, ST_Point(500000 + i, 6000000, 2154) FROM generate_series(1, 2000) i', t, hidden);
    EXECUTE format('UPDATE %I SET value = 777777.25 WHERE code = 1234', t);
    EXECUTE format('CREATE TABLE %I AS SELECT code FROM %I', t || '_zone', t);
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (code)', t || '_zone');
    EXECUTE format('ALTER TABLE %I ADD FOREIGN KEY (code) REFERENCES %I ON UPDATE CASCADE ON DELETE CASCADE', t, t || '_zone');
    EXECUTE format('GRANT SELECT, DELETE, UPDATE (code) ON %I TO lic_mallory', t || '_zone');
    EXECUTE format('CREATE TABLE %I (code int REFERENCES %I)', t || '_note', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO lic_mallory', t || '_note');
    EXECUTE format('ALTER TABLE %I OWNER TO lic_owner', t || '_note');
    EXECUTE format('CREATE INDEX ON %I (value)', t);
    EXECUTE format('CREATE INDEX %I ON %I USING gist (geom)', t || '_geom', t);
    EXECUTE format('CREATE MATERIALIZED VIEW %I AS SELECT value, sources_agg(dataset_id) AS sources FROM %I GROUP BY 1', t || '_mat', t);
    EXECUTE format('CREATE VIEW %I AS SELECT * FROM %I', t || '_view', t);
    EXECUTE format('CREATE TABLE %I (dataset_id int, value float8) PARTITION BY RANGE (dataset_id)', t || '_part');
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', t || '_part_1', t || '_part');
    EXECUTE format('INSERT INTO %I SELECT dataset_id, value FROM %I', t || '_part', t);
    EXECUTE format('CREATE TABLE %I (dataset_id int, value float8)', t || '_parent');
    EXECUTE format('CREATE TABLE %I () INHERITS (%I)', t || '_child', t || '_parent');
    EXECUTE format('INSERT INTO %I SELECT dataset_id, value FROM %I', t || '_child', t);
    EXECUTE format('ANALYZE %I', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON %I, %I, %I, %I, %I, %I, %I TO lic_mallory, lic_partner, lic_city', t, t || '_mat', t || '_view', t || '_part', t || '_part_1', t || '_parent', t || '_child');
    EXECUTE format('ALTER TABLE %I OWNER TO lic_owner', t);
    EXECUTE format('ALTER MATERIALIZED VIEW %I OWNER TO lic_owner', t || '_mat');
END $$;
SELECT atk_fill('atk_plain', :open, :hidden), atk_fill('atk_here', :open, :hidden);
ALTER TABLE atk_plain ENABLE ROW LEVEL SECURITY;
ALTER TABLE atk_plain_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE atk_plain_child ENABLE ROW LEVEL SECURITY;
CREATE POLICY usual ON atk_plain USING (dataset_id IN (SELECT g.dataset_id FROM atk_grant g WHERE g.reader = current_user));
CREATE POLICY usual ON atk_plain_part USING (dataset_id IN (SELECT g.dataset_id FROM atk_grant g WHERE g.reader = current_user));
CREATE POLICY usual ON atk_plain_child USING (dataset_id IN (SELECT g.dataset_id FROM atk_grant g WHERE g.reader = current_user));
SELECT t, protect(t) FROM unnest(ARRAY['atk_here', 'atk_here_part', 'atk_here_child']::regclass[]) t;
-- a part that comes when the whole has its policies
CREATE TABLE atk_plain_late (LIKE atk_plain_child);
CREATE TABLE atk_here_late (LIKE atk_here_child);
INSERT INTO atk_plain_late SELECT * FROM atk_plain_child;
INSERT INTO atk_here_late SELECT * FROM atk_here_child;
GRANT SELECT ON atk_plain_late, atk_here_late TO lic_mallory, lic_partner, lic_city;
ALTER TABLE atk_plain_late INHERIT atk_plain_child;
ALTER TABLE atk_here_late INHERIT atk_here_child;

-- Runs an attack as somebody, undoes it, and says what it returned.
CREATE FUNCTION atk_try(who name, attack text, t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    got text;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', who);
    EXECUTE replace(attack, '@', t) INTO got;
    RAISE EXCEPTION USING ERRCODE = 'TC001', MESSAGE = coalesce(got, 'nothing');
EXCEPTION
    WHEN SQLSTATE 'TC001' THEN
        RETURN SQLERRM;
    WHEN OTHERS THEN
        RETURN 'refused: ' || SQLSTATE;
END $$;
CREATE FUNCTION atk(name text, attack text, who name DEFAULT 'lic_mallory',
    OUT attack_on text, OUT usual text, OUT here text) LANGUAGE plpgsql AS $$
BEGIN
    attack_on := name;
    usual := atk_try(who, attack, 'atk_plain');
    here := atk_try(who, attack, 'atk_here');
END $$;

-- Mallory's tools.
SET ROLE lic_mallory;
SET search_path = mallory, public, terrcarbon;
CREATE FUNCTION leak(v anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
    IF v::text ~ 'secret' OR v::text = '777777.25' THEN
        PERFORM set_config('atk.seen', v::text, true);
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION leaked(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('atk.seen', '', true);
    EXECUTE query;
    RETURN nullif(current_setting('atk.seen'), '');
END $$;
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN insufficient_privilege THEN
    RAISE;
WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
-- The greatest hidden value, found by asking a question with a yes or no answer.
CREATE FUNCTION bisect(question text, t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    low float8 := 0;
    high float8 := 2 ^ 20;
    mid float8;
    yes boolean;
BEGIN
    SET LOCAL enable_seqscan = off;
    SET LOCAL enable_bitmapscan = off;
    FOR i IN 1 .. 24 LOOP
        mid := (low + high) / 2;
        EXECUTE format('SELECT %s(%L, %s)', question, t, mid) INTO yes;
        IF yes THEN low := mid; ELSE high := mid; END IF;
    END LOOP;
    RETURN round(high::numeric, 2)::text;
END $$;
CREATE FUNCTION explain(query text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE query INTO plan;
    RETURN plan;
END $$;
CREATE FUNCTION by_plan(t text, x float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT coalesce((explain(format('EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1 FROM %I WHERE value > %s', t, x))
        #>> '{0,Plan,Rows Removed by Filter}')::int > 0, false) $$;
CREATE FUNCTION by_estimate(t text, x float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT (explain(format('EXPLAIN (FORMAT JSON) SELECT 1 FROM %I WHERE value > %s', t, x))
        #>> '{0,Plan,Plan Rows}')::int > 1 $$;
CREATE FUNCTION by_counter(t text, x float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    SET LOCAL plan_cache_mode = force_generic_plan;
    EXECUTE format('PREPARE counted (float8) AS SELECT value FROM %I WHERE value > $1', t);
    -- planning looks at the index too
    EXECUTE 'EXECUTE counted (1e9)';
    before := pg_stat_get_xact_tuples_fetched((t || '_value_idx')::regclass);
    EXECUTE format('EXECUTE counted (%s)', x);
    DEALLOCATE counted;
    RETURN pg_stat_get_xact_tuples_fetched((t || '_value_idx')::regclass) > before;
END $$;
-- EXPLAIN of a function counts the blocks of the query inside it.
CREATE FUNCTION above(x float8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('EXECUTE above (%s)', x);
END $$;
CREATE FUNCTION blocks_above(x float8) RETURNS int LANGUAGE sql AS $$
    SELECT (explain(format('EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT above(%s)', x))
        #>> '{0,Plan,Shared Hit Blocks}')::int $$;
CREATE FUNCTION by_blocks(t text, x float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    yes boolean;
BEGIN
    SET LOCAL plan_cache_mode = force_generic_plan;
    EXECUTE format('PREPARE above (float8) AS SELECT value FROM %I WHERE value > $1', t);
    PERFORM blocks_above(1e9);
    yes := blocks_above(x) > blocks_above(1e9);
    DEALLOCATE above;
    RETURN yes;
END $$;
-- Planning looks at the end of an index when a constant is near the end of what
-- is known of the column, which takes some blocks.
CREATE FUNCTION only_plan(t text, x float8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT 1 FROM %I WHERE value > %s LIMIT 0', t, x);
END $$;
CREATE FUNCTION planned_blocks(t text, x float8) RETURNS int LANGUAGE sql AS $$
    SELECT (explain(format('EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT only_plan(%L, %s)', t, x))
        #>> '{0,Plan,Shared Hit Blocks}')::int $$;
CREATE FUNCTION by_planned_blocks(t text, x float8) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM planned_blocks(t, x);
    RETURN planned_blocks(t, x) <= planned_blocks(t, 50);
END $$;
-- A serializable transaction leaves a mark on each row it read.
CREATE FUNCTION by_locks(t text, x float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    before bigint := (SELECT count(*) FROM pg_locks WHERE mode = 'SIReadLock' AND locktype = 'tuple');
BEGIN
    SET LOCAL enable_seqscan = off;
    EXECUTE format('SELECT value FROM %I WHERE value > %s', t, x);
    RETURN (SELECT count(*) FROM pg_locks WHERE mode = 'SIReadLock' AND locktype = 'tuple') > before;
END $$;
CREATE FUNCTION attempts(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    s text;
    n bigint;
BEGIN
    FOREACH s IN ARRAY statements LOOP
        EXECUTE s;
        GET DIAGNOSTICS n = ROW_COUNT;
    END LOOP;
    -- the number of lines of a plan depends on the version
    RETURN CASE WHEN s LIKE 'EXPLAIN %' THEN 'a plan' ELSE n || ' rows' END;
END $$;
CREATE AGGREGATE hoard(float8) (SFUNC = float8larger, STYPE = float8);
CREATE OPERATOR <<< (LEFTARG = float8, RIGHTARG = float8, FUNCTION = float8lt, RESTRICT = scalarltsel);
RESET ROLE;
SET search_path = public, mallory, terrcarbon;

-- Statistics are the server's: here is what they give away before.
\set counters 'SELECT bisect(''by_counter'', ''@'')'
\set stats 'SELECT (_postgis_stats(''@'', ''geom'')::jsonb #>> ''{extent,max,0}'')::float8 > 500000'
\set selectivity 'SELECT _postgis_selectivity(''@'', ''geom'', ST_MakeEnvelope(400000, 5000000, 600000, 7000000, 2154)) > 0.9'
\set index_extent 'SELECT ST_XMax(_postgis_index_extent(''@'', ''geom'')) > 500000'
\set estimated_extent 'SELECT ST_XMax(ST_EstimatedExtent(''public'', ''@'', ''geom'')) > 500000'
\set planned_blocks 'SELECT CASE WHEN bisect(''by_planned_blocks'', ''@'')::numeric BETWEEN 6000 AND 800000 THEN ''hidden range'' ELSE ''nothing'' END'
-- what planning counts is closed without doctor()
SELECT atk_try('lic_mallory', :'planned_blocks', 'atk_plain') AS planned_blocks,
       atk_try('lic_mallory', :'planned_blocks', 'atk_here') AS here;
SELECT atk_try('lic_mallory', :'counters', 'atk_plain') AS counters,
       atk_try('lic_mallory', :'stats', 'atk_plain') AS stats,
       atk_try('lic_mallory', :'selectivity', 'atk_plain') AS selectivity,
       atk_try('lic_mallory', :'index_extent', 'atk_plain') AS index_extent,
       atk_try('lic_mallory', :'estimated_extent', 'atk_plain') AS estimated_extent;

BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT atk_try('lic_mallory', 'SELECT by_locks(''@'', 700000)', 'atk_plain') AS locks;
ROLLBACK;

-- What doctor() says of the protected tables, and doing it; twice, since a table
-- that becomes protected has ills of its own.
CREATE VIEW atk_ills AS
    SELECT * FROM doctor() WHERE object ~ 'atk_|PostGIS|estimatedextent|statistics functions' AND remedy IS NOT NULL;
SELECT severity, object, regexp_replace(problem, '\m' || current_user || '\M', 'postgres', 'g') AS problem FROM atk_ills WHERE object ~ 'atk_' AND problem !~ 'lic_(city|partner)';
BEGIN ISOLATION LEVEL SERIALIZABLE;
DO $$
DECLARE
    r text;
BEGIN
    FOR i IN 1 .. 2 LOOP
        FOR r IN SELECT remedy FROM public.atk_ills LOOP
            EXECUTE r;
        END LOOP;
    END LOOP;
END $$;
SELECT severity, object, regexp_replace(problem, '\m' || current_user || '\M', 'postgres', 'g') AS problem FROM atk_ills;

-- conditions and functions that would see rows before the policy
SELECT * FROM atk('leaky function', $$SELECT leaked('SELECT * FROM @ WHERE leak(value)')$$);
SELECT * FROM atk('leaky function on text', $$SELECT leaked('SELECT * FROM @ WHERE leak(name)')$$);
SELECT * FROM atk('error text of a cast', $$SELECT error_of('SELECT * FROM @ WHERE replace(name, ''open'', ''1'')::int = 1')$$);
SELECT * FROM atk('division probe', $$SELECT error_of('SELECT * FROM @ WHERE 1 / (value - 777777.25) > 0')$$);
SELECT * FROM atk('leaky join condition', $$SELECT leaked('SELECT * FROM @ a JOIN (VALUES (1)) v(x) ON leak(a.value)')$$);
SELECT * FROM atk('own aggregate', $$SELECT hoard(value)::text FROM @$$);
SELECT * FROM atk('own operator with an estimator', $$SELECT leaked('SELECT * FROM @ WHERE value <<< 777778 AND leak(value)')$$);
SELECT * FROM atk('claim to be leakproof', $$SELECT attempts('ALTER FUNCTION mallory.leak(anyelement) LEAKPROOF')$$);
SELECT * FROM atk('whole rows', $$SELECT max(to_jsonb(r)->>'name') FROM @ r$$);
SELECT * FROM atk('table sample', $$SELECT max(value)::text FROM @ TABLESAMPLE system (100)$$);
-- plans
SELECT * FROM atk('EXPLAIN ANALYZE bisection', $$SELECT bisect('by_plan', '@')$$);
SELECT * FROM atk('EXPLAIN of the blocks a function touches', $$SELECT bisect('by_blocks', '@')$$);
SELECT * FROM atk('EXPLAIN estimates', $$SELECT CASE WHEN bisect('by_estimate', '@')::numeric > 6000 THEN 'hidden range' ELSE 'open range' END$$);
SELECT * FROM atk('EXPLAIN of a prepared statement', $$SELECT attempts('PREPARE atk_@ AS SELECT * FROM @', 'EXPLAIN ANALYZE EXECUTE atk_@')$$);
SELECT * FROM atk('EXPLAIN of a cursor', $$SELECT attempts('EXPLAIN DECLARE c CURSOR FOR SELECT * FROM @')$$);
-- statistics
SELECT * FROM atk('pg_stats', $$SELECT max(histogram_bounds::text) FROM pg_stats WHERE tablename = '@' AND attname = 'value'$$);
SELECT atk_try('lic_mallory', :'counters', 'atk_here') AS counters,
       atk_try('lic_mallory', :'stats', 'atk_here') AS stats,
       atk_try('lic_mallory', :'selectivity', 'atk_here') AS selectivity,
       atk_try('lic_mallory', :'index_extent', 'atk_here') AS index_extent,
       atk_try('lic_mallory', :'estimated_extent', 'atk_here') AS estimated_extent,
       atk_try('lic_mallory', 'SELECT by_locks(''@'', 700000)', 'atk_here') AS locks;
SELECT * FROM atk('EXPLAIN of a delete', $$SELECT attempts('EXPLAIN ANALYZE DELETE FROM @')$$);
SELECT * FROM atk('statistics object of one''s own', $$SELECT attempts('CREATE STATISTICS mallory.s ON code, value FROM @')$$);
-- keys
SELECT * FROM atk('unique key probe', format($$SELECT error_of('INSERT INTO @ VALUES (%s, 1234, 0)')$$, :open), 'lic_city');
SELECT * FROM atk('unique key probe by a reader', format($$SELECT error_of('INSERT INTO @ VALUES (%s, 1234, 0)')$$, :open));
SELECT * FROM atk('ON CONFLICT probe', format($$SELECT attempts('INSERT INTO @ VALUES (%s, 1234, 0) ON CONFLICT DO NOTHING')$$, :open));
SELECT * FROM atk('foreign key probe', $$SELECT attempts('CREATE TABLE mallory.fk (code int REFERENCES @ (code))', 'INSERT INTO mallory.fk VALUES (1234)')$$);
SELECT * FROM atk('foreign key of a table one writes to', $$SELECT error_of('INSERT INTO @_note VALUES (99999)')$$);
-- writing
SELECT * FROM atk('trigger on others'' rows', $$SELECT attempts('CREATE TRIGGER t BEFORE INSERT ON @ FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()')$$);
SELECT * FROM atk('TRUNCATE', $$SELECT attempts('TRUNCATE @_part')$$);
SELECT * FROM atk('delete hidden rows by a cascade', $$SELECT attempts('DELETE FROM @_zone WHERE code = 1234')$$);
SELECT * FROM atk('change hidden rows by a cascade', $$SELECT attempts('UPDATE @_zone SET code = -1 WHERE code = 1234')$$);
SELECT * FROM atk('change what one may only read', $$SELECT attempts('UPDATE @ SET value = 0')$$);
SELECT * FROM atk('delete what one may only read', $$SELECT attempts('DELETE FROM @')$$);
SELECT * FROM atk('MERGE into hidden rows', $$SELECT attempts('MERGE INTO @ t USING (VALUES (1234)) v(code) ON t.code = v.code WHEN MATCHED THEN UPDATE SET value = 0')$$);
SELECT * FROM atk('UPDATE RETURNING hidden rows', $$SELECT attempts('UPDATE @ SET value = value WHERE code > 1000 RETURNING value')$$);
SELECT * FROM atk('move a row to another''s dataset', format($$SELECT attempts('UPDATE @ SET dataset_id = %s WHERE code = 1')$$, :hidden));
-- other ways to the rows
SELECT * FROM atk('row_security = off', $$SELECT attempts('SET LOCAL row_security = off', 'SELECT * FROM @')$$);
SELECT * FROM atk('partition', $$SELECT max(value)::text FROM @_part_1$$);
SELECT * FROM atk('part that was attached later', $$SELECT max(value)::text FROM @_late$$);
SELECT * FROM atk('parent of a protected table', $$SELECT max(value)::text FROM @_parent$$);
SELECT * FROM atk('view of a superuser', $$SELECT max(value)::text FROM @_view$$);
SELECT * FROM atk('materialized view', $$SELECT max(value)::text FROM @_mat$$);
SELECT * FROM atk('refresh by another', $$SELECT attempts('REFRESH MATERIALIZED VIEW @_mat')$$);
SELECT * FROM atk('owner of the table', $$SELECT max(value)::text FROM @$$, 'lic_owner');
SELECT * FROM atk('drop the policy', $$SELECT attempts('ALTER TABLE @ DISABLE ROW LEVEL SECURITY')$$);
SELECT * FROM atk('scan in parallel', $$SELECT attempts('SET LOCAL min_parallel_table_scan_size = 0', 'SET LOCAL parallel_setup_cost = 0', 'SET LOCAL parallel_tuple_cost = 0', 'SELECT * FROM @')$$);
-- rights
SELECT * FROM atk('grant oneself by the table', format($$SELECT attempts('INSERT INTO terrcarbon.access_grant (dataset_id, grantee, grantee_name, purpose, granted_by) VALUES (%s, ''lic_mallory''::regrole, ''m'', ''m'', ''m'')')$$, :hidden));
SELECT * FROM atk('grant oneself by the function', format($$SELECT attempts('SELECT terrcarbon.grant_access(%s, ''lic_mallory'', ''m'')')$$, :hidden));
SELECT * FROM atk('name another as the actor', format($$SELECT attempts('SELECT terrcarbon_internal.grant_access(''lic_city''::regrole, %s, ''lic_mallory'', ''m'', NULL)')$$, :hidden));
SELECT * FROM atk('register under another''s name', $$SELECT attempts('SELECT terrcarbon.register_dataset(''lic-m'', ''m'', ''lic_city'', ''CC0-1.0'')')$$);
SELECT * FROM atk('hide the traces', $$SELECT attempts('DELETE FROM terrcarbon.event')$$);
SELECT * FROM atk('replace can_read', $$SELECT attempts('CREATE OR REPLACE FUNCTION terrcarbon.can_read(dataset_id int) RETURNS boolean LANGUAGE sql AS ''SELECT true''')$$);
SELECT * FROM atk('a can_read of one''s own', $$SELECT attempts('CREATE FUNCTION mallory.can_read(int) RETURNS boolean LANGUAGE sql AS ''SELECT true''', 'SELECT * FROM @ WHERE value > 6000')$$);

-- The usual helper of policies is a SECURITY DEFINER function; without a fixed
-- search_path it reads what its caller puts in the way.
CREATE FUNCTION atk_allowed(d int) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
    AS $$ BEGIN RETURN EXISTS (SELECT FROM atk_grant g WHERE g.dataset_id = d AND g.reader = session_user); END $$;
SAVEPOINT s;
DROP POLICY usual ON atk_plain;
CREATE POLICY usual ON atk_plain USING (atk_allowed(dataset_id));
SELECT * FROM atk('shadowed tables of the policy''s function',
    $$SELECT attempts('CREATE TEMP TABLE atk_grant AS SELECT d AS dataset_id, session_user::name AS reader FROM generate_series(1, 10000) d',
                      'CREATE TEMP TABLE access_grant AS SELECT * FROM pg_temp.atk_grant', 'CREATE TEMP TABLE dataset AS SELECT * FROM pg_temp.atk_grant',
                      'GRANT SELECT ON pg_temp.atk_grant TO PUBLIC',
                      'SET LOCAL search_path = pg_temp, public, terrcarbon',
                      'SELECT * FROM @ WHERE value > 6000')$$);
ROLLBACK TO s;

-- Plans and cursors that go from role to role.
PREPARE atk_p AS SELECT max(value) FROM atk_plain;
PREPARE atk_h AS SELECT max(value) FROM atk_here;
SET LOCAL plan_cache_mode = force_generic_plan;
SET LOCAL ROLE lic_partner;
EXECUTE atk_p;
EXECUTE atk_h;
DECLARE atk_cp CURSOR FOR SELECT value FROM atk_plain WHERE value > 6900;
DECLARE atk_ch CURSOR FOR SELECT value FROM atk_here WHERE value > 6900;
FETCH 1 FROM atk_cp;
FETCH 1 FROM atk_ch;
DECLARE atk_hold CURSOR WITH HOLD FOR SELECT value FROM atk_here WHERE value > 700000;
SET LOCAL ROLE lic_mallory;
EXECUTE atk_p;
EXECUTE atk_h;
FETCH 1 FROM atk_cp;
FETCH 1 FROM atk_ch;
-- COPY follows the policy
COPY (SELECT count(*), max(value) FROM atk_here) TO STDOUT;
RESET ROLE;
SELECT count(*) FROM atk_grant;

-- Limits: what nobody can close from here.
SELECT * FROM atk('limit: how many rows are hidden', $$SELECT (reltuples - (SELECT count(*) FROM @))::text FROM pg_class WHERE oid = '@'::regclass$$);
SELECT * FROM atk('limit: size of the table', $$SELECT pg_relation_size('@') > 8192 * 5$$);
SELECT * FROM atk('limit: slugs and titles', $$SELECT title FROM dataset_catalogue WHERE slug = 'lic-atk-hidden'$$);
COMMIT;
-- limit: a cursor held over its transaction has its rows already
SET ROLE lic_mallory;
FETCH 1 FROM atk_hold;
RESET ROLE;
CLOSE atk_hold;

-- Put back.
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p
        WHERE p.proname ~ '^(_postgis_(stats|selectivity|join_selectivity|index_extent)|st_estimatedextent)$'
           OR p.pronamespace = 'pg_catalog'::regnamespace
              AND p.proname::text IN (SELECT name FROM terrcarbon_internal.server_statistics() WHERE closed_by = 'doctor')
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', f);
        IF f::text LIKE 'pg\_%' THEN
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM pg_monitor', f);
        END IF;
    END LOOP;
END $$;
DROP SCHEMA mallory CASCADE;
DROP VIEW atk_ills;
DROP TABLE atk_plain_note, atk_here_note;
DROP TABLE atk_plain, atk_here, atk_plain_part, atk_here_part, atk_plain_parent, atk_here_parent CASCADE;
DROP TABLE atk_grant, atk_plain_zone, atk_here_zone;
DROP FUNCTION atk_fill, atk_allowed;
DELETE FROM access_grant WHERE dataset_id IN (:open, :hidden);
DELETE FROM dataset WHERE id IN (:open, :hidden);
DROP ROLE lic_owner, lic_city, lic_partner, lic_mallory;
