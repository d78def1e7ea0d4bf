-- Where a figure comes from.

CREATE FUNCTION explain_number(schema_name name, territory_code text, year int,
        sector text DEFAULT NULL, scope text DEFAULT NULL, allocation text DEFAULT 'territorial')
    RETURNS TABLE (part text, id int, name text, value float8, half_width float8, share float8,
        licence text, source text, recorded_at timestamptz, superseded_at timestamptz)
    LANGUAGE plpgsql STABLE ROWS 20
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
BEGIN
    IF to_regclass(format('%I.balance', schema_name)) IS NULL THEN
        RAISE EXCEPTION 'there is no account %', quote_ident(schema_name)
            USING ERRCODE = 'invalid_schema_name',
                  HINT = 'SELECT terrcarbon.create_account(...) makes one.';
    END IF;
    RETURN QUERY EXECUTE format($query$
        WITH RECURSIVE down (code) AS (
            SELECT $1
          UNION ALL
            SELECT t.code FROM down JOIN %1$I.territory t ON t.parent_code = down.code
        ),
        found AS MATERIALIZED (
            SELECT c.* FROM down JOIN %1$I.coverage c ON c.territory_code = down.code
            WHERE c.finding <> 'measured' AND c.year IN (0, $2)
        ),
        figure AS MATERIALIZED (
            -- What land loses and takes up is one flow; elsewhere removals stay apart.
            SELECT b.dataset_id,
                   CASE WHEN b.sector = 'land' THEN coalesce(b.co2e + b.removal_co2e, b.co2e, b.removal_co2e, b.carbon)
                       ELSE b.co2e END AS e,
                   CASE WHEN b.sector <> 'land' THEN b.removal_co2e END AS removed
            FROM %1$I.balance b
            WHERE b.territory_code = $1 AND b.year = $2 AND b.allocation = $5
              AND CASE WHEN $3 IS NULL THEN b.sector <> 'land' ELSE b.sector = $3 END
              AND CASE WHEN $4 IS NULL THEN b.scope IN ('1', '2') ELSE b.scope = $4 END
        ),
        total AS (
            SELECT sum(e) AS e FROM figure
        ),
        cause AS (
            SELECT split_part(c.key, ':', 1) AS kind, split_part(c.key, ':', 2) AS ref,
                   1.959963984540054 * abs(c.value::float8) AS half_width
            FROM total, jsonb_each_text(terrcarbon.causes(e)) AS c
          UNION
            -- Those that state no uncertainty cause none.
            SELECT m[1], m[2], NULL
            FROM found f
            CROSS JOIN LATERAL regexp_matches(f.detail, '(factor|stock_reference):(\d+)', 'g') AS m
            WHERE f.finding = 'uncertainty not stated'
              AND f.dataset_id IN (SELECT dataset_id FROM figure WHERE e IS NOT NULL)
              AND NOT EXISTS (SELECT FROM total WHERE terrcarbon.causes(e) ? concat(m[1], ':', m[2]))
        ),
        known AS (
            SELECT 'factor' AS kind, id::text AS ref, id, code, name, unit, source, dataset, recorded_at, superseded_at
            FROM terrcarbon.factor
          UNION ALL
            SELECT 'stock_reference', id::text, id, nomenclature || ' ' || code, name, 'ha', source, dataset,
                   recorded_at, superseded_at
            FROM terrcarbon.stock_reference
        ),
        scale AS (
            SELECT nullif(terrcarbon.half_width(e), 0) AS half_width, nullif(terrcarbon.value(e), 0) AS value,
                   CASE WHEN $4 = 'stock' THEN 1 ELSE 1000 END AS per,
                   terrcarbon.sources(e) AS ids
            FROM total
        )
        SELECT 'total', NULL::int, CASE WHEN $4 = 'stock' THEN 't C' ELSE 't CO2e' END,
               terrcarbon.value(e) / per, terrcarbon.half_width(e) / per, NULL::float8,
               array_to_string(l.licences, ', '), l.attribution, NULL::timestamptz, NULL::timestamptz
        FROM total, scale, terrcarbon.effective_licence(scale.ids) AS l
        WHERE e IS NOT NULL
      UNION ALL
        SELECT 'removals', NULL, 't CO2e', terrcarbon.value(sum(removed)) / 1000, terrcarbon.half_width(sum(removed)) / 1000,
               NULL, NULL, NULL, NULL, NULL
        FROM figure
        HAVING count(removed) > 0
      UNION ALL
        (SELECT 'dataset', d.id, d.slug, terrcarbon.value(sum(f.e)) / min(s.per), terrcarbon.half_width(sum(f.e)) / min(s.per),
               terrcarbon.value(sum(f.e)) / min(s.value), d.licence, d.source, NULL, NULL
        FROM figure f
        JOIN terrcarbon.dataset_catalogue d ON d.id = f.dataset_id
        CROSS JOIN scale s
        WHERE f.e IS NOT NULL
        GROUP BY d.id, d.slug, d.licence, d.source
        ORDER BY abs(terrcarbon.value(sum(f.e))) DESC, d.id)
      UNION ALL
        (SELECT c.kind, k.id, concat_ws(', ', k.code, k.name), NULL, c.half_width / s.per, (c.half_width / s.half_width) ^ 2,
               (SELECT d.licence FROM terrcarbon.dataset_catalogue d WHERE d.id = k.dataset), k.source, k.recorded_at, k.superseded_at
        FROM cause c
        CROSS JOIN scale s
        LEFT JOIN known k USING (kind, ref)
        ORDER BY c.half_width DESC NULLS LAST, k.id)
      UNION ALL
        (SELECT 'finding', dataset_id, concat_ws(', ', layer, finding, nullif(detail, '')),
               terrcarbon.value(sum(terrcarbon.estimate(amount, 0))), NULL, NULL, NULL, min(unit), NULL, NULL
        FROM found
        GROUP BY dataset_id, layer, finding, detail
        ORDER BY dataset_id, layer, finding, detail)
      UNION ALL
        SELECT 'not visible', d.id, d.slug, NULL, NULL, NULL, d.licence, d.contact, NULL, NULL
        FROM %1$I.contribution c
        JOIN terrcarbon.dataset_catalogue d ON d.id = c.dataset_id
        WHERE c.territory_code = $1 AND NOT terrcarbon.can_read(c.dataset_id) AND row_security_active(%2$L::regclass)
    $query$, schema_name, format('%I.balance', schema_name))
    USING territory_code, year, sector, scope, allocation;
END;
$outer$;
COMMENT ON FUNCTION explain_number(name, text, int, text, text, text) IS
    'What is behind a figure of a territory and year: of a sector and scope, or without them of the emissions of trajectory_by_territory. Rows by part: total (its licences and attribution as licence and source); removals, which are not in it (with sector land they are); dataset (value, and its share of the total); factor and stock_reference, each with the half-width of the 95 % interval it causes (NULL when it states none) and its share of the variance, its source and both its clocks (one without uncertainty is listed for every sector of its dataset); finding, what was not counted or was assumed there and in its parts in that year (value in the unit given as source); not visible, the datasets the current user may not see, with whom to ask as source. Values in t CO2e, or t C with scope stock. Error 3F000 when there is no such account.';
