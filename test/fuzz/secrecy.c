/* fuzz: src/release/secrecy.c -lm */
/*
 * secrecy.c
 *		What is published of random cubes, against a dense elimination modulo
 *		another prime; hostile cubes are refused.
 */
#include <math.h>

#include "release/secrecy.h"
#include "fuzz.h"

#define PRIME        UINT64_C(1000000007)
#define MAX_NODES    14 /* half of them former */
#define MAX_SECTORS  4
#define MAX_PARTS    240
#define MAX_UNITS    40
#define MAX_DATASETS 3
#define MAX_CELLS    (MAX_NODES * (MAX_SECTORS + 1))
#define MAX_ATOMS    (MAX_NODES * MAX_SECTORS * MAX_DATASETS)

static int32_t parent[MAX_NODES];
static secrecy_rule rules[MAX_SECTORS];
static bool in_total[MAX_SECTORS];
static secrecy_part parts[MAX_PARTS];
static bool wanted[MAX_CELLS];
static bool published[MAX_CELLS];
static int32_t twin[MAX_NODES];
static bool out[MAX_CELLS];
static secrecy_cube cube = { .parent = parent,
							 .rules = rules,
							 .in_total = in_total,
							 .parts = parts,
							 .wanted = wanted,
							 .twin = twin,
							 .out = out };

/* How an atom is a multiple of another. */
static int same_as[MAX_ATOMS];
static uint64_t multiple[MAX_ATOMS];

static uint64_t rows[MAX_CELLS + MAX_ATOMS][MAX_ATOMS];
static int pivots[MAX_CELLS + MAX_ATOMS];
static int nrows;

static void *
resize(void *old, size_t size)
{
	void *memory = realloc(old, size);

	if (memory == NULL)
		abort();
	return memory;
}

static const secrecy_host host = { resize, free, NULL };

static void
random_cube(void)
{
	for (int i = 0; i < MAX_ATOMS; i++)
	{
		same_as[i] = i;
		multiple[i] = 1;
	}
	cube.nnodes = 1 + fuzz_below(MAX_NODES / 2);
	cube.nsectors = 1 + fuzz_below(MAX_SECTORS);
	cube.ndatasets = 1 + fuzz_below(MAX_DATASETS);
	cube.nunits = 1 + fuzz_below(MAX_UNITS);
	cube.nparts = fuzz_below(MAX_PARTS / 2 + 1);
	for (int i = 0; i < cube.nnodes; i++)
		twin[i] = SECRECY_PRESENT;
	for (int i = 0; i < cube.nnodes; i++)
		parent[i] = i == 0 || fuzz_below(8) == 0 ? -1 : fuzz_below(i);
	for (int i = 0; i < cube.nsectors; i++)
	{
		rules[i] = (secrecy_rule){ 3 + fuzz_below(2), 0.6 + 0.3 * fuzz_unit() };
		in_total[i] = fuzz_below(5) > 0;
	}
	for (size_t i = 0; i < cube.nparts; i++)
		parts[i] = (secrecy_part){ fuzz_below(cube.nnodes), fuzz_below(cube.nsectors),
								   fuzz_below(cube.ndatasets), fuzz_below(cube.nunits),
								   fuzz_below(5) == 0 ? 0 : 1 + fuzz_below(100) };
	for (int i = 0; i < cube.nnodes * (cube.nsectors + 1); i++)
		wanted[i] = fuzz_below(20) > 0;
}

static int
atom_of(const secrecy_part *p)
{
	return (p->node * MAX_SECTORS + p->sector) * MAX_DATASETS + p->dataset;
}

static bool
inside(int node, int ancestor)
{
	while (node >= 0 && node != ancestor)
		node = parent[node];
	return node >= 0;
}

static bool
part_in_cell(const secrecy_part *p, int cell)
{
	int sector = cell % (cube.nsectors + 1);

	return inside(p->node, cell / (cube.nsectors + 1)) &&
		   (p->sector == sector || (sector == cube.nsectors && in_total[p->sector]));
}

/* Whether the parts of a cell outside the known atoms and one dataset fail. */
static bool
part_fails(int cell, const bool *known, int known_dataset)
{
	double total[MAX_UNITS] = { 0 };
	double sum = 0;
	double largest = 0;
	double share = 1;
	int least = 0;
	int count = 0;
	bool any = false;

	for (size_t i = 0; i < cube.nparts; i++)
	{
		const secrecy_part *p = &parts[i];

		if (!part_in_cell(p, cell) || known[atom_of(p)] || p->dataset == known_dataset)
			continue;
		any = true;
		total[p->unit] += p->value;
		least = rules[p->sector].min_units > least ? rules[p->sector].min_units : least;
		share = fmin(share, rules[p->sector].max_share);
	}
	for (int i = 0; i < cube.nunits; i++)
	{
		sum += total[i];
		largest = fmax(largest, total[i]);
		count += total[i] != 0;
	}
	return any && (count < least || largest > share * sum);
}

