-- chart_svg: well-formed, to scale, readable by anyone, nothing injected.
SET search_path = terrcarbon, public;

\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/failure.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE FUNCTION pg_temp.nodes(svg text, path text) RETURNS TABLE (nr bigint, node text) LANGUAGE sql AS $$
    SELECT n, x::text FROM unnest(xpath(path, svg::xml, ARRAY[ARRAY['s', 'http://www.w3.org/2000/svg']])) WITH ORDINALITY u(x, n)
$$;
-- Corners of the path of a class, in drawing order.
CREATE FUNCTION pg_temp.corners(svg text, class text) RETURNS TABLE (n bigint, command text, x float8, y float8) LANGUAGE sql AS $$
    SELECT ordinality, m[1], m[2]::float8, m[3]::float8
    FROM pg_temp.nodes(svg, format('//s:path[@class="%s"]/@d', class)) p,
        regexp_matches(p.node, '([ML])(-?[0-9.]+) (-?[0-9.]+)', 'g') WITH ORDINALITY r(m, ordinality)
    -- not the samples of the legend, relative lines without a second corner
    WHERE p.node !~ 'h28'
$$;

CREATE TEMP TABLE charts (name text PRIMARY KEY, svg text);
INSERT INTO charts
SELECT 'full', chart_svg(t, linear_target(2015, 3600, 2050, 0), p, p - linear_target(2025, 50, 2050, 400), p + linear_target(2025, 50, 2050, 400),
    neutral_year => 2047, title => 'Net emissions', unit => 'tCO2e')
FROM (SELECT trajectory_agg(y, 3600 - 60 * (y - 2015)) AS t FROM generate_series(2015, 2024) y) s, project(t, 2050, 'linear') p
UNION ALL SELECT 'holes', chart_svg('{"2015": -2, "2016": 3, "2018": 1, "2020": 2, "2021": 2.5}')
UNION ALL SELECT 'one', chart_svg('{"2020": 5}')
UNION ALL SELECT 'zeros', chart_svg('{"2020": 0, "2021": 0}')
UNION ALL SELECT 'target only', chart_svg(NULL, linear_target(2020, 1e12, 2050, -1e12))
UNION ALL SELECT 'tiny', chart_svg('{"2020": 1.5e-9, "2021": 1e-9}')
UNION ALL SELECT 'hostile', chart_svg('{"2020": 5, "2021": 6}', title => E'</title><script>alert("1")</script>\x01 & ]]>',
    unit => '"><image href="x" onload=''x''/>', labels => ARRAY['<a>', '&b;', '"c"', '''d''', E'\x1f', '</svg>'], source => '<script/>', licence => '"&')
UNION ALL SELECT 'long', chart_svg(trajectory_agg(y, 1e9 * sin(y)), title => repeat('très long ', 50)) FROM generate_series(1, 9999) y;
SELECT name, xml_is_well_formed_document(svg) AS well_formed, svg ~ 'nan|inf' AS garbage, foreign_nodes, titles, descriptions
FROM charts,
    LATERAL (SELECT count(*) AS foreign_nodes FROM pg_temp.nodes(svg, '//*[not(self::s:svg or self::s:title or self::s:desc
        or self::s:style or self::s:path or self::s:text or self::s:circle)] | //@*[starts-with(name(), "on") or name() = "href" or name() = "style"]')) f,
    LATERAL (SELECT count(*) AS titles FROM pg_temp.nodes(svg, '/s:svg/s:title')) t,
    LATERAL (SELECT count(*) AS descriptions FROM pg_temp.nodes(svg, '/s:svg/s:desc')) d
ORDER BY name;
-- What is read out, and what hostile text became.
SELECT node FROM charts, pg_temp.nodes(svg, '/s:svg/s:title/text() | /s:svg/s:desc/text()') WHERE name IN ('full', 'hostile') ORDER BY name, nr;
-- Both schemes, and the same bytes every time.
SELECT svg ~ '@media \(prefers-color-scheme:dark\)' AS dark, length(svg) < 8000 AS small,
    chart_svg('{"2015": -2, "2016": 3, "2018": 1, "2020": 2, "2021": 2.5}') = svg AS repeatable
FROM charts WHERE name = 'holes';

