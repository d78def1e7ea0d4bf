/*
 * ground.c
 *		How large a coordinate reference system's unit is on the ground.
 *
 * At each place the map (x, y) -> ellipsoid has two tangent vectors, in metres
 * per unit of x and of y.  Their products E = X.X, F = X.Y, G = Y.Y give lengths
 * on the ground (ds^2 = E dx^2 + 2F dx dy + G dy^2), and |X x Y| gives areas.
 * These four functions are smooth: over a tile of some hundred kilometres a
 * polynomial of degree 8 gives them to the rounding error of PROJ itself.  A tile
 * costs some hundreds of transformations, so tiles are kept; around a geometry
 * the tile's polynomial is re-expanded and cut to the degree its box needs.
 */
#include "geometry/ground.h"

#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The relative error that cutting a polynomial may cause. */
#define SCALE_TOLERANCE 4e-12

/* Tiles kept for each system. */
#define TILES 64

/* Smallest tile and differentiation step, in metres. */
#define TILE_SIZE 262144.0
#define STEP      4096.0

/*
 * A projected system is taken to hold this far around its area of use, degrees;
 * beyond, a coordinate is a mistake.
 */
#define AROUND_LATITUDE  20
#define AROUND_LONGITUDE 30

enum
{
	METRIC_E,
	METRIC_F,
	METRIC_G,
	METRIC_AREA,
	METRICS
};

/* Polynomials in u, v: coordinates from the centre in units of half, in [-1, 1]. */
typedef struct ground_tile
{
	double size; /* of the grid cell it stands for, 0 = none yet */
	ground_error fit;
	double column, row;
	double x, y, /* centre */
		half;
	double c[METRICS][GROUND_TERMS][GROUND_TERMS];

	/*
	 * tail[m][d] * r^(d+1) bounds what cutting to degree d loses within r half
	 * sizes of any point, for r <= 1/4.
	 */
	double tail[METRICS][GROUND_DEGREE];
} ground_tile;

struct ground
{
	PJ_CONTEXT *context;
	PJ *to_geographic; /* NULL when it is geographic itself */
	double radius,     /* of the equator, m */
		e2;            /* eccentricity squared */
	double unit;       /* of the coordinates, in m or rad */
	double angle;      /* what to_geographic gives, in rad */
	double metre;      /* on the ground, roughly, in coordinate units */
	/* where a projected system holds, rad */
	double south, north;
	double centre, to_side; /* longitude of the middle, and how far from there */
	geom_box known;         /* where it has been found to hold */
	ground_tile tiles[TILES];
};

static void
keep_message(void *user, int level, const char *message)
{
	snprintf(user, 200, "%s", message);
}

/* The projected or geographic part of a system, without height or datum shift. */
static PJ *
horizontal_part(PJ_CONTEXT *context, PJ *crs)
{
	for (int i = 0; crs != NULL && i < 4; i++)
	{
		PJ *inner;
		PJ_TYPE type = proj_get_type(crs);

		if (type == PJ_TYPE_BOUND_CRS)
			inner = proj_get_source_crs(context, crs);
		else if (type == PJ_TYPE_COMPOUND_CRS)
			inner = proj_crs_get_sub_crs(context, crs, 0);
		else
			break;
		proj_destroy(crs);
		crs = inner;
	}
	return crs;
}

/* The unit of a system's coordinates, in m or rad. */
static bool
find_unit(ground *g, PJ *crs, double *unit)
{
	PJ *axes = proj_crs_get_coordinate_system(g->context, crs);
	bool found;

	if (axes == NULL)
		return false;
	found = proj_cs_get_axis_info(g->context, axes, 0, NULL, NULL, NULL, unit, NULL, NULL, NULL);
	proj_destroy(axes);
	return found && *unit > 0 && isfinite(*unit);
}

static bool
find_ellipsoid(ground *g, PJ *crs)
{
	PJ *ellipsoid = proj_get_ellipsoid(g->context, crs);
	double inverse_flattening = 0;
	double flattening;
	bool found;

	if (ellipsoid == NULL)
		return false;
	found = proj_ellipsoid_get_parameters(g->context, ellipsoid, &g->radius, NULL, NULL,
										  &inverse_flattening);
	proj_destroy(ellipsoid);
	flattening = inverse_flattening > 0 ? 1 / inverse_flattening : 0;
	g->e2 = flattening * (2 - flattening);
	return found && g->radius > 0;
}

