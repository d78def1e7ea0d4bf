/*
 * estimate_interval.c
 *		Estimates from intervals, and the intervals of estimates.
 *
 * An estimate without third moments is normal.  One with them is taken to have
 * the shifted lognormal distribution of the same mean, standard deviation and
 * skewness, which is exact for a lognormal value and near for a sum of several.
 */
#include "quantity/estimate.h"

#include "check.h"
#include "quantity/normal.h"
#include "quantity/skewed.h"

/* The standard deviation, of all causes together. */
double
estimate_sd(const estimate *e)
{
	double sd = e->sd;

	for (int i = 0; i < e->ncauses; i++)
		sd = hypot(sd, e->causes[i].term);
	return sd;
}

/* The skewness, of all causes together: third moment by cube of standard deviation. */
static double
skewness(const estimate *e, double sd)
{
	double root = e->skew;

	if (sd == 0.0)
		return 0.0;
	for (int i = 0; i < e->ncauses; i++)
		root = estimate_add_cubes(root, e->causes[i].skew);
	root /= sd;
	return require_range(root * root * root, "skewness of an estimate");
}

/* A cause of this name, without a term. */
static estimate_cause
named_cause(text *name)
{
	estimate_cause cause = { .len = VARSIZE_ANY_EXHDR(name), .name = VARDATA_ANY(name) };

	if (cause.len < 1 || cause.len > CAUSE_MAX_LENGTH)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("name of a cause must have 1 to %d bytes", CAUSE_MAX_LENGTH),
						errdetail("It has %d.", cause.len)));
	return cause;
}

/* Give an estimate its uncertainty: of its own, or of the cause in argument argno. */
static void
set_uncertainty(FunctionCallInfo fcinfo, int argno, double sd, double skew, estimate *result,
				estimate_cause *cause)
{
	if (PG_ARGISNULL(argno))
	{
		result->sd = sd + 0.0;
		result->skew = skew;
		return;
	}
	*cause = named_cause(PG_GETARG_TEXT_PP(argno));
	/* As when a factor is multiplied by a quantity. */
	cause->term = copysign(sd, result->value + 0.0);
	cause->skew = skew;
	result->ncauses = 1;
	result->causes = cause;
}

/* Pack an estimate with the dataset in argument argno, if there is one. */
static Datum
build_with_source(FunctionCallInfo fcinfo, int argno, estimate *result)
{
	int32 source;

	if (!PG_ARGISNULL(argno))
	{
		source = PG_GETARG_INT32(argno);
		if (source < 1)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("source of an estimate must be a dataset id"),
							errdetail("It is %d.", source)));
		result->nsources = 1;
		result->sources = palloc(sizeof(int32));
		result->sources[0] = source;
	}
	return estimate_build(result);
}

/* The standard deviation of a half-width of the 95 % interval given as argument. */
static double
sd_argument(FunctionCallInfo fcinfo, int argno)
{
	return divide(require_not_negative(PG_GETARG_FLOAT8(argno), "half-width of an estimate"),
				  NORMAL_HALF_WIDTH_95, "standard deviation of an estimate");
}

/*
 * estimate(value, half_width, cause, source): a normal value whose 95 % interval
 * is value +- half_width.  Without a cause the uncertainty is its own; with one
 * it is all shared, and the term has the sign of the value.
 */
PG_FUNCTION_INFO_V1(estimate_make);
Datum
estimate_make(PG_FUNCTION_ARGS)
{
	estimate result = { 0 };
	estimate_cause cause;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	result.value = require_finite(PG_GETARG_FLOAT8(0), "value of an estimate");
	set_uncertainty(fcinfo, 2, sd_argument(fcinfo, 1), 0.0, &result, &cause);
	return build_with_source(fcinfo, 3, &result);
}

/*
 * estimate_lognormal(value, half_width, cause, source): the same standard
 * deviation, of a quantity that cannot change its sign.
 */
