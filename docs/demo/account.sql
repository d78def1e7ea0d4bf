-- The account: deposits under four licences, one refresh, and the same SELECT for
-- three readers.  Needs territory.sql.
\set ON_ERROR_STOP on
SET search_path = demo, terrcarbon, public;
SET client_min_messages = warning;

-- 1. Who is who.  The agglomeration keeps the account; the grid operator, the
--    department and the port produce data; a research partner and a citizen read.
CREATE ROLE agglomeration;
CREATE ROLE grid_operator;
CREATE ROLE department;
CREATE ROLE port;
CREATE ROLE partner;
CREATE ROLE citizen;
SELECT format('GRANT CREATE ON DATABASE %I TO agglomeration', current_database()) \gexec
GRANT USAGE ON SCHEMA demo TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA demo TO PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA demo TO PUBLIC;
SELECT grant_registering(role, 5)
FROM unnest('{agglomeration,grid_operator,department,port}'::regrole[]) AS role \g /dev/null
INSERT INTO reference_territory (code, level, name) VALUES ('COAST', 'EPCI', 'The coast');
INSERT INTO reference_territory_parent VALUES ('COAST', 'ZPC_4_1'), ('COAST', 'FR-17');

-- 2. The account, and its territories.
SET ROLE agglomeration;
SELECT create_account('coast', 2154) \g /dev/null
GRANT USAGE ON SCHEMA coast TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA coast TO PUBLIC;
GRANT INSERT ON coast.building TO grid_operator;
GRANT INSERT ON coast.road_segment TO department;
GRANT INSERT ON coast.activity, coast.extent TO port, grid_operator, department;
UPDATE coast.setting SET assumed_u95_percent = 10;
INSERT INTO coast.territory (code, name, level, reference_code, geom)
SELECT 'COAST', 'The coast', 'EPCI', 'COAST', ST_Multi(ST_Union(geom)) FROM demo.territory;
INSERT INTO coast.territory (code, name, level, parent_code, geom)
SELECT code, name, 'commune', 'COAST', geom FROM demo.territory;
INSERT INTO coast.population (territory_code, year, residents)
SELECT code, year, population FROM demo.territory, generate_series(2015, 2024) AS year
UNION ALL
SELECT 'COAST', year, sum(population) FROM demo.territory, generate_series(2015, 2024) AS year GROUP BY year;

-- 3. Four datasets, four licences.
SELECT register_dataset('land', 'Land cover', 'agglomeration', 'etalab-2.0', 'open',
                        updated => '2025-03-01') AS land \gset
SET ROLE department;
SELECT register_dataset('traffic', 'Traffic counts', 'department', 'ODbL-1.0', 'open',
                        updated => '2025-01-15') AS traffic \gset
SET ROLE grid_operator;
SELECT register_dataset('meters', 'Gas used by buildings', 'grid_operator', 'CC-BY-NC-4.0', 'shared',
                        reason => 'commercial', updated => '2025-02-01') AS meters \gset
SELECT grant_access(:meters, 'agglomeration', 'carbon account') \g /dev/null
SELECT grant_access(:meters, 'partner', 'research on heating', '2099-12-31') \g /dev/null
SET ROLE port;
SELECT register_dataset('port', 'Fuel burnt in the port', 'port', 'unspecified', 'aggregate',
                        reason => 'business secret') AS port \gset
SELECT grant_access(:port, 'agglomeration', 'carbon account') \g /dev/null

-- 4. Deposits.  Between 2014 and 2024 some fields near the towns were built over
--    and some pasture was planted with trees.
SET ROLE agglomeration;
INSERT INTO coast.land_cover (dataset_id, nomenclature, code, year, geom)
SELECT :land, 'CLC',
       CASE WHEN year = 2024 AND l.code = '211' AND near_town AND noise(l.id, 21) < 0.3 THEN '112'
            WHEN year = 2024 AND l.code = '231' AND noise(l.id, 22) < 0.03 THEN '311'
            ELSE l.code END, year, geom
FROM land_cover l, unnest('{2014,2024}'::int[]) AS year,
     LATERAL (SELECT EXISTS (SELECT FROM town t WHERE t.population > 3000
                             AND ST_DWithin(l.geom, ST_SetSRID(ST_MakePoint(t.x, t.y), 2154), 1700))) AS n(near_town);
SET ROLE department;
INSERT INTO coast.road_segment (dataset_id, name, aadt, factor, u95_percent, year_from, geom)
SELECT :traffic, 'road ' || id, vehicles_per_day * (1.02 - 0.012 * (year - 2015)) * (0.98 + 0.04 * noise(year, 31))
       * CASE year WHEN 2020 THEN 0.8 ELSE 1 END, 'car', 10, year, ST_Multi(geom)
