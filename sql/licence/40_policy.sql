-- Row policies: what a licence lets a role read, for any SQL client.

CREATE FUNCTION terrcarbon_internal.can_read_support(internal) RETURNS internal
    LANGUAGE C STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'can_read_support';
COMMENT ON FUNCTION terrcarbon_internal.can_read_support(internal) IS
    'Tells the planner how many rows can_read lets through, and the index condition that finds them.';

CREATE FUNCTION can_read(dataset_id int) RETURNS boolean
    LANGUAGE C STABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
    SUPPORT terrcarbon_internal.can_read_support
    AS 'MODULE_PATHNAME', 'can_read';
COMMENT ON FUNCTION can_read(int) IS
    'Whether the current user may read the rows of a dataset: it has the producer''s privileges, the dataset is open, or it is shared or aggregate and access was granted. Rights are those of the statement''s snapshot. NULL for NULL, false for an unknown dataset.';

CREATE FUNCTION terrcarbon_internal.access_support(internal) RETURNS internal
    LANGUAGE C STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'access_support';
COMMENT ON FUNCTION terrcarbon_internal.access_support(internal) IS
    'Tells the planner nothing; loads the guard before a plan can be shown.';

CREATE FUNCTION can_deposit(dataset_id int) RETURNS boolean
    LANGUAGE C STABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
    SUPPORT terrcarbon_internal.access_support
    AS 'MODULE_PATHNAME', 'can_deposit';
COMMENT ON FUNCTION can_deposit(int) IS
    'Whether the current user may add, change and delete rows of a dataset: it has the producer''s privileges. NULL for NULL, false for an unknown dataset.';

CREATE FUNCTION readable_datasets() RETURNS int[]
    LANGUAGE C STABLE LEAKPROOF PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'readable_datasets';
COMMENT ON FUNCTION readable_datasets() IS
    'The datasets for which can_read is true, in ascending order.';

CREATE FUNCTION can_read_all(datasets int[]) RETURNS boolean
    LANGUAGE C STABLE STRICT LEAKPROOF PARALLEL SAFE COST 5
    SUPPORT terrcarbon_internal.access_support
    AS 'MODULE_PATHNAME', 'can_read_all';
COMMENT ON FUNCTION can_read_all(int[]) IS
    'Whether the current user may read all of these datasets, such as the sources of a computed row. False when there are none or one is NULL, NULL for NULL.';

CREATE FUNCTION reads_all_datasets() RETURNS boolean
    LANGUAGE C STABLE LEAKPROOF PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'reads_all_datasets';
COMMENT ON FUNCTION reads_all_datasets() IS
    'Whether the current user may read every dataset of the catalogue.';

CREATE FUNCTION terrcarbon_internal.protected_family(tbl regclass) RETURNS SETOF regclass
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE family(oid) AS (
        SELECT tbl::oid
        UNION
        SELECT i.inhrelid FROM pg_inherits i JOIN family f ON i.inhparent = f.oid
    )
    SELECT oid::regclass FROM family
$$;
COMMENT ON FUNCTION terrcarbon_internal.protected_family(regclass) IS
    'A table with its partitions and children at any depth.';

