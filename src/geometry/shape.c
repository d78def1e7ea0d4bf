/*
 * shape.c
 *		A geometry ready to be measured.
 */
#include "geometry/shape.h"

#include <math.h>
#include <stdlib.h>

#include "numeric/double_double.h"

static const geom_box empty_box = { INFINITY, INFINITY, -INFINITY, -INFINITY };

static void
box_extend(geom_box *box, const geom_box *other)
{
	box->xmin = other->xmin < box->xmin ? other->xmin : box->xmin;
	box->ymin = other->ymin < box->ymin ? other->ymin : box->ymin;
	box->xmax = other->xmax > box->xmax ? other->xmax : box->xmax;
	box->ymax = other->ymax > box->ymax ? other->ymax : box->ymax;
}

/* The area of a ring, in twice the digits. */
static double
ring_area_precisely(const shape_chain *chain)
{
	double_double area = { 0, 0 };
	double_double ax;
	double_double ay;
	double first[2];
	double xy[2];

	shape_point(chain, 0, first);
	shape_point(chain, 1, xy);
	ax = dd_sum(xy[0], -first[0]);
	ay = dd_sum(xy[1], -first[1]);
	for (uint32_t i = 2; i < chain->npoints; i++)
	{
		double_double bx;
		double_double by;

		shape_point(chain, i, xy);
		bx = dd_sum(xy[0], -first[0]);
		by = dd_sum(xy[1], -first[1]);
		area = dd_add(area, dd_subtract(dd_multiply(ax, by), dd_multiply(bx, ay)));
		ax = bx;
		ay = by;
	}
	return dd_value(area) / 2;
}

/* The area of a ring, positive when it runs counter-clockwise. */
static double
ring_area(const shape_chain *chain)
{
	double first[2];
	double a[2];
	double b[2];
	double area = 0;
	double lost = 0;

	shape_point(chain, 0, first);
	shape_point(chain, 1, a);
	a[0] -= first[0];
	a[1] -= first[1];
	for (uint32_t i = 2; i < chain->npoints; i++, a[0] = b[0], a[1] = b[1])
	{
		double_double sum;

		shape_point(chain, i, b);
		b[0] -= first[0];
		b[1] -= first[1];
		sum = dd_sum(area, a[0] * b[1] - b[0] * a[1]);
		area = sum.high;
		lost += sum.low;
	}
	area = (area + lost) / 2;

	/* A thin ring's area is the small difference of large terms. */
	if (fabs(area) * 8 < (chain->box.xmax - chain->box.xmin) * (chain->box.ymax - chain->box.ymin))
		return ring_area_precisely(chain);
	return area;
}

/*
 * Reads the lines and rings of a geometry datum; points are passed over.  They
 * stay where they are: the bytes must outlive the shape.
 */
geom_error
shape_load(shape *s, const void *bytes, size_t size)
{
	geom_reader reader;
	geom_part part;
	geom_error error = geom_open(&reader, bytes, size);

	s->nchains = s->npoints = s->nboxes = 0;
	s->area = 0;
	s->ring_box = s->line_box = empty_box;
	if (error != GEOM_OK)
		return error;
	s->type = reader.type;
	s->srid = reader.srid;

	while ((error = geom_next(&reader, &part)) == GEOM_OK && part.kind != GEOM_PART_END)
	{
		shape_chain *chain;

		if (part.npoints == 0 || part.kind == GEOM_PART_POINT)
			continue;
		if (s->nchains == s->capacity)
		{
			size_t capacity = s->capacity ? 2 * s->capacity : 4;

			chain = realloc(s->chains, capacity * sizeof(shape_chain));
			if (chain == NULL)
				return GEOM_MEMORY;
			s->chains = chain;
			s->capacity = capacity;
		}
		chain = &s->chains[s->nchains++];
		chain->points = part.points;
		chain->npoints = part.npoints;
		chain->stride = part.stride;
		chain->box = part.box;
		chain->nlevels = 0;
		s->npoints += part.npoints;
		if (part.kind == GEOM_PART_LINE)
		{
			chain->sign = 0;
			chain->area = 0;
			box_extend(&s->line_box, &part.box);
		}
		else
		{
			double area = ring_area(chain);
			int counts = part.kind == GEOM_PART_SHELL ? 1 : -1;

			chain->sign = area >= 0 ? counts : -counts;
			chain->area = fabs(area) * counts;
			s->area += chain->area;
			box_extend(&s->ring_box, &part.box);
		}
	}
	return error;
}

