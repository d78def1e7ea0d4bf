-- ALDO's reference stocks for metropolitan France, as published by ADEME under
-- the MIT licence (github.com/incubateur-ademe/aldo).  Two nomenclatures: ALDO's
-- own classes and CORINE Land Cover (CLC).
--
-- A row's id is 100 x class + place, so that rows added later move no other.

-- Soil to 30 cm where it depends on the pedoclimatic zone, tC/ha.  ALDO gives the
-- grassed part of artificial land the soil of grassland, its wooded part that of
-- forest; a CLC artificial class is 80 % sealed (30 tC/ha) and 20 % grassed.
WITH zone (place, territory_code, cropland, grassland, forest) AS (VALUES
    (1, 'ZPC_1_1', 47, 74, 68),
    (2, 'ZPC_1_2', 36, 49, 47),
    (3, 'ZPC_1_3', 52, 96, 82),
    (4, 'ZPC_2_1', 50, 69, 60),
    (5, 'ZPC_2_2', 43, 55, 83),
    (6, 'ZPC_2_3', 52, 89, 79),
    (7, 'ZPC_3_1', 51, 75, 66),
    (8, 'ZPC_3_2', 39, 63, 56),
    (9, 'ZPC_3_3', 55, 97, 93),
    (10, 'ZPC_4_1', 48, 84, 83),
    (11, 'ZPC_4_2', 39, 63, 68),
    (12, 'ZPC_4_3', 54, 87, 81),
    (13, 'ZPC_5_1', 48, 84, 83),
    (14, 'ZPC_5_3', 54, 87, 81)
), class (number, nomenclature, code, name) AS (VALUES
    (1, 'ALDO', 'cultures', 'Cropland'),
    (2, 'ALDO', 'prairies', 'Grassland'),
    (3, 'ALDO', 'foret', 'Forest'),
    (4, 'ALDO', 'sols_artificiels_arbustifs', 'Artificial land, grass and shrubs'),
    (5, 'ALDO', 'sols_artificiels_arbores', 'Artificial land, trees'),
    (6, 'CLC', '21', 'Arable land'),
    (7, 'CLC', '24', 'Heterogeneous agricultural areas'),
    (8, 'CLC', '23', 'Pastures'),
    (9, 'CLC', '321', 'Natural grassland'),
    (10, 'CLC', '322', 'Moors and heathland'),
    (11, 'CLC', '323', 'Sclerophyllous vegetation'),
    (12, 'CLC', '31', 'Forest'),
    (13, 'CLC', '324', 'Transitional woodland-shrub'),
    (14, 'CLC', '11', 'Urban fabric'),
    (15, 'CLC', '12', 'Industrial, commercial and transport units'),
    (16, 'CLC', '13', 'Mine, dump and construction sites'),
    (17, 'CLC', '142', 'Sport and leisure facilities'),
    (18, 'CLC', '141', 'Green urban areas')
)
INSERT INTO stock_reference (id, nomenclature, code, name, territory_code, stock,
        source, recorded_at, shipped)
    SELECT 100 * number + place, nomenclature, code, name, territory_code,
           format('{"soil": %s, "soil_depth_cm": 30}', CASE
               WHEN number IN (1, 6, 7) THEN cropland
               WHEN number IN (3, 5, 12, 13, 18) THEN forest
               WHEN number BETWEEN 14 AND 17 THEN 0.8 * 30 + 0.2 * grassland
               ELSE grassland
           END)::carbon_stock,
           'Base: ALDO (ADEME), stocks-zpc: soil organic carbon to 30 cm by pedoclimatic zone, '
               'GIS Sol RMQS and CITEPA'
               || CASE WHEN number BETWEEN 14 AND 17
                      THEN '; artificial class as 80 % sealed, 20 % grassed with shrubs' ELSE '' END,
           '2026-11-24 00:00+00', true
    FROM zone, class;

