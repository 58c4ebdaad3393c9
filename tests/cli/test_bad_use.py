"""A wrong call or an unusable plan: exit 2, one clear line, no traceback, nothing half-written."""

import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

ONE_LAYER = '[chain]\ntiers = ["region", "area"]\n[layers.region]\npath = "region.gpkg"\n'


@pytest.fixture
def plan(tmp_path):
    home = tmp_path / "plan"
    home.mkdir()
    frame = gpd.GeoDataFrame(
        {"code": ["N"], "geometry": [box(41_500_000, 4_630_000, 41_501_000, 4_631_000)]},
        crs="EPSG:4529",
    )
    frame.to_file(home / "region.gpkg")
    (home / "gisplan.toml").write_text(ONE_LAYER, encoding="utf-8")
    return home


def assert_one_line(done, *parts):
    assert done.returncode == 2
    assert "Traceback" not in done.stderr + done.stdout
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    for part in parts:
        assert part in lines[0]


def test_a_plan_that_is_not_there(gisplan, tmp_path):
    done = gisplan("review", tmp_path / "nowhere", "-o", tmp_path / "out", "--lang", "en")
    assert_one_line(done, "nowhere")
    assert not (tmp_path / "out").exists()


def test_an_empty_folder(gisplan, tmp_path):
    (tmp_path / "empty").mkdir()
    done = gisplan("review", tmp_path / "empty", "-o", tmp_path / "out", "--lang", "en")
    assert_one_line(done, "empty")
    assert not (tmp_path / "out").exists()


def test_a_missing_file_named_in_the_plan(gisplan, plan, tmp_path):
    (plan / "gisplan.toml").write_text(ONE_LAYER.replace("region.gpkg", "gone.shp"))
    done = gisplan("review", plan, "-o", tmp_path / "out", "--lang", "en")
    assert_one_line(done, "gone.shp", "gisplan.toml", "4")


def test_an_unknown_key_names_its_line_and_the_nearest_key(gisplan, plan, tmp_path):
    (plan / "gisplan.toml").write_text(ONE_LAYER + 'encodng = "GBK"\n')
    done = gisplan("check", plan, "--lang", "en")
    assert_one_line(done, "gisplan.toml", "5", "encodng", "encoding")


def test_an_unknown_rule_in_the_plan_names_its_line(gisplan, plan):
    (plan / "gisplan.toml").write_text(ONE_LAYER + "[rules.GEO999]\nmin_area = 1\n")
    assert_one_line(gisplan("check", plan, "--lang", "en"), "gisplan.toml", "5", "GEO999")


def test_a_parameter_of_the_wrong_type_names_its_line(gisplan, plan):
    (plan / "gisplan.toml").write_text(ONE_LAYER + '[rules.GEO103]\nmin_area = "big"\n')
    assert_one_line(gisplan("check", plan, "--lang", "en"), "6", "GEO103.min_area")


def test_messages_are_chinese_when_asked(gisplan, tmp_path):
    done = gisplan("check", tmp_path / "nowhere", "--lang", "zh")
    assert done.returncode == 2
    assert done.stderr.startswith("错误：")


def test_an_unknown_rule_on_the_command_line(gisplan, plan):
    assert_one_line(gisplan("check", plan, "--select", "GEO1O3", "--lang", "en"), "GEO1O3")


def test_an_engine_that_is_not_there(gisplan, plan):
    assert_one_line(gisplan("check", plan, "--engine", "spark", "--lang", "en"), "spark", "dask")


def test_an_output_that_is_a_file(gisplan, plan, tmp_path):
    (tmp_path / "out").write_text("mine")
    done = gisplan("review", plan, "-o", tmp_path / "out", "--lang", "en", "-q")
    assert done.returncode == 2
    assert "not a folder" in done.stderr
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["review", "p", "-o", "x", "--bogus"], "没有选项 --bogus", "No such option"),
        (["check"], "缺少 PLAN", "Missing"),
        (["review", "p"], "缺少 -o", "Missing"),
        (["check", "p", "--jobs", "x"], "--jobs 的值不对", "--jobs"),
        (["check", "p", "q"], "命令写法不对", "extra argument"),
        (["chek"], "命令写法不对", "No such command 'chek'"),
        (["check", "p", "--limit", "members=many"], "上限 members", "limit members"),
    ],
)
def test_a_wrong_call_is_one_line_in_both_languages(gisplan, words, zh, en):
    for lang, part in (("zh", zh), ("en", en)):
        done = gisplan(*words, GISPLAN_LANG=lang)
        assert_one_line(done, part)
        assert "GISPLAN_DEBUG" not in done.stderr


def test_explaining_an_unknown_rule_suggests_the_nearest(gisplan):
    assert_one_line(gisplan("explain", "HER1O1", "--lang", "en"), "HER1O1", "HER101")


def test_demo_does_not_overwrite_a_plan(gisplan, plan):
    before = {path.name: path.read_bytes() for path in plan.iterdir()}
    assert_one_line(gisplan("demo", plan, "--lang", "en"), "gisplan.toml", "not of the sample")
    assert {path.name: path.read_bytes() for path in plan.iterdir()} == before


def test_init_does_not_overwrite(gisplan, plan):
    before = (plan / "gisplan.toml").read_text()
    assert_one_line(gisplan("init", plan, "--lang", "en"), "gisplan.toml", "--force")
    assert (plan / "gisplan.toml").read_text() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_output_that_cannot_be_printed_is_said_in_one_line(sample_home: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gisplan", "check", str(sample_home), "--lang", "en"],
            stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("error: standard output cannot be written (No space left")
    assert len(done.stderr.splitlines()) == 1
