/* coverage: src/numeric/exact_sum.c -lm */
/*
 * exact_sum.c
 *		The bytes of exact sums, as libFuzzer finds them: what they give is added to,
 *		merged, read and written, and what was written reads back.
 */
#include <stdlib.h>
#include <string.h>

#include "numeric/exact_sum.h"

static void
use(exact_sum *sum)
{
	unsigned char bytes[EXACT_SUM_MAX_BYTES];
	exact_sum again;
	size_t length;
	volatile double value;

	exact_sum_add(sum, 1e308);
	exact_sum_merge(sum, sum);
	value = exact_sum_value(sum);
	(void) value;
	exact_sum_normalize(sum);
	length = exact_sum_encode(sum, bytes);
	if (length > sizeof(bytes))
		abort();
	if (exact_sum_decode(&again, bytes, length) != 0)
	{
		unsigned char twice[EXACT_SUM_MAX_BYTES];

		if (exact_sum_encode(&again, twice) != length || memcmp(bytes, twice, length) != 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	exact_sum sum;
	unsigned char *bytes = malloc(size + 1);

	memcpy(bytes, data, size);
	if (exact_sum_decode(&sum, bytes, size) != 0)
		use(&sum);
	free(bytes);
	return 0;
}
