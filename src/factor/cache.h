/*
 * cache.h
 *		The catalogues of factors, references, units and territories, as each
 *		backend remembers them.
 */
#ifndef TERRCARBON_FACTOR_CACHE_H
#define TERRCARBON_FACTOR_CACHE_H

#include "compat.h"

#include "datatype/timestamp.h"
#include "factor/part.h"
#include "quantity/carbon_stock.h"
#include "quantity/ghg.h"

/* A hash table from texts to structs that begin with a name_key. */
typedef struct name_key
{
	const char *data; /* not terminated */
	int len;
} name_key;

struct name_hash;

/* Units, territories and codes of factors are numbered from 1. */
typedef struct cached_unit
{
	name_key code;
	uint32 number;
	const char *kind;
	double in_base;    /* base units of its kind in one of it */
	const char *basis; /* HHV, LHV or NULL */
} cached_unit;

typedef struct cached_territory
{
	name_key code;
	uint32 number;
	int nchain;                      /* -1: not made yet */
	struct cached_territory **chain; /* itself and what it is part of */
	const char *level;
	int rank;    /* of its level, ascending: less specific */
	uint32 walk; /* the last that met it */
	int nparents;
	struct cached_territory **parents;
} cached_territory;

/* What the rows of both catalogues have in common. */
typedef struct cached_row
{
	int32 id;
	int32 year_from;
	int32 year_to;
	int32 dataset_id; /* 0: none */
	bool shipped;
	TimestampTz recorded_at;
	TimestampTz superseded_at; /* DT_NOEND: in use */
} cached_row;

/* What a processor fetches at a time, in bytes. */
#define FACTOR_LINE 64

/*
 * What pricing reads comes first, in one line.  Masses of three gases, those of
 * combustion, have room in it.
 */
typedef struct cached_factor
{
	ghg_view gases;          /* per unit */
	const cached_unit *unit; /* NULL: hidden by row security */
	char few_gases[30];
	uint8 part; /* a factor_part */
	bool grid;
	double hhv_per_lhv; /* 0: not known */
	cached_row row;
	name_key code;
	name_key unit_code;
	double u95_percent; /* -1: not known, or not the same to both sides */
	double low_percent; /* -1: not known */
	double high_percent;
	double interval_sd;     /* of the interval with these ends, for an amount of 1 */
	double interval_skew;   /* cube root of its third moment */
	const char *lumped_gwp; /* NULL: the gases are known */
} cached_factor;

StaticAssertDecl(SIZEOF_VOID_P < 8 || sizeof(cached_factor) % FACTOR_LINE == 0,
				 "each factor begins a line");

static inline const cached_factor *
cached_factor_of(const cached_row *row)
{
	return (const cached_factor *) ((const char *) row - offsetof(cached_factor, row));
}

typedef struct cached_stock
{
	cached_row row;
	double u95_percent; /* -1: not known */
	bool complete;      /* its set has all the carbon of its classes */
	carbon_stock stock;
} cached_stock;

/* The pools that a set of references knows for a code, wherever. */
typedef struct stock_set
{
	bool shipped;
	int32 dataset_id;
	uint8 pools; /* as in carbon_stock */
} stock_set;

typedef struct stock_sets
{
	int n;
	stock_set *sets;
} stock_sets;

/* Rows of one code in one territory, in order of preference. */
typedef struct row_list
{
	int n;
	cached_row **rows;
} row_list;

/* A code and the places where it has rows. */
typedef struct cached_code
{
	name_key code;
	uint32 number;
	row_list rows;       /* all of them */
	row_list everywhere; /* those of no territory */
	bool elsewhere;      /* there are others */
	stock_sets sets;     /* of the stock references in use */
	int parts;           /* bit p: a factor in use speaks of part p */
} cached_code;

/* A published change of soil from one class to another. */
typedef struct cached_soil_flux
{
	struct cached_soil_flux *next; /* from the same class */
	name_key to_code;
	const cached_territory *territory;
	double flux; /* tC/ha/year */
	int years;
	bool shipped;
} cached_soil_flux;

/*
 * The factors of a code, part by part.  A code comes in parts, combustion and
 * upstream, or whole: what is whole, or stands alone, is the only one.
 */
typedef struct factor_choice
{
	const cached_code *code; /* NULL: no factor has it */
	bool territory_known;
	int wanted;                            /* bit p: the code has part p */
	const cached_factor *of[FACTOR_PARTS]; /* what applies */
} factor_choice;

/* What was chosen before, and for what.  A sum has two parts at most. */
#define PARTS_CHOSEN 2

typedef struct known_choice
{
	uint64 question;         /* 0: none */
	uint32 of[PARTS_CHOSEN]; /* places in cached_factors(), 0: none */
} known_choice;

/* What is asked for, in one number; 0 when it does not fit, as for the year 40000. */
static inline uint64
cached_question(const cached_code *code, const cached_territory *territory, const cached_unit *unit,
				int year)
{
	uint32 place = territory != NULL ? territory->number : 0;
	uint32 per = unit != NULL ? unit->number : 0;

	if (unlikely(code->number >> 18 != 0 || place >> 22 != 0 || per >> 8 != 0 ||
				 year != (int16) year))
		return 0;
	return (uint64) code->number << 46 | (uint64) place << 24 | per << 16 | (uint16) year;
}

typedef struct factor_cache factor_cache;

extern void factor_init(void);
extern factor_cache *factor_cache_get(void);
extern uint64 factor_cache_serial(const factor_cache *cache);

extern const cached_unit *cached_unit_find(factor_cache *cache, const char *data, int len);
extern cached_territory *cached_territory_find(factor_cache *cache, const char *data, int len);
extern cached_code *cached_factor_code_find(factor_cache *cache, const char *data, int len);
extern char *cached_codes_like(factor_cache *cache, const char *data, int len);
extern cached_code *cached_stock_code_find(factor_cache *cache, const char *data, int len);
extern const cached_factor *cached_factor_by_id(factor_cache *cache, int32 id);
extern int cached_longest_stock_key(const factor_cache *cache);
extern const cached_factor *cached_factors(const factor_cache *cache);
extern const row_list *cached_rows_in(factor_cache *cache, const cached_code *code,
									  const cached_territory *territory);
extern known_choice *cached_choice(factor_cache *cache, uint64 question, bool *found);
extern const char *cached_land_kind(factor_cache *cache, const text *nomenclature,
									const text *code);
extern const cached_soil_flux *cached_soil_flux_find(factor_cache *cache, const text *nomenclature,
													 const text *from_code, const text *to_code,
													 const text *territory_name);
extern char *cached_lower_start(const text *t, int longest);
extern void cached_source_add(int32 *sources, int *n, int32 dataset_id);
extern void stock_sets_add(stock_sets *sets, const cached_stock *stock);
extern void cached_chain(factor_cache *cache, cached_territory *territory);

extern double assumed_u95_argument(FunctionCallInfo fcinfo, int argno);

/* Whether a row holds for a year, and was in use at a moment. */
static inline bool
cached_row_holds(const cached_row *row, int year, TimestampTz known)
{
	return year >= row->year_from && year <= row->year_to && row->recorded_at <= known &&
		   (row->superseded_at == DT_NOEND || row->superseded_at > known);
}

#endif /* TERRCARBON_FACTOR_CACHE_H */
