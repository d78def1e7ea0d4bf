-- Emission factors of drained and rewetted wetlands, per hectare and year: the
-- figures of the 2013 Wetlands Supplement that a second source quotes with their
-- table.  Where only a mean is quoted there is no u95_percent.
INSERT INTO factor (id, code, name, unit, amount, u95_percent, part, source, recorded_at, shipped)
    SELECT 90000 + place, 'wetland.' || code, name, 'ha.yr',
           CASE gas WHEN 'CO2' THEN ghg('CO2', amount * 44000 / 12)
                    WHEN 'CH4-C' THEN ghg('CH4_biogenic', amount * 16 / 12)
                    WHEN 'CH4' THEN ghg('CH4_biogenic', amount) END,
           100 * half_width / abs(amount), 'combustion',
           'IPCC 2013 Wetlands Supplement, table ' || table_number || ': '
               || CASE gas WHEN 'CO2' THEN amount || ' t CO2-C' ELSE amount || ' kg ' || gas END
               || '/ha/year; as quoted in later papers, not compared with the printed table',
           '2026-11-24 00:00+00', true
    FROM (VALUES
        (1, 'drained.temperate.forest', 'Drained organic soil, temperate, forest', 'CO2', 2.6, NULL, '2.1'),
        (2, 'drained.temperate.cropland', 'Drained organic soil, temperate, cropland', 'CO2', 7.9, NULL, '2.1'),
        (3, 'drained.temperate.grassland.poor', 'Drained organic soil, temperate, grassland, nutrient-poor', 'CO2', 5.3, NULL, '2.1'),
        (4, 'drained.temperate.grassland.rich_deep', 'Drained organic soil, temperate, grassland, nutrient-rich, deep-drained', 'CO2', 6.1, NULL, '2.1'),
        (5, 'drained.temperate.grassland.rich_shallow', 'Drained organic soil, temperate, grassland, nutrient-rich, shallow-drained', 'CO2', 3.6, NULL, '2.1'),
        (6, 'drained.temperate.extraction', 'Drained organic soil, temperate, peat extraction', 'CO2', 2.8, NULL, '2.1'),
        (7, 'rewetted.temperate.poor.co2', 'Rewetted organic soil, temperate, nutrient-poor, CO2', 'CO2', -0.23, 0.41, '3.1'),
        (8, 'rewetted.temperate.rich.co2', 'Rewetted organic soil, temperate, nutrient-rich, CO2', 'CO2', 0.50, 1.21, '3.1'),
        (9, 'rewetted.boreal.poor.co2', 'Rewetted organic soil, boreal, nutrient-poor, CO2', 'CO2', -0.34, 0.25, '3.1'),
        (10, 'rewetted.boreal.rich.co2', 'Rewetted organic soil, boreal, nutrient-rich, CO2', 'CO2', -0.55, 0.22, '3.1'),
        (11, 'rewetted.temperate.doc', 'Rewetted organic soil, temperate, CO2 of carbon that leaves dissolved', 'CO2', 0.24, NULL, '3.2'),
        (12, 'rewetted.temperate.poor.ch4', 'Rewetted organic soil, temperate, nutrient-poor, CH4', 'CH4-C', 92, NULL, '3.3'),
        (13, 'rewetted.temperate.rich.ch4', 'Rewetted organic soil, temperate, nutrient-rich, CH4', 'CH4-C', 216, NULL, '3.3'),
        (14, 'drained.coastal', 'Drained tidal marsh or mangrove', 'CO2', 7.9, NULL, '4.13'),
        (15, 'rewetted.inland_mineral.temperate.ch4', 'Rewetted inland wetland on mineral soil, temperate, CH4', 'CH4', 235, NULL, '5.4')
    ) AS figure (place, code, name, gas, amount, half_width, table_number);
