/*
 * release.c
 *		SQL face of the choice of cells: numbers what the caller names.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "release/match.h"
#include "release/secrecy.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

static void *
allocate(size_t size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, size);
}

static bool
pending(void)
{
	return INTERRUPTS_PENDING_CONDITION();
}

static void
check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

static const secrecy_host server = { allocate, pfree, pending, check_interrupts };

/* --- names as numbers ------------------------------------------------------------- */

typedef struct name
{
	const char *bytes;
	int length;
} name;

/* Numbers names from 0 as they come. */
typedef struct dictionary
{
	name *names;
	int n;
	int room;
	int *slots; /* number + 1; a power of two of them */
	uint32 mask;
} dictionary;

static int
find_slot(const dictionary *d, const char *bytes, int length)
{
	uint32 slot = hash_bytes((const unsigned char *) bytes, length) & d->mask;

	while (d->slots[slot] != 0)
	{
		const name *known = &d->names[d->slots[slot] - 1];

		if (known->length == length && memcmp(known->bytes, bytes, length) == 0)
			break;
		slot = (slot + 1) & d->mask;
	}
	return slot;
}

static void
grow(dictionary *d)
{
	d->room = d->room == 0 ? 256 : d->room * 2;
	d->names = d->names == NULL
				   ? MemoryContextAllocHuge(CurrentMemoryContext, d->room * sizeof(name))
				   : repalloc_huge(d->names, d->room * sizeof(name));
	if (d->slots != NULL)
		pfree(d->slots);
	d->slots = MemoryContextAllocHuge(CurrentMemoryContext, 2 * d->room * sizeof(int));
	memset(d->slots, 0, 2 * d->room * sizeof(int));
	d->mask = 2 * d->room - 1;
	for (int i = 0; i < d->n; i++)
		d->slots[find_slot(d, d->names[i].bytes, d->names[i].length)] = i + 1;
}

/* The number of a name, -1 when it has none. */
static int
number_of(const dictionary *d, const void *bytes, int length)
{
	return d->n == 0 ? -1 : d->slots[find_slot(d, bytes, length)] - 1;
}

/* The number of a name, a new one when it has none; keeps the bytes where they are. */
static int
number(dictionary *d, const void *bytes, int length)
{
	int slot;

	if (d->n == d->room)
		grow(d);
	slot = find_slot(d, bytes, length);
	if (d->slots[slot] == 0)
	{
		d->names[d->n++] = (name){ bytes, length };
		d->slots[slot] = d->n;
	}
	return d->slots[slot] - 1;
}

static int
number_copy(dictionary *d, const void *bytes, int length)
{
	int known = number_of(d, bytes, length);
	char *copy;

	if (known >= 0)
		return known;
	copy = palloc(length);
	memcpy(copy, bytes, length);
	return number(d, copy, length);
}

/* --- rows of arguments ---------------------------------------------------------------- */

/* Walks the rows of an array of a composite type. */
typedef struct rows
{
	Datum *row;
	int n;
	int at;
	TupleDesc type;
	Datum *value;
	bool *null;
} rows;

static rows
argument_rows(FunctionCallInfo fcinfo, int argument, int ncolumns)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(argument);
	Oid type = ARR_ELEMTYPE(array);
	int16 length;
	bool by_value;
	char align;
	bool *nulls;
	rows r = { NULL, 0, 0, lookup_rowtype_tupdesc_copy(type, -1), NULL, NULL };

	if (r.type->natts != ncolumns)
		elog(ERROR, "argument %d has %d columns", argument + 1, r.type->natts);
	get_typlenbyvalalign(type, &length, &by_value, &align);
	deconstruct_array(array, type, length, by_value, align, &r.row, &nulls, &r.n);
	for (int i = 0; i < r.n; i++)
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("argument %d must not contain NULL", argument + 1)));
	r.value = palloc(ncolumns * sizeof(Datum));
	r.null = palloc(ncolumns * sizeof(bool));
	return r;
}

