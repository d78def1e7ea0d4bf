-- An SVG map of the demo: land cover, roads, buildings and communes, each
-- commune labelled with its carbon stock, and a legend with the totals.  Drawn
-- by PostGIS alone.  Needs a territory and stock.sql.
SET search_path = demo, terrcarbon, public;

-- Where labels of a width and height may stand, in pixels from the upper left: as close to their
-- place as can be, whole, and on no other.  A label without room is left out.
CREATE FUNCTION place_labels(x float8[], y float8[], w float8[], h float8, frame_w float8, frame_h float8) RETURNS TABLE (n int, at_x float8, at_y float8)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    taken box[] := '{}';
    place box;
BEGIN
    FOR k IN 1 .. cardinality(x) LOOP
        n := k;
        SELECT b.b, b.cx, b.cy INTO place, at_x, at_y
        FROM generate_series(-4, 4) AS i, generate_series(-4, 4) AS j,
             LATERAL (SELECT least(greatest(x[n] + i * w[n] / 8, w[n] / 2 + 4), frame_w - w[n] / 2 - 4) AS cx,
                             least(greatest(y[n] + j * h / 2, h / 2 + 4), frame_h - h / 2 - 4) AS cy) AS c,
             LATERAL (SELECT c.cx, c.cy, box(point(c.cx - w[n] / 2, c.cy - h / 2), point(c.cx + w[n] / 2, c.cy + h / 2)) AS b) AS b
        WHERE NOT EXISTS (SELECT FROM unnest(taken) AS t WHERE t && b.b)
        ORDER BY (b.cx - x[n]) ^ 2 + (b.cy - y[n]) ^ 2 LIMIT 1;
        CONTINUE WHEN place IS NULL;
        taken := taken || place;
        RETURN NEXT;
    END LOOP;
END $$;

