/*
 * self_consumption.c
 *		Collective self-consumption: who may take part, how much of the production
 *		is used at once, and by whom.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "check.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "model/near_group.h"
#include "model/numbers.h"
#include "utils/builtins.h"

#define EARTH_RADIUS     6371008.8
#define SEMI_MAJOR_AXIS  6378137.0
#define FLATTENING       (1 / 298.257223563)
#define LARGEST_DISTANCE 1e6 /* m */

/* A call of self_consumption_groups; what it holds is freed with its memory context. */
typedef struct group_call
{
	MemoryContextCallback end;
	near_search search;
	double *power;    /* kW */
	double max_power; /* kW, not reached; infinite when there is no limit */
} group_call;

static void
end_call(void *arg)
{
	near_group_free(&((group_call *) arg)->search);
}

static void
check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* A place on the ellipsoid WGS 84, from the Earth's centre. */
static near_point
place_on_earth(double longitude, double latitude)
{
	double lon = longitude * M_PI / 180;
	double lat = latitude * M_PI / 180;
	double e2 = FLATTENING * (2 - FLATTENING);
	double n = SEMI_MAJOR_AXIS / sqrt(1 - e2 * sin(lat) * sin(lat));

	return (near_point){ n * cos(lat) * cos(lon), n * cos(lat) * sin(lon),
						 n * (1 - e2) * sin(lat) };
}

/* The coordinates of the places, each known and, on the Earth, within its range. */
static near_point *
take_places(ArrayType *xs, ArrayType *ys, bool flat, int *n)
{
	Datum *datums[2];
	bool *nulls[2];
	int ny;
	near_point *places;

	deconstruct_array(xs, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &datums[0],
					  &nulls[0], n);
	deconstruct_array(ys, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &datums[1],
					  &nulls[1], &ny);
	if (*n != ny)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("each place needs two coordinates"),
						errdetail("There are %d and %d.", *n, ny)));
	places = palloc_extended(Max(*n, 1) * sizeof(near_point), MCXT_ALLOC_HUGE);
	for (int i = 0; i < *n; i++)
	{
		double x;
		double y;

		if (nulls[0][i] || nulls[1][i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("place %d is not known", i + 1),
							errhint("Leave out sites whose place is not known.")));
		x = require_finite(DatumGetFloat8(datums[0][i]), "coordinate of a place");
		y = require_finite(DatumGetFloat8(datums[1][i]), "coordinate of a place");
		if (!flat && (fabs(x) > 360 || fabs(y) > 90))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("place %d is not on the Earth", i + 1),
							errdetail("Its longitude is %g and its latitude %g degrees.", x, y)));
		places[i] = flat ? (near_point){ x, y, 0 } : place_on_earth(x, y);
	}
	return places;
}

/* Whether a place is near enough to all members but those that were left out. */
static bool
fits_members(const near_search *search, int place, const bool *member)
{
	for (int i = 0; i < search->nmembers; i++)
		if (member[search->members[i]] && !near_enough(search, place, search->members[i]))
			return false;
	return true;
}

/*
 * Brings the power of a group below the limit: leaves out producers, the largest
 * first, which are the fewest that will do, then takes in consumers that now fit.
 * The power of the producer itself must be below the limit.
 */
static double
fit_power(const group_call *call, int producer, bool *member)
{
	const near_search *search = &call->search;
	double power = 0;
	bool left_out = false;

	for (int i = 0; i < search->nmembers; i++)
		power += call->power[search->members[i]];
	while (power >= call->max_power)
	{
		int largest = -1;

		for (int i = 0; i < search->nmembers; i++)
		{
			int m = search->members[i];

			if (member[m] && m != producer &&
				(largest < 0 || call->power[m] > call->power[largest]))
				largest = m;
		}
		if (largest < 0)
			break;
		member[largest] = false;
		left_out = true;
		/* Summed anew, so that what is left has no rounding of what is gone. */
		power = 0;
		for (int i = 0; i < search->nmembers; i++)
			if (member[search->members[i]])
				power += call->power[search->members[i]];
	}
	for (int i = 0; left_out && i < search->npoints; i++)
	{
		bool fits = call->power[i] == 0 && !member[i] && fits_members(search, i, member);

		/* Those taken in are members of each other's group too. */
		for (int j = 0; fits && j < i; j++)
			fits = !member[j] || near_enough(search, i, j);
		member[i] = member[i] || fits;
	}
	return power;
}

/* An array of places, counted from 1. */
static Datum
places_array(const int *places, int n)
{
	Datum *datums = palloc(Max(n, 1) * sizeof(Datum));
	ArrayType *array;

	for (int i = 0; i < n; i++)
		datums[i] = Int32GetDatum(places[i] + 1);
	array = construct_array(datums, n, INT4OID, sizeof(int32), true, TYPALIGN_INT);
	return PointerGetDatum(array);
}

