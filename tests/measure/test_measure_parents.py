"""Who is whose parent: as declared, by code, by place; and what is said when it is not known."""

from __future__ import annotations

import pandas as pd
import pytest
from measure_shapes import layer, line, point, square

from gisplan.measure.codes import is_under, stem
from gisplan.measure.engine import measure_plan
from gisplan.testing.plans import make_plan

DISTRICTS = layer([square(0, 0, 100), square(100, 0, 100)], ["210102", "210103"])


def parents(plan: object, child: str, judged: str = "unit") -> list[tuple[object, ...]]:
    table = measure_plan(plan, ["parents"], judged)["parents"]
    rows = table[table["child_layer"] == child]
    return list(zip(rows["parent_layer"], rows["parent_fid"], rows["how"], strict=True))


def units(codes: list[str], declared: list[str | None], **layers: object) -> object:
    shapes = [square(110, 10, 5)] * len(codes)
    return make_plan(
        {"district": DISTRICTS, "unit": layer(shapes, codes, parent=declared), **layers}
    )


def test_declared_wins_over_code_and_place() -> None:
    assert parents(units(["210103-GX001"], ["210102"]), "unit") == [("district", 0, "declared")]


def test_code_wins_over_place() -> None:
    assert parents(units(["210102-GX001"], [None]), "unit") == [("district", 0, "code")]


def test_place_is_what_is_left() -> None:
    assert parents(units(["GX1"], [" "]), "unit") == [("district", 1, "overlap")]


def test_declared_and_found_nowhere_is_unknown() -> None:
    plan = make_plan(
        {"province": layer([square(0, 0, 9)], ["210000"]),
         "city": layer([square(0, 0, 9)], ["210100"], parent=["220000"])}
    )  # fmt: skip
    assert parents(plan, "city", "city") == [("province", -1, "unknown")]


def test_declared_code_of_a_tier_that_the_plan_lacks_is_elsewhere() -> None:
    plan = make_plan(
        {
            "city": layer([square(0, 0, 100)], ["210100"]),
            "unit": layer([square(0, 0, 9)] * 2, ["210102-GX001", "x"], parent=["210102"] * 2),
        }
    )
    # the first by code (210102 continues 2101), the other by place
    assert parents(plan, "unit") == [("city", 0, "elsewhere"), ("city", 0, "elsewhere")]


def test_declared_like_a_parent_but_none_of_them_is_unknown_not_elsewhere() -> None:
    plan = make_plan(
        {
            "city": layer([square(0, 0, 100)], ["210100"]),
            "unit": layer([square(0, 0, 9)], ["210102-GX001"], parent=["210900"]),
        }
    )
    assert parents(plan, "unit") == [("city", -1, "unknown")]


def test_declared_grandparent_is_elsewhere() -> None:
    plan = units(["210102-GX001"], ["210102"], project=layer(
        [square(111, 11, 1)], ["210102-GX001-P001"], parent=["210102"]))  # fmt: skip
    assert parents(plan, "project") == [("unit", 0, "elsewhere")]


def test_parent_in_quarantine_is_found_and_not_replaced_by_a_neighbour() -> None:
    plan = make_plan(
        {
            "district": DISTRICTS,
            "unit": layer(
                [square(110, 10, 5)] * 2,
                ["210104-GX001", "210104-GX002"],
                parent=["210104", None],
            ),
        },
        quarantine={"district": pd.DataFrame({"code": ["210104"]})},
    )
    assert parents(plan, "unit") == [("district", -1, "declared"), ("district", -1, "code")]


def test_parent_known_by_code_and_in_quarantine_is_not_replaced_by_place() -> None:
    plan = make_plan(
        {
            "city": layer([square(0, 0, 300)], ["210100"]),
            "district": DISTRICTS,
            "unit": layer([square(110, 10, 5)], ["210104-GX001"], parent=["210100"]),
        },
        quarantine={"district": pd.DataFrame({"code": ["210104"]})},
    )
    assert parents(plan, "unit") == [("district", -1, "elsewhere")]


def test_the_nearest_tier_that_is_there_is_the_parent() -> None:
    plan = make_plan(
        {
            "province": layer([square(0, 0, 100)], ["210000"]),
            "district": layer([square(0, 0, 100)], ["210102"]),
        }
    )
    assert parents(plan, "district", "district") == [("province", 0, "code")]


