-- Why a published figure differs from the one before.

CREATE FUNCTION explain_change(account name, former_id int, later_id int, territory_code text, sector text, scope text DEFAULT NULL,
        measure text DEFAULT 'emissions')
    RETURNS TABLE (cause text, lines bigint, tonnes numeric)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 8 COST 1000000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION explain_change(name, int, int, text, text, text, text) IS
    'Why a figure of open datasets differs between two publications of an account, from what they hold and so for everybody; later_id NULL: from what the account says now, for those who may read its tables. scope NULL is 1, and 1+2 for the total, sector all. measure is emissions or removals, t CO2e, or emissions_per_inhabitant or removals_per_inhabitant, t CO2e per resident. The first row is the difference; then each cause with the lines it concerns, in this order, in which a line that changed in several ways is taken apart: dataset, one that came or went, or is no longer open; boundary, lines from maps in a territory whose boundary is another; rows added or removed; rows corrected (at the former price; of a change of land another area); factor or reference (a price that changed, or one of another version; what a hectare of a change of land gives); gwp, CO2e with another set of warming potentials; population (of figures per inhabitant, whose other causes are at the former population); not refreshed (now only), changes of rows that the other causes have and the figure does not yet; method, what is left. The parts add up to the difference to the last digit. Errors: 3F000 no such account, 42501 later_id is NULL and the caller may not read the account, P0002 no such figure in one of them, or a total that is unknown there, or nothing known of the population, 22023 another measure.';

CREATE FUNCTION terrcarbon_internal.published_figure(of_publication int, for_year int, territory_code text, sector text, scope text, measure text,
        OUT tonnes numeric, OUT residents numeric)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    figure_key CONSTANT text := concat_ws('/', territory_code, sector, scope);
    parts CONSTANT text[] := regexp_match(measure, '^(emissions|removals)(_per_inhabitant)?$');
BEGIN
    IF parts IS NULL THEN
        RAISE EXCEPTION 'what is explained are emissions or removals, also those per inhabitant'
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('The measure is %s.', coalesce(left(measure, 100), 'NULL')),
                  HINT = 'One of emissions, removals, emissions_per_inhabitant, removals_per_inhabitant.';
    END IF;
    IF of_publication IS NOT NULL THEN
        tonnes := (SELECT i.content ->> parts[1] FROM publication_item i WHERE i.publication_id = of_publication AND i.kind = 'figure' AND i.key = figure_key);
    ELSIF for_year IS NOT NULL THEN
        tonnes := (SELECT f.content ->> parts[1] FROM terrcarbon_internal.open_figures(for_year, published_figure.territory_code) AS f
                   WHERE f.sector = published_figure.sector AND f.scope = published_figure.scope);
    END IF;
    IF parts[2] IS NOT NULL AND tonnes IS NOT NULL THEN
        residents := (SELECT nullif((t.content ->> 'residents')::numeric, 0) FROM terrcarbon_internal.published_territories(of_publication, for_year) AS t
                      WHERE t.key = published_figure.territory_code);
    END IF;
    IF tonnes IS NULL OR parts[2] IS NOT NULL AND residents IS NULL THEN
        RAISE EXCEPTION 'there is no such figure in %',
                CASE WHEN of_publication IS NULL AND for_year IS NOT NULL THEN 'the account now' ELSE concat('publication ', coalesce(of_publication::text, 'NULL')) END
            USING ERRCODE = 'no_data_found',
                  DETAIL = format('Territory %s, sector %s, scope %s%s.', coalesce(left(territory_code, 100), 'NULL'), coalesce(left(sector, 100), 'NULL'),
                      coalesce(left(scope, 100), 'NULL'), CASE WHEN tonnes IS NOT NULL THEN '; its population is not known'
                          WHEN sector = 'all' THEN '; a total is known when every sector but land is, of open datasets' END),
                  HINT = 'See publication_figure of the account, the rows of kind figure; a figure of now must be complete, and of open datasets only.';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.published_figure(int, int, text, text, text, text) IS
    'A published figure, or without a publication that of the account now, t CO2e, and for a measure per inhabitant the residents; error P0002 when there is none.';

