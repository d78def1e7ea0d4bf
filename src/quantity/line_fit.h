/*
 * line_fit.h
 *		Least-squares line through yearly values.
 *
 * Pure computation on a caller's buffers, no backend state.
 */
#ifndef TERRCARBON_LINE_FIT_H
#define TERRCARBON_LINE_FIT_H

#include <stdint.h>

/*
 * The line is mean_value + slope * (year - mean_year): written around its
 * centre, so that no large numbers cancel as they do around year 0.
 */
typedef struct line_fit
{
	double mean_year;
	double mean_value;
	double slope;
	double year_spread;  /* sum of squared deviations of the years */
	double value_spread; /* of the values */
	double residual;     /* sum of squared residuals */
} line_fit;

extern line_fit fit_line(const int16_t *years, const double *values, int n);
extern double line_at(const line_fit *line, double year);

#endif /* TERRCARBON_LINE_FIT_H */
