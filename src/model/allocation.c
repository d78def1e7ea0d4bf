/*
 * allocation.c
 *		allocated_sum: a sum that refuses to mix rules of allocation.
 *
 * The rule is the tag of the state, so partial sums of different rules cannot
 * be combined either.
 */
#include "compat.h"

#include "check.h"
#include "model/allocation.h"
#include "name_list.h"
#include "numeric/sum_state.h"

const char *const allocation_names[ALLOCATIONS] = { "territorial", "induced", "resident",
													"visitor" };

static const name_list allocations = { "allocation", lengthof(allocation_names), allocation_names };

/* allocations(): the rules by which trips are allocated. */
PG_FUNCTION_INFO_V1(allocation_list);
Datum
allocation_list(PG_FUNCTION_ARGS)
{
	return name_list_array(&allocations);
}

/* Error 22023 unless a tag is a rule, or none yet: a state may come from anywhere. */
static void
check_tag(int32 tag)
{
	if (tag < 0 || tag > lengthof(allocation_names))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state is not one of allocated_sum"), errdetail("It has tag %d.", tag)));
}

/* allocated_sum_step(sum_state, text, float8): add one amount. */
PG_FUNCTION_INFO_V1(allocated_sum_step);
Datum
allocated_sum_step(PG_FUNCTION_ARGS)
{
	sum_state *state = sum_state_transition(fcinfo, ALLOCATED_SUM);
	double amount;
	int32 tag;

	if (PG_ARGISNULL(2))
		PG_RETURN_POINTER(state);
	if (PG_ARGISNULL(1))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("an amount needs its allocation")));
	amount = require_finite(PG_GETARG_FLOAT8(2), "amount");
	/* The tag of a rule is its place in the list, from 1. */
	tag = name_list_argument(&allocations, PG_GETARG_TEXT_PP(1)) + 1;
	check_tag(state->tag);
	if (state->tag != 0 && state->tag != tag)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot add amounts of different allocations"),
						errdetail("One is %s, another %s.", allocation_names[state->tag - 1],
								  allocation_names[tag - 1]),
						errhint("Group by allocation, or choose one.")));
	state->tag = tag;
	sum_state_add(&state, 0, amount);
	PG_RETURN_POINTER(state);
}

/* allocated_sum_final(sum_state): the total, NULL when nothing was added. */
PG_FUNCTION_INFO_V1(allocated_sum_final);
Datum
allocated_sum_final(PG_FUNCTION_ARGS)
{
	sum_state *state;
	sum_entry *entry;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = sum_state_argument(fcinfo, 0, ALLOCATED_SUM);
	check_tag(state->tag);
	entry = sum_state_find(state, 0);
	if (entry == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(sum_entry_value(entry));
}
