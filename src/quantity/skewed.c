/*
 * skewed.c
 *		Distributions of mean 0 and standard deviation 1 with a given skewness.
 *
 * A lognormal quantity of coefficient of variation u has the skewness
 * u^3 + 3 u, and every skewness belongs to one u.  Shifted and scaled, it can
 * have any mean and standard deviation too, so three moments make one of these:
 * a lognormal quantity itself, and what comes near a sum of several.
 */
#include "quantity/skewed.h"

#include <math.h>

#include "quantity/normal.h"

/* Beyond this shape the far side of a 95 % interval no longer grows. */
#define MAX_SHAPE 1.9

/* The skewness of a lognormal quantity by its coefficient of variation. */
double
lognormal_skewness(double cv)
{
	return cv * (cv * cv + 3.0);
}

/* Its inverse: with u = 2 sinh t, u^3 + 3 u = 2 sinh 3 t. */
static double
variation(double skewness)
{
	return 2.0 * sinh(asinh(skewness / 2.0) / 3.0);
}

/* The standard deviation of the logarithm. */
static double
shape(double variation)
{
	return variation < 1e-8 ? variation : sqrt(log1p(variation * variation));
}

/* The quantile that is z standard deviations from the mean when normal. */
double
skewed_quantile(double skewness, double z)
{
	double u;
	double s;

	if (skewness == 0.0)
		return z;
	if (skewness < 0.0)
		return -skewed_quantile(-skewness, -z);
	u = variation(skewness);
	s = shape(u);
	return expm1(s * z - s * s / 2.0) / u;
}

/* The probability of not being above x. */
double
skewed_probability(double skewness, double x)
{
	double u;
	double s;

	if (skewness == 0.0)
		return 0.5 * erfc(-x * M_SQRT1_2);
	if (skewness < 0.0)
		return 1.0 - skewed_probability(-skewness, -x);
	u = variation(skewness);
	s = shape(u);
	if (u * x <= -1.0)
		return 0.0;
	return 0.5 * erfc(-(log1p(u * x) + s * s / 2.0) / s * M_SQRT1_2);
}

/*
 * The standard deviation and skewness with which the 95 % interval goes as far
 * below and above the mean as said.  Both are positive; false when one is more
 * than SKEWED_MAX_RATIO of the other, which no such distribution does.
 */
bool
skewed_fit(double below, double above, double *sd, double *skewness)
{
	const double z = NORMAL_HALF_WIDTH_95;
	double ratio = above / below;
	double low = 0.0;
	double high = MAX_SHAPE;

	if (below == above)
	{
		*sd = below / z;
		*skewness = 0.0;
		return true;
	}
	if (ratio < 1.0)
	{
		bool fits = skewed_fit(above, below, sd, skewness);

		*skewness = -*skewness;
		return fits;
	}
	if (!(ratio <= SKEWED_MAX_RATIO))
		return false;

	/* The ratio of the sides grows with the shape. */
	for (;;)
	{
		double s = (low + high) / 2.0;

		if (s <= low || s >= high)
			break;
		if (expm1(s * z - s * s / 2.0) < -ratio * expm1(-s * z - s * s / 2.0))
			low = s;
		else
			high = s;
	}
	if (high < 1e-8)
	{
		/* Sides that differ by rounding. */
		*sd = (below + above) / 2.0 / z;
		*skewness = 0.0;
		return true;
	}
	*skewness = lognormal_skewness(sqrt(expm1(high * high)));
	*sd = (below + above) / (skewed_quantile(*skewness, z) - skewed_quantile(*skewness, -z));
	return true;
}