CREATE FUNCTION terrcarbon_internal.unprotect_one(tbl regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    policy name;
BEGIN
    FOR policy IN
        SELECT polname FROM pg_policy
        WHERE polrelid = tbl::oid
            AND polname IN ('licence_read', 'licence_insert', 'licence_update', 'licence_delete', 'licence_column')
    LOOP
        EXECUTE format('DROP POLICY %I ON %s', policy, tbl);
    END LOOP;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.unprotect_one(regclass) IS
    'Drops the licence policies of one table; row security stays on.';

CREATE FUNCTION terrcarbon_internal.protect_one(tbl regclass, dataset_column name, derived boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner name;
BEGIN
    PERFORM terrcarbon_internal.unprotect_one(tbl);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tbl);
    EXECUTE format('CREATE POLICY licence_read ON %s FOR SELECT USING (terrcarbon.can_read(%I))',
                   tbl, dataset_column);
    -- Stays when DROP EXTENSION takes the others away, see reserved_id.
    EXECUTE format('CREATE POLICY licence_column ON %s AS RESTRICTIVE FOR DELETE USING (%I IS NOT NULL)',
                   tbl, dataset_column);
    IF derived THEN
        SELECT pg_get_userbyid(c.relowner) INTO owner FROM pg_class c WHERE c.oid = tbl::oid;
        EXECUTE format('CREATE POLICY licence_insert ON %s FOR INSERT TO %I WITH CHECK (terrcarbon.can_read(%I))',
                       tbl, owner, dataset_column);
        EXECUTE format('CREATE POLICY licence_update ON %s FOR UPDATE TO %I USING (terrcarbon.can_read(%I))',
                       tbl, owner, dataset_column);
        EXECUTE format('CREATE POLICY licence_delete ON %s FOR DELETE TO %I USING (terrcarbon.can_read(%I))',
                       tbl, owner, dataset_column);
    ELSE
        EXECUTE format('CREATE POLICY licence_insert ON %s FOR INSERT WITH CHECK (terrcarbon.can_deposit(%I))',
                       tbl, dataset_column);
        EXECUTE format('CREATE POLICY licence_update ON %s FOR UPDATE USING (terrcarbon.can_deposit(%I))',
                       tbl, dataset_column);
        EXECUTE format('CREATE POLICY licence_delete ON %s FOR DELETE USING (terrcarbon.can_deposit(%I))',
                       tbl, dataset_column);
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.protect_one(regclass, name, boolean) IS
    'The part of protect() that puts the policies on one table.';

CREATE FUNCTION protect(
    tbl regclass, dataset_column name DEFAULT 'dataset_id', derived boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    member regclass;
    found_type oid;
BEGIN
    SELECT a.atttypid INTO found_type FROM pg_attribute a
    WHERE a.attrelid = tbl::oid AND a.attname = dataset_column AND NOT a.attisdropped
        AND a.attnum > 0;
    IF found_type IS DISTINCT FROM 'int4'::regtype::oid THEN
        RAISE EXCEPTION 'table % has no column % of type int', tbl, quote_ident(dataset_column)
            USING ERRCODE = 'undefined_column',
                  HINT = 'A protected table names in each row the dataset it comes from.';
    END IF;

    FOR member IN SELECT terrcarbon_internal.protected_family(tbl) LOOP
        PERFORM terrcarbon_internal.protect_one(member, dataset_column, derived);
    END LOOP;

    IF NOT EXISTS (
        SELECT FROM pg_index i JOIN pg_attribute a
            ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_am m ON m.oid = c.relam
        WHERE i.indrelid = tbl::oid AND i.indpred IS NULL AND a.attname = dataset_column
            AND m.amname = 'btree')
    THEN
        RETURN NEXT format('CREATE INDEX ON %s (%I)', tbl, dataset_column);
    END IF;
    IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = tbl::oid
               AND a.attname = dataset_column AND NOT a.attnotnull)
    THEN
        RETURN NEXT format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', tbl, dataset_column);
    END IF;
END;
$$;
COMMENT ON FUNCTION protect(regclass, name, boolean) IS
    'Puts a table, with its partitions and children, also those that are attached later, under the licences of its rows: row security is enabled and forced, rows of a dataset are read where can_read allows and written where can_deposit allows. derived: the rows are computed from others'' datasets, and the table''s owner writes what it may read (call it again when the owner changes). Returns the statements that are advised besides, such as the index on the dataset. For the table''s owner. Error 42703 when the column is missing or not int.';

CREATE FUNCTION unprotect(tbl regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    member regclass;
    parent regclass;
BEGIN
    SELECT p.tbl INTO parent
    FROM pg_inherits i JOIN terrcarbon.protected_table p ON p.tbl::oid = i.inhparent
    WHERE i.inhrelid = unprotect.tbl::oid LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'table % is a part of protected table %', tbl, parent
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Detach it first, or call unprotect for the whole.';
    END IF;
    FOR member IN SELECT terrcarbon_internal.protected_family(tbl) LOOP
        PERFORM terrcarbon_internal.unprotect_one(member);
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = member::oid) THEN
            EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', member);
        END IF;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION unprotect(regclass) IS
    'Undoes protect. Row security stays on when the table has policies of its own. For the table''s owner. Error 55000 for a partition or child of a protected table.';

-- Partitions and children that come later.
CREATE FUNCTION terrcarbon_internal.protect_attached() RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    members oid[];
    part record;
BEGIN
    SELECT array_agg(f::oid) INTO members
    FROM pg_event_trigger_ddl_commands() c
    CROSS JOIN LATERAL terrcarbon_internal.protected_family(c.objid::regclass) f
    WHERE c.classid = 'pg_class'::regclass::oid AND c.object_type = 'table';
    LOOP
        -- From the parents down: each finds its parent protected already.
        SELECT i.inhrelid::regclass AS tbl, p.dataset_column,
               EXISTS (SELECT FROM pg_policy o WHERE o.polrelid = p.tbl::oid AND o.polname = 'licence_insert'
                       AND o.polroles <> ARRAY[0::oid]) AS derived,
               -- how an account notes changes of the parent, where it does, see watch_table
               (SELECT substring(f.proname, 6) FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
                JOIN pg_class w ON w.oid = t.tgrelid
                WHERE t.tgrelid = p.tbl::oid AND t.tgname = 'note_insert' AND w.relnamespace = c.relnamespace
                    AND f.pronamespace = 'terrcarbon_internal'::regnamespace::oid
                    AND NOT EXISTS (SELECT FROM pg_trigger o WHERE o.tgrelid = c.oid AND o.tgname = 'note_insert')) AS watched
        INTO part
        FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p')
        JOIN terrcarbon.protected_table p ON p.tbl::oid = i.inhparent
        WHERE i.inhrelid = ANY (members)
            AND NOT EXISTS (SELECT FROM pg_policy o WHERE o.polrelid = i.inhrelid AND o.polname = 'licence_read')
        LIMIT 1;
        EXIT WHEN NOT FOUND;
        PERFORM terrcarbon_internal.protect_one(part.tbl, part.dataset_column, part.derived);
        IF part.watched IS NOT NULL THEN
            PERFORM terrcarbon_internal.watch_table(part.tbl, part.watched);
        END IF;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.protect_attached() IS
    'Protects, and in a layer of an account watches, like the parent, what the command that has just ended made a partition or child of a protected table. Within an event trigger.';

CREATE FUNCTION terrcarbon_internal.table_attached() RETURNS event_trigger
    LANGUAGE C
    AS 'MODULE_PATHNAME', 'table_attached';
COMMENT ON FUNCTION terrcarbon_internal.table_attached() IS
    'Event trigger: calls protect_attached after a command that makes a table a partition or child of another.';

CREATE EVENT TRIGGER terrcarbon_protect ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')
    EXECUTE FUNCTION terrcarbon_internal.table_attached();
ALTER EVENT TRIGGER terrcarbon_protect ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER terrcarbon_protect IS
    'Protects partitions and children of protected tables that come later';

-- --- ids of rows that were here before ------------------------------------------
-- DROP EXTENSION leaves protected tables behind, with row security on and one
-- policy that names the column of the dataset.  The ids in them belonged to
-- datasets that are gone; nobody gets them again, and with them the rows.

CREATE FUNCTION terrcarbon_internal.ids_in_column(tbl regclass, attnum int) RETURNS int[]
    LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10000
    AS 'MODULE_PATHNAME', 'ids_in_column';
COMMENT ON FUNCTION terrcarbon_internal.ids_in_column(regclass, int) IS
    'The distinct values of a column of type int, in no order, read from the table itself: nothing that its owner wrote is evaluated.';

CREATE FUNCTION terrcarbon_internal.reserve_ids() RETURNS void
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO terrcarbon_internal.reserved_id
    SELECT DISTINCT i
    FROM pg_policy p
    JOIN pg_depend d ON d.classid = 'pg_policy'::regclass::oid AND d.objid = p.oid
        AND d.refclassid = 'pg_class'::regclass::oid AND d.refobjid = p.polrelid AND d.refobjsubid > 0
    JOIN pg_class c ON c.oid = p.polrelid AND c.relkind = 'r'
    JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attnum::int = d.refobjsubid
        AND a.atttypid = 'int4'::regtype::oid
    CROSS JOIN LATERAL unnest(terrcarbon_internal.ids_in_column(c.oid::regclass, d.refobjsubid)) AS i
    WHERE p.polname = 'licence_column'
    ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION terrcarbon_internal.reserve_ids() IS
    'Notes the ids in tables that were protected before.';
SELECT terrcarbon_internal.reserve_ids();

-- --- maps ---------------------------------------------------------------------
-- Tests of bounding boxes that promise to leak nothing, so that a spatial index is
-- used under a row policy.  The planner puts the hints beside the predicates of
-- PostGIS, see src/licence/map.c; bbox_overlaps and && are for those who write
-- such a test themselves.

CREATE FUNCTION terrcarbon_internal.bbox_overlaps_support(internal) RETURNS internal
    LANGUAGE C STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'bbox_overlaps_support';
COMMENT ON FUNCTION terrcarbon_internal.bbox_overlaps_support(internal) IS
    'Tells the planner which condition a spatial index answers for bbox_overlaps.';

CREATE FUNCTION bbox_overlaps(geometry, geometry) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 10
    SUPPORT terrcarbon_internal.bbox_overlaps_support
    AS 'MODULE_PATHNAME', 'bbox_overlaps';
COMMENT ON FUNCTION bbox_overlaps(geometry, geometry) IS
    'Whether the bounding boxes of two geometries overlap: PostGIS''s &&, with the promise to leak nothing, so that a spatial index is used under a row policy whatever the session has loaded.';

CREATE OPERATOR && (
    LEFTARG = geometry, RIGHTARG = geometry, FUNCTION = bbox_overlaps,
    COMMUTATOR = OPERATOR(terrcarbon.&&),
    RESTRICT = gserialized_gist_sel_2d, JOIN = gserialized_gist_joinsel_2d
);
COMMENT ON OPERATOR && (geometry, geometry) IS
    'bbox_overlaps; written OPERATOR(terrcarbon.&&).';

CREATE FUNCTION terrcarbon_internal.hint_overlaps_support(internal) RETURNS internal
    LANGUAGE C STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hint_overlaps_support';
COMMENT ON FUNCTION terrcarbon_internal.hint_overlaps_support(internal) IS
    'Tells the planner the index condition of hint_overlaps, and that it filters nothing more.';
CREATE FUNCTION terrcarbon_internal.hint_overlaps(geometry, geometry) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 10
    SUPPORT terrcarbon_internal.hint_overlaps_support
    AS 'MODULE_PATHNAME', 'bbox_overlaps';
COMMENT ON FUNCTION terrcarbon_internal.hint_overlaps(geometry, geometry) IS
    'Whether the bounding boxes overlap; put beside a spatial predicate that implies it.';

CREATE FUNCTION terrcarbon_internal.hint_contains_support(internal) RETURNS internal
    LANGUAGE C STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hint_contains_support';
COMMENT ON FUNCTION terrcarbon_internal.hint_contains_support(internal) IS
    'Tells the planner the index condition of hint_contains, and that it filters nothing more.';
CREATE FUNCTION terrcarbon_internal.hint_contains(geometry, geometry) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 10
    SUPPORT terrcarbon_internal.hint_contains_support
    AS 'MODULE_PATHNAME', 'bbox_contains';
COMMENT ON FUNCTION terrcarbon_internal.hint_contains(geometry, geometry) IS
    'Whether the first bounding box contains the second; put beside a spatial predicate that implies it.';

CREATE FUNCTION terrcarbon_internal.hint_within_support(internal) RETURNS internal
    LANGUAGE C STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hint_within_support';
COMMENT ON FUNCTION terrcarbon_internal.hint_within_support(internal) IS
    'Tells the planner the index condition of hint_within, and that it filters nothing more.';
CREATE FUNCTION terrcarbon_internal.hint_within(geometry, geometry) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 10
    SUPPORT terrcarbon_internal.hint_within_support
    AS 'MODULE_PATHNAME', 'bbox_within';
COMMENT ON FUNCTION terrcarbon_internal.hint_within(geometry, geometry) IS
    'Whether the first bounding box is within the second; put beside a spatial predicate that implies it.';

-- --- materialized views ---------------------------------------------------------
-- Row security does not reach them, so readers get a view that asks the sources
-- of each row, and nothing else.

CREATE TABLE terrcarbon_internal.guarded_matview (
    matview oid PRIMARY KEY,
    sources int[] NOT NULL,
    seen xid NOT NULL
);
COMMENT ON TABLE terrcarbon_internal.guarded_matview IS
    'The datasets that guarded materialized views held when last looked at. Not dumped: refresh_matview notes them again.';
COMMENT ON COLUMN terrcarbon_internal.guarded_matview.matview IS 'OID of the materialized view';
COMMENT ON COLUMN terrcarbon_internal.guarded_matview.sources IS 'Datasets it held, ascending';
COMMENT ON COLUMN terrcarbon_internal.guarded_matview.seen IS
    'xmin of its row in pg_class at that moment: a refresh changes it';
REVOKE ALL ON terrcarbon_internal.guarded_matview FROM PUBLIC;

CREATE FUNCTION terrcarbon_internal.run_as(role oid, query text) RETURNS text
    LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000
    AS 'MODULE_PATHNAME', 'run_as';
COMMENT ON FUNCTION terrcarbon_internal.run_as(oid, text) IS
    'Runs a query as a role in a security-restricted operation, so that the code of that role gets no other rights, not even later; returns the first column of the first row. Names in the query must be qualified. Error 42501 unless the caller has the privileges of the role.';

CREATE FUNCTION terrcarbon_internal.matview_sources(matview regclass, sources_column name) RETURNS int[]
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Its owner decides what code a query of it runs.
    RETURN coalesce(terrcarbon_internal.run_as(
        (SELECT c.relowner FROM pg_class c WHERE c.oid = matview::oid),
        format('SELECT array_agg(DISTINCT s ORDER BY s) FROM %s m, unnest(m.%I) s', matview, sources_column)), '{}')::int[];
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.matview_sources(regclass, name) IS
    'The datasets that the rows of a materialized view name.';

CREATE VIEW terrcarbon_internal.guarded_view WITH (security_invoker) AS
    SELECT DISTINCT c.refobjid AS matview, a.attname AS sources_column, w.ev_class AS guarded_view
    FROM pg_catalog.pg_rewrite w
    JOIN pg_catalog.pg_depend f ON f.classid = 'pg_catalog.pg_rewrite'::regclass::oid AND f.objid = w.oid
        AND f.refclassid = 'pg_catalog.pg_proc'::regclass::oid
        AND f.refobjid = 'can_read_all(int[])'::regprocedure::oid
    JOIN pg_catalog.pg_depend c ON c.classid = 'pg_catalog.pg_rewrite'::regclass::oid AND c.objid = w.oid
        AND c.refclassid = 'pg_catalog.pg_class'::regclass::oid
    JOIN pg_catalog.pg_class m ON m.oid = c.refobjid AND m.relkind = 'm'
    JOIN pg_catalog.pg_attribute a ON a.attrelid = m.oid AND a.attnum::int = c.refobjsubid
        AND a.atttypid = 'pg_catalog._int4'::regtype::oid;
COMMENT ON VIEW terrcarbon_internal.guarded_view IS
    'Guarded views, the materialized view behind each, and the column that names the sources of a row.';
GRANT SELECT ON terrcarbon_internal.guarded_view TO PUBLIC;

COMMENT ON COLUMN terrcarbon_internal.guarded_view.matview IS 'OID of the materialized view';
COMMENT ON COLUMN terrcarbon_internal.guarded_view.sources_column IS 'Its column of sources';
COMMENT ON COLUMN terrcarbon_internal.guarded_view.guarded_view IS 'OID of the view over it';

CREATE FUNCTION terrcarbon_internal.note_matview(matview regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held int[];
BEGIN
    SELECT terrcarbon_internal.matview_sources(note_matview.matview, g.sources_column) INTO held
    FROM terrcarbon_internal.guarded_view g WHERE g.matview = note_matview.matview::oid LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    DELETE FROM terrcarbon_internal.guarded_matview g
    WHERE g.matview = note_matview.matview::oid
       OR NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = g.matview);
    INSERT INTO terrcarbon_internal.guarded_matview
    SELECT c.oid, held, c.xmin FROM pg_class c WHERE c.oid = note_matview.matview::oid;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_matview(regclass) IS
    'Notes the datasets that a guarded materialized view holds, for doctor. Whoever calls it, it looks for itself.';

CREATE FUNCTION terrcarbon_internal.role_of_acl(role oid) RETURNS text
    LANGUAGE sql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END $$;
COMMENT ON FUNCTION terrcarbon_internal.role_of_acl(oid) IS
    'A role as GRANT and REVOKE name it.';

CREATE FUNCTION terrcarbon_internal.grants_on(rel oid)
    RETURNS TABLE (grantee oid, privilege text, on_columns boolean)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.grantee, x.privilege_type, false
    FROM pg_class c, aclexplode(c.relacl) x WHERE c.oid = rel AND x.grantee <> c.relowner
    UNION
    SELECT x.grantee, x.privilege_type, true
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) x
    WHERE c.oid = rel AND x.grantee <> c.relowner
