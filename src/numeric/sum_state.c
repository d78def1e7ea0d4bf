/*
 * sum_state.c
 *		Transition state shared by the aggregates: exact sums under int4 keys.
 */
#include "numeric/sum_state.h"

#include "check.h"

#include "common/int.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#define SUM_STATE_VERSION 2

/* Bytes of the header in the binary form, and of an entry without its digits. */
#define HEADER_BYTES      22
#define ENTRY_BYTES       16
#define SUM_STATE_SIZE(n) (offsetof(sum_state, entries) + (Size) (n) * sizeof(sum_entry))
#define SUM_STATE_MAX_ENTRIES \
	((int) ((MaxAllocSize - offsetof(sum_state, entries)) / sizeof(sum_entry)))
#define SUM_STATE_CAPACITY(s) \
	((int) ((VARSIZE(s) - offsetof(sum_state, entries)) / sizeof(sum_entry)))

/* Doubling from 1 to 3, 7, 15 entries, states fit allocator chunks of 2^n bytes. */
#define INITIAL_CAPACITY 1

static sum_state *
allocate(int capacity)
{
	Size size = SUM_STATE_SIZE(capacity);
	sum_state *state = palloc0(size);

	SET_VARSIZE(state, size);
	return state;
}

static const char *const kind_names[] = {
	[SUM_OF_GHG] = "sum(ghg)",
	[SUM_OF_CARBON_STOCK] = "sum(carbon_stock)",
	[SUM_OF_TRAJECTORY] = "sum(trajectory)",
	[TRAJECTORY_AGG] = "trajectory_agg",
	[ALLOCATED_SUM] = "allocated_sum",
};

StaticAssertDecl(lengthof(kind_names) == SUM_KINDS, "every kind of sum needs a name");

/* An empty state in the current memory context. */
static sum_state *
new_state(sum_kind kind)
{
	sum_state *state = allocate(INITIAL_CAPACITY);

	state->kind = kind;
	return state;
}

static void
refuse_kind(const sum_state *state, sum_kind kind)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("state is not one of %s", kind_names[kind]),
			 errdetail("It is one of %s.", kind_names[state->kind]),
			 errhint("Combine and finish a partial sum by the functions of its aggregate.")));
}

/*
 * The state of a transition function's first argument, to be changed in place;
 * a new one on the first call.  That one need not be in the aggregate's context:
 * the executor copies there what is not the state it passed.
 */
sum_state *
sum_state_transition(FunctionCallInfo fcinfo, sum_kind kind)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("aggregate transition function called outside an aggregate")));
	return PG_ARGISNULL(0) ? new_state(kind) : sum_state_argument(fcinfo, 0, kind);
}

/* A state argument, detoasted, of whatever aggregate. */
static sum_state *
state_argument(FunctionCallInfo fcinfo, int argno)
{
	return (sum_state *) PG_DETOAST_DATUM(PG_GETARG_DATUM(argno));
}

/* A state argument, detoasted.  Error 22023 when it is another aggregate's. */
sum_state *
sum_state_argument(FunctionCallInfo fcinfo, int argno, sum_kind kind)
{
	sum_state *state = state_argument(fcinfo, argno);

	if (state->kind != kind)
		refuse_kind(state, kind);
	return state;
}

