-- The cells of a release: which figures are shown.

CREATE FUNCTION terrcarbon_internal.release_choice(new_id int, corrects int, of_measure text, used_ids int[],
        confidential int[], wanted secrecy_figure[])
    RETURNS TABLE (territory_code text, sector text, published boolean)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH this AS (SELECT year, allocation FROM release WHERE id = new_id),
    -- All that is out on the same rows: other years, what this one corrects.
    former AS (
        SELECT r.id FROM release AS r, this
        WHERE r.id < new_id AND (r.allocation = 'territorial') = (this.allocation = 'territorial')
    ),
    cell AS MATERIALIZED (
        SELECT c.release_id, c.territory_code, c.sector, c.measure, c.parent_code, c.tonnes
        FROM release_cell AS c JOIN former ON former.id = c.release_id
    ),
    part AS MATERIALIZED (
        SELECT p.release_id, p.territory_code, p.sector, p.dataset_id, p.unit_key, abs(p.amount) AS amount, g.m2, NULL::float8 AS most,
               coalesce(g.ground || ' ' || p.sector, nullif(p.contribution, '')) AS contribution
        FROM release_part AS p
        LEFT JOIN terrcarbon_internal.release_ground(ARRAY(SELECT id FROM former) || new_id) AS g
            ON g.release_id = p.release_id AND g.dataset_id = p.dataset_id AND g.unit_key = p.unit_key
        WHERE p.measure = of_measure
            AND (p.release_id = new_id OR p.release_id IN (SELECT id FROM former)
                 -- What is open by now, everybody knows.
                 AND NOT (p.dataset_id = ANY (used_ids) AND p.dataset_id <> ALL (confidential)))
        UNION ALL
        SELECT p.release_id, p.territory_code, p.sector, p.dataset_id, p.unit_key, p.amount, NULL, p.most, nullif(p.contribution, '')
        FROM terrcarbon_internal.release_withdrawn(new_id, ARRAY(SELECT id FROM former), of_measure, used_ids) AS p
    )
    SELECT c.* FROM publishable_cells(
        ARRAY(SELECT ROW(0, code, parent_code)::secrecy_territory
              FROM this CROSS JOIN LATERAL terrcarbon_internal.release_territories(this.year) ORDER BY code)
        || ARRAY(SELECT DISTINCT ROW(release_id, territory_code, parent_code)::secrecy_territory
                 FROM cell WHERE measure = 'emissions' ORDER BY 1),
        ARRAY(SELECT ROW(CASE WHEN release_id = new_id THEN 0 ELSE release_id END, territory_code, sector, dataset_id,
                         unit_key, contribution, amount, m2, most)::secrecy_part
              FROM part ORDER BY release_id, territory_code, sector, dataset_id, unit_key, contribution),
        -- A correction shows what the first release did.
        CASE WHEN corrects IS NULL THEN wanted ELSE '{}' END
        || ARRAY(SELECT ROW(CASE WHEN n.new THEN 0 ELSE release_id END, territory_code, sector)::secrecy_figure
                 FROM cell CROSS JOIN (VALUES (false), (true)) AS n (new)
                 WHERE measure = of_measure AND tonnes IS NOT NULL AND (NOT n.new OR release_id = corrects)),
        terrcarbon_internal.release_readers(ARRAY(SELECT DISTINCT dataset_id FROM part), used_ids),
        corrects IS NOT NULL) AS c;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_choice(int, int, text, int[], int[], secrecy_figure[]) IS
    'Which of the wanted cells of a release may be shown beside all that is out; for a correction, whether those of the release it corrects may.';

CREATE FUNCTION terrcarbon_internal.release_cells(new_id int, corrects int, of_measure text, used_ids int[],
        confidential int[], without_units text[])
    RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    WITH this AS (SELECT year, allocation FROM release WHERE id = new_id),
    node AS MATERIALIZED (
        SELECT code, parent_code FROM this CROSS JOIN LATERAL terrcarbon_internal.release_territories(this.year)
    ),
    -- Maps of land cover that are confidential have no units to count.
    figure AS MATERIALIZED (
        SELECT f.territory_code, f.sector, f.measure, f.dataset_ids,
               CASE WHEN NOT unknown THEN f.kg END AS kg, CASE WHEN unknown THEN 'NE' ELSE f.notation END AS notation
        FROM this
        CROSS JOIN LATERAL terrcarbon_internal.release_figures(used_ids, this.year, this.allocation) AS f
        CROSS JOIN LATERAL (VALUES (f.sector = 'land' AND f.territory_code || '/' || f.measure = ANY (without_units))) AS u (unknown)
        WHERE f.measure = of_measure
    ),
    chosen AS MATERIALIZED (
        SELECT c.* FROM terrcarbon_internal.release_choice(new_id, corrects, of_measure, used_ids, confidential,
            ARRAY(SELECT ROW(0, territory_code, sector)::secrecy_figure FROM figure WHERE kg IS NOT NULL)) AS c
    )
    INSERT INTO release_cell (release_id, territory_code, sector, measure, territory_name, level,
        parent_code, tonnes, notation, datasets)
    SELECT new_id, f.territory_code, f.sector, f.measure, t.name, t.level, p.code,
           CASE WHEN c.published THEN f.kg / 1000 END,
           CASE WHEN f.kg IS NULL THEN f.notation WHEN c.published THEN NULL ELSE 'C' END,
           CASE WHEN c.published THEN f.dataset_ids END
    FROM figure f
    JOIN territory t ON t.code = f.territory_code
    LEFT JOIN node AS n ON n.code = f.territory_code
    LEFT JOIN node AS p ON p.code = n.parent_code
    LEFT JOIN chosen AS c ON c.territory_code = f.territory_code AND c.sector = f.sector;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_cells(int, int, text, int[], int[], text[]) IS
    'Writes the cells of one measure of a release: figures that may be published, notation keys for others. corrects: the release whose cells it shows; without_units: territory/measure of land that is not to be shown.';