def test_the_top_tier_has_no_rows() -> None:
    assert parents(units(["210102-GX001"], [None]), "district") == []


def test_short_and_long_administrative_codes_are_one() -> None:
    plan = make_plan(
        {
            "city": layer([square(0, 0, 100)], ["2101"]),
            "district": layer([square(0, 0, 100)] * 2, ["x", "210102"], parent=["210100", None]),
        }
    )
    assert parents(plan, "district", "district") == [("city", 0, "declared"), ("city", 0, "code")]


def test_a_tier_beside_the_chain_has_no_parent_but_parcels_may_have_it() -> None:
    plan = make_plan(
        {
            "area": layer([square(0, 0, 100)]),
            "unit": layer([square(0, 0, 50)], ["u"], parent=["a"]),
            "parcel": layer([square(0, 0, 9)], ["k"]),
        },
        tiers=["region", "area"],
    )
    assert parents(plan, "unit") == [("", -1, "none")]
    assert parents(plan, "parcel") == [("unit", 0, "overlap")]


def test_points_and_lines_find_their_parent_by_place() -> None:
    shapes = [point(150, 50), line((90, 50), (130, 50)), line((50, 50), (60, 50)), point(999, 0)]
    plan = make_plan(
        {
            "unit": layer([square(0, 0, 100), square(100, 0, 100)], ["u", "v"]),
            "project": layer(shapes, ["p", "q", "r", "s"]),
        }
    )
    assert [fid for _, fid, _ in parents(plan, "project")] == [1, 1, 0, -1]
    assert parents(plan, "project")[-1] == ("unit", -1, "none")


def test_a_building_may_name_its_parcel() -> None:
    plan = make_plan(
        {
            "unit": layer([square(0, 0, 100), square(100, 0, 100)], ["u", "v"]),
            "parcel": layer([square(110, 0, 50)], ["k1"], parent=["v"]),
            "building": layer([square(120, 0, 5)] * 2, ["b1", "b2"], parent=["k1", "k9"]),
        }
    )
    assert parents(plan, "building") == [("unit", 1, "elsewhere"), ("unit", -1, "unknown")]


def test_prefixes_that_nobody_declared_hold_if_place_agrees() -> None:
    tiers = ["bezirk", "teil"]
    bezirke = layer([square(0, 0, 100), square(100, 0, 100)], ["1", "2"])
    kids = [square(10, 10, 5), square(110, 10, 5), square(98, 10, 20)]
    plan = make_plan({"bezirk": bezirke, "teil": layer(kids, ["101", "201", "102"])}, tiers=tiers)
    # the third lies mostly in 2, but its code is built on 1 like the others'
    assert parents(plan, "teil", "teil") == [
        ("bezirk", 0, "code"),
        ("bezirk", 1, "code"),
        ("bezirk", 0, "code"),
    ]


def test_prefixes_by_chance_do_not_hold() -> None:
    bezirke = layer([square(0, 0, 100), square(100, 0, 100)], ["1", "2"])
    kids = [square(110, 10, 5), square(10, 10, 5), square(150, 10, 5)]
    plan = make_plan(
        {"bezirk": bezirke, "teil": layer(kids, ["10", "20", "11"])}, tiers=["bezirk", "teil"]
    )
    assert {how for _, _, how in parents(plan, "teil", "teil")} == {"overlap"}


@pytest.mark.parametrize(
    ("code", "begin"), [("210000", "21"), ("210100", "2101"), ("210102", "210102"),
                        ("2101", "2101"), ("000000", "00"), ("BM", "BM")]
)  # fmt: skip
def test_stem_strips_filling_noughts(code: str, begin: str) -> None:
    assert stem(code) == begin


@pytest.mark.parametrize(
    ("code", "parent", "under"),
    [
        ("210102", "210100", True),
        ("210102", "210000", True),
        ("210202", "210100", False),
        ("210100", "210100", False),
        ("210102-GX001", "210102", True),
        ("210102-GX001-P001", "210102-GX001", True),
        ("210102-GX0010-P001", "210102-GX001", False),
        ("BMSZ01", "BM", True),
        ("709", "7", True),
        ("709", "", False),
    ],
)
def test_is_under_continues_the_parents_code(code: str, parent: str, under: bool) -> None:
    assert is_under(code, parent) is under
