/*
 * rights.c
 *		Reads the rights of roles from the catalogue of datasets.
 *
 * All the rights of a role are read by one scan of the datasets and an index scan
 * of the grants to its roles.  The right on one dataset is looked up by index:
 * where there are many datasets, that is what a session does until it has asked
 * for so many that one scan would have been cheaper.
 */
#include "licence/rights.h"

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
#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "licence/role_ref.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

static Oid dataset_relid = InvalidOid;
static Oid grant_relid = InvalidOid;
static Oid change_relid = InvalidOid;

/* A change that finds more rows than this brings them together. */
#define MANY_CHANGES 64

/*
 * A catalogue of up to this many blocks is read at once.  Reading a block takes
 * about as long as looking one dataset up, so a longer one is read when as many
 * datasets were looked up as it has blocks.
 */
#define SMALL_CATALOGUE 32

/*
 * Looks the tables up each time: they go and come back with the extension.  True
 * when they are others than before.
 */
bool
rights_find_tables(void)
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
	if (dataset == dataset_relid && access_grant == grant_relid && change == change_relid)
		return false;
	dataset_relid = dataset;
	grant_relid = access_grant;
	change_relid = change;
	return true;
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
int64
rights_token(Snapshot snapshot)
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
 * Trigger of dataset and access_grant: adds to what snapshots know of the changes,
 * see above.  It fires for statements, and for rows where logical replication
 * applies them; what one transaction, or subtransaction, changes row by row is seen
 * or not as a whole, and noted once.  The lock on dataset says that this
 * transaction has changed rights, see rights_changed_by_me().
 */
PG_FUNCTION_INFO_V1(access_changed);
Datum
access_changed(PG_FUNCTION_ARGS)
{
	static FullTransactionId noted = { 0 };
	FullTransactionId mine;
	Relation rel;
	HeapTuple row;
	Datum weight;
	bool isnull = false;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("access_changed must be called as a trigger")));
	mine = GetCurrentFullTransactionId();
	if (TRIGGER_FIRED_FOR_ROW(((TriggerData *) fcinfo->context)->tg_event) &&
		FullTransactionIdEquals(mine, noted))
		PG_RETURN_POINTER(NULL);
	if (rights_find_tables())
		access_forget();
	LockRelationOid(dataset_relid, RowExclusiveLock);
	rel = table_open(change_relid, RowExclusiveLock);
	weight = Int64GetDatum(1 + take_changes(rel));
	row = heap_form_tuple(RelationGetDescr(rel), &weight, &isnull);
	simple_heap_insert(rel, row);
	heap_freetuple(row);
	table_close(rel, NoLock);
	noted = mine;
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

/* All rights of a role, while they are read. */
typedef struct rights
{
	id_set reads;
	id_set deposits;
	int datasets;
	int readable;
	TimestampTz holds_until;
} rights;

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
read_datasets(rights *all, Oid user, id_set *granted, Snapshot snapshot)
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
		bool mine = OidIsValid(producer) && has_privs_of_role(user, producer);

		CHECK_FOR_INTERRUPTS();
		all->datasets++;
		if (mine)
			add_id(&all->deposits, id);
		if (mine || (kind && kind->to == ACCESS_EVERYBODY))
		{
			add_id(&all->reads, id);
			all->readable++;
		}
		else if (kind && kind->to == ACCESS_GRANTED)
			add_id(granted, id);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, AccessShareLock);
}

/* What is needed to read grants. */
typedef struct grant_reader
{
	Oid user;
	TimestampTz now;
	TimestampTz holds_until; /* the first end of those that hold */
	Relation rel;
	AttrNumber grant_column;
	AttrNumber id_column;
	AttrNumber grantee_column;
	AttrNumber until_column;
	TupleTableSlot *slot; /* the grant to read */
} grant_reader;

static void
begin_grants(grant_reader *reader, access_set *set, TimestampTz now)
{
	reader->user = set->user;
	reader->now = now;
	reader->holds_until = set->holds_until;
	reader->rel = table_open(grant_relid, AccessShareLock);
	reader->grant_column = column(reader->rel, "id");
	reader->id_column = column(reader->rel, "dataset_id");
	reader->grantee_column = column(reader->rel, "grantee");
	reader->until_column = column(reader->rel, "until");
	reader->slot = table_slot_create(reader->rel, NULL);
}

static void
end_grants(grant_reader *reader)
{
	ExecDropSingleTupleTableSlot(reader->slot);
	table_close(reader->rel, AccessShareLock);
}