/* Finds where a system holds: around its area of use, or anywhere if it has none. */
static void
find_area_of_use(ground *g, PJ *crs)
{
	const double degree = M_PI / 180;
	double west;
	double south;
	double east;
	double north;

	g->known = (geom_box){ INFINITY, INFINITY, -INFINITY, -INFINITY };
	g->south = -INFINITY;
	g->north = g->to_side = INFINITY;
	g->centre = 0;
	if (!proj_get_area_of_use(g->context, crs, &west, &south, &east, &north, NULL) ||
		!(south >= -90 && south <= north && north <= 90 && fabs(west) <= 180 && fabs(east) <= 180))
		return;
	if (east < west)
		east += 360;
	g->south = (south - AROUND_LATITUDE) * degree;
	g->north = (north + AROUND_LATITUDE) * degree;
	g->centre = (west + east) / 2 * degree;
	g->to_side = ((east - west) / 2 + AROUND_LONGITUDE) * degree;
}

/*
 * Opens a system from anything PROJ understands: "EPSG:2154", WKT or a PROJ
 * string.  NULL with the reason when it cannot be measured on.
 */
ground *
ground_open(const char *definition, char *reason, size_t reason_size)
{
	ground *g = calloc(1, sizeof(*g));
	char message[200] = "";
	PJ *crs = NULL;
	bool opened = false;

	if (g != NULL)
		g->context = proj_context_create();
	if (g == NULL || g->context == NULL)
	{
		snprintf(reason, reason_size, "out of memory");
		free(g);
		return NULL;
	}
	proj_context_set_enable_network(g->context, 0);
	proj_log_func(g->context, message, keep_message);

	crs = horizontal_part(g->context, proj_create(g->context, definition));
	if (crs == NULL)
		snprintf(reason, reason_size, "%s", message[0] ? message : "PROJ does not know it");
	else if (!find_unit(g, crs, &g->unit) || !find_ellipsoid(g, crs))
		snprintf(reason, reason_size, "it is neither projected nor geographic");
	else if (proj_get_type(crs) == PJ_TYPE_GEOGRAPHIC_2D_CRS ||
			 proj_get_type(crs) == PJ_TYPE_GEOGRAPHIC_3D_CRS)
		opened = true;
	else if (proj_get_type(crs) == PJ_TYPE_PROJECTED_CRS)
	{
		PJ *base = proj_crs_get_geodetic_crs(g->context, crs);
		PJ *path = NULL;

		/* Grads, not degrees, under the French Lambert zones of old. */
		if (base != NULL && find_unit(g, base, &g->angle))
			path = proj_create_crs_to_crs_from_pj(g->context, crs, base, NULL, NULL);
		if (path != NULL)
			g->to_geographic = proj_normalize_for_visualization(g->context, path);
		proj_destroy(path);
		proj_destroy(base);
		opened = g->to_geographic != NULL;
		if (!opened)
			snprintf(reason, reason_size, "%s", message[0] ? message : "it has no inverse");
	}
	else
		snprintf(reason, reason_size, "it is neither projected nor geographic");
	if (crs != NULL)
		find_area_of_use(g, crs);
	g->metre = 1 / (g->to_geographic ? g->unit : g->unit * g->radius);
	proj_destroy(crs);
	/* The message buffer ends here. */
	proj_log_func(g->context, NULL, NULL);
	proj_log_level(g->context, PJ_LOG_NONE);
	if (!opened)
	{
		ground_close(g);
		return NULL;
	}
	return g;
}

void
ground_close(ground *g)
{
	proj_destroy(g->to_geographic);
	proj_context_destroy(g->context);
	free(g);
}

/* The point of the ellipsoid under a coordinate, in Earth-centred metres. */
static bool
locate(ground *g, double x, double y, double point[3])
{
	PJ_COORD where = proj_coord(x, y, 0, 0);
	double longitude;
	double latitude;
	double normal;

	proj_errno_reset(g->to_geographic);
	where = proj_trans(g->to_geographic, PJ_FWD, where);
	if (!isfinite(where.xy.x) || !isfinite(where.xy.y))
		return false;
	longitude = where.xy.x * g->angle;
	latitude = where.xy.y * g->angle;
	if (!(latitude >= g->south && latitude <= g->north &&
		  fabs(remainder(longitude - g->centre, 2 * M_PI)) <= g->to_side))
		return false;
	normal = g->radius / sqrt(1 - g->e2 * sin(latitude) * sin(latitude));
	point[0] = normal * cos(latitude) * cos(longitude);
	point[1] = normal * cos(latitude) * sin(longitude);
	point[2] = normal * (1 - g->e2) * sin(latitude);
	return true;
}

