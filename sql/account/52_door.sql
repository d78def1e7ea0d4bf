-- Rows that are written to a table of deposits itself: what is wrong with one is said
-- in words, as by deposit, where row security would hide it.

CREATE FUNCTION terrcarbon_internal.check_row() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'check_row';
COMMENT ON FUNCTION terrcarbon_internal.check_row() IS
    'Trigger before INSERT or UPDATE of a row: raises what is wrong with it. Errors 23514 a rule of the table, 23502 an empty column, 23503 an unknown code, 42501 and P0002 a dataset.';

CREATE FUNCTION terrcarbon_internal.check_rows_of(relation regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    -- After the owner's own triggers, which may change the row.
    EXECUTE format('CREATE TRIGGER zz_check_row BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION terrcarbon_internal.check_row()', relation);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_rows_of(regclass) IS 'Puts the trigger check_row on a table of deposits.';

CREATE FUNCTION terrcarbon_internal.keep_setting() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'account % has one row of settings', quote_ident(TG_TABLE_SCHEMA)
        USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'All that the account says is said under its settings.',
              HINT = format('UPDATE %I.setting SET ...; a column = DEFAULT is as it was at first.', TG_TABLE_SCHEMA);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.keep_setting() IS 'Trigger of setting: error 55000, whatever is inserted or deleted.';

CREATE FUNCTION terrcarbon_internal.check_land_dataset() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    fault CONSTANT text[] := terrcarbon_internal.dataset_fault(NEW.land_dataset_id);
BEGIN
    -- Whoever deposits in it, it must be there.
    IF NEW.land_dataset_id IS NOT NULL AND fault[1] = 'P0002' THEN
        RAISE EXCEPTION '%', fault[2] USING ERRCODE = fault[1], DETAIL = 'It would be setting.land_dataset_id.', HINT = fault[4];
    END IF;
    RETURN NEW;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_land_dataset() IS 'Trigger of setting: error P0002 when land_dataset_id is that of no dataset.';

CREATE FUNCTION terrcarbon_internal.row_fault(account name, relation regclass, given text, rule text, column_name text) RETURNS text[]
    LANGUAGE C STABLE
    AS 'MODULE_PATHNAME', 'on_account_as_caller';
COMMENT ON FUNCTION terrcarbon_internal.row_fault(name, regclass, text, text, text) IS
    'What is wrong with a row of a table, given as text: it breaks a rule (the name of a CHECK), or a column is empty or holds an unknown code, or, where neither is given, one may not deposit in its dataset. Gives SQLSTATE, message, detail, hint and column of the error.';

-- A list of codes that the rule names one by one, as setting.required_sectors.
CREATE FUNCTION terrcarbon_internal.list_fault(relation regclass, given text, rule text, column_name text) RETURNS text[]
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    known CONSTANT text[] := (SELECT substring(pg_get_expr(c.conbin, c.conrelid) FROM '<@ ''(\{[^'']*\})''')::text[]
        FROM pg_constraint c WHERE c.conrelid = relation AND c.conname = rule);
    wrong text;
    meant text;
BEGIN
    IF known IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT coalesce(left(u.code, 100), ''NULL'') FROM (SELECT (%L::%s).%I) AS r (codes), unnest(r.codes) AS u (code) WHERE (u.code = ANY ($1)) IS NOT TRUE LIMIT 1',
        given, relation, column_name) INTO wrong USING known;
    SELECT k INTO meant FROM terrcarbon_internal.match_codes('sector', ARRAY[wrong]) AS m JOIN unnest(known) AS k ON k = coalesce(m.code, m.proposal);
    RETURN ARRAY['23514', format('column %s of %s cannot list %I', column_name, (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation), wrong),
        format('%s is none of %s.', wrong, array_to_string(known, ', ')),
        CASE WHEN meant IS NULL THEN 'Leave it out.' ELSE 'Perhaps ' || meant || ' is meant.' END, column_name];
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.list_fault(regclass, text, text, text) IS
    'What is wrong with a list of codes that breaks a rule; NULL: the rule is not about such a list.';

CREATE FUNCTION terrcarbon_internal.row_fault_here(account name, relation regclass, given text, rule text, column_name text) RETURNS text[]
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    table_name CONSTANT name := (SELECT c.relname FROM pg_class c WHERE c.oid = relation);
    columns CONSTANT text[] := ARRAY(SELECT a.attname::text
        FROM pg_attribute a
        LEFT JOIN pg_constraint c ON c.conrelid = a.attrelid AND c.contype = 'c' AND c.conname = rule
        WHERE a.attrelid = relation AND (a.attname = column_name OR a.attnum = ANY (c.conkey)) ORDER BY a.attnum);
    codes CONSTANT text := (SELECT d.codes FROM terrcarbon_internal.deposit_columns(relation, relation, '{}') AS d
        WHERE cardinality(columns) = 1 AND d.name = columns[1]);
    cells text[];
    dataset int;
    fault text[];
    reason text;
    proposal text;
