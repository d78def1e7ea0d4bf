/*
 * terrcarbon.c
 *		What happens when the library is loaded.
 */
#include "compat.h"

PG_MODULE_MAGIC;
