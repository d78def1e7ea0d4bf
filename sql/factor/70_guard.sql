-- From here on, the shipped factors are guarded and a figure is never overwritten.
CREATE TRIGGER guard_new BEFORE INSERT ON factor
    FOR EACH ROW WHEN (NEW.shipped) EXECUTE FUNCTION guard_shipped_rows();
CREATE TRIGGER guard_change BEFORE UPDATE ON factor
    FOR EACH ROW WHEN (OLD.shipped OR NEW.shipped) EXECUTE FUNCTION guard_shipped_rows();
CREATE TRIGGER guard_figure BEFORE UPDATE ON factor
    FOR EACH ROW EXECUTE FUNCTION guard_recorded_rows();
CREATE TRIGGER guard_delete BEFORE DELETE ON factor
    FOR EACH ROW WHEN (OLD.shipped) EXECUTE FUNCTION guard_shipped_rows();
CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON factor
    FOR EACH STATEMENT EXECUTE FUNCTION guard_shipped_rows();
CREATE TRIGGER factors_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON factor
    FOR EACH STATEMENT EXECUTE FUNCTION factors_changed();
ALTER TABLE factor ENABLE ALWAYS TRIGGER factors_changed;