/* The derivative of locate along (dx, dy), by the five-point rule. */
static bool
tangent(ground *g, double x, double y, double dx, double dy, double vector[3])
{
	double p[4][3];

	if (!locate(g, x - 2 * dx, y - 2 * dy, p[0]) || !locate(g, x - dx, y - dy, p[1]) ||
		!locate(g, x + dx, y + dy, p[2]) || !locate(g, x + 2 * dx, y + 2 * dy, p[3]))
		return false;
	for (int i = 0; i < 3; i++)
		vector[i] = (8 * (p[2][i] - p[1][i]) - (p[3][i] - p[0][i])) / (12 * (dx + dy));
	return true;
}

static bool
sample(ground *g, double x, double y, double metric[METRICS])
{
	if (g->to_geographic == NULL)
	{
		double latitude = y * g->unit;
		double w2 = 1 - g->e2 * sin(latitude) * sin(latitude);
		double parallel = g->radius / sqrt(w2) * cos(latitude) * g->unit;
		double meridian = g->radius * (1 - g->e2) / (w2 * sqrt(w2)) * g->unit;

		metric[METRIC_E] = parallel * parallel;
		metric[METRIC_F] = 0;
		metric[METRIC_G] = meridian * meridian;
		metric[METRIC_AREA] = parallel * meridian;
	}
	else
	{
		double step = STEP * g->metre;
		double a[3];
		double b[3];

		if (!tangent(g, x, y, step, 0, a) || !tangent(g, x, y, 0, step, b))
			return false;
		metric[METRIC_E] = a[0] * a[0] + a[1] * a[1] + a[2] * a[2];
		metric[METRIC_F] = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
		metric[METRIC_G] = b[0] * b[0] + b[1] * b[1] + b[2] * b[2];
		metric[METRIC_AREA] = sqrt((a[1] * b[2] - a[2] * b[1]) * (a[1] * b[2] - a[2] * b[1]) +
								   (a[2] * b[0] - a[0] * b[2]) * (a[2] * b[0] - a[0] * b[2]) +
								   (a[0] * b[1] - a[1] * b[0]) * (a[0] * b[1] - a[1] * b[0]));
		/* Far outside, some projections give one place for all coordinates. */
		if (!(metric[METRIC_AREA] > 0))
			return false;
	}
	for (int m = 0; m < METRICS; m++)
		if (!isfinite(metric[m]))
			return false;
	return true;
}

/* The coefficients of the Chebyshev polynomials, by powers. */
static void
chebyshev_powers(double t[GROUND_TERMS][GROUND_TERMS])
{
	memset(t, 0, sizeof(double) * GROUND_TERMS * GROUND_TERMS);
	t[0][0] = 1;
	t[1][1] = 1;
	for (int k = 2; k < GROUND_TERMS; k++)
		for (int i = 0; i <= k; i++)
			t[k][i] = (i > 0 ? 2 * t[k - 1][i - 1] : 0) - t[k - 2][i];
}

static double
binomial(int n, int k)
{
	double b = 1;

	for (int i = 0; i < k; i++)
		b = b * (n - i) / (i + 1);
	return b;
}

typedef double poly_terms[GROUND_TERMS][GROUND_TERMS];

/* The metrics at the Chebyshev nodes of a tile. */
static bool
sample_tile(ground *g, const ground_tile *tile, const double *node, poly_terms value[METRICS])
{
	for (int i = 0; i < GROUND_TERMS; i++)
		for (int j = 0; j < GROUND_TERMS; j++)
		{
			double metric[METRICS];

			if (!sample(g, tile->x + tile->half * node[i], tile->y + tile->half * node[j], metric))
				return false;
			for (int m = 0; m < METRICS; m++)
				value[m][i][j] = metric[m];
		}
	return true;
}

/*
 * The Chebyshev series through values at the nodes; wave[k] is the k-th polynomial
 * there.  Returns the size of the terms of the last degrees, of what is left out.
 */
