/*
 * ghg.h
 *		Masses of greenhouse gases: the type ghg, for C code.
 */
#ifndef TERRCARBON_GHG_H
#define TERRCARBON_GHG_H

#include "compat.h"

#include "quantity/gas.h"

/*
 * A ghg value read in place.  Gases ascend by id and none is 0 kg, so equal
 * values have equal bytes.  The arrays are not aligned: use the functions.
 */
typedef struct ghg_view
{
	int n;
	const char *kg;  /* n float8 */
	const char *gas; /* n int16 */
} ghg_view;

/* A ghg value being made: gases are added in ascending order. */
typedef struct ghg_builder
{
	int n;
	double kg[GAS_MAX];
	int16 gas[GAS_MAX];
} ghg_builder;

static inline double
ghg_kg(const ghg_view *view, int i)
{
	double kg;

	memcpy(&kg, view->kg + i * sizeof(kg), sizeof(kg));
	return kg;
}

static inline int
ghg_gas(const ghg_view *view, int i)
{
	int16 gas;

	memcpy(&gas, view->gas + i * sizeof(gas), sizeof(gas));
	return gas;
}

static inline void
ghg_add(ghg_builder *builder, int gas, double kg)
{
	if (kg != 0.0)
	{
		builder->kg[builder->n] = kg;
		builder->gas[builder->n++] = gas;
	}
}

extern ghg_view ghg_read(Datum datum);
extern Datum ghg_build(const ghg_builder *builder);
extern Datum ghg_scale(const ghg_view *view, double factor);
extern double ghg_co2e(const ghg_view *view, gwp_set set);
extern gwp_set ghg_default_gwp(void);
extern gwp_set ghg_gwp_argument(const text *name);
extern void ghg_define_settings(void);

#endif /* TERRCARBON_GHG_H */
