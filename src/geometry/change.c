/*
 * change.c
 *		What became of what: the areas of a zone by the classes of two maps.
 *
 * The area shared by the zone, a polygon of the earlier and one of the later map is
 * added up over the pairs whose boxes meet, found from left to right.  Most polygons
 * lie wholly in the zone, which then takes no part; and most are the same in both
 * maps: such a one has become itself, and has nothing to do with its neighbours.
 */
#include "geometry/change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct change_part
{
	const shape *s;
	int class;
	double times; /* how often the zone covers it; NAN when only in part */
	uint64_t hash;
	bool repeated;            /* there is an equal one in its map */
	struct change_part *same; /* in the other map */
} change_part;

static uint64_t
hash_shape(const shape *s)
{
	uint64_t hash = s->npoints;

	for (size_t c = 0; c < s->nchains; c++)
	{
		hash = (hash ^ s->chains[c].npoints) * UINT64_C(0x9e3779b97f4a7c15);
		for (uint32_t i = 0; i < s->chains[c].npoints; i++)
		{
			uint64_t bits[2];

			memcpy(bits, s->chains[c].points + (size_t) i * s->chains[c].stride, sizeof(bits));
			hash = (hash ^ bits[0]) * UINT64_C(0x9e3779b97f4a7c15);
			hash = (hash ^ hash >> 29 ^ bits[1]) * UINT64_C(0xbf58476d1ce4e5b9);
			hash ^= hash >> 31;
		}
	}
	return hash;
}

/* Have two shapes the same rings, point by point? */
static bool
equal_shapes(const shape *a, const shape *b)
{
	if (a->npoints != b->npoints || a->nchains != b->nchains)
		return false;
	for (size_t c = 0; c < a->nchains; c++)
	{
		const shape_chain *p = &a->chains[c];
		const shape_chain *q = &b->chains[c];

		if (p->npoints != q->npoints || p->sign != q->sign)
			return false;
		for (uint32_t i = 0; i < p->npoints; i++)
			if (memcmp(p->points + (size_t) i * p->stride, q->points + (size_t) i * q->stride,
					   2 * sizeof(double)) != 0)
				return false;
	}
	return true;
}

static bool
boxes_meet(const geom_box *a, const geom_box *b)
{
	return a->xmin < b->xmax && b->xmin < a->xmax && a->ymin < b->ymax && b->ymin < a->ymax;
}

/* Takes the polygons of a map that are at the zone.  False when memory is out. */
static bool
take_parts(change *c, int which)
{
	const change_map *map = &c->maps[which];
	change_part *parts = malloc((map->nshapes + 1) * sizeof(change_part));

	c->parts[which] = parts;
	c->nparts[which] = 0;
	c->active[which] = malloc((map->nshapes + 1) * sizeof(size_t));
	if (parts == NULL || c->active[which] == NULL)
		return false;
	for (size_t i = 0; i < map->nshapes; i++)
	{
		const shape *s = &map->shapes[i];
		overlay_edges *found = &c->work->a;
		double times = NAN;

		if (!boxes_meet(&s->ring_box, &c->zone->ring_box))
			continue;
		if (!overlay_gather(c->work, c->zone, &s->ring_box, true, found))
			return false;
		if (!found->any_inside)
			times = overlay_times_covered(found, (s->ring_box.xmax - s->ring_box.xmin) / 2);
		overlay_count(c->work, s->npoints);
		if (times != 0)
			parts[c->nparts[which]++] =
				(change_part){ s, map->classes[i], times, hash_shape(s), false, NULL };
	}
	return true;
}

static int
compare_hashes(const void *left, const void *right)
{
	const change_part *a = left;
	const change_part *b = right;

	return (a->hash > b->hash) - (a->hash < b->hash);
}

static int
compare_starts(const void *left, const void *right)
{
	double a = ((const change_part *) left)->s->ring_box.xmin;
	double b = ((const change_part *) right)->s->ring_box.xmin;

	return (a > b) - (a < b);
}

/* Finds the polygons that are the same in both maps, and in each only once. */
static void
match_parts(change *c)
{
	size_t j = 0;

	for (int which = 0; which < 2; which++)
	{
		change_part *parts = c->parts[which];

		qsort(parts, c->nparts[which], sizeof(change_part), compare_hashes);
		for (size_t i = 1; i < c->nparts[which]; i++)
			if (parts[i].hash == parts[i - 1].hash)
				parts[i].repeated = parts[i - 1].repeated = true;
	}
	for (size_t i = 0; i < c->nparts[0]; i++)
	{
		change_part *earlier = &c->parts[0][i];
		change_part *later;

		while (j < c->nparts[1] && c->parts[1][j].hash < earlier->hash)
			j++;
		later = &c->parts[1][j];
		if (j < c->nparts[1] && later->hash == earlier->hash && !earlier->repeated &&
			!later->repeated && equal_shapes(earlier->s, later->s))
		{
			earlier->same = later;
			later->same = earlier;
		}
	}
}

