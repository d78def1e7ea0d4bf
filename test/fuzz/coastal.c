/* fuzz: src/model/coastal.c -lm */
/*
 * coastal.c
 *		Random coastal histories: balance, no pool below 0, and the yearly form of
 *		the decay as oracle; unknown parameters stay unknown and stay apart.
 */
#include "fuzz.h"

#include <math.h>

#include "model/coastal.h"

#define YEARS 60

/* A magnitude of everyday size, or an edge. */
static double
random_amount(double scale)
{
	switch (fuzz_below(6))
	{
		case 0:
			return 0;
		case 1:
			return scale;
		case 2:
			return scale * 1e-12;
		default:
			return scale * fuzz_unit();
	}
}

/* A parameter that may be unknown. */
static double
maybe_unknown(double value, bool allowed)
{
	return allowed && fuzz_below(12) == 0 ? NAN : value;
}

static void
random_event(coastal_event *event, int year, bool unknown)
{
	event->year = year;
	event->action = (coastal_action) fuzz_below(3);
	for (int p = 0; p < COASTAL_POOLS; p++)
	{
		event->magnitude[p] = maybe_unknown(random_amount(1), unknown);
		event->half_life[p] = maybe_unknown(random_amount(30), unknown);
		event->accumulation[p] = maybe_unknown(random_amount(10), unknown);
		event->ceiling[p] = fuzz_below(3) == 0 ? INFINITY : random_amount(800);
	}
}

/* One pool, written the other way: what decays loses a fixed share each year. */
typedef struct oracle_pool
{
	long double stable;
	long double gain;
	long double ceiling;
	int ndecays;
	long double left[YEARS];
	long double share[YEARS];
} oracle_pool;

static void
oracle_apply(oracle_pool *pool, int p, const coastal_event *event)
{
	if (event->action == COASTAL_DISTURB)
	{
		long double disturbed = pool->stable * event->magnitude[p];

		pool->gain = 0;
		pool->stable -= disturbed;
		pool->left[pool->ndecays] = disturbed;
		pool->share[pool->ndecays++] = event->half_life[p] == 0
										   ? 1
										   : 1 - powl(0.5L, 1 / (long double) event->half_life[p]);
		return;
	}
	pool->gain = event->accumulation[p];
	pool->ceiling = event->ceiling[p];
	if (event->action == COASTAL_RECONNECT && p == COASTAL_SOIL)
	{
		for (int i = 0; i < pool->ndecays; i++)
			pool->stable += pool->left[i];
		pool->ndecays = 0;
	}
}

static long double
oracle_step(oracle_pool *pool)
{
	long double stock = pool->stable;
	long double gain = pool->gain;

	for (int i = 0; i < pool->ndecays; i++)
	{
		pool->left[i] -= pool->left[i] * pool->share[i];
		stock += pool->left[i];
	}
	if (pool->ceiling - stock < gain)
		gain = pool->ceiling > stock ? pool->ceiling - stock : 0;
	pool->stable += gain;
	return stock + gain;
}

int
main(int argc, char **argv)
{
	static coastal_state state;
	bool balanced = true;
	bool not_negative = true;
	bool as_oracle = true;
	bool known = true;

	fuzz_start(argc, argv);
	for (long iteration = 0; iteration < fuzz_iterations / 20 + 1; iteration++)
	{
		bool unknown = fuzz_below(4) == 0;
		double initial[COASTAL_POOLS];
		double put_in[COASTAL_POOLS];
		double emitted[COASTAL_POOLS] = { 0 };
		coastal_event start;
		oracle_pool oracle[COASTAL_POOLS] = { 0 };

		random_event(&start, 0, unknown);
		for (int p = 0; p < COASTAL_POOLS; p++)
		{
			put_in[p] = initial[p] = maybe_unknown(random_amount(500), unknown);
			oracle[p].stable = initial[p];
			oracle[p].gain = start.accumulation[p];
			oracle[p].ceiling = start.ceiling[p];
		}
		coastal_start(&state, initial, start.accumulation, start.ceiling);
		for (int year = 0; year < YEARS; year++)
		{
			coastal_year result[COASTAL_POOLS];

			if (fuzz_below(5) == 0)
			{
				coastal_event event;

				random_event(&event, year, unknown);
				if (coastal_event_fault(&event) != NULL || !coastal_apply(&state, &event))
					known = false;
				for (int p = 0; p < COASTAL_POOLS; p++)
					oracle_apply(&oracle[p], p, &event);
			}
			coastal_step(&state, result);
			for (int p = 0; p < COASTAL_POOLS; p++)
			{
				long double expected = oracle_step(&oracle[p]);
				double scale = put_in[p] + result[p].accumulated;

				put_in[p] += result[p].accumulated;
				emitted[p] += result[p].emitted;
				if (unknown)
				{
					/* Nothing but an unknown parameter makes an unknown. */
					if (isinf(result[p].end) || isinf(result[p].emitted))
						known = false;
					continue;
				}
				if (isnan(result[p].end) || isnan(result[p].emitted) ||
					isnan(result[p].accumulated))
					known = false;
				if (!(result[p].end >= 0 && result[p].emitted >= 0 && result[p].accumulated >= 0))
					not_negative = false;
				if (!(fabs(result[p].end + emitted[p] - put_in[p]) <= 1e-9 * (scale + 1e-9)))
				{
					printf("# iteration %ld, year %d, pool %d: %.17g + %.17g, %.17g put in\n",
						   iteration, year, p, result[p].end, emitted[p], put_in[p]);
					balanced = false;
				}
				if (!(fabsl(result[p].end - expected) <= 1e-9L * (scale + 1e-9)))
				{
					printf("# iteration %ld, year %d, pool %d: %.17g, expected %.17Lg\n", iteration,
						   year, p, result[p].end, expected);
					as_oracle = false;
				}
			}
		}
	}
	fuzz_report(balanced, "coastal: stock and emissions are what was there and what came");
	fuzz_report(not_negative, "coastal: no pool, gain or emission below 0");
	fuzz_report(as_oracle, "coastal: as the yearly form of the decay");
	fuzz_report(known, "coastal: known parameters give known results");
	return fuzz_end();
}
