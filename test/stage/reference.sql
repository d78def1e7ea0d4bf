-- Writes docs/reference.md from the catalogue: what the schema terrcarbon holds
-- for users, with its comments.
\set QUIET on
\pset tuples_only on
\pset format unaligned
\pset pager off
SET search_path = terrcarbon, public;
LOAD 'terrcarbon';

CREATE TEMP VIEW member AS
SELECT d.classid, d.objid FROM pg_depend d
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'terrcarbon'
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';

\qecho '# Reference'
\qecho
\qecho 'Everything in the schema `terrcarbon`: [functions](#functions), [types](#types),'
\qecho '[operators](#operators), [tables and views](#tables-and-views), [settings](#settings),'
\qecho 'and the [errors](#errors). The views of an account are described in [the page on'
\qecho 'accounts](account.md). What stands in `terrcarbon_internal` is not for use. This'
\qecho 'page is made from the comments of the objects by `make reference`;'
\qecho '`\\df+ terrcarbon.*` shows the same in psql.'
\qecho
\qecho '## Functions'

SELECT E'\n### `' || p.proname || '(' || pg_get_function_arguments(p.oid) || ')`' || E'\n\n'
    || CASE p.prokind WHEN 'a' THEN 'Aggregate, ' WHEN 'p' THEN 'Procedure' ELSE '' END
    || coalesce('returns `' || pg_get_function_result(p.oid) || '`', '')
    || CASE WHEN p.prokind = 'f' THEN '; ' || CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END
            || CASE p.proparallel WHEN 's' THEN ', parallel safe' ELSE '' END ELSE '' END
    || E'.\n\n' || obj_description(p.oid, 'pg_proc')
FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
WHERE p.pronamespace = 'terrcarbon'::regnamespace
ORDER BY p.proname COLLATE "C", pg_get_function_arguments(p.oid) COLLATE "C";

\qecho
\qecho '## Types'
SELECT E'\n### `' || t.typname || E'`\n\n' || obj_description(t.oid, 'pg_type')
FROM pg_type t JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typnamespace = 'terrcarbon'::regnamespace AND t.typcategory <> 'A' AND (c.oid IS NULL OR c.relkind = 'c')
ORDER BY t.typname COLLATE "C";

\qecho
\qecho '## Operators'
\qecho
SELECT '- `' || concat_ws(' ', nullif(format_type(nullif(o.oprleft, 0), NULL), '-'), o.oprname, format_type(o.oprright, NULL))
    || '` → `' || format_type(o.oprresult, NULL) || '`: ' || obj_description(o.oid, 'pg_operator')
FROM pg_operator o JOIN member m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
WHERE o.oprnamespace = 'terrcarbon'::regnamespace
ORDER BY o.oprname COLLATE "C", format_type(o.oprleft, NULL) COLLATE "C", format_type(o.oprright, NULL) COLLATE "C";

\qecho
\qecho '## Tables and views'
SELECT E'\n### `' || c.relname || E'`\n\n' || CASE c.relkind WHEN 'v' THEN 'View. ' ELSE '' END || obj_description(c.oid, 'pg_class')
    || E'\n\n' || (SELECT string_agg('- `' || a.attname || '` ' || format_type(a.atttypid, a.atttypmod)
                            || coalesce(': ' || col_description(c.oid, a.attnum), ''), E'\n' ORDER BY a.attnum)
                   FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
FROM pg_class c JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
WHERE c.relnamespace = 'terrcarbon'::regnamespace AND c.relkind IN ('r', 'v')
ORDER BY c.relname COLLATE "C";

\qecho
\qecho '## Settings'
\qecho
SELECT '- `' || name || '` (' || vartype || ', default ' || coalesce(quote_literal(boot_val), 'none') || '): ' || short_desc || coalesce(' ' || extra_desc, '')
FROM pg_settings WHERE name LIKE 'terrcarbon.%' ORDER BY name COLLATE "C";

-- The check of this page holds this list against the conditions that the code names.
\qecho
\qecho '## Errors'
\qecho
\qecho '| SQLSTATE | condition | when |'
\qecho '| --- | --- | --- |'
VALUES
('| 0A000 | `feature_not_supported` | A geometry of a type that has no area or length; a database that is not UTF8. |'),
('| 22003 | `numeric_value_out_of_range` | A result is beyond double precision. |'),
('| 22004 | `null_value_not_allowed` | An element that a computation needs is NULL, such as the year of a value. |'),
('| 22012 | `division_by_zero` | A quantity is divided by zero. |'),
('| 22023 | `invalid_parameter_value` | An argument is NaN, infinite, negative, out of its range, or names nothing that exists: a gas, unit, land class, geometry that cannot be measured. |'),
('| 22P02 | `invalid_text_representation` | The text of a quantity is malformed. |'),
('| 22P03 | `invalid_binary_representation` | The binary form of a quantity or geometry is malformed. |'),
('| 23502 | `not_null_violation` | A row says too little to be counted: a row of a layer without its year, or with a mapping that gives none. |'),
('| 23503 | `foreign_key_violation` | A row names what does not exist: the sector of a row in a layer of one''s own. |'),
('| 23505 | `unique_violation` | The same request is already pending; the same rows were deposited before. |'),
('| 23514 | `check_violation` | A row of a catalogue contradicts another one. |'),
('| 25001 | `active_sql_transaction` | Access rights are asked for outside a statement. |'),
('| 2BP01 | `dependent_objects_still_exist` | Views outside an account rest on it, so it cannot be dropped. |'),
('| 39P01 | `trigger_protocol_violated` | A trigger function is called by hand. |'),
('| 3F000 | `invalid_schema_name` | There is no such account. |'),
('| 40001 | `serialization_failure` | Rights changed while they were used; repeat the statement. |'),
('| 42501 | `insufficient_privilege` | The role may not do this. |'),
('| 42703 | `undefined_column` | A table lacks a column, or has it with another type. |'),
('| 42710 | `duplicate_object` | An account has a layer or an inbox of that name already. |'),
('| 42809 | `wrong_object_type` | A relation is not a table, or not a materialized view. |'),
('| 42883 | `undefined_function` | PostGIS lacks something that is built upon. |'),
('| 42P01 | `undefined_table` | A catalogue of the extension is missing; an account has no such layer to deposit in. |'),
('| 42P06 | `duplicate_schema` | The name of a new account is taken. |'),
('| 53200 | `out_of_memory` | A geometry is larger than memory. |'),
('| 54000 | `program_limit_exceeded` | There is more of something than can be computed with; the detail gives the limit. |'),
('| 55000 | `object_not_in_prerequisite_state` | The object is in the wrong state: a shipped row, a final release, a refresh under way. |'),
('| P0002 | `no_data_found` | There is no such dataset, request or row. |'),
('| XX001 | `data_corrupted` | A stored value is damaged, or of a later version. |')
ORDER BY column1 COLLATE "C";
