import psycopg2
from common import queries, show

connection = psycopg2.connect('')
for name, parameter, query in queries():
    cursor = connection.cursor()
    cursor.execute(query.replace('?', '%s'), [parameter])
    show(name, [c.name for c in cursor.description], cursor.fetchall())
