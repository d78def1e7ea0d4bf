/*
 * coastal.c
 *		Yearly carbon of a coastal habitat through disturbance and restoration.
 *
 * A pool is a stable part and what earlier disturbances set free, which decays:
 * of D disturbed, D (0.5^((n-1)/H) - 0.5^(n/H)) is emitted in year n.  A later
 * disturbance takes its fraction of the stable part only, as the rest is on its
 * way out already; so carbon is never emitted twice and no pool falls below 0.
 */
#include "model/coastal.h"

#include <math.h>
#include <stddef.h>

/* What is left of a disturbed amount. */
static double
left(const coastal_decay *decay)
{
	if (decay->years == 0)
		return decay->disturbed;
	if (decay->half_life == 0)
		return 0;
	return decay->disturbed * pow(0.5, decay->years / decay->half_life);
}

/* What is left of all that was disturbed. */
static double
decaying(const coastal_pool *pool)
{
	double sum = 0;

	for (int i = 0; i < pool->ndecays; i++)
		sum += left(&pool->decays[i]);
	return sum;
}

/* Why an event cannot be, NULL when it can. */
const char *
coastal_event_fault(const coastal_event *event)
{
	for (int p = 0; p < COASTAL_POOLS; p++)
	{
		if (event->magnitude[p] < 0 || event->magnitude[p] > 1)
			return "the disturbed fraction is outside 0 .. 1";
		if (event->half_life[p] < 0 || isinf(event->half_life[p]))
			return "the half-life is negative or infinite";
		if (event->accumulation[p] < 0 || isinf(event->accumulation[p]))
			return "the accumulation is negative or infinite";
		if (event->ceiling[p] < 0)
			return "the ceiling is negative";
	}
	return NULL;
}

/* A habitat that exists and grows. */
void
coastal_start(coastal_state *state, const double *initial, const double *accumulation,
			  const double *ceiling)
{
	for (int p = 0; p < COASTAL_POOLS; p++)
	{
		state->pools[p].stable = initial[p];
		state->pools[p].accumulation = accumulation[p];
		state->pools[p].ceiling = ceiling[p];
		state->pools[p].ndecays = 0;
	}
}

/* Let an event happen; false when there were too many before. */
bool
coastal_apply(coastal_state *state, const coastal_event *event)
{
	for (int p = 0; p < COASTAL_POOLS; p++)
	{
		coastal_pool *pool = &state->pools[p];

		if (event->action != COASTAL_DISTURB)
		{
			pool->accumulation = event->accumulation[p];
			pool->ceiling = event->ceiling[p];
			if (event->action == COASTAL_RECONNECT && p == COASTAL_SOIL)
			{
				pool->stable += decaying(pool);
				pool->ndecays = 0;
			}
			continue;
		}

		pool->accumulation = 0;
		if (pool->stable != 0 && event->magnitude[p] != 0)
		{
			coastal_decay *decay = &pool->decays[pool->ndecays];

			if (pool->ndecays == COASTAL_MAX_EVENTS)
				return false;
			decay->disturbed = pool->stable * event->magnitude[p];
			decay->half_life = event->half_life[p];
			decay->years = 0;
			/* An unknown half-life leaves unknown when it comes out. */
			pool->stable -= decay->disturbed;
			pool->ndecays++;
		}
	}
	return true;
}

/* Let a year pass. */
void
coastal_step(coastal_state *state, coastal_year *result)
{
	for (int p = 0; p < COASTAL_POOLS; p++)
	{
		coastal_pool *pool = &state->pools[p];
		coastal_year *year = &result[p];
		double before = decaying(pool);
		double after;
		double room;

		for (int i = 0; i < pool->ndecays; i++)
			pool->decays[i].years++;
		after = decaying(pool);

		year->start = pool->stable + before;
		year->emitted = before - after;
		room = pool->ceiling - pool->stable - after;
		year->accumulated = pool->accumulation;
		if (room < year->accumulated)
			year->accumulated = room > 0 ? room : 0;
		pool->stable += year->accumulated;
		year->end = pool->stable + after;
	}
}
