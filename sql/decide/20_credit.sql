-- Carbon credits: who holds which tonne, and what it was retired for.
--
-- A credit is one tonne of one project and vintage, and has a serial number.  Entries
-- are a journal that is only added to: every one takes serials from somewhere and gives
-- them to somewhere.  Holdings say where each serial is now; no serial can be in two.

CREATE TABLE credit_project (
    code text PRIMARY KEY CHECK (code <> ''),
    name text NOT NULL CHECK (name <> ''),
    standard text NOT NULL CHECK (standard <> ''),
    issuer role_ref NOT NULL,
    url text,
    note text
);
COMMENT ON TABLE credit_project IS 'Projects that carbon credits are issued for. For the database administrator; everybody reads it.';
COMMENT ON COLUMN credit_project.code IS 'Code of the project in the registry of its standard';
COMMENT ON COLUMN credit_project.name IS 'Name';
COMMENT ON COLUMN credit_project.standard IS 'Standard it was verified by, such as Label bas-carbone';
COMMENT ON COLUMN credit_project.issuer IS 'Role whose members issue its credits. Write ''name''::regrole';
COMMENT ON COLUMN credit_project.url IS 'Its page in the registry';
COMMENT ON COLUMN credit_project.note IS 'Remarks';

CREATE TABLE credit_batch (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_code text NOT NULL REFERENCES credit_project ON UPDATE CASCADE,
    vintage int NOT NULL CHECK (vintage BETWEEN 1990 AND 2200),
    issued bigint NOT NULL DEFAULT 0 CHECK (issued BETWEEN 0 AND 4294967295),
    UNIQUE (project_code, vintage)
);
COMMENT ON TABLE credit_batch IS 'Credits of a project and vintage: serials 1 to issued. Changed by issue_credits only; everybody reads it.';
COMMENT ON COLUMN credit_batch.id IS 'Number of the batch';
COMMENT ON COLUMN credit_batch.project_code IS 'Project';
COMMENT ON COLUMN credit_batch.vintage IS 'Year in which the tonnes were avoided or removed';
COMMENT ON COLUMN credit_batch.issued IS 'How many were issued, t CO2e';

CREATE TABLE credit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    act text NOT NULL CHECK (act IN ('issue', 'transfer', 'retire', 'cancel')),
    batch_id int NOT NULL REFERENCES credit_batch,
    serials int8range NOT NULL CHECK (NOT isempty(serials) AND lower_inc(serials) AND NOT upper_inf(serials)),
    from_holder text CHECK ((from_holder IS NULL) = (act = 'issue')),
    to_holder text CHECK ((to_holder IS NULL) = (act IN ('retire', 'cancel'))),
    account text CHECK ((account IS NOT NULL) = (act = 'retire')),
    territory_code text CHECK ((territory_code IS NOT NULL) = (act = 'retire')),
    year int CHECK ((year IS NOT NULL) = (act = 'retire')),
    reason text CHECK (reason <> '')
);
CREATE INDEX credit_entry_batch ON credit_entry (batch_id);
COMMENT ON TABLE credit_entry IS 'Journal of credits: each row takes serials from one and gives them to another; rows are added and never changed. Everybody reads it.';
COMMENT ON COLUMN credit_entry.id IS 'Number of the entry, ascending';
COMMENT ON COLUMN credit_entry.at IS 'When it was made';
COMMENT ON COLUMN credit_entry.actor IS 'Name of the role that acted, on that day';
COMMENT ON COLUMN credit_entry.act IS 'issue, transfer, retire or cancel';
COMMENT ON COLUMN credit_entry.batch_id IS 'Batch';
COMMENT ON COLUMN credit_entry.serials IS 'Serials concerned, one for each t CO2e';
COMMENT ON COLUMN credit_entry.from_holder IS 'Role they were taken from, by its name on that day; NULL: they are new';
COMMENT ON COLUMN credit_entry.to_holder IS 'Role they were given to; NULL: they are out of use';
COMMENT ON COLUMN credit_entry.account IS 'Account they were retired for';
COMMENT ON COLUMN credit_entry.territory_code IS 'Territory they were retired for';
COMMENT ON COLUMN credit_entry.year IS 'Year whose emissions they are set against';
COMMENT ON COLUMN credit_entry.reason IS 'Why';

