/* fuzz: src/geometry/reader.c src/geometry/shape.c src/geometry/overlay.c src/geometry/area.c
 * src/geometry/precise.c src/geometry/length.c src/geometry/ground.c -lgeos_c -lgmp -lproj -lm */
/*
 * geometry_overlay.c
 *		Shared areas and lengths against rational arithmetic and against GEOS, and
 *		whether the parts add up.
 */
#include "fuzz.h"

#include <geos_c.h>
#include <gmp.h>
#include <math.h>

#include "geometry/overlay.h"

/* One pair in this many is also computed with rationals. */
#define EXACT_EVERY 10

#define MAX_POINTS 400
#define MAX_RINGS  6

typedef struct point
{
	double x, y;
} point;

/* Rings as they are written: closed; a hole follows its shell. */
typedef struct figure
{
	int nrings;
	bool hole[MAX_RINGS];
	int npoints[MAX_RINGS];
	point p[MAX_RINGS][MAX_POINTS + 1];
} figure;

static unsigned char buffer[2][200000];
static overlay_work work;

static double
between(double low, double high)
{
	return low + (high - low) * fuzz_unit();
}

/* --- figures ------------------------------------------------------------------ */

/* Adds a ring around a place; never crosses itself. */
static void
add_star(figure *f, bool hole, point centre, double size, int n)
{
	int ring = f->nrings++;
	double turn = between(0, 6.28);
	bool backwards = fuzz_below(2);

	f->hole[ring] = hole;
	for (int i = 0; i < n; i++)
	{
		double angle = turn + (backwards ? -1 : 1) * 2 * M_PI * (i + between(0.1, 0.9)) / n;
		double r = size * between(0.4, 1);

		f->p[ring][i].x = centre.x + r * cos(angle);
		f->p[ring][i].y = centre.y + r * sin(angle);
	}
	f->p[ring][n] = f->p[ring][0];
	f->npoints[ring] = n + 1;
}

static void
add_ring(figure *f, bool hole, const point *p, int n)
{
	int ring = f->nrings++;

	f->hole[ring] = hole;
	memcpy(f->p[ring], p, n * sizeof(point));
	f->p[ring][n] = p[0];
	f->npoints[ring] = n + 1;
}

/* A polygon or several, perhaps with holes. */
static void
random_figure(figure *f, point centre, double size, int most)
{
	int n = 4 + fuzz_below(most - 3);

	f->nrings = 0;
	switch (fuzz_below(4))
	{
		case 0:
			add_star(f, false, centre, size, n);
			/* Inside 0.4 of its size, a star of at least 8 points is free. */
			if (n >= 8)
				add_star(f, true, centre, size * 0.25, 4 + fuzz_below(6));
			break;
		case 1:
		{
			point right = { centre.x + 2.5 * size, centre.y };

			add_star(f, false, centre, size, n);
			add_star(f, false, right, size, 4 + fuzz_below(6));
			break;
		}
		default:
			add_star(f, false, centre, size, n);
	}
}

/* Rectangles and steps on a small grid: edges and vertices meet all the time. */
static void
grid_figure(figure *f, point origin, double step)
{
	int x1 = fuzz_below(4);
	int y1 = fuzz_below(4);
	int x2 = x1 + 1 + fuzz_below(4);
	int y2 = y1 + 1 + fuzz_below(4);
	int xm = x1 + fuzz_below(x2 - x1 + 1);
	int ym = y1 + fuzz_below(y2 - y1 + 1);
	point p[6] = { { x1, y1 }, { x2, y1 }, { x2, ym }, { xm, ym }, { xm, y2 }, { x1, y2 } };
	int n = 6;

	f->nrings = 0;
	if (fuzz_below(3) == 0)
	{
		p[2] = (point){ xm, y2 };
		n = 3;
	}
	for (int i = 0; i < n; i++)
	{
		p[i].x = origin.x + step * p[i].x;
		p[i].y = origin.y + step * p[i].y;
	}
	add_ring(f, false, p, n);
}

