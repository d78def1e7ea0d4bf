/*
 * compat.h
 *		Everything that differs between the supported PostgreSQL versions.
 *
 * The rest of the code is written for the newest server; this header makes the
 * older ones look like it.
 */
#ifndef TERRCARBON_COMPAT_H
#define TERRCARBON_COMPAT_H

#include "postgres.h"

#include "common/jsonapi.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "nodes/nodes.h"

#if PG_VERSION_NUM < 150000
#error "terrcarbon needs PostgreSQL 15 or later"
#endif

/* From 18 on a library says its name and version; see pg_get_loaded_modules(). */
#if PG_VERSION_NUM >= 180000
#define TERRCARBON_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "terrcarbon", .version = TERRCARBON_VERSION)
#else
#define TERRCARBON_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* Varlena macros moved to a header of their own in 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/*
 * Soft errors came in 16.  Before, saving an error is throwing it, so code that
 * reports through an escontext works unchanged.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#else
#define errsave(escontext, ...)      \
	do                               \
	{                                \
		(void) (escontext);          \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#define ereturn(escontext, dummy, ...)   \
	do                                   \
	{                                    \
		errsave(escontext, __VA_ARGS__); \
		return dummy;                    \
	} while (0)
#define SOFT_ERROR_OCCURRED(escontext) ((void) (escontext), false)
#endif

/* JSON semantic actions return a status from 16 on. */
#if PG_VERSION_NUM >= 160000
typedef JsonParseErrorType json_action;
#define JSON_ACTION_OK return JSON_SUCCESS
#else
typedef void json_action;
#define JSON_ACTION_OK return
#endif

/* pq_sendcountedtext() lost its last argument in 17. */
#if PG_VERSION_NUM >= 170000
#define send_counted_text(buf, text, len) pq_sendcountedtext(buf, text, len)
#else
#define send_counted_text(buf, text, len) pq_sendcountedtext(buf, text, len, false)
#endif

static inline JsonLexContext *
make_json_lexer(char *text, int len)
{
#if PG_VERSION_NUM >= 170000
	return makeJsonLexContextCstringLen(NULL, text, len, GetDatabaseEncoding(), true);
#else
	return makeJsonLexContextCstringLen(text, len, GetDatabaseEncoding(), true);
#endif
}

/* Decoding a date has one more result, of no interest here, from 16 on. */
#if PG_VERSION_NUM >= 160000
#define decode_date_time(field, ftype, nf, dtype, tm, fsec, tz) \
	DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tz, &(DateTimeErrorExtra){ 0 })
#else
#define decode_date_time(field, ftype, nf, dtype, tm, fsec, tz) \
	DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tz)
#endif

/* LockHeldByMe learned to accept stronger locks in 17. */
#if PG_VERSION_NUM >= 170000
#define lock_held_by_me(tag, mode) LockHeldByMe(tag, mode, true)
#else
#define lock_held_by_me(tag, mode) LockHeldByMe(tag, mode)
#endif

/* index_beginscan() takes a place for counts from 18 on. */
#if PG_VERSION_NUM >= 180000
#define begin_index_scan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define begin_index_scan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* ExecutorRun() lost its last argument in 18. */
#if PG_VERSION_NUM >= 180000
#define EXECUTE_ONCE_PARAMETER
#define EXECUTE_ONCE
#else
#define EXECUTE_ONCE_PARAMETER , bool execute_once
#define EXECUTE_ONCE           , execute_once
#endif

/* From 18 on a CHECK may be there without being enforced. */
#if PG_VERSION_NUM >= 180000
#define CHECK_IS_ENFORCED(check) ((check)->ccenforced)
#else
#define CHECK_IS_ENFORCED(check) true
#endif

/*
 * What a setting's check hook hands to its assign hook is freed by guc.c, which
 * left malloc for an allocator of its own in 16.
 */
#if PG_VERSION_NUM >= 160000
#define guc_extra_alloc(size) guc_malloc(LOG, size)
#else
#define guc_extra_alloc(size) malloc(size)
#endif

#endif /* TERRCARBON_COMPAT_H */
