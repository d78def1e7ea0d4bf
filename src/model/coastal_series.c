/*
 * coastal_series.c
 *		The coastal simulation as a set-returning function.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "check.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "model/coastal.h"
#include "name_list.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

#define MAX_YEARS       10000
#define RATES_PER_EVENT (4 * COASTAL_POOLS)

static const char *const pool_names[COASTAL_POOLS] = { "soil", "biomass", "litter" };

static const name_list coastal_pool_names = { "coastal pool", COASTAL_POOLS, pool_names };

/* coastal_pools() -> text[] */
PG_FUNCTION_INFO_V1(coastal_pool_list);
Datum
coastal_pool_list(PG_FUNCTION_ARGS)
{
	return name_list_array(&coastal_pool_names);
}

/* A float8[] argument of a known length, NULL elements replaced. */
static void
get_numbers(ArrayType *array, const char *name, int count, double if_null, double *numbers)
{
	Datum *datums;
	bool *nulls;
	int n;

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &datums,
					  &nulls, &n);
	if (ARR_NDIM(array) > 1 || n != count)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be a list of %d numbers", name, count),
						errdetail("It has %d elements in %d dimensions.", n, ARR_NDIM(array))));
	for (int i = 0; i < n; i++)
	{
		numbers[i] = nulls[i] ? if_null : DatumGetFloat8(datums[i]);
		if (!nulls[i] && !isfinite(numbers[i]))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("element %d of %s must be a finite number", i + 1, name),
							errhint("What is not known is NULL.")));
	}
}

static coastal_action
get_action(text *name)
{
	char *word = text_to_cstring(name);

	if (strcmp(word, "disturb") == 0)
		return COASTAL_DISTURB;
	if (strcmp(word, "plant") == 0)
		return COASTAL_PLANT;
	if (strcmp(word, "reconnect") == 0)
		return COASTAL_RECONNECT;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown coastal action \"%s\"", word),
					errhint("It is one of disturb, plant, reconnect.")));
}

/* The events, validated; their number is returned in *count. */
static coastal_event *
get_events(ArrayType *years_array, ArrayType *actions_array, ArrayType *rates_array,
		   int32 first_year, int *count)
{
	Datum *years;
	Datum *actions;
	bool *year_nulls;
	bool *action_nulls;
	int nactions;
	double *rates;
	coastal_event *events;

	deconstruct_array(years_array, INT4OID, sizeof(int32), true, TYPALIGN_INT, &years, &year_nulls,
					  count);
	deconstruct_array(actions_array, TEXTOID, -1, false, TYPALIGN_INT, &actions, &action_nulls,
					  &nactions);
	if (nactions != *count || ARR_NDIM(years_array) > 1 || ARR_NDIM(actions_array) > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("event_years and event_actions must be lists of one length"),
						errdetail("There are %d years and %d actions.", *count, nactions)));
	if (*count > COASTAL_MAX_EVENTS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many coastal events"),
						errdetail("There are %d, and at most %d are possible.", *count,
								  COASTAL_MAX_EVENTS)));

	rates = palloc(sizeof(double) * Max(*count, 1) * RATES_PER_EVENT);
	get_numbers(rates_array, "event_rates", *count * RATES_PER_EVENT, NAN, rates);
	events = palloc(sizeof(coastal_event) * Max(*count, 1));
	for (int i = 0; i < *count; i++)
	{
		coastal_event *event = &events[i];
		double *rate = &rates[i * RATES_PER_EVENT];
		const char *fault;

		if (year_nulls[i] || action_nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("each coastal event needs a year and an action")));
		event->year = DatumGetInt32(years[i]);
		event->action = get_action(DatumGetTextPP(actions[i]));
		for (int p = 0; p < COASTAL_POOLS; p++)
		{
			event->magnitude[p] = rate[p];
			event->half_life[p] = rate[COASTAL_POOLS + p];
			event->accumulation[p] = rate[2 * COASTAL_POOLS + p];
			event->ceiling[p] = rate[3 * COASTAL_POOLS + p];
			/* A ceiling not given is none. */
			if (isnan(event->ceiling[p]))
				event->ceiling[p] = get_float8_infinity();
		}
		if (event->year < first_year || (i > 0 && event->year <= event[-1].year))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("coastal events must be in the order of their years, one a "
								   "year, none before the first year"),
							errdetail("Event %d is of %d.", i + 1, event->year)));
		fault = coastal_event_fault(event);
		if (fault != NULL)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("invalid coastal event of %d: %s", event->year, fault)));
	}
	return events;
}

