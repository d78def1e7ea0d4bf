-- Import of the Base Carbone of ADEME.  The staging table is the caller's, and so
-- are the rights on it and on factor.

CREATE TYPE base_carbone_line AS (
    "Type Ligne" text,
    "Identifiant de l'élément" text,
    "Structure" text,
    "Type de l'élément" text,
    "Statut de l'élément" text,
    "Nom base français" text,
    "Nom base anglais" text,
    "Nom base espagnol" text,
    "Nom attribut français" text,
    "Nom attribut anglais" text,
    "Nom attribut espagnol" text,
    "Nom frontière français" text,
    "Nom frontière anglais" text,
    "Nom frontière espagnol" text,
    "Code de la catégorie" text,
    "Tags français" text,
    "Tags anglais" text,
    "Tags espagnol" text,
    "Unité français" text,
    "Unité anglais" text,
    "Unité espagnol" text,
    "Contributeur" text,
    "Autres Contributeurs" text,
    "Programme" text,
    "Url du programme" text,
    "Source" text,
    "Localisation géographique" text,
    "Sous-localisation géographique français" text,
    "Sous-localisation géographique anglais" text,
    "Sous-localisation géographique espagnol" text,
    "Date de création" text,
    "Date de modification" text,
    "Période de validité" text,
    "Incertitude" text,
    "Réglementations" text,
    "Transparence" text,
    "Qualité" text,
    "Qualité TeR" text,
    "Qualité GR" text,
    "Qualité TiR" text,
    "Qualité C" text,
    "Qualité P" text,
    "Qualité M" text,
    "Commentaire français" text,
    "Commentaire anglais" text,
    "Commentaire espagnol" text,
    "Type poste" text,
    "Nom poste français" text,
    "Nom poste anglais" text,
    "Nom poste espagnol" text,
    "Total poste non décomposé" text,
    "CO2f" text,
    "CH4f" text,
    "CH4b" text,
    "N2O" text,
    "Code gaz supplémentaire 1" text,
    "Valeur gaz supplémentaire 1" text,
    "Code gaz supplémentaire 2" text,
    "Valeur gaz supplémentaire 2" text,
    "Code gaz supplémentaire 3" text,
    "Valeur gaz supplémentaire 3" text,
    "Code gaz supplémentaire 4" text,
    "Valeur gaz supplémentaire 4" text,
    "Code gaz supplémentaire 5" text,
    "Valeur gaz supplémentaire 5" text,
    "Autres GES" text,
    "CO2b" text
);
COMMENT ON TYPE base_carbone_line IS
    'A line of the CSV export of ADEME''s Base Carbone, 67 columns. CREATE TABLE ... OF base_carbone_line makes the table to copy it into.';

CREATE FUNCTION terrcarbon_internal.decimal_comma(number text) RETURNS float8
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
-- chr(160) and chr(8239), the no-break spaces, are not in every encoding, and only
-- a script that can be read gets to say that it needs UTF8.
RETURN CASE
    WHEN btrim(number, E' \t' || chr(160)) = '' THEN NULL
    WHEN translate(number, E', \t' || chr(160) || chr(8239), '.') ~ '^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?$'
        THEN translate(number, E', \t' || chr(160) || chr(8239), '.')::float8
    ELSE 'NaN'
END;
COMMENT ON FUNCTION terrcarbon_internal.decimal_comma(text) IS
    'A number written with a decimal comma or point and spaces between thousands; NULL when blank, NaN when it is not a number.';

CREATE FUNCTION terrcarbon_internal.base_carbone_lines(staging regclass)
    RETURNS TABLE (record int, line base_carbone_line)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text;
    missing text;
