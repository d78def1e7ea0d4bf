-- Why a published figure differs from the one before.

CREATE FUNCTION explain_change(account name, former_id int, later_id int, territory_code text, sector text, scope text DEFAULT '1',
        measure text DEFAULT 'emissions')
    RETURNS TABLE (cause text, lines bigint, tonnes numeric)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 8 COST 1000000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION explain_change(name, int, int, text, text, text, text) IS
    'Why a figure (measure emissions or removals) of open datasets differs between two publications of an account, t CO2e, from what they hold and so for everybody. The first row is the difference; then each cause with the lines it concerns, in this order, in which a line that changed in several ways is taken apart: dataset, one that came or went, or is no longer open; boundary, lines from maps in a territory whose boundary is another; rows added or removed; rows corrected (at the former price); factor or reference (a price that changed, or one of another version); gwp, other warming potentials; method, what is left. The parts add up to the difference to the last digit. Errors: 3F000 no such account, P0002 no such figure in one of them, 22023 another measure.';

CREATE FUNCTION terrcarbon_internal.published_figure(of_publication int, territory_code text, sector text, scope text, measure text) RETURNS numeric
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    figure numeric := (SELECT (i.content ->> measure)::numeric FROM publication_item i
        WHERE i.publication_id = of_publication AND i.kind = 'figure' AND i.key = concat_ws('/', territory_code, sector, scope));
BEGIN
    IF measure IS NULL OR measure NOT IN ('emissions', 'removals') THEN
        RAISE EXCEPTION 'what is explained are emissions or removals'
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('The measure is %s.', coalesce(left(measure, 100), 'NULL'));
    END IF;
    IF figure IS NULL THEN
        RAISE EXCEPTION 'there is no such figure in publication %', coalesce(of_publication::text, 'NULL')
            USING ERRCODE = 'no_data_found',
                  DETAIL = format('Territory %s, sector %s, scope %s.', coalesce(left(territory_code, 100), 'NULL'), coalesce(left(sector, 100), 'NULL'),
                      coalesce(left(scope, 100), 'NULL')),
                  HINT = 'See publication_figure of the account, the rows of kind figure.';
    END IF;
    RETURN figure;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.published_figure(int, text, text, text, text) IS 'A published figure, t CO2e; error P0002 when there is none.';

CREATE FUNCTION terrcarbon_internal.published_lines(of_publication int, top text, sector text, scope text, measure text)
    RETURNS TABLE (key text, dataset_id text, layer text, place text, boundary text, quantity numeric, emission jsonb, price jsonb, kg numeric)
    LANGUAGE plpgsql STABLE ROWS 1000
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE down (code, boundary) AS (
        SELECT i.key, i.content ->> 'boundary_sha256' FROM publication_item i
        WHERE i.publication_id = of_publication AND i.kind = 'territory' AND i.key = top
      UNION ALL
        SELECT i.key, i.content ->> 'boundary_sha256'
        FROM down
        JOIN publication_item i ON i.publication_id = of_publication AND i.kind = 'territory' AND i.content ->> 'parent_code' = down.code
    )
    SELECT concat_ws('/', l.content ->> 'dataset_id', l.content ->> 'layer', l.content ->> 'row_id', d.code, row_number() OVER (
               PARTITION BY l.content ->> 'dataset_id', l.content ->> 'layer', l.content ->> 'row_id', d.code
               ORDER BY (l.content ->> 'factor_id')::int, l.key COLLATE "C")),
           l.content ->> 'dataset_id', l.content ->> 'layer', d.code, d.boundary, (l.content ->> 'quantity')::numeric, l.content -> 'emission',
           -- Two versions of a factor are two prices, whatever they say.
           jsonb_build_array(l.content -> 'factor_id', l.content -> 'unit',
               (SELECT f.content - 'superseded_at' FROM publication_item f
                WHERE f.publication_id = of_publication AND f.kind = 'factor' AND f.key = l.content ->> 'factor_id')),
           (l.content ->> 'kg_co2e')::numeric
    FROM down d
    JOIN publication_item l ON l.publication_id = of_publication AND l.kind = 'line' AND l.content ->> 'territory_code' = d.code
    WHERE l.content ->> 'sector' = published_lines.sector AND l.content ->> 'scope' = published_lines.scope
        AND l.content ->> 'kind' = CASE measure WHEN 'removals' THEN 'removal' ELSE 'emission' END AND l.content ? 'kg_co2e';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.published_lines(int, text, text, text, text) IS 'The lines behind a published figure: those of its territory and the parts of it.';

