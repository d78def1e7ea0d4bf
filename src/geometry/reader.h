/*
 * reader.h
 *		Reads PostGIS geometries in place, trusting nothing.
 *
 * The bytes of a geometry datum are walked part by part; every count is checked
 * against what is left before anything is read.  No backend state, so the
 * reader can be fuzzed outside a server.
 */
#ifndef TERRCARBON_READER_H
#define TERRCARBON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Collections in collections deeper than this are refused. */
#define GEOM_MAX_DEPTH 32

/* Geometry type numbers, as stored. */
enum
{
	GEOM_POINT = 1,
	GEOM_LINE,
	GEOM_POLYGON,
	GEOM_MULTIPOINT,
	GEOM_MULTILINE,
	GEOM_MULTIPOLYGON,
	GEOM_COLLECTION
};

typedef enum geom_error
{
	GEOM_OK,
	GEOM_CORRUPT,    /* the bytes contradict themselves */
	GEOM_VERSION,    /* a format written by a newer PostGIS */
	GEOM_GEOGRAPHY,  /* a geography, whose edges are geodesics */
	GEOM_CURVE,      /* a circular string or what is made of them */
	GEOM_SURFACE,    /* a triangle, TIN or polyhedral surface */
	GEOM_UNCLOSED,   /* a ring that does not end where it starts */
	GEOM_SHORT_RING, /* a ring of one to three points */
	GEOM_NOT_FINITE, /* a coordinate that is NaN or infinite */
	GEOM_TOO_DEEP,   /* more than GEOM_MAX_DEPTH levels */
	GEOM_MEMORY
} geom_error;

typedef enum geom_part_kind
{
	GEOM_PART_END,
	GEOM_PART_POINT,
	GEOM_PART_LINE,
	GEOM_PART_SHELL,
	GEOM_PART_HOLE
} geom_part_kind;

typedef struct geom_box
{
	double xmin, ymin, xmax, ymax;
} geom_box;

/* A point, line or ring: npoints coordinate tuples, stride bytes apart. */
typedef struct geom_part
{
	geom_part_kind kind;
	const unsigned char *points;
	uint32_t npoints;
	uint32_t stride;
	geom_box box; /* of its points, if there are any */
} geom_part;

typedef struct geom_reader
{
	int32_t srid;
	uint32_t type; /* of the whole geometry */
	/* private from here on */
	uint32_t stride;
	const unsigned char *next;
	const unsigned char *end;
	int depth;
	uint32_t parent_type[GEOM_MAX_DEPTH];
	uint32_t parts_left[GEOM_MAX_DEPTH];
	const unsigned char *ring_counts; /* of the polygon being read */
	uint32_t rings_left;
	bool shell_read;
} geom_reader;

extern geom_error geom_open(geom_reader *reader, const void *bytes, size_t size);
extern geom_error geom_next(geom_reader *reader, geom_part *part);
extern const char *geom_error_text(geom_error error);

#endif /* TERRCARBON_READER_H */
