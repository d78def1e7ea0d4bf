"""psqlODBC, as Excel, Power BI and Tableau use it."""
import os

import pyodbc
from common import queries, show

e = os.environ
# BoolsAsChar=0, or truth values come as text; MaxLongVarcharSize, or texts are cut.
connection = pyodbc.connect(f"Driver=PostgreSQL Unicode;Server={e['PGHOST']};Port={e['PGPORT']};Database={e['PGDATABASE']};"
                            f"Uid={e['PGUSER']};Pwd={e.get('PGPASSWORD', '')};BoolsAsChar=0;MaxVarcharSize=8190;TextAsLongVarchar=1;MaxLongVarcharSize=65536")
columns = {c.column_name: c for c in connection.cursor().columns(table='trajectory_by_territory', schema='coast')}
assert columns['emissions'].data_type in (pyodbc.SQL_DOUBLE, pyodbc.SQL_FLOAT), columns['emissions']
assert columns['year'].data_type == pyodbc.SQL_INTEGER, columns['year']
for name, parameter, query in queries():
    cursor = connection.cursor().execute(query, parameter)
    show(name, [c[0] for c in cursor.description], cursor.fetchall())
