-- Corrections: a release that takes the place of a former one of the year.

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
                  HINT = 'The allocation is territorial or, for trips, induced, resident or visitor.';
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

CREATE FUNCTION terrcarbon_internal.release_changes(old_id int, new_id int)
    RETURNS TABLE (dataset_id int, territory_code text, sector text, measure text, unit_key text, amount float8, later boolean)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH part AS (
        SELECT p.dataset_id, p.territory_code, p.sector, p.measure, coalesce(g.ground, p.unit_key) AS unit_key, p.contribution, p.amount,
               to_char(p.amount, '9.999999999EEEE') AS figure, p.release_id = new_id AS later
        FROM release_part AS p
        LEFT JOIN terrcarbon_internal.release_ground(ARRAY[old_id, new_id]) AS g
            ON g.release_id = p.release_id AND g.dataset_id = p.dataset_id AND g.unit_key = p.unit_key
        WHERE p.release_id IN (old_id, new_id)
    ),
    -- First what kept its name, then what kept its figure.
    named AS (
        SELECT *, count(*) OVER (PARTITION BY territory_code, sector, measure, unit_key, contribution, figure) AS times,
               count(*) FILTER (WHERE later) OVER (PARTITION BY territory_code, sector, measure, unit_key, contribution, figure) AS later_times
        FROM part
    ),
    renamed AS MATERIALIZED (
        SELECT *, row_number() OVER (PARTITION BY territory_code, sector, measure, figure, later
                                     ORDER BY unit_key, contribution, dataset_id) AS n
        FROM named
        WHERE later_times * 2 <> times
    )
    SELECT r.dataset_id, r.territory_code, r.sector, r.measure, r.unit_key, r.amount, r.later
    FROM renamed AS r
    WHERE NOT EXISTS (SELECT FROM renamed AS o
        WHERE o.territory_code = r.territory_code AND o.sector = r.sector AND o.measure = r.measure
            AND o.figure = r.figure AND o.later <> r.later AND o.n = r.n);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_changes(int, int) IS
    'What units added to one of two releases and not to the other; what has a new name and the same figure is in both. A building drawn anew is one unit.';

CREATE FUNCTION terrcarbon_internal.release_changed_too_little(old_id int, new_id int) RETURNS text
    LANGUAGE plpgsql STABLE
    SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    found_detail text;
BEGIN
    WITH reader AS (
        SELECT '' AS reader, '{}'::int[] AS known
        UNION ALL
        SELECT r.reader, array_agg(r.dataset_id)
        FROM unnest(secrecy_readers(ARRAY(
                 SELECT DISTINCT dataset_id FROM release_part WHERE release_id IN (old_id, new_id)))) AS r
        GROUP BY r.reader
    ),
    unit AS (
        SELECT r.reader, c.territory_code, c.sector, c.measure, c.unit_key,
               bool_or(c.later) AS is_later, bool_or(NOT c.later) AS is_former,
               abs(sum(CASE WHEN c.later THEN c.amount ELSE -c.amount END)) AS change
        FROM reader AS r
        JOIN terrcarbon_internal.release_changes(old_id, new_id) AS c ON c.dataset_id <> ALL (r.known)
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
