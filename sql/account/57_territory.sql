-- Territories, populations and reference places from the usual national files.

CREATE FUNCTION terrcarbon_internal.staged_columns(staging regclass, wanted text[], needed int, mapping jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    result text;
    lacking text;
BEGIN
    SELECT string_agg(format('%s AS %I', CASE WHEN f.attname IS NULL THEN quote_nullable(mapping -> w.name ->> 'value') || '::text'
               WHEN f.atttypid::regtype::text ~ '(^|\.)geometry$' THEN format('s.%I', f.attname)
               WHEN w.name = 'geom' THEN format('terrcarbon_internal.read_geometry(s.%I::text)', f.attname)
               ELSE format('terrcarbon_internal.trimmed(s.%I::text)', f.attname) END, w.name), ', ' ORDER BY w.place),
           string_agg(w.name, ', ' ORDER BY w.place) FILTER (WHERE w.place <= needed AND f.attname IS NULL AND mapping -> w.name ->> 'value' IS NULL)
    INTO result, lacking
    FROM unnest(wanted) WITH ORDINALITY AS w (name, place)
    LEFT JOIN LATERAL (
        SELECT a.attname, a.atttypid FROM pg_attribute a
        WHERE a.attrelid = staging AND a.attnum > 0 AND NOT a.attisdropped
            AND CASE jsonb_typeof(mapping -> w.name) WHEN 'string' THEN a.attname = mapping ->> w.name
                WHEN 'object' THEN false ELSE terrcarbon_internal.folded(a.attname::text) = w.name
                    OR w.name = 'geom' AND a.attname IN ('geometry', 'wkb_geometry', 'the_geom', 'wkt') END
        ORDER BY a.attname = w.name DESC, a.attnum LIMIT 1
    ) AS f ON true;
    IF lacking IS NOT NULL THEN
        RAISE EXCEPTION 'table % lacks a column', staging
            USING ERRCODE = 'undefined_column', DETAIL = format('Nothing is found for %s.', lacking),
                  HINT = format('It has %s. Say which is meant: mapping => {"%s": "..."}.',
                      array_to_string(terrcarbon_internal.columns_of(staging), ', '), split_part(lacking, ',', 1));
    END IF;
    RETURN format('SELECT %s FROM %s AS s', result, staging);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.staged_columns(regclass, text[], int, jsonb) IS
    'A query of the columns wanted, as text, from a table that may call them otherwise; of these the first ones are needed. Error 42703.';

CREATE FUNCTION load_territories(account name, communes regclass, mapping jsonb DEFAULT '{}', repair boolean DEFAULT false,
        since date DEFAULT NULL)
    RETURNS TABLE (level text, territories bigint, area_ha float8, notes text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 4 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_caller';
COMMENT ON FUNCTION load_territories(name, regclass, jsonb, boolean, date) IS
    'Makes the territories of an account of a table of communes: code, name, geom, and where there are epci_code, epci_name, department_code, department_name, region_code, region_name, valid_from, valid_to (mapping names the columns). EPCI, departments (FR-17) and regions (R75) are the communes dissolved, so that parts tile their whole; an EPCI in several departments belongs to the one with most of its communes. Territories that are there already are changed; since: the day from which those that become part of something else are that (former_parent keeps what they were part of before), NULL: in all years. notes: such EPCI, by how much communes overlap, how many territories are now part of something else, and which have no parts any more. For who may write to territory and former_parent. Errors: 3F000 no such account, 42703 a column that lacks, 22023 a commune without code, name or valid boundary, or twice.';

CREATE FUNCTION terrcarbon_internal.staged_communes(communes regclass, mapping jsonb, repair boolean)
    RETURNS TABLE (code text, name text, geom geometry, fault text, epci_code text, epci_name text, department_code text, department_name text,
                   region_code text, region_name text, valid_from date, valid_to date)
    LANGUAGE plpgsql STABLE ROWS 35000
AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT g.code, g.name, f.geom, f.fault, g.epci_code, g.epci_name, g.department_code, g.department_name,
            g.region_code, g.region_name, g.valid_from::date, g.valid_to::date
        FROM (%s) AS g CROSS JOIN LATERAL terrcarbon_internal.fitting_geometry(g.geom, $1, ''MULTIPOLYGON'', $2) AS f',
        terrcarbon_internal.staged_columns(communes, '{code,name,geom,epci_code,epci_name,department_code,department_name,region_code,region_name,valid_from,valid_to}', 3, mapping))
        USING (SELECT s.srid FROM setting s), repair;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.staged_communes(regclass, jsonb, boolean) IS
    'The communes of a table that may call its columns otherwise, with boundaries that fit the account or the reason why they do not.';

CREATE FUNCTION terrcarbon_internal.staged_territories(communes regclass, mapping jsonb, repair boolean)
    RETURNS TABLE (code text, name text, level text, parent_code text, geom geometry, valid_from date, valid_to date, reference_code text, note text)
    LANGUAGE plpgsql STABLE ROWS 40000
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT g.code, g.name, g.geom, g.epci_code, g.epci_name, g.valid_from, g.valid_to, g.department_name, g.region_name,
               CASE WHEN g.department_code LIKE 'FR-%' THEN g.department_code ELSE 'FR-' || g.department_code END AS department_code,
               CASE WHEN g.region_code LIKE 'FR-%' THEN g.region_code ELSE 'R' || g.region_code END AS region_code
        FROM terrcarbon_internal.staged_communes(communes, mapping, repair) AS g
    ), epci AS MATERIALIZED (
        SELECT e.epci_code, max(e.epci_name) AS name, mode() WITHIN GROUP (ORDER BY e.department_code) AS department_code,
               CASE WHEN count(DISTINCT e.department_code) > 1
                   THEN format('EPCI %s is in %s', e.epci_code, string_agg(DISTINCT e.department_code, ', ')) END AS note
        FROM given e WHERE e.epci_code IS NOT NULL GROUP BY e.epci_code
    ), chain AS MATERIALIZED (
        SELECT g.*, coalesce(e.department_code, g.department_code) AS counted_in
        FROM given g LEFT JOIN epci e ON e.epci_code = g.epci_code
    ), department AS MATERIALIZED (
        SELECT d.department_code, max(d.department_name) AS name, mode() WITHIN GROUP (ORDER BY d.region_code) AS region_code
        FROM given d WHERE d.department_code IN (SELECT c.counted_in FROM chain c) GROUP BY d.department_code
    )
    SELECT c.code, c.name, 'commune', coalesce(c.epci_code, c.counted_in, c.region_code), c.geom, c.valid_from, c.valid_to, NULL::text, NULL::text
    FROM chain c
  UNION ALL
    SELECT e.epci_code, coalesce(e.name, e.epci_code), 'EPCI', e.department_code,
           (SELECT st_multi(st_union(c.geom)) FROM chain c WHERE c.epci_code = e.epci_code), NULL, NULL, NULL, e.note
    FROM epci e
  UNION ALL
    SELECT d.department_code, coalesce(d.name, d.department_code), 'department', d.region_code,
           (SELECT st_multi(st_union(c.geom)) FROM chain c WHERE c.counted_in = d.department_code), NULL, NULL, NULL, NULL
    FROM department d
  UNION ALL
    SELECT r.region_code, coalesce(max(r.region_name), r.region_code), 'region', NULL,
           (SELECT st_multi(st_union(c.geom)) FROM chain c JOIN department d ON d.department_code = c.counted_in WHERE d.region_code = r.region_code),
           NULL, NULL, (SELECT max(f.code) FROM terrcarbon.reference_territory f
                        WHERE f.level = 'region' AND terrcarbon_internal.folded(f.name) = terrcarbon_internal.folded(max(r.region_name))), NULL
    FROM given r WHERE r.region_code IN (SELECT d.region_code FROM department d) GROUP BY r.region_code;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.staged_territories(regclass, jsonb, boolean) IS
    'The communes of a table with the EPCI, departments and regions that they make up.';

