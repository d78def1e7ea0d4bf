/*
 * secrecy.c
 *		Primary and secondary suppression in a cube of sums.
 *
 * A cell is a sum over atoms: what one dataset says of one sector in one node
 * itself.  Seen as vectors over the atoms, what a reader can compute from the
 * published cells is their linear span.  Cells are published one after the
 * other, the most general first, each unless the span would then hold a vector
 * that must stay secret.
 *
 * That no unpublished cell can be computed follows: had it come into the span
 * later, the cells published by then would span it together with the secret for
 * which it was withheld.
 *
 * Secret are
 * - the cells that fail their rule, by what all confidential units add or by
 *	 what those outside one dataset add, whose producer knows the rest;
 * - whatever would give such a cell away to a producer, who knows the atoms of
 *	 its dataset, to a unit, which knows the atoms it makes up alone, or to a
 *	 reader who takes for zero what is zero;
 * - the differences between a published cell and the published cells next below
 *	 it, when they fail the rule: they would tell a value nearly, or exactly to
 *	 one who is part of them.
 *
 * The last two depend on what is published, so it is done again with the secrets
 * found, until there are none.  Each was in the span and cannot come back, so
 * this ends.
 *
 * What was published before stays in the span.  Where all units of an atom stayed as
 * they were, or all changed in one proportion, the former atom is a multiple of the
 * present one: who knows one knows the other.
 *
 * Arithmetic is modulo a prime.  Cells of one sector form a tree, totals form
 * another; the matrix of two laminar families is totally unimodular, so ranks
 * are those over the rationals.
 */
#include "release/secrecy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PRIME     UINT64_C(2147483647)
#define MAX_CELLS (INT32_MAX / 4)

typedef struct entry
{
	int32_t column;
	uint32_t coefficient;
} entry;

/* A sparse vector: columns ascending, no coefficient 0. */
typedef struct vector
{
	entry *entries;
	int32_t n;
} vector;

typedef struct int_list
{
	int32_t *items;
	int32_t n;
	int32_t capacity;
} int_list;

typedef struct vector_list
{
	vector *items;
	int32_t n;
	int32_t capacity;
} vector_list;

/* Rows in echelon form: none has a column in which an earlier one has its pivot. */
typedef struct basis
{
	vector_list rows; /* 1 in the pivot column */
	int_list pivots;
	int32_t *row_of; /* by column; -1: not a pivot */
} basis;

typedef struct atom
{
	int32_t node;
	int32_t sector;
	int32_t dataset;
	size_t first; /* its units, in work.parts */
	size_t count;
	int32_t sole_unit; /* the only unit that is not 0, or -1 */
	bool zero;
	entry as; /* itself, or a multiple of its present form */
} atom;

typedef struct work
{
	const secrecy_cube *cube;
	const secrecy_host *host;
	int32_t width; /* cells of a node */
	int32_t ncells;
	int32_t *order; /* nodes, parents first */
	int32_t *depth;
	secrecy_part *parts; /* sorted and merged */
	size_t nparts;
	atom *atoms;
	int32_t natoms;
	int32_t *first_atom; /* by node, with an end */
	vector *cells;
	double *size;   /* of each cell, for the order */
	bool *unsafe;   /* cells that fail their rule */
	int32_t *turns; /* cells in the order they are tried */
	bool *published;
	vector_list secrets; /* the unsafe cells, then what else came up */
	int32_t nunsafe;
	vector_list reduced; /* the secrets modulo the published cells */
	int_list *holders;   /* by column: secrets that may have it */
	basis former_span;   /* of the cells that are out already */
	basis published_span;
	basis known_span;
	/* scratch */
	uint32_t *sum;
	bool *touched;
	int_list columns;
	int_list heap;
	double *unit_total;
	bool *unit_seen;
	int_list units;
	int32_t since_check;
} work;

static uint32_t
times(uint32_t a, uint32_t b)
{
	return (uint32_t) ((uint64_t) a * b % PRIME);
}

static uint32_t
minus(uint32_t a, uint32_t b)
{
	return a >= b ? a - b : (uint32_t) (a + PRIME - b);
}

/* By Fermat: a^(p - 2). */
static uint32_t
inverse(uint32_t a)
{
	uint32_t result = 1;

	for (uint64_t e = PRIME - 2; e > 0; e >>= 1)
	{
		if (e & 1)
			result = times(result, a);
		a = times(a, a);
	}
	return result;
}

static void *
allocate(work *w, size_t count, size_t size)
{
	size_t bytes = (count > 0 ? count : 1) * size;
	void *memory = w->host->resize(NULL, bytes);

	memset(memory, 0, bytes);
	return memory;
}

static void
discard(work *w, void *memory)
{
	if (memory != NULL)
		w->host->discard(memory);
}

static void
breathe(work *w)
{
	if (++w->since_check >= 256)
	{
		w->since_check = 0;
		if (w->host->check != NULL)
			w->host->check();
	}
}

