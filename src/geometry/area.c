/*
 * area.c
 *		The area two shapes share.
 *
 * Each is the signed sum of the areas under its edges, so what they share is the
 * sum over pairs of edges, with the product of their signs, of the area under
 * both.  Nothing is decided about how the edges lie to each other, and the sum is
 * continuous in the coordinates: shared borders, touching vertices and slivers
 * are no special case, and what a shape shares with two neighbours adds up
 * because the terms of their common border cancel.
 *
 * On the ground, area is weighed with the local scale before it is summed.
 */
#include "geometry/overlay.h"
#include "geometry/weight.h"

#include <math.h>
#include <stdlib.h>

/* Above this many pairs, edges are sorted and swept. */
#define SWEEP_PAIRS 2048

/*
 * Terms are rounded by some ROUNDING of the area of the box below them; where
 * that may be more than TOLERANCE of the smaller shape, more digits are taken.
 */
#define ROUNDING  4.4e-16
#define TOLERANCE 5e-14

/* How often a box may be quartered until its scale is smooth enough. */
#define MAX_CUTS 9

/* The weight under both of two edges. */
static inline double
weight_under_both(const ground_poly *scale, const overlay_edge *a, const overlay_edge *b)
{
	double x1 = a->x1;
	double x2 = a->x2;
	double a1 = a->y1;
	double a2 = a->y2;
	double b1 = b->y1;
	double b2 = b->y2;
	double sign = a->sign * b->sign;

	if (a->x1 < b->x1)
	{
		x1 = b->x1;
		a1 += (b->x1 - a->x1) * ((a->y2 - a->y1) / (a->x2 - a->x1));
	}
	else if (b->x1 < a->x1)
		b1 += (a->x1 - b->x1) * ((b->y2 - b->y1) / (b->x2 - b->x1));
	if (a->x2 > b->x2)
	{
		x2 = b->x2;
		a2 += (b->x2 - a->x2) * ((a->y2 - a->y1) / (a->x2 - a->x1));
	}
	else if (b->x2 > a->x2)
		b2 += (a->x2 - b->x2) * ((b->y2 - b->y1) / (b->x2 - b->x1));

	if (a1 <= b1 && a2 <= b2)
		return sign * weight_under(scale, x1, a1, x2, a2);
	if (a1 >= b1 && a2 >= b2)
		return sign * weight_under(scale, x1, b1, x2, b2);
	{
		double t = (a1 - b1) / ((a1 - b1) + (b2 - a2));
		double x = x1 + t * (x2 - x1);
		double y = b1 + t * (b2 - b1);

		if (a1 < b1)
			return sign * (weight_under(scale, x1, a1, x, y) + weight_under(scale, x, y, x2, b2));
		return sign * (weight_under(scale, x1, b1, x, y) + weight_under(scale, x, y, x2, a2));
	}
}

/* A sum, and over how much width in all its terms reached: what rounding depends on. */
typedef struct area_sum
{
	careful_sum total;
	double reach;
} area_sum;

static inline void
add_pair(const ground_poly *scale, const overlay_edge *a, const overlay_edge *b, area_sum *sum)
{
	careful_add(&sum->total, weight_under_both(scale, a, b));
	sum->reach += (a->x2 < b->x2 ? a->x2 : b->x2) - (a->x1 > b->x1 ? a->x1 : b->x1);
}

static int
compare_edges(const void *left, const void *right)
{
	const overlay_edge *a = left;
	const overlay_edge *b = right;

	return (a->x1 > b->x1) - (a->x1 < b->x1);
}

/* Meets one edge with the other side's active ones, dropping those it is past. */
static size_t
meet_active(overlay_work *work, const ground_poly *scale, const overlay_edge *edge,
			const overlay_edges *others, size_t *active, size_t nactive, area_sum *sum)
{
	size_t kept = 0;

	overlay_count(work, nactive + 1);
	for (size_t i = 0; i < nactive; i++)
	{
		const overlay_edge *other = &others->edge[active[i]];

		if (other->x2 <= edge->x1)
			continue;
		active[kept++] = active[i];
		add_pair(scale, edge, other, sum);
	}
	return kept;
}

