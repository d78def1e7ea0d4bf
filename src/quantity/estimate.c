/*
 * estimate.c
 *		The type estimate: a value, how uncertain it is, and why.
 *
 * The uncertainty has an independent part, given by its standard deviation, and
 * one linear term for each shared cause: by how much the value moves when the
 * cause (a factor, a reference) moves by one standard deviation.  Terms of one
 * cause add as they are; the independent parts and the totals of the causes add
 * in quadrature.  This is the IPCC's approach 1 (error propagation, first
 * order), in which the rows made by one factor are fully correlated and all
 * else is not.
 *
 * What is not symmetric has a third moment beside each standard deviation, kept
 * as its cube root, which has the unit of the value.  Third moments add as
 * variances do, their roots within one cause as terms do.
 */
#include "quantity/estimate.h"

#include "catalog/pg_type.h"
#include "json_reader.h"
#include "libpq/pqformat.h"
#include "quantity/operator.h"
#include "quote.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#define ESTIMATE_VERSION 1
/* The binary form of what is symmetric, and of what is not. */
#define ESTIMATE_BINARY_VERSION 1
#define ESTIMATE_BINARY_SKEWED  2
#define ESTIMATE_EXAMPLE \
	"{\"value\": 150, \"sd\": 4, \"causes\": {\"factor:12\": 22.5}, \"sources\": [3, 7]}"

/*
 * The varlena: this header, the skew when there is any (float8), the causes
 * (float8 term, float8 skew when there is any, length byte, name), the sources
 * (int4).  Nothing is aligned.
 */
typedef struct estimate_header
{
	uint16 version; /* ESTIMATE_VERSION */
	uint16 skewed;  /* whether there is any skew */
	int32 ncauses;
	int32 nsources;
	int32 reserved2; /* zero */
	double value;
	double sd;
} estimate_header;

/* Bytes a cause takes beside its name, at least. */
#define CAUSE_OVERHEAD(skewed) (((skewed) ? 2 : 1) * sizeof(double) + 1)

/* The order of causes: that of their bytes. */
int
estimate_compare_names(const char *a, int a_len, const char *b, int b_len)
{
	int order = memcmp(a, b, Min(a_len, b_len));

	return order != 0 ? order : a_len - b_len;
}

/* The order of causes, for qsort. */
int
estimate_compare_causes(const void *a, const void *b)
{
	const estimate_cause *left = a;
	const estimate_cause *right = b;

	return estimate_compare_names(left->name, left->len, right->name, right->len);
}

static int
compare_sources(const void *a, const void *b)
{
	int32 left = *(const int32 *) a;
	int32 right = *(const int32 *) b;

	return (left > right) - (left < right);
}

/* Read a float8 and go on. */
static double
take_float8(const char **at)
{
	double value;

	memcpy(&value, *at, sizeof(value));
	*at += sizeof(value);
	return value;
}

/* Unpack the parts after the header, trusting nothing; names point into them. */
static bool
read_parts(const char *at, const char *end, const estimate_header *header, estimate *result)
{
	Size overhead = CAUSE_OVERHEAD(header->skewed);

	if (header->skewed > 1 || end - at < header->skewed * sizeof(double))
		return false;
	if (header->skewed)
		result->skew = take_float8(&at);
	if (header->ncauses < 0 || header->nsources < 0 || header->ncauses > (end - at) / overhead ||
		header->nsources > (end - at) / sizeof(int32))
		return false;
	if (header->ncauses > 0)
		result->causes = palloc(header->ncauses * sizeof(estimate_cause));
	for (; result->ncauses < header->ncauses; result->ncauses++)
	{
		estimate_cause *cause = &result->causes[result->ncauses];

		if (end - at < overhead)
			return false;
		cause->term = take_float8(&at);
		cause->skew = header->skewed ? take_float8(&at) : 0.0;
		cause->len = (unsigned char) *at++;
		cause->name = at;
		if (end - at < cause->len)
			return false;
		at += cause->len;
	}
	if (end - at != header->nsources * sizeof(int32))
		return false;
	result->nsources = header->nsources;
	if (header->nsources > 0)
	{
		result->sources = palloc(header->nsources * sizeof(int32));
		memcpy(result->sources, at, header->nsources * sizeof(int32));
	}
	return true;
}

