-- Releases: the figures of confidential rows that everybody may see.  All of it
-- runs as the account's owner, with the account on the path.

-- --- where releases live -----------------------------------------------------------

CREATE FUNCTION terrcarbon_internal.release_is_final() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.release_is_final() IS
    'Trigger of the tables of releases: refuses every change of what is out. Error 55000.';
CREATE FUNCTION terrcarbon_internal.release_is_final_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    closed boolean := TG_OP <> 'INSERT';
BEGIN
    -- What belongs to a release comes in its transaction or not at all.
    IF NOT closed THEN
        closed := EXISTS (SELECT FROM added a LEFT JOIN release r ON r.id = a.release_id WHERE r.released_at IS DISTINCT FROM now());
    END IF;
    IF closed THEN
        RAISE EXCEPTION 'what is released cannot be changed'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = format('%s on table %I.%I.', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME),
                  HINT = 'A new release with a correction takes its place: terrcarbon.release(..., correction => ...).';
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_is_final_here() IS 'Behind release_is_final.';

CREATE FUNCTION prepare_release(account name) RETURNS void
    LANGUAGE C VOLATILE
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION prepare_release(name) IS
    'Makes the tables of releases of an account (release, release_dataset, release_cell, release_part, release_trace, release_footprint, released) unless they are there, and lets everybody use the schema: its other tables stay closed to those without rights on them. For the owner of the account; release calls it. Errors: 3F000 no such account, 42501.';
CREATE FUNCTION terrcarbon_internal.prepare_release(account name) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    path CONSTANT text := current_setting('search_path');
BEGIN
    IF to_regclass(format('%I.release_cell', account)) IS NULL THEN
        PERFORM terrcarbon_internal.account_build(account, s.srid, 'release') FROM setting s;
        PERFORM set_config('search_path', path, true);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO PUBLIC', account);
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.prepare_release(name) IS 'Behind prepare_release.';
