"""What the edges of a tier prove is true, and the tables are those of measuring everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_plain import TABLES, assert_as_plain
from measure_shapes import X, Y, layer, square, tiling

from gisplan.measure import edges, residual
from gisplan.measure.engine import measure_plan
from gisplan.measure.parents import measure_parents
from gisplan.measure.residual import measure_residual
from gisplan.measure.scene import Scene
from gisplan.model import Plan
from gisplan.testing.plans import make_plan

N = 6  # cells on a side; parents are 3 x 3 cells


@pytest.fixture(autouse=True)
def proved_whatever_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no parent be plain, as the small ones of the tests nearly always would be."""
    monkeypatch.setattr(residual, "MESSY", 2.0)
    monkeypatch.setattr(residual, "BLOCK_VERTICES", 40)


def area_of(cell: int) -> int:
    column, row = divmod(cell, N)
    return column // 3 * 2 + row // 3


def areas(seed: int = 0) -> list[Any]:
    cells = np.asarray(tiling(N, seed), dtype=object)
    of = np.asarray([area_of(i) for i in range(N * N)])
    return [shapely.coverage_union_all(cells[of == k]) for k in range(4)]


def plan_of(cells: Sequence[Any], parents: Sequence[Any], above: Sequence[Any]) -> Plan:
    codes = [f"u{i:03d}" for i in range(len(cells))]
    return make_plan(
        {
            "area": layer(above, [f"a{i}" for i in range(len(above))]),
            "cell": layer(cells, codes, parent=list(parents)),
        },
        tiers=["area", "cell"],
        partitions=["cell"],
    )


class Draft:
    """Cells, their parents and the areas above, to be damaged."""

    def __init__(self, seed: int = 0) -> None:
        self.cells: list[Any] = tiling(N, seed)
        self.parents: list[Any] = [f"a{area_of(i)}" for i in range(N * N)]
        self.areas = areas(seed)

    def plan(self) -> Plan:
        return plan_of(self.cells, self.parents, self.areas)

    def add(self, shape: Any, parent: Any) -> None:
        self.cells.append(shape)
        self.parents.append(parent)


def open_cells(draft: Draft) -> list[int]:
    scene = Scene(draft.plan(), "cell")
    return np.flatnonzero(measure_residual(scene, measure_parents(scene), "cell").open).tolist()


def disc(x: float, y: float, radius: float) -> Any:
    return shapely.Point(X + x, Y + y).buffer(radius, 3)


def test_a_clean_tiling_is_proved_clean() -> None:
    draft = Draft()
    assert open_cells(draft) == []
    tables = assert_as_plain(draft.plan(), "cell")
    for name in ("outside", "overlap", "duplicate", "uncovered"):
        assert tables[name].empty
    assert tables["nesting"]["named_share"].eq(1).all()


def test_no_cell_is_measured_where_all_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0

    def watch(name: str) -> None:
        operation = getattr(shapely, name)

        def watched(shapes: Any, *args: Any) -> Any:
            nonlocal seen
            seen += len(shapes)
            return operation(shapes, *args)

        monkeypatch.setattr(shapely, name, watched)

    for name in ("intersection", "difference", "touches"):
        watch(name)
    plan = Draft().plan()
    measure_plan(plan, ["overlap", "outside", "nesting"], "cell")
    assert seen == 6  # pairs of the four areas, which have no parents
    measure_plan(plan, ["overlap"], "cell", plain=True)
    assert seen > 100


def test_around_a_defect_a_few_are_open() -> None:
    draft = Draft()
    draft.cells[7] = shapely.union(draft.cells[7], disc(195, 150, 30))  # into cell 13
    assert {7, 13} <= set(open_cells(draft)) <= {7, 13, 6, 8, 12, 14, 19}


def test_neighbours_of_a_gap_are_clean_and_the_gap_is_whole() -> None:
    draft = Draft()
    gone = draft.cells.pop(7)
    draft.parents.pop(7)
    assert open_cells(draft) == []
    pieces = assert_as_plain(draft.plan(), "cell")["uncovered"]["geometry"]
    assert [shape.equals_exact(gone.normalize()) for shape in pieces] == [True, True]


