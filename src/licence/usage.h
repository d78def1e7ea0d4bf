/*
 * usage.h
 *		Who read how many rows of which dataset.
 */
#ifndef TERRCARBON_USAGE_H
#define TERRCARBON_USAGE_H

#include "licence/access.h"

#include "datatype/timestamp.h"

/* Counters of neighbouring dataset ids are made together. */
#define USAGE_PAGE 1024

/* A long statement hands over what it counted when so many rows were read. */
#define USAGE_ROWS_AT_ONCE 65536

/* What a backend counted of one dataset and has not handed over. */
typedef struct usage_count
{
	uint64 rows;
	TimestampTz statement; /* the last one that was counted */
	int32 grant_id;
	Oid role;
	bool known; /* role and grant */
} usage_count;

/* The counters of one set of rights; in its memory. */
typedef struct usage_tally
{
	uint32 npages;
	usage_count **pages;
	/* datasets with rows that were not handed over */
	int touched;
	int touched_max;
	int32 *ids;
	bool pending; /* the set is in the list of those with rows, and kept */
} usage_tally;

/*
 * One row more of a dataset that this set counts already.  False when it does
 * not, or when something is due: then usage_begin_dataset() is to be called for
 * a row that may be read.
 */
static inline bool
usage_counted(const access_set *set, int32 id)
{
	const usage_tally *tally = set->tally;
	uint32 page = (uint32) id / USAGE_PAGE;
	usage_count *count;

	if (tally == NULL || page >= tally->npages || tally->pages[page] == NULL)
		return false;
	count = &tally->pages[page][(uint32) id % USAGE_PAGE];
	if (count->rows % USAGE_ROWS_AT_ONCE == 0)
		return false;
	count->rows++;
	return true;
}

extern void usage_begin_dataset(access_set *set, int32 id);

/* One row of a dataset that may be read. */
static inline void
usage_count_row(access_set *set, int32 id)
{
	if (!usage_counted(set, id))
		usage_begin_dataset(set, id);
}

/* May a row of this dataset be read?  Then it is counted where that is due. */
static inline bool
access_reads_row(const access_use *use, int32 id)
{
	if (use->counts && usage_counted(use->set, id))
		return true;
	if (!access_reads(use->set, id))
		return false;
	if (use->counts)
		usage_begin_dataset(use->set, id);
	return true;
}

extern void usage_init(void);
extern bool usage_is_on(void);
extern void usage_note_parallel(bool parallel);
extern void usage_flush(void);

/* Shared with the processes that write it down, see usage_worker.c. */
extern void usage_worker_init(void);
extern int usage_databases(Oid *databases, int max);
extern void usage_forget(Oid database, int32 before);
extern int32 usage_today(void);
extern int usage_interval;
extern int usage_retention;

#endif /* TERRCARBON_USAGE_H */
