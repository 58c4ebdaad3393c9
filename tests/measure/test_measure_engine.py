"""The engine: names, what each table looks like, threads; and set operations that fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from measure_shapes import X, Y, layer, line, square, tiled_plan, tiling

from gisplan import measure
from gisplan.measure import overlay
from gisplan.measure.engine import MEASURES, measure_plan
from gisplan.measure.tables import COLUMNS
from gisplan.model import AllowedGap, Plan
from gisplan.testing.plans import make_plan
from gisplan.testing.rasters import made_raster


def _odd() -> shapely.MultiPolygon:
    """Return a shape of two parts, with a spike and an edge of half a millimetre."""
    x, y = 41_500_000.0 + 2500, 4_620_000.0 + 2500
    spike = [(x, y), (x + 40, y), (x + 40.0005, y), (x + 90, y), (x + 90, y + 3)]
    return shapely.MultiPolygon([shapely.Polygon(spike), square(2700, 2700, 1)])


def messy_plan() -> Plan:
    """Return a plan in which every table has rows."""
    rng = np.random.default_rng(7)
    boxes = [square(x, y, 60) for x, y in rng.uniform(0, 2000, (300, 2))]
    bodies = layer([shape.centroid for shape in boxes[:50]], range(50), name=["a", "b"] * 25)
    west = shapely.difference(square(0, 0, 1500, 3000), square(1450, 1000, 50, 100))
    east = shapely.difference(square(1400, 0, 1599.7, 3000), square(1400, 1000, 100, 100))
    plan = make_plan(
        {
            "city": layer([square(0, 0, 3000)], ["210100"]),
            "district": layer([west, east], ["210102", "210103"]),
            "unit": layer([*boxes, boxes[0], _odd()], [f"210102-GX{i:03d}" for i in range(302)]),
            "heritage_zone": layer(
                [shape.buffer(20) for shape in boxes[:80]],
                range(80),
                body=[str(i // 4) for i in range(80)],
                zone=["Z2", "Z3", "Z6", "Z7"] * 20,
            ),
            "heritage_body": bodies,
            "facility": layer(
                [shape.centroid for shape in boxes[:50]],
                range(50),
                facility_type=["中学", "小学"] * 25,
                state=["existing", "planned", "removed", "existing", None] * 10,
            ),
            "exam_land": layer(boxes[:60], range(60), land_use="070102"),
            "view": layer(
                [line((0, 0), (2000, 1500)),
                 shapely.Polygon(line((0, 900), (1900, 700), (1900, 1100)))],
                range(2),
                target_height=30.0,
            ),
            "building": layer(boxes[:20], range(20), action=["keep", "demolish"] * 10),
            "parcel": layer(boxes[10:20], range(10)),
            "control_line": layer(
                [square(0, 0, 900), square(0, 0, 800), square(100, 0, 900)],
                range(3),
                kind=["blue", "blue", "development_boundary"],
                tier=["city", "district", "city"],
            ),
            "indicator": pd.DataFrame(
                {"tier": ["city", "district"], "code": ["210100", "210102"], "indicator": "I",
                 "target": [3.0, 4.0], "rollup": "sum", "unit": "m2"}
            ),
        },
        pessimistic={"heritage_zone": {0: square(0, 0, 500)}},
    )  # fmt: skip
    terrain = made_raster("terrain", {"plane": [40, 0.01, 0], "box": [0, 0, 2000, 2000]}, (X, Y),
                          plan.working_crs)  # fmt: skip
    sources = tuple(
        replace(source, covers=("210102",)) if source.layer == "heritage_zone" else source
        for source in plan.config.layers
    )
    hole = gpd.GeoSeries([square(1475, 1050, 1).centroid], crs=plan.working_crs)
    at = hole.to_crs("EPSG:4490")[0]
    gap = AllowedGap("district", (at.x, at.y), max_area=5000.0, reason="r", by="b")
    config = replace(plan.config, layers=sources, allowed_gaps=(gap,))
    green = made_raster("ndvi", {"plane": [0.3, 0, 0], "box": [0, 0, 2000, 2000]}, (X, Y),
                        "EPSG:4529")  # fmt: skip
    return replace(plan, config=config, rasters={"terrain": (terrain,), "ndvi": (green,)})


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """Compare two tables to the last bit."""
    pd.testing.assert_frame_equal(
        a.drop(columns="geometry", errors="ignore"),
        b.drop(columns="geometry", errors="ignore"),
        check_exact=True,
    )
    if "geometry" in a:
        assert shapely.to_wkb(a["geometry"].to_list()).tolist() == (
            shapely.to_wkb(b["geometry"].to_list()).tolist()
        )


@pytest.fixture(scope="module")
def messy() -> tuple[Plan, dict[str, pd.DataFrame]]:
    plan = messy_plan()
    return plan, measure_plan(plan, MEASURES, "unit")


def test_an_unknown_table_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="no such measure"):
        measure_plan(make_plan({}), ["area", "nonsense"], "unit")


def test_only_the_tables_asked_for_come_back_once() -> None:
    plan = make_plan({"unit": layer([square(0, 0, 10)])})
    assert list(measure_plan(plan, ["outside", "area", "outside"], "unit")) == ["outside", "area"]


@pytest.mark.parametrize("layers", [{}, {"unit": layer([])}, {"indicator": pd.DataFrame()}])
def test_every_table_exists_for_a_plan_with_nothing_to_measure(layers: dict[str, Any]) -> None:
    tables = measure_plan(make_plan(layers), MEASURES, "unit")
    for name, table in tables.items():
        assert list(table.columns) == list(COLUMNS[name])
        assert table.empty


def test_the_page_of_the_measures_lists_their_columns() -> None:
    words = measure.__doc__.split()
    for name, columns in COLUMNS.items():
        start = max(i for i in range(len(words)) if words[i : i + 2] == [name, next(iter(columns))])
        assert words[start + 1 : start + 1 + len(columns)] == list(columns)


def test_every_table_is_sorted_typed_and_numbered(messy: Any) -> None:
    _, tables = messy
    assert set(tables) == set(COLUMNS)
    for name, table in tables.items():
        assert len(table), name
        assert table.index.equals(pd.RangeIndex(len(table)))
        for column, dtype in COLUMNS[name].items():
            assert table[column].dtype == dtype, (name, column)
        keys = [c for c in table.columns[:4] if COLUMNS[name][c] in ("str", "int64")]
        assert table[keys].equals(table[keys].sort_values(keys, ignore_index=True)), name


def test_threads_change_no_bit(messy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, one = messy
    monkeypatch.setattr(overlay, "BLOCK", 16)
    blocks = measure_plan(plan, MEASURES, "unit")
    threads = measure_plan(plan, MEASURES, "unit", jobs=4)
    for name in MEASURES:
        same(one[name], blocks[name])
        same(one[name], threads[name])


def test_no_shape_stays_prepared(messy: Any) -> None:
    # two threads that ask one prepared shape crash the process, now and then
    plan, _ = messy
    for name, own in plan.layers.items():
        if "geometry" in own.frame:
            held = shapely.is_prepared(np.asarray(own.frame.geometry.array))
            assert not held.any(), name


def test_the_plan_is_left_as_it_was(messy: Any) -> None:
    plan, _ = messy
    fresh = messy_plan()
    for name, own in plan.layers.items():
        if "geometry" in own.frame:
            assert_geodataframe_equal(own.frame, fresh.layers[name].frame)


def test_evidence_is_normalised(messy: Any) -> None:
    _, tables = messy
    for name in ("overlap", "outside", "uncovered", "relate", "near", "duplicate", "sight"):
        shapes = tables[name]["geometry"].to_numpy()
        assert shapely.equals_identical(shapes, shapely.normalize(shapes)).all(), name


def test_area_has_every_feature_of_every_spatial_layer(messy: Any) -> None:
    plan, tables = messy
    area = tables["area"]
    spatial = {name: len(own.frame) for name, own in plan.layers.items() if name != "indicator"}
    assert area.groupby("layer").size().to_dict() == spatial
    city = area[area["layer"] == "city"].iloc[0]
    assert city["area_m2"] == pytest.approx(9e6, rel=1e-4)
    assert (city["source_area_m2"], city["length_m"]) == (9e6, 12_000)
    assert area.loc[area["layer"] == "heritage_body", "area_m2"].eq(0).all()


BOW_TIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


def test_a_pair_that_geos_refuses_is_mended_and_the_others_kept_exact() -> None:
    a = np.array([shapely.box(0, 0, 10, 10), BOW_TIE, shapely.box(0, 0, 1, 1)])
    b = np.array([shapely.box(5, 0, 15, 10), shapely.box(-1, -1, 11, 4), shapely.box(0, 0, 1, 2)])
    with pytest.raises(shapely.GEOSException):
        shapely.intersection(a, b)
    mended = shapely.intersection(shapely.make_valid(BOW_TIE), b[1]).area
    assert mended > 1
    got = shapely.area(overlay.intersection(a, b))
    assert got == pytest.approx([50, mended, 1], rel=1e-3)


def test_a_grid_is_tried_before_mending(monkeypatch: pytest.MonkeyPatch) -> None:
    real = shapely.difference

    def fails_without_grid(a: Any, b: Any, grid_size: float | None = None) -> Any:
        if grid_size is None:
            raise shapely.GEOSException("TopologyException: side location conflict")
        assert grid_size == overlay.GRID_M
        return real(a, b, grid_size=grid_size)

    monkeypatch.setattr(shapely, "difference", fails_without_grid)
    a, b = np.array([shapely.box(0, 0, 10, 10)]), np.array([shapely.box(4, 0, 20, 10)])
    assert shapely.area(overlay.difference(a, b)).tolist() == pytest.approx([40])


def test_what_cannot_be_computed_at_all_raises_rather_than_vanish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(a: Any, b: Any, grid_size: float | None = None) -> Any:
        raise shapely.GEOSException("TopologyException")

    monkeypatch.setattr(shapely, "intersection", fails)
    with pytest.raises(shapely.GEOSException):
        overlay.intersection(np.array([shapely.box(0, 0, 1, 1)]), np.array([BOW_TIE]))


def test_a_union_that_geos_refuses_is_tried_on_a_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    real = shapely.union_all

    def fails_without_grid(shapes: Any, grid_size: float | None = None) -> Any:
        if grid_size is None:
            raise shapely.GEOSException("TopologyException")
        return real(shapes, grid_size=grid_size)

    monkeypatch.setattr(shapely, "union_all", fails_without_grid)
    assert overlay.union([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]).area == 2


def test_an_invalid_feature_that_slipped_through_does_not_stop_the_measures() -> None:
    cells = tiling(3, 1)
    tie = shapely.transform(BOW_TIE, lambda xy: xy + np.array([41_500_010.0, 4_620_010.0]))
    plan = tiled_plan([*cells, tie], 3, seed=1)
    overlap = measure_plan(plan, ["overlap", "outside", "uncovered"], "cell")["overlap"]
    assert overlap["area_m2"].sum() == pytest.approx(50, rel=1e-2)
