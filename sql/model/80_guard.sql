-- Rows that came with the extension stay as they are; dumps leave them out.
DO $$
DECLARE
    shipping regclass;
BEGIN
    FOREACH shipping IN ARRAY '{land_class,soil_flux,land_practice,coastal_habitat}'::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER guard_new BEFORE INSERT ON %s
            FOR EACH ROW WHEN (NEW.shipped) EXECUTE FUNCTION guard_shipped_rows()', shipping);
        EXECUTE format('CREATE TRIGGER guard_change BEFORE UPDATE ON %s
            FOR EACH ROW WHEN (OLD.shipped OR NEW.shipped) EXECUTE FUNCTION guard_shipped_rows()', shipping);
        EXECUTE format('CREATE TRIGGER guard_delete BEFORE DELETE ON %s
            FOR EACH ROW WHEN (OLD.shipped) EXECUTE FUNCTION guard_shipped_rows()', shipping);
        EXECUTE format('CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON %s
            FOR EACH STATEMENT EXECUTE FUNCTION guard_shipped_rows()', shipping);
    END LOOP;
END;
$$;
