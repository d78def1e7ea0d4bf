-- Whether a territory is carbon neutral in a year, by a rule that is data.

CREATE TABLE neutrality_rule (
    name text NOT NULL CHECK (name <> ''),
    title text NOT NULL CHECK (title <> ''),
    scopes text[] NOT NULL CHECK (scopes <> '{}' AND scopes <@ '{1,2,3,memo}'),
    sectors text[] NOT NULL CHECK (sectors <> '{}'
        AND sectors <@ '{residential,tertiary,road_transport,other_transport,agriculture,waste,industry,energy,land}'),
    sinks text[] NOT NULL CHECK (sinks <@ sectors),
    credit_share float8 NOT NULL DEFAULT 0 CHECK (credit_share >= 0 AND credit_share <= 1),
    confidence float8 NOT NULL DEFAULT 0.95 CHECK (confidence > 0.5 AND confidence < 1),
    source text NOT NULL CHECK (source <> ''),
    shipped boolean NOT NULL DEFAULT false,
    PRIMARY KEY (name, shipped)
);
COMMENT ON TABLE neutrality_rule IS
    'What carbon neutrality means: what is counted, what counts against it, and how sure it must be. A row of your own takes the place of the shipped one of its name. For the database administrator.';
COMMENT ON COLUMN neutrality_rule.name IS 'Name, as neutrality() takes it';
COMMENT ON COLUMN neutrality_rule.title IS 'The rule in a few words';
COMMENT ON COLUMN neutrality_rule.scopes IS 'Scopes whose flows are counted: 1, 2, 3, and memo (plants that make electricity or heat for others)';
COMMENT ON COLUMN neutrality_rule.sectors IS 'Sectors that are counted, each of which must have a figure; land brings what it loses';
COMMENT ON COLUMN neutrality_rule.sinks IS 'Those of the sectors whose removals count';
COMMENT ON COLUMN neutrality_rule.credit_share IS 'Largest share of the emissions that retired credits may be set against; 0: none count';
COMMENT ON COLUMN neutrality_rule.confidence IS
    'Probability that net is not above the credits counted from which it is reached; at 1 minus this, or below, it is not; in between it cannot be said';
COMMENT ON COLUMN neutrality_rule.source IS 'Where the rule comes from';
COMMENT ON COLUMN neutrality_rule.shipped IS 'Came with the extension';

INSERT INTO neutrality_rule (name, title, scopes, sectors, sinks, source, shipped)
SELECT r.name, r.title, r.scopes, s.codes, s.codes, r.source, true
FROM (VALUES
    ('local', 'Emissions here and those of the electricity and heat used here, against all removals here', '{1,2}'::text[],
        'Scopes 1 and 2 of the Global Protocol for Community-Scale Inventories, as in trajectory_by_territory'),
    ('inventory', 'All that is emitted on the ground, power plants included, against all removals there', '{1,memo}',
        'Code de l''énergie, L100-4, I, 1°: a balance on the territory between emissions by sources and removals by sinks, counted as national inventories are, without international carbon credits; written for the nation')
) AS r (name, title, scopes, source)
CROSS JOIN (SELECT array_agg(code ORDER BY code COLLATE "C") FROM sector) AS s (codes);

SELECT pg_catalog.pg_extension_config_dump('neutrality_rule', 'WHERE NOT shipped');
GRANT SELECT ON neutrality_rule TO PUBLIC;

