-- The public catalogue, as a view and for harvesters.
SET search_path = terrcarbon, public;
SET datestyle = ISO;

BEGIN;
INSERT INTO dataset (id, slug, title, producer, producer_name, licence, access, reason, contact, source, updated, valid_until, coverage)
OVERRIDING SYSTEM VALUE
VALUES (9001, 'reuse-land', 'Land cover', current_user::regrole, 'Agglomeration', 'etalab-2.0', 'open',
        NULL, 'data@example.org', 'https://example.org/land', '2024-01-31', NULL, 'La Rochelle'),
       (9002, 'reuse-meters', 'Meters', current_user::regrole, 'Utility', 'CC-BY-NC-4.0', 'aggregate',
        'Business secrecy', 'Help desk, 2 rue du Port', 'Letter of 3 March', NULL, '2030-06-30', NULL),
       (9003, 'reuse-boilers', 'Boilers', current_user::regrole, 'Utility', 'unspecified', 'private',
        NULL, NULL, 'https://example.org/a b', NULL, NULL, NULL);

CREATE ROLE licence_reuse_reader;
SET LOCAL ROLE licence_reuse_reader;
\x
SELECT * FROM dataset_catalogue WHERE id >= 9001 ORDER BY id;
\x
-- An ordinary role finds what it may publish without reading the table whole.
SELECT publishable, attribution FROM effective_licence('{9001,9002}');
SAVEPOINT s;
SELECT producer FROM dataset;
ROLLBACK TO s;
UPDATE dataset_catalogue SET access = 'open';
ROLLBACK TO s;

SELECT jsonb_pretty(catalogue_dcat(title => 'Carbon data', publisher => 'Agglomeration')
    || jsonb_build_object('dcat:dataset', (
        SELECT jsonb_agg(d) FROM jsonb_array_elements(catalogue_dcat() -> 'dcat:dataset') AS d
        WHERE d ->> 'dct:identifier' LIKE 'reuse-%')));
SELECT catalogue_dcat() ->> 'dct:title' = 'Datasets of ' || current_database() AS titled,
       catalogue_dcat() ? 'dct:publisher' AS publisher;
RESET ROLE;

-- A licence without an address is still named.
INSERT INTO licence (id, title) VALUES ('LicenseRef-utility', 'Terms of the utility');
UPDATE dataset SET licence = 'LicenseRef-utility' WHERE id = 9003;
SELECT d -> 'dct:license' FROM jsonb_array_elements(catalogue_dcat() -> 'dcat:dataset') AS d
WHERE d ->> 'dct:identifier' = 'reuse-boilers';

-- Every dataset is there, once.
SELECT count(*) = (SELECT count(*) FROM dataset) AND count(*) = count(DISTINCT id) FROM dataset_catalogue;
SELECT jsonb_array_length(catalogue_dcat() -> 'dcat:dataset') = (SELECT count(*) FROM dataset) AS complete;

-- An empty catalogue is an empty list.
DELETE FROM dataset WHERE id >= 9001;
SELECT catalogue_dcat() -> 'dcat:dataset' FROM (SELECT WHERE NOT EXISTS (SELECT FROM dataset)) AS empty;
ROLLBACK;
