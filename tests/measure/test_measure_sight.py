"""Views and heights against surfaces that a formula describes: plane, cone, wall."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS, Transformer

from gisplan.measure import heights as module
from gisplan.measure.engine import measure_plan
from gisplan.measure.heights import sample
from gisplan.measure.rays import _far_edge
from gisplan.measure.scene import Scene
from gisplan.model import Raster
from gisplan.testing.drawing import BASE, draw
from gisplan.testing.rasters import heights, made_raster, written

TIERS = {"tiers": ["district", "unit"],
         "district": [{"code": "210102", "box": [-500, -500, 500, 500]}]}  # fmt: skip
UNIT = [{"code": "A", "mode": "M5", "height": 18.0, "box": [100, -50, 200, 50]}]
LINE = [{"code": "V-1", "target_height": 20.0, "line": [[0, 0], [400, 0]]}]
CONE = [{"code": "V-1", "target_height": 20.0, "poly": [[0, 0], [400, -40], [400, 40]]}]
PLANE = {"plane": [40, 0.01, 0.02]}


def sight(rasters=None, **drawing):
    """Return the one row of the table sight of a drawing, on other rasters where given."""
    plan = draw({**TIERS, "unit": UNIT, "view": LINE, "terrain": PLANE, **drawing})
    if rasters is not None:
        plan = replace(plan, rasters=rasters)
    table = measure_plan(plan, ["sight"], "unit")["sight"]
    assert len(table) == 1
    return table.iloc[0]


def raster(content, transform, crs, shape, layer="terrain", metres=1.0, path="dem.tif"):
    wkt = CRS(crs).to_wkt()
    return Raster(layer, path, content, wkt, transform, shape[1], shape[0], metres=metres)


def in_crs(crs, described=PLANE, cell=10.0, turn=0.0, size=120, **options):
    """Return a raster in any CRS, turned by some degrees, with the formula's heights in it."""
    to_there = Transformer.from_crs("EPSG:4529", crs, always_xy=True)
    middle = to_there.transform(BASE[0] + 100, BASE[1])
    a, b = cell * np.cos(np.radians(turn)), cell * np.sin(np.radians(turn))
    c = middle[0] - size / 2 * (a + b)
    f = middle[1] - size / 2 * (b - a)
    transform = (a, b, c, b, -a, f)
    j, i = np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5)
    x, y = to_there.transform(a * j + b * i + c, b * j - a * i + f, direction="INVERSE")
    z = heights(described, np.asarray(x) - BASE[0], np.asarray(y) - BASE[1])
    return raster(written(z, transform, crs, **options), transform, crs, z.shape)


# --- what is left under a sight -----------------------------------------------------------------


def test_over_a_plane_the_room_is_that_of_the_formula():
    row = sight()
    eye, end = 40 + 1.6, 40 + 4 + 20
    assert (row["eye_m"], row["end_m"]) == pytest.approx((eye, end), abs=1e-9)
    # along the view the sight climbs faster than the ground: least room where the unit begins
    assert row["at_m"] == pytest.approx(100)
    assert row["allowed_m"] == pytest.approx(eye + (end - eye) / 4 - 41, abs=1e-9)
    assert row["high_ground_m"] == pytest.approx(42, abs=1e-9)
    assert row[["from_m", "to_m"]].tolist() == pytest.approx([100, 200], abs=0.01)
    assert (row["why"], row["n_unknown"]) == ("", 0)


def test_over_a_cone_of_land_the_least_room_is_above_its_top():
    hill = {"plane": [40, 0, 0], "cones": [{"at": [155, 5], "height": 6, "slope": 0.1}]}
    row = sight(terrain=hill, unit=[{**UNIT[0], "box": [105, -55, 205, 55]}])
    # between the rows at 5 m and -5 m: the cone gives 6 m and 5 m at the column of its top
    expected = min(
        41.6 + 18.4 * x / 400 - 40 - (6 - 0.1 * abs(x - 155) + 6 - 0.1 * np.hypot(x - 155, 10)) / 2
        for x in range(105, 206, 10)
    )
    assert row["allowed_m"] == pytest.approx(expected, abs=1e-9)


def test_a_wall_of_land_is_met_at_its_cells():
    wall = {"plane": [40, 0, 0], "walls": [{"box": [150, -500, 160, 500], "height": 5}]}
    row = sight(terrain=wall)
    assert row["allowed_m"] == pytest.approx(41.6 + 18.4 * 155 / 400 - 45, abs=1e-9)
    assert row["at_m"] == pytest.approx(155)