/* A comb of many teeth, turned: boxes around it are crowded. */
static void
comb_figure(figure *f, point centre, double size)
{
	point p[MAX_POINTS];
	int teeth = 20 + fuzz_below(70);
	double angle = fuzz_below(3) * M_PI / 4 + between(-0.01, 0.01);
	double length = size * between(0.5, 2);
	int n = 0;

	for (int i = 0; i < teeth; i++)
	{
		double v = 2 * size * ((double) i / teeth - 0.5);
		double next = v + size / teeth;

		p[n++] = (point){ 0, v };
		p[n++] = (point){ length, v };
		p[n++] = (point){ length, next };
		p[n++] = (point){ 0, next };
	}
	p[n++] = (point){ -size / 10, size };
	p[n++] = (point){ -size / 10, -size };
	for (int i = 0; i < n; i++)
	{
		double u = p[i].x;
		double v = p[i].y;

		p[i].x = centre.x + u * cos(angle) - v * sin(angle);
		p[i].y = centre.y + u * sin(angle) + v * cos(angle);
	}
	f->nrings = 0;
	add_ring(f, false, p, n);
}

/* A parcel of some relation to a zone. */
static const char *
random_parcel(figure *f, const figure *zone, point centre, double size)
{
	const point *border = zone->p[0];
	int n = zone->npoints[0] - 1;

	f->nrings = 0;
	switch (fuzz_below(9))
	{
		case 0:
			*f = *zone;
			return "the same";
		case 1: /* on some of the zone's points */
		{
			point p[MAX_POINTS];
			int taken = 2 + fuzz_below(n - 1);
			int first = fuzz_below(n);

			for (int i = 0; i < taken; i++)
				p[i] = border[(first + i) % n];
			p[taken] = (point){ centre.x + between(-size, size), centre.y + between(-size, size) };
			add_ring(f, false, p, taken + 1);
			return "snapped";
		}
		case 2: /* long, thin and slanted */
		{
			double angle = between(0, 6.28);
			double along = size * between(0.5, 3);
			double across = size * pow(10, between(-7, -1));
			point p[4];

			for (int i = 0; i < 4; i++)
			{
				double u = i == 0 || i == 3 ? -along : along;
				double v = i < 2 ? -across : across;

				p[i].x = centre.x + u * cos(angle) - v * sin(angle);
				p[i].y = centre.y + u * sin(angle) + v * cos(angle);
			}
			add_ring(f, false, p, 4);
			return "sliver";
		}
		case 3: /* without area */
		{
			point p[3];

			for (int i = 0; i < 3; i++)
			{
				p[i].x = centre.x + (i % 2) * size;
				p[i].y = centre.y + (i % 2) * size;
			}
			add_ring(f, false, p, 3);
			return "without area";
		}
		case 4: /* a triangle on one of the zone's edges */
		{
			int i = fuzz_below(n);
			point p[3] = { border[i],
						   border[i + 1],
						   { centre.x + between(-size, size), centre.y + between(-size, size) } };

			add_ring(f, false, p, 3);
			return "on an edge";
		}
		case 5:
			add_star(f, false, centre, size * 0.1, 4 + fuzz_below(5));
			return "small";
		case 6: /* touches in a vertex */
		{
			int i = fuzz_below(n);
			point p[3] = {
				border[i],
				{ border[i].x + between(-size, size), border[i].y + between(-size, size) },
				{ border[i].x + between(-size, size), border[i].y + between(-size, size) }
			};

			add_ring(f, false, p, 3);
			return "at a vertex";
		}
		default:
			random_figure(
				f, (point){ centre.x + between(-size, size), centre.y + between(-size, size) },
				size * between(0.2, 1.5), 14);
			return "free";
	}
}

