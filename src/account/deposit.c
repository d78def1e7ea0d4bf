/*
 * deposit.c
 *		Reading the cells of deposited rows: what cannot be read is NULL, never
 *		an error, so that one cell does not lose the other rows.
 */
#include "compat.h"

#include <ctype.h>
#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
#include "utils/varlena.h"

#include "account/deposit.h"

/* Longest number that is read: digits of a double with an exponent, and to spare. */
#define MAX_NUMBER 64
/* Longest part of a code that is compared, in bytes. */
#define MAX_CODE 100

static char *dataset_setting;

/* Settings of deposits, when the library is loaded. */
void
deposit_define_settings(void)
{
	DefineCustomStringVariable("terrcarbon.dataset",
							   "Dataset that rows written to an inbox are deposited in.",
							   "For rows whose column dataset is not written.", &dataset_setting,
							   "", PGC_USERSET, 0, NULL, NULL, NULL);
}

/* Bytes of a space that may stand within a number or around it; 0: none. */
static int
space_at(const char *at, const char *end)
{
	if (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
		return 1;
	if (end - at >= 2 && memcmp(at, "\xC2\xA0", 2) == 0) /* no-break space */
		return 2;
	if (end - at >= 3 && memcmp(at, "\xE2\x80\xAF", 3) == 0) /* narrow no-break space */
		return 3;
	return 0;
}

/* Digits from *at on; whether there are any. */
static bool
skip_digits(const char **at)
{
	const char *from = *at;

	while (isdigit((unsigned char) **at))
		(*at)++;
	return *at > from;
}

/* Whether a text is a decimal number and nothing else. */
static bool
is_number(const char *at)
{
	bool whole;
	bool decimals = false;

	if (*at == '+' || *at == '-')
		at++;
	whole = skip_digits(&at);
	if (*at == '.')
	{
		at++;
		decimals = skip_digits(&at);
	}
	if (!whole && !decimals)
		return false;
	if (*at == 'e' || *at == 'E')
	{
		at++;
		if (*at == '+' || *at == '-')
			at++;
		if (!skip_digits(&at))
			return false;
	}
	return *at == '\0';
}

/* The number a cell holds, with decimal point or comma and spaces; whether it is one. */
static bool
number_of(const text *cell, double *number)
{
	const char *at = VARDATA_ANY(cell);
	const char *end = at + VARSIZE_ANY_EXHDR(cell);
	char plain[MAX_NUMBER + 1];
	int length = 0;

	while (at < end)
	{
		int space = space_at(at, end);

		if (space > 0)
		{
			at += space;
			continue;
		}
		if (length == MAX_NUMBER || *at == '\0')
			return false;
		plain[length++] = *at == ',' ? '.' : *at;
		at++;
	}
	plain[length] = '\0';
	if (!is_number(plain))
		return false;
	*number = strtod(plain, NULL);
	return isfinite(*number);
}

/* read_number(text) -> float8: NULL where it is no finite number. */
PG_FUNCTION_INFO_V1(read_number);
Datum
read_number(PG_FUNCTION_ARGS)
{
	double number;

	if (!number_of(PG_GETARG_TEXT_PP(0), &number))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(number);
}

/* read_whole(text) -> int: NULL where it is no whole number of that range. */
PG_FUNCTION_INFO_V1(read_whole);
Datum
read_whole(PG_FUNCTION_ARGS)
{
	double number;

	if (!number_of(PG_GETARG_TEXT_PP(0), &number) || number != trunc(number) ||
		number < PG_INT32_MIN || number > PG_INT32_MAX)
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) number);
}

/* code_distance(text, text) -> int: letters to add, drop or change; of long texts their beginnings.
 */
PG_FUNCTION_INFO_V1(code_distance);
Datum
code_distance(PG_FUNCTION_ARGS)
{
	text *a = PG_GETARG_TEXT_PP(0);
	text *b = PG_GETARG_TEXT_PP(1);
	int a_length = pg_mbcliplen(VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a), MAX_CODE);
	int b_length = pg_mbcliplen(VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b), MAX_CODE);

	PG_RETURN_INT32(
		varstr_levenshtein(VARDATA_ANY(a), a_length, VARDATA_ANY(b), b_length, 1, 1, 1, true));
}

