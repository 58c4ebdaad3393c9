"""A quota table with text in numbers, strange units, NaN, an empty tier: said; the run goes on."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import box

from gisplan.model import Outcome
from gisplan.pipeline import Result, open_plan, review

EAST, NORTH = 41_500_000.0, 4_630_000.0
HEAD = "CJ,QYBH,ZBDM,ZBMC,DW,ZBSX,YQ,JSFS,MBZ,YLZB"
SOUND = ["市级,210200,ZB01,用地,公顷,约束性,不高于,求和,90,", "区县,210202,ZB01,用地,公顷,,,,91,"]


def plan(folder: Path, rows: list[str], districts: int = 3) -> Result:
    cities = {"210100": box(0, 0, 2000, 1000), "210200": box(3000, 0, 4000, 1000)}
    lower = {
        "210102": box(0, 0, 1000, 1000),
        "210103": box(1000, 0, 2000, 1000),
        "210202": box(3000, 0, 4000, 1000),
    }
    for name, shapes in (("SHI", cities), ("QX", dict(list(lower.items())[:districts]))):
        frame = gpd.GeoDataFrame({"BH": list(shapes)}, geometry=list(shapes.values()))
        frame["geometry"] = frame.translate(EAST, NORTH)
        frame.set_crs("EPSG:4529").to_file(folder / f"{name}.shp", encoding="UTF-8")
    text = "\n".join([HEAD, *rows])
    (folder / "指标表.csv").write_text(text, encoding="utf-8")
    (folder / "gisplan.toml").write_text(
        '[chain]\ntiers = ["city", "district"]\n[layers.city]\npath = "SHI.shp"\n'
        '[layers.district]\npath = "QX.shp"\n[layers.indicator]\npath = "指标表.csv"\n',
        encoding="utf-8",
    )
    return review(open_plan(folder))


def found(result: Result) -> set[tuple[str, str]]:
    rows = result.findings[["code", "feature"]].to_dict("records")
    return {(row["code"], row["feature"]) for row in rows if row["code"][:3] in {"IND", "SCH"}}


def why(result: Result, code: str) -> str:
    run = next(run for run in result.dossier.rules if run.code == code)
    return " ".join(run.not_judged["why_zh"])


def quota(district: str, value: str, unit: str = "公顷", reserve: str = "") -> list[str]:
    return [
        f"市级,210100,ZB01,用地,公顷,约束性,不高于,求和,100,{reserve}",
        f"区县,210102,ZB01,用地,{unit},,,,{district},",
        f"区县,210103,ZB01,用地,公顷,,,,{value},",
    ]


def crashed(result: Result) -> list[str]:
    return [run.code for run in result.dossier.rules if run.outcome is Outcome.CRASHED]


def test_text_in_a_number_is_named_and_the_sum_is_not_judged(tmp_path: Path) -> None:
    result = plan(tmp_path, [*quota("约四十", "40"), *SOUND])
    assert crashed(result) == []
    assert found(result) == {("SCH103", "district/210102/ZB01"), ("IND102", "210200")}
    assert "指标“用地”缺少下级的值：210102" in why(result, "IND102")


@pytest.mark.parametrize("value", ["", "NaN", "—", "/"])
def test_an_empty_cell_is_no_zero(value: str, tmp_path: Path) -> None:
    result = plan(tmp_path, [*quota(value, "40"), *SOUND])
    assert crashed(result) == []
    assert ("IND102", "210100") not in found(result)
    assert ("IND102", "210200") in found(result)
    assert "210102" in why(result, "IND102")


def test_an_infinite_value_is_no_value(tmp_path: Path) -> None:
    result = plan(tmp_path, [*quota("inf", "40"), *SOUND])
    assert crashed(result) == []
    assert ("IND102", "210100") not in found(result)


def test_a_unit_that_nobody_knows_is_a_finding(tmp_path: Path) -> None:
    result = plan(tmp_path, [*quota("40", "40", unit="垧"), *SOUND])
    assert crashed(result) == []
    assert {("IND108", "210100"), ("IND102", "210200")} <= found(result)
    assert "单位不能换算：210102" in why(result, "IND102")


def test_a_reserve_that_cannot_be_read_is_not_none(tmp_path: Path) -> None:
    rows = quota("40", "60", reserve="若干")
    rows[0] = rows[0].replace("不高于", "等于")
    result = plan(tmp_path, [*rows, *SOUND])
    assert crashed(result) == []
    assert ("IND104", "210100") not in found(result)
    assert "预留值无法读取" in why(result, "IND104")


def test_an_empty_tier_is_said_and_never_a_pass(tmp_path: Path) -> None:
    result = plan(tmp_path, [SOUND[0], *quota("40", "40")[:1]])
    assert crashed(result) == []
    for code in ("IND101", "IND102", "IND104", "IND108"):
        run = next(run for run in result.dossier.rules if run.code == code)
        assert run.outcome is Outcome.SKIPPED, code


def test_a_city_without_districts_is_not_judged(tmp_path: Path) -> None:
    result = plan(tmp_path, [SOUND[0], *quota("40", "40")], districts=2)
    assert crashed(result) == []
    assert "没有下级" in why(result, "IND102")
    judgements = {row.area: row.judgement for row in result.dossier.balance}
    assert judgements == {"210100": "agrees", "210200": "unchecked"}
