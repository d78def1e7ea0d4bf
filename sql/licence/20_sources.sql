-- Which datasets a result came from.

CREATE FUNCTION terrcarbon_internal.sources_add(sources int[], source int) RETURNS int[]
    LANGUAGE C IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sources_add';
COMMENT ON FUNCTION terrcarbon_internal.sources_add(int[], int) IS
    'Adds a dataset to a state of sources_agg. NULL is an unknown source, and is kept.';

CREATE FUNCTION terrcarbon_internal.sources_add_all(sources int[], added int[]) RETURNS int[]
    LANGUAGE C IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sources_add_all';
COMMENT ON FUNCTION terrcarbon_internal.sources_add_all(int[], int[]) IS
    'Adds the sources of a value to a state of sources_agg. NULL means its sources are unknown, and is kept; an empty array adds nothing.';

CREATE FUNCTION terrcarbon_internal.sources_combine(a int[], b int[]) RETURNS int[]
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sources_combine';
COMMENT ON FUNCTION terrcarbon_internal.sources_combine(int[], int[]) IS
    'One state of sources_agg of two.';

CREATE FUNCTION terrcarbon_internal.sources_final(sources int[]) RETURNS int[]
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'sources_final';
COMMENT ON FUNCTION terrcarbon_internal.sources_final(int[]) IS
    'The distinct ids of a state of sources_agg, ascending, and one NULL at the end when a source is unknown.';

CREATE AGGREGATE sources_agg(int) (
    SFUNC = terrcarbon_internal.sources_add,
    STYPE = int[],
    FINALFUNC = terrcarbon_internal.sources_final,
    COMBINEFUNC = terrcarbon_internal.sources_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE sources_agg(int) IS
    'The datasets a result came from: distinct ids, ascending. A row without a dataset leaves one NULL at the end, so that the result is not taken for publishable. NULL when there is no row.';

CREATE AGGREGATE sources_agg(int[]) (
    SFUNC = terrcarbon_internal.sources_add_all,
    STYPE = int[],
    FINALFUNC = terrcarbon_internal.sources_final,
    COMBINEFUNC = terrcarbon_internal.sources_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE sources_agg(int[]) IS
    'The datasets that results came from, which have sources themselves: the union, ascending. A NULL array or element leaves one NULL at the end. NULL when there is no row.';
