-- Credits: issued, given on, retired and cancelled by ranges of serials; no tonne twice.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE crd_registry;
CREATE ROLE crd_forester;
CREATE ROLE crd_council;
CREATE ROLE crd_neighbour;
CREATE ROLE crd_clerk;
GRANT crd_council TO crd_clerk;
-- Only the administrator names projects.
INSERT INTO credit_project (code, name, standard, issuer) VALUES
    ('CRD-1', 'Plantation of the heath', 'Label bas-carbone', 'crd_registry'::regrole), ('CRD-2', 'Hedges', 'Label bas-carbone', 'crd_registry'::regrole);
SET ROLE crd_registry;
SELECT pg_temp.outcome($$INSERT INTO terrcarbon.credit_project VALUES ('x', 'x', 'x', 'crd_registry'::regrole)$$);
SELECT issue_credits('CRD-1', 2022, 100, 'crd_forester');
SELECT issue_credits('CRD-1', 2022, 50, 'crd_forester'), issue_credits('CRD-1', 2023, 10, 'crd_forester'), issue_credits('CRD-2', 2022, 4294967295, 'crd_neighbour');
SELECT pg_temp.outcome(c) FROM unnest(ARRAY[
    $$SELECT issue_credits('CRD-2', 2022, 1, 'crd_forester')$$,
    $$SELECT issue_credits('CRD-1', 2022, 9223372036854775807, 'crd_forester')$$,
    $$SELECT issue_credits('CRD-1', 2022, 0, 'crd_forester')$$,
    $$SELECT issue_credits('CRD-1', NULL, 1, 'crd_forester')$$,
    $$SELECT issue_credits('CRD-1', 2022, 1, 0)$$,
    $$SELECT issue_credits('none', 2022, 1, 'crd_forester')$$]) AS c;

-- The forester sells two lots, of which one spans both issues.
SET ROLE crd_forester;
SELECT pg_temp.outcome($$SELECT issue_credits('CRD-1', 2022, 1, 'crd_forester')$$);
SELECT transfer_credits('CRD-1', 2022, 91, 120, 'crd_council'), transfer_credits('CRD-1', 2022, 10, 10, 'crd_neighbour');
\set register 'SELECT vintage, first_serial, last_serial, tonnes, status, holder, account, territory_code, year, reason FROM credit_register WHERE project_code = ''CRD-1'' ORDER BY vintage, first_serial'
:register;
SELECT pg_temp.outcome(c) FROM unnest(ARRAY[
    $$SELECT transfer_credits('CRD-1', 2022, 85, 95, 'crd_forester')$$,
    $$SELECT transfer_credits('CRD-1', 2022, 150, 151, 'crd_forester')$$,
    $$SELECT transfer_credits('CRD-1', 2021, 1, 1, 'crd_forester')$$,
    $$SELECT transfer_credits('CRD-1', 2022, 5, 4, 'crd_neighbour')$$,
    $$SELECT transfer_credits('CRD-1', 2022, 0, 4, 'crd_neighbour')$$,
    $$SELECT transfer_credits('CRD-1', 2022, 1, NULL, 'crd_neighbour')$$,
    $$SELECT transfer_credits('CRD-1', 2022, 1, 4, 0)$$,
    $$SELECT cancel_credits('CRD-1', 2022, 1, 4, ' ')$$]) AS c;
SELECT cancel_credits('CRD-1', 2022, 1, 5, 'burnt');
SELECT pg_temp.outcome($$SELECT transfer_credits('CRD-1', 2022, 4, 6, 'crd_council')$$);

