-- Nothing that a role without rights may call or read depends on the figure of an actor.
-- Two accounts alike but for that figure, 777 or 912 t, in rows of a shared dataset: whoever
-- may not read it must see the same in both, whatever tables are granted.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 1;
SET jit = off;
\set SHOW_CONTEXT never
CREATE ROLE atk_owner;
CREATE ROLE atk_mill;
CREATE ROLE atk_dairy;
CREATE ROLE atk_stranger;
GRANT CREATE ON DATABASE :DBNAME TO atk_owner;
SELECT register_dataset('atk-firms', 'Meters of firms', 'atk_owner', 'etalab-2.0', 'shared', updated => '2024-01-01') AS firms \gset
SELECT register_dataset('atk-homes', 'Homes', 'atk_owner', 'etalab-2.0', 'open', updated => '2024-01-01') AS homes \gset
SET ROLE atk_owner;
CREATE PROCEDURE pg_temp.build(account name, tonnes float8, firms int, homes int) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM create_account(account, 4326);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO PUBLIC; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %1$I TO PUBLIC', account);
    PERFORM set_config('search_path', format('%I, terrcarbon, public', account), true);
    INSERT INTO territory (code, name, level, parent_code, geom) VALUES
        ('E', 'Bay', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0, 46, 0.1, 46.05, 4326))),
        ('N', 'Northport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326))),
        ('S', 'Southport', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.05, 46, 0.1, 46.05, 4326)));
    INSERT INTO population (territory_code, year, residents) VALUES ('E', 2023, 1000), ('N', 2023, 400), ('S', 2023, 600);
    INSERT INTO actor (code, name, kind, sector, role_name) VALUES ('1', 'The mill', 'firm', 'industry', 'atk_mill'), ('2', 'The dairy', 'firm', 'industry', 'atk_dairy');
    INSERT INTO actor_output (actor_code, year, unit, amount) VALUES ('1', 2023, 'employee', tonnes / 10), ('2', 2023, 'employee', 20);
    INSERT INTO sector_output (territory_code, sector, year, unit, amount, source) VALUES ('N', 'industry', 2023, 'employee', 500, 'invented');
    INSERT INTO actor_target (actor_code, year, tonnes) VALUES ('1', 2023, 700), ('2', 2023, 300);
    INSERT INTO activity (dataset_id, id, territory_code, sector, scope, kind, year, emission, u95_percent, actor_code) VALUES
        (firms, 1, 'N', 'industry', '1', 'emission', 2023, ghg('CO2', 1000 * tonnes), tonnes / 100, '1'), (firms, 2, 'N', 'industry', '1', 'emission', 2022, ghg('CO2', 1500 * tonnes), 0, '1'),
        (firms, 3, 'N', 'industry', '1', 'emission', 2023, ghg('CO2', 321000), 0, '2'), (firms, 4, 'S', 'industry', '1', 'emission', 2023, ghg('CO2', 44000), 0, NULL),
        (firms, 5, 'N', 'industry', '1', 'removal', 2023, ghg('CO2', -tonnes), 0, '1'),
        (homes, 6, 'N', 'residential', '1', 'emission', 2023, ghg('CO2', 500000), 10, NULL), (homes, 7, 'S', 'residential', '1', 'emission', 2023, ghg('CO2', 600000), 10, NULL);
    INSERT INTO plan (territory_code, sector, plan, base_year) VALUES ('N', 'all', 'plan', 2023), ('N', 'industry', 'plan', 2022), ('E', 'residential', 'plan', NULL);
    INSERT INTO target (territory_code, sector, plan, year, value) VALUES ('N', 'all', 'plan', 2030, -30), ('N', 'industry', 'plan', 2030, -30), ('E', 'residential', 'plan', 2023, 1000);
    INSERT INTO action (code, title, actor_code, territory_code, sector, status, year_from, base_year, investment) VALUES
        ('oven', 'A new oven', '1', 'N', 'industry', 'running', 2024, 2022, 100000), ('heat', 'Waste heat of both', '2', 'N', 'industry', 'planned', 2024, 2022, 50000);
    INSERT INTO action_effect (action_code, year, reduction, u95_percent, method) VALUES ('oven', 2023, 50, 10, 'audit'), ('heat', 2023, 60, 10, 'audit');
    INSERT INTO action_part (action_code, sector, actor_code) VALUES ('oven', 'industry', '1'), ('heat', 'industry', NULL);
END;
$$;
CALL pg_temp.build('atk_a', 777, :firms, :homes);
CALL pg_temp.build('atk_b', 912, :firms, :homes);
CALL refresh('atk_a');
CALL refresh('atk_b');
SELECT publish('atk_a', 'Figures', 2023), publish('atk_b', 'Figures', 2023);
RESET ROLE;

-- What a role sees of an account: every table, view and function without arguments of its
-- schema, and every function of the extension that takes an account; times and digests of
-- times aside.
CREATE FUNCTION pg_temp.seen(account name) RETURNS TABLE (what text, seen text) LANGUAGE plpgsql AS $$
DECLARE
    apart CONSTANT text[] := '{refreshed_at,finished_at,started_at,step_at,built_at,published_at,released_at,deposited_at,changed_at,declared_at,edited_at,as_of,at,digest,former_digest,intact}';
    q record;