/* Index of the first entry whose key is not below the given one. */
static int
lower_bound(const sum_state *state, int32 key)
{
	int low = 0;
	int high = state->nentries;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (state->entries[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The entry of a key, NULL when there is none. */
sum_entry *
sum_state_find(sum_state *state, int32 key)
{
	int i = lower_bound(state, key);

	if (i < state->nentries && state->entries[i].key == key)
		return &state->entries[i];
	return NULL;
}

/*
 * The entry of a key, made when missing.  A full state is replaced by a larger
 * copy in the current context; the old one is left to its owner, because
 * nodeAgg frees a replaced transition value itself.
 */
static sum_entry *
find_or_insert(sum_state **state_p, int32 key)
{
	sum_state *state = *state_p;
	int i = lower_bound(state, key);

	if (i < state->nentries && state->entries[i].key == key)
		return &state->entries[i];

	if (state->nentries == SUM_STATE_CAPACITY(state))
	{
		sum_state *larger;

		if (state->nentries >= SUM_STATE_MAX_ENTRIES / 2)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("too many distinct keys in one aggregate")));
		larger = allocate(state->nentries * 2 + INITIAL_CAPACITY);
		memcpy((char *) larger + VARHDRSZ, (char *) state + VARHDRSZ,
			   SUM_STATE_SIZE(state->nentries) - VARHDRSZ);
		*state_p = state = larger;
	}
	memmove(&state->entries[i + 1], &state->entries[i], sizeof(sum_entry) * (state->nentries - i));
	memset(&state->entries[i], 0, sizeof(sum_entry));
	state->entries[i].key = key;
	state->nentries++;
	return &state->entries[i];
}

/* Add a finite value under a key; *state may be replaced by a larger copy. */
void
sum_state_add(sum_state **state, int32 key, double value)
{
	sum_entry *entry = find_or_insert(state, key);

	exact_sum_add(&entry->sum, value);
	entry->count++;
}

/*
 * Take back a value added before under the same key, exactly; an entry nothing
 * is left of disappears.
 */
void
sum_state_subtract(sum_state *state, int32 key, double value)
{
	sum_entry *entry = sum_state_find(state, key);

	/* A window takes back only what it gave; a forged state need not have it. */
	if (entry == NULL)
	{
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a row leaves a sum that it is not in"), errdetail("Its key is %d.", key)));
		return;
	}
	exact_sum_add(&entry->sum, -value);
	if (--entry->count == 0)
	{
		int i = entry - state->entries;

		memmove(entry, entry + 1, sizeof(sum_entry) * (state->nentries - i - 1));
		state->nentries--;
	}
}

static int64
add_counts(int64 a, int64 b)
{
	int64 result;

	if (pg_add_s64_overflow(a, b, &result) || result < 0)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("number of rows of a sum is out of range"),
						errdetail("" INT64_FORMAT " and " INT64_FORMAT " rows meet.", a, b)));
	return result;
}

/* Count rows in, or out when negative. */
void
sum_state_count(sum_state *state, int64 rows)
{
	state->rows = add_counts(state->rows, rows);
}

/* Add all of another state's sums; tags are the caller's to compare. */
void
sum_state_merge(sum_state **state, const sum_state *other)
{
	for (int i = 0; i < other->nentries; i++)
	{
		const sum_entry *from = &other->entries[i];
		sum_entry *to = find_or_insert(state, from->key);

		exact_sum_merge(&to->sum, &from->sum);
		to->count = add_counts(to->count, from->count);
	}
	sum_state_count(*state, other->rows);
}

/* The total of an entry.  Error 22003 when it is beyond float8. */
double
sum_entry_value(const sum_entry *entry)
{
	return require_range(exact_sum_value(&entry->sum), "sum");
}

/* sum_state_combine(sum_state, sum_state): merge two partial aggregates. */
PG_FUNCTION_INFO_V1(sum_state_combine);
Datum
sum_state_combine(PG_FUNCTION_ARGS)
{
	sum_state *state;
	sum_state *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = state_argument(fcinfo, 1);
	state = sum_state_transition(fcinfo, other->kind);
	if (state->tag != 0 && other->tag != 0 && state->tag != other->tag)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot combine sums with different tags"),
						errdetail("One side has tag %d, the other %d.", state->tag, other->tag)));
	if (state->tag == 0)
		state->tag = other->tag;
	sum_state_merge(&state, other);
	PG_RETURN_POINTER(state);
}

