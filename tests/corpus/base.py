"""The sound plan that every case damages: two districts, six units, heritage, lines, tables.

Small on purpose, complete on purpose: no layer is missing, so that a `clear` in it is proved, and
whatever a damage takes away can be seen to be missing.
"""

from __future__ import annotations

import copy
import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.corpus.shapefile import Field, clockwise, write_dbf, write_shp

EAST, NORTH = 41_533_000.0, 4_630_000.0  # in Shenyang, EPSG:4529
CRS = "EPSG:4529"
# Of the sound plan; the corpus does not start where the tool says anything else.
VERDICTS = {
    "210102-GX001": "clear",
    "210102-GX002": "blocked",
    "210102-GX003": "conditional",
    "210103-GX001": "clear",
    "210103-GX002": "blocked",
    "210103-GX003": "clear",
}
CLEAR = tuple(unit for unit, verdict in VERDICTS.items() if verdict == "clear")


def box(west: float, south: float, east: float, north: float) -> list[list[tuple[float, float]]]:
    """Return a box as one ring, in metres from the corner of the plan."""
    corners = [(west, south), (west, north), (east, north), (east, south), (west, south)]
    return [clockwise([(EAST + x, NORTH + y) for x, y in corners])]


@dataclass
class Sheet:
    """One file of the plan. Without shapes it is a table and written as CSV."""

    layer: str
    fields: list[Field]
    rows: list[dict[str, Any]]
    shapes: list[Any] | None = None
    encoding: str = "utf-8"
    cpg: str | None = "UTF-8"
    ldid: int = 0
    kind: int = 5
    prj: str | None = None  # None: that of the plan
    names: str | None = None

    def set(self, row: int, **values: Any) -> None:
        """Change values of one row."""
        self.rows[row].update(values)

    def widen(self, name: str, width: int, type_: str = "C", decimals: int = 0) -> None:
        """Change how a column is declared."""
        self.fields = [
            Field(name, type_, width, decimals) if one.name == name else one for one in self.fields
        ]


@dataclass
class Base:
    """The plan in memory: file stem -> sheet."""

    sheets: dict[str, Sheet] = field(default_factory=dict)

    def __getitem__(self, stem: str) -> Sheet:
        return self.sheets[stem]

    def records(self) -> dict[str, int]:
        """Return how many records were put into each layer."""
        counts: dict[str, int] = {}
        for sheet in self.sheets.values():
            counts[sheet.layer] = counts.get(sheet.layer, 0) + len(sheet.rows)
        return counts

    def write(self, folder: Path) -> None:
        """Write the plan as offices hand it in."""
        folder.mkdir(parents=True, exist_ok=True)
        for stem, sheet in self.sheets.items():
            if sheet.shapes is None:
                write_csv(folder / f"{stem}.csv", sheet)
            else:
                write_sheet(folder / f"{stem}.shp", sheet)


def write_sheet(path: Path, sheet: Sheet) -> None:
    """Write a sheet as a shapefile with all that belongs to it."""
    assert sheet.shapes is not None
    write_shp(path, sheet.shapes, sheet.kind)
    write_dbf(
        path.with_suffix(".dbf"), sheet.fields, sheet.rows, sheet.encoding, sheet.ldid, sheet.names
    )
    path.with_suffix(".prj").write_text(sheet.prj or wkt(4529), encoding="utf-8")
    if sheet.cpg is not None:
        path.with_suffix(".cpg").write_text(sheet.cpg, encoding="ascii")


