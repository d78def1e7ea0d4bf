/*
 * double_double.h
 *		Numbers of some 32 digits: the unevaluated sum of two doubles.
 *
 * For the few cases where a small area is the difference of large ones.
 */
#ifndef TERRCARBON_DOUBLE_DOUBLE_H
#define TERRCARBON_DOUBLE_DOUBLE_H

#include <math.h>

typedef struct double_double
{
	double high;
	double low;
} double_double;

/* a + b, exactly */
static inline double_double
dd_sum(double a, double b)
{
	double sum = a + b;
	double part = sum - a;
	double_double result = { sum, (a - (sum - part)) + (b - part) };

	return result;
}

/* a * b, exactly */
static inline double_double
dd_product(double a, double b)
{
	double product = a * b;
	double_double result = { product, fma(a, b, -product) };

	return result;
}

static inline double_double
dd_add(double_double a, double_double b)
{
	double_double sum = dd_sum(a.high, b.high);
	double_double low = dd_sum(a.low, b.low);

	sum = dd_sum(sum.high, sum.low + low.high);
	return dd_sum(sum.high, sum.low + low.low);
}

static inline double_double
dd_negate(double_double a)
{
	double_double result = { -a.high, -a.low };

	return result;
}

static inline double_double
dd_subtract(double_double a, double_double b)
{
	return dd_add(a, dd_negate(b));
}

static inline double_double
dd_multiply(double_double a, double_double b)
{
	double_double product = dd_product(a.high, b.high);

	return dd_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

static inline double_double
dd_divide(double_double a, double_double b)
{
	double first = a.high / b.high;
	double_double rest = dd_subtract(a, dd_multiply(b, dd_sum(first, 0)));
	double second = rest.high / b.high;

	rest = dd_subtract(rest, dd_multiply(b, dd_sum(second, 0)));
	return dd_add(dd_sum(first, second), dd_sum(rest.high / b.high, 0));
}

static inline int
dd_compare(double_double a, double_double b)
{
	double_double d = dd_subtract(a, b);

	return d.high > 0 ? 1 : d.high < 0 ? -1 : 0;
}

static inline double
dd_value(double_double a)
{
	return a.high + a.low;
}

#endif /* TERRCARBON_DOUBLE_DOUBLE_H */
