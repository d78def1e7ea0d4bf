/*
 * chart.c
 *		chart_svg(): trajectories as a line chart, one self-contained SVG.
 *
 * Text is whole and never overlaps: it is broken into lines, and the picture is
 * as high as they need.
 *
 * The same input gives the same bytes.  Everything that is not ASCII is either
 * the caller's text or a character reference, so any database encoding will do.
 */
#include "quantity/trajectory.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "check.h"
#include "read/picture.h"
#include "read/svg_text.h"

#define PLOT_HEIGHT 290.0
#define YEAR_WIDTH  52.0  /* least distance of two years on the axis */
#define NAME_WIDTH  130.0 /* longest name repeated at the end of a line */
#define MAX_WEDGES  4     /* as many as there are colours */
#define SAMPLE      36.0  /* of a line in the legend, with its gap */

/* Elements of the argument labels. */
enum
{
	LABEL_ACTUAL,
	LABEL_TARGET,
	LABEL_PROJECTION,
	LABEL_INTERVAL,
	LABEL_NEUTRAL,
	LABEL_STEP,
	LABEL_POINT, /* may be left out */
	NLABELS
};

/* Arguments of chart_svg(). */
enum
{
	ARG_ACTUAL,
	ARG_TARGET,
	ARG_PROJECTION,
	ARG_LOW,
	ARG_HIGH,
	ARG_NEUTRAL,
	ARG_TITLE,
	ARG_UNIT,
	ARG_LABELS,
	ARG_SOURCE,
	ARG_LICENCE,
	ARG_YEAR,
	ARG_SCHEME,
	ARG_WEDGES,
	ARG_WEDGE_NAMES
};

typedef struct series
{
	const trajectory *t; /* NULL when not drawn */
	const char *line_class;
	const char *fill_class;
	const char *label;
} series;

/* A rectangle that a text takes. */
typedef struct box
{
	double left;
	double right;
	double top;
	double bottom;
} box;

#define NSERIES 3

typedef struct chart
{
	StringInfoData svg; /* what is drawn so far */
	series all[NSERIES];
	const trajectory *low; /* NULL without interval */
	const trajectory *high;
	const trajectory *wedges[MAX_WEDGES]; /* what is taken off the projection, from the top */
	const char *wedge_names[MAX_WEDGES];
	int nwedges;
	const char *labels[NLABELS];
	int32 neutral_year; /* 0 when there is none */
	int32 first_year;
	int32 last_year;
	double lowest;     /* of what is drawn */
	double low_value;  /* at the bottom */
	double high_value; /* at the top */
	double step;       /* between two values on the axis */
	int axis_decimals;
	int value_decimals;
	double left;
	double right;
	double top;
	double bottom;
	box placed[NSERIES]; /* labels inside the plot */
	int nplaced;
} chart;

static double
x_of(const chart *c, int32 year)
{
	return c->left + (c->right - c->left) * (year - c->first_year) / (c->last_year - c->first_year);
}

static double
y_of(const chart *c, double value)
{
	return c->bottom -
		   (c->bottom - c->top) * ((value - c->low_value) / (c->high_value - c->low_value));
}

/* Let the axes hold a series. */
static void
include(chart *c, const trajectory *t)
{
	if (t == NULL || t->n == 0)
		return;
	c->first_year = Min(c->first_year, TRAJECTORY_YEARS(t)[0]);
	c->last_year = Max(c->last_year, TRAJECTORY_YEARS(t)[t->n - 1]);
	for (int i = 0; i < t->n; i++)
	{
		c->lowest = Min(c->lowest, t->values[i]);
		c->high_value = Max(c->high_value, t->values[i]);
	}
}

/*
 * Where the upper edge of a wedge is in a year of the projection; that of the wedge
 * after the last is where all of them lead.  NaN where the wedges above are not known.
 */
static double
wedge_edge(const chart *c, int wedge, int i)
{
	const trajectory *projection = c->all[LABEL_PROJECTION].t;
	double value = projection->values[i];

	for (int w = 0; w < wedge; w++)
	{
		int place = trajectory_find(c->wedges[w], TRAJECTORY_YEARS(projection)[i]);

		if (place < 0)
			return get_float8_nan();
		value -= c->wedges[w]->values[place];
	}
	return value;
}

