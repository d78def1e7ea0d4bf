#!/usr/bin/python3
"""Attacks releases from outside: what is published goes into linear programmes.

    attacker.py [--cubes N] [--trips N] [--pairs N] [--seed N]

Makes up confidential rows, has them released through SQL, reads what everybody may
read, and asks HiGHS how small and how large each secret can be: to everybody, to
producers and readers who know rows, and to units who know their own.  It shares no
code with the extension and knows nothing of how cells are chosen; what is one
unknown in several years it knows from having made it up.  Prints TAP; the database
is that of the environment (PGHOST, PGDATABASE ...), by a superuser.
"""

import argparse
import collections
import json
import math
import random
import subprocess
import sys

import numpy
import scipy.optimize
import scipy.sparse

NEAR = 0.10  # p_percent of the shipped rules
LEAST = {"residential": 10}  # units of a sum, by sector
SLACK = 1e-6

SETUP = """
SET client_min_messages = warning;
CREATE FUNCTION pg_temp.choose(cube jsonb) RETURNS json LANGUAGE sql AS $$
    SELECT coalesce(json_agg(json_build_array(c.territory_code, c.sector)) FILTER (WHERE c.published), '[]')
    FROM terrcarbon.publishable_cells(
        ARRAY(SELECT t FROM jsonb_populate_recordset(NULL::terrcarbon.secrecy_territory, cube -> 'territories') AS t),
        ARRAY(SELECT p FROM jsonb_populate_recordset(NULL::terrcarbon.secrecy_part, cube -> 'parts') AS p),
        NULL,
        ARRAY(SELECT r FROM jsonb_populate_recordset(NULL::terrcarbon.secrecy_reader, cube -> 'readers') AS r)) AS c
$$;
"""


def psql(script):
    """Lines that a script prints."""
    run = subprocess.run(
        ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1"], input=script, text=True, capture_output=True, check=False
    )
    if run.returncode != 0:
        sys.exit(f"Bail out! {run.stderr}")
    return run.stdout.splitlines()


# --- the attack --------------------------------------------------------------------


class World:
    """Territories and what units add to them.

    parent: (release, territory) -> territory or None; unknowns: list of
    dict(unit, datasets, parts), parts: (release, territory, sector) -> kg.
    published: set of (release, territory, sector).
    """

    def __init__(self, parent, unknowns, published, readers):
        self.parent = parent
        self.unknowns = [u for u in unknowns if any(u["parts"].values())]
        self.published = published
        self.readers = readers

    def cells_of(self, unknown):
        """Cells that an unknown adds to, and how much."""
        found = collections.Counter()
        for (release, territory, sector), kg in unknown["parts"].items():
            at = territory
            while at is not None:
                found[release, at, sector] += kg
                found[release, at, "all"] += kg
                at = self.parent[release, at]
        return found

    def figures(self):
        sums = collections.Counter()
        for u in self.unknowns:
            sums.update(self.cells_of(u))
        return sums


