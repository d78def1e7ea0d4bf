/*
 * overlay.h
 *		Areas and lengths shared by two geometries, without building the
 *		intersection.  No backend state.
 */
#ifndef TERRCARBON_OVERLAY_H
#define TERRCARBON_OVERLAY_H

#include "geometry/ground.h"
#include "geometry/shape.h"
#include "numeric/double_double.h"

/*
 * An edge from left to right.  The shape's inside is below it where sign is 1,
 * above it where sign is -1.
 */
typedef struct overlay_edge
{
	double x1, y1, x2, y2;
	double sign;
	double slope; /* of those that were gathered; finite */
} overlay_edge;

typedef struct overlay_edges
{
	overlay_edge *edge;
	size_t count;
	size_t capacity;
	bool any_inside; /* is any of them not just the top of the box? */
} overlay_edges;

typedef enum overlay_error
{
	OVERLAY_OK,
	OVERLAY_OUTSIDE, /* reaches outside its reference system */
	OVERLAY_MEMORY
} overlay_error;

/* Shelved edges that start in the same part of the width, up to the next bin's first. */
typedef struct overlay_bin
{
	size_t first;
	double reach; /* how far to the right these and those before go */
} overlay_bin;

/*
 * Working memory, kept from call to call.  Zero it once; check, if not NULL, is
 * called now and then and may not return.
 */
typedef struct overlay_work
{
	overlay_edges a;
	overlay_edges b;
	overlay_edges c;
	size_t *active; /* of both sides, during a sweep */
	size_t active_capacity;
	overlay_edges shelved; /* those of b, see overlay_shelve */
	overlay_bin *bins;     /* nbins, and one that says where the last ends */
	size_t nbins;
	size_t bin_capacity;
	double bins_left, bins_scale, bins_long;
	void (*check)(void);
	size_t since_check;
} overlay_work;

/* A compensated sum. */
typedef struct careful_sum
{
	double sum;
	double lost;
} careful_sum;

extern overlay_error overlay_area(overlay_work *work, const shape *a, const shape *b, ground *g,
								  double *area);
extern overlay_error overlay_length(overlay_work *work, const shape *line, const shape *zone,
									ground *g, double *length);
extern overlay_error overlay_area_of_three(overlay_work *work, const shape *const shapes[3],
										   ground *g, double *area);
extern void overlay_trim(overlay_work *work, size_t limit);

/* What these are made of. */
extern bool overlay_gather(overlay_work *work, const shape *s, const geom_box *box, bool clip,
						   overlay_edges *edges);

extern bool overlay_shelve(overlay_work *work);
extern overlay_error overlay_area_in(overlay_work *work, const shape *a, const shape *b, ground *g,
									 const geom_box *box, careful_sum *sum);
extern bool overlay_area_precisely(overlay_work *work, const shape *a, const shape *b,
								   const geom_box *box, double *area);

/* The slope of an edge; 0 for one so narrow that it is beyond all numbers. */
static inline double
overlay_slope(const overlay_edge *edge)
{
	double slope = (edge->y2 - edge->y1) / (edge->x2 - edge->x1);

	return __builtin_isfinite(slope) ? slope : 0;
}

/* How often a shape covers the place at x, if none of its edges is near. */
static inline double
overlay_times_covered(const overlay_edges *edges, double x)
{
	double times = 0;

	for (size_t i = 0; i < edges->count; i++)
		if (edges->edge[i].x1 <= x && x < edges->edge[i].x2)
			times += edges->edge[i].sign;
	return times;
}

/* What two boxes share; empty if they do not meet. */
static inline geom_box
geom_common_box(const geom_box *a, const geom_box *b)
{
	geom_box box = { a->xmin > b->xmin ? a->xmin : b->xmin, a->ymin > b->ymin ? a->ymin : b->ymin,
					 a->xmax < b->xmax ? a->xmax : b->xmax, a->ymax < b->ymax ? a->ymax : b->ymax };

	return box;
}

/* Is a box inside another? */
static inline bool
geom_box_within(const geom_box *box, const geom_box *other)
{
	return box->xmin >= other->xmin && box->ymin >= other->ymin && box->xmax <= other->xmax &&
		   box->ymax <= other->ymax;
}

/* The four quarters of a box. */
static inline void
geom_quarters(const geom_box *box, geom_box part[4])
{
	double x = box->xmin + (box->xmax - box->xmin) / 2;
	double y = box->ymin + (box->ymax - box->ymin) / 2;

	part[0] = (geom_box){ box->xmin, box->ymin, x, y };
	part[1] = (geom_box){ x, box->ymin, box->xmax, y };
	part[2] = (geom_box){ box->xmin, y, x, box->ymax };
	part[3] = (geom_box){ x, y, box->xmax, box->ymax };
}

static inline void
careful_add(careful_sum *s, double value)
{
	double_double sum = dd_sum(s->sum, value);

	s->sum = sum.high;
	s->lost += sum.low;
}

static inline double
careful_value(const careful_sum *s)
{
	return s->sum + s->lost;
}

/* What making a new polynomial for the ground amounts to. */
#define GROUND_STEPS 20000

/* Counts steps of work, looking for an interrupt from time to time. */
static inline void
overlay_count(overlay_work *work, size_t steps)
{
	work->since_check += steps;
	if (work->since_check >= 100000)
	{
		work->since_check = 0;
		if (work->check != NULL)
			work->check();
	}
}

#endif /* TERRCARBON_OVERLAY_H */