/*
 * Does the grant that was read give the user access, and until when?  Grants end
 * with the clock, not with the statement's start: a client could make a statement
 * last as long as it likes.  A worker that would decide otherwise than its leader
 * did gives up.
 */
static bool
grant_holds(grant_reader *reader, TimestampTz *until)
{
	Oid grantee = DatumGetRoleRef(attribute(reader->slot, reader->grantee_column))->role;
	bool endless;
	Datum value = slot_getattr(reader->slot, reader->until_column, &endless);

	CHECK_FOR_INTERRUPTS();
	if (!OidIsValid(grantee) || !has_privs_of_role(reader->user, grantee))
		return false;
	*until = endless ? DT_NOEND : DatumGetTimestampTz(value);
	if (*until <= reader->now)
	{
		if (IsParallelWorker() && *until > GetCurrentStatementStartTimestamp())
			ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
							errmsg("access to a dataset ended while the statement was running"),
							errdetail("Dataset %d was granted until %s.",
									  DatumGetInt32(attribute(reader->slot, reader->id_column)),
									  timestamptz_to_str(*until)),
							errhint("Run the statement again.")));
		return false;
	}
	reader->holds_until = Min(reader->holds_until, *until);
	return true;
}

/* Adds what the grant that was read gives, on datasets where grants count. */
static void
read_grant(grant_reader *reader, rights *all, const id_set *granted)
{
	int32 id = DatumGetInt32(attribute(reader->slot, reader->id_column));
	TimestampTz until;

	if (id_is_in(granted, id) && grant_holds(reader, &until) && !id_is_in(&all->reads, id))
	{
		add_id(&all->reads, id);
		all->readable++;
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

/* An index of a table of the catalogue, NULL when it cannot be used. */
static Relation
usable_index(Relation rel, const char *name)
{
	Oid index = get_relname_relid(name, RelationGetNamespace(rel));
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
read_grants(access_set *set, rights *all, const id_set *granted, Snapshot snapshot)
{
	grant_reader reader;
	Relation index;

	begin_grants(&reader, set, set->asked_at);
	index = superuser_arg(set->user) ? NULL : usable_index(reader.rel, "access_grant_grantee_idx");
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
				read_grant(&reader, all, granted);
		}
		index_endscan(scan);
		index_close(index, AccessShareLock);
	}
	else
	{
		TableScanDesc scan = table_beginscan(reader.rel, snapshot, 0, NULL);

		while (table_scan_getnextslot(scan, ForwardScanDirection, reader.slot))
			read_grant(&reader, all, granted);
		table_endscan(scan);
	}
	all->holds_until = reader.holds_until;
	end_grants(&reader);
}

/* Reads all the rights of a role; what was looked up before is among them. */
void
rights_read_all(access_set *set, Snapshot snapshot)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work = AllocSetContextCreate(caller, "terrcarbon grants", ALLOCSET_SMALL_SIZES);
	id_set granted = { .context = work };
	rights all = { .reads.context = set->context, .deposits.context = set->context };

	MemoryContextSwitchTo(work);
	read_datasets(&all, set->user, &granted, snapshot);
	read_grants(set, &all, &granted, snapshot);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(work);

	set->reads = all.reads;
	set->deposits = all.deposits;
	set->datasets = all.datasets;
	set->readable = all.readable;
	set->holds_until = all.holds_until;
	set->complete = true;
}

/*
 * Begins a set: of a small or empty catalogue it has all, of a larger one nothing
 * yet, but how many datasets may be looked up.
 */
void
rights_begin(access_set *set, Snapshot snapshot)
{
	Relation rel = table_open(dataset_relid, AccessShareLock);
	BlockNumber blocks = RelationGetNumberOfBlocks(rel);
	bool any = false;

	if (blocks > SMALL_CATALOGUE)
	{
		TupleTableSlot *slot = table_slot_create(rel, NULL);
		TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);

		any = table_scan_getnextslot(scan, ForwardScanDirection, slot);
		table_endscan(scan);
		ExecDropSingleTupleTableSlot(slot);
	}
	table_close(rel, AccessShareLock);
	set->lookups = blocks;
	if (!any)
		rights_read_all(set, snapshot);
}

/*
 * Finds the row of a dataset, by index where there is one; false when there is no
 * such dataset.
 */
