"""Builds the sample plan: a synthetic province down to projects, with planted defects.

`python -m gisplan.testing.sample [DIR]` writes it; without DIR into `layers/sample`. Codes and
names are Liaoning's, every shape is invented. The same seed gives the same files.

`--year-before` writes the plan as its exam found it the year before: `gisplan exam` of it gives
the result that `gisplan exam --compare` of the sample takes.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.catalogue.home import layers_home
from gisplan.testing import sample_write as files
from gisplan.testing.sample_actions import plant_actions
from gisplan.testing.sample_blocks import make_town
from gisplan.testing.sample_defects import (
    RESERVED,
    Draft,
    plant_area,
    plant_borders,
    plant_buildings,
    plant_indicators,
    plant_meetings,
    plant_parcels,
    plant_projects,
    plant_units,
)
from gisplan.testing.sample_exam import YEAR, Exam, make_exam
from gisplan.testing.sample_heritage import make_heritage
from gisplan.testing.sample_line_defects import plant_lines
from gisplan.testing.sample_lines import make_lines
from gisplan.testing.sample_mesh import CRS, make_admin
from gisplan.testing.sample_outcomes import write_outcomes
from gisplan.testing.sample_rasters import write_rasters
from gisplan.testing.sample_register import plant_register
from gisplan.testing.sample_tables import (
    ALLOWED_IN_DISTRICTS,
    city_of,
    make_guidance,
    make_indicators,
    make_register,
)
from gisplan.testing.sample_texts import PLAN, planted_toml
from gisplan.testing.sample_units import MODE_NAMES, ellipsoid_area, make_fabric
from gisplan.testing.sample_year_before import projects_before, values_before, year_before

BEFORE = "--year-before"
NEIGHBOUR_ZONE = "EPSG:4528"  # the heritage office keeps its zones in the next 3-degree zone


def build(folder: Path) -> None:
    """Write the sample plan into a folder."""
    draft, lines, indicators, exam = _make()
    with TemporaryDirectory() as other:
        before = Path(other)
        _write_before(before, draft, lines, indicators, exam)
        known = [exam.values, values_before(before)]
    exam = exam._replace(values=pd.concat(known, ignore_index=True))
    _write(folder, draft, lines, indicators, exam, PLAN)
    text = planted_toml(draft.planted, draft.repaired, draft.undetermined)
    (folder / "planted.toml").write_text(text, encoding="utf-8", newline="\n")


def build_year_before(folder: Path) -> None:
    """Write the plan as its exam found it the year before."""
    _write_before(folder, *_make())


def _make() -> tuple[Draft, gpd.GeoDataFrame, pd.DataFrame, Exam]:
    """Return what the sample is written from: the draft, control lines, indicators, the exam."""
    province, cities, districts = make_admin()
    towns = {
        code: make_town(shape, n)
        for n, (code, shape) in enumerate(zip(districts["code"], districts.geometry, strict=True))
    }
    heritage = make_heritage(towns)
    draft = Draft(province, cities, districts, make_fabric(towns, heritage, RESERVED), heritage)
    plant_units(draft)
    units = draft.fabric.units
    units["area"] = ellipsoid_area(shapely.make_valid(units.geometry.to_numpy()))
    parcels = draft.fabric.parcels
    parcels["area"] = ellipsoid_area(parcels.geometry.to_numpy())
    indicators = make_indicators(units.groupby("parent")["area"].sum())
    plant_area(draft)
    plant_meetings(draft, heritage.meetings)
    plant_actions(draft)
    plant_register(draft)
    plant_parcels(draft)
    plant_buildings(draft)
    plant_projects(draft)
    lines = make_lines(districts, towns, _built(units), heritage.used)
    lines = plant_lines(draft, lines)
    plant_borders(draft)
    indicators = plant_indicators(draft, indicators)
    exam = make_exam(draft)
    draft.plant("SRC102", "unit", "GXDY.shp", "属性表为 GBK 编码，无 .cpg，未声明编码")
    return draft, lines, indicators, exam


def _write_before(
    folder: Path, draft: Draft, lines: gpd.GeoDataFrame, indicators: pd.DataFrame, now: Exam
) -> None:
    exam = year_before(now)
    projects = projects_before(draft.fabric.projects, exam)
    then = replace(draft, fabric=replace(draft.fabric, projects=projects))
    _write(folder, then, lines, indicators, exam, f"{PLAN}year = {YEAR - 1}\n")


def _write(
    folder: Path,
    draft: Draft,
    lines: gpd.GeoDataFrame,
    indicators: pd.DataFrame,
    exam: Exam,
    plan: str,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _write_layers(folder, draft, lines)
    _write_exam(folder, exam)
    write_rasters(folder, tuple(draft.province.total_bounds), _middles(draft.fabric.units))
    _write_tables(folder, indicators)
    (folder / "gisplan.toml").write_text(plan, encoding="utf-8", newline="\n")


def _built(units: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    """Return the land with units of each district, by where they lie."""
    lies_in = pd.Series([place[0] for place in units.index], index=units.index)
    shapes = shapely.make_valid(units.geometry.to_numpy())
    return {code: shapely.union_all(shapes[(lies_in == code).to_numpy()]) for code in
            sorted(lies_in.unique())}  # fmt: skip


def _middles(units: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the middle of the land with units of each district."""
    shapes = [shapely.centroid(shape) for shape in _built(units).values()]
    return np.asarray(np.round(shapely.get_coordinates(shapes)))


