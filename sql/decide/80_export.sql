-- Publications as files that others read.

CREATE FUNCTION export_publication(account name, publication_id int, format text DEFAULT 'csv') RETURNS text
    LANGUAGE C STABLE PARALLEL SAFE COST 1000000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION export_publication(name, int, text) IS
    'The figures of a publication as the text of a file, for anybody. format csv: a table with a header (RFC 4180), t CO2e; json-stat: a dataset of JSON-stat 2.0 by territory, sector, scope, measure and year, with the cells that have a figure; datapackage: the datapackage.json that goes beside the table as figures.csv (Data Package 2.0), with its SHA-256, columns, licences and sources; dcat: its entry for a catalogue as JSON-LD in the terms of DCAT-AP, whose sources are entries of catalogue_dcat(). Scope 1+2 is that of released figures. Errors: 3F000 no such account, P0002 no such publication, 22023 another format.';

CREATE FUNCTION terrcarbon_internal.export_rows(of_publication int)
    RETURNS TABLE (kind text, territory_code text, territory_name text, level text, sector text, scope text,
        emissions numeric, emissions_low numeric, emissions_high numeric, removals numeric)
    LANGUAGE plpgsql STABLE ROWS 1000
AS $$
BEGIN
    RETURN QUERY
    SELECT i.kind, i.content ->> 'territory_code', t.content ->> 'name', t.content ->> 'level', i.content ->> 'sector',
           coalesce(i.content ->> 'scope', '1+2'), (i.content ->> 'emissions')::numeric, (i.content ->> 'emissions_low')::numeric,
           (i.content ->> 'emissions_high')::numeric, (i.content ->> 'removals')::numeric
    FROM publication_item i
    LEFT JOIN publication_item t ON t.publication_id = i.publication_id AND t.kind = 'territory' AND t.key = i.content ->> 'territory_code'
    WHERE i.publication_id = of_publication AND i.kind IN ('figure', 'released')
    ORDER BY i.content ->> 'territory_code' COLLATE "C", i.content ->> 'sector' COLLATE "C", i.content ->> 'scope' COLLATE "C", i.kind COLLATE "C";
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.export_rows(int) IS 'The rows of export_publication, t CO2e.';

CREATE FUNCTION terrcarbon_internal.export_csv(of_publication int) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (
        SELECT concat('kind,territory_code,territory_name,level,sector,scope,year,emissions,emissions_low,emissions_high,removals', E'\r\n',
                   string_agg(r.line || E'\r\n', '' ORDER BY r.place))
        FROM (
            SELECT x.ordinality AS place, (
                SELECT string_agg(CASE WHEN c.cell ~ E'[",\r\n]' THEN '"' || replace(c.cell, '"', '""') || '"' ELSE coalesce(c.cell, '') END, ',' ORDER BY c.ordinality)
                FROM unnest(ARRAY[x.kind, x.territory_code, x.territory_name, x.level, x.sector, x.scope, p.year::text, x.emissions::text,
                    x.emissions_low::text, x.emissions_high::text, x.removals::text]) WITH ORDINALITY AS c (cell)) AS line
            FROM publication p
            CROSS JOIN LATERAL terrcarbon_internal.export_rows(p.id) WITH ORDINALITY AS x
            WHERE p.id = of_publication
        ) AS r);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.export_csv(int) IS 'The table of export_publication.';

