"""Works out every figure of docs/demo/year_views.sql from the rows that docs/demo/year.sql
enters, without a database, and compares: decide_year.py READER < what psql --csv printed."""
import csv
import math
import sys

reader = sys.argv[1]
sees_firms = reader in ('harbour_council', 'harbour_study')
towns = dict(zip('ABCDE', range(1, 6)))
names = ['The mill', 'The dairy', 'The shipyard', 'The bakery', 'The smokehouse', 'The cooperage']
own = [40 + 5 * j for j in range(1, 7)]


def scale(year):
    return 1.04 - 0.02 * (year - 2021)


# Rows of 2023: commune, sector, actor, tonnes, half of the interval.
rows = []
for c, k in towns.items():
    rows += [(c, 'residential', None, 1000 + 100 * k, 0.1 * (1000 + 100 * k)), (c, 'road_transport', None, 500 + 50 * k, 0.2 * (500 + 50 * k)),
             (c, 'land', None, -700 - 10 * k, 0.3 * (700 + 10 * k))]
    rows += [(c, 'industry', None, 40 + 5 * k + i, 0.05 * (40 + 5 * k + i)) for i in range(1, 6)]
rows += [('ABCDE'[j % 5], 'industry', j, own[j], 0.05 * own[j]) for j in range(6)]


def total(place, sectors, everything=sees_firms):
    return sum(r[3] for r in rows if (place == 'H' or r[0] == place) and r[1] in sectors and (everything or r[1] != 'industry'))


emitting = ('residential', 'road_transport', 'industry')
emissions, removals = total('H', emitting), total('H', ('land',))
half = math.sqrt(sum(r[4] ** 2 for r in rows if sees_firms or r[1] != 'industry'))
counted_credits = min(90, 0.01 * emissions)


def target(year):
    return total('H', emitting, True) * scale(2021) * (1 - 0.4 * (year - 2021) / 9)


actions = {'01': ('Renovate homes', 'running', 90, 4e6, 0, 'H', 'residential', None), '02': ('Replace boilers', 'planned', 50, 5e5, 0, 'H', 'residential', None),
           '03': ('Caulk windows of Aville', 'planned', 6, 2e4, 0, 'A', 'residential', None), '04': ('More buses', 'running', 25, 0, 9e4, 'H', 'road_transport', None),
           '05': ('Cycle paths', 'planned', 12, 6e5, 0, 'H', None, None), '06': ("The mill's new oven", 'running', 3, 3e4, -2e3, 'A', 'industry', 0),
           '07': ('Waste heat of the harbour', 'planned', 8, 1e5, 0, 'H', 'industry', None), '08': ('LED', 'planned', 1, 1e4, -5e3, 'H', None, None),
           '09': ('A tram', 'abandoned', 70, 9e7, 0, 'H', None, None), '10': ('Hedges', 'planned', 4, 5e4, 0, 'H', None, None)}


def touched(code):
    place, sector, actor = actions[code][5:]
    return {i for i, r in enumerate(rows) if r[1] == sector and place in ('H', r[0]) and (actor is None or r[2] == actor)}


def on_line(code, i):
    return actions[code][2] * rows[i][3] / sum(rows[n][3] for n in touched(code))


def counted(code):
    """A year's part of what counts: on each row the action that brings most there."""
    if actions[code][1] == 'abandoned':
        return 0.0
    if not touched(code):
        return float(actions[code][2])
    return sum(on_line(code, i) for i in touched(code)
               if all(on_line(code, i) >= on_line(o, i) for o in actions if o != code and i in touched(o)))


def overlaps(code):
    seen = {i for i in touched(code) if sees_firms or rows[i][1] != 'industry'}
    return ', '.join(o for o in sorted(actions) if o != code and seen & touched(o)) or None


def firm_target(j, year):
    return own[j] * (1.04 + (0.5 - 1.04) * (year - 2021) / 9)


def quartile(values, share):
    place = share * (len(values) - 1)
    low = math.floor(place)
    return values[low] + (place - low) * (values[min(low + 1, len(values) - 1)] - values[low])


