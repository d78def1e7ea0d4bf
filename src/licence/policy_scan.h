/*
 * policy_scan.h
 *		Asks the policy of each row that a sequential scan reads, and nothing else.
 */
#ifndef TERRCARBON_POLICY_SCAN_H
#define TERRCARBON_POLICY_SCAN_H

#include "executor/execdesc.h"

/* Called when the executor has started. */
extern void hasten_policies(QueryDesc *query);

#endif /* TERRCARBON_POLICY_SCAN_H */