/* Takes the next row apart; the first so many columns must have a value. */
static bool
next_row(rows *r, int argument, int needed)
{
	HeapTupleHeader header;
	HeapTupleData tuple;

	CHECK_FOR_INTERRUPTS();
	if (r->at >= r->n)
		return false;
	header = DatumGetHeapTupleHeader(r->row[r->at++]);
	tuple = (HeapTupleData){ .t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header };
	heap_deform_tuple(&tuple, r->type, r->value, r->null);
	for (int i = 0; i < needed; i++)
		if (r->null[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("%s of a row of a cube must not be NULL",
								   NameStr(TupleDescAttr(r->type, i)->attname)),
							errdetail("It is row %d of argument %d.", r->at, argument + 1)));
	return true;
}

static name
text_at(const rows *r, int i)
{
	text *t = DatumGetTextPP(r->value[i]);

	return (name){ VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t) };
}

/* --- reading a cube --------------------------------------------------------------------- */

typedef struct reading
{
	secrecy_cube cube;
	dictionary cubes, places, sectors, nodes, datasets, units, contributions, keys, parties;
	int32 *key;
	double *extent;
	int32 *cube_number; /* of each cube as it came: 0, then in the order of time */
} reading;

typedef struct node_name
{
	int32 cube;
	int32 place;
} node_name;

static void
read_rules(FunctionCallInfo fcinfo, reading *in)
{
	rows r = argument_rows(fcinfo, 0, 5);
	secrecy_rule *rules = palloc(sizeof(secrecy_rule) * Max(r.n, 1));
	bool *in_total = palloc(sizeof(bool) * Max(r.n, 1));

	for (int i = 0; next_row(&r, 0, 5); i++)
	{
		name sector = text_at(&r, 0);

		if (number(&in->sectors, sector.bytes, sector.length) != i)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("sector \"%.*s\" has two rules", Min(sector.length, 100),
								   sector.bytes)));
		rules[i] = (secrecy_rule){ DatumGetInt32(r.value[1]), DatumGetFloat8(r.value[2]),
								   DatumGetFloat8(r.value[3]) / 100 };
		in_total[i] = DatumGetBool(r.value[4]);
	}
	in->cube.nsectors = r.n;
	in->cube.rules = rules;
	in->cube.in_total = in_total;
}

static const int32 *cubes_to_sort;

static int
compare_cubes(const void *a, const void *b)
{
	int32 x = cubes_to_sort[*(const int *) a];
	int32 y = cubes_to_sort[*(const int *) b];

	return (x > y) - (x < y);
}

/* Numbers former cubes from 1 in the order of what the caller calls them. */
static void
number_cubes(reading *in)
{
	int n = in->cubes.n;
	int32 *called = palloc(sizeof(int32) * Max(n, 1));
	int *order = palloc(sizeof(int) * Max(n, 1));
	int next = 1;

	in->cube_number = palloc(sizeof(int32) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		memcpy(&called[i], in->cubes.names[i].bytes, sizeof(int32));
		order[i] = i;
	}
	cubes_to_sort = called;
	qsort(order, n, sizeof(int), compare_cubes);
	for (int i = 0; i < n; i++)
		in->cube_number[order[i]] = called[order[i]] == 0 ? 0 : next++;
}

