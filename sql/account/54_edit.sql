-- Views to edit the layers in, feature by feature: they fill the keys, and refuse what
-- row security would pass over in silence.

CREATE FUNCTION terrcarbon_internal.make_editing_view(layer name) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    columns CONSTANT text[] := ARRAY(SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = quote_ident(layer)::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'batch_id' ORDER BY a.attnum);
    view_name CONSTANT text := layer || '_edit';
    one text;
BEGIN
    EXECUTE format('CREATE VIEW %I WITH (security_invoker = on) AS SELECT %s, d.slug AS dataset FROM %I r LEFT JOIN terrcarbon.dataset d ON d.id = r.dataset_id',
        view_name, (SELECT string_agg(format('r.%I', c.name), ', ' ORDER BY c.place) FROM unnest(columns) WITH ORDINALITY AS c (name, place)), layer);
    EXECUTE format('COMMENT ON VIEW %I IS %L', view_name,
        format('Rows of %s to add, change and delete one by one, as in QGIS (key: dataset_id and id). What is left empty takes its default, the dataset the setting terrcarbon.dataset; a row of a dataset that one may not deposit in is refused.', layer));
    FOREACH one IN ARRAY columns LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', view_name, one,
            col_description(quote_ident(layer)::regclass, (SELECT a.attnum FROM pg_attribute a WHERE a.attrelid = quote_ident(layer)::regclass AND a.attname = one)));
    END LOOP;
    EXECUTE format('COMMENT ON COLUMN %I.dataset IS %L', view_name, 'Dataset (terrcarbon.dataset.slug), which is filled in where dataset_id is empty');
    EXECUTE format('CREATE TRIGGER edit INSTEAD OF INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION terrcarbon_internal.edit_row()', view_name);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.make_editing_view(name) IS 'Makes the view LAYER_edit of a layer, with its trigger.';

CREATE FUNCTION terrcarbon_internal.edit_row() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'on_account_of_trigger';
COMMENT ON FUNCTION terrcarbon_internal.edit_row() IS 'Trigger of editing views: adds, changes or deletes the row of the layer. Errors: P0002 no such dataset or row, 42501 the dataset of somebody else, and those of the layer.';

CREATE FUNCTION terrcarbon_internal.edit_row_here() RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    layer CONSTANT regclass := format('%I.%I', TG_TABLE_SCHEMA, regexp_replace(TG_TABLE_NAME, '_edit$', ''))::regclass;
    given record;
    written text;
    readings text;
    fault text[];
    touched bigint;
BEGIN
    IF TG_OP <> 'INSERT' AND NOT coalesce(terrcarbon.can_deposit(OLD.dataset_id), false) THEN
        fault := terrcarbon_internal.dataset_fault(OLD.dataset_id);
        RAISE EXCEPTION '%', fault[2] USING ERRCODE = fault[1], DETAIL = coalesce(fault[3], ''), HINT = fault[4];
    END IF;
    IF TG_OP = 'DELETE' THEN
        EXECUTE format('DELETE FROM %s AS r WHERE r.dataset_id = $1 AND r.id = $2', layer) USING OLD.dataset_id, OLD.id;
        GET DIAGNOSTICS touched = ROW_COUNT;
        given := OLD;
    ELSE
        IF TG_OP = 'UPDATE' AND NEW.dataset IS DISTINCT FROM OLD.dataset AND NEW.dataset_id = OLD.dataset_id THEN
            NEW.dataset_id := NULL;
        END IF;
        NEW.dataset_id := coalesce(NEW.dataset_id, terrcarbon_internal.deposit_dataset(
            coalesce(nullif(NEW.dataset, ''), current_setting('terrcarbon.dataset', true))));
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
               string_agg(CASE WHEN d.adbin IS NULL THEN format('r.%I', a.attname)
                               ELSE format('coalesce(r.%I, %s)', a.attname, pg_get_expr(d.adbin, d.adrelid)) END, ', ' ORDER BY a.attnum)
        INTO written, readings
        FROM pg_attribute a
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = layer AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attname <> 'batch_id'
            AND NOT (a.attname = 'id' AND NEW.id IS NULL);
        IF TG_OP = 'INSERT' THEN
            EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM (SELECT ($1).*) AS r RETURNING id', layer, written, readings) INTO NEW.id USING NEW;
            touched := 1;
        ELSE
            EXECUTE format('UPDATE %s AS t SET (%s) = (SELECT %s FROM (SELECT ($1).*) AS r) WHERE t.dataset_id = $2 AND t.id = $3', layer, written, readings)
                USING NEW, OLD.dataset_id, OLD.id;
            GET DIAGNOSTICS touched = ROW_COUNT;
        END IF;
        -- With what was filled in, for RETURNING.
        EXECUTE format('SELECT r.* FROM %I.%I AS r WHERE r.dataset_id = $1 AND r.id = $2', TG_TABLE_SCHEMA, TG_TABLE_NAME)
            INTO given USING NEW.dataset_id, NEW.id;
    END IF;
    IF touched = 0 THEN
        RAISE EXCEPTION 'row % of dataset % is not there any more', OLD.id, OLD.dataset_id
            USING ERRCODE = 'no_data_found', HINT = 'Somebody deleted it; load the layer again.';
    END IF;
    RETURN given;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.edit_row_here() IS 'Behind edit_row, with the rights of who edits.';
