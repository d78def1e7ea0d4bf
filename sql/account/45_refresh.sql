-- Refresh: computes again what changed, in steps that commit.  Each step runs as the
-- account's owner, with the account on the path.

-- Children come before their parents, in whatever years they are that, so that a parent
-- can add them up.
CREATE FUNCTION terrcarbon_internal.levels_of(codes text[])
    RETURNS TABLE (members text[])
    LANGUAGE plpgsql STABLE ROWS 5
AS $$
DECLARE
    added text[] := ARRAY(SELECT DISTINCT c FROM unnest(codes) AS c);
    rest text[] := added;
    above text[];
BEGIN
    WHILE added <> '{}' LOOP
        added := ARRAY(SELECT DISTINCT m.parent_code FROM membership m WHERE m.code = ANY (added) AND m.parent_code <> ALL (rest));
        rest := rest || added;
    END LOOP;
    WHILE rest <> '{}' LOOP
        above := ARRAY(SELECT DISTINCT m.parent_code FROM membership m WHERE m.code = ANY (rest) AND m.parent_code IS NOT NULL);
        members := ARRAY(SELECT r FROM unnest(rest) AS r WHERE r <> ALL (above) ORDER BY r);
        EXIT WHEN members = '{}';
        RETURN NEXT;
        rest := ARRAY(SELECT r FROM unnest(rest) AS r WHERE r = ANY (above));
    END LOOP;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.levels_of(text[]) IS
    'Territories and all they are or were part of: first those of them that no other is part of, then those that only the former are part of, and so on.';

-- How many leaves a territory has in a year, and for which sectors a dataset says that
-- it is complete there.
CREATE FUNCTION terrcarbon_internal.leaves_of(codes text[])
    RETURNS TABLE (territory_code text, first_year int, last_year int, leaves bigint)
    LANGUAGE plpgsql STABLE ROWS 100
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE down (code, at_code, first_year, last_year) AS (
        SELECT c, c, 1, 9999 FROM unnest(codes) AS c
      UNION ALL
        SELECT down.code, m.code, greatest(down.first_year, m.first_year), least(down.last_year, m.last_year)
        FROM down JOIN membership m ON m.parent_code = down.at_code
        WHERE m.first_year <= down.last_year AND m.last_year >= down.first_year
    )
    SELECT down.code, y.first_year, y.last_year, count(*)
    FROM down
    JOIN lifetime t ON t.code = down.at_code
    JOIN leaf ON leaf.code = t.code
    CROSS JOIN LATERAL (SELECT greatest(down.first_year, t.first_year), least(down.last_year, t.last_year)) AS y (first_year, last_year)
    GROUP BY 1, 2, 3;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.leaves_of(text[]) IS 'Territories without children within each territory, by the years they exist and are part of it.';

CREATE FUNCTION terrcarbon_internal.complete_sectors(dataset int, codes text[])
    RETURNS TABLE (territory_code text, sector text, first_year int, last_year int)
    LANGUAGE plpgsql STABLE ROWS 10
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE up (code, at_code, first_year, last_year) AS (
        SELECT c, c, 1, 9999 FROM unnest(codes) AS c
      UNION ALL
        SELECT up.code, m.parent_code, greatest(up.first_year, m.first_year), least(up.last_year, m.last_year)
        FROM up JOIN membership m ON m.code = up.at_code
        WHERE m.parent_code IS NOT NULL AND m.first_year <= up.last_year AND m.last_year >= up.first_year
    )
    SELECT DISTINCT up.code, e.sector, up.first_year, up.last_year
    FROM extent e JOIN up ON up.at_code = e.territory_code
    WHERE e.dataset_id = dataset;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.complete_sectors(int, text[]) IS 'Where and when a dataset is stated to be complete for a sector.';

