#!/usr/bin/python3
"""QGIS adds, changes and deletes buildings in the editing view of an account.

The server is that of PGHOST, PGPORT and PGDATABASE, which has the extension; PGUSER is a
superuser, who makes an account and the roles of this test and drops them at the end.
Needs python3-qgis and psql.  Output and exit status are those of a TAP test.
"""
import os
import subprocess
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")

from qgis.core import QgsApplication, QgsDataSourceUri, QgsFeature, QgsGeometry, QgsVectorLayer, QgsWkbTypes

SET_UP = """
CREATE ROLE qgis_owner;
CREATE ROLE qgis_town LOGIN PASSWORD 'editor';
SELECT set_config('search_path', 'terrcarbon, public', false);
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO qgis_owner', current_database()); END $$;
SELECT register_dataset('qgis-houses', 'Houses', 'qgis_town', 'etalab-2.0', 'open'),
       register_dataset('qgis-other', 'Other', 'qgis_owner', 'etalab-2.0', 'open');
ALTER ROLE qgis_town SET terrcarbon.dataset = 'qgis-houses';
SET ROLE qgis_owner;
SELECT create_account('qgis_edit', 2154);
SELECT grant_depositing('qgis_edit', 'qgis_town');
INSERT INTO qgis_edit.building (dataset_id, name, year_from, geom)
    SELECT id, 'other', 2020, ST_Multi(ST_MakeEnvelope(401100, 6500100, 401110, 6500110, 2154)) FROM dataset WHERE slug = 'qgis-other';
"""
TEAR_DOWN = """
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS qgis_edit CASCADE;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qgis_owner') THEN
        DELETE FROM terrcarbon.dataset WHERE slug LIKE 'qgis-%';
        DROP OWNED BY qgis_owner, qgis_town;
        DROP ROLE qgis_owner, qgis_town;
    END IF;
END $$;
"""
BOX = "MultiPolygon(((401200 6500200, 401210 6500200, 401210 6500210, 401200 6500210, 401200 6500200)))"
WIDE = "MultiPolygon(((401200 6500200, 401220 6500200, 401220 6500210, 401200 6500210, 401200 6500200)))"

done = 0
failed = 0


def check(holds, name, *more):
    """One line of the test; what is said more when it fails."""
    global done, failed
    done += 1
    failed += not holds
    print(f"{'ok' if holds else 'not ok'} {done} - {name}")
    for line in () if holds else more:
        print(f"# {line}")


def psql(script):
    return subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1"], input=script, text=True, check=True,
                          stdout=subprocess.PIPE).stdout.strip()


def open_view():
    uri = QgsDataSourceUri()
    uri.setConnection(os.environ.get("PGHOST", ""), os.environ.get("PGPORT", "5432"), os.environ.get("PGDATABASE", "postgres"),
                      "qgis_town", "editor")
    uri.setDataSource("qgis_edit", "building_edit", "geom", "", "dataset_id,id")
    uri.setSrid("2154")
    uri.setWkbType(QgsWkbTypes.MultiPolygon)
    return QgsVectorLayer(uri.uri(False), "building_edit", "postgres")


def edit(layer, act):
    """What QGIS complains of when an edit is saved."""
    layer.startEditing()
    act(layer)
    if layer.commitChanges():
        return ""
    errors = "\n".join(layer.commitErrors())
    layer.rollBack()
    return errors


def feature_named(layer, name):
    return next((f for f in layer.getFeatures() if f["name"] == name), None)


def run():
    layer = open_view()
    check(layer.isValid(), "the view is a layer")
    check([layer.fields()[i].name() for i in layer.primaryKeyAttributes()] == ["dataset_id", "id"], "with its key")

    feature = QgsFeature(layer.fields())
    feature["name"] = "mine"
    feature["year_from"] = 2020
    feature.setGeometry(QgsGeometry.fromWkt(BOX))
    errors = edit(layer, lambda l: l.addFeature(feature))
    check(errors == "", "a feature is added without its keys", errors)
    layer = open_view()
    mine = feature_named(layer, "mine")
    check(mine is not None and mine["dataset"] == "qgis-houses" and mine["sector"] == "residential", "with its defaults")
    floors = layer.fields().indexOf("floors")
    errors = edit(layer, lambda l: l.changeAttributeValue(mine.id(), floors, 3))
    check(errors == "", "an attribute is changed", errors)
    errors = edit(layer, lambda l: l.changeGeometry(mine.id(), QgsGeometry.fromWkt(WIDE)))
    check(errors == "", "a shape is changed", errors)
    mine = feature_named(open_view(), "mine")
    check(mine["floors"] == 3 and round(mine["area_m2"]) == 200, "and both are there")
    errors = edit(layer, lambda l: l.changeAttributeValue(mine.id(), floors, -3))
    check("floors is -3" in errors, "a value that does not fit is an error that names it", errors)

    other = feature_named(layer, "other")
    for name, act in (("change", lambda l: l.changeAttributeValue(other.id(), floors, 3)),
                      ("deletion", lambda l: l.deleteFeature(other.id()))):
        errors = edit(layer, act)
        check("qgis-other" in errors, f"a {name} of somebody else's row is an error", errors)
    check(feature_named(open_view(), "other") is not None, "and the row is as it was")
    errors = edit(layer, lambda l: l.deleteFeature(mine.id()))
    check(errors == "" and feature_named(open_view(), "mine") is None, "a feature is deleted", errors)


psql(TEAR_DOWN)
psql(SET_UP)
application = QgsApplication([], False)
application.initQgis()
try:
    run()
finally:
    application.exitQgis()
    psql(TEAR_DOWN)
print(f"1..{done}")
sys.exit(failed > 0)
