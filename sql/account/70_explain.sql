-- What is behind a figure.

CREATE FUNCTION explain_number(account name, territory_code text, sector text, year int,
        scope text DEFAULT NULL, allocation text DEFAULT 'territorial')
    RETURNS TABLE (kind text, id int, name text, amount float8, unit text, detail text, version text,
        licence text, source text)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 20 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION explain_number(name, text, text, int, text, text) IS
    'What is behind a figure of the balance, for what the caller may read: a row for the figure itself (t CO2e, emissions and removals apart; t C of a stock), one for each dataset with its share, each factor with the quantity it priced, each stock reference of the land, each finding that kept something out and each note on what was counted, each dataset the caller may not read (missing), and under which licences the figure may be published. sector: one, or all (every sector but land); scope: 1, 2, 3 or stock, NULL for 1 and 2. Factors and references are those that apply now: after a refresh, those of the figure. Errors: 3F000 no such account, 22023 no such figure.';

CREATE FUNCTION terrcarbon_internal.check_figure(account name, territory_code text, sector text, year int, scope text, allocation text)
    RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM territory t WHERE t.code = check_figure.territory_code) OR year IS NULL
        OR (sector = 'all' OR EXISTS (SELECT FROM sector AS s WHERE s.code = check_figure.sector)) IS NOT TRUE
        OR scope NOT IN ('1', '2', '3', 'stock', 'memo') OR (allocation = ANY (allocations())) IS NOT TRUE THEN
        RAISE EXCEPTION 'there is no such figure in account %', quote_ident(account)
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('Territory %s, sector %s, year %s, scope %s, allocation %s.', coalesce(territory_code, 'NULL'),
                      coalesce(sector, 'NULL'), coalesce(year::text, 'NULL'), coalesce(scope, 'NULL'), coalesce(allocation, 'NULL')),
                  HINT = 'A territory of the account; a sector or all (every sector but land); scope 1, 2, 3, stock, memo or NULL for 1 and 2; allocation territorial, induced, resident or visitor.';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_figure(name, text, text, int, text, text) IS 'Error 22023 for a figure that an account cannot have.';

CREATE FUNCTION terrcarbon_internal.row_version(recorded_at timestamptz, superseded_at timestamptz, shipped boolean) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE COST 1
RETURN concat_ws(', ', 'recorded ' || (recorded_at AT TIME ZONE 'UTC')::date,
                 'superseded ' || (superseded_at AT TIME ZONE 'UTC')::date, CASE WHEN shipped THEN 'shipped' END);
COMMENT ON FUNCTION terrcarbon_internal.row_version(timestamptz, timestamptz, boolean) IS 'Which version of a factor or reference a row is, in words.';

