-- An SVG map of the demo: land cover, roads, buildings and communes, each
-- commune labelled with its carbon stock, and a legend with the totals.  Drawn
-- by PostGIS alone.  Needs a territory and stock.sql.
SET search_path = demo, terrcarbon, public;

WITH extent AS (
    SELECT ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) - ST_XMin(e) AS width,
           ST_YMax(e) - ST_YMin(e) AS height
    FROM (SELECT ST_Extent(geom) FROM land_cover) AS x(e)
), frame AS (
    -- pixels: the map is 720 wide, the legend 300, and y grows upwards until
    -- ST_AsSVG turns it
    SELECT west, south, 720 / width AS k, greatest(ceil(height * 720 / width), 540)::int AS h
    FROM extent
), shape (layer, ordinal, svg) AS (
    SELECT 1, row_number() OVER (ORDER BY c.code),
           format('<path class="c%s" d="%s"/>', c.code,
                  string_agg(ST_AsSVG(ST_TransScale(ST_SimplifyPreserveTopology(l.geom, 0.3 / k),
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
                        string_agg(ST_AsSVG(ST_TransScale(ST_SimplifyPreserveTopology(geom, 0.3 / k),
                                                          -west, -south, k, k), 0, 1), ' ' ORDER BY code))
    FROM frame, territory
    UNION ALL
    SELECT 5, row_number() OVER (ORDER BY t.code),
           format('<text class="name" x="%s" y="%s">%s<tspan class="value" x="%s" dy="15">%s kt C · %s t/ha</tspan></text>',
                  x, y, replace(replace(t.name, '&', '&amp;'), '<', '&lt;'), x,
                  round((tonnes / 1000)::numeric), round((tonnes / ha)::numeric))
    FROM frame, territory t JOIN stock_by_commune s USING (code),
         LATERAL (SELECT least(greatest((ST_X(seat) - west) * k, 60), 660)::int,
                         -least(greatest((ST_Y(seat) - south) * k + 15, 30), h - 20)::int) AS p(x, y)
    WHERE tonnes > 0.02 * (SELECT sum(tonnes) FROM stock_by_commune) AND ST_X(seat) BETWEEN west AND west + 720 / k
), legend (svg) AS (
    SELECT string_agg(format('<rect class="c%s" x="740" y="%s" width="18" height="12" rx="2"/>'
                             '<text class="key" x="768" y="%s">%s</text><text class="key number" x="1020" y="%s">%s</text>',
                             code, y - 11, y, name, y, coalesce(to_char(tonnes / 1000, 'FM999990.0') || ' kt C', 'not covered')),
                      '' ORDER BY code)
    FROM frame,
         (SELECT *, row_number() OVER (ORDER BY code) AS line
          FROM stock_by_class JOIN cover_class USING (code)) AS c,
         LATERAL (SELECT -h + 105 + 21 * line) AS p(y)
)
SELECT format('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 %s 1040 %s" width="1040" role="img" aria-label="Carbon stock of a territory">',
              -h, h)
    || '<style>text{font-family:system-ui,sans-serif;fill:#1c2b33}'
       '.road{fill:none;stroke:#fff;stroke-width:2.4}.house{fill:#4a3f45}'
       '.commune{fill:none;stroke:#33424b;stroke-width:1.6}'
       '.name{font-size:15px;font-weight:600;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:3.6;stroke-linejoin:round}'
       '.value{font-size:12.5px;font-weight:400}'
       '.title{font-size:22px;font-weight:700}.subtitle{font-size:13.5px;fill:#52636d}'
       '.key{font-size:13.5px}.number{text-anchor:end}'
    || (SELECT string_agg(format('.c%s{fill:%s}', code, colour), '' ORDER BY code) FROM cover_class)
    || '</style>'
    || format('<rect y="%s" width="1040" height="%s" fill="#f7f9fa"/><svg y="%s" width="720" height="%s" viewBox="0 %s 720 %s">'
              '<rect y="%s" width="720" height="%s" fill="#dcebf3"/>', -h, h, -h, h, -h, h, -h, h)
    || (SELECT string_agg(svg, '' ORDER BY layer, ordinal) FROM shape)
    || '</svg>'
    || format('<text class="title" x="740" y="%s">Carbon in the ground</text><text class="subtitle" x="740" y="%s">%s kt C over %s ha</text>'
              '<text class="subtitle" x="740" y="%s">soil to 30 cm, biomass, dead wood, litter</text>',
              -h + 42, -h + 68, (SELECT round((sum(tonnes) / 1000)::numeric) FROM stock_by_commune),
              (SELECT to_char(sum(ha), 'FM999G999') FROM stock_by_commune), -h + 88)
    || (SELECT svg FROM legend)
    || format('<path d="M740 -24h%s" stroke="#1c2b33" stroke-width="3"/><text class="key" x="740" y="-32">5 km</text></svg>',
              round((5000 * k)::numeric, 1))
FROM frame;