static double
chebyshev_series(poly_terms value, poly_terms wave, poly_terms series)
{
	const int n = GROUND_TERMS;
	double last = 0;

	for (int k = 0; k < n; k++)
		for (int l = 0; l < n; l++)
		{
			double sum = 0;

			for (int i = 0; i < n; i++)
				for (int j = 0; j < n; j++)
					sum += value[i][j] * wave[k][i] * wave[l][j];
			series[k][l] = sum * (k ? 2.0 : 1.0) * (l ? 2.0 : 1.0) / (n * n);
			if (k + l >= n - 1)
				last += fabs(series[k][l]);
		}
	return last;
}

/* A Chebyshev series, by powers. */
static void
series_by_powers(poly_terms series, poly_terms c)
{
	const int n = GROUND_TERMS;
	poly_terms t;

	chebyshev_powers(t);
	memset(c, 0, sizeof(poly_terms));
	for (int k = 0; k < n; k++)
		for (int l = 0; k + l < n; l++)
			for (int i = 0; i <= k; i++)
				for (int j = 0; j <= l; j++)
					c[i][j] += series[k][l] * t[k][i] * t[l][j];
}

/* What bounds the loss of cutting a polynomial to each degree. */
static void
find_tails(poly_terms c, double tail[GROUND_DEGREE])
{
	for (int d = 0; d < GROUND_DEGREE; d++)
	{
		tail[d] = 0;
		for (int i = 0; i < GROUND_TERMS; i++)
			for (int j = 0; j < GROUND_TERMS; j++)
				if (i + j > d)
					tail[d] += fabs(c[i][j]) * binomial(i + j, d + 1) * pow(1.25, i + j - d - 1);
	}
}

/* Fits a tile's polynomials: interpolation at the Chebyshev nodes. */
static ground_error
fit_tile(ground *g, ground_tile *tile, double x, double y, double half)
{
	const int n = GROUND_TERMS;
	poly_terms value[METRICS];
	poly_terms wave;
	ground_error result = GROUND_OK;

	tile->x = x;
	tile->y = y;
	tile->half = half;
	for (int k = 0; k < n; k++)
		for (int i = 0; i < n; i++)
			wave[k][i] = cos(k * M_PI * (i + 0.5) / n);
	if (!sample_tile(g, tile, wave[1], value))
		return GROUND_OUTSIDE;
	for (int m = 0; m < METRICS; m++)
	{
		poly_terms series;
		double last = chebyshev_series(value[m], wave, series);
		/* F, zero for most systems, is judged by the size of E. */
		double magnitude = m == METRIC_F ? fabs(tile->c[METRIC_E][0][0]) : series[0][0];

		if (last > 8 * SCALE_TOLERANCE * magnitude)
			result = GROUND_TOO_LARGE;
		series_by_powers(series, tile->c[m]);
		find_tails(tile->c[m], tile->tail[m]);
	}
	return result;
}

/*
 * The tile for a box: one of a fixed grid that is kept, or, where the grid's is
 * too large or reaches outside the system, one made for this very box.
 */
static ground_error
find_tile(ground *g, const geom_box *box, ground_tile *own, ground_tile **tile)
{
	double size = TILE_SIZE * g->metre;
	double extent = fmax(box->xmax - box->xmin, box->ymax - box->ymin);
	double x = box->xmin + (box->xmax - box->xmin) / 2;
	double y = box->ymin + (box->ymax - box->ymin) / 2;
	double column;
	double row;
	ground_tile *kept;
	uint64_t hash;

	if (g->to_geographic == NULL &&
		fmax(fabs(box->ymin), fabs(box->ymax)) * g->unit > M_PI / 2 * (1 + 1e-12))
		return GROUND_OUTSIDE;
	while (size < 2 * extent)
		size *= 2;
	if (!isfinite(size))
		return GROUND_OUTSIDE;
	column = floor(x / size);
	row = floor(y / size);
	if (fabs(column) < 1e9 && fabs(row) < 1e9)
	{
		hash = (uint64_t) (int64_t) column * 0x9e3779b97f4a7c15 +
			   (uint64_t) (int64_t) row * 0xc2b2ae3d27d4eb4f;
		hash ^= hash >> 29;
		kept = &g->tiles[hash % TILES];
		if (kept->size != size || kept->column != column || kept->row != row)
		{
			kept->size = size;
			kept->column = column;
			kept->row = row;
			kept->fit = fit_tile(g, kept, (column + 0.5) * size, (row + 0.5) * size, 0.75 * size);
		}
		if (kept->fit == GROUND_OK)
		{
			*tile = kept;
			return GROUND_OK;
		}
	}
	*tile = own;
	return fit_tile(g, own, x, y, fmax(0.5 * extent, g->metre));
}

