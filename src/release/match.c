/*
 * match.c
 *		Which contributions to several cubes are one and the same.
 *
 * A unit that adds the same to two cubes ties them together: who takes it for two
 * unknowns sees less than there is to see.  To take two for one that are not does no
 * harm but to withhold more, as the figures agree with it.  So names are a hint, and
 * figures decide: what is in the same place with the same figure is the same,
 * whatever it is called and whichever dataset says it; where a territory is new or
 * gone, what has the same figure in the same sector is.
 *
 * All figures of a cube may have changed in one proportion that everybody can know,
 * such as that of two factors or of the days of two years.  A proportion counts as
 * known when several that kept their names have it.
 *
 * A thing that can be seen, such as a building, is the same wherever it is counted
 * if its figure is, or its figure per extent: that of what is drawn larger may have
 * grown with it.
 */
#include "release/match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "release/model.h"

#define MOST_PROPORTIONS 64
#define MOST_KIN         6
#define KIN_REACH        64 /* units looked at on either side */

/* A contribution to one cube. */
typedef struct item
{
	int32_t number;
	int32_t key;
	int32_t cube;
	int32_t dataset;
	int32_t unit;
	uint64_t places; /* what sectors of what territories, in which proportions */
	uint64_t form;   /* the same without the territories */
	uint64_t near;   /* of the territories, the least around them that are in both cubes */
	uint64_t group;  /* what is compared: one of these */
	bool moved;      /* some of its territories are not in the other cube */
	bool matched;
	double value;
	double extent; /* of a thing that is known to be the same; 0: only a name */
	int32_t final; /* its number in the end */
} item;

typedef struct match_work
{
	const secrecy_cube *cube;
	arena memory;
	model breath; /* for its patience only */
	item *items;
	int32_t nitems;
	item *holders; /* the last form of each contribution so far */
	int32_t nholders;
	double proportions[MOST_PROPORTIONS];
	int nproportions;
} match_work;

