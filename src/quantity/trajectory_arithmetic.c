/*
 * trajectory_arithmetic.c
 *		Operators on trajectories, year by year.
 *
 * A year missing on one side is missing in the result: a total with an unknown
 * part is unknown, not small.
 */
#include "quantity/trajectory.h"

#include "quantity/operator.h"

/* a + sign * b over the years both have. */
static Datum
combine(FunctionCallInfo fcinfo, double sign)
{
	const trajectory *a = PG_GETARG_TRAJECTORY(0);
	const trajectory *b = PG_GETARG_TRAJECTORY(1);
	const int16 *a_years = TRAJECTORY_YEARS(a);
	const int16 *b_years = TRAJECTORY_YEARS(b);
	year_value *points = palloc(Min(a->n, b->n) * sizeof(year_value));
	int n = 0;

	for (int i = 0, j = 0; i < a->n && j < b->n;)
	{
		if (a_years[i] < b_years[j])
			i++;
		else if (a_years[i] > b_years[j])
			j++;
		else
		{
			points[n].year = a_years[i];
			points[n].value = a->values[i] + sign * b->values[j];
			n++;
			i++;
			j++;
		}
	}
	return PointerGetDatum(trajectory_from_points(points, n));
}

static Datum
scale(Datum datum, double factor)
{
	const trajectory *t = trajectory_from_datum(datum);
	year_value *points = palloc(t->n * sizeof(year_value));

	for (int i = 0; i < t->n; i++)
	{
		points[i].year = TRAJECTORY_YEARS(t)[i];
		points[i].value = multiply(t->values[i], factor, "value of a trajectory");
	}
	return PointerGetDatum(trajectory_from_points(points, t->n));
}

static Datum
divide_by(Datum datum, double divisor)
{
	const trajectory *t = trajectory_from_datum(datum);
	year_value *points = palloc(t->n * sizeof(year_value));

	for (int i = 0; i < t->n; i++)
	{
		points[i].year = TRAJECTORY_YEARS(t)[i];
		points[i].value = divide(t->values[i], divisor, "value of a trajectory");
	}
	return PointerGetDatum(trajectory_from_points(points, t->n));
}

QUANTITY_OPERATORS(trajectory);

/*
 * trajectory_concat(trajectory, trajectory): the years of both, such as what was
 * measured and what is projected.  Error 22023 when they disagree on a year.
 */
PG_FUNCTION_INFO_V1(trajectory_concat);
Datum
trajectory_concat(PG_FUNCTION_ARGS)
{
	trajectory *a = PG_GETARG_TRAJECTORY(0);
	trajectory *b = PG_GETARG_TRAJECTORY(1);
	const int16 *a_years = TRAJECTORY_YEARS(a);
	const int16 *b_years = TRAJECTORY_YEARS(b);
	year_value *points = palloc((a->n + b->n) * sizeof(year_value));
	int n = 0;

	for (int i = 0, j = 0; i < a->n || j < b->n; n++)
	{
		bool has_a = i < a->n && (j == b->n || a_years[i] <= b_years[j]);
		bool has_b = j < b->n && (i == a->n || b_years[j] <= a_years[i]);

		if (has_a && has_b && a->values[i] != b->values[j])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("trajectories disagree on year %d", a_years[i]),
					 errdetail("One has %.17g, the other %.17g.", a->values[i], b->values[j]),
					 errhint("Cut one of them with slice().")));
		points[n].year = has_a ? a_years[i] : b_years[j];
		points[n].value = has_a ? a->values[i] : b->values[j];
		i += has_a;
		j += has_b;
	}
	PG_RETURN_POINTER(trajectory_from_points(points, n));
}