static bool
cell_fails(int cell)
{
	static const bool nothing[MAX_ATOMS];
	bool result = part_fails(cell, nothing, -1);

	for (int d = 0; d < cube.ndatasets; d++)
		result |= part_fails(cell, nothing, d);
	return result;
}

static uint64_t
power(uint64_t a, uint64_t e)
{
	uint64_t result = 1;

	for (; e > 0; e >>= 1, a = a * a % PRIME)
		if (e & 1)
			result = result * a % PRIME;
	return result;
}

static void
rest_of(uint64_t *v)
{
	for (int r = 0; r < nrows; r++)
	{
		uint64_t factor = v[pivots[r]];

		if (factor != 0)
			for (int i = 0; i < MAX_ATOMS; i++)
				v[i] = (v[i] + (PRIME - factor) * rows[r][i]) % PRIME;
	}
}

static bool
add_row(const uint64_t *vector)
{
	uint64_t *v = rows[nrows];
	uint64_t factor;

	memcpy(v, vector, sizeof(rows[0]));
	rest_of(v);
	for (int i = 0; i < MAX_ATOMS; i++)
		if (v[i] != 0)
		{
			factor = power(v[i], PRIME - 2);
			for (int j = 0; j < MAX_ATOMS; j++)
				v[j] = v[j] * factor % PRIME;
			pivots[nrows++] = i;
			return true;
		}
	return false;
}

static bool
cell_vector(int cell, uint64_t *v)
{
	bool any = false;

	memset(v, 0, sizeof(rows[0]));
	for (size_t i = 0; i < cube.nparts; i++)
		if (part_in_cell(&parts[i], cell))
		{
			v[same_as[atom_of(&parts[i])]] = multiple[atom_of(&parts[i])];
			any = true;
		}
	return any;
}

static bool
follows(int cell)
{
	uint64_t v[MAX_ATOMS];

	cell_vector(cell, v);
	rest_of(v);
	for (int i = 0; i < MAX_ATOMS; i++)
		if (v[i] != 0)
			return false;
	return true;
}

static void
eliminate(int ncells, const bool *known)
{
	uint64_t v[MAX_ATOMS];

	nrows = 0;
	for (int cell = 0; cell < ncells; cell++)
		if (published[cell] && cell_vector(cell, v))
			add_row(v);
	for (int i = 0; i < MAX_ATOMS; i++)
		if (known != NULL && known[i])
		{
			memset(v, 0, sizeof(v));
			v[i] = 1;
			add_row(v);
		}
}

/* Whether knowing some atoms, and what is 0, gives no failing sum away. */
static bool
resists(int ncells, const bool *given)
{
	bool known[MAX_ATOMS];
	double size[MAX_ATOMS] = { 0 };

	for (size_t i = 0; i < cube.nparts; i++)
		size[atom_of(&parts[i])] += parts[i].value;
	for (int i = 0; i < MAX_ATOMS; i++)
		known[i] = given[i] || size[i] == 0;
	eliminate(ncells, known);
	for (int cell = 0; cell < ncells; cell++)
		if (cell_fails(cell) && part_fails(cell, known, -1) && follows(cell))
			return false;
	return true;
}

/*
 * Makes the published cube a former one: its nodes and parts move up, and
 * return below, some atoms as they were, some tripled, some changed.
 */
static void
another_year(void)
{
	int n = cube.nnodes;
	int width = cube.nsectors + 1;
	size_t nparts = cube.nparts;
	int fate[MAX_ATOMS];
	bool seen = false;

	for (int i = 0; i < MAX_ATOMS; i++)
		fate[i] = fuzz_below(4);
	/* A proportion is seen where several units have it. */
	for (int i = 0; i < MAX_ATOMS; i++)
	{
		int first = -1;

		for (size_t j = 0; j < nparts && fate[i] == 1 && !seen; j++)
			if (atom_of(&parts[j]) == i && parts[j].value != 0)
			{
				seen = first >= 0 && parts[j].unit != first;
				first = parts[j].unit;
			}
	}
	for (int i = 0; i < MAX_ATOMS && !seen; i++)
		fate[i] = fate[i] == 1 ? 0 : fate[i];

	for (int i = 0; i < n; i++)
	{
		parent[n + i] = parent[i] < 0 ? -1 : parent[i] + n;
		twin[n + i] = i;
	}
	memset(out, 0, sizeof(out));
	memcpy(out + n * width, published, sizeof(bool) * n * width);
	memset(wanted + n * width, 0, sizeof(bool) * n * width);
	cube.nparts = 0;
	for (size_t i = 0; i < nparts; i++)
	{
		parts[nparts + i] = parts[i];
		parts[nparts + i].node += n;
	}
	memmove(parts + MAX_PARTS / 2, parts + nparts, sizeof(secrecy_part) * nparts);
	for (size_t i = 0; i < nparts; i++)
	{
		secrecy_part p = parts[i];
		int a = atom_of(&p);
		secrecy_part former = p;

		former.node += n;
		if (fate[a] < 2)
		{
			same_as[atom_of(&former)] = a;
			if (fate[a] == 1 && p.value != 0)
				multiple[atom_of(&former)] = power(3, PRIME - 2);
			p.value *= fate[a] == 0 ? 1 : 3;
		}
		else if (fate[a] == 3)
			continue;
		else
			p.value = p.value * 1.5 + fuzz_unit();
		parts[cube.nparts++] = p;
	}
	memmove(parts + cube.nparts, parts + MAX_PARTS / 2, sizeof(secrecy_part) * nparts);
	cube.nparts += nparts;
	cube.nnodes = 2 * n;
	for (int i = 0; i < n * width; i++)
		wanted[i] = fuzz_below(20) > 0;
}

