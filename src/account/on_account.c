/*
 * on_account.c
 *		Runs ordinary SQL over the tables of an account.
 *
 * The functions that work on an account are written as static SQL: they name the
 * account's tables as if there were one account.  What a user calls is a wrapper
 * made here, which puts the account on the search path and calls the function of
 * the same name and arguments in terrcarbon_internal.
 *
 * The path is set in a GUC nest level of its own with GUC_ACTION_SAVE, which is
 * undone on any exit and allowed in parallel workers.  Plans that functions keep
 * remember the path they were made for, so one session may alternate between
 * accounts.
 *
 * The owner of an account decides what a query of its tables runs (views,
 * triggers, index expressions).  So everything here runs as a security-restricted
 * operation: the role cannot be changed, and nothing is left behind that would run
 * later with other rights.  Steps that change an account always run as its owner;
 * readers run as the owner for those who have his privileges, a superuser among
 * them, and else as the caller, who sees what the policies let him see.  Members of
 * an actor are shown its own figures: that runs as the owner for anybody, and the
 * inner function is told who calls, as its first argument.
 *
 * A deposit is the exception: it is the caller's own INSERT, reads his temporary
 * tables, and runs the triggers of the account's tables as any INSERT of his does.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "access/genam.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "commands/trigger.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* Whose rights the function gets. */
typedef enum account_user
{
	AS_OWNER,  /* always the owner's, and only who has them may call it */
	AS_READER, /* the owner's where the caller has them, else the caller's */
	AS_MEMBER, /* the owner's for anybody; the inner function gets the caller */
	AS_CALLER  /* the caller's: deposits and triggers, which belong to his statement */
} account_user;

/* Schema of an account; error 3F000 when there is none of this name. */
static Oid
account_schema(const char *name)
{
	Oid schema = get_namespace_oid(name, true);

	if (!OidIsValid(schema) || !OidIsValid(get_relname_relid("refresh_state", schema)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_SCHEMA_NAME),
						errmsg("there is no account %s", quote_identifier(name)),
						errhint("SELECT terrcarbon.create_account(...) makes one.")));
	return schema;
}

static Oid
schema_owner(Oid schema)
{
	HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for namespace %u", schema);
	owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* The schema PostGIS is in. */
static Oid
postgis_schema(void)
{
	Relation extensions = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	Oid schema;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum("postgis"));
	scan = systable_beginscan(extensions, ExtensionNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "extension postgis is missing");
	schema = ((Form_pg_extension) GETSTRUCT(tuple))->extnamespace;
	systable_endscan(scan);
	table_close(extensions, AccessShareLock);
	return schema;
}

/* Puts an account on the search path until the GUC nest level ends. */
static void
set_path(const char *account)
{
	StringInfoData path;

	initStringInfo(&path);
	appendStringInfo(&path, "pg_catalog, terrcarbon, %s, ", quote_identifier(account));
	appendStringInfo(&path, "%s, pg_temp", quote_identifier(get_namespace_name(postgis_schema())));
	(void) set_config_option("search_path", path.data, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	pfree(path.data);
}

/* The function that does the work: that of the same name in terrcarbon_internal. */
static void
find_inner(FmgrInfo *wrapper, FmgrInfo *inner, bool with_caller)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(wrapper->fn_oid));
	Form_pg_proc proc;
	Oid schema = get_namespace_oid("terrcarbon_internal", false);
	char name[NAMEDATALEN];
	Oid types[FUNC_MAX_ARGS + 1] = { OIDOID };
	oidvector *arguments;
	Oid found;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", wrapper->fn_oid);
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	/* A wrapper that is internal itself has _here added to its name. */
	strlcpy(name, NameStr(proc->proname), NAMEDATALEN);
	if (proc->pronamespace == schema)
		strlcat(name, "_here", NAMEDATALEN);
	memcpy(&types[1], proc->proargtypes.values, proc->pronargs * sizeof(Oid));
	arguments = buildoidvector(with_caller ? types : types + 1, proc->pronargs + with_caller);
	found = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
							PointerGetDatum(arguments), ObjectIdGetDatum(schema));
	pfree(arguments);
	if (!OidIsValid(found))
		elog(ERROR, "function terrcarbon_internal.%s is missing", name);
	ReleaseSysCache(tuple);
	fmgr_info_cxt(found, inner, wrapper->fn_mcxt);
	fmgr_info_set_expr(wrapper->fn_expr, inner);
}

