/*
 * overlay.c
 *		Areas and lengths shared by two geometries, without building the
 *		intersection.
 *
 * A polygon is the signed sum of the trapezoids between its edges and a line
 * below: plus for edges that have the inside below them, minus for the others.
 * So the area of A and B is the sum over pairs of edges, with the product of
 * their signs, of the area under both.  Nothing is decided about how the edges
 * lie to each other, and the sum is continuous in the coordinates: shared
 * borders, touching vertices and slivers are no special case, and what A shares
 * with two neighbours adds up because the terms of their common border cancel.
 *
 * Only what meets the box of both shapes takes part, in coordinates from its
 * lower left corner: edges below it have no area under them, edges above it act
 * like the top of the box, and runs of them collapse into one.
 */
#include "overlay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pairs handled between two looks for an interrupt. */
#define CHECK_INTERVAL 100000

/* Above this many pairs, edges are sorted and swept. */
#define SWEEP_PAIRS 1024

/* How often a box may be quartered until its scale is smooth enough. */
#define MAX_CUTS 12

static const geom_box empty_box = {INFINITY, INFINITY, -INFINITY, -INFINITY};

static bool
box_is_empty(const geom_box *box)
{
	return !(box->xmin <= box->xmax && box->ymin <= box->ymax);
}

static void
box_extend(geom_box *box, const geom_box *other)
{
	box->xmin = fmin(box->xmin, other->xmin);
	box->ymin = fmin(box->ymin, other->ymin);
	box->xmax = fmax(box->xmax, other->xmax);
	box->ymax = fmax(box->ymax, other->ymax);
}

static geom_box
box_common(const geom_box *a, const geom_box *b)
{
	geom_box	box = {fmax(a->xmin, b->xmin), fmax(a->ymin, b->ymin),
	fmin(a->xmax, b->xmax), fmin(a->ymax, b->ymax)};

	return box;
}

/* Neumaier's compensated sum. */
typedef struct careful_sum
{
	double		sum;
	double		lost;
} careful_sum;

static inline void
careful_add(careful_sum *s, double value)
{
	double		sum = s->sum + value;

	s->lost += fabs(s->sum) >= fabs(value) ? (s->sum - sum) + value : (value - sum) + s->sum;
	s->sum = sum;
}

static inline double
careful_value(const careful_sum *s)
{
	return s->sum + s->lost;
}

static inline void
count_work(overlay_work *work, size_t amount)
{
	work->since_check += amount;
	if (work->since_check >= CHECK_INTERVAL)
	{
		work->since_check = 0;
		if (work->check != NULL)
			work->check();
	}
}

static inline void
get_point(const overlay_chain *chain, uint32_t i, double xy[2])
{
	memcpy(xy, chain->points + (size_t) i * chain->stride, 2 * sizeof(double));
}

/* 1 when the ring runs counter-clockwise, else -1. */
static int
ring_turn(const overlay_chain *chain)
{
	double		first[2];
	double		a[2];
	double		b[2];
	double		area = 0;

	get_point(chain, 0, first);
	get_point(chain, 1, a);
	for (uint32_t i = 2; i < chain->npoints; i++, a[0] = b[0], a[1] = b[1])
	{
		get_point(chain, i, b);
		area += (a[0] - first[0]) * (b[1] - first[1]) - (b[0] - first[0]) * (a[1] - first[1]);
	}
	return area >= 0 ? 1 : -1;
}

/* Reads the lines and rings of a geometry datum; points are passed over. */
geom_error
overlay_load(overlay_shape *shape, const void *bytes, size_t size)
{
	geom_reader reader;
	geom_part	part;
	geom_error	error = geom_open(&reader, bytes, size);

	shape->nchains = 0;
	shape->ring_box = shape->line_box = empty_box;
	if (error != GEOM_OK)
		return error;
	shape->type = reader.type;
	shape->srid = reader.srid;

	while ((error = geom_next(&reader, &part)) == GEOM_OK && part.kind != GEOM_PART_END)
	{
		overlay_chain *chain;

		if (part.npoints == 0 || part.kind == GEOM_PART_POINT)
			continue;
		if (shape->nchains == shape->capacity)
		{
			size_t		capacity = shape->capacity ? 2 * shape->capacity : 64;

			chain = realloc(shape->chains, capacity * sizeof(overlay_chain));
			if (chain == NULL)
				return GEOM_MEMORY;
			shape->chains = chain;
			shape->capacity = capacity;
		}
		chain = &shape->chains[shape->nchains++];
		chain->points = part.points;
		chain->npoints = part.npoints;
		chain->stride = part.stride;
		chain->box = part.box;
		if (part.kind == GEOM_PART_LINE)
		{
			chain->sign = 0;
			box_extend(&shape->line_box, &part.box);
		}
		else
		{
			chain->sign = ring_turn(chain) * (part.kind == GEOM_PART_SHELL ? 1 : -1);
			box_extend(&shape->ring_box, &part.box);
		}
	}
	return error;
}

