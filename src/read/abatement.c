/*
 * abatement.c
 *		abatement_svg(): what actions cost for each tonne, as wide as they bring.
 *
 * Bars stand in the order of their cost.  Each has a number above the plot, moved
 * apart from the others and led to its bar, and its name in a list below.
 */
#include "read/picture.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "check.h"

#define MAX_BARS      40
#define PLOT_HEIGHT   280.0
#define NUMBER_WIDTH  24.0 /* least distance of two numbers above the plot */
#define LEADER_HEIGHT 22.0
#define MAX_KINDS     4    /* colours of the wedges of a chart */
#define SAMPLE_WIDTH  36.0 /* of a colour in the legend, with the room after it */
#define TONNES_WIDTH  90.0 /* least distance of two numbers on the axis */

/* Arguments of abatement_svg(). */
enum
{
	ARG_NAMES,
	ARG_TONNES,
	ARG_COSTS,
	ARG_LOW,
	ARG_HIGH,
	ARG_TITLE,
	ARG_UNIT,
	ARG_AXIS,
	ARG_POINT,
	ARG_SOURCE,
	ARG_LICENCE,
	ARG_YEAR,
	ARG_SCHEME,
	ARG_KINDS,
	ARG_KIND_NAMES
};

typedef struct bar
{
	const char *name;
	double tonnes;
	double cost;
	double low; /* NaN without interval */
	double high;
	double start; /* tonnes of the bars before */
	int given;    /* place in the arguments */
	int kind;     /* from 1, its colour */
} bar;

typedef struct abatement
{
	StringInfoData svg;
	bar bars[MAX_BARS];
	int n;
	double total;
	double low_value;
	double high_value;
	double step;
	int decimals; /* of costs */
	int tonnes_decimals;
	const char *point;
	double left;
	double top;
	double bottom;
} abatement;

static double
x_of(const abatement *a, double tonnes)
{
	return a->left + (WIDTH - MARGIN - a->left) * tonnes / a->total;
}

static double
y_of(const abatement *a, double cost)
{
	return a->bottom -
		   (a->bottom - a->top) * ((cost - a->low_value) / (a->high_value - a->low_value));
}

static int
compare_costs(const void *left, const void *right)
{
	const bar *a = left;
	const bar *b = right;

	if (a->cost != b->cost)
		return a->cost < b->cost ? -1 : 1;
	return a->given - b->given;
}

/* The numbers of an array argument, NaN for NULL; all of them when it is left out. */
static void
read_numbers(FunctionCallInfo fcinfo, int argno, int n, double *numbers)
{
	Datum *elements;
	bool *nulls;
	int found = n;

	for (int i = 0; i < n; i++)
		numbers[i] = get_float8_nan();
	if (PG_ARGISNULL(argno))
		return;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argno), FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &elements, &nulls, &found);
	if (found != n)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("arrays must be as long as the names"),
						errdetail("There are %d names, and %d numbers.", n, found)));
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			numbers[i] = DatumGetFloat8(elements[i]);
	}
}

/* Error 22023 unless a bar can be drawn. */
static void
check_bar(const bar *b)
{
	if (!(b->tonnes > 0 && b->tonnes < 1e300 && fabs(b->cost) < 1e300) || isinf(b->low) ||
		isinf(b->high) || isnan(b->low) != isnan(b->high) || b->low > b->cost || b->high < b->cost)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("an action cannot be drawn"),
				 errdetail("It brings %g t at %g a tonne, from %g to %g.", b->tonnes, b->cost,
						   b->low, b->high),
				 errhint("Leave out what brings nothing or has no cost; an interval holds "
						 "the cost.")));
}

/* The colours of the bars, where they are given. */
static void
read_kinds(FunctionCallInfo fcinfo, abatement *a)
{
	Datum *kinds;
	bool *nulls;
	int found;

	if (PG_ARGISNULL(ARG_KINDS))
		return;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(ARG_KINDS), INT4OID, sizeof(int32), true, TYPALIGN_INT,
					  &kinds, &nulls, &found);
	for (int i = 0; i < found && i < a->n; i++)
		a->bars[i].kind = nulls[i] ? 0 : DatumGetInt32(kinds[i]);
	for (int i = 0; i < a->n; i++)
	{
		if (found != a->n || a->bars[i].kind < 1 || a->bars[i].kind > MAX_KINDS)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("each action needs a kind from 1 to %d", MAX_KINDS),
							errdetail("Actions: %d; kinds: %d.", a->n, found),
							errhint("A kind is a colour: kind_names says what each stands for.")));
	}
}

