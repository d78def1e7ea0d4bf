-- Pictures of a plan and its actions.

CREATE FUNCTION wedge_chart(account name, territory_code text, sector text DEFAULT 'all', language text DEFAULT 'en', scheme text DEFAULT 'auto') RETURNS text
    LANGUAGE C STABLE PARALLEL SAFE COST 1000000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION wedge_chart(name, text, text, text, text) IS
    'What a plan has to close and what closes it, as an SVG (chart_svg): what was emitted, the target in force, the trend, and what running and planned actions take off it (plan_progress), with the 95 % interval of where they lead, t CO2e, for what the caller may read. Actions whose share is not known to the caller are not drawn; NULL when nothing can be. language en or fr; scheme auto, light or dark. Errors: 3F000 no such account, P0002 no plan in force, 22023 another language or scheme.';

CREATE FUNCTION abatement_chart(account name, territory_code text, year int, language text DEFAULT 'en', scheme text DEFAULT 'auto') RETURNS text
    LANGUAGE C STABLE PARALLEL SAFE COST 1000000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION abatement_chart(name, text, int, text, text) IS
    'What the running and planned actions of a territory and its parts cost for each tonne, and what they bring in a year, as an SVG (abatement_svg), from action_by_territory for what the caller may read. Running and planned actions have the colours they have in wedge_chart. The interval of the cost is that of the effect. Actions without a cost, or that bring nothing that counts or is known to the caller, are named below. NULL when none can be drawn. Errors: 3F000 no such account, 22023 another language or scheme, or more than 40 actions.';

CREATE FUNCTION terrcarbon_internal.plan_origin(place text, OUT source text, OUT licence text)
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    SELECT string_agg(concat_ws(', ', d.title || ' (' || d.producer, to_char(d.updated, 'YYYY-MM-DD')) || ')', '; ' ORDER BY d.title COLLATE "C"),
           string_agg(DISTINCT d.licence_title, '; ') INTO source, licence
    FROM contribution c
    JOIN dataset_catalogue d ON d.id = c.dataset_id
    WHERE c.territory_code = place AND can_read(d.id);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.plan_origin(text) IS 'Datasets behind the figures of a territory that the caller may read, and their licences, for pictures.';

