/*
 * gas.h
 *		The greenhouse gases, and what a kilogram of each is worth.
 *
 * Pure data and look-up.  A new gas or set is a change of gas.c alone.
 */
#ifndef TERRCARBON_GAS_H
#define TERRCARBON_GAS_H

#include <stdbool.h>
#include <stddef.h>

#include "name_list.h"

/* A set of global warming potentials over 100 years: its place in gwp_sets. */
typedef int gwp_set;

/* A report that gives no value for a gas. */
#define GWP_NONE (-1.0)

/* Ids are 1 .. gas_count(), and are stored on disk. */
#define GAS_MAX 100

extern const name_list gwp_sets;
extern const gwp_set gwp_default;

extern int gas_count(void);
extern const char *gas_name(int id);
extern bool gas_is_memo(int id);
extern double gas_gwp(int id, gwp_set set);
extern int gas_find(const char *name, size_t len);

#endif /* TERRCARBON_GAS_H */
