-- What producers, readers and the administrator do.
--
-- Each act is a pair of functions of one name: that of terrcarbon, which anybody
-- may call and which only notes who called, and that of terrcarbon_internal, which
-- is told so and decides, and which nobody else may call.

CREATE FUNCTION terrcarbon_internal.note_event(actor oid, action text, dataset_id int, detail jsonb)
    RETURNS void
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO terrcarbon.event (actor, action, dataset_id, detail)
    VALUES (pg_get_userbyid(actor), action, dataset_id,
            coalesce(jsonb_strip_nulls(detail), '{}'))
$$;
COMMENT ON FUNCTION terrcarbon_internal.note_event(oid, text, int, jsonb) IS
    'Appends an event.';

CREATE FUNCTION terrcarbon_internal.dataset_of_producer(actor oid, dataset_id int) RETURNS dataset
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
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
                                  coalesce(nullif(quote_ident(terrcarbon_internal.role_name(d.producer)), '""'),
                                           'its producer, a role that is gone')),
                  HINT = 'Ask the producer, or ask to become a member of its role.';
    END IF;
    IF d.retired_at IS NOT NULL THEN
        RAISE EXCEPTION 'dataset "%" is retired', d.slug
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Register a new dataset.';
    END IF;
    RETURN d;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.dataset_of_producer(oid, int) IS
    'The dataset, locked, once it is sure that the actor has its producer''s privileges and that it is in use.';

CREATE FUNCTION terrcarbon_internal.known_licence(name text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    id text := terrcarbon.canonical_licence(name);
BEGIN
    IF id IS NULL THEN
        RAISE EXCEPTION 'unknown licence %', coalesce(quote_literal(left(name, 100)), 'NULL')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Use an identifier of terrcarbon.licence, or ''unspecified''.';
    END IF;
    RETURN id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.known_licence(text) IS
    'The SPDX identifier of a licence; error 22023 when unknown.';

CREATE FUNCTION terrcarbon_internal.known_access(name text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF terrcarbon_internal.is_access(name) THEN
        RETURN name;
    END IF;
    RAISE EXCEPTION 'access is one of %', (SELECT string_agg(k.access, ', ') FROM terrcarbon.access_kinds() k)
        USING ERRCODE = 'invalid_parameter_value',
              DETAIL = format('It cannot be %s.', coalesce(quote_literal(left(name, 100)), 'NULL'));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.known_access(text) IS
    'Its argument; error 22023 when it is not a kind of access.';

CREATE FUNCTION terrcarbon_internal.stated_purpose(purpose text) RETURNS text
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
COMMENT ON FUNCTION terrcarbon_internal.stated_purpose(text) IS
    'Its argument; error 22023 when it says nothing.';

CREATE FUNCTION terrcarbon_internal.take_registration(actor oid) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = actor) THEN
        RETURN;
    END IF;
    -- One update, so that two sessions cannot both take the last place.
    UPDATE terrcarbon.registrar AS t SET registered = t.registered + 1
    WHERE t.registered < t.max_datasets
      AND t.id = (SELECT min(u.id) FROM terrcarbon.registrar u
                  WHERE u.role::oid <> 0::oid AND pg_has_role(actor, u.role::oid, 'USAGE')
                    AND u.registered < u.max_datasets);
    IF FOUND THEN
        RETURN;
    END IF;
    RAISE EXCEPTION 'role % may not register datasets', quote_ident(pg_get_userbyid(actor))
        USING ERRCODE = 'insufficient_privilege',
              DETAIL = coalesce(
                  (SELECT string_agg(format('The members of %s have registered %s of %s.',
                                            quote_ident(terrcarbon_internal.role_name(u.role)),
                                            u.registered, u.max_datasets), ' ' ORDER BY u.id)
                   FROM terrcarbon.registrar u
                   WHERE u.role::oid <> 0::oid AND pg_has_role(actor, u.role::oid, 'USAGE')),
                  'No role of it has the right.'),
              HINT = 'Ask the database administrator for it: grant_registering(role, max_datasets).';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.take_registration(oid) IS
    'Takes one of the registrations that the actor may make; error 42501 when there is none left. Superusers need none.';

CREATE FUNCTION terrcarbon_internal.register_dataset(
    actor oid, slug text, title text, producer regrole, licence text, access text,
    reason text, contact text, source text, updated date, valid_until date,
    coverage text, producer_name text) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    new_id int;
    licence_id text := terrcarbon_internal.known_licence(licence);
BEGIN
    IF slug !~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$' IS NOT FALSE THEN
        RAISE EXCEPTION 'bad slug %', coalesce(quote_literal(left(slug, 100)), 'NULL')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Use lower-case letters and digits, with dots, dashes or underscores in between.';
    END IF;
    IF producer IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = producer::oid) THEN
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
    PERFORM terrcarbon_internal.known_access(access);
    PERFORM terrcarbon_internal.take_registration(actor);
    -- The sequence gives no id twice, not even one that a rollback lost.
    LOOP
        new_id := nextval('terrcarbon.dataset_id_seq'::regclass)::int;
        EXIT WHEN NOT EXISTS (SELECT FROM terrcarbon_internal.reserved_id i WHERE i.dataset_id = new_id);
    END LOOP;
    INSERT INTO terrcarbon.dataset
        (id, slug, title, producer, producer_name, licence, access, reason, contact,
         source, updated, valid_until, coverage)
    OVERRIDING SYSTEM VALUE
    VALUES (new_id, slug, title, producer, coalesce(producer_name, pg_get_userbyid(producer::oid)),
            licence_id, access, reason, contact, source, updated, valid_until, coverage);
    PERFORM terrcarbon_internal.note_event(actor, 'registered', new_id,
        jsonb_build_object('slug', slug, 'producer', producer::text,
                           'licence', licence_id,
                           'access', access, 'reason', reason));
    RETURN new_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.register_dataset(oid, text, text, regrole, text, text, text, text, text, date, date, text, text) IS
    'Does it for the actor it is told.';
