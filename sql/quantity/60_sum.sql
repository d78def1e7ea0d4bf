-- Sums of ghg and carbon_stock, and of them times a weight: alike but for the type.

DO $$
DECLARE
    sum_of record;
    f record;
BEGIN
    FOR sum_of IN
        SELECT *
        FROM (VALUES
            ('ghg', 2400, 'sum_state_combine',
                'Total mass in kg of each gas, exact whatever the plan; NULL rows are skipped, NULL when there is no other. Error 22003 out of range.',
                'Total of ghg * weight, row by row without making the product; to the last bit the same as sum(ghg * weight).'),
            ('carbon_stock', 3400, 'carbon_stock_sum_combine',
                'Total tC by pool, exact whatever the plan; a pool is there when one row has it. NULL rows are skipped, NULL when there is no other. Error 22023 for soils of different depth, 22003 out of range.',
                'Total of carbon_stock * weight, such as tC/ha by ha, row by row without making the product; to the last bit the same as sum(carbon_stock * weight).')
        ) AS v(type, space, combine, comment, weighted_comment)
    LOOP
        FOR f IN
            SELECT *
            FROM (VALUES
                ('add', '%s', 'Transition function of sum(%s).'),
                ('remove', '%s', 'Inverse transition function of sum(%s).'),
                ('add_weighted', '%s, float8', 'Transition function of sum(%s, float8).'),
                ('remove_weighted', '%s, float8', 'Inverse transition function of sum(%s, float8).')
            ) AS v(name, arguments, comment)
        LOOP
            EXECUTE format('CREATE FUNCTION terrcarbon_internal.%1$I(terrcarbon_internal.sum_state, %2$s)
                    RETURNS terrcarbon_internal.sum_state
                    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1 AS ''MODULE_PATHNAME'', %1$L',
                sum_of.type || '_sum_' || f.name, format(f.arguments, sum_of.type));
            EXECUTE format('COMMENT ON FUNCTION terrcarbon_internal.%I(terrcarbon_internal.sum_state, %s) IS %L',
                sum_of.type || '_sum_' || f.name, format(f.arguments, sum_of.type), format(f.comment, sum_of.type));
        END LOOP;

        FOR f IN
            SELECT *
            FROM (VALUES
                ('', '%s', sum_of.comment),
                ('_weighted', '%s, float8', sum_of.weighted_comment)
            ) AS v(suffix, arguments, comment)
        LOOP
            EXECUTE format('CREATE AGGREGATE sum(%1$s) (
                    SFUNC = terrcarbon_internal.%2$I, STYPE = terrcarbon_internal.sum_state, SSPACE = %3$s,
                    FINALFUNC = terrcarbon_internal.%4$I, COMBINEFUNC = terrcarbon_internal.%5$I,
                    MSFUNC = terrcarbon_internal.%2$I, MINVFUNC = terrcarbon_internal.%6$I,
                    MSTYPE = terrcarbon_internal.sum_state, MSSPACE = %3$s,
                    MFINALFUNC = terrcarbon_internal.%4$I, PARALLEL = SAFE)',
                format(f.arguments, sum_of.type), sum_of.type || '_sum_add' || f.suffix, sum_of.space,
                sum_of.type || '_sum_final', sum_of.combine, sum_of.type || '_sum_remove' || f.suffix);
            EXECUTE format('COMMENT ON AGGREGATE sum(%s) IS %L', format(f.arguments, sum_of.type), f.comment);
        END LOOP;
    END LOOP;
END;
$$;
