-- Datasets, who may read them, and the producers' own administration.

-- --- references to roles ------------------------------------------------------
-- A role OID means another role in another cluster, a role name means another
-- role after a rename.  role_ref stores the OID and reads and prints the name,
-- so a dump carries the name of the day and a restore looks it up.

CREATE TYPE role_ref;

CREATE FUNCTION role_ref_in(cstring) RETURNS role_ref
    LANGUAGE C STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'role_ref_in';
COMMENT ON FUNCTION role_ref_in(cstring) IS
    'Looks a role name up; a name without a role gives nobody.';

CREATE FUNCTION role_ref_out(role_ref) RETURNS cstring
    LANGUAGE C STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'role_ref_out';
COMMENT ON FUNCTION role_ref_out(role_ref) IS
    'The present name of the role; empty for nobody and for a dropped role.';

CREATE FUNCTION role_ref_recv(internal) RETURNS role_ref
    LANGUAGE C STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'role_ref_recv';
COMMENT ON FUNCTION role_ref_recv(internal) IS
    'Receives a role name and looks it up.';

CREATE FUNCTION role_ref_send(role_ref) RETURNS bytea
    LANGUAGE C STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'role_ref_send';
COMMENT ON FUNCTION role_ref_send(role_ref) IS
    'Sends the present name of the role.';

CREATE TYPE role_ref (
    INPUT = role_ref_in,
    OUTPUT = role_ref_out,
    RECEIVE = role_ref_recv,
    SEND = role_ref_send,
    LIKE = oid
);
COMMENT ON TYPE role_ref IS
    'A role: its OID inside, its name outside. Follows a rename, becomes nobody when the role is missing, and never turns into another role in another cluster.';

CREATE CAST (role_ref AS oid) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (oid AS role_ref) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (regrole AS role_ref) WITHOUT FUNCTION AS ASSIGNMENT;

-- --- tables -------------------------------------------------------------------

CREATE TABLE dataset (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY
        CHECK (id BETWEEN 1 AND 16777215),
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'),
    title text NOT NULL CHECK (title <> ''),
    producer role_ref NOT NULL,
    producer_name text NOT NULL,
    licence text NOT NULL,
    access text NOT NULL DEFAULT 'private'
        CHECK (access IN ('open', 'shared', 'aggregate', 'private')),
    reason text,
    contact text,
    source text,
    updated date,
    valid_until date,
    coverage text,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dataset IS
    'One row a dataset: who produced it, the licence of its reuse and who may read its rows. Changed through the producer functions only.';
COMMENT ON COLUMN dataset.id IS 'What the dataset_id column of a protected table refers to';
COMMENT ON COLUMN dataset.slug IS 'Short name for URLs: lower-case letters, digits, dot, dash, underscore';
COMMENT ON COLUMN dataset.producer IS 'Role whose members decide on this dataset; nobody once the role is dropped';
COMMENT ON COLUMN dataset.producer_name IS 'Producer as attributions name it; survives the role';
COMMENT ON COLUMN dataset.licence IS 'SPDX identifier of the licence of reuse';
COMMENT ON COLUMN dataset.access IS
    'open: everybody reads the rows; shared: the producer and those it granted access; aggregate: the same, and figures may be released; private: the producer alone, grants sleep';
COMMENT ON COLUMN dataset.reason IS 'Why access is limited';
COMMENT ON COLUMN dataset.contact IS 'Whom to ask';
COMMENT ON COLUMN dataset.source IS 'Where the data come from: a URL or a citation';
COMMENT ON COLUMN dataset.updated IS 'Date of the last update, which Licence Ouverte asks reusers to name';
COMMENT ON COLUMN dataset.valid_until IS 'Last day on which the licence of reuse holds; NULL: no end';
COMMENT ON COLUMN dataset.coverage IS 'Territory covered, in words or as a code';

CREATE TABLE access_grant (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset int NOT NULL REFERENCES dataset,
    grantee role_ref NOT NULL,
    grantee_name text NOT NULL,
    purpose text NOT NULL CHECK (purpose <> ''),
    until timestamptz,
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now()
);
-- Roles that a restore did not find are all nobody.
CREATE UNIQUE INDEX access_grant_dataset_grantee_key
    ON access_grant (dataset, (grantee::oid)) WHERE grantee::oid <> 0;
COMMENT ON TABLE access_grant IS
    'Who may read a shared or aggregate dataset, for what, until when. Changed through grant_access and revoke_access only.';
COMMENT ON COLUMN access_grant.grantee_name IS 'Name of the grantee on the day of the grant';
COMMENT ON COLUMN access_grant.until IS 'The grant ends at this instant; NULL: when revoked';

CREATE TABLE access_request (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset int NOT NULL REFERENCES dataset,
    requester role_ref NOT NULL,
    requester_name text NOT NULL,
    purpose text NOT NULL CHECK (purpose <> ''),
    until timestamptz,
    status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'granted', 'refused')),
    reason text,
    decided_by text,
    requested_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    CHECK ((status = 'pending') = (decided_at IS NULL))
);
COMMENT ON TABLE access_request IS
    'Requests for access and what the producer decided. Changed through request_access and decide_request only.';

CREATE TABLE event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    action text NOT NULL,
    dataset int,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ON event (dataset);
COMMENT ON TABLE event IS
    'Every act on the catalogue, in order; rows are added and never changed.';
COMMENT ON COLUMN event.actor IS 'Name of the role that acted, on that day';

CREATE TABLE steward (
    role role_ref PRIMARY KEY
);
COMMENT ON TABLE steward IS
    'Roles whose members see every request and event, and no data. Filled by the database administrator.';

REVOKE ALL ON dataset, access_grant, access_request, event, steward FROM PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('dataset', '');
SELECT pg_catalog.pg_extension_config_dump('dataset_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('access_grant', '');
SELECT pg_catalog.pg_extension_config_dump('access_grant_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('access_request', '');
SELECT pg_catalog.pg_extension_config_dump('access_request_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('event', '');
SELECT pg_catalog.pg_extension_config_dump('event_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('steward', '');
