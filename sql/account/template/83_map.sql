-- Figures joined to boundaries.  The first column of each view is its key, which is
-- what map clients take for one.

CREATE VIEW trajectory_map WITH (security_invoker = on) AS
SELECT y.id, y.territory_code, y.territory_name, y.level, y.year,
       coalesce(y.year = (SELECT l.year FROM latest_year l WHERE l.territory_code = y.territory_code), false) AS latest,
       y.emissions, y.emissions_low, y.emissions_high, y.removals, y.net, y.net_low, y.net_high, y.target, y.gap,
       y.emissions_per_inhabitant, y.emissions_per_ha, y.known_part, y.complete, y.missing, y.as_of, y.stale,
       terrcarbon_internal.map_label('fr', y.territory_name, y.emissions, 't CO2e', y.year, y.complete, y.known_part) AS label_fr,
       terrcarbon_internal.map_label('en', y.territory_name, y.emissions, 't CO2e', y.year, y.complete, y.known_part) AS label_en, t.geom
FROM trajectory_by_territory y
JOIN territory t ON t.code = y.territory_code;
COMMENT ON VIEW trajectory_map IS
    'trajectory_by_territory with boundaries: filter by year, or by latest for one row a territory. Unique by id.';
COMMENT ON COLUMN trajectory_map.latest IS 'Whether it is the latest year with figures here: a known one before one known in part';
COMMENT ON COLUMN trajectory_map.label_fr IS 'Name and emissions, in French';
COMMENT ON COLUMN trajectory_map.label_en IS 'Name and emissions, in English';
COMMENT ON COLUMN trajectory_map.geom IS 'Boundary';
SELECT terrcarbon_internal.copy_comments('trajectory_map', 'trajectory_by_territory');

CREATE VIEW target_map WITH (security_invoker = on) AS
SELECT g.id, g.territory_code, g.territory_name, g.level, g.sector, g.plan, g.in_force, g.year,
       g.actual IS NOT NULL
           AND row_number() OVER (PARTITION BY g.territory_code, g.sector, g.plan ORDER BY g.actual IS NULL, g.year DESC) = 1 AS latest,
       g.target, g.actual, g.gap, 100 * g.gap / nullif(g.target, 0) AS gap_percent, g.on_track, g.probability, g.remaining_budget,
       terrcarbon_internal.map_label('fr', g.territory_name, g.gap, 't CO2e', g.year, true, NULL, true) AS label_fr,
       terrcarbon_internal.map_label('en', g.territory_name, g.gap, 't CO2e', g.year, true, NULL, true) AS label_en, t.geom
FROM target_by_territory g
JOIN territory t ON t.code = g.territory_code;
COMMENT ON VIEW target_map IS
    'target_by_territory with boundaries: filter by year, or by latest, and by plan or in_force and by sector for one row a territory. Unique by id.';
COMMENT ON COLUMN target_map.latest IS 'Whether it is the latest year of the plan with a figure';
COMMENT ON COLUMN target_map.gap_percent IS 'The gap in % of the target';
COMMENT ON COLUMN target_map.label_fr IS 'Name and gap, in French';
COMMENT ON COLUMN target_map.label_en IS 'Name and gap, in English';
COMMENT ON COLUMN target_map.geom IS 'Boundary';
SELECT terrcarbon_internal.copy_comments('target_map', 'target_by_territory');

CREATE VIEW land_stock_latest WITH (security_invoker = on) AS
SELECT t.code AS id, t.code AS territory_code, t.name AS territory_name, t.level, m.year, m.dataset_id, m.carbon, m.carbon_low, m.carbon_high,
       m.carbon_per_ha, m.above, m.below, m.dead_wood, m.litter, m.soil, m.tonnes_co2, m.covered_ha, coalesce(m.complete, false) AS complete,
       terrcarbon_internal.map_label('fr', t.name, m.carbon, 't C', m.year, m.complete, NULL) AS label_fr,
       terrcarbon_internal.map_label('en', t.name, m.carbon, 't C', m.year, m.complete, NULL) AS label_en, t.geom
FROM territory t
LEFT JOIN LATERAL (
    SELECT k.* FROM land_stock_map k
    WHERE k.territory_code = t.code AND k.counted
    ORDER BY k.carbon IS NULL, k.year DESC LIMIT 1
) AS m ON true;
COMMENT ON VIEW land_stock_latest IS
    'Territories with the carbon of their land in the latest vintage of the dataset that counts there: a known year before one that is not. Unique by id.';
