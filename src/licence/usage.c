/*
 * usage.c
 *		Counts who read how many rows of which dataset.
 *
 * A row counts when the policy lets it pass, or when a guarded view shows a row
 * computed from it.  A backend counts in its own memory, beside the rights that it
 * asks anyway; at the end of each run of a query, also of one that failed, it adds
 * what it counted to a table in shared memory, and long runs do so on the way.
 * From there a background worker takes it to the table dataset_usage, see
 * usage_worker.c.  The table is there when the library is in
 * shared_preload_libraries; else nothing is counted.
 *
 * Named is not who logged in but the role that had the right: the grantee of the
 * grant, or the producer.  Open data need no right: their reader is the current
 * role if nobody can log in as it, else the only such role that the reader is a
 * direct member of, else nobody.
 */
#include "licence/usage.h"

#include "access/htup_details.h"
#include "access/parallel.h"
#include "access/xact.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "funcapi.h"
#include "licence/rights.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "storage/spin.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/date.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

/* Processes of one parallel statement know it by its start: so many at once. */
#define MARKS 4

typedef struct usage_key
{
	Oid database;
	int32 dataset_id;
	Oid role;       /* 0: not named */
	int32 grant_id; /* 0: none was needed */
	int32 day;      /* since 2000-01-01, UTC */
} usage_key;

typedef struct usage_entry
{
	usage_key key;
	slock_t mutex; /* of what follows */
	uint64 statements;
	uint64 rows;
	TimestampTz marks[MARKS];
	int next_mark;
} usage_entry;

typedef struct usage_state
{
	LWLock *lock; /* of the table, not of the counters in it */
	slock_t mutex;
	uint64 lost; /* rows that found no place */
} usage_state;

static usage_state *state = NULL;
static HTAB *entries = NULL;

static bool record = true;
static int max_entries = 50000;
int usage_interval = 30;
int usage_retention = 1096;

static shmem_request_hook_type next_shmem_request = NULL;
static shmem_startup_hook_type next_shmem_startup = NULL;

/* Sets with rows that were not handed over. */
static access_set **pending = NULL;
static int npending = 0;
static int max_pending = 0;

static bool parallel_statement = false;
static TimestampTz handed_over_at = 0;

/* What this transaction takes to the table dataset_usage. */
static usage_entry *taken = NULL;
static long ntaken = 0;

#define DUMP_FILE  PGSTAT_STAT_PERMANENT_DIRECTORY "/terrcarbon_usage.stat"
#define DUMP_MAGIC ((uint32) (0x54435500 + sizeof(usage_entry)))

/* --- shared memory --------------------------------------------------------------- */

static Size
shared_size(void)
{
	return add_size(MAXALIGN(sizeof(usage_state)),
					hash_estimate_size(max_entries, sizeof(usage_entry)));
}

static void
request_shared_memory(void)
{
	if (next_shmem_request)
		next_shmem_request();
	RequestAddinShmemSpace(shared_size());
	RequestNamedLWLockTranche("terrcarbon_usage", 1);
}

/* The entry of a key, made if there is room; the lock must be held exclusively. */
static usage_entry *
make_entry(const usage_key *key)
{
	bool found;
	usage_entry *entry = NULL;

	if (hash_get_num_entries(entries) < max_entries)
		entry = hash_search(entries, key, HASH_ENTER_NULL, &found);
	else
		entry = hash_search(entries, key, HASH_FIND, &found);
	if (entry && !found)
	{
		SpinLockInit(&entry->mutex);
		entry->statements = entry->rows = 0;
		memset(entry->marks, 0, sizeof(entry->marks));
		entry->next_mark = 0;
	}
	return entry;
}

