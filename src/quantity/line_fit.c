/*
 * line_fit.c
 *		Least-squares line through yearly values.
 */
#include "quantity/line_fit.h"

/*
 * Fit a line to at least two points of different years.  Values too large to
 * square give infinities or NaN: the caller reports that.
 */
line_fit
fit_line(const int16_t *years, const double *values, int n)
{
	line_fit line = { 0 };
	double year_sum = 0;
	double cross = 0;

	/*
	 * Values are taken from the first one, so a flat series is exactly flat.
	 * Years are taken from their mean, times n to stay whole: they then sum to
	 * exactly 0, and whole values give the exact slope, rounded once.
	 */
	for (int i = 0; i < n; i++)
	{
		year_sum += years[i] - years[0];
		line.mean_value += values[i] - values[0];
	}
	line.mean_year = year_sum / n;
	line.mean_value /= n;
	for (int i = 0; i < n; i++)
	{
		double dx = (double) n * (years[i] - years[0]) - year_sum;

		line.year_spread += dx * dx;
		cross += dx * (values[i] - values[0]);
	}
	line.slope = n * cross / line.year_spread;
	line.year_spread /= (double) n * n;

	for (int i = 0; i < n; i++)
	{
		double dx = (years[i] - years[0]) - line.mean_year;
		double dy = (values[i] - values[0]) - line.mean_value;
		double off = dy - line.slope * dx;

		line.value_spread += dy * dy;
		line.residual += off * off;
	}
	line.mean_year += years[0];
	line.mean_value += values[0];
	return line;
}

/* The value of the line in a year. */
double
line_at(const line_fit *line, double year)
{
	return line->mean_value + line->slope * (year - line->mean_year);
}
