-- Releasing.

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
        SELECT code, parent_code FROM terrcarbon_internal.release_territories(of_year)
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

CREATE FUNCTION terrcarbon_internal.release_report(account name, new_id int, left_out text) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    shown CONSTANT bigint := (SELECT count(c.tonnes) FROM release_cell c WHERE c.release_id = new_id);
    withheld CONSTANT bigint := (SELECT count(*) FROM release_cell c WHERE c.release_id = new_id AND c.notation = 'C');
    -- Datasets of the release that are behind no figure which is out.
    unseen CONSTANT text := (SELECT string_agg(terrcarbon_internal.dataset_name(s.id), ', ' ORDER BY s.id)
        FROM (SELECT DISTINCT p.dataset_id AS id FROM release_part p WHERE p.release_id = new_id) AS s
        WHERE NOT EXISTS (SELECT FROM release_cell c WHERE c.release_id = new_id AND s.id = ANY (c.datasets)));
    alone CONSTANT bigint := (SELECT count(*)
        FROM (SELECT FROM release_part p WHERE p.release_id = new_id
              GROUP BY p.territory_code, p.sector, p.measure HAVING count(DISTINCT (p.dataset_id, p.unit_key)) = 1) AS x);
BEGIN
    RAISE NOTICE 'release % of account %: % out, % withheld', new_id, account,
            CASE shown WHEN 1 THEN '1 figure' ELSE shown || ' figures' END, withheld
        USING DETAIL = concat_ws(' ', coalesce('Left out: ' || left_out || '.', CASE WHEN unseen IS NULL THEN 'All datasets are used.' END),
                  'All figures that rest on ' || unseen || ' are withheld; its credit stands, as C says that there is one.'),
              HINT = CASE WHEN withheld > 0 AND alone > 0 THEN
                  format('%s of one unit. A row that is the total of many, such as a supplier''s of a commune, says so in units and largest_share.',
                         CASE alone WHEN 1 THEN '1 figure of a territory and sector is' ELSE alone || ' figures of a territory and sector are' END)
                  ELSE 'Everybody reads the view released.' END;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_report(name, int, text) IS
    'Tells the owner what came of a release: how much is out, whose figures are all withheld, and rows that pass for one unit.';

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
    INSERT INTO release_trace (release_id, of_dataset, territory_code, sector, measure, digest, unit, contribution, share, magnitude)
        SELECT new_id, p.dataset_id, p.territory_code, p.sector, p.measure, terrcarbon_internal.release_digest(p.amount), md5(p.unit_key),
               p.contribution, CASE WHEN p.whole > 0 THEN abs(p.amount) / p.whole ELSE 1 END, floor(ln(nullif(p.whole, 0)) / ln(2::float8))
        FROM (SELECT p.*, CASE WHEN p.contribution = '' THEN abs(p.amount)
                          ELSE sum(abs(p.amount)) OVER (PARTITION BY p.dataset_id, p.measure, p.unit_key, p.contribution) END AS whole
              FROM release_part p WHERE p.release_id = new_id) AS p;
    INSERT INTO release_footprint (release_id, dataset_id, unit_key, shape, m2, geom)
        SELECT new_id, f.* FROM terrcarbon_internal.release_footprints(confidential, release.year) AS f
        WHERE release.allocation = 'territorial';
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
    PERFORM terrcarbon_internal.release_report(account, new_id, left_out);
    PERFORM set_config('terrcarbon.gwp', kept_potentials, true);
    RETURN new_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release(name, int, text, text) IS 'Behind release.';
