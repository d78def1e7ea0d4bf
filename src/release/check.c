/*
 * check.c
 *		What is to be checked: secrets of columns, of units and of sums of too few.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "release/work.h"

static void
add_candidate(work *w, check k)
{
	if (!(k.need > 0))
		return;
	if (k.kind != CHECK_COUNT)
		k.need *= 1 + MARGIN;
	if (w->ncandidates == w->candidates_room)
	{
		check *former = w->candidates;

		w->candidates_room = w->candidates_room == 0 ? 1024 : w->candidates_room * 2;
		w->candidates = arena_take(&w->lasting, w->candidates_room, sizeof(check));
		if (w->ncandidates > 0)
			memcpy(w->candidates, former, w->ncandidates * sizeof(check));
	}
	w->candidates[w->ncandidates++] = k;
}

static entry *
one_column(work *w, int32_t c)
{
	entry *target = arena_take(&w->lasting, 1, sizeof(entry));

	*target = (entry){ c, 1 };
	return target;
}

/*
 * What a sum of several units must possibly shrink by: its range is then so wide
 * that no figure in it is that near to all others.
 */
static double
width(double nearness)
{
	return fmin(2 * nearness, 0.9);
}

void
work_check_column(work *w, int32_t party, int32_t c)
{
	const column *col = column_at(w, c);
	view v = model_view(&w->m, party, c);
	check k = {
		.party = party, .attacker = -1, .kin = -1, .own = v.n == 1 ? v.largest : -1, .ntarget = 1
	};
	double up;

	if (!w->active[c])
		return;
	if (col->zero && (party < 0 || v.n == 0))
	{
		if (party >= 0)
			return;
		k.kind = CHECK_EXISTS;
		k.need = 1;
		k.target = one_column(w, c);
		add_candidate(w, k);
	}
	if (v.n == 0)
		return;
	k.target = one_column(w, c);
	/* A party has nothing in it. */
	up = (1 + col->nearness) * v.first + (party < 0 ? v.second : 0) - v.total;
	k.kind = CHECK_UP;
	k.need = up <= NONE * v.total ? 0 : up;
	add_candidate(w, k);
	k.kind = CHECK_DOWN;
	k.need = v.n == 1 || (v.n == 2 && party < 0) ? col->nearness * v.first : 0;
	add_candidate(w, k);
	if (v.n >= col->min_units)
		return;
	k.kind = CHECK_COUNT;
	k.need = col->min_units - v.n;
	add_candidate(w, k);
	k.kind = CHECK_SHRINK;
	k.need = v.n > 1 ? width(col->nearness) * v.total : 0;
	add_candidate(w, k);
}

/* The sum of too few units in several columns. */
void
work_check_secret(work *w, const secret *s)
{
	size_t first = w->m.row_start[s->cell];
	size_t end = w->m.row_start[s->cell + 1];
	entry *target = arena_take(&w->lasting, end - first, sizeof(entry));
	check k = { .party = s->party, .attacker = -1, .kin = -1, .own = -1, .target = target };
	bool active = false;
	double nearness = 0;

	for (size_t i = first; i < end; i++)
	{
		const column *col = column_at(w, w->m.by_row[i].at);

		if (col->zero || model_view(&w->m, s->party, w->m.by_row[i].at).n == 0)
			continue;
		if (col->signless)
			return;
		active |= w->active[w->m.by_row[i].at];
		nearness = fmax(nearness, col->nearness);
		target[k.ntarget++] = w->m.by_row[i];
	}
	if (k.ntarget < 2 || !active || w->state[s->cell] == ROW_OUT)
		return;
	k.need = width(nearness) * s->total;
	k.kind = CHECK_SHRINK;
	add_candidate(w, k);
}

typedef struct membership
{
	int32_t unit;
	int32_t column;
	double value;
} membership;

