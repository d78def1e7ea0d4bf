-- What changed since the last refresh: noted cheaply by whoever changes it.

CREATE FUNCTION terrcarbon_internal.note_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    changed text := CASE TG_OP WHEN 'INSERT' THEN 'SELECT * FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT * FROM old_rows'
        ELSE 'SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows' END;
    culprit text;
BEGIN
    IF TG_OP = 'TRUNCATE' OR TG_TABLE_NAME = 'setting' THEN
        EXECUTE format('INSERT INTO %I.change DEFAULT VALUES', TG_TABLE_SCHEMA);
    ELSIF TG_TABLE_NAME = 'extent' THEN
        EXECUTE format('INSERT INTO %I.change (dataset_id) SELECT DISTINCT dataset_id FROM (%s) AS r',
            TG_TABLE_SCHEMA, changed);
    ELSIF TG_TABLE_NAME = 'activity' THEN
        EXECUTE format('INSERT INTO %I.change (dataset_id, territory_code)
            SELECT DISTINCT dataset_id, coalesce(territory_code, '''') FROM (%s) AS r',
            TG_TABLE_SCHEMA, changed);
    ELSIF TG_TABLE_NAME = 'trip' THEN
        EXECUTE format('INSERT INTO %I.change (dataset_id, territory_code)
            SELECT DISTINCT dataset_id, code
            FROM (%s) AS r, unnest(ARRAY[origin_code, destination_code, home_code, '''']) AS code
            WHERE code IS NOT NULL',
            TG_TABLE_SCHEMA, changed);
    ELSIF TG_TABLE_NAME = 'territory' THEN
        -- Names and inhabitants are read by the views, not by refresh.
        IF TG_OP = 'UPDATE' THEN
            changed := '(SELECT code, parent_code, reference_code, valid_from, valid_to, geom FROM old_rows
                EXCEPT SELECT code, parent_code, reference_code, valid_from, valid_to, geom FROM new_rows)
                UNION ALL
                (SELECT code, parent_code, reference_code, valid_from, valid_to, geom FROM new_rows
                EXCEPT SELECT code, parent_code, reference_code, valid_from, valid_to, geom FROM old_rows)';
        END IF;
        EXECUTE format('WITH RECURSIVE up (code) AS (
                SELECT parent_code FROM (%2$s) AS r WHERE parent_code IS NOT NULL
                UNION ALL
                SELECT t.parent_code FROM up JOIN %1$I.territory t USING (code) WHERE t.parent_code IS NOT NULL
            ) CYCLE code SET again USING path
            SELECT code FROM up WHERE again LIMIT 1',
            TG_TABLE_SCHEMA, changed) INTO culprit;
        IF culprit IS NOT NULL THEN
            RAISE EXCEPTION 'territory % would be part of itself', culprit
                USING ERRCODE = 'check_violation',
                      HINT = 'Follow parent_code upwards from it: the chain must end in NULL.';
        END IF;
        -- Below a territory, references are inherited; above it, sums change.
        EXECUTE format('WITH RECURSIVE r AS (%2$s), down (code) AS (
                SELECT code FROM r
                UNION
                SELECT t.code FROM down JOIN %1$I.territory t ON t.parent_code = down.code
            ), up (code) AS (
                SELECT parent_code FROM r WHERE parent_code IS NOT NULL
                UNION
                SELECT t.parent_code FROM up JOIN %1$I.territory t USING (code) WHERE t.parent_code IS NOT NULL
            )
            INSERT INTO %1$I.change (territory_code)
            SELECT code FROM down UNION SELECT code FROM up',
            TG_TABLE_SCHEMA, changed);
    ELSE
        -- At most 32 x 32 boxes a dataset: a bulk load notes little, a scattered
        -- edit does not spoil the whole map.
        EXECUTE format('WITH r AS (
                SELECT dataset_id, %2$I.st_srid(geom) AS srid,
                       %2$I.st_xmin(geom) AS x1, %2$I.st_ymin(geom) AS y1,
                       %2$I.st_xmax(geom) AS x2, %2$I.st_ymax(geom) AS y2
                FROM (%3$s) AS changed
            ), span AS (
                SELECT dataset_id, min(x1) AS x, min(y1) AS y,
                       nullif(max(x1) - min(x1), 0) / 32 AS w, nullif(max(y1) - min(y1), 0) / 32 AS h
                FROM r GROUP BY dataset_id
            )
            INSERT INTO %1$I.change (dataset_id, box)
            SELECT r.dataset_id, %2$I.st_makeenvelope(min(r.x1), min(r.y1), max(r.x2), max(r.y2), r.srid)
            FROM r JOIN span USING (dataset_id)
            GROUP BY r.dataset_id, r.srid, floor((r.x1 - span.x) / span.w), floor((r.y1 - span.y) / span.h)',
            TG_TABLE_SCHEMA, terrcarbon_internal.postgis_schema(), changed);
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_change() IS
    'Trigger of an account''s tables: notes what the next refresh has to compute again. Error 23514 when a territory would be part of itself.';
