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
#include "geometry/halving.h"
#include "geometry/pairs.h"
#include "geometry/weight.h"

#include <math.h>

/*
 * Terms are rounded by some ROUNDING of the area of the box below them; where
 * that may be more than TOLERANCE of the smaller shape, more digits are taken.
 */
#define ROUNDING  4.4e-16
#define TOLERANCE 5e-14

/* How often a box may be quartered until its scale is smooth enough. */
#define MAX_CUTS 9

/*
 * A box is halved where edges have more than MANY_PARTNERS others above or below
 * them on average, up to MAX_HALVINGS times, unless it has hardly helped MAX_IDLE
 * times running.
 */
#define MANY_PARTNERS 24
#define MAX_HALVINGS  40
#define MAX_IDLE      4

/*
 * More pairs than this are rather halved than taken with more digits: in a smaller
 * box less is rounded.
 */
#define MANY_PRECISE 500
#define MAX_COARSE   16

/* A sum, and over how much width in all its terms reached: what rounding depends on. */
typedef struct area_sum
{
	const ground_poly *scale;
	careful_sum total;
	double reach;
} area_sum;

/* Adds the weight under both of two edges. */
PAIRS_INLINE void
add_pair(void *arg, const overlay_edge *a, const overlay_edge *b)
{
	area_sum *sum = arg;
	overlay_edge piece[2];
	int n = lower_of_both(a, b, piece);
	double weight = weight_under(sum->scale, piece[0].x1, piece[0].y1, piece[0].x2, piece[0].y2);

	if (n == 2)
		weight += weight_under(sum->scale, piece[1].x1, piece[1].y1, piece[1].x2, piece[1].y2);
	careful_add(&sum->total, piece[0].sign * weight);
	sum->reach += piece[n - 1].x2 - piece[0].x1;
}