/*
 * Re-expands a tile's polynomial about (x, y) and cuts it to the smallest degree
 * that is good within reach of there.
 */
static void
expand(const ground_tile *tile, int metric, double x, double y, double reach, double magnitude,
	   ground_poly *poly)
{
	double u = (x - tile->x) / tile->half;
	double v = (y - tile->y) / tile->half;
	double r = reach / tile->half;
	double c[GROUND_TERMS][GROUND_TERMS];
	const double *tail = tile->tail[metric];
	const int n = GROUND_TERMS;
	int degree = GROUND_DEGREE;
	double x_scale = 1;

	if (r <= 0.25 && tail[2] * r * r * r <= SCALE_TOLERANCE * magnitude)
		degree = 2;
	else if (r <= 0.25 && tail[4] * r * r * r * r * r <= SCALE_TOLERANCE * magnitude)
		degree = 4;
	poly->degree = degree;

	/* Taylor shift, a variable at a time, by repeated synthetic division */
	memcpy(c, tile->c[metric], sizeof(c));
	for (int i = 0; i < n; i++)
		for (int k = 0; k <= degree; k++)
			for (int j = n - 2; j >= k; j--)
				c[i][j] += c[i][j + 1] * v;
	for (int j = 0; j <= degree; j++)
		for (int k = 0; k <= degree - j; k++)
			for (int i = n - 2; i >= k; i--)
				c[i][j] += c[i + 1][j] * u;
	for (int i = 0; i <= degree; i++, x_scale /= tile->half)
	{
		double scale = x_scale;

		for (int j = 0; j <= degree - i; j++, scale /= tile->half)
			poly->c[i][j] = c[i][j] * scale;
	}
}

/*
 * Ground area in m2 per square unit, within box, as a polynomial about the box's
 * lower left corner.
 */
ground_error
ground_area_scale(ground *g, const geom_box *box, ground_poly *area)
{
	ground_tile own;
	ground_tile *tile;
	double extent = fmax(box->xmax - box->xmin, box->ymax - box->ymin);
	ground_error error = find_tile(g, box, &own, &tile);

	if (error == GROUND_OK)
		expand(tile, METRIC_AREA, box->xmin, box->ymin, extent, fabs(tile->c[METRIC_AREA][0][0]),
			   area);
	return error;
}

/* E, F and G, likewise. */
ground_error
ground_length_scale(ground *g, const geom_box *box, ground_poly metric[3])
{
	ground_tile own;
	ground_tile *tile;
	double extent = fmax(box->xmax - box->xmin, box->ymax - box->ymin);
	ground_error error = find_tile(g, box, &own, &tile);

	if (error == GROUND_OK)
		for (int m = METRIC_E; m <= METRIC_G; m++)
			expand(tile, m, box->xmin, box->ymin, extent,
				   fmin(tile->c[METRIC_E][0][0], tile->c[METRIC_G][0][0]), &metric[m]);
	return error;
}

/* Does a system hold at a point? */
static bool
holds_at(ground *g, double x, double y)
{
	double point[3];

	if (g->to_geographic == NULL)
		return fabs(y) * g->unit <= M_PI / 2 * (1 + 1e-12);
	return locate(g, x, y, point);
}

static bool
holds_at_corners(ground *g, const geom_box *box)
{
	return holds_at(g, box->xmin, box->ymin) && holds_at(g, box->xmax, box->ymin) &&
		   holds_at(g, box->xmin, box->ymax) && holds_at(g, box->xmax, box->ymax);
}

/* Does a system hold at the corners of a box, or in a larger one around it? */
bool
ground_holds(ground *g, const geom_box *box)
{
	geom_box larger = { fmin(g->known.xmin, box->xmin), fmin(g->known.ymin, box->ymin),
						fmax(g->known.xmax, box->xmax), fmax(g->known.ymax, box->ymax) };

	if (memcmp(&larger, &g->known, sizeof(larger)) == 0)
		return true;
	if (holds_at_corners(g, &larger))
	{
		g->known = larger;
		return true;
	}
	return holds_at_corners(g, box);
}

/* Half a turn around the Earth in a geographic system's coordinates; else infinity. */
double
ground_half_turn(const ground *g)
{
	return g->to_geographic ? INFINITY : M_PI / g->unit;
}

const ground_poly ground_flat = { 0, { { 1 } } };