/* Puts the group of a producer into the result. */
static void
put_group(group_call *call, int producer, ReturnSetInfo *result)
{
	near_search *search = &call->search;
	bool *member = palloc0(search->npoints * sizeof(bool));
	int *kept = palloc(search->npoints * sizeof(int));
	int nkept = 0;
	double power;
	Datum values[4];
	bool nulls[4] = { 0 };

	if (!near_group_find(search, producer))
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	for (int i = 0; i < search->nmembers; i++)
		member[search->members[i]] = true;
	power = fit_power(call, producer, member);
	for (int i = 0; i < search->npoints; i++)
		if (member[i])
			kept[nkept++] = i;
	values[0] = Int32GetDatum(producer + 1);
	values[1] = places_array(kept, nkept);
	values[2] = Float8GetDatum(require_range(power, "power of a group"));
	values[3] = Int32GetDatum(search->nmembers);
	nulls[1] = nulls[2] = call->power[producer] >= call->max_power;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * self_consumption_groups(xs, ys, flat, power, max_distance_m, max_power_kw) ->
 * (producer, members, power_kw, largest), one row a producer
 */
PG_FUNCTION_INFO_V1(self_consumption_groups);
Datum
self_consumption_groups(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool flat;
	number_list power;
	double distance;
	group_call *call = palloc0(sizeof(group_call));
	MemoryContext context;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3) || PG_ARGISNULL(4))
		return (Datum) 0;
	if (PG_ARGISNULL(2))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("places with and without SRID cannot be in one group"),
						errhint("Give all of them a SRID, with ST_SetSRID.")));
	flat = PG_GETARG_BOOL(2);
	power = take_numbers(PG_GETARG_ARRAYTYPE_P(3), "power of a producer");
	distance = require_positive(PG_GETARG_FLOAT8(4), "greatest distance");
	if (!flat && distance > LARGEST_DISTANCE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("greatest distance must be at most 1000 km"),
						errdetail("It is %g km.", distance / 1000)));
	call->search.points = take_places(PG_GETARG_ARRAYTYPE_P(0), PG_GETARG_ARRAYTYPE_P(1), flat,
									  &call->search.npoints);
	if (power.unknown || power.n != call->search.npoints)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("each place needs the power that is installed there"),
						errdetail("There are %d places and %d powers%s.", call->search.npoints,
								  power.n, power.unknown ? ", not all of them known" : ""),
						errhint("It is 0 kW where nothing is produced.")));
	call->search.flat = flat;
	/* The chord of an arc on the ground. */
	call->search.distance = flat ? distance : 2 * EARTH_RADIUS * sin(distance / (2 * EARTH_RADIUS));
	call->search.check = check_interrupts;
	call->power = power.values;
	call->max_power = PG_ARGISNULL(5) ? INFINITY
									  : require_positive(PG_GETARG_FLOAT8(5), "greatest power");
	call->end.func = end_call;
	call->end.arg = call;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &call->end);
	context = AllocSetContextCreate(CurrentMemoryContext, "self_consumption_groups",
									ALLOCSET_DEFAULT_SIZES);
	for (int i = 0; i < call->search.npoints; i++)
	{
		MemoryContext caller = MemoryContextSwitchTo(context);

		if (call->power[i] > 0)
			put_group(call, i, result);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(context);
	}
	near_group_free(&call->search);
	return (Datum) 0;
}

/* A list that must have one element a step, or just one where that is allowed. */
static number_list
take_steps(ArrayType *array, const char *what, int nsteps, bool one_will_do)
{
	number_list list = take_numbers(array, what);

	if (list.n != nsteps && !(one_will_do && list.n == 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must have an element for each step of the production", what),
						errdetail("It has %d, and the production %d.", list.n, nsteps)));
	return list;
}

/*
 * self_consumption(production, consumption, days, grid, plant) -> (produced,
 * consumed, self-consumed, two rates, avoided)
 */
