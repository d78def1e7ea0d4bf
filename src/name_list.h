/*
 * name_list.h
 *		A closed list of names: one home for what checks, look-ups, hints and docs
 *		say of it.
 */
#ifndef TERRCARBON_NAME_LIST_H
#define TERRCARBON_NAME_LIST_H

#include "compat.h"

typedef struct name_list
{
	const char *what; /* what a name is, for messages */
	int n;
	const char *const *names;
} name_list;

extern int name_list_find(const name_list *list, const char *name, int len);
extern int name_list_argument(const name_list *list, const text *name);
extern char *name_list_text(const name_list *list);
extern Datum name_list_array(const name_list *list);

#endif /* TERRCARBON_NAME_LIST_H */
