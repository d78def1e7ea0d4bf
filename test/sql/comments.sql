-- Every object of the extension says what it is; identity sequences belong to
-- their columns, row and array types (members from 17 on) to their types.
SELECT pg_describe_object(classid, objid, 0) AS without_comment
FROM pg_depend d
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'terrcarbon')
  AND obj_description(objid, classid::regclass::name) IS NULL
  AND NOT (classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_sequence WHERE seqrelid = objid))
  AND NOT (classid = 'pg_type'::regclass AND EXISTS (
        SELECT FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE t.oid = objid AND (t.typcategory = 'A' OR c.relkind <> 'c')))
ORDER BY 1;
