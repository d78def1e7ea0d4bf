/*
 * access.c
 *		Builds, pins and forgets the rights of roles.
 *
 * Rights are read with the snapshot of the statement that asks, so a statement
 * sees the rows and the rights of one instant, parallel workers included: they
 * get the leader's snapshot.  Under REPEATABLE READ that instant is the first
 * statement of the transaction, for the rights as for the rows.
 *
 * Three things are remembered.  A *set* holds the rights of a role.  A *pin*
 * says that the statement recognised by (role, snapshot, start) uses that set,
 * so that all its tables agree even when a grant expires meanwhile.  A *use*
 * hangs on the FmgrInfo of one call site and spares the look-up for each row.
 *
 * Snapshot and start do not tell two statements of one DO block apart when
 * nothing happened between them.  They may share a set all the same, unless a
 * grant in it has ended: then it is kept by the execution that took it, and by
 * what runs inside that under the same snapshot, and by nobody else.
 *
 * A set is good for a later statement if nothing was changed in between.
 * Snapshots are ordered by the number of transactions that had ended when they
 * were taken.  The tables' triggers send relcache messages; but those arrive
 * after the change has become visible, so a reader first makes sure that no
 * writer is about to end, by taking for an instant a lock that every writer
 * blocks until it has sent its messages.  When it cannot, it reads the tables
 * again.
 *
 * A snapshot that was copied, as those of most statements are, does not carry
 * that number: then nothing proves the order, and the tables are read again, one
 * scan of each for the statement.
 */
#include "licence/access.h"

#include "access/parallel.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "licence/role_ref.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "storage/lmgr.h"
#include "storage/lwlock.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

/* Statements that may be under way at once before pins are forgotten. */
#define PINS 8

typedef struct access_pin
{
	access_set *set; /* NULL: free */
	Oid user;
	TransactionId xmin;
	TransactionId xmax;
	uint32 xcnt;
	int32 subxcnt;
	uint64 ended;
	CommandId curcid;
	TimestampTz statement;
	Snapshot snapshot;
	uint64 execution; /* 0: none */
} access_pin;

static access_pin pins[PINS];
static int next_pin = 0;

/* Executions under way, innermost first, and the number of the last one. */
static access_execution *executions = NULL;
static uint64 last_execution = 0;

/*
 * What sets must have seen: every transaction that had ended when the last
 * change of the tables became known, and the roles as they are now.
 */
static uint64 last_change = 1;
static bool tables_changed = false;
static uint64 roles_generation = 0;

static Oid dataset_relid = InvalidOid;
static Oid grant_relid = InvalidOid;

/* --- invalidation ----------------------------------------------------------- */

static void
relation_changed(Datum arg, Oid relid)
{
	if (relid == InvalidOid || relid == dataset_relid || relid == grant_relid)
		tables_changed = true;
}

static void
roles_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	roles_generation++;
}

static void
release(access_set *set)
{
	if (--set->references == 0)
		MemoryContextDelete(set->context);
}

static void
forget_pins(bool own_only)
{
	for (int i = 0; i < PINS; i++)
	{
		access_set *set = pins[i].set;

		if (set == NULL || (own_only && !set->own_changes))
			continue;
		pins[i].set = NULL;
		release(set);
	}
}

static void
transaction_ended(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PREPARE:
			forget_pins(true);
			break;
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_ABORT:
			forget_pins(false);
			break;
		default:
			break;
	}
}

static void
subtransaction_ended(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		forget_pins(false);
}

/* Called once, when the library is loaded. */
void
access_init(void)
{
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, roles_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, roles_changed, (Datum) 0);
	RegisterXactCallback(transaction_ended, NULL);
	RegisterSubXactCallback(subtransaction_ended, NULL);
}

/*
 * Statement trigger of dataset and access_grant: tells every session to read
 * the rights again once this transaction ends, and itself at the next command.
 * The lock on dataset is the one readers try, see is_settled().
 */
PG_FUNCTION_INFO_V1(access_changed);
Datum
access_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Oid dataset;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("access_changed must be called as a trigger")));
	dataset = get_relname_relid("dataset", RelationGetNamespace(trigger->tg_relation));
	if (OidIsValid(dataset))
		LockRelationOid(dataset, RowExclusiveLock);
	CacheInvalidateRelcache(trigger->tg_relation);
	PG_RETURN_POINTER(NULL);
}

