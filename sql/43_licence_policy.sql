-- Row policies: what a licence lets a role read, for any SQL client.

CREATE FUNCTION can_read_support(internal) RETURNS internal
    LANGUAGE C STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'can_read_support';
COMMENT ON FUNCTION can_read_support(internal) IS
    'Tells the planner how many rows can_read lets through, and the index condition that finds them.';

CREATE FUNCTION can_read(dataset_id int) RETURNS boolean
    LANGUAGE C STABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
    SUPPORT can_read_support
    AS 'MODULE_PATHNAME', 'can_read';
COMMENT ON FUNCTION can_read(int) IS
    'Whether the current user may read the rows of a dataset: it has the producer''s privileges, the dataset is open, or it is shared or aggregate and access was granted. Rights are those of the statement''s snapshot. NULL for NULL, false for an unknown dataset.';

CREATE FUNCTION can_deposit(dataset_id int) RETURNS boolean
    LANGUAGE C STABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'can_deposit';
COMMENT ON FUNCTION can_deposit(int) IS
    'Whether the current user may add, change and delete rows of a dataset: it has the producer''s privileges. NULL for NULL, false for an unknown dataset.';

CREATE FUNCTION readable_datasets() RETURNS int[]
    LANGUAGE C STABLE LEAKPROOF PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'readable_datasets';
COMMENT ON FUNCTION readable_datasets() IS
    'The datasets for which can_read is true, in ascending order.';

CREATE FUNCTION reads_all_datasets() RETURNS boolean
    LANGUAGE C STABLE LEAKPROOF PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'reads_all_datasets';
COMMENT ON FUNCTION reads_all_datasets() IS
    'Whether the current user may read every dataset of the catalogue.';

CREATE FUNCTION protected_family(tbl regclass) RETURNS SETOF regclass
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
COMMENT ON FUNCTION protected_family(regclass) IS
    'A table with its partitions and children at any depth. Internal.';

CREATE FUNCTION protect(
    tbl regclass, dataset_column name DEFAULT 'dataset_id', derived boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    member regclass;
    owner name;
    found_type oid;
    key record;
BEGIN
    SELECT a.atttypid INTO found_type FROM pg_attribute a
    WHERE a.attrelid = tbl AND a.attname = dataset_column AND NOT a.attisdropped
        AND a.attnum > 0;
    IF found_type IS DISTINCT FROM 'int4'::regtype THEN
        RAISE EXCEPTION 'table % has no column % of type int', tbl, quote_ident(dataset_column)
            USING ERRCODE = 'undefined_column',
                  HINT = 'A protected table names in each row the dataset it comes from.';
    END IF;

    FOR member IN SELECT terrcarbon.protected_family(tbl) LOOP
        PERFORM terrcarbon.unprotect_one(member);
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', member);
        EXECUTE format('CREATE POLICY licence_read ON %s FOR SELECT USING (terrcarbon.can_read(%I))',
                       member, dataset_column);
        IF derived THEN
            SELECT pg_get_userbyid(c.relowner) INTO owner FROM pg_class c WHERE c.oid = member;
            EXECUTE format('CREATE POLICY licence_insert ON %s FOR INSERT TO %I WITH CHECK (terrcarbon.can_read(%I))',
                           member, owner, dataset_column);
            EXECUTE format('CREATE POLICY licence_update ON %s FOR UPDATE TO %I USING (terrcarbon.can_read(%I))',
                           member, owner, dataset_column);
            EXECUTE format('CREATE POLICY licence_delete ON %s FOR DELETE TO %I USING (terrcarbon.can_read(%I))',
                           member, owner, dataset_column);
        ELSE
            EXECUTE format('CREATE POLICY licence_insert ON %s FOR INSERT WITH CHECK (terrcarbon.can_deposit(%I))',
                           member, dataset_column);
            EXECUTE format('CREATE POLICY licence_update ON %s FOR UPDATE USING (terrcarbon.can_deposit(%I))',
                           member, dataset_column);
            EXECUTE format('CREATE POLICY licence_delete ON %s FOR DELETE USING (terrcarbon.can_deposit(%I))',
                           member, dataset_column);
        END IF;
    END LOOP;

    IF NOT EXISTS (
        SELECT FROM pg_index i JOIN pg_attribute a
            ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_am m ON m.oid = c.relam
        WHERE i.indrelid = tbl AND i.indpred IS NULL AND a.attname = dataset_column
            AND m.amname = 'btree')
    THEN
        RETURN NEXT format('CREATE INDEX ON %s (%I)', tbl, dataset_column);
    END IF;
    IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = tbl
               AND a.attname = dataset_column AND NOT a.attnotnull)
    THEN
        RETURN NEXT format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', tbl, dataset_column);
    END IF;
