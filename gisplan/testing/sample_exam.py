"""The city exam (城市体检) of the sample: communities, facilities, roads, problems, two years."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from gisplan.testing.sample_defects import Draft
from gisplan.testing.sample_mesh import CRS

YEAR = 2025
_TYPES = ("中学", "小学", "公园", "养老服务设施", "社区卫生服务站", "文化活动中心", "菜市场",
          "社区综合服务站", "消防站", "幼儿园", "体育场地", "公共活动场地")  # fmt: skip
_AREAS = (18_000, 9_000, 6_000, 500, 200, 1_200, 600, 900, 3_000, 2_500, 4_000, 4_500)
_FOUND = (("街区", "B101", "中学服务半径不足"), ("住房", "H101", "老旧住房集中"),
          ("街区", "B102", "公园绿化活动场地不足"), ("小区", "E101", "养老服务设施不足"),
          ("城区", "C102", "道路网密度不足"))  # fmt: skip
_UNANSWERED = "TJ-210102-90"
_IDLE_DISTRICT, _CLOSING, _MISSED = "210402", "210105", "210102"
_STATES = ("已解决", "进行中", "未启动", "进行中", "未启动")


class Exam(NamedTuple):
    """What the exam adds to the sample."""

    communities: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    problems: gpd.GeoDataFrame
    values: pd.DataFrame


def make_exam(draft: Draft) -> Exam:
    """Return the layers of the exam; the projects of the draft get the problems that they answer.

    Planted: a problem that nobody takes up (EXM101), a project that answers none (EXM102), a
    market that is closed and missed (EXM103), a target missed after evaluation (EXM104).
    """
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
    )


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
    """Put a facility beside every unit, each type in turn; plan one more and close one."""
    rows = []
    for n, point in enumerate(middle.geometry):
        kind = n % len(_TYPES)
        rows.append(
            {
                "facility_type": _TYPES[kind],
                "area": float(_AREAS[kind]),
                "state": "现状",
                "geometry": shapely.Point(round(point.x) + 60, round(point.y) + 60),
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
    """Find a problem where every project is, and let the project name it."""
    projects = draft.fabric.projects
    projects["problems"] = None
    idle = projects.index[projects["code"].astype(str).str.startswith(_IDLE_DISTRICT)][-1]
    rows = []
    for n, (index, project) in enumerate(projects.iterrows()):
        if index == idle or project.geometry is None:
            continue
        kind, state = _FOUND[n % len(_FOUND)], _STATES[n % len(_STATES)]
        code = f"TJ-{project['code'][:6]}-{n + 1:02d}"
        projects.at[index, "problems"] = code
        place = project.geometry.representative_point()
        rows.append(
            {
                "code": code,
                "dimension": kind[0],
                "indicator": kind[1],
                "name": kind[2],
                "year": YEAR,
                "severity": ("高", "中", "低")[n % 3],
                "responsible": "区住房城乡建设局",
                "due_on": f"{YEAR + 1 + n % 2}-12-31",
                "status": state,
                "evaluated_on": f"{YEAR}-11-30" if state == "已解决" else None,
                "geometry": shapely.Point(round(place.x), round(place.y)),
            }
        )
    left = rows[0]["geometry"]
    rows.append(
        {**rows[0], "code": _UNANSWERED, "name": "停车泊位不足", "indicator": "停车",
         "status": "未启动",
         "evaluated_on": None, "geometry": shapely.Point(left.x + 30, left.y + 30)}
    )  # fmt: skip
    draft.plant("EXM101", "exam_problem", _UNANSWERED, "体检问题无人承接")
    draft.plant("EXM102", "project", str(projects.at[idle, "code"]), "项目没有对应的体检问题")
    return gpd.GeoDataFrame(rows, crs=CRS)


def _values(draft: Draft) -> pd.DataFrame:
    """Report what is surveyed, last year's values, targets, and what the evaluation found."""
    rows: list[tuple[object, ...]] = []
    for n, city in enumerate(draft.cities["code"]):
        rows += [
            ("C113", "city", city, YEAR, "体检", 86.5 + n, 90.0),
            ("C113", "city", city, YEAR - 1, "体检", 84.0 + n, None),
            ("H101", "city", city, YEAR - 1, "体检", 45.0 + n, None),
            ("B102", "city", city, YEAR - 1, "体检", 8.0 + n, None),
            ("C102", "city", city, YEAR - 1, "体检", 0.02, None),
        ]
    rows += [
        ("H101", None, None, YEAR, "体检", None, 40.0),
        ("B101", None, None, YEAR, "体检", None, 60.0),
        ("B102", None, None, YEAR, "体检", None, 60.0),
        ("B102", "district", "210103", YEAR, "评估", 62.0, 60.0),
        ("B102", "district", _MISSED, YEAR, "评估", 41.5, 60.0),
    ]
    draft.plant("EXM104", "exam_value", _MISSED, "评估值未达到目标", _MISSED)
    names = ["指标编码", "层级", "区域编号", "年度", "阶段", "数值", "目标值"]
    return pd.DataFrame(rows, columns=names)
