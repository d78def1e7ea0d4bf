-- Pictures of what an account says.

CREATE FUNCTION chart_svg(actual trajectory, target trajectory DEFAULT NULL,
    projection trajectory DEFAULT NULL, low trajectory DEFAULT NULL, high trajectory DEFAULT NULL,
    neutral_year int DEFAULT NULL, title text DEFAULT NULL, unit text DEFAULT NULL,
    labels text[] DEFAULT '{Actual,Target,Projection,95 % interval,Neutral from,"Step from the last value to the projection, which follows the trend and need not begin at that value."}',
    source text DEFAULT NULL, licence text DEFAULT NULL, year int DEFAULT NULL, scheme text DEFAULT 'auto')
    RETURNS text
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'trajectory_chart_svg';
COMMENT ON FUNCTION chart_svg(trajectory, trajectory, trajectory, trajectory, trajectory, int, text, text, text[], text, text, int, text) IS
    'Line chart as one self-contained SVG without script: the actual line, target, projection, the interval between low and high, the neutral year, title and unit; source, licence and year of the data stand below. labels are the names of the five and a note on the step from the last value to the projection. scheme auto takes the light or dark colours of the page, light and dark are fixed. Missing years break a line. Text is whole; the picture is as high as it needs. NULL when there is nothing to draw. Error 22023 when low is above high or one of them is missing, labels are not six, the scheme is unknown or the neutral year outside 1 to 9999; 22003 for values beyond drawing.';
