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

/* How much the value moves when a cause moves by one standard deviation. */
typedef struct estimate_cause
{
	double term;
	int len;
	const char *name; /* not terminated */
} estimate_cause;

/* A value, unpacked. */
typedef struct estimate
{
	double value;
	double sd; /* of what has no shared cause */
	int ncauses;
	int nsources;
	estimate_cause *causes; /* ascending by name, no term is 0 */
	int32 *sources;         /* ascending, ids of datasets */
} estimate;

extern void estimate_read(Datum datum, estimate *result);
extern Datum estimate_build(estimate *from);
extern int estimate_compare_names(const char *a, int a_len, const char *b, int b_len);

#endif /* TERRCARBON_ESTIMATE_H */
