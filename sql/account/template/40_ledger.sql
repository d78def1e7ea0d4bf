-- The ledger: every source row becomes lines, row x territory x year, with what it
-- is, what it was priced with, and why it was not.

-- terrcarbon_internal.build_ledger makes the views item, changed_land, flow, deposit and candidate of what
-- the registry holds; these are their columns.
CREATE VIEW item WITH (security_invoker = on) AS
SELECT 'building'::text AS layer, building_item.* FROM building_item;
CREATE VIEW changed_land WITH (security_invoker = on) AS
SELECT 'land_cover'::text AS layer, land_cover_change.* FROM land_cover_change;
CREATE VIEW flow WITH (security_invoker = on) AS
SELECT 'land_cover'::text AS layer, land_cover_flow.* FROM land_cover_flow;
CREATE VIEW deposit WITH (security_invoker = on) AS
SELECT 'building'::text AS layer, building_deposit.* FROM building_deposit;
CREATE VIEW candidate WITH (security_invoker = on) AS
SELECT 'building'::text AS layer, building_place.* FROM building_place;
SELECT terrcarbon_internal.build_ledger();

-- Where and when the owner answers for what is missing.
CREATE VIEW answered_gap WITH (security_invoker = on) AS
WITH RECURSIVE down (territory_code, sector, year_from, year_to) AS (
    SELECT territory_code, sector, year_from, year_to FROM declared_gap
  UNION
    SELECT m.code, down.sector, greatest(down.year_from, m.first_year), least(down.year_to, m.last_year)
    FROM down JOIN membership m ON m.parent_code = down.territory_code AND m.first_year <= down.year_to AND m.last_year >= down.year_from
)
SELECT territory_code, sector, year_from, year_to FROM down;
COMMENT ON VIEW answered_gap IS 'Declared gaps, for the territory and all its parts, in the years in which they are that.';
COMMENT ON COLUMN answered_gap.territory_code IS 'Territory';
COMMENT ON COLUMN answered_gap.sector IS 'Sector';
COMMENT ON COLUMN answered_gap.year_from IS 'First year';
COMMENT ON COLUMN answered_gap.year_to IS 'Last year';

CREATE VIEW line WITH (security_invoker = on) AS
SELECT l.dataset_id, l.layer, l.row_id, l.territory_code, l.year, l.sector, l.scope, l.allocation, l.actor_code, l.kind,
       l.quantity, l.unit, l.factor_id, l.emission, l.co2e, l.stock, l.carbon, l.notation,
       CASE WHEN a.answered THEN NULL ELSE l.finding END AS finding,
       CASE WHEN a.answered THEN 'declared gap: ' || l.finding
            WHEN l.finding IS NULL THEN nullif(array_to_string(l.notes, '; '), '') END AS note,
       l.detail, l.unit_key, l.units, l.largest_share, l.reference_code, l.nomenclature, l.code
