/*
 * access.h
 *		Which datasets a role may read and deposit into.
 */
#ifndef TERRCARBON_ACCESS_H
#define TERRCARBON_ACCESS_H

#include "compat.h"

#include "miscadmin.h"
#include "utils/snapshot.h"

/*
 * The rights of one role under one state of the catalogue; never changed once
 * built.  A dataset id beyond nbits is one nobody knows.
 */
typedef struct access_set
{
	Oid user;
	int references; /* uses and pins; freed at 0 */
	int datasets;   /* in the catalogue */
	int readable;   /* of them */
	int32 nbits;
	uint8 *read_bits;
	uint8 *deposit_bits;
	/* where it holds: see access.c */
	uint64 as_of; /* transactions ended before its snapshot */
	uint64 roles; /* generation of the roles */
	bool own_changes;
	TimestampTz holds_until;
} access_set;

/* The set a call site uses, hung on its FmgrInfo. */
typedef struct access_use
{
	access_set *set;
	bool steady; /* one call site, one statement */
	MemoryContextCallback forget;
} access_use;

static inline bool
access_bit(const uint8 *bits, int32 nbits, int32 id)
{
	return (uint32) id < (uint32) nbits && (bits[id >> 3] & (1 << (id & 7))) != 0;
}

static inline bool
access_reads(const access_set *set, int32 id)
{
	return access_bit(set->read_bits, set->nbits, id);
}

static inline bool
access_reads_all(const access_set *set)
{
	return set->datasets > 0 && set->readable == set->datasets;
}

extern const access_set *access_of_new_call(FmgrInfo *flinfo);
extern const access_set *access_of_statement(void);
extern Oid own_function(const char *name, int nargs, Oid argument);
extern void access_init(void);
extern void guard_init(void);
extern void guard_planning(void);

/*
 * The rights of the current user in the statement that is running, remembered
 * at the call site: this is done for each row.
 */
static inline const access_set *
access_of_call(FmgrInfo *flinfo)
{
	access_use *use = flinfo->fn_extra;

	if (likely(use && use->steady && use->set->user == GetUserId()))
		return use->set;
	return access_of_new_call(flinfo);
}

#endif /* TERRCARBON_ACCESS_H */
