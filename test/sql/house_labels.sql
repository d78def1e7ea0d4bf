-- What a function is declared to be (volatility, parallel safety) against what its
-- body does.  A label that promises too much gives wrong results or errors in
-- parallel plans, indexes and folded constants.
CREATE TEMP VIEW ours AS
SELECT p.oid, p.oid::regprocedure::text AS signature, p.proname, p.prosrc, p.provolatile, p.proparallel,
       l.lanname, p.prosqlbody IS NOT NULL AS atomic, p.prokind, p.prosecdef,
       -- without comments and without what stands in quotes
       regexp_replace(regexp_replace(p.prosrc, '--[^\n]*', '', 'g'), '''([^'']|'''')*''', '''''', 'g') AS body
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace IN ('terrcarbon'::regnamespace, 'terrcarbon_internal'::regnamespace)
  AND p.prokind IN ('f', 'p') AND p.prorettype <> 'trigger'::regtype;

-- A block with EXCEPTION is a subtransaction, which parallel mode refuses, in the
-- leader too.
SELECT signature AS exception_block FROM ours
WHERE lanname = 'plpgsql' AND body ~* '\mEXCEPTION\s+WHEN\M' AND proparallel <> 'u' ORDER BY 1;

-- What writes, sets a parameter or locks is volatile and not for workers.  In
-- quotes too: EXECUTE.
SELECT signature AS writes FROM ours
WHERE lanname IN ('plpgsql', 'sql') AND prosrc ~* '\m(INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+[\w.%]+\s+(AS\s+\w+\s+)?SET|TRUNCATE\s|ALTER\s+TABLE|CREATE\s+(TABLE|POLICY|TRIGGER|SCHEMA|TEMP)|DROP\s+(TABLE|POLICY)|set_config\(|nextval\(|FOR\s+UPDATE|FOR\s+KEY\s+SHARE|pg_advisory)'
  -- statements that these give as advice or name in a hint
  AND proname !~ '^doctor' AND proname NOT IN ('account_ddl', 'remedy_breaks', 'base_carbone_lines')
  AND (provolatile <> 'v' OR proparallel = 's') ORDER BY 1;

-- What reads a table that its caller names may meet a temporary one, which a worker
-- cannot read.
SELECT signature AS reads_any_table FROM ours
WHERE lanname IN ('plpgsql', 'sql') AND signature ~ 'regclass' AND prosrc ~ '\mEXECUTE\M' AND proparallel = 's'
ORDER BY 1;

-- A function is no better than those it calls.
WITH RECURSIVE calls AS (
    SELECT f.oid, d.refobjid AS callee FROM ours f
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = f.oid
        AND d.refclassid = 'pg_proc'::regclass AND d.deptype = 'n'
    WHERE f.atomic
  UNION
    SELECT f.oid, g.oid FROM ours f JOIN ours g ON g.oid <> f.oid AND f.body ~ ('\m' || g.proname || '\s*\(')
    WHERE NOT f.atomic AND f.lanname IN ('plpgsql', 'sql')
      -- of several functions of one name, the best that could be meant
      AND NOT EXISTS (SELECT FROM ours h WHERE h.proname = g.proname AND h.oid <> g.oid
            AND (array_position('{i,s,v}', h.provolatile::text), h.proparallel) < (array_position('{i,s,v}', g.provolatile::text), g.proparallel))
)
SELECT f.signature AS promises_more, f.provolatile AS is, f.proparallel AS is_parallel,
       g.oid::regprocedure AS than, g.provolatile AS callee, g.proparallel AS callee_parallel
FROM calls c JOIN ours f USING (oid) JOIN pg_proc g ON g.oid = c.callee
WHERE array_position('{i,s,v}', f.provolatile::text) < array_position('{i,s,v}', g.provolatile::text)
   OR array_position('{s,r,u}', f.proparallel::text) < array_position('{s,r,u}', g.proparallel::text)
ORDER BY 1, 4;

-- What reads tables is not immutable.
SELECT f.signature AS reads FROM ours f
WHERE f.provolatile = 'i' AND (
    EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass AND f.atomic)
    OR (f.lanname IN ('plpgsql', 'sql') AND NOT f.atomic
        AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace IN ('terrcarbon'::regnamespace, 'terrcarbon_internal'::regnamespace)
                    AND c.relkind IN ('r', 'v') AND f.body ~* ('\m(FROM|JOIN)\s+(terrcarbon\.)?' || c.relname || '\M'))))
ORDER BY 1;

-- Functions in C are what they read: one that takes values is immutable, and these
-- read tables or the session.
SELECT signature AS immutable_in_c FROM ours
WHERE lanname = 'c' AND provolatile = 'i'
  AND prosrc IN ('can_read', 'can_deposit', 'can_read_all', 'readable_datasets', 'resolve_factor', 'emission_by_code',
                 'stock_density', 'territory_chain', 'known_at', 'act_as_caller', 'as_known');

-- Every aggregate can be computed in parts, and its state has a type of its own.
SELECT a.aggfnoid::regprocedure AS aggregate, a.aggtranstype::regtype
FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid
WHERE p.pronamespace IN ('terrcarbon'::regnamespace, 'terrcarbon_internal'::regnamespace)
  AND (a.aggtranstype = 'internal'::regtype OR a.aggcombinefn = 0 OR p.proparallel <> 's');
