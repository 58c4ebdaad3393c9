"""What of a feature keeps clear of zones and bodies; which buildings stand in them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from gisplan.measure.clearance import CLEARANCE, STANDING, measure_clearance, measure_standing
from gisplan.testing.plans import make_plan

EAST, NORTH = 41_533_000.0, 4_629_000.0


def square(x, y, width=100, height=100):
    return box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def plan(zones, unit=None, buildings=()):
    layers = {
        "unit": gpd.GeoDataFrame({"code": ["U"]}, geometry=[unit or square(0, 0)]),
        "heritage_zone": gpd.GeoDataFrame(
            {"code": [f"Z{n}" for n in range(len(zones))]}, geometry=zones
        ),
    }
    if buildings:
        layers["building"] = gpd.GeoDataFrame(
            {"code": [f"B{n}" for n in range(len(buildings))]}, geometry=list(buildings)
        )
    return make_plan(layers)


def asked(*others):
    return pd.DataFrame(
        [("unit", 0, "heritage_zone", other) for other in others],
        columns=["actor_layer", "fid", "other_layer", "other_fid"],
    )


def left(zones, **more):
    rows = measure_clearance(plan(zones, **more), "unit", asked(*range(len(zones))))
    return rows.iloc[0]


def test_zones_that_overlap_are_left_out_once():
    row = left([square(80, -10, 50, 120), square(60, -10, 40, 120)])
    assert row["geometry"].area == pytest.approx(59.5 * 100)
    assert row["area_m2"] == pytest.approx(10_000, rel=1e-3)


def test_crumbs_of_the_outline_are_dropped():
    row = left([square(0.9, -10, 200, 120)], unit=square(0, 0, 100, 100))
    assert (row["n_parts"], row["left_m2"]) == (0, 0)
    assert row["geometry"].is_empty


def test_a_hole_that_was_there_is_not_counted():
    ring = square(0, 0).difference(square(10, 10, 20, 20))
    assert left([square(80, 80, 50, 50)], unit=ring)["n_holes"] == 0
    assert left([square(50, 50, 20, 20)], unit=ring)["n_holes"] == 1


def test_nothing_asked_is_nothing_measured():
    rows = measure_clearance(plan([square(0, 0)]), "unit", asked())
    assert list(rows.columns) == list(CLEARANCE)
    assert rows.empty


def test_a_line_or_point_has_no_outline():
    for shape in (LineString([(EAST, NORTH), (EAST + 9, NORTH)]), Point(EAST, NORTH)):
        made = plan([square(0, 0)], unit=shape)
        assert measure_clearance(made, "unit", asked(0)).empty


def test_buildings_that_stand_in_the_shared_part_are_found_and_those_that_touch_are_not():
    buildings = [square(85, 10, 5, 5), square(70, 10, 10, 5), square(110, 10, 5, 5)]
    made = plan([square(80, -10, 50, 120)], buildings=buildings)
    rows = measure_standing(made, "unit", asked(0))
    assert list(rows.columns) == list(STANDING)
    assert list(rows["building_fid"]) == [0]


def test_a_building_is_found_by_the_point_that_it_holds():
    point = Point(EAST + 52, NORTH + 52)
    made = plan([point], buildings=[square(50, 50, 5, 5), square(20, 20, 5, 5)])
    assert list(measure_standing(made, "unit", asked(0))["building_fid"]) == [0]


def test_without_buildings_none_stand_there():
    assert measure_standing(plan([square(0, 0)]), "unit", asked(0)).empty
