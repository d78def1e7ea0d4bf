-- Under which licence a result may be published, whom it must credit, and the
-- public catalogue of datasets.

-- The catalogue is public, so that access can be asked for and sources credited;
-- who the producer's role is stays out of it.
GRANT SELECT (id, slug, title, producer_name, licence, access, reason, contact,
              source, updated, valid_until, coverage, retired_at) ON dataset TO PUBLIC;

CREATE FUNCTION attribution(sources int[]) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 200
BEGIN ATOMIC
    SELECT CASE WHEN count(*) > 0 THEN
               coalesce(string_agg(entry, '; ' ORDER BY entry COLLATE "C", id), '')
           END
    FROM (
        SELECT s.id,
               CASE
                   WHEN s.id IS NULL THEN 'unknown source'
                   WHEN d.id IS NULL THEN format('dataset %s, not in the catalogue', s.id)
                   WHEN l.waiver THEN NULL
                   ELSE concat_ws(', ',
                       format('%s: %s', d.producer_name, d.title),
                       coalesce(l.title, d.licence) || coalesce(' (' || l.url || ')', ''),
                       'updated ' || to_char(d.updated, 'YYYY-MM-DD'),
                       substring(d.source FROM '^https?://\S+$'))
               END AS entry
        FROM (SELECT DISTINCT unnest(sources) AS id) AS s
        LEFT JOIN dataset AS d ON d.id = s.id
        LEFT JOIN licence AS l ON l.id = d.licence
    ) AS credit;
END;
COMMENT ON FUNCTION attribution(int[]) IS
    'The sources to credit: producer, dataset, licence, date of last update, address. Sources under a waiver need no credit; unknown ones are said. Empty when nothing need be credited, NULL when there is no source.';

-- What the functions below know of each source.  Plain SQL, so that it is a part of
-- their queries.
CREATE FUNCTION terrcarbon_internal.described_sources(sources int[])
    RETURNS TABLE (id int, known boolean, name text, access text, publishes boolean, updated date, valid_until date, licence text,
        waiver boolean, attribution boolean, licence_notice boolean, update_date boolean, state_changes boolean,
        share_alike boolean, non_commercial boolean, offer_database boolean, no_technical_measures boolean)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
AS $$
    SELECT s.id, d.id IS NOT NULL, pg_catalog.format('dataset %s (%s)', s.id, d.title),
           d.access, k.publishes, d.updated, d.valid_until, d.licence, l.waiver,
           l.attribution, l.licence_notice, l.update_date, l.state_changes,
           l.share_alike, l.non_commercial, l.offer_database, l.no_technical_measures
    FROM (SELECT DISTINCT pg_catalog.unnest(sources) AS id) AS s
    LEFT JOIN terrcarbon.dataset AS d ON d.id = s.id
    LEFT JOIN terrcarbon.licence AS l ON l.id = d.licence
    LEFT JOIN terrcarbon.access_kinds() AS k ON k.access = d.access
$$;
COMMENT ON FUNCTION terrcarbon_internal.described_sources(int[]) IS
    'The datasets a result was made of with what their licences ask; known is false for those not in the catalogue.';

