-- Holes around the policies, each with the statement that closes it.
--
-- A remedy is SQL that runs as it stands, also by \gexec, which sends a line as one
-- message: so nothing in it may refuse a transaction.  Where the statement would
-- need a name or a decision that only the administrator has, it is NULL, and
-- remedy_breaks has the advice.

CREATE VIEW protected_table WITH (security_invoker) AS
    SELECT DISTINCT p.polrelid::regclass AS tbl, a.attname AS dataset_column
    FROM pg_catalog.pg_policy p
    JOIN pg_catalog.pg_depend f ON f.classid = 'pg_catalog.pg_policy'::regclass::oid AND f.objid = p.oid
        AND f.refclassid = 'pg_catalog.pg_proc'::regclass::oid
        AND f.refobjid = 'can_read(int)'::regprocedure::oid
    JOIN pg_catalog.pg_depend c ON c.classid = 'pg_catalog.pg_policy'::regclass::oid AND c.objid = p.oid
        AND c.refclassid = 'pg_catalog.pg_class'::regclass::oid AND c.refobjid = p.polrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = p.polrelid AND a.attnum::int = c.refobjsubid
    WHERE p.polname = 'licence_read';
COMMENT ON VIEW protected_table IS
    'Tables under protect, with the column that names the dataset of each row.';
COMMENT ON COLUMN protected_table.tbl IS 'The table';
COMMENT ON COLUMN protected_table.dataset_column IS 'Its column that names the dataset of a row';
GRANT SELECT ON protected_table TO PUBLIC;

CREATE VIEW terrcarbon_internal.telling_key WITH (security_invoker) AS
    SELECT k.conrelid, k.confrelid, k.conname, k.confkey, k.confdeltype, k.confupdtype,
           p.tbl IS NOT NULL AS from_protected, f.tbl IS NOT NULL AS to_protected
    FROM pg_catalog.pg_constraint k
    LEFT JOIN protected_table p ON p.tbl::oid = k.conrelid
    LEFT JOIN protected_table f ON f.tbl::oid = k.confrelid
    WHERE k.contype = 'f' AND (p.tbl IS NOT NULL OR f.tbl IS NOT NULL)
      AND NOT EXISTS (
          SELECT FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) AS pair(here, there)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.here
              AND a.attname = p.dataset_column
          JOIN pg_catalog.pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.there
              AND b.attname = f.dataset_column);
COMMENT ON VIEW terrcarbon_internal.telling_key IS
    'Foreign keys from or to protected tables that tell whether a hidden row exists, because they do not pair the datasets of both.';
COMMENT ON COLUMN terrcarbon_internal.telling_key.conrelid IS 'The table that refers';
COMMENT ON COLUMN terrcarbon_internal.telling_key.confrelid IS 'The table referred to';
COMMENT ON COLUMN terrcarbon_internal.telling_key.conname IS 'Name of the constraint';
COMMENT ON COLUMN terrcarbon_internal.telling_key.confkey IS 'Columns referred to';
COMMENT ON COLUMN terrcarbon_internal.telling_key.confdeltype IS 'What a deletion does, as in pg_constraint';
COMMENT ON COLUMN terrcarbon_internal.telling_key.confupdtype IS 'What a change of the key does, as in pg_constraint';
COMMENT ON COLUMN terrcarbon_internal.telling_key.from_protected IS 'Whether the table that refers is protected';
COMMENT ON COLUMN terrcarbon_internal.telling_key.to_protected IS 'Whether the table referred to is protected';

CREATE FUNCTION terrcarbon_internal.reads_past_policies(role oid) RETURNS boolean
    LANGUAGE sql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE oid = role $$;
COMMENT ON FUNCTION terrcarbon_internal.reads_past_policies(oid) IS
    'Whether row policies do not apply to a role: superuser or BYPASSRLS.';

CREATE VIEW terrcarbon_internal.hub_table WITH (security_invoker) AS
    WITH RECURSIVE up (rel, far) AS (
        SELECT f.ftrelid, f.ftrelid
        FROM pg_catalog.pg_foreign_table f
        WHERE EXISTS (SELECT FROM pg_catalog.pg_user_mappings u WHERE u.srvid = f.ftserver AND u.umuser <> 0::oid)
        UNION
        SELECT i.inhparent, up.far FROM up JOIN pg_catalog.pg_inherits i ON i.inhrelid = up.rel
    )
    SELECT rel, far FROM up;
COMMENT ON VIEW terrcarbon_internal.hub_table IS
    'Foreign tables of servers that roles reach each with a login of its own, and the tables they are parts of.';
COMMENT ON COLUMN terrcarbon_internal.hub_table.rel IS 'The foreign table, or one that it is a part of';
COMMENT ON COLUMN terrcarbon_internal.hub_table.far IS 'The foreign table';

