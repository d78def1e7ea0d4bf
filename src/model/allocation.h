/*
 * allocation.h
 *		The rules by which trips are allocated to a territory.
 */
#ifndef TERRCARBON_ALLOCATION_H
#define TERRCARBON_ALLOCATION_H

/* In the order of their names. */
typedef enum allocation
{
	ALLOCATION_TERRITORIAL,
	ALLOCATION_INDUCED,
	ALLOCATION_RESIDENT,
	ALLOCATION_VISITOR
} allocation;

#define ALLOCATIONS 4

extern const char *const allocation_names[ALLOCATIONS];

#endif /* TERRCARBON_ALLOCATION_H */
