"""What may not matter does not: order of rows, start and direction of rings, place, label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_shapes import layer, square, tiling

from gisplan.measure.engine import measure_plan
from gisplan.model import Plan
from gisplan.testing.plans import make_plan

TABLES = ["area", "parents", "nesting", "outside", "overlap", "duplicate", "uncovered", "relate"]
N = 4

seeds = st.integers(0, 10_000)
some = settings(max_examples=15, deadline=None)


def with_defects(seed: int) -> list[Any]:
    """Return a tiling with a gap, an overlap across two cells, a twin and a cell pushed out."""
    cells = tiling(N, seed)
    cells[5] = shapely.intersection(cells[5], square(100, 0, 70, 400)).convex_hull
    cells[15] = shapely.union(cells[15], square(395, 350, 20))
    cells[9] = shapely.union(cells[9], square(200, 140, 20)).convex_hull
    return [*cells, cells[2]]


def plan_of(cells: Sequence[Any], zones: Sequence[Any], area: Any, order: Sequence[int]) -> Plan:
    codes = [f"u{i:03d}" for i in range(len(cells))]
    own = layer(cells, codes, parent=["u"] * len(cells)).iloc[list(order)].reset_index(drop=True)
    return make_plan(
        {"region": layer([area], ["u"]), "unit": own, "heritage_zone": layer(zones)},
        tiers=["region", "unit"],
        partitions=["unit"],
    )


def by_label(plan: Plan, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with labels for the fids of units, sorted, and without shapes."""
    labels = plan.layers["unit"].frame["_label"].to_numpy()
    table = table.drop(columns="geometry", errors="ignore").copy()
    for column in ("fid", "fid_a", "fid_b"):
        if column in table:
            of_units = np.ones(len(table), dtype=bool)
            for name in ("layer", "child_layer", "actor_layer"):
                if name in table:
                    of_units = (table[name] == "unit").to_numpy()
            text = table[column].astype(str).astype(object)
            text[of_units] = labels[table.loc[of_units, column]]
            table[column] = text
    keys = [c for c in table.columns if not pd.api.types.is_float_dtype(table[c])]
    return table.sort_values(keys, ignore_index=True)


def same_tables(one: Plan, other: Plan) -> None:
    a, b = (measure_plan(plan, TABLES, "unit") for plan in (one, other))
    for name in TABLES:
        left, right = by_label(one, a[name]), by_label(other, b[name])
        pd.testing.assert_frame_equal(left, right, rtol=1e-6, atol=1e-6, obj=name)


def zones_of(seed: int) -> list[Any]:
    xy = np.random.default_rng(seed + 1).uniform(-50, 400, (3, 2))
    return [shapely.Point(41_500_000 + x, 4_620_000 + y).buffer(60) for x, y in xy]


@some
@given(seeds, st.permutations(range(N * N + 1)))
def test_order_of_rows_does_not_matter(seed: int, order: list[int]) -> None:
    cells, zones, area = with_defects(seed), zones_of(seed), square(0, 0, N * 100)
    same_tables(plan_of(cells, zones, area, range(len(cells))), plan_of(cells, zones, area, order))


@some
@given(seeds, st.integers(1, 3))
def test_start_and_direction_of_rings_do_not_matter(seed: int, turn: int) -> None:
    def turned(shape: Any) -> Any:
        ring = np.asarray(shape.exterior.coords)[:-1]
        return shapely.Polygon(np.roll(ring, turn, axis=0)[::-1])

    cells, zones, area = with_defects(seed), zones_of(seed), square(0, 0, N * 100)
    other = [[turned(shape) for shape in shapes] for shapes in (cells, zones, [area])]
    order = range(len(cells))
    same_tables(plan_of(cells, zones, area, order), plan_of(other[0], other[1], other[2][0], order))