BEGIN
    IF num_nonnulls(rule, column_name) = 0 THEN
        EXECUTE format('SELECT (%L::%s).dataset_id', given, relation) INTO dataset;
        RETURN terrcarbon_internal.dataset_fault(dataset);
    END IF;
    EXECUTE format('SELECT ARRAY[%s]::text[] FROM (SELECT (%L::%s).*) AS r',
        (SELECT string_agg(format('left(r.%I::text, 100)', c.name), ', ' ORDER BY c.place) FROM unnest(columns) WITH ORDINALITY AS c (name, place)),
        given, relation) INTO cells;
    IF rule IS NULL AND cells[1] IS NULL THEN
        RETURN ARRAY['23502', format('column %I of %I.%I is empty', columns[1], account, table_name), NULL,
            columns[1] || ': ' || col_description(relation, (SELECT a.attnum FROM pg_attribute a WHERE a.attrelid = relation AND a.attname = column_name)) || '.',
            columns[1]];
    ELSIF codes IS NOT NULL THEN
        SELECT coalesce(m.code, m.proposal) INTO proposal FROM terrcarbon_internal.match_codes(codes, cells) AS m;
        RETURN ARRAY[CASE WHEN rule IS NULL THEN '23503' ELSE '23514' END,
            format('unknown %s %I in column %s of %I.%I', split_part(codes, '/', 1), cells[1], columns[1], account, table_name), NULL,
            nullif(concat_ws(' ', 'Perhaps ' || quote_ident(proposal) || ' is meant.', terrcarbon_internal.known_in_words(account, codes)), ''), columns[1]];
    END IF;
    fault := terrcarbon_internal.list_fault(relation, given, rule, columns[1]);
    IF fault IS NOT NULL THEN
        RETURN fault;
    END IF;
    SELECT f.reason, f.proposal INTO reason, proposal
    FROM terrcarbon_internal.deposit_faults(relation, relation, '{}', false) AS f WHERE f.rule = row_fault_here.rule;
    IF reason IS NOT NULL THEN
        EXECUTE format('SELECT %s, %s FROM (SELECT r.*, %s FROM (SELECT (%L::%s).*) AS r) AS r', reason, proposal,
            (SELECT string_agg(format('r.%I AS %I', a.attname, '~' || a.attnum), ', ') FROM pg_attribute a
             WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped), given, relation) INTO reason, proposal;
    END IF;
    RETURN ARRAY['23514',
        format('%s of %I.%I %s', CASE cardinality(columns) WHEN 1 THEN 'column ' || columns[1] ELSE 'a row' END, account, table_name,
            coalesce(reason, 'breaks the rule ' || rule)),
        (SELECT string_agg(format('%s is %s', c.name, coalesce(c.cell, 'NULL')), ', ') || '.' FROM unnest(columns, cells) AS c (name, cell)),
        CASE WHEN cardinality(columns) = 1 AND proposal IS NOT NULL THEN 'Perhaps ' || proposal || ' is meant.'
             ELSE (SELECT string_agg(format('%s: %s.', a.attname, col_description(a.attrelid, a.attnum)), ' ' ORDER BY a.attnum)
                   FROM pg_attribute a WHERE a.attrelid = relation AND a.attname = ANY (columns)
                       AND col_description(a.attrelid, a.attnum) IS NOT NULL) END,
        CASE cardinality(columns) WHEN 1 THEN columns[1] END];
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.row_fault_here(name, regclass, text, text, text) IS 'Behind row_fault, with the rights of who writes.';

CREATE FUNCTION terrcarbon_internal.known_in_words(account name, codes text) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN count(*) <= 20 THEN 'Known are ' || string_agg(k.code, ', ' ORDER BY k.code COLLATE "C") || '.'
                ELSE format('SELECT %I FROM %I.%I lists them.', CASE WHEN codes LIKE '%/%' THEN split_part(codes, '/', 2) ELSE 'code' END,
                    CASE WHEN codes LIKE '%/%' THEN account ELSE 'terrcarbon' END, split_part(codes, '/', 1)) END
    FROM (SELECT DISTINCT k.code FROM terrcarbon_internal.known_codes(codes) AS k WHERE k.code <> '' LIMIT 21) AS k
$$;
COMMENT ON FUNCTION terrcarbon_internal.known_in_words(name, text) IS 'The codes of a kind, or where they are found when there are many.';
