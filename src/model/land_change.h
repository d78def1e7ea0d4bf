/*
 * land_change.h
 *		What a change of land use does to carbon, pool by pool and year by year.
 */
#ifndef TERRCARBON_LAND_CHANGE_H
#define TERRCARBON_LAND_CHANGE_H

#include "compat.h"

#include "quantity/carbon_stock.h"

/* IPCC 2006, volume 4, equation 2.25: soil, and growth, take this long. */
#define TRANSITION_YEARS 20

/* Pools as results name them: biomass is what grows above and below ground. */
typedef enum change_pool
{
	CHANGE_SOIL,
	CHANGE_BIOMASS,
	CHANGE_LITTER,
	CHANGE_DEAD_WOOD,
	CHANGE_PRODUCTS
} change_pool;

#define CHANGE_POOLS 5

typedef struct change_pool_info
{
	const char *name;
	uint8 pools; /* of carbon_stock */
} change_pool_info;

extern const change_pool_info change_pools[CHANGE_POOLS];

/* One side of a change: a hectare before or after. */
typedef struct land_side
{
	carbon_stock stock;
	uint8 known; /* pools it speaks of, those that are none included */
} land_side;

/* What a hectare gains or loses in one pool. */
typedef struct pool_change
{
	bool absent;   /* neither side has it: it does not change */
	bool known;    /* else one side has it and nobody knows the other */
	double before; /* tC/ha */
	double total;  /* tC/ha in all, gain positive */
	int years;     /* that it takes */
} pool_change;

extern land_side land_side_of(const carbon_stock *stock, bool complete);
extern void land_change(const land_side *from, const land_side *to, bool at_once,
						pool_change *changes);
extern int soil_transition_years(double total, bool at_once);
extern double transition_share(int year, int year_from, int year_to, int years);
extern double mineralised_n2o(double tc, bool aldo_compatible);

#endif /* TERRCARBON_LAND_CHANGE_H */
