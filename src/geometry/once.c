/*
 * once.c
 *		Areas of shapes that overlap, each place counted once.
 *
 * A box is cut into vertical slabs at every end and crossing of an edge.  Within
 * a slab the edges lie one above the other, and walking down over them tells,
 * between any two, which shapes are there.  Where rounding puts an edge on the
 * wrong side of another, the area between the two is itself of rounding size: no
 * order of edges is ever wrong enough to fail.
 *
 * Boxes with many edges are quartered first, so work grows with the number of
 * edges, not with its square.
 */
#include "geometry/once.h"
#include "geometry/halving.h"
#include "geometry/weight.h"

#include <math.h>
#include <stdlib.h>

/*
 * Halve a box with more edges than this, up to MAX_HALVINGS times, unless it has
 * hardly helped MAX_IDLE times running.
 */
#define MANY_EDGES   200
#define MAX_HALVINGS 28
#define MAX_IDLE     6

/*
 * Where edges cross more often than this in a box, for each of them, halve it all the
 * same, up to MOST_HALVINGS times: crossings divide even where edges do not, and each
 * is a slab of all edges.
 */
#define CROSSINGS_PER_EDGE 4
#define FEW_EVENTS         200
#define MOST_HALVINGS      64

/* How often a box may be quartered until its scale is smooth enough. */
#define MAX_CUTS 14

typedef struct once_edge
{
	double x1, y1, x2, y2;
	int sign;
	int owner;
	/* within the slab */
	double left, right; /* height at its sides */
	double under;
} once_edge;

/* Makes room for one more element; false when memory is out. */
static bool
grow(void **array, size_t *capacity, size_t needed, size_t size)
{
	size_t larger = *capacity ? *capacity : 64;
	void *moved;

	if (needed <= *capacity)
		return true;
	while (larger < needed)
		larger *= 2;
	moved = realloc(*array, larger * size);
	if (moved == NULL)
		return false;
	*array = moved;
	*capacity = larger;
	return true;
}

/* Counts an area where the present shapes are as they are. */
static bool
count_region(once *o, double area)
{
	int winner = 0;

	if (area == 0)
		return true;
	overlay_count(o->work, o->npresent);
	if (o->check_winding)
	{
		int times = o->winding[0];

		careful_add(&o->miscounted, area * abs(times > 0 ? times - 1 : times));
		return true;
	}
	if (o->winding[0] <= 0)
		return true;
	for (size_t i = 0; i < o->npresent; i++)
	{
		int s = o->present[i];

		if (s > 0 && o->winding[s] > 0 && (winner == 0 || s < winner))
			winner = s;
	}
	for (size_t i = 0; winner > 0 && i < o->npresent; i++)
	{
		int s = o->present[i];
		share *found;

		if (s == 0 || o->winding[s] <= 0)
			continue;
		found = share_find(&o->shares, s - 1, winner - 1);
		if (found == NULL)
			return false;
		careful_add(&found->area, area);
	}
	return true;
}

/* Steps over an edge, into what is below it. */
static void
pass_edge(once *o, const once_edge *edge)
{
	int before = o->winding[edge->owner];

	o->winding[edge->owner] += edge->sign;
	if (before == 0)
	{
		o->place[edge->owner] = o->npresent;
		o->present[o->npresent++] = edge->owner;
	}
	else if (o->winding[edge->owner] == 0)
	{
		int moved = o->present[--o->npresent];

		o->present[o->place[edge->owner]] = moved;
		o->place[moved] = o->place[edge->owner];
	}
}

/* By where they start; equal edges next to each other. */
static int
compare_edges(const void *left, const void *right)
{
	const once_edge *a = left;
	const once_edge *b = right;

	if (a->x1 != b->x1)
		return a->x1 < b->x1 ? -1 : 1;
	if (a->y1 != b->y1)
		return a->y1 > b->y1 ? -1 : 1;
	if (a->y2 != b->y2)
		return a->y2 > b->y2 ? -1 : 1;
	return (a->x2 > b->x2) - (a->x2 < b->x2);
}

