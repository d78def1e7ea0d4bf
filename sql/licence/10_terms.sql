-- Licences: what each one asks, the names portals give it, and which licence an
-- adaptation of it may carry.  Rows that ship with the extension are marked, so
-- that a dump carries only the rows added on the spot.

CREATE FUNCTION licence_key(name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
    SELECT regexp_replace(
               regexp_replace(lower(btrim(name, E' \t\n\r') COLLATE "C"),
                              '^https?://(www\.)?|/+$', '', 'g'),
               '[\s_]+', '-', 'g');
END;
COMMENT ON FUNCTION licence_key(text) IS
    'The form in which licence names are compared: lower case, spaces and underscores as hyphens, no http(s):// or www., no final slash.';

CREATE TABLE licence (
    id text PRIMARY KEY CHECK (id <> '' AND id = btrim(id)),
    title text NOT NULL CHECK (title <> ''),
    url text,
    applies_to text CHECK (applies_to IN ('database', 'any')),
    waiver boolean,
    attribution boolean,
    update_date boolean,
    licence_notice boolean,
    state_changes boolean,
    share_alike boolean,
    non_commercial boolean,
    no_derivatives boolean,
    offer_database boolean,
    no_technical_measures boolean,
    database_right boolean,
    note text,
    shipped boolean NOT NULL DEFAULT false,
    CONSTRAINT licence_terms_all_or_none CHECK (
        num_nulls(applies_to, waiver, attribution, update_date, licence_notice,
                  state_changes, share_alike, non_commercial, no_derivatives,
                  offer_database, no_technical_measures, database_right) IN (0, 12)),
    CONSTRAINT licence_waiver_asks_nothing CHECK (
        NOT (waiver AND (attribution OR update_date OR licence_notice
                         OR state_changes OR share_alike OR non_commercial
                         OR no_derivatives OR offer_database
                         OR no_technical_measures)))
);
CREATE UNIQUE INDEX licence_id_key ON licence (licence_key(id));
COMMENT ON TABLE licence IS
    'Licences and what they ask. Either every term is stated or none is: a licence whose terms are unknown (all NULL) never permits publication. Add your own rows; shipped ones cannot be changed.';
COMMENT ON COLUMN licence.id IS 'SPDX identifier, or LicenseRef-… for a licence SPDX does not list.';
COMMENT ON COLUMN licence.title IS 'Name of the licence as its author writes it.';
COMMENT ON COLUMN licence.url IS 'Where its text stands.';
COMMENT ON COLUMN licence.applies_to IS
    'database: written for databases only, so it is never proposed for a produced work (map image, chart, report). any: works and databases.';
COMMENT ON COLUMN licence.waiver IS 'The producer gives up its rights: nothing is asked.';
COMMENT ON COLUMN licence.attribution IS 'The source must be credited.';
COMMENT ON COLUMN licence.update_date IS 'The date of the last update of the source must be stated.';
COMMENT ON COLUMN licence.licence_notice IS 'The licence of the source must be named, with a link to its text.';
COMMENT ON COLUMN licence.state_changes IS 'It must be said that the material was changed.';
COMMENT ON COLUMN licence.share_alike IS 'Adaptations carry the same licence (or one named compatible).';
COMMENT ON COLUMN licence.non_commercial IS 'Commercial use is not permitted.';
COMMENT ON COLUMN licence.no_derivatives IS 'Adaptations may not be shared.';
COMMENT ON COLUMN licence.offer_database IS
    'Whoever publishes an adapted database, or a work produced from one, must offer that database or the changes made.';
COMMENT ON COLUMN licence.no_technical_measures IS
    'Copies that hinder the permitted uses by technical means are forbidden, or need an unhindered copy beside them.';
COMMENT ON COLUMN licence.database_right IS
    'Covers the maker''s right in a database (Directive 96/9/EC), not copyright alone.';
COMMENT ON COLUMN licence.note IS 'Remarks, with the articles relied on.';
COMMENT ON COLUMN licence.shipped IS 'Part of the extension: fixed, and not dumped.';

CREATE TABLE licence_alias (
    alias text PRIMARY KEY CHECK (alias <> '' AND alias = licence_key(alias)),
    licence text NOT NULL REFERENCES licence (id) ON UPDATE CASCADE ON DELETE CASCADE,
    note text,
    shipped boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE licence_alias IS
    'Other names of a licence: identifiers of portals, usual short forms, addresses. Written as licence_key() gives them.';
COMMENT ON COLUMN licence_alias.alias IS 'The other name.';
COMMENT ON COLUMN licence_alias.licence IS 'The licence meant.';
COMMENT ON COLUMN licence_alias.note IS 'Where the name is used, and what it leaves open.';
COMMENT ON COLUMN licence_alias.shipped IS 'Part of the extension: fixed, and not dumped.';

-- The one list of them.
CREATE FUNCTION terrcarbon_internal.known_use(use text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF use IN ('database', 'produced_work') THEN
        RETURN use;
    END IF;
    RAISE EXCEPTION 'unknown use of a result: %', coalesce(quote_literal(left(use, 100)), 'NULL')
        USING ERRCODE = 'invalid_parameter_value',
              HINT = 'Use ''database'' for tables, files and data services, ''produced_work'' for map images, charts and texts.';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.known_use(text) IS
    'Its argument; error 22023 when it is not a use of a result that a licence may distinguish.';

CREATE TABLE licence_compatibility (
    source text NOT NULL REFERENCES licence (id) ON UPDATE CASCADE ON DELETE CASCADE,
    adaptation text NOT NULL REFERENCES licence (id) ON UPDATE CASCADE ON DELETE CASCADE,
    use text NOT NULL CHECK (use = terrcarbon_internal.known_use(use)),
    allowed boolean NOT NULL DEFAULT true,
    condition text CHECK (condition <> ''),
    legal_basis text NOT NULL CHECK (legal_basis <> ''),
    version int NOT NULL DEFAULT 1,
    checked date NOT NULL DEFAULT current_date,
    shipped boolean NOT NULL DEFAULT false,
    PRIMARY KEY (source, adaptation, use, shipped)
);
COMMENT ON TABLE licence_compatibility IS
    'Which licence an adaptation of a source may carry. What is not listed is not permitted. A row of yours goes before the shipped row of the same source, adaptation and use: write allowed = false to follow a stricter reading.';
COMMENT ON COLUMN licence_compatibility.source IS 'Licence of the source.';
COMMENT ON COLUMN licence_compatibility.adaptation IS 'Licence the adaptation may carry.';
COMMENT ON COLUMN licence_compatibility.use IS
    'database: the result is a table, a file, a service of data. produced_work: a map image, a chart, a text.';
COMMENT ON COLUMN licence_compatibility.allowed IS 'false withdraws a shipped row.';
COMMENT ON COLUMN licence_compatibility.condition IS
    'What must be done besides, for the adaptation to carry that licence; NULL when nothing.';
COMMENT ON COLUMN licence_compatibility.legal_basis IS 'Why, with the articles relied on.';
COMMENT ON COLUMN licence_compatibility.version IS 'Version of the table in which the row last changed.';
COMMENT ON COLUMN licence_compatibility.checked IS 'When the texts were last read for this row.';
COMMENT ON COLUMN licence_compatibility.shipped IS 'Part of the extension: fixed, and not dumped.';

INSERT INTO licence (id, title, url, applies_to, waiver, attribution, update_date,
                     licence_notice, state_changes, share_alike, non_commercial,
                     no_derivatives, offer_database, no_technical_measures,
                     database_right, note, shipped) VALUES
('etalab-2.0', 'Licence Ouverte 2.0', 'https://www.etalab.gouv.fr/licence-ouverte-open-licence', 'any',
 false, true, true, false, false, false, false, false, false, false, true,
 'Asks for the name of the producer and the date of the last update; a link to the source will do.', true),
('ODbL-1.0', 'Open Database License 1.0', 'https://opendatacommons.org/licenses/odbl/1-0/', 'database',
 false, true, false, true, false, true, false, false, true, true, true,
 'Share-alike for derivative databases (4.4); a produced work needs a notice (4.3) and the offer of the derivative database behind it (4.6), and may carry another licence (4.5).', true),
('ODC-By-1.0', 'Open Data Commons Attribution License 1.0', 'https://opendatacommons.org/licenses/by/1-0/', 'database',
 false, true, false, true, false, false, false, false, false, false, true,
 'Derivative databases are conveyed under its own terms (4.2 a); a produced work needs a notice (4.3).', true),
('PDDL-1.0', 'Open Data Commons Public Domain Dedication and License 1.0', 'https://opendatacommons.org/licenses/pddl/1-0/', 'database',
 true, false, false, false, false, false, false, false, false, false, true, NULL, true),
('CC0-1.0', 'Creative Commons Zero 1.0', 'https://creativecommons.org/publicdomain/zero/1.0/', 'any',
 true, false, false, false, false, false, false, false, false, false, true, NULL, true),
('CC-BY-4.0', 'Creative Commons Attribution 4.0', 'https://creativecommons.org/licenses/by/4.0/', 'any',
 false, true, false, true, true, false, false, false, false, true, true,
 'Attribution 3(a), technical measures 2(a)(5), database rights 4.', true),
('CC-BY-SA-4.0', 'Creative Commons Attribution-ShareAlike 4.0', 'https://creativecommons.org/licenses/by-sa/4.0/', 'any',
 false, true, false, true, true, true, false, false, false, true, true,
 'Share-alike 3(b). The other licences named compatible by Creative Commons (Free Art 1.3, GPL 3.0 one way) are not licences for data and are not listed.', true),
('CC-BY-NC-4.0', 'Creative Commons Attribution-NonCommercial 4.0', 'https://creativecommons.org/licenses/by-nc/4.0/', 'any',
 false, true, false, true, true, false, true, false, false, true, true, NULL, true),
('CC-BY-NC-SA-4.0', 'Creative Commons Attribution-NonCommercial-ShareAlike 4.0', 'https://creativecommons.org/licenses/by-nc-sa/4.0/', 'any',
 false, true, false, true, true, true, true, false, false, true, true, NULL, true),
('CC-BY-ND-4.0', 'Creative Commons Attribution-NoDerivatives 4.0', 'https://creativecommons.org/licenses/by-nd/4.0/', 'any',
 false, true, false, true, true, false, false, true, false, true, true,
 'Adaptations may be made, not shared: 2(a)(1)(B), and 4(b) for a database that includes a substantial part of it.', true),
('CC-BY-NC-ND-4.0', 'Creative Commons Attribution-NonCommercial-NoDerivatives 4.0', 'https://creativecommons.org/licenses/by-nc-nd/4.0/', 'any',
 false, true, false, true, true, false, true, true, false, true, true,
 'Adaptations may be made, not shared: 2(a)(1)(B), and 4(b) for a database that includes a substantial part of it.', true),
('unspecified', 'Licence not specified', NULL, NULL,
 NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
 'Nothing is known of the terms, so nothing may be published.', true);

INSERT INTO licence_alias (alias, licence, note, shipped)
SELECT licence_key(a), licence, note, true
FROM (VALUES
    ('etalab-2.0', ARRAY['lov2', 'Licence Ouverte 2.0', 'Licence Ouverte / Open Licence version 2.0', 'LO 2.0'],
     'data.gouv.fr (lov2) and usual names'),
    ('etalab-2.0', ARRAY['fr-lo', 'Licence Ouverte', 'Licence Ouverte / Open Licence', 'Licence Ouverte 1.0', 'etalab'],
     'data.gouv.fr (fr-lo) for version 1.0, which asks the same: source and date. Version 2.0 declares itself compatible with it.'),
    ('ODbL-1.0', ARRAY['odc-odbl', 'ODbL', 'ODbL 1.0', 'opendatacommons.org/licenses/odbl', 'opendatacommons.org/licenses/odbl/1.0', 'opendatacommons.org/licenses/odbl/summary'],
     'data.gouv.fr (odc-odbl) and usual names'),
    ('ODC-By-1.0', ARRAY['odc-by', 'opendatacommons.org/licenses/by', 'opendatacommons.org/licenses/by/1.0', 'opendatacommons.org/licenses/by/summary'],
     'data.gouv.fr (odc-by) and usual names'),
    ('PDDL-1.0', ARRAY['odc-pddl', 'PDDL', 'opendatacommons.org/licenses/pddl', 'opendatacommons.org/licenses/pddl/1.0', 'opendatacommons.org/licenses/pddl/summary'],
     'data.gouv.fr (odc-pddl) and usual names'),
    ('CC0-1.0', ARRAY['cc-zero', 'cc0', 'opendefinition.org/licenses/cc-zero', 'creativecommons.org/publicdomain/zero/1.0/legalcode'],
     'data.gouv.fr (cc-zero) and usual names'),
    ('CC-BY-4.0', ARRAY['cc-by', 'opendefinition.org/licenses/cc-by'],
     'data.gouv.fr (cc-by): the portal names no version, 4.0 is taken'),
    ('CC-BY-SA-4.0', ARRAY['cc-by-sa', 'opendefinition.org/licenses/cc-by-sa'],
     'data.gouv.fr (cc-by-sa): the portal names no version, 4.0 is taken'),
    ('CC-BY-NC-4.0', ARRAY['cc-by-nc'], 'usual name without a version, 4.0 is taken'),
    ('CC-BY-NC-SA-4.0', ARRAY['cc-by-nc-sa'], 'usual name without a version, 4.0 is taken'),
    ('CC-BY-ND-4.0', ARRAY['cc-by-nd'], 'usual name without a version, 4.0 is taken'),
    ('CC-BY-NC-ND-4.0', ARRAY['cc-by-nc-nd'], 'usual name without a version, 4.0 is taken'),
    ('CC-BY-4.0', ARRAY['creativecommons.org/licenses/by/4.0/legalcode'], 'address of the text'),
    ('CC-BY-SA-4.0', ARRAY['creativecommons.org/licenses/by-sa/4.0/legalcode'], 'address of the text'),
    ('CC-BY-NC-4.0', ARRAY['creativecommons.org/licenses/by-nc/4.0/legalcode'], 'address of the text'),
    ('CC-BY-NC-SA-4.0', ARRAY['creativecommons.org/licenses/by-nc-sa/4.0/legalcode'], 'address of the text'),
    ('CC-BY-ND-4.0', ARRAY['creativecommons.org/licenses/by-nd/4.0/legalcode'], 'address of the text'),
    ('CC-BY-NC-ND-4.0', ARRAY['creativecommons.org/licenses/by-nc-nd/4.0/legalcode'], 'address of the text'),
    ('unspecified', ARRAY['notspecified', 'other-at', 'other-open', 'other-pd', 'other-closed'],
     'data.gouv.fr: the portal does not say which licence, so the terms are unknown')
) AS v (licence, aliases, note), unnest(aliases) AS a;

-- Licences an adaptation may carry, by source.  Waivers have no row: they ask
-- nothing, so they do not narrow the choice.
WITH edge (source, uses, adaptations, condition, legal_basis) AS (VALUES
    ('etalab-2.0', '{database,produced_work}'::text[], '{etalab-2.0}'::text[], NULL,
     'Licence Ouverte 2.0: information may be adapted and passed on, provided its source and date are stated.'),
    ('etalab-2.0', '{database,produced_work}', '{CC-BY-4.0,CC-BY-SA-4.0}', NULL,
     'Licence Ouverte 2.0, compatibility clause: meant to fit any free licence that asks at least for attribution; CC-BY is named.'),
    ('etalab-2.0', '{database}', '{ODC-By-1.0,ODbL-1.0}', NULL,
     'Licence Ouverte 2.0, compatibility clause: meant to fit any free licence that asks at least for attribution; ODC-By is named.'),
    ('etalab-2.0', '{database,produced_work}', '{CC-BY-NC-4.0,CC-BY-NC-SA-4.0,CC-BY-ND-4.0,CC-BY-NC-ND-4.0}', NULL,
     'Licence Ouverte 2.0 has no share-alike clause: derived information may carry other terms as long as source and date stay stated.'),

    ('ODbL-1.0', '{database}', '{ODbL-1.0}', NULL,
     'ODbL 1.0, 4.4 a: a derivative database used publicly is under ODbL, a later version or a licence named compatible; none has been named.'),
    ('ODbL-1.0', '{produced_work}',
     '{etalab-2.0,CC-BY-4.0,CC-BY-SA-4.0,CC-BY-NC-4.0,CC-BY-NC-SA-4.0,CC-BY-ND-4.0,CC-BY-NC-ND-4.0}', NULL,
     'ODbL 1.0, 4.5 b: a produced work is not a derivative database, so share-alike does not reach it; the notice of 4.3 must follow it, which rules out a waiver.'),

    ('ODC-By-1.0', '{database}', '{ODC-By-1.0}', NULL,
     'ODC-By 1.0, 4.2 a and 4.4: a derivative database is conveyed under ODC-By only, without further restrictions. Read to the letter.'),
    ('ODC-By-1.0', '{produced_work}',
     '{etalab-2.0,CC-BY-4.0,CC-BY-SA-4.0,CC-BY-NC-4.0,CC-BY-NC-SA-4.0,CC-BY-ND-4.0,CC-BY-NC-ND-4.0}', NULL,
     'ODC-By 1.0, 4.3: a produced work needs a notice only, which rules out a waiver.'),

    ('CC-BY-4.0', '{database,produced_work}',
     '{CC-BY-4.0,CC-BY-SA-4.0,CC-BY-NC-4.0,CC-BY-NC-SA-4.0,CC-BY-ND-4.0,CC-BY-NC-ND-4.0}', NULL,
     'CC-BY 4.0, 3(a)(4), and the adapter''s licence chart of Creative Commons: any of its licences asks at least for attribution.'),
    ('CC-BY-4.0', '{database,produced_work}', '{etalab-2.0}',
     'keep with the result the CC-BY-4.0 notices of its sources, which ask more than the Licence Ouverte',
     'CC-BY 4.0, 3(a)(4): the licence of the adaptation must not keep its recipients from observing CC-BY. The Licence Ouverte declares itself compatible with CC-BY.'),
    ('CC-BY-4.0', '{database}', '{ODC-By-1.0}',
     'keep with the result the CC-BY-4.0 notices of its sources, and publish no copy under technical restrictions',
     'CC-BY 4.0, 3(a)(4) and 2(a)(5)(B): ODC-By adds no term that would keep recipients from observing CC-BY.'),
    ('CC-BY-4.0', '{database}', '{ODbL-1.0}',
     'keep with the result the CC-BY-4.0 notices of its sources, and publish no copy under technical restrictions, not even beside a free one',
     'CC-BY 4.0, 3(a)(4). ODbL 4.7 b admits a restricted copy beside a free one where CC-BY 2(a)(5)(B) admits none. For this reason the OpenStreetMap Foundation asks producers for a waiver: whoever follows it withdraws this row.'),

    ('CC-BY-SA-4.0', '{database,produced_work}', '{CC-BY-SA-4.0}', NULL,
     'CC-BY-SA 4.0, 3(b)(1): an adaptation carries the same licence or one named compatible.'),
    ('CC-BY-NC-4.0', '{database,produced_work}', '{CC-BY-NC-4.0,CC-BY-NC-SA-4.0,CC-BY-NC-ND-4.0}', NULL,
     'CC-BY-NC 4.0, 3(a)(4), and the adapter''s licence chart of Creative Commons, which advises against licences without the NC element.'),
    ('CC-BY-NC-SA-4.0', '{database,produced_work}', '{CC-BY-NC-SA-4.0}', NULL,
     'CC-BY-NC-SA 4.0, 3(b)(1): an adaptation carries the same licence or one named compatible.')
)
INSERT INTO licence_compatibility
    (source, adaptation, use, condition, legal_basis, version, checked, shipped)
SELECT source, adaptation, use, condition, legal_basis, 1, date '2026-11-24', true
FROM edge, unnest(uses) AS use, unnest(adaptations) AS adaptation;

SELECT pg_catalog.pg_extension_config_dump('licence', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('licence_alias', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('licence_compatibility', 'WHERE NOT shipped');

GRANT SELECT ON licence, licence_alias, licence_compatibility TO PUBLIC;

CREATE FUNCTION canonical_licence(name text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
    SELECT coalesce(
        (SELECT id FROM licence WHERE licence_key(id) = licence_key(name)),
        (SELECT licence FROM licence_alias WHERE alias = licence_key(name)),
        (SELECT id FROM licence WHERE licence_key(url) = licence_key(name) ORDER BY id LIMIT 1));
END;
COMMENT ON FUNCTION canonical_licence(text) IS
    'SPDX identifier of a licence named by identifier, portal name or address, whatever its case; NULL when unknown.';
