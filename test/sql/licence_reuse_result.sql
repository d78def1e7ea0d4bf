-- What a result may be published under, and whom it must credit.
SET search_path = terrcarbon, public;
SET datestyle = ISO;

BEGIN;
INSERT INTO dataset (id, slug, title, producer, producer_name, licence, access, source, updated)
OVERRIDING SYSTEM VALUE
SELECT id, 'reuse-' || id, title, current_user::regrole, producer_name, licence, access, source, updated::date
FROM (VALUES
    (9001, 'Land cover', 'Agglomeration', 'etalab-2.0', 'open', 'https://example.org/land', '2024-01-31'),
    (9002, 'Roads', 'Mappers', 'ODbL-1.0', 'open', NULL, '2024-02-01'),
    (9003, 'Species', 'Museum', 'CC-BY-4.0', 'open', NULL, NULL),
    (9004, 'Soils', 'Institute', 'CC-BY-SA-4.0', 'open', NULL, NULL),
    (9005, 'Forest', 'School', 'CC-BY-NC-4.0', 'open', NULL, NULL),
    (9006, 'Wetland', 'School', 'CC-BY-NC-SA-4.0', 'open', NULL, NULL),
    (9007, 'Borders', 'Nobody', 'CC0-1.0', 'open', NULL, NULL),
    (9008, 'Sea grass', 'Lab', 'CC-BY-ND-4.0', 'open', NULL, NULL),
    (9009, 'Heat', 'Operator', 'unspecified', 'open', NULL, NULL),
    (9010, 'Meters', 'Utility', 'etalab-2.0', 'aggregate', NULL, '2023-12-31'),
    (9011, 'Boilers', 'Utility', 'etalab-2.0', 'shared', NULL, '2023-12-31'),
    (9012, 'Farms', 'Chamber', 'CC-BY-4.0', 'private', NULL, NULL),
    (9013, 'Stops', 'Region', 'ODC-By-1.0', 'open', NULL, NULL),
    (9014, 'Addresses', 'Town', 'PDDL-1.0', 'open', NULL, NULL),
    (9015, 'Trees', 'Town', 'etalab-2.0', 'open', NULL, NULL)
) AS v (id, title, producer_name, licence, access, source, updated);

-- The cases that decide.
SELECT v.sources, e.publishable, e.licences, e.conflicts
FROM (VALUES ('{9004,9006}'::int[]), ('{9002,9005}'), ('{9004,9002}'), ('{9007,9001,9003}')) AS v (sources),
     effective_licence(v.sources) AS e;
\x
SELECT * FROM effective_licence('{9007,9001,9003}');
SELECT * FROM effective_licence('{9004,9002}');

-- A map image of the same sources: share-alike of ODbL does not reach it, its notice does.
SELECT * FROM effective_licence('{9004,9002}', 'produced_work');
SELECT * FROM effective_licence('{9002,9005}', 'produced_work');
SELECT * FROM effective_licence('{9004,9006}', 'produced_work');

-- ODbL with an attribution licence; without technical restrictions.
SELECT * FROM effective_licence('{9002,9003}');
\x
-- Waivers ask nothing, whatever they are mixed with.
SELECT v.sources, e.publishable, e.commercial, e.licences, e.attribution, e.duties
FROM (VALUES ('{9007}'::int[]), ('{9007,9014}'), ('{9007,9006}')) AS v (sources),
     effective_licence(v.sources) AS e;
SELECT publishable, licences FROM effective_licence('{9007,9014}', 'produced_work');

-- Not publishable: no source, unknown source, unknown dataset, unknown terms,
-- limited access, no derivatives, and several of them at once.
SELECT v.sources, e.publishable, e.licences, e.commercial, e.duties, e.conflicts, e.reason
FROM (VALUES (NULL::int[]), ('{}'), ('{9001,NULL}'), ('{9001,8999}'), ('{9001,9009}'), ('{9011}'), ('{9001,9012}'),
             ('{9008,9007}'), ('{9009,9012,NULL,9008}')) AS v (sources),
     effective_licence(v.sources) AS e;
-- The credits stay, even then.
SELECT attribution FROM effective_licence('{9009,9012,NULL,8999}');

-- Aggregates only is a duty; a date of update that is asked for and missing, another.
SELECT publishable, unnest(duties) FROM effective_licence('{9010,9015}');

