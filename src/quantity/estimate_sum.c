/*
 * estimate_sum.c
 *		sum(estimate), and the type of its transition state.
 *
 * All that is added is added exactly: values, variances and third moments of the
 * independent parts, and the terms and skews of each cause.  A total is therefore the same in a
 * serial plan, a parallel plan and on several nodes.
 *
 * The state is one flat varlena, changed in place inside an aggregate's memory
 * context.  An expanded object would be easier to write, but its context of its
 * own makes a hash aggregate of many groups quadratic: the executor adds up the
 * contexts at each new group.
 */
#include "quantity/estimate.h"

#include "common/hashfn.h"
#include "common/int.h"
#include "numeric/exact_sum.h"
#include "numeric/sum_state.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "port/pg_bitutils.h"
#include "check.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#define STATE_VERSION 2

/* Bytes a cause takes at least: which part, length, an empty sum. */
#define CAUSE_MIN_BYTES 5

/*
 * What is added up of a cause.  Third moments have entries of their own, so that
 * what is symmetric has none; that of the independent parts has no name.
 */
typedef enum cause_part
{
	PART_TERM,
	PART_SKEW
} cause_part;

typedef struct cause_entry
{
	exact_sum sum;
	uint32 hash;
	int32 name; /* where it begins in the names */
	int32 len;
	int32 part; /* a cause_part */
} cause_entry;

/*
 * The state: this header; the causes in the order they came; a hash table of
 * their places, counted from 1; the sources, ascending; the names.
 */
typedef struct estimate_sum
{
	int32 vl_len_; /* varlena header, do not touch directly */
	int32 version; /* STATE_VERSION */
	int64 rows;
	exact_sum value;
	exact_sum variance;
	int32 ncauses;
	int32 nsources;
	int32 names_len;
	int32 max_causes;
	int32 max_slots; /* 0 or a power of 2, twice max_causes at least */
	int32 max_sources;
	int32 max_names_len;
	int32 reserved; /* zero */
	cause_entry causes[FLEXIBLE_ARRAY_MEMBER];
} estimate_sum;

static int32 *
slots(const estimate_sum *state)
{
	return (int32 *) (state->causes + state->max_causes);
}

static int32 *
sources(const estimate_sum *state)
{
	return slots(state) + state->max_slots;
}

static char *
names(const estimate_sum *state)
{
	return (char *) (sources(state) + state->max_sources);
}

static const char *
cause_name(const estimate_sum *state, const cause_entry *cause)
{
	return names(state) + cause->name;
}

static Size
state_size(int64 max_causes, int64 max_slots, int64 max_sources, int64 max_names_len)
{
	return offsetof(estimate_sum, causes) + max_causes * sizeof(cause_entry) +
		   (max_slots + max_sources) * sizeof(int32) + max_names_len;
}

/* Put a cause that is not there into the hash table. */
static void
fill_slot(estimate_sum *state, int cause)
{
	int32 *table = slots(state);
	uint32 slot = state->causes[cause].hash & (state->max_slots - 1);

	while (table[slot] != 0)
		slot = (slot + 1) & (state->max_slots - 1);
	table[slot] = cause + 1;
}

/*
 * A copy with more room, in the current context.  The old state is left to its
 * owner: nodeAgg frees a replaced transition value itself.
 */
static estimate_sum *
enlarge(const estimate_sum *state, int64 max_causes, int64 max_sources, int64 max_names_len)
{
	int64 max_slots = max_causes > 0 ? pg_nextpower2_64(2 * max_causes) : 0;
	Size size = state_size(max_causes, max_slots, max_sources, max_names_len);
	estimate_sum *larger;

	if (size > MaxAllocSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("sum of estimates has too many causes and sources"),
						errdetail("%d causes, %d sources.", state->ncauses, state->nsources)));
	larger = palloc0(size);
	memcpy(larger, state, offsetof(estimate_sum, causes) + state->ncauses * sizeof(cause_entry));
	SET_VARSIZE(larger, size);
	larger->max_causes = max_causes;
	larger->max_slots = max_slots;
	larger->max_sources = max_sources;
	larger->max_names_len = max_names_len;
	for (int i = 0; i < larger->ncauses; i++)
		fill_slot(larger, i);
	memcpy(sources(larger), sources(state), state->nsources * sizeof(int32));
	memcpy(names(larger), names(state), state->names_len);
	return larger;
}

