/*
 * act.c
 *		Lets the producer functions know who called them.
 *
 * Inside a SECURITY DEFINER function the current user is its owner, and the
 * session user is whoever logged in, which SET ROLE and nested SECURITY DEFINER
 * functions make somebody else than the caller.  So the function that users
 * call is this one: it runs as its caller, notes who that is, and hands over to
 * the SECURITY DEFINER function of the same name in terrcarbon_internal, which
 * users may not call.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

/* Finds terrcarbon_internal.NAME(oid, arguments of NAME). */
static void
find_definer(FmgrInfo *definer, FmgrInfo *called)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(called->fn_oid));
	Form_pg_proc proc;
	Oid types[FUNC_MAX_ARGS];
	Oid function;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", called->fn_oid);
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	if (proc->pronargs + 1 > FUNC_MAX_ARGS)
		elog(ERROR, "function %u has too many arguments", called->fn_oid);
	types[0] = OIDOID;
	for (int i = 0; i < proc->pronargs; i++)
		types[i + 1] = proc->proargtypes.values[i];
	function = LookupFuncName(
		list_make2(makeString("terrcarbon_internal"), makeString(pstrdup(NameStr(proc->proname)))),
		proc->pronargs + 1, types, false);
	ReleaseSysCache(tuple);
	fmgr_info_cxt(function, definer, called->fn_mcxt);
}

/* Calls the inner function of the same name with the caller as first argument. */
PG_FUNCTION_INFO_V1(act_as_caller);
Datum
act_as_caller(PG_FUNCTION_ARGS)
{
	LOCAL_FCINFO(call, FUNC_MAX_ARGS);
	FmgrInfo *definer = fcinfo->flinfo->fn_extra;
	Datum result;

	if (definer == NULL)
	{
		definer = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(FmgrInfo));
		find_definer(definer, fcinfo->flinfo);
		fcinfo->flinfo->fn_extra = definer;
	}
	InitFunctionCallInfoData(*call, definer, fcinfo->nargs + 1, fcinfo->fncollation, NULL, NULL);
	call->args[0].value = ObjectIdGetDatum(GetUserId());
	call->args[0].isnull = false;
	memcpy(&call->args[1], fcinfo->args, fcinfo->nargs * sizeof(NullableDatum));
	result = FunctionCallInvoke(call);
	fcinfo->isnull = call->isnull;
	return result;
}
