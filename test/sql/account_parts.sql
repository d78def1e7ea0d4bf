-- A whole with parts that lack, that are mapped by others, that came later or went: no figure
-- looks complete, and the words say what lacks and nothing else.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
CREATE ROLE par_owner;
CREATE ROLE par_town;
CREATE ROLE par_citizen;
GRANT CREATE ON DATABASE :DBNAME TO par_owner;
INSERT INTO factor (code, name, unit, amount, part, source) VALUES ('par-gas', 'Gas', 'kWh', '{"CO2": 0.2}', 'combustion', 'test');
INSERT INTO stock_reference (nomenclature, code, name, stock, complete, source) VALUES ('PAR', 'F', 'Forest', '{"soil": 50, "soil_depth_cm": 30}', true, 'test');
SELECT count(register_dataset('par-' || n, n, CASE n WHEN 'town' THEN 'par_town'::regrole ELSE 'par_owner' END, 'CC0-1.0', CASE n WHEN 'open' THEN 'open' ELSE 'shared' END)) AS registered
FROM unnest('{open,rows,town,x,y,w}'::text[]) AS n;
SELECT max(id) FILTER (WHERE slug = 'par-open') AS open, max(id) FILTER (WHERE slug = 'par-rows') AS rows, max(id) FILTER (WHERE slug = 'par-town') AS town,
       max(id) FILTER (WHERE slug = 'par-x') AS x, max(id) FILTER (WHERE slug = 'par-y') AS y, max(id) FILTER (WHERE slug = 'par-w') AS w
FROM dataset_catalogue WHERE slug LIKE 'par-%' \gset
SELECT grant_access(:town, 'par_owner', 'roll-up');
SET ROLE par_owner;
SELECT create_account('par', 4326);
-- E has A and B; F has D, and C since 2018, whose quarter I was there before; H got its only part in 2016.
INSERT INTO par.territory (code, name, level, parent_code, valid_from, geom)
SELECT code, code, level, parent, since::date, ST_Multi(ST_MakeEnvelope(west, 45, east, 45.1, 4326))
FROM (VALUES ('E', 'EPCI', NULL, NULL, 0.0, 0.3), ('A', 'commune', 'E', NULL, 0.0, 0.2), ('B', 'commune', 'E', NULL, 0.2, 0.3),
             ('F', 'EPCI', NULL, NULL, 0.3, 0.5), ('D', 'commune', 'F', NULL, 0.3, 0.4), ('C', 'commune', 'F', '2018-01-01', 0.4, 0.5), ('I', 'IRIS', 'C', NULL, 0.4, 0.5),
             ('H', 'EPCI', NULL, NULL, 0.6, 0.7), ('K', 'commune', 'H', NULL, 0.6, 0.7)) AS v (code, level, parent, since, west, east);
INSERT INTO par.former_parent (territory_code, valid_to) VALUES ('K', '2015-12-31');
INSERT INTO par.activity (dataset_id, territory_code, sector, kind, year, quantity, unit, factor, u95_percent) VALUES
    (:open, 'D', 'industry', NULL, 2016, 1000, 'kWh', 'par-gas', 0), (:rows, 'D', 'industry', NULL, 2016, 1000, 'kWh', 'par-gas', 0),
    (:open, 'A', 'industry', NULL, 2012, 1000, 'kWh', 'par-gas', 0), (:open, 'A', 'industry', NULL, 2016, 1000, 'kWh', 'par-gas', 0),
    (:rows, 'A', 'energy', 'memo', 2012, 1000, 'kWh', 'par-none', 0), (:rows, 'A', 'energy', 'memo', 2013, 1000, 'kWh', 'par-gas', 0),
    (:rows, 'A', 'waste', NULL, 2012, 1000, 'kWh', 'par-none', 0), (:rows, 'E', 'waste', NULL, 2012, 1000, 'kWh', 'par-gas', 0),
    (:rows, 'A', 'land', 'removal', 2016, -1000, 'kWh', 'par-gas', 0),
    (:open, 'H', 'industry', NULL, 2014, 1000, 'kWh', 'par-gas', 0);
RESET ROLE;
INSERT INTO par.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent) VALUES
    (:town, 'H', 'industry', 2014, 1000, 'kWh', 'par-gas', 0), (:town, 'D', 'industry', 2020, 1000, 'kWh', 'par-gas', 0);
INSERT INTO par.activity (dataset_id, territory_code, sector, year, notation) VALUES (:open, 'B', 'residential', 2012, 'NE'), (:rows, 'B', 'residential', 2012, 'NE');
SET ROLE par_owner;
-- X counts: of B it has one map. Y has B alone, W a part of A.
INSERT INTO par.land_cover (dataset_id, nomenclature, code, year, geom)
SELECT d, 'PAR', 'F', year, ST_Multi(ST_MakeEnvelope(west, 45, east, 45.1, 4326))
FROM (VALUES (:x, 2012, 0.0, 0.2), (:x, 2018, 0.0, 0.3), (:y, 2012, 0.2, 0.3), (:y, 2018, 0.2, 0.3), (:w, 2008, 0.0, 0.1), (:w, 2018, 0.0, 0.1)) AS v (d, year, west, east);
UPDATE par.setting SET land_dataset_id = :x;
SELECT grant_reading('par', 'par_citizen'), grant_reading('par', 'par_town');
SET client_min_messages = error;
CALL refresh('par');
SET client_min_messages = warning;

