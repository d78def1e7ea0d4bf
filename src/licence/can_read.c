/*
 * can_read.c
 *		The functions that row policies call, and what the planner knows of them.
 */
#include "licence/access.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_operator_d.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type_d.h"
#include "licence/bbox.h"
#include "licence/usage.h"
#include "nodes/makefuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/rel.h"
#include "utils/selfuncs.h"
#include "utils/snapmgr.h"

/* Beyond this share of the rows an index on the dataset cannot help. */
#define INDEX_WORTH_TRYING 0.75

/*
 * The same where a spatial index is at hand.  PostGIS's predicates declare a cost
 * so high that the planner would read the dataset index of half the table to spare
 * calls that the policy spares anyway, since it is evaluated first.
 */
#define INDEX_WORTH_TRYING_ON_MAPS 0.1

/* Beyond this many datasets the planner would spend more on the list than it saves. */
#define DATASETS_IN_A_CONDITION 1000

/*
 * The list is not made for a session that does not have it where a query is
 * expected to reach no more rows than this without the policy.
 */
#define ROWS_TO_LOOK_UP 20000

/* May the current user read the rows of this dataset? */
PG_FUNCTION_INFO_V1(can_read);
Datum
can_read(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(access_reads_row(access_of_call(fcinfo->flinfo), PG_GETARG_INT32(0)));
}

/* May the current user add and change rows of this dataset? */
PG_FUNCTION_INFO_V1(can_deposit);
Datum
can_deposit(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(access_deposits(access_of_call(fcinfo->flinfo)->set, PG_GETARG_INT32(0)));
}