CREATE FUNCTION terrcarbon_internal.licence_choice(sources int[], use text,
        OUT licences text[], OUT conflicts text[], OUT conditions text[])
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH candidate AS MATERIALIZED (
        SELECT l.id FROM terrcarbon.licence AS l
        WHERE l.waiver IS NOT NULL
          AND (licence_choice.use = 'database' OR l.applies_to = 'any')
    ), source AS MATERIALIZED (
        SELECT d.id, d.licence, d.waiver FROM terrcarbon_internal.described_sources(licence_choice.sources) AS d
    ), edge AS MATERIALIZED (
        -- A row of the site's own goes before the shipped one.
        SELECT DISTINCT ON (c.source, c.adaptation) c.source, c.adaptation, c.allowed, c.condition
        FROM terrcarbon.licence_compatibility AS c
        JOIN candidate ON candidate.id = c.adaptation
        WHERE c.use = licence_choice.use
          AND c.source IN (SELECT s.licence FROM source AS s)
        ORDER BY c.source, c.adaptation, c.shipped
    ), binding AS MATERIALIZED (
        -- What each licence but the waivers leaves to choose from.
        SELECT s.licence,
               format('%s (%s %s)', s.licence, CASE WHEN count(*) = 1 THEN 'dataset' ELSE 'datasets' END,
                      string_agg(s.id::text, ', ' ORDER BY s.id)) AS name,
               ARRAY(SELECT e.adaptation FROM edge AS e WHERE e.source = s.licence AND e.allowed) AS out
        FROM source AS s
        WHERE NOT s.waiver
        GROUP BY s.licence
    ), permitted AS MATERIALIZED (
        SELECT c.id FROM candidate AS c
        WHERE NOT EXISTS (SELECT FROM binding AS b WHERE c.id <> ALL (b.out))
    ), clash (rank, note) AS MATERIALIZED (
        SELECT 1, format('%s: an adaptation may carry no licence', b.name)
        FROM binding AS b WHERE b.out = '{}'
        UNION ALL
        SELECT 2, format('%s and %s: no licence satisfies both', a.name, b.name)
        FROM binding AS a
        JOIN binding AS b ON a.licence COLLATE "C" < b.licence COLLATE "C"
        WHERE a.out <> '{}' AND b.out <> '{}' AND NOT a.out && b.out
    ), conflict (rank, note) AS (
        SELECT c.rank, c.note FROM clash AS c
        UNION ALL
        SELECT 3, string_agg(b.name, ', ' ORDER BY b.licence COLLATE "C") || ': no licence satisfies all'
        FROM binding AS b
        WHERE NOT EXISTS (SELECT FROM permitted) AND NOT EXISTS (SELECT FROM clash)
        HAVING count(*) > 0
    )
    SELECT ARRAY(SELECT p.id FROM permitted AS p ORDER BY p.id COLLATE "C"),
           ARRAY(SELECT c.note FROM conflict AS c ORDER BY c.rank, c.note COLLATE "C"),
           ARRAY(SELECT format('if published under %s: %s', e.adaptation, e.condition)
                 FROM edge AS e
                 WHERE e.condition IS NOT NULL AND e.allowed AND e.adaptation IN (SELECT p.id FROM permitted AS p)
                 ORDER BY format('if published under %s: %s', e.adaptation, e.condition) COLLATE "C")
    INTO licences, conflicts, conditions;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.licence_choice(int[], text) IS
    'The licences that satisfy all sources, what keeps others out, and the conditions of those that are left.';

CREATE FUNCTION terrcarbon_internal.publication_obstacles(sources int[]) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 500
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        WITH source AS MATERIALIZED (
            SELECT * FROM terrcarbon_internal.described_sources(publication_obstacles.sources)
        ), obstacle (rank, id, note) AS (
            SELECT 0, NULL::int, 'no source is known'
            WHERE NOT EXISTS (SELECT FROM source)
            UNION ALL
            SELECT 1, s.id, CASE
                       WHEN s.id IS NULL THEN 'a source is unknown'
                       WHEN NOT s.known THEN format('dataset %s is not in the catalogue', s.id)
                       ELSE format('the terms of the licence of %s are unknown (%s)', s.name, coalesce(s.licence, 'none'))
                   END
            FROM source AS s WHERE s.waiver IS NULL
            UNION ALL
            SELECT 2, s.id, format('%s is %s: only its producer can open it or admit aggregates', s.name, s.access)
            FROM source AS s WHERE s.known AND NOT s.publishes
            UNION ALL
            SELECT 3, s.id, format('the rights in %s ended on %s', s.name, to_char(s.valid_until, 'YYYY-MM-DD'))
            -- Days in UTC: what may be published must not depend on a setting.
            FROM source AS s WHERE s.valid_until < (now() AT TIME ZONE 'UTC')::date
        )
        SELECT array_agg(o.note ORDER BY o.rank, o.id, o.note COLLATE "C") FROM obstacle AS o);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.publication_obstacles(int[]) IS
    'What keeps a result from being published under any licence, source by source; NULL: nothing.';

CREATE FUNCTION terrcarbon_internal.publication_duties(sources int[], use text) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 500
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
        WITH source AS MATERIALIZED (
            SELECT * FROM terrcarbon_internal.described_sources(publication_duties.sources)
        ), duty (rank, note) AS (
            SELECT t.rank, format('%s (%s)', t.note, string_agg(DISTINCT s.licence, ', '))
            FROM source AS s
            CROSS JOIN LATERAL (VALUES
                (1, s.attribution, 'credit the sources as in attribution'),
                (2, s.licence_notice, 'name the licence of each source, with a link to its text'),
                (3, s.update_date, 'state the date of the last update of each source'),
                (5, s.state_changes, 'say that the material was changed'),
                (6, s.share_alike AND (publication_duties.use = 'database' OR NOT s.offer_database),
                 'publish under the same licence'),
                (7, s.non_commercial, 'no commercial use'),
                (8, s.offer_database,
                 'offer the adapted database, or the changes made, in machine-readable form'),
                (9, s.no_technical_measures, 'publish no copy that only works under technical restrictions')
            ) AS t (rank, applies, note)
            WHERE t.applies
            GROUP BY t.rank, t.note
            UNION ALL
            SELECT 4, format('find out the date of the last update of %s, which the catalogue does not hold', s.name)
            FROM source AS s WHERE s.update_date AND s.updated IS NULL
            UNION ALL
            SELECT 10, format('publish aggregates only: %s', string_agg(s.name, ', ' ORDER BY s.id))
            FROM source AS s WHERE s.access = 'aggregate' HAVING count(*) > 0
        )
        SELECT ARRAY(SELECT d.note FROM duty AS d ORDER BY d.rank, d.note COLLATE "C"));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.publication_duties(int[], text) IS 'What publishing a result of these datasets asks, whichever licence it carries.';

