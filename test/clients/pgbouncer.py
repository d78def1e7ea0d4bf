"""One connection of a pool, several people: each transaction says who it is for.

pgbouncer pools transactions, so that SET ROLE would stay with the connection and
reach the next person; SET LOCAL ROLE ends with the transaction."""
import os
import sys

import psycopg2

people = sys.argv[1:]
query = "SELECT emissions FROM coast.trajectory_by_territory WHERE territory_code = 'COAST' AND year = 2024"
connections = [psycopg2.connect(port=os.environ['BOUNCER_PORT'], user='pool') for _ in people]
seen = {}
for turn in range(2):
    for person, connection in zip(people, connections):
        with connection, connection.cursor() as cursor:
            cursor.execute(f'SET LOCAL ROLE {person}')
            cursor.execute('SELECT pg_backend_pid(), (' + query + ')')
            seen.setdefault(person, set()).add(cursor.fetchone())
with connections[0], connections[0].cursor() as cursor:
    cursor.execute('SELECT current_user::text')
    assert cursor.fetchone() == ('pool',)
assert len({pid for rows in seen.values() for pid, _ in rows}) == 1, 'the people share a connection'
for person in people:
    figures = {figure for _, figure in seen[person]}
    assert len(figures) == 1, figures
    print(person, figures.pop().hex())
