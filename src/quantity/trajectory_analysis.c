/*
 * trajectory_analysis.c
 *		What a trajectory says: values, budgets, trends, projections, targets.
 *
 * One rule for all: what these data do not allow gives NULL, what no data could
 * allow is an error.
 */
#include "quantity/trajectory.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "check.h"
#include "quote.h"
#include "numeric/exact_sum.h"
#include "quantity/line_fit.h"

/* Error 22023 unless the years are in order. */
static void
check_period(int32 from_year, int32 to_year)
{
	if (from_year > to_year)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the first year is after the last"),
						errdetail("The first year is %d, the last %d.", from_year, to_year),
						errhint("Give the earlier year first.")));
}

/* Number of points from a year to another; *start is the index of the first. */
static int
points_of_period(const trajectory *t, int32 from_year, int32 to_year, int *start)
{
	int end;

	check_period(from_year, to_year);
	*start = trajectory_lower_bound(t, from_year);
	end = to_year >= TRAJECTORY_MAX_YEAR ? t->n : trajectory_lower_bound(t, to_year + 1);
	return end - *start;
}

/* value_at(trajectory, int): the value of a year, NULL when it is missing. */
PG_FUNCTION_INFO_V1(trajectory_value_at);
Datum
trajectory_value_at(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	int i = trajectory_find(t, PG_GETARG_INT32(1));

	if (i < 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(t->values[i]);
}

/* years(trajectory): the years it has a value for, ascending. */
PG_FUNCTION_INFO_V1(trajectory_years);
Datum
trajectory_years(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	Datum *years = palloc(t->n * sizeof(Datum));

	for (int i = 0; i < t->n; i++)
		years[i] = Int32GetDatum(TRAJECTORY_YEARS(t)[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(years, t->n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

/* points(trajectory): a row for every year it has a value for. */
PG_FUNCTION_INFO_V1(trajectory_points);
Datum
trajectory_points(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	trajectory *t;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext caller_context;

		call = SRF_FIRSTCALL_INIT();
		caller_context = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		/* The argument may not outlive this call. */
		t = trajectory_from_datum(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))));
		if (get_call_result_type(fcinfo, NULL, &call->tuple_desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "points() must return a row type");
		call->tuple_desc = BlessTupleDesc(call->tuple_desc);
		call->user_fctx = t;
		call->max_calls = t->n;
		MemoryContextSwitchTo(caller_context);
	}

	call = SRF_PERCALL_SETUP();
	t = call->user_fctx;
	if (call->call_cntr < call->max_calls)
	{
		Datum columns[2];
		bool nulls[2] = { false, false };

		columns[0] = Int32GetDatum(TRAJECTORY_YEARS(t)[call->call_cntr]);
		columns[1] = Float8GetDatum(t->values[call->call_cntr]);
		SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, columns, nulls)));
	}
	SRF_RETURN_DONE(call);
}

/* slice(trajectory, int, int): the years from one to another, both included. */
PG_FUNCTION_INFO_V1(trajectory_slice);
Datum
trajectory_slice(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	int start;
	int n = points_of_period(t, PG_GETARG_INT32(1), PG_GETARG_INT32(2), &start);
	year_value *points = palloc(n * sizeof(year_value));

	for (int i = 0; i < n; i++)
	{
		points[i].year = TRAJECTORY_YEARS(t)[start + i];
		points[i].value = t->values[start + i];
	}
	PG_RETURN_POINTER(trajectory_from_points(points, n));
}

/*
 * The value at step k of n on the straight way from a to b.  Whole numbers are
 * exact before the one division.
 */
static double
between(double a, double b, int k, int n)
{
	if (k == 0)
		return a;
	if (k == n)
		return b;
	return (a * (n - k) + b * k) / n;
}

/* interpolate(trajectory): inner gaps filled along straight lines. */
PG_FUNCTION_INFO_V1(trajectory_interpolate);
Datum
trajectory_interpolate(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	const int16 *years = TRAJECTORY_YEARS(t);
	year_value *points;
	int n = 0;

	if (t->n < 2)
		PG_RETURN_POINTER(t);
	points = palloc((years[t->n - 1] - years[0] + 1) * sizeof(year_value));
	for (int i = 0; i < t->n; i++)
	{
		int steps = i + 1 < t->n ? years[i + 1] - years[i] : 1;

		for (int k = 0; k < steps; k++, n++)
		{
			points[n].year = years[i] + k;
			points[n].value = k == 0 ? t->values[i]
									 : between(t->values[i], t->values[i + 1], k, steps);
		}
	}
	PG_RETURN_POINTER(trajectory_from_points(points, n));
}

