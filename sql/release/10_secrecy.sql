-- Which sums of confidential rows may be published.

-- --- the rules ------------------------------------------------------------------
-- Firms: a figure is made from 3 units at least, and no unit makes up more than
-- 85 % of it (InseeFrLab, Manuel de protection des tableaux, chapter 11).
-- Households: figures of dwellings by IRIS are made from 10 delivery points at least
-- (Code de l'énergie, D111-53 II 1°, since decree 2020-196 of 4 March 2020).
-- 10 % is the interval of protection that Insee's package rtauargus sets unless
-- told otherwise.

CREATE TABLE secrecy_rule (
    sector text NOT NULL REFERENCES sector,
    min_units int NOT NULL CHECK (min_units >= 3),
    max_share float8 NOT NULL CHECK (max_share > 0 AND max_share < 1),
    p_percent float8 NOT NULL DEFAULT 10 CHECK (p_percent > 0 AND p_percent < 100),
    source text NOT NULL CHECK (source <> ''),
    shipped boolean NOT NULL DEFAULT false,
    PRIMARY KEY (sector, shipped)
);
COMMENT ON TABLE secrecy_rule IS
    'When a sum of confidential rows may be published. A row of your own takes the place of the shipped one of its sector. For the database administrator.';
COMMENT ON COLUMN secrecy_rule.sector IS 'Sector; a total obeys the strictest rule of what is in it';
COMMENT ON COLUMN secrecy_rule.min_units IS 'Least number of distinct units that are not 0. With 2, each would learn the other''s figure, so 3 at least';
COMMENT ON COLUMN secrecy_rule.max_share IS 'Largest share of the sum that one unit may make up, such as 0.85';
COMMENT ON COLUMN secrecy_rule.p_percent IS 'How near nobody may come to the figure of a unit, in % of it';
COMMENT ON COLUMN secrecy_rule.source IS 'Where the rule comes from';
COMMENT ON COLUMN secrecy_rule.shipped IS 'Came with the extension';

INSERT INTO secrecy_rule (sector, min_units, max_share, p_percent, source, shipped)
SELECT code, CASE code WHEN 'residential' THEN 10 ELSE 3 END, 0.85, 10,
       CASE code WHEN 'residential'
           THEN 'Dwellings: Code de l''énergie, D111-53 II 1° (10 delivery points); InseeFrLab (85 %), rtauargus (10 %)'
           ELSE 'Firms: InseeFrLab, Manuel de protection des tableaux, chapter 11 (3 units, 85 %), rtauargus (10 %)' END,
       true
FROM sector;

SELECT pg_catalog.pg_extension_config_dump('secrecy_rule', 'WHERE NOT shipped');

CREATE VIEW secrecy_rule_in_force WITH (security_invoker = on) AS
SELECT DISTINCT ON (sector) sector, min_units, max_share, p_percent, source
FROM secrecy_rule
ORDER BY sector, shipped;
COMMENT ON VIEW secrecy_rule_in_force IS 'The rule of each sector: your own, else the shipped one.';
COMMENT ON COLUMN secrecy_rule_in_force.sector IS 'Sector: unique';
COMMENT ON COLUMN secrecy_rule_in_force.min_units IS 'Least number of distinct units that are not 0';
COMMENT ON COLUMN secrecy_rule_in_force.max_share IS 'Largest share of the sum that one unit may make up';
COMMENT ON COLUMN secrecy_rule_in_force.p_percent IS 'How near nobody may come to the figure of a unit, in % of it';
COMMENT ON COLUMN secrecy_rule_in_force.source IS 'Where the rule comes from';

GRANT SELECT ON secrecy_rule, secrecy_rule_in_force TO PUBLIC;

-- --- what may be published ------------------------------------------------------

CREATE TYPE secrecy_territory AS (cube int, territory_code text, parent_code text);
COMMENT ON TYPE secrecy_territory IS
    'A territory of a cube for publishable_cells, and what it is part of. cube: 0 is to be published, others are out already, in the order of time.';

CREATE TYPE secrecy_part AS (cube int, territory_code text, sector text, dataset_id int, unit_key text,
    contribution text, amount float8, extent float8, most float8);
COMMENT ON TYPE secrecy_part IS
    'What a confidential unit adds to a territory itself, for publishable_cells. Parts with the same unit and contribution are one unknown, of which everybody knows in which proportions it is spread, such as a trip of which two communes bear half each; contribution NULL: what the unit adds there stands for itself. extent: contribution names a thing that can be seen, and how large it is, such as a building and its ground; it is one unknown whatever the unit is called, and the same in other cubes if its amount is, or its amount per extent. most: the amount is the least that the unit may add, and this the most; NULL: it is known.';

CREATE TYPE secrecy_figure AS (cube int, territory_code text, sector text);
COMMENT ON TYPE secrecy_figure IS
    'A cell with a figure, for publishable_cells: to publish in cube 0, published already in others. Sector all is the total without land.';

CREATE TYPE secrecy_reader AS (reader text, dataset_id int);
COMMENT ON TYPE secrecy_reader IS
    'A dataset that somebody knows, for publishable_cells.';

CREATE TYPE terrcarbon_internal.secrecy_limit AS (sector text, min_units int, max_share float8, p_percent float8,
    in_total boolean);
COMMENT ON TYPE terrcarbon_internal.secrecy_limit IS 'A row of secrecy_rule_in_force as choose_cells takes it.';

CREATE FUNCTION terrcarbon_internal.choose_cells(rules terrcarbon_internal.secrecy_limit[], territories secrecy_territory[],
        parts secrecy_part[], figures secrecy_figure[], readers secrecy_reader[], whole boolean)
    RETURNS TABLE (territory_code text, sector text, published boolean)
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000 ROWS 1000
    AS 'MODULE_PATHNAME', 'choose_cells';
COMMENT ON FUNCTION terrcarbon_internal.choose_cells(terrcarbon_internal.secrecy_limit[], secrecy_territory[], secrecy_part[], secrecy_figure[], secrecy_reader[], boolean) IS
    'publishable_cells under given rules.';

CREATE FUNCTION publishable_cells(territories secrecy_territory[], parts secrecy_part[],
        figures secrecy_figure[] DEFAULT NULL, readers secrecy_reader[] DEFAULT '{}', whole boolean DEFAULT false)
    RETURNS TABLE (territory_code text, sector text, published boolean)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.territory_code, c.sector, c.published
    FROM (
        SELECT array_agg(ROW(r.sector, r.min_units, r.max_share, r.p_percent,
                             r.sector <> 'land')::terrcarbon_internal.secrecy_limit ORDER BY r.sector) AS rules
        FROM terrcarbon.secrecy_rule_in_force AS r
    ) AS r
    CROSS JOIN LATERAL terrcarbon_internal.choose_cells(r.rules, territories, parts,
        coalesce(figures, ARRAY(
            SELECT ROW(t.cube, t.territory_code, s.sector)::terrcarbon.secrecy_figure
            FROM unnest(territories) AS t
            CROSS JOIN (SELECT l.sector FROM unnest(r.rules) AS l UNION ALL SELECT 'all') AS s
            WHERE t.cube = 0)),
        coalesce(readers, '{}'), coalesce(whole, false)) AS c
$$;
COMMENT ON FUNCTION publishable_cells(secrecy_territory[], secrecy_part[], secrecy_figure[], secrecy_reader[], boolean) IS
    'Which cells of a cube territory × sector (and all: the total without land) may be published under secrecy_rule_in_force. parts: what each confidential unit adds; what everybody may know is no part, and protects nothing. figures: the cells that have a figure; NULL: all of cube 0. readers: who knows which datasets. Published are cells from which, by whatever linear programme over all of them and over those of the other cubes, the figure of a unit or the sum of fewer units than the rule asks comes out neither exactly nor within p_percent: not to everybody, nor to a unit that knows its own, nor to a reader. Contributions to several cubes that agree in their figures are one unknown. whole: publish all figures or none. Errors: 22023 for a part of an unknown territory or sector, a territory that is there twice or part of itself, an extent that is not positive, a most that is less than the amount; 54000 for more than 64 levels.';

-- Who knows the rows of datasets: producers and those to whom they were ever granted,
-- present and former ones, and roles that are members of several of them.  What was
-- open once everybody may have kept.  Readers of the same datasets are one.
CREATE FUNCTION terrcarbon_internal.secrecy_readers(actor oid, datasets int[]) RETURNS secrecy_reader[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    hidden int;
BEGIN
    SELECT i.id INTO hidden
    FROM unnest(datasets) AS i (id)
    LEFT JOIN terrcarbon.dataset AS d ON d.id = i.id
    JOIN pg_roles AS a ON a.oid = actor AND NOT a.rolsuper AND NOT a.rolbypassrls
    WHERE coalesce(d.access, 'private') <> 'open'
        AND NOT coalesce(d.producer::oid <> 0::oid AND pg_has_role(actor, d.producer::oid, 'USAGE'), false)
        AND NOT EXISTS (SELECT FROM terrcarbon.access_grant AS g
                        WHERE g.dataset_id = i.id AND g.grantee::oid <> 0::oid AND pg_has_role(actor, g.grantee::oid, 'USAGE'))
        AND NOT EXISTS (SELECT FROM terrcarbon_internal.former_reader AS f
                        WHERE f.dataset_id = i.id AND f.role::oid <> 0::oid AND pg_has_role(actor, f.role::oid, 'USAGE'))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'only who reads a dataset, or once did, may ask what its readers know'
            USING ERRCODE = 'insufficient_privilege', DETAIL = format('It is dataset %s.', coalesce(hidden::text, 'NULL'));
    END IF;
    RETURN terrcarbon_internal.knowledge_of_readers(datasets);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.secrecy_readers(oid, int[]) IS 'Does it for the actor it is told.';
CREATE FUNCTION terrcarbon_internal.knowledge_of_readers(datasets int[]) RETURNS secrecy_reader[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH holder AS (
        SELECT d.id AS dataset_id, d.producer::oid AS role
        FROM terrcarbon.dataset AS d WHERE d.id = ANY (datasets)
        UNION
        SELECT g.dataset_id, g.grantee::oid
        FROM terrcarbon.access_grant AS g WHERE g.dataset_id = ANY (datasets)
        UNION
        SELECT f.dataset_id, f.role::oid
        FROM terrcarbon_internal.former_reader AS f WHERE f.dataset_id = ANY (datasets)
    ),
    opened AS (
        SELECT DISTINCT e.dataset_id FROM terrcarbon.event AS e
        WHERE e.dataset_id = ANY (datasets)
            AND ((e.action = 'registered' AND e.detail ->> 'access' = 'open') OR (e.action = 'access_set' AND e.detail ->> 'to' = 'open'))
    ),
    held AS (
        SELECT r.oid AS role, h.dataset_id
        FROM pg_roles AS r
        JOIN holder AS h ON h.role <> 0::oid AND pg_has_role(r.oid, h.role, 'MEMBER')
        WHERE NOT r.rolsuper
    ),
    known AS (
        SELECT h.role, h.dataset_id FROM held AS h
        UNION
        SELECT r.role, o.dataset_id FROM opened AS o, (SELECT h.role FROM held AS h UNION SELECT 0::oid) AS r
    ),
    together AS (
        SELECT DISTINCT array_agg(k.dataset_id ORDER BY k.dataset_id) AS ids FROM known AS k GROUP BY k.role
    )
    SELECT coalesce(array_agg(ROW(t.ids::text, i.id)::terrcarbon.secrecy_reader), '{}')
    FROM together AS t
    CROSS JOIN LATERAL unnest(t.ids) AS i (id)
    -- Who knows all has nothing to find out.
    WHERE cardinality(t.ids) < cardinality(datasets)
$$;
COMMENT ON FUNCTION terrcarbon_internal.knowledge_of_readers(int[]) IS
    'Which of some datasets are known together to somebody, superusers aside.';
CREATE FUNCTION secrecy_readers(datasets int[]) RETURNS secrecy_reader[]
    LANGUAGE C STABLE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION secrecy_readers(int[]) IS
    'Which of some datasets are known together to somebody who does not know all of them, for publishable_cells: producers and those to whom they were ever granted, present and former ones, members of several of these roles, superusers aside; with them everybody, for what was open once. Not by whom: readers are named by what they know. For who may read all of them, or once could: else error 42501.';
