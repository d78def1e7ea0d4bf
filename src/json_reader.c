/*
 * json_reader.c
 *		The JSON text form of this extension's types, read and written.
 *
 * Every type reads and prints as a JSON object of numbers, at most one level
 * deep.  PostgreSQL's own parser does the parsing; this file turns its events
 * into (parent, key, number) and refuses everything else.
 */
#include "json_reader.h"

#include "quote.h"

#include <errno.h>
#include <math.h>

#include "common/shortest_dec.h"

typedef struct json_reader
{
	JsonLexContext *lex;
	json_number_fn take;
	void *arg;
	Node *escontext;
	char *parent; /* member whose object or array is being read */
	char *key;    /* member being read */
	int depth;
	int max_depth;
	bool failed;           /* take() refused and reported */
	const char *complaint; /* what this reader refuses, not yet reported */
} json_reader;

/* Note the first complaint; actions cannot stop the parser before 16. */
static void
complain(json_reader *reader, const char *complaint)
{
	if (reader->complaint == NULL)
		reader->complaint = complaint;
}

static void
enter(json_reader *reader, bool is_array)
{
	if (reader->depth == 0 && is_array)
		complain(reader, "It must be an object, not an array.");
	if (reader->depth >= reader->max_depth)
		complain(reader, reader->max_depth == 1
							 ? "Every value must be a number; leave out what is not known."
							 : "It is nested too deeply.");
	if (reader->depth == 1)
	{
		reader->parent = reader->key;
		reader->key = NULL;
		if (!reader->failed && reader->complaint == NULL &&
			!reader->take(reader->arg, reader->parent, NULL, NAN, reader->escontext))
			reader->failed = true;
	}
	reader->depth++;
}

static void
leave(json_reader *reader)
{
	reader->depth--;
	if (reader->depth == 1)
		reader->parent = NULL;
	reader->key = NULL;
}

static json_action
object_start(void *state)
{
	enter(state, false);
	JSON_ACTION_OK;
}

static json_action
object_end(void *state)
{
	leave(state);
	JSON_ACTION_OK;
}

static json_action
array_start(void *state)
{
	enter(state, true);
	JSON_ACTION_OK;
}

static json_action
array_end(void *state)
{
	leave(state);
	JSON_ACTION_OK;
}

static json_action
member_start(void *state, char *name, bool isnull)
{
	((json_reader *) state)->key = name;
	JSON_ACTION_OK;
}

static json_action
scalar(void *state, char *token, JsonTokenType type)
{
	json_reader *reader = state;
	double value;

	if (reader->failed || reader->complaint != NULL)
		JSON_ACTION_OK;
	if (reader->depth == 0)
	{
		complain(reader, "It must be an object.");
		JSON_ACTION_OK;
	}
	if (type != JSON_TOKEN_NUMBER)
	{
		complain(reader, "Every value must be a number; leave out what is not known.");
		JSON_ACTION_OK;
	}
	errno = 0;
	value = strtod(token, NULL);
	/* ERANGE is also set for subnormals, which are fine. */
	if (isinf(value) || (errno == ERANGE && value == 0.0))
	{
		complain(reader, "A number is out of range of double precision.");
		JSON_ACTION_OK;
	}
	if (!reader->take(reader->arg, reader->parent, reader->key, value, reader->escontext))
		reader->failed = true;
	JSON_ACTION_OK;
}

/* What the parser says, which may quote any length of the input. */
static const char *
quote_detail(const char *detail)
{
	return pg_mbstrlen(detail) > 2 * QUOTE_MAX_CHARACTERS ? quote_string(detail) : detail;
}

static bool
read_numbers(char *text, const char *type_name, const char *example, int max_depth,
			 json_number_fn take, void *arg, Node *escontext)
{
	json_reader reader = { 0 };
	JsonSemAction actions = { 0 };
	JsonParseErrorType result;

	reader.lex = make_json_lexer(text, strlen(text));
	reader.max_depth = max_depth;
	reader.take = take;
	reader.arg = arg;
	reader.escontext = escontext;

	actions.semstate = &reader;
	actions.object_start = object_start;
	actions.object_end = object_end;
	actions.array_start = array_start;
	actions.array_end = array_end;
	actions.object_field_start = member_start;
	actions.scalar = scalar;

	result = pg_parse_json(reader.lex, &actions);
	if (reader.failed)
		return false;
	if (result != JSON_SUCCESS || reader.complaint != NULL)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", type_name, quote_string(text)),
				 errdetail_internal("%s", reader.complaint != NULL
											  ? reader.complaint
											  : quote_detail(json_errdetail(result, reader.lex))),
				 errhint("Write it as a JSON object, for example %s.", example)));
	return true;
}

/*
 * Read a JSON object of numbers, giving each to take().  False after an error
 * saved in escontext: 22P02 with the given type name, and the example as hint.
 */
bool
read_json_numbers(char *text, const char *type_name, const char *example, json_number_fn take,
				  void *arg, Node *escontext)
{
	return read_numbers(text, type_name, example, 2, take, arg, escontext);
}

/* The same for an object whose members are all numbers: nothing is nested. */
bool
read_json_flat_numbers(char *text, const char *type_name, const char *example, json_number_fn take,
					   void *arg, Node *escontext)
{
	return read_numbers(text, type_name, example, 1, take, arg, escontext);
}

/* Append a finite float8 in the shortest form that reads back the same. */
void
append_json_number(StringInfo buf, double value)
{
	char text[DOUBLE_SHORTEST_DECIMAL_LEN];

	/* Not float8out(), which extra_float_digits can make lossy. */
	double_to_shortest_decimal_buf(value, text);
	appendStringInfoString(buf, text);
}