BEGIN
    SELECT string_agg(quote_ident(wanted.attname), ', ' ORDER BY wanted.attnum),
           string_agg(format('"%s"', wanted.attname), ', ' ORDER BY wanted.attnum) FILTER (WHERE found.attname IS NULL)
    INTO columns, missing
    FROM pg_attribute wanted
    LEFT JOIN pg_attribute found ON found.attrelid = staging AND found.attname = wanted.attname AND NOT found.attisdropped
    WHERE wanted.attrelid = (SELECT typrelid FROM pg_type WHERE oid = 'terrcarbon.base_carbone_line'::regtype);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'table % is not one of lines of the Base Carbone', staging
            USING ERRCODE = 'undefined_column', DETAIL = format('It has no column %s.', missing),
                HINT = 'CREATE TABLE ... OF terrcarbon.base_carbone_line makes one.';
    END IF;
    RETURN QUERY EXECUTE format('SELECT row_number() OVER (ORDER BY ctid)::int + 1, ROW(%s)::terrcarbon.base_carbone_line FROM %s',
                                columns, staging);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.base_carbone_lines(regclass) IS
    'The lines of a table of base_carbone_line, numbered from 2 as in the file. Error 42703 where it lacks a column.';

CREATE FUNCTION terrcarbon_internal.base_carbone_gases(line base_carbone_line, gwp text,
        OUT mass ghg, OUT co2e float8, OUT lumped boolean)
    LANGUAGE sql STABLE PARALLEL SAFE COST 5000
BEGIN ATOMIC
    WITH known AS (
        -- R134a is HFC134a, HFC-134a too.
        SELECT DISTINCT ON (spelling) spelling, g.gas, g.kg_co2e
        FROM gases(gwp) AS g
        CROSS JOIN LATERAL unnest(ARRAY[lower(g.gas COLLATE "C"), lower(regexp_replace(g.gas, '^(HFC|HCFC|CFC)', 'R') COLLATE "C")]) AS spelling
        WHERE g.in_total
        ORDER BY spelling, g.gas
    ), named AS (
        SELECT code, terrcarbon_internal.decimal_comma(kg) AS co2e
        FROM (VALUES
            ('CO2', (line)."CO2f"), ('CH4_fossil', (line)."CH4f"), ('CH4_biogenic', (line)."CH4b"), ('N2O', (line)."N2O"),
            ((line)."Code gaz supplémentaire 1", (line)."Valeur gaz supplémentaire 1"),
            ((line)."Code gaz supplémentaire 2", (line)."Valeur gaz supplémentaire 2"),
            ((line)."Code gaz supplémentaire 3", (line)."Valeur gaz supplémentaire 3"),
            ((line)."Code gaz supplémentaire 4", (line)."Valeur gaz supplémentaire 4"),
            ((line)."Code gaz supplémentaire 5", (line)."Valeur gaz supplémentaire 5"),
            (NULL, (line)."Autres GES")
        ) AS published (code, kg)
    )
    SELECT sum(CASE WHEN n.co2e = 'NaN' THEN NULL
                    WHEN k.kg_co2e > 0 THEN ghg(k.gas, n.co2e / k.kg_co2e)
                    ELSE ghg('CO2', n.co2e) END),
           sum(n.co2e),
           coalesce(bool_or(n.co2e <> 0 AND (k.kg_co2e > 0) IS NOT TRUE), false)
    FROM named n
    LEFT JOIN known k ON k.spelling = lower(translate(n.code, '- ', '') COLLATE "C")
    WHERE n.co2e IS NOT NULL;
END;
COMMENT ON FUNCTION terrcarbon_internal.base_carbone_gases(base_carbone_line, text) IS
    'The gases of a line, which it gives in kg CO2e: their masses by a set of warming potentials, their sum in kg CO2e, and whether some name no known gas and stand as CO2.';

CREATE FUNCTION terrcarbon_internal.base_carbone_pieces(staging regclass, gwp text)
    RETURNS TABLE (record int, kind text, element text, piece text, part text, total float8,
                   mass ghg, co2e float8, lumped boolean, biogenic float8, u95_percent float8, line base_carbone_line)
    LANGUAGE sql STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000
