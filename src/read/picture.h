/*
 * picture.h
 *		What the charts have in common: size, colours, lines of text.
 */
#ifndef TERRCARBON_PICTURE_H
#define TERRCARBON_PICTURE_H

#include "compat.h"

#include "lib/stringinfo.h"

#include "read/svg_text.h"

#define WIDTH       800.0
#define MARGIN      24.0
#define TEXT_WIDTH  (WIDTH - 2 * MARGIN)
#define FONT        13.0
#define TITLE_FONT  18.0
#define NOTE_FONT   12.0
#define LINE_HEIGHT 17.0 /* least distance of two labels */
#define TITLE_STEP  24.0
#define NOTE_STEP   16.0

extern double readable_step(double range);
extern void append_whole(StringInfo buf, const char *text);
extern double draw_lines(StringInfo buf, const text_lines *lines, const char *class,
						 const char *anchor, double x, double y, double step);
extern char *optional_text(FunctionCallInfo fcinfo, int argno);
extern char *read_origin(FunctionCallInfo fcinfo, int argno);
extern int read_scheme(FunctionCallInfo fcinfo, int argno);
extern void begin_picture(StringInfo buf, double height, const char *title, int scheme);

#endif /* TERRCARBON_PICTURE_H */
