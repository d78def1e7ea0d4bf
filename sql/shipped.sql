-- Catalogues hold rows of the extension beside rows of users, told apart by their
-- column shipped.  The end of the script (sql/tail.sql) puts this one guard on all of
-- them; an upgrade disables it while it changes shipped rows.
CREATE FUNCTION terrcarbon_internal.guard_shipped_rows() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'table "%" cannot be truncated', TG_TABLE_NAME
            USING ERRCODE = 'object_not_in_prerequisite_state',
                DETAIL = 'It holds rows that came with the extension.',
                HINT = 'Delete your own rows: DELETE ... WHERE NOT shipped.';
    END IF;
    RAISE EXCEPTION 'rows that came with the extension cannot be %',
            CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END
        USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('Table "%s", row %s.', TG_TABLE_NAME,
                left(to_jsonb(CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END)::text, 100)),
            HINT = 'Add a row of your own, with shipped = false.';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.guard_shipped_rows() IS
    'Trigger: refuses to add, change or delete rows that came with the extension, because a dump leaves them out. Error 55000.';
