/*
 * factor.c
 *		Emission factors: which one applies, and what an activity emits.
 */
#include "factor/cache.h"
#include "factor/known.h"

#include "funcapi.h"
#include "quantity/estimate.h"
#include "quantity/normal.h"
#include "quantity/quantity.h"
#include "utils/builtins.h"

/*
 * What a call site found last: rows of one statement repeat their unit, code and
 * territory more often than not.
 */
typedef struct last_found
{
	uint64 serial; /* of the cache it points into */
	const cached_unit *unit;
	const cached_code *code;
	cached_territory *territory;
} last_found;

static last_found *
last_of(FunctionCallInfo fcinfo, const factor_cache *cache)
{
	last_found *last = fcinfo->flinfo->fn_extra;

	if (last == NULL)
	{
		last = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(last_found));
		fcinfo->flinfo->fn_extra = last;
	}
	if (last->serial != factor_cache_serial(cache))
	{
		memset(last, 0, sizeof(last_found));
		last->serial = factor_cache_serial(cache);
	}
	return last;
}

static inline bool
is_named(const name_key *key, const text *name)
{
	return key->len == VARSIZE_ANY_EXHDR(name) &&
		   memcmp(key->data, VARDATA_ANY(name), key->len) == 0;
}

static const cached_unit *
find_unit(factor_cache *cache, last_found *last, const text *name)
{
	if (last->unit == NULL || !is_named(&last->unit->code, name))
	{
		const cached_unit *unit = cached_unit_find(cache, VARDATA_ANY(name),
												   VARSIZE_ANY_EXHDR(name));

		if (unit == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unknown unit \"%s\"", text_to_cstring(name)),
					 errhint("Table terrcarbon.unit lists the units; add a row for yours.")));
		last->unit = unit;
	}
	return last->unit;
}

/* How many units "to" make one unit "from". */
static double
unit_ratio(const cached_unit *from, const cached_unit *to, double hhv_per_lhv)
{
	double ratio;

	if (from == to)
		return 1.0;
	if (strcmp(from->kind, to->kind) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a quantity in \"%s\" cannot be expressed in \"%s\"", from->code.data,
						to->code.data),
				 errdetail("\"%s\" is a unit of %s, \"%s\" of %s.", from->code.data, from->kind,
						   to->code.data, to->kind),
				 errhint("Give the quantity in a unit of %s, or use a factor per unit of %s.",
						 to->kind, from->kind)));
	ratio = from->in_base / to->in_base;
	if (from->basis == NULL && to->basis == NULL)
		return ratio;
	if (from->basis == NULL || to->basis == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a quantity in \"%s\" cannot be expressed in \"%s\"",
							   from->code.data, to->code.data),
						errdetail("\"%s\" says whether energy is of the higher or lower heating "
								  "value (HHV, LHV), \"%s\" does not.",
								  from->basis != NULL ? from->code.data : to->code.data,
								  from->basis != NULL ? to->code.data : from->code.data),
						errhint("Use a unit that says so on both sides, or on neither.")));
	if (strcmp(from->basis, to->basis) == 0)
		return ratio;
	if (hhv_per_lhv <= 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a quantity in \"%s\" cannot be expressed in \"%s\"",
							   from->code.data, to->code.data),
						errdetail("The ratio of the higher to the lower heating value of this "
								  "carrier is not known."),
						errhint("Give the quantity in the other heating value, or set hhv_per_lhv "
								"(1.111 for natural gas).")));
	return strcmp(from->basis, "LHV") == 0 ? ratio * hhv_per_lhv : ratio / hhv_per_lhv;
}

/* The factor of a code in a year and territory, NULL when there is none. */
static const cached_factor *
resolve(factor_cache *cache, last_found *last, const text *code_name, int year,
		const text *territory_name)
{
	const cached_code *code = last->code;
	const row_list *list;

	if (code == NULL || !is_named(&code->code, code_name))
	{
		code = cached_factor_code_find(cache, VARDATA_ANY(code_name), VARSIZE_ANY_EXHDR(code_name));
		if (code == NULL)
			return NULL;
		last->code = code;
	}
	if (territory_name != NULL && code->elsewhere)
	{
		cached_territory *territory = last->territory;

		if (territory == NULL || !is_named(&territory->code, territory_name))
		{
			territory = cached_territory_find(cache, VARDATA_ANY(territory_name),
											  VARSIZE_ANY_EXHDR(territory_name));
			if (territory != NULL)
				cached_chain(cache, territory);
			last->territory = territory;
		}
		for (int place = 0; territory != NULL && place < territory->nchain; place++)
		{
			list = cached_rows_in(cache, code, territory->chain[place]);
			for (int i = 0; list != NULL && i < list->n; i++)
			{
				if (cached_row_holds(list->rows[i], year, known_moment))
					return (const cached_factor *) list->rows[i];
			}
		}
	}
	list = &code->everywhere;
	for (int i = 0; i < list->n; i++)
	{
		if (cached_row_holds(list->rows[i], year, known_moment))
			return (const cached_factor *) list->rows[i];
	}
	return NULL;
}