/* Let the axes hold the wedges. */
static void
include_wedges(chart *c)
{
	const trajectory *projection = c->all[LABEL_PROJECTION].t;

	for (int w = 1; w <= c->nwedges; w++)
	{
		for (int i = 0; i < projection->n; i++)
		{
			double value = wedge_edge(c, w, i);

			if (isnan(value))
				continue;
			c->lowest = Min(c->lowest, value);
			c->high_value = Max(c->high_value, value);
		}
	}
}

/* Round the axes to readable numbers. Error 22003 when there are none. */
static void
settle_axes(chart *c)
{
	double range = c->high_value - c->low_value;
	int exponent;

	if (c->first_year == c->last_year)
	{
		c->first_year--;
		c->last_year++;
	}
	if (range == 0)
		c->high_value = range = 1;
	if (!(range > 1e-300 && range < 1e300))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("values are too large or too small to draw"),
						errdetail("They run from %g to %g.", c->low_value, c->high_value),
						errhint("Choose another unit.")));
	c->step = readable_step(range);
	c->low_value = c->step * floor(c->low_value / c->step);
	c->high_value = c->step * ceil(c->high_value / c->step);
	exponent = (int) floor(log10(c->step * 1.000001));
	c->axis_decimals = Max(-exponent, 0);
	c->value_decimals = Max(1 - exponent, 0);
}

static void
draw_dot(chart *c, const series *s, int i)
{
	appendStringInfo(&c->svg, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n",
					 s->fill_class, x_of(c, TRAJECTORY_YEARS(s->t)[i]), y_of(c, s->t->values[i]));
}

/* Whether a projection begins the year after the last value. */
static bool
is_joined(const chart *c)
{
	const trajectory *actual = c->all[LABEL_ACTUAL].t;
	const trajectory *projection = c->all[LABEL_PROJECTION].t;

	return actual != NULL && projection != NULL && actual->n > 0 && projection->n > 0 &&
		   TRAJECTORY_YEARS(actual)[actual->n - 1] == TRAJECTORY_YEARS(projection)[0] - 1;
}

/* The step from the last value to the projection, which is part of neither. */
static void
draw_step(chart *c)
{
	const trajectory *actual = c->all[LABEL_ACTUAL].t;
	const trajectory *projection = c->all[LABEL_PROJECTION].t;
	int32 year;

	if (!is_joined(c))
		return;
	year = TRAJECTORY_YEARS(projection)[0];
	appendStringInfo(&c->svg, "<path class=\"line link\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n",
					 x_of(c, year - 1), y_of(c, actual->values[actual->n - 1]), x_of(c, year),
					 y_of(c, projection->values[0]));
}

/*
 * A line broken where years are missing, with a dot for a year on its own and
 * for the last one.
 */
static void
draw_line(chart *c, const series *s)
{
	const int16 *years;
	int n;

	if (s->t == NULL || s->t->n == 0)
		return;
	n = s->t->n;
	years = TRAJECTORY_YEARS(s->t);
	appendStringInfo(&c->svg, "<path class=\"line %s\" d=\"", s->line_class);
	for (int i = 0; i < n; i++)
		appendStringInfo(&c->svg, "%c%.1f %.1f", i > 0 && years[i] == years[i - 1] + 1 ? 'L' : 'M',
						 x_of(c, years[i]), y_of(c, s->t->values[i]));
	appendStringInfoString(&c->svg, "\"/>\n");

	for (int i = 0; i < n - 1; i++)
	{
		if ((i == 0 || years[i - 1] != years[i] - 1) && years[i + 1] != years[i] + 1)
			draw_dot(c, s, i);
	}
	draw_dot(c, s, n - 1);
}

/* Error 22023 unless low is not above high in the years of a run. */
static void
check_run(const trajectory *low, int i, const trajectory *high, int j, int n)
{
	for (int k = 0; k < n; k++)
	{
		if (low->values[i + k] > high->values[j + k])
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("low is above high in year %d", TRAJECTORY_YEARS(low)[i + k]),
							errdetail("Low is %.17g, high %.17g.", low->values[i + k],
									  high->values[j + k])));
	}
}

