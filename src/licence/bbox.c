/*
 * bbox.c
 *		A bounding-box test that row policies let through to spatial indexes.
 *
 * Under a row policy the planner uses a condition before the policy only if it
 * cannot leak what it compares, which PostGIS does not promise of its operator
 * &&.  Comparing two boxes tells nobody anything, so the same test under another
 * name makes that promise; PostGIS computes it, and its index answers it.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* The schema of a geometry type, where PostGIS keeps what works on it. */
static char *
postgis_schema(Oid geometry)
{
	HeapTuple type = SearchSysCache1(TYPEOID, ObjectIdGetDatum(geometry));
	char *schema;

	if (!HeapTupleIsValid(type))
		elog(ERROR, "cache lookup failed for type %u", geometry);
	schema = get_namespace_name(((Form_pg_type) GETSTRUCT(type))->typnamespace);
	ReleaseSysCache(type);
	if (schema == NULL)
		elog(ERROR, "type %u has no schema", geometry);
	return schema;
}

/* PostGIS's own && of two geometries. */
static Oid
postgis_overlap(Oid geometry)
{
	Oid operator;

	operator= OpernameGetOprid(list_make2(makeString(postgis_schema(geometry)), makeString("&&")),
							   geometry, geometry);
	if (!OidIsValid(operator))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
						errmsg("PostGIS has no operator && for its type geometry"),
						errhint("Install PostGIS 3 or later.")));
	return operator;
}

/* The type of this function's first argument. */
static Oid
first_argument_type(FmgrInfo *flinfo)
{
	Oid *types;
	int n;

	get_func_signature(flinfo->fn_oid, &types, &n);
	Assert(n == 2);
	return types[0];
}

/* Do the bounding boxes of two geometries overlap?  NULL when one is NULL. */
PG_FUNCTION_INFO_V1(bbox_overlaps);
Datum
bbox_overlaps(PG_FUNCTION_ARGS)
{
	FmgrInfo *overlaps = fcinfo->flinfo->fn_extra;

	if (overlaps == NULL)
	{
		Oid geometry = first_argument_type(fcinfo->flinfo);

		overlaps = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(FmgrInfo));
		fmgr_info_cxt(get_opcode(postgis_overlap(geometry)), overlaps, fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = overlaps;
	}
	return FunctionCall2(overlaps, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
}

/*
 * Do two geometries intersect?  PostGIS's ST_Intersects, which declares a cost
 * so high that the planner would read an index of half the table to spare a few
 * hundred calls.
 */
PG_FUNCTION_INFO_V1(geometry_intersects);
Datum
geometry_intersects(PG_FUNCTION_ARGS)
{
	FmgrInfo *intersects = fcinfo->flinfo->fn_extra;

	if (intersects == NULL)
	{
		Oid types[2];
		Oid function;

		types[0] = types[1] = first_argument_type(fcinfo->flinfo);
		function = LookupFuncName(
			list_make2(makeString(postgis_schema(types[0])), makeString("st_intersects")), 2, types,
			false);
		intersects = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(FmgrInfo));
		fmgr_info_cxt(function, intersects, fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = intersects;
	}
	return FunctionCall2(intersects, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
}

/* Planner support: the condition that a spatial index on either side answers. */
PG_FUNCTION_INFO_V1(bbox_overlaps_support);
Datum
bbox_overlaps_support(PG_FUNCTION_ARGS)
{
	SupportRequestIndexCondition *request = (SupportRequestIndexCondition *) PG_GETARG_POINTER(0);
	List *args;
	Node *indexed;
	Node *other;
	Oid operator;

	if (!IsA(request, SupportRequestIndexCondition))
		PG_RETURN_POINTER(NULL);
	if (is_opclause(request->node))
		args = ((OpExpr *) request->node)->args;
	else if (is_funcclause(request->node))
		args = ((FuncExpr *) request->node)->args;
	else
		PG_RETURN_POINTER(NULL);
	if (list_length(args) != 2)
		PG_RETURN_POINTER(NULL);

	indexed = list_nth(args, request->indexarg);
	other = list_nth(args, 1 - request->indexarg);
	operator= postgis_overlap(exprType(indexed));
	if (!op_in_opfamily(operator, request->opfamily) ||
		!is_pseudo_constant_for_index(request->root, other, request->index))
		PG_RETURN_POINTER(NULL);

	/* The operator is its own commutator. */
	request->lossy = false;
	PG_RETURN_POINTER(list_make1(make_opclause(operator, BOOLOID, false, (Expr *) indexed,
											   (Expr *) other, InvalidOid, InvalidOid)));
}
