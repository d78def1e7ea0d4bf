-- Figures joined to boundaries.  The first column of each view is its key, which is
-- what map clients take for one.

CREATE VIEW trajectory_map WITH (security_invoker = on) AS
SELECT y.id, y.territory_code, y.territory_name, y.level, y.year,
       coalesce(y.year = l.year, false) AS latest,
       y.emissions, y.emissions_low, y.emissions_high, y.removals, y.net, y.net_low, y.net_high, y.target, y.gap,
       y.emissions_per_inhabitant, y.emissions_per_equivalent_resident, y.emissions_per_ha, y.known_part, y.complete, y.missing, y.as_of, y.stale,
       terrcarbon_internal.map_label('fr', y.territory_name, y.emissions, 't CO2e', y.year, y.complete, y.known_part) AS label_fr,
       terrcarbon_internal.map_label('en', y.territory_name, y.emissions, 't CO2e', y.year, y.complete, y.known_part) AS label_en, t.geom
FROM territory t
LEFT JOIN LATERAL (SELECT l.year FROM latest_year l WHERE l.territory_code = t.code OFFSET 0) AS l ON true
JOIN trajectory_by_territory y ON y.territory_code = t.code;
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
       m.carbon_per_ha, m.above, m.below, m.dead_wood, m.litter, m.soil, m.tonnes_co2, m.covered_ha, coalesce(m.complete, false) AS complete, m.known_part, m.missing,
       terrcarbon_internal.map_label('fr', t.name, m.carbon, 't C', m.year, m.complete, m.known_part) AS label_fr,
       terrcarbon_internal.map_label('en', t.name, m.carbon, 't C', m.year, m.complete, m.known_part) AS label_en, t.geom
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
    SELECT c.nomenclature, c.code, c.kind, k.name, coalesce(k.name_fr, k.name) AS name_fr, (
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
       terrcarbon_internal.map_label('fr', k.name_fr, terrcarbon.value(k.soil) * l.area_m2 / 1e4, 't C', l.year, true, NULL) AS label_fr,
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

CREATE VIEW wetland_site_map WITH (security_invoker = on) AS
SELECT concat_ws('/', w.dataset_id, w.id) AS id, w.dataset_id, w.name, w.kind, v.kind_name, w.state, w.salinity_ppt, w.year,
       w.area_m2 / 1e4 AS area_ha, terrcarbon.value(v.soil_t) AS soil, terrcarbon.lower(v.soil_t) AS soil_low,
       terrcarbon.upper(v.soil_t) AS soil_high, terrcarbon.value(v.biomass_t) AS biomass, terrcarbon.value(v.soil_change_t) AS soil_change,
       terrcarbon.value(v.ch4_kg) AS ch4_kg, terrcarbon.value(v.emission_t) AS emissions, terrcarbon.lower(v.emission_t) AS emissions_low,
       terrcarbon.upper(v.emission_t) AS emissions_high, terrcarbon.value(v.if_lost_t) AS if_lost, terrcarbon.lower(v.if_lost_t) AS if_lost_low,
       terrcarbon.upper(v.if_lost_t) AS if_lost_high, terrcarbon.value(v.if_lost_t) / (w.area_m2 / 1e4) AS if_lost_per_ha,
       terrcarbon.value(v.if_drained_t) AS if_drained, terrcarbon.value(v.if_restored_t) AS if_restored,
       terrcarbon.lower(v.if_restored_t) AS if_restored_low, terrcarbon.upper(v.if_restored_t) AS if_restored_high,
       array_to_string(v.left_out, ', ') AS left_out,
       terrcarbon_internal.map_label('fr', coalesce(w.name, v.kind_name_fr, w.kind), terrcarbon.value(v.if_lost_t), 't CO2e', w.year, true, NULL) AS label_fr,
       terrcarbon_internal.map_label('en', coalesce(w.name, v.kind_name, w.kind), terrcarbon.value(v.if_lost_t), 't CO2e', w.year, true, NULL) AS label_en,
       w.geom
FROM wetland_site w
LEFT JOIN (
    SELECT k.dataset_id, k.id, k.kind_name, k.kind_name_fr, p.*
    FROM wetland_site_soil k
    CROSS JOIN LATERAL terrcarbon.wetland_potential(k.known_kind, k.area_m2 / 1e4, k.state, k.salinity_ppt, 30, k.soil_reference, k.assumed_u95_percent, k.gwp) AS p
) AS v ON v.dataset_id = w.dataset_id AND v.id = w.id;
COMMENT ON VIEW wetland_site_map IS
    'Wetlands with what they hold, emit and take up, and what losing, draining or restoring them does over 30 years against leaving them as they are (terrcarbon.wetland_potential). NULL where a figure, its interval and setting.assumed_u95_percent are not known. Unique by id.';
COMMENT ON COLUMN wetland_site_map.id IS 'dataset/number: unique';
COMMENT ON COLUMN wetland_site_map.kind_name IS 'Name of the kind';
COMMENT ON COLUMN wetland_site_map.area_ha IS 'Area, ha';
COMMENT ON COLUMN wetland_site_map.soil IS 'Carbon of the soil, t';
COMMENT ON COLUMN wetland_site_map.soil_low IS 'Lower end of its 95 % interval, t';
COMMENT ON COLUMN wetland_site_map.soil_high IS 'Upper end of its 95 % interval, t';
COMMENT ON COLUMN wetland_site_map.biomass IS 'Carbon of biomass, t; NULL: not known';
COMMENT ON COLUMN wetland_site_map.soil_change IS 'Yearly change of the carbon of the soil, t, a gain positive';
COMMENT ON COLUMN wetland_site_map.ch4_kg IS 'Methane, kg a year';
COMMENT ON COLUMN wetland_site_map.emissions IS 'Net emission, t CO2e a year, mean of 30 years, uptake negative';
COMMENT ON COLUMN wetland_site_map.emissions_low IS 'Lower end of its 95 % interval';
COMMENT ON COLUMN wetland_site_map.emissions_high IS 'Upper end of its 95 % interval';
COMMENT ON COLUMN wetland_site_map.if_lost IS 'What its loss would release, t CO2e in 30 years';
COMMENT ON COLUMN wetland_site_map.if_lost_low IS 'Lower end of its 95 % interval, t CO2e';
COMMENT ON COLUMN wetland_site_map.if_lost_high IS 'Upper end of its 95 % interval, t CO2e';
COMMENT ON COLUMN wetland_site_map.if_lost_per_ha IS 'The same for a hectare, t CO2e';
COMMENT ON COLUMN wetland_site_map.if_drained IS 'What draining it would release, t CO2e in 30 years';
COMMENT ON COLUMN wetland_site_map.if_restored IS 'What restoring it would change, t CO2e in 30 years, a gain negative';
COMMENT ON COLUMN wetland_site_map.if_restored_low IS 'Lower end of its 95 % interval, t CO2e';
COMMENT ON COLUMN wetland_site_map.if_restored_high IS 'Upper end of its 95 % interval, t CO2e';
COMMENT ON COLUMN wetland_site_map.left_out IS 'What is in no sum, since no figure is known of it';
COMMENT ON COLUMN wetland_site_map.label_fr IS 'Name and what its loss would release, in French';
COMMENT ON COLUMN wetland_site_map.label_en IS 'Name and what its loss would release, in English';
SELECT terrcarbon_internal.copy_comments('wetland_site_map', 'wetland_site');
