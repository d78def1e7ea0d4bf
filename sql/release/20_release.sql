-- Releases: the figures of confidential rows that everybody may see.  All of it
-- runs as the account's owner, with the account on the path.

-- --- where releases live -----------------------------------------------------------

CREATE FUNCTION terrcarbon_internal.release_is_final() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.release_is_final() IS
    'Trigger of the tables of releases: refuses every change of what is out. Error 55000.';
CREATE FUNCTION terrcarbon_internal.release_is_final_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    closed boolean := TG_OP <> 'INSERT';
BEGIN
    -- What belongs to a release comes in its transaction or not at all.
    IF NOT closed THEN
        closed := EXISTS (SELECT FROM added a LEFT JOIN release r ON r.id = a.release_id WHERE r.released_at IS DISTINCT FROM now());
    END IF;
    IF closed THEN
        RAISE EXCEPTION 'what is released cannot be changed'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = format('%s on table %I.%I.', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME),
                  HINT = 'A new release with a correction takes its place: terrcarbon.release(..., correction => ...).';
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_is_final_here() IS 'Behind release_is_final.';

CREATE FUNCTION prepare_release(account name) RETURNS void
    LANGUAGE C VOLATILE
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION prepare_release(name) IS
    'Makes the tables of releases of an account (release, release_dataset, release_cell, release_part, released) unless they are there, and lets everybody use the schema: its other tables stay closed to those without rights on them. For the owner of the account; release calls it. Errors: 3F000 no such account, 42501.';
CREATE FUNCTION terrcarbon_internal.prepare_release(account name) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    path CONSTANT text := current_setting('search_path');
BEGIN
    IF to_regclass(format('%I.release_cell', account)) IS NULL THEN
        PERFORM terrcarbon_internal.account_build(account, s.srid, 'release') FROM setting s;
        PERFORM set_config('search_path', path, true);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO PUBLIC', account);
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.prepare_release(name) IS 'Behind prepare_release.';

-- --- what a release is made from ------------------------------------------------------

CREATE FUNCTION terrcarbon_internal.release_parts(datasets int[], of_year int, of_allocation text)
    RETURNS TABLE (dataset_id int, territory_code text, sector text, measure text, unit_key text, contribution text,
        amount float8)
    LANGUAGE plpgsql STABLE ROWS 10000
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH l AS MATERIALIZED (
        SELECT l.dataset_id, l.layer, l.row_id, l.territory_code, l.sector, CASE l.kind WHEN 'removal' THEN 'removals' ELSE 'emissions' END AS measure,
               coalesce(l.unit_key, concat_ws('/', l.dataset_id, l.layer, l.row_id)) AS unit_key, l.units, l.largest_share,
               value(sum(l.co2e)) AS kg
        FROM line l
        WHERE l.dataset_id = ANY (datasets) AND l.year = of_year AND l.allocation = of_allocation AND l.scope IN ('1', '2')
            AND l.kind IN ('emission', 'removal') AND l.row_id IS NOT NULL AND l.co2e IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ), spread AS (
        SELECT l.dataset_id, l.layer, l.row_id FROM l GROUP BY 1, 2, 3 HAVING count(DISTINCT l.territory_code) > 1
    ), f AS (
        SELECT l.dataset_id, l.territory_code, l.sector, l.measure, l.unit_key, l.units, l.largest_share,
               CASE WHEN s.row_id IS NOT NULL THEN concat_ws('/', l.layer, l.row_id) ELSE '' END AS contribution,
               value(sum(estimate(l.kg, 0))) AS kg
        FROM l LEFT JOIN spread s ON s.dataset_id = l.dataset_id AND s.layer = l.layer AND s.row_id = l.row_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    )
    SELECT f.dataset_id, f.territory_code, f.sector, f.measure,
           CASE WHEN f.units > 1 THEN concat_ws(' of ', n, f.unit_key) ELSE f.unit_key END, f.contribution,
           f.kg * CASE WHEN f.units = 1 THEN 1 WHEN n = 1 THEN f.largest_share
                       ELSE (1 - f.largest_share) / (least(f.units, 40) - 1) END
    FROM f
    -- Forty stand for more than that: it is never too many.
    CROSS JOIN LATERAL generate_series(1, least(f.units, 40)) AS n;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_parts(int[], int, text) IS
    'What each unit of some datasets adds to each territory itself in a year, kg CO2e, scopes 1 and 2; rows that are in several territories apart. A row that stands for many units is taken apart, the largest first, the others alike. Maps of land cover have no units.';

