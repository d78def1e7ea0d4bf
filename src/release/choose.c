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

#include "release/model.h"
#include "release/secrecy.h"
#include "release/solver.h"

#define MANY       1e6  /* in multiples of what a check needs: as good as infinite */
#define NONE       1e-9 /* the same: as good as 0 */
#define OPENED     1e-6 /* a cell that a proof changes by so much is withheld */
#define MARGIN     1e-6 /* asked for besides, for an attacker that rounds */
#define NEAR       64   /* columns of a first linear programme */
#define HALFWAY    200
#define FAR        1000
#define SMALL      400   /* columns of a cube that is looked at as a whole */
#define TOO_LARGE  4000  /* columns of a linear programme */
#define SHORT_ROW  16    /* columns of a row that is taken whole */
#define LONGER     8     /* times as long is the next kind of row */
#define ROW_SEEN   48    /* columns of another row that are looked at */
#define ROW_NEAR   6     /* and taken at a time */
#define FEW        32    /* of a programme's columns, as many are enough of a row */
#define PATIENCE   1200  /* columns tried for a chain */
#define MENDS_SEEN 96    /* columns of a row among which its next is chosen */
#define MENDS      4     /* that are tried */
#define PARTLY     0.02  /* of what a row lacks, the least that one must mend */
#define ATTEMPTS   8     /* orders in which a small cube is tried */
#define LONG       1e-4  /* cost of a column in a proof, of the dearest cell */
#define RISKY      1e-3  /* the same where somebody knows all or part of it */
#define SMALL_CUBE 400   /* cells */
#define PLENTY     60000 /* programmes, after which cells are withheld without one */
#define THOROUGH   4000  /* programmes, after which it is good enough */

typedef enum check_kind
{
	CHECK_COUNT,
	CHECK_UP,
	CHECK_DOWN,
	CHECK_SHRINK,
	CHECK_EXISTS
} check_kind;

typedef struct check
{
	check_kind kind;
	int32_t party;    /* who looks, -1: everybody */
	int32_t attacker; /* unit that looks, -1: none */
	int32_t kin;      /* which the same may be under another name, -1: none */
	int32_t own;      /* unit that the secret is about, -1: several */
	const entry *target;
	int32_t ntarget;
	double need;
	const entry *proof; /* a direction: changes of columns */
	int32_t nproof;
	bool hopeless; /* known already from what is out */
} check;

typedef enum row_state
{
	ROW_FREE, /* not published */
	ROW_SHOWN,
	ROW_OUT /* published for good */
} row_state;

typedef enum effort
{
	EFFORT_PAY,   /* withhold cells if need be */
	EFFORT_SOLVE, /* with the cells as they are */
	EFFORT_CHAIN  /* the same, short directions only */
} effort;

/* A check whose proof changes a cell that could be published. */
typedef struct use
{
	int32_t check;
	struct use *next;
} use;

typedef struct work
{
	model m;
	arena lasting;
	arena passing; /* of one attempt */
	check *candidates;
	size_t ncandidates;
	size_t candidates_room;
	check *checks;
	size_t nchecks;
	size_t checks_room;
	bool *closable; /* cells that can be published at all */
	bool *hidden;   /* cells that the last cube before hid */
	bool any_out;
	bool small;
	bool *active;    /* columns whose secrets depend on what is published now */
	int32_t *length; /* of rows: columns that are not 0 */
	int32_t *loose;  /* of rows: columns that come first, as no cell of their own holds them */
	row_state *state;
	int32_t *pins; /* of columns: rows that show nothing else */
	use **uses;
	/* scratch of one search */
	double *target; /* by column */
	double *change; /* by column */
	double *sum;    /* by row: what the change does to it */
	bool *touched;  /* rows */
	int32_t *rows;
	int32_t nrows;
	int32_t *changed; /* columns, in order */
	int32_t nchanged;
	int32_t *near; /* columns */
	int32_t nnear;
	int32_t *near_index; /* by column: its place among near + 1 */
	int32_t *row_index;  /* the same of rows */
	row_state heeded;    /* by gather: rows of this state and above */
	int patience;
	bool cautious;  /* keep off what somebody knows */
	int64_t solved; /* programmes so far */
} work;

/* --- bounds ------------------------------------------------------------------------ */

static bool
is_down(const check *k)
{
	return k->kind == CHECK_DOWN || k->kind == CHECK_SHRINK;
}

static const column *
column_at(const work *w, int32_t c)
{
	return &w->m.columns[c];
}

/* Whether a unit is the one who looks. */
static bool
looks(const check *k, int32_t unit)
{
	return unit >= 0 && (unit == k->attacker || unit == k->kin);
}

