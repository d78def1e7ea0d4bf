/*
 * check.h
 *		The checks of numbers that go in and come out, one SQLSTATE a kind of fault.
 *
 * An argument that is NaN, infinite or out of its range is 22023, a result beyond
 * double precision 22003, a division by zero 22012.  Each check returns the value
 * it let pass; what names it in the message.
 */
#ifndef TERRCARBON_CHECK_H
#define TERRCARBON_CHECK_H

#include "compat.h"

#include <math.h>

/* The errors, out of line. */
extern void refuse_argument(double value, const char *what, const char *must_be) pg_attribute_cold;
extern void refuse_result(const char *what, bool too_small) pg_attribute_cold;
extern void refuse_divisor(void) pg_attribute_cold;

/* An argument that must be a finite number. */
static inline double
require_finite(double value, const char *what)
{
	if (unlikely(!isfinite(value)))
		refuse_argument(value, what, "a finite number");
	return value;
}

/* An argument that must be finite and at least 0. */
static inline double
require_not_negative(double value, const char *what)
{
	if (unlikely(!(value >= 0.0) || isinf(value)))
		refuse_argument(value, what, "a finite number, 0 or above");
	return value;
}

/* An argument that must be finite and above 0. */
static inline double
require_positive(double value, const char *what)
{
	if (unlikely(!(value > 0.0) || isinf(value)))
		refuse_argument(value, what, "a finite number above 0");
	return value;
}

/* The finite result of arithmetic on finite values. */
static inline double
require_range(double value, const char *what)
{
	if (unlikely(!isfinite(value)))
		refuse_result(what, false);
	return value;
}

/* value * factor, both finite.  Never an infinity, nor a 0 made by rounding. */
static inline double
multiply(double value, double factor, const char *what)
{
	double product = value * factor;

	if (unlikely(product == 0.0) && value != 0.0 && factor != 0.0)
		refuse_result(what, true);
	return require_range(product, what);
}

/* A number to divide by: finite, and not 0 (22012). */
static inline double
require_divisor(double value)
{
	if (unlikely(value == 0.0))
		refuse_divisor();
	return require_finite(value, "divisor");
}

/* value / divisor, the one finite, the other past require_divisor(), as above. */
static inline double
divide(double value, double divisor, const char *what)
{
	double quotient = value / divisor;

	if (unlikely(quotient == 0.0) && value != 0.0)
		refuse_result(what, true);
	return require_range(quotient, what);
}

#endif /* TERRCARBON_CHECK_H */
