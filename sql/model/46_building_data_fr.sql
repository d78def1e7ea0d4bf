-- Walls, roofs and floors of the French diagnosis by year of construction, its degree
-- hours, heating by kind of building, climates.
INSERT INTO building_u_value (element, climate_zone, electric, year_from, year_to, u_w_m2_k, source, shipped)
    SELECT element, climate_zone, electric, p.year_from, p.year_to, u[p.place],
           'Arrete of 31 March 2021 on the method of the diagnosis (3CL-DPE 2021), tables of walls, roofs and floors', true
    FROM (VALUES
        ('flat_roof', 'h1', false, '{2.5,0.75,0.75,0.55,0.4,0.3,0.27,0.14}'::float8[]),
        ('flat_roof', 'h1', true, '{2.5,0.75,0.7,0.4,0.35,0.3,0.27,0.14}'::float8[]),
        ('flat_roof', 'h2', false, '{2.5,0.79,0.79,0.58,0.42,0.3,0.27,0.14}'::float8[]),
        ('flat_roof', 'h2', true, '{2.5,0.79,0.74,0.42,0.37,0.3,0.27,0.14}'::float8[]),
        ('flat_roof', 'h3', false, '{2.5,0.83,0.83,0.61,0.44,0.3,0.27,0.14}'::float8[]),
        ('flat_roof', 'h3', true, '{2.5,0.83,0.78,0.44,0.39,0.3,0.27,0.14}'::float8[]),
        ('floor', 'h1', false, '{2,0.9,0.9,0.8,0.5,0.3,0.27,0.23}'::float8[]),
        ('floor', 'h1', true, '{2,0.9,0.8,0.55,0.55,0.3,0.27,0.23}'::float8[]),
        ('floor', 'h2', false, '{2,0.95,0.95,0.74,0.63,0.3,0.27,0.23}'::float8[]),
        ('floor', 'h2', true, '{2,0.95,0.84,0.58,0.58,0.3,0.27,0.23}'::float8[]),
        ('floor', 'h3', false, '{2,1,1,0.89,0.56,0.47,0.4,0.25}'::float8[]),
        ('floor', 'h3', true, '{2,1,0.89,0.78,0.5,0.47,0.4,0.25}'::float8[]),
        ('roof', 'h1', false, '{2.5,0.5,0.5,0.3,0.25,0.23,0.2,0.14}'::float8[]),
        ('roof', 'h1', true, '{2.5,0.5,0.4,0.3,0.25,0.23,0.2,0.14}'::float8[]),
        ('roof', 'h2', false, '{2.5,0.53,0.53,0.32,0.26,0.23,0.2,0.14}'::float8[]),
        ('roof', 'h2', true, '{2.5,0.53,0.42,0.32,0.26,0.23,0.2,0.14}'::float8[]),
        ('roof', 'h3', false, '{2.5,0.56,0.56,0.33,0.3,0.3,0.25,0.14}'::float8[]),
        ('roof', 'h3', true, '{2.5,0.56,0.44,0.33,0.3,0.3,0.25,0.14}'::float8[]),
        ('wall', 'h1', false, '{2.5,1,1,0.8,0.5,0.4,0.36,0.23}'::float8[]),
        ('wall', 'h1', true, '{2.5,1,0.8,0.7,0.45,0.4,0.36,0.23}'::float8[]),
        ('wall', 'h2', false, '{2.5,1.05,1.05,0.84,0.53,0.4,0.36,0.23}'::float8[]),
        ('wall', 'h2', true, '{2.5,1.05,0.84,0.74,0.47,0.4,0.36,0.23}'::float8[]),
        ('wall', 'h3', false, '{2.5,1.11,1.11,0.89,0.56,0.47,0.4,0.25}'::float8[]),
        ('wall', 'h3', true, '{2.5,1.11,0.89,0.78,0.5,0.47,0.4,0.25}'::float8[])
    ) AS figure (element, climate_zone, electric, u)
    CROSS JOIN (VALUES (1, NULL::int, 1974), (2, 1975, 1977), (3, 1978, 1982), (4, 1983, 1988), (5, 1989, 2000), (6, 2001, 2005), (7, 2006, 2012), (8, 2013, NULL::int)) AS p (place, year_from, year_to);

INSERT INTO building_climate (climate_zone, altitude_from, altitude_to, degree_hours, source, shipped)
    SELECT climate_zone, altitude_from, altitude_to, degree_hours, 'Arrete of 31 March 2021 on the method of the diagnosis (3CL-DPE 2021), degree hours below 19 C, months added up', true
    FROM (VALUES
        ('h1a', NULL::int, 400, 60585.1),
        ('h1a', 400, 800, 78705.8),
        ('h1b', NULL::int, 400, 60089.9),
        ('h1b', 400, 800, 75615.8),
        ('h1b', 800, NULL::int, 90324.1),
        ('h1c', NULL::int, 400, 57673.0),
        ('h1c', 400, 800, 72333.6),
        ('h1c', 800, NULL::int, 86616.4),
        ('h2a', NULL::int, 400, 57385.6),
        ('h2a', 400, 800, 70105.2),
        ('h2b', NULL::int, 400, 55905.9),
        ('h2b', 400, 800, 69935.7),
        ('h2c', NULL::int, 400, 49648.4),
        ('h2c', 400, 800, 61422.0),
        ('h2c', 800, NULL::int, 76577.8),
        ('h2d', NULL::int, 400, 49032.7),
        ('h2d', 400, 800, 60690.3),
        ('h2d', 800, NULL::int, 73919.1),
        ('h3', NULL::int, 400, 39485.9),
        ('h3', 400, 800, 48956.6),
        ('h3', 800, NULL::int, 64117.7)
    ) AS figure (climate_zone, altitude_from, altitude_to, degree_hours);

