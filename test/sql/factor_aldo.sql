-- ALDO parity: its areas times its references give its stocks.
SET search_path = terrcarbon, public;
\getenv data TERRCARBON_DATA

BEGIN;

-- Areas that ALDO uses (CORINE Land Cover 2018, ha), data/dataByEpci/clc18.csv of
-- github.com/incubateur-ademe/aldo, MIT.
CREATE TEMP TABLE clc_area (epci text, clc text, area_ha float8);
INSERT INTO clc_area VALUES
    ('241700434', '111', 98.24764117), ('241700434', '112', 5486.806868), ('241700434', '121', 1357.499265),
    ('241700434', '122', 53.75012104), ('241700434', '123', 201.6559584), ('241700434', '124', 157.0220533),
    ('241700434', '141', 53.44143005), ('241700434', '142', 282.2275325), ('241700434', '211', 19300.78667),
    ('241700434', '231', 2792.695029), ('241700434', '242', 1929.474605), ('241700434', '243', 222.2908844),
    ('241700434', '311', 390.383377), ('241700434', '313', 30.65378407), ('241700434', '321', 29.14656695),
    ('241700434', '322', 170.1603109), ('241700434', '324', 26.2135311), ('241700434', '331', 23.53797285),
    ('241700434', '411', 97.91844837), ('241700434', '421', 300.546928), ('241700434', '423', 34.95357697),
    ('241700434', '512', 7.503291493), ('241700434', '521', 35.76946542), ('241700434', '523', 141.2486943),
    ('241700624', '112', 2747.651134), ('241700624', '142', 504.8808584), ('241700624', '211', 91.92493257),
    ('241700624', '221', 1957.466156), ('241700624', '231', 1048.531663), ('241700624', '242', 2830.268596),
    ('241700624', '243', 683.9428528), ('241700624', '311', 795.3184795), ('241700624', '312', 1894.366766),
    ('241700624', '313', 955.6636795), ('241700624', '322', 309.0753615), ('241700624', '324', 103.9054893),
    ('241700624', '331', 211.9257008), ('241700624', '411', 237.3461626), ('241700624', '421', 2870.774671),
    ('241700624', '423', 40.74640664), ('241700624', '512', 30.54959027), ('241700640', '112', 6235.074464),
    ('241700640', '121', 288.8436606), ('241700640', '123', 23.24956537), ('241700640', '124', 70.6138715),
    ('241700640', '131', 26.57747582), ('241700640', '142', 643.3684227), ('241700640', '211', 22546.95148),
    ('241700640', '221', 2431.656273), ('241700640', '222', 53.2356039), ('241700640', '231', 3942.98004),
    ('241700640', '242', 6736.696963), ('241700640', '243', 1146.610352), ('241700640', '311', 3821.829436),
    ('241700640', '312', 4906.767894), ('241700640', '313', 3488.004479), ('241700640', '322', 139.7470244),
    ('241700640', '324', 308.9957862), ('241700640', '331', 396.9395791), ('241700640', '421', 3081.024579),
    ('241700640', '423', 888.369764), ('241700640', '511', 116.2255146), ('241700640', '521', 109.1488682),
    ('241700640', '522', 8867.928379), ('241700640', '523', 42.66847092);

-- Forest areas (IGN inventory, ha), data/dataByEpci/ign19.csv, same place.
CREATE TEMP TABLE forest_area (epci text, code text, area_ha float8);
INSERT INTO forest_area VALUES
    ('241700434', 'foret_feuillu', 707.5), ('241700434', 'foret_conifere', 3.7),
    ('241700434', 'foret_mixte', 12.6), ('241700434', 'foret_peupleraie', 14),
    ('241700624', 'foret_feuillu', 1930.1), ('241700624', 'foret_conifere', 1547),
    ('241700624', 'foret_mixte', 737.9), ('241700624', 'foret_peupleraie', 45.5),
    ('241700640', 'foret_feuillu', 5449.4), ('241700640', 'foret_conifere', 5476.1),
    ('241700640', 'foret_mixte', 1654.3), ('241700640', 'foret_peupleraie', 170.8);

-- ALDO's classes of CLC codes; forests come from the inventory instead.
CREATE TEMP TABLE aldo_class (clc text, code text);
INSERT INTO aldo_class
    SELECT unnest('{211,212,213,241,242,243,244}'::text[]), 'cultures'
    UNION ALL SELECT unnest('{231,321}'::text[]), 'prairies_herbacees'
    UNION ALL SELECT '322', 'prairies_arbustives'
    UNION ALL SELECT '323', 'prairies_arborees'
    UNION ALL SELECT unnest('{411,412,421,422,423,511,512,521,522,523}'::text[]), 'zones_humides'
    UNION ALL SELECT unnest('{222,223}'::text[]), 'vergers'
    UNION ALL SELECT '221', 'vignes'
    UNION ALL SELECT '141', 'sols_artificiels_arbores';

