-- From here on, a figure is never overwritten.
CREATE TRIGGER guard_figure BEFORE UPDATE ON factor
    FOR EACH ROW EXECUTE FUNCTION guard_recorded_rows();
CREATE TRIGGER factors_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON factor
    FOR EACH STATEMENT EXECUTE FUNCTION factors_changed();
ALTER TABLE factor ENABLE ALWAYS TRIGGER factors_changed;
