/*
 * stock.c
 *		Carbon stock references: what a hectare of a land class holds.
 */
#include "factor/stock.h"

#include "factor/cache.h"
#include "factor/known.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "quantity/estimate.h"
#include "quantity/normal.h"
#include "check.h"
#include "quote.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/formatting.h"

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
		CHECK_FOR_INTERRUPTS();
		for (int a = 0; a < applied->n; a++)
		{
			if (applied->rows[a]->shipped == sets->sets[i].shipped &&
				applied->rows[a]->dataset_id == sets->sets[i].dataset_id)
				pools |= sets->sets[i].pools;
		}
	}
	return pools;
}

/* The classes whose code is the start of a key that begins with such a prefix. */
static void
match_classes(factor_cache *cache, const char *key, int prefix, stock_choice *choice)
{
	int end = Min(strlen(key), cached_longest_stock_key(cache));

	choice->matched = palloc(Max(end - prefix, 1) * sizeof(cached_code *));
	choice->nmatched = 0;
	for (int len = end; len > prefix; len--)
	{
		const cached_code *match = cached_stock_code_find(cache, key, len);

		if (match != NULL)
			choice->matched[choice->nmatched++] = match;
	}
}

/*
 * Choose the reference of each pool: the longest code, then the most specific
 * territory, then the order of the rows.  A set of references that serves one
 * pool here and knows another only elsewhere leaves that pool missing.
 */
void
stock_choose(factor_cache *cache, const text *nomenclature, const text *code, int year,
			 const text *territory_name, bool per_km, stock_choice *choice)
{
	int longest = cached_longest_stock_key(cache);
	char *prefix = psprintf("%s\037%s\037", cached_lower_start(nomenclature, longest),
							per_km ? "km" : "ha");
	applied_sets applied = { 0, 0, NULL };
	cached_territory *territory = NULL;

	memset(choice, 0, sizeof(*choice));
	if (territory_name != NULL)
		territory = cached_territory_find(cache, VARDATA_ANY(territory_name),
										  VARSIZE_ANY_EXHDR(territory_name));
	if (territory != NULL)
		cached_chain(cache, territory);
	choice->territory_known = territory_name == NULL || territory != NULL;
	match_classes(cache, psprintf("%s%s", prefix, cached_lower_start(code, longest)),
				  strlen(prefix), choice);
	for (int i = 0; i < choice->nmatched; i++)
	{
		const cached_code *match = choice->matched[i];

		if (match->elsewhere)
		{
			for (int place = 0; territory != NULL && place < territory->nchain; place++)
				take_rows(choice, &applied, cached_rows_in(cache, match, territory->chain[place]),
						  year);
		}
		take_rows(choice, &applied, &match->everywhere, year);
	}
	for (int i = 0; applied.n > 0 && i < choice->nmatched; i++)
		choice->missing |= known_pools(choice->matched[i], &applied) & ~choice->found;
	choice->complete = choice->found != 0 && choice->missing == 0;
	for (int pool = 0; pool < CARBON_POOLS; pool++)
		choice->complete = choice->complete &&
						   (choice->from[pool] == NULL || choice->from[pool]->complete);
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

/*
 * The carbon of one unit as chosen, for a user's function; false when uncovered.  A
 * place that is not there covers nothing: it is an error, and not land without carbon.
 */
static bool
density_at(const stock_choice *choice, const text *territory, carbon_stock *stock)
{
	if (density(choice, stock))
		return true;
	if (!choice->territory_known)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("no reference territory \"%s\"", quote_text(territory)),
			 errhint(
				 "Table terrcarbon.reference_territory lists them; upper and lower case count.")));
	return false;
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
					errmsg("stock references are not per \"%s\"", quote_text(per)),
					errhint("Use ha or km.")));
}

/* Why a class has no reference for some pools, or for any. */
void
stock_explain_lack(const stock_choice *choice, int pools, int year, const char **reason,
				   char **detail)
{
	*reason = choice->territory_known ? "other_year" : "unknown_territory";
	*detail = choice->territory_known
				  ? psprintf("The class has references, but none for %d.", year)
				  : pstrdup("The class has references, but the territory is not in "
							"reference_territory, and none holds everywhere in that year.");
	if (choice->nmatched == 0)
	{
		*reason = "unknown_code";
		*detail = pstrdup("No reference is of this class.");
	}
	for (int i = 0; choice->territory_known && i < choice->nmatched; i++)
	{
		const row_list *rows = &choice->matched[i]->rows;

		for (int r = 0; r < rows->n; r++)
		{
			const cached_stock *stock = (const cached_stock *) rows->rows[r];

			CHECK_FOR_INTERRUPTS();
			if (!(stock->stock.pools & pools) || !cached_row_holds(&stock->row, year, known_moment))
				continue;
			*reason = "other_territory";
			*detail = pstrdup("The class has references for this year, but none for this territory "
							  "or for everywhere.");
			return;
		}
	}
}

/*
 * One row of stock_references: the reference of a pool, or why there is none.
 */
#define REFERENCE_COLUMNS 7

