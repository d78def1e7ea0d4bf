/*
 * carbon_stock.c
 *		The type carbon_stock: tonnes of carbon by pool.
 *
 * A pool that is not there has not been estimated, which is not the same as 0.
 * It adds nothing to a sum, and a sum has a pool when one of its parts has it.
 * A stock of soil means nothing without the depth it was measured to, so the
 * two come together, and soils of different depth do not add.
 */
#include "quantity/carbon_stock.h"

#include "json_reader.h"
#include "libpq/pqformat.h"
#include "port/pg_bitutils.h"
#include "quote.h"
#include "numeric/sum_state.h"
#include "quantity/operator.h"
#include "utils/builtins.h"

#define STOCK_VERSION        0
#define STOCK_BINARY_VERSION 1
#define STOCK_EXAMPLE        "{\"above\": 60, \"soil\": 80, \"soil_depth_cm\": 30}"
#define ALL_POOLS            ((1 << CARBON_POOLS) - 1)
#define HAS(stock, pool)     (((stock)->pools >> (pool)) & 1)

const char *const carbon_pool_names[CARBON_POOLS] = { "above",  "below", "dead_wood",
													  "litter", "soil",  "products" };

const name_list carbon_pools = { "carbon pool", CARBON_POOLS, carbon_pool_names };

/* The varlena: this header, and a float8 for each pool that is there. */
typedef struct stock_header
{
	uint8 version; /* STOCK_VERSION */
	uint8 pools;
	uint16 soil_depth_cm;
} stock_header;

/* Whether soil and depth are both there, or neither, and the depth is possible. */
static bool
depth_fits(int pools, int depth)
{
	if ((pools >> POOL_SOIL) & 1)
		return depth >= 1 && depth <= MAX_SOIL_DEPTH_CM;
	return depth == 0;
}

/* Unpack a value. */
void
carbon_stock_read(Datum datum, carbon_stock *stock)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	const char *data = VARDATA_ANY(value);
	stock_header header = { STOCK_VERSION + 1 };

	if (likely(VARSIZE_ANY_EXHDR(value) >= sizeof(header)))
		memcpy(&header, data, sizeof(header));
	if (unlikely(header.version != STOCK_VERSION || (header.pools & ~ALL_POOLS) != 0 ||
				 !depth_fits(header.pools, header.soil_depth_cm) ||
				 VARSIZE_ANY_EXHDR(value) !=
					 sizeof(header) + pg_number_of_ones[header.pools] * sizeof(double)))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("carbon_stock value is corrupted or was stored by a later version")));
	stock->pools = header.pools;
	stock->soil_depth_cm = header.soil_depth_cm;
	data += sizeof(header);
	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		stock->tc[pool] = 0.0;
		if (HAS(stock, pool))
		{
			memcpy(&stock->tc[pool], data, sizeof(double));
			data += sizeof(double);
		}
	}
}

/* Pack a value.  Its one form has no negative zero. */
Datum
carbon_stock_build(const carbon_stock *stock)
{
	stock_header header = { STOCK_VERSION, stock->pools, stock->soil_depth_cm };
	Size size = VARHDRSZ + sizeof(header) + pg_number_of_ones[stock->pools] * sizeof(double);
	struct varlena *value = palloc(size);
	char *data = VARDATA(value);

	SET_VARSIZE(value, size);
	memcpy(data, &header, sizeof(header));
	data += sizeof(header);
	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		double tc = stock->tc[pool] + 0.0;

		if (HAS(stock, pool))
		{
			memcpy(data, &tc, sizeof(double));
			data += sizeof(double);
		}
	}
	return PointerGetDatum(value);
}

/* Put a pool into a value. */
static void
set_pool(carbon_stock *stock, int pool, double tc)
{
	stock->pools |= 1 << pool;
	stock->tc[pool] = tc;
}

/* What the JSON reader fills. */
typedef struct stock_reader
{
	carbon_stock stock;
	bool has_depth;
} stock_reader;