static void
push(work *w, int_list *list, int32_t item)
{
	if (list->n == list->capacity)
	{
		list->capacity = list->capacity == 0 ? 8 : list->capacity * 2;
		list->items = w->host->resize(list->items, list->capacity * sizeof(int32_t));
	}
	list->items[list->n++] = item;
}

static void
push_vector(work *w, vector_list *list, vector item)
{
	if (list->n == list->capacity)
	{
		list->capacity = list->capacity == 0 ? 8 : list->capacity * 2;
		list->items = w->host->resize(list->items, list->capacity * sizeof(vector));
	}
	list->items[list->n++] = item;
}

static void
drop_vectors(work *w, vector_list *list, int32_t from)
{
	while (list->n > from)
		discard(w, list->items[--list->n].entries);
}

static int
compare_int(const void *a, const void *b)
{
	int32_t x = *(const int32_t *) a;
	int32_t y = *(const int32_t *) b;

	return (x > y) - (x < y);
}

/* The coefficient of a column, 0 when it has none. */
static uint32_t
coefficient(const vector *v, int32_t column)
{
	int32_t low = 0;
	int32_t high = v->n;

	while (low < high)
	{
		int32_t middle = low + (high - low) / 2;

		if (v->entries[middle].column < column)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->n && v->entries[low].column == column ? v->entries[low].coefficient : 0;
}

static vector
copy_vector(work *w, const vector *v)
{
	vector copy = { allocate(w, v->n, sizeof(entry)), v->n };

	memcpy(copy.entries, v->entries, v->n * sizeof(entry));
	return copy;
}

/* --- the scratch vector: dense, with the list of what it holds --- */

static void
scratch_add(work *w, const vector *v, uint32_t factor)
{
	for (int32_t i = 0; i < v->n; i++)
	{
		int32_t column = v->entries[i].column;

		if (!w->touched[column])
		{
			w->touched[column] = true;
			push(w, &w->columns, column);
		}
		w->sum[column] =
			(uint32_t) ((w->sum[column] + (uint64_t) v->entries[i].coefficient * factor) % PRIME);
	}
}

static vector
scratch_take(work *w)
{
	vector v;
	int32_t n = 0;

	for (int32_t i = 0; i < w->columns.n; i++)
		n += w->sum[w->columns.items[i]] != 0;
	v.entries = allocate(w, n, sizeof(entry));
	v.n = 0;
	if (n > 1)
		qsort(w->columns.items, w->columns.n, sizeof(int32_t), compare_int);
	for (int32_t i = 0; i < w->columns.n; i++)
	{
		int32_t column = w->columns.items[i];

		if (w->sum[column] != 0)
			v.entries[v.n++] = (entry){ column, w->sum[column] };
		w->sum[column] = 0;
		w->touched[column] = false;
	}
	w->columns.n = 0;
	return v;
}

static void
heap_push(work *w, int32_t row)
{
	int_list *h = &w->heap;
	int32_t i = h->n;

	push(w, h, row);
	while (i > 0 && h->items[(i - 1) / 2] > row)
	{
		h->items[i] = h->items[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h->items[i] = row;
}

static int32_t
heap_pop(work *w)
{
	int_list *h = &w->heap;
	int32_t top = h->items[0];
	int32_t last = h->items[--h->n];
	int32_t i = 0;

	for (;;)
	{
		int32_t child = 2 * i + 1;

		if (child >= h->n)
			break;
		if (child + 1 < h->n && h->items[child + 1] < h->items[child])
			child++;
		if (h->items[child] >= last)
			break;
		h->items[i] = h->items[child];
		i = child;
	}
	if (h->n > 0)
		h->items[i] = last;
	return top;
}

/*
 * The scratch vector modulo a basis.  Subtracting a row brings in pivots of
 * later rows only, so each row is used once, in order.
 */
static void
scratch_reduce(work *w, const basis *b)
{
	int32_t last = -1;

	for (int32_t i = 0; i < w->columns.n; i++)
		if (b->row_of[w->columns.items[i]] >= 0)
			heap_push(w, b->row_of[w->columns.items[i]]);
	while (w->heap.n > 0)
	{
		int32_t row = heap_pop(w);
		uint32_t factor = w->sum[b->pivots.items[row]];

		if (row == last || factor == 0)
			continue;
		last = row;
		scratch_add(w, &b->rows.items[row], minus(0, factor));
		for (int32_t i = 0; i < b->rows.items[row].n; i++)
		{
			int32_t later = b->row_of[b->rows.items[row].entries[i].column];

			if (later > row)
				heap_push(w, later);
		}
	}
}

static vector
reduce(work *w, const basis *b, const vector *v)
{
	breathe(w);
	scratch_add(w, v, 1);
	scratch_reduce(w, b);
	return scratch_take(w);
}

/* Takes a reduced vector over as a row with the given pivot. */
static void
basis_add(work *w, basis *b, vector v, int32_t pivot)
{
	uint32_t factor = inverse(coefficient(&v, pivot));

	for (int32_t i = 0; i < v.n; i++)
		v.entries[i].coefficient = times(v.entries[i].coefficient, factor);
	b->row_of[pivot] = b->rows.n;
	push_vector(w, &b->rows, v);
	push(w, &b->pivots, pivot);
}

static void
basis_cut(work *w, basis *b, int32_t nrows)
{
	drop_vectors(w, &b->rows, nrows);
	while (b->pivots.n > nrows)
		b->row_of[b->pivots.items[--b->pivots.n]] = -1;
}

/* --- loading ------------------------------------------------------------------ */

static int
compare_part(const void *a, const void *b)
{
	const secrecy_part *x = a;
	const secrecy_part *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	if (x->sector != y->sector)
		return x->sector < y->sector ? -1 : 1;
	if (x->dataset != y->dataset)
		return x->dataset < y->dataset ? -1 : 1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

static secrecy_error
check_input(const secrecy_cube *cube)
{
	if (cube->nnodes < 0 || cube->nsectors < 1 || cube->ndatasets < 0 || cube->nunits < 0)
		return SECRECY_RANGE;
	if ((int64_t) cube->nnodes * (cube->nsectors + 1) > MAX_CELLS || cube->nparts > MAX_CELLS)
		return SECRECY_SIZE;
	for (int32_t i = 0; i < cube->nnodes; i++)
		if (cube->parent[i] < -1 || cube->parent[i] >= cube->nnodes ||
			cube->twin[i] < SECRECY_GONE || cube->twin[i] >= cube->nnodes ||
			(cube->twin[i] >= 0 && cube->twin[cube->twin[i]] != SECRECY_PRESENT))
			return SECRECY_RANGE;
	for (int32_t i = 0; i < cube->nsectors; i++)
		if (cube->rules[i].min_units < 1 ||
			!(cube->rules[i].max_share > 0 && cube->rules[i].max_share <= 1))
			return SECRECY_RANGE;
	for (size_t i = 0; i < cube->nparts; i++)
	{
		const secrecy_part *p = &cube->parts[i];

		if (p->node < 0 || p->node >= cube->nnodes || p->sector < 0 ||
			p->sector >= cube->nsectors || p->dataset < 0 || p->dataset >= cube->ndatasets ||
			p->unit < 0 || p->unit >= cube->nunits || !isfinite(p->value))
			return SECRECY_RANGE;
	}
	return SECRECY_OK;
}

/* Nodes in order of depth, parents first. */
static bool
order_nodes(work *w)
{
	int32_t n = w->cube->nnodes;
	int32_t *start = allocate(w, (size_t) n + 2, sizeof(int32_t));
	int32_t deepest = 0;

	w->depth = allocate(w, n, sizeof(int32_t));
	w->order = allocate(w, n, sizeof(int32_t));
	for (int32_t i = 0; i < n; i++)
		w->depth[i] = -1;
	for (int32_t i = 0; i < n; i++)
	{
		int32_t steps = 0;
		int32_t at;

		for (at = i; at >= 0 && w->depth[at] < 0; at = w->cube->parent[at])
			if (++steps > n)
			{
				discard(w, start);
				return false;
			}
		steps += at >= 0 ? w->depth[at] : -1;
		deepest = steps > deepest ? steps : deepest;
		for (at = i; at >= 0 && w->depth[at] < 0; at = w->cube->parent[at])
			w->depth[at] = steps--;
	}
	for (int32_t i = 0; i < n; i++)
		start[w->depth[i] + 1]++;
	for (int32_t d = 0; d < deepest; d++)
		start[d + 1] += start[d];
	for (int32_t i = 0; i < n; i++)
		w->order[start[w->depth[i]]++] = i;
	discard(w, start);
	return true;
}

static void
load_atoms(work *w)
{
	const secrecy_cube *cube = w->cube;

	w->parts = allocate(w, cube->nparts, sizeof(secrecy_part));
	if (cube->nparts > 0)
		memcpy(w->parts, cube->parts, cube->nparts * sizeof(secrecy_part));
	if (cube->nparts > 1)
		qsort(w->parts, cube->nparts, sizeof(secrecy_part), compare_part);
	for (size_t i = 0; i < cube->nparts; i++)
	{
		if (w->nparts > 0 && compare_part(&w->parts[w->nparts - 1], &w->parts[i]) == 0)
			w->parts[w->nparts - 1].value += w->parts[i].value;
		else
			w->parts[w->nparts++] = w->parts[i];
	}

	w->atoms = allocate(w, w->nparts, sizeof(atom));
	w->first_atom = allocate(w, (size_t) cube->nnodes + 1, sizeof(int32_t));
	for (size_t i = 0; i < w->nparts; i++)
	{
		secrecy_part *p = &w->parts[i];
		atom *a = w->natoms > 0 ? &w->atoms[w->natoms - 1] : NULL;

		if (a == NULL || a->node != p->node || a->sector != p->sector || a->dataset != p->dataset)
		{
			a = &w->atoms[w->natoms++];
			*a = (atom){ p->node, p->sector, p->dataset, i, 0, -1, true, { w->natoms - 1, 1 } };
			w->first_atom[p->node + 1] = w->natoms;
		}
		a->count++;
		if (p->value != 0)
		{
			a->sole_unit = a->zero ? p->unit : -1;
			a->zero = false;
		}
	}
	for (int32_t i = 0; i < cube->nnodes; i++)
		if (w->first_atom[i + 1] < w->first_atom[i])
			w->first_atom[i + 1] = w->first_atom[i];
}

/* A proportion as a whole number. */
static int64_t
proportion_key(double ratio)
{
	return llround(ratio * 1e9);
}

#define UNCHANGED INT64_C(1000000000)

/*
 * A proportion as a number of the field: that of a fraction such as 365/366, else
 * any, the same for the same.
 */
static uint32_t
proportion(int64_t key)
{
	double ratio = key * 1e-9;
	uint64_t x = (uint64_t) key;

	for (int32_t d = 1; d <= 1000; d++)
	{
		double n = round(ratio * d);

		if (n >= 1 && n < PRIME && fabs(ratio * d - n) <= 1e-9 * d)
			return times((uint32_t) n, inverse((uint32_t) d));
	}
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t) ((x ^ (x >> 31)) % (PRIME - 2)) + 2;
}

static int
compare_key(const void *a, const void *b)
{
	int64_t x = *(const int64_t *) a;
	int64_t y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

/* The key of the proportion in which an atom differs from another, 0: none. */
static int64_t
compare_atoms(const work *w, const atom *a, const atom *b)
{
	double ratio = 0;
	double largest = 0;

	if (a->count != b->count || a->zero != b->zero)
		return 0;
	if (a->zero)
		ratio = 1;
	for (size_t k = 0; k < a->count; k++)
		if (fabs(w->parts[b->first + k].value) > largest)
		{
			largest = fabs(w->parts[b->first + k].value);
			ratio = w->parts[a->first + k].value / w->parts[b->first + k].value;
		}
	if (!(ratio > 1e-6 && ratio < 1e6))
		return 0;
	for (size_t k = 0; k < a->count; k++)
	{
		double expected = ratio * w->parts[b->first + k].value;

		if (w->parts[a->first + k].unit != w->parts[b->first + k].unit ||
			fabs(w->parts[a->first + k].value - expected) > 1e-9 * fabs(expected))
			return 0;
	}
	return proportion_key(ratio);
}

/*
 * Expresses the atoms of former nodes by those of the present where they can be.
 * A proportion is something that everybody may know, such as that of two factors
 * or of the days of two years, when it holds for several units; for one alone,
 * any figure has one.
 */
static void
match_atoms(work *w)
{
	int32_t *twins = allocate(w, w->natoms, sizeof(int32_t));
	int64_t *keys = allocate(w, w->natoms, sizeof(int64_t));
	int64_t *common = allocate(w, (size_t) w->natoms + 1, sizeof(int64_t));
	int32_t ncommon = 0;

	common[ncommon++] = UNCHANGED;
	for (int32_t i = 0; i < w->natoms; i++)
	{
		const atom *a = &w->atoms[i];
		int32_t twin = w->cube->twin[a->node];

		if (twin < 0)
			continue;
		for (int32_t j = w->first_atom[twin]; j < w->first_atom[twin + 1]; j++)
			if (w->atoms[j].sector == a->sector && w->atoms[j].dataset == a->dataset)
			{
				twins[i] = j;
				keys[i] = compare_atoms(w, a, &w->atoms[j]);
			}
		if (keys[i] != 0 && a->sole_unit < 0)
			common[ncommon++] = keys[i];
	}
	if (ncommon > 1)
		qsort(common, ncommon, sizeof(int64_t), compare_key);
	for (int32_t i = 0; i < w->natoms; i++)
		if (keys[i] != 0 &&
			bsearch(&keys[i], common, ncommon, sizeof(int64_t), compare_key) != NULL)
			w->atoms[i].as = (entry){ twins[i], proportion(keys[i]) };
	discard(w, twins);
	discard(w, keys);
	discard(w, common);
}

/*
 * Whether a sum over atoms fails the rule for those who do not know the atoms of
 * one dataset (-1: who know none).
 */
static bool
sum_fails(work *w, const vector *v, int32_t known_dataset)
{
	int32_t min_units = 0;
	double max_share = 1;
	double largest = 0;
	double total = 0;
	int32_t count = 0;
	bool any = false;

	for (int32_t i = 0; i < v->n; i++)
	{
		const atom *a = &w->atoms[v->entries[i].column];
		const secrecy_rule *rule = &w->cube->rules[a->sector];

		if (a->dataset == known_dataset)
			continue;
		any = true;
		if (rule->min_units > min_units)
			min_units = rule->min_units;
		if (rule->max_share < max_share)
			max_share = rule->max_share;
		for (size_t j = a->first; j < a->first + a->count; j++)
		{
			int32_t unit = w->parts[j].unit;

			if (!w->unit_seen[unit])
			{
				w->unit_seen[unit] = true;
				push(w, &w->units, unit);
			}
			w->unit_total[unit] += fabs(w->parts[j].value);
		}
	}
	for (int32_t i = 0; i < w->units.n; i++)
	{
		int32_t unit = w->units.items[i];

		total += w->unit_total[unit];
		if (w->unit_total[unit] > largest)
			largest = w->unit_total[unit];
		count += w->unit_total[unit] != 0;
		w->unit_total[unit] = 0;
		w->unit_seen[unit] = false;
	}
	w->units.n = 0;
	/* Infinite totals compare as unsafe. */
	return any && (count < min_units || !(largest <= max_share * total) || !isfinite(total));
}

static bool
fails(work *w, const vector *v)
{
	bool result = sum_fails(w, v, -1);
	int_list datasets = { NULL, 0, 0 };

	breathe(w);
	if (!result && w->cube->ndatasets > 1)
	{
		for (int32_t i = 0; i < v->n; i++)
			push(w, &datasets, w->atoms[v->entries[i].column].dataset);
		if (datasets.n > 1)
			qsort(datasets.items, datasets.n, sizeof(int32_t), compare_int);
		for (int32_t i = 0; i < datasets.n && !result; i++)
			if (i == 0 || datasets.items[i] != datasets.items[i - 1])
				result = sum_fails(w, v, datasets.items[i]);
		discard(w, datasets.items);
	}
	return result;
}

/* Adds the atoms of a node itself, of one sector or of all in the total. */
static void
scratch_add_own(work *w, int32_t node, int32_t sector)
{
	for (int32_t i = w->first_atom[node]; i < w->first_atom[node + 1]; i++)
	{
		int32_t s = w->atoms[i].sector;

		if (s == sector || (sector == w->cube->nsectors && w->cube->in_total[s]))
			scratch_add(w, &(vector){ &w->atoms[i].as, 1 }, 1);
	}
}

/* Children before parents: each node sums up what is below it. */
static void
build(work *w, vector *sums, const bool *hidden)
{
	int_list *below = allocate(w, w->cube->nnodes, sizeof(int_list));

	for (int32_t i = w->cube->nnodes - 1; i >= 0; i--)
	{
		int32_t node = w->order[i];
		int32_t parent = w->cube->parent[node];

		for (int32_t sector = 0; sector < w->width; sector++)
		{
			scratch_add_own(w, node, sector);
			for (int32_t j = 0; j < below[node].n; j++)
			{
				int32_t cell = below[node].items[j] * w->width + sector;

				if (hidden == NULL || !hidden[cell])
					scratch_add(w, &sums[cell], 1);
			}
			sums[node * w->width + sector] = scratch_take(w);
			breathe(w);
		}
		if (parent >= 0)
			push(w, &below[parent], node);
		discard(w, below[node].items);
	}
	discard(w, below);
}

/* --- choosing ------------------------------------------------------------------ */

static bool
is_former(const work *w, int32_t cell)
{
	return w->cube->twin[cell / w->width] != SECRECY_PRESENT;
}

/* Larger sums first, so that small ones are withheld; totals before all. */
static const work *comparing;

static int
compare_turn(const void *a, const void *b)
{
	const work *w = comparing;
	int32_t x = *(const int32_t *) a;
	int32_t y = *(const int32_t *) b;
	bool x_total = x % w->width == w->cube->nsectors;
	bool y_total = y % w->width == w->cube->nsectors;
	int32_t x_depth = w->depth[x / w->width];
	int32_t y_depth = w->depth[y / w->width];

	if (x_depth != y_depth)
		return x_depth < y_depth ? -1 : 1;
	if (x_total != y_total)
		return x_total ? -1 : 1;
	if (w->size[x] != w->size[y])
		return w->size[x] > w->size[y] ? -1 : 1;
	return (x > y) - (x < y);
}

static void
load(work *w)
{
	int32_t natoms;

	w->width = w->cube->nsectors + 1;
	w->ncells = w->cube->nnodes * w->width;
	load_atoms(w);
	match_atoms(w);
	natoms = w->natoms;
	/* Columns past the atoms say which known atoms went into a vector. */
	w->sum = allocate(w, 2 * (size_t) natoms, sizeof(uint32_t));
	w->touched = allocate(w, 2 * (size_t) natoms, sizeof(bool));
	w->published_span.row_of = allocate(w, 2 * (size_t) natoms, sizeof(int32_t));
	w->known_span.row_of = allocate(w, 2 * (size_t) natoms, sizeof(int32_t));
	w->former_span.row_of = allocate(w, 2 * (size_t) natoms, sizeof(int32_t));
	for (int32_t i = 0; i < 2 * natoms; i++)
		w->published_span.row_of[i] = w->known_span.row_of[i] = w->former_span.row_of[i] = -1;
	w->unit_total = allocate(w, w->cube->nunits, sizeof(double));
	w->unit_seen = allocate(w, w->cube->nunits, sizeof(bool));
	w->holders = allocate(w, natoms, sizeof(int_list));
	w->cells = allocate(w, w->ncells, sizeof(vector));
	w->size = allocate(w, w->ncells, sizeof(double));
	w->unsafe = allocate(w, w->ncells, sizeof(bool));
	w->turns = allocate(w, w->ncells, sizeof(int32_t));

	build(w, w->cells, NULL);
	for (int32_t cell = 0; cell < w->ncells; cell++)
	{
		const vector *v = &w->cells[cell];

		for (int32_t i = 0; i < v->n; i++)
		{
			const atom *a = &w->atoms[v->entries[i].column];

			for (size_t j = a->first; j < a->first + a->count; j++)
				w->size[cell] += fabs(w->parts[j].value);
		}
		w->turns[cell] = cell;
		if (is_former(w, cell) && w->cube->out[cell])
		{
			vector row = reduce(w, &w->former_span, v);

			if (row.n > 0)
				basis_add(w, &w->former_span, row, row.entries[0].column);
			else
				discard(w, row.entries);
		}
		w->unsafe[cell] = fails(w, v);
		if (w->unsafe[cell])
			push_vector(w, &w->secrets, copy_vector(w, v));
	}
	w->nunsafe = w->secrets.n;
	comparing = w;
	if (w->ncells > 1)
		qsort(w->turns, w->ncells, sizeof(int32_t), compare_turn);
}

/* Whether one vector is a multiple of another. */
static bool
proportional(const vector *a, const vector *b)
{
	uint32_t factor;

	if (a->n != b->n || a->n == 0)
		return false;
	factor = times(b->entries[0].coefficient, inverse(a->entries[0].coefficient));
	for (int32_t i = 0; i < a->n; i++)
		if (a->entries[i].column != b->entries[i].column ||
			times(a->entries[i].coefficient, factor) != b->entries[i].coefficient)
			return false;
	return true;
}

/* Subtracts the new row from a secret that has its pivot. */
static void
update_secret(work *w, int32_t secret, const vector *row, int32_t pivot)
{
	vector *s = &w->reduced.items[secret];
	uint32_t factor = coefficient(s, pivot);
	vector former = *s;

	if (factor == 0)
		return;
	scratch_add(w, &former, 1);
	scratch_add(w, row, minus(0, factor));
	*s = scratch_take(w);
	for (int32_t i = 0; i < s->n; i++)
		if (coefficient(&former, s->entries[i].column) == 0)
			push(w, &w->holders[s->entries[i].column], secret);
	discard(w, former.entries);
}

/* Takes a reduced vector into the span unless it would give a secret away. */
static bool
publish(work *w, vector v, bool anyhow)
{
	int32_t pivot;
	int_list *at;

	if (v.n == 0)
	{
		discard(w, v.entries);
		return true;
	}
	/* A secret that v gives away is a multiple of it, so has its pivot. */
	pivot = v.entries[0].column;
	for (int32_t i = 1; i < v.n; i++)
		if (w->holders[v.entries[i].column].n < w->holders[pivot].n)
			pivot = v.entries[i].column;
	at = &w->holders[pivot];
	for (int32_t i = 0; i < at->n && !anyhow; i++)
		if (proportional(&v, &w->reduced.items[at->items[i]]))
		{
			discard(w, v.entries);
			return false;
		}
	basis_add(w, &w->published_span, v, pivot);
	v = w->published_span.rows.items[w->published_span.rows.n - 1];
	for (int32_t i = 0; i < at->n; i++)
		update_secret(w, at->items[i], &v, pivot);
	at->n = 0;
	return true;
}

static void
choose_once(work *w)
{
	basis_cut(w, &w->published_span, 0);
	drop_vectors(w, &w->reduced, 0);
	for (int32_t i = 0; i < w->natoms; i++)
		w->holders[i].n = 0;
	for (int32_t i = 0; i < w->secrets.n; i++)
	{
		vector s = copy_vector(w, &w->secrets.items[i]);

		push_vector(w, &w->reduced, s);
		for (int32_t j = 0; j < s.n; j++)
			push(w, &w->holders[s.entries[j].column], i);
	}

	for (int32_t cell = 0; cell < w->ncells; cell++)
	{
		w->published[cell] = is_former(w, cell) && w->cube->out[cell];
		if (w->published[cell])
			publish(w, reduce(w, &w->published_span, &w->cells[cell]), true);
	}
	for (int32_t t = 0; t < w->ncells; t++)
	{
		int32_t cell = w->turns[t];

		if (!is_former(w, cell) && w->cube->wanted[cell] && !w->unsafe[cell])
			w->published[cell] = publish(w, reduce(w, &w->published_span, &w->cells[cell]), false);
	}
}

/* Adds an atom to what an attacker knows. */
static void
know(work *w, int32_t a)
{
	entry one = { a, 1 };
	entry tag = { w->natoms + a, 1 };
	vector v;

	scratch_add(w, &(vector){ &one, 1 }, 1);
	scratch_reduce(w, &w->published_span);
	scratch_add(w, &(vector){ &tag, 1 }, 1);
	scratch_reduce(w, &w->known_span);
	v = scratch_take(w);
	if (v.n > 0 && v.entries[0].column < w->natoms)
		basis_add(w, &w->known_span, v, v.entries[0].column);
	else
		discard(w, v.entries);
	breathe(w);
}

/* Takes a vector as a secret, unless it is out already. */
static bool
add_secret(work *w, vector v)
{
	vector rest = reduce(w, &w->former_span, &v);
	bool news = rest.n > 0;

	discard(w, rest.entries);
	if (news)
		push_vector(w, &w->secrets, v);
	else
		discard(w, v.entries);
	return news;
}

/*
 * With what is known besides, does an unsafe cell follow from the published
 * ones, and with it a sum that fails the rule?  If so, the vector of their span
 * that does it becomes a secret.  known tells which atoms the attacker knows.
 */
static bool
find_attack(work *w, const bool *known)
{
	for (int32_t i = 0; i < w->nunsafe; i++)
	{
		const vector *secret = &w->secrets.items[i];
		const vector *s = &w->reduced.items[i];
		bool reachable = false;
		bool harmful;
		vector rest;

		for (int32_t j = 0; j < s->n && !reachable; j++)
			reachable = w->known_span.row_of[s->entries[j].column] >= 0;
		if (!reachable)
			continue;
		for (int32_t j = 0; j < secret->n; j++)
		{
			int32_t a = secret->entries[j].column;

			if (!known[a] && !w->atoms[a].zero)
				scratch_add(w, &(vector){ &secret->entries[j], 1 }, 1);
		}
		rest = scratch_take(w);
		harmful = sum_fails(w, &rest, -1);
		discard(w, rest.entries);
		if (!harmful)
			continue;
		rest = reduce(w, &w->known_span, s);
		if (rest.n == 0 || rest.entries[0].column >= w->natoms)
		{
			scratch_add(w, secret, 1);
			for (int32_t j = 0; j < rest.n; j++)
			{
				entry e = { rest.entries[j].column - w->natoms, rest.entries[j].coefficient };

				scratch_add(w, &(vector){ &e, 1 }, 1);
			}
			discard(w, rest.entries);
			if (add_secret(w, scratch_take(w)))
				return true;
			continue;
		}
		discard(w, rest.entries);
	}
	return false;
}

static int
compare_sole(const void *a, const void *b)
{
	const work *w = comparing;
	int32_t x = *(const int32_t *) a;
	int32_t y = *(const int32_t *) b;

	if (w->atoms[x].sole_unit != w->atoms[y].sole_unit)
		return w->atoms[x].sole_unit < w->atoms[y].sole_unit ? -1 : 1;
	return (x > y) - (x < y);
}

/* Tries all attackers; whether one succeeds. */
static bool
find_attacks(work *w)
{
	bool *known = allocate(w, w->natoms, sizeof(bool));
	int_list sole = { NULL, 0, 0 };
	int32_t nzero;
	bool found;

	basis_cut(w, &w->known_span, 0);
	for (int32_t i = 0; i < w->natoms; i++)
		if (w->atoms[i].as.column != i)
			continue;
		else if (w->atoms[i].zero)
			know(w, i);
		else if (w->atoms[i].sole_unit >= 0)
			push(w, &sole, i);
	nzero = w->known_span.rows.n;
	found = nzero > 0 && find_attack(w, known);

	for (int32_t d = 0; d < w->cube->ndatasets && w->cube->ndatasets > 1; d++)
	{
		for (int32_t i = 0; i < w->natoms; i++)
			if (w->atoms[i].dataset == d && w->atoms[i].as.column == i)
			{
				known[i] = true;
				know(w, i);
			}
		found |= find_attack(w, known);
		basis_cut(w, &w->known_span, nzero);
		memset(known, 0, w->natoms);
	}

	comparing = w;
	if (sole.n > 1)
		qsort(sole.items, sole.n, sizeof(int32_t), compare_sole);
	for (int32_t i = 0; i < sole.n; i++)
	{
		int32_t a = sole.items[i];

		known[a] = true;
		know(w, a);
		if (i + 1 < sole.n && w->atoms[sole.items[i + 1]].sole_unit == w->atoms[a].sole_unit)
			continue;
		found |= find_attack(w, known);
		basis_cut(w, &w->known_span, nzero);
		for (int32_t j = i; j >= 0 && known[sole.items[j]]; j--)
			known[sole.items[j]] = false;
	}
	discard(w, sole.items);
	discard(w, known);
	return found;
}

static bool
add_if_unsafe(work *w, vector rest)
{
	if (fails(w, &rest))
		return add_secret(w, rest);
	discard(w, rest.entries);
	return false;
}

/* Tries the differences between a published cell and those next below it. */
static bool
find_differences(work *w)
{
	vector *rest = allocate(w, w->ncells, sizeof(vector));
	bool found = false;

	build(w, rest, w->published);
	for (int32_t cell = 0; cell < w->ncells; cell++)
	{
		int32_t node = cell / w->width;

		if (!w->published[cell] || is_former(w, cell))
		{
			discard(w, rest[cell].entries);
			continue;
		}
		found |= add_if_unsafe(w, rest[cell]);
		if (cell % w->width != w->cube->nsectors)
			continue;
		for (int32_t sector = 0; sector < w->cube->nsectors; sector++)
			if (w->cube->in_total[sector] && !w->published[node * w->width + sector])
				scratch_add(w, &w->cells[node * w->width + sector], 1);
		found |= add_if_unsafe(w, scratch_take(w));
	}
	discard(w, rest);
	return found;
}

static void
unload(work *w)
{
	basis_cut(w, &w->published_span, 0);
	basis_cut(w, &w->known_span, 0);
	basis_cut(w, &w->former_span, 0);
	drop_vectors(w, &w->secrets, 0);
	drop_vectors(w, &w->reduced, 0);
	if (w->holders != NULL)
		for (int32_t i = 0; i < w->natoms; i++)
			discard(w, w->holders[i].items);
	if (w->cells != NULL)
		for (int32_t i = 0; i < w->ncells; i++)
			discard(w, w->cells[i].entries);
	discard(w, w->published_span.rows.items);
	discard(w, w->published_span.pivots.items);
	discard(w, w->published_span.row_of);
	discard(w, w->known_span.rows.items);
	discard(w, w->known_span.pivots.items);
	discard(w, w->known_span.row_of);
	discard(w, w->former_span.rows.items);
	discard(w, w->former_span.pivots.items);
	discard(w, w->former_span.row_of);
	discard(w, w->secrets.items);
	discard(w, w->reduced.items);
	discard(w, w->holders);
	discard(w, w->cells);
	discard(w, w->size);
	discard(w, w->unsafe);
	discard(w, w->turns);
	discard(w, w->sum);
	discard(w, w->touched);
	discard(w, w->columns.items);
	discard(w, w->heap.items);
	discard(w, w->unit_total);
	discard(w, w->unit_seen);
	discard(w, w->units.items);
	discard(w, w->order);
	discard(w, w->depth);
	discard(w, w->parts);
	discard(w, w->atoms);
	discard(w, w->first_atom);
}

/* Chooses the cells to publish among those wanted. */
secrecy_error
secrecy_choose(const secrecy_cube *cube, const secrecy_host *host, bool *published)
{
	work w = { .cube = cube, .host = host, .published = published };
	secrecy_error error = check_input(cube);

	if (error != SECRECY_OK)
		return error;
	if (order_nodes(&w))
	{
		bool again = true;
		bool *former;

		load(&w);
		former = allocate(&w, w.ncells, sizeof(bool));
		for (int round = 0; again; round++)
		{
			choose_once(&w);
			/* The secrets of the last round were in its span. */
			if (round > 0 && memcmp(former, published, w.ncells * sizeof(bool)) == 0)
			{
				error = SECRECY_STUCK;
				break;
			}
			memcpy(former, published, w.ncells * sizeof(bool));
			again = find_attacks(&w);
			again |= find_differences(&w);
		}
		discard(&w, former);
	}
	else
		error = SECRECY_CYCLE;
	unload(&w);
	return error;
}

/* Whether all cells wanted could be published together. */
secrecy_error
secrecy_holds(const secrecy_cube *cube, const secrecy_host *host, bool *holds)
{
	work w = { .cube = cube, .host = host };
	secrecy_error error = check_input(cube);

	*holds = false;
	if (error != SECRECY_OK)
		return error;
	if (order_nodes(&w))
	{
		load(&w);
		w.published = allocate(&w, w.ncells, sizeof(bool));
		choose_once(&w);
		*holds = !find_attacks(&w) && !find_differences(&w);
		for (int32_t cell = 0; cell < w.ncells && *holds; cell++)
			*holds = is_former(&w, cell) || w.published[cell] == cube->wanted[cell];
		discard(&w, w.published);
	}
	else
		error = SECRECY_CYCLE;
	unload(&w);
	return error;
}