CREATE FUNCTION terrcarbon_internal.doctor_row_security() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- row security itself
    SELECT 'error', p.tbl::text, 'row security is not both enabled and forced: the owner, or everybody, reads all rows',
        format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', p.tbl)
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl::oid
    WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)
    UNION ALL
    SELECT 'error', p.tbl::text, format('policy %I lets rows through whatever their licence', o.polname),
        format('DROP POLICY %I ON %s', o.polname, p.tbl)
    FROM terrcarbon.protected_table p JOIN pg_policy o ON o.polrelid = p.tbl::oid
    WHERE o.polpermissive AND o.polname NOT IN ('licence_read', 'licence_insert', 'licence_update', 'licence_delete')
    UNION ALL
    -- families: a table is read under the policies of the table that is named
    SELECT 'error', i.inhrelid::regclass::text, format('child of protected table %s, and not protected itself', p.tbl),
        format('SELECT terrcarbon.protect(%L, %L)', i.inhrelid::regclass, p.dataset_column)
    FROM terrcarbon.protected_table p JOIN pg_inherits i ON i.inhparent = p.tbl::oid
    WHERE i.inhrelid NOT IN (SELECT tbl::oid FROM terrcarbon.protected_table)
    UNION ALL
    SELECT 'error', i.inhparent::regclass::text, format('parent of protected table %s, and not protected itself', p.tbl),
        format('SELECT terrcarbon.protect(%L, %L)', i.inhparent::regclass, p.dataset_column)
    FROM terrcarbon.protected_table p JOIN pg_inherits i ON i.inhrelid = p.tbl::oid
    WHERE i.inhparent NOT IN (SELECT tbl::oid FROM terrcarbon.protected_table)
    UNION ALL
    SELECT 'warning', c.oid::regclass::text,
        'was protected until the extension was dropped: nobody but superusers reads it, and its rows belong to datasets that are gone',
        format('SELECT terrcarbon.protect(%L, %L)', c.oid::regclass, a.attname)
    FROM pg_policy o JOIN pg_class c ON c.oid = o.polrelid
    JOIN pg_depend d ON d.classid = 'pg_policy'::regclass::oid AND d.objid = o.oid
        AND d.refclassid = 'pg_class'::regclass::oid AND d.refobjid = c.oid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum::int = d.refobjsubid
    WHERE o.polname = 'licence_column' AND c.oid NOT IN (SELECT tbl::oid FROM terrcarbon.protected_table)
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_row_security() IS
    'The part of doctor() about row security and the families of protected tables.';

CREATE FUNCTION terrcarbon_internal.doctor_privileges() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- privileges that go past row security
    SELECT CASE x.privilege_type WHEN 'TRUNCATE' THEN 'error' ELSE 'warning' END, p.tbl::text,
        CASE x.privilege_type
            WHEN 'TRUNCATE' THEN format('%s may empty it, rows of others included', terrcarbon_internal.role_of_acl(x.grantee))
            WHEN 'TRIGGER' THEN format('%s may see and change the rows that others write', terrcarbon_internal.role_of_acl(x.grantee))
            ELSE format('%s may find hidden keys by a foreign key', terrcarbon_internal.role_of_acl(x.grantee))
        END,
        format('REVOKE %s ON %s FROM %s', x.privilege_type, p.tbl, terrcarbon_internal.role_of_acl(x.grantee))
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl::oid, aclexplode(c.relacl) x
    WHERE x.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') AND x.grantee <> c.relowner
    UNION ALL
    SELECT 'warning', format('%s(%I)', p.tbl, a.attname),
        format('%s may find hidden keys by a foreign key', terrcarbon_internal.role_of_acl(x.grantee)),
        format('REVOKE REFERENCES (%I) ON %s FROM %s', a.attname, p.tbl, terrcarbon_internal.role_of_acl(x.grantee))
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl::oid
    JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) x
    WHERE x.privilege_type = 'REFERENCES' AND x.grantee <> c.relowner
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_privileges() IS
    'The part of doctor() about privileges that go past row security.';

CREATE FUNCTION terrcarbon_internal.doctor_foreign_keys() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- foreign keys, unless they pair the dataset of one table with that of the other
    SELECT 'warning', k.conrelid::regclass::text,
        format('its foreign key to %s, of another owner, finds hidden keys', k.confrelid::regclass),
        format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname)
    FROM terrcarbon_internal.telling_key k
    JOIN pg_class c ON c.oid = k.confrelid JOIN pg_class r ON r.oid = k.conrelid
    WHERE k.to_protected AND r.relowner <> c.relowner
    UNION ALL
    SELECT 'warning', k.conrelid::regclass::text,
        format('%s, who may add or change rows of it, finds hidden keys of %s by a foreign key',
               terrcarbon_internal.role_of_acl(x.grantee), k.confrelid::regclass),
        format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname)
    FROM terrcarbon_internal.telling_key k
    JOIN pg_class c ON c.oid = k.confrelid JOIN pg_class r ON r.oid = k.conrelid
    CROSS JOIN LATERAL (SELECT DISTINCT g.grantee FROM terrcarbon_internal.grants_on(r.oid) g
                        WHERE g.privilege IN ('INSERT', 'UPDATE')) x
    WHERE k.to_protected AND r.relowner = c.relowner
    UNION ALL
    SELECT CASE WHEN x.acts THEN 'error' ELSE 'warning' END, k.confrelid::regclass::text,
        format('%s, who may %s, %s hidden rows of %s', terrcarbon_internal.role_of_acl(x.grantee),
               CASE x.privilege WHEN 'DELETE' THEN 'delete from it' ELSE 'change its keys' END,
               CASE WHEN x.acts THEN 'changes' ELSE 'learns of' END, k.conrelid::regclass),
        CASE WHEN x.attname IS NULL
            THEN format('REVOKE %s ON %s FROM %s', x.privilege, k.confrelid::regclass, terrcarbon_internal.role_of_acl(x.grantee))
            ELSE format('REVOKE %s (%I) ON %s FROM %s', x.privilege, x.attname, k.confrelid::regclass, terrcarbon_internal.role_of_acl(x.grantee))
        END
    FROM terrcarbon_internal.telling_key k
    JOIN pg_class c ON c.oid = k.confrelid
    CROSS JOIN LATERAL (
        SELECT a.grantee, a.privilege_type AS privilege, NULL::name AS attname,
               CASE a.privilege_type WHEN 'DELETE' THEN k.confdeltype ELSE k.confupdtype END NOT IN ('a', 'r') AS acts
        FROM aclexplode(c.relacl) a
        WHERE a.privilege_type IN ('DELETE', 'UPDATE') AND a.grantee <> c.relowner
        UNION ALL
        SELECT a.grantee, a.privilege_type, t.attname, k.confupdtype NOT IN ('a', 'r')
        FROM pg_attribute t, aclexplode(t.attacl) a
        WHERE t.attrelid = c.oid AND t.attnum = ANY (k.confkey)
            AND a.privilege_type = 'UPDATE' AND a.grantee <> c.relowner
    ) x
    WHERE k.from_protected AND k.conrelid <> k.confrelid
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_foreign_keys() IS
    'The part of doctor() about foreign keys that tell of hidden rows.';

