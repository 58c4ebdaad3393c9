from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from raw_plans import notes_of, plan_of, raw_layer
from shapely import LineString, Point, Polygon, box

from gisplan.errors import PlanError
from gisplan.normalise.crs import Extent, robust_extent
from gisplan.normalise.densify import TOLERANCE_M, densify, longest_edge
from gisplan.normalise.reproject import build_bridge, move

KM_LON, KM_LAT = 1 / 82.6, 1 / 111.1  # degrees at 42° N


def square(lon, lat, size=0.01):
    return box(lon, lat, lon + size, lat + size)


def unit(shapes, crs="EPSG:4490", layer="unit", **more):
    return raw_layer(layer, {"code": [f"c{i}" for i in range(len(shapes))]}, shapes, crs, **more)


class TestWorkingCrs:
    @pytest.mark.parametrize(
        ("lon", "epsg"),
        [(120.0, 4528), (121.45, 4528), (121.55, 4529), (125.0, 4530), (87.6, 4517)],
    )
    def test_in_china_is_the_zone_of_the_middle(self, lon, epsg):
        plan = plan_of(unit([square(lon, 41.0, 0.001)]))
        assert plan.working_crs == f"EPSG:{epsg}"

    def test_follows_the_lowest_tier_not_the_province(self):
        plan = plan_of(
            unit([box(118.9, 39, 125.7, 43)], layer="province"), unit([square(120.1, 41)])
        )
        assert plan.working_crs == "EPSG:4528"

    def test_declared_one_wins(self):
        plan = plan_of(unit([square(120.1, 41)]), working_crs="EPSG:4549")
        assert plan.working_crs == "EPSG:4549"
        assert plan.layers["unit"].frame.crs == CRS("EPSG:4549")

    @pytest.mark.parametrize("text", ["EPSG:4490", "EPSG:2276", "EPSG:1", "moon"])
    def test_declared_one_must_be_metric(self, text):
        with pytest.raises(PlanError):
            plan_of(unit([square(120.1, 41)]), working_crs=text)

    def test_a_declared_one_in_degrees_is_refused_with_file_and_line(self):
        raw = unit([square(120.1, 41)])
        with pytest.raises(PlanError, match=r"gisplan\.toml line 4: working_crs = 'EPSG:4490'"):
            plan_of(raw, working_crs="EPSG:4490", lines={"plan.working_crs": 4})
        with pytest.raises(PlanError, match=r"gisplan\.toml: working_crs"):
            plan_of(raw, working_crs="EPSG:4490")

    def test_elsewhere_is_the_lowest_tiers_own(self):
        plan = plan_of(unit([box(4e5, 4.58e6, 4.01e5, 4.59e6)], "EPSG:25831"))
        assert plan.working_crs == "EPSG:25831"
        assert notes_of(plan, "reprojected") == []

    @pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326"])
    def test_elsewhere_is_utm_where_the_files_metres_are_no_metres(self, crs):
        shape = box(14.4, 50.1, 14.41, 50.11)
        if crs == "EPSG:3857":
            to = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
            shape = shapely.transform(shape, to.transform, interleaved=False)
        assert plan_of(unit([shape], crs)).working_crs == "EPSG:32633"

    def test_is_not_moved_by_one_stray_feature(self):
        shapes = [square(120.1 + i / 100, 41) for i in range(20)]
        assert plan_of(unit([*shapes, square(0, 0)])).working_crs == "EPSG:4528"

    def test_robust_extent_of_one_shape_is_its_own(self):
        assert robust_extent(np.array([box(1, 2, 3, 4)])) == Extent(1, 2, 3, 4)

    def test_wgs_84_counts_as_cgcs2000(self):
        plan = plan_of(unit([square(123.1, 41)], "EPSG:4326"))
        assert notes_of(plan, "datum_uncertain") == []
        (note,) = notes_of(plan, "reprojected")
        assert (note.detail["from"], note.detail["to"]) == ("EPSG:4326", "EPSG:4529")

    def test_wgs_84_for_cgcs2000_is_said_once(self):
        plan = plan_of(
            unit([square(123.1, 41)], "EPSG:4326"),
            unit([square(123, 41)], "EPSG:4326", layer="district"),
            unit([square(123, 41)], "EPSG:4490", layer="city"),
        )
        (note,) = notes_of(plan, "datum_equated")
        assert "2 个文件" in note.detail["reason_zh"]
        assert notes_of(plan_of(unit([square(123.1, 41)])), "datum_equated") == []

    @pytest.mark.parametrize(
        ("source", "target", "metres"),
        [
            ("EPSG:2365", "EPSG:4529", 100),  # PROJ knows no way
            ("EPSG:31466", "EPSG:25832", 3),  # its figure without the grid
            ("EPSG:25832", "EPSG:32632", None),  # a metre or less
            ("EPSG:4326", "EPSG:4529", None),
            ("EPSG:4528", "EPSG:4529", None),
        ],
    )
    def test_the_accuracy_of_a_datum_shift_is_projs_own(self, source, target, metres):
        bridge = build_bridge(CRS(source), CRS(target), [])
        assert bridge.uncertain_m == metres

    @pytest.mark.parametrize("crs", ["EPSG:4214", "EPSG:4610"])
    def test_old_datum_is_kept_and_said_to_be_uncertain(self, crs):
        plan = plan_of(unit([square(123.1, 41)], crs))
        (note,) = notes_of(plan, "datum_uncertain")
        assert note.detail["metres"] == 100
        assert len(plan.layers["unit"].frame) == 1

    def test_plan_of_tables_has_one_too(self):
        plan = plan_of(raw_layer("register", {"CJ": ["unit"], "BH": ["a"]}))
        assert plan.working_crs == "EPSG:4529"