-- Labels of two electric elements of each row are exchanged in the source; the unit tells
-- which is the energy.
INSERT INTO building_archetype (id, use, carrier, year_from, year_to, kwh_per_m2, u95_percent, unit, factor, source, shipped)
    SELECT row_number() OVER (), use, carrier, year_from, year_to, kwh, 30, CASE WHEN carrier IN ('electricity', 'heat_network') THEN 'kWh' ELSE 'kWh LHV' END,
           CASE split_part(carrier, '_collective', 1) WHEN 'gas' THEN 'natural_gas' WHEN 'oil' THEN 'heating_oil' WHEN 'coal' THEN 'coal'
               WHEN 'electricity' THEN 'electricity' END,
           'Base Carbone V23.6 (ADEME), element ' || element || ': yearly energy for heating', true
    FROM (VALUES
        ('house', 'gas', NULL::int, 1974, 201, 23135),
        ('house', 'oil', NULL::int, 1974, 187, 23147),
        ('house', 'lpg', NULL::int, 1974, 139, 23167),
        ('house', 'coal', NULL::int, 1974, 290, 23159),
        ('house', 'electricity', NULL::int, 1974, 150, 23194),
        ('house', 'gas', 1975, NULL::int, 166, 23137),
        ('house', 'oil', 1975, NULL::int, 171, 23149),
        ('house', 'lpg', 1975, NULL::int, 129, 23169),
        ('house', 'coal', 1975, NULL::int, 235, 23161),
        ('house', 'electricity', 1975, NULL::int, 106, 23196),
        ('apartment', 'gas_collective', NULL::int, 1974, 207, 23139),
        ('apartment', 'gas', NULL::int, 1974, 146, 23143),
        ('apartment', 'oil_collective', NULL::int, 1974, 195, 23151),
        ('apartment', 'oil', NULL::int, 1974, 172, 23155),
        ('apartment', 'lpg', NULL::int, 1974, 101, 23171),
        ('apartment', 'coal_collective', NULL::int, 1974, 211, 23163),
        ('apartment', 'heat_network', NULL::int, 1974, 255, 23175),
        ('apartment', 'electricity', NULL::int, 1974, 98, 23198),
        ('apartment', 'gas_collective', 1975, NULL::int, 196, 23141),
        ('apartment', 'gas', 1975, NULL::int, 125, 23145),
        ('apartment', 'oil_collective', 1975, NULL::int, 174, 23153),
        ('apartment', 'oil', 1975, NULL::int, 162, 23157),
        ('apartment', 'lpg', 1975, NULL::int, 80, 23173),
        ('apartment', 'coal_collective', 1975, NULL::int, 172, 23165),
        ('apartment', 'heat_network', 1975, NULL::int, 230, 23177),
        ('apartment', 'electricity', 1975, NULL::int, 65, 23200),
        ('office', 'gas', NULL::int, NULL::int, 177, 23732),
        ('shop', 'gas', NULL::int, NULL::int, 142, 23765),
        ('school', 'gas', NULL::int, NULL::int, 108, 23741),
        ('health', 'gas', NULL::int, NULL::int, 134, 23753),
        ('hotel_restaurant', 'gas', NULL::int, NULL::int, 220, 23771),
        ('office', 'oil', NULL::int, NULL::int, 248, 23784),
        ('shop', 'oil', NULL::int, NULL::int, 197, 23783),
        ('school', 'oil', NULL::int, NULL::int, 161, 23785),
        ('health', 'oil', NULL::int, NULL::int, 292, 23786)
    ) AS figure (use, carrier, year_from, year_to, kwh, element);

INSERT INTO building_climate_coefficient (climate, altitude_from, altitude_to, coefficient, source, shipped)
    SELECT climate, altitude_from, altitude_to, coefficient, 'Base Carbone V23.6 (ADEME), element ' || element, true
    FROM (VALUES ('h1', NULL::int, 800, 1.1, 24220), ('h1', 800, NULL::int, 1.32, 24229), ('h2', NULL, 800, 0.9, 24222),
          ('h2', 800, NULL, 1.1, 24231), ('h3', NULL, 800, 0.6, 24224), ('h3', 800, NULL, 0.9, 24233)
    ) AS figure (climate, altitude_from, altitude_to, coefficient, element);