/* Reads what the last clean stop of the server wrote; errors lose it. */
static void
read_dump(void)
{
	FILE *file = AllocateFile(DUMP_FILE, PG_BINARY_R);
	uint32 magic = 0;
	usage_entry saved;

	if (file == NULL)
		return;
	if (fread(&magic, sizeof(magic), 1, file) != 1 || magic != DUMP_MAGIC)
		ereport(LOG, (errmsg("ignoring \"%s\": not a record of the use of datasets", DUMP_FILE)));
	else
	{
		while (fread(&saved, sizeof(saved), 1, file) == 1)
		{
			usage_entry *entry = make_entry(&saved.key);

			if (entry == NULL)
				break;
			entry->statements += saved.statements;
			entry->rows += saved.rows;
		}
	}
	FreeFile(file);
	unlink(DUMP_FILE);
}

/* Writes what is in memory when the server stops. */
static void
write_dump(int code, Datum arg)
{
	FILE *file;
	HASH_SEQ_STATUS scan;
	usage_entry *entry;
	uint32 magic = DUMP_MAGIC;
	bool written;

	/* Not after a crash, nor when somebody was killed while he changed it. */
	if (code != 0 || entries == NULL || hash_get_num_entries(entries) == 0 ||
		!LWLockConditionalAcquire(state->lock, LW_SHARED))
		return;
	file = AllocateFile(DUMP_FILE, PG_BINARY_W);
	written = file && fwrite(&magic, sizeof(magic), 1, file) == 1;
	hash_seq_init(&scan, entries);
	while ((entry = hash_seq_search(&scan)) != NULL)
		written = written && fwrite(entry, sizeof(*entry), 1, file) == 1;
	LWLockRelease(state->lock);
	if (file && FreeFile(file) != 0)
		written = false;
	if (!written)
		ereport(LOG,
				(errcode_for_file_access(), errmsg("could not write file \"%s\": %m", DUMP_FILE)));
}

static void
start_shared_memory(void)
{
	HASHCTL info = { .keysize = sizeof(usage_key), .entrysize = sizeof(usage_entry) };
	bool found;

	if (next_shmem_startup)
		next_shmem_startup();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	state = ShmemInitStruct("terrcarbon usage", sizeof(usage_state), &found);
	if (!found)
	{
		state->lock = &GetNamedLWLockTranche("terrcarbon_usage")->lock;
		SpinLockInit(&state->mutex);
		state->lost = 0;
	}
	entries = ShmemInitHash("terrcarbon usage entries", max_entries, max_entries, &info,
							HASH_ELEM | HASH_BLOBS);
	LWLockRelease(AddinShmemInitLock);
	if (!IsUnderPostmaster)
		on_shmem_exit(write_dump, (Datum) 0);
	if (!found)
		read_dump();
}

/* Is the use of datasets recorded? */
bool
usage_is_on(void)
{
	return entries != NULL && record;
}

/* Today, as entries count days. */
int32
usage_today(void)
{
	return (int32) (GetCurrentTimestamp() / USECS_PER_DAY);
}

/* --- handing over ------------------------------------------------------------------ */

/* Counts the statement unless another of its processes did. */
static bool
is_first_process(usage_entry *entry, TimestampTz statement)
{
	if (!parallel_statement && !IsParallelWorker())
		return true;
	for (int i = 0; i < MARKS; i++)
	{
		if (entry->marks[i] == statement)
			return false;
	}
	entry->marks[entry->next_mark] = statement;
	entry->next_mark = (entry->next_mark + 1) % MARKS;
	return true;
}

static void
hand_over(const usage_key *key, usage_count *count)
{
	TimestampTz statement = GetCurrentStatementStartTimestamp();
	usage_entry *entry;

	LWLockAcquire(state->lock, LW_SHARED);
	entry = hash_search(entries, key, HASH_FIND, NULL);
	if (entry == NULL)
	{
		LWLockRelease(state->lock);
		LWLockAcquire(state->lock, LW_EXCLUSIVE);
		entry = make_entry(key);
	}
	if (entry)
	{
		SpinLockAcquire(&entry->mutex);
		entry->rows += count->rows;
		if (count->statement != statement && is_first_process(entry, statement))
			entry->statements++;
		SpinLockRelease(&entry->mutex);
	}
	else
	{
		SpinLockAcquire(&state->mutex);
		state->lost += count->rows;
		SpinLockRelease(&state->mutex);
	}
	LWLockRelease(state->lock);
	count->statement = statement;
	count->rows = 0;
}

