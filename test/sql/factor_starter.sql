-- The shipped factors and sectors.
SET search_path = terrcarbon, public;
\pset null NULL

-- Figures of the publishers, asked as a user would.
SELECT round(co2e(emission(12000, 'kWh HHV', 'dpe.natural_gas', 2023, 'FR'))::numeric, 3) AS gas_dwelling,
       round(co2e(emission(1000, 'kWh HHV', 'natural_gas', 2023), 'AR6')::numeric, 1) AS gas,
       co2e(emission(1000, 'kWh', 'electricity', 2023, 'FR-17')) AS electricity,
       round(co2e(emission(1000, 'l', 'heating_oil', 2023), 'AR6')::numeric) AS oil,
       co2e(emission(100, 'km', 'car', 2023, 'FR')) AS car,
       round(co2e(emission(100, 'km', 'car.manufacture', 2023, 'FR'))::numeric, 9) AS its_making,
       co2e(emission(1000, 'pkm', 'train_tgv', 2023, 'FR')) AS tgv;
-- Published totals, kg CO2e: what is burnt and its supply add up to them.
SELECT code, unit, year, round(co2e(emission(1, unit, code, year, 'FR'), 'AR6')::numeric, 4) AS kg, published
FROM (VALUES ('natural_gas', 'kWh HHV', 2023, 0.215), ('natural_gas', 'kWh HHV', 2016, 0.204), ('heating_oil', 'l', 2023, 3.25),
             ('heating_oil', 'kWh LHV', 2023, 0.325), ('petrol', 'l', 2023, 2.69), ('petrol', 't', 2023, 3555), ('diesel', 'l', 2023, 3.1),
             ('lpg', 'l', 2023, 1.86), ('propane', 'kg', 2023, 3.46), ('coal', 'kWh LHV', 2023, 0.377), ('jet_fuel', 'l', 2023, 3.08),
             ('marine_diesel', 'kg', 2023, 3.84), ('wood_pellets', 'kWh LHV', 2023, 0.0113), ('biomethane', 'kWh LHV', 2023, 0.0417),
             ('electricity', 'kWh', 2010, 0.0785), ('electricity', 'kWh', 2017, 0.0558), ('electricity', 'kWh', 2023, 0.058),
             ('electricity', 'kWh', 2026, 0.0519)) AS f (code, unit, year, published);
-- Their scopes.
SELECT code, p.part, p.ghg_scope, p.u95_percent, gas(p.emission, 'CO2_biogenic') AS biogenic
FROM (VALUES ('natural_gas', 'kWh HHV'), ('electricity', 'kWh'), ('wood_chips', 'kWh LHV'), ('network.1701C', 'kWh'), ('network.3305C', 'kWh'),
             ('car.diesel', 'km'), ('truck.articulated', 'tkm'), ('district_heat', 'kWh')) AS f (code, unit),
     resolve_factor_parts(code, 2023, 'FR', unit) AS p;
-- France's grid is not everybody's, nor that of years it was not published for.
SELECT resolve_factor('electricity', 2023) AS nowhere, resolve_factor('electricity', 2009, 'FR') AS too_early;
-- A heat network has its yearly table, and keeps the last one.
SELECT y, round(co2e(emission(1000, 'kWh', 'network.1701C', y, 'FR'))::numeric, 6) AS life_cycle,
       (SELECT round(co2e(p.emission)::numeric * 1000, 6) FROM resolve_factor_parts('network.1701C', y, 'FR', 'kWh') AS p WHERE p.part = 'combustion') AS direct
FROM generate_series(2021, 2024) AS y;
-- Refrigerants: R404A is 3922 in AR4 (3500 x 0.44 + 4470 x 0.52 + 1430 x 0.04), R410A 2088.
SELECT set, round(co2e(emission(1, 'kg', 'refrigerant.R404A', 2023), set)::numeric, 1) AS r404a,
       round(co2e(emission(1, 'kg', 'refrigerant.R410A', 2023), set)::numeric, 1) AS r410a,
       co2e(emission(1, 'kg', 'refrigerant.HFC134a', 2023), set) AS r134a
FROM unnest('{AR4,AR5,AR6}'::text[]) AS set;