CREATE FUNCTION terrcarbon_internal.release_figures(datasets int[], of_year int, of_allocation text)
    RETURNS TABLE (territory_code text, sector text, measure text, kg float8, notation text,
        dataset_ids int[], sources int[])
    LANGUAGE plpgsql STABLE ROWS 1000
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE node AS MATERIALIZED (
        SELECT code, parent_code FROM lifetime WHERE of_year BETWEEN first_year AND last_year
    ),
    b AS MATERIALIZED (
        SELECT b.* FROM balance b
        WHERE b.dataset_id = ANY (datasets) AND b.allocation = of_allocation AND b.scope IN ('1', '2')
            AND b.territory_code IN (SELECT code FROM node)
            AND (b.area_ha IS NULL OR b.dataset_id = (SELECT l.dataset_id FROM land_choice l WHERE l.territory_code = b.territory_code))
    ),
    whole AS MATERIALIZED (
        SELECT DISTINCT territory_code, sector, scope FROM b
        WHERE year = of_year AND leaves >= leaves_expected AND leaves_expected > 0
    ),
    -- From each territory down to the parts that lack a figure.
    opened (root, sector, scope, code) AS (
        SELECT DISTINCT territory_code, sector, scope, territory_code FROM b
      UNION ALL
        SELECT o.root, o.sector, o.scope, n.code
        FROM opened o
        JOIN node n ON n.parent_code = o.code
        WHERE (o.code, o.sector, o.scope) NOT IN (SELECT territory_code, sector, scope FROM whole)
    ),
    missing AS (
        SELECT DISTINCT root, sector FROM opened o
        WHERE (code, sector, scope) NOT IN (SELECT territory_code, sector, scope FROM whole)
            AND NOT EXISTS (SELECT FROM node n WHERE n.parent_code = o.code)
    ),
    cell AS (
        SELECT b.territory_code, s.sector, b.sector AS part, b.year, b.dataset_id, b.co2e, b.removal_co2e,
               CASE WHEN b.unknown_lines > 0 THEN 'NE' ELSE b.notation END AS notation
        FROM b
        CROSS JOIN LATERAL (SELECT b.sector UNION ALL SELECT 'all' WHERE b.sector <> 'land') AS s (sector)
    ),
    figure AS (
        SELECT c.territory_code, c.sector,
               bool_or(m.root IS NOT NULL) AS missing,
               min(c.notation) FILTER (WHERE c.year = of_year AND c.notation IN ('C', 'NE')) AS unknown,
               min(c.notation) FILTER (WHERE c.year = of_year) AS notation,
               value(sum(c.co2e) FILTER (WHERE c.year = of_year)) AS emitted,
               value(sum(c.removal_co2e) FILTER (WHERE c.year = of_year)) AS removed,
               array_agg(DISTINCT c.dataset_id) FILTER (WHERE c.year = of_year AND c.co2e IS NOT NULL) AS emitters,
               array_agg(DISTINCT c.dataset_id) FILTER (WHERE c.year = of_year AND c.removal_co2e IS NOT NULL) AS removers,
               sources_agg(sources(c.co2e)) FILTER (WHERE c.year = of_year AND c.co2e IS NOT NULL) AS emission_sources,
               sources_agg(sources(c.removal_co2e)) FILTER (WHERE c.year = of_year AND c.removal_co2e IS NOT NULL) AS removal_sources
        FROM cell c
        LEFT JOIN missing m ON m.root = c.territory_code AND m.sector = c.part
        GROUP BY c.territory_code, c.sector
    )
    SELECT territory_code, sector, measure,
           CASE WHEN NOT missing AND unknown IS NULL THEN kg END,
           CASE WHEN unknown IS NOT NULL THEN unknown WHEN missing THEN 'NE' WHEN kg IS NULL THEN coalesce(notation, 'NE') END,
           ids, sources
    FROM figure
    CROSS JOIN LATERAL (VALUES
        ('emissions', CASE WHEN removed IS NULL THEN emitted ELSE coalesce(emitted, 0) END, emitters, emission_sources),
        ('removals', removed, removers, removal_sources)) AS m (measure, kg, ids, sources)
    WHERE measure = 'emissions' OR kg IS NOT NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_figures(int[], int, text) IS
    'The balance of some datasets as cells of a release, kg CO2e, before secrecy: a figure, or a notation key where there is none.';