static bool
equal_edges(const once_edge *a, const once_edge *b)
{
	return a->x1 == b->x1 && a->y1 == b->y1 && a->x2 == b->x2 && a->y2 == b->y2;
}

static int
compare_numbers(const void *left, const void *right)
{
	double a = *(const double *) left;
	double b = *(const double *) right;

	return (a > b) - (a < b);
}

static inline double
height(const once_edge *edge, double x)
{
	if (x == edge->x1)
		return edge->y1;
	if (x == edge->x2)
		return edge->y2;
	return edge->y1 + (x - edge->x1) * ((edge->y2 - edge->y1) / (edge->x2 - edge->x1));
}

/* Sorts the events, and drops those that come again. */
static void
sort_events(once *o)
{
	size_t kept = 0;

	qsort(o->events, o->nevents, sizeof(double), compare_numbers);
	for (size_t i = 0; i < o->nevents; i++)
		if (kept == 0 || o->events[kept - 1] < o->events[i])
			o->events[kept++] = o->events[i];
	o->nevents = kept;
	overlay_count(o->work, 100000);
}

static bool
add_event(once *o, double x)
{
	if (o->nevents == o->event_capacity &&
		!grow((void **) &o->events, &o->event_capacity, o->nevents + 1, sizeof(double)))
		return false;
	o->events[o->nevents++] = x;
	return true;
}

/* Where two edges that overlap in x cross each other, if they do. */
static bool
find_crossing(const once_edge *a, const once_edge *b, double *x)
{
	double left = b->x1;
	double right = a->x2 < b->x2 ? a->x2 : b->x2;
	double gap1;
	double gap2;

	if ((a->y1 > b->y1 && a->y1 > b->y2 && a->y2 > b->y1 && a->y2 > b->y2) ||
		(a->y1 < b->y1 && a->y1 < b->y2 && a->y2 < b->y1 && a->y2 < b->y2))
		return false;
	gap1 = height(a, left) - height(b, left);
	gap2 = height(a, right) - height(b, right);
	if (!((gap1 < 0 && gap2 > 0) || (gap1 > 0 && gap2 < 0)))
		return false;
	*x = left + (right - left) * (gap1 / (gap1 - gap2));
	return true;
}

/*
 * Collects where the box is to be cut: ends and crossings of edges, of which those
 * that lie on top of each other count as one.  Stops when there are too many, if
 * it may.
 */
static bool
find_events(once *o, bool may_stop, bool *stopped)
{
	size_t many;
	size_t *distinct = o->active;
	size_t ndistinct = 0;

	o->nevents = 0;
	*stopped = false;
	for (size_t i = 0; i < o->nedges; i++)
		if (i == 0 || !equal_edges(&o->edges[i - 1], &o->edges[i]))
			distinct[ndistinct++] = i;
	many = FEW_EVENTS + (2 + CROSSINGS_PER_EDGE) * ndistinct;
	for (size_t i = 0; i < ndistinct; i++)
	{
		const once_edge *a = &o->edges[distinct[i]];
		size_t j = i + 1;
		double x;

		if (!add_event(o, a->x1) || !add_event(o, a->x2))
			return false;
		for (; j < ndistinct && o->edges[distinct[j]].x1 < a->x2; j++)
			if (find_crossing(a, &o->edges[distinct[j]], &x) && !add_event(o, x))
				return false;
		overlay_count(o->work, j - i);
		if (o->nevents > many)
		{
			sort_events(o);
			if (may_stop && o->nevents > many / 2)
			{
				*stopped = true;
				return true;
			}
			while (o->nevents > many / 2)
				many *= 2;
		}
	}
	sort_events(o);
	return true;
}

