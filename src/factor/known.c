/*
 * known.c
 *		The moment whose knowledge look-ups of factors and references use.
 *
 * It is a setting, so that it reaches parallel workers, and ends or is rolled
 * back with the transaction.
 */
#include "factor/known.h"

#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

TimestampTz known_moment = DT_NOEND;

static char *known_setting;

/* Accept a moment, or nothing for the present. */
static bool
check_known(char **newval, void **extra, GucSource source)
{
	TimestampTz moment = DT_NOEND;
	TimestampTz *kept;

	if (**newval != '\0')
	{
		char work[MAXDATELEN + MAXDATEFIELDS];
		char *field[MAXDATEFIELDS];
		int ftype[MAXDATEFIELDS];
		int nf;
		int dtype = -1;
		int tz;
		fsec_t fsec;
		struct pg_tm tm;

		if (ParseDateTime(*newval, work, sizeof(work), field, ftype, MAXDATEFIELDS, &nf) != 0 ||
			decode_date_time(field, ftype, nf, &dtype, &tm, &fsec, &tz) != 0)
			dtype = -1;
		if (dtype == DTK_EARLY)
			moment = DT_NOBEGIN;
		else if (dtype != DTK_LATE &&
				 (dtype != DTK_DATE || tm2timestamp(&tm, fsec, &tz, &moment) != 0))
		{
			GUC_check_errdetail("\"%s\" is not a moment.", *newval);
			GUC_check_errhint("Write it as, for example, 2025-01-31 12:00:00+01.");
			return false;
		}
	}
	kept = guc_extra_alloc(sizeof(TimestampTz));
	if (kept == NULL)
		return false;
	*kept = moment;
	*extra = kept;
	return true;
}

static void
assign_known(const char *newval, void *extra)
{
	known_moment = *(TimestampTz *) extra;
}

/* Define this module's setting. */
void
known_define_settings(void)
{
	DefineCustomStringVariable(
		"terrcarbon.as_known",
		"Look-ups of factors and stock references use what was recorded and not superseded at this "
		"moment.",
		"Empty for the present. The function as_known sets it until the end of the transaction.",
		&known_setting, "", PGC_USERSET, 0, check_known, assign_known, NULL);
}

/*
 * as_known(timestamptz) -> timestamptz: until the end of the transaction, look-ups
 * use what was known at this moment; NULL for the present.
 */
PG_FUNCTION_INFO_V1(as_known);
Datum
as_known(PG_FUNCTION_ARGS)
{
	(void) set_config_option("terrcarbon.as_known",
							 PG_ARGISNULL(0) ? "" : timestamptz_to_str(PG_GETARG_TIMESTAMPTZ(0)),
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(PG_GETARG_TIMESTAMPTZ(0));
}

/* known_at() -> timestamptz: the moment set by as_known, else infinity. */
PG_FUNCTION_INFO_V1(known_at);
Datum
known_at(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(known_moment);
}
