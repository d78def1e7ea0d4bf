-- Materialized views: readers get the rows whose sources they may all read.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE lic_city;
CREATE ROLE lic_farm;
CREATE ROLE lic_account;
CREATE ROLE lic_reader;
CREATE ROLE lic_partner;
CREATE ROLE lic_peeker;
SELECT register_dataset('lic-mat-a', 'A', 'lic_city', 'CC0-1.0', 'open') AS a,
       register_dataset('lic-mat-b', 'B', 'lic_city', 'CC0-1.0', 'shared') AS b,
       register_dataset('lic-mat-c', 'C', 'lic_farm', 'CC0-1.0', 'shared') AS c \gset
SELECT grant_access(:b, 'lic_account', 'totals'), grant_access(:c, 'lic_account', 'totals'),
       grant_access(:b, 'lic_partner', 'study');
CREATE TABLE lic_mat_row (dataset_id int NOT NULL, commune text, value float8);
SELECT protect('lic_mat_row');
INSERT INTO lic_mat_row VALUES (:a, 'north', 1), (:a, 'south', 2), (:b, 'south', 40), (:c, 'west', 100), (:b, 'west', 200);
GRANT SELECT ON lic_mat_row TO PUBLIC;
GRANT CREATE ON SCHEMA public TO lic_account;
SET ROLE lic_account;
CREATE MATERIALIZED VIEW public.lic_mat AS
    SELECT commune, sum(value) AS value, sources_agg(dataset_id) AS sources FROM lic_mat_row GROUP BY 1;
CREATE MATERIALIZED VIEW public.lic_mat_bare AS SELECT commune FROM lic_mat_row;
GRANT SELECT ON public.lic_mat, public.lic_mat_bare TO lic_reader, lic_partner;
-- a reader of some columns is a reader
GRANT SELECT (commune, value) ON public.lic_mat TO lic_peeker;
RESET ROLE;
SELECT severity, problem, remedy FROM doctor() WHERE object = 'public.lic_mat' ORDER BY 2;
SET ROLE lic_account;
SELECT protect_matview('public.lic_mat_bare');
SELECT protect_matview('lic_mat_row');
SELECT protect_matview('public.lic_mat');
SET ROLE lic_reader;
SELECT protect_matview('public.lic_mat');
SELECT terrcarbon_internal.note_matview('public.lic_mat');
SELECT * FROM public.lic_mat;
SELECT commune, value FROM public.lic_mat_readable ORDER BY 1;
EXPLAIN ANALYZE SELECT * FROM public.lic_mat_readable WHERE value > 50;
SET ROLE lic_peeker;
SELECT commune, value FROM public.lic_mat;
SELECT commune, value FROM public.lic_mat_readable ORDER BY 1;
SET ROLE lic_partner;
SELECT commune, value FROM public.lic_mat_readable ORDER BY 1;
SET ROLE lic_account;
SELECT commune, value FROM public.lic_mat_readable ORDER BY 1;
SELECT can_read_all(ARRAY[:a]), can_read_all(ARRAY[:a, NULL]), can_read_all('{}'), can_read_all(NULL), can_read_all(ARRAY[:a, -1]);

-- The account loses access: rows stay until a refresh, which says what it lost.
RESET ROLE;
SELECT revoke_access(:c, 'lic_account');
SELECT severity, regexp_replace(problem, '\{.*\}', '{...}') AS problem, remedy FROM doctor() WHERE object = 'public.lic_mat';
SET ROLE lic_account;
\set VERBOSITY terse
SELECT refresh_matview('public.lic_mat') = ARRAY[:c] AS lost_c;
\set VERBOSITY default
SELECT commune, value FROM public.lic_mat ORDER BY 1;
SELECT refresh_matview('public.lic_mat_bare');
RESET ROLE;
SELECT count(*) FROM doctor() WHERE object = 'public.lic_mat';
-- a bare REFRESH does not say it, doctor() does
SELECT revoke_access(:b, 'lic_account');
REFRESH MATERIALIZED VIEW public.lic_mat;
SELECT severity, regexp_replace(problem, '\{.*\}', '{...}') AS problem, remedy FROM doctor() WHERE object = 'public.lic_mat';
-- its owner must not read past the policies
ALTER ROLE lic_account BYPASSRLS;
SELECT protect_matview('public.lic_mat');
SELECT severity, problem FROM doctor() WHERE object = 'public.lic_mat' AND problem ~ 'past' ORDER BY 2;

DROP MATERIALIZED VIEW public.lic_mat, public.lic_mat_bare CASCADE;
DROP TABLE lic_mat_row;
DELETE FROM terrcarbon_internal.guarded_matview;
DELETE FROM access_grant WHERE dataset_id IN (:a, :b, :c);
DELETE FROM dataset WHERE id IN (:a, :b, :c);
REVOKE CREATE ON SCHEMA public FROM lic_account;
DROP ROLE lic_city, lic_farm, lic_account, lic_reader, lic_partner, lic_peeker;