/* Calls the inner function with the caller before the arguments of the wrapper. */
static Datum
invoke_with_caller(FunctionCallInfo fcinfo, Oid caller)
{
	LOCAL_FCINFO(call, FUNC_MAX_ARGS);
	Datum result;

	if (fcinfo->nargs >= FUNC_MAX_ARGS)
		elog(ERROR, "function %u has too many arguments", fcinfo->flinfo->fn_oid);
	InitFunctionCallInfoData(*call, fcinfo->flinfo, fcinfo->nargs + 1, fcinfo->fncollation,
							 fcinfo->context, fcinfo->resultinfo);
	call->args[0].value = ObjectIdGetDatum(caller);
	call->args[0].isnull = false;
	memcpy(&call->args[1], fcinfo->args, fcinfo->nargs * sizeof(NullableDatum));
	result = FunctionCallInvoke(call);
	fcinfo->isnull = call->isnull;
	return result;
}

static Datum
call_inner(FunctionCallInfo fcinfo, const char *account, account_user as)
{
	FmgrInfo *wrapper = fcinfo->flinfo;
	FmgrInfo *inner = wrapper->fn_extra;
	Oid collation = fcinfo->fncollation;
	Oid user;
	int context;
	int settings;
	Datum result;
	PgStat_FunctionCallUsage usage;

	if (inner == NULL)
	{
		inner = MemoryContextAllocZero(wrapper->fn_mcxt, sizeof(FmgrInfo));
		find_inner(wrapper, inner, as == AS_MEMBER);
		wrapper->fn_extra = inner;
	}

	/* An error on the way is undone by the end of the (sub)transaction. */
	GetUserIdAndSecContext(&user, &context);
	if (as != AS_CALLER)
	{
		Oid owner = schema_owner(account_schema(account));
		bool has_rights = has_privs_of_role(GetUserId(), owner);

		if (as == AS_OWNER && !has_rights)
			ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
							errmsg("permission denied for account %s", quote_identifier(account)),
							errdetail("It belongs to %s.", GetUserNameFromId(owner, false))));
		SetUserIdAndSecContext(has_rights || as == AS_MEMBER ? owner : user,
							   context | SECURITY_RESTRICTED_OPERATION);
	}
	settings = NewGUCNestLevel();
	set_path(account);

	/*
	 * A name has the collation "C", which would be that of every text variable of the
	 * inner function, and of no index of the account.
	 */
	fcinfo->fncollation = DEFAULT_COLLATION_OID;
	fcinfo->flinfo = inner;
	pgstat_init_function_usage(fcinfo, &usage);
	PG_TRY();
	{
		result = as == AS_MEMBER ? invoke_with_caller(fcinfo, user) : FunctionCallInvoke(fcinfo);
	}
	PG_FINALLY();
	{
		fcinfo->flinfo = wrapper;
		fcinfo->fncollation = collation;
	}
	PG_END_TRY();
	pgstat_end_function_usage(&usage, true);

	AtEOXact_GUC(true, settings);
	if (as != AS_CALLER)
		SetUserIdAndSecContext(user, context);
	return result;
}

static Datum
call_named(FunctionCallInfo fcinfo, account_user as)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_SCHEMA_NAME), errmsg("there is no account NULL")));
	return call_inner(fcinfo, NameStr(*PG_GETARG_NAME(0)), as);
}

/* NAME(account name, ...): the function of this name in terrcarbon_internal, by the owner. */
PG_FUNCTION_INFO_V1(on_account_as_owner);
Datum
on_account_as_owner(PG_FUNCTION_ARGS)
{
	return call_named(fcinfo, AS_OWNER);
}

/* The same for readers: by the owner for who has his rights, else by the caller. */
PG_FUNCTION_INFO_V1(on_account_as_reader);
Datum
on_account_as_reader(PG_FUNCTION_ARGS)
{
	return call_named(fcinfo, AS_READER);
}

/* The same by the caller with all his rights, as if he wrote the statements himself. */
PG_FUNCTION_INFO_V1(on_account_as_caller);
Datum
on_account_as_caller(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(0))
		(void) account_schema(NameStr(*PG_GETARG_NAME(0)));
	return call_named(fcinfo, AS_CALLER);
}

/* The same by the owner, for anybody: the inner function gets the caller's OID first. */
PG_FUNCTION_INFO_V1(on_account_of_member);
Datum
on_account_of_member(PG_FUNCTION_ARGS)
{
	return call_named(fcinfo, AS_MEMBER);
}

/* The same for triggers of an account's tables, by whoever changes them. */
PG_FUNCTION_INFO_V1(on_account_of_trigger);
Datum
on_account_of_trigger(PG_FUNCTION_ARGS)
{
	Relation rel;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("a trigger function can only be called as a trigger")));
	rel = ((TriggerData *) fcinfo->context)->tg_relation;
	return call_inner(fcinfo, get_namespace_name(RelationGetNamespace(rel)), AS_CALLER);
}
