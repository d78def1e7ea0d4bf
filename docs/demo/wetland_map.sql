-- An SVG map of the wetlands of the demo by what their loss would release, with a
-- development zone and the cheapest places within 2.5 km.  Drawn by PostGIS alone.
-- Needs use_cases.sql and map.sql.
SET search_path = demo, terrcarbon, public;

WITH style (class, low, colour, name) AS (VALUES
    (1, NULL, '#c9ccd1', 'not known'),
    (2, -1e9, '#e5efc8', 'below 150'),
    (3, 150, '#9fd0b0', '150 to 500'),
    (4, 500, '#4a9d8f', '500 to 950'),
    (5, 950, '#175a63', '950 and more')
), extent AS (
    SELECT ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) - ST_XMin(e) AS width, ST_YMax(e) - ST_YMin(e) AS height
    FROM (SELECT ST_Extent(ST_Expand(geom, 300)) FROM wetland UNION ALL SELECT ST_Extent(ST_Expand(geom, 300)) FROM alternative) AS x(e)
    ORDER BY 3 DESC LIMIT 1
), frame AS (
    SELECT west, south, 720 / width AS k, greatest(ceil(height * 720 / width), 420)::int AS h FROM extent
), label AS (
    SELECT row_number() OVER (ORDER BY ST_Area(t.geom) DESC) AS n, t.code, t.name, (ST_X(seat) - west) * k AS x, h - (ST_Y(seat) - south) * k AS y, h
    FROM frame, territory t
    WHERE (ST_X(seat) - west) * k BETWEEN 0 AND 720 AND (ST_Y(seat) - south) * k BETWEEN 0 AND h
), placed AS (
    SELECT l.code, l.name, p.at_x, p.at_y - l.h AS at_y
    FROM (SELECT array_agg(x ORDER BY n) AS x, array_agg(y ORDER BY n) AS y, array_agg(length(name) * 8.4 + 6 ORDER BY n) AS w, max(h) AS h FROM label) AS a,
         place_labels(a.x, a.y, a.w, 18, 720, a.h) AS p
    JOIN label l ON l.n = p.n
), shape (layer, ordinal, svg) AS (
    SELECT 1, 1, format('<path class="land" d="%s"/>',
                        string_agg(ST_AsSVG(ST_TransScale(ST_SnapToGrid(l.geom, 0.25 / k), -west, -south, k, k), 0, 1), ' ' ORDER BY l.id))
    FROM frame, land_cover l WHERE l.code NOT LIKE '5%'
    UNION ALL
    SELECT 2, s.class, format('<path class="w%s" d="%s"/>', s.class,
                        string_agg(ST_AsSVG(ST_TransScale(ST_SnapToGrid(v.geom, 0.25 / k), -west, -south, k, k), 0, 1), ' ' ORDER BY v.id))
    FROM frame, wetland_value v
    JOIN LATERAL (SELECT s.class FROM style s
                  WHERE s.low <= value(v.if_lost_t) / v.ha OR s.low IS NULL AND v.if_lost_t IS NULL
                  ORDER BY s.low DESC NULLS LAST LIMIT 1) AS s ON true
    GROUP BY s.class
    UNION ALL
    SELECT 3, 1, format('<path class="other" d="%s"/>', string_agg(ST_AsSVG(ST_TransScale(a.geom, -west, -south, k, k), 0, 1), ' '))
    FROM frame, (SELECT geom FROM alternative ORDER BY if_lost_t, east_m ^ 2 + north_m ^ 2, east_m, north_m LIMIT 3) AS a
    UNION ALL
    SELECT 4, 1, format('<path class="project" d="%s"/>', ST_AsSVG(ST_TransScale(p.geom, -west, -south, k, k), 0, 1)) FROM frame, project p
    UNION ALL
    SELECT 5, row_number() OVER (ORDER BY code), format('<text class="name" x="%s" y="%s">%s</text>', round(at_x), round(at_y + 5),
                        replace(replace(name, '&', '&amp;'), '<', '&lt;'))
    FROM placed
), legend (svg) AS (
    SELECT string_agg(format('<rect class="w%s" x="740" y="%s" width="18" height="12" rx="2"/><text class="key" x="768" y="%s">%s</text>', class, y - 11, y, name), '' ORDER BY class)
    FROM frame, style, LATERAL (SELECT -h + 92 + 21 * (6 - class)) AS p(y)
)
SELECT format('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 %s 1040 %s" width="1040" role="img" aria-label="Wetlands by what their loss would release">', -h, h + 62)
    || '<style>text{font-family:system-ui,"DejaVu Sans",sans-serif;fill:#1c2b33}.paper{fill:#f7f9fa}.scale{stroke:#1c2b33;stroke-width:3}.land{fill:#f1efe6}'
       '.project{fill:#d1495b;fill-opacity:.35;stroke:#d1495b;stroke-width:2.5}.other{fill:none;stroke:#2f4858;stroke-width:1.8;stroke-dasharray:5 4}'
       '.name{font-size:13px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:3.4;stroke-linejoin:round}'
       '.title{font-size:22px;font-weight:700}.subtitle{font-size:13.5px;fill:#52636d}.key{font-size:13.5px}'
    || (SELECT string_agg(format('.w%s{fill:%s}', class, colour), '' ORDER BY class) FROM style)
    || '@media(prefers-color-scheme:dark){.paper{fill:#12191d}.title,.key{fill:#e8eef1}.subtitle{fill:#9fb0b9}.scale{stroke:#e8eef1}}</style>'
    || format('<rect class="paper" y="%s" width="1040" height="%s"/><svg y="%s" width="720" height="%s" viewBox="0 %s 720 %s"><rect y="%s" width="720" height="%s" fill="#dcebf3"/>',
              -h, h + 62, -h, h, -h, h, -h, h)
    || (SELECT string_agg(svg, '' ORDER BY layer, ordinal) FROM shape)
    || '</svg>'
    || format('<text class="title" x="740" y="%s">Wetlands to spare</text><text class="subtitle" x="740" y="%s">t CO2e a hectare that their loss releases</text>', -h + 42, -h + 68)
    || (SELECT svg FROM legend)
    || format('<rect class="project" x="740" y="%1$s" width="18" height="12"/><text class="key" x="768" y="%2$s">made-up development of 96 ha</text>'
              '<rect class="other" x="740" y="%3$s" width="18" height="12"/><text class="key" x="768" y="%4$s">the three cheapest places near</text>',
              -h + 232, -h + 243, -h + 256, -h + 267)
    || format('<path class="scale" d="M740 -24h%s"/><text class="key" x="740" y="-32">%s km</text>', round((1000 * s * k)::numeric, 1), s)
    || (SELECT format('<text class="subtitle" x="16" y="22">%s | %s | land of %s</text><text class="subtitle" x="16" y="44">Loss of all that is known: %s to %s kt CO2e in 30 years (95 %% interval; IPCC 2013 Wetlands Supplement). States made up. terrcarbon</text></svg>',
                      replace(a.source, '&', '&amp;'), a.licence, a.year, grouped(lower(v.e) / 1000), grouped(upper(v.e) / 1000))
        FROM about a, (SELECT sum(if_lost_t) AS e FROM wetland_value) AS v)
FROM frame, LATERAL (SELECT CASE WHEN 5000 * k < 290 THEN 5 ELSE 2 END) AS scale (s);
