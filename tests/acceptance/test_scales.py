"""A plan that states its scale: what it widens, what it never does, and where that is said."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from shapely.geometry import box

from gisplan.cli.app import run_app
from gisplan.errors import PlanError
from gisplan.pipeline import Result, open_plan, review
from gisplan.read.write_plan_file import plan_file_text

EAST, NORTH = 41_500_000.0, 4_630_000.0
CITY = {"210100": box(0, 0, 2000, 1000)}
# the second district is 1.5 m beyond the city, the second unit 1.5 m beyond its district
DISTRICT = {"210102": box(0, 0, 1000, 1000), "210103": box(1000, 0, 2001.5, 1000)}
UNIT = {"210102-GX001": box(100, 100, 200, 200), "210102-GX002": box(900, 300, 1001.5, 400)}
ZONE = {"Z1": box(600, 600, 700, 700), "Z2": box(100, 199.3, 200, 220)}
BODY = {"B1": box(650, 650, 660, 660)}


def layer(path: Path, shapes: dict[str, object], **columns: object) -> None:
    frame = gpd.GeoDataFrame({"code": list(shapes), **columns}, geometry=list(shapes.values()))
    frame["geometry"] = frame.translate(EAST, NORTH)
    frame.set_crs("EPSG:4529").to_file(path)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scales")
    layer(folder / "city.gpkg", CITY)
    layer(folder / "district.gpkg", DISTRICT, parent="210100")
    layer(folder / "unit.gpkg", UNIT, parent="210102", mode="M6")
    layer(folder / "heritage_zone.gpkg", ZONE, zone="Z2", level="L1")
    layer(folder / "heritage_body.gpkg", BODY, level="L1")
    return folder


def plan_file(folder: Path, plan: str = "", district: str = "", rules: str = "") -> Path:
    lines = [
        '[plan]\nname = "比例尺"',
        plan,
        '[chain]\ntiers = ["city", "district", "unit"]',
        '[layers.city]\npath = "city.gpkg"',
        '[layers.district]\npath = "district.gpkg"',
        district,
        '[layers.unit]\npath = "unit.gpkg"',
        '[layers.heritage_zone]\npath = "heritage_zone.gpkg"',
        '[layers.heritage_body]\npath = "heritage_body.gpkg"',
        rules,
    ]
    file = folder / "gisplan.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def judge(folder: Path, **said: str) -> Result:
    return review(open_plan(plan_file(folder, **said)))


def found(result: Result, code: str) -> list[str]:
    rows = result.findings[result.findings["code"] == code]
    return sorted(rows["feature"])


def run(result: Result, code: str):
    return next(run for run in result.dossier.rules if run.code == code)


def verdicts(result: Result) -> dict[str, str]:
    return dict(zip(result.verdicts["unit"], result.verdicts["verdict"], strict=True))


def test_without_a_scale_half_a_metre_holds_and_nothing_is_said_of_scales(files: Path) -> None:
    result = judge(files)
    assert found(result, "BND101") == ["210102-GX002", "210103"]
    assert run(result, "BND101").params == {"min_area": 1.0, "min_width": 0.5}
    assert verdicts(result)["210102-GX002"] == "blocked"
    assert not any("比例尺" in notice.zh for notice in result.dossier.notices)


def test_a_scale_makes_noise_of_the_strip_sums_it_and_says_so(files: Path) -> None:
    before, result = judge(files), judge(files, plan='scale = "1:1万"')
    assert found(result, "BND101") == []
    outside = run(result, "BND101")
    assert outside.params["tolerance_m"] == {"city": 2.0, "district": 2.0, "unit": 2.0}
    assert outside.filtered.area_m2 - run(before, "BND101").filtered.area_m2 == pytest.approx(
        1500 + 150, rel=1e-3
    )
    assert found(result, "BND103") == ["210102-GX002", "210103"]  # the strips are still told
    assert any("1:10000（2 米）" in n.zh and "未核实" in n.zh for n in result.dossier.notices)


def test_a_unit_that_was_blocked_is_never_clear_by_a_scale(files: Path) -> None:
    result = judge(files, plan="scale = 100000")
    assert verdicts(result)["210102-GX002"] == "undetermined"
    row = result.verdicts.set_index("unit").loc["210102-GX002"]
    assert any("比例尺公差 10 米以内" in why for why in row["why_zh"])


def test_heritage_knows_no_scale(files: Path) -> None:
    plain, coarse = judge(files), judge(files, plan="scale = 100000")
    rows = [r.findings[r.findings["code"].str.startswith("HER")] for r in (plain, coarse)]
    assert len(rows[0])  # a contact of 0.7 m
    assert list(rows[0]["fingerprint"]) == list(rows[1]["fingerprint"])
    assert verdicts(plain)["210102-GX001"] == verdicts(coarse)["210102-GX001"] != "clear"
    for code in (run.code for run in coarse.dossier.rules if run.code.startswith("HER")):
        assert "tolerance_m" not in run(coarse, code).params


def test_the_scale_of_a_layer_holds_for_its_pairs_alone(files: Path) -> None:
    result = judge(files, plan="scale = 2000", district="scale = 10000")
    assert run(result, "BND101").params["tolerance_m"] == {"district": 2.0}
    assert found(result, "BND101") == []


def test_what_is_usual_for_each_tier_holds_when_the_plan_says_so(files: Path) -> None:
    result = judge(files, plan='scale = "by-tier"')
    assert run(result, "BND101").params["tolerance_m"] == {"city": 2.0}
    assert found(result, "BND101") == ["210102-GX002"]  # districts and units: 1:2000


@pytest.mark.parametrize("by", ["rules", "settings"])
def test_a_parameter_set_by_hand_wins_over_the_scale(files: Path, by: str) -> None:
    rules = "[rules.BND101]\nmin_width = 0.5" if by == "rules" else ""
    plan = open_plan(plan_file(files, plan="scale = 100000", rules=rules))
    settings = {"BND101": {"min_width": 0.5}} if by == "settings" else {}
    result = review(plan, settings=settings)
    assert found(result, "BND101") == ["210102-GX002", "210103"]
    assert "tolerance_m" not in run(result, "BND101").params
    assert any("另行设定：BND101 min_width = 0.5" in n.zh for n in result.dossier.notices)


def test_results_on_disk_say_which_value_was_used(files: Path, tmp_path: Path) -> None:
    result = judge(files, plan='scale = "1:10000"')
    written = result.save(tmp_path / "out")
    document = json.loads(written["findings.json"].read_text(encoding="utf-8"))
    rule = next(rule for rule in document["rules"] if rule["code"] == "BND103")
    assert rule["params"]["tolerance_m"] == {"city": 2.0, "district": 2.0, "unit": 2.0}
    finding = next(row for row in document["findings"] if row["code"] == "BND103")
    assert finding["measures"]["tolerance_m"] == 2.0
    sheet = openpyxl.load_workbook(written["findings.xlsx"])["错误明细"]
    head, *rows = sheet.iter_rows(values_only=True)
    cells = [row[head.index("容差")] for row in rows if row[1] == "BND103"]
    assert "city 2.0、district 2.0、unit 2.0" in cells[0]
    page = written["report.html"].read_text(encoding="utf-8")
    assert "1:10000（2 米）" in page


@pytest.mark.parametrize(
    "said", ["1/10000", "1:abc", "1:1", "0.0001", "大", "1:10000.5", "2:10000", ""]
)
def test_a_garbled_scale_is_an_error_with_its_line(files: Path, said: str) -> None:
    file = plan_file(files, plan=f'scale = "{said}"')
    with pytest.raises(PlanError) as error:
        open_plan(file)
    assert "第 3 行" in error.value.text.zh
    assert '"1:10000"' in error.value.text.zh
    assert "line 3" in error.value.text.en


@pytest.mark.parametrize("said", ["true", "-1", "0", "12345.6", "99", "1e9", "[10000]", "nan"])
def test_a_number_that_is_no_scale_is_an_error_with_its_line(files: Path, said: str) -> None:
    file = plan_file(files, district=f"scale = {said}")
    with pytest.raises(PlanError, match=r"gisplan\.toml line"):
        open_plan(file)


def test_a_scale_of_a_layer_that_is_no_tier_is_an_error(files: Path) -> None:
    file = plan_file(files, rules="[layers.parcel]\npath = 'unit.gpkg'\nscale = 2000")
    with pytest.raises(PlanError) as error:
        open_plan(file)
    assert "层级" in error.value.text.zh


def test_a_plan_file_that_is_written_again_keeps_its_scales(files: Path) -> None:
    config = open_plan(plan_file(files, plan='scale = "by-tier"', district="scale = 5000")).config
    text = plan_file_text(config)
    assert 'scale = "by-tier"' in text
    assert "scale = 5000" in text


def test_the_commands_tell_of_scales(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["explain", "BND101", "--lang", "zh"], ["explain", "BND103", "--lang", "en"]):
        assert run_app(command) == 0
    told = capsys.readouterr().out
    assert "1:10000 起 2 米" in told
    assert "10 m from 1:100000 on" in told
    plan_file(files).unlink()
    assert run_app(["init", str(files), "--lang", "zh"]) == 0
    text = (files / "gisplan.toml").read_text(encoding="utf-8")
    assert '# scale = "1:10000"' in text
