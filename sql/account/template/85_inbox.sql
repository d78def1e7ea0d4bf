-- Inboxes: one a layer, and those of one's own mappings.

CREATE TABLE inbox (
    name text PRIMARY KEY,
    target text NOT NULL,
    mapping jsonb NOT NULL DEFAULT '{}',
    repair boolean NOT NULL DEFAULT false,
    repeated text NOT NULL DEFAULT 'append' CHECK (repeated IN ('refuse', 'replace', 'append'))
);
COMMENT ON TABLE inbox IS 'The inboxes of the account: tables inbox_NAME that any client can write to; create_inbox adds one.';
COMMENT ON COLUMN inbox.name IS 'Its table is inbox_NAME';
COMMENT ON COLUMN inbox.target IS 'Layer that its rows are deposited in';
COMMENT ON COLUMN inbox.mapping IS 'Names of its columns, as those of deposit';
COMMENT ON COLUMN inbox.repair IS 'Whether invalid geometries are made valid';
COMMENT ON COLUMN inbox.repeated IS 'What becomes of the same rows again: refuse, replace or append';

INSERT INTO inbox (name, target)
    SELECT l.name, l.name FROM (VALUES ('activity'), ('building'), ('land_cover'), ('road_segment'), ('trip')) AS l (name);
SELECT terrcarbon_internal.make_inbox(current_schema(), i.name, i.target, i.mapping) FROM inbox i;
