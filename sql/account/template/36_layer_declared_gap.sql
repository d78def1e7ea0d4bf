-- Layer declared_gap: what its owner answers for instead of rows; the table is
-- among the territories, since every layer asks it.

CREATE VIEW declared_gap_item WITH (security_invoker = on) AS
SELECT g.dataset_id, g.id AS row_id, g.territory_code, g.year_from, g.year_to, g.sector, g.scope,
       'territorial' AS allocation,
       CASE WHEN g.tonnes < 0 THEN 'removal' ELSE 'emission' END AS kind,
       NULL::float8 AS quantity, NULL::text AS unit, NULL::text AS factor, false AS daily,
       CASE WHEN g.notation = 'NE' THEN terrcarbon.ghg('CO2', g.tonnes * 1000) END AS emission, NULL::text AS nomenclature, NULL::text AS code, g.u95_percent,
       NULL::text AS cause, NULL::text AS actor_code, NULL::text AS unit_key, 1 AS units,
       NULL::float8 AS largest_share, CASE WHEN g.notation = 'IE' THEN 'IE' END AS notation,
       NULL::text AS finding, 'declared' AS note, NULL::float8 AS measure, NULL::text AS measure_unit
FROM declared_gap g;
COMMENT ON VIEW declared_gap_item IS 'Estimates of what is missing, declared by the owner: as CO2.';
COMMENT ON COLUMN declared_gap_item.dataset_id IS 'Dataset';
COMMENT ON COLUMN declared_gap_item.row_id IS 'Number of the row within its dataset and layer';
COMMENT ON COLUMN declared_gap_item.territory_code IS 'Territory the row, or this part of it, is in';
COMMENT ON COLUMN declared_gap_item.year_from IS 'First year';
COMMENT ON COLUMN declared_gap_item.year_to IS 'Last year';
COMMENT ON COLUMN declared_gap_item.sector IS 'Sector';
COMMENT ON COLUMN declared_gap_item.scope IS 'Scope the row states; NULL: that of its factor';
COMMENT ON COLUMN declared_gap_item.allocation IS 'territorial, or for trips induced or resident';
COMMENT ON COLUMN declared_gap_item.kind IS 'emission, removal, memo (shown beside the total) or stock';
COMMENT ON COLUMN declared_gap_item.quantity IS 'Amount of activity a year (a day with daily), in unit; ha of land';
COMMENT ON COLUMN declared_gap_item.unit IS 'Unit of quantity';
COMMENT ON COLUMN declared_gap_item.factor IS 'Code of the emission factor';
COMMENT ON COLUMN declared_gap_item.daily IS 'Whether quantity is that of a day';
COMMENT ON COLUMN declared_gap_item.emission IS 'Emission given by the row itself, kg a year by gas';
COMMENT ON COLUMN declared_gap_item.nomenclature IS 'Nomenclature of the land class';
COMMENT ON COLUMN declared_gap_item.code IS 'Land class';
COMMENT ON COLUMN declared_gap_item.u95_percent IS 'Half-width of the 95 % interval, in %; NULL: not stated';
COMMENT ON COLUMN declared_gap_item.cause IS 'What makes the uncertainty common to several rows; NULL: nothing';
COMMENT ON COLUMN declared_gap_item.actor_code IS 'Actor';
COMMENT ON COLUMN declared_gap_item.unit_key IS 'Unit that a release protects';
COMMENT ON COLUMN declared_gap_item.units IS 'How many units the row stands for';
COMMENT ON COLUMN declared_gap_item.largest_share IS 'What the largest of them adds at most';
COMMENT ON COLUMN declared_gap_item.notation IS 'NO, NE, IE or C instead of a figure';
COMMENT ON COLUMN declared_gap_item.finding IS 'Why the row cannot be measured; NULL: it can';
COMMENT ON COLUMN declared_gap_item.note IS 'What is doubtful about it';
COMMENT ON COLUMN declared_gap_item.measure IS 'How much of the row is in the territory, in measure_unit';
COMMENT ON COLUMN declared_gap_item.measure_unit IS 'Unit of measure';

INSERT INTO layer (name, items, shipped) VALUES ('declared_gap', 'declared_gap_item', true);
