-- Making and dropping accounts, and adding layers to them.

-- PostGIS may be in any schema, and an account speaks of its types.
CREATE FUNCTION terrcarbon_internal.postgis_schema() RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE COST 10
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT n.nspname
    FROM pg_extension e
    JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'postgis'
$$;
COMMENT ON FUNCTION terrcarbon_internal.postgis_schema() IS 'The schema PostGIS is installed in.';

CREATE FUNCTION terrcarbon_internal.columns_of(relation regclass) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE COST 10
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
$$;
COMMENT ON FUNCTION terrcarbon_internal.columns_of(regclass) IS 'Names of the columns of a relation, in their order.';

CREATE FUNCTION terrcarbon_internal.union_of(relations regclass[], names text[], model regclass, own text[]) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(one.query, ' UNION ALL ' ORDER BY one.name)
    FROM (
        SELECT u.name, format('SELECT %L::text AS layer, %s FROM %s%s', u.name, string_agg(
                   CASE WHEN a.attname = 'year_to' AND u.name = ANY (own) THEN 'coalesce(year_to, year_from)::integer AS year_to'
                        WHEN a.attname = ANY (terrcarbon_internal.columns_of(u.relation)) THEN format('%I::%s', a.attname, type)
                        ELSE format('%s::%s AS %I', quote_nullable(CASE a.attname WHEN 'allocation' THEN 'territorial'
                            WHEN 'kind' THEN 'emission' WHEN 'daily' THEN 'false' WHEN 'units' THEN '1' END), type, a.attname) END,
                   ', ' ORDER BY a.attnum), u.relation,
                   CASE WHEN u.name = ANY (own) THEN ' WHERE year_from IS NOT NULL AND terrcarbon_internal.is_sector(sector)' END) AS query
        FROM unnest(relations, names) AS u (relation, name)
        CROSS JOIN pg_attribute a
        CROSS JOIN LATERAL format_type(a.atttypid, a.atttypmod) AS type
        WHERE a.attrelid = model AND a.attnum > 0 AND NOT a.attisdropped AND u.relation IS NOT NULL
        GROUP BY u.name, u.relation
    ) AS one
$$;
COMMENT ON FUNCTION terrcarbon_internal.union_of(regclass[], text[], regclass, text[]) IS
    'A query that unites relations by the columns of a model, with the name of each first; what one lacks is NULL, or the default of a line. Of own layers rows without a year or of no sector are left out, which refresh reports.';

