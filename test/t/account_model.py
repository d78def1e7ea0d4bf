#!/usr/bin/python3
"""Totals of random accounts, worked out again from their rows.

    account_model.py SEED COUNT

Makes up territories, some of which were part of another group before, rows of two
datasets (priced, given, corrections, without a price, with notation keys, for parts
and for wholes) and what datasets are complete for; has each account refreshed, at once
or in two turns; and holds balance_by_territory and trajectory_by_territory, as the owner
and a reader who may see one dataset read them, against the rules of docs/account.md.
Prints what differs, then how many figures were compared.  The database is that of the
environment, by a superuser; roles and factors are those of 078_account_model.pl.
"""

import functools
import random
import subprocess
import sys

YEARS = range(2015, 2019)
LAST_IN_FORMER = 2016
GROUPS = ("G1", "G2")
SECTORS = ("residential", "industry")


def psql(script):
    run = subprocess.run(
        ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1"], input=script, text=True, capture_output=True, check=False
    )
    if run.returncode != 0:
        sys.exit(run.stderr)
    return run.stdout.splitlines()


# --- what there is ----------------------------------------------------------------------


def random_row(rng, dataset, territory, sector, year):
    """A row; kg is what it says, None: nothing."""
    row = {"dataset": dataset, "territory": territory, "sector": sector, "year": year, "key": None, "unpriced": False}
    quantity = rng.randint(-20, 100)
    kind = rng.random()
    if kind < 0.55:
        row |= {"kg": 0.2 * quantity, "columns": f"{quantity}, 'kWh', 'model-gas', NULL::ghg, NULL"}
    elif kind < 0.75:
        row |= {"kg": abs(quantity), "columns": f"NULL::float8, NULL, NULL, ghg('CO2', {abs(quantity)}), NULL"}
    elif kind < 0.83:
        row |= {"unpriced": year < 2017, "columns": f"{quantity}, 'kWh', 'model-late', NULL::ghg, NULL"}
        row["kg"] = None if row["unpriced"] else 0.3 * quantity
    else:
        key = rng.choice(("NE", "NO", "IE"))
        row |= {"kg": None, "key": key, "columns": f"NULL::float8, NULL, NULL, NULL::ghg, '{key}'"}
    return row


class World:
    def __init__(self, rng):
        self.communes = ["A", "B", "C", "D"][: rng.randint(2, 4)]
        self.now = {c: rng.choice(GROUPS) for c in self.communes}
        self.now[self.communes[0]], self.now[self.communes[1]] = rng.sample(GROUPS, 2)
        self.former = {}
        moved = rng.choice(self.communes)
        if rng.random() < 0.5 and list(self.now.values()).count(self.now[moved]) > 1:
            self.former[moved] = GROUPS[self.now[moved] == "G1"]
        self.territories = ["R", *GROUPS, *self.communes]
        self.rows, self.extents = [], set()
        for dataset in (1, 2):
            for sector in SECTORS:
                if rng.random() < 0.25:
                    continue
                if rng.random() < 0.3:
                    self.extents.add((dataset, rng.choice(("R", "G1", "A")), sector))
                for year in YEARS:
                    places = self.communes + (["G1", "G2", "R"] if rng.random() < 0.3 else [])
                    for place in places:
                        for _ in range(rng.choice((0, 1, 1, 1, 2))):
                            self.rows.append(random_row(rng, dataset, place, sector, year))

    def parent(self, territory, year):
        if territory == "R":
            return None
        if territory in GROUPS:
            return "R"
        return (self.former if year <= LAST_IN_FORMER and territory in self.former else self.now)[territory]

    def children(self, territory, year):
        return [t for t in self.territories if self.parent(t, year) == territory]

    def leaves(self, territory, year):
        if territory in self.communes:
            return {territory}
        return {leaf for child in self.children(territory, year) for leaf in self.leaves(child, year)}

    def way_up(self, territory, year, top=None):
        while territory is not None:
            yield territory
            territory = None if territory == top else self.parent(territory, year)


# --- what follows from it -----------------------------------------------------------------


def add(values):
    """None, where there is nothing to add."""
    values = [v for v in values if v is not None]
    return sum(values) if values else None


def one_dataset(world):
    """What one dataset says of a territory, sector and year: its rows there, or its parts."""

    @functools.lru_cache(maxsize=None)
    def says(dataset, territory, sector, year):
        own = [r for r in world.rows if (r["dataset"], r["territory"], r["sector"], r["year"]) == (dataset, territory, sector, year)]
        parts = [p for c in world.children(territory, year) if (p := says(dataset, c, sector, year))]
        leaves = len(world.leaves(territory, year))
        covered = sum(p["covered"] for p in parts)
        estimated = not any(r["key"] == "NE" for r in own)
        figure = None
        if own and not (parts and estimated and covered >= leaves):
            # Rows for the whole count, unless each part has some; NE answers for no figure.
            figure = {"kg": add(r["kg"] for r in own), "unknown": any(r["unpriced"] for r in own) or not estimated}
            if parts and not estimated:
                figure = {"kg": add(p["kg"] for p in parts), "unknown": True}
        elif parts:
            figure = {"kg": add(p["kg"] for p in parts), "unknown": any(p["unknown"] for p in parts)}
        if figure is not None:
            complete = any((dataset, place, sector) in world.extents for place in world.way_up(territory, year))
            figure |= {"covered": leaves if complete or own and estimated else covered, "leaves": leaves}
        return figure

    return says


