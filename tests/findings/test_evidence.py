"""Where a finding is: evidence, the feature's own shape, EPSG:4490, repeatable bytes."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Point, Polygon, box

from gisplan.findings.evidence import places, to_degrees

EAST, NORTH = 41_533_000.0, 4_629_000.0


def degrees(x, y, crs="EPSG:4529"):
    return Transformer.from_crs(crs, "EPSG:4490", always_xy=True).transform(x, y)


def test_evidence_is_joined_and_moved_to_degrees(case, overlap):
    left, right = (box(EAST + x, NORTH, EAST + x + 10, NORTH + 10) for x in (0, 10))
    rows = [{**overlap, "geometry": left}, {**overlap, "geometry": [right]}]
    findings = case.offend("GEO103", *rows).build().findings
    assert findings.crs == "EPSG:4490"
    shape = findings.geometry[0]
    assert shape.geom_type == "Polygon"
    corners = [degrees(EAST + x, NORTH + y) for x in (0, 20) for y in (0, 10)]
    west, south = min(x for x, _ in corners), min(y for _, y in corners)
    assert shape.bounds[:2] == pytest.approx((west, south), abs=2e-9)
    assert findings["bbox"][0] == [round(value, 7) for value in shape.bounds]
    assert shape.covers(Point(findings["lon"][0], findings["lat"][0]))


def test_without_evidence_the_place_is_the_features_own_shape(case, overlap):
    shape = case.offend("GEO103", overlap).build().findings.geometry[0]
    assert shape.bounds[0] == pytest.approx(degrees(EAST, NORTH)[0], abs=1e-5)
    assert shape.area > 0


def test_a_feature_named_by_its_label_alone_is_found(case, overlap):
    row = {**overlap, "fid": -1, "feature": "210102-GX003"}
    shape = case.offend("GEO103", row).build().findings.geometry[0]
    assert shape.bounds[0] == pytest.approx(degrees(EAST + 200, NORTH)[0], abs=1e-5)


def test_a_feature_set_aside_has_its_pessimistic_shape(case, overlap):
    shape = box(EAST + 1000, NORTH, EAST + 1010, NORTH + 10)
    case.options["quarantine"] = {
        "unit": pd.DataFrame({"_label": ["X", "Y"], "geometry": [shape, None]})
    }
    rows = [{**overlap, "fid": -1, "feature": name} for name in "XY"]
    findings = case.offend("SRC108", *rows).build().findings
    assert findings.geometry[0].bounds[0] == pytest.approx(degrees(EAST + 1000, NORTH)[0], abs=1e-6)
    assert findings.geometry[1] is None
    assert findings["bbox"][1] is None
    assert pd.isna(findings["lon"][1])


def test_a_row_of_a_table_has_no_place(case, overlap):
    case.layers["indicator"] = pd.DataFrame({"code": ["210102"], "indicator": ["A"]})
    row = {**overlap, "layer": "indicator"}
    assert case.offend("GEO103", row).build().findings.geometry[0] is None


def test_evidence_of_several_kinds_stays_together(case, overlap):
    shapes = [LineString([(EAST, NORTH), (EAST + 5, NORTH)]), box(EAST, NORTH, EAST + 1, NORTH + 1)]
    shape = case.offend("GEO103", {**overlap, "geometry": shapes}).build().findings.geometry[0]
    assert {part.geom_type for part in shape.geoms} == {"LineString", "Polygon"}


def test_the_way_a_shape_was_drawn_leaves_no_trace(case, overlap):
    ring = [(0, 0), (10, 0), (10, 10), (0, 10)]
    bytes_of = set()
    for turn in (ring, ring[2:] + ring[:2], ring[::-1]):
        shape = Polygon([(EAST + x, NORTH + y) for x, y in turn])
        findings = case.offend("GEO103", {**overlap, "geometry": shape}).build().findings
        bytes_of.add(findings.geometry[0].wkb)
    assert len(bytes_of) == 1


def test_invalid_evidence_does_not_end_the_run(case, overlap):
    bow_tie = Polygon([(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)])
    case.offend("GEO103", {**overlap, "geometry": [bow_tie, box(EAST, NORTH, EAST + 2, NORTH + 2)]})
    findings = case.build().findings
    assert findings.geometry[0] is not None
    assert findings["lon"][0] > 123


def test_a_place_that_cannot_be_computed_is_none():
    shapes = shapely.points([[EAST, NORTH], [1e300, 1e300]])
    moved = to_degrees(shapes, "EPSG:4529")
    assert moved[0].x == pytest.approx(123.397, abs=0.001)
    assert moved[1] is None
    lon, _, boxes = places(moved)
    assert lon[0] == round(moved[0].x, 7)
    assert boxes[1] is None


def test_a_plan_elsewhere_keeps_its_own_degrees():
    moved = to_degrees(shapely.points([[450_000.0, 5_412_000.0]]), "EPSG:25832")
    expected = Transformer.from_crs("EPSG:25832", "EPSG:4258", always_xy=True).transform(
        450_000.0, 5_412_000.0
    )
    assert (moved[0].x, moved[0].y) == pytest.approx(expected, abs=1e-9)


def test_no_findings_have_the_same_columns_as_some(case, overlap):
    some = case.offend("GEO103", overlap).build().findings
    case.runs = {}
    none = case.build().findings
    assert isinstance(none, gpd.GeoDataFrame)
    assert list(none.columns) == list(some.columns)
    assert list(none.dtypes) == list(some.dtypes)


def test_the_layers_of_the_plan_are_left_as_they_were(case, overlap):
    built = case.offend("GEO103", overlap).build().plan
    for name, layer in case.plan().layers.items():
        assert layer.frame.to_wkb().equals(built.layers[name].frame.to_wkb())