$$;
COMMENT ON FUNCTION terrcarbon_internal.grants_on(oid) IS
    'Who but the owner has privileges on a relation or on columns of it.';

CREATE FUNCTION protect_matview(matview regclass, sources_column name DEFAULT 'sources')
    RETURNS regclass
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m record;
    reader record;
    guarded text;
BEGIN
    SELECT c.relname, n.nspname, c.relkind, r.rolname, r.rolsuper OR r.rolbypassrls AS sees_all,
           (SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = c.oid
            AND a.attname = sources_column AND NOT a.attisdropped) AS type
    INTO m
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_roles r ON r.oid = c.relowner
    WHERE c.oid = matview::oid;
    IF m.relkind IS DISTINCT FROM 'm' THEN
        RAISE EXCEPTION '% is not a materialized view', matview
            USING ERRCODE = 'wrong_object_type';
    END IF;
    IF m.type IS DISTINCT FROM 'int[]'::regtype::oid THEN
        RAISE EXCEPTION 'materialized view % has no column % of type int[]', matview,
            quote_ident(sources_column)
            USING ERRCODE = 'undefined_column',
                  HINT = 'Compute it with sources_agg(dataset_id): each row names the datasets it comes from.';
    END IF;
    IF m.sees_all THEN
        RAISE EXCEPTION 'the owner of materialized view % reads past every policy', matview
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = format('Role %I is a superuser or has BYPASSRLS.', m.rolname),
                  HINT = format('ALTER MATERIALIZED VIEW %s OWNER TO a role that the producers granted access.', matview);
    END IF;
    guarded := format('%I.%I', m.nspname, m.relname || '_readable');
    EXECUTE format('CREATE OR REPLACE VIEW %s WITH (security_barrier) AS SELECT * FROM %s m WHERE terrcarbon.can_read_all(m.%I)',
                   guarded, matview, sources_column);
    EXECUTE format('ALTER VIEW %s OWNER TO %I', guarded, m.rolname);
    -- Whoever could read the materialized view reads the guarded view instead.
    FOR reader IN
        SELECT DISTINCT terrcarbon_internal.role_of_acl(grantee) AS name FROM terrcarbon_internal.grants_on(matview)
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO %s', guarded, reader.name);
        EXECUTE format('REVOKE ALL ON %s FROM %s', matview, reader.name);
    END LOOP;
    PERFORM terrcarbon_internal.note_matview(matview);
    RETURN guarded::regclass;
