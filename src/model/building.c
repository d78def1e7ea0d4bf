/*
 * building.c
 *		Floor area and energy of a building, greenhouse-gas class of a dwelling
 *		(French energy performance diagnosis).
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "check.h"
#include "utils/builtins.h"
#include "utils/float.h"

#define METRES_PER_FLOOR   3
#define SMALLEST_AREA      8  /* smaller dwellings share its limits */
#define LARGEST_SMALL_AREA 40 /* larger dwellings share its limits */
#define LIMIT_TOLERANCE    1e-9
#define LIMITS             6 /* classes A to F */

/*
 * Limits of classes A to F by whole m2 of floor area: primary energy in kWh and
 * emission in kg CO2e, both per m2 and year.  Arrete of 31 March 2021 on the energy
 * performance diagnosis, annex 5, as amended on 25 March 2024 for small dwellings.
 */
typedef int16 class_limits[LARGEST_SMALL_AREA - SMALLEST_AREA + 1][LIMITS];

static const class_limits energy_limits = {
	{ 146, 186, 386, 505, 622, 739 }, { 134, 174, 355, 464, 574, 685 },
	{ 124, 164, 329, 428, 533, 640 }, { 117, 157, 311, 403, 503, 607 },
	{ 112, 152, 296, 381, 478, 578 }, { 108, 148, 283, 363, 456, 554 },
	{ 104, 144, 273, 348, 437, 532 }, { 100, 140, 263, 333, 421, 514 },
	{ 97, 137, 255, 325, 412, 504 },  { 95, 135, 248, 318, 404, 496 },
	{ 92, 132, 241, 311, 397, 489 },  { 90, 130, 235, 305, 390, 482 },
	{ 88, 128, 230, 300, 385, 476 },  { 87, 127, 225, 295, 380, 471 },
	{ 85, 125, 221, 291, 375, 466 },  { 84, 124, 217, 287, 371, 462 },
	{ 82, 122, 214, 284, 367, 458 },  { 81, 121, 210, 280, 363, 454 },
	{ 80, 120, 207, 277, 360, 451 },  { 79, 119, 204, 274, 357, 447 },
	{ 78, 118, 202, 272, 354, 444 },  { 77, 117, 199, 269, 351, 442 },
	{ 76, 116, 197, 267, 349, 439 },  { 76, 116, 195, 265, 346, 437 },
	{ 75, 115, 193, 263, 344, 434 },  { 74, 114, 191, 261, 342, 432 },
	{ 74, 114, 189, 259, 340, 430 },  { 73, 113, 188, 258, 338, 428 },
	{ 72, 112, 186, 256, 337, 427 },  { 72, 112, 185, 255, 335, 425 },
	{ 71, 111, 183, 253, 333, 423 },  { 71, 111, 182, 252, 332, 422 },
	{ 70, 110, 180, 250, 330, 420 }
};

static const class_limits ghg_limits = {
	{ 11, 16, 44, 68, 90, 122 }, /* 8 m2 */
	{ 11, 16, 42, 65, 87, 118 }, { 10, 15, 40, 62, 84, 115 }, { 10, 15, 39, 61, 82, 113 },
	{ 9, 14, 38, 59, 81, 111 },  { 9, 14, 37, 58, 79, 110 },  { 9, 14, 37, 58, 78, 108 },
	{ 8, 13, 36, 56, 76, 107 },  { 8, 13, 35, 55, 76, 106 }, /* 16 m2 */
	{ 8, 13, 35, 55, 75, 105 },  { 8, 13, 34, 54, 75, 105 },  { 8, 13, 34, 54, 74, 105 },
	{ 8, 13, 34, 54, 74, 104 },  { 8, 13, 33, 53, 74, 104 },  { 7, 12, 33, 53, 73, 103 },
	{ 7, 12, 33, 53, 73, 103 },  { 7, 12, 33, 53, 73, 103 }, /* 24 m2 */
	{ 7, 12, 32, 52, 73, 103 },  { 7, 12, 32, 52, 72, 103 },  { 7, 12, 32, 52, 72, 102 },
	{ 7, 12, 32, 52, 72, 102 },  { 7, 12, 32, 52, 72, 102 },  { 7, 12, 32, 52, 72, 102 },
	{ 7, 12, 31, 51, 72, 102 },  { 7, 12, 31, 51, 71, 101 }, /* 32 m2 */
	{ 7, 12, 31, 51, 71, 101 },  { 7, 12, 31, 51, 71, 101 },  { 7, 12, 31, 51, 71, 101 },
	{ 7, 12, 31, 51, 71, 101 },  { 7, 12, 31, 51, 71, 101 },  { 7, 12, 31, 51, 71, 101 },
	{ 7, 12, 31, 51, 71, 101 },  { 6, 11, 30, 50, 70, 100 }, /* 40 m2 */
};

/* A label: its limits, and what E and F have more above 800 m in cold zones. */
typedef struct label
{
	const int16 (*limits)[LIMITS];
	int allowance[2];
	const char *what;
	const char *unit;
} label;

static const label energy_label = { energy_limits,
									{ 60, 80 },
									"primary energy per m2",
									"kWh/m2/year" };