static bool
take_pool(void *arg, const char *parent, const char *key, double value, Node *escontext)
{
	stock_reader *reader = arg;
	bool twice = false;

	if (strcmp(key, "soil_depth_cm") == 0)
	{
		if (!(value >= 1 && value <= MAX_SOIL_DEPTH_CM) || value != floor(value))
			ereturn(escontext, false,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("soil_depth_cm must be a whole number from 1 to %d", MAX_SOIL_DEPTH_CM),
					 errdetail("It is %g.", value)));
		twice = reader->has_depth;
		reader->has_depth = true;
		reader->stock.soil_depth_cm = (uint16) value;
	}
	else
	{
		int pool = name_list_find(&carbon_pools, key, strlen(key));

		if (pool < 0)
			ereturn(escontext, false,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("unknown carbon pool \"%s\"", quote_string(key)),
					 errhint("It is one of %s; soil_depth_cm goes with soil.",
							 name_list_text(&carbon_pools))));
		twice = HAS(&reader->stock, pool);
		set_pool(&reader->stock, pool, value);
	}
	if (twice)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("\"%s\" appears twice in a carbon_stock", key)));
	return true;
}

/* carbon_stock_in(cstring): text input, a JSON object of tC by pool. */
PG_FUNCTION_INFO_V1(carbon_stock_in);
Datum
carbon_stock_in(PG_FUNCTION_ARGS)
{
	stock_reader reader = { 0 };

	if (!read_json_flat_numbers(PG_GETARG_CSTRING(0), "carbon_stock", STOCK_EXAMPLE, take_pool,
								&reader, fcinfo->context))
		PG_RETURN_NULL();
	if (HAS(&reader.stock, POOL_SOIL) != reader.has_depth)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg(reader.has_depth ? "a soil depth needs a stock of soil"
										 : "a stock of soil needs its depth"),
				 errhint("Give both \"soil\" and \"soil_depth_cm\", or neither.")));
	PG_RETURN_DATUM(carbon_stock_build(&reader.stock));
}

/* carbon_stock_out(carbon_stock): text output, lossless. */
PG_FUNCTION_INFO_V1(carbon_stock_out);
Datum
carbon_stock_out(PG_FUNCTION_ARGS)
{
	carbon_stock stock;
	StringInfoData buf;
	const char *separator = "";

	carbon_stock_read(PG_GETARG_DATUM(0), &stock);
	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		if (!HAS(&stock, pool))
			continue;
		appendStringInfo(&buf, "%s\"%s\": ", separator, carbon_pool_names[pool]);
		append_json_number(&buf, stock.tc[pool]);
		separator = ", ";
	}
	if (HAS(&stock, POOL_SOIL))
		appendStringInfo(&buf, ", \"soil_depth_cm\": %d", stock.soil_depth_cm);
	appendStringInfoChar(&buf, '}');
	PG_RETURN_CSTRING(buf.data);
}

/* carbon_stock_recv(internal): binary input. */
PG_FUNCTION_INFO_V1(carbon_stock_recv);
Datum
carbon_stock_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	carbon_stock stock = { 0 };
	int version = pq_getmsgint(buf, 2);
	int pools = pq_getmsgint(buf, 2);
	int depth = pq_getmsgint(buf, 2);

	if (version != STOCK_BINARY_VERSION || (pools & ~ALL_POOLS) != 0 || !depth_fits(pools, depth))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary form of type carbon_stock"),
				 errdetail("Version %d, pools %x, soil depth %d cm.", version, pools, depth)));
	stock.soil_depth_cm = depth;
	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		double tc;

		if (!((pools >> pool) & 1))
			continue;
		tc = pq_getmsgfloat8(buf);
		if (!isfinite(tc))
			ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
							errmsg("invalid binary form of type carbon_stock"),
							errdetail("Pool %s is %g tC.", carbon_pool_names[pool], tc)));
		set_pool(&stock, pool, tc);
	}
	PG_RETURN_DATUM(carbon_stock_build(&stock));
}