/* Writes a figure as PostGIS stores it, and loads it. */
static void
load(shape *s, int which, const figure *f, bool line)
{
	unsigned char *b = buffer[which];
	size_t size = 8;
	uint32_t word;

#define PUT(value) (word = (value), memcpy(b + size, &word, 4), size += 4)
	memset(b, 0, 8);
	b[7] = 0x40;
	if (line)
	{
		PUT(GEOM_LINE);
		PUT(f->npoints[0]);
		memcpy(b + size, f->p[0], f->npoints[0] * sizeof(point));
		size += f->npoints[0] * sizeof(point);
	}
	else
	{
		uint32_t shells = 0;

		for (int i = 0; i < f->nrings; i++)
			shells += !f->hole[i];
		PUT(GEOM_MULTIPOLYGON);
		PUT(shells);
		for (int i = 0; i < f->nrings;)
		{
			int n = 1;

			while (i + n < f->nrings && f->hole[i + n])
				n++;
			PUT(GEOM_POLYGON);
			PUT(n);
			for (int k = 0; k < n; k++)
				PUT(f->npoints[i + k]);
			if (n % 2 == 1)
				PUT(0);
			for (int k = 0; k < n; k++)
			{
				memcpy(b + size, f->p[i + k], f->npoints[i + k] * sizeof(point));
				size += f->npoints[i + k] * sizeof(point);
			}
			i += n;
		}
	}
	if (shape_load(s, b, size) != GEOM_OK || (fuzz_below(2) && shape_index(s) != GEOM_OK))
	{
		printf("not ok - a figure cannot be read\n");
		exit(1);
	}
}

/* --- GEOS --------------------------------------------------------------------- */

static GEOSContextHandle_t geos;

static GEOSGeometry *
geos_ring(const figure *f, int ring, bool line)
{
	GEOSCoordSequence *s = GEOSCoordSeq_copyFromBuffer_r(geos, (const double *) f->p[ring],
														 f->npoints[ring], 0, 0);

	return line ? GEOSGeom_createLineString_r(geos, s) : GEOSGeom_createLinearRing_r(geos, s);
}

static GEOSGeometry *
geos_figure(const figure *f)
{
	GEOSGeometry *parts[MAX_RINGS];
	int nparts = 0;

	for (int i = 0; i < f->nrings;)
	{
		GEOSGeometry *holes[MAX_RINGS];
		GEOSGeometry *shell = geos_ring(f, i++, false);
		int nholes = 0;

		while (i < f->nrings && f->hole[i])
			holes[nholes++] = geos_ring(f, i++, false);
		parts[nparts++] = GEOSGeom_createPolygon_r(geos, shell, holes, nholes);
	}
	return GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, parts, nparts);
}

/* The measure of the intersection; NaN when an input is invalid or GEOS fails. */
static double
geos_shared(GEOSGeometry *a, GEOSGeometry *b, bool length)
{
	GEOSGeometry *both;
	double result = NAN;

	if (GEOSisValid_r(geos, a) != 1 || GEOSisValid_r(geos, b) != 1)
		return NAN;
	both = GEOSIntersection_r(geos, a, b);
	if (both == NULL)
		return NAN;
	if (length)
		GEOSLength_r(geos, both, &result);
	else
		GEOSArea_r(geos, both, &result);
	GEOSGeom_destroy_r(geos, both);
	return result;
}

/* The parcel cut to the zone, as GEOS rounds it: its first polygon. */
static bool
cut_parcel(figure *f, const figure *zone)
{
	GEOSGeometry *a = geos_figure(f);
	GEOSGeometry *b = geos_figure(zone);
	GEOSGeometry *both = NULL;
	bool cut = false;

	if (GEOSisValid_r(geos, a) == 1 && GEOSisValid_r(geos, b) == 1)
		both = GEOSIntersection_r(geos, a, b);
	if (both != NULL && !GEOSisEmpty_r(geos, both))
	{
		const GEOSGeometry *first = GEOSGetGeometryN_r(geos, both, 0);

		if (GEOSGeomTypeId_r(geos, first) == GEOS_POLYGON)
		{
			const GEOSGeometry *shell = GEOSGetExteriorRing_r(geos, first);
			int n = GEOSGeomGetNumPoints_r(geos, shell);

			if (n <= MAX_POINTS)
			{
				f->nrings = 1;
				f->hole[0] = false;
				f->npoints[0] = n;
				GEOSCoordSeq_copyToBuffer_r(geos, GEOSGeom_getCoordSeq_r(geos, shell),
											(double *) f->p[0], 0, 0);
				cut = true;
			}
		}
	}
	if (both != NULL)
		GEOSGeom_destroy_r(geos, both);
	GEOSGeom_destroy_r(geos, a);
	GEOSGeom_destroy_r(geos, b);
	return cut;
}

/* --- rational arithmetic ------------------------------------------------------ */