class Attack:
    """What one world tells; counts what comes out."""

    def __init__(self, world, before=frozenset()):
        self.world, self.before = world, before
        self.secrets = self.exact = self.near = self.programmes = 0
        self.found = []
        self.cells = [world.cells_of(u) for u in world.unknowns]
        self.value = numpy.array([sum(u["parts"].values()) for u in world.unknowns])
        rows = sorted(world.published & set().union(*self.cells)) if self.cells else []
        self.row = {cell: i for i, cell in enumerate(rows)}
        # Unknowns that are alike in all that is published are told by their sum only.
        self.group_of = []
        self.columns = {}
        for cells, value in zip(self.cells, self.value):
            column = tuple(sorted((self.row[c], round(kg / value, 9)) for c, kg in cells.items() if c in self.row))
            self.group_of.append(self.columns.setdefault(column, len(self.columns)))
        self.matrix = numpy.zeros((len(rows), len(self.columns)))
        for column, group in self.columns.items():
            for i, share in column:
                self.matrix[i, group] = share

    def least(self, u):
        return max(LEAST.get(sector, 3) for (_, _, sector) in self.world.unknowns[u]["parts"])

    def look(self, who, known):
        """All secrets as seen by somebody who knows some unknowns."""
        members = collections.defaultdict(list)
        for u, group in enumerate(self.group_of):
            if u not in known:
                members[group].append(u)
        self.members = members
        self.groups = sorted(members)
        self.place = {g: i for i, g in enumerate(self.groups)}
        self.total = {g: self.value[members[g]].sum() for g in self.groups}
        seen = self.matrix[:, self.groups]
        truth = numpy.array([self.total[g] for g in self.groups])
        self.scale = truth.mean() if len(truth) else 1.0
        used = seen.any(axis=1)
        self.equations = scipy.sparse.csr_matrix(seen[used])
        self.right = seen[used] @ truth / self.scale
        self.reach = {}
        for u in range(len(self.value)):
            if u not in known:
                self.attack(who, [u], False)
        units = collections.defaultdict(list)
        for u, unknown in enumerate(self.world.unknowns):
            if u not in known:
                units[unknown["unit"]].append(u)
        for parts in units.values():
            if len(parts) > 1:
                self.attack(who, parts, False)
        if who == "everybody":
            self.small_cells(known)
            self.small_sums(seen[used])

    def small_cells(self, known):
        """Cells of too few units that are not published."""
        inside = collections.defaultdict(list)
        for u, cells in enumerate(self.cells):
            for cell in cells:
                if u not in known and cell not in self.row:
                    inside[cell].append(u)
        for parts in inside.values():
            units = len({self.world.unknowns[u]["unit"] for u in parts})
            if 1 < units < max(self.least(u) for u in parts):
                self.attack("everybody", parts, True)

    def small_sums(self, seen):
        """Sums of one or two groups that follow from the equations, of too few units."""
        if not self.groups:
            return
        null = scipy.linalg.null_space(seen) if seen.size else numpy.eye(len(self.groups))
        units = [{self.world.unknowns[u]["unit"] for u in self.members[g]} for g in self.groups]
        least = [max(self.least(u) for u in self.members[g]) for g in self.groups]
        for i in range(len(self.groups)):
            for j in range(i, len(self.groups)):
                if len(units[i] | units[j]) >= max(least[i], least[j]):
                    continue
                self.secrets += 1
                parts = tuple(self.members[self.groups[i]] + (self.members[self.groups[j]] if j > i else []))
                if numpy.abs(null[i] + (null[j] if j > i else 0)).max(initial=0) < 1e-9 and ("sum", parts) not in self.before:
                    self.exact += 1
                    self.found.append(("sum", parts, units[i] | units[j]))

    def extreme(self, weights, sign):
        """The least (sign 1) or greatest (-1) of a sum of group totals."""
        key = (tuple(sorted(weights)), sign)
        if key not in self.reach:
            cost = numpy.zeros(len(self.groups))
            for g in weights:
                cost[self.place[g]] = sign
            self.programmes += 1
            answer = scipy.optimize.linprog(
                cost, A_eq=self.equations, b_eq=self.right, bounds=(0, None), method="highs"
            )
            if answer.status == 3:
                self.reach[key] = -sign * math.inf
            elif answer.status == 0:
                self.reach[key] = sign * answer.fun * self.scale
            else:
                sys.exit(f"Bail out! HiGHS: {answer.message}")
        return self.reach[key]

    def attack(self, who, parts, several):
        """The range of the sum of some unknowns."""
        self.secrets += 1
        truth = self.value[parts].sum()
        chosen = set(parts)
        touched = {self.group_of[u] for u in parts}
        whole = [g for g in touched if chosen >= set(self.members[g])]
        # The others of a group can be 0, or all of it.
        if not whole and sum(self.total[g] for g in touched) >= truth * (1 + NEAR):
            return
        high = self.extreme(touched, -1) if touched else 0.0
        low = self.extreme(whole, 1) if whole else 0.0
        if (who, tuple(parts)) in self.before:
            return
        if high - low < 1e-6 * truth:
            self.exact += 1
        elif several and high - low < 2 * NEAR * truth * (1 - SLACK):
            self.near += 1
        elif not several and (high < truth * (1 + NEAR - SLACK) or low > truth * (1 - NEAR + SLACK)):
            self.near += 1
        else:
            return
        self.found.append((who, tuple(parts), truth, low, high, [self.world.unknowns[u] for u in parts][:3]))

    def run(self, rng):
        """By everybody, by each reader, by some units."""
        self.look("everybody", set())
        for name, datasets in self.world.readers.items():
            self.look(name, {u for u, x in enumerate(self.world.unknowns) if x["datasets"] & datasets})
        units = sorted({u["unit"] for u in self.world.unknowns})
        for unit in rng.sample(units, min(8, len(units))):
            self.look(unit, {u for u, x in enumerate(self.world.unknowns) if x["unit"] == unit})
        return self


