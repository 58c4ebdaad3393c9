"""Where a layer lies: stated, proved, or not judged. Single strays are set aside alone."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer
from raw_plans import notes_of, plan_of, raw_layer
from shapely import Point, box
from towns import CITIES, SHENYANG, off, town

DRAWN = town(SHENYANG)
KINDS = ("4490", "4326", "4528", "4529", "4530", "4549", "4550", "4551", "4499", "2365", "2417",
         "3857", "32651")  # fmt: skip
DOUBTS = ("crs_missing", "crs_contradicted", "datum_uncertain", "shifted")


@cache
def _between(code, home="EPSG:4529"):
    return Transformer.from_crs(home, code, always_xy=True)


def in_crs(shapes, code, swapped=False, home="EPSG:4529"):
    """Return shapes as a file in some CRS holds them."""

    def move(points):
        there = np.column_stack(_between(code, home).transform(*points.T))
        return there[:, ::-1] if swapped else there

    return list(shapely.transform(np.array(shapes, dtype=object), move))


def source(layer, shapes, crs, **more):
    codes = [f"{layer}{i}" for i in range(len(shapes))]
    return raw_layer(layer, {"code": codes}, shapes, crs, **more)


def districts(code="EPSG:4490", **more):
    return source("district", in_crs(DRAWN["district"], code), code, **more)


def units(real, declared, swapped=False):
    return source("unit", in_crs(DRAWN["unit"], f"EPSG:{real}", swapped), declared)


def distance(plan, layer="unit", drawn=DRAWN):
    """Return how far the vertices of a layer lie from where they were drawn; None if not judged."""
    if layer not in plan.layers or not len(plan.layers[layer].frame):
        return None
    shapes = np.asarray(plan.layers[layer].frame.to_crs("EPSG:4529").geometry.array)
    true = shapely.points(np.unique(shapely.get_coordinates(drawn[layer]), axis=0))
    tree = shapely.STRtree(shapely.points(shapely.get_coordinates(shapes)))
    return float(tree.query_nearest(true, return_distance=True, all_matches=False)[1].max())


def kinds(plan):
    return {note.kind for note in plan.notes} & {*DOUBTS, "axes_exchanged", "crs_confirmed"}


@pytest.mark.parametrize("declared", KINDS)
@pytest.mark.parametrize("real", KINDS)
def test_whatever_is_declared_the_layer_is_in_its_place_or_said_not_to_be(declared, real):
    plan = plan_of(districts(), units(real, f"EPSG:{declared}"))
    far = distance(plan)
    if declared == real:
        assert far is not None
        assert far < 3  # PROJ knows no way from the old datums: 2.2 m for Xi'an 80
        if declared not in {"2365", "2417"}:
            assert far < 0.01
            assert kinds(plan) == set()
    if far is None or far > 1:
        assert kinds(plan) & set(DOUBTS)
    assert "unit" in plan.layers
    layer = plan.layers["unit"]
    aside = 0 if layer.quarantine is None else len(layer.quarantine)
    assert len(layer.frame) + aside == layer.read == 36


class TestProof:
    @pytest.mark.parametrize("real", [*KINDS, "4510"])
    @pytest.mark.parametrize("swapped", [False, True])
    def test_a_layer_without_crs_that_shares_vertices_is_put_where_it_is(self, real, swapped):
        plan = plan_of(districts(), units(real, None, swapped))
        assert distance(plan) < 0.01
        # made without a shift of the datum, as GIS programs do, and read back without one
        old = {"datum_uncertain"} if real in {"2365", "2417"} else set()
        turned = {"axes_exchanged"} if swapped else set()
        assert kinds(plan) == {"crs_confirmed"} | turned | old
        (note,) = notes_of(plan, "crs_confirmed")
        same = {"4326": "4490", "4510": "4550"}.get(real, real)
        assert note.detail["chosen"] == f"EPSG:{same}"
        assert "district.shp" in note.detail["why_zh"]
        record = next(record for record in plan.inputs if record.layer == "unit")
        assert (record.crs, record.crs_from) == (f"EPSG:{same}", "confirmed")
        assert record.crs_evidence.zh == note.detail["why_zh"]

    @pytest.mark.parametrize("code", ["2365", "2417"])
    def test_an_old_datum_is_proved_by_a_layer_of_that_datum(self, code):
        plan = plan_of(districts(f"EPSG:{code}"), units(code, None))
        (note,) = notes_of(plan, "crs_confirmed")
        assert note.detail["chosen"] == f"EPSG:{code}"
        assert len(notes_of(plan, "datum_uncertain")) == 2

    @pytest.mark.parametrize(("metres", "proved"), [(0.9, True), (1.1, False), (70, False)])
    def test_vertices_must_meet_within_a_metre(self, metres, proved):
        shapes = in_crs(off(DRAWN["unit"], metres * 0.6, metres * 0.8), "EPSG:4550")
        plan = plan_of(districts(), source("unit", shapes, None))
        assert kinds(plan) == {"crs_confirmed" if proved else "crs_missing"}

    @pytest.mark.parametrize(("shared", "proved"), [(7, False), (8, True)])
    def test_eight_vertices_must_meet(self, shared, proved):
        ring = shapely.get_coordinates(DRAWN["district"][0])[:-1]
        strange = np.add(ring[:25], (17.0, 23.0))
        shapes = in_crs([Point(*p) for p in [*ring[:shared], *strange]], "EPSG:4550")
        plan = plan_of(districts(), source("heritage_body", shapes, None))
        assert kinds(plan) == {"crs_confirmed" if proved else "crs_missing"}

    def test_boxes_that_meet_prove_nothing(self):
        shapes = in_crs(DRAWN["heritage_zone"], "EPSG:4550")
        plan = plan_of(districts(), source("heritage_zone", shapes, None))
        (note,) = notes_of(plan, "crs_missing")
        assert note.detail["candidates"][0] == "EPSG:4550"
        assert "heritage_zone" not in plan.layers

    def test_a_layer_whose_own_crs_the_user_stated_proves_nothing(self):
        raw = districts()
        raw = replace(raw, record=replace(raw.record, crs_from="declared"))
        assert kinds(plan_of(raw, units("4550", None))) == {"crs_missing"}

    def test_a_layer_in_doubt_proves_nothing(self):
        # both are in zone 41, the district says 40
        shapes = in_crs(DRAWN["district"], "EPSG:4529")
        plan = plan_of(source("district", shapes, "EPSG:4528"), units("4529", None))
        assert kinds(plan) == {"crs_contradicted", "crs_missing"}

    def test_a_layer_of_very_many_features_proves_as_well(self):
        middle = np.array(DRAWN["unit"][14].centroid.coords[0])
        at = middle + np.random.default_rng(1).uniform(-3000, 3000, (21_000, 2))
        houses = list(shapely.box(*at.T, *np.add(at, (9, 12)).T))
        plan = plan_of(
            source("building", in_crs(houses, "EPSG:4529"), "EPSG:4529"),
            source("heritage_body", in_crs(houses[::700], "EPSG:4490"), None),
        )
        assert distance(plan, "heritage_body", {"heritage_body": houses[::700]}) < 0.01

    def test_rows_in_another_order_give_the_same(self):
        one = plan_of(districts(), units("4550", None))
        shapes = in_crs(DRAWN["unit"][::-1], "EPSG:4550")
        two = plan_of(districts(), source("unit", shapes, None))
        assert notes_of(one, "crs_confirmed") == notes_of(two, "crs_confirmed")


class TestExchangedAxes:
    @pytest.mark.parametrize("code", ["4490", "4326", "4529", "4550", "4499", "3857", "32651"])
    def test_of_a_stated_crs_are_put_right_where_a_layer_proves_it(self, code):
        plan = plan_of(districts(), units(code, f"EPSG:{code}", swapped=True))
        (note,) = notes_of(plan, "axes_exchanged")
        assert note.detail["confirmed"]
        assert "x、y" in note.detail["why_zh"]
        assert distance(plan) < 0.01
        assert kinds(plan) == {"axes_exchanged"}
        record = next(record for record in plan.inputs if record.layer == "unit")
        assert (record.crs_from, record.crs_evidence.en) == ("file", note.detail["why_en"])

    @pytest.mark.parametrize("code", ["4490", "4326", "4529", "4550", "4499", "32651"])
    @pytest.mark.parametrize("others", [True, False])
    def test_are_told_and_the_layer_is_not_judged_where_nothing_proves_it(self, code, others):
        shapes = in_crs(DRAWN["heritage_zone"], f"EPSG:{code}", swapped=True)
        zones = source("heritage_zone", shapes, f"EPSG:{code}")
        plan = plan_of(*([districts()] if others else []), zones)
        (note,) = notes_of(plan, "axes_exchanged")
        assert not note.detail["confirmed"]
        layer = plan.layers["heritage_zone"]
        assert (len(layer.frame), len(layer.quarantine)) == (0, 18)
        assert "颠倒" in layer.quarantine["reason_zh"][0]
        assert layer.quarantine["geometry"].isna().all()

    def test_in_degrees_elsewhere_need_another_layer_to_be_seen(self):
        # 50 E 14 N is a place, too: in Yemen
        near = source("district", [box(14.2, 49.9, 14.8, 50.2)], "EPSG:4326")
        swapped = source("unit", [box(50.0, 14.4, 50.05, 14.5)], "EPSG:4326")
        assert kinds(plan_of(swapped)) == set()
        zones = source("heritage_zone", [box(50.0, 14.4, 50.05, 14.5)], "EPSG:4326")
        assert kinds(plan_of(near, zones)) == {"axes_exchanged"}

    def test_of_attributes_and_files_nothing_else_changes(self):
        plan = plan_of(districts(), units("4490", "EPSG:4490", swapped=True))
        frame = plan.layers["unit"].frame
        assert sorted(frame["code"]) == sorted(f"unit{i}" for i in range(36))
        assert sorted(frame["_record"]) == list(range(36))


class TestStatedCrs:
    @pytest.mark.parametrize(
        ("real", "declared", "fits"),
        [
            ("4529", "4528", "4529"),  # the neighbouring zone
            ("4529", "4550", "4529"),  # a zone's number too many
            ("4550", "4529", "4550"),  # and too few
            ("4490", "4529", "4490"),  # degrees called metres
            ("4490", "4550", "4490"),
            ("4490", "32651", "4490"),
            ("4490", "3857", "4490"),
            ("4529", "4490", "4529"),  # metres called degrees
            ("3857", "4490", "3857"),
            ("4499", "4529", "4499"),  # 6° for 3°
        ],
    )
    def test_what_cannot_be_is_not_judged_and_what_fits_is_listed(self, real, declared, fits):
        for around in ([districts()], []):
            shapes = in_crs(DRAWN["heritage_zone"], f"EPSG:{real}")
            plan = plan_of(*around, source("heritage_zone", shapes, f"EPSG:{declared}"))
            (note,) = notes_of(plan, "crs_contradicted")
            assert f"EPSG:{fits}" in note.detail["candidates"]
            assert f"EPSG:{declared}" not in note.detail["candidates"]
            layer = plan.layers["heritage_zone"]
            assert (len(layer.frame), len(layer.quarantine)) == (0, 18)
            assert "不符" in layer.quarantine["reason_zh"][0]

    @pytest.mark.parametrize("declared", ["4549", "4551"])
    def test_another_meridian_is_told_by_the_other_layers(self, declared):
        shapes = in_crs(DRAWN["heritage_zone"], "EPSG:4550")
        plan = plan_of(districts(), source("heritage_zone", shapes, f"EPSG:{declared}"))
        (note,) = notes_of(plan, "crs_contradicted")
        assert note.detail["candidates"][0] == "EPSG:4550"
        assert "相距甚远" in note.detail["why_zh"]
        assert "中央经线 123°" in note.detail["why_zh"]

    @pytest.mark.parametrize(("declared", "told"), [("4549", True), ("4550", False)])
    def test_in_a_plan_wider_than_a_zone_by_what_lies_in_its_area(self, declared, told):
        # extents meet all the same; six of ten monuments would stand in the sea
        province = source("province", [box(118.9, 39.0, 125.7, 43.4)], "EPSG:4490")
        at = [Point(119.2 + i * 0.65, 39.3 + i * 0.4) for i in range(10)]
        bodies = in_crs(at, "EPSG:4550", home="EPSG:4490")
        plan = plan_of(province, source("heritage_body", bodies, f"EPSG:{declared}"))
        assert bool(notes_of(plan, "crs_contradicted")) is told
        if told:
            (note,) = notes_of(plan, "crs_contradicted")
            assert note.detail["candidates"] == ["EPSG:4550"]
            assert "10 个" in note.detail["why_zh"]

    def test_another_datum_or_projection_by_shared_vertices(self):
        for real, declared in (("4550", "32651"), ("32651", "4550"), ("4529", "2417")):
            plan = plan_of(districts(), units(real, f"EPSG:{declared}"))
            (note,) = notes_of(plan, "crs_contradicted")
            assert note.detail["candidates"] == [f"EPSG:{real}"]
            assert "重合" in note.detail["why_zh"]
            assert not len(plan.layers["unit"].frame)

    def test_a_local_grid_is_named_as_such(self):
        grid = source("unit", [box(40_000, 60_000, 40_100, 60_100)], None)
        (note,) = notes_of(plan_of(districts(), grid), "crs_missing")
        assert "地方独立坐标系" in note.detail["why_zh"]
        grid = source("unit", [box(40_000, 60_000, 40_100, 60_100)], "EPSG:4529")
        (note,) = notes_of(plan_of(districts(), grid), "crs_contradicted")
        assert "地方独立坐标系" in note.detail["why_zh"]

    def test_a_local_projection_that_the_file_defines_is_a_place(self):
        local = CRS("+proj=tmerc +lat_0=41.7 +lon_0=123.4 +x_0=50000 +y_0=60000 +ellps=GRS80")
        shapes = in_crs(DRAWN["unit"], local.to_wkt())
        plan = plan_of(districts(), source("unit", shapes, local))
        assert distance(plan) < 0.01
        assert not kinds(plan) & {"crs_contradicted", "axes_exchanged"}


@pytest.mark.parametrize("city", CITIES)
def test_each_city_without_prj_has_the_truth_among_its_candidates(city):
    home = CITIES[city][2]
    for code in ("4490", "4528", "4529", "4549", "4550", "4499", "3857", "32651"):
        drawn = in_crs(town(CITIES[city])["unit"], f"EPSG:{code}", home=home)
        (note,) = notes_of(plan_of(source("unit", drawn, None)), "crs_missing")
        assert f"EPSG:{code}" in note.detail["candidates"]


class TestStrays:
    def zones(self, stray, code="EPSG:4490", home="EPSG:4490"):
        shapes = [*in_crs(DRAWN["heritage_zone"], code), stray]
        return source("heritage_zone", shapes, code)

    @pytest.mark.parametrize("code", ["EPSG:4490", "EPSG:4529", "EPSG:4550", "EPSG:3857"])
    @pytest.mark.parametrize("working", ["EPSG:4529", "EPSG:4550"])
    def test_a_feature_at_the_origin_is_set_aside_alone(self, code, working):
        plan = plan_of(districts(), self.zones(box(0, 0, 1, 1), code), working_crs=working)
        layer = plan.layers["heritage_zone"]
        assert (len(layer.frame), len(layer.quarantine)) == (18, 1)
        assert layer.quarantine["geometry"][0] is None
        assert "(0, 0)" in layer.quarantine["reason_zh"][0]
        assert kinds(plan) == set()

    @pytest.mark.parametrize("working", ["EPSG:4529", "EPSG:4550"])
    def test_a_shape_with_one_vertex_at_the_origin_is_set_aside(self, working):
        ring = shapely.get_coordinates(DRAWN["unit"][0])
        ring[2] = 0
        shapes = [*DRAWN["unit"][1:], shapely.Polygon(ring)]
        plan = plan_of(districts(), source("unit", shapes, "EPSG:4529"), working_crs=working)
        layer = plan.layers["unit"]
        assert (len(layer.frame), len(layer.quarantine)) == (35, 1)
        assert "(0, 0)" in layer.quarantine["reason_en"][0].replace("0, 0", "(0, 0)")

    @pytest.mark.parametrize(
        ("code", "stray", "hint"),
        [
            ("EPSG:4529", "EPSG:4528", "EPSG:4528"),  # the number of the neighbouring zone
            ("EPSG:4529", "EPSG:4490", "EPSG:4490"),
            ("EPSG:4490", "EPSG:4529", "EPSG:4529"),
            ("EPSG:4529", "EPSG:4550", "EPSG:4550"),
        ],
    )
    def test_a_feature_in_another_system_is_set_aside_and_the_system_named(self, code, stray, hint):
        (one,) = in_crs(DRAWN["heritage_zone"][:1], stray)
        layer = plan_of(districts(), self.zones(one, code)).layers["heritage_zone"]
        assert (len(layer.frame), len(layer.quarantine)) == (18, 1)
        assert f"若按 {hint} 则位于本图层范围内" in layer.quarantine["reason_zh"][0]

    def test_a_feature_with_exchanged_axes_is_set_aside_and_told(self):
        (one,) = in_crs(DRAWN["heritage_zone"][:1], "EPSG:4490", swapped=True)
        layer = plan_of(districts(), self.zones(one)).layers["heritage_zone"]
        assert (len(layer.frame), len(layer.quarantine)) == (18, 1)
        assert "颠倒" in layer.quarantine["reason_zh"][0]

    @pytest.mark.parametrize(("degrees", "aside"), [(1.9, 0), (2.2, 1)])
    def test_a_feature_far_from_all_else_is_set_aside(self, degrees, aside):
        x, y = 123.5 + degrees, 41.83
        plan = plan_of(districts(), self.zones(box(x, y, x + 0.001, y + 0.001)))
        layer = plan.layers["heritage_zone"]
        assert (0 if layer.quarantine is None else len(layer.quarantine)) == aside
        if aside:
            assert "相距甚远" in layer.quarantine["reason_zh"][0]

    def test_a_feature_that_another_layer_is_near_to_is_kept(self):
        far = box(120.4, 41.5, 120.401, 41.501)
        road = source("road", [shapely.LineString([(120.3, 41.4), (120.5, 41.6)])], "EPSG:4490")
        layer = plan_of(districts(), road, self.zones(far)).layers["heritage_zone"]
        assert layer.quarantine is None

    def test_features_spread_over_a_province_are_no_strays(self):
        at = [Point(119 + i * 0.33, 39.2 + (i * 7 % 20) * 0.2) for i in range(20)]
        layer = plan_of(districts(), source("heritage_body", at, "EPSG:4490"))
        assert layer.layers["heritage_body"].quarantine is None

    def test_many_strays_cost_no_hints(self):
        (one,) = in_crs(DRAWN["heritage_zone"][:1], "EPSG:4528")
        shapes = [*in_crs(DRAWN["heritage_zone"], "EPSG:4529") * 60, *[one] * 600]
        layer = plan_of(source("heritage_zone", shapes, "EPSG:4529")).layers["heritage_zone"]
        assert (len(layer.frame), len(layer.quarantine)) == (1080, 600)
        assert "若按" not in layer.quarantine["reason_zh"][0]
