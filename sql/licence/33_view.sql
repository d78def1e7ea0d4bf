-- What each may see of the catalogue's inner tables.
--
-- The tables are closed, so these run as their owner and filter by current_user.

CREATE VIEW my_grants WITH (security_barrier) AS
    SELECT g.id, g.dataset_id, d.slug, terrcarbon_internal.role_name(g.grantee) AS grantee, g.grantee_name,
           g.purpose, g.until, g.granted_by, g.granted_at
    FROM access_grant g
    JOIN dataset d ON d.id = g.dataset_id
    WHERE pg_has_role(current_user, d.producer::oid, 'USAGE')
       OR pg_has_role(current_user, g.grantee::oid, 'USAGE');
COMMENT ON VIEW my_grants IS
    'Grants on the datasets one produces, and grants one has received.';

CREATE VIEW my_requests WITH (security_barrier) AS
    SELECT r.id, r.dataset_id, d.slug, terrcarbon_internal.role_name(r.requester) AS requester, r.requester_name,
           r.purpose, r.until, r.status, r.reason, r.decided_by, r.requested_at,
           r.decided_at
    FROM access_request r
    JOIN dataset d ON d.id = r.dataset_id
    WHERE pg_has_role(current_user, d.producer::oid, 'USAGE')
       OR pg_has_role(current_user, r.requester::oid, 'USAGE')
       OR EXISTS (SELECT FROM steward s WHERE pg_has_role(current_user, s.role::oid, 'USAGE'));
COMMENT ON VIEW my_requests IS
    'Requests one made, requests for the datasets one produces, and for stewards all of them.';

CREATE VIEW my_events WITH (security_barrier) AS
    SELECT e.id, e.at, e.actor, e.action, e.dataset_id, d.slug, e.detail
    FROM event e
    LEFT JOIN dataset d ON d.id = e.dataset_id
    WHERE pg_has_role(current_user, d.producer::oid, 'USAGE')
       OR EXISTS (SELECT FROM steward s WHERE pg_has_role(current_user, s.role::oid, 'USAGE'));
COMMENT ON VIEW my_events IS
    'Events of the datasets one produces, and for stewards all of them.';

GRANT SELECT ON my_grants, my_requests, my_events TO PUBLIC;

COMMENT ON COLUMN my_grants.id IS 'Number of the grant';
COMMENT ON COLUMN my_grants.dataset_id IS 'The dataset that may be read';
COMMENT ON COLUMN my_grants.slug IS 'Its short name';
COMMENT ON COLUMN my_grants.grantee IS 'Present name of the role that may read; empty when it is gone';
COMMENT ON COLUMN my_grants.grantee_name IS 'Its name on the day of the grant';
COMMENT ON COLUMN my_grants.purpose IS 'What the data may be used for';
COMMENT ON COLUMN my_grants.until IS 'The grant ends at this instant; NULL: when revoked';
COMMENT ON COLUMN my_grants.granted_by IS 'Name of the role that granted, on that day';
COMMENT ON COLUMN my_grants.granted_at IS 'When it was granted';
COMMENT ON COLUMN my_requests.id IS 'Number of the request, for decide_request';
COMMENT ON COLUMN my_requests.dataset_id IS 'The dataset asked for';
COMMENT ON COLUMN my_requests.slug IS 'Its short name';
COMMENT ON COLUMN my_requests.requester IS 'Present name of the role that asked; empty when it is gone';
COMMENT ON COLUMN my_requests.requester_name IS 'Its name on the day of the request';
COMMENT ON COLUMN my_requests.purpose IS 'What the data would be used for';
COMMENT ON COLUMN my_requests.until IS 'Until when access is asked for; NULL: no end';
COMMENT ON COLUMN my_requests.status IS 'pending, granted or refused';
COMMENT ON COLUMN my_requests.reason IS 'Why it was decided so';
COMMENT ON COLUMN my_requests.decided_by IS 'Name of the role that decided, on that day';
COMMENT ON COLUMN my_requests.requested_at IS 'When it was asked';
COMMENT ON COLUMN my_requests.decided_at IS 'When it was decided';
COMMENT ON COLUMN my_events.id IS 'Number of the event, ascending';
COMMENT ON COLUMN my_events.at IS 'When it happened';
COMMENT ON COLUMN my_events.actor IS 'Name of the role that acted, on that day';
COMMENT ON COLUMN my_events.action IS 'What it did, see event.action';
COMMENT ON COLUMN my_events.dataset_id IS 'The dataset concerned; NULL: none';
COMMENT ON COLUMN my_events.slug IS 'Its short name';
COMMENT ON COLUMN my_events.detail IS 'What was changed, and to what';
