/*
 * door.c
 *		Errors of a row written to a table of deposits that say what is wrong.
 *
 * Row security hides the DETAIL of a broken CHECK, key or policy, since the row
 * might be one the reader may not see.  Who writes a row knows it, so a trigger
 * looks first: it asks the conditions of the table, what may not be empty and whether
 * codes exist, and on a fault terrcarbon_internal.row_fault tells the value, the rule
 * and what may have been meant, as deposit does.  What guards the table remains its constraints
 * and policies; what the trigger leaves out (conditions that cost much, such as
 * the validity of a geometry) they refuse a moment later.
 */
#include "compat.h"

#include "access/attnum.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "licence/access.h"

/* A condition that costs more than so many operators is left to the constraint. */
#define DEAR 100

/* Codes that were found are remembered for the statement, up to this number. */
#define MAX_REMEMBERED 20000

/* Longest code that is remembered, in bytes. */
#define MAX_CODE 61

typedef struct condition
{
	const char *name;
	Node *expression;
} condition;

/* A column whose value must be in a column of another table. */
typedef struct coded_column
{
	AttrNumber place;
	Oid table;
	AttrNumber column;
	Oid index;
	int length; /* of the code found last; -1: none yet */
	char last[MAX_CODE];
} coded_column;

typedef struct seen_code
{
	AttrNumber place;
	char code[MAX_CODE + 1];
} seen_code;

/* What a statement needs to know of the table it writes to. */
typedef struct door
{
	EState *estate;
	int nconditions;
	condition *conditions;
	ExprState *all_conditions; /* NULL: there are none */
	Bitmapset *required;       /* columns that may not be empty */
	int ncodes;
	coded_column *codes;
	HTAB *seen;
	AttrNumber dataset; /* 0: none, or row security does not apply */
	int32 allowed;      /* a dataset that may be deposited in; 0: none yet */
} door;

/* An index that finds rows by one column; InvalidOid: there is none. */
static Oid
index_on(Oid table, AttrNumber column)
{
	Relation rel = table_open(table, AccessShareLock);
	List *indexes = RelationGetIndexList(rel);
	Oid found = InvalidOid;
	ListCell *cell;

	foreach (cell, indexes)
	{
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		Form_pg_index form = index->rd_index;

		if (form->indisvalid && form->indkey.values[0] == column &&
			index->rd_rel->relam == BTREE_AM_OID && RelationGetIndexPredicate(index) == NIL)
			found = RelationGetRelid(index);
		index_close(index, AccessShareLock);
		if (OidIsValid(found))
			break;
	}
	list_free(indexes);
	table_close(rel, AccessShareLock);
	return found;
}

/* Has the table a column of this type, and may the user read it? */
static void
add_code(door *self, Relation rel, AttrNumber place, Oid table, AttrNumber column)
{
	Oid index;

	if (TupleDescAttr(RelationGetDescr(rel), place - 1)->atttypid != TEXTOID ||
		get_atttype(table, column) != TEXTOID ||
		pg_class_aclcheck(table, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		return;
	index = index_on(table, column);
	if (!OidIsValid(index))
		return;
	self->codes[self->ncodes++] = (coded_column){ place, table, column, index };
}

/*
 * Columns with a foreign key, and the one that names a unit.  A factor may come
 * after the rows that name it.
 */
static void
find_codes(door *self, Relation rel)
{
	List *keys = RelationGetFKeyList(rel);
	AttrNumber unit = get_attnum(RelationGetRelid(rel), "unit");
	Oid units = get_relname_relid("unit", get_namespace_oid("terrcarbon", false));
	ListCell *cell;

	self->codes = palloc(sizeof(coded_column) * (list_length(keys) + 1));
	foreach (cell, keys)
	{
		ForeignKeyCacheInfo *key = lfirst(cell);
		HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(key->conoid));
		bool at_once = HeapTupleIsValid(tuple) &&
					   !((Form_pg_constraint) GETSTRUCT(tuple))->condeferrable;

		if (HeapTupleIsValid(tuple))
			ReleaseSysCache(tuple);
		if (at_once && key->nkeys == 1)
			add_code(self, rel, key->conkey[0], key->confrelid, key->confkey[0]);
	}
	if (unit > 0 && OidIsValid(units))
		add_code(self, rel, unit, units, get_attnum(units, "code"));
}

/* Does a condition read a column that is generated, which comes later? */
static bool
reads_generated(Node *expression, TupleDesc desc)
{
	Bitmapset *columns = NULL;
	int at = -1;

	pull_varattnos(expression, 1, &columns);
	while ((at = bms_next_member(columns, at)) >= 0)
	{
		AttrNumber place = at + FirstLowInvalidHeapAttributeNumber;

		if (place <= 0 || TupleDescAttr(desc, place - 1)->attgenerated)
			return true;
	}
	return false;
}

/* Columns that are NOT NULL, but for those that are generated. */
static Bitmapset *
find_required(TupleDesc desc)
{
	Bitmapset *required = NULL;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		if (column->attnotnull && !column->attisdropped && !column->attgenerated)
			required = bms_add_member(required, column->attnum);
	}
	return required;
}

