-- Projects side by side: sums of what_if, and odds in which shared errors cancel.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN abs(a - b) <= 1e-9 * greatest(abs(a), abs(b));
CREATE ROLE cmp_owner;
GRANT CREATE ON DATABASE :DBNAME TO cmp_owner;
INSERT INTO stock_reference (nomenclature, code, name, stock, complete, u95_percent, source) VALUES
    ('CMP', 'forest', 'Forest', '{"above": 50, "below": 12, "soil": 80, "soil_depth_cm": 30}', true, 120, 'test'),
    ('CMP', 'crop', 'Crop', '{"above": 0, "below": 0, "soil": 50, "soil_depth_cm": 30}', true, 20, 'test'),
    ('CMP', 'built', 'Built land', '{"above": 0, "below": 0, "soil": 30, "soil_depth_cm": 30}', true, 200, 'test');
SELECT register_dataset('cmp-land', 'Land', 'cmp_owner', 'CC0-1.0', 'open') AS land \gset
SET ROLE cmp_owner;
SELECT create_account('glen', 4326);
INSERT INTO glen.territory (code, name, level, geom) VALUES ('T', 'Glen', 'commune', ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.05, 4326)));
INSERT INTO glen.land_cover (dataset_id, nomenclature, code, year, geom) VALUES
    (:land, 'CMP', 'forest', 2020, ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326))),
    (:land, 'CMP', 'crop', 2020, ST_Multi(ST_MakeEnvelope(0.05, 46, 0.1, 46.05, 4326)));
CREATE TEMP TABLE shown AS
SELECT * FROM compare_projects('glen', '{small,large,field,plant,sea}', ARRAY[
    ST_MakeEnvelope(0.01, 46.01, 0.012, 46.02, 4326), ST_MakeEnvelope(0.02, 46.01, 0.023, 46.02, 4326),
    ST_MakeEnvelope(0.06, 46.01, 0.065, 46.02, 4326), ST_MakeEnvelope(0.07, 46.01, 0.075, 46.02, 4326), ST_MakeEnvelope(0.2, 46, 0.21, 46.01, 4326)],
    '{built,built,built,forest,built}', 2025, 30, 0.04, '{1000,800,900,5000,10}');
-- Over the years, what_if's own figures; discounted, each year's by 1.04 to its age.
SELECT s.name, pg_temp.near(s.emissions, sum(w.emissions)) AS emissions, pg_temp.near(s.discounted, sum(w.emissions / 1.04 ^ (w.year - 2025))) AS discounted,
       s.by_year = trajectory_agg(w.year, w.emissions) AS by_year, pg_temp.near(s.covered_ha, max(w.covered_ha)) AS ha
FROM shown s, LATERAL (SELECT CASE s.name WHEN 'small' THEN ST_MakeEnvelope(0.01, 46.01, 0.012, 46.02, 4326) WHEN 'large' THEN ST_MakeEnvelope(0.02, 46.01, 0.023, 46.02, 4326)
        WHEN 'field' THEN ST_MakeEnvelope(0.06, 46.01, 0.065, 46.02, 4326) ELSE ST_MakeEnvelope(0.07, 46.01, 0.075, 46.02, 4326) END) AS g (geom),
     LATERAL what_if('glen', g.geom, s.to_code, 2025, 30) AS w
WHERE w.pool = 'all' AND s.name <> 'sea' GROUP BY s.name, s.emissions, s.discounted, s.by_year, s.covered_ha ORDER BY 1;
-- Large is 1.5 times small in all its errors: their difference is half of small, as sure
-- to be above 0 as small itself is.  Independent errors would say otherwise.
SELECT round(probability_within(estimate(s.discounted, s.discounted_high - s.discounted), 0)::numeric, 4) = round((l.no_worse_than ->> 'small')::numeric, 4) AS shared,
       (l.no_worse_than ->> 'small')::float8 BETWEEN 0.05 AND 0.2 AS doubtful,
       abs(1 - (l.no_worse_than ->> 'small')::float8 - (s.no_worse_than ->> 'large')::float8) < 1e-5 AS sum_of_two,
       probability_within(estimate(l.discounted, l.discounted_high - l.discounted) - estimate(s.discounted, s.discounted_high - s.discounted), 0) > (l.no_worse_than ->> 'small')::float8 + 0.1 AS otherwise
FROM shown s, shown l WHERE s.name = 'small' AND l.name = 'large';
-- A forest planted takes up; the sea is not covered.
SELECT name, emissions < 0 AS takes_up, emissions IS NULL AS unknown, no_worse_than IS NULL AS no_odds, cost, dominated_by, sources = ARRAY[:land] AS sources, publishable, licences,
       round(uncovered_ha::numeric, 2) AS uncovered_ha FROM shown;
SELECT pg_temp.outcome(c) FROM unnest(ARRAY[
    $$SELECT name FROM compare_projects('glen', '{a,a}', ARRAY[ST_MakeEnvelope(0, 46, 1, 47, 4326), ST_MakeEnvelope(0, 46, 1, 47, 4326)], '{built,built}', 2025, 30)$$,
    $$SELECT name FROM compare_projects('glen', '{a}', ARRAY[ST_MakeEnvelope(0, 46, 1, 47, 4326)], '{built,built}', 2025, 30)$$,
    $$SELECT name FROM compare_projects('glen', '{}', '{}', '{}', 2025, 30)$$,
    $$SELECT name FROM compare_projects('glen', NULL, NULL, NULL, 2025, 30)$$,
    $$SELECT name FROM compare_projects('glen', '{a}', ARRAY[ST_MakeEnvelope(0, 46, 1, 47, 4326)], '{built}', 2025, 30, 'NaN')$$,
    $$SELECT name FROM compare_projects('glen', '{a}', ARRAY[ST_MakeEnvelope(0, 46, 1, 47, 4326)], '{built}', 2025, 30, 0, '{Infinity}')$$,
    $$SELECT name FROM compare_projects('glen', '{a}', ARRAY[ST_MakeEnvelope(0, 46, 1, 47, 4326)], '{built}', 2025, 0)$$]) AS c;
RESET ROLE;
DROP TABLE shown;
SELECT drop_account('glen');
REVOKE CREATE ON DATABASE :DBNAME FROM cmp_owner;
DELETE FROM stock_reference WHERE nomenclature = 'CMP';
DELETE FROM dataset WHERE slug = 'cmp-land';
DROP ROLE cmp_owner;