static const label ghg_label = { ghg_limits, { 10, 10 }, "emission per m2", "kg CO2e/m2/year" };

/* The row type a function returns, looked up once a query. */
static TupleDesc
result_type(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
	{
		MemoryContext caller_context = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		TupleDesc type;

		if (get_call_result_type(fcinfo, NULL, &type) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		fcinfo->flinfo->fn_extra = BlessTupleDesc(type);
		MemoryContextSwitchTo(caller_context);
	}
	return (TupleDesc) fcinfo->flinfo->fn_extra;
}

/*
 * building_floor_area(footprint_m2, floors, height_m): floor area, and whether
 * the floors were assumed from the height.
 */
PG_FUNCTION_INFO_V1(building_floor_area);
Datum
building_floor_area(PG_FUNCTION_ARGS)
{
	bool floors_known = !PG_ARGISNULL(1);
	bool height_known = !PG_ARGISNULL(2);
	double footprint = PG_ARGISNULL(0) ? 0 : PG_GETARG_FLOAT8(0);
	int32 floors = floors_known ? PG_GETARG_INT32(1) : 1;
	double height = height_known ? PG_GETARG_FLOAT8(2) : 1;
	double area;
	Datum values[2];
	bool nulls[2];

	if (!(footprint >= 0) || isinf(footprint))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("footprint must be finite and not negative"),
						errdetail("It is %g m2.", footprint)));
	if (floors <= 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("number of floors must be above 0"), errdetail("It is %d.", floors),
						errhint("Give NULL for what is not known: nullif(floors, 0).")));
	if (!(height > 0) || isinf(height))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("height of a building must be finite and above 0"),
						errdetail("It is %g m.", height),
						errhint("Give NULL for what is not known: nullif(height, 0).")));

	area = footprint * (floors_known ? floors : Max(height / METRES_PER_FLOOR, 1));
	if (isinf(area))
		float_overflow_error();
	values[0] = Float8GetDatum(area);
	nulls[0] = PG_ARGISNULL(0) || !(floors_known || height_known);
	values[1] = BoolGetDatum(!floors_known);
	nulls[1] = !(floors_known || height_known);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(result_type(fcinfo), values, nulls)));
}

/*
 * building_energy(metered_kwh, floor_area_m2, kwh_per_m2): the meter, else the
 * intensity, and which.
 */
PG_FUNCTION_INFO_V1(building_energy);
Datum
building_energy(PG_FUNCTION_ARGS)
{
	static const char *const names[] = { "metered energy", "floor area", "energy per m2" };
	double arg[lengthof(names)];
	double kwh;
	Datum values[2];
	bool nulls[2];

	for (int i = 0; i < lengthof(names); i++)
	{
		arg[i] = PG_ARGISNULL(i) ? 0 : PG_GETARG_FLOAT8(i);
		if (!(arg[i] >= 0) || isinf(arg[i]))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("%s must be finite and not negative", names[i]),
							errdetail("It is %g.", arg[i])));
	}
	kwh = PG_ARGISNULL(0) ? arg[1] * arg[2] : arg[0];
	if (isinf(kwh))
		float_overflow_error();
	values[0] = Float8GetDatum(kwh);
	values[1] = BoolGetDatum(!PG_ARGISNULL(0));
	nulls[0] = nulls[1] = PG_ARGISNULL(0) && (PG_ARGISNULL(1) || PG_ARGISNULL(2));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(result_type(fcinfo), values, nulls)));
}

/*
 * Index of a word in a list of UTF-8 words, whatever the server encoding and
 * the case of its ASCII letters; -1 when absent.
 */
static int
find_word(text *word, const char *const *words, int nwords)
{
	char *given = pg_server_to_any(text_to_cstring(word), VARSIZE_ANY_EXHDR(word), PG_UTF8);

	for (int i = 0; i < nwords; i++)
		if (pg_strcasecmp(given, words[i]) == 0)
			return i;
	return -1;
}

/* Where a dwelling is: whether it has the allowance of high and cold places. */
static bool
high_and_cold(text *zone_name, text *altitude_name)
{
	static const char *const zones[] = { "h1a", "h1b", "h1c", "h2a", "h2b", "h2c", "h2d", "h3" };
	static const bool cold_zones[] = { false, true, true, false, false, false, true, false };
	static const char *const altitudes[] = { "inf\xc3\xa9rieur \xc3\xa0 400m", "400-800m",
											 "sup\xc3\xa9rieur \xc3\xa0 800m" };
	int zone = find_word(zone_name, zones, lengthof(zones));
	int altitude = find_word(altitude_name, altitudes, lengthof(altitudes));

	if (zone < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown climate zone \"%s\"", text_to_cstring(zone_name)),
						errhint("It is one of h1a, h1b, h1c, h2a, h2b, h2c, h2d, h3.")));
	if (altitude < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown altitude class \"%s\"", text_to_cstring(altitude_name)),
						errhint("It is one of \"%s\", \"%s\", \"%s\".",
								pg_any_to_server(altitudes[0], strlen(altitudes[0]), PG_UTF8),
								altitudes[1],
								pg_any_to_server(altitudes[2], strlen(altitudes[2]), PG_UTF8))));
	return altitude == 2 && cold_zones[zone];
}

