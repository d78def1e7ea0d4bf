/*
 * overlay.h
 *		Areas and lengths shared by two geometries, without building the
 *		intersection.  No backend state.
 */
#ifndef TERRCARBON_OVERLAY_H
#define TERRCARBON_OVERLAY_H

#include "ground.h"
#include "reader.h"

/* A line or ring of a geometry being measured. */
typedef struct overlay_chain
{
	const unsigned char *points;
	uint32_t	npoints;
	uint32_t	stride;
	int			sign;			/* ring: 1 or -1 makes its area count right; line: 0 */
	geom_box	box;
} overlay_chain;

/* A geometry, as chains. */
typedef struct overlay_shape
{
	overlay_chain *chains;
	size_t		nchains;
	size_t		capacity;
	uint32_t	type;
	int32_t		srid;
	geom_box	ring_box;		/* empty (xmin > xmax) when there are none */
	geom_box	line_box;
} overlay_shape;

/* An edge from left to right; sign is +1 where inside is below it, -1 above. */
typedef struct overlay_edge
{
	double		x1,
				y1,
				x2,
				y2;
	double		sign;
} overlay_edge;

typedef struct overlay_edges
{
	overlay_edge *edge;
	size_t		count;
	size_t		capacity;
} overlay_edges;

typedef enum overlay_error
{
	OVERLAY_OK,
	OVERLAY_OUTSIDE,			/* reaches outside its reference system */
	OVERLAY_MEMORY
} overlay_error;

/*
 * Working memory, kept from call to call.  Zero it once; check, if not NULL, is
 * called now and then and may not return.
 */
typedef struct overlay_work
{
	overlay_edges a;
	overlay_edges b;
	size_t	   *active;			/* of both sides, during a sweep */
	size_t		active_capacity;
	void		(*check) (void);
	size_t		since_check;
} overlay_work;

extern geom_error overlay_load(overlay_shape *shape, const void *bytes, size_t size);
extern void overlay_trim(overlay_shape *shape);
extern overlay_error overlay_area(overlay_work *work, const overlay_shape *a,
								  const overlay_shape *b, ground *g, double *area);
extern overlay_error overlay_length(overlay_work *work, const overlay_shape *line,
									const overlay_shape *zone, ground *g, double *length);

#endif							/* TERRCARBON_OVERLAY_H */
