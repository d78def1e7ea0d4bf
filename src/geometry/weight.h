/*
 * weight.h
 *		Quadrature, and the area under a piece of an edge, on the ground.
 */
#ifndef TERRCARBON_WEIGHT_H
#define TERRCARBON_WEIGHT_H

#include "geometry/ground.h"

/* Nodes in [-1, 1] and weights, of sum 1, of Gauss-Legendre quadrature. */
typedef struct gauss_rule
{
	int n;
	double node[5];
	double weight[5];
} gauss_rule;

static const gauss_rule gauss_2 = { 2,
									{ -0.57735026918962576, 0.57735026918962576 },
									{ 0.5, 0.5 } };
static const gauss_rule gauss_3 = { 3,
									{ -0.77459666924148338, 0, 0.77459666924148338 },
									{ 5.0 / 18, 8.0 / 18, 5.0 / 18 } };
static const gauss_rule gauss_5 = { 5,
									{ -0.90617984593866399, -0.53846931010568309, 0,
									  0.53846931010568309, 0.90617984593866399 },
									{ 0.11846344252809454, 0.23931433524968324, 0.28444444444444444,
									  0.23931433524968324, 0.11846344252809454 } };

/*
 * The weight of the area under a piece of an edge: the integral over x from x1 to
 * x2 of that over y from 0 to the edge of the scale.  Gauss quadrature is exact
 * for the scale's degree.
 */
static inline double
weight_under(const ground_poly *scale, double x1, double y1, double x2, double y2)
{
	const gauss_rule *rule = scale->degree <= 2   ? &gauss_2
							 : scale->degree <= 4 ? &gauss_3
												  : &gauss_5;
	double sum = 0;

	if (scale->degree == 0)
		return (x2 - x1) * (y1 + y2) * 0.5 * scale->c[0][0];
	for (int k = 0; k < rule->n; k++)
	{
		double x = 0.5 * (x1 + x2) + 0.5 * (x2 - x1) * rule->node[k];
		double y = 0.5 * (y1 + y2) + 0.5 * (y2 - y1) * rule->node[k];
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
		sum += rule->weight[k] * under * y;
	}
	return sum * (x2 - x1);
}

#endif /* TERRCARBON_WEIGHT_H */
