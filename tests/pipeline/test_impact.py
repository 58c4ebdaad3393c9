"""What a changed upper plan puts out of line: `gisplan impact UPPER PLAN`."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from gisplan.pipeline import impact

X, Y = 41_533_000.0, 4_629_000.0
CRS = "EPSG:4529"


def square(x: float, y: float, width: float, height: float) -> object:
    return box(X + x, Y + y, X + x + width, Y + y + height)


def write(folder: Path, line: float, **tables: pd.DataFrame) -> Path:
    """Write two districts whose common boundary lies at `line`."""
    folder.mkdir()
    districts = gpd.GeoDataFrame(
        {"code": ["210102", "210103"], "name": ["和平区", "沈河区"]},
        geometry=[square(0, 0, line, 1000), square(line, 0, 2000 - line, 1000)],
        crs=CRS,
    )
    districts.to_file(folder / "district.gpkg", layer="district")
    for name, table in tables.items():
        if isinstance(table, gpd.GeoDataFrame):
            table.to_file(folder / f"{name}.gpkg", layer=name)
        else:
            table.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8")
    return folder


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    units = gpd.GeoDataFrame(
        {"code": ["210102-GX001", "210103-GX001"], "parent": ["210102", "210103"], "mode": "M2"},
        geometry=[square(900, 0, 100, 100), square(1000, 0, 100, 100)],
        crs=CRS,
    )
    quotas = pd.DataFrame(
        {"tier": ["district", "unit"], "code": ["210102", "210102-GX001"], "indicator": "GFA",
         "name": "建筑面积", "unit": "m2", "nature": "binding", "requirement": "at_most",
         "target": [100.0, 90.0], "rollup": "sum"}
    )  # fmt: skip
    return write(tmp_path / "plan", 1000, unit=units, indicator=quotas)


def test_the_same_upper_plan_changes_nothing(tmp_path: Path, plan: Path) -> None:
    change, _ = impact(write(tmp_path / "upper", 1000), plan)
    assert (len(change.new), len(change.mended), len(change.worse)) == (0, 0, 0)
    assert change.verdicts.empty


def test_a_moved_boundary_puts_a_unit_out_of_line(tmp_path: Path, plan: Path) -> None:
    change, after = impact(write(tmp_path / "upper", 980), plan)
    found = change.new[change.new["code"] == "BND101"]
    assert list(found["feature"]) == ["210102-GX001"]
    assert found["measure"].iloc[0] == pytest.approx(2000, rel=1e-3)
    assert {record.layer for record in after.dossier.run.inputs} == {
        "district",
        "unit",
        "indicator",
    }
    back, _ = impact(plan, plan)
    assert back.new.empty


def test_a_lower_quota_of_the_upper_tier_is_held_against_the_rows_below(
    tmp_path: Path, plan: Path
) -> None:
    quotas = pd.DataFrame(
        {"tier": ["district"], "code": ["210102"], "indicator": ["GFA"], "name": ["建筑面积"],
         "unit": ["m2"], "nature": ["binding"], "requirement": ["at_most"], "target": [80.0],
         "rollup": ["sum"]}
    )  # fmt: skip
    change, _ = impact(write(tmp_path / "upper", 1000, indicator=quotas), plan)
    assert "IND102" in set(change.new["code"])


def test_a_new_boundary_that_suits_the_units_mends_a_finding(tmp_path: Path, plan: Path) -> None:
    first = write(tmp_path / "upper", 980)
    for file in first.iterdir():
        (plan / file.name).write_bytes(file.read_bytes())
    change, _ = impact(write(tmp_path / "next", 1000), plan)
    assert "BND101" in set(change.mended["code"])
    assert change.new.empty


def test_the_command_exits_with_1_where_new_errors_come(
    tmp_path: Path, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from gisplan.cli.app import run_app

    upper = write(tmp_path / "upper", 980)
    assert run_app(["impact", str(upper), str(plan), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "gisplan-impact/1"
    assert any(row["code"] == "BND101" for row in told["new"])
    assert run_app(["impact", str(upper), str(plan), "--lang", "zh"]) == 1
    assert "新增" in capsys.readouterr().out
