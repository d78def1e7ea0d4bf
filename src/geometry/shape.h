/*
 * shape.h
 *		A geometry ready to be measured: its lines and rings, with an index over
 *		the edges of long ones.  No backend state.
 */
#ifndef TERRCARBON_SHAPE_H
#define TERRCARBON_SHAPE_H

#include <string.h>

#include "geometry/reader.h"

/* Edges under an index box, and boxes under a box of the level above. */
#define SHAPE_FANOUT     16
#define SHAPE_MAX_LEVELS 8

/*
 * A line or ring.  Box i of level l covers the edges from i * 16^(l+1) on, 16^(l+1)
 * of them, in the order of the chain.
 */
typedef struct shape_chain
{
	const unsigned char *points;
	uint32_t npoints;
	uint32_t stride;
	int sign;    /* ring: 1 or -1 makes its area count right; line: 0 */
	int nlevels; /* of the index; 0 without one */
	double area; /* ring: what it adds to the shape's area */
	geom_box box;
	geom_box *level[SHAPE_MAX_LEVELS];
} shape_chain;

typedef struct shape
{
	shape_chain *chains;
	size_t nchains;
	size_t capacity;
	size_t npoints;
	uint32_t type;
	int32_t srid;
	double area;       /* of the rings, in the plane */
	geom_box ring_box; /* xmin > xmax when there are no rings */
	geom_box line_box;
	geom_box *boxes; /* of all indexes */
	size_t nboxes;
} shape;

extern geom_error shape_load(shape *s, const void *bytes, size_t size);
extern geom_error shape_index(shape *s);
extern size_t shape_memory(const shape *s);
extern void shape_trim(shape *s, size_t limit);
extern void shape_free(shape *s);
extern bool shape_wraps(const shape *s, double half_turn);
extern geom_box shape_edges_box(const shape_chain *chain, uint32_t first, uint32_t last);

static inline void
shape_point(const shape_chain *chain, uint32_t i, double xy[2])
{
	memcpy(xy, chain->points + (size_t) i * chain->stride, 2 * sizeof(double));
}

#endif /* TERRCARBON_SHAPE_H */
