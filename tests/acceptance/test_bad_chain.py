"""Cycles of parents, empty tiers, all set aside, two versions in force: said; the run goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import box

from gisplan.cli.app import run_app

EAST, NORTH = 41_500_000.0, 4_630_000.0
Row = dict[str, Any]
CITY: list[Row] = [{"code": "210100", "parent": "210000", "at": (0, 0, 2000, 1000)}]
DISTRICT: list[Row] = [
    {"code": "210102", "parent": "210100", "at": (0, 0, 1000, 1000)},
    {"code": "210103", "parent": "210100", "at": (1000, 0, 2000, 1000)},
]
UNIT: list[Row] = [
    {"code": "210102-GX001", "parent": "210102", "mode": "M2", "at": (10, 10, 200, 200)},
    # beyond its district by 40 m: what the other rules say must not get lost
    {"code": "210103-GX001", "parent": "210103", "mode": "M2", "at": (1800, 10, 2040, 200)},
]
ZONE: list[Row] = [{"code": "Z1", "zone": "Z2", "level": "国家级", "at": (500, 500, 600, 600)}]
BODY: list[Row] = [{"code": "B1", "level": "国家级", "at": (550, 550, 560, 560)}]
SOUND = {
    "city": CITY,
    "district": DISTRICT,
    "unit": UNIT,
    "heritage_zone": ZONE,
    "heritage_body": BODY,
}


def write_layer(path: Path, rows: list[Row], like: list[Row]) -> None:
    columns = {name: [row[name] for row in rows] for name in like[0] if name != "at"}
    shapes = [None if row["at"] is None else box(*row["at"]) for row in rows]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4529")
    frame["geometry"] = frame.translate(EAST, NORTH)
    frame.to_file(path, encoding="UTF-8") if path.suffix == ".shp" else frame.to_file(path)


def write_plan(folder: Path, ending: str = "gpkg", **changed: list[Row]) -> Path:
    for name, rows in (SOUND | changed).items():
        write_layer(folder / f"{name}.{ending}", rows, SOUND[name])
    return folder


def run(folder: Path) -> tuple[int, dict[str, Any]]:
    status = run_app(["review", str(folder), "-o", str(folder / "out"), "--lang", "zh", "--quiet"])
    document = json.loads((folder / "out" / "findings.json").read_text(encoding="utf-8"))
    crashed = [rule["code"] for rule in document["rules"] if rule["outcome"] == "crashed"]
    assert crashed == []
    for layer in document["layers"]:
        assert layer["read"] == layer["checked"] + layer["quarantined"]
    return status, document


def told(document: dict[str, Any], code: str) -> dict[str, str]:
    rows = document["findings"]
    return {row["feature"]: row["message"]["zh"] for row in rows if row["code"] == code}


def named(rows: list[Row], **parents: str) -> list[Row]:
    return [row | {"parent": parents.get(f"_{row['code'][:6]}", row["parent"])} for row in rows]


def spill(document: dict[str, Any]) -> list[str]:
    return list(told(document, "BND101"))


def test_a_sound_chain_tells_of_the_spill_alone(tmp_path: Path) -> None:
    status, document = run(write_plan(tmp_path))
    assert status == 1
    assert [row["code"] for row in document["findings"]] == ["BND101"]


@pytest.mark.parametrize(
    ("parents", "wrong"),
    [
        ({"_210102": "210103", "_210103": "210102"}, {"210102", "210103"}),
        ({"_210102": "210102"}, {"210102"}),
        ({"_210102": "210102-GX001"}, {"210102"}),
    ],
    ids=["each other", "itself", "its own unit"],
)
def test_a_cycle_within_the_chain_is_a_finding(
    tmp_path: Path, parents: dict[str, str], wrong: set[str]
) -> None:
    status, document = run(write_plan(tmp_path, district=named(DISTRICT, **parents)))
    assert status == 1
    found = told(document, "LST102")
    assert set(found) == wrong
    assert all("不在上级图层" in message for message in found.values())
    assert spill(document) == ["210103-GX001"]


@pytest.mark.parametrize("ending", ["gpkg", "shp"])
def test_a_cycle_through_the_top_of_the_chain_is_a_finding(tmp_path: Path, ending: str) -> None:
    _, document = run(write_plan(tmp_path, ending, city=named(CITY, _210100="210102")))
    assert "成环" in told(document, "LST102")["210100"]
    assert spill(document) == ["210103-GX001"]


def test_a_root_that_names_itself_is_a_warning(tmp_path: Path) -> None:
    _, document = run(write_plan(tmp_path, city=named(CITY, _210100="210100")))
    assert told(document, "LST102") == {"210100": "210100 以自己为上级"}
    (row,) = (row for row in document["findings"] if row["code"] == "LST102")
    assert row["severity"] == "warning"


def test_a_cycle_in_a_chain_of_any_names_is_a_finding(tmp_path: Path) -> None:
    write_plan(tmp_path)
    for name, rows in {
        "甲": [{"code": "R1", "parent": "C2", "at": (0, 0, 2000, 1000)}],
        "乙": [{"code": "B1", "parent": "R1", "at": (0, 0, 900, 900)}],
        "丙": [
            {"code": "C1", "parent": "C2", "at": (0, 0, 100, 100)},
            {"code": "C2", "parent": "B1", "at": (100, 0, 200, 100)},
        ],
    }.items():
        write_layer(tmp_path / f"{name}.gpkg", rows, CITY)
    (tmp_path / "gisplan.toml").write_text(
        '[chain]\ntiers = ["甲", "乙", "丙"]\n'
        + "".join(f'[layers."{name}"]\npath = "{name}.gpkg"\n' for name in "甲乙丙"),
        encoding="utf-8",
    )
    _, document = run(tmp_path)
    found = told(document, "LST102")
    assert set(found) == {"R1", "C1"}
    assert "成环" in found["R1"]


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
@pytest.mark.parametrize("tier", ["city", "district", "unit"])
def test_a_tier_without_features_is_a_finding(tmp_path: Path, tier: str, ending: str) -> None:
    write_plan(tmp_path)
    (tmp_path / f"{tier}.gpkg").unlink()
    if ending == "geojson":
        text = '{"type": "FeatureCollection", "features": []}'
        (tmp_path / f"{tier}.geojson").write_text(text, encoding="utf-8")
    else:
        write_layer(tmp_path / f"{tier}.{ending}", [], SOUND[tier])
    status, document = run(tmp_path)
    assert status == 1
    assert "没有任何要素" in told(document, "SCH101")[tier]
    assert "clear" not in {v["verdict"] for v in document["verdicts"]} or tier == "city"
    assert spill(document) == ([] if tier != "city" else ["210103-GX001"])


@pytest.mark.parametrize("tier", ["city", "district", "unit", "heritage_zone"])
def test_a_layer_all_of_whose_features_are_set_aside_is_not_judged(
    tmp_path: Path, tier: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = [row | {"at": None} for row in SOUND[tier]]
    status, document = run(write_plan(tmp_path, **{tier: bare}))
    assert status == 2
    assert f"{tier}.gpkg" in capsys.readouterr().err
    counts = {row["layer"]: row for row in document["layers"]}
    assert counts[tier]["quarantined"] == counts[tier]["read"] == len(bare)
    assert set(told(document, "GEO102")) == {row["code"] for row in bare}
    assert told(document, "SCH101") == {}
    if tier != "city":
        assert "clear" not in {verdict["verdict"] for verdict in document["verdicts"]}


def test_two_versions_in_force_are_a_finding_and_the_dates_are_judged(tmp_path: Path) -> None:
    write_plan(tmp_path)
    (tmp_path / "规划登记表.csv").write_text(
        "层级,区域编号,版本,依据版本,批准日期,状态\n"
        "市级,210100,2021版,,2021-05-01,已批准\n"
        "市级,210100,2023版,,2023-05-01,已批准\n"
        "区县,210102,2022版,2021版,2020-01-01,已批准\n",
        encoding="utf-8",
    )
    status, document = run(tmp_path)
    assert status == 1
    assert told(document, "TIM103") == {"210100": "登记表中 210100 有 2 个现行版本：2021版, 2023版"}
    rule = next(rule for rule in document["rules"] if rule["code"] == "TIM103")
    assert rule["outcome"] == "failed"
    assert "210102" in told(document, "TIM101")
    assert spill(document) == ["210103-GX001"]


@pytest.mark.parametrize("text", ["", "CJ,QYBH,ZBDM,MBZ\n"], ids=["no byte", "head only"])
def test_an_indicator_table_without_rows_stops_nothing(tmp_path: Path, text: str) -> None:
    write_plan(tmp_path)
    (tmp_path / "指标表.csv").write_text(text, encoding="utf-8")
    _, document = run(tmp_path)
    assert spill(document) == ["210103-GX001"]
    outcomes = {rule["code"]: rule["outcome"] for rule in document["rules"]}
    assert outcomes["IND102"] == "skipped"
