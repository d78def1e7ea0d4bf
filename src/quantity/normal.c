/*
 * normal.c
 *		Intervals of the normal distribution.
 */
#include "quantity/normal.h"

#include <math.h>

/*
 * How many standard deviations either side of the mean hold a given share of a
 * normal distribution, 0 < confidence < 1: the z with erf(z / sqrt 2) =
 * confidence.
 *
 * Newton's method, on erf where the share is small and on log erfc where the
 * tail is.  Both are concave for z > 0 and the starting points are on the side
 * from which a concave function is approached without overshoot, so the steps
 * all go one way, and the first that does not is rounding.
 */
double
normal_half_width(double confidence)
{
	double z;

	if (confidence <= 0.5)
	{
		/* erf(x) <= 2 x / sqrt(pi), so this is below. */
		z = confidence * sqrt(M_PI / 2.0);
		for (;;)
		{
			double slope = sqrt(2.0 / M_PI) * exp(-z * z / 2.0);
			double next = z + (confidence - erf(z * M_SQRT1_2)) / slope;

			if (!(next > z))
				return z;
			z = next;
		}
	}
	else
	{
		double tail = 1.0 - confidence;

		/* erfc(x) <= exp(-x^2), so this is above. */
		z = sqrt(-2.0 * log(tail));
		for (;;)
		{
			double beyond = erfc(z * M_SQRT1_2);
			double slope = -sqrt(2.0 / M_PI) * exp(-z * z / 2.0) / beyond;
			double next = z - log(beyond / tail) / slope;

			if (!(next < z))
				return z;
			z = next;
		}
	}
}
