/*
 * cache.c
 *		The catalogues of factors, references, units and territories, as each
 *		backend remembers them.
 *
 * Pricing an activity must not cost a query.  The catalogues are small next to
 * what is priced with them, so each backend reads them whole at first use, in a
 * memory context of their own, and forgets them when one of the tables changes:
 * statement triggers on the tables send the relation's invalidation message,
 * which reaches every backend when the change commits, the changing one at its
 * next command, and again if it is rolled back.
 *
 * What was read with a snapshot that may be older than a message already
 * received, or through row security, holds for that snapshot only.  Several
 * readings are kept, so that one query may price as several users, those of its
 * views and functions, or with several snapshots, without reading anew for each
 * row: one reading serves all users from whom row security hides nothing.
 *
 * Row security may hide any row from a reader, also one that another row refers
 * to.  So what a look-up between the tables finds may be NULL.
 */
#include "factor/cache.h"
#include "factor/known.h"

#include <math.h>

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "quantity/normal.h"
#include "quantity/skewed.h"
#include "quote.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

/* --- hash tables ------------------------------------------------------------- */

typedef struct name_entry
{
	name_key key;
	void *value;
	uint32 hash;
	char status;
} name_entry;

static inline uint32
name_hash_key(name_key key)
{
	return hash_bytes((const unsigned char *) key.data, key.len);
}

#define SH_PREFIX          name
#define SH_ELEMENT_TYPE    name_entry
#define SH_KEY_TYPE        name_key
#define SH_KEY             key
#define SH_HASH_KEY(tb, k) name_hash_key(k)
#define SH_EQUAL(tb, a, b) ((a).len == (b).len && memcmp((a).data, (b).data, (a).len) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, e) (e)->hash
#define SH_SCOPE           static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct id_entry
{
	int32 id;
	char status;
	cached_row *row;
} id_entry;

#define SH_PREFIX          id
#define SH_ELEMENT_TYPE    id_entry
#define SH_KEY_TYPE        int32
#define SH_KEY             id
#define SH_HASH_KEY(tb, k) murmurhash32((uint32) (k))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE           static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* A code in a territory. */
typedef struct place_key
{
	const cached_code *code;
	const cached_territory *territory;
} place_key;

typedef struct place_entry
{
	place_key key;
	row_list rows;
	char status;
} place_entry;

#define SH_PREFIX       place
#define SH_ELEMENT_TYPE place_entry
#define SH_KEY_TYPE     place_key
#define SH_KEY          key
#define SH_HASH_KEY(tb, k)                                           \
	hash_combine(murmurhash32((uint32) ((uintptr_t) (k).code >> 3)), \
				 murmurhash32((uint32) ((uintptr_t) (k).territory >> 3)))
#define SH_EQUAL(tb, a, b) ((a).code == (b).code && (a).territory == (b).territory)
#define SH_SCOPE           static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* --- the cache and when it holds ------------------------------------------------ */

static const char *const tables[] = {
	"unit",   "territory_level", "reference_territory", "reference_territory_parent",
	"factor", "stock_reference", "land_class",          "soil_flux"
};

#define TABLES      lengthof(tables)
#define MAX_READERS 16
#define MAX_CACHES  8

#define SIMILAR_CODES 5

struct factor_cache
{
	MemoryContext context;
	uint64 serial;
	uint64 changes;

	/*
	 * Whom row security shows what is in it: one user, or all those whom it
	 * hides nothing from.  The latter are remembered as they are met.
	 */
	Oid user;
	int nreaders;
	Oid readers[MAX_READERS];

	/*
	 * The snapshot it was read with.  When lasting, it serves that one and later
	 * ones, which have seen no fewer transactions end nor commands of their own.
	 */
	bool lasting;
	TransactionId xmin;
	TransactionId xmax;
	uint32 running;
	CommandId curcid;

	name_hash *units;
	name_hash *territories;
	name_hash *factor_codes;
	name_hash *stock_codes;
	place_hash *places;
	id_hash *factors_by_id;
	cached_factor *factors; /* in their order; place 0 is not used */

	name_hash *land_classes;
	name_hash *soil_fluxes;
	int longest_stock_key; /* in bytes */
	int longest_class_key;
	int longest_flux_key;
	uint32 walks; /* chains made */

	known_choice *choices;
	void *choices_chunk;
	uint32 nchoices; /* a power of two */
	uint32 replaced; /* since the table has this size */

	cached_row **slots; /* of the table being read */
};

/* What is remembered, the last used first. */
static factor_cache *caches[MAX_CACHES];
static int ncaches = 0;
static uint64 serials = 0;
static Oid table_oids[TABLES];

/* Changes whenever what is remembered may have become wrong. */
static uint64 changes = 1;

