/*
 * quantity.h
 *		What the types of this room share.
 */
#ifndef TERRCARBON_QUANTITY_H
#define TERRCARBON_QUANTITY_H

#include "compat.h"

#include <math.h>

/* Refuse an infinity or NaN given by the user; what names the value. */
static inline double
require_finite(double value, const char *what)
{
	if (unlikely(!isfinite(value)))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("%s must be a finite number", what), errdetail("It is %g.", value)));
	return value;
}

/* The finite result of arithmetic on finite values; what names it. */
static inline double
require_range(double value, const char *what)
{
	if (unlikely(!isfinite(value)))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("%s is out of range of double precision", what)));
	return value;
}

/* value * factor, both finite.  Never an infinity, nor a 0 made by rounding. */
static inline double
multiply(double value, double factor, const char *what)
{
	double product = value * factor;

	if (unlikely(product == 0.0) && value != 0.0 && factor != 0.0)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("%s is too small for double precision", what)));
	return require_range(product, what);
}

/* value / divisor, both finite, as above. */
static inline double
divide(double value, double divisor, const char *what)
{
	double quotient = value / divisor;

	if (unlikely(divisor == 0.0))
		ereport(ERROR, (errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("division by zero")));
	if (unlikely(quotient == 0.0) && value != 0.0)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("%s is too small for double precision", what)));
	return require_range(quotient, what);
}

#endif /* TERRCARBON_QUANTITY_H */
