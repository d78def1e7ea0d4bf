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

CREATE TYPE base_carbone_gas AS (code text, co2e float8);
COMMENT ON TYPE base_carbone_gas IS 'A gas of a line of the Base Carbone: its name there, and kg CO2e.';

CREATE FUNCTION decimal_comma(number text) RETURNS float8
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
RETURN CASE
    WHEN btrim(number, E' \u00a0\t') = '' THEN NULL
    WHEN translate(number, E', \u00a0\u202f\t', '.') ~ '^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?$'
        THEN translate(number, E', \u00a0\u202f\t', '.')::float8
    ELSE 'NaN'
END;
COMMENT ON FUNCTION decimal_comma(text) IS
    'A number written with a decimal comma or point and spaces between thousands; NULL when blank, NaN when it is not a number.';

CREATE FUNCTION base_carbone_factors(staging regclass, gwp text DEFAULT 'AR5')
    RETURNS TABLE (record int, element text, code text, name text, unit text, amount ghg, lumped_gwp text,
                   u95_percent float8, territory_code text, part text, grid text, source text, reason text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000000 ROWS 10000
    SET search_path = pg_catalog, @extschema@, pg_temp
AS $function$
DECLARE
    missing text;
BEGIN
    SELECT string_agg(format('"%s"', wanted.attname), ', ' ORDER BY wanted.attnum)
    INTO missing
    FROM pg_attribute wanted
    WHERE wanted.attrelid = (SELECT typrelid FROM pg_type WHERE oid = 'base_carbone_line'::regtype)
      AND NOT EXISTS (SELECT FROM pg_attribute found
                      WHERE found.attrelid = staging AND found.attname = wanted.attname AND NOT found.attisdropped);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'table % is not one of lines of the Base Carbone', staging
            USING ERRCODE = 'undefined_column', DETAIL = format('It has no column %s.', missing),
                HINT = 'CREATE TABLE ... OF terrcarbon.base_carbone_line makes one.';
    END IF;
    IF gwp IS NULL OR gwp <> ALL (gwp_sets()) THEN
        RAISE EXCEPTION 'unknown set of global warming potentials "%"', gwp
            USING ERRCODE = 'invalid_parameter_value', HINT = format('It is one of %s.', array_to_string(gwp_sets(), ', '));
    END IF;
    RETURN QUERY EXECUTE format($query$
    WITH line AS (
        SELECT (row_number() OVER (ORDER BY ctid))::int + 1 AS record,
               translate(lower(btrim("Type Ligne")), 'é', 'e') AS kind,
               coalesce(btrim("Identifiant de l'élément"), '') AS element,
               nullif(btrim("Type de l'élément"), '') AS element_type,
               nullif(btrim("Statut de l'élément"), '') AS status,
               nullif(concat_ws(', ', nullif(btrim("Nom base français"), ''),
                   nullif(btrim("Nom attribut français"), ''), nullif(btrim("Nom frontière français"), '')), '') AS name,
               nullif(btrim("Unité français"), '') AS unit,
               nullif(btrim("Localisation géographique"), '') AS location,
               nullif(btrim("Sous-localisation géographique français"), '') AS place,
               nullif(btrim("Date de modification"), '') AS modified,
               nullif(btrim("Période de validité"), '') AS validity,
               nullif(btrim("Source"), '') AS publication,
               nullif(btrim("Type poste"), '') AS piece,
               "Code de la catégorie" AS category,
               decimal_comma("Incertitude") AS u95_percent,
               "Total poste non décomposé" AS total_text,
               decimal_comma("Total poste non décomposé") AS total,
               ARRAY[ROW('CO2', decimal_comma("CO2f")),
                     ROW('CH4_fossil', decimal_comma("CH4f")),
                     ROW('CH4_biogenic', decimal_comma("CH4b")),
                     ROW('N2O', decimal_comma("N2O")),
                     ROW("Code gaz supplémentaire 1", decimal_comma("Valeur gaz supplémentaire 1")),
                     ROW("Code gaz supplémentaire 2", decimal_comma("Valeur gaz supplémentaire 2")),
                     ROW("Code gaz supplémentaire 3", decimal_comma("Valeur gaz supplémentaire 3")),
                     ROW("Code gaz supplémentaire 4", decimal_comma("Valeur gaz supplémentaire 4")),
                     ROW("Code gaz supplémentaire 5", decimal_comma("Valeur gaz supplémentaire 5")),
                     ROW(NULL::text, decimal_comma("Autres GES"))]::base_carbone_gas[] AS gases,
               decimal_comma("CO2b") AS biogenic
        FROM %1$s
    ), known_gas AS (
        -- R134a is HFC134a, HFC-134a too.
        SELECT DISTINCT ON (spelling) spelling, g.gas, g.kg_co2e AS gwp
        FROM gases($1) AS g
        CROSS JOIN LATERAL unnest(ARRAY[lower(g.gas),
            lower(regexp_replace(g.gas, '^(HFC|HCFC|CFC)', 'R'))]) AS spelling
        WHERE g.in_total
        ORDER BY spelling, g.gas
    ), gas AS (
        SELECT l.record,
               sum(CASE WHEN named.co2e = 'NaN' THEN NULL
                        WHEN k.gwp > 0 THEN ghg(k.gas, named.co2e / k.gwp)
                        ELSE ghg('CO2', named.co2e) END) AS mass,
               sum(named.co2e) AS co2e,
               bool_or(named.co2e <> 0 AND (k.gwp > 0) IS NOT TRUE) AS lumped
        FROM line l
        CROSS JOIN LATERAL unnest(l.gases) AS named
        LEFT JOIN known_gas k ON k.spelling = lower(translate(named.code, '- ', ''))
        WHERE named.co2e IS NOT NULL
        GROUP BY l.record
    ), scoped AS (
        SELECT l.*, g.mass, g.co2e, g.lumped,
               CASE WHEN l.kind = 'element' THEN 'full'
                    WHEN l.piece ILIKE 'combustion%%' THEN 'combustion'
                    WHEN l.piece ILIKE 'amont%%' THEN 'upstream'
                    WHEN l.piece ILIKE 'fabrication%%' THEN 'manufacture'
               END AS part
        FROM line l
        LEFT JOIN gas g ON g.record = l.record
    ), summed AS (
        -- The parts of one part are one factor; an element is by itself.
        SELECT s.element, s.part, min(s.record) AS record,
               sum(s.total) AS total, sum(s.mass) AS mass, nullif(sum(s.co2e), 0) AS co2e,
               sum(s.biogenic) AS biogenic, bool_or(s.lumped) AS lumped,
               'NaN' IN (sum(s.total), sum(s.co2e), sum(s.biogenic), sum(s.u95_percent)) AS wrong,
               bool_or(s.total IS NULL) AS no_total,
               -- A part that names its gases beside one that does not is no whole.
               bool_or(s.co2e <> 0) AND bool_or(s.co2e IS NOT DISTINCT FROM 0 OR s.co2e IS NULL) AS uneven
        FROM scoped s
        WHERE s.part IS NOT NULL
        GROUP BY s.element, s.part, CASE WHEN s.part = 'full' THEN s.record END
    ), element AS (
        SELECT s.*, unit_of.per, coalesce(u.code, lower_unit.code) AS known_unit, t.code AS known_place,
               first_value(s.record) OVER (PARTITION BY s.element ORDER BY s.record) AS first_record
        FROM scoped s
        CROSS JOIN LATERAL (SELECT regexp_replace(substring(s.unit FROM '^kg ?CO2e ?/ ?(.*)$'),
            '^(g|kg|t|tonne) de .*$', '\1') AS per) AS unit_of
        LEFT JOIN unit u ON u.code = unit_of.per
        LEFT JOIN (
            SELECT lower(known.code) AS spelling, min(known.code) AS code
            FROM unit known GROUP BY 1
        ) AS lower_unit ON lower_unit.spelling = lower(unit_of.per)
        LEFT JOIN (
            SELECT known.name, min(known.code) AS code
            FROM reference_territory known GROUP BY known.name
        ) AS t ON t.name = coalesce(s.place, CASE s.location WHEN 'France continentale' THEN 'France' ELSE s.location END)
        WHERE s.kind = 'element'
    ), refused AS (
        SELECT e.*,
               CASE
                   WHEN coalesce(e.element_type, '') <> 'Facteur d''émission'
                       THEN format('not an emission factor: %%s', coalesce(e.element_type, 'no type'))
                   WHEN e.status IS NULL OR e.status NOT ILIKE 'valide%%'
                       THEN format('not valid: %%s', coalesce(e.status, 'no status'))
                   WHEN e.element = '' THEN 'no identifier'
                   WHEN e.record > e.first_record THEN format('element already in record %%s', e.first_record)
                   WHEN e.per IS NULL THEN format('unit "%%s" is not kgCO2e per something', e.unit)
                   WHEN e.known_unit IS NULL THEN format('unit "%%s" is not in table unit', e.per)
                   WHEN e.location IS NULL THEN 'no geographical location'
                   WHEN e.known_place IS NULL AND NOT (e.location = 'Monde' AND e.place IS NULL)
                       THEN format('"%%s" is no name in reference_territory', coalesce(e.place, e.location))
                   WHEN m.no_total THEN 'no total'
                   WHEN m.wrong THEN format('a figure is not a number (total "%%s")', e.total_text)
                   WHEN e.u95_percent < 0 THEN 'uncertainty below 0'
                   WHEN abs(m.co2e - m.total) > 0.01 * abs(m.total)
                       THEN format('its gases sum to %%s kgCO2e, its total is %%s', m.co2e, m.total)
               END AS why
        FROM element e
        JOIN summed m ON m.part = 'full' AND m.record = e.record
    )
    SELECT m.record, m.element,
           'base_carbone.' || m.element || CASE m.part WHEN 'full' THEN '' ELSE '.' || m.part END,
           CASE m.part WHEN 'full' THEN e.name ELSE concat_ws(', ', e.name, m.part) END,
           e.known_unit,
           -- Without its gases, the total stands as CO2.
           CASE WHEN m.wrong IS NOT TRUE THEN
               CASE WHEN m.co2e IS NULL OR m.uneven THEN ghg('CO2', m.total) ELSE m.mass END
                   + ghg('CO2_biogenic', coalesce(m.biogenic, 0)) END,
           CASE WHEN m.co2e IS NULL OR m.uneven OR m.lumped THEN $1 END,
           e.u95_percent, e.known_place, m.part,
           CASE WHEN e.category ~* '^[ée]lectricit' THEN 'location' END,
           concat_ws('; ', 'ADEME Base Carbone, element ' || m.element, e.publication,
               'modified ' || e.modified, 'valid until ' || e.validity),
           CASE WHEN m.part = 'full' THEN e.why
                WHEN e.why IS NOT NULL THEN 'its element is not taken'
                WHEN m.no_total THEN 'a part without total'
                WHEN m.wrong THEN 'a figure of a part is not a number'
                WHEN NOT m.uneven AND abs(m.co2e - m.total) > 0.01 * abs(m.total)
                    THEN format('gases of the parts sum to %%s kgCO2e, their totals to %%s', m.co2e, m.total)
           END
    FROM summed m
    JOIN refused e ON e.element = m.element
        AND e.record = CASE m.part WHEN 'full' THEN m.record ELSE e.first_record END
  UNION ALL
    SELECT s.record, s.element, NULL, s.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           CASE WHEN s.kind IS DISTINCT FROM 'element' AND s.kind IS DISTINCT FROM 'poste'
                    THEN format('kind of line "%%s" is not known', coalesce(s.kind, ''))
                WHEN NOT EXISTS (SELECT FROM element e WHERE e.element = s.element)
                    THEN format('part "%%s" without an element', coalesce(s.piece, ''))
                ELSE format('part "%%s" counts in the total of its element', coalesce(s.piece, ''))
           END
    FROM scoped s
    WHERE s.kind IS DISTINCT FROM 'element'
      AND (s.kind IS DISTINCT FROM 'poste' OR s.part IS NULL
           OR NOT EXISTS (SELECT FROM element e WHERE e.element = s.element))
    $query$, staging)
    USING gwp;
END;
$function$;
COMMENT ON FUNCTION base_carbone_factors(regclass, text) IS
    'The factors that a table of base_carbone_line holds, and the lines that give none, with the reason; changes nothing. An element is the factor base_carbone.ID with its published total (part full); its parts of combustion, supply and manufacture are factors of their own, base_carbone.ID.combustion and so on. Gases given in kg CO2e become masses by the warming potentials named (AR4, AR5, AR6); what names no known gas stands as CO2, marked by lumped_gwp.';

CREATE FUNCTION import_base_carbone(staging regclass, gwp text DEFAULT 'AR5', dataset_id int DEFAULT NULL)
    RETURNS TABLE (record int, element text, action text, reason text, code text, factor_id int)
    LANGUAGE plpgsql VOLATILE COST 1000000 ROWS 10000
    SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    moment timestamptz := clock_timestamp();
    of_dataset int := import_base_carbone.dataset_id;
    line record;
    present factor;
    fresh factor;
    added factor[] := '{}';
    ended int[] := '{}';
    elements int := 0;
BEGIN
    -- Two imports at once would both add what is new.
    LOCK TABLE factor IN SHARE ROW EXCLUSIVE MODE;
    FOR line IN
        SELECT * FROM base_carbone_factors(staging, gwp) AS b ORDER BY b.record, b.code
    LOOP
        elements := elements + (line.code IS NOT NULL)::int;
        record := line.record;
        element := line.element;
        reason := line.reason;
        code := NULL;
        factor_id := NULL;
        action := 'skipped';
        IF line.reason IS NULL THEN
            code := line.code;
            SELECT f.* INTO present
            FROM factor f
            WHERE f.code = line.code AND f.dataset_id IS NOT DISTINCT FROM of_dataset
              AND f.superseded_at IS NULL AND NOT f.shipped;
            IF NOT FOUND THEN
                action := 'added';
            ELSIF present.amount = line.amount
                  AND (present.name, present.unit, present.lumped_gwp, present.u95_percent, present.territory_code,
                       present.part, present.grid, present.source)
                      IS NOT DISTINCT FROM
                      (line.name, line.unit, line.lumped_gwp, line.u95_percent, line.territory_code,
                       line.part, line.grid, line.source) THEN
                action := 'unchanged';
            ELSE
                action := 'superseded';
                ended := ended || present.id;
            END IF;
            IF action = 'unchanged' THEN
                factor_id := present.id;
            ELSE
                factor_id := nextval('factor_id_seq');
                fresh := NULL;
                fresh.id := factor_id;
                fresh.code := line.code;
                fresh.name := line.name;
                fresh.unit := line.unit;
                fresh.amount := line.amount;
                fresh.lumped_gwp := line.lumped_gwp;
                fresh.u95_percent := line.u95_percent;
                fresh.territory_code := line.territory_code;
                fresh.part := line.part;
                fresh.grid := line.grid;
                fresh.dataset_id := of_dataset;
                fresh.source := line.source;
                fresh.recorded_at := moment;
                fresh.shipped := false;
                added := added || fresh;
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
    IF elements = 0 THEN
        RAISE EXCEPTION 'table % holds no element of the Base Carbone', staging
            USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'No line has "Elément" in the column "Type Ligne".',
                HINT = 'Copy the file again with its own encoding: ENCODING ''WIN1252'' or ''UTF8''.';
    END IF;
    IF ended <> '{}' THEN
        UPDATE factor SET superseded_at = moment WHERE id = ANY (ended);
    END IF;
    IF added <> '{}' THEN
        INSERT INTO factor SELECT * FROM unnest(added);
    END IF;
END;
$$;
COMMENT ON FUNCTION import_base_carbone(regclass, text, int) IS
    'Takes the valid emission factors of the Base Carbone (ADEME, Licence Ouverte 2.0) from a table of base_carbone_line into factor, and reports what became of each line: added, superseded (the old row is kept, with its end), unchanged, or skipped and why. The same file again changes nothing. What the file no longer has stays. Error 22023 when no line is an element.';
