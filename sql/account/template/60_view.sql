-- What readers query: plain types, and what the licences let each of them see.

CREATE VIEW hidden_dataset WITH (security_invoker = on) AS
SELECT c.territory_code, string_agg(coalesce(d.slug, c.dataset_id::text), ', ' ORDER BY d.slug, c.dataset_id) AS slugs
FROM contribution c
-- One that is retired is in no catalogue, and in what was counted.
LEFT JOIN terrcarbon.dataset_catalogue d ON d.id = c.dataset_id
WHERE NOT terrcarbon.can_read(c.dataset_id) AND row_security_active('balance'::regclass)
GROUP BY c.territory_code;
COMMENT ON VIEW hidden_dataset IS 'Datasets that have figures for a territory which the reader may not see. Unique by territory_code.';
COMMENT ON COLUMN hidden_dataset.territory_code IS 'Territory';
COMMENT ON COLUMN hidden_dataset.slugs IS 'Datasets (slugs of terrcarbon.dataset_catalogue; the number of one that is retired), in words';

CREATE FUNCTION missing_datasets(territory_code text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000
BEGIN ATOMIC
    SELECT h.slugs FROM hidden_dataset h WHERE h.territory_code = missing_datasets.territory_code;
END;
COMMENT ON FUNCTION missing_datasets(text) IS
    'Datasets (slugs of terrcarbon.dataset_catalogue; the number of one that is retired) that have figures for a territory which the current user may not read; NULL when there is none.';

-- The land of a territory is mapped by one dataset: the one that the setting names,
-- else the one that maps the most.
CREATE VIEW land_choice WITH (security_invoker = on) AS
SELECT DISTINCT ON (c.territory_code) c.territory_code, c.dataset_id, count(*) OVER (PARTITION BY c.territory_code) AS choices
FROM (
    SELECT p.territory_code, p.dataset_id, round(max(p.area_ha)::numeric, 1) AS ha, count(*) AS parts
    FROM part p WHERE p.area_ha IS NOT NULL
    GROUP BY p.territory_code, p.dataset_id
) AS c
ORDER BY c.territory_code, c.dataset_id IS NOT DISTINCT FROM (SELECT s.land_dataset_id FROM setting s) DESC, c.ha DESC, c.parts DESC, c.dataset_id;
COMMENT ON VIEW land_choice IS 'Which land-cover dataset counts in each territory, of those the reader may see.';
COMMENT ON COLUMN land_choice.territory_code IS 'Territory';
COMMENT ON COLUMN land_choice.dataset_id IS 'Dataset that counts';
COMMENT ON COLUMN land_choice.choices IS 'How many there are';

CREATE FUNCTION parts_there(territory_code text, sector text, scope text, allocation text, year int)
    RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    WITH RECURSIVE open (code) AS (
        SELECT parts_there.territory_code
      UNION ALL
        SELECT m.code
        FROM open
        -- Part by part, lest all memberships be read for one.
        CROSS JOIN LATERAL (
            SELECT m.code FROM membership m
            WHERE m.parent_code = open.code AND parts_there.year BETWEEN m.first_year AND m.last_year OFFSET 0) AS m
        WHERE NOT EXISTS (
            SELECT FROM balance b
            WHERE b.territory_code = m.code AND b.year = parts_there.year AND b.sector = parts_there.sector
              AND b.scope = parts_there.scope AND b.allocation = parts_there.allocation
              AND b.leaves >= b.leaves_expected
              -- Of several maps of one ground, the one that counts in the whole.
              AND (b.area_ha IS NULL
                   OR b.dataset_id = (SELECT l.dataset_id FROM land_choice l WHERE l.territory_code = parts_there.territory_code)))
    )
    -- Parts may be there in years in which what they are parts of is not.
    SELECT NOT EXISTS (
        SELECT FROM open
        JOIN leaf ON leaf.code = open.code
        JOIN lifetime t ON t.code = open.code
        WHERE parts_there.year BETWEEN t.first_year AND t.last_year);
END;
COMMENT ON FUNCTION parts_there(text, text, text, text, int) IS
    'Whether the datasets the current user may read have, between them, the figure for every part of a territory.';

CREATE VIEW counted_balance WITH (security_invoker = on) AS
SELECT b.*
FROM balance b
WHERE b.area_ha IS NULL OR b.dataset_id = (SELECT l.dataset_id FROM land_choice l WHERE l.territory_code = b.territory_code);
COMMENT ON VIEW counted_balance IS 'The rows of balance that may be added: of several maps of one ground, one.';
SELECT terrcarbon_internal.copy_comments('counted_balance', 'balance');

-- What many rows are asked for is a function of one territory, which in FROM becomes part of
-- the query that asks and looks for no territory again.  Settings are read once for a query.
CREATE FUNCTION balance_in(territory_code text)
    RETURNS TABLE (sector text, scope text, allocation text, year int,
        emission terrcarbon.ghg, co2e terrcarbon.estimate, removal terrcarbon.ghg, removal_co2e terrcarbon.estimate,
        stock terrcarbon.carbon_stock, carbon terrcarbon.estimate, area_ha float8, notation text, lines bigint, unknown_lines bigint,
        known boolean, complete boolean, shown boolean, hidden text)
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100
BEGIN ATOMIC
    SELECT b.sector, b.scope, b.allocation, b.year,
           b.emission, b.co2e, b.removal, b.removal_co2e, b.stock, b.carbon, b.area_ha, b.notation, b.lines, b.unknown_lines,
           k.known, k.known AND k.everywhere AND h.hidden IS NULL,
           k.known AND (k.everywhere OR h.hidden IS NOT NULL), h.hidden
    -- Not by function missing_datasets, which would be planned for each territory.
    FROM (SELECT (SELECT d.slugs FROM hidden_dataset d WHERE d.territory_code = balance_in.territory_code) OFFSET 0) AS h (hidden)
    CROSS JOIN (
        SELECT b.sector, b.scope, b.allocation, b.year,
               sum(b.emission) AS emission, sum(b.co2e) AS co2e, sum(b.removal) AS removal,
               sum(b.removal_co2e) AS removal_co2e, sum(b.stock) AS stock, sum(b.carbon) AS carbon, sum(b.area_ha) AS area_ha,
               terrcarbon_internal.total_notation(array_agg(b.notation), count(b.co2e) + count(b.removal_co2e) + count(b.carbon) > 0)
                   AS notation,
               sum(b.lines)::bigint AS lines, sum(b.unknown_lines)::bigint AS unknown_lines,
               max(b.leaves_expected) AS leaves_expected, max(b.leaves) AS best, sum(b.leaves) AS total
        FROM balance b
        -- As in counted_balance, but chosen once for the territory, only where there is a choice, and only for rows
        -- that pass what readers ask: conditions on arrays are tested last.
        WHERE b.territory_code = balance_in.territory_code
          AND (b.area_ha IS NULL OR b.dataset_id = ANY (ARRAY(
              SELECT CASE WHEN min(p.dataset_id) = max(p.dataset_id) THEN min(p.dataset_id)
                          ELSE (SELECT l.dataset_id FROM land_choice l WHERE l.territory_code = balance_in.territory_code) END
              FROM part p WHERE p.territory_code = balance_in.territory_code AND p.area_ha IS NOT NULL)))
        GROUP BY b.sector, b.scope, b.allocation, b.year
    ) AS b
    CROSS JOIN LATERAL (
        SELECT b.unknown_lines <= (SELECT s.materiality FROM setting s) * b.lines AND (b.notation IN ('C', 'NE')) IS NOT TRUE,
               CASE WHEN b.leaves_expected = 0 OR b.best >= b.leaves_expected THEN b.leaves_expected > 0
                    WHEN b.total < b.leaves_expected THEN false
                    -- Several datasets may cover a territory between them.
                    ELSE parts_there(balance_in.territory_code, b.sector, b.scope, b.allocation, b.year)
               END
    ) AS k (known, everywhere);
END;
COMMENT ON FUNCTION balance_in(text) IS 'The rows of balance_estimate of a territory, without its code.';

CREATE VIEW balance_estimate WITH (security_invoker = on) AS
SELECT t.code AS territory_code, b.*
FROM territory t CROSS JOIN LATERAL balance_in(t.code) AS b;
COMMENT ON VIEW balance_estimate IS
    'The balance of each territory over the datasets the reader may see, in the types of the extension, for further computation. The sums are those of what is known.';
COMMENT ON COLUMN balance_estimate.territory_code IS 'Territory';
COMMENT ON COLUMN balance_estimate.sector IS 'Sector';
COMMENT ON COLUMN balance_estimate.scope IS '1, 2, 3, stock or memo';
COMMENT ON COLUMN balance_estimate.allocation IS 'territorial, induced or resident';
COMMENT ON COLUMN balance_estimate.year IS 'Year';
COMMENT ON COLUMN balance_estimate.emission IS 'Gross emissions, kg of each gas';
COMMENT ON COLUMN balance_estimate.co2e IS 'Gross emissions, kg CO2e with uncertainty';
COMMENT ON COLUMN balance_estimate.removal IS 'Gross removals, kg of each gas, negative';
COMMENT ON COLUMN balance_estimate.removal_co2e IS 'Gross removals, kg CO2e with uncertainty, negative';
COMMENT ON COLUMN balance_estimate.stock IS 'Carbon held by the land, t by pool';
COMMENT ON COLUMN balance_estimate.carbon IS 'Carbon held by the land, t with uncertainty';
COMMENT ON COLUMN balance_estimate.area_ha IS 'Land the stock or the flow is for, ha';
COMMENT ON COLUMN balance_estimate.notation IS 'Why there is no figure, or not all of it: NO, NE, IE or C';
COMMENT ON COLUMN balance_estimate.lines IS 'Lines that belong in the figure';
COMMENT ON COLUMN balance_estimate.unknown_lines IS 'Those of them that could not be priced or measured';
COMMENT ON COLUMN balance_estimate.known IS 'Whether all lines have a value, or all but what setting.materiality allows';
COMMENT ON COLUMN balance_estimate.complete IS 'Whether the figure is known, for all parts of the territory, and the reader sees all datasets there';
COMMENT ON COLUMN balance_estimate.shown IS 'Whether the sum may be shown as the figure: it is complete, or what lacks is what the reader may not see';
COMMENT ON COLUMN balance_estimate.hidden IS 'Datasets with figures here that the reader may not see';

-- In FROM it becomes part of the query that asks, which a function is not: that would be started for each row.
CREATE FUNCTION missing_in(territory_code text, year int, sector text, scope text, allocation text) RETURNS TABLE (words text)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    WITH RECURSIVE down (code) AS (
        SELECT missing_in.territory_code
      UNION ALL
        SELECT m.code FROM down CROSS JOIN LATERAL (
            SELECT m.code FROM membership m WHERE m.parent_code = down.code AND missing_in.year BETWEEN m.first_year AND m.last_year OFFSET 0) AS m
    ),
    found (place, words) AS (
        SELECT 1, 'datasets not readable: ' || h.slugs FROM hidden_dataset h WHERE h.territory_code = missing_in.territory_code
      UNION ALL
        SELECT 2, concat_ws(' ', c.sector || ',', terrcarbon_internal.dataset_name(c.dataset_id) || ':', c.reason || ',',
                            terrcarbon_internal.counted_rows(sum(c.item_count)) || coalesce(' (' || left(nullif(c.detail, ''), 200) || ')', '')
                            || coalesce(', ' || round(sum(c.amount)::numeric, 3) || ' ' || c.unit, ''))
        -- Part by part, lest the findings of all territories be read for one.
        FROM down
        CROSS JOIN LATERAL (
            SELECT * FROM coverage c WHERE c.territory_code = down.code AND missing_in.year BETWEEN c.year_from AND c.year_to AND c.kind = 'finding' OFFSET 0) AS c
        WHERE coalesce(c.sector = missing_in.sector, true) AND c.allocation = missing_in.allocation
          AND coalesce(c.scope = missing_in.scope, c.scope IN ('1', '2'))
          -- Not of rows of parts beside one that counts for the whole, nor of flows of a map that does not count here.
          AND (c.dataset_id, c.sector, c.scope) IN (
              SELECT b.dataset_id, b.sector, b.scope FROM balance b
              WHERE b.territory_code = missing_in.territory_code AND b.year = missing_in.year AND b.allocation = missing_in.allocation
                AND b.unknown_lines > 0
                AND (b.area_ha IS NULL OR b.scope = 'stock'
                     OR b.dataset_id = (SELECT l.dataset_id FROM land_choice l WHERE l.territory_code = missing_in.territory_code)))
        GROUP BY c.sector, c.dataset_id, c.reason, c.detail, c.unit
      UNION ALL
        SELECT DISTINCT 3, b.sector || '/' || b.scope || ': ' || b.notation
        FROM balance b
        WHERE b.territory_code = missing_in.territory_code AND b.year = missing_in.year AND b.allocation = missing_in.allocation
          AND b.notation IN ('C', 'NE') AND coalesce(b.sector = missing_in.sector, true)
          AND coalesce(b.scope = missing_in.scope, b.scope IN ('1', '2'))
      UNION ALL
        SELECT 4, k.sector || '/' || k.scope || CASE WHEN e.known THEN ': not for all parts' ELSE ': no figure' END
        FROM (SELECT p.sector, p.scope FROM part p
              WHERE p.territory_code = missing_in.territory_code AND missing_in.allocation = 'territorial'
            UNION
              SELECT b.sector, b.scope FROM balance b
              -- Asked by a query of its own, which the planner leaves as it is: a condition that is never met would have it
              -- drop the others, and read all of a protected table.
              WHERE b.territory_code = missing_in.territory_code AND b.allocation = missing_in.allocation
                AND (SELECT missing_in.allocation <> 'territorial')) AS k
        LEFT JOIN LATERAL (
            SELECT e.known, e.shown FROM balance_in(missing_in.territory_code) AS e
            WHERE e.year = missing_in.year AND e.sector = k.sector AND e.scope = k.scope AND e.allocation = missing_in.allocation) AS e ON true
        -- What is not known is said above.
        WHERE coalesce(k.scope = missing_in.scope, k.scope IN ('1', '2')) AND coalesce(k.sector = missing_in.sector, true)
          AND (e.known IS NULL OR e.known AND NOT e.shown)
      UNION ALL
        SELECT 5, r.sector || ': no figure in any year'
        FROM (SELECT DISTINCT unnest(x.required_sectors) AS sector FROM setting x) AS r
        WHERE missing_in.scope IS NULL AND missing_in.allocation = 'territorial' AND coalesce(r.sector = missing_in.sector, true)
          AND NOT EXISTS (SELECT FROM part p WHERE p.territory_code = missing_in.territory_code AND p.sector = r.sector AND p.scope IN ('1', '2'))
    )
    SELECT string_agg(f.words, '; ' ORDER BY f.place, f.words)
    FROM (SELECT place, words FROM found ORDER BY place, words LIMIT 20) AS f;
END;
COMMENT ON FUNCTION missing_in(text, int, text, text, text) IS 'What function missing says, for many rows.';

CREATE FUNCTION missing(territory_code text, year int, sector text DEFAULT NULL, scope text DEFAULT NULL,
        allocation text DEFAULT 'territorial') RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    SELECT m.words FROM missing_in(missing.territory_code, missing.year, missing.sector, missing.scope, missing.allocation) AS m;
END;
COMMENT ON FUNCTION missing(text, int, text, text, text) IS
    'What keeps the figure of a territory in a year (a sector and a scope of it; NULL: all sectors, scopes 1 and 2) from being complete, in words: datasets the reader may not see; rows without a price, by sector, dataset and reason, how many and how much; notation keys; sectors without a figure. At most 20 parts; NULL when nothing lacks.';

CREATE VIEW balance_by_territory WITH (security_invoker = on) AS
SELECT concat_ws('/', t.code, b.sector, b.scope, b.allocation, b.year) AS id,
       t.code AS territory_code, t.name AS territory_name, t.level, b.sector, b.scope, b.allocation, b.year,
       CASE WHEN b.shown THEN coalesce(terrcarbon.value(b.co2e), 0) / 1000 END AS emissions,
       CASE WHEN b.shown THEN coalesce(terrcarbon.lower(b.co2e), 0) / 1000 END AS emissions_low,
       CASE WHEN b.shown THEN coalesce(terrcarbon.upper(b.co2e), 0) / 1000 END AS emissions_high,
       CASE WHEN b.shown THEN coalesce(terrcarbon.value(b.removal_co2e), 0) / 1000 END AS removals,
       CASE WHEN b.shown THEN coalesce(terrcarbon.lower(b.removal_co2e), 0) / 1000 END AS removals_low,
       CASE WHEN b.shown THEN coalesce(terrcarbon.upper(b.removal_co2e), 0) / 1000 END AS removals_high,
       CASE WHEN b.shown THEN coalesce(terrcarbon.value(b.co2e), 0) / 1000
           / nullif((SELECT p.residents FROM population p WHERE p.territory_code = t.code AND p.year = b.year), 0) END
           AS emissions_per_inhabitant,
       CASE WHEN b.shown THEN coalesce(terrcarbon.value(b.co2e), 0) / 1000
           / nullif((SELECT p.equivalent_residents FROM population p WHERE p.territory_code = t.code AND p.year = b.year), 0) END
           AS emissions_per_equivalent_resident,
       CASE WHEN b.shown THEN coalesce(terrcarbon.value(b.co2e), 0) / 1000
           / a.ha END AS emissions_per_ha,
       b.notation, terrcarbon.value(b.co2e) / 1000 AS known_part, b.complete,
       CASE WHEN NOT b.complete THEN (SELECT m.words FROM missing_in(t.code, b.year, b.sector, b.scope, b.allocation) AS m) END AS missing
FROM territory t
CROSS JOIN LATERAL balance_in(t.code) AS b
CROSS JOIN LATERAL hectares_in(t.code, t.area_m2, b.year) AS a
WHERE b.scope <> 'stock';
COMMENT ON VIEW balance_by_territory IS
    'Flows of each territory, children included, by sector, scope and year, over the datasets the reader may see. NULL where a line has no price or a part of the territory no figure: missing is not 0. Unique by id.';
COMMENT ON COLUMN balance_by_territory.id IS 'territory/sector/scope/allocation/year: unique';
COMMENT ON COLUMN balance_by_territory.territory_code IS 'Territory';
COMMENT ON COLUMN balance_by_territory.territory_name IS 'Its name';
COMMENT ON COLUMN balance_by_territory.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN balance_by_territory.sector IS 'residential, tertiary, road_transport, other_transport, agriculture, waste, industry, energy or land';
COMMENT ON COLUMN balance_by_territory.scope IS '1: emitted here; 2: grid energy made elsewhere; 3: other emissions elsewhere; memo: beside the total';
COMMENT ON COLUMN balance_by_territory.allocation IS 'territorial, or another view of the trips: induced, resident. Never add two of them';
COMMENT ON COLUMN balance_by_territory.year IS 'Year';
COMMENT ON COLUMN balance_by_territory.emissions IS 'Gross emissions, t CO2e; where complete is false those of the datasets the reader may see';
COMMENT ON COLUMN balance_by_territory.emissions_low IS 'Lower end of their 95 % interval, t CO2e';
COMMENT ON COLUMN balance_by_territory.emissions_high IS 'Upper end of their 95 % interval, t CO2e';
COMMENT ON COLUMN balance_by_territory.removals IS 'Gross removals, t CO2e, negative';
COMMENT ON COLUMN balance_by_territory.removals_low IS 'Lower end of their 95 % interval, t CO2e';
COMMENT ON COLUMN balance_by_territory.removals_high IS 'Upper end of their 95 % interval, t CO2e';
COMMENT ON COLUMN balance_by_territory.emissions_per_equivalent_resident IS 't CO2e per equivalent resident of that year (population): residents and who is there for a season; NULL without them';
COMMENT ON COLUMN balance_by_territory.emissions_per_inhabitant IS 't CO2e per resident of that year; NULL without population';
COMMENT ON COLUMN balance_by_territory.emissions_per_ha IS 't CO2e per ha of the territory with the parts of that year; NULL when it had none';
COMMENT ON COLUMN balance_by_territory.notation IS 'Why there is no figure, or not all of it: NO does not occur, NE not estimated, IE included elsewhere, C confidential';
COMMENT ON COLUMN balance_by_territory.known_part IS 'Gross emissions of what is known, t CO2e; NULL when nothing is';
COMMENT ON COLUMN balance_by_territory.complete IS 'Whether the figure is known for all parts of the territory and made of all datasets there';
COMMENT ON COLUMN balance_by_territory.missing IS 'What lacks, in words; NULL when complete';

-- Figures by sector and for all of them, which targets are held against.
-- All is known when every sector is; where some is hidden, it is what is seen.
CREATE FUNCTION total_in(territory_code text)
    RETURNS TABLE (year int, emissions terrcarbon.estimate, removals terrcarbon.estimate, net terrcarbon.estimate,
        known_part terrcarbon.estimate, complete boolean, hidden text)
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 20
BEGIN ATOMIC
    SELECT w.year,
           CASE WHEN w.whole THEN coalesce(w.co2e, terrcarbon.estimate(0, 0)) WHEN w.seen THEN w.co2e END,
           CASE WHEN w.land AND w.sinks THEN coalesce(w.sink, terrcarbon.estimate(0, 0)) END,
           CASE WHEN w.land AND w.whole THEN coalesce(w.net, terrcarbon.estimate(0, 0)) WHEN w.land AND w.seen THEN w.net END,
           w.co2e, w.complete, w.hidden
    FROM (
        SELECT count(DISTINCT p.sector || '/' || p.scope) FILTER (WHERE p.sector <> 'land')
                   + (SELECT count(DISTINCT r) FROM setting s CROSS JOIN unnest(s.required_sectors) AS r) - count(DISTINCT p.sector) FILTER (WHERE p.sector = ANY ((SELECT s.required_sectors FROM setting s)::text[])) AS n,
               count(DISTINCT p.scope) FILTER (WHERE p.sector = 'land') AS land,
               coalesce(array_agg(DISTINCT p.sector || '/' || p.scope) FILTER (WHERE p.sector <> 'land' AND p.removes), '{}') AS sinks
        FROM part p
        WHERE p.territory_code = total_in.territory_code AND p.scope IN ('1', '2')
    ) AS expected
    CROSS JOIN LATERAL (
        SELECT p.year, count(*) FILTER (WHERE p.shown AND p.sector <> 'land') = expected.n AND expected.n > 0 AS whole,
               bool_and(p.known OR p.sector = 'land') AND bool_or(p.hidden IS NOT NULL) AS seen,
               bool_and(p.shown) FILTER (WHERE p.sector = 'land')
                   AND (bool_or(p.hidden IS NOT NULL) OR count(*) FILTER (WHERE p.sector = 'land') = expected.land) AS land,
               count(*) FILTER (WHERE p.shown AND p.part = ANY (expected.sinks)) = CASE WHEN bool_or(p.hidden IS NOT NULL)
                   THEN count(*) FILTER (WHERE p.part = ANY (expected.sinks)) ELSE cardinality(expected.sinks) END AS sinks,
               sum(p.co2e) FILTER (WHERE p.sector <> 'land') AS co2e, sum(p.sink) AS sink,
               sum(coalesce(p.co2e + p.removal_co2e, p.co2e, p.removal_co2e)) AS net,
               count(*) FILTER (WHERE p.complete AND p.sector <> 'land') = expected.n AND expected.n > 0 AS complete,
               max(p.hidden) AS hidden
        FROM (
            SELECT e.*, e.sector || '/' || e.scope AS part,
                   -- Land that loses carbon is a removal that went wrong, not an emission of the economy.
                   CASE WHEN e.sector = 'land' THEN coalesce(e.co2e + e.removal_co2e, e.co2e, e.removal_co2e)
                       ELSE e.removal_co2e END AS sink
            FROM balance_in(total_in.territory_code) AS e
            WHERE e.allocation = 'territorial' AND e.scope IN ('1', '2')
        ) AS p
        GROUP BY p.year
    ) AS w;
END;
COMMENT ON FUNCTION total_in(text) IS 'The rows of actual_total of a territory, without its code and sector.';

CREATE VIEW actual_total WITH (security_invoker = on) AS
SELECT t.code AS territory_code, 'all'::text AS sector, r.year, r.emissions, r.removals, r.net, r.known_part, r.complete, r.hidden
FROM territory t CROSS JOIN LATERAL total_in(t.code) AS r;
COMMENT ON VIEW actual_total IS 'What a territory emitted by year, scopes 1 and 2, every sector but land; the columns are those of actual.';
COMMENT ON COLUMN actual_total.territory_code IS 'Territory';
COMMENT ON COLUMN actual_total.sector IS 'all';
COMMENT ON COLUMN actual_total.year IS 'Year';
COMMENT ON COLUMN actual_total.emissions IS 'Gross emissions, kg CO2e';
COMMENT ON COLUMN actual_total.removals IS 'Removals, and what the land loses, kg CO2e; NULL unless the land is known, and each sector that ever has removals';
COMMENT ON COLUMN actual_total.net IS 'Emissions and removals together, kg CO2e';
COMMENT ON COLUMN actual_total.known_part IS 'Gross emissions of what is known, kg CO2e';
COMMENT ON COLUMN actual_total.complete IS 'Whether the emissions are known, everywhere, from all datasets';
COMMENT ON COLUMN actual_total.hidden IS 'Datasets with figures here that the reader may not see';

CREATE FUNCTION sector_in(territory_code text)
    RETURNS TABLE (sector text, year int, emissions terrcarbon.estimate, removals terrcarbon.estimate, net terrcarbon.estimate,
        known_part terrcarbon.estimate, complete boolean, hidden text)
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100
BEGIN ATOMIC
    SELECT w.sector, w.year,
           CASE WHEN w.whole OR w.seen THEN coalesce(w.co2e, terrcarbon.estimate(0, 0)) END,
           CASE WHEN w.whole OR w.seen THEN coalesce(w.sink, terrcarbon.estimate(0, 0)) END,
           CASE WHEN w.whole OR w.seen THEN coalesce(w.net, terrcarbon.estimate(0, 0)) END,
           w.co2e, w.complete AND w.whole, w.hidden
    FROM (
        -- A scope that the sector has in other years is not 0 in this one.
        SELECT b.sector, b.year,
               bool_and(b.shown) AND count(*) = (
                   SELECT count(DISTINCT p.scope) FROM part p
                   WHERE p.territory_code = sector_in.territory_code AND p.sector = b.sector AND p.scope IN ('1', '2')) AS whole,
               bool_and(b.shown) AND bool_or(b.hidden IS NOT NULL) AS seen,
               sum(b.co2e) AS co2e, sum(b.removal_co2e) AS sink,
               sum(coalesce(b.co2e + b.removal_co2e, b.co2e, b.removal_co2e)) AS net,
               bool_and(b.complete) AS complete, max(b.hidden) AS hidden
        FROM balance_in(sector_in.territory_code) AS b
        WHERE b.allocation = 'territorial' AND b.scope IN ('1', '2')
        GROUP BY b.sector, b.year
    ) AS w;
END;
COMMENT ON FUNCTION sector_in(text) IS 'The rows of actual_sector of a territory, without its code.';

CREATE VIEW actual_sector WITH (security_invoker = on) AS
SELECT t.code AS territory_code, r.sector, r.year, r.emissions, r.removals, r.net, r.known_part, r.complete, r.hidden
FROM territory t CROSS JOIN LATERAL sector_in(t.code) AS r;
COMMENT ON VIEW actual_sector IS 'What a territory emitted by year, scopes 1 and 2, for each sector; the columns are those of actual.';

CREATE VIEW actual WITH (security_invoker = on) AS
SELECT territory_code, sector, year, emissions, removals, net, known_part, complete, hidden FROM actual_total
UNION ALL
SELECT territory_code, sector, year, emissions, removals, net, known_part, complete, hidden FROM actual_sector;
COMMENT ON VIEW actual IS
    'What a territory emitted by year, scopes 1 and 2, for each sector and for all (every sector but land; removals and net with land), in the types of the extension.';
COMMENT ON COLUMN actual.territory_code IS 'Territory';
COMMENT ON COLUMN actual.sector IS 'Sector, or all';
COMMENT ON COLUMN actual.year IS 'Year';
COMMENT ON COLUMN actual.emissions IS 'Gross emissions, kg CO2e; NULL unless known, or all that lacks is hidden from the reader';
COMMENT ON COLUMN actual.removals IS 'Removals, and what the land loses, kg CO2e';
COMMENT ON COLUMN actual.net IS 'Emissions and removals together, kg CO2e';
COMMENT ON COLUMN actual.known_part IS 'Gross emissions of what is known, kg CO2e';
COMMENT ON COLUMN actual.complete IS 'Whether the emissions are known, everywhere, from all datasets';
COMMENT ON COLUMN actual.hidden IS 'Datasets with figures here that the reader may not see';
SELECT terrcarbon_internal.copy_comments('actual_sector', 'actual');

CREATE FUNCTION actual_in(territory_code text, sector text)
    RETURNS TABLE (year int, emissions terrcarbon.estimate, net terrcarbon.estimate, hidden text)
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 20
BEGIN ATOMIC
    SELECT a.year, a.emissions, a.net, a.hidden FROM total_in(actual_in.territory_code) AS a WHERE actual_in.sector = 'all'
  UNION ALL
    SELECT a.year, a.emissions, a.net, a.hidden FROM sector_in(actual_in.territory_code) AS a
    WHERE actual_in.sector <> 'all' AND a.sector = actual_in.sector;
END;
COMMENT ON FUNCTION actual_in(text, text) IS 'What plans are held against: of actual, the years of a territory and a sector. Only the half that has the sector is run.';

CREATE VIEW target_path WITH (security_invoker = on) AS
SELECT p.territory_code, p.sector, p.plan, p.covers, p.in_force, y.year,
       CASE WHEN p.base_year IS NULL THEN y.value ELSE base.tonnes * share.of_base END AS target,
       p.base_year, CASE WHEN base.tonnes IS NOT NULL THEN share.of_base END AS base_share
FROM plan p
CROSS JOIN LATERAL (
    SELECT terrcarbon.trajectory_agg(m.year, m.value) AS path
    FROM (SELECT g.year, g.value FROM target g
          WHERE g.territory_code = p.territory_code AND g.sector = p.sector AND g.plan = p.plan
          UNION ALL
          SELECT p.base_year, 0
          WHERE p.base_year IS NOT NULL AND NOT EXISTS (
              SELECT FROM target g
              WHERE g.territory_code = p.territory_code AND g.sector = p.sector AND g.plan = p.plan AND g.year <= p.base_year)
         ) AS m
) AS milestone
-- One row at most.  As an aggregate it is a query of its own, once for each plan, which reads
-- no other year, and is left out where nobody asks for the limit.
LEFT JOIN LATERAL (
    SELECT max(terrcarbon.value(CASE p.covers WHEN 'net' THEN a.net ELSE a.emissions END)) / 1000 AS tonnes
    FROM actual_in(p.territory_code, p.sector) AS a
    WHERE a.year = p.base_year AND a.hidden IS NULL
) AS base ON p.base_year IS NOT NULL
CROSS JOIN LATERAL terrcarbon.points(CASE WHEN p.interpolated THEN terrcarbon.interpolate(milestone.path) ELSE milestone.path END) AS y
-- A part of a whole that had other parts then is no limit for it now.
CROSS JOIN LATERAL same_perimeter_in(p.territory_code, p.base_year, y.year) AS perimeter
CROSS JOIN LATERAL (SELECT CASE WHEN perimeter.same THEN 1 + y.value / 100 END) AS share (of_base);
COMMENT ON VIEW target_path IS 'Every year of every plan with its limit, t CO2e; NULL where the year it is relative to is not known, or the territory had other parts in it.';
COMMENT ON COLUMN target_path.territory_code IS 'Territory';
COMMENT ON COLUMN target_path.sector IS 'Sector, or all';
COMMENT ON COLUMN target_path.plan IS 'Plan';
COMMENT ON COLUMN target_path.covers IS 'emissions or net';
COMMENT ON COLUMN target_path.in_force IS 'Whether it is the one that views compare with';
COMMENT ON COLUMN target_path.year IS 'Year';
COMMENT ON COLUMN target_path.target IS 'Limit, t CO2e';
COMMENT ON COLUMN target_path.base_year IS 'Year that the plan is relative to; NULL: none';
COMMENT ON COLUMN target_path.base_share IS 'The limit as a share of that year''s figure; NULL: the plan is in t CO2e';

CREATE FUNCTION freshness_in(territory_code text) RETURNS TABLE (as_of date, stale boolean)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (coalesce(f.oldest, f.finished_at) AT TIME ZONE 'UTC')::date, f.oldest IS NOT NULL OR f.finished_at IS NULL
    FROM (
        SELECT min(c.refreshed_at) AS oldest, (SELECT s.finished_at FROM refresh_state s) AS finished_at
        FROM contribution c
        JOIN stale_dataset d ON d.dataset_id = c.dataset_id OR d.dataset_id IS NULL
        WHERE c.territory_code = freshness_in.territory_code
    ) AS f;
END;
COMMENT ON FUNCTION freshness_in(text) IS 'The row of freshness of a territory, without its code.';

CREATE VIEW freshness WITH (security_invoker = on) AS
SELECT t.code AS territory_code, f.as_of, f.stale
FROM territory t CROSS JOIN LATERAL freshness_in(t.code) AS f;
COMMENT ON VIEW freshness IS 'As of when the figures of a territory are, and whether a dataset there has changed since.';
COMMENT ON COLUMN freshness.territory_code IS 'Territory';
COMMENT ON COLUMN freshness.as_of IS 'Day (UTC) of the last refresh; of a stale dataset the day it was last counted';
COMMENT ON COLUMN freshness.stale IS 'Whether changes wait for a refresh';

CREATE VIEW trajectory_by_territory WITH (security_invoker = on) AS
SELECT concat_ws('/', t.code, r.year) AS id, t.code AS territory_code, t.name AS territory_name, t.level, r.year,
       terrcarbon.value(r.emissions) / 1000 AS emissions,
       terrcarbon.lower(r.emissions) / 1000 AS emissions_low,
       terrcarbon.upper(r.emissions) / 1000 AS emissions_high,
       terrcarbon.value(r.removals) / 1000 AS removals,
       terrcarbon.value(r.net) / 1000 AS net,
       terrcarbon.lower(r.net) / 1000 AS net_low,
       terrcarbon.upper(r.net) / 1000 AS net_high,
       r.target,
       -- A part is not held against a target for the whole.
       CASE WHEN r.complete THEN
           CASE r.covers WHEN 'emissions' THEN terrcarbon.value(r.emissions) WHEN 'net' THEN terrcarbon.value(r.net) END
           / 1000 - r.target END AS gap,
       terrcarbon.value(r.emissions) / 1000 / nullif(p.residents, 0) AS emissions_per_inhabitant,
       terrcarbon.value(r.emissions) / 1000 / nullif(p.equivalent_residents, 0) AS emissions_per_equivalent_resident,
       terrcarbon.value(r.emissions) / 1000 / a.ha AS emissions_per_ha,
       terrcarbon.value(r.known_part) / 1000 AS known_part,
       coalesce(r.complete, false) AS complete,
       CASE WHEN r.complete IS NOT TRUE OR r.removals IS NULL THEN (SELECT m.words FROM missing_in(t.code, r.year, NULL, NULL, 'territorial') AS m) END AS missing,
       f.as_of, f.stale
FROM territory t
CROSS JOIN LATERAL (
    -- One row at most of each: their sums are themselves.
    SELECT y.year, sum(y.emissions) AS emissions, sum(y.removals) AS removals, sum(y.net) AS net, sum(y.known_part) AS known_part,
           bool_or(y.complete) AS complete, max(y.target) AS target, max(y.covers) AS covers
    FROM (
        SELECT a.year, a.emissions, a.removals, a.net, a.known_part, a.complete, NULL::float8 AS target, NULL::text AS covers
        FROM total_in(t.code) AS a
      UNION ALL
        SELECT g.year, NULL, NULL, NULL, NULL, NULL, g.target, g.covers
        FROM target_path g WHERE g.territory_code = t.code AND g.sector = 'all' AND g.in_force
    ) AS y
    GROUP BY y.year
) AS r
LEFT JOIN population p ON p.territory_code = t.code AND p.year = r.year
-- Always one row; a left join that is not made where nobody asks for it.
LEFT JOIN LATERAL freshness_in(t.code) AS f ON true
CROSS JOIN LATERAL hectares_in(t.code, t.area_m2, r.year) AS a;
COMMENT ON VIEW trajectory_by_territory IS
    'Emissions (scopes 1 and 2), removals and target of each territory by year, over the datasets the reader may see. NULL where a line has no price, or a sector or a part of the territory no figure in that year; missing says what lacks. Unique by id.';
COMMENT ON COLUMN trajectory_by_territory.id IS 'territory/year: unique';
COMMENT ON COLUMN trajectory_by_territory.territory_code IS 'Territory';
COMMENT ON COLUMN trajectory_by_territory.territory_name IS 'Its name';
COMMENT ON COLUMN trajectory_by_territory.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN trajectory_by_territory.year IS 'Year';
COMMENT ON COLUMN trajectory_by_territory.emissions IS 'Gross emissions of all sectors but land, scopes 1 and 2, t CO2e; where complete is false those of the datasets the reader may see';
COMMENT ON COLUMN trajectory_by_territory.emissions_low IS 'Lower end of their 95 % interval, t CO2e';
COMMENT ON COLUMN trajectory_by_territory.emissions_high IS 'Upper end of their 95 % interval, t CO2e';
COMMENT ON COLUMN trajectory_by_territory.removals IS 'Removals, t CO2e, negative; above 0 when the land loses more carbon than is removed';
COMMENT ON COLUMN trajectory_by_territory.net IS 'Emissions and removals together, t CO2e';
COMMENT ON COLUMN trajectory_by_territory.net_low IS 'Lower end of the 95 % interval of net, t CO2e';
COMMENT ON COLUMN trajectory_by_territory.net_high IS 'Upper end of the 95 % interval of net, t CO2e';
COMMENT ON COLUMN trajectory_by_territory.target IS 'Target in force, t CO2e';
COMMENT ON COLUMN trajectory_by_territory.gap IS 'Emissions (or net, as the plan says) minus target, t CO2e; above 0 is too much. NULL unless complete';
COMMENT ON COLUMN trajectory_by_territory.emissions_per_equivalent_resident IS 't CO2e per equivalent resident of that year (population): residents and who is there for a season; NULL without them';
COMMENT ON COLUMN trajectory_by_territory.emissions_per_inhabitant IS 't CO2e per resident of that year; NULL without population';
COMMENT ON COLUMN trajectory_by_territory.emissions_per_ha IS 't CO2e per ha of the territory with the parts of that year; NULL when it had none';
COMMENT ON COLUMN trajectory_by_territory.known_part IS 'Gross emissions of what is known, t CO2e, held against no target';
COMMENT ON COLUMN trajectory_by_territory.complete IS 'Whether the emissions are known, for all parts of the territory, from all datasets there';
COMMENT ON COLUMN trajectory_by_territory.missing IS 'What lacks, in words: datasets not readable, rows without a price, notation keys, sectors without a figure; NULL when nothing does';
COMMENT ON COLUMN trajectory_by_territory.as_of IS 'Day (UTC) the figures are of: the last refresh; where one dataset changed since, the day it was last counted';
COMMENT ON COLUMN trajectory_by_territory.stale IS 'Whether a dataset here has changes that no refresh has counted yet';

CREATE FUNCTION plan_years(territory_code text, sector text, plan text)
    RETURNS TABLE (year int, target float8, actual float8, probability float8, remaining_budget float8)
    LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 40
BEGIN ATOMIC
    WITH emitted AS MATERIALIZED (
        SELECT a.year, CASE g.covers WHEN 'net' THEN a.net ELSE a.emissions END AS e
        FROM plan g
        CROSS JOIN LATERAL actual_in(plan_years.territory_code, plan_years.sector) AS a
        WHERE g.territory_code = plan_years.territory_code AND g.sector = plan_years.sector AND g.plan = plan_years.plan AND a.hidden IS NULL
    )
    SELECT p.year, p.target, terrcarbon.value(a.e) / 1000,
           -- A limit that is a share of another year's figure is as uncertain as that, and shares its causes.
           CASE WHEN p.base_share IS NULL THEN terrcarbon.probability_within(a.e, p.target * 1000)
               WHEN p.year = p.base_year THEN terrcarbon.probability_within((1 - p.base_share) * a.e, 0)
               ELSE terrcarbon.probability_within(a.e - p.base_share * base.e, 0) END,
           CASE WHEN count(p.target) OVER () = count(*) OVER () AND count(a.e) OVER past = count(*) OVER past
               THEN sum(p.target) OVER () - sum(terrcarbon.value(a.e) / 1000) OVER past END
    FROM (SELECT g.year, g.target, g.base_year, g.base_share FROM target_path g
          WHERE g.territory_code = plan_years.territory_code AND g.sector = plan_years.sector AND g.plan = plan_years.plan) AS p
    LEFT JOIN emitted a ON a.year = p.year
    LEFT JOIN emitted base ON base.year = p.base_year
    WINDOW past AS (ORDER BY p.year);
END;
COMMENT ON FUNCTION plan_years(text, text, text) IS
    'The years of a plan beside what was emitted: columns of target_by_territory.';

CREATE VIEW target_by_territory WITH (security_invoker = on) AS
SELECT concat_ws('/', g.territory_code, g.sector, g.plan, c.year) AS id, g.territory_code, t.name AS territory_name, t.level,
       g.sector, g.plan, g.in_force, c.year, c.target, c.actual, c.actual - c.target AS gap, c.actual <= c.target AS on_track,
       c.probability, c.remaining_budget
FROM plan g
JOIN territory t ON t.code = g.territory_code
CROSS JOIN LATERAL plan_years(g.territory_code, g.sector, g.plan) AS c;
COMMENT ON VIEW target_by_territory IS
    'Every year of every plan beside what was emitted, for readers who may see every dataset of the territory. NULL for others, and where it is not known. Unique by id.';
COMMENT ON COLUMN target_by_territory.id IS 'territory/sector/plan/year: unique';
COMMENT ON COLUMN target_by_territory.territory_code IS 'Territory';
COMMENT ON COLUMN target_by_territory.territory_name IS 'Its name';
COMMENT ON COLUMN target_by_territory.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN target_by_territory.sector IS 'Sector, or all';
COMMENT ON COLUMN target_by_territory.plan IS 'Plan';
COMMENT ON COLUMN target_by_territory.in_force IS 'Whether it is the one that other views compare with';
COMMENT ON COLUMN target_by_territory.year IS 'Year';
COMMENT ON COLUMN target_by_territory.target IS 'Limit of the year, t CO2e';
COMMENT ON COLUMN target_by_territory.actual IS 'Emissions, or net as the plan says, scopes 1 and 2, t CO2e';
COMMENT ON COLUMN target_by_territory.gap IS 'Actual minus target, t CO2e; above 0 is too much';
COMMENT ON COLUMN target_by_territory.on_track IS 'Whether the gap is not above 0';
COMMENT ON COLUMN target_by_territory.probability IS 'Probability, 0 to 1, that the true value is within the target, from the interval; where the target is relative to a year, from that of the difference, in which errors that both years share do not count';
COMMENT ON COLUMN target_by_territory.remaining_budget IS
    'Sum of the plan over its years minus what was emitted from its first year to this one, t CO2e; NULL when a year in between, or a limit of the plan, is not known';

CREATE VIEW land_stock_map WITH (security_invoker = on) AS
SELECT concat_ws('/', b.territory_code, b.year, b.dataset_id) AS id,
       b.territory_code, t.name AS territory_name, t.level, b.year, b.dataset_id,
       CASE WHEN w.complete THEN terrcarbon.total(b.stock) END AS carbon,
       CASE WHEN w.complete THEN terrcarbon.lower(b.carbon) END AS carbon_low,
       CASE WHEN w.complete THEN terrcarbon.upper(b.carbon) END AS carbon_high,
       CASE WHEN w.complete THEN terrcarbon.total(b.stock) / nullif(b.area_ha, 0) END AS carbon_per_ha,
       CASE WHEN w.complete THEN terrcarbon.pool(b.stock, 'above') END AS above,
       CASE WHEN w.complete THEN terrcarbon.pool(b.stock, 'below') END AS below,
       CASE WHEN w.complete THEN terrcarbon.pool(b.stock, 'dead_wood') END AS dead_wood,
       CASE WHEN w.complete THEN terrcarbon.pool(b.stock, 'litter') END AS litter,
       CASE WHEN w.complete THEN terrcarbon.pool(b.stock, 'soil') END AS soil,
       CASE WHEN w.complete THEN terrcarbon.tonnes_co2(b.stock) END AS tonnes_co2,
       CASE WHEN w.complete THEN b.area_ha END AS covered_ha,
       w.complete, terrcarbon.total(b.stock) AS known_part,
       CASE WHEN w.complete THEN NULL
            -- Whether another map, which counts, has all parts is no word on this one.
            WHEN w.counted OR b.unknown_lines > 0 THEN (SELECT m.words FROM missing_in(b.territory_code, b.year, b.sector, 'stock', b.allocation) AS m)
            ELSE b.sector || '/stock: not for all parts' END AS missing,
       w.counted, t.geom
FROM balance b
JOIN territory t ON t.code = b.territory_code
CROSS JOIN LATERAL (SELECT b.leaves >= b.leaves_expected AND b.leaves_expected > 0 AND b.unknown_lines = 0,
                           b.dataset_id = (SELECT l.dataset_id FROM land_choice l WHERE l.territory_code = b.territory_code)) AS w (complete, counted)
WHERE b.scope = 'stock';
COMMENT ON VIEW land_stock_map IS
    'Carbon held by the land of each territory, by year and dataset: two land-cover datasets describe the same land and are not added. NULL where a part of the territory has no figure. Unique by id.';
COMMENT ON COLUMN land_stock_map.id IS 'territory/year/dataset: unique';
COMMENT ON COLUMN land_stock_map.territory_code IS 'Territory';
COMMENT ON COLUMN land_stock_map.territory_name IS 'Its name';
COMMENT ON COLUMN land_stock_map.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN land_stock_map.year IS 'Vintage of the land cover';
COMMENT ON COLUMN land_stock_map.dataset_id IS 'Land-cover dataset';
COMMENT ON COLUMN land_stock_map.carbon IS 'Carbon, t, of the land that has a reference (covered_ha)';
COMMENT ON COLUMN land_stock_map.carbon_low IS 'Lower end of its 95 % interval, t; references without a stated uncertainty count as exact';
COMMENT ON COLUMN land_stock_map.carbon_high IS 'Upper end of its 95 % interval, t';
COMMENT ON COLUMN land_stock_map.carbon_per_ha IS 'Carbon per covered ha, t/ha';
COMMENT ON COLUMN land_stock_map.above IS 'Carbon above ground, t';
COMMENT ON COLUMN land_stock_map.below IS 'Carbon of roots, t';
COMMENT ON COLUMN land_stock_map.dead_wood IS 'Carbon of dead wood, t';
COMMENT ON COLUMN land_stock_map.litter IS 'Carbon of litter, t';
COMMENT ON COLUMN land_stock_map.soil IS 'Carbon of the soil, t';
COMMENT ON COLUMN land_stock_map.tonnes_co2 IS 'The carbon as CO2, t';
COMMENT ON COLUMN land_stock_map.covered_ha IS 'Land with a reference, ha';
COMMENT ON COLUMN land_stock_map.complete IS 'Whether all parts of the territory have the figure, all its land classes a reference, and the map neither leaves land out nor has it twice';
COMMENT ON COLUMN land_stock_map.known_part IS 'Carbon of the land that is mapped and has a reference, t; NULL when none has';
COMMENT ON COLUMN land_stock_map.missing IS 'What lacks, in words, as view balance_by_territory says it; NULL when complete';
COMMENT ON COLUMN land_stock_map.counted IS 'Whether this dataset is the one that counts here';
COMMENT ON COLUMN land_stock_map.geom IS 'Boundary';

CREATE VIEW building_map WITH (security_invoker = on) AS
SELECT concat_ws('/', b.dataset_id, b.id) AS id, b.dataset_id, b.name, b.sector, b.scope, b.factor AS carrier,
       b.year_from, coalesce(b.year_to, b.year_from) AS year_to,
       b.area_m2 AS footprint_m2, b.floor_area_m2, b.floors_assumed,
       b.energy, b.unit AS energy_unit, b.metered, b.archetype_id, b.geom
FROM building_use b;
COMMENT ON VIEW building_map IS 'Buildings the reader may see, with what refresh makes of them. Unique by id.';
COMMENT ON COLUMN building_map.id IS 'dataset/number: unique';
COMMENT ON COLUMN building_map.dataset_id IS 'Dataset';
COMMENT ON COLUMN building_map.name IS 'Name';
COMMENT ON COLUMN building_map.sector IS 'Sector that answers for the energy';
COMMENT ON COLUMN building_map.scope IS '1: burnt here; 2: grid energy made elsewhere';
COMMENT ON COLUMN building_map.carrier IS 'Code of the emission factor';
COMMENT ON COLUMN building_map.year_from IS 'First year the row describes';
COMMENT ON COLUMN building_map.year_to IS 'Last year the row describes';
COMMENT ON COLUMN building_map.footprint_m2 IS 'Area of the footprint, m2';
COMMENT ON COLUMN building_map.floor_area_m2 IS 'Floor area, m2; NULL when neither floors nor height are known';
COMMENT ON COLUMN building_map.floors_assumed IS 'Whether the floors were taken from the height';
COMMENT ON COLUMN building_map.energy IS 'Energy a year, in energy_unit; NULL when unknown';
COMMENT ON COLUMN building_map.energy_unit IS 'Unit of the energy';
COMMENT ON COLUMN building_map.metered IS 'Whether the energy was metered';
COMMENT ON COLUMN building_map.archetype_id IS 'Archetype that the energy is of; NULL: none';
COMMENT ON COLUMN building_map.geom IS 'Footprint';

CREATE VIEW road_map WITH (security_invoker = on) AS
SELECT concat_ws('/', r.dataset_id, r.id) AS id, r.dataset_id, r.name, r.aadt, r.factor,
       r.year_from, coalesce(r.year_to, r.year_from) AS year_to, r.length_m,
       terrcarbon.road_vehicle_km(r.aadt, r.length_m / 1000, r.year_from) AS vehicle_km, r.geom
FROM road_segment r;
COMMENT ON VIEW road_map IS 'Road segments the reader may see. Unique by id.';
COMMENT ON COLUMN road_map.id IS 'dataset/number: unique';
COMMENT ON COLUMN road_map.dataset_id IS 'Dataset';
COMMENT ON COLUMN road_map.name IS 'Name';
COMMENT ON COLUMN road_map.aadt IS 'Annual average daily traffic, vehicles a day';
COMMENT ON COLUMN road_map.factor IS 'Code of the emission factor per vehicle-km';
COMMENT ON COLUMN road_map.year_from IS 'First year the row describes';
COMMENT ON COLUMN road_map.year_to IS 'Last year the row describes';
COMMENT ON COLUMN road_map.length_m IS 'Length, m';
COMMENT ON COLUMN road_map.vehicle_km IS 'Vehicle-km driven on it in year_from';
COMMENT ON COLUMN road_map.geom IS 'Centre line';

CREATE VIEW coverage_by_territory WITH (security_invoker = on) AS
SELECT concat_ws('/', c.dataset_id, c.territory_code, c.layer, c.sector, c.scope, c.allocation, y.year, c.kind, c.reason, c.detail) AS id,
       c.dataset_id, nullif(c.territory_code, '') AS territory_code, c.layer, nullif(c.sector, '') AS sector,
       nullif(c.scope, '') AS scope, nullif(c.allocation, '') AS allocation, y.year,
       c.kind, c.reason, nullif(c.detail, '') AS detail, sum(c.item_count)::bigint AS item_count,
       terrcarbon.value(sum(terrcarbon.estimate(c.amount, 0))) AS amount, min(c.unit) AS unit
FROM coverage c CROSS JOIN LATERAL generate_series(c.year_from, c.year_to) AS y (year)
GROUP BY c.dataset_id, c.territory_code, c.layer, c.sector, c.scope, c.allocation, y.year, c.kind, c.reason, c.detail;
COMMENT ON VIEW coverage_by_territory IS
    'What was counted and what was not, and why, in the datasets the reader may see. Unique by id.';
COMMENT ON COLUMN coverage_by_territory.id IS 'Unique';
COMMENT ON COLUMN coverage_by_territory.dataset_id IS 'Dataset';
COMMENT ON COLUMN coverage_by_territory.territory_code IS 'Territory; NULL for what lies in none';
COMMENT ON COLUMN coverage_by_territory.layer IS 'Layer the rows are in';
COMMENT ON COLUMN coverage_by_territory.sector IS 'Sector; NULL for what lies in no territory';
COMMENT ON COLUMN coverage_by_territory.scope IS 'Scope of the lines; NULL for what is measured or outside';
COMMENT ON COLUMN coverage_by_territory.allocation IS 'territorial, induced or resident';
COMMENT ON COLUMN coverage_by_territory.year IS 'Year';
COMMENT ON COLUMN coverage_by_territory.kind IS 'measured; finding: not priced or measured, so the total is unknown; note: counted, but doubtful; outside: in no territory';
COMMENT ON COLUMN coverage_by_territory.reason IS 'What was found: no factor, no reference ...';
COMMENT ON COLUMN coverage_by_territory.detail IS 'Class, factor or message concerned';
COMMENT ON COLUMN coverage_by_territory.item_count IS 'Rows concerned; a row that spans territories counts in each';
COMMENT ON COLUMN coverage_by_territory.amount IS 'How much is concerned, in unit';
COMMENT ON COLUMN coverage_by_territory.unit IS 'Unit of amount';

-- Found by itself: all the columns of a trajectory are worked out for one year only.  From
-- the last year back, which ends at the first that is known.
CREATE VIEW latest_year WITH (security_invoker = on) AS
SELECT t.code AS territory_code, l.year
FROM territory t
CROSS JOIN LATERAL (
    SELECT coalesce(
        (SELECT y.year
         FROM (SELECT DISTINCT b.year FROM balance b
               WHERE b.territory_code = t.code AND b.allocation = 'territorial' AND b.scope IN ('1', '2') AND b.sector <> 'land'
               ORDER BY b.year DESC) AS y
         CROSS JOIN LATERAL (SELECT a.emissions FROM total_in(t.code) AS a WHERE a.year = y.year OFFSET 0) AS a
         WHERE a.emissions IS NOT NULL
         ORDER BY y.year DESC LIMIT 1),
        (SELECT b.year FROM balance b
         WHERE b.territory_code = t.code AND b.allocation = 'territorial' AND b.scope IN ('1', '2') AND b.sector <> 'land' AND b.co2e IS NOT NULL
         ORDER BY b.year DESC LIMIT 1))
    OFFSET 0
) AS l (year)
WHERE l.year IS NOT NULL;
COMMENT ON VIEW latest_year IS 'The latest year of each territory whose emissions are known, else the latest with a known part.';
COMMENT ON COLUMN latest_year.territory_code IS 'Territory';
COMMENT ON COLUMN latest_year.year IS 'Year';

CREATE VIEW emission_map WITH (security_invoker = on) AS
SELECT t.code AS id, t.code AS territory_code, t.name AS territory_name, t.level, r.year, r.emissions, r.emissions_low, r.emissions_high,
       r.removals, r.net, r.target, r.gap, r.emissions_per_inhabitant, r.emissions_per_equivalent_resident, r.emissions_per_ha, r.known_part, r.complete, r.missing,
       r.as_of, r.stale,
       terrcarbon_internal.map_label('fr', t.name, r.emissions, 't CO2e', r.year, r.complete, r.known_part) AS label_fr,
       terrcarbon_internal.map_label('en', t.name, r.emissions, 't CO2e', r.year, r.complete, r.known_part) AS label_en, t.geom
FROM territory t
LEFT JOIN LATERAL (SELECT l.year FROM latest_year l WHERE l.territory_code = t.code OFFSET 0) AS l ON true
LEFT JOIN LATERAL (SELECT * FROM trajectory_by_territory y WHERE y.territory_code = t.code AND y.year = l.year OFFSET 0) AS r ON true;
COMMENT ON VIEW emission_map IS
    'Territories with their figures of the latest year that has some, for maps: a known year before one known in part. Unique by id.';
COMMENT ON COLUMN emission_map.id IS 'Territory: unique';
COMMENT ON COLUMN emission_map.territory_code IS 'Territory';
COMMENT ON COLUMN emission_map.territory_name IS 'Its name';
COMMENT ON COLUMN emission_map.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN emission_map.year IS 'Year of the figures; NULL: there are none';
COMMENT ON COLUMN emission_map.emissions IS 'Gross emissions, scopes 1 and 2, land apart, t CO2e';
COMMENT ON COLUMN emission_map.emissions_low IS 'Lower end of their 95 % interval, t CO2e';
COMMENT ON COLUMN emission_map.emissions_high IS 'Upper end of their 95 % interval, t CO2e';
COMMENT ON COLUMN emission_map.removals IS 'Removals, t CO2e, negative';
COMMENT ON COLUMN emission_map.net IS 'Emissions and removals together, t CO2e';
COMMENT ON COLUMN emission_map.target IS 'Target in force, t CO2e';
COMMENT ON COLUMN emission_map.gap IS 'Gap to the target, t CO2e';
COMMENT ON COLUMN emission_map.emissions_per_inhabitant IS 't CO2e per resident of that year';
COMMENT ON COLUMN emission_map.emissions_per_equivalent_resident IS 't CO2e per equivalent resident of that year';
COMMENT ON COLUMN emission_map.emissions_per_ha IS 't CO2e per ha';
COMMENT ON COLUMN emission_map.known_part IS 'Emissions of what is known, t CO2e';
COMMENT ON COLUMN emission_map.complete IS 'Whether the figure is complete';
COMMENT ON COLUMN emission_map.missing IS 'What lacks, in words';
COMMENT ON COLUMN emission_map.as_of IS 'Day (UTC) the figures are of';
COMMENT ON COLUMN emission_map.stale IS 'Whether changes wait for a refresh';
COMMENT ON COLUMN emission_map.label_fr IS 'Name and emissions, in French';
COMMENT ON COLUMN emission_map.label_en IS 'Name and emissions, in English';
COMMENT ON COLUMN emission_map.geom IS 'Boundary';

CREATE VIEW balance_gpc WITH (security_invoker = on) AS
SELECT concat_ws('/', t.code, w.reporting_level, w.year) AS id, t.code AS territory_code, t.name AS territory_name, t.level,
       w.reporting_level, w.year,
       CASE WHEN k.known THEN coalesce(terrcarbon.value(w.co2e), 0) / 1000 END AS emissions,
       CASE WHEN k.known THEN coalesce(terrcarbon.lower(w.co2e), 0) / 1000 END AS emissions_low,
       CASE WHEN k.known THEN coalesce(terrcarbon.upper(w.co2e), 0) / 1000 END AS emissions_high,
       terrcarbon.value(w.co2e) / 1000 AS known_part, w.complete AND k.known AS complete
FROM territory t
CROSS JOIN LATERAL (
    SELECT l.reporting_level, b.year, sum(b.co2e) AS co2e, count(*) AS n, bool_and(b.shown) AS shown, bool_and(b.complete) AS complete,
           bool_or(b.hidden IS NOT NULL) AS hidden
    FROM balance_in(t.code) AS b
    JOIN (VALUES ('BASIC'), ('BASIC+'), ('territorial')) AS l (reporting_level)
        ON terrcarbon_internal.in_gpc(l.reporting_level, b.sector, b.scope)
    WHERE b.allocation = 'territorial'
    GROUP BY l.reporting_level, b.year
) AS w
-- As in actual_total: what the territory has in other years, and what is required, is not 0 in this one.
CROSS JOIN LATERAL (
    SELECT w.shown AND (w.hidden OR w.n = count(DISTINCT p.sector || '/' || p.scope)
                            FILTER (WHERE terrcarbon_internal.in_gpc(w.reporting_level, p.sector, p.scope))
               AND (SELECT s.required_sectors FROM setting s)
                   <@ (coalesce(array_agg(p.sector) FILTER (WHERE p.scope IN ('1', '2')), '{}')
                       || CASE WHEN w.reporting_level = 'BASIC' THEN '{agriculture}' ELSE '{}' END::text[])) AS known
    FROM part p WHERE p.territory_code = t.code
) AS k;
COMMENT ON VIEW balance_gpc IS
    'Gross emissions by the reporting levels of the Global Protocol for Community-Scale Inventories. BASIC: scopes 1 and 2 without agriculture and land, and waste treated elsewhere (scope 3). BASIC+: scopes 1 to 3 of all sectors. territorial: all that is emitted here, the plants that feed grids (memo) included. Energy and processes of industry are one sector here, so that BASIC counts both. Unique by id.';
COMMENT ON COLUMN balance_gpc.id IS 'territory/level/year: unique';
COMMENT ON COLUMN balance_gpc.territory_code IS 'Territory';
COMMENT ON COLUMN balance_gpc.territory_name IS 'Its name';
COMMENT ON COLUMN balance_gpc.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN balance_gpc.reporting_level IS 'BASIC, BASIC+ or territorial';
COMMENT ON COLUMN balance_gpc.year IS 'Year';
COMMENT ON COLUMN balance_gpc.emissions IS 'Gross emissions, t CO2e; NULL when a sector and scope that the territory has in any year is unknown in this one, or a required sector lacks';
COMMENT ON COLUMN balance_gpc.emissions_low IS 'Lower end of their 95 % interval, t CO2e';
COMMENT ON COLUMN balance_gpc.emissions_high IS 'Upper end of their 95 % interval, t CO2e';
COMMENT ON COLUMN balance_gpc.known_part IS 'Gross emissions of what is known, t CO2e';
COMMENT ON COLUMN balance_gpc.complete IS 'Whether all of them are complete';

CREATE VIEW refresh_progress WITH (security_invoker = on) AS
SELECT CASE WHEN s.started_at IS NULL THEN 'never run'
            WHEN s.finished_at IS NOT NULL THEN 'finished'
            WHEN s.step_at > clock_timestamp() - interval '2 seconds' THEN 'running'
            ELSE CASE terrcarbon_internal.account_at_work('dataset_turn'::regclass)
                WHEN true THEN 'running' WHEN false THEN 'interrupted' ELSE 'unfinished' END
       END AS state,
       s.started_at, s.step_at, s.finished_at, s.total, s.done,
       (SELECT count(*) FROM pending) AS pending,
       (SELECT count(*) FROM change) AS noted_changes,
       (SELECT string_agg(DISTINCT terrcarbon_internal.dataset_name(dataset_id), ', ')
        FROM pending WHERE problem IS NOT NULL) AS failed_datasets,
       (SELECT string_agg(terrcarbon_internal.dataset_name(dataset_id), ', ' ORDER BY dataset_id)
        FROM (SELECT dataset_id FROM pending
              UNION SELECT dataset_id FROM change WHERE dataset_id IS NOT NULL) AS waiting
        WHERE NOT terrcarbon.can_read(dataset_id)
            AND row_security_active('balance'::regclass)) AS unreadable_datasets
FROM refresh_state s;
COMMENT ON VIEW refresh_progress IS
    'Where the last or running refresh stands: one row. For the owner of the account.';
COMMENT ON COLUMN refresh_progress.state IS 'never run, running, finished or interrupted (the next refresh resumes it); unfinished for who may not see whether it runs (pg_locks)';
COMMENT ON COLUMN refresh_progress.started_at IS 'When it started';
COMMENT ON COLUMN refresh_progress.step_at IS 'When it last committed a step';
COMMENT ON COLUMN refresh_progress.finished_at IS 'When it ended';
COMMENT ON COLUMN refresh_progress.total IS 'Dataset and territory pairs it had to compute';
COMMENT ON COLUMN refresh_progress.done IS 'Pairs it has computed';
COMMENT ON COLUMN refresh_progress.pending IS 'Pairs left: to compute, unreadable or failed';
COMMENT ON COLUMN refresh_progress.noted_changes IS 'Notes of changes that await the next refresh';
COMMENT ON COLUMN refresh_progress.failed_datasets IS 'Datasets with pairs that failed; pending.problem has the errors';
COMMENT ON COLUMN refresh_progress.unreadable_datasets IS 'Datasets with changes that the current user cannot read, so cannot refresh';
