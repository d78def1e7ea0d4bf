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
COMMENT ON CAST (role_ref AS oid) IS 'The oid of the role.';
CREATE CAST (oid AS role_ref) WITHOUT FUNCTION AS ASSIGNMENT;
COMMENT ON CAST (oid AS role_ref) IS 'The role of an oid, by name when dumped.';
CREATE CAST (regrole AS role_ref) WITHOUT FUNCTION AS ASSIGNMENT;
COMMENT ON CAST (role_ref AS oid) IS 'The OID of the role';
COMMENT ON CAST (oid AS role_ref) IS 'The role with this OID';
COMMENT ON CAST (regrole AS role_ref) IS 'The same role';

-- --- tables -------------------------------------------------------------------

CREATE TABLE dataset (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY
        CHECK (id BETWEEN 1 AND 16777215),
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'),
    title text NOT NULL CHECK (title <> ''),
    producer role_ref NOT NULL,
    producer_name text NOT NULL,
    licence text NOT NULL REFERENCES licence (id) ON UPDATE CASCADE,
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
COMMENT ON COLUMN dataset.title IS 'Title, as people read it';
COMMENT ON COLUMN dataset.created_at IS 'When it was registered';
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
COMMENT ON COLUMN access_grant.id IS 'Number of the grant';
COMMENT ON COLUMN access_grant.dataset IS 'The dataset that may be read';
COMMENT ON COLUMN access_grant.grantee IS 'Role whose members may read; nobody once it is dropped';
COMMENT ON COLUMN access_grant.purpose IS 'What the data may be used for';
COMMENT ON COLUMN access_grant.granted_by IS 'Name of the role that granted, on that day';
COMMENT ON COLUMN access_grant.granted_at IS 'When it was granted';
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

COMMENT ON COLUMN access_request.id IS 'Number of the request, for decide_request';
COMMENT ON COLUMN access_request.dataset IS 'The dataset asked for';
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
    dataset int,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ON event (dataset);
COMMENT ON TABLE event IS
    'Every act on the catalogue, in order; rows are added and never changed.';
COMMENT ON COLUMN event.id IS 'Number of the event, ascending';
COMMENT ON COLUMN event.at IS 'When it happened';
COMMENT ON COLUMN event.action IS
    'registered, described, licence_set, access_set, producer_set, granted, revoked, requested or decided';
COMMENT ON COLUMN event.dataset IS 'The dataset concerned';
COMMENT ON COLUMN event.detail IS 'What was changed, and to what';
COMMENT ON COLUMN event.actor IS 'Name of the role that acted, on that day';

CREATE TABLE steward (
    role role_ref NOT NULL,
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);
CREATE UNIQUE INDEX steward_role_key ON steward ((role::oid)) WHERE role::oid <> 0;
COMMENT ON TABLE steward IS
    'Roles whose members see every request and event, and no data. Filled by the database administrator.';
COMMENT ON COLUMN steward.role IS 'Write ''name''::regrole, which is an error for a role that does not exist';
COMMENT ON COLUMN steward.id IS 'Number of the row';

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
SELECT pg_catalog.pg_extension_config_dump('steward_id_seq', '');

-- Readers remember their rights; these make them read again.
CREATE FUNCTION access_changed() RETURNS trigger
    LANGUAGE C
    AS 'MODULE_PATHNAME', 'access_changed';
COMMENT ON FUNCTION access_changed() IS
    'Statement trigger: every session reads its rights again after this change.';

CREATE TRIGGER access_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON dataset
    FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
CREATE TRIGGER access_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON access_grant
    FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
-- Logical replication applies changes as a replica.
ALTER TABLE dataset ENABLE ALWAYS TRIGGER access_changed;
ALTER TABLE access_grant ENABLE ALWAYS TRIGGER access_changed;

CREATE FUNCTION event_is_final() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed nor removed'
        USING ERRCODE = 'insufficient_privilege';
END;
$$;
COMMENT ON FUNCTION event_is_final() IS
    'Statement trigger of event: refuses everything but INSERT.';

CREATE TRIGGER event_is_final
    BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION event_is_final();
ALTER TABLE event ENABLE ALWAYS TRIGGER event_is_final;

-- --- what a producer does -------------------------------------------------------
-- Each act is a pair: NAME, which anybody may call and which only notes who
-- called, and NAME_as, which decides and which nobody else may call.

CREATE FUNCTION note_event(actor oid, action text, dataset int, detail jsonb)
    RETURNS void
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
    INSERT INTO terrcarbon.event (actor, action, dataset, detail)
    VALUES (pg_catalog.pg_get_userbyid(actor), action, dataset,
            coalesce(jsonb_strip_nulls(detail), '{}'))
$$;
COMMENT ON FUNCTION note_event(oid, text, int, jsonb) IS
    'Appends an event. Internal.';

CREATE FUNCTION dataset_of_producer(actor oid, dataset_id int) RETURNS dataset
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    d terrcarbon.dataset;
BEGIN
    -- Not FOR UPDATE: whoever asks for access would hold the producer up.
    SELECT * INTO d FROM terrcarbon.dataset WHERE id = dataset_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'dataset % does not exist', coalesce(dataset_id::text, 'NULL')
            USING ERRCODE = 'no_data_found',
                  HINT = 'See terrcarbon.dataset_catalogue.';
    END IF;
    IF NOT pg_has_role(actor, d.producer::oid, 'USAGE') THEN
        RAISE EXCEPTION 'only the producer of dataset "%" may do this', d.slug
            USING ERRCODE = 'insufficient_privilege',
                  DETAIL = format('Role %s does not have the privileges of %s.',
                                  quote_ident(pg_get_userbyid(actor)),
                                  coalesce(nullif(d.producer::text, ''),
                                           d.producer_name || ', a role that is gone')),
                  HINT = 'Ask the producer, or ask to become a member of its role.';
    END IF;
    RETURN d;
END;
$$;
COMMENT ON FUNCTION dataset_of_producer(oid, int) IS
    'The dataset, locked, once it is sure that the actor has its producer''s privileges. Internal.';

CREATE FUNCTION known_licence(name text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    id text := terrcarbon.canonical_licence(name);
BEGIN
    IF id IS NULL THEN
        RAISE EXCEPTION 'unknown licence %', coalesce(quote_literal(name), 'NULL')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Use an identifier of terrcarbon.licence, or ''unspecified''.';
    END IF;
    RETURN id;
END;
$$;
COMMENT ON FUNCTION known_licence(text) IS
    'The SPDX identifier of a licence; error 22023 when unknown. Internal.';

CREATE FUNCTION known_access(name text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF name IN ('open', 'shared', 'aggregate', 'private') THEN
        RETURN name;
    END IF;
    RAISE EXCEPTION 'access is open, shared, aggregate or private'
        USING ERRCODE = 'invalid_parameter_value',
              DETAIL = format('It cannot be %s.', coalesce(quote_literal(name), 'NULL'));
END;
$$;
COMMENT ON FUNCTION known_access(text) IS
    'Its argument; error 22023 when it is not a kind of access. Internal.';

CREATE FUNCTION stated_purpose(purpose text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF btrim(purpose) <> '' THEN
        RETURN purpose;
    END IF;
    RAISE EXCEPTION 'access needs a purpose'
        USING ERRCODE = 'invalid_parameter_value',
              HINT = 'Say in a few words what the data will be used for.';
END;
$$;
COMMENT ON FUNCTION stated_purpose(text) IS
    'Its argument; error 22023 when it says nothing. Internal.';

CREATE FUNCTION register_dataset_as(
    actor oid, slug text, title text, producer regrole, licence text, access text,
    reason text, contact text, source text, updated date, valid_until date,
    coverage text, producer_name text) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    new_id int;
    licence_id text := terrcarbon.known_licence(licence);
BEGIN
    IF slug !~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$' IS NOT FALSE THEN
        RAISE EXCEPTION 'bad slug %', coalesce(quote_literal(slug), 'NULL')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Use lower-case letters and digits, with dots, dashes or underscores in between.';
    END IF;
    IF producer IS NULL OR NOT EXISTS (SELECT FROM pg_roles WHERE oid = producer) THEN
        RAISE EXCEPTION 'a dataset needs a producer'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Name the role whose members will decide on it.';
    END IF;
    IF NOT pg_has_role(actor, producer::oid, 'USAGE') THEN
        RAISE EXCEPTION 'only members of % may register a dataset of that producer', producer
            USING ERRCODE = 'insufficient_privilege',
                  DETAIL = format('Role %s does not have the privileges of %s.',
                                  quote_ident(pg_get_userbyid(actor)), producer);
    END IF;
    INSERT INTO terrcarbon.dataset AS d
        (slug, title, producer, producer_name, licence, access, reason, contact,
         source, updated, valid_until, coverage)
    VALUES (slug, title, producer, coalesce(producer_name, pg_get_userbyid(producer)),
            licence_id, terrcarbon.known_access(access), reason, contact, source,
            updated, valid_until, coverage)
    RETURNING d.id INTO new_id;
    PERFORM terrcarbon.note_event(actor, 'registered', new_id,
        jsonb_build_object('slug', slug, 'producer', producer::text,
                           'licence', licence_id,
                           'access', access, 'reason', reason));
    RETURN new_id;
END;
$$;
COMMENT ON FUNCTION register_dataset_as(oid, text, text, regrole, text, text, text, text, text, date, date, text, text) IS
    'What register_dataset does, for a caller it names. Internal.';
CREATE FUNCTION register_dataset(
    slug text, title text, producer regrole, licence text,
    access text DEFAULT 'private', reason text DEFAULT NULL,
    contact text DEFAULT NULL, source text DEFAULT NULL,
    updated date DEFAULT NULL, valid_until date DEFAULT NULL,
    coverage text DEFAULT NULL, producer_name text DEFAULT NULL) RETURNS int
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION register_dataset(text, text, regrole, text, text, text, text, text, date, date, text, text) IS
    'Registers a dataset and returns its id, the value of dataset_id in the tables that hold its rows. For members of the producer role. producer_name: how attributions name the producer (default: the role''s name). Errors: 42501 not a member, 22023 bad slug, licence or access, 23505 slug taken.';

CREATE FUNCTION set_licence_as(actor oid, dataset int, licence text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon.dataset_of_producer(actor, dataset);
    id text := terrcarbon.known_licence(licence);
BEGIN
    UPDATE terrcarbon.dataset AS t SET licence = id WHERE t.id = d.id;
    PERFORM terrcarbon.note_event(actor, 'licence_set', d.id,
        jsonb_build_object('from', d.licence, 'to', id));
END;
$$;
COMMENT ON FUNCTION set_licence_as(oid, int, text) IS
    'What set_licence does, for a caller it names. Internal.';
CREATE FUNCTION set_licence(dataset int, licence text) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION set_licence(int, text) IS
    'Chooses the licence of reuse of a dataset; aliases are accepted. For the producer. What was published before stays under the former licence. Errors: 42501, 22023 unknown licence.';

CREATE FUNCTION set_access_as(actor oid, dataset int, access text, reason text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon.dataset_of_producer(actor, dataset);
BEGIN
    UPDATE terrcarbon.dataset AS t
    SET access = terrcarbon.known_access(access), reason = reason
    WHERE t.id = d.id;
    PERFORM terrcarbon.note_event(actor, 'access_set', d.id,
        jsonb_build_object('from', d.access, 'to', access, 'reason', reason));
END;
$$;
COMMENT ON FUNCTION set_access_as(oid, int, text, text) IS
    'What set_access does, for a caller it names. Internal.';
CREATE FUNCTION set_access(dataset int, access text, reason text DEFAULT NULL) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION set_access(int, text, text) IS
    'Decides who reads the rows of a dataset: open, shared, aggregate or private; see the column dataset.access. For the producer. Holds from the next statement of every session on. Errors: 42501, 22023 unknown access.';

CREATE FUNCTION describe_dataset_as(
    actor oid, dataset int, title text, contact text, source text, updated date,
    valid_until date, coverage text, producer_name text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon.dataset_of_producer(actor, dataset);
BEGIN
    UPDATE terrcarbon.dataset AS t
    SET title = coalesce(title, t.title),
        contact = coalesce(contact, t.contact),
        source = coalesce(source, t.source),
        updated = coalesce(updated, t.updated),
        valid_until = coalesce(valid_until, t.valid_until),
        coverage = coalesce(coverage, t.coverage),
        producer_name = coalesce(producer_name, t.producer_name)
    WHERE t.id = d.id;
    PERFORM terrcarbon.note_event(actor, 'described', d.id,
        jsonb_build_object('title', title, 'contact', contact, 'source', source,
                           'updated', updated, 'valid_until', valid_until,
                           'coverage', coverage, 'producer_name', producer_name));
END;
$$;
COMMENT ON FUNCTION describe_dataset_as(oid, int, text, text, text, date, date, text, text) IS
    'What describe_dataset does, for a caller it names. Internal.';
CREATE FUNCTION describe_dataset(
    dataset int, title text DEFAULT NULL, contact text DEFAULT NULL,
    source text DEFAULT NULL, updated date DEFAULT NULL,
    valid_until date DEFAULT NULL, coverage text DEFAULT NULL,
    producer_name text DEFAULT NULL) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION describe_dataset(int, text, text, text, date, date, text, text) IS
    'Changes what is said of a dataset, such as the date of its last update; NULL leaves as it is. valid_until: ''infinity'' for no end. For the producer. Error 42501.';

CREATE FUNCTION set_producer_as(actor oid, dataset int, producer regrole) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon.dataset_of_producer(actor, dataset);
BEGIN
    IF producer IS NULL OR NOT EXISTS (SELECT FROM pg_roles WHERE oid = producer) THEN
        RAISE EXCEPTION 'a dataset needs a producer'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE terrcarbon.dataset AS t SET producer = producer WHERE t.id = d.id;
    PERFORM terrcarbon.note_event(actor, 'producer_set', d.id,
        jsonb_build_object('from', d.producer::text, 'to', producer::text));
END;
$$;
COMMENT ON FUNCTION set_producer_as(oid, int, regrole) IS
    'What set_producer does, for a caller it names. Internal.';
CREATE FUNCTION set_producer(dataset int, producer regrole) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION set_producer(int, regrole) IS
    'Hands a dataset over to another role; attributions keep producer_name. For the producer, and for a superuser once the producer''s role is gone. Error 42501.';

CREATE FUNCTION grant_access_as(
    actor oid, dataset int, grantee regrole, purpose text, until timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon.dataset_of_producer(actor, dataset);
BEGIN
    IF grantee IS NULL OR NOT EXISTS (SELECT FROM pg_roles WHERE oid = grantee) THEN
        RAISE EXCEPTION 'access needs a role to be granted to'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF until <= clock_timestamp() THEN
        RAISE EXCEPTION 'access cannot end before it begins'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('until is %s.', until),
                  HINT = 'Use revoke_access to end access now.';
    END IF;
    IF d.access = 'private' THEN
        RAISE EXCEPTION 'dataset "%" is private: a grant would have no effect', d.slug
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Call set_access first, with ''shared'' or ''aggregate''.';
    END IF;
    -- The lock on the dataset lets no other grant in between.
    UPDATE terrcarbon.access_grant AS g
    SET grantee_name = pg_get_userbyid(grantee),
        purpose = terrcarbon.stated_purpose(purpose), until = until,
        granted_by = pg_get_userbyid(actor), granted_at = now()
    WHERE g.dataset = d.id AND g.grantee::oid = grantee::oid;
    IF NOT FOUND THEN
        INSERT INTO terrcarbon.access_grant
            (dataset, grantee, grantee_name, purpose, until, granted_by)
        VALUES (d.id, grantee, pg_get_userbyid(grantee),
                terrcarbon.stated_purpose(purpose), until, pg_get_userbyid(actor));
    END IF;
    PERFORM terrcarbon.note_event(actor, 'granted', d.id,
        jsonb_build_object('grantee', grantee::text, 'purpose', purpose, 'until', until));
END;
$$;
COMMENT ON FUNCTION grant_access_as(oid, int, regrole, text, timestamptz) IS
    'What grant_access does, for a caller it names. Internal.';
CREATE FUNCTION grant_access(
    dataset int, grantee regrole, purpose text, until timestamptz DEFAULT NULL) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION grant_access(int, regrole, text, timestamptz) IS
    'Lets a role and its members read a shared or aggregate dataset until an instant (NULL: until revoked). A second grant to the same role replaces the first. For the producer. Errors: 42501, 22023 past date or no purpose, 55000 private dataset.';

CREATE FUNCTION revoke_access_as(actor oid, dataset int, grantee regrole) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon.dataset_of_producer(actor, dataset);
BEGIN
    DELETE FROM terrcarbon.access_grant AS g
    WHERE g.dataset = d.id AND g.grantee::oid = grantee::oid;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM terrcarbon.note_event(actor, 'revoked', d.id,
        jsonb_build_object('grantee', grantee::text));
    RETURN true;
END;
$$;
COMMENT ON FUNCTION revoke_access_as(oid, int, regrole) IS
    'What revoke_access does, for a caller it names. Internal.';
CREATE FUNCTION revoke_access(dataset int, grantee regrole) RETURNS boolean
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION revoke_access(int, regrole) IS
    'Takes access back; false when there was no grant to that role. Access through another role of the reader stays, see explain_access. For the producer. Error 42501.';

CREATE FUNCTION request_access_as(
    actor oid, dataset int, purpose text, until timestamptz) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    new_id int;
BEGIN
    PERFORM FROM terrcarbon.dataset AS d WHERE d.id = dataset FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'dataset % does not exist', coalesce(dataset::text, 'NULL')
            USING ERRCODE = 'no_data_found',
                  HINT = 'See terrcarbon.dataset_catalogue.';
    END IF;
    -- One at a time for a role and a dataset.
    PERFORM pg_advisory_xact_lock('terrcarbon.access_request'::regclass::int, dataset);
    SELECT r.id INTO new_id FROM terrcarbon.access_request AS r
    WHERE r.dataset = dataset AND r.requester::oid = actor AND r.status = 'pending';
    IF FOUND THEN
        RAISE EXCEPTION 'a request of this role for this dataset is already pending'
            USING ERRCODE = 'unique_violation',
                  HINT = 'See terrcarbon.my_requests.';
    END IF;
    INSERT INTO terrcarbon.access_request AS r
        (dataset, requester, requester_name, purpose, until)
    VALUES (dataset, actor, pg_get_userbyid(actor),
            terrcarbon.stated_purpose(purpose), until)
    RETURNING r.id INTO new_id;
    PERFORM terrcarbon.note_event(actor, 'requested', dataset,
        jsonb_build_object('request', new_id, 'purpose', purpose, 'until', until));
    RETURN new_id;
END;
$$;
COMMENT ON FUNCTION request_access_as(oid, int, text, timestamptz) IS
    'What request_access does, for a caller it names. Internal.';
CREATE FUNCTION request_access(
    dataset int, purpose text, until timestamptz DEFAULT NULL) RETURNS int
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION request_access(int, text, timestamptz) IS
    'Asks the producer for access, for the current role; returns the number of the request. Errors: P0002 no such dataset, 23505 a request is pending.';

CREATE FUNCTION decide_request_as(
    actor oid, request int, decision text, reason text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    r terrcarbon.access_request;
BEGIN
    SELECT * INTO r FROM terrcarbon.access_request AS q WHERE q.id = request FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'request % does not exist', coalesce(request::text, 'NULL')
            USING ERRCODE = 'no_data_found',
                  HINT = 'See terrcarbon.my_requests.';
    END IF;
    PERFORM terrcarbon.dataset_of_producer(actor, r.dataset);
    IF decision IS NULL OR decision NOT IN ('granted', 'refused') THEN
        RAISE EXCEPTION 'a request is granted or refused'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The decision is %s.', coalesce(quote_literal(decision), 'NULL'));
    END IF;
    IF r.status <> 'pending' THEN
        RAISE EXCEPTION 'the request is already %', r.status
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF decision = 'granted' THEN
        PERFORM terrcarbon.grant_access_as(actor, r.dataset,
            nullif(r.requester::oid, 0)::regrole, r.purpose, r.until);
    END IF;
    UPDATE terrcarbon.access_request AS q
    SET status = decision, reason = reason, decided_by = pg_get_userbyid(actor),
        decided_at = clock_timestamp()
    WHERE q.id = request;
    PERFORM terrcarbon.note_event(actor, 'decided', r.dataset,
        jsonb_build_object('request', request, 'decision', decision, 'reason', reason));
END;
$$;
COMMENT ON FUNCTION decide_request_as(oid, int, text, text) IS
    'What decide_request does, for a caller it names. Internal.';
CREATE FUNCTION decide_request(request int, decision text, reason text DEFAULT NULL) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION decide_request(int, text, text) IS
    'Decides a request: granted (which grants access for the purpose and the time asked) or refused. For the producer. Errors: 42501, 22023, 55000 already decided or private dataset.';

CREATE FUNCTION explain_access_as(actor oid, dataset int, role regrole) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset;
    g terrcarbon.access_grant;
    reader oid := coalesce(role::oid, actor);
    who text := quote_ident(pg_get_userbyid(reader));
    via text;
BEGIN
    SELECT * INTO d FROM terrcarbon.dataset AS t WHERE t.id = dataset;
    IF NOT FOUND THEN
        RETURN format('no: dataset %s does not exist', coalesce(dataset::text, 'NULL'));
    END IF;
    IF NOT (pg_has_role(actor, reader, 'USAGE')
            OR pg_has_role(actor, d.producer::oid, 'USAGE')) THEN
        RAISE EXCEPTION 'only % and the producer may ask what % reads', who, who
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF pg_has_role(reader, d.producer::oid, 'USAGE') THEN
        IF (SELECT rolsuper FROM pg_roles WHERE oid = reader) THEN
            RETURN format('yes: %s is a superuser', who);
        END IF;
        RETURN format('yes: %s has the privileges of the producer, %s', who,
                      quote_ident(d.producer::text));
    END IF;
    IF (SELECT rolbypassrls FROM pg_roles WHERE oid = reader) THEN
        via := format('; yet %s has BYPASSRLS: no policy applies to it', who);
    END IF;
    IF d.access = 'open' THEN
        RETURN 'yes: the dataset is open';
    END IF;
    SELECT * INTO g FROM terrcarbon.access_grant AS t
    WHERE t.dataset = d.id AND t.grantee::oid <> 0
        AND pg_has_role(reader, t.grantee::oid, 'USAGE')
    ORDER BY t.until DESC NULLS FIRST
    LIMIT 1;
    IF d.access = 'private' THEN
        RETURN 'no: the dataset is private'
            || CASE WHEN g.id IS NOT NULL
                    THEN format('; the grant to %s sleeps', quote_ident(g.grantee::text))
                    ELSE '' END
            || coalesce(via, '');
    END IF;
    IF g.id IS NULL THEN
        RETURN format('no: the dataset is %s and nothing is granted to %s', d.access, who)
            || coalesce(via, '');
    END IF;
    IF g.until <= clock_timestamp() THEN
        RETURN format('no: the grant to %s ended on %s', quote_ident(g.grantee::text), g.until)
            || coalesce(via, '');
    END IF;
    RETURN format('yes: granted to %s by %s for %s%s', quote_ident(g.grantee::text),
                  quote_ident(g.granted_by), quote_literal(g.purpose),
                  coalesce(', until ' || g.until, ''));
END;
$$;
COMMENT ON FUNCTION explain_access_as(oid, int, regrole) IS
    'What explain_access does, for a caller it names. Internal.';
CREATE FUNCTION explain_access(dataset int, role regrole DEFAULT NULL) RETURNS text
    LANGUAGE C STABLE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION explain_access(int, regrole) IS
    'Says in words whether a role (default: the current one) reads a dataset, and why. For members of that role and for the producer. Error 42501.';

CREATE FUNCTION relink_roles() RETURNS TABLE (kept_in text, id int, role text)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
BEGIN
    RETURN QUERY
    UPDATE terrcarbon.dataset AS d SET producer = r.oid
    FROM pg_roles AS r WHERE d.producer::text = '' AND r.rolname = d.producer_name
    RETURNING 'dataset'::text, d.id, r.rolname::text;
    RETURN QUERY
    UPDATE terrcarbon.access_grant AS g SET grantee = r.oid
    FROM pg_roles AS r WHERE g.grantee::text = '' AND r.rolname = g.grantee_name
    RETURNING 'access_grant'::text, g.id, r.rolname::text;
    RETURN QUERY
    UPDATE terrcarbon.access_request AS q SET requester = r.oid
    FROM pg_roles AS r WHERE q.requester::text = '' AND r.rolname = q.requester_name
    RETURNING 'access_request'::text, q.id, r.rolname::text;
END;
$$;
COMMENT ON FUNCTION relink_roles() IS
    'After a restore that came before the roles: gives datasets, grants and requests of nobody back to the roles of the names noted with them, and lists them. For the database administrator, who knows whether those names still mean the same.';

-- --- what each may see of it ------------------------------------------------------
-- The tables are closed, so these run as their owner and filter by current_user.

CREATE VIEW my_grants WITH (security_barrier) AS
    SELECT g.id, g.dataset, d.slug, g.grantee::text AS grantee, g.grantee_name,
           g.purpose, g.until, g.granted_by, g.granted_at
    FROM access_grant g
    JOIN dataset d ON d.id = g.dataset
    WHERE pg_has_role(current_user, d.producer::oid, 'USAGE')
       OR pg_has_role(current_user, g.grantee::oid, 'USAGE');
COMMENT ON VIEW my_grants IS
    'Grants on the datasets one produces, and grants one has received.';

CREATE VIEW my_requests WITH (security_barrier) AS
    SELECT r.id, r.dataset, d.slug, r.requester::text AS requester, r.requester_name,
           r.purpose, r.until, r.status, r.reason, r.decided_by, r.requested_at,
           r.decided_at
    FROM access_request r
    JOIN dataset d ON d.id = r.dataset
    WHERE pg_has_role(current_user, d.producer::oid, 'USAGE')
       OR pg_has_role(current_user, r.requester::oid, 'USAGE')
       OR EXISTS (SELECT FROM steward s WHERE pg_has_role(current_user, s.role::oid, 'USAGE'));
COMMENT ON VIEW my_requests IS
    'Requests one made, requests for the datasets one produces, and for stewards all of them.';

CREATE VIEW my_events WITH (security_barrier) AS
    SELECT e.id, e.at, e.actor, e.action, e.dataset, d.slug, e.detail
    FROM event e
    LEFT JOIN dataset d ON d.id = e.dataset
    WHERE pg_has_role(current_user, d.producer::oid, 'USAGE')
       OR EXISTS (SELECT FROM steward s WHERE pg_has_role(current_user, s.role::oid, 'USAGE'));
COMMENT ON VIEW my_events IS
    'Events of the datasets one produces, and for stewards all of them.';

GRANT SELECT ON my_grants, my_requests, my_events TO PUBLIC;

REVOKE ALL ON FUNCTION
    note_event(oid, text, int, jsonb),
    dataset_of_producer(oid, int),
    known_licence(text),
    known_access(text),
    stated_purpose(text),
    register_dataset_as(oid, text, text, regrole, text, text, text, text, text, date, date, text, text),
    set_licence_as(oid, int, text),
    set_access_as(oid, int, text, text),
    describe_dataset_as(oid, int, text, text, text, date, date, text, text),
    set_producer_as(oid, int, regrole),
    grant_access_as(oid, int, regrole, text, timestamptz),
    revoke_access_as(oid, int, regrole),
    request_access_as(oid, int, text, timestamptz),
    decide_request_as(oid, int, text, text),
    explain_access_as(oid, int, regrole),
    relink_roles()
    FROM PUBLIC;
