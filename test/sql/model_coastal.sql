-- Coastal carbon.
SET search_path = terrcarbon, public;
\set SHOW_CONTEXT never

-- The mangrove and parking lot of InVEST's own tests.
INSERT INTO coastal_habitat (code, name, source) VALUES
    ('test mangrove', 'Mangrove', 'InVEST, tests/test_coastal_blue_carbon.py'),
    ('test parking lot', 'Parking lot', 'InVEST, tests/test_coastal_blue_carbon.py');
INSERT INTO coastal_habitat_pool (habitat, pool, initial, accumulation, half_life, disturbed_low, disturbed_medium, disturbed_high) VALUES
    ('test mangrove', 'soil', 313, 5.35, 7.5, 0.3, 0.5, 0.66),
    ('test mangrove', 'biomass', 64, 2, 15, 0.5, 0.5, 1),
    ('test mangrove', 'litter', 3, 1, NULL, 0, 0, 0),
    ('test parking lot', 'soil', 0, 0, 0, 0, 0, 0),
    ('test parking lot', 'biomass', 0, 0, 0, 0, 0, 0),
    ('test parking lot', 'litter', 0, 0, NULL, 0, 0, 0);
-- Net gain of the first plot: 83.5 in 2000-2009, -176.9792 in 2010-2019; of the
-- second: 0, then 73.5 in soil and biomass, which is all InVEST adds up after the
-- first land-cover change, then -28.698004.  Its guide lets litter go on growing.
SELECT plot, year / 10 * 10 AS decade,
       round(sum(accumulated - emitted)::numeric, 4) AS net,
       round(sum(accumulated - emitted) FILTER (WHERE pool <> 'litter')::numeric, 6) AS without_litter
FROM (VALUES
    ('disturbed', ARRAY[(2000, 'test mangrove', NULL), (2010, 'test parking lot', 'high')]::coastal_change[]),
    ('restored', ARRAY[(2000, 'test parking lot', NULL), (2010, 'test mangrove', 'plant'),
                       (2020, 'test parking lot', 'high')]::coastal_change[])) AS p(plot, history),
     coastal_carbon(history, 2029)
GROUP BY 1, 2 ORDER BY 1, 2;
-- year by year, against a computation made apart with the same formula
SELECT year,
       round(max(stock_end) FILTER (WHERE pool = 'biomass')::numeric, 6) AS biomass,
       round(max(stock_end) FILTER (WHERE pool = 'soil')::numeric, 6) AS soil,
       round(max(stock_end) FILTER (WHERE pool = 'litter')::numeric, 6) AS litter
FROM coastal_carbon(ARRAY[(2000, 'test mangrove', NULL), (2010, 'test parking lot', 'high')]::coastal_change[], 2019)
WHERE year IN (2000, 2009, 2010, 2011, 2014, 2019)
GROUP BY year ORDER BY year;

-- By hand, one pool: 100 t, half of it disturbed in year 1 (half-life 1 year),
-- half of the other half in year 2; so emitted 25, then 12.5 + 12.5, then 6.25 + 6.25.
SELECT year, stock_start, emitted, stock_end
FROM terrcarbon_internal.coastal_series(1, 3, '{100,0,0}', '{0,0,0}', '{NULL,NULL,NULL}', '{1,2}', '{disturb,disturb}',
    '{0.5,0,0, 1,1,1, 0,0,0, NULL,NULL,NULL,  0.5,0,0, 1,1,1, 0,0,0, NULL,NULL,NULL}')
WHERE pool = 'soil';
-- Planting resumes growth and lets decay go on; reconnecting stops it in soil
-- alone; growth ends at the ceiling. A half-life of 0 is at once.
SELECT how, year, pool, accumulated, emitted, stock_end
FROM unnest('{plant,reconnect}'::text[]) AS how,
     terrcarbon_internal.coastal_series(1, 4, '{100,100,8}', '{0,0,0}', '{NULL,NULL,NULL}', ARRAY[1, 3], ARRAY['disturb', how],
    '{0.5,0.5,1, 1,1,0, 0,0,0, NULL,NULL,NULL,  0,0,0, 1,1,1, 4,4,4, 80,NULL,5}')
ORDER BY how, pool, year;
-- a stock above the ceiling is not cut
SELECT accumulated, stock_end FROM terrcarbon_internal.coastal_series(1, 1, '{100,0,0}', '{4,0,0}', '{80,NULL,NULL}', '{}', '{}', '{}')
WHERE pool = 'soil';