/* Unpack a value; names point into it. */
void
estimate_read(Datum datum, estimate *result)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(datum);
	const char *at = VARDATA_ANY(packed);
	const char *end = at + VARSIZE_ANY_EXHDR(packed);
	estimate_header header = { ESTIMATE_VERSION + 1 };

	memset(result, 0, sizeof(*result));
	if (likely(end - at >= sizeof(header)))
	{
		memcpy(&header, at, sizeof(header));
		at += sizeof(header);
	}
	result->value = header.value;
	result->sd = header.sd;
	if (unlikely(header.version != ESTIMATE_VERSION || !read_parts(at, end, &header, result)))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("estimate value is corrupted or was stored by a later version")));
}

/* Whether a cause does nothing. */
static bool
is_idle(const estimate_cause *cause)
{
	return cause->term == 0.0 && cause->skew == 0.0;
}

static bool
has_skewed_cause(const estimate *e)
{
	for (int i = 0; i < e->ncauses; i++)
	{
		if (e->causes[i].skew != 0.0)
			return true;
	}
	return false;
}

/* Whether a value has any third moment. */
bool
estimate_is_skewed(const estimate *e)
{
	return e->skew != 0.0 || has_skewed_cause(e);
}

/* Write some bytes and go on. */
static void
put_bytes(char **at, const void *bytes, Size len)
{
	memcpy(*at, bytes, len);
	*at += len;
}

/* Write a float8, which is never a negative zero, and go on. */
static void
put_float8(char **at, double value)
{
	value += 0.0;
	put_bytes(at, &value, sizeof(value));
}

/*
 * Pack a value.  Causes and sources must ascend; causes that do nothing go, so
 * every value has one form.
 */
Datum
estimate_build(estimate *from)
{
	estimate_header header = { ESTIMATE_VERSION };
	Size size = VARHDRSZ + sizeof(header) + from->nsources * sizeof(int32);
	struct varlena *packed;
	char *at;

	header.value = from->value + 0.0;
	header.sd = from->sd;
	header.nsources = from->nsources;
	header.skewed = estimate_is_skewed(from);
	for (int i = 0; i < from->ncauses; i++)
	{
		if (is_idle(&from->causes[i]))
			continue;
		header.ncauses++;
		size += CAUSE_OVERHEAD(header.skewed) + from->causes[i].len;
	}
	size += header.skewed * sizeof(double);
	if (size > MaxAllocSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("estimate has too many causes and sources"),
						errdetail("%d causes, %d sources.", header.ncauses, header.nsources)));

	packed = palloc(size);
	SET_VARSIZE(packed, size);
	at = VARDATA(packed);
	put_bytes(&at, &header, sizeof(header));
	if (header.skewed)
		put_float8(&at, from->skew);
	for (int i = 0; i < from->ncauses; i++)
	{
		const estimate_cause *cause = &from->causes[i];

		if (is_idle(cause))
			continue;
		put_float8(&at, cause->term);
		if (header.skewed)
			put_float8(&at, cause->skew);
		*at++ = (char) cause->len;
		put_bytes(&at, cause->name, cause->len);
	}
	if (from->nsources > 0)
		put_bytes(&at, from->sources, from->nsources * sizeof(int32));
	return PointerGetDatum(packed);
}

/* The cube root of the sum of two cubes. */
double
estimate_add_cubes(double a, double b)
{
	double scale = Max(fabs(a), fabs(b));

	if (b == 0.0 || scale == 0.0)
		return a;
	if (a == 0.0)
		return b;
	a /= scale;
	b /= scale;
	return scale * cbrt(a * a * a + b * b * b);
}

