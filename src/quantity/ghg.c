/*
 * ghg.c
 *		The type ghg: a mass in kg for each greenhouse gas.
 *
 * Sparse: a gas that is not there has a mass of 0, and 0 kg is not kept, so
 * every value has one form.  Sums are exact.
 */
#include "quantity/ghg.h"

#include "funcapi.h"
#include "json_reader.h"
#include "libpq/pqformat.h"
#include "quote.h"
#include "numeric/sum_state.h"
#include "quantity/operator.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#define GHG_VERSION        0
#define GHG_BINARY_VERSION 1
#define GHG_EXAMPLE        "{\"CO2\": 1000, \"CH4\": 10}"
#define GAS_HINT           "Names are exact; SELECT * FROM terrcarbon.gases() lists them."

/* The varlena: this header, n float8, n int16. */
typedef struct ghg_header
{
	uint16 version; /* GHG_VERSION */
	uint16 n;
} ghg_header;

#define GHG_ENTRY_SIZE (sizeof(double) + sizeof(int16))

static int default_gwp;

/* Define terrcarbon.gwp. */
void
ghg_define_settings(void)
{
	struct config_enum_entry *options = MemoryContextAllocZero(TopMemoryContext,
															   (gwp_sets.n + 1) * sizeof(*options));

	for (int set = 0; set < gwp_sets.n; set++)
	{
		options[set].name = gwp_sets.names[set];
		options[set].val = set;
	}
	DefineCustomEnumVariable("terrcarbon.gwp",
							 "Set of global warming potentials that co2e(ghg) uses.",
							 "IPCC assessment report, 100 years; AR5 is the Paris reporting rule.",
							 &default_gwp, gwp_default, options, PGC_USERSET, 0, NULL, NULL, NULL);
}

/* The set in terrcarbon.gwp. */
gwp_set
ghg_default_gwp(void)
{
	return default_gwp;
}

/* The set a user names. */
gwp_set
ghg_gwp_argument(const text *name)
{
	return name_list_argument(&gwp_sets, name);
}

/* gwp_sets(): the names of the sets. */
PG_FUNCTION_INFO_V1(ghg_gwp_sets);
Datum
ghg_gwp_sets(PG_FUNCTION_ARGS)
{
	return name_list_array(&gwp_sets);
}

/*
 * Read a ghg value in place, without copying what is not compressed.  A value
 * stored by a later version may hold gases that this one does not know.
 */
ghg_view
ghg_read(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	const char *data = VARDATA_ANY(value);
	ghg_header header = { GHG_VERSION + 1 };
	ghg_view view;
	int last = 0;
	bool ok;

	if (likely(VARSIZE_ANY_EXHDR(value) >= sizeof(header)))
		memcpy(&header, data, sizeof(header));
	view.n = header.n;
	view.kg = data + sizeof(header);
	view.gas = view.kg + header.n * sizeof(double);

	ok = header.version == GHG_VERSION &&
		 VARSIZE_ANY_EXHDR(value) == sizeof(header) + header.n * GHG_ENTRY_SIZE;
	for (int i = 0; ok && i < view.n; i++)
	{
		int gas = ghg_gas(&view, i);

		ok = gas > last;
		last = gas;
	}
	if (unlikely(!ok || last > gas_count()))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("ghg value is corrupted or was stored by a later version")));
	return view;
}

/* Make the value. */
Datum
ghg_build(const ghg_builder *builder)
{
	ghg_header header = { GHG_VERSION, builder->n };
	Size size = VARHDRSZ + sizeof(header) + builder->n * GHG_ENTRY_SIZE;
	struct varlena *value = palloc(size);
	char *data = VARDATA(value);

	SET_VARSIZE(value, size);
	memcpy(data, &header, sizeof(header));
	data += sizeof(header);
	memcpy(data, builder->kg, builder->n * sizeof(double));
	data += builder->n * sizeof(double);
	memcpy(data, builder->gas, builder->n * sizeof(int16));
	return PointerGetDatum(value);
}