/* carbon_stock_send(carbon_stock): binary output. */
PG_FUNCTION_INFO_V1(carbon_stock_send);
Datum
carbon_stock_send(PG_FUNCTION_ARGS)
{
	carbon_stock stock;
	StringInfoData buf;

	carbon_stock_read(PG_GETARG_DATUM(0), &stock);
	pq_begintypsend(&buf);
	pq_sendint16(&buf, STOCK_BINARY_VERSION);
	pq_sendint16(&buf, stock.pools);
	pq_sendint16(&buf, stock.soil_depth_cm);
	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		if (HAS(&stock, pool))
			pq_sendfloat8(&buf, stock.tc[pool]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * carbon_stock(above, below, dead_wood, litter, soil, products, soil_depth_cm):
 * a stock of the pools that are not NULL.
 */
PG_FUNCTION_INFO_V1(carbon_stock_make);
Datum
carbon_stock_make(PG_FUNCTION_ARGS)
{
	carbon_stock stock = { 0 };
	bool has_depth = !PG_ARGISNULL(CARBON_POOLS);

	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		if (!PG_ARGISNULL(pool))
			set_pool(&stock, pool, require_finite(PG_GETARG_FLOAT8(pool), carbon_pool_names[pool]));
	}
	if (HAS(&stock, POOL_SOIL) != has_depth)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg(has_depth ? "a soil depth needs a stock of soil"
										 : "a stock of soil needs its depth"),
						errhint("Give both soil and soil_depth_cm, or neither.")));
	if (has_depth)
	{
		int32 depth = PG_GETARG_INT32(CARBON_POOLS);

		if (!depth_fits(stock.pools, depth))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("soil_depth_cm must be from 1 to %d", MAX_SOIL_DEPTH_CM),
							errdetail("It is %d.", depth)));
		stock.soil_depth_cm = depth;
	}
	PG_RETURN_DATUM(carbon_stock_build(&stock));
}

/* pool(carbon_stock, text): tC of one pool, NULL when not estimated. */
PG_FUNCTION_INFO_V1(carbon_stock_pool);
Datum
carbon_stock_pool(PG_FUNCTION_ARGS)
{
	carbon_stock stock;
	int pool = name_list_argument(&carbon_pools, PG_GETARG_TEXT_PP(1));

	carbon_stock_read(PG_GETARG_DATUM(0), &stock);
	if (!HAS(&stock, pool))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(stock.tc[pool]);
}

/* pools(): the names of the pools. */
PG_FUNCTION_INFO_V1(carbon_pools_list);
Datum
carbon_pools_list(PG_FUNCTION_ARGS)
{
	return name_list_array(&carbon_pools);
}

/* soil_depth_cm(carbon_stock): NULL when there is no soil. */
PG_FUNCTION_INFO_V1(carbon_stock_soil_depth);
Datum
carbon_stock_soil_depth(PG_FUNCTION_ARGS)
{
	carbon_stock stock;

	carbon_stock_read(PG_GETARG_DATUM(0), &stock);
	if (!HAS(&stock, POOL_SOIL))
		PG_RETURN_NULL();
	PG_RETURN_INT32(stock.soil_depth_cm);
}

static double
total(const carbon_stock *stock)
{
	double sum = 0.0;

	for (int pool = 0; pool < CARBON_POOLS; pool++)
		sum += stock->tc[pool];
	return require_range(sum, "total of a carbon_stock");
}