PG_FUNCTION_INFO_V1(estimate_lognormal);
Datum
estimate_lognormal(PG_FUNCTION_ARGS)
{
	estimate result = { 0 };
	estimate_cause cause;
	double sd;
	double skew = 0.0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	result.value = require_finite(PG_GETARG_FLOAT8(0), "value of an estimate");
	sd = sd_argument(fcinfo, 1);
	if (sd > 0.0)
	{
		if (result.value == 0.0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("a lognormal estimate with uncertainty is not 0"),
							errhint("Use estimate(), which is normal.")));
		skew = require_range(sd * cbrt(lognormal_skewness(sd / result.value)),
							 "uncertainty of an estimate");
	}
	set_uncertainty(fcinfo, 2, sd, skew, &result, &cause);
	return build_with_source(fcinfo, 3, &result);
}

/* Error 22023: no distribution here has this mean and this interval. */
static void
refuse_interval(double value, double low, double high)
{
	double log_sd = log(high / low) / 2.0 / NORMAL_HALF_WIDTH_95;

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("value of an estimate is too near one end of its interval"),
			 errdetail("It is %.17g, the interval %.17g to %.17g; the longer side is more than "
					   "%.1f times the other.",
					   value, low, high, SKEWED_MAX_RATIO),
			 low > 0.0 ? errhint("The value is the mean, not the median: a lognormal quantity "
								 "with this interval has the mean %.6g.",
								 sqrt(low) * sqrt(high) * exp(log_sd * log_sd / 2.0))
					   : errhint("The value is the mean, not the median or the mode.")));
}

/*
 * estimate_interval(value, low, high, cause, source): a value and the ends of its
 * 95 % interval, which need not be equally far.
 */
PG_FUNCTION_INFO_V1(estimate_interval);
Datum
estimate_interval(PG_FUNCTION_ARGS)
{
	estimate result = { 0 };
	estimate_cause cause;
	double low;
	double high;
	double sd = 0.0;
	double asymmetry = 0.0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	result.value = require_finite(PG_GETARG_FLOAT8(0), "value of an estimate");
	low = require_finite(PG_GETARG_FLOAT8(1), "low end of an estimate");
	high = require_finite(PG_GETARG_FLOAT8(2), "high end of an estimate");
	if (!(low <= result.value && result.value <= high))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("value of an estimate must lie in its interval"),
				 errdetail("It is %.17g, the interval %.17g to %.17g.", result.value, low, high)));
	if (low < high)
	{
		double below = require_range(result.value - low, "interval of an estimate");
		double above = require_range(high - result.value, "interval of an estimate");

		if (below == 0.0 || above == 0.0 || !skewed_fit(below, above, &sd, &asymmetry))
			refuse_interval(result.value, low, high);
	}
	set_uncertainty(fcinfo, 3, sd, sd * cbrt(asymmetry), &result, &cause);
	return build_with_source(fcinfo, 4, &result);
}

/* How many standard deviations either side hold a share of the normal distribution. */
static double
half_width_argument(FunctionCallInfo fcinfo, int argno)
{
	double confidence = PG_GETARG_FLOAT8(argno);

	if (!(confidence > 0.0 && confidence < 1.0))
		refuse_argument(confidence, "confidence", "between 0 and 1, both excluded");
	return confidence == 0.95 ? NORMAL_HALF_WIDTH_95 : normal_half_width(confidence);
}

/* How far the interval goes from the value, on the side of the sign of z. */
static double
side(const estimate *e, double z)
{
	double sd = estimate_sd(e);

	return require_range(sd == 0.0 ? 0.0 : sd * skewed_quantile(skewness(e, sd), z),
						 "half-width of an estimate");
}

/* half_width(estimate, confidence) */
PG_FUNCTION_INFO_V1(estimate_half_width);
Datum
estimate_half_width(PG_FUNCTION_ARGS)
{
	estimate e;
	double z = half_width_argument(fcinfo, 1);

	estimate_read(PG_GETARG_DATUM(0), &e);
	if (!estimate_is_skewed(&e))
		PG_RETURN_FLOAT8(side(&e, z));
	PG_RETURN_FLOAT8(
		require_range((side(&e, z) - side(&e, -z)) / 2.0, "half-width of an estimate"));
}

/* lower(estimate, confidence): lower end of the interval. */
PG_FUNCTION_INFO_V1(estimate_lower);
Datum
estimate_lower(PG_FUNCTION_ARGS)
{
	estimate e;

	estimate_read(PG_GETARG_DATUM(0), &e);
	PG_RETURN_FLOAT8(require_range(e.value + side(&e, -half_width_argument(fcinfo, 1)),
								   "lower end of an estimate"));
}

