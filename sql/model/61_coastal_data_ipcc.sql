-- Coastal habitats: means of the IPCC 2013 Wetlands Supplement as quoted in later
-- papers, tables 4.11 (soil to 1 m), 4.12 (gain after rewetting or planting) and 4.14
-- (methane).
INSERT INTO coastal_habitat (code, name, ch4_fresh, ch4_saline, source, shipped) VALUES
    ('mangrove', 'Mangrove', 193.7, 0,
     'IPCC 2013 Wetlands Supplement: tables 4.11 (soil to 1 m), 4.12 (gain after rewetting or planting), 4.14 (CH4); means as quoted in later papers', true),
    ('salt_marsh', 'Salt marsh', 193.7, 0,
     'IPCC 2013 Wetlands Supplement: tables 4.11 (soil to 1 m), 4.12 (gain after rewetting or planting), 4.14 (CH4); means as quoted in later papers', true),
    ('seagrass', 'Seagrass meadow', NULL, NULL,
     'IPCC 2013 Wetlands Supplement: table 4.12 (gain after replanting); mean as quoted in later papers; no method for CH4', true),
    ('tidal_flat', 'Tidal flat without vegetation', NULL, NULL,
     'No default of the IPCC 2013 Wetlands Supplement: enter local figures as a habitat of your own', true),
    ('inland_marsh', 'Inland marsh', NULL, NULL,
     'No default checked: enter local figures as a habitat of your own', true),
    ('open_water', 'Open water', NULL, NULL, 'By definition: no land carbon, no gain', true),
    ('developed', 'Built or sealed ground', NULL, NULL, 'By definition: no coastal carbon, no gain', true);
INSERT INTO coastal_habitat_pool (habitat, pool, initial, accumulation, shipped) VALUES
    ('mangrove', 'soil', 386, 1.62, true),
    ('salt_marsh', 'soil', 255, 0.91, true),
    ('seagrass', 'soil', NULL, 0.43, true);
INSERT INTO coastal_habitat_pool (habitat, pool, initial, accumulation, shipped)
    SELECT habitat, pool, 0, 0, true
    FROM unnest('{open_water,developed}'::text[]) AS habitat, unnest(terrcarbon_internal.coastal_pools()) AS pool;
