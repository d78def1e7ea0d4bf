-- A starter set of emission factors for France.
--
-- Energy and transport: ADEME Base Empreinte as published in the MIT-licensed
-- models of incubateur-ademe (nosgestesclimat 3.4.0, impactco2).  Final energy of
-- dwellings and heat networks: figures of the French orders on the energy
-- performance diagnosis (arrêté of 31 March 2021 and yearly tables).  Most of them
-- give CO2 equivalents only; such amounts stand as CO2, marked by lumped_gwp.
--
-- Ids are written out, so that rows added later move no other.

-- Energy of which only the whole is published; the other carriers are in the next file.
INSERT INTO factor (id, code, name, unit, amount, lumped_gwp, year_from, territory_code, part,
        grid, hhv_per_lhv, source, recorded_at, shipped)
    SELECT id, code, name, unit, ghg('CO2', kg), 'unknown', NULL, territory_code, 'full',
           grid, NULL, 'ADEME Base Empreinte, nosgestesclimat 3.4.0' || note,
           '2026-11-24 00:00+00', true
    FROM (VALUES
        (9, 'wood_logs', 'Wood logs', 'kWh LHV', 0.046, NULL, NULL,
            '; without biogenic CO2; heating value LHV inferred, the source does not state it'),
        (11, 'district_heat', 'District heat, network not known', 'kWh', 0.112, 'FR', 'location', ''),
        (12, 'refrigerant', 'Refrigerant, kind not known', 'kg', 1924, NULL, NULL, '')
    ) AS energy (id, code, name, unit, kg, territory_code, grid, note);

-- Final energy of dwellings as the diagnosis counts it.
INSERT INTO factor (id, code, name, unit, amount, lumped_gwp, year_from, territory_code, part,
        grid, hhv_per_lhv, source, recorded_at, shipped)
    SELECT id, 'dpe.' || code, name, unit, ghg('CO2', kg), 'unknown', 2021, 'FR', 'full',
           grid, hhv_per_lhv,
           'Arrêté of 31 March 2021 (energy performance diagnosis), final energy; lower heating value',
           '2026-11-24 00:00+00', true
    FROM (VALUES
        (101, 'wood_logs', 'Dwellings: wood logs', 'kWh LHV', 0.03, NULL, NULL::float8),
        (102, 'wood_pellets', 'Dwellings: wood pellets and briquettes', 'kWh LHV', 0.03, NULL, NULL),
        (103, 'wood_chips_forest', 'Dwellings: wood chips from forests', 'kWh LHV', 0.024, NULL, NULL),
        (104, 'wood_chips_industry', 'Dwellings: wood chips from industry', 'kWh LHV', 0.024, NULL, NULL),
        (105, 'natural_gas', 'Dwellings: natural gas', 'kWh LHV', 0.227, NULL, 1.111),
        (106, 'heating_oil', 'Dwellings: heating oil', 'kWh LHV', 0.324, NULL, NULL),
        (107, 'coal', 'Dwellings: coal', 'kWh LHV', 0.385, NULL, NULL),
        (108, 'lpg', 'Dwellings: propane, butane, LPG', 'kWh LHV', 0.272, NULL, NULL),
        (109, 'electricity_heating', 'Dwellings: electricity for heating', 'kWh', 0.079, 'location', NULL),
        (110, 'electricity_hot_water', 'Dwellings: electricity for hot water', 'kWh', 0.065, 'location', NULL),
        (111, 'electricity_cooling', 'Dwellings: electricity for cooling', 'kWh', 0.064, 'location', NULL),
        (112, 'electricity_lighting', 'Dwellings: electricity for lighting', 'kWh', 0.069, 'location', NULL),
        (113, 'electricity_auxiliary', 'Dwellings: electricity of auxiliaries', 'kWh', 0.064, 'location', NULL),
        (114, 'electricity_solar', 'Dwellings: solar electricity used on site', 'kWh', 0, 'location', NULL),
        (115, 'district_heat', 'Dwellings: district heat, network not known', 'kWh', 0.385, 'location', NULL)
    ) AS use (id, code, name, unit, kg, grid, hhv_per_lhv);

