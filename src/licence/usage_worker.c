/*
 * usage_worker.c
 *		Takes the use of datasets from shared memory to the table dataset_usage.
 *
 * One process looks every so many seconds in which databases something was
 * counted, and starts another that connects to each, writes and ends.  So nothing
 * has to be said about databases, and none has a connection that stays.  On a
 * standby nothing can be written: what was counted there stays in its memory for
 * as long as the table would keep it, or until the standby is promoted.
 */
#include "licence/usage.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "commands/dbcommands.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/wait_event.h"

/* Databases that are written to in one round. */
#define MAX_DATABASES 1000

extern PGDLLEXPORT void usage_launcher_main(Datum arg);
extern PGDLLEXPORT void usage_writer_main(Datum arg);

/* Writes what was counted in one database. */
void
usage_writer_main(Datum arg)
{
	Oid database = DatumGetObjectId(arg);

	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, BGWORKER_BYPASS_ALLOWCONN);
	/* Whatever the settings of the database. */
	SetConfigOption("default_transaction_read_only", "off", PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("search_path", "pg_catalog, pg_temp", PGC_SUSET, PGC_S_OVERRIDE);
	StartTransactionCommand();
	if (!OidIsValid(get_extension_oid("terrcarbon", true)))
		usage_forget(database, PG_INT32_MAX);
	else
	{
		const char *query = "SELECT terrcarbon_internal.write_usage()";

		SPI_connect();
		PushActiveSnapshot(GetTransactionSnapshot());
		pgstat_report_activity(STATE_RUNNING, query);
		if (SPI_execute(query, false, 0) != SPI_OK_SELECT)
			elog(ERROR, "the use of datasets could not be written");
		SPI_finish();
		PopActiveSnapshot();
	}
	CommitTransactionCommand();
	proc_exit(0);
}

/* Starts a writer for a database and waits for its end. */
static void
write_database(Oid database)
{
	BackgroundWorker worker = { .bgw_flags = BGWORKER_SHMEM_ACCESS |
											 BGWORKER_BACKEND_DATABASE_CONNECTION,
								.bgw_start_time = BgWorkerStart_RecoveryFinished,
								.bgw_restart_time = BGW_NEVER_RESTART,
								.bgw_name = "terrcarbon usage writer",
								.bgw_type = "terrcarbon usage writer",
								.bgw_library_name = "terrcarbon",
								.bgw_function_name = "usage_writer_main" };
	BackgroundWorkerHandle *handle;
	pid_t pid;

	worker.bgw_main_arg = ObjectIdGetDatum(database);
	worker.bgw_notify_pid = MyProcPid;
	if (!RegisterDynamicBackgroundWorker(&worker, &handle))
	{
		ereport(LOG, (errmsg("no process is left to write the use of datasets"),
					  errhint("Raise max_worker_processes.")));
		return;
	}
	if (WaitForBackgroundWorkerStartup(handle, &pid) == BGWH_STARTED)
		(void) WaitForBackgroundWorkerShutdown(handle);
	pfree(handle);
}

/* Writes what was counted, in each database; forgets what was in one that is gone. */
static void
write_all(void)
{
	Oid *databases = palloc(sizeof(Oid) * MAX_DATABASES);
	int n = usage_databases(databases, MAX_DATABASES);

	for (int i = 0; i < n && !ShutdownRequestPending; i++)
	{
		bool exists;

		StartTransactionCommand();
		exists = get_database_name(databases[i]) != NULL;
		CommitTransactionCommand();
		if (exists)
			write_database(databases[i]);
		else
			usage_forget(databases[i], PG_INT32_MAX);
	}
}

/* The process that starts the others. */
void
usage_launcher_main(Datum arg)
{
	MemoryContext round = AllocSetContextCreate(TopMemoryContext, "terrcarbon usage",
												ALLOCSET_SMALL_SIZES);

	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);

	while (!ShutdownRequestPending)
	{
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 usage_interval * 1000L, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		if (ConfigReloadPending)
		{
			ConfigReloadPending = false;
			ProcessConfigFile(PGC_SIGHUP);
		}
		if (ShutdownRequestPending)
			break;
		MemoryContextSwitchTo(round);
		MemoryContextReset(round);
		if (RecoveryInProgress())
			usage_forget(InvalidOid, usage_today() - usage_retention);
		else
			write_all();
	}
	proc_exit(0);
}

/* Called while the server starts. */
void
usage_worker_init(void)
{
	BackgroundWorker worker = { .bgw_flags = BGWORKER_SHMEM_ACCESS |
											 BGWORKER_BACKEND_DATABASE_CONNECTION,
								.bgw_start_time = BgWorkerStart_ConsistentState,
								.bgw_restart_time = 10,
								.bgw_name = "terrcarbon usage",
								.bgw_type = "terrcarbon usage",
								.bgw_library_name = "terrcarbon",
								.bgw_function_name = "usage_launcher_main" };

	RegisterBackgroundWorker(&worker);
}
