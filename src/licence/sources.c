/*
 * sources.c
 *		Sets of source datasets: the sources_agg aggregates.
 *
 * A set is an int[] of ascending, distinct ids; one NULL at the end says that
 * some source is unknown.  The transition state is the result itself.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/memutils.h"

typedef struct source_set
{
	const int32 *id;
	int count; /* ids, the NULL not among them */
	bool unknown;
	bool canonical; /* the array itself is written as a set */
} source_set;

static int
compare_ids(const void *a, const void *b)
{
	int32 x = *(const int32 *) a;
	int32 y = *(const int32 *) b;

	return (x > y) - (x < y);
}

/* Whether an array has one dimension from 1, and no NULL but one at its end. */
static bool
is_plain(ArrayType *array, int nvalues, int nelems)
{
	bits8 *bitmap = ARR_NULLBITMAP(array);

	if (ARR_NDIM(array) > 1 || (ARR_NDIM(array) == 1 && ARR_LBOUND(array)[0] != 1))
		return false;
	if (nvalues == nelems)
		return bitmap == NULL;
	return nvalues == nelems - 1 && (bitmap[nvalues / 8] & (1 << (nvalues % 8))) == 0;
}

/*
 * The ids of an array of any shape, in the array itself when they ascend, as
 * they do in a state; NULLs take no room, so what the array holds is its size.
 */
static source_set
read_sources(ArrayType *array)
{
	source_set set;
	int nelems = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	bool ascending = true;

	set.id = (int32 *) ARR_DATA_PTR(array);
	set.count = (ARR_SIZE(array) - ARR_DATA_OFFSET(array)) / sizeof(int32);
	set.count = Min(set.count, nelems);
	set.unknown = set.count < nelems;
	for (int i = 1; i < set.count && ascending; i++)
		ascending = set.id[i - 1] < set.id[i];
	set.canonical = ascending && is_plain(array, set.count, nelems);
	if (!ascending)
	{
		int32 *sorted = palloc(set.count * sizeof(int32));
		int kept = 1;

		memcpy(sorted, set.id, set.count * sizeof(int32));
		qsort(sorted, set.count, sizeof(int32), compare_ids);
		for (int i = 1; i < set.count; i++)
			if (sorted[i] != sorted[kept - 1])
				sorted[kept++] = sorted[i];
		set.id = sorted;
		set.count = kept;
	}
	return set;
}

/* How many ids of a set are below one. */
static int
count_below(const source_set *set, int32 id)
{
	int low = 0;
	int high = set->count;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (set->id[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether every source of b is among those of a. */
static bool
includes(const source_set *a, const source_set *b)
{
	int i = b->count > 0 ? count_below(a, b->id[0]) : 0;

	if (b->unknown && !a->unknown)
		return false;
	for (int j = 0; j < b->count; j++, i++)
	{
		while (i < a->count && a->id[i] < b->id[j])
			i++;
		if (i == a->count || a->id[i] != b->id[j])
			return false;
	}
	return true;
}

/* A set of ascending ids, as an array. */
static ArrayType *
write_sources(const int32 *ids, int n, bool unknown)
{
	int nelems = n + unknown;
	Size overhead = unknown ? ARR_OVERHEAD_WITHNULLS(1, nelems) : ARR_OVERHEAD_NONULLS(1);
	Size size = overhead + n * sizeof(int32);
	ArrayType *array;

	if (nelems == 0)
		return construct_empty_array(INT4OID);
	array = palloc(size);
	memset(array, 0, overhead);
	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->dataoffset = unknown ? overhead : 0;
	array->elemtype = INT4OID;
	ARR_DIMS(array)[0] = nelems;
	ARR_LBOUND(array)[0] = 1;
	if (unknown)
	{
		bits8 *bitmap = (bits8 *) ARR_LBOUND(array) + sizeof(int);

		/* a bit for each id, none for the NULL at the end */
		memset(bitmap, 0xff, n / 8);
		if (n % 8 > 0)
			bitmap[n / 8] = (1 << (n % 8)) - 1;
	}
	memcpy(ARR_DATA_PTR(array), ids, n * sizeof(int32));
	return array;
}

/* The union of two sets, as an array. */
static ArrayType *
unite(const source_set *a, const source_set *b)
{
	Size room = (Size) a->count + b->count;
	ArrayType *array;
	int32 *ids;
	int i;
	int n;

	/* an id takes its bytes, and a bit */
	if (room > MaxAllocSize / (sizeof(int32) + 1))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many sources"),
						errdetail("One set has %d, the other %d.", a->count, b->count)));
	ids = palloc((room + 1) * sizeof(int32));
	n = i = b->count > 0 ? count_below(a, b->id[0]) : 0;
	if (n > 0)
		memcpy(ids, a->id, n * sizeof(int32));
	for (int j = 0; j < b->count;)
	{
		if (i < a->count && a->id[i] < b->id[j])
			ids[n++] = a->id[i++];
		else
		{
			if (i < a->count && a->id[i] == b->id[j])
				i++;
			ids[n++] = b->id[j++];
		}
	}
	if (i < a->count)
		memcpy(ids + n, a->id + i, (a->count - i) * sizeof(int32));
	array = write_sources(ids, n + a->count - i, a->unknown || b->unknown);
	pfree(ids);
	return array;
}

/*
 * Add sources to the state in argument 0.  Most rows bring nothing new: the
 * state then goes back as it came, and nodeAgg copies nothing.
 */
static Datum
add_sources(FunctionCallInfo fcinfo, const source_set *added)
{
	source_set state = { 0 };

	if (!PG_ARGISNULL(0))
	{
		ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);

		state = read_sources(array);
		if (state.canonical && includes(&state, added))
			PG_RETURN_ARRAYTYPE_P(array);
	}
	PG_RETURN_ARRAYTYPE_P(unite(&state, added));
}

/* sources_add(int[], int): add one source; a NULL one is unknown. */
PG_FUNCTION_INFO_V1(sources_add);
Datum
sources_add(PG_FUNCTION_ARGS)
{
	int32 id = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1);
	source_set added = { .id = &id, .count = PG_ARGISNULL(1) ? 0 : 1, .unknown = PG_ARGISNULL(1) };

	return add_sources(fcinfo, &added);
}

/* sources_add_all(int[], int[]): add the sources of a value; NULL is unknown. */
PG_FUNCTION_INFO_V1(sources_add_all);
Datum
sources_add_all(PG_FUNCTION_ARGS)
{
	source_set added = { .unknown = true };

	if (!PG_ARGISNULL(1))
		added = read_sources(PG_GETARG_ARRAYTYPE_P(1));
	return add_sources(fcinfo, &added);
}
