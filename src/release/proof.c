/*
 * proof.c
 *		Finds a direction for each check, against everybody and those who know more.
 */
#include <math.h>
#include <string.h>

#include "release/secrecy.h"
#include "release/work.h"

#define NEAR    64 /* columns of a first linear programme */
#define HALFWAY 200
#define FAR     1000
#define PLENTY  60000 /* programmes, after which cells are withheld without one */

/* Keeps the direction as the proof of a check, and withholds the cells it changes. */
static void
keep_proof(work *w, int32_t at)
{
	check *k = &w->checks[at];
	entry *proof = arena_take(&w->passing, w->nchanged, sizeof(entry));

	for (int32_t i = 0; i < w->nrows; i++)
		if (w->state[w->rows[i]] == ROW_SHOWN && fabs(w->sum[w->rows[i]]) > OPENED * k->need)
		{
			work_set_state(w, w->rows[i], ROW_FREE);
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
	work_forget_change(w);
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

		work_forget_change(w);
		work_gather(w, k, sizes[i], i >= MIDDLE_SIZE && w->any_out);
		if (w->nnear <= TOO_LARGE && work_solve_near(w, k, why, &now))
		{
			solved = true;
			*lacks = fmin(*lacks, now);
		}
		work_forget_near(w);
		if (solved && (why != PURPOSE_REACH || *lacks <= NONE))
			break;
	}
	return solved;
}

int32_t
work_add_check(work *w, check k)
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
		work_bounds(w, k, e->at, &lower, &upper);
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
				work_set_state(w, w->m.by_column[col->first_entry + j].at, ROW_FREE);
	}
}

/* What is out may leave less room than a check needs, or none: asks for what it leaves. */
static bool
prove_within_out(work *w, check *k, purpose why, int first)
{
	double lacks = 0;

	if (!solve_growing(w, k, PURPOSE_REACH, first, ALL_SIZES, &lacks))
		return false;
	work_forget_change(w);
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
bool
work_prove(work *w, int32_t at, effort effort)
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
	found = work_find_chain(w, k);
	if (!found && w->cautious)
	{
		w->cautious = false;
		found = work_find_chain(w, k);
	}
	if (!found)
		found = k->hopeless = is_out(w, k);
	if (!found && effort == EFFORT_PAY && w->solved > PLENTY)
	{
		withhold_target(w, k);
		found = work_find_chain(w, k);
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
		found = work_find_chain(w, k);
		k->hopeless = !found;
		found = true;
	}
	if (found && !k->hopeless)
		keep_proof(w, at);
	work_forget_change(w);
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

		work_bounds(w, k, k->proof[i].at, &lower, &upper);
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
	return work_prove(w, work_add_check(w, k), effort);
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
bool
work_prove_for_all(work *w, int32_t at, effort effort)
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
