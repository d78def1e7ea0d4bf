-- Holes around the policies, each with the statement that closes it.

CREATE VIEW protected_table WITH (security_invoker) AS
    SELECT DISTINCT p.polrelid::regclass AS tbl, a.attname AS dataset_column
    FROM pg_catalog.pg_policy p
    JOIN pg_catalog.pg_depend f ON f.classid = 'pg_catalog.pg_policy'::regclass AND f.objid = p.oid
        AND f.refclassid = 'pg_catalog.pg_proc'::regclass
        AND f.refobjid = 'can_read(int)'::regprocedure
    JOIN pg_catalog.pg_depend c ON c.classid = 'pg_catalog.pg_policy'::regclass AND c.objid = p.oid
        AND c.refclassid = 'pg_catalog.pg_class'::regclass AND c.refobjid = p.polrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = p.polrelid AND a.attnum = c.refobjsubid
    WHERE p.polname = 'licence_read';
COMMENT ON VIEW protected_table IS
    'Tables under protect, with the column that names the dataset of each row.';
GRANT SELECT ON protected_table TO PUBLIC;

CREATE FUNCTION reads_past_policies(role oid) RETURNS boolean
    LANGUAGE sql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE oid = role $$;
COMMENT ON FUNCTION reads_past_policies(oid) IS
    'Whether row policies do not apply to a role: superuser or BYPASSRLS.';