/* The area between low and high over a run of years. */
static void
draw_run(chart *c, int i, int j, int n)
{
	int32 year = TRAJECTORY_YEARS(c->low)[i];

	check_run(c->low, i, c->high, j, n);
	appendStringInfoString(&c->svg, "<path class=\"band\" d=\"");
	if (n == 1)
		appendStringInfo(&c->svg, "M%.1f %.1fh6V%.1fh-6z", x_of(c, year) - 3,
						 y_of(c, c->high->values[j]), y_of(c, c->low->values[i]));
	else
	{
		for (int k = 0; k < n; k++)
			appendStringInfo(&c->svg, "%c%.1f %.1f", k == 0 ? 'M' : 'L', x_of(c, year + k),
							 y_of(c, c->high->values[j + k]));
		for (int k = n - 1; k >= 0; k--)
			appendStringInfo(&c->svg, "L%.1f %.1f", x_of(c, year + k),
							 y_of(c, c->low->values[i + k]));
		appendStringInfoChar(&c->svg, 'z');
	}
	appendStringInfoString(&c->svg, "\"/>\n");
}

/* The interval, over every run of years that both ends have. */
static void
draw_band(chart *c)
{
	for (int i = 0, n; c->low != NULL && i < c->low->n; i += n)
	{
		const int16 *years = TRAJECTORY_YEARS(c->low) + i;
		int j = trajectory_find(c->high, years[0]);

		n = 1;
		if (j < 0)
			continue;
		while (i + n < c->low->n && j + n < c->high->n && years[n] == years[0] + n &&
			   TRAJECTORY_YEARS(c->high)[j + n] == years[0] + n)
			n++;
		draw_run(c, i, j, n);
	}
}

/* The area of a wedge over years that follow each other, from place i of the projection on. */
static void
draw_wedge_run(chart *c, int wedge, int i, int n)
{
	int32 year = TRAJECTORY_YEARS(c->all[LABEL_PROJECTION].t)[i];

	appendStringInfo(&c->svg, "<path class=\"wedge wedge-%d\" d=\"", wedge + 1);
	if (n == 1)
		appendStringInfo(&c->svg, "M%.1f %.1fh6V%.1fh-6z", x_of(c, year) - 3,
						 y_of(c, wedge_edge(c, wedge, i)), y_of(c, wedge_edge(c, wedge + 1, i)));
	else
	{
		for (int k = 0; k < n; k++)
			appendStringInfo(&c->svg, "%c%.1f %.1f", k == 0 ? 'M' : 'L', x_of(c, year + k),
							 y_of(c, wedge_edge(c, wedge, i + k)));
		for (int k = n - 1; k >= 0; k--)
			appendStringInfo(&c->svg, "L%.1f %.1f", x_of(c, year + k),
							 y_of(c, wedge_edge(c, wedge + 1, i + k)));
		appendStringInfoChar(&c->svg, 'z');
	}
	appendStringInfoString(&c->svg, "\"/>\n");
}

/* What is taken off the projection, one wedge below the other, where it is known. */
static void
draw_wedges(chart *c)
{
	const trajectory *projection = c->all[LABEL_PROJECTION].t;

	for (int w = 0; w < c->nwedges; w++)
	{
		for (int i = 0, n; i < projection->n; i += n)
		{
			const int16 *years = TRAJECTORY_YEARS(projection) + i;

			n = 1;
			if (isnan(wedge_edge(c, w + 1, i)))
				continue;
			while (i + n < projection->n && years[n] == years[0] + n &&
				   !isnan(wedge_edge(c, w + 1, i + n)))
				n++;
			draw_wedge_run(c, w, i, n);
		}
	}
}

