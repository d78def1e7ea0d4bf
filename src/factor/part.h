/*
 * part.h
 *		The parts of an activity's emissions that a factor may speak of.
 */
#ifndef TERRCARBON_FACTOR_PART_H
#define TERRCARBON_FACTOR_PART_H

#include "compat.h"

typedef enum factor_part
{
	PART_COMBUSTION,
	PART_UPSTREAM,
	PART_FULL,
	PART_MANUFACTURE
} factor_part;

#define FACTOR_PARTS 4

typedef struct factor_part_info
{
	const char *name;
	int ghg_scope;      /* scope of the GHG Protocol and the GPC */
	int grid_ghg_scope; /* the same for energy that a grid delivers */
	const char *note;
} factor_part_info;

extern const factor_part_info factor_parts_known[FACTOR_PARTS];

extern factor_part factor_part_find(const char *name, int len);

#endif /* TERRCARBON_FACTOR_PART_H */