/* The same, or an error that says what there is. */
static const cached_factor *
resolve_or_fail(factor_cache *cache, last_found *last, const text *code, int year,
				const text *territory)
{
	const cached_factor *factor = resolve(cache, last, code, year, territory);

	if (unlikely(factor == NULL))
		ereport(
			ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 territory == NULL
				 ? errmsg("no emission factor \"%s\" for %d", text_to_cstring(code), year)
				 : errmsg("no emission factor \"%s\" for %d in \"%s\"", text_to_cstring(code), year,
						  text_to_cstring(territory)),
			 cached_factor_code_find(cache, VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code)) == NULL
				 ? errdetail("No factor has this code.")
			 : territory != NULL && cached_territory_find(cache, VARDATA_ANY(territory),
														  VARSIZE_ANY_EXHDR(territory)) == NULL
				 ? errdetail("The code has factors, but the territory is not in "
							 "reference_territory, and none applies everywhere in that year.")
			 : territory != NULL
				 ? errdetail("The code has factors, but none for this year and territory.")
				 : errdetail("The code has factors, but none for this year that applies in every "
							 "territory."),
			 errhint(
				 "Table terrcarbon.factor lists the factors with their years and territories.")));
	return factor;
}

static const cached_factor *
factor_or_fail(factor_cache *cache, int32 id)
{
	const cached_factor *factor = cached_factor_by_id(cache, id);

	if (unlikely(factor == NULL))
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND), errmsg("no emission factor has id %d", id)));
	return factor;
}

/* A quantity in the unit of a factor. */
static double
in_factor_unit(double quantity, const cached_unit *unit, const cached_factor *factor)
{
	return require_range(require_finite(quantity, "quantity") *
							 unit_ratio(unit, factor->unit, factor->hhv_per_lhv),
						 "quantity");
}

static Datum
priced(double quantity, const cached_unit *unit, const cached_factor *factor)
{
	return ghg_scale(&factor->gases, in_factor_unit(quantity, unit, factor));
}

/*
 * convert_unit(quantity, from, to, hhv_per_lhv) -> float8: a quantity in another
 * unit of the same kind.
 */
PG_FUNCTION_INFO_V1(convert_unit);
Datum
convert_unit(PG_FUNCTION_ARGS)
{
	factor_cache *cache;
	last_found *last;
	const cached_unit *from;
	const cached_unit *to;
	double hhv_per_lhv = PG_ARGISNULL(3) ? 0 : PG_GETARG_FLOAT8(3);

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(3) && !(hhv_per_lhv >= 1 && hhv_per_lhv < 2))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("hhv_per_lhv must be at least 1 and less than 2"),
						errdetail("It is %g.", hhv_per_lhv)));
	cache = factor_cache_get(fcinfo);
	last = last_of(fcinfo, cache);
	from = find_unit(cache, last, PG_GETARG_TEXT_PP(1));
	to = find_unit(cache, last, PG_GETARG_TEXT_PP(2));
	PG_RETURN_FLOAT8(require_range(require_finite(PG_GETARG_FLOAT8(0), "quantity") *
									   unit_ratio(from, to, hhv_per_lhv),
								   "quantity"));
}

/*
 * resolve_factor(code, year, territory) -> int: the factor that applies, NULL
 * when there is none.
 */
PG_FUNCTION_INFO_V1(resolve_factor);
Datum
resolve_factor(PG_FUNCTION_ARGS)
{
	factor_cache *cache;
	const cached_factor *factor;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	cache = factor_cache_get(fcinfo);
	factor = resolve(cache, last_of(fcinfo, cache), PG_GETARG_TEXT_PP(0), PG_GETARG_INT32(1),
					 PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2));
	if (factor == NULL)
		PG_RETURN_NULL();
	PG_RETURN_INT32(factor->row.id);
}

/* emission(quantity, unit, factor_id) -> ghg */
PG_FUNCTION_INFO_V1(emission_by_id);
Datum
emission_by_id(PG_FUNCTION_ARGS)
{
	factor_cache *cache = factor_cache_get(fcinfo);
	const cached_unit *unit = find_unit(cache, last_of(fcinfo, cache), PG_GETARG_TEXT_PP(1));

	PG_RETURN_DATUM(priced(PG_GETARG_FLOAT8(0), unit, factor_or_fail(cache, PG_GETARG_INT32(2))));
}

/* emission(quantity, unit, code, year, territory) -> ghg */
PG_FUNCTION_INFO_V1(emission_by_code);
Datum
emission_by_code(PG_FUNCTION_ARGS)
{
	factor_cache *cache;
	last_found *last;
	const cached_unit *unit;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	cache = factor_cache_get(fcinfo);
	last = last_of(fcinfo, cache);
	unit = find_unit(cache, last, PG_GETARG_TEXT_PP(1));
	PG_RETURN_DATUM(priced(PG_GETARG_FLOAT8(0), unit,
						   resolve_or_fail(cache, last, PG_GETARG_TEXT_PP(2), PG_GETARG_INT32(3),
										   PG_ARGISNULL(4) ? NULL : PG_GETARG_TEXT_PP(4))));
}