/* budget(trajectory, int, int): the exact sum, NULL when a year is missing. */
PG_FUNCTION_INFO_V1(trajectory_budget);
Datum
trajectory_budget(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	int32 from_year = PG_GETARG_INT32(1);
	int32 to_year = PG_GETARG_INT32(2);
	int start;
	int n = points_of_period(t, from_year, to_year, &start);
	exact_sum sum;

	if (n != (int64) to_year - from_year + 1)
		PG_RETURN_NULL();
	exact_sum_init(&sum);
	for (int i = start; i < start + n; i++)
		exact_sum_add(&sum, t->values[i]);
	PG_RETURN_FLOAT8(require_range(exact_sum_value(&sum), "result"));
}

/* Error 22023 unless a target can run between these years. */
static void
check_target(int32 from_year, double from_value, int32 to_year)
{
	check_trajectory_year(from_year);
	check_trajectory_year(to_year);
	check_period(from_year, to_year);
	require_finite(from_value, "from_value");
}

/* linear_target(int, float8, int, float8): a straight line, ends included. */
PG_FUNCTION_INFO_V1(trajectory_linear_target);
Datum
trajectory_linear_target(PG_FUNCTION_ARGS)
{
	int32 from_year = PG_GETARG_INT32(0);
	double from_value = PG_GETARG_FLOAT8(1);
	int32 to_year = PG_GETARG_INT32(2);
	double to_value = PG_GETARG_FLOAT8(3);
	int steps;
	year_value *points;

	check_target(from_year, from_value, to_year);
	require_finite(to_value, "to_value");
	steps = to_year - from_year;
	if (steps == 0 && from_value != to_value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a target cannot have two values in one year"),
				 errdetail("Year %d would be %.17g and %.17g.", from_year, from_value, to_value)));

	points = palloc((steps + 1) * sizeof(year_value));
	for (int k = 0; k <= steps; k++)
	{
		points[k].year = from_year + k;
		points[k].value = between(from_value, to_value, k, steps);
	}
	PG_RETURN_POINTER(trajectory_from_points(points, steps + 1));
}

/* compound_target(int, float8, float8, int): the same rate every year. */
PG_FUNCTION_INFO_V1(trajectory_compound_target);
Datum
trajectory_compound_target(PG_FUNCTION_ARGS)
{
	int32 from_year = PG_GETARG_INT32(0);
	double from_value = PG_GETARG_FLOAT8(1);
	double rate = PG_GETARG_FLOAT8(2);
	int32 to_year = PG_GETARG_INT32(3);
	year_value *points;

	check_target(from_year, from_value, to_year);
	require_finite(rate, "rate");
	if (rate < -1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("rate must be at least -1"),
				 errdetail("The rate is %.17g: more than everything would go in a year.", rate),
				 errhint("Give a fraction a year, such as -0.05 for a fall of 5 %%.")));

	points = palloc((to_year - from_year + 1) * sizeof(year_value));
	for (int k = 0; k <= to_year - from_year; k++)
	{
		points[k].year = from_year + k;
		points[k].value = from_value * pow(1 + rate, k);
	}
	PG_RETURN_POINTER(trajectory_from_points(points, to_year - from_year + 1));
}

/*
 * trend(trajectory, int, int): the least-squares line over the years it has
 * between two, and how well it fits.  NULL columns when there are too few.
 */
PG_FUNCTION_INFO_V1(trajectory_trend);
Datum
trajectory_trend(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	int start;
	int n = points_of_period(t, PG_GETARG_INT32(1), PG_GETARG_INT32(2), &start);
	TupleDesc tuple_desc;
	Datum columns[6];
	bool nulls[6] = { true, true, true, false, true, true };

	if (get_call_result_type(fcinfo, NULL, &tuple_desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "trend() must return a row type");
	columns[3] = Int32GetDatum(n);
	if (n >= 2)
	{
		line_fit line = fit_line(TRAJECTORY_YEARS(t) + start, t->values + start, n);
		double r2 = 1;

		/* As regr_r2() has it, a flat series is fitted perfectly. */
		if (require_range(line.value_spread, "result") > 0)
			r2 = Max(1 - line.residual / line.value_spread, 0);
		columns[0] = Float8GetDatum(require_range(line.slope, "result"));
		columns[1] = Float8GetDatum(require_range(line_at(&line, 0), "result"));
		columns[2] = Float8GetDatum(require_range(r2, "result"));
		nulls[0] = nulls[1] = nulls[2] = false;
		if (n >= 3)
		{
			double variance = require_range(line.residual / (n - 2), "result");

			columns[4] = Float8GetDatum(sqrt(variance));
			columns[5] = Float8GetDatum(sqrt(variance / line.year_spread));
			nulls[4] = nulls[5] = false;
		}
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tuple_desc), columns, nulls)));
}

/*
 * zero_year(trajectory, int, int): where the least-squares line comes down to 0.
 * NULL when it does not fall, or not to 0 within the years a trajectory can have.
 */
