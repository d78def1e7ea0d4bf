/* fuzz: src/numeric/exact_sum.c -lgmp -lm */
/*
 * exact_sum.c
 *		Exact sums against the integers of GMP.
 */
#include "fuzz.h"

#include <gmp.h>
#include <math.h>

#include "numeric/exact_sum.h"

#define MAX_VALUES 4000

static double values[MAX_VALUES];
static int nvalues;

/* A finite value made of random bits, its exponent drawn from a range. */
static double
random_value(int min_exponent, int max_exponent)
{
	uint64_t exponent = min_exponent + fuzz_below(max_exponent - min_exponent + 1);
	uint64_t bits = (fuzz_bits() & UINT64_C(0x800fffffffffffff)) | exponent << 52;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* Fill values[] with a case of a random kind. */
static void
random_case(void)
{
	int kind = fuzz_below(8);

	nvalues = fuzz_below(20) == 0 ? 1000 + fuzz_below(MAX_VALUES - 1000) : fuzz_below(40);
	for (int i = 0; i < nvalues; i++)
	{
		switch (kind)
		{
			case 0: /* any finite value */
				values[i] = random_value(0, 2046);
				break;
			case 1: /* alike */
				values[i] = random_value(1020, 1030);
				break;
			case 2: /* subnormal and barely normal */
				values[i] = random_value(0, 3);
				break;
			case 3: /* huge: the total may overflow */
				values[i] = random_value(2040, 2046);
				break;
			case 4: /* pairs that cancel, and a small rest */
				if (i % 2 == 1)
					values[i] = -values[i - 1];
				else
					values[i] = random_value(0, 2046);
				if (fuzz_below(nvalues) == 0)
					values[i] = random_value(0, 1023);
				break;
			case 5: /* ties: one value and halves of its last bit */
				values[i] = i == 0 ? random_value(60, 1900)
								   : copysign(ldexp(1.0, ilogb(values[0]) - 53 - fuzz_below(2)),
											  fuzz_below(3) == 0 ? -1.0 : 1.0);
				break;
			case 6: /* ties, broken by something far below */
				values[i] = i == 0   ? random_value(200, 2046)
							: i == 1 ? ldexp(1.0, ilogb(values[0]) - 53)
									 : random_value(0, 100);
				break;
			default: /* zeros and powers of two */
				values[i] = copysign(fuzz_below(4) == 0 ? 0.0 : ldexp(1.0, fuzz_below(2098) - 1074),
									 fuzz_below(2) ? 1.0 : -1.0);
				break;
		}
	}
}

static void
shuffle(void)
{
	for (int i = nvalues - 1; i > 0; i--)
	{
		int j = fuzz_below(i + 1);
		double value = values[i];

		values[i] = values[j];
		values[j] = value;
	}
}

/* The correctly rounded total, by integers that count units of 2^-1074. */
static double
oracle(void)
{
	mpz_t total;
	mpz_t term;
	mpz_t rest;
	mpz_t half;
	double result;
	int sign;

	mpz_inits(total, term, rest, half, NULL);
	for (int i = 0; i < nvalues; i++)
	{
		int exponent;
		double fraction = frexp(values[i], &exponent);
		int shift = exponent - 53 + 1074;

		mpz_set_d(term, ldexp(fraction, 53));
		if (shift >= 0)
			mpz_mul_2exp(term, term, shift);
		else
			mpz_divexact_ui(term, term, UINT64_C(1) << -shift);
		mpz_add(total, total, term);
	}

	sign = mpz_sgn(total);
	mpz_abs(total, total);
	if (mpz_sizeinbase(total, 2) <= 53)
		result = ldexp(mpz_get_d(total), -1074);
	else
	{
		mp_bitcnt_t drop = mpz_sizeinbase(total, 2) - 53;
		int order;

		mpz_fdiv_r_2exp(rest, total, drop);
		mpz_fdiv_q_2exp(total, total, drop);
		mpz_set_ui(half, 1);
		mpz_mul_2exp(half, half, drop - 1);
		order = mpz_cmp(rest, half);
		if (order > 0 || (order == 0 && mpz_odd_p(total)))
			mpz_add_ui(total, total, 1);
		result = ldexp(mpz_get_d(total), (int) drop - 1074);
	}
	mpz_clears(total, term, rest, half, NULL);
	return sign < 0 ? -result : result;
}

static bool
same(exact_sum *a, exact_sum *b)
{
	exact_sum_normalize(a);
	exact_sum_normalize(b);
	return memcmp(a->digit, b->digit, sizeof(a->digit)) == 0;
}

/* The byte form: there and back, and whatever bytes are taken are that form. */
static bool
bytes_agree(const exact_sum *sum)
{
	unsigned char bytes[EXACT_SUM_MAX_BYTES];
	unsigned char again[EXACT_SUM_MAX_BYTES];
	exact_sum copy = *sum;
	exact_sum back;
	size_t len = exact_sum_encode(sum, bytes);
	size_t used;
	unsigned char *exact;

	if (len > sizeof(bytes) || exact_sum_decode(&back, bytes, len) != len || !same(&copy, &back))
		return false;

	/* A buffer of its own size, so that reading past it is seen. */
	len = fuzz_below((int) len + 1);
	exact = malloc(len > 0 ? len : 1);
	memcpy(exact, bytes, len);
	for (int i = fuzz_below(3); i > 0 && len > 0; i--)
		exact[fuzz_below(fuzz_below(2) ? (int) len
						 : len < 3     ? (int) len
									   : 3)] ^= 1 << fuzz_below(8);
	used = exact_sum_decode(&back, exact, len);
	if (used > 0 &&
		(used > len || exact_sum_encode(&back, again) != used || memcmp(exact, again, used) != 0))
		return false;
	free(exact);
	return true;
}

/* A sum that nobody added up: any digits, the topmost up to its limit. */
static void
forge(exact_sum *sum)
{
	unsigned char bytes[EXACT_SUM_MAX_BYTES];
	int end = fuzz_below(3) > 0 ? EXACT_SUM_DIGITS + 1 : 1 + fuzz_below(EXACT_SUM_DIGITS + 1);
	int first = fuzz_below(end);
	size_t len = 3 + 4 * (size_t) (end - first);

	bytes[0] = fuzz_below(2);
	bytes[1] = (unsigned char) first;
	bytes[2] = (unsigned char) (end - first);
	for (size_t i = 3; i < len; i++)
		bytes[i] = fuzz_below(4) == 0 ? 0xff : (unsigned char) fuzz_bits();
	bytes[3] |= 1;
	/* 2^61 and above is refused. */
	if (end == EXACT_SUM_DIGITS + 1)
		bytes[len - 4] = (unsigned char) (fuzz_below(4) == 0 ? 0x1f : fuzz_below(0x20));
	bytes[len - 1] |= 1;
	if (exact_sum_decode(sum, bytes, len) != len)
		exact_sum_init(sum);
}

/*
 * Whatever is done with forged sums, each has a value: finite, or infinite for good
 * when its topmost digit has come to the limit.
 */
static bool
forged_hold(void)
{
	exact_sum sum;
	exact_sum other;

	forge(&sum);
	for (int i = fuzz_below(12); i > 0; i--)
	{
		bool at_limit;
		double before = exact_sum_value(&sum);
		double after;

		exact_sum_normalize(&sum);
		at_limit = llabs(sum.digit[EXACT_SUM_DIGITS - 1]) == EXACT_SUM_LIMIT;
		if (fuzz_below(3) == 0)
			exact_sum_add(&sum, random_value(0, 2046));
		else
		{
			if (fuzz_below(3) == 0)
				other = sum;
			else
				forge(&other);
			exact_sum_merge(&sum, &other);
		}
		after = exact_sum_value(&sum);
		if (isnan(after) || (at_limit && (!isinf(before) || after != before)))
			return false;
		for (int d = 0; d < EXACT_SUM_DIGITS; d++)
		{
			if (llabs(sum.digit[d]) > EXACT_SUM_LIMIT)
				return false;
		}
	}
	return bytes_agree(&sum) || isinf(exact_sum_value(&sum));
}

int
main(int argc, char **argv)
{
	bool forged = true;
	bool right = true;
	bool order_free = true;
	bool merges = true;
	bool takes_back = true;
	bool has_bytes = true;

	fuzz_start(argc, argv);
	for (long iteration = 0; iteration < fuzz_iterations; iteration++)
	{
		exact_sum sum;
		exact_sum other;
		exact_sum parts[5];
		int nparts = 1 + fuzz_below(5);

		random_case();
		exact_sum_init(&sum);
		for (int i = 0; i < nvalues; i++)
			exact_sum_add(&sum, values[i]);
		if (exact_sum_value(&sum) != oracle())
		{
			printf("# iteration %ld: %.17g, expected %.17g\n", iteration, exact_sum_value(&sum),
				   oracle());
			right = false;
		}

		shuffle();
		exact_sum_init(&other);
		for (int i = 0; i < nvalues; i++)
		{
			exact_sum_add(&other, values[i]);
			if (fuzz_below(100) == 0)
				exact_sum_normalize(&other);
		}
		order_free &= same(&sum, &other);

		for (int p = 0; p < nparts; p++)
			exact_sum_init(&parts[p]);
		for (int i = 0; i < nvalues; i++)
			exact_sum_add(&parts[fuzz_below(nparts)], values[i]);
		for (int p = 1; p < nparts; p++)
			exact_sum_merge(&parts[0], &parts[p]);
		merges &= same(&sum, &parts[0]);

		/* Values of another case come and go. */
		random_case();
		for (int i = 0; i < nvalues; i++)
			exact_sum_add(&other, values[i]);
		shuffle();
		for (int i = 0; i < nvalues; i++)
			exact_sum_add(&other, -values[i]);
		takes_back &= same(&sum, &other);
		has_bytes &= bytes_agree(&sum);
		forged &= forged_hold();
	}
	fuzz_report(right, "exact_sum: rounds once, to nearest even");
	fuzz_report(order_free, "exact_sum: the order of the values does not matter");
	fuzz_report(merges, "exact_sum: parts merge to the whole");
	fuzz_report(takes_back, "exact_sum: values can be taken back");
	fuzz_report(has_bytes, "exact_sum: the byte form is lossless, and the only one taken");
	fuzz_report(forged, "exact_sum: forged sums keep a value");
	return fuzz_end();
}