static void
read_territories(FunctionCallInfo fcinfo, reading *in)
{
	rows r = argument_rows(fcinfo, 1, 3);
	int32 *parent = palloc(sizeof(int32) * Max(r.n, 1));
	int32 *cube_of = palloc(sizeof(int32) * Max(r.n, 1));
	int32 *place = palloc(sizeof(int32) * Max(r.n, 1));
	name *above = palloc(sizeof(name) * Max(r.n, 1));

	for (int i = 0; next_row(&r, 1, 2); i++)
	{
		int32 called = DatumGetInt32(r.value[0]);
		name code = text_at(&r, 1);
		node_name node;

		node.cube = number_copy(&in->cubes, &called, sizeof(called));
		node.place = number(&in->places, code.bytes, code.length);
		if (number_copy(&in->nodes, &node, sizeof(node)) != i)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("territory \"%.*s\" is there twice", Min(code.length, 100),
								   code.bytes)));
		cube_of[i] = node.cube;
		place[i] = node.place;
		above[i] = r.null[2] ? (name){ NULL, 0 } : text_at(&r, 2);
	}
	number_cubes(in);
	/* A parent that is not there is none. */
	for (int i = 0; i < r.n; i++)
	{
		node_name node = { cube_of[i],
						   above[i].bytes == NULL
							   ? -1
							   : number_of(&in->places, above[i].bytes, above[i].length) };

		parent[i] = node.place < 0 ? -1 : number_of(&in->nodes, &node, sizeof(node));
	}
	for (int i = 0; i < r.n; i++)
		cube_of[i] = in->cube_number[cube_of[i]];
	in->cube.nnodes = r.n;
	in->cube.parent = parent;
	in->cube.cube_of = cube_of;
	in->cube.place = place;
}

/* The node of a row whose first columns are the cube and the territory, -1: none. */
static int
node_at(const reading *in, const rows *r)
{
	int32 called = DatumGetInt32(r->value[0]);
	name code = text_at(r, 1);
	node_name node = { number_of(&in->cubes, &called, sizeof(called)),
					   number_of(&in->places, code.bytes, code.length) };

	return node.cube < 0 || node.place < 0 ? -1 : number_of(&in->nodes, &node, sizeof(node));
}

/* What a contribution is called, in one cube and in any. */
typedef struct contribution_name
{
	int32 unit;
	int32 contribution; /* its own name, or -1 and */
	int32 place;
	int32 sector;
	int32 cube; /* -1 in the name for any cube */
	int32 dataset;
} contribution_name;

/* How large the thing is that a part is named after, 0: it is only a name. */
static double
extent_at(const rows *r)
{
	double extent;

	if (r->null[5] || r->null[7])
		return 0;
	extent = DatumGetFloat8(r->value[7]);
	if (!(extent > 0) || isinf(extent))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the extent of a part must be positive and finite"),
						errdetail("It is %g.", extent)));
	return extent;
}

/*
 * What the contribution of a part is called.  Rows say which unit they are of; what
 * has an extent is the same thing whoever it is.
 */
static contribution_name
name_contribution(const rows *r, reading *in, dictionary *rows_named, int node, bool seen)
{
	name code = text_at(r, 1);
	name sector = text_at(r, 2);
	name unit = text_at(r, 4);
	int32 dataset = DatumGetInt32(r->value[3]);
	contribution_name called;

	called.sector = number_of(&in->sectors, sector.bytes, sector.length);
	if (node < 0 || called.sector < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a part is of an unknown territory or sector"),
						errdetail("It is of %.*s, %.*s.", Min(code.length, 50), code.bytes,
								  Min(sector.length, 50), sector.bytes),
						errhint("A part that belongs to no cell would not be protected.")));
	if (r->null[6])
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("the amount of a part must not be NULL")));
	called.unit = number(&in->units, unit.bytes, unit.length);
	called.contribution = -1;
	called.place = in->cube.place[node];
	if (!r->null[5])
	{
		name row = text_at(r, 5);

		called.contribution = number(rows_named, row.bytes, row.length);
		called.place = called.sector = -1;
	}
	if (seen)
		called.unit = -1;
	called.cube = in->cube.cube_of[node];
	called.dataset = number_copy(&in->datasets, &dataset, sizeof(dataset));
	return called;
}

/* How many times the amount a part may be at most. */
static double
doubt_at(const rows *r, double amount)
{
	double most = DatumGetFloat8(r->value[8]);

	if (!(amount > 0 && most >= amount && most <= 1e6 * amount))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the most of a part must be from its amount, which is positive, to "
							   "a million times as much"),
						errdetail("They are %g and %g.", most, amount)));
	return most / amount;
}

