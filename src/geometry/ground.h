/*
 * ground.h
 *		How large a coordinate reference system's unit is on the ground, place by
 *		place: what turns measures in the plane into measures on the ellipsoid.
 *
 * Computed by PROJ; no backend state.
 */
#ifndef TERRCARBON_GROUND_H
#define TERRCARBON_GROUND_H

#include <stdbool.h>

#include "geometry/reader.h"

/* The highest degree a local polynomial may have, in each variable. */
#define GROUND_DEGREE 8
#define GROUND_TERMS  (GROUND_DEGREE + 1)

/*
 * A polynomial in (x - x0, y - y0): the sum of c[i][j] (x-x0)^i (y-y0)^j over
 * i + j <= degree.
 */
typedef struct ground_poly
{
	int degree;
	double c[GROUND_TERMS][GROUND_TERMS];
} ground_poly;

typedef enum ground_error
{
	GROUND_OK,
	GROUND_TOO_LARGE, /* the box needs to be cut */
	GROUND_OUTSIDE    /* the system is not defined there */
} ground_error;

typedef struct ground ground;

extern ground *ground_open(const char *definition, char *reason, size_t reason_size);
extern void ground_close(ground *g);
extern ground_error ground_area_scale(ground *g, const geom_box *box, ground_poly *area);
extern ground_error ground_length_scale(ground *g, const geom_box *box, ground_poly metric[3]);
extern bool ground_holds(ground *g, const geom_box *box);
extern double ground_half_turn(const ground *g);
extern const ground_poly ground_flat; /* a plane: every unit is 1 */

static inline double
ground_value(const ground_poly *poly, double x, double y)
{
	const double(*c)[GROUND_TERMS] = poly->c;
	double value = 0;

	/* Nearly all; written out, as it is asked for each segment of a line. */
	if (poly->degree == 2)
		return (c[2][0] * x + (c[1][1] * y + c[1][0])) * x +
			   ((c[0][2] * y + c[0][1]) * y + c[0][0]);
	for (int i = poly->degree; i >= 0; i--)
	{
		double row = 0;

		for (int j = poly->degree - i; j >= 0; j--)
			row = row * y + c[i][j];
		value = value * x + row;
	}
	return value;
}

#endif /* TERRCARBON_GROUND_H */