CREATE FUNCTION terrcarbon_internal.published_lines(of_publication int, for_year int, top text, sector text, scope text, measure text)
    RETURNS TABLE (key text, dataset_id text, layer text, place text, boundary text, quantity numeric, emission jsonb, price jsonb, kg numeric)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET extra_float_digits = 1
    SET timezone = 'UTC'
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE known AS MATERIALIZED (
        SELECT t.key AS code, t.content ->> 'parent_code' AS parent, t.content ->> 'boundary_sha256' AS boundary
        FROM terrcarbon_internal.published_territories(of_publication, for_year) AS t
    ), down (code, boundary) AS (
        SELECT k.code, k.boundary FROM known k WHERE k.code = top
      UNION ALL
        SELECT k.code, k.boundary FROM down JOIN known k ON k.parent = down.code
    ), found (key, content) AS (
        SELECT i.key, i.content FROM publication_item i WHERE i.publication_id = of_publication AND i.kind = 'line'
      UNION ALL
        SELECT n.key, n.content FROM terrcarbon_internal.publication_lines(for_year, ARRAY(SELECT d.code FROM down d)) AS n
        WHERE of_publication IS NULL
    )
    SELECT concat_ws('/', l.content ->> 'dataset_id', l.content ->> 'layer', r.which, d.code,
               -- What a row gives in one scope is never taken for what it gives in another.
               l.content ->> 'scope', row_number() OVER (
               PARTITION BY l.content ->> 'dataset_id', l.content ->> 'layer', r.which, d.code, l.content ->> 'scope'
               ORDER BY (l.content ->> 'factor_id')::int, l.key COLLATE "C")),
           l.content ->> 'dataset_id', l.content ->> 'layer', d.code, d.boundary, (l.content ->> 'quantity')::numeric, l.content -> 'emission',
           -- Two versions of a factor are two prices, whatever they say.
           jsonb_build_array(l.content -> 'factor_id', l.content -> 'unit', coalesce(
               (SELECT f.content FROM publication_item f
                WHERE f.publication_id = of_publication AND f.kind = 'factor' AND f.key = l.content ->> 'factor_id'),
               (SELECT to_jsonb(f) - 'shipped' FROM factor f WHERE of_publication IS NULL AND f.id = (l.content ->> 'factor_id')::int))
               - '{recorded_at,superseded_at}'::text[],
               -- The references of a change of land show in what a hectare of it gives.
               (SELECT jsonb_object_agg(g.key, round(g.value::numeric / (l.content ->> 'quantity')::numeric, 3))
                FROM jsonb_each_text(l.content -> 'emission') AS g
                WHERE NOT l.content ? 'row_id' AND (l.content ->> 'quantity')::float8 > 0)),
           (l.content ->> 'kg_co2e')::numeric
    FROM down d
    JOIN found l ON l.content ->> 'territory_code' = d.code
    CROSS JOIN LATERAL (SELECT coalesce(l.content ->> 'row_id', l.content ->> 'detail')) AS r (which)
    WHERE CASE sector WHEN 'all' THEN l.content ->> 'sector' <> 'land' AND l.content ->> 'scope' IN ('1', '2')
               ELSE l.content ->> 'sector' = published_lines.sector AND l.content ->> 'scope' = published_lines.scope END
        AND l.content ->> 'kind' = CASE WHEN measure LIKE 'removals%' THEN 'removal' ELSE 'emission' END AND l.content ? 'kg_co2e';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.published_lines(int, int, text, text, text, text) IS
    'The lines behind a published figure (without a publication, behind that of the account now): those of its territory and the parts of it.';

CREATE FUNCTION terrcarbon_internal.change_parts(former_id int, later_id int, for_year int, territory_code text, sector text, scope text, measure text,
        other_gwp boolean)
    RETURNS TABLE (cause text, kg numeric)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH former AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.published_lines(former_id, for_year, territory_code, sector, scope, measure)
    ), later AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.published_lines(later_id, for_year, territory_code, sector, scope, measure)
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
    )
    SELECT p.whole, p.kg FROM pair p WHERE p.whole IS NOT NULL
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
  UNION ALL
    SELECT 'lines', l.kg FROM later l;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.change_parts(int, int, int, text, text, text, text, boolean) IS
    'What each line behind two published figures adds to their difference, by cause, kg CO2e; and in the rows of cause lines what is behind the later one.';

