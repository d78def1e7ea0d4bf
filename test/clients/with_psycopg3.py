import psycopg
from common import queries, show

with psycopg.connect('') as connection:
    for name, parameter, query in queries():
        cursor = connection.execute(query.replace('?', '%s'), [parameter], prepare=True)
        show(name, [c.name for c in cursor.description], cursor.fetchall())