/* Brings the edges of the slab in order, from top to bottom. */
static void
order_slab(once *o, const ground_poly *scale, double left, double right, size_t nactive)
{
	/* The order of the last slab is nearly right. */
	for (size_t i = 0; i < nactive; i++)
	{
		size_t moving = o->active[i];
		once_edge *edge = &o->edges[moving];
		size_t k = i;

		edge->left = height(edge, left);
		edge->right = height(edge, right);
		edge->under = weight_under(scale, left, edge->left, right, edge->right);
		for (; k > 0; k--)
		{
			const once_edge *above = &o->edges[o->active[k - 1]];

			if (above->left + above->right >= edge->left + edge->right)
				break;
			o->active[k] = o->active[k - 1];
		}
		o->active[k] = moving;
		overlay_count(o->work, i - k + 4);
	}
}

/* Counts what lies between the ordered edges of a slab. */
static bool
count_slab(once *o, size_t nactive)
{
	for (size_t i = 0; i < nactive; i++)
	{
		const once_edge *edge = &o->edges[o->active[i]];
		double below = i + 1 < nactive ? o->edges[o->active[i + 1]].under : 0;

		pass_edge(o, edge);
		if (!count_region(o, edge->under - below))
			return false;
	}
	while (o->npresent > 0)
		o->winding[o->present[--o->npresent]] = 0;
	return true;
}

/* Counts what is in a box, unless it has too many crossings and may stop at that. */
static bool
count_box(once *o, const ground_poly *scale, bool may_stop, bool *stopped)
{
	size_t next = 0;
	size_t nactive = 0;

	qsort(o->edges, o->nedges, sizeof(once_edge), compare_edges);
	if (!grow((void **) &o->active, &o->active_capacity, o->nedges, sizeof(size_t)) ||
		!find_events(o, may_stop, stopped))
		return false;
	for (size_t e = 0; !*stopped && e + 1 < o->nevents; e++)
	{
		double left = o->events[e];
		double right = o->events[e + 1];
		size_t kept = 0;

		for (size_t i = 0; i < nactive; i++)
			if (o->edges[o->active[i]].x2 > left)
				o->active[kept++] = o->active[i];
		nactive = kept;
		while (next < o->nedges && o->edges[next].x1 <= left)
		{
			if (o->edges[next].x2 > left)
				o->active[nactive++] = next;
			next++;
		}
		order_slab(o, scale, left, right, nactive);
		if (!count_slab(o, nactive))
			return false;
	}
	return true;
}

/* Gathers the edges of the candidates in a box; those without any are dropped. */
static bool
gather_edges(once *o, const geom_box *box, size_t first, size_t *last)
{
	double right = box->xmax - box->xmin;
	double top = box->ymax - box->ymin;
	size_t kept = first;

	o->nedges = 0;
	for (size_t c = first; c < *last; c++)
	{
		int s = o->candidates[c];
		overlay_edges *found = &o->work->a;
		size_t before = o->nedges;
		int above = 0;

		if (!overlay_gather(o->work, &o->shapes[s], box, true, found) ||
			!grow((void **) &o->edges, &o->edge_capacity, o->nedges + found->count,
				  sizeof(once_edge)))
			return false;
		for (size_t i = 0; i < found->count; i++)
		{
			const overlay_edge *from = &found->edge[i];

			if (from->y1 == top && from->y2 == top && from->x1 == 0 && from->x2 == right)
				above += (int) from->sign;
			else
				o->edges[o->nedges++] = (once_edge){ from->x1, from->y1,         from->x2,
													 from->y2, (int) from->sign, s };
		}
		/* What is above all of the box is one edge. */
		if (above != 0)
			o->edges[o->nedges++] = (once_edge){ 0, top, right, top, above, s };
		if (o->nedges > before)
			o->candidates[kept++] = s;
	}
	*last = kept;
	return true;
}

static overlay_error visit_box(once *o, const geom_box *box, size_t first, size_t last, int cuts,
							   halving halved);

/* Visits parts of a box, whose candidates are on the stack from first to last - 1. */
static overlay_error
visit_parts(once *o, const geom_box *part, int nparts, size_t first, size_t last, int cuts,
			halving halved)
{
	size_t n = last - first;

	for (int i = 0; i < nparts; i++)
	{
		overlay_error status;

		if (!grow((void **) &o->candidates, &o->candidate_capacity, last + n, sizeof(int)))
			return OVERLAY_MEMORY;
		memcpy(o->candidates + last, o->candidates + first, n * sizeof(int));
		status = visit_box(o, &part[i], last, last + n, cuts, halved);
		if (status != OVERLAY_OK)
			return status;
	}
	return OVERLAY_OK;
}

