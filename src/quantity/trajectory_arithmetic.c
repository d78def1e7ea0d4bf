/*
 * arithmetic.c
 *		Operators on trajectories, year by year.
 *
 * A year missing on one side is missing in the result: a total with an unknown
 * part is unknown, not small.
 */
#include "quantity/trajectory.h"

#include "check.h"

/* a + sign * b over the years both have. */
static trajectory *
combine(const trajectory *a, const trajectory *b, double sign)
{
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
	return trajectory_from_points(points, n);
}

/* Every value times a number. */
static trajectory *
scale(const trajectory *t, double factor)
{
	year_value *points = palloc(t->n * sizeof(year_value));

	require_finite(factor, "factor");
	for (int i = 0; i < t->n; i++)
	{
		points[i].year = TRAJECTORY_YEARS(t)[i];
		points[i].value = multiply(t->values[i], factor, "value of a trajectory");
	}
	return trajectory_from_points(points, t->n);
}

/* trajectory_add(trajectory, trajectory): the sum, over the years both have. */
PG_FUNCTION_INFO_V1(trajectory_add);
Datum
trajectory_add(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(combine(PG_GETARG_TRAJECTORY(0), PG_GETARG_TRAJECTORY(1), 1));
}

/* trajectory_subtract(trajectory, trajectory): the difference, likewise. */
PG_FUNCTION_INFO_V1(trajectory_subtract);
Datum
trajectory_subtract(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(combine(PG_GETARG_TRAJECTORY(0), PG_GETARG_TRAJECTORY(1), -1));
}

/* trajectory_multiply(trajectory, float8): every value times a number. */
PG_FUNCTION_INFO_V1(trajectory_multiply);
Datum
trajectory_multiply(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(scale(PG_GETARG_TRAJECTORY(0), PG_GETARG_FLOAT8(1)));
}

/* number_multiply_trajectory(float8, trajectory): the commutator. */
PG_FUNCTION_INFO_V1(number_multiply_trajectory);
Datum
number_multiply_trajectory(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(scale(PG_GETARG_TRAJECTORY(1), PG_GETARG_FLOAT8(0)));
}

/* trajectory_divide(trajectory, float8): every value divided by a number. */
PG_FUNCTION_INFO_V1(trajectory_divide);
Datum
trajectory_divide(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	double divisor = require_divisor(PG_GETARG_FLOAT8(1));
	year_value *points = palloc(t->n * sizeof(year_value));

	for (int i = 0; i < t->n; i++)
	{
		points[i].year = TRAJECTORY_YEARS(t)[i];
		points[i].value = divide(t->values[i], divisor, "value of a trajectory");
	}
	PG_RETURN_POINTER(trajectory_from_points(points, t->n));
}

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