CREATE FUNCTION terrcarbon_internal.export_jsonstat(of_publication int) RETURNS jsonb
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (
        WITH r AS MATERIALIZED (
            SELECT * FROM terrcarbon_internal.export_rows(of_publication)
        ), cell AS (
            SELECT r.territory_code, r.territory_name, r.sector, r.scope, m.measure, m.place, m.value
            FROM r
            CROSS JOIN LATERAL (VALUES (1, 'emissions', r.emissions), (2, 'emissions_low', r.emissions_low), (3, 'emissions_high', r.emissions_high),
                (4, 'removals', r.removals)) AS m (place, measure, value)
            -- A total may be there as released too: that of open datasets has an interval.
            WHERE m.value IS NOT NULL AND (r.kind = 'figure' OR NOT EXISTS (SELECT FROM r o WHERE o.kind = 'figure' AND o.emissions IS NOT NULL
                AND (o.territory_code, o.sector, o.scope) = (r.territory_code, r.sector, r.scope)))
        ), ranked AS (
            SELECT c.*, dense_rank() OVER (ORDER BY c.territory_code COLLATE "C") - 1 AS t, dense_rank() OVER (ORDER BY c.sector COLLATE "C") - 1 AS s,
                   dense_rank() OVER (ORDER BY c.scope COLLATE "C") - 1 AS o, dense_rank() OVER (ORDER BY c.place) - 1 AS m
            FROM cell c
        ), size AS (
            SELECT max(t) + 1 AS t, max(s) + 1 AS s, max(o) + 1 AS o, max(m) + 1 AS m FROM ranked
        )
        SELECT jsonb_strip_nulls(jsonb_build_object('version', '2.0', 'class', 'dataset', 'label', p.title || ', t CO2e', 'source', p.attribution,
            'updated', to_char(p.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            'id', '["territory", "sector", "scope", "measure", "year"]'::jsonb, 'size', jsonb_build_array(z.t, z.s, z.o, z.m, 1),
            'role', '{"geo": ["territory"], "metric": ["measure"], "time": ["year"]}'::jsonb,
            'dimension', jsonb_build_object(
                'territory', jsonb_build_object('label', 'Territory', 'category', jsonb_build_object(
                    'index', (SELECT jsonb_object_agg(x.territory_code, x.t) FROM ranked x), 'label', (SELECT jsonb_object_agg(x.territory_code, x.territory_name) FROM ranked x))),
                'sector', jsonb_build_object('label', 'Sector', 'category', jsonb_build_object('index', (SELECT jsonb_object_agg(x.sector, x.s) FROM ranked x))),
                'scope', jsonb_build_object('label', 'Scope', 'category', jsonb_build_object('index', (SELECT jsonb_object_agg(x.scope, x.o) FROM ranked x))),
                'measure', jsonb_build_object('label', 'Measure', 'category', jsonb_build_object('index', (SELECT jsonb_object_agg(x.measure, x.m) FROM ranked x),
                    'unit', (SELECT jsonb_object_agg(x.measure, '{"label": "t CO2e"}'::jsonb) FROM ranked x))),
                'year', jsonb_build_object('label', 'Year', 'category', jsonb_build_object('index', jsonb_build_object(p.year::text, 0)))),
            'value', (SELECT jsonb_object_agg(((x.t * z.s + x.s) * z.o + x.o) * z.m + x.m, x.value) FROM ranked x),
            'extension', jsonb_build_object('licences', p.licences, 'gwp', p.gwp, 'software', p.software, 'digest', s.digest)))
        FROM publication p
        JOIN publication_seal s ON s.publication_id = p.id
        CROSS JOIN size z
        WHERE p.id = of_publication);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.export_jsonstat(int) IS 'The dataset of export_publication in JSON-stat.';

CREATE FUNCTION terrcarbon_internal.export_datapackage(account name, of_publication int) RETURNS jsonb
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    body CONSTANT bytea := convert_to(terrcarbon_internal.export_csv(of_publication), 'UTF8');
BEGIN
    RETURN (
        SELECT jsonb_strip_nulls(jsonb_build_object('$schema', 'https://datapackage.org/profiles/2.0/datapackage.json',
            'name', regexp_replace(lower(account::text COLLATE "C"), '[^a-z0-9._-]', '-', 'g') || '-publication-' || p.id, 'id', 'sha256:' || s.digest, 'title', p.title, 'version', p.version::text,
            'description', concat_ws(E'\n\n', 'Figures of the carbon account for ' || p.year || ', t CO2e (' || p.gwp || ').', p.attribution),
            'created', to_char(p.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            'licenses', (SELECT jsonb_agg(jsonb_build_object('name', l.id, 'path', l.url, 'title', l.title) ORDER BY l.id COLLATE "C") FROM licence l WHERE l.id = ANY (p.licences)),
            'sources', (SELECT jsonb_agg(jsonb_build_object('title', i.content ->> 'title', 'version', i.content ->> 'updated') ORDER BY i.key COLLATE "C")
                FROM publication_item i WHERE i.publication_id = p.id AND i.kind = 'dataset'),
            'contributors', jsonb_build_array(jsonb_build_object('title', p.published_by, 'roles', '["creator"]'::jsonb)),
            'resources', jsonb_build_array(jsonb_build_object('name', 'figures', 'path', 'figures.csv', 'type', 'table', 'format', 'csv', 'mediatype', 'text/csv',
                'encoding', 'utf-8', 'bytes', length(body), 'hash', 'sha256:' || encode(sha256(body), 'hex'),
                'schema', jsonb_build_object('primaryKey', '["kind", "territory_code", "sector", "scope"]'::jsonb, 'fields', (
                    SELECT jsonb_agg(jsonb_build_object('name', f.name, 'type', f.type, 'title', f.title) ORDER BY f.place)
                    FROM (VALUES (1, 'kind', 'string', 'figure: of open datasets; released: of a release'), (2, 'territory_code', 'string', 'Territory'),
                        (3, 'territory_name', 'string', 'Its name'), (4, 'level', 'string', 'Its level'), (5, 'sector', 'string', 'Sector; all: every sector but land'),
                        (6, 'scope', 'string', 'Scope'), (7, 'year', 'year', 'Year'), (8, 'emissions', 'number', 'Gross emissions, t CO2e'),
                        (9, 'emissions_low', 'number', 'Lower end of their 95 % interval, t CO2e'),
                        (10, 'emissions_high', 'number', 'Upper end of their 95 % interval, t CO2e'), (11, 'removals', 'number', 'Gross removals, t CO2e, negative')
                    ) AS f (place, name, type, title)))))))
        FROM publication p
        JOIN publication_seal s ON s.publication_id = p.id
        WHERE p.id = of_publication);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.export_datapackage(name, int) IS 'The datapackage.json of export_publication.';

CREATE FUNCTION terrcarbon_internal.export_dcat(account name, of_publication int) RETURNS jsonb
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (
        SELECT jsonb_strip_nulls(jsonb_build_object('@context', terrcarbon_internal.dcat_context(),
            '@id', '#publication-' || account || '-' || p.id, '@type', 'dcat:Dataset', 'dct:identifier', 'sha256:' || s.digest, 'dct:title', p.title, 'dcat:version', p.version::text,
            'dct:description', concat_ws('. ', 'Figures of the carbon account for ' || p.year || ', t CO2e', p.attribution),
            'dct:publisher', jsonb_build_object('@type', 'foaf:Agent', 'foaf:name', p.published_by),
            'dct:license', l.documents,
            'dct:accessRights', '{"@id": "http://publications.europa.eu/resource/authority/access-right/PUBLIC", "@type": "dct:RightsStatement"}'::jsonb,
            'dct:issued', jsonb_build_object('@type', 'xsd:dateTime', '@value', to_char(p.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
            'dct:temporal', jsonb_build_object('@type', 'dct:PeriodOfTime', 'dcat:startDate', jsonb_build_object('@type', 'xsd:date', '@value', p.year || '-01-01'),
                'dcat:endDate', jsonb_build_object('@type', 'xsd:date', '@value', p.year || '-12-31')),
            'dct:source', (SELECT jsonb_agg(jsonb_build_object('@id', '#dataset-' || (i.content ->> 'slug')) ORDER BY i.key COLLATE "C")
                FROM publication_item i WHERE i.publication_id = p.id AND i.kind = 'dataset'),
            'dcat:distribution', (SELECT jsonb_agg(jsonb_build_object('@type', 'dcat:Distribution', 'dct:title', f.title, 'dcat:accessURL', jsonb_build_object('@id', f.path),
                    'dct:license', l.addresses, 'dcat:mediaType', jsonb_build_object('@id', 'https://www.iana.org/assignments/media-types/' || f.type)) ORDER BY f.path)
                FROM (VALUES ('Table', 'figures.csv', 'text/csv'), ('JSON-stat', 'figures.json', 'application/json')) AS f (title, path, type))))
        FROM publication p
        JOIN publication_seal s ON s.publication_id = p.id
        CROSS JOIN LATERAL (
            SELECT jsonb_agg(jsonb_build_object('@id', x.url, '@type', 'dct:LicenseDocument', 'dct:identifier', x.id, 'dct:title', x.title) ORDER BY x.id COLLATE "C"),
                   jsonb_agg(jsonb_build_object('@id', x.url) ORDER BY x.id COLLATE "C") FILTER (WHERE x.url IS NOT NULL)
            FROM licence x WHERE x.id = ANY (p.licences)
        ) AS l (documents, addresses)
        WHERE p.id = of_publication);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.export_dcat(name, int) IS 'The catalogue entry of export_publication; addresses are relative to where it is published.';

CREATE FUNCTION terrcarbon_internal.export_publication(account name, publication_id int, format text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET jit = off
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM publication p WHERE p.id = export_publication.publication_id) THEN
        RAISE EXCEPTION 'there is no such publication'
            USING ERRCODE = 'no_data_found', DETAIL = format('Its number is %s.', coalesce(publication_id::text, 'NULL')),
                  HINT = 'See the table publication of the account.';
    END IF;
    CASE format
        WHEN 'csv' THEN RETURN terrcarbon_internal.export_csv(publication_id);
        WHEN 'json-stat' THEN RETURN terrcarbon_internal.export_jsonstat(publication_id);
        WHEN 'datapackage' THEN RETURN jsonb_pretty(terrcarbon_internal.export_datapackage(account, publication_id));
        WHEN 'dcat' THEN RETURN jsonb_pretty(terrcarbon_internal.export_dcat(account, publication_id));
        ELSE
            RAISE EXCEPTION 'there is no such format of a publication'
                USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is %s.', coalesce(left(format, 100), 'NULL')),
                      HINT = 'One of csv, json-stat, datapackage, dcat.';
    END CASE;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.export_publication(name, int, text) IS 'Behind export_publication, with the account on the path.';
