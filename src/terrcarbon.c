/*
 * terrcarbon.c
 *		What happens when the library is loaded.
 */
#include "compat.h"

#include "account/deposit.h"
#include "account/jit.h"
#include "factor/cache.h"
#include "geometry/cache.h"
#include "licence/access.h"
#include "licence/usage.h"
#include "quantity/ghg.h"
#include "utils/guc.h"

TERRCARBON_MODULE_MAGIC;

/* Declared by fmgr.h from 16 on. */
extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	ghg_define_settings();
	deposit_define_settings();
	access_init();
	guard_init();
	jit_init();
	usage_init();
	factor_init();
	geometry_define_settings();
	MarkGUCPrefixReserved("terrcarbon");
}
