-- Licences and notes of changes, on every table that rows are deposited in.

SELECT terrcarbon.protect(t.name::regclass, 'dataset_id', derived => t.derived)
FROM (VALUES ('extent', false), ('declared_gap', false), ('balance', true), ('part', true), ('coverage', true)
      UNION ALL SELECT l.name, false FROM layer l WHERE l.deposits IS NOT NULL) AS t (name, derived);

SELECT terrcarbon_internal.watch_table(t.name::regclass, t.kind)
FROM (VALUES ('territory', 'territory'), ('former_parent', 'members'), ('degree_days', 'everything'), ('extent', 'datasets'), ('declared_gap', 'gaps')
      UNION ALL
      SELECT l.name, CASE WHEN 'geom' = ANY (c.names) THEN 'boxes' WHEN 'origin_code' = ANY (c.names) THEN 'trips' ELSE 'territories' END
      FROM layer l CROSS JOIN LATERAL (SELECT terrcarbon_internal.columns_of(l.name::regclass)) AS c (names)
      WHERE l.deposits IS NOT NULL) AS t (name, kind);

-- Without its settings an account would be empty, and say so nowhere.
CREATE TRIGGER keep_setting BEFORE INSERT OR DELETE OR TRUNCATE ON setting FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.keep_setting();
-- Settings that only views read, and the ways of a refresh, leave its figures as they are.
CREATE TRIGGER note_update AFTER UPDATE ON setting FOR EACH ROW
    WHEN (to_jsonb(OLD) - '{materiality,required_sectors,land_dataset_id,when_stale,batch_size,rejected_days}'::text[]
          IS DISTINCT FROM to_jsonb(NEW) - '{materiality,required_sectors,land_dataset_id,when_stale,batch_size,rejected_days}'::text[])
    EXECUTE FUNCTION terrcarbon_internal.note_everything();

-- What is wrong with a row is said, though row security hides what constraints say.
CREATE TRIGGER check_land_dataset BEFORE UPDATE ON setting FOR EACH ROW
    WHEN (NEW.land_dataset_id IS DISTINCT FROM OLD.land_dataset_id) EXECUTE FUNCTION terrcarbon_internal.check_land_dataset();
SELECT terrcarbon_internal.check_rows_of(t.name::regclass)
FROM (VALUES ('setting'), ('extent'), ('declared_gap') UNION ALL SELECT l.name FROM layer l WHERE l.deposits IS NOT NULL) AS t (name);

-- A depositor notes its own changes, and nobody else anything.
ALTER TABLE change ENABLE ROW LEVEL SECURITY;
CREATE POLICY note ON change FOR INSERT WITH CHECK (
    dataset_id IS NOT NULL AND terrcarbon.can_deposit(dataset_id) AND terrcarbon_internal.deposits_in('change'::regclass)
    OR dataset_id IS NULL AND (has_table_privilege('territory'::regclass, 'INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_table_privilege('former_parent'::regclass, 'INSERT, UPDATE, DELETE, TRUNCATE')));
GRANT INSERT ON change TO PUBLIC;
-- Messages of errors are no business of readers, nor is what a dataset names.
ALTER TABLE pending ENABLE ROW LEVEL SECURITY;
ALTER TABLE dataset_input ENABLE ROW LEVEL SECURITY;