/* The bars in the order of their cost; false when there is none. */
static bool
read_bars(FunctionCallInfo fcinfo, abatement *a)
{
	Datum *names;
	bool *nulls;
	double numbers[4][MAX_BARS];

	if (PG_ARGISNULL(ARG_NAMES))
		return false;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(ARG_NAMES), TEXTOID, -1, false, TYPALIGN_INT, &names,
					  &nulls, &a->n);
	if (a->n > MAX_BARS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("at most %d actions can be drawn", MAX_BARS),
						errdetail("There are %d.", a->n),
						errhint("Draw those that bring most, or one sector at a time.")));
	for (int i = 0; i < lengthof(numbers); i++)
		read_numbers(fcinfo, ARG_TONNES + i, a->n, numbers[i]);
	for (int i = 0; i < a->n; i++)
	{
		a->bars[i] = (bar){ nulls[i] ? "" : TextDatumGetCString(names[i]),
							numbers[0][i],
							numbers[1][i],
							numbers[2][i],
							numbers[3][i],
							0,
							i,
							1 };
		check_bar(&a->bars[i]);
	}
	read_kinds(fcinfo, a);
	qsort(a->bars, a->n, sizeof(bar), compare_costs);
	for (int i = 0; i < a->n; i++)
	{
		const bar *b = &a->bars[i];

		a->bars[i].start = a->total;
		a->total += b->tonnes;
		a->low_value = Min(a->low_value, isnan(b->low) ? b->cost : b->low);
		a->high_value = Max(a->high_value, isnan(b->high) ? b->cost : b->high);
	}
	return a->n > 0;
}

/* Round the axes to readable numbers, and leave room for them. */
static void
settle_axes(abatement *a)
{
	StringInfoData text;
	double range = a->high_value - a->low_value;
	int exponent;
	double low;
	double high;

	initStringInfo(&text);
	if (range == 0)
		a->high_value = range = 1;
	if (!(range > 1e-300 && range < 1e300))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("values are too large or too small to draw"),
						errdetail("They run from %g to %g.", a->low_value, a->high_value),
						errhint("Choose another unit.")));
	a->step = readable_step(range);
	a->low_value = a->step * floor(a->low_value / a->step);
	a->high_value = a->step * ceil(a->high_value / a->step);
	exponent = (int) floor(log10(a->step * 1.000001));
	a->decimals = Max(-exponent, 0);
	exponent = (int) floor(log10(readable_step(a->total) * 1.000001));
	a->tonnes_decimals = Max(-exponent, 0);
	low = append_number(&text, a->low_value, a->decimals, a->point, FONT);
	high = append_number(&text, a->high_value, a->decimals, a->point, FONT);
	a->left = MARGIN + Max(low, high) + 10;
}

static void
draw_axes(abatement *a)
{
	int steps = (int) rint((a->high_value - a->low_value) / a->step);
	double tonnes_step = readable_step(a->total);

	for (int i = 0; i <= steps; i++)
	{
		double value = a->step * (rint(a->low_value / a->step) + i);
		double y = y_of(a, value);

		appendStringInfo(&a->svg,
						 "<path class=\"%s\" d=\"M%.1f %.1fH%.1f\"/>"
						 "<text class=\"muted\" text-anchor=\"end\" x=\"%.1f\" y=\"%.1f\">",
						 value == 0 ? "zero" : "grid", a->left, y, WIDTH - MARGIN, a->left - 10,
						 y + 4.5);
		append_number(&a->svg, value, a->decimals, a->point, FONT);
		appendStringInfoString(&a->svg, "</text>\n");
	}
	while (x_of(a, tonnes_step) - a->left < TONNES_WIDTH)
		tonnes_step *= 2;
	for (int i = 0; tonnes_step * i <= a->total * 1.000001; i++)
	{
		double x = x_of(a, tonnes_step * i);

		appendStringInfo(&a->svg,
						 "<path class=\"grid\" d=\"M%.1f %.1fv5\"/>"
						 "<text class=\"muted\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">",
						 x, a->bottom, x > WIDTH - 2 * MARGIN ? "end" : "middle", x,
						 a->bottom + 20);
		append_number(&a->svg, tonnes_step * i, a->tonnes_decimals, a->point, FONT);
		appendStringInfoString(&a->svg, "</text>\n");
	}
}

