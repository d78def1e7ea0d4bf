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

-- An actor is not compared with others but with what everybody reads: the released figures
-- of its sector, in which no unit can be worked out, over published statistics.
CREATE FUNCTION benchmark(account name, level text DEFAULT 'commune')
    RETURNS TABLE (actor_code text, actor_name text, sector text, year int, unit text, output float8, emissions float8, intensity float8,
        peers bigint, lower_quartile float8, median float8, upper_quartile float8, band int, missing text)
    LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_of_member';
COMMENT ON FUNCTION benchmark(name, text) IS
    'Where the actors whose role the caller is a member of (actor.role_name) stand in their sector, by year and unit of actor_output: what it emits in that sector, scopes 1 and 2, t CO2e, for each unit of its output (intensity), beside the quartiles of the same for the sector in the territories of a level, each as released (released over sector_output; peers: how many). band 1 to 4: the quarter it falls in, 1 the one with the lowest intensity; NULL with fewer than 4 peers. Everything but the actor''s own figures can be read by everybody, so nothing more can be computed from it than from the release. missing: why something is NULL. A superuser is every role''s member, so shown all. Errors: 3F000 no such account.';

CREATE FUNCTION terrcarbon_internal.sector_quartiles(of_level text)
    RETURNS TABLE (sector text, year int, unit text, peers bigint, quartiles float8[])
    LANGUAGE plpgsql STABLE ROWS 20
AS $$
BEGIN
    IF to_regclass('release_cell') IS NOT NULL THEN
        RETURN QUERY
        SELECT r.sector, r.year, s.unit, count(*), percentile_cont('{0.25,0.5,0.75}'::float8[]) WITHIN GROUP (ORDER BY r.tonnes / s.amount)
        FROM released r
        JOIN sector_output s ON s.territory_code = r.territory_code AND s.sector = r.sector AND s.year = r.year
        WHERE r.level = of_level AND r.measure = 'emissions' AND r.allocation = 'territorial' AND r.tonnes IS NOT NULL
        GROUP BY r.sector, r.year, s.unit;
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.sector_quartiles(text) IS
    'Quartiles of released emissions per unit of output over the territories of a level, t CO2e; none where the account has no releases.';

CREATE FUNCTION terrcarbon_internal.benchmark(caller oid, account name, level text)
    RETURNS TABLE (actor_code text, actor_name text, sector text, year int, unit text, output float8, emissions float8, intensity float8,
        peers bigint, lower_quartile float8, median float8, upper_quartile float8, band int, missing text)
    LANGUAGE plpgsql STABLE ROWS 10
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    SELECT a.code, a.name, a.sector, o.year, o.unit, o.amount, e.tonnes, e.tonnes / o.amount, coalesce(q.peers, 0),
           q.quartiles[1], q.quartiles[2], q.quartiles[3],
           CASE WHEN q.peers >= 4 AND e.tonnes IS NOT NULL THEN width_bucket(e.tonnes / o.amount, q.quartiles) + 1 END,
           nullif(concat_ws('; ', e.missing, CASE WHEN coalesce(q.peers, 0) < 4 THEN 'fewer than 4 territories with a released figure and an output' END), '')
    FROM actor a
    JOIN pg_roles r ON r.rolname = a.role_name
    JOIN actor_output o ON o.actor_code = a.code
    CROSS JOIN LATERAL (
        SELECT value(sum(l.co2e)) / 1000 AS known, count(*) AS lines,
               count(*) FILTER (WHERE l.finding IS NOT NULL OR l.notation IN ('NE', 'C')) AS unknown_lines, array_agg(DISTINCT l.territory_code) AS places
        FROM line l
        WHERE l.actor_code = a.code AND l.year = o.year AND l.sector = a.sector AND l.allocation = 'territorial' AND l.kind = 'emission' AND l.scope IN ('1', '2')
    ) AS s
    CROSS JOIN LATERAL (
        SELECT nullif(concat_ws('; ', CASE WHEN s.lines = 0 THEN 'no row in its sector' END,
            CASE WHEN s.unknown_lines > 0 THEN s.unknown_lines || ' of ' || s.lines || ' lines have no value' END,
            'datasets not readable: ' || (SELECT string_agg(DISTINCT missing_datasets(p.code), ', ') FROM unnest(s.places) AS p (code))), '')
    ) AS m (missing)
    CROSS JOIN LATERAL (SELECT CASE WHEN m.missing IS NULL THEN coalesce(s.known, 0) END, m.missing) AS e (tonnes, missing)
    LEFT JOIN terrcarbon_internal.sector_quartiles(level) AS q ON q.sector = a.sector AND q.year = o.year AND q.unit = o.unit
    WHERE pg_has_role(caller, r.oid, 'USAGE')
    ORDER BY a.code, o.year, o.unit;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.benchmark(oid, name, text) IS 'Behind benchmark, as the owner of the account, with the account on the path.';