static void
read_parts(FunctionCallInfo fcinfo, reading *in)
{
	rows r = argument_rows(fcinfo, 2, 9);
	secrecy_part *parts = MemoryContextAllocHuge(CurrentMemoryContext,
												 sizeof(secrecy_part) * Max(r.n, 1));
	dictionary rows_named = { 0 };

	in->key = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int32) * Max(r.n, 1));
	in->extent = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * Max(r.n, 1));
	for (int i = 0; next_row(&r, 2, 5); i++)
	{
		int node = node_at(in, &r);
		double extent = extent_at(&r);
		contribution_name called = name_contribution(&r, in, &rows_named, node, extent > 0);
		name sector = text_at(&r, 2);
		name unit = text_at(&r, 4);

		parts[i] = (secrecy_part){ node,
								   number_of(&in->sectors, sector.bytes, sector.length),
								   called.dataset,
								   number_of(&in->units, unit.bytes, unit.length),
								   number_copy(&in->contributions, &called, sizeof(called)),
								   DatumGetFloat8(r.value[6]),
								   1 };
		if (!isfinite(parts[i].value))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("the amount of a part must be finite")));
		if (!r.null[8])
			parts[i].doubt = doubt_at(&r, parts[i].value);
		called.cube = called.dataset = -1;
		in->key[parts[i].contribution] = number_copy(&in->keys, &called, sizeof(called));
		in->extent[parts[i].contribution] = extent;
	}
	in->cube.ndatasets = in->datasets.n;
	in->cube.nunits = in->units.n;
	in->cube.ncontributions = in->contributions.n;
	in->cube.nparts = r.n;
	in->cube.parts = parts;
	if (in->cubes.n > 1)
	{
		secrecy_match(&in->cube, in->key, in->extent, parts, &server);
		secrecy_find_kin(&in->cube, &server);
	}
}

/* Cells with a figure: to publish in cube 0, else published already. */
static void
read_figures(FunctionCallInfo fcinfo, reading *in)
{
	int width = in->cube.nsectors + 1;
	size_t ncells = (size_t) in->cube.nnodes * width;
	bool *wanted = allocate(Max(ncells, 1));
	bool *out = allocate(Max(ncells, 1));
	rows r = argument_rows(fcinfo, 3, 3);

	memset(wanted, 0, ncells);
	memset(out, 0, ncells);
	while (next_row(&r, 3, 3))
	{
		int node = node_at(in, &r);
		name sector = text_at(&r, 2);
		int s = sector.length == 3 && memcmp(sector.bytes, "all", 3) == 0
					? in->cube.nsectors
					: number_of(&in->sectors, sector.bytes, sector.length);

		if (node < 0 || s < 0)
			continue;
		(in->cube.cube_of[node] == 0 ? wanted : out)[(size_t) node * width + s] = true;
	}
	in->cube.wanted = wanted;
	in->cube.out = out;
}

static int
compare_reader(const void *a, const void *b)
{
	const int32 *x = a;
	const int32 *y = b;

	if (x[0] != y[0])
		return x[0] < y[0] ? -1 : 1;
	return (x[1] > y[1]) - (x[1] < y[1]);
}

/* Whether what is of different datasets was taken for the same. */
static bool
has_mixed_contributions(const reading *in)
{
	int32 *dataset = MemoryContextAllocHuge(CurrentMemoryContext,
											sizeof(int32) * Max(in->cube.ncontributions, 1));
	bool mixed = false;

	memset(dataset, -1, sizeof(int32) * in->cube.ncontributions);
	for (size_t i = 0; i < in->cube.nparts; i++)
	{
		const secrecy_part *part = &in->cube.parts[i];

		mixed |= dataset[part->contribution] >= 0 && dataset[part->contribution] != part->dataset;
		dataset[part->contribution] = part->dataset;
	}
	pfree(dataset);
	return mixed;
}

/*
 * Readers as parties; each twice, with and without what it knows only if two
 * contributions are the same, where such were matched.
 */