CREATE FUNCTION neutrality(account name, territory_code text, year int, rule text DEFAULT 'local')
    RETURNS TABLE (code text, name text, scope_1 float8, scope_2 float8, scope_3 float8, memo float8,
        emissions float8, emissions_low float8, emissions_high float8, land_losses float8,
        removals float8, removals_low float8, removals_high float8, net float8, net_low float8, net_high float8,
        credits float8, credits_counted float8, complete boolean, probability float8, target float8, gap float8, remaining_budget float8,
        verdict text, statement_fr text)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 10 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION neutrality(name, text, int, text) IS
    'Whether a territory (NULL: each of the account) is carbon neutral in a year, for what the caller may read. In t CO2e: gross emissions by scope, land apart (scope_1, scope_2, scope_3, memo; NULL: not counted by the rule, or not known), all of them (emissions, with the 95 % interval), what the land loses (land_losses), the removals that the rule counts (negative), and net, with their intervals; credits retired for the territory and its parts in that year (credits), and how many of them the rule counts (credits_counted), which are in no other column; the target in force, the gap to it and what is left of its budget (target_by_territory). complete: every sector of the rule is known, everywhere, from all datasets. probability that net is not above the credits counted, NULL unless complete. verdict: reached, not reached or cannot be said, as the rule (neutrality_rule) sets it; statement_fr says it in French. neutrality_reasons gives the reasons. Errors: 3F000 no such account, 22023 no such territory or rule, or no year.';

CREATE FUNCTION neutrality_reasons(account name, territory_code text, year int, rule text DEFAULT 'local')
    RETURNS TABLE (kind text, sector text, scope text, reason text, detail text, amount float8, unit text)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 20 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION neutrality_reasons(name, text, int, text) IS
    'Why neutrality() says what it says of a territory, a row for each reason: the verdict with its probability; the rule; net with its interval; what is missing, by sector and scope; a target that is exceeded; and notes: changes that wait for a refresh, and what is counted but doubtful. Errors as those of neutrality(), and 22023 without a territory.';

CREATE FUNCTION terrcarbon_internal.neutrality_rule_of(account name, place text, year int, rule text) RETURNS neutrality_rule
    LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
    found_rule neutrality_rule;
BEGIN
    IF place IS NOT NULL AND NOT EXISTS (SELECT FROM territory t WHERE t.code = place) OR year IS NULL THEN
        RAISE EXCEPTION 'there is no such territory and year in account %', quote_ident(account)
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('Territory %s, year %s.', coalesce(left(place, 100), 'NULL'), coalesce(year::text, 'NULL')),
                  HINT = 'See the table territory of the account.';
    END IF;
    SELECT * INTO found_rule FROM neutrality_rule r WHERE r.name = rule ORDER BY r.shipped LIMIT 1;
    IF found_rule.name IS NULL THEN
        RAISE EXCEPTION 'there is no such rule of neutrality'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('Rule %s.', coalesce(left(rule, 100), 'NULL')),
                  HINT = 'See terrcarbon.neutrality_rule; its administrator may add one.';
    END IF;
    RETURN found_rule;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.neutrality_rule_of(name, text, int, text) IS
    'The rule of a name; error 22023 when there is none, or no such territory, or no year.';

-- A sector that the territory ever had in a scope is expected in every year, as in the
-- view actual; a sector of the rule that it never had at all is one without a figure.
CREATE FUNCTION terrcarbon_internal.neutrality_part(places text[], for_year int, rule neutrality_rule)
    RETURNS TABLE (territory_code text, sector text, scope text, shown boolean, complete boolean,
        emission estimate, removal estimate)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    SELECT t.code, k.sector, k.scope, coalesce(b.shown, h.hidden IS NOT NULL AND h.seen AND k.sector <> 'land'),
           coalesce(b.complete, false), CASE WHEN b.year IS NOT NULL THEN coalesce(b.co2e, estimate(0, 0)) END,
           CASE WHEN k.sector = ANY (rule.sinks) AND b.year IS NOT NULL THEN coalesce(b.removal_co2e, estimate(0, 0)) END
    FROM lifetime t
    CROSS JOIN LATERAL (
        -- Who sees nothing here, or nothing of the land, is shown nothing, not 0.
        SELECT (SELECT d.slugs FROM hidden_dataset d WHERE d.territory_code = t.code),
               EXISTS (SELECT FROM balance x WHERE x.territory_code = t.code AND x.year = for_year)
        OFFSET 0
    ) AS h (hidden, seen)
    CROSS JOIN LATERAL (
        SELECT s.sector, e.scope
        FROM unnest(rule.sectors) AS s (sector)
        LEFT JOIN (
            SELECT DISTINCT x.sector, x.scope FROM balance x
            WHERE x.territory_code = t.code AND x.allocation = 'territorial' AND x.scope = ANY (rule.scopes)) AS e ON e.sector = s.sector
        OFFSET 0
    ) AS k
    LEFT JOIN balance_estimate b ON b.territory_code = t.code AND b.year = for_year AND b.allocation = 'territorial'
        AND b.sector = k.sector AND b.scope = k.scope
    WHERE t.code = ANY (places) AND for_year BETWEEN t.first_year AND t.last_year;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.neutrality_part(text[], int, neutrality_rule) IS
    'What a rule counts in each of some territories, by sector and scope, kg CO2e: whether the figure may be shown and whether it is complete. scope NULL: a sector that has no figure in any year.';

