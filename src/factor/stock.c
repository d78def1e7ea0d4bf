/*
 * stock.c
 *		Carbon stock references: what a hectare of a land class holds.
 */
#include "factor/cache.h"
#include "factor/known.h"

#include "catalog/pg_collation.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "port/pg_bitutils.h"
#include "quantity/estimate.h"
#include "quantity/normal.h"
#include "quantity/quantity.h"
#include "utils/builtins.h"
#include "utils/formatting.h"

static const char *const pool_names[CARBON_POOLS] = { "above",  "below", "dead_wood",
													  "litter", "soil",  "products" };

/* The reference of each pool of a class. */
typedef struct stock_choice
{
	const cached_stock *from[CARBON_POOLS];
	uint8 found;   /* bit p: pool p has a reference */
	uint8 missing; /* bit p: pool p has one only elsewhere */
} stock_choice;

/* Sets of which a row applies here. */
typedef struct applied_sets
{
	int n;
	int size;
	const cached_row **rows; /* one row of each */
} applied_sets;

static void
apply_set(applied_sets *applied, const cached_row *row)
{
	if (!row->shipped && row->dataset_id == 0)
		return;
	for (int i = 0; i < applied->n; i++)
	{
		if (applied->rows[i]->shipped == row->shipped &&
			applied->rows[i]->dataset_id == row->dataset_id)
			return;
	}
	if (applied->n == applied->size)
	{
		applied->size = applied->size * 2 + 4;
		applied->rows = applied->n == 0
							? palloc(applied->size * sizeof(cached_row *))
							: repalloc(applied->rows, applied->size * sizeof(cached_row *));
	}
	applied->rows[applied->n++] = row;
}

/* Let a list of rows serve the pools that nothing better has served. */
static void
take_rows(stock_choice *choice, applied_sets *applied, const row_list *list, int year)
{
	for (int i = 0; list != NULL && i < list->n; i++)
	{
		const cached_stock *stock = (const cached_stock *) list->rows[i];
		int serves;

		if (!cached_row_holds(&stock->row, year, known_moment))
			continue;
		serves = stock->stock.pools & ~choice->found;
		for (int pool = 0; pool < CARBON_POOLS; pool++)
		{
			if ((serves >> pool) & 1)
				choice->from[pool] = stock;
		}
		choice->found |= serves;
		apply_set(applied, &stock->row);
	}
}

/* Pools that a set in use here knows for this code, wherever. */
static int
known_pools(const cached_code *code, const applied_sets *applied)
{
	stock_sets then = { 0, NULL };
	const stock_sets *sets = &code->sets;
	int pools = 0;

	if (known_moment != DT_NOEND)
	{
		for (int i = 0; i < code->rows.n; i++)
		{
			const cached_row *row = code->rows.rows[i];

			if (cached_row_holds(row, row->year_from, known_moment))
				stock_sets_add(&then, (const cached_stock *) row);
		}
		sets = &then;
	}
	for (int i = 0; i < sets->n; i++)
	{
		for (int a = 0; a < applied->n; a++)
		{
			if (applied->rows[a]->shipped == sets->sets[i].shipped &&
				applied->rows[a]->dataset_id == sets->sets[i].dataset_id)
				pools |= sets->sets[i].pools;
		}
	}
	return pools;
}

/*
 * Choose the reference of each pool: the longest code, then the most specific
 * territory, then the order of the rows.  A set of references that serves one
 * pool here and knows another only elsewhere leaves that pool missing.
 */
