-- Publications that stay as they are.

CREATE FUNCTION terrcarbon_internal.publication_is_final() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'a publication is never changed nor removed'
        USING ERRCODE = 'object_not_in_prerequisite_state',
              HINT = 'Publish another one.';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.publication_is_final() IS
    'Statement trigger of publications: refuses everything but INSERT.';

CREATE FUNCTION publish(account name, title text, year int) RETURNS int
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION publish(name, text, int) IS
    'Publishes the figures of a year for everybody, and gives the number of the publication: those figures by territory, sector and scope that are complete and made of open datasets only, their total (sector all, scope 1+2: every sector but land; NULL where one of them lacks), and those of the releases in force; with the lines, factors, stock references, boundaries and licences they rest on. Sealed by the SHA-256 of their canonical text (publication_text), which carries on the digest of the publication before. A title that the account has for the year already gets the next version of it. For the owner of the account. Errors: 3F000 no such account, 42501, 22023 no title or year, P0002 there is nothing to publish, 55000 changes wait for a refresh, or the licences of the datasets do not allow it.';

CREATE FUNCTION verify_publication(account name)
    RETURNS TABLE (publication_id int, title text, version int, intact boolean, problem text)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 10 COST 1000000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION verify_publication(name) IS
    'Computes the digests of all publications of an account again: whether each is what was sealed, and carries on the one before; problem says what is not. Whoever kept the last digest can tell that none was replaced. Anybody may call it. Errors: 3F000 no such account.';

CREATE FUNCTION terrcarbon_internal.publication_digest(body text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
RETURN encode(sha256(convert_to(body, 'UTF8')), 'hex');
COMMENT ON FUNCTION terrcarbon_internal.publication_digest(text) IS 'SHA-256 of a text in UTF-8, in hexadecimal.';

CREATE FUNCTION terrcarbon_internal.open_figures(for_year int, place text DEFAULT NULL)
    RETURNS TABLE (territory_code text, sector text, scope text, content jsonb, datasets int[])
    LANGUAGE plpgsql STABLE ROWS 1000
    SET jit = off
    SET extra_float_digits = 1
    SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT e.territory_code, e.sector, e.scope, e.co2e, e.removal_co2e, e.complete AND d.open AS open,
               e.sector <> 'land' AND e.scope <> '3' AS counts, d.ids
        FROM balance_estimate e
        CROSS JOIN LATERAL (
            SELECT array_agg(b.dataset_id ORDER BY b.dataset_id) AS ids,
                   coalesce(bool_and(c.access = 'open'), false) AS open
            FROM balance b
            LEFT JOIN dataset_catalogue c ON c.id = b.dataset_id
            WHERE b.territory_code = e.territory_code AND b.sector = e.sector AND b.scope = e.scope AND b.allocation = e.allocation AND b.year = e.year
        ) AS d
        WHERE e.year = for_year AND e.allocation = 'territorial' AND e.scope IN ('1', '2', '3') AND (place IS NULL OR e.territory_code = place)
    ), figure AS (
        SELECT t.territory_code, t.sector, t.scope, t.co2e, t.removal_co2e, true AS known, t.ids FROM told t WHERE t.open
      UNION ALL
        SELECT t.territory_code, 'all', '1+2', a.emissions, t.removal_co2e, k.known, CASE WHEN k.known THEN t.ids END
        FROM (SELECT o.territory_code, bool_and(o.open) FILTER (WHERE o.counts) AS open, sum(o.removal_co2e) FILTER (WHERE o.counts) AS removal_co2e,
                     (SELECT array_agg(DISTINCT u.id ORDER BY u.id) FROM told i CROSS JOIN LATERAL unnest(i.ids) AS u (id)
                      WHERE i.territory_code = o.territory_code AND i.counts) AS ids
              FROM told o GROUP BY o.territory_code HAVING bool_or(o.open)) AS t
        LEFT JOIN actual_total a ON a.territory_code = t.territory_code AND a.year = for_year AND (place IS NULL OR a.territory_code = place)
        CROSS JOIN LATERAL (SELECT coalesce(t.open AND a.complete, false)) AS k (known)
    )
    SELECT f.territory_code, f.sector, f.scope,
           jsonb_build_object('territory_code', f.territory_code, 'sector', f.sector, 'scope', f.scope,
               'emissions', CASE WHEN f.known THEN coalesce(value(f.co2e), 0) / 1000 END,
               'emissions_low', CASE WHEN f.known THEN coalesce(lower(f.co2e), 0) / 1000 END,
               'emissions_high', CASE WHEN f.known THEN coalesce(upper(f.co2e), 0) / 1000 END,
               'removals', CASE WHEN f.known THEN coalesce(value(f.removal_co2e), 0) / 1000 END,
               'datasets', to_jsonb(f.ids)),
           f.ids
    FROM figure f;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.open_figures(int, text) IS
    'Figures of a year by territory (or of one of them), sector and scope that are complete and made of open datasets only; beside them the total of the territory, sector all and scope 1+2: every sector but land, its figures NULL unless all of them are there.';

