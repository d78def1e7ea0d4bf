/*
 * cache.h
 *		Geometry arguments, kept ready from call to call.
 */
#ifndef TERRCARBON_GEOMETRY_CACHE_H
#define TERRCARBON_GEOMETRY_CACHE_H

#include "compat.h"

#include "geometry/shape.h"

/* An argument: kept by the cache, or read for this call only. */
typedef struct geometry_argument
{
	struct varlena *datum; /* NULL when kept */
	const shape *kept;
	int32_t srid;
} geometry_argument;

extern void geometry_define_settings(void);
extern geometry_argument geometry_get(FunctionCallInfo fcinfo, int argno, const shape *in_use);

#endif /* TERRCARBON_GEOMETRY_CACHE_H */