-- Soil that ALDO gives one value everywhere.
INSERT INTO stock_reference (id, nomenclature, code, name, territory_code, stock,
        source, recorded_at, shipped)
    SELECT 100 * number, nomenclature, code, name, 'FR',
           format('{"soil": %s, "soil_depth_cm": 30}', soil)::carbon_stock,
           'Base: ALDO (ADEME), stocks-zpc: soil organic carbon to 30 cm, one value for all zones',
           '2026-11-24 00:00+00', true
    FROM (VALUES
        (20, 'ALDO', 'zones_humides', 'Wetland', 125),
        (21, 'ALDO', 'vergers', 'Orchards', 46),
        (22, 'ALDO', 'vignes', 'Vineyards', 39),
        (23, 'ALDO', 'sols_artificiels_impermeabilises', 'Artificial land, sealed', 30),
        (24, 'CLC', '41', 'Inland wetlands', 125),
        (25, 'CLC', '42', 'Maritime wetlands', 125),
        (26, 'CLC', '222', 'Fruit trees and berry plantations', 46),
        (27, 'CLC', '223', 'Olive groves', 46),
        (28, 'CLC', '221', 'Vineyards', 39)
    ) AS class (number, nomenclature, code, name, soil);

INSERT INTO stock_reference (id, nomenclature, code, name, territory_code, stock,
        source, recorded_at, shipped) VALUES
    (2900, 'CLC', '5', 'Water bodies and estuaries', 'FR',
     '{"above": 0, "below": 0, "dead_wood": 0, "litter": 0, "soil": 0, "soil_depth_cm": 30}',
     'Deviation from ALDO, which counts CLC 511, 512, 521, 522 and 523 as wetland (125 tC/ha): '
         'open water and estuaries hold no land stock, 0',
     '2026-11-24 00:00+00', true);

-- Living biomass outside forests, roots included, tC/ha; written in the pool
-- above, for ALDO does not tell roots apart.
INSERT INTO stock_reference (id, nomenclature, code, name, territory_code, stock,
        source, recorded_at, shipped)
    SELECT 100 * number, nomenclature, code, name, 'FR',
           format('{"above": %s}', biomass)::carbon_stock,
           'Base: ALDO (ADEME), biomass-hors-forets: living biomass, roots included, one value for all '
               'inter-regions'
               || CASE WHEN number BETWEEN 50 AND 53
                      THEN '; artificial class as 80 % sealed, 20 % grassed with shrubs' ELSE '' END,
           '2026-11-24 00:00+00', true
    FROM (VALUES
        (30, 'ALDO', 'cultures', 'Cropland', 0),
        (31, 'ALDO', 'prairies_herbacees', 'Grassland, grass', 0),
        (32, 'ALDO', 'prairies_arbustives', 'Grassland, shrubs', 7),
        (33, 'ALDO', 'vergers', 'Orchards', 16),
        (34, 'ALDO', 'vignes', 'Vineyards', 5),
        (35, 'ALDO', 'zones_humides', 'Wetland', 0),
        (36, 'ALDO', 'sols_artificiels_arbustifs', 'Artificial land, grass and shrubs', 7),
        (37, 'ALDO', 'sols_artificiels_impermeabilises', 'Artificial land, sealed', 0),
        (40, 'CLC', '21', 'Arable land', 0),
        (41, 'CLC', '24', 'Heterogeneous agricultural areas', 0),
        (42, 'CLC', '23', 'Pastures', 0),
        (43, 'CLC', '321', 'Natural grassland', 0),
        (44, 'CLC', '322', 'Moors and heathland', 7),
        (45, 'CLC', '222', 'Fruit trees and berry plantations', 16),
        (46, 'CLC', '223', 'Olive groves', 16),
        (47, 'CLC', '221', 'Vineyards', 5),
        (48, 'CLC', '41', 'Inland wetlands', 0),
        (49, 'CLC', '42', 'Maritime wetlands', 0),
        (50, 'CLC', '11', 'Urban fabric', 1.4),
        (51, 'CLC', '12', 'Industrial, commercial and transport units', 1.4),
        (52, 'CLC', '13', 'Mine, dump and construction sites', 1.4),
        (53, 'CLC', '142', 'Sport and leisure facilities', 1.4)
    ) AS class (number, nomenclature, code, name, biomass);