/* Adds an area, times a number, to that of two classes. */
static overlay_error
add_area(change *c, const change_part *earlier, const change_part *later, double area)
{
	share *found;

	if (area == 0)
		return OVERLAY_OK;
	found = share_find(&c->areas, earlier->class, later->class);
	if (found == NULL)
		return OVERLAY_MEMORY;
	careful_add(&found->area, area);
	return OVERLAY_OK;
}

/* Adds the polygons that have stayed the same, and leaves the others. */
static overlay_error
count_same(change *c)
{
	size_t kept[2] = { 0, 0 };

	for (size_t i = 0; i < c->nparts[0]; i++)
	{
		const change_part *part = &c->parts[0][i];
		bool covered = !isnan(part->times);
		overlay_error error;
		double area;

		if (part->same == NULL)
			continue;
		error = overlay_area(c->work, part->s, covered ? NULL : c->zone, c->g, &area);
		if (error == OVERLAY_OK)
			error = add_area(c, part, part->same, covered ? part->times * area : area);
		if (error != OVERLAY_OK)
			return error;
	}
	for (int which = 0; which < 2; which++)
	{
		for (size_t i = 0; i < c->nparts[which]; i++)
			if (c->parts[which][i].same == NULL)
				c->parts[which][kept[which]++] = c->parts[which][i];
		c->nparts[which] = kept[which];
		qsort(c->parts[which], kept[which], sizeof(change_part), compare_starts);
	}
	return OVERLAY_OK;
}

/* Adds what an earlier polygon and a later one have in common in the zone. */
static overlay_error
count_pair(change *c, const change_part *earlier, const change_part *later)
{
	const shape *shapes[3] = { c->zone, earlier->s, later->s };
	double times = isnan(earlier->times) ? later->times : earlier->times;
	overlay_error error;
	double area;

	overlay_count(c->work, 50);
	if (isnan(times))
		error = overlay_area_of_three(c->work, shapes, c->g, &area);
	else
	{
		error = overlay_area(c->work, earlier->s, later->s, c->g, &area);
		area *= times;
	}
	return error == OVERLAY_OK ? add_area(c, earlier, later, area) : error;
}

/* Meets a polygon of one map with those of the other that are not yet passed. */
static overlay_error
meet_active(change *c, int which, const change_part *part, size_t *nactive)
{
	size_t kept = 0;
	size_t *active = c->active[1 - which];

	overlay_count(c->work, *nactive + 1);
	for (size_t i = 0; i < *nactive; i++)
	{
		const change_part *other = &c->parts[1 - which][active[i]];
		overlay_error error = OVERLAY_OK;

		if (other->s->ring_box.xmax <= part->s->ring_box.xmin)
			continue;
		active[kept++] = active[i];
		if (boxes_meet(&part->s->ring_box, &other->s->ring_box))
			error = which == 0 ? count_pair(c, part, other) : count_pair(c, other, part);
		if (error != OVERLAY_OK)
			return error;
	}
	*nactive = kept;
	return OVERLAY_OK;
}

/* Adds the pairs of the polygons that are left, from left to right. */
static overlay_error
count_changed(change *c)
{
	size_t next[2] = { 0, 0 };
	size_t nactive[2] = { 0, 0 };

	while (next[0] < c->nparts[0] || next[1] < c->nparts[1])
	{
		int which = next[1] == c->nparts[1] ||
							(next[0] < c->nparts[0] &&
							 compare_starts(&c->parts[0][next[0]], &c->parts[1][next[1]]) <= 0)
						? 0
						: 1;
		overlay_error error = meet_active(c, which, &c->parts[which][next[which]],
										  &nactive[1 - which]);

		if (error != OVERLAY_OK)
			return error;
		c->active[which][nactive[which]++] = next[which]++;
	}
	return OVERLAY_OK;
}

/*
 * The areas of the zone by the class they have in the earlier and in the later map.
 * Each map is taken to cover a place once at most.
 */
overlay_error
change_areas(change *c)
{
	overlay_error error;

	if (!take_parts(c, 0) || !take_parts(c, 1))
		return OVERLAY_MEMORY;
	match_parts(c);
	error = count_same(c);
	return error == OVERLAY_OK ? count_changed(c) : error;
}

void
change_free(change *c)
{
	share_free(&c->areas);
	for (int which = 0; which < 2; which++)
	{
		free(c->parts[which]);
		free(c->active[which]);
		c->parts[which] = NULL;
		c->active[which] = NULL;
	}
}