-- What is not known stays unknown, and only that: the biomass of a salt marsh is
-- no IPCC default, nor is the half-life of its soil.
SELECT year, pool, stock_start, accumulated, emitted, stock_end
FROM coastal_carbon(ARRAY[(2020, 'salt_marsh', NULL), (2021, 'developed', 'high')]::coastal_change[], 2021)
ORDER BY year, pool;

-- 10 000 random histories: stock + emitted = initial + accumulated to 1e-9, no
-- pool below 0, each year begins where the last ended.
SELECT setseed(0.42);
CREATE TEMP TABLE run AS
WITH history AS (
    SELECT h, ARRAY[random() * 500, random() * 100, random() * 10] AS initial,
           ARRAY[random() * 6, random() * 3, random()] AS growth,
           ARRAY[CASE WHEN random() < 0.5 THEN random() * 600 END, NULL, 8] AS ceiling,
           ARRAY(SELECT 2000 + 4 * e + (random() * 3)::int FROM generate_series(0, 7) e WHERE h > 0 ORDER BY e) AS years,
           ARRAY(SELECT (ARRAY['disturb', 'disturb', 'plant', 'reconnect'])[1 + (random() * 4 - 0.5)::int]
                 FROM generate_series(0, 7) e WHERE h > 0) AS actions,
           ARRAY(SELECT CASE WHEN i % 12 < 3 THEN round(random()::numeric, 1) WHEN i % 12 < 6 THEN round((random() * 20)::numeric)
                             WHEN i % 12 < 9 THEN random() * 6 ELSE random() * 600 END
                 FROM generate_series(0, 95) i WHERE h > 0 ORDER BY i)::float8[] AS rates
    FROM generate_series(1, 10000) h)
SELECT h, s.* FROM history, terrcarbon_internal.coastal_series(2000, 2039, initial, growth, ceiling, years, actions, rates) s;
SELECT count(DISTINCT h) AS histories, sum(emitted) > 0 AS some_emit, sum(accumulated) > 0 AS some_gain,
       min(stock_end) >= 0 AND min(emitted) >= 0 AND min(accumulated) >= 0 AS never_below_0
FROM run;
SELECT count(*) AS unbalanced
FROM (SELECT h, pool, (array_agg(stock_start ORDER BY year))[1] AS initial, sum(accumulated) AS gained,
             sum(emitted) AS emitted, (array_agg(stock_end ORDER BY year DESC))[1] AS final
      FROM run GROUP BY h, pool) AS balance
WHERE abs(final + emitted - initial - gained) > 1e-9 * (initial + gained);
SELECT count(*) AS broken
FROM (SELECT stock_start, lag(stock_end) OVER (PARTITION BY h, pool ORDER BY year) AS earlier FROM run) AS chain
WHERE abs(stock_start - earlier) > 1e-12 * earlier;
DROP TABLE run;