/* trimmed(text) -> text: without spaces around it, NULL when nothing is left. */
PG_FUNCTION_INFO_V1(trimmed_cell);
Datum
trimmed_cell(PG_FUNCTION_ARGS)
{
	text *cell = PG_GETARG_TEXT_PP(0);
	const char *at = VARDATA_ANY(cell);
	const char *end = at + VARSIZE_ANY_EXHDR(cell);
	const char *last;
	int space;

	while (at < end && (space = space_at(at, end)) > 0)
		at += space;
	/* The end of the last character that is no space. */
	last = at;
	for (const char *next = at; next<end; next += space> 0 ? space : pg_mblen(next))
	{
		space = space_at(next, end);
		if (space == 0)
			last = next + pg_mblen(next);
	}
	if (last == at)
		PG_RETURN_NULL();
	if (last - at == VARSIZE_ANY_EXHDR(cell))
		PG_RETURN_TEXT_P(cell);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(at, last - at));
}

/* How often a deposit says how far it is, in microseconds, and after how many rows it looks. */
#define TELL_EVERY (5 * USECS_PER_SEC)
#define LOOK_EVERY 256

/* What a call site of tell_progress knows. */
typedef struct progress
{
	int64 seen;
	TimestampTz told;
} progress;

/*
 * tell_progress(bigint, bigint, text) -> boolean: true; tells by a NOTICE, every few
 * seconds, how many of how many rows are through a stage of a deposit.
 */
PG_FUNCTION_INFO_V1(tell_progress);
Datum
tell_progress(PG_FUNCTION_ARGS)
{
	progress *self = fcinfo->flinfo->fn_extra;
	TimestampTz now;

	if (self == NULL)
	{
		self = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(progress));
		self->told = GetCurrentTimestamp();
		fcinfo->flinfo->fn_extra = self;
	}
	if (++self->seen % LOOK_EVERY != 0)
		PG_RETURN_BOOL(true);
	now = GetCurrentTimestamp();
	if (now - self->told >= TELL_EVERY && !PG_ARGISNULL(0) && !PG_ARGISNULL(2))
	{
		char *stage = text_to_cstring(PG_GETARG_TEXT_PP(2));

		self->told = now;
		if (PG_ARGISNULL(1))
			ereport(NOTICE,
					(errmsg("deposit: " INT64_FORMAT " rows are %s", PG_GETARG_INT64(0), stage)));
		else
			ereport(NOTICE, (errmsg("deposit: " INT64_FORMAT " of " INT64_FORMAT " rows are %s",
									PG_GETARG_INT64(0), PG_GETARG_INT64(1), stage)));
	}
	PG_RETURN_BOOL(true);
}

/* Hash of a value by its bytes, so that a type needs no hash function of its own. */
static uint64
value_hash(Datum value, Form_pg_attribute column)
{
	uint64 hash;
	struct varlena *bytes;

	if (column->attlen == -1)
	{
		bytes = PG_DETOAST_DATUM_PACKED(value);
		hash = hash_bytes_extended((unsigned char *) VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes),
								   1);
		if ((Pointer) bytes != DatumGetPointer(value))
			pfree(bytes);
		return hash;
	}
	/* Both zeros are one number. */
	if (column->atttypid == FLOAT8OID && DatumGetFloat8(value) == 0)
		value = Float8GetDatum(0);
	if (column->attbyval)
		return hash_bytes_extended((unsigned char *) &value, sizeof(Datum), 1);
	return hash_bytes_extended(
		(unsigned char *) DatumGetPointer(value),
		column->attlen > 0 ? (int) column->attlen : (int) strlen(DatumGetCString(value)), 1);
}

/* row_hash(record) -> bigint: equal for rows that are equal in every column. */
PG_FUNCTION_INFO_V1(row_hash);
Datum
row_hash(PG_FUNCTION_ARGS)
{
	HeapTupleHeader record = PG_GETARG_HEAPTUPLEHEADER(0);
	TupleDesc columns = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(record),
											   HeapTupleHeaderGetTypMod(record));
	Datum *values = palloc(columns->natts * sizeof(Datum));
	bool *nulls = palloc(columns->natts * sizeof(bool));
	HeapTupleData tuple = { .t_len = HeapTupleHeaderGetDatumLength(record), .t_data = record };
	uint64 hash = 0;

	ItemPointerSetInvalid(&tuple.t_self);
	heap_deform_tuple(&tuple, columns, values, nulls);
	for (int i = 0; i < columns->natts; i++)
		hash = hash_combine64(hash,
							  nulls[i] ? 0 : value_hash(values[i], TupleDescAttr(columns, i)));
	ReleaseTupleDesc(columns);
	PG_RETURN_INT64((int64) hash);
}
