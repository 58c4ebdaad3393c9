from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from gisplan.read.dimensions import height_notes
from gisplan.read.formats import read_source
from gisplan.read.workspace import Workspace


def notes(path):
    with Workspace() as space:
        found = read_source(path, path.parent, space)
    return {(note.kind, note.detail["count"]) for note in found.notes if "count" in note.detail}


def test_heights_of_nothing_or_zero_say_nothing():
    flat = [shapely.Point(1, 2), None, shapely.Point(1, 2, 0), shapely.Polygon()]
    assert height_notes(np.array(flat, dtype=object)) == []
    (note,) = height_notes(np.array([*flat, shapely.Point(1, 2, 3)], dtype=object))
    assert (note.kind, note.detail["count"]) == ("z_dropped", 1)


@pytest.mark.parametrize(
    ("name", "driver"),
    [("x.shp", "ESRI Shapefile"), ("x.fgb", "FlatGeobuf"), ("x.gpkg", "GPKG"),
     ("x.gdb", "OpenFileGDB"), ("x.geojson", "GeoJSON")],
)  # fmt: skip
def test_heights_are_said_in_each_format(tmp_path, name, driver):
    frame = gpd.GeoDataFrame(
        {"a": ["x", "y"]},
        geometry=[
            shapely.LineString([(0, 0, 5), (1, 1, 5)]),
            shapely.LineString([(0, 0, 0), (1, 1, 0)]),
        ],
        crs=4490,
    )
    pyogrio.write_dataframe(frame, tmp_path / name, driver=driver)
    assert notes(tmp_path / name) == {("z_dropped", 1)}


def test_measures_of_a_shapefile_are_said(tmp_path):
    path = tmp_path / "x.shp"
    frame = gpd.GeoDataFrame(
        {"a": [1, 2]}, geometry=[shapely.Point(0, 0), shapely.Point(1, 1)], crs=4490
    )
    pyogrio.write_dataframe(frame, path, driver="ESRI Shapefile", layer_options={"SHPT": "POINTM"})
    assert ("m_dropped", 2) in notes(path)