-- D alone has industry in 2016, by two datasets, and I none.
SELECT territory_code, emissions, known_part, complete, missing FROM par.balance_by_territory WHERE territory_code IN ('D', 'F') AND year = 2016 ORDER BY 1;
-- The flow of A by X and by rows, that of B by Y, which does not count in E.
SELECT territory_code, emissions, removals, complete, missing FROM par.balance_by_territory
WHERE territory_code IN ('A', 'B', 'E') AND sector = 'land' AND year = 2016 ORDER BY 1;
SELECT territory_code, year, removals, missing FROM par.trajectory_by_territory WHERE territory_code IN ('A', 'B', 'E') AND year IN (2012, 2016) ORDER BY 1, 2;
-- A memo without a factor is one, and no part of scope 1.
SELECT territory_code, scope, emissions, complete, missing FROM par.balance_by_territory WHERE sector = 'energy' AND territory_code = 'A';
SELECT scope, kind, reason FROM par.coverage_by_territory WHERE sector = 'energy' AND kind = 'finding';
SELECT kind, name FROM explain_number('par', 'A', 'energy', 2012, scope => 'memo') WHERE kind = 'finding';
SELECT kind, name FROM explain_number('par', 'A', 'energy', 2012) WHERE kind = 'finding';
SELECT scope, x.name, x.amount FROM unnest('{1,memo}'::text[]) AS scope CROSS JOIN LATERAL explain_number('par', 'A', 'energy', 2013, scope => scope) AS x
WHERE x.kind = 'factor';
-- Each map for itself: X has all of E in 2018, Y and W have not.
SELECT territory_code, (SELECT slug FROM dataset_catalogue d WHERE d.id = m.dataset_id) AS map, complete, counted, missing
FROM par.land_stock_map m WHERE territory_code IN ('A', 'E') AND year = 2018 ORDER BY 1, 2;

-- H had no ground in 2014: who sees some of its rows is told no figure per ha.
SET ROLE par_citizen;
SELECT territory_code, year, emissions, emissions_per_ha, complete, missing FROM par.balance_by_territory WHERE territory_code = 'H';
SELECT territory_code, year, emissions, emissions_per_ha, complete FROM par.trajectory_by_territory WHERE territory_code = 'H';
SET ROLE par_owner;
SELECT y AS year, par.area_in('H', y) = area_m2 AS area FROM par.territory CROSS JOIN unnest('{2014,2015,2016}'::int[]) AS y WHERE code = 'H' ORDER BY 1;
-- Since 2020 H has no parts any more, and its boundary is that of when it had.
INSERT INTO par.former_parent (territory_code, valid_to, parent_code) VALUES ('K', '2019-12-31', 'H');
UPDATE par.territory SET parent_code = NULL WHERE code = 'K';
SELECT y AS year, par.area_in('H', y) = area_m2 AS area FROM par.territory CROSS JOIN unnest('{2015,2018,2021}'::int[]) AS y WHERE code = 'H' ORDER BY 1;
-- A boundary that nobody moved when a part left: less than nothing is left of it in former years.
UPDATE par.territory SET geom = (SELECT geom FROM par.territory WHERE code = 'B') WHERE code = 'E';
INSERT INTO par.former_parent (territory_code, valid_to) VALUES ('A', '2015-12-31');
SELECT y AS year, par.area_in('E', y) AS area FROM unnest('{2014,2016}'::int[]) AS y WHERE par.area_in('E', y) IS NULL;

-- What is retired was counted, and is not there any more.
SELECT complete, missing FROM par.balance_by_territory WHERE territory_code = 'D' AND year = 2016;
SET ROLE par_town;
SELECT retire_dataset(:town);
SET ROLE par_owner;
SELECT complete, replace(missing, :'town', 'its number') AS missing, par.missing_datasets('D') = :'town' AS number
FROM par.balance_by_territory WHERE territory_code = 'D' AND year = 2016;
-- Until the owner of the account says that it is no part of it.
DELETE FROM par.contribution WHERE dataset_id = :town;
SET client_min_messages = error;
CALL refresh('par', full => true);
SET client_min_messages = warning;
SELECT complete, missing FROM par.balance_by_territory WHERE territory_code = 'D' AND year = 2016;

RESET ROLE;
SELECT drop_account('par');
DELETE FROM factor WHERE code LIKE 'par-%';
DELETE FROM stock_reference WHERE nomenclature = 'PAR';
DELETE FROM access_grant WHERE dataset_id IN (SELECT id FROM dataset WHERE slug LIKE 'par-%');
DELETE FROM dataset WHERE slug LIKE 'par-%';
REVOKE CREATE ON DATABASE :DBNAME FROM par_owner;
DROP ROLE par_owner, par_town, par_citizen;
