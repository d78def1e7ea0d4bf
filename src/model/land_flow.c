/*
 * land_flow.c
 *		The SQL functions of land-use change: from stocks, or from land classes
 *		by their references.
 */
#include "model/land_change.h"

#include "catalog/pg_type.h"
#include "check.h"
#include "factor/stock.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "quantity/estimate.h"
#include "quantity/ghg.h"
#include "quantity/normal.h"
#include "utils/array.h"
#include "utils/builtins.h"

#define MAX_YEARS     10000
#define MAX_TERMS     (2 * CARBON_POOLS)
#define KG_CO2_PER_TC (44000.0 / 12.0)

/* What each reference has to do with a pool: its row and tC/ha, before negative. */
typedef struct change_term
{
	const cached_stock *from;
	double per_ha;
	char name[40];
} change_term;

/* A change of a hectare from one class to another. */
typedef struct class_change
{
	pool_change pools[CHANGE_POOLS];
	const char *reason[CHANGE_POOLS]; /* why it is not known */
	char *detail[CHANGE_POOLS];
	int nterms[CHANGE_POOLS];
	change_term terms[CHANGE_POOLS][MAX_TERMS];
} class_change;

/* The span of years of a flow. */
typedef struct flow_years
{
	int from;
	int to;
	int last;
} flow_years;

static flow_years
check_years(int year_from, int year_to, int last_year)
{
	if (year_to < year_from || last_year < year_from)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid range of years"),
				 errdetail("The change happens from %d to %d, the last year is %d.", year_from,
						   year_to, last_year),
				 errhint("The range is in order, and the last year is not before it begins.")));
	if ((int64) last_year - year_from >= MAX_YEARS || (int64) year_to - year_from >= MAX_YEARS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many years"),
						errdetail("From %d to %d.", year_from, Max(last_year, year_to)),
						errhint("At most %d years are computed at once.", MAX_YEARS)));
	return (flow_years){ year_from, year_to, last_year };
}

/* --- from stocks ------------------------------------------------------------------ */

/* kg of what a change of carbon and an amount of N2O emit. */
static Datum
flow_emission(double change_t, double n2o_t)
{
	ghg_builder builder = { 0 };

	ghg_add(&builder, gas_find("CO2", 3),
			require_range(-change_t * KG_CO2_PER_TC, "emission") + 0.0);
	if (n2o_t > 0)
		ghg_add(&builder, gas_find("N2O", 3), n2o_t * 1000);
	return ghg_build(&builder);
}

/* change_t, n2o_t and emission of one pool in one year, from a column on. */
static void
put_flow(const pool_change *change, int pool, double area, double share, Datum *values, bool *nulls)
{
	double change_t = require_range(change->total * area * share, "change of carbon stock");
	double n2o_t = pool == CHANGE_SOIL && change_t < 0 ? mineralised_n2o(-change_t, false) : 0;

	values[0] = Float8GetDatum(change_t);
	values[1] = Float8GetDatum(n2o_t);
	values[2] = flow_emission(change_t, n2o_t);
	nulls[0] = nulls[2] = false;
	nulls[1] = pool != CHANGE_SOIL;
}

/*
 * land_change_flow(from_density, to_density, area_ha, year_from, year_to,
 * last_year, at_once, complete) -> (year, pool, change_t, n2o_t, emission)
 */
PG_FUNCTION_INFO_V1(land_change_flow_of_stocks);
Datum
land_change_flow_of_stocks(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	flow_years years = check_years(PG_GETARG_INT32(3), PG_GETARG_INT32(4), PG_GETARG_INT32(5));
	double area = require_not_negative(PG_GETARG_FLOAT8(2), "area_ha");
	bool complete = PG_GETARG_BOOL(7);
	carbon_stock before;
	carbon_stock after;
	land_side from;
	land_side to;
	pool_change changes[CHANGE_POOLS];

	carbon_stock_read(PG_GETARG_DATUM(0), &before);
	carbon_stock_read(PG_GETARG_DATUM(1), &after);
	if ((before.pools & after.pools) >> POOL_SOIL & 1 &&
		before.soil_depth_cm != after.soil_depth_cm)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("soils of different depth cannot be compared"),
						errdetail("One is to %d cm, the other to %d cm.", before.soil_depth_cm,
								  after.soil_depth_cm),
						errhint("Give both to one depth.")));
	from = land_side_of(&before, complete);
	to = land_side_of(&after, complete);
	land_change(&from, &to, PG_GETARG_BOOL(6), changes);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int year = years.from;; year++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int pool = 0; pool < CHANGE_POOLS; pool++)
		{
			const pool_change *change = &changes[pool];
			Datum values[5] = { 0 };
			bool nulls[5] = { false, false, true, true, true };

			if (change->absent)
				continue;
			values[0] = Int32GetDatum(year);
			values[1] = CStringGetTextDatum(change_pools[pool].name);
			if (change->known)
				put_flow(change, pool, area,
						 transition_share(year, years.from, years.to, change->years), &values[2],
						 &nulls[2]);
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
		if (year == years.last)
			break;
	}
	return (Datum) 0;
}