WITH extent AS (
    SELECT ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) - ST_XMin(e) AS width,
           ST_YMax(e) - ST_YMin(e) AS height
    FROM (SELECT ST_Extent(geom) FROM land_cover) AS x(e)
), frame AS (
    -- pixels: the map is 720 wide, the legend 300, and y grows upwards until
    -- ST_AsSVG turns it
    SELECT west, south, 720 / width AS k, greatest(ceil(height * 720 / width), 200 + 21 * (SELECT count(*) FROM stock_by_class))::int AS h
    FROM extent
), label AS (
    -- The largest first, where there is room.
    SELECT row_number() OVER (ORDER BY tonnes DESC) AS n, t.code, t.name,
           format('%s kt C · %s t/ha', grouped(tonnes / 1000), grouped(tonnes / ha)) AS figure,
           (ST_X(seat) - west) * k AS x, h - (ST_Y(seat) - south) * k AS y, h
    FROM frame, territory t JOIN stock_by_commune s USING (code)
    WHERE tonnes > 0.005 * (SELECT sum(tonnes) FROM stock_by_commune)
      AND (ST_X(seat) - west) * k BETWEEN 0 AND 720 AND (ST_Y(seat) - south) * k BETWEEN 0 AND h
), placed AS (
    SELECT l.name, l.figure, p.at_x, p.at_y - l.h AS at_y, l.code
    FROM (SELECT array_agg(x ORDER BY n) AS x, array_agg(y ORDER BY n) AS y,
                 array_agg(greatest(length(name) * 9.3, length(figure) * 7.3) + 6 ORDER BY n) AS w, max(h) AS h FROM label) AS a,
         place_labels(a.x, a.y, a.w, 34, 720, a.h) AS p
    JOIN label l ON l.n = p.n
), shape (layer, ordinal, svg) AS (
    -- Neighbours are snapped to one grid, so that nothing shows between them.
    SELECT 1, row_number() OVER (ORDER BY c.code),
           format('<path class="c%s" d="%s"/>', c.code,
                  string_agg(ST_AsSVG(ST_TransScale(ST_SnapToGrid(l.geom, 0.25 / k),
                                                    -west, -south, k, k), 0, 1), ' ' ORDER BY l.id))
    FROM frame, land_cover l JOIN cover_class c USING (code)
    GROUP BY c.code
    UNION ALL
    SELECT 2, 1, format('<path class="road" d="%s"/>',
                        string_agg(ST_AsSVG(ST_TransScale(geom, -west, -south, k, k), 0, 1), ' ' ORDER BY id))
    FROM frame, road
    UNION ALL
    SELECT 3, 1, format('<path class="house" d="%s"/>',
                        string_agg(ST_AsSVG(ST_TransScale(geom, -west, -south, k, k), 0, 1), ' ' ORDER BY id))
    FROM frame, building
    UNION ALL
    SELECT 4, 1, format('<path class="commune" d="%s"/>',
                        string_agg(ST_AsSVG(ST_TransScale(ST_SnapToGrid(geom, 0.25 / k),
                                                          -west, -south, k, k), 0, 1), ' ' ORDER BY code))
    FROM frame, territory
    UNION ALL
    SELECT 5, row_number() OVER (ORDER BY code),
           format('<text class="name" x="%s" y="%s">%s<tspan class="value" x="%s" dy="15">%s</tspan></text>',
                  round(at_x), round(at_y - 3), replace(replace(name, '&', '&amp;'), '<', '&lt;'), round(at_x), figure)
    FROM placed
), legend (svg) AS (
    SELECT string_agg(format('<rect class="c%s" x="740" y="%s" width="18" height="12" rx="2"/>'
                             '<text class="key" x="768" y="%s">%s</text><text class="key number" x="1020" y="%s">%s</text>',
                             code, y - 11, y, name, y, coalesce(grouped(tonnes / 1000, 1) || ' kt C', 'not covered')),
                      '' ORDER BY code)
           || max(CASE WHEN EXISTS (SELECT FROM road)
                  THEN format('<rect class="roadside" x="740" y="%1$s" width="18" height="12" rx="2"/><path class="road" d="M740 %2$sh18"/><text class="key" x="768" y="%3$s">Roads</text>',
                              -h + 94 + 21 * (lines + 1), -h + 100 + 21 * (lines + 1), -h + 105 + 21 * (lines + 1)) ELSE '' END)
           || max(CASE WHEN EXISTS (SELECT FROM building)
                  THEN format('<rect class="house" x="744" y="%s" width="8" height="8"/><text class="key" x="768" y="%s">Buildings</text>',
                              -h + 96 + 21 * (lines + 2), -h + 105 + 21 * (lines + 2)) ELSE '' END)
    FROM frame,
         (SELECT *, row_number() OVER (ORDER BY code) AS line, count(*) OVER () AS lines
          FROM stock_by_class JOIN cover_class USING (code)) AS c,
         LATERAL (SELECT -h + 105 + 21 * line) AS p(y)
)
SELECT format('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 %s 1040 %s" width="1040" role="img" aria-label="Carbon stock of a territory">',
              -h, h + 62)
    || '<style>text{font-family:system-ui,"DejaVu Sans",sans-serif;fill:#1c2b33}.paper{fill:#f7f9fa}.scale{stroke:#1c2b33;stroke-width:3}.roadside{fill:#b9aec4}'
       '.road{fill:none;stroke:#fff;stroke-width:2.4}.house{fill:#4a3f45}'
       '.commune{fill:none;stroke:#33424b;stroke-width:1.6}'
       '.name{font-size:15px;font-weight:600;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:3.6;stroke-linejoin:round}'
       '.value{font-size:12.5px;font-weight:400}'
       '.title{font-size:22px;font-weight:700}.subtitle{font-size:13.5px;fill:#52636d}'
       '.key{font-size:13.5px}.number{text-anchor:end}'
    || (SELECT string_agg(format('.c%s{fill:%s}', code, colour), '' ORDER BY code) FROM cover_class)
    || '@media(prefers-color-scheme:dark){.paper{fill:#12191d}.title,.key{fill:#e8eef1}.subtitle{fill:#9fb0b9}.scale{stroke:#e8eef1}}</style>'
    || format('<rect class="paper" y="%s" width="1040" height="%s"/><svg y="%s" width="720" height="%s" viewBox="0 %s 720 %s">'
              '<rect y="%s" width="720" height="%s" fill="#dcebf3"/>', -h, h + 62, -h, h, -h, h, -h, h)
    || (SELECT string_agg(svg, '' ORDER BY layer, ordinal) FROM shape)
    || '</svg>'
    || format('<text class="title" x="740" y="%s">Carbon of the land</text><text class="subtitle" x="740" y="%s">%s kt C over %s ha</text>'
              '<text class="subtitle" x="740" y="%s">soil to 30 cm, biomass, dead wood, litter</text>',
              -h + 42, -h + 68, (SELECT grouped(sum(tonnes) / 1000) FROM stock_by_commune),
              (SELECT grouped(sum(ha)) FROM stock_by_commune), -h + 88)
    || (SELECT svg FROM legend)
    || format('<path class="scale" d="M740 -24h%s"/><text class="key" x="740" y="-32">5 km</text>', round((5000 * k)::numeric, 1))
    || (SELECT format('<text class="subtitle" x="16" y="22">%s | %s | land of %s</text><text class="subtitle" x="16" y="44">95 %% interval of the whole: %s to %s kt C (stocks of a hectare: ALDO, ADEME, 30 %% assumed for each). terrcarbon</text></svg>',
                      replace(a.source, '&', '&amp;'), a.licence, a.year, grouped(lower(c.carbon) / 1000), grouped(upper(c.carbon) / 1000))
        FROM about a, (SELECT sum(carbon) AS carbon FROM stock_by_commune) AS c)
FROM frame;
