/*
 * chart.c
 *		chart_svg(): trajectories as a line chart, one self-contained SVG.
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

#define WIDTH           800.0
#define HEIGHT          450.0
#define MARGIN          24.0
#define LINE_HEIGHT     17.0 /* least distance of two labels */
#define CHAR_WIDTH      7.4  /* of the 13px font, on the generous side */
#define BOLD_WIDTH      8.4  /* the same in bold */
#define YEAR_WIDTH      52.0 /* least distance of two years on the axis */
#define TITLE_CHARS     72
#define UNIT_CHARS      100
#define LABEL_CHARS     28
#define END_LABEL_CHARS 16

/* Elements of the argument labels. */
enum
{
	LABEL_ACTUAL,
	LABEL_TARGET,
	LABEL_PROJECTION,
	LABEL_INTERVAL,
	LABEL_NEUTRAL,
	NLABELS
};

/*
 * Colours have a contrast of at least 4.5 for text and lines, in both schemes;
 * dashes tell the lines apart without them.
 */
static const char style[] =
	"<style>"
	".tc-chart{max-width:100%;height:auto}"
	".tc-chart text{font:13px system-ui,\"DejaVu Sans\",sans-serif;fill:#1f2328}"
	".tc-chart .title{font-size:18px;font-weight:600}"
	".tc-chart .muted{fill:#59636e}"
	".tc-chart .end{font-weight:600}"
	".tc-chart .halo{paint-order:stroke;stroke:#ffffff;stroke-width:4px;stroke-linejoin:round}"
	".tc-chart .paper{fill:#ffffff}"
	".tc-chart .grid{stroke:#dde3e9;stroke-width:1}"
	".tc-chart .zero{stroke:#59636e;stroke-width:1.5}"
	".tc-chart .line{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}"
	".tc-chart .actual{stroke:#0b57d0}"
	".tc-chart .projection{stroke:#0b57d0;stroke-dasharray:1 6}"
	".tc-chart .target{stroke:#15702f;stroke-dasharray:9 6}"
	".tc-chart .neutral{stroke:#8a3ffc;stroke-width:1.5;stroke-dasharray:4 4}"
	".tc-chart .band{fill:#0b57d0;fill-opacity:.14;stroke:none}"
	".tc-chart .actual-fill{fill:#0b57d0}"
	".tc-chart .target-fill{fill:#15702f}"
	".tc-chart .neutral-fill{fill:#8a3ffc}"
	"@media (prefers-color-scheme:dark){"
	".tc-chart text{fill:#e6edf3}"
	".tc-chart .muted{fill:#a3adb8}"
	".tc-chart .halo{stroke:#12161c}"
	".tc-chart .paper{fill:#12161c}"
	".tc-chart .grid{stroke:#2b323b}"
	".tc-chart .zero{stroke:#a3adb8}"
	".tc-chart .actual,.tc-chart .projection{stroke:#7ab7ff}"
	".tc-chart .target{stroke:#5bd67a}"
	".tc-chart .neutral{stroke:#c9a2ff}"
	".tc-chart .band{fill:#7ab7ff;fill-opacity:.2}"
	".tc-chart .actual-fill{fill:#7ab7ff}"
	".tc-chart .target-fill{fill:#5bd67a}"
	".tc-chart .neutral-fill{fill:#c9a2ff}"
	"}"
	"</style>\n";

typedef struct series
{
	const trajectory *t; /* NULL when not drawn */
	const char *line_class;
	const char *fill_class;
	const char *label;
} series;

typedef struct chart
{
	StringInfoData svg;
	int32 first_year;
	int32 last_year;
	double low;  /* value at the bottom */
	double high; /* value at the top */
	double step; /* between two values on the axis */
	int axis_decimals;
	int value_decimals;
	double left;
	double right;
	double top;
	double bottom;
} chart;

static double
x_of(const chart *c, int32 year)
{
	return c->left + (c->right - c->left) * (year - c->first_year) / (c->last_year - c->first_year);
}

static double
y_of(const chart *c, double value)
{
	return c->bottom - (c->bottom - c->top) * ((value - c->low) / (c->high - c->low));
}