CREATE FUNCTION doctor_tables() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- row security itself
    SELECT 'error', p.tbl::text, 'row security is not both enabled and forced: the owner, or everybody, reads all rows',
        format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', p.tbl)
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl
    WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)
    UNION ALL
    SELECT 'error', p.tbl::text, format('policy %I lets rows through whatever their licence', o.polname),
        format('DROP POLICY %I ON %s', o.polname, p.tbl)
    FROM terrcarbon.protected_table p JOIN pg_policy o ON o.polrelid = p.tbl
    WHERE o.polpermissive AND o.polname NOT IN ('licence_read', 'licence_insert', 'licence_update', 'licence_delete')
    UNION ALL
    -- families: a table is read under the policies of the table that is named
    SELECT 'error', i.inhrelid::regclass::text, format('child of protected table %s, and not protected itself', p.tbl),
        format('SELECT terrcarbon.protect(%L, %L)', i.inhrelid::regclass, p.dataset_column)
    FROM terrcarbon.protected_table p JOIN pg_inherits i ON i.inhparent = p.tbl
    WHERE i.inhrelid NOT IN (SELECT tbl FROM terrcarbon.protected_table)
    UNION ALL
    SELECT 'error', i.inhparent::regclass::text, format('parent of protected table %s, and not protected itself', p.tbl),
        format('SELECT terrcarbon.protect(%L, %L)', i.inhparent::regclass, p.dataset_column)
    FROM terrcarbon.protected_table p JOIN pg_inherits i ON i.inhrelid = p.tbl
    WHERE i.inhparent NOT IN (SELECT tbl FROM terrcarbon.protected_table)
    UNION ALL
    -- privileges that go past row security
    SELECT CASE x.privilege_type WHEN 'TRUNCATE' THEN 'error' ELSE 'warning' END, p.tbl::text,
        CASE x.privilege_type
            WHEN 'TRUNCATE' THEN format('%s may empty it, rows of others included', terrcarbon.role_of_acl(x.grantee))
            WHEN 'TRIGGER' THEN format('%s may see and change the rows that others write', terrcarbon.role_of_acl(x.grantee))
            ELSE format('%s may find hidden keys by a foreign key', terrcarbon.role_of_acl(x.grantee))
        END,
        format('REVOKE %s ON %s FROM %s', x.privilege_type, p.tbl, terrcarbon.role_of_acl(x.grantee))
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl, aclexplode(c.relacl) x
    WHERE x.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') AND x.grantee <> c.relowner
    UNION ALL
    SELECT 'warning', format('%s(%I)', p.tbl, a.attname),
        format('%s may find hidden keys by a foreign key', terrcarbon.role_of_acl(x.grantee)),
        format('REVOKE REFERENCES (%I) ON %s FROM %s', a.attname, p.tbl, terrcarbon.role_of_acl(x.grantee))
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl
    JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) x
    WHERE x.privilege_type = 'REFERENCES' AND x.grantee <> c.relowner
    UNION ALL
    SELECT 'warning', k.conrelid::regclass::text,
        format('its foreign key to %s, of another owner, finds hidden keys', p.tbl),
        format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname)
    FROM terrcarbon.protected_table p JOIN pg_constraint k ON k.confrelid = p.tbl AND k.contype = 'f'
    JOIN pg_class c ON c.oid = p.tbl JOIN pg_class r ON r.oid = k.conrelid
    WHERE r.relowner <> c.relowner
    UNION ALL
    SELECT CASE WHEN k.confdeltype = 'a' OR k.confdeltype = 'r' THEN 'warning' ELSE 'error' END,
        k.confrelid::regclass::text,
        CASE WHEN k.confdeltype = 'a' OR k.confdeltype = 'r'
            THEN format('%s, who may delete from it, learns of hidden rows of %s', terrcarbon.role_of_acl(x.grantee), p.tbl)
            ELSE format('%s, who may delete from it, changes hidden rows of %s', terrcarbon.role_of_acl(x.grantee), p.tbl)
        END,
        format('REVOKE DELETE ON %s FROM %s', k.confrelid::regclass, terrcarbon.role_of_acl(x.grantee))
    FROM terrcarbon.protected_table p
    JOIN pg_constraint k ON k.conrelid = p.tbl AND k.contype = 'f' AND k.confrelid <> p.tbl
    JOIN pg_class c ON c.oid = k.confrelid, aclexplode(c.relacl) x
    WHERE x.privilege_type = 'DELETE' AND x.grantee <> c.relowner
    UNION ALL
    -- keys across datasets
    SELECT 'warning', i.indexrelid::regclass::text,
        format('unique across the datasets of %s: who inserts learns of hidden keys', p.tbl),
        CASE WHEN k.oid IS NULL
            THEN format('DROP INDEX %s', i.indexrelid::regclass)
            ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', p.tbl, k.conname)
        END || CASE WHEN i.indisexclusion OR i.indexprs IS NOT NULL THEN ''
            ELSE format('; CREATE UNIQUE INDEX ON %s (%I, %s)', p.tbl, p.dataset_column,
                (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY n.place)
                 FROM unnest(i.indkey::int2[]) WITH ORDINALITY n(attnum, place)
                 JOIN pg_attribute a ON a.attrelid = p.tbl AND a.attnum = n.attnum
                 WHERE n.place <= i.indnkeyatts AND a.attname <> p.dataset_column))
        END
    FROM terrcarbon.protected_table p JOIN pg_index i ON i.indrelid = p.tbl
    JOIN pg_class c ON c.oid = p.tbl
    LEFT JOIN pg_attribute f ON f.attrelid = p.tbl AND f.attnum = i.indkey[0]
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
    WHERE (i.indisunique OR i.indisexclusion) AND f.attname IS DISTINCT FROM p.dataset_column
    UNION ALL
    -- who owns
    SELECT 'notice', p.tbl::text,
        format('owner %I can log in, and an owner may drop policies', r.rolname),
        format('ALTER TABLE %s OWNER TO a role without LOGIN', p.tbl)
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl JOIN pg_roles r ON r.oid = c.relowner
    WHERE r.rolcanlogin
    UNION ALL
    SELECT 'notice', p.tbl::text, 'rows without a dataset are possible, and nobody sees them',
        format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', p.tbl, p.dataset_column)
    FROM terrcarbon.protected_table p
    JOIN pg_attribute a ON a.attrelid = p.tbl AND a.attname = p.dataset_column
    WHERE NOT a.attnotnull
    UNION ALL
    SELECT 'notice', p.tbl::text, 'no index leads with the dataset: readers of little read it whole',
        format('CREATE INDEX ON %s (%I)', p.tbl, p.dataset_column)
    FROM terrcarbon.protected_table p
    WHERE NOT EXISTS (
        SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = p.tbl AND i.indpred IS NULL AND a.attname = p.dataset_column)
    UNION ALL
    SELECT 'warning', p.tbl::text, format('publication %I sends every row to its subscribers', u.pubname),
        CASE WHEN u.puballtables THEN format('DROP PUBLICATION %I', u.pubname)
             ELSE format('ALTER PUBLICATION %I DROP TABLE %s', u.pubname, p.tbl) END
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_publication_tables t ON t.schemaname = n.nspname AND t.tablename = c.relname
    JOIN pg_publication u ON u.pubname = t.pubname
$$;
COMMENT ON FUNCTION doctor_tables() IS
    'The part of doctor() about protected tables. Internal.';

