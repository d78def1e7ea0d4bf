/*
 * length.c
 *		The length of lines inside a shape.
 *
 * As with areas, a shape is the signed sum of what is under its edges; so the
 * length inside is the sum, over pairs of a segment and an edge, of the part of
 * the segment that is under the edge.
 */
#include "geometry/overlay.h"
#include "geometry/weight.h"
#include "numeric/double_double.h"

#include <math.h>

/* How often a segment may be halved until its scale is smooth enough. */
#define MAX_CUTS 12

/* A run of this many pairs of segments and edges or fewer is not divided. */
#define FEW_PAIRS    256
#define FEW_SEGMENTS 8

static bool
box_is_empty(const geom_box *box)
{
	return !(box->xmin <= box->xmax && box->ymin <= box->ymax);
}

/*
 * Twice the area of triangle p, q, r: positive when r is left of p -> q.  The
 * sign is exact (unless products underflow); the value is good to rounding.
 */
static double
turn(const double p[2], const double q[2], const double r[2])
{
	double left = (q[0] - p[0]) * (r[1] - p[1]);
	double right = (q[1] - p[1]) * (r[0] - p[0]);
	double value = left - right;
	double products[6][2];
	double terms[12];
	int nterms = 0;

	if (fabs(value) > 4.5e-16 * (fabs(left) + fabs(right)))
		return value;

	/* p x q + q x r + r x p, each product exact as a sum of two doubles ... */
	products[0][0] = p[0] * q[1];
	products[0][1] = fma(p[0], q[1], -products[0][0]);
	products[1][0] = -p[1] * q[0];
	products[1][1] = fma(-p[1], q[0], -products[1][0]);
	products[2][0] = q[0] * r[1];
	products[2][1] = fma(q[0], r[1], -products[2][0]);
	products[3][0] = -q[1] * r[0];
	products[3][1] = fma(-q[1], r[0], -products[3][0]);
	products[4][0] = r[0] * p[1];
	products[4][1] = fma(r[0], p[1], -products[4][0]);
	products[5][0] = -r[1] * p[0];
	products[5][1] = fma(-r[1], p[0], -products[5][0]);

	/* ... and summed exactly: each new term ripples through an expansion. */
	for (int i = 0; i < 6; i++)
		for (int half = 1; half >= 0; half--)
		{
			double carry = products[i][half];

			for (int k = 0; k < nterms; k++)
			{
				double_double sum = dd_sum(carry, terms[k]);

				carry = sum.high;
				terms[k] = sum.low;
			}
			terms[nterms++] = carry;
		}
	/* The last term that is not zero decides. */
	for (int k = nterms - 1; k >= 0; k--)
		if (terms[k] != 0)
			return terms[k];
	return 0;
}

/* How long pieces of lines are: on the ground with g, else in the plane. */
typedef struct ruler
{
	ground *g;
	geom_box whole; /* of the line */
	bool started;   /* has a common metric been looked for? */
	bool common;    /* metric holds for the whole line */
	double x, y;    /* the metric's origin */
	ground_poly metric[3];
} ruler;

/* Sets the metric for a segment, unless the whole line has one. */
static ground_error
ruler_move(ruler *r, const double p[2], const double q[2])
{
	geom_box box = { fmin(p[0], q[0]), fmin(p[1], q[1]), fmax(p[0], q[0]), fmax(p[1], q[1]) };

	if (r->g == NULL)
		return GROUND_OK;
	if (!r->started)
	{
		r->started = true;
		r->x = r->whole.xmin;
		r->y = r->whole.ymin;
		r->common = ground_length_scale(r->g, &r->whole, r->metric) == GROUND_OK;
	}
	if (r->common)
		return GROUND_OK;
	r->x = box.xmin;
	r->y = box.ymin;
	return ground_length_scale(r->g, &box, r->metric);
}

