-- The balance as figures of a release, before secrecy.

CREATE FUNCTION terrcarbon_internal.release_territories(of_year int) RETURNS TABLE (code text, parent_code text)
    LANGUAGE plpgsql STABLE ROWS 1000
AS $$
BEGIN
    RETURN QUERY
    SELECT l.code, m.parent_code
    FROM lifetime l
    JOIN membership m ON m.code = l.code AND of_year BETWEEN m.first_year AND m.last_year
    WHERE of_year BETWEEN l.first_year AND l.last_year;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_territories(int) IS 'The territories of a year, and what they were part of in it.';

CREATE FUNCTION terrcarbon_internal.release_balance(datasets int[], of_year int, of_allocation text)
    RETURNS TABLE (dataset_id int, territory_code text, sector text, scope text, year int, co2e estimate,
        removal_co2e estimate, notation text, whole boolean)
    LANGUAGE plpgsql STABLE ROWS 10000
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    SELECT b.dataset_id, b.territory_code, b.sector, b.scope, b.year, b.co2e, b.removal_co2e,
           CASE WHEN b.unknown_lines > 0 THEN 'NE' ELSE b.notation END,
           b.leaves >= b.leaves_expected AND b.leaves_expected > 0
    FROM counted_balance b
    WHERE b.dataset_id = ANY (datasets) AND b.allocation = of_allocation AND b.scope IN ('1', '2')
        AND b.territory_code IN (SELECT l.code FROM lifetime l WHERE of_year BETWEEN l.first_year AND l.last_year);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_balance(int[], int, text) IS
    'The rows of balance that a release of a year looks at, those of other years too: they say what there should be. notation NE: a line is unknown; whole: the dataset has a figure of all parts.';

CREATE FUNCTION terrcarbon_internal.release_missing(datasets int[], of_year int, of_allocation text)
    RETURNS TABLE (territory_code text, sector text)
    LANGUAGE plpgsql STABLE ROWS 100
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE node AS MATERIALIZED (
        SELECT code, parent_code FROM terrcarbon_internal.release_territories(of_year)
    ),
    told AS MATERIALIZED (
        SELECT territory_code, sector, scope, bool_or(whole AND year = of_year) AS whole
        FROM terrcarbon_internal.release_balance(datasets, of_year, of_allocation)
        GROUP BY territory_code, sector, scope
    ),
    whole AS MATERIALIZED (
        SELECT territory_code, sector, scope FROM told WHERE whole
    ),
    -- From each territory down to the parts that lack a figure.
    opened (root, sector, scope, code) AS (
        SELECT territory_code, sector, scope, territory_code FROM told
      UNION ALL
        SELECT o.root, o.sector, o.scope, n.code
        FROM opened o
        JOIN node n ON n.parent_code = o.code
        WHERE (o.code, o.sector, o.scope) NOT IN (SELECT territory_code, sector, scope FROM whole)
    )
    SELECT DISTINCT root, sector FROM opened o
    WHERE (code, sector, scope) NOT IN (SELECT territory_code, sector, scope FROM whole)
        AND NOT EXISTS (SELECT FROM node n WHERE n.parent_code = o.code);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_missing(int[], int, text) IS
    'Territories and sectors some part of which has no figure in a year, though the sector has one somewhere or some time.';

CREATE FUNCTION terrcarbon_internal.release_figures(datasets int[], of_year int, of_allocation text)
    RETURNS TABLE (territory_code text, sector text, measure text, kg float8, notation text,
        dataset_ids int[], sources int[])
    LANGUAGE plpgsql STABLE ROWS 1000
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH cell AS (
        SELECT b.territory_code, s.sector, b.sector AS part, b.year = of_year AS now, b.dataset_id, b.co2e, b.removal_co2e, b.notation
        FROM terrcarbon_internal.release_balance(datasets, of_year, of_allocation) AS b
        CROSS JOIN LATERAL (SELECT b.sector UNION ALL SELECT 'all' WHERE b.sector <> 'land') AS s (sector)
    ),
    figure AS (
        SELECT c.territory_code, c.sector,
               bool_or(m.sector IS NOT NULL) AS missing,
               min(c.notation) FILTER (WHERE now AND c.notation IN ('C', 'NE')) AS unknown,
               min(c.notation) FILTER (WHERE now) AS notation,
               value(sum(c.co2e) FILTER (WHERE now)) AS emitted,
               value(sum(c.removal_co2e) FILTER (WHERE now)) AS removed,
               array_agg(DISTINCT c.dataset_id) FILTER (WHERE now AND c.co2e IS NOT NULL) AS emitters,
               array_agg(DISTINCT c.dataset_id) FILTER (WHERE now AND c.removal_co2e IS NOT NULL) AS removers,
               sources_agg(sources(c.co2e)) FILTER (WHERE now AND c.co2e IS NOT NULL) AS emission_sources,
               sources_agg(sources(c.removal_co2e)) FILTER (WHERE now AND c.removal_co2e IS NOT NULL) AS removal_sources
        FROM cell c
        LEFT JOIN terrcarbon_internal.release_missing(datasets, of_year, of_allocation) AS m
            ON m.territory_code = c.territory_code AND m.sector = c.part
        GROUP BY c.territory_code, c.sector
    )
    SELECT territory_code, sector, measure,
           CASE WHEN NOT missing AND unknown IS NULL THEN kg END,
           CASE WHEN unknown IS NOT NULL THEN unknown WHEN missing THEN 'NE' WHEN kg IS NULL THEN coalesce(notation, 'NE') END,
           ids, sources
    FROM figure
    CROSS JOIN LATERAL (VALUES
        -- That nothing is emitted where something is removed is said by who removes.
        ('emissions', CASE WHEN removed IS NULL THEN emitted ELSE coalesce(emitted, 0) END, coalesce(emitters, removers),
            coalesce(emission_sources, removal_sources)),
        ('removals', removed, removers, removal_sources)) AS m (measure, kg, ids, sources)
    WHERE measure = 'emissions' OR kg IS NOT NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_figures(int[], int, text) IS
    'The balance of some datasets as cells of a release, kg CO2e, before secrecy: a figure, or a notation key where there is none.';
