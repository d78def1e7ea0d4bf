/*
 * factor.c
 *		Emission factors: which one applies, and what an activity emits.
 */
#include "factor/cache.h"
#include "factor/known.h"

#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "quantity/estimate.h"
#include "quantity/normal.h"
#include "check.h"
#include "quote.h"
#include "utils/builtins.h"

extern Datum ghg_plus(PG_FUNCTION_ARGS);

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

/* A unit by its name, NULL when there is none. */
static const cached_unit *
known_unit(factor_cache *cache, last_found *last, const text *name)
{
	if (last->unit == NULL || !is_named(&last->unit->code, name))
		last->unit = cached_unit_find(cache, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	return last->unit;
}

static const cached_unit *
find_unit(factor_cache *cache, last_found *last, const text *name)
{
	const cached_unit *unit = known_unit(cache, last, name);

	if (unit == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown unit \"%s\"", quote_text(name)),
						errhint("Table terrcarbon.unit lists the units; add a row for yours.")));
	return unit;
}

/* --- units ----------------------------------------------------------------------- */

/* Why a quantity in one unit has no value in another; the later, the nearer to one. */
typedef enum unit_fault
{
	UNITS_FIT,
	UNIT_OF_OTHER_KIND,
	UNIT_HIDDEN, /* by row security */
	HEATING_VALUE_UNSTATED,
	HEATING_VALUES_UNRELATED
} unit_fault;

/* How many units "to" make one unit "from". */
static unit_fault
unit_ratio(const cached_unit *from, const cached_unit *to, double hhv_per_lhv, double *ratio)
{
	*ratio = 1.0;
	if (from == to)
		return UNITS_FIT;
	if (to == NULL)
		return UNIT_HIDDEN;
	if (strcmp(from->kind, to->kind) != 0)
		return UNIT_OF_OTHER_KIND;
	*ratio = from->in_base / to->in_base;
	if (from->basis == NULL && to->basis == NULL)
		return UNITS_FIT;
	if (from->basis == NULL || to->basis == NULL)
		return HEATING_VALUE_UNSTATED;
	if (strcmp(from->basis, to->basis) == 0)
		return UNITS_FIT;
	if (hhv_per_lhv <= 0)
		return HEATING_VALUES_UNRELATED;
	if (strcmp(from->basis, "LHV") == 0)
		*ratio *= hhv_per_lhv;
	else
		*ratio /= hhv_per_lhv;
	return UNITS_FIT;
}

/* What is wrong, for an error or a finding; to_code names a unit that may be hidden. */
static char *
unit_fault_detail(unit_fault fault, const cached_unit *from, const cached_unit *to,
				  const char *to_code)
{
	switch (fault)
	{
		case UNIT_OF_OTHER_KIND:
			return psprintf("\"%s\" is a unit of %s, \"%s\" of %s.", from->code.data, from->kind,
							to_code, to->kind);
		case HEATING_VALUE_UNSTATED:
			/* The unit of the quantity first. */
			return psprintf(
				from->basis == NULL
					? "\"%s\" does not say whether energy is of the higher or lower heating "
					  "value (HHV, LHV), as \"%s\" does."
					: "\"%s\" says whether energy is of the higher or lower heating value "
					  "(HHV, LHV), \"%s\" does not.",
				from->code.data, to_code);
		case HEATING_VALUES_UNRELATED:
			return pstrdup("The ratio of the higher to the lower heating value of this carrier is "
						   "not known.");
		default:
			return psprintf("Row security hides the unit \"%s\".", to_code);
	}
}

static void
raise_unit_fault(unit_fault fault, const cached_unit *from, const cached_unit *to,
				 const char *to_code)
{
	ereport(ERROR,
			(errcode(fault == UNIT_HIDDEN ? ERRCODE_INSUFFICIENT_PRIVILEGE
										  : ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a quantity in \"%s\" cannot be expressed in \"%s\"", from->code.data, to_code),
			 errdetail("%s", unit_fault_detail(fault, from, to, to_code)),
			 fault == UNIT_OF_OTHER_KIND
				 ? errhint("Give the quantity in a unit of %s, or use a factor per unit of %s.",
						   to->kind, from->kind)
			 : fault == HEATING_VALUE_UNSTATED
				 ? errhint("Use a unit that says so on both sides, or on neither.")
			 : fault == HEATING_VALUES_UNRELATED
				 ? errhint("Give the quantity in the other heating value, or set hhv_per_lhv "
						   "(1.111 for natural gas).")
				 : errhint("Ask the owner of table terrcarbon.unit for the right to read it.")));
}

