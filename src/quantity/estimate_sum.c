/*
 * estimate_sum.c
 *		sum(estimate), and the type of its transition state.
 *
 * All that is added is added exactly: values, variances of the independent
 * parts, and the terms of each cause.  A total is therefore the same in a
 * serial plan, a parallel plan and on several nodes.
 *
 * While rows are added, the state is an expanded object with a hash table of
 * causes; between processes and on disk it is a flat string of bytes.
 */
#include "quantity/estimate.h"

#include "common/hashfn.h"
#include "exact_sum.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "quantity/quantity.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#define STATE_VERSION 1

/* Bytes a cause takes at least: length, one byte of name, an empty sum. */
#define CAUSE_MIN_BYTES 5

typedef struct cause_key
{
	const char *name;
	int			len;
} cause_key;

typedef struct cause_entry
{
	cause_key	key;
	exact_sum  *sum;
	uint32		hash;
	char		status;
} cause_entry;

#define SH_PREFIX cause_table
#define SH_ELEMENT_TYPE cause_entry
#define SH_KEY_TYPE cause_key
#define SH_KEY key
#define SH_HASH_KEY(tb, key) hash_bytes((const unsigned char *) (key).name, (key).len)
#define SH_EQUAL(tb, a, b) ((a).len == (b).len && memcmp((a).name, (b).name, (a).len) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct estimate_sum
{
	ExpandedObjectHeader hdr;
	int64		rows;
	exact_sum	value;
	exact_sum	variance;
	cause_table_hash *causes;	/* NULL before the first */
	int			nsources;
	int			max_sources;
	int32	   *sources;		/* ascending */
	StringInfo	flat;			/* the bytes, while they are up to date */
} estimate_sum;

/* The sum of a cause, made when missing. */
static exact_sum *
cause_sum(estimate_sum *state, const char *name, int len)
{
	cause_key	key = {name, len};
	cause_entry *entry;
	bool		found;

	if (state->causes == NULL)
		state->causes = cause_table_create(state->hdr.eoh_context, 4, NULL);
	entry = cause_table_insert(state->causes, key, &found);
	if (!found)
	{
		char	   *copy = MemoryContextAlloc(state->hdr.eoh_context, len);

		memcpy(copy, name, len);
		entry->key.name = copy;
		entry->sum = MemoryContextAllocZero(state->hdr.eoh_context, sizeof(exact_sum));
	}
	return entry->sum;
}

/* Put a source into the set. */
static void
add_source(estimate_sum *state, int32 source)
{
	int			low = 0;
	int			high = state->nsources;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (state->sources[middle] < source)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < state->nsources && state->sources[low] == source)
		return;
	if (state->nsources == state->max_sources)
	{
		state->max_sources = Max(4, 2 * state->max_sources);
		state->sources = state->sources == NULL ?
			MemoryContextAlloc(state->hdr.eoh_context, state->max_sources * sizeof(int32)) :
			repalloc(state->sources, state->max_sources * sizeof(int32));
	}
	memmove(&state->sources[low + 1], &state->sources[low],
			(state->nsources - low) * sizeof(int32));
	state->sources[low] = source;
	state->nsources++;
}

static void
write_sum(StringInfo buf, const exact_sum *sum)
{
	unsigned char bytes[EXACT_SUM_MAX_BYTES];

	appendBinaryStringInfo(buf, (char *) bytes, exact_sum_encode(sum, bytes));
}

static int
compare_entries(const void *a, const void *b)
{
	const cause_entry *left = *(cause_entry *const *) a;
	const cause_entry *right = *(cause_entry *const *) b;

	return estimate_compare_names(left->key.name, left->key.len, right->key.name, right->key.len);
}