class Report:
    """Sums up attacks on worlds as TAP."""

    number = 0
    failed = 0

    def __init__(self, what):
        self.what = what
        self.worlds = self.secrets = self.exact = self.near = self.programmes = self.shown = self.all = 0

    def add(self, world, rng, cells, before=None):
        """Attacks a world; what came out of the world before it is not held against it."""
        seed = rng.random()
        known = Attack(before).run(random.Random(seed)).found if before else []
        attack = Attack(world, frozenset(f[:2] for f in known)).run(random.Random(seed))
        self.worlds += 1
        self.shown += len(world.published & set(world.figures()))
        self.all += cells
        self.secrets += attack.secrets
        self.exact += attack.exact
        self.near += attack.near
        self.programmes += attack.programmes
        for found in attack.found[:2]:
            if self.exact + self.near < 12:
                print(f"# found: {found}")

    def end(self, must_find=False):
        Report.number += 1
        bad = self.exact + self.near
        passed = bad > 0 if must_find else bad == 0 and self.worlds > 0
        Report.failed += not passed
        print(
            f"# {self.what}: {self.worlds} worlds, {self.shown} of {self.all} cells published, {self.secrets} secrets, "
            f"{self.programmes} programmes, {self.exact} exact, {self.near} within {NEAR:.0%}"
        )
        print(f"{'ok' if passed else 'not ok'} {Report.number} - {self.what}", flush=True)


# --- random cubes and trips ------------------------------------------------------------


def amount(rng):
    """Often a round figure, so that several are the same by chance."""
    if rng.random() < 0.08:
        return 0.0
    value = 10 ** (2 * rng.random())
    return float(round(value)) if rng.random() < 0.5 else round(value, 3)


def tree(rng):
    """Nodes and their parents: most below the first few."""
    nodes = [f"N{i}" for i in range(rng.randint(3, 8))]
    return {
        (0, n): None if i == 0 or rng.random() < 0.08 else nodes[rng.randrange(min(i, 3))] for i, n in enumerate(nodes)
    }


def readers_of(rng, datasets):
    readers = {f"producer of {d}": {d} for d in datasets if len(datasets) > 1}
    if len(datasets) > 2:
        readers["reader of two"] = set(rng.sample(datasets, 2))
    return readers


def random_cube(rng):
    parent = tree(rng)
    sectors = rng.sample(["industry", "tertiary", "waste", "residential"], rng.randint(1, 3))
    datasets = list(range(1, rng.randint(1, 3) + 1))
    unknowns = []
    for _, node in parent:
        inner = node in parent.values()
        for sector in sectors:
            many = 9 if sector == "residential" else 0
            count = rng.randint(0, 3) if rng.random() < 0.35 else rng.randint(2, 8) + many
            if inner and rng.random() < 0.5:
                count = rng.randint(0, 2)
            for _ in range(count):
                unit = f"u{rng.randrange(4)}" if rng.random() < 0.1 else f"v{len(unknowns)}"
                unknowns.append(
                    {"unit": unit, "datasets": {rng.choice(datasets)}, "parts": {(0, node, sector): amount(rng)}}
                )
    return parent, unknowns, readers_of(rng, datasets)


def random_trips(rng):
    parent = tree(rng)
    nodes = [n for _, n in parent]
    datasets = list(range(1, rng.randint(1, 3) + 1))
    unknowns = []
    for i in range(rng.randint(10, 60)):
        share = 0.5 if rng.random() < 0.75 else round(rng.random() * 0.8 + 0.1, 1)
        value = amount(rng)
        parts = collections.Counter()
        parts[0, rng.choice(nodes), "road_transport"] += share * value
        parts[0, rng.choice(nodes), "road_transport"] += (1 - share) * value
        unknowns.append({"unit": f"t{i}", "datasets": {rng.choice(datasets)}, "parts": dict(parts)})
    return parent, unknowns, readers_of(rng, datasets)