class TestMissingCrs:
    def test_layer_is_left_out_with_its_candidates(self):
        shape = box(41_500_000, 4_600_000, 41_500_100, 4_600_100)
        plan = plan_of(unit([shape], None), unit([square(123, 41)], layer="district"))
        (note,) = notes_of(plan, "crs_missing")
        assert note.detail["candidates"] == ["EPSG:4529", "EPSG:2365", "EPSG:2417"]
        assert "unit" not in plan.layers
        assert [record.layer for record in plan.inputs] == ["unit", "district"]

    @pytest.mark.parametrize(
        ("shape", "candidates"),
        [
            (square(123, 41), [4490, 4326, 4610, 4214]),
            (square(14, 50), [4326]),
            # the neighbour tells the meridian, not the datum
            (
                box(500_000, 4_600_000, 500_100, 4_600_100),
                [4550, 2386, 2438, 4510, 2346, 21461, 32651],
            ),
            (box(21_500_000, 4_600_000, 21_500_100, 4_600_100), [4499, 2335, 21421]),
            (box(4_600_000, 41_500_000, 4_600_100, 41_500_100), [4529, 2365, 2417]),  # swapped
            (box(41, 123, 41.1, 123.1), [4490, 4326, 4610, 4214]),  # swapped
            (box(0, 0, 1000, 1000), []),  # a local grid
        ],
    )
    def test_candidates_fit_the_coordinates(self, shape, candidates):
        near = unit([square(122.9, 41.3, 0.5)], layer="district")
        (note,) = notes_of(plan_of(unit([shape], None), near), "crs_missing")
        assert note.detail["candidates"] == [f"EPSG:{code}" for code in candidates]
        assert note.detail["why_zh"]
        assert note.detail["why_en"]

    def test_one_of_two_files_without_crs_is_quarantined_whole(self):
        plan = plan_of(
            unit([square(123, 41)], path="a.shp"), unit([square(123, 41)], None, path="b.shp")
        )
        layer = plan.layers["unit"]
        assert (layer.read, len(layer.frame), len(layer.quarantine)) == (2, 1, 1)
        assert layer.quarantine["geometry"][0] is None

    def test_crs_that_the_configuration_declares_serves_a_file_without_one(self):
        raw = unit([square(123, 41)], None)
        raw = replace(raw, source=replace(raw.source, crs="EPSG:4490"))
        plan = plan_of(raw)
        assert len(plan.layers["unit"].frame) == 1


class TestContradictedCrs:
    @pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4550"])
    def test_metres_with_zone_prefix_are_found_out(self, crs):
        shape = box(41_500_000, 4_600_000, 41_500_100, 4_600_100)
        plan = plan_of(unit([shape], crs), unit([square(123, 41)], layer="district"))
        layer = plan.layers["unit"]
        assert (len(layer.frame), len(layer.quarantine)) == (0, 1)
        (note,) = notes_of(plan, "crs_contradicted")
        assert note.detail["candidates"][0] == "EPSG:4529"

    def test_coordinates_that_the_projection_wraps_are_found_out(self):
        # PROJ brings an easting of 41.5e6 in Web Mercator round the Earth to Italy
        shapes = [box(1.37e7, 5e6, 1.38e7, 5.1e6), box(41_500_000, 4.6e6, 41_500_100, 4_600_100)]
        layer = plan_of(unit(shapes, "EPSG:3857"), working_crs="EPSG:4529").layers["unit"]
        assert list(layer.frame["code"]) == ["c0"]
        assert list(layer.quarantine["code"]) == ["c1"]

    def test_one_stray_feature_is_set_aside_alone(self):
        shapes = [square(123 + i / 100, 41) for i in range(9)] + [square(123, 4e6)]
        plan = plan_of(unit(shapes))
        assert len(plan.layers["unit"].frame) == 9
        assert list(plan.layers["unit"].quarantine["code"]) == ["c9"]
        assert notes_of(plan, "crs_contradicted") == []


