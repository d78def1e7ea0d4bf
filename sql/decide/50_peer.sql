-- Territories of one kind side by side, over several accounts.

CREATE FUNCTION compare_territories(accounts name[], level text, year int)
    RETURNS TABLE (account name, territory_code text, territory_name text, emissions float8, emissions_per_inhabitant float8,
        emissions_per_job float8, emissions_per_ha float8, net float8, complete boolean, missing text, peers bigint,
        percentile_per_inhabitant float8, percentile_per_job float8, percentile_per_ha float8)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 100 COST 1000000
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $$
    SELECT p.of_account, p.territory_code, p.territory_name, p.emissions, p.per_inhabitant, p.per_job, p.per_ha, p.net, p.complete, p.missing,
           count(*) FILTER (WHERE p.complete) OVER () AS peers,
           CASE WHEN p.complete AND p.per_inhabitant IS NOT NULL
               THEN percent_rank() OVER (PARTITION BY p.complete AND p.per_inhabitant IS NOT NULL ORDER BY p.per_inhabitant) END,
           CASE WHEN p.complete AND p.per_job IS NOT NULL
               THEN percent_rank() OVER (PARTITION BY p.complete AND p.per_job IS NOT NULL ORDER BY p.per_job) END,
           CASE WHEN p.complete THEN percent_rank() OVER (PARTITION BY p.complete ORDER BY p.per_ha) END
    FROM (SELECT DISTINCT u.account FROM unnest(accounts) AS u (account)) AS a
    CROSS JOIN LATERAL terrcarbon_internal.peer_figures(a.account, level, year) AS p
    ORDER BY p.complete DESC, p.per_inhabitant, p.of_account, p.territory_code
$$;
COMMENT ON FUNCTION compare_territories(name[], text, int) IS
    'Territories of one level in a year, of one or several accounts, for what the caller may read: emissions (scopes 1 and 2, land apart) and net, t CO2e, per inhabitant, per job and per ha, whether they are complete and what is missing, and where each stands among those that are complete (peers of them): the share of the others that emit less, 0 for the least, 1 for the most; NULL for what is not complete, or has no population (no jobs). Errors: 3F000 no such account, 22023 no such level or no year.';

CREATE FUNCTION terrcarbon_internal.peer_figures(account name, level text, year int)
    RETURNS TABLE (of_account name, territory_code text, territory_name text, emissions float8, per_inhabitant float8, per_job float8,
        per_ha float8, net float8, complete boolean, missing text)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 100 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION terrcarbon_internal.peer_figures(name, text, int) IS 'What compare_territories shows of one account.';

CREATE FUNCTION terrcarbon_internal.peer_figures_here(account name, level text, year int)
    RETURNS TABLE (of_account name, territory_code text, territory_name text, emissions float8, per_inhabitant float8, per_job float8,
        per_ha float8, net float8, complete boolean, missing text)
    LANGUAGE plpgsql STABLE ROWS 100
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    IF $3 IS NULL OR NOT coalesce($2 IN ('IRIS', 'commune', 'EPCI', 'zone', 'department', 'region', 'country'), false) THEN
        RAISE EXCEPTION 'territories are compared by level and year'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The level is %s, the year %s.', coalesce(left($2, 100), 'NULL'), coalesce($3::text, 'NULL')),
                  HINT = 'Levels are IRIS, commune, EPCI, zone, department, region and country.';
    END IF;
    RETURN QUERY
    SELECT $1, t.code, t.name, y.emissions, y.emissions_per_inhabitant, y.emissions / nullif(p.jobs, 0), y.emissions_per_ha, y.net, coalesce(y.complete, false),
           CASE WHEN y.year IS NULL THEN 'no figure' ELSE y.missing END
    FROM territory t
    JOIN lifetime l ON l.code = t.code
    LEFT JOIN trajectory_by_territory y ON y.territory_code = t.code AND y.year = $3
    LEFT JOIN population p ON p.territory_code = t.code AND p.year = $3
    WHERE t.level = $2 AND $3 BETWEEN l.first_year AND l.last_year;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.peer_figures_here(name, text, int) IS 'Behind peer_figures, with the account on the path.';
