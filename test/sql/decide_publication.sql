-- Publications: open and released figures only, sealed; tampering is found.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE pbl_owner;
CREATE ROLE pbl_citizen;
GRANT CREATE ON DATABASE :DBNAME TO pbl_owner;
INSERT INTO factor (code, name, unit, amount, u95_percent, part, source) VALUES ('pbl-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 10, 'combustion', 'test');
INSERT INTO stock_reference (nomenclature, code, name, stock, complete, u95_percent, source) VALUES
    ('PBL', 'forest', 'Forest', '{"above": 50, "below": 12, "soil": 80, "soil_depth_cm": 30}', true, 30, 'test');
SELECT register_dataset('pbl-open', 'Inventory', 'pbl_owner', 'etalab-2.0', 'open', updated => '2024-01-01') AS inventory \gset
SELECT register_dataset('pbl-shared', 'Plants', 'pbl_owner', 'etalab-2.0', 'shared', updated => '2024-01-01') AS plant \gset
SET ROLE pbl_owner;
SELECT create_account('isle', 4326);
INSERT INTO isle.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Isle', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.05, 4326))),
    ('N', 'Northport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326))),
    ('S', 'South "port", the', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.05, 46, 0.1, 46.05, 4326)));
INSERT INTO isle.land_cover (dataset_id, nomenclature, code, year, geom)
    VALUES (:inventory, 'PBL', 'forest', 2023, ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.05, 4326)));
-- Homes are open everywhere; of waste one town is missing; industry is partly a plant's.
INSERT INTO isle.activity (dataset_id, territory_code, sector, scope, year, quantity, unit, factor, u95_percent)
    VALUES (:inventory, 'N', 'residential', NULL, 2023, 1000, 'MWh LHV', 'pbl-gas', 0), (:inventory, 'S', 'residential', NULL, 2023, 500, 'MWh LHV', 'pbl-gas', 0),
           (:inventory, 'N', 'waste', NULL, 2023, 10, 'MWh LHV', 'pbl-gas', 0),
           (:inventory, 'N', 'industry', '1', 2023, 20, 'MWh LHV', 'pbl-gas', 0),
           (:plant, 'N', 'industry', '1', 2023, 777, 'MWh LHV', 'pbl-gas', 0), (:plant, 'S', 'tertiary', '1', 2023, 777, 'MWh LHV', 'pbl-gas', 0);
SELECT pg_temp.outcome($$SELECT publish('isle', 'Too early', 2023)$$);
CALL refresh('isle');
SELECT pg_temp.outcome(c) FROM unnest(ARRAY[$$SELECT publish('isle', 'Nothing', 2001)$$, $$SELECT publish('isle', ' ', 2023)$$, $$SELECT publish('isle', 'x', NULL)$$]) AS c;
SELECT count(*) FROM isle.publication;
SELECT publish('isle', 'Inventory of the isle', 2023);
-- The same title is a new version of it, and says so.
SET client_min_messages = notice;
SELECT publish('isle', 'Inventory of the isle', 2023);
SET client_min_messages = warning;
SELECT id, title, year, version FROM isle.publication ORDER BY id;
-- What each reader sees, without any right of his own: 200, 100 and 300 t ± 10 %, the waste
-- of one town, and nothing that the plant has a part in; so no total is known.
SET ROLE pbl_citizen;
SELECT publication_id, kind, territory_code, sector, scope, emissions, round((emissions_high - emissions)::numeric, 6) AS half, removals FROM isle.publication_figure ORDER BY 1, 2, 3, 4;
SELECT kind, count(*), count(*) FILTER (WHERE (content - 'recorded_at')::text LIKE '%777%') AS of_the_plant FROM isle.publication_item WHERE publication_id = 1 GROUP BY 1 ORDER BY 1;
SELECT content ->> 'slug' AS slug, content ->> 'licence' AS licence FROM isle.publication_item WHERE publication_id = 1 AND kind = 'dataset';
SELECT content ->> 'kg_co2e' AS kg, content ->> 'quantity' AS quantity FROM isle.publication_item WHERE publication_id = 1 AND kind = 'line' AND content ->> 'sector' = 'residential' ORDER BY 1;
SELECT title, software = (SELECT extversion FROM pg_extension WHERE extname = 'terrcarbon') AS software, gwp, 'etalab-2.0' = ANY (licences) AS licence, attribution IS NOT NULL AS credit,
       former_digest = lag(digest) OVER (ORDER BY p.id) AS carries_on