BEGIN ATOMIC
    SELECT l.record, k.kind, coalesce(btrim((l.line)."Identifiant de l'élément"), ''), k.piece,
           CASE WHEN k.kind <> 'poste' THEN NULL
                WHEN k.piece COLLATE "C" ILIKE 'combustion%' THEN 'combustion'
                WHEN k.piece COLLATE "C" ILIKE 'amont%' OR k.piece COLLATE "C" ILIKE 'transport et distribution%' THEN 'upstream'
                WHEN k.piece COLLATE "C" ILIKE 'fabrication%' THEN 'manufacture' END,
           terrcarbon_internal.decimal_comma((l.line)."Total poste non décomposé"), g.mass, g.co2e, g.lumped,
           terrcarbon_internal.decimal_comma((l.line)."CO2b"), terrcarbon_internal.decimal_comma((l.line)."Incertitude"), l.line
    FROM terrcarbon_internal.base_carbone_lines(staging) AS l
    CROSS JOIN LATERAL (SELECT translate(lower(btrim((l.line)."Type Ligne") COLLATE "C"), 'éÉ', 'ee'),
                               coalesce(btrim((l.line)."Type poste"), '')) AS k (kind, piece)
    CROSS JOIN LATERAL terrcarbon_internal.base_carbone_gases(l.line, gwp) AS g;
END;
COMMENT ON FUNCTION terrcarbon_internal.base_carbone_pieces(regclass, text) IS
    'The lines of the Base Carbone with their figures read, and what part of its element a line of kind poste is; NULL for other parts.';

CREATE FUNCTION terrcarbon_internal.base_carbone_element(line base_carbone_line,
        OUT name text, OUT unit text, OUT place_code text, OUT grid text, OUT only_year int, OUT source text, OUT refusal text)
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    WITH text AS (
        SELECT nullif(btrim((line)."Type de l'élément"), '') AS type, nullif(btrim((line)."Statut de l'élément"), '') AS status,
               nullif(btrim((line)."Identifiant de l'élément"), '') AS id, btrim((line)."Unité français") AS unit,
               regexp_replace(substring(btrim((line)."Unité français") FROM '^kg ?CO2e ?/ ?(.*)$'), '^(g|kg|t|tonne) de .*$', '\1', 'i') AS per,
               nullif(btrim((line)."Localisation géographique"), '') AS location,
               nullif(btrim((line)."Sous-localisation géographique français"), '') AS place,
               nullif(btrim((line)."Période de validité"), '') AS validity
    ), known AS (
        SELECT t.*,
               (SELECT u.code FROM unit u WHERE lower(u.code COLLATE "C") = lower(t.per COLLATE "C") ORDER BY u.code <> t.per, u.code LIMIT 1) AS known_unit,
               (SELECT min(r.code) FROM reference_territory r
                WHERE r.name = coalesce(t.place, CASE t.location WHEN 'France continentale' THEN 'France' ELSE t.location END)) AS known_place
        FROM text t
    )
    SELECT nullif(concat_ws(', ', nullif(btrim((line)."Nom base français"), ''), nullif(btrim((line)."Nom attribut français"), ''),
               nullif(btrim((line)."Nom frontière français"), '')), ''),
           k.known_unit, k.known_place,
           CASE WHEN (line)."Code de la catégorie" COLLATE "C" ~* '^[éÉe]lectricit' THEN 'location' END,
           substring(k.validity COLLATE "C" FROM '(?i)ann[éÉe]e ([0-9]{4})$')::int,
           concat_ws('; ', 'ADEME Base Carbone, element ' || k.id, nullif(btrim((line)."Source"), ''),
               'modified ' || nullif(btrim((line)."Date de modification"), ''), 'validity ' || k.validity),
           CASE WHEN k.type IS DISTINCT FROM 'Facteur d''émission' THEN format('not an emission factor: %s', coalesce(k.type, 'no type'))
                WHEN k.status IS NULL OR k.status COLLATE "C" NOT ILIKE 'valide%' THEN format('not valid: %s', coalesce(k.status, 'no status'))
                WHEN k.id IS NULL THEN 'no identifier'
                WHEN k.per IS NULL THEN format('unit "%s" is not kgCO2e per something', k.unit)
                WHEN k.known_unit IS NULL THEN format('unit "%s" is not in table unit', k.per)
                WHEN k.location IS NULL THEN 'no geographical location'
                WHEN k.known_place IS NULL AND NOT (k.location = 'Monde' AND k.place IS NULL)
                    THEN format('"%s" is no name in reference_territory', coalesce(k.place, k.location)) END
    FROM known k;