CREATE FUNCTION terrcarbon_internal.explain_change(account name, former_id int, later_id int, territory_code text, sector text, scope text, measure text)
    RETURNS TABLE (cause text, lines bigint, tonnes numeric)
    LANGUAGE plpgsql STABLE ROWS 8
    SET jit = off
AS $$
DECLARE
    for_year CONSTANT int := (SELECT p.year FROM publication p WHERE p.id = former_id);
    scope CONSTANT text := coalesce(explain_change.scope, CASE sector WHEN 'all' THEN '1+2' ELSE '1' END);
    x record := terrcarbon_internal.published_figure(former_id, for_year, territory_code, sector, scope, measure);
    y record := terrcarbon_internal.published_figure(later_id, for_year, territory_code, sector, scope, measure);
    difference CONSTANT numeric := coalesce(y.tonnes / y.residents - x.tonnes / x.residents, y.tonnes - x.tonnes);
    other_gwp boolean := (SELECT count(DISTINCT p.gwp) > 1 FROM publication p WHERE p.id IN (former_id, later_id));
    waiting boolean := false;
    causes CONSTANT text[] := array_remove('{dataset,boundary,rows added,rows removed,rows corrected,factor or reference,gwp}'::text[]
        || CASE WHEN x.residents IS NOT NULL THEN 'population' END || CASE WHEN later_id IS NULL THEN 'not refreshed' END || 'method'::text, NULL);
BEGIN
    -- Apart, because who reads publications only has no right to these tables.
    IF later_id IS NULL THEN
        other_gwp := (SELECT p.gwp <> s.gwp FROM publication p CROSS JOIN setting s WHERE p.id = former_id);
        waiting := (SELECT f.stale FROM freshness f WHERE f.territory_code = explain_change.territory_code);
    END IF;
    RETURN QUERY
    WITH summed AS MATERIALIZED (
        SELECT p.cause, count(*) FILTER (WHERE round(p.kg, 6) <> 0) AS lines, sum(p.kg) * 0.001 AS tonnes
        FROM terrcarbon_internal.change_parts(former_id, later_id, for_year, territory_code, sector, scope, measure, other_gwp) AS p
        GROUP BY p.cause
    ), counted AS (
        SELECT s.cause, s.lines, coalesce(s.tonnes / x.residents, s.tonnes) AS tonnes FROM summed s
      UNION ALL
        SELECT 'not refreshed', NULL, coalesce(r.tonnes / x.residents, r.tonnes)
        FROM (SELECT y.tonnes - coalesce((SELECT s.tonnes FROM summed s WHERE s.cause = 'lines'), 0)) AS r (tonnes) WHERE waiting
      UNION ALL
        SELECT 'population', NULL, y.tonnes / y.residents - y.tonnes / x.residents
    ), listed AS (
        SELECT o.place, o.cause, CASE WHEN o.cause NOT IN ('population', 'not refreshed') THEN coalesce(c.lines, 0) END AS lines,
               -- The rounding of the published figures is in what is left.
               CASE WHEN o.cause = 'method' THEN difference
                        - coalesce((SELECT sum(r.tonnes) FROM counted r WHERE r.cause = ANY (causes) AND r.cause <> 'method'), 0)
                    ELSE coalesce(c.tonnes, 0) END AS tonnes
        FROM unnest(causes) WITH ORDINALITY AS o (cause, place)
        LEFT JOIN counted c ON c.cause = o.cause
    )
    SELECT 'difference', NULL::bigint, difference
  UNION ALL
    (SELECT l.cause, l.lines, l.tonnes FROM listed l ORDER BY l.place);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.explain_change(name, int, int, text, text, text, text) IS 'Behind explain_change, with the account on the path.';
