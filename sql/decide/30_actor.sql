-- What a firm sees of itself.

CREATE FUNCTION my_trajectory(account name)
    RETURNS TABLE (actor_code text, actor_name text, sector text, year int, emissions float8, emissions_low float8, emissions_high float8,
        scope_3 float8, removals float8, target float8, gap float8, complete boolean, missing text)
    LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 20 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_of_member';
COMMENT ON FUNCTION my_trajectory(name) IS
    'The rows of trajectory_by_actor of the actors whose role (actor.role_name) the caller is a member of, from what the owner of the account may read: an actor sees its own figures without being granted the datasets they are in, and those of no other. The same year''s figures of its sector and territory are in balance_by_territory and released, as far as the caller may read them. A superuser is every role''s member, so shown all. Errors: 3F000 no such account.';

CREATE FUNCTION terrcarbon_internal.my_trajectory(caller oid, account name)
    RETURNS TABLE (actor_code text, actor_name text, sector text, year int, emissions float8, emissions_low float8, emissions_high float8,
        scope_3 float8, removals float8, target float8, gap float8, complete boolean, missing text)
    LANGUAGE plpgsql STABLE ROWS 20
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    SELECT t.actor_code, t.actor_name, t.sector, t.year, t.emissions, t.emissions_low, t.emissions_high, t.scope_3, t.removals,
           t.target, t.gap, t.complete, t.missing
    FROM trajectory_by_actor t
    WHERE t.actor_code IN (
        SELECT a.code FROM actor a
        JOIN pg_roles r ON r.rolname = a.role_name
        WHERE pg_has_role(caller, r.oid, 'USAGE'))
    ORDER BY t.actor_code, t.year;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.my_trajectory(oid, name) IS 'Behind my_trajectory, as the owner of the account, with the account on the path.';