/* All masses times a factor. */
Datum
ghg_scale(const ghg_view *view, double factor)
{
	ghg_builder result;

	require_finite(factor, "factor");
	result.n = 0;
	for (int i = 0; i < view->n; i++)
		ghg_add(&result, ghg_gas(view, i), multiply(ghg_kg(view, i), factor, "mass of a gas"));
	return ghg_build(&result);
}

/* Error 22023: a set has no potential for a gas, whose sets are named. */
static void
refuse_gas(int gas, gwp_set set)
{
	StringInfoData others;

	initStringInfo(&others);
	for (int other = 0; other < gwp_sets.n; other++)
	{
		if (gas_gwp(gas, other) != GWP_NONE)
			appendStringInfo(&others, "%s%s", others.len > 0 ? ", " : "", gwp_sets.names[other]);
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s gives no global warming potential for %s", gwp_sets.names[set],
						   gas_name(gas)),
					errdetail("It has one in: %s.", others.data),
					errhint("Use one of these sets, or report this gas apart.")));
}

/* Mass of CO2 with the same warming over 100 years, memo gases left out. */
double
ghg_co2e(const ghg_view *view, gwp_set set)
{
	double total = 0.0;

	for (int i = 0; i < view->n; i++)
	{
		int gas = ghg_gas(view, i);

		if (gas_is_memo(gas))
			continue;
		if (gas_gwp(gas, set) == GWP_NONE)
			refuse_gas(gas, set);
		total += ghg_kg(view, i) * gas_gwp(gas, set);
	}
	return require_range(total, "CO2e");
}

/* What the JSON reader fills. */
typedef struct ghg_reader
{
	double kg[GAS_MAX + 1];
	bool seen[GAS_MAX + 1];
} ghg_reader;

static bool
take_gas(void *arg, const char *parent, const char *key, double value, Node *escontext)
{
	ghg_reader *reader = arg;
	int gas;

	gas = gas_find(key, strlen(key));
	if (gas == 0)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("unknown gas \"%s\"", quote_string(key)), errhint(GAS_HINT)));
	if (reader->seen[gas])
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("gas \"%s\" appears twice", key)));
	reader->seen[gas] = true;
	reader->kg[gas] = value;
	return true;
}

/* ghg_in(cstring): text input, a JSON object of kg by gas. */
PG_FUNCTION_INFO_V1(ghg_in);
Datum
ghg_in(PG_FUNCTION_ARGS)
{
	ghg_reader reader = { 0 };
	ghg_builder result;

	if (!read_json_flat_numbers(PG_GETARG_CSTRING(0), "ghg", GHG_EXAMPLE, take_gas, &reader,
								fcinfo->context))
		PG_RETURN_NULL();
	result.n = 0;
	for (int gas = 1; gas <= gas_count(); gas++)
		ghg_add(&result, gas, reader.kg[gas]);
	PG_RETURN_DATUM(ghg_build(&result));
}

/* ghg_out(ghg): text output, lossless. */
PG_FUNCTION_INFO_V1(ghg_out);
Datum
ghg_out(PG_FUNCTION_ARGS)
{
	ghg_view view = ghg_read(PG_GETARG_DATUM(0));
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (int i = 0; i < view.n; i++)
	{
		appendStringInfo(&buf, "%s\"%s\": ", i > 0 ? ", " : "", gas_name(ghg_gas(&view, i)));
		append_json_number(&buf, ghg_kg(&view, i));
	}
	appendStringInfoChar(&buf, '}');
	PG_RETURN_CSTRING(buf.data);
}