/* The sum over the edges of one side alone. */
static void
sum_single(const overlay_edges *edges, area_sum *sum)
{
	for (size_t i = 0; i < edges->count; i++)
	{
		const overlay_edge *edge = &edges->edge[i];

		careful_add(&sum->total,
					edge->sign * weight_under(sum->scale, edge->x1, edge->y1, edge->x2, edge->y2));
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

/*
 * What a scale of degree 2 adds up to over a shape, its constant part aside: by the
 * shape's moments, seen from the box's corner.
 */
static double
variation_over(const shape *s, const geom_box *box, const ground_poly *scale)
{
	double total = 0;

	for (size_t c = 0; c < s->nchains; c++)
	{
		const shape_chain *chain = &s->chains[c];
		double x = 0, y = 0, xx = 0, xy = 0, yy = 0; /* 6, 12 and 24 times the moments */
		double a[2];
		double b[2];

		if (chain->sign == 0)
			continue;
		shape_point(chain, 0, a);
		a[0] -= box->xmin;
		a[1] -= box->ymin;
		for (uint32_t i = 1; i < chain->npoints; i++, a[0] = b[0], a[1] = b[1])
		{
			double turn;
			double sum_x;
			double sum_y;

			shape_point(chain, i, b);
			b[0] -= box->xmin;
			b[1] -= box->ymin;
			turn = a[0] * b[1] - b[0] * a[1];
			sum_x = a[0] + b[0];
			sum_y = a[1] + b[1];
			x += turn * sum_x;
			y += turn * sum_y;
			xx += turn * (sum_x * sum_x - a[0] * b[0]);
			yy += turn * (sum_y * sum_y - a[1] * b[1]);
			xy += turn * (sum_x * sum_y + a[0] * a[1] + b[0] * b[1]);
		}
		total += chain->sign * ((scale->c[1][0] * x + scale->c[0][1] * y) * (1.0 / 6) +
								(scale->c[2][0] * xx + scale->c[0][2] * yy) * (1.0 / 12) +
								scale->c[1][1] * xy * (1.0 / 24));
	}
	return total;
}

/* The area of a shape within a box where the scale is a single polynomial. */
static bool
area_alone(overlay_work *work, const shape *s, const geom_box *box, const ground_poly *scale,
		   double times, careful_sum *total)
{
	bool whole = geom_box_within(&s->ring_box, box);
	ground_poly rest;
	double plane = s->area;
	area_sum sum = { scale, { 0, 0 }, 0 };

	if (times == 0)
		return true;
	if (whole && scale->degree <= 2)
	{
		overlay_count(work, s->npoints);
		careful_add(total, times * scale->c[0][0] * plane);
		if (scale->degree > 0)
			careful_add(total, times * variation_over(s, box, scale));
		return true;
	}
	if (!overlay_gather(work, s, box, true, &work->a))
		return false;
	if (!whole)
	{
		sum_single(&work->a, &sum);
		plane = 0;
	}
	/* Then the plane apart, in more digits, and here what varies. */
	if (whole || too_coarse(&sum, box, s->area))
	{
		rest = variation(scale);
		sum = (area_sum){ &rest, { 0, 0 }, 0 };
		sum_single(&work->a, &sum);
		if (!whole && !overlay_area_precisely(work, s, NULL, box, &plane))
			return false;
	}
	careful_add(total, times * careful_value(&sum.total));
	careful_add(total, times * scale->c[0][0] * plane);
	return true;
}

/*
 * The area two shapes share there.  Sets crowded, having added nothing, when the
 * box is better halved, if it may be.
 */
static bool
area_of_both(overlay_work *work, const shape *a, const shape *b, const geom_box *box,
			 const ground_poly *scale, const halving *halved, bool *crowded, careful_sum *total)
{
	area_sum sum = { scale, { 0, 0 }, 0 };
	double middle = (box->xmax - box->xmin) / 2;
	size_t limit;
	size_t npairs;

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
		return area_alone(work, a, box, scale, overlay_times_covered(&work->b, middle), total);
	if (!overlay_gather(work, a, box, true, &work->a))
		return false;
	if (!work->a.any_inside)
		return area_alone(work, b, box, scale, overlay_times_covered(&work->a, middle), total);
	limit = SIZE_MAX;
	if (halved->times < MAX_HALVINGS && halved->idle < MAX_IDLE)
		limit = MANY_PARTNERS * (work->a.count + work->b.count);
	if (!visit_pairs(work, limit, &npairs, add_pair, &sum))
		return false;
	*crowded = npairs > limit;
	if (*crowded)
		return true;
	if (too_coarse(&sum, box, fmin(fabs(a->area), fabs(b->area))))
	{
		ground_poly rest = variation(scale);
		double plane;

		*crowded = npairs > MANY_PRECISE && halved->times < MAX_HALVINGS &&
				   halved->idle < MAX_COARSE;
		if (*crowded)
			return true;
		sum = (area_sum){ &rest, { 0, 0 }, 0 };
		if ((scale->degree > 0 && !visit_pairs(work, SIZE_MAX, &npairs, add_pair, &sum)) ||
			!overlay_area_precisely(work, a, b, box, &plane))
			return false;
		careful_add(total, scale->c[0][0] * plane);
	}
	careful_add(total, careful_value(&sum.total));
	return true;
}

static overlay_error area_cut(overlay_work *work, const shape *a, const shape *b, ground *g,
							  const geom_box *box, int cuts, halving halved, careful_sum *sum);

/* Where to cut a box of the gathered edges, seen from its corner: through their mean. */
static double
middle_of(const overlay_work *work, double top, bool upright)
{
	const overlay_edges *sides[2] = { &work->a, &work->b };
	double sum = 0;
	size_t n = 0;

	for (int s = 0; s < 2; s++)
		for (size_t i = 0; i < sides[s]->count; i++)
		{
			const overlay_edge *edge = &sides[s]->edge[i];

			if (edge->y1 == top && edge->y2 == top)
				continue; /* stands for what is above the box */
			sum += upright ? edge->x1 + edge->x2 : edge->y1 + edge->y2;
			n++;
		}
	return n > 0 ? sum / n / 2 : NAN;
}

/* Goes on with both halves of a box that is crowded. */
static overlay_error
area_in_halves(overlay_work *work, const shape *a, const shape *b, ground *g, const geom_box *box,
			   int cuts, halving halved, careful_sum *sum)
{
	size_t nedges = work->a.count + work->b.count;
	bool upright = halving_upright(&halved, nedges);
	geom_box half[2];
	overlay_error error;

	halved = halving_next(halved, nedges);
	halved.upright = upright;
	if (!halve_box(box, upright, middle_of(work, box->ymax - box->ymin, upright), half))
	{
		halved.times = MAX_HALVINGS;
		return area_cut(work, a, b, g, box, cuts, halved, sum);
	}
	error = area_cut(work, a, b, g, &half[0], cuts, halved, sum);
	return error == OVERLAY_OK ? area_cut(work, a, b, g, &half[1], cuts, halved, sum) : error;
}

static overlay_error
area_cut(overlay_work *work, const shape *a, const shape *b, ground *g, const geom_box *box,
		 int cuts, halving halved, careful_sum *sum)
{
	ground_poly own;
	const ground_poly *scale = &ground_flat;
	ground_error error = GROUND_OK;
	geom_box part[4];

	if (g != NULL)
	{
		error = ground_area_scale(g, box, &own);
		scale = &own;
	}
	if (error == GROUND_OK)
	{
		bool crowded = false;
		bool ok = b ? area_of_both(work, a, b, box, scale, &halved, &crowded, sum)
					: area_alone(work, a, box, scale, 1, sum);

		if (ok && crowded)
			return area_in_halves(work, a, b, g, box, cuts, halved, sum);
		return ok ? OVERLAY_OK : OVERLAY_MEMORY;
	}
	if (error == GROUND_OUTSIDE || cuts == MAX_CUTS)
		return OVERLAY_OUTSIDE;
	overlay_count(work, GROUND_STEPS);
	geom_quarters(box, part);
	for (int i = 0; i < 4; i++)
	{
		overlay_error status = area_cut(work, a, b, g, &part[i], cuts + 1, halved, sum);

		if (status != OVERLAY_OK)
			return status;
	}
	return OVERLAY_OK;
}

/* Adds the area that a (b NULL) or a and b have inside a box. */
overlay_error
overlay_area_in(overlay_work *work, const shape *a, const shape *b, ground *g, const geom_box *box,
				careful_sum *sum)
{
	return area_cut(work, a, b, g, box, 0, NO_HALVING, sum);
}

/*
 * The area of a (b NULL) or of what a and b share: on the ground, or in the plane
 * when g is NULL.  Edges are straight in the plane.
 */
overlay_error
overlay_area(overlay_work *work, const shape *a, const shape *b, ground *g, double *area)
{
	geom_box box = b ? geom_common_box(&a->ring_box, &b->ring_box) : a->ring_box;
	careful_sum sum = { 0, 0 };
	overlay_error error = OVERLAY_OK;

	if (box.xmin < box.xmax && box.ymin < box.ymax)
		error = overlay_area_in(work, a, b, g, &box, &sum);
	*area = careful_value(&sum);
	return error;
}