CREATE FUNCTION terrcarbon_internal.released_figures(for_year int)
    RETURNS TABLE (territory_code text, sector text, content jsonb, datasets int[])
    LANGUAGE plpgsql STABLE ROWS 1000
    SET extra_float_digits = 1
AS $$
BEGIN
    IF to_regclass('release_cell') IS NOT NULL THEN
        RETURN QUERY
        SELECT c.territory_code, c.sector,
               jsonb_build_object('territory_code', c.territory_code, 'sector', c.sector, 'release_id', r.id,
                   'emissions', max(c.tonnes) FILTER (WHERE c.measure = 'emissions'), 'removals', max(c.tonnes) FILTER (WHERE c.measure = 'removals')),
               r.sources
        FROM release_cell c
        JOIN release r ON r.id = c.release_id
        WHERE r.year = for_year AND r.allocation = 'territorial' AND c.tonnes IS NOT NULL
            AND NOT EXISTS (SELECT FROM release later WHERE later.replaces = r.id)
        GROUP BY c.territory_code, c.sector, r.id, r.sources;
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.released_figures(int) IS 'Figures of the releases in force of a year; none where the account has no releases.';

CREATE FUNCTION terrcarbon_internal.publication_lines(for_year int, places text[] DEFAULT NULL)
    RETURNS TABLE (key text, content jsonb, factor_id int, reference_ids int[], datasets int[])
    LANGUAGE plpgsql STABLE ROWS 10000
    SET jit = off
    SET extra_float_digits = 1
    SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN QUERY
    SELECT concat_ws('/', l.dataset_id, l.layer, l.row_id, l.territory_code, l.sector, l.scope, l.factor_id, l.kind,
                     row_number() OVER (PARTITION BY l.dataset_id, l.layer, l.row_id, l.territory_code, l.sector, l.scope, l.factor_id, l.kind
                                        ORDER BY value(l.co2e), l.detail COLLATE "C")),
           jsonb_strip_nulls(jsonb_build_object('dataset_id', l.dataset_id, 'layer', l.layer, 'row_id', l.row_id, 'territory_code', l.territory_code,
               'sector', l.sector, 'scope', l.scope, 'kind', l.kind, 'quantity', value(l.quantity), 'unit', l.unit, 'factor_id', l.factor_id,
               'emission', l.emission::jsonb, 'kg_co2e', value(l.co2e), 'tonnes_carbon', value(l.carbon), 'notation', l.notation, 'note', l.note, 'detail', l.detail)),
           l.factor_id,
           CASE WHEN l.code IS NOT NULL THEN
               (SELECT array_agg(DISTINCT r.reference_id) FROM stock_references(l.nomenclature, l.code, l.year, l.reference_code) AS r
                WHERE r.reference_id IS NOT NULL) END,
           ARRAY[l.dataset_id]
    FROM line l
    JOIN dataset_catalogue c ON c.id = l.dataset_id AND c.access = 'open'
    WHERE l.year = for_year AND l.allocation = 'territorial' AND (places IS NULL OR l.territory_code = ANY (places));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.publication_lines(int, text[]) IS 'Lines of the open datasets of an account in a year (in some territories of it), with the factor and stock references they rest on.';

