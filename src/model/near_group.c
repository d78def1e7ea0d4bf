/*
 * near_group.c
 *		The largest group of points around one of them whose members are all within
 *		a distance of each other.
 *
 * A set of diameter at most d lies, for some position, in a lens: the intersection
 * of two discs of radius d whose centres are d apart on a line of given direction.
 * (It is part of a body of constant width d, whose two points of support in that
 * direction are d apart.)  The long axis of the lens halves it into two parts of
 * diameter d each, so that points too far apart are in different halves: the largest
 * group in a lens is the largest independent set of a bipartite graph, that is, what
 * a largest matching leaves over (Clark, Colbourn and Johnson 1990, who take the
 * lens of every pair of points).
 *
 * Here the positions of the lens are searched from coarse to fine.  A square of
 * positions is bounded by all points that a lens of it may hold, less a matching of
 * pairs too far apart; the most promising square comes first, and is quartered unless
 * what the matching leaves over is a group, when nothing better is in it.  Squares
 * that are no better than the best group known are left.
 *
 * Points of the Earth are seen on a plane through its centre, across the direction of
 * the centre of the group.  That never makes a distance longer, so the bounds hold;
 * whether two points are near enough is always asked of their true distance.
 */
#include "model/near_group.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WORD     64
#define SMALLEST 1e-6 /* half a side of squares that are not quartered, in distances */
#define SETTLED  0.1  /* the same of squares whose points are near being a group */

/* What rounding may add to a distance. */
#define TOLERANCE 1e-12

typedef struct near_cell
{
	double x;
	double y;
	double half;
	int bound; /* no group of it has more members */
} near_cell;

/* A point that is near enough to the centre of the group. */
typedef struct near_candidate
{
	int point;
	near_point place;
	double x;
	double y;
} near_candidate;

typedef struct near_work
{
	near_candidate *candidates; /* by y */
	int n;
	int nwords;
	uint64_t *conflicts; /* a row of bits a candidate: who is too far from it */
	near_cell *heap;     /* the largest bound first */
	int ncells;
	int room;
	uint64_t *best;
	int nbest;

	/* The points of a cell, the upper and the lower ones, and their matching. */
	uint64_t *in_cell;
	uint64_t *upper;
	uint64_t *lower;
	uint64_t *free_lower;
	uint64_t *unseen_lower;
	uint64_t *seen_upper;
	uint64_t *saved_lower;
	uint64_t *saved_upper;
	uint64_t *chosen;
	int *partner;
	int *came_from;
	int *queue;
	int *counts;
} near_work;

double
near_squared_distance(const near_point *a, const near_point *b)
{
	double x = a->x - b->x;
	double y = a->y - b->y;
	double z = a->z - b->z;

	return x * x + y * y + z * z;
}

static double
squared_limit(const near_search *search)
{
	return search->distance * search->distance * (1 + TOLERANCE);
}

bool
near_enough(const near_search *search, int a, int b)
{
	return near_squared_distance(&search->points[a], &search->points[b]) <= squared_limit(search);
}

static inline int
lowest_bit(uint64_t word)
{
	return __builtin_ctzll(word);
}

static inline int
highest_bit(uint64_t word)
{
	return WORD - 1 - __builtin_clzll(word);
}

static inline void
set_bit(uint64_t *bits, int i)
{
	bits[i / WORD] |= UINT64_C(1) << (i % WORD);
}

static inline void
clear_bit(uint64_t *bits, int i)
{
	bits[i / WORD] &= ~(UINT64_C(1) << (i % WORD));
}

static int
count_bits(const uint64_t *bits, int nwords)
{
	int count = 0;

	for (int w = 0; w < nwords; w++)
		count += __builtin_popcountll(bits[w]);
	return count;
}

static inline const uint64_t *
conflicts_of(const near_work *work, int candidate)
{
	return work->conflicts + (size_t) candidate * work->nwords;
}