/* Where to cut a box of the gathered edges, seen from its corner: through their mean. */
static double
middle_of(const once *o, double top, bool upright)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < o->nedges; i++)
	{
		const once_edge *edge = &o->edges[i];

		if (edge->y1 == top && edge->y2 == top)
			continue; /* stands for what is above the box */
		sum += upright ? edge->x1 + edge->x2 : edge->y1 + edge->y2;
		n++;
	}
	return n > 0 ? sum / n / 2 : NAN;
}

/* Counts what is in a box; its candidates are on the stack from first to last - 1. */
static overlay_error
visit_box(once *o, const geom_box *box, size_t first, size_t last, int cuts, halving halved)
{
	ground_poly scale = ground_flat;
	ground_error error = o->g ? ground_area_scale(o->g, box, &scale) : GROUND_OK;
	geom_box part[4];
	bool upright;
	bool may_halve;

	if (error == GROUND_OUTSIDE || (error == GROUND_TOO_LARGE && cuts == MAX_CUTS))
		return OVERLAY_OUTSIDE;
	if (!gather_edges(o, box, first, &last))
		return OVERLAY_MEMORY;
	/* Neither the zone nor a part is there. */
	if (last == first || (!o->check_winding && (o->candidates[first] != 0 || last == first + 1)))
		return OVERLAY_OK;
	if (error == GROUND_TOO_LARGE)
	{
		overlay_count(o->work, GROUND_STEPS);
		geom_quarters(box, part);
		return visit_parts(o, part, 4, first, last, cuts + 1, halved);
	}
	upright = halving_upright(&halved, o->nedges);
	may_halve = halve_box(box, upright, middle_of(o, box->ymax - box->ymin, upright), part);
	halved = halving_next(halved, o->nedges);
	halved.upright = upright;
	/* Where shapes lie on top of each other, cutting separates nothing. */
	if (o->nedges <= MANY_EDGES || halved.times > MAX_HALVINGS || halved.idle > MAX_IDLE ||
		!may_halve)
	{
		bool stopped;

		if (!count_box(o, &scale, may_halve && halved.times <= MOST_HALVINGS, &stopped))
			return OVERLAY_MEMORY;
		if (!stopped)
			return OVERLAY_OK;
	}
	return visit_parts(o, part, 2, first, last, cuts, halved);
}

static overlay_error
visit_all(once *o)
{
	const geom_box *box = &o->shapes[0].ring_box;

	o->winding = calloc(o->nshapes, sizeof(int));
	o->present = calloc(o->nshapes, sizeof(int));
	o->place = calloc(o->nshapes, sizeof(size_t));
	if (o->winding == NULL || o->present == NULL || o->place == NULL ||
		!grow((void **) &o->candidates, &o->candidate_capacity, o->nshapes, sizeof(int)))
		return OVERLAY_MEMORY;
	for (size_t i = 0; i < o->nshapes; i++)
		o->candidates[i] = i;
	if (!(box->xmin < box->xmax && box->ymin < box->ymax))
		return OVERLAY_OK;
	return visit_box(o, box, 0, o->nshapes, 0, NO_HALVING);
}

/*
 * Divides what the parts cover of the zone: each place goes to the first part that
 * covers it.  A share of one part and another winner is what the part lost to it.
 */
overlay_error
once_areas(once *o)
{
	o->check_winding = false;
	return visit_all(o);
}

/* How much a measure of the first shape counts wrongly, because it is not valid. */
overlay_error
once_miscounted(once *o)
{
	o->check_winding = true;
	o->nshapes = 1;
	return visit_all(o);
}

void
once_free(once *o)
{
	share_free(&o->shares);
	free(o->edges);
	free(o->events);
	free(o->active);
	free(o->candidates);
	free(o->winding);
	free(o->present);
	free(o->place);
	memset(o, 0, sizeof(*o));
}