CREATE FUNCTION terrcarbon_internal.published_territories(of_publication int, for_year int) RETURNS TABLE (key text, content jsonb)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET extra_float_digits = 1
AS $$
BEGIN
    IF of_publication IS NOT NULL THEN
        RETURN QUERY SELECT i.key, i.content FROM publication_item i WHERE i.publication_id = of_publication AND i.kind = 'territory';
    ELSE
        RETURN QUERY
        SELECT t.code, jsonb_build_object('name', t.name, 'level', t.level, 'parent_code', m.parent_code, 'area_m2', t.area_m2,
                   'residents', (SELECT p.residents FROM population p WHERE p.territory_code = t.code AND p.year = for_year),
                   'boundary_sha256', encode(sha256(st_asbinary(t.geom, 'NDR')), 'hex'))
        FROM territory t
        JOIN membership m ON m.code = t.code AND for_year BETWEEN m.first_year AND m.last_year;
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.published_territories(int, int) IS 'What a publication says of its territories; without a publication, what the account says of them for a year.';

-- Times are in UTC, whatever the clock of the one who publishes.
CREATE FUNCTION terrcarbon_internal.fill_publication(new_id int, for_year int) RETURNS int[]
    LANGUAGE plpgsql VOLATILE
    SET jit = off
    SET extra_float_digits = 1
    SET timezone = 'UTC'
AS $$
DECLARE
    used int[];
BEGIN
    INSERT INTO publication_item SELECT new_id, 'figure', concat_ws('/', f.territory_code, f.sector, f.scope), f.content
    FROM terrcarbon_internal.open_figures(for_year) AS f;
    INSERT INTO publication_item SELECT new_id, 'released', concat_ws('/', f.territory_code, f.sector), f.content
    FROM terrcarbon_internal.released_figures(for_year) AS f;
    WITH l AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.publication_lines(for_year)
    ), item (kind, key, content) AS (
        SELECT 'line', l.key, l.content FROM l
      UNION ALL
        SELECT 'factor', f.id::text, to_jsonb(f) - 'shipped' FROM factor f WHERE f.id IN (SELECT l.factor_id FROM l)
      UNION ALL
        SELECT 'reference', s.id::text, to_jsonb(s) - 'shipped' FROM stock_reference s
        WHERE s.id IN (SELECT unnest(l.reference_ids) FROM l
                       UNION ALL
                       SELECT r.reference_id
                       FROM terrcarbon_internal.changed_classes(for_year) AS c
                       JOIN dataset_catalogue d ON d.id = c.dataset_id AND d.access = 'open'
                       CROSS JOIN LATERAL stock_references(c.nomenclature, c.code, c.year_of, c.reference_code) AS r)
      UNION ALL
        SELECT 'territory', t.key, t.content
        FROM terrcarbon_internal.published_territories(NULL, for_year) AS t
        WHERE t.key IN (SELECT i.content ->> 'territory_code' FROM publication_item i WHERE i.publication_id = new_id)
    )
    INSERT INTO publication_item SELECT new_id, item.kind, item.key, item.content FROM item;
    SELECT array_agg(DISTINCT u.id ORDER BY u.id) INTO used
    FROM (SELECT unnest(f.datasets) AS id FROM terrcarbon_internal.open_figures(for_year) AS f
          UNION SELECT unnest(r.datasets) FROM terrcarbon_internal.released_figures(for_year) AS r
          UNION SELECT (i.content ->> 'dataset_id')::int FROM publication_item i WHERE i.publication_id = new_id) AS u
    WHERE u.id IS NOT NULL;
    INSERT INTO publication_item
    SELECT new_id, 'dataset', d.id::text, jsonb_build_object('slug', d.slug, 'title', d.title, 'licence', d.licence, 'access', d.access, 'updated', d.updated)
    FROM dataset_catalogue d WHERE d.id = ANY (used);
    RETURN used;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.fill_publication(int, int) IS
    'Puts the items of a year into a publication, and gives the datasets they come from.';

CREATE FUNCTION terrcarbon_internal.publish(account name, title text, year int) RETURNS int
    LANGUAGE plpgsql VOLATILE
    SET extra_float_digits = 1
AS $$
DECLARE
    new_id int;
    new_version int;
    terms record;