def test_of_two_gaps_that_touch_both_are_found_where_one_lies_by_an_open_neighbour() -> None:
    draft = Draft()
    for cell in (14, 7):
        draft.cells.pop(cell)
        draft.parents.pop(cell)
    ring = shapely.get_coordinates(draft.areas[0])
    west = np.flatnonzero((ring[:-1, 0] == X) & (ring[1:, 0] == X))[1]  # beside cell 1
    middle = (ring[west] + ring[west + 1]) / 2
    draft.areas[0] = shapely.Polygon(np.insert(ring, west + 1, middle, axis=0))
    assert open_cells(draft) == [0, 1, 2]
    assert len(assert_as_plain(draft.plan(), "cell")["uncovered"]) == 4


def test_a_missing_unit_and_a_twin_do_not_balance() -> None:
    draft = Draft()
    draft.cells[7] = draft.cells[8]
    tables = assert_as_plain(draft.plan(), "cell")
    assert tables["duplicate"][["fid_a", "fid_b"]].to_numpy().tolist() == [[7, 8]]
    assert len(tables["uncovered"]) == 2


def test_an_arm_through_a_neighbour_meets_two() -> None:
    draft = Draft()
    draft.cells[7] = shapely.union(draft.cells[7], square(150, 145, 200, 5))  # 13 and 19
    pairs = assert_as_plain(draft.plan(), "cell")["overlap"][["fid_a", "fid_b"]].to_numpy().tolist()
    assert pairs == [[7, 13], [7, 19]]


def test_one_shape_over_all_of_its_siblings_meets_each() -> None:
    draft = Draft()
    draft.add(draft.areas[0], "a0")  # no edge of it lies in the middle cell
    pairs = assert_as_plain(draft.plan(), "cell")["overlap"]
    assert (pairs["fid_b"] == 36).sum() == 9


def test_a_unit_under_another_parent_is_outside_and_its_own_parent_has_a_gap() -> None:
    draft = Draft()
    draft.parents[7] = "a3"
    tables = assert_as_plain(draft.plan(), "cell")
    assert tables["outside"]["fid"].tolist() == [7]
    own = tables["uncovered"][tables["uncovered"]["scope"] == "own"]
    assert own["parent_fid"].tolist() == [0]
    assert tables["overlap"].empty


def test_children_of_parents_that_overlap_are_compared() -> None:
    # each area is tiled to the vertex, so nothing is left of the edges
    low, high = tiling(N, 0), tiling(N, 0)
    shift = shapely.affinity.translate
    high = [shift(cell, 550, 0) for cell in high]
    above = [shapely.coverage_union_all(low), shapely.coverage_union_all(high)]
    draft = Draft()
    draft.cells, draft.areas = low + high, above
    draft.parents = ["a0"] * 36 + ["a1"] * 36
    assert open_cells(draft) == []
    pairs = assert_as_plain(draft.plan(), "cell")["overlap"]
    assert set(pairs["layer"]) == {"area", "cell"}
    assert len(pairs) > 6


def test_two_parents_of_one_shape() -> None:
    draft = Draft()
    draft.areas.append(draft.areas[0])
    draft.cells += draft.cells[:3]
    draft.parents += ["a4"] * 3
    pairs = assert_as_plain(draft.plan(), "cell")["duplicate"]
    assert len(pairs[pairs["layer"] == "cell"]) == 3


def test_a_tier_without_parents() -> None:
    cells = [*tiling(N, 0), square(120, 130, 30), square(300, 300, 200)]
    plan = make_plan({"unit": layer(cells, [f"u{i:03d}" for i in range(len(cells))])})
    pairs = assert_as_plain(plan, "unit")["overlap"]
    assert set(pairs["fid_b"]) >= {36, 37}
    scene = Scene(plan, "unit")
    left = measure_residual(scene, measure_parents(scene), "unit")
    assert 0 < left.open[:36].sum() < 36


def test_inside_a_grid_of_squares_without_parents_all_are_clean() -> None:
    # their corners lie on the height of the outline's vertices, which rays to the east meet
    cells = [square(100 * i, 100 * j, 100) for i in range(N) for j in range(N)]
    plan = make_plan({"unit": layer(cells, range(N * N))})
    scene = Scene(plan, "unit")
    clean = ~measure_residual(scene, measure_parents(scene), "unit").open
    assert np.flatnonzero(clean).tolist() == [
        i * N + j for i in range(1, N - 1) for j in range(1, N - 1)
    ]


def test_one_shape_over_a_whole_tier_without_parents() -> None:
    plan = make_plan({"unit": layer([*tiling(N, 0), shapely.union_all(tiling(N, 0))], range(37))})
    assert len(assert_as_plain(plan, "unit")["overlap"]) == 36