CREATE FUNCTION terrcarbon_internal.doctor_keys() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
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
                 JOIN pg_attribute a ON a.attrelid = p.tbl::oid AND a.attnum = n.attnum
                 WHERE n.place <= i.indnkeyatts AND a.attname <> p.dataset_column))
        END
    FROM terrcarbon.protected_table p JOIN pg_index i ON i.indrelid = p.tbl::oid
    JOIN pg_class c ON c.oid = p.tbl::oid
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
    WHERE (i.indisunique OR i.indisexclusion)
        AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY n(attnum, place)
                        JOIN pg_attribute f ON f.attrelid = p.tbl::oid AND f.attnum = n.attnum
                        WHERE n.place <= i.indnkeyatts AND f.attname = p.dataset_column)
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_keys() IS
    'The part of doctor() about keys that reach across datasets.';

CREATE FUNCTION terrcarbon_internal.doctor_tables() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Who owns: a nightly job logs in as the owner of its account.  Superusers read
    -- all rows anyhow.
    SELECT 'notice', quote_ident(r.rolname),
        format('can log in, and owns protected tables, whose policies an owner may drop: %s, among them %s', count(*), min(p.tbl::text COLLATE "C")),
        NULL
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl::oid JOIN pg_roles r ON r.oid = c.relowner
    WHERE r.rolcanlogin AND NOT r.rolsuper
    GROUP BY r.rolname
    UNION ALL
    SELECT 'notice', p.tbl::text, 'rows without a dataset are possible, and nobody sees them',
        format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', p.tbl, p.dataset_column)
    FROM terrcarbon.protected_table p
    JOIN pg_attribute a ON a.attrelid = p.tbl::oid AND a.attname = p.dataset_column
    WHERE NOT a.attnotnull
    UNION ALL
    SELECT 'notice', p.tbl::text, 'no index leads with the dataset: readers of little read it whole',
        format('CREATE INDEX ON %s (%I)', p.tbl, p.dataset_column)
    FROM terrcarbon.protected_table p
    WHERE NOT EXISTS (
        SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = p.tbl::oid AND i.indpred IS NULL AND a.attname = p.dataset_column)
    UNION ALL
    SELECT 'warning', p.tbl::text, format('publication %I sends every row to its subscribers', u.pubname),
        CASE WHEN u.puballtables THEN format('DROP PUBLICATION %I', u.pubname)
             ELSE format('ALTER PUBLICATION %I DROP TABLE %s', u.pubname, p.tbl) END
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl::oid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_publication_tables t ON t.schemaname = n.nspname AND t.tablename = c.relname
    JOIN pg_publication u ON u.pubname = t.pubname
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_tables() IS
    'The part of doctor() about owners, columns and publications of protected tables.';

CREATE FUNCTION terrcarbon_internal.doctor_views() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE reads (rel, tbl) AS (
        -- views and materialized views over protected tables, at any depth
        SELECT w.ev_class, p.tbl::oid
        FROM terrcarbon.protected_table p
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass::oid
            AND d.refclassid = 'pg_class'::regclass::oid AND d.refobjid = p.tbl::oid
        JOIN pg_rewrite w ON w.oid = d.objid AND w.ev_class <> p.tbl::oid
        UNION
        SELECT w.ev_class, r.tbl
        FROM reads r
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass::oid
            AND d.refclassid = 'pg_class'::regclass::oid AND d.refobjid = r.rel
        JOIN pg_rewrite w ON w.oid = d.objid AND w.ev_class <> r.rel
    ),
    relation AS (
        SELECT DISTINCT c.oid, c.relkind, c.relowner, c.reloptions
        FROM reads r JOIN pg_class c ON c.oid = r.rel
    ),
    shared AS (
        SELECT r.*, EXISTS (SELECT FROM terrcarbon_internal.grants_on(r.oid) WHERE privilege = 'SELECT') AS is_read
        FROM relation r
    )
    SELECT 'error', s.oid::regclass::text,
        format('view of %I, who reads past every policy, shows all rows to its readers', pg_get_userbyid(s.relowner)),
        format('ALTER VIEW %s SET (security_invoker = true)', s.oid::regclass)
    FROM shared s
    WHERE s.relkind = 'v' AND s.is_read AND terrcarbon_internal.reads_past_policies(s.relowner)
        AND NOT EXISTS (SELECT FROM pg_options_to_table(s.reloptions) o
                        WHERE o.option_name = 'security_invoker' AND o.option_value::bool)
    UNION ALL
    SELECT 'error', s.oid::regclass::text, 'materialized view shows to its readers what its owner read',
        CASE WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = s.oid AND a.attname = 'sources'
                          AND a.atttypid = 'int[]'::regtype::oid)
             THEN format('SELECT terrcarbon.protect_matview(%L)', s.oid::regclass)
             ELSE (SELECT string_agg(DISTINCT format('REVOKE ALL ON %s FROM %s', s.oid::regclass, terrcarbon_internal.role_of_acl(x.grantee)), '; ')
                   FROM terrcarbon_internal.grants_on(s.oid) x)
        END
    FROM shared s WHERE s.relkind = 'm' AND s.is_read
    UNION ALL
    SELECT 'warning', s.oid::regclass::text,
        format('materialized view of %I, who reads past every policy, holds all rows', pg_get_userbyid(s.relowner)),
        NULL
    FROM shared s WHERE s.relkind = 'm' AND terrcarbon_internal.reads_past_policies(s.relowner)
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_views() IS
    'The part of doctor() about views and materialized views over protected tables.';

