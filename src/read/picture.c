/*
 * picture.c
 *		What the charts have in common.
 */
#include "read/picture.h"

#include <math.h>

#include "utils/builtins.h"

#include "name_list.h"

static const char *const scheme_names[] = { "auto", "light", "dark" };
static const name_list schemes = { "colour scheme", lengthof(scheme_names), scheme_names };

enum
{
	SCHEME_AUTO,
	SCHEME_LIGHT,
	SCHEME_DARK
};

/*
 * Colours have a contrast of at least 4.5 for text and lines, in both schemes;
 * dashes tell the lines apart without them.
 */
static const char light_style[] =
	".tc-chart{max-width:100%;height:auto}"
	".tc-chart text{font:13px system-ui,\"DejaVu Sans\",sans-serif;fill:#1f2328}"
	".tc-chart .title{font-size:18px;font-weight:600}"
	".tc-chart .muted{fill:#59636e}"
	".tc-chart .note{font-size:12px}"
	".tc-chart .end{font-weight:600}"
	".tc-chart .halo{paint-order:stroke;stroke:#ffffff;stroke-width:4px;stroke-linejoin:round}"
	".tc-chart .paper{fill:#ffffff}"
	".tc-chart .grid{stroke:#dde3e9;stroke-width:1}"
	".tc-chart .zero{stroke:#59636e;stroke-width:1.5}"
	".tc-chart .line{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}"
	".tc-chart .actual{stroke:#0b57d0}"
	".tc-chart .projection{stroke:#0b57d0;stroke-dasharray:1 6}"
	".tc-chart .link{stroke:#0b57d0;stroke-width:1}"
	".tc-chart .lead{fill:none;stroke:#59636e;stroke-width:.75}"
	".tc-chart .target{stroke:#15702f;stroke-dasharray:9 6}"
	".tc-chart .neutral{stroke:#8a3ffc;stroke-width:1.5;stroke-dasharray:4 4}"
	".tc-chart .band{fill:#0b57d0;fill-opacity:.14;stroke:none}"
	".tc-chart .wedge{fill-opacity:.5;stroke:#ffffff;stroke-width:1}"
	".tc-chart .wedge-1{fill:#c2410c}"
	".tc-chart .wedge-2{fill:#8a6d00}"
	".tc-chart .wedge-3{fill:#7e22ce}"
	".tc-chart .wedge-4{fill:#57606a}"
	".tc-chart .actual-fill{fill:#0b57d0}"
	".tc-chart .target-fill{fill:#15702f}"
	".tc-chart .neutral-fill{fill:#8a3ffc}";

static const char dark_style[] =
	".tc-chart text{fill:#e6edf3}"
	".tc-chart .muted{fill:#a3adb8}"
	".tc-chart .halo{stroke:#12161c}"
	".tc-chart .paper{fill:#12161c}"
	".tc-chart .grid{stroke:#2b323b}"
	".tc-chart .zero,.tc-chart .lead{stroke:#a3adb8}"
	".tc-chart .actual,.tc-chart .link,.tc-chart .projection{stroke:#7ab7ff}"
	".tc-chart .target{stroke:#5bd67a}"
	".tc-chart .neutral{stroke:#c9a2ff}"
	".tc-chart .band{fill:#7ab7ff;fill-opacity:.2}"
	".tc-chart .wedge{stroke:#12161c}"
	".tc-chart .wedge-1{fill:#ff9966}"
	".tc-chart .wedge-2{fill:#f2d04a}"
	".tc-chart .wedge-3{fill:#d2a8ff}"
	".tc-chart .wedge-4{fill:#a3adb8}"
	".tc-chart .actual-fill{fill:#7ab7ff}"
	".tc-chart .target-fill{fill:#5bd67a}"
	".tc-chart .neutral-fill{fill:#c9a2ff}";

/* The step of a readable axis of about five: 1, 2 or 5 times a power of ten. */
double
readable_step(double range)
{
	double power = pow(10, floor(log10(range / 5)));
	double factor = range / 5 / power;

	return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

/* Append a whole text. */
void
append_whole(StringInfo buf, const char *text)
{
	append_escaped(buf, text, strlen(text));
}

/* Lines of text one below the other; returns the y of the line after the last. */
double
draw_lines(StringInfo buf, const text_lines *lines, const char *class, const char *anchor, double x,
		   double y, double step)
{
	for (int i = 0; i < lines->n; i++, y += step)
		appendStringInfo(buf,
						 "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
						 class, anchor, x, y, lines->line[i]);
	return y;
}

/* An argument that may be left out. */
char *
optional_text(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(argno));
}

/* Source, licence and year, as far as given, from argument argno on. */
char *
read_origin(FunctionCallInfo fcinfo, int argno)
{
	char *parts[] = { optional_text(fcinfo, argno), optional_text(fcinfo, argno + 1),
					  PG_ARGISNULL(argno + 2) ? NULL : psprintf("%d", PG_GETARG_INT32(argno + 2)) };
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < lengthof(parts); i++)
	{
		if (parts[i] != NULL && parts[i][0] != '\0')
			appendStringInfo(&buf, "%s%s", buf.len > 0 ? " | " : "", parts[i]);
	}
	return buf.data;
}

/* The argument for the colour scheme. */
int
read_scheme(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? SCHEME_AUTO
							   : name_list_argument(&schemes, PG_GETARG_TEXT_PP(argno));
}

/* The beginning of the picture: its size, what it says, its colours. */
void
begin_picture(StringInfo buf, double height, const char *title, int scheme)
{
	appendStringInfo(buf,
					 "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tc-chart\" role=\"img\" "
					 "viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\">\n<title>",
					 WIDTH, height, WIDTH, height);
	append_whole(buf, title);
	appendStringInfo(buf, "</title>\n<style>%s", light_style);
	if (scheme == SCHEME_AUTO)
		appendStringInfo(buf, "@media (prefers-color-scheme:dark){%s}", dark_style);
	else if (scheme == SCHEME_DARK)
		appendStringInfoString(buf, dark_style);
	appendStringInfoString(buf, "</style>\n");
}