/* transition_share(year, year_from, year_to, years) -> float8 */
PG_FUNCTION_INFO_V1(transition_share_sql);
Datum
transition_share_sql(PG_FUNCTION_ARGS)
{
	int32 years = PG_GETARG_INT32(3);

	if (PG_GETARG_INT32(2) < PG_GETARG_INT32(1) || years < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid range of years"),
						errdetail("The change happens from %d to %d and takes %d years.",
								  PG_GETARG_INT32(1), PG_GETARG_INT32(2), years),
						errhint("The range is in order, and a change takes a year or more.")));
	PG_RETURN_FLOAT8(
		transition_share(PG_GETARG_INT32(0), PG_GETARG_INT32(1), PG_GETARG_INT32(2), years));
}

/* soil_n2o(mineralised_tc, aldo_compatible) -> t N2O */
PG_FUNCTION_INFO_V1(soil_n2o);
Datum
soil_n2o(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(mineralised_n2o(require_not_negative(PG_GETARG_FLOAT8(0), "mineralised_tc"),
									 PG_GETARG_BOOL(1)));
}

/* land_kind(nomenclature, code) -> artificial, wetland or other */
PG_FUNCTION_INFO_V1(land_kind);
Datum
land_kind(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(
		cached_land_kind(factor_cache_get(), PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1))));
}

/* horizon(int) -> int: a number of years to look ahead, refused out of range. */
PG_FUNCTION_INFO_V1(checked_horizon);
Datum
checked_horizon(PG_FUNCTION_ARGS)
{
	int32 horizon = PG_GETARG_INT32(0);

	if (horizon < 1 || horizon > MAX_YEARS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("horizon must be between 1 and %d years", MAX_YEARS),
						errdetail("It is %d.", horizon)));
	PG_RETURN_INT32(horizon);
}

/* --- from classes ------------------------------------------------------------------ */

static land_side
side_of(const stock_choice *choice)
{
	carbon_stock stock = { 0 };

	stock.pools = choice->found;
	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		if (choice->from[pool] != NULL)
			stock.tc[pool] = choice->from[pool]->stock.tc[pool];
	}
	if (choice->from[POOL_SOIL] != NULL)
		stock.soil_depth_cm = choice->from[POOL_SOIL]->stock.soil_depth_cm;
	return land_side_of(&stock, choice->complete);
}

/* Note the references that a pool rests on, one side of the change. */
static void
add_terms(class_change *change, int pool, const stock_choice *choice, int sign)
{
	for (int p = 0; p < CARBON_POOLS; p++)
	{
		const cached_stock *from = choice->from[p];
		int i = 0;

		if (!((change_pools[pool].pools >> p) & 1) || from == NULL)
			continue;
		while (i < change->nterms[pool] && change->terms[pool][i].from != from)
			i++;
		if (i == change->nterms[pool])
		{
			change_term *term = &change->terms[pool][change->nterms[pool]++];

			term->from = from;
			term->per_ha = 0;
			snprintf(term->name, sizeof(term->name), "stock_reference:%d", from->row.id);
		}
		change->terms[pool][i].per_ha += sign * from->stock.tc[p];
	}
}

static int
compare_terms(const void *a, const void *b)
{
	const change_term *x = a;
	const change_term *y = b;

	return estimate_compare_names(x->name, strlen(x->name), y->name, strlen(y->name));
}

