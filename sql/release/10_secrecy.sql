-- Which sums of confidential rows may be published.

-- --- the rules ------------------------------------------------------------------
-- Insee withholds a figure about firms made from fewer than 3 of them, or of
-- which one makes up more than 85 % (InseeFrLab, manuel de protection des
-- tableaux, chapter "Règles"; act 51-711 of 7 June 1951 on statistical secrecy).
-- For households its fiscal sources ask for 11 (Filosofi); local energy figures
-- about dwellings asked for 11 delivery points, since decree 2020-196 of
-- 4 March 2020 for 10.

CREATE TABLE secrecy_rule (
    sector text NOT NULL REFERENCES sector,
    min_units int NOT NULL CHECK (min_units >= 3),
    max_share float8 NOT NULL CHECK (max_share > 0 AND max_share < 1),
    source text NOT NULL CHECK (source <> ''),
    shipped boolean NOT NULL DEFAULT false,
    PRIMARY KEY (sector, shipped)
);
COMMENT ON TABLE secrecy_rule IS
    'When a sum of confidential rows may be published. A row of your own takes the place of the shipped one of its sector. For the database administrator.';
COMMENT ON COLUMN secrecy_rule.sector IS 'Sector; a total obeys the strictest rule of what is in it';
COMMENT ON COLUMN secrecy_rule.min_units IS 'Least number of distinct units that are not 0. With 2, each would learn the other''s figure, so 3 at least';
COMMENT ON COLUMN secrecy_rule.max_share IS 'Largest share of the sum that one unit may make up, such as 0.85';
COMMENT ON COLUMN secrecy_rule.source IS 'Where the rule comes from';
COMMENT ON COLUMN secrecy_rule.shipped IS 'Came with the extension';

INSERT INTO secrecy_rule (sector, min_units, max_share, source, shipped)
SELECT code, CASE code WHEN 'residential' THEN 11 ELSE 3 END, 0.85,
       CASE code WHEN 'residential' THEN 'Households: Insee, Filosofi (11)'
           ELSE 'Firms: Insee (3 units, 85 %)' END, true
FROM sector;

SELECT pg_catalog.pg_extension_config_dump('secrecy_rule', 'WHERE NOT shipped');

CREATE VIEW secrecy_rule_in_force WITH (security_invoker = on) AS
SELECT DISTINCT ON (sector) sector, min_units, max_share, source
FROM secrecy_rule
ORDER BY sector, shipped;
COMMENT ON VIEW secrecy_rule_in_force IS 'The rule of each sector: your own, else the shipped one.';
COMMENT ON COLUMN secrecy_rule_in_force.sector IS 'Sector: unique';
COMMENT ON COLUMN secrecy_rule_in_force.min_units IS 'Least number of distinct units that are not 0';
COMMENT ON COLUMN secrecy_rule_in_force.max_share IS 'Largest share of the sum that one unit may make up';
COMMENT ON COLUMN secrecy_rule_in_force.source IS 'Where the rule comes from';

GRANT SELECT ON secrecy_rule, secrecy_rule_in_force TO PUBLIC;

-- --- what may be published ------------------------------------------------------

CREATE FUNCTION secrecy_choose(parents int[], min_units int[], max_share float8[], in_total boolean[],
        nodes int[], sectors int[], datasets int[], units int[], amounts float8[], wanted boolean[],
        twins int[], already boolean[])
    RETURNS boolean[]
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000
    AS 'MODULE_PATHNAME', 'secrecy_choose_sql';
COMMENT ON FUNCTION secrecy_choose(int[], int[], float8[], boolean[], int[], int[], int[], int[], float8[], boolean[], int[], boolean[]) IS
    'Which of the wanted cells of a cube to publish; see publishable_cells, which calls it. Cells are numbered by node, then by sector, the total last. twins: 0 for a present node, for one of a former cube its present form, -1 when it has none; already: the cells of former nodes that are published. Internal.';

CREATE FUNCTION secrecy_holds(parents int[], min_units int[], max_share float8[], in_total boolean[],
        nodes int[], sectors int[], datasets int[], units int[], amounts float8[], wanted boolean[],
        twins int[], already boolean[])
    RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000
    AS 'MODULE_PATHNAME', 'secrecy_holds_sql';
COMMENT ON FUNCTION secrecy_holds(int[], int[], float8[], boolean[], int[], int[], int[], int[], float8[], boolean[], int[], boolean[]) IS
    'Whether the wanted cells of a cube may all be published together. Internal.';

CREATE FUNCTION publishable_cells(territories text, parts text, figures text DEFAULT NULL,
        former_cells text DEFAULT NULL, former_parts text DEFAULT NULL, pattern boolean DEFAULT false)
    RETURNS TABLE (territory text, sector text, published boolean)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
DECLARE
    c record;
    chosen boolean[];