-- Counts and sums of the published tables; those of networks were 8.964 direct, 12.878 in all.
SELECT CASE WHEN id < 100 THEN 'energy' WHEN id < 200 THEN 'dwellings' WHEN id < 300 THEN 'transport'
            WHEN id < 1000 THEN 'refrigerants' WHEN id < 2000 THEN 'networks'
            WHEN id < 3000 THEN 'fuels' WHEN id < 4000 THEN 'electricity' ELSE 'vehicles' END AS chapter,
       part, count(*), round(sum(gas(amount, 'CO2'))::numeric, 6) AS sum, count(lumped_gwp) AS lumped,
       count(u95_percent) AS with_u95
FROM factor
WHERE shipped AND code NOT LIKE 'wetland.%' AND code NOT LIKE 'livestock.%'
GROUP BY 1, 2
ORDER BY min(id);
-- Livestock. A dairy cow digests 126 kg CH4. Her 600 kg give 365 x 7.5 x 0.6 = 1642.5 kg
-- of volatile solids, of which 43 % are kept liquid: 0.67 x 0.24 x 37 % where it is warm,
-- 29 % solid (4 %), 26 % on pasture (0.67 x 0.19 x 0.47 %), 2 % spread daily (0.5 %); and
-- 109.5 kg N, of which 0.43 x 0.01 / 3 + 0.29 x 0.0075 leave as N2O-N when kept.
SELECT round(gas(emission(1, 'head.yr', 'livestock.enteric.dairy_cattle', 2023), 'CH4_biogenic')::numeric, 3) AS digestion,
       round(gas(emission(1, 'head.yr', 'livestock.manure_ch4.dairy_cattle.warm', 2023), 'CH4_biogenic')::numeric, 2) AS manure,
       round((1642.5 * 0.67 * (0.24 * (0.43 * 0.37 + 0.29 * 0.04 + 0.02 * 0.005) + 0.19 * 0.26 * 0.0047))::numeric, 2) AS by_bo_and_mcf,
       round(gas(emission(1, 'head.yr', 'livestock.manure_n2o.dairy_cattle', 2023), 'N2O')::numeric, 6) AS n2o,
       round((109.5 * (0.43 * 0.01 / 3 + 0.29 * 0.0075) * 44 / 28)::numeric, 6) AS n2o_by_hand,
       round(gas(emission(1, 'head.yr', 'livestock.pasture_n2o.dairy_cattle', 2023), 'N2O')::numeric, 6) AS pasture,
       round((109.5 * 0.26 * 0.004 * 44 / 28)::numeric, 6) AS pasture_by_hand;
SELECT code, jsonb_object_agg(key, round(value::numeric, 4)) AS kg, u95_percent, low_percent, high_percent
FROM factor, jsonb_each_text(amount::jsonb)
WHERE shipped AND code LIKE 'livestock.%' GROUP BY id, code, u95_percent, low_percent, high_percent ORDER BY id;
-- 80 cows, in AR6: 80 x 126 x 27 kg
SELECT co2e(emission(80, 'head.yr', 'livestock.enteric.dairy_cattle', 2023), 'AR6');
SELECT round(lower(e)::numeric) AS low, round(value(e)::numeric) AS value, round(upper(e)::numeric) AS high
FROM emission_estimate(80, 'head.yr', 'livestock.manure_n2o.dairy_cattle', 2023, NULL, 'AR6') AS e;
-- A kg of refrigerant is a kg of its gases.
SELECT count(*) FROM factor WHERE shipped AND code LIKE 'refrigerant.%'
    AND abs((SELECT sum(value::float8) FROM jsonb_each_text(amount::jsonb)) - 1) > 1e-12;
-- A fuel without a stated heating value says that it was inferred.
SELECT code, unit FROM factor WHERE shipped AND source LIKE '%inferred%' ORDER BY id;

-- Sectors: each GPC line at most once, and which are left out.
SELECT count(*) FROM gpc_reference;
SELECT reporting_level, count(*) FROM gpc_reference GROUP BY 1 ORDER BY 1;
SELECT s.code, string_agg(g.gpc_ref, ' ' ORDER BY g.gpc_ref COLLATE "C") AS lines
FROM sector s
LEFT JOIN sector_gpc g ON g.sector = s.code
GROUP BY s.place, s.code
ORDER BY s.place;
SELECT r.ref FROM gpc_reference r WHERE NOT EXISTS (SELECT FROM sector_gpc g WHERE g.gpc_ref = r.ref) ORDER BY r.ref COLLATE "C";