static int
compare_membership(const void *a, const void *b)
{
	const membership *x = a;
	const membership *y = b;

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

/* What a unit has in several columns of cube 0. */
static void
check_unit(work *w, const membership *of, int32_t n)
{
	entry *target = arena_take(&w->lasting, n, sizeof(entry));
	entry *alone = arena_take(&w->lasting, n, sizeof(entry));
	check k = {
		.party = -1, .attacker = -1, .kin = -1, .own = of->unit, .target = target, .ntarget = n
	};
	double sum = 0, total = 0, shared = 0, nearness = 0;
	int32_t nalone = 0;
	bool active = false;

	for (int32_t i = 0; i < n; i++)
	{
		const column *col = column_at(w, of[i].column);

		if (col->signless)
			return;
		target[i] = (entry){ of[i].column, 1 };
		sum += of[i].value;
		total += col->everybody.total;
		nearness = fmax(nearness, col->nearness);
		active |= w->active[of[i].column];
		if (col->everybody.n == 1)
			alone[nalone++] = target[i];
		else
			shared += of[i].value;
	}
	if (!active)
		return;
	k.kind = CHECK_UP;
	k.need = (1 + nearness) * sum - total;
	k.need = k.need > NONE * sum ? k.need : 0;
	add_candidate(w, k);
	if (nalone == 0)
		return;
	k.kind = CHECK_DOWN;
	k.target = alone;
	k.ntarget = nalone;
	k.need = nearness * sum - shared;
	k.need = k.need > NONE * sum ? k.need : 0;
	add_candidate(w, k);
}

void
work_check_units(work *w)
{
	size_t n = 0;
	membership *list = NULL;

	for (int pass = 0; pass < 2; pass++)
	{
		if (pass == 1)
			list = arena_take(&w->lasting, n, sizeof(membership));
		n = 0;
		for (int32_t c = 0; c < w->m.ncolumns; c++)
		{
			const column *col = column_at(w, c);

			for (int32_t i = 0; i < col->nholdings && col->present && !col->zero; i++)
			{
				const holding *h = &w->m.holdings[col->first_holding + i];

				if (w->m.unit_weight[h->unit] == 1)
					continue;
				if (pass == 1)
					list[n] = (membership){ h->unit, c, h->value };
				n++;
			}
		}
	}
	if (n > 1)
		qsort(list, n, sizeof(membership), compare_membership);
	for (size_t i = 0, j; i < n; i = j)
	{
		for (j = i; j < n && list[j].unit == list[i].unit; j++)
			;
		if (j - i > 1)
			check_unit(w, &list[i], (int32_t) (j - i));
		model_breathe(&w->m);
	}
}

static int32_t
find_root(int32_t *parent, int32_t c)
{
	while (parent[c] != c)
		c = parent[c] = parent[parent[c]];
	return c;
}

/* Columns that hang together with a cell to publish by cells that count. */
void
work_find_active(work *w)
{
	int32_t *parent = arena_take(&w->lasting, w->m.ncolumns, sizeof(int32_t));
	bool *live = arena_take(&w->lasting, w->m.ncolumns, sizeof(bool));

	w->active = arena_take(&w->lasting, w->m.ncolumns, sizeof(bool));
	for (int32_t c = 0; c < w->m.ncolumns; c++)
		parent[c] = c;
	for (int32_t row = 0; row < w->m.ncells; row++)
	{
		size_t first = w->m.row_start[row];

		if (!w->closable[row] && w->state[row] != ROW_OUT)
			continue;
		for (size_t i = first + 1; i < w->m.row_start[row + 1]; i++)
			parent[find_root(parent, w->m.by_row[i].at)] = find_root(parent, w->m.by_row[first].at);
		model_breathe(&w->m);
	}
	for (int32_t row = 0; row < w->m.ncells; row++)
		if (w->closable[row] && w->m.row_start[row] < w->m.row_start[row + 1])
			live[find_root(parent, w->m.by_row[w->m.row_start[row]].at)] = true;
	for (int32_t c = 0; c < w->m.ncolumns; c++)
		w->active[c] = live[find_root(parent, c)];
}

typedef struct keyed
{
	uint64_t hash;
	size_t at;
} keyed;

static int
compare_keyed(const void *a, const void *b)
{
	const keyed *x = a;
	const keyed *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* The same question about the same columns in the same proportions. */
static bool
same_check(const check *a, const check *b)
{
	if (a->kind != b->kind || a->party != b->party || a->own != b->own || a->ntarget != b->ntarget)
		return false;
	for (int32_t i = 0; i < a->ntarget; i++)
		if (a->target[i].at != b->target[i].at ||
			fabs(a->target[i].coefficient * b->target[0].coefficient -
				 b->target[i].coefficient * a->target[0].coefficient) >
				1e-9 * fabs(a->target[i].coefficient * b->target[0].coefficient))
			return false;
	return fabs(a->need * b->target[0].coefficient - b->need * a->target[0].coefficient) <=
		   1e-6 * fabs(a->need * b->target[0].coefficient);
}

/* A cell of years that did not change is one secret. */
void
work_drop_duplicates(work *w)
{
	keyed *keys = arena_take(&w->lasting, w->ncandidates, sizeof(keyed));
	bool *drop = arena_take(&w->lasting, w->ncandidates, sizeof(bool));
	size_t n = 0;

	for (size_t i = 0; i < w->ncandidates; i++)
	{
		const check *k = &w->candidates[i];
		uint64_t hash = (uint64_t) k->kind + 7 * (uint64_t) (k->party + 1);

		for (int32_t j = 0; j < k->ntarget; j++)
			hash = (hash ^ (uint64_t) k->target[j].at) * UINT64_C(0x9e3779b97f4a7c15);
		keys[i] = (keyed){ hash, i };
	}
	if (w->ncandidates > 1)
		qsort(keys, w->ncandidates, sizeof(keyed), compare_keyed);
	for (size_t i = 1; i < w->ncandidates; i++)
		for (size_t j = i; j-- > 0 && i - j <= 64 && keys[j].hash == keys[i].hash;)
			if (same_check(&w->candidates[keys[j].at], &w->candidates[keys[i].at]))
			{
				drop[keys[i].at] = true;
				break;
			}
	for (size_t i = 0; i < w->ncandidates; i++)
		if (!drop[i])
			w->candidates[n++] = w->candidates[i];
	w->ncandidates = n;
}
