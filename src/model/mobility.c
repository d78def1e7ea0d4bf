/*
 * mobility.c
 *		Emission factors of road vehicles by speed, and the cold-start share.
 */
#include "compat.h"

#include <math.h>

#include "utils/float.h"

/* Refuse NaN and infinity, naming the parameter. */
static void
check_finite(double value, const char *name)
{
	if (!isfinite(value))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be a finite number", name), errdetail("It is %g.", value)));
}

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

/*
 * hot_emission_factor(alpha .. eta, reduction_fraction, v_min, v_max, speed):
 * the EMEP/EEA formula of a warm engine, speed clamped to its valid range.
 */
PG_FUNCTION_INFO_V1(hot_emission_factor);
Datum
hot_emission_factor(PG_FUNCTION_ARGS)
{
	static const char *const names[] = { "alpha",   "beta",  "gamma", "delta",
										 "epsilon", "zeta",  "eta",   "reduction_fraction",
										 "v_min",   "v_max", "speed" };
	double arg[lengthof(names)];
	double v_min;
	double v_max;
	double speed;
	double denominator;
	double factor;

	for (int i = 0; i < lengthof(names); i++)
	{
		arg[i] = PG_GETARG_FLOAT8(i);
		check_finite(arg[i], names[i]);
	}
	v_min = arg[8];
	v_max = arg[9];
	speed = arg[10];
	if (v_min < 0 || v_min > v_max)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid speed range"),
						errdetail("v_min is %g km/h, v_max is %g km/h.", v_min, v_max),
						errhint("Speeds are not negative, and v_min is at most v_max.")));
	if (speed < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("speed must not be negative"), errdetail("It is %g km/h.", speed)));
	if (quadratic_vanishes(arg[4], arg[5], arg[6], v_min, v_max))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("denominator of the emission formula vanishes within the speed range"),
				 errdetail("epsilon %g, zeta %g and eta %g give zero between %g and %g km/h.",
						   arg[4], arg[5], arg[6], v_min, v_max),
				 errhint("Check the coefficients and the speed range against their source.")));

	speed = Min(Max(speed, v_min), v_max);
	if (speed == 0 && arg[3] != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the emission formula has no value at speed 0"),
						errdetail("delta is %g, and delta / speed is part of the formula.", arg[3]),
						errhint("Give a v_min above 0.")));
	factor = (arg[0] * speed + arg[1]) * speed + arg[2];
	if (arg[3] != 0)
		factor += arg[3] / speed;
	denominator = (arg[4] * speed + arg[5]) * speed + arg[6];
	factor = factor / denominator * (1 - arg[7]);
	if (!isfinite(factor))
		float_overflow_error();
	if (factor < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("emission factor is negative"),
				 errdetail("It is %g at %g km/h with a reduction fraction of %g.", factor, speed,
						   arg[7]),
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

	check_finite(trip_km, "trip_km");
	check_finite(temp_c, "temp_c");
	if (trip_km < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("trip_km must not be negative"),
				 errdetail("It is %g km.", trip_km)));
	share = 0.6474 - 0.02545 * trip_km - (0.00974 - 0.000385 * trip_km) * temp_c;
	PG_RETURN_FLOAT8(Min(Max(share, 0), 1));
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