def as_json(parent, unknowns, readers):
    parts = []
    for i, u in enumerate(unknowns):
        # Rows of a unit in one place and sector are one contribution to it.
        label = f"row {i}" if len(u["parts"]) > 1 else None
        for (cube, territory, sector), kg in u["parts"].items():
            parts.append(
                {
                    "cube": cube,
                    "territory_code": territory,
                    "sector": sector,
                    "dataset_id": min(u["datasets"]),
                    "unit_key": u["unit"],
                    "contribution": label,
                    "amount": kg,
                }
            )
    return {
        "territories": [{"cube": c, "territory_code": t, "parent_code": p} for (c, t), p in parent.items()],
        "parts": parts,
        "readers": [{"reader": r, "dataset_id": d} for r, known in readers.items() for d in known],
    }


def merged(unknowns):
    """Rows of a unit in the same place are one unknown: they are added up before."""
    found = {}
    for i, u in enumerate(unknowns):
        places = tuple(u["parts"])
        key = (u["unit"], places, min(u["datasets"])) if len(places) == 1 else i
        if key in found:
            found[key]["parts"][places[0]] += u["parts"][places[0]]
        else:
            found[key] = {**u, "parts": dict(u["parts"])}
    return list(found.values())


def attack_cubes(what, make, count, rng):
    made = [make(rng) for _ in range(count)]
    quoted = [json.dumps(as_json(*m)).replace("'", "''") for m in made]
    lines = psql(SETUP + "".join(f"SELECT pg_temp.choose('{q}');\n" for q in quoted))
    report = Report(what)
    for (parent, unknowns, readers), line in zip(made, lines):
        world = World(parent, merged(unknowns), {(0, t, s) for t, s in json.loads(line)}, readers)
        report.add(world, rng, len(world.figures()))
    report.end()


def attack_carelessly(count, rng):
    """All cells of enough units, none too large: the attacker must find something."""
    report = Report("an attack on cells that are safe one by one finds something")
    for _ in range(count):
        parent, unknowns, readers = random_cube(rng)
        world = World(parent, merged(unknowns), set(), readers)
        inside = collections.defaultdict(collections.Counter)
        for u in world.unknowns:
            for cell, kg in world.cells_of(u).items():
                inside[cell][u["unit"]] += kg
        world.published = {
            c for c, units in inside.items() if len(units) >= 10 and max(units.values()) <= 0.85 * sum(units.values())
        }
        report.add(world, rng, len(inside))
    report.end(must_find=True)


# --- pairs of years, released from accounts ---------------------------------------------

MODES = {
    "renamed": "units have other codes",
    "reregistered": "datasets are registered again",
    "retired": "datasets are retired and registered again by another",
    "merged": "two communes merge",
    "split": "a commune is split",
    "moved": "a commune joins another group",
    "iris": "a commune gets parts",
    "redrawn": "footprints are drawn anew",
    "new": "one unit is new",
    "withdrawn": "a producer withdraws",
}
CORRECTED = "a correction after units got other codes"
FIRST, SECOND = 2020, 2021
WIDTH = 0.04  # of a world, degrees