-- To scale: the axis labels and the lines lie on one straight scale each.
WITH axis AS (
    SELECT translate(v.node, U&'\2212\202F', '-')::float8 AS value, y.node::float8 - 4.5 AS y
    FROM charts, pg_temp.nodes(svg, '//s:text[@class="muted" and @text-anchor="end"]/text()') v,
        pg_temp.nodes(svg, '//s:text[@class="muted" and @text-anchor="end"]/@y') y
    WHERE name = 'full' AND v.nr = y.nr
), years AS (
    SELECT v.node::float8 AS year, x.node::float8 AS x
    FROM charts, pg_temp.nodes(svg, '//s:text[@class="muted" and @text-anchor="middle"]/text()') v,
        pg_temp.nodes(svg, '//s:text[@class="muted" and @text-anchor="middle"]/@x') x
    WHERE name = 'full' AND v.nr = x.nr
), scale AS (
    SELECT (SELECT regr_slope(value, y) FROM axis) AS per_y, (SELECT regr_intercept(value, y) FROM axis) AS value_0,
        (SELECT regr_slope(year, x) FROM years) AS per_x, (SELECT regr_intercept(year, x) FROM years) AS year_0
), drawn AS (
    SELECT class, n, year_0 + per_x * x AS year, value_0 + per_y * y AS value
    FROM charts, scale, unnest(ARRAY['line actual', 'line target', 'line projection', 'band']) class, pg_temp.corners(svg, class)
    WHERE name = 'full'
)
SELECT class, count(*), bool_and(abs(year - round(year)) < 0.01) AS whole_years, min(round(year)), max(round(year)),
    bool_and(abs(value - CASE class
        WHEN 'line target' THEN 3600 - 3600 * (round(year) - 2015) / 35
        WHEN 'band' THEN 3600 - 60 * (round(year) - 2015) + CASE WHEN n <= 26 THEN 1 ELSE -1 END * (50 + 14 * (round(year) - 2025))
        ELSE 3600 - 60 * (round(year) - 2015) END) < 1.5) AS in_place
FROM drawn GROUP BY class ORDER BY class;
-- Axis numbers are round and hold all values.
SELECT name, string_agg(node, ' ' ORDER BY nr DESC) AS axis
FROM charts, pg_temp.nodes(svg, '//s:text[@class="muted" and @text-anchor="end"]/text()')
GROUP BY name ORDER BY name;
SELECT name, count(*) <= 14 AS few, string_agg(node, ' ' ORDER BY nr) AS years
FROM charts, pg_temp.nodes(svg, '//s:text[@class="muted" and @text-anchor="middle"]/text()')
GROUP BY name ORDER BY name;
-- Missing years break the line; a year on its own is a dot, and so is the last.
SELECT string_agg(command, '' ORDER BY n) AS pen, (SELECT count(*) FROM pg_temp.nodes(svg, '//s:circle')) AS dots
FROM charts, pg_temp.corners(svg, 'line actual') WHERE name = 'holes' GROUP BY svg;
-- Names and values are written on the chart.
SELECT name, node FROM charts, pg_temp.nodes(svg, '//s:text[starts-with(@class, "end") or @class = "name"]/text()')
WHERE name IN ('full', 'tiny', 'zeros') ORDER BY name, nr;

SELECT chart_svg(NULL) IS NULL AND chart_svg('{}', '{}', NULL, '{}', '{}') IS NULL AS nothing_to_draw;
SELECT statement, pg_temp.failure('SELECT ' || statement) AS failure
FROM (VALUES
    ($$chart_svg('{"2020": 1}', low => '{"2020": 0}')$$),
    ($$chart_svg('{"2020": 1}', low => '{"2020": 2, "2021": 0}', high => '{"2020": 3, "2021": -1}')$$),
    ($$chart_svg('{"2020": 1}', neutral_year => 0)$$),
    ($$chart_svg('{"2020": 1}', labels => '{a,b}')$$),
    ($$chart_svg('{"2020": 1}', labels => '{a,b,NULL,d,e}')$$),
    ($$chart_svg('{"2020": 1}', labels => NULL)$$),
    ($$chart_svg('{"2020": 1}', scheme => 'grey')$$),
    ($$chart_svg('{"2020": 1e308, "2021": -1e308}')$$),
    ($$chart_svg('{"2020": 5e-324}')$$)
) v(statement);

-- In French, with its decimal sign.
SELECT cardinality(chart_labels('en')), chart_svg(t, labels => chart_labels('en')) = chart_svg(t) AS default_is_english,
       chart_svg(t, labels => chart_labels('fr')) ~ 'Constaté 2,5' AS with_comma, chart_svg(t, labels => chart_labels('fr')) ~ '>[0-9]+\.[0-9]+<' AS with_point
FROM (VALUES ('{"2020": 1.5, "2021": 2.5}'::trajectory)) AS v (t);
SELECT pg_temp.failure($$SELECT chart_labels('de')$$);