/* How far a column may go, for the one who looks. */
static void
bounds(const work *w, const check *k, int32_t c, double *lower, double *upper)
{
	const column *col = column_at(w, c);
	view v = model_view(&w->m, k->party, c);
	double room;

	*lower = *upper = 0;
	if (col->zero)
	{
		*upper = k->kind == CHECK_EXISTS ? MANY * k->need : 0;
		return;
	}
	if (v.n == 0 || (v.n == 1 && looks(k, v.largest)))
		return;
	*upper = MANY * k->need;
	if (w->target[c] != 0)
		room = k->kind == CHECK_COUNT ? *upper : v.total;
	else if (k->kind == CHECK_COUNT)
		room = v.count;
	else if (v.n == 1)
		room = v.total;
	else
		room = v.total - (looks(k, v.largest) ? v.first : v.second);
	if (col->signless)
		room = *upper;
	*lower = k->kind == CHECK_EXISTS && room > 0 ? -*upper : -room;
}

static void
set_state(work *w, int32_t row, row_state state)
{
	if (w->length[row] == 1 && (state == ROW_FREE) != (w->state[row] == ROW_FREE))
		for (size_t i = w->m.row_start[row]; i < w->m.row_start[row + 1]; i++)
			w->pins[w->m.by_row[i].at] += state == ROW_FREE ? -1 : 1;
	w->state[row] = state;
}

/* Whether a unit or a party knows something of a column, other than the target. */
static bool
is_risky(const work *w, const check *k, int32_t c)
{
	const view *v = &column_at(w, c)->everybody;

	return w->target[c] == 0 && k->party < 0 && k->attacker < 0 &&
		   ((v->n == 1 && v->largest != k->own && k->kind != CHECK_COUNT) ||
			w->m.column_known[c] < w->m.column_known[c + 1]);
}

/* --- chains: short directions, found by trying ------------------------------------- */

static void
apply(work *w, int32_t c, double amount)
{
	const column *col = column_at(w, c);

	for (int32_t i = 0; i < col->nentries; i++)
	{
		const entry *e = &w->m.by_column[col->first_entry + i];

		if (w->state[e->at] == ROW_FREE)
			continue;
		if (!w->touched[e->at])
		{
			w->touched[e->at] = true;
			w->rows[w->nrows++] = e->at;
		}
		w->sum[e->at] += e->coefficient * amount;
	}
}

static void
forget_change(work *w)
{
	for (int32_t i = 0; i < w->nrows; i++)
	{
		w->touched[w->rows[i]] = false;
		w->sum[w->rows[i]] = 0;
	}
	for (int32_t i = 0; i < w->nchanged; i++)
		w->change[w->changed[i]] = 0;
	w->nrows = w->nchanged = 0;
}

/* A column that could mend a row, and how many more rows would then be broken. */
typedef struct mend
{
	int32_t column;
	int32_t breaks;
	double amount;
} mend;

/* How many more published rows a change of a column breaks than it mends. */
static int32_t
count_broken(const work *w, const check *k, int32_t c, double amount)
{
	const column *col = column_at(w, c);
	int32_t n = 0;

	for (int32_t i = 0; i < col->nentries; i++)
	{
		const entry *e = &w->m.by_column[col->first_entry + i];

		if (w->state[e->at] == ROW_FREE)
			continue;
		if (fabs(w->sum[e->at]) <= NONE * k->need)
			n++;
		else if (fabs(w->sum[e->at] + e->coefficient * amount) <= NONE * k->need)
			n--;
	}
	return n;
}

static bool
mends_better(const mend *a, const mend *b)
{
	return a->breaks != b->breaks ? a->breaks < b->breaks : fabs(a->amount) > fabs(b->amount);
}

/*
 * The columns of a row by which to mend it, those that break least first.  What leaves
 * a row short is no harm: it stays broken until others make up for the rest.
 */
static int
find_mends(work *w, const check *k, int32_t row, mend *best)
{
	size_t first = w->m.row_start[row];
	int32_t length = (int32_t) (w->m.row_start[row + 1] - first);
	int32_t offset = 0;
	int n = 0;

	/* Columns are numbered at random, but always the same. */
	if (length > MENDS_SEEN)
	{
		length = w->loose[row] > 0 ? w->loose[row] : length;
		offset = (int32_t) (((uint32_t) w->changed[0] * UINT32_C(2654435761)) % (uint32_t) length);
	}
	for (int32_t i = 0; i < length && i < MENDS_SEEN; i++)
	{
		const entry *e = &w->m.by_row[first + (offset + i) % length];
		mend m = { e->at, 0, -w->sum[row] / e->coefficient };
		double lower, upper;
		int at;

		if (w->pins[e->at] > 0 || w->change[e->at] != 0 || w->target[e->at] != 0)
			continue;
		if (--w->patience < 0)
			return n;
		bounds(w, k, e->at, &lower, &upper);
		if ((lower == 0 && upper == 0) || (w->cautious && is_risky(w, k, e->at)))
			continue;
		/* What has no room for all of it, mends part of it. */
		if (m.amount < lower || m.amount > upper)
		{
			double most = m.amount < lower ? lower : upper;

			if (fabs(most) < PARTLY * fabs(m.amount))
				continue;
			m.amount = most;
		}
		m.breaks = count_broken(w, k, e->at, m.amount);
		for (at = n < MENDS ? n++ : MENDS; at > 0 && mends_better(&m, &best[at - 1]); at--)
			if (at < MENDS)
				best[at] = best[at - 1];
		if (at < MENDS)
			best[at] = m;
	}
	return n;
}

