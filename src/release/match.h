/*
 * match.h
 *		Which contributions to several cubes are one and the same.
 */
#ifndef TERRCARBON_MATCH_H
#define TERRCARBON_MATCH_H

#include "release/secrecy.h"

/*
 * Gives the parts of one contribution in several cubes one number.  On entry each
 * cube has numbers of its own; key tells what each calls itself, and extent, where
 * it is not 0, that this is no mere name: the same thing, of this size, wherever it
 * is counted.  Former cubes count from 1 in the order of time.
 */
extern void secrecy_match(const secrecy_cube *cube, const int32_t *key, const double *extent,
						  secrecy_part *parts, const secrecy_host *host);

/*
 * Finds the units that may be one under two names: what is in the same places and
 * sectors in different cubes, never in the same.  Of each the nearest by figure.
 * Memory of host.
 */
extern void secrecy_find_kin(secrecy_cube *cube, const secrecy_host *host);

#endif /* TERRCARBON_MATCH_H */
