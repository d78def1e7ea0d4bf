/*
 * stock.h
 *		Which carbon stock reference serves each pool of a land class.
 */
#ifndef TERRCARBON_FACTOR_STOCK_H
#define TERRCARBON_FACTOR_STOCK_H

#include "factor/cache.h"

/* The reference of each pool of a class. */
typedef struct stock_choice
{
	const cached_stock *from[CARBON_POOLS];
	uint8 found;   /* bit p: pool p has a reference */
	uint8 missing; /* bit p: pool p has one only elsewhere */
	bool complete; /* a pool without reference is none, not unknown */
	bool territory_known;
	int nmatched;
	const cached_code **matched; /* classes whose code begins this one, the longest first */
} stock_choice;

extern void stock_choose(factor_cache *cache, const text *nomenclature, const text *code, int year,
						 const text *territory_name, bool per_km, stock_choice *choice);
extern void stock_explain_lack(const stock_choice *choice, int pools, int year, const char **reason,
							   char **detail);

#endif /* TERRCARBON_FACTOR_STOCK_H */
