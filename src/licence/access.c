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
 * A set is good for a later statement if nothing was changed in between, which a
 * *token* tells.  Every change adds a row of weight 1 to terrcarbon_internal.
 * access_change, in its own transaction; the token is the sum of the weights that a
 * snapshot sees.  Of two snapshots, the later sees all that the earlier does, so
 * equal sums mean the same changes.  A change that is rolled back is never seen.
 * Writers do not wait for each other: whoever finds many rows replaces those it
 * can have without waiting by one of their weight, which leaves every sum as it
 * was.  A transaction that has changed rights itself might see a sum that another
 * reaches after it was rolled back, so what it builds does not outlive it.
 */
#include "licence/access.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/parallel.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid_d.h"
#include "catalog/pg_proc.h"
#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "licence/role_ref.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
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

/* Counts changes of roles and memberships that this session was told of. */
static uint64 roles_generation = 0;

static Oid dataset_relid = InvalidOid;
static Oid grant_relid = InvalidOid;
static Oid change_relid = InvalidOid;

/* A change that finds more rows than this brings them together. */
#define MANY_CHANGES 64

/* --- invalidation ----------------------------------------------------------- */

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

/* However it ends, nobody else has these changes. */
static void
transaction_ended(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PREPARE:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_ABORT:
			forget_pins(true);
			break;
		default:
			break;
	}
}

static void
subtransaction_ended(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		forget_pins(true);
}

/* Called once, when the library is loaded. */
void
access_init(void)
{
	CacheRegisterSyscacheCallback(AUTHOID, roles_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, roles_changed, (Datum) 0);
	RegisterXactCallback(transaction_ended, NULL);
	RegisterSubXactCallback(subtransaction_ended, NULL);
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
	Oid inner = get_namespace_oid("terrcarbon_internal", true);
	Oid dataset = InvalidOid;
	Oid access_grant = InvalidOid;
	Oid change = InvalidOid;

	if (OidIsValid(schema) && OidIsValid(inner))
	{
		dataset = get_relname_relid("dataset", schema);
		access_grant = get_relname_relid("access_grant", schema);
		change = get_relname_relid("access_change", inner);
	}
	if (!OidIsValid(dataset) || !OidIsValid(access_grant) || !OidIsValid(change))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE), errmsg("the catalogue of datasets is missing"),
				 errhint("Run CREATE EXTENSION terrcarbon in this database.")));
	if (dataset != dataset_relid || access_grant != grant_relid || change != change_relid)
	{
		dataset_relid = dataset;
		grant_relid = access_grant;
		change_relid = change;
		forget_pins(false);
	}
}

/* The weight of a row of access_change. */
static int64
weight_of(TupleTableSlot *slot)
{
	bool isnull;
	Datum weight = slot_getattr(slot, 1, &isnull);

	if (isnull)
		elog(ERROR, "unexpected null in the changes of the catalogue");
	return DatumGetInt64(weight);
}

/* What a snapshot knows of the changes of the catalogue. */
static int64
token_of(Snapshot snapshot)
{
	Relation rel = table_open(change_relid, AccessShareLock);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	int64 token = 0;

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
		token += weight_of(slot);
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, AccessShareLock);
	return token;
}

/*
 * Takes the rows that are there, once there are many, and gives their weight;
 * those that somebody else is taking stay.
 */
