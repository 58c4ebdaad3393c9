"""Heritage as offices keep it: one file a kind, named for what it holds. Nothing is lost unsaid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gisplan.pipeline import Result, open_plan, review

X, Y = 41_531_000, 4_629_000
NOTHING: dict[str, Any] = {}


def box(west: float, south: float, east: float, north: float) -> Any:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def point(east: float, north: float) -> Any:
    return shapely.Point(X + east, Y + north)


def write(folder: Path, name: str, *rows: tuple[dict[str, Any], Any]) -> None:
    """Write a shapefile of rows (columns, shape) under a Chinese name, in GBK."""
    frame = gpd.GeoDataFrame(
        [columns for columns, _ in rows], geometry=[shape for _, shape in rows], crs="EPSG:4529"
    )
    frame.to_file(folder / f"{name}.shp", encoding="GB18030")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Return a folder with two units: A at the origin, B 5 km to the east."""
    write(
        tmp_path,
        "更新单元",
        ({"编号": "210102-GX001", "名称": "甲", "更新方式": "整治提升"}, box(0, 0, 100, 100)),
        ({"编号": "210102-GX002", "名称": "乙", "更新方式": "整治提升"}, box(5000, 0, 5100, 100)),
    )
    return tmp_path


def sound(plan: Path) -> None:
    """Add a relic with its zones, 1 km north of unit A: nothing meets a unit."""
    body = {"编号": "W1", "名称": "东塔", "级别": "省级"}
    write(plan, "文物保护单位", (body, box(40, 2040, 60, 2060)))
    write(plan, "文物保护范围", ({"编号": "B1", "保护编号": "W1"}, box(0, 2000, 100, 2100)))
    write(plan, "文物建设控制地带", ({"编号": "K1", "保护编号": "W1"}, box(100, 2000, 200, 2100)))


def kinds(result: Result, layer: str, column: str) -> dict[str, Any]:
    """Return what a field of a layer is, by file."""
    frame = result.dossier.plan.layers[layer].frame
    rows = zip(frame["_path"], frame[column], strict=True)
    return {path.removesuffix(".shp"): value for path, value in rows}


def verdicts(result: Result) -> list[str]:
    return [str(verdict) for verdict in result.verdicts["verdict"]]


def codes(result: Result) -> set[str]:
    return set(result.findings["code"])


def whys(result: Result, unit: int = 0) -> str:
    return "；".join(result.verdicts["why_zh"].iloc[unit])


def test_a_sound_register_leaves_units_clear(plan: Path) -> None:
    sound(plan)
    result = review(open_plan(plan))
    assert verdicts(result) == ["clear", "clear"], whys(result)
    assert not codes(result) & {"HER110", "HER112", "SCH102", "SCH107"}


BODIES = {
    "文物保护单位": "WW", "国保单位": "WW", "不可移动文物": "WW", "未定级不可移动文物": "WD",
    "文物点": "WD", "历史建筑": "LJ", "历史建筑点": "LJ", "工业遗产": "GY", "传统风貌建筑": "FM",
    "古树名木": "GS", "传统村落": "CL", "历史文化名镇": "MZ", "世界文化遗产": "SY",
    "历史文化街区": "JQ",
}  # fmt: skip
ZONES = {
    "文物保护范围": "Z2", "保护范围": "Z2", "文保单位建设控制地带": "Z3",
    "历史建筑保护范围": "Z5", "历史文化街区核心保护范围": "Z6", "核心保护范围": "Z6",
    "历史文化街区建设控制地带": "Z7", "环境协调区": "Z8", "紫线": "Z9", "历史城区": "Z10",
    "地下文物埋藏区": "Z11", "世界文化遗产缓冲区": "Z14",
}  # fmt: skip