def bent(shapes, source="EPSG:4490", target="EPSG:4529"):
    shapes = np.array(shapes)
    bridge = build_bridge(CRS(source), CRS(target), [Extent(*shapely.total_bounds(shapes))])
    return move(shapes, bridge)


def deviation(one, other):
    """The largest distance between two lines, at their vertices and midway between."""
    points = shapely.points(shapely.get_coordinates(shapely.segmentize(one, 10.0)))
    return shapely.distance(points, other).max()


class TestDensify:
    @pytest.mark.parametrize("km", [0.5, 2, 10, 60])
    def test_an_extra_vertex_of_the_neighbour_makes_no_sliver(self, km):
        a, b = (123.2, 42.0), (123.2 + km * KM_LON, 42.0)
        m = (a[0] + 0.37 * (b[0] - a[0]), 42.0)
        plain, extra = bent([LineString([a, b]), LineString([b, m, a])]).shapes
        assert deviation(plain, extra) < 0.001
        assert deviation(extra, plain) < 0.001

    def test_without_it_there_would_be_one(self):
        a, b = (123.2, 42.0), (123.2 + 10 * KM_LON, 42.0)
        to = Transformer.from_crs("EPSG:4490", "EPSG:4529", always_xy=True)
        x, y = to.transform([a[0], b[0]], [42.0, 42.0])
        middle = to.transform((a[0] + b[0]) / 2, 42.0)
        assert Point(middle).distance(LineString(np.column_stack([x, y]))) > 1.5

    def test_edge_stays_within_tolerance_of_its_true_place(self):
        a, b = np.array([123.2, 42.0]), np.array([124.0, 42.3])
        (line,) = bent([LineString([a, b])]).shapes
        t = np.linspace(0, 1, 5001)[:, None]
        to = Transformer.from_crs("EPSG:4490", "EPSG:4529", always_xy=True)
        true = shapely.points(np.column_stack(to.transform(*(a + (b - a) * t).T)))
        assert shapely.distance(true, line).max() < TOLERANCE_M

    def test_shared_edge_gets_the_same_points_whichever_way_it_runs(self):
        ends = np.random.default_rng(7).uniform((122, 41), (124, 43), (200, 2, 2))
        forth, _ = densify(shapely.linestrings(ends), 0.0123)
        back, _ = densify(shapely.linestrings(ends[:, ::-1]), 0.0123)
        assert (shapely.get_coordinates(forth)).shape[0] > 10_000
        assert [line.wkb for line in shapely.reverse(back)] == [line.wkb for line in forth]

    def test_neighbours_along_a_long_edge_share_no_land(self):
        edge = [(123.2, 42.0), (123.37, 42.013)]
        upper, lower = Polygon([*edge, (123.3, 42.1)]), Polygon([*edge[::-1], (123.3, 41.9)])
        assert shapely.intersection(*bent([upper, lower]).shapes).area == 0

    def test_two_layers_of_one_crs_get_the_same_points(self):
        edge = [(123.2, 42.0), (123.37, 42.013)]
        plan = plan_of(
            unit([Polygon([*edge, (123.3, 42.1)])], layer="district"),
            unit([Polygon([*edge[::-1], (122.0, 41.0)]), square(122, 40)]),
        )
        district = shapely.get_coordinates(plan.layers["district"].frame.geometry)
        units = shapely.get_coordinates(plan.layers["unit"].frame.geometry)
        assert len(set(map(tuple, district)) & set(map(tuple, units))) > 50

    def test_no_vertex_is_lost_and_the_count_is_bounded(self):
        shape = box(122, 40, 124, 42)
        dense, _ = densify(np.array([shape]), 0.002)
        old, new = (set(map(tuple, shapely.get_coordinates(s))) for s in (shape, dense[0]))
        assert old <= new
        assert len(shapely.get_coordinates(dense[0])) == 4001
        many, longest = densify(np.array([shape] * 100), 1e-7)
        assert shapely.get_num_coordinates(many).sum() < 3_100_000
        assert longest > 1e-7

    def test_short_edges_and_straight_ways_add_nothing(self):
        near = bent([square(123.2, 42.0, 0.0001)])
        assert shapely.get_num_coordinates(near.shapes[0]) == 5
        assert near.densified_m is None
        shifted = bent([box(41_400_000, 4.6e6, 41_500_000, 4.7e6)], "EPSG:4529", "EPSG:4550")
        assert shapely.get_num_coordinates(shifted.shapes[0]) == 5

    def test_parts_holes_and_kinds_stay_what_they_were(self):
        holed = box(123, 41, 124, 42).difference(box(123.2, 41.2, 123.4, 41.4))
        shapes = np.array(
            [
                holed,
                shapely.MultiPolygon([box(123, 41, 123.5, 41.5), box(124, 41, 124.5, 41.5)]),
                LineString([(123, 41), (124, 42)]),
                shapely.MultiLineString([[(123, 41), (124, 42)], [(0, 0), (1, 1)]]),
                Point(123, 41),
                None,
                shapely.GeometryCollection([holed, Point(1, 1)]),
                shapely.LinearRing([(123, 41), (124, 42), (124, 41)]),
            ],
            dtype=object,
        )
        dense, _ = densify(shapes, 0.01)
        assert list(shapely.get_type_id(dense)) == list(shapely.get_type_id(shapes))
        assert shapely.area(dense)[:2] == pytest.approx(shapely.area(shapes)[:2], abs=1e-9)
        assert shapely.length(dense)[:4] == pytest.approx(shapely.length(shapes)[:4])
        assert shapely.get_num_interior_rings(dense[0]) == 1
        assert dense[4] == shapes[4]
        assert dense[5] is None

    @given(
        st.floats(118, 126),
        st.floats(38, 44),
        st.floats(0.001, 0.5),
        st.floats(0, 6.28),
        st.floats(0.01, 0.99),
    )
    def test_any_edge_keeps_a_vertex_that_lies_on_it(self, lon, lat, size, angle, share):
        a = np.array([lon, lat])
        b = a + size * np.array([np.cos(angle), np.sin(angle)])
        m = a + share * (b - a)
        plain, extra = bent([LineString([a, b]), LineString([b, m, a])]).shapes
        points = shapely.points(shapely.get_coordinates(extra))
        assert shapely.distance(points, plain).max() < 0.001

    def test_length_depends_on_the_place_only(self):
        to = Transformer.from_crs("EPSG:4490", "EPSG:4529", always_xy=True)
        length = longest_edge(Extent(122, 41, 123, 42), to, degrees=True)
        assert 100 < length * 111_320 < 300


