-- The deposit desk: rows of any table into a layer of an account, each checked by
-- itself, so that a bad one is refused with its reason and the others come in.

-- --- reading cells ------------------------------------------------------------------

CREATE FUNCTION terrcarbon_internal.read_number(cell text) RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'read_number';
COMMENT ON FUNCTION terrcarbon_internal.read_number(text) IS
    'The number in a cell, with decimal point or comma, and spaces anywhere; NULL where it is no finite number.';

CREATE FUNCTION terrcarbon_internal.read_whole(cell text) RETURNS int
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'read_whole';
COMMENT ON FUNCTION terrcarbon_internal.read_whole(text) IS
    'The whole number in a cell, which may be written 2019.0; NULL where it is none.';

CREATE FUNCTION terrcarbon_internal.code_distance(a text, b text) RETURNS int
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'code_distance';
COMMENT ON FUNCTION terrcarbon_internal.code_distance(text, text) IS
    'How many letters are to be added, dropped or changed to make one text of another; of long texts their first 100 bytes.';

CREATE FUNCTION terrcarbon_internal.folded(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
RETURN btrim(regexp_replace(lower(translate(words, 'ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸàâäçéèêëîïôöùûüÿ', 'AAACEEEEIIOOUUUYaaaceeeeiioouuuy')
    COLLATE "C"), '[^a-z0-9]+', '_', 'g'), '_');
COMMENT ON FUNCTION terrcarbon_internal.folded(text) IS
    'Words without case, accents and what stands between them, as names of columns and codes are compared.';

CREATE FUNCTION terrcarbon_internal.trimmed(cell text) RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'trimmed_cell';
COMMENT ON FUNCTION terrcarbon_internal.trimmed(text) IS 'A cell without spaces around it; NULL when nothing is left.';

CREATE FUNCTION terrcarbon_internal.row_hash("row" record) RETURNS bigint
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    AS 'MODULE_PATHNAME', 'row_hash';
COMMENT ON FUNCTION terrcarbon_internal.row_hash(record) IS
    'A hash of 64 bits of a row, by the bytes of its values: equal for rows that are equal in every column.';

CREATE FUNCTION terrcarbon_internal.read_ghg(cell text) RETURNS ghg
    LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE COST 100
AS $$
BEGIN
    RETURN cell::terrcarbon.ghg;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.read_ghg(text) IS 'Masses by gas; NULL where they cannot be read.';

CREATE FUNCTION terrcarbon_internal.read_geometry(cell text) RETURNS geometry
    LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE COST 100
AS $$
BEGIN
    RETURN cell::geometry;
EXCEPTION WHEN others THEN
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.read_geometry(text) IS 'A geometry written as WKT, EWKT or WKB in hexadecimal; NULL where it cannot be read.';

CREATE FUNCTION terrcarbon_internal.located(geom geometry, srid int) RETURNS geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE st_srid(geom) WHEN 0 THEN st_setsrid(geom, srid) ELSE geom END;
COMMENT ON FUNCTION terrcarbon_internal.located(geometry, int) IS 'A geometry with a SRID where it has none.';

CREATE FUNCTION terrcarbon_internal.fitting_geometry(given geometry, srid int, type text, repair boolean,
        OUT geom geometry, OUT fault text, OUT done text[], OUT m2 float8)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 200
AS $$
DECLARE
    before float8;
BEGIN
    done := '{}';
    geom := given;
    -- The usual case in one expression: what fits, and can be measured on the ellipsoid.
    IF st_srid(given) = srid AND st_ndims(given) = 2 AND geometrytype(given) = type AND NOT st_isempty(given)
        AND st_isvalidreason(given) = 'Valid Geometry'
        AND (CASE WHEN type LIKE '%POLYGON' THEN terrcarbon.true_area(given) WHEN type LIKE '%LINESTRING' THEN terrcarbon.true_length(given) ELSE 0 END) IS NOT NULL
        OR given IS NULL
    THEN
        RETURN;
    ELSIF st_srid(geom) = 0 THEN
        fault := 'geometry without SRID';
    ELSIF st_isempty(geom) THEN
        fault := 'empty geometry';
    ELSE
        IF st_srid(geom) <> srid THEN
            geom := st_transform(geom, srid);
            done := done || format('transformed from SRID %s', st_srid(given));
        END IF;
        IF st_ndims(geom) > 2 THEN
            geom := st_force2d(geom);
            done := done || 'Z or M dropped'::text;
        END IF;
        -- st_isvalid would raise a NOTICE for each invalid one.
        IF repair AND st_isvalidreason(geom) <> 'Valid Geometry' THEN
            before := terrcarbon.true_area(st_multi(geom));
            geom := st_collectionextract(st_makevalid(geom), st_dimension(geom) + 1);
            m2 := terrcarbon.true_area(st_multi(geom)) - before;
            done := done || 'repaired'::text;
        END IF;
        IF geometrytype(geom) <> type AND 'MULTI' || geometrytype(geom) = type THEN
            geom := st_multi(geom);
            done := done || format('%s made %s', lower(geometrytype(given) COLLATE "C"), lower(type COLLATE "C"));
        END IF;
        IF geometrytype(geom) <> type THEN
            fault := format('%s, not %s', lower(geometrytype(geom) COLLATE "C"), lower(type COLLATE "C"));
        ELSIF st_isempty(geom) THEN
            fault := 'nothing is left of the geometry';
        ELSIF st_isvalidreason(geom) <> 'Valid Geometry' THEN
            fault := 'invalid geometry: ' || st_isvalidreason(geom);
        ELSIF type LIKE '%POLYGON' THEN
            -- What cannot be measured on the ellipsoid is no row of a layer.
            before := terrcarbon.true_area(geom);
        ELSIF type LIKE '%LINESTRING' THEN
            before := terrcarbon.true_length(geom);
        END IF;
    END IF;
    IF fault IS NOT NULL THEN
        geom := NULL;
        done := '{}';
        m2 := NULL;
    END IF;
EXCEPTION WHEN others THEN
    geom := NULL;
    done := '{}';
    m2 := NULL;
    fault := left(SQLERRM, 200);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.fitting_geometry(geometry, int, text, boolean) IS
    'A geometry in the SRID and of the type of a layer, or the fault that keeps it out; what was done to it, and by how much a repair changed its area, m2.';

-- --- codes -----------------------------------------------------------------------------

CREATE FUNCTION terrcarbon_internal.known_codes(kind text) RETURNS TABLE (code text, label text, safe boolean)
    LANGUAGE plpgsql STABLE ROWS 1000
AS $$
DECLARE
    referred CONSTANT text[] := string_to_array(kind, '/');
BEGIN
    IF kind = 'sector' THEN
        RETURN QUERY SELECT s.code, l.label, true FROM terrcarbon.sector s
            CROSS JOIN LATERAL unnest(ARRAY[s.code, s.name, s.name_fr] || s.aliases) AS l (label);
    ELSIF kind = 'unit' THEN
        RETURN QUERY SELECT u.code, u.code, true FROM terrcarbon.unit u;
    ELSIF kind = 'factor' THEN
        RETURN QUERY SELECT DISTINCT f.code, f.code, true FROM terrcarbon.factor f;
    ELSIF referred[1] = 'territory' THEN
        -- A commune and its EPCI may share a name, so a name is a proposal only.
        RETURN QUERY SELECT t.code, t.code, true FROM territory t
            UNION ALL SELECT t.code, t.name, false FROM territory t;
        IF has_table_privilege('successor', 'SELECT') AND has_table_privilege('former_territory', 'SELECT') THEN
            RETURN QUERY SELECT s.successor_code, s.code, true FROM successor s;
        END IF;
    ELSE
        RETURN QUERY EXECUTE format('SELECT r.%1$I, r.%1$I, true FROM %2$s r', referred[2], referred[1]);
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.known_codes(text) IS
    'Codes of a kind (sector, unit, factor, or TABLE/COLUMN of the account) with what they are called; safe: a cell that says so means the code.';

CREATE FUNCTION terrcarbon_internal.match_codes(kind text, cells text[])
    RETURNS TABLE (cell text, code text, proposal text)
    LANGUAGE sql STABLE ROWS 1000
AS $$
    WITH known AS MATERIALIZED (
        SELECT k.code, k.label, terrcarbon_internal.folded(k.label) AS fold, k.safe FROM terrcarbon_internal.known_codes(kind) AS k
    ), found AS MATERIALIZED (
        SELECT c.cell, terrcarbon_internal.folded(c.cell) AS fold, exact.code AS code
        FROM unnest(cells) AS c (cell)
        LEFT JOIN (SELECT DISTINCT k.code FROM known k) AS exact ON exact.code = c.cell
    ), alike AS MATERIALIZED (
        SELECT f.cell, min(k.code) AS code
        FROM found f JOIN known k ON k.fold = f.fold
        WHERE f.code IS NULL AND k.safe AND f.fold <> ''
        GROUP BY f.cell HAVING count(DISTINCT k.code) = 1
    ), matched AS MATERIALIZED (
        SELECT f.cell, f.fold, coalesce(f.code, a.code) AS code FROM found f LEFT JOIN alike a USING (cell)
    ), unknown AS (
        SELECT m.cell, m.fold FROM matched m WHERE m.code IS NULL ORDER BY m.cell LIMIT 100
    )
    SELECT m.cell, m.code, near.code
    FROM matched m
    LEFT JOIN unknown u ON u.cell = m.cell
    LEFT JOIN LATERAL (
        SELECT k.code
        FROM known k
        CROSS JOIN LATERAL terrcarbon_internal.code_distance(k.fold, u.fold) AS distance
        -- One letter in three: what is less alike is no slip.
        WHERE m.code IS NULL AND distance <= CASE WHEN length(u.fold) < 3 THEN 0 ELSE greatest(1, length(u.fold) / 3) END
        ORDER BY distance, NOT k.safe, k.code LIMIT 1
    ) AS near ON true
$$;
COMMENT ON FUNCTION terrcarbon_internal.match_codes(text, text[]) IS
    'What the cells of a column mean: the code itself, or the one that differs in case and accents alone; else, of the first 100 that are unknown, the nearest as a proposal, if it differs in no more than one letter in three.';

-- Slips of the keyboard in numbers: a sign, a digit too many.
CREATE FUNCTION terrcarbon_internal.near_numbers(cell text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10 ROWS 10
AS $$
    SELECT ltrim(left(cell, 30), '-− ')
  UNION
    SELECT left(cell, i - 1) || substr(cell, i + 1) FROM generate_series(1, least(length(cell), 30)) AS i
    WHERE left(cell, 1) <> '-'
$$;
COMMENT ON FUNCTION terrcarbon_internal.near_numbers(text) IS 'Numbers that may have been meant: without the sign, or without one of the digits.';

-- What people write where there is no figure.
CREATE FUNCTION terrcarbon_internal.absent_proposal(cell text, with_notation boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
AS $$
    SELECT CASE WHEN f.fold IN ('c', 'nc', 'n_c', 's', 'secret', 'secret_statistique', 'confidentiel', 'confidential')
                    THEN concat('an empty cell', CASE WHEN with_notation THEN ', and notation C: confidential' END)
                WHEN f.fold IN ('', 'nd', 'n_d', 'na', 'n_a', 'nr', 'n_r', 'ns', 'n_s', 'nan', 'null', 'none', 'inconnu', 'inconnue', 'unknown',
                                'non_disponible', 'non_renseigne', 'non_determine', 'not_available')
                    THEN concat('an empty cell', CASE WHEN with_notation THEN ', and notation NE: not estimated' END) END
    FROM (SELECT terrcarbon_internal.folded(left(cell, 100)) AS fold) AS f
$$;
COMMENT ON FUNCTION terrcarbon_internal.absent_proposal(text, boolean) IS
    'What a cell means that is no number and says that there is none (n.d., NA, -), with the notation key that says it; NULL for others.';

-- --- the plan of a deposit ---------------------------------------------------------------

-- An entry of a mapping: "column"; {"column": ["one name", "or another"], "codes": {...}, "srid": 2154};
-- {"columns": ["read", "together"], "codes": {...}}; {"value": ...}; null.
CREATE FUNCTION terrcarbon_internal.mapped_columns(entry jsonb, names text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100
AS $$
    WITH wanted AS (
        SELECT w.name, w.place, f.name AS found
        FROM jsonb_array_elements_text(CASE jsonb_typeof(entry)
            WHEN 'string' THEN jsonb_build_array(entry)
            WHEN 'object' THEN CASE WHEN jsonb_typeof(entry -> 'columns') = 'array' THEN entry -> 'columns'
                WHEN jsonb_typeof(entry -> 'column') = 'array' THEN entry -> 'column'
                WHEN jsonb_typeof(entry -> 'column') = 'string' THEN jsonb_build_array(entry -> 'column') ELSE '[]' END
            ELSE '[]' END) WITH ORDINALITY AS w (name, place)
        LEFT JOIN LATERAL (
            SELECT n.name FROM unnest(names) WITH ORDINALITY AS n (name, place)
            WHERE terrcarbon_internal.folded(n.name) = terrcarbon_internal.folded(w.name)
            ORDER BY n.name = w.name DESC, n.place LIMIT 1
        ) AS f ON true
    )
    SELECT CASE WHEN jsonb_typeof(entry -> 'columns') = 'array' OR count(w.found) = 0 THEN array_agg(w.found ORDER BY w.place)
                ELSE array_agg(w.found ORDER BY w.place) FILTER (WHERE w.found IS NOT NULL) END
    FROM wanted w
$$;
COMMENT ON FUNCTION terrcarbon_internal.mapped_columns(jsonb, text[]) IS
    'The columns of a table, by their names, that an entry of a mapping reads: those of the names in "column" that are there, or all of "columns"; NULL for one that lacks.';

CREATE FUNCTION terrcarbon_internal.deposit_columns(target regclass, staging regclass, mapping jsonb)
    RETURNS TABLE (place int, name text, type text, kind text, codes text, required boolean, default_value text,
        srid int, geometry_type text, source_places int[], source_type text, constant text, translation jsonb,
        together boolean, given_srid int)
    LANGUAGE sql STABLE
AS $$
    WITH layer AS (
        SELECT a.attnum::int AS place, a.attname::text AS name, format_type(a.atttypid, NULL) AS type,
               CASE WHEN format_type(a.atttypid, NULL) IN ('double precision', 'integer', 'text') THEN format_type(a.atttypid, NULL)
                    WHEN a.atttypid = 'geometry'::regtype THEN 'geometry'
                    WHEN a.atttypid = 'terrcarbon.ghg'::regtype THEN 'ghg' END AS kind,
               a.attnotnull AS required, pg_get_expr(d.adbin, d.adrelid) AS default_value, a.atttypmod AS typmod,
               CASE WHEN m.key IS NOT NULL THEN m.value
                    WHEN a.atttypid = 'geometry'::regtype THEN jsonb_build_object('column', to_jsonb(ARRAY[a.attname::text, 'geometry', 'wkb_geometry', 'the_geom', 'wkt']))
                    ELSE to_jsonb(a.attname::text) END AS entry
        FROM pg_attribute a
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        LEFT JOIN LATERAL jsonb_each(mapping) AS m (key, value) ON m.key = a.attname
        WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
            AND a.attname NOT IN ('dataset_id', 'batch_id')
    )
    SELECT l.place, l.name, l.type, l.kind,
           CASE WHEN key.referred IS NOT NULL THEN key.referred
                WHEN l.name = 'carrier' THEN 'factor'
                WHEN l.name IN ('sector', 'unit', 'factor') THEN l.name END,
           l.required, l.default_value,
           CASE WHEN l.kind = 'geometry' THEN postgis_typmod_srid(l.typmod) END,
           CASE WHEN l.kind = 'geometry' THEN upper(postgis_typmod_type(l.typmod) COLLATE "C") END,
           CASE l.kind WHEN 'geometry' THEN g.places[1:1] ELSE g.places END, CASE WHEN l.kind = 'geometry' THEN g.types[1] WHEN cardinality(g.places) = 1 AND l.entry -> 'codes' IS NULL THEN g.types[1] ELSE 'text' END,
           l.entry ->> 'value', l.entry -> 'codes', l.entry ? 'columns', (l.entry ->> 'srid')::int
    FROM layer l
    LEFT JOIN LATERAL (
        SELECT array_agg(a.attnum::int ORDER BY n.place) AS places, array_agg(a.atttypid::regtype::text ORDER BY n.place) AS types
        FROM unnest(terrcarbon_internal.mapped_columns(l.entry, terrcarbon_internal.columns_of(staging))) WITH ORDINALITY AS n (name, place)
        JOIN pg_attribute a ON a.attrelid = staging AND a.attname = n.name
    ) AS g ON true
    LEFT JOIN LATERAL (
        SELECT format('%s/%s', c.confrelid::regclass, f.attname) AS referred
        FROM pg_constraint c JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]
        WHERE c.conrelid = target AND c.contype = 'f' AND c.conkey = ARRAY[l.place]::int2[] LIMIT 1
    ) AS key ON true
    ORDER BY l.place
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit_columns(regclass, regclass, jsonb) IS
    'The columns of a layer that are deposited, how each is read, and the columns of the staging table, or the constant, it is read from, with what its codes mean.';

CREATE FUNCTION terrcarbon_internal.check_mapping(target regclass, staging regclass, mapping jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    entry record;
BEGIN
    IF jsonb_typeof(mapping) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'a mapping is a JSON object'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'For example {"quantity": "conso", "unit": {"value": "MWh HHV"}}.';
    END IF;
    FOR entry IN
        SELECT m.key, m.value, c.name, g.columns
        FROM jsonb_each(mapping) AS m (key, value)
        LEFT JOIN terrcarbon_internal.deposit_columns(target, staging, '{}') AS c ON c.name = m.key
        CROSS JOIN LATERAL (SELECT terrcarbon_internal.mapped_columns(m.value, terrcarbon_internal.columns_of(staging)) AS columns) AS g
    LOOP
        IF entry.name IS NULL THEN
            RAISE EXCEPTION 'layer % has no column % to deposit in', target, quote_ident(left(entry.key, 100))
                USING ERRCODE = 'undefined_column',
                      HINT = (SELECT 'It has ' || string_agg(c.name, ', ') FROM terrcarbon_internal.deposit_columns(target, staging, '{}') AS c);
        ELSIF array_position(entry.columns, NULL) IS NOT NULL AND NOT coalesce((entry.value ->> 'optional')::boolean, false) THEN
            RAISE EXCEPTION 'table % has no column %', staging, CASE WHEN jsonb_typeof(entry.value) = 'string' THEN quote_ident(left(entry.value #>> '{}', 100))
                    ELSE left(coalesce(entry.value -> 'columns', entry.value -> 'column')::text, 100) END
                USING ERRCODE = 'undefined_column',
                      HINT = 'It has ' || array_to_string(terrcarbon_internal.columns_of(staging), ', ');
        ELSIF jsonb_typeof(entry.value) <> 'null' AND jsonb_typeof(entry.value -> 'value') IS NULL AND entry.columns IS NULL
              OR jsonb_typeof(entry.value -> 'codes') <> 'object' OR entry.value ->> 'srid' !~ '^[0-9]{1,6}$' THEN
            RAISE EXCEPTION 'column % is mapped to neither a column nor a value', quote_ident(left(entry.key, 100))
                USING ERRCODE = 'invalid_parameter_value', DETAIL = left(entry.value::text, 100),
                      HINT = 'It is mapped to a column by "name", to a value by {"value": ...}, to nothing by null, to a column with codes by {"column": "name", "codes": {"theirs": "ours"}}.';
        END IF;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_mapping(regclass, regclass, jsonb) IS 'Errors 22023 and 42703 for a mapping that names what does not exist.';

CREATE FUNCTION terrcarbon_internal.translation_sql(cell text, codes jsonb, numbers boolean) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT format('CASE %s ELSE %s END', coalesce(string_agg(format('WHEN %s THEN %L',
            CASE WHEN c.key ~ '\*' THEN format('%s LIKE %L', cell, replace(regexp_replace(c.key, '([\\%_])', '\\\1', 'g'), '*', '%'))
                 WHEN numbers THEN format('terrcarbon_internal.read_number(%s) = terrcarbon_internal.read_number(%L)', cell, c.key)
                 ELSE format('%s = %L', cell, c.key) END, c.value), ' '
            ORDER BY c.key ~ '\*', length(c.key) DESC, c.key COLLATE "C"), 'WHEN false THEN NULL'), cell)
    FROM jsonb_each_text(codes) AS c
$$;
COMMENT ON FUNCTION terrcarbon_internal.translation_sql(text, jsonb, boolean) IS
    'SQL for what a cell means: its code (of a column of numbers, the number), or the longest one with an * that stands for anything, or else the cell itself; a code that means null is an empty cell.';

-- How each column is read.  In the query of a deposit, "~1" is the first column of
-- the staging table, and a column of the layer has its own name, so that conditions
-- of the layer can be asked there as they are written.
CREATE FUNCTION terrcarbon_internal.deposit_readings(target regclass, staging regclass, mapping jsonb, repair boolean)
    RETURNS TABLE (place int, name text, kind text, codes text, cell text, reading text, joined text, filled text, unreadable text,
        unreadable_reason text, missing text, given boolean)
    LANGUAGE sql STABLE
AS $$
    SELECT c.place, c.name, c.kind, c.codes, e.cell,
           format(CASE WHEN e.given THEN 'CASE WHEN %1$s THEN %2$s ELSE %3$s END' ELSE '%3$s' END, f.filled,
               CASE WHEN c.codes IS NOT NULL THEN format('%I.code', '~code ' || c.name)
                    WHEN c.kind = 'geometry' THEN format('%I.geom', '~geometry ' || c.name)
                    WHEN c.kind = 'ghg' AND c.source_type = 'terrcarbon.ghg'::regtype::text AND c.constant IS NULL THEN e.cell
                    WHEN c.kind = 'ghg' THEN format('terrcarbon_internal.read_ghg(%s::text)', e.cell)
                    WHEN c.kind = 'text' THEN format('terrcarbon_internal.trimmed(%s::text)', e.cell)
                    WHEN c.constant IS NULL AND (c.source_type = c.type OR c.kind = 'double precision' AND c.source_type IN ('integer', 'bigint', 'smallint', 'real'))
                        THEN format('%s::%s', e.cell, c.type)
                    WHEN c.kind = 'integer' AND c.name LIKE 'year%' THEN format('coalesce(terrcarbon_internal.read_whole(%1$s::text), terrcarbon_internal.read_whole(substring(%1$s::text FROM ''^([0-9]{4})[-/][0-9]{2}[-/][0-9]{2}'')))', e.cell)
                    WHEN c.kind = 'integer' THEN format('terrcarbon_internal.read_whole(%s::text)', e.cell)
                    ELSE format('terrcarbon_internal.read_number(%s::text)', e.cell) END,
               coalesce(c.default_value, 'NULL::' || c.type)),
           CASE WHEN NOT e.given THEN NULL
                WHEN c.codes IS NOT NULL THEN
                    format('LEFT JOIN %1$I ON %1$I.cell = terrcarbon_internal.trimmed(%2$s::text)', '~code ' || c.name, e.cell)
                WHEN c.kind = 'geometry' THEN
                    format('LEFT JOIN LATERAL terrcarbon_internal.fitting_geometry(%s, %s, %L, %L) AS %I ON true',
                        format(CASE WHEN c.given_srid IS NULL THEN '%s' ELSE 'terrcarbon_internal.located(%s, %s)' END,
                            CASE c.source_type WHEN 'geometry'::regtype::text THEN e.cell
                                ELSE format('terrcarbon_internal.read_geometry(%s::text)', e.cell) END, c.given_srid),
                        c.srid, c.geometry_type, repair, '~geometry ' || c.name) END,
           f.filled,
           format('%s AND %I IS NULL', f.filled, c.name),
           CASE WHEN c.codes IS NOT NULL THEN format('unknown %s', split_part(c.codes, '/', 1))
                WHEN c.kind = 'integer' THEN 'not a whole number'
                WHEN c.kind = 'double precision' THEN 'not a number'
                WHEN c.kind = 'ghg' THEN 'not masses by gas'
                ELSE 'not a ' || c.kind END,
           CASE WHEN c.required THEN format('NOT (%s) AND %I IS NULL', f.filled, c.name) END,
           e.given
    FROM terrcarbon_internal.deposit_columns(target, staging, mapping) AS c
    CROSS JOIN LATERAL (SELECT CASE
            WHEN cardinality(c.source_places) = 1 AND c.translation IS NULL THEN quote_ident('~' || c.source_places[1])
            WHEN cardinality(c.source_places) = 1 THEN format('terrcarbon_internal.trimmed(%I::text)', '~' || c.source_places[1])
            WHEN cardinality(c.source_places) > 1 THEN (SELECT format(CASE WHEN c.together THEN 'concat_ws('' '', %s)' ELSE 'coalesce(%s)' END, string_agg(format('terrcarbon_internal.trimmed(%I::text)', '~' || p), ', ' ORDER BY n))
                FROM unnest(c.source_places) WITH ORDINALITY AS p (p, n)) END) AS raw (cell)
    CROSS JOIN LATERAL (SELECT coalesce(quote_literal(c.constant) || '::text',
            CASE WHEN c.translation IS NULL THEN raw.cell ELSE terrcarbon_internal.translation_sql(raw.cell, c.translation, c.kind IN ('integer', 'double precision')) END, 'NULL::text'),
        num_nonnulls(c.constant, raw.cell) > 0) AS e (cell, given)
    CROSS JOIN LATERAL (SELECT CASE
        WHEN NOT e.given THEN 'false'
        WHEN c.constant IS NULL AND c.source_type IN ('text', 'character varying', 'character')
            THEN format('terrcarbon_internal.trimmed(%s::text) IS NOT NULL', e.cell)
        ELSE format('%s IS NOT NULL', e.cell) END) AS f (filled)
    WHERE c.kind IS NOT NULL
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit_readings(regclass, regclass, jsonb, boolean) IS
    'SQL that reads each column of a layer from the staging table, and that tells what cannot be read or is missing.';

-- Of several columns that name a territory one is enough; a mapping that says null means it.
CREATE FUNCTION terrcarbon_internal.lacking_faults(target regclass, staging regclass, mapping jsonb, repair boolean)
    RETURNS TABLE (place int, name text, cell text, condition text, given boolean)
    LANGUAGE sql STABLE
AS $$
    SELECT (array_agg(r.place ORDER BY NOT r.given, r.place))[1], (array_agg(r.name ORDER BY NOT r.given, r.place))[1],
           (array_agg(r.cell ORDER BY NOT r.given, r.place))[1],
           string_agg(format('NOT (%s) AND %I IS NULL', r.filled, r.name), ' AND ' ORDER BY r.place), bool_or(r.given)
    FROM terrcarbon_internal.deposit_readings(target, staging, mapping, repair) AS r
    JOIN pg_class c ON c.oid = target AND c.relname IN ('activity', 'herd', 'trip')
    WHERE r.name IN ('territory_code', 'origin_code', 'destination_code', 'home_code')
        AND jsonb_typeof(mapping -> r.name) IS DISTINCT FROM 'null'
    HAVING count(*) > 0
$$;
COMMENT ON FUNCTION terrcarbon_internal.lacking_faults(regclass, regclass, jsonb, boolean) IS
    'The territory that a row of a shipped layer needs to be in any total, with SQL for when it lacks.';

CREATE FUNCTION terrcarbon_internal.deposit_faults(target regclass, staging regclass, mapping jsonb, repair boolean)
    RETURNS TABLE (number int, column_name text, cell text, condition text, reason text, proposal text, rule text)
    LANGUAGE sql STABLE
AS $$
    WITH reading AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.deposit_readings(target, staging, mapping, repair)
    ), rule AS (
        SELECT c.oid, c.conname, k.name, k.kind, k.cell, k.given, r.expression, r.words, cardinality(c.conkey) = 1 AS single, k.place, c.conkey AS places,
               coalesce((SELECT string_agg(format('NOT (%s) AND ', u.unreadable), '') FROM reading u WHERE u.given AND u.place = ANY (c.conkey)), '') AS readable,
               ARRAY(SELECT m[1] FROM regexp_matches(r.expression, '''([^'']+)''::text', 'g') AS m) AS words_allowed
        FROM pg_constraint c
        CROSS JOIN LATERAL (SELECT pg_get_expr(c.conbin, c.conrelid), coalesce(obj_description(c.oid, 'pg_constraint'),
            regexp_replace(pg_get_expr(c.conbin, c.conrelid, true), '::(text|double precision|integer)(\[\])?', '', 'g'))) AS r (expression, words)
        CROSS JOIN LATERAL (SELECT * FROM reading k WHERE k.place = ANY (c.conkey)
            ORDER BY NOT k.given, k.place LIMIT 1) AS k
        -- A geometry that could be read is valid; asking again would cost most of all.
        WHERE c.conrelid = target AND c.contype = 'c' AND r.expression NOT LIKE '%st_isvalid(%'
            AND NOT EXISTS (SELECT FROM unnest(c.conkey) AS o WHERE o NOT IN (SELECT place FROM reading))
    ), guarded AS (
        -- A rule of several columns is asked where each of them keeps its own rules.
        SELECT r.*, CASE WHEN r.single THEN '' ELSE coalesce((SELECT string_agg(format('coalesce((%s), true) AND ', o.expression), '' ORDER BY o.conname)
            FROM rule o WHERE o.single AND o.place = ANY (r.places)), '') END AS kept
        FROM rule r
    ), fault AS (
        SELECT 1 AS step, r.place, r.name AS sort, r.name, r.cell, r.unreadable AS condition,
               CASE r.kind WHEN 'geometry' THEN format('coalesce(%I, %L)', '~fault ' || r.name, r.unreadable_reason)
                   ELSE quote_literal(r.unreadable_reason) END AS reason,
               CASE WHEN r.codes IS NOT NULL THEN quote_ident('~proposal ' || r.name)
                    WHEN r.kind IN ('integer', 'double precision') THEN format('terrcarbon_internal.absent_proposal(%s::text, %L)', r.cell,
                        EXISTS (SELECT FROM reading n WHERE n.name = 'notation') AND r.name IN ('quantity', 'heads'))
                    WHEN r.kind = 'geometry' THEN format('CASE WHEN %I LIKE ''invalid%%'' THEN ''repair => true'' WHEN %1$I LIKE ''%%SRID'' THEN ''{"srid": ...} in its mapping, or ST_SetSRID'' END', '~fault ' || r.name)
                    ELSE 'NULL' END AS proposal
        FROM reading r WHERE r.given
      UNION ALL
        SELECT 2, n.place, n.name, n.name, n.cell, n.condition, quote_literal(n.reason),
               CASE WHEN n.given THEN 'NULL' ELSE quote_literal(format('{"%s": ...} in the mapping: a column, or {"value": ...}', n.name)) END
        FROM (SELECT r.place, r.name, r.cell, r.missing AS condition, 'empty' AS reason, r.given FROM reading r WHERE r.missing IS NOT NULL
              UNION ALL
              -- Such a row would be in no total.
              SELECT l.place, l.name, l.cell, l.condition, 'no territory', l.given
              FROM terrcarbon_internal.lacking_faults(target, staging, mapping, repair) AS l) AS n
      UNION ALL
        SELECT 3, r.place, r.conname::text, r.name, r.cell, format('%s%sNOT coalesce((%s), true)', r.readable, r.kept, r.expression),
               quote_literal('breaks the rule: ' || r.words),
               CASE WHEN r.single AND r.kind IN ('integer', 'double precision') THEN
                        format('(SELECT string_agg(n.cell, '' or '' ORDER BY n.cell) FROM (SELECT c AS cell, %1$s(c) AS %2$I FROM terrcarbon_internal.near_numbers(%3$s::text) AS c) AS n WHERE n.%2$I IS NOT NULL AND (%4$s))',
                            CASE r.kind WHEN 'integer' THEN 'terrcarbon_internal.read_whole' ELSE 'terrcarbon_internal.read_number' END,
                            r.name, r.cell, r.expression)
                    WHEN r.single AND r.kind = 'text' AND cardinality(r.words_allowed) > 0 THEN
                        format('(SELECT w FROM unnest(%L::text[]) AS w ORDER BY terrcarbon_internal.code_distance(terrcarbon_internal.folded(w), terrcarbon_internal.folded(%I)), w LIMIT 1)',
                            r.words_allowed, r.name)
                    WHEN r.conname = 'one_of_quantity_emission_notation' THEN
                        format('CASE WHEN num_nonnulls(quantity, emission, notation) = 0 THEN %L END', 'a figure, or notation NE: not estimated')
                    ELSE 'NULL' END
        FROM guarded r WHERE r.given OR NOT r.single
    )
    SELECT row_number() OVER (ORDER BY step, place, sort)::int, name, cell, condition, reason, proposal, CASE step WHEN 3 THEN sort END FROM fault
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit_faults(regclass, regclass, jsonb, boolean) IS
    'The faults a row may have, each with SQL for when, why and what is proposed: cells that cannot be read, empty ones, and the conditions of the layer itself (rule: the name of the CHECK).';

CREATE FUNCTION terrcarbon_internal.tell_progress(line bigint, rows bigint, stage text) RETURNS boolean
    LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1
    AS 'MODULE_PATHNAME', 'tell_progress';
COMMENT ON FUNCTION terrcarbon_internal.tell_progress(bigint, bigint, text) IS
    'True; tells every five seconds, by a NOTICE, how many of the rows of a deposit are read, or written.';

CREATE FUNCTION terrcarbon_internal.deposit_report(done text, m2 text, taken text) RETURNS text
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT format(' SELECT count(*), (SELECT count(*) FROM refused),
            (SELECT string_agg(format(''%%s (%%s)'', left(o.reason, 200), o.n), ''; '' ORDER BY o.n DESC, o.reason COLLATE "C")
             FROM (SELECT reason, count(*) AS n FROM refused GROUP BY reason ORDER BY 2 DESC, 1 LIMIT 20) AS o),
            concat_ws(''; '',
                (SELECT string_agg(format(''%%s (%%s)'', o.done, o.n), ''; '' ORDER BY o.done COLLATE "C")
                 FROM (SELECT d.done, count(*) AS n FROM (%s) AS d GROUP BY d.done) AS o),
                (SELECT format(''area changed by %%s m2'', round(m2::numeric, 3)) FROM (SELECT %s AS m2 FROM checked) AS o WHERE m2 IS NOT NULL),
                (SELECT string_agg(format(''%%s: %%s taken as %%s'', o.name, left(o.cell, 100), o.code), ''; '' ORDER BY o.name COLLATE "C", o.cell COLLATE "C")
                 FROM (SELECT * FROM (%s) AS t ORDER BY name, cell LIMIT 20) AS o))
            FROM checked', done, m2, taken);
END;
COMMENT ON FUNCTION terrcarbon_internal.deposit_report(text, text, text) IS
    'The end of deposit_query: how many rows came in and were refused, and what was done to them.';

-- One statement reads the rows, sorts them, and puts each where it belongs.
CREATE FUNCTION terrcarbon_internal.deposit_reading_terms(target regclass, staging regclass, mapping jsonb, repair boolean,
        OUT typed text, OUT joins text, OUT names text, OUT done text, OUT m2 text, OUT maps text, OUT taken text)
    LANGUAGE sql STABLE
AS $$
    SELECT string_agg(format('%s AS %I', r.reading, r.name)
               || CASE WHEN NOT r.given THEN '' WHEN r.codes IS NOT NULL THEN format(', %I.proposal AS %I', '~code ' || r.name, '~proposal ' || r.name)
                       WHEN r.kind = 'geometry' THEN format(', %I.fault AS %I, %1$I.done AS %3$I, %1$I.m2 AS %4$I', '~geometry ' || r.name,
                           '~fault ' || r.name, '~done ' || r.name, '~m2 ' || r.name) ELSE '' END, ', ' ORDER BY r.place) AS typed,
           coalesce(string_agg(r.joined, ' ' ORDER BY r.place), '') AS joins,
           string_agg(quote_ident(r.name), ', ' ORDER BY r.place) AS names,
           concat_ws(' UNION ALL ', 'SELECT NULL::text AS done WHERE false',
               string_agg(format('SELECT unnest(%I) AS done FROM checked', '~done ' || r.name), ' UNION ALL ') FILTER (WHERE r.kind = 'geometry' AND r.given),
               string_agg(format('SELECT %L AS done FROM checked WHERE %s::text LIKE ''%%,___'' AND %2$s::text ~ ''^\s*[0-9]{1,3},[0-9]{3}$''',
                   r.name || ': a comma before three digits read as decimal, 1,234 as 1.234', r.cell), ' UNION ALL ') FILTER (WHERE r.kind = 'double precision' AND r.given)) AS done,
           coalesce(string_agg(format('sum(%I)', '~m2 ' || r.name), ' + ') FILTER (WHERE r.kind = 'geometry' AND r.given), 'NULL::float8') AS m2,
           coalesce(string_agg(format(', %I AS MATERIALIZED (SELECT * FROM terrcarbon_internal.match_codes(%L, ARRAY(SELECT DISTINCT terrcarbon_internal.trimmed(%s::text) COLLATE "C" FROM source WHERE %s)))',
               '~code ' || r.name, r.codes, r.cell, r.filled), '' ORDER BY r.place) FILTER (WHERE r.codes IS NOT NULL AND r.given), '') AS maps,
           coalesce(string_agg(format('SELECT %L AS name, cell, code FROM %I WHERE cell <> code', r.name, '~code ' || r.name), ' UNION ALL ')
               FILTER (WHERE r.codes IS NOT NULL AND r.given), 'SELECT NULL::text AS name, NULL::text AS cell, NULL::text AS code WHERE false') AS taken
    FROM terrcarbon_internal.deposit_readings(target, staging, mapping, repair) AS r
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit_reading_terms(regclass, regclass, jsonb, boolean) IS
    'How the columns of a layer are read, as terms of the statement of a deposit: the columns themselves with their joins and names, what was done to them, the change of area, the codes that cells are matched with, and what was taken for what.';

CREATE FUNCTION terrcarbon_internal.deposit_fault_terms(target regclass, staging regclass, mapping jsonb, repair boolean,
        OUT conditions text, OUT columns text, OUT cells text, OUT reasons text, OUT proposals text)
    LANGUAGE sql STABLE
AS $$
    SELECT string_agg(format('CASE WHEN %s THEN %s END', f.condition, f.number), ', ' ORDER BY f.number) AS conditions,
           string_agg(format('WHEN %s THEN %L', f.number, f.column_name), ' ' ORDER BY f.number) AS columns,
           string_agg(format('WHEN %s THEN %s::text', f.number, f.cell), ' ' ORDER BY f.number) AS cells,
           string_agg(format('WHEN %s THEN %L || %s', f.number, f.column_name || ': ', f.reason), ' ' ORDER BY f.number) AS reasons,
           string_agg(format('WHEN %s THEN %s', f.number, f.proposal), ' ' ORDER BY f.number) AS proposals
    FROM terrcarbon_internal.deposit_faults(target, staging, mapping, repair) AS f
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit_fault_terms(regclass, regclass, jsonb, boolean) IS
    'The faults that a row may have, as terms of the statement of a deposit: the conditions that number them, and by number the column, the value, the reason and the proposal.';

CREATE FUNCTION terrcarbon_internal.deposit_query(target regclass, staging regclass, mapping jsonb, repair boolean,
        part text DEFAULT NULL)
    RETURNS text
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    source record;
    reading record;
    fault record;
BEGIN
    SELECT string_agg(format('s.%I AS %I', a.attname, '~' || a.attnum), ', ' ORDER BY a.attnum) AS given,
           string_agg(format(CASE a.atttypid WHEN 'geometry'::regtype THEN '%I::text AS %I' ELSE '%I AS %I' END, '~' || a.attnum, a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE a.attname <> 'rejected_id') AS original,
           max(a.attnum) FILTER (WHERE a.attname = 'rejected_id') AS mended
    INTO source
    FROM pg_attribute a WHERE a.attrelid = staging AND a.attnum > 0 AND NOT a.attisdropped;

    SELECT * INTO reading FROM terrcarbon_internal.deposit_reading_terms(target, staging, mapping, repair);
    SELECT * INTO fault FROM terrcarbon_internal.deposit_fault_terms(target, staging, mapping, repair);

    RETURN format('WITH source AS %s (
            SELECT $4 + row_number() OVER () AS "~line", %s FROM %s AS s%s
        )%s, typed AS (
            SELECT source.*, %s FROM source %s
        ), checked AS MATERIALIZED (
            SELECT typed.*, array_remove(ARRAY[%s]::int[], NULL) AS "~faults" FROM typed
            WHERE terrcarbon_internal.tell_progress("~line", $5, ''read'')
        ), refused AS MATERIALIZED (
            SELECT "~line" AS line, CASE f.first %s END AS column_name, left(CASE f.first %s END, 100) AS value,
                   (SELECT string_agg(DISTINCT CASE n %s END, ''; '') FROM unnest(f.others) AS n) AS others,
                   CASE f.first %s END AS reason, CASE f.first %s END AS proposal,
                   (SELECT to_jsonb(x) FROM (SELECT %s) AS x) AS "row"
            FROM checked
            CROSS JOIN LATERAL (SELECT "~faults"[1] AS first, "~faults"[2:] AS others) AS f
            WHERE "~faults" <> ''{}''
        )',
        -- Kept where its codes are looked at first.
        CASE reading.maps WHEN '' THEN 'NOT MATERIALIZED' ELSE 'MATERIALIZED' END, source.given, staging, ' WHERE ' || part,
        reading.maps, reading.typed, reading.joins, fault.conditions, fault.columns, fault.cells, fault.reasons, fault.reasons,
        fault.proposals, source.original)
    || format(', put AS (
            INSERT INTO %s (dataset_id, batch_id, %s) SELECT $1, $2, %2$s FROM checked WHERE "~faults" = ''{}'' AND terrcarbon_internal.tell_progress("~line", $5, ''written'')
        ), kept AS (
            INSERT INTO rejected (batch_id, layer, line, column_name, value, reason, proposal, "row")
                SELECT $2, $3, line, column_name, value, concat_ws(''; '', reason, others), proposal, "row" FROM refused
        )', target, reading.names)
    -- What comes mended is no longer refused; if it is refused again, it is as it is now.
    || CASE WHEN source.mended IS NULL THEN '' ELSE format(', mended AS (DELETE FROM rejected AS r USING checked c
            WHERE r.id = terrcarbon_internal.read_number(c.%I::text) AND r.layer = $3 AND r.depositor = current_user)', '~' || source.mended) END
    || terrcarbon_internal.deposit_report(reading.done, reading.m2, reading.taken);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit_query(regclass, regclass, jsonb, boolean, text) IS
    'The statement of a deposit: reads, checks, and puts each row into the layer or into rejected; gives rows read and refused, the reasons and what was converted. $1 is the dataset, $2 the batch, $3 the name of the layer, $4 how many rows the batch has already, $5 how many it will have, as far as known; part: a condition on the staging table s.';

-- --- who deposits, and what again -------------------------------------------------------

CREATE FUNCTION terrcarbon_internal.dataset_fault(dataset_id int) RETURNS text[]
    LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN d.id IS NULL THEN ARRAY['P0002', 'there is no dataset ' || coalesce(dataset_id::text, 'NULL'), NULL,
                    'SELECT id, slug FROM terrcarbon.dataset lists them; terrcarbon.register_dataset(...) registers one.']
                ELSE ARRAY['42501', 'permission denied to deposit in dataset ' || quote_ident(d.slug),
                    format('It is produced by %s, and %s is no member of this role.', d.producer_name, current_user),
                    'Deposit as the producer, or register a dataset of your own.'] END
    FROM (SELECT) AS one LEFT JOIN terrcarbon.dataset d ON d.id = dataset_id
$$;
COMMENT ON FUNCTION terrcarbon_internal.dataset_fault(int) IS 'Why one may not deposit in a dataset: SQLSTATE, message, detail and hint.';

CREATE FUNCTION terrcarbon_internal.deposit_dataset(slug text) RETURNS int
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    found CONSTANT int := (SELECT d.id FROM terrcarbon.dataset d WHERE d.slug = deposit_dataset.slug);
    fault text[];
BEGIN
    IF coalesce(slug, '') = '' THEN
        RAISE EXCEPTION 'no dataset is named'
            USING ERRCODE = 'no_data_found',
                  HINT = 'Name it in the argument or column dataset, or before writing to an inbox: SET terrcarbon.dataset = ...';
    ELSIF found IS NULL THEN
        RAISE EXCEPTION 'there is no dataset %', quote_ident(left(slug, 100))
            USING ERRCODE = 'no_data_found', HINT = 'SELECT terrcarbon.register_dataset(...) registers one.';
    ELSIF NOT terrcarbon.can_deposit(found) THEN
        fault := terrcarbon_internal.dataset_fault(found);
        RAISE EXCEPTION '%', fault[2] USING ERRCODE = fault[1], DETAIL = fault[3], HINT = fault[4];
    END IF;
    RETURN found;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit_dataset(text) IS 'The dataset of that slug; errors P0002 and 42501.';

CREATE FUNCTION terrcarbon_internal.deposit_target(account name, target text) RETURNS regclass
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    found regclass := (SELECT c.oid FROM pg_class c WHERE c.relnamespace = quote_ident(account)::regnamespace AND c.relname = target
        AND c.relkind = 'r' AND terrcarbon_internal.columns_of(c.oid) @> '{dataset_id,batch_id}' AND c.relrowsecurity
        AND c.relname NOT IN ('deposit_batch', 'rejected'));
BEGIN
    IF found IS NULL THEN
        RAISE EXCEPTION 'account % has no layer % to deposit in', quote_ident(account), coalesce(quote_ident(left(target, 100)), 'NULL')
            USING ERRCODE = 'undefined_table',
                  HINT = 'It has ' || (SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_class c
                      WHERE c.relnamespace = quote_ident(account)::regnamespace AND c.relkind = 'r' AND c.relrowsecurity
                          AND terrcarbon_internal.columns_of(c.oid) @> '{dataset_id,batch_id,id}');
    END IF;
    RETURN found;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit_target(name, text) IS 'The table of a layer that can be deposited in; error 42P01.';

CREATE FUNCTION terrcarbon_internal.fingerprint(staging regclass) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT count(*) || ''-'' || md5(coalesce(sum(r.h), 0) || '' '' || coalesce(sum(hashint8extended(r.h, 1)), 0))
            FROM (SELECT terrcarbon_internal.row_hash(ROW(%s)) AS h FROM %s AS s) AS r',
            (SELECT string_agg(format('s.%I', a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = staging AND a.attnum > 0 AND NOT a.attisdropped),
            staging) INTO result;
    RETURN result;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.fingerprint(regclass) IS 'Of the rows of a table, in whatever order: how many, and a hash of all.';

-- Of two sessions that deposit in one layer of a dataset the second waits for the first,
-- and sees what it did.  Only who may deposit here can make others wait.
CREATE FUNCTION terrcarbon_internal.claim_turn(layer text, dataset_id int) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    INSERT INTO deposit_batch AS b (dataset_id, layer, fingerprint, claim)
    VALUES (claim_turn.dataset_id, claim_turn.layer, '', true) ON CONFLICT DO NOTHING;
    DELETE FROM deposit_batch b WHERE b.claim AND b.dataset_id = claim_turn.dataset_id AND b.layer = claim_turn.layer;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.claim_turn(text, int) IS 'Waits until nobody else deposits in a layer of a dataset, and lets others wait until the transaction ends.';

CREATE FUNCTION terrcarbon_internal.handle_repeated(account name, layer text, dataset_id int, fingerprint text, repeated text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    former record;
BEGIN
    IF repeated = 'append' THEN
        RETURN;
    END IF;
    PERFORM terrcarbon_internal.claim_turn(layer, dataset_id);
    FOR former IN
        SELECT b.id, b.deposited_at FROM deposit_batch b
        WHERE b.dataset_id = handle_repeated.dataset_id AND b.layer = handle_repeated.layer AND b.fingerprint = handle_repeated.fingerprint
            AND handle_repeated.fingerprint NOT LIKE '0-%'
        ORDER BY b.id
    LOOP
        IF repeated = 'replace' THEN
            PERFORM terrcarbon_internal.undo_deposit(account, former.id);
        ELSE
            RAISE EXCEPTION 'the same rows were deposited before'
                USING ERRCODE = 'unique_violation',
                      DETAIL = format('They are batch %s of %s.', former.id, former.deposited_at::date),
                      HINT = 'repeated => ''replace'' undoes that batch first, ''append'' deposits them once more.';
        END IF;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.handle_repeated(name, text, int, text, text) IS
    'What happens to a deposit of the very rows of a former one, whatever became of these: error 23505, or the former one is undone.';

CREATE FUNCTION terrcarbon_internal.same_rows_query(target regclass, repeated text) RETURNS text
    LANGUAGE sql VOLATILE
AS $$
    SELECT format('WITH mine AS MATERIALIZED (
            SELECT m.place, m.hash, row_number() OVER (PARTITION BY m.hash) AS nth
            FROM (SELECT l.ctid AS place, %2$s AS hash FROM %1$s AS l WHERE l.dataset_id = $1 AND l.batch_id = $2 OFFSET 0) AS m
        ), former AS MATERIALIZED (
            SELECT f.* FROM (SELECT l.ctid AS place, l.batch_id, %2$s AS hash FROM %1$s AS l
                             WHERE l.dataset_id = $1 AND l.batch_id IS DISTINCT FROM $2 OFFSET 0) AS f
            WHERE f.hash IN (SELECT m.hash FROM mine m)
        ), rated AS MATERIALIZED (
            -- Of rows that are equal among themselves, as many as were there.
            SELECT m.place, m.nth, coalesce(m.nth <= f.n, false) AS again
            FROM mine m LEFT JOIN (SELECT f.hash, count(*) AS n FROM former f GROUP BY f.hash) AS f ON f.hash = m.hash
        )%3$s
        SELECT (SELECT count(*) FROM rated r WHERE r.again), (SELECT count(*) FROM rated r WHERE r.nth > 1 AND NOT r.again),
               (SELECT string_agg(format(CASE WHEN f.batch_id IS NULL THEN ''%%s written without a deposit'' ELSE ''batch %%2$s: %%1$s of its %%3$s%%4$s'' END,
                                         f.n, f.batch_id, b.rows_in, CASE WHEN b.rows_in > f.n THEN '', the others still count'' END), '', '' ORDER BY f.batch_id)
                FROM (SELECT f.batch_id, count(*) AS n FROM former f GROUP BY f.batch_id ORDER BY f.batch_id LIMIT 10) AS f
                LEFT JOIN deposit_batch b ON b.id = f.batch_id)',
        target, format('terrcarbon_internal.row_hash(ROW(%s))', string_agg(format('l.%I', c.name), ', ' ORDER BY c.place)),
        CASE repeated WHEN 'skip' THEN format(', gone AS (DELETE FROM %s AS l USING rated r WHERE r.again AND l.ctid = r.place)', target)
            WHEN 'replace' THEN format(', gone AS (DELETE FROM %s AS l USING former f WHERE l.ctid = f.place
            ), counted AS (
                UPDATE deposit_batch AS b SET rows_in = b.rows_in - f.n FROM (SELECT f.batch_id, count(*) AS n FROM former f GROUP BY f.batch_id) AS f
                WHERE b.id = f.batch_id AND b.depositor = current_user)', target) ELSE '' END)
    FROM terrcarbon_internal.deposit_columns(target, target, '{}') AS c WHERE c.kind IS NOT NULL
$$;
COMMENT ON FUNCTION terrcarbon_internal.same_rows_query(regclass, text) IS
    'The statement that finds the rows of a deposit ($1 dataset, $2 batch) that are equal, in all columns that are deposited, to rows of the dataset that were there, and takes the one (skip) or the other (replace) out again; gives how many of the deposit they are, how many are equal to others of it, and where they are from. Rows are the same when 64 bits of hash are.';

CREATE FUNCTION terrcarbon_internal.settle_same_rows(target regclass, layer text, dataset_id int, batch_id bigint, repeated text,
        OUT left_out bigint, OUT note text)
    LANGUAGE plpgsql VOLATILE
    SET jit = off
    SET work_mem = '64MB'
    -- What came in just now is not in the statistics.
    SET enable_nestloop = off
AS $$
DECLARE
    again bigint;
    alike bigint;
    origin text;
BEGIN
    left_out := 0;
    IF repeated = 'append' THEN
        RETURN;
    END IF;
    PERFORM terrcarbon_internal.claim_turn(layer, dataset_id);
    EXECUTE terrcarbon_internal.same_rows_query(target, repeated) INTO again, alike, origin USING dataset_id, batch_id;
    IF again > 0 AND repeated = 'refuse' THEN
        RAISE EXCEPTION 'rows that are there already were deposited again'
            USING ERRCODE = 'unique_violation', DETAIL = format('They are %s (%s).', terrcarbon_internal.counted_rows(again), origin),
                  HINT = 'repeated => ''skip'' leaves them out, ''replace'' takes the former ones out, ''append'' counts them once more.';
    ELSIF repeated = 'skip' THEN
        left_out := again;
    END IF;
    UPDATE deposit_batch b SET rows_in = b.rows_in - left_out WHERE b.id = settle_same_rows.batch_id AND left_out > 0;
    note := nullif(concat_ws('; ',
        CASE WHEN again > 0 THEN format(CASE repeated WHEN 'skip'
                THEN 'there already, left out: %s (%s); repeated => ''append'' counts them once more, ''replace'' takes the former ones out'
                ELSE 'there already, replaced: %s (%s)' END, terrcarbon_internal.counted_rows(again), origin) END,
        'equal to another row of the deposit, and counted: ' || terrcarbon_internal.counted_rows(nullif(alike, 0))), '');
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.settle_same_rows(regclass, text, int, bigint, text) IS
    'What becomes of the rows of a deposit that were there already: left_out of skip, the others of replace, error 23505 for refuse; in words. Waits for other deposits of the dataset in the layer.';

-- --- what users call ---------------------------------------------------------------------

CREATE FUNCTION deposit(account name, target text, staging regclass, dataset text, mapping jsonb DEFAULT '{}',
        repair boolean DEFAULT false, dry_run boolean DEFAULT false, repeated text DEFAULT 'skip',
        OUT batch_id bigint, OUT rows_in bigint, OUT rows_rejected bigint, OUT reasons text, OUT notes text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_caller';
COMMENT ON FUNCTION deposit(name, text, regclass, text, jsonb, boolean, boolean, text) IS
    'Deposits the rows of any table, view or foreign table that the caller may read in a layer of an account (activity, building, herd, land_cover, road_segment, trip, wetland_site, or a table of one''s own with dataset_id and batch_id), with the caller''s rights. Columns are matched by name, without case and accents; mapping says otherwise: {"quantity": "conso", "unit": {"value": "MWh HHV"}}. Converted, and told in notes: geometries of another SRID, with Z, or single instead of multi; decimal commas; names of sectors; case, accents and spaces of codes. repair: invalid geometries are made valid (ST_MakeValid), and the change of area is told. A row that does not fit is kept in the account''s table rejected with line, column, value, reason and proposal; the others come in. A column rejected_id names, of rows that come mended, what leaves rejected for them (rejected.id). dry_run: everything is done and taken back, nothing stays written. repeated: rows that are there already, equal in every column to rows of the dataset from before, are left out (skip), are an error (refuse), take the place of the former ones (replace) or are counted once more (append), and notes say which; equal rows of one file are all counted. The very rows of a former deposit are an error for skip, too, and replace undoes it. notes name figures that are implausible per inhabitant, too (implausible_figures), and those of territories that were larger then, since they were split later and kept their code (former_territory). reasons: the faults with their number of rows, at most 20. Errors: 3F000 no such account, 42P01 no such layer, P0002 no such dataset, 42501, 42703 and 22023 a mapping, 23505 the same rows again.';

CREATE FUNCTION terrcarbon_internal.open_batch(account name, target text, staging regclass, of_dataset int, repeated text, part text,
        OUT batch_id bigint, OUT rows_before bigint, OUT rows_given bigint)
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    -- Of an inbox, what is written in one transaction is one deposit.
    mark text := staging;
BEGIN
    IF part IS NULL THEN
        mark := terrcarbon_internal.fingerprint(staging);
        rows_given := split_part(mark, '-', 1);
        PERFORM terrcarbon_internal.handle_repeated(account, target, of_dataset, mark, repeated);
    ELSE
        EXECUTE format('SELECT count(*) FROM %s AS s WHERE %s', staging, part) INTO rows_given;
        SELECT b.id, b.rows_in + b.rows_rejected INTO batch_id, rows_before
        FROM deposit_batch b
        WHERE b.dataset_id = of_dataset AND b.layer = target AND b.fingerprint = mark
            AND b.deposited_at = now() AND b.depositor = current_user
        ORDER BY b.id DESC LIMIT 1;
    END IF;
    IF batch_id IS NULL THEN
        rows_before := 0;
        INSERT INTO deposit_batch AS b (dataset_id, layer, fingerprint) VALUES (of_dataset, target, mark)
            RETURNING b.id INTO batch_id;
    END IF;
    DELETE FROM rejected r
    USING deposit_batch b, setting s
    WHERE b.id = r.batch_id AND r.depositor = current_user AND b.deposited_at < now() - make_interval(days => s.rejected_days)
        AND b.id <> open_batch.batch_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.open_batch(name, text, regclass, int, text, text) IS
    'The batch of a deposit, new or, for an inbox, the one of this transaction, with how many rows it has and how many will come; deletes what was refused too long ago. Error 23505.';

CREATE FUNCTION terrcarbon_internal.deposit_rows(account name, target text, staging regclass, dataset text, mapping jsonb,
        repair boolean, repeated text, part text,
        OUT batch_id bigint, OUT rows_in bigint, OUT rows_rejected bigint, OUT reasons text, OUT notes text)
    LANGUAGE plpgsql VOLATILE
    -- One long statement, whose many conditions take longer to compile than to ask.
    SET jit = off
    SET work_mem = '64MB'
AS $$
DECLARE
    layer CONSTANT regclass := terrcarbon_internal.deposit_target(account, target);
    of_dataset CONSTANT int := terrcarbon_internal.deposit_dataset(dataset);
    batch record;
    rows_read bigint;
    left_out bigint;
    same text;
BEGIN
    batch := terrcarbon_internal.open_batch(account, target, staging, of_dataset, repeated, part);
    batch_id := batch.batch_id;
    EXECUTE terrcarbon_internal.deposit_query(layer, staging, mapping, repair, part)
        INTO rows_read, rows_rejected, reasons, notes USING of_dataset, batch_id, target, batch.rows_before, batch.rows_before + batch.rows_given;
    rows_in := rows_read - rows_rejected;
    UPDATE deposit_batch b SET rows_in = b.rows_in + deposit_rows.rows_in, rows_rejected = b.rows_rejected + deposit_rows.rows_rejected
    WHERE b.id = batch_id;
    IF part IS NULL THEN
        SELECT r.left_out, r.note INTO left_out, same
        FROM terrcarbon_internal.settle_same_rows(layer, target, of_dataset, batch_id, repeated) AS r;
        rows_in := rows_in - left_out;
    END IF;
    notes := nullif(concat_ws('; ', same, nullif(notes, ''), terrcarbon_internal.unused_columns(layer, staging, mapping)), '');
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit_rows(name, text, regclass, text, jsonb, boolean, text, text) IS
    'A deposit of the rows of a staging table, or of a part of them: a condition on the table as s, then what was there already is settled when the transaction ends.';

CREATE FUNCTION terrcarbon_internal.price_findings(layer text, dataset_id int, batch_id bigint) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    result text;
BEGIN
    IF layer = 'activity' THEN
        WITH rows AS MATERIALIZED (
            SELECT a.factor, a.unit, a.scope, a.year, a.territory_code, count(*) AS n
            FROM activity a
            WHERE a.dataset_id = price_findings.dataset_id AND a.batch_id = price_findings.batch_id AND a.quantity IS NOT NULL
            GROUP BY a.factor, a.unit, a.scope, a.year, a.territory_code
        ), there AS MATERIALIZED (
            SELECT t.code, t.reference_code FROM place t WHERE t.code = ANY (ARRAY(SELECT r.territory_code FROM rows r))
        ), key AS MATERIALIZED (
            SELECT r.factor, r.unit, r.scope, r.year, t.reference_code, sum(r.n) AS n FROM rows r JOIN there t ON t.code = r.territory_code
            GROUP BY r.factor, r.unit, r.scope, r.year, t.reference_code
        )
        SELECT string_agg(w.words, '; ' ORDER BY w.n DESC, w.words) INTO result
        FROM (SELECT sum(k.n) AS n, format('%s, %s (%s)', p.finding, left(p.detail, 200), sum(k.n)) AS words
              FROM key k
              CROSS JOIN setting s
              CROSS JOIN LATERAL (SELECT r.finding, r.detail FROM terrcarbon_internal.price_parts(k.factor, k.unit, k.year, k.reference_code, k.scope, s.gwp,
                  coalesce(s.assumed_u95_percent, 0)) AS r WHERE r.finding IS NOT NULL LIMIT 1) AS p
              GROUP BY p.finding, p.detail ORDER BY 1 DESC, 2 LIMIT 5) AS w;
    ELSIF layer = 'land_cover' THEN
        -- A class without a reference in any of a few places is not known at all; what only
        -- some places lack is found by the refresh, which knows where the polygons are.
        SELECT string_agg(w.words, '; ' ORDER BY w.n DESC, w.words) INTO result
        FROM (SELECT k.n, format('no reference, %s %s (%s)', k.nomenclature, left(k.code, 100), k.n) AS words
              FROM (SELECT l.nomenclature, l.code, max(l.year) AS year, count(*) AS n
                    FROM land_cover l WHERE l.dataset_id = price_findings.dataset_id AND l.batch_id = price_findings.batch_id
                    GROUP BY l.nomenclature, l.code) AS k
              WHERE NOT EXISTS (SELECT FROM (SELECT DISTINCT t.reference_code FROM place t ORDER BY 1 LIMIT 20) AS t
                                CROSS JOIN LATERAL terrcarbon_internal.stock_per_ha(k.nomenclature, k.code, k.year, t.reference_code, 0) AS p
                                WHERE p.finding IS NULL)
              ORDER BY k.n DESC, 2 LIMIT 5) AS w;
    END IF;
    RETURN 'without a value until mended: ' || result;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.price_findings(text, int, bigint) IS
    'What of a deposit a refresh could not price, by the rules of the ledger, the most rows first, in words; NULL: nothing, or no layer that is looked at.';

CREATE FUNCTION terrcarbon_internal.deposit_and_note(account name, target text, staging regclass, dataset text, mapping jsonb,
        repair boolean, repeated text,
        OUT batch_id bigint, OUT rows_in bigint, OUT rows_rejected bigint, OUT reasons text, OUT notes text)
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    SELECT d.batch_id, d.rows_in, d.rows_rejected, d.reasons, d.notes INTO batch_id, rows_in, rows_rejected, reasons, notes
    FROM terrcarbon_internal.deposit_rows(account, target, staging, dataset, mapping, repair, repeated, NULL) AS d;
    IF has_any_column_privilege('place', 'SELECT') AND has_any_column_privilege('lifetime', 'SELECT') THEN
        notes := nullif(concat_ws('; ', notes,
            terrcarbon_internal.price_findings(target, terrcarbon_internal.deposit_dataset(dataset), batch_id)), '');
    END IF;
    IF target = 'activity' AND has_table_privilege('population', 'SELECT') THEN
        BEGIN
            SELECT nullif(concat_ws('; ', notes, nullif(string_agg(format('implausible: %s (%s)', i.note, i.n), '; ' ORDER BY i.note COLLATE "C"), '')), '')
            INTO notes
            FROM (SELECT f.note, count(*) AS n FROM terrcarbon_internal.implausible_figures(account, batch_id) AS f GROUP BY f.note) AS i;
        EXCEPTION WHEN numeric_value_out_of_range THEN
            notes := concat_ws('; ', notes, 'implausible: sums beyond what a number holds');
        END;
    END IF;
    IF target = 'activity' AND has_table_privilege('former_territory', 'SELECT') THEN
        notes := nullif(concat_ws('; ', notes, terrcarbon_internal.former_ground(batch_id)), '');
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit_and_note(name, text, regclass, text, jsonb, boolean, text) IS
    'A deposit of a staging table, with what there is to note about the figures.';

CREATE FUNCTION terrcarbon_internal.deposit(account name, target text, staging regclass, dataset text, mapping jsonb,
        repair boolean, dry_run boolean, repeated text,
        OUT batch_id bigint, OUT rows_in bigint, OUT rows_rejected bigint, OUT reasons text, OUT notes text)
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    result record;
BEGIN
    IF num_nulls(staging, mapping, repair, dry_run, repeated) > 0 OR repeated NOT IN ('skip', 'refuse', 'replace', 'append') THEN
        RAISE EXCEPTION 'repeated is skip, refuse, replace or append, and no argument is NULL'
            USING ERRCODE = 'invalid_parameter_value', DETAIL = 'repeated is ' || coalesce(left(repeated, 100), 'NULL') || '.';
    END IF;
    PERFORM terrcarbon_internal.check_mapping(terrcarbon_internal.deposit_target(account, target), staging, mapping);
    IF NOT dry_run THEN
        result := terrcarbon_internal.deposit_and_note(account, target, staging, dataset, mapping, repair, repeated);
    ELSE
        -- All that a deposit does, and back: so it tells what the deposit will.
        BEGIN
            result := terrcarbon_internal.deposit_and_note(account, target, staging, dataset, mapping, repair, repeated);
            RAISE EXCEPTION USING ERRCODE = 'TC000';
        EXCEPTION WHEN SQLSTATE 'TC000' THEN
            result.batch_id := NULL;
        END;
    END IF;
    batch_id := result.batch_id;
    rows_in := result.rows_in;
    rows_rejected := result.rows_rejected;
    reasons := result.reasons;
    notes := result.notes;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.deposit(name, text, regclass, text, jsonb, boolean, boolean, text) IS 'Behind deposit, with the caller''s rights.';

CREATE FUNCTION undo_deposit(account name, batch_id bigint) RETURNS bigint
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'on_account_as_caller';
COMMENT ON FUNCTION undo_deposit(name, bigint) IS
    'Deletes what came in with a deposit, what it refused, and the deposit itself (table deposit_batch); gives the rows deleted from the layer. Rows changed since are deleted too. For those who may deposit in the dataset. Errors: 3F000 no such account, P0002 no such deposit, or none that the caller may undo.';

CREATE FUNCTION terrcarbon_internal.undo_deposit(account name, batch_id bigint) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    batch record;
    deleted bigint;
BEGIN
    SELECT b.id, b.dataset_id, b.layer INTO batch FROM deposit_batch b WHERE b.id = undo_deposit.batch_id;
    IF batch.id IS NULL THEN
        RAISE EXCEPTION 'account % has no deposit % that % may undo', quote_ident(account), coalesce(batch_id::text, 'NULL'), current_user
            USING ERRCODE = 'no_data_found', HINT = format('SELECT * FROM %I.deposit_batch lists them.', account);
    END IF;
    EXECUTE format('DELETE FROM %s AS r WHERE r.dataset_id = $1 AND r.batch_id = $2',
        terrcarbon_internal.deposit_target(account, batch.layer)) USING batch.dataset_id, batch.id;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    DELETE FROM deposit_batch b WHERE b.id = batch.id;
    RETURN deleted;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.undo_deposit(name, bigint) IS 'Behind undo_deposit, with the caller''s rights.';

CREATE FUNCTION terrcarbon_internal.unused_columns(target regclass, staging regclass, mapping jsonb) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT 'columns left out: ' || string_agg(g.attname::text, ', ' ORDER BY g.attnum)
    FROM pg_attribute g
    WHERE g.attrelid = staging AND g.attnum > 0 AND NOT g.attisdropped AND g.attname <> 'rejected_id'
        AND NOT EXISTS (SELECT FROM terrcarbon_internal.deposit_columns(target, staging, mapping) AS c
                        WHERE g.attnum::int = ANY (c.source_places) AND c.kind IS NOT NULL AND c.constant IS NULL)
$$;
COMMENT ON FUNCTION terrcarbon_internal.unused_columns(regclass, regclass, jsonb) IS 'Which columns of a staging table a deposit leaves out, in words; NULL: none.';

-- --- privileges --------------------------------------------------------------------------

CREATE FUNCTION grant_reading(account name, role regrole) RETURNS void
    LANGUAGE C VOLATILE STRICT
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION grant_reading(name, regrole) IS
    'Lets a role read an account: USAGE of the schema and SELECT on its tables and views but those of deposits, column by column on views that are steps of others, so that map clients do not list them; what it sees there is for the licences to say. For everybody, GRANT to PUBLIC. Errors: 3F000 no such account, 42501 for who has not its owner''s rights.';

CREATE FUNCTION terrcarbon_internal.grant_by_columns(relation regclass, role text) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    EXECUTE (SELECT format('GRANT SELECT (%s) ON %s TO %s', string_agg(quote_ident(c), ', '), relation, role)
             FROM unnest(terrcarbon_internal.columns_of(relation)) AS c);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.grant_by_columns(regclass, text) IS
    'Lets a role select every column of a relation, but not the relation: clients list what one may select, and leave it out.';

CREATE FUNCTION terrcarbon_internal.grant_reading(account name, role regrole) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    relation record;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %s', account, role);
    FOR relation IN
        -- Views without a key are steps of others: their columns alone, so that no client lists them.
        SELECT c.oid::regclass AS id,
               c.relkind = 'v' AND c.relname NOT IN ('actual', 'balance_estimate', 'line')
                   AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = 1 AND a.attname <> 'id') AS hidden
        FROM pg_class c
        WHERE c.relnamespace = quote_ident(account)::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
            AND c.relname NOT IN ('deposit_batch', 'rejected', 'pending', 'change', 'input_seen', 'dataset_input') AND c.relname NOT LIKE 'inbox%' AND c.relname NOT LIKE '%\_edit'
    LOOP
        IF relation.hidden THEN
            PERFORM terrcarbon_internal.grant_by_columns(relation.id, role::text);
        ELSE
            EXECUTE format('GRANT SELECT ON %s TO %s', relation.id, role);
        END IF;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.grant_reading(name, regrole) IS 'Behind grant_reading, as the owner.';

CREATE FUNCTION grant_depositing(account name, role regrole) RETURNS void
    LANGUAGE C VOLATILE STRICT
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION grant_depositing(name, regrole) IS
    'Lets a role deposit in an account: USAGE of the schema, SELECT on territories, their former codes, wholes and reference places, actors, populations and settings, and SELECT, INSERT, UPDATE, DELETE on the layers, their editing views, extents and what deposits keep, each only for the rows of its own datasets. Errors: 3F000 no such account, 42501 for who has not its owner''s rights.';

CREATE FUNCTION terrcarbon_internal.grant_depositing(account name, role regrole) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %s', account, role);
    EXECUTE format('GRANT SELECT ON territory, former_parent, membership, former_territory, successor, actor, population, setting TO %s', role);
    PERFORM terrcarbon_internal.grant_by_columns(v, role::text) FROM unnest('{place,lifetime}'::regclass[]) AS v;
    EXECUTE (SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON extent, deposit_batch, rejected, inbox_turn, %s TO %s',
                        string_agg(c.oid::regclass::text, ', '), role)
             FROM pg_class c
             WHERE c.relnamespace = quote_ident(account)::regnamespace AND c.relkind = 'r'
                 AND (terrcarbon_internal.columns_of(c.oid) @> '{dataset_id,batch_id}' AND c.relrowsecurity
                      OR c.relname IN (SELECT 'inbox_' || i.name FROM inbox i)));
    EXECUTE (SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %s', string_agg(c.oid::regclass::text, ', '), role)
             FROM pg_class c WHERE c.relnamespace = quote_ident(account)::regnamespace AND c.relkind = 'v' AND c.relname LIKE '%\_edit');
    EXECUTE format('GRANT SELECT ON inbox TO %s', role);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.grant_depositing(name, regrole) IS 'Behind grant_depositing, as the owner.';
