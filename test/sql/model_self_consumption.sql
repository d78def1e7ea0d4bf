-- Collective self-consumption.
SET search_path = terrcarbon, public;
\set SHOW_CONTEXT never

-- Corners of a square of 1.5 km, its centre, and a far site. The diagonal is
-- 2.12 km: of two opposite corners one at most is in a group of 2 km.
SELECT * FROM self_consumption_groups(
    ARRAY(SELECT ST_MakePoint(x, y) FROM (VALUES (0, 0), (1500, 0), (1500, 1500), (0, 1500), (750, 750), (9000, 0)) AS p(x, y)),
    '{0,0,0,0,100,50}', 2);
-- 2.2 km hold all five
SELECT * FROM self_consumption_groups(
    ARRAY(SELECT ST_MakePoint(x, y) FROM (VALUES (0, 0), (1500, 0), (1500, 1500), (0, 1500), (750, 750), (9000, 0)) AS p(x, y)),
    '{0,0,0,0,100,50}', 2.2);
-- exactly 2 km apart is near enough; a thousandth more is not
SELECT * FROM self_consumption_groups(ARRAY[ST_MakePoint(0, 0), ST_MakePoint(2000, 0)], '{1,0}', 2);
SELECT * FROM self_consumption_groups(ARRAY[ST_MakePoint(0, 0), ST_MakePoint(2000.001, 0)], '{1,0}', 2);
-- A degree of latitude between 45.9955 and 46.0045 N is 111.14 km (ellipsoid):
-- 0.018 of it is 2.0006 km, 0.0179 is 1.9894 km.
SELECT * FROM self_consumption_groups(ARRAY[ST_SetSRID(ST_MakePoint(-1, 46), 4326), ST_SetSRID(ST_MakePoint(-1, 46.018), 4326)], '{1,0}', 'fr.standard');
SELECT * FROM self_consumption_groups(ARRAY[ST_SetSRID(ST_MakePoint(-1, 46), 4326), ST_SetSRID(ST_MakePoint(-1, 46.0179), 4326)], '{1,0}', 'fr.standard');

-- The power of the plants is below 5000 kW in all: the largest others are left out,
-- and the consumer at 2 km whom the first of them kept away comes in.
SELECT * FROM self_consumption_groups(
    ARRAY(SELECT ST_MakePoint(x, 0) FROM unnest('{0,-10,-20,-900,1950}'::float8[]) AS x),
    '{2500,1000,1500,4000,0}', 'fr.standard');
SELECT producer, members, power_kw, largest FROM self_consumption_groups(ARRAY[ST_MakePoint(0, 0), ST_MakePoint(1, 0)], '{5000,4999}', 'fr.standard');

-- Sites at random on the ground, against all groups by PostGIS's distances on the
-- spheroid.
CREATE TEMP TABLE site AS
SELECT c, i, ST_SetSRID(ST_MakePoint(-1 + random() * 0.03, 46 + random() * 0.02), 4326) AS place
FROM (SELECT setseed(0.3)) AS s, generate_series(1, 20) AS c, generate_series(1, 11) AS i;
WITH RECURSIVE near AS MATERIALIZED (
    SELECT a.c, a.i, b.i AS j FROM site a JOIN site b USING (c)
    WHERE ST_Distance(a.place::geography, b.place::geography) <= 1200
), clique AS (
    SELECT n.c, ARRAY[1] AS members, ARRAY(SELECT j FROM near m WHERE m.c = n.c AND m.i = 1 AND m.j > 1) AS open
    FROM near n WHERE n.i = 1 AND n.j = 1
  UNION ALL
    SELECT q.c, q.members || next, ARRAY(SELECT j FROM near m WHERE m.c = q.c AND m.i = next AND m.j = ANY (q.open) AND m.j > next)
    FROM clique q, unnest(q.open) AS next
), best AS (SELECT c, max(cardinality(members)) AS largest FROM clique GROUP BY c)
SELECT count(*) AS cases, min(b.largest), max(b.largest), count(*) FILTER (WHERE g.largest <> b.largest) AS different,
       count(*) FILTER (WHERE NOT EXISTS (SELECT FROM clique q WHERE q.c = b.c AND q.members = g.members)) AS no_groups
FROM best b
CROSS JOIN LATERAL self_consumption_groups(ARRAY(SELECT place FROM site s WHERE s.c = b.c ORDER BY i), '{1,0,0,0,0,0,0,0,0,0,0}', 1.2) AS g;
DROP TABLE site;
-- the same sites in another system give the same groups
WITH place AS (
    SELECT i, ST_SetSRID(ST_MakePoint(-1 + 0.03 * sin(i * 12.9898), 46 + 0.02 * sin(i * 78.233)), 4326) AS geom FROM generate_series(1, 300) i)
SELECT count(*) AS producers, bool_and(a.members = b.members) AS same, min(a.largest), max(a.largest)
FROM self_consumption_groups(ARRAY(SELECT geom FROM place ORDER BY i), ARRAY(SELECT (i % 30 = 0)::int FROM place ORDER BY i), 2) AS a
JOIN self_consumption_groups(ARRAY(SELECT ST_Transform(geom, 2154) FROM place ORDER BY i), ARRAY(SELECT (i % 30 = 0)::int FROM place ORDER BY i), 2) AS b USING (producer);