static void
relation_changed(Datum arg, Oid relid)
{
	for (int i = 0; i < TABLES; i++)
	{
		if (relid == InvalidOid || relid == table_oids[i])
			changes++;
	}
}

static void
roles_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	changes++;
}

static void
transaction_ended(XactEvent event, void *arg)
{
	for (int i = 0; i < ncaches; i++)
	{
		if (!caches[i]->lasting)
			caches[i]->changes = 0;
		caches[i]->curcid = FirstCommandId;
	}
}

/* Called once, when the library is loaded. */
void
factor_init(void)
{
	known_define_settings();
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, roles_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, roles_changed, (Datum) 0);
	RegisterXactCallback(transaction_ended, NULL);
}

/* catalogue_changed(): trigger that tells every backend to read again. */
PG_FUNCTION_INFO_V1(catalogue_changed);
Datum
catalogue_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("catalogue_changed must be called as a trigger")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	PG_RETURN_POINTER(NULL);
}

/* How many transactions before its xmax a snapshot holds to be running. */
static inline uint32
running(Snapshot snapshot)
{
	return snapshot->takenDuringRecovery ? snapshot->subxcnt : snapshot->xcnt;
}

static bool
same_snapshot(const factor_cache *cache, Snapshot snapshot)
{
	return snapshot->xmin == cache->xmin && snapshot->xmax == cache->xmax &&
		   running(snapshot) == cache->running && snapshot->curcid == cache->curcid;
}

static inline bool
serves(const factor_cache *cache, Snapshot snapshot)
{
	if (!cache->lasting)
		return same_snapshot(cache, snapshot);
	return snapshot->curcid >= cache->curcid &&
		   (TransactionIdFollows(snapshot->xmax, cache->xmax) ||
			(snapshot->xmax == cache->xmax && running(snapshot) <= cache->running));
}

/*
 * Whether this snapshot sees all that has been committed, and all that this
 * transaction did, so that the next message tells what changed since.
 */
static bool
is_latest(Snapshot snapshot)
{
	Snapshot latest;

	if (IsInParallelMode())
		return false;
	latest = GetLatestSnapshot();
	return latest->xmin == snapshot->xmin && latest->xmax == snapshot->xmax &&
		   latest->xcnt == snapshot->xcnt && latest->subxcnt == snapshot->subxcnt &&
		   latest->curcid == snapshot->curcid;
}

/* --- reading the tables ---------------------------------------------------------- */

/* A row that SPI found. */
typedef struct found_row
{
	HeapTuple tuple;
	TupleDesc desc;
} found_row;

static Datum
get_column(const found_row *row, int number, bool *isnull)
{
	return SPI_getbinval(row->tuple, row->desc, number, isnull);
}

static Datum
get_value(const found_row *row, int number)
{
	bool isnull;
	Datum value = get_column(row, number, &isnull);

	if (isnull)
		elog(ERROR, "unexpected null in column %d of a catalogue", number);
	return value;
}

static int32
get_int(const found_row *row, int number, int32 missing)
{
	bool isnull;
	Datum value = get_column(row, number, &isnull);

	return isnull ? missing : DatumGetInt32(value);
}

static double
get_float(const found_row *row, int number, double missing)
{
	bool isnull;
	Datum value = get_column(row, number, &isnull);

	return isnull ? missing : DatumGetFloat8(value);
}

/* A text, copied into the cache; no data when NULL. */
static name_key
get_name(const found_row *row, int number)
{
	bool isnull;
	Datum value = get_column(row, number, &isnull);
	name_key name = { NULL, 0 };

	if (!isnull)
	{
		text *t = DatumGetTextPP(value);

		name.len = VARSIZE_ANY_EXHDR(t);
		name.data = pnstrdup(VARDATA_ANY(t), name.len);
	}
	return name;
}

static void *
find_name(name_hash *hash, const char *data, int len)
{
	name_entry *entry = name_lookup(hash, (name_key){ data, len });

	return entry != NULL ? entry->value : NULL;
}

static void
keep_name(name_hash *hash, name_key key, void *value)
{
	bool found;

	name_insert(hash, key, &found)->value = value;
}

/* Run a query on the catalogues, @ being their schema; each row is given to take. */
static void
read_rows(factor_cache *cache, const char *schema, const char *query,
		  void (*take)(factor_cache *cache, const found_row *row, uint64 number))
{
	StringInfoData text;
	MemoryContext caller;

	initStringInfo(&text);
	for (const char *at = query; *at != '\0'; at++)
	{
		if (*at == '@')
			appendStringInfoString(&text, schema);
		else
			appendStringInfoChar(&text, *at);
	}
	if (SPI_execute(text.data, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "cannot read the catalogues: %s", text.data);
	caller = MemoryContextSwitchTo(cache->context);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		found_row row = { SPI_tuptable->vals[i], SPI_tuptable->tupdesc };

		CHECK_FOR_INTERRUPTS();
		take(cache, &row, i);
	}
	MemoryContextSwitchTo(caller);
	SPI_freetuptable(SPI_tuptable);
}