static void
read_parties(FunctionCallInfo fcinfo, reading *in)
{
	rows r = argument_rows(fcinfo, 4, 2);
	int32(*readers)[2] = palloc(sizeof(int32[2]) * Max(r.n, 1));
	int32 *dataset;
	int32 *start;
	bool *sure;
	int copies = 1;
	int n = 0;

	while (next_row(&r, 4, 2))
	{
		name party = text_at(&r, 0);
		int32 id = DatumGetInt32(r.value[1]);
		int known = number_of(&in->datasets, &id, sizeof(id));

		if (known >= 0)
		{
			readers[n][0] = number(&in->parties, party.bytes, party.length);
			readers[n++][1] = known;
		}
	}
	qsort(readers, n, sizeof(*readers), compare_reader);
	if (has_mixed_contributions(in))
		copies = 2;
	start = palloc0(sizeof(int32) * ((size_t) copies * in->parties.n + 1));
	dataset = palloc(sizeof(int32) * Max(copies * n, 1));
	sure = palloc0(sizeof(bool) * Max(copies * in->parties.n, 1));
	for (int copy = 0, at = 0; copy < copies; copy++)
		for (int k = 0, i = 0; k < in->parties.n; k++)
		{
			for (; i < n && readers[i][0] == k; i++)
				if (i == 0 || compare_reader(readers[i - 1], readers[i]) != 0)
					dataset[at++] = readers[i][1];
			sure[copy * in->parties.n + k] = copy == 1;
			start[copy * in->parties.n + k + 1] = at;
		}
	in->cube.nparties = copies * in->parties.n;
	in->cube.party_start = start;
	in->cube.party_dataset = dataset;
	in->cube.party_sure = sure;
}

static void
report(secrecy_error error)
{
	switch (error)
	{
		case SECRECY_OK:
			break;
		case SECRECY_RANGE:
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("a number of the cube is out of its range"),
							errhint("Units are at least 1, shares above 0 and at most 1, "
									"p_percent from 0 to below 100, amounts below 1e280.")));
			break;
		case SECRECY_CYCLE:
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("a territory of the cube is part of itself")));
			break;
		case SECRECY_SIZE:
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("the cube has too many cells, parts or levels"),
					 errdetail("There may be %d levels of territories.", SECRECY_MAX_DEPTH)));
			break;
	}
}

/* The cells of cube 0, with whether each is published. */
static void
write_cells(FunctionCallInfo fcinfo, const reading *in, const bool *published)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int width = in->cube.nsectors + 1;

	for (int node = 0; node < in->cube.nnodes; node++)
	{
		const name *code = &in->places.names[in->cube.place[node]];

		if (in->cube.cube_of[node] != 0)
			continue;
		for (int s = 0; s < width; s++)
		{
			const name all = { "all", 3 };
			const name *sector = s < in->cube.nsectors ? &in->sectors.names[s] : &all;
			Datum values[3];
			bool nulls[3] = { false };

			values[0] = PointerGetDatum(cstring_to_text_with_len(code->bytes, code->length));
			values[1] = PointerGetDatum(cstring_to_text_with_len(sector->bytes, sector->length));
			values[2] = BoolGetDatum(published[(size_t) node * width + s]);
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
		CHECK_FOR_INTERRUPTS();
	}
}

/* choose_cells(rules, territories, parts, figures, readers, whole): see its comment. */
PG_FUNCTION_INFO_V1(choose_cells);
Datum
choose_cells(PG_FUNCTION_ARGS)
{
	reading in = { .key = NULL };
	bool *published;
	size_t ncells;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	read_rules(fcinfo, &in);
	read_territories(fcinfo, &in);
	read_parts(fcinfo, &in);
	read_figures(fcinfo, &in);
	read_parties(fcinfo, &in);
	ncells = (size_t) in.cube.nnodes * (in.cube.nsectors + 1);
	published = allocate(Max(ncells, 1));
	memset(published, 0, ncells);
	if (PG_GETARG_BOOL(5))
	{
		bool holds;

		report(secrecy_holds(&in.cube, &server, &holds));
		for (size_t i = 0; i < ncells; i++)
			published[i] = holds && in.cube.wanted[i];
	}
	else
		report(secrecy_choose(&in.cube, &server, published));
	write_cells(fcinfo, &in, published);
	return (Datum) 0;
}