CREATE FUNCTION terrcarbon_internal.doctor_functions() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- code that runs with more rights than its caller
    SELECT 'warning', f.oid::regprocedure::text,
        format('runs as %I, who reads past every policy, and mentions %s', pg_get_userbyid(f.proowner), p.tbl),
        format('ALTER FUNCTION %s SECURITY INVOKER', f.oid::regprocedure)
    FROM terrcarbon.protected_table p JOIN pg_class c ON c.oid = p.tbl::oid
    JOIN pg_proc f ON f.prosecdef AND terrcarbon_internal.reads_past_policies(f.proowner)
        AND (f.prosrc ~ ('\m' || regexp_replace(c.relname, '\W', '.', 'g') || '\M')
             OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass::oid AND d.objid = f.oid
                        AND d.refclassid = 'pg_class'::regclass::oid AND d.refobjid = p.tbl::oid))
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass::oid AND d.objid = f.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'warning', f.oid::regprocedure::text,
        'runs as its owner without a fixed search_path: a caller may put tables and functions in its way',
        format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', f.oid::regprocedure)
    FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE f.prosecdef AND f.prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c')
        -- names in a BEGIN ATOMIC body are looked up once, when it is created
        AND f.prosqlbody IS NULL
        AND NOT EXISTS (SELECT FROM unnest(f.proconfig) s WHERE s LIKE 'search\_path=%')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass::oid AND d.objid = f.oid AND d.deptype = 'e')
        AND f.oid >= 16384::oid
    UNION ALL
    SELECT 'warning', f.oid::regprocedure::text,
        'claims to be leakproof, so it sees rows before the policy does',
        format('ALTER FUNCTION %s NOT LEAKPROOF', f.oid::regprocedure)
    FROM pg_proc f
    WHERE f.proleakproof AND f.oid >= 16384::oid
        AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                        WHERE d.classid = 'pg_proc'::regclass::oid AND d.objid = f.oid
                            AND d.deptype = 'e' AND e.extname = 'terrcarbon')
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_functions() IS
    'The part of doctor() about functions that read past the policies.';

CREATE FUNCTION terrcarbon_internal.doctor_readers() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- roles
    SELECT 'notice', quote_ident(r.rolname),
        CASE WHEN r.rolsuper THEN 'superuser: reads all rows' ELSE 'BYPASSRLS: reads all rows' END,
        NULL
    -- every cluster has the superuser who made it, 10
    FROM pg_roles r WHERE r.rolcanlogin AND (r.rolsuper OR r.rolbypassrls) AND r.oid <> 10::oid
    UNION ALL
    SELECT 'notice', quote_ident(r.rolname), 'REPLICATION: may copy the whole cluster',
        NULL
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
    WHERE u.umuser = 0::oid
    UNION ALL
    -- what was sampled here of rows that each role reads elsewhere as somebody else
    SELECT 'warning', h.rel::regclass::text,
        'its statistics are of the rows that whoever analysed it read on the foreign server: pg_stats and plans tell them to readers who do not read all of these',
        format('SET allow_system_table_mods = on; DELETE FROM pg_catalog.pg_statistic WHERE starelid = %L::pg_catalog.regclass; RESET allow_system_table_mods; ALTER TABLE %s %s',
               h.rel::regclass, h.rel::regclass,
               (SELECT string_agg(format('ALTER COLUMN %I SET STATISTICS 0', a.attname), ', ' ORDER BY a.attnum)
                FROM pg_attribute a WHERE a.attrelid = h.rel AND a.attnum > 0 AND NOT a.attisdropped))
    FROM terrcarbon_internal.hub_table h
    WHERE EXISTS (SELECT FROM pg_statistic s WHERE s.starelid = h.rel)
        AND EXISTS (SELECT FROM terrcarbon_internal.hub_table o, terrcarbon_internal.grants_on(o.rel) x
                    WHERE o.far = h.far AND x.privilege = 'SELECT')
    GROUP BY h.rel
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_readers() IS
    'The part of doctor() about roles that read past the policies, and foreign servers.';

