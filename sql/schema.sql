-- The two schemas: terrcarbon holds what users call, terrcarbon_internal the rest.

-- CREATE EXTENSION puts the schema terrcarbon first in the path of this script.
-- Whoever made it beforehand could have left functions and operators in it that
-- would run here with the rights of a superuser, so this comes first, with a
-- path of its own.
DO $$
DECLARE
    path text := pg_catalog.current_setting('search_path');
    fault text;
BEGIN
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    SELECT CASE
            WHEN n.nspname = 'terrcarbon_internal'
                THEN format('Schema terrcarbon_internal exists; its owner is %I.', r.rolname)
            WHEN r.rolname <> current_user AND NOT r.rolsuper
                THEN format('Schema terrcarbon exists; its owner is %I.', r.rolname)
            WHEN EXISTS (SELECT FROM aclexplode(n.nspacl) AS a
                         WHERE a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner)
                THEN 'Schema terrcarbon exists, and others may create objects in it.'
            WHEN EXISTS (SELECT FROM pg_depend AS d
                         WHERE d.refclassid = 'pg_namespace'::regclass::oid AND d.refobjid = n.oid
                           AND d.classid <> 'pg_extension'::regclass::oid
                           AND d.classid <> 'pg_default_acl'::regclass::oid)
                THEN 'Schema terrcarbon exists, and objects are in it.'
        END
    INTO fault
    FROM pg_namespace AS n
    JOIN pg_roles AS r ON r.oid = n.nspowner
    WHERE n.nspname IN ('terrcarbon', 'terrcarbon_internal')
    ORDER BY 1
    LIMIT 1;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'the schemas of extension terrcarbon must be its own'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = fault,
                  HINT = 'Look at what is in it, then drop or rename that schema; CREATE EXTENSION makes both.';
    END IF;
    PERFORM pg_catalog.set_config('search_path', path, true);
END;
$$;

COMMENT ON SCHEMA terrcarbon IS
    'The carbon account of a territory: what users call.';
GRANT USAGE ON SCHEMA terrcarbon TO PUBLIC;

CREATE SCHEMA terrcarbon_internal;
COMMENT ON SCHEMA terrcarbon_internal IS
    'Inner parts of the extension terrcarbon: not to be called, and free to change with every version.';
GRANT USAGE ON SCHEMA terrcarbon_internal TO PUBLIC;
