/*
 * pairs.h
 *		Pairs of edges that have some x in common, and what lies under both.
 *
 * Inlined into what sums over them.
 */
#ifndef TERRCARBON_PAIRS_H
#define TERRCARBON_PAIRS_H

#include <stdlib.h>

#include "geometry/overlay.h"

/* Above this many pairs, edges of both sides are sorted and swept. */
#define SWEEP_PAIRS 16384

/* Inlined whatever the compiler thinks, so that the visitor is too. */
#define PAIRS_INLINE static inline __attribute__((always_inline))

typedef void (*visit_pair)(void *sum, const overlay_edge *a, const overlay_edge *b);

/*
 * The lower of two edges, whose slopes are set, where they have some x in common: one
 * piece, or two, whose slopes are not.
 */
PAIRS_INLINE int
lower_of_both(const overlay_edge *a, const overlay_edge *b, overlay_edge piece[2])
{
	double x1 = a->x1 > b->x1 ? a->x1 : b->x1;
	double x2 = a->x2 < b->x2 ? a->x2 : b->x2;
	double a1 = a->y1 + (x1 - a->x1) * a->slope;
	double a2 = a->y2 + (x2 - a->x2) * a->slope;
	double b1 = b->y1 + (x1 - b->x1) * b->slope;
	double b2 = b->y2 + (x2 - b->x2) * b->slope;
	double sign = a->sign * b->sign;
	double y1 = a1 < b1 ? a1 : b1;
	double y2 = a2 < b2 ? a2 : b2;

	/* Few do; all comparisons are made, as guessing their results takes longer. */
	if (((a1 < b1) & (a2 > b2)) | ((a1 > b1) & (a2 < b2)))
	{
		double t = (a1 - b1) / ((a1 - b1) + (b2 - a2));
		double x = x1 + t * (x2 - x1);
		double y = b1 + t * (b2 - b1);

		piece[0] = (overlay_edge){ x1, y1, x, y, sign };
		piece[1] = (overlay_edge){ x, y, x2, y2, sign };
		return 2;
	}
	piece[0] = (overlay_edge){ x1, y1, x2, y2, sign };
	return 1;
}

static inline int
compare_edges(const void *left, const void *right)
{
	const overlay_edge *a = left;
	const overlay_edge *b = right;

	return (a->x1 > b->x1) - (a->x1 < b->x1);
}

/* Meets one edge with the other side's active ones, dropping those it is past. */
PAIRS_INLINE size_t
meet_active(overlay_work *work, const overlay_edge *edge, const overlay_edges *others,
			size_t *active, size_t nactive, visit_pair visit, void *sum)
{
	size_t kept = 0;

	overlay_count(work, nactive + 1);
	for (size_t i = 0; i < nactive; i++)
	{
		const overlay_edge *other = &others->edge[active[i]];

		if (other->x2 <= edge->x1)
			continue;
		active[kept++] = active[i];
		visit(sum, edge, other);
	}
	return kept;
}

/*
 * Visits the pairs from left to right, but gives up when they are more than limit.
 * False when memory is out.
 */
PAIRS_INLINE bool
sweep_pairs(overlay_work *work, size_t limit, size_t *npairs, visit_pair visit, void *sum)
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

	while ((i < a->count || j < b->count) && *npairs <= limit)
	{
		if (j == b->count || (i < a->count && a->edge[i].x1 <= b->edge[j].x1))
		{
			nb = meet_active(work, &a->edge[i], b, active_b, nb, visit, sum);
			*npairs += nb;
			active_a[na++] = i++;
		}
		else
		{
			na = meet_active(work, &b->edge[j], a, active_a, na, visit, sum);
			*npairs += na;
			active_b[nb++] = j++;
		}
	}
	return true;
}

/* Visits the pairs of an edge and those of the other side from first to last - 1. */
PAIRS_INLINE size_t
meet_range(const overlay_edge *edge, const overlay_edge *others, size_t first, size_t last,
		   visit_pair visit, void *sum)
{
	size_t met = 0;

	for (size_t i = first; i < last; i++)
		if (edge->x1 < others[i].x2 && others[i].x1 < edge->x2)
		{
			visit(sum, edge, &others[i]);
			met++;
		}
	return met;
}

/* Visits the pairs of edges of a and shelved ones of b, giving up like sweep_pairs. */
PAIRS_INLINE void
shelved_pairs(overlay_work *work, size_t limit, size_t *npairs, visit_pair visit, void *sum)
{
	const overlay_edge *shelved = work->shelved.edge;
	const overlay_bin *bins = work->bins; /* the first is of the long ones */
	size_t last = work->nbins - 1;
	size_t k = 1; /* edges of a chain start near each other */

	for (size_t i = 0; i < work->a.count && *npairs <= limit; i++)
	{
		const overlay_edge *edge = &work->a.edge[i];
		double place = (edge->x2 - work->bins_left) * work->bins_scale;
		size_t end;

		if (place < 0)
			continue;
		end = bins[place < last - 1 ? 2 + (size_t) place : last + 1].first;
		while (k > 1 && bins[k - 1].reach > edge->x1)
			k--;
		while (k < last && bins[k].reach <= edge->x1)
			k++;
		overlay_count(work, bins[1].first + 1);
		*npairs += meet_range(edge, shelved, 0, bins[1].first, visit, sum);
		if (bins[k].first < end)
		{
			overlay_count(work, end - bins[k].first);
			*npairs += meet_range(edge, shelved, bins[k].first, end, visit, sum);
		}
	}
}

/*
 * Visits all pairs of an edge of work->a and one of work->b.  The visitor should not
 * mind which of the two comes first.  May give up when they are more than limit.
 * False when memory is out.
 */
PAIRS_INLINE bool
visit_pairs(overlay_work *work, size_t limit, size_t *npairs, visit_pair visit, void *sum)
{
	*npairs = 0;
	if (work->a.count == 0 || work->b.count == 0)
		return true;
	if (work->a.count > SWEEP_PAIRS / work->b.count)
		return sweep_pairs(work, limit, npairs, visit, sum);
	if (!overlay_shelve(work))
		return false;
	shelved_pairs(work, limit, npairs, visit, sum);
	return true;
}

#endif /* TERRCARBON_PAIRS_H */