/*
 * Put causes and sources that came from outside in order.  Sources are a set;
 * a cause that comes twice is refused: the name is returned, NULL when all is
 * well.
 */
static const estimate_cause *
sort_parts(estimate *result)
{
	int kept = 0;

	if (result->ncauses > 1)
		qsort(result->causes, result->ncauses, sizeof(estimate_cause), estimate_compare_causes);
	for (int i = 1; i < result->ncauses; i++)
	{
		if (estimate_compare_causes(&result->causes[i - 1], &result->causes[i]) == 0)
			return &result->causes[i];
	}
	if (result->nsources > 1)
		qsort(result->sources, result->nsources, sizeof(int32), compare_sources);
	for (int i = 0; i < result->nsources; i++)
	{
		if (i == 0 || result->sources[i] != result->sources[kept - 1])
			result->sources[kept++] = result->sources[i];
	}
	result->nsources = kept;
	return NULL;
}

/* The sources of both. */
static void
unite_sources(const estimate *a, const estimate *b, estimate *result)
{
	int i = 0;
	int j = 0;

	result->sources = palloc(Max(a->nsources + b->nsources, 1) * sizeof(int32));
	result->nsources = 0;
	while (i < a->nsources || j < b->nsources)
	{
		int32 source;

		if (j == b->nsources || (i < a->nsources && a->sources[i] <= b->sources[j]))
		{
			source = a->sources[i++];
			if (j < b->nsources && b->sources[j] == source)
				j++;
		}
		else
			source = b->sources[j++];
		result->sources[result->nsources++] = source;
	}
}

/* Add what a cause does to a multiple of the value it is of. */
static void
add_scaled(estimate_cause *cause, const estimate_cause *part, double factor)
{
	const char *what = "uncertainty of an estimate";

	cause->term = require_range(cause->term + multiply(part->term, factor, what), what);
	cause->skew = require_range(cause->skew + multiply(part->skew, factor, what), what);
}

/* The terms of both, those of a times left and those of b times right. */
static void
unite_causes(const estimate *a, double left, const estimate *b, double right, estimate *result)
{
	int i = 0;
	int j = 0;

	result->causes = palloc(Max(a->ncauses + b->ncauses, 1) * sizeof(estimate_cause));
	result->ncauses = 0;
	while (i < a->ncauses || j < b->ncauses)
	{
		estimate_cause *cause = &result->causes[result->ncauses++];
		int order;

		if (i == a->ncauses)
			order = 1;
		else if (j == b->ncauses)
			order = -1;
		else
			order = estimate_compare_causes(&a->causes[i], &b->causes[j]);

		*cause = order <= 0 ? a->causes[i] : b->causes[j];
		cause->term = 0.0;
		cause->skew = 0.0;
		if (order <= 0)
			add_scaled(cause, &a->causes[i++], left);
		if (order >= 0)
			add_scaled(cause, &b->causes[j++], right);
	}
}

/* The independent parts of both, as above, in quadrature, and their third moments. */
static void
unite_own(const estimate *a, double left, const estimate *b, double right, estimate *result)
{
	const char *what = "uncertainty of an estimate";

	result->sd = require_range(
		hypot(multiply(a->sd, fabs(left), what), multiply(b->sd, fabs(right), what)), what);
	result->skew = require_range(
		estimate_add_cubes(multiply(a->skew, left, what), multiply(b->skew, right, what)), what);
}

/* What the JSON reader fills. */
typedef struct estimate_reader
{
	estimate result;
	estimate skews; /* causes that have only their skew */
	int max_causes;
	int max_skews;
	int max_sources;
	bool has_value;
	bool has_sd;
	bool has_skew;
	bool has_causes;
	bool has_skews;
	bool has_sources;
} estimate_reader;

static bool
twice(const char *key, Node *escontext)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("\"%s\" appears twice in an estimate", quote_string(key))));
}

