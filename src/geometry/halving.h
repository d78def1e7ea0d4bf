/*
 * halving.h
 *		Cutting a box of many edges in two, again and again: below and above, or
 *		left and right where that has not helped.
 */
#ifndef TERRCARBON_HALVING_H
#define TERRCARBON_HALVING_H

#include "geometry/overlay.h"

typedef struct halving
{
	int times;
	int idle;      /* times running it has hardly helped */
	bool upright;  /* left and right next, not below and above */
	size_t before; /* edges in the whole */
} halving;

/* Nothing has been halved. */
#define NO_HALVING ((halving){ 0, 0, false, SIZE_MAX })

/* The halving of the parts of a box of so many edges. */
static inline halving
halving_next(halving h, size_t nedges)
{
	h.times++;
	h.idle = nedges > h.before / 5 * 4 ? h.idle + 1 : 0;
	h.before = nedges;
	return h;
}

/* Which way to cut a box of so many edges. */
static inline bool
halving_upright(const halving *h, size_t nedges)
{
	return nedges > h->before / 5 * 4 && !h->upright;
}

/* Cuts a box at middle, seen from its corner; false if it cannot be cut there. */
static inline bool
halve_box(const geom_box *box, bool upright, double middle, geom_box half[2])
{
	half[0] = half[1] = *box;
	if (upright)
	{
		middle += box->xmin;
		half[0].xmax = half[1].xmin = middle;
		return box->xmin < middle && middle < box->xmax;
	}
	middle += box->ymin;
	half[0].ymax = half[1].ymin = middle;
	return box->ymin < middle && middle < box->ymax;
}

#endif /* TERRCARBON_HALVING_H */
