-- What a release is made from: datasets, and what each confidential unit adds.

CREATE FUNCTION terrcarbon_internal.release_datasets()
    RETURNS TABLE (dataset_id int, used boolean, access text, licence text, updated date, reason text)
    LANGUAGE plpgsql STABLE ROWS 20
AS $$
BEGIN
    RETURN QUERY
    SELECT d.id, d.access IN ('open', 'aggregate') AND can_read(d.id), d.access, d.licence, d.updated,
           CASE WHEN d.access NOT IN ('open', 'aggregate')
                THEN format('it is %s: its producer may choose open or aggregate', d.access)
                WHEN NOT can_read(d.id)
                THEN format('%s has no access to its rows', current_user) END
    FROM (SELECT DISTINCT c.dataset_id FROM contribution c) AS c
    JOIN dataset_catalogue d ON d.id = c.dataset_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_datasets() IS
    'Datasets with figures in an account, and whether a release may use them: open or aggregate, and read by the current user.';

CREATE FUNCTION terrcarbon_internal.release_parts(datasets int[], of_year int, of_allocation text)
    RETURNS TABLE (dataset_id int, territory_code text, sector text, measure text, unit_key text, contribution text,
        amount float8)
    LANGUAGE plpgsql STABLE ROWS 10000
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH l AS MATERIALIZED (
        SELECT l.dataset_id, l.layer, l.row_id, l.territory_code, l.sector, CASE l.kind WHEN 'removal' THEN 'removals' ELSE 'emissions' END AS measure,
               coalesce(l.unit_key, concat_ws('/', l.dataset_id, l.layer, l.row_id)) AS unit_key, l.units, l.largest_share,
               value(sum(l.co2e)) AS kg
        FROM line l
        WHERE l.dataset_id = ANY (datasets) AND l.year = of_year AND l.allocation = of_allocation AND l.scope IN ('1', '2')
            AND l.kind IN ('emission', 'removal') AND l.row_id IS NOT NULL AND l.co2e IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ), spread AS (
        SELECT l.dataset_id, l.layer, l.row_id FROM l GROUP BY 1, 2, 3 HAVING count(DISTINCT l.territory_code) > 1
    ), f AS (
        SELECT l.dataset_id, l.territory_code, l.sector, l.measure, l.unit_key, l.units, l.largest_share,
               CASE WHEN s.row_id IS NOT NULL THEN concat_ws('/', l.layer, l.row_id) ELSE '' END AS contribution,
               value(sum(estimate(l.kg, 0))) AS kg
        FROM l LEFT JOIN spread s ON s.dataset_id = l.dataset_id AND s.layer = l.layer AND s.row_id = l.row_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    )
    SELECT f.dataset_id, f.territory_code, f.sector, f.measure,
           CASE WHEN f.units > 1 THEN concat_ws(' of ', n, f.unit_key) ELSE f.unit_key END, f.contribution,
           f.kg * CASE WHEN f.units = 1 THEN 1 WHEN n = 1 THEN f.largest_share
                       ELSE (1 - f.largest_share) / (least(f.units, 40) - 1) END
    FROM f
    -- Forty stand for more than that: it is never too many.
    CROSS JOIN LATERAL generate_series(1, least(f.units, 40)) AS n;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_parts(int[], int, text) IS
    'What each unit of some datasets adds to each territory itself in a year, kg CO2e, scopes 1 and 2; rows that are in several territories apart. A row that stands for many units is taken apart, the largest first, the others alike. Maps of land cover have no units.';