/* The causes in order. */
static cause_entry **
sorted_causes(estimate_sum *state, int *n)
{
	cause_entry **entries;
	cause_entry *entry;
	cause_table_iterator iterator;

	*n = 0;
	if (state->causes == NULL)
		return NULL;
	entries = palloc(state->causes->members * sizeof(cause_entry *));
	cause_table_start_iterate(state->causes, &iterator);
	while ((entry = cause_table_iterate(state->causes, &iterator)) != NULL)
		entries[(*n)++] = entry;
	qsort(entries, *n, sizeof(cause_entry *), compare_entries);
	return entries;
}

/* The bytes of a state: the same for every history. */
static StringInfo
state_bytes(estimate_sum *state)
{
	MemoryContext caller_context;
	StringInfo	buf;
	cause_entry **causes;
	int			ncauses;

	if (state->flat != NULL)
		return state->flat;
	causes = sorted_causes(state, &ncauses);
	caller_context = MemoryContextSwitchTo(state->hdr.eoh_context);
	buf = makeStringInfo();
	pq_sendint16(buf, STATE_VERSION);
	pq_sendint64(buf, state->rows);
	write_sum(buf, &state->value);
	write_sum(buf, &state->variance);
	pq_sendint32(buf, ncauses);
	for (int i = 0; i < ncauses; i++)
	{
		pq_sendint8(buf, causes[i]->key.len);
		appendBinaryStringInfo(buf, causes[i]->key.name, causes[i]->key.len);
		write_sum(buf, causes[i]->sum);
	}
	pq_sendint32(buf, state->nsources);
	for (int i = 0; i < state->nsources; i++)
		pq_sendint32(buf, state->sources[i]);
	MemoryContextSwitchTo(caller_context);
	state->flat = buf;
	return buf;
}

/* A state is about to change. */
static void
forget_bytes(estimate_sum *state)
{
	if (state->flat == NULL)
		return;
	pfree(state->flat->data);
	pfree(state->flat);
	state->flat = NULL;
}

/* EOM_get_flat_size */
static Size
flat_size(ExpandedObjectHeader *header)
{
	return VARHDRSZ + state_bytes((estimate_sum *) header)->len;
}

/* EOM_flatten_into */
static void
flatten(ExpandedObjectHeader *header, void *result, Size allocated_size)
{
	StringInfo	buf = state_bytes((estimate_sum *) header);

	Assert(allocated_size == VARHDRSZ + buf->len);
	SET_VARSIZE(result, allocated_size);
	memcpy(VARDATA(result), buf->data, buf->len);
}

static const ExpandedObjectMethods estimate_sum_methods = {flat_size, flatten};

static estimate_sum *
new_state(MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "estimate_sum", ALLOCSET_SMALL_SIZES);
	estimate_sum *state = MemoryContextAllocZero(context, sizeof(estimate_sum));

	EOH_init_header(&state->hdr, &estimate_sum_methods, context);
	return state;
}

static void
refuse_bytes(int sqlstate, const char *detail)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("invalid representation of type estimate_sum"),
			 errdetail_internal("%s", detail)));
}

static void
read_sum(StringInfo buf, exact_sum *sum, int sqlstate)
{
	size_t		used = exact_sum_decode(sum, (unsigned char *) buf->data + buf->cursor,
										buf->len - buf->cursor);

	if (used == 0)
		refuse_bytes(sqlstate, "A sum is malformed.");
	buf->cursor += used;
}