CREATE FUNCTION terrcarbon_internal.copy_comments(relation regclass, model regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('COMMENT ON COLUMN %s.%I IS %L', relation, a.attname, col_description(model, m.attnum))
        FROM pg_attribute a
        JOIN pg_attribute m ON m.attrelid = model AND m.attname = a.attname AND m.attnum > 0
        WHERE a.attrelid = relation AND a.attnum > 0 AND col_description(relation, a.attnum) IS NULL
    LOOP
        EXECUTE statement;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.copy_comments(regclass, regclass) IS
    'Gives the columns of a relation that have no comment that of the column of the same name of a model.';

-- Runs with the account on the path.  The one place where a statement is put
-- together: the layers of an account are known only then.
CREATE FUNCTION terrcarbon_internal.build_ledger() RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    part record;
    names text[];
    own text[];
BEGIN
    SELECT array_agg(l.name ORDER BY l.name), coalesce(array_agg(l.name) FILTER (WHERE NOT l.shipped), '{}') INTO names, own FROM layer l;
    FOR part IN
        SELECT v.name, v.about, v.model, terrcarbon_internal.union_of(v.relations, names, v.model, own) AS query
        FROM (VALUES
            ('item', 'Rows by territory, of all layers: what is to be priced.', 'building_item'::regclass,
                (SELECT array_agg(quote_ident(l.items)::regclass ORDER BY l.name) FROM layer l)),
            ('changed_land', 'Land that changed its class, of all layers.', 'land_cover_change'::regclass,
                (SELECT array_agg(quote_ident(l.changes)::regclass ORDER BY l.name) FROM layer l)),
            ('flow', 'Lines that have their value already, of all layers.', 'land_cover_flow'::regclass,
                (SELECT array_agg(quote_ident(l.flows)::regclass ORDER BY l.name) FROM layer l)),
            ('deposit', 'Rows as deposited, of all layers.', 'building_deposit'::regclass,
                (SELECT array_agg(quote_ident(l.deposits)::regclass ORDER BY l.name) FROM layer l)),
            ('candidate', 'Territories that datasets may have rows in, of all layers.', 'building_place'::regclass,
                (SELECT array_agg(quote_ident(coalesce(l.places, l.items))::regclass ORDER BY l.name) FROM layer l))
        ) AS v (name, about, model, relations)
    LOOP
        EXECUTE format('CREATE OR REPLACE VIEW %I WITH (security_invoker = on) AS %s', part.name, part.query);
        EXECUTE format('COMMENT ON VIEW %I IS %L', part.name, part.about);
        EXECUTE format('COMMENT ON COLUMN %I.layer IS %L', part.name, 'Layer');
        PERFORM terrcarbon_internal.copy_comments(quote_ident(part.name)::regclass, part.model);
        PERFORM terrcarbon_internal.copy_comments(quote_ident(v.name)::regclass, part.model)
        FROM layer l CROSS JOIN LATERAL unnest(ARRAY[CASE part.name WHEN 'item' THEN l.items WHEN 'deposit' THEN l.deposits
            WHEN 'candidate' THEN l.places END]) AS v (name)
        WHERE l.shipped AND v.name IS NOT NULL;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.build_ledger() IS 'Makes the views item, changed_land, flow, deposit and candidate of the layers in the registry. The columns of a kind of view are described once, in the layer building.';

CREATE FUNCTION terrcarbon_internal.watch_table(relation regclass, kind text) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    watch record;
BEGIN
    FOR watch IN
        SELECT * FROM (VALUES
            ('note_insert', 'INSERT', 'REFERENCING NEW TABLE AS changed_rows', kind),
            ('note_delete', 'DELETE', 'REFERENCING OLD TABLE AS changed_rows', kind),
            ('note_update_from', 'UPDATE', 'REFERENCING OLD TABLE AS changed_rows', nullif(kind, 'territory')),
            ('note_update', 'UPDATE', CASE kind WHEN 'territory' THEN 'REFERENCING OLD TABLE AS former_rows NEW TABLE AS changed_rows'
                ELSE 'REFERENCING NEW TABLE AS changed_rows' END, kind),
            ('note_truncate', 'TRUNCATE', '', CASE kind WHEN 'members' THEN kind ELSE 'everything' END)) AS v (name, op, tables, function)
        WHERE function IS NOT NULL
    LOOP
        EXECUTE format('CREATE TRIGGER %s AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.note_%s()',
            watch.name, watch.op, relation, watch.tables, watch.function);
    END LOOP;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.watch_table(regclass, text) IS
    'Puts the triggers on a table that note what a refresh has to compute again. kind: boxes, trips, territories, datasets, gaps, territory, members, everything.';

CREATE FUNCTION terrcarbon_internal.sign_account(account name, srid int) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', account, format('Carbon account (terrcarbon %s), SRID %s',
        (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'terrcarbon'), srid));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.sign_account(name, int) IS
    'Writes the version that an account is of in the comment of its schema, where everybody can read it without touching the account.';

CREATE FUNCTION account_version(account name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE COST 10
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT substring(obj_description(n.oid, 'pg_namespace') FROM '^Carbon account \(terrcarbon (\S+)\)')
    FROM pg_namespace n WHERE n.nspname = account
$$;
COMMENT ON FUNCTION account_version(name) IS
    'The version of the extension that made an account or brought it up to date last; NULL when there is no such account. See upgrade_account.';

CREATE FUNCTION terrcarbon_internal.account_build(account name, srid int, room text) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET client_min_messages = warning
AS $$
DECLARE
    template record;
BEGIN
    -- Objects go to the first schema; the caller restores the path.
    PERFORM pg_catalog.set_config('search_path', pg_catalog.format('%I, terrcarbon, %I, pg_temp', account,
        terrcarbon_internal.postgis_schema()), true);
    FOR template IN
        SELECT t.name, t.body FROM terrcarbon_internal.account_template t WHERE t.room = account_build.room ORDER BY t.name COLLATE "C"
    LOOP
        EXECUTE regexp_replace(template.body, '\m4326\M', srid::text, 'g');
    END LOOP;
    IF room = 'account' THEN
        PERFORM terrcarbon_internal.sign_account(account, srid);
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.account_build(name, int, text) IS 'Makes the tables and views of an account, or of its releases, as the current role.';

CREATE FUNCTION terrcarbon_internal.check_new_account(account name, srid int, owner regrole) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    known boolean;
BEGIN
    IF EXISTS (SELECT FROM pg_namespace WHERE nspname = account) THEN
        RAISE EXCEPTION 'schema % already exists', quote_ident(account)
            USING ERRCODE = 'duplicate_schema',
                  HINT = 'An account is a schema of its own: choose another name.';
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.spatial_ref_sys WHERE srid = $1)', terrcarbon_internal.postgis_schema())
        INTO known USING srid;
    IF srid IS NULL OR account IS NULL OR NOT known THEN
        RAISE EXCEPTION 'an account needs a name and a SRID of spatial_ref_sys'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The name is %s, the SRID %s.', coalesce(account, 'NULL'), coalesce(srid::text, 'NULL')),
                  HINT = 'For example 4326 (longitude and latitude) or 2154 (Lambert-93).';
    END IF;
    IF owner IS NULL OR EXISTS (SELECT FROM pg_roles WHERE oid = owner AND (rolsuper OR rolbypassrls)) THEN
        RAISE EXCEPTION 'an account belongs to a role that is neither superuser nor has BYPASSRLS'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The owner would be %s.', coalesce(owner::text, 'NULL')),
                  HINT = 'Its owner counts what the licences let him read, and no more: create_account(..., owner => ''a_role'').';
    END IF;
    IF NOT pg_has_role(owner, 'MEMBER') THEN
        RAISE EXCEPTION 'must be a member of % to make an account of it', owner
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_new_account(name, int, regrole) IS 'The faults a new account may have; errors as those of create_account.';

