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

#define INT4_ARRAY(values, nulls, n)                                                      \
	construct_md_array(values, nulls, 1, &(n), &(int){ 1 }, INT4OID, sizeof(int32), true, \
					   TYPALIGN_INT)

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

/* Whether every source of b is among those of a. */
static bool
includes(const source_set *a, const source_set *b)
{
	int i = 0;

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

/* The union of two sets, as an array. */
static ArrayType *
unite(const source_set *a, const source_set *b)
{
	Size room = (Size) a->count + b->count + 1;
	Datum *values;
	bool *nulls;
	int n = 0;

	if (room > MaxAllocSize / sizeof(Datum))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many sources"),
						errdetail("One set has %d, the other %d.", a->count, b->count)));
	values = palloc(room * sizeof(Datum));
	nulls = palloc0(room);
	for (int i = 0, j = 0; i < a->count || j < b->count;)
	{
		if (j == b->count || (i < a->count && a->id[i] < b->id[j]))
			values[n++] = Int32GetDatum(a->id[i++]);
		else
		{
			if (i < a->count && a->id[i] == b->id[j])
				i++;
			values[n++] = Int32GetDatum(b->id[j++]);
		}
	}
	if (a->unknown || b->unknown)
		nulls[n++] = true;
	if (n == 0)
		return construct_empty_array(INT4OID);
	return INT4_ARRAY(values, nulls, n);
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