static void
take_unit(factor_cache *cache, const found_row *row, uint64 number)
{
	cached_unit *unit = palloc0(sizeof(cached_unit));

	unit->code = get_name(row, 1);
	unit->number = number + 1;
	unit->kind = get_name(row, 2).data;
	unit->in_base = get_float(row, 3, 0);
	unit->basis = get_name(row, 4).data;
	keep_name(cache->units, unit->code, unit);
}

static void
take_territory(factor_cache *cache, const found_row *row, uint64 number)
{
	cached_territory *territory = palloc0(sizeof(cached_territory));

	territory->code = get_name(row, 1);
	territory->number = number + 1;
	territory->level = get_name(row, 2).data;
	territory->rank = get_int(row, 3, 0);
	territory->nchain = -1;
	keep_name(cache->territories, territory->code, territory);
}

static void
take_parent(factor_cache *cache, const found_row *row, uint64 number)
{
	name_key code = get_name(row, 1);
	name_key parent_code = get_name(row, 2);
	cached_territory *territory = find_name(cache->territories, code.data, code.len);
	cached_territory *parent = find_name(cache->territories, parent_code.data, parent_code.len);

	if (territory == NULL || parent == NULL)
		return; /* hidden by row security */
	/* Room grows in powers of two. */
	if (territory->nparents == 0)
		territory->parents = palloc(sizeof(cached_territory *));
	else if ((territory->nparents & (territory->nparents - 1)) == 0)
		territory->parents = repalloc(territory->parents,
									  2 * territory->nparents * sizeof(cached_territory *));
	territory->parents[territory->nparents++] = parent;
}

/* Rows come ordered by code, territory and preference. */
static cached_code *
keep_row(factor_cache *cache, cached_row *row, name_hash *codes, name_key code_name,
		 name_key territory_name, cached_row **slot)
{
	cached_code *code = find_name(codes, code_name.data, code_name.len);
	cached_territory *territory = NULL;
	row_list *list;
	bool found;

	if (code == NULL)
	{
		code = palloc0(sizeof(cached_code));
		code->code = code_name;
		code->rows.rows = slot;
		keep_name(codes, code_name, code);
		code->number = codes->members;
	}
	*slot = row;
	code->rows.n++;
	if (territory_name.data == NULL)
		list = &code->everywhere;
	else
	{
		place_entry *entry;

		code->elsewhere = true;
		territory = find_name(cache->territories, territory_name.data, territory_name.len);
		if (territory == NULL)
			return code; /* hidden: nobody asks for it */
		entry = place_insert(cache->places, (place_key){ code, territory }, &found);
		if (!found)
			entry->rows.n = 0;
		list = &entry->rows;
	}
	if (list->n++ == 0)
		list->rows = slot;
	return code;
}

static void
read_row(cached_row *row, const found_row *from)
{
	row->id = DatumGetInt32(get_value(from, 1));
	row->year_from = get_int(from, 4, PG_INT32_MIN);
	row->year_to = get_int(from, 5, PG_INT32_MAX);
	row->dataset_id = get_int(from, 6, 0);
	row->shipped = DatumGetBool(get_value(from, 7));
	row->recorded_at = DatumGetTimestampTz(get_value(from, 8));
	row->superseded_at = DatumGetTimestampTz(get_value(from, 9));
}

/* Columns that both catalogues are read with, after id, code and territory. */
#define ROW_COLUMNS                                          \
	"year_from, year_to, dataset_id, shipped, recorded_at, " \
	"coalesce(superseded_at, 'infinity'::pg_catalog.timestamptz)"
/* In lower case as cached_lower_start(). */
#define IN_C " COLLATE pg_catalog.\"C\")"
#define ROW_ORDER                                                                               \
	"ORDER BY key COLLATE pg_catalog.\"C\", territory_code COLLATE pg_catalog.\"C\", shipped, " \
	"year_from DESC NULLS LAST, id DESC"

/* Where the pointer to a row goes: one array for the table, lists are parts of it. */
static cached_row **
row_slot(factor_cache *cache, uint64 number)
{
	if (number == 0)
		cache->slots = palloc_extended(SPI_processed * sizeof(cached_row *), MCXT_ALLOC_HUGE);
	return cache->slots + number;
}