static unit_fault
factor_ratio(const cached_unit *unit, const cached_factor *factor, double *ratio)
{
	return unit_ratio(unit, factor->unit, factor->hhv_per_lhv, ratio);
}

/* A quantity in the unit of a factor. */
static double
in_factor_unit(double quantity, const cached_unit *unit, const cached_factor *factor)
{
	double ratio;
	unit_fault fault;

	if (likely(unit == factor->unit))
		return require_finite(quantity, "quantity");
	fault = factor_ratio(unit, factor, &ratio);
	if (unlikely(fault != UNITS_FIT))
		raise_unit_fault(fault, unit, factor->unit, factor->unit_code.data);
	return require_range(require_finite(quantity, "quantity") * ratio, "quantity");
}

/* --- which factors apply ------------------------------------------------------------ */

#define BIT(part)        (1 << (part))
#define MAX_LISTED_UNITS 6

#define ADDABLE_PARTS (BIT(PART_COMBUSTION) | BIT(PART_UPSTREAM))

/* Let a factor serve its part, and leave wanted what may be added to it. */
static inline void
serve_part(factor_choice *choice, const cached_factor *factor)
{
	int part = factor->part;

	choice->of[part] = factor;
	/* What is whole leaves nothing to add, and is no part of a sum. */
	choice->wanted &= BIT(part) & ADDABLE_PARTS ? ADDABLE_PARTS & ~BIT(part) : 0;
}

/* Let a list of rows serve the parts that nothing better has served. */
static void
take_rows(factor_choice *choice, const row_list *list, int year, const cached_unit *unit)
{
	for (int i = 0; list != NULL && i < list->n && choice->wanted != 0; i++)
	{
		const cached_factor *factor = cached_factor_of(list->rows[i]);
		double ratio;

		if (!(choice->wanted & BIT(factor->part)) ||
			!cached_row_holds(&factor->row, year, known_moment))
			continue;
		if (unit != NULL && factor_ratio(unit, factor, &ratio) != UNITS_FIT)
			continue;
		serve_part(choice, factor);
	}
}

/* The parts that a code has at the moment whose knowledge counts. */
static int
parts_of(const cached_code *code)
{
	int parts = 0;

	if (known_moment == DT_NOEND)
		return code->parts;
	for (int i = 0; i < code->rows.n; i++)
	{
		const cached_factor *factor = cached_factor_of(code->rows.rows[i]);

		if (cached_row_holds(&factor->row, factor->row.year_from, known_moment))
			parts |= BIT(factor->part);
	}
	return parts;
}