-- Of all artificial land, green urban areas (141) included, ALDO takes 80 % as
-- sealed; grass with shrubs is what the other 20 % leaves beside 141.
CREATE TEMP VIEW aldo_area AS
    SELECT epci, code, sum(area_ha) AS area_ha
    FROM clc_area JOIN aldo_class USING (clc)
    GROUP BY epci, code
  UNION ALL
    SELECT epci, code, area_ha
    FROM forest_area
  UNION ALL
    SELECT epci, part.code, part.area_ha
    FROM (
        SELECT epci, sum(area_ha) AS built,
               coalesce(sum(area_ha) FILTER (WHERE clc = '141'), 0) AS wooded
        FROM clc_area
        WHERE clc LIKE '1%'
        GROUP BY epci
    ) AS artificial,
    LATERAL (VALUES
        ('sols_artificiels_impermeabilises', 0.8 * built),
        ('sols_artificiels_arbustifs', 0.2 * built - wooded)
    ) AS part (code, area_ha);

-- The three EPCI, with their own soil references where soil varies by zone
-- (ALDO's data/dataByEpci/ground.csv): user rows of level EPCI.
INSERT INTO reference_territory (code, level, name) VALUES
    ('241700434', 'EPCI', 'CA de La Rochelle'),
    ('241700624', 'EPCI', 'CC de l''Île d''Oléron'),
    ('241700640', 'EPCI', 'CA Royan Atlantique');
INSERT INTO reference_territory_parent (code, parent_code)
    SELECT code, parent
    FROM reference_territory, unnest('{FR-NAQ,POPLAR_SUD}'::text[]) AS parent
    WHERE code LIKE '2417%';

INSERT INTO stock_reference (nomenclature, code, name, territory_code, stock, source)
    SELECT 'ALDO', class.code, class.code, epci,
           format('{"soil": %s, "soil_depth_cm": 30}', soil)::carbon_stock, 'ALDO, ground.csv'
    FROM (VALUES
    ('241700434', 48.20182584, 82.48630622, 80.67900287),
    ('241700624', 48.77674382, 74.64421613, 68.02751631),
    ('241700640', 49.30766362, 72.17093952, 64.73826382)
    ) AS ref (epci, cropland, grassland, forest),
    LATERAL (VALUES
        ('cultures', cropland), ('prairies', grassland), ('foret', forest),
        ('sols_artificiels_arbustifs', grassland), ('sols_artificiels_arbores', forest)
    ) AS class (code, soil);

CREATE TEMP TABLE measured AS
    SELECT epci, code, area_ha, land_stock('ALDO', code, area_ha, 2018, epci) AS stock
    FROM aldo_area;

-- ALDO's totals in tC, to 0.1; sums of published densities times areas made
-- outside the database.
SELECT epci,
       round(pool(sum(stock), 'soil')::numeric, 1) AS soil,
       round(pool(sum(stock), 'above')::numeric, 1) AS living,
       round(pool(sum(stock), 'dead_wood')::numeric, 1) AS dead_wood,
       round(pool(sum(stock), 'litter')::numeric, 1) AS litter,
       round(total(sum(stock))::numeric, 1) AS total,
       count(*) FILTER (WHERE stock IS NULL) AS uncovered
FROM measured
GROUP BY epci
ORDER BY epci;

-- The parts that do not differ from one commune to the next, from the same rows.
SELECT code, round(total(stock)::numeric, 4) AS tonnes
FROM measured
WHERE epci = '241700434' AND code IN ('zones_humides', 'foret_peupleraie', 'sols_artificiels_arbores')
ORDER BY code;

-- Line by line against the data folder, where there is one.
\if :{?data}
    CREATE TEMP TABLE expected (siren text, epci text, class text, pool text,
        area_ha float8, density float8, tonnes float8);
    \set file :data '/stocks/expected_aldo_epci_stock_tC.csv'
    COPY expected FROM :'file' (FORMAT csv, HEADER);
    CREATE TEMP TABLE difference AS
        SELECT e.siren, e.class, e.pool, e.tonnes, measured.tonnes AS measured
        FROM expected e
        LEFT JOIN measured m ON m.epci = e.siren AND m.code = translate(replace(replace(replace(
            e.class, 'prairies zones', 'prairies'), ' et buissonants', ''), 'és', 'es'), 'éê ', 'ee_')
        CROSS JOIN LATERAL (SELECT pool(m.stock, CASE e.pool
                WHEN 'soil_30cm' THEN 'soil'
                WHEN 'living_biomass' THEN 'above'
                ELSE e.pool
            END)) AS measured (tonnes)
        WHERE e.area_ha > 0;
    DO $$
    DECLARE
        line record;
    BEGIN
        IF (SELECT count(*) FROM difference) < 60 THEN
            RAISE WARNING 'only % lines compared', (SELECT count(*) FROM difference);
        END IF;
        FOR line IN SELECT * FROM difference LOOP
            IF abs(line.tonnes - line.measured) <= 1e-9 * abs(line.tonnes) IS NOT TRUE THEN
                RAISE WARNING '%', line;
            END IF;
        END LOOP;
    END;
    $$;
\endif

-- Pierrerue (34201), from ALDO's own export by commune.  It lies in two groups of
-- forest regions: what the inventory has no figure for in G8 (mixed forest) is
-- taken from the great region G.  The areas of the two parts are solved from the
-- exported densities: (29604.58 - 469.2 x 40.38) / (86.44 - 40.38) = 231.4 ha.
INSERT INTO reference_territory (code, level, name) VALUES
    ('34201', 'commune', 'Pierrerue'),
    ('34201-G8', 'IRIS', 'Pierrerue, part in forest region G8'),
    ('34201-JX', 'IRIS', 'Pierrerue, part in forest region JX');
INSERT INTO reference_territory_parent (code, parent_code) VALUES
    ('34201', 'FR-34'), ('34201', 'ZPC_2_2'),
    ('34201-G8', '34201'), ('34201-G8', 'SER_G8'),
    ('34201-JX', '34201'), ('34201-JX', 'SER_JX');
WITH area (territory, code, area_ha) AS (VALUES
    ('34201', 'prairies_arborees', 339.542849991),
    ('34201', 'prairies_arbustives', 0.000209265),
    ('34201', 'cultures', 174.549748915),
    ('34201', 'vignes', 282.045794138),
    ('34201', 'sols_artificiels_arbustifs', 5.366404142),
    ('34201', 'sols_artificiels_impermeabilises', 21.465616568),
    ('34201-JX', 'foret_mixte', 175.3),
    ('34201-G8', 'foret_mixte', 6.0),
    ('34201-JX', 'foret_feuillu', 237.8),
    ('34201-G8', 'foret_feuillu', 231.4),
    ('34201-JX', 'foret_conifere', 127.6)
)
SELECT code,
       round(pool(stock, 'soil')::numeric, 3) AS soil,
       round(pool(stock, 'above')::numeric, 3) AS living,
       round(pool(stock, 'dead_wood')::numeric, 3) AS dead_wood,
       round(pool(stock, 'litter')::numeric, 3) AS litter
FROM (
    SELECT code, sum(land_stock('ALDO', code, area_ha, 2018, territory)) AS stock
    FROM area
    GROUP BY code
) AS class
ORDER BY code;

-- Its 10.782 km of hedges: the department has no figure, so ALDO's mean.
SELECT round(total(line_stock('ALDO', 'haies', length_km, 2018, '34201'))::numeric, 3) AS tonnes
FROM unnest('{1.026425275576962,0.648895044868882,8.08794372273134,0.819338769349707,0.199512777152389}'::float8[])
    AS length_km;

-- What was shipped: sums of the published tables, and where we differ from them.
SELECT nomenclature, per, pools(stock), count(*), round(sum(total(stock))::numeric, 3) AS sum
FROM stock_reference
WHERE shipped
GROUP BY nomenclature, per, pools(stock)
ORDER BY nomenclature, per, pools(stock);

SELECT code, land_stock('CLC', code, 100, 2018, 'FR') IS NOT NULL AS covered,
       total(land_stock('CLC', code, 100, 2018, 'FR')) AS tonnes
FROM unnest('{411,421,423,511,512,521,522,523}'::text[]) AS code;

-- A CLC class of artificial land is 80 % sealed and 20 % grassed with shrubs:
-- 0.8 x 30 + 0.2 x 84 = 40.8 in the soil, 0.2 x 7 = 1.4 in plants.
SELECT code, round(total(stock_density('CLC', code, 2018, 'ZPC_4_1'))::numeric, 9) AS per_ha
FROM unnest('{111,112,121,122,123,124,131,132,133,142}'::text[]) AS code;

ROLLBACK;
