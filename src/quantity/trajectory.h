/*
 * trajectory.h
 *		The trajectory type: one finite float8 a year, years may be missing.
 */
#ifndef TERRCARBON_TRAJECTORY_H
#define TERRCARBON_TRAJECTORY_H

#include "compat.h"

#define TRAJECTORY_MIN_YEAR 1
#define TRAJECTORY_MAX_YEAR 9999

/*
 * Negative zeros are stored as zero and there is no padding, so trajectories
 * are equal when their bytes are.
 */
typedef struct trajectory
{
	int32 vl_len_;                        /* varlena header, do not touch directly */
	int16 version;                        /* zero */
	int16 n;                              /* years it has a value for */
	float8 values[FLEXIBLE_ARRAY_MEMBER]; /* in the order of the years */
										  /* int16 years[n] follow, ascending */
} trajectory;

#define TRAJECTORY_SIZE(n) \
	(offsetof(trajectory, values) + (Size) (n) * (sizeof(float8) + sizeof(int16)))
#define TRAJECTORY_YEARS(t) ((int16 *) ((t)->values + (t)->n))

/* A point while a trajectory is being made. */
typedef struct year_value
{
	int32 year;
	double value;
} year_value;

#define PG_GETARG_TRAJECTORY(i) trajectory_from_datum(PG_GETARG_DATUM(i))

extern trajectory *trajectory_from_datum(Datum datum);
extern trajectory *trajectory_from_points(const year_value *points, int n);
extern int trajectory_lower_bound(const trajectory *t, int32 year);
extern int trajectory_find(const trajectory *t, int32 year);
extern void check_trajectory_year(int32 year);

#endif /* TERRCARBON_TRAJECTORY_H */