CREATE FUNCTION terrcarbon_internal.in_figure(line_sector text, line_scope text, sector text, scope text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN (line_sector = sector OR sector = 'all' AND line_sector <> 'land')
    AND (line_scope = scope OR scope IS NULL AND line_scope IN ('1', '2'));
COMMENT ON FUNCTION terrcarbon_internal.in_figure(text, text, text, text) IS 'Whether a line or a sum belongs in a figure: all is every sector but land, no scope scopes 1 and 2.';

-- 9999: the parts of today.
CREATE FUNCTION terrcarbon_internal.territories_within(top text, year int DEFAULT 9999) RETURNS SETOF text
    LANGUAGE plpgsql STABLE ROWS 100
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE inside (code) AS (
        SELECT top
      UNION ALL
        SELECT m.code
        FROM inside
        CROSS JOIN LATERAL (
            SELECT m.code FROM membership m
            WHERE m.parent_code = inside.code AND territories_within.year BETWEEN m.first_year AND m.last_year OFFSET 0) AS m
    )
    SELECT code FROM inside;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.territories_within(text, int) IS 'A territory and all that was part of it in a year.';

CREATE FUNCTION terrcarbon_internal.other_parts(top text, year int) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    words text;
BEGIN
    IF same_perimeter(top, other_parts.year, 9999) THEN
        RETURN NULL;
    END IF;
    SELECT concat_ws('; ', format('%s parts, %s today', count(f.code), count(n.code)),
               'without ' || string_agg(n.code, ', ' ORDER BY n.code) FILTER (WHERE f.code IS NULL),
               'with ' || string_agg(f.code, ', ' ORDER BY f.code) FILTER (WHERE n.code IS NULL))
    INTO words
    FROM leaves_in(top, other_parts.year) AS f (code) FULL JOIN leaves_in(top, 9999) AS n (code) ON n.code = f.code;
    RETURN left(words, 500);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.other_parts(text, int) IS
    'How the parts of a territory in a year differ from those of today, in words; NULL when they do not.';

-- Inlined, so that the territories asked for are the only ones overlaid.
CREATE FUNCTION terrcarbon_internal.changed_classes(for_year int)
    RETURNS TABLE (dataset_id int, territory_code text, ha float8, nomenclature text, code text, reference_code text, year_of int)
    LANGUAGE sql STABLE ROWS 1000
AS $$
    -- A flow of land needs the class before and the class after.
    SELECT c.dataset_id, c.territory_code, c.ha, c.nomenclature, k.code, p.reference_code, c.year_from
    FROM changed_land c
    JOIN place p ON p.code = c.territory_code
    CROSS JOIN LATERAL (VALUES (c.from_code), (c.to_code)) AS k (code)
    WHERE for_year BETWEEN c.year_from AND c.year_to + 19
$$;
COMMENT ON FUNCTION terrcarbon_internal.changed_classes(int) IS
    'The classes of land that the flows of a year rest on, with the year their references are of.';

CREATE FUNCTION terrcarbon_internal.lines_of_figure(territory_code text, sector text, year int, scope text, allocation text)
    RETURNS TABLE (factor_id int, unit text, quantity float8, nomenclature text, code text, reference_code text, year_of int)
    LANGUAGE plpgsql STABLE ROWS 100
    SET jit = off
    -- With the territories at hand the planner finds the rows of a few by their indexes, and reads all for many.
    SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    codes CONSTANT text[] := ARRAY(SELECT terrcarbon_internal.territories_within(lines_of_figure.territory_code, lines_of_figure.year));
BEGIN
    RETURN QUERY
    SELECT l.factor_id, l.unit, value(sum(estimate(value(l.quantity), 0))), l.nomenclature, l.code, l.reference_code, l.year
    FROM line l
    WHERE l.territory_code = ANY (codes)
        AND l.allocation = lines_of_figure.allocation AND l.year = lines_of_figure.year
        AND terrcarbon_internal.in_figure(l.sector, CASE l.kind WHEN 'memo' THEN 'memo' ELSE l.scope END, lines_of_figure.sector, lines_of_figure.scope)
        AND (l.factor_id IS NOT NULL OR l.code IS NOT NULL)
    GROUP BY l.factor_id, l.unit, l.nomenclature, l.code, l.reference_code, l.year
  UNION ALL
    SELECT NULL, 'ha', sum(c.ha), c.nomenclature, c.code, c.reference_code, c.year_of
    FROM terrcarbon_internal.changed_classes(lines_of_figure.year) AS c
    WHERE lines_of_figure.sector = 'land' AND coalesce(lines_of_figure.scope, '1') = '1' AND lines_of_figure.allocation = 'territorial'
        AND c.territory_code = ANY (codes)
    GROUP BY c.nomenclature, c.code, c.reference_code, c.year_of;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.lines_of_figure(text, text, int, text, text) IS
    'The factors and land classes that the lines of a figure rest on, with how much of each, by the rows the caller may read.';

-- A sum that the views do not show as the figure is not told as one.
CREATE FUNCTION terrcarbon_internal.known_part_words(territory_code text, sector text, year int, scope text, allocation text,
        unknown_lines numeric, lines numeric) RETURNS text
    LANGUAGE plpgsql STABLE
    SET jit = off
AS $$
DECLARE
    stands boolean;
    words text := CASE WHEN unknown_lines > 0 THEN format('%s of %s lines have no value', unknown_lines, lines) END;
BEGIN
    IF scope IS NULL AND allocation = 'territorial' THEN
        SELECT a.emissions IS NOT NULL INTO stands
        FROM actual a
        WHERE a.territory_code = known_part_words.territory_code AND a.sector = known_part_words.sector AND a.year = known_part_words.year;
    ELSE
        SELECT bool_and(e.shown) INTO stands
        FROM balance_estimate e
        WHERE e.territory_code = known_part_words.territory_code AND e.year = known_part_words.year
            AND e.allocation = known_part_words.allocation
            AND terrcarbon_internal.in_figure(e.sector, e.scope, known_part_words.sector, known_part_words.scope);
    END IF;
    RETURN CASE WHEN stands THEN ', ' || words
                ELSE ', known part: ' || coalesce(words, left(missing(territory_code, year, nullif(sector, 'all'), scope, allocation), 300), '') END;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.known_part_words(text, text, int, text, text, numeric, numeric) IS
    'What explain_number adds to a sum that is not known as a whole: that it is the known part, and what lacks; NULL: nothing.';

CREATE FUNCTION terrcarbon_internal.figure_sums(territory_code text, sector text, year int, scope text, allocation text)
    RETURNS TABLE (place int, kind text, id int, name text, amount float8, unit text, detail text, version text,
        licence text, source text)
    LANGUAGE plpgsql STABLE ROWS 20
    SET jit = off
AS $$
DECLARE
    potentials CONSTANT text := (SELECT s.gwp FROM setting s);
BEGIN
    RETURN QUERY
    WITH b AS MATERIALIZED (
        SELECT b.* FROM counted_balance b
        WHERE b.territory_code = figure_sums.territory_code AND b.year = figure_sums.year AND b.allocation = figure_sums.allocation
            AND terrcarbon_internal.in_figure(b.sector, b.scope, figure_sums.sector, figure_sums.scope)
    ), measured AS MATERIALIZED (
        SELECT b.dataset_id, b.notation, m.measure, m.e, m.unit, m.per
        FROM b
        LEFT JOIN LATERAL (VALUES ('emissions', b.co2e, 't CO2e', 1000), ('removals', b.removal_co2e, 't CO2e', 1000),
                                  ('carbon', b.carbon, 't C', 1)) AS m (measure, e, unit, per) ON m.e IS NOT NULL
    ), whole AS MATERIALIZED (
        SELECT m.measure, m.unit, m.per, sum(m.e) AS e FROM measured m WHERE m.e IS NOT NULL GROUP BY m.measure, m.unit, m.per
    )
    SELECT 1, 'figure', NULL::int, w.measure, value(w.e) / w.per, w.unit,
           format('%s to %s (95 %%)%s', round((lower(w.e) / w.per)::numeric, 3), round((upper(w.e) / w.per)::numeric, 3), k.words),
           CASE WHEN w.measure <> 'carbon' THEN 'GWP of ' || potentials END, NULL::text, NULL::text
    FROM whole w
    CROSS JOIN LATERAL terrcarbon_internal.known_part_words(figure_sums.territory_code, figure_sums.sector, figure_sums.year,
        figure_sums.scope, figure_sums.allocation, (SELECT sum(b.unknown_lines) FROM b), (SELECT sum(b.lines) FROM b)) AS k (words)
  UNION ALL
    SELECT 2, 'dataset', p.dataset_id, coalesce(d.title, 'dataset ' || p.dataset_id), value(p.e) / p.per, p.unit,
           concat_ws(', ', p.measure, p.notation, 'by ' || d.producer, d.access),
           concat_ws(', ', 'updated ' || d.updated, 'refreshed ' || (c.refreshed_at AT TIME ZONE 'UTC')::date),
           d.licence, d.source
    FROM (SELECT m.dataset_id, m.measure, m.unit, m.per, sum(m.e) AS e, string_agg(DISTINCT m.notation, ', ') AS notation
          FROM measured m GROUP BY m.dataset_id, m.measure, m.unit, m.per) AS p
    LEFT JOIN dataset_catalogue d ON d.id = p.dataset_id
    LEFT JOIN contribution c ON c.dataset_id = p.dataset_id AND c.territory_code = figure_sums.territory_code
  UNION ALL
    SELECT 8, 'licence', NULL, CASE WHEN e.publishable THEN array_to_string(e.licences, ', ') ELSE 'not publishable' END,
           NULL, NULL, e.reason, NULL, NULL, e.attribution
    FROM (SELECT sources_agg(sources(w.e)) AS ids FROM whole w) AS s
    CROSS JOIN LATERAL effective_licence(s.ids) AS e
    WHERE s.ids IS NOT NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.figure_sums(text, text, int, text, text) IS
    'Of explain_number: the figure, the share of each dataset, and the licences they lead to.';

CREATE FUNCTION terrcarbon_internal.figure_inputs(territory_code text, sector text, year int, scope text, allocation text)
    RETURNS TABLE (place int, kind text, id int, name text, amount float8, unit text, detail text, version text,
        licence text, source text)
    LANGUAGE plpgsql STABLE ROWS 20
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH used AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.lines_of_figure(territory_code, sector, year, scope, allocation)
    )
    SELECT 3, 'factor', f.id, f.code || ': ' || f.name, p.quantity, p.unit, format('%s: %s per %s', f.part, f.amount, f.unit),
           terrcarbon_internal.row_version(f.recorded_at, f.superseded_at, f.shipped), d.licence, f.source
    FROM (SELECT u.factor_id, u.unit, sum(u.quantity) AS quantity FROM used u WHERE u.factor_id IS NOT NULL
          GROUP BY u.factor_id, u.unit) AS p
    JOIN factor f ON f.id = p.factor_id
    LEFT JOIN dataset_catalogue d ON d.id = f.dataset_id
  UNION ALL
    SELECT 4, 'reference', s.id, concat_ws(' ', s.nomenclature, s.code) || ': ' || s.name, total(s.stock),
           't C/' || s.per, s.stock::text, terrcarbon_internal.row_version(s.recorded_at, s.superseded_at, s.shipped), d.licence, s.source
    FROM (SELECT DISTINCT r.reference_id
          FROM used u CROSS JOIN LATERAL stock_references(u.nomenclature, u.code, u.year_of, u.reference_code) AS r
          WHERE u.code IS NOT NULL AND r.reference_id IS NOT NULL) AS r
    JOIN stock_reference s ON s.id = r.reference_id
    LEFT JOIN dataset_catalogue d ON d.id = s.dataset_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.figure_inputs(text, text, int, text, text) IS
    'Of explain_number: the factors and references behind the figure.';