/* The CHECKs of a table that are cheap to ask. */
static void
find_conditions(door *self, Relation rel)
{
	TupleDesc desc = RelationGetDescr(rel);
	TupleConstr *constr = desc->constr;
	int n = constr ? constr->num_check : 0;

	List *all = NIL;

	self->conditions = palloc(sizeof(condition) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		Node *expression = stringToNode(constr->check[i].ccbin);
		QualCost cost;

		cost_qual_eval_node(&cost, expression, NULL);
		if (cost.startup + cost.per_tuple > DEAR * cpu_operator_cost ||
			!CHECK_IS_ENFORCED(&constr->check[i]) || reads_generated(expression, desc))
			continue;
		self->conditions[self->nconditions].name = pstrdup(constr->check[i].ccname);
		self->conditions[self->nconditions].expression = expression;
		self->nconditions++;
		all = lappend(all, copyObject(expression));
	}
	if (all != NIL)
		self->all_conditions = ExecPrepareExpr(make_ands_explicit(all), self->estate);
}

static door *
open_door(Relation rel, MemoryContext context)
{
	MemoryContext before = MemoryContextSwitchTo(context);
	door *self = palloc0(sizeof(door));
	HASHCTL info = { .keysize = sizeof(seen_code),
					 .entrysize = sizeof(seen_code),
					 .hcxt = context };

	self->estate = CreateExecutorState();
	find_conditions(self, rel);
	find_codes(self, rel);
	self->required = find_required(RelationGetDescr(rel));
	self->seen = hash_create("codes of deposits", 256, &info,
							 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	if (check_enable_rls(RelationGetRelid(rel), InvalidOid, true) == RLS_ENABLED)
		self->dataset = get_attnum(RelationGetRelid(rel), "dataset_id");
	MemoryContextSwitchTo(before);
	return self;
}

/* Is there a row with this code? */
static bool
is_code(const coded_column *column, Datum code)
{
	Relation table = table_open(column->table, AccessShareLock);
	Relation index = index_open(column->index, AccessShareLock);
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	ScanKeyData key;
	SysScanDesc scan;
	bool found;

	ScanKeyInit(&key, column->column, BTEqualStrategyNumber, F_TEXTEQ, code);
	key.sk_collation = index->rd_indcollation[0];
	index_close(index, AccessShareLock);
	scan = systable_beginscan(table, column->index, true, snapshot, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(table, AccessShareLock);
	return found;
}

/* The same, remembering what was found in this statement. */
static bool
is_known_code(door *self, coded_column *column, Datum code)
{
	text *value = DatumGetTextPP(code);
	int length = VARSIZE_ANY_EXHDR(value);
	seen_code entry = { .place = column->place };

	if (length > MAX_CODE)
		return is_code(column, PointerGetDatum(value));
	if (length == column->length && memcmp(column->last, VARDATA_ANY(value), length) == 0)
		return true;
	memcpy(entry.code, VARDATA_ANY(value), length);
	if (!hash_search(self->seen, &entry, HASH_FIND, NULL))
	{
		if (!is_code(column, PointerGetDatum(value)))
			return false;
		if (hash_get_num_entries(self->seen) < MAX_REMEMBERED)
			hash_search(self->seen, &entry, HASH_ENTER, NULL);
	}
	memcpy(column->last, VARDATA_ANY(value), length);
	column->length = length;
	return true;
}

/* One of the texts that row_fault gives; NULL: none. */
static char *
fault_part(ArrayType *fault, int number)
{
	bool isnull;
	Datum part = array_get_element(PointerGetDatum(fault), 1, &number, -1, -1, false, TYPALIGN_INT,
								   &isnull);

	return isnull ? NULL : TextDatumGetCString(part);
}

/* Raises the error: of a condition, of a column or, without both, of the dataset. */
static void
refuse_row(Relation rel, TupleTableSlot *slot, const char *rule, AttrNumber place)
{
	static const char *const query = "SELECT terrcarbon_internal.row_fault($1, $2, $3, $4, $5)";
	const char *account = get_namespace_name(RelationGetNamespace(rel));
	Oid types[] = { NAMEOID, REGCLASSOID, TEXTOID, TEXTOID, TEXTOID };
	char *row = OidOutputFunctionCall(F_RECORD_OUT, ExecFetchSlotHeapTupleDatum(slot));
	char *column = place ? get_attname(RelationGetRelid(rel), place, false) : NULL;
	Datum args[] = { DirectFunctionCall1(namein, CStringGetDatum(account)),
					 ObjectIdGetDatum(RelationGetRelid(rel)), CStringGetTextDatum(row),
					 rule ? CStringGetTextDatum(rule) : (Datum) 0,
					 column ? CStringGetTextDatum(column) : (Datum) 0 };
	char nulls[] = { ' ', ' ', ' ', rule ? ' ' : 'n', column ? ' ' : 'n', '\0' };
	bool isnull;
	Datum result;
	ArrayType *fault;
	const char *state;
	const char *detail;
	const char *hint;
	const char *named;

	SPI_connect();
	if (SPI_execute_with_args(query, lengthof(types), types, args, nulls, true, 1) !=
			SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "row_fault gave nothing");
	result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (isnull)
		elog(ERROR, "row_fault gave NULL");
	fault = DatumGetArrayTypeP(result);
	state = fault_part(fault, 1);
	detail = fault_part(fault, 3);
	hint = fault_part(fault, 4);
	named = fault_part(fault, 5);
	ereport(ERROR, (errcode(MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4])),
					errmsg_internal("%s", fault_part(fault, 2)),
					detail ? errdetail_internal("%s", detail) : 0, hint ? errhint("%s", hint) : 0,
					rule ? errtableconstraint(rel, rule) : errtable(rel),
					named ? err_generic_string(PG_DIAG_COLUMN_NAME, named) : 0));
}