CREATE FUNCTION terrcarbon_internal.level_totals(dataset int, codes text[], layers text[])
    RETURNS TABLE (territory_code text, sector text, scope text, allocation text, year int, emission ghg, co2e estimate, removal ghg,
        removal_co2e estimate, stock carbon_stock, carbon estimate, area_ha float8, notation text, lines bigint, unknown_lines bigint,
        own boolean, parts bigint, leaves_expected numeric)
    LANGUAGE plpgsql VOLATILE ROWS 1000
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH own AS MATERIALIZED (
        SELECT m.*, NULL::int AS leaves, (m.notation IN ('NE', 'C')) IS NOT TRUE AS own, false AS child
        FROM terrcarbon_internal.measure(dataset, codes, layers) AS m
    ), member AS MATERIALIZED (
        SELECT m.* FROM membership m WHERE m.parent_code = ANY (codes)
    ), child AS MATERIALIZED (
        SELECT m.parent_code AS territory_code, b.sector, b.scope, b.allocation, b.year, b.emission, b.co2e, b.removal, b.removal_co2e,
               b.stock, b.carbon, b.area_ha, b.notation, b.lines, b.unknown_lines, b.leaves, false AS own, true AS child
        FROM member m
        JOIN balance b ON b.dataset_id = dataset AND b.territory_code = m.code AND b.year BETWEEN m.first_year AND m.last_year
    ), figure AS (
        SELECT * FROM child
      UNION ALL
        SELECT * FROM own o WHERE o.territory_code IN (SELECT c.territory_code FROM child c)
    ), there AS (
        SELECT f.territory_code, f.sector, f.scope, f.allocation, f.year, bool_or(f.own) AND bool_or(f.child) AS both_sides,
               bool_or(f.own) AS own, coalesce(sum(f.leaves), 0) AS parts
        FROM figure f GROUP BY f.territory_code, f.sector, f.scope, f.allocation, f.year
    ), expected AS MATERIALIZED (
        SELECT t.territory_code, t.year, sum(l.leaves) AS n
        FROM terrcarbon_internal.leaves_of(codes) AS l
        JOIN (SELECT o.territory_code, o.year FROM own o UNION SELECT c.territory_code, c.year FROM child c) AS t
            ON t.territory_code = l.territory_code AND t.year BETWEEN l.first_year AND l.last_year
        GROUP BY t.territory_code, t.year
    ), side AS MATERIALIZED (
        SELECT t.*, coalesce(e.n, 0) AS n, t.parts >= coalesce(e.n, 0) AS by_parts
        FROM there t LEFT JOIN expected e ON e.territory_code = t.territory_code AND e.year = t.year
    ), noted AS (
        -- A row for the whole beside rows for its parts: one of them counts.
        INSERT INTO coverage
        SELECT dataset, s.territory_code, '', s.sector, s.scope, s.allocation, s.year, s.year, 'note',
               CASE WHEN s.by_parts THEN 'row for the whole not counted' ELSE 'rows of parts not counted' END, '', 1, NULL::float8, NULL
        FROM side s WHERE s.both_sides
    )
    SELECT s.territory_code, s.sector, s.scope, s.allocation, s.year, sum(f.emission) AS emission, sum(f.co2e) AS co2e,
           sum(f.removal) AS removal, sum(f.removal_co2e) AS removal_co2e, sum(f.stock) AS stock, sum(f.carbon) AS carbon,
           value(sum(estimate(f.area_ha, 0))) AS area_ha,
           terrcarbon_internal.total_notation(array_agg(f.notation) FILTER (WHERE f.notation IS NOT NULL),
               count(f.co2e) + count(f.removal_co2e) + count(f.carbon) > 0) AS notation,
           sum(f.lines)::bigint AS lines, coalesce(sum(f.unknown_lines), 0)::bigint AS unknown_lines,
           bool_or(s.own) AS own, max(s.parts) AS parts, max(s.n) AS n
    FROM side s JOIN figure f USING (territory_code, sector, scope, allocation, year)
    WHERE NOT s.both_sides OR f.child = s.by_parts
    GROUP BY s.territory_code, s.sector, s.scope, s.allocation, s.year
  UNION ALL
    -- Where there are no children nothing is left to add up.
    SELECT o.territory_code, o.sector, o.scope, o.allocation, o.year, o.emission, o.co2e, o.removal, o.removal_co2e, o.stock, o.carbon,
           o.area_ha, o.notation, o.lines, coalesce(o.unknown_lines, 0), o.own, 0, coalesce(e.n, 0)
    FROM own o LEFT JOIN expected e ON e.territory_code = o.territory_code AND e.year = o.year
    WHERE o.territory_code NOT IN (SELECT c.territory_code FROM child c);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.level_totals(int, text[], text[]) IS
    'What one dataset says of some territories, whose children are up to date: its own lines, or the sums of the children. own: by lines of its own; parts: territories without children, within, for which the children have the figure; leaves_expected: how many there are.';

CREATE FUNCTION terrcarbon_internal.replace_level(dataset int, codes text[], layers text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET jit = off
AS $$
BEGIN
    DELETE FROM balance b WHERE b.dataset_id = dataset AND b.territory_code = ANY (codes);
    DELETE FROM coverage c WHERE c.dataset_id = dataset AND c.territory_code = ANY (codes);
    WITH complete AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.complete_sectors(dataset, codes) AS c
    )
    INSERT INTO balance
    SELECT dataset, v.territory_code, v.sector, v.scope, v.allocation, v.year, v.emission,
           terrcarbon_internal.collapse_prefix(v.co2e, 'rows:', r.cause), v.removal,
           terrcarbon_internal.collapse_prefix(v.removal_co2e, 'rows:', r.cause), v.stock, v.carbon, v.area_ha, v.notation,
           v.lines, v.unknown_lines,
           CASE WHEN v.own OR EXISTS (
                    SELECT FROM complete c
                    WHERE c.territory_code = v.territory_code AND c.sector = v.sector AND v.year BETWEEN c.first_year AND c.last_year)
               THEN v.leaves_expected ELSE v.parts END,
           v.leaves_expected
    FROM terrcarbon_internal.level_totals(dataset, codes, layers) AS v
    CROSS JOIN LATERAL (SELECT 'rows:' || left(concat_ws('/', dataset, v.territory_code, v.sector, v.scope, v.allocation), 200)) AS r (cause);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.replace_level(int, text[], text[]) IS
    'Computes again what a dataset says of some territories, whose children are up to date. The errors of rows of several years become one cause of each territory, sector and scope, so that estimates carry few.';

