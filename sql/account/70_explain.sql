-- What is behind a figure.

CREATE FUNCTION explain_number(account name, territory_code text, sector text, year int,
        scope text DEFAULT NULL, allocation text DEFAULT 'territorial')
    RETURNS TABLE (kind text, id int, name text, amount float8, unit text, detail text, version text,
        licence text, source text)
    LANGUAGE plpgsql STABLE ROWS 20
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
DECLARE
    known boolean;
    potentials text;
BEGIN
    IF to_regclass(format('%I.refresh_state', account)) IS NULL THEN
        RAISE EXCEPTION 'there is no account %', coalesce(quote_ident(account), 'NULL')
            USING ERRCODE = 'invalid_schema_name';
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.territory WHERE code = $1)', account) INTO known USING territory_code;
    IF NOT known OR year IS NULL OR (sector = 'all' OR EXISTS (SELECT FROM sector AS s WHERE s.code = explain_number.sector)) IS NOT TRUE
        OR scope NOT IN ('1', '2', '3', 'stock') OR (allocation = ANY (terrcarbon.allocations())) IS NOT TRUE THEN
        RAISE EXCEPTION 'there is no such figure in account %', quote_ident(account)
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('Territory %s, sector %s, year %s, scope %s, allocation %s.', coalesce(territory_code, 'NULL'),
                      coalesce(sector, 'NULL'), coalesce(year::text, 'NULL'), coalesce(scope, 'NULL'), coalesce(allocation, 'NULL')),
                  HINT = 'A territory of the account; a sector or all (every sector but land); scope 1, 2, 3, stock or NULL for 1 and 2; allocation territorial, induced or resident.';
    END IF;
    EXECUTE format('SELECT s.gwp FROM %I.setting s', account) INTO potentials;

    RETURN QUERY EXECUTE format($query$
WITH RECURSIVE inside (code) AS (
    SELECT $1
  UNION ALL
    SELECT t.code FROM inside JOIN %1$I.territory t ON t.parent_code = inside.code
),
up (code, at_code, reference) AS (
    SELECT t.code, t.parent_code, coalesce(t.reference_code, r.code)
    FROM inside
    JOIN %1$I.territory t USING (code)
    LEFT JOIN terrcarbon.reference_territory r USING (code)
    WHERE NOT EXISTS (SELECT FROM %1$I.territory child WHERE child.parent_code = t.code)
  UNION ALL
    SELECT up.code, t.parent_code, coalesce(t.reference_code, r.code)
    FROM up
    JOIN %1$I.territory t ON t.code = up.at_code
    LEFT JOIN terrcarbon.reference_territory r ON r.code = t.code
    WHERE up.reference IS NULL
),
b AS MATERIALIZED (
    SELECT b.* FROM %1$I.balance b
    WHERE b.territory_code = $1 AND b.year = $3 AND b.allocation = $5
        AND (b.sector = $2 OR $2 = 'all' AND b.sector <> 'land')
        AND (b.scope = $4 OR $4 IS NULL AND b.scope IN ('1', '2'))
),
measured AS (
    SELECT b.dataset_id, b.notation, m.measure, m.e, m.unit, m.per
    FROM b
    LEFT JOIN LATERAL (VALUES ('emissions', b.co2e, 't CO2e', 1000), ('removals', b.removal_co2e, 't CO2e', 1000),
                              ('carbon', b.carbon, 't C', 1)) AS m (measure, e, unit, per) ON m.e IS NOT NULL
),
whole AS (
    SELECT measure, unit, per, sum(e) AS e FROM measured WHERE e IS NOT NULL GROUP BY measure, unit, per
),
part AS (
    SELECT dataset_id, measure, unit, per, sum(e) AS e, string_agg(DISTINCT notation, ', ') AS notation
    FROM measured GROUP BY dataset_id, measure, unit, per
),
item AS (
    SELECT i.factor, i.unit, i.reference, terrcarbon.value(sum(terrcarbon.estimate(i.quantity, 0))) AS quantity
    FROM terrcarbon_internal.account_items($7, $3, $5, within => $1) AS i
    WHERE (i.sector = $2 OR $2 = 'all' AND i.sector <> 'land')
        AND (i.scope = $4 OR $4 IS NULL AND i.scope IN ('1', '2'))
        AND i.factor IS NOT NULL AND i.quantity IS NOT NULL
    GROUP BY i.factor, i.unit, i.reference
),
priced AS (
    SELECT r.factor_id, i.unit, sum(i.quantity) AS quantity
    FROM item i CROSS JOIN LATERAL terrcarbon_internal.price(i.factor, i.unit, $3, i.reference) AS r
    WHERE r.emission IS NOT NULL
    GROUP BY r.factor_id, i.unit
),
-- Land is measured where it lies; a flow needs the map before and the map after.
land AS (
    SELECT DISTINCT l.nomenclature, l.code, l.year, at.reference
    FROM (SELECT code, max(reference) AS reference FROM up GROUP BY code) AS at
    JOIN %1$I.territory t USING (code)
    JOIN %1$I.land_cover l ON l.geom OPERATOR(terrcarbon.&&) t.geom
    WHERE $2 = 'land' AND coalesce($4, '1') IN ('1', 'stock') AND $5 = 'territorial'
        AND CASE WHEN $4 = 'stock' THEN l.year = $3
            ELSE l.year IN (SELECT min(n.year) FROM %1$I.land_cover n WHERE n.dataset_id = l.dataset_id AND n.year >= $3
                            UNION SELECT max(n.year) FROM %1$I.land_cover n WHERE n.dataset_id = l.dataset_id AND n.year < $3) END
        AND terrcarbon.shared_area(l.geom, t.geom) > 0
),
reference AS (
    SELECT DISTINCT s.reference_id AS id
    FROM land l CROSS JOIN LATERAL terrcarbon.stock_references(l.nomenclature, l.code, l.year, l.reference) AS s
    WHERE s.reference_id IS NOT NULL
),
sources AS (
    SELECT terrcarbon.sources_agg(terrcarbon.sources(e)) AS ids FROM whole
)
SELECT kind, id, name, amount, unit, detail, version, licence, source
FROM (
    SELECT 1 AS place, 'figure' AS kind, NULL::int AS id, measure AS name, terrcarbon.value(e) / per AS amount, unit,
           format('%%s to %%s (95 %%%%)', round((terrcarbon.lower(e) / per)::numeric, 3),
                  round((terrcarbon.upper(e) / per)::numeric, 3)) AS detail,
           CASE WHEN measure <> 'carbon' THEN 'GWP of ' || $6 END AS version, NULL::text AS licence, NULL::text AS source
    FROM whole
  UNION ALL
    SELECT 2, 'dataset', p.dataset_id, coalesce(d.title, 'dataset ' || p.dataset_id), terrcarbon.value(p.e) / p.per, p.unit,
           concat_ws(', ', p.measure, p.notation, 'by ' || d.producer, d.access),
           concat_ws(', ', 'updated ' || d.updated, 'refreshed ' || (c.refreshed_at AT TIME ZONE 'UTC')::date),
           d.licence, d.source
    FROM part p
    LEFT JOIN terrcarbon.dataset_catalogue d ON d.id = p.dataset_id
    LEFT JOIN %1$I.contribution c ON c.dataset_id = p.dataset_id AND c.territory_code = $1
  UNION ALL
    SELECT 3, 'factor', f.id, f.code || ': ' || f.name, p.quantity, p.unit,
           format('%%s per %%s', f.amount, f.unit),
           concat_ws(', ', 'recorded ' || (f.recorded_at AT TIME ZONE 'UTC')::date,
                     'superseded ' || (f.superseded_at AT TIME ZONE 'UTC')::date,
                     CASE WHEN f.shipped THEN 'shipped' END),
           d.licence, f.source
    FROM priced p
    JOIN terrcarbon.factor f ON f.id = p.factor_id
    LEFT JOIN terrcarbon.dataset_catalogue d ON d.id = f.dataset_id
  UNION ALL
    SELECT 4, 'reference', s.id, concat_ws(' ', s.nomenclature, s.code) || ': ' || s.name, terrcarbon.total(s.stock),
           't C/' || s.per, s.stock::text,
           concat_ws(', ', 'recorded ' || (s.recorded_at AT TIME ZONE 'UTC')::date,
                     'superseded ' || (s.superseded_at AT TIME ZONE 'UTC')::date,
                     CASE WHEN s.shipped THEN 'shipped' END),
           d.licence, s.source
    FROM reference
    JOIN terrcarbon.stock_reference s USING (id)
    LEFT JOIN terrcarbon.dataset_catalogue d ON d.id = s.dataset_id
  UNION ALL
    SELECT 5, 'finding', c.dataset_id, c.finding, sum(c.amount), c.unit, concat_ws(': ', c.layer, nullif(c.detail, '')),
           NULL, NULL, NULL
    FROM %1$I.coverage c
    WHERE c.territory_code IN (SELECT code FROM inside) AND c.year IN ($3, 0) AND c.finding <> 'measured'
        AND c.layer = ANY (CASE WHEN $5 <> 'territorial' THEN '{trip}' WHEN $2 = 'land' THEN '{land_cover,activity}'
            WHEN $2 IN ('road_transport', 'all') THEN '{road_segment,building,activity}'
            ELSE '{building,activity}' END::text[])
        AND (c.finding <> 'uncertainty not stated' OR c.dataset_id IN (SELECT dataset_id FROM b))
    GROUP BY c.dataset_id, c.finding, c.layer, c.detail, c.unit
  UNION ALL
    SELECT 6, 'missing', c.dataset_id, coalesce(d.title, 'dataset ' || c.dataset_id), NULL, NULL,
           'not yours to read: ' || coalesce(d.access, 'not in the catalogue'),
           'updated ' || d.updated, d.licence, d.contact
    FROM %1$I.contribution c
    LEFT JOIN terrcarbon.dataset_catalogue d ON d.id = c.dataset_id
    WHERE c.territory_code = $1 AND NOT terrcarbon.can_read(c.dataset_id)
        AND row_security_active(format('%%I.balance', $7))
  UNION ALL
    SELECT 7, 'licence', NULL, CASE WHEN e.publishable THEN array_to_string(e.licences, ', ') ELSE 'not publishable' END,
           NULL, NULL, e.reason, NULL, NULL, e.attribution
    FROM sources CROSS JOIN LATERAL terrcarbon.effective_licence(ids) AS e
    WHERE ids IS NOT NULL
) AS line
ORDER BY place, abs(amount) DESC NULLS LAST, id, name, detail
$query$, account)
    USING territory_code, sector, year, scope, allocation, potentials, account;
END;
$outer$;
COMMENT ON FUNCTION explain_number(name, text, text, int, text, text) IS
    'What is behind a figure of the balance, for what the caller may read: a row for the figure itself (t CO2e, emissions and removals apart; t C of a stock), one for each dataset with its share, each factor with the quantity it priced, each stock reference of the land, each finding that kept something out, each dataset the caller may not read (missing), and under which licences the figure may be published. sector: one, or all (every sector but land); scope: 1, 2, 3 or stock, NULL for 1 and 2. Factors and references are those that apply now: after a refresh, those of the figure. Errors: 3F000 no such account, 22023 no such figure.';
