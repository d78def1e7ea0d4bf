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

/* A shape of so many points is indexed although it is for one call only. */
#define LONG_SHAPE 2048

/* Kept from call to call, so that measuring does not allocate. */
static shape scratch[3];
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
		if (scratch[argno].npoints >= LONG_SHAPE)
			report_geometry(shape_index(&scratch[argno]));
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

/* The arguments of a measure, and what it is measured on. */
typedef struct measured
{
	int n;
	geometry_argument argument[3];
	const shape *shape[3];
	ground *g; /* NULL for the plane */
} measured;

/* Takes the first n arguments, all of one system. */
static void
start_measure(FunctionCallInfo fcinfo, int n, bool planar, measured *m)
{
	const shape *in_use = NULL;

	memset(m, 0, sizeof(*m));
	m->n = n;
	for (int i = 0; i < n; i++)
	{
		m->argument[i] = geometry_get(fcinfo, i, in_use);
		/* The one that was used first is the first that could be dropped. */
		if (in_use == NULL)
			in_use = m->argument[i].kept;
		if (m->argument[i].srid != m->argument[0].srid)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("geometries of different SRID: %d and %d", m->argument[0].srid,
								   m->argument[i].srid),
							errhint("Bring them to one system with ST_Transform.")));
	}
	/* May run a query, so nothing is in scratch yet. */
	if (!planar)
		m->g = crs_ground(m->argument[0].srid);

	for (int i = 0; i < n; i++)
	{
		m->shape[i] = get_shape(&m->argument[i], i);
		report_place(m->shape[i], m->g);
	}
	work.check = check_interrupts;
	overlay_trim(&work, KEPT_WORK / sizeof(overlay_edge));
}

/* The result of a measure that may have failed. */
static Datum
end_measure(FunctionCallInfo fcinfo, measured *m, overlay_error error, double result)
{
	report_overlay(error, m->argument[0].srid);
	if (!isfinite(result))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the measure of a geometry is out of range"),
						errhint("Its coordinates are far too large.")));
	for (int i = 0; i < m->n; i++)
		free_argument(fcinfo, &m->argument[i], i);
	PG_RETURN_FLOAT8(result);
}

/* Measures argument 0, or what it shares with argument 1. */
static Datum
measure_arguments(FunctionCallInfo fcinfo, int n, bool planar, check_types check, measure function)
{
	measured m;
	overlay_error error;
	double result;

	start_measure(fcinfo, n, planar, &m);
	if (check != NULL)
		check(m.shape[0], m.shape[1]);
	error = function(&work, m.shape[0], m.shape[1], m.g, &result);
	return end_measure(fcinfo, &m, error, result);
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

/* The area of what three geometries share, likewise. */
PG_FUNCTION_INFO_V1(shared_area_of_three);
Datum
shared_area_of_three(PG_FUNCTION_ARGS)
{
	measured m;
	overlay_error error;
	double result;

	start_measure(fcinfo, 3, PG_GETARG_BOOL(3), &m);
	error = overlay_area_of_three(&work, m.shape, m.g, &result);
	return end_measure(fcinfo, &m, error, result);
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
