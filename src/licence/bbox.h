/*
 * bbox.h
 *		Bounding boxes under row policies.
 */
#ifndef TERRCARBON_BBOX_H
#define TERRCARBON_BBOX_H

#include "compat.h"

#include "nodes/parsenodes.h"
#include "nodes/pathnodes.h"

extern Oid postgis_namespace(Oid geometry);
extern void map_add_hints(Query *query);
extern bool map_has_hint(RelOptInfo *rel);

#endif /* TERRCARBON_BBOX_H */
