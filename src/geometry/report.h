/*
 * report.h
 *		Errors of the geometry room, as the user sees them.
 */
#ifndef TERRCARBON_GEOMETRY_REPORT_H
#define TERRCARBON_GEOMETRY_REPORT_H

#include "geometry/overlay.h"
#include "geometry/reader.h"

extern void report_geometry(geom_error error);
extern void report_place(const shape *s, ground *g);
extern void report_overlay(overlay_error error, int32_t srid);

#endif /* TERRCARBON_GEOMETRY_REPORT_H */
