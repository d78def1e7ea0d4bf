/*
 * land_change.c
 *		What a change of land use does to carbon, pool by pool and year by year.
 *
 * IPCC 2006, volume 4, chapters 2 and 5: what stands is lost in the year of the
 * change and grows over 20 years; soil moves over 20 years, but at once where
 * ground is sealed or wetland lost.  A change seen between two maps is spread
 * evenly over the years between, and the share of each of these years runs its
 * own time from there.
 */
#include "model/land_change.h"

const change_pool_info change_pools[CHANGE_POOLS] = {
	{ "soil", 1 << POOL_SOIL },         { "biomass", 1 << POOL_ABOVE | 1 << POOL_BELOW },
	{ "litter", 1 << POOL_LITTER },     { "dead_wood", 1 << POOL_DEAD_WOOD },
	{ "products", 1 << POOL_PRODUCTS },
};

/*
 * A side with this stock.  A pool that it lacks is not known, unless the stock is
 * complete: then it is none.
 */
land_side
land_side_of(const carbon_stock *stock, bool complete)
{
	land_side side = { *stock, complete ? 0xff : stock->pools };

	return side;
}

/* How long soil takes to change. */
int
soil_transition_years(double total, bool at_once)
{
	if (total == 0)
		return 1;
	return total < 0 && at_once ? 1 : TRANSITION_YEARS;
}

/* What a hectare gains or loses in all; at_once: soil that is lost is lost at once. */
void
land_change(const land_side *from, const land_side *to, bool at_once, pool_change *changes)
{
	for (int c = 0; c < CHANGE_POOLS; c++)
	{
		pool_change *change = &changes[c];
		uint8 pools = change_pools[c].pools;

		change->absent = ((from->stock.pools | to->stock.pools) & pools) == 0;
		change->known = true;
		change->before = 0;
		change->total = 0;
		for (int p = 0; p < CARBON_POOLS; p++)
		{
			uint8 pool = 1 << p;

			/* What neither side has does not change. */
			if (!((from->stock.pools | to->stock.pools) & pools & pool))
				continue;
			/* A pool estimated on one side alone is no loss. */
			change->known = change->known && (from->known & to->known & pool) != 0;
			change->before += from->stock.tc[p];
			change->total += to->stock.tc[p] - from->stock.tc[p];
		}
		if (c == CHANGE_SOIL)
			change->years = soil_transition_years(change->total, at_once);
		else
			change->years = change->total > 0 ? TRANSITION_YEARS : 1;
	}
}

/*
 * The fraction of a change that falls in a year, where the ground changed evenly
 * over year_from .. year_to and each year's share takes effect in equal parts
 * over so many years, its own the first.
 */
double
transition_share(int year, int year_from, int year_to, int years)
{
	int64 first = Max((int64) year_from, (int64) year - years + 1);
	int64 last = Min(year_to, year);

	if (last < first)
		return 0;
	return (double) (last - first + 1) / ((double) ((int64) year_to - year_from + 1) * years);
}

/*
 * t N2O from the nitrogen that goes with mineralised soil carbon: C:N 15, EF1
 * 0.01, 30 % leached, of which EF5 0.0075 (IPCC 2006, volume 4, equations 11.1,
 * 11.8 and 11.10).  ALDO takes 44/25 for the direct part.
 */
double
mineralised_n2o(double tc, bool aldo_compatible)
{
	return tc / 15 * (0.01 * 44.0 / (aldo_compatible ? 25 : 28) + 0.3 * 0.0075 * 44.0 / 28);
}