/*
 * A function of this extension, whatever the caller's privileges on the schema;
 * InvalidOid when there is none.
 */
Oid
own_function(const char *name, int nargs, Oid argument)
{
	Oid schema = get_namespace_oid("terrcarbon", true);

	if (!OidIsValid(schema))
		return InvalidOid;
	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
						   PointerGetDatum(buildoidvector(&argument, nargs)),
						   ObjectIdGetDatum(schema));
}

/* --- reading the rights ------------------------------------------------------ */

/* Looks the tables up each time: they go and come back with the extension. */
static void
find_tables(void)
{
	Oid schema = get_namespace_oid("terrcarbon", true);
	Oid dataset = InvalidOid;
	Oid access_grant = InvalidOid;

	if (OidIsValid(schema))
	{
		dataset = get_relname_relid("dataset", schema);
		access_grant = get_relname_relid("access_grant", schema);
	}
	if (!OidIsValid(dataset) || !OidIsValid(access_grant))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE), errmsg("the catalogue of datasets is missing"),
				 errhint("Run CREATE EXTENSION terrcarbon in this database.")));
	if (dataset != dataset_relid || access_grant != grant_relid)
	{
		dataset_relid = dataset;
		grant_relid = access_grant;
		tables_changed = true;
	}
}

/* Puts an id into a set that is being built. */
static void
add_id(id_set *ids, int32 id)
{
	uint32 page = (uint32) id / ID_PAGE_BITS;
	uint32 bit = (uint32) id % ID_PAGE_BITS;

	if (page >= ids->npages)
	{
		uint32 npages = Max(page + 1, 2 * ids->npages);
		uint8 **pages = MemoryContextAllocZero(ids->context, npages * sizeof(uint8 *));

		if (ids->npages > 0)
		{
			memcpy(pages, ids->pages, ids->npages * sizeof(uint8 *));
			pfree(ids->pages);
		}
		ids->pages = pages;
		ids->npages = npages;
	}
	if (ids->pages[page] == NULL)
		ids->pages[page] = MemoryContextAllocZero(ids->context, ID_PAGE_BITS / 8);
	ids->pages[page][bit >> 3] |= 1 << (bit & 7);
}

static AttrNumber
column(Relation rel, const char *name)
{
	AttrNumber number = get_attnum(RelationGetRelid(rel), name);

	if (number == InvalidAttrNumber)
		elog(ERROR, "the catalogue has no column %s", name);
	return number;
}

/* An attribute that the table declares NOT NULL. */
static Datum
attribute(TupleTableSlot *slot, int number)
{
	bool isnull;
	Datum value = slot_getattr(slot, number, &isnull);

	if (isnull)
		elog(ERROR, "unexpected null in column %d of the catalogue", number);
	return value;
}

/* Reads the datasets: their producer's members and everybody, if open. */
static void
read_datasets(access_set *set, id_set *granted, Snapshot snapshot)
{
	Relation rel = table_open(dataset_relid, AccessShareLock);
	AttrNumber id_column = column(rel, "id");
	AttrNumber producer_column = column(rel, "producer");
	AttrNumber access_column = column(rel, "access");
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		int32 id = DatumGetInt32(attribute(slot, id_column));
		Oid producer = DatumGetRoleRef(attribute(slot, producer_column))->role;
		Datum access = attribute(slot, access_column);
		const access_kind *kind = access_kind_of(DatumGetTextPP(access));
		bool mine = OidIsValid(producer) && has_privs_of_role(set->user, producer);

		CHECK_FOR_INTERRUPTS();
		set->datasets++;
		if (mine)
			add_id(&set->deposits, id);
		if (mine || (kind && kind->to == ACCESS_EVERYBODY))
		{
			add_id(&set->reads, id);
			set->readable++;
		}
		else if (kind && kind->to == ACCESS_GRANTED)
			add_id(granted, id);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, AccessShareLock);
}

/*
 * Reads the grants.  They end with the clock, not with the statement's start: a
 * client could make a statement last as long as it likes.  A worker that would
 * decide otherwise than its leader did gives up.
 */
