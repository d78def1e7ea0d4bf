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
 */
#include "quantity/estimate.h"

#include "catalog/pg_type.h"
#include "json_reader.h"
#include "libpq/pqformat.h"
#include "quantity/normal.h"
#include "quantity/operator.h"
#include "quote.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#define ESTIMATE_VERSION        0
#define ESTIMATE_BINARY_VERSION 1
#define ESTIMATE_EXAMPLE \
	"{\"value\": 150, \"sd\": 4, \"causes\": {\"factor:12\": 22.5}, \"sources\": [3, 7]}"

/*
 * The varlena: this header, the causes (float8 term, length byte, name), the
 * sources (int4).  Nothing is aligned.
 */
typedef struct estimate_header
{
	uint16 version;  /* ESTIMATE_VERSION */
	uint16 reserved; /* zero */
	int32 ncauses;
	int32 nsources;
	int32 reserved2; /* zero */
	double value;
	double sd;
} estimate_header;

/* Bytes a cause takes beside its name, at least. */
#define CAUSE_OVERHEAD (sizeof(double) + 1)

/* The order of causes: that of their bytes. */
int
estimate_compare_names(const char *a, int a_len, const char *b, int b_len)
{
	int order = memcmp(a, b, Min(a_len, b_len));

	return order != 0 ? order : a_len - b_len;
}

static int
compare_causes(const void *a, const void *b)
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

/* Unpack a value; names point into it. */
void
estimate_read(Datum datum, estimate *result)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(datum);
	const char *at = VARDATA_ANY(packed);
	const char *end = at + VARSIZE_ANY_EXHDR(packed);
	estimate_header header = { ESTIMATE_VERSION + 1 };
	bool ok;

	if (likely(end - at >= sizeof(header)))
	{
		memcpy(&header, at, sizeof(header));
		at += sizeof(header);
	}
	ok = header.version == ESTIMATE_VERSION && header.ncauses >= 0 && header.nsources >= 0 &&
		 header.ncauses <= (end - at) / CAUSE_OVERHEAD &&
		 header.nsources <= (end - at) / sizeof(int32);
	if (ok)
	{
		result->value = header.value;
		result->sd = header.sd;
		result->ncauses = header.ncauses;
		result->nsources = header.nsources;
		result->causes = NULL;
		result->sources = NULL;
		if (header.ncauses > 0)
			result->causes = palloc(header.ncauses * sizeof(estimate_cause));
		for (int i = 0; ok && i < header.ncauses; i++)
		{
			estimate_cause *cause = &result->causes[i];

			ok = end - at >= CAUSE_OVERHEAD;
			if (!ok)
				break;
			memcpy(&cause->term, at, sizeof(double));
			cause->len = (unsigned char) at[sizeof(double)];
			cause->name = at + CAUSE_OVERHEAD;
			ok = end - cause->name >= cause->len;
			at = cause->name + cause->len;
		}
		ok = ok && end - at == header.nsources * sizeof(int32);
	}
	if (unlikely(!ok))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("estimate value is corrupted or was stored by a later version")));
	if (header.nsources > 0)
	{
		result->sources = palloc(header.nsources * sizeof(int32));
		memcpy(result->sources, at, header.nsources * sizeof(int32));
	}
}

/*
 * Pack a value.  Causes and sources must ascend; terms that are 0 go, so every
 * value has one form.
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
	for (int i = 0; i < from->ncauses; i++)
	{
		if (from->causes[i].term == 0.0)
			continue;
		header.ncauses++;
		size += CAUSE_OVERHEAD + from->causes[i].len;
	}
	if (size > MaxAllocSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("estimate has too many causes and sources"),
						errdetail("%d causes, %d sources.", header.ncauses, header.nsources)));

	packed = palloc(size);
	SET_VARSIZE(packed, size);
	at = VARDATA(packed);
	memcpy(at, &header, sizeof(header));
	at += sizeof(header);
	for (int i = 0; i < from->ncauses; i++)
	{
		const estimate_cause *cause = &from->causes[i];

		if (cause->term == 0.0)
			continue;
		memcpy(at, &cause->term, sizeof(double));
		at[sizeof(double)] = (char) cause->len;
		memcpy(at + CAUSE_OVERHEAD, cause->name, cause->len);
		at += CAUSE_OVERHEAD + cause->len;
	}
	if (from->nsources > 0)
		memcpy(at, from->sources, from->nsources * sizeof(int32));
	return PointerGetDatum(packed);
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
		qsort(result->causes, result->ncauses, sizeof(estimate_cause), compare_causes);
	for (int i = 1; i < result->ncauses; i++)
	{
		if (compare_causes(&result->causes[i - 1], &result->causes[i]) == 0)
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

/* What the JSON reader fills. */
typedef struct estimate_reader
{
	estimate result;
	int max_causes;
	int max_sources;
	bool has_value;
	bool has_sd;
	bool has_causes;
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
take_cause(estimate_reader *reader, const char *name, double term, Node *escontext)
{
	estimate *result = &reader->result;
	int len = strlen(name);

	if (len == 0 || len > CAUSE_MAX_LENGTH)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("name of a cause must have 1 to %d bytes", CAUSE_MAX_LENGTH),
				 errdetail("It has %d.", len)));
	if (result->ncauses == reader->max_causes)
	{
		reader->max_causes = Max(8, 2 * reader->max_causes);
		result->causes = result->causes == NULL
							 ? palloc(reader->max_causes * sizeof(estimate_cause))
							 : repalloc(result->causes,
										reader->max_causes * sizeof(estimate_cause));
	}
	result->causes[result->ncauses++] =
		(estimate_cause){ .term = term, .len = len, .name = pstrdup(name) };
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
	bool is_causes;
	bool *has;

	if (parent == NULL)
		return take_member(reader, key, value, escontext);
	is_causes = strcmp(parent, "causes") == 0;
	has = is_causes ? &reader->has_causes : &reader->has_sources;
	if (is_causes && key != NULL)
		return take_cause(reader, key, value, escontext);
	if (strcmp(parent, "sources") == 0 && key == NULL && !isnan(value))
		return take_source(reader, value, escontext);
	if (!isnan(value) || (!is_causes && strcmp(parent, "sources") != 0))
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
	if (repeated != NULL)
	{
		twice(repeated->name, fcinfo->context);
		PG_RETURN_NULL();
	}
	PG_RETURN_DATUM(estimate_build(&reader.result));
}

