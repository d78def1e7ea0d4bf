/*
 * numbers.h
 *		Lists of numbers as arguments of the models.
 */
#ifndef TERRCARBON_NUMBERS_H
#define TERRCARBON_NUMBERS_H

#include "compat.h"

#include "utils/array.h"

/* The elements of a float8[]; unknown is set where one is NULL, with NaN in its place. */
typedef struct number_list
{
	double *values;
	int n;
	bool unknown;
} number_list;

extern number_list take_numbers(ArrayType *array, const char *what);

#endif /* TERRCARBON_NUMBERS_H */