/*
 * Append text to SVG content, cut to a number of characters (0 = whole).
 * Returns how many were shown.  What XML cannot hold becomes a space.
 */
static int
append_text(StringInfo buf, const char *text, int max_chars)
{
	int shown = 0;
	bool cut = max_chars > 0 && pg_mbstrlen(text) > max_chars;

	for (int length; *text; text += length)
	{
		length = pg_mblen(text);
		if (cut && shown == max_chars - 1)
		{
			appendStringInfoString(buf, "&#8230;");
			return max_chars;
		}
		shown++;
		switch (*text)
		{
			case '&':
				appendStringInfoString(buf, "&amp;");
				break;
			case '<':
				appendStringInfoString(buf, "&lt;");
				break;
			case '>':
				appendStringInfoString(buf, "&gt;");
				break;
			case '"':
				appendStringInfoString(buf, "&quot;");
				break;
			default:
				if ((unsigned char) *text < ' ' ||
					(GetDatabaseEncoding() == PG_UTF8 && (strncmp(text, "\xef\xbf\xbe", 3) == 0 ||
														  strncmp(text, "\xef\xbf\xbf", 3) == 0)))
					appendStringInfoChar(buf, ' ');
				else
					appendBinaryStringInfo(buf, text, length);
		}
	}
	return shown;
}

/*
 * Append a number with its thousands set apart, or in powers of ten when it is
 * too long to read.  Returns how many characters it shows.
 */
static int
append_number(StringInfo buf, double value, int decimals)
{
	char *text;
	int whole;
	int shown = 0;

	if (decimals > 6 || fabs(value) >= 1e15)
		text = psprintf("%.3g", value);
	else
		text = psprintf("%.*f", value == 0 ? 0 : decimals, value);

	/* A value that rounds to zero has no sign. */
	if (*text == '-')
	{
		text++;
		if (strspn(text, "0.") != strlen(text))
		{
			appendStringInfoString(buf, "&#8722;");
			shown++;
		}
	}
	whole = strspn(text, "0123456789");
	for (int i = 0; text[i]; i++)
	{
		if (i > 0 && i < whole && (whole - i) % 3 == 0)
		{
			appendStringInfoString(buf, "&#8239;");
			shown++;
		}
		appendStringInfoChar(buf, text[i]);
		shown++;
	}
	return shown;
}

/* The step of a readable axis of about five: 1, 2 or 5 times a power of ten. */
static double
readable_step(double range)
{
	double power = pow(10, floor(log10(range / 5)));
	double factor = range / 5 / power;

	return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
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
		c->low = Min(c->low, t->values[i]);
		c->high = Max(c->high, t->values[i]);
	}
}

/* Round the axes to readable numbers. Error 22003 when there are none. */
static void
settle_axes(chart *c)
{
	double range = c->high - c->low;
	int exponent;

	if (c->first_year == c->last_year)
	{
		c->first_year--;
		c->last_year++;
	}
	if (range == 0)
		c->high = range = 1;
	if (!(range > 1e-300 && range < 1e300))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("values are too large or too small to draw"),
						errdetail("They run from %g to %g.", c->low, c->high),
						errhint("Choose another unit.")));
	c->step = readable_step(range);
	c->low = c->step * floor(c->low / c->step);
	c->high = c->step * ceil(c->high / c->step);
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

/*
 * A line broken where years are missing, with a dot for a year on its own and
 * for the last one.  It starts from the last point of another trajectory if
 * that is the year before.
 */