typedef struct exact_edge
{
	mpq_t x1, y1, x2, y2;
	int sign;
} exact_edge;

typedef struct exact_edges
{
	int count;
	exact_edge edge[MAX_RINGS * MAX_POINTS];
} exact_edges;

static exact_edges exact_a;
static exact_edges exact_b;

static void
exact_start(void)
{
	for (int i = 0; i < MAX_RINGS * MAX_POINTS; i++)
	{
		mpq_inits(exact_a.edge[i].x1, exact_a.edge[i].y1, exact_a.edge[i].x2, exact_a.edge[i].y2,
				  NULL);
		mpq_inits(exact_b.edge[i].x1, exact_b.edge[i].y1, exact_b.edge[i].x2, exact_b.edge[i].y2,
				  NULL);
	}
}

/* Twice the area of a closed ring. */
static void
exact_ring_area(mpq_t area, const point *p, int n)
{
	mpq_t a, b, c;

	mpq_inits(a, b, c, NULL);
	mpq_set_ui(area, 0, 1);
	for (int i = 0; i + 1 < n; i++)
	{
		mpq_set_d(a, p[i].x);
		mpq_set_d(b, p[i + 1].y);
		mpq_mul(c, a, b);
		mpq_add(area, area, c);
		mpq_set_d(a, p[i + 1].x);
		mpq_set_d(b, p[i].y);
		mpq_mul(c, a, b);
		mpq_sub(area, area, c);
	}
	mpq_clears(a, b, c, NULL);
}

static double
exact_area(const figure *f)
{
	mpq_t sum, ring;
	double result;

	mpq_inits(sum, ring, NULL);
	for (int i = 0; i < f->nrings; i++)
	{
		exact_ring_area(ring, f->p[i], f->npoints[i]);
		mpq_abs(ring, ring);
		if (f->hole[i])
			mpq_sub(sum, sum, ring);
		else
			mpq_add(sum, sum, ring);
	}
	result = mpq_get_d(sum) / 2;
	mpq_clears(sum, ring, NULL);
	return result;
}

static void
exact_edges_of(exact_edges *edges, const figure *f)
{
	mpq_t area;

	mpq_init(area);
	edges->count = 0;
	for (int r = 0; r < f->nrings; r++)
	{
		int sign;

		exact_ring_area(area, f->p[r], f->npoints[r]);
		sign = mpq_sgn(area) >= 0 ? 1 : -1;
		if (f->hole[r])
			sign = -sign;
		for (int i = 0; i + 1 < f->npoints[r]; i++)
		{
			const point *p = &f->p[r][i];
			const point *q = &f->p[r][i + 1];
			exact_edge *e = &edges->edge[edges->count];

			if (p->x == q->x)
				continue;
			edges->count++;
			e->sign = p->x > q->x ? sign : -sign;
			mpq_set_d(e->x1, p->x < q->x ? p->x : q->x);
			mpq_set_d(e->y1, p->x < q->x ? p->y : q->y);
			mpq_set_d(e->x2, p->x < q->x ? q->x : p->x);
			mpq_set_d(e->y2, p->x < q->x ? q->y : p->y);
		}
	}
	mpq_clear(area);
}

static void
exact_at(mpq_t y, const exact_edge *e, const mpq_t x)
{
	mpq_t t, d;

	mpq_inits(t, d, NULL);
	mpq_sub(t, x, e->x1);
	mpq_sub(d, e->x2, e->x1);
	mpq_div(t, t, d);
	mpq_sub(d, e->y2, e->y1);
	mpq_mul(t, t, d);
	mpq_add(y, e->y1, t);
	mpq_clears(t, d, NULL);
}