PG_FUNCTION_INFO_V1(trajectory_zero_year);
Datum
trajectory_zero_year(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	int start;
	int n = points_of_period(t, PG_GETARG_INT32(1), PG_GETARG_INT32(2), &start);
	line_fit line;
	double year;

	if (n < 2)
		PG_RETURN_NULL();
	line = fit_line(TRAJECTORY_YEARS(t) + start, t->values + start, n);
	require_range(line.slope, "result");
	require_range(line.mean_value, "result");
	if (line.slope >= 0)
		PG_RETURN_NULL();
	year = line.mean_year - line.mean_value / line.slope;
	if (!(year >= TRAJECTORY_MIN_YEAR && year <= TRAJECTORY_MAX_YEAR))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(year);
}

/*
 * project(trajectory, int, text): the years after the last one, along the
 * least-squares line of all its values ('linear') or of their logarithms
 * ('compound').  NULL when there are fewer than two points, or when a value has
 * no logarithm.
 */
PG_FUNCTION_INFO_V1(trajectory_project);
Datum
trajectory_project(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	int32 to_year = PG_GETARG_INT32(1);
	char *method = text_to_cstring(PG_GETARG_TEXT_PP(2));
	bool compound = strcmp(method, "compound") == 0;
	double *values = t->values;
	line_fit line;
	int32 last_year;
	year_value *points;
	int n;

	check_trajectory_year(to_year);
	if (!compound && strcmp(method, "linear") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown projection method \"%s\"", quote_string(method)),
						errhint("The methods are \"linear\" and \"compound\".")));
	if (t->n < 2)
		PG_RETURN_NULL();

	if (compound)
	{
		values = palloc(t->n * sizeof(double));
		for (int i = 0; i < t->n; i++)
		{
			if (t->values[i] <= 0)
				PG_RETURN_NULL();
			values[i] = log(t->values[i]);
		}
	}
	line = fit_line(TRAJECTORY_YEARS(t), values, t->n);
	last_year = TRAJECTORY_YEARS(t)[t->n - 1];
	n = Max(to_year - last_year, 0);
	points = palloc(n * sizeof(year_value));
	for (int i = 0; i < n; i++)
	{
		double value = line_at(&line, last_year + 1 + i);

		points[i].year = last_year + 1 + i;
		points[i].value = compound ? exp(value) : value;
	}
	PG_RETURN_POINTER(trajectory_from_points(points, n));
}

/*
 * required_rate(trajectory, int, float8): the constant yearly rate from the last
 * value to the given one.  NULL when no rate leads there: no value, no year left,
 * a last value of 0, or one of the other sign.
 */
PG_FUNCTION_INFO_V1(trajectory_required_rate);
Datum
trajectory_required_rate(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	int32 to_year = PG_GETARG_INT32(1);
	double to_value = PG_GETARG_FLOAT8(2);
	int32 last_year;
	double ratio;

	check_trajectory_year(to_year);
	require_finite(to_value, "to_value");
	if (t->n == 0)
		PG_RETURN_NULL();
	last_year = TRAJECTORY_YEARS(t)[t->n - 1];
	if (to_year <= last_year || t->values[t->n - 1] == 0)
		PG_RETURN_NULL();
	ratio = to_value / t->values[t->n - 1];
	if (ratio < 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(require_range(expm1(log(ratio) / (to_year - last_year)), "result"));
}

/*
 * reduction(trajectory, int, int): the fraction gone between two years.  NULL
 * when one is missing, or when the first is not above 0.
 */
PG_FUNCTION_INFO_V1(trajectory_reduction);
Datum
trajectory_reduction(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	int32 from_year = PG_GETARG_INT32(1);
	int32 to_year = PG_GETARG_INT32(2);
	int from;
	int to;

	check_period(from_year, to_year);
	from = trajectory_find(t, from_year);
	to = trajectory_find(t, to_year);
	if (from < 0 || to < 0 || t->values[from] <= 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(require_range((t->values[from] - t->values[to]) / t->values[from], "result"));
}

/*
 * neutrality_year(trajectory): the first year from which every year up to the
 * last is known and not above 0.  NULL when the last one is above 0.
 */
PG_FUNCTION_INFO_V1(trajectory_neutrality_year);
Datum
trajectory_neutrality_year(PG_FUNCTION_ARGS)
{
	trajectory *net = PG_GETARG_TRAJECTORY(0);
	const int16 *years = TRAJECTORY_YEARS(net);
	int i = net->n;

	while (i > 0 && net->values[i - 1] <= 0 && (i == net->n || years[i - 1] == years[i] - 1))
		i--;
	if (i == net->n)
		PG_RETURN_NULL();
	PG_RETURN_INT32(years[i]);
}
