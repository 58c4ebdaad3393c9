"""In which unit a facility lies."""

from __future__ import annotations

from measure_shapes import layer, point, square

from gisplan.measure.engine import measure_plan
from gisplan.testing.plans import make_plan


def located(facilities: list[object]) -> list[list[int]]:
    units = layer([square(0, 0, 100), square(100, 0, 100)], ["B", "A"])
    plan = make_plan({"unit": units, "facility": layer(facilities, range(len(facilities)))})
    table = measure_plan(plan, ["located"], "unit")["located"]
    return table[["fid", "home_fid"]].to_numpy().tolist()


def test_points_and_areas_lie_where_a_point_in_them_does() -> None:
    assert located([point(50, 50), square(110, 10, 20), point(500, 500)]) == [[0, 0], [1, 1]]


def test_a_point_on_a_shared_edge_lies_in_the_first_by_label() -> None:
    assert located([point(100, 50)]) == [[0, 1]]


def test_without_facilities_there_is_an_empty_table() -> None:
    plan = make_plan({"unit": layer([square(0, 0, 100)], ["A"])})
    assert measure_plan(plan, ["located"], "unit")["located"].empty