/* Mends the shortest published row that the change breaks by another column. */
static bool
extend_chain(work *w, const check *k, int depth)
{
	mend mends[MENDS];
	int32_t row = -1;
	int n;

	for (int32_t i = 0; i < w->nrows; i++)
		if (fabs(w->sum[w->rows[i]]) > NONE * k->need &&
			(row < 0 || w->length[w->rows[i]] < w->length[row]))
			row = w->rows[i];
	if (row < 0)
		return true;
	if (depth == 0)
		return false;
	n = find_mends(w, k, row, mends);
	for (int i = 0; i < n && w->patience >= 0; i++)
	{
		w->change[mends[i].column] = mends[i].amount;
		w->changed[w->nchanged++] = mends[i].column;
		apply(w, mends[i].column, mends[i].amount);
		if (extend_chain(w, k, depth - 1))
			return true;
		apply(w, mends[i].column, -mends[i].amount);
		w->change[mends[i].column] = 0;
		w->nchanged--;
	}
	return false;
}

/* A direction of few columns, left in change. */
static bool
find_chain(work *w, const check *k)
{
	double sign = is_down(k) ? -1 : 1;

	for (int32_t i = 0; i < k->ntarget && i < 4; i++)
	{
		int32_t c = k->target[i].at;
		double amount = sign * k->need / k->target[i].coefficient;
		double lower, upper;

		bounds(w, k, c, &lower, &upper);
		if (w->pins[c] > 0 || amount < lower * (1 + NONE) || amount > upper)
			continue;
		w->change[c] = amount;
		w->changed[w->nchanged++] = c;
		apply(w, c, amount);
		w->patience = PATIENCE;
		if (extend_chain(w, k, 4 + 4 * w->m.ncubes))
			return true;
		forget_change(w);
	}
	return false;
}

/* --- linear programmes ----------------------------------------------------------------- */

static void
add_near(work *w, int32_t c)
{
	const column *col = column_at(w, c);

	if (w->near_index[c] != 0)
		return;
	w->near[w->nnear++] = c;
	w->near_index[c] = w->nnear;
	/* Rows count those of them that are near, below 0. */
	for (int32_t i = 0; i < col->nentries; i++)
		w->row_index[w->m.by_column[col->first_entry + i].at]--;
}

static bool
is_heeded(const work *w, int32_t row)
{
	return w->state[row] >= w->heeded;
}

/* Rows of a column that are heeded and that no near column is in. */
static int32_t
count_new_rows(const work *w, int32_t c)
{
	const column *col = column_at(w, c);
	int32_t n = 0;

	for (int32_t i = 0; i < col->nentries; i++)
	{
		int32_t row = w->m.by_column[col->first_entry + i].at;

		n += is_heeded(w, row) && w->row_index[row] == 0;
	}
	return n;
}

/* Adds all columns of a row, once. */
static void
add_row(work *w, int32_t row, int32_t limit)
{
	if (w->touched[row])
		return;
	w->touched[row] = true;
	for (size_t i = w->m.row_start[row]; i < w->m.row_start[row + 1] && w->nnear < limit; i++)
		add_near(w, w->m.by_row[i].at);
}

/* Adds columns of a row that can make up for each other: those in the fewest new rows. */
static void
add_some(work *w, int32_t row, int32_t limit)
{
	size_t first = w->m.row_start[row];
	int32_t length = w->loose[row] > ROW_SEEN ? w->loose[row]
											  : (int32_t) (w->m.row_start[row + 1] - first);
	int32_t offset = (int32_t) (((uint32_t) w->near[0] * UINT32_C(2654435761)) % (uint32_t) length);
	int32_t best[ROW_NEAR];
	int32_t news[ROW_NEAR];
	int n = 0;

	for (int32_t i = 0; i < length && i < ROW_SEEN; i++)
	{
		int32_t c = w->m.by_row[first + (offset + i) % length].at;
		int32_t new;
		int at;

		if (w->near_index[c] != 0)
			continue;
		/* What a cell of its own holds is of use only if that can be withheld. */
		new = count_new_rows(w, c) + (w->pins[c] > 0 ? INT16_MAX : 0);
		for (at = n < ROW_NEAR ? n++ : ROW_NEAR; at > 0 && news[at - 1] > new; at--)
			if (at < ROW_NEAR)
			{
				best[at] = best[at - 1];
				news[at] = news[at - 1];
			}
		if (at < ROW_NEAR)
		{
			best[at] = c;
			news[at] = new;
		}
	}
	for (int i = 0; i < n && w->nnear < limit; i++)
		add_near(w, best[i]);
}

