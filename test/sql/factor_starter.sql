-- The shipped factors and sectors.
SET search_path = terrcarbon, public;
\pset null NULL

-- Figures of the publishers, asked as a user would.
SELECT round(co2e(emission(12000, 'kWh HHV', 'dpe.natural_gas', 2023, 'FR'))::numeric, 3) AS gas_dwelling,
       co2e(emission(1000, 'kWh HHV', 'natural_gas', 2023)) AS gas,
       co2e(emission(1000, 'kWh', 'electricity', 2023, 'FR-17')) AS electricity,
       co2e(emission(1000, 'l', 'heating_oil.volume', 2023)) AS oil,
       co2e(emission(100, 'km', 'car', 2023, 'FR')) AS car,
       round(co2e(emission(100, 'km', 'car.manufacture', 2023, 'FR'))::numeric, 9) AS its_making,
       co2e(emission(1000, 'pkm', 'train_tgv', 2023, 'FR')) AS tgv;
-- France's grid is not everybody's, nor that of years it was not published for.
SELECT resolve_factor('electricity', 2023) AS nowhere, resolve_factor('electricity', 2019, 'FR') AS too_early;
-- A heat network has its yearly table, and keeps the last one.
SELECT y, co2e(emission(1000, 'kWh', 'network.1701C', y, 'FR')) AS life_cycle,
       co2e(emission(1000, 'kWh', 'network.1701C.direct', y, 'FR')) AS direct
FROM generate_series(2021, 2024) AS y;
-- Refrigerants: R404A is 3922 in AR4 (3500 x 0.44 + 4470 x 0.52 + 1430 x 0.04), R410A 2088.
SELECT set, round(co2e(emission(1, 'kg', 'refrigerant.R404A', 2023), set)::numeric, 1) AS r404a,
       round(co2e(emission(1, 'kg', 'refrigerant.R410A', 2023), set)::numeric, 1) AS r410a,
       co2e(emission(1, 'kg', 'refrigerant.HFC134a', 2023), set) AS r134a
FROM unnest('{AR4,AR5,AR6}'::text[]) AS set;

-- Counts and sums of the published tables.
SELECT CASE WHEN id < 100 THEN 'energy' WHEN id < 200 THEN 'dwellings' WHEN id < 300 THEN 'transport'
            WHEN id < 1000 THEN 'refrigerants' ELSE 'networks' END AS chapter,
       part, count(*), round(sum(gas(amount, 'CO2'))::numeric, 6) AS sum, count(lumped_gwp) AS lumped,
       count(u95_percent) AS with_u95
FROM factor
WHERE shipped AND code NOT LIKE 'wetland.%'
GROUP BY 1, 2
ORDER BY min(id);
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