BEGIN
    EXECUTE format($query$
        WITH former AS MATERIALIZED (
            SELECT DISTINCT cube, territory, parent_code, sector, published
            FROM (%4$s) AS q (cube, territory, parent_code, sector, published)
        ),
        node AS MATERIALIZED (
            SELECT *, (row_number() OVER (ORDER BY cube NULLS FIRST, code))::int AS n
            FROM (SELECT NULL::int AS cube, code, parent_code FROM (%1$s) AS q (code, parent_code)
                  UNION ALL SELECT DISTINCT cube, territory, parent_code FROM former) AS all_cubes
        ),
        rule AS MATERIALIZED (
            SELECT *, (row_number() OVER (ORDER BY sector))::int AS n
            FROM terrcarbon.secrecy_rule_in_force
        ),
        part AS MATERIALIZED (
            SELECT coalesce(node.n, 0) AS node, coalesce(rule.n, 0) AS sector,
                   (dense_rank() OVER (ORDER BY q.dataset))::int AS dataset,
                   (dense_rank() OVER (ORDER BY q.unit))::int AS unit, q.amount,
                   CASE WHEN node.n IS NULL OR rule.n IS NULL
                       THEN concat_ws(', ', coalesce(q.territory, 'NULL'), coalesce(q.sector, 'NULL')) END AS stray
            FROM (SELECT NULL::int, q.* FROM (%2$s) AS q
                  UNION ALL SELECT q.* FROM (%5$s) AS q) AS q (cube, territory, sector, dataset, unit, amount)
            LEFT JOIN node ON node.code = q.territory AND coalesce(node.cube, 0) = coalesce(q.cube, 0)
            LEFT JOIN rule ON rule.sector = q.sector
        ),
        part_array AS (
            SELECT coalesce(array_agg(node), '{}') AS nodes, coalesce(array_agg(sector), '{}') AS sectors,
                   coalesce(array_agg(dataset), '{}') AS datasets, coalesce(array_agg(unit), '{}') AS units,
                   coalesce(array_agg(amount), '{}') AS amounts, min(stray) AS stray
            FROM part
        ),
        rule_array AS (
            SELECT array_agg(sector ORDER BY n) AS names, array_agg(min_units ORDER BY n) AS min_units,
                   array_agg(max_share ORDER BY n) AS max_share, array_agg(sector <> 'land' ORDER BY n) AS in_total
            FROM rule
        ),
        wanted AS MATERIALIZED (
            SELECT DISTINCT territory, sector FROM (%3$s) AS q (territory, sector)
        ),
        node_array AS (
            SELECT coalesce(array_agg(coalesce(p.n, 0) ORDER BY node.n), '{}') AS parents,
                   coalesce(array_agg(node.code ORDER BY node.n) FILTER (WHERE node.cube IS NULL), '{}') AS codes,
                   coalesce(array_agg(CASE WHEN node.cube IS NULL THEN 0 ELSE coalesce(twin.n, -1) END ORDER BY node.n), '{}') AS twins
            FROM node
            LEFT JOIN node AS p ON p.code = node.parent_code AND coalesce(p.cube, 0) = coalesce(node.cube, 0)
            LEFT JOIN node AS twin ON twin.code = node.code AND twin.cube IS NULL
        ),
        cell_array AS (
            SELECT coalesce(array_agg(node.cube IS NULL AND w.sector IS NOT NULL ORDER BY node.n, s.n), '{}') AS wanted,
                   coalesce(array_agg(coalesce(former.published, false) ORDER BY node.n, s.n), '{}') AS already
            FROM node
            CROSS JOIN (SELECT sector, n FROM rule UNION ALL SELECT 'all', 2147483647) AS s
            LEFT JOIN wanted AS w ON w.territory = node.code AND w.sector = s.sector
            LEFT JOIN former ON former.cube = node.cube AND former.territory = node.code AND former.sector = s.sector
        )
        SELECT * FROM node_array, cell_array, part_array, rule_array
        $query$, territories, parts,
        coalesce(figures, $$SELECT code, sector FROM node, (SELECT sector FROM rule UNION ALL SELECT 'all') AS s WHERE cube IS NULL$$),
        coalesce(former_cells, $$SELECT 0, ''::text, ''::text, ''::text, false WHERE false$$),
        coalesce(former_parts, $$SELECT 0, ''::text, ''::text, 0, ''::text, 0::float8 WHERE false$$))
    INTO c;
    IF c.stray IS NOT NULL THEN
        RAISE EXCEPTION 'a part is of an unknown territory or sector'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('It is of %s.', c.stray),
                  HINT = 'A part that belongs to no cell would not be protected.';
    END IF;
    IF pattern THEN
        -- A pattern stands as a whole or not at all.
        chosen := CASE WHEN secrecy_holds(c.parents, c.min_units, c.max_share, c.in_total, c.nodes, c.sectors,
            c.datasets, c.units, c.amounts, c.wanted, c.twins, c.already) THEN c.wanted
            ELSE array_fill(false, ARRAY[cardinality(c.wanted)]) END;
    ELSE
        chosen := secrecy_choose(c.parents, c.min_units, c.max_share, c.in_total, c.nodes, c.sectors,
            c.datasets, c.units, c.amounts, c.wanted, c.twins, c.already);
    END IF;
    RETURN QUERY
        SELECT c.codes[(i - 1) / (cardinality(c.names) + 1) + 1],
               coalesce(c.names[(i - 1) % (cardinality(c.names) + 1) + 1], 'all'), p
        FROM unnest(chosen) WITH ORDINALITY AS u (p, i)
        WHERE i <= cardinality(c.codes) * (cardinality(c.names) + 1);
END;
$outer$;
COMMENT ON FUNCTION publishable_cells(text, text, text, text, text, boolean) IS
    'Which cells of a cube territory × sector (and all: the total without land) may be published under secrecy_rule. Queries describe the cube, run with the rights of the caller: territories (code, parent_code); parts, what each confidential unit adds to a territory itself (territory, sector, dataset int, unit, amount float8); and, unless every cell has one, figures: the cells that have a figure (territory, sector). What everybody may know is no part. Published are the cells that pass their rule, without those from which one that fails could be computed: by subtracting, by a producer who knows its dataset, by a unit that knows its own part, or by taking for 0 what is 0; and differences between a published cell and those next below it pass the rule too. Cubes published before count with it where units are as they were, or all in one proportion: former_cells (cube int, not 0, territory, parent_code, sector, published) and former_parts (cube, territory, sector, dataset, unit, amount). pattern: publish all figures or none. Error 22023 for a part of an unknown territory or sector.';
