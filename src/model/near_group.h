/*
 * near_group.h
 *		The largest group of points around one of them whose members are all within
 *		a distance of each other.  No backend state.
 */
#ifndef TERRCARBON_NEAR_GROUP_H
#define TERRCARBON_NEAR_GROUP_H

#include <stdbool.h>
#include <stddef.h>

/* Metres: places in the plane have z = 0, others are told from the Earth's centre. */
typedef struct near_point
{
	double x;
	double y;
	double z;
} near_point;

typedef struct near_search
{
	const near_point *points;
	int npoints;
	bool flat;           /* all z are 0 */
	double distance;     /* at most, in a straight line, between any two members */
	void (*check)(void); /* called every few milliseconds; may not return.  NULL: none */

	/* Results of near_group_find(), to be freed with near_group_free(). */
	int *members; /* places in points, ascending */
	int nmembers;
	long ncells; /* how many cells were looked at */

	/* private */
	struct near_work *work;
} near_search;

extern bool near_group_find(near_search *search, int centre);
extern void near_group_free(near_search *search);
extern double near_squared_distance(const near_point *a, const near_point *b);
extern bool near_enough(const near_search *search, int a, int b);

#endif /* TERRCARBON_NEAR_GROUP_H */
