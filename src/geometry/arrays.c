/*
 * arrays.c
 *		SQL functions on arrays of geometries, and on shapes that wind around
 *		themselves.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"

#include "geometry/change.h"
#include "geometry/crs.h"
#include "geometry/once.h"
#include "geometry/report.h"

/* Overlaps of no more than this part of the whole are rounding, not reported. */
#define OVERLAP_ROUNDING 1e-13

static void
check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* What a call works with; freed when its memory context ends, however it ends. */
typedef struct arrays_call
{
	MemoryContextCallback end;
	overlay_work work;
	once o;
	change change;
	shape *shapes;
	size_t nshapes;
} arrays_call;

static void
end_call(void *arg)
{
	arrays_call *call = arg;

	for (size_t i = 0; i < call->nshapes; i++)
		shape_free(&call->shapes[i]);
	once_free(&call->o);
	change_free(&call->change);
	overlay_trim(&call->work, 0);
}

/* A call on so many shapes, none of them loaded. */
static arrays_call *
start_call(size_t nshapes)
{
	arrays_call *call = palloc0(sizeof(arrays_call));

	call->shapes = palloc_extended(nshapes * sizeof(shape), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	call->nshapes = nshapes;
	call->work.check = check_interrupts;
	call->end.func = end_call;
	call->end.arg = call;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &call->end);
	return call;
}

static int32_t
datum_srid(Datum datum)
{
	struct varlena *head = PG_DETOAST_DATUM_SLICE(datum, 0, 64);
	geom_reader reader;

	report_geometry(geom_open(&reader, head, VARSIZE(head)));
	return reader.srid;
}

static void
load(shape *s, Datum datum)
{
	struct varlena *geometry = PG_DETOAST_DATUM(datum);

	report_geometry(shape_load(s, geometry, VARSIZE(geometry)));
	report_geometry(shape_index(s));
}

/*
 * Loads the geometries of an array, all of the zone's system; NULL is a shape of
 * nothing.
 */
static void
load_array(shape *shapes, const Datum *datums, const bool *nulls, int n, int32_t srid, ground *g)
{
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
		{
			shapes[i].ring_box = (geom_box){ 1, 1, 0, 0 };
			continue;
		}
		CHECK_FOR_INTERRUPTS();
		load(&shapes[i], datums[i]);
		if (shapes[i].srid != srid)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("geometries of different SRID: %d and %d", srid, shapes[i].srid),
							errdetail("Part %d differs from the zone.", i + 1),
							errhint("Bring them to one system with ST_Transform.")));
		report_place(&shapes[i], g);
	}
}

/* The elements of an array. */
static void
take_array(ArrayType *array, Datum **datums, bool **nulls, int *n)
{
	int16 typlen;
	bool typbyval;
	char typalign;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &typlen, &typbyval, &typalign);
	deconstruct_array(array, ARR_ELEMTYPE(array), typlen, typbyval, typalign, datums, nulls, n);
}

/* An area, known to be a number. */
static Datum
finite_area(double area)
{
	if (!isfinite(area))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the measure of a geometry is out of range"),
						errhint("Its coordinates are far too large.")));
	return Float8GetDatum(area);
}

/*
 * area_once(zone geometry, parts geometry[], planar boolean): what the parts cover
 * of the zone, each place going to the first part that covers it.
 */
