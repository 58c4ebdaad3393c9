"""findings.gpkg: evidence and units as layers that open styled in QGIS."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.errors import OutputError
from gisplan.model import Dossier, Lang
from gisplan.render.degrees import in_degrees
from gisplan.render.gpkg_schema import COLUMNS, embed_aliases, embed_styles
from gisplan.render.gpkg_styles import layer_styles
from gisplan.render.plain import clean
from gisplan.render.rows import as_json
from gisplan.render.words import pick

# In the head of an SQLite file: changes in all, and at which of them its version was written.
_COUNTS_OF_CHANGES = (24, 92)
# Every time in the file: equal runs give equal bytes, and the run's time is in findings.json.
_TIME = "2000-01-01T00:00:00.000Z"
_JSON = (
    "measures",
    "sources",
    "bbox",
    "waiver",
    "route",
    "reasons",
    "approvals_due",
    "why_zh",
    "why_en",
    "unknown_zh",
    "unknown_en",
    "others",
)


def write_gpkg(dossier: Dossier, path: Path, lang: Lang) -> None:
    """Write layers `findings` (evidence), `units`, `projects` (verdicts) and `quarantine`.

    In EPSG:4490. `projects` (verdicts) and `resolutions` (what would clear the conflicts that
    block) are there where the dossier has them.

    GeoPackage 1.2, so that older GIS open it. Lists and mappings are JSON in text columns. Styles
    are embedded as QGIS reads them: findings by severity, units by verdict. `findings` holds
    points, lines and areas together; its default style is that for areas, those for points and
    lines lie beside it. `quarantine` has every feature set aside, as the largest shape that it
    could mean; none where its place is unknown.
    """
    try:
        _write_all(dossier, path, lang)
    except (sqlite3.Error, RuntimeError) as error:  # pyogrio's errors are RuntimeErrors
        raise OutputError(
            f"{path.name}：无法写入（{error}），请检查权限和磁盘空间",
            f"{path.name}: cannot write ({error}); check permissions and disk space",
        ) from error


def _write_all(dossier: Dossier, path: Path, lang: Lang) -> None:
    path.unlink(missing_ok=True)
    layers = {"findings": _findings, "units": units_frame, "quarantine": _quarantine}
    if dossier.project_verdicts is not None:
        layers["projects"] = projects_frame
    if dossier.resolutions is not None:
        layers["resolutions"] = _resolutions
    aliases: dict[str, dict[str, str]] = {}
    for name, make in layers.items():
        frame = make(dossier)
        write_layer(frame, path, name, areal=name in {"units", "projects"})
        columns = [str(column) for column in frame if column != "geometry"]
        aliases[name] = {column: alias(dossier, name, column, lang) for column in columns}
        del frame  # one layer is held at a time
    with settled(path) as base:
        embed_aliases(base, aliases)
        embed_styles(base, layer_styles(dossier, aliases, lang), _TIME)
        base.execute("UPDATE gpkg_contents SET description = ?", (_provenance(dossier),))


def _provenance(dossier: Dossier) -> str | None:
    """Return what the layers were made from, as the description of each."""
    inputs = {record.path: record.sha256 for record in dossier.run.inputs}
    made = {"gisplan": dossier.run.gisplan, "rule_set": dossier.run.rule_set, "inputs": inputs}
    return as_json(made)


@contextmanager
def settled(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a GeoPackage that was written, and leave it so that equal results have equal bytes.

    All times in it become one, and the counts of its transactions: GDAL makes one more where a
    second begins between two layers.
    """
    with closing(sqlite3.connect(path)) as base:
        yield base
        base.execute("UPDATE gpkg_contents SET last_change = ?", (_TIME,))
        base.commit()
        base.execute("VACUUM")
    with path.open("r+b") as file:
        for place in _COUNTS_OF_CHANGES:
            file.seek(place)
            file.write((1).to_bytes(4, "big"))


def write_layer(frame: gpd.GeoDataFrame, path: Path, name: str, areal: bool) -> None:
    """Add a layer to a GeoPackage 1.2, which older GIS open too.

    Areas alone (`areal`) get one type, so that QGIS does not ask which of several to open.
    """
    import pyogrio

    types = set(frame.geometry.geom_type.dropna())
    areal = areal and types <= {"Polygon", "MultiPolygon"}
    pyogrio.write_dataframe(
        frame,
        path,
        layer=name,
        driver="GPKG",
        append=path.exists(),
        geometry_type="MultiPolygon" if areal else "Unknown",
        promote_to_multi=areal,
        dataset_options={"VERSION": "1.2"},
        layer_options={"GEOMETRY_NAME": "geom", "SPATIAL_INDEX": "YES"},
    )


