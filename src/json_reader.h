/*
 * json_reader.h
 *		The JSON text form of this extension's types, read and written.
 */
#ifndef TERRCARBON_JSON_READER_H
#define TERRCARBON_JSON_READER_H

#include "compat.h"

#include "lib/stringinfo.h"

/*
 * Called for every number in the object.  For a member of the object itself,
 * parent is NULL; one level deeper, parent is the member that holds it, and key
 * is NULL inside an array.  Entering that level is told first, by a NaN without
 * key, which no JSON number can be: so empty and repeated members are noticed.
 * Reports what it refuses with errsave() and returns false.
 */
typedef bool (*json_number_fn)(void *arg, const char *parent, const char *key, double value,
							   Node *escontext);

extern bool read_json_numbers(char *text, const char *type_name, const char *example,
							  json_number_fn take, void *arg, Node *escontext);
extern bool read_json_flat_numbers(char *text, const char *type_name, const char *example,
								   json_number_fn take, void *arg, Node *escontext);
extern void append_json_number(StringInfo buf, double value);

#endif /* TERRCARBON_JSON_READER_H */
