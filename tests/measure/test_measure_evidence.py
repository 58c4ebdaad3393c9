"""Works, struck, contact, inside, plot: what buildings and parcels show where heritage is met."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import shapely
from measure_shapes import layer, point, square

from gisplan.measure.engine import measure_plan
from gisplan.testing.plans import make_plan

UNIT = layer([square(0, 0, 100)], ["u"])
ZONE = layer([square(60, 0, 100)], ["z"], zone=["Z6"])


def measured(name: str, layers: dict[str, Any], **kwargs: Any) -> pd.DataFrame:
    return measure_plan(make_plan(layers, **kwargs), [name], "unit")[name]


# --- works and struck -----------------------------------------------------------------------------


def test_works_measures_buildings_in_and_across_a_zone() -> None:
    houses = layer([square(70, 10, 10), square(55, 10, 10), square(50, 30, 10), square(0, 0, 9)])
    table = measured("works", {"building": houses, "heritage_zone": ZONE})
    assert table["fid"].tolist() == [0, 1]
    assert table["area_m2"].tolist() == pytest.approx([100, 50], rel=1e-4)
    assert table["share_actor"].tolist() == pytest.approx([1, 0.5])
    assert table["geometry"][1].equals(square(60, 10, 5, 10))


@pytest.mark.parametrize(("x", "found"), [(19.9, True), (20.1, False)])
def test_struck_reaches_twenty_metres(x: float, found: bool) -> None:
    bodies = layer([point(10 + x, 5)], ["b"])
    table = measured("struck", {"building": layer([square(0, 0, 10)]), "heritage_body": bodies})
    assert len(table) == found


def test_struck_tells_the_shares_of_both() -> None:
    bodies = layer([square(5, 0, 20, 10)], ["b"])
    table = measured("struck", {"building": layer([square(0, 0, 10)]), "heritage_body": bodies})
    assert (table["share_actor"][0], table["share_body"][0]) == pytest.approx((0.5, 0.25))


# --- contact --------------------------------------------------------------------------------------


def contact(houses: Any = None, parcels: Any = None, **kwargs: Any) -> pd.Series:
    layers = {"unit": UNIT, "heritage_zone": ZONE}
    layers |= {"building": houses} if houses is not None else {}
    layers |= {"parcel": parcels} if parcels is not None else {}
    rows = measured("contact", layers, **kwargs)
    return rows[rows["actor_layer"] == "unit"].iloc[0]


def test_a_contact_without_parcels_and_buildings_is_left_whole() -> None:
    row = contact()
    assert (row["other_layer"], row["other_fid"], row["certain"]) == ("heritage_zone", 0, True)
    assert [row["area_m2"], row["left_m2"]] == pytest.approx([4000, 4000], rel=1e-4)
    assert not row["covered"]


def test_what_is_kept_is_not_left() -> None:
    houses = layer([square(60, 0, 10), square(65, 0, 10)], action=["keep", "keep"])
    assert contact(houses)["left_m2"] == pytest.approx(4000 - 150, rel=1e-4)


def test_a_contact_under_kept_parcels_is_covered() -> None:
    row = contact(
        parcels=layer([square(60, 0, 20, 100), square(80, 0, 20, 100)], action=["keep"] * 2)
    )
    assert row["covered"]
    assert row["left_m2"] == 0


@pytest.mark.parametrize("action", ["alter", "demolish", "build", None, "something"])
def test_other_actions_cover_nothing(action: str | None) -> None:
    assert contact(layer([square(60, 0, 10)], action=[action]))["left_m2"] == pytest.approx(
        4000, rel=1e-4
    )


def test_a_parcel_with_a_mode_is_not_kept() -> None:
    parcels = layer([square(60, 0, 40, 100)], action=["keep"], mode=["M2"])
    assert not contact(parcels=parcels)["covered"]


def test_a_repaired_building_covers_nothing() -> None:
    houses = layer([square(60, 0, 40, 100)], action=["keep"])
    row = contact(houses, pessimistic={"building": {0: square(60, 0, 41, 100)}})
    assert not row["covered"]


@pytest.mark.parametrize("name", ["unit", "heritage_zone"])
def test_a_contact_of_a_repaired_shape_is_not_certain(name: str) -> None:
    assert not contact(pessimistic={name: {0: square(0, 0, 200)}})["certain"]


def test_only_purple_control_lines_are_contacts() -> None:
    lines = layer([square(0, 0, 50)] * 2, ["p", "g"], kind=["purple", "green"])
    table = measured("contact", {"unit": UNIT, "control_line": lines})
    assert table["other_fid"].tolist() == [0]


# --- inside ---------------------------------------------------------------------------------------


def inside(**layers: Any) -> list[tuple[Any, ...]]:
    kwargs = {key: layers.pop(key) for key in ("quarantine", "pessimistic") if key in layers}
    table = measured("inside", {"unit": UNIT, "heritage_zone": ZONE, **layers}, **kwargs)
    own = table[table["actor_layer"] == "unit"]
    columns = ["part_layer", "part_fid", "certain", "areal", "area_m2", "share_part"]
    return [
        (*row[:4], pytest.approx(row[4], rel=1e-3), pytest.approx(row[5]))
        for row in own[columns].itertuples(index=False)
    ]


def test_inside_lists_parcels_buildings_and_projects_of_the_contact() -> None:
    found = inside(
        parcel=layer([square(50, 0, 20, 10), square(0, 0, 10)]),
        building=layer([square(70, 0, 10), square(110, 0, 10)]),
        project=layer([square(80, 0, 10)]),
    )
    assert found == [
        ("building", 0, True, True, 100, 1),
        ("parcel", 0, True, True, 100, 0.5),
        ("project", 0, True, True, 100, 1),
    ]


def test_inside_takes_the_largest_shape_of_what_was_repaired() -> None:
    parcels = layer([square(0, 0, 10)])
    found = inside(parcel=parcels, pessimistic={"parcel": {0: square(0, 0, 70, 10)}})
    assert [row[:3] for row in found] == [("parcel", 0, False)]


def test_inside_knows_what_was_set_aside_here_or_nowhere() -> None:
    parcels = layer([square(0, 0, 10)])
    here, far = (
        pd.DataFrame({"_label": ["q"], "geometry": [shape]})
        for shape in (square(70, 0, 5), square(0, 50, 5))
    )
    nowhere = pd.DataFrame({"_label": ["q"], "geometry": [None]})
    for aside in (here, nowhere):
        found = inside(parcel=parcels, quarantine={"parcel": aside})
        assert [row[:3] for row in found] == [("parcel", -1, False)]
    assert inside(parcel=parcels, quarantine={"parcel": far}) == []


def test_a_body_that_is_a_point_is_met_within_twenty_metres() -> None:
    houses = layer([square(0, 0, 10), square(0, 60, 10)])
    bodies = layer([point(29, 5)], ["b"])
    table = measured("inside", {"unit": UNIT, "heritage_body": bodies, "building": houses})
    assert table["part_fid"].tolist() == [0]
    assert not table["areal"][0]


# --- plot -----------------------------------------------------------------------------------------


def test_a_building_lies_in_the_parcel_that_holds_a_point_of_it() -> None:
    houses = layer([square(1, 1, 5), square(21, 1, 5), square(50, 1, 5)])
    parcels = layer([square(0, 0, 20), square(20, 0, 20)])
    table = measured("plot", {"building": houses, "parcel": parcels})
    assert table[["fid", "home_fid"]].to_numpy().tolist() == [[0, 0], [1, 1]]


# --- doubt ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "doubted"), [("demolish", True), ("build", True), ("keep", False), (None, False)]
)
def test_a_repaired_zone_that_may_reach_an_acting_building_is_a_doubt(
    action: str | None, doubted: bool
) -> None:
    table = measured(
        "doubt",
        {"building": layer([square(0, 0, 10)], ["h"], action=[action]), "heritage_zone": ZONE},
        pessimistic={"heritage_zone": {0: square(5, 0, 200)}},
    )
    assert table["actor_layer"].tolist() == ["building"] * doubted


def test_a_building_beside_what_was_repaired_is_no_doubt() -> None:
    table = measured(
        "doubt",
        {"building": layer([square(0, 0, 10)], action=["demolish"]), "heritage_zone": ZONE},
        pessimistic={"heritage_zone": {0: square(11, 0, 200)}},
    )
    assert table.empty
    assert shapely.dwithin(square(0, 0, 10), square(11, 0, 200), 50)