/* The bars, with their intervals. */
static void
draw_bars(abatement *a)
{
	for (int i = 0; i < a->n; i++)
	{
		const bar *b = &a->bars[i];
		double left = x_of(a, b->start);
		double right = x_of(a, b->start + b->tonnes);
		double middle = (left + right) / 2;

		appendStringInfo(&a->svg,
						 "<path class=\"wedge wedge-%d\" d=\"M%.1f %.1fH%.1fV%.1fH%.1fz\"/>\n",
						 b->kind, left, y_of(a, 0), right, y_of(a, b->cost), left);
		if (!isnan(b->low))
			appendStringInfo(&a->svg,
							 "<path class=\"zero\" d=\"M%.1f %.1fV%.1fM%.1f %.1fh6M%.1f "
							 "%.1fh6\"/>\n",
							 middle, y_of(a, b->low), y_of(a, b->high), middle - 3, y_of(a, b->low),
							 middle - 3, y_of(a, b->high));
	}
}

/* The numbers of the bars above the plot, moved apart, and led to them. */
static void
draw_numbers(abatement *a)
{
	double x[MAX_BARS];
	double width = Min(NUMBER_WIDTH, (WIDTH - MARGIN - a->left) / a->n);
	double last = WIDTH - MARGIN - width / 2;

	for (int i = 0; i < a->n; i++)
	{
		x[i] = x_of(a, a->bars[i].start + a->bars[i].tonnes / 2);
		x[i] = Max(x[i], i > 0 ? x[i - 1] + width : a->left + width / 2);
	}
	for (int i = a->n - 1; i >= 0; i--)
	{
		x[i] = Min(x[i], last);
		last = x[i] - width;
	}
	for (int i = 0; i < a->n; i++)
	{
		const bar *b = &a->bars[i];
		double end = Max(b->cost, isnan(b->high) ? 0 : b->high);

		appendStringInfo(
			&a->svg,
			"<path class=\"lead\" d=\"M%.1f %.1fL%.1f %.1fV%.1f\"/>"
			"<text class=\"end\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.1f\">%d</text>\n",
			x[i], a->top - LEADER_HEIGHT, x_of(a, b->start + b->tonnes / 2), a->top,
			y_of(a, Max(end, 0)), x[i], a->top - LEADER_HEIGHT - 4, i + 1);
	}
}

/* Append a number with the decimal sign of the reader, written as on the axes. */
static void
append_plain(StringInfo buf, double value, int decimals, const char *point)
{
	append_grouped(buf, psprintf("%.*f", value == 0 ? 0 : decimals, value), point, false);
}

/* What a bar says in words. */
static char *
describe_bar(const abatement *a, int i)
{
	const bar *b = &a->bars[i];
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "%d. %s: ", i + 1, b->name);
	append_plain(&text, b->tonnes, a->tonnes_decimals, a->point);
	appendStringInfoString(&text, " t, ");
	append_plain(&text, b->cost, a->decimals, a->point);
	if (!isnan(b->low))
	{
		appendStringInfoString(&text, " (");
		append_plain(&text, b->low, a->decimals, a->point);
		appendStringInfoString(&text, " ... ");
		append_plain(&text, b->high, a->decimals, a->point);
		appendStringInfoChar(&text, ')');
	}
	return text.data;
}

/* Names and figures of the bars, then where they are from; returns the height of the whole. */
static double
draw_list(abatement *a, const char *axis, const char *origin)
{
	text_lines lines = break_text(axis, FONT, false, TEXT_WIDTH);
	double y = draw_lines(&a->svg, &lines, "muted unit", "end", WIDTH - MARGIN, a->bottom + 40,
						  LINE_HEIGHT) +
			   8;

	for (int i = 0; i < a->n; i++)
	{
		lines = break_text(describe_bar(a, i), FONT, false, TEXT_WIDTH);
		y = draw_lines(&a->svg, &lines, "name", "start", MARGIN, y, LINE_HEIGHT) + 2;
	}
	y += 8;
	if (origin[0] != '\0')
	{
		lines = break_text(origin, NOTE_FONT, false, TEXT_WIDTH);
		y = draw_lines(&a->svg, &lines, "muted note", "start", MARGIN, y, NOTE_STEP);
	}
	return y + 4;
}

