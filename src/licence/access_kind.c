/*
 * access_kind.c
 *		The kinds of access a dataset may have: the one list of them.
 */
#include "licence/access.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

static const access_kind kinds[] = {
	{ "open", ACCESS_EVERYBODY, true, "PUBLIC", "everybody who may read the table" },
	{ "shared", ACCESS_GRANTED, false, "RESTRICTED",
	  "the producer, and the roles it granted access" },
	{ "aggregate", ACCESS_GRANTED, true, "RESTRICTED",
	  "the producer, and the roles it granted access; figures may be released" },
	{ "private", ACCESS_PRODUCER, false, "NON_PUBLIC",
	  "the producer alone; grants sleep until another access is chosen" },
};

/* The kind of this name, NULL when there is none. */
const access_kind *
access_kind_of(text *name)
{
	for (int i = 0; i < lengthof(kinds); i++)
	{
		if (VARSIZE_ANY_EXHDR(name) == strlen(kinds[i].name) &&
			memcmp(VARDATA_ANY(name), kinds[i].name, strlen(kinds[i].name)) == 0)
			return &kinds[i];
	}
	return NULL;
}

/* Is there a kind of access of this name? */
PG_FUNCTION_INFO_V1(is_access);
Datum
is_access(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(access_kind_of(PG_GETARG_TEXT_PP(0)) != NULL);
}

/* The list, for look-ups and documents. */
PG_FUNCTION_INFO_V1(access_kinds);
Datum
access_kinds(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int i = 0; i < lengthof(kinds); i++)
	{
		Datum values[4];
		bool nulls[4] = { false };

		values[0] = CStringGetTextDatum(kinds[i].name);
		values[1] = BoolGetDatum(kinds[i].publishes);
		values[2] = CStringGetTextDatum(kinds[i].dcat);
		values[3] = CStringGetTextDatum(kinds[i].readers);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
