/* fuzz: src/quantity/line_fit.c -lgmp -lm */
/*
 * line_fit.c
 *		Least-squares lines against the rationals of GMP.
 */
#include "fuzz.h"

#include <float.h>
#include <gmp.h>
#include <math.h>

#include "quantity/line_fit.h"

#define MAX_VALUES 60

static int16_t years[MAX_VALUES];
static double values[MAX_VALUES];
static int nvalues;

/* Ascending years with gaps, and values by value_of. */
static void
random_case(double (*value_of)(void))
{
	int year = 1 + fuzz_below(9000);

	nvalues = 2 + fuzz_below(MAX_VALUES - 1);
	for (int i = 0; i < nvalues; i++)
	{
		years[i] = year;
		values[i] = value_of();
		year += 1 + (fuzz_below(4) == 0 ? fuzz_below(10) : 0);
	}
}

static double
whole_value(void)
{
	return fuzz_below(1 << 21) - (1 << 20);
}

static double
any_value(void)
{
	return ldexp(fuzz_unit() - 0.5, fuzz_below(60) - 30);
}

/* The exact slope, and the exact value of the line in a year. */
static void
oracle(int year, mpq_t slope, mpq_t value)
{
	mpq_t sum_y, sum_xy, term;
	long sum_x = 0;
	long sum_xx = 0;

	mpq_inits(sum_y, sum_xy, term, NULL);
	for (int i = 0; i < nvalues; i++)
	{
		long x = years[i] - years[0];

		sum_x += x;
		sum_xx += x * x;
		mpq_set_d(term, values[i]);
		mpq_add(sum_y, sum_y, term);
		mpq_set_si(value, x, 1);
		mpq_mul(term, term, value);
		mpq_add(sum_xy, sum_xy, term);
	}
	/* (n sum_xy - sum_x sum_y) / (n sum_xx - sum_x sum_x) */
	mpq_set_si(term, nvalues, 1);
	mpq_mul(slope, term, sum_xy);
	mpq_set_si(term, sum_x, 1);
	mpq_mul(term, term, sum_y);
	mpq_sub(slope, slope, term);
	mpq_set_si(term, nvalues * sum_xx - sum_x * sum_x, 1);
	mpq_div(slope, slope, term);

	/* (sum_y - slope sum_x) / n + slope x */
	mpq_set_si(term, (long) nvalues * (year - years[0]) - sum_x, 1);
	mpq_mul(term, term, slope);
	mpq_add(value, sum_y, term);
	mpq_set_si(term, nvalues, 1);
	mpq_div(value, value, term);
	mpq_clears(sum_y, sum_xy, term, NULL);
}

/* How far a number is from a rational one. */
static double
distance(double number, mpq_t exact)
{
	mpq_t difference;
	double result;

	mpq_init(difference);
	mpq_set_d(difference, number);
	mpq_sub(difference, difference, exact);
	result = fabs(mpq_get_d(difference));
	mpq_clear(difference);
	return result;
}

int
main(int argc, char **argv)
{
	bool flat = true;
	bool whole = true;
	bool close = true;
	bool least = true;
	mpq_t slope;
	mpq_t value;

	fuzz_start(argc, argv);
	mpq_inits(slope, value, NULL);
	for (long iteration = 0; iteration < fuzz_iterations; iteration++)
	{
		int year;
		double size = 0;
		double tolerance;
		line_fit line;

		random_case(any_value);
		for (int i = 1; i < nvalues; i++)
			values[i] = values[0];
		line = fit_line(years, values, nvalues);
		flat &= line.slope == 0 && line.residual == 0 && line_at(&line, 2100) == values[0];

		random_case(whole_value);
		line = fit_line(years, values, nvalues);
		oracle(2100, slope, value);
		whole &= distance(line.slope, slope) <= fabs(line.slope) * DBL_EPSILON / 2;

		random_case(any_value);
		line = fit_line(years, values, nvalues);
		year = years[0] + fuzz_below(300);
		oracle(year, slope, value);
		for (int i = 0; i < nvalues; i++)
			size += fabs(years[i] - line.mean_year) * fabs(values[i] - values[0]);
		tolerance = 4 * nvalues * DBL_EPSILON * size / line.year_spread;
		close &= distance(line.slope, slope) <= tolerance;
		for (int i = 0; i < nvalues; i++)
			size = fmax(size, fabs(values[i]));
		/* The mean of the years is rounded too. */
		tolerance = tolerance * (1 + fabs(year - line.mean_year)) +
					DBL_EPSILON * (8 * nvalues * size + fabs(line.slope) * year);
		close &= distance(line_at(&line, year), value) <= tolerance;
		least &= line.residual >= 0 && line.residual <= line.value_spread * (1 + 1e-12);
	}
	mpq_clears(slope, value, NULL);

	fuzz_report(flat, "line_fit: a flat series has a flat line");
	fuzz_report(whole, "line_fit: whole values give the slope rounded once");
	fuzz_report(close, "line_fit: slopes and values are close to the exact ones");
	fuzz_report(least, "line_fit: a line leaves no more than the mean does");
	return fuzz_end();
}
