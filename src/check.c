/*
 * check.c
 *		What is said of a number that does not pass a check.
 */
#include "check.h"

/* An argument out of its range: 22023. */
void
refuse_argument(double value, const char *what, const char *must_be)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s must be %s", what, must_be), errdetail("It is %.17g.", value),
					isnan(value) ? errhint("What is not known is NULL, or left out.") : 0));
}

/* A result that double precision does not hold: 22003. */
void
refuse_result(const char *what, bool too_small)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg(too_small ? "%s is too small for double precision"
									 : "%s is out of range of double precision",
						   what),
					errhint("Choose a unit that keeps the numbers nearer to 1.")));
}

/* A division by zero: 22012. */
void
refuse_divisor(void)
{
	ereport(ERROR, (errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("division by zero")));
}