-- wrong input
SELECT self_consumption_groups(ARRAY[ST_MakePoint(0, 0)], '{1,1}', 2);
SELECT self_consumption_groups(ARRAY[ST_MakePoint(0, 0)], '{NULL}', 2);
SELECT self_consumption_groups(ARRAY[ST_MakePoint(0, 0)], '{-1}', 2);
SELECT self_consumption_groups(ARRAY[ST_MakePoint(0, 0), NULL], '{1,0}', 2);
SELECT self_consumption_groups(ARRAY[ST_MakePoint(0, 0)], '{1}', 0);
SELECT self_consumption_groups(ARRAY[ST_MakePoint(0, 0)], '{1}', 'NaN'::float8);
SELECT self_consumption_groups(ARRAY[ST_MakePoint(0, 0)], '{1}', 2, 0);
SELECT self_consumption_groups(ARRAY[ST_SetSRID(ST_MakePoint(0, 0), 4326)], '{1}', 2000);
SELECT self_consumption_groups(ARRAY[ST_SetSRID(ST_MakePoint(0, 100), 4326)], '{1}', 2);
SELECT self_consumption_groups(ARRAY[ST_SetSRID(ST_MakePoint(0, 0), 4326), ST_MakePoint(0, 0)], '{1,0}', 2);
SELECT self_consumption_groups(ARRAY[ST_MakePoint(0, 0)], '{1}', 'fr.moon');
SELECT count(*) FROM self_consumption_groups('{}', '{}', 2);
SELECT count(*) FROM self_consumption_groups(ARRAY[ST_MakePoint(0, 0)], '{1}', NULL::float8);

-- Four steps by hand: 3 of 10 made, 3 of 9 used; at 0.05 kg for the grid and 0.01
-- for the plant 3 x 0.04; by the hour 1 x (0.1 - 0.01) + 2 x (0.02 - 0.01).
SELECT s.*, round(avoided_kg::numeric, 12) FROM self_consumption('{0,1,5,4}', '{4,3,2,0}', NULL, '{0.05}', 0.01) AS s;
SELECT round(avoided_kg::numeric, 12) AS by_hour FROM self_consumption('{0,1,5,4}', '{4,3,2,0}', NULL, '{0.9,0.1,0.02,0.5}', 0.01);
-- typical days: the first two steps on 100 days, the others on 265
SELECT * FROM self_consumption('{0,1,5,4}', '{4,3,2,0}', '{100,100,265,265}');
-- nothing made, nothing used, something not known
SELECT * FROM self_consumption('{0,0}', '{1,2}', NULL, '{0.05}', 0);
SELECT * FROM self_consumption('{1,2}', '{0,0}');
SELECT * FROM self_consumption('{1,NULL}', '{1,1}', NULL, '{0.05}', 0);
SELECT * FROM self_consumption('{1,1}', '{1,1}', NULL, '{0.05,NULL}', 0);
SELECT self_consumption('{1,1}', '{1}');
SELECT self_consumption('{1,-1}', '{1,1}');
SELECT self_consumption('{1,1}', '{1,1}', '{1}');
SELECT self_consumption('{1e308,1e308}', '{1,1}');

-- 6 made; uses of 4, 2 and 6: by use 2, 1 and 3. Then 20 made, more than is used.
SELECT * FROM self_consumption_allocation('{6,20}', '{{4,4},{2,2},{6,6}}');
-- fixed halves and a tenth: of 6, 3 and 0.6; of 20, 10 and 2, up to what is used
SELECT * FROM self_consumption_allocation('{6,20}', '{{4,4},{2,2},{6,6}}', '{0.5,0.1,0}');
-- what is allocated by use is what is self-consumed
SELECT round(sum(a.allocated_kwh)::numeric, 9) = round(min(s.self_consumed_kwh)::numeric, 9) AS adds_up
FROM (SELECT array_agg(10 * abs(sin(t)) ORDER BY t) AS made FROM generate_series(1, 500) t) AS p,
     (SELECT array_agg(uses ORDER BY n) AS uses
      FROM (SELECT n, array_agg(n * abs(cos(n + t)) ORDER BY t) AS uses FROM generate_series(1, 4) n, generate_series(1, 500) t GROUP BY n) AS u) AS c,
     LATERAL self_consumption_allocation(p.made, c.uses) AS a,
     LATERAL self_consumption(p.made, ARRAY(SELECT sum(n * abs(cos(n + t))) FROM generate_series(1, 4) n, generate_series(1, 500) t GROUP BY t ORDER BY t)) AS s;
SELECT * FROM self_consumption_allocation('{6}', '{{4},{NULL}}');
SELECT * FROM self_consumption_allocation('{6}', '{{4},{NULL}}', '{0.5,0.5}');
SELECT self_consumption_allocation('{6,20}', '{4,4}');
SELECT self_consumption_allocation('{6,20}', '{{4,4}}', '{1.1}');
SELECT self_consumption_allocation('{6,20}', '{{4,4}}', '{0.5,0.5}');
SELECT count(*) FROM self_consumption_allocation('{6,20}', NULL);