def expected(world, seen):
    """Figures of a reader who may see some datasets: (kg or None, complete) by place."""
    says = one_dataset(world)
    figures = {}
    for territory in world.territories:
        hidden = any(says(d, territory, s, y) for d in (1, 2) if d not in seen for s in SECTORS for y in YEARS)
        sectors = [s for s in SECTORS if any(says(d, territory, s, y) for d in seen for y in YEARS)]
        for year in YEARS:
            there = {}
            for sector in sectors:
                said = [f for d in seen if (f := says(d, territory, sector, year))]
                if not said:
                    continue
                # Every leaf by one dataset or another, by itself or in a whole within.
                everywhere = all(
                    any(
                        (f := says(d, place, sector, year)) and f["covered"] >= f["leaves"]
                        for d in seen
                        for place in world.way_up(leaf, year, territory)
                    )
                    for leaf in world.leaves(territory, year)
                )
                known = not any(f["unknown"] for f in said)
                kg = add(f["kg"] for f in said)
                there[sector] = (kg, known, known and everywhere)
                figures[territory, sector, year] = (
                    (kg or 0) if known and (everywhere or hidden) else None,
                    known and everywhere and not hidden,
                )
            if there:
                whole = len(there) == len(sectors) and all(complete for _, _, complete in there.values())
                kg = add(kg for kg, _, _ in there.values())
                if len(there) == len(sectors):
                    kg = kg or 0
                # What a reader may not see may be what lacks: then it is what is seen.
                shown = whole or hidden and all(known for _, known, _ in there.values())
                figures[territory, "all", year] = (kg if shown else None, whole and not hidden)
    return figures


# --- what the account says ------------------------------------------------------------------


def script(world, account, rng):
    """SQL that makes the account and prints what both roles read."""
    order = sorted(world.communes, key=world.now.get)
    west = {c: i * 0.01 for i, c in enumerate(order)}
    ground = {c: (x, x + 0.01) for c, x in west.items()}
    for group in GROUPS:
        members = [west[c] for c in order if world.now[c] == group]
        ground[group] = (min(members), max(members) + 0.01)
    ground["R"] = (0, len(order) * 0.01)
    level = {"R": "region", "G1": "EPCI", "G2": "EPCI"}
    present = {"R": "NULL", "G1": "'R'", "G2": "'R'"} | {c: f"'{g}'" for c, g in world.now.items()}
    slug = "(SELECT id FROM dataset WHERE slug = '{}-{}')"
    lines = [
        f"""SET client_min_messages = error; SET search_path = terrcarbon, public;
        SELECT count(create_account('{account}', 4326, owner => 'model_owner')),
            count(register_dataset('{account}-1', '1', 'model_producer', 'lov2', 'open')),
            count(register_dataset('{account}-2', '2', 'model_producer', 'lov2', 'shared'));
        SELECT count(grant_access({slug.format(account, 2)}, 'model_owner', 'test'));"""
    ]
    lines += [
        f"""INSERT INTO {account}.territory (code, name, level, parent_code, geom)
        VALUES ('{t}', '{t}', '{level.get(t, "commune")}', {present[t]}, ST_Multi(ST_MakeEnvelope({ground[t][0]}, 45, {ground[t][1]}, 45.01, 4326)));"""
        for t in world.territories
    ]
    lines += [f"INSERT INTO {account}.former_parent VALUES ('{c}', '{LAST_IN_FORMER}-12-31', '{g}');" for c, g in world.former.items()]
    lines += [f"INSERT INTO {account}.extent VALUES ({slug.format(account, d)}, '{t}', '{s}');" for d, t, s in world.extents]
    rows = [
        f"""INSERT INTO {account}.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, emission, notation)
        VALUES ({slug.format(account, r["dataset"])}, '{r["territory"]}', '{r["sector"]}', {r["year"]}, {r["columns"]});"""
        for r in world.rows
    ]
    refresh = f"SET ROLE model_owner; CALL refresh('{account}'); RESET ROLE;"
    first = len(rows) // 2 if rng.random() < 0.6 else 0
    lines += rows[:first] + ([refresh] if first else []) + rows[first:] + [refresh]
    lines.append(f"SELECT count(grant_reading('{account}', 'model_reader'));")
    for role in ("model_owner", "model_reader"):
        lines.append(
            f"""SET ROLE {role};
            SELECT '{role}', territory_code, 'all', year, emissions * 1000, complete FROM {account}.trajectory_by_territory
            UNION ALL
            SELECT '{role}', territory_code, sector, year, emissions * 1000, complete FROM {account}.balance_by_territory WHERE scope = '1';
            RESET ROLE;"""
        )
    return "\n".join(lines) + f"\nSELECT drop_account('{account}');"


def same(one, other):
    if one is None or other is None or one[1] != other[1] or (one[0] is None) != (other[0] is None):
        return False
    return one[0] is None or abs(one[0] - other[0]) <= 1e-9 * max(1, abs(one[0]))


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    compared = 0
    for i in range(count):
        world = World(rng)
        printed = [line.split("|") for line in psql(script(world, f"model_{seed}_{i}", rng))]
        for role, seen in (("model_owner", (1, 2)), ("model_reader", (1,))):
            right = expected(world, seen)
            read = {
                (p[1], p[2], int(p[3])): (float(p[4]) if p[4] else None, p[5] == "t") for p in printed if p[0] == role
            }
            compared += len(right)
            for place in sorted(set(right) | set(read)):
                if not same(right.get(place), read.get(place)):
                    print(f"account {i} of seed {seed}, {role}, {place}: {right.get(place)} expected, {read.get(place)} read")
    print(f"{compared} figures")


if __name__ == "__main__":
    main()