/* The next edge to fill in, or NULL when memory is out. */
static overlay_edge *
new_edge(overlay_edges *edges)
{
	if (edges->count == edges->capacity)
	{
		size_t		capacity = edges->capacity ? 2 * edges->capacity : 256;
		overlay_edge *edge = realloc(edges->edge, capacity * sizeof(overlay_edge));

		if (edge == NULL)
			return NULL;
		edges->edge = edge;
		edges->capacity = capacity;
	}
	return &edges->edge[edges->count++];
}

/*
 * A run of edges above the box, from x to x in walking direction.  It acts like
 * one edge at height top.
 */
typedef struct above_run
{
	double		from,
				to;
	double		top;
	int			sign;			/* of the chain */
	overlay_edges *edges;
} above_run;

static bool
run_flush(above_run *run)
{
	overlay_edge *edge;

	if (run->from == run->to)
		return true;
	edge = new_edge(run->edges);
	if (edge == NULL)
		return false;
	edge->x1 = fmin(run->from, run->to);
	edge->x2 = fmax(run->from, run->to);
	edge->y1 = edge->y2 = run->top;
	edge->sign = run->from > run->to ? run->sign : -run->sign;
	return true;
}

static bool
run_extend(above_run *run, double from, double to)
{
	bool		ok = true;

	if (run->to != from)
	{
		ok = run_flush(run);
		run->from = from;
	}
	run->to = to;
	return ok;
}

