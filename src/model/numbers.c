/*
 * numbers.c
 *		Lists of numbers as arguments of the models.
 */
#include "model/numbers.h"

#include "catalog/pg_type.h"
#include "check.h"
#include "utils/float.h"

/* The elements of an array of any shape, each finite and not below 0, or NULL. */
number_list
take_numbers(ArrayType *array, const char *what)
{
	number_list list = { .unknown = false };
	Datum *datums;
	bool *nulls;

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &datums,
					  &nulls, &list.n);
	list.values = palloc(Max(list.n, 1) * sizeof(double));
	for (int i = 0; i < list.n; i++)
	{
		list.unknown = list.unknown || nulls[i];
		list.values[i] = nulls[i] ? get_float8_nan()
								  : require_not_negative(DatumGetFloat8(datums[i]), what);
	}
	return list;
}
