/*
 * fuzz.h
 *		What the programs of test/fuzz share: arguments, random values, TAP.
 *
 * A program checks pure C code against random input outside a server.  Its
 * first comment names what it is compiled with:
 *
 *		fuzz: src/numeric/exact_sum.c -lgmp
 *
 * and it is called as "program iterations [seed]".  The seed is printed, so a
 * failure can be repeated.
 */
#ifndef TERRCARBON_FUZZ_H
#define TERRCARBON_FUZZ_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t fuzz_seed;
static uint64_t fuzz_state;
static long fuzz_iterations = 1000;
static int fuzz_reported;
static int fuzz_failed;

/* Read the arguments, and print the seed. */
static inline void
fuzz_start(int argc, char **argv)
{
	if (argc > 1)
		fuzz_iterations = atol(argv[1]);
	fuzz_seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t) time(NULL);
	fuzz_state = fuzz_seed;
	printf("# %ld iterations, seed %" PRIu64 "\n", fuzz_iterations, fuzz_seed);
	fflush(stdout);
}

/* 64 random bits (splitmix64). */
static inline uint64_t
fuzz_bits(void)
{
	uint64_t x = fuzz_state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* A random integer in 0 .. n - 1. */
static inline int
fuzz_below(int n)
{
	return (int) (fuzz_bits() % (uint64_t) n);
}

/* A random number in 0 .. 1, 1 excluded. */
static inline double
fuzz_unit(void)
{
	return (double) (fuzz_bits() >> 11) * 0x1p-53;
}

/* Report one test. */
static inline void
fuzz_report(bool passed, const char *name)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++fuzz_reported, name);
	fflush(stdout);
	if (!passed)
		fuzz_failed++;
}

/* The program's exit status. */
static inline int
fuzz_end(void)
{
	printf("1..%d\n", fuzz_reported);
	return fuzz_failed == 0 ? 0 : 1;
}

#endif /* TERRCARBON_FUZZ_H */