CREATE FUNCTION terrcarbon_internal.load_territories(account name, communes regclass, mapping jsonb, repair boolean, since date)
    RETURNS TABLE (level text, territories bigint, area_ha float8, notes text)
    LANGUAGE plpgsql VOLATILE
    SET jit = off
AS $$
DECLARE
    bad CONSTANT text := (
        SELECT string_agg(format('%s: %s', coalesce(b.code, b.name, 'without code'), b.fault), '; ')
        FROM (SELECT g.code, g.name, coalesce(g.fault, CASE WHEN g.code IS NULL OR g.name IS NULL THEN 'no code or name'
                  WHEN g.geom IS NULL THEN 'no boundary' WHEN count(*) OVER (PARTITION BY g.code) > 1 THEN 'twice' END) AS fault
              FROM terrcarbon_internal.staged_communes(communes, mapping, repair) AS g) AS b
        WHERE b.fault IS NOT NULL);
BEGIN
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION 'communes that cannot be territories'
            USING ERRCODE = 'invalid_parameter_value', DETAIL = left(bad, 500),
                  HINT = 'repair => true makes boundaries valid; a commune of two periods has two codes.';
    END IF;
    RETURN QUERY
    WITH whole AS MATERIALIZED (
        SELECT w.*, terrcarbon.true_area(w.geom) / 1e4 AS ha FROM terrcarbon_internal.staged_territories(communes, mapping, repair) AS w
    ), put AS (
        INSERT INTO territory AS t (code, name, level, parent_code, geom, valid_from, valid_to, reference_code)
            SELECT w.code, w.name, w.level, w.parent_code, w.geom, w.valid_from, w.valid_to, w.reference_code FROM whole w
        ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level, parent_code = excluded.parent_code,
            geom = excluded.geom, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
            reference_code = coalesce(t.reference_code, excluded.reference_code)
    ), moved AS MATERIALIZED (
        SELECT w.level, t.code, t.parent_code FROM whole w JOIN territory t ON t.code = w.code WHERE t.parent_code <> w.parent_code
    ), kept AS (
        INSERT INTO former_parent (territory_code, valid_to, parent_code)
            SELECT m.code, since - 1, m.parent_code FROM moved m WHERE since IS NOT NULL
        ON CONFLICT DO NOTHING
    ), summed AS (
        SELECT w.level, count(*) AS n, sum(w.ha) AS ha, concat_ws('; ', string_agg(w.note, '; ' ORDER BY w.code),
                   (SELECT format('part of something else %s: %s', coalesce('since ' || to_char(since, 'YYYY-MM-DD'), 'in all years'), count(*))
                    FROM moved m WHERE m.level = w.level HAVING count(*) > 0),
                   (SELECT 'without parts: ' || string_agg(t.code, ', ' ORDER BY t.code) FROM territory t
                    WHERE t.level = w.level AND t.code IN (SELECT m.parent_code FROM moved m)
                        AND NOT EXISTS (SELECT FROM whole n WHERE n.parent_code = t.code)
                        AND NOT EXISTS (SELECT FROM territory c WHERE c.parent_code = t.code AND c.code NOT IN (SELECT m.code FROM moved m)))) AS notes
        FROM whole w GROUP BY w.level
    ), part AS (
        -- Communes by the lowest level that they are part of.
        SELECT sum(c.ha) AS ha, bool_and(p.level IS NOT DISTINCT FROM 'EPCI') AS in_epci, bool_and(p.level IN ('EPCI', 'department')) AS in_department
        FROM whole c LEFT JOIN whole p ON p.code = c.parent_code
        WHERE c.level = 'commune'
    )
    SELECT s.level, s.n, s.ha,
           nullif(concat_ws('; ', s.notes, CASE WHEN s.level <> 'commune' AND abs(p.ha / s.ha - 1) > 0.0001
                AND CASE s.level WHEN 'EPCI' THEN p.in_epci WHEN 'department' THEN p.in_department ELSE true END
                THEN format('communes overlap by %s ha', round((p.ha - s.ha)::numeric, 2)) END), '')
    FROM summed s CROSS JOIN part p
    ORDER BY array_position('{commune,EPCI,department,region}', s.level);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.load_territories(name, regclass, jsonb, boolean, date) IS 'Behind load_territories, with the caller''s rights.';