/*
 * Adds what this process counted to shared memory.  Called at the end of a run,
 * in whatever state: it neither reads the catalogue nor takes memory.
 */
void
usage_flush(void)
{
	usage_key key = { .database = MyDatabaseId };

	if (npending == 0)
		return;
	key.day = usage_today();
	for (int i = 0; i < npending; i++)
	{
		usage_tally *tally = pending[i]->tally;

		for (int j = 0; j < tally->touched; j++)
		{
			uint32 id = tally->ids[j];
			usage_count *count = &tally->pages[id / USAGE_PAGE][id % USAGE_PAGE];

			key.dataset_id = id;
			key.role = count->role;
			key.grant_id = count->grant_id;
			hand_over(&key, count);
		}
		tally->touched = 0;
		tally->pending = false;
		access_let_go(pending[i]);
	}
	npending = 0;
	handed_over_at = GetCurrentTimestamp();
}

/* Says whether the run that begins has parallel workers. */
void
usage_note_parallel(bool parallel)
{
	parallel_statement = parallel;
}

static void
transaction_ended(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PARALLEL_ABORT:
		case XACT_EVENT_PREPARE:
			usage_flush();
			break;
		default:
			break;
	}
}

/* --- counting ---------------------------------------------------------------------- */

/* Can nobody log in as this role? */
static bool
is_group(Oid role)
{
	HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
	bool group = HeapTupleIsValid(tuple) && role >= FirstNormalObjectId &&
				 !((Form_pg_authid) GETSTRUCT(tuple))->rolcanlogin;

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return group;
}

/* The role to name for a reader who needed no right, see above; 0: none. */
static Oid
group_of(Oid user)
{
	CatCList *members;
	Oid group = InvalidOid;
	int groups = 0;

	if (is_group(user))
		return user;
	members = SearchSysCacheList1(AUTHMEMMEMROLE, ObjectIdGetDatum(user));
	for (int i = 0; i < members->n_members; i++)
	{
		Form_pg_auth_members member = (Form_pg_auth_members) GETSTRUCT(&members->members[i]->tuple);

		if (is_group(member->roleid) && member->roleid != group)
		{
			group = member->roleid;
			groups++;
		}
	}
	ReleaseSysCacheList(members);
	return groups == 1 ? group : InvalidOid;
}

/* The counter of a dataset, made when there is none. */
static usage_count *
counter(access_set *set, uint32 id)
{
	uint32 page = id / USAGE_PAGE;
	usage_tally *tally = set->tally;

	if (tally == NULL)
		tally = set->tally = MemoryContextAllocZero(set->context, sizeof(usage_tally));
	if (page >= tally->npages)
	{
		uint32 npages = Max(page + 1, 2 * tally->npages);
		usage_count **pages = MemoryContextAllocZero(set->context, npages * sizeof(usage_count *));

		if (tally->npages > 0)
		{
			memcpy(pages, tally->pages, tally->npages * sizeof(usage_count *));
			pfree(tally->pages);
		}
		tally->pages = pages;
		tally->npages = npages;
	}
	if (tally->pages[page] == NULL)
		tally->pages[page] = MemoryContextAllocZero(set->context, USAGE_PAGE * sizeof(usage_count));
	return &tally->pages[page][id % USAGE_PAGE];
}

/* Makes room for one more dataset and one more set that are to be handed over. */
static void
make_room(access_set *set)
{
	usage_tally *tally = set->tally;

	if (tally->touched == tally->touched_max)
	{
		int max = Max(16, 2 * tally->touched_max);
		int32 *ids = MemoryContextAlloc(set->context, max * sizeof(int32));

		if (tally->ids)
		{
			memcpy(ids, tally->ids, tally->touched * sizeof(int32));
			pfree(tally->ids);
		}
		tally->ids = ids;
		tally->touched_max = max;
	}
	if (npending == max_pending)
	{
		int max = Max(8, 2 * max_pending);
		access_set **sets = MemoryContextAlloc(TopMemoryContext, max * sizeof(access_set *));

		if (pending)
		{
			memcpy(sets, pending, npending * sizeof(access_set *));
			pfree(pending);
		}
		pending = sets;
		max_pending = max;
	}
}

