/*
 * chain.c
 *		How far a column may go, and short directions, found by trying.
 */
#include <math.h>

#include "release/work.h"

#define PATIENCE   1200 /* columns tried for a chain */
#define MENDS_SEEN 96   /* columns of a row among which its next is chosen */
#define MENDS      4    /* that are tried */
#define PARTLY     0.02 /* of what a row lacks, the least that one must mend */

/* Whether a unit is the one who looks. */
static bool
looks(const check *k, int32_t unit)
{
	return unit >= 0 && (unit == k->attacker || unit == k->kin);
}

/* How far a column may go, for the one who looks. */
void
work_bounds(const work *w, const check *k, int32_t c, double *lower, double *upper)
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

void
work_set_state(work *w, int32_t row, row_state state)
{
	if (w->length[row] == 1 && (state == ROW_FREE) != (w->state[row] == ROW_FREE))
		for (size_t i = w->m.row_start[row]; i < w->m.row_start[row + 1]; i++)
			w->pins[w->m.by_row[i].at] += state == ROW_FREE ? -1 : 1;
	w->state[row] = state;
}

/* Whether a unit or a party knows something of a column, other than the target. */
bool
work_is_risky(const work *w, const check *k, int32_t c)
{
	const view *v = &column_at(w, c)->everybody;

	return w->target[c] == 0 && k->party < 0 && k->attacker < 0 &&
		   ((v->n == 1 && v->largest != k->own && k->kind != CHECK_COUNT) ||
			w->m.column_known[c] < w->m.column_known[c + 1]);
}

/* --- chains: short directions, found by trying ------------------------------------- */

void
work_apply(work *w, int32_t c, double amount)
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

void
work_forget_change(work *w)
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
		work_bounds(w, k, e->at, &lower, &upper);
		if ((lower == 0 && upper == 0) || (w->cautious && work_is_risky(w, k, e->at)))
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
		work_apply(w, mends[i].column, mends[i].amount);
		if (extend_chain(w, k, depth - 1))
			return true;
		work_apply(w, mends[i].column, -mends[i].amount);
		w->change[mends[i].column] = 0;
		w->nchanged--;
	}
	return false;
}

/* A direction of few columns, left in change. */
bool
work_find_chain(work *w, const check *k)
{
	double sign = is_down(k) ? -1 : 1;

	for (int32_t i = 0; i < k->ntarget && i < 4; i++)
	{
		int32_t c = k->target[i].at;
		double amount = sign * k->need / k->target[i].coefficient;
		double lower, upper;

		work_bounds(w, k, c, &lower, &upper);
		if (w->pins[c] > 0 || amount < lower * (1 + NONE) || amount > upper)
			continue;
		w->change[c] = amount;
		w->changed[w->nchanged++] = c;
		work_apply(w, c, amount);
		w->patience = PATIENCE;
		if (extend_chain(w, k, 4 + 4 * w->m.ncubes))
			return true;
		work_forget_change(w);
	}
	return false;
}