/* Half-width in % to use where a source gives none; -1 when the caller does not say. */
double
assumed_u95_argument(FunctionCallInfo fcinfo, int argno)
{
	double assumed;

	if (PG_ARGISNULL(argno))
		return -1;
	assumed = require_finite(PG_GETARG_FLOAT8(argno), "assumed_u95_percent");
	if (assumed < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("assumed_u95_percent must not be negative"),
						errdetail("It is %g.", assumed)));
	return assumed;
}

/* What is emitted in kg CO2e, uncertain by the factor. */
static Datum
estimated(double quantity, const cached_unit *unit, const cached_factor *factor, gwp_set set,
		  double assumed_u95_percent)
{
	double u95_percent = factor->u95_percent >= 0 ? factor->u95_percent : assumed_u95_percent;
	estimate result = { 0 };
	estimate_cause cause;
	char name[32];

	if (u95_percent < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the uncertainty of emission factor %d is not known", factor->row.id),
				 errdetail("Its source gives none for \"%s\".", factor->code.data),
				 errhint("Give assumed_u95_percent, the half-width of the 95 %% interval in %%.")));
	result.value = require_range(
		in_factor_unit(quantity, unit, factor) * ghg_co2e(&factor->gases, set), "emission");
	cause.term = result.value * (u95_percent / 100 / NORMAL_HALF_WIDTH_95);
	cause.name = name;
	cause.len = snprintf(name, sizeof(name), "factor:%d", factor->row.id);
	result.causes = &cause;
	result.ncauses = 1;
	if (factor->row.dataset_id > 0)
	{
		result.sources = unconstify(int32 *, &factor->row.dataset_id);
		result.nsources = 1;
	}
	return estimate_build(&result);
}

static gwp_set
gwp_argument(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? ghg_default_gwp() : ghg_gwp_argument(PG_GETARG_TEXT_PP(argno));
}

/* emission_estimate(quantity, unit, factor_id, gwp, assumed_u95_percent) -> estimate in kg CO2e */
PG_FUNCTION_INFO_V1(emission_estimate_by_id);
Datum
emission_estimate_by_id(PG_FUNCTION_ARGS)
{
	factor_cache *cache;
	const cached_unit *unit;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	cache = factor_cache_get(fcinfo);
	unit = find_unit(cache, last_of(fcinfo, cache), PG_GETARG_TEXT_PP(1));
	PG_RETURN_DATUM(estimated(PG_GETARG_FLOAT8(0), unit, factor_or_fail(cache, PG_GETARG_INT32(2)),
							  gwp_argument(fcinfo, 3), assumed_u95_argument(fcinfo, 4)));
}

/*
 * emission_estimate(quantity, unit, code, year, territory, gwp, assumed_u95_percent) ->
 * estimate in kg CO2e
 */
PG_FUNCTION_INFO_V1(emission_estimate_by_code);
Datum
emission_estimate_by_code(PG_FUNCTION_ARGS)
{
	factor_cache *cache;
	last_found *last;
	const cached_unit *unit;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	cache = factor_cache_get(fcinfo);
	last = last_of(fcinfo, cache);
	unit = find_unit(cache, last, PG_GETARG_TEXT_PP(1));
	PG_RETURN_DATUM(estimated(PG_GETARG_FLOAT8(0), unit,
							  resolve_or_fail(cache, last, PG_GETARG_TEXT_PP(2), PG_GETARG_INT32(3),
											  PG_ARGISNULL(4) ? NULL : PG_GETARG_TEXT_PP(4)),
							  gwp_argument(fcinfo, 5), assumed_u95_argument(fcinfo, 6)));
}

/*
 * territory_chain(territory) -> (code, level, place): the territory and all that
 * it is part of, the most specific first.
 */
PG_FUNCTION_INFO_V1(territory_chain);
Datum
territory_chain(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const text *name = PG_GETARG_TEXT_PP(0);
	factor_cache *cache;
	cached_territory *territory;

	InitMaterializedSRF(fcinfo, 0);
	cache = factor_cache_get(fcinfo);
	territory = cached_territory_find(cache, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	if (territory == NULL)
		return (Datum) 0;
	cached_chain(cache, territory);
	for (int place = 0; place < territory->nchain; place++)
	{
		const cached_territory *part = territory->chain[place];
		Datum values[3];
		bool nulls[3] = { false, false, false };

		values[0] = PointerGetDatum(cstring_to_text_with_len(part->code.data, part->code.len));
		values[1] = CStringGetTextDatum(part->level);
		values[2] = Int32GetDatum(place + 1);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