/* The length of segment p -> q from fraction t1 to t2. */
static double
ruler_length(const ruler *r, const double p[2], const double q[2], double t1, double t2)
{
	const gauss_rule *rule = &gauss_5;
	double dx = q[0] - p[0];
	double dy = q[1] - p[1];
	double sum = 0;

	if (r->g == NULL)
		return sqrt(dx * dx + dy * dy) * (t2 - t1);
	/* The fourth power of a scale that fits degree 2 is beyond rounding. */
	if (r->metric[0].degree <= 2 && r->metric[1].degree <= 2 && r->metric[2].degree <= 2)
		rule = &gauss_2;
	for (int k = 0; k < rule->n; k++)
	{
		double t = 0.5 * (t1 + t2) + 0.5 * (t2 - t1) * rule->node[k];
		double x = p[0] - r->x + t * dx;
		double y = p[1] - r->y + t * dy;

		sum += rule->weight[k] * sqrt(fmax(0, ground_value(&r->metric[0], x, y) * dx * dx +
												  2 * ground_value(&r->metric[1], x, y) * dx * dy +
												  ground_value(&r->metric[2], x, y) * dy * dy));
	}
	return sum * (t2 - t1);
}

/* Fractions of a segment. */
typedef struct stretch
{
	double from;
	double to;
} stretch;

/* The part of upright segment p -> q that is strictly under an edge. */
static stretch
upright_under(const double p[2], const double q[2], const overlay_edge *edge)
{
	stretch whole = { 0, 1 };
	stretch none = { 0, 0 };
	double y = edge->y1;

	if (p[0] < edge->x1 || p[0] >= edge->x2)
		return none;
	if (isinf(edge->y1))
		return whole;
	if (p[0] > edge->x1)
		y += (p[0] - edge->x1) * ((edge->y2 - edge->y1) / (edge->x2 - edge->x1));
	if (y <= p[1])
		return none;
	if (y < q[1])
		whole.to = (y - p[1]) / (q[1] - p[1]);
	return whole;
}

/* The part of segment p -> q, p left of q, that is strictly under an edge. */
static stretch
slanted_under(const double p[2], const double q[2], const overlay_edge *edge)
{
	const double e1[2] = { edge->x1, edge->y1 };
	const double e2[2] = { edge->x2, edge->y2 };
	double dx = q[0] - p[0];
	stretch part = { 0, 1 };
	stretch none = { 0, 0 };
	double height1; /* of the edge over the segment at the ends */
	double height2;

	if (!(edge->x1 < q[0] && p[0] < edge->x2) || fmin(p[1], q[1]) >= fmax(edge->y1, edge->y2))
		return none;
	if (edge->x1 > p[0])
		part.from = (edge->x1 - p[0]) / dx;
	if (edge->x2 < q[0])
		part.to = (edge->x2 - p[0]) / dx;
	if (fmax(p[1], q[1]) < fmin(edge->y1, edge->y2))
		return part;
	height1 = edge->x1 > p[0] ? turn(p, q, e1) / dx : -turn(e1, e2, p) / (edge->x2 - edge->x1);
	height2 = edge->x2 < q[0] ? turn(p, q, e2) / dx : -turn(e1, e2, q) / (edge->x2 - edge->x1);
	if (height1 <= 0 && height2 <= 0)
		return none;
	if (height1 < 0)
		part.from += (part.to - part.from) * (height1 / (height1 - height2));
	else if (height2 < 0)
		part.to = part.from + (part.to - part.from) * (height1 / (height1 - height2));
	return part;
}

/*
 * Adds the part of segment p -> q (p left of q, or below it) that is strictly
 * under an edge, times the edge's sign.
 *
 * A point belongs to what is above it and to its right.  Who is above is decided
 * exactly, from the coordinates as stored: two zones that share an edge cannot
 * both own a line that runs along it, nor can neither.
 */
static void
add_length_under(const ruler *r, const double p[2], const double q[2], const overlay_edge *edge,
				 careful_sum *sum)
{
	stretch part = p[0] == q[0] ? upright_under(p, q, edge) : slanted_under(p, q, edge);

	if (part.from < part.to)
		careful_add(sum, edge->sign * ruler_length(r, p, q, part.from, part.to));
}

