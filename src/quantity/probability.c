/*
 * probability.c
 *		How likely an estimate is to stay within a limit.
 */
#include "compat.h"

#include "check.h"

#include "quantity/estimate.h"

/*
 * probability_within(estimate, limit): the probability that the true value is
 * not above the limit, the estimate being normal.
 */
PG_FUNCTION_INFO_V1(probability_within);
Datum
probability_within(PG_FUNCTION_ARGS)
{
	estimate e;
	double limit = PG_GETARG_FLOAT8(1);
	double sd;

	estimate_read(PG_GETARG_DATUM(0), &e);
	if (isnan(limit))
		refuse_argument(limit, "limit", "a number");
	sd = e.sd;
	for (int i = 0; i < e.ncauses; i++)
		sd = hypot(sd, e.causes[i].term);
	if (sd == 0.0)
		PG_RETURN_FLOAT8(e.value <= limit ? 1.0 : 0.0);
	PG_RETURN_FLOAT8(0.5 * erfc((e.value - limit) / sd / sqrt(2.0)));
}
