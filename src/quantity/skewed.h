/*
 * skewed.h
 *		The distribution with a given skewness that estimates take: a lognormal
 *		one, shifted; the normal one when the skewness is 0.  Pure computation.
 */
#ifndef TERRCARBON_SKEWED_H
#define TERRCARBON_SKEWED_H

#include <stdbool.h>

/* The largest ratio of the two sides of a 95 % interval that skewed_fit() can make. */
#define SKEWED_MAX_RATIO 5.8

extern double lognormal_skewness(double cv);
extern double skewed_quantile(double skewness, double z);
extern double skewed_probability(double skewness, double x);
extern bool skewed_fit(double below, double above, double *sd, double *skewness);

#endif /* TERRCARBON_SKEWED_H */
