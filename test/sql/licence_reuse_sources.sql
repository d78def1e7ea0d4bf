-- Sets of sources: sorted, distinct, and honest about what is unknown.
SET search_path = terrcarbon, public;

SELECT sources_agg(id) FROM (VALUES (7), (3), (7), (-2), (3)) AS v (id);
SELECT sources_agg(id) FROM (VALUES (7), (NULL), (3), (NULL)) AS v (id);
SELECT sources_agg(id) FROM (VALUES (NULL::int)) AS v (id);
SELECT sources_agg(id) FROM (VALUES (1)) AS v (id) WHERE false;
SELECT sources_agg(id) FILTER (WHERE id IS NOT NULL) FROM (VALUES (7), (NULL), (3)) AS v (id);

-- Sources of sources.
SELECT sources_agg(s) FROM (VALUES ('{5,1}'::int[]), ('{1,9}'), ('{}'), ('{{2,3},{9,5}}')) AS v (s);
SELECT sources_agg(s) FROM (VALUES ('{5,1}'::int[]), (NULL)) AS v (s);
SELECT sources_agg(s) FROM (VALUES ('{NULL,5,NULL}'::int[]), ('{1}')) AS v (s);
SELECT sources_agg(s) FROM (VALUES ('{}'::int[]), ('{}')) AS v (s);
SELECT sources_agg(s) FROM (
    SELECT sources_agg(id) FROM generate_series(1, 12) AS id GROUP BY id % 3) AS v (s);

-- What is no state is refused, what is out of order is read in bounds.
SELECT terrcarbon_internal.sources_add('{{3,1},{2,3}}', 9);
SELECT terrcarbon_internal.sources_add('{}', 9);
SELECT terrcarbon_internal.sources_combine('{0,1}', '{0,NULL}');
SELECT terrcarbon_internal.sources_final('{7}'), terrcarbon_internal.sources_final('[7:11]={0,5,3,5,1}'),
       terrcarbon_internal.sources_final(terrcarbon_internal.sources_add_all('{0,9,1,5,2,1}', '{{1,NULL},{2,3}}'));

-- Same as the plain SQL, in any order, and once more added changes nothing.
WITH draw AS (
    SELECT g, (g * 7919 % 101)::int AS id, g % 13 AS grp FROM generate_series(1, 5000) AS g
), grouped AS (
    SELECT grp, sources_agg(id) AS up, sources_agg(id ORDER BY g DESC) AS down,
           array_agg(DISTINCT id ORDER BY id) AS plain
    FROM draw GROUP BY grp
)
SELECT count(*) FILTER (WHERE up IS DISTINCT FROM plain) AS wrong,
       count(*) FILTER (WHERE up IS DISTINCT FROM down) AS order_matters,
       count(*) FILTER (WHERE (SELECT sources_agg(s) FROM (VALUES (up), (down)) AS v (s)) IS DISTINCT FROM up) AS not_idempotent,
       (SELECT sources_agg(up) = (SELECT array_agg(DISTINCT id ORDER BY id) FROM draw) FROM grouped) AS whole
FROM grouped;

-- Many, in every order, and as a window function.
SELECT sources_agg(g) = array_agg(g ORDER BY g) AS up, sources_agg(-g) = array_agg(-g ORDER BY -g) AS down,
       sources_agg(hashint4(g) % 30000) = array_agg(DISTINCT hashint4(g) % 30000) AS random,
       sources_agg(ARRAY[g % 100, g, NULL]) = array_append(array_agg(DISTINCT g), NULL) AS sets
FROM generate_series(0, 50000) AS g;
SELECT g, sources_agg(g * 7 % 5) OVER (ORDER BY g) FROM generate_series(1, 6) AS g;

-- In parallel: workers take part and the result is the same.
CREATE TABLE licence_reuse_rows AS
SELECT (g * 7919 % 211)::int AS id, CASE WHEN g = 77 THEN NULL ELSE ARRAY[g % 17, g % 5]::int[] END AS sources
FROM generate_series(1, 60000) AS g;
ANALYZE licence_reuse_rows;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT sources_agg(id), sources_agg(sources) FROM licence_reuse_rows;
SELECT sources_agg(id) = (SELECT array_agg(g) FROM generate_series(0, 210) AS g) AS ids,
       sources_agg(sources) AS sources
FROM licence_reuse_rows;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
DROP TABLE licence_reuse_rows;
