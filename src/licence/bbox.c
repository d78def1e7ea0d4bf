/*
 * bbox.c
 *		Tests of bounding boxes that row policies let through to spatial indexes.
 *
 * Under a row policy the planner uses a condition before the policy only if it
 * cannot leak what it compares, which PostGIS does not promise of its operators
 * on bounding boxes.  Comparing two boxes tells nobody anything, so the same tests
 * under other names make that promise; PostGIS computes them, and its index
 * answers them.
 */
#include "licence/bbox.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* The schema of a geometry type, where PostGIS keeps what works on it. */
Oid
postgis_namespace(Oid geometry)
{
	HeapTuple type = SearchSysCache1(TYPEOID, ObjectIdGetDatum(geometry));
	Oid schema;

	if (!HeapTupleIsValid(type))
		elog(ERROR, "cache lookup failed for type %u", geometry);
	schema = ((Form_pg_type) GETSTRUCT(type))->typnamespace;
	ReleaseSysCache(type);
	return schema;
}

/* PostGIS's own operator of this name on two geometries. */
static Oid
postgis_operator(Oid geometry, const char *name)
{
	char *schema = get_namespace_name(postgis_namespace(geometry));
	Oid operator= InvalidOid;

	if (schema)
		operator= OpernameGetOprid(list_make2(makeString(schema), makeString(pstrdup(name))),
								   geometry, geometry);
	if (!OidIsValid(operator))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
						errmsg("PostGIS has no operator %s for its type geometry", name),
						errhint("Install PostGIS 3 or later.")));
	return operator;
}

/* Calls PostGIS's operator, looked up once for each call site. */
static Datum
test_boxes(FunctionCallInfo fcinfo, const char *name)
{
	FmgrInfo *test = fcinfo->flinfo->fn_extra;

	if (test == NULL)
	{
		Oid *types;
		int n;

		get_func_signature(fcinfo->flinfo->fn_oid, &types, &n);
		if (n != 2)
			elog(ERROR, "a test of boxes has %d arguments", n);
		test = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(FmgrInfo));
		fmgr_info_cxt(get_opcode(postgis_operator(types[0], name)), test, fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = test;
	}
	return FunctionCall2(test, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
}

/* Do the bounding boxes of two geometries overlap?  NULL when one is NULL. */
PG_FUNCTION_INFO_V1(bbox_overlaps);
Datum
bbox_overlaps(PG_FUNCTION_ARGS)
{
	return test_boxes(fcinfo, "&&");
}

/* Does the first bounding box contain the second? */
PG_FUNCTION_INFO_V1(bbox_contains);
Datum
bbox_contains(PG_FUNCTION_ARGS)
{
	return test_boxes(fcinfo, "~");
}

/* Is the first bounding box within the second? */
PG_FUNCTION_INFO_V1(bbox_within);
Datum
bbox_within(PG_FUNCTION_ARGS)
{
	return test_boxes(fcinfo, "@");
}

/* The condition that a spatial index answers for a test by this operator. */
static Node *
index_condition(SupportRequestIndexCondition *request, const char *name)
{
	List *args;
	Node *indexed;
	Node *other;
	Oid operator;

	if (is_opclause(request->node))
		args = ((OpExpr *) request->node)->args;
	else if (is_funcclause(request->node))
		args = ((FuncExpr *) request->node)->args;
	else
		return NULL;
	if (list_length(args) != 2)
		return NULL;

	indexed = list_nth(args, request->indexarg);
	other = list_nth(args, 1 - request->indexarg);
	operator= postgis_operator(exprType(indexed), name);
	if (request->indexarg == 1)
		operator= get_commutator(operator);
	if (!OidIsValid(operator) || !op_in_opfamily(operator, request->opfamily) ||
		!is_pseudo_constant_for_index(request->root, other, request->index))
		return NULL;
	request->lossy = false;
	return (Node *) list_make1(make_opclause(operator, BOOLOID, false, (Expr *) indexed,
											 (Expr *) other, InvalidOid, InvalidOid));
}

/* Planner support of bbox_overlaps. */
PG_FUNCTION_INFO_V1(bbox_overlaps_support);
Datum
bbox_overlaps_support(PG_FUNCTION_ARGS)
{
	Node *request = (Node *) PG_GETARG_POINTER(0);

	if (!IsA(request, SupportRequestIndexCondition))
		PG_RETURN_POINTER(NULL);
	PG_RETURN_POINTER(index_condition((SupportRequestIndexCondition *) request, "&&"));
}

/*
 * Planner support of the hints that map.c adds: the index condition; and nothing
 * is filtered by them, since the predicate beside them already is counted.
 */
static Datum
support_hint(FunctionCallInfo fcinfo, const char *name)
{
	Node *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSelectivity))
	{
		((SupportRequestSelectivity *) request)->selectivity = 1.0;
		PG_RETURN_POINTER(request);
	}
	if (IsA(request, SupportRequestIndexCondition))
		PG_RETURN_POINTER(index_condition((SupportRequestIndexCondition *) request, name));
	PG_RETURN_POINTER(NULL);
}

/* Planner support of hint_overlaps. */
PG_FUNCTION_INFO_V1(hint_overlaps_support);
Datum
hint_overlaps_support(PG_FUNCTION_ARGS)
{
	return support_hint(fcinfo, "&&");
}

/* Planner support of hint_contains. */
PG_FUNCTION_INFO_V1(hint_contains_support);
Datum
hint_contains_support(PG_FUNCTION_ARGS)
{
	return support_hint(fcinfo, "~");
}

/* Planner support of hint_within. */
PG_FUNCTION_INFO_V1(hint_within_support);
Datum
hint_within_support(PG_FUNCTION_ARGS)
{
	return support_hint(fcinfo, "@");
}