/* The sum over all pairs of edges, from left to right. */
static bool
sweep(overlay_work *work, const ground_poly *scale, area_sum *sum)
{
	overlay_edges *a = &work->a;
	overlay_edges *b = &work->b;
	size_t needed = a->count + b->count;
	size_t *active_a;
	size_t *active_b;
	size_t na = 0;
	size_t nb = 0;
	size_t i = 0;
	size_t j = 0;

	if (work->active_capacity < needed)
	{
		size_t *active = realloc(work->active, needed * sizeof(size_t));

		if (active == NULL)
			return false;
		work->active = active;
		work->active_capacity = needed;
	}
	active_a = work->active;
	active_b = work->active + a->count;
	qsort(a->edge, a->count, sizeof(overlay_edge), compare_edges);
	qsort(b->edge, b->count, sizeof(overlay_edge), compare_edges);

	while (i < a->count || j < b->count)
	{
		if (j == b->count || (i < a->count && a->edge[i].x1 <= b->edge[j].x1))
		{
			nb = meet_active(work, scale, &a->edge[i], b, active_b, nb, sum);
			active_a[na++] = i++;
		}
		else
		{
			na = meet_active(work, scale, &b->edge[j], a, active_a, na, sum);
			active_b[nb++] = j++;
		}
	}
	return true;
}

/* The sum over all pairs of edges; quadratic unless there are many. */
static bool
sum_pairs(overlay_work *work, const ground_poly *scale, area_sum *sum)
{
	if (work->b.count > 0 && work->a.count > SWEEP_PAIRS / work->b.count)
		return sweep(work, scale, sum);
	for (size_t i = 0; i < work->a.count; i++)
	{
		const overlay_edge *p = &work->a.edge[i];

		overlay_count(work, work->b.count);
		for (size_t j = 0; j < work->b.count; j++)
		{
			const overlay_edge *q = &work->b.edge[j];

			if (p->x1 < q->x2 && q->x1 < p->x2)
				add_pair(scale, p, q, sum);
		}
	}
	return true;
}

/* The sum over the edges of one side alone. */
static void
sum_single(const ground_poly *scale, const overlay_edges *edges, area_sum *sum)
{
	for (size_t i = 0; i < edges->count; i++)
	{
		const overlay_edge *edge = &edges->edge[i];

		careful_add(&sum->total,
					edge->sign * weight_under(scale, edge->x1, edge->y1, edge->x2, edge->y2));
		sum->reach += edge->x2 - edge->x1;
	}
}

/* Can terms of this reach have been rounded too much for a shape of this area? */
static bool
too_coarse(const area_sum *sum, const geom_box *box, double area)
{
	return sum->reach * (box->ymax - box->ymin) * ROUNDING > TOLERANCE * fabs(area);
}

/* A scale without its constant part. */
static ground_poly
variation(const ground_poly *scale)
{
	ground_poly rest = *scale;

	rest.c[0][0] = 0;
	return rest;
}

/* How often a shape none of whose edges are inside the box covers it. */
static double
winding(const overlay_edges *edges, double width)
{
	double times = 0;

	for (size_t i = 0; i < edges->count; i++)
		if (edges->edge[i].x1 <= width / 2 && width / 2 < edges->edge[i].x2)
			times += edges->edge[i].sign;
	return times;
}

/* The area of a shape within a box where the scale is a single polynomial. */
static bool
area_alone(overlay_work *work, const shape *s, const geom_box *box, const ground_poly *scale,
		   double times, careful_sum *total)
{
	bool whole = box->xmin <= s->ring_box.xmin && box->ymin <= s->ring_box.ymin &&
				 box->xmax >= s->ring_box.xmax && box->ymax >= s->ring_box.ymax;
	ground_poly rest = variation(scale);
	double plane = s->area;
	area_sum sum = { { 0, 0 }, 0 };

	if (times == 0)
		return true;
	if (!whole || scale->degree > 0)
	{
		if (!overlay_gather(work, s, box, true, &work->a))
			return false;
		sum_single(whole ? &rest : scale, &work->a, &sum);
	}
	if (!whole)
	{
		plane = 0;
		if (too_coarse(&sum, box, s->area))
		{
			sum.total = (careful_sum){ 0, 0 };
			sum_single(&rest, &work->a, &sum);
			if (!overlay_area_precisely(work, s, NULL, box, &plane))
				return false;
		}
	}
	careful_add(total, times * careful_value(&sum.total));
	careful_add(total, times * scale->c[0][0] * plane);
	return true;
}

