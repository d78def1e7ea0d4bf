"""Overlays the parcels and zones of geometry_overlay.sql with geopandas: no database,
geometries read beforehand.

    geopandas_overlay.py ZONES PARCELS      files of WKB in hexadecimal, one a line

Prints a line for each way to do it: its name, the total area, milliseconds.
"""
import sys
import time
import warnings

warnings.simplefilter("ignore")
import geopandas
import shapely
import shapely.wkb


def read(path):
    with open(path) as file:
        return geopandas.GeoDataFrame(geometry=[shapely.wkb.loads(line.strip(), hex=True) for line in file], crs=2154)


def joined(zones, parcels):
    """The pairs whose boxes meet, then the area of each intersection."""
    pair = geopandas.sjoin(parcels, zones, predicate="intersects")
    zone = zones.geometry.loc[pair.index_right]
    return zone.reset_index(drop=True).intersection(pair.geometry.reset_index(drop=True), align=False).area.sum()


def overlaid(zones, parcels):
    return geopandas.overlay(parcels, zones, how="intersection", keep_geom_type=True).area.sum()


zones, parcels = read(sys.argv[1]), read(sys.argv[2])
for name, way in (("sjoin and intersection", joined), ("overlay", overlaid)):
    least = float("inf")
    for _ in range(2):
        started = time.perf_counter()
        total = way(zones, parcels)
        least = min(least, time.perf_counter() - started)
    print(f"geopandas {geopandas.__version__}, shapely {shapely.__version__}, {name}|{total:.3f}|{1000 * least:.1f}")
