/*
 * three.c
 *		The area three shapes share.
 *
 * The lower of two edges is an edge again, or two; so what lies under three edges
 * is the sum of what lies under the pieces of two of them and the third.  As with
 * two shapes, nothing is decided about how edges lie to each other, and the areas
 * shared with the cells of tessellations add up.
 *
 * Three borders seldom meet: where one shape has no edge in a box, it covers the
 * box or leaves it alone, and two shapes remain.  Boxes where all three have edges
 * are quartered until those are few.
 */
#include "geometry/pairs.h"
#include "geometry/weight.h"

#include <math.h>

/* Quarter a box of more triples than this, MAX_CUTS times at most. */
#define FEW_TRIPLES 4096
#define MAX_CUTS    12

typedef struct three
{
	overlay_work *work;
	const shape *const *shapes;
	ground *g;
	careful_sum sum;
} three;

/* Of pairs of edges met, what lies under them and an edge of the third shape. */
typedef struct triple_sum
{
	const ground_poly *scale;
	overlay_work *work;
	careful_sum *total;
} triple_sum;

static inline void
add_triples(void *arg, const overlay_edge *a, const overlay_edge *b)
{
	triple_sum *sum = arg;
	overlay_edge lower[2];
	overlay_edge lowest[2];
	int n = lower_of_both(a, b, lower);

	for (int i = 0; i < n; i++)
		lower[i].slope = overlay_slope(&lower[i]);
	overlay_count(sum->work, sum->work->c.count);
	for (size_t k = 0; k < sum->work->c.count; k++)
	{
		const overlay_edge *c = &sum->work->c.edge[k];

		for (int i = 0; i < n; i++)
		{
			int m;

			if (!(lower[i].x1 < c->x2 && c->x1 < lower[i].x2))
				continue;
			m = lower_of_both(&lower[i], c, lowest);
			for (int l = 0; l < m; l++)
				careful_add(sum->total,
							lowest[l].sign * weight_under(sum->scale, lowest[l].x1, lowest[l].y1,
														  lowest[l].x2, lowest[l].y2));
		}
	}
}

/* What two of the shapes share in a box that the third, left out, covers or not. */
static overlay_error
without_one(three *t, int left_out, double times, const geom_box *box)
{
	careful_sum sum = { 0, 0 };
	overlay_error error;

	if (times == 0)
		return OVERLAY_OK;
	error = overlay_area_in(t->work, t->shapes[(left_out + 1) % 3], t->shapes[(left_out + 2) % 3],
							t->g, box, &sum);
	careful_add(&t->sum, times * careful_value(&sum));
	return error;
}

static overlay_error
visit_box(three *t, const geom_box *box, int cuts)
{
	overlay_edges *edges[3] = { &t->work->a, &t->work->b, &t->work->c };
	ground_poly scale = ground_flat;
	ground_error error;
	geom_box part[4];

	for (int i = 0; i < 3; i++)
	{
		if (!overlay_gather(t->work, t->shapes[i], box, true, edges[i]))
			return OVERLAY_MEMORY;
		if (!edges[i]->any_inside)
			return without_one(t, i, overlay_times_covered(edges[i], (box->xmax - box->xmin) / 2),
							   box);
	}
	geom_quarters(box, part);
	error = t->g ? ground_area_scale(t->g, box, &scale) : GROUND_OK;
	if (error == GROUND_OUTSIDE)
		return OVERLAY_OUTSIDE;
	if (error == GROUND_OK &&
		((double) edges[0]->count * edges[1]->count * edges[2]->count <= FEW_TRIPLES ||
		 cuts >= MAX_CUTS || !(box->xmin < part[0].xmax && part[0].xmax < box->xmax) ||
		 !(box->ymin < part[0].ymax && part[0].ymax < box->ymax)))
	{
		triple_sum sum = { &scale, t->work, &t->sum };
		size_t npairs;

		return visit_pairs(t->work, SIZE_MAX, &npairs, add_triples, &sum) ? OVERLAY_OK
																		  : OVERLAY_MEMORY;
	}
	if (cuts >= MAX_CUTS)
		return OVERLAY_OUTSIDE;
	if (error == GROUND_TOO_LARGE)
		overlay_count(t->work, GROUND_STEPS);
	for (int i = 0; i < 4; i++)
	{
		overlay_error status = visit_box(t, &part[i], cuts + 1);

		if (status != OVERLAY_OK)
			return status;
	}
	return OVERLAY_OK;
}

/*
 * The area that three shapes share: on the ground, or in the plane when g is NULL.
 * The first is best the one that most often covers the others, or leaves them alone.
 */
overlay_error
overlay_area_of_three(overlay_work *work, const shape *const shapes[3], ground *g, double *area)
{
	three t = { .work = work, .shapes = shapes, .g = g };
	geom_box box = geom_common_box(&shapes[0]->ring_box, &shapes[1]->ring_box);
	overlay_error error = OVERLAY_OK;

	box = geom_common_box(&box, &shapes[2]->ring_box);
	if (box.xmin < box.xmax && box.ymin < box.ymax)
		error = visit_box(&t, &box, 0);
	*area = careful_value(&t.sum);
	return error;
}