PG_FUNCTION_INFO_V1(area_once);
Datum
area_once(PG_FUNCTION_ARGS)
{
	Datum zone = PG_GETARG_DATUM(0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int32_t srid = datum_srid(zone);
	ground *g;
	Datum *parts;
	bool *nulls;
	int nparts;
	arrays_call *call;
	careful_sum total = { 0, 0 };
	MemoryContext context;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	context = AllocSetContextCreate(CurrentMemoryContext, "area_once", ALLOCSET_DEFAULT_SIZES);
	take_array(PG_GETARG_ARRAYTYPE_P(1), &parts, &nulls, &nparts);
	/* May run a query. */
	g = PG_GETARG_BOOL(2) ? NULL : crs_ground(srid);

	context = MemoryContextSwitchTo(context);
	call = start_call((size_t) nparts + 1);
	load(&call->shapes[0], zone);
	report_place(&call->shapes[0], g);
	load_array(&call->shapes[1], parts, nulls, nparts, srid, g);
	call->o.work = &call->work;
	call->o.g = g;
	call->o.shapes = call->shapes;
	call->o.nshapes = call->nshapes;
	report_overlay(once_areas(&call->o), srid);

	for (size_t i = 0; i < call->o.shares.count; i++)
		if (call->o.shares.share[i].first == call->o.shares.share[i].second)
			careful_add(&total, careful_value(&call->o.shares.share[i].area));
	for (size_t i = 0; i < call->o.shares.count; i++)
	{
		share *s = &call->o.shares.share[i];
		double area = careful_value(&s->area);
		Datum values[3] = { Int32GetDatum(s->first + 1), Int32GetDatum(s->second + 1) };
		bool isnull[3] = { false, false, false };

		if (s->first != s->second && area <= OVERLAP_ROUNDING * careful_value(&total))
			continue;
		values[2] = finite_area(area);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, isnull);
	}
	MemoryContextDelete(MemoryContextSwitchTo(context));
	return (Datum) 0;
}

/* A code, known by the bytes of its text. */
typedef struct code_key
{
	const char *bytes;
	int size;
} code_key;

typedef struct code_entry
{
	code_key key;
	int class;
} code_entry;

static uint32
hash_code(const void *key, Size size)
{
	const code_key *code = key;

	return hash_bytes((const unsigned char *) code->bytes, code->size);
}

static int
match_codes(const void *left, const void *right, Size size)
{
	const code_key *a = left;
	const code_key *b = right;

	return a->size != b->size || memcmp(a->bytes, b->bytes, a->size) != 0;
}

/*
 * Numbers the codes of the polygons of a map; first gets an element of each number.
 * The code of a polygon may not be NULL.
 */
static int *
number_codes(const Datum *codes, const bool *nulls, const bool *no_polygon, int n, int *first)
{
	HASHCTL control = { .keysize = sizeof(code_key),
						.entrysize = sizeof(code_entry),
						.hash = hash_code,
						.match = match_codes,
						.hcxt = CurrentMemoryContext };
	HTAB *table = hash_create("terrcarbon codes", 64, &control,
							  HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	int *classes = palloc((n + 1) * sizeof(int));
	int nclasses = 0;

	for (int i = 0; i < n; i++)
	{
		text *code;
		code_key key;
		code_entry *entry;
		bool found;

		classes[i] = 0;
		if (no_polygon[i])
			continue;
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("the code of a polygon may not be NULL"),
							errdetail("Polygon %d has none.", i + 1),
							errhint("Give its class, or leave the polygon out.")));
		code = DatumGetTextPP(codes[i]);
		key.bytes = VARDATA_ANY(code);
		key.size = VARSIZE_ANY_EXHDR(code);
		entry = hash_search(table, &key, HASH_ENTER, &found);
		if (!found)
		{
			first[nclasses] = i;
			entry->class = nclasses++;
		}
		classes[i] = entry->class;
	}
	return classes;
}

/* A map from two arguments: polygons, and the code of each. */
typedef struct coded_map
{
	Datum *parts;
	bool *no_part;
	int nparts;
	Datum *codes;
	int *classes;
	int *first; /* polygon of each class */
} coded_map;

static void
take_map(FunctionCallInfo fcinfo, int argno, coded_map *map)
{
	bool *nulls;
	int ncodes;

	take_array(PG_GETARG_ARRAYTYPE_P(argno), &map->parts, &map->no_part, &map->nparts);
	take_array(PG_GETARG_ARRAYTYPE_P(argno + 1), &map->codes, &nulls, &ncodes);
	if (ncodes != map->nparts)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("polygons and codes differ in number"),
						errdetail("There are %d polygons and %d codes.", map->nparts, ncodes),
						errhint("Aggregate both from the same rows, in the same order.")));
	map->first = palloc((ncodes + 1) * sizeof(int));
	map->classes = number_codes(map->codes, nulls, map->no_part, ncodes, map->first);
}