-- --- releasing ------------------------------------------------------------------------

CREATE FUNCTION terrcarbon_internal.release_datasets()
    RETURNS TABLE (dataset_id int, used boolean, access text, licence text, updated date, reason text)
    LANGUAGE plpgsql STABLE ROWS 20
AS $$
BEGIN
    RETURN QUERY
    SELECT d.id, d.access IN ('open', 'aggregate') AND can_read(d.id), d.access, d.licence, d.updated,
           CASE WHEN d.access NOT IN ('open', 'aggregate')
                THEN format('it is %s: its producer may choose open or aggregate', d.access)
                WHEN NOT can_read(d.id)
                THEN format('%s has no access to its rows', current_user) END
    FROM (SELECT DISTINCT c.dataset_id FROM contribution c) AS c
    JOIN dataset_catalogue d ON d.id = c.dataset_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_datasets() IS
    'Datasets with figures in an account, and whether a release may use them: open or aggregate, and read by the current user.';

CREATE FUNCTION terrcarbon_internal.release_changed_too_little(old_id int, new_id int) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
DECLARE
    found_detail text;
BEGIN
    WITH part AS (
        SELECT dataset_id, territory_code, sector, measure, unit_key, contribution, amount,
               to_char(amount, '9.999999999EEEE') AS figure, release_id = new_id AS later
        FROM release_part
        WHERE release_id IN (old_id, new_id)
    ),
    -- First what kept its name, then what kept its figure.
    named AS (
        SELECT *, count(*) OVER (PARTITION BY territory_code, sector, measure, unit_key, contribution, figure) AS times,
               count(*) FILTER (WHERE later) OVER (PARTITION BY territory_code, sector, measure, unit_key, contribution, figure) AS later_times
        FROM part
    ),
    renamed AS (
        SELECT *, row_number() OVER (PARTITION BY territory_code, sector, measure, figure, later
                                     ORDER BY unit_key, contribution, dataset_id) AS n
        FROM named
        WHERE later_times * 2 <> times
    ),
    changed AS MATERIALIZED (
        SELECT * FROM renamed AS r
        WHERE NOT EXISTS (SELECT FROM renamed AS o
            WHERE o.territory_code = r.territory_code AND o.sector = r.sector AND o.measure = r.measure
                AND o.figure = r.figure AND o.later <> r.later AND o.n = r.n)
    ),
    reader AS (
        SELECT '' AS reader, '{}'::int[] AS known
        UNION ALL
        SELECT r.reader, array_agg(r.dataset_id)
        FROM unnest(terrcarbon_internal.secrecy_readers(ARRAY(SELECT DISTINCT dataset_id FROM part))) AS r
        GROUP BY r.reader
    ),
    unit AS (
        SELECT r.reader, c.territory_code, c.sector, c.measure, c.unit_key,
               bool_or(c.later) AS is_later, bool_or(NOT c.later) AS is_former,
               abs(sum(CASE WHEN c.later THEN c.amount ELSE -c.amount END)) AS change
        FROM reader AS r
        JOIN changed AS c ON c.dataset_id <> ALL (r.known)
        GROUP BY r.reader, c.territory_code, c.sector, c.measure, c.unit_key
    ),
    -- A name that went and one that came may be one unit.
    counted AS (
        SELECT reader, territory_code, sector, measure, max(change) AS largest,
               count(*) FILTER (WHERE is_later AND is_former)
               + greatest(count(*) FILTER (WHERE NOT is_later), count(*) FILTER (WHERE NOT is_former)) AS units,
               coalesce(sum(change) FILTER (WHERE is_later AND is_former), 0)
               + greatest(coalesce(sum(change) FILTER (WHERE NOT is_later), 0),
                          coalesce(sum(change) FILTER (WHERE NOT is_former), 0)) AS total
        FROM unit
        GROUP BY reader, territory_code, sector, measure
    )
    SELECT format('In %s, %s, too few rows changed, or one of them too much.', c.territory_code, c.sector)
    INTO found_detail
    FROM counted AS c
    JOIN secrecy_rule_in_force AS r ON r.sector = c.sector
    WHERE c.units < r.min_units OR c.largest > r.max_share * c.total
    ORDER BY 1
    LIMIT 1;
    RETURN found_detail;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_changed_too_little(int, int) IS
    'Where the rows behind two releases differ by too few units, in words; NULL when nowhere.';