def write_csv(path: Path, sheet: Sheet, encoding: str = "utf-8-sig", comma: str = ",") -> None:
    """Write a table as CSV, as Excel does."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=comma)
        writer.writerow([one.name for one in sheet.fields])
        for row in sheet.rows:
            writer.writerow(["" if row.get(f.name) is None else row[f.name] for f in sheet.fields])


def wkt(epsg: int) -> str:
    """Return a CRS as ArcGIS writes it."""
    import pyproj

    return str(pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI"))


def _rows(fields: list[Field], *rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip([f.name for f in fields], row, strict=True)) for row in rows]


def _sheet(layer: str, fields: str, *rows: tuple[Any, ...], shapes: list[Any] | None) -> Sheet:
    """Make a sheet of columns written as `NAME:C20 MJ:N14.2 PZRQ:D8`."""
    made = []
    for word in fields.split():
        name, _, kind = word.partition(":")
        width, _, decimals = kind[1:].partition(".")
        made.append(Field(name, kind[0], int(width), int(decimals or 0)))
    return Sheet(layer, made, _rows(made, *rows), shapes)


_UNIT_BOXES: Mapping[str, tuple[float, float, float, float]] = {
    "210102-GX001": (100, 100, 400, 400),
    "210102-GX002": (500, 100, 800, 400),
    "210102-GX003": (100, 600, 400, 900),
    "210103-GX001": (1300, 100, 1600, 400),
    "210103-GX002": (1700, 100, 2000, 400),
    "210103-GX003": (1300, 700, 1600, 1000),
}


def unit_box(code: str) -> tuple[float, float, float, float]:
    """Return where a unit lies, in metres from the corner of the plan."""
    return _UNIT_BOXES[code]


def _made() -> Base:
    whole = box(0, 0, 2400, 1200)
    u = {code: box(*corners) for code, corners in _UNIT_BOXES.items()}
    day = "2025-03-01"
    units = [
        (
            code,
            name,
            code[:6],
            mode,
            90000.0,
            2400.0,
            0.0,
            600.0,
            day,
            day,
            "2030-12-31",
            15.0,
        )
        for (code, name, mode) in (
            ("210102-GX001", "和平北里单元", "M2"),
            ("210102-GX002", "老北市单元", "M5"),
            ("210102-GX003", "南湖西里单元", "M2"),
            ("210103-GX001", "沈河东里单元", "M2"),
            ("210103-GX002", "故宫北单元", "M6"),
            ("210103-GX003", "五里河单元", "M3"),
        )
    ]
    sheets = {
        "SHENG": _sheet("province", "SDM:C6 SMC:C60", ("210000", "辽宁省"), shapes=[whole]),
        "SHI": _sheet(
            "city", "SHIDM:C6 SHIMC:C60 SJDM:C6", ("210100", "沈阳市", "210000"), shapes=[whole]
        ),
        "QX": _sheet(
            "district",
            "QXDM:C6 QXMC:C60 SJDM:C6",
            ("210102", "和平区", "210100"),
            ("210103", "沈河区", "210100"),
            shapes=[box(0, 0, 1200, 1200), box(1200, 0, 2400, 1200)],
        ),
        "GXDY": _sheet(
            "unit",
            "DYBH:C14 DYMC:C48 SJDM:C6 GXFS:C32 MJ:N14.2 XZJZMJ:N14.2 CCJZMJ:N14.2 XJJZMJ:N14.2"
            " PZRQ:D8 QX_Q:D8 QX_Z:D8 JZGD:N6.2",
            *units,
            shapes=list(u.values()),
        ),
        "GXXM": _sheet(
            "project",
            "XMBH:C20 XMMC:C48 DYBH:C14 GXFS:C8 KGNF:N4 WGNF:N4",
            ("210102-GX001-P001", "和平北里管网改造", "210102-GX001", "M2", 2026, 2027),
            ("210103-GX003-P001", "五里河口袋公园", "210103-GX003", "M3", 2026, 2028),
            shapes=[box(120, 120, 220, 220), box(1320, 720, 1420, 820)],
        ),
        "GXDK": _sheet(
            "parcel",
            "DKBH:C20 DYBH:C14 MJ:N14.2 GXFS:C2 YDYHFLDM:C6",
            ("210102-GX001-D01", "210102-GX001", 10000.0, "M2", "0701"),
            ("210103-GX003-D01", "210103-GX003", 10000.0, "M3", "0701"),
            shapes=[box(120, 120, 220, 220), box(1320, 720, 1420, 820)],
        ),
        "JZ": _sheet(
            "building",
            "JZBH:C20 DYBH:C14 JZMJ:N14.2 GD:N6.2 CZFS:C4",
            ("210102-GX001-B001", "210102-GX001", 2400.0, 18.0, "改"),
            ("210103-GX003-B001", "210103-GX003", 2400.0, 18.0, "留"),
            shapes=[box(130, 130, 150, 150), box(1330, 730, 1350, 750)],
        ),
        "BHQH": _sheet(
            "heritage_zone",
            "QHBH:C12 MC:C60 BHBH:C12 QHLX:C40 JB:C40 PZRQ:D8 GDKZ:N6.2",
            ("QH001", "老北市核心保护范围", "JQ001", "核心保护范围", "省级", "2020-05-01", 18.0),
            (
                "QH002",
                "南湖街区建设控制地带",
                "JQ002",
                "街区建设控制地带",
                "省级",
                "2020-05-01",
                18.0,
            ),
            (
                "QH003",
                "故宫北保护范围",
                "WW001",
                "文物保护单位保护范围",
                "全国",
                "2020-05-01",
                18.0,
            ),
            shapes=[box(450, 50, 850, 450), box(50, 550, 450, 950), box(1650, 50, 2050, 450)],
        ),
        "BHDX": _sheet(
            "heritage_body",
            "BHBH:C12 MC:C60 LB:C24 JB:C40 GBRQ:D8",
            ("WW001", "故宫北值房", "文物保护单位", "全国", "2013-03-05"),
            ("LJ001", "老北市剧场旧址", "历史建筑", "市级", "2018-06-01"),
            shapes=[box(1840, 200, 1860, 220), box(600, 200, 620, 220)],
        ),
        "KZX": _sheet(
            "control_line",
            "BH:C12 MC:C60 KZXLX:C24 CJ:C12",
            ("KZ001", "城镇开发边界", "城镇开发边界", "市级"),
            ("KZ002", "南运河绿线", "城市绿线", "市级"),
            ("KZ003", "东山生态保护红线", "生态保护红线", "市级"),
            ("KZ004", "五里河蓝线", "城市蓝线", "市级"),
            shapes=[
                whole,
                box(900, 700, 1000, 800),
                box(2100, 1000, 2300, 1100),
                box(2100, 800, 2300, 900),
            ],
        ),
        "指标表": _sheet(
            "indicator",
            "QYBH:C20 ZBDM:C8 CJ:C12 ZBMC:C40 DW:C8 ZBSX:C12 YQ:C12 MBZ:N14.2 MBNF:N4 JSFS:C12",
            *(
                (code, "ZB01", tier, "新建停车位", "个", "约束性", "不低于", value, 2030, "求和")
                for code, tier, value in (
                    ("210102", "区县", 300),
                    ("210103", "区县", 300),
                    *((unit, "更新单元", 100) for unit in _UNIT_BOXES),
                )
            ),
            shapes=None,
        ),
        "规划登记表": _sheet(
            "register",
            "QYBH:C20 CJ:C12 GHMC:C60 BBH:C8 PZRQ:C10 QX_Q:C10 QX_Z:C10 ZT:C8",
            *(
                (code, tier, f"{name}城市更新规划", "2024", on, "2024-01-01", "2030-12-31", "批复")
                for code, tier, name, on in (
                    ("210000", "省级", "辽宁省", "2023-10-01"),
                    ("210100", "市级", "沈阳市", "2024-03-01"),
                    ("210102", "区县", "和平区", "2024-09-01"),
                    ("210103", "区县", "沈河区", "2024-09-01"),
                )
            ),
            shapes=None,
        ),
        "保护名录": _sheet(
            "heritage_list",
            "BHBH:C12 MC:C60 LB:C24 JB:C40 GBRQ:C10",
            ("WW001", "故宫北值房", "文物保护单位", "全国", "2013-03-05"),
            ("LJ001", "老北市剧场旧址", "历史建筑", "市级", "2018-06-01"),
            shapes=None,
        ),
    }
    return Base(sheets)


_BASE = _made()


def sound() -> Base:
    """Return the sound plan, to be damaged."""
    return copy.deepcopy(_BASE)


def plan_toml(**extra: str) -> str:
    """Return a gisplan.toml that names every file of the plan; extra lines by file stem."""
    return "".join(
        f"[[layers.{sheet.layer}]]\n"
        f"path = '{stem}.{'csv' if sheet.shapes is None else 'shp'}'\n{extra.get(stem, '')}"
        for stem, sheet in _BASE.sheets.items()
    )