-- Trees outside forests: by inter-region, which ALDO derives from the region.
INSERT INTO stock_reference (id, nomenclature, code, name, territory_code, stock,
        source, recorded_at, shipped)
    SELECT 100 * number + place, nomenclature, code, name, 'FR-' || region,
           format('{"above": %s}', biomass)::carbon_stock,
           'Base: ALDO (ADEME), biomass-hors-forets: living biomass of trees, roots included, inter-region '
               || inter_region || ', IFN/FCBA/Solagro 2009',
           '2026-11-24 00:00+00', true
    FROM (VALUES
        (1, 'ARA', 'CENTRE-EST', 57), (2, 'BFC', 'NORD-EST', 48), (3, 'BRE', 'NORD-OUEST', 48),
        (4, 'COR', 'SUD-EST', 44), (5, 'CVL', 'NORD-OUEST', 48), (6, 'GES', 'NORD-EST', 48),
        (7, 'HDF', 'NORD-OUEST', 48), (8, 'IDF', 'NORD-OUEST', 48), (9, 'NAQ', 'SUD-OUEST', 31),
        (10, 'NOR', 'NORD-OUEST', 48), (11, 'OCC', 'SUD-EST', 44), (12, 'PAC', 'SUD-EST', 44),
        (13, 'PDL', 'NORD-OUEST', 48)
    ) AS region (place, region, inter_region, biomass),
    (VALUES
        (60, 'ALDO', 'prairies_arborees', 'Grassland, trees'),
        (61, 'ALDO', 'sols_artificiels_arbores', 'Artificial land, trees'),
        (62, 'CLC', '323', 'Sclerophyllous vegetation'),
        (63, 'CLC', '141', 'Green urban areas')
    ) AS class (number, nomenclature, code, name);