-- A correction is compared with each release it follows.  Wherever rows changed,
-- the change must be one of enough units: then no difference between the two says
-- what one of them did.  Rows that have a new name and the same figure did not change.
CREATE FUNCTION terrcarbon_internal.release_check_correction(old_id int, new_id int, used_ids int[]) RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    found_detail text;
BEGIN
    SELECT format('%s was used by release %s and cannot be now.', terrcarbon_internal.dataset_name(min(d.dataset_id)), old_id)
    INTO found_detail
    FROM release_dataset d
    WHERE d.release_id = old_id AND d.used AND d.access = 'aggregate' AND d.dataset_id <> ALL (used_ids)
    HAVING count(*) > 0;
    IF found_detail IS NULL THEN
        SELECT format('Territory %s is not what it was, or not part of what it was.', min(d.territory_code))
        INTO found_detail
        FROM ((SELECT territory_code, parent_code FROM release_cell WHERE release_id = old_id
               EXCEPT SELECT territory_code, parent_code FROM release_cell WHERE release_id = new_id)
              UNION ALL
              (SELECT territory_code, parent_code FROM release_cell WHERE release_id = new_id
               EXCEPT SELECT territory_code, parent_code FROM release_cell WHERE release_id = old_id)) AS d
        HAVING count(*) > 0;
    END IF;
    found_detail := coalesce(found_detail, terrcarbon_internal.release_changed_too_little(old_id, new_id));
    IF found_detail IS NOT NULL THEN
        RAISE EXCEPTION 'this correction of release % cannot be released', old_id
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = found_detail,
                  HINT = 'The difference between the two releases could give a confidential figure away.';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_check_correction(int, int, int[]) IS
    'Refuses a correction whose difference to a former release could give a unit away. Error 55000.';