END;
COMMENT ON FUNCTION terrcarbon_internal.base_carbone_element(base_carbone_line) IS
    'What a line of kind element says beside its figures, and why it cannot be taken; NULL when it can.';

CREATE FUNCTION base_carbone_factors(staging regclass, gwp text DEFAULT 'AR6')
    RETURNS TABLE (record int, element text, code text, name text, part text, unit text, amount ghg, lumped_gwp text,
                   u95_percent float8, year int, territory_code text, grid text, source text, reason text)
    LANGUAGE sql STABLE PARALLEL RESTRICTED COST 1000000 ROWS 10000
BEGIN ATOMIC
    WITH piece AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.base_carbone_pieces(staging, gwp)
    ), whole AS (
        -- An element comes in parts when combustion and supply, with nothing unknown
        -- beside them, make up its total.
        SELECT e.*, first_value(e.record) OVER (PARTITION BY e.element ORDER BY e.record) AS first_record,
               coalesce(p.complete AND abs(p.total - e.total) <= 0.01 * abs(e.total), false) AS in_parts
        FROM piece e
        LEFT JOIN (
            SELECT element, sum(total) AS total,
                   bool_or(part = 'combustion') AND bool_or(part = 'upstream') AND bool_and(part IS NOT NULL AND total IS NOT NULL) AS complete
            FROM piece WHERE kind = 'poste' GROUP BY element
        ) AS p ON p.element = e.element
        WHERE e.kind = 'element'
    ), figure AS (
        SELECT min(p.record) AS record, p.element, p.part, sum(p.total) AS total, sum(p.mass) AS mass, nullif(sum(p.co2e), 0) AS co2e,
               sum(p.biogenic) AS biogenic, bool_or(p.lumped) AS lumped, max(p.u95_percent) AS u95_percent,
               'NaN' IN (sum(p.total), sum(p.co2e), sum(p.biogenic), sum(p.u95_percent)) AS wrong, bool_or(p.total IS NULL) AS no_total,
               -- A piece that names its gases beside one that does not is no whole.
               bool_or(p.co2e <> 0) AND bool_or(p.co2e IS NOT DISTINCT FROM 0 OR p.co2e IS NULL) AS uneven
        FROM (SELECT * FROM piece WHERE kind = 'poste' AND part IS NOT NULL
              UNION ALL SELECT w.record, w.kind, w.element, w.piece, 'full', w.total, w.mass, w.co2e, w.lumped, w.biogenic, w.u95_percent, w.line
              FROM whole w) AS p
        GROUP BY p.element, p.part, CASE WHEN p.part = 'full' THEN p.record END
    ), judged AS (
        SELECT f.*, w.record AS whole_record, w.in_parts, w.u95_percent AS whole_u95, e.name, e.unit, e.place_code, e.grid, e.only_year, e.source, e.refusal,
               coalesce(e.refusal, CASE
                   WHEN w.record > w.first_record THEN format('element already in record %s', w.first_record)
                   WHEN f.no_total THEN 'no total'
                   WHEN f.wrong THEN format('a figure is not a number (total "%s")', left((w.line)."Total poste non décomposé", 100))
                   WHEN f.u95_percent < 0 THEN 'uncertainty below 0'
                   WHEN NOT (f.part <> 'full' AND f.uneven) AND abs(f.co2e - f.total) > 0.01 * abs(f.total)
                       THEN format('its gases sum to %s kgCO2e, its total is %s', f.co2e, f.total) END) AS why
        FROM figure f
        JOIN whole w ON w.element = f.element AND w.record = CASE f.part WHEN 'full' THEN f.record ELSE w.first_record END
        CROSS JOIN LATERAL terrcarbon_internal.base_carbone_element(w.line) AS e
    )
    SELECT j.record, j.element, 'base_carbone.' || j.element || CASE j.part WHEN 'manufacture' THEN '.manufacture' ELSE '' END,
           CASE j.part WHEN 'manufacture' THEN concat_ws(', ', j.name, 'manufacture') ELSE j.name END, j.part, j.unit,
           -- Without its gases, the total stands as CO2.
           CASE WHEN j.wrong IS NOT TRUE THEN
               CASE WHEN j.co2e IS NULL OR j.uneven THEN ghg('CO2', j.total) ELSE j.mass END
                   + ghg('CO2_biogenic', CASE j.part WHEN 'upstream' THEN 0 ELSE coalesce(j.biogenic, 0) END) END,
           CASE WHEN j.co2e IS NULL OR j.uneven OR j.lumped THEN gwp END, coalesce(j.u95_percent, j.whole_u95), j.only_year, j.place_code, j.grid, j.source,
           CASE WHEN j.part <> 'full' AND j.refusal IS NOT NULL THEN 'its element is not taken'
                WHEN j.part <> 'full' AND NOT j.in_parts THEN 'counts in the total of its element'
                WHEN j.part = 'full' AND j.in_parts AND j.why IS NULL THEN 'its parts stand for it'
                ELSE j.why END
    FROM judged j
  UNION ALL
    SELECT p.record, p.element, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           CASE WHEN p.kind IS DISTINCT FROM 'element' AND p.kind IS DISTINCT FROM 'poste'
                    THEN format('kind of line "%s" is not known', left(coalesce(p.kind, ''), 100))
                WHEN NOT EXISTS (SELECT FROM whole w WHERE w.element = p.element) THEN format('part "%s" without an element', left(p.piece, 100))
                ELSE format('part "%s" counts in the total of its element', left(p.piece, 100)) END
    FROM piece p
    WHERE p.kind IS DISTINCT FROM 'element'
      AND (p.part IS NULL OR NOT EXISTS (SELECT FROM whole w WHERE w.element = p.element));
