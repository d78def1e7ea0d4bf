/* coverage: src/geometry/reader.c src/geometry/shape.c src/geometry/overlay.c src/geometry/area.c
 * src/geometry/precise.c src/geometry/length.c src/geometry/ground.c -lproj -lm */
/*
 * geometry.c
 *		Two stored geometries, as libFuzzer finds them: what the reader lets through is
 *		measured.  The first byte says, in parts of 256, where the second begins.
 */
#include <stdlib.h>
#include <string.h>

#include "geometry/overlay.h"
#include "geometry/reader.h"

static overlay_work work;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	shape a = { 0 };
	shape b = { 0 };
	size_t first;
	unsigned char *bytes[2];
	double measure;

	if (size < 2)
		return 0;
	first = (size - 1) * data[0] / 256 / 8 * 8;
	/* Each by itself, so that nothing is read past its end. */
	bytes[0] = malloc(first + 1);
	bytes[1] = malloc(size - first);
	memcpy(bytes[0], data + 1, first);
	memcpy(bytes[1], data + 1 + first, size - 1 - first);
	if (shape_load(&a, bytes[0], first) == GEOM_OK)
		(void) overlay_area(&work, &a, NULL, NULL, &measure);
	if (shape_load(&b, bytes[1], size - 1 - first) == GEOM_OK)
	{
		if (data[0] % 2 == 0)
			(void) shape_index(&b);
		(void) overlay_area(&work, &b, NULL, NULL, &measure);
		(void) overlay_area(&work, &a, &b, NULL, &measure);
		(void) overlay_length(&work, &a, &b, NULL, &measure);
		(void) overlay_length(&work, &b, &a, NULL, &measure);
	}
	shape_free(&a);
	shape_free(&b);
	free(bytes[0]);
	free(bytes[1]);
	return 0;
}