/* Adds what is in rows with the near columns, of the rows that are heeded. */
static void
gather_around(work *w, int32_t limit)
{
	for (int32_t at = 0; at < w->nnear && w->nnear < limit; at++)
	{
		const column *col = column_at(w, w->near[at]);
		const entry *cells = &w->m.by_column[col->first_entry];

		for (int32_t i = 0; i < col->nentries; i++)
			if ((limit > TOO_LARGE || w->length[cells[i].at] <= SHORT_ROW) &&
				(is_heeded(w, cells[i].at) || (at == 0 && limit <= TOO_LARGE)))
				add_row(w, cells[i].at, limit);
		/* What is in a shorter row is nearer, and in the longer ones as well. */
		for (int64_t from = SHORT_ROW; from < w->m.ncolumns && limit <= TOO_LARGE; from *= LONGER)
			for (int32_t i = 0; i < col->nentries; i++)
				if (w->length[cells[i].at] > from && w->length[cells[i].at] <= from * LONGER &&
					is_heeded(w, cells[i].at) &&
					-w->row_index[cells[i].at] <= ROW_NEAR + limit / FEW)
					add_some(w, cells[i].at, limit);
		model_breathe(&w->m);
	}
}

/*
 * Columns around a target: all that are in one of its short rows with it, then of each
 * published row all, if it is short or more than may be are asked for, or some.  To see
 * how far what is out lets it go, and to pay for going there, most are taken by the rows
 * that are out alone.
 */
static void
gather(work *w, const check *k, int32_t limit, bool far)
{
	for (int32_t i = 0; i < k->ntarget; i++)
		add_near(w, k->target[i].at);
	if (far && limit <= TOO_LARGE)
	{
		w->heeded = ROW_OUT;
		gather_around(w, limit / 4 * 3);
	}
	w->heeded = ROW_SHOWN;
	gather_around(w, limit);
	for (int32_t at = 0; at < w->nnear; at++)
	{
		const column *col = column_at(w, w->near[at]);

		for (int32_t i = 0; i < col->nentries; i++)
		{
			w->row_index[w->m.by_column[col->first_entry + i].at] = 0;
			w->touched[w->m.by_column[col->first_entry + i].at] = false;
		}
	}
}

static void
forget_near(work *w)
{
	for (int32_t i = 0; i < w->nnear; i++)
		w->near_index[w->near[i]] = 0;
	w->nnear = 0;
}

typedef enum purpose
{
	PURPOSE_PROVE, /* with the cells as they are */
	PURPOSE_PAY,   /* at least cost of cells */
	PURPOSE_REACH  /* as far as what is out lets it */
} purpose;

/*
 * Writes the programme: the changes of the near columns, then of the cells that
 * may be withheld, up and down, or in the last place what lacks of the target.
 * Everything is in multiples of what the check needs.
 */
typedef struct draft
{
	programme p;
	int *start;
	int *row;
	double *value;
	double *lower;
	double *upper;
	double *cost;
	double *right;
	int32_t *rows; /* cells of the programme's rows */
	int32_t nrows;
} draft;

/* Numbers the rows of a programme from 1; how many places its columns have in them. */
static size_t
number_rows(work *w, draft *d, purpose why)
{
	size_t n = 0;

	for (int32_t i = 0; i < w->nnear; i++)
	{
		const column *col = column_at(w, w->near[i]);

		for (int32_t j = 0; j < col->nentries; j++)
		{
			int32_t row = w->m.by_column[col->first_entry + j].at;

			if (w->state[row] == ROW_FREE || (w->state[row] == ROW_SHOWN && why == PURPOSE_REACH))
				continue;
			n++;
			if (w->row_index[row] == 0)
			{
				d->rows[d->nrows++] = row;
				w->row_index[row] = d->nrows;
			}
		}
	}
	return n;
}

static void
add_variable(draft *d, double lower, double upper, double cost)
{
	int n = d->p.ncolumns++;

	d->lower[n] = lower;
	d->upper[n] = upper;
	d->cost[n] = cost;
	d->start[n + 1] = d->start[n];
}

static void
add_value(draft *d, int row, double value)
{
	int n = d->start[d->p.ncolumns]++;

	d->row[n] = row;
	d->value[n] = value;
}

/*
 * Each column is two variables, up and down, at a small cost: a short direction is
 * one that few others know something of.
 */