BEGIN
    FOR q IN
        SELECT c.relname::text AS name, format('SELECT * FROM %I.%I', account, c.relname) AS query FROM pg_class c WHERE c.relnamespace = account::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
        UNION ALL
        SELECT p.proname || '()', format('SELECT * FROM %I.%I()', account, p.proname) FROM pg_proc p WHERE p.pronamespace = account::regnamespace AND p.pronargs = 0 AND p.prorettype <> 'trigger'::regtype
        UNION ALL
        SELECT f, 'SELECT * FROM ' || replace(f, '#', quote_literal(account)) FROM unnest(ARRAY[
            $f$neutrality(#, NULL, 2023)$f$, $f$neutrality(#, NULL, 2023, 'inventory')$f$, $f$neutrality_reasons(#, 'N', 2023)$f$, $f$neutrality_reasons(#, 'E', 2023)$f$,
            $f$my_trajectory(#)$f$, $f$benchmark(#)$f$, $f$benchmark(#, 'EPCI')$f$,
            $f$explain_number(#, 'N', 'industry', 2023)$f$, $f$explain_number(#, 'E', 'industry', 2023)$f$, $f$explain_number(#, 'E', 'all', 2023)$f$,
            $f$explain_change(#, 1, NULL, 'N', 'industry')$f$, $f$explain_change(#, 1, NULL, 'N', 'residential')$f$, $f$explain_change(#, 1, NULL, 'S', 'residential', '1', 'emissions_per_inhabitant')$f$,
            $f$explain_change(#, 1, 1, 'N', 'industry')$f$, $f$verify_publication(#)$f$, $f$wedge_chart(#, 'N')$f$, $f$wedge_chart(#, 'N', 'industry')$f$, $f$abatement_chart(#, 'N', 2023)$f$, $f$export_publication(#, 1, 'csv')$f$, $f$export_publication(#, 1, 'json-stat')$f$, $f$publish(#, 'Mine', 2023)$f$, $f$release(#, 2023)$f$,
            $f$compare_territories(ARRAY[#]::name[], 'commune', 2023)$f$, $f$compare_territories(ARRAY[#]::name[], 'EPCI', 2023)$f$,
            $f$what_if(#, ST_MakeEnvelope(0, 46, 0.01, 46.01, 4326), '111', 2023, 2)$f$,
            $f$jsonb_build_object('missing', terrcarbon_attack.missing('N', 2023), 'datasets', terrcarbon_attack.missing_datasets('N'))$f$,
            $f$terrcarbon_attack.plan_years('N', 'industry', 'plan')$f$, $f$terrcarbon_attack.plan_years('N', 'all', 'plan')$f$]) AS f
    LOOP
        what := replace(q.name, account, '#');
        BEGIN
            EXECUTE format('SELECT string_agg(j, E''\n'' ORDER BY j) FROM (SELECT (to_jsonb(t) - %L::text[])::text AS j FROM (%s) AS t) AS s', apart, replace(q.query, 'terrcarbon_attack', quote_ident(account))) INTO seen;
        EXCEPTION WHEN OTHERS THEN
            seen := SQLSTATE || ' ' || SQLERRM;
        END;
        seen := replace(seen, account, '#');
        RETURN NEXT;
    END LOOP;
END;
$$;
CREATE TEMP TABLE sight (role text, account name, what text, seen text);
GRANT INSERT, SELECT ON sight TO PUBLIC;
SET ROLE atk_stranger;
INSERT INTO sight SELECT current_user, a, s.* FROM unnest('{atk_a,atk_b}'::name[]) AS a, pg_temp.seen(a) AS s;
SET ROLE atk_dairy;
INSERT INTO sight SELECT current_user, a, s.* FROM unnest('{atk_a,atk_b}'::name[]) AS a, pg_temp.seen(a) AS s;
SET ROLE atk_mill;
INSERT INTO sight SELECT current_user, a, s.* FROM unnest('{atk_a,atk_b}'::name[]) AS a, pg_temp.seen(a) AS s;
RESET ROLE;
SELECT role, count(*) > 80 AS many, count(*) FILTER (WHERE seen IS NOT NULL AND seen !~ '^[0-9A-Z]{5} ') > 40 AS of_them_with_something FROM sight GROUP BY role ORDER BY role;
-- What differs: for the mill its own figures, for the others nothing.
SELECT a.role, a.what FROM sight a JOIN sight b ON b.role = a.role AND b.what = a.what AND b.account = 'atk_b'
WHERE a.account = 'atk_a' AND a.seen IS DISTINCT FROM b.seen ORDER BY a.role, a.what COLLATE "C";
-- The sight is keen: the owner's differs in the ledger and all that is made of it.
SET ROLE atk_owner;
INSERT INTO sight SELECT current_user, a, s.* FROM unnest('{atk_a,atk_b}'::name[]) AS a, pg_temp.seen(a) AS s;
RESET ROLE;
SELECT count(*) > 20 AS owner_sees_differences FROM sight a JOIN sight b ON b.role = a.role AND b.what = a.what AND b.account = 'atk_b'
WHERE a.role = 'atk_owner' AND a.account = 'atk_a' AND a.seen IS DISTINCT FROM b.seen;
SELECT drop_account('atk_a'), drop_account('atk_b');
DROP PROCEDURE pg_temp.build;
REVOKE CREATE ON DATABASE :DBNAME FROM atk_owner;
DELETE FROM dataset WHERE slug LIKE 'atk-%';
DROP TABLE sight;
DROP ROLE atk_owner, atk_mill, atk_dairy, atk_stranger;
