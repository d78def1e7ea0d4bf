/*
 * svg_text.c
 *		Text in an SVG picture.
 *
 * The reader's fonts are not known, so widths are those of DejaVu Sans, one of the
 * widest in use, rounded up.
 */
#include "read/svg_text.h"

#include <math.h>

#include "miscadmin.h"

/* Width of a digit, in ems, bold included. */
#define DIGIT_WIDTH 0.70
#define BOLD_FACTOR 1.14

/*
 * Append text to SVG content.  What XML cannot hold becomes a space.
 */
void
append_escaped(StringInfo buf, const char *text, int len)
{
	const char *end = text + len;

	for (int length; text < end; text += length)
	{
		length = pg_mblen(text);
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
}

/*
 * Append the digits of a number with its thousands set apart and the decimal sign
 * of the reader; as text of an SVG, or plain, to be escaped later.  Returns how many
 * characters are shown.
 */
int
append_grouped(StringInfo buf, const char *text, const char *point, bool escaped)
{
	int whole;
	int shown = 0;

	/* A value that rounds to zero has no sign. */
	if (*text == '-')
	{
		text++;
		if (strspn(text, "0.") != strlen(text))
		{
			appendStringInfoString(buf, escaped ? "&#8722;" : "\xe2\x88\x92"); /* minus */
			shown++;
		}
	}
	whole = strspn(text, "0123456789");
	for (int i = 0; text[i]; i++)
	{
		if (i > 0 && i < whole && (whole - i) % 3 == 0)
		{
			appendStringInfoString(buf, escaped ? "&#8239;" : "\xe2\x80\xaf"); /* narrow space */
			shown++;
		}
		if (text[i] != '.')
			appendStringInfoChar(buf, text[i]);
		else if (escaped)
			append_escaped(buf, point, strlen(point));
		else
			appendStringInfoString(buf, point);
		shown++;
	}
	return shown;
}

/*
 * Append a number with its thousands set apart, or in powers of ten when it is
 * too long to read.  Returns the width it takes.
 */
double
append_number(StringInfo buf, double value, int decimals, const char *point, double font)
{
	char *text;

	if (decimals > 6 || fabs(value) >= 1e15)
		text = psprintf("%.3g", value);
	else
		text = psprintf("%.*f", value == 0 ? 0 : decimals, value);
	return append_grouped(buf, text, point, true) * DIGIT_WIDTH * font;
}

/* Width of a character in ems. */
static double
character_width(const char *c)
{
	if (IS_HIGHBIT_SET(*c))
		return pg_dsplen(c) > 1 ? 1.1 : 0.7;
	if (strchr("ijlI|'.,:; !()[]", *c) != NULL)
		return 0.40;
	if (strchr("mwMW@%", *c) != NULL)
		return 1.0;
	if (*c >= 'A' && *c <= 'Z')
		return 0.78;
	return 0.65;
}

/* Width of a text, on the generous side. */
double
text_width(const char *text, int len, double font, bool bold)
{
	double ems = 0.0;

	for (const char *c = text; c < text + len; c += pg_mblen(c))
		ems += character_width(c);
	return ems * font * (bold ? BOLD_FACTOR : 1.0);
}

/* How much of a text, from its beginning, goes on a line: whole words when one fits. */
static int
fitting_length(const char *text, double font, bool bold, double width)
{
	int words = 0;
	int length = 0;

	while (text[length] != '\0')
	{
		int next = length + pg_mblen(text + length);

		if (text[length] == ' ')
			words = length;
		if (length > 0 && text_width(text, next, font, bold) > width)
			return words > 0 ? words : length;
		length = next;
	}
	return length;
}

/* Break a text into lines of a width; a word longer than that is broken too. */
text_lines
break_text(const char *text, double font, bool bold, double width)
{
	text_lines lines = { 0 };
	int max_lines = 0;

	text += strspn(text, " ");
	while (*text != '\0')
	{
		int length = fitting_length(text, font, bold, width);
		int shown = length;
		StringInfoData buf;

		CHECK_FOR_INTERRUPTS();
		if (lines.n == max_lines)
		{
			max_lines = Max(4, 2 * max_lines);
			lines.line = lines.line == NULL ? palloc(max_lines * sizeof(char *))
											: repalloc(lines.line, max_lines * sizeof(char *));
		}
		initStringInfo(&buf);
		while (shown > 0 && text[shown - 1] == ' ')
			shown--;
		append_escaped(&buf, text, shown);
		lines.line[lines.n++] = buf.data;
		lines.width = Max(lines.width, text_width(text, shown, font, bold));
		text += length;
		text += strspn(text, " ");
	}
	return lines;
}