/* The box of the edges from point first to point last. */
geom_box
shape_edges_box(const shape_chain *chain, uint32_t first, uint32_t last)
{
	geom_box box = empty_box;

	for (uint32_t i = first; i <= last; i++)
	{
		double xy[2];

		shape_point(chain, i, xy);
		box.xmin = xy[0] < box.xmin ? xy[0] : box.xmin;
		box.xmax = xy[0] > box.xmax ? xy[0] : box.xmax;
		box.ymin = xy[1] < box.ymin ? xy[1] : box.ymin;
		box.ymax = xy[1] > box.ymax ? xy[1] : box.ymax;
	}
	return box;
}

/* Boxes in each level of a chain's index; how many levels it takes. */
static int
index_levels(const shape_chain *chain, size_t count[SHAPE_MAX_LEVELS])
{
	size_t n = chain->npoints - 1;
	int nlevels = 0;

	while (n > SHAPE_FANOUT && nlevels < SHAPE_MAX_LEVELS)
	{
		n = (n + SHAPE_FANOUT - 1) / SHAPE_FANOUT;
		count[nlevels++] = n;
	}
	return nlevels;
}

/* Builds the index over the edges of all chains long enough to profit. */
geom_error
shape_index(shape *s)
{
	size_t count[SHAPE_MAX_LEVELS];
	size_t nboxes = 0;
	geom_box *boxes;

	for (size_t c = 0; c < s->nchains; c++)
		for (int l = index_levels(&s->chains[c], count) - 1; l >= 0; l--)
			nboxes += count[l];
	if (nboxes == 0)
		return GEOM_OK;
	boxes = realloc(s->boxes, nboxes * sizeof(geom_box));
	if (boxes == NULL)
		return GEOM_MEMORY;
	s->boxes = boxes;
	s->nboxes = nboxes;

	for (size_t c = 0; c < s->nchains; c++)
	{
		shape_chain *chain = &s->chains[c];
		uint32_t nedges = chain->npoints - 1;

		chain->nlevels = index_levels(chain, count);
		for (int l = 0; l < chain->nlevels; l++)
		{
			chain->level[l] = boxes;
			boxes += count[l];
			for (size_t i = 0; i < count[l]; i++)
			{
				size_t first = i * SHAPE_FANOUT;
				geom_box *box = &chain->level[l][i];

				if (l == 0)
				{
					size_t last = first + SHAPE_FANOUT;

					*box = shape_edges_box(chain, first, last < nedges ? last : nedges);
					continue;
				}
				*box = chain->level[l - 1][first];
				for (size_t k = first + 1; k < first + SHAPE_FANOUT && k < count[l - 1]; k++)
					box_extend(box, &chain->level[l - 1][k]);
			}
		}
	}
	return GEOM_OK;
}

/*
 * Has the shape an edge that goes more than half around the Earth, though not once
 * around?  Such an edge was rather meant to cross the antimeridian.
 */
bool
shape_wraps(const shape *s, double half_turn)
{
	for (size_t c = 0; c < s->nchains; c++)
	{
		const shape_chain *chain = &s->chains[c];
		double a[2];
		double b[2];

		if (!(chain->box.xmax - chain->box.xmin > half_turn * (1 + 1e-12)))
			continue;
		shape_point(chain, 0, a);
		for (uint32_t i = 1; i < chain->npoints; i++, a[0] = b[0])
		{
			double width;

			shape_point(chain, i, b);
			width = fabs(b[0] - a[0]) / half_turn;
			if (width > 1 + 1e-12 && fabs(width - 2) > 1e-12)
				return true;
		}
	}
	return false;
}

/* Bytes a shape holds, those of the geometry itself aside. */
size_t
shape_memory(const shape *s)
{
	return s->capacity * sizeof(shape_chain) + s->nboxes * sizeof(geom_box);
}

/* Gives memory back if an unusually large geometry needed it. */
void
shape_trim(shape *s, size_t limit)
{
	if (shape_memory(s) > limit)
		shape_free(s);
}

void
shape_free(shape *s)
{
	free(s->chains);
	free(s->boxes);
	memset(s, 0, sizeof(*s));
}
