/*
 * mobility.c
 *		Emission factors of road vehicles by speed, the cold-start share, the
 *		traffic of roads and fleets, and whose trip a trip is.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "check.h"
#include "funcapi.h"
#include "model/allocation.h"
#include "name_list.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

/* Whether a quadratic is zero somewhere in [low, high]. */
static bool
quadratic_vanishes(double a, double b, double c, double low, double high)
{
	double at_low = (a * low + b) * low + c;
	double at_high = (a * high + b) * high + c;
	double extreme;

	if (at_low == 0 || at_high == 0 || (at_low < 0) != (at_high < 0))
		return true;
	if (a == 0)
		return false;
	/* Both ends on one side: only the extreme can be on the other. */
	extreme = -b / (2 * a);
	if (extreme <= low || extreme >= high)
		return false;
	extreme = (a * extreme + b) * extreme + c;
	return extreme == 0 || (extreme < 0) != (at_low < 0);
}

/* The arguments of hot_emission_factor, in their order. */
typedef enum hot_argument
{
	HOT_ALPHA,
	HOT_BETA,
	HOT_GAMMA,
	HOT_DELTA,
	HOT_EPSILON,
	HOT_ZETA,
	HOT_ETA,
	HOT_REDUCTION,
	HOT_V_MIN,
	HOT_V_MAX,
	HOT_SPEED,
	HOT_ARGUMENTS
} hot_argument;

/* Refuse speeds out of order, and a formula without a value somewhere from .. to. */
static void
check_hot_range(const double *arg, double from, double to)
{
	if (arg[HOT_V_MIN] < 0 || arg[HOT_V_MIN] > arg[HOT_V_MAX])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid speed range"),
				 errdetail("v_min is %g km/h, v_max is %g km/h.", arg[HOT_V_MIN], arg[HOT_V_MAX]),
				 errhint("Speeds are not negative, and v_min is at most v_max.")));
	if (arg[HOT_SPEED] < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("speed must not be negative"),
				 errdetail("It is %g km/h.", arg[HOT_SPEED])));
	if (quadratic_vanishes(arg[HOT_EPSILON], arg[HOT_ZETA], arg[HOT_ETA], from, to))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("denominator of the emission formula vanishes within the speed range"),
				 errdetail("epsilon %g, zeta %g and eta %g give zero between %g and %g km/h.",
						   arg[HOT_EPSILON], arg[HOT_ZETA], arg[HOT_ETA], from, to),
				 errhint("Check the coefficients and the speed range against their source.")));
}

/* The range of the speeds that are used: within v_min .. v_max, and with the speed in it. */
static void
check_used_range(const double *arg, double from, double to)
{
	double v = Min(Max(arg[HOT_SPEED], arg[HOT_V_MIN]), arg[HOT_V_MAX]);

	if (!(from <= to) || from < arg[HOT_V_MIN] || to > arg[HOT_V_MAX] || v < from || v > to)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("speed is outside the speeds that are used, or these outside the formula's"),
			 errdetail("The speed is %g km/h, %g to %g are used, the formula holds from %g to %g.",
					   arg[HOT_SPEED], from, to, arg[HOT_V_MIN], arg[HOT_V_MAX])));
}

/*
 * hot_emission_factor(alpha .. eta, reduction_fraction, v_min, v_max, speed [,
 * used_from, used_to]): the EMEP/EEA formula of a warm engine, speed clamped to its valid range.
 */