PG_FUNCTION_INFO_V1(self_consumption);
Datum
self_consumption(PG_FUNCTION_ARGS)
{
	number_list production;
	number_list consumption;
	number_list days = { .n = 0 };
	number_list grid = { .n = 0, .unknown = true };
	double plant = PG_ARGISNULL(4) ? 0 : require_not_negative(PG_GETARG_FLOAT8(4), "plant factor");
	double produced = 0;
	double consumed = 0;
	double used = 0;
	double avoided = 0;
	TupleDesc type;
	Datum values[6];
	bool nulls[6];
	bool unknown;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	production = take_numbers(PG_GETARG_ARRAYTYPE_P(0), "production");
	consumption = take_steps(PG_GETARG_ARRAYTYPE_P(1), "consumption", production.n, false);
	if (!PG_ARGISNULL(2))
		days = take_steps(PG_GETARG_ARRAYTYPE_P(2), "days", production.n, false);
	if (!PG_ARGISNULL(3))
		grid = take_steps(PG_GETARG_ARRAYTYPE_P(3), "grid factor", production.n, true);
	for (int i = 0; i < production.n; i++)
	{
		double times = days.n > 0 ? days.values[i] : 1;
		double both = times * Min(production.values[i], consumption.values[i]);

		produced += times * production.values[i];
		consumed += times * consumption.values[i];
		used += both;
		if (!grid.unknown)
			avoided += both * (grid.values[grid.n == 1 ? 0 : i] - plant);
	}
	unknown = production.unknown || consumption.unknown || days.unknown;
	nulls[0] = production.unknown || days.unknown;
	nulls[1] = consumption.unknown || days.unknown;
	nulls[2] = unknown;
	nulls[3] = unknown || produced == 0;
	nulls[4] = unknown || consumed == 0;
	nulls[5] = unknown || grid.unknown || PG_ARGISNULL(4);
	if (!unknown)
	{
		require_range(produced, "production");
		require_range(consumed, "consumption");
		require_range(avoided, "avoided emission");
	}
	values[0] = Float8GetDatum(produced);
	values[1] = Float8GetDatum(consumed);
	values[2] = Float8GetDatum(used);
	values[3] = Float8GetDatum(nulls[3] ? 0 : used / produced);
	values[4] = Float8GetDatum(nulls[4] ? 0 : used / consumed);
	values[5] = Float8GetDatum(avoided);
	if (get_call_result_type(fcinfo, NULL, &type) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(type), values, nulls)));
}

/* Shares of the production that are fixed beforehand: not above 1 in all. */
static void
check_keys(const number_list *keys, int nsites)
{
	double total = 0;

	for (int i = 0; i < keys->n; i++)
		total += keys->values[i];
	if (keys->n != nsites || keys->unknown || !(total <= 1 + 1e-9))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("keys must be known, one a site, and at most 1 in all"),
				 errdetail("There are %d keys for %d sites, of %g in all.", keys->n, nsites, total),
				 errhint("Percentages are divided by 100.")));
}

/* A shared production and who uses it. */
typedef struct sharing
{
	number_list production;  /* by step */
	number_list consumption; /* by site and step */
	number_list keys;        /* by site; none: shared by use */
	double *totals;          /* use of all sites by step */
	int nsites;
} sharing;

/* Reads the table of uses: a row a site, with an element a step. */
static void
take_sharing(sharing *s, ArrayType *production, ArrayType *of_sites, ArrayType *keys)
{
	int nsteps;

	s->production = take_numbers(production, "production");
	s->consumption = take_numbers(of_sites, "consumption");
	nsteps = s->production.n;
	s->nsites = ARR_NDIM(of_sites) == 2 ? ARR_DIMS(of_sites)[0] : 0;
	if (s->consumption.n > 0 && (s->nsites == 0 || ARR_DIMS(of_sites)[1] != nsteps))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("consumption must be a table: a row a site, with an element a step"),
				 errdetail("It has %d elements in %d dimensions, and the production has %d steps.",
						   s->consumption.n, ARR_NDIM(of_sites), nsteps)));
	if (keys != NULL)
	{
		s->keys = take_numbers(keys, "key of a site");
		check_keys(&s->keys, s->nsites);
	}
	s->totals = palloc0(Max(nsteps, 1) * sizeof(double));
	for (int i = 0; i < s->nsites * nsteps; i++)
		s->totals[i % nsteps] += s->consumption.values[i];
}

/* What a site is allocated in a step; NaN when not known. */
static double
allocate_step(const sharing *s, int site, int step)
{
	double own = s->consumption.values[site * s->production.n + step];
	double made = s->production.values[step];
	double all = s->totals[step];

	if (s->keys.n > 0)
		return isnan(own) ? own : Min(s->keys.values[site] * made, own);
	if (isnan(all))
		return all;
	/* What nobody needs is not allocated. */
	return all > made ? own * (made / all) : own;
}

/*
 * self_consumption_allocation(production, consumption, keys) -> (site, consumed,
 * allocated, rate), one row a site
 */
PG_FUNCTION_INFO_V1(self_consumption_allocation);
Datum
self_consumption_allocation(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	sharing s = { .keys = { .n = 0 } };

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	take_sharing(&s, PG_GETARG_ARRAYTYPE_P(0), PG_GETARG_ARRAYTYPE_P(1),
				 PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2));
	for (int site = 0; site < s.nsites; site++)
	{
		double consumed = 0;
		double allocated = 0;
		Datum values[4];
		bool nulls[4] = { 0 };

		CHECK_FOR_INTERRUPTS();
		for (int step = 0; step < s.production.n; step++)
		{
			consumed += s.consumption.values[site * s.production.n + step];
			allocated += allocate_step(&s, site, step);
		}
		values[0] = Int32GetDatum(site + 1);
		values[1] = Float8GetDatum(consumed);
		values[2] = Float8GetDatum(allocated);
		values[3] = Float8GetDatum(allocated / consumed);
		nulls[1] = isnan(consumed);
		nulls[2] = isnan(allocated) || s.production.unknown;
		nulls[3] = nulls[1] || nulls[2] || consumed == 0;
		if (!nulls[1])
			require_range(consumed, "consumption");
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