def test_the_rays_of_a_cone_end_at_its_far_edge():
    row = sight(view=CONE, terrain={"plane": [40, 0, 0]})
    assert row["allowed_m"] == pytest.approx(41.6 + 18.4 / 4 - 40, abs=1e-4)
    slanted = [
        {"code": "S-1", "point": [0, 0]},
        {**CONE[0], "viewpoint": "S-1", "poly": [[0, 0], [300, -40], [400, 40]]},
    ]
    slanted = sight(view=slanted, terrain={"plane": [40, 0, 0]})
    # towards the nearer corner the sight climbs sooner, so there is least room at the other edge
    assert slanted["allowed_m"] == pytest.approx(6.2, abs=1e-4)
    assert slanted["length_m"] == pytest.approx(np.hypot(400, 40), abs=1e-2)


def test_a_ray_through_a_place_that_lies_off_the_edge_by_rounding_reaches_the_end_of_its_cone():
    cone = shapely.Polygon([(659.625, 716.647), (737.979, 697.655), (730.893, 678.953)])
    eye = np.array([[659.625, 716.647]] * 2)
    places = np.array([[667.461, 714.748], [666.752, 712.877]])
    ends = _far_edge(np.array([cone], dtype=object), np.array([0, 0]), eye, places)
    assert np.hypot(*(ends - eye).T) == pytest.approx([80.6, 80.6], abs=0.1)


def test_a_cone_is_the_same_from_whatever_vertex_and_in_whatever_direction_it_is_drawn():
    ring = CONE[0]["poly"]
    turned = [ring[1:] + ring[:1], ring[2:] + ring[:2], ring[::-1]]
    rows = [sight(view=[{**CONE[0], "poly": poly}]) for poly in (ring, *turned)]
    for row in rows[1:]:
        pd.testing.assert_series_equal(
            row.drop(["geometry", "profile"]), rows[0].drop(["geometry", "profile"])
        )


def test_the_order_of_the_rows_changes_nothing():
    units = [
        {**UNIT[0], "code": code, "box": [x, -50, x + 50, 50]}
        for code, x in {"A": 50, "B": 150, "C": 250}.items()
    ]
    views = [LINE[0], {**CONE[0], "code": "V-2"}]
    tables = []
    for order in (slice(None), slice(None, None, -1)):
        plan = draw({**TIERS, "unit": units[order], "view": views[order], "terrain": PLANE})
        table = measure_plan(plan, ["sight"], "unit")["sight"]
        table["unit"] = [plan.layers["unit"].frame["code"][fid] for fid in table["fid"]]
        table["view"] = [plan.layers["view"].frame["code"][fid] for fid in table["view_fid"]]
        numbers = [name for name in table if name.endswith("_m") and name != "at_m"]
        tables.append(table.sort_values(["unit", "view"], ignore_index=True)[["unit", *numbers]])
    pd.testing.assert_frame_equal(*tables, check_exact=True)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ([[0, 0], [200, 0.9], [400, 0]], ""),
        ([[0, 0], [200, 1.1], [400, 0]], "bent"),
        ([[-4800, 0], [0, 1.75], [4800, 0]], "ends"),  # straight enough; its ends have no ground
        ([[-4800, 0], [0, 9.8], [4800, 0]], "bent"),
        ([[0, 0], [400, 0], [400, 50], [0, 0]], "parts"),
    ],
)
def test_a_line_of_sight_may_bend_as_little_as_a_straight_line_in_degrees_does(line, why):
    assert sight(view=[{**LINE[0], "line": line}])["why"] == why


# --- rasters of every kind ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("crs", "cell", "turn"),
    [
        ("EPSG:4529", 10.0, 0.0),
        ("EPSG:4529", 10.0, 30.0),
        ("EPSG:4490", 1e-4, 0.0),
        ("EPSG:4326", 1e-4, 17.0),
        ("EPSG:32651", 8.0, 0.0),
        ("EPSG:3857", 14.0, 45.0),
    ],
)
def test_a_raster_in_any_crs_and_turned_gives_the_same_heights(crs, cell, turn):
    plain = sight()
    row = sight({"terrain": (in_crs(crs, cell=cell, turn=turn),)})
    assert row["why"] == ""
    for name in ("allowed_m", "eye_m", "end_m", "ground_m", "high_ground_m"):
        assert row[name] == pytest.approx(plain[name], abs=5e-3), name


