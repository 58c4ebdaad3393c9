"""Between and declared_gap: whose border a gap runs along, and which gap a declaration means."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import shapely
from measure_shapes import layer, square
from pyproj import Transformer

from gisplan.measure.engine import measure_plan
from gisplan.model import AllowedGap, Plan
from gisplan.testing.plans import make_plan

TURN = (41_500_000.0, 4_620_000.0)


def plan_of(districts: list[shapely.Geometry], codes: list[str], turn: float = 0.0) -> Plan:
    turned = [shapely.affinity.rotate(shape, turn, origin=TURN) for shape in districts]
    city = shapely.affinity.rotate(square(0, 0, 300), turn, origin=TURN)
    return make_plan({"city": layer([city], ["210100"]), "district": layer(turned, codes)})


def between(plan: Plan) -> pd.DataFrame:
    return measure_plan(plan, ["between"], "district")["between"]


@pytest.mark.parametrize("turn", [0.0, 17.3, 90.0])
def test_a_strip_from_edge_to_edge_lies_along_both_neighbours(turn: float) -> None:
    plan = plan_of([square(0, 0, 148, 300), square(151, 0, 149, 300)], ["210102", "210103"], turn)
    row = between(plan).iloc[0]
    assert (row["fid_a"], row["fid_b"]) == (0, 1)
    assert (row["along_a_m"], row["along_b_m"]) == pytest.approx((300, 300))
    assert row["outline_m"] == pytest.approx(606)
    assert row["largest_m"] == pytest.approx(3, abs=0.05)


def test_the_first_of_the_two_goes_by_label_not_by_row() -> None:
    plan = plan_of([square(151, 0, 149, 300), square(0, 0, 148, 300)], ["210103", "210102"])
    row = between(plan).iloc[0]
    assert (row["fid_a"], row["fid_b"]) == (1, 0)


def test_the_largest_width_is_where_the_borders_lie_furthest_apart() -> None:
    left = shapely.Polygon(
        [(x + TURN[0], y + TURN[1]) for x, y in
         [(0, 0), (150, 0), (146, 100), (150, 300), (0, 300)]]
    )  # fmt: skip
    row = between(plan_of([left, square(150, 0, 150, 300)], ["210102", "210103"])).iloc[0]
    assert row["largest_m"] == pytest.approx(4, abs=0.05)


def test_a_slit_that_runs_along_one_of_them_alone_is_no_wider_for_it() -> None:
    left = shapely.difference(square(0, 0, 148, 300), square(48, 100, 100, 0.2))
    row = between(plan_of([left, square(150, 0, 150, 300)], ["210102", "210103"])).iloc[0]
    assert row["along_a_m"] == pytest.approx(500)
    assert row["largest_m"] == pytest.approx(2, abs=0.1)


def test_of_three_neighbours_the_two_with_the_most_of_the_outline_count() -> None:
    shapes = [square(0, 0, 140, 300), square(160, 0, 140, 300), square(140, 250, 20, 50)]
    row = between(plan_of(shapes, ["210104", "210103", "210102"])).iloc[0]
    assert {row["fid_a"], row["fid_b"]} == {0, 1}
    assert row["outline_m"] - row["along_a_m"] - row["along_b_m"] == pytest.approx(40)


def test_a_hole_in_one_district_lies_between_none() -> None:
    shape = shapely.difference(square(0, 0, 300), square(100, 100, 50))
    assert between(plan_of([shape], ["210102"])).empty


@pytest.mark.parametrize("turn", [0.0, 5.1, 17.3])  # turned, cuts leave films at the outline
def test_neighbours_that_meet_leave_nothing_between_them(turn: float) -> None:
    shapes = [square(0, 0, 150, 300), square(150, 0, 150, 300)]
    assert between(plan_of(shapes, ["a", "b"], turn)).empty


def meant(plan: Plan, *gaps: AllowedGap) -> pd.DataFrame:
    plan = replace(plan, config=replace(plan.config, allowed_gaps=gaps))
    table = measure_plan(plan, ["declared_gap"], "district")["declared_gap"]
    return table[table["scope"] == "any"]


def gap(x: float, y: float, **more: object) -> AllowedGap:
    to_degrees = Transformer.from_crs("EPSG:4529", "EPSG:4490", always_xy=True)
    at = to_degrees.transform(TURN[0] + x, TURN[1] + y)
    return AllowedGap("district", at, max_area=1e6, reason="r", by="b", **more)


def two_gaps() -> Plan:
    """Return districts with a wide gap to the west and a narrow one 5 m east of x = 150."""
    return plan_of([square(20, 0, 135, 300), square(156, 0, 144, 300)], ["210102", "210103"])


def test_a_declared_gap_is_the_one_that_holds_its_place() -> None:
    found = meant(two_gaps(), gap(10, 100), gap(155.5, 100))
    assert found["number"].tolist() == [0, 1]
    assert found["area_m2"].tolist() == pytest.approx([6000, 300], rel=1e-4)


def test_a_place_beside_gaps_means_the_largest_within_its_reach() -> None:
    found = meant(two_gaps(), gap(140, 100), gap(140, 100, within=130.0))
    assert found["area_m2"].tolist() == pytest.approx([300, 6000], rel=1e-4)


def test_a_place_out_of_reach_means_none() -> None:
    assert meant(two_gaps(), gap(80, 100)).empty


def test_the_parent_that_is_named_must_be_the_gaps() -> None:
    found = meant(two_gaps(), gap(10, 9, parent="210100"), gap(10, 9, parent="210200"))
    assert found["number"].tolist() == [0]