static void
write_programme(work *w, const check *k, purpose why, draft *d)
{
	double dearest = 0;

	d->p.nrows = d->nrows + 1;
	d->right[d->nrows] = is_down(k) ? -1 : 1;
	for (int32_t i = 0; i < w->nnear; i++)
	{
		const column *col = column_at(w, w->near[i]);
		double lower, upper;

		bounds(w, k, w->near[i], &lower, &upper);
		for (int sign = 1; sign >= -1; sign -= 2)
		{
			add_variable(d, 0, fmin((sign > 0 ? upper : -lower) / k->need, MANY),
						 is_risky(w, k, w->near[i]) ? RISKY : LONG);
			for (int32_t j = 0; j < col->nentries; j++)
			{
				const entry *e = &w->m.by_column[col->first_entry + j];

				if (w->row_index[e->at] > 0)
					add_value(d, w->row_index[e->at] - 1, sign * e->coefficient);
			}
			if (w->target[w->near[i]] != 0)
				add_value(d, d->nrows, sign * w->target[w->near[i]]);
		}
	}
	if (why == PURPOSE_REACH)
	{
		add_variable(d, 0, 1, 1e3);
		add_value(d, d->nrows, d->right[d->nrows]);
	}
	for (int32_t i = 0; i < d->nrows; i++)
		dearest = fmax(dearest, w->m.size[d->rows[i]]);
	for (int32_t i = 0; i < d->nrows && why == PURPOSE_PAY; i++)
		if (w->state[d->rows[i]] == ROW_SHOWN)
			for (int sign = -1; sign <= 1; sign += 2)
			{
				add_variable(d, 0, MANY * 10,
							 dearest > 0 ? w->m.size[d->rows[i]] / dearest + 1e-5 : 1);
				add_value(d, i, sign);
			}
	for (int32_t i = 0; i < d->nrows; i++)
		w->row_index[d->rows[i]] = 0;
}

/*
 * Solves for the near columns.  On success the direction is left in change; what
 * lacks of the target is the answer's second part.
 */
static bool
solve_near(work *w, const check *k, purpose why, double *lacks)
{
	arena memory = { w->m.host, NULL };
	draft d = { .nrows = 0 };
	size_t nentries = 0;
	size_t nvariables;
	size_t nvalues;
	programme_answer answer;
	double *x;

	for (int32_t i = 0; i < w->nnear; i++)
		nentries += column_at(w, w->near[i])->nentries;
	d.rows = arena_take(&memory, nentries, sizeof(int32_t));
	nentries = number_rows(w, &d, why);
	nvariables = 2 * (size_t) w->nnear + 2 * (size_t) d.nrows + 1;
	nvalues = 2 * nentries + 2 * (size_t) w->nnear + 2 * (size_t) d.nrows + 1;
	d.start = arena_take(&memory, nvariables + 1, sizeof(int));
	d.row = arena_take(&memory, nvalues, sizeof(int));
	d.value = arena_take(&memory, nvalues, sizeof(double));
	d.lower = arena_take(&memory, nvariables, sizeof(double));
	d.upper = arena_take(&memory, nvariables, sizeof(double));
	d.cost = arena_take(&memory, nvariables, sizeof(double));
	d.right = arena_take(&memory, (size_t) d.nrows + 1, sizeof(double));
	write_programme(w, k, why, &d);
	d.p.start = d.start;
	d.p.row = d.row;
	d.p.value = d.value;
	d.p.lower = d.lower;
	d.p.upper = d.upper;
	d.p.cost = d.cost;
	d.p.right = d.right;
	x = arena_take(&memory, d.p.ncolumns, sizeof(double));
	answer = programme_solve(&d.p, w->m.host, x);
	if (answer == PROGRAMME_SOLVED)
	{
		for (int32_t i = 0; i < w->nnear; i++)
		{
			double change = x[2 * i] - x[2 * i + 1];

			if (fabs(change) > NONE)
			{
				w->change[w->near[i]] = change * k->need;
				w->changed[w->nchanged++] = w->near[i];
				apply(w, w->near[i], change * k->need);
			}
		}
		*lacks = why == PURPOSE_REACH ? x[2 * w->nnear] : 0;
	}
	w->solved++;
	arena_empty(&memory);
	return answer == PROGRAMME_SOLVED;
}

/* --- checks ----------------------------------------------------------------------------- */

