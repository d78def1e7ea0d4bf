/* fuzz: src/model/near_group.c -lm */
/*
 * near_group.c
 *		Random points: the group has its centre, keeps the distance, and is as large
 *		as the largest found by trying all.
 */
#include "fuzz.h"

#include <math.h>

#include "model/near_group.h"

#define MOST 22

static near_point points[MOST];
static near_search search = { .points = points };
static uint32_t near[MOST];

/* The size of the largest group among some points, by trying with and without each. */
static int
try_all(uint32_t left)
{
	int first;
	int with;
	int without;

	if (left == 0)
		return 0;
	first = __builtin_ctz(left);
	left &= left - 1;
	with = 1 + try_all(left & near[first]);
	if ((left & ~near[first]) == 0)
		return with;
	without = try_all(left);
	return with > without ? with : without;
}

/* Points at random, on a grid, on a circle, or twice the same; flat or of the Earth. */
static void
place_points(void)
{
	int kind = fuzz_below(5);
	double scale = 0.5 + 2 * fuzz_unit();

	search.npoints = 1 + fuzz_below(MOST);
	search.flat = fuzz_below(2) == 0;
	search.distance = fuzz_below(3) == 0 ? 20000 : 2000;
	for (int i = 0; i < search.npoints; i++)
	{
		double angle = 6.283185307179586 * fuzz_unit();
		double x = kind == 1   ? fuzz_below(7) / 3.0
				   : kind == 2 ? cos(angle) / 2
							   : scale * fuzz_unit();
		double y = kind == 1   ? fuzz_below(7) / 3.0
				   : kind == 2 ? sin(angle) / 2
							   : scale * fuzz_unit();

		if (kind == 3 && i > 0 && fuzz_below(2) == 0)
		{
			points[i] = points[fuzz_below(i)];
			continue;
		}
		if (kind == 4)
		{
			/* corners of regular triangles and hexagons: distances that just fit */
			x = fuzz_below(5) * 0.5;
			y = fuzz_below(5) * 0.8660254037844386;
		}
		x *= search.distance;
		y *= search.distance;
		if (search.flat)
			points[i] = (near_point){ x, y, 0 };
		else
		{
			double lon = 0.1 + x / 4.4e6;
			double lat = 0.8 + y / 6.4e6;

			points[i] = (near_point){ 6.37e6 * cos(lat) * cos(lon), 6.37e6 * cos(lat) * sin(lon),
									  6.35e6 * sin(lat) };
		}
	}
}

#define MANY 300

static near_point crowd[MANY];

/*
 * More points than can be tried: the group keeps the distance and has its centre, and
 * none larger is found where the plane is turned over its diagonal.
 */
static bool
crowd_is_fine(void)
{
	near_search s = { .points = crowd, .npoints = 60 + fuzz_below(MANY - 60), .flat = true };
	int centre = fuzz_below(s.npoints);
	double scale = 1 + 2 * fuzz_unit();
	bool fine = true;
	int size;

	s.distance = 2000;
	for (int i = 0; i < s.npoints; i++)
		crowd[i] = (near_point){ 2000 * scale * fuzz_unit(), 2000 * scale * fuzz_unit(), 0 };
	fine = near_group_find(&s, centre);
	size = s.nmembers;
	for (int i = 0; i < s.nmembers; i++)
		for (int j = 0; j < i; j++)
			fine = fine && near_enough(&s, s.members[i], s.members[j]);
	for (int i = 0; i < s.npoints; i++)
		crowd[i] = (near_point){ crowd[i].y, crowd[i].x, 0 };
	fine = near_group_find(&s, centre) && fine && s.nmembers == size;
	near_group_free(&s);
	return fine;
}

int
main(int argc, char **argv)
{
	bool crowds = true;
	bool found = true;
	bool kept = true;
	bool largest = true;

	fuzz_start(argc, argv);
	for (long iteration = 0; iteration < fuzz_iterations / 20 + 1; iteration++)
	{
		int centre;
		bool has_centre = false;

		if (iteration % 10 == 0)
			crowds = crowd_is_fine() && crowds;
		place_points();
		centre = fuzz_below(search.npoints);
		found = near_group_find(&search, centre) && found;
		for (int i = 0; i < search.npoints; i++)
		{
			near[i] = 0;
			for (int j = 0; j < search.npoints; j++)
				if (near_enough(&search, i, j))
					near[i] |= UINT32_C(1) << j;
		}
		for (int i = 0; i < search.nmembers; i++)
		{
			has_centre = has_centre || search.members[i] == centre;
			for (int j = 0; j < i; j++)
				kept = kept && search.members[j] < search.members[i] &&
					   near_enough(&search, search.members[i], search.members[j]);
		}
		kept = kept && has_centre;
		if (search.nmembers != 1 + try_all(near[centre] & ~(UINT32_C(1) << centre)))
		{
			printf("# iteration %ld: %d of %d\n", iteration, search.nmembers, search.npoints);
			largest = false;
		}
	}
	near_group_free(&search);
	fuzz_report(found, "near_group: a group is found");
	fuzz_report(kept, "near_group: it has its centre and keeps the distance");
	fuzz_report(largest, "near_group: none is larger");
	fuzz_report(crowds, "near_group: a crowd has a group as large when it is turned over");
	return fuzz_end();
}
