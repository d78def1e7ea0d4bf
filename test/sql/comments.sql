-- Every object of the extension says what it is; identity sequences belong to
-- their columns.
SELECT pg_describe_object(classid, objid, 0) AS without_comment
FROM pg_depend d
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'terrcarbon')
  AND obj_description(objid, classid::regclass::name) IS NULL
  AND NOT (classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_sequence WHERE seqrelid = objid))
ORDER BY 1;