static uint64_t
mix(uint64_t hash, uint64_t x)
{
	x += hash + UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static const secrecy_cube *sorting;

static int
compare_part(const void *a, const void *b)
{
	const secrecy_part *x = *(const secrecy_part *const *) a;
	const secrecy_part *y = *(const secrecy_part *const *) b;

	if (x->contribution != y->contribution)
		return x->contribution < y->contribution ? -1 : 1;
	if (sorting->place[x->node] != sorting->place[y->node])
		return sorting->place[x->node] < sorting->place[y->node] ? -1 : 1;
	return (x->sector > y->sector) - (x->sector < y->sector);
}

static int
compare_number(double x, double y)
{
	return (x > y) - (x < y);
}

static int
compare_int(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

static int
compare_cube(const void *a, const void *b)
{
	const item *x = a;
	const item *y = b;
	int c = compare_int(x->cube == 0 ? INT32_MAX : x->cube, y->cube == 0 ? INT32_MAX : y->cube);

	return c != 0 ? c : compare_int(x->number, y->number);
}

static int
compare_name(const void *a, const void *b)
{
	const item *x = *(const item *const *) a;
	const item *y = *(const item *const *) b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return compare_int(x->number, y->number);
}

static int
compare_figure(const void *a, const void *b)
{
	const item *x = *(const item *const *) a;
	const item *y = *(const item *const *) b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->value != y->value)
		return compare_number(x->value, y->value);
	return compare_int(x->number, y->number);
}

static bool
same(double x, double y)
{
	return fabs(x - y) <= 1e-9 * fabs(y);
}

/* Reads the contributions from their parts. */
static void
load_items(match_work *w, const int32_t *key, const double *extent, const secrecy_part *parts)
{
	size_t n = w->cube->nparts;
	const secrecy_part **list = arena_take(&w->memory, n, sizeof(secrecy_part *));

	for (size_t i = 0; i < n; i++)
		list[i] = &parts[i];
	sorting = w->cube;
	if (n > 1)
		qsort(list, n, sizeof(*list), compare_part);
	w->items = arena_take(&w->memory, n, sizeof(item));
	for (size_t i = 0, j; i < n; i = j)
	{
		item *it = &w->items[w->nitems++];
		double size = 0;

		*it = (item){ .number = list[i]->contribution,
					  .key = key[list[i]->contribution],
					  .extent = extent[list[i]->contribution],
					  .cube = w->cube->cube_of[list[i]->node],
					  .dataset = list[i]->dataset,
					  .unit = list[i]->unit,
					  .places = 1,
					  .form = 1,
					  .final = list[i]->contribution };
		for (j = i; j < n && list[j]->contribution == it->number; j++)
		{
			it->value += list[j]->value;
			size += fabs(list[j]->value);
		}
		for (size_t k = i; k < j; k++)
		{
			int64_t share = size > 0 ? llround(list[k]->value / size * 1e9) : 0;

			it->places = mix(it->places, (uint64_t) w->cube->place[list[k]->node]);
			it->places = mix(it->places, (uint64_t) list[k]->sector);
			it->places = mix(it->places, (uint64_t) share);
			it->form ^= mix((uint64_t) list[k]->sector, (uint64_t) share);
		}
		model_breathe(&w->breath);
	}
	if (w->nitems > 1)
		qsort(w->items, w->nitems, sizeof(item), compare_cube);
	w->holders = arena_take(&w->memory, w->nitems, sizeof(item));
}

static void
join(item *it, item *holder)
{
	it->final = holder->final;
	it->matched = holder->matched = true;
}

/* The proportions that several have who kept their names; the same, in any case. */
static void
learn_proportions(match_work *w, item **items, int32_t n, item **holders, int32_t m)
{
	double *seen = arena_take(&w->memory, n, sizeof(double));
	int32_t nseen = 0;

	w->proportions[0] = 1;
	w->nproportions = 1;
	for (int32_t i = 0, j = 0; i < n; i++)
	{
		while (j < m && holders[j]->group < items[i]->group)
			j++;
		if (j < m && holders[j]->group == items[i]->group && holders[j]->value != 0 &&
			items[i]->value / holders[j]->value > 0)
			seen[nseen++] = items[i]->value / holders[j]->value;
	}
	/* Sorted by insertion into runs would be quadratic: sort, then look for runs. */
	for (int32_t gap = nseen / 2; gap > 0; gap /= 2)
		for (int32_t i = gap; i < nseen; i++)
			for (int32_t j = i - gap; j >= 0 && seen[j] > seen[j + gap]; j -= gap)
			{
				double swap = seen[j];

				seen[j] = seen[j + gap];
				seen[j + gap] = swap;
			}
	for (int32_t i = 0, j; i < nseen && w->nproportions < MOST_PROPORTIONS; i = j)
	{
		/* So near that it is no chance, among however many. */
		for (j = i + 1; j < nseen && seen[j] - seen[i] <= 1e-12 * seen[i]; j++)
			;
		if (j - i > 1 && !same(seen[i], 1))
			w->proportions[w->nproportions++] = seen[i];
	}
}

static bool
known_proportion(const match_work *w, double value, double of)
{
	if (value == 0 && of == 0)
		return true;
	for (int i = 0; i < w->nproportions && value != 0 && of != 0; i++)
		if (same(value, of * w->proportions[i]))
			return true;
	return false;
}

/* Whether two of the same name can be the same. */
static bool
agree(const match_work *w, const item *it, const item *holder)
{
	bool seen = it->extent > 0 && holder->extent > 0;

	if (!seen && holder->form != it->form)
		return false;
	return known_proportion(w, it->value, holder->value) ||
		   (seen && known_proportion(w, it->value / it->extent, holder->value / holder->extent));
}

/* Whether two may be matched in a way. */
static bool
may_match(const item *it, const item *holder, bool moved, bool own)
{
	return !holder->matched && (!moved || it->moved || holder->moved) &&
		   (!own || holder->dataset == it->dataset);
}

/* Those of the same name, if their figures agree. */
static void
match_by_name(match_work *w, item **items, int32_t n, item **holders, int32_t m, bool moved,
			  bool own)
{
	for (int32_t i = 0, j = 0; i < n; i++)
	{
		model_breathe(&w->breath);
		if (items[i]->matched)
			continue;
		while (j < m && holders[j]->group < items[i]->group)
			j++;
		for (int32_t k = j; k < m && k < j + 16 && holders[k]->group == items[i]->group; k++)
			if (may_match(items[i], holders[k], moved, own) && agree(w, items[i], holders[k]))
			{
				join(items[i], holders[k]);
				break;
			}
	}
}

/* Those of the same figure in the same group. */
static void
match_by_figure(match_work *w, item **items, int32_t n, item **holders, int32_t m, bool moved,
				bool own)
{
	for (int p = 0; p < w->nproportions; p++)
		for (int32_t i = 0, j = 0; i < n; i++)
		{
			uint64_t group = items[i]->group;
			double low = items[i]->value / w->proportions[p];

			model_breathe(&w->breath);
			if (items[i]->matched || items[i]->value == 0)
				continue;
			for (; j < m; j++)
				if (holders[j]->group > group ||
					(holders[j]->group == group &&
					 (holders[j]->value > low || same(holders[j]->value, low))))
					break;
			for (int32_t k = j; k < m && k < j + 4096; k++)
			{
				if (holders[k]->group != group || !same(holders[k]->value, low))
					break;
				if (k == j && holders[k]->matched)
					j++;
				if (may_match(items[i], holders[k], moved, own))
				{
					join(items[i], holders[k]);
					break;
				}
			}
		}
}

/* Whether a territory of an item is in one of the two cubes only, and what is around. */
static bool
find_moved(match_work *w, const secrecy_part *parts, int32_t cube)
{
	int32_t most = 0;
	uint8_t *in;
	bool any = false;
	bool *moved = arena_take(&w->memory, w->cube->ncontributions, sizeof(bool));
	uint64_t *near = arena_take(&w->memory, w->cube->ncontributions, sizeof(uint64_t));

	for (int32_t i = 0; i < w->cube->nnodes; i++)
		most = w->cube->place[i] > most ? w->cube->place[i] : most;
	in = arena_take(&w->memory, (size_t) most + 1, 1);
	for (int32_t i = 0; i < w->cube->nnodes; i++)
	{
		int32_t other = w->cube->cube_of[i];

		if (other == cube)
			in[w->cube->place[i]] |= 1;
		else if (other != 0 && (cube == 0 || other < cube))
			in[w->cube->place[i]] |= 2;
	}
	for (size_t i = 0; i < w->cube->nparts; i++)
	{
		int32_t node = parts[i].node;

		moved[parts[i].contribution] |= in[w->cube->place[node]] != 3;
		/* A cycle is found later. */
		for (int step = 0; node >= 0 && in[w->cube->place[node]] != 3; step++)
			node = step < SECRECY_MAX_DEPTH ? w->cube->parent[node] : -1;
		near[parts[i].contribution] += mix(node >= 0 ? (uint64_t) w->cube->place[node] + 1 : 0,
										   (uint64_t) parts[i].sector);
	}
	for (int32_t i = 0; i < w->nitems; i++)
	{
		w->items[i].moved = moved[w->items[i].number];
		any |= w->items[i].moved && w->items[i].cube == cube;
		w->items[i].near = near[w->items[i].number];
	}
	for (int32_t i = 0; i < w->nholders; i++)
	{
		any |= w->holders[i].moved = moved[w->holders[i].number];
		w->holders[i].near = near[w->holders[i].number];
	}
	return any;
}

/*
 * Ways in which contributions are found to be the same, the surest first: a wrong
 * match takes a right one away from another.  By name where it was; by the unit's
 * name where the territory is new or gone; by the figure where it was; by the figure
 * within what is around the new and the former territory; by the figure anywhere.
 */
typedef enum match_way
{
	BY_KEY,
	BY_UNIT,
	BY_PLACE,
	BY_SURROUNDINGS,
	BY_FORM,
	WAYS
} match_way;

static int32_t
unmatched(item *from, int32_t n, match_way way, item **list)
{
	int32_t m = 0;

	for (int32_t i = 0; i < n; i++)
	{
		item *it = &from[i];

		if (it->matched)
			continue;
		it->group = way == BY_KEY            ? (uint64_t) it->key
					: way == BY_UNIT         ? mix(it->form, (uint64_t) it->unit)
					: way == BY_PLACE        ? it->places
					: way == BY_SURROUNDINGS ? mix(it->form, it->near)
											 : it->form;
		list[m++] = it;
	}
	if (m > 1)
		qsort(list, m, sizeof(*list), way <= BY_UNIT ? compare_name : compare_figure);
	return m;
}

/* Takes one more cube in. */
static void
match_cube(match_work *w, const secrecy_part *parts, item *items, int32_t n)
{
	item **a = arena_take(&w->memory, n, sizeof(item *));
	item **b = arena_take(&w->memory, w->nholders, sizeof(item *));
	bool any_moved;

	any_moved = find_moved(w, parts, items->cube);
	for (int32_t i = 0; i < w->nholders; i++)
		w->holders[i].matched = false;
	for (match_way way = BY_KEY; way < WAYS; way++)
	{
		bool moved = way == BY_UNIT || way == BY_SURROUNDINGS || way == BY_FORM;
		int32_t na, nb;

		if (moved && !any_moved)
			continue;
		na = unmatched(items, n, way, a);
		nb = unmatched(w->holders, w->nholders, way, b);
		if (way == BY_KEY)
			learn_proportions(w, a, na, b, nb);
		/* Within a dataset first: who knows one of two knows both, if they are one. */
		for (int own = 1; own >= 0; own--)
			if (way <= BY_UNIT)
				match_by_name(w, a, na, b, nb, moved, own);
			else
				match_by_figure(w, a, na, b, nb, moved, own);
	}
}

void
secrecy_match(const secrecy_cube *cube, const int32_t *key, const double *extent,
			  secrecy_part *parts, const secrecy_host *host)
{
	match_work w = { .cube = cube, .memory = { host, NULL }, .breath = { .host = host } };
	int32_t *final = arena_take(&w.memory, cube->ncontributions, sizeof(int32_t));
	int32_t *place = arena_take(&w.memory, cube->ncontributions, sizeof(int32_t));

	load_items(&w, key, extent, parts);
	for (int32_t i = 0, j; i < w.nitems; i = j)
	{
		for (j = i; j < w.nitems && w.items[j].cube == w.items[i].cube; j++)
			;
		if (w.nholders > 0)
			match_cube(&w, parts, &w.items[i], j - i);
		/* The last form of each contribution is what the next cube is held to. */
		for (int32_t k = 0; k < w.nholders; k++)
			place[w.holders[k].final] = k;
		for (int32_t k = i; k < j; k++)
			if (w.items[k].matched)
				w.holders[place[w.items[k].final]] = w.items[k];
		for (int32_t k = i; k < j; k++)
			if (!w.items[k].matched)
				w.holders[w.nholders++] = w.items[k];
	}
	for (int32_t i = 0; i < w.nitems; i++)
		final[w.items[i].number] = w.items[i].final;
	for (size_t i = 0; i < cube->nparts; i++)
		parts[i].contribution = final[parts[i].contribution];
	arena_empty(&w.memory);
}

/* --- units under two names ------------------------------------------------------------ */

/* What a unit has in one place and sector, over all cubes. */
typedef struct sighting
{
	int64_t where;
	int32_t unit;
	double value;
} sighting;

static int
compare_sighting(const void *a, const void *b)
{
	const sighting *x = a;
	const sighting *y = b;

	if (x->where != y->where)
		return x->where < y->where ? -1 : 1;
	return x->unit != y->unit ? compare_int(x->unit, y->unit) : compare_number(x->value, y->value);
}

static int
compare_seen_value(const void *a, const void *b)
{
	const sighting *x = a;
	const sighting *y = b;

	if (x->where != y->where)
		return x->where < y->where ? -1 : 1;
	return x->value != y->value ? compare_number(x->value, y->value)
								: compare_int(x->unit, y->unit);
}

typedef struct kinship
{
	int32_t unit;
	int32_t kin;
} kinship;

static int
compare_kinship(const void *a, const void *b)
{
	const kinship *x = a;
	const kinship *y = b;

	return x->unit != y->unit ? compare_int(x->unit, y->unit) : compare_int(x->kin, y->kin);
}

/* Units by place and sector, by figure, those that are in all cubes left out. */
static int32_t
load_sightings(match_work *w, const uint64_t *cubes, uint64_t all, sighting **list)
{
	sighting *seen = arena_take(&w->memory, w->cube->nparts, sizeof(sighting));
	int32_t n = 0;
	int32_t kept = 0;

	for (size_t i = 0; i < w->cube->nparts; i++)
	{
		const secrecy_part *p = &w->cube->parts[i];

		if (cubes[p->unit] != all && p->value != 0)
			seen[n++] = (sighting){ (int64_t) w->cube->place[p->node] * w->cube->nsectors +
										p->sector,
									p->unit, fabs(p->value) };
	}
	if (n > 1)
		qsort(seen, n, sizeof(sighting), compare_sighting);
	for (int32_t i = 0; i < n; i++)
		if (kept == 0 || seen[kept - 1].where != seen[i].where ||
			seen[kept - 1].unit != seen[i].unit)
			seen[kept++] = seen[i];
	if (kept > 1)
		qsort(seen, kept, sizeof(sighting), compare_seen_value);
	*list = seen;
	return kept;
}

/* The nearest of those that are never there together with one of them. */
static int32_t
nearest_kin(const sighting *list, int32_t n, int32_t at, const uint64_t *cubes, kinship *found)
{
	int32_t below = at - 1;
	int32_t above = at + 1;
	int32_t nfound = 0;

	while (nfound < MOST_KIN)
	{
		bool can_fall = below >= 0 && at - below <= KIN_REACH &&
						list[below].where == list[at].where;
		bool can_rise = above < n && above - at <= KIN_REACH && list[above].where == list[at].where;
		int32_t next;

		if (!can_fall && !can_rise)
			break;
		if (!can_rise ||
			(can_fall && list[at].value / list[below].value <= list[above].value / list[at].value))
			next = below--;
		else
			next = above++;
		if ((cubes[list[next].unit] & cubes[list[at].unit]) == 0)
			found[nfound++] = (kinship){ list[at].unit, list[next].unit };
	}
	return nfound;
}

void
secrecy_find_kin(secrecy_cube *cube, const secrecy_host *host)
{
	match_work w = { .cube = cube, .memory = { host, NULL }, .breath = { .host = host } };
	uint64_t *cubes = arena_take(&w.memory, cube->nunits, sizeof(uint64_t));
	uint64_t all = 0;
	sighting *list;
	kinship *pairs;
	int32_t n, npairs = 0, kept = 0;
	int32_t *start = host->allocate(sizeof(int32_t) * ((size_t) cube->nunits + 1));
	int32_t *kin;

	for (size_t i = 0; i < cube->nparts; i++)
	{
		/* With more than 64 cubes some pass for the same: fewer can be kin. */
		uint64_t bit = UINT64_C(1) << (cube->cube_of[cube->parts[i].node] & 63);

		cubes[cube->parts[i].unit] |= bit;
		all |= bit;
	}
	n = load_sightings(&w, cubes, all, &list);
	pairs = arena_take(&w.memory, (size_t) n * MOST_KIN, sizeof(kinship));
	for (int32_t i = 0; i < n; i++)
	{
		npairs += nearest_kin(list, n, i, cubes, &pairs[npairs]);
		model_breathe(&w.breath);
	}
	if (npairs > 1)
		qsort(pairs, npairs, sizeof(kinship), compare_kinship);
	kin = host->allocate(sizeof(int32_t) * (npairs > 0 ? npairs : 1));
	memset(start, 0, sizeof(int32_t) * ((size_t) cube->nunits + 1));
	for (int32_t i = 0; i < npairs; i++)
		if (i == 0 || compare_kinship(&pairs[i - 1], &pairs[i]) != 0)
		{
			kin[kept++] = pairs[i].kin;
			start[pairs[i].unit + 1]++;
		}
	for (int32_t u = 0; u < cube->nunits; u++)
		start[u + 1] += start[u];
	cube->kin_start = start;
	cube->kin = kin;
	arena_empty(&w.memory);
}
