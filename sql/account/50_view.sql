-- What readers query: plain types, and what the licences let each of them see.

CREATE FUNCTION terrcarbon_internal.account_views(account name) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $outer$
SELECT format($ddl$
CREATE FUNCTION %1$I.parts_there(territory_code text, sector text, scope text, allocation text, year int)
    RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    WITH RECURSIVE open (code) AS (
        SELECT parts_there.territory_code
      UNION ALL
        SELECT t.code
        FROM open
        JOIN %1$I.territory t ON t.parent_code = open.code
        WHERE coalesce(t.valid_from <= make_date(parts_there.year, 1, 1), true)
          AND coalesce(t.valid_to >= make_date(parts_there.year, 1, 1), true)
          AND NOT EXISTS (
            SELECT FROM %1$I.balance b
            WHERE b.territory_code = t.code AND b.year = parts_there.year AND b.sector = parts_there.sector
              AND b.scope = parts_there.scope AND b.allocation = parts_there.allocation
              AND b.leaves >= b.leaves_expected)
    )
    SELECT NOT EXISTS (
        SELECT FROM open
        WHERE NOT EXISTS (SELECT FROM %1$I.territory child WHERE child.parent_code = open.code));
END;
COMMENT ON FUNCTION %1$I.parts_there(text, text, text, text, int) IS
    'Whether the datasets the current user may read have, between them, the figure for every part of a territory.';

CREATE VIEW %1$I.balance_estimate WITH (security_invoker = on) AS
SELECT s.territory_code, s.sector, s.scope, s.allocation, s.year,
       s.emission, s.co2e, s.removal, s.removal_co2e, s.stock, s.carbon, s.area, s.notation, s.unpriced,
       CASE WHEN s.unpriced > 0 THEN false
            WHEN s.leaves_expected = 0 OR s.best >= s.leaves_expected THEN s.leaves_expected > 0
            WHEN s.total < s.leaves_expected THEN false
            -- Several datasets may cover a territory between them.
            ELSE %1$I.parts_there(s.territory_code, s.sector, s.scope, s.allocation, s.year)
       END AS complete
FROM (
    SELECT territory_code, sector, scope, allocation, year,
           sum(emission) AS emission, sum(co2e) AS co2e, sum(removal) AS removal,
           sum(removal_co2e) AS removal_co2e, sum(stock) AS stock, sum(carbon) AS carbon, sum(area) AS area,
           CASE WHEN bool_or(notation = 'C') THEN 'C' WHEN bool_or(notation = 'NE') THEN 'NE'
                WHEN count(co2e) + count(removal_co2e) + count(carbon) > 0 THEN NULL
                WHEN bool_or(notation = 'IE') THEN 'IE' ELSE min(notation) END AS notation,
           sum(unpriced)::bigint AS unpriced, max(leaves_expected) AS leaves_expected, max(leaves) AS best, sum(leaves) AS total
    FROM %1$I.balance
    GROUP BY territory_code, sector, scope, allocation, year
) AS s;
COMMENT ON VIEW %1$I.balance_estimate IS
    'The balance of each territory over the datasets the reader may see, in the types of the extension, for further computation.';
COMMENT ON COLUMN %1$I.balance_estimate.territory_code IS 'Territory';
COMMENT ON COLUMN %1$I.balance_estimate.sector IS 'Sector';
COMMENT ON COLUMN %1$I.balance_estimate.scope IS '1, 2, 3 or stock';
COMMENT ON COLUMN %1$I.balance_estimate.allocation IS 'territorial, induced or resident';
COMMENT ON COLUMN %1$I.balance_estimate.year IS 'Year';
COMMENT ON COLUMN %1$I.balance_estimate.emission IS 'Gross emissions, kg of each gas';
COMMENT ON COLUMN %1$I.balance_estimate.co2e IS 'Gross emissions, kg CO2e with uncertainty';
COMMENT ON COLUMN %1$I.balance_estimate.removal IS 'Gross removals, kg of each gas, negative';
COMMENT ON COLUMN %1$I.balance_estimate.removal_co2e IS 'Gross removals, kg CO2e with uncertainty, negative';
COMMENT ON COLUMN %1$I.balance_estimate.stock IS 'Carbon held by the land, t by pool';
COMMENT ON COLUMN %1$I.balance_estimate.carbon IS 'Carbon held by the land, t with uncertainty';
COMMENT ON COLUMN %1$I.balance_estimate.area IS 'Land the stock is for, ha';
COMMENT ON COLUMN %1$I.balance_estimate.notation IS 'Why there is no figure, or not all of it: NO, NE, IE or C';
COMMENT ON COLUMN %1$I.balance_estimate.unpriced IS 'Rows that belong in the figure and could not be priced';
COMMENT ON COLUMN %1$I.balance_estimate.complete IS
    'Whether all parts of the territory have the figure and all its rows a price; without that the sums here are those of some parts only';

CREATE FUNCTION %1$I.missing_datasets(territory_code text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000
BEGIN ATOMIC
    SELECT string_agg(d.slug, ', ' ORDER BY d.slug)
    FROM %1$I.contribution c
    JOIN terrcarbon.dataset_catalogue d ON d.id = c.dataset_id
    WHERE c.territory_code = missing_datasets.territory_code
      AND NOT terrcarbon.can_read(c.dataset_id)
      AND row_security_active(%2$L::regclass);
END;
COMMENT ON FUNCTION %1$I.missing_datasets(text) IS
    'Datasets (slugs of terrcarbon.dataset_catalogue) that have figures for a territory which the current user may not read; NULL when there is none.';

CREATE FUNCTION %1$I.missing_sectors(territory_code text, there text[]) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    SELECT string_agg(part, ', ' ORDER BY part)
    FROM (SELECT DISTINCT sector || '/' || scope AS part
          FROM %1$I.balance b
          WHERE b.territory_code = missing_sectors.territory_code
            AND allocation = 'territorial' AND scope IN ('1', '2')) AS known
    WHERE part <> ALL (coalesce(there, '{}'));
END;
COMMENT ON FUNCTION %1$I.missing_sectors(text, text[]) IS
    'Sectors and scopes of which a territory has figures in some year, but which are not among those given; NULL when there is none.';

CREATE FUNCTION %1$I.unpriced_rows(territory_code text, year int) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    WITH RECURSIVE down (code) AS (
        SELECT unpriced_rows.territory_code
      UNION ALL
        SELECT t.code FROM down JOIN %1$I.territory t ON t.parent_code = down.code
    )
    SELECT string_agg(line, '; ' ORDER BY line)
    FROM (SELECT concat_ws(' ', terrcarbon_internal.counted_rows(sum(c.item_count)), 'of', c.layer || ',', terrcarbon_internal.dataset_name(c.dataset_id) || ':',
                           c.finding || coalesce(' (' || left(nullif(c.detail, ''), 100) || ')', ''),
                           round(sum(c.amount)::numeric, 3), c.unit) AS line
          FROM %1$I.coverage c
          WHERE c.territory_code IN (SELECT code FROM down) AND c.year IN (unpriced_rows.year, 0)
            AND terrcarbon_internal.makes_unknown(c.finding) AND c.finding <> 'no reference'
          GROUP BY c.layer, c.dataset_id, c.finding, c.detail, c.unit
          ORDER BY line LIMIT 20) AS found;
END;
COMMENT ON FUNCTION %1$I.unpriced_rows(text, int) IS
    'Rows of a territory and its parts that could not be priced in a year, among those the current user may read: how many, of which table and dataset, why and how much; at most 20 kinds, NULL when there is none. Rows that never name a year or a factor count in every year.';

CREATE VIEW %1$I.balance_by_territory WITH (security_invoker = on) AS
SELECT concat_ws('/', b.territory_code, b.sector, b.scope, b.allocation, b.year) AS id,
       b.territory_code, t.name AS territory_name, t.level, b.sector, b.scope, b.allocation, b.year,
       CASE WHEN b.complete THEN coalesce(terrcarbon.value(b.co2e), 0) / 1000 END AS emissions,
       CASE WHEN b.complete THEN coalesce(terrcarbon.lower(b.co2e), 0) / 1000 END AS emissions_low,
       CASE WHEN b.complete THEN coalesce(terrcarbon.upper(b.co2e), 0) / 1000 END AS emissions_high,
       CASE WHEN b.complete THEN coalesce(terrcarbon.value(b.removal_co2e), 0) / 1000 END AS removals,
       CASE WHEN b.complete THEN coalesce(terrcarbon.lower(b.removal_co2e), 0) / 1000 END AS removals_low,
       CASE WHEN b.complete THEN coalesce(terrcarbon.upper(b.removal_co2e), 0) / 1000 END AS removals_high,
       CASE WHEN b.complete THEN coalesce(terrcarbon.value(b.co2e), 0) / 1000 / nullif(t.population, 0) END
           AS emissions_per_inhabitant,
       CASE WHEN b.complete THEN coalesce(terrcarbon.value(b.co2e), 0) / 1000 / (t.area_m2 / 1e4) END
           AS emissions_per_ha,
       b.notation, b.complete, terrcarbon.value(b.co2e) / 1000 AS known_part, b.unpriced
FROM %1$I.balance_estimate b
JOIN %1$I.territory t ON t.code = b.territory_code
WHERE b.scope <> 'stock';
COMMENT ON VIEW %1$I.balance_by_territory IS
    'Flows of each territory, children included, by sector, scope and year, over the datasets the reader may see. NULL where a part of the territory has no figure: missing is not 0. Unique by id.';
COMMENT ON COLUMN %1$I.balance_by_territory.id IS 'territory/sector/scope/allocation/year: unique';
COMMENT ON COLUMN %1$I.balance_by_territory.territory_code IS 'Territory';
COMMENT ON COLUMN %1$I.balance_by_territory.territory_name IS 'Its name';
COMMENT ON COLUMN %1$I.balance_by_territory.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN %1$I.balance_by_territory.sector IS 'residential, tertiary, road_transport, other_transport, agriculture, waste, industry, energy or land';
COMMENT ON COLUMN %1$I.balance_by_territory.scope IS '1: emitted here; 2: grid energy made elsewhere; 3: other emissions elsewhere';
COMMENT ON COLUMN %1$I.balance_by_territory.allocation IS 'territorial, or another view of the trips: induced, resident. Never add two of them';
COMMENT ON COLUMN %1$I.balance_by_territory.year IS 'Year';
COMMENT ON COLUMN %1$I.balance_by_territory.emissions IS 'Gross emissions, t CO2e';
COMMENT ON COLUMN %1$I.balance_by_territory.emissions_low IS 'Lower end of their 95 %% interval, t CO2e';
COMMENT ON COLUMN %1$I.balance_by_territory.emissions_high IS 'Upper end of their 95 %% interval, t CO2e';
COMMENT ON COLUMN %1$I.balance_by_territory.removals IS 'Gross removals, t CO2e, negative';
COMMENT ON COLUMN %1$I.balance_by_territory.removals_low IS 'Lower end of their 95 %% interval, t CO2e';
COMMENT ON COLUMN %1$I.balance_by_territory.removals_high IS 'Upper end of their 95 %% interval, t CO2e';
COMMENT ON COLUMN %1$I.balance_by_territory.emissions_per_inhabitant IS 't CO2e per inhabitant; NULL without population';
COMMENT ON COLUMN %1$I.balance_by_territory.emissions_per_ha IS 't CO2e per ha of the territory';
COMMENT ON COLUMN %1$I.balance_by_territory.notation IS 'Why there is no figure, or not all of it: NO does not occur, NE not estimated, IE included elsewhere, C confidential';
COMMENT ON COLUMN %1$I.balance_by_territory.complete IS 'Whether all parts of the territory have the figure, and all its rows a price';
COMMENT ON COLUMN %1$I.balance_by_territory.known_part IS 'Gross emissions of what is known, t CO2e: emissions when complete, else a part of them; NULL when nothing is known';
COMMENT ON COLUMN %1$I.balance_by_territory.unpriced IS 'Rows that belong in the figure and could not be priced';

CREATE VIEW %1$I.trajectory_estimate WITH (security_invoker = on) AS
SELECT territory_code, year,
       CASE WHEN count(*) FILTER (WHERE complete AND sector <> 'land') = max(parts) AND max(parts) > 0
           THEN coalesce(sum(co2e) FILTER (WHERE sector <> 'land'), terrcarbon.estimate(0, 0)) END AS emissions,
       CASE WHEN bool_or(complete) FILTER (WHERE sector = 'land')
           THEN coalesce(sum(sink), terrcarbon.estimate(0, 0)) END AS removals,
       CASE WHEN bool_or(complete) FILTER (WHERE sector = 'land')
             AND count(*) FILTER (WHERE complete AND sector <> 'land') = max(parts) AND max(parts) > 0
           THEN coalesce(sum(coalesce(co2e + removal_co2e, co2e, removal_co2e)), terrcarbon.estimate(0, 0)) END AS net,
       sum(co2e) FILTER (WHERE sector <> 'land') AS known_part,
       coalesce(sum(unpriced), 0)::bigint AS unpriced,
       max(target) AS target, max(covers) AS covers,
       array_agg(sector || '/' || scope) FILTER (WHERE complete) AS there
FROM (
    SELECT territory_code, year, sector, scope, co2e, removal_co2e, unpriced, complete,
           -- Land that loses carbon is a removal that went wrong, not an emission of the economy.
           CASE WHEN sector = 'land' THEN coalesce(co2e + removal_co2e, co2e, removal_co2e)
               ELSE removal_co2e END AS sink,
           max(part) FILTER (WHERE sector <> 'land') OVER (PARTITION BY territory_code) AS parts,
           NULL::float8 AS target, NULL::text AS covers
    FROM (
        SELECT *, dense_rank() OVER (PARTITION BY territory_code ORDER BY sector = 'land', sector, scope) AS part
        FROM %1$I.balance_estimate
        WHERE allocation = 'territorial' AND scope IN ('1', '2')
    ) AS ranked
  UNION ALL
    SELECT territory_code, p.year, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, p.value, covers
    FROM %1$I.target, terrcarbon.points(path) AS p
    WHERE sector = 'all' AND in_force
) AS row
GROUP BY territory_code, year;
COMMENT ON VIEW %1$I.trajectory_estimate IS
    'trajectory_by_territory in the types of the extension, for further computation.';
COMMENT ON COLUMN %1$I.trajectory_estimate.territory_code IS 'Territory';
COMMENT ON COLUMN %1$I.trajectory_estimate.year IS 'Year';
COMMENT ON COLUMN %1$I.trajectory_estimate.emissions IS 'Gross emissions, land apart, kg CO2e';
COMMENT ON COLUMN %1$I.trajectory_estimate.removals IS 'Removals, and what the land loses, kg CO2e';
COMMENT ON COLUMN %1$I.trajectory_estimate.net IS 'Emissions and removals together, kg CO2e';
COMMENT ON COLUMN %1$I.trajectory_estimate.known_part IS 'Gross emissions of what is known, land apart, kg CO2e';
COMMENT ON COLUMN %1$I.trajectory_estimate.unpriced IS 'Rows of scopes 1 and 2 that could not be priced';
COMMENT ON COLUMN %1$I.trajectory_estimate.target IS 'Target in force, t CO2e';
COMMENT ON COLUMN %1$I.trajectory_estimate.covers IS 'What the target limits: emissions or net';
COMMENT ON COLUMN %1$I.trajectory_estimate.there IS 'Sectors/scopes known for all parts of the territory in that year';

CREATE VIEW %1$I.trajectory_by_territory WITH (security_invoker = on) AS
SELECT concat_ws('/', r.territory_code, r.year) AS id, r.territory_code, t.name AS territory_name, t.level, r.year,
       terrcarbon.value(r.emissions) / 1000 AS emissions,
       terrcarbon.value(r.removals) / 1000 AS removals,
       terrcarbon.value(r.net) / 1000 AS net,
       r.target,
       -- A part is not held against a target for the whole.
       CASE WHEN m.missing IS NULL THEN
           CASE r.covers WHEN 'emissions' THEN terrcarbon.value(r.emissions) WHEN 'net' THEN terrcarbon.value(r.net) END
           / 1000 - r.target END AS gap,
       terrcarbon.lower(r.emissions) / 1000 AS low,
       terrcarbon.upper(r.emissions) / 1000 AS high,
       terrcarbon.lower(r.net) / 1000 AS net_low,
       terrcarbon.upper(r.net) / 1000 AS net_high,
       terrcarbon.value(r.emissions) / 1000 / nullif(t.population, 0) AS emissions_per_inhabitant,
       terrcarbon.value(r.emissions) / 1000 / (t.area_m2 / 1e4) AS emissions_per_ha,
       CASE WHEN r.emissions IS NULL OR r.removals IS NULL
           THEN %1$I.missing_sectors(r.territory_code, r.there) END AS missing_sectors,
       m.missing AS missing_datasets,
       terrcarbon.value(r.known_part) / 1000 AS known_part,
       CASE WHEN r.unpriced > 0 THEN %1$I.unpriced_rows(r.territory_code, r.year) END AS unpriced_rows
FROM %1$I.trajectory_estimate r
JOIN %1$I.territory t ON t.code = r.territory_code
CROSS JOIN LATERAL (SELECT %1$I.missing_datasets(r.territory_code) OFFSET 0) AS m (missing);
COMMENT ON VIEW %1$I.trajectory_by_territory IS
    'Emissions (scopes 1 and 2), removals and target of each territory by year, over the datasets the reader may see; missing_datasets says which ones it lacks. NULL where a sector or a part of the territory is missing in that year, and missing_sectors says which. Unique by id.';
COMMENT ON COLUMN %1$I.trajectory_by_territory.id IS 'territory/year: unique';
COMMENT ON COLUMN %1$I.trajectory_by_territory.territory_code IS 'Territory';
COMMENT ON COLUMN %1$I.trajectory_by_territory.territory_name IS 'Its name';
COMMENT ON COLUMN %1$I.trajectory_by_territory.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN %1$I.trajectory_by_territory.year IS 'Year';
COMMENT ON COLUMN %1$I.trajectory_by_territory.emissions IS 'Gross emissions of all sectors but land, scopes 1 and 2, t CO2e';
COMMENT ON COLUMN %1$I.trajectory_by_territory.removals IS 'Removals, t CO2e, negative; above 0 when the land loses more carbon than is removed';
COMMENT ON COLUMN %1$I.trajectory_by_territory.net IS 'Emissions and removals together, t CO2e';
COMMENT ON COLUMN %1$I.trajectory_by_territory.target IS 'Target in force, t CO2e';
COMMENT ON COLUMN %1$I.trajectory_by_territory.gap IS 'Emissions (or net, as the plan says) minus target, t CO2e; above 0 is too much. NULL for a reader who lacks a dataset';
COMMENT ON COLUMN %1$I.trajectory_by_territory.low IS 'Lower end of the 95 %% interval of emissions, t CO2e';
COMMENT ON COLUMN %1$I.trajectory_by_territory.high IS 'Upper end of the 95 %% interval of emissions, t CO2e';
COMMENT ON COLUMN %1$I.trajectory_by_territory.net_low IS 'Lower end of the 95 %% interval of net, t CO2e';
COMMENT ON COLUMN %1$I.trajectory_by_territory.net_high IS 'Upper end of the 95 %% interval of net, t CO2e';
COMMENT ON COLUMN %1$I.trajectory_by_territory.emissions_per_inhabitant IS 't CO2e per inhabitant; NULL without population';
COMMENT ON COLUMN %1$I.trajectory_by_territory.emissions_per_ha IS 't CO2e per ha of the territory';
COMMENT ON COLUMN %1$I.trajectory_by_territory.missing_sectors IS 'Sectors/scopes that have figures, but not for all parts of the territory in that year; NULL when there is none';
COMMENT ON COLUMN %1$I.trajectory_by_territory.known_part IS 'Gross emissions of what is known, t CO2e: emissions when they are known, else a part of them, held against no target';
COMMENT ON COLUMN %1$I.trajectory_by_territory.unpriced_rows IS 'Rows that could not be priced, with dataset, reason and amount: they keep emissions unknown; NULL when there is none';
COMMENT ON COLUMN %1$I.trajectory_by_territory.missing_datasets IS 'Datasets with figures here that the reader may not see (slugs of terrcarbon.dataset_catalogue); NULL when there is none';

CREATE VIEW %1$I.target_by_territory WITH (security_invoker = on) AS
SELECT concat_ws('/', territory_code, sector, plan, year) AS id, territory_code, territory_name, level, sector, plan, in_force,
       year, target, terrcarbon.value(e) / 1000 AS actual, terrcarbon.value(e) / 1000 - target AS gap,
       terrcarbon.value(e) / 1000 <= target AS on_track,
       terrcarbon.probability_within(e, target * 1000) AS probability,
       CASE WHEN count(e) OVER past = count(*) OVER past
           THEN sum(target) OVER plan - sum(terrcarbon.value(e) / 1000) OVER past END AS remaining_budget
FROM (
    SELECT g.territory_code, t.name AS territory_name, t.level, g.sector, g.plan, g.in_force, p.year, p.value AS target,
           CASE WHEN m.missing IS NOT NULL THEN NULL
           WHEN g.sector = 'all' THEN (
                SELECT CASE g.covers WHEN 'net' THEN r.net ELSE r.emissions END
                FROM %1$I.trajectory_estimate r
                WHERE r.territory_code = g.territory_code AND r.year = p.year)
           ELSE (
                SELECT CASE WHEN bool_and(b.complete) THEN sum(CASE g.covers
                    WHEN 'net' THEN coalesce(b.co2e + b.removal_co2e, b.co2e, b.removal_co2e, terrcarbon.estimate(0, 0))
                    ELSE coalesce(b.co2e, terrcarbon.estimate(0, 0)) END) END
                FROM %1$I.balance_estimate b
                WHERE b.territory_code = g.territory_code AND b.year = p.year AND b.sector = g.sector
                  AND b.allocation = 'territorial' AND b.scope IN ('1', '2'))
           END AS e
    FROM %1$I.target g
    JOIN %1$I.territory t ON t.code = g.territory_code
    CROSS JOIN LATERAL (SELECT %1$I.missing_datasets(g.territory_code) OFFSET 0) AS m (missing)
    CROSS JOIN LATERAL terrcarbon.points(g.path) AS p
) AS compared
WINDOW plan AS (PARTITION BY territory_code, sector, plan),
       past AS (PARTITION BY territory_code, sector, plan ORDER BY year);
COMMENT ON VIEW %1$I.target_by_territory IS
    'Every year of every plan beside what was emitted, for readers who may see every dataset of the territory. NULL for others, and where it is not known. Unique by id.';
COMMENT ON COLUMN %1$I.target_by_territory.id IS 'territory/sector/plan/year: unique';
COMMENT ON COLUMN %1$I.target_by_territory.territory_code IS 'Territory';
COMMENT ON COLUMN %1$I.target_by_territory.territory_name IS 'Its name';
COMMENT ON COLUMN %1$I.target_by_territory.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN %1$I.target_by_territory.sector IS 'Sector, or all';
COMMENT ON COLUMN %1$I.target_by_territory.plan IS 'Plan';
COMMENT ON COLUMN %1$I.target_by_territory.in_force IS 'Whether it is the one that other views compare with';
COMMENT ON COLUMN %1$I.target_by_territory.year IS 'Year';
COMMENT ON COLUMN %1$I.target_by_territory.target IS 'Limit of the year, t CO2e';
COMMENT ON COLUMN %1$I.target_by_territory.actual IS 'Emissions, or net as the plan says, scopes 1 and 2, t CO2e';
COMMENT ON COLUMN %1$I.target_by_territory.gap IS 'Actual minus target, t CO2e; above 0 is too much';
COMMENT ON COLUMN %1$I.target_by_territory.on_track IS 'Whether the gap is not above 0';
COMMENT ON COLUMN %1$I.target_by_territory.probability IS 'Probability, 0 to 1, that the true value is within the target, from the interval';
COMMENT ON COLUMN %1$I.target_by_territory.remaining_budget IS
    'Sum of the plan over all its years minus what was emitted from its first year to this one, t CO2e; NULL when a year in between is not known';

CREATE VIEW %1$I.land_stock_map WITH (security_invoker = on) AS
SELECT concat_ws('/', b.territory_code, b.year, b.dataset_id) AS id,
       b.territory_code, t.name AS territory_name, t.level, b.year, b.dataset_id,
       CASE WHEN w.complete THEN terrcarbon.total(b.stock) END AS carbon,
       CASE WHEN w.complete THEN terrcarbon.lower(b.carbon) END AS carbon_low,
       CASE WHEN w.complete THEN terrcarbon.upper(b.carbon) END AS carbon_high,
       CASE WHEN w.complete THEN terrcarbon.total(b.stock) / nullif(terrcarbon.value(b.area), 0) END AS carbon_per_ha,
       CASE WHEN w.complete THEN terrcarbon.pool(b.stock, 'above') END AS above,
       CASE WHEN w.complete THEN terrcarbon.pool(b.stock, 'below') END AS below,
       CASE WHEN w.complete THEN terrcarbon.pool(b.stock, 'dead_wood') END AS dead_wood,
       CASE WHEN w.complete THEN terrcarbon.pool(b.stock, 'litter') END AS litter,
       CASE WHEN w.complete THEN terrcarbon.pool(b.stock, 'soil') END AS soil,
       CASE WHEN w.complete THEN terrcarbon.tonnes_co2(b.stock) END AS tonnes_co2,
       CASE WHEN w.complete THEN terrcarbon.value(b.area) END AS covered_ha,
       w.complete, t.geom
FROM %1$I.balance b
JOIN %1$I.territory t ON t.code = b.territory_code
CROSS JOIN LATERAL (SELECT b.leaves >= b.leaves_expected AND b.leaves_expected > 0 AND b.unpriced = 0) AS w (complete)
WHERE b.scope = 'stock';
COMMENT ON VIEW %1$I.land_stock_map IS
    'Carbon held by the land of each territory, by year and dataset: two land-cover datasets describe the same land and are not added. NULL where a part of the territory has no figure. Unique by id.';
COMMENT ON COLUMN %1$I.land_stock_map.id IS 'territory/year/dataset: unique';
COMMENT ON COLUMN %1$I.land_stock_map.territory_code IS 'Territory';
COMMENT ON COLUMN %1$I.land_stock_map.territory_name IS 'Its name';
COMMENT ON COLUMN %1$I.land_stock_map.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN %1$I.land_stock_map.year IS 'Vintage of the land cover';
COMMENT ON COLUMN %1$I.land_stock_map.dataset_id IS 'Land-cover dataset';
COMMENT ON COLUMN %1$I.land_stock_map.carbon IS 'Carbon, t, of the land that has a reference (covered_ha)';
COMMENT ON COLUMN %1$I.land_stock_map.carbon_low IS 'Lower end of its 95 %% interval, t; references without a stated uncertainty count as exact';
COMMENT ON COLUMN %1$I.land_stock_map.carbon_high IS 'Upper end of its 95 %% interval, t';
COMMENT ON COLUMN %1$I.land_stock_map.carbon_per_ha IS 'Carbon per covered ha, t/ha';
COMMENT ON COLUMN %1$I.land_stock_map.above IS 'Carbon above ground, t';
COMMENT ON COLUMN %1$I.land_stock_map.below IS 'Carbon of roots, t';
COMMENT ON COLUMN %1$I.land_stock_map.dead_wood IS 'Carbon of dead wood, t';
COMMENT ON COLUMN %1$I.land_stock_map.litter IS 'Carbon of litter, t';
COMMENT ON COLUMN %1$I.land_stock_map.soil IS 'Carbon of the soil, t';
COMMENT ON COLUMN %1$I.land_stock_map.tonnes_co2 IS 'The carbon as CO2, t';
COMMENT ON COLUMN %1$I.land_stock_map.covered_ha IS 'Land with a reference, ha';
COMMENT ON COLUMN %1$I.land_stock_map.complete IS 'Whether all parts of the territory have the figure, and all its land classes a reference';
COMMENT ON COLUMN %1$I.land_stock_map.geom IS 'Boundary';

CREATE VIEW %1$I.building_map WITH (security_invoker = on) AS
SELECT concat_ws('/', b.dataset_id, b.id) AS id, b.dataset_id, b.name, b.sector, b.scope, b.carrier,
       b.year_from, coalesce(b.year_to, b.year_from) AS year_to,
       b.area_m2 AS footprint_m2, f.floor_area_m2, f.floors_assumed,
       e.kwh AS energy, b.unit AS energy_unit, e.metered, b.geom
FROM %1$I.building b
CROSS JOIN LATERAL terrcarbon.building_floor_area(b.area_m2, b.floors, b.height_m) AS f
CROSS JOIN LATERAL terrcarbon.building_energy(b.energy, f.floor_area_m2, b.energy_per_m2) AS e;
COMMENT ON VIEW %1$I.building_map IS 'Buildings the reader may see, with what refresh makes of them. Unique by id.';
COMMENT ON COLUMN %1$I.building_map.id IS 'dataset/number: unique';
COMMENT ON COLUMN %1$I.building_map.dataset_id IS 'Dataset';
COMMENT ON COLUMN %1$I.building_map.name IS 'Name';
COMMENT ON COLUMN %1$I.building_map.sector IS 'Sector that answers for the energy';
COMMENT ON COLUMN %1$I.building_map.scope IS '1: burnt here; 2: grid energy made elsewhere';
COMMENT ON COLUMN %1$I.building_map.carrier IS 'Code of the emission factor';
COMMENT ON COLUMN %1$I.building_map.year_from IS 'First year the row describes';
COMMENT ON COLUMN %1$I.building_map.year_to IS 'Last year the row describes';
COMMENT ON COLUMN %1$I.building_map.footprint_m2 IS 'Area of the footprint, m2';
COMMENT ON COLUMN %1$I.building_map.floor_area_m2 IS 'Floor area, m2; NULL when neither floors nor height are known';
COMMENT ON COLUMN %1$I.building_map.floors_assumed IS 'Whether the floors were taken from the height';
COMMENT ON COLUMN %1$I.building_map.energy IS 'Energy a year, in energy_unit; NULL when unknown';
COMMENT ON COLUMN %1$I.building_map.energy_unit IS 'Unit of the energy';
COMMENT ON COLUMN %1$I.building_map.metered IS 'Whether the energy was metered';
COMMENT ON COLUMN %1$I.building_map.geom IS 'Footprint';

CREATE VIEW %1$I.road_map WITH (security_invoker = on) AS
SELECT concat_ws('/', r.dataset_id, r.id) AS id, r.dataset_id, r.name, r.aadt, r.factor,
       r.year_from, coalesce(r.year_to, r.year_from) AS year_to, r.length_m,
       terrcarbon.road_vehicle_km(r.aadt, r.length_m / 1000, r.year_from) AS vehicle_km, r.geom
FROM %1$I.road_segment r;
COMMENT ON VIEW %1$I.road_map IS 'Road segments the reader may see. Unique by id.';
COMMENT ON COLUMN %1$I.road_map.id IS 'dataset/number: unique';
COMMENT ON COLUMN %1$I.road_map.dataset_id IS 'Dataset';
COMMENT ON COLUMN %1$I.road_map.name IS 'Name';
COMMENT ON COLUMN %1$I.road_map.aadt IS 'Annual average daily traffic, vehicles a day';
COMMENT ON COLUMN %1$I.road_map.factor IS 'Code of the emission factor per vehicle-km';
COMMENT ON COLUMN %1$I.road_map.year_from IS 'First year the row describes';
COMMENT ON COLUMN %1$I.road_map.year_to IS 'Last year the row describes';
COMMENT ON COLUMN %1$I.road_map.length_m IS 'Length, m';
COMMENT ON COLUMN %1$I.road_map.vehicle_km IS 'Vehicle-km driven on it in year_from';
COMMENT ON COLUMN %1$I.road_map.geom IS 'Centre line';

CREATE VIEW %1$I.coverage_by_territory WITH (security_invoker = on) AS
SELECT concat_ws('/', dataset_id, territory_code, layer, year, finding, detail) AS id,
       dataset_id, nullif(territory_code, '') AS territory_code, layer, nullif(year, 0) AS year,
       finding, nullif(detail, '') AS detail, item_count, amount, unit
FROM %1$I.coverage;
COMMENT ON VIEW %1$I.coverage_by_territory IS
    'What was counted (measured) and what was not, and why, in the datasets the reader may see. Unique by id.';
COMMENT ON COLUMN %1$I.coverage_by_territory.id IS 'Unique';
COMMENT ON COLUMN %1$I.coverage_by_territory.dataset_id IS 'Dataset';
COMMENT ON COLUMN %1$I.coverage_by_territory.territory_code IS 'Territory; NULL for what lies in none';
COMMENT ON COLUMN %1$I.coverage_by_territory.layer IS 'Table the rows are in';
COMMENT ON COLUMN %1$I.coverage_by_territory.year IS 'Year; NULL when the finding is about no year';
COMMENT ON COLUMN %1$I.coverage_by_territory.finding IS 'What was found: measured, no factor, no reference ...';
COMMENT ON COLUMN %1$I.coverage_by_territory.detail IS 'Class, factor or message concerned';
COMMENT ON COLUMN %1$I.coverage_by_territory.item_count IS 'Rows concerned; a row that spans territories counts in each';
COMMENT ON COLUMN %1$I.coverage_by_territory.amount IS 'How much is concerned, in unit';
COMMENT ON COLUMN %1$I.coverage_by_territory.unit IS 'Unit of amount';

CREATE VIEW %1$I.refresh_progress WITH (security_invoker = on) AS
SELECT CASE WHEN s.started_at IS NULL THEN 'never run'
            WHEN s.finished_at IS NOT NULL THEN 'finished'
            WHEN s.step_at > clock_timestamp() - interval '2 seconds' THEN 'running'
            ELSE CASE terrcarbon_internal.account_at_work(s.tableoid)
                WHEN true THEN 'running' WHEN false THEN 'interrupted' ELSE 'unfinished' END
       END AS state,
       s.started_at, s.step_at, s.finished_at, s.total, s.done,
       (SELECT count(*) FROM %1$I.pending) AS pending,
       (SELECT count(*) FROM %1$I.change) AS noted_changes,
       (SELECT string_agg(DISTINCT terrcarbon_internal.dataset_name(dataset_id), ', ')
        FROM %1$I.pending WHERE problem IS NOT NULL) AS failed_datasets,
       (SELECT string_agg(terrcarbon_internal.dataset_name(dataset_id), ', ' ORDER BY dataset_id)
        FROM (SELECT dataset_id FROM %1$I.pending
              UNION SELECT dataset_id FROM %1$I.change WHERE dataset_id IS NOT NULL) AS waiting
        WHERE NOT terrcarbon.can_read(dataset_id)
            AND row_security_active(%2$L::regclass)) AS unreadable_datasets
FROM %1$I.refresh_state s;
COMMENT ON VIEW %1$I.refresh_progress IS
    'Where the last or running refresh stands: one row. For the owner of the account.';
COMMENT ON COLUMN %1$I.refresh_progress.state IS 'never run, running, finished or interrupted (the next refresh resumes it); unfinished for who may not see whether it runs (pg_locks)';
COMMENT ON COLUMN %1$I.refresh_progress.started_at IS 'When it started';
COMMENT ON COLUMN %1$I.refresh_progress.step_at IS 'When it last committed a step';
COMMENT ON COLUMN %1$I.refresh_progress.finished_at IS 'When it ended';
COMMENT ON COLUMN %1$I.refresh_progress.total IS 'Dataset and territory pairs it had to compute';
COMMENT ON COLUMN %1$I.refresh_progress.done IS 'Pairs it has computed';
COMMENT ON COLUMN %1$I.refresh_progress.pending IS 'Pairs left: to compute, unreadable or failed';
COMMENT ON COLUMN %1$I.refresh_progress.noted_changes IS 'Notes of changes that await the next refresh';
COMMENT ON COLUMN %1$I.refresh_progress.failed_datasets IS 'Datasets with pairs that failed; pending.problem has the errors';
COMMENT ON COLUMN %1$I.refresh_progress.unreadable_datasets IS 'Datasets with changes that the current user cannot read, so cannot refresh';
$ddl$, account, format('%I.balance', account))
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.account_views(name) IS 'The statements that make the views of an account.';