static bool
take_member(estimate_reader *reader, const char *key, double value, Node *escontext)
{
	bool *has = NULL;

	if (strcmp(key, "value") == 0)
	{
		reader->result.value = value;
		has = &reader->has_value;
	}
	else if (strcmp(key, "sd") == 0)
	{
		if (value < 0.0)
			ereturn(escontext, false,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("standard deviation of an estimate must not be negative"),
					 errdetail("It is %g.", value)));
		/* Not a negative zero either. */
		reader->result.sd = value + 0.0;
		has = &reader->has_sd;
	}
	else if (strcmp(key, "skew") == 0)
	{
		reader->result.skew = value;
		has = &reader->has_skew;
	}
	else
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid member \"%s\" of an estimate", quote_string(key)),
				 errhint("Write it as, for example, %s.", ESTIMATE_EXAMPLE)));
	if (*has)
		return twice(key, escontext);
	*has = true;
	return true;
}

static bool
take_cause(estimate *result, int *max_causes, const char *name, estimate_cause cause,
		   Node *escontext)
{
	cause.len = strlen(name);
	cause.name = pstrdup(name);
	if (cause.len == 0 || cause.len > CAUSE_MAX_LENGTH)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("name of a cause must have 1 to %d bytes", CAUSE_MAX_LENGTH),
				 errdetail("It has %d.", cause.len)));
	if (result->ncauses == *max_causes)
	{
		*max_causes = Max(8, 2 * *max_causes);
		result->causes = result->causes == NULL
							 ? palloc(*max_causes * sizeof(estimate_cause))
							 : repalloc(result->causes, *max_causes * sizeof(estimate_cause));
	}
	result->causes[result->ncauses++] = cause;
	return true;
}

static bool
take_source(estimate_reader *reader, double source, Node *escontext)
{
	estimate *result = &reader->result;

	if (!(source >= 1 && source <= PG_INT32_MAX) || source != floor(source))
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("source of an estimate must be a dataset id"),
				 errdetail("It is %g.", source)));
	if (result->nsources == reader->max_sources)
	{
		reader->max_sources = Max(8, 2 * reader->max_sources);
		result->sources = result->sources == NULL
							  ? palloc(reader->max_sources * sizeof(int32))
							  : repalloc(result->sources, reader->max_sources * sizeof(int32));
	}
	result->sources[result->nsources++] = (int32) source;
	return true;
}

static bool
take_number(void *arg, const char *parent, const char *key, double value, Node *escontext)
{
	estimate_reader *reader = arg;
	bool *has;

	if (parent == NULL)
		return take_member(reader, key, value, escontext);
	if (strcmp(parent, "causes") == 0)
	{
		if (key != NULL)
			return take_cause(&reader->result, &reader->max_causes, key,
							  (estimate_cause){ .term = value }, escontext);
		has = &reader->has_causes;
	}
	else if (strcmp(parent, "skews") == 0)
	{
		if (key != NULL)
			return take_cause(&reader->skews, &reader->max_skews, key,
							  (estimate_cause){ .skew = value }, escontext);
		has = &reader->has_skews;
	}
	else
	{
		if (strcmp(parent, "sources") == 0 && key == NULL && !isnan(value))
			return take_source(reader, value, escontext);
		has = strcmp(parent, "sources") == 0 ? &reader->has_sources : NULL;
	}
	if (!isnan(value) || has == NULL)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid member \"%s\" of an estimate", quote_string(parent)),
				 errhint("Write it as, for example, %s.", ESTIMATE_EXAMPLE)));

	/* The member begins. */
	if (*has)
		return twice(parent, escontext);
	*has = true;
	return true;
}