CREATE FUNCTION doctor_readers() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE reads (rel, tbl) AS (
        -- views and materialized views over protected tables, at any depth
        SELECT w.ev_class, p.tbl::oid
        FROM terrcarbon.protected_table p
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.tbl
        JOIN pg_rewrite w ON w.oid = d.objid AND w.ev_class <> p.tbl
        UNION
        SELECT w.ev_class, r.tbl
        FROM reads r
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = r.rel
        JOIN pg_rewrite w ON w.oid = d.objid AND w.ev_class <> r.rel
    ),
    relation AS (
        SELECT DISTINCT c.oid, c.relkind, c.relowner, c.reloptions
        FROM reads r JOIN pg_class c ON c.oid = r.rel
    ),
    shared AS (
        SELECT r.*, EXISTS (SELECT FROM terrcarbon.grants_on(r.oid) WHERE privilege = 'SELECT') AS is_read
        FROM relation r
    )
    SELECT 'error', s.oid::regclass::text,
        format('view of %I, who reads past every policy, shows all rows to its readers', pg_get_userbyid(s.relowner)),
        format('ALTER VIEW %s SET (security_invoker = true)', s.oid::regclass)
    FROM shared s
    WHERE s.relkind = 'v' AND s.is_read AND terrcarbon.reads_past_policies(s.relowner)
        AND NOT EXISTS (SELECT FROM pg_options_to_table(s.reloptions) o
                        WHERE o.option_name = 'security_invoker' AND o.option_value::bool)
    UNION ALL
    SELECT 'error', s.oid::regclass::text, 'materialized view shows to its readers what its owner read',
        CASE WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = s.oid AND a.attname = 'sources'
                          AND a.atttypid = 'int[]'::regtype)
             THEN format('SELECT terrcarbon.protect_matview(%L)', s.oid::regclass)
             ELSE (SELECT string_agg(DISTINCT format('REVOKE ALL ON %s FROM %s', s.oid::regclass, terrcarbon.role_of_acl(x.grantee)), '; ')
                   FROM terrcarbon.grants_on(s.oid) x)
        END
    FROM shared s WHERE s.relkind = 'm' AND s.is_read
    UNION ALL
    SELECT 'warning', s.oid::regclass::text,
        format('materialized view of %I, who reads past every policy, holds all rows', pg_get_userbyid(s.relowner)),
        format('ALTER MATERIALIZED VIEW %s OWNER TO a role that the producers granted access', s.oid::regclass)
    FROM shared s WHERE s.relkind = 'm' AND terrcarbon.reads_past_policies(s.relowner)
    UNION ALL
    -- code that runs with more rights than its caller
    SELECT 'warning', f.oid::regprocedure::text,
        format('runs as %I, who reads past every policy, and mentions %s', pg_get_userbyid(f.proowner), p.tbl),
        format('ALTER FUNCTION %s SECURITY INVOKER', f.oid::regprocedure)
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl
    JOIN pg_proc f ON f.prosecdef AND terrcarbon.reads_past_policies(f.proowner)
        AND (f.prosrc ~ ('\m' || regexp_replace(c.relname, '\W', '.', 'g') || '\M')
             OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid
                        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.tbl))
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'warning', f.oid::regprocedure::text,
        'runs as its owner without a fixed search_path: a caller may put tables and functions in its way',
        format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', f.oid::regprocedure)
    FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE f.prosecdef AND f.prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c')
        -- names in a BEGIN ATOMIC body are looked up once, when it is created
        AND f.prosqlbody IS NULL
        AND NOT EXISTS (SELECT FROM unnest(f.proconfig) s WHERE s LIKE 'search\_path=%')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e')
        AND f.oid >= 16384
    UNION ALL
    SELECT 'warning', f.oid::regprocedure::text,
        'claims to be leakproof, so it sees rows before the policy does',
        format('ALTER FUNCTION %s NOT LEAKPROOF', f.oid::regprocedure)
    FROM pg_proc f
    WHERE f.proleakproof AND f.oid >= 16384
        AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                        WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid
                            AND d.deptype = 'e' AND e.extname = 'terrcarbon')
    UNION ALL
    -- roles
    SELECT 'notice', quote_ident(r.rolname),
        CASE WHEN r.rolsuper THEN 'superuser: reads all rows' ELSE 'BYPASSRLS: reads all rows' END,
        format('ALTER ROLE %I %s', r.rolname, CASE WHEN r.rolsuper THEN 'NOSUPERUSER' ELSE 'NOBYPASSRLS' END)
    FROM pg_roles r WHERE r.rolcanlogin AND (r.rolsuper OR r.rolbypassrls)
    UNION ALL
    SELECT 'notice', quote_ident(r.rolname), 'REPLICATION: may copy the whole cluster',
        format('ALTER ROLE %I NOREPLICATION', r.rolname)
    FROM pg_roles r WHERE r.rolreplication AND NOT r.rolsuper
    UNION ALL
    SELECT 'warning', quote_ident(r.rolname), format('%s: reads the files that hold the rows', g.rolname),
        format('REVOKE %I FROM %I', g.rolname, r.rolname)
    FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member
    WHERE g.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
        AND NOT r.rolsuper
    UNION ALL
    -- ways back in as somebody else
    SELECT 'warning', s.srvname::text, 'foreign server that everybody uses with one stored login',
        format('DROP USER MAPPING FOR PUBLIC SERVER %I', s.srvname)
    FROM pg_user_mappings u JOIN pg_foreign_server s ON s.oid = u.srvid
    WHERE u.umuser = 0
