from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from raw_plans import notes_of, plan_of, raw_layer
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon, box

from gisplan.normalise.repair import pessimistic_shape, repair

X, Y = 41_500_000.0, 4_600_000.0


def at(shape):
    """Put a shape drawn near 0, 0 into the plan's place."""
    return shapely.transform(shape, lambda c: c + np.array([X, Y]))


SQUARE = box(0, 0, 10, 10)
BOW_TIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
HOLE_IS_SHELL = Polygon(SQUARE.exterior.coords, [SQUARE.exterior.coords])
SPIKE = Polygon([(0, 0), (10, 0), (10, 10), (10, 40), (10, 10), (0, 10)])
FLAT = Polygon([(0, 0), (10, 0), (5, 0)])


def layer_of(shapes, layer="unit", **more):
    shapes = [None if s is None else at(s) for s in shapes]
    columns = {"code": [f"c{i}" for i in range(len(shapes))]}
    plan = plan_of(raw_layer(layer, columns, shapes, **more))
    return plan, plan.layers[layer]


class TestRepair:
    def test_bow_tie_becomes_its_two_triangles(self):
        plan, layer = layer_of([BOW_TIE, SQUARE])
        assert (layer.read, len(layer.frame), layer.repaired, layer.quarantine) == (2, 2, 1, None)
        assert layer.frame.geometry.is_valid.all()
        assert layer.frame.geometry[0].area == pytest.approx(50)
        (note,) = notes_of(plan, "invalid_geometry")
        assert (note.feature, note.record) == ("c0", 0)
        assert note.detail["reason"] == "Self-intersection"
        assert note.detail["reason_zh"] == "自相交"
        assert note.detail["repaired"] is True
        assert note.detail["area_before_m2"] == pytest.approx(0, abs=1e-6)
        assert note.detail["area_after_m2"] == pytest.approx(50)
        assert note.geometry.distance(Point(X + 5, Y + 5)) < 1e-6

    def test_pessimistic_shape_goes_by_the_fid_of_the_repaired_feature(self):
        _, layer = layer_of([SQUARE, BOW_TIE])
        assert list(layer.pessimistic) == [1]
        assert layer.pessimistic[1].area == pytest.approx(50)

    def test_least_shape_is_what_both_ways_of_mending_agree_on(self):
        shell_in_shell = MultiPolygon([SQUARE, box(2, 2, 4, 4)])  # an island, or a hole
        _, layer = layer_of([BOW_TIE, shell_in_shell])
        assert layer.frame.geometry[1].area == pytest.approx(100)
        assert list(layer.least) == [1]  # of the bow-tie both are the same
        assert layer.least[1].area == pytest.approx(96)

    def test_spike_is_cut_but_remembered(self):
        _, layer = layer_of([SPIKE])
        assert layer.frame.geometry[0].area == pytest.approx(100)
        assert layer.pessimistic[0].distance(Point(X + 10, Y + 39)) < 1e-6

    @pytest.mark.parametrize("shape", [HOLE_IS_SHELL, FLAT])
    def test_what_nobody_can_tell_is_set_aside_with_its_largest_shape(self, shape):
        plan, layer = layer_of([shape, SQUARE])
        assert (len(layer.frame), layer.repaired) == (1, 0)
        row = layer.quarantine.iloc[0]
        assert (row["_label"], row["code"], row["_record"], row["_path"]) == (
            "c0",
            "c0",
            0,
            "unit.shp",
        )
        assert row["geometry"].intersects(Point(X + 5, Y))
        assert row["geometry"].distance(at(SQUARE.boundary)) < 1e-6
        (invalid,) = notes_of(plan, "invalid_geometry")
        assert invalid.detail["repaired"] is False
        (note,) = notes_of(plan, "quarantined")
        assert note.detail["reason_zh"] == row["reason_zh"]
        assert note.detail["reason_en"] == row["reason_en"]

    @pytest.mark.parametrize(("apart", "mended"), [(19, True), (21, False)])
    def test_two_ways_of_mending_may_differ_by_a_fifth(self, apart, mended):
        # by linework the part of a hole outside its shell is land, by structure it is nothing
        hole = box(5, 1, 15, 1 + apart / 5)
        result = repair(Polygon(SQUARE.exterior.coords, [hole.exterior.coords]))
        assert (result.shape is not None) is mended
        assert (result.refusal is None) is mended
        if mended:
            assert result.after_m2 == pytest.approx(100 - apart)

    def test_overlapping_parts_are_joined(self):
        _, layer = layer_of([MultiPolygon([SQUARE, box(5, 0, 15, 10)])])
        assert layer.frame.geometry[0].area == pytest.approx(150)


class TestPessimisticShape:
    def test_fills_every_ring(self):
        assert pessimistic_shape(HOLE_IS_SHELL).area == 100
        holed = Polygon(SQUARE.exterior.coords, [box(5, 5, 15, 8).exterior.coords])
        assert pessimistic_shape(holed).covers(box(5, 5, 15, 8))

    def test_covers_what_both_ways_of_mending_give(self):
        rng = np.random.default_rng(7)
        for _ in range(30):
            shape = Polygon(rng.uniform(0, 10, (8, 2)))
            whole = pessimistic_shape(shape).buffer(1e-9)
            assert whole.covers(shapely.make_valid(shape))
            mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
            assert whole.covers(mended)

    def test_is_the_hull_of_what_is_too_heavy(self):
        ring = Polygon(np.random.default_rng(7).uniform(0, 10, (6000, 2)))
        assert pessimistic_shape(ring).equals(ring.convex_hull)


