-- The climate plan of the CA de La Rochelle, approved on 14 March 2024: its diagnosis of 2019
-- and its targets of 2030 by sector, t CO2e, as published by ADEME's observatory
-- Territoires & Climat (territoires-climat.ademe.fr/opendata, demarche 2260, columns
-- PEC_GES_1_1 to PEC_GES_8_6).  Waste is 0 in 2019 and in 2030, which means "not filled".
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
CREATE ROLE rochelle;
GRANT CREATE ON DATABASE :DBNAME TO rochelle;
SELECT register_dataset('rochelle-pcaet', 'PCAET 2260', 'rochelle', 'etalab-2.0', 'open') AS published \gset
SELECT register_dataset('rochelle-invented', 'Invented years', 'rochelle', 'etalab-2.0', 'open') AS invented \gset
SET ROLE rochelle;
SELECT create_account('rochelle', 4326);
INSERT INTO rochelle.territory (code, name, level, geom) VALUES
    ('241700434', 'CA de La Rochelle', 'EPCI', ST_Multi(ST_MakeEnvelope(-1.4, 46, -0.8, 46.3, 4326)));
CREATE TEMP TABLE published (place int, sector text, t2019 float8, t2030 float8);
INSERT INTO published VALUES
    (1, 'residential', 302279, 211596), (2, 'tertiary', 141175, 98823), (3, 'road_transport', 431569, 302099), (4, 'other_transport', 77079, 53956),
    (5, 'agriculture', 45189, 31633), (7, 'industry', 22000, 15400), (8, 'energy', 74661, 52236);
INSERT INTO rochelle.activity (dataset_id, territory_code, sector, scope, kind, year, emission, u95_percent)
    SELECT :published, '241700434', p.sector, '1', 'emission', 2019, ghg('CO2', p.t2019 * 1000), 0 FROM published p;
INSERT INTO rochelle.activity (dataset_id, territory_code, sector, year, notation) VALUES (:published, '241700434', 'waste', 2019, 'NE');

-- One recipe for all of them: 30 % less in 2030 than in 2019, on a straight line.
INSERT INTO rochelle.plan (territory_code, sector, plan, base_year, source)
    SELECT '241700434', s, 'PCAET', 2019, 'approved 14 March 2024' FROM (SELECT sector FROM published UNION ALL VALUES ('all'), ('waste')) AS x (s);
INSERT INTO rochelle.target (territory_code, sector, plan, year, value) SELECT '241700434', p.sector, 'PCAET', 2030, -30 FROM rochelle.plan p;
CALL refresh('rochelle');

-- The recipe is what was published, to the tonne (published figures are rounded up), but
-- for energy: 0.7 x 74661 = 52262.7, published as 52236.  The line from v to 0.7 v over
-- twelve years sums up to 10.2 v.  Until waste is filled there is no total to be 30 % below.
SELECT g.sector, round(g.target::numeric, 1) AS recipe, p.t2030 AS published, round((p.t2030 - g.target)::numeric, 1) AS difference,
       round(b.tonnes::numeric, 1) AS budget, round((b.tonnes - 10.2 * p.t2019)::numeric, 6) AS off
FROM rochelle.target_by_territory g
LEFT JOIN published p ON p.sector = g.sector
CROSS JOIN LATERAL (SELECT sum(y.target) FROM rochelle.target_by_territory y WHERE y.sector = g.sector) AS b (tonnes)
WHERE g.year = 2030 ORDER BY p.place, g.sector;
SELECT sum(t2019) AS all_2019, sum(t2030) AS all_2030 FROM published;
-- 0.7 ^ (1 / 11) - 1 = -0.031905 a year; energy by what was published: (52236 / 74661) ^ (1 / 11) - 1.
SELECT p.sector, round(required_rate(trajectory_agg(2019, p.t2019), 2030, p.t2030)::numeric, 6) AS rate
FROM published p GROUP BY p.place, p.sector, p.t2030 ORDER BY p.place;
SELECT round((power(0.7, 1 / 11.0) - 1)::numeric, 6) AS recipe, round((power(52236 / 74661.0, 1 / 11.0) - 1)::numeric, 6) AS energy;
SELECT complete, verdict FROM neutrality('rochelle', '241700434', 2019);
SELECT kind, sector, reason FROM neutrality_reasons('rochelle', '241700434', 2019) WHERE kind = 'missing';

