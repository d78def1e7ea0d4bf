-- Figures as a reader of French or English writes them.

CREATE FUNCTION figure_text(value float8, language text DEFAULT 'fr', signed boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 50
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    english text;
BEGIN
    IF language NOT IN ('fr', 'en') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown language %L', left(language, 100)), HINT = 'It is fr or en.';
    END IF;
    IF NOT (abs(value) < 1e15) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'figure is not finite, or too large to write out', DETAIL = format('It is %s.', value);
    END IF;
    -- Three digits at least, none of a whole number left out.
    english := to_char(round(value::numeric, CASE WHEN abs(value) < 1 THEN 3 WHEN abs(value) < 10 THEN 2 WHEN abs(value) < 100 THEN 1 ELSE 0 END),
                       'FM999,999,999,999,990.999');
    english := concat(CASE WHEN signed AND value > 0 THEN '+' END, english);
    english := replace(rtrim(english, '.'), '-', U&'\2212');
    -- A narrow space that does not break.
    RETURN CASE language WHEN 'en' THEN english ELSE translate(english, ',.', U&'\202F,') END;
END;
$$;
COMMENT ON FUNCTION figure_text(float8, text, boolean) IS
    'A figure in words of fr or en: 12 300,5 becomes whole from 100 on, and has three digits below; thousands apart, with the decimal sign of the language, whatever the locale of the server; a positive one has a plus when signed. Errors: 22023 for another language, or a value that is not finite or from 1e15 on.';

CREATE FUNCTION terrcarbon_internal.map_label(language text, name text, value float8, unit text, year int, complete boolean, known_part float8, signed boolean DEFAULT false)
    RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 150
BEGIN ATOMIC
    SELECT concat(map_label.name, E'\n',
        CASE WHEN map_label.value IS NOT NULL
                 THEN concat(figure_text(map_label.value, map_label.language, map_label.signed), ' ', map_label.unit, ' (' || map_label.year || ')',
                             CASE WHEN map_label.complete IS NOT TRUE THEN CASE map_label.language WHEN 'fr' THEN ', en partie' ELSE ', in part' END END)
             WHEN map_label.known_part IS NOT NULL
                 THEN concat(CASE map_label.language WHEN 'fr' THEN 'non connu' || chr(8239) || '; en partie' || chr(160) || ': ' ELSE 'not known; known part: ' END,
                             figure_text(map_label.known_part, map_label.language), ' ', map_label.unit, ' (' || map_label.year || ')')
             ELSE CASE map_label.language WHEN 'fr' THEN 'non connu' ELSE 'not known' END
        END);
END;
COMMENT ON FUNCTION terrcarbon_internal.map_label(text, text, float8, text, int, boolean, float8, boolean) IS
    'The label of a territory on a map: its name, and below it the figure with unit and year, or what of it is known.';