/* An amount as a result column: unknown is NULL, overflow an error. */
static void
put_amount(double amount, Datum *value, bool *null)
{
	if (isinf(amount))
		float_overflow_error();
	*null = isnan(amount);
	*value = Float8GetDatum(amount);
}

/*
 * coastal_series(first_year, last_year, initial, accumulation, ceiling,
 * event_years, event_actions, event_rates): one row a year and pool.
 */
PG_FUNCTION_INFO_V1(coastal_series);
Datum
coastal_series(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int32 first_year = PG_GETARG_INT32(0);
	int32 last_year = PG_GETARG_INT32(1);
	coastal_event start;
	coastal_event *events;
	coastal_state *state;
	const char *fault;
	double initial[COASTAL_POOLS];
	int nevents;
	int next = 0;

	if (last_year < first_year || (int64) last_year - first_year >= MAX_YEARS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid range of years"),
						errdetail("It goes from %d to %d.", first_year, last_year),
						errhint("It is in order and at most %d years long.", MAX_YEARS)));

	memset(&start, 0, sizeof(start));
	get_numbers(PG_GETARG_ARRAYTYPE_P(2), "initial", COASTAL_POOLS, NAN, initial);
	get_numbers(PG_GETARG_ARRAYTYPE_P(3), "accumulation", COASTAL_POOLS, NAN, start.accumulation);
	get_numbers(PG_GETARG_ARRAYTYPE_P(4), "ceiling", COASTAL_POOLS, get_float8_infinity(),
				start.ceiling);
	fault = coastal_event_fault(&start);
	for (int p = 0; p < COASTAL_POOLS; p++)
		if (initial[p] < 0)
			fault = "the initial stock is negative";
	if (fault != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid coastal habitat: %s", fault)));
	events = get_events(PG_GETARG_ARRAYTYPE_P(5), PG_GETARG_ARRAYTYPE_P(6),
						PG_GETARG_ARRAYTYPE_P(7), first_year, &nevents);

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	state = palloc(sizeof(coastal_state));
	coastal_start(state, initial, start.accumulation, start.ceiling);
	for (int32 year = first_year;; year++)
	{
		coastal_year result[COASTAL_POOLS];

		CHECK_FOR_INTERRUPTS();
		if (next < nevents && events[next].year == year && !coastal_apply(state, &events[next++]))
			elog(ERROR, "too many coastal events");
		coastal_step(state, result);
		for (int p = 0; p < COASTAL_POOLS; p++)
		{
			Datum values[6];
			bool nulls[6] = { 0 };

			values[0] = Int32GetDatum(year);
			values[1] = CStringGetTextDatum(pool_names[p]);
			put_amount(result[p].start, &values[2], &nulls[2]);
			put_amount(result[p].accumulated, &values[3], &nulls[3]);
			put_amount(result[p].emitted, &values[4], &nulls[4]);
			put_amount(result[p].end, &values[5], &nulls[5]);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
		if (year == last_year)
			break;
	}
	return (Datum) 0;
}

/* discounted_value(changes, prices, discount_rate): present value of yearly changes. */
PG_FUNCTION_INFO_V1(discounted_value);
Datum
discounted_value(PG_FUNCTION_ARGS)
{
	ArrayType *changes_array = PG_GETARG_ARRAYTYPE_P(0);
	ArrayType *prices_array = PG_GETARG_ARRAYTYPE_P(1);
	double rate = PG_GETARG_FLOAT8(2);
	int n = ArrayGetNItems(ARR_NDIM(changes_array), ARR_DIMS(changes_array));
	int nprices = ArrayGetNItems(ARR_NDIM(prices_array), ARR_DIMS(prices_array));
	double *changes = palloc(Max(n, 1) * sizeof(double));
	double *prices = palloc(Max(n, 1) * sizeof(double));
	double value = 0;

	if (n != nprices || ARR_NDIM(changes_array) > 1 || ARR_NDIM(prices_array) > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("each yearly change needs a price"),
						errdetail("There are %d changes and %d prices.", n, nprices)));
	if (!(rate > -1) || isinf(rate))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("discount rate must be above -1"),
				 errdetail("It is %g.", rate), errhint("A rate of 3 %% is 0.03.")));
	if (array_contains_nulls(changes_array) || array_contains_nulls(prices_array))
		PG_RETURN_NULL();
	get_numbers(changes_array, "changes", n, 0, changes);
	get_numbers(prices_array, "prices", n, 0, prices);
	for (int i = 0; i < n; i++)
		value += prices[i] * changes[i] / pow(1 + rate, i);
	PG_RETURN_FLOAT8(require_range(value, "present value"));
}
