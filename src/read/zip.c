/*
 * zip.c
 *		zip_file(): a ZIP archive of one stored file, as QGIS keeps its projects.
 */
#include "compat.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/pg_crc.h"

#define DIRECTORY_ENTRY 46 /* bytes, without the name */

/* Numbers in a ZIP are little-endian. */
static void
append16(StringInfo buf, uint16 value)
{
	appendStringInfoCharMacro(buf, value & 0xFF);
	appendStringInfoCharMacro(buf, value >> 8);
}

static void
append32(StringInfo buf, uint32 value)
{
	append16(buf, value & 0xFFFF);
	append16(buf, value >> 16);
}

/* What the header before the file and the directory after it have in common. */
static void
append_entry(StringInfo buf, uint32 crc, int size, int name_size)
{
	append16(buf, 20);     /* version that can read it */
	append16(buf, 0x0800); /* the name is in UTF-8 */
	append16(buf, 0);      /* stored */
	append16(buf, 0);      /* time, 00:00 */
	append16(buf, 0x21);   /* date, 1980-01-01 */
	append32(buf, crc);
	append32(buf, size);
	append32(buf, size);
	append16(buf, name_size);
	append16(buf, 0); /* no extra field */
}

/* zip_file(name, content) */
PG_FUNCTION_INFO_V1(zip_file);
Datum
zip_file(PG_FUNCTION_ARGS)
{
	text *name = PG_GETARG_TEXT_PP(0);
	bytea *content = PG_GETARG_BYTEA_PP(1);
	int name_size = VARSIZE_ANY_EXHDR(name);
	int size = VARSIZE_ANY_EXHDR(content);
	StringInfoData buf;
	pg_crc32 crc;
	int directory;

	if (name_size < 1 || name_size > 255)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("name of a file has %d bytes", name_size), errhint("It has 1 to 255.")));
	INIT_TRADITIONAL_CRC32(crc);
	COMP_TRADITIONAL_CRC32(crc, VARDATA_ANY(content), size);
	FIN_TRADITIONAL_CRC32(crc);

	initStringInfo(&buf);
	append32(&buf, 0x04034b50);
	append_entry(&buf, crc, size, name_size);
	appendBinaryStringInfo(&buf, VARDATA_ANY(name), name_size);
	appendBinaryStringInfo(&buf, VARDATA_ANY(content), size);

	directory = buf.len;
	append32(&buf, 0x02014b50);
	append16(&buf, 20); /* version that made it */
	append_entry(&buf, crc, size, name_size);
	append16(&buf, 0); /* no comment */
	append16(&buf, 0); /* disk */
	append16(&buf, 0); /* attributes */
	append32(&buf, 0);
	append32(&buf, 0); /* offset of the header */
	appendBinaryStringInfo(&buf, VARDATA_ANY(name), name_size);

	append32(&buf, 0x06054b50);
	append16(&buf, 0); /* disk */
	append16(&buf, 0);
	append16(&buf, 1); /* one entry */
	append16(&buf, 1);
	append32(&buf, DIRECTORY_ENTRY + name_size);
	append32(&buf, directory);
	append16(&buf, 0); /* no comment */
	PG_RETURN_BYTEA_P((bytea *) cstring_to_text_with_len(buf.data, buf.len));
}