static int64
take_changes(Relation rel)
{
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	ItemPointerData *found = palloc(sizeof(ItemPointerData) * MANY_CHANGES);
	int64 *weights = palloc(sizeof(int64) * MANY_CHANGES);
	int64 taken = 0;
	int n = 0;

	while (n < MANY_CHANGES && table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		found[n] = slot->tts_tid;
		weights[n++] = weight_of(slot);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	for (int i = 0; n == MANY_CHANGES && i < n; i++)
	{
		TM_FailureData failure;

		if (table_tuple_delete(rel, &found[i], GetCurrentCommandId(true), snapshot, InvalidSnapshot,
							   false, &failure, false) == TM_Ok)
			taken += weights[i];
	}
	UnregisterSnapshot(snapshot);
	return taken;
}

/*
 * Statement trigger of dataset and access_grant: adds to what snapshots know of
 * the changes, see above.  The lock on dataset says that this transaction has
 * changed rights, see changed_by_me().
 */
PG_FUNCTION_INFO_V1(access_changed);
Datum
access_changed(PG_FUNCTION_ARGS)
{
	Relation rel;
	HeapTuple row;
	Datum weight;
	bool isnull = false;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("access_changed must be called as a trigger")));
	find_tables();
	LockRelationOid(dataset_relid, RowExclusiveLock);
	rel = table_open(change_relid, RowExclusiveLock);
	weight = Int64GetDatum(1 + take_changes(rel));
	row = heap_form_tuple(RelationGetDescr(rel), &weight, &isnull);
	simple_heap_insert(rel, row);
	heap_freetuple(row);
	table_close(rel, NoLock);
	PG_RETURN_POINTER(NULL);
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

/* What is needed to read grants into a set. */
typedef struct grant_reader
{
	access_set *set;
	const id_set *granted; /* datasets where grants count */
	TimestampTz now;
	Relation rel;
	AttrNumber id_column;
	AttrNumber grantee_column;
	AttrNumber until_column;
	TupleTableSlot *slot; /* the grant to read */
} grant_reader;

/*
 * Reads one grant.  Grants end with the clock, not with the statement's start: a
 * client could make a statement last as long as it likes.  A worker that would
 * decide otherwise than its leader did gives up.
 */
static void
read_grant(grant_reader *reader)
{
	access_set *set = reader->set;
	int32 id = DatumGetInt32(attribute(reader->slot, reader->id_column));
	Oid grantee = DatumGetRoleRef(attribute(reader->slot, reader->grantee_column))->role;
	bool endless;
	Datum until = slot_getattr(reader->slot, reader->until_column, &endless);

	CHECK_FOR_INTERRUPTS();
	if (!id_is_in(reader->granted, id) || !OidIsValid(grantee) ||
		!has_privs_of_role(set->user, grantee))
		return;
	if (!endless && DatumGetTimestampTz(until) <= reader->now)
	{
		if (IsParallelWorker() && DatumGetTimestampTz(until) > GetCurrentStatementStartTimestamp())
			ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
							errmsg("access to a dataset ended while the statement was running"),
							errdetail("Dataset %d was granted until %s.", id,
									  timestamptz_to_str(DatumGetTimestampTz(until))),
							errhint("Run the statement again.")));
		return;
	}
	if (!endless && DatumGetTimestampTz(until) < set->holds_until)
		set->holds_until = DatumGetTimestampTz(until);
	if (!id_is_in(&set->reads, id))
	{
		add_id(&set->reads, id);
		set->readable++;
	}
}

/*
 * The roles that a role may have the privileges of: itself, those it is a member
 * of at any depth, and the owner of the database.  Whether it has them,
 * has_privs_of_role() says.
 */
static List *
roles_of(Oid user)
{
	List *roles = list_make2_oid(user, ROLE_PG_DATABASE_OWNER);

	for (int i = 0; i < list_length(roles); i++)
	{
		CatCList *members = SearchSysCacheList1(AUTHMEMMEMROLE,
												ObjectIdGetDatum(list_nth_oid(roles, i)));

		for (int j = 0; j < members->n_members; j++)
		{
			Form_pg_auth_members member = (Form_pg_auth_members) GETSTRUCT(
				&members->members[j]->tuple);

			roles = list_append_unique_oid(roles, member->roleid);
		}
		ReleaseSysCacheList(members);
	}
	return roles;
}