static void
draw_axes(chart *c)
{
	int32 range = c->last_year - c->first_year;
	int32 year_step = 1;
	int steps = (int) rint((c->high_value - c->low_value) / c->step);

	for (int i = 0; i <= steps; i++)
	{
		double value = c->step * (rint(c->low_value / c->step) + i);
		double y = y_of(c, value);

		appendStringInfo(&c->svg,
						 "<path class=\"%s\" d=\"M%.1f %.1fH%.1f\"/>"
						 "<text class=\"muted\" text-anchor=\"end\" x=\"%.1f\" y=\"%.1f\">",
						 value == 0 ? "zero" : "grid", c->left, y, c->right, c->left - 10, y + 4.5);
		append_number(&c->svg, value, c->axis_decimals, c->labels[LABEL_POINT], FONT);
		appendStringInfoString(&c->svg, "</text>\n");
	}

	for (int i = 0; (c->right - c->left) * year_step / range < YEAR_WIDTH; i++)
		year_step = year_step * (i % 3 == 1 ? 5 : 4) / 2; /* 1 2 5 10 20 50 */
	for (int32 year = c->first_year; year <= c->last_year; year++)
	{
		if (year % year_step == 0)
			appendStringInfo(
				&c->svg,
				"<path class=\"grid\" d=\"M%.1f %.1fv5\"/>"
				"<text class=\"muted\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.1f\">%d</text>\n",
				x_of(c, year), c->bottom, x_of(c, year), c->bottom + 20, year);
	}
}

/* What is said of the neutral year. */
static text_lines
neutral_text(const chart *c)
{
	return break_text(psprintf("%s %d", c->labels[LABEL_NEUTRAL], c->neutral_year), FONT, true,
					  TEXT_WIDTH);
}

/* A line across the chart at the neutral year, marked where it meets zero. */
static void
draw_neutral(chart *c)
{
	text_lines lines;
	double x;
	double half;

	if (c->neutral_year == 0)
		return;
	lines = neutral_text(c);
	x = x_of(c, c->neutral_year);
	half = lines.width / 2;
	appendStringInfo(&c->svg,
					 "<path class=\"neutral\" d=\"M%.1f %.1fV%.1f\"/>"
					 "<circle class=\"neutral-fill halo\" cx=\"%.1f\" cy=\"%.1f\" r=\"6\"/>\n",
					 x, c->top, y_of(c, 0), x, y_of(c, 0));
	draw_lines(&c->svg, &lines, "end neutral-fill halo", "middle",
			   Max(Min(x, WIDTH - MARGIN - half), MARGIN + half),
			   c->top - 12 - (lines.n - 1) * LINE_HEIGHT, LINE_HEIGHT);
}

/* The text at the end of a line: its name and last value. */
typedef struct end_label
{
	const series *s;
	double y;
} end_label;

static int
compare_heights(const void *a, const void *b)
{
	double left = ((const end_label *) a)->y;
	double right = ((const end_label *) b)->y;

	return (left > right) - (left < right);
}

/*
 * What stands at the end of a line: its name when it is short, for the legend has
 * it in any case, and its last value.  Returns the width.
 */
static double
append_end_label(StringInfo buf, const chart *c, const series *s)
{
	int len = strlen(s->label);
	double width = text_width(s->label, len, FONT, true);

	if (width > NAME_WIDTH)
		width = 0;
	else
	{
		append_escaped(buf, s->label, len);
		appendStringInfoChar(buf, ' ');
		width += FONT / 2;
	}
	return width + append_number(buf, s->t->values[s->t->n - 1], c->value_decimals,
								 c->labels[LABEL_POINT], FONT);
}