CREATE FUNCTION terrcarbon_internal.action_labels(language text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- A text, lest a database that is refused for its encoding stumble over the letters first.
AS $$
    SELECT CASE language WHEN 'fr' THEN U&'{Actions en cours,Actions pr\00E9vues}'::text[] ELSE '{Running actions,Planned actions}'::text[] END
$$;
COMMENT ON FUNCTION terrcarbon_internal.action_labels(text) IS
    'What pictures call running and planned actions; their places are their colours in all of them.';

CREATE FUNCTION terrcarbon_internal.grouped(amount float8) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT replace(to_char(amount, 'FM999,999,999,999,990'), ',', U&'\202F')
$$;
COMMENT ON FUNCTION terrcarbon_internal.grouped(float8) IS 'A whole number with its thousands set apart as on the axes of charts.';

CREATE FUNCTION terrcarbon_internal.wedge_chart(account name, territory_code text, sector text, language text, scheme text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET jit = off
AS $$
DECLARE
    words text[] := chart_labels(language);
    names CONSTANT text[] := terrcarbon_internal.action_labels(language);
    -- What they take off in the last year, as a thin wedge is hard to read.
    amount CONSTANT text := CASE language WHEN 'fr' THEN U&'%s (%s\00A0t de moins en %s)' ELSE U&'%s (%s\00A0t less in %s)' END;
    place CONSTANT text := territory_code;
BEGIN
    IF NOT EXISTS (SELECT FROM plan p WHERE p.territory_code = place AND p.sector = wedge_chart.sector AND p.in_force) THEN
        RAISE EXCEPTION 'there is no plan in force'
            USING ERRCODE = 'no_data_found',
                  DETAIL = format('Territory %s, sector %s.', coalesce(left(place, 100), 'NULL'), coalesce(left(sector, 100), 'NULL')),
                  HINT = 'See the table plan of the account.';
    END IF;
    words[3] := CASE language WHEN 'fr' THEN 'Tendance' ELSE 'Trend' END;
    words[4] := CASE language WHEN 'fr' THEN U&'Avec les actions, intervalle \00E0 95\00A0%' ELSE 'With the actions, 95 % interval' END;
    RETURN (
        WITH effect AS MATERIALIZED (
            SELECT r.year, a.status, value(sum(r.effect * r.counted_share)) AS tonnes
            FROM action_account() AS r
            JOIN action a ON a.code = r.action_code
            WHERE a.status IN ('planned', 'running') AND (a.sector = wedge_chart.sector OR wedge_chart.sector = 'all' AND a.sector <> 'land')
              AND a.territory_code IN (SELECT terrcarbon_internal.territories_within(place))
            GROUP BY r.year, a.status
        ), p AS (
            SELECT g.*, coalesce(r.tonnes, 0) AS running, coalesce(n.tonnes, 0) AS planned
            FROM plan_progress g
            LEFT JOIN effect r ON r.year = g.year AND r.status = 'running'
            LEFT JOIN effect n ON n.year = g.year AND n.status = 'planned'
            WHERE g.territory_code = place AND g.sector = wedge_chart.sector AND g.in_force
        )
        SELECT chart_svg(trajectory_agg(p.year, p.actual) FILTER (WHERE p.actual IS NOT NULL), trajectory_agg(p.year, p.target) FILTER (WHERE p.target IS NOT NULL),
            trajectory_agg(p.year, p.trend) FILTER (WHERE p.trend IS NOT NULL),
            trajectory_agg(p.year, p.trend - p.actions_high) FILTER (WHERE p.trend IS NOT NULL AND p.actions <> 0),
            trajectory_agg(p.year, p.trend - p.actions_low) FILTER (WHERE p.trend IS NOT NULL AND p.actions <> 0),
            title => concat_ws(', ', max(p.territory_name), nullif(p.sector, 'all'), max(p.plan)), unit => 't CO2e', labels => words,
            source => o.source, licence => o.licence, year => max(p.year) FILTER (WHERE p.actual IS NOT NULL), scheme => wedge_chart.scheme,
            wedges => CASE WHEN count(p.trend) > 0 THEN ARRAY[trajectory_agg(p.year, p.running) FILTER (WHERE p.trend IS NOT NULL AND p.actions IS NOT NULL),
                trajectory_agg(p.year, p.planned) FILTER (WHERE p.trend IS NOT NULL AND p.actions IS NOT NULL)] END,
            wedge_names => ARRAY[format(amount, names[1], terrcarbon_internal.grouped((array_agg(p.running ORDER BY p.year DESC) FILTER (WHERE p.trend IS NOT NULL AND p.actions IS NOT NULL))[1]), max(p.year) FILTER (WHERE p.trend IS NOT NULL AND p.actions IS NOT NULL)),
                format(amount, names[2], terrcarbon_internal.grouped((array_agg(p.planned ORDER BY p.year DESC) FILTER (WHERE p.trend IS NOT NULL AND p.actions IS NOT NULL))[1]), max(p.year) FILTER (WHERE p.trend IS NOT NULL AND p.actions IS NOT NULL))])
        FROM p
        CROSS JOIN terrcarbon_internal.plan_origin(place) AS o
        GROUP BY p.sector, o.source, o.licence);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.wedge_chart(name, text, text, text, text) IS 'Behind wedge_chart, with the account on the path.';

CREATE FUNCTION terrcarbon_internal.abatement_chart(account name, territory_code text, year int, language text, scheme text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET jit = off
AS $$
DECLARE
    point CONSTANT text := (chart_labels(language))[7];
    french CONSTANT boolean := language = 'fr';
BEGIN
    RETURN (
        WITH a AS MATERIALIZED (
            SELECT b.title, CASE b.status WHEN 'running' THEN 1 ELSE 2 END AS kind, b.counted, b.cost_per_tonne AS cost, b.cost_per_tonne * b.effect / nullif(b.effect_low, 0) AS dear, b.cost_per_tonne * b.effect / nullif(b.effect_high, 0) AS cheap,
                   b.effect_low > 0 AS bounded, coalesce(b.counted > 0, false) AND b.cost_per_tonne IS NOT NULL AS drawn
            FROM action_by_territory b
            WHERE b.year = abatement_chart.year AND b.status IN ('planned', 'running')
              AND b.territory_code IN (SELECT terrcarbon_internal.territories_within(abatement_chart.territory_code))
        )
        SELECT abatement_svg(array_agg(a.title ORDER BY a.title COLLATE "C") FILTER (WHERE a.drawn), array_agg(a.counted ORDER BY a.title COLLATE "C") FILTER (WHERE a.drawn),
            array_agg(a.cost ORDER BY a.title COLLATE "C") FILTER (WHERE a.drawn),
            array_agg(CASE WHEN a.bounded THEN least(a.dear, a.cheap) END ORDER BY a.title COLLATE "C") FILTER (WHERE a.drawn),
            array_agg(CASE WHEN a.bounded THEN greatest(a.dear, a.cheap) END ORDER BY a.title COLLATE "C") FILTER (WHERE a.drawn),
            title => concat_ws(', ', (SELECT t.name FROM territory t WHERE t.code = abatement_chart.territory_code), abatement_chart.year),
            unit => CASE WHEN french THEN U&'EUR par t CO2e, intervalle \00E0 95\00A0%' ELSE 'EUR per t CO2e, 95 % interval' END,
            axis => CASE WHEN french THEN U&'t CO2e de moins dans l''ann\00E9e, cumul\00E9es' ELSE 't CO2e less in the year, added up' END, point => point,
            source => concat_ws(' | ', o.source, CASE WHEN french THEN U&'sans co\00FBt ni effet retenu : ' ELSE 'without a cost or an effect that counts: ' END
                || string_agg(a.title, ', ' ORDER BY a.title COLLATE "C") FILTER (WHERE NOT a.drawn)),
            licence => o.licence, year => abatement_chart.year, scheme => abatement_chart.scheme,
            kinds => array_agg(a.kind ORDER BY a.title COLLATE "C") FILTER (WHERE a.drawn),
            kind_names => ARRAY(SELECT CASE WHEN EXISTS (SELECT FROM a d WHERE d.drawn AND d.kind = l.kind) THEN l.label END
                                FROM unnest(terrcarbon_internal.action_labels(language)) WITH ORDINALITY AS l (label, kind) ORDER BY l.kind))
        FROM a
        CROSS JOIN terrcarbon_internal.plan_origin(abatement_chart.territory_code) AS o
        GROUP BY o.source, o.licence);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.abatement_chart(name, text, int, text, text) IS 'Behind abatement_chart, with the account on the path.';
