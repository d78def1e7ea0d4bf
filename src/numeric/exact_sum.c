/*
 * exact_sum.c
 *		Exact, order-independent sums of float8 values.
 *
 * Every finite float8 is an integer times 2^-1074, so a wide fixed-point number
 * adds them without rounding, in any order; one rounding happens at the end.
 * That is what makes a total the same in a serial plan, a parallel plan and on
 * several nodes.  The layout is the "small superaccumulator" of R. M. Neal,
 * Fast exact summation using small and large superaccumulators (2015).
 */
#include "numeric/exact_sum.h"

#include <math.h>
#include <string.h>

#define DIGIT_BITS 32
#define DIGIT_MASK INT64_C(0xffffffff)

/* Weight of the lowest bit of digit[0]: a power of two. */
#define LOWEST_EXPONENT (-1075)

void
exact_sum_init(exact_sum *sum)
{
	memset(sum, 0, sizeof(*sum));
}

/* Add a finite value.  The caller refuses infinities and NaN. */
void
exact_sum_add(exact_sum *sum, double value)
{
	uint64_t bits;
	int exponent;
	uint64_t mantissa;
	int index;
	int shift;
	int64_t low;
	int64_t high;

	memcpy(&bits, &value, sizeof(bits));
	exponent = (int) ((bits >> 52) & 0x7ff);
	mantissa = bits & UINT64_C(0xfffffffffffff);
	if (exponent == 0)
		exponent = 1; /* subnormals have the exponent of the smallest
					   * normal, and no hidden bit */
	else
		mantissa |= UINT64_C(1) << 52;

	/* The value is mantissa * 2^(exponent + LOWEST_EXPONENT). */
	index = exponent / DIGIT_BITS;
	shift = exponent % DIGIT_BITS;
	low = (int64_t) ((mantissa << shift) & (uint64_t) DIGIT_MASK);
	high = (int64_t) (mantissa >> (DIGIT_BITS - shift));

	if (bits >> 63)
	{
		sum->digit[index] -= low;
		sum->digit[index + 1] -= high;
	}
	else
	{
		sum->digit[index] += low;
		sum->digit[index + 1] += high;
	}

	if (++sum->pending >= EXACT_SUM_MAX_PENDING)
		exact_sum_normalize(sum);
}

/* Add a sum to another. */
void
exact_sum_merge(exact_sum *sum, const exact_sum *other)
{
	int64_t *top = &sum->digit[EXACT_SUM_DIGITS - 1];

	/* A normalized sum has room for another's pending carries. */
	exact_sum_normalize(sum);
	if (*top == EXACT_SUM_LIMIT || *top == -EXACT_SUM_LIMIT)
		return;
	for (int i = 0; i < EXACT_SUM_DIGITS; i++)
		sum->digit[i] += other->digit[i];
	sum->pending = 1;
	exact_sum_normalize(sum);
}

/*
 * Move carries up, so that every digit but the topmost is in 0 .. 2^32 - 1 and
 * the topmost carries the sign.  The form is unique: equal sums have equal
 * digits whatever the history.
 */
void
exact_sum_normalize(exact_sum *sum)
{
	int64_t *top = &sum->digit[EXACT_SUM_DIGITS - 1];
	int64_t carry = 0;

	if (sum->pending == 0)
		return;
	for (int i = 0; i < EXACT_SUM_DIGITS - 1; i++)
	{
		int64_t digit = sum->digit[i] + carry;
		int64_t kept = digit & DIGIT_MASK;

		/* Nearly all digits are 0, and then there is nothing to wait for. */
		if (digit == 0)
		{
			carry = 0;
			sum->digit[i] = 0;
			continue;
		}
		carry = (digit - kept) / (DIGIT_MASK + 1);
		sum->digit[i] = kept;
	}
	*top += carry;
	if (*top > EXACT_SUM_LIMIT)
		*top = EXACT_SUM_LIMIT;
	if (*top < -EXACT_SUM_LIMIT)
		*top = -EXACT_SUM_LIMIT;
	sum->pending = 0;
}

/* Magnitude of a sum, in normalized digits; returns its sign. */
static int
magnitude(const exact_sum *sum, exact_sum *result)
{
	*result = *sum;
	exact_sum_normalize(result);
	if (result->digit[EXACT_SUM_DIGITS - 1] >= 0)
		return 1;
	for (int i = 0; i < EXACT_SUM_DIGITS; i++)
		result->digit[i] = -result->digit[i];
	result->pending = 1;
	exact_sum_normalize(result);
	return -1;
}

/*
 * The sum rounded once, to nearest with ties to even.  Infinite when the exact
 * sum is beyond the range of float8: the caller reports that.
 */