$$;
COMMENT ON FUNCTION doctor_readers() IS
    'The part of doctor() about those who read past the policies. Internal.';

CREATE FUNCTION doctor_server() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- statistics over all rows
    SELECT 'error', f.oid::regprocedure::text,
        'anybody reads statistics and extents of hidden geometries with it',
        format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f.oid::regprocedure)
    FROM pg_proc f
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'postgis'
    WHERE f.proname IN ('_postgis_stats', '_postgis_selectivity', '_postgis_join_selectivity',
                        '_postgis_index_extent', 'st_estimatedextent')
        AND EXISTS (SELECT FROM terrcarbon.protected_table p JOIN pg_attribute a ON a.attrelid = p.tbl
                    JOIN pg_type t ON t.oid = a.atttypid AND t.typname IN ('geometry', 'geography'))
        AND EXISTS (SELECT FROM aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x WHERE x.grantee = 0)
    UNION ALL
    SELECT 'warning', f.oid::regprocedure::text,
        'counts for anybody the hidden rows that a query of theirs touched',
        format('REVOKE EXECUTE ON FUNCTION pg_catalog.%s FROM PUBLIC; GRANT EXECUTE ON FUNCTION pg_catalog.%1$s TO pg_monitor',
               f.oid::regprocedure)
    FROM pg_proc f
    WHERE f.pronamespace = 'pg_catalog'::regnamespace
        AND f.proname ~ '^(pg_stat_get_(xact_|db_)?(tuples_returned|tuples_fetched|blocks_fetched|blocks_hit)|pg_lock_status)$'
        AND EXISTS (SELECT FROM terrcarbon.protected_table)
        AND EXISTS (SELECT FROM aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x WHERE x.grantee = 0)
    UNION ALL
    SELECT 'warning', f.oid::regprocedure::text,
        'counts for anybody the blocks that a query of theirs touched, hidden rows included',
        format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %1$s TO pg_monitor', f.oid::regprocedure)
    FROM pg_proc f
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_stat_statements'
    WHERE f.proname = 'pg_stat_statements'
        AND EXISTS (SELECT FROM aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x WHERE x.grantee = 0)
    UNION ALL
    -- plans
    SELECT 'warning', 'auto_explain', 'plans that it logs reach a client that sets client_min_messages',
        'ALTER SYSTEM SET auto_explain.log_min_duration = -1; SELECT pg_reload_conf()'
    WHERE current_setting('auto_explain.log_min_duration', true) <> '-1'
    UNION ALL
    SELECT 'notice', 'guard', 'not preloaded: each session loads it when it first plans a query of a protected table',
        'ALTER SYSTEM SET session_preload_libraries = ' ||
        concat_ws(', ', nullif(current_setting('session_preload_libraries'), ''), 'terrcarbon') ||
        '; SELECT pg_reload_conf()'
    WHERE concat_ws(',', current_setting('session_preload_libraries', true),
                    current_setting('shared_preload_libraries', true)) !~ '\mterrcarbon\M'
    UNION ALL
    -- the catalogue
    SELECT 'error', t.tgrelid::regclass::text, format('trigger %I does not always fire: sessions keep rights that were taken back, or events change', t.tgname),
        format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.tgrelid::regclass, t.tgname)
    FROM pg_trigger t
    WHERE t.tgrelid IN ('terrcarbon.dataset'::regclass, 'terrcarbon.access_grant'::regclass, 'terrcarbon.event'::regclass)
        AND NOT t.tgisinternal AND t.tgenabled <> 'A'
    UNION ALL
    SELECT 'error', c.oid::regclass::text,
        format('%s has %s on it, past the producer functions', terrcarbon.role_of_acl(x.grantee), x.privilege),
        format('REVOKE %s ON %s FROM %s', x.privilege, c.oid::regclass, terrcarbon.role_of_acl(x.grantee))
    FROM pg_class c, terrcarbon.grants_on(c.oid) x
    WHERE c.oid IN ('terrcarbon.dataset'::regclass, 'terrcarbon.access_grant'::regclass,
                    'terrcarbon.access_request'::regclass, 'terrcarbon.event'::regclass,
                    'terrcarbon.steward'::regclass, 'terrcarbon.guarded_matview'::regclass)
        -- what the catalogue shows
        AND NOT (c.oid = 'terrcarbon.dataset'::regclass AND x.on_columns AND x.privilege = 'SELECT')
    UNION ALL
    SELECT 'error', 'schema terrcarbon', format('%s may create objects in it', terrcarbon.role_of_acl(x.grantee)),
        format('REVOKE CREATE ON SCHEMA terrcarbon FROM %s', terrcarbon.role_of_acl(x.grantee))
    FROM pg_namespace n, aclexplode(n.nspacl) x
    WHERE n.nspname = 'terrcarbon' AND x.privilege_type = 'CREATE' AND x.grantee <> n.nspowner
    UNION ALL
    SELECT 'notice', format('dataset %s', d.slug), format('its producer, %s, is gone: only a superuser decides on it', d.producer_name),
        format('SELECT terrcarbon.set_producer(%s, ''a role'')', d.id)
    FROM terrcarbon.dataset d WHERE d.producer::text = ''
    UNION ALL
    SELECT 'notice', format('access_grant %s', g.id), format('was granted to %s, a role that is gone', g.grantee_name),
        format('DELETE FROM terrcarbon.access_grant WHERE id = %s', g.id)
    FROM terrcarbon.access_grant g WHERE g.grantee::text = ''
