/* fuzz: src/geometry/reader.c src/geometry/shape.c src/geometry/overlay.c src/geometry/area.c
 * src/geometry/precise.c src/geometry/length.c src/geometry/ground.c -lproj -lm */
/*
 * geometry_reader.c
 *		Valid geometries read back as written; damaged ones never read outside
 *		their bytes, and whatever the reader lets through can be measured.
 */
#include "fuzz.h"

#include <math.h>

#include "geometry/overlay.h"
#include "geometry/reader.h"

#define MAX_BYTES 65536

static unsigned char bytes[MAX_BYTES];
static size_t size;
static int dims;

/* What was written, in order. */
static uint32_t written_points;
static uint32_t written_parts;
static double written_sum;

static void
put(const void *value, size_t length)
{
	if (size + length <= MAX_BYTES)
		memcpy(bytes + size, value, length);
	size += length;
}

static void
put_uint32(uint32_t value)
{
	put(&value, sizeof(value));
}

static void
put_points(uint32_t n, bool closed)
{
	double first[4] = { 0 };

	for (uint32_t i = 0; i < n; i++)
		for (int d = 0; d < dims; d++)
		{
			double value = closed && i == n - 1 ? first[d] : fuzz_below(1000) / 8.0;

			if (d >= 2 && fuzz_below(3) == 0)
				value = NAN; /* Z and M may be anything */
			if (i == 0)
				first[d] = value;
			put(&value, sizeof(value));
			if (d < 2)
				written_sum += value;
		}
	written_points += n;
	written_parts++;
}

static void
put_geometry(uint32_t type, int depth)
{
	put_uint32(type);
	switch (type)
	{
		case GEOM_POINT:
		{
			uint32_t n = fuzz_below(5) > 0;

			put_uint32(n);
			put_points(n, false);
			break;
		}
		case GEOM_LINE:
		{
			uint32_t n = fuzz_below(10);

			put_uint32(n);
			put_points(n, false);
			break;
		}
		case GEOM_POLYGON:
		{
			uint32_t rings = fuzz_below(4);
			uint32_t count[4];

			put_uint32(rings);
			for (uint32_t i = 0; i < rings; i++)
			{
				count[i] = fuzz_below(8) == 0 ? 0 : 4 + fuzz_below(10);
				put_uint32(count[i]);
			}
			if (rings % 2 == 1)
				put_uint32(0);
			for (uint32_t i = 0; i < rings; i++)
				put_points(count[i], true);
			break;
		}
		default:
		{
			uint32_t parts = fuzz_below(5);

			put_uint32(parts);
			for (uint32_t i = 0; i < parts; i++)
				put_geometry(type < GEOM_COLLECTION ? type - 3 : 1 + fuzz_below(depth > 3 ? 3 : 7),
							 depth + 1);
		}
	}
}

static void
put_datum(void)
{
	unsigned flags = fuzz_below(8) | (fuzz_below(2) ? 0x40 : 0);
	float edge = 0;

	size = 0;
	written_points = written_parts = 0;
	written_sum = 0;
	if (flags & 0x40 && fuzz_below(4) == 0)
		flags |= 0x10;
	dims = 2 + (flags & 1) + ((flags >> 1) & 1);
	put_uint32(0);
	put("\0\x08\x6a", 3);
	bytes[size++] = flags;
	if (flags & 0x10)
		put("12345678", 8);
	if (flags & 4)
		for (int i = 0; i < 2 * dims; i++)
			put(&edge, sizeof(edge));
	put_geometry(1 + fuzz_below(7), 0);
}

/* Reads a copy that ends exactly where it should not be read on. */
static geom_error
read_copy(uint32_t *parts, uint32_t *points, double *sum, bool *inside)
{
	unsigned char *copy = malloc(size ? size : 1);
	geom_reader reader;
	geom_part part;
	geom_error error;

	memcpy(copy, bytes, size);
	*parts = *points = 0;
	*sum = 0;
	error = geom_open(&reader, copy, size);
	while (error == GEOM_OK && (error = geom_next(&reader, &part)) == GEOM_OK &&
		   part.kind != GEOM_PART_END)
	{
		(*parts)++;
		*points += part.npoints;
		if (part.npoints > 0 &&
			(part.points < copy || part.points + (size_t) part.npoints * part.stride > copy + size))
			*inside = false;
		for (uint32_t i = 0; i < part.npoints; i++)
		{
			double xy[2];

			memcpy(xy, part.points + (size_t) i * part.stride, sizeof(xy));
			*sum += xy[0] + xy[1];
		}
		if (*parts > size)
			*inside = false;
	}
	free(copy);
	return error;
}

static void
damage(void)
{
	static const uint32_t words[] = { 0,          1,          2,          3,          4,
									  5,          6,          7,          8,          12,
									  15,         16,         0x7fffffff, 0x80000000, 0xfffffffe,
									  0xffffffff, 0x7ff00000, 0x7ff80000 };

	for (int i = fuzz_below(4); i >= 0; i--)
	{
		size_t at = fuzz_bits() % size;

		switch (fuzz_below(4))
		{
			case 0:
				bytes[at] ^= 1 << fuzz_below(8);
				break;
			case 1:
				bytes[at] = fuzz_below(256);
				break;
			case 2:
				at &= ~(size_t) 3;
				if (at + 4 <= size)
					memcpy(bytes + at, &words[fuzz_below(sizeof(words) / 4)], 4);
				break;
			default:
				if (fuzz_below(3) == 0)
					size = at + 1;
		}
	}
}

int
main(int argc, char **argv)
{
	bool reads_back = true;
	bool inside = true;
	bool refuses = true;
	bool measures = true;
	overlay_work work = { 0 };
	shape a = { 0 };
	shape b = { 0 };

	fuzz_start(argc, argv);
	for (long iteration = 0; iteration < fuzz_iterations; iteration++)
	{
		uint32_t parts;
		uint32_t points;
		double sum;
		double measure;
		size_t whole;
		unsigned char *first;
		geom_error error;

		do
			put_datum();
		while (size > MAX_BYTES);
		error = read_copy(&parts, &points, &sum, &inside);
		if (error != GEOM_OK || parts != written_parts || points != written_points ||
			sum != written_sum)
		{
			printf("# iteration %ld: valid geometry: %s\n", iteration, geom_error_text(error));
			reads_back = false;
		}

		/* every shorter geometry is refused */
		whole = size;
		size = fuzz_bits() % whole;
		refuses &= read_copy(&parts, &points, &sum, &inside) != GEOM_OK;
		size = whole;

		first = malloc(size);
		memcpy(first, bytes, size);
		shape_load(&a, first, size);
		damage();
		read_copy(&parts, &points, &sum, &inside);
		if (shape_load(&b, bytes, size) == GEOM_OK)
		{
			if (fuzz_below(2))
				measures &= shape_index(&b) == GEOM_OK;
			measures &= overlay_area(&work, &a, &b, NULL, &measure) == OVERLAY_OK;
			measures &= overlay_area(&work, &b, NULL, NULL, &measure) == OVERLAY_OK;
			measures &= overlay_length(&work, &a, &b, NULL, &measure) == OVERLAY_OK;
			measures &= overlay_length(&work, &b, &a, NULL, &measure) == OVERLAY_OK;
		}
		free(first);
	}
	fuzz_report(reads_back, "geometry_reader: valid geometries read back");
	fuzz_report(inside, "geometry_reader: stays inside the bytes");
	fuzz_report(refuses, "geometry_reader: a geometry that ends early is refused");
	fuzz_report(measures, "geometry_reader: what is let through can be measured");
	return fuzz_end();
}
