-- Datasets, who may read them, and what happened to them.

-- The kinds of access are listed in src/licence/access_kind.c, and nowhere else.
CREATE FUNCTION terrcarbon_internal.is_access(access text) RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'is_access';
COMMENT ON FUNCTION terrcarbon_internal.is_access(text) IS 'Whether there is a kind of access of this name.';

CREATE FUNCTION access_kinds(OUT access text, OUT publishes boolean, OUT dcat text, OUT readers text)
    RETURNS SETOF record
    LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 4
    AS 'MODULE_PATHNAME', 'access_kinds';
COMMENT ON FUNCTION access_kinds() IS
    'The kinds of access a dataset may have: name, whether figures of it may be published, its term in the list of access rights of the EU (used by DCAT-AP), and who reads its rows.';

CREATE TABLE dataset (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (id > 0),
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'),
    title text NOT NULL CHECK (title <> ''),
    producer role_ref NOT NULL,
    producer_name text NOT NULL,
    licence text NOT NULL REFERENCES licence (id) ON UPDATE CASCADE,
    access text NOT NULL DEFAULT 'private'
        CHECK (terrcarbon_internal.is_access(access)),
    reason text,
    contact text,
    source text,
    updated date,
    valid_until date,
    coverage text,
    created_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    CONSTRAINT retired_is_private CHECK (retired_at IS NULL OR access = 'private')
);
COMMENT ON TABLE dataset IS
    'One row a dataset: who produced it, the licence of its reuse and who may read its rows. Changed through the producer functions only.';
COMMENT ON COLUMN dataset.id IS 'What the dataset_id column of a protected table refers to';
COMMENT ON COLUMN dataset.title IS 'Title, as people read it';
COMMENT ON COLUMN dataset.created_at IS 'When it was registered';
COMMENT ON COLUMN dataset.retired_at IS 'When it was retired: it is private for good; NULL: in use';
COMMENT ON COLUMN dataset.slug IS 'Short name for URLs: lower-case letters, digits, dot, dash, underscore';
COMMENT ON COLUMN dataset.producer IS 'Role whose members decide on this dataset; nobody once the role is dropped';
COMMENT ON COLUMN dataset.producer_name IS 'Producer as attributions name it; survives the role';
COMMENT ON COLUMN dataset.licence IS 'SPDX identifier of the licence of reuse';
COMMENT ON COLUMN dataset.access IS
    'Who reads the rows: open, shared, aggregate or private, see access_kinds()';
COMMENT ON COLUMN dataset.reason IS 'Why access is limited';
COMMENT ON COLUMN dataset.contact IS 'Whom to ask';
COMMENT ON COLUMN dataset.source IS 'Where the data come from: a URL or a citation';
COMMENT ON COLUMN dataset.updated IS 'Date of the last update, which Licence Ouverte asks reusers to name';
COMMENT ON COLUMN dataset.valid_until IS 'Last day on which the licence of reuse holds; NULL: no end';
COMMENT ON COLUMN dataset.coverage IS 'Territory covered, in words or as a code';

CREATE TABLE access_grant (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset_id int NOT NULL REFERENCES dataset,
    grantee role_ref NOT NULL,
    grantee_name text NOT NULL,
    purpose text NOT NULL CHECK (purpose <> ''),
    until timestamptz,
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now()
);
-- Roles that a restore did not find are all nobody.
CREATE UNIQUE INDEX access_grant_dataset_grantee_key
    ON access_grant (dataset_id, (grantee::oid)) WHERE grantee::oid <> 0::oid;
-- Readers look for the grants to their roles, see src/licence/access.c.
CREATE INDEX access_grant_grantee_idx ON access_grant ((grantee::oid));
COMMENT ON TABLE access_grant IS
    'Who may read a shared or aggregate dataset, for what, until when. Changed through grant_access and revoke_access only.';
COMMENT ON COLUMN access_grant.id IS 'Number of the grant';
COMMENT ON COLUMN access_grant.dataset_id IS 'The dataset that may be read';
COMMENT ON COLUMN access_grant.grantee IS 'Role whose members may read; nobody once it is dropped';
COMMENT ON COLUMN access_grant.purpose IS 'What the data may be used for';
COMMENT ON COLUMN access_grant.granted_by IS 'Name of the role that granted, on that day';
COMMENT ON COLUMN access_grant.granted_at IS 'When it was granted';
COMMENT ON COLUMN access_grant.grantee_name IS 'Name of the grantee on the day of the grant';
COMMENT ON COLUMN access_grant.until IS 'The grant ends at this instant; NULL: when revoked';

