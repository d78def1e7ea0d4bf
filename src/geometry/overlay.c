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

/* An edge is long when it takes so much of the width of all. */
#define LONG_EDGE 0.25

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

/* Makes room for so many more edges; false when memory is out. */
static bool
make_room(overlay_edges *edges, size_t more)
{
	size_t capacity = edges->capacity ? edges->capacity : 256;
	overlay_edge *edge;

	if (edges->capacity - edges->count >= more)
		return true;
	while (capacity - edges->count < more)
		capacity *= 2;
	edge = realloc(edges->edge, capacity * sizeof(overlay_edge));
	if (edge == NULL)
		return false;
	edges->edge = edge;
	edges->capacity = capacity;
	return true;
}

/* Adds an edge there is room for. */
static inline void
put_edge(gather *g, double x1, double y1, double x2, double y2, double sign)
{
	overlay_edge *edge = &g->edges->edge[g->edges->count++];

	*edge = (overlay_edge){ x1, y1, x2, y2, sign };
	edge->slope = overlay_slope(edge);
}

static bool
add_edge(gather *g, double x1, double y1, double x2, double y2, bool leftward)
{
	if (!make_room(g->edges, 1))
		return false;
	put_edge(g, x1, y1, x2, y2, leftward ? g->chain->sign : -g->chain->sign);
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
	return from < to ? add_edge(g, from, g->top, to, g->top, false)
					 : add_edge(g, to, g->top, from, g->top, true);
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
	double low = y1 < y2 ? y1 : y2;
	double high = y1 < y2 ? y2 : y1;
	double dx = x2 - x1;
	double dy = y2 - y1;
	double start = x1; /* the edge's line goes through here */
	double level = y1;
	double h = g->top;

	if (x1 >= 0 && x2 <= g->right && low >= 0 && high <= h && high > 0 && low < h)
		return add_edge(g, x1, y1, x2, y2, leftward);
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

/* Adds the edges of a ring that is inside the box. */
static bool
add_inside(gather *g)
{
	const shape_chain *chain = g->chain;
	double a[2];
	double b[2];

	if (!make_room(g->edges, chain->npoints))
		return false;
	g->edges->any_inside = true;
	shape_point(chain, 0, a);
	a[0] -= g->x;
	a[1] -= g->y;
	for (uint32_t i = 1; i < chain->npoints; i++, a[0] = b[0], a[1] = b[1])
	{
		shape_point(chain, i, b);
		b[0] -= g->x;
		b[1] -= g->y;
		/* nothing is under an edge that is vertical, or at the bottom */
		if (a[0] == b[0] || (a[1] <= 0 && b[1] <= 0))
			continue;
		if (a[0] < b[0])
			put_edge(g, a[0], a[1], b[0], b[1], -chain->sign);
		else
			put_edge(g, b[0], b[1], a[0], a[1], chain->sign);
	}
	return true;
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
		if (clip && geom_box_within(&chain->box, box))
		{
			overlay_count(work, chain->npoints);
			ok = add_inside(&g);
		}
		else if (chain->nlevels > 0)
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

/* Makes room for so many shelved edges; false when memory is out. */
static bool
make_shelf(overlay_work *work, size_t count)
{
	size_t nbins = count + 2; /* the long ones', one for each of the others, and the end */

	if (work->bin_capacity < nbins)
	{
		overlay_bin *bins = realloc(work->bins, 2 * nbins * sizeof(overlay_bin));

		if (bins == NULL)
			return false;
		work->bins = bins;
		work->bin_capacity = 2 * nbins;
	}
	return make_room(&work->shelved, count);
}

/* Where an edge goes: bin 0 is that of the long ones, which come first. */
static inline size_t
bin_of(const overlay_work *work, const overlay_edge *edge)
{
	double place = (edge->x1 - work->bins_left) * work->bins_scale;

	return edge->x2 - edge->x1 > work->bins_long ? 0 : 1 + (size_t) place;
}

/*
 * Puts the edges of b on a shelf where those that have some x in common with an edge
 * are found together: first the long ones, then the others in bins by where they
 * start.  False when memory is out.
 */
bool
overlay_shelve(overlay_work *work)
{
	const overlay_edges *from = &work->b;
	overlay_bin *bins;
	double left = INFINITY;
	double right = -INFINITY;
	size_t end = 0;

	if (!make_shelf(work, from->count))
		return false;
	bins = work->bins;
	for (size_t i = 0; i < from->count; i++)
	{
		left = from->edge[i].x1 < left ? from->edge[i].x1 : left;
		right = from->edge[i].x2 > right ? from->edge[i].x2 : right;
	}
	work->nbins = 1 + from->count;
	work->bins_left = left;
	work->bins_long = (right - left) * LONG_EDGE;
	work->bins_scale = (from->count - 0.5) / (right - left);
	if (!isfinite(work->bins_scale))
		work->bins_scale = 0;

	for (size_t k = 0; k <= work->nbins; k++)
		bins[k] = (overlay_bin){ 0, -INFINITY };
	for (size_t i = 0; i < from->count; i++)
		bins[bin_of(work, &from->edge[i])].first++;
	for (size_t k = 0; k <= work->nbins; k++)
		end = bins[k].first += end;
	for (size_t i = 0; i < from->count; i++)
	{
		const overlay_edge *edge = &from->edge[i];
		overlay_bin *bin = &bins[bin_of(work, edge)];

		work->shelved.edge[--bin->first] = *edge;
		bin->reach = edge->x2 > bin->reach ? edge->x2 : bin->reach;
	}
	for (size_t k = 2; k < work->nbins; k++)
		bins[k].reach = bins[k].reach > bins[k - 1].reach ? bins[k].reach : bins[k - 1].reach;
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
	trim_edges(&work->shelved, limit);
	if (work->bin_capacity > limit)
	{
		free(work->bins);
		work->bins = NULL;
		work->bin_capacity = 0;
	}
	if (work->active_capacity > limit)
	{
		free(work->active);
		work->active = NULL;
		work->active_capacity = 0;
	}
}
