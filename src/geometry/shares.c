/*
 * shares.c
 *		Areas by pairs of numbers.
 */
#include "geometry/shares.h"

#include <stdlib.h>
#include <string.h>

static size_t
hash_pair(int first, int second)
{
	uint64_t key = (uint64_t) (uint32_t) first << 32 | (uint32_t) second;

	key *= UINT64_C(0x9e3779b97f4a7c15);
	return key ^ key >> 32;
}

/* Doubles the slots; false when memory is out. */
static bool
rehash(share_table *table)
{
	size_t nslots = table->nslots ? 2 * table->nslots : 256;
	size_t *slots = calloc(nslots, sizeof(size_t));

	if (slots == NULL)
		return false;
	free(table->slots);
	table->slots = slots;
	table->nslots = nslots;
	for (size_t i = 0; i < table->count; i++)
	{
		size_t slot = hash_pair(table->share[i].first, table->share[i].second) & (nslots - 1);

		while (slots[slot] != 0)
			slot = (slot + 1) & (nslots - 1);
		slots[slot] = i + 1;
	}
	return true;
}

/* The share of a pair, 0 when it is new; NULL when memory is out. */
share *
share_find(share_table *table, int first, int second)
{
	size_t slot;

	if (2 * (table->count + 1) > table->nslots && !rehash(table))
		return NULL;
	slot = hash_pair(first, second) & (table->nslots - 1);
	while (table->slots[slot] != 0)
	{
		share *found = &table->share[table->slots[slot] - 1];

		if (found->first == first && found->second == second)
			return found;
		slot = (slot + 1) & (table->nslots - 1);
	}
	if (table->count == table->capacity)
	{
		size_t capacity = table->capacity ? 2 * table->capacity : 64;
		share *moved = realloc(table->share, capacity * sizeof(share));

		if (moved == NULL)
			return NULL;
		table->share = moved;
		table->capacity = capacity;
	}
	table->share[table->count] = (share){ first, second, { 0, 0 } };
	table->slots[slot] = ++table->count;
	return &table->share[table->count - 1];
}

void
share_free(share_table *table)
{
	free(table->share);
	free(table->slots);
	memset(table, 0, sizeof(*table));
}
