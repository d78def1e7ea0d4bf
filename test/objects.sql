-- One line for everything that can be said of each object of the extension, and of
-- those in further schemas: what it is, its definition, owner, privileges and
-- comment, and the rows that ship.  What a database got by an upgrade is compared by
-- them with a fresh one.
--
--   psql -XAt -v schemas='{}' -f test/objects.sql
\set QUIET on
SET search_path = pg_catalog;
SET extra_float_digits = 1;

CREATE TEMP VIEW object AS
SELECT d.classid, d.objid
FROM pg_depend AS d
JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'terrcarbon'
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
UNION
SELECT c.classid, c.objid
FROM (SELECT 'pg_class'::regclass::oid, oid, relnamespace FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'S', 'p')
      UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc
      UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type
      UNION ALL SELECT 'pg_namespace'::regclass, oid, oid FROM pg_namespace) AS c (classid, objid, namespace)
WHERE c.namespace IN (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = ANY (:'schemas'::name[]));

CREATE TEMP VIEW relation AS
SELECT c.* FROM pg_class AS c JOIN object AS o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid;

-- A table by its columns: an upgrade can only add them at the end, which says nothing.
CREATE TEMP VIEW said (subject, aspect, value) AS
SELECT pg_describe_object(o.classid, o.objid, 0), 'comment', obj_description(o.objid, o.classid::regclass::name) FROM object AS o
UNION ALL
-- functions, with their rights
SELECT p.oid::regprocedure::text, 'function',
       CASE WHEN p.prokind = 'a' THEN (SELECT concat_ws(' ', a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn,
                a.aggdeserialfn, a.aggmtransfn, a.aggfinalextra, a.aggfinalmodify, a.aggsortop::regoperator,
                a.aggtranstype::regtype, a.agginitval, p.provolatile, p.proparallel, p.proisstrict)
            FROM pg_aggregate AS a WHERE a.aggfnoid = p.oid)
            ELSE pg_get_functiondef(p.oid) END
