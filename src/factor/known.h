/*
 * known.h
 *		The moment whose knowledge look-ups of factors and references use.
 */
#ifndef TERRCARBON_KNOWN_H
#define TERRCARBON_KNOWN_H

#include "compat.h"

#include "datatype/timestamp.h"

/* Infinity: all that is known now. */
extern TimestampTz known_moment;

extern void known_define_settings(void);

#endif /* TERRCARBON_KNOWN_H */