@some
@given(seeds, st.integers(-40, 40), st.integers(-40, 40))
def test_a_short_shift_of_all_does_not_matter(seed: int, x: int, y: int) -> None:
    def moved(shapes: Sequence[Any]) -> list[Any]:
        return list(shapely.transform(np.array(shapes), lambda xy: xy + np.array([x, y]) / 8))

    # the scale of the map changes by 1e-13 a metre here, near the central meridian
    cells, zones, area = with_defects(seed), zones_of(seed), square(0, 0, N * 100)
    order = range(len(cells))
    one = plan_of(cells, zones, area, order)
    other = plan_of(moved(cells), moved(zones), moved([area])[0], order)
    a, b = (
        measure_plan(plan, ["overlap", "outside", "uncovered"], "unit") for plan in (one, other)
    )
    for name, table in a.items():
        # a shift rounds cut vertices anew, so pieces of 1e-8 m2 may come and go
        real = [t[t["area_m2"] > 1e-4].reset_index(drop=True) for t in (table, b[name])]
        pd.testing.assert_frame_equal(
            *(t.drop(columns=["geometry", "piece"]) for t in real), rtol=1e-6, atol=1e-6
        )


@some
@given(seeds)
def test_a_clean_tiling_has_nothing_to_tell(seed: int) -> None:
    cells = tiling(N, seed)
    plan = plan_of(cells, [], square(0, 0, N * 100), range(len(cells)))
    tables = measure_plan(plan, ["overlap", "duplicate", "outside", "uncovered"], "unit")
    assert {name: len(table) for name, table in tables.items()} == dict.fromkeys(tables, 0)


@some
@given(seeds, st.integers(0, N * N - 1), st.floats(0.05, 30))
def test_a_planted_gap_has_its_area(seed: int, at: int, size: float) -> None:
    cells = tiling(N, seed)
    centre = cells[at].centroid
    hole = shapely.box(centre.x - size / 2, centre.y, centre.x + size / 2, centre.y + size / 3)
    hole = shapely.intersection(hole, cells[at])
    cells[at] = shapely.difference(cells[at], hole)
    plan = plan_of(cells, [], square(0, 0, N * 100), range(len(cells)))
    tables = measure_plan(plan, ["uncovered", "overlap", "outside"], "unit")
    area = tables["uncovered"].groupby("scope")["area_m2"].sum()
    assert area.to_dict() == pytest.approx({"any": hole.area, "own": hole.area}, rel=1e-5)
    assert tables["uncovered"]["enclosed"].all()
    assert tables["overlap"].empty
    assert tables["outside"].empty


@some
@given(seeds, st.floats(0.05, 30))
def test_a_planted_overlap_has_its_area_with_each_neighbour(seed: int, reach: float) -> None:
    cells = tiling(N, seed)
    grown = shapely.intersection(cells[5].buffer(reach, join_style="mitre"), square(0, 0, N * 100))
    wanted = {i: shapely.intersection(grown, cell).area for i, cell in enumerate(cells) if i != 5}
    cells[5] = grown
    plan = plan_of(cells, [], square(0, 0, N * 100), range(len(cells)))
    overlap = measure_plan(plan, ["overlap"], "unit")["overlap"]
    overlap["other"] = overlap["fid_a"] + overlap["fid_b"] - 5
    got = overlap.groupby("other")["area_m2"].sum()
    for other, area in wanted.items():
        assert got.get(other, 0.0) == pytest.approx(area, rel=1e-5, abs=1e-6)


@some
@given(seeds, st.floats(0.05, 40))
def test_a_planted_spill_has_its_area(seed: int, reach: float) -> None:
    cells = tiling(N, seed)
    spill = square(320, 400, 50, reach)
    # only the part over the top edge of the cell that ends there
    own = cells[15]
    left, _, right, _ = own.bounds
    spill = shapely.intersection(spill, shapely.box(left, 0, right, 9e6))
    cells[15] = shapely.union(own, spill)
    plan = plan_of(cells, [], square(0, 0, N * 100), range(len(cells)))
    outside = measure_plan(plan, ["outside"], "unit")["outside"]
    assert outside["fid"].unique().tolist() == [15]
    assert outside["area_m2"].sum() == pytest.approx(spill.area, rel=1e-5)


@some
@given(seeds, st.integers(0, N * N - 1))
def test_a_planted_twin_is_a_duplicate_and_no_overlap(seed: int, at: int) -> None:
    cells = tiling(N, seed)
    cells.append(shapely.reverse(cells[at]))
    plan = plan_of(cells, [], square(0, 0, N * 100), range(len(cells)))
    tables = measure_plan(plan, ["duplicate", "overlap"], "unit")
    assert tables["duplicate"][["fid_a", "fid_b"]].to_numpy().tolist() == [[at, N * N]]
    assert tables["duplicate"]["area_m2"][0] == pytest.approx(cells[at].area, rel=1e-5)
    assert tables["overlap"].empty