CREATE FUNCTION terrcarbon_internal.explain_change(account name, former_id int, later_id int, territory_code text, sector text, scope text, measure text)
    RETURNS TABLE (cause text, lines bigint, tonnes numeric)
    LANGUAGE plpgsql STABLE ROWS 8
    SET jit = off
AS $$
DECLARE
    difference CONSTANT numeric := terrcarbon_internal.published_figure(later_id, territory_code, sector, scope, measure)
        - terrcarbon_internal.published_figure(former_id, territory_code, sector, scope, measure);
    other_gwp CONSTANT boolean := (SELECT count(DISTINCT p.gwp) > 1 FROM publication p WHERE p.id IN (former_id, later_id));
BEGIN
    RETURN QUERY
    WITH former AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.published_lines(former_id, territory_code, sector, scope, measure)
    ), later AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.published_lines(later_id, territory_code, sector, scope, measure)
    ), pair AS (
        SELECT coalesce(b.kg, 0) - coalesce(a.kg, 0) AS kg, a.kg AS kg_a, a.quantity AS q_a, b.quantity AS q_b,
               a.key IS NULL AS added, b.key IS NULL AS removed,
               a.price IS DISTINCT FROM b.price AS other_price, a.quantity IS NULL AND a.emission IS DISTINCT FROM b.emission AS other_emission,
               CASE WHEN coalesce(b.dataset_id, a.dataset_id) NOT IN (SELECT f.dataset_id FROM former f)
                        OR coalesce(b.dataset_id, a.dataset_id) NOT IN (SELECT l.dataset_id FROM later l) THEN 'dataset'
                    WHEN coalesce(b.layer, a.layer) NOT IN ('activity', 'declared_gap') AND (a.key IS NULL OR b.key IS NULL OR a.quantity <> b.quantity)
                        AND coalesce(b.place, a.place) IN (
                            SELECT f.place FROM former f FULL JOIN later l ON l.place = f.place WHERE f.boundary IS DISTINCT FROM l.boundary)
                        THEN 'boundary' END AS whole
        FROM former a FULL JOIN later b ON b.key = a.key
    ), part AS (
        SELECT p.whole AS cause, p.kg FROM pair p WHERE p.whole IS NOT NULL
      UNION ALL
        SELECT CASE WHEN p.added THEN 'rows added' ELSE 'rows removed' END, p.kg FROM pair p WHERE p.whole IS NULL AND (p.added OR p.removed)
      UNION ALL
        SELECT x.cause, x.kg
        FROM pair p
        CROSS JOIN LATERAL (
            SELECT CASE WHEN p.other_emission OR p.q_a = 0 THEN p.kg WHEN p.q_a <> p.q_b THEN p.kg_a / p.q_a * (p.q_b - p.q_a) ELSE 0 END
        ) AS c (kg)
        CROSS JOIN LATERAL (VALUES ('rows corrected', c.kg),
            (CASE WHEN p.other_price THEN 'factor or reference' WHEN other_gwp THEN 'gwp' ELSE 'method' END, p.kg - c.kg)) AS x (cause, kg)
        WHERE p.whole IS NULL AND NOT p.added AND NOT p.removed
    ), summed AS (
        SELECT t.cause, count(*) FILTER (WHERE t.kg <> 0) AS lines, sum(t.kg) * 0.001 AS tonnes FROM part t GROUP BY t.cause
    ), listed AS (
        SELECT o.place, o.cause, coalesce(s.lines, 0) AS lines,
               -- The rounding of the published figures is in what is left.
               CASE WHEN o.cause = 'method' THEN difference - coalesce((SELECT sum(r.tonnes) FROM summed r WHERE r.cause <> 'method'), 0)
                    ELSE coalesce(s.tonnes, 0) END AS tonnes
        FROM unnest('{dataset,boundary,rows added,rows removed,rows corrected,factor or reference,gwp,method}'::text[]) WITH ORDINALITY AS o (cause, place)
        LEFT JOIN summed s ON s.cause = o.cause
    )
    SELECT 'difference', NULL::bigint, difference
  UNION ALL
    (SELECT l.cause, l.lines, l.tonnes FROM listed l ORDER BY l.place);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.explain_change(name, int, int, text, text, text, text) IS 'Behind explain_change, with the account on the path.';
