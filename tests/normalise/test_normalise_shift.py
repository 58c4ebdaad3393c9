"""Layers shifted like GCJ-02 or BD-09: found in each city, and nothing else taken for one."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer
from towns import CITIES, SHENYANG, off, town

from gisplan.normalise.agreement import Drawn
from gisplan.normalise.gcj02 import SHIFTS
from gisplan.normalise.sample import few_rows, few_shapes
from gisplan.normalise.shift import shifted
from gisplan.normalise.shift_moves import Plane
from gisplan.normalise.shift_proof import prove_pairs, prove_shift
from gisplan.testing.plans import make_plan


def plan_of(layers, crs, **columns):
    frames = {
        name: gpd.GeoDataFrame(
            {"code": [f"{name}{i}" for i in range(len(shapes))]} | columns.get(name, {}),
            geometry=list(shapes),
            crs=crs,
        )
        for name, shapes in layers.items()
    }
    return make_plan(frames, crs=crs)


def moved(shapes, system, crs):
    """Return shapes as a web map gives them."""
    to = Transformer.from_crs(crs, "EPSG:4490", always_xy=True)

    def move(points):
        lon, lat = SHIFTS[system](*to.transform(*points.T))
        return np.column_stack(to.transform(lon, lat, direction="INVERSE"))

    return list(shapely.transform(np.array(shapes), move))


def found(layers, crs, **columns):
    plan = plan_of(layers, crs, **columns)
    return {
        (note.layer, note.detail["against"], note.detail["like"])
        for note in shifted(plan.layers, plan.working_crs)
    }


@pytest.mark.parametrize("city", CITIES)
class TestEachCity:
    @pytest.mark.parametrize("system", SHIFTS)
    @pytest.mark.parametrize(
        ("layer", "against"),
        [
            ("unit", "district"),
            ("district", "unit"),
            ("heritage_body", "heritage_zone"),
            ("heritage_zone", "heritage_body"),
            ("heritage_zone", "unit"),
            ("unit", "heritage_zone"),
        ],
    )
    def test_a_shifted_layer_is_found_and_the_right_one_named(self, city, system, layer, against):
        drawn, crs = town(CITIES[city]), CITIES[city][2]
        layers = {against: drawn[against], layer: moved(drawn[layer], system, crs)}
        assert found(layers, crs) == {(layer, against, system)}

    def test_layers_in_their_place_are_left_alone(self, city):
        assert found(town(CITIES[city]), CITIES[city][2]) == set()

    @pytest.mark.parametrize("system", SHIFTS)
    def test_a_plan_all_of_whose_layers_are_shifted_fits_together(self, city, system):
        # nothing shows it: no layer is in its place
        drawn, crs = town(CITIES[city]), CITIES[city][2]
        layers = {name: moved(shapes, system, crs) for name, shapes in drawn.items()}
        assert found(layers, crs) == set()

    def test_other_offsets_of_that_length_are_left_alone(self, city):
        drawn, crs = town(CITIES[city]), CITIES[city][2]
        shift = Plane(CRS(crs)).vector("GCJ-02", np.array(drawn["unit"][0].centroid.coords[0]))
        for degrees in range(0, 360, 40):
            x, y = 520 * np.cos(np.radians(degrees)), 520 * np.sin(np.radians(degrees))
            other = np.array([x, y])
            if min(np.hypot(*(shift - other)), np.hypot(*(shift + other))) < 80:
                continue
            layers = {**drawn, "unit": off(drawn["unit"], x, y)}
            assert found(layers, crs) == set(), degrees


class TestThresholds:
    @pytest.mark.parametrize(("metres", "is_found"), [(0, True), (58, True), (62, False)])
    def test_an_offset_within_60_m_of_the_vector_is_like_it(self, metres, is_found):
        drawn, crs = town(SHENYANG), SHENYANG[2]
        units = off(moved(drawn["unit"], "GCJ-02", crs), metres * 0.6, metres * -0.8)
        assert bool(found({"district": drawn["district"], "unit": units}, crs)) is is_found

    def test_what_is_left_of_the_offset_is_told(self):
        drawn, crs = town(SHENYANG), SHENYANG[2]
        units = off(moved(drawn["unit"], "GCJ-02", crs), 30, -40)
        plan = plan_of({"district": drawn["district"], "unit": units}, crs)
        (note,) = shifted(plan.layers, crs)
        assert note.detail["residual"] == pytest.approx(50, abs=0.5)
        assert (note.detail["east"], note.detail["north"]) == pytest.approx((505, 271), abs=8)

    @pytest.mark.parametrize(("shared", "is_found"), [(7, False), (8, True)])
    def test_eight_vertices_must_meet(self, shared, is_found):
        crs = SHENYANG[2]
        rng = np.random.default_rng(3)
        base = np.array([41_535_000.0, 4_630_000.0])
        both = base + rng.uniform(0, 5000, (shared, 2))
        one = Drawn(shapely.points(np.vstack([both, base + rng.uniform(0, 5000, (9, 2))])))
        two = moved(shapely.points(np.vstack([both, base + rng.uniform(0, 5000, (30, 2))])),
                    "GCJ-02", crs)  # fmt: skip
        proof = prove_shift(one, Drawn(np.array(two)), Plane(CRS(crs)))
        assert (proof is not None) is is_found

    @pytest.mark.parametrize(("still", "is_found"), [(5, True), (6, False)])
    def test_three_times_as_many_must_meet_without_the_shift_as_with_it(self, still, is_found):
        crs = SHENYANG[2]
        rng = np.random.default_rng(4)
        base = np.array([41_535_000.0, 4_630_000.0])
        points = base + rng.uniform(0, 5000, (17, 2))
        other = moved(shapely.points(points), "GCJ-02", crs)
        two = np.array([*other, *shapely.points(points[:still]), *shapely.points(points - 9000)])
        proof = prove_shift(Drawn(shapely.points(points)), Drawn(two), Plane(CRS(crs)))
        assert (proof is not None) is is_found

    @pytest.mark.parametrize(("count", "is_found"), [(2, False), (3, True)])
    def test_three_monuments_must_come_to_their_zones(self, count, is_found):
        crs = SHENYANG[2]
        plane = Plane(CRS(crs))
        zones = np.array([41_535_000.0, 4_630_000.0]) + np.arange(count)[:, None] * [900.0, 400.0]
        bodies = shapely.get_coordinates(moved(shapely.points(zones), "BD-09", crs))
        proof = prove_pairs(bodies, zones, plane)
        assert (proof is not None) is is_found
        assert proof is None or (proof.hypothesis.system, proof.fit) == ("BD-09", 3)
        assert prove_pairs(zones, zones, plane) is None

    def test_the_side_that_is_shifted_is_told_by_codes_as_well(self):
        crs = SHENYANG[2]
        zones = np.array([41_535_000.0, 4_630_000.0]) + np.arange(9)[:, None] * [900.0, 400.0]
        moved_zones = shapely.get_coordinates(moved(shapely.points(zones), "GCJ-02", crs))
        proof = prove_pairs(zones, moved_zones, Plane(CRS(crs)))
        assert proof is not None
        assert proof.hypothesis.of_target


class TestWhatElseFollows:
    def test_a_layer_that_goes_with_a_shifted_one_is_shifted_as_well(self):
        drawn, crs = town(SHENYANG), SHENYANG[2]
        units = moved(drawn["unit"], "GCJ-02", crs)
        layers = {"district": drawn["district"], "unit": units, "parcel": units[:6]}
        assert found(layers, crs) == {
            ("unit", "district", "GCJ-02"), ("parcel", "district", "GCJ-02")
        }  # fmt: skip

    def test_zones_as_large_as_their_towns_are_told_by_the_codes(self):
        drawn, crs = town(SHENYANG), SHENYANG[2]
        zones = [body.buffer(2500) for body in drawn["heritage_body"]]
        layers = {
            "heritage_zone": zones,
            "heritage_body": moved(drawn["heritage_body"], "GCJ-02", crs),
        }
        assert found(layers, crs) == set()
        codes = {"body": [f"heritage_body{i}" for i in range(len(zones))]}
        assert found(layers, crs, heritage_zone=codes) == {
            ("heritage_body", "heritage_zone", "GCJ-02")
        }

    def test_of_two_files_of_a_layer_only_the_shifted_one_is_named(self):
        drawn, crs = town(SHENYANG), SHENYANG[2]
        units = [*moved(drawn["unit"][:18], "GCJ-02", crs), *drawn["unit"][18:]]
        plan = plan_of({"district": drawn["district"], "unit": units}, crs)
        frame = plan.layers["unit"].frame.assign(_path=["a.shp"] * 18 + ["b.shp"] * 18)
        layers = {
            **plan.layers,
            "unit": replace(plan.layers["unit"], frame=frame, paths=("a.shp", "b.shp")),
        }
        assert [note.path for note in shifted(layers, crs)] == ["a.shp"]

    def test_outside_china_nothing_is_looked_for(self):
        drawn = {
            name: off(shapes, -41_000_000, 0) for name, shapes in town(SHENYANG).items()
        }  # the same figures in Germany
        layers = {**drawn, "unit": off(drawn["unit"], 509, 270)}
        assert found(layers, "EPSG:25832") == set()

    def test_the_order_of_the_rows_changes_nothing(self):
        drawn, crs = town(SHENYANG), SHENYANG[2]
        drawn["unit"] = moved(drawn["unit"], "GCJ-02", crs)
        notes = [
            shifted(plan_of({n: s[::step] for n, s in drawn.items()}, crs).layers, crs)
            for step in (1, -1)
        ]
        assert notes[0] == notes[1] != []

    def test_a_layer_of_very_many_features_is_looked_at_in_windows(self):
        drawn, crs = town(SHENYANG), SHENYANG[2]
        x, y = shapely.get_coordinates(drawn["unit"][0])[0]
        rng = np.random.default_rng(8)
        corners = rng.uniform((x, y), (x + 9800, y + 8700), (30_000, 2))
        buildings = list(shapely.box(*corners.T, *(corners + rng.uniform(8, 20, (30_000, 2))).T))
        listed = [house.buffer(0) for house in buildings[:400]]
        layers = {
            "building": buildings,
            "heritage_body": moved(listed, "GCJ-02", crs),
            "unit": drawn["unit"],
        }
        assert found(layers, crs) == {("heritage_body", "building", "GCJ-02")}


class TestSample:
    def test_of_few_all_are_taken(self):
        assert few_rows(np.arange(10.0).reshape(5, 2), 5).tolist() == [0, 1, 2, 3, 4]

    def test_the_same_rows_are_taken_in_any_order(self):
        table = np.random.default_rng(1).uniform(0, 1e6, (5000, 2))
        order = np.random.default_rng(2).permutation(5000)
        one = {tuple(row) for row in table[few_rows(table, 300)]}
        two = {tuple(row) for row in table[order][few_rows(table[order], 300)]}
        assert one == two
        assert len(one) == 300

    def test_a_sample_is_spread_over_the_whole(self):
        table = np.arange(10_000.0)[:, None]
        taken = few_rows(table, 1000)
        assert np.histogram(taken, bins=10, range=(0, 10_000))[0].min() > 70

    def test_the_start_of_a_ring_changes_nothing(self):
        shapes = shapely.box(*np.random.default_rng(1).uniform(0, 9, (4, 500)))
        turned = shapely.reverse(shapes)
        assert few_shapes(shapes, 40).tolist() == few_shapes(turned, 40).tolist()
