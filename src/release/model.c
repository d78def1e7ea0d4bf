/*
 * model.c
 *		What a cube says: unknowns, cells as sums over them, and what each
 *		attacker knows.
 *
 * An unknown is a contribution: what one unit adds, spread over places in
 * proportions that everybody knows.  Contributions with the same places and
 * proportions are in the same cells of all cubes, so that they make up one
 * column, and only its total can be computed.
 */
#include "release/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CELLS (INT32_MAX / 4)
#define CHUNK     ((size_t) 1 << 18)
#define LONG_ROW  256

typedef struct arena_chunk
{
	struct arena_chunk *next;
	size_t used;
	size_t size;
} arena_chunk;

void *
arena_take(arena *a, size_t count, size_t size)
{
	size_t bytes = ((count > 0 ? count : 1) * size + 15) & ~(size_t) 15;
	size_t head = (sizeof(arena_chunk) + 15) & ~(size_t) 15;
	arena_chunk *chunk = a->chunks;
	void *memory;

	if (chunk == NULL || chunk->size - chunk->used < bytes)
	{
		size_t room = head + (bytes > CHUNK ? bytes : CHUNK);

		chunk = a->host->allocate(room);
		*chunk = (arena_chunk){ a->chunks, head, room };
		a->chunks = chunk;
	}
	memory = (char *) chunk + chunk->used;
	chunk->used += bytes;
	memset(memory, 0, bytes);
	return memory;
}

void
arena_empty(arena *a)
{
	while (a->chunks != NULL)
	{
		arena_chunk *next = a->chunks->next;

		a->host->discard(a->chunks);
		a->chunks = next;
	}
}

void
model_breathe(model *m)
{
	if (++m->since_check >= 1024)
	{
		m->since_check = 0;
		if (m->host->check != NULL)
			m->host->check();
	}
}

static secrecy_error
check_input(const secrecy_cube *cube)
{
	if (cube->nnodes < 0 || cube->nsectors < 1 || cube->ndatasets < 0 || cube->nunits < 0 ||
		cube->ncontributions < 0 || cube->nparties < 0)
		return SECRECY_RANGE;
	if ((int64_t) cube->nnodes * (cube->nsectors + 1) > MAX_CELLS || cube->nparts > MAX_CELLS)
		return SECRECY_SIZE;
	for (int32_t i = 0; i < cube->nnodes; i++)
		if (cube->parent[i] < -1 || cube->parent[i] >= cube->nnodes || cube->cube_of[i] < 0 ||
			cube->cube_of[i] > cube->nnodes ||
			(cube->parent[i] >= 0 && cube->cube_of[cube->parent[i]] != cube->cube_of[i]))
			return SECRECY_RANGE;
	for (int32_t i = 0; i < cube->nsectors; i++)
		if (cube->rules[i].min_units < 1 ||
			!(cube->rules[i].max_share > 0 && cube->rules[i].max_share <= 1) ||
			!(cube->rules[i].nearness >= 0 && cube->rules[i].nearness < 1))
			return SECRECY_RANGE;
	for (size_t i = 0; i < cube->nparts; i++)
	{
		const secrecy_part *p = &cube->parts[i];

		if (p->node < 0 || p->node >= cube->nnodes || p->sector < 0 ||
			p->sector >= cube->nsectors || p->dataset < 0 || p->dataset >= cube->ndatasets ||
			p->unit < 0 || p->unit >= cube->nunits || p->contribution < 0 ||
			p->contribution >= cube->ncontributions || !isfinite(p->value) ||
			fabs(p->value) > 1e280 || !(p->doubt >= 1 && p->doubt <= 1e6))
			return SECRECY_RANGE;
	}
	for (int32_t k = 0; k < cube->nparties; k++)
	{
		if (cube->party_start[k] < 0 || cube->party_start[k + 1] < cube->party_start[k])
			return SECRECY_RANGE;
		for (int32_t i = cube->party_start[k]; i < cube->party_start[k + 1]; i++)
			if (cube->party_dataset[i] < 0 || cube->party_dataset[i] >= cube->ndatasets)
				return SECRECY_RANGE;
	}
	return SECRECY_OK;
}

/* No node is below itself, nor too deep. */
static secrecy_error
check_depth(model *m)
{
	int32_t n = m->cube->nnodes;
	int32_t *depth = arena_take(&m->memory, n, sizeof(int32_t));

	for (int32_t i = 0; i < n; i++)
	{
		int32_t steps = 0;
		int32_t at;

		for (at = i; at >= 0 && depth[at] == 0; at = m->cube->parent[at])
			if (++steps > n)
				return SECRECY_CYCLE;
		steps += at >= 0 ? depth[at] : 0;
		for (at = i; at >= 0 && depth[at] == 0; at = m->cube->parent[at])
			depth[at] = steps--;
	}
	for (int32_t i = 0; i < n; i++)
		if (depth[i] > SECRECY_MAX_DEPTH)
			return SECRECY_SIZE;
	return SECRECY_OK;
}