CREATE FUNCTION terrcarbon_internal.release_cells(new_id int, corrects int, of_measure text, used_ids int[],
        confidential int[], without_units text[])
    RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    WITH this AS (SELECT year, allocation FROM release WHERE id = new_id),
    -- All that is out on the same rows: other years, what this one corrects.
    former AS (
        SELECT r.id FROM release AS r, this
        WHERE r.id < new_id AND (r.allocation = 'territorial') = (this.allocation = 'territorial')
    ),
    node AS MATERIALIZED (
        SELECT code, parent_code FROM lifetime, this WHERE this.year BETWEEN first_year AND last_year
    ),
    -- Maps of land cover that are confidential have no units to count.
    figure AS MATERIALIZED (
        SELECT f.territory_code, f.sector, f.measure, f.dataset_ids,
               CASE WHEN NOT unknown THEN f.kg END AS kg, CASE WHEN unknown THEN 'NE' ELSE f.notation END AS notation
        FROM this
        CROSS JOIN LATERAL terrcarbon_internal.release_figures(used_ids, this.year, this.allocation) AS f
        CROSS JOIN LATERAL (VALUES (f.sector = 'land' AND f.territory_code || '/' || f.measure = ANY (without_units))) AS u (unknown)
        WHERE f.measure = of_measure
    ),
    cell AS MATERIALIZED (
        SELECT c.release_id, c.territory_code, c.sector, c.measure, c.parent_code, c.tonnes,
               -- What its producer has withdrawn may not be read any more.
               c.datasets && ARRAY(
                   SELECT d.dataset_id FROM release_dataset AS d
                   WHERE d.release_id = c.release_id AND d.used AND d.access = 'aggregate'
                       AND d.dataset_id <> ALL (used_ids)) AS partly
        FROM release_cell AS c JOIN former ON former.id = c.release_id
    ),
    part AS MATERIALIZED (
        SELECT p.* FROM release_part AS p
        WHERE p.measure = of_measure
            AND (p.release_id = new_id OR p.release_id IN (SELECT id FROM former)
                 -- What is open by now, everybody knows.
                 AND NOT (p.dataset_id = ANY (used_ids) AND p.dataset_id <> ALL (confidential)))
    ),
    chosen AS MATERIALIZED (
        SELECT c.* FROM publishable_cells(
            ARRAY(SELECT ROW(0, code, parent_code)::secrecy_territory FROM node ORDER BY code)
            || ARRAY(SELECT DISTINCT ROW(release_id, territory_code, parent_code)::secrecy_territory
                     FROM cell WHERE measure = 'emissions' ORDER BY 1),
            ARRAY(SELECT ROW(CASE WHEN release_id = new_id THEN 0 ELSE release_id END, territory_code, sector, dataset_id,
                             unit_key, nullif(contribution, ''), abs(amount))::secrecy_part
                  FROM part ORDER BY release_id, territory_code, sector, dataset_id, unit_key, contribution),
            -- A correction shows what the first release did.
            ARRAY(SELECT ROW(0, territory_code, sector, false)::secrecy_figure FROM figure
                  WHERE corrects IS NULL AND kg IS NOT NULL)
            || ARRAY(SELECT ROW(CASE WHEN n.new THEN 0 ELSE release_id END, territory_code, sector, partly)::secrecy_figure
                     FROM cell CROSS JOIN (VALUES (false), (true)) AS n (new)
                     WHERE measure = of_measure AND tonnes IS NOT NULL AND (NOT n.new OR release_id = corrects)),
            terrcarbon_internal.secrecy_readers(ARRAY(SELECT DISTINCT dataset_id FROM part)),
            corrects IS NOT NULL) AS c
    )
    INSERT INTO release_cell (release_id, territory_code, sector, measure, territory_name, level,
        parent_code, tonnes, notation, datasets)
    SELECT new_id, f.territory_code, f.sector, f.measure, t.name, t.level, p.code,
           CASE WHEN c.published THEN f.kg / 1000 END,
           CASE WHEN f.kg IS NULL THEN f.notation WHEN c.published THEN NULL ELSE 'C' END,
           CASE WHEN c.published THEN f.dataset_ids END
    FROM figure f
    JOIN territory t ON t.code = f.territory_code
    LEFT JOIN node AS p ON p.code = t.parent_code
    LEFT JOIN chosen AS c ON c.territory_code = f.territory_code AND c.sector = f.sector;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_cells(int, int, text, int[], int[], text[]) IS
    'Writes the cells of one measure of a release: figures that may be published, notation keys for others. corrects: the release whose cells it shows; without_units: territory/measure of land that is not to be shown.';

-- The rows must be those that the balance was made from.
CREATE FUNCTION terrcarbon_internal.release_check_rows(account name, new_id int, used_ids int[], confidential int[], of_year int,
        of_allocation text) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    land text[];
    other text;
