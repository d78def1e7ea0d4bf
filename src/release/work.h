/*
 * work.h
 *		The choice of cells while it is made: what its steps share.
 */
#ifndef TERRCARBON_WORK_H
#define TERRCARBON_WORK_H

#include "release/model.h"

#define MANY      1e6  /* in multiples of what a check needs: as good as infinite */
#define NONE      1e-9 /* the same: as good as 0 */
#define OPENED    1e-6 /* a cell that a proof changes by so much is withheld */
#define MARGIN    1e-6 /* asked for besides, for an attacker that rounds */
#define TOO_LARGE 4000 /* columns of a linear programme */

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

typedef enum purpose
{
	PURPOSE_PROVE, /* with the cells as they are */
	PURPOSE_PAY,   /* at least cost of cells */
	PURPOSE_REACH  /* as far as what is out lets it */
} purpose;

static inline bool
is_down(const check *k)
{
	return k->kind == CHECK_DOWN || k->kind == CHECK_SHRINK;
}

static inline const column *
column_at(const work *w, int32_t c)
{
	return &w->m.columns[c];
}

/* chain.c */
extern void work_bounds(const work *w, const check *k, int32_t c, double *lower, double *upper);
extern void work_set_state(work *w, int32_t row, row_state state);
extern bool work_is_risky(const work *w, const check *k, int32_t c);
extern void work_apply(work *w, int32_t c, double amount);
extern void work_forget_change(work *w);
extern bool work_find_chain(work *w, const check *k);

/* programme.c */
extern void work_gather(work *w, const check *k, int32_t limit, bool far);
extern void work_forget_near(work *w);
extern bool work_solve_near(work *w, const check *k, purpose why, double *lacks);

/* proof.c */
extern int32_t work_add_check(work *w, check k);
extern bool work_prove(work *w, int32_t at, effort effort);
extern bool work_prove_for_all(work *w, int32_t at, effort effort);

/* check.c */
extern void work_check_column(work *w, int32_t party, int32_t c);
extern void work_check_secret(work *w, const secret *s);
extern void work_check_units(work *w);
extern void work_find_active(work *w);
extern void work_drop_duplicates(work *w);

#endif /* TERRCARBON_WORK_H */
