/*
 * cache.c
 *		Geometry arguments, kept ready from call to call.
 *
 * A join gives the same zone to thousands of calls.  A large geometry that comes
 * a second time is kept, with an index over its edges, as long as the calling
 * expressions live: a few hundred bytes of it are then read per call, not all.
 * All calls of a query, which live in one memory context, keep together.
 *
 * What is stored out of line is known by its toast pointer, and is not even
 * fetched.  What is compressed within its row is known by the compressed bytes, and
 * is not decompressed; these, and what is plainly in memory, are compared in full.
 * A toast pointer names the same value for as long as an expression lives: TOAST
 * gives a number again only after four thousand million others.
 */
#include "compat.h"

#include <limits.h>

#include "access/detoast.h"
#include "common/hashfn.h"
#include "lib/ilist.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "geometry/cache.h"
#include "geometry/report.h"

/* Smaller geometries are read faster than looked up. */
#define SMALLEST_KEPT 2048

/* Slots that remember what was seen once. */
#define SEEN_SLOTS 4096

static int cache_limit = 65536; /* kB */

typedef struct cache_key
{
	uint64 a;
	uint64 b;
} cache_key;

/* Allocated by malloc, all of it: it must outlive the hash table, see end_cache. */
typedef struct cache_entry
{
	cache_key key;
	dlist_node node;
	unsigned char *bytes; /* the whole datum */
	size_t size;
	unsigned char *compressed; /* as it was in its row, if it was */
	size_t compressed_size;
	size_t memory;
	shape ready;
} cache_entry;

typedef struct cache_slot
{
	cache_key key;
	cache_entry *entry;
} cache_slot;

typedef struct geometry_cache
{
	MemoryContextCallback end;
	MemoryContext context; /* of the calls that use it */
	dlist_node link;       /* in caches */
	HTAB *slots;
	dlist_head used; /* most recently used first */
	size_t memory;
	uint32 seen[SEEN_SLOTS];
} geometry_cache;

static dlist_head caches = DLIST_STATIC_INIT(caches);

void
geometry_define_settings(void)
{
	DefineCustomIntVariable("terrcarbon.geometry_cache",
							"Memory for geometries kept by the measuring functions of a query.",
							"0 keeps none.", &cache_limit, 65536, 0, MAX_KILOBYTES, PGC_USERSET,
							GUC_UNIT_KB, NULL, NULL, NULL);
}

static void
free_entry(cache_entry *entry)
{
	shape_free(&entry->ready);
	free(entry->bytes);
	free(entry->compressed);
	free(entry);
}

static void
remove_entry(geometry_cache *cache, cache_entry *entry)
{
	hash_search(cache->slots, &entry->key, HASH_REMOVE, NULL);
	dlist_delete(&entry->node);
	cache->memory -= entry->memory;
	free_entry(entry);
}

/*
 * The memory context ends.  The hash table, whose memory is in a child context,
 * is gone already.
 */
static void
end_cache(void *arg)
{
	geometry_cache *cache = arg;
	dlist_mutable_iter i;

	dlist_delete(&cache->link);
	dlist_foreach_modify(i, &cache->used) free_entry(dlist_container(cache_entry, node, i.cur));
}

static geometry_cache *
get_cache(FmgrInfo *flinfo)
{
	geometry_cache *cache = flinfo->fn_extra;
	dlist_iter i;
	HASHCTL control = { .keysize = sizeof(cache_key), .entrysize = sizeof(cache_slot) };

	if (cache != NULL)
		return cache;
	dlist_foreach (i, &caches)
	{
		cache = dlist_container(geometry_cache, link, i.cur);
		if (cache->context == flinfo->fn_mcxt)
		{
			flinfo->fn_extra = cache;
			return cache;
		}
	}
	cache = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(geometry_cache));
	control.hcxt = flinfo->fn_mcxt;
	cache->slots = hash_create("terrcarbon geometries", 256, &control,
							   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	dlist_init(&cache->used);
	cache->end.func = end_cache;
	cache->end.arg = cache;
	MemoryContextRegisterResetCallback(flinfo->fn_mcxt, &cache->end);
	cache->context = flinfo->fn_mcxt;
	dlist_push_head(&caches, &cache->link);
	flinfo->fn_extra = cache;
	return cache;
}

/* A key for a datum worth keeping; false for a small one. */
static bool
make_key(struct varlena *datum, cache_key *key)
{
	if (VARATT_IS_EXTERNAL_ONDISK(datum))
	{
		struct varatt_external pointer;

		VARATT_EXTERNAL_GET_POINTER(pointer, datum);
		if (pointer.va_rawsize < SMALLEST_KEPT)
			return false;
		key->a = (uint64) pointer.va_toastrelid << 32 | pointer.va_valueid;
		key->b = (uint64) 1 << 63 | (uint32) pointer.va_rawsize;
		return true;
	}
	if (VARATT_IS_COMPRESSED(datum) ? toast_raw_datum_size(PointerGetDatum(datum)) >= SMALLEST_KEPT
									: !VARATT_IS_EXTENDED(datum) && VARSIZE(datum) >= SMALLEST_KEPT)
	{
		const unsigned char *bytes = (const unsigned char *) datum;
		size_t size = VARSIZE(datum);
		size_t part = Min(size, 128);

		/* beginning, middle and end; the rest is compared on a match */
		key->a = hash_bytes_extended(bytes, part, 0) ^
				 hash_bytes_extended(bytes + size / 2, Min(part, size - size / 2), 1);
		key->b = hash_bytes_extended(bytes + size - part, part, size) >> 1;
		return true;
	}
	return false;
}

