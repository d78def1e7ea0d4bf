/*
 * coastal.h
 *		Yearly carbon of a coastal habitat through disturbance and restoration.
 *
 * Plain computation on plain buffers, no server state.  A parameter that is not
 * known is NaN, and what depends on it becomes NaN too.
 */
#ifndef TERRCARBON_COASTAL_H
#define TERRCARBON_COASTAL_H

#include <stdbool.h>

#define COASTAL_POOLS      3 /* soil, biomass, litter */
#define COASTAL_SOIL       0
#define COASTAL_MAX_EVENTS 100

typedef enum coastal_action
{
	COASTAL_DISTURB,  /* part of the stock starts to decay, growth ends */
	COASTAL_PLANT,    /* growth begins, what decays goes on decaying */
	COASTAL_RECONNECT /* growth begins, wet soil stops decaying */
} coastal_action;

/* What happens to each pool at the beginning of a year. */
typedef struct coastal_event
{
	int year;
	coastal_action action;
	double magnitude[COASTAL_POOLS];    /* disturbed fraction, 0 .. 1 */
	double half_life[COASTAL_POOLS];    /* years, 0 = at once */
	double accumulation[COASTAL_POOLS]; /* gain a year */
	double ceiling[COASTAL_POOLS];      /* growth ends here, INFINITY = never */
} coastal_event;

/* One pool in one year: end = start + accumulated - emitted. */
typedef struct coastal_year
{
	double start;
	double accumulated;
	double emitted;
	double end;
} coastal_year;

/* Carbon set free by one disturbance, decaying since then. */
typedef struct coastal_decay
{
	double disturbed;
	double half_life;
	int years; /* elapsed */
} coastal_decay;

typedef struct coastal_pool
{
	double stable; /* not disturbed, or not any more */
	double accumulation;
	double ceiling;
	int ndecays;
	coastal_decay decays[COASTAL_MAX_EVENTS];
} coastal_pool;

typedef struct coastal_state
{
	coastal_pool pools[COASTAL_POOLS];
} coastal_state;

extern const char *coastal_event_fault(const coastal_event *event);
extern void coastal_start(coastal_state *state, const double *initial, const double *accumulation,
						  const double *ceiling);
extern bool coastal_apply(coastal_state *state, const coastal_event *event);
extern void coastal_step(coastal_state *state, coastal_year *result);

#endif /* TERRCARBON_COASTAL_H */