/* Write the binary form, in network byte order. */
static void
write_state(StringInfo buf, const sum_state *state)
{
	pq_sendint16(buf, SUM_STATE_VERSION);
	pq_sendint32(buf, state->kind);
	pq_sendint32(buf, state->tag);
	pq_sendint64(buf, state->rows);
	pq_sendint32(buf, state->nentries);
	for (int i = 0; i < state->nentries; i++)
	{
		const sum_entry *entry = &state->entries[i];
		exact_sum sum = entry->sum;
		int first = 0;
		int end = EXACT_SUM_DIGITS;

		exact_sum_normalize(&sum);
		while (first < end && sum.digit[first] == 0)
			first++;
		while (end > first && sum.digit[end - 1] == 0)
			end--;
		pq_sendint32(buf, entry->key);
		pq_sendint64(buf, entry->count);
		pq_sendint16(buf, first);
		pq_sendint16(buf, end - first);
		for (int d = first; d < end; d++)
			pq_sendint64(buf, sum.digit[d]);
	}
}

static void
refuse_bytes(int sqlstate, const char *detail)
{
	ereport(ERROR, (errcode(sqlstate), errmsg("invalid representation of type sum_state"),
					errdetail_internal("%s", detail)));
}

/* Read an entry; false when it is malformed. */
static bool
read_entry(StringInfo buf, sum_entry *entry)
{
	int first;
	int end;

	entry->key = pq_getmsgint(buf, 4);
	entry->count = pq_getmsgint64(buf);
	first = pq_getmsgint(buf, 2);
	end = first + pq_getmsgint(buf, 2);
	if (entry->count < 1 || end > EXACT_SUM_DIGITS || buf->len - buf->cursor < 8 * (end - first))
		return false;
	for (int d = first; d < end; d++)
	{
		/* Normalized digits only; the topmost is signed. */
		bool top = d == EXACT_SUM_DIGITS - 1;
		int64 digit = pq_getmsgint64(buf);

		if (digit < (top ? -EXACT_SUM_LIMIT : 0) || digit > (top ? EXACT_SUM_LIMIT : PG_UINT32_MAX))
			return false;
		entry->sum.digit[d] = digit;
	}
	return true;
}

/* Read the binary form, trusting nothing. */
static sum_state *
read_state(StringInfo buf, int sqlstate)
{
	sum_state *state;
	int version;
	int32 kind;
	int32 tag;
	int64 rows;
	int32 nentries;

	if (buf->len - buf->cursor < HEADER_BYTES)
		refuse_bytes(sqlstate, "It ends within its header.");
	version = pq_getmsgint(buf, 2);
	kind = pq_getmsgint(buf, 4);
	tag = pq_getmsgint(buf, 4);
	rows = pq_getmsgint64(buf);
	nentries = pq_getmsgint(buf, 4);

	/* What an entry takes at least bounds the allocation. */
	if (version != SUM_STATE_VERSION || kind < 1 || kind >= SUM_KINDS || rows < 0 || nentries < 0 ||
		nentries > (buf->len - buf->cursor) / ENTRY_BYTES || nentries > SUM_STATE_MAX_ENTRIES)
		refuse_bytes(sqlstate, "The header is malformed.");

	state = allocate(nentries);
	state->kind = kind;
	state->tag = tag;
	state->rows = rows;
	state->nentries = nentries;
	for (int i = 0; i < nentries; i++)
	{
		sum_entry *entry = &state->entries[i];

		if (!read_entry(buf, entry) || (i > 0 && entry->key <= entry[-1].key))
			ereport(ERROR, (errcode(sqlstate), errmsg("invalid representation of type sum_state"),
							errdetail("Entry %d is malformed.", i + 1)));
	}
	if (buf->cursor != buf->len)
		refuse_bytes(sqlstate, "There are bytes after the last entry.");
	return state;
}

/* The bytes of a state's text form: hexadecimal, as bytea reads it. */
void
state_text_read(Datum text, StringInfo buf)
{
	bytea *bytes = DatumGetByteaPP(DirectFunctionCall1(byteain, text));

	initStringInfo(buf);
	appendBinaryStringInfo(buf, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

/* The text form of a state's bytes: hexadecimal, whatever bytea_output says. */
char *
state_text_write(const StringInfoData *buf)
{
	char *text = palloc(2 * (Size) buf->len + 3);

	strcpy(text, "\\x");
	hex_encode(buf->data, buf->len, text + 2);
	text[2 + 2 * (Size) buf->len] = '\0';
	return text;
}

STATE_FORMS(sum_state);