-- Batches lie side by side on one line of serials, so that one exclusion constraint,
-- which needs no other extension, keeps every tonne in one place.
CREATE TABLE credit_holding (
    batch_id int NOT NULL REFERENCES credit_batch,
    serials int8range NOT NULL CHECK (NOT isempty(serials) AND lower(serials) >= 1 AND upper(serials) <= 4294967296),
    holder role_ref NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'retired', 'cancelled')),
    account text CHECK ((account IS NOT NULL) = (status = 'retired')),
    territory_code text CHECK ((territory_code IS NOT NULL) = (status = 'retired')),
    year int CHECK ((year IS NOT NULL) = (status = 'retired')),
    entry_id bigint NOT NULL REFERENCES credit_entry,
    PRIMARY KEY (batch_id, serials),
    CONSTRAINT tonne_in_one_place EXCLUDE USING gist (
        int8range(batch_id::bigint * 4294967296 + lower(serials), batch_id::bigint * 4294967296 + upper(serials)) WITH &&)
);
CREATE INDEX credit_holding_retired ON credit_holding (account, territory_code, year) WHERE status = 'retired';
COMMENT ON TABLE credit_holding IS 'Where each credit is now: no serial is in two rows. Changed by the functions for credits only; everybody reads it (credit_register).';
COMMENT ON COLUMN credit_holding.batch_id IS 'Batch';
COMMENT ON COLUMN credit_holding.serials IS 'Serials, one for each t CO2e';
COMMENT ON COLUMN credit_holding.holder IS 'Role that holds them, or held them last';
COMMENT ON COLUMN credit_holding.status IS 'active; retired: set against the emissions of a territory; cancelled: out of use';
COMMENT ON COLUMN credit_holding.account IS 'Account they were retired for';
COMMENT ON COLUMN credit_holding.territory_code IS 'Territory they were retired for';
COMMENT ON COLUMN credit_holding.year IS 'Year whose emissions they are set against';
COMMENT ON COLUMN credit_holding.entry_id IS 'Entry that brought them there';

CREATE VIEW credit_register WITH (security_invoker = on) AS
SELECT concat_ws('/', b.project_code, b.vintage, lower(h.serials)) AS id,
       b.project_code, p.name AS project_name, p.standard, b.vintage,
       lower(h.serials) AS first_serial, upper(h.serials) - 1 AS last_serial, upper(h.serials) - lower(h.serials) AS tonnes,
       h.status, h.holder::text AS holder, h.account, h.territory_code, h.year, e.at AS since, e.reason
FROM credit_holding h
JOIN credit_batch b ON b.id = h.batch_id
JOIN credit_project p ON p.code = b.project_code
JOIN credit_entry e ON e.id = h.entry_id;
COMMENT ON VIEW credit_register IS 'Every credit by ranges of serials: who holds it, or what it was retired for. Everybody reads it. Unique by id.';
COMMENT ON COLUMN credit_register.id IS 'project/vintage/first serial: unique';
COMMENT ON COLUMN credit_register.project_code IS 'Project';
COMMENT ON COLUMN credit_register.project_name IS 'Its name';
COMMENT ON COLUMN credit_register.standard IS 'Standard it was verified by';
COMMENT ON COLUMN credit_register.vintage IS 'Year in which the tonnes were avoided or removed';
COMMENT ON COLUMN credit_register.first_serial IS 'First serial of the range';
COMMENT ON COLUMN credit_register.last_serial IS 'Last serial of the range';
COMMENT ON COLUMN credit_register.tonnes IS 'How many, t CO2e';
COMMENT ON COLUMN credit_register.status IS 'active, retired or cancelled';
COMMENT ON COLUMN credit_register.holder IS 'Role that holds them, or held them last';
COMMENT ON COLUMN credit_register.account IS 'Account they were retired for';
COMMENT ON COLUMN credit_register.territory_code IS 'Territory they were retired for';
COMMENT ON COLUMN credit_register.year IS 'Year whose emissions they are set against';
COMMENT ON COLUMN credit_register.since IS 'When they got there';
COMMENT ON COLUMN credit_register.reason IS 'Why';

