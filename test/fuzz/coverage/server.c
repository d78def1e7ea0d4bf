/*
 * server.c
 *		Feeds text and binary forms of a type to its functions, in a server, as
 *		libFuzzer finds them: guided by which lines of the extension they reach.
 *
 * Linked with the extension, whose files are compiled with the coverage of clang,
 * into one library; test/stage/coverage.sh calls fuzz_type() in a single-user
 * server, which ends with the run.  What a form gives must write and read again to
 * the same bytes; an error must be one for users.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/elog.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

extern int LLVMFuzzerRunDriver(int *argc, char ***argv,
							   int (*callback)(const uint8_t *data, size_t size));

static FmgrInfo input;
static FmgrInfo output;
static FmgrInfo receive;
static FmgrInfo send;
static Oid input_param;
static Oid receive_param;
static MemoryContext each;

static Datum
read_binary(const char *data, size_t size)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, data, size);
	return ReceiveFunctionCall(&receive, &buf, receive_param, -1);
}

/* A form, whose first byte says which it is. */
static void
try_form(const char *data, size_t size)
{
	Datum value = data[0] == 'b'
					  ? read_binary(data + 1, size - 1)
					  : InputFunctionCall(&input, pnstrdup(data + 1, size - 1), input_param, -1);
	bytea *binary = SendFunctionCall(&send, value);
	char *text = OutputFunctionCall(&output, value);
	bytea *again;

	again = SendFunctionCall(&send, read_binary(VARDATA_ANY(binary), VARSIZE_ANY_EXHDR(binary)));
	if (VARSIZE_ANY_EXHDR(again) != VARSIZE_ANY_EXHDR(binary) ||
		memcmp(VARDATA_ANY(again), VARDATA_ANY(binary), VARSIZE_ANY_EXHDR(binary)) != 0)
	{
		fprintf(stderr, "the binary form of %s reads back differently\n", text);
		abort();
	}
	again = SendFunctionCall(&send, InputFunctionCall(&input, text, input_param, -1));
	if (VARSIZE_ANY_EXHDR(again) != VARSIZE_ANY_EXHDR(binary) ||
		memcmp(VARDATA_ANY(again), VARDATA_ANY(binary), VARSIZE_ANY_EXHDR(binary)) != 0)
	{
		fprintf(stderr, "the text form %s reads back differently\n", text);
		abort();
	}
}

static int
one_input(const uint8_t *data, size_t size)
{
	MemoryContext former = MemoryContextSwitchTo(each);

	if (size == 0)
		return 0;
	PG_TRY();
	{
		try_form((const char *) data, size);
	}
	PG_CATCH();
	{
		int sqlstate = geterrcode();

		FlushErrorState();
		if (ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_TO_CATEGORY(ERRCODE_INTERNAL_ERROR) ||
			ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_TO_CATEGORY(ERRCODE_OUT_OF_MEMORY))
		{
			fprintf(stderr, "an error with SQLSTATE %s\n", unpack_sql_state(sqlstate));
			abort();
		}
	}
	PG_END_TRY();
	MemoryContextSwitchTo(former);
	MemoryContextReset(each);
	return 0;
}

/* fuzz_type(type regtype, arguments text): libFuzzer's arguments, apart by spaces. */
PG_FUNCTION_INFO_V1(fuzz_type);
Datum
fuzz_type(PG_FUNCTION_ARGS)
{
	Oid type = PG_GETARG_OID(0);
	char *arguments = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char *argv[32] = { "fuzz_type" };
	char **argv_start = argv;
	int argc = 1;
	Oid function;
	bool varlena;

	for (char *argument = strtok(arguments, " "); argument != NULL && argc < 31;
		 argument = strtok(NULL, " "))
		argv[argc++] = argument;
	getTypeInputInfo(type, &function, &input_param);
	fmgr_info(function, &input);
	getTypeOutputInfo(type, &function, &varlena);
	fmgr_info(function, &output);
	getTypeBinaryInputInfo(type, &function, &receive_param);
	fmgr_info(function, &receive);
	getTypeBinaryOutputInfo(type, &function, &varlena);
	fmgr_info(function, &send);
	each = AllocSetContextCreate(TopMemoryContext, "fuzz_type", ALLOCSET_DEFAULT_SIZES);
	LLVMFuzzerRunDriver(&argc, &argv_start, one_input);
	PG_RETURN_VOID();
}
