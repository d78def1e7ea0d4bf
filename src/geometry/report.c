/*
 * report.c
 *		Errors of the geometry room, as the user sees them.
 */
#include "compat.h"

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
			 errdetail("PROJ has no place on Earth for some of its coordinates in SRID %d.", srid),
			 errhint("Check its SRID, or ask for plain units with planar => true.")));
}