def _write_layers(folder: Path, draft: Draft, lines: gpd.GeoDataFrame) -> None:
    heritage, fabric = draft.heritage, draft.fabric
    districts = draft.districts.assign(
        allowed_modes=[ALLOWED_IN_DISTRICTS[city_of(code)] for code in draft.districts["code"]]
    )
    units = fabric.units.assign(mode=fabric.units["mode"].map(MODE_NAMES))
    files.write_shapefile(draft.province, folder / "SHENG.shp", files.PROVINCE)
    files.write_shapefile(draft.cities, folder / "SHI.shp", files.CITY)
    files.write_shapefile(districts, folder / "QX.shp", files.DISTRICT)
    files.write_shapefile(
        units, folder / "GXDY.shp", files.UNIT, encoding="GBK", say_encoding=False
    )
    files.write_geopackage(fabric.projects, folder / "GXXM.gpkg", files.PROJECT)
    files.write_shapefile(fabric.parcels, folder / "GXDK.shp", files.PARCEL)
    files.write_shapefile(fabric.buildings, folder / "JZ.shp", files.BUILDING)
    for name, rows, columns in (
        ("BHDX_WW.shp", heritage.relics, files.BODY),
        ("BHDX_LJ.shp", heritage.buildings, files.LISTED),
        ("BHDX_LJD.shp", heritage.points, files.LISTED),
    ):
        files.write_shapefile(gpd.GeoDataFrame(rows, crs=CRS), folder / name, columns)
    zones = gpd.GeoDataFrame(heritage.zones, crs=CRS)
    files.write_shapefile(zones, folder / "BHQH.shp", files.ZONE, crs=NEIGHBOUR_ZONE)
    files.write_shapefile(lines, folder / "KZX.shp", files.LINE)


def _write_exam(folder: Path, exam: Exam) -> None:
    files.write_shapefile(exam.communities, folder / "SQ.shp", files.COMMUNITY)
    files.write_shapefile(exam.facilities, folder / "GGSS.shp", files.FACILITY)
    files.write_shapefile(exam.roads, folder / "DL.shp", files.ROAD)
    files.write_shapefile(exam.problems, folder / "TJWT.shp", files.PROBLEM)
    for name, table in (("体检指标表.csv", exam.values), ("项目清单.csv", exam.items)):
        table.to_csv(folder / name, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _write_tables(folder: Path, indicators: pd.DataFrame) -> None:
    # a spreadsheet's CSV: UTF-8 with a byte order mark
    for name, table in (("指标表.csv", indicators), ("城市分类指引.csv", make_guidance())):
        table.to_csv(folder / name, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    files.write_workbook(make_register(), folder / "规划登记表.xlsx", "登记表")


def main(arguments: list[str]) -> None:
    """Write the sample into the folder named, else into the project's own with its outcomes."""
    before = BEFORE in arguments
    folders = [Path(argument) for argument in arguments if argument != BEFORE]
    if before and folders:
        build_year_before(folders[0])
    elif before:
        sys.exit(f"{BEFORE} DIR")
    else:
        build(folders[0] if folders else layers_home() / "sample")
        if not folders:
            write_outcomes()


if __name__ == "__main__":
    main(sys.argv[1:])
