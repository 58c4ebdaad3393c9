"""Where children lie, and what of them lies outside their parent."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from measure_shapes import layer, point, square

from gisplan.measure.engine import measure_plan
from gisplan.testing.plans import make_plan

DISTRICTS = layer([square(0, 0, 100), square(100, 0, 100)], ["210102", "210103"])


def measured(units: object, **layers: object) -> dict[str, object]:
    plan = make_plan({"district": DISTRICTS, "unit": units, **layers})
    return measure_plan(plan, ["parents", "nesting", "outside"], "unit")


def test_a_child_in_its_parent_has_nothing_outside() -> None:
    tables = measured(layer([square(0, 0, 50)], ["210102-GX001"]))
    nesting = tables["nesting"].iloc[0]
    assert (nesting["actual_fid"], nesting["actual_share"], nesting["named_share"]) == (0, 1, 1)
    assert tables["outside"].empty


def test_what_sticks_out_is_measured_against_the_named_parent() -> None:
    tables = measured(layer([square(80, 20, 30)], ["210102-GX001"]))
    outside = tables["outside"].iloc[0]
    assert (outside["fid"], outside["parent_fid"]) == (0, 0)
    assert outside["area_m2"] == pytest.approx(300, rel=1e-4)
    assert outside["width_m"] == pytest.approx(2 * 300 / 80)
    assert outside["geometry"].equals(square(100, 20, 10, 30))
    assert tables["nesting"]["named_share"][0] == pytest.approx(2 / 3)


def test_a_child_in_the_other_parent_is_told_so() -> None:
    tables = measured(layer([square(130, 0, 50), square(60, 0, 50)], ["210102-GX001"] * 2))
    nesting = tables["nesting"]
    assert nesting["actual_fid"].tolist() == [1, 0]
    assert nesting["named_share"].tolist() == pytest.approx([0, 0.8])


def test_halves_in_two_parents_go_to_the_first_by_code() -> None:
    swapped = DISTRICTS.iloc[::-1].reset_index(drop=True)
    plan = make_plan({"district": swapped, "unit": layer([square(75, 0, 50)], ["x"])})
    nesting = measure_plan(plan, ["nesting"], "unit")["nesting"]
    assert nesting["actual_fid"].tolist() == [1]  # 210102


def test_where_parents_overlap_the_named_one_holds_its_child() -> None:
    districts = layer([square(0, 0, 100), square(0, 0, 100.5)], ["210102", "210103"])
    plan = make_plan(
        {"district": districts, "unit": layer([square(5, 5, 9)] * 2, ["210103-GX001", "z"])}
    )
    nesting = measure_plan(plan, ["nesting"], "unit")["nesting"]
    assert nesting["actual_fid"].tolist() == [1, 0]


def test_a_child_far_from_all_parents_meets_none() -> None:
    tables = measured(layer([square(5000, 0, 50)], ["210102-GX001"]))
    assert tables["nesting"]["actual_fid"].tolist() == [-1]
    assert tables["nesting"]["named_share"].tolist() == [0]
    assert tables["outside"]["area_m2"].tolist() == pytest.approx([2500], rel=1e-3)


def test_a_child_without_parent_has_no_outside_and_no_named_share() -> None:
    tables = measured(layer([square(80, 0, 50)], ["x"], parent=["210199"]))
    assert tables["parents"]["how"].tolist() == ["unknown"]
    assert tables["nesting"]["actual_fid"].tolist() == [1]
    assert np.isnan(tables["nesting"]["named_share"][0])
    assert tables["outside"].empty


def test_points_are_not_measured_for_nesting() -> None:
    plan = make_plan(
        {
            "unit": layer([square(0, 0, 100)], ["210102-GX001"]),
            "project": layer(
                [point(500, 5), square(0, 0, 10)], ["p", "q"], parent=["210102-GX001"] * 2
            ),
        }
    )
    nesting = measure_plan(plan, ["nesting"], "unit")["nesting"]
    assert nesting["fid"].tolist() == [1]


def test_parcels_and_buildings_nest_in_units_but_have_no_outside() -> None:
    unit = ["210102-GX001"]
    plan = make_plan(
        {
            "unit": layer([square(0, 0, 100)], unit),
            "parcel": layer([square(90, 0, 20)], ["k"], parent=unit),
            "building": layer([square(0, 0, 20)], ["h"], parent=unit),
        }
    )
    tables = measure_plan(plan, ["nesting", "outside"], "unit")
    shares = dict(
        zip(tables["nesting"]["child_layer"], tables["nesting"]["named_share"], strict=True)
    )
    assert shares == pytest.approx({"parcel": 0.5, "building": 1.0})
    assert tables["outside"].empty


def test_a_parent_in_parts_holds_a_child_in_parts() -> None:
    parts = shapely.union(square(0, 0, 10), square(50, 0, 10))
    plan = make_plan(
        {
            "district": layer([parts], ["210102"]),
            "unit": layer([shapely.union(square(1, 1, 5), square(51, 1, 12))], ["210102-GX001"]),
        }
    )
    outside = measure_plan(plan, ["outside"], "unit")["outside"]
    # the second part reaches 3 m further to the east and 3 m further to the north
    assert outside["area_m2"].tolist() == pytest.approx([144 - 81], rel=1e-3)
