/*
 * worker.c
 *		Background workers that take part in a refresh.
 *
 * A refresh is a loop of steps that any number of sessions may share: each takes a
 * dataset nobody else computes.  A worker is one more such session, that of the
 * caller: it connects as his session user and takes his current role by SET ROLE,
 * so it may do what he may and no more.  It ends when nothing is left, and is ended
 * when the refresh that started it fails or is cancelled.
 */
#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#define MAX_WORKERS 64

/* What a worker is told, in bgw_extra. */
typedef struct refresh_order
{
	Oid database;
	Oid session_user;
	Oid role;
	NameData account;
} refresh_order;

StaticAssertDecl(sizeof(refresh_order) <= BGW_EXTRALEN, "a worker's order does not fit");

static BackgroundWorkerHandle *started[MAX_WORKERS];
static int n_started = 0;

extern PGDLLEXPORT void refresh_worker_main(Datum arg);

/* One step in a transaction of its own; whether there was something to do. */
static bool
work_a_step(const char *account)
{
	Oid types[] = { NAMEOID };
	Datum values[] = { CStringGetDatum(account) };
	bool null;
	bool more;

	StartTransactionCommand();
	/* As refresh() does: a step must see what was committed while it waited. */
	XactIsoLevel = XACT_READ_COMMITTED;
	SPI_connect();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (SPI_execute_with_args("SELECT s.pairs FROM terrcarbon_internal.refresh_step($1) AS s", 1,
							  types, values, NULL, false, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "a step of a refresh gave no result");
	more = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)) !=
		   0;
	SPI_finish();
	PopActiveSnapshot();
	CommitTransactionCommand();
	return more;
}

void
refresh_worker_main(Datum arg)
{
	refresh_order order;

	memcpy(&order, MyBgworkerEntry->bgw_extra, sizeof(order));
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(order.database, order.session_user, 0);
	StartTransactionCommand();
	if (order.role != order.session_user)
		SetConfigOption("role", GetUserNameFromId(order.role, false), PGC_USERSET, PGC_S_SESSION);
	CommitTransactionCommand();
	pgstat_report_appname("terrcarbon refresh");
	pgstat_report_activity(STATE_RUNNING, "CALL terrcarbon.refresh()");
	while (work_a_step(NameStr(order.account)))
		CHECK_FOR_INTERRUPTS();
	proc_exit(0);
}

/* Ends what a refresh started when it fails: nobody waits for the result. */
static void
stop_workers(XactEvent event, void *arg)
{
	if (event != XACT_EVENT_ABORT)
		return;
	for (int i = 0; i < n_started; i++)
		TerminateBackgroundWorker(started[i]);
	n_started = 0;
}

/* terrcarbon_internal.start_refresh_workers(account, workers): starts them; how many it could. */
PG_FUNCTION_INFO_V1(start_refresh_workers);
Datum
start_refresh_workers(PG_FUNCTION_ARGS)
{
	static bool registered = false;
	refresh_order order = { .database = MyDatabaseId,
							.session_user = GetSessionUserId(),
							.role = GetUserId() };
	int wanted = PG_GETARG_INT32(1);
	BackgroundWorker worker = { .bgw_flags = BGWORKER_SHMEM_ACCESS |
											 BGWORKER_BACKEND_DATABASE_CONNECTION,
								.bgw_start_time = BgWorkerStart_RecoveryFinished,
								.bgw_restart_time = BGW_NEVER_RESTART,
								.bgw_name = "terrcarbon refresh",
								.bgw_type = "terrcarbon refresh",
								.bgw_library_name = "terrcarbon",
								.bgw_function_name = "refresh_worker_main" };
	MemoryContext caller;

	if (wanted < 0 || wanted > MAX_WORKERS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("too many workers: %d", wanted),
				 errhint("At most %d beside the session itself.", MAX_WORKERS)));
	if (!registered)
	{
		RegisterXactCallback(stop_workers, NULL);
		registered = true;
	}
	namestrcpy(&order.account, NameStr(*PG_GETARG_NAME(0)));
	memcpy(worker.bgw_extra, &order, sizeof(order));
	worker.bgw_notify_pid = MyProcPid;
	/* Those of an earlier refresh have ended. */
	for (int i = 0; i < n_started; i++)
		pfree(started[i]);
	caller = MemoryContextSwitchTo(TopMemoryContext);
	for (n_started = 0; n_started < wanted; n_started++)
		if (!RegisterDynamicBackgroundWorker(&worker, &started[n_started]))
			break;
	MemoryContextSwitchTo(caller);
	PG_RETURN_INT32(n_started);
}

/* terrcarbon_internal.wait_for_refresh_workers(): until those of this session have ended. */
PG_FUNCTION_INFO_V1(wait_for_refresh_workers);
Datum
wait_for_refresh_workers(PG_FUNCTION_ARGS)
{
	while (n_started > 0)
	{
		(void) WaitForBackgroundWorkerShutdown(started[n_started - 1]);
		pfree(started[--n_started]);
	}
	PG_RETURN_VOID();
}