static cached_territory *
find_territory(factor_cache *cache, last_found *last, const text *name)
{
	if (last->territory == NULL || !is_named(&last->territory->code, name))
	{
		last->territory = cached_territory_find(cache, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
		if (last->territory != NULL)
			cached_chain(cache, last->territory);
	}
	return last->territory;
}

/* Choose the factors of a code, of whose territory the chain is made. */
static void
choose_anew(factor_cache *cache, const cached_code *code, int year,
			const cached_territory *territory, const cached_unit *unit, factor_choice *choice)
{
	memset(choice, 0, sizeof(*choice));
	choice->code = code;
	choice->wanted = parts_of(code);
	for (int place = 0; territory != NULL && place < territory->nchain; place++)
		take_rows(choice, cached_rows_in(cache, code, territory->chain[place]), year, unit);
	take_rows(choice, &code->everywhere, year, unit);
}

/* Make a choice of what is remembered of it. */
static void
recall(const factor_cache *cache, const known_choice *known, const cached_code *code,
	   factor_choice *choice)
{
	memset(choice, 0, sizeof(*choice));
	choice->code = code;
	choice->wanted = code->parts;
	for (int i = 0; i < PARTS_CHOSEN && known->of[i] != 0; i++)
		serve_part(choice, cached_factors(cache) + known->of[i]);
}

/* Keep of a choice what makes it again. */
static void
remember(const factor_cache *cache, const factor_choice *choice, uint64 question,
		 known_choice *known)
{
	int n = 0;

	for (int part = 0; part < FACTOR_PARTS; part++)
	{
		if (choice->of[part] != NULL)
		{
			Assert(n < PARTS_CHOSEN);
			known->of[n++] = choice->of[part] - cached_factors(cache);
		}
	}
	while (n < PARTS_CHOSEN)
		known->of[n++] = 0;
	known->question = question;
}

/*
 * Choose the factors of a code in a year and territory, for a quantity in a unit
 * or, where it is NULL, in any.  What is then wanted and not found is lacking.
 */
static void
choose(factor_cache *cache, last_found *last, const text *code_name, int year,
	   const text *territory_name, const cached_unit *unit, factor_choice *choice)
{
	const cached_code *code = last->code;
	const cached_territory *territory = NULL;
	known_choice *known = NULL;
	uint64 question = 0;
	bool found = false;

	if (code == NULL || !is_named(&code->code, code_name))
		last->code = code = cached_factor_code_find(cache, VARDATA_ANY(code_name),
													VARSIZE_ANY_EXHDR(code_name));
	if (code == NULL)
	{
		memset(choice, 0, sizeof(*choice));
		return;
	}
	if (territory_name != NULL && code->elsewhere)
		territory = find_territory(cache, last, territory_name);
	/* What is in use now is remembered, not what was at some moment. */
	if (known_moment == DT_NOEND)
		question = cached_question(code, territory, unit, year);
	if (question != 0)
		known = cached_choice(cache, question, &found);
	if (found)
		recall(cache, known, code, choice);
	else
	{
		choose_anew(cache, code, year, territory, unit, choice);
		if (known != NULL)
			remember(cache, choice, question, known);
	}
	choice->territory_known = territory_name == NULL || !code->elsewhere || territory != NULL;
}

/* Whether any factor was chosen. */
static bool
is_chosen(const factor_choice *choice)
{
	for (int part = 0; part < FACTOR_PARTS; part++)
	{
		if (choice->of[part] != NULL)
			return true;
	}
	return false;
}

/* The part that lacks, for a message. */
static const char *
part_names(int parts)
{
	return parts & BIT(PART_COMBUSTION) ? ", part combustion," : ", part upstream,";
}

/* Why a code lacks a part of those wanted, or any. */
typedef struct factor_lack
{
	const char *reason;
	char *detail;
	const cached_factor *unfit; /* what would apply, but for the unit */
} factor_lack;

/* A code that no factor has, and those like it. */
static factor_lack
code_lack(factor_cache *cache, const text *code)
{
	char *similar = cached_codes_like(cache, VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code));
	char *detail = psprintf("No factor has the code \"%s\".", quote_text(code));

	if (similar != NULL)
		detail = psprintf("%s Codes like it: %s.", detail, similar);
	return (factor_lack){ "unknown_code", detail, NULL };
}

/* The units that factors of a code are per, with commas between. */
static char *
units_of(const cached_code *code, int parts)
{
	StringInfoData units;
	const cached_factor *listed[MAX_LISTED_UNITS];
	int n = 0;

	initStringInfo(&units);
	for (int i = 0; i < code->rows.n && n < MAX_LISTED_UNITS; i++)
	{
		const cached_factor *factor = cached_factor_of(code->rows.rows[i]);
		int at = 0;

		if (!(parts & BIT(factor->part)) || factor->row.superseded_at != DT_NOEND)
			continue;
		while (at < n && strcmp(listed[at]->unit_code.data, factor->unit_code.data) != 0)
			at++;
		if (at < n)
			continue;
		listed[n++] = factor;
		appendStringInfo(&units, "%s%s", n == 1 ? "" : ", ", factor->unit_code.data);
	}
	return units.data;
}

static factor_lack
unit_lack(const cached_unit *unit, const cached_factor *factor, char *units)
{
	static const char *const reasons[] = { "", "unit_of_other_kind", "unit_hidden",
										   "heating_value_unstated", "heating_values_unrelated" };
	double ratio;
	unit_fault fault = factor_ratio(unit, factor, &ratio);

	return (factor_lack){
		reasons[fault],
		psprintf("%s Factors of this code are per %s.",
				 unit_fault_detail(fault, unit, factor->unit, factor->unit_code.data), units),
		factor
	};
}

