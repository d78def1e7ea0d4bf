/*
 * guard.c
 *		Keeps plans of protected tables from those who do not read all their rows.
 *
 * A plan tells of rows that its reader may not see: EXPLAIN ANALYZE counts what
 * the policy removed, estimates come from statistics over all rows.  Every way
 * to see a plan starts the executor, so that is where it is refused; and since
 * planning can_read loads this library, it is there before the first plan of a
 * protected table can be shown.
 *
 * A plan may call a function that reads a protected table: EXPLAIN then shows
 * nothing of that, except the blocks it touched, hidden rows included.  It may
 * have begun before this library was loaded, so it is not refused: the blocks
 * are not counted.
 */
#include "licence/access.h"

#include "access/parallel.h"
#include "catalog/pg_type_d.h"
#include "executor/executor.h"
#include "executor/instrument.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

static ExecutorStart_hook_type next_executor_start = NULL;
static ExecutorEnd_hook_type next_executor_end = NULL;
static ExecutorRun_hook_type next_executor_run = NULL;
static ExecutorFinish_hook_type next_executor_finish = NULL;

/* Does a plan depend on this function of terrcarbon? */
static bool
plan_calls(PlannedStmt *plan, const char *name, Oid argument)
{
	Oid function = own_function(name, 1, argument);
	uint32 hash;
	ListCell *lc;

	if (!OidIsValid(function))
		return false;
	hash = GetSysCacheHashValue1(PROCOID, ObjectIdGetDatum(function));
	foreach (lc, plan->invalItems)
	{
		PlanInvalItem *item = lfirst_node(PlanInvalItem, lc);

		if (item->cacheId == PROCOID && item->hashValue == hash)
			return true;
	}
	return false;
}

/* Does a plan read a protected table or a guarded view? */
static bool
is_protected(PlannedStmt *plan)
{
	return plan_calls(plan, "can_read", INT4OID) || plan_calls(plan, "can_deposit", INT4OID) ||
		   plan_calls(plan, "can_read_all", INT4ARRAYOID);
}

/* Are messages of level LOG sent to the client, and do plans go there? */
static bool
plans_reach_client(void)
{
	const char *auto_explain;

	if (client_min_messages > LOG)
		return false;
	if (Debug_print_plan)
		return true;
	auto_explain = GetConfigOption("auto_explain.log_min_duration", true, false);
	return auto_explain && strcmp(auto_explain, "-1") != 0;
}

/* May the current user see plans of every protected table? */
static bool
sees_plans(void)
{
	return superuser() || has_bypassrls_privilege(GetUserId()) ||
		   access_reads_all(access_of_statement());
}

/*
 * Called while a protected table is planned: what debug_print_plan prints, it
 * prints before the executor starts.
 */
void
guard_planning(void)
{
	if (Debug_print_plan && client_min_messages <= LOG && !sees_plans())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("plans of protected tables are not shown to roles that cannot read "
							   "all their rows"),
						errhint("Turn debug_print_plan off.")));
}

static void
guard_executor_start(QueryDesc *query, int eflags)
{
	bool shown = (eflags & EXEC_FLAG_EXPLAIN_ONLY) != 0 || query->instrument_options != 0 ||
				 plans_reach_client();

	/* A worker does what its leader was allowed to. */
	if (shown && !IsParallelWorker() && ActiveSnapshotSet() && is_protected(query->plannedstmt) &&
		!sees_plans())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("plans of protected tables are not shown to roles that cannot read "
							   "all their rows"),
						errhint("A role that reads every dataset may use EXPLAIN; "
								"client_min_messages must be above log while plans are logged.")));
	if (next_executor_start)
		next_executor_start(query, eflags);
	else
		standard_ExecutorStart(query, eflags);
}

/* Does a query touch blocks that nobody should count? */
static bool
is_counted_in_vain(QueryDesc *query)
{
	return query->plannedstmt->invalItems != NIL && ActiveSnapshotSet() &&
		   is_protected(query->plannedstmt) && !sees_plans();
}

static void
run(QueryDesc *query, ScanDirection direction, uint64 count EXECUTE_ONCE_PARAMETER)
{
	if (next_executor_run)
		next_executor_run(query, direction, count EXECUTE_ONCE);
	else
		standard_ExecutorRun(query, direction, count EXECUTE_ONCE);
}

static void
guard_executor_run(QueryDesc *query, ScanDirection direction, uint64 count EXECUTE_ONCE_PARAMETER)
{
	BufferUsage blocks = pgBufferUsage;
	WalUsage wal = pgWalUsage;

	if (!is_counted_in_vain(query))
	{
		run(query, direction, count EXECUTE_ONCE);
		return;
	}
	PG_TRY();
	{
		run(query, direction, count EXECUTE_ONCE);
	}
	PG_FINALLY();
	{
		pgBufferUsage = blocks;
		pgWalUsage = wal;
	}
	PG_END_TRY();
}

static void
finish(QueryDesc *query)
{
	if (next_executor_finish)
		next_executor_finish(query);
	else
		standard_ExecutorFinish(query);
}

/* What a WITH clause changes, and triggers, may be left to the end. */
static void
guard_executor_finish(QueryDesc *query)
{
	BufferUsage blocks = pgBufferUsage;
	WalUsage wal = pgWalUsage;

	if (!is_counted_in_vain(query))
	{
		finish(query);
		return;
	}
	PG_TRY();
	{
		finish(query);
	}
	PG_FINALLY();
	{
		pgBufferUsage = blocks;
		pgWalUsage = wal;
	}
	PG_END_TRY();
}

/*
 * auto_explain logs when the executor ends; a client may have begun to listen
 * after it started, with a cursor.
 */
static void
guard_executor_end(QueryDesc *query)
{
	int level = client_min_messages;

	if (plans_reach_client() && !superuser() && !has_bypassrls_privilege(GetUserId()) &&
		is_protected(query->plannedstmt))
		client_min_messages = NOTICE;
	PG_TRY();
	{
		if (next_executor_end)
			next_executor_end(query);
		else
			standard_ExecutorEnd(query);
	}
	PG_FINALLY();
	{
		client_min_messages = level;
	}
	PG_END_TRY();
}

/* Called once, when the library is loaded. */
void
guard_init(void)
{
	next_executor_end = ExecutorEnd_hook;
	ExecutorEnd_hook = guard_executor_end;
	next_executor_run = ExecutorRun_hook;
	ExecutorRun_hook = guard_executor_run;
	next_executor_finish = ExecutorFinish_hook;
	ExecutorFinish_hook = guard_executor_finish;
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = guard_executor_start;
}