/* Say why the pools that cannot be told are not known. */
static void
explain_unknown(class_change *change, const stock_choice *from, const stock_choice *to, int year)
{
	bool depths_differ = from->from[POOL_SOIL] != NULL && to->from[POOL_SOIL] != NULL &&
						 from->from[POOL_SOIL]->stock.soil_depth_cm !=
							 to->from[POOL_SOIL]->stock.soil_depth_cm;

	for (int pool = 0; pool < CHANGE_POOLS; pool++)
	{
		uint8 pools = change_pools[pool].pools;
		const stock_choice *lacking = from->found == 0 || from->missing & pools ? from
									  : to->found == 0 || to->missing & pools   ? to
																				: NULL;

		change->reason[pool] = NULL;
		if (lacking != NULL)
		{
			char *detail;

			stock_explain_lack(lacking, lacking->found == 0 ? ~0 : pools, year,
							   &change->reason[pool], &detail);
			change->detail[pool] = psprintf("%s class: %s", lacking == from ? "From" : "To",
											detail);
		}
		else if (pool == CHANGE_SOIL && depths_differ)
		{
			change->reason[pool] = "soil_depths_differ";
			change->detail[pool] = psprintf("The soil of one class is to %d cm, of the other to %d "
											"cm.",
											from->from[POOL_SOIL]->stock.soil_depth_cm,
											to->from[POOL_SOIL]->stock.soil_depth_cm);
		}
		else if (!change->pools[pool].known)
		{
			change->reason[pool] = "one_side_only";
			change->detail[pool] = pstrdup("One class has a reference for this pool, the other has "
										   "none and is not said to be complete.");
		}
		if (change->reason[pool] != NULL)
		{
			change->pools[pool].known = false;
			change->pools[pool].absent = lacking != NULL && pool == CHANGE_PRODUCTS;
		}
	}
}

/* What a hectare gains or loses when it passes from one class to another. */
static void
change_classes(const text *nomenclature, const text *from_code, const text *to_code, int year,
			   const text *territory, class_change *change)
{
	factor_cache *cache = factor_cache_get();
	stock_choice from_choice;
	stock_choice to_choice;
	land_side from;
	land_side to;
	const cached_soil_flux *published;
	pool_change *soil = &change->pools[CHANGE_SOIL];
	bool at_once = strcmp(cached_land_kind(cache, nomenclature, to_code), "artificial") == 0 ||
				   strcmp(cached_land_kind(cache, nomenclature, from_code), "wetland") == 0;

	stock_choose(cache, nomenclature, from_code, year, territory, false, &from_choice);
	stock_choose(cache, nomenclature, to_code, year, territory, false, &to_choice);
	from = side_of(&from_choice);
	to = side_of(&to_choice);
	land_change(&from, &to, at_once, change->pools);
	explain_unknown(change, &from_choice, &to_choice, year);
	published = cached_soil_flux_find(cache, nomenclature, from_code, to_code, territory);
	if (published != NULL)
	{
		change->reason[CHANGE_SOIL] = NULL;
		soil->known = true;
		soil->absent = false;
		soil->total = published->flux * published->years;
		if (soil->total < 0)
			soil->years = published->years;
		else
			soil->years = soil->total > 0 && published->years > 1 ? published->years
						  : soil->total > 0                       ? TRANSITION_YEARS
																  : 1;
	}
	for (int pool = 0; pool < CHANGE_POOLS; pool++)
	{
		change->nterms[pool] = 0;
		add_terms(change, pool, &from_choice, -1);
		add_terms(change, pool, &to_choice, 1);
		qsort(change->terms[pool], change->nterms[pool], sizeof(change_term), compare_terms);
	}
}

/*
 * The change of a pool on an area as an estimate, uncertain by its references;
 * false when one of them has no uncertainty and none is assumed.
 */
static bool
estimate_change(const class_change *change, int pool, double area, double assumed, Datum *result)
{
	estimate value = { 0 };
	estimate_cause causes[MAX_TERMS] = { 0 };
	int32 sources[MAX_TERMS];

	value.value = change->pools[pool].total * area;
	for (int i = 0; i < change->nterms[pool]; i++)
	{
		const change_term *term = &change->terms[pool][i];
		double u95_percent = term->from->u95_percent >= 0 ? term->from->u95_percent : assumed;

		if (term->per_ha * area != 0 && u95_percent < 0)
			return false;
		causes[i].term = term->per_ha * area * (u95_percent / 100 / NORMAL_HALF_WIDTH_95);
		causes[i].name = term->name;
		causes[i].len = strlen(term->name);
		cached_source_add(sources, &value.nsources, term->from->row.dataset_id);
	}
	value.causes = causes;
	value.ncauses = change->nterms[pool];
	value.sources = sources;
	*result = estimate_build(&value);
	return true;
}