static factor_lack
explain_lack(const factor_choice *choice, int parts, int year, const cached_unit *unit)
{
	unit_fault nearest = UNITS_FIT;
	const cached_factor *unfit = NULL;
	bool fits = false;
	bool holds = false;

	for (int i = 0; i < choice->code->rows.n; i++)
	{
		const cached_factor *factor = cached_factor_of(choice->code->rows.rows[i]);
		unit_fault fault;
		double ratio;

		CHECK_FOR_INTERRUPTS();
		if (!(parts & BIT(factor->part)) ||
			!cached_row_holds(&factor->row, factor->row.year_from, known_moment))
			continue;
		fault = factor_ratio(unit, factor, &ratio);
		if (fault > nearest || (fault != UNITS_FIT && unfit == NULL))
		{
			nearest = fault;
			unfit = factor;
		}
		fits = fits || fault == UNITS_FIT;
		holds = holds || (fault == UNITS_FIT && cached_row_holds(&factor->row, year, known_moment));
	}
	if (!fits && unfit != NULL)
		return unit_lack(unit, unfit, units_of(choice->code, parts));
	if (!choice->territory_known)
		return (factor_lack){ "unknown_territory",
							  pstrdup("The code has factors, but the territory is not in "
									  "reference_territory, and none applies everywhere in that "
									  "year."),
							  NULL };
	if (holds)
		return (factor_lack){ "other_territory",
							  pstrdup("The code has factors for this year, but none for this "
									  "territory or for everywhere."),
							  NULL };
	return (factor_lack){ "other_year", psprintf("The code has factors, but none for %d.", year),
						  NULL };
}

/* The choice, or an error that says what there is. */
static void
choose_or_fail(factor_cache *cache, last_found *last, const text *code, int year,
			   const text *territory, const cached_unit *unit, factor_choice *choice)
{
	factor_lack lack;
	const char *part;

	choose(cache, last, code, year, territory, unit, choice);
	if (likely(is_chosen(choice) && choice->wanted == 0))
		return;
	lack = choice->code == NULL ? code_lack(cache, code)
								: explain_lack(choice, choice->wanted, year, unit);
	if (lack.unfit != NULL)
	{
		double ratio;

		raise_unit_fault(factor_ratio(unit, lack.unfit, &ratio), unit, lack.unfit->unit,
						 lack.unfit->unit_code.data);
	}
	part = is_chosen(choice) ? part_names(choice->wanted) : "";
	ereport(
		ERROR,
		(errcode(ERRCODE_NO_DATA_FOUND),
		 territory == NULL
			 ? errmsg("no emission factor \"%s\"%s for %d", quote_text(code), part, year)
			 : errmsg("no emission factor \"%s\"%s for %d in \"%s\"", quote_text(code), part, year,
					  quote_text(territory)),
		 errdetail("%s", lack.detail),
		 errhint("Table terrcarbon.factor lists the factors with their years and territories.")));
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

/* A choice of one factor, by its id. */
static void
choose_by_id(factor_cache *cache, int32 id, factor_choice *choice)
{
	const cached_factor *factor = factor_or_fail(cache, id);

	memset(choice, 0, sizeof(*choice));
	choice->of[factor->part] = factor;
}

/* What a quantity emits by the factors chosen, added up. */
static Datum
priced(double quantity, const cached_unit *unit, const factor_choice *choice)
{
	Datum sum = (Datum) 0;

	for (int part = 0; part < FACTOR_PARTS; part++)
	{
		const cached_factor *factor = choice->of[part];
		Datum emission;

		if (factor == NULL)
			continue;
		emission = ghg_scale(&factor->gases, in_factor_unit(quantity, unit, factor));
		sum = sum == (Datum) 0 ? emission : DirectFunctionCall2(ghg_plus, sum, emission);
	}
	return sum;
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
	unit_fault fault;
	double ratio;
	double hhv_per_lhv = PG_ARGISNULL(3) ? 0 : PG_GETARG_FLOAT8(3);

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(3) && !(hhv_per_lhv >= 1 && hhv_per_lhv < 2))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("hhv_per_lhv must be at least 1 and less than 2"),
						errdetail("It is %g.", hhv_per_lhv)));
	cache = factor_cache_get();
	last = last_of(fcinfo, cache);
	from = find_unit(cache, last, PG_GETARG_TEXT_PP(1));
	to = find_unit(cache, last, PG_GETARG_TEXT_PP(2));
	fault = unit_ratio(from, to, hhv_per_lhv, &ratio);
	if (fault != UNITS_FIT)
		raise_unit_fault(fault, from, to, to->code.data);
	PG_RETURN_FLOAT8(
		require_range(require_finite(PG_GETARG_FLOAT8(0), "quantity") * ratio, "quantity"));
}