$$;
COMMENT ON FUNCTION doctor_server() IS
    'The part of doctor() about the server and the catalogue. Internal.';

CREATE FUNCTION doctor_matviews() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    g record;
    held int[];
    unread int[];
BEGIN
    FOR g IN
        SELECT v.matview, v.sources_column, m.sources, c.relowner, c.relispopulated
        FROM terrcarbon.guarded_view v JOIN pg_class c ON c.oid = v.matview
        LEFT JOIN terrcarbon.guarded_matview m ON m.matview = v.matview
    LOOP
        object := g.matview::regclass::text;
        IF NOT g.relispopulated THEN
            severity := 'warning';
            problem := 'holds nothing: a restore cannot refresh what its owner reads through a policy';
            remedy := format('SELECT terrcarbon.refresh_matview(%L)', object);
            RETURN NEXT;
            CONTINUE;
        END IF;
        held := terrcarbon.matview_sources(g.matview, g.sources_column);
        SELECT array_agg(s ORDER BY s) INTO unread
        FROM unnest(held) s
        WHERE terrcarbon.explain_access(s, g.relowner) NOT LIKE 'yes%';
        IF unread IS NOT NULL THEN
            severity := 'warning';
            problem := format('holds rows of datasets %s, which its owner may not read any more: a refresh drops them', unread);
            remedy := format('SELECT terrcarbon.refresh_matview(%L)', object);
            RETURN NEXT;
        END IF;
        IF NOT held @> g.sources THEN
            severity := 'warning';
            problem := format('was refreshed without rows of datasets %s, which it held before',
                              ARRAY(SELECT unnest(g.sources) EXCEPT SELECT unnest(held) ORDER BY 1));
            remedy := format('SELECT terrcarbon.refresh_matview(%L)', object);
            RETURN NEXT;
        END IF;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION doctor_matviews() IS
    'The part of doctor() about the contents of guarded materialized views. Internal.';

CREATE FUNCTION doctor() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT h.*
    FROM (SELECT * FROM terrcarbon.doctor_tables()
          UNION ALL SELECT * FROM terrcarbon.doctor_readers()
          UNION ALL SELECT * FROM terrcarbon.doctor_matviews()
          UNION ALL SELECT * FROM terrcarbon.doctor_server()) h
    ORDER BY array_position(ARRAY['error', 'warning', 'notice'], h.severity), h.object, h.problem
$$;
COMMENT ON FUNCTION doctor() IS
    'Holes around the policies that can be found from inside the database: severity (error: rows are exposed; warning: hidden rows can be inferred, or could be; notice: worth knowing), object, problem, and the statement that closes it. For a superuser.';

REVOKE ALL ON FUNCTION doctor(), doctor_tables(), doctor_readers(), doctor_server(), doctor_matviews() FROM PUBLIC;