static void
read_grants(access_set *set, const id_set *granted, Snapshot snapshot, TimestampTz now)
{
	Relation rel = table_open(grant_relid, AccessShareLock);
	AttrNumber id_column = column(rel, "dataset_id");
	AttrNumber grantee_column = column(rel, "grantee");
	AttrNumber until_column = column(rel, "until");
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		int32 id = DatumGetInt32(attribute(slot, id_column));
		Oid grantee = DatumGetRoleRef(attribute(slot, grantee_column))->role;
		bool endless;
		Datum until = slot_getattr(slot, until_column, &endless);

		CHECK_FOR_INTERRUPTS();
		if (!id_is_in(granted, id) || !OidIsValid(grantee) ||
			!has_privs_of_role(set->user, grantee))
			continue;
		if (!endless && DatumGetTimestampTz(until) <= now)
		{
			if (IsParallelWorker() &&
				DatumGetTimestampTz(until) > GetCurrentStatementStartTimestamp())
				ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
								errmsg("access to a dataset ended while the statement was running"),
								errdetail("Dataset %d was granted until %s.", id,
										  timestamptz_to_str(DatumGetTimestampTz(until))),
								errhint("Run the statement again.")));
			continue;
		}
		if (!endless && DatumGetTimestampTz(until) < set->holds_until)
			set->holds_until = DatumGetTimestampTz(until);
		if (!id_is_in(&set->reads, id))
		{
			add_id(&set->reads, id);
			set->readable++;
		}
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, AccessShareLock);
}

/* Reads the catalogue into a new set. */
static access_set *
build(Oid user, Snapshot snapshot, bool own_changes)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext context = AllocSetContextCreate(caller, "terrcarbon rights",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext work = AllocSetContextCreate(caller, "terrcarbon grants", ALLOCSET_SMALL_SIZES);
	uint64 roles = roles_generation; /* before anything is read */
	TimestampTz now = GetCurrentTimestamp();
	id_set granted = { .context = work };
	access_set *set = MemoryContextAllocZero(context, sizeof(access_set));

	set->context = set->reads.context = set->deposits.context = context;
	set->user = user;
	set->as_of = snapshot->snapXactCompletionCount;
	set->roles = roles;
	set->own_changes = own_changes;
	set->holds_until = DT_NOEND;

	MemoryContextSwitchTo(work);
	read_datasets(set, &granted, snapshot);
	read_grants(set, &granted, snapshot, now);

	MemoryContextSwitchTo(caller);
	MemoryContextDelete(work);
	/* Complete: from here on it outlives the statement. */
	MemoryContextSetParent(context, TopMemoryContext);
	return set;
}

/* --- finding the set of a statement -------------------------------------------- */

/* Executor hooks call these around each run of a plan that asks for rights. */
void
access_begin_execution(access_execution *execution)
{
	execution->number = ++last_execution;
	execution->outer = executions;
	executions = execution;
}

void
access_end_execution(access_execution *execution)
{
	executions = execution->outer;
}

static bool
is_running(uint64 number)
{
	for (access_execution *e = executions; e; e = e->outer)
	{
		if (e->number == number)
			return true;
	}
	return false;
}

/*
 * Does a set that was good when it was pinned still hold?  Yes while no grant in
 * it has ended; then only for the execution that has it, and for what runs
 * inside that with its snapshot.
 */
static bool
still_holds(access_pin *pin, Snapshot snapshot)
{
	bool running = is_running(pin->execution);

	if (pin->set->holds_until == DT_NOEND)
		return true;
	if (pin->set->holds_until <= GetCurrentTimestamp())
		return running && (pin->execution == executions->number || pin->snapshot == snapshot);
	if (!running && executions)
	{
		/* It was pinned for planning, or by an execution that is over. */
		pin->execution = executions->number;
		pin->snapshot = snapshot;
	}
	return true;
}

static bool
same_statement(const access_pin *pin, Oid user, Snapshot snapshot)
{
	return pin->set != NULL && pin->user == user && pin->xmax == snapshot->xmax &&
		   pin->xmin == snapshot->xmin && pin->xcnt == snapshot->xcnt &&
		   pin->subxcnt == snapshot->subxcnt && pin->ended == snapshot->snapXactCompletionCount &&
		   pin->curcid == snapshot->curcid && pin->statement == GetCurrentStatementStartTimestamp();
}

/* Has this transaction itself changed the rights? */
static bool
changed_by_me(void)
{
	LOCKTAG tag;

	SET_LOCKTAG_RELATION(tag, MyDatabaseId, dataset_relid);
	return lock_held_by_me(&tag, RowExclusiveLock);
}