/* Keeps the direction as the proof of a check, and withholds the cells it changes. */
static void
keep_proof(work *w, int32_t at)
{
	check *k = &w->checks[at];
	entry *proof = arena_take(&w->passing, w->nchanged, sizeof(entry));

	for (int32_t i = 0; i < w->nrows; i++)
		if (w->state[w->rows[i]] == ROW_SHOWN && fabs(w->sum[w->rows[i]]) > OPENED * k->need)
		{
			set_state(w, w->rows[i], ROW_FREE);
		}
	for (int32_t i = 0; i < w->nchanged; i++)
	{
		const column *col = column_at(w, w->changed[i]);

		proof[i] = (entry){ w->changed[i], w->change[w->changed[i]] };
		for (int32_t j = 0; j < col->nentries; j++)
		{
			int32_t row = w->m.by_column[col->first_entry + j].at;

			if (w->closable[row] && w->state[row] == ROW_FREE &&
				(w->uses[row] == NULL || w->uses[row]->check != at))
			{
				use *u = arena_take(&w->passing, 1, sizeof(use));

				*u = (use){ at, w->uses[row] };
				w->uses[row] = u;
			}
		}
	}
	k->proof = proof;
	k->nproof = w->nchanged;
	forget_change(w);
}

static void
mark_target(work *w, const check *k, bool set)
{
	for (int32_t i = 0; i < k->ntarget; i++)
		w->target[k->target[i].at] = set ? k->target[i].coefficient : 0;
}

/* Sizes of programmes; the last is one more than may be, to see that there are more. */
static const int32_t sizes[] = { NEAR, HALFWAY, FAR, TOO_LARGE + 1 };

#define MIDDLE_SIZE 2
#define ALL_SIZES   4

/*
 * Tries linear programmes of growing size, from first to before end: until one is
 * solved or, to see how far a secret can go, until the largest.
 */
static bool
solve_growing(work *w, const check *k, purpose why, int first, int end, double *lacks)
{
	bool solved = false;

	if (w->small)
	{
		first = ALL_SIZES - 1;
		end = ALL_SIZES;
	}
	*lacks = 1;
	for (int i = first; i < end; i++)
	{
		double now = 1;

		forget_change(w);
		gather(w, k, sizes[i], i >= MIDDLE_SIZE && w->any_out);
		if (w->nnear <= TOO_LARGE && solve_near(w, k, why, &now))
		{
			solved = true;
			*lacks = fmin(*lacks, now);
		}
		forget_near(w);
		if (solved && (why != PURPOSE_REACH || *lacks <= NONE))
			break;
	}
	return solved;
}

static int32_t
add_check(work *w, check k)
{
	if (w->nchecks == w->checks_room)
	{
		check *former = w->checks;

		w->checks_room = w->checks_room == 0 ? 1024 : w->checks_room * 2;
		w->checks = arena_take(&w->passing, w->checks_room, sizeof(check));
		if (w->nchecks > 0)
			memcpy(w->checks, former, w->nchecks * sizeof(check));
	}
	w->checks[w->nchecks] = k;
	return (int32_t) w->nchecks++;
}

/*
 * Whether a cell that is out shows the target, and besides only what the one who
 * looks knows.
 */
static bool
row_shows(const work *w, const check *k, int32_t row)
{
	double times = 0;
	int32_t found = 0;

	for (size_t i = w->m.row_start[row]; i < w->m.row_start[row + 1]; i++)
	{
		const entry *e = &w->m.by_row[i];
		double lower, upper;

		if (w->target[e->at] != 0)
		{
			double now = e->coefficient / w->target[e->at];

			if (found++ > 0 && fabs(now - times) > 1e-12 * fabs(times))
				return false;
			times = now;
			continue;
		}
		bounds(w, k, e->at, &lower, &upper);
		if (lower != 0 || upper != 0)
			return false;
	}
	return found == k->ntarget;
}

static bool
is_out(const work *w, const check *k)
{
	const column *col = column_at(w, k->target->at);

	for (int32_t i = 0; i < col->nentries; i++)
	{
		int32_t row = w->m.by_column[col->first_entry + i].at;

		if (w->state[row] == ROW_OUT && row_shows(w, k, row))
			return true;
	}
	return false;
}

/* The bluntest way: nothing that holds the secret is published. */
static void
withhold_target(work *w, const check *k)
{
	for (int32_t i = 0; i < k->ntarget; i++)
	{
		const column *col = column_at(w, k->target[i].at);

		for (int32_t j = 0; j < col->nentries; j++)
			if (w->state[w->m.by_column[col->first_entry + j].at] == ROW_SHOWN)
				set_state(w, w->m.by_column[col->first_entry + j].at, ROW_FREE);
	}
}

/* What is out may leave less room than a check needs, or none: asks for what it leaves. */
static bool
prove_within_out(work *w, check *k, purpose why, int first)
{
	double lacks = 0;

	if (!solve_growing(w, k, PURPOSE_REACH, first, ALL_SIZES, &lacks))
		return false;
	forget_change(w);
	if (lacks > 1 - OPENED)
		return k->hopeless = true;
	if (lacks <= NONE && first == 0)
		return false;
	if (lacks > NONE)
		k->need *= (1 - lacks) * (1 - 1e-3);
	return solve_growing(w, k, why, first, ALL_SIZES, &lacks);
}

