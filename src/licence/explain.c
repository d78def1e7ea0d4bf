/*
 * explain.c
 *		Who reads every row of the tables of a plan may see it.
 *
 * Whether somebody does is looked up in the tables themselves: row by row, dead
 * and uncommitted ones too, for their values may be in statistics.  Nothing but the
 * column of the dataset is looked at, and no code of anybody is run.  The scan ends
 * at the first row of a dataset that he may not read.
 */
#include "licence/explain.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "rewrite/rowsecurity.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

typedef struct column_search
{
	Oid can_read;
	AttrNumber column;
} column_search;

/* Finds the column that a policy gives to can_read(int). */
static bool
find_column(Node *node, void *context)
{
	column_search *search = context;

	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr) && ((FuncExpr *) node)->funcid == search->can_read)
	{
		Node *argument = linitial(((FuncExpr *) node)->args);

		if (IsA(argument, Var) && ((Var *) argument)->vartype == INT4OID)
			search->column = ((Var *) argument)->varattno;
		return true;
	}
	return expression_tree_walker(node, find_column, context);
}

/*
 * The column of the dataset in the policies of a table; 0 when it has none, -1 when
 * other policies hide rows too, or one that is not understood.
 */
static AttrNumber
dataset_column(Relation rel, Oid can_read)
{
	column_search search = { can_read, InvalidAttrNumber };
	ListCell *lc;

	if (rel->rd_rsdesc == NULL)
		return InvalidAttrNumber;
	foreach (lc, rel->rd_rsdesc->policies)
	{
		RowSecurityPolicy *policy = lfirst(lc);

		if (policy->policy_name == NULL || strncmp(policy->policy_name, "licence_", 8) != 0)
			return -1;
		if (strcmp(policy->policy_name, "licence_read") == 0)
			(void) find_column((Node *) policy->qual, &search);
	}
	return search.column > 0 ? search.column : -1;
}

/* Are all rows that a table ever kept, and still has, of datasets in the set? */
static bool
reads_whole_table(Relation rel, AttrNumber column, access_set *set)
{
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, SnapshotAny, 0, NULL);
	bool whole = true;
	int32 last = -1;

	while (whole && table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool null;
		int32 id = DatumGetInt32(slot_getattr(slot, column, &null));

		CHECK_FOR_INTERRUPTS();
		/* Nobody reads rows without a dataset. */
		if (null)
			whole = false;
		else if (id != last)
			whole = access_reads(set, id);
		last = id;
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	return whole;
}

/* Does the set read every row of the protected tables of a plan? */
bool
plan_is_read_whole(PlannedStmt *plan, Oid can_read, access_set *set)
{
	bool whole = true;
	ListCell *lc;

	foreach (lc, plan->rtable)
	{
		RangeTblEntry *entry = lfirst_node(RangeTblEntry, lc);
		Relation rel;
		AttrNumber column;

		if (entry->rtekind != RTE_RELATION)
			continue;
		rel = table_open(entry->relid, AccessShareLock);
		column = dataset_column(rel, can_read);
		if (column < 0)
			whole = false;
		else if (column > 0 && rel->rd_rel->relkind == RELKIND_RELATION)
			whole = reads_whole_table(rel, column, set);
		else if (column > 0 && rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
			whole = false;
		table_close(rel, NoLock);
		if (!whole)
			return false;
	}
	return true;
}
