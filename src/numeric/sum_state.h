/*
 * sum_state.h
 *		Transition state shared by the aggregates: exact sums under int4 keys.
 *
 * What a key means is the aggregate's own business: a gas, a carbon pool, a
 * year.  The state is one flat varlena, so it is its own datum; transition
 * functions change it in place inside an aggregate's memory context.
 */
#ifndef TERRCARBON_SUM_STATE_H
#define TERRCARBON_SUM_STATE_H

#include "compat.h"

#include "numeric/exact_sum.h"
#include "lib/stringinfo.h"

/*
 * The aggregate a state belongs to: its functions refuse the states of others.
 * Numbers are written to disk: append only.
 */
typedef enum sum_kind
{
	SUM_OF_GHG = 1,
	SUM_OF_CARBON_STOCK,
	SUM_OF_TRAJECTORY,
	TRAJECTORY_AGG,
	ALLOCATED_SUM,
	SUM_KINDS
} sum_kind;

typedef struct sum_entry
{
	int32 key;
	int32 reserved; /* zero */
	int64 count;    /* values added under this key */
	exact_sum sum;
} sum_entry;

typedef struct sum_state
{
	int32 vl_len_; /* varlena header, do not touch directly */
	int32 tag;     /* a property all summands share, 0 = none */
	int64 rows;    /* rows seen, whatever their keys */
	int32 nentries;
	int32 kind;                               /* whose state it is, a sum_kind */
	sum_entry entries[FLEXIBLE_ARRAY_MEMBER]; /* ascending keys */
} sum_state;

extern sum_state *sum_state_transition(FunctionCallInfo fcinfo, sum_kind kind);
extern sum_state *sum_state_argument(FunctionCallInfo fcinfo, int argno, sum_kind kind);
extern void sum_state_add(sum_state **state, int32 key, double value);
extern void sum_state_subtract(sum_state *state, int32 key, double value);
extern void sum_state_count(sum_state *state, int64 rows);
extern void sum_state_merge(sum_state **state, const sum_state *other);
extern sum_entry *sum_state_find(sum_state *state, int32 key);
extern double sum_entry_value(const sum_entry *entry);

/* The text form that every state type has. */
extern void state_text_read(Datum text, StringInfo buf);
extern char *state_text_write(const StringInfoData *buf);

/*
 * The functions of a state type: text forms in hexadecimal and binary forms, on the
 * file's read_state(buf, sqlstate), write_state(buf, state) and
 * state_argument(fcinfo, argno).
 */
#define STATE_FORMS(type)                                                                          \
	PG_FUNCTION_INFO_V1(type##_in);                                                                \
	Datum type##_in(PG_FUNCTION_ARGS)                                                              \
	{                                                                                              \
		StringInfoData buf;                                                                        \
		state_text_read(PG_GETARG_DATUM(0), &buf);                                                 \
		PG_RETURN_POINTER(read_state(&buf, ERRCODE_INVALID_TEXT_REPRESENTATION));                  \
	}                                                                                              \
	PG_FUNCTION_INFO_V1(type##_out);                                                               \
	Datum type##_out(PG_FUNCTION_ARGS)                                                             \
	{                                                                                              \
		StringInfoData buf;                                                                        \
		initStringInfo(&buf);                                                                      \
		write_state(&buf, state_argument(fcinfo, 0));                                              \
		PG_RETURN_CSTRING(state_text_write(&buf));                                                 \
	}                                                                                              \
	PG_FUNCTION_INFO_V1(type##_recv);                                                              \
	Datum type##_recv(PG_FUNCTION_ARGS)                                                            \
	{                                                                                              \
		PG_RETURN_POINTER(                                                                         \
			read_state((StringInfo) PG_GETARG_POINTER(0), ERRCODE_INVALID_BINARY_REPRESENTATION)); \
	}                                                                                              \
	PG_FUNCTION_INFO_V1(type##_send);                                                              \
	Datum type##_send(PG_FUNCTION_ARGS)                                                            \
	{                                                                                              \
		StringInfoData buf;                                                                        \
		pq_begintypsend(&buf);                                                                     \
		write_state(&buf, state_argument(fcinfo, 0));                                              \
		PG_RETURN_BYTEA_P(pq_endtypsend(&buf));                                                    \
	}                                                                                              \
	extern int no_such_variable

#endif /* TERRCARBON_SUM_STATE_H */
