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

INSERT INTO layer (name, items, shipped) VALUES ('declared_gap', 'declared_gap_item', true);
