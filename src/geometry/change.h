/*
 * change.h
 *		What became of what: areas by the class of two maps.  No backend state.
 */
#ifndef TERRCARBON_CHANGE_H
#define TERRCARBON_CHANGE_H

#include "geometry/shares.h"

/* A map: polygons, each of a class. */
typedef struct change_map
{
	const shape *shapes;
	const int *classes;
	size_t nshapes;
} change_map;

/* Zero it, set the first four, run, read the areas, free. */
typedef struct change
{
	overlay_work *work;
	ground *g; /* NULL for the plane */
	const shape *zone;
	change_map maps[2]; /* earlier, later */

	share_table areas; /* by class in the earlier and in the later map */

	/* private */
	struct change_part *parts[2];
	size_t nparts[2];
	size_t *active[2];
} change;

extern overlay_error change_areas(change *c);
extern void change_free(change *c);

#endif /* TERRCARBON_CHANGE_H */