FROM pg_proc AS p JOIN object AS o ON o.classid = 'pg_proc'::regclass AND o.objid = p.oid
UNION ALL
SELECT p.oid::regprocedure::text, 'owner', p.proowner::regrole::text
FROM pg_proc AS p JOIN object AS o ON o.classid = 'pg_proc'::regclass AND o.objid = p.oid
UNION ALL
SELECT p.oid::regprocedure::text, 'privilege', a::text
FROM pg_proc AS p JOIN object AS o ON o.classid = 'pg_proc'::regclass AND o.objid = p.oid,
     unnest(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
UNION ALL
-- schemas
SELECT n.nspname, 'privilege', a::text
FROM pg_namespace AS n JOIN object AS o ON o.classid = 'pg_namespace'::regclass AND o.objid = n.oid,
     unnest(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS a
UNION ALL
-- types, operators, casts, classes of operators
SELECT t.oid::regtype::text, 'type', concat_ws(' ', t.typtype, t.typlen, t.typbyval, t.typcategory, t.typispreferred,
       t.typdelim, t.typalign, t.typstorage, t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout,
       t.typanalyze, t.typsubscript, t.typelem::regtype, t.typarray::regtype, t.typbasetype::regtype, t.typtypmod,
       t.typnotnull, t.typdefault, t.typcollation::regcollation, t.typowner::regrole)
FROM pg_type AS t JOIN object AS o ON o.classid = 'pg_type'::regclass AND o.objid = t.oid
UNION ALL
SELECT t.oid::regtype::text, 'privilege', a::text
FROM pg_type AS t JOIN object AS o ON o.classid = 'pg_type'::regclass AND o.objid = t.oid,
     unnest(coalesce(t.typacl, acldefault('T', t.typowner))) AS a
UNION ALL
SELECT c.contypid::regtype::text, 'constraint', concat(c.conname, ' ', pg_get_constraintdef(c.oid))
FROM pg_constraint AS c JOIN object AS o ON o.classid = 'pg_type'::regclass AND o.objid = c.contypid
UNION ALL
SELECT p.oid::regoperator::text, 'operator', concat_ws(' ', p.oprcode, p.oprcom::regoperator, p.oprnegate::regoperator,
       p.oprrest, p.oprjoin, p.oprcanmerge, p.oprcanhash, p.oprresult::regtype)
FROM pg_operator AS p JOIN object AS o ON o.classid = 'pg_operator'::regclass AND o.objid = p.oid
UNION ALL
SELECT pg_describe_object('pg_cast'::regclass, c.oid, 0), 'cast', concat_ws(' ', c.castfunc::regprocedure, c.castcontext, c.castmethod)
FROM pg_cast AS c JOIN object AS o ON o.classid = 'pg_cast'::regclass AND o.objid = c.oid
UNION ALL
SELECT pg_describe_object('pg_opclass'::regclass, c.oid, 0), 'class', concat_ws(' ', c.opcdefault, c.opckeytype::regtype,
       pg_describe_object('pg_opfamily'::regclass, c.opcfamily, 0))
FROM pg_opclass AS c JOIN object AS o ON o.classid = 'pg_opclass'::regclass AND o.objid = c.oid
UNION ALL
SELECT pg_describe_object('pg_opfamily'::regclass, f.opcfamily, 0), 'member', f.member
FROM (SELECT DISTINCT c.opcfamily FROM pg_opclass AS c JOIN object AS o ON o.classid = 'pg_opclass'::regclass AND o.objid = c.oid) AS o
JOIN (SELECT amopfamily, concat_ws(' ', amopstrategy, amopopr::regoperator, amoppurpose) FROM pg_amop
      UNION ALL SELECT amprocfamily, concat_ws(' ', amprocnum, amproc::regprocedure) FROM pg_amproc) AS f (opcfamily, member) USING (opcfamily)
UNION ALL
-- tables, views, sequences
SELECT r.oid::regclass::text, 'relation', concat_ws(' ', r.relkind, r.relpersistence, r.relrowsecurity, r.relforcerowsecurity,
       r.reloptions, r.relowner::regrole)
FROM relation AS r
UNION ALL
SELECT r.oid::regclass::text, 'privilege', a::text
FROM relation AS r, unnest(coalesce(r.relacl, acldefault(CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", r.relowner))) AS a
UNION ALL
SELECT r.oid::regclass::text, 'view', pg_get_viewdef(r.oid) FROM relation AS r WHERE r.relkind IN ('v', 'm')
UNION ALL
SELECT r.oid::regclass::text, 'sequence', concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle)
FROM relation AS r JOIN pg_sequence AS s ON s.seqrelid = r.oid
UNION ALL
SELECT format('%s.%I', r.oid::regclass, a.attname), 'column', concat_ws(' ', format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attidentity, a.attgenerated, a.attstorage, nullif(a.attcollation, 0)::regcollation, pg_get_expr(d.adbin, d.adrelid), a.attacl,
       col_description(r.oid, a.attnum))
FROM relation AS r
JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef AS d ON d.adrelid = r.oid AND d.adnum = a.attnum
UNION ALL
SELECT r.oid::regclass::text, 'constraint', concat(c.conname, ' ', pg_get_constraintdef(c.oid), ' ', obj_description(c.oid, 'pg_constraint'))
FROM relation AS r JOIN pg_constraint AS c ON c.conrelid = r.oid
UNION ALL
SELECT r.oid::regclass::text, 'index', concat(pg_get_indexdef(i.indexrelid), ' ', obj_description(i.indexrelid, 'pg_class'))
FROM relation AS r JOIN pg_index AS i ON i.indrelid = r.oid
UNION ALL
SELECT r.oid::regclass::text, 'trigger', concat(pg_get_triggerdef(t.oid), ' ', t.tgenabled, ' ', obj_description(t.oid, 'pg_trigger'))
FROM relation AS r JOIN pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
UNION ALL
SELECT r.oid::regclass::text, 'policy', concat_ws(' ', p.polname, p.polcmd, p.polpermissive,
       ARRAY(SELECT coalesce(nullif(u.member, 0)::regrole::text, 'public') FROM unnest(p.polroles) AS u (member) ORDER BY 1),
       pg_get_expr(p.polqual, p.polrelid), '/', pg_get_expr(p.polwithcheck, p.polrelid), obj_description(p.oid, 'pg_policy'))
FROM relation AS r JOIN pg_policy AS p ON p.polrelid = r.oid
UNION ALL
SELECT r.oid::regclass::text, 'dumped', e.extcondition[u.i]
FROM pg_extension AS e, unnest(e.extconfig) WITH ORDINALITY AS u (configured, i), relation AS r
WHERE r.oid = u.configured AND e.extname = 'terrcarbon'
UNION ALL
-- What a dump takes for given: privileges as the extension left them.
SELECT pg_describe_object(i.classoid, i.objoid, i.objsubid), 'first privilege', a::text
FROM pg_init_privs AS i JOIN object AS o ON o.classid = i.classoid AND o.objid = i.objoid, unnest(i.initprivs) AS a;

-- Rows that ship, but for their clocks; all rows where there are no others.
CREATE TEMP TABLE shipped_row (subject text, value text);
SELECT format('INSERT INTO shipped_row SELECT %L, to_jsonb(t) - ''{recorded_at,superseded_at}''::text[] FROM %s AS t %s',
              r.oid::regclass, r.oid::regclass,
              CASE WHEN EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = r.oid AND a.attname = 'shipped') THEN 'WHERE shipped' END)
FROM relation AS r
WHERE r.relkind = 'r' \gexec

SELECT concat_ws(' | ', subject, aspect, regexp_replace(value, '\s+', ' ', 'g')) COLLATE "C" AS line FROM said
UNION ALL SELECT concat_ws(' | ', subject, 'shipped row', value) FROM shipped_row
ORDER BY line;
