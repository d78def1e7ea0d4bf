/*
 * run_as.c
 *		Runs a query with the rights of another role, and with no more.
 *
 * Whoever owns a table or a view decides what code a query of it runs: index
 * expressions, policies, triggers, the view itself.  So a superuser must not
 * query it as himself.  SET ROLE is no protection, since that code could reset
 * it.  The query runs as the owner in a security-restricted operation instead,
 * as VACUUM and REFRESH do: the role cannot be changed, and nothing can be left
 * behind that would run later with other rights (temporary tables, cursors that
 * outlive the transaction, deferred triggers).
 */
#include "compat.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"

/*
 * run_as(role oid, query text): the first column of the first row, as text;
 * NULL when there is no row.  Error 42501 unless the caller has the privileges
 * of that role.
 */
PG_FUNCTION_INFO_V1(run_as);
Datum
run_as(PG_FUNCTION_ARGS)
{
	Oid role = PG_GETARG_OID(0);
	char *query = text_to_cstring(PG_GETARG_TEXT_PP(1));
	MemoryContext caller = CurrentMemoryContext;
	text *answer = NULL;
	Oid user;
	int context;
	int settings;

	if (!has_privs_of_role(GetUserId(), role))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("a query runs only as a role whose privileges one has"),
						errdetail("The role is %s.", GetUserNameFromId(role, false))));

	/* An error on the way is undone by the end of the (sub)transaction. */
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(role, context | SECURITY_RESTRICTED_OPERATION);
	settings = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute(query, false, 1) < 0)
		elog(ERROR, "SPI_execute failed");
	if (SPI_tuptable && SPI_processed > 0 && SPI_tuptable->tupdesc->natts > 0)
	{
		char *value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);

		if (value)
		{
			MemoryContext inner = MemoryContextSwitchTo(caller);

			answer = cstring_to_text(value);
			MemoryContextSwitchTo(inner);
		}
	}
	SPI_finish();

	AtEOXact_GUC(false, settings);
	SetUserIdAndSecContext(user, context);
	if (answer == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(answer);
}
