/*
 * geometry.c
 *		SQL functions that measure PostGIS geometries.
 */
#include "compat.h"

#include <math.h>

#include "miscadmin.h"

#include "geometry/crs.h"
#include "geometry/overlay.h"

/* Kept from call to call, so that measuring does not allocate. */
static overlay_shape shape_a;
static overlay_shape shape_b;
static overlay_work work;

static void
check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

static void
report_geometry(geom_error error)
{
	int			code = ERRCODE_INVALID_PARAMETER_VALUE;
	const char *hint = NULL;

	switch (error)
	{
		case GEOM_OK:
			return;
		case GEOM_CORRUPT:
			code = ERRCODE_INVALID_BINARY_REPRESENTATION;
			hint = "Restore the row from its source.";
			break;
		case GEOM_VERSION:
			code = ERRCODE_FEATURE_NOT_SUPPORTED;
			hint = "Update this extension.";
			break;
		case GEOM_GEOGRAPHY:
			hint = "Cast it to geometry.";
			break;
		case GEOM_CURVE:
			hint = "Turn the curves into short straight edges with ST_CurveToLine.";
			break;
		case GEOM_SURFACE:
			hint = "Measure the polygons it is made of.";
			break;
		case GEOM_UNCLOSED:
		case GEOM_SHORT_RING:
		case GEOM_NOT_FINITE:
			hint = "Find such rows with ST_IsValidReason and correct them at their source.";
			break;
		case GEOM_TOO_DEEP:
			code = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
			hint = "Flatten it with ST_CollectionHomogenize.";
			break;
		case GEOM_MEMORY:
			code = ERRCODE_OUT_OF_MEMORY;
			break;
	}
	ereport(ERROR,
			(errcode(code),
			 errmsg("cannot measure a geometry: %s", geom_error_text(error)),
			 hint ? errhint("%s", hint) : 0));
}

static void
report_overlay(overlay_error error, int32_t srid)
{
	if (error == OVERLAY_MEMORY)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory while measuring a geometry")));
	if (error == OVERLAY_OUTSIDE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a geometry reaches outside its coordinate reference system"),
				 errdetail("PROJ has no place on Earth for some of its coordinates in SRID %d.", srid),
				 errhint("Check its SRID, or ask for plain units with planar => true.")));
}

static int32_t
peek_srid(struct varlena *datum)
{
	geom_reader reader;

	report_geometry(geom_open(&reader, datum, VARSIZE(datum)));
	return reader.srid;
}

static void
load(overlay_shape *shape, struct varlena *datum)
{
	overlay_trim(shape);
	report_geometry(overlay_load(shape, datum, VARSIZE(datum)));
	if (shape->type == GEOM_POINT || shape->type == GEOM_MULTIPOINT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot measure a geometry: points have neither area nor length"),
				 errhint("Give polygons or lines.")));
	work.check = check_interrupts;
}

/* The ground two geometries share; NULL when measures are to be planar. */
static ground *
common_ground(struct varlena *a, struct varlena *b, bool planar, int32_t *srid)
{
	int32_t		other = b ? peek_srid(b) : 0;

	*srid = peek_srid(a);
	if (b != NULL && *srid != other)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("geometries of different SRID: %d and %d", *srid, other),
				 errhint("Bring them to one system with ST_Transform.")));
	return planar ? NULL : crs_ground(*srid);
}

static float8
checked(float8 measure)
{
	if (!isfinite(measure))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the measure of a geometry is out of range"),
				 errhint("Its coordinates are far too large.")));
	return measure;
}

/* The area of what two geometries share: m2 on the ground, or plain units. */
PG_FUNCTION_INFO_V1(shared_area);
Datum
shared_area(PG_FUNCTION_ARGS)
{
	struct varlena *a = PG_GETARG_VARLENA_P(0);
	struct varlena *b = PG_GETARG_VARLENA_P(1);
	int32_t		srid;
	ground	   *g = common_ground(a, b, PG_GETARG_BOOL(2), &srid);
	double		area;

	load(&shape_a, a);
	load(&shape_b, b);
	report_overlay(overlay_area(&work, &shape_a, &shape_b, g, &area), srid);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	PG_RETURN_FLOAT8(checked(area));
}

/* The length of a line inside polygons: m on the ground, or plain units. */
PG_FUNCTION_INFO_V1(shared_length);
Datum
shared_length(PG_FUNCTION_ARGS)
{
	struct varlena *line = PG_GETARG_VARLENA_P(0);
	struct varlena *zone = PG_GETARG_VARLENA_P(1);
	int32_t		srid;
	ground	   *g = common_ground(line, zone, PG_GETARG_BOOL(2), &srid);
	double		length;

	load(&shape_a, line);
	load(&shape_b, zone);
	if (shape_a.type == GEOM_POLYGON || shape_a.type == GEOM_MULTIPOLYGON ||
		shape_b.type == GEOM_LINE || shape_b.type == GEOM_MULTILINE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("shared_length needs a line and a polygon, in this order"),
				 errhint("For a polygon's outline give its ST_Boundary.")));
	report_overlay(overlay_length(&work, &shape_a, &shape_b, g, &length), srid);
	PG_FREE_IF_COPY(line, 0);
	PG_FREE_IF_COPY(zone, 1);
	PG_RETURN_FLOAT8(checked(length));
}

/* The area of a geometry on the ground, m2. */
PG_FUNCTION_INFO_V1(true_area);
Datum
true_area(PG_FUNCTION_ARGS)
{
	struct varlena *a = PG_GETARG_VARLENA_P(0);
	int32_t		srid;
	ground	   *g = common_ground(a, NULL, false, &srid);
	double		area;

	load(&shape_a, a);
	report_overlay(overlay_area(&work, &shape_a, NULL, g, &area), srid);
	PG_FREE_IF_COPY(a, 0);
	PG_RETURN_FLOAT8(checked(area));
}

/* The length of the lines of a geometry on the ground, m. */
PG_FUNCTION_INFO_V1(true_length);
Datum
true_length(PG_FUNCTION_ARGS)
{
	struct varlena *line = PG_GETARG_VARLENA_P(0);
	int32_t		srid;
	ground	   *g = common_ground(line, NULL, false, &srid);
	double		length;

	load(&shape_a, line);
	report_overlay(overlay_length(&work, &shape_a, NULL, g, &length), srid);
	PG_FREE_IF_COPY(line, 0);
	PG_RETURN_FLOAT8(checked(length));
}
