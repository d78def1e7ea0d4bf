/*
 * trajectory_aggregates.c
 *		trajectory_agg() and sum(): exact, so the same in any order and plan.
 *
 * The keys of the state are years.  What makes a year, or a whole trajectory,
 * missing is counted beside them under keys that are no year, so that a moving
 * window can take it back.
 */
#include "quantity/trajectory.h"

#include "check.h"
#include "numeric/sum_state.h"

/* trajectory_agg(): rows of a year without a value. */
#define MISSING_KEY(year) (-(year))

/* sum(): rows without a trajectory. */
#define NULL_KEY 0

/*
 * The row of trajectory_agg(): false when it is empty, as an outer join makes
 * them.  Error 22004 for a value without a year, which no year could show.
 */
static bool
row_of_year(FunctionCallInfo fcinfo, int32 *key, double *value)
{
	int32 year;

	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
		return false;
	if (PG_ARGISNULL(1))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("value without a year"),
						errdetail("A value of %.17g has a null year.", PG_GETARG_FLOAT8(2)),
						errhint("Leave such rows out with FILTER (WHERE year IS NOT NULL), and "
								"count them apart.")));
	year = PG_GETARG_INT32(1);
	check_trajectory_year(year);
	if (PG_ARGISNULL(2))
	{
		*key = MISSING_KEY(year);
		*value = 0;
	}
	else
	{
		*key = year;
		*value = PG_GETARG_FLOAT8(2);
		if (!isfinite(*value))
			refuse_argument(*value, psprintf("value of year %d", year), "a finite number");
	}
	return true;
}

/* trajectory_agg_add(sum_state, int, float8): transition of trajectory_agg. */
PG_FUNCTION_INFO_V1(trajectory_agg_add);
Datum
trajectory_agg_add(PG_FUNCTION_ARGS)
{
	sum_state *state = sum_state_transition(fcinfo, TRAJECTORY_AGG);
	int32 key;
	double value;

	if (row_of_year(fcinfo, &key, &value))
	{
		sum_state_count(state, 1);
		sum_state_add(&state, key, value);
	}
	PG_RETURN_POINTER(state);
}

/* trajectory_agg_remove(sum_state, int, float8): its inverse, for windows. */
PG_FUNCTION_INFO_V1(trajectory_agg_remove);
Datum
trajectory_agg_remove(PG_FUNCTION_ARGS)
{
	sum_state *state = sum_state_transition(fcinfo, TRAJECTORY_AGG);
	int32 key;
	double value;

	if (row_of_year(fcinfo, &key, &value))
	{
		sum_state_count(state, -1);
		sum_state_subtract(state, key, value);
	}
	PG_RETURN_POINTER(state);
}

/* Error 22023 unless a key can be a year: a state may have come from anywhere. */
static void
check_year_key(int32 key)
{
	if (key < TRAJECTORY_MIN_YEAR || key > TRAJECTORY_MAX_YEAR)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state is not one of a trajectory"), errdetail("It has key %d.", key)));
}

/* trajectory_agg_final(sum_state): NULL when there were no rows. */
PG_FUNCTION_INFO_V1(trajectory_agg_final);
Datum
trajectory_agg_final(PG_FUNCTION_ARGS)
{
	sum_state *state;
	year_value *points;
	int n = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = sum_state_argument(fcinfo, 0, TRAJECTORY_AGG);
	if (state->rows == 0)
		PG_RETURN_NULL();

	points = palloc(state->nentries * sizeof(year_value));
	for (int i = 0; i < state->nentries; i++)
	{
		sum_entry *entry = &state->entries[i];

		if (entry->key < 0 && entry->key >= MISSING_KEY(TRAJECTORY_MAX_YEAR))
			continue;
		check_year_key(entry->key);
		if (sum_state_find(state, MISSING_KEY(entry->key)) != NULL)
			continue;
		points[n].year = entry->key;
		points[n].value = sum_entry_value(entry);
		n++;
	}
	PG_RETURN_POINTER(trajectory_from_points(points, n));
}

/* trajectory_sum_add(sum_state, trajectory): transition of sum. */
PG_FUNCTION_INFO_V1(trajectory_sum_add);
Datum
trajectory_sum_add(PG_FUNCTION_ARGS)
{
	sum_state *state = sum_state_transition(fcinfo, SUM_OF_TRAJECTORY);

	sum_state_count(state, 1);
	if (PG_ARGISNULL(1))
		sum_state_add(&state, NULL_KEY, 0);
	else
	{
		trajectory *t = PG_GETARG_TRAJECTORY(1);

		for (int i = 0; i < t->n; i++)
			sum_state_add(&state, TRAJECTORY_YEARS(t)[i], t->values[i]);
	}
	PG_RETURN_POINTER(state);
}

/* trajectory_sum_remove(sum_state, trajectory): its inverse, for windows. */
PG_FUNCTION_INFO_V1(trajectory_sum_remove);
Datum
trajectory_sum_remove(PG_FUNCTION_ARGS)
{
	sum_state *state = sum_state_transition(fcinfo, SUM_OF_TRAJECTORY);

	sum_state_count(state, -1);
	if (PG_ARGISNULL(1))
		sum_state_subtract(state, NULL_KEY, 0);
	else
	{
		trajectory *t = PG_GETARG_TRAJECTORY(1);

		for (int i = 0; i < t->n; i++)
			sum_state_subtract(state, TRAJECTORY_YEARS(t)[i], t->values[i]);
	}
	PG_RETURN_POINTER(state);
}

/*
 * trajectory_sum_final(sum_state): the years every trajectory has; NULL when one
 * of them was NULL, as + gives, or when there were no rows.
 */
PG_FUNCTION_INFO_V1(trajectory_sum_final);
Datum
trajectory_sum_final(PG_FUNCTION_ARGS)
{
	sum_state *state;
	year_value *points;
	int n = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = sum_state_argument(fcinfo, 0, SUM_OF_TRAJECTORY);
	if (state->rows == 0 || sum_state_find(state, NULL_KEY) != NULL)
		PG_RETURN_NULL();

	points = palloc(state->nentries * sizeof(year_value));
	for (int i = 0; i < state->nentries; i++)
	{
		sum_entry *entry = &state->entries[i];

		check_year_key(entry->key);
		if (entry->count != state->rows)
			continue;
		points[n].year = entry->key;
		points[n].value = sum_entry_value(entry);
		n++;
	}
	PG_RETURN_POINTER(trajectory_from_points(points, n));
}