static int
compare_candidates(const void *left, const void *right)
{
	const near_candidate *a = left;
	const near_candidate *b = right;

	if (a->y != b->y)
		return a->y < b->y ? -1 : 1;
	return (a->point > b->point) - (a->point < b->point);
}

/* Two unit vectors across the direction of the centre of the group. */
static void
set_axes(const near_search *search, const near_point *centre, near_point *u, near_point *v)
{
	near_point n = *centre;
	double length = sqrt(n.x * n.x + n.y * n.y + n.z * n.z);
	double across;

	*u = (near_point){ 1, 0, 0 };
	*v = (near_point){ 0, 1, 0 };
	if (search->flat || length == 0)
		return;
	n = (near_point){ n.x / length, n.y / length, n.z / length };
	across = hypot(n.x, n.y);
	if (across > 0.01)
		*u = (near_point){ -n.y / across, n.x / across, 0 };
	*v = (near_point){ n.y * u->z - n.z * u->y, n.z * u->x - n.x * u->z, n.x * u->y - n.y * u->x };
	if (across <= 0.01)
	{
		/* Near a pole: u is not across yet. */
		length = sqrt(v->x * v->x + v->y * v->y + v->z * v->z);
		*v = (near_point){ v->x / length, v->y / length, v->z / length };
		*u = (near_point){ v->y * n.z - v->z * n.y, v->z * n.x - v->x * n.z,
						   v->x * n.y - v->y * n.x };
	}
}

/* Takes the points that are near enough to the centre.  False when memory is out. */
static bool
take_candidates(near_search *search, int centre)
{
	near_work *work = search->work;
	const near_point *c = &search->points[centre];
	near_point u;
	near_point v;
	size_t n = 0;

	set_axes(search, c, &u, &v);
	for (int i = 0; i < search->npoints; i++)
		n += near_enough(search, centre, i);
	work->candidates = malloc(n * sizeof(near_candidate));
	if (work->candidates == NULL)
		return false;
	for (int i = 0; i < search->npoints; i++)
	{
		const near_point *p = &search->points[i];
		double x = p->x - c->x;
		double y = p->y - c->y;
		double z = p->z - c->z;

		if (near_enough(search, centre, i))
			work->candidates[work->n++] = (near_candidate){ i, *p, x * u.x + y * u.y + z * u.z,
															x * v.x + y * v.y + z * v.z };
	}
	qsort(work->candidates, work->n, sizeof(near_candidate), compare_candidates);
	work->nwords = (work->n + WORD - 1) / WORD;
	return true;
}

/* A block of 64 x 64 bits, turned over its diagonal. */
static void
transpose(uint64_t *block)
{
	uint64_t mask = UINT64_C(0x00000000ffffffff);

	for (int width = WORD / 2; width > 0; width /= 2, mask ^= mask << width)
		for (int i = 0; i < WORD; i = (i + width + 1) & ~width)
		{
			uint64_t swapped = (block[i] >> width ^ block[i + width]) & mask;

			block[i] ^= swapped << width;
			block[i + width] ^= swapped;
		}
}

/* Which candidates of a block are too far from another. */
static uint64_t
far_candidates(const near_candidate *from, const near_candidate *block, int n, double limit)
{
	double squared[WORD];
	uint64_t word = 0;

	for (int j = 0; j < n; j++)
		squared[j] = near_squared_distance(&from->place, &block[j].place);
	for (int j = 0; j < n; j++)
		word |= (uint64_t) (squared[j] > limit) << j;
	return word;
}

/*
 * Finds which candidates are too far apart, by blocks of them, each pair once.
 * False when memory is out.
 */