class Years:
    """Worlds in one account, released for two years."""

    def __init__(self, mode, count, rng):
        self.mode, self.rng = mode, rng
        self.account = f"attack_{mode}"
        self.sql = []
        self.worlds = [self.make_world(w) for w in range(count)]

    def add(self, statement):
        self.sql.append(statement)

    # What there is

    def make_world(self, w):
        """Territories of both years, and where the rows of the first are in the second."""
        rng, mode = self.rng, self.mode
        communes = [f"W{w}C{i}" for i in range(rng.randint(3, 5))]
        root = f"W{w}"
        step = WIDTH / len(communes) * 0.9
        start = w * WIDTH
        west = {c: start + i * step for i, c in enumerate(communes)}
        odd, other = communes[0], communes[1]
        parent = {(y, root): None for y in (FIRST, SECOND)}
        parent.update({(y, c): root for y in (FIRST, SECOND) for c in communes})
        moves = {c: [c] for c in communes}
        areas = [(root, None, start, start + step * len(communes), None)]
        areas += [(c, root, west[c], west[c] + step, None) for c in communes]
        gone = {"merged": (odd, other), "split": (odd,)}.get(mode, ())
        areas = [a[:4] + ((FIRST if a[0] in gone else None),) for a in areas]
        halves = [f"{odd}a", f"{odd}b"]
        if mode == "merged":
            areas.append((f"W{w}M", root, west[odd], west[other] + step, SECOND))
            moves[odd] = moves[other] = [f"W{w}M"]
        elif mode in ("split", "iris"):
            above = root if mode == "split" else odd
            areas += [(h, above, west[odd] + i * step / 2, west[odd] + (i + 1) * step / 2, SECOND)
                      for i, h in enumerate(halves)]
            moves[odd] = halves
            parent.update({(SECOND, h): above for h in halves})
        for c in gone:
            del parent[SECOND, c]
        if mode == "merged":
            parent[SECOND, f"W{w}M"] = root
        joins = None
        if mode == "moved":
            joins = self.make_groups(root, communes, parent, areas, start, step)
        world = {"root": root, "parent": parent, "areas": areas, "unknowns": [], "west": west, "step": step, "joins": joins}
        n = 0
        for commune in communes:
            for sector in ("industry", "tertiary"):
                many = rng.randint(1, 2) if rng.random() < 0.3 else rng.randint(3, 6)
                for _ in range(many):
                    self.make_unit(world, commune, sector, moves, n)
                    n += 1
        if mode == "new":
            place = rng.choice(communes)
            world["unknowns"].append(
                {"unit": f"{root}new", "datasets": {1}, "sector": rng.choice(["industry", "tertiary"]),
                 "n": n, "rows": {SECOND: (place, 1 + amount(rng), f"{root}new")}}
            )
        return world

    def make_groups(self, root, communes, parent, areas, start, step):
        """Two groups of communes, one of which a commune joins: from the other, or alone before."""
        groups = [f"{root}E0", f"{root}E1"]
        # The first of the second group is the one that joined it.
        joined = self.rng.randint(1, len(communes) - 1)
        before = groups[0] if self.rng.random() < 0.6 else root
        parent.update({(y, g): root for y in (FIRST, SECOND) for g in groups})
        for i, c in enumerate(communes):
            parent[FIRST, c] = parent[SECOND, c] = groups[i >= joined]
        parent[FIRST, communes[joined]] = before
        members = {c: parent[SECOND, c] for c in communes}
        areas[1:] = [(c, members[c], x, y, year) for c, _, x, y, year in areas[1:]]
        areas[1:1] = [(groups[0], root, start, start + joined * step, None),
                      (groups[1], root, start + joined * step, start + len(communes) * step, None)]
        return communes[joined], before

    def make_unit(self, world, commune, sector, moves, n):
        """A unit in the first year and, mostly as it was, in the second."""
        rng, mode = self.rng, self.mode
        unit = f"{world['root']}u{n}"
        dataset = 1 + (rng.random() < 0.4)
        value = 1 + amount(rng)
        row = {"unit": unit, "datasets": {dataset}, "sector": sector, "n": n, "rows": {FIRST: (commune, value, unit)}}
        world["unknowns"].append(row)
        fate = 2 if mode == "new" else rng.randrange(8)
        if fate == 0 or (mode == "withdrawn" and dataset == 2):
            return
        code = f"{unit}x" if mode in ("renamed", "redrawn") else unit
        place = rng.choice(moves[commune])
        if fate == 1:  # another figure: another unknown
            value *= 0.7 + 0.6 * rng.random()
            row = {"unit": unit, "datasets": {dataset}, "sector": sector, "n": n, "rows": {}}
            world["unknowns"].append(row)
        row["rows"][SECOND] = (place, value, code)

    # Writing it down

    def write_account(self):
        a = self.account
        self.add(f"""
            SET client_min_messages = warning;
            SELECT count(terrcarbon.create_account('{a}', 4326, owner => 'attack_owner')),
                   count(terrcarbon.register_dataset('{a}-1', '1', 'attack_one', 'lov2', 'aggregate')),
                   count(terrcarbon.register_dataset('{a}-2', '2', 'attack_two', 'lov2', 'aggregate'));
            SELECT terrcarbon.grant_access(d.id, r, 'test') FROM terrcarbon.dataset AS d, unnest('{{attack_owner,attack_friend}}'::regrole[]) AS r
            WHERE d.slug IN ('{a}-1', '{a}-2') AND (r = 'attack_owner'::regrole OR d.slug = '{a}-1');
            SELECT terrcarbon.revoke_access(d.id, 'attack_friend') FROM terrcarbon.dataset AS d WHERE d.slug = '{a}-1';
            CREATE FUNCTION pg_temp.set(n int) RETURNS int LANGUAGE sql AS $$ SELECT max(id) FROM terrcarbon.dataset WHERE slug LIKE '{a}-' || n || '%' $$;
            CREATE FUNCTION pg_temp.box(west float8, east float8) RETURNS geometry LANGUAGE sql AS $$
                SELECT ST_Multi(ST_MakeEnvelope(west, 45, east, 45.01, 4326)) $$;""")
        def level(c, p):
            if p is None or p + "E" in c:
                return "region" if p is None and self.mode == "moved" else "EPCI"
            return "commune" if len(c) < len(p) + 4 else "IRIS"

        rows = [f"('{c}', '{c}', '{level(c, p)}', "
                f"{'NULL' if p is None else repr(p)}, {repr(f'{year}-01-01') if year == SECOND else 'NULL'}::date, "
                f"{repr(f'{year}-12-31') if year == FIRST else 'NULL'}::date, pg_temp.box({x:.7f}, {y:.7f}))"
                for w in self.worlds for c, p, x, y, year in w["areas"]]
        self.add(f"INSERT INTO {a}.territory (code, name, level, parent_code, valid_from, valid_to, geom) VALUES {','.join(rows)};")
        joins = [f"('{code}', '{FIRST}-12-31', '{before}')" for code, before in (w["joins"] for w in self.worlds if w["joins"])]
        if joins:
            self.add(f"INSERT INTO {a}.former_parent VALUES {','.join(joins)};")

    def write_year(self, year, sets):
        """The rows of a year, as activity or as buildings."""
        activity, buildings = [], []
        for world in self.worlds:
            for u in world["unknowns"]:
                if year not in u["rows"]:
                    continue
                place, value, code = u["rows"][year]
                dataset = sets[min(u["datasets"])]
                if self.mode == "redrawn" and u["sector"] == "tertiary":
                    buildings.append((dataset, code, *self.outline(world, place, u["n"], year), value))
                else:
                    activity.append(f"(pg_temp.set({dataset}), '{place}', '{u['sector']}', {year}, "
                                    f"terrcarbon.ghg('CO2', {value!r}), '{code}')")
        if activity:
            self.add(f"INSERT INTO {self.account}.activity (dataset_id, territory_code, sector, year, emission, unit_key) VALUES {','.join(activity)};")
        if buildings:
            rows = [f"(pg_temp.set({d}), '{code}', 'tertiary', 'attack-gas', 'kWh LHV', 1, {kwh!r}, {year}, "
                    f"ST_Multi(ST_MakeEnvelope({x:.8f}, 45.001, {x + w:.8f}, 45.0012, 4326)))" for d, code, x, w, kwh in buildings]
            self.add(f"INSERT INTO {self.account}.building (dataset_id, name, sector, carrier, unit, floors, energy_per_m2, year_from, geom) VALUES {','.join(rows)};")

    def outline(self, world, place, n, year):
        """Where a building stands; in the second year most are drawn a little otherwise."""
        west = world["west"][place] + world["step"] * (0.05 + 0.9 * n / 64)
        width = world["step"] * 0.01
        if year == SECOND and n % 4 < 3:
            return west - width * 0.02, width * (1.03 + 0.07 * self.rng.random())
        return west, width

    def write_change(self):
        """What happens to datasets between the years; which ones the rows then name."""
        a = self.account
        if self.mode in ("reregistered", "retired"):
            for n, who in ((1, "one"), (2, "two")):
                # Somebody else takes over what is retired.
                who = "three" if self.mode == "retired" else who
                if self.mode == "retired":
                    self.add(f"SELECT terrcarbon.retire_dataset(pg_temp.set({n}));")
                self.add(f"SELECT count(terrcarbon.register_dataset('{a}-{n}-again', '{n}', 'attack_{who}', 'lov2', 'aggregate'));")
                self.add(f"SELECT terrcarbon.grant_access(pg_temp.set({n}), 'attack_owner', 'test');")
        elif self.mode == "withdrawn":
            self.add("SELECT terrcarbon.set_access(pg_temp.set(2), 'private');")

    def complete(self, *sets):
        for n in sets:
            self.add(f"INSERT INTO {self.account}.extent SELECT pg_temp.set({n}), t.code, s FROM {self.account}.territory AS t, "
                     f"unnest('{{industry,tertiary}}'::text[]) AS s WHERE t.parent_code IS NULL ON CONFLICT DO NOTHING;")

    def release(self, year):
        self.add(f"""
            SET ROLE attack_owner;
            CALL terrcarbon.refresh('{self.account}');
            SELECT count(terrcarbon.release('{self.account}', {year}));
            RESET ROLE;""")

    def run(self):
        """Releases both years; what everybody may read, and the kg that buildings emit."""
        self.write_account()
        self.complete(1, 2)
        self.write_year(FIRST, {1: 1, 2: 2})
        self.release(FIRST)
        self.write_change()
        self.complete(1, 2)
        self.write_year(SECOND, {1: 1, 2: 2})
        self.release(SECOND)
        self.add(f"""
            SELECT json_build_array('kg', b.year_from, b.name, b.area_m2 * b.energy_per_m2 * 0.2) FROM {self.account}.building AS b;
            SET ROLE attack_public;
            SELECT json_build_array('cell', year, territory_code, sector, tonnes * 1000) FROM {self.account}.released
            WHERE measure = 'emissions' AND tonnes IS NOT NULL;
            RESET ROLE;
            SET client_min_messages = error;
            SELECT terrcarbon.drop_account('{self.account}');""")
        lines = [json.loads(line) for line in psql("\n".join(self.sql)) if line.startswith("[")]
        kg = {(year, code): value for _, year, code, value in (x for x in lines if x[0] == "kg")}
        cells = {(year, t, s): value for _, year, t, s, value in (x for x in lines if x[0] == "cell")}
        return kg, cells

    def attack(self):
        report = Report(f"two years: {MODES[self.mode]}")
        self.compare(report, *self.run())
        report.end()

    def compare(self, report, kg, cells):
        """Attacks what came out, world by world."""
        wrong = 0
        for w in self.worlds:
            unknowns = []
            for u in w["unknowns"]:
                parts = {(year, place, u["sector"]): kg.get((year, code), value) for year, (place, value, code) in u["rows"].items()}
                known = {f"{n}@{year}" for n in u["datasets"] for year in u["rows"]}
                unknowns.append({"unit": u["unit"], "datasets": known, "parts": parts})
            mine = {c for c in cells if c[1] == w["root"] or c[1].startswith((w["root"] + "C", w["root"] + "E", w["root"] + "M"))}
            readers = {"producer 1": {"1@2020", "1@2021"}, "producer 2": {"2@2020", "2@2021"}}
            if self.mode == "retired":
                readers = {"producer 1": {"1@2020"}, "producer 2": {"2@2020"}, "producer 3": {"1@2021", "2@2021"}}
            world = World(w["parent"], unknowns, mine, readers)
            sums = world.figures()
            # The attacker's sums are those that were released.
            wrong += sum(abs(cells[c] - sums[c]) > 1e-6 * abs(cells[c]) for c in mine)
            first = {c for c in mine if c[0] == FIRST}
            report.add(World(w["parent"], unknowns, first, {}), self.rng, sum(c[0] == FIRST for c in sums))
            # What who knows of the second year can tell of the first is out already.
            report.add(world, self.rng, len(sums), World(w["parent"], unknowns, first, readers))
        if wrong:
            print(f"# {wrong} released figures are not what was deposited")
            report.exact += wrong