/* An empty state. */
static estimate_sum *
new_state(void)
{
	Size size = state_size(0, 0, 0, 0);
	estimate_sum *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->version = STATE_VERSION;
	return state;
}

static uint32
hash_name(const char *name, int len, cause_part part)
{
	return hash_bytes((const unsigned char *) name, len) + part;
}

/* A part of the cause of a name, NULL when there is none. */
static cause_entry *
find_cause(estimate_sum *state, const char *name, int len, cause_part part)
{
	const int32 *table = slots(state);
	uint32 hash = hash_name(name, len, part);

	if (state->max_slots == 0)
		return NULL;
	for (uint32 slot = hash & (state->max_slots - 1); table[slot] != 0;
		 slot = (slot + 1) & (state->max_slots - 1))
	{
		cause_entry *cause = &state->causes[table[slot] - 1];

		if (cause->hash == hash && cause->len == len && cause->part == part &&
			memcmp(cause_name(state, cause), name, len) == 0)
			return cause;
	}
	return NULL;
}

/* The sum of a cause, made when missing; *state may be replaced by a larger copy. */
static exact_sum *
cause_sum(estimate_sum **state_p, const char *name, int len, cause_part part)
{
	estimate_sum *state = *state_p;
	cause_entry *cause = find_cause(state, name, len, part);

	if (cause != NULL)
		return &cause->sum;
	if (state->ncauses == state->max_causes || state->names_len + len > state->max_names_len)
		*state_p = state = enlarge(state,
								   state->ncauses < state->max_causes
									   ? state->max_causes
									   : Max(1, 2 * (int64) state->max_causes),
								   state->max_sources, 2 * (int64) state->max_names_len + len);
	cause = &state->causes[state->ncauses];
	memset(cause, 0, sizeof(cause_entry));
	cause->hash = hash_name(name, len, part);
	cause->part = part;
	cause->name = state->names_len;
	cause->len = len;
	memcpy(names(state) + state->names_len, name, len);
	state->names_len += len;
	fill_slot(state, state->ncauses++);
	return &cause->sum;
}

/* Put a source into the set; *state may be replaced by a larger copy. */
static void
add_source(estimate_sum **state_p, int32 source)
{
	estimate_sum *state = *state_p;
	int32 *set = sources(state);
	int low = 0;
	int high = state->nsources;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (set[middle] < source)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < state->nsources && set[low] == source)
		return;
	if (state->nsources == state->max_sources)
	{
		*state_p = state = enlarge(state, state->max_causes, Max(2, 2 * (int64) state->max_sources),
								   state->max_names_len);
		set = sources(state);
	}
	memmove(&set[low + 1], &set[low], (state->nsources - low) * sizeof(int32));
	set[low] = source;
	state->nsources++;
}

/* An entry being sorted, with its name. */
typedef struct sorted_entry
{
	const cause_entry *cause;
	const char *name;
} sorted_entry;

static int
compare_entries(const void *a, const void *b)
{
	const sorted_entry *left = a;
	const sorted_entry *right = b;
	int order = estimate_compare_names(left->name, left->cause->len, right->name,
									   right->cause->len);

	return order != 0 ? order : left->cause->part - right->cause->part;
}

/* The entries by name. */
static sorted_entry *
sort_entries(const estimate_sum *state)
{
	sorted_entry *sorted = palloc(Max(state->ncauses, 1) * sizeof(sorted_entry));

	for (int i = 0; i < state->ncauses; i++)
	{
		sorted[i].cause = &state->causes[i];
		sorted[i].name = cause_name(state, &state->causes[i]);
	}
	qsort(sorted, state->ncauses, sizeof(sorted_entry), compare_entries);
	return sorted;
}

