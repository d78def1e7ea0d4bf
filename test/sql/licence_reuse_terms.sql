-- Licences, their names and what an adaptation may carry.
SET search_path = terrcarbon, public;

-- Names of portals, any case, addresses; unknown is NULL.
SELECT name, canonical_licence(name)
FROM (VALUES ('lov2'), ('fr-lo'), ('LOV2'), ('Licence Ouverte 2.0'), ('odc-odbl'), ('odc-by'),
             ('odc-pddl'), ('cc-zero'), ('cc-by'), ('CC BY-SA 4.0'), ('cc_by_nc_4.0'),
             ('odbl-1.0'), (' ETALAB-2.0 '), ('notspecified'), ('other-open'),
             ('https://creativecommons.org/licenses/by/4.0/'),
             ('http://www.creativecommons.org/licenses/by-nc-sa/4.0'),
             ('https://www.etalab.gouv.fr/licence-ouverte-open-licence'),
             ('cc-by-3.0'), ('WTFPL'), (''), (NULL)) AS v (name);

-- Every shipped licence knows itself, and every data.gouv.fr identifier is known.
SELECT count(*) FROM licence WHERE canonical_licence(lower(id)) IS DISTINCT FROM id;
SELECT count(*) AS licences FROM licence WHERE shipped;

-- What the terms say and what the table permits agree.
SELECT c.source, c.adaptation, c.use
FROM licence_compatibility c
JOIN licence s ON s.id = c.source
JOIN licence a ON a.id = c.adaptation
WHERE s.no_derivatives
   OR s.waiver IS NOT FALSE
   OR a.waiver IS NOT FALSE
   OR s.non_commercial AND NOT a.non_commercial
   OR s.attribution AND NOT a.attribution
   OR s.share_alike AND s.id <> a.id AND NOT (s.offer_database AND c.use = 'produced_work')
   OR c.use = 'produced_work' AND a.applies_to = 'database';
-- Every licence with terms, unless it forbids adaptations or is for databases, may be kept.
SELECT id FROM licence l
WHERE NOT waiver AND NOT no_derivatives
  AND NOT EXISTS (SELECT FROM licence_compatibility WHERE source = l.id AND adaptation = l.id AND use = 'database');

SELECT source, use, string_agg(adaptation, ' ' ORDER BY adaptation COLLATE "C") AS adaptations
FROM licence_compatibility GROUP BY source, use ORDER BY source COLLATE "C", use;

-- Terms are stated all or none; a waiver asks nothing.
INSERT INTO licence (id, title, attribution) VALUES ('LicenseRef-half', 'Half', true);
INSERT INTO licence VALUES ('LicenseRef-odd', 'Odd', NULL, 'any', true, true, false, false, false, false, false, false, false, false, false);
-- Two spellings of one name are one licence.
INSERT INTO licence (id, title) VALUES ('cc-by-4.0', 'Again');

-- Shipped rows stay; added rows cannot pass for shipped.
UPDATE licence SET share_alike = false WHERE id = 'ODbL-1.0';
DELETE FROM licence_compatibility WHERE source = 'ODbL-1.0';
INSERT INTO licence_alias VALUES ('mine', 'ODbL-1.0', NULL, true);

-- Own rows come and go.
BEGIN;
INSERT INTO licence VALUES ('OGL-UK-3.0', 'Open Government Licence 3.0', NULL,
	'any', false, true, false, true, false, false, false, false, false, false, true);
INSERT INTO licence_alias VALUES ('ogl-3', 'OGL-UK-3.0');
SELECT canonical_licence('OGL 3'), canonical_licence('ogl-uk-3.0');
DELETE FROM licence WHERE id = 'OGL-UK-3.0';
SELECT canonical_licence('OGL 3');
ROLLBACK;

-- An ordinary role reads the tables and changes nothing.
CREATE ROLE licence_reuse_reader;
SET ROLE licence_reuse_reader;
SELECT canonical_licence('lov2');
INSERT INTO licence (id, title) VALUES ('LicenseRef-x', 'X');
UPDATE licence_compatibility SET allowed = true;
RESET ROLE;

-- Nor does one granted INSERT touch the shipped rows.
GRANT INSERT, UPDATE, DELETE ON licence, licence_compatibility TO licence_reuse_reader;
SET ROLE licence_reuse_reader;
BEGIN;
INSERT INTO licence (id, title) VALUES ('LicenseRef-x', 'X');
INSERT INTO licence_compatibility (source, adaptation, use, legal_basis)
VALUES ('LicenseRef-x', 'CC-BY-4.0', 'database', 'agreed by letter');
SELECT count(*) FROM licence_compatibility WHERE NOT shipped;
UPDATE licence SET shipped = true WHERE id = 'LicenseRef-x';
ROLLBACK;
DELETE FROM licence WHERE id = 'CC-BY-SA-4.0';
RESET ROLE;
REVOKE ALL ON licence, licence_compatibility FROM licence_reuse_reader;
DROP ROLE licence_reuse_reader;