class Corrections(Years):
    """One world, released, and released again after some of its rows were corrected."""

    def __init__(self, rng):
        super().__init__("corrected", 1, rng)

    def make_unit(self, world, commune, sector, moves, n):
        unit = f"{world['root']}u{n}"
        value = 1 + amount(self.rng)
        dataset = 1 + (self.rng.random() < 0.1)
        world["unknowns"].append(
            {"unit": unit, "datasets": {dataset}, "sector": sector, "n": n, "place": commune,
             "rows": {FIRST: (commune, value, unit), SECOND: (commune, value, f"{unit}x")}}
        )

    def make_world(self, w):
        """Corrects a whole cell mostly, and now and then a unit by itself."""
        rng = self.rng
        world = super().make_world(w)
        units = collections.Counter((u["place"], u["sector"]) for u in world["unknowns"])
        place, sector = rng.choice([cell for cell, n in units.items() if n >= max(units.values()) - 1])
        share = 1 + 0.5 * rng.random()
        for u in list(world["unknowns"]):
            whole = u["place"] == place and u["sector"] == sector
            if not whole and rng.random() > 0.01:
                continue
            _, value, code = u["rows"].pop(SECOND)
            value *= share + 0.1 * rng.random()
            world["unknowns"].append({**u, "rows": {SECOND: (u["place"], value, code)}})
        return world

    def run(self):
        a = self.account
        self.write_account()
        self.complete(1, 2)
        self.write_year(FIRST, {1: 1, 2: 2})
        self.release(FIRST)
        self.add(f"DELETE FROM {a}.activity;")
        self.write_year(SECOND, {1: 1, 2: 2})
        self.add(f"""
            UPDATE {a}.activity SET year = {FIRST};
            SET ROLE attack_owner;
            CALL terrcarbon.refresh('{a}');
            DO $$ BEGIN
                PERFORM terrcarbon.release('{a}', {FIRST}, correction => 'corrected');
            EXCEPTION WHEN object_not_in_prerequisite_state THEN NULL;
            END $$;
            SET ROLE attack_public;
            SELECT json_build_array('cell', CASE WHEN r.replaces IS NULL THEN {FIRST} ELSE {SECOND} END, c.territory_code, c.sector, c.tonnes * 1000)
            FROM {a}.release_cell AS c JOIN {a}.release AS r ON r.id = c.release_id WHERE c.measure = 'emissions' AND c.tonnes IS NOT NULL;
            RESET ROLE;
            SET client_min_messages = error;
            SELECT terrcarbon.drop_account('{a}');
            DELETE FROM terrcarbon.access_grant WHERE dataset_id IN (SELECT id FROM terrcarbon.dataset WHERE slug LIKE '{a}-%');
            DELETE FROM terrcarbon.dataset WHERE slug LIKE '{a}-%';""")
        lines = [json.loads(line) for line in psql("\n".join(self.sql)) if line.startswith("[")]
        return {}, {(year, t, s): value for _, year, t, s, value in lines}