/* Raises the error of the first condition that a row breaks. */
static void
refuse_condition(door *self, Relation rel, TupleTableSlot *slot, ExprContext *context)
{
	for (int i = 0; i < self->nconditions; i++)
	{
		Expr *expression = (Expr *) self->conditions[i].expression;

		if (!ExecCheck(ExecPrepareExpr(expression, self->estate), context))
			refuse_row(rel, slot, self->conditions[i].name, 0);
	}
}

/* Was this column written by an UPDATE that left it as it was? */
static bool
is_unchanged(TupleTableSlot *former, AttrNumber place, Datum value)
{
	bool isnull;
	Datum before;

	if (former == NULL)
		return false;
	before = slot_getattr(former, place, &isnull);
	return !isnull && DatumGetBool(DirectFunctionCall2Coll(texteq, C_COLLATION_OID, before, value));
}

/* The first fault of a row, if it has any. */
static void
check_slot(door *self, Relation rel, TupleTableSlot *slot, TupleTableSlot *former)
{
	ExprContext *context = GetPerTupleExprContext(self->estate);
	int place = -1;
	bool isnull;

	if (self->dataset)
	{
		int32 dataset = DatumGetInt32(slot_getattr(slot, self->dataset, &isnull));

		if (isnull ||
			(dataset != self->allowed && !access_deposits(access_of_statement(), dataset)))
			refuse_row(rel, slot, NULL, 0);
		self->allowed = dataset;
	}
	for (int i = 0; i < self->ncodes; i++)
	{
		Datum code = slot_getattr(slot, self->codes[i].place, &isnull);

		if (!isnull && !is_unchanged(former, self->codes[i].place, code) &&
			!is_known_code(self, &self->codes[i], code))
			refuse_row(rel, slot, NULL, self->codes[i].place);
	}
	while ((place = bms_next_member(self->required, place)) >= 0)
		if (slot_attisnull(slot, place))
			refuse_row(rel, slot, NULL, place);
	context->ecxt_scantuple = slot;
	if (self->all_conditions && !ExecCheck(self->all_conditions, context))
		refuse_condition(self, rel, slot, context);
	ResetExprContext(context);
}

/* Trigger, BEFORE INSERT OR UPDATE: a row that does not fit is refused in words. */
PG_FUNCTION_INFO_V1(check_row);
Datum
check_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	door *self = fcinfo->flinfo->fn_extra;
	bool update;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("check_row is a trigger before INSERT or UPDATE of a row")));
	if (self == NULL)
	{
		self = open_door(trigger->tg_relation, fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = self;
	}
	update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	check_slot(self, trigger->tg_relation, update ? trigger->tg_newslot : trigger->tg_trigslot,
			   update ? trigger->tg_trigslot : NULL);
	PG_RETURN_POINTER(update ? trigger->tg_newtuple : trigger->tg_trigtuple);
}