/* ghg_recv(internal): binary input. */
PG_FUNCTION_INFO_V1(ghg_recv);
Datum
ghg_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	ghg_builder result;
	int version = pq_getmsgint(buf, 2);
	int n = pq_getmsgint(buf, 2);

	if (version != GHG_BINARY_VERSION || n > gas_count())
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid binary form of type ghg"),
						errdetail("Version %d, %d gases.", version, n)));
	result.n = 0;
	for (int i = 0; i < n; i++)
	{
		int gas = pq_getmsgint(buf, 2);
		double kg = pq_getmsgfloat8(buf);

		if (gas_name(gas) == NULL || (i > 0 && gas <= result.gas[i - 1]) || !isfinite(kg) ||
			kg == 0.0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					 errmsg("invalid binary form of type ghg"),
					 errdetail("Entry %d: gas %d, %g kg.", i + 1, gas, kg),
					 errhint("Gases must be known and ascend; masses must be finite and not 0.")));
		ghg_add(&result, gas, kg);
	}
	PG_RETURN_DATUM(ghg_build(&result));
}

/* ghg_send(ghg): binary output. */
PG_FUNCTION_INFO_V1(ghg_send);
Datum
ghg_send(PG_FUNCTION_ARGS)
{
	ghg_view view = ghg_read(PG_GETARG_DATUM(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint16(&buf, GHG_BINARY_VERSION);
	pq_sendint16(&buf, view.n);
	for (int i = 0; i < view.n; i++)
	{
		pq_sendint16(&buf, ghg_gas(&view, i));
		pq_sendfloat8(&buf, ghg_kg(&view, i));
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* The gas a user names. */
static int
gas_argument(const text *name)
{
	int gas = gas_find(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (gas == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown gas \"%s\"", quote_text(name)), errhint(GAS_HINT)));
	return gas;
}

/* ghg(gas text, kg float8): a mass of one gas. */
PG_FUNCTION_INFO_V1(ghg_make);
Datum
ghg_make(PG_FUNCTION_ARGS)
{
	ghg_builder result;

	result.n = 0;
	ghg_add(&result, gas_argument(PG_GETARG_TEXT_PP(0)),
			require_finite(PG_GETARG_FLOAT8(1), "mass of a gas"));
	PG_RETURN_DATUM(ghg_build(&result));
}

/* gas(ghg, text): kg of one gas, 0 when it is not there. */
PG_FUNCTION_INFO_V1(ghg_gas_mass);
Datum
ghg_gas_mass(PG_FUNCTION_ARGS)
{
	ghg_view view = ghg_read(PG_GETARG_DATUM(0));
	int gas = gas_argument(PG_GETARG_TEXT_PP(1));

	for (int i = 0; i < view.n; i++)
	{
		if (ghg_gas(&view, i) == gas)
			PG_RETURN_FLOAT8(ghg_kg(&view, i));
	}
	PG_RETURN_FLOAT8(0.0);
}

/* a + sign * b */
static Datum
combine(FunctionCallInfo fcinfo, double sign)
{
	ghg_view a = ghg_read(PG_GETARG_DATUM(0));
	ghg_view b = ghg_read(PG_GETARG_DATUM(1));
	ghg_builder result;
	int i = 0;
	int j = 0;

	result.n = 0;
	while (i < a.n || j < b.n)
	{
		int left = i < a.n ? ghg_gas(&a, i) : PG_INT16_MAX;
		int right = j < b.n ? ghg_gas(&b, j) : PG_INT16_MAX;
		double kg = 0.0;

		if (left <= right)
			kg = ghg_kg(&a, i++);
		if (right <= left)
			kg += sign * ghg_kg(&b, j++);
		ghg_add(&result, Min(left, right), require_range(kg, "mass of a gas"));
	}
	return ghg_build(&result);
}

static Datum
scale(Datum datum, double factor)
{
	ghg_view view = ghg_read(datum);

	return ghg_scale(&view, factor);
}

static Datum
divide_by(Datum datum, double divisor)
{
	ghg_view view = ghg_read(datum);
	ghg_builder result;

	result.n = 0;
	for (int i = 0; i < view.n; i++)
		ghg_add(&result, ghg_gas(&view, i), divide(ghg_kg(&view, i), divisor, "mass of a gas"));
	return ghg_build(&result);
}

QUANTITY_OPERATORS(ghg);

/* co2e(ghg, gwp text): kg CO2e with a named set. */
PG_FUNCTION_INFO_V1(ghg_co2e_named);
Datum
ghg_co2e_named(PG_FUNCTION_ARGS)
{
	ghg_view view = ghg_read(PG_GETARG_DATUM(0));

	PG_RETURN_FLOAT8(ghg_co2e(&view, ghg_gwp_argument(PG_GETARG_TEXT_PP(1))));
}

/* co2e(ghg): kg CO2e with the set in terrcarbon.gwp. */
PG_FUNCTION_INFO_V1(ghg_co2e_default);
Datum
ghg_co2e_default(PG_FUNCTION_ARGS)
{
	ghg_view view = ghg_read(PG_GETARG_DATUM(0));

	PG_RETURN_FLOAT8(ghg_co2e(&view, ghg_default_gwp()));
}

/*
 * Add a row to a sum, or take it back.  The masses are weighted before they are
 * added, so sum(ghg, weight) is sum(ghg * weight) to the last bit.
 */
static Datum
sum_row(FunctionCallInfo fcinfo, bool weighted, bool remove)
{
	sum_state *state = sum_state_transition(fcinfo, SUM_OF_GHG);
	ghg_view view;
	double weight = 1.0;

	/* Not NULL: a moving aggregate may not return that. */
	if (PG_ARGISNULL(1) || (weighted && PG_ARGISNULL(2)))
		PG_RETURN_POINTER(state);
	view = ghg_read(PG_GETARG_DATUM(1));
	if (weighted)
		weight = require_finite(PG_GETARG_FLOAT8(2), "weight");

	for (int i = 0; i < view.n; i++)
	{
		double kg = ghg_kg(&view, i);

		if (weighted)
			kg = multiply(kg, weight, "mass of a gas");
		if (!remove)
			sum_state_add(&state, ghg_gas(&view, i), kg);
		else
			sum_state_subtract(state, ghg_gas(&view, i), kg);
	}
	sum_state_count(state, remove ? -1 : 1);
	PG_RETURN_POINTER(state);
}

QUANTITY_SUMS(ghg);

/* ghg_sum_final(sum_state): the sum, NULL when no row had a value. */
PG_FUNCTION_INFO_V1(ghg_sum_final);
Datum
ghg_sum_final(PG_FUNCTION_ARGS)
{
	sum_state *state;
	ghg_builder result;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = sum_state_argument(fcinfo, 0, SUM_OF_GHG);
	if (state->rows == 0)
		PG_RETURN_NULL();
	result.n = 0;
	for (int i = 0; i < state->nentries; i++)
	{
		sum_entry *entry = &state->entries[i];

		if (gas_name(entry->key) == NULL)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("state is not one of sum(ghg)"),
							errdetail("It has key %d.", entry->key)));
		ghg_add(&result, entry->key, sum_entry_value(entry));
	}
	PG_RETURN_DATUM(ghg_build(&result));
}

/* gases(gwp text): the gases, and what a set says a kilogram of each equals. */
PG_FUNCTION_INFO_V1(ghg_gases);
Datum
ghg_gases(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rows = (ReturnSetInfo *) fcinfo->resultinfo;
	gwp_set set = PG_ARGISNULL(0) ? default_gwp : ghg_gwp_argument(PG_GETARG_TEXT_PP(0));

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int gas = 1; gas <= gas_count(); gas++)
	{
		bool memo = gas_is_memo(gas);
		Datum values[] = { CStringGetTextDatum(gas_name(gas)), Float8GetDatum(gas_gwp(gas, set)),
						   BoolGetDatum(!memo) };
		bool nulls[] = { false, memo || gas_gwp(gas, set) == GWP_NONE, false };

		tuplestore_putvalues(rows->setResult, rows->setDesc, values, nulls);
	}
	return (Datum) 0;
}