/*
 * resolve_factor(code, year, territory_code, unit) -> int: the one factor that
 * applies, NULL when there is none.
 */
PG_FUNCTION_INFO_V1(resolve_factor);
Datum
resolve_factor(PG_FUNCTION_ARGS)
{
	factor_cache *cache;
	last_found *last;
	factor_choice choice;
	const cached_unit *unit = NULL;
	int found = 0;
	int32 id = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	cache = factor_cache_get();
	last = last_of(fcinfo, cache);
	if (!PG_ARGISNULL(3))
	{
		unit = known_unit(cache, last, PG_GETARG_TEXT_PP(3));
		if (unit == NULL)
			PG_RETURN_NULL();
	}
	choose(cache, last, PG_GETARG_TEXT_PP(0), PG_GETARG_INT32(1),
		   PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2), unit, &choice);
	for (int part = 0; part < FACTOR_PARTS; part++)
	{
		if (choice.of[part] != NULL)
		{
			id = choice.of[part]->row.id;
			found++;
		}
	}
	if (found > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("emission factor \"%s\" comes in parts", quote_text(PG_GETARG_TEXT_PP(0))),
				 errdetail("Combustion and upstream have a factor each."),
				 errhint("Use resolve_factor_parts.")));
	if (found == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(id);
}

/* One row of resolve_factor_parts: a factor, or why there is none. */
#define PART_COLUMNS 14

