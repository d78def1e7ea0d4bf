/*
 * access.c
 *		Builds, pins and forgets the rights of roles.
 *
 * Rights are read with the snapshot of the statement that asks, so a statement
 * sees the rows and the rights of one instant, parallel workers included: they
 * get the leader's snapshot.  Under REPEATABLE READ that instant is the first
 * statement of the transaction, for the rights as for the rows.
 *
 * Three things are remembered.  A *set* holds the rights of a role.  A *pin*
 * says that the statement recognised by (role, snapshot, start) uses that set,
 * so that all its tables agree even when a grant expires meanwhile.  A *use*
 * hangs on the FmgrInfo of one call site and spares the look-up for each row.
 *
 * Snapshot and start do not tell two statements of one DO block apart when
 * nothing happened between them.  They may share a set all the same, unless a
 * grant in it has ended: then it is kept by the execution that took it, and by
 * what runs inside that under the same snapshot, and by nobody else.
 *
 * A set is good for a later statement if nothing was changed in between, which a
 * *token* tells.  Every change adds a row of weight 1 to terrcarbon_internal.
 * access_change, in its own transaction; the token is the sum of the weights that a
 * snapshot sees.  Of two snapshots, the later sees all that the earlier does, so
 * equal sums mean the same changes.  A change that is rolled back is never seen.
 * Writers do not wait for each other: whoever finds many rows replaces those it
 * can have without waiting by one of their weight, which leaves every sum as it
 * was.  A transaction that has changed rights itself might see a sum that another
 * reaches after it was rolled back, so what it builds does not outlive it.
 */
#include "licence/access.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "licence/rights.h"
#include "licence/usage.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

/* Statements that may be under way at once before pins are forgotten. */
#define PINS 8

typedef struct access_pin
{
	access_set *set; /* NULL: free */
	Oid user;
	TransactionId xmin;
	TransactionId xmax;
	uint32 xcnt;
	int32 subxcnt;
	CommandId curcid;
	TimestampTz statement;
	Snapshot snapshot;
	uint64 execution; /* 0: none */
} access_pin;

static access_pin pins[PINS];
static int next_pin = 0;

/* Executions under way, innermost first, and the number of the last one. */
static access_execution *executions = NULL;
static uint64 last_execution = 0;

/* Counts changes of roles and memberships that this session was told of. */
static uint64 roles_generation = 0;

/* --- invalidation ----------------------------------------------------------- */

static void
roles_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	roles_generation++;
}

void
access_keep(access_set *set)
{
	set->references++;
}

void
access_let_go(access_set *set)
{
	if (--set->references == 0)
		MemoryContextDelete(set->context);
}

static void
forget_pins(bool own_only)
{
	for (int i = 0; i < PINS; i++)
	{
		access_set *set = pins[i].set;

		if (set == NULL || (own_only && !set->own_changes))
			continue;
		pins[i].set = NULL;
		access_let_go(set);
	}
}

/* The tables are others than those that were read. */
void
access_forget(void)
{
	forget_pins(false);
}

/* However it ends, nobody else has these changes. */
static void
transaction_ended(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PREPARE:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_ABORT:
			forget_pins(true);
			break;
		default:
			break;
	}
}

static void
subtransaction_ended(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		forget_pins(true);
}

/* Called once, when the library is loaded. */
void
access_init(void)
{
	CacheRegisterSyscacheCallback(AUTHOID, roles_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, roles_changed, (Datum) 0);
	RegisterXactCallback(transaction_ended, NULL);
	RegisterSubXactCallback(subtransaction_ended, NULL);
}

/*
 * A function of this extension, whatever the caller's privileges on the schema;
 * InvalidOid when there is none.
 */
Oid
own_function(const char *name, int nargs, Oid argument)
{
	Oid schema = get_namespace_oid("terrcarbon", true);

	if (!OidIsValid(schema))
		return InvalidOid;
	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
						   PointerGetDatum(buildoidvector(&argument, nargs)),
						   ObjectIdGetDatum(schema));
}

/* Begins a new set; it outlives the statement from when it has what it needs. */
static access_set *
build(Oid user, Snapshot snapshot, int64 token, bool own_changes)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "terrcarbon rights",
												  ALLOCSET_SMALL_SIZES);
	access_set *set = MemoryContextAllocZero(context, sizeof(access_set));

	set->context = context;
	set->reads.context = set->deposits.context = set->known.context = context;
	set->user = user;
	set->token = token;
	set->roles = roles_generation; /* before anything is read */
	set->own_changes = own_changes;
	set->holds_until = DT_NOEND;
	set->asked_at = GetCurrentTimestamp();
	rights_begin(set, snapshot);
	MemoryContextSetParent(context, TopMemoryContext);
	return set;
}

/* Makes sure that a set has all the rights of its role. */
void
access_complete(access_set *set)
{
	if (!set->complete)
		rights_read_all(set, GetActiveSnapshot());
}

/* May the user of a set that does not have all read, or deposit into, a dataset? */
bool
access_ask(access_set *set, int32 id, bool deposit)
{
	if (!id_is_in(&set->known, id))
	{
		if (set->known_ids >= set->lookups)
			access_complete(set);
		else
		{
			dataset_right right = rights_look_up(set, id);

			rights_note(set, id, &right);
		}
	}
	return id_is_in(deposit ? &set->deposits : &set->reads, id);
}

/* --- finding the set of a statement -------------------------------------------- */

