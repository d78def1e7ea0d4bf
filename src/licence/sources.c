/*
 * sources.c
 *		Sets of source datasets: the sources_agg aggregates.
 *
 * The result is an int[] of ascending, distinct ids; one NULL at the end says that
 * some source is unknown.
 *
 * The state is an int[] as well, so that it can be sent from machine to machine.
 * Element 0 is 1 when a source is unknown.  The n ids after it are runs, each
 * sorted, as long as the powers of two that n is the sum of, the longest first:
 * looking an id up is a search in each, and adding one sorts as many as become one
 * run.  In an aggregate the state has room for more, and is changed in place.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/memutils.h"

#define MIN_ROOM 15

static int
compare_ids(const void *a, const void *b)
{
	int32 x = *(const int32 *) a;
	int32 y = *(const int32 *) b;

	return (x > y) - (x < y);
}

/* The elements of a state; an error for what is none. */
static int32 *
state_elements(ArrayType *state)
{
	if (ARR_NDIM(state) != 1 || ARR_HASNULL(state) || ARR_ELEMTYPE(state) != INT4OID ||
		ARR_DIMS(state)[0] < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid state of an aggregate of sources")));
	return (int32 *) ARR_DATA_PTR(state);
}

/* How many ids a state holds, and has room for. */
static int
state_count(ArrayType *state)
{
	return ARR_DIMS(state)[0] - 1;
}

static Size
state_room(ArrayType *state)
{
	return (ARR_SIZE(state) - ARR_DATA_OFFSET(state)) / sizeof(int32) - 1;
}

/* A state with the elements of another, or none, and room for more ids. */
static ArrayType *
make_state(ArrayType *from, Size room)
{
	int count = from == NULL ? 0 : state_count(from);
	Size size = ARR_OVERHEAD_NONULLS(1) + (room + 1) * sizeof(int32);
	ArrayType *state;

	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many sources"),
						errdetail("There are more than %d.", count)));
	state = palloc0(size);
	SET_VARSIZE(state, size);
	state->ndim = 1;
	state->elemtype = INT4OID;
	ARR_DIMS(state)[0] = count + 1;
	ARR_LBOUND(state)[0] = 1;
	if (from != NULL)
		memcpy(ARR_DATA_PTR(state), state_elements(from), (count + 1) * sizeof(int32));
	return state;
}

/* Whether an id is in one of the runs of n ids. */
static bool
has_id(const int32 *id, uint32 n, int32 wanted)
{
	while (n > 0)
	{
		uint32 length = UINT32_C(1) << pg_leftmost_one_pos32(n);
		uint32 low = 0;

		for (uint32 half = length / 2; half > 0; half /= 2)
			if (id[low + half] <= wanted)
				low += half;
		if (id[low] == wanted)
			return true;
		id += length;
		n -= length;
	}
	return false;
}

/* Add an id that may be there already; the state may be another then. */
static ArrayType *
add_id(ArrayType *state, int32 id)
{
	int32 *ids = state_elements(state) + 1;
	uint32 n = state_count(state);
	uint32 run;

	if (has_id(ids, n, id))
		return state;
	if (n >= state_room(state))
	{
		state = make_state(state, Max(2 * (Size) n + 1, MIN_ROOM));
		ids = state_elements(state) + 1;
	}
	ids[n++] = id;
	ARR_DIMS(state)[0] = n + 1;
	run = UINT32_C(1) << pg_rightmost_one_pos32(n);
	if (run > 1)
		qsort(ids + n - run, run, sizeof(int32), compare_ids);
	return state;
}

/* The state in argument 0, or a new one, that may be changed. */
static ArrayType *
state_argument(FunctionCallInfo fcinfo)
{
	ArrayType *state;

	if (PG_ARGISNULL(0))
		return make_state(NULL, MIN_ROOM);
	state = AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0)
											  : PG_GETARG_ARRAYTYPE_P_COPY(0);
	(void) state_elements(state);
	return state;
}

/* sources_add(int[], int): add one source; a NULL one is unknown. */
PG_FUNCTION_INFO_V1(sources_add);
Datum
sources_add(PG_FUNCTION_ARGS)
{
	ArrayType *state = state_argument(fcinfo);

	if (PG_ARGISNULL(1))
		state_elements(state)[0] = 1;
	else
		state = add_id(state, PG_GETARG_INT32(1));
	PG_RETURN_ARRAYTYPE_P(state);
}

/* sources_add_all(int[], int[]): add the sources of a value; NULL is unknown. */
PG_FUNCTION_INFO_V1(sources_add_all);
Datum
sources_add_all(PG_FUNCTION_ARGS)
{
	ArrayType *state = state_argument(fcinfo);
	ArrayType *added;
	int nelems;
	int count;

	if (PG_ARGISNULL(1))
	{
		state_elements(state)[0] = 1;
		PG_RETURN_ARRAYTYPE_P(state);
	}
	/* NULLs take no room, so what the array holds is its size. */
	added = PG_GETARG_ARRAYTYPE_P(1);
	nelems = ArrayGetNItems(ARR_NDIM(added), ARR_DIMS(added));
	count = (ARR_SIZE(added) - ARR_DATA_OFFSET(added)) / sizeof(int32);
	for (int i = 0; i < Min(count, nelems); i++)
	{
		CHECK_FOR_INTERRUPTS();
		state = add_id(state, ((int32 *) ARR_DATA_PTR(added))[i]);
	}
	if (count < nelems)
		state_elements(state)[0] = 1;
	PG_RETURN_ARRAYTYPE_P(state);
}

/* sources_combine(int[], int[]): one state of two. */
PG_FUNCTION_INFO_V1(sources_combine);
Datum
sources_combine(PG_FUNCTION_ARGS)
{
	ArrayType *state = state_argument(fcinfo);
	ArrayType *other = PG_GETARG_ARRAYTYPE_P(1);
	int32 *added = state_elements(other);

	for (int i = 1; i <= state_count(other); i++)
	{
		CHECK_FOR_INTERRUPTS();
		state = add_id(state, added[i]);
	}
	if (added[0] != 0)
		state_elements(state)[0] = 1;
	PG_RETURN_ARRAYTYPE_P(state);
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

/* sources_final(int[]): the result of a state, which stays as it is. */
PG_FUNCTION_INFO_V1(sources_final);
Datum
sources_final(PG_FUNCTION_ARGS)
{
	ArrayType *state = PG_GETARG_ARRAYTYPE_P(0);
	int32 *elements = state_elements(state);
	int count = state_count(state);
	int32 *ids = palloc((count + 1) * sizeof(int32));
	int n = 0;

	memcpy(ids, elements + 1, count * sizeof(int32));
	qsort(ids, count, sizeof(int32), compare_ids);
	for (int i = 0; i < count; i++)
		if (n == 0 || ids[i] != ids[n - 1])
			ids[n++] = ids[i];
	PG_RETURN_ARRAYTYPE_P(write_sources(ids, n, elements[0] != 0));
}
