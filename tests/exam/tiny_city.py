"""A city of two districts and four communities that can be examined on paper."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from rasterio.transform import from_origin
from shapely import LineString, Point, box

X, Y = 41_500_000.0, 4_630_000.0
CRS = "EPSG:4529"
HEAD = """
[plan]
name = "试验市"
working_crs = "EPSG:4529"
[chain]
tiers = ["city", "district", "unit", "project"]
"""
LAYERS = {
    "city": "SHI", "district": "QX", "unit": "DY", "project": "XM", "community": "SQ",
    "exam_land": "YD", "facility": "SS", "road": "DL", "building": "JZ", "exam_problem": "WT",
}  # fmt: skip


def at(west, south, east, north):
    """Return a box by metres from the south-west corner of the city."""
    return box(X + west, Y + south, X + east, Y + north)


def point(x, y):
    """Return a point by metres from the corner."""
    return Point(X + x, Y + y)


def layers() -> dict[str, tuple[list, dict]]:
    """Return the shapes and fields of every layer of the city.

    Two districts of 1 km2 side by side, each of two communities of 0.5 km2 (south and north).
    Each community has one piece of housing land, 200 by 100 m; the school in the south-west serves
    all of its own and, of the other land, only what lies within 1000 m.
    """
    return {
        "city": ([at(0, 0, 2000, 1000)], {"code": ["210100"], "name": ["试验市"]}),
        "district": (
            [at(0, 0, 1000, 1000), at(1000, 0, 2000, 1000)],
            {"code": ["210102", "210103"], "name": ["西区", "东区"], "parent": ["210100"] * 2},
        ),
        "unit": (
            [at(0, 0, 500, 500), at(1000, 0, 1500, 500)],
            {"code": ["210102-GX001", "210103-GX001"], "name": ["甲", "乙"],
             "parent": ["210102", "210103"], "problems": ["P1", None]},
        ),
        "project": (
            [at(10, 10, 60, 60), at(1010, 10, 1060, 60), at(100, 10, 160, 60)],
            {"code": ["210102-GX001-P001", "210103-GX001-P001", "210102-GX001-P002"],
             "name": ["一", "二", "三"],
             "parent": ["210102-GX001", "210103-GX001", "210102-GX001"],
             "task": ["1", "2", "1"], "invest": [100.0, 50.0, None],
             "plan_year": [2026, 2027, 2026],
             "problems": [None, "P2", None]},
        ),
        "community": (
            [at(0, 0, 1000, 500), at(0, 500, 1000, 1000),
             at(1000, 0, 2000, 500), at(1000, 500, 2000, 1000)],
            {"code": ["S1", "S2", "S3", "S4"], "name": ["西南", "西北", "东南", "东北"],
             "population": [10_000, 5_000, 6_000, 4_000]},
        ),
        "exam_land": (
            [at(100, 100, 300, 200), at(100, 700, 300, 800),
             at(1100, 100, 1300, 200), at(1700, 700, 1900, 800), at(400, 400, 500, 500)],
            {"code": ["D1", "D2", "D3", "D4", "D5"],
             "land_use": ["070102", "070102", "070102", "0703", "1401"],
             "population": [8_000, 4_000, 5_000, 3_000, 0]},
        ),
        "facility": (
            [point(200, 150), point(450, 450), point(-300, 150)],
            {"code": ["F1", "F2", "F3"], "facility_type": ["中学", "公园", "小学"],
             "area": [9_000.0, 10_000.0, 5_000.0], "state": ["existing", "existing", "existing"]},
        ),
        "road": (
            [LineString([(X, Y + 250), (X + 2000, Y + 250)]),
             LineString([(X + 500, Y), (X + 500, Y + 1000)])],
            {"code": ["R1", "R2"]},
        ),
        "building": (
            [at(110, 110, 130, 130), at(150, 110, 170, 130), at(1110, 110, 1130, 130)],
            {"code": ["B1", "B2", "B3"], "year": [1990, 2010, 2022], "height": [18.0, 30.0, 99.0],
             "floor_area": [2_000.0, 6_000.0, 12_000.0]},
        ),
        "exam_problem": (
            [point(120, 120), point(1120, 120), point(1800, 750), point(1040, 40)],
            {"code": ["P1", "P2", "P3", "P4"], "name": ["缺公园", "老旧", "缺学校", "积水"],
             "dimension": ["街区", "住房", "街区", "城区"],
             "indicator": ["B102", "H101", "B101", ""],
             "year": [2025] * 4, "status": ["under_way", "solved", "open", "open"],
             "evaluated_on": [None, pd.Timestamp("2025-11-01"), None, None]},
        ),
    }  # fmt: skip


def written(folder: Path, changed: dict | None = None, more: str = "", tables=None) -> Path:
    """Write the city as a plan; `changed` replaces layers, None leaves one out."""
    text = HEAD
    for name, (shapes, fields) in {**layers(), **(changed or {})}.items():
        if shapes is None:
            continue
        file = f"{LAYERS.get(name, name)}.gpkg"
        gpd.GeoDataFrame({**fields, "geometry": shapes}, crs=CRS).to_file(folder / file)
        text += f'[layers.{name}]\npath = "{file}"\n'
    for name, rows in (tables or {}).items():
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
        text += f'[layers.{name}]\npath = "{name}.csv"\n'
    (folder / "gisplan.toml").write_text(text + more, encoding="utf-8")
    return folder


def write_raster(
    path: Path, cells: np.ndarray, size: float, crs: str | None = CRS, nodata=-9999.0, beyond=0.0
):
    """Write a raster whose south-west corner is that of the city, or lies so far beyond it."""
    with rasterio.open(
        path, "w", driver="GTiff", width=cells.shape[1], height=cells.shape[0], count=1,
        dtype="float64", crs=crs, nodata=nodata,
        transform=from_origin(X - beyond, Y - beyond + cells.shape[0] * size, size, size),
    ) as file:  # fmt: skip
        file.write(cells, 1)