static void
draw_line(chart *c, const series *s, const trajectory *joined)
{
	const int16 *years;
	bool pen_down = false;
	int n;

	if (s->t == NULL || s->t->n == 0)
		return;
	n = s->t->n;
	years = TRAJECTORY_YEARS(s->t);
	appendStringInfo(&c->svg, "<path class=\"line %s\" d=\"", s->line_class);
	if (joined != NULL && joined->n > 0 && TRAJECTORY_YEARS(joined)[joined->n - 1] == years[0] - 1)
	{
		appendStringInfo(&c->svg, "M%.1f %.1f", x_of(c, years[0] - 1),
						 y_of(c, joined->values[joined->n - 1]));
		pen_down = true;
	}
	for (int i = 0; i < n; i++)
	{
		if (i > 0 && years[i] != years[i - 1] + 1)
			pen_down = false;
		appendStringInfo(&c->svg, "%c%.1f %.1f", pen_down ? 'L' : 'M', x_of(c, years[i]),
						 y_of(c, s->t->values[i]));
		pen_down = true;
	}
	appendStringInfoString(&c->svg, "\"/>\n");

	for (int i = 0; i < n - 1; i++)
	{
		if ((i == 0 || years[i - 1] != years[i] - 1) && years[i + 1] != years[i] + 1)
			draw_dot(c, s, i);
	}
	draw_dot(c, s, n - 1);
}

/* The area between low and high, over every run of years that both have. */
static void
draw_band(chart *c, const trajectory *low, const trajectory *high)
{
	for (int i = 0; i < low->n;)
	{
		int first = i;
		int32 year = TRAJECTORY_YEARS(low)[i];
		int j = trajectory_find(high, year);
		int n;

		if (j < 0)
		{
			i++;
			continue;
		}
		for (n = 0; i < low->n && j + n < high->n && TRAJECTORY_YEARS(low)[i] == year + n &&
					TRAJECTORY_YEARS(high)[j + n] == year + n;
			 i++, n++)
		{
			if (low->values[i] > high->values[j + n])
				ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
								errmsg("low is above high in year %d", year + n),
								errdetail("Low is %.17g, high %.17g.", low->values[i],
										  high->values[j + n])));
		}
		appendStringInfoString(&c->svg, "<path class=\"band\" d=\"");
		if (n == 1)
			appendStringInfo(&c->svg, "M%.1f %.1fh6V%.1fh-6z", x_of(c, year) - 3,
							 y_of(c, high->values[j]), y_of(c, low->values[first]));
		else
		{
			for (int k = 0; k < n; k++)
				appendStringInfo(&c->svg, "%c%.1f %.1f", k == 0 ? 'M' : 'L', x_of(c, year + k),
								 y_of(c, high->values[j + k]));
			for (int k = n - 1; k >= 0; k--)
				appendStringInfo(&c->svg, "L%.1f %.1f", x_of(c, year + k),
								 y_of(c, low->values[first + k]));
			appendStringInfoChar(&c->svg, 'z');
		}
		appendStringInfoString(&c->svg, "\"/>\n");
	}
}

