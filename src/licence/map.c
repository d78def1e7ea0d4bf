/*
 * map.c
 *		Lets the spatial predicates of PostGIS reach the index of a protected table.
 *
 * A map client asks for geom && window, ST_Intersects(geom, window) and the like.
 * PostGIS does not promise that these leak nothing, so under a row policy they are
 * evaluated after it, row by row, and no index is used.  Before such a query is
 * planned, a test of bounding boxes that makes this promise is put beside each
 * function: "predicate" becomes "predicate AND hint".  An operator is such a test
 * itself: it stays, its function becomes the hint, which calls the operator's own,
 * and the planner goes on as if PostGIS had made the promise.
 *
 * Why that is safe.  Results: where the predicate is true, the hint is true, and
 * the hint is NULL only where the predicate is, so the conjunction is the same
 * condition; it is only put where conditions are anded, in WHERE and ON.  Secrets:
 * the hint compares two boxes and raises no error, so evaluating it on rows that
 * the policy hides tells nothing; a hint whose arguments would have to be computed
 * from a column by a function that may leak is not added, and the planner would
 * not use it before the policy if it were.  PostGIS's own function stays where it
 * was: after the policy.
 *
 * Everything is looked up by name when a query is planned, so an upgrade of
 * PostGIS leaves nothing behind.  Where the hook is not there yet, as in the first
 * plan of a session that did not preload the library, or does not see the
 * predicate, as in a function inlined later, the query is as slow as without.
 */
#include "licence/bbox.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "licence/access.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* Which test of boxes a predicate implies. */
typedef enum hint_kind
{
	HINT_OVERLAPS,
	HINT_CONTAINS,
	HINT_WITHIN,
	HINT_COUNT
} hint_kind;

static const char *const hint_names[HINT_COUNT] = { "hint_overlaps", "hint_contains",
													"hint_within" };

/* Empty geometries have no box; none of the functions is true of them. */
static const struct
{
	const char *name;
	hint_kind hint;
} predicates[] = {
	{ "st_intersects", HINT_OVERLAPS }, { "st_contains", HINT_CONTAINS },
	{ "st_within", HINT_WITHIN },       { "st_covers", HINT_CONTAINS },
	{ "st_coveredby", HINT_WITHIN },    { "st_containsproperly", HINT_CONTAINS },
	{ "st_touches", HINT_OVERLAPS },    { "st_crosses", HINT_OVERLAPS },
	{ "st_overlaps", HINT_OVERLAPS },
};

static const struct
{
	const char *name;
	hint_kind hint;
} operators[] = {
	{ "&&", HINT_OVERLAPS },
	{ "~", HINT_CONTAINS },
	{ "@", HINT_WITHIN },
};

/* What is looked up for one query. */
typedef struct map_names
{
	Oid can_read;
	Oid can_read_all;
	Oid geometry;
	Oid postgis; /* schema */
	Oid hints[HINT_COUNT];
} map_names;

/* --- does the query read a protected table or a guarded view? ------------------- */

static bool
asks_for_rights(Node *node, void *context)
{
	map_names *names = context;

	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr))
	{
		Oid function = ((FuncExpr *) node)->funcid;

		if (function == names->can_read || function == names->can_read_all)
			return true;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, asks_for_rights, context, 0);
	return expression_tree_walker(node, asks_for_rights, context);
}

/*
 * Finds the hints, and by their arguments the type geometry and its schema.
 * Their names are not overloaded.
 */
static bool
find_hints(map_names *names)
{
	Oid schema = get_namespace_oid("terrcarbon_internal", true);

	for (int i = 0; i < HINT_COUNT; i++)
	{
		CatCList *found = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(hint_names[i]));

		names->hints[i] = InvalidOid;
		for (int j = 0; j < found->n_members; j++)
		{
			Form_pg_proc function = (Form_pg_proc) GETSTRUCT(&found->members[j]->tuple);

			if (OidIsValid(schema) && function->pronamespace == schema && function->pronargs == 2)
			{
				names->hints[i] = function->oid;
				names->geometry = function->proargtypes.values[0];
			}
		}
		ReleaseSysCacheList(found);
		if (!OidIsValid(names->hints[i]))
			return false;
	}
	names->postgis = postgis_namespace(names->geometry);
	return true;
}

/* --- adding hints ------------------------------------------------------------------ */

/*
 * A column that may be one of a protected table; those of a query further out
 * may, since a subquery can become a join.
 */
static bool
is_protected_column(Query *query, Node *node)
{
	Var *var = (Var *) node;
	RangeTblEntry *rte;

	if (!IsA(node, Var))
		return false;
	if (var->varlevelsup > 0)
		return true;
	if (var->varno < 1 || var->varno > list_length(query->rtable))
		return false;
	rte = rt_fetch(var->varno, query->rtable);
	return rte->securityQuals != NIL || rte->rtekind == RTE_SUBQUERY || rte->rtekind == RTE_JOIN;
}

/* The hint, or NULL when its arguments cannot be had twice, or not without leaking. */
static Node *
make_hint(map_names *names, hint_kind kind, Node *left, Node *right)
{
	Node *hint = (Node *) makeFuncExpr(names->hints[kind], BOOLOID,
									   list_make2(copyObject(left), copyObject(right)), InvalidOid,
									   InvalidOid, COERCE_EXPLICIT_CALL);

	if (contain_volatile_functions(hint) || contain_leaked_vars(hint))
		return NULL;
	return hint;
}