class TestSetAside:
    @pytest.mark.parametrize("shape", [None, Polygon(), MultiPolygon()])
    def test_nothing_drawn(self, shape):
        plan, layer = layer_of([shape, SQUARE])
        assert [note.feature for note in notes_of(plan, "empty_geometry")] == ["c0"]
        assert notes_of(plan, "quarantined") == []  # GEO102 reports it, not SRC108
        assert list(layer.quarantine["_label"]) == ["c0"]
        assert layer.quarantine["geometry"][0] is None

    @pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
    def test_coordinates_that_are_none(self, bad):
        corner = (shapely.get_coordinates(SQUARE) == [0, 10]).all(axis=1)
        shape = shapely.transform(SQUARE, lambda c: np.where(corner[:, None], bad, c))
        plan, layer = layer_of([shape, SQUARE])
        assert list(layer.frame["code"]) == ["c1"]
        assert layer.quarantine["geometry"][0] is None
        assert len(notes_of(plan, "quarantined")) == 1

    def test_points_and_lines_where_areas_are_due(self):
        plan, layer = layer_of([Point(1, 1), LineString([(0, 0), (5, 5)]), SQUARE])
        assert list(layer.frame["code"]) == ["c2"]
        found = [(n.feature, n.detail["found"]) for n in notes_of(plan, "wrong_geometry_type")]
        assert found == [("c0", "point"), ("c1", "line")]
        assert list(layer.quarantine["geometry"].map(shapely.get_dimensions)) == [0, 1]

    def test_layers_of_points_and_lines_keep_them(self):
        _, layer = layer_of([Point(1, 1), LineString([(0, 0), (5, 5)]), SQUARE], "project")
        assert len(layer.frame) == 3
        assert list(layer.frame["_source_area"].isna()) == [True, True, False]

    def test_faults_that_reading_left(self):
        raw = raw_layer(
            "unit",
            {
                "code": ["a", "b", "c"],
                "_read_fault_zh": ["环未闭合", None, "坏"],
                "_read_fault_en": ["ring not closed", None, "bad"],
            },
            [at(SQUARE), at(SQUARE), None],
        )
        plan = plan_of(raw)
        quarantine = plan.layers["unit"].quarantine
        assert list(quarantine["reason_zh"]) == ["环未闭合", "坏"]
        assert list(quarantine["reason_en"]) == ["ring not closed", "bad"]
        assert quarantine["geometry"][0].area == 100
        assert len(notes_of(plan, "quarantined")) == 2
        assert notes_of(plan, "empty_geometry") == []

    def test_row_without_any_geometry_column(self):
        raw = raw_layer("unit", {"code": ["a"]}, path="unit.csv")
        layer = plan_of(raw).layers["unit"]
        assert (layer.read, len(layer.frame), list(layer.quarantine["code"])) == (1, 0, ["a"])


class TestShapes:
    def test_heights_are_dropped(self):
        _, layer = layer_of([shapely.force_3d(SQUARE, 7.0)])
        assert not shapely.has_z(layer.frame.geometry.array).any()

    def test_of_a_collection_the_areas_are_kept_and_the_rest_is_noted(self):
        mixed = shapely.GeometryCollection(
            [SQUARE, shapely.GeometryCollection([box(20, 0, 30, 10), Point(50, 50)])]
        )
        plan, layer = layer_of([mixed])
        assert layer.frame.geometry[0].area == 200
        (note,) = notes_of(plan, "parts_dropped")
        assert (note.feature, note.detail["found"]) == ("c0", "point")

    def test_collection_without_the_right_kind_is_set_aside(self):
        _, layer = layer_of([shapely.GeometryCollection([Point(1, 1)])])
        assert len(layer.frame) == 0

    def test_frame_has_the_columns_that_the_model_promises(self):
        _, layer = layer_of([SQUARE])
        ours = ["geometry", "_label", "_record", "_path", "_source_area"]
        assert list(layer.frame.columns) == [*layer.spec.fields, *ours]
        assert isinstance(layer.frame.index, pd.RangeIndex)
        assert layer.frame.geometry.name == "geometry"


@pytest.mark.parametrize("several", [False, True])
def test_a_line_keeps_the_direction_in_which_it_is_drawn(several):
    east_to_west = LineString([(41_500_400, 4_630_000), (41_500_000, 4_630_050)])
    shape = MultiLineString([east_to_west]) if several else east_to_west
    view = plan_of(raw_layer("view", {"code": ["SL1"]}, [shape])).layers["view"].frame
    assert shapely.get_coordinates(view["geometry"].array).tolist() == [
        [41_500_400, 4_630_000],
        [41_500_000, 4_630_050],
    ]