CREATE FUNCTION terrcarbon_internal.replace_territories(dataset int, codes text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET jit = off
AS $$
DECLARE
    layers CONSTANT text[] := terrcarbon_internal.layers_of(dataset);
    level text[];
    touched text[] := '{}';
BEGIN
    FOR level IN SELECT l.members FROM terrcarbon_internal.levels_of(codes) AS l LOOP
        touched := touched || level;
        PERFORM terrcarbon_internal.replace_level(dataset, level, layers);
    END LOOP;
    DELETE FROM part p WHERE p.dataset_id = dataset AND p.territory_code = ANY (touched);
    -- What has a finding has a row in the balance too.
    WITH there AS MATERIALIZED (
        SELECT b.territory_code, b.sector, b.scope, b.allocation, max(b.area_ha) AS area_ha,
               bool_or(b.removal_co2e IS NOT NULL) AS removes
        FROM balance b
        WHERE b.dataset_id = dataset AND b.territory_code = ANY (touched)
        GROUP BY b.territory_code, b.sector, b.scope, b.allocation
    ), parted AS (
        INSERT INTO part
        SELECT dataset, t.territory_code, t.sector, t.scope, t.area_ha, t.removes FROM there t WHERE t.allocation = 'territorial'
    ), gone AS (
        DELETE FROM contribution c
        WHERE c.dataset_id = dataset AND c.territory_code = ANY (touched) AND c.territory_code NOT IN (SELECT t.territory_code FROM there t)
    )
    INSERT INTO contribution
    SELECT DISTINCT t.territory_code, dataset, now() FROM there t
    ON CONFLICT (territory_code, dataset_id) DO UPDATE SET refreshed_at = excluded.refreshed_at;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.replace_territories(int, text[]) IS
    'Computes again what a dataset says of some territories and of all they are part of.';

-- Shipped layers refuse such rows when they are written; a layer of one's own may be any table or view.
CREATE FUNCTION terrcarbon_internal.check_own_layers(dataset int) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    own record;
    fault record;
BEGIN
    FOR own IN SELECT l.name, l.items FROM layer l WHERE NOT l.shipped ORDER BY l.name COLLATE "C" LOOP
        EXECUTE format('SELECT i.row_id, i.year_from, i.sector FROM %I AS i WHERE i.dataset_id = $1 AND (i.year_from IS NULL
            OR terrcarbon_internal.is_sector(i.sector) IS NOT TRUE) LIMIT 1', own.items) INTO fault USING dataset;
        IF fault.row_id IS NOT NULL AND fault.year_from IS NULL THEN
            RAISE EXCEPTION 'row % of % has no year_from', fault.row_id, own.items
                USING ERRCODE = 'not_null_violation', DETAIL = 'A row without a year would be in no total.',
                      HINT = format('Give it a year, or leave it out of %I.', own.items);
        ELSIF fault.row_id IS NOT NULL THEN
            RAISE EXCEPTION 'row % of % is of no sector', fault.row_id, own.items
                USING ERRCODE = 'foreign_key_violation', DETAIL = format('Its sector is %s.', coalesce(quote_literal(left(fault.sector, 100)), 'NULL')),
                      HINT = format('One of %s.', (SELECT string_agg(s.code, ', ' ORDER BY s.place) FROM terrcarbon.sector s));
        END IF;
        EXECUTE format('INSERT INTO coverage
            SELECT $1, $3, $2, $3, $3, $3, i.year_from, coalesce(i.year_to, i.year_from), $4, $5, $3, count(*), NULL, NULL
            FROM %I AS i WHERE i.dataset_id = $1 AND NOT EXISTS (SELECT FROM territory AS t WHERE t.code = i.territory_code)
            GROUP BY i.year_from, coalesce(i.year_to, i.year_from)', own.items) USING dataset, own.name, '', 'outside', 'no territory';
    END LOOP;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_own_layers(int) IS
    'Looks at what a dataset has in layers of one''s own: error 23502 for a row without a year, 23503 for one of no sector, and what the dataset says stays stale; rows of no territory are noted in coverage.';

-- What lies in no territory belongs to none: said of the dataset.
CREATE FUNCTION terrcarbon_internal.note_outside(dataset int) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET jit = off
AS $$
BEGIN
    DELETE FROM coverage c WHERE c.dataset_id = dataset AND c.territory_code = '';
    PERFORM terrcarbon_internal.check_own_layers(dataset);
    WITH there AS MATERIALIZED (
        SELECT d.layer, d.year_from, d.year_to, d.placed, d.measure_unit AS unit, count(*) AS item_count,
               value(sum(estimate(d.measure, 0))) AS amount
        FROM deposit d WHERE d.dataset_id = dataset
        GROUP BY d.layer, d.year_from, d.year_to, d.placed, d.measure_unit
    ), yearly AS (
        SELECT t.layer, y.year, t.unit, sum(t.item_count) AS item_count, value(sum(estimate(t.amount, 0))) AS amount
        FROM there t CROSS JOIN LATERAL generate_series(t.year_from, t.year_to) AS y (year)
        WHERE t.placed IS NULL
        GROUP BY t.layer, y.year, t.unit
    ), measured AS (
        SELECT c.layer, y.year, value(sum(estimate(c.amount, 0))) AS amount
        FROM coverage c CROSS JOIN LATERAL generate_series(c.year_from, c.year_to) AS y (year)
        WHERE c.dataset_id = dataset AND c.kind = 'measured'
        GROUP BY c.layer, y.year
    )
    INSERT INTO coverage
    SELECT dataset, '', y.layer, '', '', '', y.year, y.year, 'outside', 'no territory', '', y.item_count, y.amount - coalesce(m.amount, 0), y.unit
    FROM yearly y
    LEFT JOIN measured m USING (layer, year)
    WHERE y.amount - coalesce(m.amount, 0) > 1e-6 * y.amount
  UNION ALL
    SELECT dataset, '', t.layer, '', '', '', t.year_from, t.year_from, 'outside', 'no territory', '', sum(t.item_count), NULL, NULL
    FROM there t WHERE NOT t.placed GROUP BY t.layer, t.year_from;
    -- That a dataset was seen at all, even if all of it lies elsewhere.
    INSERT INTO contribution VALUES ('', dataset, now())
    ON CONFLICT (territory_code, dataset_id) DO UPDATE SET refreshed_at = excluded.refreshed_at;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_outside(int) IS 'Notes what of a dataset lies in no territory.';

CREATE FUNCTION terrcarbon_internal.compute(dataset int, codes text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    IF codes = '{""}' THEN
        PERFORM terrcarbon_internal.note_outside(dataset);
    ELSE
        PERFORM terrcarbon_internal.replace_territories(dataset, codes);
    END IF;
    -- Rights may have gone meanwhile, and what cannot be read looks empty.
    IF NOT can_read(dataset) THEN
        RAISE EXCEPTION 'access to dataset % was withdrawn while it was read, its former figures stand',
                terrcarbon_internal.dataset_name(dataset)
            USING ERRCODE = 'serialization_failure';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.compute(int, text[]) IS
    'Computes some territories of a dataset, or what lies in none. Error 40001 when access went meanwhile.';

CREATE FUNCTION terrcarbon_internal.account_at_work(turns oid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'relation' AND relation = turns AND mode = 'RowShareLock' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));
EXCEPTION WHEN insufficient_privilege THEN
    -- Who closes the hole of pg_locks, as doctor() advises, lets few see locks.
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.account_at_work(oid) IS
    'Whether a refresh is at work now on the account that the table dataset_turn is of; NULL when the current user may not see locks.';

CREATE FUNCTION terrcarbon_internal.inputs_now() RETURNS TABLE (kind text, code text, fingerprint text)
    LANGUAGE sql STABLE ROWS 2000
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
    SELECT 'factor', f.code, md5(string_agg(f.id || ' ' || coalesce(f.superseded_at::text, ''), ',' ORDER BY f.id))
    FROM factor f GROUP BY f.code
  UNION ALL
    SELECT 'nomenclature', s.nomenclature, md5(string_agg(s.id || ' ' || coalesce(s.superseded_at::text, ''), ',' ORDER BY s.id))
    FROM stock_reference s GROUP BY s.nomenclature
  UNION ALL
    SELECT 'territory', '', md5(concat_ws('/',
        (SELECT string_agg(r.code || ' ' || r.level, ',' ORDER BY r.code) FROM reference_territory r),
        (SELECT string_agg(p.code || ' ' || p.parent_code, ',' ORDER BY p.code, p.parent_code) FROM reference_territory_parent p)))
$$;
COMMENT ON FUNCTION terrcarbon_internal.inputs_now() IS
    'The factors and references that the current user may read, by code, each with a fingerprint of its rows.';

-- What nothing names changes nothing.  Factors that become readable count as new.
CREATE FUNCTION terrcarbon_internal.note_inputs(account name) RETURNS boolean
    LANGUAGE plpgsql VOLATILE
    SET jit = off
AS $$
DECLARE
    first CONSTANT boolean := NOT EXISTS (SELECT FROM input_seen);
    names text;
    places boolean;
    any_change boolean;
BEGIN
    WITH changed AS MATERIALIZED (
        SELECT coalesce(i.kind, n.kind) AS kind, coalesce(i.code, n.code) AS code
        FROM input_seen i FULL JOIN terrcarbon_internal.inputs_now() AS n ON n.kind = i.kind AND n.code = i.code
        WHERE i.fingerprint IS DISTINCT FROM n.fingerprint
    ), noted AS (
        INSERT INTO change (dataset_id)
        SELECT DISTINCT d.dataset_id FROM changed c JOIN dataset_input d ON d.kind = c.kind AND d.code = c.code
        RETURNING dataset_id
    )
    SELECT (SELECT string_agg(terrcarbon_internal.dataset_name(n.dataset_id), ', ' ORDER BY n.dataset_id) FROM noted n),
           (SELECT bool_or(c.kind = 'territory') FROM changed c), EXISTS (SELECT FROM changed)
    INTO names, places, any_change;
    IF any_change THEN
        DELETE FROM input_seen;
        INSERT INTO input_seen SELECT * FROM terrcarbon_internal.inputs_now();
    END IF;
    IF first THEN
        RETURN true;
    ELSIF places THEN
        RAISE NOTICE 'account %: the territories of references changed, everything is computed again', account;
    ELSIF names IS NOT NULL THEN
        RAISE NOTICE 'account %: factors or references changed, computed again: %', account, names;
    END IF;
    RETURN coalesce(places, false);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_inputs(name) IS
    'Notes the datasets that name a factor or a nomenclature of references that changed since the last refresh; whether all have to be computed.';

-- --- which pairs of dataset and territory ------------------------------------------

-- A note is either taken with what it led to, or stays: for as long as its dataset
-- cannot be read.  One on all datasets is left for each of those.
CREATE FUNCTION terrcarbon_internal.take_changes() RETURNS TABLE (what text, dataset_id int, territory_code text)
    LANGUAGE plpgsql VOLATILE ROWS 1000
AS $$
BEGIN
    RETURN QUERY
    WITH noted AS (
        DELETE FROM change c WHERE c.dataset_id IS NULL OR can_read(c.dataset_id) RETURNING *
    ), left_over AS (
        INSERT INTO change (dataset_id)
        SELECT k.dataset_id FROM (
            SELECT c.dataset_id FROM contribution c
            UNION SELECT p.dataset_id FROM pending p
            UNION SELECT c.dataset_id FROM change c WHERE c.dataset_id IS NOT NULL) AS k
        WHERE NOT can_read(k.dataset_id) AND EXISTS (SELECT FROM noted n WHERE n.dataset_id IS NULL)
        EXCEPT
        SELECT c.dataset_id FROM change c WHERE c.territory_code IS NULL AND c.box IS NULL
    )
    SELECT 'pair', n.dataset_id, t.code FROM noted n JOIN leaf t ON t.geom OPERATOR(terrcarbon.&&) n.box WHERE n.box IS NOT NULL
    UNION SELECT 'pair', n.dataset_id, n.territory_code FROM noted n WHERE n.dataset_id IS NOT NULL AND n.territory_code IS NOT NULL
    -- What lies outside may have changed with any row.
    UNION SELECT 'pair', n.dataset_id, '' FROM noted n WHERE n.dataset_id IS NOT NULL
    UNION SELECT 'dataset', n.dataset_id, NULL FROM noted n
        WHERE n.dataset_id IS NOT NULL AND n.territory_code IS NULL AND n.box IS NULL
    UNION SELECT 'territory', NULL, n.territory_code FROM noted n WHERE n.dataset_id IS NULL AND n.territory_code IS NOT NULL
    UNION SELECT 'all', NULL, NULL FROM noted n WHERE n.dataset_id IS NULL AND n.territory_code IS NULL AND n.box IS NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.take_changes() IS
    'Takes the notes of changes in datasets that can be read: pairs of dataset and territory, whole datasets, whole territories, or all.';

CREATE FUNCTION terrcarbon_internal.plan_refresh(whole boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET jit = off
AS $$
DECLARE
    ids int[];
    codes text[];
    datasets int[];
    places text[];
    everything boolean;
BEGIN
    SELECT array_agg(c.dataset_id) FILTER (WHERE c.what = 'pair'), array_agg(c.territory_code) FILTER (WHERE c.what = 'pair'),
           array_agg(c.dataset_id) FILTER (WHERE c.what = 'dataset'),
           array_agg(c.territory_code) FILTER (WHERE c.what = 'territory'), coalesce(bool_or(c.what = 'all'), false) OR whole
    INTO ids, codes, datasets, places, everything
    FROM terrcarbon_internal.take_changes() AS c;
    WITH hit (dataset_id, territory_code) AS (
        SELECT * FROM unnest(ids, codes)
      UNION
        -- What has figures there, and what may newly have some.
        SELECT c.dataset_id, c.territory_code FROM contribution c WHERE c.territory_code = ANY (places)
      UNION
        SELECT c.dataset_id, c.territory_code FROM candidate c WHERE c.territory_code = ANY (places)
      UNION
        SELECT c.dataset_id, c.territory_code FROM contribution c WHERE c.dataset_id = ANY (datasets)
      UNION
        SELECT c.dataset_id, c.territory_code FROM candidate c WHERE c.dataset_id = ANY (datasets)
      UNION
        SELECT c.dataset_id, c.territory_code FROM contribution c WHERE everything AND can_read(c.dataset_id)
      UNION
        SELECT c.dataset_id, c.territory_code FROM candidate c WHERE everything AND can_read(c.dataset_id)
    )
    INSERT INTO pending (dataset_id, territory_code, parent_code)
    SELECT h.dataset_id, h.territory_code, t.parent_code
    FROM hit h LEFT JOIN territory t ON t.code = h.territory_code
    WHERE h.territory_code IS NOT NULL
    UNION
    SELECT h.dataset_id, '', NULL FROM hit h
    ON CONFLICT DO NOTHING;
    INSERT INTO dataset_turn SELECT DISTINCT p.dataset_id FROM pending p ON CONFLICT DO NOTHING;
    UPDATE pending SET problem = NULL WHERE problem IS NOT NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.plan_refresh(boolean) IS 'Turns the noted changes into the pairs of dataset and territory to compute.';

CREATE FUNCTION terrcarbon_internal.hold_refresh(account name) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    -- In the order in which a step takes them.
    PERFORM FROM dataset_turn ORDER BY dataset_id FOR UPDATE NOWAIT;
    PERFORM FROM refresh_state FOR UPDATE NOWAIT;
EXCEPTION WHEN lock_not_available THEN
    RAISE NOTICE 'another refresh of account % is at work: taking turns with it', account;
    PERFORM FROM dataset_turn ORDER BY dataset_id FOR UPDATE;
    PERFORM FROM refresh_state FOR UPDATE;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.hold_refresh(name) IS 'Waits until no step of a refresh is at work, and keeps others from beginning until the transaction ends.';

-- Plans wait for the steps at work, and steps for a plan: a note taken while a step
-- computes what it is about would be lost.
CREATE FUNCTION terrcarbon_internal.refresh_begin(account name, whole boolean) RETURNS bigint
    LANGUAGE C VOLATILE STRICT
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION terrcarbon_internal.refresh_begin(name, boolean) IS 'Plans a refresh; how many pairs of dataset and territory it has to compute.';
CREATE FUNCTION terrcarbon_internal.refresh_begin_here(account name, whole boolean) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    pairs bigint;
BEGIN
    PERFORM terrcarbon_internal.hold_refresh(account);
    SELECT count(*) INTO pairs FROM pending;
    IF pairs > 0 THEN
        RAISE NOTICE 'account %: resuming an interrupted refresh, % pairs of dataset and territory left', account, pairs;
    END IF;
    IF EXISTS (SELECT FROM population p WHERE p.source = 'sum of its parts') THEN
        PERFORM terrcarbon_internal.sum_population();
    END IF;
    whole := terrcarbon_internal.note_inputs(account) OR whole;
    IF whole THEN
        INSERT INTO change DEFAULT VALUES;
    END IF;
    PERFORM terrcarbon_internal.plan_refresh(whole);
    SELECT count(*) INTO pairs FROM pending;
    UPDATE refresh_state SET started_at = clock_timestamp(), finished_at = NULL, step_at = clock_timestamp(), total = pairs,
        done = 0;
    RETURN pairs;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.refresh_begin_here(name, boolean) IS 'Behind refresh_begin.';

-- A dataset is computed by one session at a time: territories of it share parents.
CREATE FUNCTION terrcarbon_internal.take_turn() RETURNS int
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    dataset int;
BEGIN
    -- That with the most left, so that in the end all sessions have something to do.
    SELECT t.dataset_id INTO dataset
    FROM dataset_turn t
    WHERE can_read(t.dataset_id) AND EXISTS (SELECT FROM pending p WHERE p.dataset_id = t.dataset_id AND p.problem IS NULL)
    ORDER BY (SELECT count(*) FROM pending p WHERE p.dataset_id = t.dataset_id AND p.problem IS NULL) DESC, t.dataset_id
    LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF dataset IS NULL THEN
        SELECT t.dataset_id INTO dataset
        FROM dataset_turn t
        WHERE can_read(t.dataset_id) AND EXISTS (SELECT FROM pending p WHERE p.dataset_id = t.dataset_id AND p.problem IS NULL)
        ORDER BY t.dataset_id LIMIT 1 FOR UPDATE;
    END IF;
    RETURN dataset;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.take_turn() IS
    'A dataset with something to compute, locked until the end of the transaction: of those that no other session computes the one with the most left, else the first to become free; NULL when nothing is left.';

CREATE FUNCTION terrcarbon_internal.compute_batch(account name, dataset int, codes text[]) RETURNS int
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    half CONSTANT int := cardinality(codes) / 2;
BEGIN
    PERFORM terrcarbon_internal.compute(dataset, codes);
    RETURN 0;
EXCEPTION
    WHEN serialization_failure THEN
        RAISE WARNING 'account %: %', account, SQLERRM;
        RETURN NULL;
    WHEN OTHERS THEN
        -- Half by half: the fault of one row must not hold up the others.
        IF half > 0 THEN
            RETURN terrcarbon_internal.compute_batch(account, dataset, codes[:half])
                + terrcarbon_internal.compute_batch(account, dataset, codes[half + 1:]);
        END IF;
        RAISE WARNING 'account %: dataset % in territory % keeps its former figures: %',
            account, terrcarbon_internal.dataset_name(dataset), coalesce(nullif(codes[1], ''), '(none)'), SQLERRM;
        UPDATE pending p SET problem = SQLERRM WHERE p.dataset_id = dataset AND p.territory_code = codes[1];
        RETURN 1;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.compute_batch(name, int, text[]) IS
    'Computes some territories of a dataset, those that fail apart; how many failed, NULL when access went meanwhile.';

CREATE FUNCTION terrcarbon_internal.analyze_figures() RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    -- Estimates are in no condition, and half of the time would go to them.
    ANALYZE balance (dataset_id, territory_code, sector, scope, allocation, year, area_ha, notation), part, coverage, contribution, territory, former_parent, setting, refresh_state, population, plan, target, declared_gap, change, pending;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.analyze_figures() IS 'Statistics of what refresh writes, on which plans of the next steps and of the views rest.';

-- A whole is added up in each step that computes a part of it, so that readers never see
-- it differ from its parts: one of many parts had better have fewer steps.
CREATE FUNCTION terrcarbon_internal.step_size() RETURNS int
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (SELECT s.batch_size * least(20, 1 + w.parts / 100)::int
            FROM setting s
            CROSS JOIN (SELECT coalesce(max(m.parts), 0) AS parts
                        FROM (SELECT count(*) AS parts FROM membership WHERE parent_code IS NOT NULL GROUP BY parent_code) AS m) AS w);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.step_size() IS
    'How many territories a step computes at most: setting.batch_size, and as many again for each 100 parts of the territory that has the most, at most 20 times.';

CREATE FUNCTION terrcarbon_internal.refresh_step(account name, OUT pairs int, OUT failed int)
    LANGUAGE C VOLATILE STRICT
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION terrcarbon_internal.refresh_step(name) IS
    'Computes one batch of what is pending; 0 pairs when nothing is left that can be computed.';
CREATE FUNCTION terrcarbon_internal.refresh_step_here(account name, OUT pairs int, OUT failed int)
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    dataset CONSTANT int := terrcarbon_internal.take_turn();
    codes text[];
    so_far bigint;
BEGIN
    pairs := 0;
    failed := 0;
    IF dataset IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('terrcarbon.gwp', s.gwp, true), as_known(NULL) FROM setting s;
    -- Siblings together: their parents are then computed once.
    SELECT array_agg(b.code) INTO codes
    FROM (SELECT p.territory_code AS code
          FROM pending p
          WHERE p.dataset_id = dataset AND p.problem IS NULL AND p.territory_code <> ''
          ORDER BY p.parent_code, p.territory_code
          LIMIT terrcarbon_internal.step_size()) AS b;
    IF codes IS NULL AND EXISTS (SELECT FROM pending p WHERE p.dataset_id = dataset AND p.problem IS NULL) THEN
        codes := '{""}';
    END IF;
    pairs := coalesce(cardinality(codes), -1);
    IF codes IS NOT NULL THEN
        failed := terrcarbon_internal.compute_batch(account, dataset, codes);
    END IF;
    IF failed IS NOT NULL AND codes IS NOT NULL THEN
        DELETE FROM pending p WHERE p.dataset_id = dataset AND p.territory_code = ANY (codes) AND p.problem IS NULL;
        UPDATE refresh_state SET step_at = clock_timestamp(), done = done + cardinality(codes) RETURNING done INTO so_far;
        -- A first run fills empty tables: its plans must not stay those for empty ones.
        IF so_far > (SELECT c.reltuples FROM pg_catalog.pg_class c WHERE c.oid = 'balance'::regclass) THEN
            PERFORM terrcarbon_internal.analyze_figures();
        END IF;
    END IF;
    failed := coalesce(failed, 0);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.refresh_step_here(name) IS 'Behind refresh_step; -1 pairs when another session was faster.';

CREATE FUNCTION terrcarbon_internal.warn_of_findings(account name) RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    reasons text;
    total bigint;
BEGIN
    SELECT string_agg(r.line, E'\n' ORDER BY r.n DESC, r.line) FILTER (WHERE r.place <= 20), sum(r.n) INTO reasons, total
    FROM (SELECT k.n, k.line, row_number() OVER (ORDER BY k.n DESC, k.line) AS place
          FROM (SELECT sum(c.n) AS n, format('%s of %s, dataset %s: %s', terrcarbon_internal.counted_rows(sum(c.n)), c.layer,
                           terrcarbon_internal.dataset_name(c.dataset_id), concat_ws(', ', c.reason, left(nullif(c.detail, ''), 200))) AS line
                -- A row that lacks in two scopes, as a fuel's parts do, is one row.
                FROM (SELECT f.layer, f.dataset_id, f.reason, f.detail, max(f.item_count) * (f.year_to - f.year_from + 1) AS n
                      FROM coverage f
                      WHERE f.kind = 'finding' AND f.reason <> 'no later map'
                      GROUP BY f.layer, f.dataset_id, f.reason, f.detail, f.territory_code, f.sector, f.allocation, f.year_from,
                               f.year_to) AS c
                GROUP BY c.layer, c.dataset_id, c.reason, c.detail) AS k) AS r;
    IF total > 0 THEN
        RAISE WARNING 'account %: % without a value, so the totals they belong to are unknown', account,
                terrcarbon_internal.counted_rows(total)
            USING DETAIL = reasons,
                  HINT = format('See coverage_by_territory of account %I; mend the rows, add the factor or the reference, or declare the gap.', account);
    END IF;
    -- Geometries may well be larger than the territories; a row without any is a slip.
    SELECT string_agg(format('%s of %s, dataset %s', terrcarbon_internal.counted_rows(o.n), o.layer,
                          terrcarbon_internal.dataset_name(o.dataset_id)), E'\n' ORDER BY o.n DESC, o.layer, o.dataset_id)
               FILTER (WHERE o.place <= 20), sum(o.n) INTO reasons, total
    FROM (SELECT c.layer, c.dataset_id, sum(c.item_count) AS n, row_number() OVER (ORDER BY sum(c.item_count) DESC) AS place
          FROM coverage c WHERE c.kind = 'outside' AND c.amount IS NULL
          GROUP BY c.layer, c.dataset_id) AS o;
    IF total > 0 THEN
        RAISE WARNING 'account %: % without a territory, in no total', account, terrcarbon_internal.counted_rows(total)
            USING DETAIL = reasons, HINT = 'Give the rows a territory: the figures look complete without them.';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.warn_of_findings(name) IS 'One warning that counts the rows without a value by reason, at most 20, and one for those without a territory. That the years after the last map are not known yet is no fault.';

CREATE FUNCTION terrcarbon_internal.refresh_end(account name) RETURNS text
    LANGUAGE C VOLATILE STRICT
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION terrcarbon_internal.refresh_end(name) IS 'Closes a refresh and says what is left; the datasets whose figures are stale, where setting.when_stale asks to fail.';
CREATE FUNCTION terrcarbon_internal.refresh_end_here(account name) RETURNS text
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    left_over record;
    pairs bigint;
    stale text;
BEGIN
    FOR left_over IN
        SELECT w.dataset_id FROM (SELECT p.dataset_id FROM pending p
                                  UNION SELECT c.dataset_id FROM change c WHERE c.dataset_id IS NOT NULL) AS w
        WHERE NOT can_read(w.dataset_id) ORDER BY w.dataset_id
    LOOP
        RAISE WARNING 'account %: dataset % cannot be read by %, its former figures stand',
            account, terrcarbon_internal.dataset_name(left_over.dataset_id), current_user
            USING HINT = 'Its producer can grant access: terrcarbon.grant_access(...).';
    END LOOP;
    UPDATE refresh_state SET finished_at = clock_timestamp() RETURNING total INTO pairs;
    PERFORM terrcarbon_internal.warn_of_findings(account);
    -- Plans of views rest on statistics; after a small change autovacuum keeps them.
    IF pairs * 10 > (SELECT count(*) FROM contribution) THEN
        PERFORM terrcarbon_internal.analyze_figures();
    END IF;
    SELECT string_agg(DISTINCT terrcarbon_internal.dataset_name(w.dataset_id), ', ') INTO stale
    FROM (SELECT p.dataset_id FROM pending p WHERE p.problem IS NOT NULL
          UNION SELECT c.dataset_id FROM stale_dataset c WHERE NOT can_read(c.dataset_id)) AS w
    CROSS JOIN setting s WHERE s.when_stale <> 'warn';
    IF stale IS NOT NULL THEN
        PERFORM pg_notify('terrcarbon', json_build_object('account', account, 'stale', stale)::text);
    END IF;
    RETURN (SELECT stale FROM setting s WHERE s.when_stale = 'fail');
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.refresh_end_here(name) IS 'Behind refresh_end.';

CREATE FUNCTION terrcarbon_internal.start_refresh_workers(account name, workers int) RETURNS int
    LANGUAGE C VOLATILE STRICT
    AS 'MODULE_PATHNAME', 'start_refresh_workers';
COMMENT ON FUNCTION terrcarbon_internal.start_refresh_workers(name, int) IS
    'Starts background workers that take steps of a refresh with the caller''s rights; how many could be started. Error 22023 for more than 64 or less than 0.';

CREATE FUNCTION terrcarbon_internal.wait_for_refresh_workers() RETURNS void
    LANGUAGE C VOLATILE
    AS 'MODULE_PATHNAME', 'wait_for_refresh_workers';
COMMENT ON FUNCTION terrcarbon_internal.wait_for_refresh_workers() IS 'Waits until the workers that this session started have ended.';

-- No SET clause here: it would forbid COMMIT.
CREATE PROCEDURE refresh(account name, "full" boolean DEFAULT false, workers int DEFAULT 0)
    LANGUAGE plpgsql
AS $$
DECLARE
    total pg_catalog.int8;
    step record;
    done pg_catalog.int8 := 0;
    percent pg_catalog.int8;
    said pg_catalog.int8 := -1;
    stale pg_catalog.text;
    started pg_catalog.int4;
BEGIN
    -- A step must see what was committed while it waited for its turn.
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    total := terrcarbon_internal.refresh_begin(account, "full");
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    started := terrcarbon_internal.start_refresh_workers(account, workers);
    IF started OPERATOR(pg_catalog.<) workers THEN
        RAISE NOTICE 'account %: % of % workers could be started', account, started, workers
            USING HINT = 'Raise max_worker_processes.';
    END IF;
    LOOP
        SELECT * INTO step FROM terrcarbon_internal.refresh_step(account);
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        EXIT WHEN step.pairs OPERATOR(pg_catalog.=) 0;
        CONTINUE WHEN step.pairs OPERATOR(pg_catalog.<) 0;
        done := done OPERATOR(pg_catalog.+) step.pairs;
        percent := done OPERATOR(pg_catalog.*) 100 OPERATOR(pg_catalog./) greatest(total, 1);
        CONTINUE WHEN percent OPERATOR(pg_catalog.=) said;
        said := percent;
        RAISE NOTICE 'account %: % of % pairs of dataset and territory done', account, done, total;
    END LOOP;
    PERFORM terrcarbon_internal.wait_for_refresh_workers();
    stale := terrcarbon_internal.refresh_end(account);
    COMMIT;
    IF stale IS NOT NULL THEN
        RAISE EXCEPTION 'account %: the figures of some datasets are stale', account
            USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = stale,
                  HINT = 'See refresh_progress and pending of the account; all else was computed.';
    END IF;
END;
$$;
COMMENT ON PROCEDURE refresh(name, boolean, int) IS
    'Brings the balance of an account up to date: what changed since the last time, or everything with full, in steps that commit, so not inside a transaction block. What was interrupted is resumed by the next call; sessions that refresh one account at once share the datasets. workers: background workers that share them with this session, 0 to 64, whose warnings go to the server''s log; they end with it. Always with the rights of the account''s owner, for whoever has these. Warns of what it could not read or price. Errors: 3F000 no such account, 22023 too many workers, 42501, and 55000 at the end where setting.when_stale says so.';
