-- Livestock of Western Europe at Tier 1 of the 2019 Refinement (volume 4, chapters 10 and
-- 11), per head kept for a year, animals of high productivity: methane of digestion
-- (tables 10.10, 10.11), methane of manure by climate and nitrous oxide of manure kept
-- and of dung on pasture, with the systems of manure that are usual there.
--
--   volatile solids = 365 x rate (10.13A) x mass (10A.5) / 1000    kg a head and year
--   nitrogen        = 365 x rate (10.19)  x mass / 1000
--   methane         = sum over systems: share (10A.6 .. 10A.9) x volatile solids x g/kg (10.14)
--   nitrous oxide   = sum over systems: share x nitrogen x EF3 (10.21, 11.1) x 44/28
--
-- The figures are those of FAO's EX-ACT, which takes the mean where table 10.21 has
-- variants of a system; those of 10.14 are 0.67 x Bo x MCF of tables 10.16 and 10.17.
-- Methane of poultry manure is not there: the source has no figure for litter.
-- Intervals as chapter 10 states them: +- 50 % of digestion, +- 30 % of manure, -50 to
-- +100 % of nitrous oxide.
WITH species (place, code, name, enteric, mass, solids, nitrogen, pasture) AS (VALUES
    (1, 'dairy_cattle', 'Dairy cow', 126.0, 600.0, 7.5, 0.5, 0.004),
    (2, 'other_cattle', 'Other cattle', 52, 405, 5.7, 0.42, 0.004),
    (3, 'sheep', 'Sheep', 9, 40, 8.2, 0.36, 0.003),
    (4, 'goat', 'Goat', 9, 40, 9, 0.46, 0.003),
    (5, 'growing_swine', 'Growing pig', 1.5, 61, 5.3, 0.76, 0.004),
    (6, 'breeding_swine', 'Breeding pig', 1.5, 190, 2.4, 0.38, 0.004),
    (7, 'horse', 'Horse', 18, 377, 5.65, 0.26, 0.003),
    (8, 'mule_ass', 'Mule, ass', 10, 130, 7.2, 0.26, 0.003),
    (9, 'layer', 'Laying hen', NULL, 1.4, NULL, 0.99, 0.004),
    (10, 'broiler', 'Broiler', NULL, 1.2, NULL, 1.14, 0.004)
), kept (code, system, share, cool, warm) AS (VALUES
    -- g CH4 per kg of volatile solids: cool temperate moist, warm temperate moist
    ('dairy_cattle', 'liquid', 0.43, 33.8, 59.5), ('dairy_cattle', 'solid', 0.29, 3.2, 6.4),
    ('dairy_cattle', 'pasture', 0.26, 0.6, 0.6), ('dairy_cattle', 'daily_spread', 0.02, 0.2, 0.8),
    ('other_cattle', 'liquid', 0.22, 25.3, 44.6), ('other_cattle', 'solid', 0.26, 2.4, 4.8),
    ('other_cattle', 'pasture', 0.48, 0.6, 0.6), ('other_cattle', 'daily_spread', 0.04, 0.1, 0.6),
    ('sheep', 'solid', 0.13, 2.5, 5.1), ('sheep', 'pasture', 0.87, 0.6, 0.6),
    ('goat', 'solid', 0.28, 2.4, 4.8), ('goat', 'pasture', 0.72, 0.6, 0.6),
    ('growing_swine', 'lagoon', 0.06, 180.9, 220.1), ('growing_swine', 'liquid', 0.51, 63.3, 111.6),
    ('growing_swine', 'solid', 0.14, 6.0, 12.1), ('growing_swine', 'daily_spread', 0.01, 0.3, 1.5),
    ('growing_swine', 'pit_short', 0.02, 18.1, 39.2), ('growing_swine', 'pit', 0.26, 63.3, 111.6),
    ('breeding_swine', 'lagoon', 0.06, 180.9, 220.1), ('breeding_swine', 'liquid', 0.51, 63.3, 111.6),
    ('breeding_swine', 'solid', 0.15, 6.0, 12.1), ('breeding_swine', 'daily_spread', 0.01, 0.3, 1.5),
    ('breeding_swine', 'pit_short', 0.02, 18.1, 39.2), ('breeding_swine', 'pit', 0.25, 63.3, 111.6),
    ('horse', 'solid', 0.28, 4.0, 8.0), ('horse', 'pasture', 0.72, 0.6, 0.6),
    ('mule_ass', 'solid', 0.28, 4.4, 8.8), ('mule_ass', 'pasture', 0.72, 0.6, 0.6),
    ('layer', 'liquid', 0.01, NULL, NULL), ('layer', 'solid', 0.2, NULL, NULL), ('layer', 'dry_lot', 0.21, NULL, NULL),
    ('layer', 'daily_spread', 0.01, NULL, NULL), ('layer', 'pit', 0.43, NULL, NULL), ('layer', 'litter', 0.14, NULL, NULL),
    ('broiler', 'litter', 1, NULL, NULL)
), nitrous (system, fraction, of_others) AS (VALUES
    -- kg N2O-N per kg N: cattle, swine and poultry; others
    ('liquid', 0.01 / 3, 0.01 / 3), ('solid', 0.0075, 0.01), ('dry_lot', 0.02, 0.02), ('pit_short', 0.002, 0.002),
    ('pit', 0.002, 0.002), ('litter', 0.001, 0.001), ('lagoon', 0, 0), ('daily_spread', 0, 0)
), manure AS (
    SELECT s.place, s.code, s.name, s.enteric,
           365 * s.solids * s.mass / 1000 * sum(k.share * k.cool) / 1000 AS cool,
           365 * s.solids * s.mass / 1000 * sum(k.share * k.warm) / 1000 AS warm,
           365 * s.nitrogen * s.mass / 1000 * 44 / 28
               * sum(k.share * CASE WHEN s.pasture = 0.003 THEN n.of_others ELSE n.fraction END) AS kept_n2o,
           365 * s.nitrogen * s.mass / 1000 * 44 / 28
               * sum(k.share) FILTER (WHERE k.system = 'pasture') * s.pasture AS pasture_n2o
    FROM species s
    JOIN kept k ON k.code = s.code
    LEFT JOIN nitrous n ON n.system = k.system
    GROUP BY s.place, s.code, s.name, s.enteric, s.solids, s.mass, s.nitrogen, s.pasture
)
INSERT INTO factor (id, code, name, unit, amount, u95_percent, low_percent, high_percent, part, source, recorded_at, shipped)
    SELECT 95000 + 10 * m.place + f.place, format('livestock.%s.%s', f.what, m.code || f.climate), m.name || f.note, 'head.yr',
           ghg(f.gas, f.kg), f.u95, f.low, f.high, 'combustion',
           '2019 Refinement to the 2006 IPCC Guidelines, volume 4, ' || f.tables || ', Western Europe, high productivity; as transcribed in EX-ACT (FAO)',
           '2026-11-26 00:00+00', true
    FROM manure m
    CROSS JOIN LATERAL (VALUES
        (0, 'enteric', '', ': digestion', 'CH4_biogenic', m.enteric, 50, NULL::float8, NULL::float8, 'tables 10.10 and 10.11'),
        (1, 'manure_ch4', '.cool', ': methane of manure, cool temperate, moist', 'CH4_biogenic', m.cool, 30, NULL, NULL,
         'equation 10.22, tables 10.13A, 10.14, 10A.5 to 10A.9'),
        (2, 'manure_ch4', '.warm', ': methane of manure, warm temperate, moist', 'CH4_biogenic', m.warm, 30, NULL, NULL,
         'equation 10.22, tables 10.13A, 10.14, 10A.5 to 10A.9'),
        (3, 'manure_n2o', '', ': nitrous oxide of manure kept', 'N2O', m.kept_n2o, NULL, 50, 200,
         'equation 10.25, tables 10.19, 10.21, 10A.5 to 10A.9'),
        (4, 'pasture_n2o', '', ': nitrous oxide of dung and urine on pasture', 'N2O', m.pasture_n2o, NULL, 50, 200,
         'equation 11.1, tables 10.19, 11.1, 10A.5 to 10A.9')
    ) AS f (place, what, climate, note, gas, kg, u95, low, high, tables)
    WHERE f.kg IS NOT NULL;