/* A sample of each colour with its name; returns the y of the line after it. */
static double
draw_kinds(abatement *a, ArrayType *kind_names, double y)
{
	Datum *names;
	bool *nulls;
	int n;
	double x = MARGIN;

	deconstruct_array(kind_names, TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, &n);
	y += 6;
	for (int i = 0; i < n && i < MAX_KINDS; i++)
	{
		text_lines lines;

		if (nulls[i])
			continue;
		lines = break_text(TextDatumGetCString(names[i]), FONT, false, TEXT_WIDTH - SAMPLE_WIDTH);
		if (x > MARGIN && x + SAMPLE_WIDTH + lines.width > WIDTH - MARGIN)
		{
			x = MARGIN;
			y += LINE_HEIGHT;
		}
		appendStringInfo(&a->svg, "<path class=\"wedge wedge-%d\" d=\"M%.1f %.1fh28v12h-28z\"/>\n",
						 i + 1, x, y - 10.5);
		y = draw_lines(&a->svg, &lines, "name", "start", x + SAMPLE_WIDTH, y, LINE_HEIGHT) -
			LINE_HEIGHT;
		x += SAMPLE_WIDTH + lines.width + 24;
	}
	return y + LINE_HEIGHT;
}

/* Title, unit and legend; the plot begins below them and the numbers. */
static void
draw_head(abatement *a, const char *title, const char *unit, ArrayType *kind_names)
{
	double y = MARGIN + 14;
	text_lines lines = break_text(title, TITLE_FONT, true, TEXT_WIDTH);

	y = draw_lines(&a->svg, &lines, "title", "start", MARGIN, y, TITLE_STEP) - 3;
	lines = break_text(unit, FONT, false, TEXT_WIDTH);
	y = draw_lines(&a->svg, &lines, "muted unit", "start", MARGIN, y, LINE_HEIGHT);
	if (kind_names != NULL)
		y = draw_kinds(a, kind_names, y);
	a->top = y + 20 + LEADER_HEIGHT;
	a->bottom = a->top + PLOT_HEIGHT;
}

/*
 * abatement_svg(names, tonnes, costs, low, high, title, unit, axis, point, source,
 * licence, year, scheme, kinds, kind_names): NULL when there is nothing to draw.
 */
PG_FUNCTION_INFO_V1(abatement_svg);
Datum
abatement_svg(PG_FUNCTION_ARGS)
{
	abatement a = { 0 };
	char *title = optional_text(fcinfo, ARG_TITLE);
	char *unit = optional_text(fcinfo, ARG_UNIT);
	char *axis = optional_text(fcinfo, ARG_AXIS);
	char *origin = read_origin(fcinfo, ARG_SOURCE);
	int scheme = read_scheme(fcinfo, ARG_SCHEME);
	StringInfoData picture;
	double height;

	a.point = optional_text(fcinfo, ARG_POINT);
	a.point = a.point == NULL ? "." : a.point;
	title = title == NULL ? pstrdup("Abatement") : title;
	if (!read_bars(fcinfo, &a))
		PG_RETURN_NULL();
	settle_axes(&a);

	initStringInfo(&a.svg);
	draw_head(&a, title, unit == NULL ? "" : unit,
			  PG_ARGISNULL(ARG_KIND_NAMES) ? NULL : PG_GETARG_ARRAYTYPE_P(ARG_KIND_NAMES));
	draw_bars(&a);
	draw_axes(&a);
	draw_numbers(&a);
	height = draw_list(&a, axis == NULL ? "" : axis, origin);

	initStringInfo(&picture);
	begin_picture(&picture, height, title, scheme);
	appendStringInfoString(&picture, "<desc>");
	for (int i = 0; i < a.n; i++)
	{
		append_whole(&picture, describe_bar(&a, i));
		appendStringInfoString(&picture, "; ");
	}
	append_whole(&picture, origin);
	appendStringInfo(&picture,
					 "</desc>\n<path class=\"paper\" d=\"M0 0H%.0fV%.0fH0z\"/>\n%s</svg>\n", WIDTH,
					 height, a.svg.data);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(picture.data, picture.len));
}