CREATE FUNCTION terrcarbon_internal.figure_gaps(territory_code text, sector text, year int, scope text, allocation text)
    RETURNS TABLE (place int, kind text, id int, name text, amount float8, unit text, detail text, version text,
        licence text, source text)
    LANGUAGE plpgsql STABLE ROWS 20
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    SELECT CASE c.kind WHEN 'finding' THEN 5 ELSE 6 END, c.kind, c.dataset_id, c.reason, sum(c.amount), c.unit,
           concat_ws(': ', nullif(c.layer, ''), nullif(c.detail, '')), terrcarbon_internal.counted_rows(sum(c.item_count)), NULL::text,
           NULL::text
    FROM coverage c
    WHERE c.territory_code IN (SELECT terrcarbon_internal.territories_within(figure_gaps.territory_code, figure_gaps.year))
        AND figure_gaps.year BETWEEN c.year_from AND c.year_to AND c.kind IN ('finding', 'note') AND c.allocation = figure_gaps.allocation
        AND terrcarbon_internal.in_figure(c.sector, c.scope, figure_gaps.sector, figure_gaps.scope)
    GROUP BY c.kind, c.dataset_id, c.reason, c.layer, c.detail, c.unit
  UNION ALL
    SELECT 6, 'note', NULL, 'other parts than today', NULL, NULL, p.words, NULL, NULL, NULL
    FROM terrcarbon_internal.other_parts(figure_gaps.territory_code, figure_gaps.year) AS p (words) WHERE p.words IS NOT NULL
  UNION ALL
    SELECT 7, 'missing', c.dataset_id, coalesce(d.title, 'dataset ' || c.dataset_id), NULL, NULL,
           'not yours to read: ' || coalesce(d.access, 'not in the catalogue'), 'updated ' || d.updated, d.licence, d.contact
    FROM contribution c
    LEFT JOIN dataset_catalogue d ON d.id = c.dataset_id
    WHERE c.territory_code = figure_gaps.territory_code AND NOT can_read(c.dataset_id)
        AND row_security_active('balance'::regclass);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.figure_gaps(text, text, int, text, text) IS
    'Of explain_number: findings, notes, and the datasets the caller may not read.';

CREATE FUNCTION terrcarbon_internal.explain_number(account name, territory_code text, sector text, year int,
        scope text, allocation text)
    RETURNS TABLE (kind text, id int, name text, amount float8, unit text, detail text, version text,
        licence text, source text)
    LANGUAGE plpgsql STABLE ROWS 20
    SET jit = off
AS $$
BEGIN
    PERFORM terrcarbon_internal.check_figure(account, territory_code, sector, year, scope, allocation);
    RETURN QUERY
    SELECT p.kind, p.id, p.name, p.amount, p.unit, p.detail, p.version, p.licence, p.source
    FROM (SELECT * FROM terrcarbon_internal.figure_sums(territory_code, sector, year, scope, allocation)
          UNION ALL SELECT * FROM terrcarbon_internal.figure_inputs(territory_code, sector, year, scope, allocation)
          UNION ALL SELECT * FROM terrcarbon_internal.figure_gaps(territory_code, sector, year, scope, allocation)) AS p
    ORDER BY p.place, abs(p.amount) DESC NULLS LAST, p.id, p.name, p.detail;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.explain_number(name, text, text, int, text, text) IS 'Behind explain_number, with the account on the path.';