int
main(int argc, char **argv)
{
	bool safe = true, secret = true, resistant = true, holds = true, apart = true, refused = true;
	long npublished = 0, ncells_all = 0;

	fuzz_start(argc, argv);
	for (long n = 0; n < fuzz_iterations / 40 + 1; n++)
	{
		int ncells;
		bool known[MAX_ATOMS];
		bool answer;
		uint64_t v[MAX_ATOMS];
		bool kept[MAX_CELLS];

		random_cube();
		ncells = cube.nnodes * (cube.nsectors + 1);
		safe &= secrecy_choose(&cube, &host, published) == SECRECY_OK;
		eliminate(ncells, NULL);
		for (int cell = 0; cell < ncells; cell++)
		{
			bool fails = cell_fails(cell);

			if (published[cell])
				safe &= wanted[cell] && !fails;
			else if (cell_vector(cell, v) && (fails || wanted[cell]))
				secret &= !follows(cell);
			npublished += published[cell];
			ncells_all++;
		}

		for (int d = 0; d < cube.ndatasets && cube.ndatasets > 1; d++)
		{
			for (int i = 0; i < MAX_ATOMS; i++)
				known[i] = i % MAX_DATASETS == d;
			resistant &= resists(ncells, known);
		}
		for (int u = 0; u < cube.nunits; u++)
		{
			memset(known, 0, sizeof(known));
			for (size_t i = 0; i < cube.nparts; i++)
				if (parts[i].unit == u && parts[i].value != 0)
					known[atom_of(&parts[i])] = true;
			for (size_t i = 0; i < cube.nparts; i++)
				if (parts[i].unit != u && parts[i].value != 0)
					known[atom_of(&parts[i])] = false;
			resistant &= resists(ncells, known);
		}

		memcpy(kept, wanted, sizeof(kept));
		memcpy(wanted, published, sizeof(bool) * ncells);
		holds &= secrecy_holds(&cube, &host, &answer) == SECRECY_OK && answer;
		memcpy(wanted, kept, sizeof(kept));

		another_year();
		apart &= secrecy_choose(&cube, &host, published) == SECRECY_OK;
		eliminate(0, NULL);
		for (int cell = ncells; cell < 2 * ncells; cell++)
			if (out[cell] && cell_vector(cell, v))
				add_row(v);
		for (int cell = 0; cell < ncells; cell++)
			kept[cell] = follows(cell);
		eliminate(2 * ncells, NULL);
		for (int cell = 0; cell < ncells; cell++)
		{
			apart &= !published[cell] || (wanted[cell] && !cell_fails(cell));
			if (!published[cell] && cell_vector(cell, v) && (cell_fails(cell) || wanted[cell]))
				apart &= kept[cell] || !follows(cell);
		}

		/* Something out of range, or a cycle. */
		switch (fuzz_below(4))
		{
			case 0:
				parent[0] = fuzz_below(2) == 0 ? cube.nnodes : 0;
				break;
			case 1:
				rules[0].max_share = fuzz_below(2) == 0 ? NAN : 1.5;
				break;
			case 2:
				rules[0].min_units = -fuzz_below(3);
				break;
			case 3:
				cube.nparts = 1;
				parts[0] = (secrecy_part){ 0, 0, 0, 0, 1 };
				switch (fuzz_below(5))
				{
					case 0:
						parts[0].node = fuzz_below(2) == 0 ? -1 : cube.nnodes;
						break;
					case 1:
						parts[0].sector = cube.nsectors;
						break;
					case 2:
						parts[0].dataset = cube.ndatasets;
						break;
					case 3:
						parts[0].unit = INT32_MAX;
						break;
					default:
						parts[0].value = INFINITY;
				}
		}
		refused &= secrecy_choose(&cube, &host, published) != SECRECY_OK;
	}
	printf("# %ld of %ld cells published\n", npublished, ncells_all);

	fuzz_report(safe, "secrecy: only safe and wanted cells are published");
	fuzz_report(secret, "secrecy: no cell that is withheld follows from those published");
	fuzz_report(resistant, "secrecy: nor does one with what a producer or a unit knows");
	fuzz_report(holds, "secrecy: what is chosen holds as a pattern");
	fuzz_report(apart, "secrecy: nor does one from two years together");
	fuzz_report(refused, "secrecy: hostile cubes are refused");
	return fuzz_end();
}