/* The sum over pairs of edges of twice the area under both, with nothing left out. */
static double
exact_shared(const figure *a, const figure *b)
{
	mpq_t sum, l, r, a1, a2, b1, b2, t, u, low;
	double result;

	mpq_inits(sum, l, r, a1, a2, b1, b2, t, u, low, NULL);
	exact_edges_of(&exact_a, a);
	exact_edges_of(&exact_b, b);
	for (int i = 0; i < exact_a.count; i++)
		for (int j = 0; j < exact_b.count; j++)
		{
			const exact_edge *p = &exact_a.edge[i];
			const exact_edge *q = &exact_b.edge[j];

			mpq_set(l, mpq_cmp(p->x1, q->x1) > 0 ? p->x1 : q->x1);
			mpq_set(r, mpq_cmp(p->x2, q->x2) < 0 ? p->x2 : q->x2);
			if (mpq_cmp(l, r) >= 0)
				continue;
			exact_at(a1, p, l);
			exact_at(a2, p, r);
			exact_at(b1, q, l);
			exact_at(b2, q, r);
			/* the lower at both ends, and a triangle less where they cross between */
			mpq_add(t, mpq_cmp(a1, b1) < 0 ? a1 : b1, mpq_cmp(a2, b2) < 0 ? a2 : b2);
			mpq_sub(u, r, l);
			mpq_mul(t, t, u);
			if ((mpq_cmp(a1, b1) < 0 && mpq_cmp(a2, b2) > 0) ||
				(mpq_cmp(a1, b1) > 0 && mpq_cmp(a2, b2) < 0))
			{
				mpq_sub(a1, a1, b1);
				mpq_sub(a2, a2, b2);
				mpq_abs(a1, a1);
				mpq_abs(a2, a2);
				mpq_mul(low, a1, a2);
				mpq_add(a1, a1, a2);
				mpq_div(low, low, a1);
				mpq_mul(low, low, u);
				mpq_add(t, t, low);
			}
			if (p->sign == q->sign)
				mpq_add(sum, sum, t);
			else
				mpq_sub(sum, sum, t);
		}
	result = mpq_get_d(sum) / 2;
	mpq_clears(sum, l, r, a1, a2, b1, b2, t, u, low, NULL);
	return result;
}

/* Another way: the signed area of a ring clipped by the sides of a convex one. */
static double
exact_clipped(const figure *a, const point *convex, int n)
{
	static mpq_t p[2][MAX_POINTS][2];
	static bool started = false;
	int count = a->npoints[0] - 1;
	int side = 0;
	mpq_t dx, dy, s, t, u;
	double result;

	if (!started)
		for (int i = 0; i < 2 * MAX_POINTS; i++)
			mpq_inits(p[i / MAX_POINTS][i % MAX_POINTS][0], p[i / MAX_POINTS][i % MAX_POINTS][1],
					  NULL);
	started = true;
	mpq_inits(dx, dy, s, t, u, NULL);
	for (int i = 0; i < count; i++)
	{
		mpq_set_d(p[0][i][0], a->p[0][i].x);
		mpq_set_d(p[0][i][1], a->p[0][i].y);
	}
	for (int k = 0; k < n; k++)
	{
		int kept = 0;
		int sign[MAX_POINTS];
		static mpq_t d[MAX_POINTS];

		mpq_set_d(dx, convex[(k + 1) % n].x);
		mpq_set_d(s, convex[k].x);
		mpq_sub(dx, dx, s);
		mpq_set_d(dy, convex[(k + 1) % n].y);
		mpq_set_d(t, convex[k].y);
		mpq_sub(dy, dy, t);
		for (int i = 0; i < count; i++)
		{
			mpq_init(d[i]);
			mpq_sub(u, p[side][i][1], t);
			mpq_mul(d[i], dx, u);
			mpq_sub(u, p[side][i][0], s);
			mpq_mul(u, dy, u);
			mpq_sub(d[i], d[i], u);
			sign[i] = mpq_sgn(d[i]);
		}
		for (int i = 0; i < count; i++)
		{
			int j = (i + 1) % count;

			if (sign[i] >= 0)
			{
				mpq_set(p[1 - side][kept][0], p[side][i][0]);
				mpq_set(p[1 - side][kept][1], p[side][i][1]);
				kept++;
			}
			if (sign[i] * sign[j] < 0)
				for (int c = 0; c < 2; c++)
				{
					mpq_sub(u, d[i], d[j]);
					mpq_div(u, d[i], u);
					mpq_sub(dy, p[side][j][c], p[side][i][c]);
					mpq_mul(u, u, dy);
					mpq_add(p[1 - side][kept][c], p[side][i][c], u);
					kept += c;
				}
		}
		for (int i = 0; i < count; i++)
			mpq_clear(d[i]);
		count = kept;
		side = 1 - side;
	}
	mpq_set_ui(s, 0, 1);
	for (int i = 0; i < count; i++)
	{
		int j = (i + 1) % count;

		mpq_mul(t, p[side][i][0], p[side][j][1]);
		mpq_add(s, s, t);
		mpq_mul(t, p[side][j][0], p[side][i][1]);
		mpq_sub(s, s, t);
	}
	result = mpq_get_d(s) / 2;
	mpq_clears(dx, dy, s, t, u, NULL);
	return result;
}

