-- What changed since the last refresh: noted cheaply by whoever changes it.  Each
-- function reads the rows before or after the change as changed_rows, with the
-- account on the path.

CREATE FUNCTION terrcarbon_internal.note_everything() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.note_everything() IS 'Trigger: all is to be computed again.';
CREATE FUNCTION terrcarbon_internal.note_everything_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO change DEFAULT VALUES;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_everything_here() IS 'Behind note_everything.';

CREATE FUNCTION terrcarbon_internal.note_datasets() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.note_datasets() IS 'Trigger: the whole of the datasets of the rows.';
CREATE FUNCTION terrcarbon_internal.note_datasets_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO change (dataset_id) SELECT DISTINCT r.dataset_id FROM changed_rows r;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_datasets_here() IS 'Behind note_datasets.';

CREATE FUNCTION terrcarbon_internal.note_territories() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.note_territories() IS 'Trigger: the datasets of the rows in the territories they name.';
CREATE FUNCTION terrcarbon_internal.note_territories_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO change (dataset_id, territory_code)
        SELECT DISTINCT r.dataset_id, coalesce(r.territory_code, '') FROM changed_rows r;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_territories_here() IS 'Behind note_territories.';

CREATE FUNCTION terrcarbon_internal.note_trips() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.note_trips() IS 'Trigger: the datasets of the trips at both ends and at home.';
CREATE FUNCTION terrcarbon_internal.note_trips_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO change (dataset_id, territory_code)
        SELECT DISTINCT r.dataset_id, e.code
        FROM changed_rows r
        CROSS JOIN LATERAL unnest(ARRAY[r.origin_code, r.destination_code, r.home_code, '']) AS e (code)
        WHERE e.code IS NOT NULL;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_trips_here() IS 'Behind note_trips.';

-- At most 32 x 32 boxes a dataset: a bulk load notes little, a scattered edit does
-- not spoil the whole map.
CREATE FUNCTION terrcarbon_internal.note_boxes() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.note_boxes() IS 'Trigger: the datasets of the rows where their geometries lie.';
CREATE FUNCTION terrcarbon_internal.note_boxes_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO change (dataset_id, box)
        WITH r AS (
            SELECT c.dataset_id, st_srid(c.geom) AS srid, st_xmin(c.geom) AS x1, st_ymin(c.geom) AS y1,
                   st_xmax(c.geom) AS x2, st_ymax(c.geom) AS y2
            FROM changed_rows c
        ), span AS (
            SELECT dataset_id, min(x1) AS x, min(y1) AS y,
                   nullif(max(x1) - min(x1), 0) / 32 AS w, nullif(max(y1) - min(y1), 0) / 32 AS h
            FROM r GROUP BY dataset_id
        )
        SELECT r.dataset_id, st_makeenvelope(min(r.x1), min(r.y1), max(r.x2), max(r.y2), r.srid)
        FROM r JOIN span USING (dataset_id)
        GROUP BY r.dataset_id, r.srid, floor((r.x1 - span.x) / span.w), floor((r.y1 - span.y) / span.h);
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_boxes_here() IS 'Behind note_boxes.';

-- Below a territory, references and declared gaps are inherited.
CREATE FUNCTION terrcarbon_internal.note_gaps() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.note_gaps() IS 'Trigger: the datasets of the rows there, and all datasets in their territories and the parts of these.';
CREATE FUNCTION terrcarbon_internal.note_gaps_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO change (dataset_id, territory_code)
        WITH RECURSIVE down (code) AS (
            SELECT r.territory_code FROM changed_rows r
          UNION
            SELECT m.code FROM down JOIN membership m ON m.parent_code = down.code
        )
        SELECT NULL::int, code FROM down
        UNION
        SELECT r.dataset_id, r.territory_code FROM changed_rows r;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_gaps_here() IS 'Behind note_gaps.';

CREATE FUNCTION terrcarbon_internal.check_parents(parents text[]) RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    culprit text;
BEGIN
    WITH RECURSIVE up (code) AS (
        SELECT p FROM unnest(parents) AS p WHERE p IS NOT NULL
      UNION ALL
        SELECT m.parent_code FROM up JOIN membership m USING (code) WHERE m.parent_code IS NOT NULL
    ) CYCLE code SET again USING path
    SELECT code INTO culprit FROM up WHERE again LIMIT 1;
    IF culprit IS NOT NULL THEN
        RAISE EXCEPTION 'territory % would be part of itself', culprit
            USING ERRCODE = 'check_violation',
                  HINT = 'Follow parent_code upwards from it, in territory and in former_parent: the chain must end in NULL, even over different years.';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_parents(text[]) IS 'Error 23514 when a territory would be part of itself.';

