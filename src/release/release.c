/*
 * release.c
 *		SQL face of secrecy.c.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "release/secrecy.h"
#include "utils/array.h"
#include "utils/memutils.h"

static void *
resize_palloc(void *old, size_t size)
{
	if (old == NULL)
		return MemoryContextAllocHuge(CurrentMemoryContext, size);
	return repalloc_huge(old, size);
}

static void
check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

static const secrecy_host server = { resize_palloc, pfree, check_interrupts };

/* The elements of a one-dimensional array without NULL, and their number. */
static void *
elements(FunctionCallInfo fcinfo, int argument, Oid type, int *count)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(argument);

	if (ARR_NDIM(array) > 1 || ARR_ELEMTYPE(array) != type)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("argument %d must be a one-dimensional array", argument + 1)));
	if (array_contains_nulls(array))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument %d must not contain NULL", argument + 1)));
	*count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	return ARR_DATA_PTR(array);
}

/* How many things are numbered; a number above that of the parts is refused later. */
static int32
numbered(const int32 *numbers, int count)
{
	int32 most = 0;

	for (int i = 0; i < count; i++)
		most = Max(most, numbers[i]);
	return Min(most, count);
}

/*
 * Reads a cube from the arguments, which count from 1.  What the numbers refer
 * to is checked in secrecy.c.
 */
static void
cube_arguments(FunctionCallInfo fcinfo, secrecy_cube *cube)
{
	int nnodes, nsectors, nshares, nflags, nwanted, ntwins, nout;
	int nparts[5];
	int32 *parents = elements(fcinfo, 0, INT4OID, &nnodes);
	int32 *min_units = elements(fcinfo, 1, INT4OID, &nsectors);
	float8 *max_share = elements(fcinfo, 2, FLOAT8OID, &nshares);
	bool *in_total = elements(fcinfo, 3, BOOLOID, &nflags);
	int32 *twins;
	int32 *columns[4];
	float8 *values;
	int32 *parent = palloc(sizeof(int32) * Max(nnodes, 1));
	int32 *twin = palloc(sizeof(int32) * Max(nnodes, 1));
	secrecy_rule *rules = palloc(sizeof(secrecy_rule) * Max(nsectors, 1));
	secrecy_part *parts;

	for (int i = 0; i < 4; i++)
		columns[i] = elements(fcinfo, 4 + i, INT4OID, &nparts[i]);
	values = elements(fcinfo, 8, FLOAT8OID, &nparts[4]);
	cube->wanted = elements(fcinfo, 9, BOOLOID, &nwanted);
	twins = elements(fcinfo, 10, INT4OID, &ntwins);
	cube->out = elements(fcinfo, 11, BOOLOID, &nout);
	for (int i = 1; i < 5; i++)
		if (nparts[i] != nparts[0])
			ereport(ERROR,
					(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					 errmsg("the columns of the parts differ in length"),
					 errdetail("The first has %d elements, another %d.", nparts[0], nparts[i])));
	if (nshares != nsectors || nflags != nsectors || ntwins != nnodes ||
		nwanted != (int64) nnodes * (nsectors + 1) || nout != nwanted)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("the arrays of a cube do not fit each other"),
				 errdetail("There are %d nodes, %d sectors, %d shares, %d totals and %d cells.",
						   nnodes, nsectors, nshares, nflags, nwanted)));

	for (int i = 0; i < nnodes; i++)
	{
		parent[i] = parents[i] > 0 ? parents[i] - 1 : parents[i] == 0 ? -1 : -2;
		twin[i] = twins[i] > 0 ? twins[i] - 1 : twins[i] == 0 ? SECRECY_PRESENT : SECRECY_GONE;
	}
	for (int i = 0; i < nsectors; i++)
		rules[i] = (secrecy_rule){ min_units[i], max_share[i] };
	parts = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(secrecy_part) * Max(nparts[0], 1));
	for (int i = 0; i < nparts[0]; i++)
		parts[i] = (secrecy_part){ Max(columns[0][i], 0) - 1, Max(columns[1][i], 0) - 1,
								   Max(columns[2][i], 0) - 1, Max(columns[3][i], 0) - 1,
								   values[i] };

	cube->nnodes = nnodes;
	cube->parent = parent;
	cube->twin = twin;
	cube->nsectors = nsectors;
	cube->rules = rules;
	cube->in_total = in_total;
	cube->ndatasets = numbered(columns[2], nparts[0]);
	cube->nunits = numbered(columns[3], nparts[0]);
	cube->nparts = nparts[0];
	cube->parts = parts;
}

static void
report(secrecy_error error)
{
	switch (error)
	{
		case SECRECY_OK:
			break;
		case SECRECY_RANGE:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a number of the cube is out of its range"),
					 errhint("Nodes, sectors, datasets and units are numbered from 1 without "
							 "gaps, values are finite, shares are above 0 and at most 1.")));
			break;
		case SECRECY_CYCLE:
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("a territory of the cube is part of itself")));
			break;
		case SECRECY_SIZE:
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("the cube has too many cells or parts")));
			break;
		case SECRECY_STUCK:
			elog(ERROR, "secondary suppression does not advance");
			break;
	}
}

/* secrecy_choose(...): which cells to publish. */
PG_FUNCTION_INFO_V1(secrecy_choose_sql);
Datum
secrecy_choose_sql(PG_FUNCTION_ARGS)
{
	secrecy_cube cube;
	int ncells;
	bool *published;
	Datum *result;

	cube_arguments(fcinfo, &cube);
	ncells = cube.nnodes * (cube.nsectors + 1);
	published = palloc0(sizeof(bool) * Max(ncells, 1));
	report(secrecy_choose(&cube, &server, published));

	result = palloc(sizeof(Datum) * Max(ncells, 1));
	for (int i = 0; i < ncells; i++)
		result[i] = BoolGetDatum(published[i]);
	PG_RETURN_ARRAYTYPE_P(
		construct_array(result, ncells, BOOLOID, sizeof(bool), true, TYPALIGN_CHAR));
}

/* secrecy_holds(...): whether all wanted cells can be published together. */
PG_FUNCTION_INFO_V1(secrecy_holds_sql);
Datum
secrecy_holds_sql(PG_FUNCTION_ARGS)
{
	secrecy_cube cube;
	bool holds;

	cube_arguments(fcinfo, &cube);
	report(secrecy_holds(&cube, &server, &holds));
	PG_RETURN_BOOL(holds);
}
