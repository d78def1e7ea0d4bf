/* fuzz: src/geometry/reader.c src/geometry/shape.c src/geometry/overlay.c src/geometry/area.c
 * src/geometry/precise.c src/geometry/three.c src/geometry/change.c src/geometry/shares.c
 * src/geometry/ground.c -lgeos_c -lproj -lm */
/*
 * geometry_three.c
 *		Areas shared by three polygons, and change matrices, against GEOS; whether
 *		they add up over a tessellation.
 */
#include "fuzz.h"

#include <geos_c.h>
#include <math.h>

#include "geometry/change.h"

#define MAX_POINTS 120
#define STRIPS     4
#define STEPS      8
#define MAP        6 /* polygons of a map */

typedef struct figure
{
	unsigned char bytes[24 + 16 * (MAX_POINTS + 1)];
	shape s;
	GEOSGeometry *geos;
} figure;

static GEOSContextHandle_t geos;
static overlay_work work;

/* Makes a ring of n points (and the first again), for both. */
static void
load(figure *f, double (*p)[2], int n)
{
	uint32_t head[4] = { GEOM_POLYGON, 1, n + 1, 0 };
	GEOSCoordSequence *s;

	p[n][0] = p[0][0];
	p[n][1] = p[0][1];
	memset(f->bytes, 0, 8);
	f->bytes[7] = 0x40;
	memcpy(f->bytes + 8, head, sizeof(head));
	memcpy(f->bytes + 24, p, (n + 1) * sizeof(*p));
	if (shape_load(&f->s, f->bytes, 24 + (n + 1) * sizeof(*p)) != GEOM_OK ||
		(fuzz_below(2) && shape_index(&f->s) != GEOM_OK))
		exit(1);
	s = GEOSCoordSeq_copyFromBuffer_r(geos, (const double *) p, n + 1, 0, 0);
	if (f->geos != NULL)
		GEOSGeom_destroy_r(geos, f->geos);
	f->geos = GEOSGeom_createPolygon_r(geos, GEOSGeom_createLinearRing_r(geos, s), NULL, 0);
}

/* A star, or a rectangle on a grid so that edges coincide. */
static void
random_figure(figure *f, double x, double y, double size)
{
	double p[MAX_POINTS + 1][2];
	int n = 3 + fuzz_below(fuzz_below(6) == 0 ? MAX_POINTS - 3 : 12);

	if (fuzz_below(4) == 0)
	{
		double x1 = x + size * (fuzz_below(5) - 3) / 2;
		double y1 = y + size * (fuzz_below(5) - 3) / 2;
		double x2 = x1 + size * (1 + fuzz_below(4)) / 2;
		double y2 = y1 + size * (1 + fuzz_below(4)) / 2;
		double box[4][2] = { { x1, y1 }, { x2, y1 }, { x2, y2 }, { x1, y2 } };

		n = 3 + fuzz_below(2);
		memcpy(p, box, sizeof(box));
	}
	else
	{
		x += size * (fuzz_unit() - 0.5);
		y += size * (fuzz_unit() - 0.5);
		for (int i = 0; i < n; i++)
		{
			double angle = 2 * M_PI * (i + 0.8 * fuzz_unit()) / n;
			double r = size * (0.3 + 0.7 * fuzz_unit());

			p[i][0] = x + r * cos(angle);
			p[i][1] = y + r * sin(angle);
		}
	}
	load(f, p, n);
}

/* Strips side by side, with ragged borders, about a place. */
static void
make_strips(figure *strips, double x, double y, double size)
{
	double border[STRIPS + 1][STEPS + 1][2];

	for (int i = 0; i <= STRIPS; i++)
		for (int j = 0; j <= STEPS; j++)
		{
			double ragged = i == 0 || i == STRIPS ? 0 : 0.4 * (fuzz_unit() - 0.5);

			border[i][j][0] = x + size * 6 * ((i + ragged) / STRIPS - 0.5);
			border[i][j][1] = y + size * 6 * ((double) j / STEPS - 0.5);
		}
	for (int i = 0; i < STRIPS; i++)
	{
		double p[2 * STEPS + 3][2];

		for (int j = 0; j <= STEPS; j++)
		{
			memcpy(p[j], border[i + 1][j], sizeof(p[j]));
			memcpy(p[STEPS + 1 + j], border[i][STEPS - j], sizeof(p[j]));
		}
		load(&strips[i], p, 2 * STEPS + 2);
	}
}

