-- Who used which dataset, how much and for what: see src/licence/usage.c.

CREATE TABLE dataset_usage (
    dataset_id int NOT NULL,
    day date NOT NULL,
    role text,
    purpose text,
    statements bigint NOT NULL CHECK (statements >= 0),
    row_count bigint NOT NULL CHECK (row_count > 0),
    UNIQUE NULLS NOT DISTINCT (dataset_id, day, role, purpose)
);
CREATE INDEX ON dataset_usage (day);
COMMENT ON TABLE dataset_usage IS
    'How much of each dataset was read through its protected tables, by role and day. Written by a background worker where terrcarbon is in shared_preload_libraries, kept for terrcarbon.usage_retention days. Read it through my_readers.';
COMMENT ON COLUMN dataset_usage.dataset_id IS 'The dataset that was read';
COMMENT ON COLUMN dataset_usage.day IS 'Day, UTC';
COMMENT ON COLUMN dataset_usage.role IS
    'Name on that day of the role that had the right: the grantee or the producer; of open data the reader''s role that nobody can log in as; NULL: none to name';
COMMENT ON COLUMN dataset_usage.purpose IS 'Purpose of the grant it was read by; NULL: no grant was needed';
COMMENT ON COLUMN dataset_usage.statements IS 'Statements of clients that read rows of it';
COMMENT ON COLUMN dataset_usage.row_count IS 'Rows that passed the policy, each time they did; computed rows count for each of their sources';
REVOKE ALL ON dataset_usage FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('dataset_usage', '');

CREATE FUNCTION terrcarbon_internal.take_usage() RETURNS bigint
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'take_usage';
COMMENT ON FUNCTION terrcarbon_internal.take_usage() IS
    'Takes what was counted in this database: until the end of the transaction usage_in_memory shows just that, and when it commits it is gone from memory. The number of its rows.';

CREATE FUNCTION terrcarbon_internal.usage_in_memory(
    OUT dataset_id int, OUT day date, OUT role oid, OUT grant_id int, OUT statements bigint, OUT row_count bigint)
    RETURNS SETOF record
    LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 100
    AS 'MODULE_PATHNAME', 'usage_in_memory';
COMMENT ON FUNCTION terrcarbon_internal.usage_in_memory() IS
    'What this server counted in this database and has not written: of the datasets that the current user produces, for a superuser of all. role: 0 for none to name; grant_id: 0 for no grant. Error 55000 where nothing is counted.';

CREATE VIEW terrcarbon_internal.usage_unwritten AS
    SELECT u.dataset_id, u.day, r.rolname::text AS role,
           CASE WHEN u.grant_id <> 0 THEN coalesce(
               (SELECT g.purpose FROM access_grant g WHERE g.id = u.grant_id),
               -- It was revoked meanwhile.
               (SELECT e.detail ->> 'purpose' FROM event e
                WHERE e.dataset_id = u.dataset_id AND e.action = 'granted'
                  AND e.detail ->> 'grantee' = pg_catalog.quote_ident(r.rolname::text)
                ORDER BY e.id DESC LIMIT 1)) END AS purpose,
           pg_catalog.sum(u.statements)::bigint AS statements, pg_catalog.sum(u.row_count)::bigint AS row_count
    FROM terrcarbon_internal.usage_in_memory() u
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = u.role
    GROUP BY 1, 2, 3, 4;
COMMENT ON VIEW terrcarbon_internal.usage_unwritten IS
    'The same in the form of dataset_usage.';
COMMENT ON COLUMN terrcarbon_internal.usage_unwritten.dataset_id IS 'The dataset that was read';
COMMENT ON COLUMN terrcarbon_internal.usage_unwritten.day IS 'Day, UTC';
COMMENT ON COLUMN terrcarbon_internal.usage_unwritten.role IS 'Present name of the role, see dataset_usage';
COMMENT ON COLUMN terrcarbon_internal.usage_unwritten.purpose IS 'Purpose of the grant it was read by';
COMMENT ON COLUMN terrcarbon_internal.usage_unwritten.statements IS 'Statements of clients that read rows of it';
COMMENT ON COLUMN terrcarbon_internal.usage_unwritten.row_count IS 'Rows that passed the policy';

CREATE FUNCTION terrcarbon_internal.write_usage() RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    written bigint;
BEGIN
    -- One at a time.
    LOCK TABLE terrcarbon.dataset_usage IN SHARE ROW EXCLUSIVE MODE;
    PERFORM terrcarbon_internal.take_usage();
    INSERT INTO terrcarbon.dataset_usage AS t (dataset_id, day, role, purpose, statements, row_count)
    SELECT u.dataset_id, u.day, u.role, u.purpose, u.statements, u.row_count
    FROM terrcarbon_internal.usage_unwritten u
    ON CONFLICT (dataset_id, day, role, purpose)
        DO UPDATE SET statements = t.statements + excluded.statements,
                      row_count = t.row_count + excluded.row_count;
    GET DIAGNOSTICS written = ROW_COUNT;
    DELETE FROM terrcarbon.dataset_usage t
    WHERE t.day < (now() AT TIME ZONE 'UTC')::date - current_setting('terrcarbon.usage_retention')::int;
    RETURN written;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.write_usage() IS
    'Writes what was counted in this database to dataset_usage and deletes what is older than terrcarbon.usage_retention days; the number of rows added or changed. Called by the background worker.';