FROM (
    -- What is priced by a factor, the finding of the row itself first.  A row of several
    -- years is one error in all of them.
    SELECT i.dataset_id, i.layer, i.row_id, i.territory_code, y.year, i.sector, p.scope, i.allocation, i.actor_code, i.kind,
           q.quantity, i.unit, p.factor_id, p.emission * terrcarbon.value(q.quantity) AS emission, q.quantity * p.co2e AS co2e,
           NULL::terrcarbon.carbon_stock AS stock, NULL::terrcarbon.estimate AS carbon, i.notation,
           coalesce(i.finding, CASE WHEN h.factor IS NULL THEN 'no degree days' END, p.finding) AS finding,
           array_remove(p.notes || i.note || CASE WHEN i.u95_percent IS NULL THEN 'uncertainty not stated' END, NULL) AS notes,
           p.detail, i.unit_key, i.units, i.largest_share, t.reference_code, NULL::text AS nomenclature, NULL::text AS code
    FROM item i
    JOIN place t ON t.code = i.territory_code
    CROSS JOIN setting s
    CROSS JOIN LATERAL generate_series(greatest(i.year_from, t.first_year), least(i.year_to, t.last_year)) AS y (year)
    CROSS JOIN LATERAL (SELECT coalesce(i.cause, CASE WHEN i.year_from < i.year_to THEN concat_ws('/', i.layer, i.row_id) END)) AS c (cause)
    CROSS JOIN LATERAL (SELECT CASE WHEN i.heating_share > 0 THEN climate_factor(i.territory_code, y.year, i.heating_share) ELSE 1 END) AS h (factor)
    CROSS JOIN LATERAL (SELECT terrcarbon_internal.row_estimate(
            i.quantity * CASE WHEN i.daily THEN terrcarbon.road_vehicle_km(1, 1, y.year) ELSE h.factor END,
            i.u95_percent, c.cause, i.dataset_id, coalesce(s.assumed_u95_percent, 0))) AS q (quantity)
    CROSS JOIN LATERAL terrcarbon_internal.price_parts(i.factor, i.unit, y.year, t.reference_code, i.scope, s.gwp,
            coalesce(s.assumed_u95_percent, 0)) AS p
    WHERE i.kind <> 'stock' AND i.emission IS NULL AND i.notation IS NULL
  UNION ALL
    -- What the row gives itself: an emission, or a notation key.
    SELECT i.dataset_id, i.layer, i.row_id, i.territory_code, y.year, i.sector, coalesce(i.scope, '1'), i.allocation, i.actor_code,
           i.kind, NULL, NULL, NULL, i.emission,
           terrcarbon_internal.row_estimate(terrcarbon.co2e(i.emission, s.gwp), i.u95_percent, c.cause, i.dataset_id,
               coalesce(s.assumed_u95_percent, 0)),
           NULL, NULL, i.notation, i.finding,
           array_remove(ARRAY[i.note, CASE WHEN i.u95_percent IS NULL AND i.notation IS NULL THEN 'uncertainty not stated' END], NULL),
           NULL, i.unit_key, i.units, i.largest_share, t.reference_code, NULL, NULL
    FROM item i
    JOIN place t ON t.code = i.territory_code
    CROSS JOIN setting s
    CROSS JOIN LATERAL generate_series(greatest(i.year_from, t.first_year), least(i.year_to, t.last_year)) AS y (year)
    CROSS JOIN LATERAL (SELECT coalesce(i.cause, CASE WHEN i.year_from < i.year_to THEN concat_ws('/', i.layer, i.row_id) END)) AS c (cause)
    WHERE i.kind <> 'stock' AND (i.emission IS NOT NULL OR i.notation IS NOT NULL)
  UNION ALL
    -- What the land holds.
    SELECT i.dataset_id, i.layer, i.row_id, i.territory_code, y.year, i.sector, 'stock', i.allocation, i.actor_code, 'stock',
           q.quantity, i.unit, NULL, NULL, NULL, p.stock * i.quantity, p.carbon * q.quantity, i.notation,
           coalesce(i.finding, p.finding), p.notes, p.detail, i.unit_key, i.units, i.largest_share, t.reference_code,
           i.nomenclature, i.code
    FROM item i
    JOIN place t ON t.code = i.territory_code
    CROSS JOIN setting s
    CROSS JOIN LATERAL generate_series(greatest(i.year_from, t.first_year), least(i.year_to, t.last_year)) AS y (year)
    CROSS JOIN LATERAL (SELECT coalesce(i.cause, CASE WHEN i.year_from < i.year_to THEN concat_ws('/', i.layer, i.row_id) END)) AS c (cause)
    CROSS JOIN LATERAL (SELECT terrcarbon_internal.row_estimate(i.quantity, i.u95_percent, c.cause, i.dataset_id,
            coalesce(s.assumed_u95_percent, 0))) AS q (quantity)
    CROSS JOIN LATERAL terrcarbon_internal.stock_per_ha(i.nomenclature, i.code, y.year, t.reference_code,
            coalesce(s.assumed_u95_percent, 0)) AS p
    WHERE i.kind = 'stock'
  UNION ALL
    -- What a change of land does over its time.
    SELECT c.dataset_id, c.layer, NULL, c.territory_code, p.year, 'land', '1', 'territorial', NULL, p.kind,
           terrcarbon.estimate(c.ha, 0), 'ha', NULL, p.emission * c.ha, p.co2e * c.ha, NULL, NULL, NULL, p.finding,
           array_remove(ARRAY[terrcarbon_internal.carried_note(p.finding, p.year, c.carried_after)], NULL),
           coalesce(p.detail, c.nomenclature || ' ' || c.from_code || ' to ' || c.to_code), NULL, 1, NULL, t.reference_code, NULL, NULL
    FROM changed_land c
    JOIN place t ON t.code = c.territory_code
    CROSS JOIN setting s
    CROSS JOIN LATERAL terrcarbon_internal.land_flow_per_ha(c.nomenclature, c.from_code, c.to_code, c.year_from, c.year_to,
        t.reference_code, s.gwp, coalesce(s.assumed_u95_percent, 0)) AS p
    WHERE s.land_flow = 'transition' AND p.year BETWEEN t.first_year AND t.last_year
  UNION ALL
    -- What has its value already.
    SELECT f.dataset_id, f.layer, NULL, f.territory_code, f.year, f.sector, f.scope, 'territorial', NULL, f.kind,
           NULL, NULL, NULL, f.emission, f.co2e, NULL, NULL, NULL, f.finding, array_remove(ARRAY[f.note], NULL), f.detail,
           NULL, 1, NULL, t.reference_code, NULL, NULL
    FROM flow f
    JOIN place t ON t.code = f.territory_code
    WHERE f.year BETWEEN t.first_year AND t.last_year
) AS l
CROSS JOIN LATERAL (
    SELECT l.finding IS NOT NULL AND EXISTS (
        SELECT FROM answered_gap g
        WHERE g.territory_code = l.territory_code AND g.sector = l.sector AND l.year BETWEEN g.year_from AND g.year_to)
) AS a (answered);
COMMENT ON VIEW line IS
    'The ledger, under the row policies: what each row is in each territory and year, and what it was priced with. A line has a finding (it could not be priced or measured, so every total it belongs to is unknown), or a note (it is counted, but doubtful), or neither. Totals of balance are the sums of lines.';
