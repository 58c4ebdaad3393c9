"""`gisplan fix`: mends what is safe, tells each change, makes nothing worse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely import Polygon, box

from gisplan.errors import GisplanError, OutputError, PlanError
from gisplan.fix.run import fix
from gisplan.pipeline import open_plan, review

SAMPLE = Path(__file__).resolve().parents[2] / "layers" / "sample"
E, N = 41_500_000.0, 4_625_000.0
CRS = "EPSG:4529"


def moved(shape):
    return shapely.transform(shape, lambda xy: xy + np.array([E, N]))


def write(folder: Path, name: str, rows: dict, shapes: list, crs: str = CRS, **options) -> None:
    frame = gpd.GeoDataFrame(
        rows, geometry=[None if s is None else moved(s) for s in shapes], crs=CRS
    )
    frame.to_crs(crs).to_file(folder / name, **options)


def make(folder: Path, crs: str = CRS, units: list | None = None) -> Path:
    """Write a plan of a district and four units, whose outlines are off by centimetres."""
    folder.mkdir()
    units = units or [
        box(0, 0, 200, 200),
        Polygon([(200.05, 0), (400, 0), (400, 200), (200.03, 200), (200.04, 90)]),
        box(0, 199.96, 200, 400.03),
        box(200, 200, 399.94, 400),
    ]
    write(folder, "QX.shp", {"QXDM": ["210102"], "QXMC": ["和平区"]}, [box(0, 0, 400, 400)], crs)
    codes = [f"210102-GX{k:03d}" for k in range(1, len(units) + 1)]
    rows = {"DYBH": codes, "DYMC": [f"单元{k}" for k in range(len(units))]}
    write(folder, "GXDY.shp", rows, units, crs)
    (folder / "gisplan.toml").write_text(
        '[plan]\nname = "试"\n[layers.district]\npath = "QX.shp"\n'
        '[layers.unit]\npath = "GXDY.shp"\n',
        "utf-8",
    )
    return folder


def add(plan: Path, text: str) -> None:
    """Add to the plan file."""
    file = plan / "gisplan.toml"
    file.write_text(file.read_text("utf-8") + text, "utf-8")


def prints(plan: Path) -> set[str]:
    return set(review(open_plan(plan), resolutions=False).findings["fingerprint"])


def shapes_of(plan: Path, layer: str = "unit") -> np.ndarray:
    return np.asarray(open_plan(plan).layers[layer].frame.geometry.array, dtype=object)


def fault(shapes: np.ndarray, parent: Polygon) -> float:
    whole = shapely.union_all(shapes)
    shared = shapely.area(shapes).sum() - whole.area
    return shared + whole.symmetric_difference(parent).area


@pytest.mark.parametrize("crs", [CRS, "EPSG:4490", "EPSG:4528"])
def test_units_off_by_centimetres_are_brought_together(tmp_path: Path, crs: str) -> None:
    plan = make(tmp_path / "规划", crs)
    (parent,) = shapes_of(plan, "district")
    before = fault(shapes_of(plan), parent)
    done = fix(plan, tmp_path / "out", tolerance=0.1)
    after = fault(shapes_of(tmp_path / "out"), parent)
    assert before > 30
    assert after < 0.1
    assert {change.layer for change in done.changes} == {"unit"}
    assert max(change.shift_m for change in done.changes) <= 0.1 + 1e-6
    (total,) = done.totals
    assert total.after_m2 == pytest.approx(160_000, rel=1e-4)
    assert total.after_m2 - total.before_m2 == pytest.approx(
        sum(c.after_m2 - c.before_m2 for c in done.changes), abs=0.01
    )
    assert prints(tmp_path / "out") <= prints(plan)
    assert done.gone > 0


def test_a_second_run_changes_nothing_and_writes_the_same_bytes(tmp_path: Path) -> None:
    plan = make(tmp_path / "plan", "EPSG:4490")
    fix(plan, tmp_path / "one", tolerance=0.1)
    again = fix(tmp_path / "one", tmp_path / "two", tolerance=0.1)
    assert again.changes == ()
    for name in ("GXDY.gpkg", "QX.gpkg", "gisplan.toml"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    fix(plan, tmp_path / "three", tolerance=0.1)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "three" / file.name).read_bytes()


def test_what_is_wider_than_the_tolerance_stays_and_originals_are_untouched(tmp_path: Path) -> None:
    plan = make(tmp_path / "plan", units=[box(0, 0, 200, 400), box(200.5, 0, 400, 400)])
    held = {file.name: file.read_bytes() for file in plan.iterdir()}
    done = fix(plan, tmp_path / "out", tolerance=0.1)
    assert done.changes == ()
    assert {file.name: file.read_bytes() for file in plan.iterdir()} == held
    wider = fix(plan, tmp_path / "wide", tolerance=0.6)
    assert len(wider.changes) == 1


def test_a_crossed_outline_is_mended_where_it_has_one_meaning_and_left_where_it_has_two(
    tmp_path: Path,
) -> None:
    spike = Polygon([(0, 0), (200, 0), (200, 400), (199.9, 400.2), (200, 400), (0, 400)])
    ring = box(350, 350, 450, 450).exterior.coords  # a hole that reaches out of its shell
    torn = Polygon(box(200, 0, 400, 400).exterior.coords, [ring])
    plan = make(tmp_path / "plan", units=[spike, torn])
    done = fix(plan, tmp_path / "out", tolerance=0.1)
    stored = gpd.read_file(tmp_path / "out" / "GXDY.gpkg")
    assert stored.geometry.is_valid.tolist() == [True, False]
    assert [left.feature for left in done.left] == ["210102-GX002"]
    assert "两种读法" in done.left[0].why.zh


def test_heritage_is_never_touched(tmp_path: Path) -> None:
    plan = make(tmp_path / "plan")
    zone = Polygon([(10, 10), (10, 10), (50, 10), (50, 50), (10, 50)])
    write(plan, "BHQH.shp", {"QHBH": ["Z1"], "QHLX": ["历史文化街区核心保护范围"]}, [zone])
    text = (plan / "gisplan.toml").read_text("utf-8")
    (plan / "gisplan.toml").write_text(
        text + '[layers.heritage_zone]\npath = "BHQH.shp"\n', "utf-8"
    )
    done = fix(plan, tmp_path / "out", tolerance=0.1)
    assert "heritage_zone" not in {change.layer for change in done.changes}
    before, after = (gpd.read_file(p) for p in (plan / "BHQH.shp", tmp_path / "out/BHQH.gpkg"))
    assert before.geometry.iloc[0].equals_exact(after.geometry.iloc[0], 0)


def test_lost_zeros_and_gbk_are_mended_and_every_other_cell_is_as_it_was(tmp_path: Path) -> None:
    plan = make(tmp_path / "plan", units=[box(0, 0, 400, 400)])
    rows = {"DKBH": ["210102-GX001-01"], "YDYHFLDM": [701], "DKMC": ["甲地块"]}
    write(plan, "GXDK.shp", rows, [box(0, 0, 400, 400)], encoding="GBK")
    (plan / "GXDK.cpg").unlink()
    add(plan, '[layers.parcel]\npath = "GXDK.shp"\n')
    done = fix(plan, tmp_path / "out", tolerance=0.1)
    (change,) = [change for change in done.changes if change.column]
    assert (change.before, change.after) == ("701", "0701")
    stored = pyogrio.read_dataframe(tmp_path / "out" / "GXDK.gpkg")
    assert stored[["DKBH", "YDYHFLDM", "DKMC"]].iloc[0].tolist() == [
        "210102-GX001-01",
        "0701",
        "甲地块",
    ]


def test_the_sample_comes_out_whole_with_all_its_layers_and_its_exam(tmp_path: Path) -> None:
    done = fix(SAMPLE, tmp_path / "out", tolerance=0.1)
    before, after = open_plan(SAMPLE), open_plan(tmp_path / "out")
    assert set(after.layers) == set(before.layers)
    for name, layer in before.layers.items():
        assert after.layers[name].read == layer.read
        same = [c for c in layer.frame if c not in {"geometry", "_path", "_source_area"}]
        pd.testing.assert_frame_equal(
            pd.DataFrame(after.layers[name].frame[same]), pd.DataFrame(layer.frame[same])
        )
    assert prints(tmp_path / "out") < prints(SAMPLE)
    document = json.loads((tmp_path / "out" / "fixes.json").read_text("utf-8"))
    assert len(document["changes"]) == len(done.changes)
    assert set(document["files"]) == {p.name for p in (tmp_path / "out").iterdir()} - {"fixes.json"}


def test_settings_of_the_plan_file_go_with_it(tmp_path: Path) -> None:
    plan = make(tmp_path / "plan")
    stated = '[plan]\nversion = "送审稿"\nsubmitted_by = "规划院"\nreviewed_by = "局"\n'
    file = plan / "gisplan.toml"
    file.write_text(file.read_text("utf-8").replace("[plan]\n", stated), "utf-8")
    more = """
