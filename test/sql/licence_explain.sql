-- EXPLAIN for those who may read all rows of the tables in question, and for nobody else.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set VERBOSITY terse
CREATE ROLE exp_town;
CREATE ROLE exp_reader;
SELECT register_dataset('exp-open', 'D', 'exp_town', 'CC0-1.0', 'open') AS open,
       register_dataset('exp-closed', 'D', 'exp_town', 'CC0-1.0', 'private') AS closed,
       register_dataset('exp-granted', 'D', 'exp_town', 'CC0-1.0', 'shared') AS granted \gset
SELECT grant_access(:granted, 'exp_reader', 'test') \g /dev/null
CREATE TABLE public.exp_all (dataset_id int NOT NULL, value int);
CREATE TABLE public.exp_some (dataset_id int NOT NULL, value int);
CREATE TABLE public.exp_part (dataset_id int NOT NULL, value int) PARTITION BY LIST (dataset_id);
CREATE TABLE public.exp_part_open PARTITION OF public.exp_part FOR VALUES IN (:open);
CREATE TABLE public.exp_part_closed PARTITION OF public.exp_part FOR VALUES IN (:closed);
INSERT INTO public.exp_all SELECT d, v FROM unnest(ARRAY[:open, :granted]) AS d, generate_series(1, 500) AS v;
INSERT INTO public.exp_some SELECT CASE WHEN v = 1000 THEN :closed ELSE :open END, v FROM generate_series(1, 1000) AS v;
INSERT INTO public.exp_part SELECT d, v FROM unnest(ARRAY[:open, :closed]) AS d, generate_series(1, 10) AS v;
CREATE TABLE public.exp_alone (id int);
SELECT protect('exp_all'), protect('exp_some'), protect('exp_part') \g /dev/null
GRANT SELECT, INSERT, DELETE ON public.exp_all, public.exp_some, public.exp_part, public.exp_alone TO PUBLIC;
ANALYZE public.exp_all, public.exp_some;

CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    EXECUTE query INTO line;
    RETURN CASE WHEN line ~ 'cost=|Plan' THEN 'a plan' ELSE line END;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 'refused';
END $$;
SET ROLE exp_reader;
SELECT reads_all_datasets();
SELECT q, pg_temp.plan(q) FROM unnest(ARRAY[
    'EXPLAIN SELECT * FROM exp_all WHERE value > 5',
    'EXPLAIN ANALYZE SELECT count(*) FROM exp_all a JOIN exp_alone ON true',
    'EXPLAIN SELECT * FROM exp_some WHERE value < 5',
    'EXPLAIN SELECT * FROM exp_all WHERE value IN (SELECT value FROM exp_some)',
    'EXPLAIN ANALYZE SELECT * FROM exp_part',
    'EXPLAIN DELETE FROM exp_all',
    'EXPLAIN SELECT * FROM exp_alone']) AS q;
RESET ROLE;
-- A row that is gone may still be in statistics.
DELETE FROM public.exp_some WHERE value = 1000;
SET ROLE exp_reader;
SELECT pg_temp.plan('EXPLAIN SELECT * FROM exp_some') AS after_delete;
RESET ROLE;
TRUNCATE public.exp_some;
INSERT INTO public.exp_some SELECT id, v FROM dataset, generate_series(1, 999) AS v WHERE slug = 'exp-open';
SET ROLE exp_reader;
SELECT pg_temp.plan('EXPLAIN SELECT * FROM exp_some') AS after_truncate;
RESET ROLE;
-- Rights that are lost, and rows that another policy hides.
SELECT revoke_access(:granted, 'exp_reader') \g /dev/null
SET ROLE exp_reader;
SELECT pg_temp.plan('EXPLAIN SELECT * FROM exp_all') AS after_revoke;
SELECT pg_temp.plan('EXPLAIN SELECT * FROM exp_some') AS others_stay;
RESET ROLE;
CREATE POLICY more ON public.exp_some AS RESTRICTIVE USING (value < 10);
SET ROLE exp_reader;
SELECT pg_temp.plan('EXPLAIN SELECT * FROM exp_some') AS with_another_policy;
RESET ROLE;
-- What the look at the tables touched is not counted.
SELECT pg_stat_force_next_flush();
SELECT pg_stat_get_numscans('exp_part_closed'::regclass) AS scans_of_closed;
DROP TABLE public.exp_all, public.exp_some, public.exp_part, public.exp_alone;
DELETE FROM access_grant WHERE dataset_id IN (SELECT id FROM dataset WHERE slug LIKE 'exp-%');
DELETE FROM dataset WHERE slug LIKE 'exp-%';
DROP ROLE exp_town, exp_reader;