/* Make a state from its bytes, trusting nothing. */
static estimate_sum *
read_state(StringInfo buf, MemoryContext parent, int sqlstate)
{
	estimate_sum *state = new_state(parent);
	int			ncauses;
	int			nsources;

	if (pq_getmsgint(buf, 2) != STATE_VERSION)
		refuse_bytes(sqlstate, "Its version is unknown.");
	state->rows = pq_getmsgint64(buf);
	if (state->rows < 0)
		refuse_bytes(sqlstate, "Its number of rows is negative.");
	read_sum(buf, &state->value, sqlstate);
	read_sum(buf, &state->variance, sqlstate);
	if (exact_sum_value(&state->variance) < 0.0)
		refuse_bytes(sqlstate, "Its variance is negative.");

	ncauses = pq_getmsgint(buf, 4);
	if (ncauses < 0 || ncauses > (buf->len - buf->cursor) / CAUSE_MIN_BYTES)
		refuse_bytes(sqlstate, "It ends before its causes.");
	for (int i = 0; i < ncauses; i++)
	{
		int			len = pq_getmsgbyte(buf);
		const char *name = pq_getmsgbytes(buf, len);

		if (len < 1 || !pg_verify_mbstr(GetDatabaseEncoding(), name, len, true))
			refuse_bytes(sqlstate, "The name of a cause is malformed.");
		if (state->causes != NULL &&
			cause_table_lookup(state->causes, (cause_key) {name, len}) != NULL)
			refuse_bytes(sqlstate, "A cause appears twice.");
		read_sum(buf, cause_sum(state, name, len), sqlstate);
	}

	nsources = pq_getmsgint(buf, 4);
	if (nsources < 0 || nsources > (buf->len - buf->cursor) / sizeof(int32))
		refuse_bytes(sqlstate, "It ends before its sources.");
	for (int i = 0; i < nsources; i++)
	{
		int32		source = pq_getmsgint(buf, 4);

		if (source < 1 || (i > 0 && source <= state->sources[i - 1]))
			refuse_bytes(sqlstate, "Its sources are not ascending ids of datasets.");
		add_source(state, source);
	}
	if (buf->cursor != buf->len)
		refuse_bytes(sqlstate, "There are bytes after its end.");
	return state;
}

/* A state argument: expanded already, or read into the given context. */
static estimate_sum *
state_argument(FunctionCallInfo fcinfo, int argno, MemoryContext context)
{
	struct varlena *value = (struct varlena *) PG_GETARG_POINTER(argno);
	StringInfoData buf = {0};

	if (VARATT_IS_EXTERNAL_EXPANDED(value))
		return (estimate_sum *) DatumGetEOHP(PointerGetDatum(value));
	value = PG_DETOAST_DATUM_PACKED(PointerGetDatum(value));
	buf.data = VARDATA_ANY(value);
	buf.len = VARSIZE_ANY_EXHDR(value);
	return read_state(&buf, context, ERRCODE_DATA_CORRUPTED);
}

/* The state of a transition function's first argument, to be changed. */
static estimate_sum *
transition_state(FunctionCallInfo fcinfo)
{
	MemoryContext context;
	estimate_sum *state;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("aggregate transition function called outside an aggregate")));
	state = PG_ARGISNULL(0) ? new_state(context) : state_argument(fcinfo, 0, context);
	forget_bytes(state);
	return state;
}

/* estimate_sum_add(estimate_sum, estimate): transition function of sum(estimate). */
PG_FUNCTION_INFO_V1(estimate_sum_add);
Datum
estimate_sum_add(PG_FUNCTION_ARGS)
{
	estimate_sum *state;
	estimate	e;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	state = transition_state(fcinfo);
	estimate_read(PG_GETARG_DATUM(1), &e);
	state->rows++;
	exact_sum_add(&state->value, e.value);
	if (e.sd != 0.0)
		exact_sum_add(&state->variance, multiply(e.sd, e.sd, "variance of an estimate"));
	for (int i = 0; i < e.ncauses; i++)
		exact_sum_add(cause_sum(state, e.causes[i].name, e.causes[i].len), e.causes[i].term);
	for (int i = 0; i < e.nsources; i++)
		add_source(state, e.sources[i]);
	return EOHPGetRWDatum(&state->hdr);
}