/* Copy the gases of a factor, into its line if they have room there. */
static void
set_gases(cached_factor *factor, Datum amount)
{
	ghg_view gases = ghg_read(amount);
	Size kg_size = gases.n * sizeof(double);
	Size size = kg_size + gases.n * sizeof(int16);
	char *copy = size <= sizeof(factor->few_gases) ? factor->few_gases : palloc(size);

	memcpy(copy, gases.kg, kg_size);
	memcpy(copy + kg_size, gases.gas, size - kg_size);
	factor->gases = (ghg_view){ gases.n, copy, copy + kg_size };
}

/* The distribution of a factor whose 95 % interval is uneven; the table checks its ends. */
static void
set_interval(cached_factor *factor)
{
	double asymmetry;

	factor->interval_sd = 0;
	factor->interval_skew = 0;
	if (factor->low_percent < 0)
		return;
	/* At the very limit of what fits, the same width to both sides. */
	if (!skewed_fit((100 - factor->low_percent) / 100, (factor->high_percent - 100) / 100,
					&factor->interval_sd, &asymmetry))
	{
		factor->interval_sd = (factor->high_percent - factor->low_percent) / 200 /
							  NORMAL_HALF_WIDTH_95;
		asymmetry = 0;
	}
	factor->interval_skew = factor->interval_sd * cbrt(asymmetry);
}

static void
take_factor(factor_cache *cache, const found_row *from, uint64 number)
{
	cached_factor *factor;
	cached_code *code;
	name_key part;
	bool found;

	if (number == 0)
		cache->factors = (cached_factor *) TYPEALIGN(
			FACTOR_LINE,
			palloc_extended((SPI_processed + 2) * sizeof(cached_factor), MCXT_ALLOC_HUGE));
	factor = &cache->factors[1 + number];
	read_row(&factor->row, from);
	factor->code = get_name(from, 2);
	factor->unit_code = get_name(from, 10);
	factor->unit = find_name(cache->units, factor->unit_code.data, factor->unit_code.len);
	factor->hhv_per_lhv = get_float(from, 11, 0);
	factor->u95_percent = get_float(from, 12, -1);
	factor->low_percent = get_float(from, 13, -1);
	factor->high_percent = get_float(from, 14, -1);
	set_interval(factor);
	set_gases(factor, get_value(from, 15));
	factor->lumped_gwp = get_name(from, 16).data;
	part = get_name(from, 17);
	factor->part = factor_part_find(part.data, part.len);
	factor->grid = DatumGetBool(get_value(from, 18));
	code = keep_row(cache, &factor->row, cache->factor_codes, factor->code, get_name(from, 3),
					row_slot(cache, number));
	if (factor->row.superseded_at == DT_NOEND)
		code->parts |= 1 << factor->part;
	id_insert(cache->factors_by_id, factor->row.id, &found)->row = &factor->row;
}

/* Add a dataset to a list that ascends and holds each once; 0 is none. */
void
cached_source_add(int32 *sources, int *n, int32 dataset_id)
{
	int at = 0;

	if (dataset_id <= 0)
		return;
	while (at < *n && sources[at] < dataset_id)
		at++;
	if (at < *n && sources[at] == dataset_id)
		return;
	memmove(&sources[at + 1], &sources[at], (*n - at) * sizeof(int32));
	sources[at] = dataset_id;
	(*n)++;
}

/* Note that the set a row belongs to knows its pools. */
void
stock_sets_add(stock_sets *sets, const cached_stock *stock)
{
	stock_set *set;

	/* Rows of no dataset are no set: nobody says that they are one whole. */
	if (!stock->row.shipped && stock->row.dataset_id == 0)
		return;
	for (int i = 0; i < sets->n; i++)
	{
		set = &sets->sets[i];
		if (set->shipped == stock->row.shipped && set->dataset_id == stock->row.dataset_id)
		{
			set->pools |= stock->stock.pools;
			return;
		}
	}
	if (sets->n == 0)
		sets->sets = palloc(sizeof(stock_set));
	else
		sets->sets = repalloc(sets->sets, (sets->n + 1) * sizeof(stock_set));
	set = &sets->sets[sets->n++];
	set->shipped = stock->row.shipped;
	set->dataset_id = stock->row.dataset_id;
	set->pools = stock->stock.pools;
}

static void
take_stock(factor_cache *cache, const found_row *from, uint64 number)
{
	cached_stock *stock = palloc(sizeof(cached_stock));
	name_key key = get_name(from, 2);
	cached_code *code;

	cache->longest_stock_key = Max(cache->longest_stock_key, key.len);
	read_row(&stock->row, from);
	carbon_stock_read(get_value(from, 10), &stock->stock);
	stock->u95_percent = get_float(from, 11, -1);
	stock->complete = DatumGetBool(get_value(from, 12));
	code = keep_row(cache, &stock->row, cache->stock_codes, key, get_name(from, 3),
					row_slot(cache, number));
	if (stock->row.superseded_at == DT_NOEND)
		stock_sets_add(&code->sets, stock);
}

