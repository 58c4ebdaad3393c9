"""Of each source what concerns one area is kept, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shapely import Point, box

from gisplan.errors import PlanError
from gisplan.model import Note, PlanConfig, RawLayer
from gisplan.normalise.part import Selection
from gisplan.normalise.part_place import AROUND
from gisplan.normalise.plan import normalise
from tests.normalise.raw_plans import raw_layer

EAST, NORTH, SIDE = 41_500_000.0, 4_630_000.0, 10_000.0
CONFIG = PlanConfig(root=Path(), layers=())


def square(x: float, y: float = 0.0, side: float = 100.0):
    return box(EAST + x, NORTH + y, EAST + x + side, NORTH + y + side)


def areas() -> list[RawLayer]:
    """Return a city of three districts in a row, each 10 km wide."""
    names = ["210102", "210103", "210104"]
    shapes = [square(SIDE * n, side=SIDE) for n in range(3)]
    columns = {"code": names, "name": ["和平区", "沈河区", "沈河区"], "parent": ["210100"] * 3}
    city = box(EAST, NORTH, EAST + 3 * SIDE, NORTH + SIDE)
    return [
        raw_layer("city", {"code": ["210100"], "parent": ["210000"]}, [city]),
        raw_layer("district", columns, shapes),
    ]


def units(codes: Sequence[str], parents: Sequence[str | None], xs: Sequence[float]) -> RawLayer:
    return raw_layer("unit", {"code": codes, "parent": parents}, [square(x) for x in xs])


def kept(asked: str, *raws: RawLayer) -> tuple[dict[str, RawLayer], int]:
    """Return what is left of some sources by path, and how often they are read."""
    selection: Selection | None = Selection(asked)
    times = 0
    while selection is not None:
        times += 1
        assert times < 5
        used = selection
        taken = [used.take(CONFIG, raw, []) for raw in raws]
        out = used.finish(CONFIG, taken)
        selection = used.again
    return {raw.record.path: raw for raw, _ in out}, times


def codes(raw: RawLayer) -> list[str]:
    return raw.frame["code"].tolist()


@pytest.mark.parametrize(("beyond", "there"), [(-1.0, True), (1.0, False)])
def test_what_lies_within_two_kilometres_is_kept_and_what_lies_further_is_not(beyond, there):
    far = units(["210103-GX001"], ["210103"], [SIDE + AROUND + beyond])
    out, _ = kept("210102", *areas(), far)
    assert (out["unit.shp"].outside == 0) is there
    assert len(out["unit.shp"].frame) == int(there)


def test_what_belongs_to_the_area_is_kept_wherever_it_lies_and_so_is_what_is_around_it():
    own = units(
        ["210102-GX001", "210103-GX001", "210103-GX002", "210104-GX001"],
        ["210102", "210103", "210103", "210104"],
        [2.5 * SIDE, 2.5 * SIDE + 100, 1.5 * SIDE, 2.9 * SIDE],
    )
    out, times = kept("210102", *areas(), own)
    assert codes(out["unit.shp"]) == ["210102-GX001", "210103-GX001"]
    assert out["unit.shp"].outside == 2
    assert times == 2


@pytest.mark.parametrize("parent", ["210102", "2101O2", " 210102"])
def test_what_names_the_area_as_its_parent_is_kept_slips_or_not(parent):
    out, _ = kept("210102", *areas(), units(["U7", "U8"], [parent, "210104"], [2.5 * SIDE] * 2))
    assert codes(out["unit.shp"])[0] == "U7"


def test_children_of_the_area_are_known_by_the_codes_of_their_parents():
    own = units(["U7", "U8"], ["210102", "210104"], [100.0, 2.5 * SIDE])
    projects = raw_layer(
        "project", {"code": ["P1", "P2"], "parent": ["U7", "U8"]}, [square(2.9 * SIDE)] * 2
    )
    projects.frame.geometry = [square(1.7 * SIDE), square(2.9 * SIDE)]
    out, _ = kept("210102", *areas(), own, projects)
    assert codes(out["project.shp"]) == ["P1"]


@pytest.mark.parametrize(
    ("code", "parent", "there"),
    [
        ("U9", None, True),
        ("U9", "210102", True),
        ("U9", "210103", False),
        ("210103-GX009", None, False),
    ],
)
@pytest.mark.parametrize("shape", [None, Point(np.nan, np.nan), square(900_000.0)])
def test_what_lies_nowhere_in_the_plan_is_kept_unless_it_belongs_elsewhere(
    code, parent, there, shape
):
    lost = raw_layer("unit", {"code": [code], "parent": [parent]}, [shape])
    out, _ = kept("210102", *areas(), lost)
    assert bool(len(out["unit.shp"].frame)) is there


def test_nothing_is_left_out_where_nobody_knows_the_coordinate_system():
    far = raw_layer("building", {"code": ["B1"]}, [square(2.5 * SIDE)], crs=None)
    out, _ = kept("210102", *areas(), far)
    assert codes(out["building.shp"]) == ["B1"]
    assert out["building.shp"].rows is None


def test_a_code_of_the_area_that_stands_in_a_file_read_before_is_found_all_the_same():
    before = units(["U7", "U8"], ["210104", "210104"], [2.5 * SIDE, 2.7 * SIDE])
    after = raw_layer("unit", {"code": ["U7"], "parent": ["210102"]}, [square(1.0)], path="b.shp")
    out, times = kept("210102", *areas(), before, after)
    assert (codes(out["unit.shp"]), codes(out["b.shp"]), times) == (["U7"], ["U7"], 2)


def by_file(raw: RawLayer, *rows: int) -> RawLayer:
    frame = raw.frame.iloc[list(rows)].reset_index(drop=True)
    path = f"{raw.source.layer}-{rows[0]}.shp"
    return replace(raw, frame=frame, record=replace(raw.record, path=path))


@pytest.mark.parametrize("late", [False, True])
def test_the_tier_of_the_area_may_come_in_several_files(late):
    city, district = areas()
    own = units(
        ["210102-GX001", "U8", "U9"],
        ["210102", "210104", "210103"],
        [100.0, 2.5 * SIDE, 1.5 * SIDE],
    )
    first, second = by_file(district, 0), by_file(district, 1, 2)
    sources = [city, first, own, second] if late else [city, first, second, own]
    out, times = kept("210102", *sources)
    assert codes(out["unit.shp"]) == ["210102-GX001"]
    assert times == 1 + late


def test_units_that_are_read_before_the_districts_are_cut_at_the_end():
    own = units(["210102-GX001", "210104-GX001"], ["210102", "210104"], [100.0, 2.5 * SIDE])
    out, _ = kept("210102", own, *areas())
    assert codes(out["unit.shp"]) == ["210102-GX001"]


def test_the_parent_that_a_building_in_the_area_names_is_kept():
    own = units(["210102-GX001", "210104-GX001"], ["210102", "210104"], [100.0, 2.5 * SIDE])
    house = raw_layer("building", {"code": ["B1"], "parent": ["210104-GX001"]}, [square(120.0)])
    out, _ = kept("210102", *areas(), own, house)
    assert codes(out["unit.shp"]) == ["210102-GX001", "210104-GX001"]


def test_rows_of_tables_go_with_the_features_that_they_are_about_and_no_others():
    own = units(["210102-GX001", "210104-GX001"], ["210102", "210104"], [100.0, 2.5 * SIDE])
    own.frame["name"] = ["甲", "乙"]
    code = ["210102-GX001", "210104-GX001", "210104-GX009", "210102-GX009", "X1", None, None, None]
    name = ["a", "b", "c", "d", "e", "甲", "乙", "丙"]
    listed = raw_layer("item_list", {"list": ["p"] * 8, "code": code, "name": name})
    out, _ = kept("210102", *areas(), own, listed)
    assert out["item_list.shp"].rows.tolist() == [0, 3, 4, 5, 7]


def test_a_unit_elsewhere_that_takes_up_a_problem_of_the_area_is_kept():
    own = units(["210104-GX001", "210104-GX002"], ["210104"] * 2, [2.5 * SIDE] * 2)
    own.frame["problems"] = ["TJ8;TJ9", "TJ7"]
    problem = raw_layer("exam_problem", {"code": ["TJ9", "TJ7"]}, [square(9.0), square(2.5 * SIDE)])
    out, times = kept("210102", *areas(), own, problem)
    assert (codes(out["unit.shp"]), times) == (["210104-GX001"], 2)


def test_heritage_and_the_tiers_above_are_kept_whole():
    body = raw_layer("heritage_body", {"code": ["W1"]}, [square(2.9 * SIDE)])
    out, _ = kept("210102", *areas(), body)
    assert codes(out["heritage_body.shp"]) == ["W1"]
    assert len(out["district.shp"].frame) == 3


def test_records_and_notes_are_those_of_the_file():
    own = units(["210104-GX001", "210102-GX001"], ["210104", "210102"], [2.5 * SIDE, 100.0])
    own.frame["area"] = ["x", "y"]
    told = [Note("text_undecodable", "unit", "unit.shp", n) for n in range(2)]
    selection = Selection("210102")
    taken = [selection.take(CONFIG, raw, list(told)) for raw in (*areas(), own)]
    raws, notes = zip(*selection.finish(CONFIG, taken), strict=True)
    assert [note.record for note in notes[-1]] == [1]
    plan = normalise(CONFIG, raws, ())
    layer = plan.layers["unit"]
    assert (layer.frame["_record"].tolist(), layer.read, layer.outside) == ([1], 1, 1)
    (unreadable,) = [note for note in plan.notes if note.kind == "value_unreadable"]
    assert (unreadable.record, unreadable.feature) == (1, "210102-GX001")


@pytest.mark.parametrize("asked", ["210102", "和平区", " 210102 "])
def test_an_area_is_asked_for_by_code_or_by_name(asked):
    selection = Selection(asked)
    selection.finish(CONFIG, [selection.take(CONFIG, raw, []) for raw in areas()])
    assert selection.area is not None
    assert selection.area.part.label == "210102"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("210199", "no area with a shape whose code or name is 210199"),
        ("沈河区", "several areas are called 沈河区; give the code to --within: 210103, 210104"),
    ],
)
def test_an_area_that_is_not_there_or_not_the_only_one_ends_the_run(asked, said):
    selection = Selection(asked)
    with pytest.raises(PlanError, match=said):
        selection.finish(CONFIG, [selection.take(CONFIG, raw, []) for raw in areas()])


def test_a_unit_is_no_area_to_review():
    own = units(["210102-GX001"], ["210102"], [100.0])
    selection = Selection("210102-GX001")
    raws = [raw for raw, _ in selection.finish(CONFIG, [
        selection.take(CONFIG, raw, []) for raw in (*areas(), own)
    ])]  # fmt: skip
    with pytest.raises(PlanError, match="tiers for --within: city, district"):
        selection.part_of(normalise(CONFIG, raws, ()), "unit")
