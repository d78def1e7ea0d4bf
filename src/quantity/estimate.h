/*
 * estimate.h
 *		A value with its uncertainty and what causes it: the type estimate, for
 *		C code.
 */
#ifndef TERRCARBON_ESTIMATE_H
#define TERRCARBON_ESTIMATE_H

#include "compat.h"

/* Longest name of a cause, in bytes. */
#define CAUSE_MAX_LENGTH 255

/*
 * How much the value moves when a cause moves by one standard deviation, and the
 * cube root of the third moment that comes of it: both are proportional to the
 * value, so both add.  Start from zeros.
 */
typedef struct estimate_cause
{
	double term;
	double skew;
	int len;
	const char *name; /* not terminated */
} estimate_cause;

/* A value, unpacked. */
typedef struct estimate
{
	double value;
	double sd;   /* of what has no shared cause */
	double skew; /* cube root of its third moment */
	int ncauses;
	int nsources;
	estimate_cause *causes; /* ascending by name, none is all 0 */
	int32 *sources;         /* ascending, ids of datasets */
} estimate;

extern void estimate_read(Datum datum, estimate *result);
extern Datum estimate_build(estimate *from);
extern bool estimate_is_skewed(const estimate *e);
extern double estimate_sd(const estimate *e);
extern double estimate_add_cubes(double a, double b);
extern int estimate_compare_causes(const void *a, const void *b);
extern int estimate_compare_names(const char *a, int a_len, const char *b, int b_len);

#endif /* TERRCARBON_ESTIMATE_H */