def test_the_name_of_a_file_tells_layer_class_and_kind_and_the_result_says_so(plan: Path) -> None:
    for n, name in enumerate([*BODIES, *ZONES]):
        place = box(n * 300, 9000, n * 300 + 20, 9020)
        if name in ("历史建筑点", "文物点", "古树名木"):
            place = point(n * 300, 9000)
        write(plan, name, ({"编号": f"H{n}", "名称": f"某处{n}"}, place))
    result = review(open_plan(plan))
    assert kinds(result, "heritage_body", "asset_class") == BODIES
    assert kinds(result, "heritage_zone", "zone") == ZONES
    told = {text.zh.partition("：")[0] for text in result.dossier.notices if "按名称" in text.zh}
    assert told == {f"{name}.shp" for name in [*BODIES, *ZONES]}
    assert kinds(result, "heritage_body", "level")["国保单位"] == "national"


def test_a_column_goes_before_the_name_of_the_file(plan: Path) -> None:
    row = {"编号": "Q1", "区划类型": "环境协调区"}
    write(
        plan,
        "核心保护范围",
        (row, box(0, 9000, 20, 9020)),
        ({"编号": "Q2"}, box(50, 9000, 60, 9020)),
    )
    result = review(open_plan(plan))
    zones = result.dossier.plan.layers["heritage_zone"].frame
    assert [kind if isinstance(kind, str) else None for kind in zones["zone"]] == ["Z8", None]


def test_a_control_zone_is_of_a_relic_or_of_a_district_as_its_body_says(plan: Path) -> None:
    sound(plan)
    for path in plan.glob("文物建设控制地带.*"):
        path.rename(path.with_name(path.name.replace("文物", "")))
    result = review(open_plan(plan))
    assert kinds(result, "heritage_zone", "zone") == {"文物保护范围": "Z2", "建设控制地带": "Z3"}
    assert any("取为文物保护单位建设控制地带" in text.zh for text in result.dossier.notices)
    assert verdicts(result) == ["clear", "clear"], whys(result)


def test_a_control_zone_of_nobody_is_open_and_so_is_the_unit_on_it(plan: Path) -> None:
    sound(plan)
    write(plan, "建设控制地带", ({"编号": "K2"}, box(50, 50, 150, 150)))
    result = review(open_plan(plan))
    told = result.findings[result.findings["code"] == "SCH107"]
    assert "可能是文物保护单位建设控制地带、历史文化街区建设控制地带" in told["message_zh"].iloc[0]
    assert verdicts(result) == ["undetermined", "clear"], whys(result)


def test_a_relic_without_level_leaves_the_unit_on_its_zone_undetermined(plan: Path) -> None:
    write(plan, "文物保护单位", ({"编号": "W1", "名称": "东塔"}, box(40, 40, 60, 60)))
    write(plan, "文物保护范围", ({"编号": "B1", "保护编号": "W1"}, box(30, 30, 70, 70)))
    write(plan, "文物建设控制地带", ({"编号": "K1", "保护编号": "W1"}, box(70, 30, 90, 70)))
    for path in plan.glob("更新单元.*"):
        path.unlink()
    unit = {"编号": "210102-GX001", "名称": "甲", "更新方式": "保护传承"}
    write(plan, "更新单元", (unit, box(0, 0, 100, 100)))
    result = review(open_plan(plan))
    assert verdicts(result) == ["undetermined"]
    assert "级别未知" in whys(result)


def test_a_zone_without_kind_leaves_the_unit_on_it_undetermined(plan: Path) -> None:
    sound(plan)
    write(plan, "保护区划", ({"编号": "Q9", "名称": "某区划"}, box(50, 50, 150, 150)))
    result = review(open_plan(plan))
    assert "SCH102" in codes(result)
    assert verdicts(result) == ["undetermined", "clear"], whys(result)


@pytest.mark.parametrize("name", ["文物保护单位", "文物保护范围"])
def test_an_empty_heritage_layer_is_never_a_pass(plan: Path, name: str) -> None:
    sound(plan)
    for path in plan.glob("文物建设控制地带.*"):
        path.unlink()
    for path in plan.glob(f"{name}.*"):
        path.unlink()
    empty = gpd.GeoDataFrame({"编号": [], "名称": []}, geometry=[], crs="EPSG:4529")
    empty.to_file(plan / f"{name}.shp", encoding="GB18030", geometry_type="Polygon")
    result = review(open_plan(plan))
    assert verdicts(result) == ["undetermined", "undetermined"]
    assert "没有可用要素" in whys(result) or "缺少图层" in whys(result)