static void
take_land_class(factor_cache *cache, const found_row *row, uint64 number)
{
	name_key key = get_name(row, 1);
	bool found;

	cache->longest_class_key = Max(cache->longest_class_key, key.len);
	name_insert(cache->land_classes, key, &found)->value = unconstify(char *,
																	  get_name(row, 2).data);
}

static void
take_soil_flux(factor_cache *cache, const found_row *row, uint64 number)
{
	cached_soil_flux *flux = palloc(sizeof(cached_soil_flux));
	name_key key = get_name(row, 1);
	name_key territory = get_name(row, 3);
	name_entry *entry;
	bool found;

	cache->longest_flux_key = Max(cache->longest_flux_key, key.len);
	flux->to_code = get_name(row, 2);
	cache->longest_flux_key = Max(cache->longest_flux_key, flux->to_code.len);
	flux->territory = find_name(cache->territories, territory.data, territory.len);
	flux->flux = get_float(row, 4, 0);
	flux->years = get_int(row, 5, 0);
	flux->shipped = DatumGetBool(get_value(row, 6));
	entry = name_insert(cache->soil_fluxes, key, &found);
	flux->next = found ? entry->value : NULL;
	entry->value = flux;
}

static void
find_tables(Oid schema)
{
	for (int i = 0; i < TABLES; i++)
	{
		table_oids[i] = get_relname_relid(tables[i], schema);
		if (!OidIsValid(table_oids[i]))
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
							errmsg("the catalogue \"%s\" is missing", tables[i]),
							errhint("Run CREATE EXTENSION terrcarbon in this database.")));
	}
}

/* Whether row security hides nothing of the catalogues from a user who may read them. */
static bool
reads_all(Oid user)
{
	for (int i = 0; i < TABLES; i++)
	{
		if (check_enable_rls(table_oids[i], user, true) == RLS_ENABLED ||
			pg_class_aclcheck(table_oids[i], user, ACL_SELECT) != ACLCHECK_OK)
			return false;
	}
	return true;
}

static void
add_reader(factor_cache *cache, Oid user)
{
	cache->readers[cache->nreaders++ % MAX_READERS] = user;
}

/* Whether what was read is what this user would read. */
static bool
is_reader(factor_cache *cache, Oid user)
{
	if (OidIsValid(cache->user))
		return cache->user == user;
	for (int i = 0; i < Min(cache->nreaders, MAX_READERS); i++)
	{
		if (cache->readers[i] == user)
			return true;
	}
	if (!reads_all(user))
		return false;
	add_reader(cache, user);
	return true;
}

static void
read_tables(factor_cache *cache, const char *schema)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	read_rows(cache, schema, "SELECT code, kind, in_base, basis FROM @.unit", take_unit);
	read_rows(cache, schema,
			  "SELECT t.code, t.level, l.place FROM @.reference_territory AS t "
			  "JOIN @.territory_level AS l USING (level)",
			  take_territory);
	read_rows(cache, schema, "SELECT code, parent_code FROM @.reference_territory_parent",
			  take_parent);
	read_rows(cache, schema,
			  "SELECT id, key, territory_code, " ROW_COLUMNS ", unit, hhv_per_lhv, u95_percent, "
			  "low_percent, high_percent, amount, lumped_gwp, part, grid IS NOT NULL "
			  "FROM (SELECT *, code AS key FROM @.factor) AS r " ROW_ORDER,
			  take_factor);
	read_rows(cache, schema,
			  "SELECT id, key, territory_code, " ROW_COLUMNS ", stock, u95_percent, complete "
			  "FROM (SELECT *, pg_catalog.concat_ws(pg_catalog.chr(31), "
			  "pg_catalog.lower(nomenclature" IN_C ", per, "
			  "pg_catalog.lower(code" IN_C ") AS key FROM @.stock_reference) AS r " ROW_ORDER,
			  take_stock);
	/* Own rows come last, and replace shipped ones. */
	read_rows(cache, schema,
			  "SELECT pg_catalog.concat(pg_catalog.lower(nomenclature" IN_C ", pg_catalog.chr(31), "
			  "pg_catalog.lower(code" IN_C "), kind FROM @.land_class ORDER BY shipped DESC",
			  take_land_class);
	read_rows(cache, schema,
			  "SELECT pg_catalog.concat(pg_catalog.lower(nomenclature" IN_C ", pg_catalog.chr(31), "
			  "pg_catalog.lower(from_code" IN_C "), pg_catalog.lower(to_code" IN_C ", "
			  "territory_code, flux, years, shipped FROM @.soil_flux",
			  take_soil_flux);
	SPI_finish();
}

