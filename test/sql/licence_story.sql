-- The whole story, with four roles: a citizen, a partner, a producer and the
-- database administrator ask the same three questions.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE lic_citizen;
CREATE ROLE lic_partner;
CREATE ROLE lic_utility;
CREATE ROLE lic_clerk IN ROLE lic_utility;
CREATE ROLE lic_dba BYPASSRLS;
-- The administrator makes a table and protects it; that is all.
CREATE TABLE public.lic_energy (
    dataset_id int NOT NULL, commune text NOT NULL, year int NOT NULL, tonnes float8 NOT NULL,
    geom geometry(Point, 2154) NOT NULL);
SELECT * FROM protect('public.lic_energy');
CREATE INDEX ON public.lic_energy (dataset_id);
CREATE INDEX ON public.lic_energy USING gist (geom);
GRANT SELECT, INSERT ON public.lic_energy TO PUBLIC;

-- The administrator lets the producer register; it registers three datasets and
-- deposits its rows.
SELECT grant_registering('lic_utility', 3);
SET ROLE lic_clerk;
SELECT register_dataset('lic-story-heat', 'District heat', 'lic_utility', 'lov2', 'open', updated => '2024-02-01') AS heat \gset
SELECT register_dataset('lic-story-gas', 'Gas by meter', 'lic_utility', 'CC-BY-4.0', 'shared', reason => 'households', contact => 'data@utility.example') AS gas \gset
SELECT register_dataset('lic-story-plan', 'Network plan', 'lic_utility', 'unspecified') AS plan \gset
INSERT INTO public.lic_energy VALUES
    (:heat, 'north', 2022, 10, ST_Point(1, 1, 2154)), (:heat, 'north', 2023, 8, ST_Point(1, 1, 2154)), (:heat, 'south', 2023, 5, ST_Point(9, 9, 2154)),
    (:gas, 'north', 2022, 100, ST_Point(2, 2, 2154)), (:gas, 'north', 2023, 90, ST_Point(2, 2, 2154)), (:gas, 'south', 2023, 70, ST_Point(8, 8, 2154)),
    (:plan, 'north', 2022, 4000, ST_Point(3, 3, 2154)), (:plan, 'north', 2023, 3000, ST_Point(3, 3, 2154));

RESET ROLE;

-- The three questions: the sum by commune, a map window, a row of a trajectory.
CREATE FUNCTION pg_temp.ask(who name, OUT role text, OUT by_commune text, OUT in_window bigint, OUT north trajectory, OUT credit text)
LANGUAGE plpgsql AS $$
BEGIN
    role := who;
    EXECUTE format('SET LOCAL ROLE %I', who);
    SELECT string_agg(commune || ' ' || total, ', ' ORDER BY commune) INTO by_commune
        FROM (SELECT commune, sum(tonnes) AS total FROM public.lic_energy GROUP BY 1) s;
    SELECT count(*) INTO in_window FROM public.lic_energy WHERE geom && ST_MakeEnvelope(0, 0, 5, 5, 2154);
    SELECT trajectory_agg(year, tonnes) INTO north FROM public.lic_energy WHERE commune = 'north';
    SELECT attribution(sources_agg(dataset_id)) INTO credit FROM public.lic_energy;
END $$;
CREATE VIEW pg_temp.answers AS
    SELECT (pg_temp.ask(r)).* FROM unnest(ARRAY['lic_citizen', 'lic_partner', 'lic_clerk', 'lic_dba']::name[]) r;
GRANT EXECUTE ON FUNCTION pg_temp.ask(name) TO PUBLIC;
SELECT role, by_commune, in_window, north FROM pg_temp.answers;

-- The partner asks, the producer grants.
SET ROLE lic_partner;
SELECT explain_access(:gas);
SELECT request_access(:gas, 'heat map', '2999-12-31') AS request \gset
SET ROLE lic_clerk;
SELECT slug, requester, purpose, status FROM my_requests WHERE slug LIKE 'lic-story%';
SELECT decide_request(:request, 'granted', 'fine');
RESET ROLE;
SELECT role, by_commune, in_window, north FROM pg_temp.answers WHERE role = 'lic_partner';
SELECT role, credit FROM pg_temp.answers WHERE role IN ('lic_citizen', 'lic_partner');
SELECT publishable, 'etalab-2.0' = ANY (licences) AS same_licence FROM effective_licence(ARRAY[:heat]);
SELECT publishable, regexp_replace(reason, '\d+', 'N') AS reason FROM effective_licence(ARRAY[:heat, :gas]);

-- The producer takes it back: the next statement sees it.
SET ROLE lic_clerk;
SELECT revoke_access(:gas, 'lic_partner');
RESET ROLE;
SELECT role, by_commune, in_window, north FROM pg_temp.answers WHERE role = 'lic_partner';

-- A grant to oneself that is rolled back gives nothing.
BEGIN;
SET LOCAL ROLE lic_clerk;
SELECT grant_access(:gas, 'lic_citizen', 'for the moment');
SET LOCAL ROLE lic_citizen;
SELECT sum(tonnes) FROM public.lic_energy;
ROLLBACK;
SET ROLE lic_citizen;
SELECT sum(tonnes) FROM public.lic_energy;
SELECT grant_access(:gas, 'lic_citizen', 'me');
INSERT INTO public.lic_energy SELECT :gas, 'north', 2023, -1, ST_Point(1, 1, 2154);
RESET ROLE;

-- Everything that was done to the data, in order.
SELECT actor, action, slug FROM my_events WHERE slug LIKE 'lic-story%' ORDER BY id;

DROP TABLE public.lic_energy;
SELECT revoke_registering('lic_utility');
DELETE FROM access_request WHERE dataset_id IN (:heat, :gas, :plan);
DELETE FROM access_grant WHERE dataset_id IN (:heat, :gas, :plan);
DELETE FROM dataset WHERE id IN (:heat, :gas, :plan);
DROP ROLE lic_citizen, lic_partner, lic_clerk, lic_utility, lic_dba;