CREATE FUNCTION terrcarbon_internal.doctor_matviews() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- What they held when last looked at, with the rights of their owner: to look
    -- now would run their owner's code.
    SELECT 'warning', c.oid::regclass::text, x.problem, format('SELECT terrcarbon.refresh_matview(%L)', c.oid::regclass)
    FROM terrcarbon_internal.guarded_view v JOIN pg_class c ON c.oid = v.matview
    LEFT JOIN terrcarbon_internal.guarded_matview m ON m.matview = v.matview
    CROSS JOIN LATERAL (
        SELECT array_agg(s ORDER BY s) AS ids FROM unnest(m.sources) s
        WHERE terrcarbon.explain_access(s, c.relowner::regrole) NOT LIKE 'yes%'
    ) unread
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN NOT c.relispopulated
                THEN 'holds nothing: a restore cannot refresh what its owner reads through a policy'
            WHEN m.matview IS NULL OR m.seen <> c.xmin
                THEN 'was refreshed or altered without refresh_matview: the datasets it holds are not known'
            WHEN unread.ids IS NOT NULL
                THEN format('holds rows of datasets %s, which its owner may not read any more: a refresh drops them', unread.ids)
        END AS problem
    ) x
    WHERE x.problem IS NOT NULL
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_matviews() IS
    'The part of doctor() about the contents of guarded materialized views.';

CREATE FUNCTION terrcarbon_internal.doctor_server() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Where every dataset is open, nothing is hidden that they could tell.
    WITH weight AS (
        SELECT CASE WHEN confidential THEN 'warning' ELSE 'notice' END AS severity,
               CASE WHEN confidential THEN 'error' ELSE 'notice' END AS exposing
        FROM (SELECT EXISTS (SELECT FROM terrcarbon.dataset d WHERE d.access <> 'open') AS confidential) c
    )
    -- statistics over all rows
    SELECT w.exposing, CASE WHEN l.layers THEN 'st_estimatedextent' ELSE 'statistics of PostGIS' END,
        CASE WHEN l.layers THEN 'anybody reads the extent of hidden geometries with it'
             ELSE 'anybody reads histograms and extents of hidden geometries with PostGIS''s functions for the planner' END,
        format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', string_agg(f.oid::regprocedure::text, ', ' ORDER BY f.oid::regprocedure::text COLLATE "C"))
    FROM pg_proc f
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass::oid AND d.objid = f.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'postgis'
    CROSS JOIN weight w
    -- the one that maps ask for, and those for diagnosis
    CROSS JOIN LATERAL (SELECT f.proname = 'st_estimatedextent') AS l (layers)
    WHERE f.proname IN ('_postgis_stats', '_postgis_selectivity', '_postgis_join_selectivity',
                        '_postgis_index_extent', 'st_estimatedextent')
        AND EXISTS (SELECT FROM terrcarbon.protected_table p JOIN pg_attribute a ON a.attrelid = p.tbl::oid
                    JOIN pg_type t ON t.oid = a.atttypid AND t.typname IN ('geometry', 'geography'))
        AND EXISTS (SELECT FROM aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x WHERE x.grantee = 0::oid)
    GROUP BY w.exposing, l.layers
    UNION ALL
    SELECT w.severity, 'statistics functions',
        'with them anybody counts what a query of theirs touched, hidden rows included',
        format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %1$s TO pg_monitor',
               string_agg('pg_catalog.' || f.oid::regprocedure, ', ' ORDER BY f.oid::regprocedure::text COLLATE "C"))
    FROM pg_proc f
    JOIN terrcarbon_internal.server_statistics() t ON t.name = f.proname::text AND t.closed_by = 'doctor'
    CROSS JOIN weight w
    WHERE f.pronamespace = 'pg_catalog'::regnamespace::oid
        AND EXISTS (SELECT FROM terrcarbon.protected_table)
        AND EXISTS (SELECT FROM aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x WHERE x.grantee = 0::oid)
    GROUP BY w.severity
    UNION ALL
    SELECT w.severity, f.oid::regprocedure::text,
        'counts for anybody the blocks that a query of theirs touched, hidden rows included',
        format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %1$s TO pg_monitor', f.oid::regprocedure)
    FROM pg_proc f
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass::oid AND d.objid = f.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_stat_statements'
    CROSS JOIN weight w
    WHERE f.proname = 'pg_stat_statements'
        AND EXISTS (SELECT FROM aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x WHERE x.grantee = 0::oid)
    UNION ALL
    -- plans
    SELECT 'warning', 'auto_explain', 'plans that it logs reach a client that sets client_min_messages',
        format('ALTER DATABASE %I SET auto_explain.log_min_duration = -1', current_database())
    WHERE current_setting('auto_explain.log_min_duration', true) <> '-1'
    UNION ALL
    SELECT w.severity, 'guard', 'not preloaded: the first query of a protected table in each session is planned without it, so that it uses no index of maps and its planning is counted',
        format('ALTER DATABASE %I SET session_preload_libraries = %s', current_database(),
               concat_ws(', ', nullif(current_setting('session_preload_libraries'), ''), 'terrcarbon'))
    FROM weight w
    WHERE concat_ws(',', current_setting('session_preload_libraries', true),
                    current_setting('shared_preload_libraries', true)) !~ '\mterrcarbon\M'
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_server() IS
    'The part of doctor() about the statistics and plans of the server.';