COMMENT ON COLUMN land_stock_latest.id IS 'Territory: unique';
COMMENT ON COLUMN land_stock_latest.year IS 'Vintage of the land cover; NULL: there is none';
COMMENT ON COLUMN land_stock_latest.label_fr IS 'Name and carbon, in French';
COMMENT ON COLUMN land_stock_latest.label_en IS 'Name and carbon, in English';
SELECT terrcarbon_internal.copy_comments('land_stock_latest', 'land_stock_map');

CREATE VIEW wetland_map WITH (security_invoker = on) AS
WITH kind AS MATERIALIZED (
    SELECT c.nomenclature, c.code, c.kind, k.name, (
               SELECT coalesce(f.amount, terrcarbon.estimate(f.value, abs(f.value) * s.assumed_u95_percent / 100))
               FROM terrcarbon.wetland_figure f WHERE f.kind = c.kind AND f.figure = 'soil' ORDER BY f.shipped LIMIT 1) AS soil
    FROM terrcarbon.wetland_class c
    JOIN terrcarbon.wetland_kind k ON k.code = c.kind
    CROSS JOIN setting s
)
SELECT concat_ws('/', l.dataset_id, l.id) AS id, l.dataset_id, k.kind, k.name AS kind_name, l.nomenclature, l.code, l.year,
       coalesce(l.year = v.last_year, false) AS latest, l.area_m2 / 1e4 AS area_ha,
       terrcarbon.value(k.soil) AS soil_per_ha, terrcarbon.value(k.soil) * l.area_m2 / 1e4 AS soil,
       terrcarbon.lower(k.soil) * l.area_m2 / 1e4 AS soil_low, terrcarbon.upper(k.soil) * l.area_m2 / 1e4 AS soil_high,
       terrcarbon.value(k.soil) * l.area_m2 / 1e4 * 44 / 12 AS co2_if_lost,
       terrcarbon_internal.map_label('fr', k.name, terrcarbon.value(k.soil) * l.area_m2 / 1e4, 't C', l.year, true, NULL) AS label_fr,
       terrcarbon_internal.map_label('en', k.name, terrcarbon.value(k.soil) * l.area_m2 / 1e4, 't C', l.year, true, NULL) AS label_en, l.geom
FROM land_cover l
JOIN kind k ON k.nomenclature = l.nomenclature AND k.code = l.code
LEFT JOIN (SELECT b.dataset_id, max(b.year) AS last_year FROM balance b WHERE b.scope = 'stock' GROUP BY b.dataset_id) AS v
    ON v.dataset_id = l.dataset_id;
COMMENT ON VIEW wetland_map IS
    'Polygons of land cover that are wetlands (terrcarbon.wetland_class), with the carbon of their soil. What restoring or draining them would do depends on their state: see terrcarbon.wetland_potential. Unique by id.';
COMMENT ON COLUMN wetland_map.id IS 'dataset/number: unique';
COMMENT ON COLUMN wetland_map.dataset_id IS 'Dataset';
COMMENT ON COLUMN wetland_map.kind IS 'Kind of wetland';
COMMENT ON COLUMN wetland_map.kind_name IS 'Its name';
COMMENT ON COLUMN wetland_map.nomenclature IS 'Nomenclature of the class';
COMMENT ON COLUMN wetland_map.code IS 'Class';
COMMENT ON COLUMN wetland_map.year IS 'Year the polygon describes';
COMMENT ON COLUMN wetland_map.latest IS 'Whether that is the last vintage of the dataset that was counted';
COMMENT ON COLUMN wetland_map.area_ha IS 'Area, ha';
COMMENT ON COLUMN wetland_map.soil_per_ha IS 'Carbon of the soil, t/ha; NULL where it, or its interval and setting.assumed_u95_percent, is not known';
COMMENT ON COLUMN wetland_map.soil IS 'Carbon of the soil, t';
COMMENT ON COLUMN wetland_map.soil_low IS 'Lower end of its 95 % interval, t';
COMMENT ON COLUMN wetland_map.soil_high IS 'Upper end of its 95 % interval, t';
COMMENT ON COLUMN wetland_map.co2_if_lost IS 'What the soil would release if it were lost at once, t CO2';
COMMENT ON COLUMN wetland_map.label_fr IS 'Kind and carbon of the soil, in French';
COMMENT ON COLUMN wetland_map.label_en IS 'Kind and carbon of the soil, in English';
COMMENT ON COLUMN wetland_map.geom IS 'Polygon';
