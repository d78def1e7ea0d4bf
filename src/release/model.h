/*
 * model.h
 *		What a cube says: unknowns, cells as sums over them, and what each
 *		attacker knows.
 */
#ifndef TERRCARBON_MODEL_H
#define TERRCARBON_MODEL_H

#include "release/secrecy.h"

/* Memory that goes all at once. */
typedef struct arena
{
	const secrecy_host *host;
	struct arena_chunk *chunks;
} arena;

extern void *arena_take(arena *a, size_t count, size_t size); /* zeroed */
extern void arena_empty(arena *a);

/* A place in a sparse vector: a column or a row. */
typedef struct entry
{
	int32_t at;
	double coefficient;
} entry;

/* What a unit has in a column. */
typedef struct holding
{
	int32_t unit;
	double value;
} holding;

/* What a party knows of a column. */
typedef struct knowledge
{
	int32_t party;
	int32_t column;
	int32_t unit;
	double value;
} knowledge;

/* A column as somebody sees it who knows part of it. */
typedef struct view
{
	int32_t n;    /* units that are not 0 */
	double count; /* the same, each divided by the columns it is spread over */
	double total;
	double first; /* the largest unit */
	double second;
	int32_t largest; /* the largest unit, -1: none */
} view;

/*
 * All contributions that are spread over the same places in the same proportions:
 * no cell tells them apart.  In units of the contribution's own sum.
 */
typedef struct column
{
	size_t first_entry;
	int32_t nentries;
	size_t first_holding;
	int32_t nholdings;
	int32_t min_units; /* the strictest rule of its sectors */
	double max_share;
	double nearness; /* asked of the least that may be in it */
	bool zero;       /* all of it is 0 */
	bool signless;   /* may be negative */
	bool present;    /* has a place in cube 0 */
	view everybody;
} column;

/* A sum of too few units: of a cell, as a party sees it (-1: everybody). */
typedef struct secret
{
	int32_t party;
	int32_t cell;
	double total;
} secret;

typedef struct model
{
	const secrecy_cube *cube;
	const secrecy_host *host;
	arena memory;
	int32_t width; /* cells of a node */
	int32_t ncells;
	int32_t ncubes;
	int32_t ncolumns;
	column *columns;
	entry *by_column;
	size_t *row_start; /* ncells + 1 places in by_row */
	entry *by_row;
	holding *holdings;   /* of each column by unit */
	int32_t *rank;       /* of each column: its holdings, the largest first */
	double *unit_weight; /* 1 / number of columns a unit is spread over */
	size_t known_count;
	knowledge *known_by_column; /* by column, party, unit */
	knowledge *known_by_party;  /* by party, column, unit */
	size_t *column_known;       /* ncolumns + 1 places in known_by_column */
	bool *fails;                /* cells whose figure fails the rule */
	double *size;               /* of cells: the sum of what is in it */
	secret *secrets;
	size_t nsecrets;
	size_t secrets_room;
	/* scratch */
	double *unit_total;
	bool *unit_seen;
	int32_t *units;
	int32_t since_check;
} model;

extern secrecy_error model_build(model *m, const secrecy_cube *cube, const secrecy_host *host);
extern void model_discard(model *m);

/* A column as a party sees it, -1: everybody. */
extern view model_view(const model *m, int32_t party, int32_t column);

/* Whether a unit has something in a column. */
extern bool model_holds(const model *m, int32_t column, int32_t unit);

/* Heeds an interrupt now and then. */
extern void model_breathe(model *m);

#endif /* TERRCARBON_MODEL_H */