-- Below a territory, references are inherited; above it, in whatever years, sums change.
CREATE FUNCTION terrcarbon_internal.note_around(codes text[], parents text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    PERFORM terrcarbon_internal.check_parents(parents);
    INSERT INTO change (territory_code)
        WITH RECURSIVE down (code) AS (
            SELECT unnest(codes)
          UNION
            SELECT m.code FROM down JOIN membership m ON m.parent_code = down.code
        ), up (code) AS (
            SELECT p FROM unnest(parents || codes) AS p WHERE p IS NOT NULL
          UNION
            SELECT m.parent_code FROM up JOIN membership m USING (code) WHERE m.parent_code IS NOT NULL
        )
        SELECT code FROM down UNION SELECT code FROM up;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_around(text[], text[]) IS
    'Notes territories with their parts, what they are or were part of, and some former parents. Error 23514 when one of these would be part of itself.';

CREATE FUNCTION terrcarbon_internal.note_members() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.note_members() IS
    'Trigger of former_parent: works out member_from, and notes all datasets in the territories of the rows, in their parts and in what they are or were part of. Error 23514 when a territory would be part of itself.';
CREATE FUNCTION terrcarbon_internal.note_members_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        UPDATE territory SET member_from = 1 WHERE member_from <> 1;
        INSERT INTO change DEFAULT VALUES;
        RETURN NULL;
    END IF;
    -- An update of no row fires, too.
    IF NOT EXISTS (SELECT FROM changed_rows) THEN
        RETURN NULL;
    END IF;
    UPDATE former_parent f SET member_from = m.year
    FROM (SELECT p.territory_code, p.valid_to,
                 coalesce(extract(year FROM lag(p.valid_to) OVER (PARTITION BY p.territory_code ORDER BY p.valid_to))::int + 1, 1) AS year
          FROM former_parent p WHERE p.territory_code IN (SELECT d.territory_code FROM changed_rows d)) AS m
    WHERE f.territory_code = m.territory_code AND f.valid_to = m.valid_to AND f.member_from <> m.year;
    UPDATE territory t SET member_from = m.year
    FROM (SELECT c.code, coalesce((SELECT extract(year FROM max(p.valid_to))::int + 1 FROM former_parent p WHERE p.territory_code = c.code), 1) AS year
          FROM (SELECT DISTINCT d.territory_code AS code FROM changed_rows d) AS c) AS m
    WHERE t.code = m.code AND t.member_from <> m.year;
    PERFORM terrcarbon_internal.note_around(array_agg(d.territory_code), array_agg(d.parent_code)) FROM changed_rows d;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_members_here() IS 'Behind note_members.';

CREATE FUNCTION terrcarbon_internal.note_territory() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.note_territory() IS
    'Trigger of territory: all datasets there, in its parts and in what it is part of; names are no change. Error 23514 when a territory would be part of itself.';
CREATE FUNCTION terrcarbon_internal.note_territory_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    codes text[];
    parents text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(d.code), array_agg(d.parent_code) INTO codes, parents
        FROM ((SELECT code, parent_code, reference_code, valid_from, valid_to, geom FROM former_rows
               EXCEPT SELECT code, parent_code, reference_code, valid_from, valid_to, geom FROM changed_rows)
              UNION ALL
              (SELECT code, parent_code, reference_code, valid_from, valid_to, geom FROM changed_rows
               EXCEPT SELECT code, parent_code, reference_code, valid_from, valid_to, geom FROM former_rows)) AS d;
    ELSE
        SELECT array_agg(d.code), array_agg(d.parent_code) INTO codes, parents FROM changed_rows d;
    END IF;
    PERFORM terrcarbon_internal.note_around(codes, parents);
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_territory_here() IS 'Behind note_territory.';

CREATE FUNCTION terrcarbon_internal.deposits_in(notes regclass) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM pg_trigger g
        JOIN pg_class c ON c.oid = g.tgrelid
        JOIN pg_proc p ON p.oid = g.tgfoid
        WHERE c.relnamespace = (SELECT n.relnamespace FROM pg_class n WHERE n.oid = notes)
            AND p.pronamespace = 'terrcarbon_internal'::regnamespace AND p.proname LIKE 'note\_%'
            AND (has_any_column_privilege(c.oid, 'INSERT, UPDATE') OR has_table_privilege(c.oid, 'DELETE, TRUNCATE')))
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposits_in(regclass) IS
    'Whether the current user may change one of the watched tables of the account that a table of notes belongs to.';

-- A change in % without its year would be taken for tonnes.
CREATE FUNCTION terrcarbon_internal.target_in_tonnes() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.target_in_tonnes() IS
    'Statement trigger of plan and target: refuses emissions below 0 t in a plan without base_year.';

CREATE FUNCTION terrcarbon_internal.target_in_tonnes_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    wrong record;
BEGIN
    SELECT t.plan, t.territory_code, t.year, t.value INTO wrong
    FROM target t JOIN plan p USING (territory_code, sector, plan)
    WHERE t.value < 0 AND p.base_year IS NULL AND p.covers = 'emissions' ORDER BY t.territory_code, t.plan, t.year LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a target of emissions is below 0 t CO2e'
            USING ERRCODE = 'check_violation',
                  DETAIL = format('Plan %s of territory %s: %s in %s.', quote_ident(left(wrong.plan, 100)), left(wrong.territory_code, 100), wrong.value, wrong.year),
                  HINT = 'For a change in %, give the plan its base_year first; for a balance with removals, covers is net.';
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.target_in_tonnes_here() IS 'Behind target_in_tonnes.';