/*
 * Finds a proof for a check.  What is known from what is out already, nobody can
 * take back: then it must stay as it is.
 */
static bool
prove(work *w, int32_t at, effort effort)
{
	check *k = &w->checks[at];
	purpose why = effort == EFFORT_PAY ? PURPOSE_PAY : PURPOSE_PROVE;
	/* Cells can be paid for wherever what is out allows: see that first. */
	int end = why == PURPOSE_PAY && w->any_out ? MIDDLE_SIZE : ALL_SIZES;
	double lacks = 0;
	bool found;

	w->m.since_check += 63;
	model_breathe(&w->m);
	if (k->hopeless)
		return true;
	mark_target(w, k, true);
	w->cautious = k->party < 0 && k->attacker < 0;
	found = find_chain(w, k);
	if (!found && w->cautious)
	{
		w->cautious = false;
		found = find_chain(w, k);
	}
	if (!found)
		found = k->hopeless = is_out(w, k);
	if (!found && effort == EFFORT_PAY && w->solved > PLENTY)
	{
		withhold_target(w, k);
		found = find_chain(w, k);
	}
	/* Of what costs nothing more is tried before anything is withheld. */
	if (!found && effort == EFFORT_PAY && !w->small)
		found = solve_growing(w, k, PURPOSE_PROVE, 0, MIDDLE_SIZE, &lacks);
	if (!found && effort != EFFORT_CHAIN)
		found = solve_growing(w, k, why, effort == EFFORT_PAY ? 1 : 0, end, &lacks);
	if (!found && effort != EFFORT_CHAIN && w->any_out)
		found = prove_within_out(w, k, why, end % ALL_SIZES);
	if (!found && effort == EFFORT_PAY)
	{
		/* Too large for a programme. */
		withhold_target(w, k);
		w->cautious = false;
		found = find_chain(w, k);
		k->hopeless = !found;
		found = true;
	}
	if (found && !k->hopeless)
		keep_proof(w, at);
	forget_change(w);
	mark_target(w, k, false);
	return found;
}

/* Whether a proof that holds for everybody holds for a party. */
static bool
holds_for(work *w, const check *k)
{
	bool holds = true;

	mark_target(w, k, true);
	for (int32_t i = 0; i < k->nproof && holds; i++)
	{
		double lower, upper;

		bounds(w, k, k->proof[i].at, &lower, &upper);
		holds = k->proof[i].coefficient >= lower - NONE * k->need &&
				k->proof[i].coefficient <= upper + NONE * k->need;
	}
	mark_target(w, k, false);
	return holds;
}

static bool
knows_target(const work *w, const check *k, int32_t party)
{
	for (int32_t i = 0; i < k->ntarget; i++)
	{
		int32_t c = k->target[i].at;

		for (size_t j = w->m.column_known[c]; j < w->m.column_known[c + 1]; j++)
			if (w->m.known_by_column[j].party == party)
				return true;
	}
	return false;
}

/*
 * What a check needs when it is not everybody who looks, but a party, or a unit from
 * outside its column: the others of the column are unknown to those.  The largest
 * unit looks at the second largest.
 */
static double
need_against(const work *w, const check *k, int32_t attacker)
{
	int32_t c = k->target->at;
	const column *col = column_at(w, c);
	const view *v = &col->everybody;

	if (k->ntarget > 1 || v->n < 2)
		return k->need;
	if (k->kind == CHECK_UP)
	{
		double need = attacker >= 0 && attacker == v->largest
						  ? (1 + col->nearness) * v->second + v->first - v->total
					  : attacker >= 0 && model_holds(&w->m, c, attacker)
						  ? k->need
						  : (1 + col->nearness) * v->first - v->total;

		return need > NONE * v->total ? fmin(need * (1 + MARGIN), k->need) : 0;
	}
	if (k->kind == CHECK_DOWN && (attacker < 0 || !model_holds(&w->m, c, attacker)))
		return 0;
	if (k->kind == CHECK_DOWN && attacker == v->largest)
		return fmin(col->nearness * v->second * (1 + MARGIN), k->need);
	return k->need;
}

/* A check of the same secret by somebody who knows what its proof rests on. */
static bool
prove_for(work *w, int32_t at, int32_t party, int32_t attacker, int32_t kin, effort effort)
{
	check k = w->checks[at];

	k.party = party;
	k.attacker = attacker;
	k.kin = kin;
	k.need = need_against(w, &w->checks[at], attacker);
	if (kin >= 0)
		k.need = fmax(k.need, need_against(w, &w->checks[at], kin));
	if (k.need <= 0)
		return true;
	for (size_t i = at + 1; i < w->nchecks; i++)
		if (w->checks[i].target == k.target && w->checks[i].kind == k.kind &&
			w->checks[i].party == party && w->checks[i].attacker == attacker &&
			w->checks[i].kin == kin)
			return true;
		else if (w->checks[i].target != k.target && i > (size_t) at + 64)
			break;
	k.hopeless = false;
	if (party >= 0 && holds_for(w, &k))
		return true;
	return prove(w, add_check(w, k), effort);
}

