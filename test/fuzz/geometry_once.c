/* fuzz: src/geometry/reader.c src/geometry/shape.c src/geometry/overlay.c src/geometry/area.c
 * src/geometry/precise.c src/geometry/once.c src/geometry/shares.c
 * src/geometry/ground.c -lgeos_c -lproj -lm */
/*
 * geometry_once.c
 *		Areas counted once against GEOS, and their sums against shared areas; what
 *		a ring that crosses itself miscounts, against the faces that GEOS makes of
 *		its noded line.
 */
#include "fuzz.h"

#include <geos_c.h>
#include <math.h>

#include "geometry/once.h"

#define MAX_SHAPES 8
#define MAX_POINTS 60

static GEOSContextHandle_t geos;
static unsigned char bytes[MAX_SHAPES][16 + 16 * (MAX_POINTS + 1)];
static shape shapes[MAX_SHAPES];
static GEOSGeometry *theirs[MAX_SHAPES];

/* Loads a ring of n points (and the first again), for both. */
static void
load(int which, double (*p)[2], int n)
{
	unsigned char *b = bytes[which];
	uint32_t head[4] = { GEOM_POLYGON, 1, n + 1, 0 };
	GEOSCoordSequence *s;

	p[n][0] = p[0][0];
	p[n][1] = p[0][1];
	memset(b, 0, 8);
	b[7] = 0x40;
	memcpy(b + 8, head, sizeof(head));
	memcpy(b + 24, p, (n + 1) * sizeof(*p));
	if (shape_load(&shapes[which], b, 24 + (n + 1) * sizeof(*p)) != GEOM_OK ||
		(fuzz_below(2) && shape_index(&shapes[which]) != GEOM_OK))
		exit(1);
	s = GEOSCoordSeq_copyFromBuffer_r(geos, (const double *) p, n + 1, 0, 0);
	theirs[which] = GEOSGeom_createPolygon_r(geos, GEOSGeom_createLinearRing_r(geos, s), NULL, 0);
}

static void
random_shape(int which)
{
	double p[MAX_POINTS + 1][2];
	double x = 100 * fuzz_unit();
	double y = 100 * fuzz_unit();
	double size = 10 + 60 * fuzz_unit();
	int n = 3 + fuzz_below(fuzz_below(4) == 0 ? MAX_POINTS - 3 : 9);

	switch (fuzz_below(4))
	{
		case 0: /* on a grid, so that edges coincide */
		{
			double x1 = 10 * fuzz_below(8);
			double y1 = 10 * fuzz_below(8);
			double x2 = x1 + 10 + 10 * fuzz_below(5);
			double y2 = y1 + 10 + 10 * fuzz_below(5);
			double box[4][2] = { { x1, y1 }, { x2, y1 }, { x2, y2 }, { x1, y2 } };

			n = 3 + fuzz_below(2);
			memcpy(p, box, sizeof(box));
			break;
		}
		case 1: /* the same as another */
			if (which > 0)
			{
				n = shapes[which - 1].chains[0].npoints - 1;
				memcpy(p, shapes[which - 1].chains[0].points, n * sizeof(*p));
				break;
			}
			/* FALLTHROUGH */
		default:
			for (int i = 0; i < n; i++)
			{
				double angle = 2 * M_PI * (i + 0.8 * fuzz_unit()) / n;
				double r = size * (0.3 + 0.7 * fuzz_unit());

				p[i][0] = x + r * cos(angle);
				p[i][1] = y + r * sin(angle);
			}
	}
	load(which, p, n);
}

/* How often a ring of n points winds around a point. */
static int
winding_at(double (*p)[2], int n, double x, double y)
{
	int times = 0;

	for (int i = 0; i < n; i++)
	{
		const double *a = p[i];
		const double *b = p[i + 1];

		if ((a[0] <= x) == (b[0] <= x))
			continue;
		if (a[1] + (x - a[0]) / (b[0] - a[0]) * (b[1] - a[1]) > y)
			times += a[0] <= x ? -1 : 1;
	}
	return times;
}

/* The same of a noded ring: by face, how often too much. NAN: GEOS cannot tell. */
static double
miscounted_by_faces(double (*p)[2], int n)
{
	GEOSCoordSequence *s = GEOSCoordSeq_copyFromBuffer_r(geos, (const double *) p, n + 1, 0, 0);
	GEOSGeometry *line = GEOSGeom_createLineString_r(geos, s);
	GEOSGeometry *noded = GEOSNode_r(geos, line);
	const GEOSGeometry *lines[1] = { noded };
	GEOSGeometry *faces = noded == NULL ? NULL : GEOSPolygonize_r(geos, lines, 1);
	double sum = faces == NULL ? NAN : 0;
	double sign = 0;

	for (int i = 0; i < n; i++)
		sign += (p[i][0] - p[0][0]) * (p[i + 1][1] - p[0][1]) -
				(p[i + 1][0] - p[0][0]) * (p[i][1] - p[0][1]);
	for (int i = 0; faces != NULL && i < GEOSGetNumGeometries_r(geos, faces); i++)
	{
		const GEOSGeometry *face = GEOSGetGeometryN_r(geos, faces, i);
		GEOSGeometry *point = GEOSPointOnSurface_r(geos, face);
		double x, y, area;
		int times;

		if (point == NULL || GEOSGeomGetX_r(geos, point, &x) != 1 ||
			GEOSGeomGetY_r(geos, point, &y) != 1 || GEOSArea_r(geos, face, &area) != 1)
			exit(1);
		times = winding_at(p, n, x, y) * (sign > 0 ? 1 : -1);
		sum += area * abs(times > 0 ? times - 1 : times);
		GEOSGeom_destroy_r(geos, point);
	}
	if (faces != NULL)
		GEOSGeom_destroy_r(geos, faces);
	if (noded != NULL)
		GEOSGeom_destroy_r(geos, noded);
	GEOSGeom_destroy_r(geos, line);
	return sum;
}