FROM road, generate_series(2015, 2024) AS year;
INSERT INTO coast.extent VALUES (:traffic, 'COAST', 'road_transport');
SET ROLE grid_operator;
INSERT INTO coast.building (dataset_id, name, floors, height_m, carrier, unit, energy_per_m2, u95_percent, year_from, geom)
SELECT :meters, 'building ' || id, floors, 5.5, 'natural_gas', 'kWh HHV',
       (100 + 90 * noise(id, 41)) * (1 - 0.024 * (year - 2015)) * (0.95 + 0.1 * noise(year, 42)), 15, year, ST_Multi(geom)
FROM building, generate_series(2015, 2024) AS year;
-- All of them are homes until 2023: of the tertiary sector there is nothing to meter.
INSERT INTO coast.extent VALUES (:meters, 'COAST', 'tertiary');
INSERT INTO coast.activity (dataset_id, territory_code, sector, scope, year, notation)
SELECT :meters, code, 'tertiary', '1', year, 'NO' FROM coast.territory, generate_series(2015, 2023) AS year WHERE level = 'commune';
SET ROLE port;
INSERT INTO coast.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent)
SELECT :port, 'F01', 'industry', year, 21e6 * (1 - 0.018 * (year - 2015)) * (0.96 + 0.08 * noise(year, 51)),
       'kWh LHV', 'heating_oil', 8
FROM generate_series(2015, 2024) AS year;
INSERT INTO coast.extent VALUES (:port, 'COAST', 'industry');

-- 5. One refresh, then a target from the account's own figure: a tenth of it in 2050.
SET ROLE agglomeration;
CALL refresh('coast');
INSERT INTO coast.plan (territory_code, plan, base_year, source) VALUES ('COAST', 'Neutral coast', 2019, 'demo');
INSERT INTO coast.target (territory_code, plan, year, value) VALUES ('COAST', 'Neutral coast', 2050, -90);

-- 6. A deposit, and a refresh that recomputes only what it touched.  All that follows, tables
--    and pictures, is after it.
SET ROLE grid_operator;
INSERT INTO coast.building (dataset_id, name, sector, floors, carrier, unit, energy_per_m2, u95_percent, year_from, geom)
SELECT :meters, 'new swimming pool', 'tertiary', 2, 'natural_gas', 'kWh HHV', 900, 5, 2024,
       ST_Multi(ST_SetSRID(ST_MakeEnvelope(x + 300, y + 300, x + 350, y + 330), 2154))
FROM town WHERE name = 'Port-Sel';
SET ROLE agglomeration;
SET client_min_messages = notice;
\pset border 2
\pset footer off
\echo
\echo 'A swimming pool opens in Port-Sel: an incremental refresh'
CALL refresh('coast');
SELECT territory_name, year, to_char(emissions, 'FM999,990') AS "tertiary, t CO2e"
FROM coast.balance_by_territory
WHERE sector = 'tertiary' AND scope = '1' AND territory_code IN ('F01', 'COAST') AND year = 2024
ORDER BY territory_code DESC;
SET client_min_messages = warning;

-- 7. The same SELECT, three readers.
\set trajectory 'SELECT year, to_char(emissions, ''FM999,990'') AS "t CO2e", to_char(emissions_low, ''FM999,990'') AS low, to_char(emissions_high, ''FM999,990'') AS high, to_char(removals, ''FM999,990'') AS land, to_char(target, ''FM999,990'') AS target, missing FROM coast.trajectory_by_territory WHERE territory_code = ''COAST'' AND year BETWEEN 2015 AND 2024 ORDER BY year'
SET ROLE citizen;
\echo
\echo 'The coast, as a citizen sees it (open data)'
:trajectory;
SET ROLE partner;
\echo
\echo 'As the research partner sees it (open data and the meters)'
:trajectory;
SET ROLE agglomeration;
\echo
\echo 'As the agglomeration sees it (everything)'
:trajectory;
RESET ROLE;

-- 8. What each of these figures may be published under.
\echo
\echo 'What the figures may be published under'
\pset format wrapped
\pset columns 110
SELECT what AS "figure made of", CASE WHEN publishable THEN 'yes' ELSE 'no' END AS publishable,
       CASE WHEN publishable THEN array_to_string(licences, ', ') ELSE reason END AS "licences, or why not"
FROM (VALUES (1, 'land', ARRAY[:land]), (2, 'land, traffic', ARRAY[:land, :traffic]),
             (3, 'land, traffic, meters', ARRAY[:land, :traffic, :meters]),
             (4, 'everything', ARRAY[:land, :traffic, :meters, :port])) AS v (place, what, datasets),
     effective_licence(datasets)
ORDER BY place;