static bool
set_conflicts(near_search *search)
{
	near_work *work = search->work;
	size_t nwords = work->nwords;
	double limit = squared_limit(search);

	work->conflicts = calloc(work->n * nwords, sizeof(uint64_t));
	if (work->conflicts == NULL)
		return false;
	for (size_t row = 0; row < nwords; row++)
	{
		int nrows = work->n - row * WORD < WORD ? work->n - row * WORD : WORD;

		if (search->check != NULL)
			search->check();
		for (size_t column = 0; column <= row; column++)
		{
			uint64_t block[WORD] = { 0 };

			for (int i = 0; i < nrows; i++)
			{
				block[i] = far_candidates(&work->candidates[row * WORD + i],
										  &work->candidates[column * WORD],
										  column < row ? WORD : nrows, limit);
				work->conflicts[(row * WORD + i) * nwords + column] = block[i];
			}
			if (column == row)
				continue;
			transpose(block);
			for (int j = 0; j < WORD; j++)
				work->conflicts[(column * WORD + j) * nwords + row] = block[j];
		}
	}
	return true;
}

static bool
allocate(near_work *work)
{
	uint64_t **sets[] = { &work->best,       &work->in_cell,     &work->upper,
						  &work->lower,      &work->free_lower,  &work->unseen_lower,
						  &work->seen_upper, &work->saved_lower, &work->saved_upper,
						  &work->chosen };

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
	{
		*sets[i] = calloc(work->nwords, sizeof(uint64_t));
		if (*sets[i] == NULL)
			return false;
	}
	work->partner = malloc(work->n * sizeof(int));
	work->came_from = malloc(work->n * sizeof(int));
	work->queue = malloc(work->n * sizeof(int));
	work->counts = malloc(work->n * sizeof(int));
	return work->partner != NULL && work->came_from != NULL && work->queue != NULL &&
		   work->counts != NULL;
}

/* How far a number is outside an interval. */
static inline double
outside(double value, double middle, double half)
{
	double far = fabs(value - middle) - half;

	return far > 0 ? far : 0;
}

/* Finds the points that a lens of a cell may hold, and which are above its middle. */
static int
take_cell(const near_search *search, const near_cell *cell)
{
	near_work *work = search->work;
	double d = search->distance;
	double reach = d * d * (1 + 4 * TOLERANCE);

	memset(work->in_cell, 0, work->nwords * sizeof(uint64_t));
	memset(work->upper, 0, work->nwords * sizeof(uint64_t));
	memset(work->lower, 0, work->nwords * sizeof(uint64_t));
	for (int i = 0; i < work->n; i++)
	{
		const near_candidate *c = &work->candidates[i];
		double y = outside(c->y, cell->y, cell->half);
		double left = outside(c->x, cell->x - d / 2, cell->half);
		double right = outside(c->x, cell->x + d / 2, cell->half);

		if (left * left + y * y > reach || right * right + y * y > reach)
			continue;
		set_bit(work->in_cell, i);
		set_bit(c->y > cell->y ? work->upper : work->lower, i);
	}
	return count_bits(work->in_cell, work->nwords);
}

/* Matches each upper point with a lower one still free, both from the middle outwards. */
static int
match_greedily(near_work *work)
{
	int matched = 0;

	memcpy(work->free_lower, work->lower, work->nwords * sizeof(uint64_t));
	for (int w = 0; w < work->nwords; w++)
		for (uint64_t word = work->upper[w]; word != 0; word &= word - 1)
		{
			int a = w * WORD + lowest_bit(word);
			const uint64_t *row = conflicts_of(work, a);

			work->partner[a] = -1;
			for (int k = work->nwords - 1; k >= 0; k--)
				if ((row[k] & work->free_lower[k]) != 0)
				{
					int b = k * WORD + highest_bit(row[k] & work->free_lower[k]);

					clear_bit(work->free_lower, b);
					work->partner[a] = b;
					work->partner[b] = a;
					matched++;
					break;
				}
		}
	return matched;
}

/* Matches an upper point, and moves the partners on the path that led to it. */
static void
follow_path(near_work *work, int a, int b)
{
	clear_bit(work->free_lower, b);
	while (b >= 0)
	{
		int before = work->partner[a];

		work->partner[a] = b;
		work->partner[b] = a;
		b = before;
		a = b >= 0 ? work->came_from[b] : -1;
	}
}

