"""Overlap, duplicate, uncovered: what lies on each other and what nobody covers."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely
from measure_shapes import layer, line, point, square, tiled_plan, tiling

from gisplan.measure.engine import measure_plan
from gisplan.model import Plan
from gisplan.testing.plans import make_plan


def uncovered(plan: Plan, judged: str = "district", scope: str = "any") -> pd.DataFrame:
    """Return the pieces of one scope."""
    table = measure_plan(plan, ["uncovered"], judged)["uncovered"]
    return table[table["scope"] == scope].reset_index(drop=True)


def test_overlap_names_both_and_measures_the_piece() -> None:
    plan = make_plan({"unit": layer([square(0, 0, 100), square(90, 0, 100)], ["b", "a"])})
    table = measure_plan(plan, ["overlap"], "unit")["overlap"]
    assert table[["layer", "fid_a", "fid_b", "piece"]].to_numpy().tolist() == [["unit", 1, 0, 0]]
    assert table["area_m2"][0] == pytest.approx(1000, rel=1e-4)
    assert table["width_m"][0] == pytest.approx(2 * 1000 / 220)
    assert table["geometry"][0].equals(square(90, 0, 10, 100))


def test_overlap_sees_a_feature_that_lies_wholly_in_another() -> None:
    # `overlaps` in the sense of the standard is false here
    plan = make_plan({"unit": layer([square(0, 0, 100), square(40, 40, 10)])})
    table = measure_plan(plan, ["overlap"], "unit")["overlap"]
    assert table["area_m2"].tolist() == pytest.approx([100], rel=1e-3)


def test_overlap_in_two_places_is_two_pieces() -> None:
    comb = shapely.union(square(0, 0, 10, 100), square(0, 40, 100, 10))
    plan = make_plan({"unit": layer([comb, shapely.union(square(5, 0, 20), square(5, 80, 20))])})
    table = measure_plan(plan, ["overlap"], "unit")["overlap"]
    assert table["piece"].tolist() == [0, 1]
    assert table["area_m2"].tolist() == pytest.approx([100, 100], rel=1e-3)


def test_neighbours_that_touch_do_not_overlap() -> None:
    plan = make_plan({"unit": layer([square(0, 0, 100), square(100, 0, 100), square(100, 100, 9)])})
    assert measure_plan(plan, ["overlap"], "unit")["overlap"].empty


def test_a_layer_that_may_overlap_is_not_listed() -> None:
    zones = layer([square(0, 0, 100), square(50, 0, 100)])
    plan = make_plan({"heritage_zone": zones, "parcel": zones})
    table = measure_plan(plan, ["overlap"], "unit")["overlap"]
    assert set(table["layer"]) == {"parcel"}


def test_projects_that_are_points_do_not_overlap_areas() -> None:
    plan = make_plan({"project": layer([square(0, 0, 100), point(50, 50), line((0, 0), (9, 9))])})
    assert measure_plan(plan, ["overlap"], "project")["overlap"].empty


def test_duplicate_is_one_shape_whatever_start_direction_and_extra_vertices() -> None:
    one = square(0, 0, 100)
    other = shapely.segmentize(shapely.reverse(one), 30)
    plan = make_plan({"unit": layer([one, other, square(200, 0, 100)])})
    tables = measure_plan(plan, ["duplicate", "overlap"], "unit")
    assert tables["duplicate"][["fid_a", "fid_b"]].to_numpy().tolist() == [[0, 1]]
    assert tables["duplicate"]["area_m2"][0] == pytest.approx(1e4, rel=1e-4)
    assert tables["overlap"].empty


@pytest.mark.parametrize(("shift", "same"), [(0.0009, True), (0.002, False)])
def test_duplicate_agrees_to_a_millimetre(shift: float, same: bool) -> None:
    plan = make_plan({"unit": layer([square(0, 0, 100), square(shift, 0, 100)])})
    tables = measure_plan(plan, ["duplicate", "overlap"], "unit")
    assert len(tables["duplicate"]) == same
    assert len(tables["overlap"]) == (not same)


def test_same_vertices_joined_otherwise_are_no_duplicate() -> None:
    # the notch reaches the middle from the left in one shape and from the top in the other
    corners = [(0, 0), (100, 0), (100, 100), (0, 100)]
    left = shapely.Polygon([*corners, (50, 50)])
    top = shapely.Polygon([corners[0], corners[1], corners[2], (50, 50), corners[3]])
    move = 41_500_000.0, 4_620_000.0
    shapes = [shapely.transform(shape, lambda xy: xy + move) for shape in (left, top)]
    plan = make_plan({"unit": layer(shapes)})
    tables = measure_plan(plan, ["duplicate", "overlap"], "unit")
    assert tables["duplicate"].empty
    assert tables["overlap"]["area_m2"].sum() == pytest.approx(5000, rel=1e-4)


def test_duplicate_lines_and_points_are_found_and_have_no_area() -> None:
    shapes = [point(1, 1), point(1, 1), line((0, 0), (50, 0)), line((50, 0), (0, 0)), point(2, 1)]
    plan = make_plan({"project": layer(shapes)})
    table = measure_plan(plan, ["duplicate"], "project")["duplicate"]
    assert table[["fid_a", "fid_b"]].to_numpy().tolist() == [[0, 1], [2, 3]]
    assert table["area_m2"].tolist() == [0, 0]


def test_clean_tiling_gives_empty_tables_with_their_columns() -> None:
    plan = tiled_plan(tiling(4, 0), 4)
    tables = measure_plan(plan, ["overlap", "duplicate", "uncovered", "outside"], "cell")
    assert [len(table) for table in tables.values()] == [0, 0, 0, 0]
    assert "enclosed" in tables["uncovered"].columns
    assert tables["overlap"]["area_m2"].dtype == "float64"


def test_a_gap_inside_is_enclosed_and_one_at_the_edge_is_not() -> None:
    cells = tiling(4, 0)
    plan = tiled_plan([c for i, c in enumerate(cells) if i not in (0, 5)], 4)
    table = uncovered(plan, "cell")
    # cells 0 and 5 meet in one corner, so they are two pieces
    by_area = dict(zip(table["enclosed"], table["area_m2"], strict=True))
    assert by_area[False] == pytest.approx(cells[0].area, rel=1e-4)
    assert by_area[True] == pytest.approx(cells[5].area, rel=1e-4)


def test_a_piece_that_meets_the_outline_in_a_point_is_enclosed() -> None:
    hole = shapely.Polygon([(41_500_000.0, 4_620_050.0), (41_500_020.0, 4_620_040.0),
                            (41_500_020.0, 4_620_060.0)])  # fmt: skip
    area = square(0, 0, 100)
    plan = make_plan(
        {"city": layer([area], ["210100"]), "district": layer([shapely.difference(area, hole)])}
    )
    table = uncovered(plan)
    assert table["enclosed"].tolist() == [True]


def test_a_cut_across_a_slanting_outline_still_meets_it() -> None:
    # the cut's vertex is rounded, so the piece's edge is not exactly on the parent's
    turn = shapely.affinity.rotate(square(0, 0, 100), 17.3, origin=(41_500_000.0, 4_620_000.0))
    cover = shapely.affinity.rotate(square(-5, -5, 77.7, 200), 5.1, origin=(41_500_000, 4_620_000))
    plan = make_plan({"city": layer([turn], ["210100"]), "district": layer([cover])})
    table = uncovered(plan)
    assert table["area_m2"].sum() > 1
    assert not table["enclosed"].any()


def test_a_lake_in_the_parent_is_not_uncovered() -> None:
    ring = shapely.difference(square(0, 0, 100), square(40, 40, 20))
    plan = make_plan({"city": layer([ring], ["210100"]), "district": layer([ring])})
    table = uncovered(plan)
    # the one row is the hole in the cities, whose own parents are not there
    assert set(table["child_layer"]) == {"city"}


def test_another_parents_child_covers_but_is_not_the_parents_own() -> None:
    cities = layer([square(0, 0, 100), square(100, 0, 100)], ["210100", "210200"])
    districts = layer([square(0, 0, 90, 100), square(90, 0, 110, 100)], ["210102", "210202"])
    plan = make_plan({"city": cities, "district": districts})
    assert uncovered(plan).empty
    by_own = uncovered(plan, scope="own")
    assert by_own[["parent_fid", "enclosed"]].to_numpy().tolist() == [[0, False]]
    assert by_own["area_m2"][0] == pytest.approx(1000, rel=1e-4)


def test_what_nobody_covers_is_uncovered_by_a_parents_own_children_too() -> None:
    cells = tiling(3, 2)
    plan = tiled_plan([c for i, c in enumerate(cells) if i not in (3, 4)], 3, seed=2)
    by_any, by_own = (uncovered(plan, "cell", scope) for scope in ("any", "own"))
    pd.testing.assert_frame_equal(by_any.drop(columns="scope"), by_own.drop(columns="scope"))
    assert by_any["area_m2"].sum() == pytest.approx(cells[3].area + cells[4].area, rel=1e-4)


def test_a_child_whose_parent_is_another_feature_is_not_its_own() -> None:
    cities = layer([square(0, 0, 100), square(100, 0, 100)], ["210100", "210200"])
    districts = layer([square(0, 0, 100), square(100, 0, 100)], ["x", "y"], parent=["210100"] * 2)
    plan = make_plan({"city": cities, "district": districts})
    assert uncovered(plan).empty
    assert uncovered(plan, scope="own")["parent_fid"].tolist() == [1]


def test_a_parent_without_any_child_is_all_uncovered() -> None:
    cities = layer([square(0, 0, 100), square(500, 0, 100)], ["210100", "210200"])
    plan = make_plan({"city": cities, "district": layer([square(0, 0, 100)], ["210102"])})
    for scope in ("own", "any"):
        table = uncovered(plan, scope=scope)
        assert table[["parent_fid", "enclosed"]].to_numpy().tolist() == [[1, False]]
        assert table["area_m2"][0] == pytest.approx(1e4, rel=1e-4)


def test_a_tier_that_does_not_tile_leaves_nothing_uncovered() -> None:
    plan = make_plan({"district": layer([square(0, 0, 100)]), "unit": layer([square(0, 0, 10)])})
    assert uncovered(plan, "unit").empty


def test_without_the_parent_layer_the_holes_count_and_islands_in_them_do_not() -> None:
    ring = shapely.difference(square(0, 0, 100), square(20, 20, 60))
    plan = make_plan({"district": layer([ring, square(40, 40, 20)])})
    table = uncovered(plan)
    assert table[["parent_layer", "parent_fid", "enclosed"]].to_numpy().tolist() == [["", -1, True]]
    assert table["area_m2"][0] == pytest.approx(3600 - 400, rel=1e-4)
