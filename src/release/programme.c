/*
 * programme.c
 *		Directions that linear programmes over the columns around a target find.
 */
#include <math.h>

#include "release/solver.h"
#include "release/work.h"

#define SHORT_ROW 16   /* columns of a row that is taken whole */
#define LONGER    8    /* times as long is the next kind of row */
#define ROW_SEEN  48   /* columns of another row that are looked at */
#define ROW_NEAR  6    /* and taken at a time */
#define FEW       32   /* of a programme's columns, as many are enough of a row */
#define LONG      1e-4 /* cost of a column in a proof, of the dearest cell */
#define RISKY     1e-3 /* the same where somebody knows all or part of it */

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
void
work_gather(work *w, const check *k, int32_t limit, bool far)
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

void
work_forget_near(work *w)
{
	for (int32_t i = 0; i < w->nnear; i++)
		w->near_index[w->near[i]] = 0;
	w->nnear = 0;
}

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

		work_bounds(w, k, w->near[i], &lower, &upper);
		for (int sign = 1; sign >= -1; sign -= 2)
		{
			add_variable(d, 0, fmin((sign > 0 ? upper : -lower) / k->need, MANY),
						 work_is_risky(w, k, w->near[i]) ? RISKY : LONG);
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
bool
work_solve_near(work *w, const check *k, purpose why, double *lacks)
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
				work_apply(w, w->near[i], change * k->need);
			}
		}
		*lacks = why == PURPOSE_REACH ? x[2 * w->nnear] : 0;
	}
	w->solved++;
	arena_empty(&memory);
	return answer == PROGRAMME_SOLVED;
}
