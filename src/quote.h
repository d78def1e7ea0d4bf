/*
 * quote.h
 *		What an error message may quote of what it was given.
 */
#ifndef TERRCARBON_QUOTE_H
#define TERRCARBON_QUOTE_H

#include "compat.h"

/* Longest quotation, in characters. */
#define QUOTE_MAX_CHARACTERS 100

/* The beginning of some bytes of text in the encoding of the database. */
static inline char *
quote_bytes(const char *data, int len)
{
	int kept = pg_mbcharcliplen(data, len, QUOTE_MAX_CHARACTERS);

	return psprintf("%.*s%s", kept, data, kept < len ? "..." : "");
}

/* The beginning of a text. */
static inline char *
quote_text(const text *t)
{
	return quote_bytes(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
}

/* The beginning of a string. */
static inline char *
quote_string(const char *s)
{
	return quote_bytes(s, strlen(s));
}

#endif /* TERRCARBON_QUOTE_H */