CREATE FUNCTION effective_licence(sources int[], use text DEFAULT 'database',
        OUT publishable boolean, OUT licences text[], OUT attribution text,
        OUT commercial boolean, OUT duties text[], OUT valid_until date,
        OUT conflicts text[], OUT reason text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    obstacles text[];
    choice record;
BEGIN
    PERFORM terrcarbon_internal.known_use(use);
    SELECT * INTO choice FROM terrcarbon_internal.licence_choice(sources, use);
    obstacles := terrcarbon_internal.publication_obstacles(sources);
    IF choice.licences = '{}' THEN
        obstacles := obstacles || 'no licence satisfies all sources'::text;
    END IF;
    conflicts := choice.conflicts;
    attribution := terrcarbon.attribution(sources);
    SELECT min(s.valid_until), NOT coalesce(bool_or(s.non_commercial), false) INTO valid_until, commercial
    FROM terrcarbon_internal.described_sources(sources) AS s;
    publishable := obstacles IS NULL;
    IF publishable THEN
        licences := choice.licences;
        duties := terrcarbon_internal.publication_duties(sources, use) || choice.conditions;
        reason := 'may be published under ' || array_to_string(licences, ', ');
    ELSE
        reason := array_to_string(obstacles, '; ');
        licences := '{}';
        commercial := false;
        duties := '{}';
    END IF;
END;
$$;
COMMENT ON FUNCTION effective_licence(int[], text) IS
    'Whether and how a result of these datasets may be published. use: database (table, file, data service) or produced_work (map image, chart, text).
publishable: at least one licence satisfies every source, all terms are known, no source is shared or private, no rights have ended.
licences: those the result may carry, to choose from; empty when not publishable.
attribution: the sources to credit. commercial: no source forbids commercial use. duties: what publication asks. valid_until: earliest end of the rights in a source. conflicts: which sources exclude each other. reason: in one sentence.
Error 22023 for another use.';

CREATE VIEW dataset_catalogue WITH (security_invoker = true) AS
SELECT d.id,
       d.slug,
       d.title,
       d.producer_name AS producer,
       d.licence,
       l.title AS licence_title,
       l.url AS licence_url,
       d.access,
       d.reason,
       d.contact,
       d.source,
       d.updated,
       d.valid_until,
       d.coverage
FROM dataset AS d
LEFT JOIN licence AS l ON l.id = d.licence
WHERE d.retired_at IS NULL;
COMMENT ON VIEW dataset_catalogue IS
    'Every registered dataset that is not retired, whatever its access: the description is public, the data are not.';
COMMENT ON COLUMN dataset_catalogue.id IS 'Number of the dataset, as in sources; unique key.';
COMMENT ON COLUMN dataset_catalogue.slug IS 'Short name, unique.';
COMMENT ON COLUMN dataset_catalogue.title IS 'Title.';
COMMENT ON COLUMN dataset_catalogue.producer IS 'Producer, as attributions name it.';
COMMENT ON COLUMN dataset_catalogue.licence IS 'Licence of reuse, SPDX identifier.';
COMMENT ON COLUMN dataset_catalogue.licence_title IS 'Name of the licence; NULL when the licence is not known here.';
COMMENT ON COLUMN dataset_catalogue.licence_url IS 'Where the text of the licence stands.';
COMMENT ON COLUMN dataset_catalogue.access IS 'Who reads the rows: see access_kinds().';
COMMENT ON COLUMN dataset_catalogue.reason IS 'Why access is limited.';
COMMENT ON COLUMN dataset_catalogue.contact IS 'Whom to ask.';
COMMENT ON COLUMN dataset_catalogue.source IS 'Where the data come from: an address or a citation.';
COMMENT ON COLUMN dataset_catalogue.updated IS 'Date of the last update.';
COMMENT ON COLUMN dataset_catalogue.valid_until IS 'Last day on which the licence of reuse holds; NULL: no end.';
COMMENT ON COLUMN dataset_catalogue.coverage IS 'Territory covered.';
GRANT SELECT ON dataset_catalogue TO PUBLIC;

CREATE FUNCTION terrcarbon_internal.dcat_context() RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN jsonb_build_object(
    'dcat', 'http://www.w3.org/ns/dcat#',
    'dct', 'http://purl.org/dc/terms/',
    'foaf', 'http://xmlns.com/foaf/0.1/',
    'rdfs', 'http://www.w3.org/2000/01/rdf-schema#',
    'skos', 'http://www.w3.org/2004/02/skos/core#',
    'vcard', 'http://www.w3.org/2006/vcard/ns#',
    'xsd', 'http://www.w3.org/2001/XMLSchema#');
COMMENT ON FUNCTION terrcarbon_internal.dcat_context() IS 'The prefixes of JSON-LD documents in the terms of DCAT-AP.';

CREATE FUNCTION catalogue_dcat(title text DEFAULT NULL, publisher text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    SELECT jsonb_strip_nulls(jsonb_build_object(
        '@context', terrcarbon_internal.dcat_context(),
        '@id', '#catalogue',
        '@type', 'dcat:Catalog',
        'dct:title', coalesce(title, 'Datasets of ' || current_database()),
        'dct:description', 'Datasets behind a carbon account: producers, licences and access.',
        'dct:publisher', CASE WHEN publisher IS NOT NULL THEN
            jsonb_build_object('@type', 'foaf:Agent', 'foaf:name', publisher) END,
        'dcat:dataset', coalesce(jsonb_agg(dcat_dataset ORDER BY id), '[]')))
    FROM (
        SELECT d.id, jsonb_build_object(
            '@id', '#dataset-' || d.slug,
            '@type', 'dcat:Dataset',
            'dct:identifier', d.slug,
            'dct:title', d.title,
            'dct:description', concat_ws('. ', d.title, 'Produced by ' || d.producer, 'Covers ' || d.coverage),
            'dct:publisher', producer_agent,
            'dct:rightsHolder', producer_agent,
            'dct:license', licence_document,
            'dct:accessRights', jsonb_build_object(
                '@id', 'http://publications.europa.eu/resource/authority/access-right/' ||
                       k.dcat,
                '@type', 'dct:RightsStatement'),
            'dct:rights', CASE WHEN d.reason IS NOT NULL OR d.valid_until IS NOT NULL THEN jsonb_build_object(
                '@type', 'dct:RightsStatement',
                'rdfs:label', concat_ws('. ', d.reason,
                                        'The licence holds until ' || to_char(d.valid_until, 'YYYY-MM-DD'))) END,
            'dct:modified', CASE WHEN d.updated IS NOT NULL THEN jsonb_build_object(
                '@type', 'xsd:date', '@value', to_char(d.updated, 'YYYY-MM-DD')) END,
            'dct:spatial', CASE WHEN d.coverage IS NOT NULL THEN jsonb_build_object(
                '@type', 'dct:Location', 'skos:prefLabel', d.coverage) END,
            'dcat:contactPoint', CASE
                WHEN d.contact ~ '^[^@\s]+@[^@\s]+$' THEN jsonb_build_object(
                    '@type', 'vcard:Kind', 'vcard:fn', d.producer,
                    'vcard:hasEmail', jsonb_build_object('@id', 'mailto:' || d.contact))
                WHEN d.contact IS NOT NULL THEN jsonb_build_object(
                    '@type', 'vcard:Kind', 'vcard:fn', d.contact) END,
            'dcat:distribution', CASE WHEN address IS NOT NULL THEN jsonb_build_array(jsonb_build_object(
                '@type', 'dcat:Distribution',
                'dcat:accessURL', jsonb_build_object('@id', address),
                'dct:license', licence_document)) END,
            'dct:provenance', CASE WHEN address IS NULL AND d.source IS NOT NULL THEN jsonb_build_object(
                '@type', 'dct:ProvenanceStatement', 'rdfs:label', d.source) END
        ) AS dcat_dataset
        FROM dataset_catalogue AS d
        JOIN access_kinds() AS k ON k.access = d.access
        JOIN LATERAL (
            SELECT jsonb_build_object('@type', 'foaf:Agent', 'foaf:name', d.producer) AS producer_agent,
                   CASE WHEN d.licence_title IS NOT NULL AND d.licence <> 'unspecified' THEN jsonb_build_object(
                       '@id', d.licence_url, '@type', 'dct:LicenseDocument',
                       'dct:identifier', d.licence, 'dct:title', d.licence_title) END AS licence_document,
                   substring(d.source FROM '^https?://[^\s<>"{}|\\^`]+$') AS address
        ) AS part ON true
    ) AS described;
END;
COMMENT ON FUNCTION catalogue_dcat(text, text) IS
    'The catalogue of datasets as JSON-LD in the terms of DCAT-AP, for portals to harvest. title and publisher describe the catalogue itself; DCAT-AP wants a publisher. Addresses beginning with # are relative to where the document is published.';