/* The worst error of a ring whose points come in any order, or that is a star. */
static double
compare_crossing(overlay_work *work, bool *compared)
{
	static double p[MAX_POINTS + 1][2];
	once o = { .work = work, .shapes = shapes, .nshapes = 1 };
	int n = 5 + fuzz_below(MAX_POINTS - 5);
	int step = fuzz_below(2) ? 1 + fuzz_below(n - 1) : 0;
	const double width = 200 * 200;
	double theirs_now, error;

	for (int i = 0; i < n; i++)
	{
		double angle = step > 0 ? 2 * M_PI * (i * step % n) / n : 2 * M_PI * fuzz_unit();
		double r = step > 0 ? 100 : 100 * fuzz_unit();

		p[i][0] = 1000 + r * cos(angle);
		p[i][1] = r * sin(angle);
	}
	load(0, p, n);
	GEOSGeom_destroy_r(geos, theirs[0]);
	theirs_now = miscounted_by_faces(p, n);
	once_miscounted(&o);

	error = fabs(careful_value(&o.miscounted) - theirs_now) / width;
	once_free(&o);
	*compared = !isnan(error) && fabs(shapes[0].area) > 1e-6 * width;
	return *compared ? error : 0;
}

int
main(int argc, char **argv)
{
	overlay_work work = { 0 };
	double worst_union = 0;
	double worst_part = 0;
	double worst_miscounted = 0;
	double worst_crossing = 0;
	long crossing = 0;
	long compared = 0;

	fuzz_start(argc, argv);
	geos = GEOS_init_r();
	for (long iteration = 0; iteration < fuzz_iterations; iteration++)
	{
		int n = 2 + fuzz_below(MAX_SHAPES - 1);
		once o = { .work = &work, .shapes = shapes, .nshapes = n };
		once valid = { .work = &work, .shapes = shapes, .nshapes = 1 };
		careful_sum total = { 0, 0 };
		double whole[MAX_SHAPES] = { 0 };
		bool good = true;
		GEOSGeometry *all = NULL;

		for (int i = 0; i < n; i++)
			random_shape(i);
		for (int i = 0; i < n; i++)
			good &= GEOSisValid_r(geos, theirs[i]) == 1;
		once_areas(&o);
		once_miscounted(&valid);
		if (good)
		{
			for (size_t i = 0; i < o.shares.count; i++)
			{
				whole[o.shares.share[i].first] += careful_value(&o.shares.share[i].area);
				if (o.shares.share[i].first == o.shares.share[i].second)
					careful_add(&total, careful_value(&o.shares.share[i].area));
			}
			for (int i = 1; i < n; i++)
			{
				double shared;

				overlay_area(&work, &shapes[i], &shapes[0], NULL, &shared);
				worst_part = fmax(worst_part, fabs(whole[i - 1] - shared) / shapes[0].area);
			}
			worst_miscounted = fmax(worst_miscounted,
									careful_value(&valid.miscounted) / shapes[0].area);

			all = GEOSGeom_clone_r(geos, theirs[1]);
			for (int i = 2; all != NULL && i < n; i++)
			{
				GEOSGeometry *more = GEOSUnion_r(geos, all, theirs[i]);

				GEOSGeom_destroy_r(geos, all);
				all = more;
			}
			if (all != NULL)
			{
				GEOSGeometry *inside = GEOSIntersection_r(geos, all, theirs[0]);
				double area;

				if (inside != NULL && GEOSArea_r(geos, inside, &area) == 1)
				{
					double error = fabs(careful_value(&total) - area) / shapes[0].area;

					if (error > 1e-9)
						printf("# iteration %ld: %.17g, GEOS %.17g\n", iteration,
							   careful_value(&total), area);
					worst_union = fmax(worst_union, error);
					compared++;
				}
				if (inside != NULL)
					GEOSGeom_destroy_r(geos, inside);
				GEOSGeom_destroy_r(geos, all);
			}
		}
		for (int i = 0; i < n; i++)
			GEOSGeom_destroy_r(geos, theirs[i]);
		once_free(&o);
		once_free(&valid);
		if (iteration % 8 == 0)
		{
			bool counts;
			double error = compare_crossing(&work, &counts);

			if (error > 1e-9)
				printf("# iteration %ld: error %g of a ring that crosses itself\n", iteration,
					   error);
			worst_crossing = fmax(worst_crossing, error);
			crossing += counts;
		}
	}
	printf("# worst errors: union %.2g (%ld), part %.2g, miscounted %.2g, crossing %.2g (%ld)\n",
		   worst_union, compared, worst_part, worst_miscounted, worst_crossing, crossing);
	fuzz_report(worst_union <= 1e-9 && compared > 0,
				"geometry_once: the areas add up to that of the union");
	fuzz_report(worst_part <= 1e-12, "geometry_once: what a part has and lost is what it shares");
	fuzz_report(worst_miscounted <= 1e-12, "geometry_once: nothing is miscounted in a valid shape");
	fuzz_report(worst_crossing <= 1e-9 && crossing > 0,
				"geometry_once: what a ring that crosses itself miscounts is as by its faces");
	GEOS_finish_r(geos);
	return fuzz_end();
}