static bool
find_dataset(Relation rel, int32 id, Snapshot snapshot, TupleTableSlot *slot)
{
	Relation index = usable_index(rel, "dataset_pkey");
	ScanKeyData key;
	bool found;

	if (index)
	{
		IndexScanDesc scan = begin_index_scan(rel, index, snapshot, 1);

		ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
		index_rescan(scan, &key, 1, NULL, 0);
		found = index_getnext_slot(scan, ForwardScanDirection, slot);
		if (found)
			ExecMaterializeSlot(slot);
		index_endscan(scan);
		index_close(index, AccessShareLock);
	}
	else
	{
		TableScanDesc scan;

		ScanKeyInit(&key, column(rel, "id"), BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
		scan = table_beginscan(rel, snapshot, 1, &key);
		found = table_scan_getnextslot(scan, ForwardScanDirection, slot);
		if (found)
			ExecMaterializeSlot(slot);
		table_endscan(scan);
	}
	return found;
}

/* Keeps the grant that was read if it holds longer than the one found before. */
static void
keep_longest(grant_reader *reader, dataset_right *right)
{
	TimestampTz until;

	if (!grant_holds(reader, &until) || (right->reads && until <= right->until))
		return;
	right->reads = true;
	right->until = until;
	right->grant_id = DatumGetInt32(attribute(reader->slot, reader->grant_column));
	right->through = DatumGetRoleRef(attribute(reader->slot, reader->grantee_column))->role;
}

/* Looks for the grant of a dataset that holds longest for the user. */
static void
find_grant(access_set *set, int32 id, Snapshot snapshot, dataset_right *right)
{
	grant_reader reader;
	Relation index;
	ScanKeyData keys[2];

	begin_grants(&reader, set, set->asked_at);
	index = usable_index(reader.rel, "access_grant_dataset_grantee_key");
	if (index)
	{
		/* A superuser has all roles. */
		bool everybody = superuser_arg(set->user);
		List *roles = everybody ? list_make1_oid(InvalidOid) : roles_of(set->user);
		int nkeys = everybody ? 1 : 2;
		IndexScanDesc scan = begin_index_scan(reader.rel, index, snapshot, nkeys);
		ListCell *lc;

		ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
		foreach (lc, roles)
		{
			ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_OIDEQ,
						ObjectIdGetDatum(lfirst_oid(lc)));
			index_rescan(scan, keys, nkeys, NULL, 0);
			while (index_getnext_slot(scan, ForwardScanDirection, reader.slot))
				keep_longest(&reader, right);
		}
		index_endscan(scan);
		index_close(index, AccessShareLock);
	}
	else
	{
		TableScanDesc scan;

		ScanKeyInit(&keys[0], reader.id_column, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
		scan = table_beginscan(reader.rel, snapshot, 1, keys);
		while (table_scan_getnextslot(scan, ForwardScanDirection, reader.slot))
			keep_longest(&reader, right);
		table_endscan(scan);
	}
	set->holds_until = reader.holds_until;
	end_grants(&reader);
}

/*
 * Looks up what the user of a set may do with one dataset, and through which role
 * and grant.  Read with the statement's snapshot, which sees the same changes of
 * the catalogue as the set does.
 */
dataset_right
rights_look_up(access_set *set, int32 id)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work = AllocSetContextCreate(caller, "terrcarbon look-up", ALLOCSET_SMALL_SIZES);
	Snapshot snapshot = GetActiveSnapshot();
	dataset_right right = { .reads = false };
	Relation rel;
	TupleTableSlot *slot;

	MemoryContextSwitchTo(work);
	rel = table_open(dataset_relid, AccessShareLock);
	slot = table_slot_create(rel, NULL);
	if (find_dataset(rel, id, snapshot, slot))
	{
		Oid producer = DatumGetRoleRef(attribute(slot, column(rel, "producer")))->role;
		const access_kind *kind = access_kind_of(
			DatumGetTextPP(attribute(slot, column(rel, "access"))));

		right.deposits = OidIsValid(producer) && has_privs_of_role(set->user, producer);
		if (right.deposits)
			right.through = producer;
		if (right.deposits || (kind && kind->to == ACCESS_EVERYBODY))
			right.reads = true;
		else if (kind && kind->to == ACCESS_GRANTED)
			find_grant(set, id, snapshot, &right);
	}
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, AccessShareLock);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(work);
	return right;
}

/* Notes what was looked up in a set that does not have all. */
void
rights_note(access_set *set, int32 id, const dataset_right *right)
{
	if (right->reads)
		add_id(&set->reads, id);
	if (right->deposits)
		add_id(&set->deposits, id);
	add_id(&set->known, id);
	set->known_ids++;
	if (right->reads)
		set->readable++;
}

/* Has this transaction itself changed the rights? */
bool
rights_changed_by_me(void)
{
	LOCKTAG tag;

	SET_LOCKTAG_RELATION(tag, MyDatabaseId, dataset_relid);
	return lock_held_by_me(&tag, RowExclusiveLock);
}