PG_FUNCTION_INFO_V1(hot_emission_factor);
Datum
hot_emission_factor(PG_FUNCTION_ARGS)
{
	static const char *const names[HOT_ARGUMENTS] = {
		"alpha", "beta",  "gamma", "delta", "epsilon", "zeta", "eta", "reduction_fraction",
		"v_min", "v_max", "speed"
	};
	double arg[HOT_ARGUMENTS];
	double from;
	double to;
	double v;
	double factor;

	for (int i = 0; i < HOT_ARGUMENTS; i++)
		arg[i] = require_finite(PG_GETARG_FLOAT8(i), names[i]);
	from = arg[HOT_V_MIN];
	to = arg[HOT_V_MAX];
	if (PG_NARGS() > HOT_ARGUMENTS)
	{
		from = require_finite(PG_GETARG_FLOAT8(HOT_ARGUMENTS), "used_from");
		to = require_finite(PG_GETARG_FLOAT8(HOT_ARGUMENTS + 1), "used_to");
	}
	check_hot_range(arg, from, to);
	if (PG_NARGS() > HOT_ARGUMENTS)
		check_used_range(arg, from, to);
	v = Min(Max(arg[HOT_SPEED], arg[HOT_V_MIN]), arg[HOT_V_MAX]);
	if (v == 0 && arg[HOT_DELTA] != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the emission formula has no value at speed 0"),
						errdetail("delta is %g, and delta / speed is part of the formula.",
								  arg[HOT_DELTA]),
						errhint("Give a v_min above 0.")));
	factor = (arg[HOT_ALPHA] * v + arg[HOT_BETA]) * v + arg[HOT_GAMMA];
	if (arg[HOT_DELTA] != 0)
		factor += arg[HOT_DELTA] / v;
	factor = factor / ((arg[HOT_EPSILON] * v + arg[HOT_ZETA]) * v + arg[HOT_ETA]) *
			 (1 - arg[HOT_REDUCTION]);
	require_range(factor, "emission factor");
	if (factor < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("emission factor is negative"),
				 errdetail("It is %g at %g km/h with a reduction fraction of %g.", factor, v,
						   arg[HOT_REDUCTION]),
				 errhint("A reduction of 13 %% is the fraction 0.13; check the coefficients "
						 "against their source.")));
	/* A reduction of exactly 1 may leave a minus zero. */
	PG_RETURN_FLOAT8(factor + 0.0);
}

/*
 * cold_share(trip_km, temp_c): the share of a trip's distance driven with a
 * cold engine.
 */
PG_FUNCTION_INFO_V1(cold_share);
Datum
cold_share(PG_FUNCTION_ARGS)
{
	double trip_km = PG_GETARG_FLOAT8(0);
	double temp_c = PG_GETARG_FLOAT8(1);
	double share;

	require_not_negative(trip_km, "trip_km");
	require_finite(temp_c, "temp_c");
	share = 0.6474 - 0.02545 * trip_km - (0.00974 - 0.000385 * trip_km) * temp_c;
	PG_RETURN_FLOAT8(Min(Max(share, 0), 1));
}

/* Energy with a cold engine to that with a warm one: 1 + excess at 0 degrees - slope x t. */
typedef struct cold_ratio
{
	double at_zero;
	double slope;
} cold_ratio;

static const char *const cold_fuel_names[] = { "petrol", "diesel" };
static const name_list cold_fuels = { "fuel of a cold engine", lengthof(cold_fuel_names),
									  cold_fuel_names };
static const cold_ratio cold_ratios[] = { { 1.47, 0.009 }, { 1.34, 0.008 } };

/*
 * cold_energy_ratio(fuel, temp_c): what a cold engine takes to what a warm one does.
 */
PG_FUNCTION_INFO_V1(cold_energy_ratio);
Datum
cold_energy_ratio(PG_FUNCTION_ARGS)
{
	const cold_ratio *ratio = &cold_ratios[name_list_argument(&cold_fuels, PG_GETARG_TEXT_PP(0))];
	double temp_c = require_finite(PG_GETARG_FLOAT8(1), "temp_c");

	if (temp_c < -10)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("there is no formula for a cold engine below -10 degrees C"),
						errdetail("It is %g.", temp_c)));
	PG_RETURN_FLOAT8(temp_c > 30 ? 1 : Max(ratio->at_zero - ratio->slope * temp_c, 1));
}