/*
 * True when every change that a snapshot taken by now may see has been sent to
 * this session.  A writer keeps its lock on dataset until it has; a lock that
 * conflicts with it, got and given back, proves there is none.
 */
static bool
is_settled(void)
{
	if (RecoveryInProgress())
		return false;
	if (!ConditionalLockRelationOid(dataset_relid, ShareLock))
		return false;
	UnlockRelationOid(dataset_relid, ShareLock);
	return true;
}

/* The number of transactions that have ended since the server started. */
static uint64
ended_transactions(void)
{
	uint64 count;

	LWLockAcquire(ProcArrayLock, LW_SHARED);
	count = transam_variables->xactCompletionCount;
	LWLockRelease(ProcArrayLock);
	return count;
}

/* Takes notice of what other sessions said since the last time. */
static void
notice_changes(void)
{
	AcceptInvalidationMessages();
	if (tables_changed)
	{
		tables_changed = false;
		last_change = ended_transactions();
	}
}

/*
 * A set built for an earlier statement that is good for one with this snapshot.
 * The snapshot may be newer than the set when it is known that no change of the
 * tables is on its way.
 */
static access_set *
remembered(Oid user, Snapshot snapshot, bool or_newer)
{
	uint64 ended = snapshot->snapXactCompletionCount;
	TimestampTz now = GetCurrentTimestamp();

	for (int i = 0; i < PINS; i++)
	{
		access_set *set = pins[i].set;

		if (set && set->user == user && !set->own_changes && set->roles == roles_generation &&
			set->as_of >= last_change && set->holds_until > now &&
			(set->as_of == ended || (or_newer && set->as_of < ended)))
		{
			set->as_of = ended;
			return set;
		}
	}
	return NULL;
}

static access_set *
find_set(Oid user, Snapshot snapshot)
{
	access_set *set = NULL;
	access_pin *pin;
	bool own_changes;

	for (int i = 0; i < PINS; i++)
	{
		if (same_statement(&pins[i], user, snapshot) && still_holds(&pins[i], snapshot))
			return pins[i].set;
	}

	find_tables();
	own_changes = changed_by_me();
	/* A snapshot that came to a parallel worker does not say when it was taken. */
	if (!own_changes && snapshot->snapXactCompletionCount > 0)
	{
		notice_changes();
		set = remembered(user, snapshot, false);
		if (set == NULL && is_settled())
		{
			notice_changes();
			set = remembered(user, snapshot, true);
		}
	}
	if (set == NULL)
		set = build(user, snapshot, own_changes);

	set->references++;
	pin = &pins[next_pin];
	next_pin = (next_pin + 1) % PINS;
	if (pin->set)
		release(pin->set);
	pin->set = set;
	pin->user = user;
	pin->xmin = snapshot->xmin;
	pin->xmax = snapshot->xmax;
	pin->xcnt = snapshot->xcnt;
	pin->subxcnt = snapshot->subxcnt;
	pin->ended = snapshot->snapXactCompletionCount;
	pin->curcid = snapshot->curcid;
	pin->statement = GetCurrentStatementStartTimestamp();
	pin->snapshot = snapshot;
	pin->execution = executions ? executions->number : 0;
	return set;
}

/* The rights of the current user in the statement that is running. */
const access_set *
access_of_statement(void)
{
	if (!ActiveSnapshotSet())
		ereport(ERROR, (errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
						errmsg("access rights can only be read inside a statement")));
	return find_set(GetUserId(), GetActiveSnapshot());
}

static void
forget_use(void *arg)
{
	access_use *use = arg;

	if (use->set)
		release(use->set);
	use->set = NULL;
	use->steady = false;
}

/*
 * The same, remembered at the call site.  Only an argument that is a column
 * proves that the site belongs to one execution of one plan; others, such as
 * an expression of PL/pgSQL, outlive their statement and are asked each time.
 */
const access_set *
access_of_new_call(FmgrInfo *flinfo)
{
	access_use *use = flinfo->fn_extra;
	access_set *set = unconstify(access_set *, access_of_statement());

	if (use == NULL)
	{
		use = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(access_use));
		use->forget.func = forget_use;
		use->forget.arg = use;
		MemoryContextRegisterResetCallback(flinfo->fn_mcxt, &use->forget);
		flinfo->fn_extra = use;
	}
	set->references++;
	forget_use(use);
	use->set = set;
	use->steady = flinfo->fn_expr && contain_var_clause(flinfo->fn_expr);
	return set;
}
