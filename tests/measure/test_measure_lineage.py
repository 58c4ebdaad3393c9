"""What became of areas, in cases drawn on paper."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gisplan.measure.lineage import Version, lineage

CRS = "EPSG:4529"
X, Y = 41_500_000.0, 4_630_000.0


def version(**boxes):
    shapes = np.empty(len(boxes), dtype=object)
    shapes[:] = [
        None if b is None else shapely.box(X + b[0], Y + b[1], X + b[2], Y + b[3])
        for b in boxes.values()
    ]
    return Version(np.array(list(boxes), dtype=object), shapes)


def became(old, new):
    table = lineage(old, new, CRS)
    return [(r.kind, r.old, r.new) for r in table.itertuples()]


def test_the_same_area_is_kept_and_an_empty_version_is_all_new():
    one = version(a=(0, 0, 100, 100))
    assert became(one, one) == [("kept", ["a"], ["a"])]
    assert became(version(), one) == [("new", [], ["a"])]
    assert became(one, version()) == [("removed", ["a"], [])]


@pytest.mark.parametrize(("east", "kind"), [(100.0099, "kept"), (100.0102, "changed")])
def test_less_than_a_square_metre_is_drawing(east, kind):
    table = lineage(version(a=(0, 0, 100, 100)), version(a=(0, 0, east, 100)), CRS)
    assert table["kind"].tolist() == [kind]


def test_another_code_on_the_same_land_is_renumbered():
    assert became(version(a=(0, 0, 100, 100)), version(b=(0, 0, 100, 90))) == [
        ("renumbered", ["a"], ["b"])
    ]


def test_parts_of_one_are_split_and_parts_of_several_merged():
    whole, parts = version(a=(0, 0, 100, 100)), version(b=(0, 0, 50, 100), c=(50, 0, 100, 100))
    assert became(whole, parts) == [("split", ["a"], ["b", "c"])]
    assert became(parts, whole) == [("merged", ["b", "c"], ["a"])]


def test_pieces_on_both_sides_are_rearranged():
    old = version(a=(0, 0, 100, 100), b=(100, 0, 200, 100))
    new = version(c=(0, 0, 150, 100), d=(150, 0, 200, 100))
    assert became(old, new) == [("rearranged", ["a", "b"], ["c", "d"])]


def test_half_of_an_area_in_the_other_links_them_and_less_does_not():
    old = version(a=(0, 0, 100, 100))
    assert became(old, version(b=(50, 0, 150, 100))) == [("renumbered", ["a"], ["b"])]
    assert became(old, version(b=(51, 0, 151, 100))) == [
        ("removed", ["a"], []), ("new", [], ["b"])
    ]  # fmt: skip


def test_land_that_comes_in_and_goes_out_is_measured():
    row = lineage(version(a=(0, 0, 100, 100)), version(a=(20, 0, 130, 100)), CRS).iloc[0]
    assert row["out_m2"] == pytest.approx(2000, rel=1e-3)
    assert row["in_m2"] == pytest.approx(3000, rel=1e-3)


def test_what_has_no_land_is_known_by_its_code():
    assert became(version(a=None, b=None), version(a=None, c=None)) == [
        ("kept", ["a"], ["a"]), ("removed", ["b"], []), ("new", [], ["c"])
    ]  # fmt: skip


def test_twins_that_stay_are_kept():
    twins = version(a=(0, 0, 100, 100), b=(0, 0, 100, 100))
    assert became(twins, twins) == [("kept", ["a", "b"], ["a", "b"])]


def test_neighbours_that_touch_are_not_linked_and_order_does_not_matter():
    old = version(a=(0, 0, 100, 100), b=(100, 0, 200, 100))
    turned = version(b=(100, 0, 200, 100), a=(0, 0, 100, 100))
    assert became(old, turned) == [("kept", ["a"], ["a"]), ("kept", ["b"], ["b"])]