CREATE FUNCTION register_dataset(
    slug text, title text, producer regrole, licence text,
    access text DEFAULT 'private', reason text DEFAULT NULL,
    contact text DEFAULT NULL, source text DEFAULT NULL,
    updated date DEFAULT NULL, valid_until date DEFAULT NULL,
    coverage text DEFAULT NULL, producer_name text DEFAULT NULL) RETURNS int
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION register_dataset(text, text, regrole, text, text, text, text, text, date, date, text, text) IS
    'Registers a dataset and returns its id, the value of dataset_id in the tables that hold its rows. For members of the producer role that have the right to register, see grant_registering. producer_name: how attributions name the producer (default: the role''s name). Errors: 42501 not a member, no right or none left; 22023 bad slug, licence or access, 23505 slug taken.';

CREATE FUNCTION terrcarbon_internal.set_licence(actor oid, dataset_id int, licence text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon_internal.dataset_of_producer(actor, dataset_id);
    id text := terrcarbon_internal.known_licence(licence);
BEGIN
    UPDATE terrcarbon.dataset AS t SET licence = id WHERE t.id = d.id;
    PERFORM terrcarbon_internal.note_event(actor, 'licence_set', d.id,
        jsonb_build_object('from', d.licence, 'to', id));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.set_licence(oid, int, text) IS
    'Does it for the actor it is told.';
CREATE FUNCTION set_licence(dataset_id int, licence text) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION set_licence(int, text) IS
    'Chooses the licence of reuse of a dataset; aliases are accepted. For the producer. What was published before stays under the former licence. Errors: 42501, 22023 unknown licence.';

CREATE FUNCTION terrcarbon_internal.set_access(actor oid, dataset_id int, access text, reason text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon_internal.dataset_of_producer(actor, dataset_id);
BEGIN
    UPDATE terrcarbon.dataset AS t
    SET access = terrcarbon_internal.known_access(access), reason = reason
    WHERE t.id = d.id;
    PERFORM terrcarbon_internal.note_event(actor, 'access_set', d.id,
        jsonb_build_object('from', d.access, 'to', access, 'reason', reason));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.set_access(oid, int, text, text) IS
    'Does it for the actor it is told.';
CREATE FUNCTION set_access(dataset_id int, access text, reason text DEFAULT NULL) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION set_access(int, text, text) IS
    'Decides who reads the rows of a dataset: open, shared, aggregate or private; see the column dataset.access. For the producer. Holds from the next statement of every session on. Errors: 42501, 22023 unknown access.';

CREATE FUNCTION terrcarbon_internal.describe_dataset(
    actor oid, dataset_id int, title text, contact text, source text, updated date,
    valid_until date, coverage text, producer_name text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon_internal.dataset_of_producer(actor, dataset_id);
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
    PERFORM terrcarbon_internal.note_event(actor, 'described', d.id,
        jsonb_build_object('title', title, 'contact', contact, 'source', source,
                           'updated', updated, 'valid_until', valid_until,
                           'coverage', coverage, 'producer_name', producer_name));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.describe_dataset(oid, int, text, text, text, date, date, text, text) IS
    'Does it for the actor it is told.';
CREATE FUNCTION describe_dataset(
    dataset_id int, title text DEFAULT NULL, contact text DEFAULT NULL,
    source text DEFAULT NULL, updated date DEFAULT NULL,
    valid_until date DEFAULT NULL, coverage text DEFAULT NULL,
    producer_name text DEFAULT NULL) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION describe_dataset(int, text, text, text, date, date, text, text) IS
    'Changes what is said of a dataset, such as the date of its last update; NULL leaves as it is. valid_until: ''infinity'' for no end. For the producer. Error 42501.';

CREATE FUNCTION terrcarbon_internal.set_producer(actor oid, dataset_id int, producer regrole) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon_internal.dataset_of_producer(actor, dataset_id);
BEGIN
    IF producer IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = producer::oid) THEN
        RAISE EXCEPTION 'a dataset needs a producer'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE terrcarbon.dataset AS t SET producer = producer WHERE t.id = d.id;
    PERFORM terrcarbon_internal.note_event(actor, 'producer_set', d.id,
        jsonb_build_object('from', terrcarbon_internal.role_name(d.producer), 'to', producer::text));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.set_producer(oid, int, regrole) IS
    'Does it for the actor it is told.';
CREATE FUNCTION set_producer(dataset_id int, producer regrole) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION set_producer(int, regrole) IS
    'Hands a dataset over to another role; attributions keep producer_name. For the producer, and for a superuser once the producer''s role is gone. Error 42501.';

CREATE FUNCTION terrcarbon_internal.grant_access(
    actor oid, dataset_id int, grantee regrole, purpose text, until timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon_internal.dataset_of_producer(actor, dataset_id);
BEGIN
    IF grantee IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = grantee::oid) THEN
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
    SET grantee_name = pg_get_userbyid(grantee::oid),
        purpose = terrcarbon_internal.stated_purpose(purpose), until = until,
        granted_by = pg_get_userbyid(actor), granted_at = now()
    WHERE g.dataset_id = d.id AND g.grantee::oid = grantee::oid;
    IF NOT FOUND THEN
        INSERT INTO terrcarbon.access_grant
            (dataset_id, grantee, grantee_name, purpose, until, granted_by)
        VALUES (d.id, grantee, pg_get_userbyid(grantee::oid),
                terrcarbon_internal.stated_purpose(purpose), until, pg_get_userbyid(actor));
    END IF;
    PERFORM terrcarbon_internal.note_event(actor, 'granted', d.id,
        jsonb_build_object('grantee', grantee::text, 'purpose', purpose, 'until', until));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.grant_access(oid, int, regrole, text, timestamptz) IS
    'Does it for the actor it is told.';
CREATE FUNCTION grant_access(
    dataset_id int, grantee regrole, purpose text, until timestamptz DEFAULT NULL) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION grant_access(int, regrole, text, timestamptz) IS
    'Lets a role and its members read a shared or aggregate dataset until an instant (NULL: until revoked). A second grant to the same role replaces the first. For the producer. Errors: 42501, 22023 past date or no purpose, 55000 private dataset.';

CREATE FUNCTION terrcarbon_internal.revoke_access(actor oid, dataset_id int, grantee regrole) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon_internal.dataset_of_producer(actor, dataset_id);
BEGIN
    DELETE FROM terrcarbon.access_grant AS g
    WHERE g.dataset_id = d.id AND g.grantee::oid = grantee::oid;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM terrcarbon_internal.note_event(actor, 'revoked', d.id,
        jsonb_build_object('grantee', grantee::text));
    RETURN true;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.revoke_access(oid, int, regrole) IS
    'Does it for the actor it is told.';
CREATE FUNCTION revoke_access(dataset_id int, grantee regrole) RETURNS boolean
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION revoke_access(int, regrole) IS
    'Takes access back; false when there was no grant to that role. Access through another role of the reader stays, see explain_access. For the producer. Error 42501.';

CREATE FUNCTION terrcarbon_internal.request_access(
    actor oid, dataset_id int, purpose text, until timestamptz) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    new_id int;
    d record;
BEGIN
    SELECT t.slug, t.retired_at IS NOT NULL AS retired INTO d
    FROM terrcarbon.dataset AS t WHERE t.id = request_access.dataset_id FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'dataset % does not exist', coalesce(dataset_id::text, 'NULL')
            USING ERRCODE = 'no_data_found',
                  HINT = 'See terrcarbon.dataset_catalogue.';
    END IF;
    IF d.retired THEN
        RAISE EXCEPTION 'dataset "%" is retired', d.slug
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    -- Who waits here waits for a request of the same role.
    INSERT INTO terrcarbon.access_request AS r
        (dataset_id, requester, requester_name, purpose, until)
    VALUES (dataset_id, actor, pg_get_userbyid(actor),
            terrcarbon_internal.stated_purpose(purpose), until)
    ON CONFLICT (dataset_id, (requester::oid)) WHERE status = 'pending' AND requester::oid <> 0::oid
        DO NOTHING
    RETURNING r.id INTO new_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a request of this role for this dataset is already pending'
            USING ERRCODE = 'unique_violation',
                  HINT = 'See terrcarbon.my_requests.';
    END IF;
    PERFORM terrcarbon_internal.note_event(actor, 'requested', dataset_id,
        jsonb_build_object('request', new_id, 'purpose', purpose, 'until', until));
    RETURN new_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.request_access(oid, int, text, timestamptz) IS
    'Does it for the actor it is told.';
CREATE FUNCTION request_access(
    dataset_id int, purpose text, until timestamptz DEFAULT NULL) RETURNS int
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION request_access(int, text, timestamptz) IS
    'Asks the producer for access, for the current role; returns the number of the request. Errors: P0002 no such dataset, 23505 a request is pending, 55000 a retired dataset.';

CREATE FUNCTION terrcarbon_internal.decide_request(
    actor oid, request int, decision text, reason text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
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
    PERFORM terrcarbon_internal.dataset_of_producer(actor, r.dataset_id);
    IF decision IS NULL OR decision NOT IN ('granted', 'refused') THEN
        RAISE EXCEPTION 'a request is granted or refused'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The decision is %s.', coalesce(quote_literal(left(decision, 100)), 'NULL'));
    END IF;
    IF r.status <> 'pending' THEN
        RAISE EXCEPTION 'the request is already %', r.status
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF decision = 'granted' THEN
        PERFORM terrcarbon_internal.grant_access(actor, r.dataset_id,
            nullif(r.requester::oid, 0::oid)::regrole, r.purpose, r.until);
    END IF;
    UPDATE terrcarbon.access_request AS q
    SET status = decision, reason = reason, decided_by = pg_get_userbyid(actor),
        decided_at = clock_timestamp()
    WHERE q.id = request;
    PERFORM terrcarbon_internal.note_event(actor, 'decided', r.dataset_id,
        jsonb_build_object('request', request, 'decision', decision, 'reason', reason));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.decide_request(oid, int, text, text) IS
    'Does it for the actor it is told.';
CREATE FUNCTION decide_request(request int, decision text, reason text DEFAULT NULL) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION decide_request(int, text, text) IS
    'Decides a request: granted (which grants access for the purpose and the time asked) or refused. For the producer. Errors: 42501, 22023, 55000 already decided or private dataset.';

CREATE FUNCTION terrcarbon_internal.explain_access(actor oid, dataset_id int, role regrole) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset;
    g terrcarbon.access_grant;
    reader oid := coalesce(role::oid, actor);
    who text := quote_ident(pg_get_userbyid(reader));
    via text;
BEGIN
    SELECT * INTO d FROM terrcarbon.dataset AS t WHERE t.id = dataset_id;
    IF NOT FOUND THEN
        RETURN format('no: dataset %s does not exist', coalesce(dataset_id::text, 'NULL'));
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
                      quote_ident(terrcarbon_internal.role_name(d.producer)));
    END IF;
    IF (SELECT rolbypassrls FROM pg_roles WHERE oid = reader) THEN
        via := format('; yet %s has BYPASSRLS: no policy applies to it', who);
    END IF;
    IF d.access = 'open' THEN
        RETURN 'yes: the dataset is open';
    END IF;
    SELECT * INTO g FROM terrcarbon.access_grant AS t
    WHERE t.dataset_id = d.id AND t.grantee::oid <> 0::oid
        AND pg_has_role(reader, t.grantee::oid, 'USAGE')
    ORDER BY t.until DESC NULLS FIRST
    LIMIT 1;
    IF d.access = 'private' THEN
        RETURN CASE WHEN d.retired_at IS NULL THEN 'no: the dataset is private'
                    ELSE 'no: the dataset is retired' END
            || CASE WHEN g.id IS NOT NULL
                    THEN format('; the grant to %s sleeps', quote_ident(terrcarbon_internal.role_name(g.grantee)))
                    ELSE '' END
            || coalesce(via, '');
    END IF;
    IF g.id IS NULL THEN
        RETURN format('no: the dataset is %s and nothing is granted to %s', d.access, who)
            || coalesce(via, '');
    END IF;
    IF g.until <= clock_timestamp() THEN
        RETURN format('no: the grant to %s ended on %s', quote_ident(terrcarbon_internal.role_name(g.grantee)), g.until)
            || coalesce(via, '');
    END IF;
    RETURN format('yes: granted to %s by %s for %s%s', quote_ident(terrcarbon_internal.role_name(g.grantee)),
                  quote_ident(g.granted_by), quote_literal(g.purpose),
                  coalesce(', until ' || g.until, ''));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.explain_access(oid, int, regrole) IS
    'Does it for the actor it is told.';
CREATE FUNCTION explain_access(dataset_id int, role regrole DEFAULT NULL) RETURNS text
    LANGUAGE C STABLE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION explain_access(int, regrole) IS
    'Says in words whether a role (default: the current one) reads a dataset, and why. For members of that role and for the producer. Error 42501.';

CREATE FUNCTION terrcarbon_internal.retire_dataset(actor oid, dataset_id int, reason text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    d terrcarbon.dataset := terrcarbon_internal.dataset_of_producer(actor, dataset_id);
BEGIN
    DELETE FROM terrcarbon.access_grant AS g WHERE g.dataset_id = d.id;
    UPDATE terrcarbon.access_request AS r
    SET status = 'refused', reason = 'the dataset was retired',
        decided_by = pg_get_userbyid(actor), decided_at = clock_timestamp()
    WHERE r.dataset_id = d.id AND r.status = 'pending';
    UPDATE terrcarbon.dataset AS t
    SET access = 'private', reason = coalesce(reason, t.reason), retired_at = now()
    WHERE t.id = d.id;
    PERFORM terrcarbon_internal.note_event(actor, 'retired', d.id,
        jsonb_build_object('access', d.access, 'reason', reason));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.retire_dataset(oid, int, text) IS
    'Does it for the actor it is told.';
CREATE FUNCTION retire_dataset(dataset_id int, reason text DEFAULT NULL) RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION retire_dataset(int, text) IS
    'Takes a dataset out of use for good: it leaves the catalogue, becomes private, its grants end, its requests are refused, and no other act is possible on it. Its number is never given again, and its rows stay for the producer to read and delete. For the producer. Errors: 42501, 55000 already retired.';

CREATE FUNCTION grant_registering(role regrole, max_datasets int DEFAULT 100) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF role IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = role::oid) THEN
        RAISE EXCEPTION 'the right to register needs a role'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF max_datasets IS NULL OR max_datasets < 1 THEN
        RAISE EXCEPTION 'the number of datasets must be at least 1'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('It is %s.', coalesce(max_datasets::text, 'NULL')),
                  HINT = 'Use revoke_registering to take the right back.';
    END IF;
    INSERT INTO terrcarbon.registrar (role, max_datasets, granted_by)
    VALUES (role, max_datasets, current_user)
    ON CONFLICT ((role::oid)) WHERE role::oid <> 0::oid
        DO UPDATE SET max_datasets = excluded.max_datasets, granted_by = excluded.granted_by,
                      granted_at = now();
    PERFORM terrcarbon_internal.note_event((SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user), 'registering_granted', NULL,
        jsonb_build_object('role', role::text, 'max_datasets', max_datasets));
END;
$$;
COMMENT ON FUNCTION grant_registering(regrole, int) IS
    'Lets the members of a role register datasets, so many in all (retired ones count); a second call changes the number. For the database administrator. Error 22023.';
REVOKE ALL ON FUNCTION grant_registering(regrole, int) FROM PUBLIC;

CREATE FUNCTION revoke_registering(role regrole) RETURNS boolean
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    DELETE FROM terrcarbon.registrar AS t WHERE t.role::oid = role::oid;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM terrcarbon_internal.note_event((SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user), 'registering_revoked', NULL,
        jsonb_build_object('role', role::text));
    RETURN true;
END;
$$;
COMMENT ON FUNCTION revoke_registering(regrole) IS
    'Takes the right to register datasets back; what was registered stays. False when the role did not have it itself. For the database administrator.';
REVOKE ALL ON FUNCTION revoke_registering(regrole) FROM PUBLIC;

-- A reference that found no role keeps the name it was written with, which was
-- the name of the day in the cluster it came from.  What was dropped there has no
-- name, and stays nobody's.
CREATE FUNCTION relink_roles() RETURNS TABLE (kept_in text, id int, role text)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    UPDATE terrcarbon.dataset AS d SET producer = r.oid
    FROM pg_roles AS r WHERE d.producer::oid = 0::oid AND d.producer::text = r.rolname::text
    RETURNING 'dataset'::text, d.id, r.rolname::text;
    RETURN QUERY
    UPDATE terrcarbon.access_grant AS g SET grantee = r.oid
    FROM pg_roles AS r WHERE g.grantee::oid = 0::oid AND g.grantee::text = r.rolname::text
        -- a grant that was given anew goes before
        AND NOT EXISTS (SELECT FROM terrcarbon.access_grant AS n
                        WHERE n.dataset_id = g.dataset_id AND n.grantee::oid = r.oid)
    RETURNING 'access_grant'::text, g.id, r.rolname::text;
    RETURN QUERY
    UPDATE terrcarbon.access_request AS q SET requester = r.oid
    FROM pg_roles AS r WHERE q.requester::oid = 0::oid AND q.requester::text = r.rolname::text
        AND NOT EXISTS (SELECT FROM terrcarbon.access_request AS n
                        WHERE n.dataset_id = q.dataset_id AND n.requester::oid = r.oid AND n.status = 'pending')
    RETURNING 'access_request'::text, q.id, r.rolname::text;
    RETURN QUERY
    UPDATE terrcarbon.steward AS s SET role = r.oid
    FROM pg_roles AS r WHERE s.role::oid = 0::oid AND s.role::text = r.rolname::text
        AND NOT EXISTS (SELECT FROM terrcarbon.steward AS n WHERE n.role::oid = r.oid)
    RETURNING 'steward'::text, s.id, r.rolname::text;
    RETURN QUERY
    UPDATE terrcarbon.registrar AS t SET role = r.oid
    FROM pg_roles AS r WHERE t.role::oid = 0::oid AND t.role::text = r.rolname::text
        AND NOT EXISTS (SELECT FROM terrcarbon.registrar AS n WHERE n.role::oid = r.oid)
    RETURNING 'registrar'::text, t.id, r.rolname::text;
    UPDATE terrcarbon_internal.former_reader AS f SET role = r.oid
    FROM pg_roles AS r WHERE f.role::oid = 0::oid AND f.role::text = r.rolname::text
        AND NOT EXISTS (SELECT FROM terrcarbon_internal.former_reader AS n
                        WHERE n.dataset_id = f.dataset_id AND n.role::oid = r.oid);
END;
$$;
COMMENT ON FUNCTION relink_roles() IS
    'After a restore that came before the roles: gives datasets, grants, requests, rights to register and stewardship of nobody back to the roles whose names they had in the dump, and lists them; ownership of tables and privileges on them are PostgreSQL''s and do not come back so. Never by a name of an earlier day, nor by the name of a producer in attributions; what belonged to a dropped role stays nobody''s. For the database administrator, who knows whether those names still mean the same.';
REVOKE ALL ON FUNCTION relink_roles() FROM PUBLIC;