/* --- a tessellation ------------------------------------------------------------ */

#define CELLS 3
#define STEPS 6

static point nodes[CELLS * STEPS + 1][CELLS * STEPS + 1];

/* A square of nine cells whose inner borders are ragged. */
static void
make_nodes(point origin, double size)
{
	int n = CELLS * STEPS;

	for (int i = 0; i <= n; i++)
		for (int j = 0; j <= n; j++)
		{
			double ragged = i % n == 0 || j % n == 0 ? 0 : 0.45;

			nodes[i][j].x = origin.x + size / n * (i + between(-ragged, ragged));
			nodes[i][j].y = origin.y + size / n * (j + between(-ragged, ragged));
		}
}

static void
make_cell(figure *f, int i, int j)
{
	point p[4 * STEPS];
	int n = 0;

	for (int s = 0; s < STEPS; s++)
		p[n++] = nodes[i * STEPS + s][j * STEPS];
	for (int s = 0; s < STEPS; s++)
		p[n++] = nodes[(i + 1) * STEPS][j * STEPS + s];
	for (int s = 0; s < STEPS; s++)
		p[n++] = nodes[(i + 1) * STEPS - s][(j + 1) * STEPS];
	for (int s = 0; s < STEPS; s++)
		p[n++] = nodes[i * STEPS][(j + 1) * STEPS - s];
	f->nrings = 0;
	if (fuzz_below(2))
		for (int a = 0, b = n - 1; a < b; a++, b--)
		{
			point swap = p[a];

			p[a] = p[b];
			p[b] = swap;
		}
	add_ring(f, false, p, n);
}

/* ------------------------------------------------------------------------------- */

static figure zone;
static figure parcel;
static figure cells[CELLS * CELLS];

