/*
 * soil_core.c
 *		Soil cores: from slices of a core to the carbon of a hectare.
 *
 * The state of the aggregate lists six numbers a slice.  It is an array of the
 * user's own kind, so the final function trusts nothing in it.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "check.h"
#include "miscadmin.h"
#include "utils/array.h"

#define SLICE_NUMBERS 6
#define MAX_SLICES    10000 /* of a core */
#define DENSEST       2.7   /* g/cm3: that of quartz, without pores */
#define TOLERANCE_CM  1e-6

/* A slice; what is not known is NaN. */
typedef struct soil_slice
{
	double top; /* cm */
	double bottom;
	double density;         /* g/cm3, dry, of what is finer than 2 mm */
	double carbon;          /* fraction of its dry mass */
	double depth;           /* to which the stock is asked for */
	double coarse_fraction; /* of the volume, coarser than 2 mm */
} soil_slice;

/* carbon_of_organic_matter(organic_fraction) -> carbon fraction */
PG_FUNCTION_INFO_V1(carbon_of_organic_matter);
Datum
carbon_of_organic_matter(PG_FUNCTION_ARGS)
{
	double organic = PG_GETARG_FLOAT8(0);

	if (!(organic >= 0 && organic <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("organic matter must be a fraction within 0 .. 1"),
				 errdetail("It is %g.", organic), errhint("Percentages are divided by 100.")));
	PG_RETURN_FLOAT8(0.40 * organic + 0.25 * organic * organic);
}

/* The numbers of a state; their count is returned. */
static int
read_state(ArrayType *state, double **numbers)
{
	Datum *datums;
	bool *nulls;
	int n;

	deconstruct_array(state, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &datums,
					  &nulls, &n);
	if (ARR_NDIM(state) > 1 || n % SLICE_NUMBERS != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("state is not one of soil_core_stock"),
						errdetail("It has %d numbers in %d dimensions.", n, ARR_NDIM(state))));
	if (n > MAX_SLICES * SLICE_NUMBERS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a core has too many slices"),
				 errdetail("At most %d are possible.", MAX_SLICES), errhint("GROUP BY the core.")));
	*numbers = palloc((n + SLICE_NUMBERS) * sizeof(double));
	for (int i = 0; i < n; i++)
		(*numbers)[i] = nulls[i] ? NAN : DatumGetFloat8(datums[i]);
	return n;
}

/*
 * soil_core_step(state, top_cm, bottom_cm, dry_bulk_density, carbon_fraction,
 * depth_cm [, coarse_fraction])
 */
PG_FUNCTION_INFO_V1(soil_core_step);
Datum
soil_core_step(PG_FUNCTION_ARGS)
{
	double *numbers;
	Datum *datums;
	bool *nulls;
	int n = 0;
	int dims[1];
	int lower[1] = { 1 };

	if (PG_ARGISNULL(0))
		numbers = palloc(SLICE_NUMBERS * sizeof(double));
	else
		n = read_state(PG_GETARG_ARRAYTYPE_P(0), &numbers);
	/* Without coarse fragments they are none; not known is another thing. */
	numbers[n + SLICE_NUMBERS - 1] = 0;
	for (int i = 1; i < PG_NARGS(); i++)
		numbers[n + i - 1] = PG_ARGISNULL(i) ? NAN
											 : require_finite(PG_GETARG_FLOAT8(i), "a soil slice");
	dims[0] = n + SLICE_NUMBERS;
	datums = palloc(dims[0] * sizeof(Datum));
	nulls = palloc(dims[0] * sizeof(bool));
	for (int i = 0; i < dims[0]; i++)
	{
		nulls[i] = isnan(numbers[i]);
		datums[i] = nulls[i] ? (Datum) 0 : Float8GetDatum(numbers[i]);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(datums, nulls, 1, dims, lower, FLOAT8OID,
											 sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

static int
compare_slices(const void *a, const void *b)
{
	const soil_slice *x = a;
	const soil_slice *y = b;

	if (x->top != y->top)
		return x->top < y->top ? -1 : 1;
	return x->bottom < y->bottom ? -1 : x->bottom > y->bottom;
}

/* A number for a message, NULL when it is not known. */
static const char *
shown(double value)
{
	return isnan(value) ? "NULL" : psprintf("%g", value);
}

/* Refuse a slice that asks for another depth than the core's first. */
static void
check_depth(const soil_slice *slice, double depth)
{
	if (!(depth > 0) || isinf(depth) || slice->depth != depth)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the depth of a core's stock must be one number above 0"),
						errdetail("It is %s and %s cm.", shown(depth), shown(slice->depth))));
}

/* Refuse a slice that does not reach from a top down to a bottom. */
static void
check_place(const soil_slice *slice)
{
	if (!(slice->top >= 0 && slice->bottom > slice->top) || isinf(slice->bottom))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a soil slice must reach from its top down to a lower bottom"),
						errdetail("It reaches from %s to %s cm.", shown(slice->top),
								  shown(slice->bottom))));
}