/* Give an estimate the totals of the causes, and of its own third moment. */
static void
finish_causes(const estimate_sum *state, estimate *result)
{
	sorted_entry *sorted = sort_entries(state);

	result->causes = palloc0(Max(state->ncauses, 1) * sizeof(estimate_cause));
	for (int i = 0; i < state->ncauses; i++)
	{
		double total = require_range(exact_sum_value(&sorted[i].cause->sum),
									 "uncertainty of a sum of estimates");
		estimate_cause *cause;

		if (sorted[i].cause->len == 0)
		{
			result->skew = cbrt(total);
			continue;
		}
		if (i == 0 || sorted[i].cause->part == PART_TERM || sorted[i - 1].cause->len == 0 ||
			estimate_compare_names(sorted[i].name, sorted[i].cause->len, sorted[i - 1].name,
								   sorted[i - 1].cause->len) != 0)
			result->ncauses++;
		cause = &result->causes[result->ncauses - 1];
		cause->name = sorted[i].name;
		cause->len = sorted[i].cause->len;
		if (sorted[i].cause->part == PART_TERM)
			cause->term = total;
		else
			cause->skew = total;
	}
}

static void
write_sum(StringInfo buf, const exact_sum *sum)
{
	unsigned char bytes[EXACT_SUM_MAX_BYTES];

	pq_sendbytes(buf, (char *) bytes, exact_sum_encode(sum, bytes));
}

/* Write the binary form: the same for every history. */
static void
write_state(StringInfo buf, estimate_sum *state)
{
	sorted_entry *sorted = sort_entries(state);

	pq_sendint16(buf, STATE_VERSION);
	pq_sendint64(buf, state->rows);
	write_sum(buf, &state->value);
	write_sum(buf, &state->variance);
	pq_sendint32(buf, state->ncauses);
	for (int i = 0; i < state->ncauses; i++)
	{
		pq_sendint8(buf, sorted[i].cause->part);
		pq_sendint8(buf, sorted[i].cause->len);
		pq_sendbytes(buf, sorted[i].name, sorted[i].cause->len);
		write_sum(buf, &sorted[i].cause->sum);
	}
	pq_sendint32(buf, state->nsources);
	for (int i = 0; i < state->nsources; i++)
		pq_sendint32(buf, sources(state)[i]);
}

static void
refuse_bytes(int sqlstate, const char *detail)
{
	ereport(ERROR, (errcode(sqlstate), errmsg("invalid representation of type estimate_sum"),
					errdetail_internal("%s", detail)));
}

static void
read_sum(StringInfo buf, exact_sum *sum, int sqlstate)
{
	size_t used = exact_sum_decode(sum, (unsigned char *) buf->data + buf->cursor,
								   buf->len - buf->cursor);

	if (used == 0)
		refuse_bytes(sqlstate, "A sum is malformed.");
	buf->cursor += used;
}

/* Read the binary form, trusting nothing. */
static estimate_sum *
read_state(StringInfo buf, int sqlstate)
{
	estimate_sum *state = new_state();
	int ncauses;
	int nsources;

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
		int part = pq_getmsgbyte(buf);
		int len = pq_getmsgbyte(buf);
		const char *name = pq_getmsgbytes(buf, len);

		if (part > PART_SKEW || (len == 0 && part != PART_SKEW) ||
			!pg_verify_mbstr(GetDatabaseEncoding(), name, len, true))
			refuse_bytes(sqlstate, "The name of a cause is malformed.");
		if (find_cause(state, name, len, part) != NULL)
			refuse_bytes(sqlstate, "A cause appears twice.");
		read_sum(buf, cause_sum(&state, name, len, part), sqlstate);
	}

	nsources = pq_getmsgint(buf, 4);
	if (nsources < 0 || nsources > (buf->len - buf->cursor) / sizeof(int32))
		refuse_bytes(sqlstate, "It ends before its sources.");
	for (int i = 0; i < nsources; i++)
	{
		int32 source = pq_getmsgint(buf, 4);

		if (source < 1 || (i > 0 && source <= sources(state)[i - 1]))
			refuse_bytes(sqlstate, "Its sources are not ascending ids of datasets.");
		add_source(&state, source);
	}
	if (buf->cursor != buf->len)
		refuse_bytes(sqlstate, "There are bytes after its end.");
	return state;
}