/*
 * Looks for a path that matches one more point, beginning at an upper one.  What it
 * sees in vain leads nowhere later either, and stays seen.
 */
static bool
augment(near_work *work, int start)
{
	size_t size = work->nwords * sizeof(uint64_t);
	int head = 0;
	int tail = 0;

	memcpy(work->saved_lower, work->unseen_lower, size);
	memcpy(work->saved_upper, work->seen_upper, size);
	work->queue[tail++] = start;
	set_bit(work->seen_upper, start);
	while (head < tail)
	{
		int a = work->queue[head++];
		const uint64_t *row = conflicts_of(work, a);

		for (int w = 0; w < work->nwords; w++)
		{
			uint64_t found = row[w] & work->unseen_lower[w];
			uint64_t vacant = found & work->free_lower[w];

			if (vacant != 0)
			{
				follow_path(work, a, w * WORD + lowest_bit(vacant));
				memcpy(work->unseen_lower, work->saved_lower, size);
				memcpy(work->seen_upper, work->saved_upper, size);
				return true;
			}
			work->unseen_lower[w] &= ~found;
			for (; found != 0; found &= found - 1)
			{
				int b = w * WORD + lowest_bit(found);

				work->came_from[b] = a;
				set_bit(work->seen_upper, work->partner[b]);
				work->queue[tail++] = work->partner[b];
			}
		}
	}
	return false;
}

/*
 * A largest matching of the points of the cell, or one large enough to show that the
 * cell has nothing better.  Then chosen are those that it leaves over, one of a pair:
 * none of them is too far from one of the other half.  Returns how many they are at
 * most.
 */
static int
match(near_work *work, int npoints)
{
	int matched = match_greedily(work);

	memcpy(work->unseen_lower, work->lower, work->nwords * sizeof(uint64_t));
	memset(work->seen_upper, 0, work->nwords * sizeof(uint64_t));
	for (int w = 0; w < work->nwords; w++)
		for (uint64_t word = work->upper[w]; word != 0; word &= word - 1)
		{
			int a = w * WORD + lowest_bit(word);

			if (npoints - matched <= work->nbest)
				return npoints - matched;
			if (work->partner[a] < 0)
				matched += augment(work, a);
		}
	for (int w = 0; w < work->nwords; w++)
		work->chosen[w] = (work->upper[w] & work->seen_upper[w]) |
						  (work->lower[w] & work->unseen_lower[w]);
	return npoints - matched;
}

/* Keeps the chosen as the best group. */
static void
keep_chosen(near_work *work, int n)
{
	memcpy(work->best, work->chosen, work->nwords * sizeof(uint64_t));
	work->nbest = n;
}

/* Counts for each of the chosen how many others are too far from it. */
static void
count_conflicts(near_work *work)
{
	for (int w = 0; w < work->nwords; w++)
		for (uint64_t word = work->chosen[w]; word != 0; word &= word - 1)
		{
			int i = w * WORD + lowest_bit(word);
			const uint64_t *row = conflicts_of(work, i);

			work->counts[i] = 0;
			for (int k = 0; k < work->nwords; k++)
				if ((row[k] & work->chosen[k]) != 0)
					work->counts[i] += __builtin_popcountll(row[k] & work->chosen[k]);
		}
}

/* The one of the chosen that is too far from most others, or -1. */
static int
worst_chosen(const near_work *work)
{
	int worst = -1;
	int most = 0;

	for (int w = 0; w < work->nwords; w++)
		for (uint64_t word = work->chosen[w]; word != 0; word &= word - 1)
		{
			int i = w * WORD + lowest_bit(word);

			if (work->counts[i] > most)
			{
				most = work->counts[i];
				worst = i;
			}
		}
	return worst;
}