-- Rights that end: the earliest day, and not a day longer.
UPDATE dataset SET valid_until = (now() AT TIME ZONE 'UTC')::date + 30 WHERE id = 9001;
UPDATE dataset SET valid_until = (now() AT TIME ZONE 'UTC')::date WHERE id = 9003;
SELECT publishable, valid_until = (now() AT TIME ZONE 'UTC')::date AS today FROM effective_licence('{9001,9003,9007}');
UPDATE dataset SET valid_until = (now() AT TIME ZONE 'UTC')::date - 1 WHERE id = 9003;
SELECT publishable FROM effective_licence('{9001,9003}');
SET LOCAL timezone = 'Etc/GMT+12';
SELECT publishable FROM effective_licence('{9001,9003}');
RESET timezone;
UPDATE dataset SET valid_until = '2020-12-31' WHERE id = 9003;
SELECT publishable, licences, valid_until, reason FROM effective_licence('{9001,9003}');
UPDATE dataset SET valid_until = NULL WHERE id IN (9001, 9003);

-- A licence this database does not know, if a dataset has one, is unknown terms.
INSERT INTO licence (id, title) VALUES ('LicenseRef-utility', 'Terms of the utility');
UPDATE dataset SET licence = 'LicenseRef-utility' WHERE id = 9009;
SELECT publishable, reason, attribution FROM effective_licence('{9009}');

-- Three licences that agree two by two and not together.
INSERT INTO licence SELECT 'LicenseRef-' || n, n, NULL, 'any', false, true, false, false, false, false, false, false, false, false, true
FROM unnest('{A,B,C,X,Y,Z}'::text[]) AS n;
INSERT INTO licence_compatibility (source, adaptation, use, legal_basis)
SELECT 'LicenseRef-' || s, 'LicenseRef-' || a, 'database', 'test'
FROM (VALUES ('A', 'X'), ('A', 'Y'), ('B', 'Y'), ('B', 'Z'), ('C', 'X'), ('C', 'Z')) AS v (s, a);
UPDATE dataset SET licence = 'LicenseRef-' || substr('ABC', id - 9000, 1) WHERE id BETWEEN 9001 AND 9003;
SELECT v.sources, e.publishable, e.licences, e.conflicts
FROM (VALUES ('{9001,9002}'::int[]), ('{9002,9003}'), ('{9001,9003}'), ('{9001,9002,9003}')) AS v (sources),
     effective_licence(v.sources) AS e;
ROLLBACK;

-- A licence of one's own, as in docs/reuse.md.
BEGIN;
INSERT INTO terrcarbon.licence
    (id, title, url, applies_to, waiver, attribution, update_date, licence_notice,
     state_changes, share_alike, non_commercial, no_derivatives, offer_database,
     no_technical_measures, database_right)
VALUES ('OGL-UK-3.0', 'Open Government Licence 3.0',
        'https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/',
        'any', false, true, false, true, false, false, false, false, false, false, true);
INSERT INTO terrcarbon.licence_compatibility (source, adaptation, use, legal_basis)
VALUES ('OGL-UK-3.0', 'OGL-UK-3.0', 'database', 'adaptation permitted with attribution'),
       ('OGL-UK-3.0', 'CC-BY-4.0', 'database', 'declares itself compatible with CC-BY 4.0'),
       ('etalab-2.0', 'OGL-UK-3.0', 'database', 'compatibility clause, OGL is named');
INSERT INTO dataset (id, slug, title, producer, producer_name, licence, access)
OVERRIDING SYSTEM VALUE
VALUES (9001, 'reuse-9001', 'Rivers', current_user::regrole, 'Agency', 'OGL-UK-3.0', 'open'),
       (9002, 'reuse-9002', 'Trees', current_user::regrole, 'Town', 'etalab-2.0', 'open'),
       (9003, 'reuse-9003', 'Borders', current_user::regrole, 'Nobody', 'CC0-1.0', 'open');
SELECT publishable, licences FROM effective_licence('{9001,9002,9003}');
SELECT publishable, 'OGL-UK-3.0' = ANY (licences) AS ogl FROM effective_licence('{9003}');
ROLLBACK;

-- A site that reads the texts more strictly withdraws an edge.
BEGIN;
INSERT INTO dataset (id, slug, title, producer, producer_name, licence, access)
OVERRIDING SYSTEM VALUE
VALUES (9001, 'reuse-9001', 'Roads', current_user::regrole, 'Mappers', 'ODbL-1.0', 'open'),
       (9002, 'reuse-9002', 'Species', current_user::regrole, 'Museum', 'CC-BY-4.0', 'open');
SELECT publishable, licences FROM effective_licence('{9001,9002}');
INSERT INTO licence_compatibility (source, adaptation, use, allowed, legal_basis)
VALUES ('CC-BY-4.0', 'ODbL-1.0', 'database', false, 'We ask producers for a waiver.');
SELECT publishable, licences, conflicts FROM effective_licence('{9001,9002}');
ROLLBACK;

SELECT * FROM effective_licence('{1}', 'poster');
SELECT * FROM effective_licence('{1}', NULL);