/*
 * Counts a row of a dataset that may be read where usage_counted() does not: the
 * first that is to be handed over, and every so many.
 */
void
usage_begin_dataset(access_set *set, int32 id)
{
	usage_count *count = counter(set, id);
	usage_tally *tally = set->tally;

	if (!count->known)
	{
		dataset_right right = rights_look_up(set, id);

		count->role = OidIsValid(right.through) ? right.through : group_of(set->user);
		count->grant_id = right.grant_id;
		count->known = true;
	}
	if (count->rows > 0)
	{
		if (GetCurrentTimestamp() - handed_over_at > USECS_PER_SEC * 5)
			usage_flush();
	}
	if (count->rows == 0)
	{
		make_room(set);
		tally->ids[tally->touched++] = id;
		if (!tally->pending)
		{
			tally->pending = true;
			access_keep(set);
			pending[npending++] = set;
		}
	}
	count->rows++;
}

/* --- reading the shared table -------------------------------------------------------- */

/* The databases that something was counted in, at most max of them. */
int
usage_databases(Oid *databases, int max)
{
	HASH_SEQ_STATUS scan;
	usage_entry *entry;
	int n = 0;

	LWLockAcquire(state->lock, LW_SHARED);
	hash_seq_init(&scan, entries);
	while ((entry = hash_seq_search(&scan)) != NULL)
	{
		int i = 0;

		while (i < n && databases[i] != entry->key.database)
			i++;
		if (i == n && n < max)
			databases[n++] = entry->key.database;
	}
	LWLockRelease(state->lock);
	return n;
}

/*
 * Removes the entries of days before one, of one database or (0) of all.
 */
void
usage_forget(Oid database, int32 before)
{
	HASH_SEQ_STATUS scan;
	usage_entry *entry;

	LWLockAcquire(state->lock, LW_EXCLUSIVE);
	hash_seq_init(&scan, entries);
	while ((entry = hash_seq_search(&scan)) != NULL)
	{
		if (entry->key.day < before && (database == InvalidOid || entry->key.database == database))
			hash_search(entries, &entry->key, HASH_REMOVE, NULL);
	}
	LWLockRelease(state->lock);
}

/* A copy of the entries of this database. */
static usage_entry *
copy_entries(MemoryContext context, long *n)
{
	HASH_SEQ_STATUS scan;
	usage_entry *entry;
	usage_entry *copy;

	*n = 0;
	LWLockAcquire(state->lock, LW_SHARED);
	copy = MemoryContextAllocHuge(context,
								  Max(hash_get_num_entries(entries), 1) * sizeof(usage_entry));
	hash_seq_init(&scan, entries);
	while ((entry = hash_seq_search(&scan)) != NULL)
	{
		if (entry->key.database != MyDatabaseId)
			continue;
		SpinLockAcquire(&entry->mutex);
		copy[(*n)++] = *entry;
		SpinLockRelease(&entry->mutex);
	}
	LWLockRelease(state->lock);
	return copy;
}

/* Takes what was written out of shared memory; entries without rows go. */
static void
subtract_taken(void)
{
	LWLockAcquire(state->lock, LW_EXCLUSIVE);
	for (long i = 0; i < ntaken; i++)
	{
		usage_entry *entry = hash_search(entries, &taken[i].key, HASH_FIND, NULL);

		if (entry == NULL)
			continue;
		entry->rows -= Min(entry->rows, taken[i].rows);
		entry->statements -= Min(entry->statements, taken[i].statements);
		if (entry->rows == 0)
			hash_search(entries, &taken[i].key, HASH_REMOVE, NULL);
	}
	LWLockRelease(state->lock);
}