CREATE FUNCTION create_account(account name, srid int DEFAULT 4326, owner name DEFAULT NULL) RETURNS regnamespace
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET client_min_messages = warning
AS $$
DECLARE
    owner_id CONSTANT regrole := to_regrole(quote_ident(coalesce(owner, current_user)));
BEGIN
    PERFORM terrcarbon_internal.check_new_account(account, srid, owner_id);
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION %s', account, owner_id);
    PERFORM terrcarbon_internal.run_as(owner_id, format('SELECT terrcarbon_internal.account_build(%L, %L, ''account'')', account, srid));
    RETURN quote_ident(account)::regnamespace;
END;
$$;
COMMENT ON FUNCTION create_account(name, int, name) IS
    'Makes a carbon account: a schema with its tables, under the licences of its rows, and its views, all of owner (the caller by default), who is neither superuser nor has BYPASSRLS. The caller needs CREATE on the database and to be a member of the owner. Geometries are in the SRID given. Errors: 42P06 when the schema exists, 22023 for a NULL or unknown SRID or owner, 42501.';

CREATE FUNCTION drop_account(account name) RETURNS void
    LANGUAGE C VOLATILE STRICT
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION drop_account(name) IS
    'Drops an account with all that was deposited in it and released from it. What others made on it, such as their views, is not dropped with it: error 2BP01. Errors: 3F000 no such account, 42501 for who has not its owner''s rights.';

CREATE FUNCTION terrcarbon_internal.drop_account(account name) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET client_min_messages = warning
AS $$
DECLARE
    foreign_object text;
BEGIN
    SELECT format('%s', d.objid::regclass) INTO foreign_object
    FROM pg_depend d
    JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_class v ON v.oid = r.ev_class
    JOIN pg_class t ON t.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass
    WHERE t.relnamespace = quote_ident(account)::regnamespace AND v.relnamespace <> t.relnamespace
    LIMIT 1;
    IF foreign_object IS NOT NULL THEN
        RAISE EXCEPTION 'views outside account % depend on it', quote_ident(account)
            USING ERRCODE = 'dependent_objects_still_exist',
                  DETAIL = format('One of them has the rule %s.', foreign_object),
                  HINT = 'Drop them first.';
    END IF;
    EXECUTE format('DROP SCHEMA %I CASCADE', account);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.drop_account(name) IS 'Behind drop_account, as the owner.';

CREATE FUNCTION register_layer(account name, name text, items regclass) RETURNS void
    LANGUAGE C VOLATILE STRICT
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION register_layer(name, text, regclass) IS
    'Adds a table or view of one''s own to the ledger of an account: each of its rows is a row in a territory, with at least dataset_id, row_id (or id), territory_code, year_from (NOT NULL in a table), year_to (NULL: year_from alone) and sector, and of the other columns of item those it has. It is in the account''s schema and belongs to its owner; a table is protected (see protect), a view is security_invoker and rests on protected tables only. Refresh, explanations, releases and coverage then count it. Its changes are noted where it is a table, which may be partitioned; for a view, and when partitions with rows come or go, refresh with full. Errors: 3F000 no such account, or one elsewhere, 42501, 42703 a column that lacks, 55000 what is not protected or a year_from that may be empty, 42710 a layer of that name.';