/* Takes one away from the chosen. */
static void
leave_out(near_work *work, int left)
{
	const uint64_t *row = conflicts_of(work, left);

	clear_bit(work->chosen, left);
	for (int w = 0; w < work->nwords; w++)
		for (uint64_t word = row[w] & work->chosen[w]; word != 0; word &= word - 1)
			work->counts[w * WORD + lowest_bit(word)]--;
}

/* Makes a group of the chosen, n of them, by leaving some out; true if none. */
static bool
settle_chosen(near_work *work, int n)
{
	bool was_group = true;
	int worst;

	count_conflicts(work);
	while ((worst = worst_chosen(work)) >= 0)
	{
		was_group = false;
		leave_out(work, worst);
		if (--n <= work->nbest)
			return false;
	}
	if (n > work->nbest)
		keep_chosen(work, n);
	return was_group;
}

/* Tries the disc around the middle of a cell: it has no two points too far apart. */
static void
try_disc(const near_search *search, const near_cell *cell)
{
	near_work *work = search->work;
	double reach = search->distance * search->distance / 4;
	int n = 0;
	bool around_centre = cell->x * cell->x + cell->y * cell->y <= reach;

	if (!around_centre)
		return;
	memset(work->chosen, 0, work->nwords * sizeof(uint64_t));
	for (int i = 0; i < work->n; i++)
	{
		double x = work->candidates[i].x - cell->x;
		double y = work->candidates[i].y - cell->y;

		if (x * x + y * y <= reach)
		{
			set_bit(work->chosen, i);
			n++;
		}
	}
	if (n > work->nbest)
		settle_chosen(work, n);
}

static void
sift(near_cell *heap, int n, int i)
{
	for (;;)
	{
		int child = 2 * i + 1;
		near_cell moved = heap[i];

		if (child >= n)
			return;
		if (child + 1 < n && heap[child + 1].bound > heap[child].bound)
			child++;
		if (heap[child].bound <= moved.bound)
			return;
		heap[i] = heap[child];
		heap[child] = moved;
		i = child;
	}
}

static bool
push_cell(near_work *work, near_cell cell)
{
	int i = work->ncells;

	if (work->ncells == work->room)
	{
		int room = work->room * 2 + 64;
		near_cell *heap = realloc(work->heap, room * sizeof(near_cell));

		if (heap == NULL)
			return false;
		work->heap = heap;
		work->room = room;
	}
	work->heap[work->ncells++] = cell;
	while (i > 0 && work->heap[(i - 1) / 2].bound < work->heap[i].bound)
	{
		near_cell parent = work->heap[(i - 1) / 2];

		work->heap[(i - 1) / 2] = work->heap[i];
		work->heap[i] = parent;
		i = (i - 1) / 2;
	}
	return true;
}

static near_cell
pop_cell(near_work *work)
{
	near_cell top = work->heap[0];

	work->heap[0] = work->heap[--work->ncells];
	sift(work->heap, work->ncells, 0);
	return top;
}

/*
 * The best group of a cell that is too small to be quartered: where what is left
 * over is no group, one of its members is not in the best.
 */
static bool
search_exhaustively(near_search *search, const uint64_t *allowed)
{
	near_work *work = search->work;
	size_t size = work->nwords * sizeof(uint64_t);
	uint64_t *rest;
	int worst;
	int bound;
	bool done;

	if (search->check != NULL)
		search->check();
	for (int w = 0; w < work->nwords; w++)
	{
		work->upper[w] &= allowed[w];
		work->lower[w] &= allowed[w];
	}
	bound = match(work, count_bits(allowed, work->nwords));
	if (bound <= work->nbest)
		return true;
	count_conflicts(work);
	worst = worst_chosen(work);
	if (worst < 0)
	{
		keep_chosen(work, bound);
		return true;
	}
	rest = malloc(3 * size);
	if (rest == NULL)
		return false;
	memcpy(rest + work->nwords, work->upper, size);
	memcpy(rest + 2 * work->nwords, work->lower, size);
	/* Without the worst, and with it but without all that are too far from it. */
	memcpy(rest, allowed, size);
	clear_bit(rest, worst);
	done = search_exhaustively(search, rest);
	if (done)
	{
		const uint64_t *row = conflicts_of(work, worst);

		memcpy(work->upper, rest + work->nwords, size);
		memcpy(work->lower, rest + 2 * work->nwords, size);
		for (int w = 0; w < work->nwords; w++)
			rest[w] = allowed[w] & ~row[w];
		done = search_exhaustively(search, rest);
	}
	free(rest);
	return done;
}

