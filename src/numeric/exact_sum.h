/*
 * exact_sum.h
 *		Exact, order-independent sums of float8 values.
 *
 * Pure computation on a caller's buffer: no backend state, so it can be fuzzed
 * and measured outside a server.
 */
#ifndef TERRCARBON_EXACT_SUM_H
#define TERRCARBON_EXACT_SUM_H

#include <stddef.h>
#include <stdint.h>

/*
 * A fixed-point number wide enough for every finite float8 and 2^63 of them.
 * digit[i] weighs 2^(32*i - 1075); each holds 32 significant bits and leaves
 * the rest of its 64 for carries that exact_sum_normalize moves up.
 */
#define EXACT_SUM_DIGITS 67

/*
 * The topmost digit of 2^63 values is below 2^50.  Beyond this limit a sum, which
 * only a forged state reaches, is out of range and stays so whatever is added.
 */
#define EXACT_SUM_LIMIT (INT64_C(1) << 61)

/* Values that may be added between two normalizations without overflow. */
#define EXACT_SUM_MAX_PENDING 1000

/* Room for the byte form of any sum. */
#define EXACT_SUM_MAX_BYTES (3 + 4 * (EXACT_SUM_DIGITS + 1))

typedef struct exact_sum
{
	int64_t digit[EXACT_SUM_DIGITS];
	int64_t pending; /* values added since the last normalization */
} exact_sum;

extern void exact_sum_init(exact_sum *sum);
extern void exact_sum_add(exact_sum *sum, double value);
extern void exact_sum_merge(exact_sum *sum, const exact_sum *other);
extern void exact_sum_normalize(exact_sum *sum);
extern double exact_sum_value(const exact_sum *sum);
extern size_t exact_sum_encode(const exact_sum *sum, unsigned char *bytes);
extern size_t exact_sum_decode(exact_sum *sum, const unsigned char *bytes, size_t len);

#endif /* TERRCARBON_EXACT_SUM_H */
