/*
 * role_ref.h
 *		A role, as its OID inside and as its name outside.
 */
#ifndef TERRCARBON_ROLE_REF_H
#define TERRCARBON_ROLE_REF_H

#include "compat.h"

/* The name is kept only while there is no role: see role_ref.c. */
typedef struct role_ref
{
	Oid role;
	NameData name;
} role_ref;

#define DatumGetRoleRef(datum) ((role_ref *) DatumGetPointer(datum))
#define PG_GETARG_ROLE_REF(n)  DatumGetRoleRef(PG_GETARG_DATUM(n))

#endif /* TERRCARBON_ROLE_REF_H */
