/*
 * geos_overlay.c
 *		Overlays the parcels and zones of geometry_overlay.sql with GEOS alone: no
 *		database, geometries read beforehand, an index over the parcels.
 *
 *	geos_overlay ZONES PARCELS		files of WKB in hexadecimal, one a line
 *
 * Prints a line for each way to do it: its name, the total area, milliseconds.
 */
#include <geos_c.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPEATS 3

typedef struct shapes
{
	GEOSGeometry **geoms;
	int n;
} shapes;

static void
say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

static shapes
read_shapes(const char *path)
{
	shapes all = { NULL, 0 };
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file)
	{
		perror(path);
		exit(1);
	}
	while ((len = getline(&line, &size, file)) > 1)
	{
		GEOSGeometry *geom = GEOSGeomFromHEX_buf((unsigned char *) line, len - 1);

		if (!geom)
			exit(1);
		if ((all.n & (all.n - 1)) == 0)
			all.geoms = realloc(all.geoms, (all.n ? 2 * all.n : 1) * sizeof(GEOSGeometry *));
		all.geoms[all.n++] = geom;
	}
	free(line);
	fclose(file);
	return all;
}

/* A zone, and what is to be done with each parcel whose box meets its own. */
typedef struct overlay
{
	const GEOSGeometry *zone;
	const GEOSPreparedGeometry *prepared; /* NULL: not wanted */
	double total;
} overlay;

static double
area_of(GEOSGeometry *geom)
{
	double area;

	if (!geom || !GEOSArea(geom, &area))
		exit(1);
	GEOSGeom_destroy(geom);
	return area;
}

static void
visit(void *item, void *data)
{
	overlay *o = data;
	const GEOSGeometry *parcel = item;
	double area;

	if (o->prepared && GEOSPreparedContains(o->prepared, parcel) == 1)
	{
		if (!GEOSArea(parcel, &area))
			exit(1);
		o->total += area;
	}
	else if (!o->prepared || GEOSPreparedIntersects(o->prepared, parcel) == 1)
		o->total += area_of(GEOSIntersection(o->zone, parcel));
}

static double
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void
measure(const char *name, const shapes *zones, GEOSSTRtree *tree, bool prepare)
{
	double least = 1e300;
	double total = 0;

	for (int round = 0; round < REPEATS; round++)
	{
		double started = milliseconds();

		total = 0;
		for (int i = 0; i < zones->n; i++)
		{
			overlay o = { zones->geoms[i], NULL, 0 };

			if (prepare)
				o.prepared = GEOSPrepare(o.zone);
			GEOSSTRtree_query(tree, o.zone, visit, &o);
			if (o.prepared)
				GEOSPreparedGeom_destroy(o.prepared);
			total += o.total;
		}
		if (milliseconds() - started < least)
			least = milliseconds() - started;
	}
	printf("%s|%.3f|%.1f\n", name, total, least);
}

int
main(int argc, char **argv)
{
	shapes zones;
	shapes parcels;
	GEOSSTRtree *tree;

	if (argc != 3)
	{
		fprintf(stderr, "usage: geos_overlay ZONES PARCELS\n");
		return 2;
	}
	initGEOS(say, say);
	zones = read_shapes(argv[1]);
	parcels = read_shapes(argv[2]);
	tree = GEOSSTRtree_create(10);
	for (int i = 0; i < parcels.n; i++)
		GEOSSTRtree_insert(tree, parcels.geoms[i], parcels.geoms[i]);
	printf("GEOS %s in C, GEOSIntersection", GEOSversion());
	measure("", &zones, tree, false);
	printf("GEOS %s in C, zones prepared", GEOSversion());
	measure("", &zones, tree, true);
	return 0;
}
