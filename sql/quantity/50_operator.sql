-- Arithmetic, equality and order of the quantities: the same for each of the types.

DO $$
DECLARE
    type text;
    f record;
    o record;
BEGIN
    FOREACH type IN ARRAY '{ghg,carbon_stock,estimate,trajectory}'::text[]
    LOOP
        -- T stands for the type.
        FOR f IN
            SELECT *
            FROM (VALUES
                ('plus', 'T, T', 'T', 'T_plus',
                    'Adds two values of T. Behind operator +. Error 22003 out of range.'),
                ('minus', 'T, T', 'T', 'T_minus',
                    'Subtracts the second from the first. Behind operator -. Error 22003 out of range.'),
                ('negate', 'T', 'T', 'T_negate',
                    'Changes the sign. Behind prefix operator -.'),
                ('times', 'T, float8', 'T', 'T_times',
                    'Multiplies by a number. Behind operator *. Error 22023 unless it is finite, 22003 when the result is out of range.'),
                ('times', 'float8, T', 'T', 'T_times_left',
                    'Multiplies by a number. Behind operator *. Error 22023 unless it is finite, 22003 when the result is out of range.'),
                ('divide', 'T, float8', 'T', 'T_divide',
                    'Divides by a number. Behind operator /. Error 22012 by 0, 22023 unless it is finite, 22003 when the result is out of range.'),
                ('eq', 'T, T', 'boolean', 'quantity_eq', 'Whether two values are the same. Behind operator =.'),
                ('ne', 'T, T', 'boolean', 'quantity_ne', 'Whether two values differ. Behind operator <>.'),
                ('lt', 'T, T', 'boolean', 'quantity_lt', 'Whether the bytes of the first come before. Behind operator *<.'),
                ('le', 'T, T', 'boolean', 'quantity_le', 'Whether the bytes of the first do not come after. Behind operator *<=.'),
                ('ge', 'T, T', 'boolean', 'quantity_ge', 'Whether the bytes of the first do not come before. Behind operator *>=.'),
                ('gt', 'T, T', 'boolean', 'quantity_gt', 'Whether the bytes of the first come after. Behind operator *>.'),
                ('cmp', 'T, T', 'int4', 'quantity_cmp', 'Compares bytes, for sorting: below, 0 or above 0.'),
                ('hash', 'T', 'int4', 'quantity_hash', 'Hash of the value, for GROUP BY, DISTINCT and hash joins.'),
                ('hash_extended', 'T, int8', 'int8', 'quantity_hash_extended', 'Hash of the value with a seed, for hash partitions.')
            ) AS v(name, arguments, result, symbol, comment)
        LOOP
            EXECUTE format('CREATE FUNCTION terrcarbon_internal.%I(%s) RETURNS %s
                    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS ''MODULE_PATHNAME'', %L',
                type || '_' || f.name, replace(f.arguments, 'T', type), replace(f.result, 'T', type),
                replace(f.symbol, 'T', type));
            EXECUTE format('COMMENT ON FUNCTION terrcarbon_internal.%I(%s) IS %L',
                type || '_' || f.name, replace(f.arguments, 'T', type), replace(f.comment, ' T.', ' ' || type || '.'));
        END LOOP;

        FOR o IN
            SELECT *
            FROM (VALUES
                ('+', 'T', 'T', 'plus', 'COMMUTATOR = +', 'sum'),
                ('-', 'T', 'T', 'minus', NULL, 'difference'),
                ('-', NULL, 'T', 'negate', NULL, 'opposite'),
                ('*', 'T', 'float8', 'times', 'COMMUTATOR = *', 'multiple'),
                ('*', 'float8', 'T', 'times', 'COMMUTATOR = *', 'multiple'),
                ('/', 'T', 'float8', 'divide', NULL, 'fraction'),
                ('=', 'T', 'T', 'eq', 'COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES',
                    'same value'),
                ('<>', 'T', 'T', 'ne', 'COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel',
                    'different value'),
                ('*<', 'T', 'T', 'lt', 'COMMUTATOR = *>, NEGATOR = *>=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel',
                    'bytes come before; says nothing of size'),
                ('*<=', 'T', 'T', 'le', 'COMMUTATOR = *>=, NEGATOR = *>, RESTRICT = scalarlesel, JOIN = scalarlejoinsel',
                    'bytes do not come after; says nothing of size'),
                ('*>=', 'T', 'T', 'ge', 'COMMUTATOR = *<=, NEGATOR = *<, RESTRICT = scalargesel, JOIN = scalargejoinsel',
                    'bytes do not come before; says nothing of size'),
                ('*>', 'T', 'T', 'gt', 'COMMUTATOR = *<, NEGATOR = *<=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel',
                    'bytes come after; says nothing of size')
            ) AS v(name, leftarg, rightarg, function, clauses, comment)
        LOOP
            EXECUTE format('CREATE OPERATOR terrcarbon.%s (%s)', o.name, concat_ws(', ',
                'LEFTARG = ' || replace(o.leftarg, 'T', type), 'RIGHTARG = ' || replace(o.rightarg, 'T', type),
                format('FUNCTION = terrcarbon_internal.%I', type || '_' || o.function), o.clauses));
            EXECUTE format('COMMENT ON OPERATOR terrcarbon.%s (%s, %s) IS %L', o.name,
                coalesce(replace(o.leftarg, 'T', type), 'NONE'), replace(o.rightarg, 'T', type), o.comment);
        END LOOP;

        EXECUTE format('CREATE OPERATOR CLASS terrcarbon_internal.%1$I DEFAULT FOR TYPE %2$I USING hash AS
                OPERATOR 1 =,
                FUNCTION 1 terrcarbon_internal.%3$I(%2$I),
                FUNCTION 2 terrcarbon_internal.%4$I(%2$I, int8)',
            type || '_hash_ops', type, type || '_hash', type || '_hash_extended');
        -- Sorting is how PostgreSQL counts distinct values, and parts windows.  More
        -- than one number has no order that means anything, so it goes by bytes, and
        -- not by the operators < and >.
        EXECUTE format('CREATE OPERATOR CLASS terrcarbon_internal.%1$I DEFAULT FOR TYPE %2$I USING btree AS
                OPERATOR 1 *<, OPERATOR 2 *<=, OPERATOR 3 =, OPERATOR 4 *>=, OPERATOR 5 *>,
                FUNCTION 1 terrcarbon_internal.%3$I(%2$I, %2$I)',
            type || '_byte_ops', type, type || '_cmp');
        FOR o IN SELECT * FROM (VALUES ('hash', 'hash'), ('btree', 'byte')) AS v(method, name)
        LOOP
            EXECUTE format('COMMENT ON OPERATOR CLASS terrcarbon_internal.%I USING %s IS %L',
                type || '_' || o.name || '_ops', o.method,
                format('Equality of %s%s.', type, CASE WHEN o.method = 'btree' THEN ', and an order of bytes for sorting' ELSE '' END));
            EXECUTE format('COMMENT ON OPERATOR FAMILY terrcarbon_internal.%I USING %s IS %L',
                type || '_' || o.name || '_ops', o.method, format('Equality of %s.', type));
        END LOOP;
    END LOOP;
END;
$$;