/*
 * Vehicle-km of a road in a year.  The years are bounded so that a slip of the
 * pen does not pass for a year.
 */
static double
vehicle_km(double aadt, double length_km, int32 year)
{
	int days;

	if (!(aadt >= 0) || isinf(aadt) || !(length_km >= 0) || isinf(length_km))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("traffic and length must be finite and not negative"),
				 errdetail("aadt is %g vehicles a day, length_km is %g km.", aadt, length_km)));
	if (year < 1900 || year > 2200)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("year %d is outside 1900 .. 2200", year)));
	days = (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) ? 366 : 365;
	return aadt * length_km * days;
}

/* road_vehicle_km(aadt, length_km, year): daily traffic x km x days. */
PG_FUNCTION_INFO_V1(road_vehicle_km);
Datum
road_vehicle_km(PG_FUNCTION_ARGS)
{
	double km = vehicle_km(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), PG_GETARG_INT32(2));

	if (isinf(km))
		float_overflow_error();
	PG_RETURN_FLOAT8(km);
}

/* road_emission(aadt, length_km, year, factor_per_km): the same x factor. */
PG_FUNCTION_INFO_V1(road_emission);
Datum
road_emission(PG_FUNCTION_ARGS)
{
	double km = vehicle_km(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), PG_GETARG_INT32(2));
	double factor = PG_GETARG_FLOAT8(3);
	double emission;

	if (!(factor >= 0) || isinf(factor))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("factor per km must be finite and not negative"),
						errdetail("It is %g.", factor)));
	emission = km * factor;
	if (!isfinite(emission))
		float_overflow_error();
	PG_RETURN_FLOAT8(emission);
}

/* trip_vehicle_km(person_trips, trip_km, occupancy): km of the vehicles. */
PG_FUNCTION_INFO_V1(trip_vehicle_km);
Datum
trip_vehicle_km(PG_FUNCTION_ARGS)
{
	double person_trips = PG_GETARG_FLOAT8(0);
	double trip_km = PG_GETARG_FLOAT8(1);
	double occupancy = PG_GETARG_FLOAT8(2);
	double km;

	if (!(person_trips >= 0) || isinf(person_trips) || !(trip_km >= 0) || isinf(trip_km))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("trips and their length must be finite and not negative"),
						errdetail("person_trips is %g, trip_km is %g.", person_trips, trip_km)));
	if (!(occupancy > 0) || isinf(occupancy))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("occupancy must be finite and above 0"),
						errdetail("It is %g persons a vehicle.", occupancy)));
	km = person_trips * trip_km / occupancy;
	if (!isfinite(km))
		float_overflow_error();
	PG_RETURN_FLOAT8(km);
}

/* A list of numbers without NULL; another dimension or a NULL is an error. */
static double *
get_list(ArrayType *array, int *n)
{
	Datum *datums;
	bool *nulls;
	double *numbers;

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &datums,
					  &nulls, n);
	numbers = palloc(Max(*n, 1) * sizeof(double));
	for (int i = 0; i < *n; i++)
		numbers[i] = DatumGetFloat8(datums[i]);
	return numbers;
}

/*
 * Refuse the shares of a fleet that do not fit its factors, or do not sum to 1.
 * Returns the shares.
 */
static double *
checked_shares(ArrayType *shares_array, ArrayType *factors)
{
	int nfactors = ArrayGetNItems(ARR_NDIM(factors), ARR_DIMS(factors));
	double total = 0;
	bool negative = false;
	double *shares;
	int n;

	if (ARR_NDIM(shares_array) != 1 || ARR_NDIM(factors) != 1 ||
		array_contains_nulls(shares_array) || array_contains_nulls(factors) ||
		ArrayGetNItems(1, ARR_DIMS(shares_array)) != nfactors)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a fleet needs one share and one factor for each of its vehicle classes"),
			 errdetail("There are %d shares and %d factors.",
					   ArrayGetNItems(ARR_NDIM(shares_array), ARR_DIMS(shares_array)), nfactors),
			 errhint("NULL entries are refused: an unknown factor is not 0.")));
	shares = get_list(shares_array, &n);
	for (int i = 0; i < n; i++)
	{
		total += shares[i];
		negative = negative || !(shares[i] >= 0);
	}
	if (negative || !(fabs(total - 1) <= 1e-6))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("shares of a fleet must not be negative and must sum to 1"),
				 errdetail("They sum to %g.", total),
				 errhint("Percentages are divided by 100; rounded shares are rescaled before.")));
	return shares;
}

