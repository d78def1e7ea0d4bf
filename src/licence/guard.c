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
 * are not counted.  Neither are those touched by planning.
 */
#include "licence/access.h"

#include "access/parallel.h"
#include "catalog/pg_type_d.h"
#include "executor/executor.h"
#include "executor/instrument.h"
#include "licence/bbox.h"
#include "licence/explain.h"
#include "licence/policy_scan.h"
#include "licence/usage.h"
#include "miscadmin.h"
#include "optimizer/planner.h"
#include "pgstat.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

static ExecutorStart_hook_type next_executor_start = NULL;
static ExecutorEnd_hook_type next_executor_end = NULL;
static ExecutorRun_hook_type next_executor_run = NULL;
static ExecutorFinish_hook_type next_executor_finish = NULL;
static planner_hook_type next_planner = NULL;

/*
 * When the library is loaded while the first protected query is planned, the
 * blocks counted by then; they are put back when it starts.
 */
static BufferUsage blocks_when_loaded;
static bool loaded_in_planning = false;

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
	if (plan->invalItems == NIL)
		return false;
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

/* Is the current user one whom no row policy concerns? */
static bool
is_trusted(void)
{
	return superuser() || has_bypassrls_privilege(GetUserId());
}

/* May the current user see plans of every protected table? */
static bool
sees_plans(void)
{
	return is_trusted() || access_reads_all(access_of_statement());
}

/*
 * May the current user see this plan?  He reads every dataset, or every row of the
 * protected tables in it.  A guarded view may rest on rows that are not in it.
 */
static bool
sees_plan(PlannedStmt *plan)
{
	BufferUsage blocks = pgBufferUsage;
	bool counting = pgstat_track_counts;
	volatile bool whole = false;

	if (sees_plans())
		return true;
	if (plan_calls(plan, "can_read_all", INT4ARRAYOID) || plan_calls(plan, "can_deposit", INT4OID))
		return false;
	/* Nor does anybody learn how far the look at the tables went. */
	PG_TRY();
	{
		pgstat_track_counts = false;
		whole = plan_is_read_whole(plan, own_function("can_read", 1, INT4OID),
								   access_of_statement());
	}
	PG_FINALLY();
	{
		pgstat_track_counts = counting;
		pgBufferUsage = blocks;
	}
	PG_END_TRY();
	return whole;
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

	if (loaded_in_planning && is_protected(query->plannedstmt))
	{
		loaded_in_planning = false;
		if (!is_trusted())
			pgBufferUsage = blocks_when_loaded;
	}
	/* A worker does what its leader was allowed to. */
	if (shown && !IsParallelWorker() && ActiveSnapshotSet() && is_protected(query->plannedstmt) &&
		!sees_plan(query->plannedstmt))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("plans of protected tables are not shown to roles that cannot read "
							   "all their rows"),
						errhint("A role that reads every dataset in them may use EXPLAIN; "
								"client_min_messages must be above log while plans are logged.")));
	if (next_executor_start)
		next_executor_start(query, eflags);
	else
		standard_ExecutorStart(query, eflags);
	hasten_policies(query);
}

/*
 * What is put back when a protected query has done a part of its work, so that
 * nobody counts the blocks it touched; and whose rights it goes by meanwhile.
 */
typedef struct guarded_part
{
	BufferUsage blocks;
	WalUsage wal;
	bool uncounted;
	access_execution execution;
} guarded_part;

static void
begin_part(guarded_part *part)
{
	part->blocks = pgBufferUsage;
	part->wal = pgWalUsage;
	part->uncounted = false;
	access_begin_execution(&part->execution);
}

/* Takes the rights now: the statement keeps what it began with. */
static void
hide_part(guarded_part *part)
{
	part->uncounted = ActiveSnapshotSet() && !is_trusted() &&
					  !access_surely_reads_all(access_of_statement());
}

static void
end_part(guarded_part *part)
{
	access_end_execution(&part->execution);
	usage_flush();
	if (part->uncounted)
	{
		pgBufferUsage = part->blocks;
		pgWalUsage = part->wal;
	}
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
	guarded_part part;

	if (!is_protected(query->plannedstmt))
	{
		run(query, direction, count EXECUTE_ONCE);
		return;
	}
	begin_part(&part);
	usage_note_parallel(query->plannedstmt->parallelModeNeeded);
	PG_TRY();
	{
		hide_part(&part);
		run(query, direction, count EXECUTE_ONCE);
	}
	PG_FINALLY();
	{
		end_part(&part);
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
	guarded_part part;

	if (!is_protected(query->plannedstmt))
	{
		finish(query);
		return;
	}
	begin_part(&part);
	PG_TRY();
	{
		hide_part(&part);
		finish(query);
	}
	PG_FINALLY();
	{
		end_part(&part);
	}
	PG_END_TRY();
}

/*
 * auto_explain logs when the executor ends; a client may have begun to listen
 * after it started, with a cursor.  What the workers of a cursor counted arrives
 * here too.
 */
static void
guard_executor_end(QueryDesc *query)
{
	BufferUsage blocks = pgBufferUsage;
	WalUsage wal = pgWalUsage;
	int level = client_min_messages;
	bool guarded = !is_trusted() && is_protected(query->plannedstmt);

	if (guarded && plans_reach_client())
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
		if (guarded)
		{
			pgBufferUsage = blocks;
			pgWalUsage = wal;
		}
	}
	PG_END_TRY();
}

/*
 * Planning tells of hidden rows too: where a constant lies beyond what is known
 * of a column, the planner looks at the end of an index.  So what planning
 * touches is not counted for anybody but those whom no policy concerns: neither
 * the blocks, when a protected table was among it, nor the scans of indexes.
 */
static PlannedStmt *
guard_planner(Query *query, const char *text, int options, ParamListInfo params)
{
	BufferUsage blocks = pgBufferUsage;
	bool counting = pgstat_track_counts;
	bool trusted = is_trusted();
	PlannedStmt *volatile plan = NULL;

	PG_TRY();
	{
		if (!trusted)
			pgstat_track_counts = false;
		map_add_hints(query);
		if (next_planner)
			plan = next_planner(query, text, options, params);
		else
			plan = standard_planner(query, text, options, params);
	}
	PG_FINALLY();
	{
		pgstat_track_counts = counting;
		/* A failure may have come after the look at a protected table. */
		if (!trusted && (plan == NULL || is_protected(plan)))
			pgBufferUsage = blocks;
	}
	PG_END_TRY();
	return plan;
}

/* Called once, when the library is loaded. */
void
guard_init(void)
{
	blocks_when_loaded = pgBufferUsage;
	loaded_in_planning = ActiveSnapshotSet();
	next_planner = planner_hook;
	planner_hook = guard_planner;
	next_executor_end = ExecutorEnd_hook;
	ExecutorEnd_hook = guard_executor_end;
	next_executor_run = ExecutorRun_hook;
	ExecutorRun_hook = guard_executor_run;
	next_executor_finish = ExecutorFinish_hook;
	ExecutorFinish_hook = guard_executor_finish;
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = guard_executor_start;
}
