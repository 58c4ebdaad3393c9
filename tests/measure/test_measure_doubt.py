"""Doubt about control lines, parents and neighbours: who cannot be told to be in order."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import shapely
from measure_shapes import layer, line, square

from gisplan.measure.engine import measure_plan
from gisplan.testing.plans import make_plan

UNIT = layer([square(0, 0, 100)], ["u"])
FAR = square(800, 0, 10)


def doubts(layers: dict[str, Any], **kwargs: Any) -> list[tuple[Any, ...]]:
    table = measure_plan(make_plan(layers, **kwargs), ["doubt"], "unit")["doubt"]
    return list(
        zip(table["actor_layer"], table["fid"], table["other_layer"], table["other_fid"],
            strict=True)
    )  # fmt: skip


def aside(*shapes: Any) -> pd.DataFrame:
    return pd.DataFrame({"code": [f"x{n}" for n in range(len(shapes))]}).assign(
        geometry=pd.Series(list(shapes), dtype=object)
    )


def lines(shape: Any, kind: str = "ecological_redline") -> Any:
    return layer([shape], ["k"], kind=[kind])


# --- control lines --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["control_line", "planning_zone"])
@pytest.mark.parametrize(("x", "doubted"), [(99.9, True), (100.1, False)])
def test_repaired_line_leaves_a_doubt_where_it_may_reach_the_actor(name, x, doubted):
    found = doubts({"unit": UNIT, name: lines(FAR)}, pessimistic={name: {0: square(x, 0, 700)}})
    assert found == ([("unit", 0, name, 0)] if doubted else [])


@pytest.mark.parametrize(("x", "doubted"), [(149.9, True), (150.1, False)])
def test_quarantined_line_concerns_who_is_within_fifty_metres(x, doubted):
    found = doubts(
        {"unit": UNIT, "control_line": lines(FAR)},
        quarantine={"control_line": aside(square(x, 0, 10))},
    )
    assert found == ([("unit", 0, "control_line", -1)] if doubted else [])


def test_quarantined_line_without_a_place_concerns_every_actor():
    layers = {"unit": UNIT, "parcel": layer([square(0, 0, 5)]), "control_line": lines(FAR)}
    found = doubts(layers, quarantine={"control_line": aside(None)})
    assert found == [(name, -1, "control_line", -1) for name in ("parcel", "unit")]


@pytest.mark.parametrize(
    ("name", "far"), [("heritage_zone", True), ("control_line", True), ("heritage_body", False)]
)
def test_point_where_areas_are_due_may_reach_anywhere(name, far):
    layers = {"unit": UNIT, name: lines(FAR) if name == "control_line" else layer([FAR], ["k"])}
    found = doubts(layers, quarantine={name: aside(shapely.Point(5_000, 0))})
    assert found == ([("unit", -1, name, -1)] if far else [])


def test_line_that_is_met_as_it_is_leaves_no_doubt():
    layers = {"unit": UNIT, "control_line": lines(square(50, 0, 100))}
    assert doubts(layers, pessimistic={"control_line": {0: square(40, 0, 200)}}) == []


def test_repaired_unit_that_may_reach_a_line_is_in_doubt():
    layers = {"unit": UNIT, "control_line": lines(line((150, -10), (150, 200)))}
    assert doubts(layers, pessimistic={"unit": {0: square(0, 0, 160)}}) == [
        ("unit", 0, "control_line", 0)
    ]
    assert doubts(layers, pessimistic={"unit": {0: square(0, 0, 140)}}) == []


# --- development boundaries and parents -----------------------------------------------------------


@pytest.mark.parametrize(("width", "doubted"), [(0.009, False), (0.011, True)])
def test_actor_outside_the_least_that_a_boundary_means_is_in_doubt(width, doubted):
    whole, least = square(-50, -50, 300), square(-50, -50, 150 - width, 300)
    found = doubts(
        {"unit": UNIT, "control_line": lines(whole, "development_boundary")},
        least={"control_line": {0: least}},
    )
    assert found == ([("unit", 0, "control_line", 0)] if doubted else [])


def test_boundary_that_may_be_larger_is_no_doubt():
    layers = {"unit": UNIT, "control_line": lines(FAR, "development_boundary")}
    assert doubts(layers, pessimistic={"control_line": {0: square(-50, -50, 900)}}) == []


def test_other_lines_that_may_be_smaller_are_no_doubt():
    layers = {"unit": UNIT, "control_line": lines(square(50, 0, 100))}
    assert doubts(layers, least={"control_line": {0: square(120, 0, 30)}}) == []


def test_actor_outside_the_least_that_its_parent_means_is_in_doubt():
    layers = {"district": layer([square(-50, -50, 300)], ["d"]), "unit": UNIT}
    assert doubts(layers, least={"district": {0: square(-50, -50, 100, 300)}}) == [
        ("unit", 0, "district", 0)
    ]
    assert doubts(layers, least={"district": {0: square(-50, -50, 160)}}) == []


def test_parcel_outside_the_least_that_its_unit_means_is_in_doubt():
    layers = {"unit": UNIT, "parcel": layer([square(60, 60, 30)], ["p"])}
    assert doubts(layers, least={"unit": {0: square(0, 0, 50)}}) == [("parcel", 0, "unit", 0)]


# --- neighbours -----------------------------------------------------------------------------------

TWO = layer([square(0, 0, 100), square(100, 0, 100)], ["u", "v"])


@pytest.mark.parametrize(("reach", "doubted"), [(0.009, False), (0.011, True)])
def test_repaired_unit_that_may_overlap_its_neighbour_leaves_both_in_doubt(reach, doubted):
    found = doubts({"unit": TWO}, pessimistic={"unit": {0: square(0, 0, 100 + reach, 100)}})
    both = [("unit", 0, "unit", 1), ("unit", 1, "unit", 0)]
    assert found == (both if doubted else [])


@pytest.mark.parametrize(("x", "doubted"), [(-99.991, False), (-99.989, True)])
def test_quarantined_unit_concerns_whom_it_may_overlap(x, doubted):
    found = doubts({"unit": UNIT}, quarantine={"unit": aside(square(x, 0, 100))})
    assert found == ([("unit", 0, "unit", -1)] if doubted else [])


def test_quarantined_unit_without_a_place_concerns_itself_alone():
    assert doubts({"unit": UNIT}, quarantine={"unit": aside(None, shapely.Polygon())}) == []


def test_clean_plan_has_no_doubt():
    assert doubts({"unit": TWO, "control_line": lines(square(50, 0, 100))}) == []
