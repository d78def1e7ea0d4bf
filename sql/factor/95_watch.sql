-- When the catalogues are filled: their figures are never overwritten, and a
-- change tells every backend to read again.
DO $$
DECLARE
    catalogue regclass;
BEGIN
    FOREACH catalogue IN ARRAY '{factor,stock_reference}'::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER guard_figure BEFORE UPDATE ON %s
            FOR EACH ROW EXECUTE FUNCTION terrcarbon_internal.guard_recorded_rows()', catalogue);
    END LOOP;
    FOREACH catalogue IN ARRAY '{unit,territory_level,reference_territory,reference_territory_parent,factor,stock_reference,soil_flux,land_class}'::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER catalogue_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s
            FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.catalogue_changed()', catalogue);
        -- Logical replication fires no trigger of statements.
        EXECUTE format('CREATE TRIGGER catalogue_replicated AFTER INSERT OR UPDATE OR DELETE ON %s
            FOR EACH ROW EXECUTE FUNCTION terrcarbon_internal.catalogue_changed()', catalogue);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER catalogue_changed, ENABLE REPLICA TRIGGER catalogue_replicated', catalogue);
    END LOOP;
END;
$$;
