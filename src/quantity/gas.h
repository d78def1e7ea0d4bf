/*
 * gas.h
 *		The greenhouse gases, and what a kilogram of each is worth.
 *
 * Pure data and look-up: no backend state.
 */
#ifndef TERRCARBON_GAS_H
#define TERRCARBON_GAS_H

#include <stdbool.h>
#include <stddef.h>

/* Sets of global warming potentials over 100 years, by IPCC assessment report. */
typedef enum gwp_set
{
	GWP_AR4,
	GWP_AR5,
	GWP_AR6
} gwp_set;

#define GWP_SETS 3

/* A report that gives no value for a gas. */
#define GWP_NONE (-1.0)

typedef struct gas_info
{
	const char *name;
	double gwp[GWP_SETS]; /* kg CO2e per kg, or GWP_NONE */
	bool memo;            /* reported beside the total, not in it */
} gas_info;

/* Ids are 1 .. gas_count(), and are stored on disk. */
#define GAS_MAX 100

extern int gas_count(void);
extern const gas_info *gas_by_id(int id);
extern int gas_find(const char *name, size_t len);
extern const char *gwp_set_name(gwp_set set);

#endif /* TERRCARBON_GAS_H */