/* estimate_in(cstring): text input, a JSON object. */
PG_FUNCTION_INFO_V1(estimate_in);
Datum
estimate_in(PG_FUNCTION_ARGS)
{
	estimate_reader reader = { 0 };
	estimate result;
	const estimate_cause *repeated;

	if (!read_json_numbers(PG_GETARG_CSTRING(0), "estimate", ESTIMATE_EXAMPLE, take_number, &reader,
						   fcinfo->context))
		PG_RETURN_NULL();
	if (!reader.has_value || !reader.has_sd)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("an estimate needs \"value\" and \"sd\""),
				 errhint("A value without uncertainty has sd 0; one of unknown uncertainty is not "
						 "an estimate.")));
	repeated = sort_parts(&reader.result);
	if (repeated == NULL)
		repeated = sort_parts(&reader.skews);
	if (repeated != NULL)
	{
		twice(repeated->name, fcinfo->context);
		PG_RETURN_NULL();
	}
	result = reader.result;
	unite_causes(&reader.result, 1.0, &reader.skews, 1.0, &result);
	PG_RETURN_DATUM(estimate_build(&result));
}

/* {"name": term, ...}, or the skews */
static void
append_causes(StringInfo buf, const estimate *from, bool skews)
{
	const char *separator = "";

	appendStringInfoChar(buf, '{');
	for (int i = 0; i < from->ncauses; i++)
	{
		const estimate_cause *cause = &from->causes[i];
		double number = skews ? cause->skew : cause->term;

		if (number == 0.0)
			continue;
		appendStringInfoString(buf, separator);
		escape_json(buf, pnstrdup(cause->name, cause->len));
		appendStringInfoString(buf, ": ");
		append_json_number(buf, number);
		separator = ", ";
	}
	appendStringInfoChar(buf, '}');
}

/* estimate_out(estimate): text output, lossless. */
PG_FUNCTION_INFO_V1(estimate_out);
Datum
estimate_out(PG_FUNCTION_ARGS)
{
	estimate e;
	StringInfoData buf;

	estimate_read(PG_GETARG_DATUM(0), &e);
	initStringInfo(&buf);
	appendStringInfoString(&buf, "{\"value\": ");
	append_json_number(&buf, e.value);
	appendStringInfoString(&buf, ", \"sd\": ");
	append_json_number(&buf, e.sd);
	if (e.skew != 0.0)
	{
		appendStringInfoString(&buf, ", \"skew\": ");
		append_json_number(&buf, e.skew);
	}
	if (e.ncauses > 0)
	{
		appendStringInfoString(&buf, ", \"causes\": ");
		append_causes(&buf, &e, false);
	}
	if (has_skewed_cause(&e))
	{
		appendStringInfoString(&buf, ", \"skews\": ");
		append_causes(&buf, &e, true);
	}
	if (e.nsources > 0)
	{
		appendStringInfoString(&buf, ", \"sources\": [");
		for (int i = 0; i < e.nsources; i++)
			appendStringInfo(&buf, "%s%d", i > 0 ? ", " : "", e.sources[i]);
		appendStringInfoChar(&buf, ']');
	}
	appendStringInfoChar(&buf, '}');
	PG_RETURN_CSTRING(buf.data);
}

static void
refuse_binary(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary form of type estimate"), errdetail_internal("%s", detail)));
}

/* Receive causes.  One takes at least 13 bytes, which bounds the array. */
static void
receive_causes(StringInfo buf, bool skewed, estimate *result)
{
	int ncauses;

	ncauses = pq_getmsgint(buf, 4);
	if (ncauses < 0 || ncauses > (buf->len - buf->cursor) / 13)
		refuse_binary("It ends before its causes.");
	result->causes = palloc(Max(ncauses, 1) * sizeof(estimate_cause));
	for (; result->ncauses < ncauses; result->ncauses++)
	{
		estimate_cause *cause = &result->causes[result->ncauses];
		int len;

		cause->term = pq_getmsgfloat8(buf);
		cause->skew = skewed ? pq_getmsgfloat8(buf) : 0.0;
		if (!isfinite(cause->term) || !isfinite(cause->skew) || is_idle(cause))
			refuse_binary("The term of a cause is impossible.");
		len = pq_getmsgint(buf, 4);
		if (len < 0 || len > buf->len - buf->cursor)
			refuse_binary("It ends within the name of a cause.");
		cause->name = pq_getmsgtext(buf, len, &cause->len);
		if (cause->len < 1 || cause->len > CAUSE_MAX_LENGTH)
			refuse_binary("The name of a cause is too short or too long.");
	}
}