/* Whether two rectangles overlap. */
static bool
overlap(const box *a, const box *b)
{
	return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

/* How bad a place for a label is: on another label, outside the plot, on lines. */
static int
badness(const chart *c, const box *place)
{
	int bad = 0;

	if (place->left < c->left || place->right > c->right || place->top < c->top ||
		place->bottom > c->bottom)
		bad += 10000;
	for (int i = 0; i < c->nplaced; i++)
		bad += overlap(place, &c->placed[i]) ? 100000 : 0;
	for (int s = 0; s < NSERIES; s++)
	{
		const trajectory *t = c->all[s].t;

		for (int i = 0; t != NULL && i < t->n; i++)
		{
			double x = x_of(c, TRAJECTORY_YEARS(t)[i]);
			double y = y_of(c, t->values[i]);

			/* A point of the line, and the middle to the next. */
			for (int half = 0; half < 2; half++)
			{
				box dot = { x - 1, x + 1, y - 1, y + 1 };

				bad += overlap(place, &dot) ? 10 : 0;
				if (i + 1 == t->n)
					break;
				x = (x + x_of(c, TRAJECTORY_YEARS(t)[i + 1])) / 2;
				y = (y + y_of(c, t->values[i + 1])) / 2;
			}
		}
	}
	return bad;
}

/*
 * Name a line that ends inside the chart, next to its last point, where it is in
 * nobody's way: above or below, right or left of it, further away if need be.
 */
static void
draw_inner_label(chart *c, const series *s)
{
	int last = s->t->n - 1;
	int32 year = TRAJECTORY_YEARS(s->t)[last];
	double x = x_of(c, year);
	double y = y_of(c, s->t->values[last]);
	StringInfoData text;
	double width;
	int least = PG_INT32_MAX;
	box best = { 0 };
	bool best_right = true;

	initStringInfo(&text);
	width = 4 + append_end_label(&text, c, s) + text_width(" (2000)", 7, FONT, true);
	for (int i = 0; i < 24; i++)
	{
		bool right = i % 2 == 0;
		bool above = i / 2 % 2 == 0;
		double away = 8 + i / 4 * LINE_HEIGHT;
		double top = above ? y - away - FONT : y + away;
		double left = right ? x : x - width;
		box place = { left, left + width, top, top + LINE_HEIGHT };
		int bad = badness(c, &place) + i;

		if (bad < least)
		{
			least = bad;
			best = place;
			best_right = right;
		}
	}
	c->placed[c->nplaced++] = best;
	appendStringInfo(&c->svg,
					 "<text class=\"end %s halo\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s "
					 "(%d)</text>\n",
					 s->fill_class, best_right ? "start" : "end", best_right ? x + 4 : x - 4,
					 best.top + FONT, text.data, year);
}

/* Name the lines that end at the right edge beside it, moved apart. */
static void
draw_edge_labels(chart *c, const series **ended, int n)
{
	end_label labels[NSERIES] = { 0 };
	double lowest = c->bottom;

	for (int i = 0; i < n; i++)
	{
		labels[i].s = ended[i];
		labels[i].y = y_of(c, ended[i]->t->values[ended[i]->t->n - 1]);
	}
	/* From the top down, then back up from the bottom. */
	qsort(labels, n, sizeof(end_label), compare_heights);
	for (int i = 1; i < n; i++)
		labels[i].y = Max(labels[i].y, labels[i - 1].y + LINE_HEIGHT);
	for (int i = n - 1; i >= 0; i--)
	{
		labels[i].y = Min(labels[i].y, lowest);
		lowest = labels[i].y - LINE_HEIGHT;
	}
	for (int i = 0; i < n; i++)
	{
		appendStringInfo(&c->svg, "<text class=\"end %s\" x=\"%.1f\" y=\"%.1f\">",
						 labels[i].s->fill_class, c->right + 10, labels[i].y + 4.5);
		append_end_label(&c->svg, c, labels[i].s);
		appendStringInfoString(&c->svg, "</text>\n");
	}
}

/* Whether a series is drawn and has its last value at the right edge. */
static bool
ends_at_edge(const chart *c, const trajectory *t)
{
	return t != NULL && t->n > 0 && TRAJECTORY_YEARS(t)[t->n - 1] == c->last_year;
}

/* Name every line, with its last value, where it ends. */
static void
draw_end_labels(chart *c)
{
	const series *ended[NSERIES];
	int n = 0;

	for (int i = 0; i < NSERIES; i++)
	{
		const trajectory *t = c->all[i].t;

		if (ends_at_edge(c, t))
			ended[n++] = &c->all[i];
		else if (t != NULL && t->n > 0)
			draw_inner_label(c, &c->all[i]);
	}
	draw_edge_labels(c, ended, n);
}

/* Leave the room that the numbers of the axis and the labels at the edge need. */
static void
settle_sides(chart *c)
{
	StringInfoData text;
	double edge = 8;
	double low;
	double high;

	initStringInfo(&text);
	low = append_number(&text, c->low_value, c->axis_decimals, c->labels[LABEL_POINT], FONT);
	high = append_number(&text, c->high_value, c->axis_decimals, c->labels[LABEL_POINT], FONT);
	for (int i = 0; i < NSERIES; i++)
	{
		if (ends_at_edge(c, c->all[i].t))
			edge = Max(edge, append_end_label(&text, c, &c->all[i]));
	}
	c->left = MARGIN + Max(low, high) + 10;
	c->right = WIDTH - MARGIN - edge - 10;
}

/* A sample of each line with its name; returns the y of the last row. */
static double
draw_legend(chart *c, double y)
{
	double x = MARGIN;

	for (int i = 0; i <= NSERIES + c->nwedges; i++)
	{
		const char *label = i < NSERIES    ? c->all[i].label
							: i == NSERIES ? c->labels[LABEL_INTERVAL]
										   : c->wedge_names[i - NSERIES - 1];
		text_lines lines;

		if (i < NSERIES ? c->all[i].t == NULL || c->all[i].t->n == 0
						: i == NSERIES && c->low == NULL)
			continue;
		lines = break_text(label, FONT, false, TEXT_WIDTH - SAMPLE);
		if (x > MARGIN && x + SAMPLE + lines.width > WIDTH - MARGIN)
		{
			x = MARGIN;
			y += 20;
		}
		if (i < NSERIES)
			appendStringInfo(&c->svg, "<path class=\"line %s\" d=\"M%.1f %.1fh28\"/>\n",
							 c->all[i].line_class, x, y - 4.5);
		else
			appendStringInfo(&c->svg, "<path class=\"%s\" d=\"M%.1f %.1fh28v12h-28z\"/>\n",
							 i == NSERIES ? "band" : psprintf("wedge wedge-%d", i - NSERIES), x,
							 y - 10.5);
		if (lines.n > 1)
			y = draw_lines(&c->svg, &lines, "name", "start", x + SAMPLE, y, LINE_HEIGHT) -
				LINE_HEIGHT;
		else
			draw_lines(&c->svg, &lines, "name", "start", x + SAMPLE, y, LINE_HEIGHT);
		x += SAMPLE + lines.width + 24;
	}
	return y;
}

/* Title, unit and legend; the plot begins below them. */
static void
draw_head(chart *c, const char *title, const char *unit)
{
	double y = MARGIN + 14;

	if (title != NULL)
	{
		text_lines lines = break_text(title, TITLE_FONT, true, TEXT_WIDTH);

		y = draw_lines(&c->svg, &lines, "title", "start", MARGIN, y, TITLE_STEP) - 3;
	}
	if (unit != NULL)
	{
		text_lines lines = break_text(unit, FONT, false, TEXT_WIDTH);

		y = draw_lines(&c->svg, &lines, "muted unit", "start", MARGIN, y, LINE_HEIGHT) + 8;
	}
	y = draw_legend(c, y);
	c->top = y + 20;
	if (c->neutral_year != 0)
		c->top += 10 + neutral_text(c).n * LINE_HEIGHT;
	c->bottom = c->top + PLOT_HEIGHT;
}

/* What explains the picture and where it is from; returns the height of the whole. */
static double
draw_foot(chart *c, const char *origin)
{
	double y = c->bottom + 46;

	if (is_joined(c) && c->labels[LABEL_STEP][0] != '\0')
	{
		text_lines lines = break_text(c->labels[LABEL_STEP], NOTE_FONT, false, TEXT_WIDTH - SAMPLE);

		appendStringInfo(&c->svg, "<path class=\"line link\" d=\"M%.1f %.1fh28\"/>\n", MARGIN,
						 y - 4.5);
		y = draw_lines(&c->svg, &lines, "muted note", "start", MARGIN + SAMPLE, y, NOTE_STEP);
	}
	if (origin[0] != '\0')
	{
		text_lines lines = break_text(origin, NOTE_FONT, false, TEXT_WIDTH);

		y = draw_lines(&c->svg, &lines, "muted note", "start", MARGIN, y, NOTE_STEP);
	}
	return y + 4;
}

/* What a line shows, for those who cannot see it. */
static void
describe_series(StringInfo buf, const chart *c, const series *s, const char *unit)
{
	const trajectory *t = s->t;

	if (t == NULL || t->n == 0)
		return;
	append_whole(buf, s->label);
	appendStringInfo(buf, " %d: ", TRAJECTORY_YEARS(t)[0]);
	append_number(buf, t->values[0], c->value_decimals, c->labels[LABEL_POINT], FONT);
	if (t->n > 1)
	{
		appendStringInfo(buf, ", %d: ", TRAJECTORY_YEARS(t)[t->n - 1]);
		append_number(buf, t->values[t->n - 1], c->value_decimals, c->labels[LABEL_POINT], FONT);
	}
	if (unit != NULL)
	{
		appendStringInfoChar(buf, ' ');
		append_whole(buf, unit);
	}
	appendStringInfoString(buf, ". ");
}

/* What the chart shows, for those who cannot see it. */
static void
describe(StringInfo buf, const chart *c, const char *unit, const char *origin)
{
	int last = c->low != NULL ? c->low->n - 1 : -1;
	int last_high = last >= 0 ? trajectory_find(c->high, TRAJECTORY_YEARS(c->low)[last]) : -1;

	appendStringInfoString(buf, "<desc>");
	for (int i = 0; i < NSERIES; i++)
		describe_series(buf, c, &c->all[i], unit);
	for (int w = 0; w < c->nwedges; w++)
		describe_series(buf, c, &(series){ c->wedges[w], NULL, NULL, c->wedge_names[w] }, unit);
	if (last_high >= 0)
	{
		append_whole(buf, c->labels[LABEL_INTERVAL]);
		appendStringInfo(buf, " %d: ", TRAJECTORY_YEARS(c->low)[last]);
		append_number(buf, c->low->values[last], c->value_decimals, c->labels[LABEL_POINT], FONT);
		appendStringInfoString(buf, " &#8211; ");
		append_number(buf, c->high->values[last_high], c->value_decimals, c->labels[LABEL_POINT],
					  FONT);
		appendStringInfoString(buf, ". ");
	}
	if (c->neutral_year != 0)
	{
		append_whole(buf, c->labels[LABEL_NEUTRAL]);
		appendStringInfo(buf, " %d. ", c->neutral_year);
	}
	append_whole(buf, origin);
	appendStringInfoString(buf, "</desc>\n");
}

static void
read_labels(FunctionCallInfo fcinfo, int argno, const char **labels)
{
	Datum *elements;
	bool *nulls;
	int n = 0;

	labels[LABEL_POINT] = ".";
	if (!PG_ARGISNULL(argno))
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(argno), TEXTOID, -1, false, TYPALIGN_INT, &elements,
						  &nulls, &n);
	for (int i = 0; (n == NLABELS || n == LABEL_POINT) && i < n; i++)
	{
		if (nulls[i])
			n = 0;
		else
			labels[i] = TextDatumGetCString(elements[i]);
	}
	if (n != NLABELS && n != LABEL_POINT)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("labels must be %d texts", LABEL_POINT),
						errhint("Name the actual line, the target, the projection, the interval, "
								"the neutral year and the step to the projection, in this order; "
								"a seventh is the decimal sign.")));
}