CREATE VIEW my_readers WITH (security_barrier) AS
    SELECT u.dataset_id, d.slug, u.day, u.role, u.purpose,
           pg_catalog.sum(u.statements)::bigint AS statements, pg_catalog.sum(u.row_count)::bigint AS row_count
    FROM (SELECT dataset_id, day, role, purpose, statements, row_count FROM dataset_usage
          UNION ALL
          SELECT dataset_id, day, role, purpose, statements, row_count FROM terrcarbon_internal.usage_unwritten) u
    JOIN dataset d ON d.id = u.dataset_id
    WHERE pg_has_role(current_user, d.producer::oid, 'USAGE')
    GROUP BY u.dataset_id, d.slug, u.day, u.role, u.purpose;
COMMENT ON VIEW my_readers IS
    'Who read the datasets one produces, how much and for what: by role and day, what this server counted since it was last written included. Superusers and roles with BYPASSRLS read past every policy and are not counted. Error 55000 where nothing is counted, because terrcarbon is not in shared_preload_libraries.';
GRANT SELECT ON my_readers TO PUBLIC;
COMMENT ON COLUMN my_readers.dataset_id IS 'The dataset that was read';
COMMENT ON COLUMN my_readers.slug IS 'Its short name';
COMMENT ON COLUMN my_readers.day IS 'Day, UTC';
COMMENT ON COLUMN my_readers.role IS
    'The role that had the right: the grantee or the producer; of open data the reader''s role that nobody can log in as; NULL: none to name';
COMMENT ON COLUMN my_readers.purpose IS 'Purpose of the grant it was read by; NULL: no grant was needed';
COMMENT ON COLUMN my_readers.statements IS 'Statements of clients that read rows of it';
COMMENT ON COLUMN my_readers.row_count IS 'Rows that passed the policy, each time they did; computed rows count for each of their sources';

CREATE VIEW sharing_by_year WITH (security_barrier) AS
    WITH act AS (
        SELECT e.dataset_id, extract(year FROM e.at AT TIME ZONE 'UTC')::int AS year,
               count(*) FILTER (WHERE e.action = 'requested') AS requests,
               count(*) FILTER (WHERE e.action = 'decided' AND e.detail ->> 'decision' = 'refused') AS refusals,
               count(*) FILTER (WHERE e.action = 'granted') AS grants,
               count(*) FILTER (WHERE e.action = 'revoked') AS revocations
        FROM event e WHERE e.dataset_id IS NOT NULL GROUP BY 1, 2),
    recorded AS (
        SELECT DISTINCT extract(year FROM u.day)::int AS year FROM dataset_usage u),
    used AS (
        SELECT u.dataset_id, extract(year FROM u.day)::int AS year, count(DISTINCT u.role) AS readers,
               sum(u.statements)::bigint AS statements, sum(u.row_count)::bigint AS row_count
        FROM dataset_usage u JOIN dataset d ON d.id = u.dataset_id
        WHERE u.role IS DISTINCT FROM terrcarbon_internal.role_name(d.producer)
        GROUP BY 1, 2)
    SELECT dataset_id, d.slug, year, coalesce(a.requests, 0) AS requests, coalesce(a.refusals, 0) AS refusals,
           coalesce(a.grants, 0) AS grants, coalesce(a.revocations, 0) AS revocations,
           CASE WHEN r.year IS NOT NULL THEN coalesce(u.readers, 0) END AS readers,
           CASE WHEN r.year IS NOT NULL THEN coalesce(u.statements, 0) END AS statements,
           CASE WHEN r.year IS NOT NULL THEN coalesce(u.row_count, 0) END AS row_count
    FROM act a
    FULL JOIN used u USING (dataset_id, year)
    LEFT JOIN recorded r USING (year)
    JOIN dataset d ON d.id = dataset_id
    WHERE pg_has_role(current_user, d.producer::oid, 'USAGE')
       OR EXISTS (SELECT FROM steward s WHERE pg_has_role(current_user, s.role::oid, 'USAGE'));
COMMENT ON VIEW sharing_by_year IS
    'What became of each dataset in each year (UTC) in which something did: requests, grants and reading by others than its producer, for the datasets one produces, and for stewards of all. Counts alone: who read is in my_readers.';
GRANT SELECT ON sharing_by_year TO PUBLIC;
COMMENT ON COLUMN sharing_by_year.dataset_id IS 'The dataset';
COMMENT ON COLUMN sharing_by_year.slug IS 'Its short name';
COMMENT ON COLUMN sharing_by_year.year IS 'Year, UTC';
COMMENT ON COLUMN sharing_by_year.requests IS 'Requests for access made';
COMMENT ON COLUMN sharing_by_year.refusals IS 'Requests refused';
COMMENT ON COLUMN sharing_by_year.grants IS 'Grants given or renewed, those on request included';
COMMENT ON COLUMN sharing_by_year.revocations IS 'Grants taken back';
COMMENT ON COLUMN sharing_by_year.readers IS 'Different roles that read, as far as they are named; NULL: no use of any dataset was recorded that year';
COMMENT ON COLUMN sharing_by_year.statements IS 'Statements that read rows, by others than the producer; NULL as for readers';
COMMENT ON COLUMN sharing_by_year.row_count IS 'Rows that they read; NULL as for readers';
