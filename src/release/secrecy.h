/*
 * secrecy.h
 *		Which cells of a cube may be published so that nothing confidential can
 *		be worked out.  No backend state.
 */
#ifndef TERRCARBON_SECRECY_H
#define TERRCARBON_SECRECY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When a sum is safe. */
typedef struct secrecy_rule
{
	int32_t min_units; /* least number of distinct units that are not 0 */
	double max_share;  /* largest share of the sum that one unit may make up */
	double nearness;   /* how near nobody may come to a secret: 0.1 is 10 % of it */
} secrecy_rule;

/*
 * What one unit adds to one place (node and sector).  Parts of one contribution
 * are one unknown, of which everybody knows in which proportions it is spread: a
 * trip of which two communes bear half each, a row that stays as it is for years.
 */
typedef struct secrecy_part
{
	int32_t node;
	int32_t sector;
	int32_t dataset;
	int32_t unit;
	int32_t contribution;
	double value;
	double doubt; /* it may be so many times as much, but not less; 1: it is known */
} secrecy_part;

/*
 * A cube of nodes (a forest of territories) and sectors, the last of which is
 * the total.  Cell (node, sector) has the number node * (nsectors + 1) + sector
 * and sums up the parts of the node and of all below it.  The parts are the
 * confidential ones alone: what everybody knows protects nothing.
 *
 * Several cubes stand side by side: number 0 is to be published, the others are
 * out already, such as other years or the release that this one corrects.
 *
 * A party knows the datasets that it may read.  A contribution that is in one of them
 * in one cube and in another's in another was taken for the same: a sure party knows
 * it only if all of it is in its datasets, the others as soon as any of it is.
 */
typedef struct secrecy_cube
{
	int32_t nnodes;
	const int32_t *parent;  /* of each node: -1: none */
	const int32_t *cube_of; /* of each node */
	const int32_t *place;   /* of each node: which territory it is, in any cube */
	int32_t nsectors;
	const secrecy_rule *rules; /* of each sector; a total obeys the strictest */
	const bool *in_total;      /* of each sector */
	int32_t ndatasets;
	int32_t nunits;
	int32_t ncontributions;
	size_t nparts;
	const secrecy_part *parts;
	const bool *wanted; /* cells of cube 0 that have a figure to publish */
	const bool *out;    /* cells of the other cubes that are published already */
	int32_t nparties;
	const int32_t *party_start; /* nparties + 1 places in party_dataset */
	const int32_t *party_dataset;
	const bool *party_sure; /* NULL: none is */
	/* Who may be who under another name: NULL, or nunits + 1 places in kin. */
	const int32_t *kin_start;
	const int32_t *kin;
} secrecy_cube;

/* The memory and patience of the caller. */
typedef struct secrecy_host
{
	void *(*allocate)(size_t size); /* never returns NULL */
	void (*discard)(void *memory);
	bool (*pending)(void); /* whether check would not return; may be NULL */
	void (*check)(void);   /* may be NULL, may not return */
} secrecy_host;

typedef enum secrecy_error
{
	SECRECY_OK,
	SECRECY_RANGE, /* a number of the input is out of its range */
	SECRECY_CYCLE, /* a node is below itself */
	SECRECY_SIZE   /* too many cells, or too deep a tree */
} secrecy_error;

/* Levels of territories. */
#define SECRECY_MAX_DEPTH 64

/* Chooses the cells to publish among those wanted. */
extern secrecy_error secrecy_choose(const secrecy_cube *cube, const secrecy_host *host,
									bool *published);

/* Whether all cells wanted can be published together. */
extern secrecy_error secrecy_holds(const secrecy_cube *cube, const secrecy_host *host, bool *holds);

#endif /* TERRCARBON_SECRECY_H */