END;
$$;
COMMENT ON FUNCTION protect(regclass, name, boolean) IS
    'Puts a table, with its partitions and children, under the licences of its rows: row security is enabled and forced, rows of a dataset are read where can_read allows and written where can_deposit allows. derived: the rows are computed from others'' datasets, and the table''s owner writes what it may read. Returns the statements that are advised besides, such as the index on the dataset. For the table''s owner. Error 42703 when the column is missing or not int.';

CREATE FUNCTION unprotect_one(tbl regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    policy name;
BEGIN
    FOR policy IN
        SELECT polname FROM pg_policy
        WHERE polrelid = tbl
            AND polname IN ('licence_read', 'licence_insert', 'licence_update', 'licence_delete')
    LOOP
        EXECUTE format('DROP POLICY %I ON %s', policy, tbl);
    END LOOP;
END;
$$;
COMMENT ON FUNCTION unprotect_one(regclass) IS
    'Drops the licence policies of one table; row security stays on. Internal.';

CREATE FUNCTION unprotect(tbl regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    member regclass;
BEGIN
    FOR member IN SELECT terrcarbon.protected_family(tbl) LOOP
        PERFORM terrcarbon.unprotect_one(member);
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = member) THEN
            EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', member);
        END IF;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION unprotect(regclass) IS
    'Undoes protect. Row security stays on when the table has policies of its own. For the table''s owner.';

-- --- maps ---------------------------------------------------------------------
-- With terrcarbon first in search_path, what a map client sends unchanged uses
-- the spatial index under the policy.

CREATE FUNCTION bbox_overlaps_support(internal) RETURNS internal
    LANGUAGE C STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'bbox_overlaps_support';
COMMENT ON FUNCTION bbox_overlaps_support(internal) IS
    'Tells the planner which condition a spatial index answers for bbox_overlaps.';

CREATE FUNCTION bbox_overlaps(geometry, geometry) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 10
    SUPPORT bbox_overlaps_support
    AS 'MODULE_PATHNAME', 'bbox_overlaps';
COMMENT ON FUNCTION bbox_overlaps(geometry, geometry) IS
    'Whether the bounding boxes of two geometries overlap: PostGIS''s &&, with the promise to leak nothing, so that a spatial index is used under a row policy.';

CREATE OPERATOR && (
    LEFTARG = geometry, RIGHTARG = geometry, FUNCTION = bbox_overlaps,
    COMMUTATOR = OPERATOR(terrcarbon.&&),
    RESTRICT = gserialized_gist_sel_2d, JOIN = gserialized_gist_joinsel_2d
);
COMMENT ON OPERATOR && (geometry, geometry) IS
    'bbox_overlaps; stands for PostGIS''s && where terrcarbon comes first in search_path.';

CREATE FUNCTION geometry_intersects(geometry, geometry) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500
    AS 'MODULE_PATHNAME', 'geometry_intersects';
COMMENT ON FUNCTION geometry_intersects(geometry, geometry) IS
    'PostGIS''s ST_Intersects at a cost that leaves the choice of the index to the rows. Not leakproof.';

-- Inlined, so that the box test reaches the index.
CREATE FUNCTION st_intersects(a geometry, b geometry) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 510
BEGIN ATOMIC
    SELECT bbox_overlaps(a, b) AND geometry_intersects(a, b);
END;
COMMENT ON FUNCTION st_intersects(geometry, geometry) IS
    'PostGIS''s ST_Intersects after bbox_overlaps; stands for it where terrcarbon comes first in search_path.';