/* upper(estimate, confidence): upper end of the interval. */
PG_FUNCTION_INFO_V1(estimate_upper);
Datum
estimate_upper(PG_FUNCTION_ARGS)
{
	estimate e;

	estimate_read(PG_GETARG_DATUM(0), &e);
	PG_RETURN_FLOAT8(require_range(e.value + side(&e, half_width_argument(fcinfo, 1)),
								   "upper end of an estimate"));
}

/*
 * probability_within(estimate, limit): the probability that the true value is
 * not above the limit.
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
	sd = estimate_sd(&e);
	if (sd == 0.0)
		PG_RETURN_FLOAT8(e.value <= limit ? 1.0 : 0.0);
	PG_RETURN_FLOAT8(skewed_probability(skewness(&e, sd), (limit - e.value) / sd));
}

/* The larger terms first; by name when equal, so that the order is one. */
static int
compare_sizes(const void *a, const void *b)
{
	double left = fabs(((const estimate_cause *) a)->term);
	double right = fabs(((const estimate_cause *) b)->term);

	if (left != right)
		return left < right ? 1 : -1;
	return estimate_compare_causes(a, b);
}

/* Make another cause part of one, in quadrature. */
static void
absorb_cause(estimate_cause *one, const estimate_cause *other)
{
	one->term = hypot(one->term, other->term);
	one->skew = estimate_add_cubes(one->skew, other->skew);
}

/*
 * The estimate with its first kept causes and one more, which others became part
 * of: there is room for it.
 */
static Datum
build_collapsed(estimate *e, int kept, estimate_cause one)
{
	one.term = copysign(one.term, e->value + 0.0);
	e->causes[kept] = one;
	e->ncauses = kept + 1;
	qsort(e->causes, e->ncauses, sizeof(estimate_cause), estimate_compare_causes);
	return estimate_build(e);
}

/*
 * collapse_causes(estimate, cause, kept): the same value and interval with few
 * causes: the largest as they are, all others in one.
 */
PG_FUNCTION_INFO_V1(estimate_collapse_causes);
Datum
estimate_collapse_causes(PG_FUNCTION_ARGS)
{
	estimate e;
	int kept = PG_GETARG_INT32(2);
	estimate_cause rest;

	estimate_read(PG_GETARG_DATUM(0), &e);
	rest = named_cause(PG_GETARG_TEXT_PP(1));
	if (kept < 0)
		refuse_argument(kept, "kept", "0 or above");
	if (e.ncauses <= kept)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));

	qsort(e.causes, e.ncauses, sizeof(estimate_cause), compare_sizes);
	for (int i = 0; i < e.ncauses; i++)
	{
		/* A cause of the new one's name is part of it. */
		if (i >= kept || estimate_compare_causes(&e.causes[i], &rest) == 0)
		{
			absorb_cause(&rest, &e.causes[i]);
			e.causes[i].term = e.causes[i].skew = 0.0;
		}
	}
	PG_RETURN_DATUM(build_collapsed(&e, e.ncauses - 1, rest));
}

/*
 * collapse_prefix(estimate, prefix, cause): the causes whose names begin with
 * prefix become one; the others stay as they are.
 */
PG_FUNCTION_INFO_V1(estimate_collapse_prefix);
Datum
estimate_collapse_prefix(PG_FUNCTION_ARGS)
{
	estimate e;
	text *prefix = PG_GETARG_TEXT_PP(1);
	int len = VARSIZE_ANY_EXHDR(prefix);
	estimate_cause one;
	int kept = 0;

	estimate_read(PG_GETARG_DATUM(0), &e);
	one = named_cause(PG_GETARG_TEXT_PP(2));
	for (int i = 0; i < e.ncauses; i++)
	{
		if ((e.causes[i].len >= len && memcmp(e.causes[i].name, VARDATA_ANY(prefix), len) == 0) ||
			estimate_compare_causes(&e.causes[i], &one) == 0)
			absorb_cause(&one, &e.causes[i]);
		else
			e.causes[kept++] = e.causes[i];
	}
	if (kept == e.ncauses)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_DATUM(build_collapsed(&e, kept, one));
}