CREATE TABLE access_request (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset_id int NOT NULL REFERENCES dataset,
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
-- One at a time for a role and a dataset.
CREATE UNIQUE INDEX access_request_pending_key
    ON access_request (dataset_id, (requester::oid)) WHERE status = 'pending' AND requester::oid <> 0::oid;
COMMENT ON TABLE access_request IS
    'Requests for access and what the producer decided. Changed through request_access and decide_request only.';

COMMENT ON COLUMN access_request.id IS 'Number of the request, for decide_request';
COMMENT ON COLUMN access_request.dataset_id IS 'The dataset asked for';
COMMENT ON COLUMN access_request.requester IS 'Role that asked, and that a grant would go to';
COMMENT ON COLUMN access_request.requester_name IS 'Name of the requester on the day of the request';
COMMENT ON COLUMN access_request.purpose IS 'What the data would be used for';
COMMENT ON COLUMN access_request.until IS 'Until when access is asked for; NULL: no end';
COMMENT ON COLUMN access_request.status IS 'pending, granted or refused';
COMMENT ON COLUMN access_request.reason IS 'Why it was decided so';
COMMENT ON COLUMN access_request.decided_by IS 'Name of the role that decided, on that day';
COMMENT ON COLUMN access_request.requested_at IS 'When it was asked';
COMMENT ON COLUMN access_request.decided_at IS 'When it was decided';

CREATE TABLE event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    action text NOT NULL,
    dataset_id int,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ON event (dataset_id);
COMMENT ON TABLE event IS
    'Every act on the catalogue, in order; rows are added and never changed.';
COMMENT ON COLUMN event.id IS 'Number of the event, ascending';
COMMENT ON COLUMN event.at IS 'When it happened';
COMMENT ON COLUMN event.action IS
    'registered, described, licence_set, access_set, producer_set, granted, revoked, requested, decided, retired, registering_granted or registering_revoked';
COMMENT ON COLUMN event.dataset_id IS 'The dataset concerned; NULL: none';
COMMENT ON COLUMN event.detail IS 'What was changed, and to what';
COMMENT ON COLUMN event.actor IS 'Name of the role that acted, on that day';

CREATE TABLE steward (
    role role_ref NOT NULL,
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);
CREATE UNIQUE INDEX steward_role_key ON steward ((role::oid)) WHERE role::oid <> 0::oid;
COMMENT ON TABLE steward IS
    'Roles whose members see every request and event, and no data. Filled by the database administrator.';
COMMENT ON COLUMN steward.role IS 'Write ''name''::regrole, which is an error for a role that does not exist';
COMMENT ON COLUMN steward.id IS 'Number of the row';

CREATE TABLE registrar (
    role role_ref NOT NULL,
    max_datasets int NOT NULL CHECK (max_datasets > 0),
    registered int NOT NULL DEFAULT 0 CHECK (registered >= 0),
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);
CREATE UNIQUE INDEX registrar_role_key ON registrar ((role::oid)) WHERE role::oid <> 0::oid;
COMMENT ON TABLE registrar IS
    'Roles whose members may register datasets, and how many. Changed through grant_registering and revoke_registering only.';
COMMENT ON COLUMN registrar.role IS 'The role; nobody once it is dropped';
COMMENT ON COLUMN registrar.max_datasets IS 'How many datasets its members may register in all';
COMMENT ON COLUMN registrar.registered IS 'How many they have registered, retired ones included';
COMMENT ON COLUMN registrar.granted_by IS 'Name of the role that gave the right, on that day';
COMMENT ON COLUMN registrar.granted_at IS 'When it was given, or changed last';
COMMENT ON COLUMN registrar.id IS 'Number of the row';

-- Ids that tables held before this catalogue was made: see 40_policy.sql.
CREATE TABLE terrcarbon_internal.reserved_id (
    dataset_id int PRIMARY KEY
);
COMMENT ON TABLE terrcarbon_internal.reserved_id IS
    'Ids that no dataset gets, because rows of datasets that are gone bear them.';
COMMENT ON COLUMN terrcarbon_internal.reserved_id.dataset_id IS 'The id';

-- Who has read rows once knows them still: see secrecy_readers.
CREATE TABLE terrcarbon_internal.former_reader (
    dataset_id int NOT NULL,
    role role_ref NOT NULL
);
CREATE UNIQUE INDEX former_reader_key ON terrcarbon_internal.former_reader (dataset_id, (role::oid)) WHERE role::oid <> 0::oid;
COMMENT ON TABLE terrcarbon_internal.former_reader IS
    'Roles that read a dataset as its producer or by a grant, and do so no more. Written by the trigger former_reader only.';
COMMENT ON COLUMN terrcarbon_internal.former_reader.dataset_id IS 'The dataset';
COMMENT ON COLUMN terrcarbon_internal.former_reader.role IS 'Producer or grantee of former days; nobody once it is dropped';

REVOKE ALL ON dataset, access_grant, access_request, event, steward, registrar,
    terrcarbon_internal.reserved_id, terrcarbon_internal.former_reader FROM PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('dataset', '');
SELECT pg_catalog.pg_extension_config_dump('dataset_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('access_grant', '');
SELECT pg_catalog.pg_extension_config_dump('access_grant_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('access_request', '');
SELECT pg_catalog.pg_extension_config_dump('access_request_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('event', '');
SELECT pg_catalog.pg_extension_config_dump('event_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('steward', '');
SELECT pg_catalog.pg_extension_config_dump('steward_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('registrar', '');
SELECT pg_catalog.pg_extension_config_dump('registrar_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('terrcarbon_internal.reserved_id', '');
SELECT pg_catalog.pg_extension_config_dump('terrcarbon_internal.former_reader', '');

-- Readers remember their rights; these make them read again.
CREATE TABLE terrcarbon_internal.access_change (
    weight bigint NOT NULL
);
COMMENT ON TABLE terrcarbon_internal.access_change IS
    'Changes of datasets and grants: the sum of the weights that a snapshot sees tells whether rights that a session remembers still hold. Written by the trigger access_changed only; not dumped.';
COMMENT ON COLUMN terrcarbon_internal.access_change.weight IS
    'How many changes the row stands for';
REVOKE ALL ON terrcarbon_internal.access_change FROM PUBLIC;

CREATE FUNCTION terrcarbon_internal.access_changed() RETURNS trigger
    LANGUAGE C
    AS 'MODULE_PATHNAME', 'access_changed';
COMMENT ON FUNCTION terrcarbon_internal.access_changed() IS
    'Trigger of statements, and of rows that logical replication applies: every session reads its rights again after this change.';

CREATE TRIGGER access_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON dataset
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.access_changed();
CREATE TRIGGER access_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON access_grant
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.access_changed();
-- Logical replication applies changes as a replica, row by row, and fires no
-- trigger of statements.
CREATE TRIGGER access_replicated
    AFTER INSERT OR UPDATE OR DELETE ON dataset
    FOR EACH ROW EXECUTE FUNCTION terrcarbon_internal.access_changed();
CREATE TRIGGER access_replicated
    AFTER INSERT OR UPDATE OR DELETE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION terrcarbon_internal.access_changed();
ALTER TABLE dataset ENABLE ALWAYS TRIGGER access_changed, ENABLE REPLICA TRIGGER access_replicated;
ALTER TABLE access_grant ENABLE ALWAYS TRIGGER access_changed, ENABLE REPLICA TRIGGER access_replicated;

CREATE FUNCTION terrcarbon_internal.note_former_reader() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_TABLE_NAME = 'dataset' THEN
        INSERT INTO terrcarbon_internal.former_reader
        SELECT OLD.id, OLD.producer WHERE OLD.producer::oid <> 0::oid ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO terrcarbon_internal.former_reader
        SELECT OLD.dataset_id, OLD.grantee WHERE OLD.grantee::oid <> 0::oid ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_former_reader() IS
    'Row trigger: notes the role that may not read a dataset any more.';
CREATE TRIGGER former_reader AFTER UPDATE OF producer ON dataset
    FOR EACH ROW EXECUTE FUNCTION terrcarbon_internal.note_former_reader();
CREATE TRIGGER former_reader AFTER UPDATE OF grantee OR DELETE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION terrcarbon_internal.note_former_reader();
ALTER TABLE dataset ENABLE ALWAYS TRIGGER former_reader;
ALTER TABLE access_grant ENABLE ALWAYS TRIGGER former_reader;

CREATE FUNCTION terrcarbon_internal.event_is_final() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed nor removed'
        USING ERRCODE = 'insufficient_privilege';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.event_is_final() IS
    'Statement trigger of event: refuses everything but INSERT.';

CREATE TRIGGER event_is_final
    BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.event_is_final();
ALTER TABLE event ENABLE ALWAYS TRIGGER event_is_final;