-- Forests, tC/ha: living biomass (roots included, in the pool above) and dead
-- wood by group of forest ecological regions, else great region, else region,
-- else France.  NULL: not significant in the inventory, left to the wider zone.
WITH zone (place, territory_code, broadleaved, broadleaved_dead, conifer, conifer_dead, mixed, mixed_dead) AS (VALUES
    (1, 'SER_A1', 96.23, 6.24, 78.16, 5.34, 109.44, 7.85),
    (2, 'SER_AX', 87.55, 5.89, 77.98, 5.97, 89.21, 7.2),
    (3, 'SER_B3', 106.67, 5.14, 80.28, 1.53, NULL, NULL),
    (4, 'SER_B4', 99.46, 7.75, 58.67, 6.49, 58.41, 11.02),
    (5, 'SER_B5', 110.64, 7.88, NULL, NULL, NULL, NULL),
    (6, 'SER_B6', 98.38, 6.95, 80.43, 3.42, NULL, NULL),
    (7, 'SER_B7', 78.44, 5.32, 79.88, 2.88, 86.16, 4.58),
    (8, 'SER_B8', 84.5, 8.47, NULL, NULL, NULL, NULL),
    (9, 'SER_B9', 106.03, 7.7, NULL, NULL, NULL, NULL),
    (10, 'SER_BX', 99.18, 4.51, NULL, NULL, NULL, NULL),
    (11, 'SER_C1', 103.77, 5.01, 96.81, 4.44, NULL, NULL),
    (12, 'SER_C2', 90.72, 7.23, 84.31, 8.59, 86.05, 7.57),
    (13, 'SER_C3', 115.12, 6.62, NULL, NULL, NULL, NULL),
    (14, 'SER_C4', 103.23, 11.33, NULL, NULL, NULL, NULL),
    (15, 'SER_C5', 104.78, 12.09, NULL, NULL, NULL, NULL),
    (16, 'SER_D1', 108.36, 10.53, 113.64, 10.32, 117.3, 12.4),
    (17, 'SER_E1', 96.48, 9.54, NULL, NULL, 99, 8.13),
    (18, 'SER_E2', 109.07, 9.41, 124.21, 8.49, 101.91, 9.93),
    (19, 'SER_F1', 89.15, 15.18, 68.98, 3.92, 100.74, 10.04),
    (20, 'SER_F2', 67.87, 8.55, 50.75, 1.67, 70.16, 5.69),
    (21, 'SER_F3', 91.76, 8.29, NULL, NULL, NULL, NULL),
    (22, 'SER_F4', 57.59, 4, NULL, NULL, NULL, NULL),
    (23, 'SER_F5', 95.01, 8.84, NULL, NULL, NULL, NULL),
    (24, 'SER_G1', 106.12, 11.47, 90.59, 5.92, 112.73, 13.07),
    (25, 'SER_G2', 105.43, 10.19, 107.5, 10.98, 93.8, 12.42),
    (26, 'SER_G3', 98.4, 6.53, 116.44, 13.36, 93.81, 10.57),
    (27, 'SER_G4', 85.82, 14.51, 124.48, 10.13, 90.9, 11.2),
    (28, 'SER_G5', 101.81, 16.5, NULL, NULL, NULL, NULL),
    (29, 'SER_G6', 43.66, 4.29, 48.1, 2.41, NULL, NULL),
    (30, 'SER_G7', 85.64, 18.21, 93.28, 7.27, NULL, NULL),
    (31, 'SER_G8', 86.44, 9.73, 94.97, 6.68, NULL, NULL),
    (32, 'SER_G9', 78.05, 7.59, NULL, NULL, NULL, NULL),
    (33, 'SER_H1', 112.86, 14.28, 134.54, 13.13, 122.62, 13.41),
    (34, 'SER_H2', 102.49, 10.83, 101.49, 12.4, 111, 9.35),
    (35, 'SER_H3', 55.83, 8.33, 46.78, 5.77, 50.08, 6.6),
    (36, 'SER_H4', NULL, NULL, 68.47, 6.49, NULL, NULL),
    (37, 'SER_I1', 100.62, 8.78, NULL, NULL, 90.63, 5.68),
    (38, 'SER_I2', 100.04, 11.28, 81.38, 6.01, NULL, NULL),
    (39, 'SER_JX', 40.38, 3.39, 34.73, 2.03, 37.77, 2.92),
    (40, 'SER_K1', 71.23, 8.54, NULL, NULL, NULL, NULL),
    (41, 'GRECO_A', 93.1, 6.11, 79.8, 5.81, 101.31, 7.45),
    (42, 'GRECO_B', 99.57, 6.83, 79.19, 4.24, 82.17, 7.18),
    (43, 'GRECO_C', 99.35, 8.37, 85.84, 6.73, 93.75, 8.57),
    (44, 'GRECO_D', 108.36, 10.53, 113.64, 10.32, 117.3, 12.4),
    (45, 'GRECO_E', 99.11, 9.47, 123.87, 8.31, 100.77, 9.41),
    (46, 'GRECO_F', 81.24, 9.62, 52.4, 1.88, 80.95, 7.75),
    (47, 'GRECO_G', 95.52, 11.61, 100.78, 8.87, 95.59, 11.43),
    (48, 'GRECO_H', 75.54, 9.71, 68.94, 7.38, 81.2, 8.76),
    (49, 'GRECO_I', 99.79, 10.08, 81.01, 5.31, 91.66, 7.5),
    (50, 'GRECO_J', 40.38, 3.39, 34.73, 2.03, 37.77, 2.92),
    (51, 'GRECO_K', 71.23, 8.54, NULL, NULL, NULL, NULL),
    (52, 'FR-ARA', 92.46, 11.63, 106.27, 11.22, 96.71, 10.79),
    (53, 'FR-BFC', 105.16, 7.57, 109.71, 7.25, 97, 9.27),
    (54, 'FR-BRE', 93.08, 7.18, 89.61, 7.45, 106.79, 9.26),
    (55, 'FR-COR', 71.23, 8.54, NULL, NULL, NULL, NULL),
    (56, 'FR-CVL', 93.82, 6.87, 81.93, 3.51, 89.12, 6.2),
    (57, 'FR-GES', 100.15, 8.05, 101.98, 9.36, 102.59, 11.29),
    (58, 'FR-HDF', 97.25, 6.16, NULL, NULL, NULL, NULL),
    (59, 'FR-IDF', 103.99, 7.04, NULL, NULL, NULL, NULL),
    (60, 'FR-NAQ', 92.4, 11.09, 58.84, 2.54, 88.62, 9),
    (61, 'FR-NOR', 102.92, 4.25, 77.94, 1.54, 82.74, 4.02),
    (62, 'FR-OCC', 76.89, 8.83, 67.65, 4.86, 77.81, 6.66),
    (63, 'FR-PAC', 43.58, 4.46, 49.17, 4.34, 44.67, 4.73),
    (64, 'FR-PDL', 91.63, 5.14, 72.49, 2.97, NULL, NULL),
    (0, 'FR', 90.35, 8.33, 77.06, 6.02, 85.46, 8.56)
), figure (place, territory_code, kind, living, dead, note) AS (
    SELECT place, territory_code, kind, living, dead, ''
    FROM zone
    CROSS JOIN LATERAL (VALUES
        ('broadleaved', broadleaved, broadleaved_dead),
        ('conifer', conifer, conifer_dead),
        ('mixed', mixed, mixed_dead)
    ) AS stand (kind, living, dead)
    WHERE living IS NOT NULL
  UNION ALL
    -- Regions without a figure of their own to which ALDO lends a neighbour's.
    SELECT region.place, region.territory_code, loan.kind, living, dead,
           ', value of ' || lender.territory_code || ' as in ALDO'
    FROM (VALUES
        ('FR-COR', 'GRECO_J', 'conifer'), ('FR-COR', 'GRECO_J', 'mixed'),
        ('FR-HDF', 'GRECO_B', 'conifer'), ('FR-HDF', 'GRECO_B', 'mixed'),
        ('FR-PDL', 'GRECO_A', 'mixed')
    ) AS loan (territory_code, from_territory, kind)
    JOIN zone region ON region.territory_code = loan.territory_code
    JOIN zone lender ON lender.territory_code = loan.from_territory
    CROSS JOIN LATERAL (VALUES
        ('conifer', lender.conifer, lender.conifer_dead),
        ('mixed', lender.mixed, lender.mixed_dead)
    ) AS stand (kind, living, dead)
    WHERE stand.kind = loan.kind
  UNION ALL
    SELECT place, territory_code, 'poplar', living, dead, ''
    FROM (VALUES
        (0, 'FR', 60.95, 3.48),
        (65, 'POPLAR_NORD', 53.98, 1.9),
        (66, 'POPLAR_NORD_EST', 56.9, 5.02),
        (67, 'POPLAR_NORD_OUEST', 69.56, 3.01),
        (68, 'POPLAR_SUD', 59.38, 4.32)
    ) AS basin (place, territory_code, living, dead)
), class (number, nomenclature, code, kind, name) AS (VALUES
    (70, 'ALDO', 'foret_feuillu', 'broadleaved', 'Broadleaved forest'),
    (71, 'ALDO', 'foret_conifere', 'conifer', 'Coniferous forest'),
    (72, 'ALDO', 'foret_mixte', 'mixed', 'Mixed forest'),
    (73, 'ALDO', 'foret_peupleraie', 'poplar', 'Poplar plantation'),
    (74, 'CLC', '311', 'broadleaved', 'Broadleaved forest'),
    (75, 'CLC', '312', 'conifer', 'Coniferous forest'),
    (76, 'CLC', '313', 'mixed', 'Mixed forest'),
    (77, 'CLC', '324', 'mixed', 'Transitional woodland-shrub')
)
INSERT INTO stock_reference (id, nomenclature, code, name, territory_code, stock,
        source, recorded_at, shipped)
    SELECT 100 * number + place, nomenclature, code, name, territory_code,
           format('{"above": %s}', living)::carbon_stock,
           'Base: ALDO (ADEME), bilan-carbone-foret: living trees, roots included, IGN inventory 2016-2020' || note,
           '2026-11-24 00:00+00'::timestamptz, true
    FROM figure JOIN class USING (kind)
  UNION ALL
    SELECT 100 * (number + 10) + place, nomenclature, code, name, territory_code,
           format('{"dead_wood": %s}', dead)::carbon_stock,
           'Base: ALDO (ADEME), bilan-carbone-foret: dead wood, IGN inventory 2016-2020' || note,
           '2026-11-24 00:00+00', true
    FROM figure JOIN class USING (kind);