-- wrong histories
SELECT coastal_carbon('{}', 2019);
SELECT coastal_carbon(ARRAY[(2000, 'meadow', NULL)]::coastal_change[], 2019);
SELECT coastal_carbon(ARRAY[(2000, 'salt_marsh', 'plant')]::coastal_change[], 2019);
SELECT coastal_carbon(ARRAY[(2000, 'salt_marsh', NULL), (2010, 'developed', NULL)]::coastal_change[], 2019);
SELECT coastal_carbon(ARRAY[(2000, 'salt_marsh', NULL), (2010, 'developed', 'severe')]::coastal_change[], 2019);
SELECT coastal_carbon(ARRAY[(2000, 'salt_marsh', NULL), (1990, 'developed', 'high')]::coastal_change[], 2019);
SELECT coastal_carbon(ARRAY[(2000, 'salt_marsh', NULL)]::coastal_change[], 1990);
SELECT coastal_carbon(ARRAY[(2000, 'salt_marsh', NULL)]::coastal_change[], 2000000000);
SELECT terrcarbon_internal.coastal_series(1, 2, '{1,1}', '{0,0,0}', '{0,0,0}', '{}', '{}', '{}');
SELECT terrcarbon_internal.coastal_series(1, 2, '{{1,1,1}}', '{0,0,0}', '{0,0,0}', '{}', '{}', '{}');
SELECT terrcarbon_internal.coastal_series(1, 2, '{1,1,1}', '{0,0,0}', '{0,0,0}', '{{1},{2}}', '{{disturb},{plant}}', '{}');
SELECT terrcarbon_internal.coastal_series(1, 2, '{1,1,1}', '{0,0,0}', '{0,0,0}', '{NULL}', '{disturb}', array_fill(0::float8, '{12}'));
SELECT terrcarbon_internal.coastal_series(1, 2, '{1,1,1}', '{0,0,0}', '{0,0,0}', array_fill(1, '{101}'), array_fill('plant'::text, '{101}'), '{}');
SELECT count(*) AS rows_at_the_edge FROM terrcarbon_internal.coastal_series(2147483640, 2147483647, '{1,1,1}', '{0,0,0}', '{0,0,0}', '{}', '{}', '{}');
SELECT terrcarbon_internal.coastal_series(1, 2, '{1,1,-1}', '{0,0,0}', '{0,0,0}', '{}', '{}', '{}');
SELECT terrcarbon_internal.coastal_series(1, 2, '{1,1,NaN}', '{0,0,0}', '{0,0,0}', '{}', '{}', '{}');
SELECT terrcarbon_internal.coastal_series(1, 2, '{1,1,1}', '{0,0,0}', '{0,0,0}', '{1}', '{burn}', '{0,0,0, 0,0,0, 0,0,0, 0,0,0}');
SELECT terrcarbon_internal.coastal_series(1, 2, '{1,1,1}', '{0,0,0}', '{0,0,0}', '{1}', '{disturb}', '{0,1.1,0, 0,0,0, 0,0,0, 0,0,0}');
SELECT terrcarbon_internal.coastal_series(1, 2, '{1,1,1}', '{0,0,0}', '{0,0,0}', '{1,1}', '{disturb}', '{}');
SELECT terrcarbon_internal.coastal_series(1, 2, '{1e308,1,1}', '{1e308,0,0}', '{NULL,0,0}', '{}', '{}', '{}');
INSERT INTO coastal_habitat_pool (habitat, pool, disturbed_high) VALUES ('test mangrove', 'bark', 0.66);
INSERT INTO coastal_habitat_pool (habitat, pool, disturbed_high) VALUES ('tidal_flat', 'soil', 66);

-- methane: 18 ppt is saline; not covered is NULL
SELECT habitat, coastal_ch4(habitat, 5) AS fresh, coastal_ch4(habitat, 17.99) AS brackish, coastal_ch4(habitat, 18) AS saline
FROM unnest('{mangrove,salt_marsh,seagrass,tidal_flat,inland_marsh,open_water}'::text[]) AS habitat;
SELECT coastal_ch4('salt_marsh', -1);
SELECT coastal_ch4('meadow', 5);

-- 10 ha of fresh marsh gain 0.91 tC/ha and give off methane: net in AR5, 28 a kg:
-- -0.91 x 10 x 44/12 + 193.7 x 10 x 28 / 1000 = 20.869 t
SELECT round(co2e(coastal_emission(0.91 * 10, coastal_ch4('salt_marsh', 5) * 10), 'AR5')::numeric / 1000, 3) AS net,
       coastal_emission(1, coastal_ch4('seagrass', 35)) IS NULL AS methane_not_known;

-- InVEST's carbon cases: 58 t lost evenly in 2016-2029 at 43 a ton, the price
-- falling by 2.8 % and value discounted by -7.1 % a year: -3422.079; at no rates
-- -2494; so a ton is worth 59.00136.
SELECT round(discounted_value(array_fill(-58 / 14.0::float8, '{14}'),
                              ARRAY(SELECT 43 / 1.028 ^ t FROM generate_series(0, 13) t), -0.071)::numeric, 3) AS full_rates,
       round(discounted_value(array_fill(-58 / 14.0::float8, '{14}'), array_fill(43::float8, '{14}'), 0)::numeric, 3) AS no_rates,
       round(discounted_value(array_fill(1 / 14.0::float8, '{14}'),
                              ARRAY(SELECT 43 / 1.028 ^ t FROM generate_series(0, 13) t), -0.071)::numeric, 5) AS one_ton;
-- by hand: 10 x 1 + 20 x -2 / 1.1 + 30 x 3 / 1.21
SELECT round(discounted_value('{1,-2,3}', '{10,20,30}', 0.1)::numeric, 6) AS by_hand;
SELECT discounted_value('{1,NULL}', '{10,20}', 0.1) IS NULL AS missing_year;
SELECT discounted_value('{1,2}', '{10}', 0.1);
SELECT discounted_value('{1}', '{10}', -1);

DELETE FROM coastal_habitat WHERE NOT shipped;
-- Limits, and no more of the input in an error than tells what it was.
SELECT coastal_carbon(array_fill((2000, 'salt_marsh', NULL)::coastal_change, '{100000}'), 2001);
SELECT coastal_ch4(repeat('x', 100000), 5);