-- Nothing is cut: the lines of a text are the text. Source, licence and year stand below.
CREATE FUNCTION pg_temp.written(svg text, class text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(node, ' ' ORDER BY nr) FROM pg_temp.nodes(svg, format('//s:text[@class="%s"]/text()', class))
$$;
SELECT pg_temp.written(svg, 'title') = trim(title) AS title, pg_temp.written(svg, 'muted unit') = trim(unit) AS unit, pg_temp.written(svg, 'name') = concat_ws(' ', a, b, c, d) AS names,
    pg_temp.written(svg, 'muted note') = concat_ws(' ', note, trim(source) || ' | Licence Ouverte 2.0 | 2024') AS note_and_origin, svg !~ '8230|…' AS whole
FROM (VALUES (repeat('Émissions du territoire ', 20), repeat('tonne ', 60), repeat('constatées ', 30) || 'a', 'Objectif', 'Tendance', repeat('intervalle à 95 % ', 12) || 'b', repeat('note ', 50) || 'c', repeat('source ', 60)))
        AS v(title, unit, a, b, c, d, note, source),
    LATERAL (SELECT chart_svg('{"2020": 5, "2021": 4}', '{"2020": 5, "2030": 0}', '{"2022": 3, "2023": 2}', '{"2022": 2, "2023": 1}', '{"2022": 4, "2023": 3}', 2030, title, unit,
        ARRAY[a, b, c, d, 'Neutre dès', note], trim(source), 'Licence Ouverte 2.0', 2024) AS svg) AS x;
-- No text lies on another or leaves the picture: boxes of the widths that DejaVu Sans has on average.
CREATE FUNCTION pg_temp.boxes(svg text) RETURNS TABLE (nr bigint, l float8, r float8, t float8, b float8) LANGUAGE sql AS $$
    SELECT n.nr, x - shift * w, x - shift * w + w, y - 9 * size / 13, y + 2 * size / 13
    FROM pg_temp.nodes(svg, '//s:text') AS n,
        LATERAL (SELECT (regexp_match(n.node, ' x="([-0-9.]+)"'))[1]::float8 AS x, (regexp_match(n.node, ' y="([-0-9.]+)"'))[1]::float8 AS y,
            CASE (regexp_match(n.node, 'text-anchor="(\w+)"'))[1] WHEN 'middle' THEN 0.5 WHEN 'end' THEN 1 ELSE 0 END AS shift,
            CASE WHEN n.node ~ 'class="title' THEN 18.0 WHEN n.node ~ 'note"' THEN 12 ELSE 13 END AS size,
            regexp_replace(regexp_replace(n.node, '<[^>]*>', '', 'g'), '&[^;]*;', 'x', 'g') AS content) AS a,
        LATERAL (SELECT length(content) * size * CASE WHEN n.node ~ 'class="(title|end)' THEN 0.62 ELSE 0.56 END AS w) AS b
$$;
SELECT setseed(0.5) IS NOT NULL AS seeded;
CREATE TEMP TABLE random_chart AS
SELECT n, chart_svg(actual, CASE WHEN random() < 0.8 THEN target END, CASE WHEN random() < 0.7 THEN projection END, neutral_year => CASE WHEN random() < 0.5 THEN 2015 + (random() * 40)::int END,
    title => CASE WHEN random() < 0.8 THEN repeat('Saint-Nazaire-sur-Charente ', 1 + n % 6) END, unit => CASE WHEN random() < 0.8 THEN repeat('t CO2e a year ', 1 + n % 11) END,
    labels => ARRAY[repeat('Actual ', 1 + n % 5), repeat('Target ', 1 + n % 3), repeat('Projection ', 1 + n % 7), 'Interval', repeat('Neutral ', 1 + n % 4), 'Step'], source => repeat('Source ', n % 25)) AS svg
FROM generate_series(1, 60) AS n,
    LATERAL (SELECT 10 ^ (random() * 6 + 0 * n) AS size, 2018 + (random() * 5)::int AS last) AS a,
    LATERAL (SELECT trajectory_agg(y, size * (1 + random())) AS actual FROM generate_series(2010, last) AS y) AS b,
    LATERAL (SELECT linear_target(2010, size * 2, last + 1 + (random() * 30)::int, size * random()) AS target, linear_target(last + 1, size * (0.5 + random()), last + 2 + (random() * 30)::int, size * random()) AS projection) AS c;
CREATE TEMP TABLE text_box AS SELECT n, (regexp_match(svg, 'viewBox="0 0 800 ([0-9]+)"'))[1]::float8 AS height, x.* FROM random_chart, pg_temp.boxes(svg) AS x;
SELECT count(DISTINCT n) AS charts, count(*) > 400 AS many_texts FROM text_box;
SELECT n, a.*, b.* FROM text_box AS a JOIN text_box AS b USING (n) WHERE a.nr < b.nr AND a.l < b.r AND b.l < a.r AND a.t < b.b AND b.t < a.b ORDER BY n LIMIT 5;
SELECT * FROM text_box WHERE l < 0 OR r > 800 OR t < 0 OR b > height ORDER BY n LIMIT 5;
-- The scheme: that of the page, or fixed.
SELECT scheme, svg ~ 'prefers-color-scheme' AS follows, svg ~ '#12161c' AS dark, xml_is_well_formed_document(svg) AS well_formed
FROM unnest(ARRAY['auto', 'light', 'dark']) AS scheme, LATERAL (SELECT chart_svg('{"2020": 5, "2021": 4}', scheme => scheme) AS svg) AS x;