-- Transport: what moving emits (fuel and its supply), what making the vehicle
-- emits, and the condensation trails of planes, each a code of its own.
INSERT INTO factor (id, code, name, unit, amount, lumped_gwp, territory_code, part, source,
        recorded_at, shipped)
    SELECT mode.id + part.place, mode.code || part.suffix, mode.name || part.name, mode.unit,
           ghg('CO2', part.kg), 'unknown', 'FR', part.part,
           'ADEME Base Empreinte' || coalesce(' ' || mode.element, '') || ', impactco2'
               || CASE WHEN mode.unit = 'pkm' THEN '; at mean occupancy' ELSE '; per vehicle' END,
           '2026-11-24 00:00+00', true
    FROM (VALUES
        (200, 'plane_short', 'Plane, short haul', 'pkm', '43743', 0.1232, 0.000372, 0.101),
        (205, 'plane_medium', 'Plane, medium haul', 'pkm', '43741', 0.1013, 0.000361, 0.083),
        (210, 'plane_long', 'Plane, long haul', 'pkm', '43747', 0.0915, 0.000294, 0.075),
        (215, 'train_tgv', 'High-speed train', 'pkm', '43256', 0.0023, 0.00063, NULL),
        (220, 'train_intercites', 'Intercity train', 'pkm', '43272', 0.0058, 0.0017, NULL),
        (225, 'car', 'Car with a combustion engine', 'km', NULL, 0.192, 0.0256, NULL),
        (230, 'car_electric', 'Electric car', 'km', NULL, 0.0198, 0.0836, NULL),
        (240, 'bicycle_electric', 'Electric bicycle', 'km', '28331', 0.00223, 0.00872, NULL),
        (250, 'tram', 'Tramway', 'pkm', '43257', 0.0038, 0.00048, NULL),
        (255, 'metro', 'Metro', 'pkm', '43253', 0.0042, 0.00024, NULL),
        (260, 'scooter', 'Scooter', 'km', '27992', 0.0604, 0.0159, NULL),
        (270, 'train_rer', 'Train of the RER', 'pkm', '43254', 0.0066, 0.00318, NULL),
        (275, 'train_ter', 'Regional train (TER)', 'pkm', '43255', 0.0229, 0.00479, NULL),
        (280, 'bus_electric', 'Electric bus', 'pkm', '28003', 0.0095, 0.0122, NULL)
    ) AS mode (id, code, name, unit, element, fuel, making, trails)
    CROSS JOIN LATERAL (VALUES
        (0, '', '', 'full', fuel),
        (1, '.manufacture', ', its manufacture', 'manufacture', making),
        (2, '.contrails', ', condensation trails', 'combustion', trails)
    ) AS part (place, suffix, name, part, kg)
    WHERE part.kg IS NOT NULL;