/* What GEOS says that three polygons share; NAN if it fails, or one is not valid. */
static double
geos_shared(const figure *a, const figure *b, const figure *c)
{
	GEOSGeometry *two;
	GEOSGeometry *three = NULL;
	double area = NAN;

	if (GEOSisValid_r(geos, a->geos) != 1 || GEOSisValid_r(geos, b->geos) != 1 ||
		GEOSisValid_r(geos, c->geos) != 1)
		return NAN;
	two = GEOSIntersection_r(geos, a->geos, b->geos);
	if (two != NULL)
		three = GEOSIntersection_r(geos, two, c->geos);
	if (three != NULL && GEOSArea_r(geos, three, &area) != 1)
		area = NAN;
	if (two != NULL)
		GEOSGeom_destroy_r(geos, two);
	if (three != NULL)
		GEOSGeom_destroy_r(geos, three);
	return area;
}

static double
shared(const figure *a, const figure *b, const figure *c, ground *g)
{
	const shape *shapes[3] = { &a->s, &b->s, &c->s };
	double area;

	if (overlay_area_of_three(&work, shapes, g, &area) != OVERLAY_OK)
		exit(1);
	return area;
}

/* The total and one cell of the change between two maps in a zone. */
static void
matrix(const figure *zone, const shape maps[2][MAP], ground *g, double cell[2])
{
	static const int classes[MAP] = { 0, 1, 2, 0, 1, 2 };
	change c = { .work = &work, .g = g, .zone = &zone->s };

	for (int m = 0; m < 2; m++)
		c.maps[m] = (change_map){ maps[m], classes, MAP };
	if (change_areas(&c) != OVERLAY_OK)
		exit(1);
	cell[0] = cell[1] = 0;
	for (size_t i = 0; i < c.areas.count; i++)
	{
		double area = careful_value(&c.areas.share[i].area);

		cell[0] += area;
		if (c.areas.share[i].first == 1 && c.areas.share[i].second == 2)
			cell[1] = area;
	}
	change_free(&c);
}

/* Is a figure the same as one of those drawn before? */
static bool
drawn_before(const figure *f, const figure *first)
{
	for (const figure *other = first; other < f; other++)
		if (other->s.npoints == f->s.npoints && memcmp(other->bytes, f->bytes, 24) == 0 &&
			memcmp(other->bytes + 24, f->bytes + 24, 16 * f->s.npoints) == 0)
			return true;
	return false;
}

static figure figures[3];
static figure strips[STRIPS];
static figure map_figures[2][MAP];

