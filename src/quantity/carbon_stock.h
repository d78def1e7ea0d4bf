/*
 * carbon_stock.h
 *		Tonnes of carbon by pool: the type carbon_stock, for C code.
 */
#ifndef TERRCARBON_CARBON_STOCK_H
#define TERRCARBON_CARBON_STOCK_H

#include "compat.h"

#include "name_list.h"

/* The pools of the IPCC guidelines; their order is stored on disk. */
typedef enum carbon_pool
{
	POOL_ABOVE,
	POOL_BELOW,
	POOL_DEAD_WOOD,
	POOL_LITTER,
	POOL_SOIL,
	POOL_PRODUCTS
} carbon_pool;

#define CARBON_POOLS 6

/* Deepest soil a value may refer to. */
#define MAX_SOIL_DEPTH_CM 10000

/*
 * A value, unpacked.  A pool that is not in the set has not been estimated: its
 * tc is 0.  soil_depth_cm is set exactly when the soil is.
 */
typedef struct carbon_stock
{
	uint8 pools; /* bit p: pool p is there */
	uint16 soil_depth_cm;
	double tc[CARBON_POOLS];
} carbon_stock;

extern const char *const carbon_pool_names[CARBON_POOLS];
extern const name_list carbon_pools;

extern void carbon_stock_read(Datum datum, carbon_stock *stock);
extern Datum carbon_stock_build(const carbon_stock *stock);

#endif /* TERRCARBON_CARBON_STOCK_H */