/* The index of grants on their grantee, NULL when it cannot be used. */
static Relation
grantee_index(Relation rel)
{
	Oid index = get_relname_relid("access_grant_grantee_idx", RelationGetNamespace(rel));
	Relation found;

	if (!OidIsValid(index))
		return NULL;
	found = index_open(index, AccessShareLock);
	if (found->rd_index->indrelid == RelationGetRelid(rel) && found->rd_index->indisvalid &&
		!found->rd_index->indcheckxmin)
		return found;
	index_close(found, AccessShareLock);
	return NULL;
}

/* Reads the grants to the roles of the user, or all when he has all roles. */
static void
read_grants(access_set *set, const id_set *granted, Snapshot snapshot, TimestampTz now)
{
	grant_reader reader = { .set = set, .granted = granted, .now = now };
	Relation index;

	reader.rel = table_open(grant_relid, AccessShareLock);
	reader.id_column = column(reader.rel, "dataset_id");
	reader.grantee_column = column(reader.rel, "grantee");
	reader.until_column = column(reader.rel, "until");
	reader.slot = table_slot_create(reader.rel, NULL);
	index = superuser_arg(set->user) ? NULL : grantee_index(reader.rel);
	if (index)
	{
		IndexScanDesc scan = begin_index_scan(reader.rel, index, snapshot, 1);
		ListCell *lc;

		foreach (lc, roles_of(set->user))
		{
			ScanKeyData key;

			ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(lfirst_oid(lc)));
			index_rescan(scan, &key, 1, NULL, 0);
			while (index_getnext_slot(scan, ForwardScanDirection, reader.slot))
				read_grant(&reader);
		}
		index_endscan(scan);
		index_close(index, AccessShareLock);
	}
	else
	{
		TableScanDesc scan = table_beginscan(reader.rel, snapshot, 0, NULL);

		while (table_scan_getnextslot(scan, ForwardScanDirection, reader.slot))
			read_grant(&reader);
		table_endscan(scan);
	}
	ExecDropSingleTupleTableSlot(reader.slot);
	table_close(reader.rel, AccessShareLock);
}

/* Reads the catalogue into a new set. */
static access_set *
build(Oid user, Snapshot snapshot, int64 token, bool own_changes)
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
	set->token = token;
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
		   pin->subxcnt == snapshot->subxcnt && pin->curcid == snapshot->curcid &&
		   pin->statement == GetCurrentStatementStartTimestamp();
}

/* Has this transaction itself changed the rights? */
static bool
changed_by_me(void)
{
	LOCKTAG tag;

	SET_LOCKTAG_RELATION(tag, MyDatabaseId, dataset_relid);
	return lock_held_by_me(&tag, RowExclusiveLock);
}

/* A set built for an earlier statement that is good for one with this token. */
static access_set *
remembered(Oid user, int64 token)
{
	for (int i = 0; i < PINS; i++)
	{
		access_set *set = pins[i].set;

		if (set && set->user == user && set->token == token && !set->own_changes &&
			set->roles == roles_generation &&
			(set->holds_until == DT_NOEND || set->holds_until > GetCurrentTimestamp()))
			return set;
	}
	return NULL;
}

static access_set *
find_set(Oid user, Snapshot snapshot)
{
	access_set *set = NULL;
	access_pin *pin;
	int64 token;
	bool own_changes;

	for (int i = 0; i < PINS; i++)
	{
		if (same_statement(&pins[i], user, snapshot) && still_holds(&pins[i], snapshot))
			return pins[i].set;
	}

	AcceptInvalidationMessages(); /* of roles */
	find_tables();
	own_changes = changed_by_me();
	token = token_of(snapshot);
	if (!own_changes)
		set = remembered(user, token);
	if (set == NULL)
		set = build(user, snapshot, token, own_changes);

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

	/* A row that names a dataset, and no dataset: better no answer than none. */
	if (set->datasets == 0)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the catalogue of datasets is empty"),
						errdetail("There are rows of datasets, and no dataset that they could "
								  "belong to."),
						errhint("Register the datasets, or restore the catalogue that the rows "
								"came with.")));
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
