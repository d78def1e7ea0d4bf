/* fuzz: src/quantity/normal.c -lm */
/*
 * normal.c
 *		Normal quantiles against known values and against the integral of the
 *		density, which uses no error function.
 */
#include "fuzz.h"

#include <math.h>

#include "quantity/normal.h"

/* Gauss-Legendre nodes and weights of order 5 on -1 .. 1, from their closed form. */
static long double node[5];
static long double weight[5];

static void
make_rule(void)
{
	long double root = sqrtl(10.0L / 7.0L);
	long double inner = sqrtl(5.0L - 2.0L * root) / 3.0L;
	long double outer = sqrtl(5.0L + 2.0L * root) / 3.0L;
	long double inner_weight = (322.0L + 13.0L * sqrtl(70.0L)) / 900.0L;
	long double outer_weight = (322.0L - 13.0L * sqrtl(70.0L)) / 900.0L;
	long double nodes[5] = { -outer, -inner, 0.0L, inner, outer };
	long double weights[5] = { outer_weight, inner_weight, 128.0L / 225.0L, inner_weight,
							   outer_weight };

	memcpy(node, nodes, sizeof(node));
	memcpy(weight, weights, sizeof(weight));
}

/* Integral of twice the normal density. */
static long double
integral(long double from, long double to)
{
	int panels = 400;
	long double half = (to - from) / (2 * panels);
	long double sum = 0.0L;

	for (int panel = 0; panel < panels; panel++)
	{
		long double middle = from + (2 * panel + 1) * half;

		for (int i = 0; i < 5; i++)
		{
			long double x = middle + node[i] * half;

			sum += weight[i] * expl(-x * x / 2.0L);
		}
	}
	return sum * half * sqrtl(2.0L / acosl(-1.0L));
}

int
main(int argc, char **argv)
{
	/* Tables of the normal distribution, to 16 digits. */
	static const double known[][2] = { { 0.5, 0.6744897501960817 },  { 0.8, 1.2815515655446004 },
									   { 0.9, 1.6448536269514722 },  { 0.95, 1.959963984540054 },
									   { 0.98, 2.3263478740408408 }, { 0.99, 2.5758293035489004 },
									   { 0.999, 3.290526731491895 } };
	bool tables = true;
	bool inverse = true;
	double worst = 0.0;

	fuzz_start(argc, argv);
	make_rule();
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
	{
		double z = normal_half_width(known[i][0]);

		if (fabs(z / known[i][1] - 1.0) > 4e-16)
		{
			printf("# %.17g: %.17g, expected %.17g\n", known[i][0], z, known[i][1]);
			tables = false;
		}
	}
	tables &= fabs(normal_half_width(0.95) / NORMAL_HALF_WIDTH_95 - 1.0) < 4e-16;
	fuzz_report(tables, "normal: known quantiles");

	for (long iteration = 0; iteration < fuzz_iterations / 10; iteration++)
	{
		/* Shares near 0, in the middle, and near 1. */
		double share = fuzz_unit();
		int kind = fuzz_below(3);
		double confidence;
		double z;
		double error;

		if (kind == 0)
			share = pow(10.0, -9.0 * share) / 2.0;
		else if (kind == 1)
			share = 1.0 - pow(10.0, -12.0 * share);
		if (!(share > 0.0 && share < 1.0))
			continue;
		confidence = share;
		z = normal_half_width(confidence);
		if (confidence <= 0.5)
			error = fabsl(integral(0.0L, z) / confidence - 1.0L);
		else
			error = fabsl(integral(z, z + 12.0L) / (1.0L - confidence) - 1.0L);
		/* An error in z is at most z times as large in the logarithm of the tail. */
		if (error > worst)
			worst = error;
		if (error > 3e-14 || !(z > 0.0))
		{
			printf("# %.17g: %.17g is off by %g\n", confidence, z, error);
			inverse = false;
		}
	}
	printf("# worst relative error of the share: %.2g\n", worst);
	fuzz_report(inverse, "normal: the density integrates to the share asked for");
	return fuzz_end();
}