/* The entry of a key, if there is one: often the last one used again. */
static cache_entry *
find_entry(geometry_cache *cache, const cache_key *key)
{
	cache_slot *slot;

	if (!dlist_is_empty(&cache->used))
	{
		cache_entry *last = dlist_head_element(cache_entry, node, &cache->used);

		if (last->key.a == key->a && last->key.b == key->b)
			return last;
	}
	slot = hash_search(cache->slots, key, HASH_FIND, NULL);
	return slot ? slot->entry : NULL;
}

/* Is an entry the datum that has its key? */
static bool
is_kept(const cache_entry *entry, struct varlena *datum)
{
	if (VARATT_IS_EXTERNAL(datum))
		return true;
	if (VARATT_IS_COMPRESSED(datum))
		return entry->compressed_size == VARSIZE(datum) &&
			   memcmp(entry->compressed, datum, entry->compressed_size) == 0;
	return entry->compressed == NULL && entry->size == VARSIZE(datum) &&
		   memcmp(entry->bytes, datum, entry->size) == 0;
}

/*
 * Keeps a geometry, which came as source, making room among the least recently
 * used.  NULL if it does not fit.
 */
static cache_entry *
keep(geometry_cache *cache, const cache_key *key, struct varlena *source, struct varlena *datum,
	 const shape *in_use)
{
	size_t limit = (size_t) cache_limit * 1024;
	cache_slot *slot = hash_search(cache->slots, key, HASH_ENTER, NULL);
	cache_entry *entry = calloc(1, sizeof(cache_entry));
	geom_error error = GEOM_MEMORY;

	/* Nothing throws from here until the entry is whole, or gone. */
	if (entry != NULL)
	{
		entry->size = VARSIZE(datum);
		entry->bytes = malloc(entry->size);
		if (entry->bytes != NULL)
		{
			memcpy(entry->bytes, datum, entry->size);
			error = shape_load(&entry->ready, entry->bytes, entry->size);
		}
		if (error == GEOM_OK)
			error = shape_index(&entry->ready);
		if (error == GEOM_OK && VARATT_IS_COMPRESSED(source))
		{
			entry->compressed_size = VARSIZE(source);
			entry->compressed = malloc(entry->compressed_size);
			if (entry->compressed != NULL)
				memcpy(entry->compressed, source, entry->compressed_size);
			else
				error = GEOM_MEMORY;
		}
		entry->memory = entry->size + entry->compressed_size + shape_memory(&entry->ready) +
						sizeof(cache_entry) + sizeof(cache_slot);
	}
	if (error != GEOM_OK || entry->memory > limit)
	{
		if (entry != NULL)
			free_entry(entry);
		hash_search(cache->slots, key, HASH_REMOVE, NULL);
		if (error != GEOM_MEMORY)
			report_geometry(error);
		return NULL;
	}
	entry->key = *key;
	slot->entry = entry;
	dlist_push_head(&cache->used, &entry->node);
	cache->memory += entry->memory;

	while (cache->memory > limit)
	{
		cache_entry *oldest = dlist_tail_element(cache_entry, node, &cache->used);

		if (oldest == entry || &oldest->ready == in_use)
			break;
		remove_entry(cache, oldest);
	}
	return entry;
}

/*
 * An argument of a function on two geometries, from the cache if it is there.
 * Its coordinates are checked when it is kept; otherwise only its header is.
 */
geometry_argument
geometry_get(FunctionCallInfo fcinfo, int argno, const shape *in_use)
{
	struct varlena *datum = (struct varlena *) DatumGetPointer(fcinfo->args[argno].value);
	geometry_argument argument = { 0 };
	geometry_cache *cache = NULL;
	cache_entry *entry = NULL;
	cache_key key;
	geom_reader reader;

	if (cache_limit > 0 && fcinfo->flinfo != NULL && make_key(datum, &key))
	{
		cache = get_cache(fcinfo->flinfo);
		entry = find_entry(cache, &key);
		if (entry != NULL && !is_kept(entry, datum))
		{
			/* Another geometry with the same key: leave both alone. */
			entry = NULL;
			cache = NULL;
		}
	}
	if (entry == NULL)
	{
		argument.datum = PG_DETOAST_DATUM(PointerGetDatum(datum));
		if (cache != NULL)
		{
			uint32 mark = (uint32) (key.a ^ key.a >> 32 ^ key.b) * 2654435761u | 1;
			uint32 *seen = &cache->seen[mark >> 20];

			if (*seen == mark)
				entry = keep(cache, &key, datum, argument.datum, in_use);
			else
				*seen = mark;
		}
	}
	if (entry != NULL)
	{
		dlist_move_head(&cache->used, &entry->node);
		if (argument.datum != NULL && argument.datum != datum)
			pfree(argument.datum);
		argument.datum = NULL;
		argument.kept = &entry->ready;
		argument.srid = entry->ready.srid;
		return argument;
	}
	report_geometry(geom_open(&reader, argument.datum, VARSIZE(argument.datum)));
	argument.srid = reader.srid;
	return argument;
}
