/*
 * choose.c
 *		Primary and secondary suppression in cubes of sums.
 *
 * Let x be the unknowns, none below 0, and A their sums that are published.  What
 * a reader can tell of a sum f of unknowns is the range of f over all x' >= 0 with
 * A x' = A x.  A direction d with A d = 0 and x + d >= 0 is a proof that this range
 * reaches from f(x) to f(x + d) at least.  So each secret has a check that asks for
 * a direction which changes it by so much, and no cell is published that would
 * leave a check without one.  Where none is to be had, a linear programme finds one
 * for which the cells to withhold cost least.  Publishing less leaves all proofs as
 * they are.
 *
 * The checks, where a column (see model.c) is what no cell tells apart:
 *
 * - UP and DOWN: for each unit u of a column with the total X.  The other units
 *	 can be anything from 0, so x_u can be all of X, for the second largest all but
 *	 its own.  If that is not enough, X must be able to grow; if no other unit is
 *	 there, to shrink.  The total of too few units is a secret too, whose range must
 *	 be wide.  A unit in several columns is looked at in their sum too.
 *
 * - COUNT: no sum of fewer units than the rule asks can be computed.  With n_j
 *	 units in column j, a computable sum is w = A' y, and the least of sum n_j w_j
 *	 over those with w >= 0 and w_a = 1 is, by duality, the largest d_a with A d = 0
 *	 and d_j >= -n_j for the others, plus n_a.  Where this is at least the rule's
 *	 number, all computable sums with column a have as many units.  A unit that is
 *	 spread over k columns counts 1/k in each, which is never too much.
 *
 * - EXISTS: of what is 0, that it is 0.
 *
 * They must hold against everybody; against each unit, which knows its own, and what
 * has a name in other cubes under which it may be (those that a proof rests on are
 * checked one by one, as is the rest of a column without its largest unit); and against each party,
 *to which what it knows is constant.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "release/secrecy.h"
#include "release/work.h"

#define SMALL      400  /* columns of a cube that is looked at as a whole */
#define ATTEMPTS   8    /* orders in which a small cube is tried */
#define SMALL_CUBE 400  /* cells */
#define THOROUGH   4000 /* programmes, after which it is good enough */

typedef struct standing
{
	int32_t place;
	int32_t cube;
	int32_t node;
} standing;

static int
compare_standing(const void *a, const void *b)
{
	const standing *x = a;
	const standing *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->cube > y->cube) - (x->cube < y->cube);
}

/* Finds what the last cube before, the one with the highest number, hid. */
static void
find_hidden(work *w)
{
	const secrecy_cube *cube = w->m.cube;
	standing *list = arena_take(&w->lasting, cube->nnodes, sizeof(standing));

	w->hidden = arena_take(&w->lasting, w->m.ncells, sizeof(bool));
	for (int32_t i = 0; i < cube->nnodes; i++)
		list[i] = (standing){ cube->place[i], cube->cube_of[i], i };
	if (cube->nnodes > 1)
		qsort(list, cube->nnodes, sizeof(standing), compare_standing);
	for (int32_t i = 0, j; i < cube->nnodes; i = j)
	{
		for (j = i; j < cube->nnodes && list[j].place == list[i].place; j++)
			;
		for (int32_t s = 0; s < w->m.width && list[i].cube == 0 && j - i > 1; s++)
			w->hidden[list[i].node * w->m.width + s] =
				!cube->out[list[j - 1].node * w->m.width + s];
	}
}