static void
choose(factor_cache *cache, const text *nomenclature, const text *code, int year,
	   const text *territory_name, bool per_km, stock_choice *choice)
{
	char *lower_nomenclature = str_tolower(VARDATA_ANY(nomenclature),
										   VARSIZE_ANY_EXHDR(nomenclature), DEFAULT_COLLATION_OID);
	char *lower_code = str_tolower(VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code),
								   DEFAULT_COLLATION_OID);
	char *key = psprintf("%s\037%s\037%s", lower_nomenclature, per_km ? "km" : "ha", lower_code);
	int end = strlen(key);
	int start = end - strlen(lower_code);
	int nmatched = 0;
	const cached_code **matched = palloc((end - start) * sizeof(cached_code *));
	applied_sets applied = { 0, 0, NULL };
	cached_territory *territory = NULL;

	memset(choice, 0, sizeof(*choice));
	if (territory_name != NULL)
		territory = cached_territory_find(cache, VARDATA_ANY(territory_name),
										  VARSIZE_ANY_EXHDR(territory_name));
	if (territory != NULL)
		cached_chain(cache, territory);
	for (int len = end; len > start; len--)
	{
		const cached_code *match = cached_stock_code_find(cache, key, len);

		if (match == NULL)
			continue;
		matched[nmatched++] = match;
		if (match->elsewhere)
		{
			for (int place = 0; territory != NULL && place < territory->nchain; place++)
				take_rows(choice, &applied, cached_rows_in(cache, match, territory->chain[place]),
						  year);
		}
		take_rows(choice, &applied, &match->everywhere, year);
	}
	for (int i = 0; applied.n > 0 && i < nmatched; i++)
		choice->missing |= known_pools(matched[i], &applied) & ~choice->found;
}

/* The carbon of one unit as chosen; false when a part of it is unknown. */
static bool
density(const stock_choice *choice, carbon_stock *stock)
{
	if (choice->found == 0 || choice->missing != 0)
		return false;
	memset(stock, 0, sizeof(*stock));
	stock->pools = choice->found;
	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		if (choice->from[pool] != NULL)
			stock->tc[pool] = choice->from[pool]->stock.tc[pool];
	}
	if (choice->from[POOL_SOIL] != NULL)
		stock->soil_depth_cm = choice->from[POOL_SOIL]->stock.soil_depth_cm;
	return true;
}

/* Whether "per" asks for km; an error when it is neither that nor ha. */
static bool
is_per_km(const text *per)
{
	const char *data = VARDATA_ANY(per);

	if (VARSIZE_ANY_EXHDR(per) == 2 && memcmp(data, "ha", 2) == 0)
		return false;
	if (VARSIZE_ANY_EXHDR(per) == 2 && memcmp(data, "km", 2) == 0)
		return true;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("stock references are not per \"%s\"", text_to_cstring(per)),
					errhint("Use ha or km.")));
}

/*
 * stock_references(nomenclature, code, year, territory, per) -> (pool,
 * reference): the reference of each pool of a class.
 */
PG_FUNCTION_INFO_V1(stock_references);
Datum
stock_references(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	stock_choice choice;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(4))
		return (Datum) 0;
	choose(factor_cache_get(fcinfo), PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_INT32(2),
		   PG_ARGISNULL(3) ? NULL : PG_GETARG_TEXT_PP(3), is_per_km(PG_GETARG_TEXT_PP(4)), &choice);
	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		Datum values[2];
		bool nulls[2] = { false, choice.from[pool] == NULL };

		if (choice.from[pool] == NULL && !((choice.missing >> pool) & 1))
			continue;
		values[0] = CStringGetTextDatum(pool_names[pool]);
		values[1] = nulls[1] ? (Datum) 0 : Int32GetDatum(choice.from[pool]->row.id);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * stock_density(nomenclature, code, year, territory, per) -> carbon_stock: tC of
 * one ha or km.
 */
PG_FUNCTION_INFO_V1(stock_density);
Datum
stock_density(PG_FUNCTION_ARGS)
{
	stock_choice choice;
	carbon_stock stock;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(4))
		PG_RETURN_NULL();
	choose(factor_cache_get(fcinfo), PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_INT32(2),
		   PG_ARGISNULL(3) ? NULL : PG_GETARG_TEXT_PP(3), is_per_km(PG_GETARG_TEXT_PP(4)), &choice);
	if (!density(&choice, &stock))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(carbon_stock_build(&stock));
}

/* The stock of so many ha or km; NULL when uncovered. */
static Datum
stock_of(FunctionCallInfo fcinfo, bool per_km, const char *what)
{
	stock_choice choice;
	carbon_stock stock;
	double size;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	size = require_finite(PG_GETARG_FLOAT8(2), what);
	choose(factor_cache_get(fcinfo), PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_INT32(3),
		   PG_ARGISNULL(4) ? NULL : PG_GETARG_TEXT_PP(4), per_km, &choice);
	if (!density(&choice, &stock))
		PG_RETURN_NULL();
	for (int pool = 0; pool < CARBON_POOLS; pool++)
		stock.tc[pool] = multiply(stock.tc[pool], size, "carbon stock");
	PG_RETURN_DATUM(carbon_stock_build(&stock));
}