static void
draw_axes(chart *c)
{
	int32 range = c->last_year - c->first_year;
	int32 year_step = 1;
	int steps = (int) rint((c->high - c->low) / c->step);

	for (int i = 0; i <= steps; i++)
	{
		double value = c->step * (rint(c->low / c->step) + i);
		double y = y_of(c, value);

		appendStringInfo(&c->svg,
						 "<path class=\"%s\" d=\"M%.1f %.1fH%.1f\"/>"
						 "<text class=\"muted\" text-anchor=\"end\" x=\"%.1f\" y=\"%.1f\">",
						 value == 0 ? "zero" : "grid", c->left, y, c->right, c->left - 10, y + 4.5);
		append_number(&c->svg, value, c->axis_decimals);
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

/* A line across the chart at the year given, marked where it meets zero. */
static void
draw_neutral(chart *c, int32 year, const char *label)
{
	double x = x_of(c, year);
	StringInfoData text;
	double half_width;

	initStringInfo(&text);
	half_width = (append_text(&text, label, LABEL_CHARS) + 5) * BOLD_WIDTH / 2;
	appendStringInfo(&c->svg,
					 "<path class=\"neutral\" d=\"M%.1f %.1fV%.1f\"/>"
					 "<circle class=\"neutral-fill halo\" cx=\"%.1f\" cy=\"%.1f\" r=\"6\"/>"
					 "<text class=\"end neutral-fill halo\" text-anchor=\"middle\" x=\"%.1f\" "
					 "y=\"%.1f\">%s %d</text>\n",
					 x, c->top, y_of(c, 0), x, y_of(c, 0),
					 Max(Min(x, WIDTH - MARGIN - half_width), c->left + half_width), c->top - 7,
					 text.data, year);
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

static int
append_end_label(StringInfo buf, const chart *c, const series *s)
{
	int shown = append_text(buf, s->label, END_LABEL_CHARS) + 1;

	appendStringInfoChar(buf, ' ');
	return shown + append_number(buf, s->t->values[s->t->n - 1], c->value_decimals);
}

/*
 * Name a line that ends inside the chart, next to its last point: on the side
 * where the other line is not, and away from where the lines go.
 */
static void
draw_inner_label(chart *c, const series *s, const trajectory *other, const trajectory *next)
{
	int last = s->t->n - 1;
	int32 year = TRAJECTORY_YEARS(s->t)[last];
	double value = s->t->values[last];
	int i = other != NULL ? trajectory_find(other, year) : -1;
	bool falls = next == NULL || next->n == 0 || next->values[next->n - 1] < value;
	bool above = i < 0 ? falls : other->values[i] < value;
	bool right = falls == above;
	double x = x_of(c, year);
	StringInfoData text;
	double width;

	initStringInfo(&text);
	width = 4 + (append_end_label(&text, c, s) + strlen(" (2000)")) * BOLD_WIDTH;
	if (right && x + width > c->right)
		right = false;
	else if (!right && x - width < c->left)
		right = true;
	appendStringInfo(
		&c->svg,
		"<text class=\"end %s halo\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s (%d)</text>\n",
		s->fill_class, right ? "start" : "end", right ? x + 4 : x - 4,
		y_of(c, value) + (above ? -10 : 20), text.data, year);
}

/* Name the lines that end at the right edge beside it, moved apart. */
static void
draw_edge_labels(chart *c, const series **ended, int n)
{
	end_label labels[3];
	double lowest = c->bottom;

	if (n == 0)
		return;
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
						 labels[i].s->fill_class, c->right + 8, labels[i].y + 4.5);
		append_end_label(&c->svg, c, labels[i].s);
		appendStringInfoString(&c->svg, "</text>\n");
	}
}

/* Name every line, with its last value, where it ends. */
static void
draw_end_labels(chart *c, const series *all, int nseries)
{
	const trajectory *actual = all[LABEL_ACTUAL].t;
	const trajectory *target = all[LABEL_TARGET].t;
	const trajectory *projection = all[LABEL_PROJECTION].t;
	const trajectory *next = projection != NULL && projection->n > 0 ? projection : target;
	const series *ended[3];
	int n = 0;

	for (int i = 0; i < nseries; i++)
	{
		const trajectory *t = all[i].t;

		if (t == NULL || t->n == 0)
			continue;
		if (TRAJECTORY_YEARS(t)[t->n - 1] == c->last_year)
			ended[n++] = &all[i];
		else
			draw_inner_label(c, &all[i], i == LABEL_TARGET ? actual : target, next);
	}
	draw_edge_labels(c, ended, n);
}

/* Room that names and values at the right edge need. */
static double
end_label_width(const chart *c, const series *all, int nseries)
{
	int longest = 0;

	for (int i = 0; i < nseries; i++)
	{
		const trajectory *t = all[i].t;
		StringInfoData text;

		if (t == NULL || t->n == 0 || TRAJECTORY_YEARS(t)[t->n - 1] != c->last_year)
			continue;
		initStringInfo(&text);
		longest = Max(longest, append_end_label(&text, c, &all[i]));
	}
	return longest * BOLD_WIDTH;
}

/* Room that the numbers of the value axis need. */
static double
axis_label_width(const chart *c)
{
	StringInfoData text;
	int low;
	int high;

	initStringInfo(&text);
	low = append_number(&text, c->low, c->axis_decimals);
	high = append_number(&text, c->high, c->axis_decimals);
	return Max(low, high) * CHAR_WIDTH;
}

/* A sample of each line with its name; returns the y of the last row. */
static double
draw_legend(chart *c, const series *all, int nseries, const char *band_label, double y)
{
	double x = MARGIN;

	for (int i = 0; i <= nseries; i++)
	{
		const char *label = i < nseries ? all[i].label : band_label;
		StringInfoData text;
		double width;

		if (i < nseries ? all[i].t == NULL || all[i].t->n == 0 : band_label == NULL)
			continue;
		initStringInfo(&text);
		width = 36 + append_text(&text, label, LABEL_CHARS) * CHAR_WIDTH;
		if (x + width > WIDTH - MARGIN)
		{
			x = MARGIN;
			y += 20;
		}
		if (i < nseries)
			appendStringInfo(&c->svg, "<path class=\"line %s\" d=\"M%.1f %.1fh28\"/>",
							 all[i].line_class, x, y - 4.5);
		else
			appendStringInfo(&c->svg, "<path class=\"band\" d=\"M%.1f %.1fh28v12h-28z\"/>", x,
							 y - 10.5);
		appendStringInfo(&c->svg, "<text x=\"%.1f\" y=\"%.1f\">%s</text>\n", x + 36, y, text.data);
		x += width + 24;
	}
	return y;
}

/* What the chart shows, for those who cannot see it. */
static void
describe(chart *c, const series *all, int nseries, const trajectory *low, const trajectory *high,
		 const char *unit, int32 neutral_year, const char **labels)
{
	int last = low != NULL ? low->n - 1 : -1;
	int last_high = last >= 0 ? trajectory_find(high, TRAJECTORY_YEARS(low)[last]) : -1;

	appendStringInfoString(&c->svg, "<desc>");
	for (int i = 0; i < nseries; i++)
	{
		const trajectory *t = all[i].t;

		if (t == NULL || t->n == 0)
			continue;
		append_text(&c->svg, all[i].label, 0);
		appendStringInfo(&c->svg, " %d: ", TRAJECTORY_YEARS(t)[0]);
		append_number(&c->svg, t->values[0], c->value_decimals);
		if (t->n > 1)
		{
			appendStringInfo(&c->svg, ", %d: ", TRAJECTORY_YEARS(t)[t->n - 1]);
			append_number(&c->svg, t->values[t->n - 1], c->value_decimals);
		}
		if (unit != NULL)
		{
			appendStringInfoChar(&c->svg, ' ');
			append_text(&c->svg, unit, 0);
		}
		appendStringInfoString(&c->svg, ". ");
	}
	if (last_high >= 0)
	{
		append_text(&c->svg, labels[LABEL_INTERVAL], 0);
		appendStringInfo(&c->svg, " %d: ", TRAJECTORY_YEARS(low)[last]);
		append_number(&c->svg, low->values[last], c->value_decimals);
		appendStringInfoString(&c->svg, " &#8211; ");
		append_number(&c->svg, high->values[last_high], c->value_decimals);
		appendStringInfoString(&c->svg, ". ");
	}
	if (neutral_year != 0)
	{
		append_text(&c->svg, labels[LABEL_NEUTRAL], 0);
		appendStringInfo(&c->svg, " %d.", neutral_year);
	}
	appendStringInfoString(&c->svg, "</desc>\n");
}

static void
read_labels(FunctionCallInfo fcinfo, int argno, const char **labels)
{
	Datum *elements;
	bool *nulls;
	int n = 0;

	if (!PG_ARGISNULL(argno))
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(argno), TEXTOID, -1, false, TYPALIGN_INT, &elements,
						  &nulls, &n);
	for (int i = 0; n == NLABELS && i < NLABELS; i++)
	{
		if (nulls[i])
			n = 0;
		else
			labels[i] = TextDatumGetCString(elements[i]);
	}
	if (n != NLABELS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("labels must be %d texts", NLABELS),
						errhint("Name the actual line, the target, the projection, the interval "
								"and the neutral year, in this order.")));
}