def test_a_relic_without_protection_zone_leaves_open_what_is_near_and_nothing_else(
    plan: Path,
) -> None:
    sound(plan)
    more = gpd.read_file(plan / "文物保护单位.shp")
    extra = {"编号": "W2", "名称": "西塔", "级别": "省级", "geometry": box(180, 0, 200, 20)}
    pd.concat([more, gpd.GeoDataFrame([extra], crs=more.crs)]).to_file(
        plan / "文物保护单位.shp", encoding="GB18030"
    )
    result = review(open_plan(plan))
    told = result.findings[result.findings["code"] == "HER112"]
    assert told["feature"].tolist() == ["W2"]
    assert verdicts(result) == ["undetermined", "clear"]
    assert "缺法定的保护区划" in whys(result)


def test_a_district_that_is_an_outline_only_leaves_the_unit_in_it_undetermined(plan: Path) -> None:
    sound(plan)
    write(plan, "历史文化街区", ({"编号": "JQ1", "名称": "某街区"}, box(50, 50, 300, 300)))
    result = review(open_plan(plan))
    assert verdicts(result) == ["undetermined", "clear"], whys(result)
    assert "HER112" in codes(result)


def test_the_zone_of_another_relic_leaves_open_what_is_near(plan: Path) -> None:
    sound(plan)
    write(plan, "国保单位", ({"编号": "W2", "名称": "西塔"}, box(150, 0, 170, 20)))
    write(plan, "省保单位保护范围", ({"编号": "B2", "保护编号": "W2"}, box(3000, 9000, 3050, 9050)))
    result = review(open_plan(plan))
    assert "HER110" in codes(result)
    assert verdicts(result) == ["undetermined", "clear"], whys(result)


def test_a_protection_plan_is_found_in_the_register(plan: Path) -> None:
    sound(plan)
    write(
        plan,
        "历史文化街区核心保护范围",
        ({"编号": "H1", "名称": "中街核心保护范围"}, box(0, 9000, 50, 9050)),
    )
    write(
        plan,
        "历史文化街区建设控制地带",
        ({"编号": "J1", "名称": "中街建设控制地带"}, box(50, 9000, 90, 9050)),
    )
    row = {"层级": "保护规划", "区域编号": "JQ1", "规划名称": "中街保护规划", "状态": "批复"}
    pd.DataFrame([row]).to_csv(plan / "保护规划登记表.csv", index=False)
    result = review(open_plan(plan))
    assert "HER112" not in codes(result)
    assert verdicts(result) == ["clear", "clear"], whys(result)


def test_a_listed_thing_that_is_not_on_the_map_leaves_the_units_of_its_district_open(
    plan: Path,
) -> None:
    sound(plan)
    more = gpd.read_file(plan / "更新单元.shp")
    extra = {"编号": "210103-GX001", "名称": "丙", "更新方式": "整治提升"}
    there = gpd.GeoDataFrame([extra], geometry=[box(9000, 0, 9100, 100)], crs=more.crs)
    pd.concat([more, there]).to_file(plan / "更新单元.shp", encoding="GB18030")
    rows = [
        {"编号": "W1", "名称": "东塔", "级别": "省级", "所在区县": ""},
        {"编号": "W8", "名称": "北塔", "级别": "省级", "所在区县": "和平区"},
    ]
    pd.DataFrame(rows).to_excel(plan / "文物保护单位名录.xlsx", index=False)
    result = review(open_plan(plan))
    told = result.findings[result.findings["code"] == "LST107"]
    assert told["feature"].tolist() == ["W8"]
    assert verdicts(result) == ["undetermined", "undetermined", "clear"], whys(result, 2)
    assert "名录中的 北塔 等 1 处没有上图" in whys(result)
