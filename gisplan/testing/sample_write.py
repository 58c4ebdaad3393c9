"""Writes the sample as offices keep such data: pinyin shapefiles, a GeoPackage, tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import fiona
import geopandas as gpd
import pandas as pd
import shapely

DAY = "2025-10-01"  # stamped into files that would else carry the day of the build
Columns = Mapping[str, tuple[str, str]]  # field in the file -> standard field, fiona type

CODE, NAME = "str:20", "str:60"
AREA, RATIO = "float:14.2", "float:6.2"

PROVINCE: Columns = {"SDM": ("code", "str:6"), "SMC": ("name", NAME)}
CITY: Columns = {"SHIDM": ("code", "str:6"), "SHIMC": ("name", NAME), "SJDM": ("parent", "str:6")}
DISTRICT: Columns = {
    "QXDM": ("code", "str:6"),
    "QXMC": ("name", NAME),
    "SJDM": ("parent", "str:6"),
    "YXFS": ("allowed_modes", "str:24"),
}
UNIT: Columns = {
    "DYBH": ("code", "str:14"),
    "DYMC": ("name", "str:48"),
    "SJDM": ("parent", "str:6"),
    "GXLX": ("renewal_type", "str:16"),
    "GXFS": ("mode", "str:32"),
    "MJ": ("area", AREA),
    "XZJZMJ": ("existing_area", AREA),
    "BLJZMJ": ("kept_area", AREA),
    "GZJZMJ": ("altered_area", AREA),
    "CCJZMJ": ("demolish_area", AREA),
    "WFWFMJ": ("illegal_area", AREA),
    "XJJZMJ": ("new_area", AREA),
    "GFJZMJ": ("public_area", AREA),
    "RJLSX": ("far", RATIO),
    "JZGDSX": ("height_cap", RATIO),
    "JZMDSX": ("density", RATIO),
    "LDLXX": ("green_ratio", RATIO),
    "PZRQ": ("approved_on", "date"),
    "QX_Q": ("period_start", "date"),
    "QX_Z": ("period_end", "date"),
    "BBH": ("version", "str:8"),
    "ZT": ("status", "str:8"),
    "ZRDW": ("responsible", "str:32"),
    "WWDCRQ": ("surveyed_on", "date"),
}
PARCEL: Columns = {
    "DKBH": ("code", "str:20"),
    "DKMC": ("name", "str:24"),
    "DYBH": ("parent", "str:14"),
    "MJ": ("area", AREA),
    "GXFS": ("mode", "str:2"),
    "YDYHFLDM": ("land_use", "str:6"),
    "RJL": ("far", RATIO),
    "JZMD": ("density", RATIO),
    "LDL": ("green_ratio", RATIO),
    "SFDX": ("low_efficiency", "str:3"),
}
BUILDING: Columns = {
    "JZBH": ("code", "str:20"),
    "DYBH": ("parent", "str:14"),
    "JDMJ": ("footprint_area", AREA),
    "JZMJ": ("floor_area", AREA),
    "CS": ("floors", "int:3"),
    "GD": ("height", RATIO),
    "JSND": ("year", "str:10"),
    "CZFS": ("action", "str:4"),
    "WXDJ": ("danger", "str:1"),
}
BODY: Columns = {
    "BHBH": ("code", "str:12"),
    "MC": ("name", NAME),
    "LB": ("asset_class", "str:24"),
    "JB": ("level", "str:40"),
    "GBRQ": ("designated_on", "date"),
    "ND": ("era", "str:12"),
    "DZ": ("address", NAME),
    "SFGP": ("listed", "str:3"),
    "SFKZ": ("vacant", "str:3"),
}
LISTED: Columns = {name: column for name, column in BODY.items() if name not in {"JB", "DZ"}}
ZONE: Columns = {
    "QHBH": ("code", "str:12"),
    "MC": ("name", NAME),
    "BHBH": ("body", "str:12"),
    "QHLX": ("zone", "str:32"),
    "JB": ("level", "str:40"),
    "GDKZ": ("height_cap", RATIO),
    "GHMC": ("plan", NAME),
    "PZRQ": ("approved_on", "date"),
    "GBRQ": ("designated_on", "date"),
}
LINE: Columns = {
    "BH": ("code", "str:12"),
    "MC": ("name", NAME),
    "KZXLX": ("kind", "str:24"),
    "CJ": ("tier", "str:12"),
}
PROJECT = {
    "XMBH": "code", "XMMC": "name", "DYBH": "parent", "GXFS": "mode", "XMLX": "project_type",
    "RWH": "task", "JSNR": "content", "TZ": "invest", "KGNF": "start_year", "WGNF": "end_year",
    "NDJH": "plan_year", "SSZT": "state", "TJWT": "problems",
}  # fmt: skip
COMMUNITY: Columns = {
    "SQBH": ("code", "str:12"),
    "SQMC": ("name", NAME),
    "CZRK": ("population", "int:8"),
}
FACILITY: Columns = {
    "BH": ("code", "str:8"),
    "MC": ("name", NAME),
    "SSLX": ("facility_type", "str:36"),
    "MJ": ("area", AREA),
    "SSZT": ("state", "str:12"),
}
ROAD: Columns = {"BH": ("code", "str:8"), "MC": ("name", NAME)}
PROBLEM: Columns = {
    "WTBH": ("code", "str:16"),
    "WT": ("name", NAME),
    "WD": ("dimension", "str:12"),
    "ZB": ("indicator", "str:12"),
    "TJND": ("year", "int:4"),
    "YZD": ("severity", "str:6"),
    "DYBH": ("unit", "str:14"),
    "ZRDW": ("responsible", NAME),
    "WCSX": ("due_on", "date"),
    "ZT": ("status", "str:12"),
    "PGRQ": ("evaluated_on", "date"),
}


def write_shapefile(
    frame: gpd.GeoDataFrame,
    path: Path,
    columns: Columns,
    encoding: str = "UTF-8",
    crs: str | None = None,
    say_encoding: bool = True,
) -> None:
    """Write a layer under the names that an office gives its fields.

    say_encoding : False leaves out the .cpg and blanks the language byte of the .dbf, as old
        software does.
    """
    if crs is not None:
        frame = frame.to_crs(crs)
    first = frame.geometry.iloc[0].geom_type.removeprefix("Multi")
    schema = {"geometry": first, "properties": {name: kind for name, (_, kind) in columns.items()}}
    values = {
        name: [None if pd.isna(v) else v for v in frame[field]] if field in frame else None
        for name, (field, _) in columns.items()
    }
    with fiona.open(
        path, "w", driver="ESRI Shapefile", crs_wkt=frame.crs.to_wkt("WKT1_ESRI"), schema=schema,
        encoding=encoding, DBF_DATE_LAST_UPDATE=DAY,
    ) as file:  # fmt: skip
        file.writerecords(
            {
                "geometry": shapely.geometry.mapping(shape),
                "properties": {
                    name: None if column is None else column[row] for name, column in values.items()
                },
            }
            for row, shape in enumerate(frame.geometry)
        )
    if not say_encoding:
        path.with_suffix(".cpg").unlink(missing_ok=True)
        table = path.with_suffix(".dbf")
        data = bytearray(table.read_bytes())
        data[29] = 0  # the language driver byte: none
        table.write_bytes(data)


def write_geopackage(frame: gpd.GeoDataFrame, path: Path, names: Mapping[str, str]) -> None:
    """Write a layer of areas, lines and points into a GeoPackage."""
    import pyogrio

    path.unlink(missing_ok=True)  # written over, the file would keep traces of the former one
    out = frame.rename(columns={field: name for name, field in names.items()})
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{DAY}T00:00:00.000Z"})
    try:
        out[[*names, "geometry"]].to_file(
            path, layer=path.stem, driver="GPKG", engine="pyogrio", geometry_type="Unknown",
            SPATIAL_INDEX="NO",
        )  # fmt: skip
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_workbook(table: pd.DataFrame, path: Path, sheet: str) -> None:
    """Write a table as an Excel workbook, dates as dates."""
    import datetime as dt

    with pd.ExcelWriter(path, engine="xlsxwriter", datetime_format="yyyy-mm-dd") as book:
        book.book.set_properties({"created": dt.datetime(2025, 10, 1, tzinfo=dt.UTC)})
        table.to_excel(book, sheet_name=sheet, index=False)
        book.sheets[sheet].set_column(0, len(table.columns) - 1, 18)
