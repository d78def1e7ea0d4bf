-- The main job: from polygons to the carbon stock of each territory.
-- Needs a territory and its land cover (territory.sql or real.sql).
SET search_path = demo, terrcarbon, public;

-- 1. Where the territories lie, for the reference stocks: the soil comes by
--    pedoclimatic zone (assumed to be 4_1 throughout, the zone of La Rochelle),
--    the trees by region.
INSERT INTO reference_territory (code, level, name)
SELECT code, 'commune', name FROM territory;
INSERT INTO reference_territory_parent (code, parent_code)
SELECT code, parent FROM territory, unnest('{ZPC_4_1,FR-17}'::text[]) AS parent;

-- Numbers as the pictures write them: thousands set apart by a narrow space.
CREATE FUNCTION grouped(amount float8, decimals int DEFAULT 0) RETURNS text LANGUAGE sql IMMUTABLE
RETURN replace(to_char(amount, 'FM999,999,990' || CASE WHEN decimals > 0 THEN '.' || repeat('0', decimals) ELSE '' END), ',', U&'\202F');

-- 2. How much of each land-cover class lies in each territory, on the ellipsoid,
--    and the carbon it holds.  A class without a reference has no stock: it is
--    reported, not counted as zero.
CREATE TABLE stock AS
SELECT territory, code, ha, land_stock('CLC', code, ha, year, territory) AS stock,
       -- ALDO publishes no uncertainty: 30 % of each reference is assumed.
       land_stock_estimate('CLC', code, ha, year, territory, 30) AS carbon
FROM (SELECT t.code AS territory, l.code, sum(shared_area(l.geom, t.geom)) / 10000 AS ha
      FROM territory t JOIN land_cover l ON l.geom && t.geom
      GROUP BY t.code, l.code) AS shared, about
WHERE ha > 0;

CREATE VIEW stock_by_commune AS
SELECT t.code, t.name, sum(ha) AS ha, sum(stock) AS stock, total(sum(stock)) AS tonnes, sum(carbon) AS carbon
FROM stock s JOIN territory t ON t.code = s.territory
GROUP BY t.code, t.name;

CREATE TABLE cover_class (code text PRIMARY KEY, name text NOT NULL, colour text NOT NULL);
INSERT INTO cover_class VALUES
    ('111', 'Dense town', '#b5566b'),          ('112', 'Houses and gardens', '#d98c9a'),
    ('121', 'Industry, commerce', '#a98bb5'),  ('122', 'Roads and railways', '#8f8a94'),
    ('123', 'Port', '#8d7aa6'),                ('124', 'Airport', '#b9aec4'),
    ('131', 'Quarries', '#a38f86'),            ('141', 'Parks', '#a8cf8e'),
    ('142', 'Sport, leisure', '#c9dfae'),      ('211', 'Arable land', '#f3e6b3'),
    ('221', 'Vineyards', '#d7a86e'),           ('231', 'Pasture', '#c6dd9a'),
    ('242', 'Mixed farming', '#e3dd9b'),       ('243', 'Farming and nature', '#d5d58f'),
    ('311', 'Broad-leaved forest', '#5f9a63'), ('312', 'Coniferous forest', '#3f7f58'),
    ('313', 'Mixed forest', '#7fb081'),        ('411', 'Inland marsh', '#7fb8b0'),
    ('421', 'Salt marsh', '#5da3a6'),          ('423', 'Tidal flat', '#c3cfd2'),
    ('511', 'River', '#8fc1de'),               ('512', 'Lake', '#8fc1de'),
    ('522', 'Estuary', '#a5cfe5'),             ('523', 'Sea', '#b9d9ea');

CREATE VIEW stock_by_class AS
SELECT code, sum(ha) AS ha, sum(stock) AS stock, total(sum(stock)) AS tonnes
FROM stock
GROUP BY code;

-- 3. The result.
\pset border 2
\pset footer off
\pset numericlocale off
\echo
\echo 'Carbon stock by commune, tonnes of carbon'
SELECT name AS commune, to_char(ha, 'FM999,990') AS ha,
       to_char(pool(stock, 'soil'), 'FM999,999,990') AS soil,
       to_char(pool(stock, 'above'), 'FM999,999,990') AS biomass,
       to_char(pool(stock, 'dead_wood'), 'FM999,999,990') AS "dead wood",
       to_char(pool(stock, 'litter'), 'FM999,999,990') AS litter,
       to_char(tonnes, 'FM999,999,990') AS total,
       to_char(tonnes / ha, 'FM990') AS "t/ha",
       to_char(tonnes_co2(stock), 'FM999,999,990') AS "t CO2e"
FROM stock_by_commune
ORDER BY tonnes DESC NULLS LAST
LIMIT 20;

\echo
\echo 'By land-cover class'
SELECT c.code AS clc, coalesce(name, '(unnamed)') AS class, to_char(ha, 'FM999,990.0') AS ha,
       coalesce(to_char(tonnes, 'FM999,999,990'), 'no reference') AS "t C",
       to_char(tonnes / ha, 'FM990') AS "t/ha"
FROM stock_by_class c LEFT JOIN cover_class USING (code)
ORDER BY c.code;

\echo
\echo 'The sum of the parts is the whole'
SELECT to_char(sum(ha), 'FM999,990.000000') AS "ha, all communes × classes",
       to_char((SELECT sum(shared_area(l.geom, u.geom)) / 10000
                FROM land_cover l, (SELECT ST_Union(geom) AS geom FROM territory) AS u), 'FM999,990.000000')
           AS "ha, land cover in their union",
       to_char(sum(ha) FILTER (WHERE stock IS NULL), 'FM999,990.0') AS "ha without reference",
       to_char(total(sum(stock)), 'FM999,999,990.0') AS "t C"
FROM stock;
