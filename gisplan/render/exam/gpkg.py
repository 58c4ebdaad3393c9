"""`exam.gpkg`: values of every level, problems and candidates as layers."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.errors import OutputError
from gisplan.model import ExamDossier
from gisplan.render.degrees import in_degrees
from gisplan.render.exam.words import PROGRESS
from gisplan.render.gpkg import settled, write_layer


def write_exam_gpkg(dossier: ExamDossier, path: Path) -> None:
    """Write a layer for each level, `problems` and `candidates`, in EPSG:4490.

    A level has for each indicator a column with its value and one with its grade; units also
    have their projects, the money in 10,000 CNY and how far they are.
    """
    path.unlink(missing_ok=True)
    try:
        for level in dossier.levels:
            write_layer(_level(dossier, level), path, level, areal=True)
        if dossier.problems is not None:
            write_layer(_problems(dossier), path, "problems", areal=False)
        if len(dossier.candidates):
            write_layer(_candidates(dossier), path, "candidates", areal=True)
        with settled(path):
            pass  # nothing to add
    except (sqlite3.Error, RuntimeError) as error:  # pyogrio's errors are RuntimeErrors
        raise OutputError(
            f"{path.name}：无法写入（{error}），请检查权限和磁盘空间",
            f"{path.name}: cannot write ({error}); check permissions and disk space",
        ) from error


def _level(dossier: ExamDossier, level: str) -> gpd.GeoDataFrame:
    frame = dossier.plan.layers[level].frame.sort_values("_label", kind="stable")
    rows = dossier.values[dossier.values["level"] == level]
    columns: dict[str, object] = {
        "place": frame["_label"].astype(str).to_numpy(),
        "name": frame["name"].astype(object).where(frame["name"].notna(), None).to_numpy(),
    }
    for code, group in rows.groupby("indicator", sort=True):
        by_place = group.drop_duplicates("place").set_index("place")
        found = by_place.reindex(columns["place"])
        columns[str(code)] = found["value"].astype(float).to_numpy()
        columns[f"{code}_grade"] = found["grade"].to_numpy()
    scores = dossier.scores[dossier.scores["level"] == level].set_index("place")
    columns["score"] = scores["score"].reindex(columns["place"]).astype(float).to_numpy()
    if level == "unit":
        mine = dossier.units.set_index("unit").reindex(columns["place"])
        for name in ("projects", "invest", *PROGRESS, "untold", "finished", "problems", "solved"):
            columns[name] = mine[name].astype(float).to_numpy()
    shapes = in_degrees(np.asarray(frame["geometry"].array, dtype=object), dossier.run.working_crs)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def _problems(dossier: ExamDossier) -> gpd.GeoDataFrame:
    assert dossier.problems is not None
    frame = dossier.plan.layers["exam_problem"].frame.sort_values("_label", kind="stable")
    shapes = np.full(len(frame), None, dtype=object)
    if "geometry" in frame:
        shapes = np.asarray(frame["geometry"].array, dtype=object)
        shapes = in_degrees(shapes, dossier.run.working_crs)
    table = _plain(dossier.problems)
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


def _candidates(dossier: ExamDossier) -> gpd.GeoDataFrame:
    shapes = np.asarray(dossier.candidates["geometry"].to_numpy(), dtype=object)
    table = _plain(dossier.candidates.drop(columns="geometry"))
    shapes = in_degrees(shapes, dossier.run.working_crs)
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose lists and dates are texts."""
    out = {}
    for name in table:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column):
            out[name] = column.to_numpy()
            continue
        texts = ["、".join(v) if isinstance(v, list) else v for v in column]
        out[name] = [None if not isinstance(v, str) and pd.isna(v) else str(v) for v in texts]
    return pd.DataFrame(out)