intensities = sorted(total(c, ('industry',), True) / (120 + 10 * k) for c, k in towns.items())
cuts = [quartile(intensities, s) for s in (0.25, 0.5, 0.75)]
mill = reader == 'harbour_mill'
tables = [
    ('code,emissions,removals,net,low,high,credits,counted,complete,verdict',
     [['H', emissions, removals, emissions + removals, emissions + removals - half, emissions + removals + half, 90, counted_credits,
       't' if sees_firms else 'f', 'not reached' if sees_firms else 'cannot be said']]),
    ('kind,sector,reason,detail',
     [['verdict', None, 'not reached', None], ['target', None, 'above the target', ('target ', target(2023), ' t CO2e')]] if sees_firms else
     [['verdict', None, 'cannot be said', 'not complete'], ['missing', None, 'datasets not readable', 'harbour-firms']]),
    ('actor_name,emissions,target,gap,complete',
     [[names[j], own[j] if sees_firms else None, firm_target(j, 2023), own[j] - firm_target(j, 2023) if sees_firms else None, 't' if sees_firms else 'f'] for j in range(6)]),
    ('actor_name,year,emissions,target,gap',
     [[names[0], y, own[0] * scale(y) if y < 2024 else None, firm_target(0, y), own[0] * scale(y) - firm_target(0, y) if y < 2024 else None]
      for y in range(2021, 2025)] if mill else []),
    ('actor_name,unit,intensity,peers,lower_quartile,median,upper_quartile,band',
     [[names[0], 'employee', own[0] / 25, 5] + cuts + [1 + sum(own[0] / 25 >= c for c in cuts)]] if mill else []),
    ('action_code,title,status,effect,counted,overlaps_with,eur_per_t',
     [[a, v[0], v[1], 7 * v[2], 7 * counted(a) if sees_firms or not touched(a) else None, overlaps(a), (v[3] + 7 * v[4]) / (28 * v[2])] for a, v in sorted(actions.items())]),
    ('year,target,actual,trend,actions,gap_with_actions', [
        [y, target(y) if sees_firms else None, emissions * scale(y) if sees_firms and y < 2024 else None, emissions * scale(y) if sees_firms and y > 2023 else None,
         brings if sees_firms or y < 2024 else None, emissions * scale(y) - brings - target(y) if sees_firms and y > 2023 else None]
        for y in (2021, 2023, 2026, 2030)
        for brings in [max(0, y - 2023) * sum(counted(a) for a in actions if a != '10')]]),
    ('territory_name,emissions,per_inhabitant,complete,peers',
     [[c + 'ville', total(c, emitting), total(c, emitting) / (1000 * k), 't' if sees_firms else 'f', 5 if sees_firms else 0] for c, k in towns.items()]),
    ('territory_code,sector,tonnes,notation',
     [[c, s, total(c, emitting if s == 'all' else (s,), True), None] for s in ('all', 'industry') for c in 'ABCDEH']),
    ('territory_code,sector,emissions,removals',
     [['H', 'land', 0, removals], ['H', 'residential', total('H', ('residential',)), 0], ['H', 'road_transport', total('H', ('road_transport',)), 0]]),
    ('project_code,first_serial,last_serial,tonnes,status,territory_code,year',
     [['HEDGE', 1, 70, 70, 'retired', 'H', 2023], ['HEDGE', 71, 100, 30, 'active', None, None],
      ['MARSH', 1, 20, 20, 'retired', 'A', 2023], ['MARSH', 21, 60, 40, 'active', None, None]]),
    ('sector,lacks,years,hidden', [] if sees_firms else [['industry', 'no figure', '{2021,2022,2023}', 'harbour-firms']])]


def same(shown, value):
    if value is None:
        return shown == '-'
    if isinstance(value, tuple):
        return shown.startswith(value[0]) and shown.endswith(value[2]) and same(shown[len(value[0]):-len(value[2])], value[1])
    if isinstance(value, str):
        return shown == value
    try:
        number = float(shown)
    except ValueError:
        return False
    # Half of the last digit shown.
    return abs(number - value) <= 0.5 * 10.0 ** -len(shown.partition('.')[2]) + 1e-9 * abs(value)


headers = [t[0].split(',') for t in tables]
shown = []
for line in csv.reader(sys.stdin):
    if line in headers:
        shown.append([])
    elif shown and len(line) == len(headers[len(shown) - 1]):
        shown[-1].append(line)
wrong = [] if len(shown) == len(tables) else ['%d tables of %d' % (len(shown), len(tables))]
cells = 0
for (header, expected), found in zip(tables, shown):
    if len(expected) != len(found):
        wrong.append('%s: %d rows of %d' % (header, len(found), len(expected)))
    for want, row in zip(expected, found):
        cells += len(row)
        wrong += ['%s: %s is not %s' % (header, cell, value) for value, cell in zip(want, row) if not same(cell, value)]
print('\n'.join(wrong) if wrong else '%d cells' % cells)
sys.exit(1 if wrong else 0)
