/*
 * access.h
 *		Which datasets a role may read and deposit into.
 */
#ifndef TERRCARBON_ACCESS_H
#define TERRCARBON_ACCESS_H

#include "compat.h"

#include "miscadmin.h"
#include "utils/snapshot.h"

/* Who reads the rows of a dataset, besides its producer. */
typedef enum access_readers
{
	ACCESS_PRODUCER,
	ACCESS_GRANTED,
	ACCESS_EVERYBODY
} access_readers;

/* A kind of access: see access_kind.c. */
typedef struct access_kind
{
	const char *name;
	access_readers to;
	bool publishes;      /* may figures be released? */
	const char *dcat;    /* term of the EU's list of access rights */
	const char *readers; /* in words */
} access_kind;

/*
 * A set of dataset ids, in pages of bits, so that ids may be anywhere up to the
 * end of int4.  A page that is missing holds no id.
 */
#define ID_PAGE_BITS 32768

typedef struct id_set
{
	MemoryContext context;
	uint32 npages;
	uint8 **pages;
} id_set;

/*
 * The rights of one role under one state of the catalogue.  A set of a large
 * catalogue begins without any and looks up what it is asked for, see rights.c;
 * what it once said stays.
 */
typedef struct access_set
{
	Oid user;
	MemoryContext context; /* of all of it */
	int references;        /* uses and pins; freed at 0 */
	bool complete;         /* has it all rights? */
	int datasets;          /* in the catalogue, once complete */
	int readable;          /* of them, or of those that are known */
	id_set reads;
	id_set deposits;
	/* while it is not complete */
	id_set known;
	uint32 known_ids;
	uint32 lookups;            /* so many, and it is completed */
	TimestampTz asked_at;      /* grants that end later than this hold */
	struct usage_tally *tally; /* rows read through it, see usage.c */
	/* where it holds: see access.c */
	int64 token;  /* of its snapshot */
	uint64 roles; /* generation of the roles */
	bool own_changes;
	TimestampTz holds_until;
} access_set;

/* The set a call site uses, hung on its FmgrInfo. */
typedef struct access_use
{
	access_set *set;
	bool steady; /* one call site, one statement */
	bool counts; /* it is part of a policy or a guarded view */
	MemoryContextCallback forget;
} access_use;

/* A negative id has a page number that no set reaches. */
static inline bool
id_is_in(const id_set *ids, int32 id)
{
	uint32 page = (uint32) id / ID_PAGE_BITS;
	uint32 bit = (uint32) id % ID_PAGE_BITS;

	return page < ids->npages && ids->pages[page] &&
		   (ids->pages[page][bit >> 3] & (1 << (bit & 7))) != 0;
}

extern bool access_ask(access_set *set, int32 id, bool deposit);
extern void access_complete(access_set *set);

static inline bool
access_reads(access_set *set, int32 id)
{
	return id_is_in(&set->reads, id) || (unlikely(!set->complete) && access_ask(set, id, false));
}

static inline bool
access_deposits(access_set *set, int32 id)
{
	return id_is_in(&set->deposits, id) || (unlikely(!set->complete) && access_ask(set, id, true));
}

/* Does it read every dataset, as far as is known without looking? */
static inline bool
access_surely_reads_all(const access_set *set)
{
	return set->complete && set->datasets > 0 && set->readable == set->datasets;
}

static inline bool
access_reads_all(access_set *set)
{
	access_complete(set);
	return access_surely_reads_all(set);
}

/*
 * An execution that is under way; the rights that it has used stay its own while
 * it runs.  Kept on the C stack by guard.c.
 */
typedef struct access_execution
{
	uint64 number;
	struct access_execution *outer;
} access_execution;

extern void access_begin_execution(access_execution *execution);
extern void access_end_execution(access_execution *execution);
extern const access_kind *access_kind_of(text *name);
extern access_use *access_of_new_call(FmgrInfo *flinfo);
extern access_set *access_of_statement(void);
extern void access_keep(access_set *set);
extern void access_let_go(access_set *set);
extern void access_forget(void);
extern Oid own_function(const char *name, int nargs, Oid argument);
extern void access_init(void);
extern void guard_init(void);
extern void guard_planning(void);

/*
 * The rights of the current user in the statement that is running, remembered
 * at the call site: this is done for each row.
 */
static inline access_use *
access_of_call(FmgrInfo *flinfo)
{
	access_use *use = flinfo->fn_extra;

	if (likely(use && use->steady && use->set->user == GetUserId()))
		return use;
	return access_of_new_call(flinfo);
}

#endif /* TERRCARBON_ACCESS_H */
