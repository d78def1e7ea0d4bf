/*
 * rights.h
 *		Reading the rights of roles from the catalogue of datasets.
 */
#ifndef TERRCARBON_RIGHTS_H
#define TERRCARBON_RIGHTS_H

#include "licence/access.h"

/* What a role may do with one dataset. */
typedef struct dataset_right
{
	bool reads;
	bool deposits;
	Oid through;       /* role of the producer or grantee; 0: everybody reads it */
	int32 grant_id;    /* 0: none is needed */
	TimestampTz until; /* of the grant */
} dataset_right;

extern bool rights_find_tables(void);
extern int64 rights_token(Snapshot snapshot);
extern void rights_begin(access_set *set, Snapshot snapshot);
extern void rights_read_all(access_set *set, Snapshot snapshot);
extern dataset_right rights_look_up(access_set *set, int32 id);
extern void rights_note(access_set *set, int32 id, const dataset_right *right);
extern bool rights_changed_by_me(void);

#endif /* TERRCARBON_RIGHTS_H */