static void
put_part(ReturnSetInfo *result, int part, bool grid, const cached_factor *factor,
		 const cached_unit *unit, const factor_lack *lack)
{
	Datum values[PART_COLUMNS] = { 0 };
	bool nulls[PART_COLUMNS];
	double ratio;

	memset(nulls, true, sizeof(nulls));
#define PUT(column, value) (values[column] = (value), nulls[column] = false)
	if (part >= 0)
	{
		const factor_part_info *info = &factor_parts_known[part];

		PUT(0, CStringGetTextDatum(info->name));
		PUT(1, Int32GetDatum(grid ? info->grid_ghg_scope : info->ghg_scope));
	}
	if (factor != NULL)
	{
		(void) factor_ratio(unit, factor, &ratio);
		PUT(2, Int32GetDatum(factor->row.id));
		PUT(3, ghg_scale(&factor->gases, ratio));
		PUT(4, CStringGetTextDatum(factor->unit->code.data));
		PUT(5, CStringGetTextDatum(factor->unit->kind));
		if (factor->unit->basis != NULL)
			PUT(6, CStringGetTextDatum(factor->unit->basis));
		if (factor->u95_percent >= 0)
			PUT(7, Float8GetDatum(factor->u95_percent));
		if (factor->low_percent >= 0)
			PUT(8, Float8GetDatum(factor->low_percent));
		if (factor->high_percent >= 0)
			PUT(9, Float8GetDatum(factor->high_percent));
		if (factor->lumped_gwp != NULL)
			PUT(10, CStringGetTextDatum(factor->lumped_gwp));
		if (factor->row.dataset_id > 0)
			PUT(11, Int32GetDatum(factor->row.dataset_id));
	}
	if (lack != NULL)
	{
		PUT(12, CStringGetTextDatum(lack->reason));
		PUT(13, CStringGetTextDatum(lack->detail));
	}
#undef PUT
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* Whether what a code counts comes by a grid: all its factors say the same of that. */
static bool
is_of_grid(const cached_code *code)
{
	for (int i = 0; i < code->rows.n; i++)
	{
		const cached_factor *factor = cached_factor_of(code->rows.rows[i]);

		if (factor->grid && cached_row_holds(&factor->row, factor->row.year_from, known_moment))
			return true;
	}
	return false;
}

/*
 * The parts of a choice, and why the others that the code has are not there: all
 * for one reason where it is given.
 */
static void
put_parts(ReturnSetInfo *result, const factor_choice *choice, int year, const cached_unit *unit,
		  const factor_lack *reason)
{
	bool grid = is_of_grid(choice->code);
	bool any = false;
	factor_lack lack;

	for (int part = 0; part < FACTOR_PARTS; part++)
	{
		if (choice->of[part] != NULL)
			put_part(result, part, choice->of[part]->grid, choice->of[part], unit, NULL);
		else if (choice->wanted & BIT(part))
		{
			lack = reason != NULL ? *reason : explain_lack(choice, BIT(part), year, unit);
			put_part(result, part, grid, NULL, unit, &lack);
		}
		else
			continue;
		any = true;
	}
	if (any)
		return;
	lack = reason != NULL ? *reason : explain_lack(choice, choice->wanted, year, unit);
	put_part(result, -1, false, NULL, unit, &lack);
}

/*
 * resolve_factor_parts(code, year, territory_code, unit) -> rows: the factors of
 * a quantity, one for each part, or why there is none.  Raises nothing.
 */
PG_FUNCTION_INFO_V1(resolve_factor_parts);
Datum
resolve_factor_parts(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	factor_cache *cache;
	last_found *last;
	factor_choice choice;
	const cached_unit *unit = NULL;
	factor_lack lack = { NULL, NULL };

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		lack = (factor_lack){ "no_code", "No factor is named." };
	else if (PG_ARGISNULL(1))
		lack = (factor_lack){ "no_year", "No year is given." };
	if (lack.reason != NULL)
	{
		put_part(result, -1, false, NULL, NULL, &lack);
		return (Datum) 0;
	}
	cache = factor_cache_get();
	last = last_of(fcinfo, cache);
	if (PG_ARGISNULL(3))
		lack = (factor_lack){ "no_unit", "No unit is given." };
	else if ((unit = known_unit(cache, last, PG_GETARG_TEXT_PP(3))) == NULL)
		lack = (factor_lack){ "unknown_unit", psprintf("Table unit has no \"%s\".",
													   quote_text(PG_GETARG_TEXT_PP(3))) };
	choose(cache, last, PG_GETARG_TEXT_PP(0), PG_GETARG_INT32(1),
		   PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2), unit, &choice);
	if (choice.code == NULL)
	{
		if (lack.reason == NULL)
			lack = code_lack(cache, PG_GETARG_TEXT_PP(0));
		put_part(result, -1, false, NULL, NULL, &lack);
		return (Datum) 0;
	}
	if (lack.reason != NULL)
	{
		/* Whatever there is for other units, nothing is priced without one. */
		memset(choice.of, 0, sizeof(choice.of));
		choice.wanted = parts_of(choice.code);
	}
	put_parts(result, &choice, PG_GETARG_INT32(1), unit, lack.reason == NULL ? NULL : &lack);
	return (Datum) 0;
}

/* emission(quantity, unit, factor_id) -> ghg */
PG_FUNCTION_INFO_V1(emission_by_id);
Datum
emission_by_id(PG_FUNCTION_ARGS)
{
	factor_cache *cache = factor_cache_get();
	const cached_unit *unit = find_unit(cache, last_of(fcinfo, cache), PG_GETARG_TEXT_PP(1));
	factor_choice choice;

	choose_by_id(cache, PG_GETARG_INT32(2), &choice);
	PG_RETURN_DATUM(priced(PG_GETARG_FLOAT8(0), unit, &choice));
}

