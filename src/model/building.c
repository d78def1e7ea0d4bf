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
#define ALTITUDE_ALLOWANCE 10 /* classes E and F, cold zones above 800 m */

/*
 * Limits of classes A to F in kg CO2e/m2/year, by whole m2 of floor area.
 * Arrete of 31 March 2021 on the energy performance diagnosis, as amended in
 * 2024 for small dwellings.
 */
static const int16 class_limits[LARGEST_SMALL_AREA - SMALLEST_AREA + 1][6] = {
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

/*
 * dpe_ghg_class(kg_per_m2, area_m2, climate_zone, altitude_class): the class,
 * A to G, of a dwelling's yearly emission per m2.
 */
PG_FUNCTION_INFO_V1(dpe_ghg_class);
Datum
dpe_ghg_class(PG_FUNCTION_ARGS)
{
	static const char *const zones[] = { "h1a", "h1b", "h1c", "h2a", "h2b", "h2c", "h2d", "h3" };
	static const bool cold_zones[] = { false, true, true, false, false, false, true, false };
	static const char *const altitudes[] = { "inf\xc3\xa9rieur \xc3\xa0 400m", "400-800m",
											 "sup\xc3\xa9rieur \xc3\xa0 800m" };
	double kg_per_m2 = PG_GETARG_FLOAT8(0);
	double area_m2 = PG_GETARG_FLOAT8(1);
	text *zone_name = PG_GETARG_TEXT_PP(2);
	text *altitude_name = PG_GETARG_TEXT_PP(3);
	int zone = find_word(zone_name, zones, lengthof(zones));
	int altitude = find_word(altitude_name, altitudes, lengthof(altitudes));
	const int16 *limits;
	int class;

	if (!isfinite(kg_per_m2) || kg_per_m2 < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("emission per m2 must be finite and not negative"),
						errdetail("It is %g kg CO2e/m2/year.", kg_per_m2)));
	if (!isfinite(area_m2) || area_m2 <= 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("floor area must be finite and above 0"),
						errdetail("It is %g m2.", area_m2)));
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

	area_m2 = floor(area_m2 + 0.5);
	area_m2 = Min(Max(area_m2, SMALLEST_AREA), LARGEST_SMALL_AREA);
	limits = class_limits[(int) area_m2 - SMALLEST_AREA];
	for (class = 0; class < 6; class ++)
	{
		int limit = limits[class];

		if (class >= 4 && altitude == 2 && cold_zones[zone])
			limit += ALTITUDE_ALLOWANCE;
		if (kg_per_m2 < limit)
			break;
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(&"ABCDEFG"[class], 1));
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
