/*
 * solver.h
 *		Small linear programmes, by CLP.
 */
#ifndef TERRCARBON_SOLVER_H
#define TERRCARBON_SOLVER_H

#include "release/secrecy.h"

/*
 * Least cost over x within its bounds with A x = b, A by columns.  Bounds may be
 * infinite.
 */
typedef struct programme
{
	int ncolumns;
	int nrows;
	const int *start; /* ncolumns + 1 places in row and value */
	const int *row;
	const double *value;
	const double *lower;
	const double *upper;
	const double *cost;
	const double *right;
} programme;

typedef enum programme_answer
{
	PROGRAMME_SOLVED,
	PROGRAMME_INFEASIBLE,
	PROGRAMME_FAILED
} programme_answer;

extern programme_answer programme_solve(const programme *p, const secrecy_host *host, double *x);

#endif /* TERRCARBON_SOLVER_H */