static trajectory *
optional_trajectory(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? NULL : PG_GETARG_TRAJECTORY(argno);
}

/*
 * chart_svg(actual, target, projection, low, high, neutral_year, title, unit,
 * labels): NULL when there is nothing to draw.
 */
PG_FUNCTION_INFO_V1(trajectory_chart_svg);
Datum
trajectory_chart_svg(PG_FUNCTION_ARGS)
{
	trajectory *actual = optional_trajectory(fcinfo, 0);
	trajectory *low = optional_trajectory(fcinfo, 3);
	trajectory *high = optional_trajectory(fcinfo, 4);
	int32 neutral_year = PG_ARGISNULL(5) ? 0 : PG_GETARG_INT32(5);
	char *title = PG_ARGISNULL(6) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(6));
	char *unit = PG_ARGISNULL(7) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(7));
	const char *labels[NLABELS];
	series all[3] = {
		{ actual, "actual", "actual-fill" },
		{ optional_trajectory(fcinfo, 1), "target", "target-fill" },
		{ optional_trajectory(fcinfo, 2), "projection", "actual-fill" },
	};
	bool has_band = low != NULL && high != NULL;
	chart c = { .first_year = PG_INT32_MAX, .last_year = PG_INT32_MIN };
	double y = MARGIN - 4;

	read_labels(fcinfo, 8, labels);
	for (int i = 0; i < lengthof(all); i++)
	{
		all[i].label = labels[i];
		include(&c, all[i].t);
	}
	if ((low == NULL) != (high == NULL))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("an interval needs both low and high")));
	include(&c, low);
	include(&c, high);
	if (c.first_year > c.last_year)
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(5))
	{
		check_trajectory_year(neutral_year);
		c.first_year = Min(c.first_year, neutral_year);
		c.last_year = Max(c.last_year, neutral_year);
	}
	settle_axes(&c);

	initStringInfo(&c.svg);
	appendStringInfo(&c.svg,
					 "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tc-chart\" role=\"img\" "
					 "viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\">\n<title>",
					 WIDTH, HEIGHT, WIDTH, HEIGHT);
	append_text(&c.svg, title != NULL ? title : labels[LABEL_ACTUAL], 0);
	appendStringInfoString(&c.svg, "</title>\n");
	describe(&c, all, lengthof(all), low, high, unit, neutral_year, labels);
	appendStringInfoString(&c.svg, style);
	appendStringInfo(&c.svg, "<path class=\"paper\" d=\"M0 0H%.0fV%.0fH0z\"/>\n", WIDTH, HEIGHT);

	if (title != NULL)
	{
		y += 18;
		appendStringInfo(&c.svg, "<text class=\"title\" x=\"%.1f\" y=\"%.1f\">", MARGIN, y);
		append_text(&c.svg, title, TITLE_CHARS);
		appendStringInfoString(&c.svg, "</text>\n");
	}
	if (unit != NULL)
	{
		y += 20;
		appendStringInfo(&c.svg, "<text class=\"muted\" x=\"%.1f\" y=\"%.1f\">", MARGIN, y);
		append_text(&c.svg, unit, UNIT_CHARS);
		appendStringInfoString(&c.svg, "</text>\n");
	}
	y += 26;
	y = draw_legend(&c, all, lengthof(all), has_band ? labels[LABEL_INTERVAL] : NULL, y);

	c.top = y + (neutral_year != 0 ? 36 : 20);
	c.bottom = HEIGHT - MARGIN - 16;
	c.left = MARGIN + axis_label_width(&c) + 10;
	c.right = WIDTH - MARGIN - Max(end_label_width(&c, all, lengthof(all)), 8) - 8;
	draw_axes(&c);
	if (has_band)
		draw_band(&c, low, high);
	if (neutral_year != 0)
		draw_neutral(&c, neutral_year, labels[LABEL_NEUTRAL]);
	draw_line(&c, &all[LABEL_TARGET], NULL);
	draw_line(&c, &all[LABEL_PROJECTION], actual);
	draw_line(&c, &all[LABEL_ACTUAL], NULL);
	draw_end_labels(&c, all, lengthof(all));
	appendStringInfoString(&c.svg, "</svg>\n");
	PG_RETURN_TEXT_P(cstring_to_text_with_len(c.svg.data, c.svg.len));
}