/* Refuse a slice whose contents are out of range or not known. */
static void
check_contents(const soil_slice *slice)
{
	if (!(slice->density > 0 && slice->density <= DENSEST) ||
		!(slice->carbon >= 0 && slice->carbon <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a soil slice needs a dry bulk density within 0 .. 2.7 g/cm3 and a carbon "
						"fraction within 0 .. 1"),
				 errdetail("From %g to %g cm the density is %s, the fraction %s.", slice->top,
						   slice->bottom, shown(slice->density), shown(slice->carbon))));
	if (!(slice->coarse_fraction >= 0 && slice->coarse_fraction <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("coarse fragments must be a fraction of the volume within 0 .. 1"),
						errdetail("From %g to %g cm it is %s.", slice->top, slice->bottom,
								  shown(slice->coarse_fraction)),
						errhint("Percentages are divided by 100; a core without stones has 0.")));
}

/* soil_core_final(state) -> tC/ha to the depth asked for */
PG_FUNCTION_INFO_V1(soil_core_final);
Datum
soil_core_final(PG_FUNCTION_ARGS)
{
	double *numbers;
	int n = read_state(PG_GETARG_ARRAYTYPE_P(0), &numbers) / SLICE_NUMBERS;
	soil_slice *slices = (soil_slice *) numbers;
	double depth;
	double reached = 0;
	double stock = 0;

	if (n == 0)
		PG_RETURN_NULL();
	for (int i = 0; i < n; i++)
		check_place(&slices[i]);
	qsort(slices, n, sizeof(soil_slice), compare_slices);
	depth = slices[0].depth;
	for (int i = 0; i < n; i++)
		check_depth(&slices[i], depth);
	for (int i = 0; i < n; i++)
	{
		const soil_slice *slice = &slices[i];

		if (slice->top < reached - TOLERANCE_CM)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("soil slices overlap"),
					 errdetail("One ends at %g cm, another begins at %g cm.", reached, slice->top),
					 errhint("Correct the core at its source; one depth cannot be counted "
							 "twice.")));
		/* Below the depth only the order of the slices matters. */
		if (reached < depth - TOLERANCE_CM)
		{
			if (slice->top > reached + TOLERANCE_CM)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("a soil slice is missing"),
						 errdetail("Nothing is known from %g to %g cm.", reached, slice->top),
						 errhint("Take the stock to a depth above the gap, or fill it "
								 "explicitly.")));
			check_contents(slice);
			/* g/cm2 x 100 = t/ha */
			stock += slice->density * slice->carbon * (1 - slice->coarse_fraction) *
					 (Min(slice->bottom, depth) - slice->top) * 100;
		}
		reached = slice->bottom;
	}
	if (reached < depth - TOLERANCE_CM)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the core does not reach the depth asked for"),
						errdetail("It ends at %g cm, and the stock is to %g cm.", reached, depth),
						errhint("A stock is comparable only to the same depth.")));
	PG_RETURN_FLOAT8(require_range(stock, "carbon stock"));
}
