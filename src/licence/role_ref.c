/*
 * role_ref.c
 *		A role, as its OID inside and as its name outside.
 *
 * A name that belongs to no role when it is read, as in a restore that comes
 * before the roles, means nobody; it is kept, so that the role can be given its
 * place once it exists, and a dump carries it on.  A role that was dropped has
 * no name any more and is nobody for good.
 *
 * The name is not quoted: role names cannot be empty and need no escaping on
 * their own, so the empty string is free for nobody.
 */
#include "licence/role_ref.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

/* The role's present name, "" when there is no such role. */
static char *
present_name(Oid role)
{
	char *name = OidIsValid(role) ? GetUserNameFromId(role, true) : NULL;

	return name ? name : pstrdup("");
}

/* What is written of it: the present name, or the one that was not found. */
static char *
written_name(role_ref *ref)
{
	return OidIsValid(ref->role) ? present_name(ref->role) : pstrdup(NameStr(ref->name));
}

/* Names longer than a role name can be belong to no role. */
static role_ref *
look_up(const char *name)
{
	role_ref *ref = palloc0(sizeof(role_ref));

	if (name[0] == '\0' || strlen(name) >= NAMEDATALEN)
		return ref;
	ref->role = get_role_oid(name, true);
	if (!OidIsValid(ref->role))
		namestrcpy(&ref->name, name);
	return ref;
}

/* Text form to role: looks the name up. */
PG_FUNCTION_INFO_V1(role_ref_in);
Datum
role_ref_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(look_up(PG_GETARG_CSTRING(0)));
}

/* Role to text form. */
PG_FUNCTION_INFO_V1(role_ref_out);
Datum
role_ref_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(written_name(PG_GETARG_ROLE_REF(0)));
}

/* Binary form to role: the name, looked up. */
PG_FUNCTION_INFO_V1(role_ref_recv);
Datum
role_ref_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int len;

	PG_RETURN_POINTER(look_up(pq_getmsgtext(buf, buf->len - buf->cursor, &len)));
}

/* Role to binary form: the same as the text form. */
PG_FUNCTION_INFO_V1(role_ref_send);
Datum
role_ref_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;
	char *name = written_name(PG_GETARG_ROLE_REF(0));

	pq_begintypsend(&buf);
	pq_sendtext(&buf, name, strlen(name));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* The OID of the role, 0 for nobody. */
PG_FUNCTION_INFO_V1(role_ref_oid);
Datum
role_ref_oid(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(PG_GETARG_ROLE_REF(0)->role);
}

/* The role with this OID. */
PG_FUNCTION_INFO_V1(role_ref_of);
Datum
role_ref_of(PG_FUNCTION_ARGS)
{
	role_ref *ref = palloc0(sizeof(role_ref));

	ref->role = PG_GETARG_OID(0);
	PG_RETURN_POINTER(ref);
}

/* The name of the role that there is, "" for nobody. */
PG_FUNCTION_INFO_V1(role_name);
Datum
role_name(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(present_name(PG_GETARG_ROLE_REF(0)->role)));
}
