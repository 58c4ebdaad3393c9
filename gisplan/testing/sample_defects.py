"""The defects of the sample: each planted on its own feature, and written down as planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gisplan.testing.sample_blocks import blob
from gisplan.testing.sample_heritage import Heritage, Meeting, Place
from gisplan.testing.sample_mesh import on_grid, ragged
from gisplan.testing.sample_units import Fabric

# where the defects of units sit: a cell of a street grid where no heritage is near
MALFORMED: Place = ("210102", (0, 2))
MISPLACED: Place = ("210102", (2, 4))
EARLY: Place = ("210103", (2, 4))
STRAY_CODE: Place = ("210105", (0, 2))
ACROSS: Place = ("210104", "border")
LONG: Place = ("210402", (2, 4))
BOW_TIE: Place = ("210403", (4, 2))
WIDE: Place = ("210404", (0, 1))
CROWDED: Place = ("210404", (0, 2))
ORPHAN: Place = ("210411", (0, 2))
DEMOLISHER: Place = ("210502", (4, 2))
COPIED: Place = ("210503", (0, 3))
COPY: Place = ("210503", "copy")
FORBIDDEN_MODE: Place = ("210504", (0, 2))
WRONG_AREA: Place = ("210505", (2, 0))
RESERVED: set[Place] = {
    MALFORMED, MISPLACED, EARLY, STRAY_CODE, LONG, BOW_TIE, WIDE, CROWDED, ORPHAN, DEMOLISHER,
    COPIED, FORBIDDEN_MODE, WRONG_AREA,
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Planted:
    """A finding that a review of the sample must bring, and no other."""

    code: str
    layer: str
    feature: str
    related: str = ""
    ruling: str = ""
    note: str = ""


@dataclass
class Draft:
    """The sample on its way to files: layers by name, and what was planted in them."""

    province: gpd.GeoDataFrame
    cities: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    fabric: Fabric
    heritage: Heritage
    planted: list[Planted] = field(default_factory=list)
    repaired: list[Planted] = field(default_factory=list)
    undetermined: list[str] = field(default_factory=list)  # units about which something is unknown

    def plant(self, code: str, layer: str, feature: str, note: str, related: str = "") -> None:
        """Write down one defect."""
        self.planted.append(Planted(code, layer, feature, related, "", note))


def plant_units(draft: Draft) -> None:
    """Plant what is wrong with the shapes, codes, dates and modes of units."""
    _add_units(draft)
    units = draft.fabric.units
    code = units["code"].to_dict()

    units.at[MALFORMED, "code"] = code[MALFORMED].replace("-", "")
    draft.plant("SCH106", "unit", code[MALFORMED].replace("-", ""), "单元编号缺少连字符")
    units.at[MISPLACED, "code"], units.at[MISPLACED, "parent"] = "210104-GX042", "210104"
    draft.plant("BND104", "unit", "210104-GX042", "编号属大东区，位置在和平区", "210102")
    units.at[STRAY_CODE, "code"] = "210104-GX041"
    draft.plant("LST104", "unit", "210104-GX041", "编号不以上级编号开头", "210105")
    units.at[ORPHAN, "code"], units.at[ORPHAN, "parent"] = "210423-GX001", "210423"
    draft.plant("LST102", "unit", "210423-GX001", "上级编号不在区县图层中", "210423")
    units.at[EARLY, "approved_on"] = "2023-05-06"
    draft.plant("TIM101", "unit", code[EARLY], "单元先于区县规划批准", "210103")
    units.at[LONG, "period_end"] = "2036-12-31"
    draft.plant("TIM102", "unit", code[LONG], "期限超出区县规划期", "210402")
    units.at[FORBIDDEN_MODE, "mode"] = "M6"
    draft.plant("POL101", "unit", code[FORBIDDEN_MODE], "上级不允许新建扩建", "210504")
    existing = units.at[DEMOLISHER, "existing_area"]
    units.at[DEMOLISHER, "demolish_area"] = demolished = round(existing * 0.34)
    units.at[DEMOLISHER, "altered_area"] = altered = round(existing * 0.3)
    units.at[DEMOLISHER, "kept_area"] = round(existing - demolished - altered, 2)
    units.at[DEMOLISHER, "illegal_area"] = round(existing * 0.03)
    units.at[DEMOLISHER, "new_area"] = round(demolished * 1.2)
    units.at[DEMOLISHER, "mode"] = "M5"
    draft.plant("POL102", "unit", code[DEMOLISHER], "拆除比例约 31%，超过 20%")
    units.at[DEMOLISHER, "status"] = "待定"
    draft.plant("SCH107", "unit", code[DEMOLISHER], "状态“待定”不在代码表中")

    units.at[BOW_TIE, "geometry"] = bow_tie(units.at[BOW_TIE, "geometry"])
    draft.plant("GEO101", "unit", code[BOW_TIE], "图形自相交（打结）")
    wide, crowded = units.at[WIDE, "geometry"], units.at[CROWDED, "geometry"]
    units.at[WIDE, "geometry"] = _spread(wide, crowded)
    pair = sorted([code[WIDE], code[CROWDED]])
    draft.plant("GEO103", "unit", pair[0], "两个单元相互重叠", pair[1])
    draft.plant("GEO105", "unit", code[COPIED], "图形相同、编号不同", code[COPY])


def plant_area(draft: Draft) -> None:
    """Plant a unit whose stated area is not the drawn one; areas must be filled by then."""
    units = draft.fabric.units
    units.at[WRONG_AREA, "area"] = round(units.at[WRONG_AREA, "area"] * 1.062, 2)
    draft.plant("IND111", "unit", units.at[WRONG_AREA, "code"], "填报面积与图形面积不符")


def _add_units(draft: Draft) -> None:
    """Add a unit that reaches over its district's border, and one drawn over another."""
    units = draft.fabric.units
    home = draft.districts.set_index("code").geometry
    model = units.index[units["parent"] == ACROSS[0]][0]
    shapes = {
        ACROSS: _over_border(home["210104"], home["210105"]),
        COPY: units.at[COPIED, "geometry"],
    }
    extra = pd.concat([units.loc[[model]], units.loc[[COPIED]]])
    extra.index = pd.Index(list(shapes), tupleize_cols=False)
    extra["geometry"] = gpd.GeoSeries(list(shapes.values()), index=extra.index, crs=units.crs)
    last = units.groupby("parent")["code"].max()
    for place, name in ((ACROSS, "大东区界河更新单元"), (COPY, "溪湖区彩屯更新单元")):
        code = f"{place[0]}-GX{int(last[place[0]][-3:]) + 1:03d}"
        extra.at[place, "code"], extra.at[place, "name"] = code, name
        extra.at[place, "mode"] = "M2"
    draft.fabric.units = gpd.GeoDataFrame(pd.concat([units, extra]), crs=units.crs)
    draft.plant("BND101", "unit", extra.at[ACROSS, "code"], "单元越出区县界", "210104")


