/*
 * once.h
 *		Areas of shapes that overlap, each place counted once.  No backend state.
 */
#ifndef TERRCARBON_ONCE_H
#define TERRCARBON_ONCE_H

#include "geometry/shares.h"

/* Zero it, set the first four, run, read the shares, free. */
typedef struct once
{
	overlay_work *work;
	ground *g;           /* NULL for the plane */
	const shape *shapes; /* the zone, then the parts, first come first served */
	size_t nshapes;

	/* by part and winner: what the part covers and the winner, first to cover it, takes */
	share_table shares;
	careful_sum miscounted; /* once_miscounted: what is not wound around 0 or 1 times */

	/* private */
	bool check_winding;
	struct once_edge *edges;
	size_t nedges;
	size_t edge_capacity;
	double *events;
	size_t nevents;
	size_t event_capacity;
	size_t *active;
	size_t active_capacity;
	int *candidates; /* a stack: those of a box and of the boxes around it */
	size_t candidate_capacity;
	int *winding; /* by shape */
	int *present; /* shapes whose winding is not 0 */
	size_t npresent;
	size_t *place; /* where in present, by shape */
} once;

extern overlay_error once_areas(once *o);
extern overlay_error once_miscounted(once *o);
extern void once_free(once *o);

#endif /* TERRCARBON_ONCE_H */