/* {"name": term, ...} */
static void
append_causes(StringInfo buf, const estimate *from)
{
	appendStringInfoChar(buf, '{');
	for (int i = 0; i < from->ncauses; i++)
	{
		const estimate_cause *cause = &from->causes[i];

		if (i > 0)
			appendStringInfoString(buf, ", ");
		escape_json(buf, pnstrdup(cause->name, cause->len));
		appendStringInfoString(buf, ": ");
		append_json_number(buf, cause->term);
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
	if (e.ncauses > 0)
	{
		appendStringInfoString(&buf, ", \"causes\": ");
		append_causes(&buf, &e);
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

/* estimate_recv(internal): binary input. */
PG_FUNCTION_INFO_V1(estimate_recv);
Datum
estimate_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	estimate result = { 0 };
	int ncauses;
	int nsources;

	if (pq_getmsgint(buf, 2) != ESTIMATE_BINARY_VERSION)
		refuse_binary("Its version is unknown.");
	result.value = pq_getmsgfloat8(buf);
	result.sd = pq_getmsgfloat8(buf);
	if (!isfinite(result.value) || !isfinite(result.sd) || result.sd < 0.0)
		refuse_binary("Its value or standard deviation is impossible.");
	result.sd += 0.0;

	/* A cause takes at least 13 bytes and a source 4, which bounds the arrays. */
	ncauses = pq_getmsgint(buf, 4);
	if (ncauses < 0 || ncauses > (buf->len - buf->cursor) / 13)
		refuse_binary("It ends before its causes.");
	result.causes = palloc(Max(ncauses, 1) * sizeof(estimate_cause));
	for (; result.ncauses < ncauses; result.ncauses++)
	{
		estimate_cause *cause = &result.causes[result.ncauses];
		int len;

		cause->term = pq_getmsgfloat8(buf);
		if (!isfinite(cause->term) || cause->term == 0.0)
			refuse_binary("The term of a cause is impossible.");
		len = pq_getmsgint(buf, 4);
		if (len < 0 || len > buf->len - buf->cursor)
			refuse_binary("It ends within the name of a cause.");
		cause->name = pq_getmsgtext(buf, len, &cause->len);
		if (cause->len < 1 || cause->len > CAUSE_MAX_LENGTH)
			refuse_binary("The name of a cause is too short or too long.");
	}

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

	estimate_read(PG_GETARG_DATUM(0), &e);
	pq_begintypsend(&buf);
	pq_sendint16(&buf, ESTIMATE_BINARY_VERSION);
	pq_sendfloat8(&buf, e.value);
	pq_sendfloat8(&buf, e.sd);
	pq_sendint32(&buf, e.ncauses);
	for (int i = 0; i < e.ncauses; i++)
	{
		pq_sendfloat8(&buf, e.causes[i].term);
		send_counted_text(&buf, e.causes[i].name, e.causes[i].len);
	}
	pq_sendint32(&buf, e.nsources);
	for (int i = 0; i < e.nsources; i++)
		pq_sendint32(&buf, e.sources[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * estimate(value, half_width_95, cause, source): a normal value whose 95 % interval is
 * value +- half_width_95.  Without a cause the uncertainty is its own; with one it is all
 * shared, and the term has the sign of the value, as when a factor is
 * multiplied by a quantity.
 */
PG_FUNCTION_INFO_V1(estimate_make);
Datum
estimate_make(PG_FUNCTION_ARGS)
{
	estimate result = { 0 };
	estimate_cause cause;
	double half_width_95;
	int32 source;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	result.value = require_finite(PG_GETARG_FLOAT8(0), "value of an estimate");
	half_width_95 = require_not_negative(PG_GETARG_FLOAT8(1), "half-width of an estimate");
	result.sd = divide(half_width_95, NORMAL_HALF_WIDTH_95, "standard deviation of an estimate") +
				0.0;
	if (!PG_ARGISNULL(2))
	{
		text *name = PG_GETARG_TEXT_PP(2);

		cause.len = VARSIZE_ANY_EXHDR(name);
		cause.name = VARDATA_ANY(name);
		cause.term = copysign(result.sd, result.value + 0.0);
		if (cause.len < 1 || cause.len > CAUSE_MAX_LENGTH)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("name of a cause must have 1 to %d bytes", CAUSE_MAX_LENGTH),
							errdetail("It has %d.", cause.len)));
		result.sd = 0.0;
		result.ncauses = 1;
		result.causes = &cause;
	}
	if (!PG_ARGISNULL(3))
	{
		source = PG_GETARG_INT32(3);
		if (source < 1)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("source of an estimate must be a dataset id"),
							errdetail("It is %d.", source)));
		result.nsources = 1;
		result.sources = &source;
	}
	PG_RETURN_DATUM(estimate_build(&result));
}

/* value(estimate): the central value. */
PG_FUNCTION_INFO_V1(estimate_value);
Datum
estimate_value(PG_FUNCTION_ARGS)
{
	estimate e;

	estimate_read(PG_GETARG_DATUM(0), &e);
	PG_RETURN_FLOAT8(e.value);
}

/* Half the width of the interval that holds a share of the distribution. */
static double
half_width(const estimate *e, double confidence)
{
	double sd = e->sd;

	if (!(confidence > 0.0 && confidence < 1.0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("confidence must be between 0 and 1, both excluded"),
						errdetail("It is %g.", confidence)));
	for (int i = 0; i < e->ncauses; i++)
		sd = hypot(sd, e->causes[i].term);
	return require_range(
		sd * (confidence == 0.95 ? NORMAL_HALF_WIDTH_95 : normal_half_width(confidence)),
		"half-width of an estimate");
}

/* half_width(estimate, confidence) */
PG_FUNCTION_INFO_V1(estimate_half_width);
Datum
estimate_half_width(PG_FUNCTION_ARGS)
{
	estimate e;

	estimate_read(PG_GETARG_DATUM(0), &e);
	PG_RETURN_FLOAT8(half_width(&e, PG_GETARG_FLOAT8(1)));
}

/* lower(estimate, confidence): lower end of the interval. */
PG_FUNCTION_INFO_V1(estimate_lower);
Datum
estimate_lower(PG_FUNCTION_ARGS)
{
	estimate e;

	estimate_read(PG_GETARG_DATUM(0), &e);
	PG_RETURN_FLOAT8(
		require_range(e.value - half_width(&e, PG_GETARG_FLOAT8(1)), "lower end of an estimate"));
}

/* upper(estimate, confidence): upper end of the interval. */
PG_FUNCTION_INFO_V1(estimate_upper);
Datum
estimate_upper(PG_FUNCTION_ARGS)
{
	estimate e;

	estimate_read(PG_GETARG_DATUM(0), &e);
	PG_RETURN_FLOAT8(
		require_range(e.value + half_width(&e, PG_GETARG_FLOAT8(1)), "upper end of an estimate"));
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
	append_causes(&buf, &e);
	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(buf.data)));
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
			order = compare_causes(&a->causes[i], &b->causes[j]);

		*cause = order <= 0 ? a->causes[i] : b->causes[j];
		cause->term = 0.0;
		if (order <= 0)
			cause->term += multiply(a->causes[i++].term, left, "uncertainty of an estimate");
		if (order >= 0)
			cause->term += multiply(b->causes[j++].term, right, "uncertainty of an estimate");
		require_range(cause->term, "uncertainty of an estimate");
	}
}