-- From here on everything is invented: that the waste is counted under energy, what was
-- emitted from 2020 on as a share of 2019, and what the land takes up.
INSERT INTO rochelle.activity (dataset_id, territory_code, sector, year, notation)
    SELECT :invented, '241700434', 'waste', y, 'IE' FROM unnest('{2019,2020,2021,2022,2023,2050}'::int[]) AS y;
DELETE FROM rochelle.activity WHERE dataset_id = :published AND sector = 'waste';
INSERT INTO rochelle.activity (dataset_id, territory_code, sector, scope, kind, year, emission, u95_percent)
SELECT :invented, '241700434', p.sector, '1', 'emission', y.year, ghg('CO2', p.t2019 * y.share * 1000), 10
FROM published p
JOIN (VALUES ('residential', ARRAY[0.96, 0.95, 0.90, 0.88, 0.05]), ('tertiary', ARRAY[0.97, 0.96, 0.93, 0.91, 0.05]),
             ('road_transport', ARRAY[0.85, 0.95, 0.96, 0.95, 0.05]), ('other_transport', ARRAY[0.70, 0.80, 0.90, 0.95, 0.05]),
             ('agriculture', ARRAY[0.99, 0.98, 0.98, 0.97, 0.05]), ('industry', ARRAY[1.00, 1.00, 0.95, 0.90, 0.05]),
             ('energy', ARRAY[1.00, 0.99, 0.98, 0.97, 0.05])) AS s (sector, shares) ON s.sector = p.sector
CROSS JOIN LATERAL unnest('{2020,2021,2022,2023,2050}'::int[], s.shares) AS y (year, share);
INSERT INTO rochelle.activity (dataset_id, territory_code, sector, scope, kind, year, emission, u95_percent)
    SELECT :invented, '241700434', 'land', '1', 'removal', y, ghg('CO2', -1000.0 * CASE y WHEN 2050 THEN 70000 ELSE 60000 END), 10
    FROM unnest('{2019,2020,2021,2022,2023,2050}'::int[]) AS y;
CALL refresh('rochelle');

-- Gap of a sector in year y: (share - (1 - 0.3 (y - 2019) / 11)) x 2019.  What is left of
-- its budget: (10.2 - 1 - the shares so far) x 2019.  These, the odds, which are Phi(-gap /
-- sd), and the verdicts' intervals were worked out in Python and agree in every digit shown.
SELECT g.sector, g.year, round(g.gap::numeric, 1) AS gap, g.on_track, round(g.probability::numeric, 4) AS probability, round(g.remaining_budget::numeric, 2) AS budget_left
FROM rochelle.target_by_territory g LEFT JOIN published p ON p.sector = g.sector
WHERE g.year IN (2020, 2023) AND g.sector <> 'waste' ORDER BY p.place, g.sector, g.year;
SELECT year, round(emissions::numeric, 1) AS emissions, round(removals::numeric, 1) AS removals, round(net::numeric, 1) AS net,
       round(net_low::numeric, 1) AS low, round(net_high::numeric, 1) AS high, complete, round(probability::numeric, 6) AS probability,
       round(gap::numeric, 1) AS gap, round(remaining_budget::numeric, 1) AS budget_left, verdict, statement_fr
FROM unnest('{2019,2023,2050}'::int[]) AS y (year), neutrality('rochelle', '241700434', y.year);
SELECT kind, reason, round(amount::numeric, 1) AS amount, unit FROM neutrality_reasons('rochelle', '241700434', 2023) WHERE kind <> 'rule';
DROP TABLE published;
RESET ROLE;
SELECT drop_account('rochelle');
REVOKE CREATE ON DATABASE :DBNAME FROM rochelle;
DELETE FROM dataset WHERE slug LIKE 'rochelle-%';
DROP ROLE rochelle;
