"""SQLAlchemy, as Superset uses it: reflects the views, then asks."""
import warnings

import sqlalchemy
from common import queries, show

warnings.simplefilter('error')
engine = sqlalchemy.create_engine('postgresql+psycopg2://')
columns = {c['name']: c['type'] for c in sqlalchemy.inspect(engine).get_columns('trajectory_by_territory', schema='coast')}
assert isinstance(columns['emissions'], sqlalchemy.Float), columns['emissions']
assert isinstance(columns['year'], sqlalchemy.Integer), columns['year']
assert 'emission_map' in sqlalchemy.inspect(engine).get_view_names('coast')
with engine.connect() as connection:
    for name, parameter, query in queries():
        # text() has colons for parameters of its own
        result = connection.execute(sqlalchemy.text(query.replace('?', ':parameter').replace('::', r'\:\:')), {'parameter': parameter})
        show(name, list(result.keys()), result.all())
