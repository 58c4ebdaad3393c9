"""Views over rasters that are not as they should be: findings and undetermined, never a pass."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, box

from gisplan.pipeline import open_plan, review
from gisplan.testing.rasters import heights, written

X, Y = 41_500_000.0, 4_630_000.0
UNDER, BESIDE = "210102-GX001", "210102-GX002"
GROUND = {"plane": [40, 0, 0]}
BUILT = {
    **GROUND,
    "walls": [{"box": [40 * n, 120, 40 * n + 20, 140], "height": 24} for n in range(6)],
}
PLAN = """
[plan]
working_crs = "EPSG:4529"
[layers.district]
path = "district.gpkg"
[layers.unit]
path = "unit.gpkg"
[layers.heritage_zone]
path = "zone.gpkg"
[layers.heritage_body]
path = "body.gpkg"
[layers.building]
path = "building.gpkg"
[layers.view]
path = "视廊.gpkg"
"""


def at(west, south, east, north):
    return box(X + west, Y + south, X + east, Y + north)


def save(folder, name, shapes, **columns):
    frame = gpd.GeoDataFrame({**columns, "geometry": shapes}, crs="EPSG:4529")
    frame.to_file(folder / f"{name}.gpkg")


def raster(folder, layer, described, more="", east=500, **options):
    """Write a raster of 10 m cells that reaches from -500 m to `east`, and declare it."""
    wide = (east + 500) // 10
    x, y = np.meshgrid(-495 + 10.0 * np.arange(wide), 495 - 10.0 * np.arange(100))
    transform = (10.0, 0, X - 500, 0, -10.0, Y + 500)
    content = written(heights(described, x, y), transform, "EPSG:4529", **options)
    (folder / f"{layer}.tif").write_bytes(content)
    toml = folder / "gisplan.toml"
    toml.write_text(
        toml.read_text("utf-8") + f'[layers.{layer}]\npath = "{layer}.tif"\n{more}\n', "utf-8"
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "gisplan.toml").write_text(PLAN, encoding="utf-8")
    save(tmp_path, "district", [at(-500, -500, 500, 500)], code=["210102"])
    save(tmp_path, "unit", [at(100, -50, 200, 50), at(-400, -400, -300, -300)],
         DYBH=[UNDER, BESIDE], GXFS=["M5", "M5"], GHGD=[5.0, 5.0])  # fmt: skip
    save(tmp_path, "zone", [at(-460, 400, -440, 420)], QHBH=["Z"], QHLX=["Z8"], BHBH=["T"])
    save(tmp_path, "body", [at(-455, 405, -445, 415)], BHBH=["T"], LB=["FM"], MC=["门"])
    save(tmp_path, "building", [at(40 * n, 120, 40 * n + 20, 140) for n in range(6)],
         JZBH=[f"J{n}" for n in range(6)], GD=[24.0] * 6, CZFS=["keep"] * 6)  # fmt: skip
    save(tmp_path, "视廊", [LineString([(X, Y), (X + 400, Y)])],
         视廊编号=["V-1"], 对景高度=[20.0])  # fmt: skip
    return tmp_path


def verdicts(result):
    return result.verdicts.set_index("unit")["verdict"].to_dict()


def kinds(result):
    found = result.findings[result.findings["code"] == "SRC112"]
    return set(zip(found["layer"], found["kind"], strict=True))


def outcome(result):
    return next(run.outcome.value for run in result.dossier.rules if run.code == "HER114")


def test_on_sound_rasters_a_low_unit_under_a_view_is_clear(folder):
    raster(folder, "terrain", GROUND, unit="m")
    raster(folder, "surface", BUILT, unit="m")
    result = review(open_plan(folder))
    assert outcome(result) == "passed"
    assert verdicts(result) == {UNDER: "clear", BESIDE: "clear"}


def test_without_views_the_rule_is_skipped_and_rasters_change_nothing(folder):
    text = (folder / "gisplan.toml").read_text("utf-8")
    (folder / "gisplan.toml").write_text(text.partition("[layers.view]")[0], encoding="utf-8")
    result = review(open_plan(folder))
    assert outcome(result) == "skipped"
    assert verdicts(result) == {UNDER: "clear", BESIDE: "clear"}


def test_without_a_terrain_model_the_unit_under_a_view_is_undetermined(folder):
    result = review(open_plan(folder))
    assert verdicts(result) == {UNDER: "undetermined", BESIDE: "clear"}
    why = result.verdicts.set_index("unit")["why_zh"][UNDER]
    assert why == ["HER114“规划高度遮挡景观视廊”无法判定：景观视廊 V-1：缺少地形模型（terrain）"]


def test_half_a_raster_is_a_finding_and_the_unit_beyond_it_undetermined(folder):
    raster(folder, "terrain", GROUND, unit="m", east=150)
    result = review(open_plan(folder))
    assert kinds(result) == {("terrain", "partial")}
    assert verdicts(result) == {UNDER: "undetermined", BESIDE: "clear"}


@pytest.mark.parametrize("metres_in", ["said", "unsaid"])
def test_feet_called_metres_or_nothing_are_a_finding_and_never_a_pass(folder, metres_in):
    unit = "m" if metres_in == "said" else None
    for layer, described in (("terrain", GROUND), ("surface", BUILT)):
        raster(folder, layer, {**described, "factor": 1 / 0.3048}, unit=unit)
    result = review(open_plan(folder))
    if metres_in == "said":
        assert kinds(result) == {("surface", "unit-contradicted"), ("terrain", "unit-contradicted")}
        assert verdicts(result)[UNDER] == "undetermined"
    else:  # the six buildings prove that both are in feet
        assert kinds(result) == set()
        assert verdicts(result)[UNDER] == "clear"


def test_heights_that_nobody_gives_a_unit_and_nothing_proves_are_not_used(folder):
    raster(folder, "terrain", GROUND)
    result = review(open_plan(folder))
    assert kinds(result) == {("terrain", "unit-unknown")}
    assert verdicts(result) == {UNDER: "undetermined", BESIDE: "clear"}


def test_feet_that_are_declared_judge_as_metres_do(folder):
    raster(folder, "terrain", {**GROUND, "factor": 1 / 0.3048}, 'unit = "ft"')
    assert verdicts(review(open_plan(folder)))[UNDER] == "clear"


def test_a_cell_without_data_under_the_unit_leaves_it_undetermined(folder):
    raster(folder, "terrain", {**GROUND, "holes": [[140, -10, 160, 10]]}, unit="m")
    assert verdicts(review(open_plan(folder)))[UNDER] == "undetermined"


def test_a_view_that_was_set_aside_leaves_whoever_is_near_undetermined(folder):
    raster(folder, "terrain", GROUND, unit="m")
    save(folder, "视廊", [LineString([(X, Y), (X + 400, Y)]), shapely.from_wkt("POLYGON EMPTY")],
         视廊编号=["V-1", "V-2"], 对景高度=[20.0, 20.0])  # fmt: skip
    result = review(open_plan(folder))
    assert verdicts(result) == {UNDER: "undetermined", BESIDE: "undetermined"}


def test_a_view_is_known_by_its_name_and_fields_without_a_plan_file(folder):
    (folder / "gisplan.toml").unlink()
    plan = open_plan(folder)
    assert plan.layers["view"].frame["target_height"].tolist() == [20.0]


def test_the_result_is_the_same_with_more_threads_and_again(folder):
    raster(
        folder,
        "terrain",
        {**GROUND, "cones": [{"at": [150, 0], "height": 6, "slope": 0.1}]},
        unit="m",
    )
    plan = open_plan(folder)
    one, four = review(plan), review(plan, jobs=4)
    drop = ["geometry"]
    assert one.findings.drop(columns=drop).equals(four.findings.drop(columns=drop))
    assert one.dossier.profiles == four.dossier.profiles
    assert len(one.dossier.profiles) == 1