/* ST_DWithin(a, b, d): the box of one overlaps that of the other, widened by d. */
static Node *
distance_hint(map_names *names, Query *query, List *args)
{
	Node *column = linitial(args);
	Node *other = lsecond(args);
	Oid types[2] = { names->geometry, FLOAT8OID };
	Oid expand;

	if (!is_protected_column(query, column))
	{
		column = lsecond(args);
		other = linitial(args);
	}
	expand = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum("st_expand"),
							 PointerGetDatum(buildoidvector(types, 2)),
							 ObjectIdGetDatum(names->postgis));
	if (!OidIsValid(expand) || get_func_rettype(expand) != names->geometry)
		return NULL;
	other = (Node *) makeFuncExpr(expand, names->geometry, list_make2(other, lthird(args)),
								  InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
	return make_hint(names, HINT_OVERLAPS, column, other);
}

/* Are these the arguments of a predicate that may look at a protected column? */
static bool
may_take_hint(map_names *names, Query *query, List *args)
{
	return list_length(args) >= 2 && exprType(linitial(args)) == names->geometry &&
		   exprType(lsecond(args)) == names->geometry &&
		   (is_protected_column(query, linitial(args)) ||
			is_protected_column(query, lsecond(args)));
}

/* Lets an operator of PostGIS be computed by the hint that stands for it. */
static void
promise(map_names *names, Query *query, OpExpr *call)
{
	char *name = get_opname(call->opno);

	if (name == NULL || get_func_namespace(get_opcode(call->opno)) != names->postgis ||
		!may_take_hint(names, query, call->args))
		return;
	for (int i = 0; i < lengthof(operators); i++)
	{
		if (strcmp(name, operators[i].name) == 0)
			call->opfuncid = names->hints[operators[i].hint];
	}
}

/* The hint for a function, NULL when there is none. */
static Node *
hint_for(map_names *names, Query *query, FuncExpr *call)
{
	char *name = get_func_name(call->funcid);
	List *args = call->args;

	if (name == NULL || get_func_namespace(call->funcid) != names->postgis ||
		!may_take_hint(names, query, args))
		return NULL;
	if (strcmp(name, "st_dwithin") == 0)
		return list_length(args) == 3 ? distance_hint(names, query, args) : NULL;
	for (int i = 0; i < lengthof(predicates) && list_length(args) == 2; i++)
	{
		if (strcmp(name, predicates[i].name) == 0)
			return make_hint(names, predicates[i].hint, linitial(args), lsecond(args));
	}
	return NULL;
}

static void
collect_hints(map_names *names, Query *query, Node *condition, List **hints)
{
	ListCell *lc;
	Node *hint;

	if (condition == NULL)
		return;
	check_stack_depth();
	if (IsA(condition, List))
	{
		foreach (lc, (List *) condition)
			collect_hints(names, query, lfirst(lc), hints);
	}
	else if (is_andclause(condition))
	{
		foreach (lc, ((BoolExpr *) condition)->args)
			collect_hints(names, query, lfirst(lc), hints);
	}
	else if (IsA(condition, OpExpr))
		promise(names, query, (OpExpr *) condition);
	else if (IsA(condition, FuncExpr) &&
			 (hint = hint_for(names, query, (FuncExpr *) condition)) != NULL)
		*hints = lappend(*hints, hint);
}

/* A condition with its hints beside it. */
static Node *
with_hints(map_names *names, Query *query, Node *condition)
{
	List *hints = NIL;

	collect_hints(names, query, condition, &hints);
	if (hints == NIL)
		return condition;
	return (Node *) make_andclause(lcons(condition, hints));
}

static void
hint_join_tree(map_names *names, Query *query, Node *node)
{
	ListCell *lc;

	if (node == NULL)
		return;
	check_stack_depth();
	if (IsA(node, FromExpr))
	{
		FromExpr *from = (FromExpr *) node;

		foreach (lc, from->fromlist)
			hint_join_tree(names, query, lfirst(lc));
		from->quals = with_hints(names, query, from->quals);
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr *join = (JoinExpr *) node;

		hint_join_tree(names, query, join->larg);
		hint_join_tree(names, query, join->rarg);
		join->quals = with_hints(names, query, join->quals);
	}
}

static bool
hint_queries(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		hint_join_tree(context, (Query *) node, (Node *) ((Query *) node)->jointree);
		return query_tree_walker((Query *) node, hint_queries, context, 0);
	}
	return expression_tree_walker(node, hint_queries, context);
}

/* Adds hints to a query that is about to be planned, which may be scribbled on. */
void
map_add_hints(Query *query)
{
	map_names names = { 0 };

	if (query->rtable == NIL)
		return;
	names.can_read = own_function("can_read", 1, INT4OID);
	names.can_read_all = own_function("can_read_all", 1, INT4ARRAYOID);
	if (!OidIsValid(names.can_read) || !asks_for_rights((Node *) query, &names) ||
		!find_hints(&names))
		return;
	(void) hint_queries((Node *) query, &names);
}

/* Is there a hint among the conditions on a relation? */
bool
map_has_hint(RelOptInfo *rel)
{
	Oid schema = get_namespace_oid("terrcarbon_internal", true);
	ListCell *lc;

	foreach (lc, rel->baserestrictinfo)
	{
		Node *clause = (Node *) lfirst_node(RestrictInfo, lc)->clause;
		Oid function = InvalidOid;
		char *name;

		if (IsA(clause, FuncExpr))
			function = ((FuncExpr *) clause)->funcid;
		else if (IsA(clause, OpExpr))
			function = ((OpExpr *) clause)->opfuncid;
		if (!OidIsValid(function) || get_func_namespace(function) != schema)
			continue;
		name = get_func_name(function);
		for (int i = 0; name && i < HINT_COUNT; i++)
		{
			if (strcmp(name, hint_names[i]) == 0)
				return true;
		}
	}
	return false;
}