@pytest.mark.parametrize("dtype", ["int16", "uint16", "float32"])
def test_scale_offset_and_type_of_the_cells_do_not_matter(dtype):
    z = np.full((100, 100), 40.0)
    transform = (10.0, 0, BASE[0] - 300, 0, -10.0, BASE[1] + 500)
    stored = {"dtype": dtype, "nodata": 9999, "scale": 0.1, "offset": 10.0}
    content = written(z * 10 - 100, transform, "EPSG:4529", **stored)
    row = sight({"terrain": (raster(content, transform, "EPSG:4529", z.shape),)})
    assert row["ground_m"] == pytest.approx(40, abs=1e-5)


def test_heights_in_feet_are_metres_in_the_table():
    feet = {**PLANE, "factor": 1 / 0.3048, "unit": "ft"}
    assert sight(terrain=feet)["allowed_m"] == pytest.approx(sight()["allowed_m"], abs=1e-9)


def test_several_rasters_of_a_layer_are_one(monkeypatch):
    halves = [{**PLANE, "box": [-500, -500, 150, 500]}, {**PLANE, "box": [100, -500, 500, 500]}]
    rasters = tuple(
        replace(made_raster("terrain", half, BASE, "EPSG:4529"), path=f"{n}.tif")
        for n, half in enumerate(halves)
    )
    row = sight({"terrain": rasters})
    assert row["n_unknown"] == 0
    assert row["allowed_m"] == pytest.approx(sight()["allowed_m"], abs=0.06)  # nearest at the rim


def test_a_raster_is_read_in_pieces_that_fit_together(monkeypatch):
    scene = Scene(draw({**TIERS, "terrain": PLANE}), "unit")
    x, y = BASE[0] + np.linspace(-480, 480, 97), BASE[1] + np.linspace(-480, 480, 97)
    whole = sample(scene, "terrain", x, y, between=True)
    monkeypatch.setattr(module, "TILE", 7)
    pieces = sample(scene, "terrain", x, y, between=True)
    np.testing.assert_array_equal(whole.height, pieces.height)
    np.testing.assert_allclose(whole.height, 40 + 0.01 * (x - BASE[0]) + 0.02 * (y - BASE[1]))


def test_only_the_pieces_that_are_asked_for_are_read(monkeypatch):
    scene = Scene(draw({**TIERS, "terrain": {**PLANE, "cell": 1}}), "unit")
    monkeypatch.setattr(module, "TILE", 100)
    windows = []
    real = module._window
    monkeypatch.setattr(module, "_window", lambda *a: windows.append(a[1:]) or real(*a))
    sample(scene, "terrain", np.array([BASE[0] + 1.0]), np.array([BASE[1] + 1.0]), between=True)
    assert windows == [((399, 501), (499, 601))]


def test_a_block_that_is_broken_has_no_heights():
    z = np.full((200, 200), 40.0)
    transform = (5.0, 0, BASE[0] - 500, 0, -5.0, BASE[1] + 500)
    content = bytearray(written(z, transform, "EPSG:4529", tiled=True, blockxsize=64, blockysize=64,
                                compress="deflate"))  # fmt: skip
    start = content.index(b"\x78", 1000)
    content[start : start + 40] = bytes(40)
    scene = Scene(draw(TIERS), "unit")
    broken = raster(bytes(content), transform, "EPSG:4529", z.shape)
    scene.plan.rasters["terrain"] = (broken,)
    x = BASE[0] + np.arange(-495.0, 500, 10)
    grid = np.meshgrid(x, BASE[1] + np.arange(-495.0, 500, 10))
    found = sample(scene, "terrain", grid[0].ravel(), grid[1].ravel(), between=False)
    assert found.covered.all()
    assert np.isnan(found.height).any()
    assert set(found.height[np.isfinite(found.height)]) <= {40.0}


@pytest.mark.parametrize("value", [-9999.0, -32768.0, 9.96921e36, np.inf])
def test_a_number_that_can_be_no_height_is_none(value):
    z = np.full((100, 100), 40.0)
    z[:, 45:50] = value
    transform = (10.0, 0, BASE[0] - 300, 0, -10.0, BASE[1] + 500)
    content = written(z, transform, "EPSG:4529", nodata=None)
    row = sight({"terrain": (raster(content, transform, "EPSG:4529", z.shape),)})
    assert (row["why"], row["n_unknown"] > 0) == ("nodata", True)
    assert row["high_ground_m"] == 40


