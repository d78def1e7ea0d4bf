/*
 * secrecy.h
 *		Which cells of a cube may be published so that no confidential one can
 *		be worked out.  No backend state.
 */
#ifndef TERRCARBON_SECRECY_H
#define TERRCARBON_SECRECY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When a sum is safe: enough units, and none that makes up most of it. */
typedef struct secrecy_rule
{
	int32_t min_units;
	double max_share;
} secrecy_rule;

/* What one unit adds to one cell; several parts of a unit add up. */
typedef struct secrecy_part
{
	int32_t node;
	int32_t sector;
	int32_t dataset;
	int32_t unit;
	double value;
} secrecy_part;

/*
 * A cube of nodes (a forest of territories) and sectors, the last of which is
 * the total.  Cell (node, sector) has the number node * (nsectors + 1) + sector
 * and sums up the parts of the node and of all below it.  The parts are the
 * confidential ones alone: what everybody knows protects nothing.
 *
 * Former nodes are those of cubes published before, such as of other years, each
 * with trees of its own.
 */
typedef struct secrecy_cube
{
	int32_t nnodes;
	const int32_t *parent; /* -1: none */
	int32_t nsectors;
	const secrecy_rule *rules; /* of each sector; a total obeys the strictest */
	const bool *in_total;
	int32_t ndatasets;
	int32_t nunits;
	size_t nparts;
	const secrecy_part *parts;
	const bool *wanted;  /* cells that have a figure to publish */
	const int32_t *twin; /* of a node: SECRECY_PRESENT, or of a former one its
						  * present form, SECRECY_GONE if it has none */
	const bool *out;     /* cells of former nodes that are published already */
} secrecy_cube;

#define SECRECY_PRESENT (-1)
#define SECRECY_GONE    (-2)

/* The memory and patience of the caller. */
typedef struct secrecy_host
{
	void *(*resize)(void *old, size_t size); /* old may be NULL; never returns NULL */
	void (*discard)(void *memory);
	void (*check)(void); /* may be NULL, may not return */
} secrecy_host;

typedef enum secrecy_error
{
	SECRECY_OK,
	SECRECY_RANGE, /* a number of the input is out of its range */
	SECRECY_CYCLE, /* a node is below itself */
	SECRECY_SIZE,  /* too many cells */
	SECRECY_STUCK  /* cannot happen */
} secrecy_error;

extern secrecy_error secrecy_choose(const secrecy_cube *cube, const secrecy_host *host,
									bool *published);
extern secrecy_error secrecy_holds(const secrecy_cube *cube, const secrecy_host *host, bool *holds);

#endif /* TERRCARBON_SECRECY_H */