-- Leaks of refrigerants: a kg is a kg of each gas of the blend (ISO 817), worth
-- what the warming potentials say.
INSERT INTO factor (id, code, name, unit, amount, part, source, recorded_at, shipped)
    SELECT id, 'refrigerant.' || code, name, 'kg', amount::ghg, 'combustion', source,
           '2026-11-24 00:00+00', true
    FROM (
        SELECT 299 + place AS id, gas AS code, 'Leak of ' || gas AS name,
               format('{"%s": 1}', gas) AS amount, 'Mass of the gas itself' AS source
        FROM unnest('{CFC11,CFC12,CFC113,CFC114,CFC115,HCFC22,HCFC123,HCFC124,HCFC141b,HCFC142b,HFC23,HFC32,HFC41,HFC125,HFC134,HFC134a,HFC143,HFC143a,HFC152,HFC152a,HFC161,HFC227ea,HFC236cb,HFC236ea,HFC236fa,HFC245ca,HFC245fa,HFC365mfc,HFC4310mee,SF6,NF3}'::text[])
            WITH ORDINALITY AS pure (gas, place)
      UNION ALL
        SELECT id, code, 'Leak of ' || code, amount, 'Composition of the blend by mass, ISO 817'
        FROM (VALUES
            (350, 'R404A', '{"HFC125": 0.44, "HFC143a": 0.52, "HFC134a": 0.04}'),
            (351, 'R407C', '{"HFC32": 0.23, "HFC125": 0.25, "HFC134a": 0.52}'),
            (352, 'R410A', '{"HFC32": 0.5, "HFC125": 0.5}'),
            (353, 'R507A', '{"HFC125": 0.5, "HFC143a": 0.5}')
        ) AS blend (id, code, amount)
    ) AS refrigerant;