def of_one_tier(cells: Sequence[Any]) -> Plan:
    return make_plan({"unit": layer(cells, range(len(cells)))})


@pytest.mark.parametrize(
    ("around", "clean"), [([(-900, 2400)], 0), ([(-900, 2400), (-600, 1800)], 0), ([], 16)]
)
def test_what_the_parts_around_a_grid_without_parents_say_adds_up(
    around: list[tuple[float, float]], clean: int
) -> None:
    cells = [square(100 * i, 100 * j, 100) for i in range(N) for j in range(N)]
    cells += [square(at, at, size) for at, size in around]  # shares no vertex with the grid
    plan = of_one_tier(cells)
    assert len(assert_as_plain(plan, "unit")["overlap"]) == len(around) * N * N + len(around) // 2
    scene = Scene(plan, "unit")
    assert (~measure_residual(scene, measure_parents(scene), "unit").open).sum() == clean


def test_a_grid_in_the_hole_of_others_is_clean() -> None:
    cells = [square(100 * i, 100 * j, 100) for i in range(N) for j in range(N)]
    ring = square(-900, -900, 2400).difference(square(-100, -100, 800))
    plan = of_one_tier([*cells, ring, ring])
    assert len(assert_as_plain(plan, "unit")["duplicate"]) == 1
    scene = Scene(plan, "unit")
    assert (~measure_residual(scene, measure_parents(scene), "unit").open).sum() == 16


# --- damage of many kinds at random -----------------------------------------------------------


def drop(draft: Draft, cell: int, _: float) -> None:
    draft.cells[cell] = disc(cell, 50, 4)


def duplicate(draft: Draft, cell: int, _: float) -> None:
    draft.add(draft.cells[cell], draft.parents[cell])


def nest(draft: Draft, cell: int, size: float) -> None:
    draft.add(shapely.affinity.scale(draft.cells[cell], 0.2 + size / 2, 0.5), draft.parents[cell])


def spread(draft: Draft, cell: int, size: float) -> None:
    corner = draft.cells[cell].exterior.coords[2]
    draft.cells[cell] = shapely.union(draft.cells[cell], shapely.Point(corner).buffer(60 * size, 3))


def shrink(draft: Draft, cell: int, size: float) -> None:
    corner = draft.cells[cell].exterior.coords[1]
    bite = shapely.Point(corner).buffer(50 * size, 3)
    draft.cells[cell] = shapely.difference(draft.cells[cell], bite)


def straddle(draft: Draft, cell: int, size: float) -> None:
    x, y = draft.cells[cell].exterior.coords[0]
    draft.add(shapely.Point(x, y).buffer(20 + 99 * size, 3), draft.parents[cell])


def reach(draft: Draft, cell: int, size: float) -> None:
    x, y = draft.cells[cell].centroid.coords[0]
    arm = shapely.box(x, y, x + 300 * size, y + 3)
    draft.cells[cell] = shapely.union(draft.cells[cell], arm)


def split_edges(draft: Draft, cell: int, size: float) -> None:
    draft.cells[cell] = shapely.segmentize(draft.cells[cell], 10 + 60 * size)


def jitter(draft: Draft, cell: int, size: float) -> None:
    shift = np.random.default_rng(int(size * 1e6)).normal(0, 1e-4, (5, 2))
    shift[4] = shift[0]
    if shapely.get_num_coordinates(draft.cells[cell]) == 5:
        draft.cells[cell] = shapely.transform(draft.cells[cell], lambda xy: xy + shift)


def pierce(draft: Draft, cell: int, size: float) -> None:
    hole = shapely.Point(draft.cells[cell].centroid).buffer(10 + 20 * size, 2)
    draft.cells[cell] = shapely.difference(draft.cells[cell], hole)
    if size > 0.5:
        draft.add(hole, draft.parents[cell])


def join(draft: Draft, cell: int, size: float) -> None:
    other = int(size * (N * N - 1))
    if other != cell and draft.cells[cell].disjoint(draft.cells[other]):
        draft.cells[cell] = shapely.union(draft.cells[cell], draft.cells[other])


def move_parent(draft: Draft, cell: int, size: float) -> None:
    draft.parents[cell] = [None, "a0", "a1", "a3", "a9"][int(size * 4.99)]


