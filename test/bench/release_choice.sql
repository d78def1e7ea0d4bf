-- What secrecy costs: cells withheld, against those that fail their rule alone, and
-- time, over successive years.  A third of the units' cells fail.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\pset footer off

CREATE FUNCTION bench_years(communes int, of_epci int, years int, changing float8)
    RETURNS TABLE (year int, units bigint, cells bigint, failing bigint, withheld bigint, seconds numeric)
    LANGUAGE plpgsql AS $$
DECLARE
    started timestamptz;
BEGIN
    PERFORM setseed(0.5);
    DROP TABLE IF EXISTS node, part, shown;
    CREATE TEMP TABLE node AS
    SELECT 'R' AS code, NULL AS parent_code
    UNION ALL SELECT 'E' || i, 'R' FROM generate_series(1, communes / of_epci) AS i
    UNION ALL SELECT 'C' || i, 'E' || 1 + (i - 1) / of_epci FROM generate_series(1, communes) AS i;
    CREATE TEMP TABLE part AS
    SELECT 1 AS cube, 'C' || c AS territory_code, s AS sector, 1 AS dataset_id, concat_ws('/', c, s, i) AS unit_key,
           NULL::text AS contribution, 10 ^ (2 * random()) AS amount
    FROM generate_series(1, communes) AS c
    CROSS JOIN unnest('{residential,tertiary,industry,agriculture,waste,energy,road_transport}'::text[]) AS s
    CROSS JOIN LATERAL (SELECT CASE WHEN s = 'residential' THEN 5 + 40 * random()
                               WHEN random() < 0.4 THEN 4 * random() ELSE 3 + 6 * random() END::int AS n, c AS again, s AS too) AS k
    CROSS JOIN LATERAL generate_series(1, k.n) AS i;
    CREATE TEMP TABLE shown (cube int, territory_code text, sector text);
    FOR y IN 1 .. years LOOP
        IF y > 1 THEN
            INSERT INTO part SELECT y, territory_code, sector, dataset_id, unit_key, contribution,
                CASE WHEN random() < changing THEN amount * (0.9 + 0.2 * random()) ELSE amount END FROM part WHERE cube = y - 1;
        END IF;
        started := clock_timestamp();
        INSERT INTO shown
        SELECT y, c.territory_code, c.sector
        FROM publishable_cells(
            ARRAY(SELECT ROW(CASE WHEN i = y THEN 0 ELSE i END, code, parent_code)::secrecy_territory
                  FROM node, generate_series(1, y) AS i),
            ARRAY(SELECT ROW(CASE WHEN cube = y THEN 0 ELSE cube END, p.territory_code, p.sector, dataset_id, unit_key,
                             contribution, amount, NULL, NULL)::secrecy_part FROM part AS p),
            ARRAY(SELECT DISTINCT ROW(0, code, s)::secrecy_figure FROM node, (SELECT DISTINCT p.sector FROM part AS p UNION ALL SELECT 'all') AS x (s))
            || ARRAY(SELECT ROW(cube, s.territory_code, s.sector)::secrecy_figure FROM shown AS s)) AS c
        WHERE c.published;
        year := y;
        seconds := round(extract(epoch FROM clock_timestamp() - started), 1);
        SELECT count(*) INTO units FROM part WHERE cube = y;
        WITH up AS (SELECT code, unnest(ARRAY[code, parent_code, CASE WHEN code LIKE 'C%' THEN 'R' END]) AS at FROM node),
        unit AS (
            SELECT u.at, s.sector, p.unit_key, sum(p.amount) AS amount, max(r.min_units) AS least
            FROM part AS p
            JOIN up AS u ON u.code = p.territory_code AND u.at IS NOT NULL
            JOIN secrecy_rule_in_force AS r ON r.sector = p.sector
            CROSS JOIN LATERAL (VALUES (p.sector), ('all')) AS s (sector)
            WHERE p.cube = y GROUP BY u.at, s.sector, p.unit_key
        )
        SELECT count(*), count(*) FILTER (WHERE n < least OR largest > 0.85 * total), count(*) FILTER (WHERE s.cube IS NULL)
        INTO cells, failing, withheld
        FROM (SELECT at, sector, count(*) AS n, max(least) AS least, max(amount) AS largest, sum(amount) AS total
              FROM unit GROUP BY at, sector) AS c
        LEFT JOIN shown AS s ON s.cube = y AND s.territory_code = c.at AND s.sector = c.sector;
        RETURN NEXT;
    END LOOP;
END $$;

\echo
\echo '3000 communes of 60 EPCI; every unit changes every year'
SELECT * FROM bench_years(3000, 50, 12, 1);
\echo
\echo 'The same; no unit ever changes'
SELECT * FROM bench_years(3000, 50, 12, 0);
\echo
\echo '100 communes of 4 EPCI; a unit in ten changes every year'
SELECT * FROM bench_years(100, 25, 5, 0.1);
\echo
\echo '100 communes of 4 EPCI, 20 years; nine units in ten change every year'
SELECT * FROM bench_years(100, 25, 20, 0.9);
