/*
 * weight.h
 *		The area under a piece of an edge, on the ground.
 */
#ifndef TERRCARBON_WEIGHT_H
#define TERRCARBON_WEIGHT_H

#include "geometry/ground.h"

/*
 * The weight of the area under a piece of an edge: the integral over x from x1 to
 * x2 of that over y from 0 to the edge of the scale.  Gauss quadrature is exact
 * for the scale's degree.
 */
static inline double
weight_under(const ground_poly *scale, double x1, double y1, double x2, double y2)
{
	static const double node2[] = { -0.57735026918962576, 0.57735026918962576 };
	static const double weight2[] = { 0.5, 0.5 };
	static const double node3[] = { -0.77459666924148338, 0, 0.77459666924148338 };
	static const double weight3[] = { 5.0 / 18, 8.0 / 18, 5.0 / 18 };
	static const double node5[] = { -0.90617984593866399, -0.53846931010568309, 0,
									0.53846931010568309, 0.90617984593866399 };
	static const double weight5[] = { 0.11846344252809454, 0.23931433524968324, 0.28444444444444444,
									  0.23931433524968324, 0.11846344252809454 };
	const double *node = node5;
	const double *weight = weight5;
	int n = 5;
	double sum = 0;

	if (scale->degree == 0)
		return (x2 - x1) * (y1 + y2) * 0.5 * scale->c[0][0];
	if (scale->degree <= 2)
		node = node2, weight = weight2, n = 2;
	else if (scale->degree <= 4)
		node = node3, weight = weight3, n = 3;
	for (int k = 0; k < n; k++)
	{
		double x = 0.5 * (x1 + x2) + 0.5 * (x2 - x1) * node[k];
		double y = 0.5 * (y1 + y2) + 0.5 * (y2 - y1) * node[k];
		double under = 0;

		if (scale->degree == 2)
			under = (scale->c[0][0] + x * (scale->c[1][0] + x * scale->c[2][0])) +
					y * ((scale->c[0][1] + x * scale->c[1][1]) * (1.0 / 2) +
						 y * scale->c[0][2] * (1.0 / 3));
		else
			for (int j = scale->degree; j >= 0; j--)
			{
				double row = 0;

				for (int i = scale->degree - j; i >= 0; i--)
					row = row * x + scale->c[i][j];
				under = under * y + row / (j + 1);
			}
		sum += weight[k] * under * y;
	}
	return sum * (x2 - x1);
}

#endif /* TERRCARBON_WEIGHT_H */