def widen_parent(draft: Draft, cell: int, size: float) -> None:
    draft.areas[cell % 4] = shapely.union(draft.areas[cell % 4], disc(300, 300, 90 * size + 1))


def redraw_parent(draft: Draft, cell: int, size: float) -> None:
    draft.areas[cell % 4] = shapely.segmentize(draft.areas[cell % 4], 30 + 60 * size)


def shift_parent(draft: Draft, cell: int, size: float) -> None:
    draft.areas[cell % 4] = shapely.affinity.translate(draft.areas[cell % 4], size, size / 3)


DAMAGES: list[Callable[[Draft, int, float], None]] = [
    drop, duplicate, nest, spread, shrink, straddle, reach, split_edges, jitter, pierce, join,
    move_parent, widen_parent, redraw_parent, shift_parent,
]  # fmt: skip

damages = st.lists(
    st.tuples(st.sampled_from(DAMAGES), st.integers(0, N * N - 1), st.integers(1, 100)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 99), done=damages)
def test_tables_are_those_of_measuring_everything(seed: int, done: list[Any]) -> None:
    draft = Draft(seed)
    for damage, cell, size in done:
        damage(draft, cell, size / 100)
    draft.cells = [shapely.make_valid(shape) for shape in draft.cells]
    assert_as_plain(draft.plan(), "cell")
    assert_as_plain(of_one_tier(draft.cells), "unit")


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("cell", [7, 15])
def test_every_damage_alone(damage: Callable[..., None], cell: int) -> None:
    draft = Draft(1)
    damage(draft, cell, 0.6)
    assert_as_plain(draft.plan(), "cell")


def test_no_hash_hides_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = Draft(2)
    for damage, cell in zip(DAMAGES[:8], (1, 4, 9, 14, 20, 22, 28, 33), strict=True):
        damage(draft, cell, 0.4)
    wanted = measure_plan(draft.plan(), TABLES, "cell")
    monkeypatch.setattr(edges, "_edge_hash", lambda own: np.zeros(len(own.tail), dtype=np.uint64))
    for name, table in measure_plan(draft.plan(), TABLES, "cell").items():
        pd.testing.assert_frame_equal(table, wanted[name], check_exact=True, obj=name)


def damaged() -> Draft:
    draft = Draft(3)
    for damage, cell in zip(DAMAGES[:11], (1, 4, 9, 14, 20, 22, 28, 33, 7, 12, 26), strict=True):
        damage(draft, cell, 0.4)
    draft.cells = [shapely.make_valid(shape) for shape in draft.cells]
    return draft


def test_threads_change_nothing() -> None:
    plan = damaged().plan()
    wanted = measure_plan(plan, TABLES, "cell")
    for name, table in measure_plan(plan, TABLES, "cell", jobs=4).items():
        pd.testing.assert_frame_equal(table, wanted[name], check_exact=True, obj=name)


def test_order_of_rows_and_direction_of_rings_change_nothing() -> None:
    def found(draft: Draft, order: Sequence[int]) -> dict[str, pd.DataFrame]:
        plan = draft.plan()
        own = plan.layers["cell"].frame.iloc[list(order)].reset_index(drop=True)
        cells = layer(own.geometry.array, own["code"], parent=own["parent"].tolist())
        plan = make_plan(
            {"area": layer(draft.areas, [f"a{i}" for i in range(4)]), "cell": cells},
            tiers=["area", "cell"],
            partitions=["cell"],
        )
        tables = measure_plan(plan, ["overlap", "uncovered"], "cell")
        pairs = tables["overlap"]
        labels = np.asarray(plan.layers["cell"].frame["_label"], dtype=object)
        of_cells = pairs["layer"] == "cell"
        for side in ("fid_a", "fid_b"):
            pairs[side] = np.where(of_cells, labels[pairs[side] % len(labels)], pairs[side])
        tables["overlap"] = pairs.sort_values(["layer", "fid_a", "fid_b", "piece"]).reset_index()
        return tables

    draft = damaged()
    wanted = found(draft, range(len(draft.cells)))
    draft.cells = [shapely.reverse(shape) for shape in draft.cells]
    got = found(draft, np.random.default_rng(1).permutation(len(draft.cells)))
    assert got["uncovered"].equals(wanted["uncovered"])
    pd.testing.assert_frame_equal(
        got["overlap"].drop(columns="index"), wanted["overlap"].drop(columns="index")
    )
