/*
 * explain.h
 *		Who may see which plans; see explain.c.
 */
#ifndef TERRCARBON_EXPLAIN_H
#define TERRCARBON_EXPLAIN_H

#include "licence/access.h"
#include "nodes/plannodes.h"

extern bool plan_is_read_whole(PlannedStmt *plan, Oid can_read, access_set *set);

#endif /* TERRCARBON_EXPLAIN_H */
