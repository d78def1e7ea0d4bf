/*
 * policy_scan.c
 *		Asks the policy of each row that a sequential scan reads, and nothing else.
 *
 * A policy is a condition like any other, which PostgreSQL interprets step by step:
 * take out a column, call a function, test its result.  In a sum over a table these
 * steps are most of what the policy costs.  Where it is the only condition of a
 * scan, one function does them, as if the plan had been compiled; who may read what
 * is decided where can_read decides it.
 */
#include "compat.h"

#include "licence/policy_scan.h"

#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "executor/execExpr.h"
#include "executor/executor.h"
#include "licence/access.h"
#include "licence/usage.h"
#include "nodes/nodeFuncs.h"
#include "pgstat.h"

typedef struct policy_scan
{
	AttrNumber column; /* of the dataset */
	bool checked;      /* it is still of the type that was planned for */
	FmgrInfo can_read;
} policy_scan;

static Datum
ask_policy(ExprState *state, ExprContext *context, bool *isnull)
{
	policy_scan *policy = state->evalfunc_private;
	TupleTableSlot *slot = context->ecxt_scantuple;
	bool unknown;
	Datum id;

	if (unlikely(!policy->checked))
	{
		CheckExprStillValid(state, context);
		policy->checked = true;
	}
	/* The slot takes its columns out of a row in one go, when the plan above asks for them. */
	if (TTS_IS_BUFFERTUPLE(slot) && slot->tts_nvalid < policy->column)
		id = heap_getattr(((HeapTupleTableSlot *) slot)->tuple, policy->column,
						  slot->tts_tupleDescriptor, &unknown);
	else
		id = slot_getattr(slot, policy->column, &unknown);
	*isnull = false;
	return BoolGetDatum(!unknown &&
						access_reads_row(access_of_call(&policy->can_read), DatumGetInt32(id)));
}

/* The condition of a scan, if it has no other: can_read(column). */
static FuncExpr *
only_policy(const Plan *scan)
{
	FuncExpr *call;
	Var *column;

	if (list_length(scan->qual) != 1)
		return NULL;
	call = linitial(scan->qual);
	if (!IsA(call, FuncExpr) || list_length(call->args) != 1)
		return NULL;
	column = linitial(call->args);
	if (!IsA(column, Var) || column->varattno <= 0 || column->vartype != INT4OID)
		return NULL;
	return call->funcid == own_function("can_read", 1, INT4OID) ? call : NULL;
}

static bool
hasten(PlanState *planstate, void *context)
{
	ExprState *state = planstate->qual;

	/* Not what was compiled, nor what another library evaluates. */
	if (IsA(planstate, SeqScanState) && state && state->evalfunc == ExecInterpExprStillValid)
	{
		FuncExpr *call = only_policy(planstate->plan);

		if (call)
		{
			policy_scan *policy = palloc0(sizeof(policy_scan));

			policy->column = ((Var *) linitial(call->args))->varattno;
			fmgr_info(call->funcid, &policy->can_read);
			fmgr_info_set_expr((Node *) call, &policy->can_read);
			state->evalfunc = ask_policy;
			state->evalfunc_private = policy;
		}
	}
	return planstate_tree_walker(planstate, hasten, context);
}

void
hasten_policies(QueryDesc *query)
{
	MemoryContext old;

	/* Then the calls of can_read are counted. */
	if (pgstat_track_functions == TRACK_FUNC_ALL)
		return;
	old = MemoryContextSwitchTo(query->estate->es_query_cxt);
	hasten(query->planstate, NULL);
	MemoryContextSwitchTo(old);
}
