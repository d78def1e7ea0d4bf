/*
 * solver.c
 *		Small linear programmes, by CLP.
 *
 * The solver works in slices, between which an interrupt is heeded.  It holds
 * memory of its own, so that is let go before the interrupt takes the stack away.
 */
#include "release/solver.h"

#include <Clp_C_Interface.h>
#include <string.h>

#define SLICE  200 /* iterations: milliseconds on programmes of this size */
#define SLICES 1000

programme_answer
programme_solve(const programme *p, const secrecy_host *host, double *x)
{
	Clp_Simplex *model = Clp_newModel();
	programme_answer answer = PROGRAMME_FAILED;

	Clp_setLogLevel(model, 0);
	Clp_loadProblem(model, p->ncolumns, p->nrows, p->start, p->row, p->value, p->lower, p->upper,
					p->cost, p->right, p->right);
	for (int slice = 0; slice < SLICES; slice++)
	{
		int status;

		if (host->pending != NULL && host->pending())
		{
			Clp_deleteModel(model);
			host->check();
			return PROGRAMME_FAILED;
		}
		Clp_setMaximumIterations(model, Clp_numberIterations(model) + SLICE);
		Clp_dual(model, 0);
		status = Clp_status(model);
		if (status == 3)
			continue;
		if (status == 0)
			answer = PROGRAMME_SOLVED;
		else if (status == 1)
			answer = PROGRAMME_INFEASIBLE;
		break;
	}
	if (answer == PROGRAMME_SOLVED)
		memcpy(x, Clp_primalColumnSolution(model), p->ncolumns * sizeof(double));
	Clp_deleteModel(model);
	return answer;
}