COMMENT ON COLUMN line.dataset_id IS 'Dataset';
COMMENT ON COLUMN line.layer IS 'Layer the row is in';
COMMENT ON COLUMN line.row_id IS 'Number of the row within its dataset and layer; NULL for what comes of several rows, as a change between maps';
COMMENT ON COLUMN line.territory_code IS 'Territory the row, or this part of it, is in';
COMMENT ON COLUMN line.year IS 'Year';
COMMENT ON COLUMN line.sector IS 'Sector';
COMMENT ON COLUMN line.scope IS '1, 2, 3, or stock';
COMMENT ON COLUMN line.allocation IS 'territorial, or for trips induced or resident: three views of the same journeys, never added';
COMMENT ON COLUMN line.actor_code IS 'Actor';
COMMENT ON COLUMN line.kind IS 'emission, removal, stock, or memo: beside the total';
COMMENT ON COLUMN line.quantity IS 'Amount of activity with its uncertainty, in unit; of a change of land the ha that changed';
COMMENT ON COLUMN line.unit IS 'Unit of quantity';
COMMENT ON COLUMN line.factor_id IS 'Emission factor used (terrcarbon.factor)';
COMMENT ON COLUMN line.emission IS 'kg by gas';
COMMENT ON COLUMN line.co2e IS 'kg CO2e with uncertainty';
COMMENT ON COLUMN line.stock IS 'Carbon of the land, t by pool';
COMMENT ON COLUMN line.carbon IS 'Carbon of the land with uncertainty, t';
COMMENT ON COLUMN line.notation IS 'NO, NE, IE or C instead of a figure';
COMMENT ON COLUMN line.finding IS 'Why the line has no value; NULL: it has';
COMMENT ON COLUMN line.note IS 'What is doubtful about a line that is counted';
COMMENT ON COLUMN line.detail IS 'Factor, class or message concerned';
COMMENT ON COLUMN line.unit_key IS 'Unit that a release protects';
COMMENT ON COLUMN line.units IS 'How many units the row stands for';
COMMENT ON COLUMN line.largest_share IS 'What the largest of them adds at most';
COMMENT ON COLUMN line.reference_code IS 'Where factors and references were looked up';
COMMENT ON COLUMN line.nomenclature IS 'Nomenclature of the land class';
COMMENT ON COLUMN line.code IS 'Land class';