INSERT INTO stock_reference (id, nomenclature, code, name, territory_code, stock,
        source, recorded_at, shipped)
    SELECT 100 * number, nomenclature, code, name, 'FR', '{"litter": 9}',
           'Base: ALDO (ADEME): forest litter, 9 tC/ha whatever the stand',
           '2026-11-24 00:00+00', true
    FROM (VALUES
        (90, 'ALDO', 'foret', 'Forest'),
        (91, 'CLC', '31', 'Forest'),
        (92, 'CLC', '324', 'Transitional woodland-shrub')
    ) AS class (number, nomenclature, code, name);

-- Hedges, tC/km: above ground and in all, by department; ALDO's mean elsewhere.
INSERT INTO stock_reference (id, nomenclature, code, per, name, territory_code, stock,
        source, recorded_at, shipped)
    SELECT 9300 + row_number() OVER (ORDER BY number NULLS FIRST) - 1, 'ALDO', 'haies', 'km', 'Hedges',
           'FR' || coalesce('-' || number, ''),
           format('{"above": %s, "below": %s}', above, in_all - above)::carbon_stock,
           'Base: ALDO (ADEME), carbone-haies: '
               || CASE WHEN number IS NULL THEN 'mean of the departments that have a figure'
                      ELSE 'by department' END,
           '2026-11-24 00:00+00', true
    FROM (VALUES
    (NULL, 79.178, 101.347),
    ('02', 76.421, 97.820), ('03', 79.725, 102.048), ('12', 78.306, 100.232), ('14', 77.362, 99.024),
    ('16', 87.700, 112.256), ('18', 79.418, 101.655), ('21', 72.493, 92.791), ('22', 80.163, 102.609),
    ('23', 91.879, 117.605), ('24', 86.901, 111.233), ('27', 79.641, 101.941), ('29', 69.261, 88.654),
    ('32', 79.823, 102.174), ('35', 83.073, 106.334), ('36', 81.376, 104.161), ('44', 70.432, 90.153),
    ('46', 80.669, 103.256), ('49', 69.089, 88.434), ('50', 68.868, 88.150), ('53', 78.615, 100.628),
    ('56', 90.752, 116.163), ('58', 79.315, 101.523), ('59', 69.410, 88.844), ('61', 81.492, 104.310),
    ('71', 80.556, 103.112), ('72', 78.076, 99.937), ('76', 91.613, 117.264), ('79', 68.636, 87.854),
    ('85', 68.768, 88.024), ('86', 74.371, 95.195), ('87', 100.300, 128.384)
    ) AS department (number, above, in_all);

-- ALDO gives all the carbon of its classes: what it leaves out is none.
UPDATE stock_reference SET complete = true;