BEGIN
    IF NOT coalesce(btrim(title) <> '', false) OR NOT coalesce(year BETWEEN 1900 AND 2200, false) THEN
        RAISE EXCEPTION 'a publication needs a title and a year'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The title is %s, the year %s.', coalesce(quote_literal(left(title, 100)), 'NULL'), coalesce(year::text, 'NULL'));
    END IF;
    -- Figures and the lines behind them must be of one moment.
    IF EXISTS (SELECT FROM freshness f WHERE f.stale) THEN
        RAISE EXCEPTION 'the balance of account % is not up to date', quote_ident(account)
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('CALL terrcarbon.refresh(%L) first.', account);
    END IF;
    IF NOT EXISTS (SELECT FROM terrcarbon_internal.open_figures(publish.year))
        AND NOT EXISTS (SELECT FROM terrcarbon_internal.released_figures(publish.year)) THEN
        RAISE EXCEPTION 'there is nothing to publish of %', year
            USING ERRCODE = 'no_data_found',
                  DETAIL = 'No figure of that year is complete and made of open datasets only, and none is released.',
                  HINT = 'See balance_by_territory of the account, and release().';
    END IF;
    -- One at a time, so that each carries on the one before.
    LOCK TABLE publication IN SHARE ROW EXCLUSIVE MODE;
    SELECT e.* INTO terms
    FROM (SELECT array_agg(DISTINCT u.id) AS ids
          FROM (SELECT unnest(f.datasets) FROM terrcarbon_internal.open_figures(publish.year) AS f
                UNION SELECT unnest(r.datasets) FROM terrcarbon_internal.released_figures(publish.year) AS r
                UNION SELECT unnest(l.datasets) FROM terrcarbon_internal.publication_lines(publish.year) AS l) AS u (id)) AS s
    LEFT JOIN LATERAL effective_licence(s.ids) AS e ON s.ids IS NOT NULL;
    IF NOT terms.publishable THEN
        RAISE EXCEPTION 'the licences of the datasets do not allow a publication'
            USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = left(terms.reason, 300),
                  HINT = 'See effective_licence().';
    END IF;
    new_version := 1 + (SELECT count(*) FROM publication p WHERE p.title = publish.title AND p.year = publish.year);
    INSERT INTO publication (title, year, version, published_at, published_by, software, gwp, licences, attribution, former_digest)
    SELECT publish.title, publish.year, new_version, now(), current_user, (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'terrcarbon'),
           s.gwp, coalesce(terms.licences, '{}'), terms.attribution,
           (SELECT l.digest FROM publication_seal l ORDER BY l.publication_id DESC LIMIT 1)
    FROM setting s
    RETURNING id INTO new_id;
    PERFORM terrcarbon_internal.fill_publication(new_id, publish.year);
    INSERT INTO publication_seal VALUES (new_id, terrcarbon_internal.publication_digest(publication_text(new_id)));
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO PUBLIC', account);
    IF new_version > 1 THEN
        RAISE NOTICE 'publication % is version % of this title', new_id, new_version
            USING DETAIL = 'The versions before stay as they are.', HINT = 'explain_change() says why a figure differs from theirs.';
    END IF;
    RETURN new_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.publish(name, text, int) IS 'Behind publish, as the owner of the account.';

CREATE FUNCTION terrcarbon_internal.verify_publication(account name)
    RETURNS TABLE (publication_id int, title text, version int, intact boolean, problem text)
    LANGUAGE plpgsql STABLE ROWS 10
AS $$
BEGIN
    RETURN QUERY
    SELECT v.id, v.title, v.version, v.problem IS NULL, v.problem
    FROM (
        SELECT p.id, p.title, p.version,
               CASE WHEN s.digest IS NULL THEN 'it has no seal'
                    WHEN s.digest <> terrcarbon_internal.publication_digest(publication_text(p.id)) THEN 'its text is not the one that was sealed'
                    WHEN p.former_digest IS DISTINCT FROM lag(s.digest) OVER (ORDER BY p.id) THEN 'it does not carry on the one before'
               END AS problem
        FROM publication p
        LEFT JOIN publication_seal s ON s.publication_id = p.id
    ) AS v
    ORDER BY v.id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.verify_publication(name) IS 'Behind verify_publication, with the account on the path.';
