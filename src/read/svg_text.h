/*
 * svg_text.h
 *		Text in an SVG picture: escaped, measured, broken into lines.
 */
#ifndef TERRCARBON_SVG_TEXT_H
#define TERRCARBON_SVG_TEXT_H

#include "compat.h"

#include "lib/stringinfo.h"

/* A text broken into lines, each escaped. */
typedef struct text_lines
{
	int n;
	char **line;
	double width; /* of the longest */
} text_lines;

extern void append_escaped(StringInfo buf, const char *text, int len);
extern int append_grouped(StringInfo buf, const char *text, const char *point, bool escaped);
extern double append_number(StringInfo buf, double value, int decimals, const char *point,
							double font);
extern double text_width(const char *text, int len, double font, bool bold);
extern text_lines break_text(const char *text, double font, bool bold, double width);

#endif /* TERRCARBON_SVG_TEXT_H */