static trajectory *
optional_trajectory(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? NULL : PG_GETARG_TRAJECTORY(argno);
}

/* What is taken off the projection, and its names. */
static void
read_wedges(FunctionCallInfo fcinfo, chart *c)
{
	Datum *parts;
	Datum *names;
	bool *nulls;
	bool *no_names;
	int nparts;
	int nnames = 0;
	ArrayType *wedges;

	if (PG_ARGISNULL(ARG_WEDGES))
		return;
	wedges = PG_GETARG_ARRAYTYPE_P(ARG_WEDGES);
	deconstruct_array(wedges, ARR_ELEMTYPE(wedges), -1, false, TYPALIGN_DOUBLE, &parts, &nulls,
					  &nparts);
	if (!PG_ARGISNULL(ARG_WEDGE_NAMES))
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(ARG_WEDGE_NAMES), TEXTOID, -1, false, TYPALIGN_INT,
						  &names, &no_names, &nnames);
	if (nparts > MAX_WEDGES || nparts != nnames || c->all[LABEL_PROJECTION].t == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("wedges need a projection, and a name each"),
						errdetail("There are %d wedges and %d names.", nparts, nnames),
						errhint("At most %d can be drawn: add the others up.", MAX_WEDGES)));
	for (int i = 0; i < nparts; i++)
	{
		if (nulls[i] || no_names[i])
			continue;
		c->wedges[c->nwedges] = trajectory_from_datum(parts[i]);
		c->wedge_names[c->nwedges++] = TextDatumGetCString(names[i]);
	}
	include_wedges(c);
}