-- Apart, and not by target_by_territory, because to plan its query takes longer than to run
-- it: this plan is kept for the session, and made where there is a target only.
CREATE FUNCTION terrcarbon_internal.neutrality_target(place text, for_year int, OUT target float8, OUT gap float8, OUT remaining_budget float8)
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    of_net boolean;
    first_year int;
BEGIN
    SELECT p.covers = 'net', least(p.base_year, (SELECT min(m.year) FROM target m
        WHERE m.territory_code = p.territory_code AND m.sector = p.sector AND m.plan = p.plan))
    INTO of_net, first_year
    FROM plan p WHERE p.territory_code = place AND p.sector = 'all' AND p.in_force;
    IF FOUND THEN
        SELECT max(g.target) FILTER (WHERE g.year = for_year), max(a.tonnes - g.target) FILTER (WHERE g.year = for_year),
               CASE WHEN count(*) FILTER (WHERE g.year = for_year) = 1 AND bool_and(g.target IS NOT NULL) AND bool_and(a.tonnes IS NOT NULL) FILTER (WHERE g.year <= for_year)
                   THEN sum(g.target) - sum(a.tonnes) FILTER (WHERE g.year <= for_year) END
        INTO target, gap, remaining_budget
        FROM target_path g
        LEFT JOIN (SELECT t.year, value(CASE WHEN of_net THEN t.net ELSE t.emissions END) / 1000 AS tonnes
                   FROM actual_total t
                   WHERE t.territory_code = place AND t.year BETWEEN first_year AND for_year AND t.hidden IS NULL) AS a ON a.year = g.year
        WHERE g.territory_code = place AND g.sector = 'all' AND g.in_force;
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.neutrality_target(text, int) IS 'The target in force of a territory in a year, the gap to it and what is left of its budget, t CO2e; NULL without a plan.';

CREATE FUNCTION terrcarbon_internal.neutrality(account name, territory_code text, year int, rule text)
    RETURNS TABLE (code text, name text, scope_1 float8, scope_2 float8, scope_3 float8, memo float8,
        emissions float8, emissions_low float8, emissions_high float8, land_losses float8,
        removals float8, removals_low float8, removals_high float8, net float8, net_low float8, net_high float8,
        credits float8, credits_counted float8, complete boolean, probability float8, target float8, gap float8, remaining_budget float8,
        verdict text, statement_fr text)
    LANGUAGE plpgsql STABLE ROWS 10
    SET jit = off
AS $$
DECLARE
    applied CONSTANT neutrality_rule := terrcarbon_internal.neutrality_rule_of(account, territory_code, year, rule);
