/*
 * trajectory.c
 *		The trajectory type: text and binary forms, equality.
 */
#include "quantity/trajectory.h"

#include <math.h>

#include "libpq/pqformat.h"

#include "check.h"
#include "json_reader.h"
#include "quote.h"

#define TRAJECTORY_WIRE_VERSION 1
#define TRAJECTORY_EXAMPLE      "{\"2015\": 900, \"2016\": 880}"

/* Error 22023 unless a trajectory can have this year. */
void
check_trajectory_year(int32 year)
{
	if (year < TRAJECTORY_MIN_YEAR || year > TRAJECTORY_MAX_YEAR)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("year out of range: %d", year),
				 errdetail("The years of a trajectory run from %d to %d.", TRAJECTORY_MIN_YEAR,
						   TRAJECTORY_MAX_YEAR)));
}

/* A stored trajectory, detoasted and aligned. */
trajectory *
trajectory_from_datum(Datum datum)
{
	trajectory *t = (trajectory *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(t) < offsetof(trajectory, values) || t->version != 0 || t->n < 0 ||
		VARSIZE(t) != TRAJECTORY_SIZE(t->n))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("trajectory value is corrupted or was stored by a later version")));
	return t;
}

/*
 * A trajectory of points whose years are valid and ascending.  Error 22003 when
 * a value is not finite, which is how every function reports an overflow.
 */
trajectory *
trajectory_from_points(const year_value *points, int n)
{
	trajectory *t = palloc0(TRAJECTORY_SIZE(n));
	int16 *years;

	SET_VARSIZE(t, TRAJECTORY_SIZE(n));
	t->n = n;
	years = TRAJECTORY_YEARS(t);
	for (int i = 0; i < n; i++)
	{
		Assert(i == 0 || points[i].year > points[i - 1].year);
		if (unlikely(!isfinite(points[i].value)))
			refuse_result(psprintf("value of year %d", points[i].year), false);
		years[i] = points[i].year;
		t->values[i] = points[i].value + 0.0; /* -0 becomes 0 */
	}
	return t;
}

/* Index of the first point whose year is not before the given one. */
int
trajectory_lower_bound(const trajectory *t, int32 year)
{
	const int16 *years = TRAJECTORY_YEARS(t);
	int low = 0;
	int high = t->n;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (years[middle] < year)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Index of a year, -1 when it is missing. */
int
trajectory_find(const trajectory *t, int32 year)
{
	int i = trajectory_lower_bound(t, year);

	return i < t->n && TRAJECTORY_YEARS(t)[i] == year ? i : -1;
}

/* Points read from text, in the order they were written. */
typedef struct point_list
{
	year_value *points;
	int n;
	int capacity;
} point_list;

/* The year a key of the text form stands for, 0 when it is not one. */
static int32
parse_year(const char *key)
{
	int32 year = 0;

	/* One way to write a year, so that duplicates are seen as such. */
	if (key[0] == '0' || strlen(key) > 4)
		return 0;
	for (const char *c = key; *c; c++)
	{
		if (*c < '0' || *c > '9')
			return 0;
		year = year * 10 + (*c - '0');
	}
	return year;
}

static bool
take_point(void *arg, const char *parent, const char *key, double value, Node *escontext)
{
	point_list *list = arg;
	int32 year = parse_year(key);

	if (year == 0)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type trajectory"),
				 errdetail("\"%s\" is not a year from %d to %d.", quote_string(key),
						   TRAJECTORY_MIN_YEAR, TRAJECTORY_MAX_YEAR)));
	if (list->n == list->capacity)
	{
		list->capacity *= 2;
		list->points = repalloc(list->points, list->capacity * sizeof(year_value));
	}
	list->points[list->n].year = year;
	list->points[list->n].value = value;
	list->n++;
	return true;
}

static int
compare_years(const void *a, const void *b)
{
	return ((const year_value *) a)->year - ((const year_value *) b)->year;
}

/* trajectory_in(cstring): {"year": value, ...} in any order. */
PG_FUNCTION_INFO_V1(trajectory_in);
Datum
trajectory_in(PG_FUNCTION_ARGS)
{
	point_list list = { .capacity = 64 };

	list.points = palloc(list.capacity * sizeof(year_value));
	if (!read_json_flat_numbers(PG_GETARG_CSTRING(0), "trajectory", TRAJECTORY_EXAMPLE, take_point,
								&list, fcinfo->context))
		PG_RETURN_NULL();

	qsort(list.points, list.n, sizeof(year_value), compare_years);
	for (int i = 1; i < list.n; i++)
	{
		if (list.points[i].year == list.points[i - 1].year)
			ereturn(fcinfo->context, (Datum) 0,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("invalid input syntax for type trajectory"),
					 errdetail("Year %d is given twice.", list.points[i].year)));
	}
	PG_RETURN_POINTER(trajectory_from_points(list.points, list.n));
}

/* trajectory_out(trajectory): the years ascending, lossless. */
PG_FUNCTION_INFO_V1(trajectory_out);
Datum
trajectory_out(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (int i = 0; i < t->n; i++)
	{
		appendStringInfo(&buf, "%s\"%d\": ", i > 0 ? ", " : "", TRAJECTORY_YEARS(t)[i]);
		append_json_number(&buf, t->values[i]);
	}
	appendStringInfoChar(&buf, '}');
	PG_RETURN_CSTRING(buf.data);
}

/* trajectory_recv(internal): version, count, then (year, value) ascending. */
PG_FUNCTION_INFO_V1(trajectory_recv);
Datum
trajectory_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int version = pq_getmsgint(buf, 2);
	int n = pq_getmsgint(buf, 2);
	year_value *points;

	if (version != TRAJECTORY_WIRE_VERSION || n > TRAJECTORY_MAX_YEAR)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid binary form of type trajectory"),
						errdetail("The header is malformed.")));
	points = palloc(n * sizeof(year_value));
	for (int i = 0; i < n; i++)
	{
		int32 year = pq_getmsgint(buf, 2);
		double value = pq_getmsgfloat8(buf);

		if (year < TRAJECTORY_MIN_YEAR || year > TRAJECTORY_MAX_YEAR ||
			(i > 0 && year <= points[i - 1].year) || !isfinite(value))
			ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
							errmsg("invalid binary form of type trajectory"),
							errdetail("Point %d is malformed.", i + 1)));
		points[i].year = year;
		points[i].value = value;
	}
	PG_RETURN_POINTER(trajectory_from_points(points, n));
}

/* trajectory_send(trajectory): the binary form. */
PG_FUNCTION_INFO_V1(trajectory_send);
Datum
trajectory_send(PG_FUNCTION_ARGS)
{
	trajectory *t = PG_GETARG_TRAJECTORY(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint16(&buf, TRAJECTORY_WIRE_VERSION);
	pq_sendint16(&buf, t->n);
	for (int i = 0; i < t->n; i++)
	{
		pq_sendint16(&buf, TRAJECTORY_YEARS(t)[i]);
		pq_sendfloat8(&buf, t->values[i]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
