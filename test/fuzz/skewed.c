/* fuzz: src/quantity/skewed.c src/quantity/normal.c -lm */
/*
 * skewed.c
 *		Skewed distributions against the lognormal one, and the intervals of sums
 *		against simulation.
 */
#include "fuzz.h"

#include <math.h>

#include "quantity/normal.h"
#include "quantity/skewed.h"

#define SAMPLES 40000

static double samples[SAMPLES];

static double
uniform(void)
{
	return ((double) (fuzz_bits() >> 11) + 0.5) / 9007199254740992.0;
}

/* A normal number, by Box and Muller. */
static double
normal(void)
{
	return sqrt(-2.0 * log(uniform())) * cos(2.0 * acos(-1.0) * uniform());
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *) a;
	double right = *(const double *) b;

	return (left > right) - (left < right);
}

/* A lognormal quantity is one of these distributions, unshifted. */
static void
test_lognormal(void)
{
	double worst_quantile = 0.0;
	double worst_probability = 0.0;

	for (long i = 0; i < fuzz_iterations; i++)
	{
		double cv = pow(10.0, -6.0 + 7.0 * uniform());
		double s = sqrt(log1p(cv * cv));
		double z = -4.0 + 8.0 * uniform();
		double skewness = lognormal_skewness(cv);
		double x = skewed_quantile(skewness, z);
		double exact = exp(s * z - s * s / 2.0);

		worst_quantile = fmax(worst_quantile, fabs((1.0 + cv * x) / exact - 1.0));
		worst_probability = fmax(
			worst_probability,
			fabs(skewed_probability(skewness, x) / (0.5 * erfc(-z / sqrt(2.0))) - 1.0));
		/* Mirrored. */
		if (skewed_quantile(-skewness, -z) != -x)
			worst_quantile = INFINITY;
	}
	printf("# quantiles off by %.1e, probabilities by %.1e\n", worst_quantile, worst_probability);
	/* A far low end is a small difference of larger numbers. */
	fuzz_report(worst_quantile < 1e-10, "skewed: quantiles of lognormal quantities");
	fuzz_report(worst_probability < 1e-8, "skewed: probabilities are the inverse");
}

/* An interval fitted has the ends it was given. */
static void
test_fit(void)
{
	double worst = 0.0;
	bool limits;
	double sd;
	double skewness;

	for (long i = 0; i < fuzz_iterations; i++)
	{
		double below = pow(10.0, -3.0 + 6.0 * uniform());
		double above = below * pow(SKEWED_MAX_RATIO, -1.0 + 2.0 * uniform());

		if (!skewed_fit(below, above, &sd, &skewness))
			worst = INFINITY;
		worst = fmax(worst,
					 fabs(-sd * skewed_quantile(skewness, -NORMAL_HALF_WIDTH_95) / below - 1.0));
		worst = fmax(worst,
					 fabs(sd * skewed_quantile(skewness, NORMAL_HALF_WIDTH_95) / above - 1.0));
	}
	printf("# ends off by %.1e\n", worst);
	fuzz_report(worst < 1e-12, "skewed: intervals have the ends they are fitted to");
	limits = skewed_fit(1.0, SKEWED_MAX_RATIO, &sd, &skewness) &&
			 !skewed_fit(1.0, SKEWED_MAX_RATIO * 1.001, &sd, &skewness) &&
			 !skewed_fit(SKEWED_MAX_RATIO * 1.001, 1.0, &sd, &skewness) &&
			 !skewed_fit(1.0, INFINITY, &sd, &skewness);
	limits &= skewed_fit(2.0, 2.0, &sd, &skewness) && skewness == 0.0 &&
			  sd == 2.0 / NORMAL_HALF_WIDTH_95;
	fuzz_report(limits, "skewed: limits of the fit");
}

/*
 * Sums of independent lognormal values, of values that share one factor, and of
 * both, by three moments and by drawing them.  The fault is measured in
 * percent of the width of the interval drawn.
 */
static double
sum_fault(double max_cv, double *normal_fault)
{
	int n = 2 + fuzz_below(30);
	double mean[32];
	double s[32];
	double shared = fuzz_below(2) ? 0.0 : max_cv * uniform();
	double shared_s = sqrt(log1p(shared * shared));
	double total = 0.0;
	double variance = 0.0;
	double third = 0.0;
	double below;
	double above;
	double low;
	double high;
	double sd;
	double width;
	double fault;

	for (int i = 0; i < n; i++)
	{
		double cv = max_cv * uniform();

		mean[i] = pow(10.0, uniform());
		s[i] = sqrt(log1p(cv * cv));
		total += mean[i];
		variance += pow(mean[i] * cv, 2.0);
		third += pow(mean[i] * cv, 3.0) * lognormal_skewness(cv);
	}
	variance += pow(total * shared, 2.0);
	third += pow(total * shared, 3.0) * lognormal_skewness(shared);
	sd = sqrt(variance);
	below = sd * skewed_quantile(third / (sd * variance), -NORMAL_HALF_WIDTH_95);
	above = sd * skewed_quantile(third / (sd * variance), NORMAL_HALF_WIDTH_95);

	for (int k = 0; k < SAMPLES; k++)
	{
		/* What is shared moves the total as a whole. */
		double sum = total * (exp(shared_s * normal() - shared_s * shared_s / 2.0) - 1.0);

		for (int i = 0; i < n; i++)
			sum += mean[i] * (exp(s[i] * normal() - s[i] * s[i] / 2.0) - 1.0);
		samples[k] = sum;
	}
	qsort(samples, SAMPLES, sizeof(double), compare);
	low = samples[(int) (0.025 * SAMPLES)];
	high = samples[(int) (0.975 * SAMPLES)];
	width = high - low;
	fault = fmax(fabs(below - low), fabs(above - high)) / width * 100.0;
	*normal_fault = fmax(fabs(-NORMAL_HALF_WIDTH_95 * sd - low),
						 fabs(NORMAL_HALF_WIDTH_95 * sd - high)) /
					width * 100.0;
	return fault;
}

static void
test_sums(double max_cv, double limit)
{
	int cases = fuzz_iterations >= 20000 ? 24 : 12;
	double worst = 0.0;
	double mean = 0.0;
	double worst_normal = 0.0;
	char name[100];

	for (int i = 0; i < cases; i++)
	{
		double normal_fault;
		double fault = sum_fault(max_cv, &normal_fault);

		worst = fmax(worst, fault);
		mean += fault / cases;
		worst_normal = fmax(worst_normal, normal_fault);
	}
	printf("# up to %.0f %%: ends off by %.1f %% of the interval on average, %.1f %% at worst; "
		   "normal intervals %.1f %%\n",
		   max_cv * 100.0 * NORMAL_HALF_WIDTH_95, mean, worst, worst_normal);
	snprintf(name, sizeof(name), "skewed: sums of values up to +- %.0f %%",
			 max_cv * 100.0 * NORMAL_HALF_WIDTH_95);
	fuzz_report(worst < limit && worst <= worst_normal + 1.0, name);
}

int
main(int argc, char **argv)
{
	fuzz_start(argc, argv);
	test_lognormal();
	test_fit();
	test_sums(0.25, 3.0);
	test_sums(0.5, 4.0);
	test_sums(1.0, 8.0);
	test_sums(1.5, 15.0);
	return fuzz_end();
}