/* --- contributions ------------------------------------------------------------ */

/* A part among those of its contribution. */
typedef struct piece
{
	int32_t contribution;
	int32_t cube;
	int32_t place; /* node * nsectors + sector */
	int32_t unit;
	double value;
	double doubt;
} piece;

typedef struct signature
{
	uint64_t hash;
	int32_t first; /* in pieces */
	int32_t n;
	int32_t unit;
	double scale;
	double doubt;
	bool zero;
	bool signless;
} signature;

static int
compare_piece(const void *a, const void *b)
{
	const piece *x = a;
	const piece *y = b;

	if (x->contribution != y->contribution)
		return x->contribution < y->contribution ? -1 : 1;
	if (x->cube != y->cube)
		return x->cube < y->cube ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static uint64_t
mix(uint64_t hash, uint64_t x)
{
	x += hash + UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* A proportion as a whole number: what differs less is the same. */
static int64_t
proportion_key(double proportion)
{
	return fabs(proportion) < 1e9 ? llround(proportion * 1e9) : INT64_MAX;
}

/* The parts, sorted, those of one place summed up. */
static piece *
load_pieces(model *m, int32_t *npieces)
{
	const secrecy_cube *cube = m->cube;
	piece *pieces = arena_take(&m->memory, cube->nparts, sizeof(piece));
	int32_t n = 0;

	for (size_t i = 0; i < cube->nparts; i++)
	{
		const secrecy_part *p = &cube->parts[i];

		pieces[i] = (piece){ p->contribution,
							 cube->cube_of[p->node],
							 p->node * cube->nsectors + p->sector,
							 p->unit,
							 p->value,
							 p->doubt };
	}
	if (cube->nparts > 1)
		qsort(pieces, cube->nparts, sizeof(piece), compare_piece);
	for (size_t i = 0; i < cube->nparts; i++)
	{
		if (n > 0 && compare_piece(&pieces[n - 1], &pieces[i]) == 0)
		{
			pieces[n - 1].value += pieces[i].value;
			pieces[n - 1].doubt = fmax(pieces[n - 1].doubt, pieces[i].doubt);
		}
		else
			pieces[n++] = pieces[i];
		model_breathe(m);
	}
	*npieces = n;
	return pieces;
}

/*
 * A contribution as a multiple of its sum in the first cube where it is not 0,
 * cube 0 before all.
 */
static signature
sign_contribution(const piece *pieces, int32_t first, int32_t n)
{
	signature s = { 0, first, n, pieces[first].unit, 0, 1, true, false };
	double size = 0;

	for (int32_t i = first; i < first + n; i++)
	{
		s.zero &= pieces[i].value == 0;
		s.signless |= pieces[i].value < 0;
		s.doubt = fmax(s.doubt, pieces[i].doubt);
	}
	for (int32_t i = first; i < first + n && !s.zero; i++)
	{
		if (i > first && pieces[i].cube != pieces[i - 1].cube && size > 0)
			break;
		size += fabs(pieces[i].value);
	}
	s.scale = s.zero ? 1 : size;
	s.hash = mix(mix(1, s.zero), s.signless);
	for (int32_t i = first; i < first + n; i++)
		if (s.zero || pieces[i].value != 0)
		{
			s.hash = mix(s.hash, pieces[i].place);
			s.hash = mix(s.hash, s.zero ? 1 : proportion_key(pieces[i].value / s.scale));
		}
	return s;
}

static int
compare_signature(const void *a, const void *b)
{
	const signature *x = a;
	const signature *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

typedef struct held
{
	int32_t column;
	int32_t unit;
	double value;
} held;

static int
compare_held(const void *a, const void *b)
{
	const held *x = a;
	const held *y = b;

	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

static int
compare_entry(const void *a, const void *b)
{
	const entry *x = a;
	const entry *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* The cells that a contribution is in, with the share of it that is in each. */
static int32_t
spread(model *m, const piece *pieces, const signature *s, entry *cells)
{
	const secrecy_cube *cube = m->cube;
	int32_t n = 0;
	int32_t kept = 0;

	for (int32_t i = s->first; i < s->first + s->n; i++)
	{
		int32_t sector = pieces[i].place % cube->nsectors;
		double share = s->zero ? 1 : pieces[i].value / s->scale;

		if (share == 0)
			continue;
		for (int32_t node = pieces[i].place / cube->nsectors; node >= 0; node = cube->parent[node])
		{
			cells[n++] = (entry){ node * m->width + sector, share };
			if (cube->in_total[sector])
				cells[n++] = (entry){ node * m->width + cube->nsectors, share };
		}
	}
	if (n > 1)
		qsort(cells, n, sizeof(entry), compare_entry);
	for (int32_t i = 0; i < n; i++)
	{
		if (kept > 0 && cells[kept - 1].at == cells[i].at)
			cells[kept - 1].coefficient += cells[i].coefficient;
		else
			cells[kept++] = cells[i];
	}
	return kept;
}

static void
set_rule(model *m, column *c, const piece *pieces, const signature *s)
{
	c->max_share = 1;
	for (int32_t i = s->first; i < s->first + s->n; i++)
	{
		const secrecy_rule *rule = &m->cube->rules[pieces[i].place % m->cube->nsectors];

		if (!s->zero && pieces[i].value == 0)
			continue;
		if (rule->min_units > c->min_units)
			c->min_units = rule->min_units;
		if (rule->max_share < c->max_share)
			c->max_share = rule->max_share;
		if (rule->nearness > c->nearness)
			c->nearness = rule->nearness;
		c->present |= pieces[i].cube == 0;
	}
	c->zero = s->zero;
	c->signless = s->signless;
}

/*
 * Groups the contributions by column; column_of tells which one each is in, and
 * scale of how many of its units it is.
 */
static void
load_columns(model *m, int32_t *column_of, double *scale)
{
	int32_t npieces;
	piece *pieces = load_pieces(m, &npieces);
	signature *signatures = arena_take(&m->memory, npieces, sizeof(signature));
	entry *cells;
	double *doubt;
	int32_t nsignatures = 0;
	int32_t longest = 0;
	size_t nentries = 0;
	size_t room = 0;

	for (int32_t i = 0; i < m->cube->ncontributions; i++)
		column_of[i] = -1;
	for (int32_t i = 0, j; i < npieces; i = j)
	{
		for (j = i; j < npieces && pieces[j].contribution == pieces[i].contribution; j++)
			;
		signatures[nsignatures++] = sign_contribution(pieces, i, j - i);
		longest = j - i > longest ? j - i : longest;
		model_breathe(m);
	}
	if (nsignatures > 1)
		qsort(signatures, nsignatures, sizeof(signature), compare_signature);
	m->columns = arena_take(&m->memory, nsignatures, sizeof(column));
	doubt = arena_take(&m->memory, nsignatures, sizeof(double));
	cells = arena_take(&m->memory, (size_t) longest * 2 * SECRECY_MAX_DEPTH, sizeof(entry));
	for (int32_t i = 0; i < nsignatures; i++)
	{
		signature *s = &signatures[i];
		int32_t contribution = pieces[s->first].contribution;

		if (i == 0 || s->hash != signatures[i - 1].hash)
		{
			column *c = &m->columns[m->ncolumns++];
			int32_t n = spread(m, pieces, s, cells);

			if (nentries + n > room)
			{
				entry *former = m->by_column;

				room = room * 2 > nentries + n ? room * 2 : nentries + n + 1024;
				m->by_column = arena_take(&m->memory, room, sizeof(entry));
				if (nentries > 0)
					memcpy(m->by_column, former, nentries * sizeof(entry));
			}
			memcpy(m->by_column + nentries, cells, n * sizeof(entry));
			c->first_entry = nentries;
			c->nentries = n;
			nentries += n;
			set_rule(m, c, pieces, s);
		}
		doubt[m->ncolumns - 1] = fmax(doubt[m->ncolumns - 1], s->doubt);
		column_of[contribution] = m->ncolumns - 1;
		scale[contribution] = s->zero ? 0 : s->scale;
		model_breathe(m);
	}
	/* What may be more needs more room than the least it may be. */
	for (int32_t c = 0; c < m->ncolumns; c++)
		m->columns[c].nearness *= doubt[c];
}

/* --- who has what --------------------------------------------------------------- */

typedef struct ranked
{
	double value;
	int32_t at;
} ranked;

static int
compare_ranked(const void *a, const void *b)
{
	const ranked *x = a;
	const ranked *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* Columns by cube: each is listed in every cube in which it has a place. */
static int32_t *
columns_by_cube(model *m, size_t *start)
{
	int32_t *last = arena_take(&m->memory, m->ncubes, sizeof(int32_t));
	int32_t *list = NULL;
	size_t *at = arena_take(&m->memory, (size_t) m->ncubes + 1, sizeof(size_t));

	for (int pass = 0; pass < 2; pass++)
	{
		memset(last, 0, m->ncubes * sizeof(int32_t));
		for (int32_t c = 0; c < m->ncolumns; c++)
		{
			const column *col = &m->columns[c];

			for (int32_t i = 0; i < col->nentries; i++)
			{
				int32_t k = m->cube->cube_of[m->by_column[col->first_entry + i].at / m->width];

				if (last[k] == c + 1)
					continue;
				last[k] = c + 1;
				if (pass == 0)
					start[k + 1]++;
				else
					list[at[k]++] = c;
			}
			model_breathe(m);
		}
		if (pass == 0)
		{
			for (int32_t k = 0; k < m->ncubes; k++)
				start[k + 1] += start[k];
			memcpy(at, start, m->ncubes * sizeof(size_t));
			list = arena_take(&m->memory, start[m->ncubes], sizeof(int32_t));
		}
	}
	return list;
}

/* Over how many columns of one cube a unit is spread. */
static void
weigh_units(model *m)
{
	const secrecy_cube *cube = m->cube;
	int32_t *last = arena_take(&m->memory, cube->nunits, sizeof(int32_t));
	int32_t *spread_over = arena_take(&m->memory, cube->nunits, sizeof(int32_t));
	int32_t *most = arena_take(&m->memory, cube->nunits, sizeof(int32_t));
	size_t *start = arena_take(&m->memory, (size_t) m->ncubes + 1, sizeof(size_t));
	int32_t *list = columns_by_cube(m, start);

	for (int32_t k = 0; k < m->ncubes; k++)
		for (size_t at = start[k]; at < start[k + 1]; at++)
		{
			const column *col = &m->columns[list[at]];

			for (int32_t i = 0; i < col->nholdings && !col->zero; i++)
			{
				int32_t unit = m->holdings[col->first_holding + i].unit;

				if (last[unit] != k + 1)
				{
					last[unit] = k + 1;
					spread_over[unit] = 0;
				}
				if (++spread_over[unit] > most[unit])
					most[unit] = spread_over[unit];
			}
			model_breathe(m);
		}
	m->unit_weight = arena_take(&m->memory, cube->nunits, sizeof(double));
	for (int32_t u = 0; u < cube->nunits; u++)
		m->unit_weight[u] = most[u] > 0 ? 1.0 / most[u] : 1;
}

/* Ranks what units have in each column, and sees it as everybody does. */
static void
rank_holdings(model *m, size_t n)
{
	ranked *order = arena_take(&m->memory, n, sizeof(ranked));

	for (int32_t i = 0; i < m->ncolumns; i++)
	{
		column *c = &m->columns[i];
		view *v = &c->everybody;

		v->largest = -1;
		for (int32_t j = 0; j < c->nholdings; j++)
			order[j] = (ranked){ m->holdings[c->first_holding + j].value, j };
		if (c->nholdings > 1)
			qsort(order, c->nholdings, sizeof(ranked), compare_ranked);
		for (int32_t j = 0; j < c->nholdings; j++)
		{
			const holding *h = &m->holdings[c->first_holding + order[j].at];

			m->rank[c->first_holding + j] = order[j].at;
			if (c->zero)
				continue;
			v->n++;
			v->count += m->unit_weight[h->unit];
			v->total += h->value;
			if (j == 0)
			{
				v->first = h->value;
				v->largest = h->unit;
			}
			if (j == 1)
				v->second = h->value;
		}
		model_breathe(m);
	}
}

static void
load_holdings(model *m, const int32_t *column_of, const double *scale)
{
	const secrecy_cube *cube = m->cube;
	held *all = arena_take(&m->memory, cube->ncontributions, sizeof(held));
	bool *done = arena_take(&m->memory, cube->ncontributions, sizeof(bool));
	size_t n = 0;
	size_t kept = 0;

	/* The unit of a contribution is the one it has in cube 0, if it is there. */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < cube->nparts; i++)
		{
			const secrecy_part *p = &cube->parts[i];

			if (!done[p->contribution] && (pass > 0 || cube->cube_of[p->node] == 0))
			{
				done[p->contribution] = true;
				all[n++] = (held){ column_of[p->contribution], p->unit, scale[p->contribution] };
			}
		}
	if (n > 1)
		qsort(all, n, sizeof(held), compare_held);
	m->holdings = arena_take(&m->memory, n, sizeof(holding));
	m->rank = arena_take(&m->memory, n, sizeof(int32_t));
	for (size_t i = 0; i < n; i++)
	{
		column *c = &m->columns[all[i].column];

		if (c->nholdings > 0 && m->holdings[kept - 1].unit == all[i].unit)
			m->holdings[kept - 1].value += all[i].value;
		else
		{
			if (c->nholdings++ == 0)
				c->first_holding = kept;
			m->holdings[kept++] = (holding){ all[i].unit, all[i].value };
		}
		model_breathe(m);
	}
	weigh_units(m);
	rank_holdings(m, kept);
}

/* --- what parties know ------------------------------------------------------------ */

static int
compare_known_column(const void *a, const void *b)
{
	const knowledge *x = a;
	const knowledge *y = b;

	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	if (x->party != y->party)
		return x->party < y->party ? -1 : 1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

static int
compare_known_party(const void *a, const void *b)
{
	const knowledge *x = a;
	const knowledge *y = b;

	if (x->party != y->party)
		return x->party < y->party ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

typedef struct told
{
	int32_t contribution;
	int32_t dataset;
	int32_t unit;
} told;

static int
compare_told(const void *a, const void *b)
{
	const told *x = a;
	const told *y = b;

	if (x->contribution != y->contribution)
		return x->contribution < y->contribution ? -1 : 1;
	return (x->dataset > y->dataset) - (x->dataset < y->dataset);
}

/* Parties by dataset: start holds ndatasets + 1 places. */
static int32_t *
parties_by_dataset(model *m, int32_t *start)
{
	const secrecy_cube *cube = m->cube;
	int32_t n = cube->nparties > 0 ? cube->party_start[cube->nparties] : 0;
	int32_t *parties = arena_take(&m->memory, n, sizeof(int32_t));
	int32_t *at = arena_take(&m->memory, (size_t) cube->ndatasets + 1, sizeof(int32_t));

	for (int32_t i = 0; i < n; i++)
		start[cube->party_dataset[i] + 1]++;
	for (int32_t d = 0; d < cube->ndatasets; d++)
		start[d + 1] += start[d];
	memcpy(at, start, cube->ndatasets * sizeof(int32_t));
	for (int32_t k = 0; k < cube->nparties; k++)
		for (int32_t i = cube->party_start[k]; i < cube->party_start[k + 1]; i++)
			parties[at[cube->party_dataset[i]]++] = k;
	return parties;
}

/* What is known of a column by a party of a unit adds up; sorts it both ways. */
static void
sort_knowledge(model *m)
{
	size_t kept = 0;

	if (m->known_count > 1)
		qsort(m->known_by_column, m->known_count, sizeof(knowledge), compare_known_column);
	for (size_t i = 0; i < m->known_count; i++)
		if (kept > 0 &&
			compare_known_column(&m->known_by_column[kept - 1], &m->known_by_column[i]) == 0)
			m->known_by_column[kept - 1].value += m->known_by_column[i].value;
		else
			m->known_by_column[kept++] = m->known_by_column[i];
	m->known_count = kept;
	for (size_t i = 0; i < m->known_count; i++)
		m->column_known[m->known_by_column[i].column + 1]++;
	for (int32_t c = 0; c < m->ncolumns; c++)
		m->column_known[c + 1] += m->column_known[c];
	m->known_by_party = arena_take(&m->memory, m->known_count, sizeof(knowledge));
	if (m->known_count > 0)
		memcpy(m->known_by_party, m->known_by_column, m->known_count * sizeof(knowledge));
	if (m->known_count > 1)
		qsort(m->known_by_party, m->known_count, sizeof(knowledge), compare_known_party);
}

/* A contribution that is in several datasets is known to who reads one of them, or all. */
static void
load_knowledge(model *m, const int32_t *column_of, const double *scale)
{
	const secrecy_cube *cube = m->cube;
	int32_t *start = arena_take(&m->memory, (size_t) cube->ndatasets + 1, sizeof(int32_t));
	int32_t *parties = parties_by_dataset(m, start);
	int32_t *unit_of = arena_take(&m->memory, cube->ncontributions, sizeof(int32_t));
	told *list = arena_take(&m->memory, cube->nparts, sizeof(told));
	int32_t *together = arena_take(&m->memory, cube->nparties, sizeof(int32_t));
	int32_t *times = arena_take(&m->memory, cube->nparties, sizeof(int32_t));
	size_t room = 0;
	size_t nlist = 0;

	m->column_known = arena_take(&m->memory, (size_t) m->ncolumns + 1, sizeof(size_t));
	if (cube->nparties == 0)
		return;
	for (int pass = 1; pass >= 0; pass--)
		for (size_t i = 0; i < cube->nparts; i++)
			if ((cube->cube_of[cube->parts[i].node] == 0) == (pass == 0))
				unit_of[cube->parts[i].contribution] = cube->parts[i].unit;
	for (size_t i = 0; i < cube->nparts; i++)
		list[i] = (told){ cube->parts[i].contribution, cube->parts[i].dataset, 0 };
	if (cube->nparts > 1)
		qsort(list, cube->nparts, sizeof(told), compare_told);
	for (size_t i = 0; i < cube->nparts; i++)
		if (i == 0 || compare_told(&list[nlist - 1], &list[i]) != 0)
		{
			list[nlist++] = list[i];
			room += start[list[i].dataset + 1] - start[list[i].dataset];
		}
	m->known_by_column = arena_take(&m->memory, room, sizeof(knowledge));
	for (size_t i = 0, j; i < nlist; i = j)
	{
		int32_t c = list[i].contribution;
		int32_t n = 0;

		for (j = i; j < nlist && list[j].contribution == c; j++)
			for (int32_t k = start[list[j].dataset]; k < start[list[j].dataset + 1]; k++)
				if (times[parties[k]]++ == 0)
					together[n++] = parties[k];
		for (int32_t k = 0; k < n; k++)
		{
			int32_t party = together[k];

			if (cube->party_sure == NULL || !cube->party_sure[party] || times[party] == j - i)
				m->known_by_column[m->known_count++] = (knowledge){ party, column_of[c], unit_of[c],
																	scale[c] };
			times[party] = 0;
		}
		model_breathe(m);
	}
	sort_knowledge(m);
}

/* What a party knows of a column, by unit. */
static const knowledge *
known_of(const model *m, int32_t party, int32_t c, size_t *n)
{
	size_t low = m->column_known[c];
	size_t high = m->column_known[c + 1];
	size_t end = high;

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;

		if (m->known_by_column[middle].party < party)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n = 0; low + *n < end && m->known_by_column[low + *n].party == party;)
		(*n)++;
	return &m->known_by_column[low];
}

static double
known_value(const knowledge *known, size_t n, int32_t unit)
{
	size_t low = 0;
	size_t high = n;

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;

		if (known[middle].unit < unit)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && known[low].unit == unit ? known[low].value : 0;
}

static const holding *
holding_of(const model *m, const column *c, int32_t unit)
{
	int32_t low = 0;
	int32_t high = c->nholdings - 1;

	while (low < high)
	{
		int32_t middle = low + (high - low) / 2;

		if (m->holdings[c->first_holding + middle].unit < unit)
			low = middle + 1;
		else
			high = middle;
	}
	return &m->holdings[c->first_holding + low];
}

bool
model_holds(const model *m, int32_t c, int32_t unit)
{
	return m->columns[c].nholdings > 0 && holding_of(m, &m->columns[c], unit)->unit == unit;
}

static void
see(view *v, int32_t unit, double value)
{
	if (value > v->first || v->largest < 0)
	{
		v->second = v->first;
		v->first = value;
		v->largest = unit;
	}
	else if (value > v->second)
		v->second = value;
}

view
model_view(const model *m, int32_t party, int32_t c)
{
	const column *col = &m->columns[c];
	view v = col->everybody;
	const knowledge *known;
	size_t n;

	if (party < 0 || m->known_count == 0 || col->zero)
		return v;
	known = known_of(m, party, c, &n);
	if (n == 0)
		return v;
	v.first = v.second = 0;
	v.largest = -1;
	for (size_t i = 0; i < n; i++)
	{
		double whole = holding_of(m, col, known[i].unit)->value;
		double rest = whole - known[i].value;

		v.total -= known[i].value;
		if (rest <= 1e-12 * whole)
		{
			v.n--;
			v.count -= m->unit_weight[known[i].unit];
		}
		else
			see(&v, known[i].unit, rest);
	}
	if (v.n <= 0)
		return (view){ .largest = -1 };
	/* Those it knows nothing of: two are enough. */
	for (int32_t i = 0, seen = 0; i < col->nholdings && seen < 2; i++)
	{
		const holding *h = &m->holdings[col->first_holding + m->rank[col->first_holding + i]];

		if (known_value(known, n, h->unit) == 0)
		{
			see(&v, h->unit, h->value);
			seen++;
		}
	}
	if (v.total < v.first + v.second)
		v.total = v.first + v.second;
	return v;
}

/* --- cells ------------------------------------------------------------------------ */

static void
load_rows(model *m)
{
	size_t nentries = 0;
	size_t *at = arena_take(&m->memory, (size_t) m->ncells + 1, sizeof(size_t));

	m->row_start = arena_take(&m->memory, (size_t) m->ncells + 1, sizeof(size_t));
	for (int32_t c = 0; c < m->ncolumns; c++)
		nentries += m->columns[c].nentries;
	for (size_t i = 0; i < nentries; i++)
		m->row_start[m->by_column[i].at + 1]++;
	for (int32_t r = 0; r < m->ncells; r++)
		m->row_start[r + 1] += m->row_start[r];
	memcpy(at, m->row_start, m->ncells * sizeof(size_t));
	m->by_row = arena_take(&m->memory, nentries, sizeof(entry));
	for (int32_t c = 0; c < m->ncolumns; c++)
	{
		for (int32_t i = 0; i < m->columns[c].nentries; i++)
		{
			const entry *e = &m->by_column[m->columns[c].first_entry + i];

			m->by_row[at[e->at]++] = (entry){ c, e->coefficient };
		}
		model_breathe(m);
	}
}

static void
keep_secret(model *m, int32_t party, int32_t cell, double total)
{
	if (m->nsecrets == m->secrets_room)
	{
		secret *former = m->secrets;

		m->secrets_room = m->secrets_room == 0 ? 256 : m->secrets_room * 2;
		m->secrets = arena_take(&m->memory, m->secrets_room, sizeof(secret));
		if (m->nsecrets > 0)
			memcpy(m->secrets, former, m->nsecrets * sizeof(secret));
	}
	m->secrets[m->nsecrets++] = (secret){ party, cell, total };
}

/*
 * Whether a sum fails: too few units, one that makes up too much of it, or one
 * that the second largest could tell nearly.
 */
static bool
sum_fails(const view *v, const secrecy_rule *rule)
{
	return v->n < rule->min_units || !(v->first <= rule->max_share * v->total) ||
		   v->total - v->first - v->second < rule->nearness * v->first;
}

/*
 * The strictest rule of what is in a cell and, to a party, not known.
 */
static secrecy_rule
cell_rule(const model *m, int32_t cell, int32_t party)
{
	secrecy_rule rule = { 0, 1, 0 };
	for (size_t i = m->row_start[cell]; i < m->row_start[cell + 1]; i++)
	{
		const column *c = &m->columns[m->by_row[i].at];

		if (party >= 0 && model_view(m, party, m->by_row[i].at).n == 0)
			continue;
		if (c->min_units > rule.min_units)
			rule.min_units = c->min_units;
		if (c->max_share < rule.max_share)
			rule.max_share = c->max_share;
		if (c->nearness > rule.nearness)
			rule.nearness = c->nearness;
	}
	return rule;
}

typedef struct piece_known
{
	int32_t party;
	int32_t unit;
	double value;
} piece_known;

static int
compare_piece_known(const void *a, const void *b)
{
	const piece_known *x = a;
	const piece_known *y = b;

	if (x->party != y->party)
		return x->party < y->party ? -1 : 1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

/* The units of a cell with what they add to it, the largest first. */
static int32_t
cell_units(model *m, int32_t cell, ranked *list)
{
	int32_t n = 0;

	for (size_t i = m->row_start[cell]; i < m->row_start[cell + 1]; i++)
	{
		const column *c = &m->columns[m->by_row[i].at];

		for (int32_t j = 0; j < c->nholdings && !c->zero; j++)
		{
			const holding *h = &m->holdings[c->first_holding + j];

			if (!m->unit_seen[h->unit])
			{
				m->unit_seen[h->unit] = true;
				m->units[n++] = h->unit;
			}
			m->unit_total[h->unit] += h->value * fabs(m->by_row[i].coefficient);
		}
		model_breathe(m);
	}
	for (int32_t i = 0; i < n; i++)
	{
		list[i] = (ranked){ m->unit_total[m->units[i]], m->units[i] };
		m->unit_seen[m->units[i]] = false;
	}
	if (n > 1)
		qsort(list, n, sizeof(ranked), compare_ranked);
	return n;
}

/* What is left of a cell for a party that knows some of it. */
static view
rest_of_cell(model *m, const view *everybody, const ranked *list, int32_t n,
			 const piece_known *known, size_t known_count)
{
	view v = *everybody;

	v.first = v.second = 0;
	v.largest = -1;
	for (size_t i = 0; i < known_count; i++)
	{
		double whole = m->unit_total[known[i].unit];

		v.total -= known[i].value;
		m->unit_seen[known[i].unit] = true;
		if (whole - known[i].value <= 1e-12 * whole)
			v.n--;
		else
			see(&v, known[i].unit, whole - known[i].value);
	}
	for (int32_t i = 0, seen = 0; i < n && seen < 2; i++)
		if (!m->unit_seen[list[i].at])
		{
			see(&v, list[i].at, list[i].value);
			seen++;
		}
	for (size_t i = 0; i < known_count; i++)
		m->unit_seen[known[i].unit] = false;
	if (v.total < v.first + v.second)
		v.total = v.first + v.second;
	return v;
}

/* Puts the rule to one cell, for everybody and for each party. */
static void
judge_cell(model *m, int32_t cell, ranked *list, piece_known *known)
{
	secrecy_rule rule = cell_rule(m, cell, -1);
	int32_t n = cell_units(m, cell, list);
	view v = { n, n, 0, n > 0 ? list[0].value : 0, n > 1 ? list[1].value : 0, -1 };
	size_t known_count = 0;
	size_t kept = 0;

	for (int32_t i = 0; i < n; i++)
		v.total += list[i].value;
	m->size[cell] = v.total;
	if (m->row_start[cell] < m->row_start[cell + 1])
		m->fails[cell] = sum_fails(&v, &rule);
	if (n > 0 && n < rule.min_units)
		keep_secret(m, -1, cell, v.total);

	for (size_t i = m->row_start[cell]; i < m->row_start[cell + 1] && m->known_count > 0; i++)
	{
		int32_t c = m->by_row[i].at;

		for (size_t j = m->column_known[c]; j < m->column_known[c + 1] && !m->columns[c].zero; j++)
			known[known_count++] =
				(piece_known){ m->known_by_column[j].party, m->known_by_column[j].unit,
							   m->known_by_column[j].value * fabs(m->by_row[i].coefficient) };
	}
	if (known_count > 1)
		qsort(known, known_count, sizeof(piece_known), compare_piece_known);
	for (size_t i = 0; i < known_count; i++)
		if (kept > 0 && compare_piece_known(&known[kept - 1], &known[i]) == 0)
			known[kept - 1].value += known[i].value;
		else
			known[kept++] = known[i];
	for (size_t i = 0, j; i < kept; i = j)
	{
		view rest;

		for (j = i; j < kept && known[j].party == known[i].party; j++)
			;
		rest = rest_of_cell(m, &v, list, n, &known[i], j - i);
		if (rest.n <= 0)
			continue;
		/* Of a long row, that of all that is in it. */
		if (m->row_start[cell + 1] - m->row_start[cell] <= LONG_ROW)
			rule = cell_rule(m, cell, known[i].party);
		m->fails[cell] |= sum_fails(&rest, &rule);
		if (rest.n < rule.min_units)
			keep_secret(m, known[i].party, cell, rest.total);
		model_breathe(m);
	}
	for (int32_t i = 0; i < n; i++)
		m->unit_total[list[i].at] = 0;
}

static void
judge_cells(model *m)
{
	ranked *list = arena_take(&m->memory, m->cube->nunits, sizeof(ranked));
	piece_known *known;
	size_t most = 0;

	for (int32_t cell = 0; cell < m->ncells; cell++)
	{
		size_t n = 0;

		for (size_t i = m->row_start[cell]; i < m->row_start[cell + 1]; i++)
			n += m->column_known[m->by_row[i].at + 1] - m->column_known[m->by_row[i].at];
		most = n > most ? n : most;
	}
	known = arena_take(&m->memory, most, sizeof(piece_known));
	for (int32_t cell = 0; cell < m->ncells; cell++)
		judge_cell(m, cell, list, known);
}

secrecy_error
model_build(model *m, const secrecy_cube *cube, const secrecy_host *host)
{
	secrecy_error error = check_input(cube);
	int32_t *column_of;
	double *scale;

	*m = (model){ .cube = cube, .host = host, .memory = { host, NULL } };
	if (error == SECRECY_OK)
		error = check_depth(m);
	if (error != SECRECY_OK)
		return error;
	m->width = cube->nsectors + 1;
	m->ncells = cube->nnodes * m->width;
	m->ncubes = 1;
	for (int32_t i = 0; i < cube->nnodes; i++)
		if (cube->cube_of[i] + 1 > m->ncubes)
			m->ncubes = cube->cube_of[i] + 1;
	m->unit_total = arena_take(&m->memory, cube->nunits, sizeof(double));
	m->unit_seen = arena_take(&m->memory, cube->nunits, sizeof(bool));
	m->units = arena_take(&m->memory, cube->nunits, sizeof(int32_t));
	m->fails = arena_take(&m->memory, m->ncells, sizeof(bool));
	m->size = arena_take(&m->memory, m->ncells, sizeof(double));
	column_of = arena_take(&m->memory, cube->ncontributions, sizeof(int32_t));
	scale = arena_take(&m->memory, cube->ncontributions, sizeof(double));
	load_columns(m, column_of, scale);
	load_rows(m);
	load_holdings(m, column_of, scale);
	load_knowledge(m, column_of, scale);
	judge_cells(m);
	return SECRECY_OK;
}

void
model_discard(model *m)
{
	arena_empty(&m->memory);
}