/*
 * The unit that a change of a column cannot be hidden from, as it knows too much of
 * it, -1: none.  Who is in a sum of units itself is looked at with the others of it.
 */
static int32_t
who_feels(const work *w, const check *k, const entry *change)
{
	const view *v = &column_at(w, change->at)->everybody;

	if (k->kind != CHECK_UP && !is_down(k))
		return -1;
	if (v->largest < 0 || v->largest == k->own ||
		(v->n > 1 && -change->coefficient <= v->total - v->first))
		return -1;
	for (int32_t i = 0; i < k->ntarget; i++)
		if (k->target[i].at == change->at ||
			(k->kind == CHECK_SHRINK && model_holds(&w->m, k->target[i].at, v->largest)))
			return -1;
	return v->largest;
}

/* A check by a unit that may have another name elsewhere. */
static bool
prove_for_kin(work *w, int32_t at, int32_t unit, effort effort)
{
	const secrecy_cube *cube = w->m.cube;
	bool found = true;

	if (cube->kin_start == NULL)
		return true;
	for (int32_t i = cube->kin_start[unit]; i < cube->kin_start[unit + 1] && found; i++)
		/* Whose secret it is, does not look for it. */
		if (cube->kin[i] != w->checks[at].own)
			found = prove_for(w, at, -1, unit, cube->kin[i], effort);
	return found;
}

/* The proof of a check for everybody, against those who know what it rests on. */
static bool
prove_for_all(work *w, int32_t at, effort effort)
{
	const entry *proof = w->checks[at].proof;
	int32_t nproof = w->checks[at].nproof;
	bool found = true;

	if (w->checks[at].party >= 0 || w->checks[at].attacker >= 0 || w->checks[at].hopeless)
		return true;
	for (int32_t i = 0; i < nproof && found; i++)
	{
		int32_t c = proof[i].at;
		int32_t unit = who_feels(w, &w->checks[at], &proof[i]);

		if (unit >= 0)
			found = prove_for(w, at, -1, unit, -1, effort) && prove_for_kin(w, at, unit, effort);
		for (size_t j = w->m.column_known[c]; j < w->m.column_known[c + 1] && found; j++)
		{
			int32_t party = w->m.known_by_column[j].party;

			if ((j == w->m.column_known[c] || party != w->m.known_by_column[j - 1].party) &&
				!knows_target(w, &w->checks[at], party))
				found = prove_for(w, at, party, -1, -1, effort);
		}
	}
	return found;
}

/* --- what is to be checked ----------------------------------------------------------------- */

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

static void
check_column(work *w, int32_t party, int32_t c)
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
static void
check_secret(work *w, const secret *s)
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

static void
check_units(work *w)
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
static void
find_active(work *w)
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
static void
drop_duplicates(work *w)
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

/* --- choosing ------------------------------------------------------------------------------- */

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
			set_state(w, row, ROW_OUT);
		}
	}
	find_hidden(w);
	find_active(w);
	for (int32_t c = 0; c < w->m.ncolumns; c++)
	{
		check_column(w, -1, c);
		model_breathe(&w->m);
	}
	for (size_t i = 0; i < w->m.known_count; i++)
	{
		const knowledge *k = &w->m.known_by_party[i];

		if (i == 0 || k[-1].party != k->party || k[-1].column != k->column)
			check_column(w, k->party, k->column);
		model_breathe(&w->m);
	}
	for (size_t i = 0; i < w->m.nsecrets; i++)
		check_secret(w, &w->m.secrets[i]);
	check_units(w);
	drop_duplicates(w);
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
			set_state(w, row,
					  w->closable[row] && !(w->hidden[row] && number == 0) ? ROW_SHOWN : ROW_FREE);
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
	set_state(w, row, ROW_SHOWN);
	for (int32_t i = 0; i < n && found; i++)
		found = prove(w, who[i], effort) && prove_for_all(w, who[i], effort);
	if (!found)
	{
		set_state(w, row, ROW_FREE);
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
		int32_t at = add_check(w, w->candidates[turns[i].at]);

		prove(w, at, EFFORT_PAY);
		for (int32_t n = (int32_t) w->nchecks; at < n; at++)
			prove_for_all(w, at, EFFORT_PAY);
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
			int32_t at = add_check(&w, w.candidates[i]);

			*holds = prove(&w, at, EFFORT_SOLVE);
			for (int32_t n = (int32_t) w.nchecks; at < n && *holds; at++)
				*holds = prove_for_all(&w, at, EFFORT_SOLVE);
		}
	}
	work_end(&w);
	return error;
}