/* estimate_sum_combine(estimate_sum, estimate_sum): merge two partial sums. */
PG_FUNCTION_INFO_V1(estimate_sum_combine);
Datum
estimate_sum_combine(PG_FUNCTION_ARGS)
{
	estimate_sum *state;
	estimate_sum *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	state = transition_state(fcinfo);
	other = state_argument(fcinfo, 1, CurrentMemoryContext);
	state->rows += other->rows;
	exact_sum_merge(&state->value, &other->value);
	exact_sum_merge(&state->variance, &other->variance);
	if (other->causes != NULL)
	{
		cause_table_iterator iterator;
		cause_entry *entry;

		cause_table_start_iterate(other->causes, &iterator);
		while ((entry = cause_table_iterate(other->causes, &iterator)) != NULL)
			exact_sum_merge(cause_sum(state, entry->key.name, entry->key.len), entry->sum);
	}
	for (int i = 0; i < other->nsources; i++)
		add_source(state, other->sources[i]);
	return EOHPGetRWDatum(&state->hdr);
}

/* estimate_sum_final(estimate_sum): the sum, NULL when no row had a value. */
PG_FUNCTION_INFO_V1(estimate_sum_final);
Datum
estimate_sum_final(PG_FUNCTION_ARGS)
{
	estimate_sum *state;
	estimate	result = {0};
	cause_entry **entries;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = state_argument(fcinfo, 0, CurrentMemoryContext);
	if (state->rows == 0)
		PG_RETURN_NULL();
	result.value = require_range(exact_sum_value(&state->value), "sum of estimates");
	result.sd = sqrt(require_range(exact_sum_value(&state->variance),
								   "variance of a sum of estimates"));
	entries = sorted_causes(state, &result.ncauses);
	result.causes = palloc(Max(result.ncauses, 1) * sizeof(estimate_cause));
	for (int i = 0; i < result.ncauses; i++)
	{
		result.causes[i].name = entries[i]->key.name;
		result.causes[i].len = entries[i]->key.len;
		result.causes[i].term = require_range(exact_sum_value(entries[i]->sum),
											  "uncertainty of a sum of estimates");
	}
	result.nsources = state->nsources;
	result.sources = state->sources;
	PG_RETURN_DATUM(estimate_build(&result));
}

/* Check bytes that came from outside, and keep them as they are. */
static Datum
flat_from_bytes(StringInfo buf, int sqlstate)
{
	int			start = buf->cursor;
	Size		size = VARHDRSZ + buf->len - start;
	struct varlena *flat = palloc(size);

	(void) read_state(buf, CurrentMemoryContext, sqlstate);
	SET_VARSIZE(flat, size);
	memcpy(VARDATA(flat), buf->data + start, size - VARHDRSZ);
	return PointerGetDatum(flat);
}

/* estimate_sum_in(cstring): the bytes in hexadecimal, as bytea writes them. */
PG_FUNCTION_INFO_V1(estimate_sum_in);
Datum
estimate_sum_in(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = DatumGetByteaPP(DirectFunctionCall1(byteain, PG_GETARG_DATUM(0)));
	StringInfoData buf;

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	PG_RETURN_DATUM(flat_from_bytes(&buf, ERRCODE_INVALID_TEXT_REPRESENTATION));
}

/* estimate_sum_out(estimate_sum): the bytes in hexadecimal. */
PG_FUNCTION_INFO_V1(estimate_sum_out);
Datum
estimate_sum_out(PG_FUNCTION_ARGS)
{
	/* Flattened when it is expanded. */
	return DirectFunctionCall1(byteaout, PointerGetDatum(PG_GETARG_BYTEA_PP(0)));
}

/* estimate_sum_recv(internal): binary input. */
PG_FUNCTION_INFO_V1(estimate_sum_recv);
Datum
estimate_sum_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(flat_from_bytes((StringInfo) PG_GETARG_POINTER(0),
									ERRCODE_INVALID_BINARY_REPRESENTATION));
}

/* estimate_sum_send(estimate_sum): binary output. */
PG_FUNCTION_INFO_V1(estimate_sum_send);
Datum
estimate_sum_send(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_P_COPY(0);

	PG_RETURN_BYTEA_P(bytes);
}
