"""Writes a mended plan: layers as GeoPackages in UTF-8, the rest as it was, and its plan file."""

from __future__ import annotations

import json
import re
import shutil
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gisplan.fix.mend import Codes, Left
from gisplan.model import Lang, LayerSource, Plan, RawLayer, Text
from gisplan.normalise.geometry import raw_shapes
from gisplan.read.edit_plan_file import write_edited
from gisplan.read.write_plan_file import plan_file_text
from gisplan.render.gpkg import settled
from gisplan.render.words import missing

PLAN_FILE = "gisplan.toml"
_NOT_READ = Text("文件未能读取或识别，未写入", "not read or not recognised; left out")
_OURS = ("_read_fault_zh", "_read_fault_en")
# Sources whose coordinates are not what they say: nothing of ours is written into them.
_NOT_AS_SAID = frozenset({"axes_exchanged", "crs_contradicted"})


def write_plan(
    plan: Plan,
    raws: Sequence[RawLayer],
    shapes: Mapping[tuple[str, int], shapely.Geometry],
    codes: Codes,
    folder: Path,
    lang: Lang,
) -> tuple[list[Path], list[Left]]:
    """Write all sources of a plan into a folder, with what was mended.

    Parameters
    ----------
    shapes : mapping
        (path, record) -> the mended shape in the working CRS; it goes back into the file's own,
        and vertices that were there keep their very numbers.
    codes : mapping
        (path, record, column) -> the code as it should be written.

    Returns
    -------
    tuple of list of Path and list of Left
        The files; and the sources that are not in the new plan, with the reason.
    """
    crs_of = {(it.path, it.layer): it.crs for it in plan.inputs}
    odd = {note.path for note in plan.notes if note.kind in _NOT_AS_SAID}
    taken: set[str] = set()
    sources: list[LayerSource] = []
    left = [
        Left(
            "",
            note.path,
            Text("文件未能读取或识别，未写入", "not read or not recognised; left out"),
        )
        for note in plan.notes
        if note.kind in {"file_unreadable", "unrecognised"}
    ]
    for raw in raws:
        if raw.raster is not None:
            sources.append(replace(raw.source, path=_copy_raster(raw, folder, taken)))
        elif "geometry" not in raw.frame.columns:
            sources.append(_write_table(plan, raw, folder, taken))
        else:
            crs = crs_of.get((raw.record.path, raw.record.layer))
            own = {} if raw.record.path in odd else shapes
            name = _free(f"{_stem(raw.record.path)}.gpkg", taken)
            frame = _mended_frame(plan, raw, own, codes, crs)
            declared = _write_layer(frame, folder / name)
            path = f"{name}|{Path(name).stem}"
            said = declared or (raw.source.crs if crs is None else None)
            sources.append(replace(raw.source, path=path, encoding=None, crs=said))
    config = replace(plan.config, layers=tuple(sources))
    file = folder / PLAN_FILE
    if not write_edited(config, file):
        file.write_text(plan_file_text(config, lang), encoding="utf-8", newline="\n")
    return sorted(folder.iterdir()), left


