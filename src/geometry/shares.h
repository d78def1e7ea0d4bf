/*
 * shares.h
 *		Areas by pairs of numbers, in the order in which they were first found.  No
 *		backend state.
 */
#ifndef TERRCARBON_SHARES_H
#define TERRCARBON_SHARES_H

#include "geometry/overlay.h"

typedef struct share
{
	int first;
	int second;
	careful_sum area;
} share;

/* Zero it, and free it at last. */
typedef struct share_table
{
	share *share;
	size_t count;
	/* private */
	size_t capacity;
	size_t *slots; /* place in share, from 1; 0 = free */
	size_t nslots;
} share_table;

extern share *share_find(share_table *table, int first, int second);
extern void share_free(share_table *table);

#endif /* TERRCARBON_SHARES_H */
