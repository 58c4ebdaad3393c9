"""The city exam (城市体检) of the sample: communities, facilities, roads, problems, lists."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.testing.sample_defects import Draft
from gisplan.testing.sample_mesh import CRS

YEAR = 2025
VALUE_COLUMNS = ("指标编码", "层级", "区域编号", "年度", "阶段", "数值", "目标值")
_TYPES = ("中学", "小学", "公园", "养老服务设施", "社区卫生服务站", "文化活动中心", "菜市场",
          "社区综合服务站", "消防站", "幼儿园", "体育场地", "公共活动场地", "公交站", "托育机构",
          "医院", "绿道")  # fmt: skip
_AREAS = (18_000, 9_000, 6_000, 500, 200, 1_200, 600, 900, 3_000, 2_500, 4_000, 4_500, 60, 400,
          12_000, 8_000)  # fmt: skip
_BESIDE = ((60, 60), (-80, 40), (30, -90))  # metres from the middle of a unit
_FOUND = {  # what a project is for -> dimension, indicator and problem that it answers
    "老旧管网改造": ("城区", "S112", "易涝积水点未消除"),
    "老旧小区改造": ("住房", "H101", "老旧住房集中"),
    "道路桥梁": ("城区", "C102", "道路网密度不足"),
    "园林绿化": ("街区", "B102", "公园绿化活动场地不足"),
    "片区更新": ("街区", "B101", "中学服务半径不足"),
}
_BY_UNITS = ("小区", "E101", "养老服务设施不足")  # taken up by units, which have no project for it
_STAGE_TARGETS = {  # of cities for this year; those of the whole plan stand beside them
    "E101": 7, "E102": 7, "E103": 7, "E104": 7, "E105": 7, "E106": 7, "E107": 6, "B101": 35,
    "B102": 35, "C110": 85, "C111": 30, "C115": 85, "S111": 0.5, "S112": 2, "S115": 30, "S116": 20,
}  # fmt: skip
_UNANSWERED = "TJ-210102-90"
_IDLE_DISTRICT, _CLOSING, _MISSED = "210402", "210105", "210102"
_UNIT_DISTRICTS = ("210103", "210404", "210502")
_OUTSIDE_POOL = "210411"  # the district of a project that stands in the annual plan alone


class Exam(NamedTuple):
    """What the exam adds to the sample; `items` is the project pool with the annual plan."""

    communities: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    problems: gpd.GeoDataFrame
    values: pd.DataFrame
    items: pd.DataFrame


def make_exam(draft: Draft) -> Exam:
    """Return the layers of the exam; the projects of the draft get the problems that they answer.

    Planted: a problem that nobody takes up (EXM101), a project that answers none (EXM102), a
    station that is closed and missed (EXM103), a target missed after evaluation (EXM104), a
    project of the annual plan that the pool does not have (LST106).
    """
    _survey(draft)
    units = draft.fabric.units
    middle = gpd.GeoDataFrame(
        {"district": [place[0] for place in units.index]},
        geometry=shapely.point_on_surface(shapely.make_valid(units.geometry.to_numpy())),
        crs=CRS,
    )
    return Exam(
        _communities(draft),
        _facilities(draft, middle),
        _roads(middle),
        _problems(draft),
        _values(draft),
        _items(draft),
    )


def _survey(draft: Draft) -> None:
    """Say what a survey finds of buildings, parcels and heritage; of some it found nothing out."""
    buildings, parcels = draft.fabric.buildings, draft.fabric.parcels
    year = pd.to_numeric(buildings["year"], errors="coerce")
    number = np.arange(len(buildings))
    grade_c = np.where((year < 1990) & (number % 7 == 0), "C", "A")
    buildings["danger"] = np.where((year < 1975) & (number % 9 == 0), "D", grade_c)
    used = parcels["land_use"].astype(str)
    low = (used.str.startswith("1001") | (np.arange(len(parcels)) % 13 == 5)).to_numpy()
    parcels["low_efficiency"] = np.where(low, "是", "否")
    for rows in (draft.heritage.relics, draft.heritage.buildings, draft.heritage.points):
        for n, row in enumerate(rows):
            row["listed"] = None if n % 5 == 4 else "否" if n % 6 == 3 else "是"
            row["vacant"] = None if n % 5 == 4 else "是" if n % 4 == 2 else "否"


def _communities(draft: Draft) -> gpd.GeoDataFrame:
    """Quarter every district; who lives there goes by the land."""
    rows = []
    for code, name, shape in zip(
        draft.districts["code"], draft.districts["name"], draft.districts.geometry, strict=True
    ):
        west, south, east, north = shape.bounds
        x, y = shape.centroid.coords[0]
        boxes = ((west, south, x, y), (x, south, east, y), (west, y, x, north), (x, y, east, north))
        for n, (side, box) in enumerate(
            zip(("西南", "东南", "西北", "东北"), boxes, strict=True), 1
        ):
            land = shapely.intersection(shape, shapely.box(*box), grid_size=0.001)
            rows.append(
                {
                    "code": f"{code}{n:03d}",
                    "name": f"{name}{side}社区",
                    "population": int(land.area / 1e6 * (2_600 + 900 * n) / 100) * 100,
                    "geometry": land,
                }
            )
    return gpd.GeoDataFrame(rows, crs=CRS)


def _facilities(draft: Draft, middle: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put facilities beside every unit, each type in turn; plan one more and close one."""
    rows = []
    for n, point in enumerate(middle.geometry):
        for turn, (east, north) in enumerate(_BESIDE):
            kind = (n + 5 * turn) % len(_TYPES)
            rows.append(
                {
                    "facility_type": _TYPES[kind],
                    "area": float(_AREAS[kind]),
                    "state": "现状",
                    "geometry": shapely.Point(round(point.x) + east, round(point.y) + north),
                }
            )
    rows[0]["state"] = "规划新增"
    lived = draft.fabric.parcels["land_use"].astype(str).str.startswith(("0701", "0703"))
    there = draft.fabric.parcels["code"].astype(str).str.startswith(_CLOSING)
    home = draft.fabric.parcels.geometry[lived & there].iloc[0].centroid
    rows.append(
        {"facility_type": "轨道站点", "area": 800.0, "state": "拟取消",
         "geometry": shapely.Point(round(home.x), round(home.y))}
    )  # fmt: skip
    draft.plant("EXM103", "district", _CLOSING, "轨道站点拟取消，覆盖率下降")
    table = gpd.GeoDataFrame(rows, crs=CRS)
    table.insert(0, "code", [f"SS{n:04d}" for n in range(1, len(table) + 1)])
    table.insert(1, "name", [f"{kind}{n}" for n, kind in enumerate(table["facility_type"], 1)])
    return table


