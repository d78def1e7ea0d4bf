-- The project: layers, a print layout for each map, and where both are kept.

CREATE FUNCTION terrcarbon_internal.qgis_crs(srid int) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
    SELECT format('<spatialrefsys><srsid>1</srsid><srid>%s</srid><authid>EPSG:%s</authid></spatialrefsys>', qgis_crs.srid, qgis_crs.srid);
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_crs(int) IS 'A reference system in the XML of QGIS, which looks the rest up.';

-- Runs with the account on the path.
CREATE FUNCTION terrcarbon_internal.qgis_source(account name, connection text, srid int, relation text, geometry text, filter text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
    SELECT format('%s key=''%s'' checkPrimaryKeyUnicity=''0'' %stable="%s"."%s"%s%s', qgis_source.connection,
        CASE qgis_source.relation WHEN 'territory' THEN 'code' ELSE 'id' END,
        CASE WHEN qgis_source.geometry <> '' THEN format('srid=%s type=%s ', qgis_source.srid, qgis_source.geometry) END,
        replace(qgis_source.account, '"', '""'), qgis_source.relation, CASE WHEN qgis_source.geometry <> '' THEN ' (geom)' END, ' sql=' || qgis_source.filter);
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_source(name, text, int, text, text, text) IS 'Where QGIS finds a view of an account, without a user: each reader is himself.';

CREATE FUNCTION terrcarbon_internal.qgis_layer(map text, title text, source text, geometry text, drawing text, labelled boolean, srid int, abstract text, origin text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 200
BEGIN ATOMIC
    SELECT format('<maplayer type="vector" geometry="%s"%s labelsEnabled="%s" simplifyDrawingHints="1" simplifyDrawingTol="1" simplifyMaxScale="1" simplifyLocal="1">'
        '<id>%s</id><datasource>%s</datasource><layername>%s</layername><srs>%s</srs>'
        '<resourceMetadata><type>dataset</type><title>%s</title><abstract>%s</abstract><rights>%s</rights></resourceMetadata>'
        '<provider encoding="UTF-8">postgres</provider>%s</maplayer>',
        CASE qgis_layer.geometry WHEN '' THEN 'No geometry' WHEN 'MultiLineString' THEN 'Line' ELSE 'Polygon' END,
        CASE WHEN qgis_layer.geometry <> '' THEN format(' wkbType="%s"', qgis_layer.geometry) END, qgis_layer.labelled::int,
        'terrcarbon_' || qgis_layer.map, terrcarbon_internal.xml_text(qgis_layer.source), terrcarbon_internal.xml_text(qgis_layer.title), terrcarbon_internal.qgis_crs(qgis_layer.srid),
        terrcarbon_internal.xml_text(qgis_layer.title), terrcarbon_internal.xml_text(qgis_layer.abstract), terrcarbon_internal.xml_text(qgis_layer.origin), qgis_layer.drawing);
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_layer(text, text, text, text, text, boolean, int, text, text) IS 'A layer of a project in the XML of QGIS.';

CREATE FUNCTION terrcarbon_internal.qgis_label(content text, x float8, y float8, width float8, height float8, size float8) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 50
BEGIN ATOMIC
    SELECT format('<LayoutItem type="65641" labelText="%s" position="%s,%s,mm" positionOnPage="%s,%s,mm" size="%s,%s,mm" referencePoint="0" visibility="1" opacity="1" background="false" frame="false" htmlState="0" halign="1" valign="32" marginX="0" marginY="0">'
        '<LabelFont description="DejaVu Sans,%s,-1,5,50,0,0,0,0,0" style=""/><FontColor red="34" green="34" blue="34"/>'
        '<text-style fontFamily="DejaVu Sans" fontSize="%s" fontSizeUnit="Point" textColor="34,34,34,255" textOpacity="1"/></LayoutItem>',
        terrcarbon_internal.xml_text(qgis_label.content), qgis_label.x, qgis_label.y, qgis_label.x, qgis_label.y, qgis_label.width, qgis_label.height, qgis_label.size, qgis_label.size);
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_label(text, float8, float8, float8, float8, float8) IS 'A text on a page, in mm; points for its size.';

-- A4 across: title and year, map, legend, and below where it is from, under which licence,
-- and how sure.  What stands in [% %] is worked out with the rows of whoever prints.
CREATE FUNCTION terrcarbon_internal.qgis_layout(map text, title text, unit text, relation text, field text, low text, high text, source text, srid int, bounds box2d,
        language text, origin text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500
BEGIN ATOMIC
    SELECT format('<Layout name="%s" printResolution="200" units="mm"><PageCollection>'
        '<LayoutItem type="65638" position="0,0,mm" size="297,210,mm" background="true" visibility="1" opacity="1" referencePoint="0"/></PageCollection>'
        '%s%s'
        '<LayoutItem type="65639" id="map" uuid="{map-%s}" position="10,27,mm" positionOnPage="10,27,mm" size="187,158,mm" referencePoint="0" background="true" frame="true" visibility="1" opacity="1" '
        'keepLayerSet="true" followPreset="false" labelMargin="0,mm" drawCanvasItems="true" mapRotation="0"><FrameColor red="150" green="150" blue="150" alpha="255"/><BackgroundColor red="255" green="255" blue="255" alpha="255"/>'
        '<Extent xmin="%s" ymin="%s" xmax="%s" ymax="%s"/><LayerSet><Layer provider="postgres" source="%s" name="%s">terrcarbon_%s</Layer></LayerSet></LayoutItem>'
        '<LayoutItem type="65642" position="202,27,mm" positionOnPage="202,27,mm" size="88,120,mm" referencePoint="0" background="false" frame="false" visibility="1" opacity="1" map_uuid="{map-%s}" '
        'resizeToContents="1" legendFilterByAtlas="0" symbolWidth="7" symbolHeight="4" wrapChar="|" title="" columnCount="1"><styles>%s</styles>'
        '<layer-tree-group><customproperties/><layer-tree-layer id="terrcarbon_%s" name="%s" providerKey="postgres" source="%s" checked="Qt::Checked" expanded="1"><customproperties>'
        '<Option type="Map"><Option type="QString" name="legend/title-label" value="%s"/><Option type="QString" name="legend/node-order" value="%s"/></Option></customproperties></layer-tree-layer></layer-tree-group></LayoutItem>'
        '<LayoutItem type="65646" position="12,172,mm" positionOnPage="12,172,mm" size="60,11,mm" referencePoint="0" background="true" frame="false" visibility="1" opacity="1" mapUuid="{map-%s}" style="Single Box" '
        'unitType="km" unitLabel="km" numSegments="2" numSegmentsLeft="0" segmentSizeMode="1" minBarWidth="25" maxBarWidth="50" numUnitsPerSegment="5" numMapUnitsPerScaleBarUnit="1" height="2" labelBarSpace="1" boxContentSpace="1">'
        '<BackgroundColor red="255" green="255" blue="255" alpha="200"/>'
        '<text-style fontFamily="DejaVu Sans" fontSize="8" fontSizeUnit="Point" textColor="34,34,34,255" textOpacity="1"/></LayoutItem>%s</Layout>',
        terrcarbon_internal.xml_text(qgis_layout.title),
        terrcarbon_internal.qgis_label(format('%s, [%% coalesce(to_string(aggregate(''terrcarbon_%s'', ''max'', "year")), ''?'') %%]', qgis_layout.title, qgis_layout.map), 10, 7, 277, 9, 17),
        terrcarbon_internal.qgis_label(qgis_layout.unit, 10, 17, 277, 6, 10),
        qgis_layout.map, x.middle_x - x.half, x.middle_y - x.half * 158 / 187, x.middle_x + x.half, x.middle_y + x.half * 158 / 187,
        terrcarbon_internal.xml_text(qgis_layout.source), terrcarbon_internal.xml_text(qgis_layout.title), qgis_layout.map, qgis_layout.map,
        (SELECT string_agg(format('<style name="%s" alignment="1" marginTop="%s" marginLeft="%s"><styleFont description="DejaVu Sans,%s,-1,5,50,0,0,0,0,0" style=""/><text-style fontFamily="DejaVu Sans" fontSize="%s" fontSizeUnit="Point" textColor="34,34,34,255" textOpacity="1"/></style>', s.name, s.top, CASE s.name WHEN 'symbolLabel' THEN 2 ELSE 0 END, s.size, s.size), '')
         FROM (VALUES ('title', 2, 10), ('group', 2, 9), ('subgroup', 2, 9), ('symbol', 1.5, 8), ('symbolLabel', 1.5, 8)) AS s (name, top, size)),
        qgis_layout.map, terrcarbon_internal.xml_text(qgis_layout.unit), terrcarbon_internal.xml_text(qgis_layout.source), terrcarbon_internal.xml_text(qgis_layout.unit),
        -- The classes; where the data are from stands below the map.
        (SELECT string_agg((row_number - 1)::text, ',' ORDER BY row_number) FROM (SELECT row_number() OVER () FROM terrcarbon_internal.qgis_class(qgis_layout.language) AS k WHERE k.map = qgis_layout.map) AS c),
        qgis_layout.map,
        terrcarbon_internal.qgis_label(concat_ws(E'\n', replace(qgis_layout.origin, '|', ' '),
            CASE WHEN qgis_layout.low IS NOT NULL THEN format(CASE qgis_layout.language
                    WHEN 'fr' THEN 'Intervalle à 95 %%' || chr(160) || ': ± [%% coalesce(to_string(round(aggregate(''terrcarbon_%s'', ''median'', 50 * ("%s" - "%s") / %s))), ''?'') %%] %% (médiane)'
                    ELSE '95 %% interval: +- [%% coalesce(to_string(round(aggregate(''terrcarbon_%s'', ''median'', 50 * ("%s" - "%s") / %s))), ''?'') %%] %% (median)' END,
                qgis_layout.map, qgis_layout.high, qgis_layout.low, CASE qgis_layout.map WHEN 'stock' THEN '"carbon"' WHEN 'wetland' THEN '"soil"' ELSE '"emissions"' END) END), 10, 188, 277, 20, 7))
    -- The extent has the sides of the item on the page, which would follow it otherwise.
    FROM (SELECT (st_xmin(qgis_layout.bounds) + st_xmax(qgis_layout.bounds)) / 2 AS middle_x, (st_ymin(qgis_layout.bounds) + st_ymax(qgis_layout.bounds)) / 2 AS middle_y,
                 greatest(st_xmax(qgis_layout.bounds) - st_xmin(qgis_layout.bounds), (st_ymax(qgis_layout.bounds) - st_ymin(qgis_layout.bounds)) * 187 / 158) / 2 AS half) AS x;
END;
COMMENT ON FUNCTION terrcarbon_internal.qgis_layout(text, text, text, text, text, text, text, text, int, box2d, text, text) IS 'A page that shows a map, in the XML of QGIS.';

-- Runs with the account on the path.
CREATE FUNCTION terrcarbon_internal.qgis_origin(language text) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (
        SELECT concat(CASE language WHEN 'fr' THEN U&'Source\00A0: ' ELSE 'Source: ' END,
                      coalesce(string_agg(concat(d.title, ' (', concat_ws(', ', d.producer, to_char(d.updated, 'YYYY-MM-DD')), '), ', d.licence_title), ';|' ORDER BY d.title COLLATE "C"), '-'),
                      '.|', CASE language WHEN 'fr' THEN U&'Calcul\00A0: terrcarbon ' ELSE 'Computed by terrcarbon ' END,
                      (SELECT e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = 'terrcarbon'), ', ', (SELECT s.gwp FROM setting s))
        FROM terrcarbon.dataset_catalogue d
        WHERE d.id IN (SELECT c.dataset_id FROM contribution c));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.qgis_origin(text) IS 'The datasets with figures in an account, with producers, dates and licences, in a text with | where a line may end.';

-- Runs with the account on the path.
CREATE FUNCTION terrcarbon_internal.qgis_project(account name, title text, language text, connection text, level text) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    origin CONSTANT text := terrcarbon_internal.qgis_origin(language);
    shown record;
    parts record;
BEGIN
    SELECT s.srid, coalesce(st_expand(box2d(st_extent(t.geom)), 0.02 * (st_xmax(st_extent(t.geom)) - st_xmin(st_extent(t.geom)))), 'BOX(0 0,1 1)'::box2d) AS bounds INTO shown
    FROM setting s LEFT JOIN territory t ON true GROUP BY s.srid;
    SELECT string_agg(terrcarbon_internal.qgis_layer(l.map, l.title, l.source, l.geometry, l.drawing, l.label IS NOT NULL, shown.srid,
               obj_description(to_regclass(format('%I.%I', account, l.relation)), 'pg_class'), replace(origin, '|', ' ')), '' ORDER BY l.place) AS layers,
           string_agg(format('<layer-tree-layer id="terrcarbon_%s" name="%s" providerKey="postgres" source="%s" checked="Qt::%s" expanded="%s"><customproperties/></layer-tree-layer>', l.map,
               terrcarbon_internal.xml_text(l.title), terrcarbon_internal.xml_text(l.source), CASE WHEN l.map IN ('per_inhabitant', 'boundary') THEN 'Checked' ELSE 'Unchecked' END,
               (l.map = 'per_inhabitant')::int), '' ORDER BY l.map <> 'boundary', l.geometry = '', l.map NOT IN ('road', 'building'), l.place) AS tree,
           string_agg(CASE WHEN l.place <= 5 THEN terrcarbon_internal.qgis_layout(l.map, l.title, l.unit, l.relation, l.field, l.low, l.high, l.source, shown.srid, shown.bounds, language, origin) END, '' ORDER BY l.place) AS layouts
    INTO parts
    FROM (
        SELECT m.map, m.place, m.relation, m.geometry, m.label, m.field, m.low, m.high, m.title, m.unit, terrcarbon_internal.qgis_drawing(m.map, language, replace(origin, '|', E'\n')) AS drawing,
               terrcarbon_internal.qgis_source(account, connection, shown.srid, m.relation, m.geometry,
                   nullif(concat_ws(' AND ', m.filter, CASE WHEN m.place <= 4 AND m.map <> 'gap' THEN format('"level" = %L', level) WHEN m.map = 'boundary' THEN format('"level" <> %L', level) END), '')) AS source
        FROM terrcarbon_internal.qgis_map(language) AS m
    ) AS l;
    RETURN concat('<!DOCTYPE qgis PUBLIC ''http://mrcc.com/qgis.dtd'' ''SYSTEM''><qgis version="3.22.0" projectname="', terrcarbon_internal.xml_text(title), '"><title>', terrcarbon_internal.xml_text(title), '</title>',
        '<projectCrs>', terrcarbon_internal.qgis_crs(shown.srid), '</projectCrs><layer-tree-group><customproperties/>', parts.tree, '</layer-tree-group>',
        format('<mapcanvas name="theMapCanvas" annotationsVisible="1"><units>%s</units><extent><xmin>%s</xmin><ymin>%s</ymin><xmax>%s</xmax><ymax>%s</ymax></extent><rotation>0</rotation><destinationsrs>%s</destinationsrs></mapcanvas>',
            CASE shown.srid WHEN 4326 THEN 'degrees' ELSE 'meters' END, st_xmin(shown.bounds), st_ymin(shown.bounds), st_xmax(shown.bounds), st_ymax(shown.bounds), terrcarbon_internal.qgis_crs(shown.srid)),
        '<projectlayers>', parts.layers, '</projectlayers><properties><SpatialRefSys><ProjectionsEnabled type="int">1</ProjectionsEnabled></SpatialRefSys><Measure><Ellipsoid type="QString">EPSG:7030</Ellipsoid></Measure><CopyrightLabel><Enabled type="bool">true</Enabled><Label type="QString">', terrcarbon_internal.xml_text(replace(origin, '|', E'\n')),
        '</Label><Placement type="int">2</Placement></CopyrightLabel></properties><projectMetadata><type>dataset</type><title>', terrcarbon_internal.xml_text(title), '</title><abstract>', terrcarbon_internal.xml_text(replace(origin, '|', E'\n')),
        '</abstract></projectMetadata><Layouts>', parts.layouts, '</Layouts></qgis>');
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.qgis_project(name, text, text, text, text) IS 'A project of QGIS over an account (QGS).';

CREATE FUNCTION terrcarbon_internal.make_layer_styles(place name) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
BEGIN
    IF to_regclass(format('%I.layer_styles', place)) IS NOT NULL THEN
        RETURN;
    END IF;
    IF to_regnamespace(quote_ident(place)) IS NULL OR NOT has_schema_privilege(place, 'CREATE') THEN
        RAISE EXCEPTION 'there is no table %.layer_styles, and % may not make it', quote_ident(place), current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Let an administrator call write_qgis_project once, or leave styles out: styles_in => NULL. The project has them all the same.';
    END IF;
    EXECUTE format('CREATE TABLE %1$I.layer_styles (
        id serial PRIMARY KEY, f_table_catalog varchar, f_table_schema varchar, f_table_name varchar, f_geometry_column varchar,
        stylename text, styleqml xml, stylesld xml, useasdefault boolean, description text, owner varchar(63) DEFAULT current_user,
        ui xml, update_time timestamp DEFAULT current_timestamp, type varchar);
        CREATE INDEX ON %1$I.layer_styles (f_table_schema, f_table_name);
        COMMENT ON TABLE %1$I.layer_styles IS ''Styles of QGIS. Everybody reads them; those of a table are written by who has the rights of its owner.'';
        ALTER TABLE %1$I.layer_styles ENABLE ROW LEVEL SECURITY;
        CREATE POLICY everybody ON %1$I.layer_styles FOR SELECT USING (true);
        CREATE POLICY owner ON %1$I.layer_styles USING (EXISTS (
            SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = f_table_schema AND c.relname = f_table_name AND pg_has_role(c.relowner, ''USAGE'')));
        GRANT SELECT, INSERT, UPDATE, DELETE ON %1$I.layer_styles TO PUBLIC;
        GRANT USAGE ON SEQUENCE %1$I.layer_styles_id_seq TO PUBLIC', place);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.make_layer_styles(name) IS
    'Makes the table in which QGIS looks for styles, unless it is there. Error 42501 for who may not.';

-- Runs as the owner, with the account on the path.
CREATE FUNCTION terrcarbon_internal.write_layer_styles(account name, language text, styles_in name) RETURNS int
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    styles CONSTANT regclass := format('%I.layer_styles', styles_in)::regclass;
    written int;
BEGIN
    -- A trigger on it would run with the rights of the account.
    IF NOT EXISTS (SELECT FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
                   WHERE c.oid = styles AND c.relkind = 'r' AND (r.rolsuper OR pg_has_role(r.oid, 'USAGE')
                       OR r.oid = (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database()))) THEN
        RAISE EXCEPTION '% belongs to neither the administrator nor the owner of account %', styles, quote_ident(account)
            USING ERRCODE = 'insufficient_privilege', HINT = format('ALTER TABLE %s OWNER TO a superuser, or to the owner of the account.', styles);
    END IF;
    IF NOT has_table_privilege(styles, 'SELECT') OR NOT has_table_privilege(styles, 'INSERT') OR NOT has_table_privilege(styles, 'DELETE') THEN
        RAISE EXCEPTION '% may not write styles in %', current_user, styles
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I, and USAGE on its sequence; or leave styles out: styles_in => NULL.', styles, current_user);
    END IF;
    EXECUTE format('DELETE FROM %s WHERE f_table_catalog = current_database() AND f_table_schema = $1 AND description = $2', styles)
        USING account, 'terrcarbon';
    EXECUTE format('INSERT INTO %1$s (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, stylename, styleqml, useasdefault, description)
        SELECT current_database(), $1, m.relation, ''geom'', concat_ws('', '', m.title, m.unit), xmlparse(DOCUMENT terrcarbon_internal.qgis_style(m.map, $2, $3)),
               row_number() OVER (PARTITION BY m.relation ORDER BY m.place) = 1
                   AND NOT EXISTS (SELECT FROM %1$s k WHERE k.f_table_catalog = current_database() AND k.f_table_schema = $1 AND k.f_table_name = m.relation AND k.useasdefault), $4
        FROM terrcarbon_internal.qgis_map($2) AS m WHERE m.geometry <> ''''', styles)
        USING account, language, replace(terrcarbon_internal.qgis_origin(language), '|', E'\n'), 'terrcarbon';
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.write_layer_styles(name, text, name) IS
    'Replaces the styles of an account that came from here; a default of the owner''s own stays the default. Error 42501 where the table is of somebody else, or closed.';

CREATE FUNCTION terrcarbon_internal.write_qgis_project(account name, title text, language text, connection text, level text, styles_in name) RETURNS text
    LANGUAGE C VOLATILE
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION terrcarbon_internal.write_qgis_project(name, text, text, text, text, name) IS 'Behind write_qgis_project. Errors: 3F000, 42501.';

CREATE FUNCTION terrcarbon_internal.write_qgis_project_here(account name, title text, language text, connection text, level text, styles_in name) RETURNS text
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    chosen text := level;
    content text;
BEGIN
    IF chosen IS NULL THEN
        SELECT t.level INTO chosen FROM territory t GROUP BY t.level ORDER BY t.level = 'commune' DESC, count(*) DESC, t.level LIMIT 1;
    END IF;
    IF chosen IS NULL OR NOT EXISTS (SELECT FROM territory t WHERE t.level = chosen) THEN
        RAISE EXCEPTION 'account % has no territory %', quote_ident(account), coalesce('of level ' || quote_literal(left(chosen, 100)), 'yet')
            USING ERRCODE = 'no_data_found', HINT = format('INSERT INTO %I.territory ...', account);
    END IF;
    IF styles_in IS NOT NULL THEN
        PERFORM terrcarbon_internal.write_layer_styles(account, language, styles_in);
    END IF;
    content := terrcarbon_internal.qgis_project(account, title, language, connection, chosen);
    IF to_regclass(format('%I.qgis_projects', account)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I.qgis_projects (name text PRIMARY KEY, metadata jsonb, content bytea)', account);
        EXECUTE format('COMMENT ON TABLE %I.qgis_projects IS %L', account, 'Projects of QGIS');
        EXECUTE coalesce((SELECT string_agg(format('GRANT SELECT ON %I.qgis_projects TO %s', account, terrcarbon_internal.role_of_acl(a.grantee)), '; ')
                          FROM pg_class c CROSS JOIN aclexplode(c.relacl) AS a
                          WHERE c.oid = 'emission_map'::regclass AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner), 'SELECT');
    END IF;
    EXECUTE format('INSERT INTO %I.qgis_projects AS p VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET metadata = EXCLUDED.metadata, content = EXCLUDED.content', account)
        USING account::text, jsonb_build_object('last_modified_time', (now() AT TIME ZONE 'UTC')::text, 'last_modified_user', current_user::text),
              terrcarbon_internal.zip_file(account || '.qgs', convert_to(content, 'UTF8'));
    RETURN chosen;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.write_qgis_project_here(name, text, text, text, text, name) IS 'Behind write_qgis_project, as the owner. Error P0002 without territories of the level.';

CREATE FUNCTION write_qgis_project(account name, title text DEFAULT NULL, language text DEFAULT 'fr', connection text DEFAULT NULL, level text DEFAULT NULL,
        styles_in name DEFAULT 'public') RETURNS text
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    way CONSTANT text := coalesce(connection, concat_ws(' ', format('dbname=''%s''', replace(replace(current_database(), '\', '\\'), '''', '\''')),
        'host=' || host(inet_server_addr()), 'port=' || inet_server_port()));
BEGIN
    PERFORM figure_text(0, language);
    IF way ~* '\m(user|password|authcfg|sql|table|key)\s*=' THEN
        RAISE EXCEPTION 'a project connects as whoever opens it'
            USING ERRCODE = 'invalid_parameter_value', DETAIL = 'The connection names a user, a password or a table.',
                  HINT = 'Write host, port, dbname and sslmode, or service=NAME of pg_service.conf.';
    END IF;
    IF styles_in IS NOT NULL THEN
        PERFORM terrcarbon_internal.make_layer_styles(styles_in);
    END IF;
    PERFORM terrcarbon_internal.write_qgis_project(account, coalesce(title, CASE language WHEN 'fr' THEN U&'Compte carbone\00A0: ' ELSE 'Carbon account: ' END || account),
        language, way, level, styles_in);
    RETURN concat('postgresql://', substring(way FROM '\mhost=''?([^'' ]+)'), ':' || substring(way FROM '\mport=''?(\d+)'), '?',
        'service=' || substring(way FROM '\mservice=''?([^'' ]+)') || '&', 'sslmode=' || substring(way FROM '\msslmode=''?([^'' ]+)') || '&',
        'dbname=' || substring(way FROM '\mdbname=''?([^'' ]+)') || '&', 'schema=', account, '&project=', account);
END;
$$;
COMMENT ON FUNCTION write_qgis_project(name, text, text, text, text, name) IS
    'Writes a QGIS project over an account into its table qgis_projects, where QGIS lists it (PostgreSQL connection, schema, project of the name of the account), and a style for each of its maps into layer_styles of the schema styles_in (NULL: none), which is made if need be. Maps, legends and labels in language, fr or en; of the territories of level, by default communes, else the most numerous. Readers open it as themselves: connection, by default that of the caller, names host, port and dbname or a service, and no user. Who may read emission_map may open the project. A project of the owner''s own is saved under another name. Returns its address. As the account''s owner, or who has his rights. Errors: 3F000 no such account, P0002 no territory of the level, 22023 for another language or a connection with a user, 42501 where styles may not be written.';
