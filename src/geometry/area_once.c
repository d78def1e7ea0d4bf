/*
 * area_once.c
 *		SQL functions about shapes that overlap, or wind around themselves.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

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
typedef struct once_call
{
	MemoryContextCallback end;
	overlay_work work;
	once o;
	shape *shapes;
	size_t nshapes;
} once_call;

static void
end_call(void *arg)
{
	once_call *call = arg;

	for (size_t i = 0; i < call->nshapes; i++)
		shape_free(&call->shapes[i]);
	once_free(&call->o);
	overlay_trim(&call->work, 0);
}

/* A call on so many shapes, none of them loaded. */
static once_call *
start_call(size_t nshapes)
{
	once_call *call = palloc0(sizeof(once_call));

	call->shapes = palloc_extended(nshapes * sizeof(shape), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	call->nshapes = nshapes;
	call->work.check = check_interrupts;
	call->end.func = end_call;
	call->end.arg = call;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &call->end);
	return call;
}

static void
load(shape *s, Datum datum)
{
	struct varlena *geometry = PG_DETOAST_DATUM(datum);

	report_geometry(shape_load(s, geometry, VARSIZE(geometry)));
	report_geometry(shape_index(s));
}

static int32_t
datum_srid(Datum datum)
{
	struct varlena *head = PG_DETOAST_DATUM_SLICE(datum, 0, 64);
	geom_reader reader;

	report_geometry(geom_open(&reader, head, VARSIZE(head)));
	return reader.srid;
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
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(1);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int32_t srid = datum_srid(zone);
	ground *g;
	Datum *parts;
	bool *nulls;
	int nparts;
	int16 typlen;
	bool typbyval;
	char typalign;
	once_call *call;
	careful_sum total = { 0, 0 };
	MemoryContext context;

	InitMaterializedSRF(fcinfo, 0);
	context = AllocSetContextCreate(CurrentMemoryContext, "area_once", ALLOCSET_DEFAULT_SIZES);
	get_typlenbyvalalign(ARR_ELEMTYPE(array), &typlen, &typbyval, &typalign);
	deconstruct_array(array, ARR_ELEMTYPE(array), typlen, typbyval, typalign, &parts, &nulls,
					  &nparts);
	/* May run a query. */
	g = PG_GETARG_BOOL(2) ? NULL : crs_ground(srid);

	context = MemoryContextSwitchTo(context);
	call = start_call((size_t) nparts + 1);
	load(&call->shapes[0], zone);
	for (int i = 0; i < nparts; i++)
	{
		/* A shape of nothing covers nothing. */
		if (nulls[i])
		{
			call->shapes[i + 1].ring_box.xmin = 1;
			continue;
		}
		load(&call->shapes[i + 1], parts[i]);
		if (call->shapes[i + 1].srid != srid)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("geometries of different SRID: %d and %d", srid,
								   call->shapes[i + 1].srid),
							errdetail("Part %d differs from the zone.", i + 1),
							errhint("Bring them to one system with ST_Transform.")));
	}
	call->o.work = &call->work;
	call->o.g = g;
	call->o.shapes = call->shapes;
	call->o.nshapes = call->nshapes;
	report_overlay(once_areas(&call->o), srid);

	for (size_t i = 0; i < call->o.nshares; i++)
		if (call->o.shares[i].part == call->o.shares[i].winner)
			careful_add(&total, careful_value(&call->o.shares[i].area));
	for (size_t i = 0; i < call->o.nshares; i++)
	{
		once_share *share = &call->o.shares[i];
		double area = careful_value(&share->area);
		Datum values[3] = { Int32GetDatum(share->part + 1), Int32GetDatum(share->winner + 1),
							Float8GetDatum(area) };
		bool isnull[3] = { false, false, false };

		if (share->part != share->winner && area <= OVERLAP_ROUNDING * careful_value(&total))
			continue;
		if (!isfinite(area))
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
							errmsg("the measure of a geometry is out of range")));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, isnull);
	}
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
	once_call *call;
	double result;

	context = MemoryContextSwitchTo(context);
	call = start_call(1);
	load(&call->shapes[0], datum);
	call->o.work = &call->work;
	call->o.g = g;
	call->o.shapes = call->shapes;
	report_overlay(once_miscounted(&call->o), srid);
	result = careful_value(&call->o.miscounted);
	if (!isfinite(result))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the measure of a geometry is out of range")));
	MemoryContextDelete(MemoryContextSwitchTo(context));
	PG_RETURN_FLOAT8(result);
}
