-- References to roles.
--
-- A role OID means another role in another cluster, a role name means another
-- role after a rename.  role_ref stores the OID and reads and prints the name,
-- so a dump carries the name of the day and a restore looks it up.

CREATE TYPE role_ref;

CREATE FUNCTION terrcarbon_internal.role_ref_in(cstring) RETURNS role_ref
    LANGUAGE C STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'role_ref_in';
COMMENT ON FUNCTION terrcarbon_internal.role_ref_in(cstring) IS
    'Looks a role name up; a name without a role is kept and gives nobody.';

CREATE FUNCTION terrcarbon_internal.role_ref_out(role_ref) RETURNS cstring
    LANGUAGE C STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'role_ref_out';
COMMENT ON FUNCTION terrcarbon_internal.role_ref_out(role_ref) IS
    'The present name of the role; the name that was not found; empty for a dropped role.';

CREATE FUNCTION terrcarbon_internal.role_ref_recv(internal) RETURNS role_ref
    LANGUAGE C STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'role_ref_recv';
COMMENT ON FUNCTION terrcarbon_internal.role_ref_recv(internal) IS
    'Receives a role name and looks it up.';

CREATE FUNCTION terrcarbon_internal.role_ref_send(role_ref) RETURNS bytea
    LANGUAGE C STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'role_ref_send';
COMMENT ON FUNCTION terrcarbon_internal.role_ref_send(role_ref) IS
    'Sends the name, as in the text form.';

CREATE TYPE role_ref (
    INPUT = terrcarbon_internal.role_ref_in,
    OUTPUT = terrcarbon_internal.role_ref_out,
    RECEIVE = terrcarbon_internal.role_ref_recv,
    SEND = terrcarbon_internal.role_ref_send,
    INTERNALLENGTH = 68,
    ALIGNMENT = int4
);
COMMENT ON TYPE role_ref IS
    'A role: its OID inside, its name outside. Follows a rename, is nobody while the role is missing and for good once it is dropped, and never turns into another role in another cluster.';

CREATE FUNCTION terrcarbon_internal.role_ref_oid(role_ref) RETURNS oid
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'role_ref_oid';
COMMENT ON FUNCTION terrcarbon_internal.role_ref_oid(role_ref) IS 'The OID of the role, 0 for nobody.';

CREATE FUNCTION terrcarbon_internal.role_ref_of(oid) RETURNS role_ref
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'role_ref_of';
COMMENT ON FUNCTION terrcarbon_internal.role_ref_of(oid) IS 'The role with this OID.';

CREATE FUNCTION terrcarbon_internal.role_ref_of(regrole) RETURNS role_ref
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'role_ref_of';
COMMENT ON FUNCTION terrcarbon_internal.role_ref_of(regrole) IS 'The same role.';

CREATE CAST (role_ref AS oid) WITH FUNCTION terrcarbon_internal.role_ref_oid(role_ref);
COMMENT ON CAST (role_ref AS oid) IS 'The OID of the role, 0 for nobody';
CREATE CAST (oid AS role_ref) WITH FUNCTION terrcarbon_internal.role_ref_of(oid) AS ASSIGNMENT;
COMMENT ON CAST (oid AS role_ref) IS 'The role with this OID';
CREATE CAST (regrole AS role_ref) WITH FUNCTION terrcarbon_internal.role_ref_of(regrole) AS ASSIGNMENT;
COMMENT ON CAST (regrole AS role_ref) IS 'The same role';

CREATE FUNCTION terrcarbon_internal.role_name(role_ref) RETURNS text
    LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'role_name';
COMMENT ON FUNCTION terrcarbon_internal.role_name(role_ref) IS
    'The present name of a role; empty when there is no such role, or not yet.';
