/*
 * reader.c
 *		Reads PostGIS geometries in place, trusting nothing.
 *
 * Layout, in the machine's byte order unless said otherwise:
 *
 *		uint32	varlena header
 *		3 bytes	SRID, 21 bits, most significant byte first
 *		1 byte	flags
 *		8 bytes	more flags, version 2 with FLAG_EXTENDED only
 *		floats	bounding box, low and high for each dimension, with FLAG_BOX only
 *		then the geometry: uint32 type, uint32 count and
 *			point, line		count coordinate tuples
 *			polygon			count uint32 ring sizes, padded to 8 bytes, then the
 *							tuples of all rings
 *			collections		count geometries
 */
#include "geometry/reader.h"

#include <math.h>
#include <string.h>

#define FLAG_Z         0x01
#define FLAG_M         0x02
#define FLAG_BOX       0x04
#define FLAG_GEODETIC  0x08
#define FLAG_EXTENDED  0x10 /* version 2 */
#define FLAG_RESERVED  0x20 /* version 2 */
#define FLAG_VERSION_2 0x40
#define FLAG_FUTURE    0x80

static uint32_t
read_uint32(const unsigned char *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

/*
 * Reads the header of the size bytes of a datum, varlena header included (whose
 * own length field is not looked at).
 */
geom_error
geom_open(geom_reader *reader, const void *bytes, size_t size)
{
	const unsigned char *start = bytes;
	unsigned flags;
	unsigned dims;
	size_t offset = 8;

	/* The rest is written before it is read; this is done for every call. */
	reader->depth = 0;
	reader->parent_type[0] = 0;
	reader->rings_left = 0;
	if (size < offset)
		return GEOM_CORRUPT;

	reader->srid = (int32_t) start[4] << 16 | start[5] << 8 | start[6];
	reader->srid &= 0x1fffff;
	if (reader->srid & 0x100000)
		reader->srid -= 0x200000;

	flags = start[7];
	if (flags & FLAG_FUTURE || ((flags & FLAG_VERSION_2) && (flags & FLAG_RESERVED)))
		return GEOM_VERSION;
	if (flags & FLAG_GEODETIC)
		return GEOM_GEOGRAPHY;
	dims = 2 + ((flags & FLAG_Z) ? 1 : 0) + ((flags & FLAG_M) ? 1 : 0);
	reader->stride = dims * sizeof(double);
	if ((flags & FLAG_VERSION_2) && (flags & FLAG_EXTENDED))
		offset += 8;
	if (flags & FLAG_BOX)
		offset += 2 * dims * sizeof(float);
	if (size < offset + 2 * sizeof(uint32_t))
		return GEOM_CORRUPT;

	reader->next = start + offset;
	reader->end = start + size;
	reader->type = read_uint32(reader->next);
	return GEOM_OK;
}

/* Takes the points of a part, checks them and measures their box. */
static geom_error
take_points(geom_reader *reader, geom_part *part, uint32_t npoints)
{
	const unsigned char *point = reader->next;
	geom_box box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
	double doubt = 0;

	if ((size_t) (reader->end - reader->next) / reader->stride < npoints)
		return GEOM_CORRUPT;
	part->points = point;
	part->npoints = npoints;
	part->stride = reader->stride;
	for (uint32_t i = 0; i < npoints; i++, point += reader->stride)
	{
		double xy[2];

		memcpy(xy, point, sizeof(xy));
		/* zero times anything is zero, unless it is infinite or NaN */
		doubt += xy[0] * 0 + xy[1] * 0;
		box.xmin = xy[0] < box.xmin ? xy[0] : box.xmin;
		box.xmax = xy[0] > box.xmax ? xy[0] : box.xmax;
		box.ymin = xy[1] < box.ymin ? xy[1] : box.ymin;
		box.ymax = xy[1] > box.ymax ? xy[1] : box.ymax;
	}
	reader->next = point;
	part->box = box;
	return doubt == 0 ? GEOM_OK : GEOM_NOT_FINITE;
}

static geom_error
take_ring(geom_reader *reader, geom_part *part)
{
	uint32_t npoints = read_uint32(reader->ring_counts);
	geom_error error;

	reader->ring_counts += sizeof(uint32_t);
	reader->rings_left--;
	part->kind = reader->shell_read ? GEOM_PART_HOLE : GEOM_PART_SHELL;
	reader->shell_read = true;
	error = take_points(reader, part, npoints);
	if (error != GEOM_OK || npoints == 0)
		return error;
	if (npoints < 4)
		return GEOM_SHORT_RING;

	{
		double first[2];
		double last[2];

		memcpy(first, part->points, sizeof(first));
		memcpy(last, part->points + (size_t) (npoints - 1) * part->stride, sizeof(last));
		if (first[0] != last[0] || first[1] != last[1])
			return GEOM_UNCLOSED;
	}
	return GEOM_OK;
}

/* May a geometry of this type stand in a collection of that type? */
static bool
fits_in(uint32_t type, uint32_t parent)
{
	switch (parent)
	{
		case GEOM_MULTIPOINT:
			return type == GEOM_POINT;
		case GEOM_MULTILINE:
			return type == GEOM_LINE;
		case GEOM_MULTIPOLYGON:
			return type == GEOM_POLYGON;
		default:
			return true;
	}
}

/* Begins a polygon of so many rings, whose sizes come next; false if they are cut off. */
static bool
open_polygon(geom_reader *reader, uint32_t nrings)
{
	size_t room = (size_t) (reader->end - reader->next);
	size_t sizes = ((size_t) nrings + nrings % 2) * sizeof(uint32_t);

	if (room < sizes)
		return false;
	reader->ring_counts = reader->next;
	reader->rings_left = nrings;
	reader->shell_read = false;
	reader->next += sizes;
	return true;
}

/* Closes the collections that are complete. */
static void
close_collections(geom_reader *reader)
{
	while (reader->depth > 0 && reader->parts_left[reader->depth - 1] == 0)
		reader->depth--;
}

/*
 * Gives the next point, line or ring.  At the end, when every byte has been
 * accounted for, its kind is GEOM_PART_END.
 */
geom_error
geom_next(geom_reader *reader, geom_part *part)
{
	for (;;)
	{
		uint32_t type;
		uint32_t count;

		if (reader->rings_left > 0)
			return take_ring(reader, part);

		close_collections(reader);
		if (reader->depth > 0)
			reader->parts_left[reader->depth - 1]--;
		/* Type 0 is the datum itself. */
		else if (reader->parent_type[0] != 0)
		{
			part->kind = GEOM_PART_END;
			part->npoints = 0;
			return reader->next == reader->end ? GEOM_OK : GEOM_CORRUPT;
		}

		if ((size_t) (reader->end - reader->next) < 2 * sizeof(uint32_t))
			return GEOM_CORRUPT;
		type = read_uint32(reader->next);
		count = read_uint32(reader->next + sizeof(uint32_t));
		reader->next += 2 * sizeof(uint32_t);
		if (reader->depth > 0 && !fits_in(type, reader->parent_type[reader->depth - 1]))
			return GEOM_CORRUPT;
		if (reader->depth == 0)
			reader->parent_type[0] = type;

		switch (type)
		{
			case GEOM_POINT:
				if (count > 1)
					return GEOM_CORRUPT;
				part->kind = GEOM_PART_POINT;
				return take_points(reader, part, count);
			case GEOM_LINE:
				part->kind = GEOM_PART_LINE;
				return take_points(reader, part, count);
			case GEOM_POLYGON:
				if (!open_polygon(reader, count))
					return GEOM_CORRUPT;
				break;
			case GEOM_MULTIPOINT:
			case GEOM_MULTILINE:
			case GEOM_MULTIPOLYGON:
			case GEOM_COLLECTION:
				if (reader->depth == GEOM_MAX_DEPTH)
					return GEOM_TOO_DEEP;
				reader->parent_type[reader->depth] = type;
				reader->parts_left[reader->depth] = count;
				reader->depth++;
				break;
			case 8:  /* circular string */
			case 9:  /* compound curve */
			case 10: /* curve polygon */
			case 11: /* multi-curve */
			case 12: /* multi-surface */
				return GEOM_CURVE;
			case 13: /* polyhedral surface */
			case 14: /* triangle */
			case 15: /* TIN */
				return GEOM_SURFACE;
			default:
				return GEOM_CORRUPT;
		}
	}
}

const char *
geom_error_text(geom_error error)
{
	switch (error)
	{
		case GEOM_OK:
			return "no error";
		case GEOM_CORRUPT:
			return "its bytes are corrupted";
		case GEOM_VERSION:
			return "its storage format is newer than this extension";
		case GEOM_GEOGRAPHY:
			return "it is a geography";
		case GEOM_CURVE:
			return "it has curves";
		case GEOM_SURFACE:
			return "it is a triangle, TIN or polyhedral surface";
		case GEOM_UNCLOSED:
			return "it has an unclosed ring";
		case GEOM_SHORT_RING:
			return "it has a ring of fewer than four points";
		case GEOM_NOT_FINITE:
			return "it has a coordinate that is NaN or infinite";
		case GEOM_TOO_DEEP:
			return "its collections are nested too deeply";
		case GEOM_MEMORY:
			return "out of memory";
	}
	return "unknown error";
}