def _stem(path: str) -> str:
    """Return what a source is called: the kind of a zone may be told by the file's name alone."""
    outer, _, inner = path.replace("!", "/").partition("|")
    name = inner or PurePosixPath(outer.replace("\\", "/")).stem
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name).strip(". ") or "layer"


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no file of the new plan has yet."""
    stem, dot, end = name.rpartition(".")
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{stem}_{number}{dot}{end}"
    taken.add(free.casefold())
    return free


def _mended_frame(
    plan: Plan,
    raw: RawLayer,
    shapes: Mapping[tuple[str, int], shapely.Geometry],
    codes: Codes,
    crs: str | None,
) -> gpd.GeoDataFrame:
    path = raw.record.path
    frame = pd.DataFrame(raw.frame.drop(columns=["geometry", *_OURS], errors="ignore"))
    for column in {column for at, _, column in codes if at == path}:
        cells = [None if missing(value) else _plain(value) for value in frame[column].tolist()]
        frame[column] = pd.Series(cells, index=frame.index, dtype=object)
    for (at, record, column), value in codes.items():
        if at == path:
            frame.iloc[record, frame.columns.get_loc(column)] = value
    for column in frame.select_dtypes(object):
        cells = [None if missing(value) else _plain(value) for value in frame[column].tolist()]
        frame[column] = pd.Series(cells, index=frame.index, dtype=object)
    stored = np.array(raw.frame["geometry"].array, dtype=object)
    new = {record: shape for (at, record), shape in shapes.items() if at == path}
    if new and crs is not None:
        back = _back(raw_shapes(raw), list(new.values()), plan.working_crs, crs)
        for record, shape in zip(new, back, strict=True):
            stored[record] = shape
    return gpd.GeoDataFrame(frame, geometry=stored, crs=None if crs is None else CRS(crs))


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _back(
    stored: np.ndarray, new: list[shapely.Geometry], working: str, crs: str
) -> list[shapely.Geometry]:
    """Return shapes in the CRS of their file; a vertex that was in the file keeps its numbers."""
    if CRS(working) == CRS(crs):
        return new
    there = stored[~shapely.is_missing(stored)]
    was = shapely.get_coordinates(there)
    was = was[np.isfinite(was).all(axis=1)]
    forth = Transformer.from_crs(CRS(crs), CRS(working), always_xy=True)
    seen = np.column_stack(forth.transform(was[:, 0], was[:, 1]))
    tree = shapely.STRtree(shapely.points(seen))

    def turned(xy: np.ndarray) -> np.ndarray:
        out = np.column_stack(forth.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))
        at, old = tree.query(shapely.points(xy), predicate="dwithin", distance=1e-7)
        out[at] = was[old]
        return out

    return [shapely.transform(shape, turned) for shape in new]


def _write_layer(frame: gpd.GeoDataFrame, path: Path) -> str | None:
    """Write a GeoPackage of one layer; equal layers give equal bytes.

    A CRS that the format cannot hold is returned, for the plan file to declare.
    """
    import pyogrio

    declared = None
    if frame.crs is not None and frame.crs.to_epsg() is None:
        try:
            frame.crs.to_wkt("WKT1_GDAL")
        except CRSError:
            declared = frame.crs.to_wkt()
            frame = frame.set_crs(None, allow_override=True)
    known = {str(column).casefold() for column in frame.columns}
    fid, geometry = (
        next(name for name in names if name not in known)
        for names in (("fid", "row_id", "gisplan_row_id"), ("geom", "shape", "gisplan_geom"))
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")  # then the plan file tells it
        pyogrio.write_dataframe(
            frame,
            path,
            layer=path.stem,
            driver="GPKG",
            geometry_type="Unknown",
            dataset_options={"VERSION": "1.2"},
            layer_options={"FID": fid, "GEOMETRY_NAME": geometry, "SPATIAL_INDEX": "YES"},
        )
    with settled(path):
        pass  # nothing to add
    return declared


def _write_table(plan: Plan, raw: RawLayer, folder: Path, taken: set[str]) -> LayerSource:
    """Copy a table as it is; one out of an archive or a database becomes CSV in UTF-8."""
    inner, _, sheet = raw.source.path.partition("|")
    file = plan.config.root / inner
    if "!" not in inner and file.is_file() and file.suffix.lower() in {".csv", ".xlsx", ".xls"}:
        name = _free(file.name, taken)
        shutil.copyfile(file, folder / name)
        return replace(raw.source, path=f"{name}|{sheet}" if sheet else name)
    name = _free(f"{raw.source.layer}.csv", taken)
    frame = raw.frame.drop(columns=list(_OURS), errors="ignore")
    frame.to_csv(folder / name, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return replace(raw.source, path=name, encoding=None)


def _copy_raster(raw: RawLayer, folder: Path, taken: set[str]) -> str:
    """Copy a grid with what stands beside it under its name (.tfw, .aux.xml)."""
    raster = raw.raster
    if raster is None:
        raise ValueError("no raster")
    if isinstance(raster.source, bytes):
        name = _free(Path(raster.path.replace("!", "/")).name, taken)
        (folder / name).write_bytes(raster.source)
        return name
    name = _free(raster.source.name, taken)
    for file in sorted(raster.source.parent.iterdir()):
        if file.name == raster.source.name:
            shutil.copyfile(file, folder / name)
        elif file.stem.partition(".")[0] == raster.source.stem and file.suffix.lower() in {
            ".tfw",
            ".tifw",
            ".wld",
            ".xml",
            ".prj",
            ".ovr",
        }:
            taken.add(file.name.casefold())
            shutil.copyfile(file, folder / file.name)
    return name