/* Read the catalogues as the current user and snapshot see them. */
static factor_cache *
build(Oid schema)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "terrcarbon factors",
												  ALLOCSET_DEFAULT_SIZES);
	factor_cache *cache = MemoryContextAllocZero(context, sizeof(factor_cache));
	Snapshot snapshot = GetActiveSnapshot();

	find_tables(schema);
	cache->context = context;
	cache->serial = ++serials;
	cache->xmin = snapshot->xmin;
	cache->xmax = snapshot->xmax;
	cache->running = running(snapshot);
	cache->curcid = snapshot->curcid;

	/*
	 * Messages that come from here on are about changes that this snapshot may
	 * not see.
	 */
	cache->changes = changes;
	cache->lasting = is_latest(snapshot);
	for (int i = 0; i < TABLES; i++)
	{
		if (check_enable_rls(table_oids[i], InvalidOid, true) == RLS_ENABLED)
		{
			cache->lasting = false;
			cache->user = GetUserId();
		}
	}
	add_reader(cache, GetUserId());

	cache->units = name_create(context, 64, NULL);
	cache->territories = name_create(context, 256, NULL);
	cache->factor_codes = name_create(context, 256, NULL);
	cache->stock_codes = name_create(context, 256, NULL);
	cache->land_classes = name_create(context, 64, NULL);
	cache->soil_fluxes = name_create(context, 64, NULL);
	cache->places = place_create(context, 256, NULL);
	cache->factors_by_id = id_create(context, 256, NULL);
	read_tables(cache, quote_identifier(get_namespace_name(schema)));
	MemoryContextSetParent(context, CacheMemoryContext);
	return cache;
}

/* Forget one of the caches; those behind it move up. */
static void
forget(int at)
{
	factor_cache *cache = caches[at];

	ncaches--;
	memmove(&caches[at], &caches[at + 1], (ncaches - at) * sizeof(factor_cache *));
	MemoryContextDelete(cache->context);
}

/* Put a cache first, whether it is new or at a place. */
static factor_cache *
use(factor_cache *cache, int at)
{
	memmove(&caches[1], &caches[0], at * sizeof(factor_cache *));
	caches[0] = cache;
	return cache;
}

/* The catalogues, read again where what is remembered no longer holds. */
factor_cache *
factor_cache_get(void)
{
	Snapshot snapshot;
	factor_cache *fresh;
	Oid user = GetUserId();

	/*
	 * A statement that opens no table has not read its messages; looking costs
	 * little.  Whatever they bring, what is read anew is what the statement's own
	 * snapshot sees.
	 */
	AcceptInvalidationMessages();
	if (unlikely(!ActiveSnapshotSet()))
		elog(ERROR, "cannot look up factors without a snapshot");
	snapshot = GetActiveSnapshot();
	for (int i = 0; i < ncaches; i++)
	{
		if (caches[i]->changes == changes && serves(caches[i], snapshot) &&
			is_reader(caches[i], user))
			return likely(i == 0) ? caches[0] : use(caches[i], i);
	}
	fresh = build(get_namespace_oid("terrcarbon", false));
	/* Reading ran queries, and they may have come here too. */
	for (int i = ncaches - 1; i >= 0; i--)
	{
		if (caches[i]->changes != changes)
			forget(i);
	}
	if (ncaches == MAX_CACHES)
		forget(ncaches - 1);
	return use(fresh, ncaches++);
}

/* A number that no other cache of this backend has had. */
uint64
factor_cache_serial(const factor_cache *cache)
{
	return cache->serial;
}

/* --- look-ups --------------------------------------------------------------------- */

const cached_unit *
cached_unit_find(factor_cache *cache, const char *data, int len)
{
	return find_name(cache->units, data, len);
}

cached_territory *
cached_territory_find(factor_cache *cache, const char *data, int len)
{
	return find_name(cache->territories, data, len);
}

/* Whether a text is somewhere in another, upper and lower case of ASCII being one. */
static bool
is_within(const char *part, int part_len, const char *whole, int whole_len)
{
	for (int at = 0; at + part_len <= whole_len; at++)
	{
		if (pg_strncasecmp(whole + at, part, part_len) == 0)
			return true;
	}
	return false;
}

/*
 * Up to SIMILAR_CODES factor codes that contain a text or are contained in it,
 * the shortest first, with commas between; NULL when there is none.
 */