/* Looks at a cell: leaves it, takes the best of it, or quarters it. */
static bool
look_at_cell(near_search *search, const near_cell *cell)
{
	near_work *work = search->work;
	double quarter = cell->half / 2;
	int n = take_cell(search, cell);
	int bound;

	search->ncells++;
	if (search->check != NULL)
		search->check();
	if (n <= work->nbest)
		return true;
	if (cell->half < SMALLEST * search->distance)
	{
		uint64_t *allowed = malloc(work->nwords * sizeof(uint64_t));
		bool done = allowed != NULL;

		if (done)
			memcpy(allowed, work->in_cell, work->nwords * sizeof(uint64_t));
		done = done && search_exhaustively(search, allowed);
		free(allowed);
		return done;
	}
	bound = match(work, n);
	if (bound <= work->nbest)
		return true;
	if ((bound == n || cell->half < SETTLED * search->distance) && settle_chosen(work, bound))
		return true;
	try_disc(search, cell);
	if (bound <= work->nbest)
		return true;
	for (int i = 0; i < 4; i++)
		if (!push_cell(work, (near_cell){ cell->x + (i & 1 ? quarter : -quarter),
										  cell->y + (i & 2 ? quarter : -quarter), quarter, bound }))
			return false;
	return true;
}

static void
free_work(near_work *work)
{
	void *parts[] = { work->candidates,   work->conflicts,  work->heap,        work->best,
					  work->in_cell,      work->upper,      work->lower,       work->free_lower,
					  work->unseen_lower, work->seen_upper, work->saved_lower, work->saved_upper,
					  work->chosen,       work->partner,    work->came_from,   work->queue,
					  work->counts };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		free(parts[i]);
	memset(work, 0, sizeof(near_work));
}

static int
compare_ints(const void *left, const void *right)
{
	int a = *(const int *) left;
	int b = *(const int *) right;

	return (a > b) - (a < b);
}

/* The best group as places in the points. */
static bool
take_members(near_search *search)
{
	near_work *work = search->work;

	free(search->members);
	search->nmembers = 0;
	search->members = malloc(work->n * sizeof(int));
	if (search->members == NULL)
		return false;
	for (int i = 0; i < work->n; i++)
		if (work->best[i / WORD] >> (i % WORD) & 1)
			search->members[search->nmembers++] = work->candidates[i].point;
	qsort(search->members, search->nmembers, sizeof(int), compare_ints);
	return true;
}

/*
 * The largest group around a point, which it has.  False when memory is out.
 */
bool
near_group_find(near_search *search, int centre)
{
	near_work *work;
	bool done;

	if (search->work == NULL)
		search->work = calloc(1, sizeof(near_work));
	if (search->work == NULL)
		return false;
	work = search->work;
	free_work(work);
	/* A lens that holds the centre has its middle at most 0.87 distances from it. */
	done = take_candidates(search, centre) && allocate(work) && set_conflicts(search) &&
		   push_cell(work, (near_cell){ 0, 0, 0.8661 * search->distance, work->n });
	while (done && work->ncells > 0 && work->heap[0].bound > work->nbest)
	{
		near_cell cell = pop_cell(work);

		done = look_at_cell(search, &cell);
	}
	return done && take_members(search);
}

void
near_group_free(near_search *search)
{
	if (search->work != NULL)
		free_work(search->work);
	free(search->work);
	free(search->members);
	search->work = NULL;
	search->members = NULL;
}