REVOKE ALL ON credit_project, credit_batch, credit_entry, credit_holding, credit_register FROM PUBLIC;
GRANT SELECT ON credit_project, credit_batch, credit_entry, credit_holding, credit_register TO PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('credit_project', '');
SELECT pg_catalog.pg_extension_config_dump('credit_batch', '');
SELECT pg_catalog.pg_extension_config_dump('credit_batch_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('credit_entry', '');
SELECT pg_catalog.pg_extension_config_dump('credit_entry_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('credit_holding', '');

CREATE FUNCTION terrcarbon_internal.credit_entry_is_final() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'entries of credits are never changed nor removed'
        USING ERRCODE = 'object_not_in_prerequisite_state',
              HINT = 'Cancel the credits, or issue others.';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.credit_entry_is_final() IS 'Statement trigger of credit_entry: refuses everything but INSERT.';
CREATE TRIGGER credit_entry_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.credit_entry_is_final();
ALTER TABLE credit_entry ENABLE ALWAYS TRIGGER credit_entry_is_final;

-- The batch is locked first, so that whoever comes second sees what the first left.
CREATE FUNCTION terrcarbon_internal.lock_credits(actor oid, project_code text, vintage int, wanted int8range) RETURNS int
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    batch terrcarbon.credit_batch;
    other record;
BEGIN
    SELECT * INTO batch FROM terrcarbon.credit_batch b
    WHERE b.project_code = project_code AND b.vintage = vintage FOR UPDATE;
    IF batch.id IS NULL OR batch.issued < upper(wanted) - 1 THEN
        RAISE EXCEPTION 'there are no such credits'
            USING ERRCODE = 'no_data_found',
                  DETAIL = format('Project %s, vintage %s, serials %s to %s; issued are %s.', coalesce(left(project_code, 100), 'NULL'),
                      coalesce(vintage::text, 'NULL'), lower(wanted), upper(wanted) - 1, coalesce(batch.issued, 0)),
                  HINT = 'See terrcarbon.credit_register.';
    END IF;
    SELECT h.serials * wanted AS part, h.status, terrcarbon_internal.role_name(h.holder) AS holder INTO other
    FROM terrcarbon.credit_holding h
    WHERE h.batch_id = batch.id AND h.serials && wanted
        AND (h.status <> 'active' OR NOT coalesce(pg_has_role(actor, nullif(h.holder::oid, 0::oid), 'USAGE'), false))
    ORDER BY h.status = 'active', h.serials
    LIMIT 1;
    IF other.status = 'active' THEN
        RAISE EXCEPTION 'serials % to % are held by another role', lower(other.part), upper(other.part) - 1
            USING ERRCODE = 'insufficient_privilege',
                  DETAIL = format('Role %s does not have the privileges of %s.', quote_ident(pg_get_userbyid(actor)),
                      coalesce(nullif(quote_ident(other.holder), '""'), 'their holder, a role that is gone')),
                  HINT = 'See terrcarbon.credit_register.';
    ELSIF other.status IS NOT NULL THEN
        RAISE EXCEPTION 'serials % to % are % already', lower(other.part), upper(other.part) - 1, other.status
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'See terrcarbon.credit_register.';
    END IF;
    RETURN batch.id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.lock_credits(oid, text, int, int8range) IS
    'The batch that has the serials, locked, once it is sure that all are active and held by roles whose privileges the actor has. Errors: P0002, 42501, 55000.';

CREATE FUNCTION terrcarbon_internal.move_credits(actor oid, act text, project_code text, vintage int, first_serial bigint, last_serial bigint,
        receiver oid, account text, territory_code text, year int, reason text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    wanted int8range;
    batch int;
    held terrcarbon.credit_holding;
    part int8range;
    entry bigint;
BEGIN
    IF NOT coalesce(first_serial BETWEEN 1 AND last_serial AND last_serial <= 4294967295, false) THEN
        RAISE EXCEPTION 'a range of serials begins at 1 or later and ends no earlier than it begins'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The first is %s, the last %s.', coalesce(first_serial::text, 'NULL'), coalesce(last_serial::text, 'NULL'));
    END IF;
    wanted := int8range(first_serial, last_serial, '[]');
    batch := terrcarbon_internal.lock_credits(actor, project_code, vintage, wanted);
    FOR held IN SELECT * FROM terrcarbon.credit_holding h WHERE h.batch_id = batch AND h.serials && wanted ORDER BY h.serials LOOP
        part := held.serials * wanted;
        DELETE FROM terrcarbon.credit_holding h WHERE h.batch_id = batch AND h.serials = held.serials;
        INSERT INTO terrcarbon.credit_entry (actor, act, batch_id, serials, from_holder, to_holder, account, territory_code, year, reason)
        VALUES (pg_get_userbyid(actor), act, batch, part, terrcarbon_internal.role_name(held.holder), pg_get_userbyid(receiver),
            account, territory_code, year, reason)
        RETURNING id INTO entry;
        INSERT INTO terrcarbon.credit_holding (batch_id, serials, holder, status, account, territory_code, year, entry_id)
        VALUES (batch, part, coalesce(receiver::terrcarbon.role_ref, held.holder),
            CASE act WHEN 'retire' THEN 'retired' WHEN 'cancel' THEN 'cancelled' ELSE 'active' END, account, territory_code, year, entry);
        -- What is left on either side stays where it is.
        INSERT INTO terrcarbon.credit_holding (batch_id, serials, holder, status, entry_id)
        SELECT batch, rest.serials, held.holder, 'active', held.entry_id
        FROM (VALUES (int8range(lower(held.serials), lower(part))), (int8range(upper(part), upper(held.serials)))) AS rest (serials)
        WHERE NOT isempty(rest.serials);
    END LOOP;
    RETURN last_serial - first_serial + 1;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.move_credits(oid, text, text, int, bigint, bigint, oid, text, text, int, text) IS
    'Takes serials from where they are and puts them where the act says, with an entry for each former holding; gives the tonnes. Errors as those of transfer_credits.';

CREATE FUNCTION terrcarbon_internal.issue_credits(actor oid, project_code text, vintage int, tonnes bigint, holder regrole) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    project terrcarbon.credit_project;
    batch terrcarbon.credit_batch;
    new_serials int8range;
    entry bigint;
BEGIN
    SELECT * INTO project FROM terrcarbon.credit_project p WHERE p.code = project_code;
    IF project.code IS NULL THEN
        RAISE EXCEPTION 'there is no such project'
            USING ERRCODE = 'no_data_found', DETAIL = format('Project %s.', coalesce(left(project_code, 100), 'NULL')),
                  HINT = 'See terrcarbon.credit_project; the database administrator adds one.';
    END IF;
    IF NOT coalesce(pg_has_role(actor, nullif(project.issuer::oid, 0::oid), 'USAGE'), false) THEN
        RAISE EXCEPTION 'only its issuer issues credits of project %', quote_ident(project_code)
            USING ERRCODE = 'insufficient_privilege',
                  DETAIL = format('Role %s does not have the privileges of %s.', quote_ident(pg_get_userbyid(actor)),
                      coalesce(nullif(quote_ident(terrcarbon_internal.role_name(project.issuer)), '""'), 'the issuer, a role that is gone'));
    END IF;
    IF NOT coalesce(tonnes >= 1, false) OR NOT coalesce(vintage BETWEEN 1990 AND 2200, false) OR holder IS NULL
        OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = holder) THEN
        RAISE EXCEPTION 'credits need a vintage of 1990 to 2200, a positive number of tonnes and a holder'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The vintage is %s, the tonnes are %s, the holder is %s.', coalesce(vintage::text, 'NULL'),
                      coalesce(tonnes::text, 'NULL'), coalesce(holder::text, 'NULL'));
    END IF;
    INSERT INTO terrcarbon.credit_batch (project_code, vintage) VALUES (project_code, vintage) ON CONFLICT DO NOTHING;
    SELECT * INTO batch FROM terrcarbon.credit_batch b WHERE b.project_code = project_code AND b.vintage = vintage FOR UPDATE;
    IF tonnes > 4294967295 - batch.issued THEN
        RAISE EXCEPTION 'a batch has too many credits'
            USING ERRCODE = 'program_limit_exceeded', DETAIL = 'The most is 4294967295 of a project and vintage.';
    END IF;
    UPDATE terrcarbon.credit_batch b SET issued = batch.issued + tonnes WHERE b.id = batch.id;
    new_serials := int8range(batch.issued + 1, batch.issued + tonnes, '[]');
    INSERT INTO terrcarbon.credit_entry (actor, act, batch_id, serials, to_holder)
    VALUES (pg_get_userbyid(actor), 'issue', batch.id, new_serials, pg_get_userbyid(holder)) RETURNING id INTO entry;
    INSERT INTO terrcarbon.credit_holding (batch_id, serials, holder, status, entry_id)
    VALUES (batch.id, new_serials, holder, 'active', entry);
    RETURN batch.issued + 1;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.issue_credits(oid, text, int, bigint, regrole) IS 'Does it for the actor it is told.';
CREATE FUNCTION issue_credits(project_code text, vintage int, tonnes bigint, holder regrole) RETURNS bigint
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION issue_credits(text, int, bigint, regrole) IS
    'Issues credits, one for each t CO2e, to a holder: the next serials of the project and vintage; gives the first. For the issuer of the project. Errors: P0002 no such project, 42501, 22023, 54000 more than 4294967295 of one vintage.';

CREATE FUNCTION terrcarbon_internal.transfer_credits(actor oid, project_code text, vintage int, first_serial bigint, last_serial bigint,
        holder regrole) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = holder) THEN
        RAISE EXCEPTION 'credits need a holder'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Name a role.';
    END IF;
    RETURN terrcarbon_internal.move_credits(actor, 'transfer', project_code, vintage, first_serial, last_serial, holder, NULL, NULL, NULL, NULL);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.transfer_credits(oid, text, int, bigint, bigint, regrole) IS 'Does it for the actor it is told.';