def test_source_area_is_planar_in_a_projected_file_and_unknown_in_degrees():
    plan = plan_of(unit([box(500_000, 4.6e6, 500_100, 4_600_100)], "EPSG:4550"))
    assert list(plan.layers["unit"].frame["_source_area"]) == [10_000.0]
    plan = plan_of(unit([square(123, 41)]))
    assert plan.layers["unit"].frame["_source_area"].isna().all()


class TestDoubtfulCrs:
    def units_near(self, lon=123.0, lat=41.0):
        return unit([square(lon, lat, 0.2)])

    def zones(self, shape, crs):
        return unit([shape], crs, layer="heritage_zone", fields={"code": "code"})

    def test_the_neighbouring_zones_prefix_is_found_out(self):
        shape = box(40_500_000, 4_560_000, 40_500_100, 4_560_100)
        (note,) = notes_of(plan_of(unit([shape], "EPSG:4529")), "crs_contradicted")
        assert note.detail["candidates"] == ["EPSG:4528", "EPSG:2364", "EPSG:2416"]

    def test_a_city_kept_whole_in_one_zone_is_not(self):
        shape = box(41_330_000, 4_560_000, 41_330_100, 4_560_100)
        assert notes_of(plan_of(unit([shape], "EPSG:4529")), "crs_contradicted") == []

    def test_a_layer_far_from_the_chain_is_doubted_and_the_chain_is_not(self):
        shape = box(500_000, 4_550_000, 500_100, 4_550_100)
        plan = plan_of(self.units_near(), self.zones(shape, "EPSG:4549"))
        (note,) = notes_of(plan, "crs_contradicted")
        assert (note.layer, note.detail["candidates"][0]) == ("heritage_zone", "EPSG:4550")
        assert len(plan.layers["heritage_zone"].frame) == 1

    def test_a_layer_beside_the_chain_is_not(self):
        for lon, doubted in ((123.2 + 0.49, 0), (123.2 + 0.51, 1)):
            plan = plan_of(self.units_near(), self.zones(square(lon, 41), "EPSG:4490"))
            assert len(notes_of(plan, "crs_contradicted")) == doubted

    def test_of_two_tiers_apart_neither_is_doubted(self):
        plan = plan_of(self.units_near(), unit([square(120, 41)], layer="district"))
        assert notes_of(plan, "crs_contradicted") == []

    def test_a_site_grid_has_no_place(self):
        grid = CRS(
            'LOCAL_CS["site",LOCAL_DATUM["x",0],UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]'
        )
        plan = plan_of(unit([box(0, 0, 100, 100)], grid))
        assert [note.detail["candidates"] for note in notes_of(plan, "crs_missing")] == [[]]
        assert "unit" not in plan.layers
