/*
 * normal.h
 *		Intervals of the normal distribution.  Pure computation.
 */
#ifndef TERRCARBON_NORMAL_H
#define TERRCARBON_NORMAL_H

/* The share 95 %, which no double is exactly: used where that is what is meant. */
#define NORMAL_HALF_WIDTH_95 1.959963984540054

extern double normal_half_width(double confidence);

#endif /* TERRCARBON_NORMAL_H */