/* emission(quantity, unit, code, year, territory_code) -> ghg */
PG_FUNCTION_INFO_V1(emission_by_code);
Datum
emission_by_code(PG_FUNCTION_ARGS)
{
	factor_cache *cache;
	last_found *last;
	const cached_unit *unit;
	factor_choice choice;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	cache = factor_cache_get();
	last = last_of(fcinfo, cache);
	unit = find_unit(cache, last, PG_GETARG_TEXT_PP(1));
	choose_or_fail(cache, last, PG_GETARG_TEXT_PP(2), PG_GETARG_INT32(3),
				   PG_ARGISNULL(4) ? NULL : PG_GETARG_TEXT_PP(4), unit, &choice);
	PG_RETURN_DATUM(priced(PG_GETARG_FLOAT8(0), unit, &choice));
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

/* The uncertainty of a factor, for an amount of 1. */
typedef struct factor_spread
{
	double sd;
	double skew; /* cube root of the third moment */
} factor_spread;

static factor_spread
factor_spread_of(const cached_factor *factor, double assumed)
{
	double u95_percent = factor->u95_percent >= 0 ? factor->u95_percent : assumed;

	if (factor->low_percent >= 0)
		return (factor_spread){ factor->interval_sd, factor->interval_skew };
	if (u95_percent < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the uncertainty of emission factor %d is not known", factor->row.id),
				 errdetail("Its source gives none for \"%s\".", factor->code.data),
				 errhint("Give assumed_u95_percent, the half-width of the 95 %% interval in %%.")));
	return (factor_spread){ u95_percent / 100 / NORMAL_HALF_WIDTH_95, 0 };
}

typedef struct priced_part
{
	double co2e;
	factor_spread spread;
	const cached_factor *factor;
	char name[32];
} priced_part;

static int
compare_parts(const void *a, const void *b)
{
	const priced_part *x = a;
	const priced_part *y = b;

	return estimate_compare_names(x->name, strlen(x->name), y->name, strlen(y->name));
}

/* What is emitted in kg CO2e, uncertain by the factors. */
static Datum
estimated(double quantity, const cached_unit *unit, const factor_choice *choice, gwp_set set,
		  double assumed)
{
	priced_part parts[FACTOR_PARTS];
	estimate_cause causes[FACTOR_PARTS] = { 0 };
	int32 sources[FACTOR_PARTS];
	estimate result = { 0 };
	int n = 0;

	for (int p = 0; p < FACTOR_PARTS; p++)
	{
		const cached_factor *factor = choice->of[p];
		priced_part *part = &parts[n];

		if (factor == NULL)
			continue;
		part->factor = factor;
		part->spread = factor_spread_of(factor, assumed);
		part->co2e = require_range(
			in_factor_unit(quantity, unit, factor) * ghg_co2e(&factor->gases, set), "emission");
		snprintf(part->name, sizeof(part->name), "factor:%d", factor->row.id);
		n++;
	}
	qsort(parts, n, sizeof(priced_part), compare_parts);
	for (int i = 0; i < n; i++)
	{
		result.value += parts[i].co2e;
		causes[i].term = parts[i].co2e * parts[i].spread.sd;
		causes[i].skew = parts[i].co2e * parts[i].spread.skew;
		causes[i].name = parts[i].name;
		causes[i].len = strlen(parts[i].name);
		cached_source_add(sources, &result.nsources, parts[i].factor->row.dataset_id);
	}
	require_range(result.value, "emission");
	result.causes = causes;
	result.ncauses = n;
	result.sources = sources;
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
	factor_choice choice;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	cache = factor_cache_get();
	unit = find_unit(cache, last_of(fcinfo, cache), PG_GETARG_TEXT_PP(1));
	choose_by_id(cache, PG_GETARG_INT32(2), &choice);
	PG_RETURN_DATUM(estimated(PG_GETARG_FLOAT8(0), unit, &choice, gwp_argument(fcinfo, 3),
							  assumed_u95_argument(fcinfo, 4)));
}

/*
 * emission_estimate(quantity, unit, code, year, territory_code, gwp,
 * assumed_u95_percent) -> estimate in kg CO2e
 */
PG_FUNCTION_INFO_V1(emission_estimate_by_code);
Datum
emission_estimate_by_code(PG_FUNCTION_ARGS)
{
	factor_cache *cache;
	last_found *last;
	const cached_unit *unit;
	factor_choice choice;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	cache = factor_cache_get();
	last = last_of(fcinfo, cache);
	unit = find_unit(cache, last, PG_GETARG_TEXT_PP(1));
	choose_or_fail(cache, last, PG_GETARG_TEXT_PP(2), PG_GETARG_INT32(3),
				   PG_ARGISNULL(4) ? NULL : PG_GETARG_TEXT_PP(4), unit, &choice);
	PG_RETURN_DATUM(estimated(PG_GETARG_FLOAT8(0), unit, &choice, gwp_argument(fcinfo, 5),
							  assumed_u95_argument(fcinfo, 6)));
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

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	cache = factor_cache_get();
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