CREATE FUNCTION terrcarbon_internal.doctor_catalogue() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- the catalogue
    SELECT 'error', t.tgrelid::regclass::text, format('trigger %I does not always fire: sessions keep rights that were taken back, or events change', t.tgname),
        format('ALTER TABLE %s ENABLE %s TRIGGER %I', t.tgrelid::regclass, w.wanted, t.tgname)
    FROM pg_trigger t
    CROSS JOIN LATERAL (SELECT CASE t.tgname WHEN 'access_replicated' THEN 'REPLICA' ELSE 'ALWAYS' END) AS w (wanted)
    WHERE t.tgrelid IN ('terrcarbon.dataset'::regclass::oid, 'terrcarbon.access_grant'::regclass::oid, 'terrcarbon.event'::regclass::oid)
        AND NOT t.tgisinternal AND t.tgenabled NOT IN ('A', left(w.wanted, 1)::"char")
    UNION ALL
    SELECT 'warning', 'event trigger terrcarbon_protect', 'does not always fire: partitions and children that come later are not protected',
        'ALTER EVENT TRIGGER terrcarbon_protect ENABLE ALWAYS'
    FROM pg_event_trigger e WHERE e.evtname = 'terrcarbon_protect' AND e.evtenabled <> 'A'
    UNION ALL
    SELECT 'error', c.oid::regclass::text,
        format('%s has %s on it, past the producer functions', terrcarbon_internal.role_of_acl(x.grantee), x.privilege),
        format('REVOKE %s ON %s FROM %s', x.privilege, c.oid::regclass, terrcarbon_internal.role_of_acl(x.grantee))
    FROM unnest(ARRAY['terrcarbon.dataset', 'terrcarbon.access_grant', 'terrcarbon.access_request',
                      'terrcarbon.event', 'terrcarbon.steward', 'terrcarbon.registrar', 'terrcarbon.dataset_usage',
                      'terrcarbon_internal.reserved_id', 'terrcarbon_internal.guarded_matview',
                      'terrcarbon_internal.access_change', 'terrcarbon_internal.former_reader']) AS name
    JOIN pg_class c ON c.oid = name::regclass::oid
    CROSS JOIN LATERAL terrcarbon_internal.grants_on(c.oid) x
    -- what the catalogue shows
    WHERE NOT (c.oid = 'terrcarbon.dataset'::regclass::oid AND x.on_columns AND x.privilege = 'SELECT')
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_catalogue() IS
    'The part of doctor() about the triggers and privileges of the catalogue.';

CREATE FUNCTION terrcarbon_internal.doctor_schemas() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- our schemas
    SELECT 'error', 'schema ' || n.nspname, format('%s may create objects in it', terrcarbon_internal.role_of_acl(x.grantee)),
        format('REVOKE CREATE ON SCHEMA %I FROM %s', n.nspname, terrcarbon_internal.role_of_acl(x.grantee))
    FROM pg_namespace n, aclexplode(n.nspacl) x
    WHERE n.nspname IN ('terrcarbon', 'terrcarbon_internal') AND x.privilege_type = 'CREATE' AND x.grantee <> n.nspowner
    UNION ALL
    SELECT 'error', 'schema ' || n.nspname, format('belongs to %I, who is no superuser and may put anything in it', r.rolname),
        format('ALTER SCHEMA %I OWNER TO %I', n.nspname, (SELECT s.rolname FROM pg_roles s WHERE s.oid = 10::oid))
    FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
    WHERE n.nspname IN ('terrcarbon', 'terrcarbon_internal') AND NOT r.rolsuper
    UNION ALL
    -- objects of the superuser who made the cluster have no owner in pg_shdepend
    SELECT CASE WHEN o.rolsuper IS NOT FALSE THEN 'notice' ELSE 'error' END, i.identity,
        format('%s of %s in schema %I, and no part of the extension', i.type, coalesce(quote_ident(o.rolname), 'a superuser'), n.nspname),
        format('ALTER %s %s SET SCHEMA public', upper(replace(i.type, 'statistics object', 'statistics')), i.identity)
    FROM pg_namespace n
    JOIN pg_depend d ON d.refclassid = 'pg_namespace'::regclass::oid AND d.refobjid = n.oid AND d.deptype = 'n'
        -- a sequence moves with its table
        AND NOT EXISTS (SELECT FROM pg_depend o WHERE o.classid = d.classid AND o.objid = d.objid AND o.deptype IN ('a', 'i'))
        AND d.classid NOT IN ('pg_extension'::regclass::oid, 'pg_default_acl'::regclass::oid)
    LEFT JOIN pg_shdepend s ON s.dbid = (SELECT b.oid FROM pg_database b WHERE b.datname = current_database())
        AND s.classid = d.classid AND s.objid = d.objid AND s.objsubid = 0 AND s.deptype = 'o'
    LEFT JOIN pg_roles o ON o.oid = s.refobjid
    CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) i
    WHERE n.nspname IN ('terrcarbon', 'terrcarbon_internal')
        AND NOT EXISTS (SELECT FROM pg_depend m WHERE m.classid = d.classid AND m.objid = d.objid AND m.deptype = 'e')
    UNION ALL
    -- roles that are gone
    SELECT 'notice', format('dataset %s', d.slug), format('the role of its producer, %s, is gone: only a superuser decides on it',
               coalesce(nullif(d.producer::text, ''), d.producer_name)),
        NULL
    FROM terrcarbon.dataset d
    WHERE terrcarbon_internal.role_name(d.producer) = '' AND d.retired_at IS NULL
    UNION ALL
    SELECT 'notice', format('access_grant %s', g.id), format('was granted to %s, a role that is gone', g.grantee_name),
        format('DELETE FROM terrcarbon.access_grant WHERE id = %s', g.id)
    FROM terrcarbon.access_grant g WHERE terrcarbon_internal.role_name(g.grantee) = ''
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_schemas() IS
    'The part of doctor() about the schemas of the extension, and roles that are gone.';