BEGIN
    IF EXISTS (SELECT FROM change c WHERE c.dataset_id IS NULL OR c.dataset_id = ANY (used_ids))
        OR EXISTS (SELECT FROM pending p WHERE p.dataset_id = ANY (used_ids))
        OR EXISTS (SELECT FROM refresh_state s WHERE s.finished_at IS NULL) THEN
        RAISE EXCEPTION 'the balance of account % is not up to date', quote_ident(account)
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('CALL terrcarbon.refresh(%L) first.', account);
    END IF;
    WITH RECURSIVE node AS MATERIALIZED (
        SELECT code, parent_code FROM lifetime WHERE of_year BETWEEN first_year AND last_year
    ), own AS (
        SELECT territory_code, sector, measure, sum(amount) AS kg
        FROM release_part WHERE release_id = new_id
        GROUP BY territory_code, sector, measure
    ), up (code, at_code) AS (
        SELECT code, code FROM node
      UNION ALL
        SELECT up.code, node.parent_code FROM up JOIN node ON node.code = up.at_code WHERE node.parent_code IS NOT NULL
    ), counted AS (
        SELECT up.at_code AS territory_code, own.sector, own.measure, sum(own.kg) AS kg
        FROM own JOIN up ON up.code = own.territory_code
        GROUP BY up.at_code, own.sector, own.measure
    ), balanced AS (
        SELECT b.territory_code, b.sector, m.measure, sum(m.kg) AS kg
        FROM balance b
        CROSS JOIN LATERAL (VALUES ('emissions', value(b.co2e)), ('removals', value(b.removal_co2e))) AS m (measure, kg)
        WHERE b.dataset_id = ANY (confidential) AND b.year = of_year AND b.allocation = of_allocation AND b.scope IN ('1', '2')
            AND b.territory_code IN (SELECT code FROM node)
        GROUP BY b.territory_code, b.sector, m.measure
    )
    SELECT coalesce(array_agg(territory_code || '/' || measure) FILTER (WHERE sector = 'land'), '{}'),
           min(territory_code || ', ' || sector) FILTER (WHERE sector <> 'land')
    INTO land, other
    FROM counted
    FULL JOIN balanced USING (territory_code, sector, measure)
    WHERE abs(coalesce(counted.kg, 0) - coalesce(balanced.kg, 0)) >
        1e-9 * (abs(coalesce(counted.kg, 0)) + abs(coalesce(balanced.kg, 0)));
    IF other IS NOT NULL THEN
        RAISE EXCEPTION 'the balance of account % does not follow from its rows', quote_ident(account)
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = format('At %s.', other),
                  HINT = 'Keep either the row for a whole or the rows for its parts, not both; or refresh with full first.';
    END IF;
    RETURN land;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_check_rows(name, int, int[], int[], int, text) IS
    'Refuses a release of rows that the balance does not add up, or not yet; territory/measure of confidential land, which has no units to count. Error 55000.';

CREATE FUNCTION terrcarbon_internal.release_former(of_year int, of_allocation text, correction text) RETURNS int
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    former record;
BEGIN
    IF of_year IS NULL OR of_allocation IS NULL
        OR of_allocation <> ALL (terrcarbon.allocations()) THEN
        RAISE EXCEPTION 'a release is of one year and one allocation'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The year is %s, the allocation %s.', coalesce(of_year::text, 'NULL'),
                                  coalesce(quote_literal(of_allocation), 'NULL')),
                  HINT = 'The allocation is territorial or, for trips, induced or resident.';
    END IF;
    SELECT r.id, r.allocation INTO former FROM release r
    WHERE r.year = of_year AND (r.allocation = 'territorial') = (of_allocation = 'territorial')
    ORDER BY r.id DESC LIMIT 1;
    IF former.id IS NOT NULL AND former.allocation <> of_allocation THEN
        RAISE EXCEPTION 'the trips of % are released already, as %', of_year, former.allocation
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'Induced and resident figures are made of the same trips: their difference could give one away.';
    ELSIF former.id IS NOT NULL AND coalesce(btrim(correction), '') = '' THEN
        RAISE EXCEPTION '% is released already (release %)', of_year, former.id
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'What is out stays as it is. A new release can take its place: say why, with correction => ''...''.';
    ELSIF former.id IS NULL AND correction IS NOT NULL THEN
        RAISE EXCEPTION 'there is no release of % to correct', of_year
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN former.id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_former(int, text, text) IS
    'The release of the year that a new one corrects, NULL when it is the first. Errors: 22023, 55000 when a correction lacks or is out of place.';