CREATE FUNCTION terrcarbon_internal.unprotected_below(relation regclass) RETURNS regclass
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
    WITH RECURSIVE below (id) AS (
        SELECT relation::oid
      UNION
        SELECT d.refobjid
        FROM below
        JOIN pg_rewrite r ON r.ev_class = below.id
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid <> below.id
    )
    SELECT c.oid::regclass
    FROM below
    JOIN pg_class c ON c.oid = below.id
    WHERE c.relnamespace <> 'terrcarbon'::regnamespace AND c.relnamespace <> 'pg_catalog'::regnamespace
        AND CASE WHEN c.relkind IN ('r', 'p') THEN NOT c.relrowsecurity
                     AND (c.oid = relation OR 'dataset_id' = ANY (terrcarbon_internal.columns_of(c.oid)))
                 WHEN c.relkind = 'v' THEN NOT coalesce(c.reloptions && '{security_invoker=on,security_invoker=true}', false)
                 ELSE true END
    LIMIT 1
$$;
COMMENT ON FUNCTION terrcarbon_internal.unprotected_below(regclass) IS
    'A relation that a table or view is or rests on and that no policy protects; NULL when there is none. Tables that a view rests on and that have no dataset_id, as those of territories, need no policy.';

CREATE FUNCTION terrcarbon_internal.register_layer(account name, name text, items regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET client_min_messages = warning
AS $$
DECLARE
    lacking text;
    bare regclass := terrcarbon_internal.unprotected_below(items);
BEGIN
    SELECT string_agg(c, ', ') INTO lacking
    FROM unnest('{dataset_id,row_id,territory_code,year_from,year_to,sector}'::text[]) AS c
    WHERE c <> ALL (terrcarbon_internal.columns_of(items));
    IF lacking IS NOT NULL THEN
        RAISE EXCEPTION 'a layer needs columns that % has not', items
            USING ERRCODE = 'undefined_column', DETAIL = format('It has no %s.', lacking),
                  HINT = 'See the columns of the view item of the account.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = items AND pg_get_userbyid(c.relowner) = current_user) THEN
        RAISE EXCEPTION '% does not belong to the owner of account %', items, quote_ident(account)
            USING ERRCODE = 'insufficient_privilege', HINT = format('ALTER TABLE ... OWNER TO %I.', current_user);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = items AND c.relnamespace = quote_ident(account)::regnamespace) THEN
        RAISE EXCEPTION '% is not in account %', items, quote_ident(account)
            USING ERRCODE = 'invalid_schema_name', HINT = format('ALTER TABLE ... SET SCHEMA %I.', account);
    END IF;
    IF EXISTS (SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'year_from'
               WHERE c.oid = items AND c.relkind IN ('r', 'p') AND NOT a.attnotnull) THEN
        RAISE EXCEPTION 'column year_from of % may be empty', items
            USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'A row without a year would be in no total.',
                  HINT = (SELECT format('ALTER TABLE %I.%I ALTER year_from SET NOT NULL', account, c.relname) FROM pg_class c WHERE c.oid = items);
    END IF;
    IF bare IS NOT NULL THEN
        RAISE EXCEPTION '% is not protected', bare
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Protect the table first: terrcarbon.protect(...); a view needs WITH (security_invoker = on).';
    END IF;
    IF EXISTS (SELECT FROM layer l WHERE l.name = register_layer.name) THEN
        RAISE EXCEPTION 'account % has a layer % already', quote_ident(account), quote_ident(name)
            USING ERRCODE = 'duplicate_object';
    END IF;
    INSERT INTO layer (name, items) SELECT register_layer.name, c.relname FROM pg_class c WHERE c.oid = register_layer.items;
    PERFORM terrcarbon_internal.rebuild_ledger(account);
    IF (SELECT relkind FROM pg_class WHERE oid = items) IN ('r', 'p') THEN
        -- Partitions too, which can be written to by name; those that come later are
        -- watched when they are attached.
        PERFORM terrcarbon_internal.watch_table(f.part, 'territories')
        FROM terrcarbon_internal.protected_family(items) AS f (part)
        JOIN pg_class c ON c.oid = f.part AND c.relnamespace = quote_ident(account)::regnamespace;
        PERFORM terrcarbon_internal.check_rows_of(items);
    END IF;
    INSERT INTO change DEFAULT VALUES;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.register_layer(name, text, regclass) IS 'Behind register_layer, as the owner.';

CREATE FUNCTION terrcarbon_internal.rebuild_ledger(account name) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    former text := pg_catalog.current_setting('search_path');
BEGIN
    PERFORM pg_catalog.set_config('search_path', pg_catalog.format('%I, terrcarbon, %I, pg_temp', account,
        terrcarbon_internal.postgis_schema()), true);
    PERFORM terrcarbon_internal.build_ledger();
    PERFORM pg_catalog.set_config('search_path', former, true);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.rebuild_ledger(name) IS 'Makes the views over the layers of an account anew.';