/* estimate_recv(internal): binary input. */
PG_FUNCTION_INFO_V1(estimate_recv);
Datum
estimate_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	estimate result = { 0 };
	int version = pq_getmsgint(buf, 2);
	bool skewed = version == ESTIMATE_BINARY_SKEWED;
	int nsources;

	if (!skewed && version != ESTIMATE_BINARY_VERSION)
		refuse_binary("Its version is unknown.");
	result.value = pq_getmsgfloat8(buf);
	result.sd = pq_getmsgfloat8(buf);
	if (skewed)
		result.skew = pq_getmsgfloat8(buf);
	if (!isfinite(result.value) || !isfinite(result.sd) || result.sd < 0.0 ||
		!isfinite(result.skew))
		refuse_binary("Its value or standard deviation is impossible.");
	result.sd += 0.0;
	receive_causes(buf, skewed, &result);
	nsources = pq_getmsgint(buf, 4);
	if (nsources < 0 || nsources > (buf->len - buf->cursor) / 4)
		refuse_binary("It ends before its sources.");
	result.sources = palloc(Max(nsources, 1) * sizeof(int32));
	for (; result.nsources < nsources; result.nsources++)
	{
		result.sources[result.nsources] = pq_getmsgint(buf, 4);
		if (result.sources[result.nsources] < 1)
			refuse_binary("A source is not a dataset id.");
	}

	/* The order of names may be another in the sender's encoding. */
	if (sort_parts(&result) != NULL)
		refuse_binary("A cause appears twice.");
	PG_RETURN_DATUM(estimate_build(&result));
}