char *
cached_codes_like(factor_cache *cache, const char *data, int len)
{
	name_key best[SIMILAR_CODES];
	int n = 0;
	name_iterator at;
	name_entry *entry;
	StringInfoData list;

	if (len < 3 || len > QUOTE_MAX_CHARACTERS)
		return NULL;
	name_start_iterate(cache->factor_codes, &at);
	while ((entry = name_iterate(cache->factor_codes, &at)) != NULL)
	{
		name_key key = entry->key;
		int place = n;

		if (!is_within(data, len, key.data, key.len) && !is_within(key.data, key.len, data, len))
			continue;
		/* The shortest first. */
		while (place > 0 &&
			   (best[place - 1].len > key.len ||
				(best[place - 1].len == key.len && strcmp(best[place - 1].data, key.data) > 0)))
			place--;
		if (place == SIMILAR_CODES)
			continue;
		n = Min(n + 1, SIMILAR_CODES);
		memmove(&best[place + 1], &best[place], (n - 1 - place) * sizeof(name_key));
		best[place] = key;
	}
	if (n == 0)
		return NULL;
	initStringInfo(&list);
	for (int i = 0; i < n; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", best[i].data);
	return list.data;
}

cached_code *
cached_factor_code_find(factor_cache *cache, const char *data, int len)
{
	return find_name(cache->factor_codes, data, len);
}

/* The key is the nomenclature, per and the code, in lower case, with a byte 31 between. */
cached_code *
cached_stock_code_find(factor_cache *cache, const char *data, int len)
{
	return find_name(cache->stock_codes, data, len);
}

const cached_factor *
cached_factor_by_id(factor_cache *cache, int32 id)
{
	id_entry *entry = id_lookup(cache->factors_by_id, id);

	return entry != NULL ? cached_factor_of(entry->row) : NULL;
}

/* All factors, from place 1. */
const cached_factor *
cached_factors(const factor_cache *cache)
{
	return cache->factors;
}

int
cached_longest_stock_key(const factor_cache *cache)
{
	return cache->longest_stock_key;
}

/* The rows of a code in this very territory, NULL when there is none. */
const row_list *
cached_rows_in(factor_cache *cache, const cached_code *code, const cached_territory *territory)
{
	place_entry *entry = place_lookup(cache->places, (place_key){ code, territory });

	return entry != NULL ? &entry->rows : NULL;
}

/* --- choices made before ------------------------------------------------------------ */

/*
 * What is priced repeats its code, unit, year and territory, and to choose takes
 * look-ups for each territory of the chain and a walk along the years.  So choices
 * are kept, each in one of the two lines of the processor's cache that its hash gives
 * it, where it replaces another when they are full.  A table that is too small for
 * the statement grows, and begins empty.
 */
#define CHOICES_IN_LINE  (FACTOR_LINE / sizeof(known_choice))
#define CHOICES_AT_FIRST 256
#define CHOICES_AT_MOST  262144

static void
make_choices(factor_cache *cache)
{
	uint32 n = cache->nchoices == 0 ? CHOICES_AT_FIRST : 4 * cache->nchoices;
	void *chunk = MemoryContextAllocZero(cache->context, n * sizeof(known_choice) + FACTOR_LINE);

	if (cache->choices_chunk)
		pfree(cache->choices_chunk);
	cache->choices_chunk = chunk;
	cache->choices = (known_choice *) TYPEALIGN(FACTOR_LINE, chunk);
	cache->nchoices = n;
	cache->replaced = 0;
}

/*
 * The place of the choice for a question, and whether it is there.  If not, the place
 * is free, and the caller writes there what was chosen, the question last: whatever
 * fails before leaves nothing behind.
 */
known_choice *
cached_choice(factor_cache *cache, uint64 question, bool *found)
{
	uint32 hash = hash_combine(murmurhash32((uint32) question),
							   murmurhash32((uint32) (question >> 32)));
	known_choice *line = NULL;

	*found = false;
	if (unlikely(cache->replaced >= cache->nchoices && cache->nchoices < CHOICES_AT_MOST))
		make_choices(cache);
	for (int other = 0; other <= 1; other++)
	{
		line = &cache->choices[hash & (cache->nchoices - CHOICES_IN_LINE)];
		for (int i = 0; i < CHOICES_IN_LINE; i++)
		{
			*found = line[i].question == question;
			if (*found || line[i].question == 0)
				return &line[i];
		}
		hash = pg_rotate_right32(hash, 16);
	}
	line += cache->replaced++ % CHOICES_IN_LINE;
	line->question = 0;
	return line;
}

/*
 * A text with A to Z in lower case, as lower(t COLLATE "C"), so that a database in
 * Turkish finds HAIES too; or what of it may match a key of at most so many bytes.
 * A character makes at least one byte, so the rest of a longer text is of no use.
 */
char *
cached_lower_start(const text *t, int longest)
{
	const char *data = VARDATA_ANY(t);

	return str_tolower(data, pg_mbcharcliplen(data, VARSIZE_ANY_EXHDR(t), longest + 1),
					   C_COLLATION_OID);
}

/* artificial, wetland or other: the kind of a class, by the longest start of its code. */
const char *
cached_land_kind(factor_cache *cache, const text *nomenclature, const text *code)
{
	char *prefix = psprintf("%s\037", cached_lower_start(nomenclature, cache->longest_class_key));
	char *key = psprintf("%s%s", prefix, cached_lower_start(code, cache->longest_class_key));
	int start = strlen(prefix);

	for (int len = Min(strlen(key), cache->longest_class_key); len > start; len--)
	{
		const char *kind = find_name(cache->land_classes, key, len);

		if (kind != NULL)
			return kind;
	}
	return "other";
}

/* Place of a territory in the chain of another, 0 being itself; -1 when it is not there. */
static int
place_in_chain(const cached_territory *territory, const cached_territory *of)
{
	for (int place = 0; place < of->nchain; place++)
	{
		if (of->chain[place] == territory)
			return place;
	}
	return -1;
}

/*
 * The published change of soil between two classes in a territory, NULL when
 * there is none: the longest codes, then the most specific territory, then a row
 * of the user's own.
 */
const cached_soil_flux *
cached_soil_flux_find(factor_cache *cache, const text *nomenclature, const text *from_code,
					  const text *to_code, const text *territory_name)
{
	int longest = cache->longest_flux_key;
	char *prefix = psprintf("%s\037", cached_lower_start(nomenclature, longest));
	char *key = psprintf("%s%s", prefix, cached_lower_start(from_code, longest));
	char *to = cached_lower_start(to_code, cache->longest_flux_key);
	int to_len = strlen(to);
	int start = strlen(prefix);
	int best_length = 0;
	int best_place = 0;
	const cached_soil_flux *best = NULL;
	cached_territory *territory;

	if (territory_name == NULL)
		return NULL;
	territory = cached_territory_find(cache, VARDATA_ANY(territory_name),
									  VARSIZE_ANY_EXHDR(territory_name));
	if (territory == NULL)
		return NULL;
	cached_chain(cache, territory);
	for (int len = Min(strlen(key), longest); len > start; len--)
	{
		const cached_soil_flux *flux = find_name(cache->soil_fluxes, key, len);

		for (; flux != NULL; flux = flux->next)
		{
			int length = len + flux->to_code.len;
			int place;

			if (length < best_length || flux->to_code.len > to_len ||
				memcmp(flux->to_code.data, to, flux->to_code.len) != 0)
				continue;
			place = place_in_chain(flux->territory, territory);
			if (place < 0 || (best != NULL && length == best_length &&
							  (place > best_place || (place == best_place && flux->shipped))))
				continue;
			best = flux;
			best_length = length;
			best_place = place;
		}
	}
	return best;
}

typedef struct chain_link
{
	cached_territory *territory;
	int distance;
} chain_link;

/* The most specific level first, at one level the nearest, then by code. */
static int
compare_links(const void *a, const void *b)
{
	const chain_link *x = a;
	const chain_link *y = b;
	int shorter = Min(x->territory->code.len, y->territory->code.len);
	int order;

	if (x->territory->rank != y->territory->rank)
		return x->territory->rank < y->territory->rank ? -1 : 1;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	order = memcmp(x->territory->code.data, y->territory->code.data, shorter);
	return order != 0 ? order : x->territory->code.len - y->territory->code.len;
}

/* Make a territory's chain: itself and all that it is part of, each once. */
void
cached_chain(factor_cache *cache, cached_territory *territory)
{
	int size = 16;
	int n = 1;
	uint32 walk;
	chain_link *links;

	if (likely(territory->nchain >= 0))
		return;
	links = palloc(size * sizeof(chain_link));
	links[0] = (chain_link){ territory, 0 };
	walk = ++cache->walks;
	territory->walk = walk;
	/* Breadth first, so that each is met at its shortest distance. */
	for (int at = 0; at < n; at++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int p = 0; p < links[at].territory->nparents; p++)
		{
			cached_territory *parent = links[at].territory->parents[p];

			if (parent->walk == walk)
				continue;
			parent->walk = walk;
			if (n == size)
			{
				size *= 2;
				links = repalloc(links, size * sizeof(chain_link));
			}
			links[n++] = (chain_link){ parent, links[at].distance + 1 };
		}
	}
	qsort(links, n, sizeof(chain_link), compare_links);
	territory->chain = MemoryContextAlloc(cache->context, n * sizeof(cached_territory *));
	for (int i = 0; i < n; i++)
		territory->chain[i] = links[i].territory;
	territory->nchain = n;
	pfree(links);
}