int
main(int argc, char **argv)
{
	shape a = { 0 };
	shape b = { 0 };
	char reason[200];
	ground *g = ground_open("EPSG:2154", reason, sizeof(reason));
	double worst_exact = 0;
	double worst_clipped = 0;
	double worst_geos = 0;
	double worst_order = 0;
	double worst_plane = 0;
	double worst_ground = 0;
	double worst_length = 0;
	double worst_ground_length = 0;
	double worst_geos_length = 0;
	long compared = 0;

	fuzz_start(argc, argv);
	geos = GEOS_init_r();
	exact_start();
	if (g == NULL)
	{
		printf("# EPSG:2154: %s\n", reason);
		return 1;
	}

	for (long iteration = 0; iteration < fuzz_iterations; iteration++)
	{
		static const point places[] = { { 0, 0 }, { 380000, 6500000 }, { 1e7, 1e7 }, { -3, 5e6 } };
		point place = places[fuzz_below(4)];
		double size = pow(10, between(-1, 4));
		const char *kind;
		double ours;
		double turned;
		double small;

		if (fuzz_below(40) == 0)
		{
			comb_figure(&zone, place, size);
			comb_figure(&parcel, (point){ place.x + size / 7, place.y + size / 11 }, size);
			kind = "combs";
		}
		else if (fuzz_below(4) == 0)
		{
			grid_figure(&zone, place, size);
			grid_figure(&parcel, place, size);
			kind = "on a grid";
		}
		else
		{
			random_figure(&zone, place, size, fuzz_below(20) == 0 ? 200 : 14);
			kind = random_parcel(&parcel, &zone, place, size);
			if (fuzz_below(4) == 0 && cut_parcel(&parcel, &zone))
				kind = "cut";
		}
		load(&a, 0, &parcel, false);
		load(&b, 1, &zone, false);
		overlay_area(&work, &a, &b, NULL, &ours);
		overlay_area(&work, &b, &a, NULL, &turned);
		small = fmin(fabs(a.area), fabs(b.area));
		if (small > 0)
			worst_order = fmax(worst_order, fabs(ours - turned) / small);

		if (iteration % EXACT_EVERY == 0 &&
			(a.npoints * b.npoints < 2000 || iteration % (40 * EXACT_EVERY) == 0))
		{
			double exact = exact_shared(&parcel, &zone);
			/* A ring that crosses itself may share more than it has. */
			double area = fmax(fmin(fabs(exact_area(&parcel)), fabs(exact_area(&zone))),
							   fabs(exact));

			/* Where a long edge enters a tiny box is rounded by the edge's length. */
			area = area > 0 ? fmax(area, 1e-8 * size * size) : 0;
			double error = fabs(ours - exact) / (area > 0 ? area : size * size);

			if (error > 1e-13)
				printf("# iteration %ld, %s: %.17g, exactly %.17g, of %g\n", iteration, kind, ours,
					   exact, area);
			worst_exact = fmax(worst_exact, error);
			if (parcel.nrings == 1)
			{
				point box[4] = { { place.x - size * 0.3, place.y - size * 0.7 },
								 { place.x + size * 0.9, place.y - size * 0.2 },
								 { place.x + size * 0.5, place.y + size * 0.8 },
								 { place.x - size * 0.6, place.y + size * 0.4 } };

				zone.nrings = 0;
				add_ring(&zone, false, box, 4);
				load(&b, 1, &zone, false);
				exact = exact_clipped(&parcel, box, 4) * a.chains[0].sign;
				overlay_area(&work, &a, &b, NULL, &ours);
				area = fabs(a.area) > 0 ? fmin(fabs(a.area), fabs(b.area)) : size * size;
				area = fmax(area, fabs(exact));
				worst_clipped = fmax(worst_clipped, fabs(ours - exact) / area);
			}
		}
		else
		{
			GEOSGeometry *p = geos_figure(&parcel);
			GEOSGeometry *z = geos_figure(&zone);
			double theirs = geos_shared(p, z, false);

			if (!isnan(theirs))
			{
				/* GEOS rounds the corners of the intersection. */
				double rounding = 1e-15 * (fabs(place.x) + fabs(place.y) + size) * size;
				double area = small > 0 ? small : size * size;
				double error = fmax(0, fabs(ours - theirs) - rounding) / area;

				/* It drops what is thinner than a micrometre; rationals decide. */
				if (error > 1e-8)
					error = fabs(ours - exact_shared(&parcel, &zone)) / area;
				if (error > 1e-8)
					printf("# iteration %ld, %s: %.17g, GEOS %.17g, of %g\n", iteration, kind, ours,
						   theirs, small);
				worst_geos = fmax(worst_geos, error);
				compared++;
			}
			GEOSGeom_destroy_r(geos, p);
			GEOSGeom_destroy_r(geos, z);
		}

		/* Do the parts of a parcel, and of a line, add up? */
		if (iteration % EXACT_EVERY == 1)
		{
			point centre = { 380000 + size / 2, 6500000 + size / 2 };
			careful_sum plane = { 0, 0 };
			careful_sum ground = { 0, 0 };
			double whole;
			double part;

			make_nodes((point){ 380000, 6500000 }, size);
			for (int i = 0; i < CELLS * CELLS; i++)
				make_cell(&cells[i], i / CELLS, i % CELLS);
			random_figure(&parcel, (point){ centre.x - size / 8, centre.y }, size / 8, 30);
			if (fuzz_below(3) == 0)
				cut_parcel(&parcel, &cells[4]);
			load(&a, 0, &parcel, false);
			for (int i = 0; i < CELLS * CELLS; i++)
			{
				load(&b, 1, &cells[i], false);
				overlay_area(&work, &a, &b, NULL, &part);
				careful_add(&plane, part);
				overlay_area(&work, &a, &b, g, &part);
				careful_add(&ground, part);
			}
			worst_plane = fmax(worst_plane, fabs(careful_value(&plane) / a.area - 1));
			overlay_area(&work, &a, NULL, g, &whole);
			worst_ground = fmax(worst_ground, fabs(careful_value(&ground) / whole - 1));

			/* a line: free, or along the borders, or with pieces of both */
			plane = ground = (careful_sum){ 0, 0 };
			parcel.nrings = 1;
			parcel.npoints[0] = 12;
			for (int i = 0, on = fuzz_below(3), x = STEPS, y = STEPS; i < 12; i++)
			{
				if (on == 1 || (on == 2 && i % 4 < 2))
				{
					parcel.p[0][i] = nodes[x][y];
					if (x < 2 * STEPS && (y % STEPS != 0 || fuzz_below(2)) && y % STEPS == 0)
						x++;
					else if (y < 2 * STEPS && x % STEPS == 0)
						y++;
					else if (x < 2 * STEPS)
						x++;
					else
						parcel.p[0][i].x = centre.x;
				}
				else
					parcel.p[0][i] = (point){ centre.x + between(-size, size) / 4,
											  centre.y + between(-size, size) / 4 };
			}
			load(&a, 0, &parcel, true);
			for (int i = 0; i < CELLS * CELLS; i++)
			{
				load(&b, 1, &cells[i], false);
				overlay_length(&work, &a, &b, NULL, &part);
				careful_add(&plane, part);
				overlay_length(&work, &a, &b, g, &part);
				careful_add(&ground, part);
			}
			overlay_length(&work, &a, NULL, NULL, &whole);
			worst_length = fmax(worst_length, fabs(careful_value(&plane) / whole - 1));
			overlay_length(&work, &a, NULL, g, &whole);
			worst_ground_length = fmax(worst_ground_length,
									   fabs(careful_value(&ground) / whole - 1));
		}
		else if (iteration % EXACT_EVERY == 2)
		{
			/* free lines, against GEOS */
			GEOSGeometry *p;
			GEOSGeometry *z;
			double theirs;

			parcel.nrings = 1;
			parcel.npoints[0] = 2 + fuzz_below(8);
			for (int i = 0; i < parcel.npoints[0]; i++)
				parcel.p[0][i] = (point){ place.x + between(-size, size),
										  place.y + between(-size, size) };
			load(&a, 0, &parcel, true);
			load(&b, 1, &zone, false);
			overlay_length(&work, &a, &b, NULL, &ours);
			p = geos_ring(&parcel, 0, true);
			z = geos_figure(&zone);
			theirs = geos_shared(p, z, true);
			if (!isnan(theirs))
			{
				double rounding = 1e-14 * (fabs(place.x) + fabs(place.y));

				worst_geos_length = fmax(worst_geos_length,
										 fmax(0, fabs(ours - theirs) - rounding) / size);
			}
			GEOSGeom_destroy_r(geos, p);
			GEOSGeom_destroy_r(geos, z);
		}
	}

	printf("# worst errors: exact %.2g, clipped %.2g, GEOS %.2g (%ld pairs), order %.2g\n",
		   worst_exact, worst_clipped, worst_geos, compared, worst_order);
	printf(
		"# worst sums: plane %.2g, ground %.2g, length %.2g, ground length %.2g, GEOS length %.2g\n",
		worst_plane, worst_ground, worst_length, worst_ground_length, worst_geos_length);
	fuzz_report(worst_exact <= 1e-13, "geometry_overlay: areas are exact to 1e-13");
	fuzz_report(worst_clipped <= 1e-13, "geometry_overlay: as clipped in rationals");
	fuzz_report(worst_geos <= 1e-8 && compared > 0, "geometry_overlay: areas as GEOS has them");
	fuzz_report(worst_order <= 1e-13,
				"geometry_overlay: the order of the arguments does not matter");
	fuzz_report(worst_plane <= 1e-12, "geometry_overlay: areas add up over a tessellation");
	fuzz_report(worst_ground <= 1e-11, "geometry_overlay: areas on the ground add up");
	fuzz_report(worst_length <= 1e-12, "geometry_overlay: lengths add up, on borders too");
	fuzz_report(worst_ground_length <= 1e-11, "geometry_overlay: lengths on the ground add up");
	fuzz_report(worst_geos_length <= 1e-8, "geometry_overlay: lengths as GEOS has them");
	shape_free(&a);
	shape_free(&b);
	ground_close(g);
	GEOS_finish_r(geos);
	return fuzz_end();
}
