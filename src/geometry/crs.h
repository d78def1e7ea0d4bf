/*
 * crs.h
 *		The coordinate reference system behind a SRID.
 */
#ifndef TERRCARBON_CRS_H
#define TERRCARBON_CRS_H

#include "geometry/ground.h"

extern ground *crs_ground(int32_t srid);

#endif /* TERRCARBON_CRS_H */