/* estimate_send(estimate): binary output. */
PG_FUNCTION_INFO_V1(estimate_send);
Datum
estimate_send(PG_FUNCTION_ARGS)
{
	estimate e;
	StringInfoData buf;
	bool skewed;

	estimate_read(PG_GETARG_DATUM(0), &e);
	pq_begintypsend(&buf);
	skewed = estimate_is_skewed(&e);
	pq_sendint16(&buf, skewed ? ESTIMATE_BINARY_SKEWED : ESTIMATE_BINARY_VERSION);
	pq_sendfloat8(&buf, e.value);
	pq_sendfloat8(&buf, e.sd);
	if (skewed)
		pq_sendfloat8(&buf, e.skew);
	pq_sendint32(&buf, e.ncauses);
	for (int i = 0; i < e.ncauses; i++)
	{
		pq_sendfloat8(&buf, e.causes[i].term);
		if (skewed)
			pq_sendfloat8(&buf, e.causes[i].skew);
		send_counted_text(&buf, e.causes[i].name, e.causes[i].len);
	}
	pq_sendint32(&buf, e.nsources);
	for (int i = 0; i < e.nsources; i++)
		pq_sendint32(&buf, e.sources[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* value(estimate): the value itself. */
PG_FUNCTION_INFO_V1(estimate_value);
Datum
estimate_value(PG_FUNCTION_ARGS)
{
	estimate e;

	estimate_read(PG_GETARG_DATUM(0), &e);
	PG_RETURN_FLOAT8(e.value);
}

/* sources(estimate): ids of the datasets it came from. */
PG_FUNCTION_INFO_V1(estimate_sources);
Datum
estimate_sources(PG_FUNCTION_ARGS)
{
	estimate e;
	Datum *ids;

	estimate_read(PG_GETARG_DATUM(0), &e);
	if (e.nsources == 0)
		PG_RETURN_POINTER(construct_empty_array(INT4OID));
	ids = palloc(e.nsources * sizeof(Datum));
	for (int i = 0; i < e.nsources; i++)
		ids[i] = Int32GetDatum(e.sources[i]);
	PG_RETURN_POINTER(construct_array(ids, e.nsources, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

/* causes(estimate): the linear terms by cause, as jsonb. */
PG_FUNCTION_INFO_V1(estimate_causes);
Datum
estimate_causes(PG_FUNCTION_ARGS)
{
	estimate e;
	StringInfoData buf;

	estimate_read(PG_GETARG_DATUM(0), &e);
	initStringInfo(&buf);
	append_causes(&buf, &e, false);
	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(buf.data)));
}

/* a + sign * b */
static Datum
combine(FunctionCallInfo fcinfo, double sign)
{
	estimate a;
	estimate b;
	estimate result;

	estimate_read(PG_GETARG_DATUM(0), &a);
	estimate_read(PG_GETARG_DATUM(1), &b);
	result.value = require_range(a.value + sign * b.value, "value of an estimate");
	unite_own(&a, 1.0, &b, sign, &result);
	unite_causes(&a, 1.0, &b, sign, &result);
	unite_sources(&a, &b, &result);
	return estimate_build(&result);
}

/*
 * The cube root of the third moment that two uncertain factors have together
 * beside those of each, 6 a b var(a) var(b): what makes the product of two
 * lognormal quantities as skewed as it is.
 */
static double
bend(const estimate *a, const estimate *b)
{
	double a_root = cbrt(estimate_sd(a));
	double b_root = cbrt(estimate_sd(b));

	return cbrt(6.0) * cbrt(a->value) * cbrt(b->value) * a_root * a_root * b_root * b_root;
}

/*
 * estimate * estimate, to first order: d(ab) = a db + b da.  What they share
 * is in their causes; their own parts are taken to be independent.
 */
PG_FUNCTION_INFO_V1(estimate_product);
Datum
estimate_product(PG_FUNCTION_ARGS)
{
	estimate a;
	estimate b;
	estimate result;

	estimate_read(PG_GETARG_DATUM(0), &a);
	estimate_read(PG_GETARG_DATUM(1), &b);
	result.value = multiply(a.value, b.value, "value of an estimate");
	unite_own(&a, b.value, &b, a.value, &result);
	unite_causes(&a, b.value, &b, a.value, &result);
	if (estimate_is_skewed(&a) || estimate_is_skewed(&b))
		result.skew = estimate_add_cubes(result.skew, bend(&a, &b));
	unite_sources(&a, &b, &result);
	PG_RETURN_DATUM(estimate_build(&result));
}

static Datum
scale(Datum datum, double factor)
{
	estimate e;

	estimate_read(datum, &e);
	e.value = multiply(e.value, factor, "value of an estimate");
	e.sd = multiply(e.sd, fabs(factor), "uncertainty of an estimate");
	e.skew = multiply(e.skew, factor, "uncertainty of an estimate");
	for (int i = 0; i < e.ncauses; i++)
	{
		e.causes[i].term = multiply(e.causes[i].term, factor, "uncertainty of an estimate");
		e.causes[i].skew = multiply(e.causes[i].skew, factor, "uncertainty of an estimate");
	}
	return estimate_build(&e);
}

static Datum
divide_by(Datum datum, double divisor)
{
	estimate e;

	estimate_read(datum, &e);
	e.value = divide(e.value, divisor, "value of an estimate");
	e.sd = divide(e.sd, fabs(divisor), "uncertainty of an estimate");
	e.skew = divide(e.skew, divisor, "uncertainty of an estimate");
	for (int i = 0; i < e.ncauses; i++)
	{
		e.causes[i].term = divide(e.causes[i].term, divisor, "uncertainty of an estimate");
		e.causes[i].skew = divide(e.causes[i].skew, divisor, "uncertainty of an estimate");
	}
	return estimate_build(&e);
}

QUANTITY_OPERATORS(estimate);
