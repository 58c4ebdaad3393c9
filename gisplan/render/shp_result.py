"""findings_*.shp and units.shp: the result for software and offices that want shapefiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.model import Dossier, Lang, Verdict
from gisplan.render.approvals import due_lines
from gisplan.render.gpkg import alias, units_frame
from gisplan.render.gpkg_schema import COLUMNS
from gisplan.render.rows import HEADERS, finding_cells, records
from gisplan.render.shapefile import Kind, write_shapefile
from gisplan.render.words import VERDICT, pick, word

KINDS: tuple[Kind, ...] = ("area", "line", "point")
NAMES = (*(f"findings_{kind}.shp" for kind in KINDS), "units.shp")


def shapefile_writers(dossier: Dossier, lang: Lang) -> Mapping[str, Callable[[Path], object]]:
    """Return a writer for each shapefile by its name.

    Findings are in three files by the kind of their evidence, each written even when it is empty,
    so that none of a former run stays behind. Findings without a place are among the areas, or
    among the lines or points where there are no areas.
    """

    def of_kind(kind: Kind) -> Callable[[Path], object]:
        return lambda path: write_shapefile(_findings(dossier, lang), path, kind=kind)

    writers = {f"findings_{kind}.shp": of_kind(kind) for kind in KINDS}
    writers["units.shp"] = lambda path: write_shapefile(_units(dossier, lang), path, kind="area")
    return writers


def _findings(dossier: Dossier, lang: Lang) -> gpd.GeoDataFrame:
    frame = dossier.findings
    rows = [finding_cells(dossier, row, lang) for row in records(frame)]
    columns = {
        pick(title, lang): pd.Series([row[name] for row in rows], dtype=object)
        for name, title in HEADERS.items()
    }
    shapes = np.asarray(frame.geometry.array, dtype=object)
    return _framed(columns, shapes)


# Lists: told in words below, or left to the other files.
_IN_WORDS = {"why_zh", "why_en", "approvals_due", "unknown_zh", "unknown_en", "others"}


def _units(dossier: Dossier, lang: Lang) -> gpd.GeoDataFrame:
    frame = units_frame(dossier)
    layer = dossier.plan.layers.get(dossier.judged)
    fields = layer.spec.fields if layer is not None else {}
    columns: dict[str, pd.Series] = {}
    for name in frame.columns:
        if name == "geometry" or name in _IN_WORDS:
            continue
        values = frame[name]
        if name == "verdict":
            values = values.map(lambda value: word(VERDICT, Verdict(value), lang))
        elif name == "reasons":
            values = dossier.verdicts["reasons"].map("; ".join)
        elif name in fields and fields[name].type == "date":
            values = pd.to_datetime(values)  # a day, not a text
        columns[alias(dossier, "units", name, lang)] = values
    texts = dossier.verdicts[f"why_{lang}"]
    why = ["；".join(some) if lang == "zh" else "; ".join(some) for some in texts]
    columns[pick(COLUMNS[f"why_{lang}"], lang)] = pd.Series(why, dtype=object)
    due = [due_lines(steps, lang) for steps in dossier.verdicts["approvals_due"]]
    columns[pick(COLUMNS["approvals_due"], lang)] = pd.Series(due, dtype=object)
    shapes = np.asarray(frame.geometry.array, dtype=object)
    # A unit that was set aside may have lines for a shape; its verdict is what counts here.
    shapes[~np.isin(shapely.get_type_id(shapes), (3, 6))] = None
    return _framed(columns, shapes)


def _framed(columns: Mapping[str, pd.Series], shapes: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(dict(columns), geometry=shapes, crs="EPSG:4490")
