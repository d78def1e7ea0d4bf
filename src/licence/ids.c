/*
 * ids.c
 *		The dataset ids in a table, read from the table itself.
 *
 * A superuser asks this of tables of others.  A query would evaluate what their
 * owners wrote: index expressions, policies, columns that are computed.  A bare
 * scan evaluates nothing.
 */
#include "compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_type_d.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* ids_in_column(tbl regclass, attnum int): the distinct ids in an int column. */
PG_FUNCTION_INFO_V1(ids_in_column);
Datum
ids_in_column(PG_FUNCTION_ARGS)
{
	Oid relid = PG_GETARG_OID(0);
	int32 attnum = PG_GETARG_INT32(1);
	HASHCTL control = { .keysize = sizeof(int32),
						.entrysize = sizeof(int32),
						.hcxt = CurrentMemoryContext };
	HTAB *found = hash_create("terrcarbon ids", 1024, &control,
							  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	HASH_SEQ_STATUS status;
	Relation rel;
	TupleTableSlot *slot;
	TableScanDesc scan;
	Datum *ids;
	int32 *id;
	int n = 0;

	if (!superuser())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("only a superuser may read tables past their policies")));
	rel = table_open(relid, AccessShareLock);
	if (rel->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is not a table", RelationGetRelationName(rel))));
	if (attnum < 1 || attnum > RelationGetNumberOfAttributes(rel) ||
		TupleDescAttr(RelationGetDescr(rel), attnum - 1)->atttypid != INT4OID)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("table \"%s\" has no column %d of type int",
							   RelationGetRelationName(rel), attnum)));

	slot = table_slot_create(rel, NULL);
	scan = table_beginscan(rel, GetActiveSnapshot(), 0, NULL);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool isnull;
		Datum value = slot_getattr(slot, attnum, &isnull);
		int32 key = isnull ? 0 : DatumGetInt32(value);

		CHECK_FOR_INTERRUPTS();
		if (!isnull)
			(void) hash_search(found, &key, HASH_ENTER, NULL);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, AccessShareLock);

	ids = MemoryContextAllocHuge(CurrentMemoryContext,
								 Max(hash_get_num_entries(found), 1) * sizeof(Datum));
	hash_seq_init(&status, found);
	while ((id = hash_seq_search(&status)) != NULL)
		ids[n++] = Int32GetDatum(*id);
	PG_RETURN_ARRAYTYPE_P(construct_array(ids, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}
