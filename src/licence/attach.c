/*
 * attach.c
 *		Notices when a table becomes a partition or child of another.
 *
 * Only the command tells: other changes of a table must leave its protection as
 * it is, or a restore would find policies that it is about to create.
 */
#include "compat.h"

#include "commands/event_trigger.h"
#include "nodes/parsenodes.h"
#include "parser/parse_func.h"

/* Does a command give a table a parent? */
static bool
attaches(Node *command)
{
	ListCell *lc;

	if (IsA(command, CreateStmt))
		return ((CreateStmt *) command)->inhRelations != NIL;
	if (!IsA(command, AlterTableStmt))
		return false;
	foreach (lc, ((AlterTableStmt *) command)->cmds)
	{
		AlterTableCmd *part = lfirst_node(AlterTableCmd, lc);

		if (part->subtype == AT_AttachPartition || part->subtype == AT_AddInherit)
			return true;
	}
	return false;
}

/* Event trigger: protects what became a part of a protected table. */
PG_FUNCTION_INFO_V1(table_attached);
Datum
table_attached(PG_FUNCTION_ARGS)
{
	EventTriggerData *event = (EventTriggerData *) fcinfo->context;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		elog(ERROR, "table_attached must be called as an event trigger");
	/* Called past its privileges: nobody else needs to. */
	if (attaches(event->parsetree))
		(void) OidFunctionCall0(LookupFuncName(
			list_make2(makeString("terrcarbon_internal"), makeString("protect_attached")), 0, NULL,
			false));
	PG_RETURN_NULL();
}