/* The area two shapes share there. */
static bool
area_of_both(overlay_work *work, const shape *a, const shape *b, const geom_box *box,
			 const ground_poly *scale, careful_sum *total)
{
	area_sum sum = { { 0, 0 }, 0 };

	/* The larger one first: it often covers the box, or leaves it alone. */
	if (a->npoints > b->npoints)
	{
		const shape *larger = a;

		a = b;
		b = larger;
	}
	if (!overlay_gather(work, b, box, true, &work->b))
		return false;
	if (!work->b.any_inside)
		return area_alone(work, a, box, scale, winding(&work->b, box->xmax - box->xmin), total);
	if (!overlay_gather(work, a, box, true, &work->a))
		return false;
	if (!work->a.any_inside)
		return area_alone(work, b, box, scale, winding(&work->a, box->xmax - box->xmin), total);
	if (!sum_pairs(work, scale, &sum))
		return false;
	if (too_coarse(&sum, box, fmin(fabs(a->area), fabs(b->area))))
	{
		ground_poly rest = variation(scale);
		double plane;

		sum.total = (careful_sum){ 0, 0 };
		if ((scale->degree > 0 && !sum_pairs(work, &rest, &sum)) ||
			!overlay_area_precisely(work, a, b, box, &plane))
			return false;
		careful_add(total, scale->c[0][0] * plane);
	}
	careful_add(total, careful_value(&sum.total));
	return true;
}

static overlay_error
area_cut(overlay_work *work, const shape *a, const shape *b, ground *g, const geom_box *box,
		 int cuts, careful_sum *sum)
{
	ground_poly scale = ground_flat();
	ground_error error = g ? ground_area_scale(g, box, &scale) : GROUND_OK;
	double x = box->xmin + (box->xmax - box->xmin) / 2;
	double y = box->ymin + (box->ymax - box->ymin) / 2;

	if (error == GROUND_OK)
	{
		bool ok = b ? area_of_both(work, a, b, box, &scale, sum)
					: area_alone(work, a, box, &scale, 1, sum);

		return ok ? OVERLAY_OK : OVERLAY_MEMORY;
	}
	if (error == GROUND_OUTSIDE || cuts == MAX_CUTS)
		return OVERLAY_OUTSIDE;
	overlay_count(work, GROUND_STEPS);
	for (int quarter = 0; quarter < 4; quarter++)
	{
		geom_box part = *box;
		overlay_error status;

		if (quarter & 1)
			part.xmin = x;
		else
			part.xmax = x;
		if (quarter & 2)
			part.ymin = y;
		else
			part.ymax = y;
		status = area_cut(work, a, b, g, &part, cuts + 1, sum);
		if (status != OVERLAY_OK)
			return status;
	}
	return OVERLAY_OK;
}

/*
 * The area of a (b NULL) or of what a and b share: on the ground, or in the plane
 * when g is NULL.  Edges are straight in the plane.
 */
overlay_error
overlay_area(overlay_work *work, const shape *a, const shape *b, ground *g, double *area)
{
	geom_box box = a->ring_box;
	careful_sum sum = { 0, 0 };
	overlay_error error = OVERLAY_OK;

	if (b != NULL)
	{
		box.xmin = fmax(box.xmin, b->ring_box.xmin);
		box.ymin = fmax(box.ymin, b->ring_box.ymin);
		box.xmax = fmin(box.xmax, b->ring_box.xmax);
		box.ymax = fmin(box.ymax, b->ring_box.ymax);
	}
	if (box.xmin < box.xmax && box.ymin < box.ymax)
		error = area_cut(work, a, b, g, &box, 0, &sum);
	*area = careful_value(&sum);
	return error;
}