/* Datasets that a pool's references came from, as int[]. */
static Datum
change_sources(const class_change *change, int pool)
{
	int32 sources[MAX_TERMS];
	Datum elements[MAX_TERMS];
	int n = 0;

	for (int i = 0; i < change->nterms[pool]; i++)
		cached_source_add(sources, &n, change->terms[pool][i].from->row.dataset_id);
	for (int i = 0; i < n; i++)
		elements[i] = Int32GetDatum(sources[i]);
	return PointerGetDatum(
		construct_array(elements, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

#define SET(column, value) (values[column] = (value), nulls[column] = false)

/*
 * land_change_per_ha(nomenclature, from_code, to_code, year, territory_code,
 * assumed_u95_percent) -> (pool, before_tc, change_tc, change, years, reason, detail)
 */
PG_FUNCTION_INFO_V1(land_change_per_ha);
Datum
land_change_per_ha(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	double assumed = assumed_u95_argument(fcinfo, 5);
	class_change *change = palloc(sizeof(class_change));

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return (Datum) 0;
	change_classes(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_TEXT_PP(2),
				   PG_GETARG_INT32(3), PG_ARGISNULL(4) ? NULL : PG_GETARG_TEXT_PP(4), change);
	for (int pool = 0; pool < CHANGE_POOLS; pool++)
	{
		const pool_change *c = &change->pools[pool];
		Datum values[7] = { 0 };
		bool nulls[7];

		if (c->absent && pool == CHANGE_PRODUCTS)
			continue;
		memset(nulls, true, sizeof(nulls));
		SET(0, CStringGetTextDatum(change_pools[pool].name));
		if (c->known)
		{
			SET(1, Float8GetDatum(c->before));
			SET(2, Float8GetDatum(c->total));
			nulls[3] = !estimate_change(change, pool, 1, assumed, &values[3]);
			SET(4, Int32GetDatum(c->years));
		}
		else
		{
			SET(5, CStringGetTextDatum(change->reason[pool]));
			SET(6, CStringGetTextDatum(change->detail[pool]));
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* One row of the flow of a class: a pool in a year. */
static void
put_class_flow(ReturnSetInfo *result, const class_change *change, int pool, int year, double area,
			   const flow_years *years, double assumed, double *done)
{
	const pool_change *c = &change->pools[pool];
	Datum values[10] = { 0 };
	bool nulls[10];

	memset(nulls, true, sizeof(nulls));
	SET(0, Int32GetDatum(year));
	SET(1, CStringGetTextDatum(change_pools[pool].name));
	SET(7, change_sources(change, pool));
	if (c->known)
	{
		double share = transition_share(year, years->from, years->to, c->years);

		*done += share;
		SET(2, Float8GetDatum((c->before + c->total * *done) * area));
		put_flow(c, pool, area, share, &values[3], &nulls[3]);
		nulls[6] = !estimate_change(change, pool, area * share, assumed, &values[6]);
	}
	else
	{
		SET(8, CStringGetTextDatum(change->reason[pool]));
		SET(9, CStringGetTextDatum(change->detail[pool]));
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * land_change_flow(nomenclature, from_code, to_code, area_ha, year_from, year_to,
 * last_year, territory_code, assumed_u95_percent) -> (year, pool, stock_t,
 * change_t, n2o_t, emission, change, sources, reason, detail)
 */
PG_FUNCTION_INFO_V1(land_change_flow_of_classes);
Datum
land_change_flow_of_classes(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	double assumed = assumed_u95_argument(fcinfo, 8);
	class_change *change = palloc(sizeof(class_change));
	double done[CHANGE_POOLS] = { 0 };
	flow_years years;
	double area;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int arg = 0; arg < 7; arg++)
	{
		if (PG_ARGISNULL(arg))
			return (Datum) 0;
	}
	area = require_not_negative(PG_GETARG_FLOAT8(3), "area_ha");
	years = check_years(PG_GETARG_INT32(4), PG_GETARG_INT32(5), PG_GETARG_INT32(6));
	change_classes(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_TEXT_PP(2), years.from,
				   PG_ARGISNULL(7) ? NULL : PG_GETARG_TEXT_PP(7), change);
	for (int year = years.from;; year++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int pool = 0; pool < CHANGE_POOLS; pool++)
		{
			if (!change->pools[pool].absent || pool != CHANGE_PRODUCTS)
				put_class_flow(result, change, pool, year, area, &years, assumed, &done[pool]);
		}
		if (year == years.last)
			break;
	}
	return (Datum) 0;
}