/* What there is to draw; false when nothing. */
static bool
read_series(FunctionCallInfo fcinfo, chart *c)
{
	static const char *const classes[][2] = { { "actual", "actual-fill" },
											  { "target", "target-fill" },
											  { "projection", "actual-fill" } };

	c->first_year = PG_INT32_MAX;
	c->last_year = PG_INT32_MIN;
	c->lowest = get_float8_infinity();
	for (int i = 0; i < NSERIES; i++)
	{
		c->all[i] = (series){ optional_trajectory(fcinfo, i), classes[i][0], classes[i][1],
							  c->labels[i] };
		include(c, c->all[i].t);
	}
	c->low = optional_trajectory(fcinfo, ARG_LOW);
	c->high = optional_trajectory(fcinfo, ARG_HIGH);
	if ((c->low == NULL) != (c->high == NULL))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("an interval needs both low and high")));
	include(c, c->low);
	include(c, c->high);
	read_wedges(fcinfo, c);
	if (c->first_year > c->last_year)
		return false;
	if (!PG_ARGISNULL(ARG_NEUTRAL))
	{
		c->neutral_year = PG_GETARG_INT32(ARG_NEUTRAL);
		check_trajectory_year(c->neutral_year);
		c->first_year = Min(c->first_year, c->neutral_year);
		c->last_year = Max(c->last_year, c->neutral_year);
	}
	/* Wedges are read by their height, which a large empty room below them would press flat. */
	if (c->lowest < 0 || (c->nwedges > 0 && c->neutral_year == 0 && c->lowest > c->high_value / 3))
		c->low_value = c->lowest;
	return true;
}