BEGIN
    RETURN QUERY
    WITH part AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.neutrality_part(CASE WHEN territory_code IS NULL THEN ARRAY(SELECT t.code FROM territory t) ELSE ARRAY[territory_code] END, year, applied)
    ), scoped AS MATERIALIZED (
        SELECT s.territory_code, max(s.kg) FILTER (WHERE s.scope = '1') AS scope_1, max(s.kg) FILTER (WHERE s.scope = '2') AS scope_2,
               max(s.kg) FILTER (WHERE s.scope = '3') AS scope_3, max(s.kg) FILTER (WHERE s.scope = 'memo') AS memo
        FROM (SELECT p.territory_code, c.scope, CASE WHEN bool_and(p.shown) THEN sum(value(p.emission)) END AS kg
              FROM part p JOIN unnest(applied.scopes) AS c (scope) ON coalesce(p.scope = c.scope, true)
              WHERE p.sector <> 'land' GROUP BY p.territory_code, c.scope) AS s GROUP BY s.territory_code
    ), whole AS MATERIALIZED (
        SELECT p.territory_code,
               CASE WHEN bool_and(p.shown) FILTER (WHERE p.sector <> 'land')
                   THEN sum(p.emission) FILTER (WHERE p.sector <> 'land') END AS emissions,
               CASE WHEN bool_and(p.shown) FILTER (WHERE p.sector = 'land')
                   THEN sum(p.emission) FILTER (WHERE p.sector = 'land') END AS losses,
               CASE WHEN coalesce(bool_and(p.shown) FILTER (WHERE p.sector = ANY (applied.sinks)), true)
                   THEN coalesce(sum(p.removal), estimate(0, 0)) END AS removals,
               CASE WHEN bool_and(p.shown) THEN sum(coalesce(p.emission + p.removal, p.emission)) END AS net,
               bool_and(p.complete) AS complete
        FROM part p GROUP BY p.territory_code
    ), judged AS MATERIALIZED (
        SELECT w.*, c.retired, c.counted, o.odds,
               CASE WHEN o.odds >= applied.confidence THEN 'reached' WHEN o.odds <= 1 - applied.confidence THEN 'not reached'
                    ELSE 'cannot be said' END AS verdict
        FROM whole w
        CROSS JOIN LATERAL (
            SELECT r.tonnes, least(r.tonnes, applied.credit_share * value(w.emissions) / 1000)
            FROM (SELECT coalesce(sum(upper(h.serials) - lower(h.serials)), 0)::float8 AS tonnes
                  FROM credit_holding h
                  WHERE h.status = 'retired' AND h.account = neutrality.account AND h.year = neutrality.year
                    AND h.territory_code IN (SELECT terrcarbon_internal.territories_within(w.territory_code, neutrality.year))) AS r
        ) AS c (retired, counted)
        CROSS JOIN LATERAL (SELECT CASE WHEN w.complete THEN probability_within(w.net, c.counted * 1000) END) AS o (odds)
    )
    SELECT t.code, t.name, s.scope_1 / 1000, s.scope_2 / 1000, s.scope_3 / 1000, s.memo / 1000,
           value(j.emissions) / 1000, lower(j.emissions) / 1000, upper(j.emissions) / 1000, value(j.losses) / 1000,
           value(j.removals) / 1000, lower(j.removals) / 1000, upper(j.removals) / 1000,
           value(j.net) / 1000, lower(j.net) / 1000, upper(j.net) / 1000,
           j.retired, CASE WHEN j.emissions IS NOT NULL THEN j.counted END, j.complete, j.odds, g.target, g.gap, g.remaining_budget, j.verdict,
           CASE j.verdict WHEN 'reached' THEN 'La neutralité carbone est atteinte'
                WHEN 'not reached' THEN 'La neutralité carbone n''est pas atteinte'
                ELSE 'Il ne peut être établi si la neutralité carbone est atteinte' END
               || format(' en %s, selon la règle « %s ».', year, applied.name)
    FROM judged j
    JOIN territory t ON t.code = j.territory_code
    LEFT JOIN scoped s ON s.territory_code = j.territory_code
    CROSS JOIN LATERAL terrcarbon_internal.neutrality_target(t.code, year) AS g
    ORDER BY t.code;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.neutrality(name, text, int, text) IS 'Behind neutrality, with the account on the path.';

CREATE FUNCTION terrcarbon_internal.neutrality_reasons(account name, territory_code text, year int, rule text)
    RETURNS TABLE (kind text, sector text, scope text, reason text, detail text, amount float8, unit text)
    LANGUAGE plpgsql STABLE ROWS 20
    SET jit = off
AS $$
DECLARE
    applied CONSTANT neutrality_rule := terrcarbon_internal.neutrality_rule_of(account, territory_code, year, rule);