CREATE FUNCTION terrcarbon_internal.release_check_shown(former_id int, new_id int, used_ids int[], of_year int, of_allocation text)
    RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    lost text;
BEGIN
    PERFORM terrcarbon_internal.release_check_correction(r.id, new_id, used_ids)
    FROM (SELECT r.id FROM release r
          WHERE r.year = of_year AND (r.allocation = 'territorial') = (of_allocation = 'territorial') AND r.id < new_id
          ORDER BY r.id DESC) AS r;
    SELECT c.territory_code || ', ' || c.sector INTO lost
    FROM release_cell o
    LEFT JOIN release_cell c ON c.release_id = new_id AND c.territory_code = o.territory_code
        AND c.sector = o.sector AND c.measure = o.measure
    WHERE o.release_id = former_id AND o.tonnes IS NOT NULL AND c.tonnes IS NULL
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'this correction of release % cannot be released', former_id
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = format('It shows %s, which has no figure any more, or would now give a confidential figure away together with the others.', lost);
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_check_shown(int, int, int[], int, text) IS
    'Refuses a correction that would show fewer cells than the release it follows, or give a unit away with a former one. Error 55000.';

CREATE FUNCTION terrcarbon_internal.release_begin(account name, of_year int, of_allocation text, correction text, former_id int,
        used int[], left_out text) RETURNS int
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    source_ids int[];
    terms record;
    new_id int;
BEGIN
    SELECT sources_agg(f.sources) INTO source_ids
    FROM terrcarbon_internal.release_figures(used, of_year, of_allocation) AS f WHERE f.kg IS NOT NULL;
    IF source_ids IS NULL THEN
        RAISE EXCEPTION 'account % has no figures of % to release', quote_ident(account), of_year
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = coalesce('Left out: ' || left_out || '.', 'All datasets are used.'),
                  HINT = 'A territory has a figure when all its parts have one: see balance_by_territory.';
    END IF;
    SELECT * INTO terms FROM effective_licence(source_ids);
    IF NOT terms.publishable THEN
        RAISE EXCEPTION 'these figures may not be published'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = terms.reason,
                  HINT = 'See terrcarbon.effective_licence.';
    END IF;
    INSERT INTO release (year, allocation, gwp, replaces, correction, sources, licences, attribution, duties)
    SELECT of_year, of_allocation, s.gwp, former_id, release_begin.correction, source_ids, terms.licences, terms.attribution, terms.duties
    FROM setting s
    RETURNING id INTO new_id;
    INSERT INTO release_dataset SELECT new_id, d.* FROM terrcarbon_internal.release_datasets() AS d;
    RETURN new_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_begin(name, int, text, text, int, int[], text) IS
    'Opens a release: its sources and the licences it is under. Error 55000 for nothing to release, or what may not be published.';

CREATE FUNCTION release(account name, year int, allocation text DEFAULT 'territorial',
        correction text DEFAULT NULL)
    RETURNS int
    LANGUAGE C VOLATILE
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION release(name, int, text, text) IS
    'Publishes the figures of a year: territory × sector (and all: every sector but land) × gross emissions and gross removals, t CO2e of scopes 1 and 2, from the open and aggregate datasets that the caller reads, as the balance has them. Figures that fail secrecy_rule are withheld (notation C) together with those they could be computed from. Everybody reads the result in the view released of the account; nothing changes it any more. correction: why a new release takes the place of the former one of the year; it shows the same cells, and is refused when comparing the two could give a unit away. Returns the number of the release. For the owner of the account. A row for a whole beside rows for its parts is refused. Errors: 42501 not the owner, 3F000 no such account, 22023, 55000 not refreshed, nothing to release, not publishable by licence, released already.';
