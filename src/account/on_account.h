/*
 * on_account.h
 *		Finding an account and putting it on the search path.
 */
#ifndef TERRCARBON_ON_ACCOUNT_H
#define TERRCARBON_ON_ACCOUNT_H

#include "postgres.h"

extern Oid account_schema(const char *name);
extern void account_set_path(const char *account);

#endif /* TERRCARBON_ON_ACCOUNT_H */