static void
prepare(work *w)
{
	const secrecy_cube *cube = w->m.cube;

	w->closable = arena_take(&w->lasting, w->m.ncells, sizeof(bool));
	w->length = arena_take(&w->lasting, w->m.ncells, sizeof(int32_t));
	w->loose = arena_take(&w->lasting, w->m.ncells, sizeof(int32_t));
	w->state = arena_take(&w->lasting, w->m.ncells, sizeof(row_state));
	w->uses = arena_take(&w->lasting, w->m.ncells, sizeof(use *));
	w->sum = arena_take(&w->lasting, w->m.ncells, sizeof(double));
	w->touched = arena_take(&w->lasting, w->m.ncells, sizeof(bool));
	w->rows = arena_take(&w->lasting, w->m.ncells, sizeof(int32_t));
	w->row_index = arena_take(&w->lasting, w->m.ncells, sizeof(int32_t));
	w->pins = arena_take(&w->lasting, w->m.ncolumns, sizeof(int32_t));
	w->target = arena_take(&w->lasting, w->m.ncolumns, sizeof(double));
	w->change = arena_take(&w->lasting, w->m.ncolumns, sizeof(double));
	w->changed = arena_take(&w->lasting, w->m.ncolumns, sizeof(int32_t));
	w->near = arena_take(&w->lasting, w->m.ncolumns, sizeof(int32_t));
	w->near_index = arena_take(&w->lasting, w->m.ncolumns, sizeof(int32_t));
	w->small = w->m.ncolumns <= SMALL;
	for (int32_t row = 0; row < w->m.ncells; row++)
	{
		bool former = cube->cube_of[row / w->m.width] != 0;

		for (size_t i = w->m.row_start[row]; i < w->m.row_start[row + 1]; i++)
			w->length[row] += !column_at(w, w->m.by_row[i].at)->zero;
		w->closable[row] = !former && cube->wanted[row] && !w->m.fails[row];
		if (former && cube->out[row])
		{
			w->any_out = true;
			work_set_state(w, row, ROW_OUT);
		}
	}
	find_hidden(w);
	work_find_active(w);
	for (int32_t c = 0; c < w->m.ncolumns; c++)
	{
		work_check_column(w, -1, c);
		model_breathe(&w->m);
	}
	for (size_t i = 0; i < w->m.known_count; i++)
	{
		const knowledge *k = &w->m.known_by_party[i];

		if (i == 0 || k[-1].party != k->party || k[-1].column != k->column)
			work_check_column(w, k->party, k->column);
		model_breathe(&w->m);
	}
	for (size_t i = 0; i < w->m.nsecrets; i++)
		work_check_secret(w, &w->m.secrets[i]);
	work_check_units(w);
	work_drop_duplicates(w);
}

/*
 * All cells as they would be if nothing had to be hidden; in a first attempt,
 * without those that were hidden the last time: what protects them is likely to
 * protect them again.
 */
static void
show_all(work *w, int number)
{
	arena_empty(&w->passing);
	w->checks = NULL;
	w->nchecks = w->checks_room = 0;
	for (int32_t row = 0; row < w->m.ncells; row++)
	{
		w->uses[row] = NULL;
		if (w->state[row] != ROW_OUT)
			work_set_state(w, row,
						   w->closable[row] && !(w->hidden[row] && number == 0) ? ROW_SHOWN
																				: ROW_FREE);
	}
}

/* Whether the shortest row of a column in some cube is not published. */
static bool
is_loose(const work *w, int32_t c)
{
	const column *col = column_at(w, c);
	int32_t shortest = -1;
	int32_t cube = -1;

	for (int32_t i = 0; i < col->nentries; i++)
	{
		int32_t row = w->m.by_column[col->first_entry + i].at;
		int32_t now = w->m.cube->cube_of[row / w->m.width];

		if (now != cube && shortest >= 0 && w->state[shortest] == ROW_FREE)
			return true;
		if (now != cube || w->length[row] < w->length[shortest])
			shortest = row;
		cube = now;
	}
	return shortest >= 0 && w->state[shortest] == ROW_FREE;
}

