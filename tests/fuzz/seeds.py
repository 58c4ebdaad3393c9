"""Small sound plans, one for each format, that mutants are made of."""

from __future__ import annotations

import json
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import shapely

from gisplan.render.shapefile import write_shapefile

RECORDS = 6
EAST, NORTH = 41_533_000.0, 4_629_000.0


def units() -> gpd.GeoDataFrame:
    """Return six renewal units with Chinese names, squares side by side."""
    shapes = [
        shapely.box(EAST + 200 * i, NORTH, EAST + 200 * i + 100, NORTH + 100)
        for i in range(RECORDS)
    ]
    columns = {
        "DYBH": [f"210102-GX{i + 1:03d}" for i in range(RECORDS)],
        "DYMC": ["铁西老厂", "中山路东", "䶮湖片区", "北陵公园", "和平里", "沈河小南"],
        "GXFS": ["综合整治", "拆除重建", "保护修缮", "综合整治", "拆除重建", "功能改变"],
        "MJ": [10000.0, 10000.5, 9999.25, 10000.0, 10000.0, 10000.0],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4529)


def _shapefile(home: Path, encoding: str) -> None:
    write_shapefile(units(), home / "更新单元.shp", encoding)
    (home / "更新单元.fields.csv").unlink()


def _ogr(home: Path, name: str, driver: str, crs: int | None = None) -> None:
    frame = units() if crs is None else units().to_crs(crs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(home / name, driver=driver)


def _table(home: Path, kind: str) -> None:
    # A table needs a layer beside it: it is read, but no place of any plan.
    write_shapefile(units().iloc[:1], home / "区县.shp")
    (home / "区县.fields.csv").unlink()
    rows = [["编号", "名称", "类别", "级别"]]
    rows += [[f"WW{i:03d}", f"张氏帅府{i}号", "文物保护单位", "省级"] for i in range(RECORDS)]
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(home / "保护名录.xlsx")
    else:
        text = "\r\n".join(",".join(row) for row in rows) + "\r\n"
        (home / "保护名录.csv").write_bytes(text.encode(kind))


def _zip(home: Path) -> None:
    inner = home / "inner"
    inner.mkdir()
    _shapefile(inner, "GB18030")
    with zipfile.ZipFile(home / "成果.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(inner.iterdir()):
            file.write(path, f"成果/{path.name}")
            path.unlink()
    inner.rmdir()


def _json_records(home: Path) -> None:
    write_shapefile(units().iloc[:1], home / "区县.shp")
    (home / "区县.fields.csv").unlink()
    rows = [{"编号": f"WW{i}", "名称": f"帅府{i}", "级别": "省级"} for i in range(RECORDS)]
    (home / "保护名录.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


SEEDS = {
    "shp-gbk": lambda home: _shapefile(home, "GB18030"),
    "shp-utf8": lambda home: _shapefile(home, "UTF-8"),
    "gpkg": lambda home: _ogr(home, "更新单元.gpkg", "GPKG"),
    "geojson": lambda home: _ogr(home, "更新单元.geojson", "GeoJSON", 4490),
    "fgb": lambda home: _ogr(home, "更新单元.fgb", "FlatGeobuf"),
    "csv-utf8": lambda home: _table(home, "utf-8"),
    "csv-gbk": lambda home: _table(home, "gb18030"),
    "xlsx": lambda home: _table(home, "xlsx"),
    "json": _json_records,
    "zip": _zip,
}
# Files that are damaged; what stands beside them stays as it is.
TARGETS = {
    "csv-utf8": "保护名录.csv",
    "csv-gbk": "保护名录.csv",
    "xlsx": "保护名录.xlsx",
    "json": "保护名录.json",
}
LAYER = {"csv-utf8": "heritage_list", "csv-gbk": "heritage_list", "xlsx": "heritage_list"}
LAYER |= {"json": "heritage_list"}