def test_cells_without_data_are_none_however_likely_their_number(monkeypatch):
    z = np.full((100, 100), 40.0)
    z[:, 45:50] = 41.0
    transform = (10.0, 0, BASE[0] - 300, 0, -10.0, BASE[1] + 500)
    content = written(z, transform, "EPSG:4529", nodata=41.0)
    row = sight({"terrain": (raster(content, transform, "EPSG:4529", z.shape),)})
    assert (row["why"], row["high_ground_m"]) == ("nodata", 40)


# --- what is not known --------------------------------------------------------------------------


def test_a_hole_beside_the_view_changes_nothing_and_one_under_it_is_told():
    beside = sight(terrain={**PLANE, "holes": [[100, 20, 200, 50]]})
    assert beside["allowed_m"] == sight()["allowed_m"]
    under = sight(terrain={**PLANE, "holes": [[170, -50, 200, 50]]})
    assert under["why"] == "nodata"
    assert under["allowed_m"] == pytest.approx(sight()["allowed_m"])


def test_half_a_raster_tells_what_lies_outside():
    row = sight(terrain={**PLANE, "box": [-500, -500, 450, 0]}, view=CONE)
    assert row["why"] == "outside"
    assert 0 < row["n_unknown"] < row["n_samples"]


def test_without_a_sure_unit_nothing_is_said_of_heights():
    row = sight(terrain={**PLANE, "unit": None})
    assert row["why"] == "unit"
    assert np.isnan(row["allowed_m"])
    assert row["profile"] is None


# --- what stands there today --------------------------------------------------------------------


def test_a_wall_in_the_surface_blocks_the_view_by_what_rises_above_the_sight():
    surface = {"plane": [40, 0, 0], "walls": [{"box": [200, -500, 210, 500], "height": 16}]}
    row = sight(terrain={"plane": [40, 0, 0]}, surface=surface)
    assert row["existing_at_m"] == pytest.approx(200)
    assert row["existing_m"] == pytest.approx(56 - (41.6 + 18.4 / 2), abs=1e-9)


def test_what_is_seen_is_not_in_its_own_way():
    tower = {"plane": [40, 0, 0], "walls": [{"box": [350, -50, 450, 50], "height": 20}]}
    body = [{"code": "T-1", "asset_class": "WW", "box": [350, -50, 450, 50]}]
    flat = {"plane": [40, 0, 0]}
    assert sight(terrain=flat, surface=tower)["existing_m"] > 0
    view = [{**LINE[0], "body": "T-1"}]
    row = sight(terrain=flat, surface=tower, view=view, heritage_body=body)
    assert row["existing_m"] < 0


def test_without_a_surface_it_is_not_known_what_stands_there():
    assert np.isnan(sight()["existing_m"])


def test_the_profile_runs_from_the_eye_to_what_is_seen():
    surface = {**PLANE, "walls": [{"box": [200, -500, 210, 500], "height": 16}]}
    distance, ground, top, line = sight(surface=surface)["profile"].T
    assert distance[[0, -1]].tolist() == [0, 400]
    np.testing.assert_allclose(ground, 40 + 0.01 * distance)
    np.testing.assert_allclose(line, 41.6 + 22.4 * distance / 400)
    assert top[distance == 204] - ground[distance == 204] == pytest.approx(16, abs=0.2)


def test_shapes_without_an_inside_stand_under_views_too():
    plan = draw({
        "tiers": ["unit", "project"], "unit": UNIT, "view": LINE, "terrain": {"plane": [40, 0, 0]},
        "project": [{"code": "P", "point": [200, 0]}, {"code": "Q", "line": [[300, 0], [350, 0]]}],
    })  # fmt: skip
    table = measure_plan(plan, ["sight"], "unit")["sight"]
    projects = table[table["actor_layer"] == "project"]
    assert projects["allowed_m"].tolist() == pytest.approx([10.8, 15.4])
    assert shapely.get_dimensions(projects["geometry"].to_numpy()).tolist() == [0, 1]


def test_the_rim_of_a_cone_of_many_vertices_is_judged_like_its_inside():
    poly = shapely.segmentize(shapely.Polygon([(0, 0), (400, -43.21), (400, 43.21)]), 7.3)
    view = [{**CONE[0], "poly": shapely.get_coordinates(poly)[:-1].tolist()}]
    flat = {"plane": [40, 0, 0]}
    unit = [{**UNIT[0], "box": [150, 5, 250, 90]}]
    assert sight(view=view, terrain=flat, unit=unit)["allowed_m"] == pytest.approx(
        1.6 + 18.4 * 150 / 400, abs=1e-3
    )
