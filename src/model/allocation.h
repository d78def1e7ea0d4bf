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
	ALLOCATION_RESIDENT
} allocation;

#define ALLOCATIONS 3

extern const char *const allocation_names[ALLOCATIONS];

#endif /* TERRCARBON_ALLOCATION_H */