static inline double
clamp(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

/* Adds the part of an edge that is inside the box (0, 0, w, h), as an edge. */
static bool
add_clipped(above_run *run, double w, double h, const double a[2], const double b[2])
{
	bool		leftward = a[0] > b[0];
	double		x1 = leftward ? b[0] : a[0];
	double		y1 = leftward ? b[1] : a[1];
	double		x2 = leftward ? a[0] : b[0];
	double		y2 = leftward ? a[1] : b[1];
	double		low = fmin(y1, y2);
	double		high = fmax(y1, y2);
	double		dx = x2 - x1;
	double		dy = y2 - y1;
	double		start = x1;		/* the edge's line goes through here */
	double		level = y1;
	overlay_edge *edge;

	if (x1 < 0)
	{
		x1 = 0;
		y1 = clamp(level - start * dy / dx, low, high);
	}
	if (x2 > w)
	{
		x2 = w;
		y2 = clamp(level + (w - start) * dy / dx, low, high);
	}
	if (y1 <= 0 && y2 <= 0)
		return true;
	if (y1 < 0)
	{
		x1 = clamp(start - level * dx / dy, x1, x2);
		y1 = 0;
	}
	else if (y2 < 0)
	{
		x2 = clamp(start - level * dx / dy, x1, x2);
		y2 = 0;
	}
	if (y1 >= h && y2 >= h)
		return leftward ? run_extend(run, x2, x1) : run_extend(run, x1, x2);
	if (y1 > h)
	{
		double		x = clamp(start + (h - level) * dx / dy, x1, x2);

		if (!(leftward ? run_extend(run, x, x1) : run_extend(run, x1, x)))
			return false;
		x1 = x;
		y1 = h;
	}
	else if (y2 > h)
	{
		double		x = clamp(start + (h - level) * dx / dy, x1, x2);

		if (!(leftward ? run_extend(run, x2, x) : run_extend(run, x, x2)))
			return false;
		x2 = x;
		y2 = h;
	}
	if (!(x1 < x2))
		return true;
	edge = new_edge(run->edges);
	if (edge == NULL)
		return false;
	edge->x1 = x1;
	edge->y1 = y1;
	edge->x2 = x2;
	edge->y2 = y2;
	edge->sign = leftward ? run->sign : -run->sign;
	return true;
}

/* Gathers a shape's edges as seen in a box, from the box's corner. */
static bool
gather_clipped(overlay_work *work, const overlay_shape *shape, const geom_box *box,
			   overlay_edges *edges)
{
	double		w = box->xmax - box->xmin;
	double		h = box->ymax - box->ymin;

	edges->count = 0;
	for (size_t c = 0; c < shape->nchains; c++)
	{
		const overlay_chain *chain = &shape->chains[c];
		above_run	run = {0, 0, h, chain->sign, edges};
		double		a[2];
		double		b[2];

		/* A whole ring beside, below or above the box cancels itself. */
		if (chain->sign == 0 ||
			chain->box.xmax <= box->xmin || chain->box.xmin >= box->xmax ||
			chain->box.ymax <= box->ymin || chain->box.ymin >= box->ymax)
			continue;
		count_work(work, chain->npoints);
		get_point(chain, 0, a);
		a[0] -= box->xmin;
		a[1] -= box->ymin;
		for (uint32_t i = 1; i < chain->npoints; i++, a[0] = b[0], a[1] = b[1])
		{
			get_point(chain, i, b);
			b[0] -= box->xmin;
			b[1] -= box->ymin;
			if ((a[1] <= 0 && b[1] <= 0) || (a[0] <= 0 && b[0] <= 0) ||
				(a[0] >= w && b[0] >= w) || a[0] == b[0])
				continue;
			if (a[1] >= h && b[1] >= h)
			{
				if (!run_extend(&run, clamp(a[0], 0, w), clamp(b[0], 0, w)))
					return false;
			}
			else if (!add_clipped(&run, w, h, a, b))
				return false;
		}
		if (!run_flush(&run))
			return false;
	}
	return true;
}

/*
 * The weight of the area under a piece of an edge: the integral over x from x1 to
 * x2 of that over y from 0 to the edge of the scale.  Gauss quadrature is exact
 * for the scale's degree.
 */
static double
weight_under(const ground_poly *scale, double x1, double y1, double x2, double y2)
{
	static const double node2[] = {-0.57735026918962576, 0.57735026918962576};
	static const double weight2[] = {0.5, 0.5};
	static const double node3[] = {-0.77459666924148338, 0, 0.77459666924148338};
	static const double weight3[] = {5.0 / 18, 8.0 / 18, 5.0 / 18};
	static const double node5[] = {-0.90617984593866399, -0.53846931010568309, 0,
	0.53846931010568309, 0.90617984593866399};
	static const double weight5[] = {0.11846344252809454, 0.23931433524968324,
	0.28444444444444444, 0.23931433524968324, 0.11846344252809454};
	const double *node = node5;
	const double *weight = weight5;
	int			n = 5;
	double		sum = 0;

	if (scale->degree == 0)
		return (x2 - x1) * (y1 + y2) * 0.5 * scale->c[0][0];
	if (scale->degree <= 2)
		node = node2, weight = weight2, n = 2;
	else if (scale->degree <= 4)
		node = node3, weight = weight3, n = 3;
	for (int k = 0; k < n; k++)
	{
		double		x = 0.5 * (x1 + x2) + 0.5 * (x2 - x1) * node[k];
		double		y = 0.5 * (y1 + y2) + 0.5 * (y2 - y1) * node[k];
		double		under = 0;

		for (int j = scale->degree; j >= 0; j--)
		{
			double		row = 0;

			for (int i = scale->degree - j; i >= 0; i--)
				row = row * x + scale->c[i][j];
			under = under * y + row / (j + 1);
		}
		sum += weight[k] * under * y;
	}
	return sum * (x2 - x1);
}

/* The weight under both of two edges. */
static inline double
weight_under_both(const ground_poly *scale, const overlay_edge *a, const overlay_edge *b)
{
	double		x1 = a->x1;
	double		x2 = a->x2;
	double		a1 = a->y1;
	double		a2 = a->y2;
	double		b1 = b->y1;
	double		b2 = b->y2;
	double		sign = a->sign * b->sign;

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
		double		t = (a1 - b1) / ((a1 - b1) + (b2 - a2));
		double		x = x1 + t * (x2 - x1);
		double		y = b1 + t * (b2 - b1);

		if (a1 < b1)
			return sign * (weight_under(scale, x1, a1, x, y) + weight_under(scale, x, y, x2, b2));
		return sign * (weight_under(scale, x1, b1, x, y) + weight_under(scale, x, y, x2, a2));
	}
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
			const overlay_edges *others, size_t *active, size_t nactive, careful_sum *sum)
{
	size_t		kept = 0;

	count_work(work, nactive + 1);
	for (size_t i = 0; i < nactive; i++)
	{
		const overlay_edge *other = &others->edge[active[i]];

		if (other->x2 <= edge->x1)
			continue;
		active[kept++] = active[i];
		careful_add(sum, weight_under_both(scale, edge, other));
	}
	return kept;
}

