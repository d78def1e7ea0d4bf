"""GDAL, which QGIS, FME and GeoPandas have in common."""
import os

from common import queries, show
from osgeo import ogr

ogr.UseExceptions()
e = os.environ
source = ogr.Open(f"PG:host={e['PGHOST']} port={e['PGPORT']} dbname={e['PGDATABASE']} user={e['PGUSER']} password={e.get('PGPASSWORD', '')}")


def value(feature, place):
    if not feature.IsFieldSetAndNotNull(place):
        return None
    field = feature.GetFieldDefnRef(place)
    if field.GetSubType() == ogr.OFSTBoolean:
        return bool(feature.GetField(place))
    if field.GetType() == ogr.OFTDate:
        return feature.GetFieldAsString(place).replace('/', '-')
    return feature.GetField(place)


for name, parameter, query in queries():
    layer = source.ExecuteSQL(query.replace('?', "'" + parameter + "'"))
    definition = layer.GetLayerDefn()
    columns = [definition.GetFieldDefn(place).GetName() for place in range(definition.GetFieldCount())]
    show(name, columns, [[value(feature, place) for place in range(len(columns))] for feature in layer])
    source.ReleaseResultSet(layer)