def attack_corrections(count, rng):
    report = Report(CORRECTED)
    accepted = tries = 0
    while accepted < count and tries < 4 * count:
        tries += 1
        tried = Corrections(rng)
        kg, cells = tried.run()
        if any(year == SECOND for year, _, _ in cells):
            accepted += 1
            tried.compare(report, kg, cells)
    print(f"# {accepted} of {tries} corrections were released")
    report.end()


def attack_years(modes, count, rng):
    psql("""
        SET client_min_messages = warning;
        CREATE ROLE attack_owner; CREATE ROLE attack_one; CREATE ROLE attack_two; CREATE ROLE attack_three; CREATE ROLE attack_friend; CREATE ROLE attack_public;
        INSERT INTO terrcarbon.factor (code, name, unit, amount, u95_percent, part, source)
        VALUES ('attack-gas', 'Gas', 'kWh LHV', '{"CO2": 0.2}', 5, 'combustion', 'test');""")
    for mode in modes:
        if mode in MODES:
            Years(mode, count, rng).attack()
        else:
            attack_corrections(count, rng)
    psql("""
        SET client_min_messages = error;
        DELETE FROM terrcarbon.factor WHERE code = 'attack-gas';
        DELETE FROM terrcarbon.access_grant WHERE dataset_id IN (SELECT id FROM terrcarbon.dataset WHERE slug LIKE 'attack%');
        DELETE FROM terrcarbon.dataset WHERE slug LIKE 'attack%';
        DROP ROLE attack_owner, attack_one, attack_two, attack_three, attack_friend, attack_public;""")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cubes", type=int, default=500)
    parser.add_argument("--trips", type=int, default=300)
    parser.add_argument("--pairs", type=int, default=100, help="pairs of years of each mode")
    parser.add_argument("--modes", nargs="*", choices=[*MODES, "corrected"], default=[*MODES, "corrected"])
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(2**31)
    print(f"# seed {seed}")
    rng = random.Random(seed)
    if options.cubes:
        attack_carelessly(max(3, options.cubes // 10), rng)
        attack_cubes("no secret of random cubes comes out", random_cube, options.cubes, rng)
    if options.trips:
        attack_cubes("nor of random trips", random_trips, options.trips, rng)
    if options.pairs:
        attack_years(options.modes, options.pairs, rng)
    print(f"1..{Report.number}")
    sys.exit(1 if Report.failed else 0)


if __name__ == "__main__":
    main()