static void
put_reference(ReturnSetInfo *result, const stock_choice *choice, int pool, int year)
{
	Datum values[REFERENCE_COLUMNS] = { 0 };
	bool nulls[REFERENCE_COLUMNS];
	const cached_stock *from = pool < 0 ? NULL : choice->from[pool];

	memset(nulls, true, sizeof(nulls));
#define PUT(column, value) (values[column] = (value), nulls[column] = false)
	if (pool >= 0)
		PUT(0, CStringGetTextDatum(carbon_pool_names[pool]));
	if (from != NULL)
	{
		PUT(1, Int32GetDatum(from->row.id));
		PUT(2, Float8GetDatum(from->stock.tc[pool]));
		if (from->u95_percent >= 0)
			PUT(3, Float8GetDatum(from->u95_percent));
		if (from->row.dataset_id > 0)
			PUT(4, Int32GetDatum(from->row.dataset_id));
	}
	else
	{
		const char *reason;
		char *detail;

		stock_explain_lack(choice, pool < 0 ? ~0 : 1 << pool, year, &reason, &detail);
		PUT(5, CStringGetTextDatum(reason));
		PUT(6, CStringGetTextDatum(detail));
	}
#undef PUT
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * stock_references(nomenclature, code, year, territory_code, per) -> rows: the
 * reference of each pool of a class, or why there is none.
 */
PG_FUNCTION_INFO_V1(stock_references);
Datum
stock_references(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	stock_choice choice;
	int year;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(4))
		return (Datum) 0;
	year = PG_GETARG_INT32(2);
	stock_choose(factor_cache_get(), PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), year,
				 PG_ARGISNULL(3) ? NULL : PG_GETARG_TEXT_PP(3), is_per_km(PG_GETARG_TEXT_PP(4)),
				 &choice);
	if (choice.found == 0)
		put_reference(result, &choice, -1, year);
	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		if (choice.from[pool] != NULL || (choice.missing >> pool) & 1)
			put_reference(result, &choice, pool, year);
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
	stock_choose(factor_cache_get(), PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_INT32(2),
				 PG_ARGISNULL(3) ? NULL : PG_GETARG_TEXT_PP(3), is_per_km(PG_GETARG_TEXT_PP(4)),
				 &choice);
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
	const text *territory = PG_ARGISNULL(4) ? NULL : PG_GETARG_TEXT_PP(4);
	double size;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	size = require_not_negative(PG_GETARG_FLOAT8(2), what);
	stock_choose(factor_cache_get(), PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_INT32(3),
				 territory, per_km, &choice);
	if (!density_at(&choice, territory, &stock))
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
	return stock_of(fcinfo, false, "area_ha");
}

/* line_stock(nomenclature, code, length_km, year, territory) -> carbon_stock */
PG_FUNCTION_INFO_V1(line_stock);
Datum
line_stock(PG_FUNCTION_ARGS)
{
	return stock_of(fcinfo, true, "length_km");
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

/* What each row chosen stands for in an area, in the order of their causes. */
static int
share_out(const stock_choice *choice, double area, stock_share *shares)
{
	int n = 0;

	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		const cached_stock *from = choice->from[pool];
		int i = 0;

		if (from == NULL)
			continue;
		while (i < n && shares[i].from != from)
			i++;
		if (i == n)
		{
			shares[n].from = from;
			shares[n].tc = 0;
			snprintf(shares[n].name, sizeof(shares[n].name), "stock_reference:%d", from->row.id);
			n++;
		}
		shares[i].tc += multiply(from->stock.tc[pool], area, "carbon stock");
	}
	qsort(shares, n, sizeof(stock_share), compare_shares);
	return n;
}

/* The standard deviation that a row's uncertainty gives to its share. */
static double
share_term(const stock_share *share, double assumed)
{
	double u95_percent = share->from->u95_percent >= 0 ? share->from->u95_percent : assumed;

	if (share->tc != 0 && u95_percent < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the uncertainty of stock reference %d is not known", share->from->row.id),
				 errdetail("Its source gives none."),
				 errhint("Give assumed_u95_percent, the half-width of the 95 %% interval in %%.")));
	return share->tc * (u95_percent / 100 / NORMAL_HALF_WIDTH_95);
}

/*
 * land_stock_estimate(nomenclature, code, area_ha, year, territory_code,
 * assumed_u95_percent) -> estimate in tC
 */
PG_FUNCTION_INFO_V1(land_stock_estimate);
Datum
land_stock_estimate(PG_FUNCTION_ARGS)
{
	stock_choice choice;
	carbon_stock stock;
	stock_share shares[CARBON_POOLS];
	estimate_cause causes[CARBON_POOLS] = { 0 };
	int32 sources[CARBON_POOLS];
	estimate result = { 0 };
	const text *territory = PG_ARGISNULL(4) ? NULL : PG_GETARG_TEXT_PP(4);
	double area;
	double assumed = assumed_u95_argument(fcinfo, 5);

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	area = require_not_negative(PG_GETARG_FLOAT8(2), "area_ha");
	stock_choose(factor_cache_get(), PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_INT32(3),
				 territory, false, &choice);
	if (!density_at(&choice, territory, &stock))
		PG_RETURN_NULL();
	result.ncauses = share_out(&choice, area, shares);
	for (int i = 0; i < result.ncauses; i++)
	{
		result.value += shares[i].tc;
		causes[i].term = share_term(&shares[i], assumed);
		causes[i].name = shares[i].name;
		causes[i].len = strlen(shares[i].name);
		cached_source_add(sources, &result.nsources, shares[i].from->row.dataset_id);
	}
	require_range(result.value, "carbon stock");
	result.causes = causes;
	result.sources = sources;
	PG_RETURN_DATUM(estimate_build(&result));
}

/* pools(carbon_stock) -> text[]: the pools a stock has, NULL when it has none. */
PG_FUNCTION_INFO_V1(carbon_stock_pools);
Datum
carbon_stock_pools(PG_FUNCTION_ARGS)
{
	carbon_stock stock;
	Datum names[CARBON_POOLS];
	int n = 0;

	carbon_stock_read(PG_GETARG_DATUM(0), &stock);
	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		if ((stock.pools >> pool) & 1)
			names[n++] = CStringGetTextDatum(carbon_pool_names[pool]);
	}
	if (n == 0)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}
