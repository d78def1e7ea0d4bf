/*
 * report.c
 *		Errors of the geometry room, as the user sees them.
 */
#include "compat.h"

#include "miscadmin.h"

#include "geometry/report.h"

/* Raises the error of reading a geometry, if it is one. */
void
report_geometry(geom_error error)
{
	int code = ERRCODE_INVALID_PARAMETER_VALUE;
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
	ereport(ERROR, (errcode(code), errmsg("cannot measure a geometry: %s", geom_error_text(error)),
					hint ? errhint("%s", hint) : 0));
}

/* Raises the error of measuring, if it is one. */
void
report_overlay(overlay_error error, int32_t srid)
{
	if (error == OVERLAY_MEMORY)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY),
						errmsg("out of memory while measuring a geometry")));
	if (error == OVERLAY_OUTSIDE)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a geometry reaches outside its coordinate reference system"),
			 errdetail(
				 "Some of its coordinates are far from where SRID %d is used, or have no place on Earth.",
				 srid),
			 errhint("Check its SRID, or ask for plain units with planar => true.")));
}

/* Raises an error if any point of a shape is where its system does not hold. */
static void
report_points(const shape *s, ground *g)
{
	for (size_t c = 0; c < s->nchains; c++)
		for (uint32_t i = 0; i < s->chains[c].npoints; i++)
		{
			double xy[2];
			geom_box point;

			if (i % 10000 == 0)
				CHECK_FOR_INTERRUPTS();
			shape_point(&s->chains[c], i, xy);
			point = (geom_box){ xy[0], xy[1], xy[0], xy[1] };
			if (!ground_holds(g, &point))
				report_overlay(OVERLAY_OUTSIDE, s->srid);
		}
}

/*
 * Raises an error if a shape is not where its system holds, or has an edge that goes
 * the long way around the Earth.
 */
void
report_place(const shape *s, ground *g)
{
	if (g == NULL)
		return;
	if ((s->ring_box.xmin <= s->ring_box.xmax && !ground_holds(g, &s->ring_box)) ||
		(s->line_box.xmin <= s->line_box.xmax && !ground_holds(g, &s->line_box)))
		report_points(s, g);
	if (shape_wraps(s, ground_half_turn(g)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("an edge of a geometry goes more than half around the Earth"),
						errhint("Where it crosses the antimeridian, cut it there or shift it with "
								"ST_ShiftLongitude; where it goes the long way, add points with "
								"ST_Segmentize.")));
}