/* Puts the columns of each row in order: those that can move first. */
static void
arrange_rows(work *w)
{
	bool *loose = arena_take(&w->passing, w->m.ncolumns, sizeof(bool));
	entry *rest = arena_take(&w->passing, w->m.ncolumns, sizeof(entry));

	for (int32_t c = 0; c < w->m.ncolumns; c++)
	{
		loose[c] = w->pins[c] == 0 && is_loose(w, c);
		model_breathe(&w->m);
	}
	for (int32_t row = 0; row < w->m.ncells; row++)
	{
		size_t at = w->m.row_start[row];
		int32_t n = 0;

		for (size_t i = at; i < w->m.row_start[row + 1]; i++)
			if (loose[w->m.by_row[i].at])
				w->m.by_row[at++] = w->m.by_row[i];
			else
				rest[n++] = w->m.by_row[i];
		w->loose[row] = (int32_t) (at - w->m.row_start[row]);
		if (n > 0)
			memcpy(&w->m.by_row[at], rest, n * sizeof(entry));
		model_breathe(&w->m);
	}
}

typedef struct turn
{
	double key;
	size_t at;
} turn;

static int
compare_turn(const void *a, const void *b)
{
	const turn *x = a;
	const turn *y = b;

	if (x->key != y->key)
		return x->key > y->key ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* The order of an attempt: the largest needs first, the smallest, or any. */
static turn *
take_turns(work *w, int attempt)
{
	turn *turns = arena_take(&w->passing, w->ncandidates, sizeof(turn));
	uint64_t bits = (uint64_t) attempt;

	for (size_t i = 0; i < w->ncandidates; i++)
	{
		double size = w->candidates[i].kind == CHECK_COUNT ? 0 : w->candidates[i].need;

		bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		turns[i] = (turn){ attempt == 0 ? size : attempt == 1 ? -size : (double) (bits >> 11), i };
	}
	if (w->ncandidates > 1)
		qsort(turns, w->ncandidates, sizeof(turn), compare_turn);
	return turns;
}

static double
coefficient_at(const work *w, int32_t c, int32_t row)
{
	const column *col = column_at(w, c);
	int32_t low = 0;
	int32_t high = col->nentries;

	while (low < high)
	{
		int32_t middle = low + (high - low) / 2;

		if (w->m.by_column[col->first_entry + middle].at < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low < col->nentries && w->m.by_column[col->first_entry + low].at == row
			   ? w->m.by_column[col->first_entry + low].coefficient
			   : 0;
}

static bool
changes_row(const work *w, const check *k, int32_t row)
{
	double sum = 0;

	for (int32_t i = 0; i < k->nproof; i++)
		sum += k->proof[i].coefficient * coefficient_at(w, k->proof[i].at, row);
	return fabs(sum) > OPENED * k->need;
}

/* Publishes a cell that was withheld, if all checks that rest on it can do without. */
static bool
show_again(work *w, int32_t row, effort effort, int32_t most)
{
	size_t nchecks = w->nchecks;
	int32_t n = 0;
	check *kept;
	int32_t *who;
	bool found = true;

	for (const use *u = w->uses[row]; u != NULL; u = u->next)
		if (u->check < nchecks && changes_row(w, &w->checks[u->check], row) && ++n > most)
			return false;
	kept = arena_take(&w->passing, n, sizeof(check));
	who = arena_take(&w->passing, n, sizeof(int32_t));
	n = 0;
	for (const use *u = w->uses[row]; u != NULL; u = u->next)
		if (u->check < nchecks && changes_row(w, &w->checks[u->check], row) &&
			(n == 0 || who[n - 1] != u->check))
		{
			who[n] = u->check;
			kept[n++] = w->checks[u->check];
		}
	work_set_state(w, row, ROW_SHOWN);
	for (int32_t i = 0; i < n && found; i++)
		found = work_prove(w, who[i], effort) && work_prove_for_all(w, who[i], effort);
	if (!found)
	{
		work_set_state(w, row, ROW_FREE);
		for (int32_t i = 0; i < n; i++)
			w->checks[who[i]] = kept[i];
		/* Uses may now name checks past the end. */
		w->nchecks = nchecks;
	}
	return found;
}

/* Withheld cells, the dearest first, are published again where that can be. */
static void
tidy(work *w, bool thorough)
{
	turn *turns = arena_take(&w->passing, w->m.ncells, sizeof(turn));
	size_t n = 0;

	for (int32_t row = 0; row < w->m.ncells; row++)
		if (w->closable[row] && w->state[row] == ROW_FREE)
			turns[n++] = (turn){ w->m.size[row], (size_t) row };
	if (n > 1)
		qsort(turns, n, sizeof(turn), compare_turn);
	for (size_t i = 0; i < n; i++)
	{
		bool solve = thorough && w->solved < THOROUGH;

		show_again(w, (int32_t) turns[i].at, solve ? EFFORT_SOLVE : EFFORT_CHAIN,
				   solve ? INT32_MAX : 16);
	}
}

/* What is withheld besides what fails. */
static double
price(const work *w)
{
	double sum = 0;

	for (int32_t row = 0; row < w->m.ncells; row++)
		if (w->closable[row] && w->state[row] == ROW_FREE)
			sum += w->m.size[row];
	return sum;
}

static void
attempt(work *w, int number, bool thorough)
{
	turn *turns;

	show_all(w, number);
	arrange_rows(w);
	turns = take_turns(w, number);
	for (size_t i = 0; i < w->ncandidates; i++)
	{
		int32_t at = work_add_check(w, w->candidates[turns[i].at]);

		work_prove(w, at, EFFORT_PAY);
		for (int32_t n = (int32_t) w->nchecks; at < n; at++)
			work_prove_for_all(w, at, EFFORT_PAY);
	}
	tidy(w, thorough);
}

static void
work_end(work *w)
{
	arena_empty(&w->passing);
	arena_empty(&w->lasting);
	model_discard(&w->m);
}

static secrecy_error
work_begin(work *w, const secrecy_cube *cube, const secrecy_host *host)
{
	secrecy_error error = model_build(&w->m, cube, host);

	w->lasting.host = w->passing.host = host;
	if (error == SECRECY_OK)
		prepare(w);
	return error;
}

secrecy_error
secrecy_choose(const secrecy_cube *cube, const secrecy_host *host, bool *published)
{
	work w = { .ncandidates = 0 };
	secrecy_error error = work_begin(&w, cube, host);

	if (error == SECRECY_OK)
	{
		bool thorough = w.m.ncells <= SMALL_CUBE * w.m.ncubes && w.small;
		double best = INFINITY;

		for (int number = 0; number < (thorough ? ATTEMPTS : 1) && best > 0; number++)
		{
			double now;

			if (number > 0 && w.solved > THOROUGH)
				break;
			attempt(&w, number, thorough);
			now = price(&w);
			if (now >= best)
				continue;
			best = now;
			for (int32_t row = 0; row < w.m.ncells; row++)
				published[row] = w.state[row] != ROW_FREE;
		}
	}
	work_end(&w);
	return error;
}

secrecy_error
secrecy_holds(const secrecy_cube *cube, const secrecy_host *host, bool *holds)
{
	work w = { .ncandidates = 0 };
	secrecy_error error = work_begin(&w, cube, host);

	*holds = error == SECRECY_OK;
	if (error == SECRECY_OK)
	{
		for (int32_t row = 0; row < w.m.ncells && *holds; row++)
			*holds = cube->cube_of[row / w.m.width] != 0 || w.closable[row] == cube->wanted[row];
		show_all(&w, 1);
		arrange_rows(&w);
		for (size_t i = 0; i < w.ncandidates && *holds; i++)
		{
			int32_t at = work_add_check(&w, w.candidates[i]);

			*holds = work_prove(&w, at, EFFORT_SOLVE);
			for (int32_t n = (int32_t) w.nchecks; at < n && *holds; at++)
				*holds = work_prove_for_all(&w, at, EFFORT_SOLVE);
		}
	}
	work_end(&w);
	return error;
}