CREATE FUNCTION terrcarbon_internal.doctor_jobs() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The table of pg_cron itself, and no look-alike.
    IF NOT EXISTS (
        SELECT FROM pg_class c
        JOIN pg_depend d ON d.classid = 'pg_class'::regclass::oid AND d.objid = c.oid AND d.deptype = 'e'
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_cron'
        WHERE c.oid = to_regclass('cron.job')::oid AND c.relkind = 'r')
    THEN
        RETURN;
    END IF;
    -- EXECUTE, since the table may be missing.
    RETURN QUERY EXECUTE $job$
        SELECT CASE WHEN r.rolsuper OR r.rolbypassrls THEN 'error' ELSE 'warning' END,
            format('cron job %s', j.jobid),
            CASE WHEN r.oid IS NULL THEN format('runs as %s, a role that is gone', quote_ident(j.username))
                 WHEN r.rolsuper OR r.rolbypassrls
                     THEN format('works on accounts as %I, who reads past every policy', r.rolname)
                 ELSE format('works on account %I as %I, and not as its owner, %I', a.nspname, r.rolname, pg_get_userbyid(a.nspowner))
            END,
            -- NULL where the command does not name the account
            'UPDATE cron.job SET username = ' || quote_literal(pg_get_userbyid(a.nspowner)) || ' WHERE jobid = ' || j.jobid
        FROM cron.job j
        LEFT JOIN pg_roles r ON r.rolname::text = j.username
        LEFT JOIN pg_namespace a ON strpos(j.command, quote_literal(a.nspname::text)) > 0
        WHERE j.database = current_database()::text AND j.active
            AND j.command COLLATE "C" ~* '\m(refresh|refresh_matview|release|publish|upgrade_account)\s*\('
            AND (r.oid IS NULL OR r.rolsuper OR r.rolbypassrls OR a.nspowner <> r.oid)
    $job$;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_jobs() IS
    'The part of doctor() about jobs of pg_cron: a nightly refresh belongs to the owner of the account.';

