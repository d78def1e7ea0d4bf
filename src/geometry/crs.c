/*
 * crs.c
 *		The coordinate reference system behind a SRID: PostGIS's table
 *		spatial_ref_sys, read once per SRID and session.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "geometry/crs.h"

/* Systems kept open; each takes some 200 kB. */
#define KEPT_SYSTEMS 16

static struct
{
	int32_t srid;
	ground *ground; /* NULL = free */
	uint64 last_used;
} kept[KEPT_SYSTEMS];

static uint64 uses = 0;

static char *
one_text(SPITupleTable *table, int column)
{
	char *value = SPI_getvalue(table->vals[0], table->tupdesc, column);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Opens the definition of a SRID; the best of the row that PROJ understands. */
static ground *
open_srid(int32_t srid)
{
	ground *g = NULL;
	char reason[256] = "its row is empty";
	char *schema;
	char *query;
	Oid argtype = INT4OID;
	Datum arg = Int32GetDatum(srid);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");

	/* The table's own schema, not whatever search_path finds first. */
	if (SPI_execute("SELECT n.nspname FROM pg_catalog.pg_extension e"
					" JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace"
					" WHERE e.extname OPERATOR(pg_catalog.=) 'postgis'",
					true, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "extension postgis is missing");
	schema = one_text(SPI_tuptable, 1);

	query = psprintf("SELECT pg_catalog.concat(auth_name, ':', auth_srid), srtext, proj4text"
					 " FROM %s.spatial_ref_sys WHERE srid OPERATOR(pg_catalog.=) $1",
					 quote_identifier(schema));
	if (SPI_execute_with_args(query, 1, &argtype, &arg, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "reading spatial_ref_sys failed");
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown SRID %d", srid),
				 errdetail("Table spatial_ref_sys has no such row."),
				 errhint("Correct it with ST_SetSRID, or add the system to spatial_ref_sys.")));
	for (int column = 1; column <= 3 && g == NULL; column++)
	{
		char *definition = one_text(SPI_tuptable, column);

		if (definition != NULL)
			g = ground_open(definition, reason, sizeof(reason));
	}
	if (g == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot measure on the ground in SRID %d", srid),
						errdetail("PROJ says: %s.", reason),
						errhint("Transform to a projected or geographic system, or ask for plain "
								"units with planar => true.")));
	SPI_finish();
	return g;
}

/*
 * The ground under a SRID; NULL for SRID 0, a plane.  Valid until the next call.
 *
 * A row changed in spatial_ref_sys is seen by new sessions only, as in PostGIS.
 */
ground *
crs_ground(int32_t srid)
{
	int oldest = 0;
	ground *g;

	if (srid == 0)
		return NULL;
	for (int i = 0; i < KEPT_SYSTEMS; i++)
		if (kept[i].ground != NULL && kept[i].srid == srid)
		{
			kept[i].last_used = ++uses;
			return kept[i].ground;
		}

	g = open_srid(srid);
	for (int i = 0; i < KEPT_SYSTEMS; i++)
		if (kept[i].ground == NULL || kept[i].last_used < kept[oldest].last_used)
		{
			oldest = i;
			if (kept[i].ground == NULL)
				break;
		}
	if (kept[oldest].ground != NULL)
		ground_close(kept[oldest].ground);
	kept[oldest].srid = srid;
	kept[oldest].ground = g;
	kept[oldest].last_used = ++uses;
	return g;
}
