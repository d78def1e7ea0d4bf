/*
 * geometry.c
 *		SQL functions that measure PostGIS geometries.
 */
#include "compat.h"

#include <math.h>

#include "miscadmin.h"

#include "geometry/cache.h"
#include "geometry/crs.h"
#include "geometry/overlay.h"
#include "geometry/report.h"

/* Above this, working memory is given back after a call. */
#define KEPT_WORK (1024 * 1024)

/* Kept from call to call, so that measuring does not allocate. */
static shape scratch[2];
static overlay_work work;

static void
check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* The shape of an argument, read into its scratch when it is not kept. */
static const shape *
get_shape(const geometry_argument *argument, int argno)
{
	const shape *s = argument->kept;

	if (s == NULL)
	{
		struct varlena *datum = argument->datum;

		shape_trim(&scratch[argno], KEPT_WORK);
		report_geometry(shape_load(&scratch[argno], datum, VARSIZE(datum)));
		s = &scratch[argno];
	}
	if (s->type == GEOM_POINT || s->type == GEOM_MULTIPOINT)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot measure a geometry: points have neither area nor length"),
						errhint("Give polygons or lines.")));
	return s;
}

static void
free_argument(FunctionCallInfo fcinfo, geometry_argument *argument, int argno)
{
	if (argument->datum != NULL &&
		argument->datum != (struct varlena *) DatumGetPointer(fcinfo->args[argno].value))
		pfree(argument->datum);
}

typedef overlay_error (*measure)(overlay_work *work, const shape *a, const shape *b, ground *g,
								 double *result);
typedef void (*check_types)(const shape *a, const shape *b);

/* Measures argument 0, or what it shares with argument 1. */
static Datum
measure_arguments(FunctionCallInfo fcinfo, int nshapes, bool planar, check_types check,
				  measure function)
{
	geometry_argument a = geometry_get(fcinfo, 0, NULL);
	geometry_argument b = { 0 };
	const shape *shape_a;
	const shape *shape_b = NULL;
	ground *g = NULL;
	double result;

	if (nshapes == 2)
	{
		b = geometry_get(fcinfo, 1, a.kept);
		if (a.srid != b.srid)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("geometries of different SRID: %d and %d", a.srid, b.srid),
							errhint("Bring them to one system with ST_Transform.")));
	}
	/* May run a query, so nothing is in scratch yet. */
	if (!planar)
		g = crs_ground(a.srid);

	shape_a = get_shape(&a, 0);
	if (nshapes == 2)
		shape_b = get_shape(&b, 1);
	if (check != NULL)
		check(shape_a, shape_b);
	work.check = check_interrupts;
	overlay_trim(&work, KEPT_WORK / sizeof(overlay_edge));
	report_overlay(function(&work, shape_a, shape_b, g, &result), a.srid);
	if (!isfinite(result))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the measure of a geometry is out of range"),
						errhint("Its coordinates are far too large.")));
	free_argument(fcinfo, &a, 0);
	if (nshapes == 2)
		free_argument(fcinfo, &b, 1);
	PG_RETURN_FLOAT8(result);
}

static void
check_line_and_zone(const shape *line, const shape *zone)
{
	if (line->type == GEOM_POLYGON || line->type == GEOM_MULTIPOLYGON || zone->type == GEOM_LINE ||
		zone->type == GEOM_MULTILINE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("shared_length needs a line and a polygon, in this order"),
						errhint("For a polygon's outline give its ST_Boundary.")));
}

/* The area of what two geometries share: m2 on the ground, or plain units. */
PG_FUNCTION_INFO_V1(shared_area);
Datum
shared_area(PG_FUNCTION_ARGS)
{
	return measure_arguments(fcinfo, 2, PG_GETARG_BOOL(2), NULL, overlay_area);
}

/* The length of a line inside polygons: m on the ground, or plain units. */
PG_FUNCTION_INFO_V1(shared_length);
Datum
shared_length(PG_FUNCTION_ARGS)
{
	return measure_arguments(fcinfo, 2, PG_GETARG_BOOL(2), check_line_and_zone, overlay_length);
}

/* The area of a geometry on the ground, m2. */
PG_FUNCTION_INFO_V1(true_area);
Datum
true_area(PG_FUNCTION_ARGS)
{
	return measure_arguments(fcinfo, 1, false, NULL, overlay_area);
}

/* The length of the lines of a geometry on the ground, m. */
PG_FUNCTION_INFO_V1(true_length);
Datum
true_length(PG_FUNCTION_ARGS)
{
	return measure_arguments(fcinfo, 1, false, NULL, overlay_length);
}
