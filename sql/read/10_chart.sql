-- Pictures of what an account says.

CREATE FUNCTION chart_svg(actual trajectory, target trajectory DEFAULT NULL,
    projection trajectory DEFAULT NULL, low trajectory DEFAULT NULL, high trajectory DEFAULT NULL,
    neutral_year int DEFAULT NULL, title text DEFAULT NULL, unit text DEFAULT NULL,
    labels text[] DEFAULT '{Actual,Target,Projection,95 % interval,Neutral from,"Step from the last value to the projection, which follows the trend and need not begin at that value."}',
    source text DEFAULT NULL, licence text DEFAULT NULL, year int DEFAULT NULL, scheme text DEFAULT 'auto',
    wedges trajectory[] DEFAULT NULL, wedge_names text[] DEFAULT NULL)
    RETURNS text
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'trajectory_chart_svg';
COMMENT ON FUNCTION chart_svg(trajectory, trajectory, trajectory, trajectory, trajectory, int, text, text, text[], text, text, int, text, trajectory[], text[]) IS
    'Line chart as one self-contained SVG without script: the actual line, target, projection, the interval between low and high, the neutral year, title and unit; source, licence and year of the data stand below. labels are the names of the five, a note on the step from the last value to the projection, and the decimal sign if it is not a point: see chart_labels. scheme auto takes the light or dark colours of the page, light and dark are fixed. wedges are what is taken off the projection, at most four, one below the other from the top, each where it and those above it are known; with them the axis begins near the lowest value where 0 is far below. Missing years break a line. Text is whole; the picture is as high as it needs. NULL when there is nothing to draw. Error 22023 when low is above high or one of them is missing, labels are neither six nor seven, wedges have no projection or not each a name, the scheme is unknown or the neutral year outside 1 to 9999; 22003 for values beyond drawing.';

CREATE FUNCTION chart_labels(language text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 20
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF language NOT IN ('fr', 'en') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown language %L', left(language, 100)), HINT = 'It is fr or en.';
    END IF;
    RETURN CASE language
        WHEN 'fr' THEN ARRAY[U&'Constat\00E9', 'Objectif', 'Projection', U&'Intervalle \00E0 95\00A0%', 'Neutre en',
            U&'Passage de la derni\00E8re valeur \00E0 la projection, qui suit la tendance et ne part pas forc\00E9ment de cette valeur.', ',']
        ELSE ARRAY['Actual', 'Target', 'Projection', '95 % interval', 'Neutral from',
            'Step from the last value to the projection, which follows the trend and need not begin at that value.', '.'] END;
END;
$$;
COMMENT ON FUNCTION chart_labels(text) IS
    'The words of chart_svg in a language, fr or en, for its argument labels: chart_svg(..., labels => chart_labels(''fr'')). Error 22023 for another one.';

CREATE FUNCTION abatement_svg(names text[], tonnes float8[], costs float8[], low float8[] DEFAULT NULL, high float8[] DEFAULT NULL,
    title text DEFAULT NULL, unit text DEFAULT 'EUR per t CO2e', axis text DEFAULT 't CO2e, added up', point text DEFAULT '.',
    source text DEFAULT NULL, licence text DEFAULT NULL, year int DEFAULT NULL, scheme text DEFAULT 'auto',
    kinds int[] DEFAULT NULL, kind_names text[] DEFAULT NULL)
    RETURNS text
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'abatement_svg';
COMMENT ON FUNCTION abatement_svg(text[], float8[], float8[], float8[], float8[], text, text, text, text, text, text, int, text, int[], text[]) IS
    'Marginal abatement chart as one self-contained SVG without script: a bar for each action, as wide as the tonnes it brings and as high as one of them costs, in the order of costs, with the interval of the cost (low to high; NULL: none) and a number that leads to its name and figures below. unit is of the costs, axis of the tonnes, point the decimal sign; source, licence and year stand below. kinds, from 1 to 4, are the colours of the bars, those of the wedges of chart_svg in their order, and kind_names what each stands for. At most 40 actions. NULL when there is none. Errors: 22023 for arrays of other lengths, another kind, an action that brings nothing or has no cost, a cost outside its interval, an unknown scheme; 22003 for values beyond drawing.';