-- What was added up before is added up again.
CREATE FUNCTION terrcarbon_internal.part_population() RETURNS TABLE (territory_code text, year int, residents float8)
    LANGUAGE plpgsql STABLE ROWS 1000
AS $$
BEGIN
    RETURN QUERY
    SELECT m.parent_code, p.year, sum(p.residents)
    FROM membership m
    JOIN population p ON p.territory_code = m.code AND p.year BETWEEN m.first_year AND m.last_year AND p.residents IS NOT NULL
    WHERE m.parent_code IS NOT NULL
    GROUP BY m.parent_code, p.year
    HAVING count(*) = (SELECT count(*) FROM membership c JOIN lifetime l ON l.code = c.code
                       WHERE c.parent_code = m.parent_code AND p.year BETWEEN c.first_year AND c.last_year
                           AND p.year BETWEEN l.first_year AND l.last_year);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.part_population() IS 'Inhabitants of the parts of each whole, in the years in which all of them have a figure.';

CREATE FUNCTION terrcarbon_internal.sum_population() RETURNS bigint
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    added bigint := 1;
BEGIN
    -- Refresh asks each time, and mostly nothing has changed.
    IF EXISTS (SELECT FROM terrcarbon_internal.part_population() AS p
               FULL JOIN (SELECT * FROM population x WHERE x.source = 'sum of its parts') AS s
                   ON s.territory_code = p.territory_code AND s.year = p.year
               LEFT JOIN population own ON own.territory_code = p.territory_code AND own.year = p.year AND s.year IS NULL
               WHERE own.year IS NULL AND s.residents IS DISTINCT FROM p.residents) THEN
        UPDATE population SET residents = NULL WHERE source = 'sum of its parts';
        WHILE added > 0 LOOP
            INSERT INTO population AS s (territory_code, year, residents, source)
                SELECT p.territory_code, p.year, p.residents, 'sum of its parts' FROM terrcarbon_internal.part_population() AS p
            ON CONFLICT (territory_code, year) DO UPDATE SET residents = excluded.residents
                WHERE s.source = 'sum of its parts' AND s.residents IS NULL;
            GET DIAGNOSTICS added = ROW_COUNT;
        END LOOP;
        DELETE FROM population WHERE source = 'sum of its parts' AND num_nonnulls(residents, equivalent_residents, tourist_nights, jobs) = 0;
    END IF;
    RETURN (SELECT count(*) FROM population p WHERE p.source = 'sum of its parts' AND p.residents IS NOT NULL);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.sum_population() IS
    'Adds up the inhabitants of the parts for the wholes and years that have no figure of their own; how many there are.';