-- The council retires what it holds, for a place of its own account.
RESET ROLE;
GRANT CREATE ON DATABASE :DBNAME TO crd_council, crd_neighbour;
SET ROLE crd_neighbour;
SELECT create_account('over_there', 4326);
INSERT INTO over_there.territory (code, name, level, geom) VALUES ('N', 'Next door', 'commune', ST_Multi(ST_MakeEnvelope(1, 46, 1.05, 46.05, 4326)));
RESET ROLE;
SELECT register_dataset('crd-inventory', 'Inventory', 'crd_council', 'CC0-1.0', 'open') AS inventory \gset
SET ROLE crd_council;
SELECT create_account('quay', 4326);
INSERT INTO quay.territory (code, name, level, parent_code, geom) VALUES
    ('E', 'Bay', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.05, 4326))),
    ('N', 'Northport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326))),
    ('S', 'Southport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.05, 46, 0.1, 46.05, 4326)));
INSERT INTO quay.activity (dataset_id, territory_code, sector, year, notation)
    SELECT :inventory, t, s, 2023, 'NO' FROM unnest('{N,S}'::text[]) AS t,
        unnest('{tertiary,road_transport,other_transport,agriculture,waste,energy,industry}'::text[]) AS s;
INSERT INTO quay.activity (dataset_id, territory_code, sector, kind, year, emission, u95_percent) VALUES
    (:inventory, 'N', 'residential', 'emission', 2023, '{"CO2": 100000}', 0), (:inventory, 'N', 'land', 'removal', 2023, '{"CO2": -95000}', 0),
    (:inventory, 'S', 'residential', 'emission', 2023, '{"CO2": 100000}', 0), (:inventory, 'S', 'land', 'removal', 2023, '{"CO2": -100000}', 0);
CALL refresh('quay');
SET ROLE crd_clerk;
SELECT retire_credits('quay', 'N', 2023, 'CRD-1', 2022, 91, 98, 'council of 3 May');
SELECT retire_credits('quay', 'E', 2023, 'CRD-1', 2022, 99, 99, 'council of 3 May'), retire_credits('quay', 'N', 2022, 'CRD-1', 2022, 100, 101, 'council of 3 May');
SELECT pg_temp.outcome(c) FROM unnest(ARRAY[
    $$SELECT retire_credits('quay', 'N', 2023, 'CRD-1', 2022, 98, 105, 'again')$$,
    $$SELECT retire_credits('quay', 'X', 2023, 'CRD-1', 2022, 102, 105, 'where')$$,
    $$SELECT retire_credits('quay', 'N', NULL, 'CRD-1', 2022, 102, 105, 'when')$$,
    $$SELECT retire_credits('quay', 'N', 2023, 'CRD-1', 2022, 102, 105, '')$$,
    $$SELECT retire_credits('quay', 'N', 2023, 'CRD-1', 2022, 20, 30, 'the forester''s')$$,
    $$SELECT retire_credits('over_there', 'N', 2023, 'CRD-1', 2022, 102, 105, 'not ours')$$,
    $$SELECT terrcarbon_internal.record_retirement('over_there', 'N', 2023, 'CRD-1', 2022, 102, 105, 'not ours')$$,
    $$SELECT terrcarbon_internal.record_retirement('crd_council'::regrole::oid, 'quay', 'N', 2023, 'CRD-1', 2022, 102, 105, 'in disguise')$$,
    $$SELECT retire_credits('public', 'N', 2023, 'CRD-1', 2022, 102, 105, 'no account')$$,
    $$DELETE FROM terrcarbon.credit_holding$$, $$UPDATE terrcarbon.credit_batch SET issued = 0$$]) AS c;
SET ROLE crd_neighbour;
SELECT pg_temp.outcome($$SELECT retire_credits('over_there', 'N', 2023, 'CRD-1', 2022, 91, 98, 'the same tonnes')$$);
SELECT retire_credits('over_there', 'N', 2023, 'CRD-2', 2022, 4294967295, 4294967295, 'the last of them');
:register;

-- Credits are in a column of their own; the rule says how many count: none by itself,
-- and with a tenth of the emissions 8 of 8 for N and 9 of 9 for the whole.
RESET ROLE;
INSERT INTO neutrality_rule (name, title, scopes, sectors, sinks, credit_share, source)
    SELECT n, n, scopes, sectors, sinks, share, 'test' FROM neutrality_rule r, (VALUES ('tenth', 0.1), ('twentieth', 0.05), ('fiftieth', 0.02)) AS s (n, share) WHERE r.name = 'local';
SET ROLE crd_council;
SELECT rule, code, emissions, removals, net, credits, credits_counted, probability, verdict
FROM unnest('{local,tenth,twentieth,fiftieth}'::text[]) AS r (rule), neutrality('quay', NULL, 2023, r.rule) ORDER BY code, rule;
SELECT kind, reason, detail, amount, unit FROM neutrality_reasons('quay', 'N', 2023, 'fiftieth') WHERE kind = 'figure';

-- The books: what entries brought less what they took is what is held, for each role;
-- all serials that were issued are in one place.
RESET ROLE;
WITH moved AS (
    SELECT to_holder AS party, upper(serials) - lower(serials) AS t FROM credit_entry WHERE to_holder IS NOT NULL
    UNION ALL SELECT from_holder, -(upper(serials) - lower(serials)) FROM credit_entry WHERE from_holder IS NOT NULL
)
SELECT m.party, sum(m.t) AS entries, (SELECT coalesce(sum(r.tonnes), 0) FROM credit_register r WHERE r.holder = m.party AND r.status = 'active') AS held
FROM moved m GROUP BY m.party ORDER BY 1;
SELECT b.project_code, b.vintage, b.issued, (SELECT sum(upper(h.serials) - lower(h.serials)) FROM credit_holding h WHERE h.batch_id = b.id) AS placed
FROM credit_batch b ORDER BY 1, 2;
-- Nobody, the administrator neither, has a tonne in two places, or rewrites the journal.
\set VERBOSITY terse
INSERT INTO credit_holding (batch_id, serials, holder, status, entry_id)
    SELECT batch_id, '[95,96]', holder, 'active', entry_id FROM credit_holding WHERE serials = '[91,98]';
UPDATE credit_entry SET serials = '[1,2]';
DELETE FROM credit_entry;
\set VERBOSITY default

SELECT drop_account('quay'), drop_account('over_there');
REVOKE CREATE ON DATABASE :DBNAME FROM crd_council, crd_neighbour;
DELETE FROM neutrality_rule WHERE NOT shipped;
DELETE FROM dataset WHERE slug LIKE 'crd-%';
BEGIN;
ALTER TABLE credit_entry DISABLE TRIGGER credit_entry_is_final;
DELETE FROM credit_holding;
DELETE FROM credit_entry;
DELETE FROM credit_batch;
DELETE FROM credit_project;
ALTER TABLE credit_entry ENABLE ALWAYS TRIGGER credit_entry_is_final;
COMMIT;
DROP ROLE crd_registry, crd_forester, crd_council, crd_neighbour, crd_clerk;