-- Heat and cold networks of the departments 16, 17, 33, 79 and 85: direct and
-- life-cycle kg CO2e per kWh delivered, whose difference is the supply, by yearly table.  A table holds until the
-- next one that has the network.
WITH network (number, code, name, place, direct_2021, full_2021, direct_2022, full_2022, direct_2023, full_2023) AS (VALUES
    (1, '1601C', 'RESEAU DE SAINT-BONNET', 'Saint-Bonnet', 0.256, 0.273, 0, 0.049, 0, 0.049),
    (2, '1602C', 'Commune de Baignes-Sainte-Radegonde', 'Baignes', 0, 0.024, 0, 0.024, NULL, NULL),
    (3, '1603C', 'Réseau de Brossac', 'Brossac', 0.274, 0.313, 0, 0.032, NULL, NULL),
    (4, '1604C', 'RESEAU DE CHAMPAGNE-MOUTON', 'Champagne-Mouton', 0, 0.02, 0, 0.018, 0, 0.02),
    (5, '1605C', 'RESEAU CHAMP DE MANŒUVRE', 'Soyaux', 0.201, 0.228, 0.198, 0.23, 0.193, 0.223),
    (6, '1606C', 'CHAUFFERIE BOIS', 'Montemboeuf', 0, 0.017, 0, 0.022, 0, 0.024),
    (7, '1607C', 'Chauffage Urbain Public', 'Chateaubernard', 0.265, 0.271, 0.02, 0.037, NULL, NULL),
    (8, '1608C', 'RESEAU DE CHALEUR DE BASSEAU', 'Angouleme', 0.115, 0.142, 0.137, 0.164, 0.127, 0.153),
    (9, '1609C', 'RESEAU DE CHALEUR DE SEGONZAC', 'Segonzac', 0.006, 0.027, NULL, NULL, 0.012, 0.05),
    (10, '1610C', 'RESEAU DES VAUZELLES', 'Chateaubernard', 0.027, 0.049, 0.027, 0.049, 0.028, 0.051),
    (11, '1611C', '15 BOULEVARD JEAN MOULIN', 'Angouleme', 0.209, 0.238, 0.148, 0.173, 0.181, 0.208),
    (12, '1612C', 'DOMAINE DE LA COMBE', 'St Yrieix Sur Charente', 0.088, 0.113, 0.092, 0.117, 0.093, 0.117),
    (13, '1613C', 'CHAUFFERIE BOIS LE LINDOIS', 'Le Lindois', NULL, NULL, NULL, NULL, 0, 0.022),
    (14, '1701C', 'VILLENEUVE LES SALINES', 'La Rochelle', 0.055, 0.09, 0.053, 0.087, 0.049, 0.083),
    (15, '1702C', 'RESEAU DE JONZAC', 'Jonzac', 0.01, 0.04, 0.022, 0.053, 0.03, 0.062),
    (16, '1703C', 'RESEAU DE AYTRE', 'Aytre', 0.037, 0.061, 0.039, 0.063, 0.041, 0.065),
    (17, '1704C', 'PORT NEUF MIREUIL ENERGIE', 'La Rochelle', 0.016, 0.022, 0.028, 0.035, 0.019, 0.025),
    (18, '1705C', 'RESEAU DE CHALEUR URBAIN DE PONS', 'Pons', 0.07, 0.097, 0.067, 0.093, 0.061, 0.09),
    (19, '1706C', 'RESEAU DE CHALEUR TONNAY-BOUTONNE', 'Tonnay-Boutonne', NULL, NULL, 0.078, 0.104, 0.007, 0.026),
    (20, '1707C', 'RESEAU DE LA CHAUFFERIE BOIS', 'Gemozac', 0.038, 0.068, 0.048, 0.075, 0.035, 0.059),
    (21, '3301F', 'LASERIS', 'Le Barp', 0.017, 0.031, 0.018, 0.034, 0.017, 0.032),
    (22, '3302C', 'GRAND PARC ENERGIES', 'Bordeaux', 0.139, 0.246, 0.061, 0.247, 0.044, 0.237),
    (23, '3302F', 'BASSINS A FLOT - FROID', 'Bordeaux', 0.012, 0.023, 0.008, 0.017, 0.008, 0.017),
    (24, '3303C', 'MERIADECK', 'Bordeaux', 0, 0.012, NULL, NULL, 0, 0.017),
    (25, '3304C', 'PARC DE MERIGNAC VILLE STEMER', 'Merignac', 0.188, 0.231, 0.179, 0.219, 0.246, 0.301),
    (26, '3305C', 'LASERIS', 'Le Barp', 0.145, 0.12, 0.141, 0.113, 0.096, 0.07),
    (27, '3306C', 'Rive Droite Energies', 'Cenon', 0.06, 0.071, NULL, NULL, NULL, NULL),
    (28, '3310C', 'RESEAU DE CHALEUR DE GIRONDE SUR DROPT', 'Gironde-Sur-Dropt', 0.044, 0.082, 0.027, 0.066, 0.002, 0.027),
    (29, '3311C', 'RESEAU DE CHALEUR DE PELLEGRUE', 'Pellegrue', 0.061, 0.098, 0.045, 0.082, 0.038, 0.074),
    (30, '3312C', 'RESEAU DE CHALEUR DE SAINT PIERRE D''AURILLAC', 'Saint-Pierre-D''Aurillac', 0.03, 0.06, 0.014, 0.044, 0.023, 0.051),
    (31, '3313C', 'RESEAU DE LA REOLE', 'La Reole', 0.015, 0.042, 0.009, 0.035, 0.003, 0.028),
    (32, '3315C', 'RESEAU DE TERRES NEUVES', 'Begles', 0.097, 0.125, 0.102, 0.129, 0.054, 0.079),
    (33, '3316C', 'RESEAU DE L''ECO-QUARTIER GINKO', 'Bordeaux', 0.063, 0.099, 0.027, 0.109, 0.047, 0.119),
    (34, '3317C', 'SAIGE-FORMANOIR', 'Pessac', 0.063, 0.046, 0.078, 0.066, 0.099, 0.092),
    (35, '3318C', 'BASSINS A FLOT', 'Bordeaux', 0.089, 0.101, 0.089, 0.108, 0.063, 0.115),
    (36, '3319C', 'BORDEAUX BEGLES ENERGIES', 'Bordeaux', 0.009, 0.014, 0.007, 0.011, 0.005, 0.01),
    (37, '3320C', 'RESEAU DE LA CLINIQUE LESPARRE', 'Lesparre-Medoc', 0.094, 0.129, 0.075, 0.108, 0.06, 0.09),
    (38, '3321C', 'RESEAU PORTES DU PYLA', 'La Teste De Buch', 0.088, 0.185, 0.079, 0.18, 0.084, 0.097),
    (39, '3324C', 'RESEAU DE CHALEUR DES HAUTS DE GARONNE', 'Cenon', NULL, NULL, 0.042, 0.06, 0.029, 0.046),
    (40, '3325C', 'RESEAU PLAINE DE GARONNE ENERGIES', 'Bordeaux', NULL, NULL, NULL, NULL, 0.088, 0.108),
    (41, '3326C', 'RESEAU D''AUBIERS', 'Bordeaux', NULL, NULL, NULL, NULL, 0.082, 0.106),
    (42, '3327C', 'BURCK', 'Pessac', NULL, NULL, NULL, NULL, 0.1, 0.256),
    (43, '3328C', 'CHAUFFERIE BOIS SAINT MEDARD', 'Saint Medard', NULL, NULL, NULL, NULL, 0.066, 0.09),
    (44, '3329C', 'PINSAN', 'Eysines', NULL, NULL, NULL, NULL, 0.017, 0.042),
    (45, '7901C', 'LE CLOU BOUCHET', 'Niort', 0.243, 0.274, 0.25, 0.277, 0.261, 0.288),
    (46, '7902C', 'Réseau de Bressuire', 'Bressuire', 0.164, 0.185, 0.116, 0.157, NULL, NULL),
    (47, '7903C', 'RESEAU DE ROMANS', 'Romans', 0, 0.019, 0, 0.017, 0, 0.019),
    (48, '7904C', 'RESEAU DE L''ABSIE', 'L''Absie', 0, 0.019, NULL, NULL, 0, 0.017),
    (49, '7905C', 'Quartier Les Brizeaux', 'Niort', 0.126, 0.153, NULL, NULL, NULL, NULL),
    (50, '7906C', 'RESEAU DE CHALEUR CC MELLOIS EN POITOU', 'Lezay', 0, 0.034, 0, 0.035, 0, 0.036),
    (51, '8501C', 'ZAD NORD-EST', 'La Roche-Sur-Yon', 0.205, 0.231, 0.223, 0.251, 0.205, 0.231),
    (52, '8502C', 'RESEAU LES HERBIERS', 'Les Herbiers', 0.052, 0.081, 0.06, 0.091, 0.073, 0.105),
    (53, '8503C', 'RESEAU DE CHALEUR SAINT-PIERRE-DU-CHEMIN', 'Saint-Pierre-Du-Chemin', 0, 0.023, 0, 0.024, 0, 0.019)
)
INSERT INTO factor (id, code, name, part, unit, amount, lumped_gwp, year_from, territory_code, grid, source,
        recorded_at, shipped)
    SELECT 1000 + 10 * number + figure.place, 'network.' || network.code,
           CASE WHEN network.code LIKE '%F' THEN 'Cold network ' ELSE 'Heat network ' END
               || name || ', ' || network.place,
           figure.part, 'kWh', ghg('CO2', figure.kg), 'unknown', figure.year, 'FR', 'location',
           'Table ' || figure.year || ' of heat and cold networks, arrêté on the energy performance diagnosis',
           '2026-11-24 00:00+00', true
    FROM network
    CROSS JOIN LATERAL (VALUES
        (0, 2021, direct_2021, full_2021), (2, 2022, direct_2022, full_2022), (4, 2023, direct_2023, full_2023)
    ) AS yearly (place, year, direct, life)
    -- Two networks are published with a life cycle below what they burn: no parts.
    CROSS JOIN LATERAL (VALUES
        (yearly.place, yearly.year, 'combustion', yearly.direct, network.code NOT IN ('3305C', '3317C')),
        (yearly.place + 1, yearly.year, 'upstream', round((yearly.life - yearly.direct)::numeric, 6)::float8, network.code NOT IN ('3305C', '3317C')),
        (yearly.place, yearly.year, 'full', yearly.life, network.code IN ('3305C', '3317C'))
    ) AS figure (place, year, part, kg, published)
    WHERE figure.published AND figure.kg IS NOT NULL;