CREATE FUNCTION load_population(account name, staging regclass, mapping jsonb DEFAULT '{}', source text DEFAULT NULL,
        OUT rows_in bigint, OUT summed bigint, OUT notes text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_caller';
COMMENT ON FUNCTION load_population(name, regclass, jsonb, text) IS
    'Loads inhabitants by year into population: from columns code, year and residents (mapping names them), or from one column a year: {"code": "CODGEO", "years": {"2016": "P16_POP", "2022": "P22_POP"}}. Years that all parts a territory had then (membership) have are added up for the whole (summed) where it has none of its own. Those of former codes that merged (load_former_codes) are added to what they are a part of. Rows that are there already are changed. notes: codes that are no territory, former codes, cells that are no number. For who may write to the table population. Errors: 3F000, 42703 a column that lacks.';

CREATE FUNCTION terrcarbon_internal.load_population(account name, staging regclass, mapping jsonb, source text,
        OUT rows_in bigint, OUT summed bigint, OUT notes text)
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    given text;
BEGIN
    IF mapping ? 'years' THEN
        SELECT string_agg(format('SELECT g.code, %L AS year, g.residents FROM (%s) AS g', y.key,
            terrcarbon_internal.staged_columns(staging, '{code,residents}', 2, mapping || jsonb_build_object('residents', y.value))), ' UNION ALL ')
        INTO given FROM jsonb_each(mapping -> 'years') AS y;
    ELSE
        given := terrcarbon_internal.staged_columns(staging, '{code,year,residents}', 3, mapping);
    END IF;
    EXECUTE format('WITH given AS MATERIALIZED (
            SELECT DISTINCT ON (g.code, year) g.code, terrcarbon_internal.read_whole(g.year) AS year,
                   terrcarbon_internal.read_number(g.residents) AS residents, coalesce(t.code, s.successor_code) AS today
            FROM (%s) AS g
            LEFT JOIN territory t ON t.code = g.code
            LEFT JOIN (SELECT s.code, max(s.successor_code) AS successor_code FROM successor s GROUP BY s.code HAVING count(*) = 1) AS s ON s.code = g.code
            WHERE g.residents IS NOT NULL
        ), good AS MATERIALIZED (
            SELECT g.today AS code, g.year, sum(g.residents) AS residents
            FROM given g WHERE g.today IS NOT NULL AND g.year BETWEEN 1900 AND 2200 AND g.residents >= 0
            GROUP BY g.today, g.year
        ), put AS (
            INSERT INTO population (territory_code, year, residents, source) SELECT g.code, g.year, g.residents, $1 FROM good g
            ON CONFLICT (territory_code, year) DO UPDATE SET residents = excluded.residents, source = excluded.source
        )
        SELECT (SELECT count(*) FROM good),
            nullif(concat_ws(''; '', (SELECT ''no such territory: '' || string_agg(DISTINCT left(g.code, 20), '', '') FROM given g WHERE g.today IS NULL),
                (SELECT ''former codes: '' || string_agg(DISTINCT format(''%%s in %%s'', left(g.code, 20), g.today), '', '') FROM given g WHERE g.today <> g.code),
                (SELECT format(''%%s rows without a year or a number'', count(*)) FROM given g
                 WHERE g.today IS NOT NULL AND NOT coalesce(g.year BETWEEN 1900 AND 2200 AND g.residents >= 0, false) HAVING count(*) > 0)), '''')', given)
        INTO rows_in, notes USING source;
    summed := terrcarbon_internal.sum_population();
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.load_population(name, regclass, jsonb, text) IS 'Behind load_population, with the caller''s rights.';

CREATE FUNCTION load_memberships(account name, staging regclass, mapping jsonb DEFAULT '{}', source text DEFAULT NULL,
        OUT rows_in bigint, OUT periods bigint, OUT notes text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_caller';
COMMENT ON FUNCTION load_memberships(name, regclass, jsonb, text) IS
    'Loads who was a member of what by year into former_parent: columns code, parent_code and year (mapping names them), a row for each territory and year, as the yearly lists of communes by EPCI have them. A year that has rows is taken to list all members of each whole that the table names: who is not in it was part of nothing but of what its present whole is part of. So it was with members of a whole that is no territory of the account (notes). A member changed on 1 January of the first year that says so; the first year holds for all before it, after the last one the present parent_code does. What is known of these years is replaced, and the inhabitants of wholes are added up anew. periods: how many rows of former_parent there are now of the members. For who may write to territory, former_parent and population. Errors: 3F000, 42703 a column that lacks, 23514 a territory that would be part of itself.';

CREATE FUNCTION terrcarbon_internal.membership_periods(given jsonb)
    RETURNS TABLE (territory_code text, valid_to date, parent_code text)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH member AS MATERIALIZED (
        SELECT DISTINCT ON (g.code, g.year) g.code, g.parent_code, g.year
        FROM jsonb_to_recordset(given) AS g (code text, parent_code text, year int) ORDER BY g.code, g.year, g.parent_code
    ), concerned AS MATERIALIZED (
        SELECT t.code, t.parent_code, above.parent_code AS above_code, t.parent_code IN (SELECT m.parent_code FROM member m) AS listed
        FROM territory t LEFT JOIN territory above ON above.code = t.parent_code
        WHERE t.code IN (SELECT m.code FROM member m) OR t.parent_code IN (SELECT m.parent_code FROM member m)
    ), told AS (
        SELECT c.code, y.year, c.parent_code AS at_last,
               CASE WHEN p.code IS NOT NULL THEN p.code WHEN m.code IS NOT NULL OR c.listed THEN c.above_code ELSE c.parent_code END AS parent_code
        FROM concerned c
        CROSS JOIN (SELECT DISTINCT m.year FROM member m) AS y
        LEFT JOIN member m ON m.code = c.code AND m.year = y.year
        LEFT JOIN territory p ON p.code = m.parent_code
    )
    SELECT d.code, make_date(d.until, 12, 31), d.parent_code
    FROM (SELECT t.code, t.parent_code, coalesce(lead(t.year) OVER w - 1, t.year) AS until,
                 CASE WHEN lead(t.year) OVER w IS NULL THEN t.at_last ELSE lead(t.parent_code) OVER w END AS later
          FROM told t WINDOW w AS (PARTITION BY t.code ORDER BY t.year)) AS d
    WHERE d.parent_code IS DISTINCT FROM d.later;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.membership_periods(jsonb) IS
    'The rows of former_parent that a list of members by year makes: code, parent_code, year.';

CREATE FUNCTION terrcarbon_internal.load_memberships(account name, staging regclass, mapping jsonb, source text,
        OUT rows_in bigint, OUT periods bigint, OUT notes text)
    LANGUAGE plpgsql VOLATILE
    SET jit = off
AS $$
DECLARE
    given jsonb;
    bad bigint;
BEGIN
    EXECUTE format('SELECT coalesce(jsonb_agg(g) FILTER (WHERE g.good), ''[]''), count(*) FILTER (WHERE NOT g.good)
            FROM (SELECT g.code, g.parent_code, terrcarbon_internal.read_whole(g.year) AS year,
                         coalesce(terrcarbon_internal.read_whole(g.year) BETWEEN 1900 AND 2200, false)
                             AND num_nulls(g.code, g.parent_code) = 0 AS good
                  FROM (%s) AS g) AS g', terrcarbon_internal.staged_columns(staging, '{code,parent_code,year}', 3, mapping))
        INTO given, bad;
    rows_in := jsonb_array_length(given);
    WITH known AS MATERIALIZED (
        SELECT g.* FROM jsonb_to_recordset(given) AS g (code text, parent_code text, year int)
    ), period AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.membership_periods(given)
    ), gone AS (
        DELETE FROM former_parent f
        WHERE f.valid_to BETWEEN (SELECT make_date(min(k.year), 1, 1) FROM known k) AND (SELECT make_date(max(k.year), 12, 31) FROM known k)
            AND (f.territory_code IN (SELECT k.code FROM known k)
                 OR f.territory_code IN (SELECT t.code FROM territory t WHERE t.parent_code IN (SELECT k.parent_code FROM known k)))
            AND (f.territory_code, f.valid_to) NOT IN (SELECT p.territory_code, p.valid_to FROM period p)
    ), put AS (
        INSERT INTO former_parent (territory_code, valid_to, parent_code, source)
            SELECT p.territory_code, p.valid_to, p.parent_code, load_memberships.source FROM period p
        ON CONFLICT (territory_code, valid_to) DO UPDATE SET parent_code = excluded.parent_code, source = excluded.source
    )
    SELECT (SELECT count(*) FROM period),
           nullif(concat_ws('; ', (SELECT 'no such territory: ' || string_agg(DISTINCT left(k.code, 20), ', ') FROM known k
                                   WHERE k.code NOT IN (SELECT t.code FROM territory t)),
               (SELECT 'wholes that are no territory: ' || string_agg(DISTINCT left(k.parent_code, 20), ', ') FROM known k
                WHERE k.parent_code NOT IN (SELECT t.code FROM territory t)),
               CASE WHEN bad > 0 THEN format('%s rows without a code, a parent or a year', bad) END), '')
    INTO periods, notes;
    PERFORM terrcarbon_internal.sum_population();
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.load_memberships(name, regclass, jsonb, text) IS 'Behind load_memberships, with the caller''s rights.';

CREATE FUNCTION load_former_codes(account name, staging regclass, mapping jsonb DEFAULT '{}', source text DEFAULT NULL,
        OUT rows_in bigint, OUT merged bigint, OUT split bigint, OUT notes text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_caller';
COMMENT ON FUNCTION load_former_codes(name, regclass, jsonb, text) IS
    'Loads mergers, splits and changes of code into former_territory: columns code, successor and since, a date or a year (mapping names them), and where there are kind and successor_kind, of which only COM counts, as in INSEE''s table of changes of communes: {"code": "com_av", "successor": "com_ap", "since": "date_eff", "kind": "typecom_av", "successor_kind": "typecom_ap"}. A row whose code stays is left out. Deposits and populations of a code that merged are then those of what it became a part of; those of one that was split are refused, or, where its code stayed, told in the notes of deposit. merged, split: how many former codes are one territory of the account today, or several. For who may write to former_territory. Errors: 3F000, 42703 a column that lacks.';

CREATE FUNCTION terrcarbon_internal.load_former_codes(account name, staging regclass, mapping jsonb, source text,
        OUT rows_in bigint, OUT merged bigint, OUT split bigint, OUT notes text)
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    EXECUTE format('WITH given AS MATERIALIZED (
            SELECT g.code, g.successor, CASE WHEN g.since ~ ''^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])'' THEN left(g.since, 10)::date
                   WHEN g.since ~ ''^[0-9]{4}-(0[1-9]|1[0-2])-'' THEN (left(g.since, 8) || ''01'')::date + interval ''1 month'' - interval ''1 day''
                   WHEN terrcarbon_internal.read_whole(g.since) BETWEEN 1700 AND 2200 THEN make_date(terrcarbon_internal.read_whole(g.since), 1, 1) END AS since
            FROM (%s) AS g
            WHERE g.code <> g.successor AND coalesce(g.kind, ''COM'') = ''COM'' AND coalesce(g.successor_kind, ''COM'') = ''COM''
        ), put AS (
            INSERT INTO former_territory (code, successor_code, since, source)
                SELECT DISTINCT g.code, g.successor, g.since, $1 FROM given g WHERE g.since IS NOT NULL
            ON CONFLICT DO NOTHING
        )
        SELECT count(*) FILTER (WHERE g.since IS NOT NULL), (SELECT format(''%%s rows without a date'', count(*)) FROM given b WHERE b.since IS NULL HAVING count(*) > 0)
        FROM given g', terrcarbon_internal.staged_columns(staging, '{code,successor,since,kind,successor_kind}', 3, mapping))
        INTO rows_in, notes USING source;
    SELECT count(*) FILTER (WHERE s.n = 1), count(*) FILTER (WHERE s.n > 1) INTO merged, split
    FROM (SELECT s.code, count(*) AS n FROM successor s GROUP BY s.code) AS s;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.load_former_codes(name, regclass, jsonb, text) IS 'Behind load_former_codes, with the caller''s rights.';

-- Whether the figures are of the ground of then or of today, only their producer knows.
CREATE FUNCTION terrcarbon_internal.former_ground(of_batch bigint) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (
        SELECT 'of the ground of today? Larger then: ' || string_agg(format('%s (without %s since %s)', f.code, f.successor_code, to_char(f.since, 'YYYY-MM-DD')), ', ' ORDER BY f.code, f.since)
        FROM former_territory f
        JOIN territory t ON t.code = f.code
        WHERE EXISTS (SELECT FROM activity a
                      WHERE a.batch_id = of_batch AND a.territory_code = f.code AND a.year <= extract(year FROM f.since - 1)));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.former_ground(bigint) IS
    'Territories with activities in a deposit of years before they were split, though they kept their code; NULL when there are none.';

CREATE FUNCTION load_reference_places(staging regclass, mapping jsonb DEFAULT '{}', OUT places bigint, OUT memberships bigint, OUT notes text)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, terrcarbon_internal, pg_temp
AS $$
DECLARE
    given CONSTANT text := terrcarbon_internal.staged_columns(staging, '{code,zone,name,forest_zone}', 2, mapping);
BEGIN
    EXECUTE format('WITH given AS MATERIALIZED (
            SELECT DISTINCT g.code, coalesce(g.name, g.code) AS name, p.kind, p.parent_code,
                   EXISTS (SELECT FROM terrcarbon.reference_territory r WHERE r.code = p.parent_code) AS known
            FROM (%s) AS g
            CROSS JOIN LATERAL (VALUES
                (''zone'', CASE WHEN g.zone ~ ''^[0-9]'' THEN ''ZPC_'' || g.zone ELSE g.zone END),
                (''forest zone'', CASE WHEN g.forest_zone ~ ''^[A-Z][0-9X]{1,2}$'' THEN ''SER_'' || g.forest_zone ELSE g.forest_zone END),
                (''department'', CASE WHEN g.code ~ ''^[0-9][0-9AB][0-9]{3}$'' THEN ''FR-'' || left(g.code, CASE WHEN g.code LIKE ''97%%'' THEN 3 ELSE 2 END) END)
            ) AS p (kind, parent_code)
            WHERE g.code IS NOT NULL AND p.parent_code IS NOT NULL
        ), place AS (
            INSERT INTO terrcarbon.reference_territory (code, level, name)
                SELECT g.code, ''commune'', max(g.name) FROM given g WHERE g.known GROUP BY g.code
            ON CONFLICT (code) DO NOTHING
        ), member AS (
            INSERT INTO terrcarbon.reference_territory_parent (code, parent_code) SELECT g.code, g.parent_code FROM given g WHERE g.known
            ON CONFLICT DO NOTHING
        )
        SELECT count(DISTINCT g.code) FILTER (WHERE g.known), count(*) FILTER (WHERE g.known),
               (SELECT string_agg(format(''no %%s %%s (%%s)'', u.kind, u.parent_code, u.n), ''; '' ORDER BY u.parent_code)
                FROM (SELECT b.kind, b.parent_code, count(*) AS n FROM given b WHERE NOT b.known GROUP BY 1, 2 ORDER BY 2 LIMIT 20) AS u)
        FROM given g', given) INTO places, memberships, notes;
END;
$$;
COMMENT ON FUNCTION load_reference_places(regclass, jsonb) IS
    'Adds communes as reference territories, as parts of their soil zone (zone: 4_1 or ZPC_4_1), forest zone (forest_zone: SER_A11) and department, so that the stock references of these apply to them: from ALDO''s table of communes, or one of one''s own with columns code and zone, and where there are name and forest_zone (mapping names them). Communes that are there keep their name. notes: zones that do not exist, with the number of communes. For who may write to reference_territory. Error 42703 a column that lacks.';
