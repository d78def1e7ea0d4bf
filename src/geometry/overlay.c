/*
 * overlay.c
 *		Which edges of a shape matter in a box.
 *
 * A polygon is the signed sum of the areas under its edges: plus for edges that
 * have the inside below them, minus for the others.  Seen in a box, edges left,
 * right or below of it add nothing, and edges above it act like its top.  Walking
 * along a ring, a run of edges above the box acts like a single edge from where
 * the run starts to where it ends; an index box that is wholly above is passed in
 * one step.
 */
#include "geometry/overlay.h"

#include <math.h>
#include <stdlib.h>

typedef struct gather
{
	geom_box box;                    /* edges at or beyond these sides are out */
	double x, y;                     /* what becomes the origin */
	double left, right, bottom, top; /* the box, seen from there */
	bool clip;
	overlay_edges *edges;
	/* the chain being walked, and its current run above the box */
	const shape_chain *chain;
	double run_from, run_to;
} gather;

static inline double
clamp(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

static bool
add_edge(gather *g, double x1, double y1, double x2, double y2, bool leftward)
{
	overlay_edges *edges = g->edges;
	overlay_edge *edge;

	if (edges->count == edges->capacity)
	{
		size_t capacity = edges->capacity ? 2 * edges->capacity : 256;

		edge = realloc(edges->edge, capacity * sizeof(overlay_edge));
		if (edge == NULL)
			return false;
		edges->edge = edge;
		edges->capacity = capacity;
	}
	edge = &edges->edge[edges->count++];
	edge->x1 = x1;
	edge->y1 = y1;
	edge->x2 = x2;
	edge->y2 = y2;
	edge->sign = leftward ? g->chain->sign : -g->chain->sign;
	edge->slope = (y2 - y1) / (x2 - x1);
	return true;
}

static bool
flush_run(gather *g)
{
	double from = g->run_from;
	double to = g->run_to;

	g->run_from = to;
	if (from == to)
		return true;
	return add_edge(g, fmin(from, to), g->top, fmax(from, to), g->top, from > to);
}

/* Walks above the box from one x to another. */
static inline bool
walk_above(gather *g, double from, double to)
{
	bool ok = true;

	if (g->run_to != from)
	{
		ok = flush_run(g);
		g->run_from = from;
	}
	g->run_to = to;
	return ok;
}

/* Adds the part of an edge that is inside the box. */
static bool
add_clipped(gather *g, double x1, double y1, double x2, double y2, bool leftward)
{
	double low = fmin(y1, y2);
	double high = fmax(y1, y2);
	double dx = x2 - x1;
	double dy = y2 - y1;
	double start = x1; /* the edge's line goes through here */
	double level = y1;
	double h = g->top;

	if (x1 < 0)
	{
		x1 = 0;
		y1 = clamp(level - start * dy / dx, low, high);
	}
	if (x2 > g->right)
	{
		x2 = g->right;
		y2 = clamp(level + (x2 - start) * dy / dx, low, high);
	}
	if (y1 <= 0 && y2 <= 0)
		return true;
	if (y1 >= h && y2 >= h)
		return leftward ? walk_above(g, x2, x1) : walk_above(g, x1, x2);
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
	if (y1 > h)
	{
		double x = clamp(start + (h - level) * dx / dy, x1, x2);

		if (!(leftward ? walk_above(g, x, x1) : walk_above(g, x1, x)))
			return false;
		x1 = x;
		y1 = h;
	}
	else if (y2 > h)
	{
		double x = clamp(start + (h - level) * dx / dy, x1, x2);

		if (!(leftward ? walk_above(g, x2, x) : walk_above(g, x, x2)))
			return false;
		x2 = x;
		y2 = h;
	}
	return x1 < x2 ? add_edge(g, x1, y1, x2, y2, leftward) : true;
}

/* Walks along the edges from point first to point last. */
static bool
walk_edges(gather *g, uint32_t first, uint32_t last)
{
	const geom_box *box = &g->box;
	double a[2];
	double b[2];

	shape_point(g->chain, first, a);
	for (uint32_t i = first + 1; i <= last; i++, a[0] = b[0], a[1] = b[1])
	{
		bool leftward;

		shape_point(g->chain, i, b);
		if ((a[1] <= box->ymin && b[1] <= box->ymin) || (a[0] <= box->xmin && b[0] <= box->xmin) ||
			(a[0] >= box->xmax && b[0] >= box->xmax))
			continue;
		if (a[1] >= box->ymax && b[1] >= box->ymax)
		{
			if (!walk_above(g, clamp(a[0] - g->x, g->left, g->right),
							clamp(b[0] - g->x, g->left, g->right)))
				return false;
			continue;
		}
		g->edges->any_inside = true;
		leftward = a[0] > b[0];
		if (a[0] - g->x == b[0] - g->x)
			continue; /* nothing is under a vertical edge */
		if (g->clip)
		{
			if (!(leftward
					  ? add_clipped(g, b[0] - g->x, b[1] - g->y, a[0] - g->x, a[1] - g->y, true)
					  : add_clipped(g, a[0] - g->x, a[1] - g->y, b[0] - g->x, b[1] - g->y, false)))
				return false;
		}
		else if (!(leftward ? add_edge(g, b[0], b[1], a[0], a[1], true)
							: add_edge(g, a[0], a[1], b[0], b[1], false)))
			return false;
	}
	return true;
}

/* Walks along the edges under index boxes first to last - 1 of a level. */
static bool
walk_index(gather *g, int level, size_t first, size_t last)
{
	const geom_box *box = &g->box;
	size_t nedges = g->chain->npoints - 1;
	size_t span = (size_t) SHAPE_FANOUT << (4 * level);

	for (size_t i = first; i < last; i++)
	{
		const geom_box *node = &g->chain->level[level][i];
		size_t start = i * span;
		size_t end = start + span < nedges ? start + span : nedges;

		if (node->ymax <= box->ymin || node->xmax <= box->xmin || node->xmin >= box->xmax)
			continue;
		if (node->ymin >= box->ymax)
		{
			double a[2];
			double b[2];

			shape_point(g->chain, start, a);
			shape_point(g->chain, end, b);
			if (!walk_above(g, clamp(a[0] - g->x, g->left, g->right),
							clamp(b[0] - g->x, g->left, g->right)))
				return false;
		}
		else if (level > 0)
		{
			size_t child = span / SHAPE_FANOUT;

			if (!walk_index(g, level - 1, start / child, (end + child - 1) / child))
				return false;
		}
		else if (!walk_edges(g, start, end))
			return false;
	}
	return true;
}

/*
 * Gathers the edges of a shape's rings that have something of the box below them.
 *
 * With clip they are cut to the box and measured from its lower left corner, for
 * areas.  Else they are left as they are, those above the box at infinity, and
 * the box's right and upper sides belong to it, for lines.
 */
bool
overlay_gather(overlay_work *work, const shape *s, const geom_box *box, bool clip,
			   overlay_edges *edges)
{
	gather g = { .box = *box, .clip = clip, .edges = edges };

	edges->count = 0;
	edges->any_inside = false;
	if (clip)
	{
		g.x = box->xmin;
		g.y = box->ymin;
		g.right = box->xmax - box->xmin;
		g.top = box->ymax - box->ymin;
	}
	else
	{
		g.box.xmax = nextafter(box->xmax, INFINITY);
		g.box.ymax = nextafter(box->ymax, INFINITY);
		g.left = box->xmin;
		g.right = g.box.xmax;
		g.top = INFINITY;
	}

	for (size_t c = 0; c < s->nchains; c++)
	{
		const shape_chain *chain = &s->chains[c];
		bool ok;

		/* A whole ring beside, below or above the box cancels itself. */
		if (chain->sign == 0 || chain->box.xmax <= g.box.xmin || chain->box.xmin >= g.box.xmax ||
			chain->box.ymax <= g.box.ymin || chain->box.ymin >= g.box.ymax)
			continue;
		g.chain = chain;
		g.run_from = g.run_to = 0;
		if (chain->nlevels > 0)
		{
			size_t span = (size_t) SHAPE_FANOUT << (4 * (chain->nlevels - 1));

			ok = walk_index(&g, chain->nlevels - 1, 0, (chain->npoints - 1 + span - 1) / span);
		}
		else
		{
			overlay_count(work, chain->npoints);
			ok = walk_edges(&g, 0, chain->npoints - 1);
		}
		if (!ok || !flush_run(&g))
			return false;
	}
	overlay_count(work, edges->count + 16);
	return true;
}

static void
trim_edges(overlay_edges *edges, size_t limit)
{
	if (edges->capacity > limit)
	{
		free(edges->edge);
		edges->edge = NULL;
		edges->count = edges->capacity = 0;
	}
}

/* Gives memory back if unusually many edges needed it. */
void
overlay_trim(overlay_work *work, size_t limit)
{
	trim_edges(&work->a, limit);
	trim_edges(&work->b, limit);
	trim_edges(&work->c, limit);
	if (work->active_capacity > limit)
	{
		free(work->active);
		work->active = NULL;
		work->active_capacity = 0;
	}
}
