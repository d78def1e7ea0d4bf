/*
 * material.c
 *		Who gives how much of a material to whom, so that most is gained.
 *
 * A transportation problem with partial quantities: a linear programme whose
 * optimum the simplex method proves.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "check.h"
#include "miscadmin.h"
#include "model/numbers.h"
#include "release/solver.h"

static bool
pending(void)
{
	return INTERRUPTS_PENDING_CONDITION();
}

static void
check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* The places of the pairs in a list of so many, counted from 1. */
static int *
take_ends(ArrayType *array, int npairs, int nplaces, const char *what)
{
	Datum *datums;
	bool *nulls;
	int n;
	int *ends;

	deconstruct_array(array, INT4OID, sizeof(int32), true, TYPALIGN_INT, &datums, &nulls, &n);
	if (n != npairs)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("each pair needs its %s", what),
				 errdetail("There are %d pairs and %d of these.", npairs, n)));
	ends = palloc(Max(n, 1) * sizeof(int));
	for (int i = 0; i < n; i++)
	{
		ends[i] = nulls[i] ? 0 : DatumGetInt32(datums[i]);
		if (ends[i] < 1 || ends[i] > nplaces)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("the %s of pair %d is not in the list", what, i + 1),
							errdetail("It is %d of %d.", ends[i], nplaces)));
	}
	return ends;
}

/* A list of known numbers. */
static number_list
take_known(ArrayType *array, const char *what, int expected)
{
	number_list list = take_numbers(array, what);

	if (list.unknown || (expected >= 0 && list.n != expected))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be known, one a pair", what),
						errdetail("There are %d for %d pairs.", list.n, expected)));
	return list;
}

/* What a call works with. */
typedef struct matching
{
	int npairs;
	const int *offer;
	const int *need;
	number_list value;
	number_list ratio;
	number_list offered;
	number_list needed;
} matching;

/*
 * The programme: what of each pair is given, and what is left of each offer and each
 * need.  A row an offer and a need.
 */
static void
build_programme(const matching *m, programme *p)
{
	int nrows = m->offered.n + m->needed.n;
	int ncolumns = m->npairs + nrows;
	int *start = palloc((ncolumns + 1) * sizeof(int));
	int *row = palloc((2 * m->npairs + nrows) * sizeof(int));
	double *coefficient = palloc((2 * m->npairs + nrows) * sizeof(double));
	double *upper = palloc(ncolumns * sizeof(double));
	double *cost = palloc0(ncolumns * sizeof(double));
	double *right = palloc(nrows * sizeof(double));
	int n = 0;

	for (int i = 0; i < nrows; i++)
		right[i] = i < m->offered.n ? m->offered.values[i] : m->needed.values[i - m->offered.n];
	for (int i = 0; i < m->npairs; i++)
	{
		double ratio = require_positive(m->ratio.values[i], "substitution ratio");

		start[i] = n;
		row[n] = m->offer[i] - 1;
		coefficient[n++] = 1;
		row[n] = m->offered.n + m->need[i] - 1;
		coefficient[n++] = ratio;
		cost[i] = -m->value.values[i];
		upper[i] = Min(m->offered.values[m->offer[i] - 1],
					   m->needed.values[m->need[i] - 1] / ratio);
	}
	for (int i = 0; i < nrows; i++)
	{
		start[m->npairs + i] = n;
		row[n] = i;
		coefficient[n++] = 1;
		upper[m->npairs + i] = right[i];
	}
	start[ncolumns] = n;
	*p = (programme){ .ncolumns = ncolumns,
					  .nrows = nrows,
					  .start = start,
					  .row = row,
					  .value = coefficient,
					  .lower = palloc0(ncolumns * sizeof(double)),
					  .upper = upper,
					  .cost = cost,
					  .right = right };
}

/*
 * match_quantities(offers, needs, value, ratio, offered, needed) -> float8[]: how
 * much each pair exchanges
 */
PG_FUNCTION_INFO_V1(match_quantities);
Datum
match_quantities(PG_FUNCTION_ARGS)
{
	static const secrecy_host host = { .pending = pending, .check = check_interrupts };
	matching m;
	programme p;
	double *x;
	Datum *quantities;

	m.value = take_known(PG_GETARG_ARRAYTYPE_P(2), "value of a pair", -1);
	m.npairs = m.value.n;
	m.ratio = take_known(PG_GETARG_ARRAYTYPE_P(3), "substitution ratio", m.npairs);
	m.offered = take_known(PG_GETARG_ARRAYTYPE_P(4), "quantity offered", -1);
	m.needed = take_known(PG_GETARG_ARRAYTYPE_P(5), "quantity needed", -1);
	m.offer = take_ends(PG_GETARG_ARRAYTYPE_P(0), m.npairs, m.offered.n, "offer");
	m.need = take_ends(PG_GETARG_ARRAYTYPE_P(1), m.npairs, m.needed.n, "need");
	build_programme(&m, &p);
	x = palloc0(Max(p.ncolumns, 1) * sizeof(double));
	if (m.npairs > 0 && programme_solve(&p, &host, x) != PROGRAMME_SOLVED)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("no best assignment of %d pairs was found", m.npairs),
						errhint("Match fewer pairs: lower the greatest distance.")));
	quantities = palloc(Max(m.npairs, 1) * sizeof(Datum));
	for (int i = 0; i < m.npairs; i++)
		quantities[i] = Float8GetDatum(x[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(quantities, m.npairs, FLOAT8OID, sizeof(float8),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