FROM isle.publication p JOIN isle.publication_seal ON publication_id = p.id ORDER BY p.id;
SELECT * FROM verify_publication('isle');
SELECT pg_temp.outcome($$SELECT publish('isle', 'Mine', 2023)$$);
-- As files.  A name with a quote and a comma is quoted in CSV; the SHA-256 of the table is
-- in the datapackage.json.
SELECT replace(export_publication('isle', 1), E'\r\n', E'\\r\\n\n') AS csv;
SELECT d #>> '{resources,0,hash}' = 'sha256:' || encode(sha256(convert_to(c, 'UTF8')), 'hex') AS hash, (d #>> '{resources,0,bytes}')::int = octet_length(c) AS bytes,
       d ->> 'id' = (SELECT 'sha256:' || digest FROM isle.publication_seal WHERE publication_id = 1) AS id, (d ->> 'created')::timestamptz = (SELECT date_trunc('second', published_at) FROM isle.publication WHERE id = 1) AS created
FROM (SELECT export_publication('isle', 1, 'datapackage')::jsonb AS d, export_publication('isle', 1) AS c) AS x;
SELECT jsonb_pretty(export_publication('isle', 1, 'datapackage')::jsonb - '{id,created}'::text[] #- '{resources,0,hash}' #- '{resources,0,bytes}' #- '{resources,0,schema,fields}' #- '{licenses,0}' #- '{licenses,0}' #- '{licenses,0}' #- '{licenses,0}' #- '{licenses,0}' #- '{licenses,0}' #- '{licenses,0}') AS datapackage;
SELECT d ->> 'dct:identifier' = (SELECT 'sha256:' || digest FROM isle.publication_seal WHERE publication_id = 1) AS id, d -> '@context' = catalogue_dcat() -> '@context' AS context,
       jsonb_pretty(d #> '{dct:license,0}') AS one_licence, d #> '{dcat:distribution,0,dct:license,0}' AS same,
       d #>> '{dct:source,0,@id}' IN (SELECT x ->> '@id' FROM jsonb_array_elements(catalogue_dcat() -> 'dcat:dataset') AS x) AS source_is_in_catalogue
FROM (SELECT export_publication('isle', 1, 'dcat')::jsonb) AS x (d);
SELECT jsonb_pretty(export_publication('isle', 1, 'dcat')::jsonb - '{dct:identifier,dct:issued,@context,dct:license}'::text[] #- '{dcat:distribution,0,dct:license}' #- '{dcat:distribution,1,dct:license}') AS dcat;
SELECT jsonb_pretty(export_publication('isle', 1, 'json-stat')::jsonb - '{updated,extension,value}'::text[]) AS jsonstat;
-- Every value is at the place that the order of the dimensions gives it.
WITH j AS (SELECT export_publication('isle', 1, 'json-stat')::jsonb AS d),
shown AS (
    SELECT t.key AS territory, s.key AS sector, o.key AS scope, m.key AS measure, (v.value)::text::float8 AS value
    FROM j CROSS JOIN LATERAL jsonb_each(d #> '{dimension,territory,category,index}') AS t CROSS JOIN LATERAL jsonb_each(d #> '{dimension,sector,category,index}') AS s
    CROSS JOIN LATERAL jsonb_each(d #> '{dimension,scope,category,index}') AS o CROSS JOIN LATERAL jsonb_each(d #> '{dimension,measure,category,index}') AS m
    JOIN LATERAL jsonb_each(d -> 'value') AS v ON v.key::int = t.value::int * (d #>> '{size,1}')::int * (d #>> '{size,2}')::int * (d #>> '{size,3}')::int
        + s.value::int * (d #>> '{size,2}')::int * (d #>> '{size,3}')::int + o.value::int * (d #>> '{size,3}')::int + m.value::int
), published AS (
    SELECT territory_code, sector, scope, m.measure, m.value FROM isle.publication_figure f
    CROSS JOIN LATERAL (VALUES ('emissions', emissions), ('emissions_low', emissions_low), ('emissions_high', emissions_high), ('removals', removals)) AS m (measure, value)
    WHERE publication_id = 1 AND m.value IS NOT NULL
)
SELECT count(*) AS values, (SELECT count(*) FROM (TABLE shown EXCEPT TABLE published) AS x) AS wrong, (SELECT count(*) FROM (TABLE published EXCEPT TABLE shown) AS x) AS missing FROM shown;
SELECT pg_temp.outcome(c) FROM unnest(ARRAY[$$SELECT export_publication('isle', 99)$$, $$SELECT export_publication('isle', NULL)$$, $$SELECT export_publication('isle', 1, 'xlsx')$$]) AS c;
-- The seal, computed apart: the text as documented.
SELECT s.digest = encode(sha256(convert_to(concat(
           jsonb_build_object('title', 'Inventory of the isle', 'year', 2023, 'version', 1, 'published_by', 'pbl_owner', 'software', p.software, 'gwp', 'AR5', 'licences', p.licences,
               'attribution', p.attribution, 'former_digest', NULL, 'published_at', to_char(p.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), E'\n',
           (SELECT string_agg(i.kind || E'\t' || i.key || E'\t' || encode(sha256(convert_to(i.content::text, 'UTF8')), 'hex') || E'\n', '' ORDER BY i.kind::bytea, i.key::bytea)
            FROM isle.publication_item i WHERE i.publication_id = 1)), 'UTF8')), 'hex') AS seal
FROM isle.publication p JOIN isle.publication_seal s ON s.publication_id = p.id WHERE p.id = 1;
-- It stays when rows change, a licence is withdrawn, and against the owner's own hand.
SET ROLE pbl_owner;
DELETE FROM isle.activity WHERE sector = 'residential';
SELECT set_access(:inventory, 'private');
CALL refresh('isle');
SET ROLE pbl_citizen;
SELECT count(*) FROM isle.publication_figure WHERE publication_id = 1;
SELECT bool_and(intact) FROM verify_publication('isle');
SET ROLE pbl_owner;
\set VERBOSITY terse
UPDATE isle.publication_item SET content = '{}';
DELETE FROM isle.publication;
TRUNCATE isle.publication_seal;
\set VERBOSITY default
-- One cell, one factor, one line, one title, one more item, one seal: each is found.
RESET ROLE;
BEGIN;
SET LOCAL session_replication_role = replica;
SAVEPOINT whole;
UPDATE isle.publication_item SET content = jsonb_set(content, '{emissions}', '199') WHERE publication_id = 1 AND kind = 'figure' AND key = 'N/residential/1';
SELECT publication_id, intact, problem FROM verify_publication('isle');
ROLLBACK TO whole;
UPDATE isle.publication_item SET content = jsonb_set(content, '{u95_percent}', '1') WHERE publication_id = 1 AND kind = 'factor';
SELECT publication_id, intact, problem FROM verify_publication('isle');
ROLLBACK TO whole;
UPDATE isle.publication_item SET content = jsonb_set(content, '{kg_co2e}', '200000.00000000003') WHERE publication_id = 1 AND kind = 'line' AND content ->> 'quantity' = '1000';
SELECT publication_id, intact, problem FROM verify_publication('isle');
ROLLBACK TO whole;
UPDATE isle.publication SET title = 'Another' WHERE id = 2;
SELECT publication_id, intact, problem FROM verify_publication('isle');
ROLLBACK TO whole;
INSERT INTO isle.publication_item VALUES (1, 'line', 'one more', '{}');
SELECT publication_id, intact, problem FROM verify_publication('isle');
ROLLBACK TO whole;
-- A first one sealed anew does not lead to the second any more; a seal that is gone is missed.
UPDATE isle.publication SET title = 'Another' WHERE id = 1;
UPDATE isle.publication_seal SET digest = encode(sha256(convert_to(isle.publication_text(1), 'UTF8')), 'hex') WHERE publication_id = 1;
SELECT publication_id, intact, problem FROM verify_publication('isle');
ROLLBACK TO whole;
DELETE FROM isle.publication_seal WHERE publication_id = 2;
SELECT publication_id, intact, problem FROM verify_publication('isle');
ROLLBACK;
SELECT drop_account('isle');
REVOKE CREATE ON DATABASE :DBNAME FROM pbl_owner;
DELETE FROM factor WHERE code = 'pbl-gas';
DELETE FROM stock_reference WHERE nomenclature = 'PBL';
DELETE FROM dataset WHERE slug LIKE 'pbl-%';
DROP ROLE pbl_owner, pbl_citizen;
