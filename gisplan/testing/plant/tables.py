"""The tables of a random plan: indicators down the chain, the register, lists, city guidance."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gisplan.testing.plant.fabric import Fabric
from gisplan.testing.plant.places import PROVINCE, Places


class Indicator(NamedTuple):
    """How an indicator is handed down."""

    code: str
    name: str
    unit: str
    nature: str
    requirement: str
    rollup: str


INDICATORS = (
    Indicator("ZB01", "更新单元面积", "公顷", "约束性", "不高于", "求和"),
    Indicator("ZB02", "公园绿地面积", "公顷", "约束性", "不低于", "求和"),
    Indicator("ZB03", "新建停车位", "个", "约束性", "等于", "求和"),
    Indicator("ZB04", "改造户数", "户", "预期性", "不低于", "求和"),
    Indicator("ZB05", "就地就近安置率", "%", "约束性", "不低于", "逐项"),
    Indicator("ZB06", "绿地率", "%", "约束性", "不低于", "加权平均"),
    Indicator("ZB07", "最高建筑高度", "米", "约束性", "不高于", "最大值"),
    Indicator("ZB08", "最低达标率", "%", "约束性", "不高于", "最小值"),
    Indicator("ZB09", "建筑密度上限", "%", "约束性", "不高于", "不汇总"),
    Indicator("ZB10", "新增绿地面积", "公顷", "约束性", "不低于", "求和"),
    Indicator("ZB11", "绿地面积合计", "公顷", "预期性", "不低于", "求和"),
    Indicator("ZB12", "口袋公园面积", "公顷", "约束性", "不低于", "求和"),
    Indicator("ZB13", "体育用地面积", "公顷", "约束性", "不低于", "求和"),
    Indicator("ZB14", "物业覆盖率", "%", "约束性", "不低于", "逐项"),
    Indicator("ZB15", "生活垃圾分类率", "%", "约束性", "不低于", "逐项"),
)
LOCAL = "ZB20"  # of the districts alone, for two years
FORMULA = "ZB02 + ZB10"
_TIERS = {"province": "省级", "city": "市级", "district": "区县"}


def make_indicators(
    rng: np.random.Generator, places: Places, fabric: Fabric, year: int
) -> pd.DataFrame:
    """Return the indicator table, in which everything closes."""
    districts = list(places.districts["code"])
    n = len(districts)
    areas = fabric.units.groupby("parent")["area"].sum().reindex(districts).to_numpy() / 1e4
    values = pd.DataFrame(
        {
            "ZB01": areas.round(2),
            "ZB02": rng.uniform(18, 60, n).round(1),
            "ZB03": rng.integers(40, 160, n) * 10.0,
            "ZB04": rng.integers(12, 40, n) * 100.0,
            "ZB05": rng.uniform(55, 88, n).round(1),
            "ZB06": rng.uniform(31, 42, n).round(1),
            "ZB07": rng.choice([54.0, 60.0, 80.0], n),
            "ZB08": rng.uniform(40, 60, n).round(1),
            "ZB09": rng.uniform(28, 34, n).round(1),
            "ZB10": rng.uniform(4, 9, n).round(1),
        },
        index=districts,
    )
    for code in ("ZB12", "ZB13"):
        values[code] = rng.uniform(12, 30, n).round(1)
    for code in ("ZB14", "ZB15"):
        values[code] = rng.uniform(72, 95, n).round(1)
    values["ZB11"] = (values["ZB02"] + values["ZB10"]).round(2)
    cities = _above(values, places.city_of, 200.0)
    province = _above(cities, dict.fromkeys(cities.index, PROVINCE), 500.0)
    # a map of the districts is worked out for some of them
    computed = set(rng.choice(districts, n // 3, replace=False).tolist())
    rows = []
    for tier, table in (("province", province), ("city", cities), ("district", values)):
        for area, own in table.iterrows():
            rows += [
                _row(tier, str(area), one, float(own[one.code]), year, computed)
                for one in INDICATORS
            ]
    rows += _local(rng, districts, year)
    return pd.DataFrame(rows).astype(object).where(lambda cell: cell.notna(), None)


def _above(values: pd.DataFrame, parent: dict[str, str], reserve: float) -> pd.DataFrame:
    """Return what the areas above demand, so that those below meet it with a little room."""
    of = pd.Series(parent).reindex(values.index)
    sums = values.groupby(of).sum()
    least, most = values.groupby(of).min(), values.groupby(of).max()
    out = sums.copy()
    out["ZB01"] = np.ceil(sums["ZB01"] * 1.03)
    for code in ("ZB02", "ZB10", "ZB12", "ZB13"):
        out[code] = np.floor(sums[code])
    out["ZB11"] = out["ZB02"] + out["ZB10"]
    out["ZB03"] = sums["ZB03"] + reserve
    out["ZB05"] = least["ZB05"].clip(upper=52.0)
    out["ZB14"] = out["ZB15"] = 70.0
    out["ZB06"] = np.floor(least["ZB06"])
    out["ZB07"] = most["ZB07"]
    out["ZB08"] = least["ZB08"]
    out["ZB09"] = most["ZB09"]
    return out


def _row(
    tier: str, area: str, one: Indicator, target: float, year: int, computed: set[str]
) -> dict[str, Any]:
    below = tier == "district"
    return {
        "tier": _TIERS[tier],
        "code": area,
        "indicator": one.code,
        "name": one.name,
        "unit": one.unit,
        "nature": one.nature,
        "requirement": one.requirement,
        "base": None,
        "target": round(target, 2),
        "year": year + 5,
        "rollup": one.rollup,
        "reserve": {"province": 500.0, "city": 200.0}.get(tier) if one.code == "ZB03" else None,
        "assigned": target if below and one.code == "ZB02" else None,
        "computed": "下级面积合计" if one.code == "ZB01" and area in computed else None,
        "weight": 10.0 + len(area) if one.code == "ZB06" else None,
        "formula": FORMULA if one.code == "ZB11" else None,
    }


def _local(rng: np.random.Generator, districts: list[str], year: int) -> list[dict[str, Any]]:
    one = Indicator(LOCAL, "社区食堂", "处", "预期性", "不低于", "不汇总")
    rows = []
    for area in districts:
        first = float(rng.integers(5, 20))
        for due, target, base in ((year + 2, first, first - 3), (year + 5, first + 6, first - 3)):
            rows.append({**_row("district", area, one, target, year, set()), "year": due,
                         "base": base})  # fmt: skip
    return rows


def make_register(places: Places, year: int) -> pd.DataFrame:
    """Return the register of plans: each approved after the plan above it, within its period."""
    rows = [_plan("省级", PROVINCE, "辽宁省", year - 3, "05-18", None, (year - 4, year + 10))]
    for n, (code, name) in enumerate(
        zip(places.cities["code"], places.cities["name"], strict=True)
    ):
        period = (year - 4, year + 10)
        own = _plan("市级", code, name, year - 2, f"0{3 + n}-20", f"V{year - 3}", period)
        former = _plan("市级", code, name, year - 9, f"0{3 + n}-20", None, period)
        rows += [own, {**former, "status": "废止"}]
    for n, (code, name) in enumerate(
        zip(places.districts["code"], places.districts["name"], strict=True)
    ):
        period = (year - 1, year + 5)
        rows.append(_plan("区县", code, name, year - 1, f"0{1 + n}-15", f"V{year - 2}", period))
    return pd.DataFrame(rows)


def _plan(
    tier: str, code: str, name: str, year: int, day: str, above: str | None, period: tuple[int, int]
) -> dict[str, Any]:
    approved = pd.Timestamp(f"{year}-{day}")
    return {
        "tier": tier,
        "code": code,
        "name": f"{name}城市更新专项规划",
        "version": f"V{year}",
        "based_on": above,
        "approved_on": approved,
        "period_start": pd.Timestamp(f"{period[0]}-01-01"),
        "period_end": pd.Timestamp(f"{period[1]}-12-31"),
        "status": "批复",
        "noticed_from": approved - pd.Timedelta(days=120),
        "noticed_to": approved - pd.Timedelta(days=85),
    }


def make_lists(rng: np.random.Generator, fabric: Fabric, year: int) -> pd.DataFrame:
    """Return the special plan's list, the project pool within it, the annual plan within that."""
    rows = []
    for project in fabric.projects.itertuples():
        kinds = ["专项规划", "项目库", *(["年度计划"] if project.plan_year == year + 1 else [])]
        rows += [
            {"list": kind, "of": "更新项目", "code": project.code, "name": project.name,
             "mode": project.mode, "year": project.plan_year, "invest": project.invest}
            for kind in kinds
        ]  # fmt: skip
    plain = fabric.units[fabric.units["_use"] == ""]
    for at in rng.choice(plain.index, 4, replace=False):
        unit = plain.loc[at]
        rows.append({"list": "专项规划", "of": "更新单元", "code": unit["code"],
                     "name": unit["name"], "mode": unit["mode"]})  # fmt: skip
    return pd.DataFrame(rows)


def make_guidance(places: Places) -> pd.DataFrame:
    """Return what the province says for each city: modes, and bands of two figures."""
    rows = []
    for code, name in zip(places.cities["code"], places.cities["name"], strict=True):
        shared = {"code": code, "name": name, "city_class": "综合提升类"}
        rows += [
            {**shared, "allowed_modes": "M1;M2;M3;M4;M5;M7"},
            {**shared, "indicator": "far", "low": 0.5, "high": 4.0},
            {**shared, "indicator": "ZB05", "low": 40.0, "high": 95.0},
        ]
    return pd.DataFrame(rows)


def allowed_in(rng: np.random.Generator, districts: int) -> list[str]:
    """Return the modes that districts allow; some allow what their city's guidance does not."""
    return [
        "M1;M2;M3;M5;M6;M7" if at % 2 else "M1;M2;M3;M5;M7" for at in rng.permutation(districts)
    ]