BEGIN
    IF territory_code IS NULL THEN
        RAISE EXCEPTION 'reasons are those of one territory'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give its code.';
    END IF;
    RETURN QUERY
    WITH n AS MATERIALIZED (SELECT * FROM neutrality(account, territory_code, year, rule)),
    why (place, kind, sector, scope, reason, detail, amount, unit) AS (
        SELECT 1, 'verdict', NULL::text, NULL::text, n.verdict,
               CASE WHEN NOT n.complete THEN 'not complete'
                    WHEN n.verdict = 'cannot be said' THEN format('the probability that net is not above the credits counted is between %s and %s',
                        round((1 - applied.confidence)::numeric, 6)::float8, applied.confidence) END,
               n.probability, NULL::text
        FROM n
      UNION ALL
        SELECT 2, 'rule', NULL, NULL, applied.name,
               format('scopes %s; sectors %s; sinks %s; credits up to %s of the emissions; confidence %s; %s', array_to_string(applied.scopes, ', '),
                   array_to_string(applied.sectors, ', '), coalesce(nullif(array_to_string(applied.sinks, ', '), ''), 'none'),
                   applied.credit_share, applied.confidence, applied.source), NULL, NULL
      UNION ALL
        SELECT 3, 'figure', NULL, NULL, 'net', format('%s to %s (95 %%)', round(n.net_low::numeric, 3), round(n.net_high::numeric, 3)),
               n.net, 't CO2e'
        FROM n WHERE n.net IS NOT NULL
      UNION ALL
        SELECT 3, 'figure', NULL, NULL, 'credits', concat_ws(', ', n.credits || ' retired', round(n.credits_counted::numeric, 3)::float8 || ' counted'), n.credits_counted, 't CO2e'
        FROM n WHERE n.credits > 0
      UNION ALL
        SELECT 4, 'missing', NULL, NULL, 'datasets not readable', h.hidden, NULL, NULL
        FROM (SELECT missing_datasets(territory_code)) AS h (hidden) WHERE h.hidden IS NOT NULL
      UNION ALL
        SELECT 5, 'missing', p.sector, p.scope,
               CASE WHEN p.scope IS NULL THEN 'no figure in any year'
                    ELSE coalesce(missing(p.territory_code, year, p.sector, p.scope), 'no figure') END, NULL, NULL, NULL
        FROM terrcarbon_internal.neutrality_part(ARRAY[territory_code], year, applied) AS p
        WHERE NOT p.shown
      UNION ALL
        SELECT 6, 'target', NULL, NULL, 'above the target', format('target %s t CO2e', round(n.target::numeric, 3)::float8), n.gap, 't CO2e'
        FROM n WHERE n.gap > 0
      UNION ALL
        SELECT 7, 'note', NULL, NULL, 'changes wait for a refresh', 'figures of ' || f.as_of, NULL, NULL
        FROM freshness f WHERE f.territory_code = neutrality_reasons.territory_code AND f.stale
      UNION ALL
        SELECT 8, 'note', NULL, NULL, 'other parts than today', p.words, NULL, NULL
        FROM terrcarbon_internal.other_parts(neutrality_reasons.territory_code, neutrality_reasons.year) AS p (words) WHERE p.words IS NOT NULL
      UNION ALL
        SELECT 8, 'note', c.sector, c.scope, c.reason, terrcarbon_internal.counted_rows(sum(c.item_count)), NULL, NULL
        FROM coverage c
        WHERE c.territory_code IN (SELECT terrcarbon_internal.territories_within(neutrality_reasons.territory_code, neutrality_reasons.year))
            AND neutrality_reasons.year BETWEEN c.year_from AND c.year_to AND c.kind = 'note' AND c.allocation = 'territorial'
            AND c.sector = ANY (applied.sectors) AND c.scope = ANY (applied.scopes)
        GROUP BY c.sector, c.scope, c.reason
    )
    SELECT w.kind, w.sector, w.scope, w.reason, w.detail, w.amount, w.unit
    FROM why w
    ORDER BY w.place, w.sector, w.scope, w.reason;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.neutrality_reasons(name, text, int, text) IS 'Behind neutrality_reasons, with the account on the path.';