/* The independent parts of both, as above, in quadrature. */
static double
unite_sd(const estimate *a, double left, const estimate *b, double right)
{
	return require_range(hypot(multiply(a->sd, left, "uncertainty of an estimate"),
							   multiply(b->sd, right, "uncertainty of an estimate")),
						 "uncertainty of an estimate");
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
	result.sd = unite_sd(&a, 1.0, &b, 1.0);
	unite_causes(&a, 1.0, &b, sign, &result);
	unite_sources(&a, &b, &result);
	return estimate_build(&result);
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
	result.sd = unite_sd(&a, fabs(b.value), &b, fabs(a.value));
	unite_causes(&a, b.value, &b, a.value, &result);
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
	for (int i = 0; i < e.ncauses; i++)
		e.causes[i].term = multiply(e.causes[i].term, factor, "uncertainty of an estimate");
	return estimate_build(&e);
}

static Datum
divide_by(Datum datum, double divisor)
{
	estimate e;

	estimate_read(datum, &e);
	e.value = divide(e.value, divisor, "value of an estimate");
	e.sd = divide(e.sd, fabs(divisor), "uncertainty of an estimate");
	for (int i = 0; i < e.ncauses; i++)
		e.causes[i].term = divide(e.causes[i].term, divisor, "uncertainty of an estimate");
	return estimate_build(&e);
}

QUANTITY_OPERATORS(estimate);
