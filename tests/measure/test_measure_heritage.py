"""Relate, near, doubt: what units share with heritage, and what cannot be told."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import shapely
from measure_shapes import layer, line, point, square

from gisplan.measure.engine import measure_plan
from gisplan.testing.plans import make_plan

UNIT = layer([square(0, 0, 100)], ["u"])


def measured(name: str, layers: dict[str, Any], **kwargs: Any) -> pd.DataFrame:
    return measure_plan(make_plan(layers, **kwargs), [name], "unit")[name]


# --- relate ---------------------------------------------------------------------------------------


def test_relate_measures_what_a_unit_shares_with_a_zone() -> None:
    table = measured("relate", {"unit": UNIT, "heritage_zone": layer([square(90, 0, 40, 100)])})
    row = table.iloc[0]
    assert (row["actor_layer"], row["fid"], row["zone_layer"], row["zone_fid"]) == (
        "unit", 0, "heritage_zone", 0)  # fmt: skip
    assert row["area_m2"] == pytest.approx(1000, rel=1e-4)
    assert row["width_m"] == pytest.approx(2 * 1000 / 220)
    assert (row["share_actor"], row["share_zone"]) == pytest.approx((0.1, 0.25))
    assert (row["length_m"], row["n_points"]) == (0, 0)
    assert row["geometry"].equals(square(90, 0, 10, 100))


def test_relate_keeps_the_thinnest_contact_and_drops_mere_touch() -> None:
    zones = layer([square(99.999, 0, 50), square(100, 0, 50), square(0, 100, 10)])
    table = measured("relate", {"unit": UNIT, "heritage_zone": zones})
    assert table["zone_fid"].tolist() == [0]
    assert table["width_m"][0] == pytest.approx(0.001, rel=1e-3)


def test_relate_width_is_that_of_the_widest_piece() -> None:
    comb = shapely.union_all([square(99, 0, 50, 10), square(80, 40, 60, 20), square(130, 0, 9, 60)])
    table = measured("relate", {"unit": UNIT, "heritage_zone": layer([comb])})
    assert table["area_m2"][0] == pytest.approx(10 + 400, rel=1e-4)
    assert table["width_m"][0] == pytest.approx(2 * 400 / 80)


def test_relate_takes_only_the_area_where_shapes_also_touch() -> None:
    hook = shapely.union(square(90, 0, 40, 10), square(100, 0, 30, 100))
    table = measured("relate", {"unit": UNIT, "heritage_zone": layer([hook])})
    assert table["geometry"][0].geom_type == "Polygon"
    assert table["area_m2"][0] == pytest.approx(100, rel=1e-4)


def test_relate_with_control_lines_that_are_lines() -> None:
    lines = layer([line((50, 50), (150, 50)), line((100, 0), (100, 90)), line((0, 0), (-9, -9))])
    table = measured("relate", {"unit": UNIT, "control_line": lines})
    # along the edge and at a corner no interior is shared
    assert table["zone_fid"].tolist() == [0]
    row = table.iloc[0]
    assert (row["length_m"], row["share_zone"]) == pytest.approx((50, 0.5))
    assert (row["area_m2"], row["width_m"], row["share_actor"]) == (0, 0, 0)


def test_relate_of_projects_that_are_lines_and_points() -> None:
    shapes = [line((-30, 50), (10, 50)), point(50, 50), point(100, 50), point(101, 50)]
    shapes.append(shapely.union(point(1, 1), point(300, 1)))
    projects = layer(shapes, list("pqrst"))
    zone = layer([square(0, 0, 100)], ["z"])
    table = measured("relate", {"unit": layer([]), "project": projects, "heritage_zone": zone})
    rows = table.set_index("fid")
    assert rows.index.tolist() == [0, 1, 2, 4]  # on the edge is in
    assert rows.loc[0, "length_m"] == pytest.approx(10)
    assert rows["share_actor"].tolist() == pytest.approx([0.25, 1, 1, 0.5])
    assert rows["n_points"].tolist() == [0, 1, 1, 1]
    assert rows["share_zone"].tolist() == [0, 0, 0, 0]


def test_two_lines_that_cross_share_no_length() -> None:
    projects = layer([line((0, 0), (10, 10)), line((0, 5), (20, 5))], ["p", "q"])
    lines = layer([line((0, 10), (10, 0)), line((10, 5), (30, 5))], ["c", "d"])
    table = measured("relate", {"unit": UNIT, "project": projects, "control_line": lines})
    rows = table[table["actor_layer"] == "project"]
    assert rows[["fid", "zone_fid"]].to_numpy().tolist() == [[1, 1]]
    assert rows["length_m"].tolist() == pytest.approx([10])


def test_actors_are_the_tiers_from_the_judged_one_down_and_parcels() -> None:
    here = [square(0, 0, 100)]
    names = ["district", "unit", "project", "parcel", "building"]
    plan = make_plan({**{name: layer(here) for name in names}, "heritage_zone": layer(here)})
    table = measure_plan(plan, ["relate"], "unit")["relate"]
    assert sorted(table["actor_layer"]) == ["parcel", "project", "unit"]
    table = measure_plan(plan, ["relate"], "district")["relate"]
    assert sorted(table["actor_layer"]) == ["district", "parcel", "project", "unit"]


# --- near -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("x", "found"), [(600.0, True), (600.01, False)])
def test_near_reaches_five_hundred_metres(x: float, found: bool) -> None:
    table = measured("near", {"unit": UNIT, "heritage_body": layer([point(x, 50)])})
    assert len(table) == found


def test_near_tells_distance_and_what_is_shared() -> None:
    bodies = [point(50, 50), point(130, 50), square(95, 0, 20), square(90, 90, 10), point(100, 0)]
    table = measured("near", {"unit": UNIT, "heritage_body": layer(bodies)}).set_index("body_fid")
    assert table["distance_m"].tolist() == pytest.approx([0, 30, 0, 0, 0])
    assert table["inside"].tolist() == [True, False, True, True, True]
    assert table["area_m2"].tolist() == pytest.approx([0, 0, 100, 100, 0], rel=1e-3)
    assert table["share_body"].tolist() == pytest.approx([1, 0, 0.25, 1, 1])
    assert table["centroid_inside"].tolist() == [True, False, False, True, True]
    assert table["geometry"][2].equals(bodies[2])


def test_near_without_bodies_is_an_empty_table() -> None:
    table = measured("near", {"unit": UNIT})
    assert table.empty
    assert "share_body" in table.columns


# --- doubt ----------------------------------------------------------------------------------------


def doubts(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(zip(table["fid"], table["other_layer"], table["other_fid"], strict=True))


@pytest.mark.parametrize(("x", "doubted"), [(149.9, True), (150.1, False)])
@pytest.mark.parametrize("name", ["heritage_zone", "heritage_body"])
def test_repaired_feature_leaves_a_doubt_within_fifty_metres(
    name: str, x: float, doubted: bool
) -> None:
    layers = {"unit": UNIT, name: layer([square(800, 0, 10)])}
    table = measured("doubt", layers, pessimistic={name: {0: square(x, 0, 700)}})
    assert doubts(table) == ([(0, name, 0)] if doubted else [])


def test_what_the_rows_say_is_no_doubt() -> None:
    shape = square(50, 0, 100)
    layers = {"unit": UNIT, "heritage_zone": layer([shape]), "heritage_body": layer([shape])}
    larger = {name: {0: square(40, 0, 120)} for name in ("heritage_zone", "heritage_body")}
    assert measured("doubt", layers, pessimistic=larger).empty


def test_a_body_that_is_near_but_may_be_inside_is_a_doubt() -> None:
    layers = {"unit": UNIT, "heritage_body": layer([square(120, 0, 10)])}
    near = measured("doubt", layers, pessimistic={"heritage_body": {0: square(110, 0, 30)}})
    assert near.empty
    inside = measured("doubt", layers, pessimistic={"heritage_body": {0: square(99, 0, 30)}})
    assert doubts(inside) == [(0, "heritage_body", 0)]


@pytest.mark.parametrize(("x", "doubted"), [(149.0, True), (151.0, False)])
def test_quarantined_feature_with_a_place_concerns_who_is_near(x: float, doubted: bool) -> None:
    aside = pd.DataFrame(
        {"code": ["z{other}"], "geometry": [square(x, 0, 10)],
         "reason_zh": ["自相交"], "reason_en": ["crosses itself"]}
    )  # fmt: skip
    layers = {"unit": UNIT, "heritage_zone": layer([])}
    table = measured("doubt", layers, quarantine={"heritage_zone": aside})
    assert doubts(table) == ([(0, "heritage_zone", -1)] if doubted else [])
    if doubted:
        assert table["other_label"][0] == "z{other}"
        assert "z{other}" in table["why_zh"][0]
        assert "自相交" in table["why_zh"][0]
        assert "crosses itself" in table["why_en"][0]


def test_quarantined_feature_without_a_place_concerns_every_actor() -> None:
    layers = {"unit": UNIT, "project": layer([]), "heritage_body": layer([])}
    table = measured("doubt", layers, quarantine={"heritage_body": pd.DataFrame({"code": ["h"]})})
    assert list(zip(table["actor_layer"], table["fid"], strict=True)) == [
        ("project", -1),
        ("unit", -1),
    ]


def test_repaired_unit_that_may_reach_a_zone_is_in_doubt() -> None:
    layers = {"unit": UNIT, "heritage_zone": layer([square(200, 0, 50), square(400, 0, 50)])}
    table = measured("doubt", layers, pessimistic={"unit": {0: square(0, 0, 210)}})
    assert doubts(table) == [(0, "heritage_zone", 0)]


def test_repaired_zone_and_repaired_unit_give_one_row() -> None:
    layers = {"unit": UNIT, "heritage_zone": layer([square(200, 0, 50)])}
    table = measured(
        "doubt",
        layers,
        pessimistic={"unit": {0: square(0, 0, 210)}, "heritage_zone": {0: square(190, 0, 80)}},
    )
    assert doubts(table) == [(0, "heritage_zone", 0)]


def test_a_clean_plan_has_no_doubt() -> None:
    layers = {"unit": UNIT, "heritage_zone": layer([square(120, 0, 50)])}
    assert measured("doubt", layers).empty