/* total(carbon_stock): tC of all its pools, NULL when it has none. */
PG_FUNCTION_INFO_V1(carbon_stock_total);
Datum
carbon_stock_total(PG_FUNCTION_ARGS)
{
	carbon_stock stock;

	carbon_stock_read(PG_GETARG_DATUM(0), &stock);
	if (stock.pools == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(total(&stock));
}

/* tonnes_co2(carbon_stock): the total as t CO2. */
PG_FUNCTION_INFO_V1(carbon_stock_tonnes_co2);
Datum
carbon_stock_tonnes_co2(PG_FUNCTION_ARGS)
{
	carbon_stock stock;

	carbon_stock_read(PG_GETARG_DATUM(0), &stock);
	if (stock.pools == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(require_range(total(&stock) * 44.0 / 12.0, "CO2 of a carbon_stock"));
}

/* Refuse to add soils of different depth; 0 is no soil. */
static void
require_same_depth(int a, int b)
{
	if (unlikely(a != b && a != 0 && b != 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot add soil carbon of different depths"),
						errdetail("One stock is to %d cm, the other to %d cm.", a, b),
						errhint("Convert them to one depth first, or add them apart.")));
}

/* a + sign * b */
static Datum
combine(FunctionCallInfo fcinfo, double sign)
{
	carbon_stock a;
	carbon_stock b;

	carbon_stock_read(PG_GETARG_DATUM(0), &a);
	carbon_stock_read(PG_GETARG_DATUM(1), &b);
	require_same_depth(a.soil_depth_cm, b.soil_depth_cm);
	a.pools |= b.pools;
	a.soil_depth_cm = Max(a.soil_depth_cm, b.soil_depth_cm);
	for (int pool = 0; pool < CARBON_POOLS; pool++)
		a.tc[pool] = require_range(a.tc[pool] + sign * b.tc[pool], carbon_pool_names[pool]);
	return carbon_stock_build(&a);
}

static Datum
scale(Datum datum, double factor)
{
	carbon_stock stock;

	carbon_stock_read(datum, &stock);
	for (int pool = 0; pool < CARBON_POOLS; pool++)
		stock.tc[pool] = multiply(stock.tc[pool], factor, carbon_pool_names[pool]);
	return carbon_stock_build(&stock);
}

static Datum
divide_by(Datum datum, double divisor)
{
	carbon_stock stock;

	carbon_stock_read(datum, &stock);
	for (int pool = 0; pool < CARBON_POOLS; pool++)
		stock.tc[pool] = divide(stock.tc[pool], divisor, carbon_pool_names[pool]);
	return carbon_stock_build(&stock);
}

QUANTITY_OPERATORS(carbon_stock);

/*
 * Add a row to a sum, or take it back.  The state's keys are pools, its tag is
 * the depth of the soil.  Weighted as in sum(ghg, float8).
 */
static Datum
sum_row(FunctionCallInfo fcinfo, bool weighted, bool remove)
{
	sum_state *state = sum_state_transition(fcinfo, SUM_OF_CARBON_STOCK);
	carbon_stock stock;
	double weight = 1.0;

	/* Not NULL: a moving aggregate may not return that. */
	if (PG_ARGISNULL(1) || (weighted && PG_ARGISNULL(2)))
		PG_RETURN_POINTER(state);
	carbon_stock_read(PG_GETARG_DATUM(1), &stock);
	require_same_depth(state->tag, stock.soil_depth_cm);
	if (weighted)
		weight = require_finite(PG_GETARG_FLOAT8(2), "weight");

	for (int pool = 0; pool < CARBON_POOLS; pool++)
	{
		double tc = stock.tc[pool];

		if (!HAS(&stock, pool))
			continue;
		if (weighted)
			tc = multiply(tc, weight, carbon_pool_names[pool]);
		if (!remove)
			sum_state_add(&state, pool, tc);
		else
			sum_state_subtract(state, pool, tc);
	}
	if (HAS(&stock, POOL_SOIL))
		state->tag = sum_state_find(state, POOL_SOIL) != NULL ? stock.soil_depth_cm : 0;
	sum_state_count(state, remove ? -1 : 1);
	PG_RETURN_POINTER(state);
}

QUANTITY_SUMS(carbon_stock);

/* carbon_stock_sum_combine(sum_state, sum_state): merge two partial sums of one depth. */
PG_FUNCTION_INFO_V1(carbon_stock_sum_combine);
Datum
carbon_stock_sum_combine(PG_FUNCTION_ARGS)
{
	sum_state *state = sum_state_transition(fcinfo, SUM_OF_CARBON_STOCK);
	sum_state *other;

	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(state);
	other = sum_state_argument(fcinfo, 1, SUM_OF_CARBON_STOCK);
	require_same_depth(state->tag, other->tag);
	if (state->tag == 0)
		state->tag = other->tag;
	sum_state_merge(&state, other);
	PG_RETURN_POINTER(state);
}

/* carbon_stock_sum_final(sum_state): the sum, NULL when no row had a value. */
PG_FUNCTION_INFO_V1(carbon_stock_sum_final);
Datum
carbon_stock_sum_final(PG_FUNCTION_ARGS)
{
	sum_state *state;
	carbon_stock stock = { 0 };

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = sum_state_argument(fcinfo, 0, SUM_OF_CARBON_STOCK);
	if (state->rows == 0)
		PG_RETURN_NULL();
	for (int i = 0; i < state->nentries; i++)
	{
		sum_entry *entry = &state->entries[i];

		if (entry->key < 0 || entry->key >= CARBON_POOLS)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("state is not one of sum(carbon_stock)"),
							errdetail("It has key %d.", entry->key)));
		set_pool(&stock, entry->key, sum_entry_value(entry));
	}
	if (!depth_fits(stock.pools, state->tag))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("state is not one of sum(carbon_stock)"),
						errdetail("It has soil depth %d cm.", state->tag)));
	stock.soil_depth_cm = state->tag;
	PG_RETURN_DATUM(carbon_stock_build(&stock));
}