/*
 * The class of a value by a label, 0 for A to 6 for G: the value rounded down to a
 * whole number, as the order has it, against limits that are linear between the
 * areas of its table.
 */
static int
class_by_label(const label *l, double value, double area_m2, bool allowed)
{
	const int16 *smaller, *larger;
	double place;
	int class;

	if (!isfinite(value) || value < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be finite and not negative", l->what),
						errdetail("It is %g %s.", value, l->unit)));
	if (!isfinite(area_m2) || area_m2 <= 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("floor area must be finite and above 0"),
						errdetail("It is %g m2.", area_m2)));
	place = Min(Max(area_m2, SMALLEST_AREA), LARGEST_SMALL_AREA) - SMALLEST_AREA;
	smaller = l->limits[(int) floor(place)];
	larger = l->limits[(int) ceil(place)];
	place -= floor(place);
	for (class = 0; class < LIMITS; class ++)
	{
		double limit = smaller[class] + place * (larger[class] - smaller[class]);

		if (allowed && class >= 4)
			limit += l->allowance[class - 4];
		/* 20.2 m2 is not exact, and the limit it gives may be just above a whole one */
		if (floor(value) < limit - LIMIT_TOLERANCE)
			break;
	}
	return class;
}

static Datum
class_name(int class)
{
	PG_RETURN_TEXT_P(cstring_to_text_with_len(&"ABCDEFG"[class], 1));
}

/*
 * dpe_ghg_class(kg_per_m2, area_m2, climate_zone, altitude_class): the class,
 * A to G, of a dwelling's yearly emission per m2.
 */
PG_FUNCTION_INFO_V1(dpe_ghg_class);
Datum
dpe_ghg_class(PG_FUNCTION_ARGS)
{
	bool allowed = high_and_cold(PG_GETARG_TEXT_PP(2), PG_GETARG_TEXT_PP(3));

	return class_name(
		class_by_label(&ghg_label, PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), allowed));
}

/*
 * dpe_energy_class(kwh_per_m2, area_m2, climate_zone, altitude_class): the class of
 * its primary energy per m2.
 */
PG_FUNCTION_INFO_V1(dpe_energy_class);
Datum
dpe_energy_class(PG_FUNCTION_ARGS)
{
	bool allowed = high_and_cold(PG_GETARG_TEXT_PP(2), PG_GETARG_TEXT_PP(3));

	return class_name(
		class_by_label(&energy_label, PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), allowed));
}

/*
 * dpe_class(kwh_per_m2, kg_per_m2, area_m2, climate_zone, altitude_class): the class
 * of a dwelling, the worse of the two.
 */
PG_FUNCTION_INFO_V1(dpe_class);
Datum
dpe_class(PG_FUNCTION_ARGS)
{
	bool allowed = high_and_cold(PG_GETARG_TEXT_PP(3), PG_GETARG_TEXT_PP(4));
	double area_m2 = PG_GETARG_FLOAT8(2);
	int energy = class_by_label(&energy_label, PG_GETARG_FLOAT8(0), area_m2, allowed);
	int ghg = class_by_label(&ghg_label, PG_GETARG_FLOAT8(1), area_m2, allowed);

	return class_name(Max(energy, ghg));
}

/*
 * envelope_saving(area_m2, u_before, u_after, degree_hours, efficiency): energy for
 * heating that a better wall, roof or floor saves in a year, kWh.
 */
PG_FUNCTION_INFO_V1(envelope_saving);
Datum
envelope_saving(PG_FUNCTION_ARGS)
{
	double area = require_not_negative(PG_GETARG_FLOAT8(0), "area_m2");
	double before = require_not_negative(PG_GETARG_FLOAT8(1), "u_before");
	double after = require_not_negative(PG_GETARG_FLOAT8(2), "u_after");
	double hours = require_not_negative(PG_GETARG_FLOAT8(3), "degree_hours");
	double efficiency = require_positive(PG_GETARG_FLOAT8(4), "efficiency");

	PG_RETURN_FLOAT8(require_range(area * (before - after) * hours / 1000 / efficiency, "energy"));
}

/*
 * climate_corrected(energy, heating_share, degree_days_reference,
 * degree_days_observed): the energy in a reference climate.
 */
PG_FUNCTION_INFO_V1(climate_corrected);
Datum
climate_corrected(PG_FUNCTION_ARGS)
{
	double energy = require_not_negative(PG_GETARG_FLOAT8(0), "energy");
	double share = PG_GETARG_FLOAT8(1);
	double reference = require_not_negative(PG_GETARG_FLOAT8(2), "degree_days_reference");
	double observed = require_positive(PG_GETARG_FLOAT8(3), "degree_days_observed");

	if (!(share >= 0 && share <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("heating_share must be within 0 .. 1"),
						errdetail("It is %g.", share), errhint("Percentages are divided by 100.")));
	PG_RETURN_FLOAT8(require_range(energy * (1 - share + share * reference / observed), "energy"));
}
