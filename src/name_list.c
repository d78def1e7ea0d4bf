/*
 * name_list.c
 *		Closed lists of names.
 */
#include "name_list.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "quote.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* The place of a name, from 0; -1 when it is not in the list. */
int
name_list_find(const name_list *list, const char *name, int len)
{
	for (int i = 0; i < list->n; i++)
	{
		if (strlen(list->names[i]) == len && memcmp(list->names[i], name, len) == 0)
			return i;
	}
	return -1;
}

/* The place of a name given as an argument.  Error 22023 when it is not in the list. */
int
name_list_argument(const name_list *list, const text *name)
{
	int found = name_list_find(list, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (found < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown %s \"%s\"", list->what, quote_text(name)),
						errhint("It is one of %s.", name_list_text(list))));
	return found;
}

/* The names, for a message. */
char *
name_list_text(const name_list *list)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < list->n; i++)
		appendStringInfo(&buf, "%s%s", i > 0 ? ", " : "", list->names[i]);
	return buf.data;
}

/* The names as text[], for checks and look-ups in SQL. */
Datum
name_list_array(const name_list *list)
{
	Datum *elements = palloc(list->n * sizeof(Datum));

	for (int i = 0; i < list->n; i++)
		elements[i] = CStringGetTextDatum(list->names[i]);
	return PointerGetDatum(construct_array(elements, list->n, TEXTOID, -1, false, TYPALIGN_INT));
}
