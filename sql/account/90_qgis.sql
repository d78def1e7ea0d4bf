-- Styles and a project for QGIS, in the database where QGIS looks for them.
--
-- Limits of classes are fixed, and never taken from the figures: what everybody reads
-- of a style tells nothing of a hidden row, and maps of two accounts, two years or two
-- readers have the same colours.  What depends on figures, such as the year of a map,
-- is an expression that QGIS evaluates with the rows of whoever looks.

CREATE FUNCTION terrcarbon_internal.xml_text(content text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20
BEGIN ATOMIC
    SELECT replace(replace(replace(replace(replace(regexp_replace(xml_text.content, E'[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f]', ' ', 'g'),
        '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), E'\n', '&#10;');
END;
COMMENT ON FUNCTION terrcarbon_internal.xml_text(text) IS 'A text as content or attribute of XML.';

CREATE FUNCTION terrcarbon_internal.zip_file(name text, content bytea) RETURNS bytea
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100
    AS 'MODULE_PATHNAME', 'zip_file';
COMMENT ON FUNCTION terrcarbon_internal.zip_file(text, bytea) IS
    'A ZIP archive with one file, not compressed. Errors: 22023 for a name that is empty or above 255 bytes.';

CREATE FUNCTION terrcarbon_internal.qgis_map(language text)
    RETURNS TABLE (map text, place int, relation text, geometry text, filter text, field text, low text, high text, label text, title text, unit text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10 ROWS 9
BEGIN ATOMIC
    SELECT m.map, m.place, m.relation, m.geometry, m.filter, m.field, m.low, m.high, 
           -- The name, and below it the figure that colours, as a reader of the language writes it.
           'concat("territory_name", ''' || E'\\n' || ''', coalesce(format_number("' || m.field || '", ' || m.label || ', ''' || qgis_map.language || '''), ''?''))',
           CASE qgis_map.language WHEN 'fr' THEN m.fr ELSE m.en END,
           CASE qgis_map.language WHEN 'fr' THEN m.unit_fr ELSE m.unit_en END
    FROM (VALUES
        ('per_inhabitant', 1, 'emission_map', 'MultiPolygon', NULL, 'emissions_per_inhabitant', 'emissions_low', 'emissions_high', '2',
            'Émissions par habitant', 'Emissions per inhabitant', 't CO2e par habitant et par an, scopes 1 et 2', 't CO2e per inhabitant and year, scopes 1 and 2'),
        ('per_ha', 2, 'emission_map', 'MultiPolygon', NULL, 'emissions_per_ha', 'emissions_low', 'emissions_high', '2',
            'Émissions par hectare', 'Emissions per hectare', 't CO2e par ha et par an, scopes 1 et 2', 't CO2e per ha and year, scopes 1 and 2'),
        ('gap', 3, 'target_map', 'MultiPolygon', '"latest" AND "in_force" AND "sector" = ''all''', 'gap_percent', NULL, NULL, '1',
            'Écart à l’objectif', 'Gap to the target', '% de l''objectif en vigueur', '% of the target in force'),
        ('stock', 4, 'land_stock_latest', 'MultiPolygon', NULL, 'carbon_per_ha', 'carbon_low', 'carbon_high', '1',
            'Carbone des terres', 'Carbon of the land', 't C par ha', 't C per ha'),
        ('wetland', 5, 'wetland_map', 'MultiPolygon', '"latest"', 'soil_per_ha', 'soil_low', 'soil_high', NULL,
            'Zones humides', 'Wetlands', 't C par ha, dans le sol', 't C per ha, in the soil'),
        ('building', 6, 'building_map', 'MultiPolygon', NULL, 'sector', NULL, NULL, NULL, 'Bâtiments', 'Buildings', 'par secteur', 'by sector'),
        ('road', 7, 'road_map', 'MultiLineString', NULL, 'aadt', NULL, NULL, NULL, 'Routes', 'Roads',
            'véhicules par jour', 'vehicles a day'),
        ('boundary', 8, 'territory', 'MultiPolygon', NULL, NULL, NULL, NULL, NULL, 'Limites', 'Boundaries', NULL, NULL),
        ('trajectory', 9, 'trajectory_by_territory', '', NULL, NULL, NULL, NULL, NULL, 'Trajectoires', 'Trajectories', 't CO2e', 't CO2e'),
        ('coverage', 10, 'coverage_by_territory', '', NULL, NULL, NULL, NULL, NULL, 'Ce qui a été compté', 'What was counted', NULL, NULL),
        ('wetland_site', 11, 'wetland_site_map', 'MultiPolygon', NULL, 'if_lost_per_ha', NULL, NULL, NULL, 'Zones humides à préserver', 'Wetlands to spare',
            't CO2e par ha que leur perte émettrait en 30 ans', 't CO2e per ha that their loss releases in 30 years')
    ) AS m (map, place, relation, geometry, filter, field, low, high, label, fr, en, unit_fr, unit_en);
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_map(text) IS
    'The layers of a QGIS project: view, type of its geometry, filter, column that colours, ends of the interval, expression of labels, title and unit.';

-- Classes of figures: below the first limit, between two, from the last on.
CREATE FUNCTION terrcarbon_internal.qgis_class(language text) RETURNS TABLE (map text, place int, filter text, label text, shape text, colour text, width float8)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 60
BEGIN ATOMIC
    SELECT r.map, n.n, concat_ws(' AND ', '"' || m.field || '" >= ' || r.limits[n.n - 1], '"' || m.field || '" < ' || r.limits[n.n]),
           CASE WHEN n.n = 1 THEN CASE qgis_class.language WHEN 'fr' THEN 'moins de ' ELSE 'below ' END || figure_text(r.limits[1], qgis_class.language)
                WHEN n.n = cardinality(r.colours) THEN figure_text(r.limits[n.n - 1], qgis_class.language) || CASE qgis_class.language WHEN 'fr' THEN ' et plus' ELSE ' and more' END
                ELSE figure_text(r.limits[n.n - 1], qgis_class.language) || CASE qgis_class.language WHEN 'fr' THEN ' à ' ELSE ' to ' END || figure_text(r.limits[n.n], qgis_class.language) END,
           CASE m.geometry WHEN 'MultiLineString' THEN 'line' ELSE 'fill' END, r.colours[n.n], CASE m.geometry WHEN 'MultiLineString' THEN 0.2 * n.n ELSE 0.15 END
    FROM (VALUES
        ('per_inhabitant', '{0.25,0.5,1,2,4,8,16}'::float8[], '{#ffffd9,#fff0a8,#fed470,#feab4b,#fc7034,#e8382a,#bd0026,#700022}'::text[]),
        ('per_ha', '{0.5,1,2,5,10,20,50}', '{#ffffd9,#fff0a8,#fed470,#feab4b,#fc7034,#e8382a,#bd0026,#700022}'),
        ('gap', '{-20,-5,5,20}', '{#2166ac,#92c5de,#f7f7f7,#f4a582,#b2182b}'),
        ('stock', '{40,60,80,100,150}', '{#f7fcf5,#d6efd0,#a2d99b,#5fb96b,#2a8a4a,#00501f}'),
        ('wetland', '{50,100,200,300}', '{#f0f9e8,#c2e6c9,#85cdc4,#45a8c9,#0868ac}'),
        ('wetland_site', '{150,500,950}', '{#e5efc8,#9fd0b0,#4a9d8f,#175a63}'),
        ('road', '{500,2000,5000,10000,20000}', '{#8c8c8c,#737373,#6a51a3,#54278f,#9e2a6b,#7a0025}')) AS r (map, limits, colours)
    JOIN terrcarbon_internal.qgis_map(qgis_class.language) AS m ON m.map = r.map
    CROSS JOIN LATERAL generate_subscripts(r.colours, 1) AS n (n)
    WHERE r.limits[n.n - 1] IS NOT NULL OR r.limits[n.n] IS NOT NULL
  UNION ALL
    SELECT m.map, 50, format('"%s" IS NULL', m.field), CASE qgis_class.language WHEN 'fr' THEN 'non connu' ELSE 'not known' END,
           CASE m.geometry WHEN 'MultiLineString' THEN 'line' ELSE 'fill' END, '#c9c9c9', 0.15
    FROM terrcarbon_internal.qgis_map(qgis_class.language) AS m WHERE m.field IS NOT NULL AND m.map <> 'building'
  UNION ALL
    SELECT m.map, 51, 'NOT coalesce("complete", FALSE)',
           CASE qgis_class.language WHEN 'fr' THEN 'incomplet' || chr(160) || ': données absentes ou non visibles'
               ELSE 'in part: data missing or not visible' END, 'hatch', '#3d3d3d', 0.25
    FROM terrcarbon_internal.qgis_map(qgis_class.language) AS m WHERE m.map IN ('per_inhabitant', 'per_ha', 'stock')
  UNION ALL
    SELECT 'building', s.place, CASE WHEN s.sector IS NULL THEN 'ELSE' ELSE format('"sector" = ''%s''', s.sector) END,
           CASE qgis_class.language WHEN 'fr' THEN s.fr ELSE s.en END, 'fill', s.colour, 0.1
    FROM (VALUES (1, 'residential', 'résidentiel', 'residential', '#b35806'), (2, 'tertiary', 'tertiaire', 'tertiary', '#542788'),
                 (3, 'industry', 'industrie', 'industry', '#4d4d4d'), (4, 'agriculture', 'agriculture', 'agriculture', '#4d9221'),
                 (5, NULL, 'autre', 'other', '#8c8c8c')) AS s (place, sector, fr, en, colour)
  UNION ALL
    SELECT 'boundary', 1, NULL, CASE qgis_class.language WHEN 'fr' THEN 'territoire' ELSE 'territory' END, 'outline', '#3d3d3d', 0.4;
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_class(text) IS 'The classes of each map: which rows, how they are called and drawn. A row may fall in two: a colour, and the hatching of what is known in part.';

CREATE FUNCTION terrcarbon_internal.qgis_options(VARIADIC pairs text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 50
BEGIN ATOMIC
    SELECT '<Option type="Map">' || string_agg(format('<Option type="QString" name="%s" value="%s"/>', qgis_options.pairs[n], terrcarbon_internal.xml_text(qgis_options.pairs[n + 1])), '' ORDER BY n) || '</Option>'
    FROM generate_series(1, cardinality(qgis_options.pairs), 2) AS n;
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_options(text[]) IS 'Names and values as QGIS writes them in XML.';

CREATE FUNCTION terrcarbon_internal.qgis_symbol(number int, shape text, colour text, width float8) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
    SELECT format('<symbol type="%s" name="%s" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="%s" enabled="1" locked="0" pass="0">%s</layer></symbol>',
        CASE qgis_symbol.shape WHEN 'line' THEN 'line' ELSE 'fill' END, qgis_symbol.number,
        CASE qgis_symbol.shape WHEN 'line' THEN 'SimpleLine' WHEN 'hatch' THEN 'LinePatternFill' ELSE 'SimpleFill' END,
        CASE qgis_symbol.shape
            WHEN 'line' THEN terrcarbon_internal.qgis_options('line_color', qgis_symbol.colour, 'line_width', qgis_symbol.width::text, 'capstyle', 'round', 'joinstyle', 'round')
            WHEN 'fill' THEN terrcarbon_internal.qgis_options('color', qgis_symbol.colour, 'style', 'solid', 'outline_color', '#6b6b6b', 'outline_width', qgis_symbol.width::text)
            WHEN 'outline' THEN terrcarbon_internal.qgis_options('color', qgis_symbol.colour, 'style', 'no', 'outline_color', qgis_symbol.colour, 'outline_width', qgis_symbol.width::text)
            ELSE terrcarbon_internal.qgis_options('angle', '45', 'color', qgis_symbol.colour, 'distance', '1.8', 'line_width', qgis_symbol.width::text)
                || format('<symbol type="line" name="@%s@0" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="SimpleLine" enabled="1" locked="0" pass="0">%s</layer></symbol>',
                          qgis_symbol.number, terrcarbon_internal.qgis_options('line_color', qgis_symbol.colour, 'line_width', qgis_symbol.width::text)) END);
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_symbol(int, text, text, float8) IS 'A symbol of QGIS: fill, line, outline or hatch, with its width in mm.';

-- What is common to a style and to a layer of a project: how it is drawn and labelled.
CREATE FUNCTION terrcarbon_internal.qgis_drawing(map text, language text, origin text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 5000
BEGIN ATOMIC
    SELECT format('<renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="%s" forceraster="0"><rules key="rules">%s%s</rules><symbols>%s</symbols>%s</renderer-v2>%s',
        -- Of territories within each other the smaller goes on top.
        (m.map = 'gap')::int,
        string_agg(format('<rule key="class%s" symbol="%s" label="%s"%s/>', c.n, c.n, terrcarbon_internal.xml_text(c.label),
                          ' filter="' || terrcarbon_internal.xml_text(c.filter) || '"'), '' ORDER BY c.n),
        -- A row of the legend that no feature has.
        CASE WHEN m.field IS NOT NULL THEN format('<rule key="origin" filter="FALSE" label="%s"/>', terrcarbon_internal.xml_text(qgis_drawing.origin)) END,
        string_agg(terrcarbon_internal.qgis_symbol(c.n, c.shape, c.colour, c.width), '' ORDER BY c.n),
        CASE m.map WHEN 'gap' THEN '<orderby><orderByClause asc="0" nullsFirst="0">$area</orderByClause></orderby>' END,
        '<labeling type="simple"><settings calloutType="simple"><text-style fieldName="' || terrcarbon_internal.xml_text(m.label) || '" isExpression="1" fontWeight="50" fontFamily="DejaVu Sans" fontSize="8" fontSizeUnit="Point" '
            'textColor="34,34,34,255" textOpacity="1" multilineHeight="1"><text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="0.9"/>'
            '</text-style><text-format multilineAlign="1" formatNumbers="0"/><placement placement="1" centroidInside="1" centroidWhole="1" fitInPolygonOnly="0" priority="5"/>'
            '<rendering obstacle="1" displayAll="0" drawLabels="1" scaleVisibility="0" mergeLines="0" labelPerPart="0"/></settings></labeling>')
    FROM terrcarbon_internal.qgis_map(qgis_drawing.language) AS m
    JOIN (SELECT k.*, (row_number() OVER (PARTITION BY k.map ORDER BY k.place))::int - 1 AS n FROM terrcarbon_internal.qgis_class(qgis_drawing.language) AS k) AS c ON c.map = m.map
    WHERE m.map = qgis_drawing.map
    GROUP BY m.map, m.field, m.label;
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_drawing(text, text, text) IS 'Renderer and labels of a map in the XML of QGIS, with where the data come from below the legend.';

CREATE FUNCTION terrcarbon_internal.qgis_style(map text, language text, origin text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 5000
BEGIN ATOMIC
    SELECT format('<!DOCTYPE qgis PUBLIC ''http://mrcc.com/qgis.dtd'' ''SYSTEM''><qgis version="3.22.0" styleCategories="Symbology|Labeling" labelsEnabled="%s">%s<layerGeometryType>%s</layerGeometryType></qgis>',
        (m.label IS NOT NULL)::int, terrcarbon_internal.qgis_drawing(m.map, qgis_style.language, qgis_style.origin), CASE m.geometry WHEN 'MultiLineString' THEN 1 ELSE 2 END)
    FROM terrcarbon_internal.qgis_map(qgis_style.language) AS m
    WHERE m.map = qgis_style.map;
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_style(text, text, text) IS 'A style of QGIS (QML).';