CREATE FUNCTION terrcarbon_internal.release(account name, year int, allocation text, correction text) RETURNS int
    LANGUAGE plpgsql VOLATILE
    SET jit = off
AS $$
DECLARE
    kept_potentials CONSTANT text := current_setting('terrcarbon.gwp', true);
    used int[];
    confidential int[];
    left_out text;
    former_id int;
    new_id int;
    land text[];
BEGIN
    PERFORM terrcarbon_internal.prepare_release(account);
    former_id := terrcarbon_internal.release_former(year, allocation, correction);
    -- No refresh meanwhile, and one release at a time.
    PERFORM terrcarbon_internal.hold_refresh(account);
    PERFORM set_config('terrcarbon.gwp', s.gwp, true) FROM setting s;

    SELECT array_agg(d.dataset_id ORDER BY d.dataset_id) FILTER (WHERE d.used),
           coalesce(array_agg(d.dataset_id) FILTER (WHERE d.used AND d.access = 'aggregate'), '{}'),
           string_agg(format('%s (%s)', terrcarbon_internal.dataset_name(d.dataset_id), d.reason), ', ' ORDER BY d.dataset_id) FILTER (WHERE NOT d.used)
    INTO used, confidential, left_out
    FROM terrcarbon_internal.release_datasets() AS d;
    IF used IS NULL THEN
        RAISE EXCEPTION 'account % has no figures to release', quote_ident(account)
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = coalesce('Left out: ' || left_out || '.', 'It has no figures at all.'),
                  HINT = 'Releases are made from datasets that are open or aggregate.';
    END IF;
    new_id := terrcarbon_internal.release_begin(account, year, allocation, correction, former_id, used, left_out);
    INSERT INTO release_part (release_id, dataset_id, territory_code, sector, measure, unit_key, contribution, amount)
        SELECT new_id, p.* FROM terrcarbon_internal.release_parts(confidential, release.year, release.allocation) AS p;
    land := terrcarbon_internal.release_check_rows(account, new_id, used, confidential, year, allocation);
    PERFORM terrcarbon_internal.release_cells(new_id, former_id, m, used, confidential, land)
    FROM unnest('{emissions,removals}'::text[]) AS m;
    IF former_id IS NOT NULL THEN
        PERFORM terrcarbon_internal.release_check_shown(former_id, new_id, used, year, allocation);
    END IF;
    IF EXISTS (SELECT d.dataset_id, d.access FROM terrcarbon_internal.release_datasets() AS d WHERE d.used
               EXCEPT SELECT u, CASE WHEN u = ANY (confidential) THEN 'aggregate' ELSE 'open' END FROM unnest(used) AS u)
        OR (SELECT count(*) FROM terrcarbon_internal.release_datasets() AS d WHERE d.used) <> cardinality(used) THEN
        RAISE EXCEPTION 'access to a dataset changed meanwhile'
            USING ERRCODE = 'serialization_failure', HINT = 'Release again.';
    END IF;
    RAISE NOTICE 'release % of account %: % figures out, % withheld', new_id, account,
            (SELECT count(c.tonnes) FROM release_cell c WHERE c.release_id = new_id),
            (SELECT count(*) FROM release_cell c WHERE c.release_id = new_id AND c.notation = 'C')
        USING DETAIL = coalesce('Left out: ' || left_out || '.', 'All datasets are used.');
    PERFORM set_config('terrcarbon.gwp', kept_potentials, true);
    RETURN new_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release(name, int, text, text) IS 'Behind release.';
