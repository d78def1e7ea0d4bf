/*
 * equality.c
 *		Equality, order and hashing of the types of this room.
 *
 * Every value has one form, so equality is one of bytes, for all of them.  So is
 * their order, which means nothing and lets PostgreSQL sort.
 */
#include "compat.h"

#include "common/hashfn.h"

static bool
same_bytes(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);

	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		   memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* Operator =. */
PG_FUNCTION_INFO_V1(quantity_eq);
Datum
quantity_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(same_bytes(fcinfo));
}

/* Operator <>. */
PG_FUNCTION_INFO_V1(quantity_ne);
Datum
quantity_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!same_bytes(fcinfo));
}

/* Below, 0 or above 0: the order of bytes, a value before those it begins. */
static int
compare_bytes(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	int a_len = VARSIZE_ANY_EXHDR(a);
	int b_len = VARSIZE_ANY_EXHDR(b);
	int order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(a_len, b_len));

	/* A sort would pile up the copies. */
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* Compares two values, for btree. */
PG_FUNCTION_INFO_V1(quantity_cmp);
Datum
quantity_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_bytes(fcinfo));
}

/* Operator *<. */
PG_FUNCTION_INFO_V1(quantity_lt);
Datum
quantity_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_bytes(fcinfo) < 0);
}

/* Operator *<=. */
PG_FUNCTION_INFO_V1(quantity_le);
Datum
quantity_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_bytes(fcinfo) <= 0);
}

/* Operator *>=. */
PG_FUNCTION_INFO_V1(quantity_ge);
Datum
quantity_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_bytes(fcinfo) >= 0);
}

/* Operator *>. */
PG_FUNCTION_INFO_V1(quantity_gt);
Datum
quantity_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_bytes(fcinfo) > 0);
}

/* Hash for hash joins and aggregates. */
PG_FUNCTION_INFO_V1(quantity_hash);
Datum
quantity_hash(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_GETARG_VARLENA_PP(0);

	return hash_any((unsigned char *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* Hash with a seed, for hash partitions. */
PG_FUNCTION_INFO_V1(quantity_hash_extended);
Datum
quantity_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_GETARG_VARLENA_PP(0);

	return hash_any_extended((unsigned char *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
							 PG_GETARG_INT64(1));
}