END;
COMMENT ON FUNCTION base_carbone_factors(regclass, text) IS
    'The factors that a table of base_carbone_line holds, and the lines that give none, with the reason; changes nothing. An element whose parts of combustion and supply, with nothing unknown beside them, make up its published total is the factor base_carbone.ID in these two parts, making the vehicle or device being base_carbone.ID.manufacture; any other element is base_carbone.ID with its total (part full), and its parts are left out. Never both. Gases given in kg CO2e become masses by the warming potentials named (version 23 was made with AR6); what names no known gas stands as CO2, marked by lumped_gwp. year: the only year a line is valid for, where it says so ("Année 2008"); other forms of validity are dates until which it was to be revised, and go into source.';

CREATE FUNCTION terrcarbon_internal.base_carbone_plan(staging regclass, gwp text, dataset_id int)
    RETURNS TABLE (record int, element text, action text, reason text, code text, part text, name text, unit text, amount ghg,
                   lumped_gwp text, u95_percent float8, year int, territory_code text, grid text, source text, present_id int)
    LANGUAGE sql STABLE PARALLEL RESTRICTED COST 1000000 ROWS 10000
BEGIN ATOMIC
    SELECT b.record, b.element,
           CASE WHEN b.reason IS NOT NULL THEN 'skipped'
                WHEN f.id IS NULL THEN 'added'
                WHEN f.amount = b.amount
                     AND (f.name, f.unit, f.lumped_gwp, f.u95_percent, f.territory_code, f.year_from, f.year_to, f.grid, f.source)
                         IS NOT DISTINCT FROM
                         (b.name, b.unit, b.lumped_gwp, b.u95_percent, b.territory_code, b.year, b.year, b.grid, b.source)
                    THEN 'unchanged'
                ELSE 'superseded' END,
           b.reason, b.code, b.part, b.name, b.unit, b.amount, b.lumped_gwp, b.u95_percent, b.year, b.territory_code, b.grid, b.source, f.id
    FROM base_carbone_factors(staging, gwp) AS b
    LEFT JOIN LATERAL (
        SELECT * FROM factor f
        WHERE f.code = b.code AND f.part = b.part AND f.dataset_id IS NOT DISTINCT FROM base_carbone_plan.dataset_id
          AND f.superseded_at IS NULL AND NOT f.shipped AND b.reason IS NULL
        ORDER BY f.id DESC LIMIT 1
    ) AS f ON true;