/* land_stock(nomenclature, code, area_ha, year, territory) -> carbon_stock */
PG_FUNCTION_INFO_V1(land_stock);
Datum
land_stock(PG_FUNCTION_ARGS)
{
	return stock_of(fcinfo, false, "area");
}

/* line_stock(nomenclature, code, length_km, year, territory) -> carbon_stock */
PG_FUNCTION_INFO_V1(line_stock);
Datum
line_stock(PG_FUNCTION_ARGS)
{
	return stock_of(fcinfo, true, "length");
}

/* A row that serves some pools, and the carbon it stands for. */
typedef struct stock_share
{
	const cached_stock *from;
	double tc;
	char name[40];
} stock_share;

static int
compare_shares(const void *a, const void *b)
{
	const stock_share *x = a;
	const stock_share *y = b;

	return estimate_compare_names(x->name, strlen(x->name), y->name, strlen(y->name));
}

/*
 * land_stock_estimate(nomenclature, code, area_ha, year, territory, assumed_u95_percent)
 * -> estimate in tC
 */
PG_FUNCTION_INFO_V1(land_stock_estimate);
Datum
land_stock_estimate(PG_FUNCTION_ARGS)
{
	stock_choice choice;
	carbon_stock stock;
	stock_share shares[CARBON_POOLS];
	estimate_cause causes[CARBON_POOLS];
	int32 sources[CARBON_POOLS];
	estimate result = { 0 };
	int nshares = 0;
	double area;
	double assumed = assumed_u95_argument(fcinfo, 5);

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	area = require_finite(PG_GETARG_FLOAT8(2), "area");
	choose(factor_cache_get(fcinfo), PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_INT32(3),
		   PG_ARGISNULL(4) ? NULL : PG_GETARG_TEXT_PP(4), false, &choice);
	if (!density(&choice, &stock))
		PG_RETURN_NULL();

	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		const cached_stock *from = choice.from[pool];
		double tc;
		int i = 0;

		if (from == NULL)
			continue;
		tc = multiply(from->stock.tc[pool], area, "carbon stock");
		result.value += tc;
		while (i < nshares && shares[i].from != from)
			i++;
		if (i == nshares)
		{
			shares[nshares].from = from;
			shares[nshares].tc = 0;
			snprintf(shares[nshares].name, sizeof(shares[nshares].name), "stock_reference:%d",
					 from->row.id);
			nshares++;
		}
		shares[i].tc += tc;
	}
	require_range(result.value, "carbon stock");
	qsort(shares, nshares, sizeof(stock_share), compare_shares);
	for (int i = 0; i < nshares; i++)
	{
		const cached_stock *from = shares[i].from;
		double u95_percent = from->u95_percent >= 0 ? from->u95_percent : assumed;
		int at = 0;

		if (shares[i].tc != 0 && u95_percent < 0)
			ereport(
				ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the uncertainty of stock reference %d is not known", from->row.id),
				 errdetail("Its source gives none."),
				 errhint("Give assumed_u95_percent, the half-width of the 95 %% interval in %%.")));
		causes[i].term = shares[i].tc * (u95_percent / 100 / NORMAL_HALF_WIDTH_95);
		causes[i].name = shares[i].name;
		causes[i].len = strlen(shares[i].name);
		if (from->row.dataset_id <= 0)
			continue;
		/* Each dataset once, ascending. */
		while (at < result.nsources && sources[at] < from->row.dataset_id)
			at++;
		if (at < result.nsources && sources[at] == from->row.dataset_id)
			continue;
		memmove(&sources[at + 1], &sources[at], (result.nsources - at) * sizeof(int32));
		sources[at] = from->row.dataset_id;
		result.nsources++;
	}
	result.causes = causes;
	result.ncauses = nshares;
	result.sources = sources;
	PG_RETURN_DATUM(estimate_build(&result));
}
