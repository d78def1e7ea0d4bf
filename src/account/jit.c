/*
 * jit.c
 *		Runs the plans of accounts without compiling them first.
 *
 * The views of an account make plans of hundreds of expressions over few rows.
 * PostgreSQL compiles a plan by what it is estimated to cost, not by what compiling
 * it takes, and would spend seconds on a query of milliseconds.  Who sets
 * jit_above_cost to 0 wants everything compiled, and has it.
 */
#include "compat.h"

#include "account/jit.h"
#include "catalog/pg_namespace.h"
#include "commands/comment.h"
#include "executor/executor.h"
#include "jit/jit.h"
#include "nodes/plannodes.h"
#include "utils/lsyscache.h"

static ExecutorStart_hook_type next_executor_start = NULL;

/* What create_account writes of the schema of an account begins so. */
static bool
is_account(Oid schema)
{
	static const char beginning[] = "Carbon account (terrcarbon ";
	char *comment = GetComment(schema, NamespaceRelationId, 0);

	return comment != NULL && strncmp(comment, beginning, strlen(beginning)) == 0;
}

static bool
reads_account(PlannedStmt *plan)
{
	Oid last = InvalidOid;
	ListCell *lc;

	foreach (lc, plan->relationOids)
	{
		Oid schema = get_rel_namespace(lfirst_oid(lc));

		if (OidIsValid(schema) && schema != last && is_account(schema))
			return true;
		last = schema;
	}
	return false;
}

static void
start_executor(QueryDesc *query, int eflags)
{
	PlannedStmt *plan = query->plannedstmt;

	if (plan->jitFlags != PGJIT_NONE && jit_above_cost > 0 && reads_account(plan))
		plan->jitFlags = PGJIT_NONE;
	if (next_executor_start)
		next_executor_start(query, eflags);
	else
		standard_ExecutorStart(query, eflags);
}

/* Called once, when the library is loaded. */
void
jit_init(void)
{
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = start_executor;
}