END;
COMMENT ON FUNCTION terrcarbon_internal.base_carbone_plan(regclass, text, int) IS
    'What import_base_carbone does with each line of a table, beside the row in use that it meets.';

CREATE FUNCTION import_base_carbone(staging regclass, gwp text DEFAULT 'AR6', dataset_id int DEFAULT NULL)
    RETURNS TABLE (record int, element text, action text, reason text, code text, part text, factor_id int)
    LANGUAGE plpgsql VOLATILE COST 1000000 ROWS 10000
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    moment CONSTANT timestamptz := clock_timestamp();
    of_dataset CONSTANT int := import_base_carbone.dataset_id;
    given_gwp CONSTANT text := import_base_carbone.gwp;
BEGIN
    IF gwp IS NULL OR gwp <> ALL (gwp_sets()) THEN
        RAISE EXCEPTION 'unknown set of global warming potentials "%"', left(gwp, 100)
            USING ERRCODE = 'invalid_parameter_value', HINT = format('It is one of %s.', array_to_string(gwp_sets(), ', '));
    END IF;
    -- Two imports at once would both add what is new.
    LOCK TABLE factor IN SHARE ROW EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM terrcarbon_internal.base_carbone_pieces(staging, given_gwp) AS e WHERE e.kind = 'element') THEN
        RAISE EXCEPTION 'table % holds no element of the Base Carbone', staging
            USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'No line has "Elément" in the column "Type Ligne".',
                HINT = 'Copy the file again with its own encoding: ENCODING ''WIN1252'' or ''UTF8''.';
    END IF;
    RETURN QUERY
    WITH plan AS MATERIALIZED (
        SELECT * FROM terrcarbon_internal.base_carbone_plan(staging, given_gwp, of_dataset)
    ), fresh AS MATERIALIZED (
        SELECT p.*, nextval('factor_id_seq')::int AS id FROM plan p WHERE p.action IN ('added', 'superseded')
    ), ended AS (
        -- What came whole and now comes in parts, or the other way round, ends too.
        UPDATE factor AS f SET superseded_at = moment
        WHERE f.superseded_at IS NULL AND NOT f.shipped AND f.dataset_id IS NOT DISTINCT FROM of_dataset
          AND (f.id IN (SELECT n.present_id FROM fresh n)
               OR EXISTS (SELECT FROM fresh n
                          WHERE n.code = f.code AND (n.part = 'full') <> (f.part = 'full') AND n.part <> 'manufacture'))
        RETURNING f.id
    ), put AS (
        -- The rows in use end first: of a code, part and place there is one.
        INSERT INTO factor (id, code, name, part, unit, amount, lumped_gwp, u95_percent, year_from, year_to, territory_code, grid,
                            dataset_id, source, recorded_at)
        SELECT n.id, n.code, n.name, n.part, n.unit, n.amount, n.lumped_gwp, n.u95_percent, n.year, n.year, n.territory_code, n.grid,
               of_dataset, n.source, moment
        FROM (SELECT count(*) FROM ended) AS e CROSS JOIN fresh n
    )
    SELECT p.record, p.element, p.action, p.reason, CASE WHEN p.reason IS NULL THEN p.code END, CASE WHEN p.reason IS NULL THEN p.part END,
           CASE p.action WHEN 'unchanged' THEN p.present_id ELSE n.id END
    FROM plan p LEFT JOIN fresh n ON n.record = p.record AND n.part = p.part AND n.code = p.code
    ORDER BY p.record, p.part;
END;
$$;
COMMENT ON FUNCTION import_base_carbone(regclass, text, int) IS
    'Takes the valid emission factors of the Base Carbone (ADEME, Licence Ouverte 2.0) from a table of base_carbone_line into factor, and reports what became of each line: added, superseded (the old row is kept, with its end), unchanged, or skipped and why. The same file again changes nothing. What the file no longer has stays. Error 22023 when no line is an element.';