/* The sum over all pairs of edges, from left to right. */
static bool
sweep(overlay_work *work, const ground_poly *scale, careful_sum *sum)
{
	overlay_edges *a = &work->a;
	overlay_edges *b = &work->b;
	size_t		needed = a->count + b->count;
	size_t	   *active_a;
	size_t	   *active_b;
	size_t		na = 0;
	size_t		nb = 0;
	size_t		i = 0;
	size_t		j = 0;

	if (work->active_capacity < needed)
	{
		size_t	   *active = realloc(work->active, needed * sizeof(size_t));

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

/* The measure inside one box over which a single polynomial gives the scale. */
static bool
area_in_box(overlay_work *work, const overlay_shape *a, const overlay_shape *b,
			const geom_box *box, const ground_poly *scale, careful_sum *sum)
{
	if (!gather_clipped(work, a, box, &work->a))
		return false;
	if (b == NULL)
	{
		for (size_t i = 0; i < work->a.count; i++)
		{
			const overlay_edge *edge = &work->a.edge[i];

			careful_add(sum, edge->sign * weight_under(scale, edge->x1, edge->y1,
													   edge->x2, edge->y2));
		}
		return true;
	}
	if (work->a.count == 0 || !gather_clipped(work, b, box, &work->b))
		return work->a.count == 0;
	if (work->b.count > 1 && work->a.count > SWEEP_PAIRS / work->b.count)
		return sweep(work, scale, sum);
	for (size_t i = 0; i < work->a.count; i++)
		for (size_t j = 0; j < work->b.count; j++)
		{
			const overlay_edge *p = &work->a.edge[i];
			const overlay_edge *q = &work->b.edge[j];

			if (p->x1 < q->x2 && q->x1 < p->x2)
				careful_add(sum, weight_under_both(scale, p, q));
		}
	return true;
}

static overlay_error
area_cut(overlay_work *work, const overlay_shape *a, const overlay_shape *b, ground *g,
		 const geom_box *box, int cuts, careful_sum *sum)
{
	ground_poly scale = ground_flat();
	ground_error error = g ? ground_area_scale(g, box, &scale) : GROUND_OK;
	double		x = box->xmin + (box->xmax - box->xmin) / 2;
	double		y = box->ymin + (box->ymax - box->ymin) / 2;

	if (error == GROUND_OK)
		return area_in_box(work, a, b, box, &scale, sum) ? OVERLAY_OK : OVERLAY_MEMORY;
	if (error == GROUND_OUTSIDE || cuts == MAX_CUTS)
		return OVERLAY_OUTSIDE;
	for (int quarter = 0; quarter < 4; quarter++)
	{
		geom_box	part = *box;
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
overlay_area(overlay_work *work, const overlay_shape *a, const overlay_shape *b, ground *g,
			 double *area)
{
	geom_box	box = b ? box_common(&a->ring_box, &b->ring_box) : a->ring_box;
	careful_sum sum = {0, 0};
	overlay_error error = OVERLAY_OK;

	if (box.xmin < box.xmax && box.ymin < box.ymax)
		error = area_cut(work, a, b, g, &box, 0, &sum);
	*area = careful_value(&sum);
	return error;
}

/* --- lengths --------------------------------------------------------------- */

/* Adds the edges that a line in box may pass under, in their own coordinates. */
static bool
gather_near(overlay_work *work, const overlay_shape *shape, const geom_box *box,
			overlay_edges *edges)
{
	/* An edge reaches from its left end up to, but not including, its right end. */
	double		right = nextafter(box->xmax, INFINITY);

	edges->count = 0;
	for (size_t c = 0; c < shape->nchains; c++)
	{
		const overlay_chain *chain = &shape->chains[c];
		above_run	run = {0, 0, INFINITY, chain->sign, edges};
		double		a[2];
		double		b[2];

		if (chain->sign == 0 ||
			chain->box.xmax <= box->xmin || chain->box.xmin > box->xmax ||
			chain->box.ymax <= box->ymin || chain->box.ymin > box->ymax)
			continue;
		count_work(work, chain->npoints);
		get_point(chain, 0, a);
		for (uint32_t i = 1; i < chain->npoints; i++, a[0] = b[0], a[1] = b[1])
		{
			overlay_edge *edge;

			get_point(chain, i, b);
			if ((a[1] <= box->ymin && b[1] <= box->ymin) ||
				(a[0] <= box->xmin && b[0] <= box->xmin) ||
				(a[0] > box->xmax && b[0] > box->xmax) || a[0] == b[0])
				continue;
			if (a[1] > box->ymax && b[1] > box->ymax)
			{
				if (!run_extend(&run, clamp(a[0], box->xmin, right),
								clamp(b[0], box->xmin, right)))
					return false;
				continue;
			}
			edge = new_edge(edges);
			if (edge == NULL)
				return false;
			edge->x1 = a[0] < b[0] ? a[0] : b[0];
			edge->y1 = a[0] < b[0] ? a[1] : b[1];
			edge->x2 = a[0] < b[0] ? b[0] : a[0];
			edge->y2 = a[0] < b[0] ? b[1] : a[1];
			edge->sign = a[0] > b[0] ? chain->sign : -chain->sign;
		}
		if (!run_flush(&run))
			return false;
	}
	return true;
}

static inline void
two_sum(double a, double b, double *sum, double *error)
{
	double		s = a + b;
	double		bb = s - a;

	*error = (a - (s - bb)) + (b - bb);
	*sum = s;
}

/*
 * Twice the area of triangle p, q, r: positive when r is left of p -> q.  The
 * sign is exact (unless products underflow); the value is good to rounding.
 */
static double
turn(const double p[2], const double q[2], const double r[2])
{
	double		left = (q[0] - p[0]) * (r[1] - p[1]);
	double		right = (q[1] - p[1]) * (r[0] - p[0]);
	double		value = left - right;
	double		products[6][2];
	double		terms[12];
	int			nterms = 0;

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
			double		carry = products[i][half];

			for (int k = 0; k < nterms; k++)
				two_sum(carry, terms[k], &carry, &terms[k]);
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
	ground	   *g;
	bool		common;			/* metric holds for the whole line */
	double		x,
				y;				/* the metric's origin */
	ground_poly metric[3];
} ruler;

/* Sets the metric for a segment, unless the whole line has one. */
static ground_error
ruler_move(ruler *r, const double p[2], const double q[2])
{
	geom_box	box = {fmin(p[0], q[0]), fmin(p[1], q[1]), fmax(p[0], q[0]), fmax(p[1], q[1])};

	if (r->g == NULL || r->common)
		return GROUND_OK;
	r->x = box.xmin;
	r->y = box.ymin;
	return ground_length_scale(r->g, &box, r->metric);
}

/* The length of segment p -> q from fraction t1 to t2. */
static double
ruler_length(const ruler *r, const double p[2], const double q[2], double t1, double t2)
{
	static const double node[] = {-0.90617984593866399, -0.53846931010568309, 0,
	0.53846931010568309, 0.90617984593866399};
	static const double weight[] = {0.11846344252809454, 0.23931433524968324,
	0.28444444444444444, 0.23931433524968324, 0.11846344252809454};
	double		dx = q[0] - p[0];
	double		dy = q[1] - p[1];
	double		sum = 0;

	if (r->g == NULL)
		return hypot(dx, dy) * (t2 - t1);
	for (int k = 0; k < 5; k++)
	{
		double		t = 0.5 * (t1 + t2) + 0.5 * (t2 - t1) * node[k];
		double		x = p[0] - r->x + t * dx;
		double		y = p[1] - r->y + t * dy;

		sum += weight[k] * sqrt(fmax(0, ground_value(&r->metric[0], x, y) * dx * dx +
									 2 * ground_value(&r->metric[1], x, y) * dx * dy +
									 ground_value(&r->metric[2], x, y) * dy * dy));
	}
	return sum * (t2 - t1);
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
add_length_under(const ruler *r, const double p[2], const double q[2],
				 const overlay_edge *edge, careful_sum *sum)
{
	const double e1[2] = {edge->x1, edge->y1};
	const double e2[2] = {edge->x2, edge->y2};
	double		dx = q[0] - p[0];
	double		t1 = 0;
	double		t2 = 1;

	if (p[0] == q[0])
	{
		if (p[0] < edge->x1 || p[0] >= edge->x2)
			return;
		if (!isinf(edge->y1))
		{
			double		y = edge->y1;

			if (p[0] > edge->x1)
				y += (p[0] - edge->x1) * ((edge->y2 - edge->y1) / (edge->x2 - edge->x1));
			if (y <= p[1])
				return;
			if (y < q[1])
				t2 = (y - p[1]) / (q[1] - p[1]);
		}
	}
	else
	{
		double		height1;	/* of the edge over the segment at the ends */
		double		height2;

		if (!(edge->x1 < q[0] && p[0] < edge->x2))
			return;
		if (edge->x1 > p[0])
			t1 = (edge->x1 - p[0]) / dx;
		if (edge->x2 < q[0])
			t2 = (edge->x2 - p[0]) / dx;
		if (!isinf(edge->y1))
		{
			height1 = edge->x1 > p[0] ? turn(p, q, e1) / dx : -turn(e1, e2, p) / (edge->x2 - edge->x1);
			height2 = edge->x2 < q[0] ? turn(p, q, e2) / dx : -turn(e1, e2, q) / (edge->x2 - edge->x1);
			if (height1 <= 0 && height2 <= 0)
				return;
			if (height1 < 0)
				t1 += (t2 - t1) * (height1 / (height1 - height2));
			else if (height2 < 0)
				t2 = t1 + (t2 - t1) * (height1 / (height1 - height2));
		}
	}
	if (t1 < t2)
		careful_add(sum, edge->sign * ruler_length(r, p, q, t1, t2));
}

/* Adds a segment's length, cutting it where the ground needs that. */
static overlay_error
add_segment(overlay_work *work, ruler *r, bool clipped, const double a[2], const double b[2],
			int cuts, careful_sum *sum)
{
	bool		forward = a[0] < b[0] || (a[0] == b[0] && a[1] < b[1]);
	const double *p = forward ? a : b;
	const double *q = forward ? b : a;
	ground_error error;

	if (a[0] == b[0] && a[1] == b[1])
		return OVERLAY_OK;
	error = ruler_move(r, p, q);
	if (error == GROUND_TOO_LARGE && cuts < MAX_CUTS)
	{
		double		m[2] = {p[0] + (q[0] - p[0]) / 2, p[1] + (q[1] - p[1]) / 2};
		overlay_error status = add_segment(work, r, clipped, p, m, cuts + 1, sum);

		return status == OVERLAY_OK ? add_segment(work, r, clipped, m, q, cuts + 1, sum) : status;
	}
	if (error != GROUND_OK)
		return OVERLAY_OUTSIDE;
	if (!clipped)
		careful_add(sum, ruler_length(r, p, q, 0, 1));
	else
	{
		count_work(work, work->b.count);
		for (size_t i = 0; i < work->b.count; i++)
			add_length_under(r, p, q, &work->b.edge[i], sum);
	}
	return OVERLAY_OK;
}

/* The length of the lines in a shape (zone NULL), or of what is in the zone. */
overlay_error
overlay_length(overlay_work *work, const overlay_shape *line, const overlay_shape *zone,
			   ground *g, double *length)
{
	ruler		r = {.g = g};
	careful_sum sum = {0, 0};

	*length = 0;
	if (box_is_empty(&line->line_box))
		return OVERLAY_OK;
	if (zone != NULL)
	{
		geom_box	common = box_common(&line->line_box, &zone->ring_box);

		if (box_is_empty(&common))
			return OVERLAY_OK;
		if (!gather_near(work, zone, &line->line_box, &work->b))
			return OVERLAY_MEMORY;
		if (work->b.count == 0)
			return OVERLAY_OK;
	}
	if (g != NULL)
	{
		r.x = line->line_box.xmin;
		r.y = line->line_box.ymin;
		r.common = ground_length_scale(g, &line->line_box, r.metric) == GROUND_OK;
	}
	for (size_t c = 0; c < line->nchains; c++)
	{
		const overlay_chain *chain = &line->chains[c];
		double		a[2];
		double		b[2];

		if (chain->sign != 0)
			continue;
		count_work(work, chain->npoints);
		get_point(chain, 0, a);
		for (uint32_t i = 1; i < chain->npoints; i++, a[0] = b[0], a[1] = b[1])
		{
			overlay_error error;

			get_point(chain, i, b);
			error = add_segment(work, &r, zone != NULL, a, b, 0, &sum);
			if (error != OVERLAY_OK)
				return error;
		}
	}
	*length = careful_value(&sum);
	return OVERLAY_OK;
}

/* Gives back memory that an unusually large shape needed. */
void
overlay_trim(overlay_shape *shape)
{
	if (shape->capacity > 65536)
	{
		free(shape->chains);
		shape->chains = NULL;
		shape->capacity = shape->nchains = 0;
	}
}