CREATE FUNCTION terrcarbon_internal.doctor_accounts() RETURNS TABLE (severity text, object text, problem text, remedy text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'warning', format('account %I', v.nspname),
           format('is of version %s, installed is %s', v.version, e.extversion), format('SELECT terrcarbon.upgrade_account(%L)', v.nspname)
    FROM (SELECT n.nspname, substring(obj_description(n.oid, 'pg_namespace') FROM '^Carbon account \(terrcarbon (\S+)\)') AS version
          FROM pg_namespace n) AS v
    JOIN pg_extension e ON e.extname = 'terrcarbon'
    WHERE v.version <> e.extversion
$$;
COMMENT ON FUNCTION terrcarbon_internal.doctor_accounts() IS
    'The part of doctor() about accounts that an older version made.';

CREATE FUNCTION terrcarbon_internal.remedy_breaks(remedy text, problem text, OUT breaks text, OUT advice text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.breaks, c.advice
    FROM (VALUES
        ('FUNCTION .*st_estimatedextent', 'the full extent of layers in tile servers (pg_tileserv, Martin) and QGIS, for open tables too',
         'GRANT EXECUTE on it to the role of the tile server, if that role may know the outline of hidden rows; or give the layers their bounds in the configuration of the tile server'),
        ('FUNCTION .*_postgis_', 'nothing but PostGIS''s own diagnosis of estimates', NULL),
        ('FUNCTION .*pg_stat_statements', 'the view pg_stat_statements for others than members of pg_monitor',
         'GRANT pg_monitor to the role of the monitoring'),
        ('FUNCTION .*pg_stat_get', 'pg_stat_user_tables and pg_stat_user_indexes, pg_statio_*, pg_stat_database, pg_stat_io, pg_stat_wal and pg_locks for others than members of pg_monitor, for open tables too',
         'GRANT pg_monitor to the role of the monitoring; or let it execute a SECURITY DEFINER function of a superuser''s over pg_stat_all_tables that leaves terrcarbon.protected_table out'),
        ('^ALTER FUNCTION .* NOT LEAKPROOF', 'index conditions with it on protected tables', NULL),
        ('^ALTER FUNCTION .* SECURITY INVOKER', 'callers who relied on the rights of its owner',
         'an owner that the producers granted access'),
        ('^ALTER FUNCTION .* SET search_path', 'names in it that are not qualified', NULL),
        ('ENABLE ROW LEVEL SECURITY', 'whoever relied on reading rows without rights on their datasets, the owner included', NULL),
        ('^SELECT terrcarbon.protect\(', 'whoever relied on reading rows without rights on their datasets', NULL),
        ('^SELECT terrcarbon.protect_matview', 'queries that name the materialized view: readers name the view over it', NULL),
        ('^SELECT terrcarbon.refresh_matview', 'nothing; rows of lost datasets go from it', NULL),
        ('^DROP POLICY', 'those who read or write by that policy alone', 'a policy AS RESTRICTIVE, which narrows'),
        ('^REVOKE (TRUNCATE|REFERENCES|TRIGGER)', 'jobs of that role that need the privilege', NULL),
        ('^REVOKE pg_', 'COPY of files and programs of the server by that role', 'COPY FROM STDIN, psql''s \copy'),
        ('^REVOKE CREATE ON SCHEMA', 'nothing: objects of others belong in a schema of theirs', NULL),
        ('^REVOKE \w+ ON terrcarbon', 'what went past the functions of producers', 'my_grants, my_requests and my_events; INSERT INTO terrcarbon.steward'),
        ('^REVOKE (DELETE|UPDATE)', 'that role''s deletions, or changes of keys, there',
         'a foreign key that names the dataset on both sides, between two protected tables'),
        ('DROP CONSTRAINT .*CREATE UNIQUE INDEX|DROP INDEX', 'the same key may occur in two datasets; foreign keys to it must name the dataset', NULL),
        ('DROP CONSTRAINT', 'nothing keeps the two tables in step any more',
         'a foreign key that names the dataset on both sides, between two protected tables'),
        ('^ALTER VIEW .*security_invoker', 'readers of the view who have no privileges on the tables below',
         'an owner that the producers granted access'),
        ('^REVOKE ALL ON', 'readers of the materialized view', 'add a column sources_agg(dataset_id) AS sources, then protect_matview'),
        ('PUBLICATION', 'subscribers of the table', 'a publication with a row filter on open datasets'),
        ('DELETE FROM pg_catalog.pg_statistic', 'estimates of the planner, so that plans of joins with the table may be worse',
         'statistics of columns that tell nothing of hidden rows, such as the territory: ANALYZE with these columns alone'),
        ('^DROP USER MAPPING', 'queries of the foreign server by those without a mapping of their own', 'a user mapping for each role'),
        ('auto_explain', 'plans in the server''s log, for sessions of this database from the next one on', 'auto_explain for single roles: ALTER ROLE … SET'),
        ('^UPDATE cron.job', 'the job, if that role may not log in or lacks a privilege', NULL),
        ('^ALTER SCHEMA .* OWNER', 'whatever that role kept in the schema', NULL),
        ('ENABLE (ALWAYS|REPLICA) TRIGGER|^ALTER EVENT TRIGGER', 'nothing', NULL),
        ('session_preload_libraries', 'nothing; a connection takes some milliseconds more', 'sessions that are open keep what they have'),
        ('SET SCHEMA public$', 'what names the object by its schema', NULL),
        ('SET NOT NULL$', 'inserts of rows without a dataset; those that are there must go first', NULL),
        ('^CREATE INDEX', 'nothing; writes wait while it is built', 'CREATE INDEX CONCURRENTLY'),
        ('^DELETE FROM terrcarbon.access_grant', 'nothing', NULL),
        ('terrcarbon.upgrade_account', 'views that others made on those of the account: it refuses, and names them', NULL),
        -- by their problem: no statement
        ('^superuser:', NULL, 'one who administers, no reader: take it away with ALTER ROLE … NOSUPERUSER, or NOLOGIN and SET ROLE for the few who need it'),
        ('^BYPASSRLS:', NULL, 'ALTER ROLE … NOBYPASSRLS, unless it makes the backups'),
        ('^REPLICATION:', NULL, 'ALTER ROLE … NOREPLICATION, unless a standby or a base backup logs in as it'),
        ('^can log in, and owns', NULL, 'keep the login for the nightly job; people work as roles of their own, which are not members of this one'),
        ('^materialized view of .* holds all rows', NULL, 'ALTER MATERIALIZED VIEW … OWNER TO a role that the producers granted access, then refresh it'),
        ('^the role of its producer', NULL, 'make a role of that name and call terrcarbon.relink_roles(); or terrcarbon.set_producer(id, role) hands it to another'),
        ('^(runs as|works on accounts)', NULL, 'UPDATE cron.job SET username = the owner of the account')
    ) AS c (statement, breaks, advice)
    WHERE coalesce(remedy, problem) ~ c.statement
    LIMIT 1
$$;
COMMENT ON FUNCTION terrcarbon_internal.remedy_breaks(text, text) IS
    'What a statement that doctor() gives breaks for others, and a narrower way to the same end; NULL: nothing known. For a problem without a statement, what to do. The first kind that fits, in the order of the list.';

CREATE FUNCTION doctor()
    RETURNS TABLE (severity text, object text, problem text, remedy text, breaks text, advice text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT h.severity, h.object, h.problem, h.remedy, b.breaks, b.advice
    FROM (SELECT * FROM terrcarbon_internal.doctor_row_security()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_privileges()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_foreign_keys()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_keys()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_tables()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_views()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_functions()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_readers()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_matviews()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_server()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_catalogue()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_schemas()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_jobs()
          UNION ALL SELECT * FROM terrcarbon_internal.doctor_accounts()) h
    LEFT JOIN LATERAL terrcarbon_internal.remedy_breaks(h.remedy, h.problem) b ON true
    ORDER BY array_position(ARRAY['error', 'warning', 'notice'], h.severity), h.object COLLATE "C", h.problem COLLATE "C"
$$;
COMMENT ON FUNCTION doctor() IS
    'Holes around the policies that can be found from inside the database: severity (error: rows are exposed; warning: hidden rows can be inferred, or could be; notice: worth knowing), object, problem, the statement that closes it (remedy; NULL where it takes a decision or a name that only you have), what that breaks for others, and advice: a narrower way, or what to do where there is no statement. It reads catalogues only and evaluates nothing that a less privileged role wrote. For a superuser.';
REVOKE ALL ON FUNCTION doctor() FROM PUBLIC;