/*
 * chart_svg(actual, target, projection, low, high, neutral_year, title, unit,
 * labels, source, licence, year, scheme, wedges, wedge_names): NULL when there is nothing to draw.
 */
PG_FUNCTION_INFO_V1(trajectory_chart_svg);
Datum
trajectory_chart_svg(PG_FUNCTION_ARGS)
{
	chart c = { 0 };
	char *title = optional_text(fcinfo, ARG_TITLE);
	char *unit = optional_text(fcinfo, ARG_UNIT);
	char *origin = read_origin(fcinfo, ARG_SOURCE);
	int scheme = read_scheme(fcinfo, ARG_SCHEME);
	StringInfoData picture;
	double height;

	read_labels(fcinfo, ARG_LABELS, c.labels);
	if (!read_series(fcinfo, &c))
		PG_RETURN_NULL();
	settle_axes(&c);
	settle_sides(&c);

	initStringInfo(&c.svg);
	draw_head(&c, title, unit);
	draw_wedges(&c);
	draw_axes(&c);
	draw_band(&c);
	draw_neutral(&c);
	draw_line(&c, &c.all[LABEL_TARGET]);
	draw_step(&c);
	draw_line(&c, &c.all[LABEL_PROJECTION]);
	draw_line(&c, &c.all[LABEL_ACTUAL]);
	draw_end_labels(&c);
	height = draw_foot(&c, origin);

	initStringInfo(&picture);
	begin_picture(&picture, height, title != NULL ? title : c.labels[LABEL_ACTUAL], scheme);
	describe(&picture, &c, unit, origin);
	appendStringInfo(&picture, "<path class=\"paper\" d=\"M0 0H%.0fV%.0fH0z\"/>\n", WIDTH, height);
	appendStringInfoString(&picture, c.svg.data);
	appendStringInfoString(&picture, "</svg>\n");
	PG_RETURN_TEXT_P(cstring_to_text_with_len(picture.data, picture.len));
}