/* The datasets whose rows the current user may read, in ascending order. */
PG_FUNCTION_INFO_V1(readable_datasets);
Datum
readable_datasets(PG_FUNCTION_ARGS)
{
	access_set *set = access_of_statement();
	Datum *ids;
	int n = 0;

	access_complete(set);
	ids = palloc(sizeof(Datum) * Max(set->readable, 1));
	for (uint32 page = 0; page < set->reads.npages; page++)
	{
		for (uint32 bit = 0; set->reads.pages[page] && bit < ID_PAGE_BITS; bit++)
		{
			int32 id = page * ID_PAGE_BITS + bit;

			if (access_reads(set, id))
				ids[n++] = Int32GetDatum(id);
		}
	}
	Assert(n == set->readable);
	PG_RETURN_ARRAYTYPE_P(construct_array(ids, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

/* Does the current user read every dataset of the catalogue? */
PG_FUNCTION_INFO_V1(reads_all_datasets);
Datum
reads_all_datasets(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(access_reads_all(access_of_statement()));
}

/*
 * Share of the datasets that are not among those that statistics know.  Of a set
 * that is not complete, those that are known stand for the others.
 */
static double
share_of_others(const access_set *set, int ncommon, int common_readable)
{
	if (set->complete)
		return set->datasets > ncommon
				   ? (double) Max(0, set->readable - common_readable) / (set->datasets - ncommon)
				   : 0.0;
	return set->known_ids > 0 ? (double) set->readable / set->known_ids : 0.5;
}

/*
 * Share of a table's rows that the set reads: exact for the values statistics
 * know, in proportion for the rest.
 */
static double
readable_share(PlannerInfo *root, Node *argument, int rel, access_set *set)
{
	VariableStatData column;
	AttStatsSlot common;
	double share = 0.0;
	double known = 0.0;
	double nulls;
	int ncommon = 0;
	int common_readable = 0;

	if (set->complete && set->datasets == 0)
		return 0.0;

	examine_variable(root, argument, rel, &column);
	if (!HeapTupleIsValid(column.statsTuple))
	{
		ReleaseVariableStats(column);
		return share_of_others(set, 0, 0);
	}
	nulls = ((Form_pg_statistic) GETSTRUCT(column.statsTuple))->stanullfrac;
	if (get_attstatsslot(&common, column.statsTuple, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
	{
		ncommon = Min(common.nvalues, common.nnumbers);
		for (int i = 0; i < ncommon; i++)
		{
			known += common.numbers[i];
			if (access_reads(set, DatumGetInt32(common.values[i])))
			{
				share += common.numbers[i];
				common_readable++;
			}
		}
		free_attstatsslot(&common);
	}
	ReleaseVariableStats(column);

	if (nulls + known < 1.0)
		share += (1.0 - nulls - known) * share_of_others(set, ncommon, common_readable);
	CLAMP_PROBABILITY(share);
	return share;
}

/* dataset_id = ANY (readable_datasets()), for a b-tree that leads or holds it. */
static Node *
index_condition(SupportRequestIndexCondition *request)
{
	FuncExpr *call = (FuncExpr *) request->node;
	ScalarArrayOpExpr *condition;
	Oid equal;
	Oid function;
	access_set *set;
	double worth;
	double share;

	if (!IsA(call, FuncExpr) || request->index->relam != BTREE_AM_OID)
		return NULL;
	equal = get_opfamily_member(request->opfamily, INT4OID, INT4OID, BTEqualStrategyNumber);
	function = own_function("readable_datasets", 0, InvalidOid);
	if (!OidIsValid(equal) || !OidIsValid(function))
		return NULL;
	set = access_of_statement();
	/* Rows of no dataset are an error, and for that one must meet them. */
	if (set->complete && set->datasets == 0)
		return NULL;
	worth = map_has_hint(request->index->rel) ? INDEX_WORTH_TRYING_ON_MAPS : INDEX_WORTH_TRYING;
	share = readable_share(request->root, linitial(call->args), 0, set);
	if (share > worth)
		return NULL;
	if (!set->complete)
	{
		/* Looking up what few rows ask for is faster than listing the datasets. */
		if (request->index->rel->rows < ROWS_TO_LOOK_UP * share)
			return NULL;
		access_complete(set);
		share = readable_share(request->root, linitial(call->args), 0, set);
	}
	if (set->readable > DATASETS_IN_A_CONDITION || share > worth)
		return NULL;

	condition = makeNode(ScalarArrayOpExpr);
	condition->opno = equal;
	condition->opfuncid = get_opcode(equal);
	condition->useOr = true;
	condition->inputcollid = InvalidOid;
	condition->args = list_make2(
		linitial(call->args),
		makeFuncExpr(function, INT4ARRAYOID, NIL, InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
	condition->location = -1;
	/* Checked again: a cursor may be read by another role than opened it. */
	request->lossy = true;
	return (Node *) list_make1(condition);
}

/* The dataset of all rows of a partition, where its bounds name one; else false. */
static bool
only_dataset(Oid relid, AttrNumber dataset_column, int32 *dataset)
{
	Relation rel = table_open(relid, NoLock); /* the planner holds a lock */
	bool found = false;
	ListCell *lc;

	foreach (lc, rel->rd_rel->relispartition ? RelationGetPartitionQual(rel) : NIL)
	{
		OpExpr *bound = lfirst(lc);
		Var *column;
		Const *value;

		if (!IsA(bound, OpExpr) || list_length(bound->args) != 2 ||
			bound->opno != Int4EqualOperator)
			continue;
		column = linitial(bound->args);
		value = lsecond(bound->args);
		if (IsA(column, Var) && column->varattno == dataset_column && IsA(value, Const) &&
			!value->constisnull)
		{
			*dataset = DatumGetInt32(value->constvalue);
			found = true;
		}
	}
	table_close(rel, NoLock);
	return found;
}

/*
 * In a scan of partitions, on one of one dataset: can_read(that dataset) AND can_read(dataset_id).
 * The first has no column, so that the executor asks it once and does not begin to scan a partition
 * that is hidden; the second counts the rows that pass.
 */
static Node *
partition_condition(SupportRequestSimplify *request)
{
	FuncExpr *call = request->fcall;
	Var *column = linitial(call->args);
	RangeTblEntry *rte;
	FuncExpr *once;
	int32 dataset;

	/*
	 * Only where the planner copies the condition of a partitioned table to one of
	 * its parts, and takes it apart: elsewhere it would be asked for each row.
	 */
	if (request->root == NULL || request->root->append_rel_array == NULL || !IsA(column, Var) ||
		column->varlevelsup > 0 || request->root->append_rel_array[column->varno] == NULL)
		return NULL;
	rte = planner_rt_fetch(column->varno, request->root);
	if (rte->rtekind != RTE_RELATION || rte->relkind != RELKIND_RELATION ||
		!only_dataset(rte->relid, column->varattno, &dataset))
		return NULL;
	once = copyObject(call);
	once->args = list_make1(
		makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(dataset), false, true));
	return (Node *) make_andclause(list_make2(once, copyObject(call)));
}

/*
 * Planner support of can_deposit and can_read_all: nothing to tell, but loads
 * the guard before a plan can be shown.
 */
PG_FUNCTION_INFO_V1(access_support);
Datum
access_support(PG_FUNCTION_ARGS)
{
	if (ActiveSnapshotSet())
		guard_planning();
	PG_RETURN_POINTER(NULL);
}

/* Planner support of can_read: true selectivity, an index condition, hidden partitions. */
PG_FUNCTION_INFO_V1(can_read_support);
Datum
can_read_support(PG_FUNCTION_ARGS)
{
	Node *request = (Node *) PG_GETARG_POINTER(0);
	Node *answer = NULL;

	if (!ActiveSnapshotSet())
		PG_RETURN_POINTER(NULL);
	guard_planning();

	if (IsA(request, SupportRequestSelectivity))
	{
		SupportRequestSelectivity *selectivity = (SupportRequestSelectivity *) request;

		if (!selectivity->is_join)
		{
			selectivity->selectivity = readable_share(selectivity->root,
													  linitial(selectivity->args),
													  selectivity->varRelid, access_of_statement());
			answer = request;
		}
	}
	else if (IsA(request, SupportRequestIndexCondition))
		answer = index_condition((SupportRequestIndexCondition *) request);
	else if (IsA(request, SupportRequestSimplify))
		answer = partition_condition((SupportRequestSimplify *) request);
	PG_RETURN_POINTER(answer);
}

/*
 * May the current user read every one of these datasets?  Not when the array
 * is empty or holds a NULL: what came from nobody knows where is not shown.
 */
PG_FUNCTION_INFO_V1(can_read_all);
Datum
can_read_all(PG_FUNCTION_ARGS)
{
	const access_use *use = access_of_call(fcinfo->flinfo);
	ArrayType *sources = PG_GETARG_ARRAYTYPE_P(0);
	int n = ArrayGetNItems(ARR_NDIM(sources), ARR_DIMS(sources));
	int32 *ids = (int32 *) ARR_DATA_PTR(sources);
	bool all = n > 0 && !array_contains_nulls(sources);

	if (ARR_ELEMTYPE(sources) != INT4OID)
		elog(ERROR, "not an array of int");
	for (int i = 0; all && i < n; i++)
		all = access_reads(use->set, ids[i]);
	for (int i = 0; all && use->counts && i < n; i++)
		usage_count_row(use->set, ids[i]);
	PG_FREE_IF_COPY(sources, 0);
	PG_RETURN_BOOL(all);
}
