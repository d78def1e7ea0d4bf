/*
 * role_ref.c
 *		A role, as its OID inside and as its name outside.
 *
 * The name is not quoted: role names cannot be empty and need no escaping on
 * their own, so the empty string is free for nobody.
 */
#include "compat.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

/* The role's present name, "" when there is no such role. */
static char *
role_name(Oid role)
{
	char *name = OidIsValid(role) ? GetUserNameFromId(role, true) : NULL;

	return name ? name : pstrdup("");
}

/* Names longer than a role name can be belong to no role. */
static Oid
role_by_name(const char *name)
{
	if (name[0] == '\0' || strlen(name) >= NAMEDATALEN)
		return InvalidOid;
	return get_role_oid(name, true);
}

/* Text form to role: looks the name up. */
PG_FUNCTION_INFO_V1(role_ref_in);
Datum
role_ref_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(role_by_name(PG_GETARG_CSTRING(0)));
}

/* Role to text form: its present name. */
PG_FUNCTION_INFO_V1(role_ref_out);
Datum
role_ref_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(role_name(PG_GETARG_OID(0)));
}

/* Binary form to role: the name, looked up. */
PG_FUNCTION_INFO_V1(role_ref_recv);
Datum
role_ref_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int len;
	char *name = pq_getmsgtext(buf, buf->len - buf->cursor, &len);

	PG_RETURN_OID(role_by_name(name));
}

/* Role to binary form: its present name. */
PG_FUNCTION_INFO_V1(role_ref_send);
Datum
role_ref_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;
	char *name = role_name(PG_GETARG_OID(0));

	pq_begintypsend(&buf);
	pq_sendtext(&buf, name, strlen(name));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
