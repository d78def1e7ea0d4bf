-- An SVG bar chart of the demo territory: the carbon stock of each commune by
-- pool.  Needs stock.sql.
SET search_path = demo, terrcarbon, public;

WITH pool (name, label, colour, ordinal) AS (
    VALUES ('soil', 'Soil, 0–30 cm', '#8a6a4f', 1), ('above', 'Living biomass', '#4f9a5b', 2),
           ('dead_wood', 'Dead wood', '#b7a58a', 3), ('litter', 'Litter', '#d9c26a', 4)
), bar AS (
    SELECT code, name, tonnes, tonnes / ha AS density,
           64 + 34 * row_number() OVER (ORDER BY tonnes DESC) AS y,
           tonnes / max(tonnes) OVER () * 520 / tonnes AS scale, stock
    FROM stock_by_commune
    WHERE tonnes > 0
    ORDER BY tonnes DESC
    LIMIT 20
), room AS (
    -- The longest name is whole.
    SELECT greatest(160, 8.6 * max(length(name)))::int + 24 AS side FROM bar
), piece AS (
    SELECT b.*, p.colour, p.ordinal, coalesce(pool(b.stock, p.name), 0) AS part,
           coalesce(sum(pool(b.stock, p.name)) OVER (PARTITION BY code ORDER BY p.ordinal), 0) AS reach
    FROM bar b, pool p
)
SELECT format('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$s %2$s" width="%1$s" role="img" aria-label="Carbon stock by commune and pool">',
              740 + side, 152 + 34 * (SELECT count(*) FROM bar))
    || '<style>text{font:14px system-ui,"DejaVu Sans",sans-serif;fill:#1c2b33}.title{font-size:21px;font-weight:700}'
       '.note{fill:#52636d;font-size:13px}.name{text-anchor:end}svg{background:#fff}'
       '@media(prefers-color-scheme:dark){svg{background:#12191d}text{fill:#e8eef1}.note{fill:#9fb0b9}}</style>'
       '<text class="title" x="24" y="36">Carbon stock by commune</text>'
       '<text class="note" x="24" y="60">thousand tonnes of carbon, and tonnes per hectare</text>'
    || (SELECT string_agg(format('<rect x="%s" y="70" width="12" height="12" rx="2" fill="%s"/><text class="note" x="%s" y="81">%s</text>',
                                 140 * ordinal - 116, colour, 140 * ordinal - 98, label), '' ORDER BY ordinal) FROM pool)
    || (SELECT string_agg(format('<rect x="%s" y="%s" width="%s" height="22" fill="%s"/>',
                                 round((side + 10 + (reach - part) * scale)::numeric, 1), y,
                                 round((part * scale)::numeric, 1), colour), '' ORDER BY y, ordinal)
        FROM piece WHERE part > 0)
    || (SELECT string_agg(format('<text class="name" x="%s" y="%s">%s</text><text x="%s" y="%s">%s <tspan class="note">· %s t/ha</tspan></text>',
                                 side, y + 16, replace(replace(name, '&', '&amp;'), '<', '&lt;'),
                                 round((side + 20 + tonnes * scale)::numeric, 1), y + 16,
                                 grouped(tonnes / 1000), grouped(density)), '' ORDER BY y)
        FROM bar)
    || (SELECT format('<text class="note" x="24" y="%1$s">%2$s | %3$s | land of %4$s</text><text class="note" x="24" y="%5$s">95 %% interval of the whole: %6$s to %7$s kt C (stocks of a hectare: ALDO, ADEME, 30 %% assumed for each). terrcarbon</text></svg>',
                      112 + 34 * (SELECT count(*) FROM bar), replace(a.source, '&', '&amp;'), a.licence, a.year, 132 + 34 * (SELECT count(*) FROM bar),
                      grouped(lower(c.carbon) / 1000), grouped(upper(c.carbon) / 1000))
        FROM about a, (SELECT sum(carbon) AS carbon FROM stock_by_commune) AS c)
FROM room;
