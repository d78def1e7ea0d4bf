-- Figures of wetlands: those of the IPCC 2013 Wetlands Supplement on which two
-- transcriptions agree, with the intervals that the second has.
INSERT INTO wetland_kind (code, name, name_fr, shipped) VALUES
    ('mangrove', 'Mangrove', 'Mangrove', true),
    ('salt_marsh', 'Salt marsh', 'Pré salé', true),
    ('seagrass', 'Seagrass meadow', 'Herbier marin', true),
    ('tidal_flat', 'Tidal flat without vegetation', 'Vasière sans végétation', true),
    ('inland_marsh', 'Inland marsh on mineral soil, warm temperate, moist', 'Marais intérieur sur sol minéral, tempéré chaud humide', true),
    ('inland_marsh.cold', 'Inland marsh on mineral soil, cold temperate, moist', 'Marais intérieur sur sol minéral, tempéré froid humide', true),
    ('peat.poor', 'Peatland, temperate, nutrient-poor', 'Tourbière tempérée, pauvre en nutriments', true),
    ('peat.rich', 'Peatland, temperate, nutrient-rich', 'Tourbière tempérée, riche en nutriments', true);
INSERT INTO wetland_class (nomenclature, code, kind, shipped) VALUES
    ('CLC', '411', 'inland_marsh', true), ('CLC', '421', 'salt_marsh', true), ('CLC', '423', 'tidal_flat', true);
-- The means of coastal kinds are those of coastal_habitat.
INSERT INTO wetland_figure (kind, figure, value, low, high, source, shipped)
    SELECT f.kind, f.figure, f.mean, i.low, i.high,
           'IPCC 2013 Wetlands Supplement, table ' || i.table_number || coalesce('; ' || i.remark, ''), true
    FROM (VALUES
        ('mangrove', 'soil', '4.11, to 1 m', 351, 424, NULL),
        ('salt_marsh', 'soil', '4.11, to 1 m', 213, 297, 'its lower end of 254 is no end of an interval about 255, so the upper half-width is taken on both sides'),
        ('mangrove', 'accumulation', '4.12', 1.3, 2.0, NULL),
        ('salt_marsh', 'accumulation', '4.12', 0.7, 1.1, NULL),
        ('seagrass', 'accumulation', '4.12', 0.2, 0.7, NULL),
        ('mangrove', 'ch4_fresh', '4.14', 99.8, 358, NULL),
        ('salt_marsh', 'ch4_fresh', '4.14', 99.8, 358, NULL),
        ('mangrove', 'ch4_saline', '4.14', -40, 40, 'its upper end on both sides'),
        ('salt_marsh', 'ch4_saline', '4.14', -40, 40, 'its upper end on both sides')
    ) AS i (kind, figure, table_number, low, high, remark)
    JOIN (SELECT p.habitat, unnest('{soil,accumulation}'::text[]), unnest(ARRAY[p.initial, p.accumulation])
          FROM coastal_habitat_pool p WHERE p.pool = 'soil' AND p.shipped
          UNION ALL
          SELECT h.code, unnest('{ch4_fresh,ch4_saline}'::text[]), unnest(ARRAY[h.ch4_fresh, h.ch4_saline])
          FROM coastal_habitat h WHERE h.shipped) AS f (kind, figure, mean) USING (kind, figure);
INSERT INTO wetland_figure (kind, figure, value, low, high, source, shipped)
    SELECT kind, figure, value, low, high, 'IPCC 2013 Wetlands Supplement, table ' || table_number, true
    FROM (VALUES
        ('mangrove', 'drained', 7.9, 5.2, 11.8, '4.13'),
        ('salt_marsh', 'drained', 7.9, 5.2, 11.8, '4.13'),
        ('inland_marsh', 'soil', 135, 97.2, 172.8, '5.2, to 30 cm'),
        ('inland_marsh.cold', 'soil', 128, 111.36, 144.64, '5.2, to 30 cm'),
        ('inland_marsh', 'accumulation', 0, NULL, NULL, '5.2: the reference stock is one at rest'),
        ('inland_marsh.cold', 'accumulation', 0, NULL, NULL, '5.2: the reference stock is one at rest'),
        ('inland_marsh', 'ch4_fresh', 235, NULL, NULL, '5.4'),
        ('inland_marsh.cold', 'ch4_fresh', 235, NULL, NULL, '5.4'),
        ('peat.poor', 'accumulation', 0.23, -0.18, 0.64, '3.1'),
        ('peat.rich', 'accumulation', -0.5, -1.71, 0.71, '3.1'),
        ('peat.poor', 'ch4_fresh', 92 * 16 / 12.0, 3 * 16 / 12.0, 445 * 16 / 12.0, '3.3'),
        ('peat.rich', 'ch4_fresh', 216 * 16 / 12.0, 0, 856 * 16 / 12.0, '3.3')
    ) AS figure (kind, figure, value, low, high, table_number);
INSERT INTO wetland_figure (kind, figure, value, low, high, source, shipped)
    SELECT kind, figure, value, low, high, 'IPCC 2013 Wetlands Supplement, table ' || table_number, true
    FROM unnest('{peat.poor,peat.rich}'::text[]) AS kind
    CROSS JOIN (VALUES
        ('drained.forest', 2.6, 2.0, 3.3, '2.1'),
        ('drained.cropland', 7.9, 6.5, 9.4, '2.1'),
        ('drained_n2o.forest', 2.8 * 44 / 28, NULL, NULL, '2.5'),
        ('drained_n2o.cropland', 13 * 44.0 / 28, NULL, NULL, '2.5')
    ) AS figure (figure, value, low, high, table_number);