def _findings(dossier: Dossier) -> gpd.GeoDataFrame:
    frame = dossier.findings
    columns = {name: _column(frame[name], name) for name in frame if name != "geometry"}
    return gpd.GeoDataFrame(columns, geometry=np.asarray(frame.geometry), crs="EPSG:4490")


def units_frame(dossier: Dossier) -> gpd.GeoDataFrame:
    """Return one row per verdict, with the shape and the fields that its source has."""
    verdicts = dossier.verdicts
    columns = {name: _column(verdicts[name], name) for name in verdicts}
    shapes, fids = _placed(dossier, dossier.judged, verdicts["unit"])
    layer = dossier.plan.layers.get(dossier.judged)
    if layer is not None:
        for name in layer.spec.fields:
            if name in layer.found and name not in columns and name != "code":
                columns[name] = _column(layer.frame[name].reindex(fids), name)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def projects_frame(dossier: Dossier) -> gpd.GeoDataFrame:
    """Return one row per verdict of the tiers below the judged one, with its shape."""
    verdicts = dossier.project_verdicts
    if verdicts is None:
        raise ValueError("the dossier has no verdicts of projects")
    columns = {name: _column(verdicts[name], name) for name in verdicts}
    shapes = np.full(len(verdicts), None, dtype=object)
    for layer, rows in verdicts.groupby("layer", sort=True):
        shapes[rows.index] = _placed(dossier, str(layer), rows["project"])[0]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def _placed(dossier: Dossier, name: str, labels: pd.Series) -> tuple[Any, Any]:
    """Return shapes in degrees and rows of the features of some labels; None and -1 for none."""
    layer = dossier.plan.layers.get(name)
    shapes = np.full(len(labels), None, dtype=object)
    fids = np.full(len(labels), -1, dtype=int)
    if layer is not None:
        at: dict[str, list[tuple[Any, int]]] = {}
        for fid, (label, shape) in enumerate(
            zip(layer.frame["_label"], layer.frame.geometry, strict=True)
        ):
            at.setdefault(label, []).append((shape, fid))
        aside = layer.quarantine
        if aside is not None:
            for label, shape in zip(aside["_label"], aside["geometry"], strict=True):
                at.setdefault(label, []).append((shape, -1))
        rows = [at[label].pop(0) if at.get(label) else (None, -1) for label in labels]
        shapes[:] = [shape for shape, _ in rows]
        shapes = in_degrees(shapes, dossier.plan.working_crs)
        fids[:] = [fid for _, fid in rows]
    return shapes, fids


def _resolutions(dossier: Dossier) -> gpd.GeoDataFrame:
    frame = dossier.resolutions
    if frame is None:
        raise ValueError("the dossier has no resolutions")
    columns = {name: _column(frame[name], name) for name in frame if name != "geometry"}
    return gpd.GeoDataFrame(columns, geometry=np.asarray(frame.geometry), crs="EPSG:4490")


def _quarantine(dossier: Dossier) -> gpd.GeoDataFrame:
    rows = dossier.accounts.aside
    shapes = np.full(len(rows), None, dtype=object)
    shapes[:] = [row.shape for row in rows]
    texts = {
        "layer": [row.layer for row in rows],
        "feature": [row.feature for row in rows],
        "path": [row.path for row in rows],
        "reason_zh": [row.reason.zh for row in rows],
        "reason_en": [row.reason.en for row in rows],
    }
    columns = {name: pd.Series(values, dtype=object) for name, values in texts.items()}
    records = [float("nan") if row.record is None else row.record + 1 for row in rows]
    columns["record"] = pd.Series(records, dtype="float64")
    columns["features"] = pd.Series([row.features for row in rows], dtype="int64")
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def _column(values: pd.Series, name: str) -> pd.Series:
    """Return a column that GeoPackage can hold: numbers as they are, the rest as text."""
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        cells = [
            value if type(value) is str and name not in _JSON else _cell(value, name)
            for value in values.astype(object).tolist()
        ]
        return pd.Series(cells, dtype=object)
    return pd.Series(values.to_numpy())


def _cell(value: Any, name: str) -> str | None:
    if name in _JSON or isinstance(value, Mapping | list | tuple):
        return as_json(value)
    value = clean(value)
    return None if value is None or value != value else str(value)


def alias(dossier: Dossier, table: str, column: str, lang: Lang) -> str:
    """Return what a column of `findings` or `units` is called in the reader's language."""
    layer = dossier.plan.layers.get(dossier.judged)
    if table == "units" and layer is not None:
        field = layer.spec.fields.get("code" if column == "unit" else column)
        if field is not None:
            return pick(field.title, lang)
    return pick(COLUMNS[column], lang)
