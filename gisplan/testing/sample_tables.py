"""The sample's tables: indicators down the chain, the register of plans, guidance for cities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gisplan.testing.sample_mesh import CITIES, DISTRICTS, PROVINCE, stream

# what the provincial plan lets each city do, and what the cities then let their districts do
ALLOWED = {
    "210100": "M1;M2;M3;M4;M5;M6;M7",
    "210400": "M1;M2;M3;M4;M5;M7",
    "210500": "M1;M2;M3;M4;M5;M6;M7",
}
ALLOWED_IN_DISTRICTS = {**ALLOWED, "210500": "M1;M2;M3;M4;M5;M7"}
CLASSES = {"210100": "综合提升类", "210400": "转型发展类", "210500": "特色培育类"}

# code, name, unit, nature, requirement
INDICATORS = (
    ("ZB01", "更新单元面积", "公顷", "约束性", "不高于"),
    ("ZB02", "公园绿地面积", "公顷", "约束性", "不低于"),
    ("ZB03", "新建停车位", "个", "约束性", "等于"),
    ("ZB04", "改造户数", "户", "预期性", "不低于"),
    ("ZB05", "就地就近安置率", "%", "约束性", "不低于"),
)


def city_of(district: str) -> str:
    """Return the code of a district's city."""
    return district[:4] + "00"


def make_indicators(unit_area: pd.Series) -> pd.DataFrame:
    """Return the indicator table, in which every sum closes.

    unit_area : ellipsoidal area of the units that each district claims, m2, by district code
    """
    rng = stream(13)
    names = list(DISTRICTS)
    values = pd.DataFrame(
        {
            "ZB01": np.round(unit_area.reindex(names).to_numpy() / 1e4, 2),
            "ZB02": np.round(rng.uniform(18, 60, len(names)), 1),
            "ZB03": rng.integers(40, 160, len(names)) * 10.0,
            "ZB04": rng.integers(12, 70, len(names)) * 100.0,
        },
        index=names,
    )
    cities = values.groupby(city_of).sum()
    cities["ZB01"] = np.ceil(cities["ZB01"] * 1.03)
    cities["ZB02"] = np.floor(cities["ZB02"])
    cities["ZB03"] += 200  # held in reserve by the city
    province = cities.sum().to_frame(PROVINCE[0]).T
    province["ZB03"] += 500
    # a bottom line that each district must meet, whatever its neighbours do
    values["ZB05"] = np.round(stream(14).uniform(53, 88, len(names)), 1)
    cities["ZB05"] = province["ZB05"] = 50.0
    rows: list[dict[str, Any]] = []
    for tier, table in (("省级", province), ("市级", cities), ("区县", values)):
        for area, targets in table.iterrows():
            for code, name, unit, nature, requirement in INDICATORS:
                reserve = {"省级": 500.0, "市级": 200.0, "区县": None}[tier]
                rows.append(
                    {
                        "CJ": tier,
                        "QYBH": area,
                        "ZBDM": code,
                        "ZBMC": name,
                        "DW": unit,
                        "ZBSX": nature,
                        "YQ": requirement,
                        "MBZ": round(float(targets[code]), 2),
                        "MBNF": 2030,
                        "JSFS": "逐项" if code == "ZB05" else "求和",
                        "XJZ": targets[code] if (code, tier) == ("ZB02", "区县") else None,
                        "YLZB": reserve if code == "ZB03" else None,
                        "TSJS": "下级面积合计" if (code, tier) == ("ZB01", "区县") else None,
                    }
                )
    return pd.DataFrame(rows)


def make_register() -> pd.DataFrame:
    """Return the register of plans: each approved after the plan above it, within its period."""
    rows: list[tuple[str | None, ...]] = [
        ("省级", *PROVINCE, "2022-05-18", "2021-01-01", "2035-12-31", None)
    ]
    rows += [
        ("市级", code, name, f"2023-{3 + n:02d}-20", "2021-01-01", "2035-12-31", "V2022")
        for n, (code, name) in enumerate(CITIES.items())
    ]
    rows += [
        ("区县", code, name, f"2024-{1 + n % 9:02d}-15", "2024-01-01", "2030-12-31", "V2023")
        for n, (code, (name, _, _)) in enumerate(DISTRICTS.items())
    ]
    return pd.DataFrame(
        {
            "层级": [row[0] for row in rows],
            "区域编号": [row[1] for row in rows],
            "规划名称": [f"{row[2]}城市更新专项规划" for row in rows],
            "版本": [f"V{str(row[3])[:4]}" for row in rows],
            "上级版本": [row[6] for row in rows],
            "批准日期": pd.to_datetime([row[3] for row in rows]),
            "规划期起": pd.to_datetime([row[4] for row in rows]),
            "规划期止": pd.to_datetime([row[5] for row in rows]),
            "状态": "批复",
        }
    )


def make_guidance() -> pd.DataFrame:
    """Return the guidance for cities: their class and the renewal modes that they may use."""
    return pd.DataFrame(
        {
            "城市代码": list(CITIES),
            "城市": list(CITIES.values()),
            "更新类别": [CLASSES[code] for code in CITIES],
            "允许的更新方式": [ALLOWED[code] for code in CITIES],
        }
    )