/* What was taken is gone from memory once it is in the table for good. */
static void
written_down(XactEvent event, void *arg)
{
	if (taken == NULL)
		return;
	if (event == XACT_EVENT_PRE_PREPARE)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("the use of datasets cannot be written by a prepared transaction")));
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT)
		return;
	if (event == XACT_EVENT_COMMIT)
		subtract_taken();
	pfree(taken);
	taken = NULL;
	ntaken = 0;
}

static void
must_be_on(void)
{
	if (entries == NULL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the use of datasets is not recorded on this server"),
						errdetail("terrcarbon is not in shared_preload_libraries."),
						errhint("Let the administrator add it and start the server anew.")));
}

/*
 * Takes what was counted in this database: until the end of the transaction
 * usage_in_memory() shows this, and then it is gone from memory.  To be called
 * under a lock that lets one transaction take at a time.
 */
PG_FUNCTION_INFO_V1(take_usage);
Datum
take_usage(PG_FUNCTION_ARGS)
{
	uint64 lost;

	must_be_on();
	if (taken)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("this transaction has taken the use of datasets already")));
	SpinLockAcquire(&state->mutex);
	lost = state->lost;
	state->lost = 0;
	SpinLockRelease(&state->mutex);
	if (lost > 0)
		ereport(LOG,
				(errmsg("the reading of " UINT64_FORMAT " rows was not recorded", lost),
				 errhint("Raise terrcarbon.usage_entries or lower terrcarbon.usage_interval.")));
	taken = copy_entries(TopMemoryContext, &ntaken);
	PG_RETURN_INT64(ntaken);
}

/*
 * What was counted in this database and is not written yet: for a superuser all,
 * for others that of the datasets they produce.
 */
PG_FUNCTION_INFO_V1(usage_in_memory);
Datum
usage_in_memory(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool all = superuser();
	access_set *set = all ? NULL : access_of_statement();
	usage_entry *entry = taken;
	long n = ntaken;

	must_be_on();
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (entry == NULL)
		entry = copy_entries(CurrentMemoryContext, &n);
	for (; n > 0; n--, entry++)
	{
		Datum values[6];
		bool nulls[6] = { false };

		if (entry->rows == 0 || !(all || access_deposits(set, entry->key.dataset_id)))
			continue;
		values[0] = Int32GetDatum(entry->key.dataset_id);
		values[1] = DateADTGetDatum(entry->key.day);
		values[2] = ObjectIdGetDatum(entry->key.role);
		values[3] = Int32GetDatum(entry->key.grant_id);
		values[4] = Int64GetDatum(entry->statements);
		values[5] = Int64GetDatum(entry->rows);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* Called once, when the library is loaded. */
void
usage_init(void)
{
	DefineCustomBoolVariable("terrcarbon.record_usage",
							 "Records who reads how many rows of which dataset.",
							 "It takes the library in shared_preload_libraries.", &record, true,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("terrcarbon.usage_interval",
							"Seconds between two writings of the use of datasets to the table "
							"dataset_usage.",
							"What was counted since the last one is lost in a crash.",
							&usage_interval, 30, 1, 60, PGC_SIGHUP, GUC_UNIT_S, NULL, NULL, NULL);
	DefineCustomIntVariable("terrcarbon.usage_retention", "Days that the use of datasets is kept.",
							NULL, &usage_retention, 1096, 1, 36525, PGC_SIGHUP, 0, NULL, NULL,
							NULL);
	if (!process_shared_preload_libraries_in_progress)
		return;
	DefineCustomIntVariable("terrcarbon.usage_entries",
							"Datasets times reading roles whose use can be counted between two "
							"writings.",
							"Each takes about 150 bytes of shared memory.", &max_entries, 50000,
							100, 10000000, PGC_POSTMASTER, 0, NULL, NULL, NULL);
	next_shmem_request = shmem_request_hook;
	shmem_request_hook = request_shared_memory;
	next_shmem_startup = shmem_startup_hook;
	shmem_startup_hook = start_shared_memory;
	RegisterXactCallback(transaction_ended, NULL);
	RegisterXactCallback(written_down, NULL);
	usage_worker_init();
}