def _over_border(home: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """Return a block most of which lies at home and a part of it over the border."""
    border = shapely.line_merge(shapely.intersection(home, other))
    longest = max(shapely.get_parts(border), key=shapely.length)
    at = shapely.line_interpolate_point(longest, 0.42, normalized=True)
    middle = shapely.get_coordinates(shapely.maximum_inscribed_circle(home))[0]
    start = shapely.get_coordinates(at)[0]
    centre = start + (middle - start) / np.hypot(*(middle - start)) * 210
    return blob(centre, 300, 77, wobble=0.15, n=11)


def bow_tie(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape with two neighbouring corners exchanged, so that its ring crosses itself."""
    ring = shapely.get_coordinates(shape)[:-1]
    step = np.hypot(*(np.roll(ring, -1, axis=0) - ring).T)
    k = int(step[1:-1].argmax()) + 1  # the longest side: a loop that one sees on the map
    ring[[k, k + 1]] = ring[[k + 1, k]]
    return shapely.Polygon(ring)


def _spread(shape: BaseGeometry, towards: BaseGeometry) -> BaseGeometry:
    """Return the shape with a tongue that reaches 30 m into its neighbour."""
    ends = shapely.get_coordinates(shapely.shortest_line(shapely.centroid(shape), towards))
    way = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    tongue = shapely.buffer(shapely.LineString([ends[0], ends[1] + way * 30]), 70, cap_style="flat")
    return on_grid(np.array([shapely.union(shape, tongue)]))[0]


def plant_borders(draft: Draft) -> None:
    """Plant a hole between two districts, a strip that none covers, and two swapped names."""
    districts = draft.districts.set_index("code")
    shapes = districts.geometry.to_dict()
    shared = _chain(shapely.intersection(shapes["210402"], shapes["210404"]))
    shapes["210402"] = draw_back(shapes["210402"], shared[len(shared) // 2 - 2 :][:4], 45)
    draft.plant("GEO104", "district", "210402", "两区之间有空洞", "210404")
    draft.plant("BND102", "city", "210400", "两区之间的空洞也是未覆盖的市域")
    outline = _chain(shapely.intersection(shapes["210505"], shapely.boundary(
        draft.province.geometry.iloc[0])))  # fmt: skip
    shapes["210505"] = draw_back(shapes["210505"], outline[len(outline) // 2 - 3 :][:6], 60)
    draft.plant("BND102", "city", "210500", "市界内有一条无区县覆盖")
    names = draft.districts["name"].to_numpy().copy()
    a, b = (districts.index.get_loc(code) for code in ("210403", "210404"))
    names[[a, b]] = names[[b, a]]
    draft.districts["name"] = names
    draft.plant("SCH108", "district", "210403", "与 210404 的名称互换")
    draft.plant("SCH108", "district", "210404", "与 210403 的名称互换")
    draft.districts["geometry"] = gpd.GeoSeries(
        [shapes[code] for code in draft.districts["code"]], crs=draft.districts.crs
    )


def _chain(border: BaseGeometry) -> NDArray[np.float64]:
    """Return the vertices of the longest run of a border, in order."""
    runs = shapely.get_parts(shapely.line_merge(border))
    return np.asarray(shapely.get_coordinates(max(runs, key=shapely.length)))


def draw_back(shape: BaseGeometry, vertices: NDArray[np.float64], by: float) -> BaseGeometry:
    """Return the shape with some vertices of its outline moved inwards, as a slip of the pen."""
    middle = vertices.mean(axis=0)
    step = vertices[-1] - vertices[0]
    normal = np.array([-step[1], step[0]]) / np.hypot(*step)
    if not shapely.contains_xy(shape, *(middle + normal * 4 * by)):
        normal = -normal
    ring = shapely.get_coordinates(shapely.get_exterior_ring(shape))
    wanted = {tuple(v) for v in np.round(vertices, 3)}
    hit = np.array([tuple(v) in wanted for v in np.round(ring, 3)])
    return on_grid(np.array([shapely.Polygon(np.where(hit[:, None], ring + normal * by, ring))]))[0]


def plant_parcels(draft: Draft) -> None:
    """Plant a parcel without code, an unknown and a cut land use, one that builds too much."""
    parcels = draft.fabric.parcels
    dense = parcels.index[parcels["parent"].str.startswith("210103")][40]
    parcels.at[dense, "far"] = 3.6
    draft.plant(
        "USE104", "parcel", parcels.at[dense, "code"], "容积率 3.6 突破单元上限",
        parcels.at[dense, "parent"],
    )  # fmt: skip
    bare, unknown, short = (
        parcels.index[parcels["parent"].str.startswith(district)][n]
        for district, n in (("210104", 30), ("210105", 17), ("210102", 5))
    )
    parcels.at[bare, "code"] = None
    at = parcels.to_crs("EPSG:4490").geometry[bare].representative_point()
    draft.plant("SCH104", "parcel", f"@{at.x:.5f},{at.y:.5f}", "地块没有编号")
    parcels.at[unknown, "land_use"] = "0799"
    draft.plant("USE101", "parcel", parcels.at[unknown, "code"], "用地代码 0799 不在分类中")
    parcels.at[short, "land_use"] = "701"
    draft.repaired.append(
        Planted(
            "code_repaired", "parcel", parcels.at[short, "code"], note="用地代码 0701 丢失前导零"
        )
    )


def plant_buildings(draft: Draft) -> None:
    """Plant a year that is no number."""
    buildings = draft.fabric.buildings
    row = buildings.index[buildings["parent"].str.startswith("210103")][7]
    buildings.at[row, "year"] = "八十年代"
    draft.plant("SCH103", "building", buildings.at[row, "code"], "建设年代不是数字")


def plant_projects(draft: Draft) -> None:
    """Plant two projects of one code, and a project without a shape."""
    projects = draft.fabric.projects
    areas = projects.geom_type == "Polygon"
    first = projects.index[areas & projects["code"].str.startswith("210404")][0]
    twin = projects.loc[[first]].copy()
    unit = draft.fabric.units.set_index("code").geometry[projects.at[first, "parent"]]
    rest = shapely.difference(shapely.buffer(unit, -25), shapely.buffer(twin.geometry.iloc[0], 40))
    twin["geometry"] = gpd.GeoSeries(on_grid(np.array([rest])), index=twin.index, crs=projects.crs)
    twin["name"] = twin["name"].str.replace("项目", "二期项目")
    draft.plant("SCH105", "project", projects.at[first, "code"], "两个项目用同一编号")
    lost = projects.index[areas & projects["code"].str.startswith("210504")][1]
    projects.at[lost, "geometry"] = None
    draft.plant("GEO102", "project", projects.at[lost, "code"], "项目没有图形")
    draft.undetermined.append(projects.at[lost, "parent"])
    draft.fabric.projects = gpd.GeoDataFrame(
        pd.concat([projects, twin, _pipe(draft)], ignore_index=True), crs=projects.crs
    )


def _pipe(draft: Draft) -> gpd.GeoDataFrame:
    """Return a pipeline project that runs into the construction-control zone of a relic."""
    place = next(m.unit for m in draft.heritage.meetings if m.related == "WW01-Z3")
    unit = draft.fabric.units.loc[[place]].iloc[0]
    zone = next(row["geometry"] for row in draft.heritage.zones if row["code"] == "WW01-Z3")
    inside = shapely.get_coordinates(shapely.intersection(unit.geometry, zone).centroid)[0]
    away = shapely.get_coordinates(unit.geometry.centroid)[0]
    twin = draft.fabric.projects[draft.fabric.projects.geom_type == "LineString"].iloc[[0]].copy()
    code = f"{unit['code']}-P001"
    twin["code"], twin["parent"] = code, unit["code"]
    twin["name"], twin["mode"] = unit["name"].replace("更新单元", "排水管网项目"), unit["mode"]
    twin["geometry"] = gpd.GeoSeries([ragged(inside, away, detail=30, roughness=0.05)],
                                     index=twin.index, crs=twin.crs)  # fmt: skip
    draft.planted.append(
        Planted("HER104", "project", code, "WW01-Z3", "approval", "管线进入文物建设控制地带")
    )
    return twin


def plant_indicators(draft: Draft, table: pd.DataFrame) -> pd.DataFrame:
    """Return the indicator table with sums and values that are over, under or not what is due."""
    table = table.set_index(["QYBH", "ZBDM"])
    table.loc[("210400", "ZB01"), "MBZ"] -= 260.0
    draft.plant("IND102", "city", "210400", "区县更新单元面积合计超过市级上限")
    table.loc[("210500", "ZB02"), "MBZ"] += 25.0
    draft.plant("IND103", "city", "210500", "区县公园绿地面积合计达不到市级下限")
    table.loc[("210100", "ZB03"), "YLZB"] -= 80.0
    draft.plant("IND104", "city", "210100", "停车位合计加预留不等于市级目标")
    table.loc[("210104", "ZB02"), "XJZ"] += 3.5
    draft.plant("IND105", "district", "210104", "公园绿地面积少于市级下达值", "210100")
    table.loc[("210504", "ZB05"), "MBZ"] = 46.2
    draft.plant(
        "IND107", "district", "210504", "就地就近安置率低于每个区县都须达到的底线", "210500"
    )
    stated = table.loc[("210105", "ZB01"), "MBZ"]
    table.loc[("210105", "ZB01"), "MBZ"] = round(stated - 12.5, 2)
    draft.plant("IND111", "district", "210105", "指标表的单元面积与图上合计不符")
    return table.reset_index()


def plant_meetings(draft: Draft, meetings: Sequence[Meeting]) -> None:
    """Write down what heritage must say of the units that are meant to meet it."""
    code: dict[Any, str] = draft.fabric.units["code"].to_dict()
    draft.planted += [
        Planted(m.code, "unit", code[m.unit], m.related, m.ruling, m.note) for m in meetings
    ]