/* Executor hooks call these around each run of a plan that asks for rights. */
void
access_begin_execution(access_execution *execution)
{
	execution->number = ++last_execution;
	execution->outer = executions;
	executions = execution;
}

void
access_end_execution(access_execution *execution)
{
	executions = execution->outer;
}

static bool
is_running(uint64 number)
{
	for (access_execution *e = executions; e; e = e->outer)
	{
		if (e->number == number)
			return true;
	}
	return false;
}

/*
 * Does a set that was good when it was pinned still hold?  Yes while no grant in
 * it has ended; then only for the execution that has it, and for what runs
 * inside that with its snapshot.
 */
static bool
still_holds(access_pin *pin, Snapshot snapshot)
{
	bool running = is_running(pin->execution);

	if (pin->set->holds_until != DT_NOEND && pin->set->holds_until <= GetCurrentTimestamp())
		return running && (pin->execution == executions->number || pin->snapshot == snapshot);
	if (!running && executions)
	{
		/* It was pinned for planning, or by an execution that is over. */
		pin->execution = executions->number;
		pin->snapshot = snapshot;
	}
	return true;
}

static bool
same_statement(const access_pin *pin, Oid user, Snapshot snapshot)
{
	return pin->set != NULL && pin->user == user && pin->xmax == snapshot->xmax &&
		   pin->xmin == snapshot->xmin && pin->xcnt == snapshot->xcnt &&
		   pin->subxcnt == snapshot->subxcnt && pin->curcid == snapshot->curcid &&
		   pin->statement == GetCurrentStatementStartTimestamp();
}

/* A set built for an earlier statement that is good for one with this token. */
static access_set *
remembered(Oid user, int64 token)
{
	for (int i = 0; i < PINS; i++)
	{
		access_set *set = pins[i].set;

		if (set && set->user == user && set->token == token && !set->own_changes &&
			set->roles == roles_generation &&
			(set->holds_until == DT_NOEND || set->holds_until > GetCurrentTimestamp()))
			return set;
	}
	return NULL;
}

static access_set *
find_set(Oid user, Snapshot snapshot)
{
	access_set *set = NULL;
	access_pin *pin;
	int64 token;
	bool own_changes;

	for (int i = 0; i < PINS; i++)
	{
		if (same_statement(&pins[i], user, snapshot) && still_holds(&pins[i], snapshot))
			return pins[i].set;
	}

	AcceptInvalidationMessages(); /* of roles */
	if (rights_find_tables())
		forget_pins(false);
	own_changes = rights_changed_by_me();
	token = rights_token(snapshot);
	if (!own_changes)
		set = remembered(user, token);
	if (set == NULL)
		set = build(user, snapshot, token, own_changes);
	set->asked_at = GetCurrentTimestamp();

	access_keep(set);
	pin = &pins[next_pin];
	next_pin = (next_pin + 1) % PINS;
	if (pin->set)
		access_let_go(pin->set);
	pin->set = set;
	pin->user = user;
	pin->xmin = snapshot->xmin;
	pin->xmax = snapshot->xmax;
	pin->xcnt = snapshot->xcnt;
	pin->subxcnt = snapshot->subxcnt;
	pin->curcid = snapshot->curcid;
	pin->statement = GetCurrentStatementStartTimestamp();
	pin->snapshot = snapshot;
	pin->execution = executions ? executions->number : 0;
	return set;
}

/* The rights of the current user in the statement that is running. */
access_set *
access_of_statement(void)
{
	if (!ActiveSnapshotSet())
		ereport(ERROR, (errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
						errmsg("access rights can only be read inside a statement")));
	return find_set(GetUserId(), GetActiveSnapshot());
}

static void
forget_use(void *arg)
{
	access_use *use = arg;

	if (use->set)
		access_let_go(use->set);
	use->set = NULL;
	use->steady = false;
}

/*
 * Is this call a part of a policy or of a view, and not of what the client wrote?
 * Conditions that were stored do not know where they stood in a text.  (Nor does
 * what a parallel worker gets.)
 */
static bool
was_stored(Node *call)
{
	return call && IsA(call, FuncExpr) && ((FuncExpr *) call)->location < 0;
}

/*
 * The same, remembered at the call site.  Only an argument that is a column
 * proves that the site belongs to one execution of one plan; others, such as
 * an expression of PL/pgSQL, outlive their statement and are asked each time.
 */
access_use *
access_of_new_call(FmgrInfo *flinfo)
{
	access_use *use = flinfo->fn_extra;
	access_set *set = access_of_statement();

	/* A row that names a dataset, and no dataset: better no answer than none. */
	if (set->complete && set->datasets == 0)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the catalogue of datasets is empty"),
						errdetail("There are rows of datasets, and no dataset that they could "
								  "belong to."),
						errhint("Register the datasets, or restore the catalogue that the rows "
								"came with.")));
	if (use == NULL)
	{
		use = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(access_use));
		use->forget.func = forget_use;
		use->forget.arg = use;
		MemoryContextRegisterResetCallback(flinfo->fn_mcxt, &use->forget);
		flinfo->fn_extra = use;
	}
	access_keep(set);
	forget_use(use);
	use->set = set;
	use->steady = flinfo->fn_expr && contain_var_clause(flinfo->fn_expr);
	use->counts = use->steady && usage_is_on() && was_stored(flinfo->fn_expr);
	return use;
}
