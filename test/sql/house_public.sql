-- What PUBLIC may execute in terrcarbon_internal besides the functions behind
-- types, operators, casts and planner support: what policies, views, defaults and
-- checks call, and what public functions call with the rights of their caller.
SELECT DISTINCT p.proname
FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
WHERE p.pronamespace = 'terrcarbon_internal'::regnamespace AND a.grantee = 0 AND a.privilege_type = 'EXECUTE'
  AND NOT EXISTS (SELECT FROM pg_type t WHERE p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend))
  AND NOT EXISTS (SELECT FROM pg_operator o WHERE p.oid IN (o.oprcode, o.oprrest, o.oprjoin))
  AND NOT EXISTS (SELECT FROM pg_amproc m WHERE p.oid = m.amproc)
  AND NOT EXISTS (SELECT FROM pg_cast c WHERE p.oid = c.castfunc)
  AND NOT EXISTS (SELECT FROM pg_proc s WHERE p.oid = s.prosupport)
ORDER BY 1;
-- One of them runs with its owner's rights: note_matview reads a guarded view as
-- the view's owner and notes what it holds.
SELECT p.oid::regprocedure AS definer_for_everybody
FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
WHERE p.pronamespace = 'terrcarbon_internal'::regnamespace AND p.prosecdef AND a.grantee = 0
ORDER BY p.proname;
-- A role without rights is refused by the rest.
CREATE ROLE house_nobody;
SET ROLE house_nobody;
DO $$
DECLARE
    f record;
    refused int := 0;
BEGIN
    FOR f IN
        SELECT p.oid::regprocedure AS signature, p.proname, p.prokind,
               -- no constants: a strict function of a constant NULL is never called
               (SELECT string_agg('a' || i, ', ' ORDER BY i)
                FROM unnest(p.proargtypes) WITH ORDINALITY AS u (t, i)) AS arguments,
               (SELECT string_agg(format('NULL::%s AS a%s', format_type(t, NULL), i), ', ' ORDER BY i)
                FROM unnest(p.proargtypes) WITH ORDINALITY AS u (t, i)) AS nulls
        FROM pg_proc p
        WHERE p.pronamespace = 'terrcarbon_internal'::regnamespace AND p.prorettype <> 'trigger'::regtype
          AND NOT has_function_privilege(p.oid, 'EXECUTE')
          AND NOT (p.proargtypes::oid[] && ARRAY['internal'::regtype, 'anyarray'::regtype, 'cstring'::regtype]::oid[])
    LOOP
        BEGIN
            IF f.prokind = 'p' THEN
                EXECUTE format('CALL terrcarbon_internal.%I(%s)', f.proname,
                               regexp_replace(f.arguments, 'a\d+', 'NULL', 'g'));
            ELSE
                EXECUTE format('SELECT terrcarbon_internal.%I(%s) FROM (SELECT %s OFFSET 0) AS given',
                               f.proname, f.arguments, f.nulls);
            END IF;
            RAISE WARNING '% was executed', f.signature;
        EXCEPTION WHEN insufficient_privilege THEN
            refused := refused + 1;
        END;
    END LOOP;
    RAISE NOTICE 'all refused: %', refused > 50;
END;
$$;
RESET ROLE;
DROP ROLE house_nobody;