int
main(int argc, char **argv)
{
	char reason[200];
	ground *g = ground_open("EPSG:2154", reason, sizeof(reason));
	double worst_geos = 0;
	double worst_order = 0;
	double worst_plane = 0;
	double worst_ground = 0;
	double worst_matrix = 0;
	double worst_matrix_sum = 0;
	double worst_same = 0;
	long compared = 0;

	fuzz_start(argc, argv);
	geos = GEOS_init_r();
	if (g == NULL)
	{
		printf("# EPSG:2154: %s\n", reason);
		return 1;
	}
	for (long iteration = 0; iteration < fuzz_iterations; iteration++)
	{
		static const double places[3][2] = { { 0, 0 }, { 380000, 6500000 }, { 700000, 6600000 } };
		const double *place = places[fuzz_below(3)];
		double size = pow(10, 4 * fuzz_unit());
		double square = size * size;
		double ours;
		double theirs;
		double sums[2] = { 0, 0 };

		for (int i = 0; i < 3; i++)
			random_figure(&figures[i], place[0], place[1], size);
		ours = shared(&figures[0], &figures[1], &figures[2], NULL);
		theirs = geos_shared(&figures[0], &figures[1], &figures[2]);
		if (!isnan(theirs))
		{
			/* GEOS rounds the corners of the intersections. */
			double rounding = 4e-15 * (fabs(place[0]) + fabs(place[1]) + size) * size;
			double error = fmax(0, fabs(ours - theirs) - rounding) / square;

			if (error > 1e-9)
				printf("# iteration %ld: %.17g, GEOS %.17g\n", iteration, ours, theirs);
			worst_geos = fmax(worst_geos, error);
			compared++;
		}
		worst_order = fmax(
			worst_order, fabs(ours - shared(&figures[2], &figures[0], &figures[1], NULL)) / square);
		worst_order = fmax(
			worst_order, fabs(ours - shared(&figures[1], &figures[0], &figures[2], NULL)) / square);

		/* Over strips, three add up to two. */
		place = places[1 + fuzz_below(2)];
		for (int i = 0; i < 2; i++)
			random_figure(&figures[i], place[0], place[1], size);
		make_strips(strips, place[0], place[1], size);
		for (int i = 0; i < STRIPS; i++)
		{
			sums[0] += shared(&strips[i], &figures[0], &figures[1], NULL);
			sums[1] += shared(&strips[i], &figures[0], &figures[1], g);
		}
		overlay_area(&work, &figures[0].s, &figures[1].s, NULL, &ours);
		worst_plane = fmax(worst_plane, fabs(sums[0] - ours) / square);
		overlay_area(&work, &figures[0].s, &figures[1].s, g, &ours);
		worst_ground = fmax(worst_ground, fabs(sums[1] - ours) / square);

		/* A matrix is its pairs; over strips it adds up; and a map becomes itself. */
		if (iteration % 10 == 0)
		{
			shape maps[2][MAP];
			double cell[2];
			double whole[2];
			double pairs[2] = { 0, 0 };

			for (int m = 0; m < 2; m++)
				for (int i = 0; i < MAP; i++)
				{
					/* What is equal is taken to have stayed, whatever else overlaps it. */
					do
						random_figure(&map_figures[m][i], place[0] + size * (i % 3 - 1),
									  place[1] + size * (i / 3 - 0.5), size / 2);
					while (drawn_before(&map_figures[m][i], map_figures[0]));
					maps[m][i] = map_figures[m][i].s;
				}
			for (int i = 0; i < MAP; i++)
				for (int j = 0; j < MAP; j++)
				{
					double area = shared(&figures[0], &map_figures[0][i], &map_figures[1][j], g);

					pairs[0] += area;
					if (i % 3 == 1 && j % 3 == 2)
						pairs[1] += area;
				}
			matrix(&figures[0], (const shape(*)[MAP]) maps, g, cell);
			worst_matrix = fmax(worst_matrix, fabs(cell[1] - pairs[1]) / square);
			worst_matrix = fmax(worst_matrix, fabs(cell[0] - pairs[0]) / square);

			sums[0] = sums[1] = whole[0] = 0;
			for (int i = 0; i < STRIPS; i++)
			{
				matrix(&strips[i], (const shape(*)[MAP]) maps, g, cell);
				sums[0] += cell[0];
				sums[1] += cell[1];
			}
			for (int i = 0; i < MAP; i++)
				for (int j = 0; j < MAP; j++)
				{
					overlay_area(&work, &maps[0][i], &maps[1][j], g, &ours);
					whole[0] += ours;
				}
			worst_matrix_sum = fmax(worst_matrix_sum, fabs(sums[0] - whole[0]) / square);

			memcpy(maps[1], maps[0], sizeof(maps[0]));
			matrix(&figures[0], (const shape(*)[MAP]) maps, g, cell);
			whole[0] = 0;
			for (int i = 0; i < MAP; i++)
			{
				overlay_area(&work, &maps[0][i], &figures[0].s, g, &ours);
				whole[0] += ours;
			}
			worst_same = fmax(worst_same, fmax(fabs(cell[0] - whole[0]), fabs(cell[1])) / square);
		}
	}
	printf("# worst errors: GEOS %.2g (%ld), order %.2g, plane %.2g, ground %.2g\n", worst_geos,
		   compared, worst_order, worst_plane, worst_ground);
	printf("# matrix: pairs %.2g, sums %.2g, same %.2g\n", worst_matrix, worst_matrix_sum,
		   worst_same);
	fuzz_report(worst_geos <= 1e-9 && compared > 0, "geometry_three: areas as GEOS has them");
	fuzz_report(worst_order <= 1e-13, "geometry_three: the order does not matter");
	fuzz_report(worst_plane <= 1e-13, "geometry_three: areas add up over strips");
	fuzz_report(worst_ground <= 1e-11, "geometry_three: areas on the ground add up");
	fuzz_report(worst_matrix <= 1e-11, "geometry_three: a matrix is the sum of its pairs");
	fuzz_report(worst_matrix_sum <= 1e-11, "geometry_three: matrices add up over strips");
	fuzz_report(worst_same <= 1e-11, "geometry_three: a map that stays becomes itself");
	ground_close(g);
	GEOS_finish_r(geos);
	return fuzz_end();
}
