/*
 * support.c
 *		What a measure costs, for the planner.
 */
#include "compat.h"

#include "access/detoast.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"

/* Bytes of an argument that nothing is known about. */
#define UNKNOWN_WIDTH 1000

/* Bytes of a point. */
#define POINT_WIDTH 16

static double
points(PlannerInfo *root, Node *argument)
{
	int32 width = 0;

	if (root != NULL && IsA(argument, Var) && ((Var *) argument)->varlevelsup == 0 &&
		((Var *) argument)->varno > 0 && ((Var *) argument)->varno < root->simple_rel_array_size)
	{
		Var *var = (Var *) argument;
		RangeTblEntry *rte = planner_rt_fetch(var->varno, root);

		if (rte->rtekind == RTE_RELATION)
			width = get_attavgwidth(rte->relid, var->varattno);
	}
	else if (IsA(argument, Const) && !((Const *) argument)->constisnull)
		width = toast_raw_datum_size(((Const *) argument)->constvalue);
	return (width > 0 ? width : UNKNOWN_WIDTH) / (double) POINT_WIDTH;
}

/*
 * Planner support: every point of the smallest geometry is looked at, of larger
 * ones mostly their index.
 */
PG_FUNCTION_INFO_V1(geometry_measure_support);
Datum
geometry_measure_support(PG_FUNCTION_ARGS)
{
	Node *request = (Node *) PG_GETARG_POINTER(0);
	Node *answer = NULL;

	if (IsA(request, SupportRequestCost))
	{
		SupportRequestCost *cost = (SupportRequestCost *) request;

		if (cost->node != NULL && IsA(cost->node, FuncExpr))
		{
			List *args = ((FuncExpr *) cost->node)->args;
			/* one geometry, or several and a switch */
			int n = Max(list_length(args) - 1, 1);
			double smallest = points(cost->root, linitial(args));
			double all = smallest;

			for (int i = 1; i < n; i++)
			{
				double more = points(cost->root, list_nth(args, i));

				smallest = Min(smallest, more);
				all += more;
			}
			cost->startup = 0;
			cost->per_tuple = cpu_operator_cost * (50 + smallest + 0.05 * (all - smallest));
			answer = request;
		}
	}
	PG_RETURN_POINTER(answer);
}
