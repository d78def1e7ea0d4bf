/*
 * operator.h
 *		The SQL-callable functions of a quantity that differ only by its type.
 */
#ifndef TERRCARBON_OPERATOR_H
#define TERRCARBON_OPERATOR_H

#include "check.h"

/*
 * Behind +, -, prefix -, * on either side, and /.  The file that uses it has
 * combine(fcinfo, sign), which gives the first argument plus sign times the
 * second, scale(datum, factor) and divide_by(datum, divisor).
 */
#define QUANTITY_OPERATORS(type)                                                         \
	PG_FUNCTION_INFO_V1(type##_plus);                                                    \
	Datum type##_plus(PG_FUNCTION_ARGS)                                                  \
	{                                                                                    \
		return combine(fcinfo, 1.0);                                                     \
	}                                                                                    \
	PG_FUNCTION_INFO_V1(type##_minus);                                                   \
	Datum type##_minus(PG_FUNCTION_ARGS)                                                 \
	{                                                                                    \
		return combine(fcinfo, -1.0);                                                    \
	}                                                                                    \
	PG_FUNCTION_INFO_V1(type##_negate);                                                  \
	Datum type##_negate(PG_FUNCTION_ARGS)                                                \
	{                                                                                    \
		return scale(PG_GETARG_DATUM(0), -1.0);                                          \
	}                                                                                    \
	PG_FUNCTION_INFO_V1(type##_times);                                                   \
	Datum type##_times(PG_FUNCTION_ARGS)                                                 \
	{                                                                                    \
		return scale(PG_GETARG_DATUM(0), require_finite(PG_GETARG_FLOAT8(1), "factor")); \
	}                                                                                    \
	PG_FUNCTION_INFO_V1(type##_times_left);                                              \
	Datum type##_times_left(PG_FUNCTION_ARGS)                                            \
	{                                                                                    \
		return scale(PG_GETARG_DATUM(1), require_finite(PG_GETARG_FLOAT8(0), "factor")); \
	}                                                                                    \
	PG_FUNCTION_INFO_V1(type##_divide);                                                  \
	Datum type##_divide(PG_FUNCTION_ARGS)                                                \
	{                                                                                    \
		return divide_by(PG_GETARG_DATUM(0), require_divisor(PG_GETARG_FLOAT8(1)));      \
	}                                                                                    \
	extern int no_such_variable

/*
 * Transition functions of sum(type) and sum(type, weight), and their inverses, on
 * the file's sum_row(fcinfo, weighted, remove).
 */
#define QUANTITY_SUMS(type)                            \
	PG_FUNCTION_INFO_V1(type##_sum_add);               \
	Datum type##_sum_add(PG_FUNCTION_ARGS)             \
	{                                                  \
		return sum_row(fcinfo, false, false);          \
	}                                                  \
	PG_FUNCTION_INFO_V1(type##_sum_remove);            \
	Datum type##_sum_remove(PG_FUNCTION_ARGS)          \
	{                                                  \
		return sum_row(fcinfo, false, true);           \
	}                                                  \
	PG_FUNCTION_INFO_V1(type##_sum_add_weighted);      \
	Datum type##_sum_add_weighted(PG_FUNCTION_ARGS)    \
	{                                                  \
		return sum_row(fcinfo, true, false);           \
	}                                                  \
	PG_FUNCTION_INFO_V1(type##_sum_remove_weighted);   \
	Datum type##_sum_remove_weighted(PG_FUNCTION_ARGS) \
	{                                                  \
		return sum_row(fcinfo, true, true);            \
	}                                                  \
	extern int no_such_variable

#endif /* TERRCARBON_OPERATOR_H */
