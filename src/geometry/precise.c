/*
 * precise.c
 *		The area two shapes share in a box, in twice the digits.
 *
 * A long thin shape across its box is the small difference of large areas; plain
 * doubles then lose what they hold.  The same sum over pairs of edges, from
 * coordinates that have not been rounded.
 */
#include "numeric/double_double.h"
#include "geometry/pairs.h"

typedef struct dd_point
{
	double_double x;
	double_double y;
} dd_point;

static double_double
dd(double value)
{
	double_double result = { value, 0 };

	return result;
}

/* The point of the line p -> q at x. */
static dd_point
at_x(dd_point p, dd_point q, double_double x)
{
	dd_point point = { x, p.y };

	if (dd_compare(x, q.x) == 0)
		return q;
	if (dd_compare(x, p.x) != 0)
		point.y = dd_add(p.y, dd_divide(dd_multiply(dd_subtract(x, p.x), dd_subtract(q.y, p.y)),
										dd_subtract(q.x, p.x)));
	return point;
}

/* The point of the line p -> q at y, which is between theirs. */
static dd_point
at_y(dd_point p, dd_point q, double_double y)
{
	dd_point point = { p.x, y };

	point.x = dd_add(p.x, dd_divide(dd_multiply(dd_subtract(y, p.y), dd_subtract(q.x, p.x)),
									dd_subtract(q.y, p.y)));
	return point;
}

/* Twice the area under p -> q and between heights 0 and top. */
static double_double
under(dd_point p, dd_point q, double_double top)
{
	double_double zero = dd(0);
	double_double sum = zero;

	if (dd_compare(p.y, zero) <= 0 && dd_compare(q.y, zero) <= 0)
		return zero;
	if (dd_compare(p.y, zero) < 0)
		p = at_y(p, q, zero);
	else if (dd_compare(q.y, zero) < 0)
		q = at_y(p, q, zero);
	if (dd_compare(p.y, top) > 0 && dd_compare(q.y, top) > 0)
		p.y = q.y = top;
	else if (dd_compare(p.y, top) > 0)
	{
		dd_point cut = at_y(p, q, top);

		sum = dd_multiply(dd_subtract(cut.x, p.x), dd_add(top, top));
		p = cut;
	}
	else if (dd_compare(q.y, top) > 0)
	{
		dd_point cut = at_y(p, q, top);

		sum = dd_multiply(dd_subtract(q.x, cut.x), dd_add(top, top));
		q = cut;
	}
	return dd_add(sum, dd_multiply(dd_subtract(q.x, p.x), dd_add(p.y, q.y)));
}

/* An edge from the box's corner; what is above the box at its top. */
static void
from_corner(const overlay_edge *edge, const geom_box *box, double_double top, dd_point *p,
			dd_point *q)
{
	p->x = dd_sum(edge->x1, -box->xmin);
	q->x = dd_sum(edge->x2, -box->xmin);
	p->y = isinf(edge->y1) ? top : dd_sum(edge->y1, -box->ymin);
	q->y = isinf(edge->y2) ? top : dd_sum(edge->y2, -box->ymin);
}

/* Twice the area under both of two edges, inside the box. */
static double_double
under_both(const overlay_edge *a, const overlay_edge *b, const geom_box *box)
{
	double_double width = dd_sum(box->xmax, -box->xmin);
	double_double top = dd_sum(box->ymax, -box->ymin);
	double_double left = dd(0);
	double_double right = width;
	dd_point a1;
	dd_point a2;
	dd_point b1;
	dd_point b2;
	int order1;
	int order2;

	from_corner(a, box, top, &a1, &a2);
	from_corner(b, box, top, &b1, &b2);
	if (dd_compare(left, a1.x) < 0)
		left = a1.x;
	if (dd_compare(left, b1.x) < 0)
		left = b1.x;
	if (dd_compare(right, a2.x) > 0)
		right = a2.x;
	if (dd_compare(right, b2.x) > 0)
		right = b2.x;
	if (dd_compare(left, right) >= 0)
		return dd(0);

	{
		dd_point p = at_x(a1, a2, left);
		dd_point q = at_x(b1, b2, left);

		a2 = at_x(a1, a2, right);
		b2 = at_x(b1, b2, right);
		a1 = p;
		b1 = q;
	}
	order1 = dd_compare(a1.y, b1.y);
	order2 = dd_compare(a2.y, b2.y);
	if (order1 <= 0 && order2 <= 0)
		return under(a1, a2, top);
	if (order1 >= 0 && order2 >= 0)
		return under(b1, b2, top);
	{
		double_double gap1 = dd_subtract(a1.y, b1.y);
		double_double gap2 = dd_subtract(b2.y, a2.y);
		dd_point cut = at_x(a1, a2,
							dd_add(left, dd_divide(dd_multiply(gap1, dd_subtract(right, left)),
												   dd_add(gap1, gap2))));

		if (order1 < 0)
			return dd_add(under(a1, cut, top), under(cut, b2, top));
		return dd_add(under(b1, cut, top), under(cut, a2, top));
	}
}

typedef struct precise_sum
{
	const geom_box *box;
	double_double total;
} precise_sum;

static inline void
add_pair(void *arg, const overlay_edge *a, const overlay_edge *b)
{
	precise_sum *sum = arg;
	double_double part = under_both(a, b, sum->box);

	sum->total = dd_add(sum->total, a->sign == b->sign ? part : dd_negate(part));
}

/*
 * The area that a (b NULL) or a and b have inside a box, in the plane.  False when
 * memory is out.
 */
bool
overlay_area_precisely(overlay_work *work, const shape *a, const shape *b, const geom_box *box,
					   double *area)
{
	precise_sum sum = { box, { 0, 0 } };
	size_t npairs;

	if (!overlay_gather(work, a, box, false, &work->a))
		return false;
	if (b != NULL)
	{
		if (!overlay_gather(work, b, box, false, &work->b) ||
			!visit_pairs(work, SIZE_MAX, &npairs, add_pair, &sum))
			return false;
	}
	else
	{
		overlay_edge whole = { box->xmin, INFINITY, box->xmax, INFINITY, 1 };

		overlay_count(work, work->a.count);
		for (size_t i = 0; i < work->a.count; i++)
			add_pair(&sum, &work->a.edge[i], &whole);
	}
	*area = dd_value(sum.total) / 2;
	return true;
}