CREATE FUNCTION transfer_credits(project_code text, vintage int, first_serial bigint, last_serial bigint, holder regrole) RETURNS bigint
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION transfer_credits(text, int, bigint, bigint, regrole) IS
    'Gives credits to another holder; gives their number, t CO2e. For their holder. Errors: P0002 no such credits, 42501 held by another role, 55000 retired or cancelled already, 22023 a range that is none, or no such holder.';

CREATE FUNCTION terrcarbon_internal.cancel_credits(actor oid, project_code text, vintage int, first_serial bigint, last_serial bigint,
        reason text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN terrcarbon_internal.move_credits(actor, 'cancel', project_code, vintage, first_serial, last_serial, NULL, NULL, NULL, NULL,
        terrcarbon_internal.credit_reason(reason));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.cancel_credits(oid, text, int, bigint, bigint, text) IS 'Does it for the actor it is told.';
CREATE FUNCTION cancel_credits(project_code text, vintage int, first_serial bigint, last_serial bigint, reason text) RETURNS bigint
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION cancel_credits(text, int, bigint, bigint, text) IS
    'Takes credits out of use for good without setting them against the emissions of a territory, such as those of a forest that burned or those a firm uses for itself; gives their number, t CO2e. For their holder. Errors as those of transfer_credits, and 22023 without a reason.';

CREATE FUNCTION terrcarbon_internal.credit_reason(reason text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF btrim(reason) <> '' THEN
        RETURN reason;
    END IF;
    RAISE EXCEPTION 'credits need a reason to go out of use'
        USING ERRCODE = 'invalid_parameter_value',
              HINT = 'Say in a few words what they are used for, or why they are not any more.';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.credit_reason(text) IS 'Its argument; error 22023 when it says nothing.';

CREATE FUNCTION retire_credits(account name, territory_code text, year int, project_code text, vintage int,
        first_serial bigint, last_serial bigint, reason text) RETURNS bigint
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'on_account_as_owner';
COMMENT ON FUNCTION retire_credits(name, text, int, text, int, bigint, bigint, text) IS
    'Sets credits against the emissions of a territory in a year, for good: neutrality() counts them there and for what the territory is part of, and nothing counts them again. For the owner of the account, who holds them; gives their number, t CO2e. Errors: 3F000 no such account, 22023 no such territory, no year or no reason, and those of transfer_credits.';

CREATE FUNCTION terrcarbon_internal.retire_credits(account name, territory_code text, year int, project_code text, vintage int,
        first_serial bigint, last_serial bigint, reason text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM territory t WHERE t.code = retire_credits.territory_code) OR NOT coalesce(year BETWEEN 1900 AND 2200, false) THEN
        RAISE EXCEPTION 'there is no such territory and year in account %', quote_ident(account)
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('Territory %s, year %s.', coalesce(left(territory_code, 100), 'NULL'), coalesce(year::text, 'NULL')),
                  HINT = 'See the table territory of the account.';
    END IF;
    RETURN terrcarbon_internal.record_retirement(account, territory_code, year, project_code, vintage, first_serial, last_serial, reason);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.retire_credits(name, text, int, text, int, bigint, bigint, text) IS
    'Behind retire_credits, as the owner of the account.';

CREATE FUNCTION terrcarbon_internal.record_retirement(account name, territory_code text, year int, project_code text, vintage int,
        first_serial bigint, last_serial bigint, reason text) RETURNS bigint
    LANGUAGE C VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'act_as_caller';
COMMENT ON FUNCTION terrcarbon_internal.record_retirement(name, text, int, text, int, bigint, bigint, text) IS
    'The step of retire_credits that is recorded, for whoever has the privileges of the account''s owner.';

CREATE FUNCTION terrcarbon_internal.record_retirement(actor oid, account name, territory_code text, year int, project_code text, vintage int,
        first_serial bigint, last_serial bigint, reason text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    IF NOT EXISTS (SELECT FROM pg_namespace n
                   JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'refresh_state'
                   WHERE n.nspname = account AND pg_has_role(actor, n.nspowner, 'USAGE')) THEN
        RAISE EXCEPTION 'permission denied for account %', quote_ident(account)
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN terrcarbon_internal.move_credits(actor, 'retire', project_code, vintage, first_serial, last_serial, NULL,
        account::text, territory_code, year, terrcarbon_internal.credit_reason(reason));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.record_retirement(oid, name, text, int, text, int, bigint, bigint, text) IS 'Does it for the actor it is told.';
REVOKE ALL ON FUNCTION terrcarbon_internal.record_retirement(oid, name, text, int, text, int, bigint, bigint, text) FROM PUBLIC;