/* check_fleet(shares, factors) -> true, or an error */
PG_FUNCTION_INFO_V1(check_fleet);
Datum
check_fleet(PG_FUNCTION_ARGS)
{
	(void) checked_shares(PG_GETARG_ARRAYTYPE_P(0), PG_GETARG_ARRAYTYPE_P(1));
	PG_RETURN_BOOL(true);
}

/* fleet_factor(shares, factors): the mean factor per vehicle-km. */
PG_FUNCTION_INFO_V1(fleet_factor);
Datum
fleet_factor(PG_FUNCTION_ARGS)
{
	double *shares = checked_shares(PG_GETARG_ARRAYTYPE_P(0), PG_GETARG_ARRAYTYPE_P(1));
	int n;
	double *factors = get_list(PG_GETARG_ARRAYTYPE_P(1), &n);
	double mean = 0;

	for (int i = 0; i < n; i++)
		mean += shares[i] * require_not_negative(factors[i], "a factor of a fleet");
	PG_RETURN_FLOAT8(require_range(mean, "factor of a fleet"));
}

/*
 * trip_allocation(trip_km, km_inside, starts_inside, ends_inside, resident) ->
 * (allocation, allocated_km), one row a rule
 */
PG_FUNCTION_INFO_V1(trip_allocation);
Datum
trip_allocation(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	double trip_km = PG_ARGISNULL(0) ? 0 : require_not_negative(PG_GETARG_FLOAT8(0), "trip_km");
	double inside = PG_ARGISNULL(1) ? 0 : require_not_negative(PG_GETARG_FLOAT8(1), "km_inside");
	double km[ALLOCATION_VISITOR];
	bool unknown[ALLOCATION_VISITOR];

	if (!PG_ARGISNULL(0) && !PG_ARGISNULL(1) && inside > trip_km * (1 + 1e-9))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the part of a trip inside must not exceed it"),
						errdetail("trip_km is %g, km_inside is %g.", trip_km, inside)));
	km[ALLOCATION_TERRITORIAL] = inside;
	unknown[ALLOCATION_TERRITORIAL] = PG_ARGISNULL(1);
	unknown[ALLOCATION_INDUCED] = PG_ARGISNULL(0) || PG_ARGISNULL(2) || PG_ARGISNULL(3);
	km[ALLOCATION_INDUCED] = unknown[ALLOCATION_INDUCED]
								 ? 0
								 : trip_km * (PG_GETARG_BOOL(2) + PG_GETARG_BOOL(3)) / 2.0;
	/* Whoever is known not to live there has no km, however long the trip. */
	unknown[ALLOCATION_RESIDENT] = PG_ARGISNULL(4) || (PG_GETARG_BOOL(4) && PG_ARGISNULL(0));
	km[ALLOCATION_RESIDENT] = !unknown[ALLOCATION_RESIDENT] && PG_GETARG_BOOL(4) ? trip_km : 0;
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	/* Whose visitor he is depends on more than one trip. */
	for (int rule = 0; rule < ALLOCATION_VISITOR; rule++)
	{
		Datum values[2];
		bool nulls[2] = { false, unknown[rule] };

		values[0] = CStringGetTextDatum(allocation_names[rule]);
		values[1] = Float8GetDatum(km[rule]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