END;
$$;
COMMENT ON FUNCTION protect_matview(regclass, name) IS
    'Takes a materialized view away from its readers and gives them the view NAME_readable over it, which shows the rows whose sources (int[], see sources_agg) they may all read. For the owner, which must be neither superuser nor BYPASSRLS. Errors: 42809, 42703, 55000.';

CREATE FUNCTION refresh_matview(matview regclass) RETURNS int[]
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    col name;
    before int[];
    lost int[];
BEGIN
    SELECT g.sources_column INTO col
    FROM terrcarbon_internal.guarded_view g WHERE g.matview = refresh_matview.matview::oid LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'materialized view % is not guarded', matview
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('Call protect_matview(%L) first.', matview);
    END IF;
    IF (SELECT c.relispopulated FROM pg_class c WHERE c.oid = matview::oid) THEN
        before := terrcarbon_internal.matview_sources(matview, col);
    END IF;
    EXECUTE format('REFRESH MATERIALIZED VIEW %s', matview);
    SELECT coalesce(array_agg(b ORDER BY b), '{}') INTO lost
    FROM unnest(before) b
    WHERE b <> ALL (terrcarbon_internal.matview_sources(matview, col));
    PERFORM terrcarbon_internal.note_matview(matview);
    IF lost <> '{}' THEN
        RAISE WARNING 'materialized view % has lost datasets', matview
            USING DETAIL = format('Before, it also held rows of datasets %s.', lost),
                  HINT = 'Its owner may no longer read them, or they have no rows any more: see explain_access.';
    END IF;
    RETURN lost;
END;
$$;
COMMENT ON FUNCTION refresh_matview(regclass) IS
    'Refreshes a guarded materialized view and returns the datasets that were in it before and are not now, with a warning when there are any: its owner may have lost access. For its owner.';