/* A state argument, detoasted. */
static estimate_sum *
state_argument(FunctionCallInfo fcinfo, int argno)
{
	estimate_sum *state = (estimate_sum *) PG_DETOAST_DATUM(PG_GETARG_DATUM(argno));

	if (VARSIZE(state) < offsetof(estimate_sum, causes) || state->version != STATE_VERSION ||
		VARSIZE(state) != state_size(state->max_causes, state->max_slots, state->max_sources,
									 state->max_names_len))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("estimate_sum value is corrupted or was stored by a later version")));
	return state;
}

/*
 * The state of a transition function's first argument, to be changed in place;
 * a new one on the first call, which the executor copies to its place.
 */
static estimate_sum *
transition_state(FunctionCallInfo fcinfo)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("aggregate transition function called outside an aggregate")));
	return PG_ARGISNULL(0) ? new_state() : state_argument(fcinfo, 0);
}

/* estimate_sum_add(estimate_sum, estimate): transition function of sum(estimate). */
PG_FUNCTION_INFO_V1(estimate_sum_add);
Datum
estimate_sum_add(PG_FUNCTION_ARGS)
{
	estimate_sum *state;
	estimate e;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	state = transition_state(fcinfo);
	estimate_read(PG_GETARG_DATUM(1), &e);
	if (state->rows++ == PG_INT64_MAX)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("number of rows of a sum is out of range")));
	exact_sum_add(&state->value, e.value);
	if (e.sd != 0.0)
		exact_sum_add(&state->variance, multiply(e.sd, e.sd, "variance of an estimate"));
	if (e.skew != 0.0)
		exact_sum_add(cause_sum(&state, "", 0, PART_SKEW),
					  require_range(e.skew * e.skew * e.skew, "skewness of an estimate"));
	for (int i = 0; i < e.ncauses; i++)
	{
		const estimate_cause *cause = &e.causes[i];

		if (cause->term != 0.0)
			exact_sum_add(cause_sum(&state, cause->name, cause->len, PART_TERM), cause->term);
		if (cause->skew != 0.0)
			exact_sum_add(cause_sum(&state, cause->name, cause->len, PART_SKEW), cause->skew);
	}
	for (int i = 0; i < e.nsources; i++)
		add_source(&state, e.sources[i]);
	PG_RETURN_POINTER(state);
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
	other = state_argument(fcinfo, 1);
	if (pg_add_s64_overflow(state->rows, other->rows, &state->rows))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("number of rows of a sum is out of range")));
	exact_sum_merge(&state->value, &other->value);
	exact_sum_merge(&state->variance, &other->variance);
	for (int i = 0; i < other->ncauses; i++)
	{
		const cause_entry *cause = &other->causes[i];

		exact_sum_merge(cause_sum(&state, cause_name(other, cause), cause->len, cause->part),
						&cause->sum);
	}
	for (int i = 0; i < other->nsources; i++)
		add_source(&state, sources(other)[i]);
	PG_RETURN_POINTER(state);
}

/* estimate_sum_final(estimate_sum): the sum, NULL when no row had a value. */
PG_FUNCTION_INFO_V1(estimate_sum_final);
Datum
estimate_sum_final(PG_FUNCTION_ARGS)
{
	estimate_sum *state;
	estimate result = { 0 };

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = state_argument(fcinfo, 0);
	if (state->rows == 0)
		PG_RETURN_NULL();
	result.value = require_range(exact_sum_value(&state->value), "sum of estimates");
	result.sd = sqrt(
		require_range(exact_sum_value(&state->variance), "variance of a sum of estimates"));
	finish_causes(state, &result);
	result.nsources = state->nsources;
	result.sources = sources(state);
	PG_RETURN_DATUM(estimate_build(&result));
}

STATE_FORMS(estimate_sum);