double
exact_sum_value(const exact_sum *sum)
{
	exact_sum abs_sum;
	const int64_t *digit = abs_sum.digit;
	int sign = magnitude(sum, &abs_sum);
	int i = EXACT_SUM_DIGITS - 1;
	int zeros;
	int kept;
	uint64_t window; /* 64 bits from the topmost that is set */
	uint64_t below;  /* the rest of its lowest digit, then of all below */
	uint64_t mantissa;
	uint64_t cut;

	while (i >= 0 && digit[i] == 0)
		i--;
	if (i < 0)
		return 0.0;
	if (digit[i] > DIGIT_MASK)
		return sign * INFINITY;

	zeros = __builtin_clzll((uint64_t) digit[i]) - DIGIT_BITS;
	window = (uint64_t) digit[i] << (DIGIT_BITS + zeros);
	if (i > 0)
		window |= (uint64_t) digit[i - 1] << zeros;
	below = i > 1 ? (uint64_t) digit[i - 2] << zeros : 0;
	window |= below >> DIGIT_BITS;
	below &= DIGIT_MASK;
	for (int k = i - 3; k >= 0 && below == 0; k--)
		below = (uint64_t) digit[k];

	/*
	 * Keep 53 bits, fewer when the result is subnormal: position 1 is the
	 * weight of the smallest subnormal, and position 0 is never set.
	 */
	kept = i * DIGIT_BITS + DIGIT_BITS - 1 - zeros;
	kept = kept < 53 ? kept : 53;
	mantissa = window >> (64 - kept);
	cut = window << kept;
	if (cut >> 63 && (cut << 1 != 0 || below != 0 || (mantissa & 1)))
		mantissa++;
	return sign * ldexp((double) mantissa, (i + 1) * DIGIT_BITS - zeros - kept + LOWEST_EXPONENT);
}

/*
 * The byte form, the same on every machine and for every history: a sign, the
 * place and the number of the 32-bit digits between the zeros, the digits from
 * the lowest, in network byte order.  The topmost digit of a sum is two of them.
 * Returns the length, at most EXACT_SUM_MAX_BYTES.
 */
size_t
exact_sum_encode(const exact_sum *sum, unsigned char *bytes)
{
	exact_sum abs_sum;
	uint32_t digits[EXACT_SUM_DIGITS + 1];
	int sign = magnitude(sum, &abs_sum);
	int first = 0;
	int end = EXACT_SUM_DIGITS + 1;
	unsigned char *out = bytes + 3;

	for (int i = 0; i < EXACT_SUM_DIGITS; i++)
		digits[i] = (uint32_t) (abs_sum.digit[i] & DIGIT_MASK);
	digits[EXACT_SUM_DIGITS] = (uint32_t) ((uint64_t) abs_sum.digit[EXACT_SUM_DIGITS - 1] >>
										   DIGIT_BITS);
	while (end > 0 && digits[end - 1] == 0)
		end--;
	while (first < end && digits[first] == 0)
		first++;

	bytes[0] = sign < 0;
	bytes[1] = (unsigned char) first;
	bytes[2] = (unsigned char) (end - first);
	for (int i = first; i < end; i++)
	{
		*out++ = (unsigned char) (digits[i] >> 24);
		*out++ = (unsigned char) (digits[i] >> 16);
		*out++ = (unsigned char) (digits[i] >> 8);
		*out++ = (unsigned char) digits[i];
	}
	return (size_t) (out - bytes);
}

/*
 * Read the byte form from at most len bytes, trusting nothing.  Returns the
 * number of bytes read, 0 when they are not what exact_sum_encode writes.
 */
size_t
exact_sum_decode(exact_sum *sum, const unsigned char *bytes, size_t len)
{
	uint32_t digits[EXACT_SUM_DIGITS + 1] = { 0 };
	const unsigned char *in = bytes + 3;
	int first;
	int n;

	exact_sum_init(sum);
	if (len < 3)
		return 0;
	first = bytes[1];
	n = bytes[2];
	if (bytes[0] > 1 || first + n > EXACT_SUM_DIGITS + 1 || len < 3 + 4 * (size_t) n)
		return 0;
	if (n == 0)
		return bytes[0] == 0 && first == 0 ? 3 : 0;
	for (int i = first; i < first + n; i++, in += 4)
		digits[i] = (uint32_t) in[0] << 24 | (uint32_t) in[1] << 16 | (uint32_t) in[2] << 8 |
					(uint32_t) in[3];

	/* One form only; and a topmost digit within the limit. */
	if (digits[first] == 0 || digits[first + n - 1] == 0 ||
		(int64_t) digits[EXACT_SUM_DIGITS] >= EXACT_SUM_LIMIT >> DIGIT_BITS)
		return 0;
	for (int i = 0; i < EXACT_SUM_DIGITS; i++)
		sum->digit[i] = digits[i];
	sum->digit[EXACT_SUM_DIGITS - 1] += (int64_t) digits[EXACT_SUM_DIGITS] << DIGIT_BITS;
	if (bytes[0])
	{
		for (int i = 0; i < EXACT_SUM_DIGITS; i++)
			sum->digit[i] = -sum->digit[i];
		sum->pending = 1;
		exact_sum_normalize(sum);
	}
	return (size_t) (in - bytes);
}
