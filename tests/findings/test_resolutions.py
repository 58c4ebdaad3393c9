"""What would resolve a conflict: the outline, the mode, the height, the buildings to keep."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from gisplan.findings.offers import Actor, height
from gisplan.model import Text, Waiver
from gisplan.pipeline import review
from gisplan.testing.plans import make_plan

CRS = "EPSG:4529"
EAST, NORTH = 41_533_000.0, 4_629_000.0
UNIT = "210102-GX001"


def square(x, y, width=100, height=100):
    return box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def layer(*rows):
    names = [name for name in rows[0] if name != "geometry"]
    shapes = [row["geometry"] for row in rows]
    return gpd.GeoDataFrame({n: [row.get(n) for row in rows] for n in names}, geometry=shapes)


def plan(mode="M6", zones=(), bodies=(), district=None, **cells):
    unit = {"code": UNIT, "mode": mode, **cells, "geometry": square(0, 0)}
    layers = {"unit": layer(unit)}
    if zones:
        layers["heritage_zone"] = layer(*zones)
    if bodies:
        layers["heritage_body"] = layer(*bodies)
    if district:
        layers = {"district": layer({**district, "geometry": square(-50, -50, 300, 300)}), **layers}
    return make_plan(layers)


def zone(kind, geometry, code="Q1", **more):
    return {"code": code, "zone": kind, "level": "city", **more, "geometry": geometry}


def found(the_plan, **options):
    rows = review(the_plan, select=["HER", "POL"], **options).dossier.resolutions
    return {row.kind: row for row in rows.itertuples(index=False, name="Row")}


EAST_STRIP = zone("Z6", square(80, -20, 60, 140))


def test_a_plan_without_a_blocking_conflict_is_offered_nothing():
    assert found(plan("M2", [EAST_STRIP])) == {}


def test_the_outline_leaves_the_zone_and_half_a_metre():
    row = found(plan("M6", [EAST_STRIP]))["boundary"]
    assert row.offered
    assert row.values["parts"] == 1
    assert row.values["left_m2"] == pytest.approx(7950, abs=8)
    assert row.values["lost_share"] == pytest.approx(0.205, abs=1e-3)
    shape = gpd.GeoSeries([row.geometry], crs="EPSG:4490").to_crs(CRS).iloc[0]
    assert shape.distance(EAST_STRIP["geometry"]) == pytest.approx(0.5, abs=1e-3)


def test_a_zone_across_the_middle_leaves_two_parts_and_says_so():
    row = found(plan("M6", [zone("Z6", square(40, -20, 20, 140))]))["boundary"]
    assert row.values["parts"] == 2
    assert "分为 2 块" in row.text_zh
    assert "in 2 parts" in row.text_en


def test_a_zone_in_the_middle_leaves_a_hole_and_says_so():
    row = found(plan("M6", [zone("Z6", square(40, 40, 20, 20))]))["boundary"]
    assert (row.values["parts"], row.values["holes"]) == (1, 1)
    assert "内部留出 1 处" in row.text_zh


def test_a_unit_wholly_in_the_zone_has_no_outline_to_offer():
    row = found(plan("M6", [zone("Z6", square(-20, -20, 140, 140))]))["boundary"]
    assert not row.offered
    assert row.geometry is None
    assert row.clears == []
    assert "没有可以保留的部分" in row.text_zh


@pytest.mark.parametrize(("left", "offered"), [(10.4, False), (10.6, True)])
def test_less_than_a_tenth_is_no_unit_of_its_own(left, offered):
    # half a metre goes to the margin
    row = found(plan("M6", [zone("Z6", square(left, -20, 200, 140))]))["boundary"]
    assert row.offered is offered


def test_a_point_is_kept_ten_metres_away_from():
    body = {"code": "W1", "asset_class": "LJ", "geometry": Point(EAST + 50, NORTH + 50)}
    row = found(plan("M5", [zone("Z8", square(500, 500))], [body]))["boundary"]
    shape = gpd.GeoSeries([row.geometry], crs="EPSG:4490").to_crs(CRS).iloc[0]
    assert shape.distance(body["geometry"]) == pytest.approx(10, abs=0.1)


# --- mode -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "to"), [("M6", "M3"), ("M5", "M4")])
def test_the_nearest_less_intense_mode_that_is_not_barred_is_offered(mode, to):
    row = found(plan(mode, [EAST_STRIP]))["mode"]
    assert row.values == {"from": mode, "to": to}
    assert row.offered


def test_the_mode_says_what_it_would_need():
    row = found(plan("M5", [EAST_STRIP]))["mode"]
    assert [due["kind"] for due in row.needs] == ["expert_review", "notice", "approval"]
    assert "公示不少于20日" in row.text_zh


def test_a_mode_must_clear_all_that_blocks():
    zones = [EAST_STRIP, zone("Z2", square(-20, -20, 40, 140), "Q2")]
    row = found(plan("M6", zones))["mode"]
    assert row.values["to"] == "M1"
    assert len(row.clears) == 2


def test_no_mode_is_offered_that_the_upper_plan_does_not_allow():
    district = {"code": "210102", "allowed_modes": ["M6", "M5"]}
    row = found(plan("M6", [EAST_STRIP], district=district, parent="210102"))["mode"]
    assert not row.offered
    assert "没有比“新建扩建”更轻的方式" in row.text_zh


# --- height -----------------------------------------------------------------------------------


def test_the_lowest_cap_is_offered_and_no_other_mode():
    zones = [
        zone("Z7", square(80, -20, 60, 140), "Q1", height_cap=12.0),
        zone("Z7", square(-20, -20, 60, 140), "Q2", height_cap=9.0),
    ]
    rows = found(plan("M3", zones, height=18.0))
    assert rows["height"].values == {"from": 18.0, "to": 9.0}
    assert len(rows["height"].clears) == 2
    assert "mode" not in rows
    assert rows["boundary"].offered


@pytest.mark.parametrize(("view", "to"), [(None, 12.0), (15.0, 12.0), (8.26, 8.2), (-1.0, 12.0)])
def test_a_lower_height_does_not_stop_short_of_a_view(view, to):
    contacts = pd.DataFrame([{"code": "HER105", "limit": 12.0, "fingerprint": "f"}])
    one = Actor("unit", 0, UNIT, Text("单元", "unit"), "M5", 18.0, contacts, (), True)
    assert height(one, view).values == {"from": 18.0, "to": to}


def test_a_waived_conflict_asks_for_no_resolution():
    made = plan("M6", [EAST_STRIP])
    waiver = Waiver(reason="已批准", by="规划局", code="HER101", feature=UNIT, related="Q1")
    made = replace(made, config=replace(made.config, waivers=(waiver,)))
    assert found(made) == {}


# --- parcels and projects ---------------------------------------------------------------------


def test_a_way_out_for_a_parcel_stands_on_the_page_of_its_unit():
    made = plan("M1", [zone("Z6", square(80, -20, 60, 140))])
    parcel = layer({"code": "D1", "parent": UNIT, "mode": "M5", "geometry": square(70, 10, 25, 25)})
    layers = {**made.layers, "parcel": make_plan({"parcel": parcel}).layers["parcel"]}
    rows = review(replace(made, layers=layers), select=["HER"]).dossier.resolutions
    assert {(row.kind, row.layer, row.feature) for row in rows.itertuples()} == {
        ("boundary", "parcel", "D1"),
        ("mode", "parcel", "D1"),
    }
    assert all(units == [UNIT] for units in rows["units"])