[rules.BND101]
min_area = 2.0
[exam]
detour = 1.5
targets = { H101 = 3.0 }
[[waivers]]
reason = "已批"
by = "张三"
code = "GEO104"
feature = "210102-GX001"
"""
    add(plan, more)
    fix(plan, tmp_path / "out", tolerance=0.1)
    old, new = open_plan(plan).config, open_plan(tmp_path / "out").config
    assert (new.rules, new.exam, new.waivers) == (old.rules, old.exam, old.waivers)
    assert (new.version, new.submitted_by, new.reviewed_by) == ("送审稿", "规划院", "局")


def test_comments_and_order_of_the_plan_file_stay(tmp_path: Path) -> None:
    plan = make(tmp_path / "plan")
    (plan / "gisplan.toml").write_text(
        "# 由规划院维护\n[rules.BND101]  # 见会议纪要\nmin_area = 2.0\n\n[layers.unit]\n"
        'path = "GXDY.shp"  # 第三稿\nencoding = "UTF-8"\n# 编号由区县给定\n'
        "fields = { code = 'DYBH', name = 'DYMC' }\n\n[layers.district]\n"
        'path = "QX.shp"\n\n[plan]\nname = "试"\n',
        "utf-8",
    )
    fix(plan, tmp_path / "out", tolerance=0.1)
    assert (tmp_path / "out" / "gisplan.toml").read_text("utf-8") == (
        "# 由规划院维护\n[rules.BND101]  # 见会议纪要\nmin_area = 2.0\n\n[layers.unit]\n"
        'path = "GXDY.gpkg|GXDY"  # 第三稿\n# 编号由区县给定\n'
        "fields = { code = 'DYBH', name = 'DYMC' }\n\n[layers.district]\n"
        'path = "QX.gpkg|QX"\n\n[plan]\nname = "试"\n'
    )


def test_a_limit_of_the_command_line_is_not_written_into_the_plan_file(tmp_path: Path) -> None:
    plan = make(tmp_path / "plan")
    stated = (
        '# 由规划院维护\n[layers.unit]\npath = "GXDY.shp"\n\n[layers.district]\npath = "QX.shp"\n'
    )
    (plan / "gisplan.toml").write_text(stated, "utf-8")
    fix(plan, tmp_path / "out", tolerance=0.1, limits={"table_mib": 600})
    written = (tmp_path / "out" / "gisplan.toml").read_text("utf-8")
    assert written.startswith("# 由规划院维护\n")
    assert "table_mib" not in written


def test_a_plan_file_that_cannot_be_edited_line_by_line_is_written_anew(tmp_path: Path) -> None:
    plan = make(tmp_path / "plan")
    (plan / "gisplan.toml").write_text(
        '# 一行写完\nlayers = { district = { path = "QX.shp" }, unit = { path = "GXDY.shp" } }\n',
        "utf-8",
    )
    fix(plan, tmp_path / "out", tolerance=0.1)
    config = open_plan(tmp_path / "out").config
    assert [(source.layer, source.path) for source in config.layers] == [
        ("district", "QX.gpkg|QX"),
        ("unit", "GXDY.gpkg|GXDY"),
    ]


# --- places that it refuses ------------------------------------------------------------------


@pytest.mark.parametrize("where", ["plan", "plan/out", "."])
def test_nothing_is_written_into_or_around_the_plan(tmp_path: Path, where: str) -> None:
    plan = make(tmp_path / "plan")
    with pytest.raises(OutputError):
        fix(plan, tmp_path / where, tolerance=0.1)


def test_a_folder_with_files_of_others_is_refused_and_one_of_ours_renewed(tmp_path: Path) -> None:
    plan = make(tmp_path / "plan")
    out = tmp_path / "out"
    fix(plan, out, tolerance=0.1)
    fix(plan, out, tolerance=0.1)
    (out / "我的.txt").write_text("x", "utf-8")
    with pytest.raises(OutputError):
        fix(plan, out, tolerance=0.1)
    assert (out / "我的.txt").exists()


@pytest.mark.parametrize("tolerance", [0, -1, 1.01, float("nan")])
def test_a_tolerance_out_of_bounds_is_refused(tmp_path: Path, tolerance: float) -> None:
    with pytest.raises(PlanError):
        fix(make(tmp_path / "plan"), tmp_path / "out", tolerance=tolerance)
    assert not (tmp_path / "out").exists()


def test_a_plan_that_cannot_be_read_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    with pytest.raises(GisplanError):
        fix(tmp_path / "plan", tmp_path / "out", tolerance=0.1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("seed", range(4))
def test_random_plans_come_out_with_no_new_finding(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = 5
    nodes = np.stack(np.meshgrid(*[np.linspace(0, 400, k + 1)] * 2), axis=-1)
    nodes[1:-1, 1:-1] += rng.uniform(-25, 25, (k - 1, k - 1, 2))
    corners = np.stack([nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]], axis=2)
    rings = corners.reshape(-1, 4, 2) + rng.uniform(-0.04, 0.04, (k * k, 4, 2))
    plan = make(tmp_path / "plan", units=[Polygon(ring) for ring in rings])
    done = fix(plan, tmp_path / "out", tolerance=0.1)
    assert done.changes
    assert prints(tmp_path / "out") <= prints(plan)
    parent = moved(box(0, 0, 400, 400))
    assert fault(shapes_of(tmp_path / "out"), parent) < fault(shapes_of(plan), parent) / 10
    again = fix(tmp_path / "out", tmp_path / "again", tolerance=0.1)
    assert again.changes == ()


@pytest.mark.real
def test_a_real_plan_comes_out_whole(tmp_path: Path, shared_data: Path) -> None:
    config = Path(__file__).resolve().parents[2] / "examples" / "plans" / "koeln.toml"
    plan = shutil.copytree(shared_data / "koeln", tmp_path / "koeln")
    done = fix(plan, tmp_path / "out", config=config, tolerance=0.1)
    before, after = open_plan(plan, config=config), open_plan(tmp_path / "out")
    assert {n: x.read for n, x in after.layers.items()} == {
        n: x.read for n, x in before.layers.items()
    }
    assert done.gone > 50
    assert "heritage_body" not in {change.layer for change in done.changes}