def _roads(middle: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the units of each district from west to east, and cross each with a street."""
    rows = []
    for code, group in middle.groupby("district", sort=True):
        points = sorted((round(p.x) + 20, round(p.y) + 20) for p in group.geometry)
        if len(points) > 1:
            rows.append({"name": f"{code}主路", "geometry": shapely.LineString(points)})
        for n, (x, y) in enumerate(points, 1):
            street = shapely.LineString([(x, y - 400), (x, y + 400)])
            rows.append({"name": f"{code}支路{n}", "geometry": street})
    table = gpd.GeoDataFrame(rows, crs=CRS)
    table.insert(0, "code", [f"DL{n:04d}" for n in range(1, len(table) + 1)])
    return table


def _problems(draft: Draft) -> gpd.GeoDataFrame:
    """Find a problem where every project is, and let the project name it and be as far as it is.

    A fifth of the problems is solved: found the year before, built and evaluated this year. Of the
    others, work goes on where the project has begun. Some are taken up by units alone.
    """
    projects = draft.fabric.projects
    projects["problems"] = None
    projects["state"] = None
    idle = projects.index[projects["code"].astype(str).str.startswith(_IDLE_DISTRICT)][-1]
    rows = []
    for n, (index, project) in enumerate(projects.iterrows()):
        if index == idle or project.geometry is None:
            continue
        code = f"TJ-{project['code'][:6]}-{n + 1:02d}"
        projects.at[index, "problems"] = code
        solved = (n + n // 5) % 5 == 0 and not _is_twin(projects, index)
        if solved:
            projects.loc[index, ["start_year", "end_year", "plan_year"]] = YEAR
        begun = projects.at[index, "start_year"] <= YEAR
        if n % 4 != 3 or solved:  # of every fourth only the years tell it
            projects.at[index, "state"] = "完工" if solved else "在建" if begun else "未开工"
        place = project.geometry.representative_point()
        rows.append(
            _problem(
                code,
                _FOUND[project["project_type"]],
                n,
                "已解决" if solved else "进行中" if begun else "未启动",
                shapely.Point(round(place.x), round(place.y)),
            )
        )
    last = projects.index[projects["state"] == "未开工"][-1]
    projects.at[last, "state"] = "停建"
    left = rows[0]["geometry"]
    there = shapely.Point(left.x + 30, left.y + 30)
    rows.append(_problem(_UNANSWERED, ("小区", "停车", "停车泊位不足"), 0, "未启动", there))
    rows += [_of_unit(draft, n, district) for n, district in enumerate(_UNIT_DISTRICTS)]
    draft.plant("EXM101", "exam_problem", _UNANSWERED, "体检问题无人承接")
    draft.plant("EXM102", "project", str(projects.at[idle, "code"]), "项目没有对应的体检问题")
    return gpd.GeoDataFrame(rows, crs=CRS)


def _is_twin(projects: gpd.GeoDataFrame, index: Any) -> bool:
    return bool((projects["code"] == projects.at[index, "code"]).sum() > 1)


def _problem(
    code: str, found: tuple[str, str, str], n: int, status: str, place: shapely.Point
) -> dict[str, Any]:
    solved = status == "已解决"
    return {
        "code": code,
        "dimension": found[0],
        "indicator": found[1],
        "name": found[2],
        "year": YEAR - 1 if solved or n % 3 == 0 else YEAR,
        "severity": ("高", "中", "低")[n % 3],
        "unit": None,
        "responsible": "区住房城乡建设局",
        "due_on": f"{YEAR + (0 if solved else 1 + n % 2)}-12-31",
        "status": status,
        "evaluated_on": f"{YEAR}-11-30" if solved else None,
        "geometry": place,
    }


def _of_unit(draft: Draft, n: int, district: str) -> dict[str, Any]:
    """Return a problem that names the unit that takes it up."""
    units = draft.fabric.units
    with_projects = set(draft.fabric.projects["parent"])
    row = next(
        unit
        for unit in units[units["code"].astype(str).str.startswith(district)].itertuples()
        if unit.code not in with_projects and unit.geometry.is_valid
    )
    place = row.geometry.representative_point()
    point = shapely.Point(round(place.x), round(place.y))
    code = f"TJ-{district}-{91 + n}"
    return {**_problem(code, _BY_UNITS, n, "未启动", point), "unit": str(row.code)}


def _items(draft: Draft) -> pd.DataFrame:
    """List all projects in the pool, and those of next year in the annual plan."""
    projects = draft.fabric.projects.drop_duplicates("code")
    twin = draft.fabric.projects["code"][draft.fabric.projects["code"].duplicated()].iloc[0]
    twin = str(twin)
    draft.plant("LST103", "project", twin, "同编号的另一个项目与项目库名称不一致", twin)
    planned = projects[projects["plan_year"] == YEAR + 1]
    outside = planned[planned["code"].astype(str).str.startswith(_OUTSIDE_POOL)].iloc[0]["code"]
    draft.plant("LST106", "item_list", str(outside), "列入年度计划的项目不在项目库中")
    rows = [
        (kind, row.code, row.name, row.mode, int(row.plan_year), row.invest, "区住房城乡建设局")
        for kind, chosen in (
            ("项目库", projects[projects["code"] != outside]),
            ("年度计划", planned),
        )
        for row in chosen.itertuples(index=False)
    ]
    names = ["清单类型", "项目编号", "项目名称", "更新方式", "年度", "投资", "责任单位"]
    return pd.DataFrame(rows, columns=names)


def _values(draft: Draft) -> pd.DataFrame:
    """Report what is surveyed, targets, and what the evaluation found."""
    rows: list[tuple[object, ...]] = [
        ("C113", "city", city, YEAR, "体检", 86.5 + n, 90.0)
        for n, city in enumerate(draft.cities["code"])
    ]
    rows += [
        ("H101", None, None, YEAR, "体检", None, 40.0),
        ("B101", None, None, YEAR, "体检", None, 60.0),
        ("B102", None, None, YEAR, "体检", None, 60.0),
        ("B102", "district", "210103", YEAR, "评估", 62.0, 60.0),
        ("B102", "district", _MISSED, YEAR, "评估", 41.5, 60.0),
    ]
    rows += [
        (code, "city", None, YEAR, "体检", None, float(target))
        for code, target in _STAGE_TARGETS.items()
    ]
    draft.plant("EXM104", "exam_value", _MISSED, "评估值未达到目标", _MISSED)
    return pd.DataFrame(rows, columns=list(VALUE_COLUMNS))