/* Returns the areas of a change, those aside that are rounding. */
static void
return_changes(ReturnSetInfo *rsinfo, const change *c, const coded_map maps[2])
{
	careful_sum total = { 0, 0 };

	for (size_t i = 0; i < c->areas.count; i++)
		careful_add(&total, careful_value(&c->areas.share[i].area));
	for (size_t i = 0; i < c->areas.count; i++)
	{
		const share *s = &c->areas.share[i];
		double area = careful_value(&s->area);
		Datum values[3] = { maps[0].codes[maps[0].first[s->first]],
							maps[1].codes[maps[1].first[s->second]], finite_area(area) };
		bool isnull[3] = { false, false, false };

		if (fabs(area) > OVERLAP_ROUNDING * fabs(careful_value(&total)))
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, isnull);
	}
}

/*
 * change_matrix(zone geometry, from_parts geometry[], from_codes text[],
 * to_parts geometry[], to_codes text[], planar boolean): areas of the zone by the
 * class they have in two maps.
 */
PG_FUNCTION_INFO_V1(change_matrix);
Datum
change_matrix(PG_FUNCTION_ARGS)
{
	Datum zone = PG_GETARG_DATUM(0);
	int32_t srid = datum_srid(zone);
	coded_map maps[2];
	arrays_call *call;
	MemoryContext context;
	ground *g;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	context = AllocSetContextCreate(CurrentMemoryContext, "change_matrix", ALLOCSET_DEFAULT_SIZES);
	/* May run a query. */
	g = PG_GETARG_BOOL(5) ? NULL : crs_ground(srid);
	take_map(fcinfo, 1, &maps[0]);
	take_map(fcinfo, 3, &maps[1]);

	context = MemoryContextSwitchTo(context);
	call = start_call((size_t) maps[0].nparts + maps[1].nparts + 1);
	load(&call->shapes[0], zone);
	report_place(&call->shapes[0], g);
	call->change.work = &call->work;
	call->change.g = g;
	call->change.zone = &call->shapes[0];
	for (int which = 0, start = 1; which < 2; start += maps[which++].nparts)
	{
		load_array(&call->shapes[start], maps[which].parts, maps[which].no_part, maps[which].nparts,
				   srid, g);
		call->change.maps[which].shapes = &call->shapes[start];
		call->change.maps[which].classes = maps[which].classes;
		call->change.maps[which].nshapes = maps[which].nparts;
	}
	report_overlay(change_areas(&call->change), srid);
	return_changes((ReturnSetInfo *) fcinfo->resultinfo, &call->change, maps);
	MemoryContextDelete(MemoryContextSwitchTo(context));
	return (Datum) 0;
}

/*
 * miscounted_area(g geometry, planar boolean): how much its measures count wrongly
 * because it winds around places otherwise than once.
 */
PG_FUNCTION_INFO_V1(miscounted_area);
Datum
miscounted_area(PG_FUNCTION_ARGS)
{
	Datum datum = PG_GETARG_DATUM(0);
	int32_t srid = datum_srid(datum);
	ground *g = PG_GETARG_BOOL(1) ? NULL : crs_ground(srid);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "miscounted_area",
												  ALLOCSET_DEFAULT_SIZES);
	arrays_call *call;
	double result;

	context = MemoryContextSwitchTo(context);
	call = start_call(1);
	load(&call->shapes[0], datum);
	report_place(&call->shapes[0], g);
	call->o.work = &call->work;
	call->o.g = g;
	call->o.shapes = call->shapes;
	report_overlay(once_miscounted(&call->o), srid);
	result = careful_value(&call->o.miscounted);
	MemoryContextDelete(MemoryContextSwitchTo(context));
	return finite_area(result);
}
