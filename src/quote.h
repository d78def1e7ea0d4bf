/*
 * quote.h
 *		What an error message may quote of what it was given.
 */
#ifndef TERRCARBON_QUOTE_H
#define TERRCARBON_QUOTE_H

#include "compat.h"

/* Longest quotation, in characters. */
#define QUOTE_MAX_CHARACTERS 100

/* The beginning of a text. */
static inline char *
quote_text(const text *t)
{
	const char *data = VARDATA_ANY(t);
	int len = VARSIZE_ANY_EXHDR(t);
	int kept = pg_mbcharcliplen(data, len, QUOTE_MAX_CHARACTERS);

	return psprintf("%.*s%s", kept, data, kept < len ? "..." : "");
}

#endif /* TERRCARBON_QUOTE_H */