/* Adds a segment's length, cutting it where the ground needs that. */
static overlay_error
add_segment(overlay_work *work, ruler *r, bool clipped, const double a[2], const double b[2],
			int cuts, careful_sum *sum)
{
	bool forward = a[0] < b[0] || (a[0] == b[0] && a[1] < b[1]);
	const double *p = forward ? a : b;
	const double *q = forward ? b : a;
	ground_error error;

	if (a[0] == b[0] && a[1] == b[1])
		return OVERLAY_OK;
	error = ruler_move(r, p, q);
	if (error == GROUND_TOO_LARGE && cuts < MAX_CUTS)
	{
		double m[2] = { p[0] + (q[0] - p[0]) / 2, p[1] + (q[1] - p[1]) / 2 };
		overlay_error status;

		overlay_count(work, GROUND_STEPS);
		status = add_segment(work, r, clipped, p, m, cuts + 1, sum);
		return status == OVERLAY_OK ? add_segment(work, r, clipped, m, q, cuts + 1, sum) : status;
	}
	if (error != GROUND_OK)
		return OVERLAY_OUTSIDE;
	if (!clipped)
		careful_add(sum, ruler_length(r, p, q, 0, 1));
	else
	{
		overlay_count(work, work->b.count);
		for (size_t i = 0; i < work->b.count; i++)
			add_length_under(r, p, q, &work->b.edge[i], sum);
	}
	return OVERLAY_OK;
}

/*
 * Adds the length of the segments from point first to point last that is in the
 * zone.  Long runs among many edges are halved: each half has fewer of them near.
 */
static overlay_error
add_run(overlay_work *work, ruler *r, const shape *zone, const shape_chain *chain, uint32_t first,
		uint32_t last, careful_sum *sum)
{
	bool clipped = false;
	double times = 1;
	careful_sum run = { 0, 0 };
	double a[2];
	double b[2];

	if (zone != NULL)
	{
		geom_box box = shape_edges_box(chain, first, last);

		overlay_count(work, last - first);
		if (!overlay_gather(work, zone, &box, false, &work->b))
			return OVERLAY_MEMORY;
		clipped = work->b.any_inside;
		if (!clipped)
			times = overlay_times_covered(&work->b, box.xmin);
		if (times == 0)
			return OVERLAY_OK;
		if (clipped && last - first > FEW_SEGMENTS && work->b.count > FEW_PAIRS / FEW_SEGMENTS &&
			work->b.count > FEW_PAIRS / (last - first))
		{
			uint32_t middle = first + (last - first) / 2;
			overlay_error error = add_run(work, r, zone, chain, first, middle, sum);

			return error == OVERLAY_OK ? add_run(work, r, zone, chain, middle, last, sum) : error;
		}
	}
	overlay_count(work, last - first);
	shape_point(chain, first, a);
	for (uint32_t i = first + 1; i <= last; i++, a[0] = b[0], a[1] = b[1])
	{
		overlay_error error;

		shape_point(chain, i, b);
		error = add_segment(work, r, clipped, a, b, 0, &run);
		if (error != OVERLAY_OK)
			return error;
	}
	careful_add(sum, times * careful_value(&run));
	return OVERLAY_OK;
}

/* The length of the lines in a shape (zone NULL), or of what is in the zone. */
overlay_error
overlay_length(overlay_work *work, const shape *line, const shape *zone, ground *g, double *length)
{
	ruler r = { .g = g, .whole = line->line_box };
	careful_sum sum = { 0, 0 };

	*length = 0;
	if (box_is_empty(&line->line_box))
		return OVERLAY_OK;
	for (size_t c = 0; c < line->nchains; c++)
	{
		const shape_chain *chain = &line->chains[c];
		overlay_error error;

		if (chain->sign != 0)
			continue;
		error = add_run(work, &r, zone, chain, 0, chain->npoints - 1, &sum);
		if (error != OVERLAY_OK)
			return error;
	}
	*length = careful_value(&sum);
	return OVERLAY_OK;
}
