/*
 * part.c
 *		The parts of an activity's emissions that a factor may speak of.
 *
 * This is their only list: the check on table factor, the look-ups and the
 * scopes take them from here.
 */
#include "factor/part.h"

#include "funcapi.h"
#include "utils/builtins.h"

const factor_part_info factor_parts_known[FACTOR_PARTS] = {
	{ "combustion", 1, 2,
	  "Where the activity takes place, burning or leaking; at the plant that feeds a grid" },
	{ "upstream", 3, 3, "Supplying what the activity uses, losses of a grid included" },
	{ "full", 1, 2, "Combustion and upstream in one figure" },
	{ "manufacture", 3, 3, "Making the vehicle or device" },
};

static int
part_number(const char *name, int len)
{
	for (int i = 0; i < FACTOR_PARTS; i++)
	{
		if (len == strlen(factor_parts_known[i].name) &&
			memcmp(name, factor_parts_known[i].name, len) == 0)
			return i;
	}
	return -1;
}

/* A part by its name, which the check on the table has let pass. */
factor_part
factor_part_find(const char *name, int len)
{
	int number = part_number(name, len);

	if (number < 0)
		elog(ERROR, "unknown part of a factor");
	return number;
}

/* is_factor_part(text) -> boolean */
PG_FUNCTION_INFO_V1(is_factor_part);
Datum
is_factor_part(PG_FUNCTION_ARGS)
{
	const text *name = PG_GETARG_TEXT_PP(0);

	PG_RETURN_BOOL(part_number(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) >= 0);
}

/* factor_parts() -> (part, ghg_scope, grid_ghg_scope, note) */
PG_FUNCTION_INFO_V1(factor_parts);
Datum
factor_parts(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int i = 0; i < FACTOR_PARTS; i++)
	{
		const factor_part_info *part = &factor_parts_known[i];
		Datum values[4];
		bool nulls[4] = { false, false, false, false };

		values[0] = CStringGetTextDatum(part->name);
		values[1] = Int32GetDatum(part->ghg_scope);
		values[2] = Int32GetDatum(part->grid_ghg_scope);
		values[3] = CStringGetTextDatum(part->note);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
